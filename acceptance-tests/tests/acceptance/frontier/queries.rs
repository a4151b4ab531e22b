//! `terraform query`: what exists is listed, and found again.

use acceptance_tests::cli::{Feature, can};
use acceptance_tests::config::{config, port};
use acceptance_tests::run::Run;
use acceptance_tests::sandbox::{ACCOUNT_A, Sandbox};
use acceptance_tests::scenario::Scenario;
use acceptance_tests::workspace::Workspace;
use serde_json::Value;

/// A workspace that only asks.
fn asking(sandbox: &Sandbox, question: &str) -> Workspace {
    let workspace = Workspace::new(sandbox, config([]));
    workspace.write("all.tfquery.hcl", question);
    workspace
}

fn query(workspace: &Workspace, more: &[&str]) -> Run {
    workspace.run(&[&["query", "-json"], more].concat())
}

/// What was found: identity and display name.
fn found(run: &Run) -> Vec<(String, String)> {
    let lines = run.stdout.lines();
    let lines = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter(|line| line["type"] == "list_resource_found")
        .map(|line| {
            let found = &line["list_resource_found"];
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (text(&found["identity"]["id"]), text(&found["display_name"]))
        })
        .collect()
}

const PORTS: &str = "list \"ixapi_connection\" \"all\" {\n  provider = ixapi\n}\n";

#[test]
fn what_exists_is_listed_by_a_name_that_a_person_knows() {
    if !can(Feature::Query) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let first = Workspace::new(&sandbox, config([port("port"), port("other")]));
    first.apply(&[]).ok();
    let run = query(&asking(&sandbox, PORTS), &[]).ok();
    let found = found(&run);
    assert_eq!(found.len(), 2, "{run}");
    for name in ["port", "other"] {
        let id = first
            .held(&format!("ixapi_connection.{name}"))
            .text("id")
            .to_owned();
        let title = format!("{name} ({id}) at AMS5-B, production");
        assert!(found.contains(&(id, title)), "{found:?}");
    }
}

#[test]
fn a_list_is_narrowed_and_says_what_its_limit_leaves_out() {
    if !can(Feature::Query) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let names = ["port", "other", "third"];
    let first = Workspace::new(&sandbox, config(names.map(port)));
    first.apply(&[]).ok();
    let block = |inside: &str| PORTS.replace("ixapi\n}", &format!("ixapi\n{inside}\n}}"));
    let one = block("  config {\n    external_ref = \"other\"\n  }");
    let run = query(&asking(&sandbox, &one), &[]).quiet();
    assert_eq!(found(&run).len(), 1, "{run}");
    let two = block("  limit = 2");
    let run = query(&asking(&sandbox, &two), &[]).ok();
    let run = run.warns(&["There are more than 2 of ixapi_connection", "higher limit"]);
    assert_eq!(found(&run).len(), 2, "{run}");
    let three = block("  limit = 3");
    let run = query(&asking(&sandbox, &three), &[]).quiet();
    assert_eq!(found(&run).len(), 3, "{run}");
    // What is on its way out cannot be brought into a state any more.
    let id = first.held("ixapi_connection.third").text("id").to_owned();
    sandbox.set_state(&id, "decommission_requested", serde_json::json!([]));
    let run = query(&asking(&sandbox, PORTS), &[]).quiet();
    assert_eq!(found(&run).len(), 2, "{run}");
    let wrong = block("  config {\n    mode = \"lag\"\n  }");
    query(&asking(&sandbox, &wrong), &[]).one_error(&["mode", "lag_lacp"]);
    let mut outsider = asking(&sandbox, PORTS);
    outsider.set("IX_API_SECRET", "wrong");
    query(&outsider, &[]).one_error(&["IX_API_SECRET"]);
}

/// Every type that can be listed, each without a limit that matters.
fn everything() -> String {
    let types = [
        "account",
        "cloud_vc",
        "connection",
        "contact",
        "ip",
        "mac",
        "member_joining_rule",
        "mp2mp_vc",
        "nfc",
        "nsc",
        "p2mp_vc",
        "p2p_vc",
        "port_reservation",
        "role_assignment",
        "routing_function",
    ];
    let list = |name: &str| {
        format!(
            "list \"ixapi_{name}\" \"all\" {{\n  provider = ixapi\n  limit = 1000\n  \
             include_resource = true\n}}\n"
        )
    };
    types.map(list).concat()
}

/// What was found of each type: the objects by id, as they are in a state.
fn objects(run: &Run) -> Vec<(String, Value)> {
    let lines = run.stdout.lines();
    let lines = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter(|line| line["type"] == "list_resource_found")
        .map(|line| {
            let found = &line["list_resource_found"];
            let kind = found["resource_type"].as_str().unwrap().to_owned();
            (kind, found["resource_object"].clone())
        })
        .collect()
}

