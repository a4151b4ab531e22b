//! Network service configs of type `cloud_vc`: the customer's side of one handover of a cloud
//! circuit. The provider's side is the exchange's own row beside it, of which the customer sees no
//! contacts and no references (the guide on editing cloud services).

use serde_json::{Value, json};

use super::super::clouds::{self, TYPE, configs_of, review};
use super::super::shared::{
    check_same_type, check_zone, fill, invoicing_defaults, merged, reorder_role_assignments,
};
use super::{check_owner, layer3};
use crate::catalogue::Entry;
use crate::collection::{NETWORK_SERVICE_CONFIGS, NETWORK_SERVICES};
use crate::dialect::Quirk;
use crate::exchange::Exchange;
use crate::life::{Life, Step};
use crate::object::{Object, Row, ids, text, texts};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

const SCHEMA: &str = "CloudNetworkServiceConfig";

/// The hidden fields of a config that lead to the provider's side: by its id, and by whose it is
/// beside.
const PROVIDER_SIDE: &str = "provider_side";
const BESIDE: &str = "provider_side_beside";

/// An order for a handover.
pub fn create(exchange: &mut Exchange, party: Party, body: Row) -> Result<Object, Problem> {
    let mut body = without_zero(exchange, body);
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Create);
    let placed = check(exchange, party, None, &body, &mut findings);
    findings.refuse_if_any()?;
    fill(&mut body, &invoicing_defaults());
    fill(
        &mut body,
        &[
            ("availability_zone", Value::Null),
            ("capacity", Value::Null),
            ("cloud_config", Value::Null),
            ("connection", Value::Null),
            ("network_feature_configs", json!([])),
            ("routing_function", Value::Null),
        ],
    );
    placed.put_into(&mut body);
    reorder_role_assignments(&mut body);
    let moment = exchange.moment();
    let mut life = Life::resting("allocated", moment.now);
    let id = text(&body, "network_service")
        .unwrap_or_default()
        .to_owned();
    let service = exchange.store.get(NETWORK_SERVICES, &id);
    if service.is_some_and(|service| service.state().starts_with("production")) {
        // The circuit is there already: this adds a VLAN to one of its handovers.
        let after = moment.step;
        life.schedule(
            moment.now,
            [Step {
                to: "production",
                after,
            }],
        );
    }
    let own = exchange.ids.uuid(NETWORK_SERVICE_CONFIGS.path);
    let mut config = Object::new(NETWORK_SERVICE_CONFIGS, own, party, body).living(life);
    let hidden = [
        (
            PROVIDER_SIDE,
            exchange.ids.uuid(NETWORK_SERVICE_CONFIGS.path),
        ),
        (BESIDE, party.credentials().name.to_owned()),
    ];
    for (name, value) in hidden {
        config.hidden.insert(name.to_owned(), json!(value));
    }
    exchange.store.put(config.clone());
    review(exchange, &id);
    Ok(config)
}

/// A handover after a PATCH.
pub fn changed(
    exchange: &Exchange,
    party: Party,
    config: &Object,
    body: &Row,
) -> Result<Object, Problem> {
    let mut named = body.clone();
    named.insert(
        "network_service".into(),
        json!(config.text("network_service")),
    );
    let mut body = without_zero(exchange, named);
    body.remove("network_service");
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Patch);
    check_same_type(config, &body, &mut findings);
    let mut fields = merged(&config.fields, &body);
    let placed = check(exchange, party, Some(config), &fields, &mut findings);
    findings.refuse_if_any()?;
    placed.put_into(&mut fields);
    reorder_role_assignments(&mut fields);
    Ok(Object {
        fields,
        ..config.clone()
    })
}

