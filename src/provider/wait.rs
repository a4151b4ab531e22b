//! Waiting for the exchange: until an object is as far as it should be, or gone.
//!
//! A wait for an order that ends early is a warning and never an error: an error from a create
//! would make Terraform replace the object, that is cancel a paid order and place it again. Only
//! the wait for the end of a cancelled object is an error when it ends early: what may still be
//! billed stays in the state.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::entities::declaration::Field;
use crate::ixapi::{Error, Json, State, Watch, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::hclog;
use crate::tfplugin::value::Value;

use super::asked;
use super::cancellation::Dates;
use super::goal::{Goal, NOT_AT_ALL, Position, WAIT_FOR_STATE};
use super::messages::{self, sentence};
use super::remote::Remote;
use super::timeouts::{self, Operation, spoken};

/// How often an object that was just ordered may be "not found" before that is believed: exchanges
/// may answer reads from a copy that lags behind.
const PATIENCE_WITH_NOT_FOUND: u32 = 5;

/// So many looks come soon after each other, however long others took.
const LOOKS_AT_FIRST: usize = 3;

/// What is waited for after a cancellation.
const GONE: &str = "gone";

/// `2026-01-31`
const DAY_LENGTH: usize = 10;

/// One wait for one object.
pub struct Wait<'a> {
    /// For whom.
    remote: &'a Remote<'a>,
    /// The object as the state has it, or as it was planned.
    known: &'a Value,
    /// What is being done.
    operation: Operation,
}

/// The looks of a wait.
struct Watching {
    watch: Watch,
    began: Instant,
    /// How long it takes as a rule, if this run has seen that.
    usual: Option<Duration>,
    pauses: Box<dyn Iterator<Item = Duration> + Send>,
    looks: usize,
}

impl Watching {
    fn of(wait: &Wait<'_>, goal: &str) -> Watching {
        let remote = wait.remote;
        Watching {
            usual: remote.session.usual(remote.resource, goal),
            looks: 0,
            watch: remote.objects.watch(&remote.id),
            began: Instant::now(),
            pauses: Box::new(remote.session.progress().row()),
        }
    }
}

/// Why it is not known how the exchange goes on: it has not answered when it was asked last.
struct Unanswered(Option<String>);

/// Why a wait ended.
enum End {
    /// The patience is used up.
    Patience,
    /// A person interrupted.
    Interrupt,
    /// The object cannot be read any more.
    Unreadable(String),
}

