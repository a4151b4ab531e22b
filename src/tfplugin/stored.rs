//! States and identities that another version stored, or another provider.

use serde_json::Value as Json;

use super::convert::unreadable;
use super::diagnostics::{Diagnostic, Diagnostics};
use super::msgpack::DecodeError;
use super::proto::tfplugin6::RawState;
use super::raw_state;
use super::types::Type;
use super::value::Value;

/// What the errors call it.
const STORED: &str = "the stored state";

/// A stored value: JSON, written by some schema.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    json: &'a [u8],
    kind: &'a Type,
}

impl<'a> Stored<'a> {
    /// JSON that is to become a value of a type. None at all stands for null.
    pub fn new(json: &'a [u8], kind: &'a Type) -> Stored<'a> {
        Stored { json, kind }
    }

    pub(super) fn from_wire(
        raw: Option<&'a RawState>,
        kind: &'a Type,
    ) -> Result<Stored<'a>, Diagnostics> {
        match raw {
            Some(raw) if raw.json.is_empty() && !raw.flatmap.is_empty() => Err(Diagnostic::error(
                "State too old",
                "The state is in the format of Terraform 0.11, older than this provider.",
            )
            .into()),
            Some(raw) => Ok(Stored::new(&raw.json, kind)),
            None => Ok(Stored::new(&[], kind)),
        }
    }

    /// The value as today's schema reads it: what is missing is null, what is unknown is dropped.
    ///
    /// # Errors
    /// An attribute holds something of another type.
    pub fn by_todays_schema(&self) -> Result<Value, Diagnostics> {
        match self.json {
            [] => Ok(Value::Null),
            json => {
                raw_state::decode_state(json, self.kind).map_err(|error| unreadable(&error, STORED))
            }
        }
    }

    /// Another JSON, as today's schema reads it in place of this one.
    ///
    /// # Errors
    /// An attribute holds something of another type.
    pub fn in_place_of_it(&self, json: &Json) -> Result<Value, Diagnostics> {
        let json = json.to_string();
        Stored::new(json.as_bytes(), self.kind).by_todays_schema()
    }

    /// The value as it was written. Numbers that 64 bits cannot hold are rounded.
    ///
    /// # Errors
    /// It is no JSON.
    pub fn as_written(&self) -> Result<Json, Diagnostics> {
        match self.json {
            [] => Ok(Json::Null),
            // The message of the library may quote the value.
            json => serde_json::from_slice(json)
                .map_err(|_| unreadable(&DecodeError::new("JSON", "something else"), STORED)),
        }
    }
}
