//! Between our words and those of the protocol: schemas, messages, paths and values.

use std::borrow::Cow;

use prost::bytes::Bytes;

use super::diagnostics::{Diagnostic, Diagnostics, Severity};
use super::identity::{Identity, IdentityAttribute};
use super::msgpack::{self, DecodeError, EncodeError};
use super::path::{Path, Step};
use super::proto::tfplugin6 as proto;
use super::raw_state;
use super::schema::{Attribute, Kind, Mode, Nesting, Object, Schema};
use super::types::Type;
use super::value::Value;

/// A schema for Terraform.
pub(super) fn schema(schema: &Schema) -> proto::Schema {
    let mut block = block(&schema.object);
    block.description.clone_from(&schema.description);
    proto::Schema {
        version: schema.version,
        block: Some(block),
    }
}

/// What a level consists of, whatever its variant.
fn block(object: &Object) -> proto::schema::Block {
    let (mut attributes, mut blocks) = (Vec::new(), Vec::new());
    for each in object.attributes() {
        match &each.kind {
            Kind::Block(inner) => blocks.push(nested_block(each, inner)),
            Kind::Value(_) | Kind::Nested(..) => attributes.push(attribute(each)),
        }
    }
    proto::schema::Block {
        attributes,
        block_types: blocks,
        description_kind: proto::StringKind::Markdown.into(),
        ..Default::default()
    }
}

/// One object as a block. Terraform wants both numbers to be equal.
fn nested_block(attribute: &Attribute, inner: &Object) -> proto::schema::NestedBlock {
    let items = i64::from(attribute.mode == Mode::Required);
    let inner = proto::schema::Block {
        description: attribute.description.clone(),
        deprecated: attribute.deprecated.is_some(),
        deprecation_message: attribute.deprecated.clone().unwrap_or_default(),
        ..block(inner)
    };
    proto::schema::NestedBlock {
        type_name: attribute.name.clone(),
        block: Some(inner),
        nesting: proto::schema::nested_block::NestingMode::Single.into(),
        min_items: items,
        max_items: items,
    }
}

fn attribute(attribute: &Attribute) -> proto::schema::Attribute {
    let (notation, nested_type) = match &attribute.kind {
        Kind::Value(kind) => (notation(kind), None),
        Kind::Nested(nesting, inner) => (Bytes::new(), Some(nested(*nesting, inner))),
        // Below a nested attribute there are no blocks any more.
        Kind::Block(inner) => (Bytes::new(), Some(nested(Nesting::Single, inner))),
    };
    proto::schema::Attribute {
        name: attribute.name.clone(),
        r#type: notation,
        nested_type,
        description: attribute.description.clone(),
        description_kind: proto::StringKind::Markdown.into(),
        required: attribute.mode == Mode::Required,
        optional: matches!(attribute.mode, Mode::Optional | Mode::OptionalComputed),
        computed: attribute.is_computed(),
        sensitive: attribute.sensitive,
        write_only: attribute.write_only,
        deprecated: attribute.deprecated.is_some(),
        deprecation_message: attribute.deprecated.clone().unwrap_or_default(),
    }
}

fn notation(kind: &Type) -> Bytes {
    match kind.notation() {
        Cow::Borrowed(text) => Bytes::from_static(text.as_bytes()),
        Cow::Owned(text) => text.into(),
    }
}

fn nested(nesting: Nesting, object: &Object) -> proto::schema::Object {
    use proto::schema::object::NestingMode;
    let mode = match nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    proto::schema::Object {
        attributes: object.attributes().iter().map(attribute).collect(),
        nesting: mode.into(),
        ..Default::default()
    }
}

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

/// Messages for Terraform, about something of this shape.
pub(super) fn diagnostics(diagnostics: Diagnostics, shape: &Object) -> Vec<proto::Diagnostic> {
    use proto::diagnostic::Severity as Proto;
    let write = |mut diagnostic: Diagnostic| {
        let attribute = diagnostic.attribute.take().map(|full| {
            let shown = visible(&full, shape);
            let text = full.to_string();
            if shown != full && !diagnostic.detail.contains(&text) {
                let gap = if diagnostic.detail.is_empty() {
                    ""
                } else {
                    "\n\n"
                };
                diagnostic.detail = format!("{}{gap}At {text}.", diagnostic.detail);
            }
            path(&shown)
        });
        proto::Diagnostic {
            severity: match diagnostic.severity {
                Severity::Error => Proto::Error.into(),
                Severity::Warning => Proto::Warning.into(),
            },
            summary: diagnostic.summary,
            detail: diagnostic.detail,
            attribute,
        }
    };
    diagnostics.0.into_iter().map(write).collect()
}

/// As much of a path as every Terraform and OpenTofu finds in a configuration: down through blocks
/// to one attribute. With more than that, they point at the first line of the resource, or at an
/// attribute of the same name elsewhere.
fn visible(full: &Path, shape: &Object) -> Path {
    let mut level = Some(shape);
    let mut steps = Vec::new();
    for step in &full.0 {
        let Some(object) = level else { break };
        let found = match step {
            Step::Attribute(name) => object.attribute(name),
            Step::Key(_) | Step::Index(_) => None,
        };
        level = match found.map(|attribute| &attribute.kind) {
            Some(Kind::Block(inner)) => Some(inner),
            _ => None,
        };
        steps.push(step.clone());
    }
    Path(steps)
}

