//! Network service configs of type `exchange_lan`: public peering on a LAN of the exchange, which
//! allocates the IP addresses. A config whose LAN requires a route server session works only with
//! one: without it, it rests in `error` and says so (the guide "IX-API Getting Started").

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::{Value, json};

use super::super::shared::{
    check_macs, check_same_type, check_zone, fill, invoicing_defaults, merged,
    reorder_role_assignments,
};
use super::{
    EXCHANGE_LAN, check_asns, check_connection, check_owner, check_routing, is_lan, placed,
};
use crate::catalogue::Entry;
use crate::clock::{self, Millis};
use crate::collection::{
    Collection, IPS, NETWORK_FEATURE_CONFIGS, NETWORK_FEATURES, NETWORK_SERVICE_CONFIGS,
    NETWORK_SERVICES, PRODUCT_OFFERINGS,
};
use crate::exchange::Exchange;
use crate::life::{CRITICAL, Life, Step, message};
use crate::object::{Object, Row, ids, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

const SCHEMA: &str = "ExchangeLanNetworkServiceConfig";

/// Lists that a config shows and the exchange keeps elsewhere: the field, and where.
const KEPT_ELSEWHERE: [(&str, Collection); 2] = [
    ("ips", IPS),
    ("network_feature_configs", NETWORK_FEATURE_CONFIGS),
];

/// An order for peering.
pub fn create(exchange: &mut Exchange, party: Party, mut body: Row) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Create);
    let vlan_config = check(exchange, party, None, &body, &body, &mut findings);
    findings.refuse_if_any()?;
    for (name, _) in KEPT_ELSEWHERE {
        body.remove(name);
    }
    fill(&mut body, &invoicing_defaults());
    fill(
        &mut body,
        &[
            ("availability_zone", Value::Null),
            ("capacity", Value::Null),
            ("consumer_side_ready", json!(false)),
            ("l3_config", Value::Null),
            ("macs", json!([])),
            ("routing_function", Value::Null),
            ("shared_statistics", Value::Null),
        ],
    );
    body.insert("vlan_config".into(), json!(vlan_config));
    reorder_role_assignments(&mut body);
    let life = Life::activating(exchange.moment());
    let id = exchange.ids.uuid(NETWORK_SERVICE_CONFIGS.path);
    let config = Object::new(NETWORK_SERVICE_CONFIGS, id, party, body).living(life);
    exchange.store.put(config.clone());
    Ok(config)
}

/// A config after a PATCH.
pub fn changed(
    exchange: &Exchange,
    party: Party,
    config: &Object,
    body: &Row,
) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, body, Purpose::Patch);
    check_same_type(config, body, &mut findings);
    let mut fields = merged(&config.fields, body);
    let current = Some(config);
    let vlan_config = check(exchange, party, current, &fields, body, &mut findings);
    findings.refuse_if_any()?;
    for (name, _) in KEPT_ELSEWHERE {
        fields.remove(name);
    }
    Ok(placed(config, fields, vlan_config))
}

/// What must be true of a config, new or changed. Returns its complete `vlan_config`.
fn check(
    exchange: &Exchange,
    party: Party,
    current: Option<&Object>,
    fields: &Row,
    body: &Row,
    findings: &mut Findings,
) -> Option<Row> {
    let lan = text(fields, "network_service").map(|id| (id, lan(exchange, id)));
    if let Some((id, None)) = lan {
        let reason = format!("{id:?} is not a peering LAN");
        findings.add("network_service", reason);
    }
    let lan = lan.and_then(|(_, lan)| lan);
    let required = lan.map_or(Vec::new(), |lan| lan.texts("nsc_required_contact_roles"));
    check_owner(exchange, party, fields, &required, findings);
    if let Some(lan) = lan {
        check_offering(exchange, lan, fields, findings);
    }
    if fields.get("asns") == Some(&json!([])) {
        findings.add("asns", "must name at least one AS number");
    }
    check_asns(fields, findings);
    check_macs(exchange, party, fields, findings);
    if let Some(zone) = text(fields, "availability_zone") {
        check_zone(exchange, "availability_zone", zone, findings);
    }
    check_kept_elsewhere(exchange, current, body, findings);
    check_shared_statistics(fields, findings);
    check_routing(fields, findings);
    let network = lan.map(|lan| lan.text("metro_area_network"));
    check_connection(exchange, party, current, network, fields, findings)
}

