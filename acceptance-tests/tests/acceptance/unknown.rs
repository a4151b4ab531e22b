//! Values that are not known when a plan is made: most likely they are what they were.

use serde_json::json;

use acceptance_tests::config::{circuit, config, port, side};
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

const PORT: &str = "ixapi_connection.port";

/// Ports, circuits and configs whose arguments all pass through something that the plan does not
/// know once any of them, or the note, changes.
fn inputs(quantity: u8, note: &str) -> String {
    let port = port("port").with("port_quantity", "terraform_data.site.output.quantity");
    let port = port.with("mode", "terraform_data.site.output.mode");
    let side = side("side", "port", "{ vlan_type = \"dot1q\", vlan = 23 }");
    let side = side
        .with("network_service", "terraform_data.ends.output.service")
        .with("network_connection", "terraform_data.ends.output.port");
    let mode = if quantity == 1 {
        "standalone"
    } else {
        "lag_lacp"
    };
    let inputs = format!(
        r#"
resource "terraform_data" "site" {{
  input = {{ quantity = {quantity}, mode = "{mode}", note = "{note}" }}
}}

resource "terraform_data" "ends" {{
  input = {{
    service = ixapi_p2p_vc.circuit.id
    port    = ixapi_connection.port.id
    note    = "{note}"
  }}
}}
"#
    );
    config([port, circuit("circuit"), side]) + &inputs
}

fn ids(workspace: &Workspace) -> Vec<String> {
    let held = workspace.state().into_iter();
    held.map(|held| held.text("id").to_owned()).collect()
}

#[test]
fn what_is_not_known_yet_replaces_nothing_and_is_what_it_was() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, inputs(1, "a"));
    workspace.apply(&[]).ok();
    let before = ids(&workspace);
    workspace.configure(inputs(1, "b"));
    let plan = workspace.plan(&[]);
    let [adds, changes, destroys, _] = plan.counts();
    assert_eq!([adds, destroys], [0, 0], "{plan}");
    assert_eq!(
        changes, 4,
        "two inputs, and the two that they reach: {plan}"
    );
    workspace.apply(&[]).ok();
    assert_eq!(ids(&workspace), before);
    workspace.plan(&[]).empty();
    let sent = sandbox.log();
    assert_eq!(sent.methods(), ["POST"; 3], "{:#?}", sent.changes());
}

#[test]
fn what_turns_out_to_be_another_one_is_refused_before_a_plan_has_shown_it() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, inputs(1, "a"));
    workspace.apply(&[]).ok();
    let id = workspace.held(PORT).text("id").to_owned();
    workspace.configure(inputs(2, "b"));
    assert_eq!(workspace.plan(&[]).counts()[2], 0);
    let error = [
        "needs a new port or LAG",
        "Nothing was changed",
        "Plan again",
    ];
    let applied = workspace.apply(&[]).fails();
    let told = applied.output();
    for words in error {
        assert!(told.contains(words), "{applied}");
    }
    assert!(!told.contains("inconsistent"), "{applied}");
    assert_eq!(workspace.held(PORT).text("id"), id);
    assert_eq!(sandbox.log().methods(), ["POST"; 3]);
    // Now it is known, and shown.
    let shown = workspace.plan(&[]);
    assert_eq!(shown.changes()[PORT], "replace", "{shown}");
}

/// The exchange counts the ports that a LAG was grown by.
#[test]
fn a_grown_lag_is_imported_with_the_ports_that_it_was_ordered_with() {
    let sandbox = Sandbox::start(&[]);
    let lag = || port("port").with("mode", "\"lag_lacp\"");
    let first = Workspace::new(&sandbox, config([lag()]));
    first.apply(&[]).ok();
    let id = sandbox.only("connections");
    sandbox.patch(&id, json!({"port_quantity": 2}));
    first.plan(&[]).empty();
    let workspace = Workspace::new(&sandbox, config([lag()]));
    let import = format!("import {{\n  to = {PORT}\n  id = \"{id}\"\n}}\n");
    workspace.write("imports.tf", import);
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [0, 1, 0, 1], "{plan}");
    plan.warns(&["port_quantity is noted, not sent"]);
    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    assert_eq!(sandbox.log().methods(), ["POST"]);
    // From here on it is known as what it was ordered.
    workspace.configure(config([lag().with("port_quantity", "3")]));
    assert_eq!(workspace.plan(&[]).changes()[PORT], "replace");
}
