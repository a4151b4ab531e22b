//! Routing functions, and the configs that are put on them.

use serde_json::{Value, json};

use crate::support::{Client, OTHER, OWN, Server, id, with};

fn order(changes: Value) -> Value {
    let order = json!({
        "product_offering": "503601.AMS", "asn": 64_500,
        "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
    });
    with(order, changes)
}

fn routing_function(party: &Client<'_>) -> Value {
    party
        .post("/routing-functions", order(json!({})))
        .expect(201)
}

fn at(routing: &Value) -> String {
    format!("/routing-functions/{}", id(routing))
}

fn circuit(party: &Client<'_>) -> Value {
    let order = json!({
        "type": "cloud_vc", "product_offering": "aws-dc.amsterdam.AMS.50",
        "cloud_key": "123456789876",
        "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
    });
    party.post("/network-services", order).expect(201)
}

fn config(circuit: &Value, routing: &Value, changes: Value) -> Value {
    let order = json!({
        "type": "cloud_vc", "handover": 1, "cloud_vlan": null, "network_service": circuit["id"],
        "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
        "role_assignments": [], "routing_function": routing["id"],
        "l3_config": { "bgp_neighbor_asn": 64_501 },
    });
    with(order, changes)
}

#[test]
fn a_routing_function_is_ordered_changed_and_cancelled() {
    let server = Server::start(&["--notice-days", "10", "--token-lifetime", "9999999"]);
    let party = server.a();
    let routing = routing_function(&party);
    assert_eq!(routing["state"], "requested");
    assert_eq!(
        (&routing["capacity"], &routing["asn"]),
        (&json!(1000), &json!(64_500))
    );
    assert_eq!(party.get(&at(&routing)).expect(200)["state"], "production");
    let change = json!({ "product_offering": "503602.AMS", "asn": 64_502, "capacity": 2000 });
    let changed = party.patch(&at(&routing), change).expect(200);
    assert_eq!(
        (&changed["capacity"], &changed["asn"]),
        (&json!(2000), &json!(64_502))
    );
    let changed = party
        .patch(&at(&routing), json!({ "capacity": null }))
        .expect(200);
    assert_eq!(changed["capacity"], 10_000);
    assert_eq!(party.ids("/routing-functions?asn=64502"), [id(&routing)]);
    assert!(party.ids("/routing-functions?asn=64500").is_empty());
    assert!(server.b().ids("/routing-functions").is_empty());

    let policy = party
        .get(&format!("{}/cancellation-policy", at(&routing)))
        .expect(200);
    assert!(policy["decommission_at"].is_string());
    let cancelled = party.delete(&at(&routing)).expect(202);
    assert_eq!(cancelled["state"], "decommission_requested");
    assert!(cancelled.get("decommission_at").is_none());
    party
        .patch(&at(&routing), json!({ "asn": 64_503 }))
        .problem(400, "unable-to-fulfill");
    server.control("POST", "clock", json!({ "advance_days": 11 }));
    party.get(&at(&routing)).problem(404, "not-found");
}

#[test]
fn an_order_is_refused_for_what_is_wrong_with_it() {
    let server = Server::start(&[]);
    let party = server.a();
    let refused = |changes: Value, names: &[&str]| {
        party
            .post("/routing-functions", order(changes))
            .refuses(names)
    };
    refused(json!({ "asn": "absent" }), &["asn"]);
    refused(json!({ "asn": "64500" }), &["asn"]);
    refused(json!({ "asn": 0 }), &["asn"]);
    refused(json!({ "asn": 4_294_967_296_i64 }), &["asn"]);
    refused(json!({ "capacity": 1001 }), &["capacity"]);
    refused(
        json!({ "product_offering": "aws-dc.amsterdam.AMS.50" }),
        &["product_offering"],
    );
    refused(
        json!({ "consuming_account": OTHER }),
        &["consuming_account"],
    );
    refused(json!({ "role_assignments": [] }), &["role_assignments"]);
    let london = party.post(
        "/routing-functions",
        order(json!({ "product_offering": "503602.LON" })),
    );
    let london = at(&london.expect(201));
    let smaller = json!({ "product_offering": "503601.LON" });
    assert!(
        party
            .patch(&london, smaller)
            .refuses(&["product_offering"])
            .contains("downgrades")
    );
    let elsewhere = json!({ "product_offering": "503602.AMS" });
    party
        .patch(&london, elsewhere)
        .refuses(&["product_offering"]);
}

