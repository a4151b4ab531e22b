//! What lasts as long as its object: a change of it would need a new one.
//!
//! A value that is not known when it is planned most likely is the one that the object has. So it
//! replaces nothing, unless what it refers to is itself replaced; and if it turns out to be another
//! one, nothing is changed before a plan has shown the replacement.

use crate::entities::collection_of;
use crate::entities::declaration::{Collection, Field, OnChange, Resource};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::plan::{self, Change};
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

use super::session::Session;

/// Under which name it is noted that an object was imported, so that nobody knows as what it was
/// ordered.
const IMPORTED: &str = "imported";

/// Under which name the id of an object is noted, for whoever is asked to take its place.
const STANDING: &str = "standing";

/// Notes that an object comes from an import.
pub fn note_import(call: &Call<'_>, resource: &Resource) {
    let mut fields = resource.of.shape.all_fields();
    if fields.any(|field| field.as_ordered && field.on_change == OnChange::Replaces) {
        call.note(IMPORTED, Some(true.into()));
    }
}

/// Once the object was changed, its state says as what it was ordered.
pub fn forget_import(call: &Call<'_>) {
    call.note(IMPORTED, None);
}

/// Hands the id of an object on to the plan of an order that somebody asks for in its place,
/// although nothing has changed: then what belongs to the object is replaced with it.
pub fn hand_over(resource: &Resource, session: &Session, call: &Call<'_>, change: &Change) {
    if let Some(id) = change.prior.get("id").as_str() {
        call.note(STANDING, Some(id.into()));
    } else if let Some(id) = handed(call) {
        session.run.plan(resource.of, &id, Value::Null);
    }
}

/// To the plan of an order: the id of the object whose place it takes. Terraform hands it what the
/// plan of that object has noted.
pub fn handed(call: &Call<'_>) -> Option<String> {
    let id = call.noted(STANDING)?;
    id.as_str().map(str::to_owned)
}

/// Decides which attributes replace the object, as far as the schema leaves that open.
pub fn settle(resource: &Resource, session: &Session, call: &Call<'_>, change: &mut Change) {
    if !change.is_update() {
        return;
    }
    let goes = |of: &Collection, value: &Value| {
        let id = value.as_str();
        id.and_then(|id| session.run.planned(of, id))
            .is_some_and(|planned| planned.is_null())
    };
    let prior = change.prior.clone();
    change.open.retain(|path| {
        let name = path.to_string();
        let before = prior.get(&name);
        let follows = collection_of(&name).is_some_and(|of| {
            goes(of, before) || before.elements().iter().any(|each| goes(of, each))
        });
        if follows {
            change.replaces.push(path.clone());
        }
        !follows
    });
    change
        .replaces
        .retain(|path| !is_noted(resource, call, &prior, path));
}

/// The attributes for which a planned change, now that all is known, needs a new object.
pub fn replaced(resource: &Resource, call: &Call<'_>, prior: &Value, planned: &Value) -> Vec<Path> {
    let mut paths = plan::replacements(call.schema, prior, planned);
    paths.retain(|path| !is_noted(resource, call, prior, path));
    paths
}

/// Whether a configuration says of an imported object as what it was ordered, which the exchange
/// need not show any more.
pub fn is_noted_alone(call: &Call<'_>, field: &Field) -> bool {
    field.as_ordered && field.on_change == OnChange::Replaces && call.noted(IMPORTED).is_some()
}

fn is_noted(resource: &Resource, call: &Call<'_>, object: &Value, path: &Path) -> bool {
    let name = path.to_string();
    let mut fields = resource.fields_of(object);
    fields.any(|field| field.attribute == name && is_noted_alone(call, field))
}

/// A replacement that no plan has shown.
pub fn plan_again(resource: &Resource, id: &str, paths: &[Path]) -> Diagnostics {
    let noun = resource.noun;
    let told = paths.iter().map(|path| {
        Diagnostic::error(
            format!("Another {path} needs a new {noun}, and none was planned"),
            format!(
                "{id} has another {path} than is configured, and cannot be changed in that. When \
                 this was planned, {path} was not known, so that the plan could not show it; or \
                 the plan was made without a look at the exchange (-refresh=false). Nothing was \
                 changed. Plan again: the plan will show the replacement, and until when the old \
                 {noun} is billed."
            ),
        )
        .at(path.clone())
    });
    Diagnostics(told.collect())
}
