//! A resource type: the life cycle of its objects, the same for all.
//!
//! Two rules decide every branch. What the exchange may have done is never done again blindly, and
//! what exists is never dropped from the state without proof that it is gone.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::time::{Instant, timeout};

use crate::entities::declaration::{Arrives, Ends, FoundAt, Life, Resource as Declaration, Which};
use crate::ixapi::{Client, Json, State, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::plan::{self, Change};
use crate::tfplugin::schema::Schema;
use crate::tfplugin::traits::{Call, Resource};
use crate::tfplugin::value::Value;

use super::cancellation::Cancelled;
use super::errors::Attempt;
use super::goal::{self, Goal, Position};
use super::remote::{Remote, place};
use super::session::Session;
use super::timeouts::{self, Operation};
use super::{PREFIX, answers, arrival, lag, links, messages, requests, schemas, validate};

/// A resource type that Terraform manages as it is declared.
pub struct Managed {
    resource: &'static Declaration,
    session: Arc<Session>,
}

impl Managed {
    /// The resource type of a declaration.
    pub fn new(resource: &'static Declaration, session: Arc<Session>) -> Managed {
        Managed { resource, session }
    }

    /// The object that a state describes.
    fn known<'a>(
        &self,
        client: &'a Client,
        state: &Value,
        call: &'a Call<'_>,
    ) -> Result<Remote<'a>, Diagnostics> {
        match id_of(state) {
            Some(id) => Ok(Remote::new(client, self.resource, id, &call.stop)),
            None => Err(without_id(self.resource).into()),
        }
    }
}

#[async_trait]
impl Resource for Managed {
    fn schema(&self) -> Schema {
        schemas::resource(self.resource)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        validate::resource(self.resource, config)
    }

    async fn plan(&self, call: &Call<'_>, change: &mut Change) -> Result<(), Diagnostics> {
        // Best effort: what only the exchange can say is left out where it cannot be asked yet.
        let client = self.session.client().ok();
        let replaces = change.is_update() && !change.replaces.is_empty();
        if (change.is_delete() || replaces)
            && let (Some(client), Some(id)) = (&client, id_of(&change.prior))
        {
            let remote = Remote::new(client, self.resource, id, &call.stop);
            if let Some(terms) = remote.terms(&change.prior).await {
                call.tell(terms);
            }
        }
        if change.is_delete() {
            return Ok(());
        }
        if let Some(client) = &client {
            let found = (self.resource.plan.0)(client, &call.stop, change).await;
            if found.has_errors() {
                return Err(found);
            }
            call.tell(found);
        }
        if change.is_update() {
            call.tell(advice(self.resource, change));
        }
        if change.is_update() && !replaces {
            let goal = Goal::of(self.resource, &change.planned);
            let position = Position::in_state(&change.prior);
            if let Some(position) = position.filter(|at| goal.is_worth_waiting(at)) {
                call.tell(goal::resumed(self.resource, change, &position.state, &goal));
                change.look_again(call.schema);
            }
        }
        Ok(())
    }

    async fn read(&self, call: &Call<'_>, state: &Value) -> Result<Value, Diagnostics> {
        let client = self.session.client()?;
        let remote = self.known(&client, state, call)?;
        let patience = timeouts::of(self.resource, state, Operation::Read);
        match timeout(patience, refreshed(&remote, state, call)).await {
            Ok(refreshed) => refreshed,
            Err(_) => Err(took_too_long(&remote, patience).into()),
        }
    }

    async fn create(
        &self,
        call: &Call<'_>,
        planned: &Value,
        config: &Value,
    ) -> Result<Value, Diagnostics> {
        let client = self.session.client()?;
        match self.resource.arrives {
            Arrives::Ordered => self.order(&client, call, planned, config).await,
            Arrives::Found { by, .. } => self.adopt(&client, call, by, planned).await,
        }
    }

