//! Accounts, read-only: a party's own in full, and of other parties those that let themselves be
//! found, cut down to what identifies them.

use serde_json::{Value, json};

use crate::catalogue::Entry;
use crate::collection::ACCOUNTS;
use crate::exchange::Entity;
use crate::object::Row;
use crate::parties::Party;

/// What a stranger sees of a discoverable account.
const PUBLIC: [&str; 5] = [
    "id",
    "name",
    "state",
    "discoverable",
    "metro_area_network_presence",
];

/// `/accounts`
pub static ENTITY: Entity = Entity {
    others: |exchange, party, _| {
        let accounts = exchange.catalogue.all(ACCOUNTS.path).iter();
        accounts
            .filter_map(|account| seen(party, account))
            .collect()
    },
    other: |exchange, party, _, id| seen(party, exchange.catalogue.get(ACCOUNTS.path, id)?),
    held: |_, row, name, _| {
        let billing = row.get("billing_information");
        let billable = billing.is_some_and(|information| !information.is_null());
        (name == "billable").then(|| vec![json!(billable)])
    },
    ..Entity::catalogue(ACCOUNTS)
};

fn seen(party: Party, account: &Entry) -> Option<Row> {
    if account.is_of(party) {
        return Some(account.fields().clone());
    }
    let fields = account.fields().iter();
    let public = fields.filter(|(name, _)| PUBLIC.contains(&name.as_str()));
    account
        .flag("discoverable")
        .then(|| public.map(|(name, value): (&String, &Value)| (name.clone(), value.clone())))
        .map(Iterator::collect)
}
