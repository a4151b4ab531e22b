//! Network services of type `p2p_vc`: a circuit between two parties. It is ordered by one of them and lives once
//! both have configured their side.

use serde_json::{Map, Value, json};

use super::{
    Use, check_accounts, check_speed_change, clear, fill, invoicing_defaults, is_open, merged, text,
};
use crate::answer::Answer;
use crate::catalogue::Entry;
use crate::clock;
use crate::exchange::Exchange;
use crate::life::{CRITICAL, INFORMATIONAL, activation, message, refuse_change_while_ending};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;
use crate::store::{Collection, Life, Object, Side};

/// The one type that this exchange offers so far.
pub const TYPE: &str = "p2p_vc";
const ENTITY: &str = "P2PNetworkService";

/// What the joining member does not get to see.
const PRIVATE: [&str; 4] = [
    "billing_account",
    "purchase_order",
    "contract_ref",
    "external_ref",
];

/// Refuses what this exchange does not offer before the fields of a type it does offer are checked.
pub fn check_type(body: &Map<String, Value>, noun: &str) -> Result<(), Problem> {
    match body.get("type") {
        Some(Value::String(kind)) if kind != TYPE => Err(Problem::invalid(
            "type",
            format!("{kind:?} is not a type of {noun} that can be ordered here; {TYPE} is"),
        )),
        _ => Ok(()),
    }
}

/// `POST /network-services`
pub fn create(
    exchange: &mut Exchange,
    party: Party,
    mut body: Map<String, Value>,
) -> Result<Object, Problem> {
    check_type(&body, "network service")?;
    let mut findings = exchange.check(ENTITY, &body, Purpose::Create);
    check(exchange, party, &body, &mut findings);
    findings.refuse_if_any()?;
    fill(&mut body, &invoicing_defaults());
    fill(
        &mut body,
        &[
            ("display_name", Value::Null),
            ("availability_zones", json!([])),
        ],
    );
    let now = exchange.clock.now();
    let mut life = Life::resting("requested", now);
    let attrs = json!({ "request_date": clock::zoneless(clock::start_of(exchange.clock.today())) });
    // The guides show this message with a timestamp that lacks its zone.
    life.status.push(message(
        INFORMATIONAL,
        "requested",
        "The virtual circuit was requested.",
        attrs,
        clock::zoneless(now),
    ));
    let service = Object {
        collection: Collection::NetworkServices,
        id: format!("VLC{}", exchange.ids.virtual_connect()),
        owner: party,
        fields: body,
        overrides: Map::new(),
        life: Some(life),
        side: None,
    };
    exchange.store.put(service.clone());
    Ok(service)
}

/// `PATCH /network-services/{id}`
pub fn change(
    exchange: &mut Exchange,
    party: Party,
    mut service: Object,
    body: Map<String, Value>,
) -> Result<Object, Problem> {
    let mut findings = exchange.check(ENTITY, &body, Purpose::Patch);
    check_same_type(&service, &body, &mut findings);
    let fields = merged(&service.fields, &body);
    check(exchange, party, &fields, &mut findings);
    let wanted = text(&fields, "product_offering").unwrap_or_default();
    if wanted != service.text("product_offering") {
        check_product_change(
            exchange,
            service.text("product_offering"),
            wanted,
            &mut findings,
        );
    }
    let joining = text(&fields, "joining_member_account").unwrap_or_default();
    if joining != service.text("joining_member_account")
        && config_of(exchange, &service.id, Side::B).is_some()
    {
        findings.add("joining_member_account", "has configured its side already");
    }
    findings.refuse_if_any()?;
    refuse_change_while_ending(&service)?;
    service.fields = fields;
    if let Some(life) = &mut service.life {
        life.change(exchange.clock.now(), exchange.settings.step());
    }
    Ok(service)
}

/// The discriminator of a PATCH must be what the object is; that it is there is checked by the field list.
pub fn check_same_type(object: &Object, body: &Map<String, Value>, findings: &mut Findings) {
    if let Some(kind) = text(body, "type").filter(|kind| *kind != object.text("type")) {
        findings.add(
            "type",
            format!("{} is a {}, not a {kind}", object.id, object.text("type")),
        );
    }
}

