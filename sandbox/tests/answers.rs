//! Everything that is answered is what the field list says: known fields, of the right types.
#![allow(clippy::unwrap_used)]

use ixapi_sandbox::exchange::{Exchange, Request};
use ixapi_sandbox::parties::Party;
use ixapi_sandbox::{Settings, entities, routes};
use serde_json::{Value, json};

const OWN: &str = "A0087999";
const RESOLD: &str = "A0073476";
const OTHER: &str = "A0087264";
const NOC: &str = "9a442fef-ff8f-4c2e-93e5-46425c00fd4b";

fn ask(exchange: &mut Exchange, method: &str, path: &str, body: &Value) -> Value {
    let body = if body.is_null() {
        Vec::new()
    } else {
        body.to_string().into_bytes()
    };
    let request = Request {
        method,
        path,
        query: &[],
        content_type: "",
        body: &body,
    };
    let answer = routes::answer(exchange, Party::A, &request);
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(
        (200..300).contains(&answer.status),
        "{method} {path}: {text}"
    );
    serde_json::from_str(&text).unwrap()
}

fn order(exchange: &mut Exchange, path: &str, changes: Value) -> String {
    let mut body = json!({
        "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
    });
    if matches!(path, "/contacts" | "/macs" | "/member-joining-rules") {
        body.as_object_mut().unwrap().remove("billing_account");
    }
    if path == "/role-assignments" {
        body = json!({});
    }
    let fields = body.as_object_mut().unwrap();
    fields.extend(changes.as_object().unwrap().clone());
    let made = ask(exchange, "POST", path, &body);
    made["id"].as_str().unwrap().to_owned()
}

/// One of each kind of object.
fn filled() -> Exchange {
    let mut exchange = Exchange::new(Settings::default(), &entities::ALL).unwrap();
    let it = &mut exchange;
    let person = json!({ "name": "Panda", "email": "p@example.net", "telephone": "1" });
    let contact = order(it, "/contacts", person);
    let role = order(
        it,
        "/role-assignments",
        json!({ "role": NOC, "contact": contact }),
    );
    let mac = order(it, "/macs", json!({ "address": "42:23:bc:8e:b8:b0" }));
    let lag = json!({
        "mode": "lag_lacp", "product_offering": "503234.AMS5-B.S", "port_quantity": 2,
        "role_assignments": [role], "connecting_party": "Moon",
    });
    let lag = order(it, "/connections", lag);
    let circuit = json!({
        "type": "p2p_vc", "product_offering": "503121.AMS.AMS", "joining_member_account": OWN,
        "availability_zones": ["zone-red"],
    });
    let circuit = order(it, "/network-services", circuit);
    let tag = |vlan: u32| json!({ "vlan_type": "dot1q", "vlan": vlan });
    let side = json!({
        "type": "p2p_vc", "network_service": circuit, "connection": lag,
        "role_assignments": [role], "vlan_config": tag(23),
    });
    order(it, "/network-service-configs", side);
    for (kind, offering, access) in [
        ("mp2mp_vc", "503403.AMS", "503411.AMS"),
        ("p2mp_vc", "503501.AMS", "503511.AMS"),
    ] {
        let group = json!({ "type": kind, "product_offering": offering });
        let joined = order(it, "/network-services", group);
        let config = json!({
            "type": kind, "network_service": joined, "connection": lag, "macs": [mac],
            "product_offering": access, "role_assignments": [role],
            "vlan_config": { "vlan_type": "dot1q" },
        });
        order(it, "/network-service-configs", config);
        for (rule, account) in [("allow", OTHER), ("deny", RESOLD)] {
            let rule = json!({
                "type": rule, "network_service": joined, "consuming_account": account,
            });
            order(it, "/member-joining-rules", rule);
        }
    }
    let peering = json!({
        "type": "exchange_lan", "network_service": "LAN-AMS", "connection": lag,
        "product_offering": "503301.AMS", "role_assignments": [role], "vlan_config": tag(24),
        "asns": [64_500], "macs": [mac], "listed": true,
    });
    let peering = order(it, "/network-service-configs", peering);
    let ips = ask(it, "GET", "/ips", &Value::Null);
    let session = json!({
        "type": "route_server", "network_feature": "RS1-AMS", "role_assignments": [role],
        "network_service_config": peering, "asn": 64_500, "session_mode": "public",
        "bgp_session_type": "passive", "ip": ips[0]["id"], "as_set_v4": "AS-M@RIPE",
        "as_set_v6": "AS-M@RIPE", "flags": [{ "name": "BLACKHOLING", "enabled": true }],
    });
    order(it, "/network-feature-configs", session);
    clouds(it, &lag, &role);
    exchange
}

