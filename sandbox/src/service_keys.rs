//! The extension `inxn-servicekey-v1` (section 8 of the IX-API data dictionary; the guide to
//! provisioning with service keys). Whoever has a port gives its service key away; whoever has the
//! key orders a circuit to the port with it, and the port's owner joins from that port or declines.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::collection::{
    CONNECTIONS, Collection, NETWORK_SERVICE_CONFIGS, NETWORK_SERVICES, POPS, PRODUCT_OFFERINGS,
};
use crate::entities::network_service_configs::create_invited;
use crate::entities::network_services::{self, order};
use crate::exchange::{Exchange, Request, object};
use crate::object::{Object, Row, SERVICE_KEY, SERVICE_KEY_PORT, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::speech;

/// Its name, which is also where it is below `/extensions`.
pub const NAME: &str = "inxn-servicekey-v1";

/// What it serves, below its own address.
pub const SERVED: [(&str, &str); 8] = [
    ("GET", "/connections"),
    ("GET", "/product-offerings"),
    ("GET", "/service-keys/{key}"),
    ("GET", "/network-services"),
    ("POST", "/network-services"),
    ("GET", "/network-services/{id}"),
    ("DELETE", "/network-services/{id}"),
    ("POST", "/network-service-configs"),
];

/// Answers a request below the extension's address.
pub fn answer(
    exchange: &mut Exchange,
    party: Party,
    below: &[&str],
    request: &Request<'_>,
) -> Result<Answer, Problem> {
    let refused = |allow: &str| {
        let path = request.path;
        Err(Problem::method_not_allowed(request.method, path, allow))
    };
    match (request.method, below) {
        // The guide fetches one's own ports from either place.
        ("GET", ["connections" | "product-offerings"]) => Ok(ports(exchange, party)),
        (_, ["connections" | "product-offerings"]) => refused("GET"),
        ("GET", ["service-keys", key]) => decode(exchange, key),
        (_, ["service-keys", _]) => refused("GET"),
        ("GET", ["network-services"]) => Ok(circuits(exchange, party)),
        ("POST", ["network-services"]) => {
            let body = exchange.heard(NETWORK_SERVICES, None, request.object()?);
            let circuit = order_with_key(exchange, party, body)?;
            let row = shown(exchange, &circuit);
            Ok(Answer::json(201, &Value::Object(row)))
        }
        (_, ["network-services"]) => refused("GET, POST"),
        ("GET", ["network-services", id]) => {
            let row = shown(exchange, &find(exchange, party, id)?);
            Ok(Answer::json(200, &Value::Object(row)))
        }
        ("DELETE", ["network-services", id]) => disconnect(exchange, party, id, request.body),
        (_, ["network-services", _]) => refused("GET, DELETE"),
        ("POST", ["network-service-configs"]) => {
            let body = exchange.heard(NETWORK_SERVICE_CONFIGS, None, request.object()?);
            let config = create_invited(exchange, party, body)?;
            Ok(exchange.answer_with(201, party, &config))
        }
        (_, ["network-service-configs"]) => refused("POST"),
        _ => Err(Problem::no_such_path(request.path)),
    }
}

/// `GET /connections`: one's own ports, each with the key to give away.
fn ports(exchange: &Exchange, party: Party) -> Answer {
    let own = exchange.store.of_party(CONNECTIONS, party);
    let rows = own.filter(|port| port.is_there()).map(|port| {
        let mut row = exchange.show(party, port);
        row.insert(SERVICE_KEY.into(), json!(port.hidden_text(SERVICE_KEY)));
        exchange.spoken(CONNECTIONS, row)
    });
    Answer::json(200, &speech::listed(&exchange.settings, rows.collect()))
}

/// The port that a key belongs to.
fn port_of<'a>(exchange: &'a Exchange, key: &str) -> Option<&'a Object> {
    let mut ports = exchange.store.naming(CONNECTIONS, SERVICE_KEY, key);
    ports.find(|port| port.is_live())
}

/// What is left of a port's capacity, in Mbit/s; none where it has no limit.
fn left(port: &Row) -> Option<i64> {
    let number = |name: &str| port.get(name).and_then(Value::as_i64);
    let limit = number("capacity_allocation_limit")?;
    Some(limit - number("capacity_allocated").unwrap_or_default())
}

/// `GET /service-keys/{key}`: tells whoever has the key what it is for.
fn decode(exchange: &Exchange, key: &str) -> Result<Answer, Problem> {
    let port = port_of(exchange, key).ok_or_else(|| Problem::not_found("service key", key))?;
    let row = exchange.show(port.owner, port);
    let entry = |collection: Collection, id: &str| exchange.catalogue.get(collection.path, id);
    let account = exchange.account(port.text("consuming_account"));
    let offering = entry(PRODUCT_OFFERINGS, port.text("product_offering"));
    let pop = entry(POPS, text(&row, "pop").unwrap_or_default());
    let at = |name: &str| offering.map(|offering| offering.text(name));
    let body = json!({
        "id": key,
        "mode": port.text("mode"),
        "connection": port.id,
        "legal_name": account.and_then(|account| account.get("legal_name").cloned()),
        "max_capacity": left(&row),
        "metro_area": at("handover_metro_area"),
        "metro_area_network": at("handover_metro_area_network"),
        "pop": pop.map(|pop| pop.text("id")),
    });
    Ok(Answer::json(200, &body))
}

