//! Runs that are cut off in the middle of an order: the next one goes on with it, and orders
//! nothing again.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::json;

use acceptance_tests::cli::{Feature, can};
use acceptance_tests::config::{config, port};
use acceptance_tests::programs;
use acceptance_tests::run::Run;
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::until;
use acceptance_tests::workspace::{Running, Workspace};

/// With a clock that ticks, a new port starts as `requested` and not as `allocated` already.
const TICKING: [&str; 2] = ["--step-ms", "1"];

/// An apply of two ports of the same configuration that waits for them.
fn waiting_twins(sandbox: &Sandbox) -> (Workspace, Running) {
    sandbox.hold(json!({"collection": "connections", "state": "requested"}));
    let workspace = Workspace::new(sandbox, config([port("one"), port("two")]));
    let apply = workspace.start_apply();
    until("both are ordered", || sandbox.log().methods().len() == 2);
    sandbox.wait_for_requests("GET", "/connections/", 3);
    (workspace, apply)
}

/// The next apply ends with both in the state, and without another order.
fn are_gone_on_with(sandbox: &Sandbox, workspace: &Workspace) -> Run {
    sandbox.release();
    let run = workspace.apply(&[]).ok();
    assert_eq!(workspace.addresses().len(), 2);
    let log = sandbox.log();
    assert_eq!(log.methods(), ["POST", "POST"], "{:#?}", log.changes());
    workspace.plan(&[]).empty();
    workspace.destroy(&[]).ok();
    run
}

/// An apply that is cut off before anything is in the state.
fn cut_off(cut: impl FnOnce(&Running)) {
    let sandbox = Sandbox::start(&TICKING);
    let (workspace, apply) = waiting_twins(&sandbox);
    cut(&apply);
    apply.finish();
    assert_eq!(workspace.addresses(), Vec::<String>::new());
    are_gone_on_with(&sandbox, &workspace)
        .warns(&["is an order of an earlier run", "nothing was ordered again"]);
}

fn end_of_the_provider(apply: &Running, signal: &str) {
    for provider in apply.children() {
        provider.signal(signal);
    }
}

