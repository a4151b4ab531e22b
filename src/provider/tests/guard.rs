//! What may be cancelled, and how Terraform's plans tell the provider of it.

use serde_json::json;
use tempfile::tempdir;

use crate::ixapi::Json;
use crate::provider::session::{Cancel, Defaults};
use crate::provider::testing::exchange::*;

/// Thirty days of notice, sixty of billing.
fn notice() -> Settings {
    Settings {
        notice_days: 30,
        billing_days: 60,
        ..Settings::default()
    }
}

async fn a_port(exchange: &Exchange) -> Kept {
    let ports = exchange.resource("connection");
    ports.create(&port(json!({}))).await.kept()
}

/// The dates of its cancellation.
async fn dates(exchange: &Exchange, port: &Kept) -> (String, String) {
    let policy = json!({ "network_connection": port.id() });
    let policy = exchange.ask("cancellation_policy", policy).await.kept();
    let date = |name: &str| policy.text(name).to_owned();
    (date("decommission_at"), date("charged_until"))
}

fn may(exchange: &Exchange, cancel: Cancel) {
    exchange.defaulting(Defaults {
        cancel,
        ..Defaults::default()
    });
}

/// Plans what Terraform replaces although nothing of it has changed.
async fn asked(ports: &Subject, kept: &Kept, config: &Json) -> Outcome {
    let (change, first) = ports.plan(Some(kept), config).await;
    assert!(change.replaces.is_empty());
    ports.plan_in_place(&first, config).await.1
}

fn deletes(exchange: &Exchange) -> usize {
    let sent = exchange.sent().into_iter();
    sent.filter(|one| one.starts_with("DELETE")).count()
}

#[tokio::test]
async fn a_replacement_that_somebody_asks_for_is_refused_with_its_dates() {
    let exchange = Exchange::start(notice()).await;
    let kept = a_port(&exchange).await;
    let (ends, billed) = dates(&exchange, &kept).await;
    let ports = exchange.resource("connection");
    let planned = asked(&ports, &kept, &port(json!({}))).await;
    says(
        &planned.error(),
        &[
            &format!("The port or LAG {} is not cancelled", kept.id()),
            &format!("it would end on {ends} and be billed until {billed}"),
            "-replace, or replace_triggered_by",
            "Nothing was changed",
            "IX_API_CANCEL=always",
        ],
    );
}

#[tokio::test]
async fn what_its_own_change_replaces_is_warned_of_and_cancelled() {
    let exchange = Exchange::start(notice()).await;
    let kept = a_port(&exchange).await;
    let ports = exchange.resource("connection");
    let larger = port(json!({ "mode": "lag_lacp", "port_quantity": 2 }));
    let (_, first) = ports.plan(Some(&kept), &larger).await;
    says(
        &first.warning(),
        &["Cancelled now", "leaves the state at once"],
    );
    let (_, second) = ports.plan_in_place(&first, &larger).await;
    second.answer.as_ref().unwrap();
    let state = kept.state.clone();
    let notes = second.notes;
    let deleted = ports.delete_by(&Kept { state, notes }).await;
    deleted.kept_in_silence();
    assert_eq!(exchange.live("connections"), 0);
}

#[tokio::test]
async fn a_person_may_allow_a_replacement_that_no_plan_shows() {
    let exchange = Exchange::start(notice()).await;
    let kept = a_port(&exchange).await;
    may(&exchange, Cancel::Always);
    let ports = exchange.resource("connection");
    let planned = asked(&ports, &kept, &port(json!({}))).await;
    assert!(planned.answer.is_ok(), "{:?}", planned.answer);
    // Whoever applies it need not allow it again.
    may(&exchange, Cancel::Shown);
    let state = kept.state.clone();
    let notes = planned.notes;
    let deleted = ports.delete_by(&Kept { state, notes }).await;
    says(&deleted.warning(), &["ends on", "is billed until"]);
}

#[tokio::test]
async fn what_costs_nothing_beyond_today_is_replaced_without_a_word() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange).await;
    let ports = exchange.resource("connection");
    let planned = asked(&ports, &kept, &port(json!({}))).await;
    let notes = planned.kept_in_silence().notes;
    let state = kept.state.clone();
    let deleted = ports.delete_by(&Kept { state, notes }).await;
    deleted.kept_in_silence();
    assert_eq!(exchange.live("connections"), 0);
    // One that is billed longer than it runs costs something.
    let exchange = Exchange::start(Settings {
        notice_days: 0,
        ..notice()
    })
    .await;
    let kept = a_port(&exchange).await;
    let ports = exchange.resource("connection");
    let planned = asked(&ports, &kept, &port(json!({}))).await;
    says(&planned.error(), &["is not cancelled", "be billed until"]);
}

