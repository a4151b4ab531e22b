//! Waiting for the exchange: until an object is as far as it should be, or gone.
//!
//! A wait for an order that ends early is a warning and never an error: an error from a create would
//! make Terraform replace the object, that is cancel a paid order and place it again. Only the wait for
//! the end of a cancelled object is an error when it ends early: what may still be billed stays in
//! the state.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::entities::declaration::{Entity, Life, Provisioning};
use crate::ixapi::{Client, Error, Gravity, Json, State, StatusMessage};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::hclog;
use crate::tfplugin::path::Path;
use crate::tfplugin::plan::Change;
use crate::tfplugin::schema::{Attribute, Kind, Mode};
use crate::tfplugin::types::Type;
use crate::tfplugin::value::Value;

use super::existence::confirm_gone;
use super::timeouts::{self, Operation, spoken};

/// The attribute that says what to wait for.
pub const WAIT_FOR_STATE: &str = "wait_for_state";

/// What it says to wait for nothing.
const NOT_AT_ALL: &str = "none";

/// States that can be waited for.
const TARGETS: [State; 2] = [State::Allocated, State::Production];

/// The first pause between two looks; many exchanges answer a change within a second.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause; provisioning that is not done by then takes minutes at least.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How often an object that was just ordered may be "not found" before that is believed: exchanges
/// may answer reads from a copy that lags behind.
const PATIENCE_WITH_NOT_FOUND: u32 = 5;

/// The `wait_for_state` attribute.
pub fn attribute(provisioning: &Provisioning) -> Attribute {
    let by_default = match &provisioning.waits_for {
        Some(state) => format!("Defaults to `{state}`"),
        None => "By default, nothing is waited for but the end of a change".to_owned(),
    };
    let mut attribute = Attribute::new(
        WAIT_FOR_STATE,
        Kind::Value(Type::String),
        Mode::Optional,
        &format!(
            "State that create and update wait for: `allocated`, `production`, or `none` to not \
             wait. {by_default}: {}.",
            provisioning.because
        ),
    );
    attribute.local = true;
    attribute
}

/// What is wrong with the `wait_for_state` of a configuration.
pub fn check(config: &Value) -> Diagnostics {
    match config.get(WAIT_FOR_STATE).as_str() {
        Some(text) if text != NOT_AT_ALL && !TARGETS.iter().any(|t| t.as_str() == text) => {
            Diagnostic::error(
                "No such state to wait for",
                format!(
                    "{WAIT_FOR_STATE} is {text:?}. Use \"allocated\", \"production\" or \
                     \"{NOT_AT_ALL}\"."
                ),
            )
            .at(Path::attribute(WAIT_FOR_STATE))
            .into()
        }
        _ => Diagnostics::default(),
    }
}

/// What an object is waited for to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Nothing: whatever it is, it will do.
    Nothing,
    /// No change is under way.
    Settled,
    /// At least this far, and no change is under way.
    Reached(State),
}

impl Goal {
    /// What this object is to become, by its `wait_for_state` or its kind.
    pub fn of(entity: &Entity, object: &Value) -> Goal {
        let Life::Provisioned(provisioning) = &entity.life else {
            return Goal::Nothing;
        };
        match object.get(WAIT_FOR_STATE).as_str() {
            Some(NOT_AT_ALL) => Goal::Nothing,
            Some(state) => Goal::Reached(State::parse(state)),
            None => match &provisioning.waits_for {
                Some(state) => Goal::Reached(state.clone()),
                None => Goal::Settled,
            },
        }
    }

    /// Whether an object in this state need not be waited for.
    pub fn is_met(&self, state: &State) -> bool {
        let settled = !state.is_changing();
        match self {
            Goal::Nothing => true,
            Goal::Settled => settled && !ending(state),
            Goal::Reached(target) => settled && state.reached(target),
        }
    }

    /// Whether waiting makes sense: not met, and not on the way out.
    pub fn is_worth_waiting(&self, state: &State) -> bool {
        !self.is_met(state) && !ending(state)
    }

    /// What it is not, or will not become.
    fn named(&self) -> String {
        match self {
            Goal::Reached(state) => state.to_string(),
            Goal::Settled | Goal::Nothing => "settled".to_owned(),
        }
    }
}

