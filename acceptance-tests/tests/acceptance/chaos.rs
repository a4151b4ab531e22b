//! Trouble at every single request of an apply: afterwards one clean apply leaves exactly what the
//! configuration says, each object ordered once.

use serde_json::{Value, json};

use acceptance_tests::config::{circuit_with, config};
use acceptance_tests::sandbox::{Log, Sandbox};
use acceptance_tests::until;
use acceptance_tests::workspace::Workspace;

/// With a clock that ticks, orders are waited for, so that there are looks to disturb as well.
const TICKING: [&str; 2] = ["--step-ms", "1"];
/// The objects of the configuration.
const OBJECTS: [&str; 3] = ["connections", "network-services", "network-service-configs"];

fn workspace(sandbox: &Sandbox) -> Workspace {
    Workspace::new(sandbox, config(circuit_with("{ vlan_type = \"dot1q\" }")))
}

/// Requests that can be disturbed: all but log-ins.
fn requests(log: &Log) -> usize {
    log.0.len() - log.log_ins()
}

/// How many requests an undisturbed apply takes.
fn undisturbed() -> usize {
    let sandbox = Sandbox::start(&TICKING);
    workspace(&sandbox).apply(&[]).ok();
    let count = requests(&sandbox.log());
    assert!(count > OBJECTS.len(), "{:#?}", sandbox.log().0);
    count
}

/// One clean apply, and everything is there once.
fn is_made_good(sandbox: &Sandbox, workspace: &Workspace, trouble: &Value) {
    sandbox.forget_faults();
    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    for collection in OBJECTS {
        assert_eq!(sandbox.count(collection), 1, "{collection} after {trouble}");
    }
    let log = sandbox.log();
    let mut taken = log.orders();
    taken.retain(|order| order["status"] == 201);
    assert_eq!(taken.len(), OBJECTS.len(), "after {trouble}: {taken:#?}");
    let state = workspace.state();
    assert!(state.iter().all(|held| !held.tainted), "after {trouble}");
}

/// What happens to a request that the exchange certainly did not act on.
fn disturbed_at_every_request(trouble: &Value) {
    for request in 0..undisturbed() {
        let sandbox = Sandbox::start(&TICKING);
        let workspace = workspace(&sandbox);
        let mut fault = trouble.clone();
        fault["skip"] = json!(request);
        sandbox.fault(fault.clone());
        workspace.apply(&[]);
        is_made_good(&sandbox, &workspace, &fault);
    }
}

#[test]
fn a_cut_at_every_request_is_made_good_by_the_next_apply() {
    disturbed_at_every_request(&json!({"kind": "cut_before"}));
}

#[test]
fn an_error_page_at_every_request_is_made_good_by_the_next_apply() {
    disturbed_at_every_request(&json!({"kind": "html"}));
}

#[test]
fn a_server_out_of_order_at_every_request_is_made_good_by_the_next_apply() {
    disturbed_at_every_request(&json!({"kind": "unavailable", "retry_after": 0}));
}

#[test]
fn an_expired_token_at_every_request_does_no_harm() {
    disturbed_at_every_request(&json!({"kind": "expired_token"}));
}

#[test]
fn ctrl_c_during_every_request_loses_nothing() {
    let trouble = json!({"kind": "slow", "delay_ms": 700});
    for request in 0..undisturbed() {
        let sandbox = Sandbox::start(&TICKING);
        let workspace = workspace(&sandbox);
        let mut fault = trouble.clone();
        fault["skip"] = json!(request);
        sandbox.fault(fault.clone());
        let mut apply = workspace.start_apply();
        until("the request is under way", || {
            requests(&sandbox.log()) > request || !apply.is_running()
        });
        apply.signal_all("INT");
        apply.finish();
        is_made_good(&sandbox, &workspace, &fault);
    }
}
