//! What bears the reference of an order before the order is placed: most likely the very thing, of
//! a run whose state was lost. It is not ordered a second time.

use crate::entities::declaration::Mode;
use crate::ixapi::{Json, State, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::plan::{self, Change};
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

use super::configuration::{ADOPTS, REQUIRES};
use super::errors::{Attempt, import_block};
use super::reference::{self, REFERENCE};
use super::remote::Site;
use super::{answers, defaults, recovery};

/// The accounts whose object it is.
const OWNERS: [&str; 2] = ["managing_account", "consuming_account"];

/// Looks ahead at an order that is planned: whether it needs a reference, and whether something
/// bears that already. Whether the object is there, and will be taken in place of an order.
///
/// # Errors
/// That the order would be refused for one of these reasons.
pub async fn foresee(
    site: &Site<'_>,
    call: &Call<'_>,
    change: &Change,
) -> Result<bool, Diagnostics> {
    let field = reference::field_of(site.resource, &change.planned);
    let Some(field) = field.filter(|field| field.mode == Mode::Drawn) else {
        return Ok(false);
    };
    let given = change.config.get(field.attribute);
    if given.is_null() && site.session.defaults().require_external_ref {
        return Err(missing(site).into());
    }
    let text = given.as_str().filter(|text| !text.is_empty());
    let Some(text) = text.filter(|_| !field.passed_on) else {
        return Ok(false);
    };
    // What cannot be seen now is looked for before anything is ordered.
    let Ok(rows) = reference::bearers(site, text).await else {
        return Ok(false);
    };
    let id_of = |row: &Json| row.get("id").and_then(lenient::text).unwrap_or_default();
    let others = rows.into_iter();
    let mut others =
        others.filter(|row| is_of(row, &change.planned) && !site.session.is_held(&id_of(row)));
    let Some(bearer) = others.next() else {
        return Ok(false);
    };
    if recovery::is_noted(site, &id_of(&bearer), text) {
        return Ok(true);
    }
    let adopted = adopted(site, call, &bearer, &change.planned, &change.config);
    adopted.await.map(|_| true)
}

/// The object that bears the reference of an order, to be taken over in its place.
///
/// # Errors
/// That this is not wanted, or that it is not what was to be ordered. Nothing was ordered.
pub async fn adopted(
    site: &Site<'_>,
    call: &Call<'_>,
    bearer: &Json,
    planned: &Value,
    config: &Value,
) -> Result<Json, Diagnostics> {
    let id = bearer.get("id").and_then(lenient::text).unwrap_or_default();
    if !site.session.defaults().adopt_existing {
        return Err(exists(site, &id, bearer).into());
    }
    // A list may show less than the object itself.
    let looked = site.clone().object(&id).look().await;
    let object = looked.map_err(|error| Attempt::Order(site.resource).explain(&error))?;
    let found = answers::first_seen(site.resource, &object);
    let config = defaults::as_configured(site.resource, config, planned);
    let change = plan::plan(call.schema, found, config.clone(), config, &[]);
    let differing = change.replaces.iter();
    let differing: Vec<Diagnostic> = differing
        .map(|path| {
            let shown = change.prior.get(&path.to_string());
            is_another(site, &id, path, shown.as_str())
        })
        .collect();
    if !differing.is_empty() {
        return Err(Diagnostics(differing));
    }
    call.tell(is_adopted(site, &id, &object));
    Ok(object)
}

/// Whether an object belongs to the accounts that order, as far as both are known.
pub fn is_of(row: &Json, planned: &Value) -> bool {
    OWNERS.iter().all(|name| {
        let shown = row.get(*name).and_then(lenient::text);
        let wanted = planned.get(name).as_str();
        shown
            .zip(wanted)
            .is_none_or(|(shown, wanted)| shown.eq_ignore_ascii_case(wanted))
    })
}

fn at_the_reference(summary: String, detail: String) -> Diagnostic {
    Diagnostic::error(summary, detail).at(Path::attribute(REFERENCE))
}

fn missing(site: &Site<'_>) -> Diagnostic {
    at_the_reference(
        format!("The {} needs an {REFERENCE}", site.resource.noun),
        format!(
            "{REQUIRES} of the provider is true, so that every order can be found again although \
             the folder with its notes is lost. Set {REFERENCE} to something that none of your \
             other objects of this type bears."
        ),
    )
}

fn exists(site: &Site<'_>, id: &str, bearer: &Json) -> Diagnostic {
    let (noun, host) = (site.resource.noun, site.host());
    let state = State::of(bearer).map(|state| format!(", in state {state}"));
    let text = bearer.get(REFERENCE).and_then(lenient::text);
    at_the_reference(
        format!("There is a {noun} with this {REFERENCE} already"),
        format!(
            "{host} has {id}{}, with {REFERENCE} {:?}. Nothing was ordered.\n\nIf it is the one \
             that is described here, take it over, or set {ADOPTS} = true of the \
             provider:\n\n{}\n\nIf it is in the state under another address, a moved block says \
             so. If another one is wanted, give it an {REFERENCE} of its own; so does one that \
             takes the place of this before this has gone.",
            state.unwrap_or_default(),
            text.unwrap_or_default(),
            import_block(site.resource, id)
        ),
    )
}

fn is_another(site: &Site<'_>, id: &str, path: &Path, shown: Option<&str>) -> Diagnostic {
    let shown = shown.map(|shown| format!(" ({shown:?} there)"));
    Diagnostic::error(
        format!(
            "{id} is another {} than is described here",
            site.resource.noun
        ),
        format!(
            "{} has {id} with this {REFERENCE}. It cannot be taken over, since its {path} is \
             another one{}, and that cannot be changed. Nothing was ordered. Correct {path}, or \
             give the new one an {REFERENCE} of its own.",
            site.host(),
            shown.unwrap_or_default()
        ),
    )
    .at(path.clone())
}

fn is_adopted(site: &Site<'_>, id: &str, object: &Json) -> Diagnostic {
    let state = State::of(object).map(|state| format!(", in state {state}"));
    Diagnostic::warning(
        format!("The {} {id} is taken over, not ordered", site.resource.noun),
        format!(
            "{} has it already with this {REFERENCE}{}, and {ADOPTS} of the provider is true. What \
             differs and can be changed is changed.",
            site.host(),
            state.unwrap_or_default()
        ),
    )
}

/// Two orders of one run with one reference.
pub fn twice(site: &Site<'_>, text: &str) -> Diagnostic {
    at_the_reference(
        format!(
            "Another {} of this apply has this {REFERENCE}",
            site.resource.noun
        ),
        format!(
            "Two ixapi_{} are to be ordered with {REFERENCE} {text:?}, and by that neither could \
             be told from the other. Nothing was ordered for this one. Give it one of its own.",
            site.resource.name
        ),
    )
}
