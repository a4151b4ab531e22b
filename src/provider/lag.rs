//! What was ordered stays, although the exchange still shows what was before.
//!
//! Exchanges have been seen to do so: right after a PATCH, in state `production`, reads show the
//! old references and capacity. So what a change replaced is noted beside the state. As long as a
//! read shows just that, and not for ever, the state keeps what was ordered; anything else is
//! believed, and the note is dropped.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, json};

use crate::entities::declaration::{Field, OnChange, Resource};
use crate::ixapi::{Json, lenient};
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

use super::requests;

/// The name of the note.
const NOTE: &str = "replaced";

/// How long the exchange is given to show a change. After that, what it shows is believed: somebody
/// has put the old value back.
const PATIENCE: Duration = Duration::from_secs(3600);

/// Notes what a change replaces, beside what earlier changes have replaced and the exchange may
/// still show.
pub fn note(call: &Call<'_>, resource: &Resource, prior: &Value, planned: &Value) {
    let noted = call.noted(NOTE);
    let earlier = noted.as_ref().and_then(|note| note.get("values"));
    let mut replaced = earlier
        .and_then(Json::as_object)
        .cloned()
        .unwrap_or_default();
    for field in changeable(resource, planned) {
        let (before, after) = (prior.get(field.attribute), planned.get(field.attribute));
        if before != after && after.is_wholly_known() {
            let values = replaced.entry(field.attribute).or_insert_with(|| json!([]));
            if let Some(values) = values.as_array_mut() {
                values.push(plain(field, before));
            }
        }
    }
    let note = json!({ "at": Timestamp::now().as_second(), "values": replaced });
    call.note(NOTE, Some(note).filter(|_| !replaced.is_empty()));
}

/// What was read, with what was ordered in place of what it replaced.
pub fn with_what_was_ordered(
    call: &Call<'_>,
    resource: &Resource,
    prior: &Value,
    seen: Value,
    now: Timestamp,
) -> Value {
    let Some(note) = call.noted(NOTE) else {
        return seen;
    };
    let at = note.get("at").and_then(Json::as_i64).unwrap_or_default();
    let age = now.as_second().saturating_sub(at);
    let patience = i64::try_from(PATIENCE.as_secs()).unwrap_or(i64::MAX);
    let replaced = note.get("values").and_then(Json::as_object);
    let mut seen = seen;
    let mut open = Map::new();
    for (attribute, replaced) in replaced.into_iter().flatten() {
        let mut fields = changeable(resource, prior);
        let Some(field) = fields.find(|field| field.attribute == *attribute) else {
            continue;
        };
        let shown = plain(field, seen.get(attribute));
        let lags = lenient::list(replaced).contains(&shown);
        let says_otherwise = prior.get(attribute) != seen.get(attribute);
        if lags && says_otherwise && (0..patience).contains(&age) {
            seen.put(attribute, prior.get(attribute).clone());
            open.insert(attribute.clone(), replaced.clone());
        }
    }
    let left = json!({ "at": at, "values": open });
    call.note(NOTE, Some(left).filter(|_| !open.is_empty()));
    seen
}

/// While a change is under way, exchanges may still echo what was before it: what was ordered stays
/// until they report a settled value.
pub fn while_changing(resource: &Resource, prior: &Value, mut seen: Value) -> Value {
    for field in resource.fields_of(prior).filter(|f| f.is_configurable()) {
        let before = prior.get(field.attribute);
        if before.is_known() {
            seen.put(field.attribute, before.clone());
        }
    }
    seen
}

fn changeable(resource: &Resource, object: &Value) -> impl Iterator<Item = &'static Field> + use<> {
    resource.fields_of(object).filter(|field| {
        // Secrets are not for notes, which Terraform keeps in the clear.
        field.is_configurable() && field.on_change == OnChange::InPlace && !field.sensitive
    })
}

fn plain(field: &Field, value: &Value) -> Json {
    match requests::json(field, value, &Value::Null, &Value::Null) {
        // Where there is no null, the exchange shows an empty text for none.
        Json::Null if field.cleared_by_empty => Json::from(""),
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::provider::schemas;
    use crate::provider::testing::resource_named;

    fn circuit(reference: &str) -> Value {
        Value::object([("external_ref", reference.into())])
    }

    #[test]
    fn what_was_ordered_stays_until_it_is_shown_or_something_else_is_or_too_long() {
        let resource = resource_named("p2p_vc");
        let schema = schemas::resource(resource);
        let ordered = || {
            let call = Call::new(CancellationToken::new(), &schema, Default::default());
            note(&call, resource, &circuit("old"), &circuit("new"));
            call
        };
        let now = Timestamp::now();
        let read = |call: &Call<'_>, shows: &str, now| {
            with_what_was_ordered(call, resource, &circuit("new"), circuit(shows), now)
        };
        let call = ordered();
        assert_eq!(read(&call, "old", now), circuit("new"), "the exchange lags");
        assert_eq!(read(&call, "old", now), circuit("new"), "and lags on");
        assert_eq!(read(&call, "new", now), circuit("new"), "now it shows it");
        assert_eq!(
            read(&call, "old", now),
            circuit("old"),
            "someone changed it"
        );
        let call = ordered();
        assert_eq!(read(&call, "else", now), circuit("else"));
        let later = now + PATIENCE;
        assert_eq!(read(&ordered(), "old", later), circuit("old"));
    }

    #[test]
    fn what_is_replaced_twice_is_believed_to_lag_by_both() {
        let resource = resource_named("p2p_vc");
        let schema = schemas::resource(resource);
        let call = Call::new(CancellationToken::new(), &schema, Default::default());
        let circuit = |reference: &str, order: &str| {
            Value::object([
                ("external_ref", reference.into()),
                ("contract_ref", order.into()),
            ])
        };
        let newest = circuit("newest", "new");
        note(
            &call,
            resource,
            &circuit("old", "old"),
            &circuit("new", "new"),
        );
        note(&call, resource, &circuit("new", "new"), &newest);
        for shown in [
            circuit("old", "old"),
            circuit("new", "old"),
            circuit("new", "new"),
        ] {
            let read = with_what_was_ordered(&call, resource, &newest, shown, Timestamp::now());
            assert_eq!(read, newest);
        }
        let other = circuit("newest", "other");
        let read = with_what_was_ordered(&call, resource, &newest, other.clone(), Timestamp::now());
        assert_eq!(read, other);
    }
}
