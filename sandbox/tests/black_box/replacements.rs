//! PUT: everything is said again, and what is left out is taken back.

use serde_json::{Value, json};

use crate::support::{Client, OWN, Reply, Server, id, lag, with};

fn put(party: &Client<'_>, path: &str, body: Value) -> Reply {
    party.call("PUT", path, body)
}

/// Whose something is.
fn owners() -> Value {
    json!({ "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN })
}

#[test]
fn a_connection_is_said_again_and_loses_what_is_left_out() {
    let server = Server::start(&[]);
    let party = server.a();
    let order = with(
        lag(2),
        json!({ "external_ref": "old", "purchase_order": "po", "contract_ref": "contract" }),
    );
    let path = format!("/connections/{}", id(&party.connection(OWN, order)));
    let whole = with(
        owners(),
        json!({ "mode": "lag_lacp", "product_offering": "503234.AMS5-B.S", "lacp_timeout": "fast",
            "role_assignments": [], "contract_ref": "new" }),
    );
    let after = put(&party, &path, whole.clone()).expect(202);
    assert_eq!(after["external_ref"], Value::Null);
    assert_eq!(after["purchase_order"], "");
    assert_eq!(after["contract_ref"], "new");
    assert_eq!(after["lacp_timeout"], "fast");
    assert_eq!(after["port_quantity"], 2);
    put(&party, &path, json!({ "external_ref": "x" })).refuses(&[
        "billing_account",
        "consuming_account",
        "managing_account",
        "mode",
        "product_offering",
        "role_assignments",
    ]);
    let more = with(whole, json!({ "port_quantity": 3, "colour": "red" }));
    put(&party, &path, more).refuses(&["colour", "port_quantity"]);
}

#[test]
fn a_config_keeps_what_cannot_be_changed_and_loses_its_capacity() {
    let server = Server::start(&[]);
    let party = server.a();
    let circuit = party.circuit(OWN, OWN);
    let connection = party.connection(OWN, json!({}));
    let config = party.config(OWN, &circuit, &connection, json!({ "capacity": 50 }));
    let path = format!("/network-service-configs/{}", id(&config));
    let whole = with(
        owners(),
        json!({ "type": "p2p_vc", "connection": connection["id"], "role_assignments": [],
            "vlan_config": { "vlan_type": "dot1q", "vlan": 77 } }),
    );
    let after = put(&party, &path, whole.clone()).expect(202);
    assert_eq!(after["capacity"], 100, "that of the circuit");
    assert_eq!(after["network_service"], circuit["id"]);
    assert_eq!(after["vlan_config"]["vlan"], 77);
    let moved = with(whole, json!({ "network_service": "another" }));
    put(&party, &path, moved).refuses(&["network_service"]);
}

#[test]
fn a_circuit_a_contact_and_a_reservation_are_said_again() {
    let server = Server::start(&[]);
    let party = server.a();
    let circuit = party.circuit(OWN, OWN);
    let path = format!("/network-services/{}", id(&circuit));
    let named = json!({ "type": "p2p_vc", "display_name": "Moon", "external_ref": "ref" });
    party.patch(&path, named).expect(202);
    let whole = with(
        owners(),
        json!({ "type": "p2p_vc", "product_offering": "503122.AMS.AMS",
            "joining_member_account": OWN }),
    );
    let after = put(&party, &path, whole.clone()).expect(202);
    assert_eq!(after["display_name"], Value::Null);
    assert_eq!(after["external_ref"], Value::Null);
    assert_eq!(after["product_offering"], "503122.AMS.AMS");
    let typeless = with(whole.clone(), json!({ "type": "absent" }));
    put(&party, &path, typeless).refuses(&["type"]);
    let cloud = with(whole, json!({ "type": "cloud_vc" }));
    put(&party, &path, cloud).refuses(&["type"]);

    let path = format!("/contacts/{}", party.contact(OWN));
    let person = json!({ "managing_account": OWN, "consuming_account": OWN, "name": "Lion" });
    let after = put(&party, &path, person).expect(200);
    assert_eq!(
        (&after["name"], &after["email"]),
        (&json!("Lion"), &Value::Null)
    );

    let group = party.connection(OWN, with(lag(1), json!({ "connecting_party": "Moon" })));
    let port = &party.ids(&format!("/port-reservations?connection={}", id(&group)))[0];
    let path = format!("/port-reservations/{port}");
    let after = put(&party, &path, json!({ "cross_connect_id": "CC-1" })).expect(202);
    assert_eq!(after["connecting_party"], Value::Null);
    assert_eq!(after["cross_connect_id"], "CC-1");
    assert_eq!(after["connection"], group["id"]);
}

#[test]
fn what_is_not_replaced_in_the_specification_is_not_replaced_here() {
    let server = Server::start(&[]);
    let party = server.a();
    for (path, allow) in [
        ("/macs/x", "GET, DELETE"),
        ("/role-assignments/x", "GET, DELETE"),
        ("/routing-functions/x", "GET, PATCH, DELETE"),
        ("/roles/x", "GET"),
    ] {
        let refused = put(&party, path, json!({}));
        assert_eq!(refused.headers["allow"], allow, "{path}");
        refused.problem(405, "method-not-allowed");
    }
}
