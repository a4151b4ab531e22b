//! What a person reads when the exchange refuses or cannot be reached: what was tried, on what,
//! what was said, and what to do next.

use crate::entities::declaration::{
    Arrives, Collection, Ends, Field, Filter, Kind, Lookup, Resource,
};
use crate::ixapi::{Error, ErrorKind, Problem, Setting};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::PREFIX;
use super::configuration::{WAY_TO_LOG_IN, how_to_set};
use super::remote::Remote;
use super::session::Interrupted;
use super::timeouts::Operation;

/// Whether such objects cost nothing, so that one too many is no more than untidy. What is below
/// another object changes it, which may cost something.
fn is_free(resource: &Resource) -> bool {
    let stands_alone = !matches!(resource.arrives, Arrives::Below { .. });
    stands_alone && !matches!(resource.ends, Ends::Cancelled)
}

/// What speaks against another apply where nobody knows what came of an order.
pub fn once_more(resource: &Resource) -> &'static str {
    match is_free(resource) {
        true => "another apply could make a second one, though that costs nothing",
        false => "another apply could order it a second time",
    }
}

/// What a person should do who has set an address that is none.
fn check_address() -> String {
    format!(
        "Check {} of the provider: it is the whole address of the API, which at most exchanges \
         ends in /api/v2. If it has worked before, the exchange may be down: try again later.",
        how_to_set(Setting::Api)
    )
}

/// What a person should do whose requests do not get there.
fn check_way() -> String {
    format!(
        "Check that address, which comes from {} or {} of the provider, and the way there (name, \
         network, HTTPS_PROXY), then try again.",
        how_to_set(Setting::Api),
        how_to_set(Setting::TokenUrl)
    )
}

/// What a person should do whom the exchange does not let in, beginning with this setting.
fn check_credentials(setting: Setting) -> String {
    match setting {
        Setting::Api => format!(
            "{} Check too that {WAY_TO_LOG_IN} is the way in which this exchange lets you in.",
            check_address()
        ),
        setting => format!(
            "Check {} and {} of the provider, and that {WAY_TO_LOG_IN} is the way in which this \
             exchange lets you in.",
            how_to_set(Setting::Key),
            how_to_set(setting)
        ),
    }
}

/// That the exchange does not let the provider in, if that is what is wrong. It goes for all that
/// is asked in a run, and is to be told once in it.
pub fn not_let_in(error: &Error) -> Option<Diagnostic> {
    let ErrorKind::Credentials { setting, .. } = error.kind() else {
        return None;
    };
    let check = check_credentials(*setting);
    Some(told_once("The exchange did not log us in", error, &check))
}

/// The same, or that another request of the run has found out that nothing gets there.
pub fn nothing_can_be_asked(error: &Error) -> Option<Diagnostic> {
    match error.kind() {
        ErrorKind::Unreachable { .. } => {
            let summary = "The exchange cannot be reached";
            Some(told_once(summary, error, &check_way()))
        }
        _ => not_let_in(error),
    }
}

fn told_once(summary: &str, error: &Error, check: &str) -> Diagnostic {
    let id = request_id(error);
    let all = "That goes for all that is asked, and is told once.";
    Diagnostic::error(summary, format!("{error}{id}\n\n{all} {check}"))
}

