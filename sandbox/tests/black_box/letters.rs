//! Letters of authorisation that the subscriber uploads, because the exchange orders the cross
//! connect. Those that are downloaded are among the connections.

use serde_json::{Value, json};

use crate::support::{Client, IMPLEMENTATION, OWN, Reply, Server, id, with};

const BYTES: (&str, &str) = ("content-type", "application/octet-stream");

fn ordered(party: &Client<'_>, changes: Value) -> Value {
    let order = json!({
        "product_offering": "503235.FRA1-A.E",
        "role_assignments": party.assignments(OWN, &[IMPLEMENTATION]),
    });
    party.connection(OWN, with(order, changes))
}

fn upload(party: &Client<'_>, path: &str, kind: (&str, &str), letter: &[u8]) -> Reply {
    let authorization = format!("Bearer {}", party.token);
    let headers = [("authorization", authorization.as_str()), kind];
    let path = format!("/api/v2{path}/loa");
    party.server.send("POST", &path, &headers, letter).unwrap()
}

#[test]
fn a_port_is_installed_once_its_letter_is_uploaded() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = id(&ordered(&party, json!({})));
    let path = format!("/connections/{connection}");
    assert_eq!(party.get(&path).expect(200)["state"], "allocated");
    party
        .get(&format!("{path}/loa"))
        .problem(400, "unable-to-fulfill");
    upload(&party, &path, ("content-type", "application/pdf"), b"%PDF")
        .problem(415, "unsupported-media-type");
    upload(&party, &path, BYTES, b"").expect(400);
    assert_eq!(party.get(&path).expect(200)["state"], "allocated");
    let shown = upload(&party, &path, BYTES, b"%PDF-1.4 \xff\x00 letter").expect(200);
    assert_eq!(shown["id"], json!(connection));
    assert_eq!(party.get(&path).expect(200)["state"], "production");
    let port = party
        .get(&format!("/port-reservations/{connection}"))
        .expect(200);
    assert_eq!(port["state"], "production");
    let kept = party.get(&format!("{path}/loa"));
    assert_eq!(kept.body, b"%PDF-1.4 \xff\x00 letter");
    upload(&party, &path, BYTES, b"again").expect(200);
    let kept = party.get(&format!("/port-reservations/{connection}/loa"));
    assert_eq!(kept.body, b"again");
    let log = server.control("GET", "log", Value::Null);
    let uploads = log.as_array().unwrap().iter();
    let bodies: Vec<&Value> = uploads
        .filter(|entry| entry["path"] == json!(format!("{path}/loa")) && entry["method"] == "POST")
        .map(|entry| &entry["body"])
        .collect();
    assert_eq!(bodies[2], "18 bytes");
}

#[test]
fn a_group_is_installed_once_each_of_its_ports_has_a_letter() {
    let server = Server::start(&[]);
    let party = server.a();
    let group = ordered(&party, json!({ "mode": "lag_lacp", "port_quantity": 2 }));
    let path = format!("/connections/{}", id(&group));
    upload(&party, &path, BYTES, b"letter").problem(400, "unable-to-fulfill");
    let ports = group["port_reservations"].as_array().unwrap();
    let port = |index: usize| format!("/port-reservations/{}", ports[index].as_str().unwrap());
    upload(&party, &port(0), BYTES, b"letter").expect(200);
    assert_eq!(party.get(&port(0)).expect(200)["state"], "production");
    assert_eq!(party.get(&path).expect(200)["state"], "allocated");
    upload(&party, &port(1), BYTES, b"letter").expect(200);
    assert_eq!(party.get(&path).expect(200)["state"], "production");
    server.b().get(&port(0)).problem(404, "not-found");
}

#[test]
fn a_letter_can_be_there_before_the_port_is() {
    let server = Server::start(&["--speed", "real"]);
    let party = server.a();
    let connection = id(&ordered(&party, json!({})));
    let path = format!("/connections/{connection}");
    assert_eq!(
        upload(&party, &path, BYTES, b"letter").expect(200)["state"],
        "requested"
    );
    server.control("POST", "clock", json!({ "advance_seconds": 400 }));
    assert_eq!(party.get(&path).expect(200)["state"], "production");
}

#[test]
fn a_letter_is_for_a_port_of_ones_own_that_waits_for_one() {
    let server = Server::start(&[]);
    let party = server.a();
    let path = format!("/connections/{}", id(&ordered(&party, json!({}))));
    upload(&server.b(), &path, BYTES, b"letter").problem(404, "not-found");
    let nearly = ("content-type", "application/octet-streams");
    upload(&party, &path, nearly, b"letter").problem(415, "unsupported-media-type");
    let issued = json!({ "product_offering": "503234.AMS5-B.S", "role_assignments": [] });
    let issued = format!("/connections/{}", id(&party.connection(OWN, issued)));
    upload(&party, &issued, BYTES, b"letter").problem(400, "unable-to-fulfill");
    upload(&party, "/connections/CANL-0", BYTES, b"letter").problem(404, "not-found");
    let spelled = ("content-type", "application/octet-stream; version=1");
    upload(&party, &path, spelled, b"letter").expect(200);
    assert_eq!(party.get(&path).expect(200)["state"], "production");
}
