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
use super::recovery::{Aftermath, Looking, TRIES};
use super::remote::Remote;
use super::timeouts::{self, Operation};

/// The linking objects of one object.
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
        let mut seen = state.clone();
        let (linked, is_shared) = Linked::lately(remote, link).await?;
        linked.put(link, &mut seen);
        if is_shared && seen != *state {
            // Of what has changed, a list of everybody's is not believed.
            Linked::of(remote, link).await?.put(link, state);
        } else {
            *state = seen;
        }
    }
    Ok(())
}

/// Puts the links of the object of this id into its state, of a list of everybody's.
pub fn put(link: &Link, id: &str, everybodys: &[Json], state: &mut Value) {
    let own = everybodys.iter().filter(|row| {
        let owner = row.get(link.owner).and_then(lenient::text);
        owner.is_some_and(|owner| owner.eq_ignore_ascii_case(id))
    });
    let own: Vec<Json> = own.cloned().collect();
    Linked::from(link, &own).put(link, state);
}

/// Makes the links that are planned and missing. `state` tells how far it came, whatever the
/// outcome.
///
/// # Errors
/// What the exchange refused, at the attribute that says what the object is linked to. Of a new
/// object that is a warning: an error would replace it.
pub async fn make(
    remote: &Remote<'_>,
    operation: Operation,
    planned: &Value,
    state: &mut Value,
) -> Result<(), Diagnostics> {
    for link in remote.resource.links {
        let read = Linked::of(remote, link).await;
        let mut linked = read.map_err(|error| {
            let why = format!("Which it has cannot be read: {error}");
            unlike_planned(remote, operation, link, &why)
        })?;
        let wanted = planned.get(link.targets.attribute);
        let mut done = Ok(());
        if wanted.is_known() {
            done = linked.add(remote, link, wanted).await;
            // What could not be shed is no part of the plan: the next refresh finds it.
            linked.0.retain(|one| wants(link, wanted, &one.target));
        }
        linked.put(link, state);
        done.map_err(|failed| refused(remote, operation, link, &failed))?;
    }
    Ok(())
}

/// Takes away the links that are not planned any more. That comes before any other change of the
/// object, which may give up what only such a link needs of it. A link that something else uses
/// stays for now, and is told: what uses it may be changed after this, by the same apply. `state`
/// tells how far it came, whatever the outcome.
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
        let surplus = linked.0.iter().filter(|o| !wants(link, wanted, &o.target));
        for one in surplus.cloned().collect::<Vec<Linking>>() {
            match unmake(remote, link, &one, Instant::now()).await {
                Ok(Unmade::Gone) => linked.0.retain(|other| other.id != one.id),
                Ok(Unmade::Kept(why)) => told.push(kept(remote, link, &one.target, &why)),
                Err(failed) => {
                    linked.put(link, state);
                    return Err(refused(remote, Operation::Update, link, &failed));
                }
            }
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
pub async fn take_away(remote: &Remote<'_>, prior: &Value) -> Result<(), Diagnostics> {
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
            let unmade = match unmake(remote, link, one, deadline).await {
                Ok(Unmade::Kept(why)) => Err(Failed::to_take(one, why)),
                unmade => unmade,
            };
            unmade.map_err(|failed| still_linked(remote, link, &failed))?;
        }
    }
    Ok(())
}

/// Puts the links that an object had before, none if it is new, in the place of those that are
/// planned: as long as none of these has been made, they are the truth.
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

