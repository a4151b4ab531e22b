//! What a test can see of the exchange and do to it.

use serde_json::{Value, json};

use crate::support::{FORM, OWN, Server, bytes, connection_order, id, lag};

#[test]
fn the_log_has_every_request_in_its_order_and_no_secret() {
    let server = Server::start(&[]);
    let party = server.a();
    party.get("/pops?metro_area_network=AMS").expect(200);
    party
        .post(
            "/contacts",
            json!({ "managing_account": OWN, "consuming_account": OWN }),
        )
        .expect(201);
    server
        .send(
            "POST",
            "/api/v2/auth/token",
            &[],
            b"{\"api_key\":\"k\",\"api_secret\":\"s3cr3t\"}",
        )
        .unwrap();
    server
        .send("POST", "/connect/token", &[], b"client_secret=s3cr3t")
        .unwrap();
    server.control("POST", "faults", json!({ "kind": "cut_before" }));
    assert!(party.try_call("GET", "/roles", &[]).is_none());

    let log = server.control("GET", "log", Value::Null);
    let line = |entry: &Value| {
        format!(
            "{} {} {} {} {}",
            entry["seq"], entry["method"], entry["path"], entry["query"], entry["status"]
        )
        .replace('"', "")
    };
    let lines: Vec<String> = log.as_array().unwrap().iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "1 POST /connect/token  200",
            "2 GET /pops metro_area_network=AMS 200",
            "3 POST /contacts  201",
            "4 POST /auth/token  401",
            "5 POST /connect/token  400",
            "6 GET /roles  null",
        ]
    );
    assert_eq!(log[0]["body"]["client_secret"], "***");
    assert_eq!(log[0]["body"]["client_id"], "sandbox-party-a");
    assert_eq!(log[1]["party"], "A");
    assert_eq!(log[2]["body"]["managing_account"], OWN);
    assert_eq!(log[3]["body"]["api_secret"], "***");
    assert_eq!(log[5]["fault"], "cut_before");
    assert!(!log.to_string().contains("s3cr3t") && !log.to_string().contains("not-a-real"));
    assert!(!log.to_string().contains(&party.token));

    server.control("DELETE", "log", Value::Null);
    party.get("/pops").expect(200);
    assert_eq!(server.control("GET", "log", Value::Null)[0]["seq"], 7);
}

#[test]
fn what_is_live_is_counted_apart_from_what_is_ending() {
    let server = Server::start(&["--notice-days", "5"]);
    let party = server.a();
    party.contact(OWN);
    party.connection(OWN, lag(2));
    let ending = id(&party.connection(OWN, json!({ "external_ref": "ending" })));
    party.delete(&format!("/connections/{ending}")).expect(202);
    let count = server.control("GET", "live", Value::Null);
    assert_eq!(
        count["live"]["counts"],
        json!({ "contacts": 1, "connections": 1, "port-reservations": 2 })
    );
    assert_eq!(count["live"]["total"], 4);
    assert_eq!(
        count["cancelling"]["counts"],
        json!({ "connections": 1, "port-reservations": 1 })
    );
    let expected = json!({ "collection": "connections", "id": ending,
        "state": "decommission_requested", "external_ref": "ending", "party": "A" });
    assert_eq!(count["cancelling"]["objects"][0], expected);
    server.control("POST", "clock", json!({ "advance_days": 6 }));
    assert_eq!(
        server.control("GET", "live", Value::Null)["cancelling"]["total"],
        0
    );
}

#[test]
fn an_object_is_held_in_a_state_until_it_is_released() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = id(&party.connection(OWN, json!({})));
    let path = format!("/connections/{connection}");
    server.control(
        "POST",
        "hold",
        json!({ "id": connection, "state": "allocated" }),
    );
    for _ in 0..3 {
        assert_eq!(party.get(&path).expect(200)["state"], "allocated");
    }
    assert_eq!(
        party
            .get(&format!("/port-reservations/{connection}"))
            .expect(200)["state"],
        "allocated"
    );
    assert_eq!(
        server.control("POST", "release", json!({ "id": connection })),
        json!({ "released": 1 })
    );
    assert_eq!(party.get(&path).expect(200)["state"], "production");
}

