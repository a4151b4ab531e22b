//! Orders of runs that were cut off, and orders that nobody answered.

use std::path::Path;

use serde_json::json;
use tempfile::tempdir;
use tokio::select;

use crate::provider::session::Defaults;
use crate::provider::testing::exchange::*;
use crate::tfplugin::traits::Resource;

/// A run that orders these ports and is killed while it waits for them.
async fn killed(exchange: Exchange, folder: &Path, references: &[Option<&str>]) -> Exchange {
    let exchange = exchange.noting(folder);
    let ports = exchange.resource("connection");
    for reference in references {
        let change = ports.change(None, &port(json!({ "external_ref": reference })));
        let call = ports.call();
        let order = ports.managed.create(&call, &change.planned, &change.config);
        select! {
            made = order => panic!("{made:?}"),
            () = exchange.asked("GET", "/connections/", 2) => {}
        }
    }
    drop(ports);
    exchange.restarted().noting(folder)
}

/// From now on, what bears the reference of an order is taken over.
fn adopting(exchange: &Exchange) {
    exchange.defaulting(Defaults {
        adopt_existing: true,
        ..Defaults::default()
    });
}

/// How many orders are noted.
fn pages(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().path());
    // Beside a page there may be the lock of its run.
    let is_page = |path: &std::path::PathBuf| path.extension().is_some_and(|it| it == "orders");
    names.filter(is_page).count()
}

/// The page of the only run that has left one.
fn only_page(folder: &Path) -> std::path::PathBuf {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut pages = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "orders"));
    let page = pages.next().unwrap();
    assert!(pages.next().is_none());
    page
}

#[tokio::test]
async fn what_a_killed_run_has_ordered_is_gone_on_with_each_once() {
    let folder = tempdir().unwrap();
    let exchange = Exchange::slow().await;
    let exchange = killed(exchange, folder.path(), &[None, None]).await;
    let ports = exchange.resource("connection");
    exchange.turn();
    let mut ids = Vec::new();
    for _ in 0..2 {
        let outcome = ports.create(&port(json!({}))).await;
        says(
            &outcome.warning(),
            &["is an order of an earlier run", "nothing was ordered again"],
        );
        ids.push(outcome.kept().text("id").to_owned());
    }
    assert_ne!(ids[0], ids[1]);
    assert_eq!(exchange.live("connections"), 2);
    let third = ports
        .create(&port(json!({ "wait_for_state": "none" })))
        .await;
    assert!(!ids.contains(&third.kept().text("id").to_owned()));
    assert_eq!(exchange.live("connections"), 3);
    assert_eq!(exchange.sent(), ["POST /connections"; 3]);
}

#[tokio::test]
async fn another_order_is_not_taken_for_that_of_a_killed_run() {
    let folder = tempdir().unwrap();
    let exchange = killed(Exchange::slow().await, folder.path(), &[Some("one")]).await;
    let ports = exchange.resource("connection");
    exchange.turn();
    let two = port(json!({ "external_ref": "two", "wait_for_state": "none" }));
    let other = ports.create(&two).await;
    other.kept_in_silence();
    assert_eq!(exchange.live("connections"), 2);
}

#[tokio::test]
async fn what_is_seen_in_the_state_is_struck_and_what_was_delivered_is_not_ordered_again() {
    let folder = tempdir().unwrap();
    let exchange = Exchange::instant().await.noting(folder.path());
    let config = port(json!({}));
    let held = {
        let ports = exchange.resource("connection");
        ports.create(&config).await.kept_in_silence()
    };
    exchange.farewell();
    let exchange = exchange.restarted().noting(folder.path());
    {
        let ports = exchange.resource("connection");
        let refused = ports.create(&config).await;
        says(
            &refused.error(),
            &["It is not sure that another", held.id(), "import {"],
        );
    }
    let exchange = exchange.restarted().noting(folder.path());
    assert_eq!(pages(folder.path()), 1);
    let ports = exchange.resource("connection");
    ports.plan(Some(&held), &config).await;
    assert_eq!(pages(folder.path()), 0);
    ports.create(&config).await.kept_in_silence();
    assert_eq!(exchange.sent(), ["POST /connections"; 2]);
}

