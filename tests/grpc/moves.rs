//! What identifies an object, and what becomes of one that another type managed.

use ixapi_provider::tfplugin::msgpack;
use ixapi_provider::tfplugin::proto::tfplugin6::{
    DynamicValue, RawState, ResourceIdentityData, get_resource_identity_schemas,
    import_resource_state, move_resource_state, read_resource, upgrade_resource_identity,
};
use ixapi_provider::tfplugin::types::Type;
use ixapi_provider::tfplugin::value::Value;

use crate::client::errors;
use crate::toy::{NOTES, SCREW, Shop, TOY, toy, unwire, wire};

fn identity_type() -> Type {
    Type::Object([("id".to_owned(), Type::String)].into())
}

fn identity(id: &str) -> ResourceIdentityData {
    let value = Value::object([("id", id.into())]);
    ResourceIdentityData {
        identity_data: Some(DynamicValue {
            msgpack: msgpack::encode(&value, &identity_type()).unwrap().into(),
            ..Default::default()
        }),
    }
}

fn stored(json: &str) -> Option<RawState> {
    Some(RawState {
        json: json.to_owned().into(),
        ..Default::default()
    })
}

#[tokio::test]
async fn only_types_with_an_identity_have_a_schema_of_it() {
    let shop = Shop::open().await;
    let request = get_resource_identity_schemas::Request {};
    let answer = shop.provider().get_resource_identity_schemas(request).await;
    let schemas = answer.unwrap().into_inner().identity_schemas;
    assert_eq!(schemas.len(), 1);
    let robot = &schemas[TOY];
    assert_eq!(robot.version, 1);
    let id = &robot.identity_attributes[0];
    assert_eq!(
        (id.name.as_str(), &id.r#type[..]),
        ("id", br#""string""#.as_slice())
    );
    assert!(id.required_for_import && !id.optional_for_import);
}

#[tokio::test]
async fn an_object_is_known_by_its_identity_once_it_exists() {
    let shop = Shop::open().await;
    let config = toy(&[("name", "a".into())]);
    let plan = shop.plan(&Value::Null, &config, &config).await;
    assert!(plan.planned_identity.is_none());
    let created = shop.bring_about(&Value::Null, &config).await;
    assert_eq!(created.new_identity, Some(identity("R-1")));
    let request = read_resource::Request {
        type_name: TOY.to_owned(),
        current_state: created.new_state,
        ..Default::default()
    };
    let read = shop.provider().read_resource(request).await.unwrap();
    assert_eq!(read.get_ref().new_identity, Some(identity("R-1")));
}

#[tokio::test]
async fn an_import_may_name_the_identity() {
    let shop = Shop::open().await;
    let request = |type_name: &str, id: &str| import_resource_state::Request {
        type_name: type_name.to_owned(),
        identity: Some(identity(id)),
        ..Default::default()
    };
    let answer = shop
        .provider()
        .import_resource_state(request(TOY, "R-1"))
        .await;
    let object = answer.unwrap().into_inner().imported_resources.remove(0);
    assert_eq!(object.identity, Some(identity("R-1")));
    assert_eq!(unwire(object.state).get("id"), &"R-1".into());
    let answer = shop
        .provider()
        .import_resource_state(request(TOY, "R-2"))
        .await;
    let answer = answer.unwrap().into_inner();
    assert_eq!(errors(&answer.diagnostics)[0].summary, "Nothing to import");
}

#[tokio::test]
async fn a_stored_identity_is_read_by_todays_schema() {
    let shop = Shop::open().await;
    let ask = async |type_name: &str, version| {
        let request = upgrade_resource_identity::Request {
            type_name: type_name.to_owned(),
            version,
            raw_identity: stored(r#"{"id":"R-1","shop":"old"}"#),
        };
        let answer = shop.provider().upgrade_resource_identity(request).await;
        answer.unwrap().into_inner()
    };
    assert_eq!(ask(TOY, 0).await.upgraded_identity, Some(identity("R-1")));
    let newer = ask(TOY, 2).await;
    assert!(
        errors(&newer.diagnostics)[0]
            .detail
            .contains("newer version")
    );
    let none = ask(SCREW, 0).await;
    assert!(
        errors(&none.diagnostics)[0]
            .summary
            .contains("toy_screw has no identity")
    );
}

async fn take_over(from: &str, to: &str) -> move_resource_state::Response {
    let shop = Shop::open().await;
    let request = move_resource_state::Request {
        source_provider_address: "registry.terraform.io/example/old".to_owned(),
        source_type_name: from.to_owned(),
        source_state: stored(r#"{"serial":"R-9"}"#),
        source_private: r#"{"host":"old.example"}"#.into(),
        target_type_name: to.to_owned(),
        ..Default::default()
    };
    let answer = shop.provider().move_resource_state(request).await;
    answer.unwrap().into_inner()
}

#[tokio::test]
async fn an_object_of_another_type_is_taken_over_if_its_new_type_can() {
    let moved = take_over("toy_android", TOY).await;
    assert!(moved.diagnostics.is_empty());
    assert_eq!(unwire(moved.target_state), toy(&[("id", "R-9".into())]));
    assert_eq!(moved.target_private, r#"{"host":"old.example"}"#);
    assert_eq!(moved.target_identity, Some(identity("R-9")));
    for (from, to) in [("toy_ghost", TOY), ("toy_car", TOY), ("toy_robot", SCREW)] {
        let refused = take_over(from, to).await;
        assert_eq!(errors(&refused.diagnostics).len(), 1, "{from} to {to}");
        assert!(refused.target_state.is_none());
    }
}

#[tokio::test]
async fn an_identity_that_came_is_kept_when_a_read_fails() {
    let shop = Shop::open().await;
    let request = read_resource::Request {
        type_name: TOY.to_owned(),
        current_state: wire(&toy(&[("id", "R-1".into()), ("name", "fail".into())])),
        current_identity: Some(identity("R-1")),
        private: NOTES.into(),
        ..Default::default()
    };
    let answer = shop.provider().read_resource(request).await.unwrap();
    assert_eq!(answer.get_ref().new_identity, Some(identity("R-1")));
}
