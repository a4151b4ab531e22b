//! The life that every scenario goes through: ordered, changed, refreshed, imported elsewhere and
//! cancelled, with an empty plan after every step and each object ordered once.
//!
//! Some objects are not one order each. A contact's roles are role assignments at the exchange,
//! each ordered by itself; an IP address that the exchange allocated is found; and a letter is
//! uploaded, again for every change of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::config::PROVIDER;
use crate::sandbox::Sandbox;
use crate::scenario::Scenario;
use crate::workspace::{Held, Workspace};

const CHANGED: &str = "-var=changed=true";

/// No dialect goes on showing what was before a change for as long as this, in seconds.
const LONGEST_LAG: u32 = 60;

/// What a contact's roles are called, and the role assignments that they are at the exchange.
const LINKS: [&str; 2] = ["roles", "role_assignments"];
/// The only resources that have them, and the only ones that need not be ordered.
const CONTACT: &str = "ixapi_contact";
const ADDRESS: &str = "ixapi_ip";
const UPLOADED: &str = "ixapi_loa";

/// What is required and not shown.
const SECRETS: [&str; 2] = ["cloud_key", "content_base64"];

/// Leads a scenario through its life, with a sandbox that is started with these arguments.
pub fn live(name: &str, sandbox_arguments: &[&str]) {
    let scenario = Scenario::named(name);
    let sandbox = Sandbox::start(sandbox_arguments);
    let workspace = Workspace::new(&sandbox, &scenario.config);

    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    let mut links = links(&workspace.state());
    let arguments: &[&'static str] = match scenario.has_a_change() {
        true => &[CHANGED],
        false => &[],
    };
    if scenario.has_a_change() {
        change(&sandbox, &workspace);
    }
    // Only what was ordered is remembered. Of the rest a refresh believes what it is shown, so the
    // exchange catches up first.
    sandbox.advance(LONGEST_LAG);
    refresh(&sandbox, &workspace, arguments);
    workspace.plan(arguments).empty();

    let state = workspace.state();
    links.extend(self::links(&state));
    if !scenario.has_several_parties() {
        describes_itself(&sandbox, &state);
    }
    let heir = take_over(&sandbox, &scenario, &state, arguments);
    heir.destroy(arguments).ok();
    assert_eq!(heir.addresses(), Vec::<String>::new());
    leaves_nothing(&sandbox, &state, links.len());
}

/// All changes are made in place: what differs of an object with one request, and one more for each
/// role that a contact is given or loses.
fn change(sandbox: &Sandbox, workspace: &Workspace) {
    let before = workspace.state();
    let plan = workspace.plan(&[CHANGED]);
    assert_eq!(plan.code, Some(2), "the change is no change: {plan}");
    let mut actions = plan.changes();
    actions.retain(|_, action| action != "read");
    let in_place = |action: &String| action == "update";
    assert!(actions.values().all(in_place), "not all in place: {plan}");
    let log = sandbox.during(|| {
        workspace.apply(&[CHANGED]).ok();
    });
    let after = workspace.state();
    assert_eq!(ids(&after), ids(&before));
    let (had, have) = (links(&before), links(&after));
    let (given, taken) = (have.difference(&had).count(), had.difference(&have).count());
    let only_links = actions.keys().filter(|address| {
        let of = |state: &[Held]| without_links(state, address);
        of(&before) == of(&after)
    });
    let uploaded = actions
        .keys()
        .filter(|address| address.starts_with(UPLOADED));
    let uploads = uploaded.count();
    let patches = actions.len() - only_links.count() - uploads;
    let posts = given + uploads;
    for (method, expected) in [("PATCH", patches), ("POST", posts), ("DELETE", taken)] {
        let mut sent = log.methods();
        sent.retain(|sent| *sent == method);
        assert_eq!(sent.len(), expected, "{method} in {:#?}", log.changes());
    }
    workspace.plan(&[CHANGED]).empty();
}

