//! The configuration that an object which is there could have been written with: what a person
//! would say of it, and nothing that says itself.

use std::collections::BTreeMap;

use super::schema::{Attribute, Kind, Mode, Nesting, Object, Recomputed, Standing};
use super::value::Value;

/// A configuration under which an object in this state plans empty. It has nothing that is only
/// computed, that moves by itself, that is the same when it is left out, or that steers the
/// provider alone; and no secrets, since it is made to be written into a file.
pub fn configuration(object: &Object, state: &Value) -> Value {
    let mut config = object.empty();
    for standing in object.standing(state) {
        if let Standing::Has(attribute) = standing {
            let value = state.get(&attribute.name);
            config.put(&attribute.name, said(attribute, value));
        }
    }
    config
}

/// What is said of an attribute; null where nothing is.
fn said(attribute: &Attribute, value: &Value) -> Value {
    let is_hidden = attribute.sensitive || attribute.write_only;
    let is_none = attribute.local || attribute.deprecated.is_some();
    if !attribute.is_configurable() || is_hidden || is_none || !value.is_wholly_known() {
        return Value::Null;
    }
    if attribute.is_computed() && (goes_by_itself(attribute) || is_left_out(attribute, value)) {
        return Value::Null;
    }
    match &attribute.kind {
        Kind::Value(_) => value.clone(),
        Kind::Block(inner) => one(inner, value),
        Kind::Nested(Nesting::Single, inner) => one(inner, value),
        Kind::Nested(_, inner) => match value {
            Value::List(all) => Value::List(all.iter().map(|each| one(inner, each)).collect()),
            Value::Set(all) => Value::set(all.iter().map(|each| one(inner, each))),
            Value::Map(all) => {
                let all = all
                    .iter()
                    .map(|(name, each)| (name.clone(), one(inner, each)));
                Value::Map(all.collect::<BTreeMap<_, _>>())
            }
            _ => Value::Null,
        },
    }
}

fn one(inner: &Object, value: &Value) -> Value {
    match value {
        Value::Object(_) => configuration(inner, value),
        _ => Value::Null,
    }
}

/// Whether the remote side changes the value as the object lives, or has said the most of it: to
/// say it would hold it to what it is today.
fn goes_by_itself(attribute: &Attribute) -> bool {
    attribute.recomputed == Recomputed::OnAnyChange || attribute.partial
}

/// Whether the value comes about if nothing is said.
fn is_left_out(attribute: &Attribute, value: &Value) -> bool {
    let says_nothing = match value {
        Value::String(text) => text.is_empty(),
        Value::List(all) | Value::Set(all) => all.is_empty(),
        Value::Map(all) => all.is_empty(),
        _ => false,
    };
    says_nothing || attribute.default.as_ref() == Some(value)
}

/// A secret of an object that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The names that lead to it.
    pub path: Vec<String>,
    /// Whether another value of it replaces the object, and does not change it in place.
    pub replaces: bool,
}

/// The secrets of an object that is there and that its configuration has to say all the same,
/// since they are not kept when it leaves them out.
pub fn missing_secrets(object: &Object, state: &Value) -> Vec<Secret> {
    let mut missing = Vec::new();
    for standing in object.standing(state) {
        let Standing::Has(attribute) = standing else {
            continue;
        };
        let value = state.get(&attribute.name);
        if !value.is_known() || !attribute.is_configurable() {
            continue;
        }
        if attribute.sensitive && !attribute.is_computed() && !attribute.write_only {
            missing.push(Secret {
                path: vec![attribute.name.clone()],
                replaces: attribute.replaces,
            });
        } else if let Some(inner) = attribute.inner() {
            missing.extend(missing_secrets(inner, value).into_iter().map(|mut secret| {
                secret.path.insert(0, attribute.name.clone());
                secret.replaces |= attribute.replaces;
                secret
            }));
        }
    }
    missing
}

/// What a configuration has to say and does not, since the state does not show it; each by the
/// names that lead to it.
pub fn unsaid(object: &Object, config: &Value) -> Vec<Vec<String>> {
    let mut unsaid = Vec::new();
    for standing in object.standing(config) {
        let Standing::Has(attribute) = standing else {
            continue;
        };
        let value = config.get(&attribute.name);
        if attribute.mode == Mode::Required && value.is_null() {
            unsaid.push(vec![attribute.name.clone()]);
        } else if let (Some(inner), Value::Object(_)) = (attribute.inner(), value) {
            unsaid.extend(below(&attribute.name, self::unsaid(inner, value)));
        }
    }
    unsaid
}

