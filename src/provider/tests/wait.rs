//! Waiting for an order: what ends it, and that it never costs the order.

use std::time::Duration;

use serde_json::json;
use tokio::join;

use crate::ixapi::Json;
use crate::provider::testing::exchange::*;
use crate::tfplugin::value::Value;

/// The id of the first of a collection.
fn the_first(exchange: &Exchange, collection: &str) -> String {
    let live = exchange.control().live();
    let objects = live["live"]["objects"].as_array().unwrap().iter();
    let mut those = objects.filter(|object| object["collection"] == collection);
    those.next().unwrap()["id"].as_str().unwrap().to_owned()
}

/// The id of the one port that there is.
fn the_port(exchange: &Exchange) -> String {
    the_first(exchange, "connections")
}

/// The id of the one config that there is.
fn the_config(exchange: &Exchange) -> String {
    the_first(exchange, "network-service-configs")
}

fn impatient(config: Json) -> Json {
    with(config, json!({ "timeouts": { "create": "40ms" } }))
}

#[tokio::test]
async fn a_port_is_waited_for_until_it_is_allocated_and_no_longer() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let config = port(json!({}));
    let (ordered, ()) = join!(ports.create(&config), async {
        exchange.asked("GET", "/connections/", 3).await;
        exchange.turn();
    });
    let saved = ordered.saved.clone().unwrap();
    let kept = ordered.kept_in_silence();
    assert_eq!(kept.text("state"), "allocated");
    assert_eq!(saved.get("state"), kept.state.get("state"));
}

#[tokio::test]
async fn a_timeout_while_waiting_leaves_the_port_untainted() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let ordered = ports.create(&impatient(port(json!({})))).await;
    let id = the_port(&exchange);
    says(
        &ordered.warning(),
        &[
            "Not there yet: the port or LAG",
            &id,
            "is requested, not allocated",
            "It was waited for 40ms (timeouts.create)",
            "is not tainted and will not be ordered again",
            "Apply again to go on waiting",
        ],
    );
    let kept = ordered.kept();
    assert_eq!((kept.id(), kept.text("state")), (&*id, "requested"));
    assert!(kept.state.is_wholly_known());
}

#[tokio::test]
async fn an_interruption_while_waiting_leaves_the_port_untainted() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let config = port(json!({}));
    let (ordered, ()) = join!(ports.create(&config), async {
        exchange.asked("GET", "/connections/", 2).await;
        ports.stop.cancel();
    });
    says(&ordered.warning(), &["The wait was interrupted."]);
    assert_eq!(ordered.kept().text("state"), "requested");
}

#[tokio::test]
async fn of_a_wait_that_ends_early_no_more_is_told_than_the_state_says() {
    for (state, summary, story) in [
        (
            "error",
            "is error, not allocated",
            "calls its state an error: it may not go on before what is wrong is put right",
        ),
        (
            "patching_fibre",
            "is patching_fibre, not allocated",
            "in a state that this provider does not know",
        ),
        (
            "",
            "is without a state, not allocated",
            "does not say in what state it is",
        ),
    ] {
        let exchange = Exchange::slow().await;
        let ports = exchange.resource("connection");
        let config = port(json!({}));
        let (ordered, ()) = join!(ports.create(&config), async {
            exchange.asked("GET", "/connections/", 1).await;
            exchange.put_into(&the_port(&exchange), state);
            exchange.asked("GET", "/connections/", 2).await;
            ports.stop.cancel();
        });
        let told = ordered.warning();
        says(&told, &[summary, story, "is not tainted"]);
        assert!(!told.contains("goes on with it"), "{told}");
        let kept = ordered.kept();
        assert_eq!(kept.text("state"), state);
        // The next plan says no more than that either.
        let (_, planned) = exchange
            .resource("connection")
            .plan(Some(&kept), &config)
            .await;
        let told = planned.warning();
        says(&told, &[summary, "sends nothing to the exchange"]);
        let knows = !told.contains("does not know that state");
        assert_eq!(knows, state != "patching_fibre", "{told}");
    }
}

#[tokio::test]
async fn an_interruption_ends_a_look_that_hangs() {
    let exchange = Exchange::slow().await;
    exchange.faults([hanging().on("GET", "/connections/")]);
    let ports = exchange.resource("connection");
    let config = port(json!({}));
    let (ordered, ()) = join!(ports.create(&config), async {
        exchange.asked("GET", "/connections/", 1).await;
        ports.stop.cancel();
    });
    says(&ordered.warning(), &["The wait was interrupted."]);
    ordered.kept();
}

