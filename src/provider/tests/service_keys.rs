//! Circuits ordered with a service key, which are at an extension of the exchange; ends on a chosen
//! day; change requests.

use ixapi_sandbox::dialect::Quirk;
use serde_json::json;

use crate::ixapi::Json;
use crate::provider::testing::exchange::*;
use crate::tfplugin::value::Value;

const X: &str = "/extensions/inxn-servicekey-v1";

async fn with_keys(quirks: &[Quirk]) -> Exchange {
    let with = [&[Quirk::ServiceKeys], quirks].concat();
    Exchange::start(Settings {
        with,
        ..Settings::default()
    })
    .await
}

/// A port of a sub-account, and its service key.
async fn a_key(exchange: &Exchange) -> String {
    let owners = json!({ "consuming_account": RESOLD });
    let port = exchange.resource("connection").create(&port(owners)).await;
    let id = json!({ "id": port.kept_in_silence().id() });
    let shown = exchange.ask("service_key_connection", id).await;
    shown.kept_in_silence().text("service_key").to_owned()
}

/// A circuit to the port of a key.
fn keyed(key: &str) -> Json {
    let order = circuit(json!({ "service_key": key }));
    with(order, json!({ "joining_member_account": null }))
}

fn noted(mut kept: Kept, attribute: &str) -> Kept {
    kept.notes.set("configured", Some(json!([attribute])));
    kept
}

#[tokio::test]
async fn a_circuit_with_a_key_is_ordered_looked_at_and_ended_at_the_extension() {
    for quirks in [
        &[][..],
        &[Quirk::ExtensionsAtRoot],
        &[Quirk::ExtensionsUnlisted],
    ] {
        let exchange = with_keys(quirks).await;
        let key = a_key(&exchange).await;
        let circuits = exchange.resource("p2p_vc");
        let kept = circuits.create(&keyed(&key)).await.kept_in_silence();
        assert_eq!(kept.text("service_key"), key);
        assert_eq!(kept.text("joining_member_account"), RESOLD);
        let read = circuits.read(&kept).await.kept_in_silence();
        assert_eq!(read.state, kept.state);
        let another = with(keyed(&key), json!({ "product_offering": "503122.AMS.AMS" }));
        let kept = circuits.update(&kept, &another).await.kept_in_silence();
        assert_eq!(kept.text("service_key"), key);
        let own = kept.id().to_owned();
        circuits.delete(&kept).await.kept_in_silence();
        assert_eq!(exchange.live("network-services"), 0);
        let sent = exchange.sent();
        let expected = [
            format!("POST {X}/network-services"),
            format!("PATCH /network-services/{own}"),
            format!("DELETE {X}/network-services/{own}"),
        ];
        assert_eq!(sent[sent.len() - 3..], expected);
    }
}

#[tokio::test]
async fn the_list_of_extensions_is_asked_for_once() {
    let exchange = with_keys(&[]).await;
    let key = a_key(&exchange).await;
    exchange
        .resource("p2p_vc")
        .create(&keyed(&key))
        .await
        .kept_in_silence();
    assert_eq!(exchange.asked_for("/extensions"), 1);
}

#[tokio::test]
async fn an_import_finds_the_key() {
    let exchange = with_keys(&[]).await;
    let key = a_key(&exchange).await;
    let circuits = exchange.resource("p2p_vc");
    let kept = circuits.create(&keyed(&key)).await.kept_in_silence();
    let imported = circuits.import(kept.id()).await.kept_in_silence();
    assert_eq!(imported.text("service_key"), key);
    let change = circuits.change(Some(&imported), &keyed(&key));
    assert!(change.replaces.is_empty());
    assert_eq!(change.planned, imported.state);
}

