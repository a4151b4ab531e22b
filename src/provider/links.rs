//! Objects of another collection that a resource keeps as its own: the role assignments of a
//! contact.

use tokio::time::Instant;

use crate::entities::declaration::{Link, Resource};
use crate::ixapi::{Error, Json, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::remote::Remote;
use super::timeouts::Operation;

/// The linking objects of one object. Nothing keeps others from linking it to a target twice.
struct Linked(Vec<Linking>);

/// A linking object.
#[derive(Clone)]
struct Linking {
    id: String,
    target: String,
}

/// A link that could not be made or unmade.
struct Failed {
    what: &'static str,
    target: String,
    error: Error,
}

/// Reads the links of an object into its state.
///
/// # Errors
/// What the exchange refused, or why it could not be asked.
pub async fn read(remote: &Remote<'_>, state: &mut Value) -> Result<(), Error> {
    for link in remote.resource.links {
        let linked = Linked::of(remote, link).await?;
        linked.put(link, state);
    }
    Ok(())
}

/// Makes the links as planned: adds what is missing, then takes away what is too much. `state`
/// tells how far it came, whatever the outcome.
///
/// # Errors
/// What the exchange refused, at the attribute that says what the object is linked to.
pub async fn make(
    remote: &Remote<'_>,
    operation: Operation,
    planned: &Value,
    state: &mut Value,
) -> Result<(), Diagnostics> {
    for link in remote.resource.links {
        let attempt = Attempt::On(operation, remote);
        let read = Linked::of(remote, link).await;
        let mut linked = read.map_err(|error| attempt.explain(&error))?;
        let wanted = planned.get(link.targets.attribute);
        let done = match wanted.is_known() {
            true => linked.become_these(remote, link, wanted).await,
            false => Ok(()),
        };
        linked.put(link, state);
        done.map_err(|failed| refused(remote, link, &failed))?;
    }
    Ok(())
}

/// Takes all links away, before the object itself goes.
///
/// # Errors
/// What the exchange refused.
pub async fn take_away(remote: &Remote<'_>) -> Result<(), Diagnostics> {
    for link in remote.resource.links {
        let attempt = Attempt::On(Operation::Delete, remote);
        let read = Linked::of(remote, link).await;
        let mut linked = match read {
            // Without the object there is nothing to take away; the deletion finds out.
            Err(error) if error.is_not_found() => continue,
            read => read.map_err(|error| attempt.explain(&error))?,
        };
        let done = linked.become_these(remote, link, &Value::set([])).await;
        done.map_err(|failed| refused(remote, link, &failed))?;
    }
    Ok(())
}

/// Puts the links that an object had before, none if it is new, in the place of those that are
/// planned: as long as none has been made or unmade, they are the truth.
pub fn as_before(resource: &Resource, before: &Value, state: &mut Value) {
    for link in resource.links {
        for attribute in [link.targets.attribute, link.objects.attribute] {
            let had = match before.get(attribute) {
                Value::Null => Value::set([]),
                had => had.clone(),
            };
            state.put(attribute, had);
        }
    }
}

/// Whether a change concerns links.
pub fn differ(remote: &Remote<'_>, prior: &Value, planned: &Value) -> bool {
    remote.resource.links.iter().any(|link| {
        let attribute = link.targets.attribute;
        prior.get(attribute) != planned.get(attribute)
    })
}

impl Linked {
    async fn of(remote: &Remote<'_>, link: &Link) -> Result<Linked, Error> {
        let query = [(link.owner.to_owned(), remote.id.clone())];
        let objects = remote.client.objects(link.of.path);
        let listing = objects.list(&query, Instant::now(), remote.stop).await?;
        // An exchange that does not know the filter lists everybody's.
        let own = listing.rows.iter().filter(|object| {
            let owner = object.get(link.owner).and_then(lenient::text);
            owner.is_some_and(|owner| owner.eq_ignore_ascii_case(&remote.id))
        });
        let linking = |object: &Json| {
            let text = |name: &str| object.get(name).and_then(lenient::text);
            Some(Linking {
                id: text("id")?,
                target: text(link.target)?,
            })
        };
        Ok(Linked(own.filter_map(linking).collect()))
    }

    async fn become_these(
        &mut self,
        remote: &Remote<'_>,
        link: &Link,
        wanted: &Value,
    ) -> Result<(), Failed> {
        let wanted: Vec<&str> = wanted.elements().iter().filter_map(Value::as_str).collect();
        let objects = remote.client.objects(link.of.path);
        for target in &wanted {
            let leads_there = |one: &Linking| link.targets.means(&one.target, target);
            if self.0.iter().any(leads_there) {
                continue;
            }
            let body = Json::Object(
                [
                    (link.owner.to_owned(), Json::from(remote.id.as_str())),
                    (link.target.to_owned(), Json::from(*target)),
                ]
                .into_iter()
                .collect(),
            );
            let made = objects.create(&body, remote.stop).await;
            let made = made.map_err(|error| Failed {
                what: "given",
                target: (*target).to_owned(),
                error,
            })?;
            let id = made.get("id").and_then(lenient::text).unwrap_or_default();
            let target = (*target).to_owned();
            self.0.push(Linking { id, target });
        }
        let is_wanted = |one: &&Linking| {
            let mut wanted = wanted.iter();
            wanted.any(|target| link.targets.means(&one.target, target))
        };
        let surplus = self.0.iter().filter(|one| !is_wanted(one));
        let surplus: Vec<Linking> = surplus.cloned().collect();
        for Linking { id, target } in surplus {
            match objects.delete(&id, None, remote.stop).await {
                Err(error) if !error.is_not_found() => {
                    return Err(Failed {
                        what: "taken away",
                        target,
                        error,
                    });
                }
                _ => self.0.retain(|one| one.id != id),
            }
        }
        Ok(())
    }

    fn put(&self, link: &Link, state: &mut Value) {
        let before = state.get(link.targets.attribute).clone();
        let spelled = |one: &Linking| {
            let same = |known: &&Value| {
                let known = known.as_str();
                known.is_some_and(|known| link.targets.means(&one.target, known))
            };
            let known = before.elements().iter().find(same);
            known.cloned().unwrap_or_else(|| Value::text(&one.target))
        };
        state.put(
            link.targets.attribute,
            Value::set(self.0.iter().map(spelled)),
        );
        state.put(
            link.objects.attribute,
            Value::set(self.0.iter().map(|one| Value::text(&one.id))),
        );
    }
}

fn refused(remote: &Remote<'_>, link: &Link, failed: &Failed) -> Diagnostics {
    let Failed {
        what,
        target,
        error,
    } = failed;
    let attribute = link.targets.attribute;
    Diagnostic::error(
        format!(
            "{} {} has not the {attribute} of the configuration",
            super::messages::sentence(remote.resource.noun),
            remote.id
        ),
        format!(
            "{}: {} {target} could not be {what}: {error}\n\nThe {} \
             itself is in the state, with the {attribute} that it has now. Resolve what the \
             exchange says, then apply again to go on.",
            remote.name(),
            link.target,
            remote.resource.noun
        ),
    )
    .at(Path::attribute(attribute))
    .into()
}