/// A refresh finds nothing that a second one finds again.
fn refresh(sandbox: &Sandbox, workspace: &Workspace, arguments: &[&'static str]) {
    let refreshing = [&["-refresh-only"], arguments].concat();
    let log = sandbox.during(|| {
        workspace.apply(&refreshing).ok();
        workspace.plan(&refreshing).finds_nothing();
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
    if !fill_in_secrets(&scribe, state) {
        assert_eq!(plan.counts(), [0, 0, 0, imported], "{plan}");
    }
    let plan = scribe.plan(&[]);
    assert_eq!(plan.counts(), [0, 0, 0, imported], "{plan}");
}

/// Terraform writes null for what is sensitive. Of a secret that is required the person has to say
/// it; false where there is none.
fn fill_in_secrets(scribe: &Workspace, state: &[Held]) -> bool {
    if state.iter().all(|held| self::secrets(held).is_empty()) {
        return false;
    }
    let path = scribe.path("generated.tf");
    let generated = std::fs::read_to_string(&path).expect("a configuration");
    let mut text = String::new();
    let mut secrets = Vec::new();
    for line in generated.lines() {
        if let Some((_, number)) = line.split_once("\"number_") {
            let number = number.trim_end_matches(['"', ' ', '{']);
            let number: usize = number.parse().expect("a number");
            secrets = self::secrets(&state[number]);
        }
        let mut known = secrets.iter();
        match known.find(|(name, _)| line.trim_start().starts_with(name)) {
            Some((name, secret)) => text.push_str(&format!("  {name} = {secret:?}\n")),
            None => text.push_str(&format!("{line}\n")),
        }
    }
    scribe.write("generated.tf", text);
    true
}

/// What the person has to say of an object, by its name.
fn secrets(held: &Held) -> Vec<(&'static str, &str)> {
    let secret = |name| Some((name, held.values[name].as_str()?));
    SECRETS.into_iter().filter_map(secret).collect()
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

fn leaves_nothing(sandbox: &Sandbox, state: &[Held], links: usize) {
    let (live, cancelling) = (sandbox.live(), sandbox.cancelling());
    assert!(live.is_empty(), "still live: {live:#?}");
    assert!(cancelling.is_empty(), "not gone yet: {cancelling:#?}");
    let log = sandbox.log();
    let mut orders = log.orders();
    // One that the exchange sent on to an extension of its own was ordered there.
    orders.retain(|order| order["status"] != 400);
    let is_upload = |order: &Value| order["path"].as_str().is_some_and(|p| p.ends_with("/loa"));
    orders.retain(|order| !is_upload(order));
    let ordered = state.iter().filter(|held| is_ordered(held)).count();
    assert_eq!(orders.len(), ordered + links, "not once each: {orders:#?}");
}

/// Whether an object was ordered, and not uploaded, or found where the exchange had made it.
fn is_ordered(held: &Held) -> bool {
    let is_found = held.kind() == ADDRESS && !held.text("network_service_config").is_empty();
    held.kind() != UPLOADED && !is_found
}

/// The roles of the contacts that are managed with them: those of other contacts are either none or
/// resources of their own.
fn links(state: &[Held]) -> BTreeSet<(String, String)> {
    let own: BTreeSet<&str> = state
        .iter()
        .filter(|held| held.kind() != CONTACT)
        .map(|held| held.text("id"))
        .collect();
    let contacts = state.iter().filter(|held| held.kind() == CONTACT);
    let texts = |held: &Held, name: &str| -> Vec<String> {
        let elements = held.values[name].as_array().into_iter().flatten();
        elements
            .filter_map(|text| Some(text.as_str()?.to_ascii_lowercase()))
            .collect()
    };
    contacts
        .filter(|held| {
            let assignments = texts(held, LINKS[1]);
            !assignments.iter().any(|id| own.contains(id.as_str()))
        })
        .flat_map(|held| {
            let roles = texts(held, LINKS[0]);
            roles
                .into_iter()
                .map(|role| (held.address.clone(), role))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// What an object is, apart from the roles of a contact.
fn without_links(state: &[Held], address: &str) -> Option<Value> {
    let held = state.iter().find(|held| held.address == address)?;
    let mut values = held.values.clone();
    if held.kind() == CONTACT
        && let Some(values) = values.as_object_mut()
    {
        values.retain(|name, _| !LINKS.contains(&name.as_str()));
    }
    Some(values)
}

fn ids(state: &[Held]) -> BTreeMap<String, String> {
    state
        .iter()
        .map(|held| (held.address.clone(), held.text("id").to_owned()))
        .collect()
}