impl<'a> Wait<'a> {
    /// A wait for this object; `known` is what the state has of it, or what was planned.
    pub fn of(remote: &'a Remote<'a>, operation: Operation, known: &'a Value) -> Wait<'a> {
        Wait {
            remote,
            known,
            operation,
        }
    }
}

impl Wait<'_> {
    /// Waits until the object has reached the goal. Returns it as it was last seen, and what there
    /// is to tell: an error only if the exchange has ended the order.
    pub async fn until(&self, goal: &Goal, first_seen: Json) -> (Json, Diagnostics) {
        let deadline = Instant::now() + self.patience();
        let filled_by = Instant::now() + self.remote.session.tempo.filling;
        let mut watching = None;
        let mut not_found = 0;
        let mut unanswered = None;
        let mut logged = None;
        let mut object = first_seen;
        loop {
            let Some(position) = Position::of(&object) else {
                return (object, Diagnostics::default());
            };
            let is_met = goal.is_met(&position);
            if is_met && let Some(watching) = &watching {
                self.took(watching, &goal.name());
            }
            if is_met && (self.is_filled(&object) || Instant::now() >= filled_by) {
                let said = self.said(&object);
                return (object, said);
            }
            if goal.is_resting(&position) {
                let resting = self.resting(goal, &position, &object);
                return (object, resting);
            }
            if !is_met && !goal.is_worth_waiting(&position) {
                let ended = self.ended_before(goal, &position.state, &object);
                return (object, ended.into());
            }
            if let State::Other(unknown) = &position.state
                && logged.as_ref() != Some(&position.state)
            {
                self.log_unknown(unknown);
                logged = Some(position.state.clone());
            }
            if !is_met
                && Instant::now() >= filled_by
                && let Ok(Some(held_up)) =
                    timeout_at(deadline, self.held_up(goal, &position, &object)).await
            {
                return (object, held_up.into());
            }
            let until = if is_met {
                filled_by.min(deadline)
            } else {
                deadline
            };
            let watching = watching.get_or_insert_with(|| Watching::of(self, &goal.name()));
            let due = match self.pause(watching, until).await {
                Ok(due) => due,
                Err(_) if is_met => {
                    // It is as far as it should be; what is missing shows at the next refresh.
                    let said = self.said(&object);
                    return (object, said);
                }
                Err(end) => {
                    let warning = match &unanswered {
                        None => self.still_waiting(goal, &position.state, &object, &end),
                        Some(why) => self.out_of_sight(goal, &position.state, &end, why),
                    };
                    return (object, warning.into());
                }
            };
            // A look that is cut short before that proves no silence.
            let silent_from = Instant::now() + self.remote.session.tempo.answer;
            let is_silent = || Instant::now() >= silent_from;
            let is_as_before = |row: &Json| !is_met && State::of(row) == State::of(&object);
            let look = self.remote.watched(&watching.watch, due, is_as_before);
            match timeout_at(deadline, look).await {
                // The next pause finds the deadline.
                Err(_) if is_silent() => unanswered = unanswered.or(Some(Unanswered(None))),
                Err(_) => {}
                Ok(Ok(seen)) => {
                    not_found = 0;
                    unanswered = None;
                    object = seen;
                }
                Ok(Err(error)) if error.is_not_found() => {
                    not_found += 1;
                    unanswered = None;
                    if not_found > PATIENCE_WITH_NOT_FOUND {
                        let vanished = self.vanished(&position.state);
                        return (object, vanished.into());
                    }
                }
                // A pause follows, and then the deadline or the interruption is seen.
                Ok(Err(error)) if error.is_transient() => {
                    unanswered = Some(Unanswered(Some(error.to_string())));
                }
                Ok(Err(error)) if error.is_interrupted() => {
                    if is_silent() {
                        unanswered = unanswered.or(Some(Unanswered(None)));
                    }
                }
                Ok(Err(error)) => {
                    let unreadable = self.unreadable(&error);
                    return (object, unreadable.into());
                }
            }
        }
    }

    /// Waits until a cancelled object is gone; `answer` is what was said to its cancellation.
    /// Returns what there is to tell once it is, or once its end is fixed for a later day, unless
    /// these dates were shown before.
    ///
    /// # Errors
    /// A diagnostic when it is still there after all.
    pub async fn until_gone(
        &self,
        answer: Json,
        shown: Option<Dates>,
    ) -> Result<Diagnostics, Diagnostics> {
        let deadline = Instant::now() + self.patience();
        let mut watching = Watching::of(self, GONE);
        let mut object = answer;
        loop {
            let state = State::of(&object);
            if state.as_ref().is_some_and(State::has_ended) {
                self.took(&watching, GONE);
                return Ok(Diagnostics::default());
            }
            if let Some(end) = ends_later(&object) {
                if shown.is_some() && shown == Dates::of(&object) {
                    return Ok(Diagnostics::default());
                }
                return Ok(self.ends_on(&end, &object).into());
            }
            let due = match self.pause(&mut watching, deadline).await {
                Ok(due) => due,
                Err(end) => return Err(self.not_gone_yet(&object, &end).into()),
            };
            let is_as_before = |row: &Json| State::of(row) == State::of(&object);
            let look = self.remote.watched(&watching.watch, due, is_as_before);
            let unreadable = match timeout_at(deadline, look).await {
                Err(_) => continue,
                Ok(Ok(seen)) => {
                    object = seen;
                    continue;
                }
                Ok(Err(error)) if error.is_transient() || error.is_interrupted() => continue,
                Ok(Err(error)) if error.is_not_found() => {
                    match self.remote.confirm_gone(self.known).await {
                        Ok(()) => return Ok(Diagnostics::default()),
                        Err(doubt) => doubt.to_string(),
                    }
                }
                Ok(Err(error)) => error.to_string(),
            };
            let end = End::Unreadable(unreadable);
            return Err(self.not_gone_yet(&object, &end).into());
        }
    }