#[tokio::test]
async fn what_has_ended_meanwhile_is_ordered_anew() {
    let folder = tempdir().unwrap();
    let exchange = killed(Exchange::slow().await, folder.path(), &[None]).await;
    let id = exchange.control().live()["live"]["objects"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    exchange.put_into(&id, "decommissioned");
    exchange.turn();
    let ports = exchange.resource("connection");
    let config = port(json!({ "wait_for_state": "none" }));
    let anew = ports.create(&config).await.kept_in_silence();
    assert_ne!(anew.id(), id);
    assert_eq!(pages(folder.path()), 1);
}

#[tokio::test]
async fn an_order_without_answer_is_found_by_its_reference() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let config = |reference: &str| port(json!({ "external_ref": reference }));
    let before = ports.create(&config("other")).await.kept_in_silence();
    exchange.faults([Fault::new(FaultKind::CutAfter).on("POST", "/connections")]);
    let made = ports.create(&config("mine")).await.kept_in_silence();
    assert_ne!(made.id(), before.id());
    assert_eq!(exchange.live("connections"), 2);
    assert_eq!(exchange.sent(), ["POST /connections"; 2]);
}

/// An exchange may show it with blanks at its ends, or without those that somebody else has given.
#[tokio::test]
async fn blanks_at_its_ends_do_not_hide_what_bears_a_reference() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let held = ports.create(&port(json!({}))).await.kept_in_silence();
    let seen = exchange.get(&format!("/connections/{}", held.id())).await;
    let rows = json!([with(seen, json!({ "external_ref": " mine " }))]);
    exchange.faults([Fault {
        body: Some(rows),
        ..Fault::new(FaultKind::Answer).on("GET", "/connections")
    }]);
    let refused = ports.create(&port(json!({ "external_ref": "mine" }))).await;
    says(
        &refused.error(),
        &["at external_ref", "bears this external_ref already"],
    );
    assert_eq!(exchange.live("connections"), 1);
}

#[tokio::test]
async fn an_order_without_answer_is_found_by_the_next_run_unless_it_came_to_nothing() {
    let config = port(json!({}));
    for (kind, came_about) in [(FaultKind::CutAfter, true), (FaultKind::CutBefore, false)] {
        let folder = tempdir().unwrap();
        let exchange = Exchange::instant().await.noting(folder.path());
        {
            let ports = exchange.resource("connection");
            exchange.faults([
                Fault::new(kind).on("POST", "/connections"),
                refusal(403).on("GET", "/connections"),
            ]);
            let unanswered = ports.create(&config).await;
            says(&unanswered.error(), &["Before you apply again"]);
        }
        let exchange = exchange.restarted().noting(folder.path());
        let ports = exchange.resource("connection");
        let next = ports.create(&config).await;
        match came_about {
            true => says(&next.warning(), &["is an order of an earlier run"]),
            false => drop(next.kept_in_silence()),
        }
        assert_eq!(exchange.live("connections"), 1, "{kind:?}");
    }
}

/// Where the reference is refused, nothing tells one object from another that says the same.
#[tokio::test]
async fn what_cannot_be_told_apart_is_a_person_to_decide() {
    let folder = tempdir().unwrap();
    let config = port(json!({ "external_ref": "" }));
    let exchange = Exchange::instant().await.noting(folder.path());
    {
        let ports = exchange.resource("connection");
        ports.create(&config).await.kept_in_silence();
        exchange.faults([
            refusal(403).on("GET", "/connections"),
            Fault::new(FaultKind::CutAfter).on("POST", "/connections"),
        ]);
        says(
            &ports.create(&config).await.error(),
            &["Before you apply again"],
        );
    }
    let exchange = exchange.restarted().noting(folder.path());
    let ports = exchange.resource("connection");
    // What Terraform was never given comes first.
    says(
        &ports.create(&config).await.error(),
        &[
            "It is not known what came of an order",
            "import {",
            "Nothing was ordered",
        ],
    );
    let given = ports.create(&config).await.warning();
    says(&given, &["is an order of an earlier run"]);
    assert_eq!(exchange.live("connections"), 2);
}

