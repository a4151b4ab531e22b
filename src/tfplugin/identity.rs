//! What identifies a remote object for good, beside its state: for imports and lists.

use std::collections::BTreeMap;

use super::types::Type;
use super::value::Value;

/// The schema of an identity.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// Version of the stored identity, from 0.
    pub version: i64,
    /// What it consists of.
    pub attributes: Vec<IdentityAttribute>,
}

/// A part of an identity: a text, a number, a truth, or a list of those.
#[derive(Clone, Debug)]
pub struct IdentityAttribute {
    /// Its name.
    pub name: String,
    /// The type of its values.
    pub kind: Type,
    /// What it means.
    pub description: String,
    /// Whether an import may leave it out.
    pub optional: bool,
}

impl Identity {
    /// The type of its values.
    pub fn value_type(&self) -> Type {
        let kinds = self.attributes.iter();
        let kinds = kinds.map(|attribute| (attribute.name.clone(), attribute.kind.clone()));
        Type::Object(kinds.collect::<BTreeMap<_, _>>())
    }

    /// The attributes of a state that bear the names of this identity.
    pub fn within(&self, state: &Value) -> Value {
        let names = self.attributes.iter().map(|attribute| &attribute.name);
        Value::object(names.map(|name| (name, state.get(name).clone())))
    }
}
