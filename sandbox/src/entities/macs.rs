//! MAC addresses. They have no PATCH: whoever wants another one registers it and removes the old one.

use serde_json::{Map, Value, json};

use super::{Use, check_accounts, fill, text};
use crate::clock;
use crate::exchange::Exchange;
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;
use crate::store::{Collection, Object};

/// `POST /macs`
pub fn create(
    exchange: &mut Exchange,
    party: Party,
    mut body: Map<String, Value>,
) -> Result<Object, Problem> {
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
    let object = Object {
        collection: Collection::Macs,
        id: exchange.ids.uuid(),
        owner: party,
        fields: body,
        overrides: Map::new(),
        life: None,
        side: None,
    };
    exchange.store.put(object.clone());
    Ok(object)
}

fn check_address(exchange: &Exchange, body: &mut Map<String, Value>, findings: &mut Findings) {
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
            let mut macs = exchange.store.all(Collection::Macs);
            if macs.any(|mac| {
                mac.text("address") == address && mac.text("consuming_account") == account
            }) {
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

/// `DELETE /macs/{id}`
pub fn delete(exchange: &Exchange, mac: &Object) -> Result<(), Problem> {
    let mut configs = exchange
        .store
        .all(Collection::NetworkServiceConfigs)
        .filter(|config| config.is_live());
    match configs.find(|config| config.ids("macs").contains(&mac.id.as_str())) {
        Some(config) => Err(Problem::unable_to_fulfill(format!(
            "The MAC address {} is used by the network service config {}.",
            mac.id, config.id
        ))),
        None => Ok(()),
    }
}