#[tokio::test]
async fn what_bears_the_reference_of_an_order_is_told_with_the_way_to_take_it_over() {
    let exchange = Exchange::instant().await;
    let config = port(json!({ "external_ref": "mine" }));
    let first = exchange.resource("connection");
    let held = first.create(&config).await.kept_in_silence();
    // In the same run it is another resource; in the next one the state may have been lost.
    says(
        &first.create(&config).await.error(),
        &["Another", "of this configuration has this external_ref"],
    );
    let exchange = exchange.restarted();
    let ports = exchange.resource("connection");
    let planned = ports.plan(None, &config).await.1;
    for refused in [planned, ports.create(&config).await] {
        says(
            &refused.error(),
            &[
                "at external_ref",
                "bears this external_ref already",
                held.id(),
                "in state production",
                "import {",
                "adopt_existing",
                "Nothing was ordered",
            ],
        );
    }
    assert_eq!(exchange.live("connections"), 1);
}

#[tokio::test]
async fn two_orders_of_one_reference_are_refused_in_the_plan() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let config = port(json!({ "external_ref": "mine" }));
    ports.plan(None, &config).await.1.kept_in_silence();
    let twice = ports.plan(None, &config).await.1;
    says(
        &twice.error(),
        &[
            "at external_ref",
            "Another",
            "of this configuration",
            "mine",
        ],
    );
    // Terraform applies in a run of its own.
    exchange.next_run();
    ports.plan(None, &config).await.1.kept_in_silence();
    ports.create(&config).await.kept_in_silence();
}

#[tokio::test]
async fn a_new_reference_that_something_bears_already_is_told_in_the_plan() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let named = |name: &str| port(json!({ "external_ref": name }));
    let one = ports.create(&named("one")).await.kept();
    let two = ports.create(&named("two")).await.kept();
    exchange.next_run();
    let told = ports.plan(Some(&two), &named("one")).await.1;
    says(
        &told.warning(),
        &[
            "at external_ref",
            one.id(),
            "bears the external_ref \"one\"",
        ],
    );
    let told = ports.plan(Some(&one), &named("three")).await.1;
    told.kept_in_silence();
    let told = ports.plan(Some(&two), &named("three")).await.1;
    says(&told.warning(), &["Another resource of this configuration"]);
}

/// With `create_before_destroy`, the new one is ordered while the old one bears its reference. That
/// goes for the old one alone, and not for whatever else has the reference of the new one.
#[tokio::test]
async fn a_replacement_is_passed_over_and_another_bearer_of_its_reference_is_not() {
    let folder = tempdir().unwrap();
    let exchange = Exchange::instant().await.noting(folder.path());
    let named = |name: &str| port(json!({ "external_ref": name }));
    let larger = |name: &str| with(named(name), json!({ "mode": "lag_lacp" }));
    let ports = exchange.resource("connection");
    let old = ports.create(&named("old")).await.kept();
    let other = ports.create(&named("other")).await.kept();
    drop(ports);
    let mut exchange = exchange;
    for (reference, ordered) in [("other", false), ("old", true)] {
        exchange = exchange.restarted().noting(folder.path());
        let ports = exchange.resource("connection");
        for held in [&old, &other] {
            ports.read_at_another_address(held).await.kept();
        }
        let (_, first) = ports.plan(Some(&old), &larger(reference)).await;
        let (_, second) = ports.plan_in_place(&first, &larger(reference)).await;
        second.answer.as_ref().unwrap();
        Exchange::planned_by_another_process(folder.path());
        drop(ports);
        exchange = exchange.restarted().noting(folder.path());
        let made = exchange
            .resource("connection")
            .create(&larger(reference))
            .await;
        match ordered {
            true => drop(made.kept()),
            false => says(&made.error(), &["bears this external_ref already"]),
        }
    }
    assert_eq!(exchange.live("connections"), 3);
}

#[tokio::test]
async fn which_of_several_bearers_is_meant_is_left_to_a_person() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let [one, other] = ["one", "other"].map(|name| port(json!({ "external_ref": name })));
    let one = ports.create(&one).await.kept();
    let other = ports.create(&other).await.kept();
    exchange.next_run();
    let config = port(json!({ "external_ref": "mine" }));
    for held in [&one, &other] {
        ports.read(held).await.kept();
        ports.update(held, &config).await.kept();
    }
    let exchange = exchange.restarted();
    for adopt_existing in [true, false] {
        exchange.next_run();
        exchange.defaulting(Defaults {
            adopt_existing,
            ..Defaults::default()
        });
        let refused = exchange.resource("connection").plan(None, &config).await.1;
        says(
            &refused.error(),
            &[
                "Several",
                one.id(),
                other.id(),
                "import {",
                "Nothing was ordered",
            ],
        );
    }
}

