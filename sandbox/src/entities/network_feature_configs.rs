//! Network feature configs: a route server session of a peering config, from one of its addresses
//! (sections "Network Feature Configs" of the guide and 7.7 of the IX-API data dictionary).

use serde_json::{Value, json};

use super::network_service_configs::review;
use super::shared::{
    Use, check_accounts, check_role_assignments, check_same_type, contacts_of, fill, merged,
    refuse_change_while_ending, reorder_role_assignments,
};
use crate::answer::Answer;
use crate::catalogue::Entry;
use crate::collection::{IPS, NETWORK_FEATURE_CONFIGS, NETWORK_FEATURES, NETWORK_SERVICE_CONFIGS};
use crate::exchange::{Entity, Exchange};
use crate::life::{Dates, Life};
use crate::object::{Object, Row, text};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::Purpose;

const SCHEMA: &str = "RouteServerNetworkFeatureConfig";
/// The type of the sessions.
pub const TYPE: &str = "route_server";

/// `/network-feature-configs`
pub static ENTITY: Entity = Entity {
    create: Some(create),
    change: Some(change),
    puts: true,
    delete: Some(delete),
    complete: |_, _, _, row| {
        // A session is billed with its config, so it has no dates of its own.
        for name in [
            "decommission_at",
            "charged_until",
            "current_billing_start_date",
        ] {
            row.remove(name);
        }
    },
    held: |exchange, row, name, _| match name {
        "contacts" => Some(contacts_of(exchange, row)),
        "service_config" => Some(
            row.get("network_service_config")
                .cloned()
                .into_iter()
                .collect(),
        ),
        _ => None,
    },
    arrived: |exchange, session, due| {
        if session.state() == "production" {
            review(exchange, session.text("network_service_config"), due);
        }
    },
    ended: |exchange, session| {
        let at = session.life.as_ref().map_or(0, |life| life.since);
        review(exchange, session.text("network_service_config"), at);
    },
    found_by: &["network_service_config", "network_feature", "external_ref"],
    ..Entity::stored(NETWORK_FEATURE_CONFIGS)
};

/// `POST /network-feature-configs`
fn create(exchange: &mut Exchange, party: Party, mut body: Row) -> Result<Object, Problem> {
    if let Some(Value::String(kind)) = body.get("type")
        && kind != TYPE
    {
        let reason = format!("{kind:?} is not a type of network feature; {TYPE} is");
        return Err(Problem::invalid("type", reason));
    }
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Create);
    check_accounts(exchange, party, &body, Use::Consuming, &mut findings);
    let feature = check_feature(exchange, &body, &mut findings);
    check_config(exchange, party, feature, &body, &mut findings);
    if let Some(feature) = feature {
        let required = feature.texts("nfc_required_contact_roles");
        check_role_assignments(exchange, party, &body, &required, &mut findings);
        check_flags(feature, &body, &mut findings);
        check_session(exchange, None, feature, &body, &mut findings);
    }
    findings.refuse_if_any()?;
    fill(
        &mut body,
        &[
            ("external_ref", Value::Null),
            ("purchase_order", json!("")),
            ("contract_ref", Value::Null),
            ("flags", json!([])),
            ("password", json!("")),
            ("as_set_v4", Value::Null),
            ("as_set_v6", Value::Null),
            ("max_prefix_v4", Value::Null),
            ("max_prefix_v6", Value::Null),
            ("insert_ixp_asn", json!(true)),
        ],
    );
    reorder_role_assignments(&mut body);
    let life = Life::activating(exchange.moment());
    let id = exchange.ids.uuid(NETWORK_FEATURE_CONFIGS.path);
    let session = Object::new(NETWORK_FEATURE_CONFIGS, id, party, body).living(life);
    exchange.store.put(session.clone());
    Ok(session)
}

/// `PATCH /network-feature-configs/{id}`
fn change(
    exchange: &mut Exchange,
    party: Party,
    mut session: Object,
    body: Row,
) -> Result<Object, Problem> {
    let mut findings = exchange.check(SCHEMA, &body, Purpose::Patch);
    check_same_type(&session, &body, &mut findings);
    let fields = merged(&session.fields, &body);
    check_accounts(exchange, party, &fields, Use::Consuming, &mut findings);
    if let Some(feature) = check_feature(exchange, &fields, &mut findings) {
        check_session(exchange, Some(&session), feature, &fields, &mut findings);
    }
    findings.refuse_if_any()?;
    refuse_change_while_ending(&session)?;
    session.fields = fields;
    if let Some(life) = &mut session.life {
        life.change(exchange.moment());
    }
    Ok(session)
}

/// `DELETE /network-feature-configs/{id}`: at once, and without a body to ask for another day.
fn delete(
    exchange: &mut Exchange,
    party: Party,
    mut session: Object,
    body: &[u8],
) -> Result<Answer, Problem> {
    if !body.is_empty() {
        return Err(Problem::unreadable(
            "The deletion of a network feature config takes no body.",
        ));
    }
    let moment = exchange.moment();
    if let Some(life) = session.life.as_mut().filter(|life| !life.is_gone()) {
        let today = moment.today;
        let dates = Dates {
            decommission_at: today,
            charged_until: today,
        };
        life.cancel(moment, dates);
        exchange.store.put(session.clone());
    }
    Ok(exchange.answer_with(202, party, &session))
}

