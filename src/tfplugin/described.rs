//! What a provider has, as Terraform reads it: identities, functions, and the schemas, which are
//! written straight to bytes: a `Schema` of `proto/tfplugin6.proto`.
//!
//! Every start of the provider tells all schemas. Building the messages first, to encode them then,
//! takes several times as long.

use std::borrow::Cow;

use prost::bytes::Bytes;

use super::identity::{Identity, IdentityAttribute};
use super::proto::tfplugin6 as proto;
use super::schema::{Attribute, Kind, Mode, Nesting, Object, Schema};
use super::traits::{Parameter, Signature};
use super::types::Type;

/// Enough for most schemas, in bytes.
const USUAL: usize = 2 << 10;

/// What identifies an object, for Terraform.
pub(super) fn identity(identity: &Identity) -> proto::ResourceIdentitySchema {
    let attribute =
        |attribute: &IdentityAttribute| proto::resource_identity_schema::IdentityAttribute {
            name: attribute.name.clone(),
            r#type: notation(&attribute.kind),
            required_for_import: !attribute.optional,
            optional_for_import: attribute.optional,
            description: attribute.description.clone(),
        };
    proto::ResourceIdentitySchema {
        version: identity.version,
        identity_attributes: identity.attributes.iter().map(attribute).collect(),
    }
}

/// A function, for Terraform.
pub(super) fn function(signature: Signature) -> proto::Function {
    let markdown = proto::StringKind::Markdown.into();
    let parameter = |parameter: Parameter| proto::function::Parameter {
        name: parameter.name,
        r#type: notation(&parameter.kind),
        description: parameter.description,
        description_kind: markdown,
        ..Default::default()
    };
    proto::Function {
        parameters: signature.parameters.into_iter().map(parameter).collect(),
        variadic_parameter: signature.variadic.map(parameter),
        r#return: Some(proto::function::Return {
            r#type: notation(&signature.returns),
        }),
        summary: signature.summary,
        description: signature.description,
        description_kind: markdown,
        ..Default::default()
    }
}

fn notation(kind: &Type) -> Bytes {
    match kind.notation() {
        Cow::Borrowed(text) => Bytes::from_static(text.as_bytes()),
        Cow::Owned(text) => text.into(),
    }
}

/// A schema for Terraform.
pub(super) fn schema(schema: &Schema) -> Bytes {
    let mut written = Message(Vec::with_capacity(USUAL));
    written.number(1, schema.version);
    written.message(2, |it| {
        level(it, &schema.object);
        it.text(4, &schema.description);
    });
    written.0.into()
}

/// What a level consists of, whatever its variant: a `Block`.
fn level(block: &mut Message, object: &Object) {
    for each in object.attributes() {
        match &each.kind {
            Kind::Block(inner) => block.message(3, |it| nested_block(it, each, inner)),
            Kind::Value(_) | Kind::Nested(..) => block.message(2, |it| attribute(it, each)),
        }
    }
    block.choice(5, proto::StringKind::Markdown);
}

/// One object as a block. Terraform wants both numbers to be equal.
fn nested_block(block: &mut Message, attribute: &Attribute, inner: &Object) {
    block.text(1, &attribute.name);
    block.message(2, |it| {
        level(it, inner);
        it.text(4, &attribute.description);
        it.flag(6, attribute.deprecated.is_some());
        it.text(7, attribute.deprecated.as_deref().unwrap_or_default());
    });
    block.choice(3, proto::schema::nested_block::NestingMode::Single);
    let items = i64::from(attribute.mode == Mode::Required);
    block.number(4, items);
    block.number(5, items);
}

fn attribute(it: &mut Message, attribute: &Attribute) {
    it.text(1, &attribute.name);
    match &attribute.kind {
        Kind::Value(kind) => it.text(2, &kind.notation()),
        Kind::Nested(nesting, inner) => it.message(10, |it| nested(it, *nesting, inner)),
        // Below a nested attribute there are no blocks any more.
        Kind::Block(inner) => it.message(10, |it| nested(it, Nesting::Single, inner)),
    }
    it.text(3, &attribute.description);
    it.flag(4, attribute.mode == Mode::Required);
    it.flag(
        5,
        matches!(attribute.mode, Mode::Optional | Mode::OptionalComputed),
    );
    it.flag(6, attribute.is_computed());
    it.flag(7, attribute.sensitive);
    it.choice(8, proto::StringKind::Markdown);
    it.flag(9, attribute.deprecated.is_some());
    it.flag(11, attribute.write_only);
    it.text(12, attribute.deprecated.as_deref().unwrap_or_default());
}

fn nested(it: &mut Message, nesting: Nesting, object: &Object) {
    use proto::schema::object::NestingMode;
    for each in object.attributes() {
        it.message(1, |it| attribute(it, each));
    }
    let mode = match nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    it.choice(3, mode);
}

/// A message of Protocol Buffers. Fields with the value that a missing one has are left out.
struct Message(Vec<u8>);

impl Message {
    const VARINT: u8 = 0;
    const LENGTH_DELIMITED: u8 = 2;