#[tokio::test]
async fn a_circuit_without_a_key_whose_configuration_says_one_is_neither_lost_nor_ordered_again() {
    let exchange = with_keys(&[]).await;
    let key = a_key(&exchange).await;
    let circuits = exchange.resource("p2p_vc");
    let plain = circuits.create(&circuit(json!({}))).await.kept_in_silence();
    let (change, planned) = circuits.plan(Some(&plain), &keyed(&key)).await;
    says(&planned.warning(), &["service_key is noted, not sent"]);
    assert!(change.replaces.is_empty());
    let kept = circuits.apply(&plain, &change).await.kept();
    let read = circuits.read(&kept).await.kept_in_silence();
    assert_eq!(read.id(), plain.id());
    circuits.delete(&read).await.kept_in_silence();
    assert_eq!(exchange.live("network-services"), 0);
}

#[tokio::test]
async fn a_circuit_is_gone_only_if_both_places_say_so() {
    let exchange = with_keys(&[]).await;
    let key = a_key(&exchange).await;
    let circuits = exchange.resource("p2p_vc");
    let kept = circuits.create(&keyed(&key)).await.kept_in_silence();
    let path = format!("{X}/network-services");
    exchange.faults([refusal(404).on("GET", &path)]);
    let there = circuits.read(&kept).await.kept_in_silence();
    assert_eq!(there.state.get("id"), kept.state.get("id"));
    exchange.control().remove(kept.id()).unwrap();
    let gone = circuits.read(&kept).await;
    says(&gone.warning(), &["is gone"]);
    assert!(gone.kept().state.is_null());
}

#[tokio::test]
async fn a_wrong_key_is_refused_at_its_attribute_and_told_to_nobody() {
    let exchange = with_keys(&[]).await;
    let refused = exchange
        .resource("p2p_vc")
        .create(&keyed("1314785d-9908"))
        .await;
    let error = refused.error();
    says(
        &error,
        &[
            "error at service_key",
            "is not a service key",
            "Nothing was ordered",
        ],
    );
    assert!(!error.contains("1314785d"), "{error}");
    let unknown = json!({ "service_key": "1314785d-9908" });
    let refused = exchange.ask("service_key", unknown).await.error();
    says(&refused, &["port of this service key", "404"]);
    assert!(!refused.contains("1314785d"), "{refused}");
}

/// A replacement ends the circuit and its configs before the new one is ordered.
#[tokio::test]
async fn a_wrong_key_is_refused_before_anything_is_cancelled_for_it() {
    let exchange = with_keys(&[]).await;
    let key = a_key(&exchange).await;
    let circuits = exchange.resource("p2p_vc");
    let kept = circuits.create(&keyed(&key)).await.kept_in_silence();
    let wrong = keyed("1314785d-9908");
    for prior in [Some(&kept), None] {
        let (_, planned) = circuits.plan(prior, &wrong).await;
        let error = planned.error();
        says(&error, &["error at service_key", "not a service key"]);
        assert!(!error.contains("1314785d"), "{error}");
    }
    let another = a_key(&exchange).await;
    let (change, planned) = circuits.plan(Some(&kept), &keyed(&another)).await;
    assert!(!change.replaces.is_empty() && planned.answer.is_ok());
    exchange.next_run();
    exchange.control().clear_log();
    let (_, planned) = circuits.plan(Some(&kept), &keyed(&key)).await;
    planned.kept_in_silence();
    assert!(
        exchange.log().is_empty(),
        "a key that stays is not asked for"
    );
}

#[tokio::test]
async fn a_key_that_cannot_be_looked_up_is_no_reason_to_refuse_the_plan() {
    let exchange = with_keys(&[]).await;
    let path = format!("{X}/service-keys/1314785d-9908");
    exchange.faults([refusal(403).on("GET", &path)]);
    let circuits = exchange.resource("p2p_vc");
    let (_, planned) = circuits.plan(None, &keyed("1314785d-9908")).await;
    let told = planned.warning();
    says(&told, &["could be checked", "403"]);
    assert!(!told.contains("1314785d"), "{told}");
}

