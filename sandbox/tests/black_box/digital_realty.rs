//! How the exchange speaks as Digital Realty's guides show it, habit by habit.

use serde_json::{Value, json};

use crate::support::{Client, IMPLEMENTATION, OWN, RESOLD, Server, connection_order, id, lag};

const DIALECT: [&str; 2] = ["--dialect", "digital-realty"];

fn speaks(but_for: &str) -> Server {
    Server::start(&[&DIALECT[..], &["--no-quirk", but_for]].concat())
}

fn names(object: &Value) -> Vec<&str> {
    let fields = object.as_object().unwrap().keys();
    fields.map(String::as_str).collect()
}

fn lacks(object: &Value, fields: &[&str]) {
    let there = names(object);
    for field in fields {
        assert!(!there.contains(field), "{field} in {object}");
    }
}

fn has(object: &Value, fields: &[&str]) {
    let there = names(object);
    for field in fields {
        assert!(there.contains(field), "no {field} in {object}");
    }
}

/// A circuit, a connection and the A side between them.
fn ordered(party: &Client<'_>) -> [Value; 3] {
    let circuit = party.circuit(OWN, RESOLD);
    let connection = party.connection(OWN, json!({ "external_ref": "old" }));
    let config = party.config(OWN, &circuit, &connection, json!({}));
    [circuit, connection, config]
}

#[test]
fn what_holds_nothing_and_some_of_what_does_is_left_out() {
    let server = Server::start(&DIALECT);
    let party = server.a();
    let [circuit, connection, config] = ordered(&party);
    let reservations = party.get("/port-reservations").expect(200);
    let pop = party.get("/pops/AMS5-B").expect(200);
    let never = [
        "metro_area",
        "metro_area_network",
        "status",
        "subscriber_side_demarcs",
    ];
    lacks(&connection, &never);
    has(&connection, &["pop", "contract_ref", "ports"]);
    lacks(
        &config,
        &[
            "l3_config",
            "routing_function",
            "macs",
            "product_offering",
            "status",
        ],
    );
    lacks(
        &circuit,
        &[
            "nsc_product_offerings",
            "display_name",
            "availability_zones",
        ],
    );
    has(
        &circuit,
        &["status", "nsc_required_contact_roles", "contract_ref"],
    );
    lacks(
        &reservations,
        &["status", "subscriber_side_demarc", "cross_connect_id"],
    );
    lacks(&pop, &["availability_zone"]);
}

#[test]
fn what_a_customer_set_is_shown() {
    let server = Server::start(&DIALECT);
    let party = server.a();
    let changes = json!({ "subscriber_side_demarcs": ["a"] });
    let connection = party.connection(OWN, changes);
    assert_eq!(connection["subscriber_side_demarcs"], json!(["a"]));
}

#[test]
fn filters_look_at_what_is_left_out_too() {
    let server = Server::start(&DIALECT);
    let party = server.a();
    let connection = party.connection(OWN, json!({}));
    let here = party.get("/connections?metro_area=AMS").expect(200);
    assert_eq!(here["id"], connection["id"]);
    assert!(party.ids("/connections?metro_area=LON").is_empty());
}

#[test]
fn a_change_is_answered_with_what_was_before_and_so_are_reads_in_production() {
    let server = Server::start(&[&DIALECT[..], &["--metadata-lag", "30"]].concat());
    let party = server.a();
    let [_, connection, _] = ordered(&party);
    let path = format!("/connections/{}", id(&connection));
    let change = json!({ "external_ref": "new", "product_offering": "503233.AMS5-B.S" });
    let answer = party.patch(&path, change).expect(200);
    assert_eq!(answer["external_ref"], "old");
    assert_eq!(answer["product_offering"], "503233.AMS5-B.S");
    let read = party.get(&path).expect(200);
    assert_eq!(
        (&read["state"], &read["external_ref"]),
        (&json!("production"), &json!("old"))
    );
    server.control("POST", "clock", json!({ "advance_seconds": 31 }));
    assert_eq!(party.get(&path).expect(200)["external_ref"], "new");
}

