//! The states of objects: what an order, a change and a cancellation set in motion. States and
//! their meaning are in section 5 of the IX-API data dictionary.

use std::collections::VecDeque;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::clock::{self, Millis};

/// Installing takes this many steps of the clock; everything else takes one.
const INSTALLATION_STEPS: Millis = 2;

/// Severity of a message that reports normal progress.
pub const INFORMATIONAL: u8 = 6;
/// Severity of a message that asks the customer for something.
pub const CRITICAL: u8 = 2;

/// A status message.
pub fn message(severity: u8, tag: &str, text: &str, attrs: Value, timestamp: String) -> Value {
    json!({
        "severity": severity, "tag": tag, "message": text, "attrs": attrs, "timestamp": timestamp,
    })
}

/// The present, as far as states are concerned.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Now.
    pub now: Millis,
    /// Today, UTC.
    pub today: Date,
    /// Length of one step of the clock.
    pub step: Millis,
}

/// When a service ends and until when it is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// The last day of the service.
    pub decommission_at: Date,
    /// The last day that is billed.
    pub charged_until: Date,
}

/// A transition that the clock will make.
#[derive(Clone, Debug)]
pub struct Step {
    /// The state that follows.
    pub to: &'static str,
    /// Milliseconds after the transition before.
    pub after: Millis,
}

/// Steps from a complete order to service.
pub fn activation(step: Millis) -> [Step; 2] {
    let installation = step.saturating_mul(INSTALLATION_STEPS);
    [
        Step {
            to: "allocated",
            after: step,
        },
        Step {
            to: "production",
            after: installation,
        },
    ]
}

/// Where an object is in its life.
#[derive(Clone, Debug)]
pub struct Life {
    /// The state on the wire.
    pub state: String,
    /// Status messages, oldest first.
    pub status: Vec<Value>,
    /// Transitions to come, in their order.
    pub steps: VecDeque<Step>,
    /// The moment from which the first step counts.
    pub since: Millis,
    /// When the object was ordered.
    pub ordered: Millis,
    /// The day on which the service ends, once it is cancelled.
    pub decommission_at: Option<Date>,
    /// The day until which it is billed, once it is cancelled.
    pub charged_until: Option<Date>,
    /// The day on which billing began.
    pub billing_start: Option<Date>,
    /// Whether it was cancelled before anything was allocated.
    pub withdrawn: bool,
}

impl Life {
    /// A new order that stays in `state` until something else happens.
    pub fn resting(state: &str, now: Millis) -> Life {
        Life {
            state: state.to_owned(),
            status: Vec::new(),
            steps: VecDeque::new(),
            since: now,
            ordered: now,
            decommission_at: None,
            charged_until: None,
            billing_start: None,
            withdrawn: false,
        }
    }

    /// A new port: allocated, at once where the clock takes no time, and installed later, unless
    /// the installation waits for something.
    pub fn installing(at: Moment, waits: bool) -> Life {
        let [allocated, production] = activation(at.step);
        let mut life = Life::resting("requested", at.now);
        if at.step == 0 {
            life.state = allocated.to.to_owned();
        } else {
            life.steps.push_back(allocated);
        }
        if !waits {
            life.steps.push_back(production);
        }
        life
    }

    /// A new order that the exchange carries out without further ado.
    pub fn activating(at: Moment) -> Life {
        let mut life = Life::resting("requested", at.now);
        life.schedule(at.now, activation(at.step));
        life
    }

    /// What the installation waited for is there.
    pub fn install(&mut self, at: Moment) {
        let [_, production] = activation(at.step);
        if self.state == "allocated" {
            self.schedule(at.now, [production]);
        } else if self.state == "requested" {
            self.steps.push_back(production);
        }
    }

    /// When the next transition is due.
    pub fn due(&self) -> Option<Millis> {
        let step = self.steps.front()?;
        Some(self.since.saturating_add(step.after))
    }

    /// Whether the object is on its way out or out already.
    pub fn is_ending(&self) -> bool {
        self.is_gone() || self.state == "decommission_requested"
    }

    /// Whether nothing is left to cancel.
    pub fn is_gone(&self) -> bool {
        matches!(
            self.state.as_str(),
            "decommissioned" | "archived" | "cancelled"
        )
    }

    /// Whether the service is up, whatever is being done to it.
    pub fn is_up(&self) -> bool {
        let leaving = self.state == "decommission_requested" && self.billing_start.is_some();
        self.state.starts_with("production") || leaving
    }

    /// Whether a day is billed: what has begun is, until the day that was told when it was
    /// cancelled.
    pub fn is_billed(&self, day: Date) -> bool {
        match (self.billing_start, self.charged_until) {
            (_, Some(until)) => day <= until,
            (begun, None) => begun.is_some() && !self.is_gone(),
        }
    }

    /// The dates of the cancellation, once there is one.
    pub fn agreed(&self) -> Option<Dates> {
        Some(Dates {
            decommission_at: self.decommission_at?,
            charged_until: self.charged_until?,
        })
    }

    /// Lets the clock move the object through `steps`, counting from `now`.
    pub fn schedule(&mut self, now: Millis, steps: impl IntoIterator<Item = Step>) {
        self.since = now;
        self.steps = steps.into_iter().collect();
    }

    /// A change was accepted. In production it takes a step to reach the network; before that it
    /// is part of the order.
    pub fn change(&mut self, at: Moment) {
        if self.state.starts_with("production") {
            self.state = "production_change_pending".to_owned();
            self.schedule(
                at.now,
                [Step {
                    to: "production",
                    after: at.step,
                }],
            );
        }
    }

    /// A cancellation was accepted.
    pub fn cancel(&mut self, at: Moment, dates: Dates) {
        self.withdrawn |= self.state == "requested";
        self.state = "decommission_requested".to_owned();
        self.decommission_at = Some(dates.decommission_at);
        self.charged_until = Some(dates.charged_until);
        let wait = if dates.decommission_at > at.today {
            clock::start_of(dates.decommission_at).saturating_sub(at.now)
        } else {
            0
        };
        let after = wait.saturating_add(at.step);
        self.schedule(
            at.now,
            [Step {
                to: "decommissioned",
                after,
            }],
        );
    }
}
