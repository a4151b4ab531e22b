//! Waiting for the exchange: how long, for what, and what happens when the wait ends early. Nothing
//! is ever ordered twice for that, and nothing is tainted.

use serde_json::json;

use acceptance_tests::config::{circuit, config, port};
use acceptance_tests::processes::processes;
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::until;
use acceptance_tests::workspace::{Running, Workspace};

/// With a clock that ticks, a new port starts as `requested` and not as `allocated` already.
const TICKING: [&str; 2] = ["--step-ms", "1"];
const PORT: &str = "ixapi_connection.port";
const PORTS: &str = "/connections";
/// Longer than any test waits, so that a wait that ends has ended for another reason.
const LONG: &str = "{ create = \"30m\" }";

fn holding(state: &str) -> Sandbox {
    let sandbox = Sandbox::start(&TICKING);
    sandbox.hold(json!({"collection": "connections", "state": state}));
    sandbox
}

fn waiting_port(sandbox: &Sandbox) -> (Workspace, Running) {
    let workspace = Workspace::new(sandbox, config([port("port").with("timeouts", LONG)]));
    let apply = workspace.start_apply();
    sandbox.wait_for_order("connections");
    // It is waiting once it has looked again.
    sandbox.wait_for_requests("GET", "/connections/", 1);
    (workspace, apply)
}

/// The port is in the state, clean, and the next apply goes on with the wait: it sends nothing.
fn is_resumed(sandbox: &Sandbox, workspace: &Workspace) {
    let id = sandbox.only("connections");
    assert_eq!(workspace.held(PORT).text("id"), id);
    assert_eq!(workspace.held(PORT).text("state"), "requested");
    // The plan says why it is not empty.
    workspace
        .plan(&[])
        .warns(&["requested, not allocated", "sends nothing"]);
    let change = workspace.planned_change(PORT);
    assert_eq!(change["actions"], json!(["update"]), "{change:#}");
    assert_eq!(change["after_unknown"]["state"], true, "{change:#}");
    sandbox.release();
    // What the plan has said is not said again by the apply that settles it.
    let apply = ["apply", "-json", "-input=false", "plan.bin"];
    workspace.run(&apply).quiet();
    let held = workspace.held(PORT);
    assert_eq!(held.text("id"), id);
    assert!(["allocated", "production"].contains(&held.text("state")));
    workspace.plan(&[]).empty();
    let log = sandbox.log();
    assert_eq!(log.methods(), ["POST"], "{:#?}", log.changes());
}

#[test]
fn a_timeout_while_waiting_leaves_the_port_untainted() {
    let sandbox = holding("requested");
    let patience = "{ create = \"1s\" }";
    let workspace = Workspace::new(&sandbox, config([port("port").with("timeouts", patience)]));
    workspace.apply(&[]).ok().warns(&[
        "requested, not allocated",
        "timeouts.create",
        "not tainted",
    ]);
    // How long the next apply would wait is what the configuration says by now.
    let patience = "{ create = \"7m\", update = \"1s\" }";
    workspace.configure(config([port("port").with("timeouts", patience)]));
    workspace
        .plan(&[])
        .warns(&["for up to 7m (timeouts.create)"]);
    is_resumed(&sandbox, &workspace);
}

#[test]
fn ctrl_c_while_waiting_saves_the_port_untainted() {
    let sandbox = holding("requested");
    let (workspace, apply) = waiting_port(&sandbox);
    apply.signal_all("INT");
    let run = apply.finish();
    assert!(run.output().contains("interrupted"), "{run}");
    is_resumed(&sandbox, &workspace);
}

#[test]
fn an_interrupt_by_a_pipeline_saves_the_port_untainted() {
    let sandbox = holding("requested");
    let (workspace, apply) = waiting_port(&sandbox);
    apply.signal("INT");
    apply.finish();
    is_resumed(&sandbox, &workspace);
}

#[test]
fn a_sigterm_saves_the_port_untainted() {
    let sandbox = holding("requested");
    let (workspace, apply) = waiting_port(&sandbox);
    apply.signal("TERM");
    let run = apply.finish();
    assert!(run.output().contains("interrupted"), "{run}");
    is_resumed(&sandbox, &workspace);
}

/// Nothing answers any more, not even with an error: neither the patience nor a person waits for
/// that, and what was ordered is in the state.
#[test]
fn a_wait_over_a_dead_network_ends_and_is_resumed_once_it_lives_again() {
    let sandbox = holding("requested");
    let (workspace, apply) = waiting_port(&sandbox);
    sandbox.freeze();
    apply.signal_all("INT");
    let run = apply.finish();
    sandbox.thaw();
    assert!(run.output().contains("interrupted"), "{run}");
    is_resumed(&sandbox, &workspace);

    let sandbox = holding("requested");
    let patience = "{ create = \"3s\" }";
    let workspace = Workspace::new(&sandbox, config([port("port").with("timeouts", patience)]));
    let apply = workspace.start_apply();
    sandbox.wait_for_order("connections");
    sandbox.wait_for_requests("GET", "/connections/", 1);
    sandbox.freeze();
    let run = apply.finish().ok();
    sandbox.thaw();
    run.warns(&["not allocated", "timeouts.create", "is not tainted"]);
    is_resumed(&sandbox, &workspace);
}