#[test]
fn a_config_on_a_routing_function_has_layer_3_and_the_exchange_picks_what_is_not_given() {
    let server = Server::start(&[]);
    let party = server.a();
    let (routing, circuit) = (routing_function(&party), circuit(&party));
    let order = config(&circuit, &routing, json!({}));
    let made = party.post("/network-service-configs", order).expect(201);
    assert_eq!(
        (&made["connection"], &made["vlan_config"]),
        (&Value::Null, &Value::Null)
    );
    let layer3 = &made["l3_config"];
    assert_eq!(layer3["bgp_neighbor_asn"], 64_501);
    assert_eq!(
        (&layer3["local_asn"], &layer3["bfd"]),
        (&json!(64_500), &json!(false))
    );
    assert!(layer3["local_address"].is_string() && layer3["bgp_neighbor_address"].is_string());
    assert_eq!(layer3["bgp_password"], Value::Null);

    // What a change does not name is kept.
    let path = format!("/network-service-configs/{}", id(&made));
    let secret = json!({ "type": "cloud_vc", "l3_config": { "bgp_password": "panda" } });
    let changed = party.patch(&path, secret);
    assert_eq!(
        changed.refuses(&["l3_config.bgp_neighbor_asn"]),
        "is required"
    );
    let secret = json!({
        "type": "cloud_vc", "l3_config": { "bgp_password": "panda", "bgp_neighbor_asn": 64_501 },
    });
    let changed = party.patch(&path, secret).expect(202);
    assert_eq!(changed["l3_config"]["bgp_password"], "panda");
    assert_eq!(
        changed["l3_config"]["local_address"],
        layer3["local_address"]
    );

    party
        .delete(&at(&routing))
        .problem(400, "unable-to-fulfill");
    party.delete(&path).expect(202);
    party.delete(&at(&routing)).expect(202);
}

#[test]
fn a_config_is_put_on_a_connection_or_on_a_routing_function_and_moves_between_them() {
    let server = Server::start(&[]);
    let party = server.a();
    let (routing, circuit) = (routing_function(&party), circuit(&party));
    let refused = |changes: Value, names: &[&str]| {
        let order = config(&circuit, &routing, changes);
        party.post("/network-service-configs", order).refuses(names)
    };
    let port = party.connection(OWN, json!({}));
    let tag = json!({ "vlan_type": "dot1q", "vlan": 23 });
    refused(json!({ "connection": id(&port) }), &["connection"]);
    refused(json!({ "vlan_config": tag }), &["vlan_config"]);
    refused(json!({ "l3_config": "absent" }), &["l3_config"]);
    refused(json!({ "l3_config": {} }), &["l3_config.bgp_neighbor_asn"]);
    refused(
        json!({ "l3_config": { "bgp_neighbor_asn": 0 } }),
        &["l3_config.bgp_neighbor_asn"],
    );
    refused(
        json!({ "l3_config": { "bgp_neighbor_asn": 1, "local_address": "here" } }),
        &["l3_config.local_address"],
    );
    refused(
        json!({ "l3_config": { "bgp_neighbor_asn": 1, "local_address_primary": "192.0.2.1" } }),
        &["l3_config.local_address_primary"],
    );
    refused(
        json!({ "routing_function": "nothing" }),
        &["routing_function"],
    );
    let on_port = json!({
        "routing_function": "absent", "connection": id(&port), "vlan_config": tag,
    });
    refused(on_port.clone(), &["l3_config"]);
    let london = order(json!({ "product_offering": "503601.LON" }));
    let london = id(&party.post("/routing-functions", london).expect(201));
    refused(json!({ "routing_function": london }), &["routing_function"]);

    let on_port = with(on_port, json!({ "l3_config": null }));
    let made = party.post(
        "/network-service-configs",
        config(&circuit, &routing, on_port),
    );
    let path = format!("/network-service-configs/{}", id(&made.expect(201)));
    let moved = json!({
        "type": "cloud_vc", "connection": null, "vlan_config": null,
        "routing_function": id(&routing), "l3_config": { "bgp_neighbor_asn": 64_501 },
    });
    let moved = party.patch(&path, moved).expect(202);
    assert_eq!(
        (&moved["connection"], &moved["vlan_config"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(moved["routing_function"], id(&routing));
}

#[test]
fn what_does_not_reach_a_cloud_is_not_put_on_a_routing_function() {
    let server = Server::start(&[]);
    let party = server.a();
    let routing = routing_function(&party);
    let circuit = party.circuit(OWN, OTHER);
    let changes = json!({ "type": "p2p_vc", "handover": "absent", "cloud_vlan": "absent" });
    let order = config(&circuit, &routing, changes);
    party.post("/network-service-configs", order).refuses(&[
        "connection",
        "l3_config",
        "routing_function",
        "vlan_config",
    ]);
}
