//! Ending: what is billed leaves the state only when its end is sure.

use serde_json::json;
use tokio::join;

use crate::ixapi::Json;
use crate::provider::testing::exchange::*;

async fn a_port(exchange: &Exchange, changes: Json) -> Kept {
    let config = port(with(json!({ "wait_for_state": "none" }), changes));
    exchange.resource("connection").create(&config).await.kept()
}

/// Asserts that the object stays in the state, with these reasons.
#[track_caller]
fn stays(deleted: &Outcome, reasons: &[&str]) {
    says(&deleted.error(), reasons);
}

/// A notice period.
fn notice(days: u16) -> Settings {
    Settings {
        notice_days: days,
        billing_days: 2 * days,
        ..slow()
    }
}

#[tokio::test]
async fn what_is_not_there_any_more_counts_as_deleted_once_that_is_sure() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange, json!({})).await;
    exchange.control().remove(kept.id()).unwrap();
    let deleted = exchange.resource("connection").delete(&kept).await;
    deleted.kept_in_silence();
    let before_last = exchange.log().into_iter().nth_back(1);
    assert_eq!(before_last.unwrap().path, "/connections", "the list");
}

#[tokio::test]
async fn what_is_not_found_but_listed_stays() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange, json!({})).await;
    exchange.faults([refusal(404).on("DELETE", "/connections/")]);
    let deleted = exchange.resource("connection").delete(&kept).await;
    stays(
        &deleted,
        &["It is not sure that the port or LAG", "its list has it"],
    );
}

#[tokio::test]
async fn another_customer_deletes_nothing() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange, json!({})).await;
    let deleted = exchange.seen_by_another("connection").delete(&kept).await;
    stays(&deleted, &["neither does it know account A0087999"]);
    assert_eq!(exchange.live("connections"), 1);
}

#[tokio::test]
async fn what_ends_today_is_waited_for_until_it_is_gone() {
    let exchange = Exchange::slow().await;
    let kept = a_port(&exchange, json!({})).await;
    let ports = exchange.resource("connection");
    let (deleted, ()) = join!(ports.delete(&kept), async {
        exchange.asked("GET", "/connections/", 3).await;
        exchange.turn();
    });
    deleted.kept_in_silence();
    assert!(exchange.control().show(kept.id()).is_err());
}

#[tokio::test]
async fn what_stays_readable_when_it_has_ended_is_gone_too() {
    let stays = slow().with_quirks(&[Quirk::DecommissionedStays]);
    let exchange = Exchange::start(stays).await;
    let kept = a_port(&exchange, json!({})).await;
    let ports = exchange.resource("connection");
    let (deleted, ()) = join!(ports.delete(&kept), async {
        exchange.asked("GET", "/connections/", 1).await;
        exchange.turn();
    });
    deleted.kept_in_silence();
}

#[tokio::test]
async fn what_ends_later_leaves_the_state_with_both_dates() {
    let exchange = Exchange::start(notice(30)).await;
    let kept = a_port(&exchange, json!({})).await;
    let deleted = exchange.resource("connection").delete(&kept).await;
    let ending = exchange.control().show(kept.id()).unwrap();
    let date = |name: &str| ending[name].as_str().unwrap().to_owned();
    says(
        &deleted.warning(),
        &[
            &format!("ends on {}", date("decommission_at")),
            &format!("is billed until {}", date("charged_until")),
            "leaves the state now",
        ],
    );
    deleted.kept();
}

#[tokio::test]
async fn what_somebody_has_cancelled_already_leaves_the_state_in_the_same_way() {
    let exchange = Exchange::start(notice(30)).await;
    let kept = a_port(&exchange, json!({})).await;
    let ports = exchange.resource("connection");
    ports.delete(&kept).await.kept();
    says(&ports.delete(&kept).await.warning(), &["ends on"]);
}

#[tokio::test]
async fn an_end_that_takes_too_long_is_an_error_and_the_object_stays() {
    let exchange = Exchange::slow().await;
    let kept = a_port(&exchange, json!({ "timeouts": { "delete": "40ms" } })).await;
    let ports = exchange.resource("connection");
    stays(
        &ports.delete(&kept).await,
        &[
            "is not gone yet",
            "was decommission_requested when last seen",
            "waited for 40ms (timeouts.delete)",
            "run the same command again",
        ],
    );
    exchange.turn();
    let asked_again = ports.delete(&kept).await;
    asked_again.kept_in_silence();
}

