//! What is configured: islands of a few resources each that hang together, of every kind that is
//! ordered. A whole estate is all of them.

use std::collections::BTreeSet;

use fastrand::Rng;
use serde_json::{Map, Value as Json, json};

/// Our account, and that of another.
const OWN: &str = "A0087999";
const OTHER: &str = "A0073476";

const IMPLEMENTATION: &str = "4699403d-b264-4a47-9bbb-2c956dcd1a12";
const NOC: &str = "9a442fef-ff8f-4c2e-93e5-46425c00fd4b";
const REQUESTOR: &str = "30806be6-5856-41fb-8106-890474d1ba04";

/// A resource of a configuration.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its name, unlike any other.
    pub name: String,
    /// Its type without the prefix of the provider.
    pub kind: &'static str,
    /// Its arguments. `"${name.attribute}"` stands for what another resource has.
    pub arguments: Map<String, Json>,
    /// Arguments that are set to something else later on.
    pub changes: Map<String, Json>,
}

impl Resource {
    /// The resources that its arguments name.
    pub fn dependencies(&self) -> BTreeSet<String> {
        fn collect(value: &Json, found: &mut BTreeSet<String>) {
            match value {
                Json::String(text) => found.extend(reference(text).map(|(name, _)| name.into())),
                Json::Array(values) => values.iter().for_each(|value| collect(value, found)),
                Json::Object(values) => values.values().for_each(|value| collect(value, found)),
                _ => {}
            }
        }
        let mut found = BTreeSet::new();
        for value in self.arguments.values().chain(self.changes.values()) {
            collect(value, &mut found);
        }
        found
    }

    /// How many objects the exchange has of it, by collection: of a connection its ports too, of a
    /// contact its roles.
    pub fn objects(&self) -> Vec<(&'static str, usize)> {
        let many = |name: &str| match &self.arguments.get(name) {
            Some(Json::Array(all)) => all.len(),
            Some(number) => number.as_u64().map_or(0, |n| n as usize),
            None => 0,
        };
        match self.kind {
            "connection" => vec![
                ("connections", 1),
                ("port-reservations", many("port_quantity")),
            ],
            "contact" => vec![("contacts", 1), ("role-assignments", many("roles"))],
            "role_assignment" => vec![("role-assignments", 1)],
            "port_reservation" => vec![("port-reservations", 1)],
            "p2p_vc" | "p2mp_vc" | "mp2mp_vc" | "cloud_vc" => vec![("network-services", 1)],
            "nsc" => vec![("network-service-configs", 1)],
            "nfc" => vec![("network-feature-configs", 1)],
            "mac" => vec![("macs", 1)],
            "member_joining_rule" => vec![("member-joining-rules", 1)],
            "routing_function" => vec![("routing-functions", 1)],
            "account" => vec![("accounts", 1)],
            // Found, not ordered.
            "ip" => Vec::new(),
            other => panic!("nobody has said what comes of an {other}"),
        }
    }
}

/// The name and the attribute that a text refers to, if it does.
pub fn reference(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix("${")?.strip_suffix('}')?.split_once('.')
}

/// A configuration.
#[derive(Clone, Debug)]
pub struct Estate {
    /// The islands that it is made of.
    pub islands: Vec<&'static str>,
    /// What is in it.
    pub resources: Vec<Resource>,
}

/// A part of an estate that can be without the others.
type Island = (&'static str, fn() -> Vec<Resource>);

const ISLANDS: [Island; 12] = [
    ("port", port),
    ("lag", lag),
    ("people", people),
    ("circuit", circuit),
    ("tagged", tagged),
    ("peering", peering),
    ("group", group),
    ("broadcast", broadcast),
    ("exchange-first", exchange_first),
    ("provider-first", provider_first),
    ("routed", routed),
    ("customer", customer),
];

/// Whether objects of this kind may have a reference of their owner's.
pub fn may_be_referenced(kind: &str) -> bool {
    !["role_assignment", "ip"].contains(&kind)
}

/// The names of all islands.
pub fn islands() -> impl Iterator<Item = &'static str> {
    ISLANDS.iter().map(|(name, _)| *name)
}

impl Estate {
    /// All islands.
    pub fn whole(chance: &mut Rng) -> Estate {
        Estate::of(&ISLANDS.map(|(name, _)| name), chance)
    }