#[tokio::test]
async fn what_is_free_of_its_kind_is_replaced_whatever_may_be_cancelled() {
    let exchange = Exchange::start(notice()).await;
    may(&exchange, Cancel::Never);
    let contacts = exchange.resource("contact");
    let config = contact(&[NOC]);
    let kept = contacts.create(&config).await.kept();
    asked(&contacts, &kept, &config).await.kept_in_silence();
    contacts.delete_by(&kept).await.kept_in_silence();
    assert_eq!(exchange.live("contacts"), 0);
}

#[tokio::test]
async fn a_replacement_whose_terms_are_not_to_be_learnt_is_not_taken_for_free() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange).await;
    exchange.faults([Fault {
        times: 9,
        ..refusal(403).on("GET", "/connections/")
    }]);
    let ports = exchange.resource("connection");
    let planned = asked(&ports, &kept, &port(json!({}))).await;
    let words = ["could not be learnt until when it would be billed", "403"];
    says(&planned.error(), &words);
    says(&ports.delete_by(&kept).await.error(), &words);
    assert_eq!(deletes(&exchange), 0);
}

/// A person has imported an object at a second address, and takes one of the two blocks out again.
#[tokio::test]
async fn what_is_in_the_state_twice_is_told_and_not_ended_at_either_address() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange).await;
    let ports = exchange.resource("connection");
    let words = [
        "is in the state twice",
        "terraform state rm",
        "to destroy either",
    ];
    ports.read(&kept).await.kept_in_silence();
    let second = ports.read_at_another_address(&kept).await;
    says(&second.warning(), &words);
    let (_, planned) = ports.plan(Some(&kept), &Json::Null).await;
    says(&planned.error(), &words);
    // Whichever of the two comes first.
    ports.read(&kept).await.kept_in_silence();
    let (_, planned) = ports.plan(Some(&kept), &Json::Null).await;
    says(&planned.warning(), &["Cancelled now"]);
    says(&ports.read_at_another_address(&kept).await.error(), &words);
}

#[tokio::test]
async fn what_is_cancelled_already_is_replaced() {
    let exchange = Exchange::start(notice()).await;
    let kept = a_port(&exchange).await;
    exchange.put_into(kept.id(), "decommission_requested");
    let ports = exchange.resource("connection");
    let kept = ports.read(&kept).await.kept();
    for cancel in [Cancel::Shown, Cancel::Never] {
        may(&exchange, cancel);
        let planned = asked(&ports, &kept, &port(json!({}))).await;
        assert!(planned.answer.is_ok(), "{:?}", planned.answer);
    }
    ports.delete_by(&kept).await.kept();
    let deletes = || {
        exchange
            .sent()
            .into_iter()
            .filter(|it| it.starts_with("DELETE"))
    };
    assert_eq!(
        deletes().count(),
        0,
        "it is cancelled already, and nothing may be cancelled"
    );
    may(&exchange, Cancel::Shown);
    ports.delete_by(&kept).await.kept();
    assert_eq!(deletes().count(), 1, "nobody says on which day it ends");
}

#[tokio::test]
async fn what_is_billed_until_nobody_knows_when_is_not_free() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange).await;
    may(&exchange, Cancel::OnlyFree);
    let policy = format!("/connections/{}/cancellation-policy", kept.id());
    let silent = json!({ "decommission_at": "2026-01-31", "charged_until": null });
    exchange.faults([answer(200, silent).on("GET", &policy)]);
    let ports = exchange.resource("connection");
    let (_, planned) = ports.plan(Some(&kept), &Json::Null).await;
    says(&planned.error(), &["is not cancelled"]);
    let (_, planned) = ports.plan(Some(&kept), &Json::Null).await;
    assert!(planned.answer.is_ok(), "{:?}", planned.answer);
}

/// The exchange may let a cancellation be taken back.
#[tokio::test]
async fn what_is_not_cancelled_any_more_is_held_against_the_terms_again() {
    for cancel in [Cancel::Never, Cancel::OnlyFree] {
        let exchange = Exchange::start(notice()).await;
        let kept = a_port(&exchange).await;
        let ports = exchange.resource("connection");
        exchange.put_into(kept.id(), "decommission_requested");
        let kept = ports.read(&kept).await.kept();
        exchange.put_into(kept.id(), "production");
        may(&exchange, cancel);
        says(&ports.delete_by(&kept).await.error(), &["is not cancelled"]);
        assert_eq!(exchange.sent(), ["POST /connections"]);
    }
}

