//! The provider's hot paths, each in a loop, for whoever counts instructions: `paths NAME COUNT`.
//! What the loop takes once is the difference of two counts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use ixapi_provider::entities;
use ixapi_provider::entities::declaration::Resource;
use ixapi_provider::provider::{IxApiProvider, answers, schemas};
use ixapi_provider::tfplugin::in_process::InProcess;
use ixapi_provider::tfplugin::msgpack;
use ixapi_provider::tfplugin::proto::tfplugin6::provider_server::Provider as Calls;
use ixapi_provider::tfplugin::proto::tfplugin6::{
    DynamicValue, configure_provider, get_provider_schema, plan_resource_change,
};
use ixapi_provider::tfplugin::traits::Provider;
use ixapi_provider::tfplugin::types::Type;
use ixapi_provider::tfplugin::value::Value;
use prost::Message;
use serde_json::{Value as Json, json};
use tonic::Request;

/// How many objects are in the list.
const OBJECTS: usize = 1_000;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), Some(count)) = (arguments.next(), arguments.next()) else {
        panic!("usage: paths NAME COUNT");
    };
    let count: usize = count.parse().expect("a number");
    match name.as_str() {
        "schema" => schema(count).await,
        "plan" => plan(count).await,
        "object" => object(count),
        "list" => list(count),
        _ => panic!("there is no path {name}"),
    }
}

/// The answer with the schemas of all types, up to its bytes.
async fn schema(count: usize) {
    for _ in 0..count {
        let provider = InProcess::start(IxApiProvider::new());
        let request = Request::new(get_provider_schema::Request {});
        let answer = provider.calls().get_provider_schema(request).await.unwrap();
        assert!(answer.into_inner().encode_to_vec().len() > 1 << 16);
    }
}

/// The plan of a new contact, whose account is not known yet so that nobody is asked.
async fn plan(count: usize) {
    const TYPE: &str = "ixapi_contact";
    let types = IxApiProvider::new();
    let provider = InProcess::start(IxApiProvider::new());
    let block = types.schema().object.value_type();
    let config = [
        ("api", "http://127.0.0.1:9/api/v2"),
        ("api_key", "key"),
        ("api_secret", "secret"),
        ("journal", "off"),
    ];
    let config = written(
        &block,
        &config.map(|(name, text)| (name, Value::text(text))),
    );
    let request = configure_provider::Request {
        config: Some(dynamic(&config, &block)),
        ..Default::default()
    };
    let configured = provider.calls().configure_provider(Request::new(request));
    let told = configured.await.unwrap().into_inner().diagnostics;
    assert!(told.is_empty(), "{told:?}");

    let kind = types.types().find_resource(TYPE).unwrap().value_type();
    let contact = [
        ("managing_account", Value::Unknown),
        ("consuming_account", Value::Unknown),
        ("email", Value::text("noc@example.net")),
    ];
    let contact = dynamic(&written(kind, &contact), kind);
    for _ in 0..count {
        let request = plan_resource_change::Request {
            type_name: TYPE.to_owned(),
            prior_state: Some(dynamic(&Value::Null, kind)),
            proposed_new_state: Some(contact.clone()),
            config: Some(contact.clone()),
            ..Default::default()
        };
        let planned = provider.calls().plan_resource_change(Request::new(request));
        let planned = planned.await.unwrap().into_inner();
        assert!(planned.diagnostics.is_empty(), "{:?}", planned.diagnostics);
    }
}

/// One object, from the bytes of an answer to those of a state.
fn object(count: usize) {
    let resource = resource();
    let kind = schemas::resource(resource).object.value_type();
    let text = connection(0).to_string();
    let before = answers::first_seen(resource, &connection(0));
    for _ in 0..count {
        let json: Json = serde_json::from_str(&text).unwrap();
        let state = answers::object(resource, &json, &before);
        assert!(msgpack::encode(&state, &kind).unwrap().len() > 100);
    }
}

/// A list, from the bytes of an answer to values.
fn list(count: usize) {
    let rows: Vec<Json> = (0..OBJECTS).map(connection).collect();
    let text = Json::Array(rows).to_string();
    let collection = resource().of;
    for _ in 0..count {
        let rows: Vec<Json> = serde_json::from_str(&text).unwrap();
        let found = rows.iter().map(|row| answers::found(collection, row));
        assert_eq!(found.filter(|value| !value.is_null()).count(), OBJECTS);
    }
}

/// The ports.
fn resource() -> &'static Resource {
    let mut all = entities::RESOURCES.iter().copied();
    all.find(|resource| resource.name == "connection").unwrap()
}

/// A configuration with these arguments.
fn written(kind: &Type, arguments: &[(&str, Value)]) -> Value {
    let Type::Object(kinds) = kind else {
        panic!("not an object")
    };
    let mut all: BTreeMap<&str, Value> = BTreeMap::new();
    all.extend(kinds.keys().map(|name| (name.as_str(), Value::Null)));
    all.extend(arguments.iter().cloned());
    Value::object(all)
}

fn dynamic(value: &Value, kind: &Type) -> DynamicValue {
    DynamicValue {
        msgpack: msgpack::encode(value, kind).unwrap().into(),
        ..Default::default()
    }
}

/// A port as an exchange shows it.
fn connection(number: usize) -> Json {
    json!({
        "id": format!("6f8a0c52-37f1-4d0e-9d3b-{number:012}"),
        "state": "production",
        "status": [{
            "severity": 6,
            "tag": "in_production",
            "message": "The port is in production.",
            "attrs": {},
            "timestamp": "2025-03-01T10:00:00Z"
        }],
        "mode": "standalone",
        "name": format!("ams-edge-{number}"),
        "managing_account": "A0087999",
        "consuming_account": "A0087999",
        "billing_account": "A0087999",
        "external_ref": format!("edge-{number}"),
        "contract_ref": null,
        "purchase_order": "PO-2025-17",
        "role_assignments": ["1b6c1dd0-8a12-4d63-8c29-1f6d8f3c5a11"],
        "product_offering": "503235.AMS7-A.S",
        "port_quantity": 1,
        "ports": [format!("9b1d2c3e-5a4f-4b7e-8c6d-{number:012}")],
        "port_reservations": [],
        "pop": "AMS7-A",
        "speed": 10000,
        "capacity_allocated": 3000,
        "capacity_allocation_limit": 10000,
        "outer_vlan_ethertypes": ["0x8100"],
        "vlan_types": ["port", "dot1q"],
        "charged_until": null,
        "current_billing_start_date": "2025-03-01",
        "decommission_at": null
    })
}
