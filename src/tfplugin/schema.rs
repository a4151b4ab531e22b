//! Schemas: which attributes a resource, data source or provider has, and how each behaves in a
//! plan.
//!
//! The shape goes to Terraform (`convert` writes it); the behaviour is read by [`super::plan`].
//! Objects that a user writes are blocks, in which Terraform refuses a misspelt name; objects that
//! only the provider writes are nested attributes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::types::Type;
use super::value::Value;

/// The schema of a resource, data source or the provider itself.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Version of the stored state, from 0.
    pub version: i64,
    /// What it is, in Markdown.
    pub description: String,
    /// The attributes and blocks.
    pub object: Object,
}

/// The attributes of one level: of a whole resource, or of an object in it.
///
/// Objects may come in variants, told apart by an attribute. A variant has attributes of its own,
/// and attributes of the same name and type in two variants may behave differently.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// All attributes in the order in which they are documented: those of every variant too, each
    /// with the loosest mode, as Terraform's schema has them.
    all: Vec<Attribute>,
    variants: Option<Variants>,
}

/// The value that stands for a variant, and the attributes that are its own.
pub type Variant = (String, Vec<Attribute>);

/// The variants of an object.
#[derive(Clone, Debug)]
struct Variants {
    /// The attribute that tells them apart.
    by: String,
    /// The attributes that some variant has.
    names: BTreeSet<String>,
    /// Its own attributes, by the value that stands for the variant.
    own: Vec<Variant>,
}

/// How an attribute stands to an object of some variant.
#[derive(Clone, Copy, Debug)]
pub enum Standing<'a> {
    /// The object has it, and it behaves so.
    Has(&'a Attribute),
    /// Another variant has it: here it is null.
    HasNot(&'a Attribute),
    /// It is not known yet which variant this is.
    Open(&'a Attribute),
}

impl<'a> Standing<'a> {
    /// The attribute, whoever has it.
    pub fn attribute(self) -> &'a Attribute {
        match self {
            Standing::Has(attribute) | Standing::HasNot(attribute) | Standing::Open(attribute) => {
                attribute
            }
        }
    }
}

impl Object {
    /// An object of one kind.
    pub fn new(attributes: Vec<Attribute>) -> Object {
        Object {
            all: attributes,
            variants: None,
        }
    }

    /// An object whose attribute `by`, one of the `common` ones, says which variant it is.
    pub fn told_apart_by(by: &str, common: Vec<Attribute>, variants: Vec<Variant>) -> Object {
        let mut all = common;
        let mut names: Vec<&str> = Vec::new();
        for attribute in variants.iter().flat_map(|(_, own)| own) {
            if !names.contains(&attribute.name.as_str()) {
                names.push(&attribute.name);
            }
        }
        for name in &names {
            debug_assert!(
                all.iter().all(|common| common.name != *name),
                "{name} belongs to all variants or to some"
            );
            let of_that_name: Vec<Option<&Attribute>> = variants
                .iter()
                .map(|(_, own)| own.iter().find(|attribute| attribute.name == *name))
                .collect();
            all.extend(loosest(&of_that_name));
        }
        let names = names.into_iter().map(str::to_owned).collect();
        Object {
            all,
            variants: Some(Variants {
                by: by.to_owned(),
                names,
                own: variants,
            }),
        }
    }

    /// All attributes, those of every variant too.
    pub fn attributes(&self) -> &[Attribute] {
        &self.all
    }

    /// The attribute of that name, in the loosest mode.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.all.iter().find(|attribute| attribute.name == name)
    }

    /// The attribute that tells variants apart, and the own attributes of each.
    pub fn variants(&self) -> Option<(&str, &[Variant])> {
        let variants = self.variants.as_ref()?;
        Some((&variants.by, &variants.own))
    }

    /// How each attribute stands to this object (or configuration of one).
    pub fn standing<'a>(&'a self, object: &Value) -> impl Iterator<Item = Standing<'a>> + use<'a> {
        let which = self.variants.as_ref().map(|variants| {
            let value = object.get(&variants.by);
            let own = variants
                .own
                .iter()
                .find(|(known, _)| value.as_str() == Some(known))
                .map(|(_, own)| own.as_slice())
                .unwrap_or_default();
            (variants, value.is_unknown(), own)
        });
        self.all.iter().map(move |attribute| match &which {
            Some((variants, open, own)) if variants.names.contains(&attribute.name) => {
                match own.iter().find(|own| own.name == attribute.name) {
                    Some(own) => Standing::Has(own),
                    None if *open => Standing::Open(attribute),
                    None => Standing::HasNot(attribute),
                }
            }
            _ => Standing::Has(attribute),
        })
    }

    /// An object with every attribute null.
    pub fn empty(&self) -> Value {
        let names = self.all.iter().map(|attribute| attribute.name.clone());
        Value::Object(names.map(|name| (name, Value::Null)).collect())
    }

    /// The type of its values.
    pub fn value_type(&self) -> Type {
        let kinds = self.all.iter();
        let kinds = kinds.map(|attribute| (attribute.name.clone(), attribute.value_type()));
        Type::Object(kinds.collect::<BTreeMap<_, _>>())
    }
}

