//! What becomes of a change request: its circuit's owner grants it, or will not have it.

use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::scenario::Scenario;
use acceptance_tests::workspace::Workspace;

const REQUEST: &str = "ixapi_change_request.more";
const OWNED: &str = "product_offering       = \"503122.AMS.AMS\"";
const GRANTED: &str = "product_offering       = \"503124.AMS.AMS\"";

/// A circuit in production between two parties, whose joining member has asked for more.
fn asked(sandbox: &Sandbox) -> (Workspace, String) {
    let config = Scenario::named("change_request").config;
    assert!(config.contains(OWNED));
    let workspace = Workspace::new(sandbox, &config);
    workspace.apply(&[]).ok();
    (workspace, config)
}

fn circuit(workspace: &Workspace) -> (String, String) {
    workspace.apply(&["-refresh-only"]).ok();
    let circuit = workspace.held("ixapi_p2p_vc.circuit");
    let text = |name: &str| circuit.text(name).to_owned();
    (text("state"), text("product_offering"))
}

#[test]
fn a_request_that_is_granted_stays_as_what_was_agreed() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let (workspace, config) = asked(&sandbox);
    let pending = (
        "production_change_pending".to_owned(),
        "503122.AMS.AMS".to_owned(),
    );
    assert_eq!(circuit(&workspace), pending);
    workspace.configure(config.replace(OWNED, GRANTED));
    let plan = workspace.plan(&[]);
    assert_eq!(plan.changes().len(), 1, "{plan}");
    let log = sandbox.during(|| {
        workspace.apply(&[]).ok();
    });
    assert_eq!(log.methods(), ["PATCH"]);
    let granted = ("production".to_owned(), "503124.AMS.AMS".to_owned());
    assert_eq!(circuit(&workspace), granted);
    workspace.plan(&[]).empty();
    assert_eq!(
        workspace.held(REQUEST).text("product_offering"),
        "503124.AMS.AMS"
    );
    // Taking it out of the configuration takes nothing back.
    let without = config
        .split("resource \"ixapi_change_request\"")
        .next()
        .unwrap();
    workspace.configure(without.replace(OWNED, GRANTED));
    workspace.apply(&[]).ok();
    assert_eq!(circuit(&workspace), granted);
    workspace.plan(&[]).empty();
}

#[test]
fn a_request_that_the_owner_will_not_have_is_told_and_would_be_made_again() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let (workspace, _) = asked(&sandbox);
    let id = workspace.held("ixapi_p2p_vc.circuit").text("id").to_owned();
    // The owner takes hold of it, to take it away.
    let owner = Workspace::new(&sandbox, acceptance_tests::config::PROVIDER);
    owner.write(
        "request.tf",
        format!(
            "resource \"ixapi_change_request\" \"theirs\" {{\n  network_service = {id:?}\n  \
             product_offering = \"503124.AMS.AMS\"\n  capacity = 400\n}}\n\
             import {{\n  to = ixapi_change_request.theirs\n  id = {id:?}\n}}\n"
        ),
    );
    owner.apply(&[]).ok();
    owner.destroy(&[]).ok();
    let back = ("production".to_owned(), "503122.AMS.AMS".to_owned());
    let plan = workspace.plan(&[]);
    let made = plan.changes().get(REQUEST).cloned();
    assert_eq!(made.as_deref(), Some("create"), "{plan}");
    plan.warns(&["change request", "is gone", "orders it anew"]);
    assert_eq!(circuit(&workspace), back);
    assert!(!workspace.addresses().contains(&REQUEST.to_owned()));
}
