//! Ports: the hardware behind port reservations. Nobody orders them, so they are worked out when
//! they are read. A reservation has its port, under its own id, once it is allocated.

use serde_json::{Value, json};

use crate::collection::{CONNECTIONS, POPS, PORT_RESERVATIONS, PORTS, PRODUCT_OFFERINGS};
use crate::exchange::{Entity, Exchange};
use crate::object::{Object, Row};

/// `/ports`
pub static ENTITY: Entity = Entity {
    others: |exchange, party, _| {
        let reservations = exchange.store.of_party(PORT_RESERVATIONS, party);
        reservations
            .filter_map(|reservation| port(exchange, reservation))
            .collect()
    },
    other: |exchange, party, _, id| port(exchange, exchange.own(party, PORT_RESERVATIONS, id)?),
    ..Entity::catalogue(PORTS)
};

fn port(exchange: &Exchange, reservation: &Object) -> Option<Row> {
    if !reservation.is_allocated() {
        return None;
    }
    let connection = exchange
        .store
        .get(CONNECTIONS, reservation.text("connection"))?;
    let offering = exchange
        .catalogue
        .get(PRODUCT_OFFERINGS.path, connection.text("product_offering"))?;
    let pop = exchange
        .catalogue
        .get(POPS.path, offering.text("handover_pop"))?;
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
