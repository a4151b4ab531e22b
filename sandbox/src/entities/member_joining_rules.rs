//! Member joining rules: whom the owner of a group allows to join it, within which capacity, and
//! whom the owner denies it. They have no life; a member stays one when its rule goes.

use serde_json::Value;

use super::groups::{is_group, review, rule_for};
use super::shared::{Use, check_accounts, check_same_type, fill, merged, remove};
use crate::answer::Answer;
use crate::collection::{MEMBER_JOINING_RULES, NETWORK_SERVICES};
use crate::exchange::{Entity, Exchange};
use crate::object::{Object, Row, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

const ALLOW: &str = "allow";
const TYPES: [&str; 2] = [ALLOW, "deny"];

/// `/member-joining-rules`
pub static ENTITY: Entity = Entity {
    create: Some(create),
    change: Some(change),
    puts: true,
    delete: Some(delete),
    found_by: &["network_service", "external_ref"],
    ..Entity::stored(MEMBER_JOINING_RULES)
};

fn schema(kind: &str) -> &'static str {
    if kind == ALLOW {
        "AllowMemberJoiningRule"
    } else {
        "DenyMemberJoiningRule"
    }
}

/// `POST /member-joining-rules`
fn create(exchange: &mut Exchange, party: Party, mut body: Row) -> Result<Object, Problem> {
    let kind = text(&body, "type").unwrap_or(ALLOW).to_owned();
    if !TYPES.contains(&kind.as_str()) {
        let reason = format!("must be one of: {}", TYPES.join(", "));
        return Err(Problem::invalid("type", reason));
    }
    let mut findings = exchange.check(schema(&kind), &body, Purpose::Create);
    check(exchange, party, &body, &mut findings);
    check_service(exchange, party, &body, &mut findings);
    findings.refuse_if_any()?;
    fill(&mut body, &[("external_ref", Value::Null)]);
    if kind == ALLOW {
        let limits = ["capacity_min", "capacity_max"];
        fill(&mut body, &limits.map(|name| (name, Value::Null)));
    }
    let rule = Object::new(
        MEMBER_JOINING_RULES,
        exchange.ids.uuid(MEMBER_JOINING_RULES.path),
        party,
        body,
    );
    exchange.store.put(rule.clone());
    review(exchange, rule.text("network_service"));
    Ok(rule)
}

/// `PATCH /member-joining-rules/{id}`
fn change(
    exchange: &mut Exchange,
    party: Party,
    rule: Object,
    body: Row,
) -> Result<Object, Problem> {
    let mut findings = exchange.check(schema(rule.text("type")), &body, Purpose::Patch);
    check_same_type(&rule, &body, &mut findings);
    let fields = merged(&rule.fields, &body);
    check(exchange, party, &fields, &mut findings);
    if text(&fields, "consuming_account") != text(&rule.fields, "consuming_account") {
        check_only(exchange, &fields, &mut findings);
    }
    findings.refuse_if_any()?;
    let rule = Object { fields, ..rule };
    exchange.store.put(rule.clone());
    review(exchange, rule.text("network_service"));
    Ok(rule)
}

/// `DELETE /member-joining-rules/{id}`
fn delete(
    exchange: &mut Exchange,
    party: Party,
    rule: Object,
    _: &[u8],
) -> Result<Answer, Problem> {
    if rule.owner != party {
        return Err(Problem::not_found(rule.collection.noun, &rule.id));
    }
    let answer = remove(exchange, party, &rule);
    review(exchange, rule.text("network_service"));
    Ok(answer)
}

/// The party manages the rule; whom it is about is somebody else as a rule, who may have handed
/// over the id of the account directly, so that it need not be discoverable.
fn check(exchange: &Exchange, party: Party, fields: &Row, findings: &mut Findings) {
    let mut managed = fields.clone();
    managed.remove("consuming_account");
    check_accounts(exchange, party, &managed, Use::Filing, findings);
    if let Some(id) = text(fields, "consuming_account")
        && exchange.account(id).is_none()
    {
        findings.add("consuming_account", format!("{id:?} is not an account"));
    }
    let limit = |name: &str| fields.get(name).and_then(Value::as_i64);
    if let (Some(least), Some(most)) = (limit("capacity_min"), limit("capacity_max"))
        && least > most
    {
        findings.add("capacity_max", "must not be less than capacity_min");
    }
}

/// The service must be a group of the party's own, without a rule for that account.
fn check_service(exchange: &Exchange, party: Party, fields: &Row, findings: &mut Findings) {
    let Some(id) = text(fields, "network_service") else {
        return;
    };
    let own = exchange.own(party, NETWORK_SERVICES, id);
    match own.filter(|service| is_group(service)) {
        None => {
            let reason = format!("{id:?} is not a network service of yours that others can join");
            findings.add("network_service", reason);
        }
        Some(service) if !service.is_live() => {
            findings.add("network_service", format!("{id} is {}", service.state()));
        }
        Some(_) => check_only(exchange, fields, findings),
    }
}

/// There is one rule for an account.
fn check_only(exchange: &Exchange, fields: &Row, findings: &mut Findings) {
    let service = text(fields, "network_service").unwrap_or_default();
    let account = text(fields, "consuming_account").unwrap_or_default();
    if let Some(rule) = rule_for(exchange, service, account) {
        let reason = format!("{service} has the rule {} for {account} already", rule.id);
        findings.add("consuming_account", reason);
    }
}
