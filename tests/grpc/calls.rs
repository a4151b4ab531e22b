//! What each call comes to when all goes well.

use ixapi_provider::tfplugin::proto::health::HealthCheckRequest;
use ixapi_provider::tfplugin::proto::health::health_check_response::ServingStatus;
use ixapi_provider::tfplugin::proto::health::health_client::HealthClient;
use ixapi_provider::tfplugin::proto::tfplugin6::{
    self as proto, DynamicValue, RawState, attribute_path, configure_provider,
    generate_resource_config, get_metadata, get_provider_schema, import_resource_state,
    read_data_source, read_resource, upgrade_resource_state, validate_resource_config,
};
use ixapi_provider::tfplugin::value::Value;
use prost::Message as _;
use tonic::Code;

use crate::client::{errors, warnings};
use crate::toy::{NOTES, REPEAT, SCREW, Shop, TICKET, TOY, WAVE, modern, toy, unwire, wire};

#[tokio::test]
async fn the_schema_says_what_there_is_and_what_the_server_can_do() {
    let shop = Shop::open().await;
    let request = get_provider_schema::Request {};
    let first = shop.provider().get_provider_schema(request).await.unwrap();
    let again = shop.provider().get_provider_schema(request).await.unwrap();
    assert_eq!(first.get_ref(), again.get_ref());
    let schema = first.into_inner();
    let robot = proto::Schema::decode(&schema.resource_schemas[TOY][..]).unwrap();
    assert_eq!(robot.version, 2);
    let block = robot.block.as_ref().unwrap();
    assert_eq!(block.description_kind(), proto::StringKind::Markdown);
    let secret = block.attributes.last().unwrap();
    assert_eq!((secret.name.as_str(), secret.write_only), ("secret", true));
    assert_eq!(secret.r#type, r#""string""#);
    assert!(schema.data_source_schemas.contains_key(TOY) && !schema.provider.is_empty());
    let capabilities = schema.server_capabilities.unwrap();
    assert!(capabilities.plan_destroy && capabilities.get_provider_schema_optional);
    assert!(capabilities.move_resource_state && capabilities.generate_resource_config);
    let block = robot.block.as_ref().unwrap();
    assert_eq!(block.block_types[0].type_name, "arm");
    assert_eq!(schema.list_resource_schemas.len(), 2);
    let action = proto::Schema::decode(&schema.action_schemas[WAVE].schema[..]).unwrap();
    assert!(action.block.is_some());
    let ticket = proto::Schema::decode(&schema.ephemeral_resource_schemas[TICKET][..]).unwrap();
    assert!(ticket.block.unwrap().attributes[1].sensitive);
    assert_eq!(schema.functions[REPEAT].parameters.len(), 1);
}

#[tokio::test]
async fn the_metadata_names_what_there_is() {
    let shop = Shop::open().await;
    let request = get_metadata::Request {};
    let metadata = shop.provider().get_metadata(request).await.unwrap();
    assert_eq!(metadata.get_ref().resources[0].type_name, TOY);
    assert_eq!(metadata.get_ref().data_sources[0].type_name, TOY);
    assert_eq!(metadata.get_ref().list_resources[1].type_name, SCREW);
    assert_eq!(metadata.get_ref().actions[0].type_name, WAVE);
    assert_eq!(metadata.get_ref().ephemeral_resources[0].type_name, TICKET);
    assert_eq!(metadata.get_ref().functions[0].name, REPEAT);
}

#[tokio::test]
async fn the_provider_is_configured_by_a_version_of_terraform() {
    let shop = Shop::open().await;
    let request = configure_provider::Request {
        terraform_version: "1.11.4".to_owned(),
        ..Default::default()
    };
    let answer = shop.provider().configure_provider(request).await.unwrap();
    assert_eq!(answer.get_ref().diagnostics[0].detail, "by 1.11.4");
}

#[tokio::test]
async fn an_error_of_the_provider_arrives_at_its_attribute() {
    let shop = Shop::open().await;
    let request = validate_resource_config::Request {
        type_name: TOY.to_owned(),
        config: wire(&toy(&[("name", "".into())])),
        client_capabilities: modern(),
    };
    let answer = shop.provider().validate_resource_config(request).await;
    let messages = answer.unwrap().into_inner().diagnostics;
    let path = errors(&messages)[0].attribute.clone().unwrap();
    let name = attribute_path::step::Selector::AttributeName("name".to_owned());
    assert_eq!(path.steps[0].selector, Some(name));
}

#[tokio::test]
async fn an_error_in_a_block_arrives_in_the_block_and_no_deeper() {
    let shop = Shop::open().await;
    let arm = Value::object([("side", "third".into()), ("reach", Value::Null)]);
    let request = validate_resource_config::Request {
        type_name: TOY.to_owned(),
        config: wire(&toy(&[("name", "a".into()), ("arm", arm)])),
        client_capabilities: modern(),
    };
    let answer = shop.provider().validate_resource_config(request).await;
    let messages = answer.unwrap().into_inner().diagnostics;
    let error = errors(&messages)[0];
    let steps = &error.attribute.as_ref().unwrap().steps;
    let steps: Vec<_> = steps.iter().map(|step| step.selector.clone()).collect();
    let name = |name: &str| attribute_path::step::Selector::AttributeName(name.to_owned());
    assert_eq!(steps, [Some(name("arm")), Some(name("side"))]);
    assert_eq!(error.detail, "At arm.side.detail.");
}

#[tokio::test]
async fn a_block_is_planned_and_kept_like_any_object() {
    let shop = Shop::open().await;
    let arm = |reach: Value| Value::object([("side", "left".into()), ("reach", reach)]);
    let config = toy(&[("name", "a".into()), ("arm", arm(Value::Null))]);
    let plan = shop.plan(&Value::Null, &config, &config).await;
    let planned = unwire(plan.planned_state);
    assert_eq!(planned.get("arm"), &arm(Value::Unknown));
    let created = shop.apply(&Value::Null, &planned, &config).await;
    let state = unwire(created.new_state);
    assert_eq!(state.get("arm"), &arm(Value::Null));
    let unchanged = shop.plan(&state, &config, &config).await;
    assert_eq!(unwire(unchanged.planned_state), state);
    let without = toy(&[("name", "a".into())]);
    let plan = shop.plan(&state, &without, &without).await;
    assert!(unwire(plan.planned_state).get("arm").is_null());
}

#[tokio::test]
async fn a_resource_lives_and_dies() {
    let shop = Shop::open().await;
    let config = toy(&[("name", "Marvin".into()), ("maker", "Sirius".into())]);

    let plan = shop.plan(&Value::Null, &config, &config).await;
    assert_eq!(
        plan.planned_private,
        r#"{"made":"on Tuesday","planned":"once"}"#
    );
    assert!(plan.requires_replace.is_empty() && !plan.legacy_type_system);
    let planned = unwire(plan.planned_state);
    assert!(planned.get("id").is_unknown() && planned.get("note").is_null());

    let created = shop.apply(&Value::Null, &planned, &config).await;
    assert!(created.diagnostics.is_empty() && !created.legacy_type_system);
    assert_eq!(created.private, NOTES);
    let state = unwire(created.new_state);
    assert_eq!(state.get("id"), &"R-1".into());

    let unchanged = shop.plan(&state, &config, &state).await;
    assert_eq!(unwire(unchanged.planned_state), state);

    let mut wanted = config.clone();
    wanted.put("note", "paranoid".into());
    let updated = shop.bring_about(&state, &wanted).await;
    let updated = unwire(updated.new_state);
    assert_eq!(updated.get("note"), &"paranoid".into());
    assert!(updated.is_wholly_known());

    wanted.put("maker", "Magrathea".into());
    let replaced = shop.plan(&updated, &wanted, &wanted).await;
    assert_eq!(replaced.requires_replace.len(), 1);

    let deletion = shop.plan(&updated, &Value::Null, &Value::Null).await;
    assert_eq!(
        warnings(&deletion.diagnostics)[0].summary,
        "It bills until Friday"
    );
    assert!(deletion.requires_replace.is_empty());
    assert!(unwire(deletion.planned_state).is_null());
    let deleted = shop.apply(&updated, &Value::Null, &Value::Null).await;
    assert!(deleted.diagnostics.is_empty());
    assert!(unwire(deleted.new_state).is_null());
}

fn reading(state: Option<DynamicValue>) -> read_resource::Request {
    read_resource::Request {
        type_name: TOY.to_owned(),
        current_state: state,
        private: NOTES.into(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_read_returns_the_private_data_and_no_write_only_value() {
    let shop = Shop::open().await;
    let request = reading(wire(&toy(&[("id", "R-1".into())])));
    let answer = shop.provider().read_resource(request).await.unwrap();
    let noted = r#"{"made":"on Tuesday","read":true}"#;
    assert_eq!(answer.get_ref().private, noted);
    let state = unwire(answer.into_inner().new_state);
    assert_eq!(state, toy(&[("id", "R-1".into())]));
}

#[tokio::test]
async fn an_object_that_is_gone_reads_as_null() {
    let shop = Shop::open().await;
    let request = reading(wire(&toy(&[("name", "gone".into())])));
    let answer = shop.provider().read_resource(request).await.unwrap();
    assert!(unwire(answer.into_inner().new_state).is_null());
}

#[tokio::test]
async fn nothing_at_all_is_null() {
    let shop = Shop::open().await;
    for nothing in [None, Some(DynamicValue::default()), wire(&Value::Null)] {
        let answer = shop.provider().read_resource(reading(nothing)).await;
        let answer = answer.unwrap().into_inner();
        assert!(answer.diagnostics.is_empty());
        assert!(unwire(answer.new_state).is_null());
    }
}

#[tokio::test]
async fn a_value_may_come_as_json() {
    let shop = Shop::open().await;
    let json = r#"{"id":"R-1","name":"a","note":null,"maker":null,"state":null,"mood":null,
        "arm":null,"secret":null}"#;
    let value = DynamicValue {
        json: json.into(),
        ..Default::default()
    };
    let answer = shop.provider().read_resource(reading(Some(value))).await;
    let state = unwire(answer.unwrap().into_inner().new_state);
    assert_eq!(state.get("name"), &"a".into());
}

#[tokio::test]
async fn a_state_of_64_mib_passes() {
    let shop = Shop::open().await;
    let large = toy(&[
        ("id", "R-1".into()),
        ("note", Value::text("x".repeat(64 << 20))),
    ]);
    let answer = shop.provider().read_resource(reading(wire(&large))).await;
    assert_eq!(unwire(answer.unwrap().into_inner().new_state), large);
}

fn upgrading(version: i64, state: RawState) -> upgrade_resource_state::Request {
    upgrade_resource_state::Request {
        type_name: TOY.to_owned(),
        version,
        raw_state: Some(state),
    }
}

fn stored(json: &str) -> RawState {
    RawState {
        json: json.to_owned().into(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_stored_state_is_read_by_todays_schema() {
    let shop = Shop::open().await;
    let old = r#"{"id":"R-1","name":"a","given_up_since":7,"secret":"old"}"#;
    let request = upgrading(0, stored(old));
    let answer = shop.provider().upgrade_resource_state(request).await;
    let answer = answer.unwrap().into_inner();
    assert!(answer.diagnostics.is_empty());
    let expected = toy(&[("id", "R-1".into()), ("name", "a".into())]);
    assert_eq!(unwire(answer.upgraded_state), expected);
}

#[tokio::test]
async fn a_state_that_this_version_cannot_know_is_refused() {
    let shop = Shop::open().await;
    let ancient = RawState {
        flatmap: [("id".to_owned(), "R-1".to_owned())].into(),
        ..Default::default()
    };
    for (version, state) in [(3, stored("{}")), (0, ancient), (2, stored("[]"))] {
        let request = upgrading(version, state);
        let answer = shop.provider().upgrade_resource_state(request).await;
        assert_eq!(errors(&answer.unwrap().get_ref().diagnostics).len(), 1);
    }
}

async fn generate(shop: &Shop, type_name: &str, state: &Value) -> Outcome {
    let request = generate_resource_config::Request {
        type_name: type_name.to_owned(),
        state: wire(state),
    };
    let answer = shop.provider().generate_resource_config(request).await;
    answer.unwrap().into_inner()
}

type Outcome = generate_resource_config::Response;

#[tokio::test]
async fn of_an_object_a_configuration_is_generated_that_says_what_it_is() {
    let shop = Shop::open().await;
    let arm = Value::object([("side", "left".into()), ("reach", "".into())]);
    let said = [
        ("name", "a".into()),
        ("mood", "fine".into()),
        (
            "arm",
            Value::object([("side", "left".into()), ("reach", Value::Null)]),
        ),
    ];
    let mut state = toy(&said);
    for (name, value) in [("id", "R-1".into()), ("state", "idle".into()), ("arm", arm)] {
        state.put(name, value);
    }
    let answer = generate(&shop, TOY, &state).await;
    assert!(answer.diagnostics.is_empty());
    assert_eq!(unwire(answer.config), toy(&said));
    let unknown = generate(&shop, "toy_ghost", &state).await;
    assert_eq!(errors(&unknown.diagnostics).len(), 1);
}

async fn import(shop: &Shop, id: &str) -> import_resource_state::Response {
    let request = import_resource_state::Request {
        type_name: TOY.to_owned(),
        id: id.to_owned(),
        ..Default::default()
    };
    let answer = shop.provider().import_resource_state(request).await;
    answer.unwrap().into_inner()
}

#[tokio::test]
async fn an_import_is_one_object_or_an_error() {
    let shop = Shop::open().await;
    let mut found = import(&shop, "R-1").await;
    assert!(found.diagnostics.is_empty());
    let object = found.imported_resources.pop().unwrap();
    assert!(found.imported_resources.is_empty());
    assert_eq!(object.type_name, TOY);
    let expected = toy(&[("id", "R-1".into()), ("name", "imported".into())]);
    assert_eq!(unwire(object.state), expected);

    for id in ["R-2", "fail"] {
        let none = import(&shop, id).await;
        assert!(none.imported_resources.is_empty());
        assert_eq!(errors(&none.diagnostics).len(), 1, "{id}");
    }
    assert!(
        import(&shop, "R-2").await.diagnostics[0]
            .detail
            .contains("R-2")
    );
}

#[tokio::test]
async fn a_data_source_is_looked_up_and_leaves_nothing_unknown() {
    let shop = Shop::open().await;
    let request = read_data_source::Request {
        type_name: TOY.to_owned(),
        config: wire(&toy(&[("name", "a".into())])),
        ..Default::default()
    };
    let answer = shop.provider().read_data_source(request).await.unwrap();
    let expected = toy(&[("id", "R-7".into()), ("name", "a".into())]);
    assert_eq!(
        warnings(&answer.get_ref().diagnostics)[0].summary,
        "Out of print"
    );
    assert_eq!(unwire(answer.into_inner().state), expected);
}

#[tokio::test]
async fn a_write_only_value_reaches_the_provider_and_never_the_state() {
    let shop = Shop::open().await;
    let config = toy(&[("name", "a".into()), ("secret", "hush".into())]);
    // Terraform may propose it; a plan must not.
    let plan = shop.plan(&Value::Null, &config, &config).await;
    let mut planned = unwire(plan.planned_state);
    assert!(planned.get("secret").is_null());
    planned.put("note", Value::Unknown);
    let state = shop.apply(&Value::Null, &planned, &config).await;
    let state = unwire(state.new_state);
    assert!(state.get("secret").is_null());
    assert_eq!(state.get("note"), &"hush".into(), "what create was given");
}

#[tokio::test]
async fn a_write_only_value_is_refused_for_a_client_that_would_store_it() {
    let shop = Shop::open().await;
    let config = wire(&toy(&[("name", "a".into()), ("secret", "hush".into())]));
    let request = validate_resource_config::Request {
        type_name: TOY.to_owned(),
        config: config.clone(),
        ..Default::default()
    };
    let answer = shop.provider().validate_resource_config(request).await;
    let validated = answer.unwrap().into_inner().diagnostics;
    let request = proto::plan_resource_change::Request {
        type_name: TOY.to_owned(),
        prior_state: wire(&Value::Null),
        proposed_new_state: config.clone(),
        config,
        ..Default::default()
    };
    let answer = shop.provider().plan_resource_change(request).await;
    let planned = answer.unwrap().into_inner().diagnostics;
    for messages in [validated, planned] {
        let error = errors(&messages)[0];
        assert!(error.detail.contains("Terraform 1.11"));
        assert!(error.attribute.is_some());
    }
}

#[tokio::test]
async fn go_plugin_finds_the_plugin_well() {
    let shop = Shop::open().await;
    let mut health = HealthClient::new(shop.channel.clone());
    let asking = |service: &str| HealthCheckRequest {
        service: service.to_owned(),
    };
    let well = health.check(asking("plugin")).await.unwrap();
    assert_eq!(well.get_ref().status(), ServingStatus::Serving);
    let unknown = health.check(asking("toaster")).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    let mut watched = health.watch(asking("plugin")).await.unwrap().into_inner();
    let first = watched.message().await.unwrap().unwrap();
    assert_eq!(first.status(), ServingStatus::Serving);
}

/// Asserts that each of these calls answers Unimplemented.
macro_rules! unimplemented_calls {
    ($provider:expr, $($call:ident),* $(,)?) => {
        $({
            let status = $provider.$call(proto::$call::Request::default()).await.unwrap_err();
            assert_eq!(status.code(), Code::Unimplemented, stringify!($call));
        })*
    };
}

#[tokio::test]
async fn what_the_provider_does_not_offer_is_unimplemented() {
    let shop = Shop::open().await;
    let mut provider = shop.provider();
    unimplemented_calls!(
        provider,
        configure_state_store,
        read_state_bytes,
        lock_state,
        unlock_state,
        get_states,
        delete_state,
    );
    let request = proto::validate_state_store::Request::default();
    let status = provider.validate_state_store_config(request).await;
    assert_eq!(status.unwrap_err().code(), Code::Unimplemented);
    let pieces = tokio_stream::iter([proto::write_state_bytes::RequestChunk::default()]);
    let status = provider.write_state_bytes(pieces).await;
    assert_eq!(status.unwrap_err().code(), Code::Unimplemented);
}
