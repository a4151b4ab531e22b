//! What an object is waited for to become, and whether it has.

use crate::entities::declaration::{Provisioning, Resource, RestsInError, Which};
use crate::ixapi::{Gravity, Json, State, StatusMessage};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::plan::Change;
use crate::tfplugin::schema::{Attribute, Kind, Mode};
use crate::tfplugin::types::Type;
use crate::tfplugin::value::Value;

use super::asked;
use super::messages::the_exchange_says;
use super::timeouts::{self, Operation, spoken};

/// The attribute that says what to wait for.
pub const WAIT_FOR_STATE: &str = "wait_for_state";

/// What it says to wait for nothing.
pub const NOT_AT_ALL: &str = "none";

/// States that can be waited for.
const TARGETS: [State; 2] = [State::Allocated, State::Production];

/// The graver messages say what is wrong; the others, what goes on.
const WRONG: Gravity = Gravity(3);

/// The `wait_for_state` attribute, for what is provisioned.
pub fn attribute(resource: &Resource) -> Option<Attribute> {
    let usual = resource
        .of
        .provisioning(resource.variant_of(&Value::Null))?;
    let by_default = |provisioning: &Provisioning| match &provisioning.waits_for {
        Some(state) => format!("`{state}`: {}", provisioning.because),
        None => format!("nothing but the end of a change: {}", provisioning.because),
    };
    let defaults = match resource.which {
        Which::Some(variants) => variants
            .iter()
            .filter_map(|variant| {
                let provisioning = resource.of.provisioning(Some(variant))?;
                Some(format!(
                    " For `{variant}` that is {}.",
                    by_default(provisioning)
                ))
            })
            .collect(),
        Which::All | Which::Only(_) => format!(" By default that is {}.", by_default(usual)),
    };
    let mut attribute = Attribute::new(
        WAIT_FOR_STATE,
        Kind::Value(Type::String),
        Mode::Optional,
        format!(
            "State that create and update wait for: `allocated`, `production`, or `none` to not \
             wait.{defaults} What the exchange asks of others before it goes on is not waited for: \
             the apply ends with a warning that says what that is."
        ),
    );
    attribute.local = true;
    Some(attribute)
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

/// Where an object stands: its state, and what is wrong, by the tags of its status messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Its state.
    pub state: State,
    wrong: Vec<String>,
}

impl Position {
    /// Where the exchange says that it stands; none where objects have no state.
    pub fn of(object: &Json) -> Option<Position> {
        let wrong = StatusMessage::of(object)
            .into_iter()
            .filter(|message| message.severity <= WRONG)
            .map(|message| message.tag);
        Some(Position {
            state: State::of(object)?,
            wrong: wrong.collect(),
        })
    }

    /// Where it stood when it was last read.
    pub fn in_state(object: &Value) -> Option<Position> {
        let messages = object.get("status").elements().iter();
        let wrong = messages.filter_map(|message| {
            let severity = u8::try_from(message.get("severity").as_i64()?).ok()?;
            let tag = message.get("tag").as_str().unwrap_or_default();
            (Gravity(severity) <= WRONG).then(|| tag.to_owned())
        });
        Some(Position {
            state: object.get("state").as_str().map(State::parse)?,
            wrong: wrong.collect(),
        })
    }

    /// Whether the exchange does not go on with it before somebody else has done something.
    pub fn is_asked(&self) -> bool {
        !self.state.is_changing() && self.wrong.iter().any(|tag| asked::asks(tag))
    }

    /// Whether it rests in `error` until something else is ordered for it.
    fn rests(&self, in_error: RestsInError) -> bool {
        match in_error {
            RestsInError::Never => false,
            RestsInError::WhileAsked => !self.state.is_changing() && !self.wrong.is_empty(),
            RestsInError::WithTags(tags) => {
                self.state == State::Error
                    && !self.wrong.is_empty()
                    && self.wrong.iter().all(|tag| tags.contains(&tag.as_str()))
            }
        }
    }
}

/// What an object is waited for to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    aim: Aim,
    rests_in_error: RestsInError,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Aim {
    /// Nothing: whatever it is, it will do.
    Nothing,
    /// No change is under way.
    Settled,
    /// At least this far, and no change is under way.
    Reached(State),
}

