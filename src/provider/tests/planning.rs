//! What a plan asks the exchange, and that it does not need an answer.

use serde_json::json;

use crate::ixapi::Json;
use crate::provider::testing::exchange::*;

async fn a_port(exchange: &Exchange) -> Kept {
    exchange
        .resource("connection")
        .create(&port(json!({})))
        .await
        .kept()
}

fn notice() -> Settings {
    Settings {
        notice_days: 30,
        billing_days: 60,
        ..Settings::default()
    }
}

#[tokio::test]
async fn the_plan_of_a_deletion_tells_when_the_service_ends_and_until_when_it_is_billed() {
    let exchange = Exchange::start(notice()).await;
    let port = a_port(&exchange).await;
    let ports = exchange.resource("connection");
    let (change, planned) = ports.plan(Some(&port), &Json::Null).await;
    assert!(change.is_delete());
    let policy = json!({ "network_connection": port.id() });
    let policy = exchange.ask("cancellation_policy", policy).await.kept();
    says(
        &planned.warning(),
        &[
            "Cancelled now",
            policy.text("decommission_at"),
            policy.text("charged_until"),
        ],
    );
}

#[tokio::test]
async fn the_plan_of_a_replacement_tells_it_too() {
    let exchange = Exchange::start(notice()).await;
    let kept = a_port(&exchange).await;
    let ports = exchange.resource("connection");
    let larger = port(json!({ "mode": "lag_lacp", "port_quantity": 2 }));
    let (change, planned) = ports.plan(Some(&kept), &larger).await;
    assert!(!change.replaces.is_empty());
    says(
        &planned.warning(),
        &["Cancelled now", "needs a new port or LAG"],
    );
}

#[tokio::test]
async fn a_deletion_is_planned_although_the_terms_cannot_be_read() {
    for fault in [
        Fault::new(FaultKind::Html),
        refusal(403),
        Fault::new(FaultKind::Notice),
    ] {
        let exchange = Exchange::instant().await;
        let port = a_port(&exchange).await;
        exchange.faults([fault.on("GET", "/connections/")]);
        let ports = exchange.resource("connection");
        let (_, planned) = ports.plan(Some(&port), &Json::Null).await;
        says(&planned.warning(), &["could not be learnt", port.id()]);
        planned.kept();
    }
}

#[tokio::test]
async fn what_is_as_configured_is_planned_without_a_question() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange).await;
    exchange.control().clear_log();
    let ports = exchange.resource("connection");
    let (change, planned) = ports.plan(Some(&kept), &port(json!({}))).await;
    planned.kept_in_silence();
    assert_eq!(change.planned, kept.state);
    assert!(exchange.log().is_empty());
}

#[tokio::test]
async fn more_ports_than_the_offering_has_are_refused_in_the_plan() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let many = port(json!({ "mode": "lag_lacp", "port_quantity": 5 }));
    let (_, planned) = ports.plan(None, &many).await;
    says(&planned.error(), &["error at port_quantity", "at most 4"]);
    exchange.faults([refusal(403).on("GET", "/product-offerings/")]);
    let (_, planned) = ports.plan(None, &many).await;
    planned.kept_in_silence();
}

/// It was noted, never sent: nothing at the exchange changes without it.
#[tokio::test]
async fn what_the_exchange_never_tells_can_leave_the_configuration() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let config = port(json!({ "connecting_party": "Example B.V." }));
    let kept = ports.create(&config).await.kept();
    let change = ports.change(Some(&kept), &port(json!({})));
    assert!(change.replaces.is_empty(), "{:?}", change.replaces);
}

/// Unknown when the configuration was validated, null when it is planned.
#[tokio::test]
async fn a_required_argument_that_turns_out_to_be_null_is_refused_by_the_plan() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange).await;
    let ports = exchange.resource("connection");
    let config = port(json!({ "port_quantity": null }));
    let (_, planned) = ports.plan(Some(&kept), &config).await;
    says(&planned.error(), &["error at port_quantity", "is missing"]);
}