    async fn update(
        &self,
        call: &Call<'_>,
        prior: &Value,
        planned: &Value,
        config: &Value,
    ) -> Result<Value, Diagnostics> {
        let client = self.session.client()?;
        let remote = self.known(&client, prior, call)?;
        let body = requests::update(self.resource, prior, planned, config, &call.given_back);
        let links_differ = links::differ(&remote, prior, planned);
        if body.is_none() && !links_differ && planned.is_wholly_known() {
            // Only the provider's own attributes changed: nothing to send, nothing to look at.
            return Ok(planned.clone());
        }
        let mut before = prior.clone();
        if links_differ {
            let pauses = self.session.tempo.conflict;
            let shed = links::shed(&remote, planned, pauses, &mut before).await;
            if before != *prior {
                call.save(before.clone());
            }
            call.tell(shed?);
        }
        let answered = match &body {
            Some(body) => self.send(&remote, call, prior, planned, body).await?,
            None => None,
        };
        let unconfirmed = body.is_some() && answered.is_none();
        let wait = remote.wait(Operation::Update, planned, self.session.tempo.progress);
        let seen = match answered {
            Some(object) => Ok(object),
            None => remote.look().await,
        };
        let (mut state, told) = match seen {
            Ok(object) => {
                let goal = Goal::of(self.resource, planned);
                let (object, told) = wait.until(&goal, object).await;
                let state = answers::object(self.resource, &object, planned);
                let changing = State::of(&object).is_some_and(|state| state.is_changing());
                if unconfirmed && !changing && !told.has_errors() {
                    for path in plan::contradictions(call.schema, planned, &state) {
                        call.tell(unconfirmed_change(&remote, &path));
                    }
                }
                (state, told)
            }
            Err(error) if body.is_none() && links_differ && before == *prior => {
                return Err(Attempt::On(Operation::Update, &remote).explain(&error));
            }
            Err(error) => {
                // What was sent was taken: the plan stays, and the next refresh shows what is.
                let lost = match body {
                    None if !links_differ => wait.not_resumed(&error),
                    _ => wait.unreadable(&error),
                };
                let as_planned = plan::settle(call.schema, planned, prior.clone());
                (as_planned, lost.into())
            }
        };
        links::as_before(self.resource, &before, &mut state);
        call.save(state.clone());
        if told.has_errors() {
            return Err(told);
        }
        call.tell(told);
        if links_differ {
            let made = links::make(&remote, planned, &mut state).await;
            call.save(state.clone());
            made?;
        }
        Ok(state)
    }

    async fn delete(&self, call: &Call<'_>, prior: &Value) -> Result<(), Diagnostics> {
        if self.resource.ends == Ends::LetGo {
            return Ok(());
        }
        let client = self.session.client()?;
        let remote = self.known(&client, prior, call)?;
        links::take_away(&remote, prior, self.session.tempo.conflict).await?;
        let Cancelled::Taken(answer) = remote.cancel(&self.session, prior).await? else {
            return Ok(());
        };
        if matches!(self.resource.of.life, Life::Provisioned(_)) {
            let wait = remote.wait(Operation::Delete, prior, self.session.tempo.progress);
            call.tell(wait.until_gone(answer).await?);
        }
        Ok(())
    }

    async fn import(&self, call: &Call<'_>, id: &str) -> Result<Value, Diagnostics> {
        let client = self.session.client()?;
        let id = id.trim();
        if id.is_empty() {
            return Err(import_without_id(self.resource).into());
        }
        let remote = Remote::new(&client, self.resource, id, &call.stop);
        let attempt = Attempt::Import(&remote);
        let object = remote.look().await.map_err(|e| attempt.explain(&e))?;
        check_kind(&remote, &object)?;
        let mut state = answers::first_seen(self.resource, &object);
        let read = links::read(&remote, &mut state).await;
        read.map_err(|error| attempt.explain(&error))?;
        recover(&remote, &object, &mut state).await;
        Ok(state)
    }
}

impl Managed {
    /// Orders an object, and waits for it.
    async fn order(
        &self,
        client: &Client,
        call: &Call<'_>,
        planned: &Value,
        config: &Value,
    ) -> Result<Value, Diagnostics> {
        let attempt = Attempt::Order(self.resource);
        let body = requests::create(self.resource, planned, config);
        let object = {
            let touched = [planned];
            let lanes = self.session.lanes(self.resource, &touched, &call.stop);
            let _lanes = lanes.await.map_err(|early| attempt.interrupted(early))?;
            let ordered = place(client, self.resource).create(&body, &call.stop).await;
            ordered.map_err(|error| attempt.explain(&error))?
        };
        let Some(id) = object.get("id").and_then(lenient::text) else {
            return Err(answered_without_id(self.resource, client).into());
        };
        let seen = |object: &Json| {
            let mut state = answers::object(self.resource, object, planned);
            // Whatever was seen since: this is what was ordered, and must not get lost.
            state.put("id", Value::text(id.as_str()));
            state
        };
        let unlinked = |mut state: Value| {
            links::as_before(self.resource, &Value::Null, &mut state);
            state
        };
        call.save(unlinked(seen(&object)));
        let remote = Remote::new(client, self.resource, &id, &call.stop);
        let goal = Goal::of(self.resource, planned);
        let wait = remote.wait(Operation::Create, planned, self.session.tempo.progress);
        let (object, told) = wait.until(&goal, object).await;
        let state = seen(&object);
        for path in plan::contradictions(call.schema, planned, &state) {
            call.tell(ordered_otherwise(&remote, &path));
        }
        let mut state = unlinked(state);
        call.save(state.clone());
        if told.has_errors() {
            return Err(told);
        }
        call.tell(told);
        let made = links::make(&remote, planned, &mut state).await;
        call.save(state.clone());
        made?;
        Ok(state)
    }

