//! What several kinds of objects have in common: who may name which account, which roles must be
//! filled, what a change of product is bound by, and how an order is cancelled or cleared away.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::cancellation::dates_asked;
use crate::collection::{
    AVAILABILITY_ZONES, CONNECTIONS, Collection, MACS, NETWORK_SERVICE_CONFIGS, PRODUCT_OFFERINGS,
    ROLE_ASSIGNMENTS,
};
use crate::exchange::Exchange;
use crate::object::{Object, Row, ids, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};

/// What nobody but the owner of a service gets to see.
pub const PRIVATE: [&str; 5] = [
    "billing_account",
    "current_billing_start_date",
    "purchase_order",
    "contract_ref",
    "external_ref",
];

/// Fills what the customer left out.
pub fn fill(body: &mut Row, defaults: &[(&str, Value)]) {
    for (name, value) in defaults {
        body.entry(*name).or_insert_with(|| value.clone());
    }
}

/// The fields of an object after a PATCH.
pub fn merged(fields: &Row, patch: &Row) -> Row {
    let mut merged = fields.clone();
    merged.extend(patch.clone());
    merged
}

/// What an order does with the accounts it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It only files something under them.
    Filing,
    /// It consumes a service, which only accounts in production may.
    Consuming,
}

/// Accounts must be the party's own, and fit for what they are named for.
pub fn check_accounts(
    exchange: &Exchange,
    party: Party,
    body: &Row,
    purpose: Use,
    findings: &mut Findings,
) {
    for name in ["managing_account", "consuming_account", "billing_account"] {
        let Some(id) = text(body, name) else {
            continue;
        };
        let own = exchange.owns(party, id);
        let Some(account) = exchange.account(id).filter(|_| own) else {
            findings.add(name, format!("{id:?} is not an account of yours"));
            continue;
        };
        let billable = account
            .get("billing_information")
            .is_some_and(|info| !info.is_null());
        if name == "billing_account" && !billable {
            let reason = format!("{id} has no billing information, so nothing can be billed to it");
            findings.add(name, reason);
        } else if purpose == Use::Consuming
            && name != "managing_account"
            && !is_open(text(&account, "state").unwrap_or_default())
        {
            findings.add(
                name,
                format!(
                    "{id} is {}; only accounts in production can consume services",
                    text(&account, "state").unwrap_or_default()
                ),
            );
        }
    }
}

/// Whether an account in this state can consume services.
pub fn is_open(state: &str) -> bool {
    matches!(state, "production" | "production_change_pending")
}