#[tokio::test]
async fn of_an_exchange_that_cannot_be_reached_only_what_it_said_is_told() {
    let exchange = Exchange::slow().await;
    let silent = Fault {
        times: 1000,
        ..Fault::new(FaultKind::CutBefore).on("GET", "/connections/")
    };
    exchange.faults([silent]);
    let ports = exchange.resource("connection");
    let config = port(json!({}));
    let (ordered, ()) = join!(ports.create(&config), async {
        exchange.asked("GET", "/connections/", 8).await;
        ports.stop.cancel();
    });
    let told = ordered.warning();
    says(
        &told,
        &[
            "was requested when last seen, not allocated",
            "has taken the order, and did not answer when it was asked last",
            "as it was last seen, is not tainted and will not be ordered again",
            "The wait was interrupted.",
        ],
    );
    assert!(!told.contains("goes on with it"), "{told}");
    ordered.kept();
}

#[tokio::test]
async fn a_look_that_hangs_does_not_outlast_the_patience() {
    let exchange = Exchange::slow().await;
    exchange.faults([hanging().on("GET", "/connections/")]);
    let ports = exchange.resource("connection");
    let ordered = ports.create(&impatient(port(json!({})))).await;
    let told = ordered.warning();
    says(
        &told,
        &["It was waited for 40ms", "is requested, not allocated"],
    );
    ordered.kept();
}

#[tokio::test]
async fn of_an_exchange_that_does_not_answer_at_all_only_what_it_said_is_told() {
    let exchange = Exchange::slow().await.answering_at_once();
    exchange.faults([hanging().on("GET", "/connections/")]);
    let ports = exchange.resource("connection");
    let ordered = ports.create(&impatient(port(json!({})))).await;
    let told = ordered.warning();
    says(&told, &["was requested when last seen", "did not answer"]);
    ordered.kept();
}

#[tokio::test]
async fn an_object_that_vanishes_stays_in_the_state_as_it_was_answered() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let config = port(json!({}));
    let (ordered, ()) = join!(ports.create(&config), async {
        exchange.asked("GET", "/connections/", 1).await;
        exchange.control().remove(&*the_port(&exchange)).unwrap();
    });
    says(
        &ordered.warning(),
        &[
            "is not found at the exchange",
            "had this object, which was requested,",
            "ask the exchange",
        ],
    );
    assert!(!ordered.kept().id().is_empty());
}

#[tokio::test]
async fn a_copy_that_lags_behind_the_order_is_no_loss() {
    let exchange = Exchange::slow().await;
    exchange.faults([Fault {
        times: 5,
        ..refusal(404).on("GET", "/connections/")
    }]);
    let ports = exchange.resource("connection");
    let config = port(json!({}));
    let (ordered, ()) = join!(ports.create(&config), async {
        until(|| exchange.control().faults_waiting().is_empty()).await;
        exchange.turn();
    });
    assert_eq!(ordered.kept_in_silence().text("state"), "allocated");
}

#[tokio::test]
async fn an_unknown_state_is_waited_out() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let config = port(json!({}));
    let (ordered, ()) = join!(ports.create(&config), async {
        exchange.asked("GET", "/connections/", 1).await;
        exchange.put_into(&the_port(&exchange), "patching_fibre");
        exchange.asked("GET", "/connections/", 2).await;
        exchange.put_into(&the_port(&exchange), "production");
    });
    assert_eq!(ordered.kept_in_silence().text("state"), "production");
}

#[tokio::test]
async fn an_order_that_the_exchange_ends_is_an_error_with_its_reasons_and_the_true_state() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let config = port(json!({}));
    let (ordered, ()) = join!(ports.create(&config), async {
        exchange.asked("GET", "/connections/", 1).await;
        let why = json!({ "severity": 1, "tag": "no_fibre", "message": "There is no fibre left." });
        let id = the_port(&exchange);
        let control = exchange.control();
        control
            .set_state(&*id, "cancelled", Some(vec![why]))
            .unwrap();
    });
    says(
        &ordered.error(),
        &[
            "is cancelled and will not become allocated",
            "There is no fibre left.",
        ],
    );
    let saved = ordered.saved.unwrap();
    assert_eq!(saved.get("state").as_str(), Some("cancelled"));
}

#[tokio::test]
async fn an_order_that_somebody_cancels_meanwhile_is_kept_with_a_warning() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let config = port(json!({}));
    let (ordered, ()) = join!(ports.create(&config), async {
        exchange.asked("GET", "/connections/", 1).await;
        exchange.put_into(&the_port(&exchange), "decommission_requested");
    });
    says(
        &ordered.warning(),
        &["is decommission_requested", "Somebody has cancelled it"],
    );
    assert_eq!(ordered.kept().text("state"), "decommission_requested");
}