#[test]
fn a_killed_terraform_takes_the_provider_with_it() {
    let sandbox = holding("requested");
    let (_workspace, apply) = waiting_port(&sandbox);
    let providers = apply.children();
    assert!(!providers.is_empty(), "terraform has no provider");
    apply.signal("KILL");
    let run = apply.finish();
    assert_eq!(run.code, None, "{run}");
    until("the provider is gone", || {
        let now = processes();
        let alive = |id| now.iter().any(|process| process.id == id && !process.ended);
        !providers.iter().any(|provider| alive(provider.id))
    });
}

/// What is replaced is not gone on with: it is cancelled, and another one ordered.
#[test]
fn a_waiting_port_that_is_replaced_is_not_said_to_be_waited_for() {
    let sandbox = holding("requested");
    let of = |party: &str| {
        port("port")
            .with("timeouts", "{ create = \"1s\" }")
            .with("connecting_party", party)
    };
    let workspace = Workspace::new(&sandbox, config([of("\"Moonpeer\"")]));
    workspace.apply(&[]).ok();
    workspace.configure(config([of("\"Sunpeer\"")]));
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [1, 0, 1, 0], "{plan}");
    assert!(!plan.output().contains("sends nothing"), "{plan}");
    plan.warns(&["cannot be taken back"]);
}

#[test]
fn a_port_is_waited_for_until_production_if_the_user_says_so() {
    let sandbox = holding("allocated");
    let patient = port("port").with("wait_for_state", "\"production\"");
    let workspace = Workspace::new(&sandbox, config([patient]));
    let mut apply = workspace.start_apply();
    sandbox.wait_for_order("connections");
    sandbox.wait_for_requests("GET", "/connections/", 2);
    assert!(apply.is_running());
    sandbox.release();
    apply.finish().quiet();
    assert_eq!(workspace.held(PORT).text("state"), "production");
    workspace.plan(&[]).empty();
}

#[test]
fn nothing_is_waited_for_if_the_user_says_so() {
    let sandbox = holding("requested");
    let hasty = port("port").with("wait_for_state", "\"none\"");
    let workspace = Workspace::new(&sandbox, config([hasty]));
    let log = sandbox.during(|| {
        workspace.apply(&[]).quiet();
    });
    assert_eq!(log.count("GET", "/connections/"), 0, "{:#?}", log.0);
    assert_eq!(workspace.held(PORT).text("state"), "requested");
    workspace.plan(&[]).empty();
}

#[test]
fn an_order_that_the_exchange_ends_is_an_error_with_its_own_words() {
    let sandbox = holding("requested");
    let (_workspace, apply) = waiting_port(&sandbox);
    let id = sandbox.only("connections");
    let said = json!([{
        "severity": 3,
        "tag": "no_capacity",
        "message": "The rack is full.",
        "attrs": {},
        "timestamp": "2024-01-15T09:30:00Z",
    }]);
    sandbox.set_state(&id, "cancelled", said);
    apply
        .finish()
        .one_error(&[&id, "cancelled", "The rack is full.", "no_capacity"]);
    let log = sandbox.log();
    assert_eq!(log.methods(), ["POST"], "{:#?}", log.changes());
}

#[test]
fn an_unknown_state_is_waited_out_and_logged_once() {
    let sandbox = holding("requested");
    let mut workspace = Workspace::new(&sandbox, config([port("port").with("timeouts", LONG)]));
    workspace.set("TF_LOG_PROVIDER", "INFO");
    let mut apply = workspace.start_apply();
    let id = sandbox.wait_for_order("connections");
    sandbox.set_state(&id, "patching_fibre", json!([]));
    let looks = sandbox.log().count("GET", "/connections/");
    sandbox.wait_for_requests("GET", "/connections/", looks + 3);
    assert!(apply.is_running());
    sandbox.set_state(&id, "production", json!([]));
    let run = apply.finish().ok();
    assert_eq!(run.output().matches("unknown state").count(), 1, "{run}");
    assert_eq!(workspace.held(PORT).text("state"), "production");
}

#[test]
fn an_order_that_is_not_found_again_is_a_warning_and_stays_in_the_state() {
    let sandbox = holding("requested");
    let (workspace, apply) = waiting_port(&sandbox);
    sandbox.fault(json!({
        "kind": "html", "status": 404, "method": "GET", "path": PORTS, "times": 99,
    }));
    apply.finish().ok().warns(&["not found", "404"]);
    sandbox.forget_faults();
    is_resumed(&sandbox, &workspace);
}

