//! How the exchange speaks: the last thing that happens to an object, or an entry of the catalogue,
//! before it is answered, and to a refusal; and the first that happens to what customers send.
//! What the exchange thinks, filters by and checks is never touched. Each habit is a switch
//! ([`Quirk`]).

mod heard;
mod refusal;
mod spelling;

use serde_json::{Value, json};

use crate::dialect::Quirk;
use crate::object::{Row, texts};
use crate::schema::Schema;
use crate::settings::Settings;

pub use self::heard::heard;
pub use self::refusal::refusal;

/// What is left out of the objects of a collection.
struct Reticence {
    collection: &'static str,
    /// Fields that are never shown.
    never: &'static [&'static str],
    /// Fields that are shown only while they hold something.
    empty: &'static [&'static str],
}

/// What the guides on cloud access ports, virtual connects and cloud services never show, though
/// the specification has it.
const LEFT_OUT: [Reticence; 7] = [
    Reticence {
        collection: "accounts",
        never: &["asns"],
        empty: &[],
    },
    Reticence {
        collection: "connections",
        never: &[
            "metro_area",
            "metro_area_network",
            "current_billing_start_date",
        ],
        empty: &["status", "subscriber_side_demarcs"],
    },
    Reticence {
        collection: "network-service-configs",
        never: &["current_billing_start_date"],
        empty: &[
            "status",
            "network_feature_configs",
            "product_offering",
            "routing_function",
            "l3_config",
            "cloud_config",
            "availability_zone",
            "macs",
        ],
    },
    Reticence {
        collection: "network-services",
        never: &["current_billing_start_date"],
        empty: &[
            "display_name",
            "availability_zones",
            "network_features",
            "nsc_product_offerings",
        ],
    },
    Reticence {
        collection: "pops",
        never: &["availability_zone"],
        empty: &[],
    },
    Reticence {
        collection: "product-offerings",
        never: &["service_exchange_pops"],
        empty: &[
            "nsc_required_l3_config_fields",
            "nsc_supported_l3_config_fields",
        ],
    },
    Reticence {
        collection: "port-reservations",
        never: &["current_billing_start_date"],
        empty: &["status", "subscriber_side_demarc", "cross_connect_id"],
    },
];

/// Who says something, about what.
#[derive(Debug)]
pub struct Speaker<'a> {
    /// The habits.
    pub settings: &'a Settings,
    /// The words.
    pub schema: &'a Schema,
    /// The collection that is spoken of.
    pub collection: &'a str,
    /// Whether it was asked for, and not brought about.
    pub reads: bool,
}

impl Speaker<'_> {
    fn has(&self, quirk: Quirk) -> bool {
        self.settings.has(quirk)
    }

    /// A row of the collection as it is answered.
    pub fn spoken(&self, mut row: Row) -> Row {
        if self.has(Quirk::LeavesOut) {
            leave_out(self.collection, &mut row);
        }
        if self.has(Quirk::UpperCaseRoles)
            && self.collection == "product-offerings"
            && let Some(roles) = row.get_mut("required_contact_roles")
        {
            *roles = texts(roles).iter().map(|id| id.to_uppercase()).collect();
        }
        if self.has(Quirk::NullLists) {
            let lists = row.values_mut().filter(|value| **value == json!([]));
            lists.for_each(|list| *list = Value::Null);
        }
        if self.has(Quirk::NumbersAsText) {
            row.values_mut().for_each(as_text);
        }
        self.spell_row(&mut row);
        row
    }
}

/// The rows of a list as they are answered together.
pub fn listed(settings: &Settings, mut rows: Vec<Row>) -> Value {
    match rows.pop() {
        Some(only) if rows.is_empty() && settings.has(Quirk::OneIsNoList) => Value::Object(only),
        last => rows.into_iter().chain(last).map(Value::Object).collect(),
    }
}

fn as_text(value: &mut Value) {
    match value {
        Value::Number(number) => *value = json!(number.to_string()),
        Value::Array(items) => items.iter_mut().for_each(as_text),
        Value::Object(fields) => fields.values_mut().for_each(as_text),
        _ => {}
    }
}

fn leave_out(collection: &str, row: &mut Row) {
    let mut known = LEFT_OUT.iter();
    if let Some(left_out) = known.find(|known| known.collection == collection) {
        row.retain(|name, value| {
            let name = &name.as_str();
            let held_back = left_out.empty.contains(name) && is_empty(value);
            !held_back && !left_out.never.contains(name)
        });
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || *value == json!("") || *value == json!([])
}
