//! Circuits between two parties, and the configs of their sides.

use serde_json::{Value, json};

use crate::support::{
    HIDDEN, IMPLEMENTATION, NEWCOMER, NOC, OTHER, OWN, RESOLD, Server, circuit_order, config_order,
    id,
};

fn tags(circuit: &Value) -> Vec<&str> {
    let status = circuit["status"].as_array().unwrap();
    status
        .iter()
        .filter(|message| message["severity"] == 2)
        .map(|message| message["tag"].as_str().unwrap())
        .collect()
}

#[test]
fn a_circuit_waits_for_both_sides_and_then_goes_live_with_its_configs() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let circuit = a.circuit(OWN, OTHER);
    assert!(id(&circuit).starts_with("VLC000"));
    assert_eq!(circuit["state"], "requested");
    assert_eq!(
        tags(&circuit),
        ["a_side_nsc_required", "b_side_nsc_required"]
    );
    assert_eq!(circuit["capacity"], 100);
    assert_eq!(circuit["nsc_required_contact_roles"], json!([]));
    assert_eq!(circuit["nsc_product_offerings"], json!([]));
    let path = format!("/network-services/{}", id(&circuit));

    let side_a = a.config(OWN, &circuit, &a.connection(OWN, json!({})), json!({}));
    assert_eq!(side_a["state"], "allocated");
    let waiting = a.get(&path).expect(200);
    assert_eq!(waiting["state"], "requested");
    assert_eq!(tags(&waiting), ["b_side_nsc_required"]);

    let side_b = b.config(OTHER, &circuit, &b.connection(OTHER, json!({})), json!({}));
    assert_eq!(side_b["state"], "allocated");
    let live = a.get(&path).expect(200);
    assert_eq!(live["state"], "production");
    assert!(tags(&live).is_empty());
    assert_eq!(
        a.get(&format!("/network-service-configs/{}", id(&side_a)))
            .expect(200)["state"],
        "production"
    );
    assert_eq!(
        b.get(&format!("/network-service-configs/{}", id(&side_b)))
            .expect(200)["state"],
        "production"
    );
}

#[test]
fn the_joining_party_sees_the_circuit_without_what_is_private_and_cannot_change_it() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let circuit = a
        .post(
            "/network-services",
            circuit_order(OWN, OTHER, json!({ "display_name": "to B" })),
        )
        .expect(201);
    let path = format!("/network-services/{}", id(&circuit));
    let seen = b.get(&path).expect(200);
    assert_eq!(seen["display_name"], "to B");
    assert!(seen.get("billing_account").is_none() && seen.get("purchase_order").is_none());
    assert_eq!(b.ids("/network-services?type=p2p_vc"), [id(&circuit)]);
    b.patch(&path, json!({ "type": "p2p_vc", "display_name": "mine" }))
        .problem(403, "permission-denied");
    let other = a.circuit(OWN, RESOLD);
    b.get(&format!("/network-services/{}", id(&other)))
        .problem(404, "not-found");
}

#[test]
fn a_config_is_its_owners_alone() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let circuit = a.circuit(OWN, OTHER);
    let config = a.config(OWN, &circuit, &a.connection(OWN, json!({})), json!({}));
    b.get(&format!("/network-service-configs/{}", id(&config)))
        .problem(404, "not-found");
}

#[test]
fn a_joining_member_must_exist_and_be_in_production() {
    let server = Server::start(&[]);
    let party = server.a();
    for account in ["A0000000", NEWCOMER] {
        party
            .post("/network-services", circuit_order(OWN, account, json!({})))
            .refuses(&["joining_member_account"]);
    }
    // Its id may have been handed over directly, so it need not be discoverable.
    party
        .post("/network-services", circuit_order(OWN, HIDDEN, json!({})))
        .expect(201);
}

#[test]
fn a_circuit_needs_an_offering_for_whole_circuits() {
    let server = Server::start(&[]);
    let party = server.a();
    for offering in ["503233.AMS5-B.S", "503191.FRA", "nothing"] {
        party
            .post(
                "/network-services",
                circuit_order(OWN, OTHER, json!({ "product_offering": offering })),
            )
            .refuses(&["product_offering"]);
    }
    let order = circuit_order(
        OWN,
        OTHER,
        json!({ "billing_account": OTHER, "availability_zones": ["z"], "capacity": 7 }),
    );
    party.post("/network-services", order).refuses(&[
        "availability_zones",
        "billing_account",
        "capacity",
    ]);
}

