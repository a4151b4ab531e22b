//! Configuration that the provider generates of what is imported. That it plans empty for an
//! object of every type, each scenario shows with whichever CLI (`acceptance_tests::life`); here is
//! what it looks like, and that it does so whatever state an object is in.

use acceptance_tests::cli::{Feature, can};
use acceptance_tests::config::{PROVIDER, config, contact, mac, port};
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;
use serde_json::json;

/// A role that needs nothing.
const ROLE: &str = "[\"30806be6-5856-41fb-8106-890474d1ba04\"]";

/// Imports these into a folder of their own, and has the configuration generated.
fn scribe(sandbox: &Sandbox, imports: &[(&str, &str)]) -> Workspace {
    let imports: String = imports
        .iter()
        .map(|(to, id)| format!("import {{\n  to = {to}\n  id = {id:?}\n}}\n"))
        .collect();
    Workspace::new(sandbox, PROVIDER.to_owned() + &imports)
}

/// The lines that were generated of one resource, but for those of what is not set.
fn generated(workspace: &Workspace, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(workspace.path("generated.tf")).expect("a configuration");
    let header = format!("\" \"{name}\" {{");
    let lines = text.lines().skip_while(|line| !line.ends_with(&header));
    let lines = lines.skip(1).take_while(|line| *line != "}");
    let words = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    words.filter(|line| !line.ends_with(" = null")).collect()
}

#[test]
fn what_is_generated_is_what_a_person_would_write() {
    if !can(Feature::Generated) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let noc = contact("noc").with("roles", ROLE);
    let port = port("port")
        .with("external_ref", "\"ams-1\"")
        .with("connecting_party", "\"Moonpeer\"")
        .with("role_assignments", "ixapi_contact.noc.role_assignments");
    let first = Workspace::new(&sandbox, config([noc, port, mac("router")]));
    first.apply(&[]).ok();
    let held = |address: &str| first.held(address);
    let [noc, port, mac] = [
        "ixapi_contact.noc",
        "ixapi_connection.port",
        "ixapi_mac.router",
    ]
    .map(|address| (address, held(address).text("id").to_owned()));
    let imports = [&noc, &port, &mac].map(|(address, id)| (*address, id.as_str()));
    let scribe = scribe(&sandbox, &imports);
    let plan = scribe.plan(&["-generate-config-out=generated.tf"]);
    assert_eq!(plan.counts(), [0, 0, 0, 3], "{plan}");
    let lines = generated(&scribe, "port");
    let names: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.split(' ').next())
        .collect();
    let said = [
        "billing_account",
        "connecting_party",
        "consuming_account",
        "external_ref",
        "managing_account",
        "mode",
        "port_quantity",
        "product_offering",
        "role_assignments",
    ];
    assert_eq!(names, said, "{lines:#?}");
    let lines = generated(&scribe, "noc");
    assert!(lines.contains(&format!("roles = {ROLE}")), "{lines:#?}");
    let lines = generated(&scribe, "router");
    assert!(
        lines.iter().all(|line| !line.contains("state")),
        "{lines:#?}"
    );
}

#[test]
fn in_whatever_state_an_object_is_nothing_is_to_be_changed_for_what_was_generated() {
    if !can(Feature::Generated) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let first = Workspace::new(&sandbox, config([port("port")]));
    first.apply(&[]).ok();
    let id = first.held("ixapi_connection.port").text("id").to_owned();
    for state in [
        "allocated",
        "testing",
        "production",
        "production_change_pending",
        "operator",
        "scheduled",
        "decommission_requested",
    ] {
        sandbox.set_state(&id, state, json!([]));
        let scribe = scribe(&sandbox, &[("ixapi_connection.port", &id)]);
        let plan = scribe.plan(&["-generate-config-out=generated.tf"]);
        let counts = plan.counts();
        assert_eq!(
            [counts[0], counts[2], counts[3]],
            [0, 0, 1],
            "{state}: {plan}"
        );
        // What is on its way is waited for, which Terraform counts as a change.
        let change = scribe.planned_change("ixapi_connection.port");
        let (before, after) = (&change["before"], &change["after"]);
        let moving = change["after_unknown"].as_object().expect("an object");
        for (name, value) in before.as_object().expect("an object") {
            let moves = moving.get(name).is_some_and(|unknown| *unknown == true);
            assert!(moves || after[name] == *value, "{state}: {name} of {plan}");
        }
        let configurable = ["external_ref", "mode", "decommission_at", "lacp_timeout"];
        assert!(
            configurable.iter().all(|name| moving.get(*name).is_none()),
            "{state}"
        );
    }
}