/// Terraform plans a tainted object as a plain order.
#[tokio::test]
async fn a_tainted_object_is_kept_with_its_dates() {
    let exchange = Exchange::start(notice()).await;
    let kept = a_port(&exchange).await;
    let (ends, billed) = dates(&exchange, &kept).await;
    let ports = exchange.resource("connection");
    let (_, planned) = ports.plan(None, &port(json!({}))).await;
    let state = kept.state.clone();
    let notes = planned.kept_in_silence().notes;
    let tainted = Kept { state, notes };
    says(
        &ports.delete_by(&tainted).await.error(),
        &[
            &format!("it would end on {ends} and be billed until {billed}"),
            "No plan has shown that",
            "terraform untaint",
            "IX_API_CANCEL=always",
        ],
    );
    assert_eq!(deletes(&exchange), 0);
    may(&exchange, Cancel::Always);
    ports.delete_by(&tainted).await.kept();
    assert_eq!(exchange.live("connections"), 0);
}

#[tokio::test]
async fn a_tainted_object_that_costs_nothing_beyond_today_goes() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange).await;
    let ports = exchange.resource("connection");
    let notes = Default::default();
    let state = kept.state.clone();
    let deleted = ports.delete_by(&Kept { state, notes }).await;
    deleted.kept_in_silence();
    assert_eq!(exchange.live("connections"), 0);
}

/// What is replaced is cancelled before the order in its place is noted.
#[tokio::test]
async fn nothing_is_cancelled_for_an_order_that_cannot_be_noted() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange).await;
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let exchange = exchange.noting(&file);
    let ports = exchange.resource("connection");
    let larger = port(json!({ "mode": "lag_lacp", "port_quantity": 2 }));
    let (_, planned) = ports.plan(Some(&kept), &larger).await;
    says(
        &planned.warning(),
        &["Orders cannot be noted", "IX_API_JOURNAL"],
    );
    let replaced = |notes| Kept {
        state: kept.state.clone(),
        notes,
    };
    for notes in [planned.kept().notes, Default::default()] {
        says(
            &ports.delete_by(&replaced(notes)).await.error(),
            &[
                kept.id(),
                "is not cancelled",
                "cannot be noted",
                "Nothing was sent",
            ],
        );
    }
    assert_eq!(exchange.live("connections"), 1);
    let (_, removed) = ports.plan(Some(&kept), &Json::Null).await;
    let notes = removed.kept().notes;
    ports.delete_by(&replaced(notes)).await.kept();
    assert_eq!(exchange.live("connections"), 0);
}

/// Terraform plans it when the new one has been ordered, with what is kept in the state.
#[tokio::test]
async fn what_gives_way_to_a_new_one_that_came_first_goes() {
    let exchange = Exchange::start(notice()).await;
    let old = a_port(&exchange).await;
    let ports = exchange.resource("connection");
    ports.create(&port(json!({}))).await.kept();
    let (_, planned) = ports.plan_to_apply(Some(&old), &Json::Null).await;
    assert!(planned.told.is_empty(), "the plan has told it");
    let state = old.state.clone();
    let notes = planned.notes;
    let deleted = ports.delete_by(&Kept { state, notes }).await;
    says(&deleted.warning(), &["ends on", "is billed until"]);
    assert_eq!(exchange.live("connections"), 1);
}

#[tokio::test]
async fn a_plan_of_a_deletion_is_told_once() {
    let exchange = Exchange::start(notice()).await;
    let kept = a_port(&exchange).await;
    let exchange = exchange.restarted();
    let ports = exchange.resource("connection");
    let (_, planned) = ports.plan(Some(&kept), &Json::Null).await;
    let told = planned.warning();
    says(&told, &["Cancelled now", "leaves the state at once"]);
    assert_eq!(told.matches("warning").count(), 1, "{told}");
    let state = kept.state.clone();
    let notes = planned.notes;
    let deleted = ports.delete_by(&Kept { state, notes }).await;
    deleted.kept_in_silence();
}

