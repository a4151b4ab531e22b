//! How the exchange speaks of what it has: the last thing that happens to an object, or an entry of
//! the catalogue, before it is answered. What the exchange thinks of it, filters by and checks is
//! never touched. Each habit is a quirk.

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
const LEFT_OUT: [Reticence; 5] = [
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
            "nsc_product_offerings",
        ],
    },
    Reticence {
        collection: "pops",
        never: &["availability_zone"],
        empty: &[],
    },
    Reticence {
        collection: "port-reservations",
        never: &["current_billing_start_date"],
        empty: &["status", "subscriber_side_demarc", "cross_connect_id"],
    },
];

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
    row
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
