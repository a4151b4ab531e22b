//! Lists: which rows a query selects, and how a long list is cut into pages. Which parameters are filters of which
//! list comes from the field list; parameters that no version of the API knows are ignored, as exchanges do.

use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::exchange::Exchange;
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::settings::Settings;
use crate::store::{Collection, texts};

type Row = Map<String, Value>;

/// Filters that take several values, separated by commas. All others are compared whole.
const LISTS: [&str; 5] = [
    "id",
    "state",
    "state__is_not",
    "role_assignments",
    "contacts",
];
const INTEGERS: [&str; 8] = [
    "capability_speed",
    "physical_port_speed",
    "bandwidth",
    "speed",
    "inner_vlan",
    "outer_vlan",
    "capacity",
    "asn",
];
const BOOLEANS: [&str; 3] = ["downgrade_allowed", "upgrade_allowed", "billable"];

/// How a filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Is,
    IsNot,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// The suffixes of filter names. Older versions of the API put two underscores before `lt`, newer ones one.
const SUFFIXES: [(&str, Comparison); 9] = [
    ("__is_not", Comparison::IsNot),
    ("__lte", Comparison::LessOrEqual),
    ("__lt", Comparison::Less),
    ("__gte", Comparison::GreaterOrEqual),
    ("__gt", Comparison::Greater),
    ("_lte", Comparison::LessOrEqual),
    ("_lt", Comparison::Less),
    ("_gte", Comparison::GreaterOrEqual),
    ("_gt", Comparison::Greater),
];

fn parsed(parameter: &str) -> (&str, Comparison) {
    SUFFIXES
        .iter()
        .find_map(|(suffix, comparison)| Some((parameter.strip_suffix(suffix)?, *comparison)))
        .unwrap_or((parameter, Comparison::Is))
}

/// The rows of a collection that a party may see and that the query selects, sorted by id.
pub fn filtered(
    exchange: &Exchange,
    party: Party,
    collection: &str,
    query: &[(String, String)],
) -> Result<Vec<Row>, Problem> {
    let mut rows = exchange.visible(party, collection);
    rows.sort_by(|one, other| id(one).cmp(id(other)));
    if exchange.settings.ignore_filters {
        return Ok(rows);
    }
    let filters: Vec<&(String, String)> = query
        .iter()
        .filter(|(name, _)| exchange.schema.has_filter(collection, name))
        .collect();
    let mut findings = Findings::default();
    for (parameter, value) in &filters {
        if let Some(reason) = bad_value(parsed(parameter).0, value) {
            findings.add(parameter, reason);
        }
    }
    findings.refuse_if_any()?;
    for (parameter, value) in &filters {
        if parameter == "fields" {
            continue;
        }
        rows.retain(|row| selects(exchange, collection, parameter, value, row));
    }
    match filters.iter().find(|(name, _)| name == "fields") {
        Some((_, fields)) => Ok(sparse(&rows, fields)),
        None => Ok(rows),
    }
}

fn id(row: &Row) -> &str {
    row.get("id").and_then(Value::as_str).unwrap_or_default()
}

fn bad_value(name: &str, value: &str) -> Option<String> {
    let one_of = |known: &[&str]| {
        let unknown = value.split(',').find(|value| !known.contains(value))?;
        Some(format!("{unknown:?} is not one of: {}", known.join(", ")))
    };
    match name {
        _ if INTEGERS.contains(&name) => value
            .parse::<i64>()
            .is_err()
            .then(|| "must be an integer".to_owned()),
        _ if BOOLEANS.contains(&name) => value
            .parse::<bool>()
            .is_err()
            .then(|| "must be true or false".to_owned()),
        "mode" => one_of(&["lag_lacp", "lag_static", "flex_ethernet", "standalone"]),
        "type" => one_of(&[
            "connection",
            "exchange_lan",
            "p2p_vc",
            "p2mp_vc",
            "mp2mp_vc",
            "cloud_vc",
            "routing_function",
        ]),
        "state" => one_of(&[
            "requested",
            "allocated",
            "testing",
            "scheduled",
            "operator",
            "production",
            "production_change_pending",
            "decommission_requested",
            "decommissioned",
            "archived",
            "cancelled",
            "error",
        ]),
        _ => None,
    }
}

