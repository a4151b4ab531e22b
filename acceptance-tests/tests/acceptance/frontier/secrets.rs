//! Secrets are stored and shown nowhere. Every workspace of these tests is searched in the end;
//! here one goes through a life with the most talkative log, and the search itself is tried.

use std::fs;

use acceptance_tests::cli::{Feature, can};
use acceptance_tests::config::{PROVIDER, config, peering_with, session};
use acceptance_tests::config::{address, lan, port};
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;
use serde_json::json;

const PASSWORD: &str = "hunter2-of-the-session";

fn with_password(argument: &str, value: &str) -> String {
    let session = session("session").with(argument, value);
    let session = match argument {
        "password_wo" => session.with("password_wo_version", "1"),
        _ => session,
    };
    let mut blocks = peering_with(lan("lan"));
    blocks.extend([address("address"), session]);
    let variable = "variable \"password\" {\n  type      = string\n  ephemeral = true\n}\n\n";
    let config = config(blocks);
    match argument {
        "password_wo" => config.replacen(PROVIDER, &format!("{PROVIDER}{variable}"), 1),
        _ => config,
    }
}

/// With the most talkative log, over a whole life, a provider that is killed in the middle
/// included.
#[test]
fn neither_files_nor_logs_nor_the_end_of_a_killed_provider_show_a_secret() {
    if !can(Feature::Ephemeral) || !can(Feature::WriteOnly) {
        return;
    }
    // With a clock that ticks, a new port is waited for.
    let sandbox = Sandbox::start(&["--step-ms", "1"]);
    let token = "ephemeral \"ixapi_access_token\" \"exchange\" {}\n";
    let text = format!("{}{token}", with_password("password_wo", "var.password"));
    let mut workspace = Workspace::new(&sandbox, &text);
    workspace.set("TF_LOG", "TRACE");
    workspace.set("TF_VAR_password", PASSWORD);
    workspace.keep_secret("the password", PASSWORD);
    workspace
        .run(&["plan", "-input=false", "-out=plan.bin"])
        .ok();
    workspace.run(&["apply", "-input=false", "plan.bin"]).ok();
    workspace.plan(&["-out=plan.bin"]).empty();

    sandbox.hold(json!({"collection": "connections", "state": "requested"}));
    workspace.configure(format!("{text}{}", port("other")));
    let looks = sandbox.log().count("GET", "/connections/");
    let apply = workspace.start_apply();
    sandbox.wait_for_requests("POST", "/connections", 2);
    sandbox.wait_for_requests("GET", "/connections/", looks + 4);
    let children = apply.children();
    assert!(!children.is_empty());
    children.iter().for_each(|child| child.signal("KILL"));
    let killed = apply.finish().fails();
    assert!(
        killed.output().contains("Plugin did not respond"),
        "{killed}"
    );
    assert!(killed.stderr.contains("tf_rpc"), "there is no trace");
    sandbox.release();
    workspace.apply(&[]).ok();
    workspace.run(&["show", "-json", "plan.bin"]).ok();
    workspace.destroy(&[]).ok();
    assert_eq!(workspace.revealed(), [""; 0]);
}

/// A search that finds nothing proves something only if it finds what is there.
#[test]
fn the_search_finds_what_terraform_stores_in_a_state_and_in_a_plan() {
    let sandbox = Sandbox::start(&[]);
    let text = with_password("password", &format!("\"{PASSWORD}\""));
    let mut workspace = Workspace::new(&sandbox, text);
    let what = "the password";
    workspace.keep_secret(what, PASSWORD);
    workspace
        .run(&["plan", "-input=false", "-out=plan.bin"])
        .ok();
    assert_eq!(workspace.revealed(), ["the password in plan.bin/tfplan"]);
    workspace.run(&["apply", "-input=false", "plan.bin"]).ok();
    let revealed = workspace.revealed();
    assert!(
        revealed.contains(&"the password in terraform.tfstate".to_owned()),
        "{revealed:?}"
    );
    workspace.run(&["show", "-json"]).ok();
    let shown = "the password in show -json".to_owned();
    assert!(workspace.revealed().contains(&shown));
    // Terraform stores it where a user writes it so.
    workspace.is_stored_by_choice(what);
    assert_eq!(workspace.revealed(), [""; 0]);
}

#[test]
fn the_search_finds_what_the_exchange_has_given_out_and_what_opens_it() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.plan(&[]);
    assert_eq!(workspace.revealed(), [""; 0]);
    let url = format!("{}/sandbox/tokens", sandbox.exported("IXAPI_SANDBOX_URL"));
    let tokens = ureq::get(url)
        .call()
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap();
    fs::create_dir(workspace.path("logs")).unwrap();
    workspace.write("logs/trace.txt", format!("authorization: {tokens}"));
    workspace.write("crash.log", sandbox.exported("IX_API_SECRET"));
    let mut revealed = workspace.revealed();
    revealed.sort();
    revealed.dedup();
    let expected = ["IX_API_SECRET in crash.log", "a token in logs/trace.txt"];
    assert_eq!(revealed, expected);
    for file in ["logs/trace.txt", "crash.log"] {
        fs::remove_file(workspace.path(file)).unwrap();
    }
}
