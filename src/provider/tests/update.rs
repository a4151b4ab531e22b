//! Changing: only what differs is sent, and the state tells what came of it.

use std::time::Duration;

use serde_json::json;
use tokio::join;

use crate::ixapi::Json;
use crate::provider::testing::exchange::*;
use crate::tfplugin::value::Value;

/// What notes what a change replaced.
const NOTE: &str = "replaced";

/// A port, and the configuration of it.
async fn a_port(exchange: &Exchange, changes: Json) -> (Kept, Json) {
    let config = port(with(json!({ "wait_for_state": "none" }), changes));
    let ordered = exchange.resource("connection").create(&config).await;
    (ordered.kept(), config)
}

fn changed(config: &Json, changes: Json) -> Json {
    with(config.clone(), changes)
}

#[tokio::test]
async fn only_what_changed_is_sent() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let changes = json!({ "purchase_order": "PO", "wait_for_state": null });
    let (kept, config) = a_port(&exchange, changes).await;
    let config = changed(&config, json!({ "external_ref": "new" }));
    let kept = ports.update(&kept, &config).await.kept_in_silence();
    assert_eq!(exchange.bodies("PATCH"), [json!({ "external_ref": "new" })]);
    assert_eq!(kept.text("external_ref"), "new");
    assert_eq!(kept.text("purchase_order"), "PO");
    assert_eq!(kept.text("state"), "production");
}

#[tokio::test]
async fn what_has_a_type_is_sent_with_it() {
    let exchange = Exchange::instant().await;
    let circuits = exchange.resource("p2p_vc");
    let kept = circuits.create(&circuit(json!({}))).await.kept();
    let config = circuit(json!({ "display_name": "Moon" }));
    let kept = circuits.update(&kept, &config).await.kept_in_silence();
    let sent = json!({ "type": "p2p_vc", "display_name": "Moon" });
    assert_eq!(exchange.bodies("PATCH"), [sent]);
    assert_eq!(kept.text("display_name"), "Moon");
}

#[tokio::test]
async fn what_only_the_provider_knows_is_not_sent() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let (kept, config) = a_port(&exchange, json!({})).await;
    let before = exchange.log().len();
    let config = changed(&config, json!({ "timeouts": { "delete": "5m" } }));
    let kept = ports.update(&kept, &config).await.kept_in_silence();
    assert_eq!(exchange.log().len(), before);
    assert_eq!(
        kept.state.get("timeouts").get("delete").as_str(),
        Some("5m")
    );
}

#[tokio::test]
async fn a_change_is_waited_for_until_it_is_made() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let (kept, config) = a_port(&exchange, json!({})).await;
    exchange.put_into(kept.id(), "production");
    let wants = json!({ "external_ref": "new", "wait_for_state": "production" });
    let config = changed(&config, wants);
    let (updated, ()) = join!(ports.update(&kept, &config), async {
        exchange.asked("GET", "/connections/", 2).await;
        exchange.turn();
    });
    let kept = updated.kept_in_silence();
    assert_eq!(kept.text("state"), "production");
    assert_eq!(kept.text("external_ref"), "new");
}

#[tokio::test]
async fn a_change_that_takes_long_is_kept_with_a_warning() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let (kept, config) = a_port(&exchange, json!({})).await;
    exchange.put_into(kept.id(), "production");
    let wants = json!({
        "external_ref": "new", "wait_for_state": "production", "timeouts": { "update": "40ms" },
    });
    let updated = ports.update(&kept, &changed(&config, wants)).await;
    says(
        &updated.warning(),
        &[
            "is production_change_pending, not production",
            "timeouts.update",
        ],
    );
    let kept = updated.kept();
    assert_eq!(kept.text("external_ref"), "new");
    let kept = ports.read(&kept).await.kept_in_silence();
    assert_eq!(kept.text("external_ref"), "new");
}

/// A web page, such as that of a captive portal.
fn page(status: u16) -> Fault {
    Fault {
        status: Some(status),
        ..Fault::new(FaultKind::Html)
    }
}

