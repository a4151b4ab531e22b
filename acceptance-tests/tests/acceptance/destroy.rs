//! Cancelling: what is said before, when it is over, and what stays in the state until then.

use std::collections::BTreeSet;

use serde_json::json;

use acceptance_tests::config::{circuit_with, config, port};
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

fn applied(arguments: &[&str]) -> (Sandbox, Workspace, String) {
    let sandbox = Sandbox::start(arguments);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    let id = sandbox.only("connections");
    (sandbox, workspace, id)
}

#[test]
fn what_is_gone_already_leaves_the_state() {
    let (sandbox, workspace, id) = applied(&[]);
    sandbox.remove("connections", &id);
    workspace.destroy(&["-refresh=false"]).ok();
    assert_eq!(workspace.addresses(), Vec::<String>::new());
}

#[test]
fn a_cancellation_that_is_accepted_is_not_yet_one_that_is_done() {
    let (sandbox, workspace, id) = applied(&[]);
    sandbox.hold(json!({"collection": "connections", "state": "decommission_requested"}));
    let mut destroy = workspace.start_destroy();
    sandbox.wait_for_requests("DELETE", "/connections/", 1);
    let looks = sandbox.log().count("GET", &format!("/connections/{id}"));
    sandbox.wait_for_requests("GET", &format!("/connections/{id}"), looks + 2);
    assert!(destroy.is_running());
    sandbox.release();
    destroy.finish().ok();
    assert_eq!(workspace.addresses(), Vec::<String>::new());
    assert!(sandbox.cancelling().is_empty());
}

#[test]
fn a_cancellation_that_is_not_done_in_time_is_an_error_and_can_be_gone_on_with() {
    let sandbox = Sandbox::start(&[]);
    let hasty = port("port").with("timeouts", "{ delete = \"1s\" }");
    let workspace = Workspace::new(&sandbox, config([hasty]));
    workspace.apply(&[]).ok();
    let id = sandbox.only("connections");
    sandbox.hold(json!({"collection": "connections", "state": "decommission_requested"}));
    workspace
        .destroy(&[])
        .one_error(&[&id, "not gone yet", "timeouts.delete"]);
    assert_eq!(workspace.held("ixapi_connection.port").text("id"), id);
    sandbox.release();
    workspace.destroy(&[]).ok();
    assert_eq!(workspace.addresses(), Vec::<String>::new());
    assert!(sandbox.cancelling().is_empty());
}

#[test]
fn the_end_and_the_last_bill_are_told_before_and_after_a_cancellation_with_notice() {
    let (sandbox, workspace, id) = applied(&["--notice-days", "30", "--billing-days", "60"]);
    let (end, bill) = (sandbox.day(30), sandbox.day(60));
    workspace
        .plan(&["-destroy"])
        .warns(&[&id, &end, &bill, "cannot be taken back"]);
    workspace.destroy(&[]).ok().warns(&[&id, &end, &bill]);
    assert_eq!(workspace.addresses(), Vec::<String>::new());
    // It runs until then, so it is on its way out and not gone.
    assert!(sandbox.live().is_empty());
    let leaving: BTreeSet<String> = sandbox
        .cancelling()
        .iter()
        .filter_map(|object| object["collection"].as_str().map(str::to_owned))
        .collect();
    assert!(leaving.contains("connections"), "{leaving:?}");
}

#[test]
fn a_circuit_with_notice_goes_with_its_configs_and_its_port_waits_for_nobody() {
    let sandbox = Sandbox::start(&["--notice-days", "30"]);
    let end = sandbox.day(30);
    let blocks = circuit_with("{ vlan_type = \"dot1q\" }");
    let workspace = Workspace::new(&sandbox, config(blocks));
    workspace.apply(&[]).ok();
    let run = workspace.destroy(&[]).ok();
    for kind in ["circuit", "config", "port"] {
        let told = run.warnings().iter().any(|warning| {
            let text = warning.text();
            text.contains(kind) && text.contains(&end)
        });
        assert!(told, "nothing said of the {kind}: {run}");
    }
    assert_eq!(workspace.addresses(), Vec::<String>::new());
    assert!(sandbox.live().is_empty());
}

