//! What a person reads when the exchange refuses or cannot be reached: what was tried, on what, what
//! was said, and what to do next.

use crate::entities::declaration::{Entity, Field, Kind, Life};
use crate::ixapi::{Error, ErrorKind, Problem, Setting};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;

use super::PREFIX;
use super::configuration::{WAY_TO_LOG_IN, how_to_set};
use super::timeouts::Operation;

/// What was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// An operation on an object.
    On(Operation),
    /// Finding an object to import.
    Import,
    /// Looking up many.
    List,
}

impl Attempt {
    /// `ordering the port or LAG`, as the subject of a sentence.
    fn doing(self, entity: &Entity) -> String {
        let noun = entity.noun;
        match self {
            Attempt::On(Operation::Create) => format!("Creating the {noun}"),
            Attempt::On(Operation::Read) => format!("Reading the {noun}"),
            Attempt::On(Operation::Update) => format!("Changing the {noun}"),
            Attempt::On(Operation::Delete) => format!("Deleting the {noun}"),
            Attempt::Import => format!("Importing the {noun}"),
            Attempt::List => format!("Looking up {}", entity.plural.replace('_', " ")),
        }
    }

    /// What has not happened, now that it failed.
    fn consequence(self, entity: &Entity) -> &'static str {
        match self {
            Attempt::On(Operation::Create) => "Nothing was ordered.",
            Attempt::On(Operation::Read) => "The state is as it was.",
            Attempt::On(Operation::Update) => "Nothing was changed.",
            Attempt::On(Operation::Delete) => match entity.life {
                Life::Provisioned(_) => "It stays in the state, and goes on being billed.",
                Life::Immediate | Life::Catalogue => "It stays in the state.",
            },
            Attempt::Import => "Nothing was imported.",
            Attempt::List => "",
        }
    }
}

/// What it was tried on.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The kind of object.
    pub entity: &'static Entity,
    /// Which one, once it has an id.
    pub id: Option<&'a str>,
}

impl Subject<'_> {
    /// `ixapi_connection CANL-051665`
    pub fn named(&self) -> String {
        let name = format!("{PREFIX}_{}", self.entity.name);
        match self.id {
            Some(id) => format!("{name} {id}"),
            None => name,
        }
    }
}

/// An error of the client, as a person reads it: each property that the exchange names on its own
/// attribute, everything else on the object.
pub fn explain(attempt: Attempt, subject: Subject, error: &Error) -> Diagnostics {
    let doing = attempt.doing(subject.entity);
    let story = story(attempt, subject, error);
    let mut diagnostics = Diagnostics::default();
    if let Some(problem) = error.problem() {
        for property in &problem.properties {
            let path = property
                .name
                .as_deref()
                .and_then(|name| attribute_path(subject.entity, name));
            if let Some(path) = path {
                diagnostics.push(
                    Diagnostic::error(
                        format!("{doing} was refused: {path}"),
                        refusal(attempt, subject, error, &property.reason),
                    )
                    .at(path),
                );
            }
        }
    }
    if diagnostics.is_empty() {
        diagnostics.push(Diagnostic::error(summary(&doing, error), story));
    }
    diagnostics
}

/// The short story of a property that was refused: what it is about is in the summary.
fn refusal(attempt: Attempt, subject: Subject, error: &Error, reason: &str) -> String {
    let status = error.status().unwrap_or_default();
    let reason = reason.trim().trim_end_matches('.');
    format!(
        "The exchange says: {reason}.\n\n{}: {} was refused with status {status}. {} {}",
        subject.named(),
        error.request(),
        attempt.consequence(subject.entity),
        what_next(attempt, subject, error)
    )
}

fn summary(doing: &str, error: &Error) -> String {
    match error.kind() {
        ErrorKind::Problem(Problem { title, status, .. }) => match title {
            Some(title) => format!("{doing} was refused: {}", title.trim_end_matches('.')),
            None => format!("{doing} was refused with status {status}"),
        },
        ErrorKind::NotJson { status, .. } if *status >= 400 => {
            format!("{doing} failed with status {status}")
        }
        ErrorKind::NotJson { .. } | ErrorKind::Decode { .. } => {
            format!("{doing} brought no answer that can be understood")
        }
        ErrorKind::Connect { .. } => format!("{doing} failed: the exchange cannot be reached"),
        ErrorKind::Timeout { .. } | ErrorKind::Cut { .. } => format!("{doing} was not answered"),
        ErrorKind::Credentials { .. } => format!("{doing} failed: the exchange did not log us in"),
        ErrorKind::Interrupted => format!("{doing} was interrupted"),
        _ => format!("{doing} failed"),
    }
}

