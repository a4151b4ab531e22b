//! How objects move from state to state.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{OTHER, OWN, Server, id};

#[test]
fn at_a_readable_pace_a_port_is_requested_then_allocated_then_in_production() {
    let server = Server::start(&["--speed", "fast"]);
    let party = server.a();
    let started = Instant::now();
    let connection = party.connection(OWN, json!({}));
    assert_eq!(connection["state"], "requested");
    assert_eq!(connection["ports"], json!([]));
    let path = format!("/connections/{}", id(&connection));
    let reservation = party
        .get(&format!("/port-reservations/{}", id(&connection)))
        .expect(200);
    assert_eq!(reservation["exchange_side_demarc"], json!(null));
    let allocated = party.wait(&path, "allocated");
    assert_eq!(allocated["ports"], json!([id(&connection)]));
    assert!(allocated.get("current_billing_start_date").is_none());
    let live = party.wait(&path, "production");
    assert!(live["current_billing_start_date"].is_string());
    let elapsed = started.elapsed();
    assert!(
        (Duration::from_millis(600)..Duration::from_secs(5)).contains(&elapsed),
        "{elapsed:?}"
    );
}

#[test]
fn a_change_and_a_cancellation_take_a_step_of_the_clock() {
    let server = Server::start(&["--step-ms", "200"]);
    let party = server.a();
    let path = format!("/connections/{}", id(&party.connection(OWN, json!({}))));
    party.wait(&path, "production");
    party
        .patch(&path, json!({ "external_ref": "x" }))
        .expect(202);
    assert_eq!(
        party.get(&path).expect(200)["state"],
        "production_change_pending"
    );
    party
        .patch(&path, json!({ "external_ref": "y" }))
        .expect(202);
    assert_eq!(party.wait(&path, "production")["external_ref"], "y");
    party.delete(&path).expect(202);
    assert_eq!(
        party.get(&path).expect(200)["state"],
        "decommission_requested"
    );
    std::thread::sleep(Duration::from_millis(400));
    party.get(&path).problem(404, "not-found");
}

#[test]
fn at_the_real_pace_installation_takes_minutes() {
    let server = Server::start(&["--speed", "real"]);
    let party = server.a();
    let path = format!("/connections/{}", id(&party.connection(OWN, json!({}))));
    let state = || {
        party.get(&path).expect(200)["state"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(state(), "requested");
    server.control("POST", "clock", json!({ "advance_seconds": 125 }));
    assert_eq!(state(), "allocated");
    server.control("POST", "clock", json!({ "advance_seconds": 240 }));
    assert_eq!(state(), "production");
}

#[test]
fn a_complete_circuit_is_allocated_before_it_is_in_production() {
    let server = Server::start(&["--step-ms", "200"]);
    let (a, b) = (server.a(), server.b());
    let circuit = a.circuit(OWN, OTHER);
    let path = format!("/network-services/{}", id(&circuit));
    let config = a.config(OWN, &circuit, &a.connection(OWN, json!({})), json!({}));
    b.config(OTHER, &circuit, &b.connection(OTHER, json!({})), json!({}));
    assert_eq!(a.get(&path).expect(200)["state"], "requested");
    a.wait(&path, "allocated");
    assert_eq!(
        a.get(&format!("/network-service-configs/{}", id(&config)))
            .expect(200)["state"],
        "allocated"
    );
    a.wait(&path, "production");
    let path = format!("/network-service-configs/{}", id(&config));
    assert_eq!(a.get(&path).expect(200)["state"], "production");
    let changed = a
        .patch(&path, json!({ "type": "p2p_vc", "external_ref": "x" }))
        .expect(202);
    assert_eq!(changed["state"], "production_change_pending");
    a.wait(&path, "production");
}
