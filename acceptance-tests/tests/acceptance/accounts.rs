//! Sub-accounts of a reseller: what is said of mistakes, and of one that cannot be deleted.

use acceptance_tests::config::{PROVIDER, config, mac};
use acceptance_tests::sandbox::{ACCOUNT_B, Sandbox};
use acceptance_tests::workspace::Workspace;

/// An account with these further lines, and these lines in its address.
fn account(lines: &str, address: &str) -> String {
    format!(
        r#"{PROVIDER}
resource "ixapi_account" "customer" {{
{lines}
  address {{
    locality       = "Amsterdam"
    postal_code    = "1017 CE"
    street_address = "Herengracht 1"
{address}
  }}
}}
"#
    )
}

const NAME: &str = "  name = \"Moonpeer B.V.\"";
const COUNTRY: &str = "    country = \"NL\"";

#[test]
fn what_the_configuration_shows_to_be_wrong_is_told_at_once_at_its_place() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, "");
    let long = format!("  name = {:?}", "x".repeat(81));
    let billed = |vat_number: &str| {
        format!(
            "{NAME}\n  billing_information {{\n name = \"Moonpeer\"\n vat_number = {vat_number}\n \
                 address {{\n country = \"NL\"\n locality = \"Amsterdam\"\n postal_code = \"1\"\n \
                 street_address = \"Herengracht 1\"\n }}\n }}"
        )
    };
    let with = |line: &str| format!("{NAME}\n{line}");
    for (lines, address, at, word) in [
        (
            "  name = [\"Moonpeer\"]".to_owned(),
            COUNTRY,
            "name",
            "string",
        ),
        (long, COUNTRY, "name", "80"),
        (
            with("  discoverable = \"perhaps\""),
            COUNTRY,
            "discoverable",
            "bool",
        ),
        (with("  asns = [64512]"), COUNTRY, "asns", "read-only"),
        (
            with(""),
            "    country = \"Netherlands\"",
            "country",
            "at most 2",
        ),
        (with(""), "    country = \"nl\"", "country", "NL"),
        (
            with(""),
            "    county = \"NL\"\n    country = \"NL\"",
            "county",
            "county",
        ),
        (billed("\"N\""), COUNTRY, "vat_number", "at least 2"),
    ] {
        workspace.configure(account(&lines, address));
        let error = workspace.validate().one_error(&[word]);
        assert!(error.line.trim().starts_with(at), "{error:#?}");
    }
    workspace.configure(account(NAME, ""));
    workspace.validate().one_error(&["country", "required"]);
    assert!(sandbox.log().0.is_empty());
}

#[test]
fn what_the_exchange_refuses_is_told_at_its_attribute_and_nothing_is_created() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, "");
    for (line, at, word) in [
        (
            format!("  managing_account = {ACCOUNT_B:?}"),
            "managing_account",
            "not an account of yours",
        ),
        (
            "  managing_account = \"A0000001\"".to_owned(),
            "managing_account",
            "shows no such account",
        ),
        (
            "  metro_area_network_presence = [\"BER\"]".to_owned(),
            "metro_area_network_presence",
            "BER",
        ),
    ] {
        workspace.configure(account(&format!("{NAME}\n{line}"), COUNTRY));
        let error = workspace.apply(&[]).one_error(&[word]);
        assert!(error.line.trim().starts_with(at), "{error:#?}");
    }
    assert!(workspace.addresses().is_empty());
    assert!(sandbox.live().is_empty());
}

#[test]
fn who_is_no_reseller_creates_none() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::of_party_b(&sandbox, account(NAME, COUNTRY));
    workspace
        .apply(&[])
        .one_error(&["created by resellers", "403", "does not allow this"]);
}

/// A person may take days: the wait ends at once, and the next plan shows that it is done.
#[test]
fn an_account_that_waits_for_a_person_is_told_of_and_not_waited_for() {
    let sandbox = Sandbox::start(&["--step-ms", "1"]);
    sandbox.hold(serde_json::json!({"collection": "accounts", "state": "requested"}));
    let patient = format!("{NAME}\n  timeouts {{ create = \"30m\" }}");
    let workspace = Workspace::new(&sandbox, account(&patient, COUNTRY));
    workspace.apply(&[]).ok().warns(&[
        "is requested, not production",
        "have to be signed",
        "(toc_required)",
        "Somebody signs the terms and hands them in, at https://documents.example.net/terms.",
        "is not tainted",
    ]);
    workspace
        .plan(&[])
        .empty()
        .warns(&["rests in state requested", "Somebody signs the terms"]);
    sandbox.release();
    acceptance_tests::until("the account is open", || {
        workspace.apply(&["-refresh-only"]).ok();
        workspace.held("ixapi_account.customer").text("state") == "production"
    });
    workspace.plan(&[]).empty().quiet();
    assert_eq!(sandbox.log().methods(), ["POST"]);
}

#[test]
fn an_account_that_is_used_stays_until_nothing_uses_it() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let hasty = format!("{NAME}\n  timeouts {{ delete = \"1s\" }}");
    let workspace = Workspace::new(&sandbox, account(&hasty, COUNTRY));
    workspace.apply(&[]).quiet();
    let id = workspace
        .held("ixapi_account.customer")
        .text("id")
        .to_owned();
    // Somebody orders for it beside this configuration.
    let user = mac("theirs").with("consuming_account", &format!("{id:?}"));
    let beside = Workspace::new(&sandbox, config([user]));
    beside.apply(&[]).ok();
    let user = beside.held("ixapi_mac.theirs").text("id").to_owned();
    workspace
        .destroy(&[])
        .one_error(&[&id, &user, "It stays in the state"]);
    assert_eq!(workspace.addresses(), ["ixapi_account.customer"]);
    beside.destroy(&[]).ok();
    workspace.destroy(&[]).ok();
    assert!(sandbox.live().is_empty());
}
