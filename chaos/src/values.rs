//! Values on their way between a configuration, the provider and a state.

use std::collections::BTreeMap;

use ixapi_provider::tfplugin::msgpack;
use ixapi_provider::tfplugin::number::Number;
use ixapi_provider::tfplugin::proto::tfplugin6::DynamicValue;
use ixapi_provider::tfplugin::types::Type;
use ixapi_provider::tfplugin::value::Value;
use serde_json::{Value as Json, json};

use crate::estate::reference;

/// A value as it goes to the provider.
pub fn dynamic(value: &Value, kind: &Type) -> DynamicValue {
    let bytes = msgpack::encode(value, kind).expect("a value of its type");
    DynamicValue {
        msgpack: bytes.into(),
        ..Default::default()
    }
}

/// A value as it comes from the provider.
pub fn decoded(value: Option<&DynamicValue>, kind: &Type) -> Value {
    match value {
        Some(value) if !value.msgpack.is_empty() => {
            msgpack::decode(&value.msgpack, kind).expect("a value of its type")
        }
        _ => Value::Null,
    }
}

/// A value as it is written in a configuration; what is left out is null.
pub fn value_of(json: &Json, kind: &Type, known: &BTreeMap<String, Value>) -> Value {
    let inner = |json: &Json, kind: &Type| value_of(json, kind, known);
    match (json, kind) {
        (Json::String(text), _) if reference(text).is_some() => {
            let (name, attribute) = reference(text).expect("a reference");
            match known.get(name) {
                Some(value) => value.get(attribute).clone(),
                None => Value::Unknown,
            }
        }
        (Json::String(text), _) => Value::text(text.as_str()),
        (Json::Bool(truth), _) => Value::Bool(*truth),
        (Json::Number(number), _) => Value::Number(Number::try_from(number).expect("a number")),
        (Json::Array(elements), Type::List(of)) => {
            Value::List(elements.iter().map(|element| inner(element, of)).collect())
        }
        (Json::Array(elements), Type::Set(of)) => {
            Value::set(elements.iter().map(|element| inner(element, of)))
        }
        (Json::Object(entries), Type::Object(kinds)) => {
            for name in entries.keys() {
                assert!(kinds.contains_key(name), "there is no argument {name}");
            }
            Value::object(kinds.iter().map(|(name, kind)| {
                (
                    name.as_str(),
                    entries
                        .get(name)
                        .map_or(Value::Null, |entry| inner(entry, kind)),
                )
            }))
        }
        (Json::Object(entries), Type::Map(of)) => Value::Map(
            entries
                .iter()
                .map(|(name, entry)| (name.clone(), inner(entry, of)))
                .collect(),
        ),
        (Json::Null, _) => Value::Null,
        (json, kind) => panic!("{json} is no {kind:?}"),
    }
}

/// A value as it is stored.
pub fn stored(value: &Value) -> Json {
    match value {
        Value::Null | Value::Unknown => Json::Null,
        Value::Bool(truth) => json!(truth),
        Value::Number(number) => serde_json::from_str(&number.to_string()).expect("a number"),
        Value::String(text) => json!(text),
        Value::List(elements) | Value::Set(elements) => elements.iter().map(stored).collect(),
        Value::Map(entries) | Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(name, entry)| (name.clone(), stored(entry)));
            Json::Object(entries.collect())
        }
        Value::Dynamic(_, value) => stored(value),
    }
}

/// Where a value is not what was planned, if anywhere.
pub fn differs(planned: &Value, actual: &Value, place: &str) -> Option<String> {
    match (planned, actual) {
        (Value::Unknown, _) => None,
        (Value::Object(planned), Value::Object(actual)) => {
            planned.iter().find_map(|(name, one)| {
                let other = actual.get(name).unwrap_or(&Value::Null);
                differs(one, other, &format!("{place}.{name}"))
            })
        }
        (planned, actual) if planned.is_wholly_known() && planned != actual => {
            Some(format!("{place} ({planned:?}, {actual:?})"))
        }
        _ => None,
    }
}
