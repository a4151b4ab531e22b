//! The form of an object: which fields it shows, and of what kind each is, without what they say.
//!
//! Lists may show less of an object than its own address does, and not the same of all: less of one
//! that is another's, or of one variant. What was proven of one row is true of those of its form.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::lenient::Json;

/// The form of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Form(u64);

impl Form {
    /// The form of this.
    pub(super) fn of(json: &Json) -> Form {
        let mut hasher = DefaultHasher::new();
        add(json, &mut hasher);
        Form(hasher.finish())
    }
}

fn add(json: &Json, hasher: &mut DefaultHasher) {
    match json {
        Json::Null => 'z'.hash(hasher),
        Json::Bool(_) => 'b'.hash(hasher),
        Json::Number(number) => ('n', number.as_f64() == Some(0.0)).hash(hasher),
        Json::String(text) => ('s', text.is_empty()).hash(hasher),
        Json::Array(items) => {
            let forms: BTreeSet<Form> = items.iter().map(Form::of).collect();
            ('a', forms).hash(hasher);
        }
        Json::Object(fields) => {
            ('o', fields.len()).hash(hasher);
            // They come sorted by name.
            for (name, value) in fields {
                name.hash(hasher);
                match value {
                    // What an object is, and how far it is, decides on which fields it has.
                    Json::String(text) if name.ends_with("type") || name == "state" => {
                        text.hash(hasher);
                    }
                    value => add(value, hasher),
                }
            }
        }
    }
}

/// Whether a row shows less than its object does: nothing where that has something, or fewer of
/// several. (What is another value may have changed between the two.)
pub(super) fn shows_less(row: &Json, object: &Json) -> bool {
    match (row, object) {
        (Json::Object(shown), Json::Object(all)) => all.iter().any(|(name, value)| {
            let shown = shown.get(name).unwrap_or(&Json::Null);
            shows_less(shown, value)
        }),
        (Json::Array(shown), Json::Array(all)) => {
            let lesser = shown
                .iter()
                .zip(all)
                .any(|(shown, one)| shows_less(shown, one));
            shown.len() < all.len() || lesser
        }
        (shown, all) => is_nothing(shown) && !is_nothing(all),
    }
}

fn is_nothing(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.iter().all(is_nothing),
        Json::Object(fields) => fields.values().all(is_nothing),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fields_say_is_not_of_the_form() {
        let one = json!({"id": "A1", "speed": 1, "on": true, "ids": ["x"], "at": {"vlan": 1}});
        let other =
            json!({"id": "B", "speed": 9, "on": false, "ids": ["y", "z"], "at": {"vlan": 2}});
        assert_eq!(Form::of(&one), Form::of(&other));
    }

    #[test]
    fn a_row_shows_less_if_something_is_missing_and_not_if_it_is_another() {
        let object =
            json!({"state": "x", "vlan": {"id": 1}, "ips": [{"at": "y"}, {}], "on": false});
        let less = [
            json!({"state": "x", "vlan": {"id": 1}, "ips": [{"at": "y"}, {}]}),
            json!({"state": "", "vlan": {"id": 1}, "ips": [{"at": "y"}, {}], "on": false}),
            json!({"state": "x", "vlan": {}, "ips": [{"at": "y"}, {}], "on": false}),
            json!({"state": "x", "vlan": null, "ips": [{"at": "y"}, {}], "on": false}),
            json!({"state": "x", "vlan": {"id": 1}, "ips": [{"at": "y"}], "on": false}),
            json!({"state": "x", "vlan": {"id": 1}, "ips": [{}, {}], "on": false}),
            json!({"state": "x", "vlan": {"id": 1}, "ips": [], "on": false}),
        ];
        for row in less {
            assert!(shows_less(&row, &object), "{row}");
            assert!(!shows_less(&object, &row), "{row}");
        }
        let other = json!({"state": "y", "vlan": {"id": 2}, "ips": [{"at": "z"}, {}], "on": true});
        assert!(!shows_less(&other, &object) && !shows_less(&object, &object));
    }

    #[test]
    fn what_is_left_out_empty_hidden_or_of_another_type_is() {
        let rows = [
            json!({"type": "p2p_vc", "name": "x", "ids": ["a"], "at": {"type": "v", "vlan": 1}}),
            json!({"type": "p2p_vc", "name": "x", "ids": ["a"], "at": {"type": "v"}}),
            json!({"type": "p2p_vc", "name": "x", "ids": ["a"], "at": {"type": "port"}}),
            json!({"type": "p2p_vc", "name": "x", "ids": [], "at": {"type": "v", "vlan": 1}}),
            json!({"type": "p2p_vc", "name": "", "ids": ["a"], "at": {"type": "v", "vlan": 1}}),
            json!({"type": "p2p_vc", "name": null, "ids": ["a"], "at": {"type": "v", "vlan": 1}}),
            json!({"type": "vc", "name": "x", "ids": ["a"], "at": {"type": "v", "vlan": 1}}),
            json!({"type": "p2p_vc", "ids": ["a"], "at": {"type": "v", "vlan": 1}}),
        ];
        let forms: BTreeSet<Form> = rows.iter().map(Form::of).collect();
        assert_eq!(forms.len(), rows.len());
    }
}
