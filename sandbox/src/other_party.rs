//! What the other party answers: whoever tries out a circuit alone has nobody who joins it. Party B
//! does it all through the API, as a customer would.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::collection::{
    CONNECTIONS, NETWORK_SERVICE_CONFIGS, NETWORK_SERVICES, PRODUCT_OFFERINGS, ROLE_ASSIGNMENTS,
};
use crate::entities::change_requests::is_pending;
use crate::entities::network_services::config_of;
use crate::exchange::{Exchange, Request};
use crate::object::{Object, Row, SERVICE_KEY, Side, texts};
use crate::parties::Party;
use crate::problem::Problem;
use crate::routes;

/// Who answers.
const PARTY: Party = Party::B;

/// The type of the services that two parties agree on.
const CIRCUIT: &str = "p2p_vc";

/// What can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Joins a circuit: configures its side, on a port that is ordered if there is none.
    Accept,
    /// Does not join a circuit.
    Decline,
    /// Asks the owner of a circuit for another product: the next faster one, or else slower.
    Ask,
    /// Takes back what it asked for.
    TakeBack,
    /// Gives the joining member of a circuit the product that it asks for.
    Grant,
    /// Does not give it.
    Refuse,
}

/// What the other party is to answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// The circuit that it is about.
    pub id: String,
    /// What it says.
    pub reply: Reply,
}

/// What the other party can answer to an object as things stand.
pub fn replies(exchange: &Exchange, service: &Object) -> Vec<Reply> {
    if service.collection != NETWORK_SERVICES || service.text("type") != CIRCUIT {
        return Vec::new();
    }
    let joins = exchange.owns(PARTY, service.text("joining_member_account"));
    let is_asked = is_pending(service);
    match (service.owner == PARTY, joins) {
        (false, true) if is_asked => vec![Reply::TakeBack],
        (false, true) if service.state() == "production" => match next_product(exchange, service) {
            Some(_) => vec![Reply::Ask],
            None => Vec::new(),
        },
        (false, true) if service.state() == "requested" && !has_joined(exchange, service) => {
            // One that was ordered with a service key is joined by way of the extension.
            match service.hidden.contains_key(SERVICE_KEY) {
                true => vec![Reply::Decline],
                false => vec![Reply::Accept, Reply::Decline],
            }
        }
        (true, false) if is_asked => vec![Reply::Grant, Reply::Refuse],
        _ => Vec::new(),
    }
}

fn has_joined(exchange: &Exchange, service: &Object) -> bool {
    config_of(exchange, &service.id, Side::B).is_some()
}

/// Answers. Returns what is done last, as the other party reads it.
pub fn reply(exchange: &mut Exchange, answered: &Answered) -> Result<Value, Problem> {
    exchange.settle();
    let id = &answered.id;
    let service = exchange.store.get(NETWORK_SERVICES, id).cloned();
    let service = service.ok_or_else(|| Problem::not_found(NETWORK_SERVICES.noun, id))?;
    if !replies(exchange, &service).contains(&answered.reply) {
        let reason = format!("The other party has nothing of the kind to answer to {id}.");
        return Err(Problem::unable_to_fulfill(reason));
    }
    let path = format!("/{}/{}", NETWORK_SERVICES.path, encoded(id));
    let asked = format!("{path}/change-request");
    match answered.reply {
        Reply::Accept => accept(exchange, &service),
        Reply::Decline => send(exchange, "DELETE", &path, &Value::Null),
        Reply::Ask => {
            let wanted = json!({ "product_offering": next_product(exchange, &service) });
            send(exchange, "POST", &asked, &wanted)
        }
        Reply::Grant => {
            let wanted = send(exchange, "GET", &asked, &Value::Null)?;
            let wanted = json!({ "type": CIRCUIT, "product_offering": wanted["product_offering"] });
            send(exchange, "PATCH", &path, &wanted)
        }
        Reply::TakeBack | Reply::Refuse => send(exchange, "DELETE", &asked, &Value::Null),
    }
}

fn encoded(id: &str) -> String {
    utf8_percent_encode(id, NON_ALPHANUMERIC).to_string()
}

/// A request of the other party; the answer, unless it is a refusal.
fn send(exchange: &mut Exchange, method: &str, path: &str, body: &Value) -> Result<Value, Problem> {
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
fn order(exchange: &mut Exchange, collection: &str, changes: Value) -> Result<String, Problem> {
    let account = PARTY.credentials().account;
    let mut body = json!({ "managing_account": account, "consuming_account": account });
    if let (Some(body), Value::Object(changes)) = (body.as_object_mut(), changes) {
        body.extend(changes);
    }
    let made = send(exchange, "POST", &format!("/{collection}"), &body)?;
    Ok(made["id"].as_str().unwrap_or_default().to_owned())
}

/// The other party puts the circuit on a port of its own.
fn accept(exchange: &mut Exchange, service: &Object) -> Result<Value, Problem> {
    let circuit = exchange
        .catalogue
        .get(PRODUCT_OFFERINGS.path, service.text("product_offering"));
    let circuit = circuit.cloned();
    let circuit = circuit.ok_or_else(|| Problem::not_found("product offering", &service.id))?;
    let network = circuit.text("service_metro_area_network");
    let speed = circuit.number("bandwidth_max").unwrap_or_default();
    let connection = match port(exchange, network, speed) {
        Some(connection) => connection,
        None => order_port(exchange, network, speed)?,
    };
    let roles = texts(circuit.private("nsc_required_contact_roles"));
    let assignments = assignments(exchange, &roles)?;
    let products = texts(circuit.private("nsc_product_offerings"));
    let mut config = json!({
        "type": CIRCUIT,
        "network_service": service.id,
        "connection": connection,
        "consuming_account": service.text("joining_member_account"),
        "billing_account": PARTY.credentials().account,
        "role_assignments": assignments,
        "vlan_config": { "vlan_type": "dot1q" },
    });
    if let Some(product) = products.first() {
        config["product_offering"] = json!(product);
    }
    let id = order(exchange, NETWORK_SERVICE_CONFIGS.path, config)?;
    let path = format!("/{}/{}", NETWORK_SERVICE_CONFIGS.path, encoded(&id));
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
    order(exchange, CONNECTIONS.path, order_of)
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
                "contacts",
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

/// What the joining member of a circuit would ask for: the next faster product between the same
/// places, or else the next slower one.
fn next_product(exchange: &Exchange, service: &Object) -> Option<String> {
    let current = exchange
        .catalogue
        .get(PRODUCT_OFFERINGS.path, service.text("product_offering"))?;
    let speed = current.number("bandwidth_max")?;
    let alike = ["type", "resource_type", "handover_metro_area_network"];
    let alike = alike.into_iter().chain(["service_metro_area_network"]);
    let alike: Vec<&str> = alike.collect();
    let others = exchange.catalogue.all(PRODUCT_OFFERINGS.path).iter();
    let others = others.filter(|other| alike.iter().all(|it| other.text(it) == current.text(it)));
    let others: Vec<(i64, &str)> = others
        .filter_map(|other| Some((other.number("bandwidth_max")?, other.text("id"))))
        .collect();
    let faster = others.iter().filter(|(other, _)| *other > speed).min();
    let slower = others.iter().filter(|(other, _)| *other < speed).max();
    let faster = faster.filter(|_| current.flag("upgrade_allowed"));
    let slower = slower.filter(|_| current.flag("downgrade_allowed"));
    faster.or(slower).map(|(_, id)| (*id).to_owned())
}