/// The exchange shows nobody the configs of others.
#[tokio::test]
async fn the_end_of_a_service_says_that_the_configs_of_others_go_along() {
    let exchange = Exchange::start(notice()).await;
    let kept = a_port(&exchange).await;
    let (_, planned) = exchange
        .resource("connection")
        .plan(Some(&kept), &Json::Null)
        .await;
    assert!(!planned.warning().contains("end with it"));
    for (name, config, whose) in [
        ("p2p_vc", circuit(json!({})), "the other side's too"),
        ("mp2mp_vc", group(json!({})), "other members' too"),
    ] {
        let services = exchange.resource(name);
        let kept = services.create(&config).await.kept();
        let (_, planned) = services.plan(Some(&kept), &Json::Null).await;
        let words = ["Cancelled now", "configs on it end with it", whose];
        says(&planned.warning(), &words);
    }
}

#[tokio::test]
async fn what_was_cancelled_before_is_not_said_to_be_cancelled_now() {
    let exchange = Exchange::start(notice()).await;
    let kept = a_port(&exchange).await;
    let ports = exchange.resource("connection");
    ports.delete(&kept).await.kept();
    let ending = ports.read(&kept).await.kept();
    let (ends, billed) = (
        ending.text("decommission_at").to_owned(),
        ending.text("charged_until").to_owned(),
    );
    // The policy has other dates by now.
    let later = json!({ "decommission_at": "2999-01-31", "charged_until": "2999-01-31" });
    let policy = format!("/connections/{}/cancellation-policy", kept.id());
    let exchange = exchange.restarted();
    exchange.faults([answer(200, later).on("GET", &policy)]);
    let ports = exchange.resource("connection");
    let (_, planned) = ports.plan(Some(&ending), &Json::Null).await;
    let told = planned.warning();
    let already = format!("is cancelled already, and ends on {ends} and is billed until {billed}");
    says(&told, &[&already, "leaves the state at once"]);
    assert!(!told.contains("Cancelled now"), "{told}");
    assert_eq!(told.matches("warning").count(), 1, "{told}");
    // And what is told by the plan is not told again.
    let state = ending.state.clone();
    let notes = planned.notes;
    let deleted = ports.delete_by(&Kept { state, notes }).await;
    deleted.kept_in_silence();
    assert_eq!(deletes(&exchange), 1);
}

#[tokio::test]
async fn an_end_that_comes_otherwise_than_planned_is_told() {
    let exchange = Exchange::start(notice()).await;
    let kept = a_port(&exchange).await;
    let exchange = exchange.restarted();
    let ports = exchange.resource("connection");
    let (_, planned) = ports.plan(Some(&kept), &Json::Null).await;
    let other = json!({
        "id": kept.id(), "state": "decommission_requested", "decommission_at": "2999-01-31",
    });
    exchange.faults([answer(202, other).on("DELETE", "/connections/")]);
    let state = kept.state.clone();
    let notes = planned.notes;
    let deleted = ports.delete_by(&Kept { state, notes }).await;
    says(&deleted.warning(), &["ends on 2999-01-31"]);
}

#[tokio::test]
async fn a_guard_refuses_what_ends_or_replaces_in_the_plan_and_in_the_apply() {
    for (settings, cancel, rule) in [
        (notice(), Cancel::Never, "nothing that was ordered"),
        (notice(), Cancel::OnlyFree, "billed beyond today"),
        (
            Settings::default(),
            Cancel::Never,
            "nothing that was ordered",
        ),
    ] {
        let exchange = Exchange::start(settings).await;
        let kept = a_port(&exchange).await;
        let (ends, billed) = dates(&exchange, &kept).await;
        may(&exchange, cancel);
        let ports = exchange.resource("connection");
        let dates = format!("it would end on {ends} and be billed until {billed}");
        let words = [kept.id(), &dates, rule, "cancel (IX_API_CANCEL)"];
        let (_, planned) = ports.plan(Some(&kept), &Json::Null).await;
        let error = planned.error();
        says(&error, &words);
        says(
            &error,
            &["leave it in the configuration", "IX_API_CANCEL=shown"],
        );
        assert!(planned.told.is_empty(), "{:?}", planned.told);
        let larger = port(json!({ "mode": "lag_lacp", "port_quantity": 2 }));
        let (_, planned) = ports.plan(Some(&kept), &larger).await;
        let error = planned.error();
        says(&error, &words);
        says(&error, &["the change of", "port_quantity"]);
        let planned = asked(&ports, &kept, &port(json!({}))).await;
        let error = planned.error();
        says(&error, &words);
        says(&error, &["IX_API_CANCEL=always"]);
        says(&ports.delete(&kept).await.error(), &words);
        says(&ports.delete_by(&kept).await.error(), &words);
        assert_eq!(deletes(&exchange), 0);
        // What only changes is none of its business.
        let renamed = port(json!({ "external_ref": "renamed" }));
        let (_, planned) = ports.plan(Some(&kept), &renamed).await;
        planned.kept_in_silence();
    }
}

