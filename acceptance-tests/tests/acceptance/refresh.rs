//! What a refresh makes of an answer. Only proof that an object is gone drops it from the state,
//! because what is not in the state is ordered anew.

use serde_json::json;

use acceptance_tests::config::{config, port};
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

const PORT: &str = "ixapi_connection.port";

fn applied(arguments: &[&str]) -> (Sandbox, Workspace, String) {
    let sandbox = Sandbox::start(arguments);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    let id = sandbox.only("connections");
    (sandbox, workspace, id)
}

#[test]
fn an_answer_that_proves_nothing_drops_nothing_from_the_state() {
    let (sandbox, workspace, id) = applied(&[]);
    for status in [400, 401, 403, 404, 410, 500] {
        // Once: of a 404, the list then tells that the object is there, which is a contradiction; a
        // 401 is mended by another token. Always: nothing can be learnt at all.
        for times in [1, 9] {
            sandbox.fault(json!({
                "kind": "html",
                "method": "GET",
                "path": "/connections",
                "status": status,
                "times": times,
            }));
            let plan = workspace.plan(&[]);
            if (status, times) == (401, 1) {
                plan.empty();
            } else {
                plan.one_error(&[&id, &status.to_string()]);
            }
            sandbox.forget_faults();
            workspace.apply(&["-refresh-only"]).ok();
            assert_eq!(workspace.held(PORT).text("id"), id, "{status}");
        }
    }
    workspace.plan(&[]).empty();
    assert_eq!(sandbox.log().methods(), ["POST"]);
}

#[test]
fn an_answer_about_something_else_is_not_taken_for_the_object() {
    let (sandbox, workspace, id) = applied(&[]);
    sandbox.fault(json!({"kind": "notice", "method": "GET", "path": "/connections"}));
    workspace.plan(&[]).one_error(&[&id, "not the object"]);
    sandbox.fault(json!({"kind": "notice", "method": "GET", "path": "/connections"}));
    workspace.apply(&["-refresh-only"]).fails();
    assert_eq!(workspace.held(PORT).text("id"), id);
    workspace.plan(&[]).empty();
}

#[test]
fn a_list_that_is_none_does_not_confirm_a_404() {
    let (sandbox, workspace, id) = applied(&[]);
    sandbox.remove("connections", &id);
    sandbox.fault(json!({"kind": "notice", "method": "GET", "path": "/connections", "skip": 1}));
    workspace.plan(&[]).one_error(&[&id, "not sure"]);
    assert_eq!(workspace.held(PORT).text("id"), id);
}

#[test]
fn the_credentials_of_somebody_else_drop_nothing_from_the_state() {
    let (sandbox, mut workspace, id) = applied(&[]);
    workspace.become_party_b(&sandbox);
    let plan = workspace.plan(&[]);
    plan.one_error(&[&id, "A0087999", "api_key"]);
    assert_eq!(workspace.held(PORT).text("id"), id);
    workspace
        .destroy(&["-refresh=false"])
        .one_error(&[&id, "A0087999"]);
    assert_eq!(workspace.held(PORT).text("id"), id);
    assert_eq!(sandbox.count("connections"), 1);
}

#[test]
fn what_is_gone_is_planned_anew_and_never_without_a_word() {
    let (sandbox, workspace, id) = applied(&[]);
    sandbox.remove("connections", &id);
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [1, 0, 0, 0], "{plan}");
    plan.warns(&[&id, "is gone"]);
}

#[test]
fn what_was_decommissioned_is_planned_anew_even_if_it_can_still_be_read() {
    let (sandbox, workspace, id) = applied(&[]);
    for state in ["decommissioned", "archived", "cancelled"] {
        sandbox.set_state(&id, state, json!([]));
        let plan = workspace.plan(&[]);
        assert_eq!(plan.counts(), [1, 0, 0, 0], "{plan}");
    }
}

#[test]
fn what_somebody_has_cancelled_stays_in_the_state_until_it_is_gone() {
    let (sandbox, workspace, id) = applied(&[]);
    sandbox.set_state(&id, "decommission_requested", json!([]));
    let words = [&id, "its cancellation is ordered", "orders it anew"];
    workspace.plan(&[]).empty().warns(&words);
    workspace.apply(&["-refresh-only"]).ok();
    let held = workspace.held(PORT);
    assert_eq!(held.text("state"), "decommission_requested");
}

/// By somebody else, with notice: told until it has ended, and then why there is a new order.
#[test]
fn what_somebody_has_cancelled_is_ordered_anew_only_when_it_has_ended_and_the_plan_says_why() {
    let (sandbox, workspace, id) = applied(&["--notice-days", "30", "--billing-days", "60"]);
    let (ends, bill) = (sandbox.day(30), sandbox.day(60));
    let other = Workspace::new(&sandbox, config([port("port")]));
    let import = format!("import {{\n  to = {PORT}\n  id = \"{id}\"\n}}\n");
    other.write("imports.tf", import);
    other.apply(&[]).ok();
    other.destroy(&[]).ok();
    for apply in [false, true] {
        let run = match apply {
            true => workspace.apply(&["-refresh-only"]).ok(),
            false => workspace.plan(&[]).empty(),
        };
        run.warns(&[&id, &ends, &bill, "its cancellation is ordered"]);
    }
    let log = sandbox.during(|| {
        workspace.apply(&[]).ok();
    });
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
    sandbox.advance(31 * 24 * 3600);
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [1, 0, 0, 0], "{plan}");
    let ended = format!("Its cancellation had been ordered, for {ends}.");
    plan.warns(&[&id, "is gone", &ended, "orders it anew"]);
}

#[test]
fn drift_is_shown_by_the_next_plan_and_mended_by_the_next_apply() {
    let (sandbox, workspace, id) = applied(&[]);
    sandbox.patch(
        &id,
        json!({"external_ref": "mine now", "contract_ref": "theirs"}),
    );
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [0, 1, 0, 0], "{plan}");
    assert_eq!(plan.drift()[PORT], "update", "{plan}");
    let change = workspace.planned_change(PORT);
    assert_eq!(change["before"]["external_ref"], "mine now");
    assert_eq!(change["after"]["external_ref"], "port");
    let log = sandbox.during(|| {
        workspace.apply(&[]).quiet();
        workspace.plan(&[]).empty();
    });
    let changes = log.changes();
    assert_eq!(changes.len(), 1, "{changes:#?}");
    assert_eq!(
        changes[0]["body"],
        json!({"external_ref": "port", "contract_ref": null})
    );
}

#[test]
fn words_and_fields_that_the_exchange_adds_do_no_harm() {
    let (sandbox, workspace, id) = applied(&[]);
    sandbox.patch(
        &id,
        json!({
            "colour": "blue",
            "vlan_types": ["dot1q", "vxlan"],
            "speed": "10000",
            "ports": null,
            "status": null,
            "decommission_at": null,
        }),
    );
    workspace.plan(&[]).empty();
    workspace.apply(&["-refresh-only"]).ok();
    let held = workspace.held(PORT);
    assert_eq!(held.values["vlan_types"], json!(["dot1q", "vxlan"]));
    assert_eq!(held.values["speed"], 10000);
}
