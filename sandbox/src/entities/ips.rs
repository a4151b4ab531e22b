//! IP addresses on peering LANs. The exchange allocates them for a config and takes them back with
//! it; the customer may only say what they are called in the DNS (section 7.9 of the IX-API data
//! dictionary).

use serde_json::{Value, json};

use crate::collection::{IPS, NETWORK_FEATURE_CONFIGS};
use crate::exchange::{Entity, Exchange};
use crate::object::{Object, Row, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

const SCHEMA: &str = "IPAddress";

/// `/ips`
pub static ENTITY: Entity = Entity {
    create: Some(|_, _, _| {
        Err(Problem::permission_denied(
            "The addresses of a peering LAN are allocated by the exchange.",
        ))
    }),
    change: Some(change),
    replace: Some(replace),
    ordered: false,
    held,
    found_by: &["network_service_config", "network_service", "external_ref"],
    ..Entity::stored(IPS)
};

/// `PATCH /ips/{id}`: the name only.
fn change(exchange: &mut Exchange, _: Party, ip: Object, body: Row) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Patch);
    for name in body.keys().filter(|name| *name != "fqdn") {
        refuse(name, &mut findings);
    }
    renamed(ip, &body, findings)
}

/// `PUT /ips/{id}`: everything is said again, and nothing but the name may differ. A name that is
/// left out is taken away.
fn replace(exchange: &mut Exchange, _: Party, ip: Object, body: Row) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Replace);
    for (name, value) in body.iter().filter(|(name, _)| *name != "fqdn") {
        if ip.fields.get(name) != Some(value) {
            refuse(name, &mut findings);
        }
    }
    renamed(ip, &body, findings)
}

fn refuse(name: &str, findings: &mut Findings) {
    findings.add(name, "is allocated by the exchange and cannot be changed");
}

fn renamed(mut ip: Object, body: &Row, mut findings: Findings) -> Result<Object, Problem> {
    let fqdn = text(body, "fqdn");
    if fqdn.is_some_and(|fqdn| !is_host_name(fqdn)) {
        findings.add("fqdn", "must be a host name like gw01.dc.example.net");
    }
    findings.refuse_if_any()?;
    ip.fields.insert("fqdn".into(), json!(fqdn));
    Ok(ip)
}

/// Labels of letters, digits and hyphens, none of which begins or ends with a hyphen.
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || it == b'-')
    };
    name.strip_suffix('.')
        .unwrap_or(name)
        .split('.')
        .all(is_label)
}

/// What an address is used for.
fn held(exchange: &Exchange, row: &Row, name: &str, _: &str) -> Option<Vec<Value>> {
    let id = text(row, "id")?;
    let sessions = || exchange.store.naming(NETWORK_FEATURE_CONFIGS, "ip", id);
    match name {
        "network_service" | "network_service_config" => {
            let ip = exchange.store.get(IPS, id)?;
            Some(vec![json!(ip.hidden_text(name))])
        }
        "network_feature" => Some(sessions().map(|one| json!(one.text(name))).collect()),
        "network_feature_config" => Some(sessions().map(|one| json!(one.id)).collect()),
        _ => None,
    }
}
