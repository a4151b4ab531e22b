//! `export`: an estate with every kind of object, planned from a folder of its own with whichever
//! CLI: all of it is imported, and nothing is to do.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use acceptance_tests::config::{circuit, config, contact, port};
use acceptance_tests::programs;
use acceptance_tests::sandbox::{ACCOUNT_A, Sandbox};
use acceptance_tests::scenario::Scenario;
use acceptance_tests::workspace::Workspace;
use serde_json::{Value, json};

/// Every type that can be exported is in one of these, and every dialect has them.
const EVERYWHERE: [&str; 7] = [
    "connection",
    "connection_lag",
    "peering",
    "p2p_vc_qinq",
    "p2mp_vc",
    "member_joining_rule",
    "account",
];

/// What is in the dialect of the specification alone, or needs a secret.
const FURTHER: [&str; 3] = ["addresses", "cloud_provider_first", "cloud_routed"];

/// What an export said, and how it ended.
struct Exported {
    code: Option<i32>,
    said: String,
}

impl Exported {
    fn ok(self) -> Exported {
        assert_eq!(self.code, Some(0), "{}", self.said);
        self
    }

    fn says(&self, words: &[&str]) {
        for word in words {
            assert!(
                self.said.contains(word),
                "{word:?} is not in: {}",
                self.said
            );
        }
    }
}

