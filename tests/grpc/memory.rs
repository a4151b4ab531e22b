//! The program's memory: it does not grow with the number of objects that it has read.

use std::fs;

use ixapi_provider::provider::IxApiProvider;
use ixapi_provider::tfplugin::msgpack;
use ixapi_provider::tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use ixapi_provider::tfplugin::proto::tfplugin6::{
    DynamicValue, configure_provider, import_resource_state, read_resource,
};
use ixapi_provider::tfplugin::traits::Provider;
use ixapi_provider::tfplugin::value::Value;
use ixapi_sandbox::{Running, Settings};
use tokio::task::JoinSet;
use tonic::transport::Channel;

use crate::client::{connect, errors, provider};
use crate::process::Plugin;

/// A type with an object that the sandbox has from the beginning.
const TYPE: &str = "ixapi_account";
/// The id of that object.
const ID: &str = "A0087999";

/// Reads after which all is there that is kept for the run.
const FIRST: usize = 500;
/// Reads after those.
const READS: usize = 2_000;
/// How many calls Terraform makes at a time.
const PARALLELISM: usize = 10;
/// How much more memory there may be after them, in KiB: half a kilobyte for each would be too
/// much, and by chance an allocator takes less.
const GROWTH: u64 = 1024;

#[tokio::test]
async fn two_thousand_reads_leave_nothing_behind() {
    let exchange = Running::start(Settings::default()).await.unwrap();
    let plugin = Plugin::start();
    let channel = connect(&plugin.socket, Some(plugin.tls())).await.unwrap();
    configure(&channel, &exchange).await;
    let request = import_resource_state::Request {
        type_name: TYPE.to_owned(),
        id: ID.to_owned(),
        ..Default::default()
    };
    let imported = provider(&channel).import_resource_state(request).await;
    let mut imported = imported.unwrap().into_inner().imported_resources;
    let object = imported.pop().expect("an account");
    let request = read_resource::Request {
        type_name: TYPE.to_owned(),
        current_state: object.state,
        private: object.private,
        ..Default::default()
    };

    read(&channel, &request, FIRST).await;
    let before = memory(&plugin);
    read(&channel, &request, READS).await;
    let after = memory(&plugin);
    assert!(
        after < before + GROWTH,
        "{before} KiB before {READS} reads, {after} KiB after"
    );
}

async fn configure(channel: &Channel, exchange: &Running) {
    let types = IxApiProvider::new();
    let schema = &types.schema().object;
    let mut config = schema.empty();
    for (name, value) in [
        ("api", exchange.api_url()),
        ("oauth2_token_url", exchange.token_url()),
        ("api_key", exchange.client_id().to_owned()),
        ("api_secret", exchange.client_secret().to_owned()),
        ("journal", "off".to_owned()),
    ] {
        config.put(name, Value::String(value));
    }
    let config = msgpack::encode(&config, &schema.value_type()).expect("a configuration");
    let request = configure_provider::Request {
        config: Some(DynamicValue {
            msgpack: config.into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let answer = provider(channel).configure_provider(request).await.unwrap();
    assert!(errors(&answer.get_ref().diagnostics).is_empty());
}

/// Reads an object that often, as many times at once as Terraform does.
async fn read(channel: &Channel, request: &read_resource::Request, times: usize) {
    async fn once(mut provider: ProviderClient<Channel>, request: read_resource::Request) {
        let answer = provider.read_resource(request).await.unwrap().into_inner();
        assert!(errors(&answer.diagnostics).is_empty());
        assert!(answer.new_state.is_some());
    }
    let mut reading = JoinSet::new();
    for _ in 0..times {
        if reading.len() == PARALLELISM {
            reading.join_next().await.unwrap().unwrap();
        }
        reading.spawn(once(provider(channel), request.clone()));
    }
    while let Some(done) = reading.join_next().await {
        done.unwrap();
    }
}

/// What the program has in memory, in KiB.
fn memory(plugin: &Plugin) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", plugin.child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.unwrap().parse().unwrap()
}
