//! Network services that several members join: closed user groups (`mp2mp_vc`) and circuits from
//! one point to many (`p2mp_vc`). Whoever orders one decides who joins: everybody if it is public,
//! but for whom a rule denies it, and otherwise whom a rule allows it (the guide "IX-API Getting
//! Started").

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::{Value, json};

use super::change_requests::check_product_change;
use super::shared::{
    PRIVATE, Use, check_accounts, check_same_type, fill, invoicing_defaults, merged,
};
use crate::catalogue::Entry;
use crate::clock;
use crate::collection::{
    MEMBER_JOINING_RULES, NETWORK_SERVICE_CONFIGS, NETWORK_SERVICES, PRODUCT_OFFERINGS,
};
use crate::exchange::{EVERYBODY, Exchange};
use crate::life::{CRITICAL, Life, activation, message};
use crate::object::{Object, Row, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

/// The type that is a network of its own, with subnets and protection.
const CLOSED_USER_GROUP: &str = "mp2mp_vc";

/// The type whose members are roots or leaves.
pub const CIRCUIT_TO_MANY: &str = "p2mp_vc";

/// The types of these services, and of their configs.
pub const TYPES: [&str; 2] = [CLOSED_USER_GROUP, CIRCUIT_TO_MANY];

/// Where a group keeps who sees it besides its owner.
pub const OPEN_TO: &str = "open_to";

/// What a stranger does not get to see of a service besides [`PRIVATE`].
const PRIVATE_TO_OWNER: [&str; 4] = [
    "managing_account",
    "consuming_account",
    "charged_until",
    "member_joining_rules",
];

/// What a group may lack before it is built: a tag, and what to do about it.
type Lack = (&'static str, &'static str);

const RULE_REQUIRED: Lack = (
    "member_joining_rule_required",
    "A member joining rule is required, since the network service is not public.",
);
const CONFIG_REQUIRED: Lack = (
    "nsc_required",
    "Join the network service yourself: create a network service config for it.",
);

/// Whether a type is that of a group.
pub fn is_type(kind: &str) -> bool {
    TYPES.contains(&kind)
}

/// Whether a service, or a config, is one of a group.
pub fn is_group(object: &Object) -> bool {
    is_type(object.text("type"))
}

fn schema(kind: &str) -> &'static str {
    if kind == CLOSED_USER_GROUP {
        "MP2MPNetworkService"
    } else {
        "P2MPNetworkService"
    }
}

/// An order for a group.
pub fn create(exchange: &mut Exchange, party: Party, mut body: Row) -> Result<Object, Problem> {
    let kind = text(&body, "type").unwrap_or_default().to_owned();
    let mut findings = exchange.check(schema(&kind), &body, Purpose::Create);
    check(exchange, party, &kind, &body, &mut findings);
    findings.refuse_if_any()?;
    fill(&mut body, &invoicing_defaults());
    fill(
        &mut body,
        &[("display_name", Value::Null), ("public", json!(false))],
    );
    if kind == CLOSED_USER_GROUP {
        fill(
            &mut body,
            &[("subnet_v4", Value::Null), ("subnet_v6", Value::Null)],
        );
    }
    let life = Life::resting("requested", exchange.clock.now());
    let id = exchange.ids.uuid(NETWORK_SERVICES.path);
    let service = Object::new(NETWORK_SERVICES, id, party, body).living(life);
    let service = opened(exchange, service);
    exchange.store.put(service.clone());
    Ok(service)
}

/// A group after a PATCH.
pub fn changed(
    exchange: &Exchange,
    party: Party,
    service: Object,
    body: &Row,
) -> Result<Object, Problem> {
    let kind = service.text("type").to_owned();
    let mut findings = exchange.check(schema(&kind), body, Purpose::Patch);
    check_same_type(&service, body, &mut findings);
    let fields = merged(&service.fields, body);
    check(exchange, party, &kind, &fields, &mut findings);
    let wanted = text(&fields, "product_offering").unwrap_or_default();
    if wanted != service.text("product_offering") {
        check_product_change(exchange, &service, wanted, &mut findings);
    }
    findings.refuse_if_any()?;
    Ok(opened(exchange, Object { fields, ..service }))
}

fn check(exchange: &Exchange, party: Party, kind: &str, fields: &Row, findings: &mut Findings) {
    check_accounts(exchange, party, fields, Use::Consuming, findings);
    if let Some(id) = text(fields, "product_offering") {
        let offering = exchange.catalogue.get(PRODUCT_OFFERINGS.path, id);
        let fits = offering.is_some_and(|offering| {
            offering.text("type") == kind && offering.text("resource_type") == "network_service"
        });
        if !fits {
            let reason = format!("{id:?} is not an offering for network services of type {kind}");
            findings.add("product_offering", reason);
        }
    }
    let subnets = [
        (
            "subnet_v4",
            is_subnet::<Ipv4Addr> as fn(&str, u8) -> bool,
            32,
        ),
        ("subnet_v6", is_subnet::<Ipv6Addr>, 128),
    ];
    for (name, is_subnet, longest) in subnets {
        if text(fields, name).is_some_and(|subnet| !is_subnet(subnet, longest)) {
            findings.add(name, "must be a network like 198.18.64.0/24 of its family");
        }
    }
}