#[tokio::test]
async fn a_guard_of_what_costs_lets_go_what_costs_nothing() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange).await;
    may(&exchange, Cancel::OnlyFree);
    let ports = exchange.resource("connection");
    let (_, planned) = ports.plan(Some(&kept), &Json::Null).await;
    says(&planned.warning(), &["Cancelled now"]);
    asked(&ports, &kept, &port(json!({})))
        .await
        .kept_in_silence();
    ports.delete(&kept).await.kept_in_silence();
    assert_eq!(exchange.live("connections"), 0);
}

#[tokio::test]
async fn a_guard_of_what_costs_keeps_what_may_cost() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange).await;
    may(&exchange, Cancel::OnlyFree);
    exchange.faults([refusal(403).on("GET", "/connections/")]);
    let ports = exchange.resource("connection");
    let (_, planned) = ports.plan(Some(&kept), &Json::Null).await;
    says(
        &planned.error(),
        &["could not be learnt", "billed beyond today"],
    );
}

/// Two ports, a circuit, and its side on the first of them.
async fn a_side(exchange: &Exchange) -> (Kept, Json, Kept) {
    let circuit = circuit(json!({}));
    let circuit = exchange.resource("p2p_vc").create(&circuit).await.kept();
    let config = side(&circuit, &a_port(exchange).await, 600);
    let kept = exchange.resource("nsc").create(&config).await.kept();
    (circuit, config, kept)
}

#[tokio::test]
async fn a_vlan_that_stays_taken_is_told_where_its_config_is_replaced() {
    let exchange = Exchange::start(notice()).await;
    let (_, config, kept) = a_side(&exchange).await;
    let other = circuit(json!({}));
    let other = exchange.resource("p2p_vc").create(&other).await.kept();
    let configs = exchange.resource("nsc");
    let moved = with(config.clone(), json!({ "network_service": other.id() }));
    let (change, planned) = configs.plan(Some(&kept), &moved).await;
    assert!(!change.replaces.is_empty());
    says(
        &planned.warning(),
        &[
            "Cancelled now",
            "warning at vlan_config.vlan: vlan_config.vlan may stay taken until",
            "has VLAN 600 there",
        ],
    );
    for vlan in [json!(601), Json::Null] {
        let free = json!({ "vlan_config": { "vlan_type": "dot1q", "vlan": vlan } });
        let (_, planned) = configs.plan(Some(&kept), &with(moved.clone(), free)).await;
        let told = planned.warning();
        assert!(!told.contains("stay taken"), "{told}");
    }
    let planned = asked(&configs, &kept, &config).await;
    says(&planned.error(), &["order with the same vlan_config"]);
    // And so it is for whatever is ordered before the old one has ended.
    configs.delete(&kept).await.kept();
    let exchange = exchange.restarted();
    let configs = exchange.resource("nsc");
    let (_, planned) = configs.plan(None, &config).await;
    says(
        &planned.warning(),
        &[
            "warning at vlan_config.vlan: vlan_config.vlan may stay taken until",
            kept.id(),
            "although it is cancelled",
        ],
    );
    let other = with(
        config,
        json!({ "vlan_config": { "vlan_type": "dot1q", "vlan": 601 } }),
    );
    let (_, planned) = configs.plan(None, &other).await;
    planned.kept_in_silence();
}

