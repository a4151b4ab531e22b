//! Terraform values as JSON: stored state, and the rarer of the two forms on the wire.
//!
//! State that an older version of the provider stored is read by today's schema and leniently: what
//! is missing is null, what is no longer in the schema is dropped. Numbers are read from their
//! text, since a JSON library's 64-bit floats would round them.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::msgpack::{DecodeError, MAX_DEPTH, describe, index, parse_number, read_type};
use super::path::Step;
use super::types::Type;
use super::value::{Object, Value};

/// How exactly an object must match its type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attributes {
    /// Every attribute of the type and no other.
    Exact,
    /// Missing ones are null and others dropped.
    Lenient,
}

/// Reads a value from the JSON form of the wire.
///
/// # Errors
/// When the bytes are not exactly one well-formed value of the type, with every attribute of every
/// object and no other, or nest deeper than [`MAX_DEPTH`].
pub fn decode_json(bytes: &[u8], kind: &Type) -> Result<Value, DecodeError> {
    read(bytes, kind, Attributes::Exact)
}

/// Reads stored state, perhaps of an older schema: attributes that are missing are null, and those
/// that the type has not are dropped.
///
/// # Errors
/// When the bytes are not JSON, an attribute holds something of another type, or the value nests
/// deeper than [`MAX_DEPTH`].
pub fn decode_state(bytes: &[u8], kind: &Type) -> Result<Value, DecodeError> {
    read(bytes, kind, Attributes::Lenient)
}

fn read(bytes: &[u8], kind: &Type, rule: Attributes) -> Result<Value, DecodeError> {
    // The message of serde_json may quote the value, so only the place is passed on.
    let raw: &RawValue = serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        DecodeError::new("JSON", format!("a fault in line {line}, column {column}"))
    })?;
    value(raw, kind, rule, MAX_DEPTH)
}

fn value(
    raw: &RawValue,
    kind: &Type,
    rule: Attributes,
    depth: usize,
) -> Result<Value, DecodeError> {
    let below = depth.checked_sub(1).ok_or_else(DecodeError::too_deep)?;
    match (kind, found(raw)) {
        (_, Found::Null) => Ok(Value::Null),
        (Type::Bool, Found::Bool) => Ok(Value::Bool(raw.get() == "true")),
        (Type::Number, Found::Number) => parse_number(raw.get()).map(Value::Number),
        (Type::Number, Found::String) => parse_number(&text(raw)?).map(Value::Number),
        (Type::String, Found::String) => text(raw).map(Value::String),
        (Type::Dynamic, Found::Object) => dynamic(raw, below),
        (Type::List(element), Found::Array) => parts(raw)?
            .into_iter()
            .enumerate()
            .map(|(position, part)| {
                value(part, element, rule, below).map_err(|error| error.below(index(position)))
            })
            .collect::<Result<_, _>>()
            .map(Value::List),
        // Elements of a set cannot be addressed, so errors name the set.
        (Type::Set(element), Found::Array) => parts(raw)?
            .into_iter()
            .map(|part| value(part, element, rule, below))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::set),
        (Type::Tuple(kinds), Found::Array) => tuple(raw, kinds, rule, below),
        (Type::Map(element), Found::Object) => entries(raw)?
            .into_iter()
            .map(|(key, part)| match value(part, element, rule, below) {
                Ok(value) => Ok((key, value)),
                Err(error) => Err(error.below(Step::Key(key))),
            })
            .collect::<Result<_, _>>()
            .map(Value::Map),
        (Type::Object(kinds), Found::Object) => object(raw, kinds, rule, below),
        (_, other) => Err(DecodeError::new(describe(kind), other.describe())),
    }
}

fn tuple(
    raw: &RawValue,
    kinds: &[Type],
    rule: Attributes,
    depth: usize,
) -> Result<Value, DecodeError> {
    let parts = parts(raw)?;
    if parts.len() != kinds.len() {
        return Err(DecodeError::new(
            format!("a tuple of {} elements", kinds.len()),
            format!("{} elements", parts.len()),
        ));
    }
    parts
        .into_iter()
        .zip(kinds)
        .enumerate()
        .map(|(position, (part, kind))| {
            value(part, kind, rule, depth).map_err(|error| error.below(index(position)))
        })
        .collect::<Result<_, _>>()
        .map(Value::List)
}

