//! Coming from the official provider `ix-api-net/ixapi`: by `moved` blocks, by another address of
//! its objects, by both. Whichever way, nothing is ordered, changed or cancelled.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use acceptance_tests::cli::{Feature, can, cli};
use acceptance_tests::config::{NOC, circuit, config, contact, mac, port};
use acceptance_tests::official::{Official, address, registry, replace_provider};
use acceptance_tests::programs;
use acceptance_tests::run::Run;
use acceptance_tests::sandbox::{Log, Sandbox};
use acceptance_tests::workspace::{Held, Workspace, quoted};

/// Objects of every type that the official provider has.
fn estate() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("official/estate.tf");
    fs::read_to_string(path).unwrap()
}

/// How many types the official provider has.
const THEIR_TYPES: usize = 18;

/// A sandbox with such objects, and the workspace from which they were ordered.
fn ordered(config: &str) -> (Sandbox, Workspace) {
    let sandbox = Sandbox::start(&[]);
    let first = Workspace::new(&sandbox, config);
    first.apply(&[]).ok();
    (sandbox, first)
}

/// Somebody who comes from the provider at that address. Its program has to be there, although
/// nobody asks it about an object that moves away from it: ours stands in.
fn comer(sandbox: &Sandbox, config: &str, installed: &[&str]) -> Workspace {
    let workspace = Workspace::new(sandbox, config);
    let folder = quoted(programs::folder());
    let all = ["ixapi-rs/ixapi"].iter().chain(installed);
    let all: String = all
        .map(|address| format!("    {address:?} = {folder}\n"))
        .collect();
    workspace.write(
        "cli.tfrc",
        format!(
            "disable_checkpoint = true\nprovider_installation {{\n  dev_overrides {{\n{all}  }}\n  \
             direct {{}}\n}}\n"
        ),
    );
    workspace
}

/// Plans, applies and plans again: nothing is to be added, changed or destroyed, and nothing said.
fn nothing_to_do(sandbox: &Sandbox, workspace: &Workspace) -> Run {
    let mut plan = None;
    let log = sandbox.during(|| {
        let planned = workspace.plan(&[]);
        assert!(planned.messages().is_empty(), "{planned}");
        assert_eq!(planned.counts(), [0, 0, 0, 0], "{planned}");
        workspace.apply(&[]).quiet();
        workspace.plan(&[]).quiet().empty();
        plan = Some(planned);
    });
    untouched(&log);
    plan.unwrap()
}

fn untouched(log: &Log) {
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
}

/// The values of all objects, by address.
fn values(state: Vec<Held>) -> BTreeMap<String, serde_json::Value> {
    state
        .into_iter()
        .map(|held| (held.address, held.values))
        .collect()
}

#[test]
fn every_type_of_the_official_provider_moves_here_and_nothing_is_planned() {
    if !can(Feature::Moves) {
        return;
    }
    let (sandbox, first) = ordered(&estate());
    let theirs = Official::of(&first, &address(), "old_");
    let types = theirs.moves.iter().map(|(from, _)| from.split('.').next());
    assert_eq!(
        types.collect::<std::collections::BTreeSet<_>>().len(),
        THEIR_TYPES
    );
    let workspace = comer(&sandbox, &estate(), &["ix-api-net/ixapi"]);
    theirs.put(&workspace);
    workspace.write("moved.tf", theirs.moved());
    let plan = nothing_to_do(&sandbox, &workspace);
    let changes = plan.changes();
    assert_eq!(changes.len(), theirs.moves.len(), "{plan}");
    assert!(changes.values().all(|action| action == "move"), "{plan}");
    first.apply(&[]).ok();
    assert_eq!(values(workspace.state()), values(first.state()));
    // The official provider is not needed any more, and neither are the blocks.
    let workspace_alone = comer(&sandbox, &estate(), &[]);
    let state = fs::read_to_string(workspace.path("terraform.tfstate")).unwrap();
    assert!(!state.contains("ix-api-net"));
    workspace_alone.write("terraform.tfstate", state);
    workspace_alone.plan(&[]).quiet().empty();
}

