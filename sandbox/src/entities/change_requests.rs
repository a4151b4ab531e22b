//! Change requests (section 7.5 of the IX-API data dictionary): the joining member of a circuit
//! asks for another product, and its owner says yes by changing the circuit to it. Either takes the
//! request back. There is one at a time.

use serde_json::{Value, json};

use super::shared::{check_room, check_speed_change};
use crate::answer::Answer;
use crate::catalogue::Entry;
use crate::collection::PRODUCT_OFFERINGS;
use crate::exchange::{Action, Exchange, Request};
use crate::life::Step;
use crate::object::{Object, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

/// `…/change-request` of a circuit. Whatever is asked of it is answered with 202.
pub const CHANGE_REQUEST: Action = Action {
    name: "change-request",
    get: read,
    post: Some(ask),
    delete: Some(take_back),
};

/// The type of a circuit, which alone has a joining member who may ask.
const CIRCUIT: &str = "p2p_vc";

/// Where a circuit hides the request.
const PENDING: &str = "change_request";

/// Whether a request waits for an answer.
pub fn is_pending(service: &Object) -> bool {
    service.hidden.contains_key(PENDING)
}

/// A circuit was changed. If to what was asked for, the request is done with.
pub fn accept(service: &mut Object) {
    let asked = service.hidden.get(PENDING);
    let wanted = asked.and_then(|asked| asked["product_offering"].as_str());
    if wanted == Some(service.text("product_offering")) {
        service.hidden.remove(PENDING);
    }
}

fn none(service: &Object) -> Problem {
    Problem::not_found("change request of the network service", &service.id)
}

fn read(_: &Exchange, _: Party, service: &Object, _: &Request<'_>) -> Result<Answer, Problem> {
    let asked = service.hidden.get(PENDING).ok_or_else(|| none(service))?;
    Ok(Answer::json(202, asked))
}

fn ask(
    exchange: &mut Exchange,
    party: Party,
    mut service: Object,
    request: &Request<'_>,
) -> Result<Answer, Problem> {
    let id = &service.id;
    if service.owner == party {
        let reason = format!("{id} is yours: change it, instead of asking for a change.");
        return Err(Problem::permission_denied(reason));
    }
    if service.text("type") != CIRCUIT {
        let reason = format!("{id} has no side of yours that could ask for a change.");
        return Err(Problem::permission_denied(reason));
    }
    let body = request.object()?;
    let mut findings = exchange.check("NetworkServiceChangeRequest", &body, Purpose::Create);
    let wanted = text(&body, "product_offering").unwrap_or_default();
    check_product_change(exchange, &service, wanted, &mut findings);
    let capacity = body.get("capacity").and_then(Value::as_i64);
    let most = offering(exchange, wanted).and_then(|wanted| wanted.number("bandwidth_max"));
    if let (Some(capacity), Some(most)) = (capacity, most)
        && capacity > most
    {
        findings.add("capacity", format!("can be at most {most}, as {wanted} is"));
    }
    findings.refuse_if_any()?;
    if is_pending(&service) {
        let reason = format!("A change of {id} was asked for already, and is not answered yet.");
        return Err(Problem::unable_to_fulfill(reason));
    }
    if service.state() != "production" {
        let reason = format!(
            "{id} is {}; changes are asked for in production.",
            service.state()
        );
        return Err(Problem::unable_to_fulfill(reason));
    }
    let asked = json!({ "product_offering": wanted, "capacity": capacity });
    service.hidden.insert(PENDING.into(), asked.clone());
    if let Some(life) = &mut service.life {
        life.state = "production_change_pending".to_owned();
        life.steps.clear();
    }
    exchange.store.put(service);
    Ok(Answer::json(202, &asked))
}

fn take_back(
    exchange: &mut Exchange,
    _: Party,
    mut service: Object,
    _: &Request<'_>,
) -> Result<Answer, Problem> {
    let asked = service
        .hidden
        .remove(PENDING)
        .ok_or_else(|| none(&service))?;
    let moment = exchange.moment();
    if let Some(life) = service.life.as_mut().filter(|life| !life.is_ending()) {
        let back = Step {
            to: "production",
            after: 0,
        };
        life.schedule(moment.now, [back]);
    }
    exchange.store.put(service);
    Ok(Answer::json(202, &asked))
}

/// The offering of services of that type as a whole, if that is what the id stands for.
fn offering<'a>(exchange: &'a Exchange, id: &str) -> Option<&'a Entry> {
    let offering = exchange.catalogue.get(PRODUCT_OFFERINGS.path, id)?;
    (offering.text("resource_type") == "network_service").then_some(offering)
}

/// What a service can be changed to: a product of its own type, between the same networks, and up
/// or down only if its present product allows that.
pub fn check_product_change(
    exchange: &Exchange,
    service: &Object,
    wanted: &str,
    findings: &mut Findings,
) {
    let current = service.text("product_offering");
    let (before, after) = (offering(exchange, current), offering(exchange, wanted));
    let Some(after) = after.filter(|after| after.text("type") == service.text("type")) else {
        let kind = service.text("type");
        let reason = format!("{wanted:?} is not an offering for network services of type {kind}");
        return findings.add("product_offering", reason);
    };
    let Some(before) = before else {
        return;
    };
    for name in ["handover_metro_area_network", "service_metro_area_network"] {
        if before.text(name) != after.text(name) {
            findings.add(
                "product_offering",
                format!("{wanted} connects other metro area networks than {current}"),
            );
        }
    }
    check_speed_change(exchange, current, wanted, "bandwidth_max", findings);
    let (now, then) = (
        before.number("bandwidth_max"),
        after.number("bandwidth_max"),
    );
    if let (Some(now), Some(then)) = (now, then) {
        check_room(
            exchange,
            &service.id,
            then - now,
            "product_offering",
            findings,
        );
    }
}
