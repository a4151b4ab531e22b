//! Questions about one object.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::entities::declaration::Kind;
use crate::ixapi::Json;
use crate::provider::testing::exchange::*;
use crate::tfplugin::value::Value;

async fn a_port(exchange: &Exchange) -> Kept {
    exchange
        .resource("connection")
        .create(&port(json!({})))
        .await
        .kept()
}

#[tokio::test]
async fn what_was_asked_is_asked_again_only_after_a_change() {
    let exchange = Exchange::instant().await;
    let twice = async || {
        let asks = || exchange.ask_on("connections", json!({}));
        let (one, other) = tokio::join!(asks(), asks());
        let (one, other) = (one.kept_in_silence(), other.kept_in_silence());
        assert_eq!(one.state, other.state);
        one.state.get("connections").elements().len()
    };
    assert_eq!((twice().await, exchange.asked_for("/connections")), (0, 1));
    a_port(&exchange).await;
    let before = exchange.asked_for("/connections");
    assert_eq!(twice().await, 1);
    assert_eq!(exchange.asked_for("/connections"), before + 1);
    exchange
        .ask_on("connection", json!({}))
        .await
        .kept_in_silence();
    assert_eq!(
        exchange.asked_for("/connections"),
        before + 2,
        "another question"
    );
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
        &[
            "the cancellation policy of VLC-1",
            "404",
            "nothing of this id: check it",
            "no cancellation policy of it.",
        ],
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

#[tokio::test]
async fn of_some_ids_those_are_found_that_fit_the_rest_and_only_unknown_ones_are_a_mistake() {
    let exchange = Exchange::instant().await;
    let (one, other) = (a_port(&exchange).await, a_port(&exchange).await);
    exchange.put_into(other.id(), "decommission_requested");
    let ask = |ids: Vec<&str>, state: &str| {
        let config = json!({ "ids": ids, "state": state });
        exchange.ask("connections", config)
    };
    let found = |found: Outcome| {
        let found = found.kept_in_silence();
        let rows = found.state.get("connections").elements().to_vec();
        let ids = rows
            .iter()
            .map(|row| row.get("id").as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    let both = || vec![one.id(), other.id()];
    assert_eq!(found(ask(both(), "production").await), [one.id()]);
    assert_eq!(found(ask(both(), "error").await), [""; 0]);
    let in_another_case = one.id().to_ascii_lowercase();
    let ids = vec![in_another_case.as_str(), other.id()];
    assert_eq!(found(ask(ids, "production").await), [one.id()]);
    let unknown = ask(vec![one.id(), other.id(), "X-1"], "production")
        .await
        .error();
    says(
        &unknown,
        &["There is no port or LAG \"X-1\"", one.id(), other.id()],
    );
    assert!(!unknown.contains("With the other arguments"), "{unknown}");
}

#[tokio::test]
async fn the_exchange_tells_of_itself() {
    let exchange = Exchange::instant().await;
    let health = exchange.ask("health", json!({})).await.kept_in_silence();
    assert_eq!(
        (health.text("status"), health.text("version")),
        ("pass", "2")
    );
    assert_eq!(health.text("service_id"), "ixapi-sandbox");
    let implementation = exchange.ask("implementation", json!({})).await;
    let implementation = implementation.kept_in_silence();
    let operations = implementation.state.get("supported_operations").elements();
    assert!(operations.contains(&"connections_create".into()));
    let features = implementation.state.get("supported_features");
    assert_eq!(*features.get("pagination"), Value::Bool(false));
    let listed = json!([
        { "name": "b", "base_url": "https://b.example.net" },
        { "name": "a", "base_url": "https://a.example.net", "publisher": null },
    ]);
    exchange.faults([answer(200, listed).on("GET", "/extensions")]);
    let extensions = exchange
        .ask("extensions", json!({}))
        .await
        .kept_in_silence();
    let extensions = extensions.state.get("extensions").elements();
    assert_eq!(*extensions[0].get("name"), "a".into());
    assert_eq!(
        *extensions[1].get("base_url"),
        "https://b.example.net".into()
    );
    exchange.faults([refusal(404).on("GET", "/extensions")]);
    let none = exchange.ask("extensions", json!({})).await.error();
    says(&none, &["404", "does not tell extensions: it may have"]);
    exchange.faults([answer(200, json!({ "detail": "later" })).on("GET", "/health")]);
    let none = exchange.ask("health", json!({})).await.error();
    says(
        &none,
        &["No health of the exchange came back", "something else"],
    );
}

#[tokio::test]
async fn statistics_are_told_by_interval_and_over_time() {
    let exchange = Exchange::instant().await;
    let port = a_port(&exchange).await;
    for subject in ["network_connection", "port"] {
        let about = json!({ subject: port.id() });
        let told = exchange.ask("statistics", about).await.kept_in_silence();
        let day = told.state.get("aggregates").get("P1D");
        assert!(day.get("average_ops_in").as_i64() > Some(0), "{day:?}");
        let light = told.state.get("light_levels_tx").elements();
        assert_eq!(light.len(), usize::from(subject == "port"));
    }
    let window = json!({
        "network_connection": port.id(),
        "aggregate": "custom",
        "start": "2026-01-01T00:00:00Z",
        "end": "2026-01-01T01:00:00Z",
        "fields": ["average_ops_out"],
    });
    let series = exchange
        .ask("statistics_timeseries", window)
        .await
        .kept_in_silence();
    let columns = series.state.get("columns").elements();
    assert_eq!(columns, ["timestamp".into(), "average_ops_out".into()]);
    let samples = series.state.get("samples").elements();
    assert_eq!(samples.len(), 12);
    assert_eq!(samples[0].elements()[0], "2026-01-01T00:00:00Z".into());
    assert_eq!(series.state.get("fields").elements().len(), 1);
    let last = exchange.log().into_iter().next_back().unwrap();
    let path = format!("/connections/{}/statistics/custom/timeseries", port.id());
    assert_eq!(last.path, path);
    assert!(!last.query.contains("aggregate"), "{}", last.query);
    let odd = json!({ "network_connection": port.id(), "aggregate": "a/b" });
    let asked = exchange.ask("statistics_timeseries", odd).await.error();
    says(
        &asked,
        &[
            "time series of statistics of",
            port.id(),
            "404",
            "no time series of statistics of it by this aggregate",
        ],
    );
}

#[tokio::test]
async fn one_account_without_arguments_is_ones_own() {
    let exchange = Exchange::instant().await;
    let own = exchange.ask("account", json!({})).await.kept_in_silence();
    assert_eq!(own.id(), OWN);
    assert!(exchange.log().iter().all(|entry| entry.path == "/account"));
    exchange.faults([refusal(404).on("GET", "/account")]);
    let own = exchange.ask("account", json!({})).await.kept_in_silence();
    assert_eq!(own.id(), OWN);
    let accounts = |managers: [Json; 2]| {
        let [a, b] = managers;
        answer(
            200,
            json!([
                { "id": "A", "managing_account": a, "discoverable": false },
                { "id": "B", "managing_account": b, "discoverable": false },
                { "id": "Stranger", "discoverable": true },
            ]),
        )
        .on("GET", "/accounts")
    };
    exchange.faults([
        refusal(404).on("GET", "/account"),
        accounts([json!("B"), json!(null)]),
    ]);
    let own = exchange.ask("account", json!({})).await.kept_in_silence();
    assert_eq!(own.id(), "B");
    exchange.faults([
        refusal(404).on("GET", "/account"),
        accounts([json!(null), json!(null)]),
    ]);
    let which = exchange.ask("account", json!({})).await.error();
    says(&which, &["your own", "A, B", "by id"]);
    exchange.faults([
        refusal(403).on("GET", "/account"),
        refusal(403).on("GET", "/accounts"),
    ]);
    says(&exchange.ask("account", json!({})).await.error(), &["403"]);
}

#[tokio::test]
async fn no_is_an_answer_that_is_asked_for() {
    let exchange = Exchange::instant().await;
    for collection in crate::entities::COLLECTIONS {
        let asked = collection.all_filters().filter(|filter| filter.is_sent);
        for filter in asked.filter(|filter| matches!(filter.kind, Kind::Boolean)) {
            let found = exchange.ask(collection.plural, json!({ filter.argument: false }));
            found.await.kept_in_silence();
            let last = exchange.log().into_iter().next_back().unwrap();
            assert_eq!(last.query, format!("{}=false", filter.parameter));
        }
    }
}

#[tokio::test]
async fn offerings_are_narrowed_by_what_ix_api_has_no_filter_for() {
    let exchange = Exchange::instant().await;
    let found = async |config: Json| {
        let config = with(
            json!({ "type": "connection", "handover_pop": "FRA1-A" }),
            config,
        );
        let found = exchange.ask("product_offerings", config).await;
        let found = found.kept_in_silence();
        let query = exchange.log().into_iter().next_back().unwrap().query;
        assert!(
            !query.contains("quantity") && !query.contains("cross"),
            "{query}"
        );
        found.state.get("product_offerings").elements().len()
    };
    let all = found(json!({})).await;
    assert_eq!(found(json!({ "port_quantity": 4 })).await, all);
    // One of them has no most.
    assert_eq!(found(json!({ "port_quantity": 99 })).await, 1);
    assert_eq!(
        found(json!({ "cross_connect_initiator": "exchange" })).await,
        1
    );
}

#[tokio::test]
async fn services_are_found_by_names_and_places_that_ix_api_has_no_filter_for() {
    let exchange = Exchange::instant().await;
    for (argument, value, id) in [
        ("name", "amsterdam peering lan", "LAN-AMS"),
        ("display_name", "Panda Fabric", "CUG-AMS-1"),
        ("metro_area_network", "FRA", "LAN-FRA"),
    ] {
        let config = json!({ argument: value });
        let one = exchange.ask("network_service", config.clone()).await;
        assert_eq!(one.kept_in_silence().id(), id);
        let all = exchange.ask("network_services", config).await;
        let all = all.kept_in_silence().state;
        assert_eq!(all.get("found_ids"), &Value::List(vec![id.into()]));
        let last = exchange.log().into_iter().next_back().unwrap();
        assert_eq!(last.query, "");
    }
}

#[tokio::test]
async fn what_the_exchange_refuses_of_a_question_is_told_at_its_argument() {
    let exchange = Exchange::instant().await;
    let state = exchange.ask("connection", json!({ "state": "prod" })).await;
    says(&state.error(), &["error at state: ", "The exchange says: "]);
    let port = a_port(&exchange).await;
    let config = json!({ "network_connection": port.id(), "start": "2026-01-01T00:00:00Z" });
    let refused = json!({
        "type": "https://errors.ix-api.net/v2/validation-error.html", "status": 400,
        "properties": [{ "name": "start", "reason": "too long ago" }],
    });
    exchange.faults([answer(400, refused).on("GET", "/connections/")]);
    let start = exchange.ask("statistics", config).await.error();
    says(
        &start,
        &["error at start: ", "The exchange says: too long ago."],
    );
}
