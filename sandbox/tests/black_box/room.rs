//! What fits onto a port, and what is allocated to an order at all.

use serde_json::{Value, json};

use crate::support::{Client, OTHER, OWN, Server, id, lag};

const GIGABIT: &str = "503233.AMS5-B.S";

/// A circuit of party A with both sides on one port, in production.
fn circuit(party: &Client<'_>, port: &Value, offering: &str) -> String {
    let order = crate::support::circuit_order(OWN, OWN, json!({ "product_offering": offering }));
    let circuit = party.post("/network-services", order).expect(201);
    for vlan in [10, 11] {
        let tag = json!({ "vlan_config": { "vlan_type": "dot1q", "vlan": vlan } });
        party.config(OWN, &circuit, port, tag);
    }
    let path = format!("/network-services/{}", id(&circuit));
    party.wait(&path, "production");
    path
}

#[test]
fn a_circuit_does_not_outgrow_its_ports() {
    let server = Server::start(&[]);
    let party = server.a();
    let port = party.connection(OWN, json!({ "product_offering": GIGABIT }));
    let path = circuit(&party, &port, "503122.AMS.AMS");
    let change = |offering: &str| json!({ "type": "p2p_vc", "product_offering": offering });
    let reason = party
        .patch(&path, change("503125.AMS.AMS"))
        .refuses(&["product_offering"]);
    assert!(
        reason.contains("1600 Mbit/s more") && reason.contains("600 left"),
        "{reason}"
    );
    party.patch(&path, change("503124.AMS.AMS")).expect(202);
}

#[test]
fn whoever_joins_does_not_ask_for_more_than_the_ports_have() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let circuit = a.circuit(OWN, OTHER);
    a.config(OWN, &circuit, &a.connection(OWN, json!({})), json!({}));
    let port = b.connection(OTHER, json!({ "product_offering": GIGABIT }));
    b.config(OTHER, &circuit, &port, json!({}));
    let path = format!("/network-services/{}", id(&circuit));
    b.wait(&path, "production");
    let wish = json!({ "product_offering": "503128.AMS.AMS" });
    b.post(&format!("{path}/change-request"), wish)
        .refuses(&["product_offering"]);
}

#[test]
fn a_config_of_a_group_takes_the_room_that_it_may_have() {
    let server = Server::start(&[]);
    let party = server.a();
    let order = json!({ "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
        "type": "mp2mp_vc", "product_offering": "503402.AMS" });
    let group = party.post("/network-services", order).expect(201);
    let port = party.connection(OWN, json!({ "product_offering": GIGABIT }));
    let config = |capacity: Value| {
        json!({ "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
            "type": "mp2mp_vc", "network_service": group["id"], "connection": port["id"],
            "product_offering": "503412.AMS", "role_assignments": [], "capacity": capacity,
            "vlan_config": { "vlan_type": "dot1q" } })
    };
    party
        .post("/network-service-configs", config(Value::Null))
        .refuses(&["connection"]);
    party
        .post("/network-service-configs", config(json!(1001)))
        .refuses(&["capacity"]);
    party
        .post("/network-service-configs", config(json!(1000)))
        .expect(201);
}

#[test]
fn a_port_stays_as_fast_as_what_is_on_it_needs() {
    let server = Server::start(&[]);
    let party = server.a();
    let port = party.connection(OWN, json!({}));
    circuit(&party, &port, "503125.AMS.AMS");
    let path = format!("/connections/{}", id(&port));
    let slower = json!({ "product_offering": GIGABIT });
    party.patch(&path, slower).refuses(&["product_offering"]);
}

#[test]
fn a_group_keeps_the_ports_that_what_is_on_it_needs() {
    let server = Server::start(&[]);
    let party = server.a();
    let mut order = lag(3);
    order["product_offering"] = json!(GIGABIT);
    let group = party.connection(OWN, order);
    circuit(&party, &group, "503125.AMS.AMS");
    let ports = party.ids(&format!("/port-reservations?connection={}", id(&group)));
    let path = |port: &str| format!("/port-reservations/{port}");
    party.delete(&path(&ports[0])).expect(202);
    let refused = party.delete(&path(&ports[1]));
    let problem = refused.problem(400, "unable-to-fulfill");
    assert!(
        problem["detail"].as_str().unwrap().contains("2000 Mbit/s"),
        "{problem}"
    );
}

#[test]
fn an_order_that_is_withdrawn_before_it_is_allocated_never_gets_a_port() {
    let server = Server::start(&["--step-ms", "60000", "--quirk", "decommissioned-stays"]);
    let party = server.a();
    let group = party.connection(OWN, lag(2));
    let path = format!("/connections/{}", id(&group));
    assert_eq!(group["state"], "requested");
    let withdrawn = party.delete(&path).expect(202);
    assert_eq!(withdrawn["ports"], json!([]));
    for state in ["decommission_requested", "decommissioned"] {
        assert_eq!(party.get(&path).expect(200)["state"], state);
        assert_eq!(party.get(&path).expect(200)["ports"], json!([]));
        assert!(party.ids("/ports").is_empty());
        let reservations = party.get("/port-reservations").expect(200);
        for reservation in reservations.as_array().unwrap() {
            assert_eq!(reservation["port"], Value::Null);
            assert_eq!(reservation["exchange_side_demarc"], Value::Null);
            let loa = format!("/port-reservations/{}/loa", id(reservation));
            party.get(&loa).problem(400, "unable-to-fulfill");
        }
        server.control("POST", "clock", json!({ "advance_seconds": 61 }));
    }
}

#[test]
fn an_order_that_is_cancelled_once_it_is_allocated_keeps_its_port_to_the_end() {
    let server = Server::start(&["--step-ms", "60000"]);
    let party = server.a();
    let path = format!("/connections/{}", id(&party.connection(OWN, json!({}))));
    server.control("POST", "clock", json!({ "advance_seconds": 61 }));
    assert_eq!(party.get(&path).expect(200)["state"], "allocated");
    party.delete(&path).expect(202);
    assert_eq!(party.ids("/ports").len(), 1);
}
