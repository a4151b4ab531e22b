//! Reading: what is gone leaves the state with a word, and only what is surely gone.

use serde_json::json;
use tokio::join;

use crate::ixapi::Json;
use crate::provider::session::Defaults;
use crate::provider::testing::exchange::*;
use crate::tfplugin::value::Value;

/// A port that is allocated or in production.
async fn a_port(exchange: &Exchange, changes: Json) -> Kept {
    let ports = exchange.resource("connection");
    let changes = with(json!({ "wait_for_state": "none" }), changes);
    ports.create(&port(changes)).await.kept()
}

/// Asserts that the object stays in the state, with these reasons.
#[track_caller]
fn stays(read: &Outcome, reasons: &[&str]) {
    says(&read.error(), reasons);
    assert!(read.told.is_empty(), "{:?}", read.told);
}

/// Asserts that the object leaves the state, with these words.
#[track_caller]
fn leaves(read: Outcome, words: &[&str]) {
    says(&read.warning(), words);
    assert_eq!(read.kept().state, Value::Null);
}

#[tokio::test]
async fn what_nobody_touched_is_read_as_it_was_kept() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let kept = a_port(&exchange, json!({ "external_ref": "mine" })).await;
    let kept = ports.read(&kept).await.kept_in_silence();
    assert_eq!(ports.read(&kept).await.kept_in_silence().state, kept.state);
    assert_eq!(kept.text("external_ref"), "mine");
}

#[tokio::test]
async fn what_neither_is_found_nor_listed_has_left_and_that_is_said() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange, json!({})).await;
    exchange.control().remove(kept.id()).unwrap();
    let read = exchange.resource("connection").read(&kept).await;
    leaves(
        read,
        &["is gone", "does not have it any more", "orders it anew"],
    );
}

#[tokio::test]
async fn what_is_not_found_but_listed_stays() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange, json!({})).await;
    exchange.faults([refusal(404).on("GET", "/connections/")]);
    let read = exchange.resource("connection").read(&kept).await;
    stays(
        &read,
        &["It is not sure that the port or LAG", "its list has it"],
    );
}

#[tokio::test]
async fn what_is_not_found_stays_if_the_list_proves_nothing() {
    for (listed, reason) in [
        (refusal(403), "403"),
        (refusal(404), "404"),
        (Fault::new(FaultKind::Html), "500"),
        (Fault::new(FaultKind::Notice), "not whole"),
        (answer(200, Json::Null), "not whole"),
        (answer(200, json!({})), "not whole"),
        (answer(200, json!([{}])), "not whole"),
        (answer(200, json!("nothing")), "list"),
        (answer(206, json!([{ "id": "another" }])), "not whole"),
    ] {
        let exchange = Exchange::instant().await;
        let kept = a_port(&exchange, json!({})).await;
        exchange.control().remove(kept.id()).unwrap();
        exchange.faults([
            refusal(404).on("GET", "/connections/"),
            Fault {
                times: 9,
                ..listed.on("GET", "/connections")
            },
        ]);
        let read = exchange.resource("connection").read(&kept).await;
        stays(&read, &[reason, "state"]);
    }
}

#[tokio::test]
async fn another_customer_never_drops_what_it_does_not_see() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange, json!({})).await;
    let read = exchange.seen_by_another("connection").read(&kept).await;
    stays(
        &read,
        &[
            "neither does it know account A0087999",
            "api and api_key",
            "stays in the state",
        ],
    );
}

/// An account may let itself be found by everybody: to know of it is not to speak for it.
#[tokio::test]
async fn another_party_that_knows_the_account_never_drops_what_it_does_not_see() {
    let exchange = Exchange::instant().await;
    let theirs = json!({
        "managing_account": "A0087264",
        "consuming_account": "A0087264",
        "billing_account": "A0087264",
    });
    let kept = exchange
        .seen_by_another("connection")
        .create(&port(theirs))
        .await
        .kept();
    let ports = exchange.resource("connection");
    let words = [
        "shows account A0087264",
        "another party's",
        "api and api_key",
        "stays in the",
    ];
    stays(&ports.read(&kept).await, &words);
    stays(&ports.delete(&kept).await, &words);
    // What the provider is told of accounts says nothing of what the credentials may see.
    exchange.defaulting(Defaults {
        account: "A0087264".into(),
        ..Defaults::default()
    });
    stays(&ports.read(&kept).await, &words);
    stays(&ports.delete(&kept).await, &words);
    assert_eq!(exchange.live("connections"), 1);
}