/// What was tried, and on what.
#[derive(Clone, Copy, Debug)]
pub enum Attempt<'a> {
    /// Ordering something new.
    Order(&'static Resource),
    /// Finding what the exchange has made.
    Find(&'static Resource),
    /// An operation on an object.
    On(Operation, &'a Remote<'a>),
    /// Ending an object by an action, which leaves the state alone.
    End(&'a Remote<'a>),
    /// Changing an object from which something has been taken away before, as part of the change.
    Rest(&'a Remote<'a>),
    /// Finding an object to import.
    Import(&'a Remote<'a>),
    /// Finding the object that bears a reference, to import it.
    Refer(&'static Resource),
    /// Looking up many.
    List(&'static Collection),
    /// Asking about the object of this id, or about the exchange itself.
    Ask(&'static Lookup, &'a str),
    /// Handing in a document for the object of this id.
    HandIn(&'static Lookup, &'a str),
    /// Looking whether what a document was handed in for is there.
    Revisit(&'static Lookup, &'a str),
}

impl Attempt<'_> {
    /// `Ordering the port or LAG`, as the subject of a sentence.
    fn doing(self) -> String {
        match self {
            Attempt::Order(resource) => format!("Creating the {}", resource.noun),
            Attempt::Find(resource) => format!("Finding the {}", resource.noun),
            Attempt::On(operation, remote) => {
                let verb = match operation {
                    Operation::Create => "Creating",
                    Operation::Read => "Reading",
                    Operation::Update => "Changing",
                    Operation::Delete => "Deleting",
                };
                format!("{verb} the {}", remote.resource.noun)
            }
            Attempt::End(remote) => format!("Ending the {}", remote.resource.noun),
            Attempt::Rest(remote) => Attempt::On(Operation::Update, remote).doing(),
            Attempt::Import(remote) => format!("Importing the {}", remote.resource.noun),
            Attempt::Refer(resource) => format!("Importing the {}", resource.noun),
            Attempt::List(collection) => {
                format!("Looking up {}", collection.plural.replace('_', " "))
            }
            Attempt::Ask(lookup, "") => format!("Looking up the {}", lookup.noun),
            Attempt::Ask(lookup, id) => format!("Looking up the {} of {id}", lookup.noun),
            Attempt::HandIn(lookup, id) => format!("Uploading the {} for {id}", lookup.noun),
            Attempt::Revisit(lookup, id) => {
                format!("Looking at {id}, which the {} is for,", lookup.noun)
            }
        }
    }

    /// What it was tried on, as Terraform names it; empty for a look-up, which Terraform names.
    fn on(self) -> String {
        match self {
            Attempt::Order(resource) | Attempt::Find(resource) | Attempt::Refer(resource) => {
                format!("{PREFIX}_{}: ", resource.name)
            }
            Attempt::On(_, remote)
            | Attempt::End(remote)
            | Attempt::Rest(remote)
            | Attempt::Import(remote) => format!("{}: ", remote.name()),
            Attempt::HandIn(lookup, _) | Attempt::Revisit(lookup, _) => {
                format!("{PREFIX}_{}: ", lookup.name)
            }
            Attempt::List(_) | Attempt::Ask(..) => String::new(),
        }
    }

    /// What has not happened, now that it failed.
    fn consequence(self) -> &'static str {
        match self {
            Attempt::Order(resource) if is_free(resource) => "Nothing was created.",
            Attempt::Order(_) => "Nothing was ordered.",
            Attempt::Find(_) => "Nothing was changed.",
            Attempt::On(Operation::Create, _) => "It is in the state.",
            Attempt::On(Operation::Read, _) | Attempt::Revisit(..) => "The state is as it was.",
            Attempt::On(Operation::Update, _) => "Nothing was changed.",
            Attempt::End(_) => "It goes on as before.",
            Attempt::Rest(_) => {
                "What it was to lose was taken away before; nothing else was changed."
            }
            Attempt::On(Operation::Delete, remote) => match remote.resource.ends {
                Ends::Cancelled => "It stays in the state, and goes on being billed.",
                Ends::Deleted | Ends::LetGo => "It stays in the state.",
            },
            Attempt::Import(_) | Attempt::Refer(_) => "Nothing was imported.",
            Attempt::HandIn(..) => "Nothing was uploaded.",
            Attempt::List(_) | Attempt::Ask(..) => "",
        }
    }

    /// Whether an object is to end.
    fn ends(self) -> bool {
        matches!(self, Attempt::On(Operation::Delete, _) | Attempt::End(_))
    }

    fn resource(self) -> Option<&'static Resource> {
        match self {
            Attempt::Order(resource) | Attempt::Find(resource) | Attempt::Refer(resource) => {
                Some(resource)
            }
            Attempt::On(_, remote)
            | Attempt::End(remote)
            | Attempt::Rest(remote)
            | Attempt::Import(remote) => Some(remote.resource),
            Attempt::List(_) | Attempt::Ask(..) | Attempt::HandIn(..) | Attempt::Revisit(..) => {
                None
            }
        }
    }

    /// Where in the configuration a property of the request is.
    fn path_of(self, property: &str) -> Option<Path> {
        match self {
            Attempt::List(collection) => {
                // By which ids is asked in one of two arguments.
                let mut filters = collection.all_filters().filter(|it| it.parameter != "id");
                let is_it = |filter: &&Filter| {
                    filter.parameter == property || filter.older == Some(property)
                };
                let filter = filters.find(is_it)?;
                Some(Path::attribute(filter.argument))
            }
            Attempt::Ask(lookup, _) => {
                let mut arguments = lookup.arguments.iter();
                let argument = arguments.find(|argument| argument.name == property)?;
                Some(Path::attribute(argument.attribute))
            }
            Attempt::End(remote) => {
                // Of the object's attributes, actions have the day alone.
                let mut fields = remote.resource.of.shape.all_fields();
                let is_day = |field: &&Field| field.name == property && field.sent_with_delete;
                Some(Path::attribute(fields.find(is_day)?.attribute))
            }
            _ => attribute_path(self.resource()?, property),
        }
    }

    /// An error of the client, as a person reads it: each property that the exchange names on its
    /// own attribute, everything else on the object.
    pub fn explain(self, error: &Error) -> Diagnostics {
        let doing = self.doing();
        let mut diagnostics = Diagnostics::default();
        for property in error.problem().map_or(&[][..], |p| p.properties.as_slice()) {
            let name = property.name.as_deref();
            let path = name.and_then(|name| self.path_of(name));
            if let Some(path) = path {
                let summary = format!("{doing} was refused: {path}");
                let story = self.refusal(error, &property.reason);
                diagnostics.push(Diagnostic::error(summary, story).at(path));
            }
        }
        if diagnostics.is_empty() {
            let story = self.story(error);
            diagnostics.push(Diagnostic::error(summary(&doing, error), story));
        }
        diagnostics
    }

    /// A person interrupted before anything was sent.
    pub fn interrupted(self, _: Interrupted) -> Diagnostics {
        Diagnostic::error(
            format!("{} was interrupted", self.doing()),
            format!(
                "{}Nothing was sent yet. {} Run it again to go on.",
                self.on(),
                self.consequence()
            ),
        )
        .into()
    }

    /// The short story of a property that was refused: what it is about is in the summary.
    fn refusal(self, error: &Error, reason: &str) -> String {
        let status = error.status().unwrap_or_default();
        let reason = reason.trim().trim_end_matches('.');
        let day = first_day(error).map(|day| format!(" The first possible day is {day}."));
        let day = day.unwrap_or_default();
        let occurrence = occurrence(error);
        format!(
            "The exchange says: {reason}.{day}{occurrence}\n\n{}{} was refused with status \
             {status}. {} {}",
            self.on(),
            error.request(),
            self.consequence(),
            self.what_next(error)
        )
    }

    fn story(self, error: &Error) -> String {
        let mut story = format!("{}{error}", self.on());
        let kind = error
            .problem()
            .and_then(|problem| problem.kind_uri.as_ref());
        if let Some(kind) = kind {
            story.push_str(&format!("\nKind of problem: {kind}"));
        }
        story.push_str(&occurrence(error));
        story.push_str(&request_id(error));
        let consequence = match error.outcome_unknown() {
            true => "",
            false => self.consequence(),
        };
        let next = self.what_next(error);
        story.push_str(&format!("\n\n{}", [consequence, &next].join(" ").trim()));
        story
    }

    fn what_next(self, error: &Error) -> String {
        if error.outcome_unknown()
            && let Attempt::Order(resource) = self
        {
            let address = match error.kind() {
                ErrorKind::NotAnExchange { .. } => format!("{} ", check_address()),
                _ => String::new(),
            };
            return format!(
                "{address}Before you apply again, look whether the exchange has it: {}. If it is \
                 there, take it over with an import block:\n\n{}",
                once_more(resource),
                import_block(resource, "<id>")
            );
        }
        match error.kind() {
            ErrorKind::Credentials { setting, .. } => check_credentials(*setting),
            ErrorKind::Connect { .. } | ErrorKind::Unreachable { .. } => check_way(),
            ErrorKind::NotJson { status, .. } if *status < 500 => format!(
                "Something else than IX-API answered: check {} of the provider.",
                how_to_set(Setting::Api)
            ),
            ErrorKind::NotAnExchange { .. } => check_address(),
            ErrorKind::Redirect { .. } => format!(
                "If that is an address of the exchange's, set {} to it.",
                how_to_set(Setting::Api)
            ),
            ErrorKind::Timeout { .. } => format!(
                "Try again later, or give answers more time: {} of the provider.",
                how_to_set(Setting::RequestTimeout)
            ),
            ErrorKind::Interrupted => "Run it again to go on.".to_owned(),
            _ => match error.status() {
                Some(400 | 422) if matches!(self, Attempt::On(Operation::Delete, _)) => {
                    "Resolve what the exchange says, then try again. If another takes its place in \
                     what uses it, that has to come first: lifecycle { create_before_destroy = \
                     true } says so. Where the old one has left the configuration already, put it \
                     back beside the new one for one apply with that line."
                        .to_owned()
                }
                Some(400 | 422) if matches!(self, Attempt::End(_)) => {
                    "Resolve what the exchange says, then try again.".to_owned()
                }
                Some(400 | 422) => "Correct the configuration and try again.".to_owned(),
                Some(401) => format!(
                    "Check {} and {} of the provider.",
                    how_to_set(Setting::Key),
                    how_to_set(Setting::Secret)
                ),
                Some(403) if matches!(self, Attempt::On(Operation::Delete, _)) => {
                    "The exchange knows you and does not allow this: ask it for the permission, \
                     or use another account. If it is somebody else's, terraform state rm takes it \
                     out of the state."
                        .to_owned()
                }
                Some(403) => {
                    "The exchange knows you and does not allow this: ask it for the permission, \
                     or use another account."
                        .to_owned()
                }
                Some(404) => match self {
                    Attempt::Ask(lookup, id) => not_there(lookup, id),
                    Attempt::Import(_) | Attempt::HandIn(..) => {
                        "Check the id, and that these credentials may see the object.".to_owned()
                    }
                    Attempt::On(Operation::Update, _) | Attempt::Rest(_) => {
                        "It may be gone: plan again, which looks whether it is.".to_owned()
                    }
                    _ => format!("Check {} of the provider.", how_to_set(Setting::Api)),
                },
                Some(409) if self.ends() && first_day(error).is_none() => {
                    "Remove what still uses it, then try again.".to_owned()
                }
                Some(413) if matches!(self, Attempt::HandIn(..)) => {
                    "It is too large for the exchange: hand in a smaller file.".to_owned()
                }
                Some(409) => "Resolve what the exchange says, then try again.".to_owned(),
                _ if error.is_transient() => "Try again later.".to_owned(),
                _ => String::new(),
            },
        }
    }
}

