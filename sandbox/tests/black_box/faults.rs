//! Misbehaviour on demand.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{OWN, Server, bytes, connection_order, id};

fn contact() -> Vec<u8> {
    bytes(&json!({ "managing_account": OWN, "consuming_account": OWN }))
}

#[test]
fn a_throttled_request_says_when_to_come_back() {
    let server = Server::start(&[]);
    let party = server.a();
    server.control(
        "POST",
        "faults",
        json!({ "kind": "rate_limited", "times": 2, "retry_after": 7 }),
    );
    for _ in 0..2 {
        let reply = party.get("/pops");
        assert_eq!(
            (reply.status, reply.headers["retry-after"].as_str()),
            (429, "7")
        );
    }
    party.get("/pops").expect(200);
}

#[test]
fn failures_of_what_is_in_front_of_the_exchange_are_not_problems() {
    let server = Server::start(&[]);
    let party = server.a();
    server.control(
        "POST",
        "faults",
        json!([{ "kind": "unavailable" }, { "kind": "bad_gateway" },
        { "kind": "html", "status": 500 }]),
    );
    party.get("/pops").problem(503, "unavailable");
    for status in [502, 500] {
        let reply = party.get("/pops");
        assert_eq!(reply.status, status);
        assert!(
            reply.headers["content-type"].starts_with("text/html")
                && reply.text().starts_with("<!DOCTYPE html>")
        );
    }
    party.get("/pops").expect(200);
}

#[test]
fn a_connection_is_cut_before_anything_is_done() {
    let server = Server::start(&[]);
    let party = server.a();
    server.control(
        "POST",
        "faults",
        json!({ "kind": "cut_before", "method": "POST", "path": "/contacts" }),
    );
    assert!(
        party.ids("/contacts").is_empty(),
        "another method is not hit"
    );
    assert!(party.try_call("POST", "/contacts", &contact()).is_none());
    assert!(party.ids("/contacts").is_empty());
    assert!(party.try_call("POST", "/contacts", &contact()).is_some());
}

#[test]
fn a_connection_is_cut_after_the_order_was_taken() {
    let server = Server::start(&[]);
    let party = server.a();
    server.control(
        "POST",
        "faults",
        json!({ "kind": "cut_after", "method": "POST", "path": "/connections" }),
    );
    assert!(
        party
            .try_call(
                "POST",
                "/connections",
                &bytes(&connection_order(OWN, json!({})))
            )
            .is_none()
    );
    assert_eq!(party.ids("/connections").len(), 1);
}

#[test]
fn an_order_can_be_taken_and_answered_with_a_failure() {
    let server = Server::start(&[]);
    let party = server.a();
    server.control(
        "POST",
        "faults",
        json!({ "kind": "bad_gateway", "method": "POST", "after": true }),
    );
    assert_eq!(
        party
            .call("POST", "/connections", connection_order(OWN, json!({})))
            .status,
        502
    );
    assert_eq!(party.ids("/connections").len(), 1);
}

#[test]
fn a_success_can_be_a_page_or_nothing_at_all() {
    let server = Server::start(&[]);
    let party = server.a();
    for (status, body) in [(200, "Be right back"), (204, "")] {
        let kind = if status == 204 { "answer" } else { "html" };
        server.control(
            "POST",
            "faults",
            json!({ "kind": kind, "status": status, "method": "GET" }),
        );
        let reply = party.get("/pops");
        assert_eq!(reply.status, status);
        let text = reply.text();
        assert!(
            text.contains(body) && text.is_empty() == body.is_empty(),
            "{text}"
        );
    }
}

#[test]
fn an_answer_breaks_off_in_the_middle_of_what_was_done() {
    let server = Server::start(&[]);
    let party = server.a();
    server.control(
        "POST",
        "faults",
        json!({ "kind": "truncated", "method": "POST" }),
    );
    let reply = party.call("POST", "/connections", connection_order(OWN, json!({})));
    assert_eq!(reply.status, 201);
    let text = reply.text();
    assert!(text.starts_with('{') && !text.ends_with('}'), "{text}");
    assert_eq!(party.ids("/connections").len(), 1);
}

#[test]
fn what_is_answered_late_is_done_at_once_if_the_fault_says_so() {
    let server = Server::start(&[]);
    let party = server.a();
    server.control(
        "POST",
        "faults",
        json!({ "kind": "slow", "method": "POST", "path": "/contacts", "after": true,
            "delay_ms": 3000 }),
    );
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| party.try_call("POST", "/contacts", &contact()));
        while party.ids("/contacts").is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(!slow.is_finished(), "the answer came at once");
        assert_eq!(slow.join().unwrap().unwrap().status, 201);
    });
}

