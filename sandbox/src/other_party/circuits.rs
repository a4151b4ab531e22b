//! What the other party answers to a circuit of two parties: it joins one of ours or does not, and
//! asks for another product; to one of its own, it grants what the joining member asks for.

use serde_json::{Value, json};

use super::orders::configure;
use super::{PARTY, Reply};
use crate::collection::PRODUCT_OFFERINGS;
use crate::entities::change_requests::is_pending;
use crate::entities::network_services::config_of;
use crate::exchange::Exchange;
use crate::object::{Object, SERVICE_KEY, Side, texts};
use crate::problem::Problem;

/// The type of these services.
pub const TYPE: &str = "p2p_vc";

/// What can be answered to a circuit as things stand.
pub fn replies(exchange: &Exchange, service: &Object) -> Vec<Reply> {
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

/// Puts the circuit on a port of its own. Returns its config.
pub fn accept(exchange: &mut Exchange, service: &Object) -> Result<Value, Problem> {
    let circuit = exchange
        .catalogue
        .get(PRODUCT_OFFERINGS.path, service.text("product_offering"));
    let circuit = circuit.cloned();
    let circuit = circuit.ok_or_else(|| Problem::not_found("product offering", &service.id))?;
    let network = circuit.text("service_metro_area_network");
    let speed = circuit.number("bandwidth_max").unwrap_or_default();
    let mut config = json!({ "consuming_account": service.text("joining_member_account") });
    let products = texts(circuit.private("nsc_product_offerings"));
    if let Some(product) = products.first() {
        config["product_offering"] = json!(product);
    }
    configure(exchange, service, network, speed, config)
}

/// What the joining member of a circuit would ask for: the next faster product between the same
/// places, or else the next slower one.
pub fn next_product(exchange: &Exchange, service: &Object) -> Option<String> {
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