#[test]
fn bandwidth_is_changed_by_another_offering_between_the_same_networks() {
    let server = Server::start(&[]);
    let party = server.a();
    let circuit = party.circuit(OWN, OTHER);
    let path = format!("/network-services/{}", id(&circuit));
    let change = |offering: &str| {
        party.patch(
            &path,
            json!({ "type": "p2p_vc", "product_offering": offering }),
        )
    };
    change("503122.AMS.LON").refuses(&["product_offering"]);
    let changed = change("503122.AMS.AMS").expect(202);
    assert_eq!(changed["product_offering"], "503122.AMS.AMS");
    assert_eq!(changed["capacity"], 200);
    assert_eq!(
        changed["state"], "requested",
        "an order that is not in service has no change pending"
    );
}

#[test]
fn an_offering_that_forbids_downgrades_cannot_be_downgraded() {
    let server = Server::start(&[]);
    let party = server.a();
    let order = circuit_order(OWN, OTHER, json!({ "product_offering": "503128.LON.AMS" }));
    let path = format!(
        "/network-services/{}",
        id(&party.post("/network-services", order).expect(201))
    );
    let change = json!({ "type": "p2p_vc", "product_offering": "503125.LON.AMS" });
    party.patch(&path, change).refuses(&["product_offering"]);
}

#[test]
fn a_circuit_between_ones_own_connections_takes_two_configs_and_no_third() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = party.connection(OWN, json!({}));
    let circuit = party.circuit(OWN, OWN);
    for vlan in [10, 11] {
        party.config(
            OWN,
            &circuit,
            &connection,
            json!({ "vlan_config": { "vlan_type": "dot1q", "vlan": vlan } }),
        );
    }
    party.wait(&format!("/network-services/{}", id(&circuit)), "production");
    party
        .post(
            "/network-service-configs",
            config_order(OWN, &circuit, &connection, json!({})),
        )
        .refuses(&["network_service"]);
}

#[test]
fn each_party_configures_its_side_once() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let circuit = a.circuit(OWN, OTHER);
    let (at_a, at_b) = (a.connection(OWN, json!({})), b.connection(OTHER, json!({})));
    a.config(OWN, &circuit, &at_a, json!({}));
    let again = config_order(
        OWN,
        &circuit,
        &at_a,
        json!({ "vlan_config": { "vlan_type": "dot1q" } }),
    );
    a.post("/network-service-configs", again)
        .refuses(&["network_service"]);
    b.config(OTHER, &circuit, &at_b, json!({}));
}

#[test]
fn only_a_party_of_the_circuit_can_configure_a_side() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let circuit = a.circuit(OWN, RESOLD);
    let order = config_order(OTHER, &circuit, &b.connection(OTHER, json!({})), json!({}));
    b.post("/network-service-configs", order)
        .refuses(&["network_service"]);
}

#[test]
fn a_connection_must_be_ones_own_and_live() {
    let server = Server::start(&["--speed", "real"]);
    let (a, b) = (server.a(), server.b());
    let circuit = a.circuit(OWN, OTHER);
    let ending = a.connection(OWN, json!({}));
    a.delete(&format!("/connections/{}", id(&ending)))
        .expect(202);
    for connection in [
        ending,
        b.connection(OTHER, json!({})),
        json!({ "id": "CANL-000000" }),
    ] {
        a.post(
            "/network-service-configs",
            config_order(OWN, &circuit, &connection, json!({})),
        )
        .refuses(&["connection"]);
    }
}

#[test]
fn each_side_is_handed_over_in_its_own_metro_area_network() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let roles_a = a.assignments(OWN, &[IMPLEMENTATION, NOC]);
    let roles_b = b.assignments(OTHER, &[IMPLEMENTATION, NOC]);
    let order = circuit_order(OWN, OTHER, json!({ "product_offering": "503121.AMS.FRA" }));
    let circuit = a.post("/network-services", order).expect(201);
    let frankfurt = |roles: &[String]| {
        json!({ "product_offering": "503233.FRA1-A.S",
        "role_assignments": roles })
    };
    let far = a.connection(OWN, frankfurt(&roles_a[..1]));
    let changes = json!({ "role_assignments": roles_a });
    a.post(
        "/network-service-configs",
        config_order(OWN, &circuit, &far, changes.clone()),
    )
    .refuses(&["connection"]);
    a.config(OWN, &circuit, &a.connection(OWN, json!({})), changes);
    let changes = json!({ "role_assignments": roles_b });
    let near = b.connection(OTHER, json!({}));
    b.post(
        "/network-service-configs",
        config_order(OTHER, &circuit, &near, changes.clone()),
    )
    .refuses(&["connection"]);
    b.config(
        OTHER,
        &circuit,
        &b.connection(OTHER, frankfurt(&roles_b[..1])),
        changes,
    );
}

