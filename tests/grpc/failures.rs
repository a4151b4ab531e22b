//! What is kept and what is told when something goes wrong: nothing that bills is forgotten.

use ixapi_provider::tfplugin::msgpack;
use ixapi_provider::tfplugin::proto::tfplugin6::{
    Diagnostic, DynamicValue, attribute_path, configure_provider, import_resource_state,
    read_data_source, read_resource, validate_data_resource_config, validate_provider_config,
    validate_resource_config,
};
use ixapi_provider::tfplugin::types::Type;
use ixapi_provider::tfplugin::value::Value;

use crate::client::{errors, warnings};
use crate::toy::{NOTES, Shop, TOY, toy, unwire, wire};

fn robot(name: &str) -> Value {
    toy(&[("id", "R-1".into()), ("name", name.into())])
}

fn with_note(name: &str, note: &str) -> Value {
    let mut robot = robot(name);
    robot.put("note", note.into());
    robot
}

fn reading(state: &Value) -> read_resource::Request {
    read_resource::Request {
        type_name: TOY.to_owned(),
        current_state: wire(state),
        private: NOTES.into(),
        ..Default::default()
    }
}

fn is_our_bug(messages: &[Diagnostic]) {
    let [error] = errors(messages)[..] else {
        panic!("one error, not {messages:?}");
    };
    assert_eq!(error.summary, "Bug in the provider");
    for part in [
        "our mistake",
        "the robot broke",
        "tests/grpc/toy/",
        "report it at https://toys.example/issues",
        "terraform-provider-toy 4.2.0",
    ] {
        assert!(error.detail.contains(part), "{part}: {}", error.detail);
    }
}

#[tokio::test]
async fn a_panic_while_creating_says_that_the_order_may_stand() {
    ixapi_provider::tfplugin::panics::install_hook();
    let shop = Shop::open().await;
    let config = toy(&[("name", "panic".into())]);
    let answer = shop.bring_about(&Value::Null, &config).await;
    is_our_bug(&answer.diagnostics);
    assert!(
        answer.diagnostics[0]
            .detail
            .contains("may have been ordered")
    );
    assert!(unwire(answer.new_state).is_null());

    let next = shop
        .bring_about(&Value::Null, &toy(&[("name", "fine".into())]))
        .await;
    assert!(next.diagnostics.is_empty(), "the server lives on");
}

#[tokio::test]
async fn a_panic_tells_nothing_of_what_was_configured() {
    const SECRET: &str = "opensesame";
    ixapi_provider::tfplugin::panics::install_hook();
    let shop = Shop::open().await;
    for name in ["panic", "panic after saving"] {
        let config = toy(&[("name", name.into()), ("secret", SECRET.into())]);
        let answer = shop.bring_about(&Value::Null, &config).await;
        assert!(!answer.diagnostics.is_empty());
        assert!(!format!("{answer:?}").contains(SECRET), "{answer:?}");
        let saved = answer.new_state.unwrap().msgpack;
        assert!(!String::from_utf8_lossy(&saved).contains(SECRET));
    }
}

#[tokio::test]
async fn a_panic_while_updating_or_deleting_keeps_the_state() {
    ixapi_provider::tfplugin::panics::install_hook();
    let shop = Shop::open().await;
    let prior = robot("panic");
    let planned = with_note("panic", "panic");
    let updated = shop.apply(&prior, &planned, &planned).await;
    let deleted = shop.apply(&prior, &Value::Null, &Value::Null).await;
    for answer in [updated, deleted] {
        is_our_bug(&answer.diagnostics);
        assert_eq!(answer.private, NOTES);
        assert_eq!(unwire(answer.new_state), prior);
    }
}