#[tokio::test]
async fn where_there_are_no_service_keys_an_order_says_so() {
    let exchange = Exchange::instant().await;
    let refused = exchange
        .resource("p2p_vc")
        .create(&keyed("1314785d-9908"))
        .await;
    says(
        &refused.error(),
        &[
            "error at service_key",
            "404",
            "service_key_extension",
            "Nothing was ordered",
        ],
    );
}

#[tokio::test]
async fn a_refused_config_is_tried_elsewhere_only_because_of_its_circuit() {
    let exchange = Exchange::instant().await;
    let own = exchange
        .resource("connection")
        .create(&port(json!({})))
        .await
        .kept();
    let circuits = exchange.resource("p2p_vc");
    let there = circuits.create(&circuit(json!({}))).await.kept();
    let configs = exchange.resource("nsc");
    let before = exchange.sent().len();
    let wrong = with(
        side(&there, &own, 7),
        json!({ "network_connection": "CANL-0" }),
    );
    says(
        &configs.create(&wrong).await.error(),
        &["error at network_connection"],
    );
    assert_eq!(exchange.sent().len(), before + 1);
    let wrong = with(side(&there, &own, 7), json!({ "network_service": "VLC0" }));
    let error = configs.create(&wrong).await.error();
    says(&error, &["error at network_service", "that you can join"]);
    assert_eq!(exchange.sent().len(), before + 3);
}

/// A page of somebody on the way is no word on whether there is such an extension.
#[tokio::test]
async fn an_order_at_the_extension_that_nobody_can_look_for_is_not_said_to_be_nothing() {
    let exchange = with_keys(&[]).await;
    let key = a_key(&exchange).await;
    let circuits = exchange.resource("p2p_vc");
    let page = Fault {
        status: Some(404),
        after: true,
        ..Fault::new(FaultKind::Html)
    };
    let there = format!("{X}/network-services");
    exchange.faults([
        page.clone().on("POST", &there),
        refusal(403).on("GET", "/network-services"),
    ]);
    let refused = circuits.create(&keyed(&key)).await.error();
    says(&refused, &["Before you apply again, look"]);
    assert!(!refused.contains("Nothing was ordered"), "{refused}");
    // Where it is seen, it is gone on with.
    exchange.faults([page.on("POST", &there)]);
    circuits.create(&keyed(&key)).await.kept_in_silence();
    assert_eq!(exchange.live("network-services"), 2);
}

#[tokio::test]
async fn a_chosen_day_goes_with_the_cancellation_alone_and_to_the_exchange_itself() {
    let exchange = with_keys(&[]).await;
    let key = a_key(&exchange).await;
    let circuits = exchange.resource("p2p_vc");
    let config = with(keyed(&key), json!({ "decommission_at": "2999-01-31" }));
    let kept = circuits.create(&config).await.kept_in_silence();
    assert_eq!(kept.text("decommission_at"), "2999-01-31");
    let later = with(config.clone(), json!({ "decommission_at": "2999-02-01" }));
    let kept = circuits.update(&kept, &later).await.kept_in_silence();
    let sent = exchange.sent().len();
    let kept = noted(kept, "decommission_at");
    let (_, planned) = circuits.plan(Some(&kept), &Json::Null).await;
    says(
        &planned.warning(),
        &["ends on 2999-02-01", "billed until 2999-02-01"],
    );
    let deleted = circuits.delete(&kept).await;
    says(&deleted.warning(), &["2999-02-01"]);
    let own = format!("DELETE /network-services/{}", kept.id());
    assert_eq!(exchange.sent()[sent..], [own]);
    let bodies = exchange.bodies("DELETE");
    assert_eq!(
        bodies.last(),
        Some(&json!({ "decommission_at": "2999-02-01" }))
    );
    let ordered = exchange.bodies("POST").into_iter();
    assert!(
        ordered
            .filter_map(|body| body.get("decommission_at").cloned())
            .next()
            .is_none()
    );
}

