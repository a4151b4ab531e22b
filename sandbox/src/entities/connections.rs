//! Connections: a port, or a group of ports, at a point of presence, as the cloud access port guide orders them.

use serde_json::{Map, Value, json};

use super::{
    Use, check_accounts, check_role_assignments, check_speed_change, clear, fill,
    invoicing_defaults, merged, port_reservations, reorder_role_assignments, text,
};
use crate::answer::Answer;
use crate::catalogue::Entry;
use crate::exchange::Exchange;
use crate::life::refuse_change_while_ending;
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;
use crate::store::{Collection, Life, Object, texts};

/// The largest group where an offering does not set a limit of its own.
const MAX_LAG_PORTS: i64 = 8;

/// `POST /connections`
pub fn create(
    exchange: &mut Exchange,
    party: Party,
    mut body: Map<String, Value>,
) -> Result<Object, Problem> {
    let mut findings = exchange.check("Connection", &body, Purpose::Create);
    check(exchange, party, &body, &mut findings);
    check_port_quantity(exchange, &body, &mut findings);
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
        .map(|_| format!("CA{country}-{}", exchange.ids.access_port()))
        .collect();
    let id = match ports.first() {
        Some(port) if !is_lag => port.clone(),
        _ => format!("LAG{country}-{}", exchange.ids.access_port()),
    };
    let connection = Object {
        collection: Collection::Connections,
        id,
        owner: party,
        fields: body,
        overrides: Map::new(),
        life: Some(Life::installing(
            exchange.clock.now(),
            exchange.settings.step(),
        )),
        side: None,
    };
    exchange.store.put(connection.clone());
    let demarcs = connection.ids("subscriber_side_demarcs");
    for (index, port) in ports.into_iter().enumerate() {
        let mut fields = Map::new();
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
pub fn change(
    exchange: &mut Exchange,
    party: Party,
    mut connection: Object,
    body: Map<String, Value>,
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
        life.change(exchange.clock.now(), exchange.settings.step());
    }
    Ok(connection)
}

/// `DELETE /connections/{id}`: takes its port reservations along, but not what others built on it.
pub fn delete(
    exchange: &mut Exchange,
    party: Party,
    mut connection: Object,
    body: &[u8],
) -> Result<Answer, Problem> {
    let dates = exchange.dates_asked(party, &connection, body)?;
    if !connection.is_there() {
        return Ok(clear(exchange, party, &connection));
    }
    let configs = exchange.store.referring(
        Collection::NetworkServiceConfigs,
        "connection",
        &connection.id,
    );
    let outlives = |config: &&Object| {
        let ends = config.life.as_ref().and_then(|life| life.decommission_at);
        config.is_there() && ends.is_none_or(|date| date > dates.decommission_at)
    };
    if let Some(config) = configs.into_iter().find(outlives) {
        return Err(Problem::unable_to_fulfill(format!(
            "The connection {} is still in use by the network service config {}.",
            connection.id, config.id
        )));
    }
    let (now, today, step) = (
        exchange.clock.now(),
        exchange.clock.today(),
        exchange.settings.step(),
    );
    for reservation in exchange.store.all_mut(Collection::PortReservations) {
        if reservation.text("connection") == connection.id
            && let Some(life) = &mut reservation.life
            && !life.is_gone()
        {
            life.cancel(now, today, dates, step);
        }
    }
    if let Some(life) = &mut connection.life {
        life.cancel(now, today, dates, step);
    }
    exchange.store.put(connection.clone());
    Ok(Answer::json(
        202,
        &Value::Object(exchange.show(party, &connection)),
    ))
}

/// Adds what the exchange works out: ports, speed, what the hardware can do.
pub fn complete(exchange: &Exchange, connection: &Object, row: &mut Map<String, Value>) {
    let reservations =
        exchange
            .store
            .referring(Collection::PortReservations, "connection", &connection.id);
    let there: Vec<&&Object> = reservations
        .iter()
        .filter(|reservation| reservation.is_there())
        .collect();
    let staying: Vec<&str> = there
        .iter()
        .filter(|reservation| reservation.is_live())
        .map(|reservation| reservation.id.as_str())
        .collect();
    let ports: Vec<&str> = there
        .iter()
        .filter(|reservation| reservation.state() != "requested")
        .map(|reservation| reservation.id.as_str())
        .collect();
    row.insert("name".into(), json!(connection.id));
    row.insert("ports".into(), json!(ports));
    row.insert("port_reservations".into(), json!(staying));
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
        .get("product-offerings", connection.text("product_offering"))
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

fn capacity_allocated(exchange: &Exchange, connection: &Object) -> i64 {
    let configs = exchange.store.referring(
        Collection::NetworkServiceConfigs,
        "connection",
        &connection.id,
    );
    let there = configs.into_iter().filter(|config| config.is_there());
    there
        .filter_map(|config| super::network_service_configs::capacity(exchange, config))
        .sum()
}

/// What must be true of a connection, new or changed.
fn check(exchange: &Exchange, party: Party, body: &Map<String, Value>, findings: &mut Findings) {
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
            if offering.text("cross_connect_initiator") != "subscriber" {
                let reason = format!(
                    "{id} is cross connected by the exchange, which cannot be ordered here yet"
                );
                findings.add("product_offering", reason);
            }
            offering
                .fields()
                .get("required_contact_roles")
                .map(texts)
                .unwrap_or_default()
        }
        None => Vec::new(),
    };
    check_role_assignments(exchange, party, body, &required, findings);
}

/// The connection offering of that id.
pub fn offering<'a>(exchange: &'a Exchange, id: &str) -> Option<&'a Entry> {
    exchange
        .catalogue
        .get("product-offerings", id)
        .filter(|offering| offering.text("type") == "connection")
}

/// How many ports a connection of this offering can have.
pub fn maximum_ports(offering: &Entry) -> i64 {
    offering
        .number("maximum_port_quantity")
        .unwrap_or(MAX_LAG_PORTS)
}

fn check_port_quantity(exchange: &Exchange, body: &Map<String, Value>, findings: &mut Findings) {
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
    let demarcs = body
        .get("subscriber_side_demarcs")
        .map(texts)
        .unwrap_or_default();
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
}

/// The letters that ids of connections carry for their country.
pub fn country(exchange: &Exchange, offering: &str) -> &'static str {
    let metro_area = exchange
        .catalogue
        .get("product-offerings", offering)
        .map_or("", |entry| entry.text("handover_metro_area"));
    match metro_area {
        "LON" => "UK",
        "FRA" => "DE",
        _ => "NL",
    }
}
