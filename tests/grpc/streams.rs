//! Answers in parts: what a list finds, how far an action is.

use ixapi_provider::tfplugin::msgpack;
use ixapi_provider::tfplugin::proto::tfplugin6::invoke_action::event::Type as Event;
use ixapi_provider::tfplugin::proto::tfplugin6::{
    Diagnostic, DynamicValue, invoke_action, list_resource, plan_action, stop_provider,
    validate_action_config, validate_list_resource_config,
};
use ixapi_provider::tfplugin::types::Type;
use ixapi_provider::tfplugin::value::Value;
use tokio::time::timeout;
use tonic::Streaming;

use crate::client::{PATIENCE, errors, warnings};
use crate::toy::{ACTION_LEFT, LIST_LEFT, SCREW, Shop, TOY, WAVE, toy, unwire};

fn named(name: &str) -> Option<DynamicValue> {
    let kind = Type::Object([("name".to_owned(), Type::String)].into());
    let value = Value::object([("name", name.into())]);
    Some(DynamicValue {
        msgpack: msgpack::encode(&value, &kind).unwrap().into(),
        ..Default::default()
    })
}

fn listing(name: &str) -> list_resource::Request {
    list_resource::Request {
        type_name: TOY.to_owned(),
        config: named(name),
        include_resource_object: true,
        limit: 100,
    }
}

async fn start(shop: &Shop, request: list_resource::Request) -> Streaming<list_resource::Event> {
    let answer = shop.provider().list_resource(request).await;
    answer.unwrap().into_inner()
}

/// All parts, or those until nothing comes any more.
async fn all<T>(mut parts: Streaming<T>) -> Vec<T> {
    let mut received = Vec::new();
    while let Some(part) = timeout(PATIENCE, parts.message())
        .await
        .expect("a part")
        .unwrap()
    {
        received.push(part);
    }
    received
}

async fn list(request: list_resource::Request) -> Vec<list_resource::Event> {
    let shop = Shop::open().await;
    all(start(&shop, request).await).await
}

fn names(events: &[list_resource::Event]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event.display_name.as_str())
        .collect()
}

#[tokio::test]
async fn a_list_is_one_event_for_each_object() {
    let events = list(listing("")).await;
    assert_eq!(names(&events), ["Robot 1", "Robot 2", "Robot 3"]);
    let second = events[1].clone();
    assert!(second.identity.is_some() && second.diagnostic.is_empty());
    // Nothing is unknown of what exists.
    assert_eq!(unwire(second.resource_object), toy(&[("id", "R-2".into())]));
    let mut ids_only = listing("");
    ids_only.include_resource_object = false;
    assert!(
        list(ids_only)
            .await
            .iter()
            .all(|event| event.resource_object.is_none())
    );
}

#[tokio::test]
async fn a_limit_is_told() {
    let mut request = listing("endless");
    request.limit = 40;
    assert_eq!(list(request).await.len(), 40);
}

#[tokio::test]
async fn what_ends_a_list_early_is_told_after_what_was_found() {
    ixapi_provider::tfplugin::panics::install_hook();
    for (name, told) in [("panic", "Bug in the provider"), ("fail", "Locked")] {
        let events = list(listing(name)).await;
        assert_eq!(events.len(), 4, "{name}");
        assert_eq!(errors(&events[3].diagnostic)[0].summary, told);
        assert!(events[3].identity.is_none());
    }
    let events = list(listing("warn")).await;
    assert_eq!(warnings(&events[3].diagnostic)[0].summary, "Dusty");
}

#[tokio::test]
async fn an_object_that_cannot_be_written_costs_no_other() {
    let events = list(listing("misfit")).await;
    assert_eq!(events.len(), 3);
    let told = warnings(&events[1].diagnostic)[0];
    assert!(
        told.summary.contains("Robot 2 is left out"),
        "{}",
        told.summary
    );
    assert!(events[1].identity.is_none() && events[2].identity.is_some());
}

#[tokio::test]
async fn a_list_ends_when_the_client_has_enough() {
    let shop = Shop::open().await;
    let mut request = listing("endless and unheard");
    request.limit = 0;
    let mut parts = start(&shop, request).await;
    for _ in 0..100 {
        parts.message().await.unwrap().expect("there is no end");
    }
    drop(parts);
    timeout(PATIENCE, LIST_LEFT.notified())
        .await
        .expect("an end");
}

#[tokio::test]
async fn an_interruption_ends_a_list_that_does_not_listen() {
    let shop = Shop::open().await;
    let mut parts = start(&shop, listing("wait")).await;
    for _ in 0..3 {
        parts.message().await.unwrap().expect("a robot");
    }
    let request = stop_provider::Request {};
    shop.provider().stop_provider(request).await.unwrap();
    let rest = all(parts).await;
    assert_eq!(errors(&rest[0].diagnostic)[0].summary, "Interrupted");
}

