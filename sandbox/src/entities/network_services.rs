//! Network services. A circuit between two parties (`p2p_vc`) is ordered by one of them and lives
//! once both have configured their side; those that several members join are in [`super::groups`].
//! Peering LANs (`exchange_lan`) belong to the exchange: they are catalogue, as one public group is
//! (`mp2mp_vc`), and nobody changes them.

use serde_json::{Value, json};

use super::change_requests::{self, CHANGE_REQUEST, check_product_change};
use super::clouds::{self, is_cloud};
use super::groups;
use super::shared::{
    PRIVATE, Use, check_accounts, check_same_type, check_zone, clear, fill, invoicing_defaults,
    is_open, merged, refuse_change_while_ending,
};
use crate::answer::Answer;
use crate::cancellation::{POLICY, dates_asked};
use crate::catalogue::Entry;
use crate::clock::{self, Millis};
use crate::collection::{
    MEMBER_JOINING_RULES, NETWORK_FEATURE_CONFIGS, NETWORK_SERVICE_CONFIGS, NETWORK_SERVICES, POPS,
    PRODUCT_OFFERINGS,
};
use crate::dialect::Quirk;
use crate::exchange::{Action, Entity, Exchange};
use crate::life::{CRITICAL, INFORMATIONAL, Life, Step, activation, message};
use crate::object::{Object, Row, Side, ids, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

/// The type of a circuit between two parties.
const TYPE: &str = "p2p_vc";
const SCHEMA: &str = "P2PNetworkService";

/// `/network-services`
pub static ENTITY: Entity = Entity {
    create: Some(create),
    change: Some(change),
    puts: true,
    delete: Some(delete),
    actions: &[
        Action {
            get: |exchange, party, service, request| {
                refuse_members(party, service)?;
                (POLICY.get)(exchange, party, service, request)
            },
            ..POLICY
        },
        CHANGE_REQUEST,
    ],
    guests: &["joining_member_account", groups::OPEN_TO],
    others: |exchange, party, _| {
        let services = exchange.catalogue.all(NETWORK_SERVICES.path).iter();
        services.map(|service| seen(party, service)).collect()
    },
    other: |exchange, party, _, id| {
        let service = exchange.catalogue.get(NETWORK_SERVICES.path, id)?;
        Some(seen(party, service))
    },
    complete,
    held,
    arrived,
    parts: &[(MEMBER_JOINING_RULES, "network_service")],
    found_by: &["external_ref"],
    ..Entity::stored(NETWORK_SERVICES)
};

/// A service of the catalogue as a party sees it. A peering LAN has no secrets.
fn seen(party: Party, service: &Entry) -> Row {
    let mut row = service.fields().clone();
    if service.text("type") != "exchange_lan" && !service.is_of(party) {
        groups::redact(&mut row);
    }
    row
}

/// A group is its owner's alone to end: a member ends its own config.
fn refuse_members(party: Party, service: &Object) -> Result<(), Problem> {
    if party == service.owner || !groups::is_group(service) {
        return Ok(());
    }
    Err(Problem::permission_denied(format!(
        "Only the party that ordered {} can cancel it.",
        service.id
    )))
}

/// What filters look at beyond the fields of a service: the pops where it can be joined.
fn held(exchange: &Exchange, row: &Row, name: &str, _: &str) -> Option<Vec<Value>> {
    if name != "pop" {
        return None;
    }
    let own = exchange
        .catalogue
        .get(NETWORK_SERVICES.path, text(row, "id")?);
    let own = own.and_then(|service| service.private("metro_area_network").as_str());
    let network = text(row, "metro_area_network").or(own).or_else(|| {
        let offering = text(row, "product_offering")?;
        let offering = exchange.catalogue.get(PRODUCT_OFFERINGS.path, offering)?;
        Some(offering.text("handover_metro_area_network"))
    })?;
    let pops = exchange.catalogue.all(POPS.path).iter();
    let here = pops.filter(|pop| pop.text("metro_area_network") == network);
    Some(here.map(|pop| json!(pop.text("id"))).collect())
}

/// `POST /network-services`: a type that cannot be ordered is refused before the fields of one that
/// can are checked.
fn create(exchange: &mut Exchange, party: Party, body: Row) -> Result<Object, Problem> {
    match text(&body, "type") {
        Some(kind) if groups::is_type(kind) => groups::create(exchange, party, body),
        Some(clouds::TYPE) => clouds::create(exchange, party, body),
        _ => order(exchange, party, body, Findings::default()),
    }
}

/// An order for a circuit in which something may have been found wrong already.
pub fn order(
    exchange: &mut Exchange,
    party: Party,
    mut body: Row,
    mut findings: Findings,
) -> Result<Object, Problem> {
    if let Some(kind) = text(&body, "type").filter(|kind| *kind != TYPE) {
        let others = groups::TYPES.join(" and ");
        let reason = format!("{kind:?} cannot be ordered here; {TYPE}, {others} can");
        return Err(Problem::invalid("type", reason));
    }
    findings.extend(exchange.check(SCHEMA, &body, Purpose::Create));
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
    if exchange.settings.has(Quirk::StatusTellsThePast) {
        let today = clock::zoneless(clock::start_of(exchange.clock.today()));
        life.status.push(message(
            INFORMATIONAL,
            "requested",
            "The virtual circuit was requested.",
            json!({ "request_date": today }),
            told(exchange, now),
        ));
    }
    let id = exchange.ids.virtual_connect();
    let service = Object::new(NETWORK_SERVICES, id, party, body).living(life);
    exchange.store.put(service.clone());
    Ok(service)
}

/// `PATCH /network-services/{id}`
fn change(
    exchange: &mut Exchange,
    party: Party,
    service: Object,
    body: Row,
) -> Result<Object, Problem> {
    let mut service = if groups::is_group(&service) {
        groups::changed(exchange, party, service, &body)?
    } else if is_cloud(&service) {
        clouds::changed(exchange, party, service, &body)?
    } else {
        changed(exchange, party, service, &body)?
    };
    refuse_change_while_ending(&service)?;
    let is_asked = change_requests::is_pending(&service);
    if let Some(life) = service.life.as_mut().filter(|_| !is_asked) {
        life.change(exchange.moment());
    }
    exchange.store.put(service.clone());
    groups::review(exchange, &service.id);
    let reviewed = exchange.store.get(NETWORK_SERVICES, &service.id);
    Ok(reviewed.cloned().unwrap_or(service))
}

/// A circuit after a PATCH.
fn changed(
    exchange: &Exchange,
    party: Party,
    mut service: Object,
    body: &Row,
) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, body, Purpose::Patch);
    check_same_type(&service, body, &mut findings);
    let fields = merged(&service.fields, body);
    check(exchange, party, &fields, &mut findings);
    let wanted = text(&fields, "product_offering").unwrap_or_default();
    if wanted != service.text("product_offering") {
        check_product_change(exchange, &service, wanted, &mut findings);
    }
    let joining = text(&fields, "joining_member_account").unwrap_or_default();
    if joining != service.text("joining_member_account")
        && config_of(exchange, &service.id, Side::B).is_some()
    {
        findings.add("joining_member_account", "has configured its side already");
    }
    findings.refuse_if_any()?;
    service.fields = fields;
    change_requests::accept(&mut service);
    Ok(service)
}