    /// Whether a new object has something in the lists that are filled in later.
    fn is_filled(&self, object: &Json) -> bool {
        let shape = &self.remote.resource.of.shape;
        let mut fields = shape.all_fields().filter(|field| field.fills_in);
        let is_empty = |field: &Field| {
            let shown = object.get(field.name);
            shown.is_some_and(|list| lenient::list(list).is_empty())
        };
        self.operation != Operation::Create || !fields.any(is_empty)
    }

    fn patience(&self) -> Duration {
        timeouts::of(self.remote.resource, self.known, self.operation)
    }

    /// Pauses until the next look is due, and says when that was.
    async fn pause(&self, watching: &mut Watching, deadline: Instant) -> Result<Instant, End> {
        let session = self.remote.session;
        let longest = session.progress().longest;
        let mut pause = watching.pauses.next().unwrap_or(longest);
        watching.looks += 1;
        if watching.looks > LOOKS_AT_FIRST
            && let Some(usual) = watching.usual
        {
            // Where others of its kind took long, the first half of what is left is slept through.
            let left = usual.saturating_sub(watching.began.elapsed());
            pause = pause.max((left / 2).min(longest).min(session.tempo.progress.longest));
        }
        let mut due = watching.watch.next(pause);
        // However long that is, the exchange is asked once more before the patience is spent.
        let last = deadline.checked_sub(session.tempo.answer);
        if let Some(last) = last.filter(|last| *last > Instant::now()) {
            due = due.min(last);
        }
        let wake = deadline.min(due);
        tokio::select! {
            () = self.remote.stop.cancelled() => Err(End::Interrupt),
            () = tokio::time::sleep_until(wake) => {
                if wake == deadline { Err(End::Patience) } else { Ok(due) }
            }
        }
    }

    /// Notes how long it took, for those of its kind that are still to come.
    fn took(&self, watching: &Watching, goal: &str) {
        let took = watching.began.elapsed();
        self.remote.session.took(self.remote.resource, goal, took);
    }

    fn still_waiting(&self, goal: &Goal, state: &State, object: &Json, end: &End) -> Diagnostic {
        let (why, longer) = self.why(end);
        Diagnostic::warning(
            format!(
                "Not there yet: {} is {state}, not {}",
                self.remote.the_object(),
                goal.name()
            ),
            format!(
                "The exchange at {} {}. The object is in the state as it stands, is not tainted \
                 and will not be ordered again. {why}{}\n\nApply again to go on waiting.{longer} \
                 To not wait, set {WAIT_FOR_STATE} = \"{NOT_AT_ALL}\".",
                self.remote.host(),
                goes_on(state),
                messages::all(object)
            ),
        )
    }

    /// The same where the exchange has not answered lately: only what it said before is known.
    fn out_of_sight(
        &self,
        goal: &Goal,
        state: &State,
        end: &End,
        Unanswered(said): &Unanswered,
    ) -> Diagnostic {
        let (why, longer) = self.why(end);
        let said = said.as_deref().map(|said| format!("\n\n{said}"));
        Diagnostic::warning(
            format!(
                "Not there yet: {} was {state} when last seen, not {}",
                self.remote.the_object(),
                goal.name()
            ),
            format!(
                "The exchange at {} has taken the order, and did not answer when it was asked \
                 last: how far it is by now is not known. The object is in the state as it was \
                 last seen, is not tainted and will not be ordered again. {why}{}\n\nApply again \
                 to go on waiting.{longer} To not wait, set {WAIT_FOR_STATE} = \"{NOT_AT_ALL}\".",
                self.remote.host(),
                said.unwrap_or_default()
            ),
        )
    }

