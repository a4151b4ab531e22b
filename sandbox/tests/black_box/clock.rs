//! How objects move from state to state. The clock is turned by hand: a test never races it.

use serde_json::{Value, json};

use crate::support::{Client, OTHER, OWN, Server, id};

/// One step of the clock at the real pace, in seconds.
const STEP: u32 = 120;

fn step(server: &Server) {
    server.control("POST", "clock", json!({ "advance_seconds": STEP }));
}

fn state(party: &Client, path: &str) -> Value {
    party.get(path).expect(200)["state"].clone()
}

/// Turns the clock until the object is there.
fn step_to(server: &Server, party: &Client, path: &str, wanted: &str) {
    for _ in 0..10 {
        if state(party, path) == wanted {
            return;
        }
        step(server);
    }
    panic!("{path} is {} and not {wanted}", state(party, path));
}

#[test]
fn a_port_is_requested_then_allocated_then_in_production() {
    let server = Server::start(&["--speed", "real"]);
    let party = server.a();
    let connection = party.connection(OWN, json!({}));
    assert_eq!(connection["state"], "requested");
    assert_eq!(connection["ports"], json!([]));
    let path = format!("/connections/{}", id(&connection));
    let reservation = format!("/port-reservations/{}", id(&connection));
    let reserved = party.get(&reservation).expect(200);
    assert_eq!(reserved["exchange_side_demarc"], json!(null));

    step(&server);
    let allocated = party.get(&path).expect(200);
    assert_eq!(allocated["state"], "allocated");
    assert_eq!(allocated["ports"], json!([id(&connection)]));
    assert!(allocated.get("current_billing_start_date").is_none());

    step(&server);
    assert_eq!(state(&party, &path), "allocated");
    step(&server);
    let live = party.get(&path).expect(200);
    assert_eq!(live["state"], "production");
    assert!(live["current_billing_start_date"].is_string());
}

#[test]
fn at_the_fast_pace_a_port_gets_there_by_itself() {
    let server = Server::start(&["--speed", "fast"]);
    let party = server.a();
    let connection = party.connection(OWN, json!({}));
    party.wait(&format!("/connections/{}", id(&connection)), "production");
}

#[test]
fn a_change_and_a_cancellation_take_a_step_of_the_clock() {
    let server = Server::start(&["--speed", "real"]);
    let party = server.a();
    let path = format!("/connections/{}", id(&party.connection(OWN, json!({}))));
    step_to(&server, &party, &path, "production");
    for reference in ["x", "y"] {
        party
            .patch(&path, json!({ "external_ref": reference }))
            .expect(202);
        assert_eq!(state(&party, &path), "production_change_pending");
    }
    step(&server);
    let changed = party.get(&path).expect(200);
    assert_eq!(changed["state"], "production");
    assert_eq!(changed["external_ref"], "y");
    party.delete(&path).expect(202);
    assert_eq!(state(&party, &path), "decommission_requested");
    step(&server);
    party.get(&path).problem(404, "not-found");
}

#[test]
fn a_complete_circuit_is_allocated_before_it_is_in_production() {
    let server = Server::start(&["--speed", "real"]);
    let (a, b) = (server.a(), server.b());
    let circuit = a.circuit(OWN, OTHER);
    let service = format!("/network-services/{}", id(&circuit));
    let ports = [a.connection(OWN, json!({})), b.connection(OTHER, json!({}))];
    for (party, port) in [&a, &b].into_iter().zip(&ports) {
        let path = format!("/connections/{}", id(port));
        step_to(&server, party, &path, "production");
    }
    let config = a.config(OWN, &circuit, &ports[0], json!({}));
    b.config(OTHER, &circuit, &ports[1], json!({}));
    assert_eq!(state(&a, &service), "requested");
    step(&server);
    assert_eq!(state(&a, &service), "allocated");
    let config = format!("/network-service-configs/{}", id(&config));
    assert_eq!(state(&a, &config), "allocated");
    step_to(&server, &a, &service, "production");
    assert_eq!(state(&a, &config), "production");
    let changed = a
        .patch(&config, json!({ "type": "p2p_vc", "external_ref": "x" }))
        .expect(202);
    assert_eq!(changed["state"], "production_change_pending");
    step(&server);
    assert_eq!(state(&a, &config), "production");
}
