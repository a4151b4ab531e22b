//! Contacts and their roles: what is given and taken away, and what stands in the way.

use serde_json::json;

use acceptance_tests::config::{Block, NOC, config, contact, lan, peering_with, port};
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

const IMPLEMENTATION: &str = "4699403d-b264-4a47-9bbb-2c956dcd1a12";
/// It needs no telephone.
const REQUESTOR: &str = "30806be6-5856-41fb-8106-890474d1ba04";
const CONTACT: &str = "ixapi_contact.noc";
const ASSIGNMENTS: &str = "/role-assignments";

fn with_roles(roles: &[&str]) -> Block {
    let roles = json!(roles).to_string();
    contact("noc").with("roles", &roles)
}

#[test]
fn roles_are_given_and_taken_away_with_one_request_each() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([with_roles(&[NOC])]));
    workspace.apply(&[]).quiet();
    let noc = sandbox.only("role-assignments");
    workspace.configure(config([with_roles(&[IMPLEMENTATION])]));
    let log = sandbox.during(|| {
        workspace.apply(&[]).quiet();
        workspace.plan(&[]).empty();
    });
    assert_eq!(log.methods(), ["DELETE", "POST"], "{:#?}", log.changes());
    assert_eq!(log.count("DELETE", &format!("{ASSIGNMENTS}/{noc}")), 1);
    let ordered = log.orders();
    assert_eq!(ordered[0]["body"]["role"], IMPLEMENTATION);
    let held = workspace.held(CONTACT);
    let assignment = sandbox.only("role-assignments");
    assert_eq!(held.values["role_assignments"], json!([assignment]));
    workspace.destroy(&[]).ok();
    assert!(sandbox.live().is_empty(), "{:#?}", sandbox.live());
}

#[test]
fn a_contact_without_a_word_of_roles_leaves_them_alone() {
    let sandbox = Sandbox::start(&[]);
    let role = Block::new("resource", "role_assignment", "noc")
        .with("role", &format!("\"{NOC}\""))
        .with("contact", "ixapi_contact.noc.id");
    let workspace = Workspace::new(&sandbox, config([contact("noc"), role.clone()]));
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    let renamed = contact("noc").with("name", "\"Night desk\"");
    workspace.configure(config([renamed, role]));
    let log = sandbox.during(|| {
        workspace.apply(&[]).quiet();
        workspace.plan(&[]).empty();
    });
    assert_eq!(log.methods(), ["PATCH"], "{:#?}", log.changes());
    assert_eq!(sandbox.count("role-assignments"), 1);
}

/// The exchange wants the field as long as the contact has the role: the role goes first.
#[test]
fn a_contact_gives_up_a_role_and_what_the_role_needed_in_one_apply() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([with_roles(&[NOC])]));
    workspace.apply(&[]).quiet();
    let silent = with_roles(&[]).without("telephone");
    workspace.configure(config([silent]));
    let log = sandbox.during(|| {
        workspace.apply(&[]).quiet();
        workspace.plan(&[]).empty();
    });
    assert_eq!(log.methods(), ["DELETE", "PATCH"], "{:#?}", log.changes());
    workspace.configure(config([with_roles(&[NOC])]));
    let log = sandbox.during(|| {
        workspace.apply(&[]).quiet();
        workspace.plan(&[]).empty();
    });
    assert_eq!(log.methods(), ["PATCH", "POST"], "{:#?}", log.changes());
}

/// The port lets go of the role only after the contact was changed: an error there would mean that
/// it never does.
#[test]
fn a_role_that_a_port_uses_goes_with_the_next_apply() {
    let sandbox = Sandbox::start(&[]);
    let used = || port("port").with("role_assignments", "ixapi_contact.noc.role_assignments");
    let both = with_roles(&[NOC, IMPLEMENTATION]);
    let workspace = Workspace::new(&sandbox, config([both, used()]));
    workspace.apply(&[]).quiet();
    workspace.configure(config([with_roles(&[NOC]), used()]));
    let run = workspace.apply(&[]).ok();
    run.warns(&[IMPLEMENTATION, "for now", "Apply once more"]);
    let log = sandbox.during(|| {
        let plan = workspace.plan(&[]);
        assert_eq!(plan.changes()[CONTACT], "update", "{plan}");
        workspace.apply(&[]).quiet();
        workspace.plan(&[]).empty();
    });
    assert_eq!(log.count("DELETE", ASSIGNMENTS), 1, "{:#?}", log.changes());
    assert_eq!(sandbox.count("role-assignments"), 1);
}

#[test]
fn a_role_that_is_refused_is_told_and_made_good_by_the_next_apply() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([with_roles(&[IMPLEMENTATION, NOC])]));
    sandbox.fault(json!({
        "kind": "problem", "status": 403, "method": "POST", "path": "/role-assignments",
    }));
    // An error would taint the contact, and the next apply would make another one.
    let told = ["roles", "403", "in the state", "applying it goes on"];
    workspace.apply(&[]).ok().warns(&told);
    assert_eq!(workspace.addresses(), [CONTACT]);
    let id = workspace.held(CONTACT).text("id").to_owned();
    assert_eq!(workspace.plan(&[]).counts(), [0, 1, 0, 0]);
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    assert_eq!(workspace.held(CONTACT).text("id"), id);
    assert_eq!(sandbox.count("contacts"), 1);
    assert_eq!(sandbox.count("role-assignments"), 2);
    workspace.destroy(&[]).ok();
    assert!(sandbox.live().is_empty(), "{:#?}", sandbox.live());
}

#[test]
fn a_role_that_is_refused_to_a_contact_in_use_leaves_it_untainted() {
    let sandbox = Sandbox::start(&[]);
    let silent = || with_roles(&[REQUESTOR]).without("telephone");
    let workspace = Workspace::new(&sandbox, config([silent()]));
    workspace.apply(&[]).quiet();
    let id = workspace.held(CONTACT).text("id").to_owned();
    let more = with_roles(&[REQUESTOR, NOC]).without("telephone");
    workspace.configure(config([more]));
    workspace
        .apply(&[])
        .one_error(&["role", "NoC", "telephone"]);
    assert_eq!(workspace.held(CONTACT).text("id"), id);
    workspace.configure(config([with_roles(&[REQUESTOR, NOC])]));
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    assert_eq!(workspace.held(CONTACT).text("id"), id);
    assert_eq!(sandbox.count("role-assignments"), 2);
}

#[test]
fn a_contact_in_use_is_not_deleted_and_it_is_told_by_what() {
    let sandbox = Sandbox::start(&[]);
    let mut blocks = peering_with(lan("lan"));
    blocks[0] = blocks[0].clone().with("timeouts", "{ delete = \"1s\" }");
    let workspace = Workspace::new(&sandbox, config(blocks));
    workspace.apply(&[]).ok();
    let lan = workspace.held("ixapi_nsc.lan").text("id").to_owned();
    let contact = workspace.held(CONTACT).text("id").to_owned();
    workspace.run(&["state", "rm", "ixapi_nsc.lan"]).ok();
    workspace
        .destroy(&["-target=ixapi_contact.noc"])
        .one_error(&[&contact, &lan, "used by"]);
    assert_eq!(workspace.held(CONTACT).text("id"), contact);
    assert_eq!(sandbox.count("role-assignments"), 1);
}