#[test]
fn a_slow_answer_does_not_hold_up_the_others() {
    let server = Server::start(&[]);
    let party = server.a();
    server.control(
        "POST",
        "faults",
        json!({ "kind": "slow", "path": "/roles", "delay_ms": 3000 }),
    );
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| party.get("/roles").expect(200));
        // Time enough for the slow request to arrive; far too little for its answer.
        std::thread::sleep(Duration::from_millis(300));
        party.get("/pops").expect(200);
        assert!(!slow.is_finished(), "the slow answer came first");
        slow.join().unwrap();
    });
}

#[test]
fn a_token_that_expired_early_stays_expired() {
    let server = Server::start(&[]);
    let party = server.a();
    server.control("POST", "faults", json!({ "kind": "expired_token" }));
    party.get("/pops").problem(401, "signature-expired");
    party.get("/pops").problem(401, "signature-expired");
    server.a().get("/pops").expect(200);
}

#[test]
fn a_fault_can_let_some_requests_pass_first() {
    let server = Server::start(&[]);
    let party = server.a();
    server.control(
        "POST",
        "faults",
        json!({ "kind": "unavailable", "skip": 2 }),
    );
    let statuses: Vec<u16> = (0..4).map(|_| party.get("/pops").status).collect();
    assert_eq!(statuses, [200, 200, 503, 200]);
}

#[test]
fn a_token_request_fails_only_where_the_fault_names_it() {
    let server = Server::start(&[]);
    server.control("POST", "faults", json!({ "kind": "unavailable" }));
    let party = server.a();
    assert_eq!(party.get("/pops").status, 503);
    server.control(
        "POST",
        "faults",
        json!({ "kind": "unavailable", "path": "/connect/token" }),
    );
    let reply = server.send("POST", "/connect/token", &[], b"").unwrap();
    assert_eq!(reply.status, 503);
}

#[test]
fn faults_are_shown_and_forgotten_and_a_wrong_one_is_refused() {
    let server = Server::start(&[]);
    server.control("POST", "faults", json!({ "kind": "slow", "times": 3 }));
    assert_eq!(server.control("GET", "faults", Value::Null)[0]["times"], 3);
    server.control("DELETE", "faults", Value::Null);
    assert_eq!(server.control("GET", "faults", Value::Null), json!([]));
    for wrong in [
        json!({ "kind": "earthquake" }),
        json!({ "kind": "slow", "delay": 1 }),
        json!({ "kind": "slow", "times": 0 }),
    ] {
        assert_eq!(
            server
                .send("POST", "/sandbox/faults", &[], &bytes(&wrong))
                .unwrap()
                .status,
            400
        );
    }
}

#[test]
fn a_notice_is_a_success_without_an_object() {
    let server = Server::start(&[]);
    let party = server.a();
    server.control(
        "POST",
        "faults",
        json!({ "kind": "notice", "path": "/pops" }),
    );
    let notice = party.get("/pops").expect(200);
    assert!(notice["message"].is_string());
    assert!(party.get("/pops").expect(200).is_array());
}

#[test]
fn a_request_is_answered_with_whatever_a_test_likes_and_not_carried_out() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = id(&party.connection(OWN, json!({})));
    let other = id(&party.connection(OWN, json!({ "external_ref": "other" })));
    let path = format!("/connections/{connection}");
    server.control(
        "POST",
        "faults",
        json!([
            { "kind": "answer", "method": "DELETE", "path": path, "body": { "ok": [1, null] } },
            { "kind": "answer", "method": "DELETE", "path": path, "status": 202,
                "object": { "id": other } },
            { "kind": "answer", "method": "DELETE", "path": path, "after": true,
                "object": { "id": connection, "collection": "port-reservations" } },
        ]),
    );
    assert_eq!(party.delete(&path).expect(200), json!({ "ok": [1, null] }));
    assert_eq!(party.delete(&path).expect(202)["external_ref"], "other");
    assert_eq!(party.get(&path).expect(200)["state"], "production");
    assert_eq!(
        party.delete(&path).expect(200)["connection"],
        json!(connection)
    );
    party.get(&path).problem(404, "not-found");
    let log = server.control("GET", "log", Value::Null);
    let struck = log
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["fault"] == "answer");
    assert_eq!(struck.count(), 3);
}

#[test]
fn an_answer_of_ones_own_needs_a_body_and_a_status_that_there_is() {
    let server = Server::start(&[]);
    for (wrong, field) in [
        (json!({ "kind": "answer" }), "body"),
        (
            json!({ "kind": "answer", "body": 1, "object": { "id": "x" } }),
            "body",
        ),
        (
            json!({ "kind": "answer", "body": 1, "status": 100 }),
            "status",
        ),
        (json!({ "kind": "html", "status": 199 }), "status"),
        (json!({ "kind": "problem", "status": 200 }), "status"),
    ] {
        server
            .send("POST", "/sandbox/faults", &[], &bytes(&wrong))
            .unwrap()
            .refuses(&[field]);
    }
}
