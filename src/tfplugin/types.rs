//! Terraform's types, and how they are written in a schema (a small JSON notation).

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

/// The type of a Terraform value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// True or false.
    Bool,
    /// A number of any size and precision.
    Number,
    /// Text.
    String,
    /// Any type, decided at run time.
    Dynamic,
    /// Elements of one type, in order.
    List(Box<Type>),
    /// Elements of one type, each once, in no order.
    Set(Box<Type>),
    /// Elements of one type, by text.
    Map(Box<Type>),
    /// Elements of a type each, in order.
    Tuple(Vec<Type>),
    /// Attributes of a type each, by name.
    Object(BTreeMap<String, Type>),
}

impl Type {
    /// A list of such elements.
    pub fn list(element: Type) -> Type {
        Type::List(Box::new(element))
    }

    /// A set of such elements.
    pub fn set(element: Type) -> Type {
        Type::Set(Box::new(element))
    }

    /// A map to such elements.
    pub fn map(element: Type) -> Type {
        Type::Map(Box::new(element))
    }

    /// The notation that Terraform reads, for example `"string"` or `["set","string"]`, as text.
    /// Every start tells that of every attribute, so nothing is built for those of one kind.
    pub fn notation(&self) -> Cow<'static, str> {
        match self {
            Type::Bool => r#""bool""#.into(),
            Type::Number => r#""number""#.into(),
            Type::String => r#""string""#.into(),
            Type::List(element) => format!(r#"["list",{}]"#, element.notation()).into(),
            Type::Set(element) => format!(r#"["set",{}]"#, element.notation()).into(),
            Type::Map(element) => format!(r#"["map",{}]"#, element.notation()).into(),
            Type::Dynamic | Type::Tuple(_) | Type::Object(_) => self.to_json().to_string().into(),
        }
    }

    /// The same as [`Type::notation`], as JSON.
    pub fn to_json(&self) -> Json {
        match self {
            Type::Bool => json!("bool"),
            Type::Number => json!("number"),
            Type::String => json!("string"),
            Type::Dynamic => json!("dynamic"),
            Type::List(element) => json!(["list", element.to_json()]),
            Type::Set(element) => json!(["set", element.to_json()]),
            Type::Map(element) => json!(["map", element.to_json()]),
            Type::Tuple(elements) => {
                json!([
                    "tuple",
                    elements.iter().map(Type::to_json).collect::<Vec<_>>()
                ])
            }
            Type::Object(attributes) => {
                let attributes: serde_json::Map<String, Json> = attributes
                    .iter()
                    .map(|(name, kind)| (name.clone(), kind.to_json()))
                    .collect();
                json!(["object", attributes])
            }
        }
    }

    /// Reads the notation back.
    ///
    /// # Errors
    /// None when the text is not a type, or nests deeper than `depth` levels.
    pub fn from_json(notation: &Json, depth: usize) -> Option<Type> {
        let below = depth.checked_sub(1)?;
        match notation {
            Json::String(name) => match name.as_str() {
                "bool" => Some(Type::Bool),
                "number" => Some(Type::Number),
                "string" => Some(Type::String),
                "dynamic" => Some(Type::Dynamic),
                _ => None,
            },
            Json::Array(parts) => {
                let [Json::String(name), inner, ..] = parts.as_slice() else {
                    return None;
                };
                let element = || Type::from_json(inner, below);
                match name.as_str() {
                    "list" => Some(Type::list(element()?)),
                    "set" => Some(Type::set(element()?)),
                    "map" => Some(Type::map(element()?)),
                    "tuple" => inner
                        .as_array()?
                        .iter()
                        .map(|part| Type::from_json(part, below))
                        .collect::<Option<_>>()
                        .map(Type::Tuple),
                    "object" => inner
                        .as_object()?
                        .iter()
                        .map(|(name, part)| Some((name.clone(), Type::from_json(part, below)?)))
                        .collect::<Option<_>>()
                        .map(Type::Object),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_survives_its_notation() {
        let kind = Type::list(Type::Object(BTreeMap::from([
            ("ids".to_owned(), Type::set(Type::String)),
            ("any".to_owned(), Type::Dynamic),
            (
                "pair".to_owned(),
                Type::Tuple(vec![Type::Bool, Type::Number]),
            ),
        ])));
        assert_eq!(Type::from_json(&kind.to_json(), 8), Some(kind));
    }

    #[test]
    fn both_notations_are_the_same() {
        for kind in [
            Type::Bool,
            Type::Number,
            Type::String,
            Type::Dynamic,
            Type::list(Type::set(Type::map(Type::String))),
            Type::set(Type::Tuple(vec![Type::Bool])),
        ] {
            assert_eq!(kind.notation(), kind.to_json().to_string());
        }
    }

    #[test]
    fn a_type_that_nests_too_deep_is_refused() {
        let mut notation = json!("string");
        for _ in 0..20 {
            notation = json!(["list", notation]);
        }
        assert_eq!(Type::from_json(&notation, 16), None);
    }
}
