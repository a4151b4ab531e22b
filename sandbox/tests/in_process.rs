//! An exchange in the process of a test.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use ixapi_sandbox::control::Held;
use ixapi_sandbox::faults::{Fault, FaultKind};
use ixapi_sandbox::other_party::{Answered, Reply};
use ixapi_sandbox::parties::Party;
use ixapi_sandbox::{Running, Settings};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request; what is answered, whole.
async fn send(url: &str, head: &str, body: &str) -> String {
    let address = url.strip_prefix("http://").unwrap();
    let Ok(mut stream) = TcpStream::connect(address).await else {
        return String::new();
    };
    let request = format!(
        "{head} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\n\
         content-length: {}\r\n",
        body.len()
    );
    let request = format!("{request}\r\n{body}");
    let mut answer = Vec::new();
    let _ = stream.write_all(request.as_bytes()).await;
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

fn body(answer: &str) -> Value {
    serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

async fn token(exchange: &Running) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials")
        .append_pair("client_id", exchange.client_id())
        .append_pair("client_secret", exchange.client_secret());
    let form = form.finish();
    let answer = send(exchange.url(), "POST /connect/token", &form).await;
    body(&answer)["access_token"].as_str().unwrap().to_owned()
}

/// A request below the base path, which must be answered.
async fn ask(exchange: &Running, token: &str, method: &str, path: &str, order: Value) -> Value {
    let address = exchange.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let order = if order.is_null() {
        String::new()
    } else {
        order.to_string()
    };
    let request = format!(
        "{method} /api/v2{path} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\n\
         authorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{order}",
        order.len()
    );
    let mut answer = String::new();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.read_to_string(&mut answer).await.unwrap();
    body(&answer)
}

fn connection() -> Value {
    json!({
        "managing_account": "A0087999", "consuming_account": "A0087999",
        "billing_account": "A0087999", "mode": "standalone", "port_quantity": 1,
        "product_offering": "503234.AMS5-B.S", "role_assignments": [],
    })
}

#[tokio::test]
async fn a_test_turns_the_clock_and_sees_what_happens() {
    let settings = Settings {
        step_ms: Some(3_600_000),
        ..Settings::default()
    };
    let exchange = Running::start(settings).await.unwrap();
    let token = token(&exchange).await;
    let made = ask(&exchange, &token, "POST", "/connections", connection()).await;
    let (id, control) = (made["id"].as_str().unwrap(), exchange.control());
    assert_eq!(made["state"], "requested");
    control.advance(Duration::from_secs(3600));
    assert_eq!(control.show(id).unwrap()["state"], "allocated");
    assert_eq!(control.live()["live"]["counts"]["connections"], 1);
    control.patch(id, json!({ "speed": 1 })).unwrap();
    control.set_state(id, "testing", None).unwrap();
    assert_eq!(control.show(id).unwrap()["speed"], 1);
    assert_eq!(control.show(id).unwrap()["state"], "testing");
    assert!(control.hold(Held::default()).is_err());
    control.remove(id).unwrap();
    assert!(control.show("nothing").is_err());
    let log = exchange.log();
    let last = log.last().unwrap();
    assert_eq!(
        (last.method.as_str(), last.path.as_str()),
        ("POST", "/connections")
    );
    assert_eq!((last.party, last.status), (Some("A"), Some(201)));
}

#[tokio::test]
async fn a_fault_is_queued_in_process_and_strikes_by_http() {
    let exchange = Running::start(Settings::default()).await.unwrap();
    let control = exchange.control();
    let fault = Fault {
        status: Some(418),
        body: Some(json!({ "tea": true })),
        ..Fault::new(FaultKind::Answer).on("GET", "/health")
    };
    control.faults([fault.clone()]).unwrap();
    assert!(control.faults([Fault { times: 0, ..fault }]).is_err());
    assert_eq!(control.faults_waiting().len(), 1);
    let answer = send(exchange.url(), "GET /api/v2/health", "").await;
    assert!(answer.starts_with("HTTP/1.1 418"), "{answer}");
    assert_eq!(body(&answer), json!({ "tea": true }));
    assert_eq!(exchange.log()[0].fault, Some("answer"));
    assert!(control.faults_waiting().is_empty());
}

#[tokio::test]
async fn two_exchanges_have_nothing_in_common_and_a_dropped_one_answers_no_more() {
    let one = Running::start(Settings::default()).await.unwrap();
    let two = Running::start(Settings::default()).await.unwrap();
    assert_ne!(one.url(), two.url());
    assert_eq!(one.credentials(Party::B).account, "A0087264");
    send(one.url(), "GET /api/v2/health", "").await;
    assert_eq!((one.log().len(), two.log().len()), (1, 0));
    let url = one.url().to_owned();
    drop(one);
    assert_eq!(send(&url, "GET /api/v2/health", "").await, "");
}

#[tokio::test]
async fn who_watches_an_exchange_that_is_dropped_is_not_left_waiting() {
    let exchange = Running::start(Settings::default()).await.unwrap();
    let address = exchange.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET /sandbox/events HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut begin = [0; 16];
    stream.read_exact(&mut begin).await.unwrap();
    drop(exchange);
    let mut rest = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut rest)).await;
    assert!(end.is_ok(), "the stream goes on");
}

#[tokio::test]
async fn what_the_page_shows_and_answers_is_at_hand_in_process() {
    let settings = Settings {
        step_ms: Some(60_000),
        ..Settings::default()
    };
    let exchange = Running::start(settings).await.unwrap();
    let token = token(&exchange).await;
    ask(&exchange, &token, "POST", "/connections", connection()).await;
    let control = exchange.control();
    for state in ["allocated", "production"] {
        control.advance_to_next_step();
        assert_eq!(control.estate()["objects"][0]["state"], state);
    }
    let nothing = Answered {
        id: "VLC1".to_owned(),
        reply: Reply::Accept,
    };
    assert!(control.reply(&nothing).is_err());
}
