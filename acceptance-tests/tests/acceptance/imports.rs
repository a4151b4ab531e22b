//! Imports by a reference of one's own: one, none, several, and what has none.

use acceptance_tests::config::{config, port};
use acceptance_tests::sandbox::{ACCOUNT_B, Sandbox};
use acceptance_tests::workspace::Workspace;

/// A configuration that imports a port by this id.
fn importing(id: &str) -> String {
    let block = format!("import {{\n  to = ixapi_connection.port\n  id = {id:?}\n}}\n");
    config([port("port")]) + &block
}

#[test]
fn one_that_bears_the_reference_is_imported_and_nothing_is_ordered() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let first = Workspace::new(&sandbox, config([port("port"), port("other")]));
    first.apply(&[]).ok();
    let id = first.held("ixapi_connection.port").text("id").to_owned();
    let heir = Workspace::new(&sandbox, importing("external_ref:port"));
    let log = sandbox.during(|| {
        let plan = heir.plan(&[]);
        assert_eq!(plan.counts(), [0, 0, 0, 1], "{plan}");
        heir.apply(&[]).ok();
        heir.plan(&[]).empty();
    });
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
    assert_eq!(heir.held("ixapi_connection.port").text("id"), id);
    // The id that is in the state is the exchange's: a second import finds nothing to do.
    heir.configure(importing(&id));
    heir.plan(&[]).empty();
}

#[test]
fn a_reference_that_nobody_bears_or_somebody_else_is_told() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let theirs = port("port").owned_by(ACCOUNT_B);
    let other = Workspace::of_party_b(&sandbox, config([theirs]));
    other.apply(&[]).ok();
    let workspace = Workspace::new(&sandbox, importing("external_ref:port"));
    let words = [
        "There is no port or LAG",
        "\"port\"",
        "Nothing was imported",
    ];
    workspace.plan(&[]).one_error(&words);
    workspace.configure(importing("external_ref: "));
    workspace.plan(&[]).one_error(&["An import needs an id"]);
    assert!(workspace.addresses().is_empty());
}

#[test]
fn a_reference_that_several_bear_is_told_with_their_ids() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let first = Workspace::new(&sandbox, config([port("port"), port("twin")]));
    first.apply(&[]).ok();
    // An order with it would be refused; a change is not.
    let twin = port("twin").with("external_ref", "\"port\"");
    first.configure(config([port("port"), twin]));
    first.apply(&[]).ok();
    let ids = ["port", "twin"].map(|name| {
        let held = first.held(&format!("ixapi_connection.{name}"));
        held.text("id").to_owned()
    });
    let workspace = Workspace::new(&sandbox, importing("external_ref:port"));
    let words = [
        "more than one",
        &ids[0],
        &ids[1],
        "by its id",
        "Nothing was imported",
    ];
    workspace.plan(&[]).one_error(&words);
    // One on its way out is no choice.
    sandbox.set_state(&ids[1], "decommission_requested", serde_json::json!([]));
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [0, 0, 0, 1], "{plan}");
}

#[test]
fn what_has_no_reference_is_imported_by_its_id_only() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([]));
    workspace.write(
        "assignment.tf",
        "resource \"ixapi_role_assignment\" \"noc\" {\n  role = \"r\"\n  contact = \"c\"\n}\n\
         import {\n  to = ixapi_role_assignment.noc\n  id = \"external_ref:noc\"\n}\n",
    );
    workspace.plan(&[]).one_error(&[
        "An import needs an id here",
        "ixapi_role_assignment has no external_ref",
    ]);
}

/// A clean-up after an import at a wrong address must not end what is at the right one.
#[test]
fn what_is_in_the_state_at_two_addresses_is_not_ended_at_one() {
    let sandbox = Sandbox::start(&[]);
    let twin = |name| port(name).with("external_ref", "\"edge\"");
    let one = || config([twin("one")]);
    let workspace = Workspace::new(&sandbox, one());
    workspace.apply(&[]).quiet();
    workspace.configure(config([twin("one"), twin("two")]));
    let import = [
        "import",
        "-no-color",
        "ixapi_connection.two",
        "external_ref:edge",
    ];
    workspace.run(&import).ok();
    workspace.plan(&[]).warns(&["is in the state twice"]);
    workspace.configure(one());
    let refused = workspace.apply(&[]).fails();
    assert!(
        refused.output().contains("is in the state twice"),
        "{refused}"
    );
    assert_eq!(sandbox.log().methods(), ["POST"]);
    workspace.run(&["state", "rm", "ixapi_connection.two"]).ok();
    workspace.plan(&[]).empty();
}
