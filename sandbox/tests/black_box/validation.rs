//! What is refused because of the body alone.

use serde_json::json;

use crate::support::{OWN, Server, config_order, connection_order, id, with};

#[test]
fn a_body_that_is_no_json_object_is_refused() {
    let server = Server::start(&[]);
    let party = server.a();
    for body in ["{", "[]", "null", ""] {
        let reply = party
            .try_call("POST", "/contacts", body.as_bytes())
            .unwrap();
        reply.problem(400, "validation-error");
    }
}

#[test]
fn everything_that_is_wrong_is_listed_at_once() {
    let server = Server::start(&[]);
    let order = json!({ "managing_account": OWN, "consuming_account": null, "nickname": "x",
        "id": "1", "name": 7 });
    server
        .a()
        .post("/contacts", order)
        .refuses(&["consuming_account", "nickname", "id", "name"]);
}

#[test]
fn a_missing_required_field_is_named() {
    let server = Server::start(&[]);
    server.a().post("/connections", json!({})).refuses(&[
        "managing_account",
        "consuming_account",
        "billing_account",
        "role_assignments",
        "mode",
        "product_offering",
        "port_quantity",
    ]);
}

#[test]
fn what_the_exchange_sets_cannot_be_sent() {
    let server = Server::start(&[]);
    let party = server.a();
    let order = connection_order(
        OWN,
        json!({ "state": "production", "name": "x", "ports": [], "status": [] }),
    );
    let reason = party
        .post("/connections", order)
        .refuses(&["state", "name", "ports", "status"]);
    assert!(reason.contains("set by the exchange"), "{reason}");
}

#[test]
fn a_value_of_another_type_is_refused() {
    let server = Server::start(&[]);
    let party = server.a();
    for wrong in [json!("1"), json!(1.0), json!(true), json!([1])] {
        let reason = party
            .post(
                "/connections",
                connection_order(OWN, json!({ "port_quantity": wrong })),
            )
            .refuses(&["port_quantity"]);
        assert_eq!(reason, "must be an integer");
    }
    let order = connection_order(
        OWN,
        json!({ "role_assignments": "x", "purchase_order": null, "subscriber_side_demarcs": [1] }),
    );
    party.post("/connections", order).refuses(&[
        "role_assignments",
        "purchase_order",
        "subscriber_side_demarcs.0",
    ]);
}

#[test]
fn a_choice_must_be_one_of_those_offered() {
    let server = Server::start(&[]);
    let order = connection_order(
        OWN,
        json!({ "mode": "Standalone", "lacp_timeout": "sometimes" }),
    );
    let reason = server
        .a()
        .post("/connections", order)
        .refuses(&["lacp_timeout", "mode"]);
    assert_eq!(reason, "must be one of: slow, fast");
}

#[test]
fn a_text_has_its_longest_length_in_characters() {
    let server = Server::start(&[]);
    let party = server.a();
    let order = |length: usize| {
        connection_order(
            OWN,
            json!({ "external_ref": "é".repeat(length), "purchase_order": "x".repeat(80) }),
        )
    };
    party.post("/connections", order(128)).expect(201);
    party
        .post("/connections", order(129))
        .refuses(&["external_ref"]);
}

#[test]
fn a_number_has_its_bounds() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = party.connection(OWN, json!({}));
    let circuit = party.circuit(OWN, OWN);
    for vlan in [0, 4095, -1] {
        let changes =
            json!({ "vlan_config": { "vlan_type": "dot1q", "vlan": vlan }, "capacity": 0 });
        let reply = party.post(
            "/network-service-configs",
            config_order(OWN, &circuit, &connection, changes),
        );
        reply.refuses(&["vlan_config.vlan", "capacity"]);
    }
}

#[test]
fn what_is_fixed_at_creation_cannot_be_patched() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = id(&party.connection(OWN, json!({})));
    let change = json!({ "port_quantity": 1, "connecting_party": "x",
        "subscriber_side_demarcs": [], "pop": "AMS5-B" });
    let reason = party
        .patch(&format!("/connections/{connection}"), change)
        .refuses(&[
            "port_quantity",
            "connecting_party",
            "subscriber_side_demarcs",
            "pop",
        ]);
    assert_eq!(reason, "can only be given when the object is created");
}

#[test]
fn a_patch_of_a_polymorphic_object_says_what_it_is() {
    let server = Server::start(&[]);
    let party = server.a();
    let circuit = party.circuit(OWN, OWN);
    let connection = party.connection(OWN, json!({}));
    let config = party.config(OWN, &circuit, &connection, json!({}));
    for path in [
        format!("/network-services/{}", id(&circuit)),
        format!("/network-service-configs/{}", id(&config)),
    ] {
        party
            .patch(&path, json!({ "external_ref": "x" }))
            .refuses(&["type"]);
        party
            .patch(&path, json!({ "external_ref": "x", "type": "cloud_vc" }))
            .refuses(&["type"]);
        party
            .patch(&path, json!({ "external_ref": "x", "type": "p2p_vc" }))
            .expect(202);
    }
}

#[test]
fn a_type_that_is_not_offered_is_refused_by_its_name() {
    let server = Server::start(&[]);
    let party = server.a();
    for path in ["/network-services", "/network-service-configs"] {
        party
            .post(path, json!({ "type": "cable" }))
            .refuses(&["type"]);
    }
    let reply = party.post(
        "/network-services",
        with(
            crate::support::circuit_order(OWN, OWN, json!({})),
            json!({ "type": "absent" }),
        ),
    );
    reply.refuses(&["type"]);
}

#[test]
fn a_nested_field_is_named_with_its_path() {
    let server = Server::start(&[]);
    let party = server.a();
    let (circuit, connection) = (party.circuit(OWN, OWN), party.connection(OWN, json!({})));
    let order = |vlan_config| {
        config_order(
            OWN,
            &circuit,
            &connection,
            json!({ "vlan_config": vlan_config }),
        )
    };
    let refused = [
        (json!({}), vec!["vlan_config.vlan_type"]),
        (
            json!({ "vlan_type": "dot1q", "vlan": "23" }),
            vec!["vlan_config.vlan"],
        ),
        (
            json!({ "vlan_type": "dot1q", "colour": 1 }),
            vec!["vlan_config.colour"],
        ),
        (
            json!({ "vlan_type": "dot1q", "inner_vlan": 7 }),
            vec!["vlan_config.inner_vlan"],
        ),
        (
            json!({ "vlan_type": "qinq", "vlan": 7 }),
            vec!["vlan_config.vlan", "vlan_config.inner_vlan"],
        ),
        (
            json!({ "vlan_type": "qinq", "inner_vlan": null }),
            vec!["vlan_config.inner_vlan"],
        ),
        (
            json!({ "vlan_type": "dot1q", "vlan_ethertype": "0x9999" }),
            vec!["vlan_config.vlan_ethertype"],
        ),
    ];
    for (vlan_config, names) in refused {
        party
            .post("/network-service-configs", order(vlan_config))
            .refuses(&names);
    }
    let plain = config_order(
        OWN,
        &circuit,
        &connection,
        json!({ "vlan_config": "dot1q" }),
    );
    party
        .post("/network-service-configs", plain)
        .refuses(&["vlan_config"]);
}
