//! What a configuration sets and only a provider can. Terraform takes it without a word, and
//! nothing comes of it: a look-up that is narrowed by what is no argument would find something
//! else.

use super::diagnostics::{Diagnostic, Diagnostics};
use super::path::Path;
use super::schema::{Kind, Object};
use super::value::Value;
use super::write_only::objects;

/// Refuses values of attributes that cannot be set. What is read-only in one variant alone is left
/// to the provider: Terraform itself writes it in configurations that it generates.
pub(super) fn refuse(object: &Object, config: &Value) -> Diagnostics {
    let mut refused = Diagnostics::default();
    refuse_below(object, config, &Path::default(), &mut refused);
    refused
}

fn refuse_below(object: &Object, config: &Value, above: &Path, refused: &mut Diagnostics) {
    for attribute in object.attributes() {
        let value = config.get(&attribute.name);
        if value.is_null() {
            continue;
        }
        let path = above.then(&attribute.name);
        if !attribute.is_configurable() {
            let story = format!("{path} is read-only: it shows what there is. Leave it out.");
            let error = Diagnostic::error(format!("{path} cannot be set"), story);
            refused.push(error.at(path));
        } else if let Kind::Nested(_, inner) | Kind::Block(inner) = &attribute.kind {
            for (step, object) in objects(value) {
                let path = step.map_or_else(|| path.clone(), |step| path.step(step));
                refuse_below(inner, object, &path, refused);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema::{Attribute, Mode, Nesting};
    use super::super::types::Type;
    use super::*;

    #[test]
    fn a_read_only_value_is_refused_at_any_depth_known_or_not() {
        let text = |name, mode| Attribute::new(name, Kind::Value(Type::String), mode, "");
        let inner = || {
            Object::new(vec![
                text("key", Mode::Required),
                text("made", Mode::Computed),
            ])
        };
        let block = Attribute::new("block", Kind::Block(inner()), Mode::Optional, "");
        let list = Kind::Nested(Nesting::List, inner());
        let list = Attribute::new("list", list, Mode::Optional, "");
        let object = Object::new(vec![
            text("id", Mode::Computed),
            text("name", Mode::OptionalComputed),
            block,
            list,
        ]);
        let paths = |config: &Value| -> Vec<String> {
            let refused = refuse(&object, config).0.into_iter();
            let paths = refused.filter_map(|error| error.attribute);
            paths.map(|path| path.to_string()).collect()
        };
        let part = |made: Value| Value::object([("key", "k".into()), ("made", made)]);
        let fine = Value::object([
            ("name", "n".into()),
            ("block", part(Value::Null)),
            ("list", Value::List(vec![part(Value::Null)])),
        ]);
        assert!(paths(&fine).is_empty());
        let wrong = Value::object([
            ("id", Value::Unknown),
            ("block", part("m".into())),
            (
                "list",
                Value::List(vec![part(Value::Null), part("m".into())]),
            ),
        ]);
        assert_eq!(paths(&wrong), ["id", "block.made", "list[1].made"]);
    }
}
