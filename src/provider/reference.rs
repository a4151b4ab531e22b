//! Finding an object to import by the reference that its owner gave it.

use crate::entities::declaration::{Field, Resource};
use crate::ixapi::{Error, Json, State, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::value::Value;

use super::remote::Site;
use super::{PREFIX, answers};

/// What an import id begins with that is a reference: `external_ref:port-1`.
pub const BY_REFERENCE: &str = "external_ref:";

/// The field, which IX-API knows as a filter too.
pub const REFERENCE: &str = "external_ref";

/// The id of the one live object of this resource that bears the reference.
///
/// # Errors
/// That objects of this type have none, that no live one bears it, or that several do; what the
/// exchange refused.
pub async fn find(site: &Site<'_>, reference: &str) -> Result<String, Diagnostics> {
    let resource = site.resource;
    let mut fields = resource.of.shape.all_fields();
    if !fields.any(|field| field.name == REFERENCE) {
        return Err(Diagnostic::error(
            "An import needs an id here",
            format!(
                "{PREFIX}_{} has no {REFERENCE}. Give the id that the exchange gave the {}.",
                resource.name, resource.noun
            ),
        )
        .into());
    }
    if reference.is_empty() {
        return Err(Diagnostic::error(
            "An import needs an id",
            format!("There is nothing after {BY_REFERENCE}. Give an id, or a reference after it."),
        )
        .into());
    }
    let query = [(REFERENCE.to_owned(), reference.to_owned())];
    let rows = site.objects.list_whole(&query, site.stop);
    let attempt = super::errors::Attempt::Refer(resource);
    let rows = rows.await.map_err(|error| attempt.explain(&error))?;
    let bearing = |row: &&Json| {
        let shown = row.get(REFERENCE).and_then(lenient::text);
        shown.as_deref() == Some(reference) && is_of_the_kind(site, row)
    };
    let bearing: Vec<&Json> = rows.iter().filter(bearing).collect();
    let live = bearing.iter().filter(|row| is_live(row));
    let mut ids: Vec<String> = live
        .filter_map(|row| lenient::text(row.get("id")?))
        .collect();
    ids.sort();
    ids.dedup();
    match ids.len() {
        1 => Ok(ids.remove(0)),
        _ => Err(not_one(site, reference, &ids, &bearing).into()),
    }
}

/// The field of an object that its owner may give a reference in, if it has one.
pub fn field_of(resource: &Resource, object: &Value) -> Option<&'static Field> {
    let mut fields = resource.fields_of(object);
    fields.find(|field| field.name == REFERENCE && field.is_configurable())
}

/// The live objects of this resource that bear the reference.
///
/// # Errors
/// Why they cannot be listed.
pub async fn bearers(site: &Site<'_>, reference: &str) -> Result<Vec<Json>, Error> {
    let query = [(REFERENCE.to_owned(), reference.to_owned())];
    let rows = site.home.list_whole(&query, site.stop);
    let mut rows = rows.await?;
    rows.retain(|row| {
        let shown = row.get(REFERENCE).and_then(lenient::text);
        shown.is_some_and(|shown| is_the_same(&shown, reference))
            && is_of_the_kind(site, row)
            && is_live(row)
    });
    Ok(rows)
}

/// Whether two references are the same, also at an exchange that takes blanks at the ends away.
fn is_the_same(shown: &str, reference: &str) -> bool {
    shown.trim() == reference.trim()
}

/// An exchange that does not know the filter lists other kinds too.
pub fn is_of_the_kind(site: &Site<'_>, row: &Json) -> bool {
    let told = answers::variant_of(&site.resource.of.shape, row);
    let known = site.resource.variants();
    told.zip(known)
        .is_none_or(|(told, known)| known.contains(&told))
}

/// Whether an object is neither ended nor about to end.
pub fn is_live(row: &Json) -> bool {
    State::of(row).is_none_or(|state| !state.is_ending())
}

fn not_one(site: &Site<'_>, reference: &str, live: &[String], bearing: &[&Json]) -> Diagnostic {
    let (resource, host) = (site.resource, site.host());
    if !live.is_empty() {
        return Diagnostic::error(
            format!("There is more than one {} {reference:?}", resource.noun),
            format!(
                "{host} has these with {REFERENCE} {reference:?}: {}. Import the one that you mean \
                 by its id. Nothing was imported.",
                live.join(", ")
            ),
        );
    }
    let ending: Vec<String> = bearing
        .iter()
        .filter_map(|row| {
            let id = lenient::text(row.get("id")?)?;
            Some(format!("{id} ({})", State::of(row)?))
        })
        .collect();
    let besides = match ending.is_empty() {
        true => String::new(),
        false => format!(
            " On the way out with it: {}; such a one can be imported by its id.",
            ending.join(", ")
        ),
    };
    Diagnostic::error(
        format!("There is no {} {reference:?}", resource.noun),
        format!(
            "{host} lists none with {REFERENCE} {reference:?} that is live and that these \
             credentials may see.{besides} Nothing was imported."
        ),
    )
}
