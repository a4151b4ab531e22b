//! Network service configs of type `p2p_vc`: one party's side of a circuit, with the connection and VLAN it uses.

use serde_json::{Map, Value, json};

use super::network_services::{check_same_type, check_type, config_of, start_if_complete};
use super::vlans::{self, Surroundings};
use super::{
    Use, check_accounts, check_role_assignments, clear, fill, invoicing_defaults, merged,
    reorder_role_assignments, text,
};
use crate::answer::Answer;
use crate::catalogue::Entry;
use crate::exchange::Exchange;
use crate::life::refuse_change_while_ending;
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;
use crate::store::{Collection, Life, Object, Side, Step, texts};

const ENTITY: &str = "P2PNetworkServiceConfig";

/// `POST /network-service-configs`
pub fn create(
    exchange: &mut Exchange,
    party: Party,
    mut body: Map<String, Value>,
) -> Result<Object, Problem> {
    check_type(&body, "network service config")?;
    let mut findings = exchange.check(ENTITY, &body, Purpose::Create);
    let service = service_to_join(exchange, party, &body, &mut findings);
    let side = service
        .as_ref()
        .and_then(|service| free_side(exchange, party, service, &body, &mut findings));
    let vlan_config = check(exchange, party, None, side, &body, &mut findings);
    findings.refuse_if_any()?;
    let service = service.ok_or_else(|| Problem::not_found("network service", ""))?;

    fill(&mut body, &invoicing_defaults());
    fill(
        &mut body,
        &[
            ("network_feature_configs", json!([])),
            ("product_offering", Value::Null),
            ("capacity", Value::Null),
            ("routing_function", Value::Null),
            ("l3_config", Value::Null),
            ("macs", json!([])),
        ],
    );
    body.insert("vlan_config".into(), json!(vlan_config));
    reorder_role_assignments(&mut body);
    let (now, step) = (exchange.clock.now(), exchange.settings.step());
    let mut life = Life::resting("allocated", now);
    if service.state().starts_with("production") {
        // The circuit is there already: this replaces a side that was taken away.
        life.schedule(
            now,
            [Step {
                to: "production",
                after: step,
            }],
        );
    }
    let config = Object {
        collection: Collection::NetworkServiceConfigs,
        id: exchange.ids.uuid(),
        owner: party,
        fields: body,
        overrides: Map::new(),
        life: Some(life),
        side,
    };
    exchange.store.put(config.clone());
    start_if_complete(exchange, &service.id);
    Ok(config)
}

/// `PATCH /network-service-configs/{id}`
pub fn change(
    exchange: &mut Exchange,
    party: Party,
    mut config: Object,
    body: Map<String, Value>,
) -> Result<Object, Problem> {
    let mut findings = exchange.check(ENTITY, &body, Purpose::Patch);
    check_same_type(&config, &body, &mut findings);
    let mut fields = merged(&config.fields, &body);
    let vlan_config = check(
        exchange,
        party,
        Some(&config),
        config.side,
        &fields,
        &mut findings,
    );
    findings.refuse_if_any()?;
    refuse_change_while_ending(&config)?;
    fields.insert("vlan_config".into(), json!(vlan_config));
    reorder_role_assignments(&mut fields);
    config.fields = fields;
    if let Some(life) = &mut config.life {
        life.change(exchange.clock.now(), exchange.settings.step());
    }
    Ok(config)
}

/// `DELETE /network-service-configs/{id}`
pub fn delete(
    exchange: &mut Exchange,
    party: Party,
    mut config: Object,
    body: &[u8],
) -> Result<Answer, Problem> {
    if !config.is_there() {
        let service = config.text("network_service").to_owned();
        let answer = clear(exchange, party, &config);
        exchange.reopen(&service);
        return Ok(answer);
    }
    let dates = exchange.dates_asked(party, &config, body)?;
    let (now, today, step) = (
        exchange.clock.now(),
        exchange.clock.today(),
        exchange.settings.step(),
    );
    if let Some(life) = &mut config.life {
        life.cancel(now, today, dates, step);
    }
    exchange.store.put(config.clone());
    Ok(Answer::json(
        202,
        &Value::Object(exchange.show(party, &config)),
    ))
}

/// A config without a capacity of its own has that of its circuit.
pub fn complete(exchange: &Exchange, config: &Object, row: &mut Map<String, Value>) {
    row.insert("capacity".into(), json!(capacity(exchange, config)));
}

/// The capacity of a config in Mbit/s.
pub fn capacity(exchange: &Exchange, config: &Object) -> Option<i64> {
    let own = config.fields.get("capacity").and_then(Value::as_i64);
    own.or_else(|| {
        circuit_offering(exchange, config.text("network_service"))?.number("bandwidth_max")
    })
}

fn circuit_offering<'a>(exchange: &'a Exchange, service: &str) -> Option<&'a Entry> {
    let service = exchange.store.get(Collection::NetworkServices, service)?;
    exchange
        .catalogue
        .get("product-offerings", service.text("product_offering"))
}

