//! Schemas: which attributes a resource, data source or provider has, and how each behaves in a plan.
//!
//! The shape goes to Terraform (`convert` writes it); the behaviour is read by
//! [`super::plan`]. All structure is nested attributes: this provider has no blocks.

use std::collections::BTreeMap;

use super::types::Type;
use super::value::Value;

/// The schema of a resource, data source or the provider itself.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Version of the stored state, from 0.
    pub version: i64,
    /// What it is, in Markdown.
    pub description: String,
    /// The attributes, in the order in which they are documented.
    pub attributes: Vec<Attribute>,
}

/// Who sets an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The configuration must.
    Required,
    /// The configuration may; otherwise it is null.
    Optional,
    /// Only the provider.
    Computed,
    /// The configuration may; otherwise the provider does.
    OptionalComputed,
}

/// What an attribute holds.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A value of a type.
    Value(Type),
    /// An object, or a collection of objects, whose attributes have behaviour of their own.
    Nested(Nesting, Vec<Attribute>),
}

/// How nested objects are collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// One object.
    Single,
    /// A list of objects.
    List,
    /// A set of objects.
    Set,
    /// A map of objects.
    Map,
}

/// When a computed attribute of an existing object becomes unknown in a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Recomputed {
    /// Never: once known it stays (an id).
    #[default]
    Never,
    /// With any change that is sent (a state).
    OnAnyChange,
    /// When one of these sibling attributes changes.
    With(Vec<String>),
}

/// One attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Who sets it.
    pub mode: Mode,
    /// What it means, in Markdown.
    pub description: String,
    /// Whether Terraform hides it in its output.
    pub sensitive: bool,
    /// Whether it is taken from the configuration and never stored.
    pub write_only: bool,
    /// Why it should not be used any more, if so.
    pub deprecated: Option<String>,
    /// What an unset one is planned as. Only for [`Mode::OptionalComputed`].
    pub default: Option<Value>,
    /// Whether a change needs a new object.
    pub replaces: bool,
    /// When a computed one becomes unknown again.
    pub recomputed: Recomputed,
    /// Whether it steers the provider alone: a change of it sends nothing and recomputes nothing.
    pub local: bool,
    /// Whether the value means something only while a sibling has one of these values, e.g.
    /// `inner_vlan` while `vlan_type` is `qinq`; otherwise a computed one is planned as null.
    pub only_with: Option<(String, Vec<String>)>,
    /// Whether texts that differ in case only mean the same: then a plan keeps the spelling of the
    /// state.
    pub any_case: bool,
    /// Whether the real value can never be read back, so that null in the state says nothing:
    /// then a configured value is taken over without a new object.
    pub never_returned: bool,
}

impl Attribute {
    /// An attribute of a type, with no behaviour beyond its mode.
    pub fn new(name: &str, kind: Kind, mode: Mode, description: &str) -> Attribute {
        Attribute {
            name: name.to_owned(),
            kind,
            mode,
            description: description.to_owned(),
            sensitive: false,
            write_only: false,
            deprecated: None,
            default: None,
            replaces: false,
            recomputed: Recomputed::Never,
            local: false,
            only_with: None,
            any_case: false,
            never_returned: false,
        }
    }

    /// Whether the provider may choose the value when the configuration has none.
    pub fn is_computed(&self) -> bool {
        matches!(self.mode, Mode::Computed | Mode::OptionalComputed)
    }

    /// Whether the configuration may set it.
    pub fn is_configurable(&self) -> bool {
        self.mode != Mode::Computed
    }

    /// The type of its values.
    pub fn value_type(&self) -> Type {
        match &self.kind {
            Kind::Value(kind) => kind.clone(),
            Kind::Nested(nesting, attributes) => {
                let object = object_type(attributes);
                match nesting {
                    Nesting::Single => object,
                    Nesting::List => Type::list(object),
                    Nesting::Set => Type::set(object),
                    Nesting::Map => Type::map(object),
                }
            }
        }
    }
}

impl Schema {
    /// The type of the whole object.
    pub fn value_type(&self) -> Type {
        object_type(&self.attributes)
    }

    /// The top-level attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }

    /// An object with every attribute null.
    pub fn empty(&self) -> Value {
        Value::Object(
            self.attributes
                .iter()
                .map(|attribute| (attribute.name.clone(), Value::Null))
                .collect(),
        )
    }
}

fn object_type(attributes: &[Attribute]) -> Type {
    Type::Object(
        attributes
            .iter()
            .map(|attribute| (attribute.name.clone(), attribute.value_type()))
            .collect::<BTreeMap<_, _>>(),
    )
}