#[test]
fn what_stays_readable_as_decommissioned_is_gone() {
    let (sandbox, workspace, _) = applied(&["--quirk", "decommissioned-stays"]);
    workspace.destroy(&[]).ok();
    assert_eq!(workspace.addresses(), Vec::<String>::new());
    assert!(sandbox.live().is_empty() && sandbox.cancelling().is_empty());
}

#[test]
fn a_refused_cancellation_keeps_the_port_in_the_state() {
    let (sandbox, workspace, id) = applied(&[]);
    for status in [403, 404, 500] {
        sandbox.fault(json!({
            "kind": "html", "status": status, "method": "DELETE", "path": "/connections",
        }));
        workspace.destroy(&["-refresh=false"]).one_error(&[&id]);
        assert_eq!(workspace.held("ixapi_connection.port").text("id"), id);
    }
    assert_eq!(sandbox.only("connections"), id);
    workspace.destroy(&[]).ok();
}

#[test]
fn ctrl_c_while_a_port_is_being_cancelled_keeps_it_in_the_state() {
    let (sandbox, workspace, id) = applied(&[]);
    sandbox.hold(json!({"collection": "connections", "state": "decommission_requested"}));
    let destroy = workspace.start_destroy();
    sandbox.wait_for_requests("DELETE", "/connections/", 1);
    let looks = sandbox.log().count("GET", &format!("/connections/{id}"));
    sandbox.wait_for_requests("GET", &format!("/connections/{id}"), looks + 1);
    destroy.signal_all("INT");
    destroy.finish().fails();
    assert_eq!(workspace.held("ixapi_connection.port").text("id"), id);
    sandbox.release();
    workspace.destroy(&[]).ok();
    assert_eq!(workspace.addresses(), Vec::<String>::new());
}

#[test]
fn a_page_that_says_404_while_a_port_is_being_cancelled_is_not_believed() {
    let (sandbox, workspace, id) = applied(&[]);
    sandbox.hold(json!({"collection": "connections", "state": "decommission_requested"}));
    let destroy = workspace.start_destroy();
    sandbox.wait_for_requests("DELETE", "/connections/", 1);
    sandbox.fault(json!({
        "kind": "html", "status": 404, "method": "GET", "path": format!("/connections/{id}"),
    }));
    destroy.finish().one_error(&[&id, "404"]);
    assert_eq!(workspace.held("ixapi_connection.port").text("id"), id);
    sandbox.release();
    workspace.destroy(&[]).ok();
    assert!(sandbox.cancelling().is_empty());
}

#[test]
fn a_port_in_use_is_not_cancelled_and_it_is_told_by_what() {
    let sandbox = Sandbox::start(&[]);
    let mut blocks = circuit_with("{ vlan_type = \"dot1q\" }");
    blocks[0] = blocks[0].clone().with("timeouts", "{ delete = \"1s\" }");
    let workspace = Workspace::new(&sandbox, config(blocks));
    workspace.apply(&[]).ok();
    let side = workspace.held("ixapi_nsc.side").text("id").to_owned();
    workspace.run(&["state", "rm", "ixapi_nsc.side"]).ok();
    workspace.configure(config([]));
    let port = sandbox.only("connections");
    workspace
        .apply(&["-target=ixapi_connection.port"])
        .one_error(&[&port, &side, "in use"]);
    assert_eq!(sandbox.only("connections"), port);
    assert_eq!(workspace.held("ixapi_connection.port").text("id"), port);
}