#[test]
fn the_roles_that_a_circuit_requires_must_be_covered() {
    let server = Server::start(&[]);
    let party = server.a();
    let roles = party.assignments(OWN, &[IMPLEMENTATION, NOC]);
    let order = circuit_order(OWN, OTHER, json!({ "product_offering": "503121.AMS.LON" }));
    let circuit = party.post("/network-services", order).expect(201);
    assert_eq!(
        circuit["nsc_required_contact_roles"],
        json!([IMPLEMENTATION, NOC])
    );
    let connection = party.connection(OWN, json!({}));
    let reply = party.post(
        "/network-service-configs",
        config_order(
            OWN,
            &circuit,
            &connection,
            json!({ "role_assignments": roles[..1] }),
        ),
    );
    assert!(reply.refuses(&["role_assignments"]).contains("NoC"));
    party.config(
        OWN,
        &circuit,
        &connection,
        json!({ "role_assignments": roles }),
    );
}

#[test]
fn a_config_needs_a_product_offering_where_the_circuit_lists_some_and_none_elsewhere() {
    let server = Server::start(&[]);
    let party = server.a();
    let roles = party.assignments(OWN, &[IMPLEMENTATION, NOC]);
    let order = circuit_order(OWN, OTHER, json!({ "product_offering": "503121.FRA.FRA" }));
    let circuit = party.post("/network-services", order).expect(201);
    assert_eq!(
        circuit["nsc_product_offerings"],
        json!(["503191.FRA", "503192.FRA"])
    );
    let changes = json!({ "product_offering": "503233.FRA1-A.S", "role_assignments": roles });
    let connection = party.connection(OWN, changes);
    let order = |offering| {
        config_order(
            OWN,
            &circuit,
            &connection,
            json!({ "role_assignments": roles, "product_offering": offering }),
        )
    };
    for wrong in [json!("absent"), json!(null), json!("503121.FRA.FRA")] {
        party
            .post("/network-service-configs", order(wrong))
            .refuses(&["product_offering"]);
    }
    assert_eq!(
        party
            .post("/network-service-configs", order(json!("503191.FRA")))
            .expect(201)["product_offering"],
        "503191.FRA"
    );

    let (plain, connection) = (party.circuit(OWN, OTHER), party.connection(OWN, json!({})));
    let changes = json!({ "product_offering": "503191.FRA" });
    party
        .post(
            "/network-service-configs",
            config_order(OWN, &plain, &connection, changes),
        )
        .refuses(&["product_offering"]);
}

#[test]
fn a_config_has_the_capacity_of_its_circuit_unless_it_asks_for_less() {
    let server = Server::start(&[]);
    let party = server.a();
    let (circuit, connection) = (party.circuit(OWN, OTHER), party.connection(OWN, json!({})));
    let too_much = config_order(OWN, &circuit, &connection, json!({ "capacity": 101 }));
    party
        .post("/network-service-configs", too_much)
        .refuses(&["capacity"]);
    let config = party.config(OWN, &circuit, &connection, json!({}));
    assert_eq!(config["capacity"], 100);
    let path = format!("/network-service-configs/{}", id(&config));
    assert_eq!(
        party
            .patch(&path, json!({ "type": "p2p_vc", "capacity": 60 }))
            .expect(202)["capacity"],
        60
    );
    let connection = party
        .get(&format!("/connections/{}", id(&connection)))
        .expect(200);
    assert_eq!(connection["capacity_allocated"], 60);
}

