//! Network service configs of types `mp2mp_vc` and `p2mp_vc`: a member's access to a group. Who may
//! join, and with which capacity, is up to the group's owner.

use serde_json::{Value, json};

use super::super::groups::{admits, is_protected, offering, review, rule_for};
use super::super::shared::{
    check_macs, check_same_type, fill, invoicing_defaults, merged, reorder_role_assignments,
};
use super::{
    check_asns, check_connection, check_no_features, check_owner, check_routing, placed,
    service_to_join, what_is_left_out,
};
use crate::catalogue::Entry;
use crate::clock::Millis;
use crate::collection::{IPS, NETWORK_SERVICE_CONFIGS, NETWORK_SERVICES, PRODUCT_OFFERINGS};
use crate::exchange::Exchange;
use crate::life::{Life, Step, activation};
use crate::object::{Object, Row, ids, text, texts};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

fn schema(kind: &str) -> &'static str {
    if kind == "mp2mp_vc" {
        "MP2MPNetworkServiceConfig"
    } else {
        "P2MPNetworkServiceConfig"
    }
}

/// An order to join.
pub fn create(exchange: &mut Exchange, party: Party, mut body: Row) -> Result<Object, Problem> {
    let kind = text(&body, "type").unwrap_or_default().to_owned();
    let mut findings = exchange.check(schema(&kind), &body, Purpose::Create);
    let service = service_to_join(exchange, party, &kind, &body, &mut findings);
    if let Some(service) = &service {
        check_admission(exchange, party, service, &body, &mut findings);
    }
    let vlan_config = check(
        exchange,
        party,
        None,
        service.as_ref(),
        &body,
        &mut findings,
    );
    findings.refuse_if_any()?;
    fill(&mut body, &invoicing_defaults());
    fill(&mut body, &what_is_left_out());
    if kind == "mp2mp_vc" {
        fill(&mut body, &[("ips", json!([])), ("asns", json!([]))]);
    } else {
        fill(&mut body, &[("role", json!("leaf"))]);
    }
    body.insert("vlan_config".into(), json!(vlan_config));
    reorder_role_assignments(&mut body);
    let moment = exchange.moment();
    let [allocated, _] = activation(moment.step);
    let mut life = Life::resting("requested", moment.now);
    life.schedule(moment.now, [allocated]);
    let id = exchange.ids.uuid(NETWORK_SERVICE_CONFIGS.path);
    let config = Object::new(NETWORK_SERVICE_CONFIGS, id, party, body).living(life);
    exchange.store.put(config.clone());
    review(exchange, config.text("network_service"));
    Ok(config)
}

/// A config after a PATCH.
pub fn changed(
    exchange: &Exchange,
    party: Party,
    config: &Object,
    body: &Row,
) -> Result<Object, Problem> {
    let mut findings = exchange.check(schema(config.text("type")), body, Purpose::Patch);
    check_same_type(config, body, &mut findings);
    let fields = merged(&config.fields, body);
    let service = service_of(exchange, config);
    let moves = text(&fields, "consuming_account") != text(&config.fields, "consuming_account");
    if let Some(service) = service.filter(|_| moves) {
        check_admission(exchange, party, service, &fields, &mut findings);
    }
    let vlan_config = check(
        exchange,
        party,
        Some(config),
        service,
        &fields,
        &mut findings,
    );
    findings.refuse_if_any()?;
    Ok(placed(config, fields, vlan_config))
}

fn service_of<'a>(exchange: &'a Exchange, config: &Object) -> Option<&'a Object> {
    let id = config.text("network_service");
    exchange.store.get(NETWORK_SERVICES, id)
}

/// The group must admit the account.
fn check_admission(
    exchange: &Exchange,
    party: Party,
    service: &Object,
    fields: &Row,
    findings: &mut Findings,
) {
    let Some(account) = text(fields, "consuming_account") else {
        return;
    };
    if !admits(exchange, party, service, account) {
        let reason = format!("{account} is not allowed to join {}", service.id);
        findings.add("consuming_account", reason);
    }
}

