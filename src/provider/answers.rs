//! What the exchange answers, as Terraform values.
//!
//! State comes from the answer, field by field. What the exchange does not mention it does not
//! change, and what it only spells differently stays as the user spelled it; for that, every answer
//! is read beside a reference: what was planned, or what was there before.

use crate::entities::declaration::{Collection, Field, Kind, Mode, Resource, Shape};
use crate::ixapi::{Json, lenient};
use crate::tfplugin::number::Number;
use crate::tfplugin::value::Value;

use super::schemas;

/// An object of a resource, read beside what was planned or what was there before. The attributes
/// that the exchange does not know are taken over from there.
pub fn object(resource: &Resource, json: &Json, reference: &Value) -> Value {
    let variant = variant_of(&resource.of.shape, json).or_else(|| resource.variant_of(reference));
    let mut value = reading(resource, variant, json, Some(reference));
    if let (Value::Object(value), Value::Object(known)) = (&mut value, reference) {
        let own = resource.own_fields().map(|field| field.attribute);
        let own: Vec<&str> = own.collect();
        for (name, kept) in known {
            if schemas::is_own(name) || own.contains(&name.as_str()) {
                value.insert(name.clone(), kept.clone());
            }
        }
        // A secret that is never stored must not come back with the answer.
        let fields = resource.fields_of(reference);
        for field in fields.filter(|field| schemas::is_never_stored(field, reference)) {
            value.insert(field.attribute.to_owned(), Value::Null);
        }
    }
    value
}

/// An object of a resource, seen for the first time.
pub fn first_seen(resource: &Resource, json: &Json) -> Value {
    let constant = resource.variant_of(&Value::Null);
    let variant = variant_of(&resource.of.shape, json).or(constant);
    reading(resource, variant, json, None)
}

fn reading(
    resource: &Resource,
    variant: Option<&str>,
    json: &Json,
    reference: Option<&Value>,
) -> Value {
    // What is not put in is null: attributes of other variants, of the provider, of links.
    let mut value = Value::Object(Default::default());
    let told_apart_by = resource.of.shape.told_apart_by;
    for field in resource.of.shape.fields_of(variant) {
        let reference = reference.map(|reference| reference.get(field.attribute));
        // The constant of a resource for one variant is no attribute.
        if field.name != told_apart_by || resource.variant_of(&Value::Null).is_none() {
            value.put(field.attribute, field_value(field, json, reference));
        }
    }
    value
}

/// An object as a data source shows it.
pub fn found(collection: &Collection, json: &Json) -> Value {
    seen(&collection.shape, json)
}

/// One field of an answer, beside what was asked for.
pub fn one(field: &Field, json: &Json, asked: &Value) -> Value {
    field_value(field, json, Some(asked.get(field.attribute)))
}

fn seen(shape: &Shape, json: &Json) -> Value {
    let variant = variant_of(shape, json);
    let shown = |field: &&Field| !field.never_returned;
    let own: Vec<&str> = shape.fields_of(variant).map(|field| field.name).collect();
    // Of a kind that is not declared, whatever has a known name is shown.
    let undeclared =
        !shape.variants.is_empty() && variant.is_none_or(|v| shape.variant(v).is_none());
    Value::object(shape.all_fields().filter(shown).map(|field| {
        let value = match undeclared || own.contains(&field.name) {
            true => field_value(field, json, None),
            false => Value::Null,
        };
        (field.attribute, value)
    }))
}

/// The value by which an object tells its variant, in the spelling of the declaration.
pub fn variant_of<'a>(shape: &Shape, json: &'a Json) -> Option<&'a str> {
    let value = json.get(shape.told_apart_by)?.as_str()?;
    let declared = shape.variants.iter().map(|variant| variant.value);
    Some(
        declared
            .into_iter()
            .find(|declared| declared.eq_ignore_ascii_case(value))
            .unwrap_or(value),
    )
}