/// What the command says on both of its outputs.
fn orders(workspace: &Workspace) -> (String, String) {
    let mut command = Command::new(programs::provider());
    command.arg("orders").current_dir(workspace.path("."));
    command
        .env_remove("IX_API_JOURNAL")
        .env_remove("TF_DATA_DIR");
    let output = command.output().expect("the provider starts");
    assert!(output.status.success(), "{output:?}");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[test]
fn what_a_killed_terraform_had_ordered_is_gone_on_with() {
    cut_off(|apply| apply.signal("KILL"));
}

#[test]
fn what_a_killed_provider_had_ordered_is_gone_on_with() {
    cut_off(|apply| end_of_the_provider(apply, "KILL"));
}

#[test]
fn what_a_lost_terminal_had_ordered_is_gone_on_with() {
    cut_off(|apply| apply.signal_all("HUP"));
}

#[test]
fn what_was_killed_at_once_with_all_that_it_started_is_gone_on_with() {
    cut_off(|apply| apply.signal_all("KILL"));
}

/// Terraform leaves at once then. Whether the answer to the first one is in its state by that time
/// is a race that nobody has to win.
#[test]
fn what_a_second_ctrl_c_cuts_off_is_gone_on_with() {
    let sandbox = Sandbox::start(&TICKING);
    let (workspace, apply) = waiting_twins(&sandbox);
    apply.signal_all("INT");
    apply.signal_all("INT");
    apply.finish();
    are_gone_on_with(&sandbox, &workspace);
}

/// Ports of one configuration, as many as that.
fn alike(count: usize) -> String {
    let port = port("port").without("external_ref");
    config([port.with("count", &count.to_string())])
}

/// An apply of two that are alike which is killed while the second is ordered: one is in the state.
/// Its provider breathes for a moment, since an order of its is on the way. Also the addresses of
/// the one and of the other.
fn one_of_two_is_in_the_state(sandbox: &Sandbox) -> (Workspace, [&'static str; 2]) {
    let workspace = Workspace::new(sandbox, alike(2));
    for (delay_ms, after) in [(1, false), (60_000, true)] {
        let slow = json!({"kind": "slow", "method": "POST", "path": "/connections",
            "delay_ms": delay_ms, "after": after});
        sandbox.fault(slow);
    }
    let apply = workspace.start(&["apply", "-auto-approve", "-parallelism=1"]);
    until("both are ordered", || sandbox.count("connections") == 2);
    apply.signal("KILL");
    apply.finish();
    let [zero, one] = ["ixapi_connection.port[0]", "ixapi_connection.port[1]"];
    let in_state = workspace.addresses();
    assert_eq!(in_state.len(), 1, "{in_state:?}");
    match in_state[0] == zero {
        true => (workspace, [zero, one]),
        false => (workspace, [one, zero]),
    }
}

/// However soon the next run begins, it does not take what is in the state for what it is to order
/// besides.
#[test]
fn what_is_in_the_state_is_not_gone_on_with_at_another_address() {
    if !can(Feature::SavedOnTheWay) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let (workspace, [held, _]) = one_of_two_is_in_the_state(&sandbox);
    let first = workspace.held(held).text("id").to_owned();
    workspace.configure(alike(3));
    workspace.apply(&[]).ok();
    assert_eq!(workspace.held(held).text("id"), first);
    let ids: BTreeSet<String> = workspace
        .addresses()
        .iter()
        .map(|address| workspace.held(address).text("id").to_owned())
        .collect();
    assert_eq!(ids.len(), 3);
    assert_eq!(sandbox.log().methods(), ["POST", "POST", "POST"]);
    workspace.plan(&[]).empty();
}

/// A run with `-target` does not read what is in the state besides.
#[test]
fn what_is_in_no_state_is_gone_on_with_before_what_is_in_one() {
    if !can(Feature::SavedOnTheWay) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let (workspace, [held, other]) = one_of_two_is_in_the_state(&sandbox);
    let first = workspace.held(held).text("id").to_owned();
    workspace.apply(&[&format!("-target={other}")]).ok();
    assert_eq!(workspace.held(held).text("id"), first);
    assert_ne!(workspace.held(other).text("id"), first);
    assert_eq!(sandbox.log().methods(), ["POST", "POST"]);
    workspace.plan(&[]).empty();
}

/// The old one bears the reference of the new one, and is not what was ordered.
#[test]
fn what_a_killed_replacement_had_ordered_first_is_gone_on_with() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let first = port("port").with("lifecycle", "{ create_before_destroy = true }");
    let lag = first.clone().with("mode", "\"lag_lacp\"");
    let workspace = Workspace::new(&sandbox, config([first]));
    workspace.apply(&[]).quiet();
    let old = sandbox.only("connections");
    let slow = json!({"kind": "slow", "method": "POST", "path": "/connections",
        "delay_ms": 60_000, "after": true});
    sandbox.fault(slow);
    workspace.configure(config([lag.with("port_quantity", "2")]));
    let apply = workspace.start_apply();
    until("it is ordered", || sandbox.count("connections") == 2);
    apply.signal_all("KILL");
    apply.finish();
    let plan = workspace.plan(&[]);
    plan.warns(&[
        "A run was cut off while it ordered",
        "external_ref \"port\"",
    ]);
    let run = workspace.apply(&[]).ok();
    run.warns(&["is an order of an earlier run", "nothing was ordered again"]);
    assert_ne!(sandbox.only("connections"), old);
    assert_eq!(sandbox.log().methods(), ["POST", "POST", "DELETE"]);
    workspace.plan(&[]).empty();
}

/// With something in the state, a destroy asks the provider, which tells what it knows.
#[test]
fn a_destroy_after_a_killed_run_tells_of_what_that_had_ordered() {
    let sandbox = Sandbox::start(&TICKING);
    let workspace = Workspace::new(&sandbox, config([port("first")]));
    workspace.apply(&[]).ok();
    sandbox.hold(json!({"collection": "connections", "state": "requested"}));
    workspace.configure(config([port("first"), port("second")]));
    let apply = workspace.start_apply();
    until("it is ordered", || sandbox.count("connections") == 2);
    apply.signal_all("KILL");
    apply.finish();
    let run = workspace.destroy(&[]).ok();
    run.warns(&["A run was cut off while it ordered", "a destroy does not"]);
    assert_eq!(sandbox.count("connections"), 1);
}

/// A destroy does not ask the provider as long as the state is empty.
#[test]
fn what_a_killed_run_had_ordered_is_listed_by_hand() {
    let sandbox = Sandbox::start(&TICKING);
    let (workspace, apply) = waiting_twins(&sandbox);
    apply.signal("KILL");
    apply.finish();
    workspace.destroy(&[]).quiet();
    // The provider may take a moment to notice.
    until("its run has ended", || !orders(&workspace).0.is_empty());
    let (listed, told) = orders(&workspace);
    let mut lines = listed.lines();
    assert!(
        lines.next().is_some_and(|line| line.starts_with("ORDERED")),
        "{listed}"
    );
    let ids: Vec<&str> = lines
        .map(|line| line.split_whitespace().nth(2).unwrap())
        .collect();
    let live = sandbox.live();
    assert_eq!(ids.len(), 2, "{listed}");
    assert!(
        ids.iter()
            .all(|id| live.iter().any(|port| port["id"] == *id)),
        "{listed} {live:?}"
    );
    assert!(told.contains("goes on with it"), "{told}");
    sandbox.release();
    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    let (listed, told) = orders(&workspace);
    assert!(
        listed.is_empty() && told.contains("No order is open"),
        "{listed} {told}"
    );
}

/// What is in the state is noted no more once a run has seen it there.
#[test]
fn nothing_is_noted_of_what_the_next_plan_finds_in_the_state() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).quiet();
    assert_eq!(workspace.noted_orders(), 1);
    workspace.plan(&[]).empty();
    assert_eq!(workspace.noted_orders(), 0);
}

