//! The requests of the other party: its orders, and all that it needs to put a service on a port of
//! its own.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::PARTY;
use crate::collection::{
    CONNECTIONS, CONTACTS, Collection, NETWORK_SERVICE_CONFIGS, PRODUCT_OFFERINGS, ROLE_ASSIGNMENTS,
};
use crate::exchange::{Exchange, Request};
use crate::object::{Object, Row, texts};
use crate::problem::Problem;
use crate::routes;

/// Where an object is.
pub fn path_of(collection: Collection, id: &str) -> String {
    let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
    format!("/{}/{id}", collection.path)
}

/// `base` with the fields of `changes` in it.
fn with(mut base: Value, changes: Value) -> Value {
    if let (Some(base), Value::Object(changes)) = (base.as_object_mut(), changes) {
        base.extend(changes);
    }
    base
}

/// A request of the other party; the answer, unless it is a refusal.
pub fn send(
    exchange: &mut Exchange,
    method: &str,
    path: &str,
    body: &Value,
) -> Result<Value, Problem> {
    let body = match body {
        Value::Null => Vec::new(),
        body => body.to_string().into_bytes(),
    };
    let request = Request {
        method,
        path,
        query: &[],
        content_type: "application/json",
        body: &body,
    };
    let answer = routes::answer(exchange, PARTY, &request);
    let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match answer.status {
        ..400 => Ok(told),
        _ => Err(Problem::unable_to_fulfill(format!(
            "The other party tried {method} {path} and was refused: {told}"
        ))),
    }
}

/// An order of the other party; its id.
pub fn order(
    exchange: &mut Exchange,
    collection: Collection,
    changes: Value,
) -> Result<String, Problem> {
    let account = PARTY.credentials().account;
    let body = json!({ "managing_account": account, "consuming_account": account });
    let path = format!("/{}", collection.path);
    let made = send(exchange, "POST", &path, &with(body, changes))?;
    Ok(made["id"].as_str().unwrap_or_default().to_owned())
}

/// The other party puts a service on a port of its own in a network, which has room for so many
/// Mbit/s and is ordered if there is none. `details` are what this kind of service needs beside
/// what all need. Returns the config.
pub fn configure(
    exchange: &mut Exchange,
    service: &Object,
    network: &str,
    speed: i64,
    details: Value,
) -> Result<Value, Problem> {
    let connection = match port(exchange, network, speed) {
        Some(connection) => connection,
        None => order_port(exchange, network, speed)?,
    };
    let product = service.text("product_offering");
    let product = exchange.catalogue.get(PRODUCT_OFFERINGS.path, product);
    let required = product.map(|product| product.private("nsc_required_contact_roles").clone());
    let roles = required.as_ref().map(texts).unwrap_or_default();
    let config = json!({
        "type": service.text("type"),
        "network_service": service.id,
        "connection": connection,
        "billing_account": PARTY.credentials().account,
        "role_assignments": assignments(exchange, &roles)?,
        "vlan_config": { "vlan_type": "dot1q" },
    });
    let id = order(exchange, NETWORK_SERVICE_CONFIGS, with(config, details))?;
    let path = path_of(NETWORK_SERVICE_CONFIGS, &id);
    send(exchange, "GET", &path, &Value::Null)
}

/// A port of the other party in a network, with room for so many Mbit/s.
fn port(exchange: &Exchange, network: &str, speed: i64) -> Option<String> {
    let mut own = exchange.store.of_party(CONNECTIONS, PARTY);
    let found = own.find(|connection| {
        let offering = connection.text("product_offering");
        let offering = exchange.catalogue.get(PRODUCT_OFFERINGS.path, offering);
        let row = exchange.show(PARTY, connection);
        let number = |row: &Row, name: &str| row.get(name).and_then(Value::as_i64);
        let taken = number(&row, "capacity_allocated").unwrap_or_default();
        let limit = number(&row, "capacity_allocation_limit").unwrap_or_default();
        connection.is_live()
            && offering.is_some_and(|it| it.text("handover_metro_area_network") == network)
            && limit - taken >= speed
    });
    found.map(|connection| connection.id.clone())
}

/// Orders the slowest port in a network that has room for so many Mbit/s.
fn order_port(exchange: &mut Exchange, network: &str, speed: i64) -> Result<String, Problem> {
    let offerings = exchange.catalogue.all(PRODUCT_OFFERINGS.path).iter();
    let fitting = offerings.filter(|offering| {
        offering.text("type") == "connection"
            && offering.text("handover_metro_area_network") == network
            && offering.text("cross_connect_initiator") == "subscriber"
            && offering.number("physical_port_speed") >= Some(speed)
    });
    let offering = fitting.min_by_key(|offering| offering.number("physical_port_speed"));
    let offering = offering.cloned().ok_or_else(|| {
        Problem::unable_to_fulfill(format!("There is no port for {speed} Mbit/s in {network}."))
    })?;
    let roles = offering.texts("required_contact_roles");
    let order_of = json!({
        "mode": "standalone",
        "port_quantity": 1,
        "product_offering": offering.text("id"),
        "billing_account": PARTY.credentials().account,
        "lacp_timeout": "slow",
        "role_assignments": assignments(exchange, &roles)?,
    });
    order(exchange, CONNECTIONS, order_of)
}

/// Role assignments of the other party for these roles, with a contact for those that it lacks.
fn assignments(exchange: &mut Exchange, roles: &[&str]) -> Result<Vec<String>, Problem> {
    let mut contact: Option<String> = None;
    let mut found = Vec::new();
    for role in roles {
        if let Some(assignment) = assignment(exchange, role) {
            found.push(assignment);
            continue;
        }
        let name = match &contact {
            Some(contact) => contact.clone(),
            None => order(
                exchange,
                CONTACTS,
                json!({
                    "name": "The other party",
                    "email": "other@example.net",
                    "telephone": "+31205550123",
                }),
            )?,
        };
        let order = json!({ "role": role, "contact": name });
        let made = send(exchange, "POST", "/role-assignments", &order)?;
        found.push(made["id"].as_str().unwrap_or_default().to_owned());
        contact = Some(name);
    }
    Ok(found)
}

/// The other party's assignment of a role, if it has one.
fn assignment(exchange: &Exchange, role: &str) -> Option<String> {
    let mut own = exchange.store.of_party(ROLE_ASSIGNMENTS, PARTY);
    let assigned = own.find(|it| it.text("role").eq_ignore_ascii_case(role));
    assigned.map(|assigned| assigned.id.clone())
}
