//! Finding what the exchange makes of its own accord, once it has made it.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::entities::declaration::{Field, FoundAt};
use crate::ixapi::{Error, Json, is_of, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::remote::Site;
use super::requests::query_text;
use super::timeouts::{self, Operation};

/// The one object that these keys of the plan find; waited for within `timeouts.create`.
///
/// # Errors
/// That there is none in time, or more than one; what the exchange refused. Nothing has been
/// ordered then, so that an error costs nothing.
pub async fn find(site: &Site<'_>, by: &[&str], planned: &Value) -> Result<Json, Diagnostics> {
    let keys: Vec<(String, String)> = by
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), query_text(planned.get(key))?)))
        .collect();
    let patience = timeouts::of(site.resource, planned, Operation::Create);
    let deadline = Instant::now() + patience;
    let pauses = site.session.tempo.arrival;
    let mut row = pauses.row();
    let mut is_first_look = true;
    loop {
        let looked = timeout_at(deadline, look(site, &keys)).await;
        match looked {
            Ok(Ok(mut found)) => match (found.pop(), found.len()) {
                (Some(one), 0) => return Ok(one),
                (Some(last), _) => {
                    found.push(last);
                    return Err(several(site, &keys, &found).into());
                }
                (None, _) if is_first_look => no_holder(site, &keys).await?,
                (None, _) => {}
            },
            Ok(Err(error)) if error.is_transient() && !site.stop.is_cancelled() => {}
            Ok(Err(error)) => return Err(Attempt::Find(site.resource).explain(&error)),
            Err(_) => {}
        }
        is_first_look = false;
        let pause = row.next().unwrap_or(pauses.longest);
        let wake = deadline.min(Instant::now() + pause);
        let interrupted = tokio::select! {
            () = site.stop.cancelled() => true,
            () = tokio::time::sleep_until(wake) => false,
        };
        if interrupted || wake == deadline {
            return Err(none(site, &keys, patience, interrupted).into());
        }
    }
}

/// The one object that shows the same as the plan in these fields, if there is one.
///
/// # Errors
/// That there are several, or that the exchange does not list them all: then nobody knows.
pub async fn same(
    site: &Site<'_>,
    fields: &[&str],
    planned: &Value,
) -> Result<Option<Json>, Diagnostics> {
    let declared = site.resource.fields_of(planned);
    let wanted: Vec<(&Field, String)> = declared
        .filter(|field| fields.contains(&field.name))
        .filter_map(|field| Some((field, query_text(planned.get(field.attribute))?)))
        .collect();
    let filters = site.resource.of.all_filters();
    let known: Vec<&str> = filters.map(|filter| filter.parameter).collect();
    let query: Vec<(String, String)> = wanted
        .iter()
        .filter(|(field, _)| known.contains(&field.name))
        .map(|(field, text)| (field.name.to_owned(), text.clone()))
        .collect();
    let listed = site.objects.list_whole(&query, site.stop);
    let attempt = Attempt::Find(site.resource);
    let mut listed = listed.await.map_err(|error| attempt.explain(&error))?;
    listed.retain(|object| {
        wanted.iter().all(|(field, wanted)| {
            let shown = object.get(field.name).and_then(lenient::text);
            shown.is_some_and(|shown| field.means(&shown, wanted))
        })
    });
    match (listed.pop(), listed.len()) {
        (one, 0) => Ok(one),
        (last, _) => {
            listed.extend(last);
            let keys = wanted.into_iter();
            let keys: Vec<_> = keys
                .map(|(field, text)| (field.name.to_owned(), text))
                .collect();
            Err(several(site, &keys, &listed).into())
        }
    }
}

/// What belongs to nothing, or to what we may not see, never comes.
async fn no_holder(site: &Site<'_>, keys: &[(String, String)]) -> Result<(), Diagnostics> {
    for field in site.resource.own_fields() {
        let key = keys.iter().find(|(key, _)| key == field.name);
        let (Some((_, id)), Some(FoundAt::Holder { collection, .. })) = (key, field.found_at)
        else {
            continue;
        };
        let holders = site.client.objects(collection);
        let Err(error) = holders.find(id, site.stop).await else {
            continue;
        };
        if matches!(error.status(), Some(403 | 404)) && error.problem().is_some() {
            let name = field.attribute;
            let story = format!(
                "{name} is {id:?}, and the exchange at {} shows us none: {error}. Nothing was \
                 changed. Use the id of one of your own.",
                site.host(),
            );
            let summary = format!(
                "There is nothing that the {} belongs to",
                site.resource.noun
            );
            return Err(Diagnostic::error(summary, story)
                .at(Path::attribute(name))
                .into());
        }
    }
    Ok(())
}

