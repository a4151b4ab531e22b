//! What was ordered at one exchange means nothing at another.

use serde_json::json;

use crate::provider::session::Defaults;
use crate::provider::testing::exchange::*;

#[tokio::test]
async fn what_is_at_one_exchange_is_neither_gone_nor_changed_at_another() {
    let (here, there) = (Exchange::instant().await, Exchange::instant().await);
    let config = port(json!({ "external_ref": "one" }));
    let held = here
        .resource("connection")
        .create(&config)
        .await
        .kept_in_silence();
    let ports = there.resource("connection");
    let changed = port(json!({ "external_ref": "two" }));
    let refused = [
        ports.read(&held).await,
        ports.plan(Some(&held), &changed).await.1,
        ports.plan(Some(&held), &json!(null)).await.1,
        ports.update(&held, &changed).await,
        ports.delete(&held).await,
    ];
    for refused in refused {
        says(
            &refused.error(),
            &[
                "is at another exchange",
                "Nothing was asked",
                "former_hosts",
            ],
        );
    }
    assert!(there.log().is_empty(), "{:?}", there.log());
    assert_eq!(here.live("connections"), 1);
}

#[tokio::test]
async fn an_exchange_that_moved_is_the_same_exchange_and_is_known_by_its_new_name() {
    let exchange = Exchange::instant().await;
    let config = port(json!({}));
    let mut held = exchange
        .resource("connection")
        .create(&config)
        .await
        .kept_in_silence();
    held.notes.set("exchange", Some("old.example".into()));
    let ports = exchange.resource("connection");
    ports.read(&held).await.error();
    exchange.defaulting(Defaults {
        former_hosts: vec!["old.example".to_owned()],
        ..Defaults::default()
    });
    let held = ports.read(&held).await.kept_in_silence();
    exchange.defaulting(Defaults::default());
    ports.read(&held).await.kept_in_silence();
}

/// The state of an older version of the provider does not say where.
#[tokio::test]
async fn where_an_object_is_that_does_not_say_so_is_learnt_at_the_next_look() {
    let (here, there) = (Exchange::instant().await, Exchange::instant().await);
    let config = port(json!({}));
    let mut held = here
        .resource("connection")
        .create(&config)
        .await
        .kept_in_silence();
    held.notes = Default::default();
    let held = here
        .resource("connection")
        .read(&held)
        .await
        .kept_in_silence();
    there.resource("connection").read(&held).await.error();
}
