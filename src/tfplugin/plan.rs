//! How a plan comes about, for all resources alike.
//!
//! From the prior state and the configuration, [`plan`] decides what is known, what becomes unknown
//! and what needs a new object; [`settle()`] makes the outcome of an apply keep what was planned.
//! A resource only adds what a schema cannot say.

mod settle;

pub use settle::{contradictions, settle};

use super::path::Path;
use super::schema::{Attribute, Kind, Nesting, Object, Recomputed, Schema, Standing};
use super::value::{self, Value};

/// A planned change of one object.
#[derive(Clone, Debug)]
pub struct Change {
    /// The object as it is; null when it is to be created.
    pub prior: Value,
    /// The configuration; null when the object is to be deleted.
    pub config: Value,
    /// The object as it will be; null when it is to be deleted.
    pub planned: Value,
    /// The attributes whose change needs a new object.
    pub replaces: Vec<Path>,
    /// The attributes whose change would need a new object, and of which it is not known yet
    /// whether they change. They replace nothing: most values that are not known turn out to be
    /// the same.
    pub open: Vec<Path>,
}

impl Change {
    /// Whether the object is to be deleted.
    pub fn is_delete(&self) -> bool {
        self.planned.is_null()
    }

    /// Whether an object that exists stays, changed or not.
    pub fn is_update(&self) -> bool {
        !self.prior.is_null() && !self.planned.is_null()
    }

    /// Plans an apply that sends nothing and looks at the object again: what changes as the object
    /// lives becomes unknown, and so does what follows other attributes and has no value yet.
    pub fn look_again(&mut self, schema: &Schema) {
        if let (Value::Object(planned), Value::Object(config)) = (&mut self.planned, &self.config) {
            forget_what_changes(&schema.object, planned, config, &Changed::Itself);
        }
    }
}

/// Plans the change from `prior` to what `config` asks for. `proposed` is Terraform's own merge of
/// the two; only whether it is null (a deletion) matters here. `given_back` are the attributes that
/// were configured before and are no more ([`super::schema::Attribute::given_back`]).
pub fn plan(
    schema: &Schema,
    prior: Value,
    config: Value,
    proposed: Value,
    given_back: &[String],
) -> Change {
    if proposed.is_null() {
        return Change {
            prior,
            config,
            planned: Value::Null,
            replaces: Vec::new(),
            open: Vec::new(),
        };
    }
    let object = &schema.object;
    let mut planned = merge(object, &prior, &config);
    let mut lasting = Lasting::default();
    if !prior.is_null() {
        for name in given_back {
            if !prior.get(name).is_null() && !planned.get(name).is_null() {
                planned.put(name, Value::Unknown);
            }
        }
        if differs(object, &prior, &planned) {
            recompute(object, &prior, &mut planned, &config);
        }
        lasting.collect(object, [&prior, &planned, &config], &Path::default());
    }
    Change {
        prior,
        config,
        planned,
        replaces: lasting.replaces,
        open: lasting.open,
    }
}

/// The attributes in which an object differs from what is planned although they last as long as it
/// does.
pub fn replacements(schema: &Schema, prior: &Value, planned: &Value) -> Vec<Path> {
    let mut lasting = Lasting::default();
    lasting.collect(&schema.object, [prior, planned, planned], &Path::default());
    lasting.replaces
}

/// The configuration over prior values; what is still open is unknown.
fn merge(object: &Object, prior: &Value, config: &Value) -> Value {
    let variant = discriminator(object, prior, config);
    let had: Vec<&str> = object.standing(prior).filter_map(name_of_own).collect();
    let merged = object.standing(&variant).map(|standing| {
        let attribute = standing.attribute();
        let (before, wanted) = (prior.get(&attribute.name), config.get(&attribute.name));
        let is_left_open =
            attribute.is_computed() && wanted.is_null() && attribute.default.is_none();
        let value = match standing {
            // It has just come to mean something.
            Standing::Has(_) if is_left_open && !had.contains(&attribute.name.as_str()) => {
                Value::Unknown
            }
            Standing::Open(_) if attribute.is_computed() && wanted.is_null() => Value::Unknown,
            // One that a person wrote all the same is for the validation to refuse.
            Standing::HasNot(_) if wanted.is_null() => Value::Null,
            _ => merge_attribute(attribute, prior, before, wanted),
        };
        (attribute.name.clone(), value)
    });
    Value::object(merged)
}

/// As much of an object as tells which variant it is going to be.
fn discriminator(object: &Object, prior: &Value, config: &Value) -> Value {
    let by = object.variants().and_then(|(by, _)| object.attribute(by));
    Value::object(by.map(|by| {
        let (before, wanted) = (prior.get(&by.name), config.get(&by.name));
        (by.name.clone(), merge_attribute(by, prior, before, wanted))
    }))
}

/// The name of an attribute that the object has.
fn name_of_own(standing: Standing<'_>) -> Option<&str> {
    match standing {
        Standing::Has(attribute) => Some(&attribute.name),
        Standing::HasNot(_) | Standing::Open(_) => None,
    }
}

fn merge_attribute(attribute: &Attribute, owner: &Value, prior: &Value, config: &Value) -> Value {
    if attribute.write_only {
        return Value::Null;
    }
    if attribute.is_configurable() && !config.is_null() {
        return match &attribute.kind {
            Kind::Nested(nesting, inner) => merge_nested(*nesting, inner, prior, config),
            Kind::Block(inner) => merge_nested(Nesting::Single, inner, prior, config),
            Kind::Value(_) if same(attribute, prior, config) => prior.clone(),
            Kind::Value(_) if attribute.partial && is_part_of(config, prior) => prior.clone(),
            Kind::Value(_) => config.clone(),
        };
    }
    if !attribute.is_computed() || matches!(attribute.kind, Kind::Block(_)) {
        return Value::Null;
    }
    match &attribute.default {
        Some(default) => default.clone(),
        None if owner.is_null() => Value::Unknown,
        None => prior.clone(),
    }
}