/// Some exchanges say and take VLAN 0 where there is one VLAN only and the specification has null.
fn without_zero(exchange: &Exchange, mut body: Row) -> Row {
    let service = text(&body, "network_service").unwrap_or_default();
    let service = exchange.store.get(NETWORK_SERVICES, service);
    let is_zero = body.get("cloud_vlan").and_then(Value::as_i64) == Some(0);
    if is_zero && service.is_some_and(|service| says_zero(exchange, service)) {
        body.insert("cloud_vlan".into(), Value::Null);
    }
    body
}

fn says_zero(exchange: &Exchange, service: &Object) -> bool {
    let offering = clouds::offering(exchange, service.text("product_offering"));
    exchange.settings.has(Quirk::CloudVlanZero)
        && offering.is_some_and(|offering| offering.text("provider_vlans") == "single")
}

/// Adds what follows from the circuit.
pub fn complete(exchange: &Exchange, config: &Object, row: &mut Row) {
    let service = config.text("network_service");
    let Some(service) = exchange.store.get(NETWORK_SERVICES, service) else {
        return;
    };
    let offering = service.text("product_offering");
    row.insert("product_offering".into(), json!(offering));
    if says_zero(exchange, service) {
        row.insert("cloud_vlan".into(), json!(0));
    }
}

/// A config has the capacity of its circuit unless it has less.
pub fn capacity(exchange: &Exchange, config: &Object) -> Option<i64> {
    let service = config.text("network_service");
    let service = exchange.store.get(NETWORK_SERVICES, service)?;
    clouds::capacity(exchange, service)
}

/// The providers' sides of the handovers of a party.
pub fn provider_sides(exchange: &Exchange, party: Party) -> Vec<Row> {
    let beside = party.credentials().name;
    let own = exchange
        .store
        .naming(NETWORK_SERVICE_CONFIGS, BESIDE, beside);
    own.filter_map(|config| provider_side_of(exchange, config))
        .collect()
}

/// The provider's side with that id.
pub fn provider_side(exchange: &Exchange, party: Party, id: &str) -> Option<Row> {
    let mut own = exchange
        .store
        .naming(NETWORK_SERVICE_CONFIGS, PROVIDER_SIDE, id);
    let config = own.find(|config| config.owner == party)?;
    provider_side_of(exchange, config)
}

fn provider_side_of(exchange: &Exchange, config: &Object) -> Option<Row> {
    let service = config.text("network_service");
    let service = exchange.store.get(NETWORK_SERVICES, service)?;
    let offering = clouds::offering(exchange, service.text("product_offering"))?;
    let handover = config.fields.get("handover").and_then(Value::as_i64);
    let vlan = config.fields.get("cloud_vlan").and_then(Value::as_i64);
    let vlan = vlan.or(handover.map(|handover| handover + 1));
    let row = json!({
        "id": config.hidden_text(PROVIDER_SIDE),
        "type": TYPE,
        "state": config.state(),
        "network_service": service.id,
        "product_offering": offering.text("id"),
        "handover": handover,
        "cloud_vlan": config.fields.get("cloud_vlan"),
        "capacity": clouds::capacity(exchange, service),
        "connection": offering.private("connection"),
        "managing_account": offering.private("account"),
        "consuming_account": offering.private("account"),
        "billing_account": service.text("billing_account"),
        "vlan_config": { "vlan_type": "dot1q", "vlan": vlan, "vlan_ethertype": "0x8100" },
    });
    row.as_object().cloned()
}