#[tokio::test]
async fn an_order_is_not_placed_blindly_where_its_reference_cannot_be_looked_for() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    exchange.faults([Fault {
        times: 99,
        ..Fault::new(FaultKind::Unavailable).on("GET", "/connections")
    }]);
    let refused = ports.create(&port(json!({ "external_ref": "mine" }))).await;
    says(&refused.error(), &["GET", "503", "Nothing was ordered"]);
    assert!(exchange.sent().is_empty());
}

#[tokio::test]
async fn what_exists_is_adopted_if_that_is_wanted_and_planned_and_it_is_the_same() {
    let folder = tempdir().unwrap();
    let exchange = Exchange::instant().await;
    let config = port(json!({ "external_ref": "mine" }));
    let held = exchange.resource("connection").create(&config).await.kept();
    let anew = |exchange: Exchange| {
        let exchange = exchange.restarted().noting(folder.path());
        adopting(&exchange);
        exchange
    };
    let exchange = anew(exchange);
    let ports = exchange.resource("connection");
    // What no plan has announced may be in the state at another address.
    let refused = ports.create(&config).await;
    says(
        &refused.error(),
        &[held.id(), "bears this external_ref already"],
    );
    let exchange = anew(exchange);
    let ports = exchange.resource("connection");
    let config = with(config, json!({ "purchase_order": "PO 1" }));
    says(
        &ports.plan(None, &config).await.1.warning(),
        &["is taken over, not ordered", "Changed: purchase_order."],
    );
    // Whoever has it in the state is told of both.
    ports.read_at_another_address(&held).await.kept();
    says(
        &ports.plan(Some(&held), &config).await.1.error(),
        &["is planned for twice", "moved"],
    );
    let exchange = anew(exchange);
    let ports = exchange.resource("connection");
    ports.plan(None, &config).await.1.warning();
    Exchange::planned_by_another_process(folder.path());
    let exchange = anew(exchange);
    let ports = exchange.resource("connection");
    let adopted = ports.create(&config).await;
    says(
        &adopted.warning(),
        &[held.id(), "is taken over, not ordered"],
    );
    let adopted = adopted.kept();
    assert_eq!(adopted.id(), held.id());
    assert_eq!(adopted.text("purchase_order"), "PO 1");
    // Where it was the old one of a replacement, it does not end with that.
    says(&ports.delete(&held).await.warning(), &["is not ended"]);
    assert_eq!(exchange.live("connections"), 1);
    let changes = exchange.sent();
    let orders = changes.iter().filter(|sent| *sent == "POST /connections");
    assert_eq!(orders.count(), 1, "{changes:?}");
}

#[tokio::test]
async fn what_is_something_else_is_not_adopted() {
    let exchange = Exchange::instant().await;
    let mac = |address: &str| {
        json!({
            "managing_account": OWN, "consuming_account": OWN, "external_ref": "mine",
            "address": address,
        })
    };
    let first = mac("42:23:bc:8e:b8:b0");
    let held = exchange.resource("mac").create(&first).await.kept();
    let exchange = exchange.restarted();
    adopting(&exchange);
    let macs = exchange.resource("mac");
    let refused = macs.plan(None, &mac("42:23:bc:8e:b8:b1")).await.1;
    let words = [
        "at address",
        held.id(),
        "is another",
        "b8:b0",
        "Nothing was ordered",
    ];
    says(&refused.error(), &words);
}

#[tokio::test]
async fn what_is_smaller_than_what_is_ordered_is_not_adopted() {
    let exchange = Exchange::instant().await;
    let config = port(json!({ "external_ref": "mine" }));
    let held = exchange.resource("connection").create(&config).await.kept();
    let exchange = exchange.restarted();
    adopting(&exchange);
    let larger = with(config, json!({ "mode": "lag_lacp", "port_quantity": 2 }));
    let refused = exchange.resource("connection").plan(None, &larger).await.1;
    says(
        &refused.error(),
        &["at port_quantity", held.id(), "is another", "(1 there)"],
    );
}

