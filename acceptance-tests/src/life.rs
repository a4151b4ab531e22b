//! The life that every scenario goes through: ordered, changed, refreshed, imported elsewhere and
//! cancelled, with an empty plan after every step and each object ordered once.

use std::collections::BTreeMap;

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
    let arguments: &[&str] = if scenario.has_a_change() {
        change(&sandbox, &workspace);
        &[CHANGED]
    } else {
        &[]
    };
    refresh(&sandbox, &workspace, arguments);

    let state = workspace.state();
    let heir = take_over(&sandbox, &scenario, &state, arguments);
    heir.destroy(arguments).ok();
    assert!(heir.state().is_empty(), "{:#?}", heir.state());
    leaves_nothing(&sandbox, &state);
}

/// All changes are made in place.
fn change(sandbox: &Sandbox, workspace: &Workspace) {
    let before = ids(&workspace.state());
    let plan = workspace.plan(&[CHANGED]);
    assert_eq!(plan.code, Some(2), "the change is no change: {plan}");
    let actions = plan.changes();
    assert!(
        actions.values().all(|action| action == "update"),
        "not all in place: {plan}"
    );
    sandbox.forget_for(|| {
        workspace.apply(&[CHANGED]).ok();
    });
    let log = sandbox.log();
    assert_eq!(log.methods().len(), actions.len(), "{:#?}", log.changes());
    assert!(
        log.methods().iter().all(|method| *method == "PATCH"),
        "not only changes: {:#?}",
        log.changes()
    );
    assert_eq!(ids(&workspace.state()), before);
    workspace.plan(&[CHANGED]).empty();
}

/// A refresh finds nothing that a second one would find again, and nothing to do.
fn refresh(sandbox: &Sandbox, workspace: &Workspace, arguments: &[&str]) {
    sandbox.forget_for(|| {
        let with = |more: &[&'static str]| [more, arguments_static(arguments)].concat();
        workspace.apply(&with(&["-refresh-only"])).ok();
        workspace.plan(&with(&["-refresh-only"])).empty();
        workspace.plan(&with(&[])).empty();
    });
    let log = sandbox.log();
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
}