/// What must be true of a config, new or changed. Returns how it is connected.
fn check(
    exchange: &Exchange,
    party: Party,
    current: Option<&Object>,
    fields: &Row,
    findings: &mut Findings,
) -> layer3::Placed {
    let service = text(fields, "network_service").and_then(|id| {
        let service = exchange.own(party, NETWORK_SERVICES, id);
        let service = service.filter(|service| clouds::is_cloud(service));
        if service.is_none() {
            let reason = format!("{id:?} is not a cloud circuit of yours");
            findings.add("network_service", reason);
        }
        service
    });
    if let Some(service) = service.filter(|service| current.is_none() && !service.is_live()) {
        let reason = format!("{} is {}", service.id, service.state());
        findings.add("network_service", reason);
    }
    let offering =
        service.and_then(|service| clouds::offering(exchange, service.text("product_offering")));
    let required = offering
        .map(|offering| texts(offering.private("nsc_required_contact_roles")))
        .unwrap_or_default();
    check_owner(exchange, party, fields, &required, findings);
    if let Some(id) = ids(fields, "network_feature_configs").first() {
        let reason = format!("{id:?} is not a network feature config of yours");
        findings.add("network_feature_configs", reason);
    }
    if let Some(zone) = text(fields, "availability_zone") {
        check_zone(exchange, "availability_zone", zone, findings);
    }
    if let Some((service, offering)) = service.zip(offering) {
        check_handover(exchange, current, service, offering, fields, findings);
        check_product(exchange, current, service, fields, findings);
        check_cloud_config(offering, fields, findings);
    }
    layer3::check(exchange, party, current, offering, fields, findings)
}

/// Each handover is configured once, or once for each VLAN where the provider tells several apart.
fn check_handover(
    exchange: &Exchange,
    current: Option<&Object>,
    service: &Object,
    offering: &Entry,
    fields: &Row,
    findings: &mut Findings,
) {
    let number = |row: &Row, name: &str| row.get(name).and_then(Value::as_i64);
    let (handover, vlan) = (number(fields, "handover"), number(fields, "cloud_vlan"));
    let diversity = offering.number("diversity").unwrap_or(1);
    if handover.is_some_and(|handover| handover > diversity) {
        let reason = format!("{} has {diversity} (diversity)", service.id);
        return findings.add("handover", reason);
    }
    if vlan.is_some() && offering.text("provider_vlans") == "single" {
        let reason = format!(
            "must be null: {} has one VLAN on the provider's side (provider_vlans)",
            offering.text("id")
        );
        findings.add("cloud_vlan", reason);
    }
    let own = current.map_or("", |config| config.id.as_str());
    let taken = configs_of(exchange, &service.id).any(|other| {
        let same = |name: &str| number(&other.fields, name) == number(fields, name);
        other.id != own && same("handover") && same("cloud_vlan")
    });
    if taken {
        findings.add(
            "handover",
            "is configured already, with the same cloud_vlan",
        );
    }
}

/// The product of a config is that of its circuit. One that a change does not name may be from
/// before the circuit was changed.
fn check_product(
    exchange: &Exchange,
    current: Option<&Object>,
    service: &Object,
    fields: &Row,
    findings: &mut Findings,
) {
    let of_service = service.text("product_offering");
    let before = current.map_or("", |config| config.text("product_offering"));
    if let Some(id) = text(fields, "product_offering")
        && id != of_service
        && id != before
    {
        let reason = format!("the network service is of {of_service}");
        findings.add("product_offering", reason);
    }
    let most = clouds::capacity(exchange, service);
    if let (Some(capacity), Some(most)) = (fields.get("capacity").and_then(Value::as_i64), most)
        && capacity > most
        && current.and_then(|config| config.fields.get("capacity")) != fields.get("capacity")
    {
        let reason = format!("can be at most {most}, as the network service is");
        findings.add("capacity", reason);
    }
}

/// What the provider is told of BGP: what the offering lists, and all that it needs.
fn check_cloud_config(offering: &Entry, fields: &Row, findings: &mut Findings) {
    let config = fields.get("cloud_config").and_then(Value::as_object);
    layer3::check_fields(offering, "cloud_config", config, findings);
    let peering = config.and_then(|config| text(config, "peering_type"));
    let known = offering.texts("nsc_supported_cloud_config_peering_types");
    if let Some(peering) = peering.filter(|peering| !known.contains(peering)) {
        let reason = format!("{peering:?} is not one of: {}", known.join(", "));
        findings.add("cloud_config.peering_type", reason);
    }
}
