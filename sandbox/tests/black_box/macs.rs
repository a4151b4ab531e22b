//! MAC addresses.

use serde_json::{Value, json};

use crate::support::{OTHER, OWN, RESOLD, Server, id, with};

fn order(address: &str) -> Value {
    json!({ "managing_account": OWN, "consuming_account": OWN, "address": address })
}

#[test]
fn a_mac_address_is_answered_in_lower_case() {
    let server = Server::start(&[]);
    let party = server.a();
    let mac = party.post("/macs", order("42:23:BC:8E:B8:B0")).expect(201);
    assert_eq!(mac["address"], "42:23:bc:8e:b8:b0");
    assert_eq!(mac["valid_not_after"], Value::Null);
    assert_eq!(party.ids("/macs?address=42:23:Bc:8e:b8:b0"), [id(&mac)]);
    party.delete(&format!("/macs/{}", id(&mac))).expect(200);
    assert!(party.ids("/macs").is_empty());
}

#[test]
fn an_address_must_be_that_of_one_interface() {
    let server = Server::start(&[]);
    let party = server.a();
    for wrong in [
        "43:23:bc:8e:b8:b0",
        "ff:ff:ff:ff:ff:ff",
        "00:00:00:00:00:00",
        "42-23-bc-8e-b8-b0",
        "42:23:bc:8e:b8",
        "42:23:bc:8e:b8:+0",
        "4223bc8eb8b0",
    ] {
        party.post("/macs", order(wrong)).refuses(&["address"]);
    }
}

#[test]
fn an_address_is_registered_once_for_each_account() {
    let server = Server::start(&[]);
    let party = server.a();
    party.post("/macs", order("42:23:bc:8e:b8:b0")).expect(201);
    party
        .post("/macs", order("42:23:BC:8E:B8:B0"))
        .refuses(&["address"]);
    party
        .post(
            "/macs",
            with(
                order("42:23:bc:8e:b8:b0"),
                json!({ "consuming_account": RESOLD }),
            ),
        )
        .expect(201);
}

#[test]
fn the_validity_of_a_mac_address_must_make_sense() {
    let server = Server::start(&[]);
    let party = server.a();
    let validity = |from: &str, until: &str| {
        with(
            order("42:23:bc:8e:b8:b0"),
            json!({ "valid_not_before": from, "valid_not_after": until }),
        )
    };
    party
        .post("/macs", validity("2026-01-02", "soon"))
        .refuses(&["valid_not_before", "valid_not_after"]);
    party
        .post(
            "/macs",
            validity("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"),
        )
        .refuses(&["valid_not_after"]);
    party
        .post(
            "/macs",
            validity("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
        )
        .expect(201);
}

#[test]
fn a_mac_address_cannot_be_changed_or_belong_to_another() {
    let server = Server::start(&[]);
    let party = server.a();
    party
        .post(
            "/macs",
            with(
                order("42:23:bc:8e:b8:b0"),
                json!({ "managing_account": OTHER }),
            ),
        )
        .refuses(&["managing_account"]);
    let mac = id(&party.post("/macs", order("42:23:bc:8e:b8:b0")).expect(201));
    party
        .patch(&format!("/macs/{mac}"), json!({}))
        .problem(405, "method-not-allowed");
}