fn lan<'a>(exchange: &'a Exchange, id: &str) -> Option<&'a Entry> {
    let service = exchange.catalogue.get(NETWORK_SERVICES.path, id)?;
    (service.text("type") == EXCHANGE_LAN).then_some(service)
}

/// The product must be one of the LAN, and the capacity within its bounds.
fn check_offering(exchange: &Exchange, lan: &Entry, fields: &Row, findings: &mut Findings) {
    let Some(id) = text(fields, "product_offering") else {
        return;
    };
    let service = lan.text("id");
    let offering = exchange.catalogue.get(PRODUCT_OFFERINGS.path, id);
    let Some(offering) =
        offering.filter(|offering| offering.text("exchange_lan_network_service") == service)
    else {
        let reason = format!("{id:?} is not an offering for the peering LAN {service}");
        return findings.add("product_offering", reason);
    };
    let least = offering.number("bandwidth_min").unwrap_or(1);
    let most = offering.number("bandwidth_max").unwrap_or(i64::MAX);
    if let Some(capacity) = fields.get("capacity").and_then(Value::as_i64)
        && !(least..=most).contains(&capacity)
    {
        let reason = format!("must be {least} to {most} for the product offering {id}");
        findings.add("capacity", reason);
    }
}

/// What the exchange allocated, and what was ordered elsewhere, can be repeated but not chosen.
fn check_kept_elsewhere(
    exchange: &Exchange,
    current: Option<&Object>,
    body: &Row,
    findings: &mut Findings,
) {
    for (name, collection) in KEPT_ELSEWHERE {
        let own = current.map_or(Vec::new(), |config| {
            ids_of(exchange, collection, &config.id)
        });
        let sent = ids(body, name).into_iter();
        for id in sent.filter(|id| !own.contains(id)) {
            let noun = collection.noun;
            findings.add(name, format!("{id:?} is not an {noun} of this config"));
        }
    }
}

/// The ids of what belongs to a config.
fn ids_of<'a>(exchange: &'a Exchange, collection: Collection, config: &str) -> Vec<&'a str> {
    let parts = exchange
        .store
        .naming(collection, "network_service_config", config);
    parts
        .filter(|part| part.is_there())
        .map(|part| part.id.as_str())
        .collect()
}

/// Accounts are denied where statistics are for all, and allowed where they are for none.
fn check_shared_statistics(fields: &Row, findings: &mut Findings) {
    let Some(Value::Object(statistics)) = fields.get("shared_statistics") else {
        return;
    };
    let wrong = match text(statistics, "policy") {
        Some("allow") => "accounts_allowed",
        Some("deny") => "accounts_denied",
        _ => return,
    };
    if statistics.contains_key(wrong) {
        let name = format!("shared_statistics.{wrong}");
        findings.add(name, "does not go with this policy");
    }
}

/// Adds what belongs to a config, and what it lacks.
pub fn complete(exchange: &Exchange, config: &Object, row: &mut Row) {
    for (name, collection) in KEPT_ELSEWHERE {
        row.insert(name.into(), json!(ids_of(exchange, collection, &config.id)));
    }
    if let (Some(life), Some(Value::Array(status))) = (&config.life, row.get_mut("status"))
        && life.state == "error"
    {
        for feature in missing(exchange, config) {
            let id = feature.text("id");
            status.push(message(
                CRITICAL,
                "network_feature_config_required",
                &format!("This service requires a route server network feature id: {id}."),
                json!({ "network_feature": id }),
                clock::rfc3339(life.since),
            ));
        }
    }
}

/// The features that the LAN of a config requires and that are not up for it.
fn missing<'a>(exchange: &'a Exchange, config: &Object) -> Vec<&'a Entry> {
    let lan = lan(exchange, config.text("network_service"));
    let features = lan.map_or(Vec::new(), |lan| lan.texts("network_features"));
    let is_up = |feature: &Entry| {
        let mut sessions = exchange.store.naming(
            NETWORK_FEATURE_CONFIGS,
            "network_service_config",
            &config.id,
        );
        sessions.any(|session| {
            let is_up = session.life.as_ref().is_some_and(Life::is_up);
            is_up && session.text("network_feature") == feature.text("id")
        })
    };
    features
        .into_iter()
        .filter_map(|id| exchange.catalogue.get(NETWORK_FEATURES.path, id))
        .filter(|feature| feature.flag("required") && !is_up(feature))
        .collect()
}

