//! Change requests: the joining member of a circuit asks, its owner answers.

use serde_json::{Value, json};

use crate::support::{Client, OTHER, OWN, Server, id};

const WANTED: &str = "503122.AMS.AMS";

/// A circuit in production; its path.
fn live(a: &Client<'_>, b: &Client<'_>) -> String {
    let circuit = a.circuit(OWN, OTHER);
    let path = format!("/network-services/{}", id(&circuit));
    a.config(OWN, &circuit, &a.connection(OWN, json!({})), json!({}));
    b.config(OTHER, &circuit, &b.connection(OTHER, json!({})), json!({}));
    a.wait(&path, "production");
    path
}

fn wanted() -> Value {
    json!({ "product_offering": WANTED })
}

#[test]
fn the_owner_accepts_by_changing_the_circuit() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let path = live(&a, &b);
    let request = format!("{path}/change-request");
    b.get(&request).problem(404, "not-found");
    let asked = b.post(&request, wanted()).expect(202);
    assert_eq!(
        asked,
        json!({ "product_offering": WANTED, "capacity": null })
    );
    for party in [&a, &b] {
        assert_eq!(party.get(&request).expect(202), asked);
        assert_eq!(
            party.get(&path).expect(200)["state"],
            "production_change_pending"
        );
    }
    // Something else is changed: that is no answer.
    a.patch(&path, json!({ "type": "p2p_vc", "external_ref": "x" }))
        .expect(202);
    assert_eq!(
        a.get(&path).expect(200)["state"],
        "production_change_pending"
    );
    a.get(&request).expect(202);
    a.patch(
        &path,
        json!({ "type": "p2p_vc", "product_offering": WANTED }),
    )
    .expect(202);
    assert_eq!(a.wait(&path, "production")["product_offering"], WANTED);
    a.get(&request).problem(404, "not-found");
}

#[test]
fn either_side_takes_it_back() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let path = live(&a, &b);
    let request = format!("{path}/change-request");
    for party in [&a, &b] {
        b.post(&request, wanted()).expect(202);
        party.delete(&request).expect(202);
        assert_eq!(
            a.wait(&path, "production")["product_offering"],
            "503121.AMS.AMS"
        );
        party.delete(&request).problem(404, "not-found");
    }
}

#[test]
fn there_is_one_at_a_time_and_it_is_the_joining_members() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let path = live(&a, &b);
    let request = format!("{path}/change-request");
    a.post(&request, wanted()).problem(403, "permission-denied");
    b.post(&request, wanted()).expect(202);
    b.post(&request, wanted()).problem(400, "unable-to-fulfill");
    b.patch(&request, wanted())
        .problem(405, "method-not-allowed");
}

#[test]
fn it_asks_for_a_product_that_the_circuit_can_be_changed_to() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let request = format!("{}/change-request", live(&a, &b));
    let ask = |body: Value| b.post(&request, body);
    ask(json!({})).refuses(&["product_offering"]);
    ask(json!({ "product_offering": 7 })).refuses(&["product_offering"]);
    for offering in ["nothing", "503122.AMS.LON", "503234.AMS5-B.S", "503301.AMS"] {
        ask(json!({ "product_offering": offering })).refuses(&["product_offering"]);
    }
    ask(json!({ "product_offering": WANTED, "capacity": 201 })).refuses(&["capacity"]);
    ask(json!({ "product_offering": WANTED, "capacity": 0 })).refuses(&["capacity"]);
    ask(json!({ "product_offering": WANTED, "colour": "blue" })).refuses(&["colour"]);
    let asked = ask(json!({ "product_offering": WANTED, "capacity": 150 })).expect(202);
    assert_eq!(asked["capacity"], 150);
}

#[test]
fn nothing_is_asked_of_a_circuit_that_is_not_in_production() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let circuit = a.circuit(OWN, OTHER);
    let request = format!("/network-services/{}/change-request", id(&circuit));
    b.post(&request, wanted()).problem(400, "unable-to-fulfill");
    let missing = "/network-services/VLC0/change-request";
    b.post(missing, wanted()).problem(404, "not-found");
}
