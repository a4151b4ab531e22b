//! What some exchanges do and others do not, switched on the command line or while it runs.

use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::support::{Client, OWN, RESOLD, Reply, Server, id};

#[test]
fn reads_lag_behind_a_change_of_metadata() {
    let server = Server::start(&["--metadata-lag", "60"]);
    let party = server.a();
    let path = format!(
        "/connections/{}",
        id(&party.connection(OWN, json!({ "external_ref": "old" })))
    );
    party.get(&path).expect(200);
    let change = json!({ "external_ref": "new", "purchase_order": "po", "mode": "lag_static" });
    assert_eq!(
        party.patch(&path, change).expect(202)["external_ref"],
        "new"
    );
    let read = party.get(&path).expect(200);
    assert_eq!(read["state"], "production");
    assert_eq!(
        (&read["external_ref"], &read["purchase_order"]),
        (&json!("old"), &json!(""))
    );
    assert_eq!(read["mode"], "lag_static", "only metadata lag behind");
    assert_eq!(party.ids("/connections?external_ref=old").len(), 1);
    assert!(party.ids("/connections?external_ref=new").is_empty());
    server.control("POST", "clock", json!({ "advance_seconds": 61 }));
    assert_eq!(party.get(&path).expect(200)["external_ref"], "new");
    assert_eq!(party.ids("/connections?external_ref=new").len(), 1);
}

#[test]
fn the_lag_is_switched_while_the_exchange_runs_and_covers_the_capacity() {
    let server = Server::start(&[]);
    let party = server.a();
    let circuit = party.circuit(OWN, RESOLD);
    let connection = party.connection(OWN, json!({}));
    let config = party.config(OWN, &circuit, &connection, json!({ "capacity": 50 }));
    let path = format!("/network-service-configs/{}", id(&config));
    let change = |capacity: u32| json!({ "type": "p2p_vc", "capacity": capacity });
    party.patch(&path, change(60)).expect(202);
    assert_eq!(party.get(&path).expect(200)["capacity"], 60);
    let quirks = server.control("POST", "quirks", json!({ "metadata_lag": 30 }));
    assert_eq!(
        quirks,
        json!({
            "metadata_lag": 30, "gzip": false, "latency_ms": 0, "requests_per_second": null,
        })
    );
    party.patch(&path, change(70)).expect(202);
    assert_eq!(party.get(&path).expect(200)["capacity"], 60);
    party.patch(&path, change(80)).expect(202);
    assert_eq!(party.get(&path).expect(200)["capacity"], 60);
    server.control("POST", "clock", json!({ "advance_seconds": 31 }));
    assert_eq!(party.get(&path).expect(200)["capacity"], 80);
}

fn get(party: &Client<'_>, coding: &str) -> Reply {
    let authorization = format!("Bearer {}", party.token);
    let headers = [
        ("authorization", authorization.as_str()),
        ("accept-encoding", coding),
    ];
    let path = "/api/v2/product-offerings";
    party.server.send("GET", path, &headers, &[]).unwrap()
}

#[test]
fn answers_are_compressed_for_whoever_accepts_it() {
    let server = Server::start(&["--gzip"]);
    let party = server.a();
    let plain = get(&party, "br, gzip;q=0");
    assert!(!plain.headers.contains_key("content-encoding"));
    let short = get(&party, "br;q=1.0, gzip;q=0.5");
    assert_eq!(short.headers["content-encoding"], "gzip");
    assert!(short.body.len() < plain.body.len() / 4);
    let mut text = String::new();
    GzDecoder::new(short.body.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), plain.json());
    server.control("POST", "quirks", json!({ "gzip": false }));
    let plain = get(&party, "gzip");
    assert!(!plain.headers.contains_key("content-encoding"));
}

#[test]
fn what_comes_too_fast_is_refused_before_anything_is_done_and_tokens_are_not_counted() {
    let server = Server::start(&["--requests-per-second", "1"]);
    let party = server.a();
    let order = json!({
        "managing_account": OWN, "consuming_account": OWN, "name": "x",
        "email": "x@example.net", "telephone": "+31201234567",
    });
    // Of so many, two come in the same second.
    let mut replies = (0..999).map(|_| party.post("/contacts", order.clone()));
    let refused = replies.find(|reply| reply.status == 429).unwrap();
    assert_eq!(refused.headers["retry-after"], "1");
    refused.problem(429, "too-many-requests");
    server.control("POST", "quirks", json!({ "requests_per_second": 0 }));
    let log = server.control("GET", "log", Value::Null);
    let taken = log
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["path"] == "/contacts" && entry["status"] == 201);
    assert_eq!(party.ids("/contacts").len(), taken.count());
    for _ in 0..9 {
        server.a();
        party.get("/pops").expect(200);
    }
}
