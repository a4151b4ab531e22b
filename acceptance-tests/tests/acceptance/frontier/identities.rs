//! Identities: they are kept beside the state, and one imports by them.

use acceptance_tests::cli::{Feature, can};
use acceptance_tests::config::{config, port};
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;
use serde_json::{Value, json};

/// The identities in the state file, by address.
fn identities(workspace: &Workspace) -> Vec<(String, Value)> {
    let text = std::fs::read_to_string(workspace.path("terraform.tfstate")).unwrap();
    let state: Value = serde_json::from_str(&text).unwrap();
    let resources = state["resources"].as_array().unwrap().iter();
    let managed = resources.filter(|resource| resource["mode"] == "managed");
    managed
        .map(|resource| {
            let text = |name: &str| resource[name].as_str().unwrap().to_owned();
            let address = format!("{}.{}", text("type"), text("name"));
            (address, resource["instances"][0]["identity"].clone())
        })
        .collect()
}

/// An import by identity.
fn importing(id: &str) -> String {
    let identity = format!("{{\n    id = {id:?}\n  }}");
    let block = format!("import {{\n  to = ixapi_connection.port\n  identity = {identity}\n}}\n");
    config([port("port")]) + &block
}

#[test]
fn an_object_has_its_id_as_its_identity_and_is_imported_by_it() {
    if !can(Feature::Identity) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let first = Workspace::new(&sandbox, config([port("port")]));
    first.apply(&[]).ok();
    let id = first.held("ixapi_connection.port").text("id").to_owned();
    for (address, identity) in identities(&first) {
        assert!(identity["id"].is_string(), "{address}: {identity}");
    }
    // A change keeps it, and so does another reading.
    first.configure(config([port("port").with("external_ref", "\"other\"")]));
    first.apply(&[]).ok();
    first.plan(&[]).empty();
    let kept = identities(&first);
    let of_port = kept
        .iter()
        .find(|(address, _)| address == "ixapi_connection.port");
    assert_eq!(of_port.unwrap().1, json!({ "id": id }));
    let heir = Workspace::new(&sandbox, importing(&id));
    let log = sandbox.during(|| {
        let plan = heir.plan(&[]);
        assert_eq!(plan.counts(), [0, 1, 0, 1], "{plan}");
    });
    assert!(log.changes().is_empty());
    heir.apply(&[]).ok();
    assert_eq!(heir.held("ixapi_connection.port").text("id"), id);
    heir.plan(&[]).empty();
}

#[test]
fn an_identity_that_nobody_has_is_told() {
    if !can(Feature::Identity) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let workspace = Workspace::new(&sandbox, importing("CANL-000000"));
    workspace.plan(&[]).one_error(&["CANL-000000"]);
    assert!(workspace.addresses().is_empty());
}

#[test]
fn a_replacement_gets_the_identity_of_the_new_object() {
    if !can(Feature::Identity) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let address = |address: &str| {
        config([]) + &format!("resource \"ixapi_mac\" \"m\" {{\n  address = {address:?}\n}}\n")
    };
    let workspace = Workspace::new(&sandbox, address("42:23:bc:8e:b8:b0"));
    workspace.apply(&[]).ok();
    let before = workspace.held("ixapi_mac.m").text("id").to_owned();
    workspace.configure(address("42:23:bc:8e:b8:b1"));
    workspace.apply(&[]).ok();
    let after = workspace.held("ixapi_mac.m").text("id").to_owned();
    assert_ne!(before, after);
    let of_mac = ("ixapi_mac.m".to_owned(), json!({ "id": after }));
    assert!(identities(&workspace).contains(&of_mac));
    workspace.plan(&[]).empty();
}

#[test]
fn a_state_without_identities_learns_them_in_place() {
    if !can(Feature::Identity) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    // As a CLI that knows no identities has written it.
    let file = workspace.path("terraform.tfstate");
    let mut state: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    for resource in state["resources"].as_array_mut().unwrap() {
        for instance in resource["instances"].as_array_mut().unwrap() {
            let instance = instance.as_object_mut().unwrap();
            instance.retain(|name, _| !name.starts_with("identity"));
        }
    }
    std::fs::write(&file, state.to_string()).unwrap();
    workspace.plan(&[]).empty();
    workspace.configure(config([port("port").with("external_ref", "\"other\"")]));
    workspace.apply(&[]).ok();
    assert!(
        identities(&workspace)
            .iter()
            .all(|(_, it)| it["id"].is_string())
    );
    workspace.plan(&[]).empty();
}
