//! Values that are taken from the configuration and never stored: passwords and the like.

use super::diagnostics::{Diagnostic, Diagnostics};
use super::path::{Path, Step};
use super::schema::{Kind, Object};
use super::value::Value;

/// Refuses write-only values for a client that would store them.
pub(super) fn refuse(object: &Object, config: &Value) -> Diagnostics {
    let mut refused = Diagnostics::default();
    refuse_below(object, config, &Path::default(), &mut refused);
    refused
}

fn refuse_below(object: &Object, config: &Value, above: &Path, refused: &mut Diagnostics) {
    for attribute in object.attributes() {
        let value = config.get(&attribute.name);
        let path = above.then(&attribute.name);
        if attribute.write_only && !value.is_null() {
            refused.push(
                Diagnostic::error(
                    "Write-only value not supported",
                    format!(
                        "{path} is never stored, which needs Terraform 1.11 or OpenTofu 1.11, or \
                         later. Upgrade, or leave it out."
                    ),
                )
                .at(path),
            );
        } else if let Kind::Nested(_, inner) | Kind::Block(inner) = &attribute.kind {
            for (step, object) in objects(value) {
                let path = step.map_or_else(|| path.clone(), |step| path.step(step));
                refuse_below(inner, object, &path, refused);
            }
        }
    }
}

/// The objects of a nested attribute, with the step to each; none for a single one. Sets cannot
/// hold write-only values.
pub(super) fn objects(value: &Value) -> Vec<(Option<Step>, &Value)> {
    match value {
        Value::Object(_) => vec![(None, value)],
        Value::List(elements) => elements
            .iter()
            .enumerate()
            .map(|(index, element)| (Some(Step::Index(index)), element))
            .collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, element)| (Some(Step::Key(key.clone())), element))
            .collect(),
        _ => Vec::new(),
    }
}

/// Makes all write-only values null, as they must be everywhere but in a configuration. What is
/// write-only in one variant is so in all: Terraform knows one schema.
pub(super) fn erase(object: &Object, value: &mut Value) {
    match value {
        Value::Object(values) => {
            for attribute in object.attributes() {
                match (values.get_mut(&attribute.name), &attribute.kind) {
                    (Some(value), _) if attribute.write_only => *value = Value::Null,
                    (Some(value), Kind::Nested(_, inner) | Kind::Block(inner)) => {
                        erase(inner, value);
                    }
                    _ => {}
                }
            }
        }
        Value::List(elements) => elements
            .iter_mut()
            .for_each(|element| erase(object, element)),
        Value::Map(entries) => entries
            .values_mut()
            .for_each(|element| erase(object, element)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::super::schema::{Attribute, Mode, Nesting};
    use super::super::types::Type;
    use super::*;

    fn object() -> Object {
        let text = |name| Attribute::new(name, Kind::Value(Type::String), Mode::Optional, "");
        let mut secret = text("secret");
        secret.write_only = true;
        Object::new(vec![
            text("name"),
            secret.clone(),
            Attribute::new(
                "peers",
                Kind::Nested(Nesting::List, Object::new(vec![secret, text("name")])),
                Mode::Optional,
                "",
            ),
        ])
    }

    fn config() -> Value {
        Value::object([
            ("name", "a".into()),
            ("secret", "hush".into()),
            (
                "peers",
                Value::List(vec![Value::object([
                    ("secret", Value::Unknown),
                    ("name", "b".into()),
                ])]),
            ),
        ])
    }

    #[test]
    fn an_old_client_is_told_at_each_value_what_it_lacks() {
        let refused = refuse(&object(), &config());
        let paths: Vec<String> = refused
            .0
            .iter()
            .filter_map(|diagnostic| Some(diagnostic.attribute.as_ref()?.to_string()))
            .collect();
        assert_eq!(paths, ["secret", "peers[0].secret"]);
        assert!(refused.0[0].detail.contains("OpenTofu 1.11"));
    }

    #[test]
    fn nothing_of_it_is_left_at_any_depth() {
        let mut value = config();
        erase(&object(), &mut value);
        assert!(value.get("secret").is_null());
        assert!(value.get("peers").elements()[0].get("secret").is_null());
        assert_eq!(value.get("peers").elements()[0].get("name"), &"b".into());
    }
}