impl Goal {
    /// What this object is to become, by its `wait_for_state`, its variant or its kind.
    pub fn of(resource: &Resource, object: &Value) -> Goal {
        let Some(provisioning) = resource.of.provisioning(resource.variant_of(object)) else {
            return Goal {
                aim: Aim::Nothing,
                rests_in_error: RestsInError::Never,
            };
        };
        let aim = match object.get(WAIT_FOR_STATE).as_str() {
            Some(NOT_AT_ALL) => Aim::Nothing,
            Some(state) => Aim::Reached(State::parse(state)),
            None => match &provisioning.waits_for {
                Some(state) => Aim::Reached(state.clone()),
                None => Aim::Settled,
            },
        };
        Goal {
            aim,
            rests_in_error: provisioning.rests_in_error,
        }
    }

    /// Whether an object that stands there need not be waited for.
    pub fn is_met(&self, position: &Position) -> bool {
        let state = &position.state;
        let settled = !state.is_changing();
        match &self.aim {
            Aim::Nothing => true,
            Aim::Settled => settled && !state.is_ending(),
            Aim::Reached(target) => settled && state.reached(target),
        }
    }

    /// Whether it stands still until somebody else acts or something else is ordered for it, and
    /// waiting for more would hold that very order up.
    pub fn is_resting(&self, position: &Position) -> bool {
        let stands_still = position.rests(self.rests_in_error) || position.is_asked();
        !self.is_met(position) && !position.state.is_ending() && stands_still
    }

    /// Whether it stands still as all of its kind do, until the order that comes right after it.
    pub fn is_resting_as_usual(&self, position: &Position) -> bool {
        let is_usual = matches!(self.rests_in_error, RestsInError::WithTags(_));
        is_usual && position.rests(self.rests_in_error)
    }

    /// Whether waiting makes sense: not met, not at rest, and not on the way out.
    pub fn is_worth_waiting(&self, position: &Position) -> bool {
        !self.is_met(position) && !self.is_resting(position) && !position.state.is_ending()
    }

    /// Whether it is in `error` and will do all the same: no wait tells of that.
    pub fn puts_up_with(&self, position: &Position) -> bool {
        self.aim == Aim::Settled && position.state == State::Error
    }

    /// What is aimed at, in a word.
    pub fn name(&self) -> String {
        match &self.aim {
            Aim::Reached(state) => state.to_string(),
            Aim::Settled | Aim::Nothing => "settled".to_owned(),
        }
    }

    /// The state that is waited for, if it is one.
    pub fn target(&self) -> Option<&State> {
        match &self.aim {
            Aim::Reached(state) => Some(state),
            Aim::Settled | Aim::Nothing => None,
        }
    }
}

/// What a wait that goes on belongs to, and has its patience from: an object that never came into
/// service is still being created.
pub fn waited_for(state: &Value) -> Operation {
    match Position::in_state(state) {
        Some(position) if position.state.is_changing() => Operation::Update,
        _ => Operation::Create,
    }
}