/// A path for Terraform.
pub(super) fn path(path: &Path) -> proto::AttributePath {
    use proto::attribute_path::Step as Proto;
    use proto::attribute_path::step::Selector;
    let selector = |step: &Step| match step {
        Step::Attribute(name) => Selector::AttributeName(name.clone()),
        Step::Key(key) => Selector::ElementKeyString(key.clone()),
        // No list of ours comes near the end of the range.
        Step::Index(index) => Selector::ElementKeyInt(i64::try_from(*index).unwrap_or(i64::MAX)),
    };
    proto::AttributePath {
        steps: path
            .0
            .iter()
            .map(|step| Proto {
                selector: Some(selector(step)),
            })
            .collect(),
    }
}

/// What Terraform sent. `what` names it for people, should it not fit the type.
pub(super) fn decode(
    sent: Option<&proto::DynamicValue>,
    kind: &Type,
    what: &str,
) -> Result<Value, Diagnostics> {
    let decoded = match sent {
        Some(sent) if !sent.msgpack.is_empty() => msgpack::decode(&sent.msgpack, kind),
        Some(sent) if !sent.json.is_empty() => raw_state::decode_json(&sent.json, kind),
        _ => Ok(Value::Null),
    };
    decoded.map_err(|error| unreadable(&error, what))
}

/// The error about something that does not fit its type.
pub(super) fn unreadable(error: &DecodeError, what: &str) -> Diagnostics {
    let diagnostic = Diagnostic::error(
        format!("Cannot read {what}"),
        format!(
            "What Terraform sent as {what} does not fit the schema of this version of the \
             provider: {error}."
        ),
    );
    match error.path.0.is_empty() {
        true => diagnostic.into(),
        false => diagnostic.at(error.path.clone()).into(),
    }
}

/// A value for Terraform.
pub(super) fn encode(value: &Value, kind: &Type) -> Result<proto::DynamicValue, Diagnostics> {
    msgpack::encode(value, kind)
        .map(dynamic_value)
        .map_err(|error| {
            let (summary, detail) = unwritable(&error);
            Diagnostic::error(summary, detail).at(error.path).into()
        })
}

/// A state for Terraform, come what may: it stands for something that was ordered. An attribute
/// that does not fit its type is left out, with a warning; an error would make Terraform replace
/// a new object.
pub(super) fn encode_or_mend(
    mut state: Value,
    kind: &Type,
    warnings: &mut Diagnostics,
) -> Result<proto::DynamicValue, Diagnostics> {
    if let Ok(bytes) = msgpack::encode(&state, kind) {
        return Ok(dynamic_value(bytes));
    }
    if let (Value::Object(values), Type::Object(kinds)) = (&mut state, kind) {
        values.retain(|name, _| kinds.contains_key(name));
        for (name, kind) in kinds {
            let value = values.entry(name.clone()).or_default();
            if let Err(error) = msgpack::encode(value, kind) {
                *value = Value::Null;
                let (summary, detail) = unwritable(&error);
                let detail = format!("{detail} All other attributes are saved.");
                warnings.push(Diagnostic::warning(summary, detail).at(Path::attribute(name)));
            }
        }
    }
    encode(&state, kind)
}

fn unwritable(error: &EncodeError) -> (&'static str, String) {
    let detail = format!(
        "The provider made a value that does not fit its own schema: {error}. This is our mistake; \
         please report it."
    );
    ("Bug in the provider", detail)
}

fn dynamic_value(msgpack: Vec<u8>) -> proto::DynamicValue {
    proto::DynamicValue {
        msgpack: msgpack.into(),
        json: Bytes::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

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
        let made = schema(&Schema {
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

    #[test]
    fn a_path_keeps_every_step() {
        use proto::attribute_path::step::Selector;
        let path = Path::attribute("peers")
            .step(Step::Index(2))
            .step(Step::Key("ams".to_owned()));
        let steps = self::path(&path).steps;
        let selectors: Vec<Selector> = steps
            .into_iter()
            .map(|step| step.selector.unwrap())
            .collect();
        let expected = [
            Selector::AttributeName("peers".to_owned()),
            Selector::ElementKeyInt(2),
            Selector::ElementKeyString("ams".to_owned()),
        ];
        assert_eq!(selectors, expected);
    }
    /// A circuit with a block in a block, and a nested attribute.
    fn circuit() -> Object {
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
        let made = schema(&Schema {
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
    fn a_message_points_through_blocks_to_one_attribute() {
        let shown = |path: Path| {
            let messages = Diagnostic::error("No", "Not so.").at(path).into();
            let mut shown = diagnostics(messages, &circuit());
            let shown = shown.remove(0);
            let step = |step: proto::attribute_path::Step| match step.selector.unwrap() {
                proto::attribute_path::step::Selector::AttributeName(name) => name,
                _ => "[]".to_owned(),
            };
            let steps = shown.attribute.unwrap().steps.into_iter().map(step);
            (steps.collect::<Vec<_>>().join("."), shown.detail)
        };
        let vlan = Path::attribute("vlan_config");
        let whole = |path: Path| {
            let (steps, detail) = shown(path);
            assert_eq!(detail, "Not so.");
            steps
        };
        assert_eq!(whole(Path::attribute("name")), "name");
        assert_eq!(whole(vlan.clone()), "vlan_config");
        assert_eq!(whole(vlan.then("vlan")), "vlan_config.vlan");
        assert_eq!(
            whole(vlan.then("outer").then("inner")),
            "vlan_config.outer.inner"
        );
        // Older ones would look for `from` at the top.
        let deep = Path::attribute("hours").step(Step::Index(1)).then("from");
        let expected = (
            "hours".to_owned(),
            "Not so.\n\nAt hours[1].from.".to_owned(),
        );
        assert_eq!(shown(deep), expected);
        assert_eq!(
            shown(vlan.then("vlan").step(Step::Index(0))).0,
            "vlan_config.vlan"
        );
    }
}
