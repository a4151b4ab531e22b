//! Circuits between two parties, one of which has given the other the service key of its port: how
//! one declines, and the four ways to disconnect. What is told of a chosen day, and of mistakes.
// Capabilities: 31, 33, 36, 37, 38, 39, 40, 41, 42
// Dialects: ix-api, digital-realty

use acceptance_tests::sandbox::{ACCOUNT_A, ACCOUNT_B, Sandbox};
use acceptance_tests::workspace::Workspace;
use serde_json::{Value, json};

const ON: &[&str] = &["--dialect", "digital-realty"];
const ON_IX_API: &[&str] = &["--dialect", "ix-api", "--quirk", "service-keys"];

/// What holds wherever there are service keys.
macro_rules! in_both_dialects {
    ($($body:ident)*) => {$(
        mod $body {
            #[test]
            fn in_digital_realty() {
                super::$body(super::ON);
            }

            #[test]
            fn in_ix_api() {
                super::$body(super::ON_IX_API);
            }
        }
    )*};
}

in_both_dialects! {
    the_inviting_party_declines_and_both_see_the_outcome
    who_ordered_disconnects_at_once_and_is_billed_for_thirty_days
    who_ordered_disconnects_at_the_end_of_the_notice
    who_was_invited_disconnects_in_thirty_days_and_the_other_sees_the_dates
    who_ordered_brings_forward_the_end_that_the_other_asked_for
}

const START: &str = r#"
terraform {
  required_providers {
    ixapi = {
      source = "ixapi-rs/ixapi"
    }
  }
}
"#;

/// The inviting party's port, with its key as an output.
const INVITES: &str = r#"
resource "ixapi_connection" "port" {
  managing_account  = "A0087264"
  consuming_account = "A0087264"
  billing_account   = "A0087264"
  role_assignments  = []
  mode              = "standalone"
  product_offering  = "503234.AMS5-B.S"
  port_quantity     = 1
}

data "ixapi_service_key_connection" "port" {
  id = ixapi_connection.port.id
}

output "key" {
  value     = data.ixapi_service_key_connection.port.service_key
  sensitive = true
}

data "ixapi_service_key_network_services" "invitations" {
  joining_member_account = "A0087264"
}

output "waiting" {
  value = {
    for one in data.ixapi_service_key_network_services.invitations.service_key_network_services :
    one.id => one.state
  }
}
"#;

/// The inviting party's side of the circuit.
fn joins(circuit: &str) -> String {
    format!(
        r#"
resource "ixapi_nsc" "side" {{
  type               = "p2p_vc"
  network_service    = "{circuit}"
  network_connection = ixapi_connection.port.id
  managing_account   = "A0087264"
  consuming_account  = "A0087264"
  billing_account    = "A0087264"
  role_assignments   = []
  vlan_config {{
    vlan_type = "dot1q"
    vlan      = 2204
  }}
}}
"#
    )
}

/// The inviting party takes hold of the circuit, to end it.
fn holds(circuit: &str) -> String {
    format!(
        r#"
import {{
  to = ixapi_p2p_vc.invitation
  id = "{circuit}"
}}

resource "ixapi_p2p_vc" "invitation" {{
  product_offering       = "503122.AMS.AMS"
  joining_member_account = "{ACCOUNT_B}"
}}
"#
    )
}