/// What a plan says of an object that is still waited for: why it is in the plan at all.
pub fn resumed(entity: &Entity, change: &Change, state: &State, goal: &Goal) -> Diagnostic {
    let id = change.prior.get("id").as_str().unwrap_or_default();
    let operation = Operation::Update;
    let patience = timeouts::of(&change.planned, operation, &entity.life);
    let unknown = match state {
        State::Other(_) => " This provider does not know that state.",
        _ => "",
    };
    let said = change.prior.get("status").elements().iter();
    let said = said.filter_map(|message| {
        let severity = u8::try_from(message.get("severity").as_i64()?).ok()?;
        let text = message.get("message").as_str()?;
        Gravity(severity).is_warning().then(|| text.to_owned())
    });
    Diagnostic::warning(
        format!("The {} {id} is {state}, not {}", entity.noun, goal.named()),
        format!(
            "Unless something else changes too, applying this sends nothing to the exchange: it waits \
             for up to {} (timeouts.{}).{unknown} To not wait, set {WAIT_FOR_STATE} = \
             \"{NOT_AT_ALL}\".{}",
            spoken(patience),
            operation.name(),
            the_exchange_says(said)
        ),
    )
}

/// Whether an object in this state has ended or is about to.
fn ending(state: &State) -> bool {
    state.has_ended() || *state == State::DecommissionRequested
}

/// One wait for one object.
pub struct Wait<'a> {
    /// Whom to ask.
    pub client: &'a Client,
    /// What kind of object it is.
    pub entity: &'static Entity,
    /// Which one.
    pub id: &'a str,
    /// The object as the state has it, or as it was planned.
    pub known: &'a Value,
    /// What is being done.
    pub operation: Operation,
    /// Ends the wait early.
    pub stop: &'a CancellationToken,
}

/// Why a wait ended.
enum End {
    /// The patience is used up.
    Patience,
    /// A person interrupted.
    Interrupt,
    /// The object cannot be read any more.
    Unreadable(String),
}