#[test]
fn a_day_before_the_end_of_the_notice_is_refused_in_the_plan_with_the_first_possible_one() {
    let (sandbox, workspace, id) = applied(&["--notice-days", "30", "--billing-days", "60"]);
    let on = |day: &str| config([port("port").with("decommission_at", &format!("\"{day}\""))]);
    let first = format!("The first possible day is {}", sandbox.day(30));
    workspace.configure(on(&sandbox.day(29)));
    let error = workspace.plan(&[]).one_error(&[&id, &first]);
    assert!(error.line.contains("decommission_at"), "{error:?}");
    workspace.apply(&[]).one_error(&[&id, &first]);
    workspace.configure(on(&sandbox.day(31)));
    workspace.apply(&[]).quiet();
    workspace.destroy(&[]).ok().warns(&[&id, &sandbox.day(31)]);
    assert_eq!(sandbox.log().methods(), ["POST", "DELETE"]);
    assert!(sandbox.live().is_empty());
}

/// Or somebody has cancelled it for another day than is configured.
#[test]
fn an_end_that_the_exchange_has_moved_is_told_and_is_no_change() {
    let (sandbox, workspace, id) = applied(&["--notice-days", "30"]);
    let wants = port("port").with("decommission_at", "\"2999-06-30\"");
    workspace.configure(config([wants]));
    workspace.apply(&[]).quiet();
    sandbox.set_state(&id, "decommission_requested", json!([]));
    let later = json!({ "decommission_at": "2999-12-31", "charged_until": "2999-12-31" });
    sandbox.patch(&id, later);
    workspace.apply(&[]).ok();
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [0, 0, 0, 0], "{plan}");
    plan.warns(&["ends on 2999-12-31, and not on 2999-06-30"]);
    let port = workspace.held("ixapi_connection.port");
    assert_eq!(port.text("decommission_at"), "2999-12-31");
    workspace.destroy(&[]).ok();
    assert_eq!(sandbox.log().methods(), ["POST"]);
}

#[test]
fn what_is_still_in_use_for_a_while_is_cancelled_once_it_is_not() {
    let (sandbox, workspace, _) = applied(&[]);
    sandbox.fault(json!({
        "kind": "answer", "status": 409, "method": "DELETE", "path": "/connections", "times": 2,
        "body": { "title": "In use", "status": 409 },
    }));
    workspace.destroy(&[]).ok();
    assert_eq!(sandbox.log().count("DELETE", "/connections/"), 3);
    assert!(sandbox.live().is_empty());
}

#[test]
fn a_circuit_whose_configs_are_gone_is_cancelled_and_so_are_configs_that_went_with_theirs() {
    for gone in ["ixapi_nsc.side", "ixapi_p2p_vc.circuit"] {
        let sandbox = Sandbox::start(&[]);
        let blocks = circuit_with("{ vlan_type = \"dot1q\" }");
        let workspace = Workspace::new(&sandbox, config(blocks));
        workspace.apply(&[]).ok();
        let target = format!("-target={gone}");
        let other = Workspace::new(&sandbox, "");
        std::fs::copy(
            workspace.path("terraform.tfstate"),
            other.path("terraform.tfstate"),
        )
        .unwrap();
        std::fs::copy(workspace.path("main.tf"), other.path("main.tf")).unwrap();
        // Somebody else cancels it, with all that goes with it.
        other.destroy(&[&target]).ok();
        workspace.destroy(&["-refresh=false"]).ok();
        assert!(workspace.addresses().is_empty());
        assert!(sandbox.live().is_empty() && sandbox.cancelling().is_empty());
    }
}

/// Terraform plans a destroy as if nothing were to go, and as such, first: a provider cannot tell.
#[test]
fn what_a_plan_refuses_is_cancelled_without_a_look_before() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let refused = |name: &str| port(name).with("product_offering", "\"503234.MARS.S\"");
    for blocks in [vec![refused("port")], vec![port("port"), refused("other")]] {
        let workspace = Workspace::new(&sandbox, config([port("port")]));
        workspace.apply(&[]).ok();
        workspace.configure(config(blocks));
        workspace.destroy(&[]).one_error(&["503234.MARS.S"]);
        workspace.destroy(&["-refresh=false"]).ok();
        assert!(workspace.addresses().is_empty());
        assert!(sandbox.live().is_empty());
    }
}