/// The first day on which something can end, where another one was refused.
fn first_day(error: &Error) -> Option<&str> {
    error.problem()?.decommission_at.as_deref()
}

/// What may not be there, where a question is answered with 404: what is asked about, or what is
/// asked of it.
fn not_there(lookup: &Lookup, id: &str) -> String {
    let noun = lookup.noun;
    if id.is_empty() {
        return format!(
            "This exchange does not tell {}: it may have an IX-API of another version.",
            lookup.name.replace('_', " ")
        );
    }
    if lookup.below.is_empty() {
        return "Check the id, and that these credentials may see the object.".to_owned();
    }
    let named = lookup.arguments.iter().filter(|one| lookup.is_in_path(one));
    let named: Vec<&str> = named.map(|argument| argument.attribute).collect();
    let named = match named.as_slice() {
        [] => String::new(),
        names => format!(" by this {}", names.join(" and ")),
    };
    format!(
        "What was asked for is the {noun} of {id}. Either these credentials see nothing of this \
         id: check it. Or what has it is there, and the exchange has no {noun} of it{named}."
    )
}

/// What a person pastes to take over the object of this id.
pub fn import_block(resource: &Resource, id: &str) -> String {
    let name = resource.name;
    format!("  import {{\n    to = {PREFIX}_{name}.<name>\n    id = {id:?}\n  }}")
}