/// Nobody can tell from such an answer whether the change was passed on, so the object tells; and
/// the exchange is not believed to lag behind what it may never have got.
#[tokio::test]
async fn of_a_change_that_is_answered_with_no_object_the_object_itself_tells_the_truth() {
    for fault in [
        Fault::new(FaultKind::Notice),
        page(200),
        page(206),
        answer(200, Json::Null),
        answer(204, Json::Null),
        answer(200, json!({})),
        answer(200, json!([])),
        answer(200, json!("taken")),
        answer(202, json!({ "id": "another", "external_ref": "?" })),
    ] {
        let exchange = Exchange::instant().await;
        let ports = exchange.resource("connection");
        let (kept, config) = a_port(&exchange, json!({ "external_ref": "old" })).await;
        // Something in between swallows the change.
        exchange.faults([fault.clone().on("PATCH", "/connections/")]);
        let wanted = changed(&config, json!({ "external_ref": "new" }));
        let updated = ports.update(&kept, &wanted).await;
        says(
            &updated.warning(),
            &[
                "warning at external_ref: It is not sure that the change of external_ref was taken",
                "answered the change with success",
                "showed external_ref as it was before",
                "apply it to send the change again",
            ],
        );
        let kept = ports.read(&updated.kept()).await.kept_in_silence();
        assert_eq!(kept.text("external_ref"), "old", "{fault:?}");
        // It is passed on, and only its answer is another.
        let passed_on = Fault {
            after: true,
            ..fault
        };
        exchange.faults([passed_on.on("PATCH", "/connections/")]);
        let config = changed(&config, json!({ "external_ref": "new" }));
        let kept = ports.update(&kept, &config).await.kept_in_silence();
        assert_eq!(kept.text("external_ref"), "new");
        assert_eq!(exchange.log().last().unwrap().method, "GET");
    }
}

#[tokio::test]
async fn a_change_whose_answer_breaks_off_is_sent_once_and_looked_at() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let (kept, config) = a_port(&exchange, json!({ "external_ref": "old" })).await;
    exchange.faults([Fault::new(FaultKind::Truncated).on("PATCH", "/connections/")]);
    let config = changed(&config, json!({ "external_ref": "new" }));
    let kept = ports.update(&kept, &config).await.kept_in_silence();
    assert_eq!(kept.text("external_ref"), "new");
    assert_eq!(exchange.bodies("PATCH").len(), 1);
    assert_eq!(exchange.log().last().unwrap().method, "GET");
}

#[tokio::test]
async fn what_cannot_be_looked_at_after_a_change_is_kept_as_planned_with_a_warning() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let (kept, config) = a_port(&exchange, json!({})).await;
    exchange.faults([
        after_acting(FaultKind::Notice).on("PATCH", "/connections/"),
        refusal(403).on("GET", "/connections/"),
    ]);
    let config = changed(&config, json!({ "external_ref": "new" }));
    let updated = ports.update(&kept, &config).await;
    says(
        &updated.warning(),
        &[
            "Lost sight of",
            "The exchange has taken what was sent",
            "403",
        ],
    );
    let kept = updated.kept();
    assert_eq!(kept.text("external_ref"), "new");
    assert!(kept.state.is_wholly_known() && !kept.text("state").is_empty());
}

#[tokio::test]
async fn where_nothing_was_sent_nobody_is_told_that_it_was_taken() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let config = port(json!({ "timeouts": { "create": "20ms" } }));
    let kept = ports.create(&config).await.kept();
    let (change, _) = ports.plan(Some(&kept), &config).await;
    // A look that was given up may still be on its way.
    let refused = refusal(403).on("GET", "/connections/");
    exchange.faults([Fault {
        times: 9,
        ..refused
    }]);
    let applied = ports.apply(&kept, &change).await;
    let warning = applied.warning();
    says(&warning, &["Lost sight of", "403", "Nothing was sent"]);
    assert!(!warning.contains("has taken"), "{warning}");
    assert_eq!(applied.kept().text("state"), "requested");
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_sent_again() {
    for fault in [
        Fault::new(FaultKind::CutAfter),
        Fault::new(FaultKind::CutBefore),
        after_acting(FaultKind::Unavailable),
        after_acting(FaultKind::BadGateway),
        Fault::new(FaultKind::RateLimited),
    ] {
        let exchange = Exchange::instant().await;
        let ports = exchange.resource("connection");
        let (kept, config) = a_port(&exchange, json!({})).await;
        exchange.faults([fault.on("PATCH", "/connections/")]);
        let config = changed(&config, json!({ "external_ref": "new" }));
        let kept = ports.update(&kept, &config).await.kept_in_silence();
        assert_eq!(kept.text("external_ref"), "new");
        assert_eq!(exchange.bodies("PATCH").len(), 2);
    }
}

