//! Ordering: once, and never lost.

use serde_json::json;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::select;

use crate::ixapi::Json;
use crate::provider::testing::exchange::*;
use crate::tfplugin::traits::Resource;

#[tokio::test]
async fn an_order_is_saved_as_soon_as_it_is_answered_before_anything_is_waited_for() {
    // In pauses without end, whatever is done after the first of them is never done.
    let exchange = Exchange::slow().await.pausing(ENDLESS);
    let ports = exchange.resource("connection");
    let change = ports.change(None, &port(json!({ "external_ref": "mine" })));
    let call = ports.call();
    let order = ports.managed.create(&call, &change.planned, &change.config);
    select! {
        made = order => panic!("{made:?}"),
        () = until(|| call.saved().is_some()) => {}
    }
    let saved = call.saved().unwrap();
    let id = saved.get("id").as_str().unwrap();
    assert!(exchange.control().show(id).is_ok());
    assert_eq!(saved.get("state").as_str(), Some("requested"));
    assert_eq!(saved.get("external_ref").as_str(), Some("mine"));
    assert_eq!(saved.get("port_quantity").as_i64(), Some(1));
    assert_eq!(exchange.sent(), ["POST /connections"]);
}

#[tokio::test]
async fn a_wait_that_is_killed_is_resumed_and_nothing_is_ordered_again() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let config = port(json!({}));
    let change = ports.change(None, &config);
    let call = ports.call();
    let order = ports.managed.create(&call, &change.planned, &change.config);
    select! {
        made = order => panic!("{made:?}"),
        () = exchange.asked("GET", "/connections/", 3) => {}
    }
    let kept = Kept {
        state: ports.answered(call.saved().unwrap()),
        notes: Default::default(),
    };
    assert!(exchange.control().show(kept.id()).is_ok());
    exchange.turn();
    let (change, _) = ports.plan(Some(&kept), &config).await;
    let kept = ports.apply(&kept, &change).await.kept_in_silence();
    assert_eq!(kept.text("state"), "allocated");
    assert_eq!(exchange.sent(), ["POST /connections"]);
}

#[tokio::test]
async fn whatever_a_wait_meets_nothing_is_ordered_again() {
    let exchange = Exchange::slow().await;
    let looks = [
        FaultKind::RateLimited,
        FaultKind::Unavailable,
        FaultKind::BadGateway,
        FaultKind::CutBefore,
        FaultKind::CutAfter,
        FaultKind::Html,
        FaultKind::ExpiredToken,
    ];
    let faults = looks.map(|kind| Fault::new(kind).on("GET", "/connections/"));
    exchange.faults(faults);
    let ports = exchange.resource("connection");
    let config = port(json!({}));
    let (ordered, ()) = tokio::join!(ports.create(&config), async {
        until(|| exchange.control().faults_waiting().is_empty()).await;
        exchange.turn();
    });
    assert_eq!(ordered.kept_in_silence().text("state"), "allocated");
    assert_eq!(exchange.sent(), ["POST /connections"]);
    assert_eq!(exchange.live("connections"), 1);
}

/// Answers to an order that leave open what came of it, though it was carried out.
fn unclear() -> [Fault; 6] {
    [
        after_acting(FaultKind::CutAfter),
        after_acting(FaultKind::Unavailable),
        after_acting(FaultKind::BadGateway),
        after_acting(FaultKind::Html),
        after_acting(FaultKind::Notice),
        Fault {
            body: Some(json!([])),
            ..after_acting(FaultKind::Answer)
        },
    ]
}

