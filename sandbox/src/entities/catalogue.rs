//! The read-only collections whose rows are answered as they are embedded, and what their filters
//! look at beyond the fields of a row.

use serde_json::{Value, json};

use super::clouds;
use crate::collection;
use crate::exchange::{Entity, Exchange};
use crate::object::{Row, ids, text};

/// `/availability-zones`
pub static AVAILABILITY_ZONES: Entity = Entity::catalogue(collection::AVAILABILITY_ZONES);
/// `/metro-areas`
pub static METRO_AREAS: Entity = Entity::catalogue(collection::METRO_AREAS);
/// `/metro-area-networks`
pub static METRO_AREA_NETWORKS: Entity = Entity::catalogue(collection::METRO_AREA_NETWORKS);
/// `/product-offerings`
pub static PRODUCT_OFFERINGS: Entity = Entity {
    held: |exchange, row, name, wanted| {
        let id = text(row, "id").unwrap_or_default();
        let offering = exchange
            .catalogue
            .get(collection::PRODUCT_OFFERINGS.path, id)?;
        let fits = || clouds::fits(wanted, offering).then(|| json!(wanted));
        (name == "cloud_key").then(|| fits().into_iter().collect())
    },
    ..Entity::catalogue(collection::PRODUCT_OFFERINGS)
};

/// `/devices`
pub static DEVICES: Entity = Entity {
    held: |exchange, row, name, _| match name {
        "metro_area_network" => Some(vec![pop_field(exchange, row, "metro_area_network")]),
        _ => capabilities(exchange, row, name, "id"),
    },
    ..Entity::catalogue(collection::DEVICES)
};

/// `/facilities`
pub static FACILITIES: Entity = Entity {
    held: |exchange, row, name, _| match name {
        "metro_area_network" => {
            let pops = ids(row, "pops").into_iter();
            let found = pops.filter_map(|pop| exchange.catalogue.get(collection::POPS.path, pop));
            Some(
                found
                    .map(|pop| json!(pop.text("metro_area_network")))
                    .collect(),
            )
        }
        _ => capabilities(exchange, row, name, "facility"),
    },
    ..Entity::catalogue(collection::FACILITIES)
};

/// `/pops`
pub static POPS: Entity = Entity {
    held: |exchange, row, name, _| capabilities(exchange, row, name, "pop"),
    ..Entity::catalogue(collection::POPS)
};

/// A field of the point of presence that a row is at.
pub fn pop_field(exchange: &Exchange, row: &Row, field: &str) -> Value {
    let pop = text(row, "pop").unwrap_or_default();
    let pop = exchange.catalogue.get(collection::POPS.path, pop);
    pop.map_or(Value::Null, |pop| json!(pop.text(field)))
}

/// What the devices of a row can do: those whose field `at` names the row.
fn capabilities(exchange: &Exchange, row: &Row, filter: &str, at: &str) -> Option<Vec<Value>> {
    let field = filter.strip_prefix("capability_")?;
    let id = text(row, "id").unwrap_or_default();
    let devices = exchange.catalogue.all(collection::DEVICES.path).iter();
    let abilities = devices
        .filter(|device| device.text(at) == id)
        .filter_map(|device| device.fields().get("capabilities")?.as_array());
    let held = abilities.flatten().filter_map(|ability| ability.get(field));
    Some(held.cloned().collect())
}