#[tokio::test]
async fn a_refused_change_points_at_its_attribute_and_keeps_what_was() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let (kept, config) = a_port(&exchange, json!({})).await;
    let config = changed(&config, json!({ "billing_account": "A0090211" }));
    let updated = ports.update(&kept, &config).await;
    says(
        &updated.error(),
        &["error at billing_account: Changing", "Nothing was changed."],
    );
    assert_eq!(updated.saved, None);
    assert_eq!(updated.notes, kept.notes);
}

#[tokio::test]
async fn a_change_that_ends_badly_leaves_the_true_state() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let (kept, config) = a_port(&exchange, json!({})).await;
    exchange.put_into(kept.id(), "production");
    let wants = json!({ "external_ref": "new", "wait_for_state": "production" });
    let config = changed(&config, wants);
    let (updated, ()) = join!(ports.update(&kept, &config), async {
        exchange.asked("GET", "/connections/", 1).await;
        exchange.put_into(kept.id(), "cancelled");
    });
    says(
        &updated.error(),
        &["is cancelled and will not become production"],
    );
    let saved = updated.saved.unwrap();
    assert_eq!(saved.get("state").as_str(), Some("cancelled"));
    assert_eq!(saved.get("external_ref").as_str(), Some("new"));
}

#[tokio::test]
async fn a_limit_that_leaves_the_configuration_is_given_back() {
    let exchange = Exchange::instant().await;
    let service = exchange
        .resource("p2p_vc")
        .create(&circuit(json!({})))
        .await
        .kept();
    let (port, _) = a_port(&exchange, json!({})).await;
    let configs = exchange.resource("nsc").giving_back("capacity");
    let side = side(&service, &port, 23);
    let limited = with(side.clone(), json!({ "capacity": 50 }));
    let kept = configs.create(&limited).await.kept_in_silence();
    assert_eq!(kept.state.get("capacity").as_i64(), Some(50));
    let kept = configs.update(&kept, &side).await.kept_in_silence();
    let sent = json!({ "type": "p2p_vc", "capacity": null });
    assert_eq!(exchange.bodies("PATCH"), [sent]);
    assert_eq!(
        kept.state.get("capacity").as_i64(),
        Some(100),
        "that of the circuit"
    );
}

/// An exchange whose reads lag behind.
async fn lagging() -> Exchange {
    let metadata_lag = 60;
    Exchange::start(Settings {
        metadata_lag: Some(metadata_lag),
        ..Settings::default()
    })
    .await
}

#[tokio::test]
async fn what_was_ordered_stays_while_the_exchange_still_shows_what_was_before() {
    let exchange = lagging().await;
    let ports = exchange.resource("connection");
    let (kept, config) = a_port(&exchange, json!({ "external_ref": "old" })).await;
    let config = changed(&config, json!({ "external_ref": "new" }));
    let kept = ports.update(&kept, &config).await.kept_in_silence();
    assert_eq!(kept.text("external_ref"), "new");
    assert!(kept.notes.get(NOTE).is_some());
    for _ in 0..2 {
        let kept = ports.read(&kept).await.kept_in_silence();
        assert_eq!(kept.text("external_ref"), "new");
        assert!(kept.notes.get(NOTE).is_some());
    }
    exchange.control().advance(Duration::from_secs(61));
    let kept = ports.read(&kept).await.kept_in_silence();
    assert_eq!(kept.text("external_ref"), "new");
    assert_eq!(kept.notes.get(NOTE), None);
    let back = json!({ "external_ref": "old" });
    exchange.control().patch(kept.id(), back).unwrap();
    let kept = ports.read(&kept).await.kept_in_silence();
    assert_eq!(kept.text("external_ref"), "old", "somebody has put it back");
}

#[tokio::test]
async fn what_the_exchange_does_not_show_for_an_hour_was_put_back() {
    let exchange = lagging().await;
    let ports = exchange.resource("connection");
    let (kept, config) = a_port(&exchange, json!({ "external_ref": "old" })).await;
    let config = changed(&config, json!({ "external_ref": "new" }));
    let mut kept = ports.update(&kept, &config).await.kept_in_silence();
    let mut note = kept.notes.get(NOTE).cloned().unwrap();
    note["at"] = json!(note["at"].as_i64().unwrap() - 3600);
    kept.notes.set(NOTE, Some(note));
    let kept = ports.read(&kept).await.kept_in_silence();
    assert_eq!(kept.text("external_ref"), "old");
    assert_eq!(kept.notes.get(NOTE), None);
}