/// An object that a user writes: the fields of its variant; the others are null.
fn written(shape: &Shape, json: &Json, reference: Option<&Value>) -> Value {
    let before = reference.map(|reference| reference.get(shape.told_apart_by));
    let variant = variant_of(shape, json).or_else(|| before.and_then(Value::as_str));
    let own: Vec<&Field> = shape.fields_of(variant).collect();
    let mut object = Value::object(shape.all_fields().map(|declared| {
        let field = own.iter().find(|field| field.name == declared.name);
        let value = field.map(|field| {
            let reference = reference.map(|reference| reference.get(field.attribute));
            field_value(field, json, reference)
        });
        (declared.attribute, value.unwrap_or_default())
    }));
    let known = reference.unwrap_or(&Value::Null);
    for field in own.iter().filter(|field| field.write_only_twin) {
        let [secret, version] = schemas::twin_names(field);
        object.put(&version, known.get(&version).clone());
        object.put(&secret, Value::Null);
        if schemas::is_never_stored(field, known) {
            object.put(field.attribute, Value::Null);
        }
    }
    object
}

fn field_value(field: &Field, owner: &Json, reference: Option<&Value>) -> Value {
    let kept = || match reference {
        None | Some(Value::Unknown) => Value::Null,
        Some(known) => known.clone(),
    };
    let is_known = reference.is_some_and(Value::is_known);
    if field.never_returned || (field.as_ordered && is_known) {
        return kept();
    }
    if matches!(field.kind, Kind::Object(_))
        && field.is_configurable()
        && reference.is_some_and(Value::is_null)
    {
        // A block that the configuration does not have cannot be in the state either.
        return Value::Null;
    }
    let unsaid = || match field.mode {
        // What was never seen is what it is for whoever does not say it.
        Mode::Default(default) if !is_known => schemas::constant(default),
        _ => kept(),
    };
    match owner.get(field.name) {
        Some(json) if field.is_configurable() && says_nothing(field, json) => unsaid(),
        None if field.is_configurable() => unsaid(),
        None => Value::Null,
        Some(json) => {
            let answer = value(field, json, reference);
            respelled(field, answer, reference.unwrap_or(&Value::Null))
        }
    }
}

/// Whether an answer is how exchanges write that they do not show a value: 0 for a number that
/// cannot be 0, and nothing for what is never without a value.
fn says_nothing(field: &Field, json: &Json) -> bool {
    let is_single = matches!(
        field.kind,
        Kind::Text | Kind::Integer | Kind::Boolean | Kind::Object(_)
    );
    let has_one = matches!(field.mode, Mode::Required | Mode::Default(_));
    let is_nothing = json.is_null() || json.as_str().is_some_and(|text| text.trim().is_empty());
    let is_zero = matches!(field.kind, Kind::Integer) && lenient::integer(json) == Some(0);
    (is_single && has_one && is_nothing)
        || (is_zero && field.minimum.is_some_and(|least| least > 0))
}

fn value(field: &Field, json: &Json, reference: Option<&Value>) -> Value {
    match &field.kind {
        Kind::Text | Kind::Date | Kind::Moment => lenient::text(json)
            .map(|text| Value::String(field.declared_spelling(&text).to_owned()))
            .unwrap_or_default(),
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
        Kind::Listed(kind) => {
            let one = Field {
                kind: **kind,
                ..*field
            };
            let elements = lenient::list(json).iter();
            Value::List(elements.map(|element| value(&one, element, None)).collect())
        }
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
        Kind::Object(shape) => match lenient::list(json) {
            [one @ Json::Object(_)] if field.is_configurable() => {
                let object = written(shape, one, reference.filter(|r| r.is_known()));
                // An object of nothing but nulls is one that is not there.
                match &object {
                    Value::Object(entries) if entries.values().all(Value::is_null) => Value::Null,
                    _ => object,
                }
            }
            [one @ Json::Object(_)] => seen(shape, one),
            _ => Value::Null,
        },
        Kind::Objects(shape) => Value::List(
            lenient::list(json)
                .iter()
                .map(|element| seen(shape, element))
                .collect(),
        ),
        Kind::ObjectsByKey(key, shape) => Value::Map(
            lenient::list(json)
                .iter()
                .filter_map(|element| {
                    let name = element.get(key).and_then(lenient::text)?;
                    Some((name, seen(shape, element)))
                })
                .collect(),
        ),
        Kind::ObjectsByName(shape) => match json {
            Json::Object(entries) => Value::Map(
                entries
                    .iter()
                    .map(|(name, entry)| (name.clone(), seen(shape, entry)))
                    .collect(),
            ),
            _ => Value::Null,
        },
        Kind::Switches(key, switch) => {
            let asked = |name: &str| match reference {
                // What the user does not speak of is the exchange's.
                Some(Value::Map(asked)) => asked.contains_key(name),
                _ => true,
            };
            let entries = lenient::list(json).iter().filter_map(|element| {
                let name = element.get(key).and_then(lenient::text)?;
                let switch = element.get(switch).and_then(lenient::boolean)?;
                asked(&name).then_some((name, Value::Bool(switch)))
            });
            Value::Map(entries.collect())
        }
    }
}