#[tokio::test]
async fn an_order_that_cannot_be_looked_at_is_kept_with_a_warning() {
    for (fault, said) in [
        (refusal(403), "403"),
        (
            answer(200, json!({ "message": "Back in a minute." })),
            "not the object",
        ),
        (
            answer(200, json!({ "id": "another", "state": "allocated" })),
            "not the object",
        ),
    ] {
        let exchange = Exchange::slow().await;
        exchange.faults([fault.on("GET", "/connections/")]);
        let ordered = exchange
            .resource("connection")
            .create(&port(json!({})))
            .await;
        says(
            &ordered.warning(),
            &["Lost sight of the port or LAG", said, "not tainted"],
        );
        assert_eq!(ordered.kept().text("state"), "requested");
    }
}

#[tokio::test]
async fn who_waits_for_nothing_is_not_kept_waiting() {
    let exchange = Exchange::slow().await.pausing(ENDLESS);
    let config = port(json!({ "wait_for_state": "none" }));
    let ordered = exchange.resource("connection").create(&config).await;
    assert_eq!(ordered.kept_in_silence().text("state"), "requested");
}

#[tokio::test]
async fn who_wants_a_port_in_production_is_kept_waiting() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let config = port(json!({ "wait_for_state": "production" }));
    let (ordered, ()) = join!(ports.create(&config), async {
        for _ in 0..3 {
            exchange.asked("GET", "/connections/", 2).await;
            exchange.turn();
        }
    });
    assert_eq!(ordered.kept_in_silence().text("state"), "production");
}

#[tokio::test]
async fn a_circuit_waits_for_nobody() {
    let exchange = Exchange::slow().await.pausing(ENDLESS);
    let ordered = exchange
        .resource("p2p_vc")
        .create(&circuit(json!({})))
        .await;
    assert_eq!(ordered.kept_in_silence().text("state"), "requested");
}

#[tokio::test]
async fn what_the_exchange_says_of_an_object_that_is_there_is_told_once() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let config = port(json!({}));
    let (ordered, ()) = join!(ports.create(&config), async {
        exchange.asked("GET", "/connections/", 1).await;
        let said = json!({ "severity": 4, "tag": "optics", "message": "Bring your own optics." });
        let id = the_port(&exchange);
        let control = exchange.control();
        control
            .set_state(&*id, "allocated", Some(vec![said]))
            .unwrap();
    });
    says(
        &ordered.warning(),
        &[
            "The exchange has something to say of the port or LAG",
            "Bring your own optics.",
        ],
    );
    assert_eq!(ordered.told.0.len(), 1);
}

/// A port in Amsterdam and a contact, for a config of the peering LAN.
async fn peer(exchange: &Exchange) -> Json {
    let port = exchange
        .resource("connection")
        .create(&port(json!({})))
        .await;
    let noc = exchange.resource("contact").create(&contact(&[NOC])).await;
    peering(&port.kept(), &noc.kept(), 23)
}

#[tokio::test]
async fn a_config_of_a_peering_lan_rests_in_error_until_it_has_its_route_server() {
    let exchange = Exchange::instant().await;
    let config = peer(&exchange).await;
    let configs = exchange.resource("nsc");
    let kept = configs.create(&config).await.kept_in_silence();
    assert_eq!(kept.text("state"), "error");
    assert_eq!(kept.state.get("ips").elements().len(), 2);
    // What was not ordered right after it may have been forgotten.
    says(
        &configs.read(&kept).await.warning(),
        &["rests in state error", "RS1-AMS", "wait_for_state"],
    );
    let careless = with(config, json!({ "wait_for_state": "none" }));
    let kept = configs.update(&kept, &careless).await.kept();
    configs.read(&kept).await.kept_in_silence();
}

/// Nobody waits for a circuit, so that no wait tells of it.
#[tokio::test]
async fn a_circuit_in_error_is_told_though_nobody_waits_for_it() {
    let exchange = Exchange::instant().await;
    let circuits = exchange.resource("p2p_vc");
    let kept = circuits.create(&circuit(json!({}))).await.kept();
    circuits.read(&kept).await.kept_in_silence();
    exchange.put_into(kept.id(), "error");
    let read = circuits.read(&kept).await;
    says(
        &read.warning(),
        &[
            "rests in state error",
            "it may not go on before what is wrong is put right",
            "may be billed",
        ],
    );
    let careless = circuit(json!({ "wait_for_state": "none" }));
    let kept = circuits.update(&read.kept(), &careless).await.kept();
    circuits.read(&kept).await.kept_in_silence();
}

