//! Accounts, read-only: a party's own in full, and of other parties those that let themselves be found, cut down to
//! what identifies them.

use serde_json::{Map, Value};

use crate::exchange::Exchange;
use crate::parties::Party;

/// What a stranger sees of a discoverable account.
const PUBLIC: [&str; 5] = [
    "id",
    "name",
    "state",
    "discoverable",
    "metro_area_network_presence",
];

/// The accounts that a party may see.
pub fn visible(exchange: &Exchange, party: Party) -> Vec<Map<String, Value>> {
    let accounts = exchange.catalogue.all("accounts").iter();
    accounts
        .filter_map(|account| {
            if exchange.catalogue.owns(party, account.text("id")) {
                return Some(account.fields().clone());
            }
            let public = account
                .fields()
                .iter()
                .filter(|(name, _)| PUBLIC.contains(&name.as_str()));
            account.flag("discoverable").then(|| {
                public
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect()
            })
        })
        .collect()
}
