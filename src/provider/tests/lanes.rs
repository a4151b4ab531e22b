//! Changes that touch the same object go one after the other.

use serde_json::json;
use tokio::join;

use crate::provider::testing::exchange::*;

/// A port with two circuits on it, and the configuration of each side.
async fn two_sides(exchange: &Exchange) -> [(Kept, crate::ixapi::Json); 2] {
    let port = exchange
        .resource("connection")
        .create(&port(json!({})))
        .await
        .kept();
    let mut sides = Vec::new();
    for vlan in [23, 24] {
        let service = exchange
            .resource("p2p_vc")
            .create(&circuit(json!({})))
            .await
            .kept();
        let config = side(&service, &port, vlan);
        let kept = exchange.resource("nsc").create(&config).await.kept();
        sides.push((kept, with(config, json!({ "purchase_order": "PO" }))));
    }
    sides.try_into().unwrap()
}

/// A change that takes a while.
fn lasting(milliseconds: u64) -> Fault {
    Fault {
        delay_ms: Some(milliseconds),
        ..Fault::new(FaultKind::Slow).on("PATCH", "/network-service-configs/")
    }
}

#[tokio::test]
async fn two_changes_on_one_port_do_not_overlap() {
    let exchange = Exchange::instant().await;
    let [one, two] = two_sides(&exchange).await;
    exchange.faults([lasting(200)]);
    let configs = exchange.resource("nsc");
    let changes = async {
        join!(
            configs.update(&one.0, &one.1),
            configs.update(&two.0, &two.1)
        )
    };
    let patched = || {
        let log = exchange.log().into_iter();
        let log = log.filter(|entry| entry.method == "PATCH");
        log.map(|entry| entry.status).collect::<Vec<_>>()
    };
    let ((one, two), first) = join!(changes, async {
        until(|| patched().len() == 2).await;
        patched()[0]
    });
    assert!(
        first.is_some(),
        "the second was sent before the first was answered"
    );
    one.kept_in_silence();
    two.kept_in_silence();
}

#[tokio::test]
async fn who_is_interrupted_behind_another_change_has_sent_nothing() {
    let exchange = Exchange::instant().await;
    let [one, two] = two_sides(&exchange).await;
    exchange.faults([lasting(100)]);
    let (busy, waiting) = (exchange.resource("nsc"), exchange.resource("nsc"));
    let (first, second, ()) = join!(
        busy.update(&one.0, &one.1),
        async {
            exchange
                .asked("PATCH", "/network-service-configs/", 1)
                .await;
            waiting.update(&two.0, &two.1).await
        },
        async {
            exchange
                .asked("PATCH", "/network-service-configs/", 1)
                .await;
            waiting.stop.cancel();
        }
    );
    first.kept_in_silence();
    says(
        &second.error(),
        &["was interrupted", "Nothing was sent yet"],
    );
    assert_eq!(exchange.bodies("PATCH").len(), 1);
}

#[tokio::test]
async fn an_order_waits_for_a_change_of_what_it_is_put_on() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let config = port(json!({}));
    let kept = ports.create(&config).await.kept();
    let service = exchange
        .resource("p2p_vc")
        .create(&circuit(json!({})))
        .await
        .kept();
    exchange.faults([Fault {
        delay_ms: Some(200),
        ..Fault::new(FaultKind::Slow).on("PATCH", "/connections/")
    }]);
    let config = with(config, json!({ "purchase_order": "PO" }));
    let (side, configs) = (side(&service, &kept, 23), exchange.resource("nsc"));
    let changed = || {
        let log = exchange.log();
        let mut changes = log.into_iter().filter(|entry| entry.method == "PATCH");
        changes.next().and_then(|entry| entry.status)
    };
    let (updated, ordered, answered) = join!(
        ports.update(&kept, &config),
        async {
            exchange.asked("PATCH", "/connections/", 1).await;
            configs.create(&side).await
        },
        async {
            exchange.asked("POST", "/network-service-configs", 1).await;
            changed()
        }
    );
    assert!(
        answered.is_some(),
        "the order was sent before the change was answered"
    );
    updated.kept_in_silence();
    ordered.kept_in_silence();
}
