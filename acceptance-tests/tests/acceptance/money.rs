//! Nothing is ordered twice, whatever happens to a request, and a change or cancellation is
//! repeated only where that is the same as doing it once.

use serde_json::json;

use acceptance_tests::config::{Block, PROVIDER, config, contact, port};
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

const PORT: &str = "ixapi_connection.port";

/// A port that nothing but its id tells from another.
fn nameless() -> Block {
    port("port").with("external_ref", "null")
}

#[test]
fn an_order_whose_answer_is_lost_is_found_by_its_reference() {
    let sandbox = Sandbox::start(&[]);
    sandbox.fault(json!({"kind": "cut_after", "method": "POST", "path": "/connections"}));
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).quiet();
    assert_eq!(workspace.held(PORT).text("id"), sandbox.only("connections"));
    workspace.plan(&[]).empty();
    let log = sandbox.log();
    assert_eq!(log.methods(), ["POST"], "{:#?}", log.changes());
}

#[test]
fn an_order_without_answer_and_reference_is_not_placed_again() {
    let sandbox = Sandbox::start(&[]);
    sandbox.fault(json!({"kind": "cut_after", "method": "POST", "path": "/connections"}));
    let workspace = Workspace::new(&sandbox, config([nameless()]));
    workspace.apply(&[]).one_error(&[
        "ixapi_connection",
        "POST",
        "Before you apply again",
        "import {",
        "a second time",
    ]);
    let id = sandbox.only("connections");
    let import = format!("id = \"{id}\"");
    workspace.apply(&[]).one_error(&[
        "It is not known what came of an order",
        "import {",
        &import,
        "Nothing was ordered now",
    ]);
    let log = sandbox.log();
    assert_eq!(log.methods(), ["POST"], "{:#?}", log.changes());
    assert_eq!(sandbox.count("connections"), 1);
    // What the error shows is what helps.
    let import = format!("import {{\n  to = {PORT}\n  id = \"{id}\"\n}}\n");
    workspace.write("imports.tf", import);
    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    assert_eq!(sandbox.count("connections"), 1);
}

#[test]
fn an_order_that_is_lost_on_its_way_is_placed_by_the_next_apply() {
    for lost in [nameless(), port("port")] {
        let sandbox = Sandbox::start(&[]);
        sandbox.fault(json!({"kind": "cut_before", "method": "POST", "path": "/connections"}));
        let workspace = Workspace::new(&sandbox, config([lost]));
        workspace.apply(&[]).one_error(&["Before you apply again"]);
        let log = sandbox.log();
        assert_eq!(log.methods(), ["POST"], "{:#?}", log.changes());
        assert!(sandbox.live().is_empty());
        workspace.apply(&[]).quiet();
        assert_eq!(sandbox.count("connections"), 1);
    }
}

#[test]
fn an_order_that_is_throttled_is_placed_once() {
    let sandbox = Sandbox::start(&[]);
    sandbox.fault(json!([
        {"kind": "rate_limited", "method": "POST", "path": "/connections", "retry_after": 1},
        {"kind": "rate_limited", "method": "POST", "path": "/contacts", "retry_after": 0},
    ]));
    let workspace = Workspace::new(&sandbox, config([port("port"), contact("noc")]));
    workspace.apply(&[]).quiet();
    for collection in ["connections", "contacts"] {
        assert_eq!(sandbox.count(collection), 1);
        let log = sandbox.log();
        let tried = log.of("POST", &format!("/{collection}"));
        let statuses: Vec<_> = tried.iter().map(|entry| entry["status"].clone()).collect();
        assert_eq!(statuses, [429, 201]);
    }
    workspace.plan(&[]).empty();
}

#[test]
fn an_order_that_may_have_been_taken_by_a_server_in_trouble_is_not_placed_again() {
    for (kind, after) in [
        ("unavailable", true),
        ("bad_gateway", false),
        ("html", true),
    ] {
        let sandbox = Sandbox::start(&[]);
        sandbox.fault(json!({
            "kind": kind, "after": after, "method": "POST", "path": "/connections", "times": 9,
        }));
        let workspace = Workspace::new(&sandbox, config([nameless()]));
        workspace.apply(&[]).one_error(&["Before you apply again"]);
        let log = sandbox.log();
        assert_eq!(log.methods(), ["POST"], "{kind}: {:#?}", log.changes());
    }
}

