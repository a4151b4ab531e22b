//! Where an object stands with the exchange (dictionary, sections 5.1 and 5.2).

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use super::lenient::{self, Json};

/// The state of a stateful object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum State {
    /// Ordered, and not yet accepted; a virtual circuit stays here until both sides are there.
    Requested,
    /// Accepted, resources reserved, work under way. A port may stay here for weeks, until its
    /// cross connect is there.
    Allocated,
    /// Being tested before it goes into service.
    Testing,
    /// To go into service at a set time.
    Scheduled,
    /// Waiting for somebody at the exchange.
    Operator,
    /// In service.
    Production,
    /// In service, with a change under way.
    ProductionChangePending,
    /// To be ended; still readable, possibly still in service and billed.
    DecommissionRequested,
    /// Ended.
    Decommissioned,
    /// Ended, kept for the record.
    Archived,
    /// Withdrawn or declined before it went into service. Some exchanges want it deleted still.
    Cancelled,
    /// Something is missing or wrong. Not the end: a configuration stands here until its
    /// required feature is configured.
    Error,
    /// A state this client does not know. Always to be waited out.
    Other(String),
}

/// The known states in wire form.
const KNOWN: [(State, &str); 12] = [
    (State::Requested, "requested"),
    (State::Allocated, "allocated"),
    (State::Testing, "testing"),
    (State::Scheduled, "scheduled"),
    (State::Operator, "operator"),
    (State::Production, "production"),
    (State::ProductionChangePending, "production_change_pending"),
    (State::DecommissionRequested, "decommission_requested"),
    (State::Decommissioned, "decommissioned"),
    (State::Archived, "archived"),
    (State::Cancelled, "cancelled"),
    (State::Error, "error"),
];

impl State {
    /// Reads a state, whatever its case and whether words are joined by `_`, `-` or a space.
    pub fn parse(text: &str) -> Self {
        let plain = text.trim().to_ascii_lowercase().replace(['-', ' '], "_");
        // The American spelling is not in the specification, but natural to write.
        let plain = if plain == "canceled" {
            "cancelled"
        } else {
            plain.as_str()
        };
        match KNOWN.iter().find(|(_, wire)| *wire == plain) {
            Some((state, _)) => state.clone(),
            None => Self::Other(text.trim().to_owned()),
        }
    }

    /// The state of an object, if it has one.
    pub fn of(object: &Json) -> Option<Self> {
        object.get("state").and_then(Json::as_str).map(Self::parse)
    }

    /// The form used on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(text) => text,
            known => KNOWN
                .iter()
                .find(|(state, _)| state == known)
                .map_or("", |(_, wire)| wire),
        }
    }

    /// Whether the exchange only keeps a record of the object: decommissioned or archived. Answers
    /// to a read that say so mean the same as 404.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Decommissioned | Self::Archived)
    }

    /// Whether the object has come to its end, a good one or a bad one, and can never be in service
    /// any more: gone, or cancelled. It is also where waiting for a deletion ends.
    pub fn has_ended(&self) -> bool {
        self.is_gone() || *self == Self::Cancelled
    }

    /// Whether the object has ended, or is about to.
    pub fn is_ending(&self) -> bool {
        self.has_ended() || *self == Self::DecommissionRequested
    }

    /// Whether the object has come at least as far as the target on its way into service.
    ///
    /// An object with a pending change has reached `production`: it is in service. Whether the
    /// change has been made is a different question: see [`is_changing`](Self::is_changing).
    /// An object that is being ended, has ended or is in `error` has reached nothing but that.
    pub fn reached(&self, target: &Self) -> bool {
        match (self.progress(), target.progress()) {
            _ if self == target => true,
            (Some(here), Some(there)) if *target == Self::Production => here >= there,
            (Some(here), Some(there)) => here > there,
            _ => false,
        }
    }

    /// Whether a change is under way, so that the exchange may still echo what was before it.
    pub fn is_changing(&self) -> bool {
        *self == Self::ProductionChangePending
    }

    /// How far on the way into service. `testing` and `scheduled` come in either order.
    fn progress(&self) -> Option<u8> {
        match self {
            Self::Requested | Self::Operator => Some(0),
            Self::Allocated => Some(1),
            Self::Testing | Self::Scheduled => Some(2),
            Self::Production | Self::ProductionChangePending => Some(3),
            _ => None,
        }
    }
}

impl fmt::Display for State {
    /// What an object is: `requested`, `without a state`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            "" => f.write_str("without a state"),
            state => f.write_str(state),
        }
    }
}

impl FromStr for State {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::parse(text))
    }
}

/// How grave a status message is: 0, an emergency, to 7, for debugging, as in syslog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gravity(pub u8);

impl Gravity {
    /// What is assumed of a message that does not say.
    pub const INFORMATIONAL: Self = Self(6);

    /// Whether a person should be told: warnings and everything graver.
    pub fn is_warning(self) -> bool {
        self.0 <= 4
    }
}

/// What the exchange says about the state of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusMessage {
    /// How grave it is.
    pub severity: Gravity,
    /// What it is, for machines: `toc_required`.
    pub tag: String,
    /// What it is, for people.
    pub message: String,
    /// What it refers to, such as `url` or `network_feature`; null if there is nothing.
    pub attrs: Json,
    /// Since when, as the exchange wrote it.
    pub timestamp: Option<String>,
}

