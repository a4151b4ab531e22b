//! What the exchange answers, as Terraform values.
//!
//! State comes from the answer, field by field. What the exchange does not mention it does not
//! change, and what it only spells differently stays as the user spelled it; for that, every answer
//! is read beside a reference: what was planned, or what was there before.

use crate::entities::declaration::{Decided, Entity, Field, Kind};
use crate::ixapi::{Json, lenient};
use crate::tfplugin::number::Number;
use crate::tfplugin::value::Value;

use super::schemas;

/// The whole object; the provider's own attributes are taken over from the reference.
pub fn object(entity: &Entity, json: &Json, reference: &Value) -> Value {
    let mut value = fields(entity.all_fields(), json, reference);
    if let (Value::Object(value), Value::Object(reference)) = (&mut value, reference) {
        for (name, own) in reference {
            if schemas::is_own(name) {
                value.insert(name.clone(), own.clone());
            }
        }
    }
    value
}

/// An object as a data source shows it.
pub fn found(entity: &Entity, json: &Json) -> Value {
    fields(
        entity.all_fields().filter(|field| !field.never_returned),
        json,
        &Value::Null,
    )
}

fn fields<'a>(fields: impl Iterator<Item = &'a Field>, json: &Json, reference: &Value) -> Value {
    Value::object(fields.map(|field| {
        let reference = reference.get(field.attribute);
        (field.attribute, field_value(field, json, reference))
    }))
}

fn field_value(field: &Field, owner: &Json, reference: &Value) -> Value {
    let kept = || match reference {
        Value::Unknown => Value::Null,
        known => known.clone(),
    };
    if field.never_returned || (field.as_ordered && reference.is_known()) {
        return kept();
    }
    if let Some((sibling, values)) = field.only_with
        && let Some(current) = owner.get(sibling).and_then(Json::as_str)
        && !values.contains(&current)
    {
        return Value::Null;
    }
    match owner.get(field.name) {
        None if field.is_configurable() => kept(),
        None => Value::Null,
        Some(json) => respelled(field, value(&field.kind, json, reference), reference),
    }
}

fn value(kind: &Kind, json: &Json, reference: &Value) -> Value {
    match kind {
        Kind::Text | Kind::Date | Kind::Moment => {
            lenient::text(json).map(Value::String).unwrap_or_default()
        }
        Kind::Integer => lenient::integer(json)
            .map(Value::integer)
            .unwrap_or_default(),
        Kind::Number => match json {
            Json::Number(number) => Number::try_from(number).ok(),
            Json::String(text) => text.parse().ok(),
            _ => None,
        }
        .map(Value::Number)
        .unwrap_or_default(),
        Kind::Boolean => lenient::boolean(json).map(Value::Bool).unwrap_or_default(),
        Kind::Texts => Value::set(
            lenient::list(json)
                .iter()
                .filter_map(lenient::text)
                .map(Value::String),
        ),
        Kind::Integers => Value::set(
            lenient::list(json)
                .iter()
                .filter_map(lenient::integer)
                .map(Value::integer),
        ),
        Kind::Attributes => match json {
            Json::Object(entries) => Value::Map(
                entries
                    .iter()
                    .map(|(name, entry)| {
                        let text = lenient::text(entry).unwrap_or_else(|| entry.to_string());
                        (name.clone(), Value::String(text))
                    })
                    .collect(),
            ),
            _ => Value::Null,
        },
        Kind::Object(inner) => match lenient::list(json) {
            [one @ Json::Object(_)] => fields(inner.iter(), one, reference),
            _ => Value::Null,
        },
        Kind::Objects(inner) => Value::List(
            lenient::list(json)
                .iter()
                .map(|element| fields(inner.iter(), element, &Value::Null))
                .collect(),
        ),
    }
}

/// The reference's spelling where the answer means the same.
fn respelled(field: &Field, answer: Value, reference: &Value) -> Value {
    match (&answer, reference) {
        // Exchanges return the default of an unset text, and an empty list for no list.
        (Value::String(text), Value::Null) if text.is_empty() => Value::Null,
        (Value::Null, Value::String(text)) if text.is_empty() => reference.clone(),
        (Value::Set(elements), Value::Null)
            if elements.is_empty() && field.decided == Decided::MaybeByUser =>
        {
            Value::Null
        }
        (Value::String(text), Value::String(wanted))
            if matches!(field.kind, Kind::Moment)
                && lenient::moment(text).is_some_and(|m| Some(m) == lenient::moment(wanted)) =>
        {
            reference.clone()
        }
        _ if !field.any_case => answer,
        (Value::String(text), Value::String(wanted)) if text.eq_ignore_ascii_case(wanted) => {
            reference.clone()
        }
        (Value::Set(elements), Value::Set(wanted)) => Value::set(
            elements
                .iter()
                .map(|element| same_element(element, wanted).clone()),
        ),
        _ => answer,
    }
}