/// The same account numbers, another exchange: everything would look gone there.
#[test]
fn a_state_that_meets_another_exchange_changes_nothing_at_either() {
    let (ours, other) = (Sandbox::start(&[]), Sandbox::start(&[]));
    let mut workspace = Workspace::new(&ours, config([port("port")]));
    workspace.apply(&[]).quiet();
    for (name, value) in other.environment() {
        workspace.set(name, value);
    }
    let words = [
        "is at another exchange",
        "Nothing was asked",
        "former_hosts",
    ];
    workspace.plan(&[]).one_error(&words);
    workspace.plan(&["-refresh=false"]).one_error(&words);
    workspace.apply(&[]).one_error(&words);
    workspace.destroy(&[]).one_error(&words);
    workspace.destroy(&["-refresh=false"]).one_error(&words);
    assert!(other.live().is_empty() && other.log().changes().is_empty());
    assert_eq!(ours.count("connections"), 1);
    for (name, value) in ours.environment() {
        workspace.set(name, value);
    }
    workspace.plan(&[]).empty();
}

/// What `terraform test` runs: everything is applied once, and destroyed at the end.
const TEST: &str = "run \"apply\" {\n  command = apply\n}\n";

/// A port alone, without a reference of its own, and its test.
fn tested(sandbox: &Sandbox) -> Workspace {
    let workspace = Workspace::new(sandbox, alike(1));
    workspace.write("ports.tftest.hcl", TEST);
    workspace
}

/// Terraform is killed while it waits for what it has ordered by then.
fn killed_while_it_waits(sandbox: &Sandbox, workspace: &Workspace, arguments: &[&str]) {
    sandbox.hold(json!({"collection": "connections", "state": "requested"}));
    let run = workspace.start(arguments);
    sandbox.wait_for_requests("GET", "/connections/", 3);
    run.signal_all("KILL");
    run.finish();
    sandbox.release();
}