#[tokio::test]
async fn what_is_taken_out_of_the_configuration_stays_out_while_the_exchange_lags() {
    let exchange = lagging().await;
    let ports = exchange.resource("connection");
    let (kept, config) = a_port(&exchange, json!({ "purchase_order": "PO" })).await;
    let config = changed(&config, json!({ "purchase_order": null }));
    let kept = ports.update(&kept, &config).await.kept_in_silence();
    assert_eq!(exchange.bodies("PATCH"), [json!({ "purchase_order": "" })]);
    let kept = ports.read(&kept).await.kept_in_silence();
    assert_eq!(*kept.state.get("purchase_order"), Value::Null);
}

/// The roles of a contact at the exchange.
fn roles(exchange: &Exchange, contact: &Kept) -> usize {
    let live = exchange.control().live();
    let objects = live["live"]["objects"].as_array().unwrap().iter();
    let links = objects.filter(|object| object["collection"] == "role-assignments");
    let links = links.map(|link| {
        exchange
            .control()
            .show(link["id"].as_str().unwrap())
            .unwrap()
    });
    links.filter(|link| link["contact"] == contact.id()).count()
}

#[tokio::test]
async fn roles_are_taken_away_before_a_change_and_given_after_it() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts.create(&contact(&[NOC])).await.kept_in_silence();
    let old = kept.state.get("role_assignments").elements()[0].clone();
    exchange.control().clear_log();
    let config = with(
        contact(&[IMPLEMENTATION, REQUESTOR]),
        json!({ "name": "Koala" }),
    );
    let kept = contacts.update(&kept, &config).await.kept_in_silence();
    assert_eq!(
        exchange.sent(),
        [
            format!("DELETE /role-assignments/{}", old.as_str().unwrap()),
            format!("PATCH /contacts/{}", kept.id()),
            "POST /role-assignments".to_owned(),
            "POST /role-assignments".to_owned(),
        ]
    );
    assert_eq!(roles(&exchange, &kept), 2);
    assert_eq!(kept.state.get("role_assignments").elements().len(), 2);
    let again = contacts.read(&kept).await.kept_in_silence();
    assert_eq!(again.state, kept.state);
}

#[tokio::test]
async fn a_role_that_only_a_gateway_took_away_stays_for_now() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts.create(&contact(&[NOC])).await.kept();
    exchange.faults([Fault::new(FaultKind::Notice).on("DELETE", "/role-assignments/")]);
    let updated = contacts.update(&kept, &contact(&[])).await;
    says(&updated.warning(), &[NOC, "for now", "not about it"]);
    let again = contacts.read(&updated.kept()).await.kept_in_silence();
    assert_eq!(*again.state.get("roles"), value(&json!([NOC])));
}

#[tokio::test]
async fn a_role_that_was_answered_without_an_id_is_not_claimed() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts.create(&contact(&[])).await.kept();
    for body in [json!({}), json!({ "id": "" })] {
        exchange.faults([Fault {
            times: 3,
            ..answer(201, body).on("POST", "/role-assignments")
        }]);
        let updated = contacts.update(&kept, &contact(&[NOC])).await;
        says(&updated.error(), &[NOC, "gave no id"]);
        let saved = updated.saved.unwrap();
        for links in ["roles", "role_assignments"] {
            assert!(saved.get(links).elements().is_empty(), "{links}");
        }
    }
}

#[tokio::test]
async fn a_role_that_is_refused_leaves_the_truth_in_the_state() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let silent = |roles: &[&str]| with(contact(roles), json!({ "telephone": null }));
    let kept = contacts
        .create(&silent(&[REQUESTOR]))
        .await
        .kept_in_silence();
    let config = with(silent(&[REQUESTOR, NOC]), json!({ "name": "Koala" }));
    let updated = contacts.update(&kept, &config).await;
    says(
        &updated.error(),
        &[
            "error at roles: Contact",
            "does not have the roles of the configuration",
            NOC,
            "telephone",
        ],
    );
    let saved = updated.saved.unwrap();
    assert_eq!(saved.get("name").as_str(), Some("Koala"));
    for links in ["roles", "role_assignments"] {
        assert_eq!(saved.get(links), kept.state.get(links));
    }
}