/// Whether a map says nothing that the other does not.
fn is_part_of(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Map(part), Value::Map(whole)) => part
            .iter()
            .all(|(key, value)| !value.is_unknown() && whole.get(key) == Some(value)),
        _ => false,
    }
}

/// Whether two texts, or two sets of texts, mean the same although they are spelt differently.
fn same(attribute: &Attribute, prior: &Value, config: &Value) -> bool {
    fn means(prior: &Value, config: &Value, same: fn(&str, &str) -> bool) -> bool {
        match (prior, config) {
            (Value::String(prior), Value::String(config)) => prior == config || same(prior, config),
            (Value::Set(prior), Value::Set(config)) => {
                prior.len() == config.len()
                    && prior
                        .iter()
                        .all(|a| config.iter().any(|b| means(a, b, same)))
                    && config
                        .iter()
                        .all(|b| prior.iter().any(|a| means(a, b, same)))
            }
            _ => false,
        }
    }
    attribute
        .same
        .is_some_and(|same| means(prior, config, same))
}

fn merge_nested(nesting: Nesting, inner: &Object, prior: &Value, config: &Value) -> Value {
    match (nesting, config) {
        (_, Value::Unknown) => Value::Unknown,
        (Nesting::Single, _) => merge(inner, prior, config),
        (Nesting::List, Value::List(elements)) => Value::List(
            elements
                .iter()
                .enumerate()
                .map(|(index, element)| {
                    let prior = prior.elements().get(index).unwrap_or(&Value::Null);
                    merge(inner, prior, element)
                })
                .collect(),
        ),
        (Nesting::Map, Value::Map(entries)) => Value::Map(
            entries
                .iter()
                .map(|(key, element)| (key.clone(), merge(inner, prior.get(key), element)))
                .collect(),
        ),
        // Elements of a set have no identity to take computed values over from.
        _ => config.clone(),
    }
}

/// The attributes of an object, be they its own or another variant's.
fn attributes<'a>(object: &'a Object, value: &Value) -> impl Iterator<Item = &'a Attribute> {
    object.standing(value).map(Standing::attribute)
}

/// Whether anything that would be sent to the remote side differs.
fn differs(object: &Object, prior: &Value, planned: &Value) -> bool {
    attributes(object, planned)
        .filter(|attribute| !attribute.local)
        .any(|attribute| prior.get(&attribute.name) != planned.get(&attribute.name))
}

/// Which attributes of a level changed.
enum Changed {
    /// None has to: the object itself moves on.
    Itself,
    /// These.
    These(Vec<String>),
}

fn recompute(object: &Object, prior: &Value, planned: &mut Value, config: &Value) {
    let changed = object
        .attributes()
        .iter()
        .filter(|attribute| prior.get(&attribute.name) != planned.get(&attribute.name))
        .map(|attribute| attribute.name.clone())
        .collect();
    if let (Value::Object(planned), Value::Object(config)) = (planned, config) {
        forget_what_changes(object, planned, config, &Changed::These(changed));
    }
}

fn forget_what_changes(
    object: &Object,
    planned: &mut value::Object,
    config: &value::Object,
    changed: &Changed,
) {
    let before = Value::Object(planned.clone());
    for standing in object.standing(&before) {
        // What another variant has stays null, and what may be another's is unknown already.
        let Standing::Has(attribute) = standing else {
            continue;
        };
        let unset = config.get(&attribute.name).is_none_or(Value::is_null);
        let missing = planned.get(&attribute.name).is_none_or(says_nothing);
        let recomputed = match (&attribute.recomputed, changed) {
            (Recomputed::OnAnyChange, _) => true,
            (Recomputed::Never, _) => false,
            (Recomputed::With(_), Changed::Itself) => missing,
            (Recomputed::With(names), Changed::These(changed)) => {
                names.iter().any(|name| changed.contains(name))
            }
        };
        if attribute.is_computed() && unset && recomputed && attribute.default.is_none() {
            planned.insert(attribute.name.clone(), Value::Unknown);
        }
    }
}

/// Whether a value may be missing because it has not come yet.
fn says_nothing(value: &Value) -> bool {
    value.is_null() || matches!(value, Value::List(all) | Value::Set(all) if all.is_empty())
}

/// What is planned for attributes that last as long as their object.
#[derive(Default)]
struct Lasting {
    replaces: Vec<Path>,
    open: Vec<Path>,
}

impl Lasting {
    fn collect(&mut self, object: &Object, [prior, planned, config]: [&Value; 3], above: &Path) {
        for standing in object.standing(planned) {
            // Whether an object may become another variant in place is said by what tells them
            // apart.
            let Standing::Has(attribute) = standing else {
                continue;
            };
            let name = &attribute.name;
            let (before, after) = (prior.get(name), planned.get(name));
            if before == after {
                continue;
            }
            let path = above.then(name);
            let taken_over = attribute.never_returned && (before.is_null() || after.is_null());
            if attribute.replaces && !taken_over {
                let is_known = after.is_wholly_known() || config.get(name).is_wholly_known();
                match is_known {
                    true => self.replaces.push(path),
                    false => self.open.push(path),
                }
            } else if let Kind::Nested(Nesting::Single, inner) | Kind::Block(inner) =
                &attribute.kind
                && !before.is_null()
                && after.is_known()
            {
                self.collect(inner, [before, after, config.get(name)], &path);
            }
        }
    }
}

#[cfg(test)]
mod tests;