#[test]
fn a_wait_survives_an_exchange_that_is_out_of_order_for_a_while() {
    let sandbox = holding("requested");
    let (workspace, apply) = waiting_port(&sandbox);
    sandbox.fault(json!([
        {"kind": "unavailable", "method": "GET", "path": PORTS},
        {"kind": "cut_before", "method": "GET", "path": PORTS},
        {"kind": "html", "method": "GET", "path": PORTS, "status": 502},
    ]));
    until("all faults have struck", || sandbox.faults().is_empty());
    sandbox.release();
    apply.finish().ok();
    assert!(!workspace.held(PORT).tainted);
    workspace.plan(&[]).empty();
}

#[test]
fn ctrl_c_while_an_order_is_throttled_orders_nothing() {
    let sandbox = Sandbox::start(&[]);
    sandbox.fault(json!({
        "kind": "rate_limited", "method": "POST", "path": PORTS, "retry_after": 100,
    }));
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    let apply = workspace.start_apply();
    sandbox.wait_for_requests("POST", PORTS, 1);
    apply.signal_all("INT");
    apply.finish().fails();
    assert_eq!(workspace.addresses(), Vec::<String>::new());
    assert!(sandbox.live().is_empty());
    workspace.apply(&[]).quiet();
    assert_eq!(sandbox.count("connections"), 1);
}

/// The other party may never act: the wait ends at once, and says whose move it is.
#[test]
fn the_other_party_of_a_circuit_is_told_of_and_not_waited_for() {
    let sandbox = Sandbox::start(&[]);
    let patient = circuit("circuit")
        .with("wait_for_state", "\"production\"")
        .with("timeouts", LONG);
    let workspace = Workspace::new(&sandbox, config([patient]));
    workspace.apply(&[]).ok().warns(&[
        "requested, not production",
        "Configure the B side of the virtual circuit. (b_side_nsc_required)",
        "If that is another party, ask it to.",
        "is not tainted",
    ]);
    assert!(!workspace.held("ixapi_p2p_vc.circuit").tainted);
    workspace
        .plan(&[])
        .empty()
        .warns(&["rests in state requested", "ask it to"]);
    // The other party moves, and this one too: the next apply goes on waiting by itself.
    sandbox.set_state(&sandbox.only("network-services"), "allocated", json!([]));
    workspace
        .plan(&[])
        .warns(&["allocated, not production", "sends nothing"]);
    let mut apply = workspace.start_apply();
    let looks = sandbox.log().count("GET", "/network-services/");
    sandbox.wait_for_requests("GET", "/network-services/", looks + 3);
    assert!(apply.is_running());
    sandbox.set_state(&sandbox.only("network-services"), "production", json!([]));
    apply.finish().ok();
    workspace.plan(&[]).empty().quiet();
    assert_eq!(sandbox.log().methods(), ["POST"]);
}

#[test]
fn a_circuit_that_the_other_side_declines_is_told_and_cleared_away_by_a_destroy() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([circuit("circuit")]));
    workspace.apply(&[]).ok();
    let id = sandbox.only("network-services");
    let declined = json!([{
        "severity": 4,
        "tag": "Not Accepted",
        "message": "The joining member declined the virtual circuit.",
        "attrs": null,
        "timestamp": "2024-01-15T09:30:00",
    }]);
    sandbox.set_state(&id, "cancelled", declined);
    let plan = workspace.plan(&[]);
    assert!(plan.changes().is_empty(), "{plan}");
    plan.warns(&[&id, "cancelled", "Not Accepted"]);
    workspace.destroy(&[]).ok();
    assert_eq!(workspace.addresses(), Vec::<String>::new());
    let log = sandbox.log();
    assert_eq!(log.count("DELETE", "/network-services"), 1);
}

#[test]
fn an_answer_about_something_else_during_a_wait_loses_neither_the_id_nor_the_order() {
    let sandbox = holding("requested");
    sandbox.fault(json!({"kind": "notice", "method": "GET", "path": "/connections/"}));
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace
        .apply(&[])
        .ok()
        .warns(&["Lost sight", "not tainted"]);
    is_resumed(&sandbox, &workspace);
}

#[test]
fn a_resumed_wait_that_cannot_look_is_a_warning_and_goes_on_later() {
    let sandbox = holding("requested");
    let patience = "{ create = \"1s\" }";
    let workspace = Workspace::new(&sandbox, config([port("port").with("timeouts", patience)]));
    workspace.apply(&[]).ok();
    sandbox.fault(json!({"kind": "notice", "method": "GET", "path": "/connections/"}));
    workspace
        .apply(&["-refresh=false"])
        .ok()
        .warns(&["Lost sight"]);
    is_resumed(&sandbox, &workspace);
}
