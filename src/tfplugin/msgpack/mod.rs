//! Terraform values as MessagePack, the form in which they cross the wire.
//!
//! Both directions follow a type: MessagePack alone does not tell a list from a set, nor an object
//! from a map. What arrives may be hostile or from a version with another schema, so decoding
//! trusts no length, limits the nesting, and says where and what it found instead.

#[cfg(test)]
pub(super) mod arbitrary;
mod decode;
mod encode;
#[cfg(test)]
mod tests;

use super::path::{Path, Step};
use super::types::Type;

pub use decode::decode;
pub(in crate::tfplugin) use decode::{parse_number, read_type};
pub use encode::encode;

/// How deep values and types may nest, the outermost being the first level. Schemas stay far below;
/// the limit keeps a value of dynamic type from exhausting the stack.
pub const MAX_DEPTH: usize = 64;

/// A name quoted in an error is cut to this many characters.
const MAX_QUOTED: usize = 100;

/// Why a value could not be read. It never holds the value itself, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}expected {expected}, found {found}", at(path))]
pub struct DecodeError {
    /// Where the fault is; the nearest set, if it is inside one.
    pub path: Path,
    /// What should have been there.
    pub expected: String,
    /// What was there.
    pub found: String,
}

/// Why a value could not be written. It never holds the value itself, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}expected {expected}, found {found}", at(path))]
pub struct EncodeError {
    /// Where the fault is; the nearest set, if it is inside one.
    pub path: Path,
    /// What the type asks for.
    pub expected: String,
    /// What the value has.
    pub found: String,
}

impl DecodeError {
    pub(super) fn new(expected: impl Into<String>, found: impl Into<String>) -> DecodeError {
        DecodeError {
            path: Path::default(),
            expected: expected.into(),
            found: found.into(),
        }
    }

    pub(super) fn too_deep() -> DecodeError {
        DecodeError::new(depth_allowed(), "a deeper one")
    }

    /// The same error seen from one step further up.
    pub(super) fn below(mut self, step: Step) -> DecodeError {
        self.path.0.insert(0, step);
        self
    }

    pub(super) fn missing_attribute(name: &str) -> DecodeError {
        DecodeError::new("a value or null", "no such attribute")
            .below(Step::Attribute(name.to_owned()))
    }

    pub(super) fn unknown_attribute(name: &str) -> DecodeError {
        DecodeError::new("only attributes of the schema", quoted(name))
    }
}

impl EncodeError {
    fn new(expected: impl Into<String>, found: impl Into<String>) -> EncodeError {
        EncodeError {
            path: Path::default(),
            expected: expected.into(),
            found: found.into(),
        }
    }

    fn below(mut self, step: Step) -> EncodeError {
        self.path.0.insert(0, step);
        self
    }
}

fn at(path: &Path) -> String {
    match path.0.as_slice() {
        [] => String::new(),
        _ => format!("{path}: "),
    }
}

fn depth_allowed() -> String {
    format!("a value of at most {MAX_DEPTH} levels")
}

fn quoted(name: &str) -> String {
    format!("{:?}", name.chars().take(MAX_QUOTED).collect::<String>())
}

/// The step down to an element of a list, or of anything else without names.
pub(super) fn index(position: usize) -> Step {
    Step::Index(position)
}

/// What a value of the type is called in an error.
pub(super) fn describe(kind: &Type) -> String {
    let plain = match kind {
        Type::Bool => "true or false",
        Type::Number => "a number",
        Type::String => "a string",
        Type::Dynamic => "a value with its type",
        Type::List(_) => "a list",
        Type::Set(_) => "a set",
        Type::Map(_) => "a map",
        Type::Tuple(kinds) => return format!("a tuple of {} elements", kinds.len()),
        Type::Object(_) => "an object",
    };
    plain.to_owned()
}
