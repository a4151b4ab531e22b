//! Waiting for an object, for pipelines that order in one run and go on in the next.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, sleep_until};

use crate::entities::declaration::{Life, Resource};
use crate::ixapi::{Json, State};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::schema::{Mode, Schema};
use crate::tfplugin::streams::Parts;
use crate::tfplugin::traits::{Action, Call};
use crate::tfplugin::value::Value;

use super::super::answers;
use super::super::errors::Attempt;
use super::super::goal::{Goal, Position, WAIT_FOR_STATE};
use super::super::messages::{self, sentence};
use super::super::remote::Remote;
use super::super::session::Session;
use super::super::timeouts::{self, Operation, spoken};
use super::which_object;
use super::{ID, argument, check_object, looked_at, remote, resource_of, schema, tell, text};

/// The argument that says for how long.
const TIMEOUT: &str = "timeout";

/// How long is waited where nobody says.
const USUAL: Duration = Duration::from_secs(3600);

/// What can be waited for; the last is it where nobody says.
const STATES: [&str; 2] = ["allocated", "production"];

const SECOND: Duration = Duration::from_secs(1);

/// How often a person hears that nothing is new.
const STILL: Duration = Duration::from_secs(60);

/// How often an object may be "not found" before that is believed.
const PATIENCE_WITH_NOT_FOUND: u32 = 5;

/// `ixapi_wait`
pub struct Waiting(pub Arc<Session>);

fn is_provisioned(resource: &Resource) -> bool {
    matches!(resource.of.life, Life::Provisioned(_))
}

fn timeout(config: &Value) -> Option<Duration> {
    match config.get(TIMEOUT).as_str() {
        Some(text) => timeouts::parse(text),
        None => Some(USUAL),
    }
}

#[async_trait]
impl Action for Waiting {
    fn schema(&self) -> Schema {
        let [kind, id] = which_object(is_provisioned);
        let state = text(
            WAIT_FOR_STATE,
            Mode::Optional,
            "State to wait for: `allocated` or `production`. Defaults to `production`.".to_owned(),
        );
        let patience = text(
            TIMEOUT,
            Mode::Optional,
            format!(
                "How long to wait at most, such as `90s`, `30m` or `72h`. Defaults to `{}`.",
                spoken(USUAL)
            ),
        );
        schema(
            "Waits until an object is in service, and fails if it does not get there in time. It \
             also waits for what the exchange asks of others, where an apply does not: for \
             pipelines that order in one run and go on in another. Nothing is changed.",
            vec![kind, id, state, patience],
        )
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut wrong = check_object(is_provisioned, config);
        let said = config.get(WAIT_FOR_STATE);
        if let Some(state) = said.as_str().filter(|state| !STATES.contains(state)) {
            let detail = format!(
                "{WAIT_FOR_STATE} is {state:?}. Use one of {}.",
                STATES.join(", ")
            );
            let error = Diagnostic::error("No such state to wait for", detail);
            wrong.push(error.at(Path::attribute(WAIT_FOR_STATE)));
        }
        if let (Some(said), None) = (config.get(TIMEOUT).as_str(), timeout(config)) {
            let detail = format!(
                "{TIMEOUT} is {said:?}. Write a number above zero with a unit, such as \"90s\", \
                 \"30m\" or \"72h\"."
            );
            let error = Diagnostic::error("Not a duration", detail);
            wrong.push(error.at(Path::attribute(TIMEOUT)));
        }
        wrong
    }

    async fn invoke(
        &self,
        call: &Call<'_>,
        config: &Value,
        progress: &Parts<String>,
    ) -> Result<(), Diagnostics> {
        let id = argument(config, ID)?;
        let Some(resource) = resource_of(is_provisioned, config) else {
            return Err(self.validate(config));
        };
        let patience = timeout(config).unwrap_or(USUAL);
        let remote = remote(&self.0, resource, id, call)?;
        let object = first_look(&remote).await?;
        let mut wanted = answers::first_seen(resource, &object);
        let state = config.get(WAIT_FOR_STATE).as_str();
        wanted.put(WAIT_FOR_STATE, state.unwrap_or(STATES[1]).into());
        let wait = Wait {
            goal: Goal::of(resource, &wanted),
            remote: &remote,
            patience,
            progress,
        };
        wait.until_met(object).await
    }
}

