//! Functions: what comes of them in a configuration, and where their errors point.

use acceptance_tests::cli::{Feature, can};
use acceptance_tests::config::PROVIDER;
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;
use serde_json::{Value, json};

fn outputs(workspace: &Workspace) -> Value {
    let run = workspace.run(&["output", "-json"]).ok();
    let outputs: Value = serde_json::from_str(&run.stdout).unwrap();
    let outputs = outputs.as_object().unwrap().iter();
    outputs
        .map(|(name, output)| (name.clone(), output["value"].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[test]
fn texts_are_written_as_ix_api_writes_them_and_the_exchange_is_not_asked() {
    if !can(Feature::Functions) {
        return;
    }
    let sandbox = Sandbox::start(&[]);
    let config = format!(
        "{PROVIDER}{}",
        r#"
output "mac" {
  value = provider::ixapi::normalize_mac("4223.BC8E.B8B0")
}

output "as_set" {
  value = provider::ixapi::normalize_as_set("ripe::as-example")
}
"#
    );
    let workspace = Workspace::new(&sandbox, config);
    workspace.apply(&[]).ok();
    let expected = json!({"mac": "42:23:bc:8e:b8:b0", "as_set": "AS-EXAMPLE@RIPE"});
    assert_eq!(outputs(&workspace), expected);
    assert!(sandbox.log().0.is_empty(), "{:#?}", sandbox.log());
}

#[test]
fn an_address_of_any_make_is_ordered_and_stays_as_it_is() {
    if !can(Feature::Functions) {
        return;
    }
    let sandbox = Sandbox::start(&[]);
    let example = include_str!("../../../../examples/functions/normalize_mac/function.tf");
    let workspace = Workspace::new(&sandbox, format!("{PROVIDER}{example}"));
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    let mut addresses = workspace.addresses();
    addresses.sort();
    let expected = ["42:23:bc:8e:b8:b0", "42:23:bc:8e:b8:b1"];
    assert_eq!(
        addresses,
        expected.map(|it| format!("ixapi_mac.router[\"{it}\"]"))
    );
}

#[test]
fn the_smallest_offering_that_fits_is_chosen_out_of_the_data_source() {
    if !can(Feature::Functions) {
        return;
    }
    let sandbox = Sandbox::start(&[]);
    let example = include_str!("../../../../examples/functions/smallest_offering/function.tf");
    let config = format!("{PROVIDER}{example}");
    let workspace = Workspace::new(&sandbox, &config);
    workspace.apply(&[]).quiet();
    let expected = json!({"product_offering": "503125.AMS.LON"});
    assert_eq!(outputs(&workspace), expected);

    workspace.configure(config.replace(", 800", ", 9000"));
    let words = [
        "9000 Mbit/s",
        "503128.AMS.LON (5000)",
        "503121.AMS.LON (100)",
    ];
    workspace.plan(&[]).one_error(&words);
    // To two places it is not one offering that is the smallest.
    workspace.configure(config.replace("service_metro_area  = \"LON\"", ""));
    let words = [
        "equally small",
        "503125.AMS.LON (1000)",
        "503125.AMS.FRA (1000)",
        "narrow",
    ];
    workspace.plan(&[]).one_error(&words);
}

#[test]
fn an_error_points_at_the_argument() {
    if !can(Feature::Functions) {
        return;
    }
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, "");
    for (call, parameter, words) in [
        (
            "normalize_mac(\"ff:ff\")",
            "address",
            "\"ff:ff\" is not a MAC address",
        ),
        ("normalize_mac(\"0100.5e00.0001\")", "address", "multicast"),
        (
            "normalize_as_set(\"AS-EXAMPLE\")",
            "as_set",
            "where it is registered",
        ),
        ("smallest_offering([], 5)", "offerings", "found none"),
        ("smallest_offering([], 0)", "bandwidth", "no bandwidth"),
    ] {
        workspace.configure(format!(
            "{PROVIDER}output \"it\" {{\n  value = provider::ixapi::{call}\n}}\n"
        ));
        let pointed = format!("Invalid value for \"{parameter}\" parameter: ");
        let error = workspace.plan(&[]).one_error(&[&pointed, words]);
        assert!(!error.detail.contains(".."), "{}", error.detail);
    }
}
