//! Questions about one object.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::provider::testing::exchange::*;

async fn a_port(exchange: &Exchange) -> Kept {
    exchange
        .resource("connection")
        .create(&port(json!({})))
        .await
        .kept()
}

#[tokio::test]
async fn a_letter_is_fetched_byte_for_byte() {
    let exchange = Exchange::instant().await;
    let port = a_port(&exchange).await;
    let asked = exchange
        .ask("loa", json!({ "network_connection": port.id() }))
        .await;
    let answered = asked.kept_in_silence();
    let letter = BASE64_STANDARD
        .decode(answered.text("content_base64"))
        .unwrap();
    assert!(letter.starts_with(b"%PDF"));
    assert_eq!(answered.text("media_type"), "application/pdf");
    assert_eq!(answered.text("sha256").len(), 64);
    let asked = exchange
        .ask("loa", json!({ "port_reservation": port.id() }))
        .await;
    assert!(!asked.kept_in_silence().text("content_base64").is_empty());
}

#[tokio::test]
async fn a_page_with_status_200_is_no_letter() {
    let exchange = Exchange::instant().await;
    let port = a_port(&exchange).await;
    let loa = format!("/connections/{}/loa", port.id());
    exchange.faults([Fault::new(FaultKind::Notice).on("GET", &loa)]);
    let asked = exchange
        .ask("loa", json!({ "network_connection": port.id() }))
        .await;
    says(
        &asked.error(),
        &[
            "No letter of authorisation",
            "application/json, not with a document",
        ],
    );
}

#[tokio::test]
async fn a_letter_that_is_not_there_yet_is_an_error_in_the_words_of_the_exchange() {
    let exchange = Exchange::slow().await;
    let config = port(json!({ "wait_for_state": "none" }));
    let port = exchange.resource("connection").create(&config).await.kept();
    let asked = exchange
        .ask("loa", json!({ "network_connection": port.id() }))
        .await;
    says(
        &asked.error(),
        &[
            "Looking up the letter of authorisation of",
            port.id(),
            "400",
        ],
    );
}

#[tokio::test]
async fn a_policy_tells_both_dates_and_what_if() {
    let exchange = Exchange::start(Settings {
        notice_days: 30,
        billing_days: 60,
        ..Settings::default()
    })
    .await;
    let port = a_port(&exchange).await;
    let about = json!({ "network_connection": port.id() });
    let now = exchange
        .ask("cancellation_policy", about.clone())
        .await
        .kept_in_silence();
    let (end, charged) = (now.text("decommission_at"), now.text("charged_until"));
    assert!(end < charged, "{end} {charged}");
    let later = json!({ "decommission_at": "2999-01-31" });
    let asked = exchange
        .ask("cancellation_policy", with(about.clone(), later))
        .await;
    let then = asked.kept_in_silence();
    assert_eq!(then.text("decommission_at"), "2999-01-31");
    assert_eq!(then.text("charged_until"), "2999-01-31");
    let last = exchange.log().into_iter().next_back().unwrap();
    assert_eq!(last.query, "decommission_at=2999-01-31");
}

#[tokio::test]
async fn a_policy_of_what_is_not_there_is_an_error() {
    let exchange = Exchange::instant().await;
    let about = json!({ "network_service": "VLC-1" });
    let asked = exchange.ask("cancellation_policy", about).await;
    says(
        &asked.error(),
        &["the cancellation policy of VLC-1", "404", "Check the id"],
    );
}

#[tokio::test]
async fn a_policy_that_is_none_is_an_error() {
    let exchange = Exchange::instant().await;
    let port = a_port(&exchange).await;
    let policy = format!("/connections/{}/cancellation-policy", port.id());
    exchange.faults([answer(200, json!([])).on("GET", &policy)]);
    let about = json!({ "network_connection": port.id() });
    exchange.ask("cancellation_policy", about).await.error();
}

#[tokio::test]
async fn an_answer_without_a_word_of_the_policy_is_none() {
    let exchange = Exchange::instant().await;
    let port = a_port(&exchange).await;
    let policy = format!("/connections/{}/cancellation-policy", port.id());
    exchange.faults([Fault::new(FaultKind::Notice).on("GET", &policy)]);
    let asked = exchange
        .ask(
            "cancellation_policy",
            json!({ "network_connection": port.id() }),
        )
        .await;
    says(&asked.error(), &["No cancellation policy", port.id()]);
}

#[tokio::test]
async fn nothing_has_one_of_no_ids() {
    let exchange = Exchange::instant().await;
    a_port(&exchange).await;
    let found = exchange.ask("connections", json!({ "ids": [] })).await;
    let found = found.kept_in_silence();
    assert!(found.state.get("connections").elements().is_empty());
}
