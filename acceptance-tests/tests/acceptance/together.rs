//! Many objects are read, and waited for, together.

use serde_json::json;

use acceptance_tests::config::{Block, config, port};
use acceptance_tests::sandbox::{Log, Sandbox};
use acceptance_tests::workspace::Workspace;

const MANY: usize = 40;

fn estate() -> Block {
    port("port")
        .with("count", &MANY.to_string())
        .with("external_ref", "\"port-${count.index}\"")
}

/// An exchange with many ports in production, and their state.
fn ordered(arguments: &[&str]) -> (Sandbox, Workspace) {
    let sandbox = Sandbox::start(arguments);
    let workspace = Workspace::new(&sandbox, config([estate()]));
    workspace.apply(&[]).ok();
    workspace.apply(&["-refresh-only"]).ok();
    workspace.apply(&["-refresh-only"]).ok();
    (sandbox, workspace)
}

/// How often the exchange was asked for ports: by lists, and alone.
fn asked(log: &Log) -> (usize, usize) {
    let gets = log.0.iter().filter(|entry| entry["method"] == "GET");
    let paths = gets.filter_map(|entry| entry["path"].as_str());
    let paths = paths.filter(|path| path.starts_with("/connections"));
    let (lists, alone): (Vec<&str>, Vec<&str>) = paths.partition(|path| *path == "/connections");
    (lists.len(), alone.len())
}

#[test]
fn a_plan_of_many_asks_for_their_list_and_one_without_sharing_for_each() {
    for pages in [&[][..], &["--page-size", "15"]] {
        let (sandbox, mut workspace) = ordered(pages);
        let log = sandbox.during(|| {
            workspace.plan(&[]).empty().quiet();
        });
        let (lists, alone) = asked(&log);
        assert!((1..=5).contains(&lists) && alone <= 8, "{lists} {alone}");
        workspace.set("IX_API_SHARED_READS", "false");
        let log = sandbox.during(|| {
            workspace.plan(&[]).empty().quiet();
        });
        assert_eq!(asked(&log), (0, MANY));
    }
}

#[test]
fn what_has_changed_or_is_gone_among_many_is_seen() {
    let (sandbox, workspace) = ordered(&[]);
    let held = |number: usize| {
        let held = workspace.held(&format!("ixapi_connection.port[{number}]"));
        held.text("id").to_owned()
    };
    let (changed, gone) = (held(20), held(30));
    sandbox.patch(&changed, json!({ "purchase_order": "by the portal" }));
    sandbox.remove("connections", &gone);
    let log = sandbox.during(|| {
        let plan = workspace.plan(&[]);
        let plan = plan.warns(&[&gone, "is gone", "orders it anew"]);
        let actions = [(20, "update"), (30, "create")];
        let actions = actions.map(|(number, action)| {
            let address = format!("ixapi_connection.port[{number}]");
            (address, action.to_owned())
        });
        assert_eq!(plan.changes(), actions.into());
    });
    assert!(asked(&log).1 <= 12, "{:?}", asked(&log));
}

#[test]
fn many_who_wait_share_their_looks() {
    let sandbox = Sandbox::start(&["--step-ms", "6000"]);
    // With references of their own they would be looked for before they are ordered.
    let ports = port("port")
        .with("count", &MANY.to_string())
        .with("external_ref", "null");
    let mut workspace = Workspace::new(&sandbox, config([ports]));
    workspace.set("IX_API_POLL_INTERVAL", "2s");
    let log = sandbox.during(|| {
        workspace.apply(&[&format!("-parallelism={MANY}")]).ok();
    });
    let (lists, alone) = asked(&log);
    // Each looks some five times; alone it does so once it has gone on.
    assert!(
        lists <= 12 && alone < 2 * MANY,
        "{lists} lists, {alone} alone"
    );
    assert_eq!(sandbox.count("connections"), MANY);
}

#[test]
fn data_sources_that_ask_the_same_ask_once() {
    let sandbox = Sandbox::start(&[]);
    let names = ["one", "other", "third"];
    let pops = names.map(|name| format!("data \"ixapi_pops\" \"{name}\" {{}}\n"));
    let workspace = Workspace::new(&sandbox, config(Vec::<Block>::new()) + &pops.concat());
    let log = sandbox.during(|| {
        workspace.plan(&[]).ok();
    });
    assert_eq!(log.count("GET", "/pops"), 1);
}
