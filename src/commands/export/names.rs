//! What exported resources are called: after what people call them, and each otherwise.

use std::collections::{BTreeMap, BTreeSet};

use crate::commands::hcl;
use crate::entities::declaration::Key;
use crate::provider::estate::{Estate, Held, key_of};
use crate::provider::{NAMES, PREFIX, REFERENCE, is_drawn};
use crate::tfplugin::value::Value;

/// How many of the objects that it names stand in the name of an object without a title.
const MOST_NAMED: usize = 2;

/// Longer names are cut: nobody reads them.
const LONGEST: usize = 60;

/// The addresses of exported resources.
#[derive(Debug, Default)]
pub struct Addresses(BTreeMap<Key, String>);

impl Addresses {
    /// The addresses of an estate. The same estate has the same ones each time.
    pub fn of(estate: &Estate) -> Addresses {
        let mut titles: BTreeMap<Key, String> = estate.names.clone();
        for held in &estate.objects {
            titles.extend(title(held).map(|title| (held.key(), title)));
        }
        let mut taken = BTreeSet::new();
        let mut addresses = BTreeMap::new();
        for held in &estate.objects {
            let resource = held.resource.name;
            let own = title(held).or_else(|| by_what_it_names(held, &titles));
            let name = own
                .map(|own| identifier(&own))
                .filter(|name| !name.is_empty());
            let name = name.unwrap_or_else(|| identifier(&format!("{resource} {}", held.id)));
            let name = match name.starts_with(|first: char| first.is_ascii_digit()) {
                true => format!("{resource}_{name}"),
                false => name,
            };
            let mut address = format!("{PREFIX}_{resource}.{name}");
            let mut number = 2;
            while !taken.insert(address.clone()) {
                address = format!("{PREFIX}_{resource}.{name}_{number}");
                number += 1;
            }
            addresses.insert(held.key(), address);
        }
        Addresses(addresses)
    }

    /// The address of an object, if it is exported.
    pub fn get(&self, key: &Key) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }
}

fn identifier(text: &str) -> String {
    let name = hcl::identifier(text);
    let cut = name.get(..LONGEST).unwrap_or(&name);
    cut.trim_end_matches('_').to_owned()
}

/// What a person knows an object by: their own reference, if they gave one.
fn title(held: &Held) -> Option<String> {
    let fields = [REFERENCE].into_iter().chain(NAMES);
    let mut titles = fields.filter_map(|name| held.state.get(name).as_str());
    let is_title = |title: &&str| !is_drawn(title) && !hcl::identifier(title).is_empty();
    titles.find(is_title).map(str::to_owned)
}

/// What an object without a title is called: after what it is about.
fn by_what_it_names(held: &Held, titles: &BTreeMap<Key, String>) -> Option<String> {
    let attributes = held.schema.object.attributes().iter();
    let attributes = attributes.filter(|attribute| !attribute.name.ends_with("account"));
    let keys = attributes.filter_map(|attribute| {
        let id = held.config.get(&attribute.name).as_str()?;
        key_of(&attribute.name, id)
    });
    let named = keys.filter_map(|key| titles.get(&key));
    let named: Vec<&str> = named.map(String::as_str).take(MOST_NAMED).collect();
    (!named.is_empty()).then(|| named.join(" "))
}

/// The sets of ids that objects keep as their own, such as the role assignments of a contact.
#[derive(Debug, Default)]
pub struct Wholes {
    sets: Vec<(String, BTreeSet<String>)>,
    /// Which set of this attribute an id is in.
    of: BTreeMap<(String, String), usize>,
}

impl Wholes {
    /// The sets of an estate.
    pub fn of(estate: &Estate, addresses: &Addresses) -> Wholes {
        let mut wholes = Wholes::default();
        for held in &estate.objects {
            let address = addresses.get(&held.key()).unwrap_or_default();
            for link in held.resource.links {
                let attribute = link.objects.attribute;
                let ids = lower(held.state.get(attribute));
                let set = wholes.sets.len();
                let key = |id: &String| (attribute.to_owned(), id.clone());
                wholes.of.extend(ids.iter().map(|id| (key(id), set)));
                wholes.sets.push((format!("{address}.{attribute}"), ids));
            }
        }
        wholes
    }

    /// The expression of the ids of an attribute, if they are whole sets and nothing else.
    pub fn expression(&self, attribute: &str, ids: &Value) -> Option<String> {
        let ids = lower(ids);
        let key = |id: &String| (attribute.to_owned(), id.clone());
        let sets = ids.iter().map(|id| self.of.get(&key(id)).copied());
        let sets: Option<BTreeSet<usize>> = sets.collect();
        let sets: Vec<_> = sets?
            .into_iter()
            .filter_map(|set| self.sets.get(set))
            .collect();
        let is_whole = sets.iter().all(|(_, set)| set.is_subset(&ids));
        match sets.as_slice() {
            _ if !is_whole => None,
            [] => None,
            [(one, _)] => Some(one.clone()),
            several => {
                let several: Vec<&str> = several.iter().map(|(one, _)| one.as_str()).collect();
                Some(format!("setunion({})", several.join(", ")))
            }
        }
    }
}

fn lower(ids: &Value) -> BTreeSet<String> {
    let ids = ids.elements().iter().filter_map(Value::as_str);
    ids.map(str::to_ascii_lowercase).collect()
}
