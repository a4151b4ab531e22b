//! Objects of another collection that a resource keeps as its own: the role assignments of a
//! contact.

use tokio::time::Instant;

use crate::entities::declaration::{Link, Resource};
use crate::ixapi::{Error, Json, Objects, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::cancellation::{PATIENCE, is_conflict};
use super::errors::Attempt;
use super::pauses::Pauses;
use super::remote::Remote;
use super::timeouts::{self, Operation};

/// The linking objects of one object. Nothing keeps others from linking it to a target twice.
struct Linked(Vec<Linking>);

/// One linking object: its id, and what it links to.
#[derive(Clone)]
struct Linking {
    target: String,
    id: String,
}

/// A link that could not be made or unmade.
struct Failed {
    what: &'static str,
    target: String,
    why: String,
}

/// What came of the order to delete a linking object.
enum Unmade {
    Gone,
    /// It is still there, for this reason, and may go later.
    Kept(String),
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

/// Makes the links that are planned and missing. `state` tells how far it came, whatever the
/// outcome.
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
            true => linked.add(remote, link, wanted).await,
            false => Ok(()),
        };
        linked.put(link, state);
        done.map_err(|failed| refused(remote, link, &failed))?;
    }
    Ok(())
}

/// Takes away the links that are not planned any more, and notes in `state` what is left. A link
/// that something else uses stays for now, and is told: what uses it may be changed after this, by
/// the same apply. It is no part of the plan, so the next refresh has to find it.
///
/// # Errors
/// What the exchange refused, at the attribute that says what the object is linked to.
pub async fn shed(
    remote: &Remote<'_>,
    planned: &Value,
    state: &mut Value,
) -> Result<Diagnostics, Diagnostics> {
    let mut told = Diagnostics::default();
    for link in remote.resource.links {
        let wanted = planned.get(link.targets.attribute);
        if !wanted.is_known() {
            continue;
        }
        let attempt = Attempt::On(Operation::Update, remote);
        let read = Linked::of(remote, link).await;
        let mut linked = read.map_err(|error| attempt.explain(&error))?;
        let is_surplus = |one: &&Linking| !wants(link, wanted, &one.target);
        let surplus: Vec<Linking> = linked.0.iter().filter(is_surplus).cloned().collect();
        for one in surplus {
            match unmake_now(remote, link, &one).await {
                Ok(Unmade::Gone) => {}
                Ok(Unmade::Kept(why)) => told.push(kept(remote, link, &one.target, &why)),
                Err(failed) => {
                    linked.put(link, state);
                    return Err(refused(remote, link, &failed));
                }
            }
            linked.0.retain(|other| other.id != one.id);
        }
        linked.put(link, state);
    }
    Ok(told)
}