/// The circuit that a new config names, if the party may join it.
fn service_to_join(
    exchange: &Exchange,
    party: Party,
    body: &Map<String, Value>,
    findings: &mut Findings,
) -> Option<Object> {
    let id = text(body, "network_service")?;
    let Ok(service) = exchange.find(party, Collection::NetworkServices, id) else {
        findings.add(
            "network_service",
            format!("{id:?} is not a network service that you can join"),
        );
        return None;
    };
    if !service.is_live() {
        findings.add("network_service", format!("{id} is {}", service.state()));
        return None;
    }
    Some(service.clone())
}

/// The side of the circuit that a new config is for: each side has one config, and is the side of one party, unless
/// a party has both.
fn free_side(
    exchange: &Exchange,
    party: Party,
    service: &Object,
    body: &Map<String, Value>,
    findings: &mut Findings,
) -> Option<Side> {
    let joining = service.text("joining_member_account");
    let consumer = text(body, "consuming_account").unwrap_or_default();
    let has_both = service.owner == party && exchange.catalogue.owns(party, joining);
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

fn network_of(exchange: &Exchange, connection: &str) -> String {
    let connection = exchange.store.get(Collection::Connections, connection);
    let offering = connection.and_then(|connection| {
        exchange
            .catalogue
            .get("product-offerings", connection.text("product_offering"))
    });
    offering
        .map(|offering| offering.text("handover_metro_area_network").to_owned())
        .unwrap_or_default()
}

/// Where a side of a circuit is handed over: the A side at the handover, the B side where the service goes.
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
    body: &Map<String, Value>,
    findings: &mut Findings,
) -> Option<Map<String, Value>> {
    check_accounts(exchange, party, body, Use::Consuming, findings);
    let circuit = text(body, "network_service").and_then(|id| circuit_offering(exchange, id));
    let required = circuit
        .map(|offering| texts(offering.private("nsc_required_contact_roles")))
        .unwrap_or_default();
    check_role_assignments(exchange, party, body, &required, findings);
    if let Some(circuit) = circuit {
        check_offering(exchange, circuit, body, findings);
    }
    check_references(exchange, party, body, findings);

    let id = text(body, "connection")?;
    let connection = exchange
        .store
        .get(Collection::Connections, id)
        .filter(|connection| connection.owner == party);
    let Some(connection) = connection else {
        findings.add("connection", format!("{id:?} is not a connection of yours"));
        return None;
    };
    if !connection.is_live() {
        findings.add("connection", format!("{id} is {}", connection.state()));
    }
    if let (Some(circuit), Some(side)) = (circuit, side) {
        let (network, wanted) = (network_of(exchange, id), network_at(circuit, side));
        if network != wanted {
            findings.add("connection", format!("{id} is in metro area network {network}; this side of the circuit is in {wanted}"));
        }
    }
    let shown = exchange.show(party, connection);
    let own = current.map_or("", |config| config.id.as_str());
    let configs = exchange
        .store
        .referring(Collection::NetworkServiceConfigs, "connection", id);
    let others = configs
        .into_iter()
        .filter(|config| config.is_there() && config.id != own);
    let around = Surroundings {
        connection: &shown,
        others: others
            .filter_map(|config| config.fields.get("vlan_config")?.as_object())
            .collect(),
    };
    let requested = body.get("vlan_config")?.as_object()?;
    let before = current.and_then(|config| config.fields.get("vlan_config")?.as_object());
    vlans::complete(requested, before, &around, findings)
}

/// The product of a side, where the circuit's offering asks for one.
fn check_offering(
    exchange: &Exchange,
    circuit: &Entry,
    body: &Map<String, Value>,
    findings: &mut Findings,
) {
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
                .get("product-offerings", id)
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

/// Other objects that a config can name.
fn check_references(
    exchange: &Exchange,
    party: Party,
    body: &Map<String, Value>,
    findings: &mut Findings,
) {
    for id in body.get("macs").map(texts).unwrap_or_default() {
        let mac = exchange
            .store
            .get(Collection::Macs, id)
            .filter(|mac| mac.owner == party);
        if mac.is_none() {
            findings.add("macs", format!("{id:?} is not a MAC address of yours"));
        }
    }
    if let Some(id) = body
        .get("network_feature_configs")
        .map(texts)
        .unwrap_or_default()
        .first()
    {
        findings.add(
            "network_feature_configs",
            format!("{id:?} is not a network feature config of yours"),
        );
    }
    if let Some(id) = text(body, "routing_function") {
        findings.add(
            "routing_function",
            format!("{id:?} is not a routing function of yours"),
        );
    }
    if body
        .get("l3_config")
        .is_some_and(|config| !config.is_null())
    {
        findings.add("l3_config", "goes with a routing function only");
    }
}
