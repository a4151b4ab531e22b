//! Terraform values: known, null or unknown, at any depth.
//!
//! A [`Value`] does not carry its type; the schema does ([`super::types::Type`]). Two values are
//! equal when Terraform would call them equal: sets do not know an order, numbers not a spelling.

use std::collections::BTreeMap;

use super::number::Number;
use super::types::Type;

/// The attributes of an object, by name.
pub type Object = BTreeMap<String, Value>;

/// A Terraform value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Absent, or explicitly nothing.
    #[default]
    Null,
    /// Not known before apply.
    Unknown,
    /// True or false.
    Bool(bool),
    /// A number of any size and precision.
    Number(Number),
    /// Text, UTF-8.
    String(String),
    /// A list or a tuple.
    List(Vec<Value>),
    /// A set: sorted, and known elements occur once. Build it with [`Value::set`].
    Set(Vec<Value>),
    /// A map from text to elements of one type.
    Map(BTreeMap<String, Value>),
    /// An object: every attribute of its type is present.
    Object(Object),
    /// A value whose type is decided at run time, with that type.
    Dynamic(Box<Type>, Box<Value>),
}

/// What an absent attribute reads as.
static NULL: Value = Value::Null;

impl Value {
    /// Text.
    pub fn text(text: impl Into<String>) -> Value {
        Value::String(text.into())
    }

    /// A whole number.
    pub fn integer(number: i64) -> Value {
        Value::Number(Number::from(number))
    }

    /// A set of the elements: sorted, and each known element once. Unknown elements stay as many
    /// as they are, because two unknowns may turn out to differ.
    pub fn set(elements: impl IntoIterator<Item = Value>) -> Value {
        let mut elements: Vec<Value> = elements.into_iter().collect();
        elements.sort();
        elements.dedup_by(|a, b| a == b && a.is_wholly_known());
        Value::Set(elements)
    }

    /// An object with these attributes.
    pub fn object<N: Into<String>>(attributes: impl IntoIterator<Item = (N, Value)>) -> Value {
        Value::Object(
            attributes
                .into_iter()
                .map(|(name, value)| (name.into(), value))
                .collect(),
        )
    }

    /// Whether the value is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Whether the value itself is unknown; parts of a known value may still be.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown)
    }

    /// Whether there is something to look at: neither null nor unknown.
    pub fn is_known(&self) -> bool {
        !self.is_null() && !self.is_unknown()
    }

    /// Whether neither the value nor any part of it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Value::Unknown => false,
            Value::List(elements) | Value::Set(elements) => {
                elements.iter().all(Value::is_wholly_known)
            }
            Value::Map(entries) | Value::Object(entries) => {
                entries.values().all(Value::is_wholly_known)
            }
            Value::Dynamic(_, value) => value.is_wholly_known(),
            _ => true,
        }
    }

    /// The attribute of an object or the entry of a map; null when there is none.
    pub fn get(&self, name: &str) -> &Value {
        match self {
            Value::Object(entries) | Value::Map(entries) => entries.get(name).unwrap_or(&NULL),
            _ => &NULL,
        }
    }

    /// Sets the attribute of an object. Does nothing to any other value.
    pub fn put(&mut self, name: &str, value: Value) {
        if let Value::Object(attributes) = self {
            attributes.insert(name.to_owned(), value);
        }
    }

    /// The text, if it is known text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is a known whole number that fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The elements of a known list or set; none for anything else.
    pub fn elements(&self) -> &[Value] {
        match self {
            Value::List(elements) | Value::Set(elements) => elements,
            _ => &[],
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::integer(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Value {
        Value::Bool(truth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_equal_whatever_the_order_and_know_each_element_once() {
        let one = Value::set(["b".into(), "a".into(), "b".into()]);
        assert_eq!(one, Value::set(["a".into(), "b".into()]));
    }

    #[test]
    fn unknown_elements_of_a_set_stay_apart() {
        let set = Value::set([Value::Unknown, Value::Unknown, "a".into(), "a".into()]);
        assert_eq!(set.elements().len(), 3);
    }
}
