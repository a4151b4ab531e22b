//! Network service configs: what puts a network service on a connection. What they have in common,
//! whatever their type, is here; each type has a file of its own.

mod cloud_vc;
mod exchange_lan;
mod group;
mod layer3;
mod p2p_vc;
mod vlans;

use serde_json::{Value, json};

use self::vlans::Surroundings;
use super::clouds::{self, is_cloud};
use super::groups;
use super::network_services::cancel_features;
use super::shared::{
    Use, check_accounts, check_role_assignments, clear, contacts_of, refuse_change_while_ending,
    reorder_role_assignments,
};
use crate::answer::Answer;
use crate::cancellation::{POLICY, dates_asked};
use crate::clock::Millis;
use crate::collection::{
    CONNECTIONS, IPS, NETWORK_SERVICE_CONFIGS, NETWORK_SERVICES, PRODUCT_OFFERINGS,
};
use crate::exchange::{Entity, Exchange};
use crate::object::{Object, Row, ids, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};

pub use self::exchange_lan::review;
pub use self::group::access_to;
pub use self::p2p_vc::create_invited;

/// `/network-service-configs`
pub static ENTITY: Entity = Entity {
    create: Some(create),
    change: Some(change),
    puts: true,
    delete: Some(delete),
    actions: &[POLICY],
    others: |exchange, party, _| cloud_vc::provider_sides(exchange, party),
    other: |exchange, party, _, id| cloud_vc::provider_side(exchange, party, id),
    complete,
    held,
    arrived,
    ended,
    parts: &[(IPS, "network_service_config")],
    found_by: &["network_service", "connection", "external_ref"],
    ..Entity::stored(NETWORK_SERVICE_CONFIGS)
};

const EXCHANGE_LAN: &str = "exchange_lan";

/// The types that can be ordered here.
pub const TYPES: [&str; 5] = [clouds::TYPE, EXCHANGE_LAN, "mp2mp_vc", "p2mp_vc", "p2p_vc"];

/// AS numbers have 32 bits, and 0 stands for none.
const ASNS: std::ops::RangeInclusive<i64> = 1..=4_294_967_295;

fn is_lan(config: &Object) -> bool {
    config.text("type") == EXCHANGE_LAN
}

/// The service of this type that a new config names, if the party sees it and it is there to stay.
fn service_to_join(
    exchange: &Exchange,
    party: Party,
    kind: &str,
    body: &Row,
    findings: &mut Findings,
) -> Option<Object> {
    let id = text(body, "network_service")?;
    let reason = match exchange.find(party, NETWORK_SERVICES, id) {
        Ok(service) if service.text("type") != kind => {
            format!("{id} is a {}, not a {kind}", service.text("type"))
        }
        Ok(service) if !service.is_live() => format!("{id} is {}", service.state()),
        Ok(service) => return Some(service.clone()),
        Err(_) => format!("{id:?} is not a network service that you can join"),
    };
    findings.add("network_service", reason);
    None
}

