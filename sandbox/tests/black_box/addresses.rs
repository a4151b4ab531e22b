//! IP addresses of a customer's own: registered where the exchange takes them, changed, never
//! deleted. Those that it allocates are among the peering.

use serde_json::{Value, json};

use crate::support::{OTHER, OWN, Server, id, with};

const TAKES: &[&str] = &["--quirk", "takes-addresses"];

fn address(changes: Value) -> Value {
    let address = json!({
        "managing_account": OWN, "consuming_account": OWN,
        "version": 4, "address": "192.0.2.10", "prefix_length": 24,
    });
    with(address, changes)
}

#[test]
fn an_address_is_registered_found_changed_and_never_deleted() {
    let server = Server::start(TAKES);
    let party = server.a();
    let named = json!({ "external_ref": "edge-1", "fqdn": "edge-1.example.net" });
    let ip = party.post("/ips", address(named)).expect(201);
    assert_eq!(ip["address"], "192.0.2.10");
    assert_eq!(ip["valid_not_after"], Value::Null);
    let path = format!("/ips/{}", id(&ip));
    assert_eq!(party.get(&path).expect(200), ip);
    assert_eq!(party.ids("/ips?external_ref=edge-1"), [id(&ip)]);
    assert_eq!(party.ids("/ips?version=4&prefix_length=24"), [id(&ip)]);
    server.b().get(&path).problem(404, "not-found");

    let moved = json!({ "version": 6, "address": "2001:0DB8::0:10", "prefix_length": 64 });
    let ip = party.patch(&path, moved).expect(200);
    assert_eq!(
        (&ip["address"], &ip["fqdn"]),
        (&json!("2001:db8::10"), &json!("edge-1.example.net"))
    );
    let ip = party.call("PUT", &path, address(json!({}))).expect(200);
    assert_eq!(
        (&ip["address"], &ip["fqdn"]),
        (&json!("192.0.2.10"), &Value::Null)
    );
    party.delete(&path).problem(405, "method-not-allowed");
}

#[test]
fn what_is_wrong_with_an_address_is_refused_by_its_field() {
    let server = Server::start(TAKES);
    let party = server.a();
    for (changes, field) in [
        (json!({ "address": "absent" }), "address"),
        (json!({ "prefix_length": "absent" }), "prefix_length"),
        (json!({ "version": 5 }), "version"),
        (json!({ "version": 6 }), "address"),
        (json!({ "address": "192.0.2.10/24" }), "address"),
        (json!({ "address": "224.0.0.1" }), "address"),
        (json!({ "address": "0.0.0.0" }), "address"),
        (json!({ "address": "198.18.7.254" }), "address"),
        (
            json!({ "version": 6, "address": "2001:db8:23:1::9" }),
            "address",
        ),
        (json!({ "prefix_length": 33 }), "prefix_length"),
        (json!({ "fqdn": "no host" }), "fqdn"),
        (json!({ "managing_account": OTHER }), "managing_account"),
        (json!({ "consuming_account": OTHER }), "consuming_account"),
        (
            json!({ "network_service_config": "x" }),
            "network_service_config",
        ),
        (
            json!({ "valid_not_before": "2027-02-01T00:00:00Z",
                "valid_not_after": "2027-01-01T00:00:00Z" }),
            "valid_not_after",
        ),
    ] {
        party.post("/ips", address(changes)).refuses(&[field]);
    }
    assert!(party.ids("/ips").is_empty());
    let ip = id(&party.post("/ips", address(json!({}))).expect(201));
    party.post("/ips", address(json!({}))).refuses(&["address"]);
    // The next one is another, beyond the LAN, and for itself there is no other.
    let next = json!({ "address": "198.18.8.1" });
    party.post("/ips", address(next.clone())).expect(201);
    let path = format!("/ips/{ip}");
    party.patch(&path, next).refuses(&["address"]);
    party
        .patch(&path, json!({ "address": "192.0.2.10" }))
        .expect(200);
    party.patch(&path, json!({ "id": "mine" })).refuses(&["id"]);
}

#[test]
fn who_takes_no_addresses_says_so() {
    let server = Server::start(&[]);
    server
        .a()
        .post("/ips", address(json!({})))
        .problem(403, "permission-denied");
}