impl Wait<'_> {
    /// Waits until the object has reached the goal. Returns it as it was last seen.
    pub async fn until(&self, goal: &Goal, first_seen: Json) -> (Json, Diagnostics) {
        let deadline = Instant::now() + self.patience();
        let mut pauses = pauses();
        let mut not_found = 0;
        let mut logged = None;
        let mut object = first_seen;
        loop {
            let Some(state) = State::of(&object) else {
                return (object, Diagnostics::default());
            };
            if goal.is_met(&state) {
                let said = self.said(&object);
                return (object, said);
            }
            if !goal.is_worth_waiting(&state) {
                let ended = self.ended_before(goal, &state, &object);
                return (object, ended.into());
            }
            if let State::Other(unknown) = &state
                && logged.as_ref() != Some(&state)
            {
                log_unknown(self.entity, self.id, unknown);
                logged = Some(state.clone());
            }
            if let Err(end) = self.pause(&mut pauses, deadline).await {
                let warning = self.still_waiting(goal, &state, &object, &end);
                return (object, warning.into());
            }
            match self.look().await {
                Ok(seen) => {
                    not_found = 0;
                    object = seen;
                }
                Err(error) if error.is_not_found() => {
                    not_found += 1;
                    if not_found > PATIENCE_WITH_NOT_FOUND {
                        let vanished = self.vanished(&state);
                        return (object, vanished.into());
                    }
                }
                // A pause follows, and then the deadline or the interruption is seen.
                Err(error) if error.is_transient() || error.is_interrupted() => {}
                Err(error) => {
                    let unreadable = self.unreadable(&error);
                    return (object, unreadable.into());
                }
            }
        }
    }

    /// Waits until a cancelled object is gone; `first_seen` is the answer to its cancellation.
    /// Returns null once it is, or once its end is fixed for a later day.
    ///
    /// # Errors
    /// A diagnostic when it is still there after all.
    pub async fn until_gone(&self, first_seen: Json) -> Result<Diagnostics, Diagnostics> {
        let deadline = Instant::now() + self.patience();
        let mut pauses = pauses();
        let mut object = first_seen;
        loop {
            let state = State::of(&object);
            if state.as_ref().is_some_and(State::has_ended) {
                return Ok(Diagnostics::default());
            }
            if let Some(end) = ends_later(&object) {
                return Ok(self.ends_on(&end, &object).into());
            }
            if let Err(end) = self.pause(&mut pauses, deadline).await {
                return Err(self.not_gone_yet(&object, &end).into());
            }
            match self.look().await {
                Ok(seen) => object = seen,
                Err(error) if error.is_not_found() => {
                    let gone =
                        confirm_gone(self.client, self.entity, self.id, self.known, self.stop);
                    return match gone.await {
                        Ok(()) => Ok(Diagnostics::default()),
                        Err(doubt) => {
                            let end = End::Unreadable(doubt.to_string());
                            Err(self.not_gone_yet(&object, &end).into())
                        }
                    };
                }
                Err(error) if error.is_transient() || error.is_interrupted() => {}
                Err(error) => {
                    let end = End::Unreadable(error.to_string());
                    return Err(self.not_gone_yet(&object, &end).into());
                }
            }
        }
    }

    fn patience(&self) -> Duration {
        timeouts::of(self.known, self.operation, &self.entity.life)
    }

    async fn look(&self) -> Result<Json, Error> {
        let path = super::object_path(self.entity, self.id);
        self.client.find(&path, self.id, self.stop).await
    }

    async fn pause(
        &self,
        pauses: &mut impl Iterator<Item = Duration>,
        deadline: Instant,
    ) -> Result<(), End> {
        let pause = pauses.next().unwrap_or(LONGEST_PAUSE);
        let wake = deadline.min(Instant::now() + pause);
        tokio::select! {
            () = self.stop.cancelled() => Err(End::Interrupt),
            () = tokio::time::sleep_until(wake) => {
                if wake == deadline { Err(End::Patience) } else { Ok(()) }
            }
        }
    }

    /// `the port or LAG CANL-051665`
    fn the_object(&self) -> String {
        format!("the {} {}", self.entity.noun, self.id)
    }

    fn still_waiting(&self, goal: &Goal, state: &State, object: &Json, end: &End) -> Diagnostic {
        let operation = self.operation.name();
        let (why, longer) = match end {
            End::Interrupt => ("The wait was interrupted.".to_owned(), String::new()),
            End::Unreadable(why) => (why.clone(), String::new()),
            End::Patience => (
                format!(
                    "It was waited for {} (timeouts.{operation}).",
                    spoken(self.patience())
                ),
                format!(" To wait longer, raise timeouts.{operation}."),
            ),
        };
        Diagnostic::warning(
            format!(
                "Not there yet: {} is {state}, not {}",
                self.the_object(),
                goal.named()
            ),
            format!(
                "The exchange at {} has the order and goes on with it; the object is in the state \
                 as it stands, is not tainted and will not be ordered again. {why}{}\n\nApply \
                 again to go on waiting.{longer} To not wait, set {WAIT_FOR_STATE} = \
                 \"{NOT_AT_ALL}\".",
                self.client.host(),
                messages(object, &[])
            ),
        )
    }

    fn ended_before(&self, goal: &Goal, state: &State, object: &Json) -> Diagnostic {
        let summary = match goal {
            Goal::Reached(target) => format!(
                "{} is {state} and will not become {target}",
                sentence(&self.the_object())
            ),
            Goal::Settled | Goal::Nothing => {
                format!("{} is {state}", sentence(&self.the_object()))
            }
        };
        let said = messages(object, &[]);
        if *state == State::DecommissionRequested {
            return Diagnostic::warning(
                summary,
                format!("Somebody has cancelled it at {}.{said}", self.client.host()),
            );
        }
        Diagnostic::error(
            summary,
            format!(
                "The exchange at {} has ended the order.{said}\n\nResolve what it says with the \
                 exchange, then apply again to order anew.",
                self.client.host()
            ),
        )
    }

    fn vanished(&self, state: &State) -> Diagnostic {
        Diagnostic::warning(
            format!(
                "{} is not found at the exchange",
                sentence(&self.the_object())
            ),
            format!(
                "The exchange at {} answered the order with this object in state {state}, and now \
                 does not find it (404). It is in the state as it was answered. If it really is \
                 gone, the next plan will order it anew: ask the exchange what has become of it \
                 before you apply that.",
                self.client.host()
            ),
        )
    }

    /// What is told when an order or a change was taken, and then cannot be looked at.
    pub fn unreadable(&self, error: &Error) -> Diagnostic {
        Diagnostic::warning(
            format!("Lost sight of {}", self.the_object()),
            format!(
                "The exchange has taken what was sent, and then could not be read. The object is in \
                 the state as it was last seen; it is not tainted and will not be ordered again. \
                 {error}\n\nApply again to go on."
            ),
        )
    }

    /// What the exchange says of an object that has come as far as it should.
    fn said(&self, object: &Json) -> Diagnostics {
        let expected = match &self.entity.life {
            Life::Provisioned(provisioning) => provisioning.expected_tags,
            _ => &[],
        };
        let said = messages(object, expected);
        if said.is_empty() {
            return Diagnostics::default();
        }
        Diagnostic::warning(
            format!("The exchange has something to say of {}", self.the_object()),
            said.trim_start().to_owned(),
        )
        .into()
    }

    fn ends_on(&self, end: &str, object: &Json) -> Diagnostic {
        Diagnostic::warning(
            format!("{} ends on {end}", sentence(&self.the_object())),
            format!(
                "The exchange at {} has taken the cancellation. The service runs until {end}{}, \
                 without Terraform: it leaves the state now.",
                self.client.host(),
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
            format!("{} is not gone yet", sentence(&self.the_object())),
            format!(
                "The exchange at {} has taken the cancellation. The object{state} may still be \
                 billed{}. {why} It stays in the state; run destroy again to go on waiting.",
                self.client.host(),
                charged(object)
            ),
        )
    }
}