#[test]
fn a_held_connection_holds_its_ports_and_not_the_configs_on_it() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = party.connection(OWN, lag(1));
    server.control(
        "POST",
        "hold",
        json!({ "id": connection["id"], "state": "allocated" }),
    );
    let circuit = party.circuit(OWN, OWN);
    let side = |vlan: u32| {
        let changes = json!({ "vlan_config": { "vlan_type": "dot1q", "vlan": vlan } });
        format!(
            "/network-service-configs/{}",
            id(&party.config(OWN, &circuit, &connection, changes))
        )
    };
    let config = side(10);
    side(11);
    assert_eq!(party.get(&config).expect(200)["state"], "production");
    let reservation = connection["port_reservations"][0].as_str().unwrap();
    assert_eq!(
        party
            .get(&format!("/port-reservations/{reservation}"))
            .expect(200)["state"],
        "allocated"
    );
}

#[test]
fn objects_that_do_not_exist_yet_are_held_by_collection_or_reference() {
    let server = Server::start(&[]);
    let party = server.a();
    server.control(
        "POST",
        "hold",
        json!({ "external_ref": "wait", "state": "allocated" }),
    );
    server.control(
        "POST",
        "hold",
        json!({ "collection": "connections", "state": "decommission_requested" }),
    );
    let held = format!(
        "/connections/{}",
        id(&party.connection(OWN, json!({ "external_ref": "wait" })))
    );
    let free = format!("/connections/{}", id(&party.connection(OWN, json!({}))));
    assert_eq!(party.get(&held).expect(200)["state"], "allocated");
    assert_eq!(party.get(&free).expect(200)["state"], "production");
    party.delete(&free).expect(202);
    assert_eq!(
        party.get(&free).expect(200)["state"],
        "decommission_requested"
    );
    assert_eq!(
        server.control("POST", "release", Value::Null),
        json!({ "released": 2 })
    );
    party.get(&free).problem(404, "not-found");
    assert_eq!(party.get(&held).expect(200)["state"], "production");
}

#[test]
fn any_state_can_be_forced_and_stays() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = id(&party.connection(OWN, json!({})));
    let path = format!("/connections/{connection}");
    let message = json!({ "severity": 3, "tag": "fibre_cut", "message": "A digger.",
        "attrs": null, "timestamp": "2026-01-01T00:00:00" });
    let forced = server.control(
        "POST",
        "state",
        json!({ "id": connection, "state": "awaiting_moon", "status": [message] }),
    );
    assert_eq!(forced["state"], "awaiting_moon");
    let read = party.get(&path).expect(200);
    assert_eq!(
        (read["state"].clone(), read["status"].clone()),
        (json!("awaiting_moon"), json!([message]))
    );
    server.control(
        "POST",
        "state",
        json!({ "id": connection, "state": "cancelled" }),
    );
    assert_eq!(
        server.control("GET", "live", Value::Null)["live"]["counts"]["connections"],
        Value::Null
    );
    party.delete(&path).expect(200);
    party.get(&path).problem(404, "not-found");
    party
        .get(&format!("/port-reservations/{connection}"))
        .problem(404, "not-found");
}

#[test]
fn the_reservation_behind_a_shared_id_is_reached_by_its_collection() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = id(&party.connection(OWN, json!({})));
    server.control(
        "POST",
        "state",
        json!({ "id": connection, "collection": "port-reservations", "state": "testing" }),
    );
    assert_eq!(
        party
            .get(&format!("/port-reservations/{connection}"))
            .expect(200)["state"],
        "testing"
    );
    assert_eq!(
        party.get(&format!("/connections/{connection}")).expect(200)["state"],
        "production"
    );
}

#[test]
fn fields_are_changed_behind_the_customers_back() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = id(&party.connection(OWN, json!({ "external_ref": "mine" })));
    let path = format!("/connections/{connection}");
    server.control(
        "POST",
        "patch",
        json!({ "id": connection, "fields": { "external_ref": "theirs", "speed": 25000 } }),
    );
    let drifted = party.get(&path).expect(200);
    assert_eq!(
        (drifted["external_ref"].clone(), drifted["speed"].clone()),
        (json!("theirs"), json!(25000))
    );
    assert_eq!(
        party
            .patch(&path, json!({ "external_ref": "mine" }))
            .expect(202)["external_ref"],
        "mine"
    );
}

