//! The schemas that Terraform is told at every start: those of all types, and not too much.

use prost::Message;
use prost::bytes::Bytes;
use tonic::Request;

use crate::provider::IxApiProvider;
use crate::tfplugin::in_process::InProcess;
use crate::tfplugin::proto::tfplugin6::provider_server::Provider as _;
use crate::tfplugin::proto::tfplugin6::{self as proto, get_provider_schema};
use crate::tfplugin::schema::{Attribute, Kind, Schema};
use crate::tfplugin::traits::Provider;

/// What Terraform is sent before it does anything: in flow control windows of 64 KiB, each of which
/// it has to open.
const MOST_BYTES: usize = 384 << 10;
/// Terraform reads the type of each as JSON: so many take it longer than all that we do.
const MOST_ATTRIBUTES: usize = 2_000;

async fn answer() -> get_provider_schema::Response {
    let provider = InProcess::start(IxApiProvider::new());
    let request = Request::new(get_provider_schema::Request {});
    let answer = provider.calls().get_provider_schema(request).await;
    answer.unwrap().into_inner()
}

#[tokio::test]
async fn terraform_is_told_the_schema_of_every_type() {
    let answer = answer().await;
    let provider = IxApiProvider::new();
    let types = provider.types();
    let mut told = answer.resource_schemas;
    for (name, entry) in types.resources() {
        compare(name, entry.schema(), told.remove(name));
    }
    assert!(told.is_empty(), "{:?}", told.keys());
    let mut told = answer.data_source_schemas;
    for (name, entry) in types.data_sources() {
        compare(name, entry.schema(), told.remove(name));
    }
    assert!(told.is_empty(), "{:?}", told.keys());
    compare("provider", provider.schema(), Some(answer.provider));
}

/// That what is told is a schema, as the protocol encodes it, with just these attributes.
fn compare(name: &str, schema: &Schema, told: Option<Bytes>) {
    let told = told.unwrap_or_else(|| panic!("{name} is not told"));
    let read = proto::Schema::decode(told.clone()).unwrap();
    assert_eq!(read.encode_to_vec().len(), told.len(), "{name}");
    let block = read.block.unwrap();
    let is_block = |attribute: &&Attribute| matches!(attribute.kind, Kind::Block(_));
    let (blocks, attributes): (Vec<_>, Vec<_>) =
        schema.object.attributes().iter().partition(is_block);
    let names = |of: Vec<&Attribute>| of.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let told: Vec<_> = block.attributes.iter().map(|it| it.name.clone()).collect();
    assert_eq!(told, names(attributes), "{name}");
    let told: Vec<_> = block
        .block_types
        .iter()
        .map(|it| it.type_name.clone())
        .collect();
    assert_eq!(told, names(blocks), "{name}");
}

#[tokio::test]
async fn terraform_is_not_told_too_much() {
    let bytes = answer().await.encoded_len();
    assert!(bytes < MOST_BYTES, "{bytes} bytes");
    let provider = IxApiProvider::new();
    let types = provider.types();
    let resources = types.resources().map(|(_, entry)| entry.schema());
    let schemas = resources.chain(types.data_sources().map(|(_, entry)| entry.schema()));
    let attributes: usize = schemas
        .map(|schema| count(schema.object.attributes()))
        .sum();
    assert!(attributes < MOST_ATTRIBUTES, "{attributes} attributes");
}

/// How many attributes there are, those within others too.
fn count(attributes: &[Attribute]) -> usize {
    let within = |attribute: &Attribute| match attribute.inner() {
        Some(object) => count(object.attributes()),
        None => 1,
    };
    attributes.iter().map(within).sum()
}