/// The status messages that a person should read, as lines to append; empty if there are none.
pub fn messages(object: &Json, expected_tags: &[&str]) -> String {
    the_exchange_says(
        StatusMessage::of(object)
            .iter()
            .filter(|message| message.severity.is_warning())
            .filter(|message| !expected_tags.contains(&message.tag.as_str()))
            .map(ToString::to_string),
    )
}

fn the_exchange_says(messages: impl Iterator<Item = String>) -> String {
    let lines: String = messages.map(|message| format!("\n  - {message}")).collect();
    if lines.is_empty() {
        lines
    } else {
        format!("\n\nThe exchange says:{lines}")
    }
}

/// The day on which a cancelled service ends, if that is after today.
fn ends_later(object: &Json) -> Option<String> {
    let end = object.get("decommission_at")?.as_str()?;
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date().to_string();
    // ISO dates sort as text; a time of day behind the date does not matter.
    let day = end.get(..today.len())?;
    (day > today.as_str()).then(|| day.to_owned())
}

fn charged(object: &Json) -> String {
    match object.get("charged_until").and_then(Json::as_str) {
        Some(day) => format!(" and is billed until {day}"),
        None => String::new(),
    }
}

fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

fn pauses() -> impl Iterator<Item = Duration> {
    std::iter::successors(Some(FIRST_PAUSE), |pause| {
        Some((*pause * 3 / 2).min(LONGEST_PAUSE))
    })
}

fn log_unknown(entity: &Entity, id: &str, state: &str) {
    hclog::log(
        hclog::Level::Info,
        "unknown state, waiting on",
        &[
            ("entity", entity.name.to_owned()),
            ("id", id.to_owned()),
            ("state", state.to_owned()),
        ],
    );
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::entities;

    fn goal(entity: &str, wait_for_state: Value) -> Goal {
        let entity = entities::ALL.iter().find(|e| e.name == entity).unwrap();
        Goal::of(entity, &Value::object([(WAIT_FOR_STATE, wait_for_state)]))
    }

    #[test]
    fn a_port_waits_for_its_allocation_and_a_circuit_for_nothing() {
        let port = goal("connection", Value::Null);
        assert!(port.is_met(&State::Allocated) && port.is_met(&State::Production));
        assert!(!port.is_met(&State::Requested));
        let circuit = goal("p2p_vc", Value::Null);
        assert!(circuit.is_met(&State::Requested));
        assert!(!circuit.is_met(&State::ProductionChangePending));
        for ending in [State::Cancelled, State::DecommissionRequested] {
            assert!(!circuit.is_met(&ending) && !circuit.is_worth_waiting(&ending));
        }
        assert_eq!(goal("contact", Value::Null), Goal::Nothing);
    }

    #[test]
    fn the_user_decides_what_is_waited_for() {
        let patient = goal("connection", "production".into());
        assert!(!patient.is_met(&State::Allocated));
        let hasty = goal("connection", "none".into());
        assert!(hasty.is_met(&State::Requested));
    }

    #[test]
    fn an_unknown_state_is_waited_out() {
        let port = goal("connection", Value::Null);
        assert!(port.is_worth_waiting(&State::parse("patching_fibre")));
        assert!(!port.is_worth_waiting(&State::Cancelled));
    }

    #[test]
    fn only_grave_and_unexpected_messages_are_shown() {
        let object = json!({"status": [
            {"severity": 6, "tag": "requested", "message": "On its way."},
            {"severity": 2, "tag": "toc_required", "message": "Sign the terms."},
            {"severity": 2, "tag": "b_side_nsc_required", "message": "Configure the B side."},
        ]});
        let said = messages(&object, &["b_side_nsc_required"]);
        assert!(said.contains("Sign the terms."), "{said}");
        assert!(
            !said.contains("On its way.") && !said.contains("B side"),
            "{said}"
        );
    }

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