/// Takes all links away, before the object itself goes; for a while again if something else still
/// uses them, which may itself be on its way out.
///
/// # Errors
/// What the exchange refused.
pub async fn take_away(
    remote: &Remote<'_>,
    pauses: Pauses,
    prior: &Value,
) -> Result<(), Diagnostics> {
    let patience = timeouts::of(remote.resource, prior, Operation::Delete);
    let deadline = Instant::now() + patience.min(PATIENCE);
    for link in remote.resource.links {
        let attempt = Attempt::On(Operation::Delete, remote);
        let linked = match Linked::of(remote, link).await {
            // Without the object there is nothing to take away; the deletion finds out.
            Err(error) if error.is_not_found() => continue,
            read => read.map_err(|error| attempt.explain(&error))?,
        };
        for one in &linked.0 {
            let unmade = match unmake(remote, link, one, pauses, deadline).await {
                Ok(Unmade::Kept(why)) => Err(Failed::to_take(one, why)),
                unmade => unmade,
            };
            unmade.map_err(|failed| refused(remote, link, &failed))?;
        }
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

/// Deletes a linking object, again until the deadline if it is kept.
async fn unmake(
    remote: &Remote<'_>,
    link: &Link,
    one: &Linking,
    pauses: Pauses,
    deadline: Instant,
) -> Result<Unmade, Failed> {
    for pause in pauses.row() {
        let unmade = unmake_now(remote, link, one).await?;
        if matches!(unmade, Unmade::Gone) || Instant::now() + pause >= deadline {
            return Ok(unmade);
        }
        tokio::select! {
            () = remote.stop.cancelled() => return Ok(unmade),
            () = tokio::time::sleep(pause) => {}
        }
    }
    unmake_now(remote, link, one).await
}

/// Deletes a linking object. It is kept if something uses it, or if the exchange says that it did
/// so and has it still.
async fn unmake_now(remote: &Remote<'_>, link: &Link, one: &Linking) -> Result<Unmade, Failed> {
    let objects = remote.client.objects(link.of.path);
    match delete(&objects, &one.id, remote).await {
        Ok(true) => Ok(Unmade::Gone),
        Ok(false) => Ok(Unmade::Kept(format!(
            "{} answered the order to delete it with success, though not about it, and has it as \
             before",
            remote.host()
        ))),
        Err(error) if is_conflict(&error) => Ok(Unmade::Kept(error.to_string())),
        Err(error) => Err(Failed::to_take(one, error.to_string())),
    }
}

/// Whether an object is gone after the order to delete it. An answer that is not about it proves
/// nothing.
async fn delete(objects: &Objects, id: &str, remote: &Remote<'_>) -> Result<bool, Error> {
    match objects.delete(id, None, remote.stop).await {
        Ok(Some(_)) => return Ok(true),
        Err(error) if error.is_not_found() => return Ok(true),
        Err(error) => return Err(error),
        Ok(None) => {}
    }
    match objects.find(id, Instant::now(), remote.stop).await {
        Ok(_) => Ok(false),
        Err(error) if error.is_not_found() => Ok(true),
        Err(error) => Err(error),
    }
}

fn wants(link: &Link, wanted: &Value, target: &str) -> bool {
    let mut wanted = wanted.elements().iter().filter_map(Value::as_str);
    wanted.any(|wanted| link.targets.means(target, wanted))
}

impl Failed {
    fn to_take(one: &Linking, why: String) -> Failed {
        Failed {
            what: "taken away",
            target: one.target.clone(),
            why,
        }
    }
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
        let one = |object: &Json| {
            let text = |name: &str| object.get(name).and_then(lenient::text);
            Some(Linking {
                target: text(link.target)?,
                id: text("id")?,
            })
        };
        Ok(Linked(own.filter_map(one).collect()))
    }

    async fn add(
        &mut self,
        remote: &Remote<'_>,
        link: &Link,
        wanted: &Value,
    ) -> Result<(), Failed> {
        let objects = remote.client.objects(link.of.path);
        for target in wanted.elements().iter().filter_map(Value::as_str) {
            if self.0.iter().any(|o| link.targets.means(&o.target, target)) {
                continue;
            }
            let body = Json::Object(
                [
                    (link.owner.to_owned(), Json::from(remote.id.as_str())),
                    (link.target.to_owned(), Json::from(target)),
                ]
                .into_iter()
                .collect(),
            );
            let made = objects.create(&body, remote.stop).await;
            let made = made.map_err(|error| Failed {
                what: "given",
                target: target.to_owned(),
                why: error.to_string(),
            })?;
            self.0.push(Linking {
                target: target.to_owned(),
                id: made.get("id").and_then(lenient::text).unwrap_or_default(),
            });
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

/// What is told of a link that stays for now.
fn kept(remote: &Remote<'_>, link: &Link, target: &str, why: &str) -> Diagnostic {
    Diagnostic::warning(
        format!(
            "{} keeps {} {target} for now",
            super::messages::sentence(&remote.the_object()),
            link.target
        ),
        format!(
            "{}: {} {target} could not be taken away yet: {}.\n\nWhat uses it may be changed later in \
             this apply. Apply once more to take it away; until then, each plan shows it.",
            remote.name(),
            link.target,
            why.trim_end_matches('.')
        ),
    )
    .at(Path::attribute(link.targets.attribute))
}

fn refused(remote: &Remote<'_>, link: &Link, failed: &Failed) -> Diagnostics {
    let Failed { what, target, why } = failed;
    let attribute = link.targets.attribute;
    Diagnostic::error(
        format!(
            "{} {} does not have the {attribute} of the configuration",
            super::messages::sentence(remote.resource.noun),
            remote.id
        ),
        format!(
            "{}: {} {target} could not be {what}: {}.\n\nThe {} itself is in the state, with the \
             {attribute} that it has now. Resolve what the exchange says, then apply again to go \
             on.",
            remote.name(),
            link.target,
            why.trim_end_matches('.'),
            remote.resource.noun
        ),
    )
    .at(Path::attribute(attribute))
    .into()
}
