//! Network service configs of type `p2p_vc`: one party's side of a circuit, with the connection and
//! VLAN it uses.

use serde_json::{Value, json};

use super::super::network_services::{config_of, start_if_complete};
use super::super::shared::{
    check_macs, check_same_type, fill, invoicing_defaults, merged, reorder_role_assignments,
};
use super::{
    check_connection, check_no_features, check_owner, check_routing, network_of, placed,
    service_to_join, what_is_left_out,
};
use crate::catalogue::Entry;
use crate::collection::{NETWORK_SERVICE_CONFIGS, NETWORK_SERVICES, PRODUCT_OFFERINGS};
use crate::exchange::Exchange;
use crate::life::{Life, Step};
use crate::object::{Object, Row, SERVICE_KEY, SERVICE_KEY_PORT, Side, text, texts};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

const TYPE: &str = "p2p_vc";
const SCHEMA: &str = "P2PNetworkServiceConfig";

/// Where an order for a side comes in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    /// At the API itself.
    Api,
    /// At the extension for service keys, which is for the party whose key was used.
    ServiceKeys,
}

/// An order for a side.
pub fn create(exchange: &mut Exchange, party: Party, body: Row) -> Result<Object, Problem> {
    create_at(Door::Api, exchange, party, body)
}

/// An order for the side of the party whose service key the circuit was ordered with.
pub fn create_invited(exchange: &mut Exchange, party: Party, body: Row) -> Result<Object, Problem> {
    create_at(Door::ServiceKeys, exchange, party, body)
}

fn create_at(
    door: Door,
    exchange: &mut Exchange,
    party: Party,
    mut body: Row,
) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Create);
    let service = service_to_join(exchange, party, TYPE, &body, &mut findings)
        .filter(|service| is_right_door(door, service, party, &mut findings));
    let side = service
        .as_ref()
        .and_then(|service| free_side(exchange, party, service, &body, &mut findings));
    if door == Door::ServiceKeys && side == Some(Side::A) {
        findings.add(
            "network_service",
            "the A side is configured at the API itself",
        );
    }
    let vlan_config = check(exchange, party, None, side, &body, &mut findings);
    findings.refuse_if_any()?;
    // Whatever is no service to join is among the findings.
    let service = service.ok_or_else(|| Problem::not_found("network service", ""))?;

    fill(&mut body, &invoicing_defaults());
    fill(&mut body, &what_is_left_out());
    body.insert("vlan_config".into(), json!(vlan_config));
    reorder_role_assignments(&mut body);
    let moment = exchange.moment();
    let mut life = Life::resting("allocated", moment.now);
    if service.state().starts_with("production") {
        // The circuit is there already: this replaces a side that was taken away.
        life.schedule(
            moment.now,
            [Step {
                to: "production",
                after: moment.step,
            }],
        );
    }
    let id = exchange.ids.uuid(NETWORK_SERVICE_CONFIGS.path);
    let mut config = Object::new(NETWORK_SERVICE_CONFIGS, id, party, body).living(life);
    config.side = side;
    exchange.store.put(config.clone());
    start_if_complete(exchange, &service.id);
    Ok(config)
}

/// A side after a PATCH.
pub fn changed(
    exchange: &Exchange,
    party: Party,
    config: &Object,
    body: &Row,
) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, body, Purpose::Patch);
    check_same_type(config, body, &mut findings);
    let fields = merged(&config.fields, body);
    let (current, side) = (Some(config), config.side);
    let vlan_config = check(exchange, party, current, side, &fields, &mut findings);
    findings.refuse_if_any()?;
    Ok(placed(config, fields, vlan_config))
}

/// A side without a capacity of its own has that of its circuit.
pub fn capacity_of_circuit(exchange: &Exchange, config: &Object) -> Option<i64> {
    circuit_offering(exchange, config.text("network_service"))?.number("bandwidth_max")
}

fn circuit_offering<'a>(exchange: &'a Exchange, service: &str) -> Option<&'a Entry> {
    let service = exchange.store.get(NETWORK_SERVICES, service)?;
    if service.text("type") != TYPE {
        return None;
    }
    exchange
        .catalogue
        .get(PRODUCT_OFFERINGS.path, service.text("product_offering"))
}

/// The side of whose key was used is configured through the extension, all others are not.
fn is_right_door(door: Door, service: &Object, party: Party, findings: &mut Findings) -> bool {
    let id = &service.id;
    let reason = match (door, service.hidden.contains_key(SERVICE_KEY)) {
        (Door::Api, true) if service.owner != party => {
            format!("{id} was ordered with a service key: join it through inxn-servicekey-v1")
        }
        (Door::ServiceKeys, false) => format!("{id} was not ordered with a service key"),
        _ => return true,
    };
    findings.add("network_service", reason);
    false
}