/// The subscribing party's port, circuit and side; the key is a variable.
fn subscribes(more: &str) -> String {
    format!(
        r#"{START}
variable "key" {{
  type      = string
  sensitive = true
}}

resource "ixapi_connection" "port" {{
  managing_account  = "{ACCOUNT_A}"
  consuming_account = "{ACCOUNT_A}"
  billing_account   = "{ACCOUNT_A}"
  role_assignments  = []
  mode              = "standalone"
  product_offering  = "503234.AMS5-B.S"
  port_quantity     = 1
}}

resource "ixapi_p2p_vc" "circuit" {{
  managing_account  = "{ACCOUNT_A}"
  consuming_account = "{ACCOUNT_A}"
  billing_account   = "{ACCOUNT_A}"
  product_offering  = "503122.AMS.AMS"
  service_key       = var.key
  {more}
}}

resource "ixapi_nsc" "side" {{
  type               = "p2p_vc"
  network_service    = ixapi_p2p_vc.circuit.id
  network_connection = ixapi_connection.port.id
  managing_account   = "{ACCOUNT_A}"
  consuming_account  = "{ACCOUNT_A}"
  billing_account    = "{ACCOUNT_A}"
  role_assignments   = []
  vlan_config {{
    vlan_type = "dot1q"
    vlan      = 2203
  }}
}}
"#
    )
}

/// A workspace of the subscribing party, which was given this key.
fn subscribing(sandbox: &Sandbox, key: &str, more: &str) -> Workspace {
    let mut workspace = Workspace::new(sandbox, subscribes(more));
    workspace.set("TF_VAR_key", key);
    workspace
}

/// A workspace with the credentials of the inviting party.
fn inviting(sandbox: &Sandbox) -> Workspace {
    Workspace::of_party_b(sandbox, format!("{START}{INVITES}"))
}

fn output(workspace: &Workspace, name: &str) -> Value {
    let run = workspace.run(&["output", "-json", name]).ok();
    serde_json::from_str(&run.stdout).unwrap()
}

/// Both parties: who invites, and who has ordered with the key; the id of the circuit.
struct Both {
    invites: Workspace,
    subscribes: Workspace,
    circuit: String,
}

fn invited(sandbox: &Sandbox, more: &str) -> Both {
    let invites = inviting(sandbox);
    invites.apply(&[]).ok();
    let key = output(&invites, "key");
    let subscribes = subscribing(sandbox, key.as_str().unwrap(), more);
    subscribes.apply(&[]).ok();
    let circuit = subscribes
        .held("ixapi_p2p_vc.circuit")
        .text("id")
        .to_owned();
    invites.apply(&[]).ok();
    assert_eq!(
        output(&invites, "waiting"),
        json!({ circuit.as_str(): "requested" })
    );
    Both {
        invites,
        subscribes,
        circuit,
    }
}

/// Both, with the circuit in production.
fn live(sandbox: &Sandbox, more: &str) -> Both {
    let both = invited(sandbox, more);
    let side = joins(&both.circuit);
    both.invites.configure(format!("{START}{INVITES}{side}"));
    both.invites.apply(&[]).ok();
    both.subscribes.apply(&["-refresh-only"]).ok();
    let circuit = both.subscribes.held("ixapi_p2p_vc.circuit");
    assert_eq!(circuit.text("state"), "production");
    both
}

/// Lets the inviting party end the circuit: it takes hold of it, and then destroys what it holds.
fn ends_it(both: &Both, side: &str) -> acceptance_tests::run::Run {
    let held = format!("{START}{INVITES}{side}{}", holds(&both.circuit));
    both.invites.configure(held);
    both.invites.apply(&[]).ok();
    both.invites.configure(format!("{START}{INVITES}{side}"));
    both.invites.apply(&[]).ok()
}

fn the_inviting_party_declines_and_both_see_the_outcome(on: &[&str]) {
    let sandbox = Sandbox::start(on);
    let both = invited(&sandbox, "");
    ends_it(&both, "");
    both.invites.apply(&[]).ok();
    assert_eq!(
        output(&both.invites, "waiting"),
        json!({ both.circuit.as_str(): "cancelled" })
    );
    let seen = both.subscribes.plan(&[]);
    let seen = seen.warns(&["declined the virtual circuit"]);
    assert!(seen.errors().is_empty(), "{seen}");
    let log = sandbox.during(|| {
        both.subscribes.destroy(&[]).ok();
    });
    let path = format!(
        "/extensions/inxn-servicekey-v1/network-services/{}",
        both.circuit
    );
    assert_eq!(log.of("DELETE", &path)[0]["status"], 200);
    both.invites.apply(&[]).ok();
    assert_eq!(output(&both.invites, "waiting"), json!({}));
    assert_eq!(sandbox.count("network-services"), 0);
}