#[tokio::test]
async fn what_is_secret_of_what_is_adopted_is_not_told() {
    let exchange = Exchange::instant().await;
    let cloud = |key: &str| {
        json!({
            "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
            "product_offering": "aws-dc.amsterdam.AMS.50", "external_ref": "mine",
            "cloud_key": key,
        })
    };
    let clouds = exchange.resource("cloud_vc");
    clouds.create(&cloud("123456789012")).await.kept();
    drop(clouds);
    let exchange = exchange.restarted();
    adopting(&exchange);
    let clouds = exchange.resource("cloud_vc");
    let told = clouds.plan(None, &cloud("123456789876")).await.1.warning();
    says(
        &told,
        &["is taken over, not ordered", "Changed: cloud_key."],
    );
    assert!(!told.contains("123456789"), "{told}");
}

#[tokio::test]
async fn an_empty_reference_is_none_of_a_new_order() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let nameless = port(json!({ "external_ref": "" }));
    let refused = ports.plan(None, &nameless).await.1;
    says(
        &refused.error(),
        &[
            "at external_ref",
            "is empty",
            "one is drawn",
            "Nothing was ordered",
        ],
    );
    let held = ports.create(&port(json!({}))).await.kept();
    exchange.next_run();
    let cleared = ports.plan(Some(&held), &nameless).await.1;
    cleared.kept_in_silence();
}

#[tokio::test]
async fn what_is_held_at_another_address_is_not_adopted() {
    let exchange = Exchange::instant().await;
    let config = port(json!({ "external_ref": "mine" }));
    let held = exchange.resource("connection").create(&config).await.kept();
    let exchange = exchange.restarted();
    adopting(&exchange);
    let ports = exchange.resource("connection");
    ports.read(&held).await.kept_in_silence();
    // It may be tainted, and gone before the order. If not, that is seen then.
    ports.plan(None, &config).await.1.kept_in_silence();
    let refused = ports.create(&config).await;
    says(&refused.error(), &[held.id(), "already", "moved"]);
    // One that leaves the configuration is not adopted either; Terraform may read it only then.
    let exchange = exchange.restarted();
    adopting(&exchange);
    let ports = exchange.resource("connection");
    ports
        .plan_to_apply(Some(&held), &json!(null))
        .await
        .1
        .kept();
    ports.read_at_another_address(&held).await.kept();
    says(
        &ports.plan(None, &config).await.1.error(),
        &[held.id(), "would be cancelled", "moved {"],
    );
}

/// Terraform plans what has a new address and no moved block in any order, and after other plans.
#[tokio::test]
async fn what_leaves_the_state_and_is_ordered_anew_is_refused_in_every_order() {
    let folder = tempdir().unwrap();
    let exchange = Exchange::instant().await;
    let config = port(json!({ "external_ref": "mine" }));
    let mut held = exchange.resource("connection").create(&config).await.kept();
    let mut exchange = exchange;
    for is_read_first in [true, false] {
        exchange = exchange.restarted().noting(folder.path());
        let ports = exchange.resource("connection");
        if is_read_first {
            held = ports.read_at_another_address(&held).await.kept();
        }
        ports.plan(None, &config).await.1.kept_in_silence();
        let refused = ports.plan(Some(&held), &json!(null)).await.1;
        says(
            &refused.error(),
            &[
                held.id(),
                "would be cancelled",
                "moved {",
                "Nothing was changed",
            ],
        );
        Exchange::planned_by_another_process(folder.path());
    }
}

/// The second try is refused because the first was carried out after all.
#[tokio::test]
async fn an_order_that_is_refused_at_the_second_try_is_not_forgotten() {
    let folder = tempdir().unwrap();
    let exchange = Exchange::instant().await.noting(folder.path());
    let ports = exchange.resource("connection");
    let empty = Fault {
        body: Some(json!([])),
        times: 7,
        ..Fault::new(FaultKind::Answer)
    };
    exchange.faults([
        Fault::new(FaultKind::CutAfter).on("POST", "/connections"),
        refusal(400).on("POST", "/connections"),
        empty.on("GET", "/connections"),
    ]);
    let config = port(json!({}));
    let ordered = ports.create(&config).await;
    assert_eq!(exchange.live("connections"), 1);
    assert_eq!(exchange.sent(), ["POST /connections"; 2]);
    ordered.kept_in_silence();
}