#[tokio::test]
async fn who_wants_a_config_in_production_is_told_that_it_rests_and_why() {
    let exchange = Exchange::instant().await;
    let wants = json!({ "wait_for_state": "production" });
    let config = with(peer(&exchange).await, wants);
    let ordered = exchange.resource("nsc").create(&config).await;
    says(
        &ordered.warning(),
        &[
            "is error, not production",
            "has the order, and goes on once it has what it asks for",
            "network feature id: RS1-AMS. (network_feature_config_required)",
            "an ixapi_nfc with network_service_config = ",
            "network_feature = \"RS1-AMS\"",
        ],
    );
    assert_eq!(ordered.kept().text("state"), "error");
}

/// A service that goes on only once others have done something.
async fn is_not_waited_for(kind: &str, config: Json, words: &[&str]) {
    let exchange = Exchange::slow().await.pausing(ENDLESS);
    let services = exchange.resource(kind);
    let config = with(config, json!({ "wait_for_state": "production" }));
    let ordered = services.create(&config).await;
    let told = ordered.warning();
    let stands = "is requested, not production";
    let usual = [
        "Not there yet",
        stands,
        "is not tainted",
        "What is to be done",
    ];
    says(&told, &[&usual, words].concat());
    let kept = ordered.kept();
    assert_eq!(kept.text("state"), "requested");
    assert!(
        told.contains(&format!("network_service = {:?}", kept.id())),
        "{told}"
    );
    // It is said again, as long as it holds, and there is nothing to apply.
    let read = services.read(&kept).await;
    says(
        &read.warning(),
        &[&["rests in state requested"], words].concat(),
    );
    let (change, planned) = services.plan(Some(&read.kept()), &config).await;
    assert_eq!(change.planned, change.prior);
    assert!(planned.told.is_empty(), "{:?}", planned.told);
}

#[tokio::test]
async fn the_configs_of_a_circuit_are_not_waited_for() {
    let sides = [
        "Configure the A side of the virtual circuit. (a_side_nsc_required)",
        "Configure the B side of the virtual circuit. (b_side_nsc_required)",
        "The side that ordered it puts its config on it: an ixapi_nsc",
        "If that is another party, ask it to.",
    ];
    is_not_waited_for("p2p_vc", circuit(json!({})), &sides).await;
}

/// A port and a circuit, and the first of its sides, which is to be in production.
async fn a_side(exchange: &Exchange) -> (Kept, Json) {
    let hasty = port(json!({ "wait_for_state": "none" }));
    let port = exchange.resource("connection").create(&hasty).await.kept();
    let service = exchange
        .resource("p2p_vc")
        .create(&circuit(json!({})))
        .await;
    let service = service.kept();
    let config = side(&service, &port, 23);
    (
        service,
        with(config, json!({ "wait_for_state": "production" })),
    )
}

#[tokio::test]
async fn a_side_that_waits_for_the_other_one_is_not_waited_for() {
    let exchange = Exchange::slow().await.filling(Duration::ZERO);
    let (service, config) = a_side(&exchange).await;
    let configs = exchange.resource("nsc");
    let ordered = configs.create(&config).await;
    says(
        &ordered.warning(),
        &[
            "is allocated, not production",
            &format!(
                "goes on once the network service {} has what it asks for",
                service.id()
            ),
            "Configure the B side of the virtual circuit. (b_side_nsc_required)",
            "If that is another party, ask it to.",
            "is not tainted",
        ],
    );
    let kept = ordered.kept();
    assert_eq!(kept.text("state"), "allocated");
    // It may be there by the next apply.
    let (change, _) = configs.plan(Some(&kept), &config).await;
    assert!(change.planned.get("state").is_unknown());
}

#[tokio::test]
async fn the_other_side_has_the_time_to_come_in_the_same_run() {
    let exchange = Exchange::slow().await.filling(Duration::from_secs(3600));
    let (service, config) = a_side(&exchange).await;
    let configs = exchange.resource("nsc");
    let (ordered, ()) = join!(configs.create(&config), async {
        exchange.asked("GET", "/network-service-configs/", 3).await;
        exchange.put_into(&the_config(&exchange), "production");
    });
    assert_eq!(ordered.kept_in_silence().text("state"), "production");
    let looks = exchange.log().into_iter();
    let looks = looks.filter(|entry| entry.method == "GET" && entry.path.contains(service.id()));
    assert_eq!(looks.count(), 0, "nobody asks for what may still come");
}

