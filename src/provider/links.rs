//! Objects of another collection that a resource keeps as its own: the role assignments of a
//! contact.

use std::collections::BTreeMap;

use tokio::time::Instant;

use crate::entities::declaration::Link;
use crate::ixapi::{Error, Json, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::remote::Remote;
use super::timeouts::Operation;

/// The linking objects of one object: their ids, by target.
struct Linked(BTreeMap<String, String>);

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
        let pair = |object: &Json| {
            let text = |name: &str| object.get(name).and_then(lenient::text);
            Some((text(link.target)?, text("id")?))
        };
        Ok(Linked(own.filter_map(pair).collect()))
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
            if self.0.keys().any(|has| link.targets.means(has, target)) {
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
            self.0.insert((*target).to_owned(), id);
        }
        let surplus: Vec<(String, String)> = self
            .0
            .iter()
            .filter(|(has, _)| !wanted.iter().any(|target| link.targets.means(has, target)))
            .map(|(target, id)| (target.clone(), id.clone()))
            .collect();
        for (target, id) in surplus {
            match objects.delete(&id, None, remote.stop).await {
                Err(error) if !error.is_not_found() => {
                    return Err(Failed {
                        what: "taken away",
                        target,
                        error,
                    });
                }
                _ => self.0.remove(&target),
            };
        }
        Ok(())
    }

    fn put(&self, link: &Link, state: &mut Value) {
        let before = state.get(link.targets.attribute).clone();
        let spelled = |target: &String| {
            let same = |known: &&Value| {
                let known = known.as_str();
                known.is_some_and(|known| link.targets.means(target, known))
            };
            let known = before.elements().iter().find(same);
            known.cloned().unwrap_or_else(|| Value::text(target))
        };
        state.put(
            link.targets.attribute,
            Value::set(self.0.keys().map(spelled)),
        );
        state.put(
            link.objects.attribute,
            Value::set(self.0.values().map(Value::text)),
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