#[tokio::test]
async fn a_reference_can_be_demanded_of_everything_that_is_ordered() {
    let exchange = Exchange::instant().await;
    exchange.defaulting(Defaults {
        require_external_ref: true,
        ..Defaults::default()
    });
    let ports = exchange.resource("connection");
    let refused = ports.plan(None, &port(json!({}))).await.1;
    says(
        &refused.error(),
        &["at external_ref", "require_external_ref"],
    );
    let given = port(json!({ "external_ref": "mine" }));
    ports.plan(None, &given).await.1.kept_in_silence();
}

#[tokio::test]
async fn a_plan_says_that_an_order_is_one_of_an_earlier_run() {
    let folder = tempdir().unwrap();
    let exchange = killed(Exchange::slow().await, folder.path(), &[None]).await;
    let ports = exchange.resource("connection");
    let planned = ports.plan(None, &port(json!({}))).await.1;
    says(
        &planned.warning(),
        &["was ordered by an earlier run", "this is no new order"],
    );
    let other = port(json!({ "external_ref": "other" }));
    ports.plan(None, &other).await.1.kept_in_silence();
}

#[tokio::test]
async fn nothing_is_ordered_that_cannot_be_noted() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let exchange = Exchange::instant().await.noting(&file);
    let ports = exchange.resource("connection");
    let refused = ports.create(&port(json!({}))).await;
    says(
        &refused.error(),
        &[
            "Orders cannot be noted",
            "IX_API_JOURNAL",
            "Nothing was ordered",
        ],
    );
    assert!(exchange.sent().is_empty());
}

/// An order of a killed run that is configured otherwise by now, or not at all.
#[tokio::test]
async fn what_no_later_run_finds_in_the_state_is_told() {
    let folder = tempdir().unwrap();
    let exchange = killed(Exchange::slow().await, folder.path(), &[None]).await;
    let id = exchange.control().live()["live"]["objects"][0]["id"].clone();
    let ports = exchange.resource("connection");
    // A port of another kind has nothing to do with it.
    let larger = port(json!({ "mode": "lag_lacp", "port_quantity": 2 }));
    ports.plan(None, &larger).await.1.kept_in_silence();
    let named = port(json!({ "external_ref": "another" }));
    ports.plan(None, &named).await.1.kept_in_silence();
    let other = port(json!({ "purchase_order": "another" }));
    says(
        &ports.plan(None, &other).await.1.warning(),
        &[
            &format!(
                "This orders another port or LAG beside {}",
                id.as_str().unwrap()
            ),
            "in purchase_order alone",
            "import {",
        ],
    );
    // Once is enough.
    ports.plan(None, &other).await.1.kept_in_silence();
    exchange.farewell();
    let exchange = exchange.restarted().noting_anew(folder.path());
    let told = exchange.told_at_start().await;
    says(
        &told,
        &[
            id.as_str().unwrap(),
            "no run has seen it in the state",
            "import it",
        ],
    );
    let id_shown = format!("/connections/{}", id.as_str().unwrap());
    exchange.faults([refusal(403).on("GET", &id_shown)]);
    says(
        &exchange.told_at_start().await,
        &[
            "cannot be looked at",
            "403",
            "Just no.",
            "it may be billed",
            "remove its lines",
        ],
    );
    exchange.put_into(id.as_str().unwrap(), "decommissioned");
    let told = exchange.told_at_start().await;
    assert!(told.is_empty(), "{told}");
    assert_eq!(pages(folder.path()), 0);
}

/// The run was killed before it knew the id: what bears the reference of the order is told by its
/// id.
#[tokio::test]
async fn what_bears_the_reference_of_an_order_without_an_id_is_told_by_its_id() {
    let folder = tempdir().unwrap();
    let exchange = killed(Exchange::slow().await, folder.path(), &[Some("mine")]).await;
    let id = exchange.control().live()["live"]["objects"][0]["id"].clone();
    let id = id.as_str().unwrap();
    let page = only_page(folder.path());
    let text = std::fs::read_to_string(&page).unwrap();
    let lines = text.split_inclusive('\n').filter(|line| !line.contains(id));
    std::fs::write(&page, lines.collect::<String>()).unwrap();
    let ports = exchange.resource("connection");
    let other = port(json!({ "external_ref": "other" }));
    ports.plan(None, &other).await.1.kept_in_silence();
    exchange.farewell();
    let exchange = exchange.restarted().noting_anew(folder.path());
    let unknown = [
        "not known what came of an order",
        "it would bear the external_ref \"mine\"",
    ];
    let known = [id, "no run has seen it in the state", "import it"];
    exchange.faults([refusal(403).on("GET", "/connections")]);
    says(&exchange.told_at_start().await, &unknown);
    says(&exchange.told_at_start().await, &known);
    exchange.put_into(id, "decommissioned");
    says(&exchange.told_at_start().await, &unknown);
}