fn selects(exchange: &Exchange, collection: &str, parameter: &str, value: &str, row: &Row) -> bool {
    let (name, comparison) = parsed(parameter);
    let wanted: Vec<&str> = if LISTS.contains(&parameter) {
        value.split(',').collect()
    } else {
        vec![value]
    };
    if name == "bandwidth" {
        return offers_bandwidth(row, value);
    }
    let held = held_by(exchange, collection, name, row);
    let equal = |held: &Value| wanted.iter().any(|wanted| equals(name, held, wanted));
    let ordered = |fits: fn(i64, i64) -> bool| {
        let bound = value.parse::<i64>().unwrap_or_default();
        held.iter()
            .filter_map(Value::as_i64)
            .any(|number| fits(number, bound))
    };
    match comparison {
        Comparison::Is => held.iter().any(equal),
        Comparison::IsNot => !held.iter().any(equal),
        Comparison::Less => ordered(|number, bound| number < bound),
        Comparison::LessOrEqual => ordered(|number, bound| number <= bound),
        Comparison::Greater => ordered(|number, bound| number > bound),
        Comparison::GreaterOrEqual => ordered(|number, bound| number >= bound),
    }
}

fn equals(name: &str, held: &Value, wanted: &str) -> bool {
    match held {
        // Role ids and MAC addresses are spelled in either case.
        Value::String(text) if matches!(name, "role" | "address") => {
            text.eq_ignore_ascii_case(wanted)
        }
        Value::String(text) => text == wanted,
        Value::Number(number) => number.to_string() == wanted,
        Value::Bool(flag) => flag.to_string() == wanted,
        _ => false,
    }
}

/// An offering without bounds offers any bandwidth.
fn offers_bandwidth(row: &Row, value: &str) -> bool {
    let wanted = value.parse::<i64>().unwrap_or_default();
    let bound = |name: &str| row.get(name).and_then(Value::as_i64);
    row.contains_key("bandwidth_min")
        && bound("bandwidth_min").is_none_or(|least| least <= wanted)
        && bound("bandwidth_max").is_none_or(|most| wanted <= most)
}

/// The values of a row that a filter looks at. Most filters name a field; the others are worked out here.
fn held_by(exchange: &Exchange, collection: &str, name: &str, row: &Row) -> Vec<Value> {
    let text = |field: &str| row.get(field).and_then(Value::as_str).unwrap_or_default();
    let pops_of = |field: &str, network: &str| -> Vec<Value> {
        let pops = exchange.catalogue.all("pops").iter();
        pops.filter(|pop| pop.text("metro_area_network") == network)
            .map(|pop| json!(pop.text(field)))
            .collect()
    };
    match (collection, name) {
        (_, "capability_speed") => capabilities(exchange, collection, row, "speed"),
        (_, "capability_media_type") => capabilities(exchange, collection, row, "media_type"),
        ("facilities", "metro_area_network") => {
            let pops = row.get("pops").map(texts).unwrap_or_default();
            pops.iter()
                .filter_map(|pop| {
                    Some(json!(
                        exchange
                            .catalogue
                            .get("pops", pop)?
                            .text("metro_area_network")
                    ))
                })
                .collect()
        }
        ("devices", "metro_area_network") => {
            vec![pop_field(exchange, text("pop"), "metro_area_network")]
        }
        ("connections", "facility") => vec![pop_field(exchange, text("pop"), "facility")],
        ("connections", "supported_network_service") => {
            services_within_reach(exchange, text("metro_area_network"))
        }
        ("network-services", "pop") => {
            let offering = exchange
                .catalogue
                .get("product-offerings", text("product_offering"));
            offering
                .map(|offering| pops_of("id", offering.text("handover_metro_area_network")))
                .unwrap_or_default()
        }
        ("connections" | "network-service-configs", "contacts") => {
            let assignments = row.get("role_assignments").map(texts).unwrap_or_default();
            let held = |id: &&str| {
                Some(json!(
                    exchange
                        .store
                        .get(Collection::RoleAssignments, id)?
                        .text("contact")
                ))
            };
            assignments.iter().filter_map(held).collect()
        }
        ("network-service-configs", "inner_vlan" | "outer_vlan") => row
            .get("vlan_config")
            .and_then(|config| config.get(name))
            .cloned()
            .into_iter()
            .collect(),
        ("macs", "network_service_config") => {
            let configs = exchange.store.all(Collection::NetworkServiceConfigs);
            configs
                .filter(|config| config.ids("macs").contains(&text("id")))
                .map(|config| json!(config.id))
                .collect()
        }
        ("roles", "contact") => {
            let assignments = exchange
                .store
                .all(Collection::RoleAssignments)
                .filter(|one| one.text("role") == text("id"));
            assignments
                .map(|assignment| json!(assignment.text("contact")))
                .collect()
        }
        ("accounts", "billable") => vec![json!(
            row.get("billing_information")
                .is_some_and(|info| !info.is_null())
        )],
        _ => match row.get(name) {
            Some(Value::Array(items)) => items.clone(),
            Some(value) => vec![value.clone()],
            None => Vec::new(),
        },
    }
}