/// What an order for a place on a circuit or in a group leaves out.
fn what_is_left_out() -> [(&'static str, Value); 6] {
    [
        ("network_feature_configs", json!([])),
        ("product_offering", Value::Null),
        ("capacity", Value::Null),
        ("routing_function", Value::Null),
        ("l3_config", Value::Null),
        ("macs", json!([])),
    ]
}

/// Circuits and groups have no network features.
fn check_no_features(fields: &Row, findings: &mut Findings) {
    if let Some(id) = ids(fields, "network_feature_configs").first() {
        let reason = format!("{id:?} is not a network feature config of yours");
        findings.add("network_feature_configs", reason);
    }
}

/// A config with changed fields and its complete `vlan_config`.
fn placed(config: &Object, mut fields: Row, vlan_config: Option<Row>) -> Object {
    fields.insert("vlan_config".into(), json!(vlan_config));
    reorder_role_assignments(&mut fields);
    Object {
        fields,
        ..config.clone()
    }
}

/// `POST /network-service-configs`: a type that cannot be ordered is refused before the fields of
/// one that can are checked.
fn create(exchange: &mut Exchange, party: Party, body: Row) -> Result<Object, Problem> {
    match body.get("type") {
        Some(Value::String(kind)) if !TYPES.contains(&kind.as_str()) => Err(Problem::invalid(
            "type",
            format!(
                "{kind:?} is not a type of network service config that can be ordered here; {} are",
                TYPES.join(", ")
            ),
        )),
        Some(Value::String(kind)) if kind == EXCHANGE_LAN => {
            exchange_lan::create(exchange, party, body)
        }
        Some(Value::String(kind)) if groups::is_type(kind) => group::create(exchange, party, body),
        Some(Value::String(kind)) if kind == clouds::TYPE => {
            cloud_vc::create(exchange, party, body)
        }
        _ => p2p_vc::create(exchange, party, body),
    }
}

/// `PATCH /network-service-configs/{id}`
fn change(
    exchange: &mut Exchange,
    party: Party,
    config: Object,
    body: Row,
) -> Result<Object, Problem> {
    let mut changed = if is_lan(&config) {
        exchange_lan::changed(exchange, party, &config, &body)?
    } else if groups::is_group(&config) {
        group::changed(exchange, party, &config, &body)?
    } else if is_cloud(&config) {
        cloud_vc::changed(exchange, party, &config, &body)?
    } else {
        p2p_vc::changed(exchange, party, &config, &body)?
    };
    refuse_change_while_ending(&config)?;
    if let Some(life) = &mut changed.life {
        life.change(exchange.moment());
    }
    exchange.store.put(changed.clone());
    let service = changed.text("network_service");
    if is_cloud(&changed) {
        clouds::review(exchange, service);
    } else {
        groups::review(exchange, service);
    }
    Ok(changed)
}

/// `DELETE /network-service-configs/{id}`: takes the feature configs along.
fn delete(
    exchange: &mut Exchange,
    party: Party,
    mut config: Object,
    body: &[u8],
) -> Result<Answer, Problem> {
    if !config.is_there() {
        let answer = clear(exchange, party, &config, None);
        ended(exchange, &config);
        return Ok(answer);
    }
    let dates = dates_asked(exchange, party, &config, body)?;
    let moment = exchange.moment();
    if let Some(life) = &mut config.life {
        life.cancel(moment, dates);
    }
    exchange.store.put(config.clone());
    cancel_features(exchange, &config.id, |life| life.cancel(moment, dates));
    Ok(exchange.answer_with(202, party, &config))
}

fn complete(exchange: &Exchange, _: Party, config: &Object, row: &mut Row) {
    if is_lan(config) {
        exchange_lan::complete(exchange, config, row);
    } else {
        row.insert("capacity".into(), json!(capacity(exchange, config)));
    }
    if is_cloud(config) {
        cloud_vc::complete(exchange, config, row);
    }
}

fn held(exchange: &Exchange, row: &Row, name: &str, _: &str) -> Option<Vec<Value>> {
    match name {
        "contacts" => Some(contacts_of(exchange, row)),
        "inner_vlan" | "outer_vlan" => {
            let tag = row.get("vlan_config").and_then(|config| config.get(name));
            Some(tag.cloned().into_iter().collect())
        }
        _ => None,
    }
}

fn arrived(exchange: &mut Exchange, config: &Object, due: Millis) {
    if is_lan(config) {
        exchange_lan::arrived(exchange, config, due);
    } else if groups::is_group(config) {
        group::arrived(exchange, config, due);
    }
}

fn ended(exchange: &mut Exchange, config: &Object) {
    let service = config.text("network_service");
    if is_cloud(config) {
        clouds::review(exchange, service);
    } else if groups::is_group(config) {
        groups::review(exchange, service);
    } else if !is_lan(config) {
        super::network_services::reopen(exchange, service);
    }
}

/// The capacity of a config in Mbit/s; none where it is not limited.
pub fn capacity(exchange: &Exchange, config: &Object) -> Option<i64> {
    let own = config.fields.get("capacity").and_then(Value::as_i64);
    if is_lan(config) {
        return own;
    }
    own.or_else(|| {
        if is_cloud(config) {
            cloud_vc::capacity(exchange, config)
        } else if groups::is_group(config) {
            group::capacity(exchange, config)
        } else {
            p2p_vc::capacity_of_circuit(exchange, config)
        }
    })
}

/// What a config of any type must be: paid for by an account of the party, and with contacts for
/// the roles that its service requires.
fn check_owner(
    exchange: &Exchange,
    party: Party,
    body: &Row,
    required: &[&str],
    findings: &mut Findings,
) {
    check_accounts(exchange, party, body, Use::Consuming, findings);
    check_role_assignments(exchange, party, body, required, findings);
}

/// The connection must be the party's own, there to stay, and in the metro area network of the
/// service; its VLANs must be free. Returns the complete `vlan_config`. `network` is none where
/// the service itself was refused.
fn check_connection(
    exchange: &Exchange,
    party: Party,
    current: Option<&Object>,
    network: Option<&str>,
    body: &Row,
    findings: &mut Findings,
) -> Option<Row> {
    for name in ["connection", "vlan_config"] {
        if body.get(name).is_none_or(Value::is_null) {
            findings.add(name, "is required");
        }
    }
    let id = text(body, "connection")?;
    let Some(connection) = exchange.own(party, CONNECTIONS, id) else {
        findings.add("connection", format!("{id:?} is not a connection of yours"));
        return None;
    };
    if !connection.is_live() {
        findings.add("connection", format!("{id} is {}", connection.state()));
    }
    let here = network_of(exchange, id);
    if let Some(wanted) = network.filter(|wanted| here != *wanted) {
        let reason = format!("{id} is in metro area network {here}, the service is in {wanted}");
        findings.add("connection", reason);
    }
    let own = current.map_or("", |config| config.id.as_str());
    let configs = exchange
        .store
        .naming(NETWORK_SERVICE_CONFIGS, "connection", id);
    let around = Surroundings {
        connection: &exchange.show(party, connection),
        others: configs
            .filter(|config| config.is_there() && config.id != own)
            .filter_map(|config| config.fields.get("vlan_config")?.as_object())
            .collect(),
    };
    check_capacity(exchange, party, current, body, around.connection, findings);
    let requested = body.get("vlan_config")?.as_object()?;
    let before = current.and_then(|config| config.fields.get("vlan_config")?.as_object());
    vlans::complete(requested, before, &around, findings)
}

/// What a config takes must be left on the connection, beside all others.
fn check_capacity(
    exchange: &Exchange,
    party: Party,
    current: Option<&Object>,
    body: &Row,
    connection: &Row,
    findings: &mut Findings,
) {
    let id = text(connection, "id").unwrap_or_default();
    let own = current.map_or("", |config| config.id.as_str());
    let of_itself = body.get("capacity").and_then(Value::as_i64);
    let ordered = Object::new(NETWORK_SERVICE_CONFIGS, own.to_owned(), party, body.clone());
    let wanted = capacity(exchange, &ordered);
    let before = current.filter(|config| config.text("connection") == id);
    if before.is_some_and(|config| capacity(exchange, config) >= wanted) {
        return;
    }
    let configs = exchange
        .store
        .naming(NETWORK_SERVICE_CONFIGS, "connection", id);
    let others = configs.filter(|config| config.is_there() && config.id != own);
    let taken: i64 = others.filter_map(|config| capacity(exchange, config)).sum();
    let limit = connection
        .get("capacity_allocation_limit")
        .and_then(Value::as_i64);
    if let (Some(wanted), Some(limit)) = (wanted, limit)
        && taken.saturating_add(wanted) > limit
    {
        let name = if of_itself.is_some() {
            "capacity"
        } else {
            "connection"
        };
        let reason = format!(
            "{wanted} Mbit/s are more than {id} has left: {taken} of {limit} are allocated"
        );
        findings.add(name, reason);
    }
}

/// The metro area network that a connection is in; empty for a connection that there is not.
fn network_of(exchange: &Exchange, connection: &str) -> String {
    let connection = exchange.store.get(CONNECTIONS, connection);
    let offering = connection.map_or("", |connection| connection.text("product_offering"));
    let offering = exchange.catalogue.get(PRODUCT_OFFERINGS.path, offering);
    offering
        .map(|offering| offering.text("handover_metro_area_network").to_owned())
        .unwrap_or_default()
}

fn check_asns(fields: &Row, findings: &mut Findings) {
    let asns = fields.get("asns").and_then(Value::as_array);
    for (index, asn) in asns.into_iter().flatten().enumerate() {
        if asn.as_i64().is_some_and(|asn| !ASNS.contains(&asn)) {
            findings.add(format!("asns.{index}"), "must be 1 to 4294967295");
        }
    }
}

/// What is no cloud circuit cannot be put on a routing function here.
fn check_routing(body: &Row, findings: &mut Findings) {
    if let Some(id) = text(body, "routing_function") {
        findings.add(
            "routing_function",
            format!("{id:?} cannot carry a config of this type"),
        );
    }
    if body
        .get("l3_config")
        .is_some_and(|config| !config.is_null())
    {
        findings.add("l3_config", "goes with a routing function only");
    }
}
