//! IP addresses. Those on a peering LAN are allocated by the exchange for a config, and vanish with
//! it; the customer may only say what they are called in the DNS. Those of a customer's own are
//! registered, where the exchange takes them, for configs that name them; they can be changed, and
//! nothing deletes them (section 7.9 of the IX-API data dictionary).

use std::net::IpAddr;

use serde_json::{Value, json};

use super::shared::{Use, check_accounts, fill, merged};
use crate::catalogue::Entry;
use crate::clock;
use crate::collection::{IPS, NETWORK_FEATURE_CONFIGS, NETWORK_SERVICES};
use crate::dialect::Quirk;
use crate::exchange::{Entity, Exchange};
use crate::object::{Object, Row, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

const SCHEMA: &str = "IPAddress";

/// What an address may have.
const OPTIONAL: [&str; 4] = [
    "external_ref",
    "fqdn",
    "valid_not_before",
    "valid_not_after",
];

/// `/ips`
pub static ENTITY: Entity = Entity {
    create: Some(create),
    creates_with: Some(Quirk::TakesAddresses),
    change: Some(change),
    replace: Some(replace),
    puts: true,
    ordered: false,
    held,
    found_by: &["network_service_config", "network_service", "external_ref"],
    ..Entity::stored(IPS)
};

/// `POST /ips`: an address of the customer's own.
fn create(exchange: &mut Exchange, party: Party, mut body: Row) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Create);
    check(exchange, party, None, &body, &mut findings);
    findings.refuse_if_any()?;
    fill(&mut body, &OPTIONAL.map(|name| (name, Value::Null)));
    spell(&mut body);
    let object = Object::new(IPS, exchange.ids.uuid(IPS.path), party, body);
    exchange.store.put(object.clone());
    Ok(object)
}

/// What must be true of a customer's address, new or changed.
fn check(
    exchange: &Exchange,
    party: Party,
    current: Option<&Object>,
    fields: &Row,
    findings: &mut Findings,
) {
    check_accounts(exchange, party, fields, Use::Filing, findings);
    if text(fields, "fqdn").is_some_and(|fqdn| !is_host_name(fqdn)) {
        findings.add("fqdn", NO_HOST_NAME);
    }
    let moment = |name: &str| text(fields, name).and_then(clock::parse_date_time);
    if let (Some(from), Some(until)) = (moment("valid_not_before"), moment("valid_not_after"))
        && until <= from
    {
        findings.add("valid_not_after", "must be later than valid_not_before");
    }
    let longest = match fields.get("version").and_then(Value::as_i64) {
        Some(4) => 32,
        Some(6) => 128,
        Some(_) => return findings.add("version", "must be 4 or 6"),
        None => return,
    };
    let length = fields.get("prefix_length").and_then(Value::as_i64);
    if length.is_some_and(|length| length > longest) {
        findings.add("prefix_length", format!("must be at most {longest}"));
    }
    let Some(written) = text(fields, "address") else {
        return;
    };
    match written.parse::<IpAddr>() {
        Ok(address) if address.is_ipv4() == (longest == 32) => {
            check_address(exchange, current, address, fields, findings);
        }
        _ => findings.add("address", "must be an address of this version"),
    }
}

fn check_address(
    exchange: &Exchange,
    current: Option<&Object>,
    address: IpAddr,
    fields: &Row,
    findings: &mut Findings,
) {
    if address.is_unspecified() || address.is_loopback() || address.is_multicast() {
        return findings.add("address", "must be the address of one interface");
    }
    let services = exchange.catalogue.all(NETWORK_SERVICES.path);
    if let Some(lan) = services.iter().find(|lan| is_within(lan, address)) {
        let lan = lan.text("id");
        let reason = format!("is of the peering LAN {lan}, whose addresses the exchange allocates");
        return findings.add("address", reason);
    }
    let account = text(fields, "consuming_account").unwrap_or_default();
    let spelled = address.to_string();
    let mut same = exchange.store.naming(IPS, "address", &spelled);
    if same.any(|ip| {
        let itself = current.is_some_and(|current| current.id == ip.id);
        !itself && ip.text("consuming_account") == account
    }) {
        let reason = format!("{spelled} is registered for {account} already");
        findings.add("address", reason);
    }
}

/// Whether an address is in a network of this service.
fn is_within(service: &Entry, address: IpAddr) -> bool {
    let network = match address {
        IpAddr::V4(_) => service.text("subnet_v4"),
        IpAddr::V6(_) => service.text("subnet_v6"),
    };
    let Some((network, length)) = network.split_once('/') else {
        return false;
    };
    let (Ok(network), Ok(length)) = (network.parse::<IpAddr>(), length.parse::<u32>()) else {
        return false;
    };
    let bits = |address: IpAddr| match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    let ((one, width), (other, _)) = (bits(network), bits(address));
    let hosts = width - length.min(width);
    one.checked_shr(hosts) == other.checked_shr(hosts)
}

/// Whether the exchange allocated an address for a config.
fn is_allocated(ip: &Object) -> bool {
    !ip.hidden_text("network_service_config").is_empty()
}

/// `PATCH /ips/{id}`: of what the exchange allocated, the name only.
fn change(exchange: &mut Exchange, party: Party, ip: Object, body: Row) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Patch);
    if !is_allocated(&ip) {
        let fields = merged(&ip.fields, &body);
        return rewritten(exchange, party, ip, fields, findings);
    }
    for name in body.keys().filter(|name| *name != "fqdn") {
        refuse(name, &mut findings);
    }
    renamed(ip, &body, findings)
}

/// `PUT /ips/{id}`: everything is said again, and of what the exchange allocated nothing but the
/// name may differ. What is left out is taken away.
fn replace(
    exchange: &mut Exchange,
    party: Party,
    ip: Object,
    mut body: Row,
) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Replace);
    if !is_allocated(&ip) {
        fill(&mut body, &OPTIONAL.map(|name| (name, Value::Null)));
        let fields = merged(&ip.fields, &body);
        return rewritten(exchange, party, ip, fields, findings);
    }
    for (name, value) in body.iter().filter(|(name, _)| *name != "fqdn") {
        if ip.fields.get(name) != Some(value) {
            refuse(name, &mut findings);
        }
    }
    renamed(ip, &body, findings)
}

/// A customer's address with these fields.
fn rewritten(
    exchange: &Exchange,
    party: Party,
    mut ip: Object,
    fields: Row,
    mut findings: Findings,
) -> Result<Object, Problem> {
    check(exchange, party, Some(&ip), &fields, &mut findings);
    findings.refuse_if_any()?;
    ip.fields = fields;
    spell(&mut ip.fields);
    Ok(ip)
}

/// However it was written, an address is kept in its shortest spelling.
fn spell(fields: &mut Row) {
    if let Some(Ok(address)) = text(fields, "address").map(str::parse::<IpAddr>) {
        fields.insert("address".into(), json!(address.to_string()));
    }
}

fn refuse(name: &str, findings: &mut Findings) {
    findings.add(name, "is allocated by the exchange and cannot be changed");
}

fn renamed(mut ip: Object, body: &Row, mut findings: Findings) -> Result<Object, Problem> {
    let fqdn = text(body, "fqdn");
    if fqdn.is_some_and(|fqdn| !is_host_name(fqdn)) {
        findings.add("fqdn", NO_HOST_NAME);
    }
    findings.refuse_if_any()?;
    ip.fields.insert("fqdn".into(), json!(fqdn));
    Ok(ip)
}

const NO_HOST_NAME: &str = "must be a host name like gw01.dc.example.net";

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