/// A circuit as this extension shows it: to both sides alike, and with the key that was used.
fn shown(exchange: &Exchange, circuit: &Object) -> Row {
    let mut row = exchange.show_changed(circuit.owner, circuit);
    row.insert(SERVICE_KEY.into(), json!(circuit.hidden_text(SERVICE_KEY)));
    exchange.spoken(NETWORK_SERVICES, row)
}

fn has_key(circuit: &Object) -> bool {
    circuit.hidden.contains_key(SERVICE_KEY)
}

/// `GET /network-services`: the circuits that were ordered with a key, by either side.
fn circuits(exchange: &Exchange, party: Party) -> Answer {
    let mut seen = exchange.visible(party, &network_services::ENTITY);
    seen.retain(|circuit| has_key(circuit));
    seen.sort_by(|one, other| one.id.cmp(&other.id));
    let rows = seen.into_iter();
    let rows = rows.map(|circuit| shown(exchange, circuit));
    Answer::json(200, &speech::listed(&exchange.settings, rows.collect()))
}

fn find(exchange: &Exchange, party: Party, id: &str) -> Result<Object, Problem> {
    let circuit = exchange.find(party, NETWORK_SERVICES, id)?;
    match has_key(circuit) {
        true => Ok(circuit.clone()),
        false => Err(Problem::not_found(NETWORK_SERVICES.noun, id)),
    }
}

/// `POST /network-services`: the key says who joins.
fn order_with_key(exchange: &mut Exchange, party: Party, mut body: Row) -> Result<Object, Problem> {
    let mut findings = Findings::default();
    if body.contains_key("joining_member_account") {
        let reason = "is not a known field here: the service key says who joins";
        findings.add("joining_member_account", reason);
    }
    let key = body.remove(SERVICE_KEY);
    let (key, port) = match &key {
        None => (None, Err("is required")),
        Some(Value::String(key)) => {
            let port = port_of(exchange, key).cloned();
            (Some(key), port.ok_or("is not a service key"))
        }
        Some(_) => (None, Err("must be a string")),
    };
    let joining = match &port {
        Ok(port) => {
            check_reach(exchange, port, &body, &mut findings);
            port.text("consuming_account")
        }
        Err(reason) => {
            findings.add(SERVICE_KEY, *reason);
            // It is refused in any case; somebody stands in, so that what else is wrong is said.
            party.credentials().account
        }
    };
    body.insert("joining_member_account".into(), json!(joining));
    let circuit = order(exchange, party, body, findings)?;
    let (Some(key), Ok(port)) = (key, port) else {
        return Err(Problem::invalid(SERVICE_KEY, "is not a service key"));
    };
    let keyed = exchange
        .store
        .change(NETWORK_SERVICES, &circuit.id, |circuit| {
            circuit.hidden.insert(SERVICE_KEY.into(), json!(key));
            circuit
                .hidden
                .insert(SERVICE_KEY_PORT.into(), json!(port.id));
            circuit.clone()
        });
    Ok(keyed.unwrap_or(circuit))
}

/// The offering has to go where the port is, and to fit into what is left of it.
fn check_reach(exchange: &Exchange, port: &Object, body: &Row, findings: &mut Findings) {
    let entry = |id: &str| exchange.catalogue.get(PRODUCT_OFFERINGS.path, id);
    let wanted = text(body, "product_offering").and_then(entry);
    let (Some(wanted), Some(ports)) = (wanted, entry(port.text("product_offering"))) else {
        return;
    };
    let here = ports.text("handover_metro_area_network");
    let there = wanted.text("service_metro_area_network");
    if here != there {
        let reason = format!("goes to {there}, and the port of the service key is in {here}");
        findings.add("product_offering", reason);
    }
    let left = left(&exchange.show(port.owner, port));
    if let (Some(left), Some(most)) = (left, wanted.number("bandwidth_max"))
        && most > left
    {
        let reason = format!("has {most} Mbit/s, and the port has {left} Mbit/s left");
        findings.add("product_offering", reason);
    }
}

/// `DELETE /network-services/{id}`, which takes no body: an end on a chosen day is ordered from
/// the API itself.
fn disconnect(
    exchange: &mut Exchange,
    party: Party,
    id: &str,
    body: &[u8],
) -> Result<Answer, Problem> {
    let circuit = find(exchange, party, id)?;
    if !body.is_empty() {
        let asked = object(body)?;
        let first = asked.keys().next().map_or("", String::as_str);
        return Err(Problem::invalid(first, "is not a known field here"));
    }
    let answer = network_services::delete(exchange, party, circuit.clone(), &[])?;
    let after = exchange.store.get(NETWORK_SERVICES, id);
    let row = shown(exchange, after.unwrap_or(&circuit));
    Ok(Answer::json(answer.status, &Value::Object(row)))
}
