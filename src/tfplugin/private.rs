//! What a provider notes of an object beside its state. Terraform keeps it and hands it back.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// The note of what was configured when an object was last changed; reserved for
/// [`super::schema::Attribute::given_back`].
pub const CONFIGURED: &str = "configured";

/// Notes by name. Terraform shows them to nobody, but keeps them in the clear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Private(BTreeMap<String, Json>);

impl Private {
    /// Reads what [`Private::to_bytes`] wrote. Anything else is as if nothing had been noted.
    pub fn from_bytes(bytes: &[u8]) -> Private {
        Private(serde_json::from_slice(bytes).unwrap_or_default())
    }

    /// The notes as Terraform keeps them; nothing at all if there are none.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self.0.is_empty() {
            true => Vec::new(),
            // Text keys and JSON values can always be written.
            false => serde_json::to_vec(&self.0).unwrap_or_default(),
        }
    }

    /// The note of that name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    /// All notes, by their names.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, note)| (name.as_str(), note))
    }

    /// Sets or forgets a note.
    pub fn set(&mut self, name: &str, what: Option<Json>) {
        match what {
            Some(what) => self.0.insert(name.to_owned(), what),
            None => self.0.remove(name),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_survive_and_none_are_nothing_at_all() {
        let mut notes = Private::default();
        assert!(notes.to_bytes().is_empty());
        notes.set("host", Some("x.example".into()));
        notes.set("seen", Some([1, 2].as_slice().into()));
        notes.set("seen", None);
        let again = Private::from_bytes(&notes.to_bytes());
        assert_eq!(again, notes);
        assert_eq!(again.get("host"), Some(&"x.example".into()));
    }

    #[test]
    fn what_someone_else_noted_is_as_nothing() {
        for bytes in [b"".as_slice(), b"private", b"[1]", b"\xff"] {
            assert_eq!(Private::from_bytes(bytes), Private::default());
        }
    }
}
