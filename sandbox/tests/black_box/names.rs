//! Ids and secrets that have to be encoded, and sets in which something is named twice.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::support::{FORM, NOC, OWN, Server, id, with};

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[test]
fn an_id_with_all_that_paths_encode_is_found_in_paths_and_by_filters() {
    let server = Server::start(&["--quirk", "awkward-ids"]);
    let party = server.a();
    let contact = party.contact(OWN);
    for letter in [':', '/', '+', '='] {
        assert!(contact.contains(letter), "{contact}");
    }
    let path = format!("/contacts/{}", encoded(&contact));
    assert_eq!(party.get(&path).expect(200)["id"], contact.as_str());
    let role = json!({ "role": NOC, "contact": contact });
    let role = id(&party.post("/role-assignments", role).expect(201));
    let roles = format!("/role-assignments?contact={}", encoded(&contact));
    assert_eq!(party.ids(&roles), [role.as_str()]);
    let both = format!(
        "/role-assignments?id={},{}",
        encoded(&role),
        encoded("role:noc")
    );
    assert_eq!(party.ids(&both), [role.as_str()]);

    let order = json!({ "role_assignments": [role] });
    let port = id(&party.connection(OWN, order));
    let below = format!("/connections/{}/cancellation-policy", encoded(&port));
    party.get(&below).expect(200);
    let users = format!("/connections?role_assignments={}", encoded(&role));
    assert_eq!(party.ids(&users), [port.as_str()]);

    // A plus that is not encoded is a space, and a slash another segment.
    let plain = format!("/role-assignments?contact={contact}");
    assert!(party.ids(&plain).is_empty());
    party
        .get(&format!("/contacts/{contact}"))
        .problem(404, "not-found");
    party
        .patch(&path, json!({ "external_ref": "moved" }))
        .expect(200);
}

#[test]
fn a_secret_that_is_not_encoded_does_not_let_in() {
    let server = Server::start(&[]);
    let (key, secret) = (
        server.variable("IX_API_KEY"),
        server.variable("IX_API_SECRET"),
    );
    for letter in ['/', '+', '='] {
        assert!(secret.contains(letter), "{secret}");
    }
    let sign_in = |secret: &str| {
        let form = format!("grant_type=client_credentials&client_id={key}&client_secret={secret}");
        server
            .send("POST", "/connect/token", &[FORM], form.as_bytes())
            .unwrap()
    };
    sign_in(&encoded(secret)).expect(200);
    assert_eq!(sign_in(secret).expect(401)["error"], "invalid_client");
}

#[test]
fn what_a_set_names_twice_is_in_it_once() {
    let server = Server::start(&[]);
    let party = server.a();
    let role = party.assignments(OWN, &[NOC]).remove(0);
    let twice = json!({ "role_assignments": [role, role] });
    let port = party.connection(OWN, twice.clone());
    assert_eq!(port["role_assignments"], json!([role]));
    let path = format!("/connections/{}", id(&port));
    let after = party.patch(&path, twice).expect(202);
    assert_eq!(after["role_assignments"], json!([role]));

    let owner = json!({ "managing_account": OWN, "consuming_account": OWN });
    let mac = with(owner.clone(), json!({ "address": "42:23:bc:8e:b8:b0" }));
    let mac = id(&party.post("/macs", mac).expect(201));
    let config = with(
        owner,
        json!({ "type": "exchange_lan", "billing_account": OWN, "network_service": "LAN-AMS",
            "product_offering": "503301.AMS", "connection": port["id"], "listed": true,
            "role_assignments": [role], "macs": [mac, mac], "asns": [64500, 64501, 64500],
            "vlan_config": { "vlan_type": "dot1q", "vlan": 5 } }),
    );
    let config = party.post("/network-service-configs", config).expect(201);
    assert_eq!(config["macs"], json!([mac]));
    assert_eq!(config["asns"], json!([64500, 64501]), "and the order stays");
    // A list with an order keeps what is named twice: two ports, two cables of one name.
    let demarcs = json!({ "subscriber_side_demarcs": ["A1", "A1"], "mode": "lag_lacp",
        "port_quantity": 2 });
    let group = party.connection(OWN, demarcs);
    assert_eq!(group["subscriber_side_demarcs"], json!(["A1", "A1"]));
    assert_ne!(group["port_reservations"], Value::Null);
}
