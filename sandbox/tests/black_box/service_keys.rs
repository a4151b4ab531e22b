//! The extension for service keys, from both sides.

use serde_json::{Value, json};

use crate::support::{
    Client, HIDDEN, OTHER, OWN, RESOLD, Server, circuit_order, config_order, day, id, with,
};

const X: &str = "/extensions/inxn-servicekey-v1";
const ON: &[&str] = &["--quirk", "service-keys"];

/// The inviting party, with a port whose key it gives away.
struct Inviting<'a> {
    party: Client<'a>,
    port: Value,
    key: String,
}

fn inviting(server: &Server) -> Inviting<'_> {
    let party = server.b();
    let port = party.connection(OTHER, json!({}));
    let ports = party.get(&format!("{X}/connections")).expect(200);
    let shown = ports
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["id"] == port["id"]);
    let key = shown.unwrap()["service_key"].as_str().unwrap().to_owned();
    Inviting { party, port, key }
}

fn order(key: &str, changes: Value) -> Value {
    let keyed = json!({ "joining_member_account": "absent", "service_key": key });
    with(circuit_order(OWN, OTHER, keyed), changes)
}

/// A circuit ordered with a key; its path at the extension.
fn ordered(party: &Client<'_>, key: &str) -> (Value, String) {
    let circuit = party
        .post(&format!("{X}/network-services"), order(key, json!({})))
        .expect(201);
    let path = format!("{X}/network-services/{}", id(&circuit));
    (circuit, path)
}

/// The same, with both sides configured.
fn live(party: &Client<'_>, other: &Inviting<'_>) -> String {
    let (circuit, path) = ordered(party, &other.key);
    party.config(OWN, &circuit, &party.connection(OWN, json!({})), json!({}));
    let side = config_order(OTHER, &circuit, &other.port, json!({}));
    other
        .party
        .post(&format!("{X}/network-service-configs"), side)
        .expect(201);
    party.wait(&path, "production");
    path
}

fn tags(circuit: &Value) -> Vec<&str> {
    let status = circuit["status"].as_array().unwrap();
    status
        .iter()
        .map(|message| message["tag"].as_str().unwrap())
        .collect()
}

#[test]
fn it_is_served_where_it_is_switched_on_and_listed() {
    let plain = Server::start(&[]);
    plain
        .a()
        .get(&format!("{X}/connections"))
        .problem(404, "not-found");
    assert_eq!(plain.a().get("/extensions").expect(200), json!([]));
    for arguments in [ON, &["--dialect", "digital-realty"]] {
        let server = Server::start(arguments);
        server.a().get(&format!("{X}/connections")).expect(200);
        let listed = server.a().get("/extensions").expect(200);
        assert_eq!(listed[0]["name"], "inxn-servicekey-v1");
        let address = server.variable("IX_API_HOST");
        assert_eq!(listed[0]["base_url"], format!("{address}{X}"));
    }
    let silent = Server::start(&["--quirk", "service-keys", "--quirk", "extensions-unlisted"]);
    assert_eq!(silent.a().get("/extensions").expect(200), json!([]));
    silent.a().get(&format!("{X}/connections")).expect(200);
}

#[test]
fn it_can_be_at_the_root_of_the_host() {
    let server = Server::start(&["--quirk", "service-keys", "--quirk", "extensions-at-root"]);
    let party = server.a();
    party
        .get(&format!("{X}/connections"))
        .problem(404, "not-found");
    let url = server.variable("IXAPI_SANDBOX_URL");
    let listed = party.get("/extensions").expect(200);
    assert_eq!(listed[0]["base_url"], format!("{url}{X}"));
    let token = format!("Bearer {}", party.token);
    let place = format!("{X}/connections");
    let reply = server
        .send("GET", &place, &[("authorization", &token)], b"")
        .unwrap();
    assert_eq!(reply.expect(200), json!([]));
    let reply = server.send("GET", &place, &[], b"").unwrap();
    reply.problem(401, "not-authenticated");
}