/// Deletes a linking object; again until the deadline if something uses it, or if the exchange says
/// that it did so and has it still.
async fn unmake(
    remote: &Remote<'_>,
    link: &Link,
    one: &Linking,
    deadline: Instant,
) -> Result<Unmade, Failed> {
    let objects = remote.client.objects(link.of.path);
    let mut tries = remote.session.tempo.conflict.until(deadline);
    loop {
        let why = match delete(&objects, &one.id, remote).await {
            Ok(true) => return Ok(Unmade::Gone),
            Ok(false) => format!(
                "{} answered the order to delete it with success, though not about it, and has it \
                 as before",
                remote.host()
            ),
            Err(error) if is_conflict(&error) => error.to_string(),
            Err(error) => return Err(Failed::to_take(one, error.to_string())),
        };
        if !tries.another(remote.stop).await {
            return Ok(Unmade::Kept(why));
        }
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
    match objects.find(id, remote.stop).await {
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
        let objects = remote.client.objects(link.of.path);
        let own = objects.belonging(link.owner, &remote.id, remote.stop);
        Ok(Linked::from(link, &own.await?))
    }

    /// As they are, or were a moment ago; and whether a list of everybody's says so.
    async fn lately(remote: &Remote<'_>, link: &Link) -> Result<(Linked, bool), Error> {
        let objects = remote.client.objects(link.of.path);
        let moment = objects.lately();
        let own = objects.belonging_since(moment, link.owner, &remote.id, remote.stop);
        let (own, is_shared) = own.await?;
        Ok((Linked::from(link, &own), is_shared))
    }

    fn from(link: &Link, own: &[Json]) -> Linked {
        let one = |object: &Json| {
            let text = |name: &str| object.get(name).and_then(lenient::text);
            Some(Linking {
                target: text(link.target)?,
                id: text("id")?,
            })
        };
        Linked(own.iter().filter_map(one).collect())
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
            let made = Linked::place(remote, link, target, &objects, &body).await?;
            remote.session.run.made(link.of, &made.id);
            self.0.push(made);
        }
        Ok(())
    }

    /// Orders one linking object. There is one at most between two objects, by which it is found
    /// if nothing tells what came of the order.
    async fn place(
        remote: &Remote<'_>,
        link: &Link,
        target: &str,
        objects: &Objects,
        body: &Json,
    ) -> Result<Linking, Failed> {
        let mut tries = 1;
        loop {
            let (what, why) = match objects.create(body, remote.stop).await {
                Ok(made) => match made.get("id").and_then(lenient::text) {
                    Some(id) if !id.is_empty() => {
                        let target = target.to_owned();
                        return Ok(Linking { target, id });
                    }
                    _ => (
                        "given for sure",
                        "the exchange took the order and gave no id".to_owned(),
                    ),
                },
                Err(error) if error.outcome_unknown() => ("given for sure", error.to_string()),
                Err(error) => {
                    let target = target.to_owned();
                    let why = error.to_string();
                    return Err(Failed {
                        what: "given",
                        target,
                        why,
                    });
                }
            };
            match Linked::made_after_all(remote, link, target).await {
                Aftermath::Found(made) => return Ok(made),
                Aftermath::Nothing if tries < TRIES => tries += 1,
                Aftermath::Nothing | Aftermath::Unclear => {
                    let target = target.to_owned();
                    return Err(Failed { what, target, why });
                }
            }
        }
    }

    /// The linking object that came of an order of which nothing is known.
    async fn made_after_all(remote: &Remote<'_>, link: &Link, target: &str) -> Aftermath<Linking> {
        let mut looking = Looking::new(remote.session, remote.stop);
        loop {
            let linked = Linked::of(remote, link).await;
            let linked = linked.map(|Linked(mut all)| {
                all.retain(|one| link.targets.means(&one.target, target));
                all
            });
            if let Some(end) = looking.judge(linked).await {
                return end;
            }
        }
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
            "{}: {} {target} could not be taken away yet: {}.\n\nWhat uses it may be changed \
             later in this apply. Apply once more to take it away; until then, each plan shows it.",
            remote.name(),
            link.target,
            why.trim_end_matches('.')
        ),
    )
    .at(Path::attribute(link.targets.attribute))
}

/// What is told when an object cannot be rid of its links before it goes.
fn still_linked(remote: &Remote<'_>, link: &Link, failed: &Failed) -> Diagnostics {
    let Failed { what, target, why } = failed;
    Diagnostic::error(
        format!(
            "{} is not deleted, because of its {}",
            super::messages::sentence(&remote.the_object()),
            link.targets.attribute
        ),
        format!(
            "{}: {} {target} could not be {what}: {}.\n\nIt stays in the state; the next refresh \
             shows the {} that it still has. Resolve what the exchange says, then run it again.",
            remote.name(),
            link.target,
            why.trim_end_matches('.'),
            link.targets.attribute
        ),
    )
    .into()
}

fn refused(remote: &Remote<'_>, operation: Operation, link: &Link, failed: &Failed) -> Diagnostics {
    let Failed { what, target, why } = failed;
    let why = why.trim_end_matches('.');
    let why = format!("{} {target} could not be {what}: {why}.", link.target);
    unlike_planned(remote, operation, link, &why)
}

fn unlike_planned(
    remote: &Remote<'_>,
    operation: Operation,
    link: &Link,
    why: &str,
) -> Diagnostics {
    let attribute = link.targets.attribute;
    let noun = remote.resource.noun;
    // Terraform replaces what it was told to be new and wrong.
    let (tell, next): (fn(String, String) -> Diagnostic, _) = match operation {
        Operation::Create => (
            Diagnostic::warning,
            "Resolve what the exchange says; the next plan shows what is missing, and applying it \
             goes on.",
        ),
        _ => (
            Diagnostic::error,
            "Resolve what the exchange says, then apply again to go on.",
        ),
    };
    tell(
        format!(
            "{} {} does not have the {attribute} of the configuration",
            super::messages::sentence(remote.resource.noun),
            remote.id
        ),
        format!(
            "{}: {why}\n\nThe {noun} itself is in the state; the next refresh shows the \
             {attribute} that it has. {next}",
            remote.name(),
        ),
    )
    .at(Path::attribute(attribute))
    .into()
}
