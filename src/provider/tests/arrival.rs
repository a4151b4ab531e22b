//! What the exchange makes of its own accord: waited for, found without doubt, or not at all.

use serde_json::json;
use tokio::join;

use crate::ixapi::Json;
use crate::provider::testing::exchange::*;

/// A config of the peering LAN in Amsterdam, as it was answered.
async fn a_config(exchange: &Exchange, vlan: i64) -> Kept {
    let quick = |config: Json| with(config, json!({ "wait_for_state": "none" }));
    let ports = exchange.resource("connection");
    let port = ports.create(&quick(port(json!({})))).await.kept();
    let noc = exchange.resource("contact").create(&contact(&[NOC])).await;
    let config = quick(peering(&port, &noc.kept(), vlan));
    exchange.resource("nsc").create(&config).await.kept()
}

fn address(config: &Kept, changes: Json) -> Json {
    let address = json!({ "network_service_config": config.id(), "version": 4 });
    with(address, changes)
}

/// The id of an address of the config.
fn allocated(exchange: &Exchange, config: &Kept, version: u64) -> String {
    let config = exchange.control().show(config.id()).unwrap();
    let ips = config["ips"].as_array().unwrap().iter();
    let mut ips = ips.map(|id| exchange.control().show(id.as_str().unwrap()).unwrap());
    let ip = ips.find(|ip| ip["version"] == version).unwrap();
    ip["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_address_is_waited_for_until_it_is_allocated() {
    let exchange = Exchange::slow().await;
    let config = a_config(&exchange, 23).await;
    exchange.control().clear_log();
    let ips = exchange.resource("ip");
    let named = address(&config, json!({ "fqdn": "gw.example.net" }));
    let (found, ()) = join!(ips.create(&named), async {
        exchange.asked("GET", "/ips", 3).await;
        exchange.turn();
    });
    let kept = found.kept_in_silence();
    assert_eq!(kept.id(), allocated(&exchange, &config, 4));
    assert_eq!(kept.text("fqdn"), "gw.example.net");
    assert_eq!(kept.text("network_service_config"), config.id());
    assert_eq!(exchange.sent(), [format!("PATCH /ips/{}", kept.id())]);
    let again = ips.read(&kept).await.kept_in_silence();
    assert_eq!(again.state, kept.state);
}

#[tokio::test]
async fn an_address_that_needs_no_name_is_found_and_left_alone() {
    let exchange = Exchange::instant().await;
    let config = a_config(&exchange, 23).await;
    exchange.control().clear_log();
    let six = address(&config, json!({ "version": 6 }));
    let kept = exchange.resource("ip").create(&six).await.kept_in_silence();
    assert_eq!(kept.id(), allocated(&exchange, &config, 6));
    assert!(exchange.sent().is_empty());
}

#[tokio::test]
async fn no_address_in_time_is_an_error_and_nothing_is_sent() {
    let exchange = Exchange::slow().await;
    let config = a_config(&exchange, 23).await;
    exchange.control().clear_log();
    let wanted = json!({ "fqdn": "gw.example.net", "timeouts": { "create": "40ms" } });
    let found = exchange
        .resource("ip")
        .create(&address(&config, wanted))
        .await;
    says(
        &found.error(),
        &[
            "There is no IP address yet",
            config.id(),
            "version 4",
            "for 40ms (timeouts.create)",
        ],
    );
    assert_eq!(found.saved, None);
    assert!(exchange.sent().is_empty());
}

#[tokio::test]
async fn an_interrupted_search_is_an_error_and_nothing_is_sent() {
    let exchange = Exchange::slow().await;
    let config = a_config(&exchange, 23).await;
    exchange.control().clear_log();
    let ips = exchange.resource("ip");
    let config = address(&config, json!({}));
    let (found, ()) = join!(ips.create(&config), async {
        exchange.asked("GET", "/ips", 2).await;
        ips.stop.cancel();
    });
    says(&found.error(), &["interrupted", "Nothing was changed"]);
    assert!(exchange.sent().is_empty());
}

#[tokio::test]
async fn a_search_goes_on_while_the_exchange_is_out_of_order_and_ends_when_it_refuses() {
    let exchange = Exchange::instant().await;
    let config = a_config(&exchange, 23).await;
    let outage = Fault {
        times: 6,
        ..Fault::new(FaultKind::Unavailable).on("GET", "/ips")
    };
    exchange.faults([outage, refusal(500).on("GET", "/ips")]);
    let ips = exchange.resource("ip");
    ips.create(&address(&config, json!({})))
        .await
        .kept_in_silence();
    exchange.faults([refusal(403).on("GET", "/ips")]);
    let refused = ips.create(&address(&config, json!({}))).await;
    says(
        &refused.error(),
        &["Finding the IP address", "403", "Nothing was changed."],
    );
}

#[tokio::test]
async fn two_addresses_are_an_error_that_names_both() {
    let exchange = Exchange::instant().await;
    let config = a_config(&exchange, 23).await;
    let listed = json!([{ "id": "ip-1", "version": 4 }, { "id": "ip-2", "version": 4 }]);
    exchange.faults([answer(200, listed).on("GET", "/ips")]);
    exchange.control().clear_log();
    let named = address(&config, json!({ "fqdn": "gw.example.net" }));
    let found = exchange.resource("ip").create(&named).await;
    says(
        &found.error(),
        &[
            "There is more than one IP address",
            "ip-1, ip-2",
            "Import the one",
        ],
    );
    assert!(exchange.sent().is_empty());
}

#[tokio::test]
async fn an_exchange_that_ignores_the_filters_is_not_taken_at_its_word() {
    let exchange = Exchange::start(Settings {
        ignore_filters: true,
        ..slow()
    })
    .await;
    let theirs = a_config(&exchange, 23).await;
    exchange.turn();
    let ours = a_config(&exchange, 24).await;
    let ips = exchange.resource("ip");
    // Its own addresses are still to come; those that are listed belong to the other config.
    let named = address(&ours, json!({ "fqdn": "gw.example.net" }));
    let (found, ()) = join!(ips.create(&named), async {
        exchange.asked("GET", "/ips", 3).await;
        exchange.turn();
    });
    let kept = found.kept_in_silence();
    assert_eq!(kept.id(), allocated(&exchange, &ours, 4));
    let other = allocated(&exchange, &theirs, 4);
    assert_eq!(
        exchange.control().show(&*other).unwrap()["fqdn"],
        Json::Null
    );
}

#[tokio::test]
async fn an_address_that_was_named_and_then_cannot_be_read_is_no_unchanged_one() {
    let exchange = Exchange::instant().await;
    let config = a_config(&exchange, 23).await;
    exchange.faults([
        after_acting(FaultKind::Notice).on("PATCH", "/ips/"),
        refusal(403).on("GET", "/ips/"),
    ]);
    let ips = exchange.resource("ip");
    let named = address(&config, json!({ "fqdn": "gw.example.net" }));
    let error = ips.create(&named).await.error();
    says(&error, &["403"]);
    assert!(!error.contains("Nothing was changed"), "{error}");
    ips.create(&named).await.kept_in_silence();
}

#[tokio::test]
async fn an_address_that_is_gone_is_looked_for_anew() {
    let exchange = Exchange::instant().await;
    let config = a_config(&exchange, 23).await;
    let ips = exchange.resource("ip");
    let kept = ips.create(&address(&config, json!({}))).await.kept();
    exchange.control().remove(kept.id()).unwrap();
    says(
        &ips.read(&kept).await.warning(),
        &["is gone", "looks for it anew"],
    );
}

#[tokio::test]
async fn two_resources_do_not_hold_one_address() {
    let exchange = Exchange::instant().await;
    let config = a_config(&exchange, 23).await;
    let ips = exchange.resource("ip");
    let one = address(&config, json!({ "fqdn": "a.example.net" }));
    let other = address(&config, json!({ "fqdn": "b.example.net" }));
    let kept = ips.create(&one).await.kept_in_silence();
    exchange.control().clear_log();
    says(
        &ips.create(&other).await.error(),
        &[
            "Another resource holds this",
            kept.id(),
            "Nothing was ordered",
        ],
    );
    assert!(exchange.sent().is_empty(), "{:?}", exchange.sent());
}
