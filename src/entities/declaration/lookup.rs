//! A question to the exchange that is not a list.

use super::collection::Collection;
use super::field::Field;

/// A data source that asks about one object.
#[derive(Debug)]
pub struct Lookup {
    /// Terraform's name, without the provider's prefix: `loa`.
    pub name: &'static str,
    /// What a person calls it: `letter of authorisation`.
    pub noun: &'static str,
    /// What it is, in Markdown, for the documentation.
    pub description: &'static str,
    /// What it can be asked of; exactly one argument is given.
    pub subjects: &'static [Subject],
    /// Where it is, below its subject: `loa`.
    pub below: &'static str,
    /// Further arguments, which are sent as query parameters.
    pub arguments: &'static [Field],
    /// What comes back.
    pub answer: Answer,
}

/// One of the things that can be asked about.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The argument that holds its id.
    pub argument: &'static str,
    /// The collection that it is in.
    pub of: &'static Collection,
}

/// What a lookup brings back.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// An object with these fields.
    Object(&'static [Field]),
    /// A document, as it is.
    Document,
}