#[test]
fn the_answer_to_a_change_tells_the_truth_without_that_quirk() {
    let server = speaks("patch-answers-lag");
    let party = server.a();
    let [_, connection, _] = ordered(&party);
    let path = format!("/connections/{}", id(&connection));
    let answer = party
        .patch(&path, json!({ "external_ref": "new" }))
        .expect(200);
    assert_eq!(answer["external_ref"], "new");
    assert_eq!(party.get(&path).expect(200)["external_ref"], "old");
}

#[test]
fn offerings_spell_the_roles_they_require_in_upper_case() {
    let path = "/product-offerings/503233.AMS7-A.S";
    let role = |server: &Server| {
        let offering = server.a().get(path).expect(200);
        offering["required_contact_roles"][0].clone()
    };
    assert_eq!(
        role(&Server::start(&DIALECT)),
        IMPLEMENTATION.to_uppercase()
    );
    assert_eq!(role(&speaks("upper-case-roles")), IMPLEMENTATION);
}

#[test]
fn a_list_of_one_is_that_object_numbers_are_text_and_empty_lists_are_null() {
    let server = Server::start(&DIALECT);
    let party = server.a();
    let made = party.connection(OWN, json!({}));
    let only = party.get("/connections").expect(200);
    assert_eq!(only["id"], made["id"]);
    assert_eq!(only["speed"], "10000");
    assert_eq!(only["role_assignments"], Value::Null);
    assert!(party.get("/roles").expect(200).is_array());
    let plain = ["one-is-no-list", "numbers-as-text", "null-lists"];
    let plain = plain.map(|quirk| ["--no-quirk", quirk]).concat();
    let server = Server::start(&[&DIALECT[..], &plain].concat());
    let party = server.a();
    party.connection(OWN, json!({}));
    let all = party.get("/connections").expect(200);
    assert_eq!(all[0]["speed"], 10_000);
    assert_eq!(all[0]["role_assignments"], json!([]));
}

#[test]
fn a_new_connection_lists_its_reservations_a_moment_later() {
    let server = Server::start(&DIALECT);
    let party = server.a();
    let made = party.connection(OWN, json!({}));
    assert_eq!(made["port_reservations"], Value::Null);
    server.control("POST", "clock", json!({ "advance_seconds": 1 }));
    let read = party
        .get(&format!("/connections/{}", id(&made)))
        .expect(200);
    assert_eq!(read["port_reservations"], json!([made["id"]]));
}

#[test]
fn what_the_guides_send_is_taken_and_without_the_quirks_it_is_not() {
    let change = json!({ "type": "cloud_vc",
        "vlan_config": { "vlan_type": "qinq", "outer_vlan": "909", "inner_vlan": "808" } });
    let path = |config: &Value| format!("/network-service-configs/{}", id(config));
    let server = Server::start(&DIALECT);
    let party = server.a();
    let [_, _, config] = ordered(&party);
    let changed = party.patch(&path(&config), change.clone()).expect(200);
    assert_eq!(changed["type"], "p2p_vc");
    assert_eq!(changed["vlan_config"]["inner_vlan"], "808");
    let group = party.connection(OWN, lag(2));
    let more = json!({ "connection": group["id"], "state": "production" });
    party.post("/port-reservations", more.clone()).expect(201);

    let server = Server::start(&[]);
    let party = server.a();
    let [_, _, config] = ordered(&party);
    let refused = ["type", "vlan_config.inner_vlan", "vlan_config.outer_vlan"];
    party.patch(&path(&config), change).refuses(&refused);
    party
        .post("/port-reservations", more)
        .refuses(&["connection", "state"]);
}

#[test]
fn a_connection_is_ordered_with_an_lacp_timeout() {
    let order = |changes| connection_order(OWN, changes);
    let without = json!({ "lacp_timeout": "absent" });
    let server = Server::start(&DIALECT);
    let party = server.a();
    let reason = party
        .post("/connections", order(without.clone()))
        .refuses(&["lacp_timeout"]);
    assert_eq!(reason, "is required");
    let server = speaks("demands-lacp-timeout");
    server.a().post("/connections", order(without)).expect(201);
}
