//! Who is responsible for what leaves that open.

use serde_json::json;

use crate::ixapi::Json;
use crate::provider::session::Defaults;
use crate::provider::testing::exchange::*;
use crate::tfplugin::value::Value;

/// A port that needs contacts in three roles, and leaves them out.
fn a_port() -> Json {
    port(json!({ "product_offering": "503234.AMS7-A.S", "role_assignments": null }))
}

const ALL: [&str; 3] = [IMPLEMENTATION, NOC, REQUESTOR];

async fn a_contact(exchange: &Exchange, roles: &[&str]) -> Kept {
    exchange
        .resource("contact")
        .create(&contact(roles))
        .await
        .kept()
}

fn assignments(of: &Kept) -> Vec<Value> {
    of.state.get("role_assignments").elements().to_vec()
}

#[tokio::test]
async fn the_one_contact_in_each_role_is_found_and_shown_in_the_plan() {
    let exchange = Exchange::instant().await;
    let noc = a_contact(&exchange, &[NOC]).await;
    let others = a_contact(&exchange, &[IMPLEMENTATION, REQUESTOR]).await;
    exchange.control().clear_log();
    let ports = exchange.resource("connection");
    let wanted = Value::set(assignments(&noc).into_iter().chain(assignments(&others)));
    for _ in 0..2 {
        let planned = ports.plan(None, &a_port()).await.1.kept_in_silence();
        assert_eq!(planned.state.get("role_assignments"), &wanted);
    }
    assert_eq!(exchange.asked_for("/contacts"), 1);
    assert_eq!(exchange.asked_for("/role-assignments"), 1);
    let kept = ports.create(&a_port()).await.kept();
    assert_eq!(kept.state.get("role_assignments"), &wanted);
    let (change, planned) = ports.plan(Some(&kept), &a_port()).await;
    assert_eq!(change.planned, kept.state);
    planned.kept_in_silence();
}

#[tokio::test]
async fn where_no_role_is_required_there_is_nobody_to_find() {
    let exchange = Exchange::instant().await;
    let bare = port(json!({ "role_assignments": null }));
    let planned = exchange.resource("connection").plan(None, &bare).await.1;
    let planned = planned.kept_in_silence().state;
    assert_eq!(planned.get("role_assignments"), &Value::set([]));
    assert_eq!(exchange.asked_for("/role-assignments"), 0);
}

#[tokio::test]
async fn a_role_without_a_contact_is_named_and_looked_for_again_before_the_order() {
    let exchange = Exchange::instant().await;
    a_contact(&exchange, &[NOC]).await;
    let exchange = exchange.restarted();
    let ports = exchange.resource("connection");
    let (change, planned) = ports.plan(None, &a_port()).await;
    assert!(change.planned.get("role_assignments").is_unknown());
    let words = [
        "warning at role_assignments: Nobody is responsible yet",
        "Implementation (4699403d-",
        "Requestor",
        "depends_on",
        "    name      = \"…\"\n    email     = \"…\"\n    telephone = \"…\"\n",
        "    roles     = [\"4699403d-",
        "once more before anything is ordered",
    ];
    let told = planned.warning();
    says(&told, &words);
    assert!(!told.contains("NoC"), "{told}");
    a_contact(&exchange, &[IMPLEMENTATION]).await;
    let exchange = exchange.restarted();
    let ports = exchange.resource("connection");
    let told = ports.plan(None, &a_port()).await.1.warning();
    says(
        &told,
        &["    name  = \"…\"\n    email = \"…\"\n    roles = [\"30806be6"],
    );
    let refused = ports.create(&a_port()).await;
    let words = ["error at role_assignments: Nobody", "Nothing was ordered."];
    says(&refused.error(), &words);
    assert_eq!(exchange.live("connections"), 0);
    // Once an apply is under way, the order is next, and its refusal tells all.
    let (change, planned) = ports.plan(None, &a_port()).await;
    planned.kept_in_silence();
    assert!(change.planned.get("role_assignments").is_unknown());
    a_contact(&exchange, &[REQUESTOR]).await;
    ports.create(&a_port()).await.kept_in_silence();
}

#[tokio::test]
async fn a_contact_that_the_same_plan_makes_is_waited_for_without_a_word() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    contacts.plan(None, &contact(&ALL)).await.1.kept();
    let ports = exchange.resource("connection");
    let (change, planned) = ports.plan(None, &a_port()).await;
    assert!(change.planned.get("role_assignments").is_unknown());
    planned.kept_in_silence();
}

