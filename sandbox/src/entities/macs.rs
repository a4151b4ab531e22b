//! MAC addresses. They have no PATCH: whoever wants another one registers it and removes the old
//! one.

use serde_json::{Value, json};

use super::shared::{Use, check_accounts, fill, remove};
use crate::answer::Answer;
use crate::clock;
use crate::collection::{MACS, NETWORK_SERVICE_CONFIGS};
use crate::exchange::{Entity, Exchange};
use crate::object::{Object, Row, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

/// `/macs`
pub static ENTITY: Entity = Entity {
    create: Some(create),
    delete: Some(delete),
    held,
    found_by: &["external_ref"],
    ..Entity::stored(MACS)
};

/// `POST /macs`
fn create(exchange: &mut Exchange, party: Party, mut body: Row) -> Result<Object, Problem> {
    let mut findings = exchange.check("MacAddress", &body, Purpose::Create);
    check_accounts(exchange, party, &body, Use::Filing, &mut findings);
    check_address(exchange, &mut body, &mut findings);
    let moment = |name: &str| text(&body, name).and_then(clock::parse_date_time);
    if let (Some(from), Some(until)) = (moment("valid_not_before"), moment("valid_not_after"))
        && until <= from
    {
        findings.add("valid_not_after", "must be later than valid_not_before");
    }
    findings.refuse_if_any()?;
    fill(
        &mut body,
        &["external_ref", "valid_not_before", "valid_not_after"].map(|name| (name, Value::Null)),
    );
    let object = Object::new(MACS, exchange.ids.uuid(MACS.path), party, body);
    exchange.store.put(object.clone());
    Ok(object)
}

fn check_address(exchange: &Exchange, body: &mut Row, findings: &mut Findings) {
    let Some(address) = text(body, "address").map(str::to_ascii_lowercase) else {
        return;
    };
    match octets(&address) {
        None => findings.add(
            "address",
            "must be six pairs of hex digits with colons between them",
        ),
        // The lowest bit of the first octet marks an address of a group.
        Some([first, ..]) if first & 1 == 1 => findings.add(
            "address",
            "must be the address of one interface, not of a group",
        ),
        Some([0, 0, 0, 0, 0, 0]) => findings.add("address", "must not be all zeros"),
        Some(_) => {
            let account = text(body, "consuming_account").unwrap_or_default();
            let mut same = exchange.store.naming(MACS, "address", &address);
            if same.any(|mac| mac.text("consuming_account") == account) {
                findings.add(
                    "address",
                    format!("{address} is registered for {account} already"),
                );
            }
        }
    }
    body.insert("address".into(), json!(address));
}

fn octets(address: &str) -> Option<[u8; 6]> {
    let octet = |pair: &str| {
        let is_hex = pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_hex.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
    };
    let octets: Option<Vec<u8>> = address.split(':').map(octet).collect();
    octets?.try_into().ok()
}

/// `DELETE /macs/{id}`: refused while a live config names it.
fn delete(exchange: &mut Exchange, party: Party, mac: Object, _: &[u8]) -> Result<Answer, Problem> {
    let user = exchange
        .store
        .naming(NETWORK_SERVICE_CONFIGS, "macs", &mac.id)
        .find(|config| config.is_live());
    if let Some(config) = user {
        return Err(Problem::unable_to_fulfill(format!(
            "The MAC address {} is used by the network service config {}.",
            mac.id, config.id
        )));
    }
    Ok(remove(exchange, party, &mac))
}

/// The configs that use a MAC address, for a filter.
fn held(exchange: &Exchange, row: &Row, name: &str, _: &str) -> Option<Vec<Value>> {
    let id = text(row, "id").filter(|_| name == "network_service_config")?;
    let configs = exchange.store.naming(NETWORK_SERVICE_CONFIGS, "macs", id);
    Some(configs.map(|config| json!(config.id)).collect())
}