/// Exchanges write the values that the specification knows in other cases too.
/// The reference's spelling where the answer means the same.
fn respelled(field: &Field, answer: Value, reference: &Value) -> Value {
    match (&answer, reference) {
        // Empty and unset are one and the same to the exchange, whatever a state has that another
        // provider wrote.
        (Value::String(_) | Value::Null, Value::String(_))
            if field.cleared_by_empty
                && field.mode == Mode::Optional
                && answer.as_str().unwrap_or_default().is_empty() =>
        {
            Value::Null
        }
        // Exchanges return the default of an unset text, and an empty list for no list.
        (Value::String(text), wanted)
            if text.is_empty()
                && (wanted.is_null() || field.is_configurable() && wanted.as_str() != Some("")) =>
        {
            Value::Null
        }
        (Value::Null, Value::String(text)) if text.is_empty() => reference.clone(),
        (Value::Set(elements), Value::Null)
            if elements.is_empty() && field.mode == Mode::Optional =>
        {
            Value::Null
        }
        (Value::String(text), Value::String(wanted)) if field.means(text, wanted) => {
            reference.clone()
        }
        (Value::Set(elements), Value::Set(wanted)) => Value::set(
            elements
                .iter()
                .map(|element| same_element(field, element, wanted).clone()),
        ),
        _ => answer,
    }
}

