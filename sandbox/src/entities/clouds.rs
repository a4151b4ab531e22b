//! Network services of type `cloud_vc`: circuits to a cloud provider. Some are begun at the
//! provider, which gives a key for them (Azure, Google, Oracle), others at the exchange, with the
//! number of the customer's account at the provider (AWS, Alibaba). A circuit lives once each of
//! its handovers has a config (the guide "IX-API Getting Started", cloud circuits).

use serde_json::{Value, json};

use super::shared::{
    Use, check_accounts, check_room, check_same_type, check_speed_change, fill, invoicing_defaults,
    merged,
};
use crate::catalogue::Entry;
use crate::clock;
use crate::collection::{NETWORK_SERVICE_CONFIGS, NETWORK_SERVICES, PRODUCT_OFFERINGS};
use crate::dialect::Quirk;
use crate::exchange::Exchange;
use crate::life::{CRITICAL, Life, activation, message};
use crate::object::{Object, Row, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

/// The type of these services, and of their configs.
pub const TYPE: &str = "cloud_vc";
const SCHEMA: &str = "CloudNetworkService";

/// Whether a service or a config is one of these.
pub fn is_cloud(object: &Object) -> bool {
    object.text("type") == TYPE
}

/// An order for a circuit.
pub fn create(exchange: &mut Exchange, party: Party, mut body: Row) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Create);
    check(exchange, party, None, &body, &mut findings);
    findings.refuse_if_any()?;
    fill(&mut body, &invoicing_defaults());
    fill(&mut body, &[("capacity", Value::Null)]);
    let life = Life::resting("requested", exchange.clock.now());
    let number = exchange.ids.cloud_service();
    let metro = text(&body, "product_offering")
        .and_then(|id| offering(exchange, id))
        .map_or("", |offering| offering.text("service_metro_area"));
    let id = format!("CS{metro}-{number}");
    let service = Object::new(NETWORK_SERVICES, id, party, body).living(life);
    exchange.store.put(service.clone());
    Ok(service)
}

/// A circuit after a PATCH.
pub fn changed(
    exchange: &Exchange,
    party: Party,
    mut service: Object,
    body: &Row,
) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, body, Purpose::Patch);
    check_same_type(&service, body, &mut findings);
    let fields = merged(&service.fields, body);
    check(exchange, party, Some(&service), &fields, &mut findings);
    findings.refuse_if_any()?;
    service.fields = fields;
    Ok(service)
}

/// Where configs have to end before their service, one that still has some cannot.
pub fn refuse_while_configured(exchange: &Exchange, service: &Object) -> Result<(), Problem> {
    if !is_cloud(service) || !exchange.settings.has(Quirk::CloudConfigsFirst) {
        return Ok(());
    }
    match configs_of(exchange, &service.id).next() {
        None => Ok(()),
        Some(config) => Err(Problem::unable_to_fulfill(format!(
            "The network service {} is still in use by the network service config {}.",
            service.id, config.id
        ))),
    }
}

/// The configs of a circuit that are there, the customer's side of each handover.
pub fn configs_of<'a>(exchange: &'a Exchange, service: &str) -> impl Iterator<Item = &'a Object> {
    let configs = exchange
        .store
        .naming(NETWORK_SERVICE_CONFIGS, "network_service", service);
    configs.filter(|config| config.is_there())
}

/// The offering of a circuit.
pub fn offering<'a>(exchange: &'a Exchange, id: &str) -> Option<&'a Entry> {
    let offering = exchange.catalogue.get(PRODUCT_OFFERINGS.path, id)?;
    (offering.text("type") == TYPE && offering.text("resource_type") == "network_service")
        .then_some(offering)
}

/// The bandwidth of a circuit in Mbit/s: its own, or all that its offering has.
pub fn capacity(exchange: &Exchange, service: &Object) -> Option<i64> {
    let own = service.fields.get("capacity").and_then(Value::as_i64);
    let offering = || offering(exchange, service.text("product_offering"));
    own.or_else(|| offering()?.number("bandwidth_max"))
}

/// The handovers without a config.
fn missing(exchange: &Exchange, service: &Object) -> Vec<i64> {
    let offering = offering(exchange, service.text("product_offering"));
    let diversity = offering.and_then(|offering| offering.number("diversity"));
    let configured: Vec<i64> = configs_of(exchange, &service.id)
        .filter_map(|config| config.fields.get("handover")?.as_i64())
        .collect();
    let handovers = 1..=diversity.unwrap_or(1);
    handovers
        .filter(|handover| !configured.contains(handover))
        .collect()
}

/// Configs came or went: with one on each handover the circuit is built, and one that lost a
/// handover is back where it was ordered.
pub fn review(exchange: &mut Exchange, id: &str) {
    let Some(service) = exchange.store.get(NETWORK_SERVICES, id) else {
        return;
    };
    let complete = missing(exchange, service).is_empty();
    let moment = exchange.moment();
    exchange.store.change(NETWORK_SERVICES, id, |service| {
        let Some(life) = service.life.as_mut().filter(|life| !life.is_ending()) else {
            return;
        };
        if !complete {
            life.state = "requested".to_owned();
            life.steps.clear();
        } else if life.state == "requested" && life.steps.is_empty() {
            life.schedule(moment.now, activation(moment.step));
        }
    });
}