fn object(
    raw: &RawValue,
    kinds: &BTreeMap<String, Type>,
    rule: Attributes,
    depth: usize,
) -> Result<Value, DecodeError> {
    let entries = entries(raw)?;
    if rule == Attributes::Exact
        && let Some(name) = entries.keys().find(|name| !kinds.contains_key(*name))
    {
        return Err(DecodeError::unknown_attribute(name));
    }
    let mut attributes = Object::new();
    for (name, kind) in kinds {
        let attribute = match entries.get(name) {
            Some(part) => value(part, kind, rule, depth)
                .map_err(|error| error.below(Step::Attribute(name.clone())))?,
            None if rule == Attributes::Lenient => Value::Null,
            None => return Err(DecodeError::missing_attribute(name)),
        };
        attributes.insert(name.clone(), attribute);
    }
    Ok(Value::Object(attributes))
}

/// A value with its type, as `{"type": …, "value": …}` in either order.
fn dynamic(raw: &RawValue, depth: usize) -> Result<Value, DecodeError> {
    let entries = entries(raw)?;
    let (Some(notation), Some(part), 2) =
        (entries.get("type"), entries.get("value"), entries.len())
    else {
        return Err(DecodeError::new(
            describe(&Type::Dynamic),
            "an object with other keys than type and value",
        ));
    };
    let kind = read_type(notation.get().as_bytes())?;
    // The value was written together with its type, so it matches exactly. To fill in what is
    // missing would let a short text with a wide type claim many times its size.
    let value = value(part, &kind, Attributes::Exact, depth)?;
    Ok(Value::Dynamic(Box::new(kind), Box::new(value)))
}

/// What kind of JSON a text is.
#[derive(Clone, Copy)]
enum Found {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

impl Found {
    fn describe(self) -> &'static str {
        match self {
            Found::Null => "null",
            Found::Bool => "true or false",
            Found::Number => "a number",
            Found::String => "a string",
            Found::Array => "an array",
            Found::Object => "an object",
        }
    }
}

/// The first character tells, for the text is known to be JSON without space before it.
fn found(raw: &RawValue) -> Found {
    match raw.get().as_bytes().first() {
        Some(b'n') => Found::Null,
        Some(b't' | b'f') => Found::Bool,
        Some(b'"') => Found::String,
        Some(b'[') => Found::Array,
        Some(b'{') => Found::Object,
        _ => Found::Number,
    }
}

fn text(raw: &RawValue) -> Result<String, DecodeError> {
    serde_json::from_str(raw.get()).map_err(|_| malformed())
}

/// The elements of an array, each still as text.
fn parts(raw: &RawValue) -> Result<Vec<&RawValue>, DecodeError> {
    serde_json::from_str(raw.get()).map_err(|_| malformed())
}

/// The entries of an object, each still as text; of a key that occurs twice the last, as in Go.
fn entries(raw: &RawValue) -> Result<BTreeMap<String, &RawValue>, DecodeError> {
    serde_json::from_str(raw.get()).map_err(|_| malformed())
}