    /// Finds what the exchange has made, and changes it as planned.
    async fn adopt(
        &self,
        client: &Client,
        call: &Call<'_>,
        by: &[&str],
        planned: &Value,
    ) -> Result<Value, Diagnostics> {
        let pauses = self.session.tempo.arrival;
        let found = arrival::find(client, self.resource, by, planned, pauses, &call.stop);
        let object = found.await?;
        let id = object.get("id").and_then(lenient::text);
        let id = id.ok_or_else(|| answered_without_id(self.resource, client))?;
        let remote = Remote::new(client, self.resource, &id, &call.stop);
        let found = answers::object(self.resource, &object, &Value::object([("", Value::Null)]));
        let body = requests::update(self.resource, &found, planned, planned, &[]);
        let answered = match &body {
            Some(body) => self.send(&remote, call, &found, planned, body).await?,
            None => Some(object),
        };
        let object = match answered {
            Some(object) => Ok(object),
            None => remote.look().await,
        };
        let attempt = Attempt::On(Operation::Read, &remote);
        let object = object.map_err(|error| attempt.explain(&error))?;
        Ok(answers::object(self.resource, &object, planned))
    }

    /// Sends a change, when no other is on its way to what it touches.
    async fn send(
        &self,
        remote: &Remote<'_>,
        call: &Call<'_>,
        prior: &Value,
        planned: &Value,
        body: &Json,
    ) -> Result<Option<Json>, Diagnostics> {
        let attempt = Attempt::On(Operation::Update, remote);
        let touched = [prior, planned];
        let lanes = self.session.lanes(self.resource, &touched, &call.stop);
        let _lanes = lanes.await.map_err(|early| attempt.interrupted(early))?;
        let answered = remote.change(body).await;
        let answered = answered.map_err(|error| attempt.explain(&error))?;
        if answered.is_some() {
            // Only who has taken the change can lag behind with it.
            lag::note(call, self.resource, prior, planned);
        }
        Ok(answered)
    }
}

/// The state after a look at an object; null if it is gone.
async fn refreshed(
    remote: &Remote<'_>,
    prior: &Value,
    call: &Call<'_>,
) -> Result<Value, Diagnostics> {
    let attempt = Attempt::On(Operation::Read, remote);
    let object = match remote.look().await {
        Ok(object) => object,
        Err(error) if error.is_not_found() => {
            let gone = remote.confirm_gone(prior).await;
            gone.map_err(|doubt| doubt.explain(attempt, remote))?;
            call.tell(dropped(remote, "does not have it any more", ""));
            return Ok(Value::Null);
        }
        Err(error) => return Err(attempt.explain(&error)),
    };
    check_kind(remote, &object)?;
    let mut seen = answers::object(remote.resource, &object, prior);
    let read = links::read(remote, &mut seen).await;
    read.map_err(|error| attempt.explain(&error))?;
    let (Some(provisioning), Some(state)) = (remote.provisioning(&object), State::of(&object))
    else {
        let now = Timestamp::now();
        return Ok(lag::with_what_was_ordered(
            call,
            remote.resource,
            prior,
            seen,
            now,
        ));
    };
    if state.is_gone() || (state == State::Cancelled && provisioning.cancelled_is_gone) {
        let what = format!("says that it is {state}");
        call.tell(dropped(remote, &what, &messages::all(&object)));
        return Ok(Value::Null);
    }
    if state == State::Cancelled {
        call.tell(is_cancelled(remote, &object));
    }
    if Position::of(&object).is_some_and(|at| Goal::of(remote.resource, prior).is_resting(&at)) {
        call.tell(rests(remote, &state, &object));
    }
    Ok(match state.is_changing() {
        true => while_changing(remote.resource, prior, seen),
        false => {
            let now = Timestamp::now();
            lag::with_what_was_ordered(call, remote.resource, prior, seen, now)
        }
    })
}