fn check_feature<'a>(
    exchange: &'a Exchange,
    body: &Row,
    findings: &mut Findings,
) -> Option<&'a Entry> {
    let id = text(body, "network_feature")?;
    let feature = exchange.catalogue.get(NETWORK_FEATURES.path, id);
    if feature.is_none() {
        findings.add(
            "network_feature",
            format!("{id:?} is not a network feature"),
        );
    }
    feature
}

/// The config must be the party's own, on the LAN of the feature, and ready: in service, or
/// waiting for nothing but its sessions.
fn check_config(
    exchange: &Exchange,
    party: Party,
    feature: Option<&Entry>,
    body: &Row,
    findings: &mut Findings,
) {
    let Some(id) = text(body, "network_service_config") else {
        return;
    };
    let Some(config) = exchange.own(party, NETWORK_SERVICE_CONFIGS, id) else {
        let reason = format!("{id:?} is not a network service config of yours");
        return findings.add("network_service_config", reason);
    };
    let state = config.state();
    if !matches!(state, "production" | "production_change_pending" | "error") {
        let reason = format!("{id} is {state}; it must be in production, or in error for this");
        findings.add("network_service_config", reason);
    }
    if let Some(feature) = feature
        && feature.text("network_service") != config.text("network_service")
    {
        let service = config.text("network_service");
        let reason = format!("is not a feature of {service}, the network service of the config");
        findings.add("network_feature", reason);
    }
}

/// Flags must be the feature's; those that are mandatory are always on.
fn check_flags(feature: &Entry, body: &Row, findings: &mut Findings) {
    let offered = feature.fields().get("flags").and_then(Value::as_array);
    let flags = body.get("flags").and_then(Value::as_array);
    let mut seen = Vec::new();
    for (index, flag) in flags.into_iter().flatten().enumerate() {
        let Some(name) = flag["name"].as_str() else {
            continue;
        };
        let known = offered
            .into_iter()
            .flatten()
            .find(|one| one["name"] == name);
        let path = |field: &str| format!("flags.{index}.{field}");
        if seen.contains(&name) {
            findings.add(path("name"), "is named twice");
        }
        seen.push(name);
        match known {
            None => findings.add(
                path("name"),
                format!("{name:?} is not a flag of the feature"),
            ),
            Some(known) if known["mandatory"] == true && flag["enabled"] == false => {
                findings.add(path("enabled"), format!("{name} cannot be disabled"));
            }
            Some(_) => {}
        }
    }
}

/// What must be true of a session, new or changed.
fn check_session(
    exchange: &Exchange,
    current: Option<&Object>,
    feature: &Entry,
    body: &Row,
    findings: &mut Findings,
) {
    if let Some(mode) = text(body, "session_mode").filter(|it| *it != feature.text("session_mode"))
    {
        let offered = feature.text("session_mode");
        findings.add(
            "session_mode",
            format!("the feature is {offered}, not {mode}"),
        );
    }
    let offered = feature.texts("available_bgp_session_types");
    if text(body, "bgp_session_type").is_some_and(|kind| !offered.contains(&kind)) {
        let reason = format!("the feature allows: {}", offered.join(", "));
        findings.add("bgp_session_type", reason);
    }
    for name in ["as_set_v4", "as_set_v6"] {
        if text(body, name).is_some_and(|as_set| !is_as_set(as_set)) {
            findings.add(name, "must be like AS-SET@IRR");
        }
    }
    check_ip(exchange, current, feature, body, findings);
}

/// The address must be one of the config, free for this feature, and of a family that the feature
/// speaks and whose AS set is given.
fn check_ip(
    exchange: &Exchange,
    current: Option<&Object>,
    feature: &Entry,
    body: &Row,
    findings: &mut Findings,
) {
    let Some(id) = text(body, "ip") else {
        return;
    };
    let config = text(body, "network_service_config").unwrap_or_default();
    let ip = exchange.store.get(IPS, id);
    let Some(ip) = ip.filter(|ip| ip.hidden_text("network_service_config") == config) else {
        let reason = format!("{id:?} is not an IP address of the network service config");
        return findings.add("ip", reason);
    };
    let (family, as_set) = match ip.fields.get("version").and_then(Value::as_i64) {
        Some(4) => ("af_inet", "as_set_v4"),
        _ => ("af_inet6", "as_set_v6"),
    };
    if !feature.texts("address_families").contains(&family) {
        findings.add("ip", format!("the feature does not speak {family}"));
    }
    if text(body, as_set).unwrap_or_default().is_empty() {
        let reason = format!("is required for a session from {}", ip.text("address"));
        findings.add(as_set, reason);
    }
    let own = current.map_or("", |session| session.id.as_str());
    let mut sessions = exchange.store.naming(NETWORK_FEATURE_CONFIGS, "ip", id);
    if let Some(other) = sessions.find(|other| {
        other.is_there() && other.id != own && other.text("network_feature") == feature.text("id")
    }) {
        findings.add(
            "ip",
            format!("has a session with this feature already: {}", other.id),
        );
    }
}

/// The name of an AS set and, behind an `@`, the routing registry that it is in.
fn is_as_set(text: &str) -> bool {
    let is_word = |word: &str| {
        let mut letters = word.bytes();
        !word.is_empty() && letters.all(|it| it.is_ascii_alphanumeric() || b"-_:.".contains(&it))
    };
    text.split_once('@')
        .is_some_and(|(name, registry)| is_word(name) && is_word(registry))
}