    /// Why the wait ended, and what to do for a longer one.
    fn why(&self, end: &End) -> (String, String) {
        let operation = self.operation.name();
        match end {
            End::Interrupt => ("The wait was interrupted.".to_owned(), String::new()),
            End::Unreadable(why) => (why.clone(), String::new()),
            End::Patience => (
                format!(
                    "It was waited for {} (timeouts.{operation}).",
                    spoken(self.patience())
                ),
                format!(" To wait longer, raise timeouts.{operation}."),
            ),
        }
    }

    /// At rest, the next move is somebody else's. Where all of its kind rest, only who asked for
    /// more than rest is told.
    fn resting(&self, goal: &Goal, position: &Position, object: &Json) -> Diagnostics {
        if self.known.get(WAIT_FOR_STATE).is_null() && goal.is_resting_as_usual(position) {
            return self.said(object);
        }
        let state = &position.state;
        Diagnostic::warning(
            format!(
                "Not there yet: {} is {state}, not {}",
                self.remote.the_object(),
                goal.name()
            ),
            format!(
                "The exchange at {} has the order, and goes on once it has what it asks for. That \
                 is not waited for: it is for others to do, or may be ordered after this. The \
                 object is in the state as it stands, is not tainted and will not be ordered \
                 again.{}{}",
                self.remote.host(),
                messages::all(object),
                asked::to_do(object)
            ),
        )
        .into()
    }

    /// What is told of an object that goes on with another one, if that is asked for something. It
    /// is looked at only once what this run orders as well has had the time to come.
    async fn held_up(&self, goal: &Goal, position: &Position, object: &Json) -> Option<Diagnostic> {
        let remote = self.remote;
        let (field, of) = remote.provisioning(object)?.goes_on_with?;
        let id = object.get(field).and_then(lenient::text)?;
        let all = remote.client.objects(of.path);
        let other = all.find(&id, remote.stop).await.ok()?;
        let is_asked = Position::of(&other).is_some_and(|other| other.is_asked());
        let state = &position.state;
        (is_asked && !state.is_changing()).then(|| {
            Diagnostic::warning(
                format!(
                    "Not there yet: {} is {state}, not {}",
                    remote.the_object(),
                    goal.name()
                ),
                format!(
                    "The exchange at {} has the order, and goes on once the {} {id} has what it \
                     asks for. That is not waited for any longer: it is for others to do. The \
                     object is in the state as it stands, is not tainted and will not be ordered \
                     again.{}{}\n\nApply again to go on waiting. To not wait, set \
                     {WAIT_FOR_STATE} = \"{NOT_AT_ALL}\".",
                    remote.host(),
                    of.noun,
                    messages::all(&other),
                    asked::to_do(&other)
                ),
            )
        })
    }

    fn ended_before(&self, goal: &Goal, state: &State, object: &Json) -> Diagnostic {
        let summary = match goal.target() {
            Some(target) => format!(
                "{} is {state} and will not become {target}",
                sentence(&self.remote.the_object())
            ),
            None => format!("{} is {state}", sentence(&self.remote.the_object())),
        };
        let said = messages::all(object);
        if *state == State::DecommissionRequested {
            return Diagnostic::warning(
                summary,
                format!("Somebody has cancelled it at {}.{said}", self.remote.host()),
            );
        }
        Diagnostic::error(
            summary,
            format!(
                "The exchange at {} has ended the order.{said}\n\nResolve what it says with the \
                 exchange, then apply again to order anew.",
                self.remote.host()
            ),
        )
    }

    fn vanished(&self, state: &State) -> Diagnostic {
        Diagnostic::warning(
            format!(
                "{} is not found at the exchange",
                sentence(&self.remote.the_object())
            ),
            format!(
                "The exchange at {} had this object, which was {state}, and now does not find it \
                 (404). It is in the state as it was last seen. If it really is \
                 gone, the next plan will order it anew: ask the exchange what has become of it \
                 before you apply that.",
                self.remote.host()
            ),
        )
    }