/// While a change is under way, exchanges may still echo what was before it: what was ordered stays
/// until they report a settled value.
fn while_changing(resource: &Declaration, prior: &Value, mut seen: Value) -> Value {
    for field in resource.fields_of(prior).filter(|f| f.is_configurable()) {
        let before = prior.get(field.attribute);
        if before.is_known() {
            seen.put(field.attribute, before.clone());
        }
    }
    seen
}

/// Refuses an object of another kind, such as a cloud circuit taken for a point-to-point one: a
/// plan could only replace it.
fn check_kind(remote: &Remote<'_>, object: &Json) -> Result<(), Diagnostics> {
    let shape = &remote.resource.of.shape;
    let one;
    let known: &[&str] = match remote.resource.which {
        Which::All => return Ok(()),
        Which::Only(only) => {
            one = [only];
            &one
        }
        Which::Some(some) => some,
    };
    match answers::told(shape, object) {
        Some(found) if !known.contains(&found) => Err(Diagnostic::error(
            format!("{} is of another kind", remote.id),
            format!(
                "The exchange says that {} has {} {found:?}; {PREFIX}_{} is for {}.",
                remote.id,
                shape.told_apart_by,
                remote.resource.name,
                validate::quoted(known)
            ),
        )
        .into()),
        _ => Ok(()),
    }
}

/// Values that an object does not show of itself, from where else they can be read. Best effort:
/// what cannot be found out, the next plan takes from the configuration.
async fn recover(remote: &Remote<'_>, object: &Json, state: &mut Value) {
    let resource = remote.resource;
    let fields = resource.fields_of(state).chain(resource.own_fields());
    for field in fields.collect::<Vec<_>>() {
        let recovered = match field.found_at {
            Some(FoundAt::Members {
                ids,
                collection,
                name,
            }) => agreed(remote, object.get(ids), collection, name).await,
            Some(FoundAt::Holder { collection, list }) => holder(remote, collection, list).await,
            None => continue,
        };
        if let Some(text) = recovered {
            state.put(field.attribute, Value::String(text));
        }
    }
}

/// The one value that these members have. Where they differ, nobody can tell which was ordered with
/// the object itself.
async fn agreed(
    remote: &Remote<'_>,
    ids: Option<&Json>,
    collection: &str,
    name: &str,
) -> Option<String> {
    let members = remote.client.objects(collection);
    let mut values = BTreeSet::new();
    for id in ids.map(lenient::list).unwrap_or_default() {
        let id = lenient::text(id).unwrap_or_default();
        let member = members.find(&id, Instant::now(), remote.stop).await;
        let member = member.ok();
        values.insert(member.and_then(|m| m.get(name).and_then(lenient::text)));
    }
    match values.len() {
        1 => values.pop_first().flatten(),
        _ => None,
    }
}

/// The id of the one object of the collection that has this one in its list.
async fn holder(remote: &Remote<'_>, collection: &str, list: &str) -> Option<String> {
    let holders = remote.client.objects(collection);
    let listing = holders.list(&[], Instant::now(), remote.stop).await.ok()?;
    let holds = |object: &&Json| {
        let held = object.get(list).map(lenient::list).unwrap_or_default();
        let ids = held.iter().filter_map(lenient::text);
        ids.into_iter()
            .any(|id| id.eq_ignore_ascii_case(&remote.id))
    };
    let mut holding = listing.rows.iter().filter(holds);
    let id = holding.next()?.get("id").and_then(lenient::text);
    id.filter(|_| holding.next().is_none())
}

