//! Why something that a resource leaves out was not found.

use crate::tfplugin::diagnostics::Diagnostic;
use crate::tfplugin::path::Path;

/// Why something was not found.
#[derive(Debug)]
pub enum Gap {
    /// Nobody knows yet.
    Later,
    /// It comes about in the same run; this is told if it does not.
    Coming(Diagnostic),
    /// It is not there; it is looked for again before anything is ordered.
    NotYet(Diagnostic),
    /// The exchange could not be asked.
    Unasked(Diagnostic),
    /// The user has to say it.
    Unclear(Diagnostic),
    /// The provider's account is none to order for, which is told once in a run.
    NotYours(Diagnostic),
    /// The exchange does not let the provider in, which is told once in a run.
    Shut(Diagnostic),
}

impl Gap {
    /// The same, about this attribute.
    pub fn at(self, path: Path) -> Gap {
        match self {
            Gap::Later => Gap::Later,
            Gap::Coming(note) => Gap::Coming(note.at(path)),
            Gap::NotYet(note) => Gap::NotYet(note.at(path)),
            Gap::Unasked(error) => Gap::Unasked(error.at(path)),
            Gap::Unclear(error) => Gap::Unclear(error.at(path)),
            Gap::NotYours(error) => Gap::NotYours(error),
            Gap::Shut(error) => Gap::Shut(error),
        }
    }
}