#[tokio::test]
async fn what_a_group_lacks_is_not_waited_for() {
    let group = owned(json!({ "product_offering": "503402.AMS" }));
    let lacks = [
        "(member_joining_rule_required)",
        "Say who may join it: an ixapi_member_joining_rule",
        "(nsc_required)",
        "Join it yourself: an ixapi_nsc",
    ];
    is_not_waited_for("mp2mp_vc", group, &lacks).await;
}

#[tokio::test]
async fn the_handovers_of_a_cloud_circuit_are_not_waited_for() {
    let cloud = owned(json!({
        "product_offering": "aws-dc.amsterdam.AMS.50", "cloud_key": "123456789012",
    }));
    let handover = ["(nsc_required)", "Configure handover 1: an ixapi_nsc"];
    is_not_waited_for("cloud_vc", cloud, &handover).await;
}

#[tokio::test]
async fn the_next_apply_goes_on_waiting_and_sends_nothing() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let config = impatient(port(json!({})));
    let kept = ports.create(&config).await.kept();
    let (change, planned) = ports.plan(Some(&kept), &config).await;
    says(
        &planned.warning(),
        &[
            "is requested, not allocated",
            "sends nothing to the exchange",
        ],
    );
    assert!(change.planned.get("state").is_unknown() && change.replaces.is_empty());
    assert_eq!(*change.planned.get("pop"), Value::from("AMS5-B"));
    // Terraform plans again when it applies: what is to come is told when it has come.
    let exchange = exchange.restarted();
    let ports = exchange.resource("connection");
    let (again, planned) = ports.plan_to_apply(Some(&kept), &config).await;
    planned.kept_in_silence();
    assert_eq!(again.planned, change.planned);
    let (applied, ()) = join!(ports.apply(&kept, &change), async {
        exchange.asked("GET", "/connections/", 2).await;
        exchange.turn();
    });
    let kept = applied.kept_in_silence();
    assert_eq!(kept.text("state"), "allocated");
    assert_eq!(exchange.sent(), ["POST /connections"]);
    let (change, planned) = ports.plan(Some(&kept), &config).await;
    assert_eq!(change.planned, kept.state);
    assert!(planned.told.is_empty());
}

/// How many looks there were at ports.
fn looks(exchange: &Exchange) -> usize {
    let log = exchange.log().into_iter();
    log.filter(|entry| entry.method == "GET" && entry.path.starts_with("/connections/"))
        .count()
}

#[tokio::test]
async fn a_new_port_is_looked_at_until_its_reservations_are_in_it() {
    let exchange = Exchange::odd(&[Quirk::ReservationsComeLater]).await;
    let ports = exchange.resource("connection");
    let ordered = ports.create(&port(json!({}))).await;
    let kept = ordered.kept_in_silence();
    assert_eq!(kept.text("state"), "production");
    assert_eq!(kept.state.get("port_reservations").elements().len(), 1);
    assert!(looks(&exchange) > 1);
}

#[tokio::test]
async fn reservations_that_do_not_come_in_time_end_the_wait_without_a_word() {
    let exchange = Exchange::odd(&[Quirk::ReservationsComeLater]).await;
    let exchange = exchange.filling(Duration::from_millis(20));
    let ports = exchange.resource("connection");
    let kept = ports.create(&port(json!({}))).await.kept_in_silence();
    assert_eq!(kept.text("state"), "production");
    assert!(kept.state.get("port_reservations").elements().is_empty());
    assert!(looks(&exchange) > 0);
    // They are there at the next look.
    until(|| {
        let shown = exchange.control().show(kept.id()).unwrap();
        !shown["port_reservations"].as_array().unwrap().is_empty()
    })
    .await;
    let read = ports.read(&kept).await.kept_in_silence();
    assert_eq!(read.state.get("port_reservations").elements().len(), 1);
}

#[tokio::test]
async fn neither_patience_nor_a_person_waits_longer_for_reservations() {
    let exchange = Exchange::odd(&[Quirk::ReservationsComeLater]).await;
    let ports = exchange.resource("connection");
    let kept = ports.create(&impatient(port(json!({})))).await;
    let kept = kept.kept_in_silence();
    assert!(kept.state.get("port_reservations").elements().is_empty());
    let ports = exchange.resource("connection");
    let config = port(json!({}));
    let before = looks(&exchange);
    let (ordered, ()) = join!(ports.create(&config), async {
        until(|| looks(&exchange) > before).await;
        ports.stop.cancel();
    });
    let kept = ordered.kept_in_silence();
    assert!(kept.state.get("port_reservations").elements().is_empty());
}
