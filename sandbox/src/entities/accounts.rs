//! Accounts: a party's own in full, and of other parties those that let themselves be found, cut
//! down to what identifies them. A reseller creates accounts for its customers; each is `requested`
//! until the terms are signed, which the status asks for and which is done elsewhere: here a step
//! of the clock does it (section 7.1 of the IX-API data dictionary, the getting started guide).

use serde_json::{Value, json};

use super::contacts::{let_go, user_of};
use super::shared::{fill, remove};
use crate::answer::Answer;
use crate::clock;
use crate::collection::{ACCOUNTS, CONTACTS, METRO_AREA_NETWORKS, ROLE_ASSIGNMENTS};
use crate::exchange::{Entity, Exchange};
use crate::life::{CRITICAL, Life, Step, message};
use crate::object::{Object, Row, ids, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

const SCHEMA: &str = "Account";

/// What a stranger sees of a discoverable account.
const PUBLIC: [&str; 5] = [
    "id",
    "name",
    "state",
    "discoverable",
    "metro_area_network_presence",
];

/// The fields by which other objects name an account.
const NAMED_BY: [&str; 4] = [
    "managing_account",
    "consuming_account",
    "billing_account",
    "joining_member_account",
];

/// `/accounts`
pub static ENTITY: Entity = Entity {
    create: Some(create),
    change: Some(change),
    replace: Some(replace),
    puts: true,
    delete: Some(delete),
    found_by: &["external_ref"],
    others: |exchange, party, _| {
        let catalogue = exchange.catalogue.all(ACCOUNTS.path).iter();
        let kept = catalogue.map(|account| (account.is_of(party), account.fields().clone()));
        let strangers = Party::ALL.into_iter().filter(|other| *other != party);
        let created = strangers.flat_map(|other| {
            let accounts = exchange.store.of_party(ACCOUNTS, other);
            accounts.map(move |account| (false, exchange.show(other, account)))
        });
        let rows = kept.chain(created);
        rows.filter_map(|(own, account)| seen(own, account))
            .collect()
    },
    other: |exchange, party, _, id| {
        let own = exchange.owns(party, id);
        seen(own, exchange.account(id)?)
    },
    complete: |_, _, _, row| {
        // An account is not billed of itself.
        row.remove("current_billing_start_date");
    },
    held: |_, row, name, _| {
        let billing = row.get("billing_information");
        let billable = billing.is_some_and(|information| !information.is_null());
        (name == "billable").then(|| vec![json!(billable)])
    },
    arrived: |exchange, account, _| {
        if account.state() == "production" {
            let signed = |account: &mut Object| {
                if let Some(life) = account.life.as_mut() {
                    life.status.clear();
                }
            };
            exchange.store.change(ACCOUNTS, &account.id, signed);
        }
    },
    ..Entity::stored(ACCOUNTS)
};

fn seen(own: bool, account: Row) -> Option<Row> {
    if own {
        return Some(account);
    }
    let discoverable = account.get("discoverable") == Some(&json!(true));
    let fields = account.into_iter();
    let public = fields.filter(|(name, _)| PUBLIC.contains(&name.as_str()));
    discoverable.then(|| public.collect())
}

/// `POST /accounts`
fn create(exchange: &mut Exchange, party: Party, mut body: Row) -> Result<Object, Problem> {
    let own = party.credentials();
    if !own.resells {
        return Err(Problem::permission_denied(
            "Accounts are created by resellers, and this account is none.",
        ));
    }
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Create);
    check(exchange, party, &body, &mut findings);
    findings.refuse_if_any()?;
    fill(
        &mut body,
        &[
            ("managing_account", json!(own.account)),
            ("legal_name", Value::Null),
            ("billing_information", Value::Null),
            ("external_ref", Value::Null),
            ("discoverable", json!(false)),
            ("metro_area_network_presence", json!([])),
            ("asns", json!([])),
        ],
    );
    let life = requested(exchange);
    let account = Object::new(ACCOUNTS, exchange.ids.uuid(ACCOUNTS.path), party, body).living(life);
    exchange.store.put(account.clone());
    Ok(account)
}

/// A new account, in production at once where the clock takes no time.
fn requested(exchange: &Exchange) -> Life {
    let at = exchange.moment();
    if at.step == 0 {
        return Life::resting("production", at.now);
    }
    let mut life = Life::resting("requested", at.now);
    life.status.push(message(
        CRITICAL,
        "toc_required",
        "The terms of service have to be signed before this account can be used.",
        json!({ "url": "https://documents.example.net/terms" }),
        clock::rfc3339(at.now),
    ));
    life.steps.push_back(Step {
        to: "production",
        after: at.step,
    });
    life
}