#[tokio::test]
async fn an_answer_that_is_none_never_drops_anything() {
    for (fault, reason) in [
        (refusal(401), "401"),
        (refusal(403), "403"),
        (refusal(410), "410"),
        (refusal(500), "500"),
        (Fault::new(FaultKind::Html), "500"),
        (
            Fault {
                status: Some(404),
                ..Fault::new(FaultKind::Html)
            },
            "404",
        ),
        (Fault::new(FaultKind::BadGateway), "502"),
        (Fault::new(FaultKind::Unavailable), "503"),
        (Fault::new(FaultKind::CutBefore), "not answered"),
        (Fault::new(FaultKind::CutAfter), "not answered"),
        (Fault::new(FaultKind::RateLimited), "429"),
        (
            Fault::new(FaultKind::Notice),
            "not the object that was asked for",
        ),
        (
            answer(200, json!({ "id": "another", "state": "archived" })),
            "not the object",
        ),
        (answer(200, json!([])), "object"),
        (answer(200, Json::Null), "200"),
    ] {
        let exchange = Exchange::instant().await;
        let kept = a_port(&exchange, json!({})).await;
        exchange.faults([Fault {
            times: 9,
            ..fault.on("GET", "/connections/")
        }]);
        let read = exchange.resource("connection").read(&kept).await;
        stays(&read, &[reason]);
    }
}

#[tokio::test]
async fn what_the_exchange_keeps_for_the_record_has_left() {
    for state in ["decommissioned", "archived", "cancelled", "Decommissioned"] {
        let exchange = Exchange::instant().await;
        let kept = a_port(&exchange, json!({})).await;
        exchange.put_into(kept.id(), state);
        let read = exchange.resource("connection").read(&kept).await;
        leaves(
            read,
            &[
                "is gone",
                &format!("says that it is {}", state.to_lowercase()),
            ],
        );
    }
}

#[tokio::test]
async fn a_cancelled_circuit_stays_until_it_is_deleted() {
    let exchange = Exchange::instant().await;
    let circuits = exchange.resource("p2p_vc");
    let kept = circuits.create(&circuit(json!({}))).await.kept();
    exchange.put_into(kept.id(), "cancelled");
    let read = circuits.read(&kept).await;
    says(
        &read.warning(),
        &["is cancelled", "keeps it until it is deleted", "-replace"],
    );
    assert_eq!(read.kept().text("state"), "cancelled");
}

#[tokio::test]
async fn what_is_being_cancelled_stays_with_its_dates() {
    let exchange = Exchange::start(Settings {
        notice_days: 30,
        ..slow()
    })
    .await;
    let ports = exchange.resource("connection");
    let kept = a_port(&exchange, json!({})).await;
    ports.delete(&kept).await.kept();
    let read = ports.read(&kept).await;
    let day = read.answer.as_ref().unwrap().get("decommission_at").clone();
    let ends = format!(
        "ends on {}: its cancellation is ordered",
        day.as_str().unwrap()
    );
    says(
        &read.warning(),
        &[&ends, "is billed until", "orders it anew"],
    );
    let kept = read.kept();
    assert_eq!(kept.text("state"), "decommission_requested");
    assert!(!kept.text("decommission_at").is_empty() && !kept.text("charged_until").is_empty());
}

#[tokio::test]
async fn a_pending_change_keeps_what_was_ordered_and_shows_the_state() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let kept = a_port(
        &exchange,
        json!({ "external_ref": "new", "purchase_order": "PO" }),
    )
    .await;
    let before = json!({ "external_ref": "old", "purchase_order": "" });
    exchange.control().patch(kept.id(), before).unwrap();
    exchange.put_into(kept.id(), "production_change_pending");
    let kept = ports.read(&kept).await.kept_in_silence();
    assert_eq!(kept.text("external_ref"), "new");
    assert_eq!(kept.text("purchase_order"), "PO");
    assert_eq!(kept.text("state"), "production_change_pending");
    exchange.put_into(kept.id(), "production");
    let kept = ports.read(&kept).await.kept_in_silence();
    assert_eq!(kept.text("external_ref"), "old", "now it is settled");
}

#[tokio::test]
async fn what_somebody_else_has_changed_is_shown() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange, json!({ "external_ref": "mine" })).await;
    let theirs = json!({ "external_ref": "theirs" });
    exchange.control().patch(kept.id(), theirs).unwrap();
    let read = exchange.resource("connection").read(&kept).await;
    assert_eq!(read.kept_in_silence().text("external_ref"), "theirs");
}