fn is_subnet<Address: std::str::FromStr>(text: &str, longest: u8) -> bool {
    text.split_once('/').is_some_and(|(address, length)| {
        let fits = |length: u8| length <= longest;
        address.parse::<Address>().is_ok() && length.parse().is_ok_and(fits)
    })
}

/// The offering of a group.
pub fn offering<'a>(exchange: &'a Exchange, service: &Object) -> Option<&'a Entry> {
    let id = service.text("product_offering");
    exchange.catalogue.get(PRODUCT_OFFERINGS.path, id)
}

/// Whether only MAC addresses that a config names may send.
pub fn is_protected(offering: &Entry) -> bool {
    let protected = offering.private("mac_acl_protection");
    protected.as_bool().unwrap_or_default()
}

/// The rule of a group for an account.
pub fn rule_for<'a>(exchange: &'a Exchange, service: &str, account: &str) -> Option<&'a Object> {
    let mut rules = rules(exchange, service);
    rules.find(|rule| rule.text("consuming_account") == account)
}

/// Whether an account of a party may join a group: whom a rule denies it joins nothing, and a
/// private group is joined by its owner and by whom a rule allows it.
pub fn admits(exchange: &Exchange, party: Party, service: &Object, account: &str) -> bool {
    match rule_for(exchange, &service.id, account) {
        Some(rule) => rule.text("type") != "deny",
        None => is_public(service) || service.owner == party,
    }
}

fn is_public(service: &Object) -> bool {
    service.fields.get("public") == Some(&json!(true))
}

fn rules<'a>(exchange: &'a Exchange, service: &str) -> impl Iterator<Item = &'a Object> {
    let (rules, field) = (MEMBER_JOINING_RULES, "network_service");
    exchange.store.naming(rules, field, service)
}

fn configs<'a>(exchange: &'a Exchange, service: &str) -> impl Iterator<Item = &'a Object> {
    let (configs, field) = (NETWORK_SERVICE_CONFIGS, "network_service");
    let configs = exchange.store.naming(configs, field, service);
    configs.filter(|config| config.is_there())
}

/// The group, open to whoever may see it: those whom a rule allows to join, and its members, even
/// if the rule has gone since.
fn opened(exchange: &Exchange, mut service: Object) -> Object {
    let guests: Vec<&str> = if is_public(&service) {
        vec![EVERYBODY]
    } else {
        let allowed = rules(exchange, &service.id).filter(|rule| rule.text("type") == "allow");
        let members = configs(exchange, &service.id);
        let named = allowed.chain(members);
        named.map(|one| one.text("consuming_account")).collect()
    };
    let guests = json!(guests);
    service.hidden.insert(OPEN_TO.into(), guests);
    service
}

/// What a group lacks before it is built.
fn lacks(exchange: &Exchange, service: &Object) -> Vec<Lack> {
    let mut lacks = Vec::new();
    let mut rules = rules(exchange, &service.id);
    if !is_public(service) && !rules.any(|rule| rule.text("type") == "allow") {
        lacks.push(RULE_REQUIRED);
    }
    if !configs(exchange, &service.id).any(|config| config.owner == service.owner) {
        lacks.push(CONFIG_REQUIRED);
    }
    lacks
}

/// A rule or a config of a service came, changed or went: others may see it now, and it is built
/// once it lacks nothing.
pub fn review(exchange: &mut Exchange, id: &str) {
    let Some(service) = exchange.store.get(NETWORK_SERVICES, id) else {
        return;
    };
    if !is_group(service) {
        return;
    }
    let is_complete = lacks(exchange, service).is_empty();
    let mut service = opened(exchange, service.clone());
    let moment = exchange.moment();
    if let Some(life) = service.life.as_mut()
        && life.state == "requested"
    {
        match (is_complete, life.steps.is_empty()) {
            (true, true) => life.schedule(moment.now, activation(moment.step)),
            (false, _) => life.steps.clear(),
            (true, false) => {}
        }
    }
    exchange.store.put(service);
}

/// Adds what follows from the offering, the rules and the configs, and takes away what is not for
/// those who are only members.
pub fn complete(exchange: &Exchange, party: Party, service: &Object, row: &mut Row) {
    if let Some(offering) = offering(exchange, service) {
        for name in ["nsc_required_contact_roles", "nsc_product_offerings"] {
            row.insert(name.into(), offering.private(name).clone());
        }
        if service.text("type") == CLOSED_USER_GROUP {
            let protected = is_protected(offering);
            row.insert("mac_acl_protection".into(), json!(protected));
        }
    }
    row.insert("network_features".into(), json!([]));
    if party != service.owner {
        return redact(row);
    }
    let rules: Vec<&str> = rules(exchange, &service.id)
        .map(|rule| rule.id.as_str())
        .collect();
    row.insert("member_joining_rules".into(), json!(rules));
    if let (Some(life), Some(Value::Array(status))) = (&service.life, row.get_mut("status"))
        && life.state == "requested"
    {
        for (tag, text) in lacks(exchange, service) {
            let since = clock::rfc3339(life.ordered);
            status.push(message(CRITICAL, tag, text, json!({}), since));
        }
    }
}

/// Takes away what only the owner of a service sees.
pub fn redact(row: &mut Row) {
    row.retain(|name, _| {
        let name = name.as_str();
        !PRIVATE.contains(&name) && !PRIVATE_TO_OWNER.contains(&name)
    });
}