#[tokio::test]
async fn a_day_that_the_exchange_said_is_not_sent_back() {
    let exchange = Exchange::start(Settings {
        notice_days: 10,
        ..Settings::default()
    })
    .await;
    let ports = exchange.resource("connection");
    let kept = ports.create(&port(json!({}))).await.kept_in_silence();
    ports.delete(&kept).await.kept();
    let ending = ports.read(&kept).await.kept();
    assert_ne!(ending.text("decommission_at"), "");
    // Nor is it cancelled once more, which could bring its end forward.
    says(
        &ports.delete(&ending).await.warning(),
        &[ending.text("decommission_at")],
    );
    assert_eq!(exchange.bodies("DELETE"), [Json::Null]);
}

/// The exchange might refuse that, and the object would never leave the state.
#[tokio::test]
async fn what_is_cancelled_for_the_chosen_day_is_not_cancelled_once_more() {
    let exchange = Exchange::start(Settings {
        notice_days: 10,
        ..Settings::default()
    })
    .await;
    let ports = exchange.resource("connection");
    let config = port(json!({ "decommission_at": "2999-01-31" }));
    let kept = ports.create(&config).await.kept_in_silence();
    ports
        .delete(&noted(kept.clone(), "decommission_at"))
        .await
        .kept();
    let ending = ports.read(&kept).await.kept();
    assert_eq!(ending.text("decommission_at"), "2999-01-31");
    let again = ports.delete(&noted(ending, "decommission_at")).await;
    says(&again.warning(), &["ends on 2999-01-31"]);
    assert_eq!(exchange.bodies("DELETE").len(), 1);
}

#[tokio::test]
async fn a_day_before_the_end_of_the_notice_is_told_at_plan_and_refused_with_the_first() {
    let exchange = Exchange::start(Settings {
        notice_days: 10,
        ..Settings::default()
    })
    .await;
    let ports = exchange.resource("connection");
    let config = port(json!({ "decommission_at": "2001-01-01" }));
    let kept = noted(
        ports.create(&config).await.kept_in_silence(),
        "decommission_at",
    );
    let (_, planned) = ports.plan(Some(&kept), &Json::Null).await;
    let told = planned.warning();
    says(
        &told,
        &[
            "at decommission_at",
            "does not end on 2001-01-01",
            "refuses the order",
        ],
    );
    let refused = ports.delete(&kept).await.error();
    let wanted = [
        "error at decommission_at",
        "first possible day is",
        "stays in the state",
    ];
    says(&refused, &wanted);
    assert_eq!(exchange.live("connections"), 1);
}

/// A circuit in production whose joining member is the other party.
async fn joined(exchange: &Exchange) -> Kept {
    let other = json!({ "joining_member_account": OTHER });
    let there = exchange
        .resource("p2p_vc")
        .create(&circuit(other))
        .await
        .kept();
    let own = exchange
        .resource("connection")
        .create(&port(json!({})))
        .await
        .kept();
    exchange
        .resource("nsc")
        .create(&side(&there, &own, 7))
        .await
        .kept();
    let theirs = |config: Json| {
        let accounts = json!({
            "managing_account": OTHER, "consuming_account": OTHER, "billing_account": OTHER,
        });
        with(config, accounts)
    };
    let ports = exchange.seen_by_another("connection");
    let port = ports.create(&theirs(port(json!({})))).await.kept();
    let configs = exchange.seen_by_another("nsc");
    configs.create(&theirs(side(&there, &port, 8))).await.kept();
    exchange.resource("p2p_vc").read(&there).await.kept()
}

fn request(circuit: &Kept) -> Json {
    json!({ "network_service": circuit.id(), "product_offering": "503122.AMS.AMS" })
}

#[tokio::test]
async fn a_change_request_is_asked_found_imported_and_taken_back() {
    let exchange = Exchange::instant().await;
    let there = joined(&exchange).await;
    let requests = exchange.seen_by_another("change_request");
    let asked = requests.create(&request(&there)).await.kept_in_silence();
    assert_eq!(asked.id(), there.id());
    let read = requests.read(&asked).await.kept_in_silence();
    assert_eq!(read.state, asked.state);
    let imported = requests.import(there.id()).await.kept_in_silence();
    assert_eq!(imported.state, asked.state);
    requests.delete(&read).await.kept_in_silence();
    let gone = requests.read(&asked).await;
    says(&gone.warning(), &["is gone"]);
    assert!(gone.kept().state.is_null());
    requests.delete(&asked).await.kept_in_silence();
}