/// `DELETE /network-services/{id}`: takes the configs of both sides along. The joining member can
/// decline a circuit that it has not configured yet.
pub fn delete(
    exchange: &mut Exchange,
    party: Party,
    mut service: Object,
    body: &[u8],
) -> Result<Answer, Problem> {
    refuse_members(party, &service)?;
    if !service.is_there() {
        if service.owner != party {
            return Err(Problem::permission_denied(format!(
                "Only the party that ordered {} can clear it away.",
                service.id
            )));
        }
        let parts = (NETWORK_SERVICE_CONFIGS, "network_service");
        return Ok(clear(exchange, party, &service, Some(parts)));
    }
    clouds::refuse_while_configured(exchange, &service)?;
    let dates = dates_asked(exchange, party, &service, body)?;
    let moment = exchange.moment();
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
        let at = told(exchange, moment.now);
        life.status
            .push(message(INFORMATIONAL, tag, text, Value::Null, at));
        if declined {
            life.state = "cancelled".to_owned();
            life.steps.clear();
        } else {
            life.cancel(moment, dates);
        }
    }
    if !declined {
        let configs = NETWORK_SERVICE_CONFIGS;
        let mut ending = Vec::new();
        exchange
            .store
            .change_naming(configs, "network_service", &service.id, |config| {
                if let Some(life) = config.life.as_mut().filter(|life| !life.is_gone()) {
                    life.cancel(moment, dates);
                    ending.push(config.id.clone());
                }
            });
        for config in ending {
            cancel_features(exchange, &config, |life| life.cancel(moment, dates));
        }
    }
    exchange.store.put(service.clone());
    Ok(exchange.answer_with(202, party, &service))
}

