//! What a customer has, as plain fields with a life.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::clock::Millis;
use crate::collection::Collection;
use crate::life::Life;
use crate::parties::Party;

/// The fields of an object.
pub type Row = Map<String, Value>;

/// The key that a port is ordered to with; a circuit keeps the one that it was ordered with. Both
/// hide it.
pub const SERVICE_KEY: &str = "service_key";

/// What a circuit that was ordered with a key hides the id of its port in.
pub const SERVICE_KEY_PORT: &str = "service_key_port";

/// Which end of a virtual circuit a config is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The end of the party that ordered the circuit.
    A,
    /// The end of the joining member.
    B,
}

/// What a read still shows although it was changed.
#[derive(Clone, Debug)]
pub struct Lag {
    /// The moment from which the truth is shown.
    pub until: Millis,
    /// The old values.
    pub fields: Row,
}

/// An object of a customer.
#[derive(Clone, Debug)]
pub struct Object {
    /// Where it lives.
    pub collection: Collection,
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub owner: Party,
    /// What was sent and what the exchange decided once.
    pub fields: Row,
    /// What only the exchange knows, such as the config that an IP address was allocated for.
    pub hidden: Row,
    /// Values that a test forces onto fields which the exchange otherwise computes.
    pub overrides: Row,
    /// Fields that a test has taken away, whatever the exchange makes of them.
    pub withheld: BTreeSet<String>,
    /// Old values that reads still show.
    pub lag: Option<Lag>,
    /// State and dates, for collections that have them.
    pub life: Option<Life>,
    /// The end of the circuit, for its configs.
    pub side: Option<Side>,
}

impl Object {
    /// An object without a life.
    pub fn new(collection: Collection, id: String, owner: Party, fields: Row) -> Object {
        Object {
            collection,
            id,
            owner,
            fields,
            hidden: Row::new(),
            overrides: Row::new(),
            withheld: BTreeSet::new(),
            lag: None,
            life: None,
            side: None,
        }
    }

    /// The object with a life.
    pub fn living(self, life: Life) -> Object {
        Object {
            life: Some(life),
            ..self
        }
    }

    /// A text field; empty when it is absent or null.
    pub fn text(&self, name: &str) -> &str {
        text(&self.fields, name).unwrap_or_default()
    }

    /// A hidden text; empty when it is absent.
    pub fn hidden_text(&self, name: &str) -> &str {
        text(&self.hidden, name).unwrap_or_default()
    }

    /// The texts in a field, whether it is answered or hidden, one text or a list of them.
    pub fn named_in(&self, name: &str) -> Vec<&str> {
        match self.fields.get(name).or_else(|| self.hidden.get(name)) {
            Some(Value::String(text)) => vec![text],
            Some(list) => texts(list),
            None => Vec::new(),
        }
    }

    /// The ids in a list field.
    pub fn ids(&self, name: &str) -> Vec<&str> {
        ids(&self.fields, name)
    }

    /// The state; empty for collections without states.
    pub fn state(&self) -> &str {
        self.life.as_ref().map_or("", |life| life.state.as_str())
    }

    /// Whether the object still counts: neither gone nor being cancelled.
    pub fn is_live(&self) -> bool {
        self.life.as_ref().is_none_or(|life| !life.is_ending())
    }

    /// Whether the exchange has allocated what was ordered.
    pub fn is_allocated(&self) -> bool {
        self.state() != "requested" && self.life.as_ref().is_some_and(|life| !life.withdrawn)
    }

    /// Whether the object still takes up what it reserved: VLANs, ports.
    pub fn is_there(&self) -> bool {
        self.life.as_ref().is_none_or(|life| !life.is_gone())
    }
}

/// The text at `name`; none when it is absent, null or no text.
pub fn text<'a>(fields: &'a Row, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str)
}

/// The texts of the list at `name`; none of them when it is absent or no list.
pub fn ids<'a>(fields: &'a Row, name: &str) -> Vec<&'a str> {
    fields.get(name).map(texts).unwrap_or_default()
}

/// The texts in a JSON list.
pub fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .map(|items| items.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default()
}
