//! Port reservations: the single ports of a connection. The first ones come with the connection;
//! further ones are ordered for a group of ports, and all but the last can be given back.

use serde_json::{Value, json};

use super::shared::{cancel, clear, fill, refuse_change_while_ending};
use crate::answer::Answer;
use crate::cancellation::{POLICY, dates_asked};
use crate::catalogue::Entry;
use crate::collection::{CONNECTIONS, FACILITIES, POPS, PORT_RESERVATIONS, PRODUCT_OFFERINGS};
use crate::exchange::{Entity, Exchange};
use crate::life::Life;
use crate::loa::{LOA, is_uploaded};
use crate::object::{Object, Row, text};
use crate::parties::Party;
use crate::problem::Problem;
use crate::schema::Purpose;

/// The largest group where an offering does not set a limit of its own.
pub const MAX_LAG_PORTS: i64 = 8;

/// `/port-reservations`
pub static ENTITY: Entity = Entity {
    create: Some(create),
    change: Some(change),
    puts: true,
    delete: Some(delete),
    actions: &[POLICY, LOA],
    complete,
    found_by: &["connection", "external_ref"],
    ..Entity::stored(PORT_RESERVATIONS)
};

/// The reservations of a connection that are there to stay.
pub fn of<'a>(exchange: &'a Exchange, connection: &str) -> Vec<&'a Object> {
    let reservations = exchange
        .store
        .naming(PORT_RESERVATIONS, "connection", connection);
    reservations
        .filter(|reservation| reservation.is_live())
        .collect()
}

/// The connection offering of that id.
pub fn offering<'a>(exchange: &'a Exchange, id: &str) -> Option<&'a Entry> {
    let offering = exchange.catalogue.get(PRODUCT_OFFERINGS.path, id)?;
    (offering.text("type") == "connection").then_some(offering)
}

/// How many ports a connection of this offering can have.
pub fn maximum_ports(offering: &Entry) -> i64 {
    offering
        .number("maximum_port_quantity")
        .unwrap_or(MAX_LAG_PORTS)
}

/// The letters that ids of connections carry for their country.
pub fn country(exchange: &Exchange, id: &str) -> &'static str {
    match offering(exchange, id).map(|offering| offering.text("handover_metro_area")) {
        Some("LON") => "UK",
        Some("FRA") => "DE",
        _ => "NL",
    }
}

/// Reserves a port for a connection.
pub fn reserve(
    exchange: &mut Exchange,
    connection: &Object,
    id: String,
    mut fields: Row,
) -> Object {
    let demarc = demarc(exchange, connection, &id);
    fields.insert("connection".into(), json!(connection.id));
    fields.insert("exchange_side_demarc".into(), json!(demarc));
    fill(
        &mut fields,
        &[
            ("purchase_order", json!("")),
            ("contract_ref", Value::Null),
            ("external_ref", Value::Null),
            ("subscriber_side_demarc", Value::Null),
            ("connecting_party", Value::Null),
            ("cross_connect_id", Value::Null),
        ],
    );
    let waits = is_uploaded(exchange, connection.text("product_offering"));
    let life = Life::installing(exchange.moment(), waits);
    let reservation = Object::new(PORT_RESERVATIONS, id, connection.owner, fields).living(life);
    exchange.store.put(reservation.clone());
    reservation
}

/// `POST /port-reservations`: one more port for a group.
fn create(exchange: &mut Exchange, party: Party, body: Row) -> Result<Object, Problem> {
    let mut findings = exchange.check("PortReservation", &body, Purpose::Create);
    let id = text(&body, "connection").unwrap_or_default().to_owned();
    let connection = exchange.own(party, CONNECTIONS, &id).cloned();
    match &connection {
        None if body.contains_key("connection") => {
            findings.add("connection", format!("{id:?} is not a connection of yours"))
        }
        Some(connection) => {
            let offering = offering(exchange, connection.text("product_offering"));
            let maximum = offering.map_or(1, maximum_ports);
            let ports = i64::try_from(of(exchange, &id).len()).unwrap_or(i64::MAX);
            if connection.text("mode") == "standalone" {
                findings.add(
                    "connection",
                    format!("{id} is standalone; ports can be added to groups only"),
                );
            } else if !connection.is_live() {
                findings.add("connection", format!("{id} is {}", connection.state()));
            } else if ports >= maximum {
                findings.add(
                    "connection",
                    format!(
                        "{id} has {ports} ports, which is as many as its product offering allows"
                    ),
                );
            }
        }
        None => {}
    }
    findings.refuse_if_any()?;
    let connection = connection.ok_or_else(|| Problem::not_found("connection", &id))?;
    let country = country(exchange, connection.text("product_offering"));
    let port = exchange.ids.access_port(&format!("CA{country}"));
    Ok(reserve(exchange, &connection, port, body))
}