    /// What is told when an order or a change was taken, and then cannot be looked at.
    pub fn unreadable(&self, error: &Error) -> Diagnostic {
        Diagnostic::warning(
            format!("Lost sight of {}", self.remote.the_object()),
            format!(
                "The exchange has taken what was sent, and then could not be read. The object is \
                 in the state as it was last seen; it is not tainted and will not be ordered \
                 again. {error}\n\nApply again to go on."
            ),
        )
    }

    /// What is told when there was nothing to send but to go on waiting, and the object cannot be
    /// looked at.
    pub fn not_resumed(&self, error: &Error) -> Diagnostic {
        Diagnostic::warning(
            format!("Lost sight of {}", self.remote.the_object()),
            format!(
                "It was to be waited for, and cannot be read. Nothing was sent; the object is in \
                 the state as it was. {error}\n\nApply again to go on waiting."
            ),
        )
    }

    /// What the exchange says of an object that has come as far as it should.
    fn said(&self, object: &Json) -> Diagnostics {
        let provisioning = self.remote.provisioning(object);
        let said = messages::unexpected(object, provisioning);
        if said.is_empty() {
            return Diagnostics::default();
        }
        Diagnostic::warning(
            format!(
                "The exchange has something to say of {}",
                self.remote.the_object()
            ),
            said.trim_start().to_owned(),
        )
        .into()
    }

    fn ends_on(&self, end: &str, object: &Json) -> Diagnostic {
        Diagnostic::warning(
            format!("{} ends on {end}", sentence(&self.remote.the_object())),
            format!(
                "The exchange at {} has taken the cancellation. The service runs until {end}{}, \
                 without Terraform: it leaves the state now.",
                self.remote.host(),
                charged(object)
            ),
        )
    }

    fn not_gone_yet(&self, object: &Json, end: &End) -> Diagnostic {
        let state = State::of(object).map_or_else(String::new, |state| {
            format!(" was {state} when last seen and")
        });
        let why = match end {
            End::Interrupt => "The wait was interrupted.".to_owned(),
            End::Unreadable(why) => why.clone(),
            End::Patience => format!(
                "It was waited for {} (timeouts.delete).",
                spoken(self.patience())
            ),
        };
        Diagnostic::error(
            format!("{} is not gone yet", sentence(&self.remote.the_object())),
            format!(
                "The exchange at {} has taken the cancellation. The object{state} may still be \
                 billed{}. {why} It stays in the state; run the same command again to go on \
                 waiting.",
                self.remote.host(),
                charged(object)
            ),
        )
    }

    fn log_unknown(&self, state: &str) {
        hclog::log(
            hclog::Level::Info,
            "unknown state, waiting on",
            &[
                ("resource", self.remote.resource.name.to_owned()),
                ("id", self.remote.id.clone()),
                ("state", state.to_owned()),
            ],
        );
    }
}

/// What an exchange does with an order that stands there, as far as its state says.
fn goes_on(state: &State) -> &'static str {
    match state {
        State::Error => {
            "has the order and calls its state an error: it may not go on before what is wrong is \
             put right"
        }
        State::Other(none) if none.is_empty() => {
            "has the order and does not say in what state it is"
        }
        State::Other(_) => {
            "has the order, in a state that this provider does not know: whether it goes on by \
             itself cannot be said"
        }
        _ => "has the order and goes on with it",
    }
}

/// The day on which a cancelled service ends, if that is after today.
fn ends_later(object: &Json) -> Option<String> {
    let dates = Dates::of(object).filter(Dates::ends_later)?;
    dates.ends.get(..DAY_LENGTH).map(str::to_owned)
}

fn charged(object: &Json) -> String {
    match object.get("charged_until").and_then(Json::as_str) {
        Some(day) => format!(" and is billed until {day}"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_end_is_later_only_after_today() {
        assert_eq!(
            ends_later(&json!({"decommission_at": "2999-01-31"})).as_deref(),
            Some("2999-01-31")
        );
        for past in [
            json!({"decommission_at": "2000-01-01"}),
            json!({}),
            json!({"decommission_at": "?"}),
        ] {
            assert_eq!(ends_later(&past), None);
        }
    }
}