#[tokio::test]
async fn an_order_whose_outcome_is_unknown_is_found_and_not_placed_again() {
    for (resource, path, config) in [
        ("connection", "/connections", port(json!({}))),
        (
            "connection",
            "/connections",
            port(json!({ "external_ref": "mine" })),
        ),
        ("p2p_vc", "/network-services", circuit(json!({}))),
    ] {
        for fault in unclear() {
            let exchange = Exchange::instant().await;
            let kind = fault.kind;
            exchange.faults([fault.on("POST", path)]);
            let subject = exchange.resource(resource);
            let kept = subject.create(&config).await.kept_in_silence();
            let given = config["external_ref"].as_str();
            let reference = kept.text("external_ref");
            assert!(
                reference.starts_with(given.unwrap_or("tf-")),
                "{reference:?} {kind:?} {config}"
            );
            assert_eq!(exchange.sent(), [format!("POST {path}")], "{kind:?}");
            assert_eq!(exchange.live(&path[1..]), 1, "{kind:?}");
            let (_, planned) = subject.plan(Some(&kept), &config).await;
            assert_eq!(planned.kept_in_silence().state, kept.state, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn an_order_of_which_nothing_came_is_placed_again_and_not_for_ever() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    exchange.faults([Fault::new(FaultKind::CutBefore).on("POST", "/connections")]);
    ports.create(&port(json!({}))).await.kept_in_silence();
    assert_eq!(exchange.live("connections"), 1);
    exchange.faults([Fault {
        times: 9,
        ..Fault::new(FaultKind::CutBefore).on("POST", "/connections")
    }]);
    let ordered = ports.create(&port(json!({}))).await;
    says(
        &ordered.error(),
        &["was not answered", "Before you apply again, look"],
    );
    assert_eq!(exchange.sent().len(), 2 + 3);
    let references: std::collections::BTreeSet<String> = exchange
        .bodies("POST")
        .iter()
        .map(|body| body["external_ref"].to_string())
        .collect();
    assert_eq!(references.len(), 2, "one for each order: {references:?}");
}

/// Refusals that may be of a gateway, a firewall or a load balancer before the exchange.
fn perhaps_of_another() -> Vec<Fault> {
    let page = |status| Fault {
        status: Some(status),
        ..Fault::new(FaultKind::Html)
    };
    let statuses = [
        301, 307, 308, 400, 402, 403, 404, 405, 409, 410, 421, 422, 423, 425, 499,
    ];
    let message = answer(403, json!({ "message": "Forbidden" }));
    statuses.into_iter().map(page).chain([message]).collect()
}

#[tokio::test]
async fn what_somebody_on_the_way_refuses_is_looked_for_and_gone_on_with() {
    for fault in perhaps_of_another() {
        let exchange = Exchange::instant().await;
        let told = format!("{fault:?}");
        let fault = Fault {
            after: true,
            ..fault
        };
        exchange.faults([fault.on("POST", "/connections")]);
        let ports = exchange.resource("connection");
        let ordered = ports.create(&port(json!({}))).await;
        assert!(ordered.saved.is_some(), "{told}");
        ordered.kept_in_silence();
        assert_eq!(exchange.sent(), ["POST /connections"], "{told}");
        assert_eq!(exchange.live("connections"), 1, "{told}");
    }
}

#[tokio::test]
async fn what_somebody_on_the_way_refuses_and_nothing_came_of_is_not_placed_again() {
    let folder = tempfile::tempdir().unwrap();
    for fault in perhaps_of_another() {
        let exchange = Exchange::instant().await.noting(folder.path());
        let told = format!("{fault:?}");
        exchange.faults([fault.on("POST", "/connections")]);
        let ports = exchange.resource("connection");
        let refused = ports.create(&port(json!({}))).await.error();
        says(
            &refused,
            &[
                "Nothing was ordered.",
                "was asked for what was to be ordered",
            ],
        );
        assert!(!refused.contains("not known"), "{refused}");
        assert_eq!(exchange.sent(), ["POST /connections"], "{told}");
        // Nor does the next apply take it for one that nobody answered.
        ports.create(&port(json!({}))).await.kept_in_silence();
        assert_eq!(exchange.live("connections"), 1, "{told}");
    }
}

#[tokio::test]
async fn what_somebody_on_the_way_refuses_and_nobody_can_look_for_is_not_said_to_be_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let exchange = Exchange::instant().await.noting(folder.path());
    let page = Fault {
        status: Some(403),
        after: true,
        ..Fault::new(FaultKind::Html)
    };
    exchange.faults([
        page.on("POST", "/connections"),
        refusal(403).on("GET", "/connections"),
    ]);
    let ports = exchange.resource("connection");
    let refused = ports.create(&port(json!({}))).await.error();
    says(&refused, &["Before you apply again, look", "import"]);
    assert!(!refused.contains("Nothing was ordered"), "{refused}");
    assert_eq!(exchange.live("connections"), 1);
}

#[tokio::test]
async fn what_the_exchange_itself_refuses_is_not_looked_for() {
    let exchange = Exchange::instant().await;
    exchange.faults([refusal(400).on("POST", "/connections")]);
    let ports = exchange.resource("connection");
    let refused = ports.create(&port(json!({}))).await.error();
    says(&refused, &["Nothing was ordered."]);
    assert!(!refused.contains("was asked for"), "{refused}");
    assert_eq!(exchange.asked_for("/connections"), 0);
}

/// An exchange that keeps no references has nothing that bears one.
#[tokio::test]
async fn an_order_is_not_placed_again_where_references_are_not_kept() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let other = ports.create(&port(json!({}))).await.kept_in_silence();
    let seen = exchange.get(&format!("/connections/{}", other.id())).await;
    let nameless = json!([with(seen, json!({ "id": "CANL-9", "external_ref": null }))]);
    exchange.faults([
        Fault::new(FaultKind::CutAfter).on("POST", "/connections"),
        Fault {
            body: Some(nameless),
            times: 99,
            ..Fault::new(FaultKind::Answer).on("GET", "/connections")
        },
    ]);
    let ordered = ports.create(&port(json!({}))).await;
    says(&ordered.error(), &["Before you apply again, look"]);
    assert_eq!(exchange.sent(), ["POST /connections"; 2]);
}

#[tokio::test]
async fn an_order_that_was_acted_on_late_is_told_and_not_forgotten() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    // It is there from the start, and the list shows it only in the end.
    let empty = Fault {
        body: Some(json!([])),
        times: 6,
        ..Fault::new(FaultKind::Answer)
    };
    exchange.faults([
        Fault::new(FaultKind::CutAfter).on("POST", "/connections"),
        empty.on("GET", "/connections"),
    ]);
    let ordered = ports.create(&port(json!({}))).await;
    says(
        &ordered.warning(),
        &["There are two", "Cancel", "import it"],
    );
    assert_eq!(exchange.live("connections"), 2);
}