/// `PATCH /port-reservations/{id}`
fn change(
    exchange: &mut Exchange,
    _: Party,
    mut reservation: Object,
    body: Row,
) -> Result<Object, Problem> {
    exchange
        .check("PortReservation", &body, Purpose::Patch)
        .refuse_if_any()?;
    refuse_change_while_ending(&reservation)?;
    reservation.fields.extend(body);
    if let Some(life) = &mut reservation.life {
        life.change(exchange.moment());
    }
    Ok(reservation)
}

/// `DELETE /port-reservations/{id}`: the last port of a connection goes with the connection.
fn delete(
    exchange: &mut Exchange,
    party: Party,
    reservation: Object,
    body: &[u8],
) -> Result<Answer, Problem> {
    dates_asked(exchange, party, &reservation, body)?;
    if !reservation.is_there() {
        return Ok(clear(exchange, party, &reservation, None));
    }
    let connection = reservation.text("connection");
    if reservation.is_live() && of(exchange, connection).len() < 2 {
        return Err(Problem::unable_to_fulfill(format!(
            "{} is the only port of {connection}: cancel the connection instead.",
            reservation.id
        )));
    }
    refuse_if_needed(exchange, &reservation)?;
    cancel(exchange, party, reservation, body)
}

/// What is allocated on a group must fit into the ports that stay.
fn refuse_if_needed(exchange: &Exchange, reservation: &Object) -> Result<(), Problem> {
    let id = reservation.text("connection");
    let Some(connection) = exchange.store.get(CONNECTIONS, id) else {
        return Ok(());
    };
    let offering = offering(exchange, connection.text("product_offering"));
    let speed = offering.and_then(|offering| offering.number("physical_port_speed"));
    let staying = of(exchange, id).len() - usize::from(reservation.is_live());
    let row = exchange.show(connection.owner, connection);
    let taken = row.get("capacity_allocated").and_then(Value::as_i64);
    match (speed, taken, i64::try_from(staying)) {
        (Some(speed), Some(taken), Ok(staying)) if taken > speed.saturating_mul(staying) => {
            let left = speed * staying;
            Err(Problem::unable_to_fulfill(format!(
                "{taken} Mbit/s are allocated on {id}; without this port it has {left}."
            )))
        }
        _ => Ok(()),
    }
}

/// Adds the port, once there is one. Until then nothing is known of the exchange's side either.
fn complete(_: &Exchange, _: Party, reservation: &Object, row: &mut Row) {
    if !reservation.is_allocated() {
        row.insert("port".into(), Value::Null);
        row.insert("exchange_side_demarc".into(), Value::Null);
    } else {
        row.insert("port".into(), json!(reservation.id));
    }
}

/// Where the port is in the exchange's racks, as it is printed on the letter of authorisation.
fn demarc(exchange: &Exchange, connection: &Object, port: &str) -> String {
    let offering = offering(exchange, connection.text("product_offering"));
    let pop = offering.map_or("", |offering| offering.text("handover_pop"));
    let facility = exchange
        .catalogue
        .get(POPS.path, pop)
        .map_or("", |pop| pop.text("facility"));
    let facility = exchange.catalogue.get(FACILITIES.path, facility);
    let at = |name: &str| {
        facility
            .map_or("", |facility| facility.text(name))
            .to_owned()
    };
    // A duplex fibre takes two positions of the panel.
    let number: u32 = port
        .rsplit('-')
        .next()
        .and_then(|digits| digits.parse().ok())
        .unwrap_or_default();
    let position = number % 24 * 2 + 1;
    let (country, metro_area, name) = (at("address_country"), at("metro_area"), at("name"));
    format!(
        "{country}.{metro_area}.{name}.L99.999.A.B02.U28.X{position:02}/{:02}",
        position + 1
    )
}