#[test]
fn looks_changes_and_cancellations_are_repeated_when_the_server_is_in_trouble() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    for fault in [
        json!({"kind": "unavailable", "retry_after": 0}),
        json!({"kind": "bad_gateway"}),
        json!({"kind": "cut_before"}),
        json!({"kind": "cut_after"}),
        json!({"kind": "rate_limited", "retry_after": 0}),
    ] {
        let for_method = |method: &str| {
            let mut fault = fault.clone();
            fault["method"] = json!(method);
            fault["path"] = json!("/connections");
            fault
        };
        sandbox.fault(for_method("GET"));
        workspace.plan(&[]).empty();
        sandbox.fault(for_method("PATCH"));
        let reference = format!("\"after {}\"", fault["kind"].as_str().unwrap());
        workspace.configure(config([port("port").with("external_ref", &reference)]));
        workspace.apply(&[]).quiet();
        workspace.plan(&[]).empty();
    }
    sandbox.fault(json!([
        {"kind": "unavailable", "method": "DELETE", "path": "/connections", "retry_after": 0},
        {"kind": "cut_after", "method": "DELETE", "path": "/connections"},
    ]));
    workspace.destroy(&[]).ok();
    assert!(sandbox.faults().is_empty(), "{:#?}", sandbox.faults());
    assert!(sandbox.live().is_empty() && sandbox.cancelling().is_empty());
    assert_eq!(sandbox.log().count("POST", "/connections"), 1);
}

#[test]
fn a_change_that_fails_leaves_the_port_in_the_state_as_it_is() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    let id = sandbox.only("connections");
    sandbox.fault(json!({"kind": "html", "method": "PATCH", "path": "/connections"}));
    workspace.configure(config([port("port").with("external_ref", "\"other\"")]));
    workspace
        .apply(&[])
        .one_error(&[&id, "500", "Internal Server Error"]);
    assert_eq!(workspace.held(PORT).text("external_ref"), "port");
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    assert_eq!(workspace.held(PORT).text("external_ref"), "other");
}

#[test]
fn an_order_that_fails_beside_others_leaves_them_in_the_state() {
    let sandbox = Sandbox::start(&[]);
    sandbox.fault(json!({
        "kind": "html", "status": 400, "method": "POST", "path": "/connections", "skip": 2,
    }));
    let ports = || ["one", "two", "three", "four"].map(port);
    let workspace = Workspace::new(&sandbox, config(ports()));
    workspace.apply(&[]).one_error(&["400"]);
    assert_eq!(workspace.addresses().len(), 3);
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    assert_eq!(sandbox.count("connections"), 4);
}

#[test]
fn a_replacement_that_is_asked_for_cancels_once_and_orders_once() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    let before = sandbox.only("connections");
    workspace.apply(&["-replace=ixapi_connection.port"]).ok();
    workspace.plan(&[]).empty();
    let after = sandbox.only("connections");
    assert_ne!(before, after);
    assert_eq!(sandbox.log().methods(), ["POST", "DELETE", "POST"]);
}

#[test]
fn an_exchange_whose_address_is_known_after_apply_gets_its_orders_once() {
    let sandbox = Sandbox::start(&[]);
    let blocks = format!(
        "{PROVIDER}resource \"terraform_data\" \"api\" {{\n  input = \"{}\"\n}}\n\n\
         provider \"ixapi\" {{\n  api = terraform_data.api.output\n}}\n\n{}",
        sandbox.exported("IX_API_HOST"),
        port("port"),
    );
    let mut workspace = Workspace::new(&sandbox, blocks);
    workspace.unset("IX_API_HOST");
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    assert_eq!(sandbox.log().methods(), ["POST"]);
}