/// What a person should know before this change of an existing object is applied.
fn advice(resource: &Declaration, change: &Change) -> Diagnostics {
    let mut advice = Diagnostics::default();
    let fields = resource
        .fields_of(&change.planned)
        .chain(resource.own_fields());
    for field in fields {
        let path = Path::attribute(field.attribute);
        let before = change.prior.get(field.attribute);
        let after = change.planned.get(field.attribute);
        if change.replaces.contains(&path) && !field.before_replacing.is_empty() {
            let summary = format!("A change of {path} needs a new {}", resource.noun);
            advice.push(Diagnostic::warning(summary, field.before_replacing).at(path));
        } else if field.never_returned && before.is_null() && !after.is_null() {
            advice.push(
                Diagnostic::warning(
                    format!("{path} is noted, not sent"),
                    format!(
                        "The exchange takes {path} with the order only, and never tells what it \
                         was. If the {} was ordered so, all is well; if not, this changes nothing \
                         at the exchange.",
                        resource.noun
                    ),
                )
                .at(path),
            );
        }
    }
    advice
}

/// An object that leaves the state, which is never done without a word: the next plan orders it
/// anew.
fn dropped(remote: &Remote<'_>, what: &str, said: &str) -> Diagnostic {
    let again = match remote.resource.arrives {
        Arrives::Ordered => "orders it anew",
        Arrives::Found { .. } => "looks for it anew",
    };
    Diagnostic::warning(
        format!("{} is gone", messages::sentence(&remote.the_object())),
        format!(
            "The exchange at {} {what}. It leaves the state, and the plan {again} unless it leaves \
             the configuration too.{said}",
            remote.host()
        ),
    )
}

fn is_cancelled(remote: &Remote<'_>, object: &Json) -> Diagnostic {
    Diagnostic::warning(
        format!("{} is cancelled", messages::sentence(&remote.the_object())),
        format!(
            "It will not go into service. It stays in the state, because {} keeps it until it is \
             deleted. To order anew, use -replace=<address> with apply.{}",
            remote.host(),
            messages::all(object)
        ),
    )
}

/// What the order of it does not tell, since what it lacks is often ordered right after it; and no
/// plan would, since nothing is to do with the object itself.
fn rests(remote: &Remote, state: &State, object: &Json) -> Diagnostic {
    Diagnostic::warning(
        format!(
            "{} rests in state {state}",
            messages::sentence(&remote.the_object())
        ),
        format!(
            "{} goes on with it once it has what it asks for. Until then, it is not in service. To \
             not be told, set {} = \"{}\".{}",
            remote.host(),
            goal::WAIT_FOR_STATE,
            goal::NOT_AT_ALL,
            messages::all(object)
        ),
    )
}

fn id_of(state: &Value) -> Option<&str> {
    state.get("id").as_str().filter(|id| !id.is_empty())
}

fn import_without_id(resource: &Declaration) -> Diagnostic {
    Diagnostic::error(
        "An import needs an id",
        format!("Give the id that the exchange gave the {}.", resource.noun),
    )
}

fn without_id(resource: &Declaration) -> Diagnostic {
    Diagnostic::error(
        format!("The state of the {} has no id", resource.noun),
        "Without an id the object cannot be found at the exchange. Remove it from the state \
         (terraform state rm) and import it again.",
    )
}

fn answered_without_id(resource: &Declaration, client: &Client) -> Diagnostic {
    Diagnostic::error(
        format!("The exchange gave the {} no id", resource.noun),
        format!(
            "{} accepted the order but did not say which object came of it. Before you apply \
             again, look for it at the exchange and import it: another apply would order it a \
             second time.",
            client.host()
        ),
    )
}

fn took_too_long(remote: &Remote<'_>, patience: Duration) -> Diagnostic {
    Diagnostic::error(
        format!("Reading {} took too long", remote.the_object()),
        format!(
            "{} did not answer within {} (timeouts.read). The state is as it was. Try again later, \
             or raise timeouts.read.",
            remote.host(),
            timeouts::spoken(patience)
        ),
    )
}

fn ordered_otherwise(remote: &Remote<'_>, path: &Path) -> Diagnostic {
    Diagnostic::warning(
        format!("The exchange has another {path} than was ordered"),
        format!(
            "The exchange answered the order of {} with another value for {path}. The state keeps \
             what was ordered; the next plan shows what the exchange has.",
            remote.the_object()
        ),
    )
    .at(path.clone())
}

fn unconfirmed_change(remote: &Remote, path: &Path) -> Diagnostic {
    Diagnostic::warning(
        format!("It is not sure that the change of {path} was taken"),
        format!(
            "{}: {} answered the change with success, though not about this object, and then showed \
             {path} as it was before. Something between here and the exchange may have answered. \
             The next plan shows what there is; apply it to send the change again.",
            remote.name(),
            remote.host()
        ),
    )
    .at(path.clone())
}