/// A config is allocated, and its addresses with it; or it would be in service, if it is complete.
pub fn arrived(exchange: &mut Exchange, config: &Object, due: Millis) {
    match config.state() {
        "allocated" => allocate(exchange, config),
        "production" => review(exchange, &config.id, due),
        _ => {}
    }
}

/// A route server session of a config came or went at that moment.
pub fn review(exchange: &mut Exchange, id: &str, at: Millis) {
    let Some(config) = exchange.store.get(NETWORK_SERVICE_CONFIGS, id) else {
        return;
    };
    let to = match (config.state(), missing(exchange, config).is_empty()) {
        ("error", true) => "production",
        ("production" | "production_change_pending", false) => "error",
        _ => return,
    };
    if is_lan(config) {
        exchange
            .store
            .change(NETWORK_SERVICE_CONFIGS, id, |config| {
                if let Some(life) = &mut config.life {
                    life.schedule(at, [Step { to, after: 0 }]);
                }
            });
    }
}

/// Gives a config its addresses: one of each family, with the same host number.
fn allocate(exchange: &mut Exchange, config: &Object) {
    let Some(lan) = lan(exchange, config.text("network_service")) else {
        return;
    };
    let id = lan.text("id").to_owned();
    let subnets = (subnet(lan.text("subnet_v4")), subnet(lan.text("subnet_v6")));
    let (Some((v4, length_v4)), Some((v6, length_v6))) = subnets else {
        return;
    };
    let (Ok(v4), Ok(v6)) = (v4.parse::<Ipv4Addr>(), v6.parse::<Ipv6Addr>()) else {
        return;
    };
    let Some(host) = free_host(exchange, &id, v4, length_v4) else {
        return;
    };
    let addresses = [
        (4, host_v4(v4, host).to_string(), length_v4),
        (
            6,
            Ipv6Addr::from(u128::from(v6) + u128::from(host)).to_string(),
            length_v6,
        ),
    ];
    for (version, address, prefix_length) in addresses {
        let mut fields = Row::new();
        for name in ["managing_account", "consuming_account"] {
            fields.insert(name.into(), json!(config.text(name)));
        }
        for name in [
            "external_ref",
            "fqdn",
            "valid_not_before",
            "valid_not_after",
        ] {
            fields.insert(name.into(), Value::Null);
        }
        fields.insert("version".into(), json!(version));
        fields.insert("address".into(), json!(address));
        fields.insert("prefix_length".into(), json!(prefix_length));
        let mut ip = Object::new(IPS, exchange.ids.uuid(IPS.path), config.owner, fields);
        for (name, value) in [
            ("network_service_config", &config.id),
            ("network_service", &id),
        ] {
            ip.hidden.insert(name.into(), json!(value));
        }
        exchange.store.put(ip);
    }
}

/// This many hosts at either end of a LAN are the exchange's own.
const RESERVED_HOSTS: u32 = 10;

fn host_v4(network: Ipv4Addr, host: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(network).saturating_add(host))
}

/// The next host of a LAN that nobody has; none where the LAN is full.
fn free_host(exchange: &mut Exchange, lan: &str, network: Ipv4Addr, length: u8) -> Option<u32> {
    let size = 1_u32.checked_shl(32_u32.checked_sub(u32::from(length))?)?;
    let hosts = RESERVED_HOSTS..size.checked_sub(RESERVED_HOSTS)?;
    let next = exchange.next_hosts.get(lan).copied().unwrap_or(hosts.start);
    let mut candidates = (next..hosts.end).chain(hosts.start..next);
    let host = candidates.find(|host| {
        let address = host_v4(network, *host).to_string();
        exchange
            .store
            .naming(IPS, "address", &address)
            .next()
            .is_none()
    })?;
    exchange.next_hosts.insert(lan.to_owned(), host + 1);
    Some(host)
}

/// The address and the length of a prefix.
fn subnet(prefix: &str) -> Option<(&str, u8)> {
    let (address, length) = prefix.split_once('/')?;
    Some((address, length.parse().ok()?))
}