#[tokio::test]
async fn a_change_request_that_was_granted_stays_as_what_was_agreed() {
    let exchange = Exchange::instant().await;
    let there = joined(&exchange).await;
    let requests = exchange.seen_by_another("change_request");
    let asked = requests.create(&request(&there)).await.kept_in_silence();
    let wanted = json!({
        "joining_member_account": OTHER, "product_offering": "503122.AMS.AMS",
    });
    let circuits = exchange.resource("p2p_vc");
    circuits.update(&there, &circuit(wanted)).await.kept();
    let read = requests.read(&asked).await.kept_in_silence();
    assert_eq!(read.state, asked.state);
    let change = requests.change(Some(&read), &request(&there));
    assert_eq!(change.planned, read.state);
    requests.delete(&read).await.kept_in_silence();
    let circuit = circuits.read(&there).await.kept();
    assert_eq!(circuit.text("product_offering"), "503122.AMS.AMS");
}

#[tokio::test]
async fn a_change_request_is_the_joining_members_and_about_a_circuit_that_is_there() {
    let exchange = Exchange::instant().await;
    let there = joined(&exchange).await;
    let own = exchange
        .resource("change_request")
        .create(&request(&there))
        .await;
    says(&own.error(), &["403", "is yours", "Nothing was ordered"]);
    let requests = exchange.seen_by_another("change_request");
    let nowhere = json!({ "network_service": "VLC0", "product_offering": "503122.AMS.AMS" });
    says(&requests.create(&nowhere).await.error(), &["404"]);
    let elsewhere = with(
        request(&there),
        json!({ "product_offering": "503122.AMS.LON" }),
    );
    let refused = requests.create(&elsewhere).await.error();
    says(
        &refused,
        &["error at product_offering", "other metro area networks"],
    );
    assert_eq!(
        requests
            .read(&asked_once(&requests, &there).await)
            .await
            .kept()
            .id(),
        there.id()
    );
    let again = requests.create(&request(&there)).await.error();
    says(&again, &["asked for already"]);
}

#[tokio::test]
async fn a_change_request_that_the_circuit_rules_out_is_refused_in_the_plan() {
    let exchange = Exchange::instant().await;
    let there = joined(&exchange).await;
    let requests = exchange.seen_by_another("change_request");
    let cases: [(Json, &[&str]); 5] = [
        (
            json!({ "product_offering": "503122.AMS.LON" }),
            &[
                "error at product_offering: The product offering is for another place",
                "503122.AMS.LON has service_metro_area_network \"LON\"",
                "offering 503121.AMS.AMS and is at \"AMS\"",
            ],
        ),
        (
            json!({ "product_offering": "503234.AMS5-B.S" }),
            &[
                "error at product_offering",
                "of type \"connection\"; one of type \"p2p_vc\"",
            ],
        ),
        (
            json!({ "product_offering": "503191.FRA" }),
            &["error at product_offering", "\"network_service_config\""],
        ),
        (
            json!({ "product_offering": "503122.MARS" }),
            &["error at product_offering", "503122.MARS", "not know it"],
        ),
        (
            json!({ "network_service": "VLC0" }),
            &["error at network_service", "VLC0", "not know it"],
        ),
    ];
    for (changes, words) in cases {
        let config = with(request(&there), changes);
        says(&requests.plan(None, &config).await.1.error(), words);
        requests.create(&config).await.error();
    }
    let planned = requests.plan(None, &request(&there)).await.1;
    planned.kept_in_silence();
}

async fn asked_once(requests: &Subject, circuit: &Kept) -> Kept {
    let asked = requests.create(&request(circuit)).await.kept_in_silence();
    assert_ne!(asked.state, Value::Null);
    asked
}