/// What must be true of a config, new or changed. Returns its complete `vlan_config`.
fn check(
    exchange: &Exchange,
    party: Party,
    current: Option<&Object>,
    service: Option<&Object>,
    fields: &Row,
    findings: &mut Findings,
) -> Option<Row> {
    let group = service.and_then(|service| offering(exchange, service));
    let required = group.map(|group| texts(group.private("nsc_required_contact_roles")));
    check_owner(
        exchange,
        party,
        fields,
        &required.unwrap_or_default(),
        findings,
    );
    let access = group.and_then(|group| check_offering(exchange, group, fields, findings));
    if let Some(service) = service {
        check_capacity(exchange, service, access, fields, findings);
    }
    check_macs(exchange, party, fields, findings);
    if group.is_some_and(is_protected) && ids(fields, "macs").is_empty() {
        let reason = "must name at least one MAC address: no other may send on this service";
        findings.add("macs", reason);
    }
    check_asns(fields, findings);
    for id in ids(fields, "ips") {
        if exchange.own(party, IPS, id).is_none() {
            findings.add("ips", format!("{id:?} is not an IP address of yours"));
        }
    }
    check_no_features(fields, findings);
    check_routing(fields, findings);
    let network = access.map(|access| access.text("handover_metro_area_network"));
    check_connection(exchange, party, current, network, fields, findings)
}

/// The product of an access must be one of the group's.
fn check_offering<'a>(
    exchange: &'a Exchange,
    group: &Entry,
    fields: &Row,
    findings: &mut Findings,
) -> Option<&'a Entry> {
    let offered = texts(group.private("nsc_product_offerings"));
    let Some(id) = text(fields, "product_offering").filter(|id| offered.contains(id)) else {
        let reason = format!("must be one of the service's: {}", offered.join(", "));
        findings.add("product_offering", reason);
        return None;
    };
    exchange.catalogue.get(PRODUCT_OFFERINGS.path, id)
}

/// The first product of a group with which an account can join it, and the most Mbit/s that it can
/// have then; none if the group's owner asks for more than any product has.
pub fn access_to<'a>(
    exchange: &'a Exchange,
    group: &Object,
    account: &str,
) -> Option<(&'a Entry, i64)> {
    let offered = texts(offering(exchange, group)?.private("nsc_product_offerings"));
    offered.into_iter().find_map(|id| {
        let product = exchange.catalogue.get(PRODUCT_OFFERINGS.path, id)?;
        let (least, most) = bounds(exchange, group, Some(product), account);
        (least <= most).then_some((product, most))
    })
}

/// The bounds of the capacity for an account: what its access has, and what the owner of the group
/// asks and allows.
fn bounds(
    exchange: &Exchange,
    service: &Object,
    access: Option<&Entry>,
    account: &str,
) -> (i64, i64) {
    let rule = rule_for(exchange, &service.id, account);
    let limit = |name: &str| rule.and_then(|rule| rule.fields.get(name)?.as_i64());
    let has = |name: &str| access.and_then(|access| access.number(name));
    let least = [limit("capacity_min"), has("bandwidth_min")];
    let most = [limit("capacity_max"), has("bandwidth_max")];
    let least = least.into_iter().flatten().max().unwrap_or(1);
    let most = most.into_iter().flatten().min().unwrap_or(i64::MAX);
    (least, most)
}

fn check_capacity(
    exchange: &Exchange,
    service: &Object,
    access: Option<&Entry>,
    fields: &Row,
    findings: &mut Findings,
) {
    let account = text(fields, "consuming_account").unwrap_or_default();
    let (least, most) = bounds(exchange, service, access, account);
    if least > most {
        let reason = format!("has at most {most} here, and the service asks for {least}");
        findings.add("product_offering", reason);
    } else if let Some(capacity) = fields.get("capacity").and_then(Value::as_i64)
        && !(least..=most).contains(&capacity)
    {
        let id = &service.id;
        findings.add(
            "capacity",
            format!("must be {least} to {most} to join {id}"),
        );
    }
}

/// A config without a capacity of its own has the most that it may have.
pub fn capacity(exchange: &Exchange, config: &Object) -> Option<i64> {
    let service = service_of(exchange, config)?;
    let access = config.text("product_offering");
    let access = exchange.catalogue.get(PRODUCT_OFFERINGS.path, access);
    let account = config.text("consuming_account");
    let (_, most) = bounds(exchange, service, access, account);
    (most < i64::MAX).then_some(most)
}

/// A config is allocated: if its group is up, nothing keeps it from going live.
pub fn arrived(exchange: &mut Exchange, config: &Object, due: Millis) {
    let is_up = service_of(exchange, config)
        .and_then(|service| service.life.as_ref())
        .is_some_and(Life::is_up);
    if config.state() == "allocated" && is_up {
        let to = "production";
        let after = exchange.moment().step;
        let (configs, id) = (NETWORK_SERVICE_CONFIGS, &config.id);
        exchange.store.change(configs, id, |config| {
            if let Some(life) = &mut config.life {
                life.schedule(due, [Step { to, after }]);
            }
        });
    }
}
