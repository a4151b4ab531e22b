//! Port reservations: the single ports of a connection. The first ones come with the connection; further ones are
//! ordered for a group of ports, and all but the last can be given back.

use serde_json::{Map, Value, json};

use super::{clear, connections, fill, text};
use crate::answer::Answer;
use crate::exchange::Exchange;
use crate::life::refuse_change_while_ending;
use crate::parties::Party;
use crate::problem::Problem;
use crate::schema::Purpose;
use crate::store::{Collection, Life, Object};

/// The reservations of a connection that are there to stay.
pub fn of<'a>(exchange: &'a Exchange, connection: &str) -> Vec<&'a Object> {
    let reservations =
        exchange
            .store
            .referring(Collection::PortReservations, "connection", connection);
    reservations
        .into_iter()
        .filter(|reservation| reservation.is_live())
        .collect()
}

/// Reserves a port for a connection.
pub fn reserve(
    exchange: &mut Exchange,
    connection: &Object,
    id: String,
    mut fields: Map<String, Value>,
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
    let reservation = Object {
        collection: Collection::PortReservations,
        id,
        owner: connection.owner,
        fields,
        overrides: Map::new(),
        life: Some(Life::installing(
            exchange.clock.now(),
            exchange.settings.step(),
        )),
        side: None,
    };
    exchange.store.put(reservation.clone());
    reservation
}

/// `POST /port-reservations`: one more port for a group.
pub fn create(
    exchange: &mut Exchange,
    party: Party,
    body: Map<String, Value>,
) -> Result<Object, Problem> {
    let mut findings = exchange.check("PortReservation", &body, Purpose::Create);
    let id = text(&body, "connection").unwrap_or_default().to_owned();
    let connection = exchange
        .store
        .get(Collection::Connections, &id)
        .filter(|connection| connection.owner == party)
        .cloned();
    match &connection {
        None if body.contains_key("connection") => {
            findings.add("connection", format!("{id:?} is not a connection of yours"))
        }
        Some(connection) => {
            let offering = connections::offering(exchange, connection.text("product_offering"));
            let maximum = offering.map_or(1, connections::maximum_ports);
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
    let country = connections::country(exchange, connection.text("product_offering"));
    let port = format!("CA{country}-{}", exchange.ids.access_port());
    Ok(reserve(exchange, &connection, port, body))
}

/// `PATCH /port-reservations/{id}`
pub fn change(
    exchange: &mut Exchange,
    mut reservation: Object,
    body: Map<String, Value>,
) -> Result<Object, Problem> {
    exchange
        .check("PortReservation", &body, Purpose::Patch)
        .refuse_if_any()?;
    refuse_change_while_ending(&reservation)?;
    reservation.fields.extend(body);
    if let Some(life) = &mut reservation.life {
        life.change(exchange.clock.now(), exchange.settings.step());
    }
    Ok(reservation)
}

/// `DELETE /port-reservations/{id}`: the last port of a connection goes with the connection.
pub fn delete(
    exchange: &mut Exchange,
    party: Party,
    mut reservation: Object,
    body: &[u8],
) -> Result<Answer, Problem> {
    let dates = exchange.dates_asked(party, &reservation, body)?;
    if !reservation.is_there() {
        return Ok(clear(exchange, party, &reservation));
    }
    let staying = of(exchange, reservation.text("connection"));
    if reservation.is_live() && staying.len() < 2 {
        return Err(Problem::unable_to_fulfill(format!(
            "{} is the only port of {}: cancel the connection instead.",
            reservation.id,
            reservation.text("connection")
        )));
    }
    let (now, today, step) = (
        exchange.clock.now(),
        exchange.clock.today(),
        exchange.settings.step(),
    );
    if let Some(life) = &mut reservation.life {
        life.cancel(now, today, dates, step);
    }
    exchange.store.put(reservation.clone());
    Ok(Answer::json(
        202,
        &Value::Object(exchange.show(party, &reservation)),
    ))
}

/// Adds the port, once there is one. Until then nothing is known of the exchange's side either.
pub fn complete(_: &Exchange, reservation: &Object, row: &mut Map<String, Value>) {
    if reservation.state() == "requested" {
        row.insert("port".into(), Value::Null);
        row.insert("exchange_side_demarc".into(), Value::Null);
    } else {
        row.insert("port".into(), json!(reservation.id));
    }
}

/// Where the port is in the exchange's racks, as it is printed on the letter of authorisation.
fn demarc(exchange: &Exchange, connection: &Object, port: &str) -> String {
    let offering = connections::offering(exchange, connection.text("product_offering"));
    let pop = offering.map_or("", |offering| offering.text("handover_pop"));
    let facility = exchange
        .catalogue
        .get("pops", pop)
        .map_or("", |pop| pop.text("facility"));
    let facility = exchange.catalogue.get("facilities", facility);
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
