//! Between our words and those of the protocol: messages, paths and values.

use prost::bytes::Bytes;

use super::diagnostics::{Diagnostic, Diagnostics, Severity};
use super::msgpack::{self, DecodeError, EncodeError};
use super::path::{Path, Step};
use super::proto::tfplugin6 as proto;
use super::raw_state;
use super::schema::{Kind, Object};
use super::types::Type;
use super::value::Value;

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
    use crate::tfplugin::described::tests::circuit;

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