/// The side of the circuit that a new config is for: each side has one config, and is the side of
/// one party, unless a party has both.
fn free_side(
    exchange: &Exchange,
    party: Party,
    service: &Object,
    body: &Row,
    findings: &mut Findings,
) -> Option<Side> {
    let joining = service.text("joining_member_account");
    let consumer = text(body, "consuming_account").unwrap_or_default();
    let has_both = service.owner == party && exchange.owns(party, joining);
    let candidates = if has_both && joining == service.text("consuming_account") {
        vec![Side::A, Side::B]
    } else if has_both {
        vec![if consumer == joining {
            Side::B
        } else {
            Side::A
        }]
    } else if service.owner == party {
        vec![Side::A]
    } else {
        if consumer != joining {
            findings.add(
                "consuming_account",
                format!("must be the joining member {joining}"),
            );
        }
        vec![Side::B]
    };
    let free: Vec<Side> = candidates
        .into_iter()
        .filter(|side| config_of(exchange, &service.id, *side).is_none())
        .collect();
    if free.is_empty() {
        findings.add(
            "network_service",
            format!("your side of {} has a config already", service.id),
        );
    }
    // Where both sides are free, the metro area of the connection tells which one is meant.
    let network = text(body, "connection")
        .map(|id| network_of(exchange, id))
        .unwrap_or_default();
    let fitting = free.iter().find(|side| {
        circuit_offering(exchange, &service.id)
            .is_some_and(|offer| network_at(offer, **side) == network)
    });
    fitting.or(free.first()).copied()
}

/// Where a side of a circuit is handed over: the A side at the handover, the B side where the
/// service goes.
fn network_at(offering: &Entry, side: Side) -> &str {
    match side {
        Side::A => offering.text("handover_metro_area_network"),
        Side::B => offering.text("service_metro_area_network"),
    }
}

/// What must be true of a config, new or changed. Returns its complete `vlan_config`.
fn check(
    exchange: &Exchange,
    party: Party,
    current: Option<&Object>,
    side: Option<Side>,
    body: &Row,
    findings: &mut Findings,
) -> Option<Row> {
    let circuit = text(body, "network_service").and_then(|id| circuit_offering(exchange, id));
    let required = circuit
        .map(|offering| texts(offering.private("nsc_required_contact_roles")))
        .unwrap_or_default();
    check_owner(exchange, party, body, &required, findings);
    if let Some(circuit) = circuit {
        check_offering(exchange, circuit, body, findings);
    }
    check_macs(exchange, party, body, findings);
    check_no_features(body, findings);
    check_routing(body, findings);
    check_key(exchange, side, body, findings);
    let network = circuit
        .zip(side)
        .map(|(circuit, side)| network_at(circuit, side));
    check_connection(exchange, party, current, network, body, findings)
}

/// Whose service key was used joins from the port that the key is of.
fn check_key(exchange: &Exchange, side: Option<Side>, body: &Row, findings: &mut Findings) {
    let service = text(body, "network_service");
    let service = service.and_then(|id| exchange.store.get(NETWORK_SERVICES, id));
    let port = service.map_or("", |service| service.hidden_text(SERVICE_KEY_PORT));
    let wanted = text(body, "connection").unwrap_or_default();
    if side == Some(Side::B) && !port.is_empty() && wanted != port {
        findings.add("connection", format!("the service key is that of {port}"));
    }
}

/// The product of a side, where the circuit's offering asks for one.
fn check_offering(exchange: &Exchange, circuit: &Entry, body: &Row, findings: &mut Findings) {
    let offered = texts(circuit.private("nsc_product_offerings"));
    let mut limit = circuit;
    match text(body, "product_offering") {
        Some(id) if !offered.contains(&id) => {
            let reason = match offered.as_slice() {
                [] => "the configs of this network service have no product offering".to_owned(),
                offered => format!("the network service allows: {}", offered.join(", ")),
            };
            findings.add("product_offering", reason);
        }
        Some(id) => {
            limit = exchange
                .catalogue
                .get(PRODUCT_OFFERINGS.path, id)
                .unwrap_or(circuit)
        }
        None if !offered.is_empty() => {
            findings.add(
                "product_offering",
                format!(
                    "is required; the network service allows: {}",
                    offered.join(", ")
                ),
            );
        }
        None => {}
    }
    let most = [limit, circuit]
        .into_iter()
        .filter_map(|offering| offering.number("bandwidth_max"))
        .min();
    if let (Some(capacity), Some(most)) = (body.get("capacity").and_then(Value::as_i64), most)
        && capacity > most
    {
        findings.add(
            "capacity",
            format!("can be at most {most}, as the network service is"),
        );
    }
}
