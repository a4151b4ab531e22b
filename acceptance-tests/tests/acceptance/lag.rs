//! An exchange that takes a change and goes on showing what was before it, for a while.

use serde_json::json;

use acceptance_tests::config::{
    Block, address, circuit, circuit_with, config, lan, peering_with, session,
};
use acceptance_tests::run::Run;
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

/// It lags longer than any test takes, until a test lets it catch up.
const LAG: u32 = 1000;
const LAGGING: [&str; 2] = ["--metadata-lag", "1000"];
const CONFIG: &str = "ixapi_nsc.lan";

fn referred(block: Block, reference: &str) -> Block {
    block
        .with("external_ref", &format!("\"{reference}\""))
        .with("purchase_order", &format!("\"PO of {reference}\""))
}

/// Applies a change; whatever the exchange shows, nothing is to do then, now and later.
fn changed(sandbox: &Sandbox, workspace: &Workspace, blocks: Vec<Block>) {
    workspace.configure(config(blocks));
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [0, 1, 0, 0], "{plan}");
    let log = sandbox.during(|| {
        workspace.apply(&[]).ok();
        workspace.plan(&[]).empty();
        workspace.apply(&["-refresh-only"]).ok();
        workspace.plan(&[]).empty();
    });
    assert_eq!(log.methods(), ["PATCH"], "{:#?}", log.changes());
}

/// What the exchange shows of a port, circuit or config.
fn shown(sandbox: &Sandbox, id: &str) -> serde_json::Value {
    let live = sandbox.live();
    let object = live.into_iter().find(|object| object["id"] == id);
    object.expect("it is live")["external_ref"].clone()
}

fn finds_the_hand_of_somebody(sandbox: &Sandbox, workspace: &Workspace, address: &str) -> Run {
    let id = workspace.held(address).text("id").to_owned();
    sandbox.patch(&id, json!({"external_ref": "old"}));
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [0, 1, 0, 0], "{plan}");
    assert_eq!(plan.drift()[address], "update", "{plan}");
    plan
}

#[test]
fn a_change_of_a_circuit_is_believed_until_the_exchange_shows_it() {
    let sandbox = Sandbox::start(&LAGGING);
    let of = |reference: &str| vec![referred(circuit("circuit"), reference)];
    let workspace = Workspace::new(&sandbox, config(of("old")));
    workspace.apply(&[]).ok();
    changed(&sandbox, &workspace, of("new"));
    // Once it has caught up, the old value is somebody's doing.
    sandbox.advance(2 * LAG);
    workspace.apply(&["-refresh-only"]).ok();
    workspace.plan(&[]).empty();
    let held = workspace.held("ixapi_p2p_vc.circuit");
    assert_eq!(held.text("external_ref"), "new");
    assert_eq!(shown(&sandbox, held.text("id")), "new");
    finds_the_hand_of_somebody(&sandbox, &workspace, "ixapi_p2p_vc.circuit");
}

#[test]
fn the_changes_of_a_config_are_believed_one_after_another() {
    let sandbox = Sandbox::start(&LAGGING);
    let of = |reference: &str, capacity: &str| {
        let mut blocks = peering_with(referred(lan("lan"), reference).with("capacity", capacity));
        blocks.extend([address("address"), session("session")]);
        blocks
    };
    let workspace = Workspace::new(&sandbox, config(of("old", "1000")));
    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    changed(&sandbox, &workspace, of("new", "2000"));
    changed(&sandbox, &workspace, of("newer", "3000"));
    sandbox.advance(2 * LAG);
    workspace.apply(&["-refresh-only"]).ok();
    workspace.plan(&[]).empty();
    let held = workspace.held(CONFIG);
    assert_eq!(held.values["capacity"], 3000);
    assert_eq!(held.text("external_ref"), "newer");
    finds_the_hand_of_somebody(&sandbox, &workspace, CONFIG);
}

#[test]
fn a_capacity_that_is_given_back_is_not_asked_for_again_while_the_exchange_lags() {
    let sandbox = Sandbox::start(&LAGGING);
    let of = |capacity: &str| {
        let mut blocks = circuit_with("{ vlan_type = \"dot1q\", vlan = 23 }");
        blocks[2] = blocks[2].clone().with("capacity", capacity);
        blocks
    };
    let workspace = Workspace::new(&sandbox, config(of("150")));
    workspace.apply(&[]).ok();
    changed(&sandbox, &workspace, of("null"));
    sandbox.advance(2 * LAG);
    workspace.apply(&["-refresh-only"]).ok();
    workspace.plan(&[]).empty();
    assert_eq!(workspace.held("ixapi_nsc.side").values["capacity"], 200);
}