#[tokio::test]
async fn a_change_that_is_refused_after_a_role_was_taken_away_leaves_the_truth_in_the_state() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts
        .create(&contact(&[NOC, REQUESTOR]))
        .await
        .kept_in_silence();
    exchange.faults([refusal(403).on("PATCH", "/contacts/")]);
    let config = with(contact(&[REQUESTOR]), json!({ "name": "Koala" }));
    let updated = contacts.update(&kept, &config).await;
    says(
        &updated.error(),
        &[
            "Changing the contact",
            "403",
            "to lose was taken away before",
        ],
    );
    let saved = updated.saved.unwrap();
    assert_eq!(saved.get("name").as_str(), Some("Panda Lion"));
    assert_eq!(*saved.get("roles"), value(&json!([REQUESTOR])));
    assert_eq!(saved.get("role_assignments").elements().len(), 1);
}

#[tokio::test]
async fn a_role_that_cannot_be_taken_away_leaves_the_truth_in_the_state() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts
        .create(&contact(&[NOC, REQUESTOR]))
        .await
        .kept_in_silence();
    // The first is taken away.
    let second = Fault {
        skip: 1,
        ..refusal(403).on("DELETE", "/role-assignments/")
    };
    exchange.faults([second]);
    let updated = contacts.update(&kept, &contact(&[IMPLEMENTATION])).await;
    says(
        &updated.error(),
        &["error at roles", "could not be taken away", "403"],
    );
    assert_eq!(updated.saved.unwrap().get("roles").elements().len(), 1);
    assert_eq!(roles(&exchange, &kept), 1);
}

#[tokio::test]
async fn a_role_that_is_in_use_stays_for_now_with_a_warning() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts.create(&contact(&[NOC])).await.kept_in_silence();
    let (port, _) = a_port(&exchange, json!({})).await;
    let config = peering(&port, &kept, 23);
    exchange.resource("nsc").create(&config).await.kept();
    let updated = contacts.update(&kept, &contact(&[REQUESTOR])).await;
    says(
        &updated.warning(),
        &["at roles", NOC, "for now", "Apply once more"],
    );
    let kept = updated.kept();
    assert_eq!(*kept.state.get("roles"), value(&json!([REQUESTOR])));
    let kept = contacts.read(&kept).await.kept_in_silence();
    assert_eq!(*kept.state.get("roles"), value(&json!([REQUESTOR, NOC])));
}

#[tokio::test]
async fn a_new_contact_whose_role_is_refused_is_kept_and_gets_it_later() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let config = with(contact(&[REQUESTOR, NOC]), json!({ "telephone": null }));
    let created = contacts.create(&config).await;
    says(&created.warning(), &["warning at roles", "telephone"]);
    let kept = created.kept();
    let kept = contacts.read(&kept).await.kept_in_silence();
    assert_eq!(*kept.state.get("roles"), value(&json!([REQUESTOR])));
    let config = contact(&[REQUESTOR, NOC]);
    let updated = contacts.update(&kept, &config).await.kept_in_silence();
    assert_eq!(updated.id(), kept.id());
    assert_eq!(roles(&exchange, &updated), 2);
}

#[tokio::test]
async fn where_the_contact_cannot_be_read_nothing_is_said_to_have_been_taken() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts.create(&contact(&[NOC])).await.kept_in_silence();
    exchange.control().clear_log();
    exchange.faults([refusal(403).on("GET", "/contacts/")]);
    let updated = contacts.update(&kept, &contact(&[NOC, REQUESTOR])).await;
    says(
        &updated.error(),
        &["Changing the contact", "403", "Nothing was changed."],
    );
    assert!(exchange.sent().is_empty());
}