#[test]
fn with_the_address_replaced_only_types_of_another_name_need_a_moved_block() {
    if !can(Feature::Moves) {
        return;
    }
    let (sandbox, first) = ordered(&estate());
    let theirs = Official::of(&first, &address(), "");
    let alike = [
        "account",
        "contact",
        "connection",
        "port_reservation",
        "mac",
    ];
    for (from, _) in &theirs.moves {
        assert!(
            !alike
                .iter()
                .any(|name| from.starts_with(&format!("ixapi_{name}.")))
        );
    }
    // Nobody has the official provider any more.
    let workspace = Workspace::new(&sandbox, estate());
    theirs.put(&workspace);
    replace_provider(&workspace);
    // What is forgotten is an error, and is neither cancelled nor ordered anew.
    let log = sandbox.during(|| {
        let plan = workspace.plan(&[]).fails();
        assert!(
            plan.output().contains("no schema available for ixapi_"),
            "{plan}"
        );
    });
    untouched(&log);
    workspace.write("moved.tf", theirs.moved());
    nothing_to_do(&sandbox, &workspace);
    first.apply(&[]).ok();
    assert_eq!(values(workspace.state()), values(first.state()));
}

#[test]
fn with_the_official_provider_still_there_another_source_is_enough_for_types_of_the_same_name() {
    if !can(Feature::Moves) {
        return;
    }
    let (sandbox, first) = ordered(&estate());
    let theirs = Official::of(&first, &address(), "");
    let workspace = comer(&sandbox, &estate(), &["ix-api-net/ixapi"]);
    theirs.put(&workspace);
    workspace.write("moved.tf", theirs.moved());
    nothing_to_do(&sandbox, &workspace);
    let state = fs::read_to_string(workspace.path("terraform.tfstate")).unwrap();
    assert!(!state.contains("ix-api-net"));
}

#[test]
fn what_cannot_be_moved_is_forgotten_and_neither_ended_nor_ordered() {
    let (sandbox, first) = ordered(&config([port("port")]));
    let mut theirs = Official::of(&first, &address(), "");
    theirs.state["resources"][0]["type"] = "ixapi_network_service_p2p_vc".into();
    let workspace = Workspace::new(&sandbox, config([]));
    theirs.put(&workspace);
    replace_provider(&workspace);
    let log = sandbox.during(|| {
        workspace.plan(&[]).fails();
        workspace
            .run(&["state", "rm", "ixapi_network_service_p2p_vc.port"])
            .ok();
        workspace.plan(&[]).quiet().empty();
    });
    untouched(&log);
    assert_eq!(sandbox.count("connections"), 1);
}

#[test]
fn a_lag_that_has_grown_in_the_official_state_is_not_replaced() {
    let lag = port("lag")
        .with("mode", "\"lag_lacp\"")
        .with("port_quantity", "2");
    let (sandbox, first) = ordered(&config([lag.clone()]));
    let mut theirs = Official::of(&first, &address(), "");
    // It takes what the exchange shows, which counts the port that was added.
    *theirs.attribute("ixapi_connection.lag", "port_quantity") = 3.into();
    let workspace = Workspace::new(&sandbox, config([lag]));
    theirs.put(&workspace);
    replace_provider(&workspace);
    let log = sandbox.during(|| {
        let plan = workspace.plan(&[]);
        assert_eq!(plan.counts(), [0, 1, 0, 0], "{plan}");
        plan.warns(&["port_quantity is noted, not sent"]);
        workspace.apply(&[]).ok();
        workspace.plan(&[]).quiet().empty();
    });
    untouched(&log);
}