fn who_ordered_disconnects_at_once_and_is_billed_for_thirty_days(on: &[&str]) {
    let sandbox = Sandbox::start(on);
    let both = live(&sandbox, "");
    let (today, charged) = (sandbox.day(0), sandbox.day(30));
    let terms = both.subscribes.plan(&["-destroy"]);
    terms.warns(&[&format!("ends on {today} and is billed until {charged}")]);
    both.subscribes
        .destroy(&["-target=ixapi_p2p_vc.circuit"])
        .ok();
    assert_eq!(sandbox.count("network-services"), 0);
    both.invites.apply(&["-refresh-only"]).ok();
    // It may be listed yet, as one that has ended.
    let seen = output(&both.invites, "waiting");
    let mut states = seen.as_object().unwrap().values();
    assert!(states.all(|state| state == "decommissioned"), "{seen}");
}

fn who_ordered_disconnects_at_the_end_of_the_notice(on: &[&str]) {
    let sandbox = Sandbox::start(on);
    let then = sandbox.day(30);
    let both = live(&sandbox, &format!("decommission_at = \"{then}\""));
    both.subscribes.plan(&[]).empty();
    let log = sandbox.during(|| {
        let run = both
            .subscribes
            .destroy(&["-target=ixapi_p2p_vc.circuit"])
            .ok();
        run.warns(&[&then]);
    });
    let order = log.of("DELETE", &format!("/network-services/{}", both.circuit));
    assert_eq!(order[0]["body"], json!({ "decommission_at": then }));
    let ending = sandbox.cancelling();
    let mut services = ending
        .iter()
        .filter(|it| it["collection"] == "network-services");
    assert_eq!(services.next().unwrap()["id"], both.circuit.as_str());
    sandbox.advance(31 * 24 * 3600);
    assert!(sandbox.cancelling().is_empty());
}

fn who_was_invited_disconnects_in_thirty_days_and_the_other_sees_the_dates(on: &[&str]) {
    let sandbox = Sandbox::start(on);
    let both = live(&sandbox, "");
    let (ends, charged) = (sandbox.day(30), sandbox.day(60));
    ends_it(&both, &joins(&both.circuit)).warns(&[&ends]);
    let seen = both.subscribes.apply(&["-refresh-only"]).ok();
    assert!(seen.errors().is_empty(), "{seen}");
    let circuit = both.subscribes.held("ixapi_p2p_vc.circuit");
    assert_eq!(circuit.text("state"), "decommission_requested");
    assert_eq!(circuit.text("decommission_at"), ends);
    assert_eq!(circuit.text("charged_until"), charged);
    sandbox.advance(31 * 24 * 3600);
    both.subscribes.apply(&["-refresh-only"]).ok();
    assert!(
        !both
            .subscribes
            .addresses()
            .contains(&"ixapi_p2p_vc.circuit".to_owned())
    );
}

fn who_ordered_brings_forward_the_end_that_the_other_asked_for(on: &[&str]) {
    let sandbox = Sandbox::start(on);
    let both = live(&sandbox, "");
    ends_it(&both, &joins(&both.circuit));
    both.subscribes.apply(&["-refresh-only"]).ok();
    let log = sandbox.during(|| {
        both.subscribes
            .destroy(&["-target=ixapi_p2p_vc.circuit"])
            .ok();
    });
    let path = format!(
        "/extensions/inxn-servicekey-v1/network-services/{}",
        both.circuit
    );
    let order = log.of("DELETE", &path);
    assert_eq!(
        (&order[0]["status"], &order[0]["body"]),
        (&json!(202), &Value::Null)
    );
    assert_eq!(sandbox.count("network-services"), 0);
    assert!(
        !sandbox
            .cancelling()
            .iter()
            .any(|it| it["collection"] == "network-services")
    );
}