#[tokio::test]
async fn a_role_whose_order_was_not_answered_is_given_once() {
    for (fault, orders) in [
        (after_acting(FaultKind::CutAfter), 1),
        (after_acting(FaultKind::Html), 1),
        (after_acting(FaultKind::Notice), 1),
        (Fault::new(FaultKind::CutBefore), 2),
    ] {
        let exchange = Exchange::instant().await;
        let kind = fault.kind;
        exchange.faults([fault.on("POST", "/role-assignments")]);
        let contacts = exchange.resource("contact");
        let made = contacts.create(&contact(&[NOC])).await.kept_in_silence();
        assert_eq!(made.state.get("roles").elements().len(), 1, "{kind:?}");
        let mut sent = exchange.sent();
        sent.retain(|sent| sent == "POST /role-assignments");
        assert_eq!(sent.len(), orders, "{kind:?}");
        assert_eq!(exchange.live("role-assignments"), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn where_roles_cannot_be_read_nothing_is_changed() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts.create(&contact(&[NOC])).await.kept_in_silence();
    exchange.control().clear_log();
    exchange.faults([refusal(403).on("GET", "/role-assignments")]);
    let config = with(contact(&[REQUESTOR]), json!({ "name": "Koala" }));
    let updated = contacts.update(&kept, &config).await;
    says(
        &updated.error(),
        &["Changing the contact", "403", "Nothing was changed."],
    );
    assert_eq!(updated.saved, None);
    assert!(exchange.sent().is_empty());
}

#[tokio::test]
async fn where_roles_cannot_be_read_after_a_change_the_state_does_not_claim_them() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts.create(&contact(&[NOC])).await.kept_in_silence();
    // They can be read before it.
    let later = Fault {
        skip: 1,
        ..refusal(403).on("GET", "/role-assignments")
    };
    exchange.faults([later]);
    let config = with(contact(&[REQUESTOR]), json!({ "name": "Koala" }));
    let updated = contacts.update(&kept, &config).await;
    let error = updated.error();
    says(
        &error,
        &["error at roles", "Which it has cannot be read", "403"],
    );
    assert!(!error.contains("Nothing was changed"), "{error}");
    let saved = updated.saved.unwrap();
    assert_eq!(saved.get("name").as_str(), Some("Koala"));
    for links in ["roles", "role_assignments"] {
        assert_eq!(*saved.get(links), value(&json!([])));
    }
}

#[tokio::test]
async fn where_roles_cannot_be_read_a_new_contact_claims_none() {
    let exchange = Exchange::instant().await;
    exchange.faults([refusal(403).on("GET", "/role-assignments")]);
    let contacts = exchange.resource("contact");
    let created = contacts.create(&contact(&[NOC])).await;
    says(
        &created.warning(),
        &["warning at roles", "403", "is in the state"],
    );
    let assignments = created.kept().state.get("role_assignments").clone();
    assert_eq!(assignments, value(&json!([])));
}

#[tokio::test]
async fn roles_are_given_although_the_changed_contact_cannot_be_looked_at() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts.create(&contact(&[NOC])).await.kept_in_silence();
    exchange.faults([
        after_acting(FaultKind::Notice).on("PATCH", "/contacts/"),
        refusal(403).on("GET", "/contacts/"),
    ]);
    let config = with(contact(&[REQUESTOR]), json!({ "name": "Koala" }));
    let updated = contacts.update(&kept, &config).await;
    says(&updated.warning(), &["Lost sight of the contact"]);
    let kept = updated.kept();
    assert_eq!(roles(&exchange, &kept), 1);
    let again = contacts.read(&kept).await.kept_in_silence();
    assert_eq!(again.state, kept.state);
}

#[tokio::test]
async fn a_change_of_what_is_gone_says_to_plan_again() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let (kept, config) = a_port(&exchange, json!({})).await;
    exchange.control().remove(kept.id()).unwrap();
    let config = changed(&config, json!({ "external_ref": "new" }));
    let updated = ports.update(&kept, &config).await;
    says(
        &updated.error(),
        &["404", "Nothing was changed.", "plan again"],
    );
    assert_eq!(updated.saved, None);
}

/// Nobody can tell by a look whether a limit was lifted that the exchange would choose itself.
#[tokio::test]
async fn what_was_given_back_to_a_gateway_is_given_back_again() {
    let exchange = Exchange::instant().await;
    let circuits = exchange.resource("p2p_vc");
    let service = circuits.create(&circuit(json!({}))).await.kept();
    let (port, _) = a_port(&exchange, json!({})).await;
    let configs = exchange.resource("nsc").giving_back("capacity");
    let side = side(&service, &port, 23);
    let limited = with(side.clone(), json!({ "capacity": 50 }));
    let kept = configs.create(&limited).await.kept_in_silence();
    exchange.faults([Fault::new(FaultKind::Notice).on("PATCH", "/")]);
    let updated = configs.update(&kept, &side).await;
    says(
        &updated.error(),
        &["error at capacity", "send the change again"],
    );
    let saved = updated.saved.unwrap();
    assert_eq!(saved.get("capacity").as_i64(), Some(50));
}

/// The exchange shows an empty text where the state has none.
#[tokio::test]
async fn a_first_purchase_order_stays_while_the_exchange_still_shows_none() {
    let exchange = lagging().await;
    let (kept, _) = a_port(&exchange, json!({})).await;
    let ports = exchange.resource("connection");
    let config = port(json!({ "purchase_order": "PO 1" }));
    let kept = ports.update(&kept, &config).await.kept();
    let kept = ports.read(&kept).await.kept_in_silence();
    assert_eq!(kept.text("purchase_order"), "PO 1");
}