#[tokio::test]
async fn a_day_that_comes_too_early_is_refused_in_the_plan_with_the_first_possible_one() {
    let exchange = Exchange::start(notice()).await;
    let kept = a_port(&exchange).await;
    let (ends, billed) = dates(&exchange, &kept).await;
    let ports = exchange.resource("connection");
    let on = |day: &str| port(json!({ "decommission_at": day }));
    let (_, planned) = ports.plan(Some(&kept), &on("2001-01-01")).await;
    let words = [
        "error at decommission_at",
        "cannot end on 2001-01-01",
        &format!("The first possible day is {ends}"),
        &format!("end on {ends} and be billed until {billed}"),
    ];
    says(&planned.error(), &words);
    for day in [ends.as_str(), "2999-12-31"] {
        let (_, planned) = ports.plan(Some(&kept), &on(day)).await;
        planned.kept_in_silence();
    }
    // Other exchanges refuse the question.
    let first = json!({ "title": "No", "decommission_at": ends, "charged_until": billed });
    exchange.faults([answer(400, first).on("GET", "/connections/")]);
    let (_, planned) = ports.plan(Some(&kept), &on("2001-01-01")).await;
    says(&planned.error(), &words);
    // Or do not look at the day that they are asked about.
    let any = json!({ "decommission_at": ends, "charged_until": billed });
    exchange.faults([answer(200, any).on("GET", "/connections/")]);
    let (_, planned) = ports.plan(Some(&kept), &on("2999-12-31")).await;
    planned.kept_in_silence();
    // Or do not say.
    exchange.faults([refusal(403).on("GET", "/connections/")]);
    let (_, planned) = ports.plan(Some(&kept), &on("2001-01-01")).await;
    says(&planned.warning(), &["could not be learnt", "403"]);
}

/// The exchange shows a day of its own by then.
#[tokio::test]
async fn a_day_is_not_looked_at_where_the_end_is_ordered_already() {
    let exchange = Exchange::start(notice()).await;
    let kept = a_port(&exchange).await;
    let ports = exchange.resource("connection");
    ports.delete(&kept).await.kept();
    let kept = ports.read(&kept).await.kept();
    let early = port(json!({ "decommission_at": "2001-01-01" }));
    let (_, planned) = ports.plan(Some(&kept), &early).await;
    assert!(planned.answer.is_ok(), "{:?}", planned.answer);
}

/// It was cancelled for another day, or the exchange has moved its end.
#[tokio::test]
async fn the_day_of_an_end_that_is_ordered_is_no_change_and_is_told() {
    let exchange = Exchange::start(notice()).await;
    let ports = exchange.resource("connection");
    let config = port(json!({ "decommission_at": "2999-06-30" }));
    let kept = ports.create(&config).await.kept();
    assert_eq!(kept.text("decommission_at"), "2999-06-30");
    ports.delete(&kept).await.kept();
    let kept = ports.read(&kept).await.kept();
    let shown = kept.text("decommission_at").to_owned();
    assert_ne!(shown, "2999-06-30");
    let (change, planned) = ports.plan(Some(&kept), &config).await;
    assert_eq!(change.planned, kept.state);
    let told = planned.warning();
    let words = format!("warning at decommission_at: The port or LAG ends on {shown}");
    says(&told, &[&words, "not on 2999-06-30"]);
    assert_eq!(told.matches("warning").count(), 1, "{told}");
    // What else is changed is changed, and the day stays.
    let renamed = with(config.clone(), json!({ "external_ref": "renamed" }));
    let (change, _) = ports.plan(Some(&kept), &renamed).await;
    assert_eq!(change.planned.get("external_ref").as_str(), Some("renamed"));
    assert_eq!(
        change.planned.get("decommission_at").as_str(),
        Some(shown.as_str())
    );
    // The day that is shown is none that differs.
    let same = port(json!({ "decommission_at": shown }));
    let (change, planned) = ports.plan(Some(&kept), &same).await;
    assert_eq!(change.planned, kept.state);
    planned.kept_in_silence();
}

/// What a person cancels takes along what is on it; Terraform comes to that later.
#[tokio::test]
async fn a_service_whose_configs_are_gone_ends_and_so_do_configs_whose_service_is_gone() {
    let exchange = Exchange::instant().await;
    let (circuit, _, side) = a_side(&exchange).await;
    exchange.control().remove(side.id()).unwrap();
    let circuits = exchange.resource("p2p_vc");
    circuits.delete(&circuit).await.kept_in_silence();
    let (circuit, _, side) = a_side(&exchange).await;
    circuits.delete(&circuit).await.kept_in_silence();
    exchange
        .resource("nsc")
        .delete(&side)
        .await
        .kept_in_silence();
    assert_eq!(exchange.live("network-service-configs"), 0);
    // With notice, what went along is on its way out.
    let exchange = Exchange::start(notice()).await;
    let (circuit, _, side) = a_side(&exchange).await;
    exchange.resource("p2p_vc").delete(&circuit).await.kept();
    let deleted = exchange.resource("nsc").delete(&side).await;
    says(&deleted.warning(), &["ends on", "is billed until"]);
}