#[tokio::test]
async fn a_panic_anywhere_else_changes_nothing() {
    ixapi_provider::tfplugin::panics::install_hook();
    let shop = Shop::open().await;
    let mut provider = shop.provider();
    let bad = wire(&robot("panic"));
    let type_name = TOY.to_owned();

    let read = provider.read_resource(reading(&robot("panic"))).await;
    let read = read.unwrap().into_inner();
    is_our_bug(&read.diagnostics);
    assert_eq!(unwire(read.new_state), robot("panic"));
    assert_eq!(read.private, r#"{"made":"on Tuesday","read":true}"#);

    let config = with_note("a", "panic in plan");
    is_our_bug(&shop.plan(&robot("a"), &config, &config).await.diagnostics);

    let request = validate_resource_config::Request {
        type_name: type_name.clone(),
        config: bad.clone(),
        ..Default::default()
    };
    let answer = provider.validate_resource_config(request).await.unwrap();
    is_our_bug(&answer.get_ref().diagnostics);

    let request = validate_data_resource_config::Request {
        type_name: type_name.clone(),
        config: bad.clone(),
    };
    let answer = provider.validate_data_resource_config(request).await;
    is_our_bug(&answer.unwrap().get_ref().diagnostics);

    let request = read_data_source::Request {
        type_name: type_name.clone(),
        config: bad,
        ..Default::default()
    };
    let answer = provider.read_data_source(request).await.unwrap();
    is_our_bug(&answer.get_ref().diagnostics);
    let told = warnings(&answer.get_ref().diagnostics)[0];
    assert_eq!(told.summary, "Out of print", "what was told before");

    let request = import_resource_state::Request {
        type_name,
        id: "panic".to_owned(),
        ..Default::default()
    };
    let answer = provider.import_resource_state(request).await.unwrap();
    is_our_bug(&answer.get_ref().diagnostics);
}

#[tokio::test]
async fn a_panic_in_the_provider_block_is_told_too() {
    ixapi_provider::tfplugin::panics::install_hook();
    let shop = Shop::open().await;
    let mut provider = shop.provider();
    let kind = Type::Object([("name".to_owned(), Type::String)].into());
    let config = Value::object([("name", "panic".into())]);
    let config = Some(DynamicValue {
        msgpack: msgpack::encode(&config, &kind).unwrap().into(),
        ..Default::default()
    });
    let request = validate_provider_config::Request {
        config: config.clone(),
    };
    let answer = provider.validate_provider_config(request).await.unwrap();
    is_our_bug(&answer.get_ref().diagnostics);
    let request = configure_provider::Request {
        config,
        ..Default::default()
    };
    let answer = provider.configure_provider(request).await.unwrap();
    is_our_bug(&answer.get_ref().diagnostics);
}

#[tokio::test]
async fn a_failed_create_without_a_state_saves_nothing() {
    let shop = Shop::open().await;
    let config = toy(&[("name", "fail".into())]);
    let answer = shop.bring_about(&Value::Null, &config).await;
    assert_eq!(errors(&answer.diagnostics)[0].summary, "Refused");
    assert!(unwire(answer.new_state).is_null());
}

#[tokio::test]
async fn a_create_that_fails_later_saves_what_is_and_not_what_was_planned() {
    let shop = Shop::open().await;
    let config = toy(&[("name", "fail later".into())]);
    let answer = shop.bring_about(&Value::Null, &config).await;
    let state = unwire(answer.new_state);
    assert_eq!(state.get("id"), &"R-1".into());
    assert_eq!(state.get("note"), &"as it is".into());
}

#[tokio::test]
async fn a_failed_update_keeps_the_state() {
    let shop = Shop::open().await;
    for note in ["fail", "fail with state"] {
        let planned = with_note("a", note);
        let answer = shop.apply(&robot("a"), &planned, &planned).await;
        assert_eq!(errors(&answer.diagnostics).len(), 1);
        assert_eq!(unwire(answer.new_state), robot("a"), "{note}");
    }
}

#[tokio::test]
async fn a_deletion_that_fails_keeps_the_state() {
    let shop = Shop::open().await;
    for name in ["fail", "stubborn"] {
        let answer = shop.apply(&robot(name), &Value::Null, &Value::Null).await;
        assert_eq!(errors(&answer.diagnostics).len(), 1, "{name}");
        assert_eq!(unwire(answer.new_state), robot(name));
    }
}

#[tokio::test]
async fn a_failed_read_keeps_the_state() {
    let shop = Shop::open().await;
    let answer = shop.provider().read_resource(reading(&robot("fail"))).await;
    let answer = answer.unwrap().into_inner();
    assert_eq!(errors(&answer.diagnostics)[0].summary, "Unreachable");
    assert_eq!(unwire(answer.new_state), robot("fail"));
}

#[tokio::test]
async fn an_answer_that_is_no_object_keeps_the_state() {
    let shop = Shop::open().await;
    for name in ["unknown", "nonsense"] {
        let answer = shop.provider().read_resource(reading(&robot(name))).await;
        let answer = answer.unwrap().into_inner();
        assert_eq!(
            errors(&answer.diagnostics)[0].summary,
            "Bug in the provider"
        );
        assert_eq!(unwire(answer.new_state), robot(name));
    }
}

#[tokio::test]
async fn a_refused_plan_tells_why() {
    let shop = Shop::open().await;
    let config = toy(&[("name", "a".into()), ("note", "refuse".into())]);
    let answer = shop.plan(&Value::Null, &config, &config).await;
    assert_eq!(errors(&answer.diagnostics)[0].summary, "Refused");
}

#[tokio::test]
async fn a_value_that_does_not_fit_the_schema_costs_no_more_than_itself() {
    let shop = Shop::open().await;
    let config = toy(&[("name", "misfit".into())]);
    let answer = shop.bring_about(&Value::Null, &config).await;
    // An error would have Terraform replace what has just been ordered.
    assert!(errors(&answer.diagnostics).is_empty());
    assert_eq!(warnings(&answer.diagnostics).len(), 1);
    let state = unwire(answer.new_state);
    assert_eq!(state.get("id"), &"R-1".into());
    assert!(state.get("state").is_null());
}

#[tokio::test]
async fn an_unknown_type_is_an_error_that_names_it() {
    let shop = Shop::open().await;
    let request = read_resource::Request {
        type_name: "toy_train".to_owned(),
        ..reading(&robot("a"))
    };
    let answer = shop.provider().read_resource(request).await.unwrap();
    assert!(answer.get_ref().diagnostics[0].detail.contains("toy_train"));
    let request = read_data_source::Request {
        type_name: "toy_train".to_owned(),
        ..Default::default()
    };
    let answer = shop.provider().read_data_source(request).await.unwrap();
    assert!(answer.get_ref().diagnostics[0].detail.contains("toy_train"));
}

#[tokio::test]
async fn a_value_that_cannot_be_read_is_an_error_at_its_attribute() {
    let shop = Shop::open().await;
    let mut wrong = robot("a");
    wrong.put("note", Value::Bool(true));
    let Value::Object(attributes) = &wrong else {
        panic!("an object");
    };
    let kind = |name: &String| match name.as_str() {
        "note" => Type::Bool,
        _ => Type::String,
    };
    let kinds = attributes.keys().map(|name| (name.clone(), kind(name)));
    let bytes = msgpack::encode(&wrong, &Type::Object(kinds.collect())).unwrap();
    let mut request = reading(&robot("a"));
    request.current_state = Some(DynamicValue {
        msgpack: bytes.clone().into(),
        ..Default::default()
    });
    let answer = shop.provider().read_resource(request).await.unwrap();
    let answer = answer.into_inner();
    let error = errors(&answer.diagnostics)[0];
    let name = attribute_path::step::Selector::AttributeName("note".to_owned());
    let steps = &error.attribute.as_ref().unwrap().steps;
    assert_eq!(steps[0].selector, Some(name));
    assert_eq!(answer.new_state.unwrap().msgpack, bytes, "kept as it came");
}
