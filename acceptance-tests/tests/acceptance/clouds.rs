//! Cloud circuits and routing functions beyond the life that their scenarios lead: mistakes, each
//! told at its argument; a key that cannot be changed; VLAN 0; a password that is never stored.

use serde_json::{Value, json};

use acceptance_tests::config::{Block, PROVIDER, config, port};
use acceptance_tests::run::Message;
use acceptance_tests::sandbox::{ACCOUNT_A, ACCOUNT_B, Sandbox};
use acceptance_tests::workspace::Workspace;

const SECRET: &str = "hush-panda";

fn owned(entity: &str, name: &str) -> Block {
    let account = format!("\"{ACCOUNT_A}\"");
    let accounts = ["managing_account", "consuming_account", "billing_account"];
    let block = Block::new("resource", entity, name);
    accounts
        .iter()
        .fold(block, |block, name| block.with(name, &account))
}

fn cloud() -> Block {
    owned("cloud_vc", "cloud")
        .with("product_offering", "\"google-ci.ams-zone1-8.AMS.100\"")
        .with(
            "cloud_key",
            "\"d8412846-c12b-3364-cd67-1471187ce9c9/europe-west4/2\"",
        )
}

fn router() -> Block {
    owned("routing_function", "router")
        .with("product_offering", "\"503601.AMS\"")
        .with("asn", "64512")
}

fn on_a_port() -> Block {
    owned("nsc", "config")
        .with("type", "\"cloud_vc\"")
        .with("network_service", "ixapi_cloud_vc.cloud.id")
        .with("handover", "1")
        .with("role_assignments", "[]")
        .with("network_connection", "ixapi_connection.port.id")
        .with("vlan_config", "{ vlan_type = \"dot1q\", vlan = 23 }")
}

fn on_a_router() -> Block {
    on_a_port()
        .without("network_connection")
        .without("vlan_config")
        .with("routing_function", "ixapi_routing_function.router.id")
        .with("l3_config", "{ bgp_neighbor_asn = 64513 }")
}

/// The one error that applying comes to.
fn mistake(blocks: impl IntoIterator<Item = Block>, words: &[&str]) -> Message {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config(blocks));
    workspace.apply(&[]).one_error(words)
}

/// The one error that is found before anything is asked of the exchange.
fn plain_mistake(block: Block, line: &str, words: &[&str]) {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port"), router(), cloud(), block]));
    let error = workspace.plan(&[]).one_error(words);
    assert!(error.line.contains(line), "{error:?}");
    assert!(sandbox.log().0.is_empty(), "{:#?}", sandbox.log().0);
}

#[test]
fn what_is_wrong_with_a_cloud_circuit_is_told_at_its_argument() {
    let sandbox = Sandbox::start(&[]);
    for (wrong, words) in [
        (cloud().with("capacity", "0"), ["capacity", "1"]),
        (cloud().with("capacity", "\"much\""), ["capacity", "number"]),
        (
            cloud().with("joining_member_account", "\"A1\""),
            ["joining_member_account", "Unsupported argument"],
        ),
        (cloud().with("cloud_key", "null"), ["cloud_key", "missing"]),
    ] {
        let workspace = Workspace::new(&sandbox, config([wrong]));
        workspace.plan(&[]).one_error(&words);
    }
    let error = mistake(
        [cloud().with("cloud_key", "\"123456789876\"")],
        &["no key of Google"],
    );
    assert!(error.line.contains("cloud_key"), "{error:?}");
    assert!(!error.said().contains("123456789876"), "{error:?}");
    for (name, value, word) in [
        (
            "product_offering",
            "\"503121.AMS.AMS\"".to_owned(),
            "cloud_vc",
        ),
        ("capacity", "50".to_owned(), "100 to 100"),
        (
            "billing_account",
            format!("\"{ACCOUNT_B}\""),
            "not an account of yours",
        ),
    ] {
        let error = mistake([cloud().with(name, &value)], &[word]);
        assert!(error.line.contains(name), "{error:?}");
    }
}

#[test]
fn what_is_wrong_with_a_routing_function_is_told_at_its_argument() {
    let sandbox = Sandbox::start(&[]);
    for (wrong, words) in [
        (router().with("asn", "0"), ["asn", "1"]),
        (router().with("asn", "4294967296"), ["asn", "4294967295"]),
        (router().with("asn", "\"ours\""), ["asn", "number"]),
        (
            router().with("role_assignments", "[]"),
            ["role_assignments", "Unsupported argument"],
        ),
    ] {
        let workspace = Workspace::new(&sandbox, config([wrong]));
        workspace.plan(&[]).one_error(&words);
    }
    for (name, value, word) in [
        (
            "product_offering",
            "\"503121.AMS.AMS\"".to_owned(),
            "routing_function",
        ),
        ("capacity", "1001".to_owned(), "1000 Mbit/s"),
        (
            "managing_account",
            format!("\"{ACCOUNT_B}\""),
            "not an account of yours",
        ),
    ] {
        let error = mistake([router().with(name, &value)], &[word]);
        assert!(error.line.contains(name), "{error:?}");
    }
}

