//! The form of an object: which fields it shows, and of what kind each is, without what they say.
//!
//! Lists may show less of an object than its own address does, and not the same of all: less of one
//! that is another's, or of one variant. What was proven of one row is true of those of its form.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::Json;

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
        Json::Number(_) => 'n'.hash(hasher),
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
                    // What an object is decides on which fields it has.
                    Json::String(text) if name.ends_with("type") => text.hash(hasher),
                    value => add(value, hasher),
                }
            }
        }
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
