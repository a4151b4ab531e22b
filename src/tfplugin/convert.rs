//! Between our words and those of the protocol: schemas, messages, paths and values.

use prost::bytes::Bytes;

use super::diagnostics::{Diagnostic, Diagnostics, Severity};
use super::msgpack::{self, DecodeError, EncodeError};
use super::path::{Path, Step};
use super::proto::tfplugin6 as proto;
use super::raw_state;
use super::schema::{Attribute, Kind, Mode, Nesting, Schema};
use super::types::Type;
use super::value::Value;

/// A schema for Terraform. All structure is nested attributes, which is why there are no blocks.
pub(super) fn schema(schema: &Schema) -> proto::Schema {
    proto::Schema {
        version: schema.version,
        block: Some(proto::schema::Block {
            attributes: schema.attributes.iter().map(attribute).collect(),
            description: schema.description.clone(),
            description_kind: proto::StringKind::Markdown.into(),
            ..Default::default()
        }),
    }
}

fn attribute(attribute: &Attribute) -> proto::schema::Attribute {
    let (notation, nested_type) = match &attribute.kind {
        Kind::Value(kind) => (kind.to_json().to_string().into(), None),
        Kind::Nested(nesting, attributes) => (Bytes::new(), Some(nested(*nesting, attributes))),
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

fn nested(nesting: Nesting, attributes: &[Attribute]) -> proto::schema::Object {
    use proto::schema::object::NestingMode;
    let mode = match nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    proto::schema::Object {
        attributes: attributes.iter().map(attribute).collect(),
        nesting: mode.into(),
        ..Default::default()
    }
}

/// Messages for Terraform.
pub(super) fn diagnostics(diagnostics: Diagnostics) -> Vec<proto::Diagnostic> {
    use proto::diagnostic::Severity as Proto;
    diagnostics
        .0
        .into_iter()
        .map(|diagnostic| proto::Diagnostic {
            severity: match diagnostic.severity {
                Severity::Error => Proto::Error.into(),
                Severity::Warning => Proto::Warning.into(),
            },
            summary: diagnostic.summary,
            detail: diagnostic.detail,
            attribute: diagnostic.attribute.as_ref().map(top_level),
        })
        .collect()
}

/// The top-level attribute that a diagnostic is about. Terraform looks deeper in nested blocks only;
/// a path into a nested attribute would make it point at the first line of the resource.
fn top_level(place: &Path) -> proto::AttributePath {
    path(&Path(place.0.iter().take(1).cloned().collect()))
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

/// A stored state, perhaps written by an older schema.
pub(super) fn decode_state(
    stored: Option<&proto::RawState>,
    kind: &Type,
) -> Result<Value, Diagnostics> {
    match stored {
        Some(stored) if !stored.json.is_empty() => raw_state::decode_state(&stored.json, kind)
            .map_err(|error| unreadable(&error, "the stored state")),
        Some(stored) if !stored.flatmap.is_empty() => Err(Diagnostic::error(
            "State too old",
            "The state is in the format of Terraform 0.11, older than this provider.",
        )
        .into()),
        _ => Ok(Value::Null),
    }
}

fn unreadable(error: &DecodeError, what: &str) -> Diagnostics {
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
            Kind::Nested(Nesting::List, vec![tag]),
            Mode::Required,
            "",
        );
        let made = schema(&Schema {
            version: 3,
            attributes: vec![vlan],
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
}
