//! What customers send, as it is understood.

use serde_json::{Value, json};

use crate::dialect::Quirk;
use crate::object::Row;
use crate::settings::Settings;

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
