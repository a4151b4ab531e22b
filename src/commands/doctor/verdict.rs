//! Judging: which resources and data sources will work at this exchange, for these credentials.

use std::collections::BTreeSet;
use std::fmt;

use crate::entities::declaration::{
    Arrives, Collection, Ends, Lookup, Mode, Resource, Source, Which,
};
use crate::entities::{COLLECTIONS, CONTACTS, LOOKUPS, RESOURCES, ROLE_ASSIGNMENTS};
use crate::ixapi::lenient;

use super::dialect::operations;
use super::findings::{Findings, Oddity};
use super::survey::{Narrowed, Survey, is_good, status_of};

/// What is to be expected of a type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It will work.
    Works,
    /// It will, but for this.
    WithCaveats(Vec<String>),
    /// The exchange does not have it; by what that is seen.
    NotOffered(String),
    /// These credentials may not; by what that is seen.
    NotPermitted(String),
    /// Reading does not tell; why.
    Unclear(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Works => f.write_str("will work"),
            Verdict::WithCaveats(caveats) => {
                write!(f, "works with a caveat: {}", caveats.join("; "))
            }
            Verdict::NotOffered(why) => write!(f, "not offered: {why}"),
            Verdict::NotPermitted(why) => {
                write!(f, "not permitted for these credentials: {why}")
            }
            Verdict::Unclear(why) => write!(f, "unclear: {why}"),
        }
    }
}

/// Who judges, by what was seen.
pub struct Judge<'a> {
    survey: &'a Survey,
    findings: &'a Findings,
    operations: BTreeSet<String>,
}