/// A cloud circuit on a connection, and one on a routing function.
fn clouds(it: &mut Exchange, connection: &str, role: &str) {
    let routing = json!({ "product_offering": "503601.AMS", "asn": 64_500 });
    let routing = order(it, "/routing-functions", routing);
    let on_connection = json!({
        "connection": connection, "vlan_config": { "vlan_type": "dot1q", "vlan": 25 },
        "cloud_config": { "peering_type": "private" },
    });
    let on_routing = json!({
        "routing_function": routing, "l3_config": { "bgp_neighbor_asn": 64_501 },
    });
    let circuits = [
        (
            "oracle-fc.amsterdam.AMS.1000",
            "ocid1.virtualcircuit.oc1..a",
            on_connection,
        ),
        ("aws-dc.amsterdam.AMS.50", "123456789876", on_routing),
    ];
    for (offering, key, place) in circuits {
        let circuit = json!({
            "type": "cloud_vc", "product_offering": offering, "cloud_key": key,
        });
        let circuit = order(it, "/network-services", circuit);
        let mut config = json!({
            "type": "cloud_vc", "network_service": circuit, "handover": 1, "cloud_vlan": null,
            "role_assignments": [role],
        });
        let fields = config.as_object_mut().unwrap();
        fields.extend(place.as_object().unwrap().clone());
        order(it, "/network-service-configs", config);
    }
}

/// The entity of the field list that a row is.
fn entity(path: &str, row: &Value) -> String {
    let kind = match row["type"].as_str().unwrap_or_default() {
        "connection" => "Connection",
        "exchange_lan" => "ExchangeLan",
        "p2p_vc" => "P2P",
        "mp2mp_vc" => "MP2MP",
        "p2mp_vc" => "P2MP",
        "allow" => "Allow",
        "deny" => "Deny",
        "cloud_vc" => "Cloud",
        other => other,
    };
    match path {
        "accounts" => "Account".to_owned(),
        "availability-zones" => "AvailabilityZone".to_owned(),
        "connections" => "Connection".to_owned(),
        "contacts" => "Contact".to_owned(),
        "devices" => "Device".to_owned(),
        "facilities" => "Facility".to_owned(),
        "ips" => "IPAddress".to_owned(),
        "macs" => "MacAddress".to_owned(),
        "member-joining-rules" => format!("{kind}MemberJoiningRule"),
        "metro-area-networks" => "MetroAreaNetwork".to_owned(),
        "metro-areas" => "MetroArea".to_owned(),
        "network-feature-configs" => "RouteServerNetworkFeatureConfig".to_owned(),
        "network-features" => "RouteServerNetworkFeature".to_owned(),
        "network-service-configs" => format!("{kind}NetworkServiceConfig"),
        "network-services" => format!("{kind}NetworkService"),
        "pops" => "PointOfPresence".to_owned(),
        "port-reservations" => "PortReservation".to_owned(),
        "ports" => "Port".to_owned(),
        "product-offerings" if kind == "Connection" => "ConnectionProductOffering".to_owned(),
        "product-offerings" if kind == "routing_function" => {
            "RoutingFunctionProductOffering".to_owned()
        }
        "product-offerings" => format!("{kind}NetworkProductOffering"),
        "role-assignments" => "RoleAssignment".to_owned(),
        "roles" => "Role".to_owned(),
        "routing-functions" => "RoutingFunction".to_owned(),
        other => panic!("{other} is no collection of the field list"),
    }
}

fn fits(kind: &str, value: &Value) -> bool {
    if let Some(element) = kind.strip_prefix('[') {
        let element = element.trim_end_matches(']');
        let items = value.as_array();
        return items.is_some_and(|items| items.iter().all(|item| fits(element, item)));
    }
    match kind {
        "string" | "date" | "date-time" | "State" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => value.is_object(),
    }
}

#[test]
fn every_answered_field_is_known_and_of_its_type() {
    let list: Value = serde_json::from_str(include_str!("../ixapi/fields.json")).unwrap();
    let mut exchange = filled();
    for table in entities::ALL {
        let path = table.collection.path;
        let rows = ask(&mut exchange, "GET", &format!("/{path}"), &Value::Null);
        assert!(!rows.as_array().unwrap().is_empty(), "{path}");
        for row in rows.as_array().unwrap() {
            let entity = entity(path, row);
            let fields = list["entities"][&entity].as_object();
            let fields = fields.unwrap_or_else(|| panic!("{entity}"));
            for (name, value) in row.as_object().unwrap() {
                let field = fields.get(name);
                let field = field.unwrap_or_else(|| panic!("{entity}.{name} is not known"));
                assert!(
                    field["ops"].as_str().unwrap().contains('R'),
                    "{entity}.{name}"
                );
                let kind = field["type"].as_str().unwrap();
                let null = value.is_null() && field["nullable"] == true;
                assert!(null || fits(kind, value), "{entity}.{name}: {value}");
            }
        }
    }
}