fn same_element<'a>(element: &'a Value, wanted: &'a [Value]) -> &'a Value {
    let same = |candidate: &&Value| match (candidate.as_str(), element.as_str()) {
        (Some(candidate), Some(element)) => candidate.eq_ignore_ascii_case(element),
        _ => false,
    };
    wanted.iter().find(same).unwrap_or(element)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::entities::declaration::{integer, moment, object, one_of, text, texts};

    fn read(field: Field, json: Json, reference: Value) -> Value {
        field_value(&field, &json, &reference)
    }

    #[test]
    fn what_is_not_mentioned_stays_if_the_user_has_a_say() {
        let mentioned = json!({"other": 1});
        let timeout = text("lacp_timeout", "").or_the_exchange_chooses();
        assert_eq!(
            read(timeout, mentioned.clone(), "slow".into()),
            "slow".into()
        );
        assert_eq!(
            read(timeout, mentioned.clone(), Value::Unknown),
            Value::Null
        );
        assert_eq!(read(text("pop", ""), mentioned, "AMS".into()), Value::Null);
    }

    #[test]
    fn null_clears() {
        let reference = text("external_ref", "").optional();
        assert_eq!(
            read(reference, json!({"external_ref": null}), "mine".into()),
            Value::Null
        );
    }

    #[test]
    fn another_case_of_an_id_is_the_same_id() {
        let role = text("role", "").required().any_case();
        assert_eq!(
            read(role, json!({"role": "4699403d"}), "4699403D".into()),
            "4699403D".into()
        );
        let roles = texts("role_assignments", "").required().any_case();
        assert_eq!(
            read(
                roles,
                json!({"role_assignments": ["b", "a", "c"]}),
                Value::set(["A".into(), "b".into()])
            ),
            Value::set(["A".into(), "b".into(), "c".into()])
        );
    }

    #[test]
    fn another_spelling_of_a_moment_is_the_same_moment() {
        let end = moment("valid_not_after", "").optional();
        assert_eq!(
            read(
                end,
                json!({"valid_not_after": "2026-01-31T12:00:00"}),
                "2026-01-31T13:00:00+01:00".into()
            ),
            "2026-01-31T13:00:00+01:00".into()
        );
    }

    #[test]
    fn an_unset_text_answered_as_empty_stays_unset() {
        let order = text("purchase_order", "").optional().cleared_by_empty();
        assert_eq!(
            read(order, json!({"purchase_order": ""}), Value::Null),
            Value::Null
        );
        assert_eq!(
            read(order, json!({"purchase_order": null}), "".into()),
            "".into()
        );
    }

    #[test]
    fn numbers_may_come_as_text_and_lists_as_null() {
        assert_eq!(
            read(integer("vlan", ""), json!({"vlan": "33"}), Value::Null),
            Value::integer(33)
        );
        assert_eq!(
            read(texts("ports", ""), json!({"ports": null}), Value::Null),
            Value::set([])
        );
    }

    #[test]
    fn an_empty_list_is_none_only_where_the_user_may_leave_it_out() {
        let empty = json!({"role_assignments": []});
        let roles = texts("role_assignments", "");
        let imported = |field| read(field, empty.clone(), Value::Null);
        assert_eq!(imported(roles.optional()), Value::Null);
        assert_eq!(imported(roles.required()), Value::set([]));
        assert_eq!(imported(roles.or_the_exchange_chooses()), Value::set([]));
    }

    #[test]
    fn what_was_ordered_is_not_overwritten_by_what_has_become_of_it() {
        let quantity = integer("port_quantity", "").required().as_ordered();
        let answer = json!({"port_quantity": 3});
        assert_eq!(
            read(quantity, answer.clone(), Value::integer(2)),
            Value::integer(2)
        );
        assert_eq!(read(quantity, answer, Value::Null), Value::integer(3));
    }

    #[test]
    fn a_value_of_another_kind_of_tagging_does_not_linger() {
        const TAGGING: &[Field] = &[
            one_of("vlan_type", &["dot1q", "qinq"], "").required(),
            integer("inner_vlan", "")
                .optional()
                .only_with("vlan_type", &["qinq"]),
        ];
        let tagging = object("vlan_config", TAGGING, "");
        let before = Value::object([("vlan_type", "qinq".into()), ("inner_vlan", 5.into())]);
        let after = read(
            tagging,
            json!({"vlan_config": {"vlan_type": "dot1q"}}),
            before,
        );
        assert_eq!(after.get("inner_vlan"), &Value::Null);
    }
}
