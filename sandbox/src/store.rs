//! What the customers of the exchange have: objects by collection and id, as plain fields.

use std::collections::{BTreeMap, VecDeque};

use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::clock::Millis;
use crate::parties::Party;

/// Where an object lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Collection {
    /// `/contacts`
    Contacts,
    /// `/role-assignments`
    RoleAssignments,
    /// `/connections`
    Connections,
    /// `/port-reservations`
    PortReservations,
    /// `/network-services`
    NetworkServices,
    /// `/network-service-configs`
    NetworkServiceConfigs,
    /// `/macs`
    Macs,
}

impl Collection {
    /// All of them. A bare id is looked up in this order.
    pub const ALL: [Collection; 7] = [
        Collection::Contacts,
        Collection::RoleAssignments,
        Collection::Connections,
        Collection::PortReservations,
        Collection::NetworkServices,
        Collection::NetworkServiceConfigs,
        Collection::Macs,
    ];

    /// The collection's name in paths.
    pub fn path(self) -> &'static str {
        match self {
            Collection::Contacts => "contacts",
            Collection::RoleAssignments => "role-assignments",
            Collection::Connections => "connections",
            Collection::PortReservations => "port-reservations",
            Collection::NetworkServices => "network-services",
            Collection::NetworkServiceConfigs => "network-service-configs",
            Collection::Macs => "macs",
        }
    }

    /// One object of the collection, for people.
    pub fn noun(self) -> &'static str {
        match self {
            Collection::Contacts => "contact",
            Collection::RoleAssignments => "role assignment",
            Collection::Connections => "connection",
            Collection::PortReservations => "port reservation",
            Collection::NetworkServices => "network service",
            Collection::NetworkServiceConfigs => "network service config",
            Collection::Macs => "MAC address",
        }
    }

    /// The collection of that name, with or without a leading slash.
    pub fn named(path: &str) -> Option<Collection> {
        let path = path.trim_start_matches('/');
        Collection::ALL
            .into_iter()
            .find(|collection| collection.path() == path)
    }
}

/// Which end of a virtual circuit a config is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The end of the party that ordered the circuit.
    A,
    /// The end of the joining member.
    B,
}

/// A transition that the clock will make.
#[derive(Clone, Debug)]
pub struct Step {
    /// The state that follows.
    pub to: &'static str,
    /// Milliseconds after the transition before.
    pub after: Millis,
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
}

impl Life {
    /// When the next transition is due.
    pub fn due(&self) -> Option<Millis> {
        self.steps
            .front()
            .map(|step| self.since.saturating_add(step.after))
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
}

/// An object that a customer created.
#[derive(Clone, Debug)]
pub struct Object {
    /// Where it lives.
    pub collection: Collection,
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub owner: Party,
    /// What was sent and what the exchange decided once.
    pub fields: Map<String, Value>,
    /// Values that a test forces onto fields which the exchange otherwise computes.
    pub overrides: Map<String, Value>,
    /// State and dates, for collections that have them.
    pub life: Option<Life>,
    /// The end of the circuit, for configs.
    pub side: Option<Side>,
}

impl Object {
    /// A text field; empty when it is absent or null.
    pub fn text(&self, name: &str) -> &str {
        self.fields
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The ids in a list field.
    pub fn ids(&self, name: &str) -> Vec<&str> {
        self.fields.get(name).map(texts).unwrap_or_default()
    }

    /// The state; empty for collections without states.
    pub fn state(&self) -> &str {
        self.life.as_ref().map_or("", |life| life.state.as_str())
    }

    /// Whether the object still counts: neither gone nor being cancelled.
    pub fn is_live(&self) -> bool {
        self.life.as_ref().is_none_or(|life| !life.is_ending())
    }

    /// Whether the object still takes up what it reserved: VLANs, ports.
    pub fn is_there(&self) -> bool {
        self.life.as_ref().is_none_or(|life| !life.is_gone())
    }
}

/// The texts in a JSON list.
pub fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .map(|items| items.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default()
}

/// All objects, sorted by collection and id.
#[derive(Debug, Default)]
pub struct Store {
    objects: BTreeMap<(Collection, String), Object>,
}

impl Store {
    /// Adds or replaces an object.
    pub fn put(&mut self, object: Object) {
        self.objects
            .insert((object.collection, object.id.clone()), object);
    }

    /// One object.
    pub fn get(&self, collection: Collection, id: &str) -> Option<&Object> {
        self.objects.get(&(collection, id.to_owned()))
    }

    /// One object, to change it.
    pub fn get_mut(&mut self, collection: Collection, id: &str) -> Option<&mut Object> {
        self.objects.get_mut(&(collection, id.to_owned()))
    }

    /// Takes an object out.
    pub fn remove(&mut self, collection: Collection, id: &str) -> Option<Object> {
        self.objects.remove(&(collection, id.to_owned()))
    }

    /// The objects of one collection, sorted by id.
    pub fn all(&self, collection: Collection) -> impl Iterator<Item = &Object> {
        self.objects
            .range((collection, String::new())..)
            .map(|(_, object)| object)
            .take_while(move |object| object.collection == collection)
    }

    /// The objects of one collection, to change them.
    pub fn all_mut(&mut self, collection: Collection) -> impl Iterator<Item = &mut Object> {
        self.objects
            .range_mut((collection, String::new())..)
            .map(|(_, object)| object)
            .take_while(move |object| object.collection == collection)
    }

    /// Every object.
    pub fn everything(&self) -> impl Iterator<Item = &Object> {
        self.objects.values()
    }

    /// The collection in which an id is found first.
    pub fn find(&self, id: &str) -> Option<Collection> {
        Collection::ALL
            .into_iter()
            .find(|collection| self.get(*collection, id).is_some())
    }

    /// The objects of `collection` whose text field `name` holds `id`.
    pub fn referring(&self, collection: Collection, name: &'static str, id: &str) -> Vec<&Object> {
        self.all(collection)
            .filter(|object| object.text(name) == id)
            .collect()
    }
}