fn pop_field(exchange: &Exchange, pop: &str, field: &str) -> Value {
    exchange
        .catalogue
        .get("pops", pop)
        .map_or(Value::Null, |pop| json!(pop.text(field)))
}

/// The circuits that a connection in this metro area network can carry an end of.
fn services_within_reach(exchange: &Exchange, network: &str) -> Vec<Value> {
    let services = exchange.store.all(Collection::NetworkServices);
    let reaches = |service: &&crate::store::Object| {
        exchange
            .catalogue
            .get("product-offerings", service.text("product_offering"))
            .is_some_and(|offering| {
                [
                    offering.text("handover_metro_area_network"),
                    offering.text("service_metro_area_network"),
                ]
                .contains(&network)
            })
    };
    services
        .filter(reaches)
        .map(|service| json!(service.id))
        .collect()
}

/// What the devices of a row can do: of a device itself, of a pop's devices, of a facility's.
fn capabilities(exchange: &Exchange, collection: &str, row: &Row, field: &str) -> Vec<Value> {
    let at = id(row);
    let devices = exchange
        .catalogue
        .all("devices")
        .iter()
        .filter(|device| match collection {
            "facilities" => device.text("facility") == at,
            "pops" => device.text("pop") == at,
            _ => device.text("id") == at,
        });
    let abilities = devices.filter_map(|device| device.fields().get("capabilities")?.as_array());
    abilities
        .flatten()
        .filter_map(|ability| ability.get(field).cloned())
        .collect()
}

/// Offerings cut down to the named fields and to what differs; `type` is always there.
fn sparse(rows: &[Row], fields: &str) -> Vec<Row> {
    let fields: Vec<&str> = fields.split(',').collect();
    let mut kept: Vec<Row> = Vec::new();
    for row in rows {
        let cut: Row = row
            .iter()
            .filter(|(name, _)| *name == "type" || fields.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if !kept.contains(&cut) {
            kept.push(cut);
        }
    }
    kept
}

/// Answers a list, in pages if the exchange pages. A page that is not the whole list answers 206.
pub fn paged(
    settings: &Settings,
    collection: &str,
    rows: Vec<Row>,
    query: &[(String, String)],
) -> Result<Answer, Problem> {
    let Some(page_size) = settings.page_size.map(|size| size as usize) else {
        return Ok(Answer::json(200, &json!(rows)));
    };
    let mut findings = Findings::default();
    let mut number = |name: &str| {
        let text = query
            .iter()
            .find(|(parameter, _)| parameter == name)
            .map(|(_, value)| value)?;
        let number = text.parse::<usize>();
        if number.is_err() {
            findings.add(name, "must be a whole number, 0 or more");
        }
        number.ok()
    };
    let limit = number("page_limit")
        .filter(|limit| *limit > 0)
        .unwrap_or(page_size)
        .min(page_size);
    let offset = number("page_offset").unwrap_or(0);
    let token = format!("{collection}-page-token");
    if query
        .iter()
        .any(|(name, value)| name == "page_token" && *value != token)
    {
        findings.add("page_token", "was not given out for this list");
    }
    findings.refuse_if_any()?;
    let total = rows.len();
    let page: Vec<Row> = rows.into_iter().skip(offset).take(limit).collect();
    let status = if page.len() == total { 200 } else { 206 };
    Ok(Answer::json(status, &json!(page)).with_header("page-token", token))
}