/// Whether what was found says what the state says, but for what is the configuration's alone.
fn is_as_in_the_state(found: &Value, held: &Value) -> bool {
    let own = ["timeouts", "wait_for_state"];
    let held = held.as_object().unwrap().iter();
    let mut held = held.filter(|(name, _)| !own.contains(&name.as_str()));
    held.all(|(name, value)| plainly(value) == plainly(&found[name]))
}

/// A value in one spelling: ids come in either case, and sets in any order.
fn plainly(value: &Value) -> String {
    match value {
        Value::Array(elements) => {
            let mut elements: Vec<String> = elements.iter().map(plainly).collect();
            elements.sort();
            elements.join(",")
        }
        other => other.to_string().to_lowercase(),
    }
}

#[test]
fn everything_that_a_state_can_hold_is_found_as_an_import_would_have_it() {
    if !can(Feature::Query) {
        return;
    }
    let scenarios = [
        "account",
        "cloud_exchange_first",
        "connection_lag",
        "contact_roles",
        "mac",
        "member_joining_rule",
        "mp2mp_vc",
        "p2mp_vc",
        "p2p_vc_qinq",
        "peering",
        "role_assignment",
    ];
    for scenario in scenarios {
        let sandbox = Sandbox::start(&["--speed", "instant", "--dialect", "ix-api"]);
        let first = Workspace::new(&sandbox, Scenario::named(scenario).config);
        first.apply(&[]).ok();
        first.apply(&["-refresh-only"]).ok();
        let run = query(&asking(&sandbox, &everything()), &[]);
        let found = objects(&run);
        let state = first.state();
        let listed = state.iter().filter(|held| held.kind() != "ixapi_loa");
        for held in listed {
            let same = |(kind, object): &&(String, Value)| {
                kind == held.kind() && object["id"] == held.values["id"]
            };
            let (_, object) = found
                .iter()
                .find(same)
                .unwrap_or_else(|| panic!("{scenario}: no {} in {run}", held.address));
            assert!(
                is_as_in_the_state(object, &held.values),
                "{scenario}: {} is {object:#}, and in the state {:#}",
                held.address,
                held.values
            );
        }
    }
}

#[test]
fn many_are_found_page_by_page_with_few_requests() {
    if !can(Feature::Query) {
        return;
    }
    const MANY: usize = 300;
    let sandbox = Sandbox::start(&["--speed", "instant", "--page-size", "50"]);
    let port = serde_json::json!({
        "managing_account": ACCOUNT_A,
        "consuming_account": ACCOUNT_A,
        "billing_account": ACCOUNT_A,
        "mode": "standalone",
        "port_quantity": 1,
        "product_offering": "503234.AMS5-B.S",
        "role_assignments": [],
        "external_ref": "estate-{n}",
    });
    sandbox.order("connections", MANY, &port);
    let more = "ixapi\n  limit = 1000\n  include_resource = true\n}";
    let all = PORTS.replace("ixapi\n}", more);
    let mut asked = None;
    let log = sandbox.during(|| asked = Some(query(&asking(&sandbox, &all), &[]).quiet()));
    assert_eq!(found(&asked.unwrap()).len(), MANY);
    let requests = log.of("GET", "/").len();
    assert!(requests <= 24, "{requests} requests for {MANY} objects");
}

#[test]
fn what_is_found_is_written_as_configuration_that_plans_empty() {
    if !can(Feature::Query) {
        return;
    }
    for scenario in ["p2p_vc_qinq", "peering"] {
        let sandbox = Sandbox::start(&["--speed", "instant"]);
        let first = Workspace::new(&sandbox, Scenario::named(scenario).config);
        first.apply(&[]).ok();
        // What keeps role assignments is a contact, and what keeps reservations is a port.
        let kept = ["role_assignment", "port_reservation", "ip", "account"];
        let lists = everything();
        let lists = lists.split_inclusive("}\n");
        let lists: String = lists
            .filter(|list| {
                !kept
                    .iter()
                    .any(|kind| list.contains(&format!("\"ixapi_{kind}\"")))
            })
            .collect();
        let asker = asking(&sandbox, &lists);
        let run = query(&asker, &["-generate-config-out=found.tf"]);
        let count = i64::try_from(found(&run).len()).unwrap();
        assert!(count > 4, "{run}");
        std::fs::remove_file(asker.path("all.tfquery.hcl")).unwrap();
        let log = sandbox.during(|| {
            let plan = asker.plan(&[]);
            assert_eq!(plan.counts(), [0, 0, 0, count], "{scenario}: {plan}");
        });
        assert!(log.changes().is_empty());
        asker.apply(&[]).ok();
        asker.plan(&[]).empty();
    }
}