impl<'a> Judge<'a> {
    /// A judge who knows all that was seen.
    pub fn new(survey: &'a Survey, findings: &'a Findings) -> Judge<'a> {
        let operations = operations(survey).into_iter();
        Judge {
            survey,
            findings,
            operations: operations.map(|it| it.to_ascii_lowercase()).collect(),
        }
    }

    /// The verdict on each resource, in the order of their declarations.
    pub fn resources(&self) -> impl Iterator<Item = (&'static str, Verdict)> {
        let managed = RESOURCES.iter().map(|it| (it.name, self.resource(it)));
        let uploads = LOOKUPS.iter().filter(|lookup| lookup.upload().is_some());
        managed.chain(uploads.map(|it| (it.name, self.lookup(it, "create"))))
    }

    /// The verdict on each data source: those of a collection by its plural.
    pub fn data_sources(&self) -> impl Iterator<Item = (&'static str, Verdict)> {
        let listed = COLLECTIONS.iter().filter(|it| !it.filters.is_empty());
        let listed = listed.map(|it| (it.plural, self.collection(it)));
        listed.chain(LOOKUPS.iter().map(|it| (it.name, self.lookup(it, "read"))))
    }

    fn collection(&self, collection: &Collection) -> Verdict {
        let Some(visit) = self.survey.visit(collection.path) else {
            return Verdict::Unclear("it was not asked".to_owned());
        };
        let path = collection.path;
        match status_of(&visit.listed) {
            _ if is_good(&visit.listed) => Verdict::Works,
            Some(status @ (401 | 403)) => {
                Verdict::NotPermitted(format!("GET {path} is answered with {status}"))
            }
            Some(status @ (404 | 405 | 410 | 501)) => {
                Verdict::NotOffered(format!("GET {path} is answered with {status}"))
            }
            Some(status) => Verdict::Unclear(format!("GET {path} is answered with {status}")),
            None => Verdict::Unclear(format!("GET {path} is not answered")),
        }
    }

    fn lookup(&self, lookup: &Lookup, verb: &str) -> Verdict {
        if lookup.subjects.is_empty() {
            let path = format!("/{}", lookup.below);
            let seen = self.survey.about.get(&path);
            return match seen.and_then(status_of) {
                Some(200..=299) => Verdict::Works,
                Some(status @ (401 | 403)) => {
                    Verdict::NotPermitted(format!("GET {path} is answered with {status}"))
                }
                Some(status) => {
                    Verdict::NotOffered(format!("GET {path} is answered with {status}"))
                }
                None => Verdict::Unclear(format!("GET {path} is not answered")),
            };
        }
        let words = lookup.below.split('/').filter(|it| !it.starts_with('{'));
        let below: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let subjects = lookup.subjects.iter();
        let operations = subjects.filter_map(|it| operation(it.of.path, &below, verb));
        let operations: Vec<String> = operations.collect();
        if operations.is_empty() {
            // What is in an extension has no operation; the collections beside it tell.
            self.extension(lookup)
        } else if self.operations.is_empty() {
            Verdict::Unclear("the exchange does not say what it implements".to_owned())
        } else if operations.iter().any(|operation| self.can(operation)) {
            Verdict::Works
        } else {
            Verdict::NotOffered("`/implementation` does not list it".to_owned())
        }
    }

    fn extension(&self, lookup: &Lookup) -> Verdict {
        let name = |path: &'static str| path.split_once(':').map(|(name, _)| name);
        let own = lookup.subjects.first().and_then(|it| name(it.of.path));
        let mut beside = COLLECTIONS.iter().filter(|it| !it.filters.is_empty());
        match beside.find(|it| name(it.path) == own) {
            Some(beside) => self.collection(beside),
            None => Verdict::Unclear("it was not asked".to_owned()),
        }
    }

    /// Whether the exchange says that it has this operation.
    fn can(&self, operation: &str) -> bool {
        self.operations.contains(operation)
    }

    fn lacks(&self, operation: Option<String>) -> Option<String> {
        let lacking = operation.filter(|it| !self.operations.is_empty() && !self.can(it))?;
        Some(format!("`/implementation` does not list `{lacking}`"))
    }

    fn resource(&self, resource: &Resource) -> Verdict {
        let path = resource.of.path;
        // A change request is below what is listed, and in no list of its own.
        let listed = COLLECTIONS
            .iter()
            .copied()
            .find(|it| it.path == path && !it.filters.is_empty());
        match listed.map_or(Verdict::Works, |listed| self.collection(listed)) {
            Verdict::Works => {}
            other => return other,
        }
        let create = match resource.arrives {
            Arrives::Ordered => operation(path, &[], "create"),
            Arrives::Below { name, .. } => operation(path, &[name], "create"),
            Arrives::Found { .. } => None,
        };
        if let Some(lacking) = self.lacks(create) {
            return Verdict::NotOffered(lacking);
        }
        let mut caveats = Vec::new();
        if let Some(missing) = self.variants(resource, &mut caveats) {
            return Verdict::NotOffered(missing);
        }
        let ends = match resource.ends {
            Ends::Cancelled | Ends::Deleted
                if !matches!(resource.arrives, Arrives::Below { .. }) =>
            {
                self.lacks(operation(path, &[], "destroy"))
            }
            _ => None,
        };
        caveats.extend(ends.map(|lacking| format!("it cannot be ended: {lacking}")));
        caveats.extend(self.needs(resource));
        caveats.extend(self.manners(resource));
        match caveats.is_empty() {
            true => Verdict::Works,
            false => Verdict::WithCaveats(caveats),
        }
    }

    /// Why the variants of a resource are not to be had; what is missing of them is a caveat.
    fn variants(&self, resource: &Resource, caveats: &mut Vec<String>) -> Option<String> {
        let member = format!("supported_{}_types", resource.of.name);
        let said = self.survey.said("/implementation")?.get(&member)?;
        let said = lenient::list(said).iter().filter_map(lenient::text);
        let said: Vec<String> = said.map(|it| it.to_ascii_lowercase()).collect();
        let wanted: &[&str] = match &resource.which {
            Which::All => return None,
            Which::Only(only) => std::slice::from_ref(only),
            Which::Some(some) => some,
        };
        let is_missing = |it: &&&str| !said.iter().any(|said| said == *it);
        let missing: Vec<String> = wanted
            .iter()
            .filter(is_missing)
            .map(|it| format!("`{it}`"))
            .collect();
        let missing_text = format!("`{member}` does not name {}", missing.join(", "));
        if missing.len() == wanted.len() {
            return Some(missing_text);
        }
        if !missing.is_empty() {
            caveats.push(missing_text);
        }
        None
    }

    /// What a resource needs besides its collection and cannot have.
    fn needs(&self, resource: &Resource) -> Vec<String> {
        let mut needed = BTreeSet::new();
        needed.extend(resource.links.iter().map(|link| link.of.path));
        for field in resource.of.shape.all_fields().chain(resource.own_fields()) {
            match field.mode {
                Mode::Found(Source::Roles(required)) => {
                    needed.extend([required.collection, ROLE_ASSIGNMENTS.path, CONTACTS.path]);
                }
                Mode::Found(Source::Account) => {
                    needed.insert(crate::entities::ACCOUNTS.path);
                }
                _ => {}
            }
        }
        let unreadable = needed.into_iter().filter_map(|path| {
            let visit = self.survey.visit(path)?;
            let status = status_of(&visit.listed).map(|status| status.to_string());
            let status = status.unwrap_or_else(|| "nothing".to_owned());
            (!is_good(&visit.listed)).then(|| {
                format!(
                    "GET {path} is answered with {status}, so that what is found there has to be \
                     configured"
                )
            })
        });
        unreadable.collect()
    }

    /// What will be felt of how the exchange answers.
    fn manners(&self, resource: &Resource) -> Vec<String> {
        let path = resource.of.path;
        let mut caveats = Vec::new();
        let Some(visit) = self.survey.visit(path) else {
            return caveats;
        };
        if let Some((_, alone)) = &visit.one
            && !is_good(alone)
        {
            let status = status_of(alone).map_or("nothing".to_owned(), |it| it.to_string());
            caveats.push(format!(
                "an object of the list, looked at alone, is answered with {status}"
            ));
        }
        if visit.by_id == Some(Narrowed::No) && visit.next.is_some() {
            caveats.push("filters are not heeded, and lists are read page after page".to_owned());
        }
        for (place, oddity) in self.findings.odd.keys() {
            let (at, field) = place;
            if *at != path {
                continue;
            }
            match oddity {
                Oddity::UnknownState(state) => {
                    let state = match state {
                        Some(state) => format!("a state that is not known (`{state}`)"),
                        None => "a state that is not known".to_owned(),
                    };
                    caveats.push(format!("{state} is waited out"));
                }
                Oddity::WrongType | Oddity::NoMoment => {
                    caveats.push(format!("`{field}` is of a type that cannot be read"));
                }
                Oddity::Absent if field == "id" => {
                    caveats.push("objects are listed without an id".to_owned());
                }
                _ => {}
            }
        }
        caveats
    }
}

/// The id that the specification gives to an operation; none in an extension.
fn operation(path: &str, below: &[&str], verb: &str) -> Option<String> {
    let name = path.strip_prefix('/')?;
    let words = [name]
        .into_iter()
        .chain(below.iter().copied())
        .chain([verb]);
    let words: Vec<String> = words.map(|word| word.replace('-', "_")).collect();
    Some(words.join("_"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn operations_are_called_as_the_specification_calls_them() {
        for (path, below, verb, named) in [
            (
                "/port-reservations",
                &[] as &[&str],
                "create",
                "port_reservations_create",
            ),
            (
                "/network-services",
                &["change-request"],
                "create",
                "network_services_change_request_create",
            ),
            (
                "/connections",
                &["statistics", "timeseries"],
                "read",
                "connections_statistics_timeseries_read",
            ),
        ] {
            assert_eq!(operation(path, below, verb).as_deref(), Some(named));
        }
        assert_eq!(
            operation("inxn-servicekey-v1:/connections", &[], "create"),
            None
        );
    }
}