#[tokio::test]
async fn an_interrupted_end_is_an_error_and_the_object_stays() {
    let exchange = Exchange::slow().await;
    let kept = a_port(&exchange, json!({})).await;
    let ports = exchange.resource("connection");
    let (deleted, ()) = join!(ports.delete(&kept), async {
        exchange.asked("GET", "/connections/", 2).await;
        ports.stop.cancel();
    });
    stays(&deleted, &["is not gone yet", "The wait was interrupted."]);
}

#[tokio::test]
async fn after_an_interruption_nothing_is_cancelled() {
    let exchange = Exchange::slow().await;
    let kept = a_port(&exchange, json!({})).await;
    let ports = exchange.resource("connection");
    ports.stop.cancel();
    stays(
        &ports.delete(&kept).await,
        &["was interrupted", "stays in the state"],
    );
    assert_eq!(exchange.sent(), ["POST /connections"]);
}

#[tokio::test]
async fn an_end_that_cannot_be_looked_at_is_not_believed() {
    for (fault, reason) in [
        (refusal(403), "403"),
        (refusal(404), "its list has it"),
        (Fault::new(FaultKind::Notice), "not the object"),
        (
            answer(200, json!({ "id": "another", "state": "archived" })),
            "not the object",
        ),
    ] {
        let exchange = Exchange::slow().await;
        let kept = a_port(&exchange, json!({})).await;
        exchange.faults([fault.on("GET", "/connections/")]);
        let deleted = exchange.resource("connection").delete(&kept).await;
        stays(&deleted, &["is not gone yet", reason]);
    }
}

#[tokio::test]
async fn an_end_that_is_hard_to_look_at_is_waited_for() {
    let exchange = Exchange::slow().await;
    let kept = a_port(&exchange, json!({})).await;
    let looks = [
        FaultKind::Html,
        FaultKind::CutBefore,
        FaultKind::Unavailable,
    ];
    exchange.faults(looks.map(|kind| Fault {
        times: 5,
        ..Fault::new(kind).on("GET", "/connections/")
    }));
    let ports = exchange.resource("connection");
    let (deleted, ()) = join!(ports.delete(&kept), async {
        until(|| exchange.control().faults_waiting().is_empty()).await;
        exchange.turn();
    });
    deleted.kept_in_silence();
}

#[tokio::test]
async fn a_refusal_is_an_error_and_the_object_stays() {
    for (fault, reason) in [
        (refusal(403), "403"),
        (refusal(400), "400"),
        (Fault::new(FaultKind::Html), "500"),
    ] {
        let exchange = Exchange::instant().await;
        let kept = a_port(&exchange, json!({})).await;
        exchange.faults([fault.on("DELETE", "/connections/")]);
        let deleted = exchange.resource("connection").delete(&kept).await;
        stays(&deleted, &[reason, "Deleting the port or LAG"]);
        assert_eq!(exchange.live("connections"), 1);
    }
}

#[tokio::test]
async fn a_cancellation_whose_answer_was_lost_is_sent_again() {
    for kind in [
        FaultKind::CutAfter,
        FaultKind::Unavailable,
        FaultKind::BadGateway,
    ] {
        let exchange = Exchange::instant().await;
        let kept = a_port(&exchange, json!({})).await;
        exchange.faults([after_acting(kind).on("DELETE", "/connections/")]);
        let deleted = exchange.resource("connection").delete(&kept).await;
        deleted.kept_in_silence();
        assert_eq!(exchange.live("connections"), 0);
    }
}

#[tokio::test]
async fn what_is_still_in_use_is_tried_again_until_it_is_not() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange, json!({})).await;
    let service = exchange
        .resource("p2p_vc")
        .create(&circuit(json!({})))
        .await
        .kept();
    let configs = exchange.resource("nsc");
    let side = configs.create(&side(&service, &kept, 23)).await.kept();
    let ports = exchange.resource("connection");
    let (deleted, ()) = join!(ports.delete(&kept), async {
        exchange.asked("DELETE", "/connections/", 2).await;
        configs.delete(&side).await.kept_in_silence();
    });
    deleted.kept_in_silence();
    assert_eq!(exchange.live("connections"), 0);
}