#[tokio::test]
async fn an_order_whose_outcome_cannot_be_seen_is_not_repeated_and_says_to_look_first() {
    for fault in unclear() {
        let exchange = Exchange::instant().await;
        let kind = fault.kind;
        exchange.faults([
            fault.on("POST", "/connections"),
            Fault {
                times: 99,
                ..refusal(403).on("GET", "/connections")
            },
        ]);
        let ordered = exchange
            .resource("connection")
            .create(&port(json!({})))
            .await;
        let error = ordered.error();
        says(&error, &["Before you apply again, look", "import"]);
        assert!(!error.contains("Nothing was ordered"), "{kind:?} {error}");
        assert_eq!(ordered.saved, None, "{kind:?}");
        assert_eq!(exchange.sent(), ["POST /connections"], "{kind:?}");
        assert_eq!(exchange.live("connections"), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn of_what_costs_nothing_nobody_is_told_that_it_was_ordered() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    exchange.faults([refusal(403).on("POST", "/contacts")]);
    let refused = contacts.create(&contact(&[])).await.error();
    says(&refused, &["Creating the contact", "Nothing was created."]);
    // Neither the answer nor a look tells what came of it.
    let unseen = Fault {
        times: 99,
        ..refusal(403).on("GET", "/contacts")
    };
    exchange.faults([
        after_acting(FaultKind::Html).on("POST", "/contacts"),
        unseen.clone(),
    ]);
    let unknown = contacts.create(&contact(&[])).await.error();
    let costs = "another apply could make a second one, though that costs nothing";
    says(&unknown, &["Before you apply again, look", costs, "import"]);
    let exchange = exchange.restarted();
    exchange.faults([answer(201, json!({})).on("POST", "/contacts"), unseen]);
    let contacts = exchange.resource("contact");
    let nameless = contacts.create(&contact(&[])).await.error();
    says(&nameless, &["gave the contact no id", costs]);
    for told in [refused, unknown, nameless] {
        assert!(!told.contains("could order"), "{told}");
        assert!(!told.contains("Nothing was ordered"), "{told}");
    }
}

#[tokio::test]
async fn an_order_that_meets_a_rate_limit_is_repeated_and_taken_once() {
    let exchange = Exchange::instant().await;
    exchange.faults([Fault {
        times: 2,
        ..Fault::new(FaultKind::RateLimited).on("POST", "/connections")
    }]);
    let ports = exchange.resource("connection");
    ports.create(&port(json!({}))).await.kept_in_silence();
    assert_eq!(exchange.sent().len(), 3);
    assert_eq!(exchange.live("connections"), 1);
}

#[tokio::test]
async fn an_order_to_an_exchange_that_is_down_is_repeated_and_taken_once() {
    let exchange = Exchange::instant().await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let ports = exchange.at(&format!("http://{address}"), "connection");
    let config = port(json!({}));
    let (ordered, ()) = tokio::join!(ports.create(&config), async {
        // Once it has a token, the order is on its way to nobody.
        until(|| !exchange.running.log().is_empty()).await;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let open = TcpListener::bind(address).await.unwrap();
        let behind = exchange.running.url().replace("http://", "");
        tokio::spawn(async move {
            while let Ok((mut here, _)) = open.accept().await {
                let behind = behind.clone();
                tokio::spawn(async move {
                    let mut there = TcpStream::connect(behind).await.unwrap();
                    let _ = copy_bidirectional(&mut here, &mut there).await;
                });
            }
        });
    });
    ordered.kept_in_silence();
    assert_eq!(exchange.sent(), ["POST /connections"]);
    assert_eq!(exchange.live("connections"), 1);
}

#[tokio::test]
async fn a_refused_order_points_at_its_attribute_and_leaves_nothing() {
    let exchange = Exchange::instant().await;
    let config = port(json!({ "product_offering": "no-such" }));
    let ordered = exchange.resource("connection").create(&config).await;
    says(
        &ordered.error(),
        &[
            "error at product_offering: Creating the port or LAG",
            "Nothing was ordered.",
        ],
    );
    assert_eq!(ordered.saved, None);
    assert_eq!(exchange.live("connections"), 0);
}

#[tokio::test]
async fn nothing_is_ordered_after_an_interruption() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    ports.stop.cancel();
    let ordered = ports.create(&port(json!({}))).await;
    says(
        &ordered.error(),
        &["was interrupted", "Nothing was ordered."],
    );
    assert!(exchange.log().is_empty());
}

#[tokio::test]
async fn what_the_exchange_has_made_otherwise_than_it_was_ordered_is_said_and_does_not_taint() {
    let exchange = Exchange::slow().await;
    let ports = exchange.resource("connection");
    let config = port(json!({ "external_ref": "mine" }));
    let (ordered, ()) = tokio::join!(ports.create(&config), async {
        exchange.asked("GET", "/connections/", 1).await;
        let live = exchange.control().live();
        let id = live["live"]["objects"][0]["id"].as_str().unwrap();
        let changed = json!({ "external_ref": "theirs" });
        exchange.control().patch(id, changed).unwrap();
        exchange.turn();
    });
    says(
        &ordered.warning(),
        &["warning at external_ref: The exchange has another external_ref than was ordered"],
    );
    assert_eq!(ordered.kept().text("external_ref"), "mine");
}

/// A gateway's receipt has an id too, of nothing that the exchange has.
#[tokio::test]
async fn an_id_that_comes_with_nothing_of_the_order_is_not_believed() {
    let exchange = Exchange::instant().await;
    let receipt = json!({ "id": "req-4711", "message": "accepted" });
    for body in [receipt, json!({ "id": "" })] {
        exchange.faults([answer(201, body).on("POST", "/connections")]);
        let ports = exchange.resource("connection");
        let ordered = ports.create(&port(json!({}))).await;
        says(&ordered.error(), &["Before you apply again", "look for"]);
        assert!(ordered.saved.is_none());
    }
}

/// An exchange may number each collection on its own: what this run has made in one says nothing of
/// what has come about in another.
#[tokio::test]
async fn an_id_is_that_of_an_object_in_its_collection_alone() {
    let exchange = Exchange::odd(&[Quirk::NumericIds]).await;
    let contacts = exchange.resource("contact");
    let contact = contacts.create(&contact(&[])).await.kept_in_silence();
    exchange.faults([Fault::new(FaultKind::CutAfter).on("POST", "/connections")]);
    let ports = exchange.resource("connection");
    let port = ports.create(&port(json!({}))).await.kept();
    assert_eq!(port.id(), contact.id());
    assert_eq!(exchange.sent(), ["POST /contacts", "POST /connections"]);
}

/// Behind whoever is in the way there may be what the order would double. An exchange that says
/// itself that it has no such list is believed, and what was just drawn need not be looked for.
#[tokio::test]
async fn a_list_that_is_refused_says_nothing_of_who_bears_a_reference() {
    let own = json!({ "external_ref": "ams-edge-1" });
    let page = Fault {
        status: Some(404),
        ..Fault::new(FaultKind::Html)
    };
    for (fault, reference, is_ordered) in [
        (refusal(403), &own, false),
        (page, &own, false),
        (refusal(404), &own, true),
        (refusal(403), &json!({}), true),
    ] {
        let exchange = Exchange::instant().await;
        let told = format!("{fault:?}");
        exchange.faults([fault.on("GET", "/connections")]);
        let ports = exchange.resource("connection");
        let ordered = ports.create(&port(reference.clone())).await;
        assert_eq!(ordered.saved.is_some(), is_ordered, "{told}");
        assert_eq!(exchange.sent().len(), usize::from(is_ordered), "{told}");
    }
}

/// An exchange that answers with the id alone, and has the object, is believed.
#[tokio::test]
async fn an_id_alone_is_believed_if_the_exchange_has_the_object() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let there = ports.create(&port(json!({}))).await.kept();
    exchange.faults([answer(201, json!({ "id": there.id() })).on("POST", "/connections")]);
    let twice = ports.create(&port(json!({}))).await;
    says(
        &twice.error(),
        &[
            "It is not known which port or LAG was ordered",
            "another ixapi_connection",
        ],
    );
    exchange.faults([answer(201, json!({ "id": there.id() })).on("POST", "/connections")]);
    let exchange = exchange.restarted();
    let ports = exchange.resource("connection");
    let ordered = ports.create(&port(json!({}))).await.kept();
    assert_eq!(ordered.id(), there.id());
}