/// Role assignments must be the party's own and cover the roles that are required.
pub fn check_role_assignments(
    exchange: &Exchange,
    party: Party,
    body: &Row,
    required: &[&str],
    findings: &mut Findings,
) {
    if !body.contains_key("role_assignments") {
        return;
    }
    let mut covered = Vec::new();
    for id in ids(body, "role_assignments") {
        match exchange.own(party, ROLE_ASSIGNMENTS, id) {
            Some(assignment) => covered.push(assignment.text("role")),
            None => {
                let reason = format!("{id:?} is not a role assignment of yours");
                return findings.add("role_assignments", reason);
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
pub fn reorder_role_assignments(body: &mut Row) {
    if let Some(Value::Array(assignments)) = body.get_mut("role_assignments")
        && assignments.len() > 1
    {
        assignments.rotate_right(1);
    }
}

/// The contacts behind the role assignments of a row, for a filter.
pub fn contacts_of(exchange: &Exchange, row: &Row) -> Vec<Value> {
    let assignments = ids(row, "role_assignments").into_iter();
    assignments
        .filter_map(|id| exchange.store.get(ROLE_ASSIGNMENTS, id))
        .map(|assignment| json!(assignment.text("contact")))
        .collect()
}

/// MAC addresses must be the party's own.
pub fn check_macs(exchange: &Exchange, party: Party, body: &Row, findings: &mut Findings) {
    for id in ids(body, "macs") {
        if exchange.own(party, MACS, id).is_none() {
            findings.add("macs", format!("{id:?} is not a MAC address of yours"));
        }
    }
}

/// Availability zones must be some of the exchange's.
pub fn check_zone(exchange: &Exchange, field: &str, zone: &str, findings: &mut Findings) {
    if exchange
        .catalogue
        .get(AVAILABILITY_ZONES.path, zone)
        .is_none()
    {
        findings.add(field, format!("{zone:?} is not an availability zone"));
    }
}

/// The discriminator of a PATCH must be what the object is; that it is there is checked by the
/// field list.
pub fn check_same_type(object: &Object, body: &Row, findings: &mut Findings) {
    if let Some(kind) = text(body, "type").filter(|kind| *kind != object.text("type")) {
        let reason = format!("{} is a {}, not a {kind}", object.id, object.text("type"));
        findings.add("type", reason);
    }
}

/// Refuses to change what is being cancelled or is gone.
pub fn refuse_change_while_ending(object: &Object) -> Result<(), Problem> {
    match &object.life {
        Some(life) if life.is_ending() => Err(Problem::unable_to_fulfill(format!(
            "The {} {} is {}; it cannot be changed any more.",
            object.collection.noun, object.id, life.state
        ))),
        _ => Ok(()),
    }
}

/// A DELETE that an owner may send at any time: the object ends on the day that is asked for.
pub fn cancel(
    exchange: &mut Exchange,
    party: Party,
    mut object: Object,
    body: &[u8],
) -> Result<Answer, Problem> {
    let dates = dates_asked(exchange, party, &object, body)?;
    let moment = exchange.moment();
    if let Some(life) = &mut object.life {
        life.cancel(moment, dates);
    }
    exchange.store.put(object.clone());
    Ok(exchange.answer_with(202, party, &object))
}

/// A DELETE of what has no life.
pub fn remove(exchange: &mut Exchange, party: Party, object: &Object) -> Answer {
    let answer = exchange.answer_with(200, party, object);
    exchange.take(object);
    answer
}

/// The answer to a DELETE of what has ended. An order that came to nothing is cleared away by it,
/// with what hangs on it: the objects of a collection that name it in a field.
pub fn clear(
    exchange: &mut Exchange,
    party: Party,
    object: &Object,
    parts: Option<(Collection, &'static str)>,
) -> Answer {
    let answer = exchange.answer_with(200, party, object);
    if object.state() == "cancelled" {
        if let Some((collection, field)) = parts {
            let parts = exchange.store.naming(collection, field, &object.id);
            for part in parts.cloned().collect::<Vec<_>>() {
                exchange.take(&part);
            }
        }
        exchange.take(object);
    }
    answer
}

/// The bounds of a product change: the current product says whether one may go up or down.
pub fn check_speed_change(
    exchange: &Exchange,
    current: &str,
    wanted: &str,
    speed: &str,
    findings: &mut Findings,
) {
    let offerings = (
        exchange.catalogue.get(PRODUCT_OFFERINGS.path, current),
        exchange.catalogue.get(PRODUCT_OFFERINGS.path, wanted),
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

/// The ports that a service is on must have room for it to grow by so many Mbit/s.
pub fn check_room(
    exchange: &Exchange,
    service: &str,
    growth: i64,
    field: &str,
    findings: &mut Findings,
) {
    let (configs, name) = (NETWORK_SERVICE_CONFIGS, "network_service");
    let configs = exchange.store.naming(configs, name, service);
    let grows = |config: &&Object| {
        let own = config.fields.get("capacity");
        config.is_there() && own.is_none_or(Value::is_null)
    };
    let mut growths: BTreeMap<&str, i64> = BTreeMap::new();
    for config in configs.filter(grows) {
        *growths.entry(config.text("connection")).or_default() += growth.max(0);
    }
    for (id, growth) in growths {
        let Some(connection) = exchange.store.get(CONNECTIONS, id) else {
            continue;
        };
        let row = exchange.show(connection.owner, connection);
        let number = |name: &str| row.get(name).and_then(Value::as_i64);
        if let (Some(taken), Some(limit)) = (
            number("capacity_allocated"),
            number("capacity_allocation_limit"),
        ) && growth > 0
            && taken.saturating_add(growth) > limit
        {
            let left = limit - taken;
            let reason = format!("takes {growth} Mbit/s more of a port that has {left} left");
            findings.add(field, reason);
        }
    }
}

/// The fields that every billed object carries when the customer left them out.
pub fn invoicing_defaults() -> [(&'static str, Value); 3] {
    [
        ("external_ref", Value::Null),
        ("purchase_order", json!("")),
        ("contract_ref", Value::Null),
    ]
}