fn same_element<'a>(field: &Field, element: &'a Value, wanted: &'a [Value]) -> &'a Value {
    let same = |candidate: &&Value| match (candidate.as_str(), element.as_str()) {
        (Some(candidate), Some(element)) => field.means(element, candidate),
        _ => false,
    };
    wanted.iter().find(same).unwrap_or(element)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::entities::declaration::{
        Variant, fields, integer, moment, object, objects_by_key, objects_by_name, one_of,
        switches, text, texts,
    };
    use crate::entities::formats;

    fn read(field: Field, json: Json, reference: Value) -> Value {
        field_value(&field, &json, Some(&reference))
    }

    #[test]
    fn nothing_in_place_of_what_has_a_default_is_no_change_of_it() {
        let ethertype = text("ethertype", "").or("0x8100");
        for nothing in [json!(null), json!("")] {
            let shown = json!({ "ethertype": nothing });
            for known in ["0x8100", "0x9100"] {
                let read = read(ethertype, shown.clone(), known.into());
                assert_eq!(read, known.into());
            }
            for unseen in [None, Some(&Value::Null)] {
                let read = field_value(&ethertype, &shown, unseen);
                assert_eq!(read, "0x8100".into(), "as for whoever leaves it out");
            }
        }
        let other = json!({ "ethertype": "0x9100" });
        assert_eq!(read(ethertype, other, "0x8100".into()), "0x9100".into());
    }

    #[test]
    fn what_is_not_mentioned_stays_if_the_user_has_a_say() {
        let mentioned = json!({"other": 1});
        let timeout = text("lacp_timeout", "").optional_computed();
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
        let end = moment("valid_not_after", "")
            .optional()
            .same_if(formats::same_moment);
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
            Value::Null
        );
        assert_eq!(
            read(order, json!({"purchase_order": ""}), "".into()),
            Value::Null,
            "of a state that another provider wrote"
        );
        let address = text("local_address", "").optional_computed();
        let empty = json!({"local_address": ""});
        for reference in [Value::Unknown, "198.51.100.1/30".into()] {
            assert_eq!(read(address, empty.clone(), reference), Value::Null);
        }
        assert_eq!(read(address, empty, "".into()), "".into());
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
        assert_eq!(imported(roles.optional_computed()), Value::set([]));
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

    const TAGGING: Shape = fields(&[&[one_of("vlan_type", &["dot1q", "qinq"], "").required()]])
        .told_apart_by(
            "vlan_type",
            &[
                Variant::new("dot1q", &[]),
                Variant::new("qinq", &[&[integer("inner_vlan", "").required()]]),
            ],
        );

    fn tagging() -> Field {
        object("vlan_config", TAGGING, "")
    }

    #[test]
    fn a_value_of_another_kind_of_tagging_does_not_linger() {
        let before = Value::object([("vlan_type", "qinq".into()), ("inner_vlan", 5.into())]);
        let after = read(
            tagging().required(),
            json!({"vlan_config": {"vlan_type": "dot1q"}}),
            before,
        );
        assert_eq!(after.get("inner_vlan"), &Value::Null);
    }

    #[test]
    fn a_known_word_in_another_case_is_the_known_word() {
        let answer = json!({"vlan_config": {"vlan_type": "QinQ", "inner_vlan": 5}});
        let seen = field_value(&tagging().required(), &answer, None);
        assert_eq!(seen.get("vlan_type"), &"qinq".into());
        assert_eq!(seen.get("inner_vlan"), &5.into());
    }

    #[test]
    fn a_block_that_was_left_out_stays_out_and_an_import_brings_it() {
        let answer = json!({"vlan_config": {"vlan_type": "dot1q"}});
        let block = tagging().optional();
        assert_eq!(read(block, answer.clone(), Value::Null), Value::Null);
        assert!(field_value(&block, &answer, None).is_known());
        let nothing = json!({"vlan_config": {"vlan_type": null}});
        assert_eq!(field_value(&block, &nothing, None), Value::Null);
    }

    #[test]
    fn objects_with_a_key_become_a_map() {
        const FLAG: Shape = fields(&[&[text("description", "")]]);
        let flags = objects_by_key("flags", "name", FLAG, "");
        let answer = json!({"flags": [{"name": "rpki", "description": "Checks origins."}]});
        let seen = read(flags, answer, Value::Null);
        assert_eq!(
            seen.get("rpki").get("description"),
            &"Checks origins.".into()
        );
    }

    #[test]
    fn objects_by_name_become_a_map_too() {
        const AGGREGATE: Shape = fields(&[&[integer("average_pps_in", "")]]);
        let aggregates = objects_by_name("aggregates", AGGREGATE, "");
        let answer = json!({"aggregates": {"PT5M": {"average_pps_in": 7}}});
        let seen = read(aggregates, answer, Value::Null);
        assert_eq!(seen.get("PT5M").get("average_pps_in"), &7.into());
    }

    #[test]
    fn of_switches_only_those_are_read_of_which_the_user_speaks() {
        let flags = switches("flags", "name", "enabled", "").optional_computed();
        let answer = json!({"flags": [
            {"name": "a", "enabled": false}, {"name": "b", "enabled": true},
        ]});
        let map = |pairs: &[(&str, bool)]| {
            let pairs = pairs.iter();
            Value::Map(
                pairs
                    .map(|(k, v)| ((*k).to_owned(), Value::Bool(*v)))
                    .collect(),
            )
        };
        assert_eq!(
            read(flags, answer.clone(), map(&[("a", true)])),
            map(&[("a", false)])
        );
        let all = map(&[("a", false), ("b", true)]);
        assert_eq!(field_value(&flags, &answer, None), all);
        assert_eq!(read(flags, answer, Value::Unknown), all);
    }
}
