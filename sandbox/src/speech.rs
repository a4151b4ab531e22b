//! How the exchange speaks of what it has: the last thing that happens to an object, or an entry of
//! the catalogue, before it is answered. What the exchange thinks of it, filters by and checks is
//! never touched. And the first that happens to what customers send. Each habit is a quirk.

use serde_json::{Value, json};

use crate::dialect::Quirk;
use crate::object::{Row, texts};
use crate::settings::Settings;

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
        never: &["consumer_side_ready", "current_billing_start_date"],
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

/// The lists without an order.
const SETS: [&str; 9] = [
    "accounts_allowed",
    "accounts_denied",
    "asns",
    "availability_zones",
    "ips",
    "macs",
    "metro_area_network_presence",
    "network_feature_configs",
    "role_assignments",
];

/// The whole numbers that the guides send as text.
const NUMBERS: [&str; 4] = ["vlan", "outer_vlan", "inner_vlan", "port_quantity"];

/// A row of a collection as it is answered.
pub fn spoken(settings: &Settings, collection: &str, mut row: Row) -> Row {
    if settings.has(Quirk::LeavesOut) {
        leave_out(collection, &mut row);
    }
    if settings.has(Quirk::UpperCaseRoles)
        && collection == "product-offerings"
        && let Some(roles) = row.get_mut("required_contact_roles")
    {
        *roles = texts(roles).iter().map(|id| id.to_uppercase()).collect();
    }
    if settings.has(Quirk::NullLists) {
        let lists = row.values_mut().filter(|value| **value == json!([]));
        lists.for_each(|list| *list = Value::Null);
    }
    if settings.has(Quirk::NumbersAsText) {
        row.values_mut().for_each(as_text);
    }
    row
}

/// The rows of a list as they are answered together.
pub fn listed(settings: &Settings, mut rows: Vec<Row>) -> Value {
    match rows.pop() {
        Some(only) if rows.is_empty() && settings.has(Quirk::OneIsNoList) => Value::Object(only),
        last => rows.into_iter().chain(last).map(Value::Object).collect(),
    }
}

/// What a customer sends for an object of a collection, as it is understood. `kind` is what the
/// object is, where it is there already.
pub fn heard(settings: &Settings, collection: &str, kind: Option<&str>, mut body: Row) -> Row {
    fold_sets(&mut body);
    if settings.has(Quirk::TakesTextForNumbers) {
        numbers(&mut body);
    }
    if settings.has(Quirk::IgnoresTypeOfChange)
        && let (Some(kind), Some(Value::String(said))) = (kind, body.get_mut("type"))
    {
        kind.clone_into(said);
    }
    if settings.has(Quirk::IgnoresStateOfOrder) && collection == "port-reservations" {
        body.remove("state");
    }
    body
}

/// What is named twice in a list without an order is named once.
fn fold_sets(body: &mut Row) {
    for (name, value) in body.iter_mut() {
        match value {
            Value::Object(nested) => fold_sets(nested),
            Value::Array(items) if SETS.contains(&name.as_str()) => {
                let mut once: Vec<Value> = Vec::new();
                for item in items.drain(..) {
                    if !once.contains(&item) {
                        once.push(item);
                    }
                }
                *items = once;
            }
            _ => {}
        }
    }
}

fn numbers(body: &mut Row) {
    for (name, value) in body.iter_mut() {
        match value {
            Value::Object(nested) => numbers(nested),
            Value::String(text) if NUMBERS.contains(&name.as_str()) => {
                if let Ok(number) = text.parse::<i64>() {
                    *value = json!(number);
                }
            }
            _ => {}
        }
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
