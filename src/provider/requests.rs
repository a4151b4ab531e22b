//! What is asked of the exchange, as JSON: whole on create, only what changed on update.

use serde_json::Map;

use crate::entities::declaration::{Entity, Field, Kind, OnChange};
use crate::ixapi::Json;
use crate::tfplugin::number::Number;
use crate::tfplugin::value::Value;

/// The body of a POST: everything that the user or a default decided.
pub fn create(entity: &Entity, planned: &Value) -> Json {
    let mut body = constants(entity);
    body.extend(members(entity.all_fields(), planned));
    Json::Object(body)
}

/// The body of a PATCH: what changed, and what every PATCH must carry. None if nothing changed
/// that the exchange takes.
pub fn update(entity: &Entity, prior: &Value, planned: &Value) -> Option<Json> {
    let changed: Map<String, Json> = entity
        .all_fields()
        .filter(|field| field.is_configurable() && field.on_change == OnChange::InPlace)
        .filter_map(|field| {
            let (before, after) = (prior.get(field.attribute), planned.get(field.attribute));
            let sent = match after {
                _ if before == after => return None,
                Value::Unknown => return None,
                Value::Null if field.cleared_by_empty => Json::from(""),
                value => json(&field.kind, value),
            };
            Some((field.name.to_owned(), sent))
        })
        .collect();
    if changed.is_empty() {
        return None;
    }
    let mut body = constants(entity);
    let always = entity.all_fields().filter(|field| field.always_sent);
    body.extend(members(always, planned));
    body.extend(changed);
    Some(Json::Object(body))
}

fn constants(entity: &Entity) -> Map<String, Json> {
    entity
        .constants
        .iter()
        .map(|&(name, value)| (name.to_owned(), Json::from(value)))
        .collect()
}

/// The configurable fields that are set.
fn members<'a>(fields: impl Iterator<Item = &'a Field>, planned: &Value) -> Map<String, Json> {
    fields
        .filter(|field| field.is_configurable())
        .filter_map(|field| {
            let value = planned.get(field.attribute);
            value
                .is_known()
                .then(|| (field.name.to_owned(), json(&field.kind, value)))
        })
        .collect()
}

fn json(kind: &Kind, value: &Value) -> Json {
    match (kind, value) {
        (Kind::Object(fields), Value::Object(_)) => Json::Object(members(fields.iter(), value)),
        (Kind::Objects(fields), Value::List(elements)) => elements
            .iter()
            .map(|element| Json::Object(members(fields.iter(), element)))
            .collect(),
        _ => plain(value),
    }
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Null | Value::Unknown => Json::Null,
        Value::Bool(truth) => Json::from(*truth),
        Value::Number(Number::Int(number)) => Json::from(*number),
        Value::Number(number) => Json::from(number.as_f64()),
        Value::String(text) => Json::from(text.as_str()),
        Value::List(elements) | Value::Set(elements) => elements.iter().map(plain).collect(),
        Value::Map(entries) | Value::Object(entries) => entries
            .iter()
            .map(|(name, entry)| (name.clone(), plain(entry)))
            .collect(),
        Value::Dynamic(_, value) => plain(value),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::entities;

    fn entity(name: &str) -> &'static Entity {
        entities::ALL
            .iter()
            .find(|entity| entity.name == name)
            .unwrap()
    }

    fn config(vlan_config: Value, purchase_order: Value) -> Value {
        Value::object([
            ("type", "p2p_vc".into()),
            ("network_connection", "CANL-1".into()),
            ("purchase_order", purchase_order),
            ("vlan_config", vlan_config),
            ("state", "production".into()),
        ])
    }

    fn dot1q(vlan: i64) -> Value {
        Value::object([
            ("vlan_type", "dot1q".into()),
            ("vlan", vlan.into()),
            ("outer_vlan", Value::Null),
        ])
    }

    #[test]
    fn a_create_sends_what_is_set_under_the_names_of_ix_api() {
        assert_eq!(
            create(entity("nsc"), &config(dot1q(23), Value::Null)),
            json!({
                "type": "p2p_vc",
                "connection": "CANL-1",
                "vlan_config": {"vlan_type": "dot1q", "vlan": 23},
            })
        );
        assert_eq!(
            create(entity("p2p_vc"), &Value::object([("state", "x".into())])),
            json!({"type": "p2p_vc"})
        );
    }

    #[test]
    fn an_update_sends_what_changed_and_the_type() {
        assert_eq!(
            update(
                entity("nsc"),
                &config(dot1q(23), "PO 1".into()),
                &config(dot1q(24), Value::Null)
            ),
            Some(json!({
                "type": "p2p_vc",
                "purchase_order": "",
                "vlan_config": {"vlan_type": "dot1q", "vlan": 24},
            }))
        );
    }

    #[test]
    fn an_update_without_a_change_sends_nothing() {
        let same = config(dot1q(23), Value::Null);
        assert_eq!(update(entity("nsc"), &same, &same), None);
        let mut resumed = same.clone();
        resumed.put("state", Value::Unknown);
        assert_eq!(update(entity("nsc"), &same, &resumed), None);
    }
}