#[test]
fn a_config_names_only_what_is_there() {
    let server = Server::start(&[]);
    let party = server.a();
    let (circuit, connection) = (party.circuit(OWN, OTHER), party.connection(OWN, json!({})));
    let changes = json!({ "macs": ["x"], "network_feature_configs": ["y"],
        "routing_function": "z", "l3_config": {} });
    let order = config_order(OWN, &circuit, &connection, changes);
    party.post("/network-service-configs", order).refuses(&[
        "l3_config",
        "macs",
        "network_feature_configs",
        "routing_function",
    ]);
    let mac = json!({ "managing_account": OWN, "consuming_account": OWN,
        "address": "42:23:bc:8e:b8:b0" });
    let mac = id(&party.post("/macs", mac).expect(201));
    let config = party.config(OWN, &circuit, &connection, json!({ "macs": [mac] }));
    assert_eq!(
        party.ids(&format!("/macs?network_service_config={}", id(&config))),
        std::slice::from_ref(&mac)
    );
    party
        .delete(&format!("/macs/{mac}"))
        .problem(400, "unable-to-fulfill");
}

#[test]
fn a_config_stays_with_its_circuit() {
    let server = Server::start(&[]);
    let party = server.a();
    let (circuit, connection) = (party.circuit(OWN, OTHER), party.connection(OWN, json!({})));
    let path = format!(
        "/network-service-configs/{}",
        id(&party.config(OWN, &circuit, &connection, json!({})))
    );
    party
        .patch(
            &path,
            json!({ "type": "p2p_vc", "network_service": "VLC1" }),
        )
        .refuses(&["network_service"]);
    let other = party.connection(OWN, json!({}));
    let moved = party
        .patch(
            &path,
            json!({ "type": "p2p_vc", "connection": other["id"] }),
        )
        .expect(202);
    assert_eq!(moved["connection"], other["id"]);
}

#[test]
fn a_joining_member_is_not_exchanged_after_it_configured_its_side() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let circuit = a.circuit(OWN, OTHER);
    let path = format!("/network-services/{}", id(&circuit));
    let change = |account: &str| {
        a.patch(
            &path,
            json!({ "type": "p2p_vc", "joining_member_account": account }),
        )
    };
    change(RESOLD).expect(202);
    change(OTHER).expect(202);
    b.config(OTHER, &circuit, &b.connection(OTHER, json!({})), json!({}));
    change(RESOLD).refuses(&["joining_member_account"]);
}

#[test]
fn a_circuit_that_loses_a_side_waits_for_it_again() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let circuit = a.circuit(OWN, OTHER);
    let connection = a.connection(OWN, json!({}));
    let config = a.config(OWN, &circuit, &connection, json!({}));
    b.config(OTHER, &circuit, &b.connection(OTHER, json!({})), json!({}));
    let path = format!("/network-services/{}", id(&circuit));
    a.wait(&path, "production");
    a.delete(&format!("/network-service-configs/{}", id(&config)))
        .expect(202);
    let reopened = a.wait(&path, "requested");
    assert_eq!(tags(&reopened), ["a_side_nsc_required"]);
    a.config(OWN, &circuit, &connection, json!({}));
    a.wait(&path, "production");
}

#[test]
fn a_circuit_is_declined_by_the_joining_party_and_cleared_by_the_other() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let circuit = a.circuit(OWN, OTHER);
    let path = format!("/network-services/{}", id(&circuit));
    let config = a.config(OWN, &circuit, &a.connection(OWN, json!({})), json!({}));
    let declined = b.delete(&path).expect(202);
    assert_eq!(declined["state"], "cancelled");
    let seen = a.get(&path).expect(200);
    assert_eq!(seen["state"], "cancelled");
    assert_eq!(
        seen["status"].as_array().unwrap().last().unwrap()["tag"],
        "Not Accepted"
    );
    a.patch(&path, json!({ "type": "p2p_vc" }))
        .problem(400, "unable-to-fulfill");
    a.delete(&path).expect(200);
    a.get(&path).problem(404, "not-found");
    a.get(&format!("/network-service-configs/{}", id(&config)))
        .problem(404, "not-found");
}

#[test]
fn a_resold_account_can_be_the_other_side() {
    let server = Server::start(&[]);
    let party = server.a();
    let circuit = party.circuit(OWN, RESOLD);
    let connection = party.connection(OWN, json!({}));
    let side = |account: &str, vlan: u32| {
        let changes = json!({ "vlan_config": { "vlan_type": "dot1q", "vlan": vlan } });
        party.post(
            "/network-service-configs",
            config_order(account, &circuit, &connection, changes),
        )
    };
    side(RESOLD, 7).expect(201);
    side(RESOLD, 8).refuses(&["network_service"]);
    side(OWN, 8).expect(201);
    party.wait(&format!("/network-services/{}", id(&circuit)), "production");
}
