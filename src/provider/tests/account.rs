//! Sub-accounts: a person may have to act before they are open.

use serde_json::json;

use crate::ixapi::Json;
use crate::provider::testing::exchange::*;

fn customer(changes: Json) -> Json {
    let customer = json!({
        "name": "Moonpeer B.V.",
        "discoverable": false,
        "address": {
            "country": "NL", "locality": "Amsterdam", "postal_code": "1017 CE",
            "street_address": "Herengracht 1",
        },
    });
    with(customer, changes)
}

#[tokio::test]
async fn what_an_account_needs_of_a_person_ends_the_wait_with_a_warning() {
    let exchange = Exchange::slow().await;
    let accounts = exchange.resource("account");
    let outcome = accounts.create(&customer(json!({}))).await;
    says(
        &outcome.warning(),
        &[
            "is requested, not production",
            "The terms of service have to be signed",
            "Somebody signs the terms and hands them in, at https://documents.example.net/terms.",
        ],
    );
    let account = outcome.kept();
    assert_eq!(account.text("state"), "requested");
    let (change, _) = accounts.plan(Some(&account), &customer(json!({}))).await;
    assert_eq!(change.planned, change.prior);
    let refreshed = accounts.read(&account).await;
    says(
        &refreshed.warning(),
        &["rests in state requested", "have to be signed"],
    );
    exchange.turn();
    let open = accounts.read(&account).await.kept_in_silence();
    assert_eq!(open.text("state"), "production");
    assert!(open.state.get("status").elements().is_empty());
}

#[tokio::test]
async fn what_is_cleared_of_an_account_is_sent_as_the_exchange_takes_it() {
    let exchange = Exchange::instant().await;
    let accounts = exchange.resource("account");
    let before = customer(json!({ "legal_name": "x", "metro_area_network_presence": ["AMS"] }));
    let account = accounts.create(&before).await.kept_in_silence();
    accounts.update(&account, &customer(json!({}))).await.kept();
    let sent = json!({ "legal_name": null, "metro_area_network_presence": [] });
    assert_eq!(exchange.bodies("PATCH"), [sent]);
}

#[tokio::test]
async fn an_account_in_use_stays_and_says_by_what_it_is_used() {
    let exchange = Exchange::instant().await;
    let accounts = exchange.resource("account");
    let account = accounts
        .create(&customer(json!({ "timeouts": { "delete": "1s" } })))
        .await
        .kept_in_silence();
    let used = port(json!({ "consuming_account": account.id() }));
    let port = exchange.resource("connection").create(&used).await.kept();
    let refused = accounts.delete(&account).await.error();
    says(&refused, &[port.id(), "400", "It stays in the state."]);
}
