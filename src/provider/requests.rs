//! What is asked of the exchange, as JSON: whole on create, only what changed on update.

use serde_json::Map;

use crate::entities::declaration::{Field, Kind, OnChange, Resource, Shape, Which};
use crate::ixapi::Json;
use crate::tfplugin::number::Number;
use crate::tfplugin::value::Value;

use super::schemas::{WRITE_ONLY, WRITE_ONLY_VERSION};

/// The body of a POST: everything that the user or a default set. Values that are never stored are
/// in the configuration alone.
pub fn create(resource: &Resource, planned: &Value, config: &Value) -> Json {
    let mut body = constants(resource);
    for field in configurable(resource, planned) {
        let value = planned.get(field.attribute);
        if value.is_known() {
            let config = config.get(field.attribute);
            let sent = json(field, value, &Value::Null, config);
            body.insert(field.name.to_owned(), sent);
        } else if field.null_on_create {
            body.insert(field.name.to_owned(), Json::Null);
        } else if let Some(value) = field.ordered_as {
            body.insert(field.name.to_owned(), Json::from(value));
        }
        if let Some(secret) = write_only(field, config) {
            body.insert(field.name.to_owned(), secret);
        }
    }
    Json::Object(body)
}

/// The body of a PATCH: what changed, what is given back to the exchange's choice, and what every
/// PATCH must carry. None if nothing changed that the exchange takes.
pub fn update(
    resource: &Resource,
    prior: &Value,
    planned: &Value,
    config: &Value,
    given_back: &[String],
) -> Option<Json> {
    let mut changed = Map::new();
    for field in configurable(resource, planned).filter(|f| f.on_change == OnChange::InPlace) {
        let (before, after) = (prior.get(field.attribute), planned.get(field.attribute));
        let is_given_back = given_back.iter().any(|name| name == field.attribute);
        let sent = match after {
            Value::Unknown if is_given_back && before.is_known() => Json::Null,
            _ if before == after => continue,
            Value::Unknown => continue,
            Value::Null if field.cleared_by_empty => match field.kind {
                Kind::Texts => Json::Array(Vec::new()),
                _ => Json::from(""),
            },
            value => json(field, value, before, config.get(field.attribute)),
        };
        changed.insert(field.name.to_owned(), sent);
    }
    let twins = configurable(resource, planned).filter(|field| field.write_only_twin);
    for field in twins.filter(|field| field.on_change == OnChange::InPlace) {
        let version = format!("{}{WRITE_ONLY_VERSION}", field.attribute);
        if prior.get(&version) != planned.get(&version)
            && let Some(secret) = write_only(field, config)
        {
            changed.insert(field.name.to_owned(), secret);
        }
    }
    if changed.is_empty() {
        return None;
    }
    let mut body = constants(resource);
    for field in configurable(resource, planned).filter(|field| field.always_sent) {
        let value = planned.get(field.attribute);
        let sent = json(field, value, &Value::Null, &Value::Null);
        body.insert(field.name.to_owned(), sent);
    }
    body.extend(changed);
    Some(Json::Object(body))
}

/// The value of an attribute as the exchange takes it. Values in it that are never stored are in
/// its configuration alone.
pub fn json(field: &Field, value: &Value, before: &Value, config: &Value) -> Json {
    match (&field.kind, value) {
        (Kind::Object(shape), Value::Object(_)) => object(shape, value, before, config),
        (Kind::Switches(key, switch), Value::Map(entries)) => entries
            .iter()
            .map(|(name, entry)| {
                let pair = [
                    ((*key).to_owned(), Json::from(name.as_str())),
                    ((*switch).to_owned(), plain(entry)),
                ];
                Json::Object(pair.into_iter().collect())
            })
            .collect(),
        (Kind::Text, Value::String(text)) => Json::from(field.declared_spelling(text)),
        _ => plain(value),
    }
}

/// The members of an object that are set, and null for those that no longer are.
fn object(shape: &Shape, value: &Value, before: &Value, config: &Value) -> Json {
    let variant = |object: &Value| object.get(shape.told_apart_by).as_str().map(str::to_owned);
    // A member that the variant before had is not this one's to clear.
    let same = variant(value) == variant(before);
    let fields = shape.fields_of(variant(value).as_deref());
    let members = fields.filter(|field| field.is_configurable());
    let members = members.filter_map(|field| {
        let (value, before) = (value.get(field.attribute), before.get(field.attribute));
        let secret = write_only(field, config);
        let sent = match value {
            _ if secret.is_some() => secret.unwrap_or_default(),
            Value::Null if same && before.is_known() => Json::Null,
            Value::Null if field.null_on_create => Json::Null,
            Value::Null | Value::Unknown => return None,
            known => json(field, known, before, config.get(field.attribute)),
        };
        Some((field.name.to_owned(), sent))
    });
    Json::Object(members.collect())
}

/// What every request says without being asked: the variant that a resource is for.
fn constants(resource: &Resource) -> Map<String, Json> {
    let constant = match resource.which {
        Which::Only(variant) => Some((
            resource.of.shape.told_apart_by.to_owned(),
            Json::from(variant),
        )),
        Which::All | Which::Some(_) => None,
    };
    constant.into_iter().collect()
}

fn configurable(
    resource: &Resource,
    object: &Value,
) -> impl Iterator<Item = &'static Field> + use<> {
    resource
        .fields_of(object)
        .filter(|field| field.is_configurable() && !field.sent_with_delete)
}

fn write_only(field: &Field, config: &Value) -> Option<Json> {
    let twin = field.write_only_twin;
    let secret = config.get(&format!("{}{WRITE_ONLY}", field.attribute));
    (twin && secret.is_known()).then(|| plain(secret))
}