/// Whoever destroys orders nothing, and would not be told otherwise.
#[tokio::test]
async fn notes_that_cannot_be_read_are_told_and_hide_no_others() {
    let folder = tempdir().unwrap();
    let exchange = killed(Exchange::slow().await, folder.path(), &[None]).await;
    let id = exchange.control().live()["live"]["objects"][0]["id"].clone();
    let damaged = folder.path().join("0-0.orders");
    std::fs::write(&damaged, "nonsense\n").unwrap();
    let told = exchange.told_at_start().await;
    let words = [
        "Notes of earlier runs cannot be read",
        "0-0.orders: line 1 is no note of an order",
        "Then remove that file",
        "A run was cut off while it ordered",
        id.as_str().unwrap(),
    ];
    says(&told, &words);
    let ports = exchange.resource("connection");
    let refused = ports.create(&port(json!({}))).await;
    says(&refused.error(), &["Orders cannot be noted", "0-0.orders"]);
    std::fs::remove_file(&damaged).unwrap();
    let told = exchange.restarted().noting_anew(folder.path());
    let told = told.told_at_start().await;
    assert!(!told.contains("cannot be read"), "{told}");
}

/// The last port that a LAG may have was ordered by a run that was killed: the plan of the next one
/// must not find it in its own way.
#[tokio::test]
async fn what_a_killed_run_has_ordered_is_not_in_the_way_of_the_next() {
    let folder = tempdir().unwrap();
    let exchange = Exchange::slow().await.noting(folder.path());
    let bundle = json!({ "mode": "lag_lacp", "port_quantity": 3, "wait_for_state": "none" });
    let lag = exchange
        .resource("connection")
        .create(&port(bundle))
        .await
        .kept();
    let config = json!({ "network_connection": lag.id() });
    {
        let members = exchange.resource("port_reservation");
        let change = members.change(None, &config);
        let call = members.call();
        select! {
            made = members.managed.create(&call, &change.planned, &change.config) => {
                panic!("{made:?}")
            }
            () = exchange.asked("GET", "/port-reservations/", 2) => {}
        }
    }
    let exchange = exchange.restarted().noting(folder.path());
    exchange.turn();
    let members = exchange.resource("port_reservation");
    let (_, planned) = members.plan(None, &config).await;
    says(
        &planned.warning(),
        &["all the ports that it can have", "A run that was cut off"],
    );
    let member = members.create(&config).await;
    says(&member.warning(), &["is an order of an earlier run"]);
    assert_eq!(exchange.live("port-reservations"), 4);
    assert_eq!(
        exchange.sent(),
        ["POST /connections", "POST /port-reservations"]
    );
}

/// What is there already is told with the way to take it over, not as what is in its own way.
#[tokio::test]
async fn what_bears_the_reference_already_is_told_before_what_it_takes() {
    let exchange = Exchange::instant().await;
    let port = exchange
        .resource("connection")
        .create(&port(json!({})))
        .await
        .kept();
    let circuit = exchange
        .resource("p2p_vc")
        .create(&circuit(json!({})))
        .await
        .kept();
    let config = with(side(&circuit, &port, 23), json!({ "external_ref": "mine" }));
    let held = exchange.resource("nsc").create(&config).await.kept();
    let exchange = exchange.restarted();
    let refused = exchange.resource("nsc").plan(None, &config).await.1;
    says(&refused.error(), &[held.id(), "import {", "adopt_existing"]);
    exchange.next_run();
    adopting(&exchange);
    let adopted = exchange.resource("nsc").plan(None, &config).await.1;
    let told = adopted.warning();
    says(&told, &["is taken over, not ordered"]);
    assert!(!told.contains("VLAN"), "{told}");
}
