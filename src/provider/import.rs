//! Taking an existing object into the state, with what it does not show of itself.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;

use crate::entities::declaration::{Elsewhere, FoundAt, Resource};
use crate::ixapi::{Json, id_of, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::messages::sentence;
use super::remote::{Remote, Site};
use super::{answers, arrival, links, own_account, reference};

/// Reads the object of this id, or of the reference after [`reference::BY_REFERENCE`], for the
/// first time.
///
/// # Errors
/// That there is no such object, or that it is of another kind; what the exchange refused.
pub async fn import(site: Site<'_>, call: &Call<'_>, id: &str) -> Result<Value, Diagnostics> {
    let id = id.trim();
    if id.is_empty() {
        return Err(without_id(site.resource).into());
    }
    let id = match id.strip_prefix(reference::BY_REFERENCE) {
        Some(reference) => reference::find(&site, reference.trim()).await?,
        None => id.to_owned(),
    };
    let remote = site.object(&id);
    let attempt = Attempt::Import(&remote);
    let object = match remote.look().await {
        Ok(object) => object,
        Err(error) => {
            let error = remote.client.judge_address(error, remote.stop).await;
            return Err(attempt.explain(&error));
        }
    };
    remote.check_kind(&object)?;
    if own_account::is_hidden(&object) {
        call.tell(most_likely_not_yours(&remote));
    }
    let mut state = answers::first_seen(remote.resource, &object);
    let read = links::read(&remote, &mut state).await;
    read.map_err(|error| attempt.explain(&error))?;
    fill_from_elsewhere(remote.resource, &remote, &remote.id, &object, &mut state).await;
    Ok(state)
}

/// What hides who manages it.
fn most_likely_not_yours(remote: &Remote<'_>) -> Diagnostic {
    Diagnostic::warning(
        format!("{} may be another party's", sentence(&remote.the_object())),
        format!(
            "{} shows it, but not who manages it. If that is somebody else, it can neither be \
             changed nor cancelled from here: take it out of the state (terraform state rm, or a \
             removed block with destroy = false), and look at it through a data source.",
            remote.host()
        ),
    )
}

/// The rows of a collection.
#[derive(Debug, Default)]
pub struct Rows {
    /// All of them.
    pub all: Vec<Json>,
    /// Where they are, by their ids in lower case.
    by_id: HashMap<String, usize>,
}

impl Rows {
    /// These rows.
    pub fn new(all: Vec<Json>) -> Rows {
        let ids = all.iter().enumerate();
        let ids = ids.filter_map(|(at, row)| Some((id_of(row)?.to_ascii_lowercase(), at)));
        Rows {
            by_id: ids.collect(),
            all,
        }
    }

    /// The one of this id.
    pub fn find(&self, id: &str) -> Option<&Json> {
        let at = self.by_id.get(&id.to_ascii_lowercase())?;
        self.all.get(*at)
    }
}

/// What is around an object that is imported. It is looked at as far as it lets itself be.
#[async_trait]
pub trait Around: Sync {
    /// All objects of the collection at this path.
    async fn all(&self, collection: &str) -> Option<Arc<Rows>>;

    /// The one of this id.
    async fn one(&self, collection: &str, id: &str) -> Option<Json> {
        self.all(collection).await?.find(id).cloned()
    }
}

/// At the exchange, one of many is asked for alone.
#[async_trait]
impl Around for Remote<'_> {
    async fn all(&self, collection: &str) -> Option<Arc<Rows>> {
        let objects = self.client.objects(collection);
        let listing = objects.list(&[], self.stop).await.ok()?;
        Some(Arc::new(Rows::new(listing.rows)))
    }

    async fn one(&self, collection: &str, id: &str) -> Option<Json> {
        let objects = self.client.objects(collection);
        objects.find(id, self.stop).await.ok()
    }
}

/// Values that an object does not show of itself, from where else they can be read. Best effort:
/// what cannot be found out, the next plan takes from the configuration.
pub async fn fill_from_elsewhere(
    resource: &Resource,
    around: &dyn Around,
    id: &str,
    object: &Json,
    state: &mut Value,
) {
    let fields = resource.fields_of(state).chain(resource.own_fields());
    for field in fields.collect::<Vec<_>>() {
        let recovered = match field.found_at {
            Some(FoundAt::Members {
                ids,
                collection,
                name,
            }) => agreed(around, object.get(ids), collection, name).await,
            Some(FoundAt::Holder {
                collection,
                list,
                of_type,
            }) => holder(around, id, collection, list, of_type).await,
            Some(FoundAt::Elsewhere) => match resource.elsewhere(state) {
                Some(Elsewhere::IfSet(_, path)) => {
                    let there = around.one(path, id).await;
                    there.and_then(|there| there.get(field.name).and_then(lenient::text))
                }
                _ => None,
            },
            Some(FoundAt::ItsId) => Some(id.to_owned()),
            None => continue,
        };
        if let Some(text) = recovered {
            state.put(field.attribute, Value::String(text));
        }
    }
}

/// The one value that these members have. Where they differ, nobody can tell which was ordered with
/// the object itself.
async fn agreed(
    around: &dyn Around,
    ids: Option<&Json>,
    collection: &str,
    name: &str,
) -> Option<String> {
    let mut values = BTreeSet::new();
    for id in ids.map(lenient::list).unwrap_or_default() {
        let id = lenient::text(id).unwrap_or_default();
        let member = around.one(collection, &id).await;
        values.insert(member.and_then(|m| m.get(name).and_then(lenient::text)));
    }
    match values.len() {
        1 => values.pop_first().flatten(),
        _ => None,
    }
}

/// The id of the one object of the collection that has this one in its list, if it is of this type.
async fn holder(
    around: &dyn Around,
    id: &str,
    collection: &str,
    list: &str,
    of_type: &str,
) -> Option<String> {
    let rows = around.all(collection).await?;
    let mut holding = rows.all.iter().filter(|row| arrival::holds(row, list, id));
    let holder = holding.next()?;
    let text = |name: &str| holder.get(name).and_then(lenient::text);
    let fits = text("type").is_none_or(|shown| shown.eq_ignore_ascii_case(of_type));
    text("id").filter(|_| fits && holding.next().is_none())
}

fn without_id(resource: &Resource) -> Diagnostic {
    Diagnostic::error(
        "An import needs an id",
        format!("Give the id that the exchange gave the {}.", resource.noun),
    )
}