#[tokio::test]
async fn a_list_of_what_cannot_be_listed_says_so() {
    let mut request = listing("");
    request.type_name = "toy_train".to_owned();
    let events = list(request).await;
    assert!(
        events[0].diagnostic[0]
            .summary
            .contains("toy_train has no list")
    );
    // Nor can what has no identity.
    let mut request = listing("");
    request.type_name = SCREW.to_owned();
    request.include_resource_object = false;
    let events = list(request).await;
    assert_eq!(events.len(), 3);
    assert!(events[0].diagnostic[0].detail.contains("no identity"));
}

#[tokio::test]
async fn a_question_is_checked_first() {
    ixapi_provider::tfplugin::panics::install_hook();
    let shop = Shop::open().await;
    let told = async |type_name: &str, name| {
        let request = validate_list_resource_config::Request {
            type_name: type_name.to_owned(),
            config: named(name),
            ..Default::default()
        };
        let answer = shop.provider().validate_list_resource_config(request).await;
        answer.unwrap().into_inner().diagnostics
    };
    assert!(told(TOY, "a").await.is_empty());
    assert_eq!(errors(&told(TOY, "panic").await).len(), 1);
    assert!(
        told("toy_train", "a").await[0]
            .summary
            .contains("has no list")
    );
}

fn waving(name: &str) -> invoke_action::Request {
    invoke_action::Request {
        action_type: WAVE.to_owned(),
        config: named(name),
        ..Default::default()
    }
}

async fn wave(shop: &Shop, name: &str) -> Streaming<invoke_action::Event> {
    let answer = shop.provider().invoke_action(waving(name)).await;
    answer.unwrap().into_inner()
}

fn progress(event: &invoke_action::Event) -> &str {
    match &event.r#type {
        Some(Event::Progress(progress)) => &progress.message,
        other => panic!("no progress: {other:?}"),
    }
}

fn completed(event: Option<&invoke_action::Event>) -> &[Diagnostic] {
    match event.map(|event| &event.r#type) {
        Some(Some(Event::Completed(completed))) => &completed.diagnostics,
        other => panic!("not completed: {other:?}"),
    }
}

#[tokio::test]
async fn an_action_tells_how_far_it_is_and_how_it_ended() {
    ixapi_provider::tfplugin::panics::install_hook();
    let shop = Shop::open().await;
    let ends = [
        ("Marvin", None),
        ("fail", Some("Arm lost")),
        ("panic", Some("Bug in the provider")),
    ];
    for (name, told) in ends {
        let events = all(wave(&shop, name).await).await;
        assert_eq!(events.len(), 3, "{name}");
        assert_eq!(progress(&events[0]), format!("{name} waves left"));
        assert_eq!(progress(&events[1]), format!("{name} waves right"));
        let messages = completed(events.last());
        let summary = messages.first().map(|message| message.summary.as_str());
        assert_eq!(summary, told);
    }
}

#[tokio::test]
async fn progress_is_told_while_the_action_goes_on_and_an_interruption_lets_it_finish() {
    let shop = Shop::open().await;
    let mut parts = wave(&shop, "wait").await;
    for side in ["left", "right"] {
        let event = timeout(PATIENCE, parts.message()).await.expect("at once");
        assert!(progress(&event.unwrap().unwrap()).ends_with(side));
    }
    let request = stop_provider::Request {};
    shop.provider().stop_provider(request).await.unwrap();
    let rest = all(parts).await;
    assert_eq!(progress(&rest[0]), "arm down");
    assert_eq!(warnings(completed(rest.last()))[0].summary, "Interrupted");
}

#[tokio::test]
async fn an_action_is_told_that_nobody_listens_any_more() {
    let shop = Shop::open().await;
    let mut parts = wave(&shop, "wait unheard").await;
    parts.message().await.unwrap().expect("it waves");
    drop(parts);
    timeout(PATIENCE, ACTION_LEFT.notified())
        .await
        .expect("an end");
}

#[tokio::test]
async fn an_action_is_checked_and_planned_first() {
    let shop = Shop::open().await;
    let checked = async |type_name: &str, name| {
        let request = validate_action_config::Request {
            type_name: type_name.to_owned(),
            config: named(name),
        };
        let answer = shop.provider().validate_action_config(request).await;
        answer.unwrap().into_inner().diagnostics
    };
    let planned = async |action_type: &str, name| {
        let request = plan_action::Request {
            action_type: action_type.to_owned(),
            config: named(name),
            ..Default::default()
        };
        let answer = shop.provider().plan_action(request).await;
        answer.unwrap().into_inner().diagnostics
    };
    assert!(checked(WAVE, "a").await.is_empty() && planned(WAVE, "a").await.is_empty());
    assert_eq!(errors(&checked(WAVE, "").await)[0].summary, "No name");
    assert_eq!(errors(&planned(WAVE, "fail").await)[0].summary, "No arms");
    for messages in [checked("toy_run", "a").await, planned("toy_run", "a").await] {
        assert_eq!(errors(&messages)[0].summary, "toy_run has no action");
    }
    let request = invoke_action::Request {
        action_type: "toy_run".to_owned(),
        ..waving("a")
    };
    let answer = shop.provider().invoke_action(request).await;
    let events = all(answer.unwrap().into_inner()).await;
    assert_eq!(errors(completed(events.last())).len(), 1);
}
