//! What real exchanges were seen to do (in public traces, numbered there), and that it is survived:
//! one table, in which each line has its number, what the sandbox is told to do, and what must come
//! of it nevertheless.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::time::Duration;

use serde_json::json;
use tokio::join;
use tokio::task::{LocalSet, spawn_local};

use crate::ixapi::Json;
use crate::provider::testing::exchange::*;
use crate::tfplugin::value::Value;

/// What must come of it.
type Survival = fn(Exchange) -> Pin<Box<dyn Future<Output = ()>>>;

/// Something that was seen.
struct Line {
    number: u32,
    seen: &'static str,
    quirks: &'static [Quirk],
    survival: Survival,
}

const fn line(
    number: u32,
    seen: &'static str,
    quirks: &'static [Quirk],
    survival: Survival,
) -> Line {
    Line {
        number,
        seen,
        quirks,
        survival,
    }
}

const LINES: &[Line] = &[
    line(1, "detail is a list", &[Quirk::ProblemDetailList], |it| {
        Box::pin(a_refusal_says(it, &["The sandbox was told to refuse."]))
    }),
    line(
        2,
        "detail is an object",
        &[Quirk::ProblemDetailObject],
        |it| Box::pin(a_refusal_says(it, &["The sandbox was told to refuse."])),
    ),
    line(3, "moments are spelled oddly", &[Quirk::OddMoments], |it| {
        Box::pin(moments_stay(it))
    }),
    line(
        3,
        "nothing is an empty text",
        &[Quirk::EmptyForNull],
        |it| Box::pin(a_config_and_a_port_stay(it)),
    ),
    line(
        3,
        "what nobody set of layer 3 is an empty text",
        &[Quirk::EmptyForNull],
        |it| Box::pin(a_routed_cloud_is_changed(it)),
    ),
    line(
        3,
        "days stand for moments",
        &[Quirk::DaysForMoments],
        |it| Box::pin(messages_are_read(it)),
    ),
    line(
        4,
        "problem types are elsewhere and end otherwise",
        &[Quirk::ProblemTypesElsewhere],
        |it| Box::pin(what_is_in_use_is_tried_again(it)),
    ),
    line(
        5,
        "there are further problem types",
        &[Quirk::ParseErrors],
        |it| Box::pin(refusals_of_all_kinds_are_told(it)),
    ),
    line(
        6,
        "a refusal has a number",
        &[Quirk::ProblemInstances],
        |it| Box::pin(a_refusal_says(it, &["This occurrence: INC-004711"])),
    ),
    line(7, "free ranges are told", &[Quirk::AvailableRanges], |it| {
        Box::pin(free_vlans_are_told(it))
    }),
    line(8, "tokens come with 200", &[Quirk::TokenAnswers200], |it| {
        Box::pin(an_api_key_opens(it))
    }),
    line(9, "tokens are opaque", &[Quirk::OpaqueTokens], |it| {
        Box::pin(an_api_key_opens(it))
    }),
    line(10, "tokens lack iat", &[Quirk::TokensLackIat], |it| {
        Box::pin(an_api_key_opens(it))
    }),
    line(11, "tokens live 900 s or 1,800 s", &[], |it| {
        Box::pin(tokens_of_every_life_are_renewed(it))
    }),
    line(12, "single rights are missing", &[], |it| {
        Box::pin(one_forbidden_list_forbids_nothing_else(it))
    }),
    line(
        13,
        "a change must be named as one",
        &[Quirk::MergePatchOnly],
        |it| Box::pin(a_change_arrives(it)),
    ),
    line(15, "health is up, version 2", &[Quirk::HealthUp], |it| {
        Box::pin(health_is_read(it))
    }),
    line(
        16,
        "an extension is at the root of the host",
        &[Quirk::ServiceKeys, Quirk::ExtensionsAtRoot],
        |it| Box::pin(an_extension_is_found(it)),
    ),
    line(
        17,
        "known words are upper case",
        &[Quirk::UpperCaseEnums],
        |it| Box::pin(words_stay_as_they_are_written(it)),
    ),
    line(
        18,
        "the joining member reads otherwise",
        &[Quirk::JoiningMemberDrifts],
        |it| Box::pin(a_circuit_stays(it)),
    ),
    line(
        19,
        "vlan_config is empty",
        &[Quirk::VlanConfigEmpty],
        |it| Box::pin(a_config_and_a_port_stay(it)),
    ),
    line(19, "VLANs are 0", &[Quirk::VlansZero], |it| {
        Box::pin(a_config_and_a_port_stay(it))
    }),
    line(
        17,
        "known words are upper case",
        &[Quirk::UpperCaseEnums],
        |it| Box::pin(a_config_and_a_port_stay(it)),
    ),
    line(
        20,
        "configs of a cloud circuit go first",
        &[Quirk::CloudConfigsFirst],
        |it| Box::pin(a_cloud_circuit_goes_after_its_config(it)),
    ),
    line(20, "configs of a cloud circuit go with it", &[], |it| {
        Box::pin(a_config_goes_with_its_cloud_circuit(it))
    }),
    line(21, "an offering vanishes", &[], |it| {
        Box::pin(a_vanished_offering_fails_no_plan(it))
    }),
    line(
        23,
        "0 is a VLAN at the provider",
        &[Quirk::CloudVlanZero],
        |it| Box::pin(no_vlan_and_vlan_0_stay(it)),
    ),
    line(24, "every provider has keys of its own", &[], |it| {
        Box::pin(cloud_keys_stay(it))
    }),
    line(
        25,
        "ids are numbers, terms are periods",
        &[Quirk::NumericIds, Quirk::ContractPeriods],
        |it| Box::pin(short_numbers_are_ids(it)),
    ),
    line(26, "no roles are needed", &[], |it| {
        Box::pin(a_config_and_a_port_stay(it))
    }),
    line(27, "eight filters find one offering", &[], |it| {
        Box::pin(eight_filters_find_one(it))
    }),
    line(29, "a MAC is changed by another one", &[], |it| {
        Box::pin(another_mac_is_named_in_place(it))
    }),
    line(
        30,
        "addresses are upper case and in full",
        &[Quirk::UpperCaseMacs, Quirk::Ipv6InFull],
        |it| Box::pin(addresses_stay(it)),
    ),
    line(
        31,
        "zero and empty mean unset",
        &[Quirk::ZeroForUnset, Quirk::EmptyForNull],
        |it| Box::pin(a_config_and_a_port_stay(it)),
    ),
    line(
        32,
        "every account is answered",
        &[Quirk::AccountsIgnoreIds],
        |it| Box::pin(one_account_is_found(it)),
    ),
    line(
        33,
        "archived objects are listed",
        &[Quirk::ArchivedStays],
        |it| Box::pin(what_is_archived_is_gone(it)),
    ),
    line(
        33,
        "decommissioned objects are listed",
        &[Quirk::DecommissionedStays],
        |it| Box::pin(what_is_archived_is_gone(it)),
    ),
    line(34, "a server hangs", &[], |it| {
        Box::pin(who_hangs_is_left(it))
    }),
    line(
        35,
        "pages have headers",
        &[Quirk::PaginationHeaders],
        |it| Box::pin(lists_are_whole(it)),
    ),
    line(37, "the path of the API is missing", &[], |it| {
        Box::pin(a_wrong_address_is_told(it))
    }),
    line(
        37,
        "web pages are everywhere else",
        &[Quirk::WebPagesOutside],
        |it| Box::pin(a_wrong_address_is_told(it)),
    ),
];