/// `DELETE /network-services/{id}`: takes the configs of both sides along. The joining member can decline a circuit
/// that it has not configured yet.
pub fn delete(
    exchange: &mut Exchange,
    party: Party,
    mut service: Object,
    body: &[u8],
) -> Result<Answer, Problem> {
    if !service.is_there() {
        if service.owner != party {
            return Err(Problem::permission_denied(format!(
                "Only the party that ordered {} can clear it away.",
                service.id
            )));
        }
        return Ok(clear(exchange, party, &service));
    }
    let dates = exchange.dates_asked(party, &service, body)?;
    let (now, today, step) = (
        exchange.clock.now(),
        exchange.clock.today(),
        exchange.settings.step(),
    );
    let declined = party != service.owner
        && service.state() == "requested"
        && config_of(exchange, &service.id, Side::B).is_none();
    if let Some(life) = &mut service.life {
        let (tag, text) = if declined {
            (
                "Not Accepted",
                "The joining member declined the virtual circuit.",
            )
        } else if party == service.owner {
            (
                "Decommission-Requested",
                "The ordering party has requested disconnection.",
            )
        } else {
            (
                "Decommission-Requested-B-Side",
                "The joining member has requested disconnection.",
            )
        };
        life.status.push(message(
            INFORMATIONAL,
            tag,
            text,
            Value::Null,
            clock::zoneless(now),
        ));
        if declined {
            life.state = "cancelled".to_owned();
            life.steps.clear();
        } else {
            life.cancel(now, today, dates, step);
        }
    }
    if !declined {
        for config in exchange.store.all_mut(Collection::NetworkServiceConfigs) {
            if config.text("network_service") == service.id
                && let Some(life) = &mut config.life
                && !life.is_gone()
            {
                life.cancel(now, today, dates, step);
            }
        }
    }
    exchange.store.put(service.clone());
    Ok(Answer::json(
        202,
        &Value::Object(exchange.show(party, &service)),
    ))
}

/// Adds what follows from the offering and from the configs. A joining member sees less.
pub fn complete(exchange: &Exchange, party: Party, service: &Object, row: &mut Map<String, Value>) {
    if let Some(offering) = exchange
        .catalogue
        .get("product-offerings", service.text("product_offering"))
    {
        row.insert("capacity".into(), json!(offering.number("bandwidth_max")));
        for name in ["nsc_required_contact_roles", "nsc_product_offerings"] {
            row.insert(name.into(), offering.private(name).clone());
        }
    }
    if let (Some(life), Some(Value::Array(status))) = (&service.life, row.get_mut("status"))
        && life.state == "requested"
    {
        let sides = [
            (
                Side::A,
                "a_side_nsc_required",
                "Configure the A side of the virtual circuit.",
            ),
            (
                Side::B,
                "b_side_nsc_required",
                "Configure the B side of the virtual circuit.",
            ),
        ];
        for (side, tag, text) in sides {
            if config_of(exchange, &service.id, side).is_none() {
                status.push(message(
                    CRITICAL,
                    tag,
                    text,
                    json!({}),
                    clock::rfc3339(life.ordered),
                ));
            }
        }
    }
    if party != service.owner {
        row.retain(|name, _| !PRIVATE.contains(&name.as_str()));
    }
}

/// The live config of one side of a circuit.
pub fn config_of<'a>(exchange: &'a Exchange, service: &str, side: Side) -> Option<&'a Object> {
    let configs = exchange.store.referring(
        Collection::NetworkServiceConfigs,
        "network_service",
        service,
    );
    configs
        .into_iter()
        .find(|config| config.side == Some(side) && config.is_there())
}

/// A side was configured: with both of them there, the circuit is built.
pub fn start_if_complete(exchange: &mut Exchange, id: &str) {
    let complete = [Side::A, Side::B]
        .into_iter()
        .all(|side| config_of(exchange, id, side).is_some());
    let (now, step) = (exchange.clock.now(), exchange.settings.step());
    let service = exchange.store.get_mut(Collection::NetworkServices, id);
    if let Some(life) = service.and_then(|service| service.life.as_mut())
        && complete
        && life.state == "requested"
    {
        life.schedule(now, activation(step));
    }
}

/// The offering of a circuit as a whole, if that is what the id stands for.
fn offering<'a>(exchange: &'a Exchange, id: &str) -> Option<&'a Entry> {
    let offering = exchange.catalogue.get("product-offerings", id)?;
    (offering.text("type") == TYPE && offering.text("resource_type") == "network_service")
        .then_some(offering)
}

fn check(exchange: &Exchange, party: Party, body: &Map<String, Value>, findings: &mut Findings) {
    check_accounts(exchange, party, body, Use::Consuming, findings);
    if let Some(id) = text(body, "product_offering").filter(|id| offering(exchange, id).is_none()) {
        findings.add(
            "product_offering",
            format!("{id:?} is not an offering for network services of type {TYPE}"),
        );
    }
    // The guide lets the joining member hand over its account id directly, so it need not be discoverable.
    if let Some(id) = text(body, "joining_member_account") {
        match exchange.catalogue.get("accounts", id) {
            None => findings.add(
                "joining_member_account",
                format!("{id:?} is not an account"),
            ),
            Some(account) if !is_open(account.text("state")) => {
                findings.add(
                    "joining_member_account",
                    format!("{id} is not in production"),
                );
            }
            Some(_) => {}
        }
    }
    if let Some(Value::Array(zones)) = body.get("availability_zones")
        && let Some(zone) = zones.first()
    {
        findings.add(
            "availability_zones",
            format!("{zone} is not an availability zone; this exchange has none"),
        );
    }
}

fn check_product_change(exchange: &Exchange, current: &str, wanted: &str, findings: &mut Findings) {
    let (Some(before), Some(after)) = (offering(exchange, current), offering(exchange, wanted))
    else {
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
}