fn check(exchange: &Exchange, party: Party, body: &Row, findings: &mut Findings) {
    let reseller = party.credentials().account;
    match body.get("managing_account") {
        None => {}
        Some(Value::String(id)) if id == reseller => {}
        Some(_) => findings.add(
            "managing_account",
            format!("must be your own account, {reseller}"),
        ),
    }
    for id in ids(body, "metro_area_network_presence") {
        if exchange
            .catalogue
            .get(METRO_AREA_NETWORKS.path, id)
            .is_none()
        {
            let reason = format!("{id:?} is not a metro area network");
            findings.add("metro_area_network_presence", reason);
        }
    }
    let billing = body.get("billing_information");
    let billing = billing.and_then(|billing| billing.get("address"));
    let addresses = [
        ("address", body.get("address")),
        ("billing_information.address", billing),
    ];
    for (path, address) in addresses {
        let country = address.and_then(|address| address.get("country")?.as_str());
        let is_code = |code: &str| code.len() == 2 && code.bytes().all(|c| c.is_ascii_uppercase());
        if country.is_some_and(|code| !is_code(code)) {
            let reason = "must be an ISO 3166-1 alpha-2 code like NL";
            findings.add(format!("{path}.country"), reason);
        }
    }
}

/// `PATCH /accounts/{id}`: what an object within is said to be is merged into it.
fn change(
    exchange: &mut Exchange,
    party: Party,
    account: Object,
    body: Row,
) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Patch);
    check(exchange, party, &body, &mut findings);
    findings.refuse_if_any()?;
    Ok(changed(exchange, account, body))
}

/// `PUT /accounts/{id}`: everything is said again; what is left out is taken away.
fn replace(
    exchange: &mut Exchange,
    party: Party,
    mut account: Object,
    body: Row,
) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Replace);
    if !body.contains_key("metro_area_network_presence") {
        findings.add("metro_area_network_presence", "is required");
    }
    check(exchange, party, &body, &mut findings);
    findings.refuse_if_any()?;
    for name in [
        "legal_name",
        "billing_information",
        "external_ref",
        "address",
    ] {
        account.fields.insert(name.into(), Value::Null);
    }
    account.fields.insert("discoverable".into(), json!(false));
    Ok(changed(exchange, account, body))
}

fn changed(exchange: &Exchange, mut account: Object, body: Row) -> Object {
    merge(&mut account.fields, body);
    let at = exchange.moment();
    if let Some(life) = account.life.as_mut() {
        life.change(at);
    }
    account
}

fn merge(fields: &mut Row, patch: Row) {
    for (name, value) in patch {
        match (fields.get_mut(&name), value) {
            (Some(Value::Object(inner)), Value::Object(patch)) => merge(inner, patch),
            (_, value) => {
                fields.insert(name, value);
            }
        }
    }
}

/// `DELETE /accounts/{id}`: refused while something names the account; its contacts and their role
/// assignments go with it.
fn delete(
    exchange: &mut Exchange,
    party: Party,
    account: Object,
    _: &[u8],
) -> Result<Answer, Problem> {
    if account.owner != party {
        let reason = format!("The account {} is not yours.", account.id);
        return Err(Problem::permission_denied(reason));
    }
    let names = |object: &&Object| {
        let mut fields = NAMED_BY.iter();
        fields.any(|field| text(&object.fields, field) == Some(account.id.as_str()))
    };
    let naming: Vec<&Object> = exchange.store.everything().filter(names).collect();
    let is_user = |object: &&&Object| object.collection != CONTACTS && object.is_live();
    let contacts: Vec<Object> = naming
        .iter()
        .filter(|object| object.collection == CONTACTS)
        .map(|object| (*object).clone())
        .collect();
    let assignments: Vec<String> = contacts
        .iter()
        .flat_map(|contact| {
            exchange
                .store
                .naming(ROLE_ASSIGNMENTS, "contact", &contact.id)
        })
        .map(|assignment| assignment.id.clone())
        .collect();
    let mut users = assignments.iter().filter_map(|id| user_of(exchange, id));
    if let Some(user) = naming
        .iter()
        .find(is_user)
        .copied()
        .or_else(|| users.next())
    {
        return Err(Problem::unable_to_fulfill(format!(
            "The account {} is used by the {} {}.",
            account.id, user.collection.noun, user.id
        )));
    }
    for assignment in assignments {
        let_go(exchange, &assignment);
    }
    for contact in contacts {
        exchange.take(&contact);
    }
    Ok(remove(exchange, party, &account))
}
