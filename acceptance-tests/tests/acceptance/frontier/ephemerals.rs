//! What is opened, used and stored nowhere: tokens, service keys, letters.

use std::fs;
use std::path::Path;

use acceptance_tests::cli::{Feature, can};
use acceptance_tests::config::{PROVIDER, config, port};
use acceptance_tests::sandbox::{ACCOUNT_A, ACCOUNT_B, Sandbox};
use acceptance_tests::workspace::{Workspace, quoted};
use tempfile::TempDir;

/// A program outside that is given values: each is a file in this folder then.
fn handed_to(folder: &Path, values: &[(&str, &str)]) -> String {
    let values = values.iter();
    let (names, environment): (Vec<_>, Vec<_>) = values
        .map(|(name, value)| (*name, format!("      {name} = {value}\n")))
        .unzip();
    let each = names
        .iter()
        .map(|name| format!("printf %s \\\"${name}\\\" > {name}"));
    let commands = each.collect::<Vec<_>>().join(" && ");
    format!(
        "resource \"terraform_data\" \"outside\" {{\n  provisioner \"local-exec\" {{\n    \
         working_dir = {}\n    command = \"{commands}\"\n    environment = {{\n{}    }}\n  \
         }}\n}}\n",
        quoted(folder),
        environment.concat()
    )
}

