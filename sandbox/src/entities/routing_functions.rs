//! Routing functions: routers of the exchange's, on which configs are put instead of on a
//! connection. An order is carried out without further ado, and a change takes a step.

use serde_json::{Value, json};

use super::shared::{
    Use, cancel, check_accounts, check_speed_change, clear, fill, invoicing_defaults, merged,
    refuse_change_while_ending,
};
use crate::answer::Answer;
use crate::cancellation::POLICY;
use crate::catalogue::Entry;
use crate::collection::{NETWORK_SERVICE_CONFIGS, PRODUCT_OFFERINGS, ROUTING_FUNCTIONS};
use crate::exchange::{Entity, Exchange};
use crate::life::Life;
use crate::object::{Object, Row, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

const SCHEMA: &str = "RoutingFunction";
/// The type of their offerings.
const TYPE: &str = "routing_function";

/// AS numbers have 32 bits, and 0 stands for none.
pub const ASNS: std::ops::RangeInclusive<i64> = 1..=4_294_967_295;

/// `/routing-functions`
pub static ENTITY: Entity = Entity {
    create: Some(create),
    change: Some(change),
    changes_with: 200,
    delete: Some(delete),
    actions: &[POLICY],
    complete,
    found_by: &["external_ref"],
    ..Entity::stored(ROUTING_FUNCTIONS)
};

/// `POST /routing-functions`
fn create(exchange: &mut Exchange, party: Party, mut body: Row) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Create);
    check(exchange, party, &body, &mut findings);
    findings.refuse_if_any()?;
    fill(&mut body, &invoicing_defaults());
    fill(&mut body, &[("capacity", Value::Null)]);
    let life = Life::activating(exchange.moment());
    let id = exchange.ids.uuid(ROUTING_FUNCTIONS.path);
    let routing = Object::new(ROUTING_FUNCTIONS, id, party, body).living(life);
    exchange.store.put(routing.clone());
    Ok(routing)
}

/// `PATCH /routing-functions/{id}`
fn change(
    exchange: &mut Exchange,
    party: Party,
    mut routing: Object,
    body: Row,
) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Patch);
    let fields = merged(&routing.fields, &body);
    check(exchange, party, &fields, &mut findings);
    let before = routing.text("product_offering");
    let wanted = text(&fields, "product_offering").unwrap_or_default();
    if wanted != before {
        check_speed_change(exchange, before, wanted, "bandwidth_max", &mut findings);
        let network = |id| offering(exchange, id).map(|it| it.text("handover_metro_area_network"));
        if network(before) != network(wanted) {
            let reason = format!("{wanted} is in another metro area network than {before}");
            findings.add("product_offering", reason);
        }
    }
    findings.refuse_if_any()?;
    refuse_change_while_ending(&routing)?;
    routing.fields = fields;
    if let Some(life) = &mut routing.life {
        life.change(exchange.moment());
    }
    Ok(routing)
}

/// `DELETE /routing-functions/{id}`: not while something is connected to it.
fn delete(
    exchange: &mut Exchange,
    party: Party,
    routing: Object,
    body: &[u8],
) -> Result<Answer, Problem> {
    if !routing.is_there() {
        return Ok(clear(exchange, party, &routing, None));
    }
    let (collection, field) = (NETWORK_SERVICE_CONFIGS, "routing_function");
    let mut configs = exchange.store.naming(collection, field, &routing.id);
    if let Some(config) = configs.find(|config| config.is_live()) {
        return Err(Problem::unable_to_fulfill(format!(
            "The routing function {} is still in use by the network service config {}.",
            routing.id, config.id
        )));
    }
    drop(configs);
    cancel(exchange, party, routing, body)
}

/// A routing function has all the bandwidth of its offering unless it has less. It shows no dates:
/// its cancellation policy does.
fn complete(exchange: &Exchange, _: Party, routing: &Object, row: &mut Row) {
    for name in [
        "decommission_at",
        "charged_until",
        "current_billing_start_date",
    ] {
        row.remove(name);
    }
    let offering = offering(exchange, routing.text("product_offering"));
    if row.get("capacity").is_none_or(Value::is_null) {
        let most = offering.and_then(|offering| offering.number("bandwidth_max"));
        row.insert("capacity".into(), json!(most));
    }
}

/// The metro area network that a routing function is in.
pub fn network_of(exchange: &Exchange, routing: &Object) -> String {
    let offering = offering(exchange, routing.text("product_offering"));
    let network = offering.map(|offering| offering.text("handover_metro_area_network"));
    network.unwrap_or_default().to_owned()
}

fn offering<'a>(exchange: &'a Exchange, id: &str) -> Option<&'a Entry> {
    let offering = exchange.catalogue.get(PRODUCT_OFFERINGS.path, id)?;
    (offering.text("type") == TYPE).then_some(offering)
}

fn check(exchange: &Exchange, party: Party, body: &Row, findings: &mut Findings) {
    check_accounts(exchange, party, body, Use::Consuming, findings);
    let number = |name: &str| body.get(name).and_then(Value::as_i64);
    if number("asn").is_some_and(|asn| !ASNS.contains(&asn)) {
        findings.add("asn", "must be 1 to 4294967295");
    }
    let Some(id) = text(body, "product_offering") else {
        return;
    };
    let Some(offering) = offering(exchange, id) else {
        let reason = format!("{id:?} is not an offering for routing functions");
        return findings.add("product_offering", reason);
    };
    let (least, most) = (
        offering.number("bandwidth_min"),
        offering.number("bandwidth_max"),
    );
    if let (Some(capacity), Some(least), Some(most)) = (number("capacity"), least, most)
        && !(least..=most).contains(&capacity)
    {
        findings.add("capacity", format!("{id} has {least} to {most} Mbit/s"));
    }
}
