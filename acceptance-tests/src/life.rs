//! The life that every scenario goes through: ordered, changed, refreshed, imported elsewhere and
//! cancelled, with an empty plan after every step and each object ordered once.

use std::collections::BTreeMap;

use crate::config::PROVIDER;
use crate::sandbox::Sandbox;
use crate::scenario::Scenario;
use crate::workspace::{Held, Workspace};

const CHANGED: &str = "-var=changed=true";

/// Leads a scenario through its life, with a sandbox that is started with these arguments.
pub fn live(name: &str, sandbox_arguments: &[&str]) {
    let scenario = Scenario::named(name);
    let sandbox = Sandbox::start(sandbox_arguments);
    let workspace = Workspace::new(&sandbox, &scenario.config);

    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    let arguments: &[&'static str] = match scenario.has_a_change() {
        true => &[CHANGED],
        false => &[],
    };
    if scenario.has_a_change() {
        change(&sandbox, &workspace);
    }
    refresh(&sandbox, &workspace, arguments);

    let state = workspace.state();
    if !scenario.has_several_parties() {
        describes_itself(&sandbox, &state);
    }
    let heir = take_over(&sandbox, &scenario, &state, arguments);
    heir.destroy(arguments).ok();
    assert_eq!(heir.addresses(), Vec::<String>::new());
    leaves_nothing(&sandbox, &state);
}

/// All changes are made in place, with one request each.
fn change(sandbox: &Sandbox, workspace: &Workspace) {
    let before = ids(&workspace.state());
    let plan = workspace.plan(&[CHANGED]);
    assert_eq!(plan.code, Some(2), "the change is no change: {plan}");
    let mut actions = plan.changes();
    actions.retain(|_, action| action != "read");
    let in_place = |action: &String| action == "update";
    assert!(actions.values().all(in_place), "not all in place: {plan}");
    let log = sandbox.during(|| {
        workspace.apply(&[CHANGED]).ok();
    });
    let patches = vec!["PATCH"; actions.len()];
    assert_eq!(log.methods(), patches, "{:#?}", log.changes());
    assert_eq!(ids(&workspace.state()), before);
    workspace.plan(&[CHANGED]).empty();
}

/// A refresh finds nothing that a second one finds again, and nothing to do.
fn refresh(sandbox: &Sandbox, workspace: &Workspace, arguments: &[&'static str]) {
    let refreshing = [&["-refresh-only"], arguments].concat();
    let log = sandbox.during(|| {
        workspace.apply(&refreshing).ok();
        workspace.plan(&refreshing).finds_nothing();
        workspace.plan(arguments).empty();
    });
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
}

/// The configuration that Terraform writes of what it imports asks for nothing else than what is.
fn describes_itself(sandbox: &Sandbox, state: &[Held]) {
    let scribe = Workspace::new(sandbox, PROVIDER);
    let imports: String = state
        .iter()
        .enumerate()
        .map(|(number, held)| {
            let (kind, id) = (held.kind(), held.text("id"));
            format!("import {{\n  to = {kind}.number_{number}\n  id = \"{id}\"\n}}\n")
        })
        .collect();
    scribe.write("imports.tf", imports);
    let imported = i64::try_from(state.len()).expect("few");
    let plan = scribe.plan(&["-generate-config-out=generated.tf"]);
    assert_eq!(plan.counts(), [0, 0, 0, imported], "{plan}");
    let plan = scribe.plan(&[]);
    assert_eq!(plan.counts(), [0, 0, 0, imported], "{plan}");
}

/// Imports all that is in the state into a fresh one, from where nothing is to do either.
fn take_over(
    sandbox: &Sandbox,
    scenario: &Scenario,
    state: &[Held],
    arguments: &[&str],
) -> Workspace {
    let heir = Workspace::new(sandbox, &scenario.config);
    let imports: String = state
        .iter()
        .map(|held| {
            let (address, id) = (&held.address, held.text("id"));
            format!("import {{\n  to = {address}\n  id = \"{id}\"\n}}\n")
        })
        .collect();
    heir.write("imports.tf", imports);
    let imported = i64::try_from(state.len()).expect("few");
    let log = sandbox.during(|| {
        let plan = heir.plan(arguments);
        assert_eq!(plan.counts(), [0, 0, 0, imported], "{plan}");
        heir.apply(arguments).ok();
        heir.plan(arguments).empty();
    });
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
    assert_eq!(ids(&heir.state()), ids(state));
    heir
}

fn leaves_nothing(sandbox: &Sandbox, state: &[Held]) {
    let (live, cancelling) = (sandbox.live(), sandbox.cancelling());
    assert!(live.is_empty(), "still live: {live:#?}");
    assert!(cancelling.is_empty(), "not gone yet: {cancelling:#?}");
    let log = sandbox.log();
    let orders = log.orders();
    assert_eq!(orders.len(), state.len(), "not once each: {orders:#?}");
}

fn ids(state: &[Held]) -> BTreeMap<String, String> {
    state
        .iter()
        .map(|held| (held.address.clone(), held.text("id").to_owned()))
        .collect()
}