/// The objects that have these keys, as far as they show them.
async fn look(site: &Site<'_>, keys: &[(String, String)]) -> Result<Vec<Json>, Error> {
    let objects = &site.objects;
    let listing = objects.list(keys, site.stop).await?;
    let fits = |object: &Json| {
        keys.iter().all(|(key, wanted)| match object.get(key) {
            Some(shown) => lenient::text(shown).is_some_and(|s| s.eq_ignore_ascii_case(wanted)),
            None => true,
        })
    };
    let mut found: Vec<Json> = listing.rows.into_iter().filter(fits).collect();
    found.dedup_by(|a, b| {
        let id = a.get("id").and_then(lenient::text);
        id.is_some_and(|id| is_of(b, &id))
    });
    // An exchange that does not know a key ignores it, and lists what belongs to others.
    for field in site.resource.own_fields() {
        let key = keys.iter().find(|(key, _)| key == field.name);
        if let (Some((_, id)), Some(holder)) = (key, field.found_at)
            && !found.is_empty()
        {
            drop_what_others_hold(site, holder, id, &mut found).await?;
        }
    }
    Ok(found)
}

/// Leaves only what the holder of this id has in its list, or nobody has.
async fn drop_what_others_hold(
    site: &Site<'_>,
    holder: FoundAt,
    id: &str,
    found: &mut Vec<Json>,
) -> Result<(), Error> {
    let FoundAt::Holder {
        collection, list, ..
    } = holder
    else {
        return Ok(());
    };
    let holders = site.client.objects(collection);
    let holders = holders.list_whole(&[], site.stop).await?;
    let others: Vec<&Json> = holders.iter().filter(|row| !is_of(row, id)).collect();
    found.retain(|object| {
        let id = object.get("id").and_then(lenient::text);
        !id.is_some_and(|id| others.iter().any(|other| holds(other, list, &id)))
    });
    Ok(())
}

/// Whether this holder has the object of this id in its list.
pub fn holds(holder: &Json, list: &str, id: &str) -> bool {
    let held = holder.get(list).map(lenient::list).unwrap_or_default();
    let mut held = held.iter().filter_map(lenient::text);
    held.any(|held| held.eq_ignore_ascii_case(id))
}

fn described(keys: &[(String, String)]) -> String {
    let keys: Vec<String> = keys.iter().map(|(k, v)| format!("{k} {v}")).collect();
    keys.join(" and ")
}

fn none(
    site: &Site<'_>,
    keys: &[(String, String)],
    patience: Duration,
    interrupted: bool,
) -> Diagnostic {
    let why = match interrupted {
        true => "The wait was interrupted.".to_owned(),
        false => format!(
            "It was waited for {} (timeouts.create).",
            timeouts::spoken(patience)
        ),
    };
    let names: Vec<&str> = keys.iter().map(|(name, _)| name.as_str()).collect();
    Diagnostic::error(
        format!("There is no {} yet", site.resource.noun),
        format!(
            "The exchange at {} has none with {}. It makes them of its own accord, some time after \
             what they belong to was ordered. {why} Nothing was changed; apply again to go on \
             waiting. If none comes, check {}.",
            site.host(),
            described(keys),
            names.join(" and ")
        ),
    )
}

fn several(site: &Site<'_>, keys: &[(String, String)], found: &[Json]) -> Diagnostic {
    let ids: Vec<String> = found
        .iter()
        .filter_map(|object| object.get("id").and_then(lenient::text))
        .collect();
    Diagnostic::error(
        format!("There is more than one {}", site.resource.noun),
        format!(
            "The exchange at {} has these with {}: {}. Import the one that you mean by its id.",
            site.host(),
            described(keys),
            ids.join(", ")
        ),
    )
}
