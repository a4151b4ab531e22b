//! Logging in: with either flow, for as long as an apply takes.

use serde_json::json;

use acceptance_tests::config::{config, port};
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

/// Capabilities: 1
#[test]
fn an_apply_outlives_its_token() {
    let sandbox = Sandbox::start(&["--token-lifetime", "2", "--step-ms", "1"]);
    sandbox.hold(json!({"collection": "connections", "state": "requested"}));
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    let apply = workspace.start_apply();
    sandbox.wait_for_order("connections");
    let log_ins = sandbox.log().log_ins();
    sandbox.wait_for_requests("POST", "/connect/token", log_ins + 2);
    sandbox.release();
    apply.finish().quiet();
    workspace.plan(&[]).empty();
}

#[test]
fn a_token_that_expires_early_is_renewed_once() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    let usual = sandbox.during(|| {
        workspace.plan(&[]).empty();
    });
    sandbox.fault(json!({"kind": "expired_token", "path": "/connections"}));
    let log = sandbox.during(|| {
        workspace.plan(&[]).empty();
    });
    assert!(sandbox.faults().is_empty());
    assert_eq!(log.log_ins(), usual.log_ins() + 1, "{:#?}", log.0);
}

#[test]
fn an_order_with_an_expired_token_is_placed_once() {
    let sandbox = Sandbox::start(&[]);
    sandbox.fault(json!({"kind": "expired_token", "method": "POST", "path": "/connections"}));
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).quiet();
    let statuses: Vec<_> = sandbox
        .log()
        .of("POST", "/connections")
        .iter()
        .map(|entry| entry["status"].clone())
        .collect();
    assert_eq!(statuses, [401, 201]);
    assert_eq!(sandbox.count("connections"), 1);
}

#[test]
fn a_token_that_is_never_good_is_an_error() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    sandbox.fault(json!({"kind": "expired_token", "path": "/connections", "times": 99}));
    workspace.plan(&[]).one_error(&["401", "IX_API_SECRET"]);
    assert_eq!(workspace.addresses(), ["ixapi_connection.port"]);
}

#[test]
fn the_api_key_of_ix_api_itself_opens_the_exchange_too() {
    let sandbox = Sandbox::start(&["--token-lifetime", "2", "--step-ms", "1"]);
    sandbox.hold(json!({"collection": "connections", "state": "requested"}));
    let mut workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.set("IX_API_AUTH", "legacy");
    workspace.set("IX_API_KEY", sandbox.exported("IXAPI_SANDBOX_LEGACY_KEY"));
    workspace.set(
        "IX_API_SECRET",
        sandbox.exported("IXAPI_SANDBOX_LEGACY_SECRET"),
    );
    workspace.unset("IX_API_OAUTH2_TOKEN_URL");
    let apply = workspace.start_apply();
    sandbox.wait_for_order("connections");
    let log_ins = sandbox.log().log_ins();
    acceptance_tests::until("the token is renewed", || sandbox.log().log_ins() > log_ins);
    sandbox.release();
    apply.finish().quiet();
    workspace.plan(&[]).empty();
    workspace.destroy(&[]).ok();
    assert_eq!(sandbox.log().count("POST", "/connect/token"), 0);
}

#[test]
fn an_empty_argument_is_as_good_as_none() {
    let sandbox = Sandbox::start(&[]);
    let provider = "provider \"ixapi\" {\n  api_secret = \"\"\n}\n";
    let workspace = Workspace::new(&sandbox, format!("{}{provider}", config([port("port")])));
    workspace.apply(&[]).quiet();
}