#[test]
fn a_test_leaves_alone_what_others_have_ordered() {
    let sandbox = Sandbox::start(&TICKING);
    let workspace = tested(&sandbox);
    killed_while_it_waits(&sandbox, &workspace, &["apply", "-auto-approve"]);
    let killed = sandbox.only("connections");
    workspace.run(&["test"]).ok();
    assert_eq!(sandbox.only("connections"), killed);
    workspace
        .apply(&[])
        .ok()
        .warns(&["is an order of an earlier run", &killed]);
    // No plan has seen that one since.
    workspace.run(&["test"]).ok();
    assert_eq!(sandbox.only("connections"), killed);
    let log = sandbox.log();
    assert_eq!(log.methods(), ["POST", "POST", "DELETE", "POST", "DELETE"]);
}

#[test]
fn what_a_killed_test_has_ordered_is_told_and_cancelled_by_the_next() {
    let sandbox = Sandbox::start(&TICKING);
    let workspace = tested(&sandbox);
    killed_while_it_waits(&sandbox, &workspace, &["test"]);
    let killed = sandbox.only("connections");
    workspace
        .plan(&[])
        .warns(&["was ordered by a test that was cut off", &killed]);
    workspace.run(&["test"]).ok();
    assert!(sandbox.live().is_empty(), "{:#?}", sandbox.live());
    assert_eq!(sandbox.log().methods(), ["POST", "DELETE"]);
    assert_eq!(workspace.noted_orders(), 0);
}

/// Each run of a test has a state of its own where it has a module of its own.
#[test]
fn what_a_killed_test_has_ordered_is_gone_on_with_by_one_run_of_the_next() {
    let sandbox = Sandbox::start(&TICKING);
    let workspace = tested(&sandbox);
    let module = |name: &str| {
        let folder = workspace.path(name);
        std::fs::create_dir_all(folder).expect("a folder");
        workspace.write(&format!("{name}/main.tf"), alike(1));
        let module = format!("module {{\n    source = \"./{name}\"\n  }}");
        format!("run \"{name}\" {{\n  command = apply\n  {module}\n}}\n")
    };
    let runs = [module("one"), module("other")].concat();
    workspace.write("ports.tftest.hcl", runs);
    workspace.run(&["init", "-input=false"]);
    killed_while_it_waits(&sandbox, &workspace, &["test"]);
    workspace.run(&["test"]).ok();
    assert!(sandbox.live().is_empty(), "{:#?}", sandbox.live());
    assert_eq!(sandbox.log().count("POST", "/connections"), 2);
    assert_eq!(sandbox.log().count("DELETE", "/connections"), 2);
}

/// Terraform was killed, and a person mends the configuration before the next apply.
#[test]
fn what_a_killed_run_had_ordered_otherwise_is_told_beside_the_new_order() {
    let sandbox = Sandbox::start(&TICKING);
    let port = port("port").without("external_ref");
    let workspace = Workspace::new(&sandbox, config([port.clone()]));
    killed_while_it_waits(&sandbox, &workspace, &["apply", "-auto-approve"]);
    let killed = sandbox.only("connections");
    let mended = config([port.with("purchase_order", "\"PO 2\"")]);
    workspace.configure(&mended);
    let import = format!("import {{\n  to = ixapi_connection.port\n  id = \"{killed}\"\n}}\n");
    let words = [
        "This orders another port or LAG",
        &killed,
        "purchase_order",
        "both would be billed",
    ];
    workspace.plan(&[]).warns(&words);
    workspace.configure(format!("{mended}{import}"));
    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    assert_eq!(sandbox.only("connections"), killed);
    assert_eq!(sandbox.log().methods(), ["POST", "PATCH"]);
    assert_eq!(workspace.noted_orders(), 0);
}