/// One attribute for all variants: required if every variant requires it, computed if one computes
/// it. Whatever is sensitive or write-only in one is so in all.
fn loosest(of_one_name: &[Option<&Attribute>]) -> Option<Attribute> {
    let mut merged = (*of_one_name.iter().flatten().next()?).clone();
    let some = |test: fn(&Attribute) -> bool| of_one_name.iter().flatten().any(|a| test(a));
    let required = |a: &Option<&Attribute>| a.is_some_and(|a| a.mode == Mode::Required);
    merged.mode = if of_one_name.iter().all(required) {
        Mode::Required
    } else if some(Attribute::is_computed) {
        match some(Attribute::is_configurable) {
            true => Mode::OptionalComputed,
            false => Mode::Computed,
        }
    } else {
        Mode::Optional
    };
    let inner: Vec<&Object> = of_one_name
        .iter()
        .flatten()
        .filter_map(|a| a.inner())
        .collect();
    if let Kind::Nested(_, object) | Kind::Block(object) = &mut merged.kind {
        object.all = loosest_of_all(&inner);
    }
    merged.sensitive = some(|attribute| attribute.sensitive);
    merged.write_only = some(|attribute| attribute.write_only);
    Some(merged)
}

/// The attributes that any of these objects has.
fn loosest_of_all(objects: &[&Object]) -> Vec<Attribute> {
    let mut merged: Vec<Attribute> = Vec::new();
    for attribute in objects.iter().flat_map(|object| &object.all) {
        if merged.iter().all(|known| known.name != attribute.name) {
            let of_that_name: Vec<Option<&Attribute>> = objects
                .iter()
                .map(|object| object.attribute(&attribute.name))
                .collect();
            merged.extend(loosest(&of_that_name));
        }
    }
    merged
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
    /// An object, or a collection of objects, whose attributes have behaviour of their own; written
    /// as an attribute.
    Nested(Nesting, Object),
    /// One object, written as a block: `vlan_config { … }`. It is never computed: where the
    /// configuration has none, there is none.
    Block(Object),
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
    pub description: Cow<'static, str>,
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
    /// Whether two texts mean the same, where that is more than being equal (the case of an id, the
    /// zone of a moment): then a plan keeps the spelling of the state. Holds for elements of sets
    /// too.
    pub same: Option<fn(&str, &str) -> bool>,
    /// Whether leaving it out after it was configured gives the choice back to the remote side, so
    /// that it is planned unknown. Only for [`Mode::OptionalComputed`] at the top.
    pub given_back: bool,
    /// Whether a map that says less than the state's and nothing else means the same, because the
    /// remote side decides what is not said: then a plan keeps the state's.
    pub partial: bool,
    /// Whether the real value can never be read back, so that null in the state says nothing:
    /// then a configured value is taken over without a new object.
    pub never_returned: bool,
}

impl Attribute {
    /// An attribute of a type, with no behaviour beyond its mode.
    pub fn new(
        name: &str,
        kind: Kind,
        mode: Mode,
        description: impl Into<Cow<'static, str>>,
    ) -> Attribute {
        Attribute {
            name: name.to_owned(),
            kind,
            mode,
            description: description.into(),
            sensitive: false,
            write_only: false,
            deprecated: None,
            default: None,
            replaces: false,
            recomputed: Recomputed::Never,
            local: false,
            same: None,
            given_back: false,
            partial: false,
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

    /// The objects that it holds, if it holds such.
    pub fn inner(&self) -> Option<&Object> {
        match &self.kind {
            Kind::Value(_) => None,
            Kind::Nested(_, object) | Kind::Block(object) => Some(object),
        }
    }

    /// The type of its values.
    pub fn value_type(&self) -> Type {
        match &self.kind {
            Kind::Value(kind) => kind.clone(),
            Kind::Block(object) => object.value_type(),
            Kind::Nested(nesting, object) => {
                let object = object.value_type();
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn text(name: &str, mode: Mode) -> Attribute {
        Attribute::new(name, Kind::Value(Type::String), mode, "")
    }

    fn block(inner: Vec<Attribute>) -> Attribute {
        Attribute::new("vlan", Kind::Block(Object::new(inner)), Mode::Required, "")
    }

    fn object() -> Object {
        let mut key = text("key", Mode::Optional);
        key.sensitive = true;
        Object::told_apart_by(
            "type",
            vec![text("type", Mode::Required)],
            vec![
                (
                    "a".to_owned(),
                    vec![
                        text("key", Mode::Required),
                        block(vec![text("tag", Mode::Required)]),
                    ],
                ),
                (
                    "b".to_owned(),
                    vec![
                        key,
                        block(vec![
                            text("tag", Mode::Computed),
                            text("outer", Mode::Required),
                        ]),
                    ],
                ),
            ],
        )
    }

    #[test]
    fn one_attribute_stands_for_those_of_all_variants_also_within_blocks() {
        let object = object();
        let key = object.attribute("key").unwrap();
        assert_eq!((key.mode, key.sensitive), (Mode::Optional, true));
        let vlan = object.attribute("vlan").unwrap();
        assert_eq!(vlan.mode, Mode::Required, "in every variant");
        let inner = vlan.inner().unwrap();
        assert_eq!(inner.attribute("tag").unwrap().mode, Mode::OptionalComputed);
        assert_eq!(inner.attribute("outer").unwrap().mode, Mode::Optional);
        assert_eq!(inner.attributes().len(), 2);
    }

    #[test]
    fn an_object_has_what_its_variant_has() {
        let object = object();
        let standing = |kind: Value| {
            let value = Value::object([("type", kind)]);
            let all = object.standing(&value).map(|standing| match standing {
                Standing::Has(attribute) => format!("{} {:?}", attribute.name, attribute.mode),
                Standing::HasNot(attribute) => format!("no {}", attribute.name),
                Standing::Open(attribute) => format!("{}?", attribute.name),
            });
            all.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(
            standing("a".into()),
            "type Required, key Required, vlan Required"
        );
        assert_eq!(
            standing("b".into()),
            "type Required, key Optional, vlan Required"
        );
        assert_eq!(standing(Value::Unknown), "type Required, key?, vlan?");
        assert_eq!(standing("c".into()), "type Required, no key, no vlan");
        assert_eq!(standing(Value::Null), "type Required, no key, no vlan");
    }
}
