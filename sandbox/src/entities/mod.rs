//! One module per kind of object: what is checked when it is ordered, changed or cancelled, and what is worked out
//! when it is answered. Checks that several kinds share are here.

pub mod accounts;
pub mod connections;
pub mod contacts;
pub mod macs;
pub mod network_service_configs;
pub mod network_services;
pub mod port_reservations;
pub mod ports;
pub mod role_assignments;
pub mod vlans;

use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::exchange::Exchange;
use crate::parties::Party;
use crate::problem::Findings;
use crate::store::{Collection, Object, texts};

/// The text at `name`; none when it is absent, null or no text.
fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str)
}

/// Fills what the customer left out.
fn fill(body: &mut Map<String, Value>, defaults: &[(&str, Value)]) {
    for (name, value) in defaults {
        body.entry(*name).or_insert_with(|| value.clone());
    }
}

/// The fields of an object after a PATCH.
fn merged(fields: &Map<String, Value>, patch: &Map<String, Value>) -> Map<String, Value> {
    let mut merged = fields.clone();
    merged.extend(patch.clone());
    merged
}

/// What an order does with the accounts it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// It only files something under them.
    Filing,
    /// It consumes a service, which only accounts in production may.
    Consuming,
}

/// Accounts must be the party's own, and fit for what they are named for.
fn check_accounts(
    exchange: &Exchange,
    party: Party,
    body: &Map<String, Value>,
    purpose: Use,
    findings: &mut Findings,
) {
    for name in ["managing_account", "consuming_account", "billing_account"] {
        let Some(id) = text(body, name) else {
            continue;
        };
        let own = exchange.catalogue.owns(party, id);
        let Some(account) = exchange.catalogue.get("accounts", id).filter(|_| own) else {
            findings.add(name, format!("{id:?} is not an account of yours"));
            continue;
        };
        let billable = account
            .fields()
            .get("billing_information")
            .is_some_and(|info| !info.is_null());
        if name == "billing_account" && !billable {
            findings.add(
                name,
                format!("{id} has no billing information, so nothing can be billed to it"),
            );
        } else if purpose == Use::Consuming
            && name != "managing_account"
            && !is_open(account.text("state"))
        {
            findings.add(
                name,
                format!(
                    "{id} is {}; only accounts in production can consume services",
                    account.text("state")
                ),
            );
        }
    }
}

/// Whether an account in this state can consume services.
fn is_open(state: &str) -> bool {
    matches!(state, "production" | "production_change_pending")
}

/// Role assignments must be the party's own and cover the roles that are required.
fn check_role_assignments(
    exchange: &Exchange,
    party: Party,
    body: &Map<String, Value>,
    required: &[&str],
    findings: &mut Findings,
) {
    let Some(assignments) = body.get("role_assignments") else {
        return;
    };
    let mut covered = Vec::new();
    for id in texts(assignments) {
        match exchange
            .store
            .get(Collection::RoleAssignments, id)
            .filter(|assignment| assignment.owner == party)
        {
            Some(assignment) => covered.push(assignment.text("role")),
            None => {
                return findings.add(
                    "role_assignments",
                    format!("{id:?} is not a role assignment of yours"),
                );
            }
        }
    }
    let missing: Vec<String> = required
        .iter()
        .filter(|role| !covered.iter().any(|held| held.eq_ignore_ascii_case(role)))
        .map(|role| match exchange.catalogue.role(role) {
            Some(entry) => format!("{} ({})", entry.text("name"), entry.text("id")),
            None => (*role).to_owned(),
        })
        .collect();
    if !missing.is_empty() {
        findings.add(
            "role_assignments",
            format!(
                "no contact is assigned to the required role: {}",
                missing.join(", ")
            ),
        );
    }
}

/// The order of role assignments means nothing, and this exchange does not keep it.
fn reorder_role_assignments(body: &mut Map<String, Value>) {
    if let Some(Value::Array(assignments)) = body.get_mut("role_assignments")
        && assignments.len() > 1
    {
        assignments.rotate_right(1);
    }
}

/// The answer to a DELETE of what has ended. An order that came to nothing is cleared away by it, with what hangs on it.
fn clear(exchange: &mut Exchange, party: Party, object: &Object) -> Answer {
    let answer = Answer::json(200, &Value::Object(exchange.show(party, object)));
    if object.state() == "cancelled" {
        let parts = match object.collection {
            Collection::Connections => Some((Collection::PortReservations, "connection")),
            Collection::NetworkServices => {
                Some((Collection::NetworkServiceConfigs, "network_service"))
            }
            _ => None,
        };
        if let Some((collection, field)) = parts {
            let ids = exchange
                .store
                .referring(collection, field, &object.id)
                .into_iter()
                .map(|part| part.id.clone());
            for id in ids.collect::<Vec<_>>() {
                exchange.store.remove(collection, &id);
            }
        }
        exchange.store.remove(object.collection, &object.id);
    }
    answer
}

/// The bounds of a product change: the current product says whether one may go up or down.
fn check_speed_change(
    exchange: &Exchange,
    current: &str,
    wanted: &str,
    speed: &str,
    findings: &mut Findings,
) {
    let offerings = (
        exchange.catalogue.get("product-offerings", current),
        exchange.catalogue.get("product-offerings", wanted),
    );
    let (Some(current), Some(wanted)) = offerings else {
        return;
    };
    if wanted.number(speed) > current.number(speed) && !current.flag("upgrade_allowed") {
        findings.add(
            "product_offering",
            format!("{} does not allow upgrades", current.text("id")),
        );
    }
    if wanted.number(speed) < current.number(speed) && !current.flag("downgrade_allowed") {
        findings.add(
            "product_offering",
            format!("{} does not allow downgrades", current.text("id")),
        );
    }
}

/// The fields that every billed object carries when the customer left them out.
fn invoicing_defaults() -> [(&'static str, Value); 3] {
    [
        ("external_ref", Value::Null),
        ("purchase_order", json!("")),
        ("contract_ref", Value::Null),
    ]
}
