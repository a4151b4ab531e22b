//! Ports: the hardware behind port reservations. Nobody orders them, so they are worked out when they are read.

use serde_json::{Map, Value, json};

use crate::exchange::Exchange;
use crate::parties::Party;
use crate::store::{Collection, Object};

/// The ports of a party. A reservation has its port once it is allocated.
pub fn visible(exchange: &Exchange, party: Party) -> Vec<Map<String, Value>> {
    let reservations = exchange.store.all(Collection::PortReservations);
    reservations
        .filter(|reservation| reservation.owner == party && reservation.state() != "requested")
        .filter_map(|reservation| port(exchange, reservation))
        .collect()
}

fn port(exchange: &Exchange, reservation: &Object) -> Option<Map<String, Value>> {
    let connection = exchange
        .store
        .get(Collection::Connections, reservation.text("connection"))?;
    let offering = exchange
        .catalogue
        .get("product-offerings", connection.text("product_offering"))?;
    let pop = exchange
        .catalogue
        .get("pops", offering.text("handover_pop"))?;
    let device = pop
        .fields()
        .get("devices")
        .and_then(|devices| devices.get(0))
        .cloned()
        .unwrap_or_default();
    let live = reservation.state().starts_with("production");
    let row = json!({
        "id": reservation.id,
        "name": reservation.id,
        "state": reservation.state(),
        "status": [],
        "connection": connection.id,
        "managing_account": connection.text("managing_account"),
        "consuming_account": connection.text("consuming_account"),
        "billing_account": connection.text("billing_account"),
        "external_ref": reservation.fields.get("external_ref"),
        "purchase_order": reservation.text("purchase_order"),
        "contract_ref": reservation.fields.get("contract_ref"),
        "role_assignments": connection.fields.get("role_assignments"),
        "speed": offering.number("physical_port_speed"),
        "media_type": offering.private("media_type"),
        "operational_state": if live { "up" } else { "down" },
        "device": device,
        "pop": pop.text("id"),
    });
    match row {
        Value::Object(row) => Some(row),
        _ => None,
    }
}