    /// One island or two.
    pub fn small(chance: &mut Rng) -> Estate {
        let mut names = ISLANDS.map(|(name, _)| name).to_vec();
        chance.shuffle(&mut names);
        names.truncate(chance.usize(1..=2));
        Estate::of(&names, chance)
    }

    /// The islands of these names. Some resources get a reference of their own, and some none.
    pub fn of(names: &[&str], chance: &mut Rng) -> Estate {
        let chosen = ISLANDS.iter().filter(|(name, _)| names.contains(name));
        let islands: Vec<&'static str> = chosen.clone().map(|(name, _)| *name).collect();
        let mut resources: Vec<Resource> = chosen.flat_map(|(_, island)| island()).collect();
        for resource in &mut resources {
            if may_be_referenced(resource.kind) && chance.bool() {
                let reference = json!(format!("ref-{}", resource.name));
                resource.arguments.insert("external_ref".into(), reference);
            }
        }
        Estate { islands, resources }
    }

    /// The same estate with its changes.
    pub fn changed(&self) -> Estate {
        let mut changed = self.clone();
        for resource in &mut changed.resources {
            let changes = resource.changes.clone();
            resource.arguments.extend(changes);
        }
        changed
    }

    /// The same estate with nothing in it.
    pub fn emptied(&self) -> Estate {
        Estate {
            islands: self.islands.clone(),
            resources: Vec::new(),
        }
    }
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

fn resource(kind: &'static str, name: &str, arguments: Json) -> Resource {
    // All others take it in a change, but for sessions, and what is not billed has none.
    let billed = ["connection", "port_reservation", "nsc", "routing_function"];
    let ordered = billed.contains(&kind) || kind.ends_with("_vc");
    Resource {
        name: name.to_owned(),
        kind,
        arguments: object(arguments),
        changes: match ordered {
            true => object(json!({ "purchase_order": "PO 2" })),
            false => Map::new(),
        },
    }
}

impl Resource {
    fn changes(mut self, changes: Json) -> Resource {
        self.changes.extend(object(changes));
        self
    }
}

fn contact(name: &str, roles: &[&str]) -> Resource {
    let arguments = json!({
        "name": name, "email": format!("{name}@example.net"), "telephone": "+31 20 555 0100",
        "roles": roles,
    });
    resource("contact", name, arguments).changes(json!({ "telephone": "+31 20 555 0199" }))
}

fn connection(name: &str, offering: &str, roles: Json) -> Resource {
    let arguments = json!({
        "mode": "standalone", "port_quantity": 1, "product_offering": offering,
        "role_assignments": roles,
    });
    resource("connection", name, arguments)
}

fn port() -> Vec<Resource> {
    vec![connection("port", "503234.AMS5-B.S", json!([]))]
}

fn lag() -> Vec<Resource> {
    let bundle = json!({
        "mode": "lag_lacp", "lacp_timeout": "slow", "port_quantity": 2,
        "product_offering": "503234.AMS5-B.S", "role_assignments": [],
    });
    let member = |name: &str| {
        let arguments = json!({
            "network_connection": "${lag.id}", "connecting_party": "Moonpeer B.V.",
        });
        resource("port_reservation", name, arguments)
            .changes(json!({ "connecting_party": "Sunpeer B.V." }))
    };
    vec![
        resource("connection", "lag", bundle).changes(json!({ "lacp_timeout": "fast" })),
        member("lag_third"),
        member("lag_fourth"),
    ]
}

fn people() -> Vec<Resource> {
    let assignment = json!({ "role": NOC, "contact": "${people_desk.id}" });
    let mut desk = contact("people_desk", &[]);
    desk.arguments.remove("roles");
    vec![
        contact("people_noc", &[NOC, IMPLEMENTATION]),
        desk,
        resource("role_assignment", "people_role", assignment),
        resource(
            "mac",
            "people_mac",
            json!({ "address": "42:23:bc:8e:b8:c0" }),
        ),
    ]
}

/// One side of a circuit, or a member of a group.
fn side(name: &str, kind: &str, service: &str, port: &str, more: Json) -> Resource {
    let mut arguments = object(json!({
        "type": kind, "network_service": format!("${{{service}.id}}"),
        "network_connection": format!("${{{port}.id}}"), "role_assignments": [],
    }));
    arguments.extend(object(more));
    resource("nsc", name, Json::Object(arguments))
}

fn dot1q(vlan: u16) -> Json {
    json!({ "vlan_config": { "vlan_type": "dot1q", "vlan": vlan } })
}

fn circuit() -> Vec<Resource> {
    let service = json!({ "product_offering": "503122.AMS.AMS", "joining_member_account": OWN });
    vec![
        connection("circuit_a", "503234.AMS5-B.S", json!([])),
        connection("circuit_b", "503234.AMS5-B.S", json!([])),
        resource("p2p_vc", "circuit", service),
        side(
            "circuit_side_a",
            "p2p_vc",
            "circuit",
            "circuit_a",
            dot1q(23),
        )
        .changes(dot1q(24)),
        // The VLAN is the exchange's choice.
        side(
            "circuit_side_b",
            "p2p_vc",
            "circuit",
            "circuit_b",
            json!({ "vlan_config": { "vlan_type": "dot1q" } }),
        ),
    ]
}

fn tagged() -> Vec<Resource> {
    let roles = json!("${tagged_noc.role_assignments}");
    let service = json!({ "product_offering": "503122.AMS.LON", "joining_member_account": OWN });
    let qinq = |outer: u16, inner: u16| {
        json!({
            "role_assignments": roles,
            "vlan_config": { "vlan_type": "qinq", "outer_vlan": outer, "inner_vlan": inner },
        })
    };
    vec![
        contact("tagged_noc", &[REQUESTOR, IMPLEMENTATION, NOC]),
        connection("tagged_a", "503234.AMS7-A.S", roles.clone()),
        connection("tagged_b", "503234.LON1-A.S", roles.clone()),
        resource("p2p_vc", "tagged", service),
        side(
            "tagged_side_a",
            "p2p_vc",
            "tagged",
            "tagged_a",
            qinq(400, 501),
        )
        .changes(qinq(400, 502)),
        side(
            "tagged_side_b",
            "p2p_vc",
            "tagged",
            "tagged_b",
            qinq(401, 7),
        ),
    ]
}

fn peering() -> Vec<Resource> {
    let roles = "${peering_noc.role_assignments}";
    let lan = json!({
        "type": "exchange_lan", "network_service": "LAN-AMS",
        "network_connection": "${peering_port.id}", "role_assignments": roles,
        "product_offering": "503301.AMS", "asns": [64512], "macs": ["${peering_mac.id}"],
        "listed": true, "vlan_config": { "vlan_type": "dot1q", "vlan": 600 },
    });
    let address =
        |version: u8| json!({ "network_service_config": "${peering_lan.id}", "version": version });
    let session = |address: &str| {
        json!({
            "network_feature": "RS1-AMS", "network_service_config": "${peering_lan.id}",
            "role_assignments": roles, "ip": format!("${{{address}.id}}"), "asn": 64512,
            "session_mode": "public", "bgp_session_type": "passive",
        })
    };
    let mut v4 = resource("nfc", "peering_v4", session("peering_ip4"));
    v4.arguments
        .insert("as_set_v4".into(), json!("AS-EXAMPLE@RIPE"));
    let mut v6 = resource("nfc", "peering_v6", session("peering_ip6"));
    v6.arguments
        .insert("as_set_v6".into(), json!("AS-EXAMPLE@RIPE"));
    vec![
        contact("peering_noc", &[NOC]),
        connection("peering_port", "503234.AMS5-B.S", json!([])),
        resource(
            "mac",
            "peering_mac",
            json!({ "address": "42:23:bc:8e:b8:b0" }),
        ),
        resource("nsc", "peering_lan", lan).changes(json!({ "listed": false })),
        resource("ip", "peering_ip4", address(4)),
        resource("ip", "peering_ip6", address(6)),
        v4.changes(json!({ "as_set_v4": "AS-EXAMPLE-2@RIPE" })),
        v6,
    ]
}

fn group() -> Vec<Resource> {
    let service = json!({
        "product_offering": "503402.AMS", "display_name": "Bamboo", "public": false,
    });
    let rule = json!({
        "type": "allow", "network_service": "${group.id}", "consuming_account": "A0087264",
        "capacity_max": 500,
    });
    let member = json!({
        "product_offering": "503411.AMS", "capacity": 500, "asns": [64500],
        "vlan_config": { "vlan_type": "dot1q", "vlan": 23 },
    });
    vec![
        connection("group_port", "503234.AMS5-B.S", json!([])),
        resource("mp2mp_vc", "group", service).changes(json!({ "display_name": "Forest" })),
        resource("member_joining_rule", "group_rule", rule).changes(json!({ "capacity_max": 900 })),
        side("group_member", "mp2mp_vc", "group", "group_port", member),
    ]
}

fn broadcast() -> Vec<Resource> {
    let service = json!({
        "product_offering": "503501.AMS", "display_name": "Broadcast", "public": true,
    });
    let rule = json!({
        "type": "allow", "network_service": "${broadcast.id}", "consuming_account": OTHER,
    });
    let member = |role: &str, account: &str, vlan: u16| {
        json!({
            "role": role, "consuming_account": account, "product_offering": "503511.AMS",
            "vlan_config": { "vlan_type": "dot1q", "vlan": vlan },
        })
    };
    vec![
        connection("broadcast_a", "503234.AMS5-B.S", json!([])),
        connection("broadcast_b", "503234.AMS5-B.S", json!([])),
        resource("p2mp_vc", "broadcast", service),
        resource("member_joining_rule", "broadcast_rule", rule),
        side(
            "broadcast_root",
            "p2mp_vc",
            "broadcast",
            "broadcast_a",
            member("root", OWN, 23),
        ),
        side(
            "broadcast_leaf",
            "p2mp_vc",
            "broadcast",
            "broadcast_b",
            member("leaf", OWN, 23),
        ),
    ]
}

fn exchange_first() -> Vec<Resource> {
    let service = json!({
        "product_offering": "oracle-fc.amsterdam.AMS.1000",
        "cloud_key": "ocid1.virtualcircuit.oc1.eu-amsterdam-1.aaaa",
    });
    let mut more = object(dot1q(700));
    more.extend(object(json!({
        "handover": 1, "cloud_config": {
            "peering_type": "private", "bgp_neighbor_asn": 64513, "bgp_password": "panda",
        },
    })));
    vec![
        connection("oracle_port", "503234.AMS5-B.S", json!([])),
        resource("cloud_vc", "oracle", service),
        side(
            "oracle_side",
            "cloud_vc",
            "oracle",
            "oracle_port",
            Json::Object(more),
        ),
    ]
}

fn provider_first() -> Vec<Resource> {
    let service = json!({
        "product_offering": "azure-er.amsterdam.AMS.50",
        "cloud_key": "0f3b6b4c-1c1c-4d5a-9a55-0a6f9c2d7e11",
    });
    let roles = "${azure_noc.role_assignments}";
    let handover = |number: u8| {
        json!({
            "handover": number, "role_assignments": roles, "capacity": 30,
            "vlan_config": { "vlan_type": "dot1q", "vlan": 22 + u16::from(number) },
        })
    };
    vec![
        contact("azure_noc", &[REQUESTOR, IMPLEMENTATION, NOC]),
        connection("azure_port", "503234.AMS5-B.S", json!([])),
        resource("cloud_vc", "azure", service),
        side("azure_one", "cloud_vc", "azure", "azure_port", handover(1)),
        side("azure_two", "cloud_vc", "azure", "azure_port", handover(2)),
    ]
}

fn routed() -> Vec<Resource> {
    let router = json!({ "product_offering": "503601.AMS", "asn": 64512, "capacity": 500 });
    let service = json!({
        "product_offering": "google-ci.ams-zone1-8.AMS.200",
        "cloud_key": "d8412846-c12b-3364-cd67-1471187ce9c9/europe-west4/2",
    });
    let side = json!({
        "type": "cloud_vc", "network_service": "${google.id}", "handover": 1,
        "routing_function": "${router.id}", "role_assignments": [],
        "l3_config": { "bgp_neighbor_asn": 16550, "bgp_password": "panda" },
    });
    vec![
        resource("routing_function", "router", router),
        resource("cloud_vc", "google", service),
        resource("nsc", "google_side", side),
    ]
}

fn customer() -> Vec<Resource> {
    let account = |name: &str, called: &str| {
        let arguments = json!({
            "managing_account": OWN, "name": called,
            "address": {
                "country": "NL", "locality": "Amsterdam", "postal_code": "1017 BZ",
                "street_address": "Herengracht 1",
            },
        });
        resource("account", name, arguments)
    };
    let first = account("customer", "Moonpeer B.V.");
    vec![
        first.changes(json!({ "name": "Moonpeer Networks" })),
        account("other", "Sunpeer B.V."),
    ]
}