fn story(attempt: Attempt, subject: Subject, error: &Error) -> String {
    let mut story = match attempt {
        Attempt::List => format!("{error}"),
        _ => format!("{}: {error}", subject.named()),
    };
    if let Some(problem) = error.problem() {
        if let Some(kind) = &problem.kind_uri {
            story.push_str(&format!("\nKind of problem: {kind}"));
        }
        if let Some(instance) = &problem.instance {
            story.push_str(&format!("\nThis occurrence: {instance}"));
        }
    }
    if let Some(request_id) = error.request_id() {
        story.push_str(&format!(
            "\nRequest id, for the exchange's support: {request_id}"
        ));
    }
    let consequence = if error.outcome_unknown() {
        ""
    } else {
        attempt.consequence(subject.entity)
    };
    let next = what_next(attempt, subject, error);
    story.push_str(&format!("\n\n{}", [consequence, &next].join(" ").trim()));
    story
}

fn what_next(attempt: Attempt, subject: Subject, error: &Error) -> String {
    if error.outcome_unknown() && attempt == Attempt::On(Operation::Create) {
        return format!(
            "Before you apply again, look whether the exchange has it: another apply would order \
             it a second time. If it is there, take it over with an import block:\n\n  import {{\n    \
             to = {PREFIX}_{}.<name>\n    id = \"<id>\"\n  }}",
            subject.entity.name
        );
    }
    match error.kind() {
        ErrorKind::Credentials { setting, .. } => format!(
            "Check {} and {} of the provider, and that {WAY_TO_LOG_IN} is the way in which this exchange \
             lets you in.",
            how_to_set(Setting::Key),
            how_to_set(*setting)
        ),
        ErrorKind::Connect { .. } => format!(
            "Check that address, which comes from {} or {} of the provider, and the way there (name, \
             network, HTTPS_PROXY), then try again.",
            how_to_set(Setting::Api),
            how_to_set(Setting::TokenUrl)
        ),
        ErrorKind::NotJson { status, .. } if *status < 500 => format!(
            "Something else than IX-API answered: check {} of the provider.",
            how_to_set(Setting::Api)
        ),
        ErrorKind::Redirect { .. } => {
            format!("Set {} to where it points.", how_to_set(Setting::Api))
        }
        ErrorKind::Interrupted => "Run it again to go on.".to_owned(),
        _ => match error.status() {
            Some(400 | 422) if attempt == Attempt::On(Operation::Delete) => {
                "Resolve what the exchange says, then try again. If it is to be replaced while something \
                 uses it, add lifecycle { create_before_destroy = true }."
                    .to_owned()
            }
            Some(400 | 422) => "Correct the configuration and try again.".to_owned(),
            Some(401) => format!(
                "Check {} and {} of the provider.",
                how_to_set(Setting::Key),
                how_to_set(Setting::Secret)
            ),
            Some(403) => {
                "The exchange knows you and does not allow this: ask it for the permission, or use \
                 another account."
                    .to_owned()
            }
            Some(404) => match attempt {
                Attempt::Import => {
                    "Check the id, and that these credentials may see the object.".to_owned()
                }
                _ => format!("Check {} of the provider.", how_to_set(Setting::Api)),
            },
            Some(409) => "Remove what still uses it, then try again.".to_owned(),
            _ if error.is_transient() => "Try again later.".to_owned(),
            _ => String::new(),
        },
    }
}

/// Where in the configuration a property of the request is: `vlan_config.vlan`.
fn attribute_path(entity: &Entity, property: &str) -> Option<Path> {
    let mut names = property.split(['.', '/']).filter(|name| !name.is_empty());
    let first = names.next()?;
    let field = entity.all_fields().find(|field| field.name == first)?;
    if !field.is_configurable() {
        return None;
    }
    let path = Path::attribute(field.attribute);
    Some(match (&field.kind, names.next()) {
        (Kind::Object(inner), Some(name)) => below(path, inner, name),
        _ => path,
    })
}

fn below(path: Path, fields: &[Field], name: &str) -> Path {
    match fields.iter().find(|field| field.name == name) {
        Some(field) => path.then(field.attribute),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::entities;

    fn path(entity: &str, property: &str) -> Option<String> {
        let entity = entities::ALL.iter().find(|e| e.name == entity).unwrap();
        attribute_path(entity, property).map(|path| path.to_string())
    }

    #[test]
    fn a_property_is_found_in_the_configuration() {
        assert_eq!(
            path("nsc", "vlan_config.vlan").as_deref(),
            Some("vlan_config.vlan")
        );
        assert_eq!(
            path("nsc", "connection").as_deref(),
            Some("network_connection")
        );
        assert_eq!(
            path("nsc", "vlan_config.colour").as_deref(),
            Some("vlan_config")
        );
        assert_eq!(path("nsc", "state"), None);
        assert_eq!(path("nsc", "nonsense"), None);
    }
}
