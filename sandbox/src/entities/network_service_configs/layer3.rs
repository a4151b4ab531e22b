//! How a config is connected: on a connection with VLANs, or on a routing function with layer 3.

use serde_json::{Value, json};

use super::super::routing_functions;
use super::check_connection;
use crate::catalogue::Entry;
use crate::collection::ROUTING_FUNCTIONS;
use crate::exchange::Exchange;
use crate::object::{Object, Row, text};
use crate::parties::Party;
use crate::problem::Findings;

/// Fields that hold an IP address, possibly with a prefix length.
const ADDRESSES: [&str; 6] = [
    "bgp_neighbor_address",
    "bgp_neighbor_address_primary",
    "bgp_neighbor_address_secondary",
    "local_address",
    "local_address_primary",
    "local_address_secondary",
];
/// Fields that hold a number of an autonomous system.
const ASNS: [&str; 2] = ["bgp_neighbor_asn", "local_asn"];
/// The fields of layer 3 that are neither.
const OTHERS: [&str; 3] = ["bgp_address_family", "bgp_password", "bfd"];

/// What a config is connected by, complete.
#[derive(Debug, Default)]
pub struct Placed {
    vlan_config: Option<Row>,
    l3_config: Option<Row>,
}

impl Placed {
    /// The fields of a config say so.
    pub fn put_into(self, fields: &mut Row) {
        fields.insert("vlan_config".into(), json!(self.vlan_config));
        fields.insert("l3_config".into(), json!(self.l3_config));
    }
}

/// Checks what a config is connected by. `offering` is none where the service itself was refused.
pub fn check(
    exchange: &Exchange,
    party: Party,
    current: Option<&Object>,
    offering: Option<&Entry>,
    fields: &Row,
    findings: &mut Findings,
) -> Placed {
    let is_set = |name: &str| fields.get(name).is_some_and(|value| !value.is_null());
    let network = offering.map(|offering| offering.text("handover_metro_area_network"));
    let Some(id) = text(fields, "routing_function") else {
        if is_set("l3_config") {
            findings.add("l3_config", "goes with a routing function only");
        }
        let vlan_config = check_connection(exchange, party, current, network, fields, findings);
        return Placed {
            vlan_config,
            ..Placed::default()
        };
    };
    for name in ["connection", "vlan_config"] {
        if is_set(name) {
            findings.add(name, "does not go with a routing function");
        }
    }
    let Some(routing) = exchange.own(party, ROUTING_FUNCTIONS, id) else {
        let reason = format!("{id:?} is not a routing function of yours");
        findings.add("routing_function", reason);
        return Placed::default();
    };
    if !routing.is_live() {
        findings.add("routing_function", format!("{id} is {}", routing.state()));
    }
    let here = routing_functions::network_of(exchange, routing);
    if let Some(wanted) = network.filter(|wanted| here != *wanted) {
        let reason = format!("{id} is in metro area network {here}, the service is in {wanted}");
        findings.add("routing_function", reason);
    }
    if !is_set("l3_config") {
        findings.add("l3_config", "is required with a routing function");
        return Placed::default();
    }
    let Some(requested) = fields.get("l3_config").and_then(Value::as_object) else {
        return Placed::default();
    };
    if let Some(offering) = offering {
        check_fields(offering, "l3_config", Some(requested), findings);
    }
    Placed {
        l3_config: Some(completed(routing, current, requested)),
        ..Placed::default()
    }
}

/// Checks the members of an `l3_config` or a `cloud_config` against what an offering supports and
/// needs of it.
pub fn check_fields(offering: &Entry, name: &str, config: Option<&Row>, findings: &mut Findings) {
    let supported = offering.texts(&format!("nsc_supported_{name}_fields"));
    let required = offering.texts(&format!("nsc_required_{name}_fields"));
    let given: Vec<(&String, &Value)> = config
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .collect();
    for (member, value) in &given {
        let at = format!("{name}.{member}");
        let known = ADDRESSES.contains(&member.as_str())
            || ASNS.contains(&member.as_str())
            || OTHERS.contains(&member.as_str())
            || (name == "cloud_config" && matches!(member.as_str(), "vlan" | "peering_type"));
        if known && !supported.contains(&member.as_str()) {
            let reason = format!("{} does not support it", offering.text("id"));
            findings.add(at, reason);
        } else if let Some(reason) = wrong(member, value) {
            findings.add(at, reason);
        }
    }
    for member in required {
        if !given.iter().any(|(name, _)| *name == member) {
            findings.add(format!("{name}.{member}"), "is required");
        }
    }
}

fn wrong(member: &str, value: &Value) -> Option<&'static str> {
    if ASNS.contains(&member) {
        let asn = value.as_i64()?;
        return (!routing_functions::ASNS.contains(&asn)).then_some("must be 1 to 4294967295");
    }
    if ADDRESSES.contains(&member) {
        let address = value.as_str()?.split('/').next().unwrap_or_default();
        let parsed = address.parse::<std::net::IpAddr>();
        return parsed.is_err().then_some("must be an IP address");
    }
    None
}

/// What was not given the exchange picks: the number of the routing function, and a pair of
/// link-local addresses. It keeps what it picked before.
fn completed(routing: &Object, current: Option<&Object>, requested: &Row) -> Row {
    let before = current.and_then(|config| config.fields.get("l3_config")?.as_object());
    let asn = routing.fields.get("asn").cloned().unwrap_or_default();
    let picked = [
        ("bfd", json!(false)),
        ("local_asn", asn),
        ("local_address", json!("169.254.23.1/30")),
        ("bgp_neighbor_address", json!("169.254.23.2/30")),
    ];
    let mut complete = Row::new();
    for name in ADDRESSES.into_iter().chain(ASNS).chain(OTHERS) {
        let given = requested.get(name);
        let kept = before.and_then(|before| before.get(name));
        let chosen = given.or(kept).filter(|value| !value.is_null());
        let picked = picked.iter().find(|(picked, _)| *picked == name);
        let value = chosen.or(picked.map(|(_, value)| value)).cloned();
        complete.insert(name.to_owned(), value.unwrap_or_default());
    }
    complete
}