/// Lines that say nothing to survive, each with where it is held.
const ELSEWHERE: &[(u32, &str)] = &[(
    14,
    "what other clients send; sandbox/tests/black_box/quirks.rs",
)];

#[tokio::test]
async fn whatever_exchanges_were_seen_to_do_is_survived() {
    let mut failed = Vec::new();
    for line in LINES {
        let exchange = Exchange::odd(line.quirks).await;
        let tasks = LocalSet::new();
        let survival = (line.survival)(exchange);
        let survived = tasks.run_until(async { spawn_local(survival).await });
        let survived = survived.await;
        if survived.is_err() {
            failed.push(format!("line {}: {}", line.number, line.seen));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn every_line_is_here_or_elsewhere() {
    let here = LINES.iter().map(|line| line.number);
    let elsewhere = ELSEWHERE.iter().map(|(number, _)| *number);
    let held: BTreeSet<u32> = here.chain(elsewhere).collect();
    // There are no lines of these numbers.
    let none = [22, 28, 36];
    let all: Vec<u32> = (1..=37).filter(|number| !none.contains(number)).collect();
    assert_eq!(held.into_iter().collect::<Vec<_>>(), all);
}

#[test]
fn what_decix_and_linx_were_seen_to_do_is_among_the_lines() {
    let lines: Vec<Quirk> = LINES.iter().flat_map(|line| line.quirks).copied().collect();
    for dialect in [Dialect::DeCix, Dialect::Linx] {
        for quirk in dialect.quirks() {
            assert!(lines.contains(quirk), "{quirk:?}");
        }
    }
}

async fn a_port(exchange: &Exchange, changes: Json) -> Kept {
    let ports = exchange.resource("connection");
    ports.create(&port(changes)).await.kept_in_silence()
}

/// A circuit, and one side of it on a port of its own.
async fn a_config(exchange: &Exchange, vlan: i64) -> (Kept, Json) {
    let port = a_port(exchange, json!({})).await;
    let circuit = circuit(json!({}));
    let circuit = exchange
        .resource("p2p_vc")
        .create(&circuit)
        .await
        .kept_in_silence();
    let config = side(&circuit, &port, vlan);
    let created = exchange.resource("nsc").create(&config).await;
    (created.kept_in_silence(), config)
}

/// Asserts that what was ordered is read, imported and planned without a difference.
async fn stays(exchange: &Exchange, name: &str, kept: &Kept, config: &Json) {
    let objects = exchange.resource(name);
    let read = objects.read(kept).await.kept_in_silence();
    for kept in [kept, &read] {
        let (change, planned) = objects.plan(Some(kept), config).await;
        planned.kept_in_silence();
        assert!(change.replaces.is_empty(), "{:?}", change.replaces);
        assert_eq!(change.planned, kept.state);
    }
}

fn cloud(offering: &str, key: &str) -> Json {
    json!({
        "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
        "product_offering": offering, "cloud_key": key,
    })
}

/// A circuit to AWS, and the config that puts it on a port.
async fn a_cloud(exchange: &Exchange, config: Json) -> (Kept, Kept, Json) {
    let circuits = exchange.resource("cloud_vc");
    let circuit = cloud("aws-dc.amsterdam.AMS.50", "123456789876");
    let circuit = circuits.create(&circuit).await.kept_in_silence();
    let port = a_port(exchange, json!({})).await;
    let config = with(side(&circuit, &port, 23), config);
    let config = with(config, json!({ "type": "cloud_vc", "handover": 1 }));
    let created = exchange.resource("nsc").create(&config).await;
    (circuit, created.kept_in_silence(), config)
}

async fn an_extension_is_found(exchange: Exchange) {
    let port = a_port(&exchange, json!({})).await;
    let asked = json!({ "id": port.id() });
    let shown = exchange.ask("service_key_connection", asked).await;
    assert_ne!(shown.kept_in_silence().text("service_key"), "");
}

async fn a_cloud_circuit_goes_after_its_config(exchange: Exchange) {
    let (circuit, config, _) = a_cloud(&exchange, json!({})).await;
    let (circuits, configs) = (exchange.resource("cloud_vc"), exchange.resource("nsc"));
    let (deleted, ()) = join!(circuits.delete(&circuit), async {
        exchange.asked("DELETE", "/network-services/", 2).await;
        configs.delete(&config).await.kept_in_silence();
    });
    deleted.kept_in_silence();
    assert_eq!(exchange.live("network-services"), 0);
}

async fn a_config_goes_with_its_cloud_circuit(exchange: Exchange) {
    let (circuit, config, _) = a_cloud(&exchange, json!({})).await;
    let (circuits, configs) = (exchange.resource("cloud_vc"), exchange.resource("nsc"));
    circuits.delete(&circuit).await.kept_in_silence();
    assert_eq!(exchange.live("network-service-configs"), 0);
    configs.delete(&config).await.kept_in_silence();
}

async fn a_routed_cloud_is_changed(exchange: Exchange) {
    let router = json!({
        "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
        "product_offering": "503601.AMS", "asn": 64496,
    });
    let router = exchange.resource("routing_function").create(&router).await;
    let router = router.kept_in_silence();
    let key = "d8412846-c12b-3364-cd67-1471187ce9c9/europe-west4/2";
    let circuit = cloud("google-ci.ams-zone1-8.AMS.100", key);
    let circuit = exchange.resource("cloud_vc").create(&circuit).await;
    let circuit = circuit.kept_in_silence();
    let config = |asn: i64| {
        json!({
            "type": "cloud_vc", "network_service": circuit.id(), "handover": 1,
            "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
            "role_assignments": [], "routing_function": router.id(),
            "l3_config": { "bgp_neighbor_asn": asn },
        })
    };
    let configs = exchange.resource("nsc");
    let kept = configs.create(&config(64513)).await.kept_in_silence();
    stays(&exchange, "nsc", &kept, &config(64513)).await;
    let changed = configs.update(&kept, &config(64514)).await;
    let changed = changed.kept_in_silence();
    stays(&exchange, "nsc", &changed, &config(64514)).await;
}

async fn no_vlan_and_vlan_0_stay(exchange: Exchange) {
    for vlan in [json!(0), Json::Null] {
        let (_, kept, config) = a_cloud(&exchange, json!({ "cloud_vlan": vlan })).await;
        stays(&exchange, "nsc", &kept, &config).await;
        let mut orders = exchange.log().into_iter();
        let sent = orders.rfind(|it| it.method == "POST").unwrap();
        assert_eq!(sent.body.get("cloud_vlan"), Some(&vlan));
    }
}

async fn cloud_keys_stay(exchange: Exchange) {
    for (offering, key) in [
        ("aws-dc.amsterdam.AMS.50", "123456789876"),
        (
            "azure-er.amsterdam.AMS.50",
            "0f3b6b4c-1c1c-4d5a-9a55-0a6f9c2d7e11",
        ),
        (
            "google-ci.ams-zone1-8.AMS.100",
            "d8412846-c12b-3364-cd67-1471187ce9c9/europe-west4/2",
        ),
        (
            "oracle-fc.amsterdam.AMS.1000",
            "ocid1.virtualcircuit.oc1.eu-amsterdam-1.aaaa",
        ),
    ] {
        let config = cloud(offering, key);
        let created = exchange.resource("cloud_vc").create(&config).await;
        let kept = created.kept_in_silence();
        stays(&exchange, "cloud_vc", &kept, &config).await;
    }
}

async fn eight_filters_find_one(exchange: Exchange) {
    let asked = json!({
        "type": "cloud_vc", "resource_type": "network_service",
        "name": "Amsterdam-Cloud Connect : Oracle FastConnect - 1Gb",
        "handover_metro_area_network": "AMS", "service_metro_area_network": "AMS",
        "service_provider": "Oracle", "service_provider_region": "eu-amsterdam-1",
        "service_provider_pop": "AMS1",
    });
    let found = exchange.ask("product_offering", asked).await;
    assert_eq!(found.kept_in_silence().id(), "oracle-fc.amsterdam.AMS.1000");
}

async fn a_refusal_says(exchange: Exchange, words: &[&str]) {
    let forbidden = Fault {
        status: Some(403),
        ..Fault::new(FaultKind::Problem)
    };
    exchange.faults([forbidden.on("POST", "/connections")]);
    let refused = exchange
        .resource("connection")
        .create(&port(json!({})))
        .await;
    says(&refused.error(), words);
    says(
        &refused.error(),
        &["Permission Denied", "Nothing was ordered."],
    );
}

async fn moments_stay(exchange: Exchange) {
    let config = json!({
        "managing_account": OWN, "consuming_account": OWN, "address": "42:23:bc:8e:b8:b0",
        "valid_not_before": "2020-01-01T00:00:00+01:00",
    });
    let created = exchange.resource("mac").create(&config).await;
    let kept = created.kept_in_silence();
    stays(&exchange, "mac", &kept, &config).await;
    let shown = exchange
        .resource("mac")
        .import(kept.id())
        .await
        .kept_in_silence();
    let spelled = shown.text("valid_not_before");
    assert_eq!(
        spelled, "2019-12-31 16:00:00.0-07:00",
        "the sandbox does it"
    );
    stays(&exchange, "mac", &shown, &config).await;
}

async fn messages_are_read(exchange: Exchange) {
    let config = circuit(json!({}));
    let circuits = exchange.resource("p2p_vc");
    let kept = circuits.create(&config).await.kept_in_silence();
    stays(&exchange, "p2p_vc", &kept, &config).await;
    let said = kept.state.get("status").elements();
    assert_eq!(said[0].get("tag").as_str(), Some("a_side_nsc_required"));
}

async fn what_is_in_use_is_tried_again(exchange: Exchange) {
    let (side, config) = a_config(&exchange, 23).await;
    let ports = exchange.resource("connection");
    let port = config["network_connection"].as_str().unwrap();
    let port = ports.import(port).await.kept();
    let configs = exchange.resource("nsc");
    let (deleted, ()) = join!(ports.delete(&port), async {
        exchange.asked("DELETE", "/connections/", 2).await;
        configs.delete(&side).await.kept_in_silence();
    });
    deleted.kept_in_silence();
}

async fn refusals_of_all_kinds_are_told(exchange: Exchange) {
    let ports = exchange.resource("connection");
    for (status, title) in [
        (400, "Parse Error"),
        (405, "Method Not Allowed"),
        (406, "Not Acceptable"),
        (415, "Unsupported Media Type"),
        (500, "Server Error"),
    ] {
        let refusal = Fault {
            status: Some(status),
            // What may come of an error of the server's is looked for, and placed again if nothing
            // did.
            times: if status == 500 { 3 } else { 1 },
            ..Fault::new(FaultKind::Problem)
        };
        exchange.faults([refusal.on("POST", "/connections")]);
        let refused = ports.create(&port(json!({}))).await;
        says(&refused.error(), &[title, &status.to_string()]);
        assert_eq!(exchange.live("connections"), 0, "{status}");
    }
    let throttled = Fault {
        status: Some(429),
        ..Fault::new(FaultKind::Problem)
    };
    exchange.faults([throttled.on("POST", "/connections")]);
    ports.create(&port(json!({}))).await.kept_in_silence();
    assert_eq!(exchange.live("connections"), 1);
}

async fn free_vlans_are_told(exchange: Exchange) {
    let (_, config) = a_config(&exchange, 23).await;
    let circuit = circuit(json!({}));
    let circuit = exchange.resource("p2p_vc").create(&circuit).await.kept();
    let second = with(config, json!({ "network_service": circuit.id() }));
    let refused = exchange.resource("nsc").create(&second).await;
    says(
        &refused.error(),
        &[
            "at vlan_config.vlan",
            "it was 23",
            "available: 1-22, 24-4094",
        ],
    );
}

async fn an_api_key_opens(exchange: Exchange) {
    let exchange = exchange.with_api_key();
    let kept = a_port(&exchange, json!({})).await;
    let ports = exchange.resource("connection");
    exchange.faults([Fault::new(FaultKind::ExpiredToken).on("GET", "/connections/")]);
    ports.read(&kept).await.kept_in_silence();
    exchange.control().advance(Duration::from_secs(3601));
    ports.read(&kept).await.kept_in_silence();
}

async fn tokens_of_every_life_are_renewed(_: Exchange) {
    for seconds in [900, 1800] {
        let settings = Settings {
            token_lifetime: Some(seconds),
            ..Settings::default()
        };
        let exchange = Exchange::start(settings).await;
        let kept = a_port(&exchange, json!({})).await;
        exchange.control().advance(Duration::from_secs(seconds + 1));
        let ports = exchange.resource("connection");
        ports.read(&kept).await.kept_in_silence();
    }
}

async fn one_forbidden_list_forbids_nothing_else(exchange: Exchange) {
    let forbidden = Fault {
        status: Some(403),
        times: 999,
        ..Fault::new(FaultKind::Problem)
    };
    exchange.faults([forbidden.on("GET", "/account")]);
    let config = port(json!({}));
    let kept = a_port(&exchange, json!({})).await;
    stays(&exchange, "connection", &kept, &config).await;
    let refused = exchange.ask("accounts", json!({})).await;
    says(&refused.error(), &["Permission Denied"]);
    exchange
        .ask("connections", json!({}))
        .await
        .kept_in_silence();
    exchange.control().remove(kept.id()).unwrap();
    let read = exchange.resource("connection").read(&kept).await;
    says(&read.warning(), &["is gone"]);
}

async fn a_change_arrives(exchange: Exchange) {
    let kept = a_port(&exchange, json!({})).await;
    let config = port(json!({ "external_ref": "new" }));
    let ports = exchange.resource("connection");
    let changed = ports.update(&kept, &config).await.kept_in_silence();
    assert_eq!(changed.text("external_ref"), "new");
    let shown = exchange.control().show(kept.id()).unwrap();
    assert_eq!(shown["external_ref"], "new");
}

async fn health_is_read(exchange: Exchange) {
    let health = exchange.get("/health").await;
    assert_eq!(
        (&health["status"], &health["version"]),
        (&json!("up"), &json!(2))
    );
}

async fn words_stay_as_they_are_written(exchange: Exchange) {
    let kept = a_port(&exchange, json!({})).await;
    stays(&exchange, "connection", &kept, &port(json!({}))).await;
    let (side, config) = a_config(&exchange, 23).await;
    stays(&exchange, "nsc", &side, &config).await;
    let shown = exchange
        .get(&format!("/network-service-configs/{}", side.id()))
        .await;
    assert_eq!(shown["type"], "P2P_VC", "the sandbox does it");
    let asked = json!({ "mode": "standalone", "id": kept.id() });
    let found = exchange.ask("connection", asked).await.kept_in_silence();
    assert_eq!(found.text("mode"), "standalone");
}

async fn a_circuit_stays(exchange: Exchange) {
    let config = circuit(json!({}));
    let circuits = exchange.resource("p2p_vc");
    let kept = circuits.create(&config).await.kept_in_silence();
    let shown = exchange
        .get(&format!("/network-services/{}", kept.id()))
        .await;
    assert_eq!(shown["joining_member_account"], OWN, "the sandbox does it");
    stays(&exchange, "p2p_vc", &kept, &config).await;
    let renamed = with(config, json!({ "display_name": "Moon" }));
    circuits.update(&kept, &renamed).await.kept_in_silence();
    let sent = exchange.bodies("PATCH");
    assert!(sent[0].get("joining_member_account").is_none(), "{sent:?}");
}

/// What the exchange does not say of it is not taken for a difference.
async fn a_config_and_a_port_stay(exchange: Exchange) {
    let kept = a_port(&exchange, json!({})).await;
    stays(&exchange, "connection", &kept, &port(json!({}))).await;
    let (side, config) = a_config(&exchange, 23).await;
    stays(&exchange, "nsc", &side, &config).await;
    assert_eq!(
        side.state.get("vlan_config").get("vlan"),
        &Value::integer(23)
    );
    let moved = with(
        config,
        json!({ "vlan_config": { "vlan_type": "dot1q", "vlan": 24 } }),
    );
    let configs = exchange.resource("nsc");
    let changed = configs.update(&side, &moved).await.kept_in_silence();
    stays(&exchange, "nsc", &changed, &moved).await;
    let shown = exchange.control().show(side.id()).unwrap();
    assert_eq!(shown["vlan_config"]["vlan"], 24);
}

async fn a_vanished_offering_fails_no_plan(exchange: Exchange) {
    let kept = a_port(&exchange, json!({})).await;
    let (side, config) = a_config(&exchange, 23).await;
    let circuit = config["network_service"].as_str().unwrap();
    let circuit = exchange.resource("p2p_vc").import(circuit).await.kept();
    for offering in ["503234.AMS5-B.S", "503121.AMS.AMS"] {
        exchange.withdraw("product-offerings", offering);
    }
    stays(&exchange, "connection", &kept, &port(json!({}))).await;
    stays(&exchange, "nsc", &side, &config).await;
    stays(
        &exchange,
        "p2p_vc",
        &circuit,
        &super::super::testing::exchange::circuit(json!({})),
    )
    .await;
    let renamed = port(json!({ "external_ref": "new" }));
    let (_, planned) = exchange
        .resource("connection")
        .plan(Some(&kept), &renamed)
        .await;
    planned.kept();
}

async fn short_numbers_are_ids(exchange: Exchange) {
    let kept = a_port(&exchange, json!({})).await;
    assert!(kept.id().parse::<u32>().is_ok(), "{}", kept.id());
    let (side, config) = a_config(&exchange, 23).await;
    stays(&exchange, "nsc", &side, &config).await;
    let found = exchange
        .ask("connections", json!({ "ids": [kept.id()] }))
        .await;
    let found = found.kept_in_silence();
    assert_eq!(found.state.get("connections").elements().len(), 1);
    let asked = json!({ "id": "503121.AMS.AMS" });
    let offering = exchange
        .ask("product_offering", asked)
        .await
        .kept_in_silence();
    assert_eq!(offering.text("contract_initial_period"), "P3Y");
    assert_eq!(offering.text("contract_renewal_period"), "P1M");
    assert_eq!(offering.state.get("bandwidth_min"), &Value::integer(10));
}

async fn another_mac_is_named_in_place(exchange: Exchange) {
    let contacts = exchange.resource("contact").create(&contact(&[NOC])).await;
    let noc = contacts.kept_in_silence();
    let port = a_port(&exchange, json!({})).await;
    let mac = async |address: &str| {
        let config = json!({
            "managing_account": OWN, "consuming_account": OWN, "address": address,
        });
        let created = exchange.resource("mac").create(&config).await;
        created.kept_in_silence()
    };
    let (one, other) = (
        mac("42:23:bc:8e:b8:b0").await,
        mac("42:23:BC:8E:B8:B1").await,
    );
    let config = |mac: &Kept| with(peering(&port, &noc, 23), json!({ "macs": [mac.id()] }));
    let configs = exchange.resource("nsc");
    let kept = configs.create(&config(&one)).await.kept();
    configs.update(&kept, &config(&other)).await.kept();
    let sent = exchange.bodies("PATCH");
    assert_eq!(
        sent,
        [json!({ "type": "exchange_lan", "macs": [other.id()] })]
    );
}

async fn addresses_stay(exchange: Exchange) {
    let config = json!({
        "managing_account": OWN, "consuming_account": OWN, "address": "42:23:bc:8e:b8:b0",
    });
    let kept = exchange
        .resource("mac")
        .create(&config)
        .await
        .kept_in_silence();
    stays(&exchange, "mac", &kept, &config).await;
    let found = exchange
        .ask("mac", json!({ "address": "42:23:bc:8e:b8:b0" }))
        .await;
    assert_eq!(found.kept_in_silence().id(), kept.id());
    let contacts = exchange.resource("contact").create(&contact(&[NOC])).await;
    let port = a_port(&exchange, json!({})).await;
    let lan = peering(&port, &contacts.kept(), 23);
    let lan = exchange.resource("nsc").create(&lan).await.kept();
    let config = json!({ "network_service_config": lan.id(), "version": 6, "fqdn": "a.example" });
    let ip = exchange
        .resource("ip")
        .create(&config)
        .await
        .kept_in_silence();
    assert!(
        ip.text("address").starts_with("2001:0DB8:"),
        "the sandbox does it"
    );
    stays(&exchange, "ip", &ip, &config).await;
}

async fn one_account_is_found(exchange: Exchange) {
    let found = exchange.ask("account", json!({ "id": RESOLD })).await;
    assert_eq!(found.kept_in_silence().id(), RESOLD);
    let found = exchange.ask("accounts", json!({ "ids": [RESOLD] })).await;
    let found = found.kept_in_silence();
    assert_eq!(found.state.get("accounts").elements().len(), 1);
}

async fn what_is_archived_is_gone(exchange: Exchange) {
    let (side, config) = a_config(&exchange, 23).await;
    let configs = exchange.resource("nsc");
    configs.delete(&side).await.kept_in_silence();
    let path = format!("/network-service-configs/{}", side.id());
    let state = exchange.get(&path).await["state"].clone();
    assert!(
        ["archived", "decommissioned"].contains(&state.as_str().unwrap()),
        "{state}"
    );
    let read = configs.read(&side).await;
    says(&read.warning(), &["is gone"]);
    let anew = configs.create(&config).await.kept_in_silence();
    stays(&exchange, "nsc", &anew, &config).await;
}

async fn who_hangs_is_left(exchange: Exchange) {
    let kept = a_port(&exchange, json!({})).await;
    let api = exchange.running.api_url();
    let exchange = exchange.reached_at(&api, Duration::from_millis(200));
    exchange.faults([Fault {
        times: 9,
        ..hanging().on("GET", "/connections/")
    }]);
    let read = exchange.resource("connection").read(&kept).await;
    says(
        &read.error(),
        &["was not answered within 0.2 s", "The state is as it was."],
    );
}

async fn lists_are_whole(_: Exchange) {
    let settings = Settings {
        page_size: Some(2),
        ..Settings::default()
    };
    let exchange = Exchange::start(settings.with_quirks(&[Quirk::PaginationHeaders])).await;
    let found = exchange
        .ask("product_offerings", json!({}))
        .await
        .kept_in_silence();
    let all = Exchange::instant().await;
    let all = all
        .ask("product_offerings", json!({}))
        .await
        .kept_in_silence();
    let count = |kept: &Kept| kept.state.get("product_offerings").elements().len();
    assert_eq!(count(&found), count(&all));
}

async fn a_wrong_address_is_told(exchange: Exchange) {
    let kept = a_port(&exchange, json!({})).await;
    let elsewhere = exchange.running.url().to_owned();
    let exchange = exchange.reached_at(&elsewhere, Duration::from_secs(5));
    let ports = exchange.resource("connection");
    let told = |outcome: Outcome| {
        says(
            &outcome.error(),
            &["this is not the address of an IX-API", "/api/v2"],
        );
    };
    told(exchange.ask("pops", json!({})).await);
    told(exchange.ask("pop", json!({ "id": "AMS5-B" })).await);
    told(ports.create(&port(json!({}))).await);
    told(ports.import(kept.id()).await);
}