#[test]
fn mistakes_are_told_at_their_attributes_and_no_key_is_shown() {
    let sandbox = Sandbox::start(ON);
    let wrong = "1314785d-9908-48f9-b599-2df513ff7e01";
    let mut workspace = subscribing(&sandbox, wrong, "");
    workspace.set("TF_LOG_PROVIDER", "TRACE");
    let refused = workspace.plan(&[]);
    let shown = refused.output();
    refused.one_error(&["service_key", "is not a service key"]);
    assert!(!shown.contains(wrong), "the key is shown");
    let both = format!("joining_member_account = \"{ACCOUNT_B}\"");
    workspace.configure(subscribes(&both));
    workspace
        .plan(&[])
        .one_error(&["joining_member_account and service_key are both set"]);
    let neither = subscribes("").replace("service_key ", "display_name ");
    workspace.configure(neither);
    workspace
        .plan(&[])
        .one_error(&["Nobody is on the other side", "service_key"]);
    workspace.configure(subscribes("").replace("var.key", "[]"));
    workspace
        .plan(&[])
        .one_error(&["service_key", "string required"]);
    workspace.configure(subscribes("decommission_at = \"soon\""));
    workspace.plan(&[]).one_error(&["decommission_at"]);
    assert_eq!(sandbox.count("network-services"), 0);
}

#[test]
fn a_wrong_key_for_a_live_circuit_is_refused_before_anything_is_cancelled_for_it() {
    let sandbox = Sandbox::start(ON);
    let mut both = live(&sandbox, "");
    both.subscribes.set("TF_VAR_key", "1314785d-9908");
    let log = sandbox.during(|| {
        let refused = both.subscribes.apply(&[]);
        refused.one_error(&["service_key", "is not a service key"]);
    });
    let circuit = format!("/network-services/{}", both.circuit);
    let extended = format!("/extensions/inxn-servicekey-v1{circuit}");
    assert!(log.of("DELETE", &circuit).is_empty() && log.of("DELETE", &extended).is_empty());
    assert_eq!(sandbox.count("network-services"), 1);
    assert_eq!(sandbox.count("network-service-configs"), 2);
}

#[test]
fn an_account_of_somebody_else_and_a_key_of_another_metro_are_refused() {
    let sandbox = Sandbox::start(ON);
    let invites = inviting(&sandbox);
    invites.apply(&[]).ok();
    let key = output(&invites, "key");
    let config = subscribes("");
    let theirs = config.replace(
        &format!("billing_account   = \"{ACCOUNT_A}\"\n  product_offering  = \"503122.AMS.AMS\""),
        &format!("billing_account   = \"{ACCOUNT_B}\"\n  product_offering  = \"503122.AMS.AMS\""),
    );
    let mut workspace = Workspace::new(&sandbox, theirs);
    workspace.set("TF_VAR_key", key.as_str().unwrap());
    workspace
        .apply(&[])
        .one_error(&["billing_account", "not an account of yours"]);
    workspace.configure(config.replace("503122.AMS.AMS", "503122.AMS.FRA"));
    workspace
        .apply(&[])
        .one_error(&["product_offering", "service key is in AMS"]);
    assert_eq!(sandbox.count("network-services"), 0);
}

#[test]
fn an_address_elsewhere_never_gets_the_token() {
    let sandbox = Sandbox::start(ON);
    let provider =
        "provider \"ixapi\" {\n  service_key_extension = \"https://y.example/keys\"\n}\n";
    let workspace = subscribing(&sandbox, "1314785d", "");
    workspace.configure(format!("{provider}{}", subscribes("")));
    let refused = workspace.plan(&[]);
    refused.one_error(&["service_key_extension", "not on the host of the API"]);
    assert!(sandbox.log().0.is_empty());
}