/// When something happened to a circuit.
fn told(exchange: &Exchange, moment: Millis) -> String {
    match exchange.settings.has(Quirk::ZonelessMoments) {
        true => clock::zoneless(moment),
        false => clock::rfc3339(moment),
    }
}

/// What is done to a config when it ends is done to its feature configs, too.
pub fn cancel_features(exchange: &mut Exchange, config: &str, mut cancel: impl FnMut(&mut Life)) {
    let (collection, field) = (NETWORK_FEATURE_CONFIGS, "network_service_config");
    exchange
        .store
        .change_naming(collection, field, config, |feature| {
            if let Some(life) = feature.life.as_mut().filter(|life| !life.is_gone()) {
                cancel(life);
            }
        });
}

/// A service went live, and with it the configs that waited for it.
fn arrived(exchange: &mut Exchange, service: &Object, due: Millis) {
    if service.state() != "production" {
        return;
    }
    let configs = NETWORK_SERVICE_CONFIGS;
    exchange
        .store
        .change_naming(configs, "network_service", &service.id, |config| {
            if let Some(life) = config
                .life
                .as_mut()
                .filter(|life| life.state == "allocated")
            {
                life.schedule(
                    due,
                    [Step {
                        to: "production",
                        after: 0,
                    }],
                );
            }
        });
}

/// A circuit that lost a side is back where it was ordered.
pub fn reopen(exchange: &mut Exchange, service: &str) {
    exchange.store.change(NETWORK_SERVICES, service, |service| {
        if let Some(life) = service.life.as_mut().filter(|life| !life.is_ending()) {
            life.state = "requested".to_owned();
            life.steps.clear();
        }
    });
}

/// Adds what follows from the offering and from the configs. A joining member sees less.
fn complete(exchange: &Exchange, party: Party, service: &Object, row: &mut Row) {
    if groups::is_group(service) {
        return groups::complete(exchange, party, service, row);
    }
    if is_cloud(service) {
        return clouds::complete(exchange, service, row);
    }
    if let Some(offering) = exchange
        .catalogue
        .get(PRODUCT_OFFERINGS.path, service.text("product_offering"))
    {
        row.insert("capacity".into(), json!(offering.number("bandwidth_max")));
        for name in ["nsc_required_contact_roles", "nsc_product_offerings"] {
            row.insert(name.into(), offering.private(name).clone());
        }
    }
    if let (Some(life), Some(Value::Array(status))) = (&service.life, row.get_mut("status"))
        && life.state == "requested"
        && !exchange.settings.has(Quirk::StatusTellsThePast)
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
    let mut configs = exchange
        .store
        .naming(NETWORK_SERVICE_CONFIGS, "network_service", service);
    configs.find(|config| config.side == Some(side) && config.is_there())
}

/// A side was configured: with both of them there, the circuit is built.
pub fn start_if_complete(exchange: &mut Exchange, id: &str) {
    let complete = [Side::A, Side::B]
        .into_iter()
        .all(|side| config_of(exchange, id, side).is_some());
    let moment = exchange.moment();
    exchange.store.change(NETWORK_SERVICES, id, |service| {
        if let Some(life) = service
            .life
            .as_mut()
            .filter(|life| life.state == "requested")
            && complete
        {
            life.schedule(moment.now, activation(moment.step));
        }
    });
}

/// The offering of a circuit as a whole, if that is what the id stands for.
fn offering<'a>(exchange: &'a Exchange, id: &str) -> Option<&'a Entry> {
    let offering = exchange.catalogue.get(PRODUCT_OFFERINGS.path, id)?;
    (offering.text("type") == TYPE && offering.text("resource_type") == "network_service")
        .then_some(offering)
}

fn check(exchange: &Exchange, party: Party, body: &Row, findings: &mut Findings) {
    check_accounts(exchange, party, body, Use::Consuming, findings);
    if let Some(id) = text(body, "product_offering").filter(|id| offering(exchange, id).is_none()) {
        findings.add(
            "product_offering",
            format!("{id:?} is not an offering for network services of type {TYPE}"),
        );
    }
    // The guide lets the joining member hand over its account id directly, so it need not be
    // discoverable.
    if let Some(id) = text(body, "joining_member_account") {
        match exchange.account(id) {
            None => findings.add(
                "joining_member_account",
                format!("{id:?} is not an account"),
            ),
            Some(account) if !is_open(text(&account, "state").unwrap_or_default()) => {
                findings.add(
                    "joining_member_account",
                    format!("{id} is not in production"),
                );
            }
            Some(_) => {}
        }
    }
    for zone in ids(body, "availability_zones") {
        check_zone(exchange, "availability_zones", zone, findings);
    }
}