#[tokio::test]
async fn what_stays_in_use_is_an_error_once_patience_is_used_up() {
    for fault in [None, Some(refusal(409))] {
        let exchange = Exchange::instant().await;
        let kept = a_port(&exchange, json!({ "timeouts": { "delete": "300ms" } })).await;
        let service = exchange
            .resource("p2p_vc")
            .create(&circuit(json!({})))
            .await
            .kept();
        let configs = exchange.resource("nsc");
        configs.create(&side(&service, &kept, 23)).await.kept();
        let faults = fault.into_iter();
        exchange.faults(faults.map(|one| Fault {
            times: 999,
            ..one.on("DELETE", "/connections/")
        }));
        let deleted = exchange.resource("connection").delete(&kept).await;
        stays(
            &deleted,
            &[
                "Deleting the port or LAG was refused",
                "goes on being billed",
            ],
        );
        let tries = exchange
            .sent()
            .into_iter()
            .filter(|one| one.starts_with("DELETE"));
        assert!(tries.count() > 1);
        assert_eq!(exchange.live("connections"), 1);
    }
}

#[tokio::test]
async fn a_refusal_of_what_is_already_ending_is_looked_through() {
    let exchange = Exchange::start(notice(30)).await;
    let kept = a_port(&exchange, json!({})).await;
    exchange.faults([Fault {
        after: true,
        ..refusal(409).on("DELETE", "/connections/")
    }]);
    let deleted = exchange.resource("connection").delete(&kept).await;
    says(&deleted.warning(), &["ends on"]);
    assert_eq!(exchange.sent().len(), 2);
}

#[tokio::test]
async fn a_success_that_is_not_about_the_object_is_looked_at_and_the_order_repeated() {
    for body in [
        json!({ "message": "Back in a minute." }),
        json!({ "id": "another" }),
        Json::Null,
    ] {
        let exchange = Exchange::instant().await;
        let kept = a_port(&exchange, json!({})).await;
        exchange.faults([answer(200, body).on("DELETE", "/connections/")]);
        let deleted = exchange.resource("connection").delete(&kept).await;
        deleted.kept_in_silence();
        let tries = exchange
            .sent()
            .into_iter()
            .filter(|one| one.starts_with("DELETE"));
        assert_eq!(tries.count(), 2);
        assert_eq!(exchange.live("connections"), 0);
    }
}

#[tokio::test]
async fn what_is_still_there_after_every_success_is_an_error() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange, json!({ "timeouts": { "delete": "300ms" } })).await;
    exchange.faults([Fault {
        times: 999,
        ..Fault::new(FaultKind::Notice).on("DELETE", "/connections/")
    }]);
    let deleted = exchange.resource("connection").delete(&kept).await;
    stays(
        &deleted,
        &["is still there", "has it as before", "stays in the state"],
    );
    assert_eq!(exchange.live("connections"), 1);
}

/// A day that is refused stays so; what uses an object may go.
#[tokio::test]
async fn a_refusal_because_of_the_day_is_final_at_once() {
    for body in [
        json!({ "title": "No", "decommission_at": "2999-01-31" }),
        json!({ "title": "No", "properties": [{ "name": "decommission_at", "reason": "early" }] }),
    ] {
        let exchange = Exchange::instant().await;
        let kept = a_port(&exchange, json!({})).await;
        exchange.faults([Fault {
            times: 9,
            ..answer(409, body).on("DELETE", "/connections/")
        }]);
        let deleted = exchange.resource("connection").delete(&kept).await;
        stays(&deleted, &["Deleting the port or LAG was refused"]);
        assert_eq!(exchange.bodies("DELETE").len(), 1);
    }
}