/// What a plan says of an object that is still waited for: why it is in the plan at all.
pub fn resumed(resource: &Resource, change: &Change, state: &State, goal: &Goal) -> Diagnostic {
    let id = change.prior.get("id").as_str().unwrap_or_default();
    let operation = waited_for(&change.prior);
    let patience = timeouts::of(resource, &change.planned, operation);
    let unknown = match state {
        State::Other(some) if !some.is_empty() => " This provider does not know that state.",
        State::Error => " It may not go on before what is wrong is put right.",
        _ => "",
    };
    let said = change.prior.get("status").elements().iter();
    let said = said.filter_map(|message| {
        let severity = u8::try_from(message.get("severity").as_i64()?).ok()?;
        let text = message.get("message").as_str()?;
        Gravity(severity).is_warning().then(|| text.to_owned())
    });
    Diagnostic::warning(
        format!("The {} {id} is {state}, not {}", resource.noun, goal.name()),
        format!(
            "Unless something else changes too, applying this sends nothing to the exchange: it \
             waits for up to {} (timeouts.{}).{unknown} To not wait, set {WAIT_FOR_STATE} = \
             \"{NOT_AT_ALL}\".{}",
            spoken(patience),
            operation.name(),
            the_exchange_says(said)
        ),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::provider::testing::resource_named;

    fn goal(name: &str, wait_for_state: Value) -> Goal {
        let object = Value::object([
            (WAIT_FOR_STATE, wait_for_state),
            ("type", "exchange_lan".into()),
        ]);
        Goal::of(resource_named(name), &object)
    }

    fn at(state: State) -> Position {
        Position {
            state,
            wrong: Vec::new(),
        }
    }

    #[test]
    fn a_port_waits_for_its_allocation_and_a_circuit_for_nothing() {
        let port = goal("connection", Value::Null);
        assert!(port.is_met(&at(State::Allocated)) && port.is_met(&at(State::Production)));
        assert!(!port.is_met(&at(State::Requested)));
        let circuit = goal("p2p_vc", Value::Null);
        assert!(circuit.is_met(&at(State::Requested)));
        assert!(!circuit.is_met(&at(State::ProductionChangePending)));
        for ending in [State::Cancelled, State::DecommissionRequested] {
            let ending = at(ending);
            assert!(!circuit.is_met(&ending) && !circuit.is_worth_waiting(&ending));
        }
        assert_eq!(goal("contact", Value::Null).aim, Aim::Nothing);
    }

    #[test]
    fn the_user_decides_what_is_waited_for() {
        let patient = goal("connection", "production".into());
        assert!(!patient.is_met(&at(State::Allocated)));
        let hasty = goal("connection", "none".into());
        assert!(hasty.is_met(&at(State::Requested)));
    }

    #[test]
    fn an_unknown_state_is_waited_out() {
        let port = goal("connection", Value::Null);
        assert!(port.is_worth_waiting(&at(State::parse("patching_fibre"))));
        assert!(!port.is_worth_waiting(&at(State::Cancelled)));
    }

    #[test]
    fn a_config_of_a_peering_lan_rests_in_error_until_it_has_its_feature_config() {
        let saying = |tags: &[&str]| {
            let status: Vec<Json> = tags
                .iter()
                .map(|tag| json!({"severity": 2, "tag": tag, "message": "…"}))
                .collect();
            Position::of(&json!({"state": "error", "status": status}))
        };
        let config = goal("nsc", Value::Null);
        let rest = saying(&["network_feature_config_required"]);
        assert!(rest.as_ref().is_some_and(|rest| config.is_resting(rest)));
        let waits = rest
            .as_ref()
            .is_some_and(|rest| config.is_worth_waiting(rest));
        assert!(!waits);
        assert!(rest.is_some_and(|rest| config.is_resting_as_usual(&rest)));
        for no_rest in [saying(&[]), saying(&["port_burnt"])] {
            assert!(no_rest.is_some_and(|wrong| config.is_worth_waiting(&wrong)));
        }
        let worse = saying(&["network_feature_config_required", "port_burnt"]).unwrap();
        assert!(config.is_resting(&worse) && !config.is_resting_as_usual(&worse));
    }

    #[test]
    fn what_others_have_to_do_first_is_not_waited_for() {
        let asked = |state: &str, severity: u8| {
            let message = json!({"severity": severity, "tag": "toc_required", "message": "…"});
            Position::of(&json!({"state": state, "status": [message]})).unwrap()
        };
        let port = goal("connection", "production".into());
        for state in ["requested", "allocated", "error", "patching_fibre"] {
            let blocked = asked(state, 3);
            assert!(port.is_resting(&blocked) && !port.is_worth_waiting(&blocked));
            assert!(!port.is_resting_as_usual(&blocked));
            assert!(port.is_worth_waiting(&asked(state, 4)), "a mere notice");
        }
        assert!(!port.is_resting(&asked("production", 2)), "it is there");
        assert!(!port.is_resting(&asked("cancelled", 2)), "it has ended");
        assert!(port.is_worth_waiting(&asked("production_change_pending", 2)));
    }
}