/// Exports into a folder, with these variables in place of the sandbox's.
fn export_with(
    sandbox: &Sandbox,
    folder: &Path,
    more: &[&str],
    variables: &[(&str, &str)],
) -> Exported {
    let mut command = Command::new(programs::provider());
    command.arg("export").arg("--out").arg(folder).args(more);
    for (name, _) in std::env::vars_os() {
        let is_ours = name.to_str().is_some_and(|name| {
            name.starts_with("IX") || name.to_ascii_lowercase().ends_with("_proxy")
        });
        if is_ours {
            command.env_remove(name);
        }
    }
    let environment = sandbox.environment();
    command.envs(environment).envs(variables.iter().copied());
    let output = command.stdin(Stdio::null()).output();
    let output = output.expect("the provider starts");
    assert!(
        output.stdout.is_empty(),
        "all that is said goes to standard error"
    );
    Exported {
        code: output.status.code(),
        said: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn export(sandbox: &Sandbox, folder: &Path, more: &[&str]) -> Exported {
    export_with(sandbox, folder, more, &[])
}

/// A folder of its own with an export in it.
fn exported(sandbox: &Sandbox, more: &[&str]) -> (Workspace, Exported) {
    let workspace = Workspace::new(sandbox, "");
    // A folder with a configuration in it is refused, be it an empty one.
    std::fs::remove_file(workspace.path("main.tf")).unwrap();
    let folder = workspace.path(".");
    let exported = export(sandbox, &folder, more).ok();
    (workspace, exported)
}

/// The text of an exported file.
fn text(workspace: &Workspace, file: &str) -> String {
    let path = workspace.path(file);
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// How many resources an export has.
fn count(workspace: &Workspace) -> i64 {
    let files = workspace.files().into_iter();
    let files = files.filter(|(path, _)| path.extension().is_some_and(|end| end == "tf"));
    let blocks = files.map(|(_, text)| text.lines().filter(|l| l.starts_with("import {")).count());
    i64::try_from(blocks.sum::<usize>()).expect("few")
}

/// Says the secrets that an export asks for, as its owner would: as the states have them.
fn say_secrets(workspace: &mut Workspace, owners: &[Workspace]) {
    let variables = workspace.path("variables.tf");
    let Ok(variables) = std::fs::read_to_string(variables) else {
        return;
    };
    let held: Vec<_> = owners.iter().flat_map(Workspace::state).collect();
    let mut name = "";
    for line in variables.lines() {
        if let Some(variable) = line.strip_prefix("variable \"") {
            name = variable.trim_end_matches(['"', ' ', '{']);
        }
        if !line.contains("description") {
            continue;
        }
        let is_about = |id: &str| line.contains(&format!("({id})"));
        let of = held.iter().find(|held| is_about(held.text("id")));
        let of = of.unwrap_or_else(|| panic!("whose is {line}?"));
        let attribute = ["cloud_key", "service_key"];
        let attribute = attribute.into_iter().find(|known| name.ends_with(known));
        let secret = of.text(attribute.expect("a known secret"));
        workspace.set(&format!("TF_VAR_{name}"), secret);
    }
}

/// Orders what these scenarios are about; each in a folder of its own.
fn order(sandbox: &Sandbox, scenarios: &[&str]) -> Vec<Workspace> {
    let ordered = scenarios.iter().map(|name| {
        let workspace = Workspace::new(sandbox, Scenario::named(name).config);
        workspace.apply(&[]).ok();
        workspace
    });
    ordered.collect()
}

/// Plans and applies an export: all is imported, nothing changes, nothing is left to do.
fn takes_over(sandbox: &Sandbox, workspace: &Workspace) {
    let count = count(workspace);
    workspace.run(&["fmt", "-check", "-diff"]).ok();
    let log = sandbox.during(|| {
        let plan = workspace.plan(&[]);
        assert_eq!(plan.counts(), [0, 0, 0, count], "{plan}");
        workspace.apply(&[]).ok();
        workspace.plan(&[]).empty();
    });
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
}

fn every_kind(dialect: &str, scenarios: &[&str]) {
    let sandbox = Sandbox::start(&["--speed", "instant", "--dialect", dialect]);
    let owners = order(&sandbox, scenarios);
    let mut exported = None;
    let log = sandbox.during(|| exported = Some(self::exported(&sandbox, &[])));
    assert!(
        log.changes().is_empty(),
        "it only reads: {:#?}",
        log.changes()
    );
    let (mut workspace, said) = exported.expect("it was exported");
    let count = count(&workspace);
    said.says(&[&format!("Wrote {count} resources"), "terraform plan"]);
    say_secrets(&mut workspace, &owners);
    takes_over(&sandbox, &workspace);
    let here: BTreeSet<String> = workspace
        .state()
        .iter()
        .map(|h| h.kind().to_owned())
        .collect();
    let there = owners.iter().flat_map(Workspace::state);
    let there: BTreeSet<String> = there.map(|held| held.kind().to_owned()).collect();
    let missing: Vec<&String> = there.difference(&here).collect();
    // Role assignments go with their contacts.
    assert!(
        missing.iter().all(|kind| *kind == "ixapi_role_assignment"),
        "{missing:?}"
    );
    let mut secrets = BTreeSet::new();
    for held in owners.iter().flat_map(Workspace::state) {
        collect(&held.values, &mut secrets);
    }
    assert!(!secrets.is_empty());
    let files = workspace.files().into_iter();
    for (path, text) in files.filter(|(path, _)| path.extension().is_some_and(|e| e == "tf")) {
        let told = secrets
            .iter()
            .find(|secret| text.contains(&format!("\"{secret}\"")));
        assert!(told.is_none(), "{} tells a secret", path.display());
    }
}

/// Adds the secrets of an object.
fn collect(values: &Value, secrets: &mut BTreeSet<String>) {
    const SECRET: [&str; 4] = ["password", "bgp_password", "cloud_key", "service_key"];
    match values {
        Value::Array(all) => all.iter().for_each(|one| collect(one, secrets)),
        Value::Object(all) => all.iter().for_each(|(name, value)| match value.as_str() {
            Some(secret) if SECRET.contains(&name.as_str()) => drop(secrets.insert(secret.into())),
            _ => collect(value, secrets),
        }),
        _ => {}
    }
}

#[test]
fn an_estate_of_every_kind_is_taken_over_as_it_is() {
    every_kind("ix-api", &[&EVERYWHERE[..], &FURTHER].concat());
}

#[test]
fn an_estate_of_every_kind_is_taken_over_in_another_dialect() {
    every_kind("digital-realty", &EVERYWHERE);
}

#[test]
fn what_is_written_names_what_it_belongs_to() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let role = "[\"30806be6-5856-41fb-8106-890474d1ba04\"]";
    let awkward = r#""${a} %%{b} \"c\" \\ Zürich\n$$${d}""#.replace("${a}", "$${a}");
    let noc = contact("noc").with("roles", role).with("name", &awkward);
    let port = port("port")
        .with("external_ref", "\"AMS Edge 1\"")
        .with("role_assignments", "ixapi_contact.noc.role_assignments");
    let circuit = circuit("circuit").with("display_name", "\"To the office\"");
    let first = Workspace::new(&sandbox, config([noc, port, circuit]));
    first.apply(&[]).ok();
    let (workspace, _) = exported(&sandbox, &[]);
    let ports = text(&workspace, "connections.tf");
    for line in [
        "  to = ixapi_connection.ams_edge_1\n",
        "resource \"ixapi_connection\" \"ams_edge_1\" {\n",
        ".role_assignments\n",
        "  external_ref      = \"AMS Edge 1\"\n",
    ] {
        assert!(ports.contains(line), "{line:?} is not in {ports}");
    }
    // What is the catalogue's keeps its id, and is named.
    let offering = ports.lines().find(|line| line.contains("product_offering"));
    assert!(offering.is_some_and(|line| line.contains(" # ")), "{ports}");
    assert!(text(&workspace, "versions.tf").contains("ixapi-rs/ixapi"));
    let provider = text(&workspace, "provider.tf");
    assert!(!provider.contains(sandbox.exported("IX_API_SECRET")));
    takes_over(&sandbox, &workspace);
    // The same estate is written in the same way.
    let (again, _) = exported(&sandbox, &[]);
    assert_eq!(text(&again, "connections.tf"), ports);
}

#[test]
fn what_ends_and_what_is_not_wanted_is_left_out() {
    let args = ["--speed", "instant", "--notice-days", "30"];
    let sandbox = Sandbox::start(&args);
    let ports = config([port("port"), port("gone"), contact("noc")]);
    let first = Workspace::new(&sandbox, ports);
    first.apply(&[]).ok();
    let gone = first.held("ixapi_connection.gone").text("id").to_owned();
    sandbox.set_state(&gone, "decommission_requested", json!([]));
    let (all, said) = exported(&sandbox, &["--account", ACCOUNT_A]);
    said.says(&["1 that ended or are being cancelled"]);
    assert!(!text(&all, "connections.tf").contains(&gone));
    takes_over(&sandbox, &all);
    let (some, _) = exported(&sandbox, &["--type", "ixapi_contact"]);
    assert!(some.path("contacts.tf").exists() && !some.path("connections.tf").exists());
    // Another account of the customer's has none of these.
    let (other, said) = exported(&sandbox, &["--account", "A0073476"]);
    assert!(!other.path("connections.tf").exists(), "{}", said.said);
    // A group that another party shows to all does not say whose it is.
    let (_, said) = exported(&sandbox, &["--type", "mp2mp_vc"]);
    said.says(&["nothing to export", "1 of other accounts"]);
}

#[test]
fn nothing_is_written_where_it_would_not_be_right() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let first = Workspace::new(&sandbox, config([port("port")]));
    first.apply(&[]).ok();
    let folder = Workspace::new(&sandbox, "");
    let (path, fresh) = (folder.path("."), folder.path("fresh"));
    folder.write("connections.tf", "# mine\n");
    let refused = sandbox.during(|| {
        let taken = export(&sandbox, &path, &[]);
        assert_eq!(taken.code, Some(1));
        taken.says(&[
            "The folder is in use",
            "connections.tf",
            "Choose a new folder",
        ]);
    });
    assert!(refused.0.is_empty(), "the exchange is not even asked");
    assert_eq!(text(&folder, "connections.tf"), "# mine\n");
    assert!(!folder.path("provider.tf").exists());
    sandbox.fault(json!({ "kind": "problem", "status": 403, "path": "/macs", "times": 9 }));
    let forbidden = export(&sandbox, &folder.path("some"), &[]);
    assert_eq!(forbidden.code, Some(1));
    forbidden.says(&[
        "Not everything could be read",
        "MAC address",
        "go on being billed",
    ]);
    assert!(folder.path("some/connections.tf").exists());
    sandbox.forget_faults();
    let wrong = [("IX_API_SECRET", "wrong")];
    let shut_out = export_with(&sandbox, &fresh, &[], &wrong);
    assert_eq!(shut_out.code, Some(1));
    shut_out.says(&["Error:", "IX_API_SECRET"]);
    let unset = export_with(&sandbox, &fresh, &[], &[("IX_API_HOST", "")]);
    unset.says(&["api is missing", "IX_API_HOST"]);
    let unknown = export(&sandbox, &fresh, &["--type", "ports"]);
    unknown.says(&["There is no type \"ports\"", "connection"]);
    let another = export(&sandbox, &fresh, &["--account", "A0087264"]);
    another.says(&["not an account of yours", "A0087999"]);
    let misspelt = export(&sandbox, &fresh, &["--tpye", "mac"]);
    assert_eq!(misspelt.code, Some(2));
    misspelt.says(&["there is no argument \"--tpye\"", "--help"]);
    assert!(!fresh.exists());
}

#[test]
fn two_thousand_objects_take_a_few_requests() {
    let sandbox = Sandbox::start(&["--speed", "instant", "--page-size", "500"]);
    let body = json!({
        "managing_account": ACCOUNT_A,
        "consuming_account": ACCOUNT_A,
        "name": "Desk {n}",
        "external_ref": "desk-{n}",
    });
    sandbox.order("contacts", 1_000, &body);
    let body = json!({
        "managing_account": ACCOUNT_A,
        "consuming_account": ACCOUNT_A,
        "billing_account": ACCOUNT_A,
        "external_ref": "port-{n}",
        "mode": "standalone",
        "port_quantity": 1,
        "product_offering": "503234.AMS5-B.S",
        "role_assignments": [],
    });
    sandbox.order("connections", 1_000, &body);
    let log = sandbox.during(|| {
        let (workspace, said) = exported(&sandbox, &[]);
        let written: i64 = count(&workspace);
        assert!(written >= 2_000, "{}", said.said);
        let first = text(&workspace, "connections.tf");
        assert!(first.contains("\"ixapi_connection\" \"port_999\""));
    });
    let requests = log.0.len();
    assert!(requests < 60, "{requests} requests for 2,000 objects");
}

#[test]
fn an_empty_estate_writes_nothing() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, "");
    let folder = workspace.path("estate");
    let said = export(&sandbox, &folder, &["--type", "connection"]).ok();
    said.says(&["nothing to export"]);
    assert!(!folder.exists());
}
