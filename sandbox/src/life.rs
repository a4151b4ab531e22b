//! The states of objects: what an order, a change and a cancellation set in motion, and how the clock carries it on.
//! States and their meaning are in section 5 of the IX-API data dictionary.

use std::collections::VecDeque;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::cancellation::Dates;
use crate::clock::{self, Millis};
use crate::exchange::Exchange;
use crate::problem::Problem;
use crate::store::{Collection, Life, Object, Step};

/// Installing takes this many steps of the clock; everything else takes one.
const INSTALLATION_STEPS: Millis = 2;

/// Severity of a message that reports normal progress.
pub const INFORMATIONAL: u8 = 6;
/// Severity of a message that asks the customer for something.
pub const CRITICAL: u8 = 2;

/// A status message.
pub fn message(severity: u8, tag: &str, text: &str, attrs: Value, timestamp: String) -> Value {
    json!({ "severity": severity, "tag": tag, "message": text, "attrs": attrs, "timestamp": timestamp })
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
        }
    }

    /// A new port: allocated, at once where the clock takes no time, and installed later.
    pub fn installing(now: Millis, step: Millis) -> Life {
        let mut life = Life::resting(if step == 0 { "allocated" } else { "requested" }, now);
        if step > 0 {
            life.steps.push_back(Step {
                to: "allocated",
                after: step,
            });
        }
        life.steps.push_back(Step {
            to: "production",
            after: step.saturating_mul(INSTALLATION_STEPS),
        });
        life
    }

    /// Lets the clock move the object through `steps`, counting from `now`.
    pub fn schedule(&mut self, now: Millis, steps: impl IntoIterator<Item = Step>) {
        self.since = now;
        self.steps = steps.into_iter().collect();
    }

    /// A change was accepted. In production it takes a step to reach the network; before that it is part of the order.
    pub fn change(&mut self, now: Millis, step: Millis) {
        if matches!(
            self.state.as_str(),
            "production" | "production_change_pending"
        ) {
            self.state = "production_change_pending".to_owned();
            self.schedule(
                now,
                [Step {
                    to: "production",
                    after: step,
                }],
            );
        }
    }

    /// A cancellation was accepted.
    pub fn cancel(&mut self, now: Millis, today: Date, dates: Dates, step: Millis) {
        self.state = "decommission_requested".to_owned();
        self.decommission_at = Some(dates.decommission_at);
        self.charged_until = Some(dates.charged_until);
        let wait = if dates.decommission_at > today {
            clock::start_of(dates.decommission_at).saturating_sub(now)
        } else {
            0
        };
        self.schedule(
            now,
            [Step {
                to: "decommissioned",
                after: wait.saturating_add(step),
            }],
        );
    }
}

/// Steps from a complete order to service.
pub fn activation(step: Millis) -> [Step; 2] {
    [
        Step {
            to: "allocated",
            after: step,
        },
        Step {
            to: "production",
            after: step.saturating_mul(INSTALLATION_STEPS),
        },
    ]
}

/// Refuses to change what is being cancelled or is gone.
pub fn refuse_change_while_ending(object: &Object) -> Result<(), Problem> {
    match &object.life {
        Some(life) if life.is_ending() => Err(Problem::unable_to_fulfill(format!(
            "The {} {} is {}; it cannot be changed any more.",
            object.collection.noun(),
            object.id,
            life.state
        ))),
        _ => Ok(()),
    }
}

/// Objects that a test keeps in a state, however far the clock has gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Only the object with this id, and the reservations of the connection with this id.
    pub id: Option<String>,
    /// Only objects of this collection.
    pub collection: Option<Collection>,
    /// Only objects with this reference.
    pub external_ref: Option<String>,
    /// The state they stay in.
    pub state: String,
}

impl Hold {
    /// Whether this hold is about the object, whatever its state.
    pub fn covers(&self, object: &Object) -> bool {
        let is_port = object.collection == Collection::PortReservations;
        let by_id = self
            .id
            .as_deref()
            .is_none_or(|id| object.id == id || (is_port && object.text("connection") == id));
        let by_collection = self
            .collection
            .is_none_or(|collection| object.collection == collection);
        let by_reference = self
            .external_ref
            .as_deref()
            .is_none_or(|wanted| object.text("external_ref") == wanted);
        by_id && by_collection && by_reference
    }
}

impl Exchange {
    /// Makes all transitions that are due, in the order in which they are.
    pub fn settle(&mut self) {
        let now = self.clock.now();
        while let Some((collection, id)) = self.next_due(now) {
            self.advance(collection, &id);
        }
    }

    fn next_due(&self, now: Millis) -> Option<(Collection, String)> {
        self.store
            .everything()
            .filter_map(|object| {
                let due = object
                    .life
                    .as_ref()
                    .and_then(Life::due)
                    .filter(|due| *due <= now)?;
                (!self.is_held(object)).then_some((due, object))
            })
            .min_by_key(|(due, _)| *due)
            .map(|(_, object)| (object.collection, object.id.clone()))
    }

    fn is_held(&self, object: &Object) -> bool {
        self.holds
            .iter()
            .any(|hold| hold.state == object.state() && hold.covers(object))
    }

    fn advance(&mut self, collection: Collection, id: &str) {
        let Some(life) = self
            .store
            .get_mut(collection, id)
            .and_then(|object| object.life.as_mut())
        else {
            return;
        };
        let due = life.due().unwrap_or(life.since);
        let Some(step) = life.steps.pop_front() else {
            return;
        };
        life.state = step.to.to_owned();
        life.since = due;
        match step.to {
            "production" => {
                if life.billing_start.is_none() {
                    life.billing_start = Some(self.clock.today());
                }
                if collection == Collection::NetworkServices {
                    self.start_configs_of(id, due);
                }
            }
            "decommissioned" => self.end(collection, id),
            _ => {}
        }
    }

    /// A service went live, and with it the configs that waited for it.
    fn start_configs_of(&mut self, service: &str, due: Millis) {
        for config in self.store.all_mut(Collection::NetworkServiceConfigs) {
            if config.text("network_service") == service
                && let Some(life) = config
                    .life
                    .as_mut()
                    .filter(|life| life.state == "allocated")
            {
                life.schedule(
                    due,
                    [Step {
                        to: "production",
                        after: 0,
                    }],
                );
            }
        }
    }

    /// The service of an object has ended.
    fn end(&mut self, collection: Collection, id: &str) {
        let service = match self.store.get(collection, id) {
            Some(config) if collection == Collection::NetworkServiceConfigs => {
                Some(config.text("network_service").to_owned())
            }
            _ => None,
        };
        if !self.settings.decommissioned_stays {
            self.store.remove(collection, id);
        }
        if let Some(service) = service {
            self.reopen(&service);
        }
    }

    /// A circuit that lost a side is back where it was ordered.
    pub fn reopen(&mut self, service: &str) {
        if let Some(life) = self
            .store
            .get_mut(Collection::NetworkServices, service)
            .and_then(|object| object.life.as_mut())
            && !life.is_ending()
        {
            life.state = "requested".to_owned();
            life.steps.clear();
        }
    }
}
