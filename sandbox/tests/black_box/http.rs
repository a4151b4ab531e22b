//! What is wrong with a request before the exchange has read it, and what of it is remembered.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{OWN, Reply, Server, connection_order};

/// A request of which only this much is sent.
fn half_a_request(server: &Server, path: &str, length: usize, sent: &[u8]) -> Reply {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let patience = Some(Duration::from_secs(20));
    stream.set_read_timeout(patience).unwrap();
    let host = server.address();
    let head = format!("POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(sent).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    Reply::parse(&answer).expect("an answer")
}

#[test]
fn half_a_body_is_waited_for_no_longer_than_a_while() {
    let server = Server::start(&["--body-timeout-ms", "150"]);
    let since = Instant::now();
    let reply = half_a_request(&server, "/api/v2/connections", 100, b"{\"mode\": ");
    assert!(since.elapsed() >= Duration::from_millis(150));
    assert_eq!(reply.headers["connection"], "close");
    reply.problem(408, "request-timeout");
    let log = server.control("GET", "log", Value::Null);
    assert_eq!(log[0]["status"], 408);
    assert_eq!(log[0]["path"], "/connections");
    let late = half_a_request(&server, "/sandbox/patch", 100, b"{");
    late.problem(408, "request-timeout");
}

#[test]
fn a_body_that_is_too_long_is_not_read() {
    let server = Server::start(&[]);
    let reply = half_a_request(&server, "/api/v2/connections", 3_000_000, b"{");
    reply.problem(413, "payload-too-large");
    assert_eq!(server.control("GET", "log", Value::Null)[0]["status"], 413);
    // One that does not say how long it is is found too long on the way.
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let patience = Some(Duration::from_secs(20));
    stream.set_read_timeout(patience).unwrap();
    let head =
        "POST /api/v2/contacts HTTP/1.1\r\nhost: sandbox\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = [b"10000\r\n".to_vec(), vec![b' '; 0x10000], b"\r\n".to_vec()].concat();
    for _ in 0..33 {
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let reply = Reply::parse(&answer).expect("an answer");
    reply.problem(413, "payload-too-large");
}

#[test]
fn a_body_that_is_no_object_is_a_problem_like_any_other() {
    let server = Server::start(&[]);
    let party = server.a();
    for body in ["", "{", "[]", "\"text\"", "\u{0}"] {
        let reply = party
            .try_call("POST", "/connections", body.as_bytes())
            .unwrap();
        reply.problem(400, "validation-error");
    }
    let latin = party.try_call("POST", "/contacts", b"{\"name\": \"\xe9\"}");
    latin.unwrap().problem(400, "validation-error");
}

#[test]
fn of_a_long_body_the_log_keeps_the_length_only() {
    let server = Server::start(&[]);
    let party = server.a();
    let long = connection_order(OWN, json!({ "external_ref": "x".repeat(20_000) }));
    let length = long.to_string().len();
    party.post("/connections", long).refuses(&["external_ref"]);
    let log = server.control("GET", "log", Value::Null);
    let last = log.as_array().unwrap().last().unwrap();
    assert_eq!(last["body"], format!("{length} bytes"));
    assert_eq!(last["status"], 400);
}