#[test]
fn all_instances_of_a_resource_move_by_one_block() {
    if !can(Feature::Moves) {
        return;
    }
    let circuit = config([circuit("circuit").with("for_each", "toset([\"a\", \"b\"])")]);
    let (sandbox, first) = ordered(&circuit);
    let theirs = Official::of(&first, &address(), "");
    let workspace = Workspace::new(&sandbox, circuit);
    theirs.put(&workspace);
    replace_provider(&workspace);
    let [from, to] = ["network_service_p2p_vc", "p2p_vc"].map(|t| format!("ixapi_{t}.circuit"));
    workspace.write(
        "moved.tf",
        format!("moved {{\n  from = {from}\n  to   = {to}\n}}\n"),
    );
    let plan = nothing_to_do(&sandbox, &workspace);
    assert_eq!(plan.changes().len(), 2, "{plan}");
}

#[test]
fn roles_by_their_names_are_refused_before_any_is_taken_away() {
    let noc = contact("noc").with("roles", &format!("[\"{NOC}\"]"));
    let (sandbox, first) = ordered(&config([noc.clone()]));
    let workspace = Workspace::new(&sandbox, config([noc.clone().with("roles", "[\"noc\"]")]));
    Official::of(&first, &address(), "").put(&workspace);
    replace_provider(&workspace);
    let log = sandbox.during(|| {
        let words = ["A role is written by its id", "\"noc\"", NOC, "ixapi_roles"];
        workspace.plan(&[]).one_error(&words);
        workspace.configure(config([noc]));
        workspace.plan(&[]).quiet().empty();
    });
    untouched(&log);
}

#[test]
fn what_another_provider_managed_is_not_taken_over() {
    if !can(Feature::Moves) {
        return;
    }
    let (sandbox, first) = ordered(&config([port("port")]));
    let stranger = format!("{}/example/ixapi", registry());
    let theirs = Official::of(&first, &stranger, "old_");
    let workspace = comer(&sandbox, &config([port("port")]), &["example/ixapi"]);
    theirs.put(&workspace);
    workspace.write("moved.tf", theirs.moved());
    let log = sandbox.during(|| {
        let refused = format!("Objects of {stranger} cannot be moved here");
        let known = "ix-api-net/ixapi and ixapi-rs/ixapi";
        let words = [refused.as_str(), known, "Nothing was changed"];
        workspace.plan(&[]).one_error(&words);
        // Nor does it become what it is not.
        let theirs = Official::of(&first, &address(), "old_");
        let workspace = comer(&sandbox, &config([mac("port")]), &["ix-api-net/ixapi"]);
        theirs.put(&workspace);
        let wrong = "moved {\n  from = ixapi_connection.old_port\n  to   = ixapi_mac.port\n}\n";
        workspace.write("moved.tf", wrong);
        let words = ["ixapi_connection becomes ixapi_connection, not ixapi_mac"];
        workspace.plan(&[]).one_error(&words);
    });
    untouched(&log);
}

#[test]
fn our_own_objects_move_between_registries_with_what_is_noted_of_them() {
    if !can(Feature::Moves) {
        return;
    }
    let (sandbox, first) = ordered(&config([port("port")]));
    let state = fs::read_to_string(first.path("terraform.tfstate")).unwrap();
    let elsewhere = match cli().is_tofu {
        true => "registry.terraform.io/ixapi-rs/ixapi",
        false => "registry.opentofu.org/ixapi-rs/ixapi",
    };
    let here = format!("{}/ixapi-rs/ixapi", registry());
    assert!(state.contains(&here));
    let workspace = comer(
        &sandbox,
        &config([port("edge").with("external_ref", "\"port\"")]),
        &[elsewhere],
    );
    workspace.write("terraform.tfstate", state.replace(&here, elsewhere));
    workspace.write(
        "moved.tf",
        "moved {\n  from = ixapi_connection.port\n  to   = ixapi_connection.edge\n}\n",
    );
    nothing_to_do(&sandbox, &workspace);
    let notes = |text: &str| {
        let state: serde_json::Value = serde_json::from_str(text).unwrap();
        state["resources"][0]["instances"][0]["private"].clone()
    };
    let after = fs::read_to_string(workspace.path("terraform.tfstate")).unwrap();
    assert!(after.contains(&here));
    assert_eq!(notes(&after), notes(&state));
}