#[test]
fn ones_own_ports_are_listed_with_their_keys_and_only_there() {
    let server = Server::start(ON);
    let (a, b) = (server.a(), inviting(&server));
    let own = a.connection(OWN, json!({}));
    for place in ["connections", "product-offerings"] {
        let ports = a.get(&format!("{X}/{place}")).expect(200);
        assert_eq!(ports.as_array().unwrap().len(), 1);
        assert_eq!(ports[0]["id"], own["id"]);
        assert_ne!(ports[0]["service_key"], b.key);
        assert_eq!(ports[0]["pop"], "AMS5-B");
    }
    let path = format!("/connections/{}", id(&own));
    assert!(a.get(&path).expect(200).get("service_key").is_none());
}

#[test]
fn whoever_has_a_key_learns_what_it_is_for() {
    let server = Server::start(ON);
    let b = inviting(&server);
    let told = server
        .a()
        .get(&format!("{X}/service-keys/{}", b.key))
        .expect(200);
    let legal_name = b.party.get(&format!("/accounts/{OTHER}")).expect(200)["legal_name"].clone();
    let expected = json!({
        "id": b.key, "mode": "standalone", "connection": b.port["id"], "legal_name": legal_name,
        "max_capacity": 10_000, "metro_area": "AMS", "metro_area_network": "AMS",
        "pop": "AMS5-B",
    });
    assert_eq!(told, expected);
    server
        .a()
        .get(&format!("{X}/service-keys/nothing"))
        .problem(404, "not-found");
    b.party
        .delete(&format!("/connections/{}", id(&b.port)))
        .expect(202);
    let gone = server.a().get(&format!("{X}/service-keys/{}", b.key));
    gone.problem(404, "not-found");
}

#[test]
fn an_order_needs_a_key_that_is_one_and_no_joining_member() {
    let server = Server::start(ON);
    let (a, b) = (server.a(), inviting(&server));
    let try_it = |changes: Value| a.post(&format!("{X}/network-services"), order(&b.key, changes));
    try_it(json!({ "service_key": "nothing" })).refuses(&["service_key"]);
    try_it(json!({ "service_key": "absent" })).refuses(&["service_key"]);
    try_it(json!({ "service_key": 7, "billing_account": OTHER }))
        .refuses(&["service_key", "billing_account"]);
    try_it(json!({ "joining_member_account": OTHER })).refuses(&["joining_member_account"]);
    try_it(json!({ "product_offering": "503121.AMS.FRA" })).refuses(&["product_offering"]);
    try_it(json!({ "type": "cloud_vc" })).refuses(&["type"]);
    try_it(json!({ "colour": "blue" })).refuses(&["colour"]);
    assert_eq!(a.ids("/network-services?type=p2p_vc"), Vec::<String>::new());
    // The API itself knows no keys.
    a.post("/network-services", order(&b.key, json!({})))
        .refuses(&["joining_member_account", "service_key"]);
}

#[test]
fn an_order_fits_into_what_the_port_has_left() {
    let server = Server::start(ON);
    let b = server.b();
    let small = b.connection(OTHER, json!({ "product_offering": "503233.AMS5-B.S" }));
    let ports = b.get(&format!("{X}/connections")).expect(200);
    let key = ports[0]["service_key"].as_str().unwrap();
    assert_eq!(ports[0]["id"], small["id"]);
    let big = order(key, json!({ "product_offering": "503128.AMS.AMS" }));
    server
        .a()
        .post(&format!("{X}/network-services"), big)
        .refuses(&["product_offering"]);
}