/// The object as it is. What was just ordered may be "not found" for a while.
async fn first_look(remote: &Remote<'_>) -> Result<Json, Diagnostics> {
    let mut pauses = remote.session.progress().row();
    for _ in 0..PATIENCE_WITH_NOT_FOUND {
        match remote.look().await {
            Err(error) if error.is_not_found() => {}
            _ => break,
        }
        let pause = pauses.next().unwrap_or(SECOND).min(SECOND);
        tokio::select! {
            () = remote.stop.cancelled() => break,
            () = sleep_until(Instant::now() + pause) => {}
        }
    }
    looked_at(remote).await
}

struct Wait<'a> {
    goal: Goal,
    remote: &'a Remote<'a>,
    patience: Duration,
    progress: &'a Parts<String>,
}

impl Wait<'_> {
    async fn until_met(&self, mut object: Json) -> Result<(), Diagnostics> {
        let remote = self.remote;
        let began = Instant::now();
        let deadline = began + self.patience;
        let watch = remote.objects.watch(&remote.id);
        let mut pauses = remote.session.progress().row();
        let (mut told, mut told_at) = (String::new(), began);
        let mut not_found = 0;
        loop {
            let Some(position) = Position::of(&object) else {
                return Err(self.without_a_state());
            };
            let where_it_is = format!("{} is {}", remote.the_object(), position.state);
            if self.goal.is_met(&position) {
                tell(self.progress, where_it_is).await;
                return Ok(());
            }
            if position.state.is_ending() {
                return Err(self.ended(&position.state, &object));
            }
            let said = format!("{where_it_is}{}", messages::all(&object));
            if said != told || told_at.elapsed() >= STILL {
                let so_far = match began.elapsed() {
                    short if short < SECOND => String::new(),
                    long => format!(" ({} so far)", spoken(long)),
                };
                let waiting = format!("; waiting for {}{so_far}", self.goal.name());
                tell(self.progress, format!("{said}{waiting}")).await;
                (told, told_at) = (said, Instant::now());
            }
            if Instant::now() >= deadline {
                return Err(self.too_late(&position.state, &object));
            }
            let pause = pauses.next().unwrap_or(STILL);
            let due = watch.next(pause).min(deadline);
            tokio::select! {
                () = remote.stop.cancelled() => {
                    return Err(self.interrupted(&position.state));
                }
                () = sleep_until(due) => {}
            }
            let is_as_before = |row: &Json| State::of(row) == State::of(&object);
            match remote.watched(&watch, due, is_as_before).await {
                Ok(seen) => {
                    not_found = 0;
                    object = seen;
                }
                Err(error) if error.is_interrupted() => {}
                Err(error) if error.is_transient() => {
                    tell(self.progress, format!("no answer for now: {error}")).await;
                }
                Err(error) if error.is_not_found() && not_found < PATIENCE_WITH_NOT_FOUND => {
                    not_found += 1;
                }
                Err(error) => {
                    return Err(Attempt::On(Operation::Read, remote).explain(&error));
                }
            }
        }
    }

    fn failed(&self, summary: &str, detail: &str) -> Diagnostics {
        let host = self.remote.host();
        let detail = format!("So says the exchange at {host}.{detail}");
        Diagnostic::error(sentence(summary), detail).into()
    }

    fn without_a_state(&self) -> Diagnostics {
        let summary = format!("{} has no state", self.remote.the_object());
        self.failed(&summary, " How far it is cannot be known.")
    }

    fn ended(&self, state: &State, object: &Json) -> Diagnostics {
        let (the_object, goal) = (self.remote.the_object(), self.goal.name());
        let summary = format!("{the_object} is {state}, and will not be {goal}");
        self.failed(&summary, &messages::all(object))
    }

    fn too_late(&self, state: &State, object: &Json) -> Diagnostics {
        let (the_object, goal) = (self.remote.the_object(), self.goal.name());
        let summary = format!("{the_object} is {state}, not {goal}");
        let detail = format!(
            " It was waited for for {}.{}\n\nInvoke the action again to go on waiting; {TIMEOUT} \
             says for how long. Nothing was changed.",
            spoken(self.patience),
            messages::all(object)
        );
        self.failed(&summary, &detail)
    }

    fn interrupted(&self, state: &State) -> Diagnostics {
        let (the_object, goal) = (self.remote.the_object(), self.goal.name());
        let summary = format!("the wait was interrupted: {the_object} is {state}, not {goal}");
        let detail = " Invoke the action again to go on waiting. Nothing was changed.";
        self.failed(&summary, detail)
    }
}
