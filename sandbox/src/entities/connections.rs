//! Connections: a port, or a group of ports, at a point of presence, as the cloud access port guide
//! orders them.

use serde_json::{Value, json};

use super::catalogue::pop_field;
use super::network_service_configs;
use super::port_reservations::{self, MAX_LAG_PORTS, country, maximum_ports, offering};
use super::shared::{
    Use, check_accounts, check_role_assignments, check_speed_change, clear, contacts_of, fill,
    invoicing_defaults, merged, refuse_change_while_ending, reorder_role_assignments,
};
use crate::answer::Answer;
use crate::cancellation::{POLICY, dates_asked};
use crate::clock::Millis;
use crate::collection::{
    CONNECTIONS, NETWORK_SERVICE_CONFIGS, NETWORK_SERVICES, PORT_RESERVATIONS, PRODUCT_OFFERINGS,
};
use crate::dialect::Quirk;
use crate::exchange::{Entity, Exchange};
use crate::life::Life;
use crate::loa::{LOA, is_uploaded};
use crate::object::{Object, Row, SERVICE_KEY, ids, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

/// A new connection lists its reservations after so many milliseconds, where they come later.
const RESERVATIONS_AFTER: Millis = 200;

/// `/connections`
pub static ENTITY: Entity = Entity {
    create: Some(create),
    change: Some(change),
    puts: true,
    delete: Some(delete),
    actions: &[POLICY, LOA],
    complete,
    held,
    found_by: &["external_ref"],
    ..Entity::stored(CONNECTIONS)
};

/// `POST /connections`
fn create(exchange: &mut Exchange, party: Party, mut body: Row) -> Result<Object, Problem> {
    let mut findings = exchange.check("Connection", &body, Purpose::Create);
    check(exchange, party, &body, &mut findings);
    check_port_quantity(exchange, &body, &mut findings);
    if exchange.settings.has(Quirk::DemandsLacpTimeout) && text(&body, "lacp_timeout").is_none() {
        findings.add("lacp_timeout", "is required");
    }
    findings.refuse_if_any()?;

    fill(&mut body, &invoicing_defaults());
    fill(
        &mut body,
        &[
            ("subscriber_side_demarcs", json!([])),
            ("lacp_timeout", Value::Null),
        ],
    );
    reorder_role_assignments(&mut body);
    let connecting_party = body.remove("connecting_party").unwrap_or_default();
    let quantity = body
        .get("port_quantity")
        .and_then(Value::as_u64)
        .unwrap_or_default();

    let country = country(
        exchange,
        text(&body, "product_offering").unwrap_or_default(),
    );
    let is_lag = text(&body, "mode") != Some("standalone");
    let ports: Vec<String> = (0..quantity)
        .map(|_| exchange.ids.access_port(&format!("CA{country}")))
        .collect();
    let id = match ports.first() {
        Some(port) if !is_lag => port.clone(),
        _ => exchange.ids.access_port(&format!("LAG{country}")),
    };
    let waits = is_uploaded(
        exchange,
        text(&body, "product_offering").unwrap_or_default(),
    );
    let life = Life::installing(exchange.moment(), waits);
    let mut connection = Object::new(CONNECTIONS, id, party, body).living(life);
    let key = json!(exchange.ids.uuid(SERVICE_KEY));
    connection.hidden.insert(SERVICE_KEY.into(), key);
    exchange.store.put(connection.clone());
    let demarcs = connection.ids("subscriber_side_demarcs");
    for (index, port) in ports.into_iter().enumerate() {
        let mut fields = Row::new();
        for name in ["external_ref", "purchase_order", "contract_ref"] {
            fields.insert(
                name.into(),
                connection.fields.get(name).cloned().unwrap_or_default(),
            );
        }
        fields.insert("connecting_party".into(), connecting_party.clone());
        fields.insert("subscriber_side_demarc".into(), json!(demarcs.get(index)));
        port_reservations::reserve(exchange, &connection, port, fields);
    }
    Ok(connection)
}

/// `PATCH /connections/{id}`
fn change(
    exchange: &mut Exchange,
    party: Party,
    mut connection: Object,
    body: Row,
) -> Result<Object, Problem> {
    let mut findings = exchange.check("Connection", &body, Purpose::Patch);
    let mut fields = merged(&connection.fields, &body);
    check(exchange, party, &fields, &mut findings);
    let wanted = text(&fields, "product_offering").unwrap_or_default();
    if wanted != connection.text("product_offering") {
        check_product_change(exchange, &connection, wanted, &mut findings);
    }
    let ports = port_reservations::of(exchange, &connection.id).len();
    let ordered = connection
        .fields
        .get("port_quantity")
        .and_then(Value::as_i64);
    if text(&fields, "mode") == Some("standalone") && (ports > 1 || ordered != Some(1)) {
        findings.add("mode", "a standalone connection has one port");
    }
    findings.refuse_if_any()?;
    refuse_change_while_ending(&connection)?;
    reorder_role_assignments(&mut fields);
    connection.fields = fields;
    if let Some(life) = &mut connection.life {
        life.change(exchange.moment());
    }
    Ok(connection)
}

/// `DELETE /connections/{id}`: takes its port reservations along, but not what others built on it.
fn delete(
    exchange: &mut Exchange,
    party: Party,
    mut connection: Object,
    body: &[u8],
) -> Result<Answer, Problem> {
    let dates = dates_asked(exchange, party, &connection, body)?;
    let parts = (PORT_RESERVATIONS, "connection");
    if !connection.is_there() {
        return Ok(clear(exchange, party, &connection, Some(parts)));
    }
    let mut configs = exchange
        .store
        .naming(NETWORK_SERVICE_CONFIGS, "connection", &connection.id);
    let outlives = |config: &&Object| {
        let ends = config.life.as_ref().and_then(|life| life.decommission_at);
        config.is_there() && ends.is_none_or(|date| date > dates.decommission_at)
    };
    if let Some(config) = configs.find(outlives) {
        return Err(Problem::unable_to_fulfill(format!(
            "The connection {} is still in use by the network service config {}.",
            connection.id, config.id
        )));
    }
    drop(configs);
    let moment = exchange.moment();
    let (collection, field) = parts;
    exchange
        .store
        .change_naming(collection, field, &connection.id, |reservation| {
            if let Some(life) = reservation.life.as_mut().filter(|life| !life.is_gone()) {
                life.cancel(moment, dates);
            }
        });
    if let Some(life) = &mut connection.life {
        life.cancel(moment, dates);
    }
    exchange.store.put(connection.clone());
    Ok(exchange.answer_with(202, party, &connection))
}

/// Adds what the exchange works out: ports, speed, what the hardware can do.
fn complete(exchange: &Exchange, _: Party, connection: &Object, row: &mut Row) {
    let reservations = exchange
        .store
        .naming(PORT_RESERVATIONS, "connection", &connection.id);
    let there: Vec<&Object> = reservations
        .filter(|reservation| reservation.is_there())
        .collect();
    let staying: Vec<&str> = there
        .iter()
        .filter(|reservation| reservation.is_live())
        .map(|reservation| reservation.id.as_str())
        .collect();
    let ports: Vec<&str> = there
        .iter()
        .filter(|reservation| reservation.is_allocated())
        .map(|reservation| reservation.id.as_str())
        .collect();
    row.insert("name".into(), json!(connection.id));
    row.insert("ports".into(), json!(ports));
    row.insert("port_reservations".into(), json!(staying));
    if exchange.settings.has(Quirk::ReservationsComeLater) && is_new(exchange, connection) {
        row.insert("port_reservations".into(), json!([]));
    }
    if text(row, "mode") != Some("lag_lacp") {
        row.remove("lacp_timeout");
    } else if row.get("lacp_timeout").is_none_or(Value::is_null) {
        row.insert("lacp_timeout".into(), json!("slow"));
    }
    row.insert(
        "capacity_allocated".into(),
        json!(capacity_allocated(exchange, connection)),
    );
    let Some(offering) = exchange
        .catalogue
        .get(PRODUCT_OFFERINGS.path, connection.text("product_offering"))
    else {
        return;
    };
    let quantity = i64::try_from(there.len()).unwrap_or(i64::MAX);
    let speed = offering
        .number("physical_port_speed")
        .unwrap_or_default()
        .saturating_mul(quantity);
    row.insert("speed".into(), json!(speed));
    row.insert("capacity_allocation_limit".into(), json!(speed));
    row.insert("pop".into(), json!(offering.text("handover_pop")));
    row.insert(
        "metro_area".into(),
        json!(offering.text("handover_metro_area")),
    );
    row.insert(
        "metro_area_network".into(),
        json!(offering.text("handover_metro_area_network")),
    );
    for name in ["vlan_types", "outer_vlan_ethertypes"] {
        row.insert(name.into(), offering.private(name).clone());
    }
}

fn is_new(exchange: &Exchange, connection: &Object) -> bool {
    let ordered = connection.life.as_ref().map_or(0, |life| life.ordered);
    exchange.clock.now() < ordered.saturating_add(RESERVATIONS_AFTER)
}

fn capacity_allocated(exchange: &Exchange, connection: &Object) -> i64 {
    let configs = exchange
        .store
        .naming(NETWORK_SERVICE_CONFIGS, "connection", &connection.id);
    configs
        .filter(|config| config.is_there())
        .filter_map(|config| network_service_configs::capacity(exchange, config))
        .sum()
}

/// What filters look at beyond the fields of a connection.
fn held(exchange: &Exchange, row: &Row, name: &str, wanted: &str) -> Option<Vec<Value>> {
    match name {
        "facility" => Some(vec![pop_field(exchange, row, "facility")]),
        "contacts" => Some(contacts_of(exchange, row)),
        "supported_network_service" => {
            let reached = is_within_reach(exchange, row, wanted);
            Some(reached.then(|| json!(wanted)).into_iter().collect())
        }
        _ => None,
    }
}

/// Whether a connection can carry an end of a network service.
fn is_within_reach(exchange: &Exchange, row: &Row, service: &str) -> bool {
    let here = text(row, "metro_area_network").unwrap_or_default();
    if let Some(lan) = exchange.catalogue.get(NETWORK_SERVICES.path, service) {
        return lan.text("metro_area_network") == here;
    }
    let service = exchange.store.get(NETWORK_SERVICES, service);
    let offering = service.map_or("", |service| service.text("product_offering"));
    let offering = exchange.catalogue.get(PRODUCT_OFFERINGS.path, offering);
    offering.is_some_and(|offering| {
        offering.text("handover_metro_area_network") == here
            || offering.text("service_metro_area_network") == here
    })
}

/// What must be true of a connection, new or changed.
fn check(exchange: &Exchange, party: Party, body: &Row, findings: &mut Findings) {
    check_accounts(exchange, party, body, Use::Consuming, findings);
    let offering = text(body, "product_offering").map(|id| (id, offering(exchange, id)));
    let required = match offering {
        Some((id, None)) => {
            findings.add(
                "product_offering",
                format!("{id:?} is not an offering for connections"),
            );
            Vec::new()
        }
        Some((id, Some(offering))) => {
            if offering.private("coming_soon").as_bool() == Some(true) {
                let reason = format!(
                    "{id} is cross connected by the exchange, which cannot be ordered here yet"
                );
                findings.add("product_offering", reason);
            }
            offering.texts("required_contact_roles")
        }
        None => Vec::new(),
    };
    check_role_assignments(exchange, party, body, &required, findings);
}

fn check_port_quantity(exchange: &Exchange, body: &Row, findings: &mut Findings) {
    let Some(quantity) = body.get("port_quantity").and_then(Value::as_i64) else {
        return;
    };
    let maximum = text(body, "product_offering")
        .and_then(|id| offering(exchange, id))
        .map_or(MAX_LAG_PORTS, maximum_ports);
    if text(body, "mode") == Some("standalone") && quantity != 1 {
        findings.add("port_quantity", "must be 1 for a standalone connection");
    } else if !(1..=maximum).contains(&quantity) {
        findings.add(
            "port_quantity",
            format!("must be 1 to {maximum} for this product offering"),
        );
    }
    let demarcs = ids(body, "subscriber_side_demarcs");
    if i64::try_from(demarcs.len()).unwrap_or(i64::MAX) > quantity {
        findings.add(
            "subscriber_side_demarcs",
            "can have one entry for each port",
        );
    }
}

fn check_product_change(
    exchange: &Exchange,
    connection: &Object,
    wanted: &str,
    findings: &mut Findings,
) {
    let current = connection.text("product_offering");
    let Some(offering_wanted) = offering(exchange, wanted) else {
        return;
    };
    let pop = offering(exchange, current).map_or("", |offering| offering.text("handover_pop"));
    if offering_wanted.text("handover_pop") != pop {
        findings.add(
            "product_offering",
            format!(
                "{wanted} is at {}, the connection is at {pop}",
                offering_wanted.text("handover_pop")
            ),
        );
    }
    let ports = port_reservations::of(exchange, &connection.id).len();
    if i64::try_from(ports).unwrap_or(i64::MAX) > maximum_ports(offering_wanted) {
        findings.add(
            "product_offering",
            format!("{wanted} allows fewer ports than the connection has"),
        );
    }
    check_speed_change(exchange, current, wanted, "physical_port_speed", findings);
    let speed = offering_wanted
        .number("physical_port_speed")
        .unwrap_or_default();
    let speed = speed.saturating_mul(i64::try_from(ports).unwrap_or(i64::MAX));
    let taken = capacity_allocated(exchange, connection);
    if taken > speed {
        let reason = format!("has {speed} Mbit/s for {taken} that are allocated");
        findings.add("product_offering", reason);
    }
}