/// A config on a port that has every ethertype, with this block.
async fn a_side(exchange: &Exchange, vlan_config: Json) -> (Kept, Json) {
    let large = port(json!({ "product_offering": "503236.AMS5-B.S" }));
    let port = exchange.resource("connection").create(&large).await.kept();
    let service = exchange
        .resource("p2p_vc")
        .create(&circuit(json!({})))
        .await;
    let config = side(&service.kept(), &port, 23);
    let config = with(config, json!({ "vlan_config": vlan_config }));
    let created = exchange.resource("nsc").create(&config).await;
    (created.kept(), config)
}

/// Exchanges have been seen to show null for the ethertype that they were told.
#[tokio::test]
async fn an_ethertype_that_is_not_shown_is_not_planned_for_ever() {
    let exchange = Exchange::instant().await;
    let (kept, config) = a_side(&exchange, json!({ "vlan_type": "dot1q", "vlan": 23 })).await;
    let mut shown = exchange.control().show(kept.id()).unwrap();
    for nothing in [Json::Null, json!("")] {
        shown["vlan_config"]["vlan_ethertype"] = nothing;
        exchange.faults([Fault {
            times: 99,
            ..answer(200, shown.clone()).on("GET", "/network-service-configs/")
        }]);
        let configs = exchange.resource("nsc");
        let imported = configs.import(kept.id()).await.kept_in_silence();
        for kept in [&kept, &imported] {
            let read = configs.read(kept).await.kept();
            let ethertype = read.state.get("vlan_config").get("vlan_ethertype");
            assert_eq!(*ethertype, "0x8100".into());
            let (change, _) = configs.plan(Some(&read), &config).await;
            assert_eq!(change.planned, read.state);
        }
    }
}

#[tokio::test]
async fn the_case_of_an_ethertype_is_spelling() {
    let exchange = Exchange::instant().await;
    let block =
        |ethertype: &str| json!({ "vlan_type": "dot1q", "vlan": 23, "vlan_ethertype": ethertype });
    let (kept, config) = a_side(&exchange, block("0x88A8")).await;
    let sent = exchange.bodies("POST").pop().unwrap();
    assert_eq!(sent["vlan_config"]["vlan_ethertype"], "0x88a8");
    let configs = exchange.resource("nsc");
    let read = configs.read(&kept).await.kept();
    let ethertype = read.state.get("vlan_config").get("vlan_ethertype");
    assert_eq!(*ethertype, "0x88A8".into(), "as it is written");
    let other = with(config.clone(), json!({ "vlan_config": block("0x88a8") }));
    for config in [config, other] {
        let (change, planned) = configs.plan(Some(&read), &config).await;
        assert_eq!(change.planned, read.state, "{:?}", planned.told);
    }
}

/// The official provider writes an empty text where nothing is set.
#[tokio::test]
async fn an_empty_purchase_order_in_a_state_is_none() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let config = port(json!({ "wait_for_state": "none" }));
    let mut kept = ports.create(&config).await.kept();
    kept.state.put("purchase_order", "".into());
    let read = ports.read(&kept).await.kept_in_silence();
    assert_eq!(*read.state.get("purchase_order"), Value::Null);
    let (change, _) = ports.plan(Some(&read), &config).await;
    assert_eq!(change.planned, read.state);
}

#[tokio::test]
async fn reading_does_not_outlast_its_patience() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange, json!({ "timeouts": { "read": "40ms" } })).await;
    exchange.faults([hanging().on("GET", "/connections/")]);
    let read = exchange.resource("connection").read(&kept).await;
    stays(&read, &["took too long", "within 40ms (timeouts.read)"]);
}

#[tokio::test]
async fn an_interrupted_read_drops_nothing() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange, json!({})).await;
    let ports = exchange.resource("connection");
    exchange.faults([hanging().on("GET", "/connections/")]);
    let (read, ()) = join!(ports.read(&kept), async {
        exchange.asked("GET", "/connections/", 1).await;
        ports.stop.cancel();
    });
    stays(&read, &["was interrupted", "The state is as it was."]);
}

#[tokio::test]
async fn an_object_of_another_kind_is_refused_and_stays() {
    let exchange = Exchange::instant().await;
    let circuits = exchange.resource("p2p_vc");
    let kept = circuits.create(&circuit(json!({}))).await.kept();
    exchange
        .control()
        .patch(kept.id(), json!({ "type": "cloud_vc" }))
        .unwrap();
    stays(
        &circuits.read(&kept).await,
        &["of another kind", "\"cloud_vc\""],
    );
}

#[tokio::test]
async fn a_contact_whose_roles_cannot_be_read_is_not_shown_without_them() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts.create(&contact(&[NOC])).await.kept();
    exchange.faults([refusal(403).on("GET", "/role-assignments")]);
    stays(
        &contacts.read(&kept).await,
        &["403", "The state is as it was."],
    );
}
