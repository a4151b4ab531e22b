//! Taking an existing object into the state, with what it does not show of itself.

use std::collections::BTreeSet;

use crate::entities::declaration::{Elsewhere, FoundAt, Resource};
use crate::ixapi::{Json, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::remote::{Remote, Site};
use super::{answers, arrival, links, reference};

/// Reads the object of this id, or of the reference after [`reference::BY_REFERENCE`], for the
/// first time.
///
/// # Errors
/// That there is no such object, or that it is of another kind; what the exchange refused.
pub async fn import(site: Site<'_>, id: &str) -> Result<Value, Diagnostics> {
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
    let mut state = answers::first_seen(remote.resource, &object);
    let read = links::read(&remote, &mut state).await;
    read.map_err(|error| attempt.explain(&error))?;
    fill_from_elsewhere(&remote, &object, &mut state).await;
    Ok(state)
}

/// Values that an object does not show of itself, from where else they can be read. Best effort:
/// what cannot be found out, the next plan takes from the configuration.
pub async fn fill_from_elsewhere(remote: &Remote<'_>, object: &Json, state: &mut Value) {
    let resource = remote.resource;
    let fields = resource.fields_of(state).chain(resource.own_fields());
    for field in fields.collect::<Vec<_>>() {
        let recovered = match field.found_at {
            Some(FoundAt::Members {
                ids,
                collection,
                name,
            }) => agreed(remote, object.get(ids), collection, name).await,
            Some(FoundAt::Holder {
                collection,
                list,
                of_type,
            }) => holder(remote, collection, list, of_type).await,
            Some(FoundAt::Elsewhere) => shown_elsewhere(remote, state, field.name).await,
            Some(FoundAt::ItsId) => Some(remote.id.clone()),
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
    remote: &Remote<'_>,
    ids: Option<&Json>,
    collection: &str,
    name: &str,
) -> Option<String> {
    let members = remote.client.objects(collection);
    let mut values = BTreeSet::new();
    for id in ids.map(lenient::list).unwrap_or_default() {
        let id = lenient::text(id).unwrap_or_default();
        let member = members.find(&id, remote.stop).await;
        let member = member.ok();
        values.insert(member.and_then(|m| m.get(name).and_then(lenient::text)));
    }
    match values.len() {
        1 => values.pop_first().flatten(),
        _ => None,
    }
}

/// What the same object shows of this field in the other place for its variant, if it is there.
async fn shown_elsewhere(remote: &Remote<'_>, state: &Value, name: &str) -> Option<String> {
    let Some(Elsewhere::IfSet(_, path)) = remote.resource.elsewhere(state) else {
        return None;
    };
    let there = remote.client.objects(path);
    let object = there.find(&remote.id, remote.stop).await;
    object.ok()?.get(name).and_then(lenient::text)
}

/// The id of the one object of the collection that has this one in its list, if it is of this type.
async fn holder(
    remote: &Remote<'_>,
    collection: &str,
    list: &str,
    of_type: &str,
) -> Option<String> {
    let holders = remote.client.objects(collection);
    let listing = holders.list(&[], remote.stop).await.ok()?;
    let rows = listing.rows.iter();
    let mut holding = rows.filter(|row| arrival::holds(row, list, &remote.id));
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