#[test]
fn the_inviting_party_finds_the_circuit_and_joins_it_from_the_port_of_the_key() {
    let server = Server::start(ON);
    let (a, b) = (server.a(), inviting(&server));
    let (circuit, path) = ordered(&a, &b.key);
    assert_eq!(circuit["state"], "requested");
    assert_eq!(circuit["joining_member_account"], OTHER);
    assert_eq!(circuit["service_key"], b.key);
    assert_eq!(circuit["capacity"], 100);
    a.circuit(OWN, OTHER);
    let config = a.config(OWN, &circuit, &a.connection(OWN, json!({})), json!({}));
    assert_eq!(config["state"], "allocated");
    let found = b.party.get(&format!("{X}/network-services")).expect(200);
    assert_eq!(
        found.as_array().unwrap().len(),
        1,
        "the other was ordered without a key"
    );
    assert_eq!(found[0]["id"], circuit["id"]);
    assert_eq!(
        found[0]["billing_account"], OWN,
        "both sides see the same here"
    );

    let side = |changes: Value| config_order(OTHER, &circuit, &b.port, changes);
    b.party
        .post("/network-service-configs", side(json!({})))
        .refuses(&["network_service"]);
    let configs = format!("{X}/network-service-configs");
    let other = b.party.connection(OTHER, json!({}));
    b.party
        .post(&configs, side(json!({ "connection": other["id"] })))
        .refuses(&["connection"]);
    let accepted = b.party.post(&configs, side(json!({}))).expect(201);
    assert_eq!(accepted["state"], "allocated");
    assert_eq!(a.wait(&path, "production")["service_key"], b.key);
    b.party.wait(&path, "production");
    // The core shows the circuit too, without the key; and the config is an ordinary one.
    let core = a
        .get(&format!("/network-services/{}", id(&circuit)))
        .expect(200);
    assert!(core.get("service_key").is_none());
    let own = format!("/network-service-configs/{}", id(&accepted));
    b.party.get(&own).expect(200);
    let moved = json!({ "type": "p2p_vc", "connection": other["id"] });
    b.party.patch(&own, moved).refuses(&["connection"]);
}

#[test]
fn the_extension_takes_the_invited_side_of_circuits_with_a_key_only() {
    let server = Server::start(ON);
    let (a, b) = (server.a(), inviting(&server));
    let configs = format!("{X}/network-service-configs");
    let (circuit, _) = ordered(&a, &b.key);
    let own = config_order(OWN, &circuit, &a.connection(OWN, json!({})), json!({}));
    a.post(&configs, own).refuses(&["network_service"]);
    let plain = a.circuit(OWN, OTHER);
    let side = config_order(OTHER, &plain, &b.port, json!({}));
    b.party.post(&configs, side).refuses(&["network_service"]);
    let path = format!("{X}/network-services/{}", id(&plain));
    a.get(&path).problem(404, "not-found");
    a.delete(&path).problem(404, "not-found");
}

#[test]
fn a_circuit_is_the_two_parties_alone() {
    let server = Server::start(ON);
    let a = server.a();
    a.connection(RESOLD, json!({}));
    let ports = a.get(&format!("{X}/connections")).expect(200);
    let (_, path) = ordered(&a, ports[0]["service_key"].as_str().unwrap());
    server.b().get(&path).problem(404, "not-found");
    a.post("/network-services", circuit_order(OWN, HIDDEN, json!({})))
        .expect(201);
}

#[test]
fn the_inviting_party_can_decline_and_the_other_clears_the_order_away() {
    let server = Server::start(ON);
    let (a, b) = (server.a(), inviting(&server));
    let (circuit, path) = ordered(&a, &b.key);
    a.config(OWN, &circuit, &a.connection(OWN, json!({})), json!({}));
    let core = format!("/network-services/{}", id(&circuit));
    let declined = b.party.delete(&core).expect(202);
    assert_eq!(declined["state"], "cancelled");
    assert!(tags(&declined).contains(&"Not Accepted"));
    assert_eq!(a.get(&core).expect(200)["state"], "cancelled");
    assert!(tags(&a.get(&path).expect(200)).contains(&"Not Accepted"));
    b.party.delete(&path).problem(403, "permission-denied");
    assert_eq!(a.delete(&path).expect(200)["state"], "cancelled");
    a.get(&path).problem(404, "not-found");
    a.get(&core).problem(404, "not-found");
}