#[test]
fn an_object_can_vanish_and_everything_can_be_forgotten() {
    let server = Server::start(&[]);
    let party = server.a();
    let contact = party.contact(OWN);
    server.control("POST", "remove", json!({ "id": contact }));
    party
        .get(&format!("/contacts/{contact}"))
        .problem(404, "not-found");
    party.contact(OWN);
    server.control("POST", "reset", Value::Null);
    assert_eq!(server.control("GET", "log", Value::Null), json!([]));
    assert!(party.ids("/contacts").is_empty(), "the token is still good");
}

#[test]
fn a_wrong_order_to_the_control_room_is_refused() {
    let server = Server::start(&[]);
    let contact = server.a().contact(OWN);
    let status = |method: &str, place: &str, body: Value| {
        server
            .send(method, &format!("/sandbox/{place}"), &[], &bytes(&body))
            .unwrap()
            .status
    };
    assert_eq!(
        status("POST", "state", json!({ "id": "nothing", "state": "x" })),
        404
    );
    assert_eq!(
        status("POST", "state", json!({ "id": contact, "state": "x" })),
        400
    );
    assert_eq!(status("POST", "hold", json!({ "state": "allocated" })), 400);
    assert_eq!(
        status("POST", "hold", json!({ "collection": "connections" })),
        400
    );
    let misspelt = json!({ "id": contact, "removes": ["name"] });
    assert_eq!(status("POST", "patch", misspelt), 400);
    assert_eq!(status("GET", "secrets", Value::Null), 404);
}

#[test]
fn the_control_room_is_not_part_of_the_api() {
    let server = Server::start(&[]);
    let party = server.a();
    party.get("/sandbox/log").problem(404, "not-found");
    assert_eq!(
        server
            .send("GET", "/elsewhere", &[FORM], b"")
            .unwrap()
            .status,
        404
    );
    party
        .post("/connections", connection_order(OWN, json!({})))
        .expect(201);
    let log = server.control("GET", "log", Value::Null);
    assert!(
        log.as_array()
            .unwrap()
            .iter()
            .all(|entry| entry["path"] != "/elsewhere")
    );
}

#[test]
fn a_field_can_be_taken_out_of_an_object_and_put_back() {
    let server = Server::start(&[]);
    let party = server.a();
    let port = id(&party.connection(OWN, json!({})));
    let path = format!("/connections/{port}");
    let order = json!({ "id": port, "remove": ["pop", "external_ref", "status"] });
    let shown = server.control("POST", "patch", order);
    for object in [shown, party.get(&path).expect(200)] {
        for name in ["pop", "external_ref", "status"] {
            assert!(object.get(name).is_none(), "{name}: {object}");
        }
        assert_eq!(object["speed"], 10_000);
    }
    let back = json!({ "id": port, "fields": { "pop": "elsewhere" } });
    server.control("POST", "patch", back);
    let object = party.get(&path).expect(200);
    assert_eq!(object["pop"], "elsewhere");
    assert!(object.get("external_ref").is_none(), "{object}");
}

#[test]
fn many_are_ordered_at_once_and_requests_are_counted_by_kind() {
    let server = Server::start(&[]);
    let party = server.a();
    let body = connection_order(OWN, json!({ "external_ref": "estate-{n}" }));
    let orders = json!({ "collection": "connections", "count": 3, "body": body });
    let ids = server.control("POST", "orders", orders)["ids"].clone();
    server.control("DELETE", "log", Value::Null);
    for (number, id) in ids.as_array().unwrap().iter().enumerate() {
        let connection = party.get(&format!("/connections/{}", id.as_str().unwrap()));
        let connection = connection.expect(200);
        assert_eq!(connection["external_ref"], format!("estate-{number}"));
        assert_eq!(connection["state"], "production");
    }
    assert_eq!(party.ids("/connections").len(), 3);
    let counts = server.control("GET", "counts", Value::Null);
    assert_eq!(
        counts,
        json!([
            { "method": "GET", "path": "/connections", "status": 200, "count": 1 },
            { "method": "GET", "path": "/connections/{id}", "status": 200, "count": 3 },
        ])
    );
}
