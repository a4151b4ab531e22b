//! IP addresses of one's own: registered once, taken over where they are there already, and what is
//! said where they are wrong or not taken. Those that the exchange allocates are among the peering.

use serde_json::json;

use acceptance_tests::config::{Block, config, lan, peering_with};
use acceptance_tests::sandbox::{ACCOUNT_B, Sandbox};
use acceptance_tests::workspace::Workspace;

const TAKES: &[&str] = &["--quirk", "takes-addresses"];

fn own() -> Block {
    Block::new("resource", "ip", "own")
        .with("version", "4")
        .with("address", "\"192.0.2.10\"")
        .with("prefix_length", "24")
}

#[test]
fn an_address_that_is_registered_again_is_taken_over_and_not_ordered_twice() {
    let sandbox = Sandbox::start(TAKES);
    let workspace = Workspace::new(&sandbox, config([own()]));
    workspace.apply(&[]).quiet();
    let id = workspace.held("ixapi_ip.own").text("id").to_owned();
    let log = sandbox.during(|| {
        let run = workspace.destroy(&[]).ok();
        run.warns(&["stays with the exchange", &id, "no way to delete"]);
    });
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
    workspace.configure(config([own().with("fqdn", "\"edge-1.example.net\"")]));
    let log = sandbox.during(|| {
        let run = workspace.apply(&[]).ok();
        run.warns(&["has this IP address already", &id, "nothing was ordered"]);
    });
    assert_eq!(log.methods(), ["PATCH"]);
    assert_eq!(workspace.held("ixapi_ip.own").text("id"), id);
    workspace.plan(&[]).empty();
}

#[test]
fn an_import_takes_one_of_ones_own_and_the_provider_finds_whose_it_is() {
    let sandbox = Sandbox::start(TAKES);
    let workspace = Workspace::new(&sandbox, config([own().with("external_ref", "\"edge\"")]));
    let change = workspace.planned_change("ixapi_ip.own");
    assert_eq!(change["after"]["managing_account"], "A0087999");
    assert_eq!(change["after"]["network_service_config"], json!(null));
    workspace.apply(&[]).quiet();
    workspace.run(&["state", "rm", "ixapi_ip.own"]).ok();
    let import = ["import", "ixapi_ip.own", "external_ref:edge"];
    workspace.run(&import).ok();
    workspace.plan(&[]).empty();
}

#[test]
fn a_reference_that_is_left_out_is_taken_away() {
    let sandbox = Sandbox::start(TAKES);
    let workspace = Workspace::new(&sandbox, config([own().with("external_ref", "\"edge\"")]));
    workspace.apply(&[]).quiet();
    workspace.configure(config([own()]));
    workspace.apply(&[]).quiet();
    assert_eq!(workspace.held("ixapi_ip.own").text("external_ref"), "");
    workspace.plan(&[]).empty();
}

#[test]
fn an_exchange_that_takes_none_is_quoted() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([own()]));
    workspace.apply(&[]).one_error(&[
        "Creating the IP address was refused",
        "It is the exchange that gives out an IP address",
        "Nothing was created",
    ]);
    assert!(workspace.addresses().is_empty());
}

#[test]
fn which_address_is_meant_has_to_be_said_and_has_to_be_one() {
    let sandbox = Sandbox::start(TAKES);
    let workspace = Workspace::new(&sandbox, "");
    for (block, words) in [
        (
            own().without("address"),
            ["Which address?", "neither is set"],
        ),
        (own().without("prefix_length"), ["prefix_length", "is not"]),
        (
            own().with("address", "\"192.0.2\""),
            ["address", "is not an IP address"],
        ),
        (
            own().with("version", "6"),
            ["of another version", "192.0.2.10"],
        ),
        (
            own().with("version", "5"),
            ["version cannot be 5", "4 or 6"],
        ),
        (
            own().with("prefix_length", "33"),
            ["prefix_length is 33", "at most 32"],
        ),
        (
            own().with("prefix_length", "\"long\""),
            ["prefix_length", "number"],
        ),
        (
            own().with("valid_not_after", "\"later\""),
            ["valid_not_after", "later"],
        ),
    ] {
        workspace.configure(config([block]));
        workspace.validate().one_error(&words);
    }
    assert!(sandbox.log().0.is_empty());
    let b = format!("{ACCOUNT_B:?}");
    for (block, at, word) in [
        (
            own().with("managing_account", &b),
            "managing_account",
            ACCOUNT_B,
        ),
        (
            own().with("consuming_account", &b),
            "consuming_account",
            ACCOUNT_B,
        ),
        (
            own().with("address", "\"198.18.0.9\""),
            "address",
            "LAN-AMS",
        ),
        (own().with("fqdn", "\"no host\""), "fqdn", "host name"),
    ] {
        workspace.configure(config([block]));
        let error = workspace.apply(&[]).one_error(&[word]);
        assert!(error.line.trim().starts_with(at), "{error:#?}");
    }
    assert!(workspace.addresses().is_empty());
}

#[test]
fn an_allocated_address_gives_way_to_one_of_ones_own_and_the_other_way_round() {
    let sandbox = Sandbox::start(&[TAKES, &["--speed", "instant"]].concat());
    let lan = lan("lan").with("wait_for_state", "\"none\"");
    let with = |ip: Block| config(peering_with(lan.clone()).into_iter().chain([ip]));
    let allocated = Block::new("resource", "ip", "own")
        .with("network_service_config", "ixapi_nsc.lan.id")
        .with("version", "4");
    let workspace = Workspace::new(&sandbox, with(allocated.clone()));
    let held = |name: &str| workspace.held("ixapi_ip.own").text(name).to_owned();
    workspace.apply(&[]).ok();
    let (id, address) = (held("id"), held("address"));
    workspace.configure(with(own()));
    let log = sandbox.during(|| {
        let run = workspace.apply(&[]).ok();
        assert_eq!(run.changes()["ixapi_ip.own"], "replace");
    });
    // What the exchange allocated is its config's, and is left alone.
    assert_eq!(log.methods(), ["POST"]);
    assert_eq!(held("address"), "192.0.2.10");
    assert_eq!(held("network_service_config"), "");
    workspace.plan(&[]).empty();
    workspace.configure(with(allocated));
    let log = sandbox.during(|| {
        let run = workspace.apply(&[]).ok();
        assert_eq!(run.changes()["ixapi_ip.own"], "replace");
        run.warns(&["stays with the exchange", "no way to delete"]);
    });
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
    assert_eq!((held("id"), held("address")), (id, address.clone()));
    workspace.plan(&[]).empty();
    // Written out, it is the same address, whoever names it.
    let written = own()
        .with("address", &format!("{address:?}"))
        .with("prefix_length", "21");
    workspace.configure(with(written));
    let log = sandbox.during(|| {
        workspace.apply(&[]).ok();
    });
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
    assert_eq!(held("address"), address);
}
