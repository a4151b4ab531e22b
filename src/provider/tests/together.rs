//! What a refresh of many objects asks, of every kind and in every dialect.

use futures_util::future::join_all;
use serde_json::json;

use crate::ixapi::Json;
use crate::provider::testing::exchange::*;

/// How many objects there are of each kind.
const MANY: usize = 16;

/// What reading them may take: four are read alone, and one of each form that these did not show;
/// then their list, and that of what belongs to them.
const FEW: usize = 12;

async fn created(exchange: &Exchange, name: &str, configs: Vec<Json>) -> Vec<Kept> {
    let subject = exchange.resource(name);
    let mut all = Vec::new();
    for config in configs {
        all.push(subject.create(&config).await.kept());
    }
    // Until nothing changes any more.
    loop {
        let mut read = Vec::new();
        for one in &all {
            read.push(subject.read(one).await.kept());
        }
        let same = |(one, other): (&Kept, &Kept)| one.state == other.state;
        if read.iter().zip(&all).all(same) {
            return read;
        }
        all = read;
    }
}

async fn reads_few(exchange: Exchange, name: &str, all: &[Kept]) -> Exchange {
    let exchange = exchange.restarted();
    let before = exchange.log().len();
    let subject = exchange.resource(name);
    let reads = all.iter().map(|one| subject.read(one));
    for (read, one) in join_all(reads).await.into_iter().zip(all) {
        assert_eq!(read.kept().state, one.state);
    }
    let log = exchange.log();
    let asked: Vec<String> = log[before..]
        .iter()
        .map(|entry| format!("{} {}", entry.method, entry.path))
        .collect();
    assert!(asked.len() <= FEW, "{name}: {asked:#?}");
    exchange
}

async fn refreshes(dialect: Dialect) {
    let exchange = Exchange::start(Settings {
        dialect,
        ..Settings::default()
    })
    .await;
    let vlans = || 100_i64..100 + i64::try_from(MANY).unwrap();
    let contacts = vlans().map(|_| contact(&[IMPLEMENTATION, NOC])).collect();
    let contacts = created(&exchange, "contact", contacts).await;
    let exchange = reads_few(exchange, "contact", &contacts).await;
    let ports = vlans().map(|vlan| port(json!({ "external_ref": format!("port-{vlan}") })));
    let ports = created(&exchange, "connection", ports.collect()).await;
    let exchange = reads_few(exchange, "connection", &ports).await;
    let circuits = vlans().map(|_| circuit(json!({})));
    let circuits = created(&exchange, "p2p_vc", circuits.collect()).await;
    let exchange = reads_few(exchange, "p2p_vc", &circuits).await;
    let sides = circuits.iter().zip(&ports).zip(vlans());
    let sides = sides.map(|((circuit, port), vlan)| side(circuit, port, vlan));
    let sides = created(&exchange, "nsc", sides.collect()).await;
    reads_few(exchange, "nsc", &sides).await;
}

#[tokio::test]
async fn many_objects_are_read_by_few_requests_in_plain_ix_api() {
    refreshes(Dialect::Plain).await;
}

#[tokio::test]
async fn many_objects_are_read_by_few_requests_at_digital_realty() {
    refreshes(Dialect::DigitalRealty).await;
}

#[tokio::test]
async fn many_objects_are_read_by_few_requests_at_decix() {
    refreshes(Dialect::DeCix).await;
}

#[tokio::test]
async fn many_objects_are_read_by_few_requests_at_linx() {
    refreshes(Dialect::Linx).await;
}