impl StatusMessage {
    /// Reads the `status` of an object. What is no message is left out.
    pub fn read(status: &Json) -> Vec<Self> {
        lenient::list(status)
            .iter()
            .filter_map(Self::read_one)
            .collect()
    }

    /// The status messages of an object.
    pub fn of(object: &Json) -> Vec<Self> {
        object.get("status").map(Self::read).unwrap_or_default()
    }

    fn read_one(json: &Json) -> Option<Self> {
        let message = json.as_object()?;
        let text = |name: &str| message.get(name).and_then(lenient::text);
        let severity = message
            .get("severity")
            .and_then(lenient::integer)
            .and_then(|severity| u8::try_from(severity).ok());
        Some(Self {
            severity: severity.map_or(Gravity::INFORMATIONAL, Gravity),
            tag: text("tag").unwrap_or_default(),
            message: text("message").unwrap_or_default(),
            attrs: message.get("attrs").cloned().unwrap_or_default(),
            timestamp: text("timestamp"),
        })
    }
}

impl fmt::Display for StatusMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.message.is_empty(), self.tag.is_empty()) {
            (false, false) => write!(f, "{} ({})", self.message, self.tag),
            (false, true) => f.write_str(&self.message),
            (true, _) => f.write_str(&self.tag),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn states_are_read_whatever_their_case_and_dashes() {
        for (text, state) in [
            ("production", State::Production),
            ("Production", State::Production),
            ("decommission-requested", State::DecommissionRequested),
            ("Decommission Requested", State::DecommissionRequested),
            (
                " PRODUCTION_CHANGE_PENDING ",
                State::ProductionChangePending,
            ),
            ("canceled", State::Cancelled),
        ] {
            assert_eq!(State::parse(text), state, "{text}");
        }
    }

    #[test]
    fn every_state_reads_back_as_it_is_written() {
        for (state, wire) in KNOWN {
            assert_eq!(state.to_string(), wire);
            assert_eq!(State::parse(wire), state);
        }
    }

    #[test]
    fn an_unknown_state_is_kept_and_waited_out() {
        let state = State::parse("Awaiting-Moon");
        assert_eq!(state, State::Other("Awaiting-Moon".into()));
        assert_eq!(state.to_string(), "Awaiting-Moon");
        assert!(!state.is_gone() && !state.has_ended() && !state.is_changing());
        assert!(!state.reached(&State::Allocated));
    }

    #[test]
    fn what_an_object_has_reached_and_whether_it_has_ended() {
        use State::*;
        // state, has reached allocated, production; is gone, has ended
        let table = [
            (Requested, false, false, false, false),
            (Allocated, true, false, false, false),
            (Testing, true, false, false, false),
            (Scheduled, true, false, false, false),
            (Operator, false, false, false, false),
            (Production, true, true, false, false),
            (ProductionChangePending, true, true, false, false),
            (DecommissionRequested, false, false, false, false),
            (Decommissioned, false, false, true, true),
            (Archived, false, false, true, true),
            (Cancelled, false, false, false, true),
            (Error, false, false, false, false),
        ];
        assert_eq!(table.len(), KNOWN.len());
        for (state, allocated, production, gone, ended) in table {
            assert_eq!(state.reached(&Allocated), allocated, "{state}");
            assert_eq!(state.reached(&Production), production, "{state}");
            assert_eq!(state.is_gone(), gone, "{state}");
            assert_eq!(state.has_ended(), ended, "{state}");
            assert_eq!(
                state.is_changing(),
                state == ProductionChangePending,
                "{state}"
            );
            assert!(state.reached(&state), "{state}");
        }
        assert!(!Testing.reached(&Scheduled) && !Production.reached(&ProductionChangePending));
    }

    #[test]
    fn the_state_of_an_object_without_one_is_none() {
        assert_eq!(State::of(&json!({"state": "error"})), Some(State::Error));
        for none in [json!({}), json!({"state": null}), json!([])] {
            assert_eq!(State::of(&none), None, "{none}");
        }
    }

    #[test]
    fn status_messages_are_read_from_a_list_a_single_one_or_null() {
        let one = json!({
            "severity": "2", "tag": "toc_required", "message": "Accept the terms",
            "attrs": null, "timestamp": "2022-03-22T20:52:33",
        });
        for status in [json!([one]), one.clone(), json!([null, one, 5])] {
            let messages = StatusMessage::read(&status);
            assert_eq!(messages.len(), 1, "{status}");
            assert_eq!(messages[0].severity, Gravity(2));
            assert!(messages[0].severity.is_warning());
            assert_eq!(messages[0].attrs, Json::Null);
            assert_eq!(
                messages[0].timestamp.as_deref(),
                Some("2022-03-22T20:52:33")
            );
            assert_eq!(messages[0].to_string(), "Accept the terms (toc_required)");
        }
        assert!(StatusMessage::of(&json!({"status": null})).is_empty());
        assert!(StatusMessage::of(&json!({})).is_empty());
        let bare = StatusMessage::read(&json!([{}]));
        assert!(
            !bare[0].severity.is_warning(),
            "a message that does not say is informational"
        );
    }
}