    /// All our fields have a key of one byte.
    fn key(&mut self, field: u8, wire_type: u8) {
        debug_assert!(field < 16, "a key of two bytes");
        self.0.push(field << 3 | wire_type);
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn number(&mut self, field: u8, value: i64) {
        if value != 0 {
            self.key(field, Self::VARINT);
            self.varint(value.cast_unsigned());
        }
    }

    fn choice(&mut self, field: u8, value: impl Into<i32>) {
        self.number(field, value.into().into());
    }

    fn flag(&mut self, field: u8, value: bool) {
        self.number(field, value.into());
    }

    fn text(&mut self, field: u8, text: &str) {
        if !text.is_empty() {
            self.key(field, Self::LENGTH_DELIMITED);
            self.varint(text.len() as u64);
            self.0.extend_from_slice(text.as_bytes());
        }
    }

    /// A message within. Its length comes before it and is known after it.
    fn message(&mut self, field: u8, write: impl FnOnce(&mut Message)) {
        self.key(field, Self::LENGTH_DELIMITED);
        let start = self.0.len();
        write(self);
        let end = self.0.len();
        self.varint((end - start) as u64);
        let length = self.0.len() - end;
        self.0[start..].rotate_right(length);
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use prost::Message as _;

    use super::*;

    fn read(described: &Schema) -> proto::Schema {
        proto::Schema::decode(schema(described)).expect("a schema")
    }

    #[test]
    fn a_schema_keeps_its_structure() {
        let mut tag = Attribute::new(
            "tag",
            Kind::Value(Type::set(Type::Number)),
            Mode::OptionalComputed,
            "A tag.",
        );
        tag.deprecated = Some("Use `vlan`.".to_owned());
        tag.sensitive = true;
        let vlan = Attribute::new(
            "vlan",
            Kind::Nested(Nesting::List, Object::new(vec![tag])),
            Mode::Required,
            "",
        );
        let made = read(&Schema {
            version: 3,
            object: Object::new(vec![vlan]),
            ..Schema::default()
        });
        assert_eq!(made.version, 3);
        let vlan = made.block.unwrap().attributes.remove(0);
        assert!(vlan.required && !vlan.optional && !vlan.computed && vlan.r#type.is_empty());
        let nested = vlan.nested_type.unwrap();
        assert_eq!(nested.nesting(), proto::schema::object::NestingMode::List);
        let tag = &nested.attributes[0];
        assert!(!tag.required && tag.optional && tag.computed && tag.sensitive);
        assert_eq!(tag.r#type, r#"["set","number"]"#);
        // Terraform refuses a text without the flag.
        assert!(tag.deprecated && tag.deprecation_message == "Use `vlan`.");
    }

    /// A circuit with a block in a block, and a nested attribute.
    pub fn circuit() -> Object {
        let text = |name| Attribute::new(name, Kind::Value(Type::String), Mode::Optional, "");
        let inner = Object::new(vec![text("inner")]);
        let mut outer =
            Attribute::new("outer", Kind::Block(inner), Mode::Optional, "An outer tag.");
        outer.deprecated = Some("Use `tag`.".to_owned());
        let hours = Kind::Nested(
            Nesting::List,
            Object::new(vec![
                text("from"),
                Attribute::new(
                    "break",
                    Kind::Block(Object::new(vec![text("to")])),
                    Mode::Optional,
                    "",
                ),
            ]),
        );
        let by_type = Object::told_apart_by(
            "type",
            vec![
                Attribute::new("type", Kind::Value(Type::String), Mode::Required, ""),
                outer,
            ],
            vec![
                ("dot1q".to_owned(), vec![text("vlan")]),
                ("qinq".to_owned(), vec![text("inner_vlan")]),
            ],
        );
        Object::new(vec![
            text("name"),
            Attribute::new(
                "vlan_config",
                Kind::Block(by_type),
                Mode::Required,
                "Its VLAN.",
            ),
            Attribute::new("hours", hours, Mode::Computed, ""),
        ])
    }

    #[test]
    fn a_block_is_a_block_with_all_that_any_variant_of_it_has() {
        use proto::schema::nested_block::NestingMode;
        let object = circuit();
        let made = read(&Schema {
            object,
            ..Schema::default()
        });
        let mut block = made.block.unwrap();
        let names = |block: &proto::schema::Block| {
            let names = block
                .attributes
                .iter()
                .map(|attribute| attribute.name.clone());
            names.collect::<Vec<_>>()
        };
        assert_eq!(names(&block), ["name", "hours"]);
        let hours = block.attributes[1].nested_type.as_ref().unwrap();
        assert!(
            hours.attributes[1].nested_type.is_some(),
            "no blocks below attributes"
        );
        let vlan = block.block_types.remove(0);
        assert!(block.block_types.is_empty());
        assert_eq!(
            (
                vlan.type_name.as_str(),
                vlan.nesting(),
                vlan.min_items,
                vlan.max_items
            ),
            ("vlan_config", NestingMode::Single, 1, 1)
        );
        let mut vlan = vlan.block.unwrap();
        assert_eq!(vlan.description, "Its VLAN.");
        assert_eq!(names(&vlan), ["type", "vlan", "inner_vlan"]);
        let outer = vlan.block_types.remove(0);
        assert_eq!((outer.min_items, outer.max_items), (0, 0));
        let outer = outer.block.unwrap();
        assert!(outer.deprecated && outer.deprecation_message == "Use `tag`.");
        assert_eq!(names(&outer), ["inner"]);
    }

    #[test]
    fn every_bit_is_as_the_protocol_encodes_it() {
        let described = Schema {
            version: 300,
            description: "A circuit. ".repeat(100),
            object: circuit(),
        };
        let read = read(&described);
        assert_eq!(read.encode_to_vec().len(), schema(&described).len());
        assert_eq!(read.version, 300);
        assert_eq!(read.block.unwrap().description, described.description);
    }
}
