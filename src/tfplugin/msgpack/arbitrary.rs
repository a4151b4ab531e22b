//! Arbitrary types and values, for the property tests of this module and of the JSON form.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::*;
use crate::tfplugin::number::Number;
use crate::tfplugin::value::Value;

/// Any type of at most so many levels below the outermost.
pub fn kind(levels: u32) -> BoxedStrategy<Type> {
    let leaf = prop_oneof![
        Just(Type::Bool),
        Just(Type::Number),
        Just(Type::String),
        Just(Type::Dynamic),
    ];
    leaf.prop_recursive(levels, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            vec(inner.clone(), 0..4).prop_map(Type::Tuple),
            btree_map("[a-z_é]{1,8}", inner, 0..4).prop_map(Type::Object),
        ]
    })
    .boxed()
}

/// A number in any of its representations.
pub fn number() -> BoxedStrategy<Number> {
    let spelled = "-?[0-9]{1,40}(\\.[0-9]{1,40})?(e[+-]?[0-9]{1,3})?";
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        any::<f64>().prop_filter_map("finite", |float| Number::try_from(float).ok()),
        spelled.prop_filter_map("a number", |text: String| text.parse().ok()),
    ]
    .boxed()
}

/// Any value of the type: also null, and also unknown.
pub fn value_of(kind: &Type) -> BoxedStrategy<Value> {
    let known = match kind {
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Number => number().prop_map(Value::Number).boxed(),
        Type::String => any::<String>().prop_map(Value::String).boxed(),
        Type::Dynamic => self::kind(2)
            .prop_flat_map(typed)
            .prop_map(|(kind, value)| Value::Dynamic(kind.into(), value.into()))
            .boxed(),
        Type::List(element) => vec(value_of(element), 0..4).prop_map(Value::List).boxed(),
        Type::Set(element) => vec(value_of(element), 0..4).prop_map(Value::set).boxed(),
        Type::Map(element) => btree_map(any::<String>(), value_of(element), 0..4)
            .prop_map(Value::Map)
            .boxed(),
        Type::Tuple(kinds) => {
            let elements: Vec<_> = kinds.iter().map(value_of).collect();
            elements.prop_map(Value::List).boxed()
        }
        Type::Object(kinds) => {
            let names: Vec<String> = kinds.keys().cloned().collect();
            let values: Vec<_> = kinds.values().map(value_of).collect();
            values
                .prop_map(move |values| Value::object(names.iter().cloned().zip(values)))
                .boxed()
        }
    };
    prop_oneof![
        1 => Just(Value::Null),
        1 => Just(Value::Unknown),
        8 => known,
    ]
    .boxed()
}

/// The type with any value of it.
pub fn typed(kind: Type) -> impl Strategy<Value = (Type, Value)> {
    let values = value_of(&kind);
    (Just(kind), values)
}