/// A value without a declaration of its own.
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

/// A filter's argument as a query parameter; several values are joined by commas.
pub fn query_text(argument: &Value) -> Option<String> {
    match argument {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Set(elements) if !elements.is_empty() => {
            let texts: Vec<String> = elements.iter().filter_map(query_text).collect();
            Some(texts.join(","))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::entities::declaration::{fields, integer};
    use crate::provider::testing::resource_named;

    fn config(vlan_config: Value, purchase_order: Value) -> Value {
        Value::object([
            ("type", "p2p_vc".into()),
            ("network_connection", "CANL-1".into()),
            ("purchase_order", purchase_order),
            ("vlan_config", vlan_config),
            ("state", "production".into()),
        ])
    }

    fn dot1q(vlan: Value) -> Value {
        Value::object([
            ("vlan_type", "dot1q".into()),
            ("vlan", vlan),
            ("outer_vlan", Value::Null),
        ])
    }

    fn created(name: &str, planned: &Value) -> Json {
        create(resource_named(name), planned, planned)
    }

    fn updated(name: &str, prior: &Value, planned: &Value) -> Option<Json> {
        update(resource_named(name), prior, planned, planned, &[])
    }

    #[test]
    fn a_create_sends_what_is_set_under_the_names_of_ix_api() {
        assert_eq!(
            created("nsc", &config(dot1q(23.into()), Value::Null)),
            json!({
                "type": "p2p_vc",
                "connection": "CANL-1",
                "vlan_config": {"vlan_type": "dot1q", "vlan": 23},
            })
        );
        assert_eq!(
            created("p2p_vc", &Value::object([("state", "x".into())])),
            json!({"type": "p2p_vc"})
        );
    }

    #[test]
    fn an_update_sends_what_changed_and_the_type() {
        assert_eq!(
            updated(
                "nsc",
                &config(dot1q(23.into()), "PO 1".into()),
                &config(dot1q(24.into()), Value::Null)
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
        let same = config(dot1q(23.into()), Value::Null);
        assert_eq!(updated("nsc", &same, &same), None);
        let mut resumed = same.clone();
        resumed.put("state", Value::Unknown);
        assert_eq!(updated("nsc", &same, &resumed), None);
    }

    #[test]
    fn what_leaves_an_object_is_cleared_in_it() {
        let statistics = |denied: Value| {
            Value::object([
                ("type", "exchange_lan".into()),
                (
                    "shared_statistics",
                    Value::object([("policy", "allow".into()), ("accounts_denied", denied)]),
                ),
            ])
        };
        let some = Value::set(["A1".into()]);
        assert_eq!(
            updated("nsc", &statistics(some), &statistics(Value::Null)),
            Some(json!({
                "type": "exchange_lan",
                "shared_statistics": {"policy": "allow", "accounts_denied": null},
            }))
        );
    }

    #[test]
    fn a_field_is_sent_by_what_its_variant_allows() {
        let config = |kind: &str, offering: &str| {
            Value::object([("type", kind.into()), ("product_offering", offering.into())])
        };
        assert_eq!(
            updated("nsc", &config("p2p_vc", "a"), &config("p2p_vc", "b")),
            Some(json!({"type": "p2p_vc", "product_offering": "b"}))
        );
        // For a peering LAN it is taken on create only; the plan replaces the config.
        let (a, b) = (config("exchange_lan", "a"), config("exchange_lan", "b"));
        assert_eq!(updated("nsc", &a, &b), None);
    }

    #[test]
    fn a_limit_that_is_given_back_is_sent_as_null() {
        let limited =
            |capacity: Value| Value::object([("type", "p2p_vc".into()), ("capacity", capacity)]);
        let (before, after) = (limited(100.into()), limited(Value::Unknown));
        assert_eq!(updated("nsc", &before, &after), None);
        let given_back = ["capacity".to_owned()];
        assert_eq!(
            update(resource_named("nsc"), &before, &after, &after, &given_back),
            Some(json!({"type": "p2p_vc", "capacity": null}))
        );
    }

    #[test]
    fn a_secret_that_is_never_stored_is_sent_from_the_configuration_when_its_version_changes() {
        let session = |version: i64| {
            Value::object([
                ("type", "route_server".into()),
                ("password_wo_version", version.into()),
            ])
        };
        let config = Value::object([("password_wo", "hush".into())]);
        let nfc = resource_named("nfc");
        assert_eq!(create(nfc, &session(1), &config)["password"], "hush");
        let sent = update(nfc, &session(1), &session(2), &config, &[]);
        assert_eq!(
            sent,
            Some(json!({"type": "route_server", "password": "hush"}))
        );
        assert_eq!(update(nfc, &session(1), &session(1), &config, &[]), None);
    }

    #[test]
    fn null_and_absent_are_told_apart_where_they_differ() {
        const ENDS: Shape = fields(&[&[
            integer("cloud_vlan", "").optional().null_on_create(),
            integer("handover", "").optional(),
        ]]);
        let unset = Value::object([("cloud_vlan", Value::Null), ("handover", Value::Null)]);
        assert_eq!(
            super::object(&ENDS, &unset, &Value::Null, &Value::Null),
            json!({"cloud_vlan": null})
        );
    }

    #[test]
    fn flags_are_sent_as_the_list_that_ix_api_has() {
        let flags = Value::Map([("rpki".to_owned(), Value::Bool(true))].into());
        let planned = Value::object([("type", "route_server".into()), ("flags", flags)]);
        assert_eq!(
            created("nfc", &planned)["flags"],
            json!([{"name": "rpki", "enabled": true}])
        );
    }
}
