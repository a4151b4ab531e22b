//! An entity as a resource: the life cycle of its objects, the same for all.
//!
//! Two rules decide every branch. What the exchange may have done is never done again blindly, and
//! what exists is never dropped from the state without proof that it is gone.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::entities::declaration::{Entity, Life};
use crate::ixapi::{Client, Json, State, is_of, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::plan::{self, Change};
use crate::tfplugin::schema::Schema;
use crate::tfplugin::traits::{Call, Outcome, Resource};
use crate::tfplugin::value::Value;

use super::errors::{Attempt, Subject, explain};
use super::existence::confirm_gone;
use super::session::Session;
use super::timeouts::{self, Operation};
use super::wait::{self, Goal, Wait, messages};
use super::{PREFIX, answers, cancellation, object_path, requests, schemas, validate};

/// A resource type.
pub struct EntityResource {
    entity: &'static Entity,
    session: Arc<Session>,
    schema: OnceLock<Schema>,
}

impl EntityResource {
    /// The resource type of an entity.
    pub fn new(entity: &'static Entity, session: Arc<Session>) -> EntityResource {
        EntityResource {
            entity,
            session,
            schema: OnceLock::new(),
        }
    }

    fn subject<'a>(&self, id: Option<&'a str>) -> Subject<'a> {
        Subject {
            entity: self.entity,
            id,
        }
    }

    fn wait<'a>(
        &self,
        client: &'a Client,
        id: &'a str,
        operation: Operation,
        known: &'a Value,
        stop: &'a CancellationToken,
    ) -> Wait<'a> {
        Wait {
            client,
            entity: self.entity,
            id,
            known,
            operation,
            stop,
        }
    }

    /// Refuses an object of another kind, such as a cloud circuit taken for a point-to-point one: a
    /// plan could only replace it.
    fn check_kind(&self, object: &Json, id: &str) -> Result<(), Diagnostic> {
        let constants = self.entity.constants.iter();
        let kinds = constants.map(|(name, value)| (*name, std::slice::from_ref(value)));
        let chosen = self.entity.all_fields().filter(|field| field.always_sent);
        let kinds = kinds.chain(chosen.map(|field| (field.name, field.choices)));
        for (name, known) in kinds {
            if let Some(found) = object.get(name).and_then(Json::as_str)
                && !known.contains(&found)
            {
                return Err(Diagnostic::error(
                    format!("{id} is of another kind"),
                    format!(
                        "The exchange says that {id} has {name} {found:?}; {PREFIX}_{} is for {}.",
                        self.entity.name,
                        validate::quoted(known)
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Values that an object does not show of itself, from where else they can be read. Best effort:
    /// what cannot be found out, the next plan takes from the configuration.
    async fn recover(&self, client: &Client, object: &Json, state: &mut Value, call: &Call) {
        for field in self.entity.all_fields() {
            let Some((ids, collection, name)) = field.found_at else {
                continue;
            };
            let mut values = BTreeSet::new();
            for id in object.get(ids).map(lenient::list).unwrap_or_default() {
                let id = lenient::text(id).unwrap_or_default();
                let path = format!("{collection}{}", crate::ixapi::path(&[&id]));
                let holder = client.find(&path, &id, &call.stop).await;
                values.insert(
                    holder
                        .ok()
                        .and_then(|h| h.get(name).and_then(lenient::text)),
                );
            }
            // Where they differ, nobody can tell which was ordered with the object itself.
            if values.len() == 1
                && let Some(Some(text)) = values.pop_first()
            {
                state.put(field.attribute, Value::String(text));
            }
        }
    }

    /// What a person should know before this change of existing objects is applied.
    fn advice(&self, change: &Change) -> Diagnostics {
        let mut advice = Diagnostics::default();
        for field in self.entity.all_fields() {
            let path = Path::attribute(field.attribute);
            let before = change.prior.get(field.attribute);
            let after = change.planned.get(field.attribute);
            if change.replaces.contains(&path) && !field.before_replacing.is_empty() {
                advice.push(
                    Diagnostic::warning(
                        format!("A change of {path} needs a new {}", self.entity.noun),
                        field.before_replacing,
                    )
                    .at(path),
                );
            } else if field.never_returned && before.is_null() && !after.is_null() {
                advice.push(
                    Diagnostic::warning(
                        format!("{path} is noted, not sent"),
                        format!(
                            "The exchange takes {path} with the order only, and never tells what it \
                             was. If the {} was ordered so, all is well; if not, this changes nothing \
                             at the exchange.",
                            self.entity.noun
                        ),
                    )
                    .at(path),
                );
            }
        }
        advice
    }
}

#[async_trait]
impl Resource for EntityResource {
    fn schema(&self) -> &Schema {
        self.schema.get_or_init(|| schemas::resource(self.entity))
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        validate::resource(self.entity, config)
    }

    async fn plan(&self, call: &Call, change: &mut Change) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        let ends = change.is_delete() || (change.is_update() && !change.replaces.is_empty());
        if ends && let Some(id) = id_of(&change.prior) {
            // Best effort: a plan does not fail because the terms cannot be read.
            if let Ok(client) = self.session.client() {
                let terms = cancellation::terms(&client, self.entity, id, call).await;
                terms.into_iter().for_each(|terms| diagnostics.push(terms));
            }
        }
        if change.is_update() {
            diagnostics.append(self.advice(change));
            let goal = Goal::of(self.entity, &change.planned);
            let state = change.prior.get("state").as_str().map(State::parse);
            if let Some(state) = state.filter(|state| goal.is_worth_waiting(state)) {
                diagnostics.push(wait::resumed(self.entity, change, &state, &goal));
                change.look_again(self.schema());
            }
        }
        diagnostics
    }

    async fn read(&self, call: &Call, state: Value) -> Outcome {
        let attempt = Attempt::On(Operation::Read);
        let client = match self.session.client() {
            Ok(client) => client,
            Err(error) => return failed(state, error),
        };
        let Some(id) = id_of(&state).map(str::to_owned) else {
            return failed(state, without_id(self.entity));
        };
        let patience = timeouts::of(&state, Operation::Read, &self.entity.life);
        let path = object_path(self.entity, &id);
        let stop = call.stop.child_token();
        let look = async {
            match client.find(&path, &id, &stop).await {
                Err(error) if error.is_not_found() => {
                    match confirm_gone(&client, self.entity, &id, &state, &stop).await {
                        Ok(()) => Ok(None),
                        Err(doubt) => Err(doubt.explain(attempt, self.subject(Some(&id)))),
                    }
                }
                Err(error) => Err(explain(attempt, self.subject(Some(&id)), &error)),
                Ok(object) => Ok(Some(object)),
            }
        };
        let Ok(looked) = tokio::time::timeout(patience, look).await else {
            return failed(state, took_too_long(self.entity, &id, &client, patience));
        };
        match looked {
            Err(diagnostics) => Outcome { state, diagnostics },
            Ok(None) => self.dropped(&client, &id, "does not have it any more", ""),
            Ok(Some(object)) => match self.check_kind(&object, &id) {
                Err(error) => failed(state, error),
                Ok(()) => self.refreshed(&client, &id, &object, state),
            },
        }
    }

    async fn create(&self, call: &Call, planned: Value, _config: Value) -> Outcome {
        let attempt = Attempt::On(Operation::Create);
        let client = match self.session.client() {
            Ok(client) => client,
            Err(error) => return failed(Value::Null, error),
        };
        let body = requests::create(self.entity, &planned);
        let created = {
            let _lanes = self.session.lanes(self.entity, &[&planned]).await;
            client.create(self.entity.path, &body, &call.stop).await
        };
        let object = match created {
            Ok(object) => object,
            Err(error) => {
                let diagnostics = explain(attempt, self.subject(None), &error);
                return Outcome {
                    state: Value::Null,
                    diagnostics,
                };
            }
        };
        let Some(id) = object.get("id").and_then(lenient::text) else {
            return failed(Value::Null, answered_without_id(self.entity, &client));
        };
        let goal = Goal::of(self.entity, &planned);
        let wait = self.wait(&client, &id, Operation::Create, &planned, &call.stop);
        let (object, mut diagnostics) = wait.until(&goal, object).await;
        let mut state = answers::object(self.entity, &object, &planned);
        // Whatever was seen since: this is what was ordered, and must not get lost.
        state.put("id", Value::text(id.as_str()));
        for path in plan::contradictions(self.schema(), &planned, &state) {
            diagnostics.push(ordered_otherwise(self.entity, &id, &path));
        }
        Outcome { state, diagnostics }
    }

    async fn update(&self, call: &Call, prior: Value, planned: Value, _config: Value) -> Outcome {
        let attempt = Attempt::On(Operation::Update);
        let client = match self.session.client() {
            Ok(client) => client,
            Err(error) => return failed(prior, error),
        };
        let Some(id) = id_of(&prior).map(str::to_owned) else {
            return failed(prior, without_id(self.entity));
        };
        let path = object_path(self.entity, &id);
        let body = requests::update(self.entity, &prior, &planned);
        let answered = match &body {
            Some(body) => {
                let _lanes = self.session.lanes(self.entity, &[&prior, &planned]).await;
                client.update(&path, body, &call.stop).await
            }
            None if planned.is_wholly_known() => {
                // Only the provider's own attributes changed: nothing to send, nothing to look at.
                return Outcome {
                    state: planned,
                    diagnostics: Diagnostics::default(),
                };
            }
            None => Ok(None),
        };
        let answered = match answered {
            Ok(answered) => answered.filter(|object| is_of(object, &id)),
            Err(error) => {
                let diagnostics = explain(attempt, self.subject(Some(&id)), &error);
                return Outcome {
                    state: prior,
                    diagnostics,
                };
            }
        };
        let goal = Goal::of(self.entity, &planned);
        let wait = self.wait(&client, &id, Operation::Update, &planned, &call.stop);
        let seen = match answered {
            Some(object) => Ok(object),
            None => client.find(&path, &id, &call.stop).await,
        };
        let object = match seen {
            Ok(object) => object,
            Err(error) => {
                // What was sent was taken: the plan stays, and the next refresh shows what is.
                return Outcome {
                    state: plan::settle(self.schema(), &planned, prior),
                    diagnostics: wait.unreadable(&error).into(),
                };
            }
        };
        let (object, diagnostics) = wait.until(&goal, object).await;
        Outcome {
            state: answers::object(self.entity, &object, &planned),
            diagnostics,
        }
    }

    async fn delete(&self, call: &Call, prior: Value) -> Outcome {
        let client = match self.session.client() {
            Ok(client) => client,
            Err(error) => return failed(prior, error),
        };
        let Some(id) = id_of(&prior).map(str::to_owned) else {
            return failed(prior, without_id(self.entity));
        };
        let attempt = Attempt::On(Operation::Delete);
        let (entity, session) = (self.entity, &self.session);
        let ordered = cancellation::order(&client, session, entity, &id, &prior, call).await;
        let answer = match ordered {
            Ok(answer) => answer,
            Err(error) if error.is_not_found() => {
                return match confirm_gone(&client, entity, &id, &prior, &call.stop).await {
                    Ok(()) => Outcome::default(),
                    Err(doubt) => {
                        let diagnostics = doubt.explain(attempt, self.subject(Some(&id)));
                        Outcome {
                            state: prior,
                            diagnostics,
                        }
                    }
                };
            }
            Err(error) => {
                let diagnostics = explain(attempt, self.subject(Some(&id)), &error);
                return Outcome {
                    state: prior,
                    diagnostics,
                };
            }
        };
        if !matches!(self.entity.life, Life::Provisioned(_)) {
            return Outcome::default();
        }
        let wait = self.wait(&client, &id, Operation::Delete, &prior, &call.stop);
        match wait.until_gone(answer.unwrap_or_default()).await {
            Ok(diagnostics) => Outcome {
                state: Value::Null,
                diagnostics,
            },
            Err(diagnostics) => Outcome {
                state: prior,
                diagnostics,
            },
        }
    }

    async fn import(&self, call: &Call, id: &str) -> Outcome {
        let client = match self.session.client() {
            Ok(client) => client,
            Err(error) => return failed(Value::Null, error),
        };
        let id = id.trim();
        if id.is_empty() {
            return failed(Value::Null, import_without_id(self.entity));
        }
        let path = object_path(self.entity, id);
        let object = match client.find(&path, id, &call.stop).await {
            Ok(object) => object,
            Err(error) => {
                let diagnostics = explain(Attempt::Import, self.subject(Some(id)), &error);
                return Outcome {
                    state: Value::Null,
                    diagnostics,
                };
            }
        };
        if let Err(error) = self.check_kind(&object, id) {
            return failed(Value::Null, error);
        }
        let mut state = answers::object(self.entity, &object, &self.schema().empty());
        self.recover(&client, &object, &mut state, call).await;
        Outcome {
            state,
            diagnostics: Diagnostics::default(),
        }
    }
}

impl EntityResource {
    /// The state after a look at an object that is there.
    fn refreshed(&self, client: &Client, id: &str, object: &Json, prior: Value) -> Outcome {
        let seen = answers::object(self.entity, object, &prior);
        let Life::Provisioned(provisioning) = &self.entity.life else {
            return Outcome {
                state: seen,
                diagnostics: Diagnostics::default(),
            };
        };
        let Some(state) = State::of(object) else {
            return Outcome {
                state: seen,
                diagnostics: Diagnostics::default(),
            };
        };
        if state.is_gone() || (state == State::Cancelled && provisioning.cancelled_is_gone) {
            let what = format!("says that it is {state}");
            return self.dropped(client, id, &what, &messages(object, &[]));
        }
        let mut diagnostics = Diagnostics::default();
        if state == State::Cancelled {
            diagnostics.push(Diagnostic::warning(
                format!("The {} {id} is cancelled", self.entity.noun),
                format!(
                    "It will not go into service. It stays in the state, because {} keeps it until \
                     it is deleted. To order anew, use terraform apply -replace=<address>.{}",
                    client.host(),
                    messages(object, &[])
                ),
            ));
        }
        let state = if state.is_changing() {
            self.while_changing(&prior, seen)
        } else {
            seen
        };
        Outcome { state, diagnostics }
    }

    /// An object that leaves the state, which is never done without a word: the next plan orders it
    /// anew.
    fn dropped(&self, client: &Client, id: &str, what: &str, said: &str) -> Outcome {
        let warning = Diagnostic::warning(
            format!("The {} {id} is gone", self.entity.noun),
            format!(
                "The exchange at {} {what}. It leaves the state, and the plan orders it anew unless \
                 it leaves the configuration too.{said}",
                client.host()
            ),
        );
        Outcome {
            state: Value::Null,
            diagnostics: warning.into(),
        }
    }

    /// While a change is under way, exchanges may still echo what was before it: what was ordered
    /// stays until they report a settled value.
    fn while_changing(&self, prior: &Value, mut seen: Value) -> Value {
        for field in self.entity.all_fields().filter(|f| f.is_configurable()) {
            let before = prior.get(field.attribute);
            if before.is_known() {
                seen.put(field.attribute, before.clone());
            }
        }
        seen
    }
}

fn failed(state: Value, error: Diagnostic) -> Outcome {
    Outcome {
        state,
        diagnostics: error.into(),
    }
}

fn id_of(state: &Value) -> Option<&str> {
    state.get("id").as_str().filter(|id| !id.is_empty())
}

fn import_without_id(entity: &Entity) -> Diagnostic {
    Diagnostic::error(
        "An import needs an id",
        format!("Give the id that the exchange gave the {}.", entity.noun),
    )
}

fn without_id(entity: &Entity) -> Diagnostic {
    Diagnostic::error(
        format!("The state of the {} has no id", entity.noun),
        "Without an id the object cannot be found at the exchange. Remove it from the state \
         (terraform state rm) and import it again.",
    )
}

fn answered_without_id(entity: &Entity, client: &Client) -> Diagnostic {
    Diagnostic::error(
        format!("The exchange gave the {} no id", entity.noun),
        format!(
            "{} accepted the order but did not say which object came of it. Before you apply again, \
             look for it at the exchange and import it: another apply would order it a second \
             time.",
            client.host()
        ),
    )
}

fn took_too_long(entity: &Entity, id: &str, client: &Client, patience: Duration) -> Diagnostic {
    Diagnostic::error(
        format!("Reading the {} {id} took too long", entity.noun),
        format!(
            "{} did not answer within {} (timeouts.read). The state is as it was. Try again later, \
             or raise timeouts.read.",
            client.host(),
            timeouts::spoken(patience)
        ),
    )
}

fn ordered_otherwise(entity: &Entity, id: &str, path: &Path) -> Diagnostic {
    Diagnostic::warning(
        format!("The exchange has another {path} than was ordered"),
        format!(
            "The exchange answered the order of the {} {id} with another value for {path}. The \
             state keeps what was ordered; the next plan shows what the exchange has.",
            entity.noun
        ),
    )
    .at(path.clone())
}