/// There is neither a state nor a block behind an action.
#[tokio::test]
async fn what_an_action_cannot_end_is_told_without_the_state() {
    for fault in [
        refusal(400),
        refusal(403),
        answer(
            409,
            json!({ "title": "Not now", "decommission_at": "2999-01-31" }),
        ),
    ] {
        let exchange = Exchange::instant().await;
        let kept = a_port(&exchange, json!({})).await;
        exchange.faults([fault.on("DELETE", "/connections/")]);
        let on = json!({
            "type": "ixapi_connection", "id": kept.id(), "decommission_at": "2999-01-31",
        });
        let told = exchange.invoke("cancel", on).await.error();
        says(&told, &["Ending the port or LAG", "It goes on as before."]);
        for word in ["state", "create_before_destroy", "Deleting"] {
            assert!(!told.contains(word), "{word}: {told}");
        }
        assert_eq!(exchange.live("connections"), 1);
    }
}

#[tokio::test]
async fn an_interruption_ends_the_tries() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange, json!({})).await;
    exchange.faults([Fault {
        times: 999,
        ..refusal(409).on("DELETE", "/connections/")
    }]);
    let ports = exchange.resource("connection");
    let (deleted, ()) = join!(ports.delete(&kept), async {
        exchange.asked("DELETE", "/connections/", 2).await;
        ports.stop.cancel();
    });
    deleted.error();
    assert_eq!(exchange.live("connections"), 1);
}

#[tokio::test]
async fn a_cancelled_circuit_is_cleared_away() {
    let exchange = Exchange::instant().await;
    let circuits = exchange.resource("p2p_vc");
    let kept = circuits.create(&circuit(json!({}))).await.kept();
    exchange.put_into(kept.id(), "cancelled");
    circuits.delete(&kept).await.kept_in_silence();
    assert!(exchange.control().show(kept.id()).is_err());
}

#[tokio::test]
async fn a_contact_goes_after_its_roles() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts.create(&contact(&[NOC, REQUESTOR])).await.kept();
    exchange.control().clear_log();
    contacts.delete(&kept).await.kept_in_silence();
    let sent = exchange.sent();
    assert_eq!(sent.len(), 3, "{sent:?}");
    assert!(
        sent[..2]
            .iter()
            .all(|one| one.starts_with("DELETE /role-assignments/"))
    );
    assert_eq!(sent[2], format!("DELETE /contacts/{}", kept.id()));
}

#[tokio::test]
async fn a_contact_whose_role_is_in_use_stays() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let hasty = json!({ "timeouts": { "delete": "100ms" } });
    let config = with(contact(&[NOC]), hasty);
    let kept = contacts.create(&config).await.kept();
    let port = a_port(&exchange, json!({})).await;
    let peering = peering(&port, &kept, 23);
    exchange.resource("nsc").create(&peering).await.kept();
    let deleted = contacts.delete(&kept).await;
    stays(
        &deleted,
        &[
            "could not be taken away",
            "is used by",
            "stays in the state",
        ],
    );
    assert_eq!(exchange.live("contacts"), 1);
}

#[tokio::test]
async fn a_contact_that_is_gone_already_counts_as_deleted() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts.create(&contact(&[NOC])).await.kept();
    exchange.control().remove(kept.id()).unwrap();
    contacts.delete(&kept).await.kept_in_silence();
}

#[tokio::test]
async fn a_role_that_somebody_gave_twice_is_taken_away_twice() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts.create(&contact(&[NOC])).await.kept();
    let again = json!({ "role": NOC, "contact": kept.id() });
    let links = exchange.resource("role_assignment");
    links.create(&again).await.kept_in_silence();
    let kept = contacts.read(&kept).await.kept_in_silence();
    assert_eq!(kept.state.get("role_assignments").elements().len(), 2);
    exchange.control().clear_log();
    contacts.delete(&kept).await.kept_in_silence();
    assert_eq!(exchange.sent().len(), 3);
}

#[tokio::test]
async fn what_the_exchange_made_is_let_go_without_a_request() {
    let exchange = Exchange::instant().await;
    let kept = Kept {
        state: value(&json!({ "id": "an-address" })),
        notes: Default::default(),
    };
    exchange
        .resource("ip")
        .delete(&kept)
        .await
        .kept_in_silence();
    assert!(exchange.log().is_empty());
}