#[tokio::test]
async fn several_contacts_in_a_role_are_named_with_the_block_to_write() {
    let exchange = Exchange::instant().await;
    let first = a_contact(&exchange, &ALL).await;
    let second = a_contact(&exchange, &[NOC]).await;
    let ports = exchange.resource("connection");
    let error = ports.plan(None, &a_port()).await.1.error();
    let words = [
        "error at role_assignments: Which contact is responsible?",
        "NoC (9a442fef",
        first.id(),
        second.id(),
        "role_assignments = [",
        "IX_API_CONTACTS",
    ];
    says(&error, &words);
    let people = [&first, &second].map(|one| {
        let id = one.id();
        format!("(contact {id}, Panda Lion, panda@example.net)")
    });
    says(&error, &[&people[0], &people[1]]);
    exchange.defaulting(Defaults {
        contacts: Value::set([first.id().into(), second.id().into()]),
        ..Defaults::default()
    });
    let error = ports.plan(None, &a_port()).await.1.error();
    says(&error, &[&people[0], &people[1]]);
    exchange.defaulting(Defaults {
        contacts: Value::set([first.id().into()]),
        ..Defaults::default()
    });
    let planned = ports.plan(None, &a_port()).await.1.kept_in_silence().state;
    assert_eq!(
        planned.get("role_assignments"),
        &Value::set(assignments(&first))
    );
}

/// The apply plans once more, when it has made contacts of its own.
#[tokio::test]
async fn what_a_plan_has_shown_an_apply_finds_again() {
    let exchange = Exchange::instant().await;
    let first = a_contact(&exchange, &ALL).await;
    let exchange = exchange.restarted();
    let ports = exchange.resource("connection");
    let planned = ports.plan(None, &a_port()).await.1.kept_in_silence().state;
    a_contact(&exchange, &[NOC]).await;
    let again = ports.plan(None, &a_port()).await.1.kept_in_silence().state;
    assert_eq!(
        again.get("role_assignments"),
        planned.get("role_assignments")
    );
    assert_eq!(
        planned.get("role_assignments"),
        &Value::set(assignments(&first))
    );
}

#[tokio::test]
async fn contacts_of_another_account_are_not_taken() {
    let exchange = Exchange::instant().await;
    let resold = with(contact(&ALL), json!({ "managing_account": RESOLD }));
    exchange.resource("contact").create(&resold).await.kept();
    let exchange = exchange.restarted();
    let ports = exchange.resource("connection");
    let told = ports.plan(None, &a_port()).await.1.warning();
    says(
        &told,
        &["Nobody is responsible", "the contacts of account A0087999"],
    );
}

#[tokio::test]
async fn who_is_responsible_is_an_error_where_the_exchange_cannot_be_asked() {
    let exchange = Exchange::instant().await;
    a_contact(&exchange, &ALL).await;
    let ports = exchange.resource("connection");
    exchange.control().clear_log();
    let planned = ports.plan(None, &a_port()).await.1.kept_in_silence().state;
    for (path, status) in [
        ("/role-assignments", 403),
        ("/role-assignments", 500),
        ("/contacts", 500),
        ("/product-offerings/503234.AMS7-A.S", 500),
    ] {
        exchange.next_run();
        exchange.faults([refusal(status).on("GET", path)]);
        let error = ports.plan(None, &a_port()).await.1.error();
        let status = status.to_string();
        let words = [
            "error at role_assignments: Who is responsible could not be looked up",
            path,
            &status,
            "again when it answers",
            "Nothing was ordered.",
        ];
        says(&error, &words);
    }
    assert!(exchange.sent().is_empty());
    exchange.next_run();
    let again = ports.plan(None, &a_port()).await.1.kept_in_silence().state;
    assert_eq!(again, planned);
    ports.create(&a_port()).await.kept();
}

#[tokio::test]
async fn a_contact_of_the_provider_that_there_is_not_is_named() {
    let exchange = Exchange::instant().await;
    let noc = a_contact(&exchange, &[NOC]).await;
    let exchange = exchange.restarted();
    let ports = exchange.resource("connection");
    let told = |contacts: &[&str]| {
        exchange.defaulting(Defaults {
            contacts: Value::set(contacts.iter().map(|&id| id.into())),
            ..Defaults::default()
        });
    };
    told(&[noc.id(), "nope"]);
    let error = ports.plan(None, &a_port()).await.1.error();
    let words = [
        "error at role_assignments",
        "\"nope\" is no contact of yours",
        "IX_API_CONTACTS",
    ];
    says(&error, &words);
    assert!(!error.contains("make one"), "{error}");
    // One that there is lacks roles: another one has to be named too.
    told(&[noc.id()]);
    let warning = ports.plan(None, &a_port()).await.1.warning();
    says(
        &warning,
        &["Requestor", "add it to contacts of the provider"],
    );
    // What cannot be seen is not said.
    told(&[noc.id(), "nope"]);
    exchange.next_run();
    exchange.faults([refusal(500).on("GET", "/contacts")]);
    let warning = ports.plan(None, &a_port()).await.1.warning();
    assert!(!warning.contains("is no contact"), "{warning}");
}