/// What the exchange calls this very refusal, for its support; nothing if it has no name.
fn occurrence(error: &Error) -> String {
    let instance = error
        .problem()
        .and_then(|problem| problem.instance.as_deref());
    instance.map_or_else(String::new, |it| format!("\nThis occurrence: {it}"))
}

/// What the exchange calls the request, for its support; nothing if it does not say.
fn request_id(error: &Error) -> String {
    let id = error.request_id();
    id.map_or_else(String::new, |id| {
        format!("\nRequest id, for the exchange's support: {id}")
    })
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
        ErrorKind::NotAnExchange { .. } => {
            format!("{doing} failed: this is not the address of an IX-API")
        }
        ErrorKind::Connect { .. } | ErrorKind::Unreachable { .. } => {
            format!("{doing} failed: the exchange cannot be reached")
        }
        ErrorKind::Timeout { .. } | ErrorKind::Cut { .. } => format!("{doing} was not answered"),
        ErrorKind::Credentials { .. } => format!("{doing} failed: the exchange did not log us in"),
        ErrorKind::Interrupted => format!("{doing} was interrupted"),
        _ => format!("{doing} failed"),
    }
}

/// Where in the configuration a property of the request is: `vlan_config.vlan`.
fn attribute_path(resource: &Resource, property: &str) -> Option<Path> {
    let mut names = property.split(['.', '/']).filter(|name| !name.is_empty());
    let first = names.next()?;
    let known = resource.variant_of(&Value::Null);
    let mut fields = resource.of.shape.fields_of(known);
    let declared = fields.find(|field| field.name == first);
    let field = declared.or_else(|| {
        let mut any = resource.of.shape.all_fields();
        any.find(|field| field.name == first)
    })?;
    if !field.is_configurable() {
        return None;
    }
    let path = Path::attribute(field.attribute);
    Some(match (&field.kind, names.next()) {
        (Kind::Object(shape), Some(name)) => {
            match shape.all_fields().find(|field| field.name == name) {
                Some(inner) => path.then(inner.attribute),
                None => path,
            }
        }
        _ => path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::testing::resource_named;

    fn path(resource: &str, property: &str) -> Option<String> {
        attribute_path(resource_named(resource), property).map(|path| path.to_string())
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
        assert_eq!(path("nsc", "asns").as_deref(), Some("asns"));
        assert_eq!(path("p2p_vc", "capacity"), None);
        assert_eq!(path("nsc", "state"), None);
        assert_eq!(path("nsc", "nonsense"), None);
    }
}