#[test]
fn who_ordered_ends_the_circuit_at_once_and_pays_for_thirty_days() {
    let server = Server::start(ON);
    let (a, b) = (server.a(), inviting(&server));
    let path = live(&a, &b);
    let ending = a.delete(&path).expect(202);
    assert_eq!(ending["decommission_at"], day(&server, 0));
    assert_eq!(ending["charged_until"], day(&server, 30));
    assert!(tags(&ending).contains(&"Decommission-Requested"));
    assert_eq!(ending["service_key"], b.key);
    a.get(&path).problem(404, "not-found");
    b.party.get(&path).problem(404, "not-found");
}

#[test]
fn who_ordered_can_choose_the_end_of_the_notice_at_the_api_itself() {
    let server = Server::start(ON);
    let (a, b) = (server.a(), inviting(&server));
    let path = live(&a, &b);
    let then = json!({ "decommission_at": day(&server, 30) });
    a.call("DELETE", &path, then.clone())
        .refuses(&["decommission_at"]);
    let core = path.strip_prefix(X).unwrap();
    let ending = a.call("DELETE", core, then).expect(202);
    assert_eq!(ending["decommission_at"], day(&server, 30));
    assert_eq!(ending["charged_until"], day(&server, 30));
    let shown = a.get(&path).expect(200);
    assert_eq!(shown["state"], "decommission_requested");
    assert_eq!(shown["charged_until"], day(&server, 30));
    server.control("POST", "clock", json!({ "advance_days": 31 }));
    server.a().get(&path).problem(404, "not-found");
}

#[test]
fn who_was_invited_ends_it_in_thirty_days_and_it_is_paid_for_sixty() {
    let server = Server::start(ON);
    let (a, b) = (server.a(), inviting(&server));
    let path = live(&a, &b);
    let ending = b.party.delete(&path).expect(202);
    assert_eq!(ending["decommission_at"], day(&server, 30));
    assert_eq!(ending["charged_until"], day(&server, 60));
    assert!(tags(&ending).contains(&"Decommission-Requested-B-Side"));
    assert_eq!(a.get(&path).expect(200)["state"], "decommission_requested");
    server.control("POST", "clock", json!({ "advance_days": 31 }));
    server.a().get(&path).problem(404, "not-found");
}

#[test]
fn who_ordered_brings_the_end_forward_that_the_other_asked_for() {
    let server = Server::start(ON);
    let (a, b) = (server.a(), inviting(&server));
    let path = live(&a, &b);
    b.party.delete(&path).expect(202);
    let sooner = a.delete(&path).expect(202);
    assert_eq!(sooner["decommission_at"], day(&server, 0));
    assert_eq!(sooner["charged_until"], day(&server, 30));
    let told = tags(&sooner);
    assert!(told.contains(&"Decommission-Requested-B-Side"));
    assert_eq!(told.last(), Some(&"Decommission-Requested"));
    a.get(&path).problem(404, "not-found");
}

#[test]
fn a_key_is_in_no_log_and_no_other_method_is_offered() {
    let server = Server::start(ON);
    let (a, b) = (server.a(), inviting(&server));
    a.get(&format!("{X}/service-keys/{}", b.key)).expect(200);
    let (_, path) = ordered(&a, &b.key);
    a.patch(&path, json!({ "type": "p2p_vc" }))
        .problem(405, "method-not-allowed");
    for place in ["connections", "service-keys/x", "network-service-configs"] {
        a.delete(&format!("{X}/{place}"))
            .problem(405, "method-not-allowed");
    }
    a.get(&format!("{X}/nothing")).problem(404, "not-found");
    let log = server.control("GET", "log", Value::Null).to_string();
    assert!(log.contains("/service-keys/***"), "{log}");
    assert!(!log.contains(&b.key));
}