#[tokio::test]
async fn a_left_out_lacp_timeout_is_ordered_as_slow_and_sent_with_nothing_else() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let lag = |changes| {
        port(with(
            json!({ "mode": "lag_lacp", "port_quantity": 2 }),
            changes,
        ))
    };
    let single = ports.create(&port(json!({}))).await.kept_in_silence();
    let slow = ports.create(&lag(json!({}))).await.kept_in_silence();
    let fast = json!({ "lacp_timeout": "fast" });
    let fast = ports.create(&lag(fast)).await.kept_in_silence();
    let ordered = exchange.bodies("POST").into_iter();
    let ordered: Vec<Json> = ordered.map(|body| body["lacp_timeout"].clone()).collect();
    assert_eq!(ordered, ["slow", "slow", "fast"]);
    // The state has what the exchange answers: a single port has none.
    assert!(single.state.get("lacp_timeout").is_null());
    assert_eq!(slow.text("lacp_timeout"), "slow");
    assert_eq!(fast.text("lacp_timeout"), "fast");
    // Left out later, it stays as it is.
    let renamed = ports
        .update(&fast, &lag(json!({ "external_ref": "b" })))
        .await;
    assert_eq!(renamed.kept().text("lacp_timeout"), "fast");
    assert_eq!(exchange.bodies("PATCH"), [json!({ "external_ref": "b" })]);
}

#[tokio::test]
async fn an_exchange_that_demands_an_lacp_timeout_takes_the_order_of_a_single_port() {
    let exchange = Exchange::odd(&[Quirk::DemandsLacpTimeout]).await;
    let ports = exchange.resource("connection");
    ports.create(&port(json!({}))).await.kept_in_silence();
    let null = json!({ "lacp_timeout": null });
    ports.create(&port(null)).await.kept_in_silence();
}
