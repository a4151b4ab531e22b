//! A question to the exchange that is not a list.

use super::check::Check;
use super::collection::Collection;
use super::field::Field;

/// A data source that asks about one object, or about the exchange itself.
#[derive(Debug)]
pub struct Lookup {
    /// Terraform's name, without the provider's prefix: `loa`.
    pub name: &'static str,
    /// What a person calls it: `letter of authorisation`.
    pub noun: &'static str,
    /// What it is, in Markdown, for the documentation.
    pub description: &'static str,
    /// What it can be asked of, of which exactly one is given; none where it is asked of the
    /// exchange itself.
    pub subjects: &'static [Subject],
    /// Where it is, below its subject or the exchange's address: `loa`. The name of an argument in
    /// braces stands for its value: `statistics/{aggregate}/timeseries`. Empty
    /// where it is the subject itself.
    pub below: &'static str,
    /// Further arguments; those that are not part of the path are sent as query parameters.
    pub arguments: &'static [Field],
    /// What comes back.
    pub answer: Answer,
}

/// One of the things that can be asked about.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The argument that holds its id.
    pub argument: &'static str,
    /// The collection that it is in. If its ids are secret, the argument is.
    pub of: &'static Collection,
}

/// What a lookup brings back.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// An object with these fields.
    Object(&'static [Field]),
    /// A list, as this field, sorted by the names of its elements.
    List(&'static Field),
    /// A document, as it is; and how one is handed in, where it comes from the other side.
    Document(Option<&'static Upload>),
}

/// How a document is handed in, which makes a resource of the same name: uploaded again whenever
/// it changes, and never taken back.
#[derive(Debug)]
pub struct Upload {
    /// What it is, in Markdown, for the documentation.
    pub description: &'static str,
    /// What it is sent as.
    pub media_type: &'static str,
    /// What it usually is.
    pub format: Format,
    /// What only the exchange can say about it, in groups.
    pub plan: &'static [&'static [Check]],
}

/// What a document usually is. IX-API prescribes nothing, so another one is told and not refused.
#[derive(Debug)]
pub struct Format {
    /// What a person calls it: `PDF`.
    pub name: &'static str,
    /// Whether a document is one.
    pub is: fn(&[u8]) -> bool,
}

impl Lookup {
    /// How the document is handed in, if it can be.
    pub fn upload(&self) -> Option<&'static Upload> {
        match self.answer {
            Answer::Document(upload) => upload,
            Answer::Object(_) | Answer::List(_) => None,
        }
    }

    /// Whether the value of this argument is part of the path.
    pub fn is_in_path(&self, argument: &Field) -> bool {
        self.below.contains(&format!("{{{}}}", argument.name))
    }
}

/// A secret that an object shows, to be used while Terraform runs and stored nowhere.
#[derive(Debug)]
pub struct Revealed {
    /// Terraform's name, without the provider's prefix: `service_key`.
    pub name: &'static str,
    /// What it is, in Markdown, for the documentation.
    pub description: &'static str,
    /// The collection whose objects show it.
    pub of: &'static Collection,
    /// The argument that holds the id of the object.
    pub argument: &'static str,
    /// The field that holds the secret.
    pub field: &'static str,
}

/// One's own object of a collection, for whoever asks for one without saying which.
#[derive(Debug)]
pub struct Own {
    /// The collection.
    pub of: &'static Collection,
    /// Where newer exchanges tell it: `/account`.
    pub path: &'static str,
}
