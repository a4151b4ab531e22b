//! What goes wrong with services that several members join, and with the rules about who does: each
//! mistake is one error at the argument, and nothing is ordered.

use acceptance_tests::config::{Block, config, port};
use acceptance_tests::sandbox::{ACCOUNT_A, ACCOUNT_B, Sandbox};
use acceptance_tests::workspace::Workspace;

/// An argument, what is wrong there, and words of the error.
type Mistake<'a> = (&'a str, &'a str, &'a [&'a str]);

fn owned(kind: &str, name: &str) -> Block {
    let account = format!("\"{ACCOUNT_A}\"");
    Block::new("resource", kind, name)
        .with("managing_account", &account)
        .with("consuming_account", &account)
}

fn group(name: &str) -> Block {
    owned("mp2mp_vc", name)
        .with("billing_account", &format!("\"{ACCOUNT_A}\""))
        .with("product_offering", "\"503402.AMS\"")
}

fn to_many(name: &str) -> Block {
    owned("p2mp_vc", name)
        .with("billing_account", &format!("\"{ACCOUNT_A}\""))
        .with("product_offering", "\"503501.AMS\"")
}

fn rule(name: &str) -> Block {
    owned("member_joining_rule", name)
        .with("type", "\"allow\"")
        .with("network_service", "ixapi_mp2mp_vc.group.id")
        .with("consuming_account", &format!("\"{ACCOUNT_B}\""))
}

fn member(name: &str) -> Block {
    owned("nsc", name)
        .with("billing_account", &format!("\"{ACCOUNT_A}\""))
        .with("type", "\"mp2mp_vc\"")
        .with("network_service", "ixapi_mp2mp_vc.group.id")
        .with("network_connection", "ixapi_connection.port.id")
        .with("role_assignments", "[]")
        .with("product_offering", "\"503411.AMS\"")
        .with("vlan_config", "{ vlan_type = \"dot1q\", vlan = 23 }")
}

/// Mistakes that are found before anything is asked of the exchange.
fn are_found_at_once(right: &Block, beside: &[Block], mistakes: &[Mistake<'_>]) {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, "");
    for (argument, wrong, words) in mistakes {
        let blocks = beside.iter().cloned();
        let blocks = blocks.chain([right.clone().with(argument, wrong)]);
        workspace.configure(config(blocks));
        let error = workspace.validate().one_error(words);
        let line = error.line.trim();
        assert!(line.starts_with(argument), "{argument} at {line:?}");
    }
    assert!(sandbox.log().0.is_empty(), "{:#?}", sandbox.log().0);
}

/// Mistakes that only the exchange knows of. Nothing of that collection is ordered.
fn are_refused(collection: &str, right: &Block, beside: &[Block], mistakes: &[Mistake<'_>]) {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config(beside.to_vec()));
    if !beside.is_empty() {
        workspace.apply(&[]).ok();
    }
    let before = sandbox.count(collection);
    for (argument, wrong, words) in mistakes {
        let blocks = beside.iter().cloned();
        let blocks = blocks.chain([right.clone().with(argument, wrong)]);
        workspace.configure(config(blocks));
        let error = workspace.apply(&[]).one_error(words);
        let line = error.line.trim();
        assert!(line.starts_with(argument), "{argument} at {line:?}");
        assert_eq!(sandbox.count(collection), before, "{argument}");
    }
    workspace.destroy(&[]).ok();
    assert!(sandbox.live().is_empty(), "{:#?}", sandbox.live());
}

#[test]
fn a_mistake_in_a_closed_user_group_is_found_at_its_argument() {
    let long = format!("\"{}\"", "x".repeat(129));
    let mistakes: [Mistake<'_>; 5] = [
        ("public", "\"maybe\"", &["public", "bool"]),
        ("external_ref", &long, &["external_ref", "128"]),
        (
            "subnet_v4",
            "\"198.51.100.0\"",
            &["subnet_v4", "198.51.100.0"],
        ),
        ("subnet_v6", "\"198.51.100.0/24\"", &["subnet_v6", "IPv6"]),
        ("joining_member_account", "\"x\"", &["Unsupported argument"]),
    ];
    are_found_at_once(&group("wrong"), &[], &mistakes);
    let of_b = format!("\"{ACCOUNT_B}\"");
    let mistakes: [Mistake<'_>; 4] = [
        (
            "product_offering",
            "\"503411.AMS\"",
            &["product_offering", "503411.AMS"],
        ),
        (
            "product_offering",
            "\"503501.AMS\"",
            &["product_offering", "mp2mp_vc"],
        ),
        ("managing_account", &of_b, &["managing_account", ACCOUNT_B]),
        ("billing_account", "\"A0090211\"", &["billing", "A0090211"]),
    ];
    are_refused("network-services", &group("wrong"), &[], &mistakes);
}

#[test]
fn a_mistake_in_a_circuit_to_many_is_found_at_its_argument() {
    let mistakes: [Mistake<'_>; 3] = [
        ("public", "[true]", &["public", "bool"]),
        (
            "subnet_v4",
            "\"198.51.100.0/24\"",
            &["Unsupported argument"],
        ),
        (
            "name",
            "\"A name that has forty-one characters, alas\"",
            &["name", "40"],
        ),
    ];
    are_found_at_once(&to_many("wrong"), &[], &mistakes);
    let of_b = format!("\"{ACCOUNT_B}\"");
    let mistakes: [Mistake<'_>; 2] = [
        (
            "product_offering",
            "\"503402.AMS\"",
            &["product_offering", "p2mp_vc"],
        ),
        (
            "consuming_account",
            &of_b,
            &["consuming_account", ACCOUNT_B],
        ),
    ];
    are_refused("network-services", &to_many("wrong"), &[], &mistakes);
}

#[test]
fn a_mistake_in_a_joining_rule_is_found_at_its_argument() {
    let bounded = rule("wrong").with("capacity_min", "200");
    let mistakes: [Mistake<'_>; 4] = [
        ("type", "\"perhaps\"", &["type", "allow", "deny"]),
        ("capacity_min", "0", &["capacity_min", "at least 1"]),
        ("capacity_max", "\"much\"", &["capacity_max", "number"]),
        ("capacity_max", "100", &["capacity_max", "200"]),
    ];
    are_found_at_once(&bounded, &[group("group")], &mistakes);
    let denied = bounded.with("type", "\"deny\"");
    let mistakes: [Mistake<'_>; 1] = [("capacity_min", "200", &["capacity_min", "allow", "deny"])];
    are_found_at_once(&denied, &[group("group")], &mistakes);
    let of_b = format!("\"{ACCOUNT_B}\"");
    let mistakes: [Mistake<'_>; 4] = [
        (
            "network_service",
            "\"LAN-AMS\"",
            &["network_service", "LAN-AMS"],
        ),
        (
            "network_service",
            "\"CUG-AMS-1\"",
            &["network_service", "CUG-AMS-1"],
        ),
        ("managing_account", &of_b, &["managing_account", ACCOUNT_B]),
        (
            "consuming_account",
            "\"A0000000\"",
            &["consuming_account", "A0000000"],
        ),
    ];
    are_refused(
        "member-joining-rules",
        &rule("wrong"),
        &[group("group")],
        &mistakes,
    );
}

#[test]
fn a_mistake_in_a_members_config_is_found_at_its_argument() {
    let beside = [port("port"), group("group"), to_many("to_many")];
    let mistakes: [Mistake<'_>; 5] = [
        ("role", "\"leaf\"", &["role", "p2mp_vc", "mp2mp_vc"]),
        ("listed", "true", &["listed", "exchange_lan", "mp2mp_vc"]),
        ("asns", "[\"many\"]", &["asns", "number"]),
        ("capacity", "0", &["capacity", "at least 1"]),
        ("type", "\"mp2mp\"", &["type", "mp2mp_vc"]),
    ];
    are_found_at_once(&member("wrong"), &beside, &mistakes);
    let leaf = member("wrong")
        .with("type", "\"p2mp_vc\"")
        .with("network_service", "ixapi_p2mp_vc.to_many.id");
    let mistakes: [Mistake<'_>; 2] = [
        ("role", "\"trunk\"", &["role", "root", "leaf"]),
        ("ips", "[]", &["ips", "p2mp_vc"]),
    ];
    are_found_at_once(&leaf, &beside, &mistakes);
    let of_b = format!("\"{ACCOUNT_B}\"");
    let mistakes: [Mistake<'_>; 6] = [
        (
            "product_offering",
            "\"503402.AMS\"",
            &["product_offering", "network_service"],
        ),
        (
            "capacity",
            "5",
            &["capacity", "503411.AMS", "at least 10 Mbit/s"],
        ),
        (
            "capacity",
            "1001",
            &["capacity", "503411.AMS", "at most 1000 Mbit/s"],
        ),
        (
            "network_service",
            "ixapi_p2mp_vc.to_many.id",
            &["another type", "p2mp_vc"],
        ),
        (
            "consuming_account",
            &of_b,
            &["consuming_account", ACCOUNT_B],
        ),
        ("macs", "[\"nobodys\"]", &["macs", "nobodys"]),
    ];
    let configs = "network-service-configs";
    are_refused(configs, &member("wrong"), &beside, &mistakes);
}

#[test]
fn a_protected_group_asks_for_the_mac_addresses_of_its_members() {
    let protected = group("group").with("product_offering", "\"503403.AMS\"");
    let mistakes: [Mistake<'_>; 1] = [("macs", "[]", &["macs", "MAC address"])];
    let configs = "network-service-configs";
    are_refused(
        configs,
        &member("wrong"),
        &[port("port"), protected],
        &mistakes,
    );
}

#[test]
fn whom_a_rule_denies_it_is_told_so() {
    let sandbox = Sandbox::start(&[]);
    let owners = [
        group("group").with("public", "true"),
        rule("not_b").with("type", "\"deny\""),
    ];
    let owner = Workspace::new(&sandbox, config(owners));
    owner.apply(&[]).ok();
    let group = owner.held("ixapi_mp2mp_vc.group").text("id").to_owned();
    let of_b = format!("\"{ACCOUNT_B}\"");
    let as_b = |block: Block| {
        ["managing_account", "consuming_account", "billing_account"]
            .into_iter()
            .fold(block, |block, name| block.with(name, &of_b))
    };
    let member = member("b").with("network_service", &format!("\"{group}\""));
    let guests = [as_b(port("port")), as_b(member)];
    let guest = Workspace::of_party_b(&sandbox, config(guests));
    let words = ["consuming_account", "not allowed to join", &group];
    guest.apply(&[]).one_error(&words);
    assert_eq!(guest.addresses(), ["ixapi_connection.port"]);
    // What was wrong is the rule: without it, the same configuration does.
    owner
        .destroy(&["-target=ixapi_member_joining_rule.not_b"])
        .ok();
    guest.apply(&[]).ok();
    guest.plan(&[]).empty();
}

#[test]
fn a_service_of_another_type_is_not_imported() {
    let sandbox = Sandbox::start(&[]);
    let orderer = Workspace::new(&sandbox, config([to_many("to_many")]));
    orderer.apply(&[]).ok();
    let id = sandbox.only("network-services");
    let workspace = Workspace::new(&sandbox, config([group("group")]));
    let block = format!("import {{\n  to = ixapi_mp2mp_vc.group\n  id = \"{id}\"\n}}\n");
    workspace.write("imports.tf", block);
    workspace.plan(&[]).one_error(&[&id, "p2mp_vc", "mp2mp_vc"]);
}