/// The same names, from one level higher.
fn below(name: &str, paths: Vec<Vec<String>>) -> impl Iterator<Item = Vec<String>> {
    paths.into_iter().map(move |mut path| {
        path.insert(0, name.to_owned());
        path
    })
}

#[cfg(test)]
mod tests {
    use super::super::types::Type;
    use super::*;

    fn text(name: &str, mode: Mode) -> Attribute {
        Attribute::new(name, Kind::Value(Type::String), mode, "")
    }

    fn robot() -> Object {
        let with = |mut attribute: Attribute, change: fn(&mut Attribute)| {
            change(&mut attribute);
            attribute
        };
        let arm = Object::new(vec![
            text("tool", Mode::Required),
            with(text("code", Mode::Optional), |code| code.sensitive = true),
            text("weight", Mode::Computed),
        ]);
        let common = vec![
            text("id", Mode::Computed),
            text("kind", Mode::Required),
            text("name", Mode::OptionalComputed),
            with(text("mood", Mode::OptionalComputed), |mood| {
                mood.recomputed = Recomputed::OnAnyChange;
            }),
            with(text("colour", Mode::OptionalComputed), |colour| {
                colour.default = Some("grey".into());
            }),
            with(text("pin", Mode::OptionalComputed), |pin| {
                pin.sensitive = true
            }),
            with(text("wait", Mode::Optional), |wait| wait.local = true),
            Attribute::new("arm", Kind::Block(arm), Mode::Optional, ""),
        ];
        let variants = vec![
            ("walks".to_owned(), vec![text("legs", Mode::Optional)]),
            ("flies".to_owned(), vec![text("wings", Mode::Optional)]),
        ];
        Object::told_apart_by("kind", common, variants)
    }

    fn state(more: &[(&str, Value)]) -> Value {
        let mut state = robot().empty();
        for (name, value) in [("id", "R-1"), ("kind", "walks"), ("wait", "long")] {
            state.put(name, value.into());
        }
        for (name, value) in more {
            state.put(name, value.clone());
        }
        state
    }

    fn generated(more: &[(&str, Value)]) -> Vec<(String, Value)> {
        match configuration(&robot(), &state(more)) {
            Value::Object(all) => all
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .collect(),
            _ => Vec::new(),
        }
    }

    fn said(more: &[(&str, Value)]) -> Vec<(String, Value)> {
        let mut all = generated(more);
        all.retain(|(name, _)| name != "kind");
        all
    }

    #[test]
    fn what_a_person_would_say_is_said() {
        let more = [
            ("name", "Bo".into()),
            ("legs", "2".into()),
            ("colour", "red".into()),
        ];
        let expected = [("colour", "red"), ("legs", "2"), ("name", "Bo")];
        let expected = expected.map(|(name, value)| (name.to_owned(), Value::text(value)));
        assert_eq!(said(&more), expected);
    }

    #[test]
    fn what_comes_about_by_itself_is_not() {
        let by_itself = [
            ("mood", "fine".into()),
            ("colour", "grey".into()),
            ("name", "".into()),
        ];
        assert_eq!(said(&by_itself), []);
        assert_eq!(said(&[("wings", "2".into())]), [], "of another variant");
        assert_eq!(said(&[("name", Value::Unknown)]), []);
    }

    #[test]
    fn a_block_has_what_a_person_would_say_of_it() {
        let arm = [
            ("tool", "saw".into()),
            ("code", "7".into()),
            ("weight", "1".into()),
        ];
        let all = generated(&[("arm", Value::object(arm))]);
        let expected = [
            ("tool", "saw".into()),
            ("code", Value::Null),
            ("weight", Value::Null),
        ];
        assert_eq!(all[0], ("arm".to_owned(), Value::object(expected)));
    }

    #[test]
    fn what_is_required_and_not_shown_is_known() {
        let arm = Value::object([("tool", Value::Null)]);
        let mut config = state(&[("arm", arm)]);
        assert_eq!(
            unsaid(&robot(), &config),
            [["arm", "tool"].map(str::to_owned)]
        );
        config.put("kind", Value::Null);
        config.put("arm", Value::Null);
        assert_eq!(unsaid(&robot(), &config), [["kind".to_owned()]]);
    }

    #[test]
    fn secrets_are_left_out_and_those_that_are_needed_are_known() {
        let arm = Value::object([("tool", "saw".into()), ("code", Value::text("7"))]);
        let state = state(&[("pin", "1234".into()), ("arm", arm)]);
        let config = configuration(&robot(), &state);
        assert!(config.get("pin").is_null());
        let needed = missing_secrets(&robot(), &state);
        let code = Secret {
            path: vec!["arm".to_owned(), "code".to_owned()],
            replaces: false,
        };
        assert_eq!(needed, [code], "the pin is kept");
    }
}