fn read(folder: &TempDir, name: &str) -> String {
    let path = folder.path().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// Plans to a file and applies that.
fn apply_as_planned(workspace: &Workspace) {
    workspace
        .run(&["plan", "-input=false", "-out=plan.bin"])
        .ok();
    workspace.run(&["apply", "-input=false", "plan.bin"]).ok();
}

#[test]
fn a_token_is_good_for_others_and_stored_nowhere() {
    if !can(Feature::Ephemeral) {
        return;
    }
    for flow in [&[][..], &["--dialect", "ix-api"]] {
        let sandbox = Sandbox::start(&[flow, &["--token-lifetime", "600"]].concat());
        let folder = TempDir::new().unwrap();
        let values = [
            ("TOKEN", "ephemeral.ixapi_access_token.exchange.token"),
            ("ENDS", "ephemeral.ixapi_access_token.exchange.expires_at"),
        ];
        let token = "ephemeral \"ixapi_access_token\" \"exchange\" {}\n\n";
        let outside = handed_to(folder.path(), &values);
        let workspace = Workspace::new(&sandbox, format!("{PROVIDER}{token}{outside}"));
        let before = jiff::Timestamp::now().as_second();
        apply_as_planned(&workspace);
        let after = jiff::Timestamp::now().as_second();
        let token = read(&folder, "TOKEN");
        let url = format!("{}/accounts", sandbox.exported("IX_API_HOST"));
        let answer = ureq::get(url)
            .header("authorization", format!("Bearer {token}"))
            .call();
        assert_eq!(answer.unwrap().status(), 200);
        let ends: jiff::Timestamp = read(&folder, "ENDS").parse().unwrap();
        let given_out = ends.as_second() - 600;
        assert!((before..=after).contains(&given_out), "{ends}");
        assert_eq!(workspace.revealed(), [""; 0]);
        workspace.plan(&[]).empty();
    }
}

#[test]
fn a_letter_is_had_without_being_stored() {
    if !can(Feature::Ephemeral) {
        return;
    }
    let sandbox = Sandbox::start(&[]);
    let folder = TempDir::new().unwrap();
    let letter = "ephemeral \"ixapi_loa\" \"letter\" {\n  network_connection = \
                  ixapi_connection.port.id\n}\n\n";
    let values = [
        ("LETTER", "ephemeral.ixapi_loa.letter.content_base64"),
        ("KIND", "ephemeral.ixapi_loa.letter.media_type"),
        ("DIGEST", "ephemeral.ixapi_loa.letter.sha256"),
    ];
    let outside = handed_to(folder.path(), &values);
    let text = format!("{}{letter}{outside}", config([port("port")]));
    let mut workspace = Workspace::new(&sandbox, text);
    apply_as_planned(&workspace);
    let letter = read(&folder, "LETTER");
    // "%PDF-" in Base64.
    assert!(letter.starts_with("JVBERi"), "{letter}");
    assert_eq!(read(&folder, "KIND"), "application/pdf");
    assert_eq!(read(&folder, "DIGEST").len(), 64);
    workspace.keep_secret("the letter", &letter);
    workspace.keep_secret("the digest of the letter", &read(&folder, "DIGEST"));
    workspace.plan(&["-out=plan.bin"]).empty();
    assert_eq!(workspace.revealed(), [""; 0]);
    workspace.destroy(&[]).ok();
}

/// Both parties in one configuration: the key of one's port is what the other orders with.
fn ordered_with_a_key(version: u32) -> String {
    let partners = port("partner")
        .owned_by(ACCOUNT_B)
        .with("provider", "ixapi.partner");
    format!(
        r#"{PROVIDER}
variable "b_key" {{
  type      = string
  ephemeral = true
}}

variable "b_secret" {{
  type      = string
  ephemeral = true
}}

provider "ixapi" {{
  alias      = "partner"
  api_key    = var.b_key
  api_secret = var.b_secret
}}

{partners}
ephemeral "ixapi_service_key" "partner" {{
  provider           = ixapi.partner
  network_connection = ixapi_connection.partner.id
}}

resource "ixapi_p2p_vc" "circuit" {{
  managing_account       = "{ACCOUNT_A}"
  consuming_account      = "{ACCOUNT_A}"
  billing_account        = "{ACCOUNT_A}"
  product_offering       = "503122.AMS.AMS"
  service_key_wo         = ephemeral.ixapi_service_key.partner.service_key
  service_key_wo_version = {version}
}}
"#
    )
}

const SERVICE_KEYS: &[&str] = &["--dialect", "digital-realty"];

/// The key of the partner's only port, as the partner's own data source has it.
fn key_of(sandbox: &Sandbox) -> String {
    let config = format!(
        "{PROVIDER}data \"ixapi_service_key_connections\" \"own\" {{}}\n\noutput \"key\" {{\n  \
         sensitive = true\n  value = \
         one(data.ixapi_service_key_connections.own.service_key_connections).service_key\n}}\n"
    );
    let partner = Workspace::of_party_b(sandbox, config);
    partner.apply(&[]).ok();
    partner.run(&["output", "-raw", "key"]).ok().stdout
}

#[test]
fn a_circuit_is_ordered_with_a_key_that_neither_side_stores() {
    if !can(Feature::Ephemeral) || !can(Feature::WriteOnly) {
        return;
    }
    let sandbox = Sandbox::start(SERVICE_KEYS);
    let mut workspace = Workspace::new(&sandbox, ordered_with_a_key(1));
    workspace.set("TF_LOG", "TRACE");
    workspace.set("TF_LOG_PATH", "trace.txt");
    apply_as_planned(&workspace);
    let circuit = workspace.held("ixapi_p2p_vc.circuit");
    assert_eq!(circuit.text("joining_member_account"), ACCOUNT_B);
    let extension = "/extensions/inxn-servicekey-v1/network-services";
    let orders = sandbox.log();
    assert_eq!(
        orders.of("POST", extension)[0]["body"]["service_key"],
        "***"
    );
    workspace.keep_secret("the service key", &key_of(&sandbox));

    workspace.plan(&["-out=plan.bin"]).empty();
    assert_eq!(workspace.revealed(), [""; 0]);
    // Another number is another key, and a circuit has the one that it was ordered with.
    workspace.configure(ordered_with_a_key(2));
    let planned = workspace.planned_change("ixapi_p2p_vc.circuit");
    assert_eq!(planned["actions"], serde_json::json!(["delete", "create"]));
    workspace.configure(ordered_with_a_key(1));
    let log = sandbox.during(|| {
        workspace.destroy(&["-target=ixapi_p2p_vc.circuit"]).ok();
    });
    let path = format!("{extension}/{}", circuit.text("id"));
    assert_eq!(log.count("DELETE", &path), 1, "{:#?}", log.changes());
}

#[test]
fn a_stored_key_is_forgotten_without_another_circuit() {
    if !can(Feature::Ephemeral) || !can(Feature::WriteOnly) {
        return;
    }
    let sandbox = Sandbox::start(SERVICE_KEYS);
    let unstored = ordered_with_a_key(1);
    let workspace = Workspace::new(&sandbox, &unstored);
    workspace.apply(&["-target=ixapi_connection.partner"]).ok();
    let key = key_of(&sandbox);
    let stored = unstored
        .replace("service_key_wo_version = 1", "")
        .replace(
            "ephemeral.ixapi_service_key.partner.service_key",
            &format!("\"{key}\""),
        )
        .replace("service_key_wo ", "service_key ");
    workspace.configure(stored);
    workspace.apply(&[]).ok();
    let before = workspace.held("ixapi_p2p_vc.circuit");
    assert_eq!(before.text("service_key"), key);

    workspace.configure(unstored);
    let log = sandbox.during(|| {
        workspace.apply(&[]).ok();
    });
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
    let after = workspace.held("ixapi_p2p_vc.circuit");
    assert_eq!(
        (after.text("id"), after.text("service_key")),
        (before.text("id"), "")
    );
    workspace.plan(&[]).empty();
}

#[test]
fn what_cannot_be_opened_is_told_at_its_argument() {
    if !can(Feature::Ephemeral) {
        return;
    }
    let sandbox = Sandbox::start(SERVICE_KEYS);
    let ask = |of: &str, arguments: &str| {
        let block = format!("ephemeral \"ixapi_{of}\" \"it\" {{\n{arguments}\n}}\n");
        Workspace::new(&sandbox, format!("{PROVIDER}{block}"))
    };
    let unknown = "network_connection = \"CANL-1\"";
    let workspace = ask("service_key", unknown);
    let error = workspace
        .plan(&[])
        .one_error(&["CANL-1", "does not list it"]);
    assert_eq!(error.line.trim(), unknown);
    let workspace = ask("service_key", "network_connection = \"\"");
    workspace
        .validate()
        .one_error(&["network_connection is empty"]);
    let workspace = ask("loa", "");
    workspace
        .validate()
        .one_error(&["network_connection", "none is set"]);
    ask("loa", unknown).plan(&[]).one_error(&["CANL-1", "404"]);
    let mut workspace = ask("access_token", "");
    workspace.set("IX_API_SECRET", "wrong-secret");
    workspace
        .plan(&[])
        .one_error(&["did not log us in", "IX_API_SECRET"]);
}