/// Escapes of characters that do not exist are only noticed when a text is unescaped.
fn malformed() -> DecodeError {
    DecodeError::new("text in UTF-8", "an escape that is no character")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;
    use serde_json::json;

    use super::super::msgpack::arbitrary;
    use super::super::number::Number;
    use super::*;

    fn object_type<const N: usize>(kinds: [(&str, Type); N]) -> Type {
        Type::Object(kinds.map(|(name, kind)| (name.to_owned(), kind)).into())
    }

    fn number(text: &str) -> Value {
        Value::Number(text.parse().unwrap())
    }

    fn message(text: &str, kind: &Type) -> String {
        decode_state(text.as_bytes(), kind).unwrap_err().to_string()
    }

    #[test]
    fn state_is_read_by_todays_schema() {
        let kind = object_type([
            ("id", Type::String),
            ("added_since", Type::list(Type::String)),
            (
                "vlan_config",
                object_type([("vlan", Type::Number), ("added_since", Type::Bool)]),
            ),
            ("ids", Type::set(Type::String)),
            ("tags", Type::map(Type::String)),
            ("pair", Type::Tuple(vec![Type::Bool, Type::Number])),
        ]);
        let text = br#" {
            "id": "c-1", "dropped": {"deep": [[[1]]]},
            "vlan_config": {"vlan": 100, "dropped": null},
            "ids": ["b", "a", "b"], "tags": {"a": "1", "b": null}, "pair": [true, 1e3]
        } "#;
        let expected = Value::object([
            ("id", "c-1".into()),
            ("added_since", Value::Null),
            (
                "vlan_config",
                Value::object([("vlan", 100.into()), ("added_since", Value::Null)]),
            ),
            ("ids", Value::set(["a".into(), "b".into()])),
            (
                "tags",
                Value::Map([("a".to_owned(), "1".into()), ("b".to_owned(), Value::Null)].into()),
            ),
            ("pair", Value::List(vec![true.into(), 1000.into()])),
        ]);
        assert_eq!(decode_state(text, &kind), Ok(expected));
    }

    #[test]
    fn values_of_the_wire_must_have_exactly_the_attributes_of_the_type() {
        let kind = object_type([("a", Type::Bool), ("b", Type::Bool)]);
        let error = |text: &str| {
            let error = decode_json(text.as_bytes(), &kind).unwrap_err();
            error.to_string()
        };
        assert_eq!(
            error(r#"{"a": null}"#),
            "b: expected a value or null, found no such attribute"
        );
        assert_eq!(
            error(r#"{"a": null, "b": true, "c": 1}"#),
            "expected only attributes of the schema, found \"c\""
        );
    }

    #[test]
    fn numbers_keep_every_digit() {
        for text in [
            "9223372036854775807",
            "18446744073709551616",
            "0.1",
            "-0.1000000000000000055511151231257827021181583404541015625",
            "123456789012345678901234567890.123456789",
        ] {
            assert_eq!(
                decode_state(text.as_bytes(), &Type::Number),
                Ok(number(text))
            );
        }
    }

    #[test]
    fn a_number_may_be_given_as_text() {
        for text in [r#""100""#, r#""1\u00300""#, "1.0e2"] {
            assert_eq!(
                decode_state(text.as_bytes(), &Type::Number),
                Ok(100.into()),
                "{text}"
            );
        }
        assert_eq!(
            message(r#""a hundred""#, &Type::Number),
            "expected a number, found text that is not a decimal number"
        );
    }

    #[test]
    fn a_value_of_another_type_is_an_error_that_names_the_place() {
        let element = object_type([("tags", Type::map(Type::Bool))]);
        let kind = object_type([("all", Type::list(element))]);
        assert_eq!(
            message(r#"{"all": [null, {"tags": {"a": "secret"}}]}"#, &kind),
            "all[1].tags[\"a\"]: expected true or false, found a string"
        );
        assert_eq!(
            message("[1]", &Type::String),
            "expected a string, found an array"
        );
        assert_eq!(
            message("[1]", &Type::Tuple(vec![])),
            "expected a tuple of 0 elements, found 1 elements"
        );
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place_but_not_its_text() {
        for text in [
            "",
            " ",
            "{",
            "[1,]",
            "nul",
            "1 2",
            "{\"a\":secret}",
            "\"\u{1}\"",
        ] {
            let message = message(text, &object_type([]));
            assert!(message.contains("a fault in line"), "{text:?}: {message}");
            assert!(!message.contains("secret"), "{message}");
        }
        assert!(decode_state(b"\"\xff\"", &Type::String).is_err());
        assert!(decode_state(br#""\ud800""#, &Type::String).is_err());
    }

    #[test]
    fn a_value_of_dynamic_type_comes_with_its_type_in_either_order() {
        let kind = Type::list(Type::Dynamic);
        let text = br#"[
            {"value": {"a": 1}, "type": ["object", {"a": "number"}]},
            {"type": "bool", "value": null}, null
        ]"#;
        let object = object_type([("a", Type::Number)]);
        let expected = Value::List(vec![
            Value::Dynamic(object.into(), Value::object([("a", 1.into())]).into()),
            Value::Dynamic(Type::Bool.into(), Value::Null.into()),
            Value::Null,
        ]);
        assert_eq!(decode_json(text, &kind), Ok(expected));
        for text in [
            "{}",
            r#"{"type": "bool"}"#,
            r#"{"type": 1, "value": 1}"#,
            "1",
        ] {
            assert!(decode_state(text.as_bytes(), &Type::Dynamic).is_err());
        }
    }

    #[test]
    fn nothing_is_filled_in_below_a_type_that_came_with_its_value() {
        let text = r#"{"type": ["list", ["object", {"a": "bool"}]], "value": [{}]}"#;
        assert_eq!(
            message(text, &Type::Dynamic),
            "[0].a: expected a value or null, found no such attribute"
        );
    }

    #[test]
    fn ten_thousand_levels_of_nesting_are_refused() {
        let start = r#"{"type":"dynamic","value":"#;
        let text = start.repeat(10_000) + "null" + &"}".repeat(10_000);
        let error = decode_state(text.as_bytes(), &Type::Dynamic).unwrap_err();
        assert_eq!(error, DecodeError::too_deep());
        let lists = "[".repeat(10_000) + &"]".repeat(10_000);
        assert!(decode_state(lists.as_bytes(), &Type::list(Type::Bool)).is_err());
    }

    /// The value with null for what is unknown, which JSON cannot say.
    fn settled(value: Value) -> Value {
        match value {
            Value::Unknown => Value::Null,
            Value::List(elements) => Value::List(elements.into_iter().map(settled).collect()),
            Value::Set(elements) => Value::set(elements.into_iter().map(settled)),
            Value::Map(entries) => Value::Map(settled_entries(entries)),
            Value::Object(entries) => Value::Object(settled_entries(entries)),
            Value::Dynamic(kind, value) => Value::Dynamic(kind, settled(*value).into()),
            other => other,
        }
    }

    fn settled_entries(entries: Object) -> Object {
        let settle = |(name, value)| (name, settled(value));
        entries.into_iter().map(settle).collect()
    }

    fn written(value: &Value) -> String {
        let list = |elements: &[Value]| {
            let elements: Vec<String> = elements.iter().map(written).collect();
            format!("[{}]", elements.join(", "))
        };
        let entry = |(name, value)| format!("{}: {}", json!(name), written(value));
        match value {
            Value::Null | Value::Unknown => "null".to_owned(),
            Value::Bool(truth) => truth.to_string(),
            Value::Number(Number::Float(float)) => format!("{:.1074}", float.get()),
            Value::Number(number) => number.to_string(),
            Value::String(text) => json!(text).to_string(),
            Value::List(elements) | Value::Set(elements) => list(elements),
            Value::Map(entries) | Value::Object(entries) => {
                let entries: Vec<String> = entries.iter().map(entry).collect();
                format!("{{{}}}", entries.join(", "))
            }
            Value::Dynamic(kind, value) => {
                let (kind, value) = (kind.to_json(), written(value));
                format!("{{\"value\": {value}, \"type\": {kind}}}")
            }
        }
    }

    proptest! {
        #[test]
        fn every_known_value_is_read_exactly(
            (kind, value) in arbitrary::kind(4).prop_flat_map(arbitrary::typed)
        ) {
            let value = settled(value);
            // An unknown value of dynamic type has no type to be written with: it is null.
            let text = written(&value);
            prop_assert_eq!(decode_state(text.as_bytes(), &kind), Ok(value.clone()), "{}", &text);
            prop_assert_eq!(decode_json(text.as_bytes(), &kind), Ok(value), "{}", &text);
        }

        #[test]
        fn any_text_is_a_value_or_an_error(
            kind in arbitrary::kind(3),
            text in "[\\[\\]{}\",:a-c0-9.eE+ \\\\-]{0,40}",
        ) {
            let _ = decode_state(text.as_bytes(), &kind);
        }

        #[test]
        fn a_value_cut_short_is_refused(
            (kind, value) in arbitrary::kind(3).prop_flat_map(arbitrary::typed)
        ) {
            // In a list, because a number cut short is still a number.
            let kind = Type::list(kind);
            let text = written(&Value::List(vec![settled(value)]));
            for end in 0..text.len().min(200) {
                prop_assert!(decode_state(&text.as_bytes()[..end], &kind).is_err());
            }
        }
    }
}