/// Adds what follows from the offering and from the configs.
pub fn complete(exchange: &Exchange, service: &Object, row: &mut Row) {
    for name in ["availability_zones", "network_features"] {
        row.insert(name.into(), json!([]));
    }
    row.insert("capacity".into(), json!(capacity(exchange, service)));
    if let Some(offering) = offering(exchange, service.text("product_offering")) {
        row.insert("diversity".into(), json!(offering.number("diversity")));
        for name in ["nsc_required_contact_roles", "nsc_product_offerings"] {
            row.insert(name.into(), offering.private(name).clone());
        }
        let reference = provider_ref(service, offering);
        row.insert("provider_ref".into(), json!(reference));
    }
    if let (Some(life), Some(Value::Array(status))) = (&service.life, row.get_mut("status"))
        && life.state == "requested"
    {
        for handover in missing(exchange, service) {
            status.push(message(
                CRITICAL,
                "nsc_required",
                &format!("Configure handover {handover} of the cloud circuit."),
                json!({ "handover": handover }),
                clock::rfc3339(life.ordered),
            ));
        }
    }
}

/// What the provider calls a circuit: what it gave out first, or what it says once the circuit is
/// there.
fn provider_ref(service: &Object, offering: &Entry) -> Option<String> {
    let is_there = service.life.as_ref()?.billing_start.is_some();
    let key = match offering.text("service_provider_workflow") {
        "provider_first" => service.text("cloud_key").to_owned(),
        _ => format!("cloud-{}", service.id.to_lowercase()),
    };
    is_there.then_some(key)
}

fn check(
    exchange: &Exchange,
    party: Party,
    current: Option<&Object>,
    body: &Row,
    findings: &mut Findings,
) {
    check_accounts(exchange, party, body, Use::Consuming, findings);
    let Some(id) = text(body, "product_offering") else {
        return;
    };
    let Some(wanted) = offering(exchange, id) else {
        let reason = format!("{id:?} is not an offering for network services of type {TYPE}");
        return findings.add("product_offering", reason);
    };
    let (least, most) = (
        wanted.number("bandwidth_min"),
        wanted.number("bandwidth_max"),
    );
    if let (Some(capacity), Some(least), Some(most)) =
        (body.get("capacity").and_then(Value::as_i64), least, most)
        && !(least..=most).contains(&capacity)
    {
        findings.add("capacity", format!("{id} has {least} to {most} Mbit/s"));
    }
    check_key(exchange, current, wanted, body, findings);
    let Some(current) = current else {
        return;
    };
    let own = body.get("capacity").and_then(Value::as_i64);
    if let (Some(now), Some(then)) = (capacity(exchange, current), own.or(most)) {
        let field = own.map_or("product_offering", |_| "capacity");
        check_room(exchange, &current.id, then - now, field, findings);
    }
    let before = current.text("product_offering");
    if before == id {
        return;
    }
    check_speed_change(exchange, before, id, "bandwidth_max", findings);
    let before = offering(exchange, before);
    for name in [
        "service_provider_pop",
        "handover_metro_area_network",
        "diversity",
    ] {
        let is_other = |before: &Entry| before.fields().get(name) != wanted.fields().get(name);
        if before.is_some_and(is_other) {
            let reason = format!("{id} has another {name} than the circuit");
            findings.add("product_offering", reason);
        }
    }
}

/// The key must be of the form that the provider gives out; where it stands for one circuit, it
/// cannot be used for two, and not be changed once the circuit is there.
fn check_key(
    exchange: &Exchange,
    current: Option<&Object>,
    offering: &Entry,
    body: &Row,
    findings: &mut Findings,
) {
    let Some(key) = text(body, "cloud_key") else {
        return;
    };
    if !fits(key, offering) {
        let reason = format!("is no key of {}", offering.text("service_provider"));
        return findings.add("cloud_key", reason);
    }
    let before = current.map(|service| service.text("cloud_key"));
    if before == Some(key) {
        return;
    }
    if current.is_some_and(|service| service.state() != "requested") {
        findings.add(
            "cloud_key",
            "cannot be changed once the circuit is provisioned",
        );
    }
    let mut services = exchange.store.naming(NETWORK_SERVICES, "cloud_key", key);
    if offering.text("service_provider_workflow") == "provider_first"
        && services.any(|service| service.is_there())
    {
        findings.add("cloud_key", "is used by another network service");
    }
}

/// Whether a key is one that the provider of an offering gives out, for where the offering is.
pub fn fits(key: &str, offering: &Entry) -> bool {
    let is_digits = |length| key.len() == length && key.bytes().all(|byte| byte.is_ascii_digit());
    match offering.private("cloud_key").as_str().unwrap_or_default() {
        "account_12" => is_digits(12),
        "account_16" => is_digits(16),
        "guid" => is_guid(key),
        "ocid" => key.starts_with("ocid1.virtualcircuit."),
        "pairing_key" => {
            let parts: Vec<&str> = key.split('/').collect();
            let region = offering.text("service_provider_region");
            matches!(parts.as_slice(), [id, at, "1" | "2"] if is_guid(id) && *at == region)
        }
        _ => false,
    }
}

fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12])
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}