#[test]
fn what_is_wrong_with_a_handover_is_told_at_its_argument() {
    plain_mistake(on_a_port().with("handover", "0"), "handover", &["handover"]);
    plain_mistake(
        on_a_port().with("cloud_vlan", "4095"),
        "cloud_vlan",
        &["4094"],
    );
    plain_mistake(
        on_a_port().with("listed", "true"),
        "listed",
        &["exchange_lan"],
    );
    let both = on_a_port().with("routing_function", "ixapi_routing_function.router.id");
    plain_mistake(both, "routing_function", &["both set"]);
    plain_mistake(
        on_a_port().without("network_connection"),
        "",
        &["network_connection is missing"],
    );
    plain_mistake(
        on_a_port().without("vlan_config"),
        "network_connection",
        &["vlan_config"],
    );
    plain_mistake(
        on_a_router().without("l3_config"),
        "routing_function",
        &["l3_config"],
    );
    let asn = on_a_router().with("l3_config", "{ bgp_neighbor_asn = 0 }");
    plain_mistake(asn, "bgp_neighbor_asn", &["bgp_neighbor_asn"]);

    let all = |block: Block| [port("port"), router(), cloud(), block];
    let vlan = mistake(
        all(on_a_port().with("cloud_vlan", "7")),
        &["provider_vlans"],
    );
    assert!(vlan.line.contains("cloud_vlan"), "{vlan:?}");
    let handover = mistake(all(on_a_port().with("handover", "2")), &["diversity"]);
    assert!(handover.line.contains("handover"), "{handover:?}");
    let other = on_a_port().with("billing_account", &format!("\"{ACCOUNT_B}\""));
    mistake(all(other), &["billing_account", "not an account of yours"]);
    let lan = on_a_port().with("network_service", "\"LAN-AMS\"");
    let lan = mistake(all(lan), &["exchange_lan"]);
    assert!(lan.line.contains("network_service"), "{lan:?}");
    let needed = on_a_router().with("l3_config", "{ bfd = true }");
    mistake(all(needed), &["bgp_neighbor_asn", "is required"]);
    let port_offering = on_a_port().with("product_offering", "\"503121.AMS.AMS\"");
    mistake(
        all(port_offering),
        &["of another type", "p2p_vc", "cloud_vc"],
    );
}

/// Where the exchange says and takes 0 for the one VLAN of a provider, there is nothing to do
/// either: 0 is a value, and so is null.
#[test]
fn vlan_0_and_no_vlan_are_two_values() {
    let sandbox = Sandbox::start(&["--quirk", "cloud-vlan-zero"]);
    for (vlan, sent) in [("0", json!(0)), ("null", Value::Null)] {
        let config = config([port("port"), cloud(), on_a_port().with("cloud_vlan", vlan)]);
        let workspace = Workspace::new(&sandbox, config);
        let log = sandbox.during(|| {
            workspace.apply(&[]).ok();
            workspace.plan(&[]).empty();
        });
        let orders = log.of("POST", "/network-service-configs");
        assert!(
            orders[0]["body"]
                .as_object()
                .unwrap()
                .contains_key("cloud_vlan")
        );
        assert_eq!(orders[0]["body"]["cloud_vlan"], sent);
        workspace.destroy(&[]).ok();
    }
}

#[test]
fn another_key_is_tried_in_place_and_nothing_is_cancelled_for_it() {
    let sandbox = Sandbox::start(&[]);
    let of = |circuit: Block| config([port("port"), circuit, on_a_port()]);
    let workspace = Workspace::new(&sandbox, of(cloud()));
    workspace.apply(&[]).ok();
    let id = workspace.held("ixapi_cloud_vc.cloud").text("id").to_owned();
    workspace.apply(&["-refresh-only"]).ok();
    let key = "\"d8412846-c12b-3364-cd67-1471187ce9ca/europe-west4/2\"";
    workspace.configure(of(cloud().with("cloud_key", key)));
    let plan = workspace
        .plan(&[])
        .warns(&["may refuse another cloud_key", "in place"]);
    assert_eq!(plan.changes()["ixapi_cloud_vc.cloud"], "update");
    let log = sandbox.during(|| {
        let error = workspace.apply(&[]).one_error(&["cannot be changed"]);
        assert!(error.line.contains("cloud_key"), "{error:?}");
    });
    assert_eq!(log.methods(), ["PATCH"]);
    workspace.configure(of(cloud()));
    workspace.plan(&[]).empty();
    assert_eq!(workspace.held("ixapi_cloud_vc.cloud").text("id"), id);
}

#[test]
fn a_bgp_password_that_is_not_to_be_stored_is_nowhere_but_at_the_exchange() {
    let sandbox = Sandbox::start(&[]);
    let of = |version: &str| {
        let variable = "variable \"password\" {\n  type      = string\n  sensitive = true\n  \
                        ephemeral = true\n}\n";
        let layer3 = format!(
            "{{ bgp_neighbor_asn = 64513, bgp_password_wo = var.password, \
             bgp_password_wo_version = {version} }}"
        );
        let config = config([router(), cloud(), on_a_router().with("l3_config", &layer3)]);
        config.replacen(PROVIDER, &format!("{PROVIDER}{variable}"), 1)
    };
    let mut workspace = Workspace::new(&sandbox, of("1"));
    workspace.set("TF_VAR_password", SECRET);
    let mut written = workspace.apply(&[]).ok().output();
    written.push_str(&workspace.plan(&[]).empty().output());
    let log = sandbox.log();
    let sent = log.of("POST", "/network-service-configs");
    assert_eq!(sent[0]["body"]["l3_config"]["bgp_password"], "***");

    workspace.set("TF_VAR_password", &format!("{SECRET}-too"));
    workspace.configure(of("2"));
    let log = sandbox.during(|| {
        written.push_str(&workspace.apply(&[]).ok().output());
        written.push_str(&workspace.plan(&[]).empty().output());
    });
    assert_eq!(log.methods(), ["PATCH"], "{:#?}", log.changes());
    assert_eq!(log.changes()[0]["body"]["l3_config"]["bgp_password"], "***");
    workspace.apply(&["-refresh-only"]).ok();
    written.push_str(&workspace.destroy(&[]).ok().output());
    assert!(!written.contains(SECRET));
    for (path, text) in workspace.files() {
        assert!(!text.contains(SECRET), "it is in {path:?}");
    }
}
