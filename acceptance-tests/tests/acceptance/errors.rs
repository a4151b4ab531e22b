//! Mistakes and refusals: each is told in one error that names what is wrong, costs nothing that is
//! in the state, and shows no secret.

use serde_json::json;

use acceptance_tests::config::{
    Block, PROVIDER, address, circuit, circuit_with, config, contact, lan, peering, peering_with,
    port, side,
};
use acceptance_tests::run::Message;
use acceptance_tests::sandbox::{ACCOUNT_B, Sandbox};
use acceptance_tests::workspace::Workspace;

/// What is there before and has to be there after.
const BEFORE: &str = "ixapi_contact.before";

/// Applies a mistake beside something that is there already; the one error that comes of it.
fn mistake(blocks: impl IntoIterator<Item = Block>, words: &[&str]) -> Message {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([contact("before")]));
    workspace.apply(&[]).ok();
    let before = workspace.held(BEFORE).text("id").to_owned();
    let blocks = [contact("before")].into_iter().chain(blocks);
    workspace.configure(config(blocks));
    let run = workspace.apply(&[]);
    assert!(!run.output().contains(sandbox.exported("IX_API_SECRET")));
    let error = run.one_error(words);
    assert_eq!(workspace.held(BEFORE).text("id"), before);
    error
}

/// A mistake that is found before anything is asked of the exchange.
fn mistake_in_the_configuration(
    blocks: impl IntoIterator<Item = Block>,
    words: &[&str],
) -> Message {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config(blocks));
    let error = workspace.validate().one_error(words);
    let planned = workspace.plan(&[]).one_error(words);
    assert_eq!(planned.line, error.line);
    workspace.apply(&[]).one_error(words);
    assert!(sandbox.log().0.is_empty(), "{:#?}", sandbox.log().0);
    error
}

#[test]
fn a_wrong_secret_is_told_as_one() {
    let sandbox = Sandbox::start(&[]);
    for legacy in [false, true] {
        let mut workspace = Workspace::new(&sandbox, config([port("port")]));
        workspace.set("IX_API_SECRET", "hush-this-is-wrong");
        if legacy {
            workspace.set("IX_API_AUTH", "legacy");
        }
        let run = workspace.apply(&[]);
        assert!(!run.output().contains("hush-this-is-wrong"), "{run}");
        run.one_error(&["IX_API_SECRET", "401"]);
        assert_eq!(workspace.addresses(), Vec::<String>::new());
    }
    assert!(sandbox.live().is_empty());
}

#[test]
fn a_wrong_key_is_not_told_as_a_wrong_secret() {
    let sandbox = Sandbox::start(&[]);
    for legacy in [false, true] {
        let mut workspace = Workspace::new(&sandbox, config([port("port")]));
        workspace.set("IX_API_KEY", "no-such-key");
        if legacy {
            workspace.set("IX_API_AUTH", "legacy");
        }
        workspace.apply(&[]).one_error(&[
            "the key or the secret was refused with 401",
            "check the API secret and the API key",
            "Check api_key (IX_API_KEY) and api_secret (IX_API_SECRET)",
        ]);
    }
}

#[test]
fn a_server_that_is_not_there_is_told_as_one() {
    let sandbox = Sandbox::start(&[]);
    let mut workspace = Workspace::new(&sandbox, config([port("port")]));
    // Port 9 is discard: nothing listens there on a machine of our days.
    workspace.set("IX_API_HOST", "http://127.0.0.1:9/api/v2");
    workspace
        .apply(&[])
        .one_error(&["GET http://127.0.0.1:9/api/v2/connections", "IX_API_HOST"]);
    assert_eq!(workspace.addresses(), Vec::<String>::new());
}

/// Terraform plans once more when it applies a plan, and calls a value that was known and is
/// unknown now a fault of the provider.
#[test]
fn what_cannot_be_asked_for_while_a_plan_is_applied_is_told_as_that() {
    let sandbox = Sandbox::start(&[]);
    let roles = json!(["NoC", "Implementation", "Requestor"]).to_string();
    let one = "one([for role in data.ixapi_roles.all.roles : role.id if role.name == name])";
    let roles = format!("[for name in {roles} : {one}]");
    let before = [
        Block::new("data", "roles", "all"),
        contact("before").with("roles", &roles),
    ];
    let mut workspace = Workspace::new(&sandbox, config(before.clone()));
    workspace.apply(&[]).ok();
    let bare = contact("new")
        .without("managing_account")
        .without("consuming_account");
    let port = port("port")
        .with("product_offering", "\"503234.AMS7-A.S\"")
        .without("role_assignments");
    let apply = ["apply", "-json", "-input=false", "plan.bin"];
    for (block, path) in [
        (bare.clone(), "/account"),
        (port.clone(), "/role-assignments"),
        (port, "/product-offerings/503234.AMS7-A.S"),
    ] {
        workspace.configure(config(before.iter().cloned().chain([block])));
        workspace.planned(&[]);
        sandbox.fault(json!({"kind": "html", "path": path, "status": 500}));
        let log = sandbox.during(|| {
            let words = ["500", path, "Nothing was ordered.", "again when it answers"];
            workspace.run(&apply).one_error(&words);
        });
        assert!(log.orders().is_empty(), "{:#?}", log.orders());
        assert!(sandbox.faults().is_empty());
    }
    workspace.configure(config(before.into_iter().chain([bare])));
    workspace.planned(&["-target=ixapi_contact.new"]);
    let host = "http://127.0.0.1:9/api/v2";
    workspace.set("IX_API_HOST", host);
    workspace.run(&apply).one_error(&[
        "Your account could not be learnt",
        host,
        "Nothing was ordered.",
    ]);
}

#[test]
fn a_missing_argument_of_the_provider_is_named_with_its_variable() {
    let sandbox = Sandbox::start(&[]);
    for (variable, argument) in [
        ("IX_API_HOST", "api"),
        ("IX_API_KEY", "api_key"),
        ("IX_API_SECRET", "api_secret"),
        ("IX_API_OAUTH2_TOKEN_URL", "oauth2_token_url"),
    ] {
        // Without a block, Terraform adds an error of its own.
        let block = format!("{PROVIDER}provider \"ixapi\" {{}}\n{}", port("port"));
        let mut workspace = Workspace::new(&sandbox, block);
        workspace.unset(variable);
        workspace.plan(&[]).one_error(&[argument, variable]);
    }
}

#[test]
fn a_misspelt_attribute_is_found_at_once() {
    mistake_in_the_configuration(
        [port("port").with("colour", "\"blue\"")],
        &["Unsupported argument", "colour"],
    );
}

/// Of an attribute, Terraform would drop it without a word, and the exchange choose a VLAN.
#[test]
fn a_misspelt_argument_of_a_block_is_found_at_its_line() {
    let error = mistake_in_the_configuration(
        circuit_with("{ vlan_type = \"dot1q\", vlna = 23 }"),
        &["Unsupported argument", "vlna", "\"vlan\""],
    );
    assert_eq!(error.line.trim(), "vlna = 23");
    let hasty = port("port").with("timeouts", "{ crate = \"5m\" }");
    let error =
        mistake_in_the_configuration([hasty], &["Unsupported argument", "crate", "\"create\""]);
    assert_eq!(error.line.trim(), "crate = \"5m\"");
}

#[test]
fn a_block_that_is_written_as_an_attribute_is_found_at_its_line() {
    let blocks = circuit_with("{ vlan_type = \"dot1q\" }");
    let before = config(blocks);
    let block = "vlan_config {\n    vlan_type = \"dot1q\"\n  }";
    let attribute = "vlan_config = { vlan_type = \"dot1q\" }";
    let spelled = before.replace(block, attribute);
    assert_ne!(spelled, before);
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, spelled);
    for run in [
        workspace.validate(),
        workspace.plan(&[]),
        workspace.apply(&[]),
    ] {
        let errors = run.fails().errors();
        let found = errors.iter().any(|error| {
            error.line.trim() == attribute && error.detail.contains("block of type \"vlan_config\"")
        });
        assert!(found, "{errors:#?}");
    }
    assert!(sandbox.log().0.is_empty(), "{:#?}", sandbox.log().0);
}

#[test]
fn what_is_wrong_in_a_block_is_found_at_its_line() {
    let error = mistake_in_the_configuration(
        circuit_with("{ vlan_type = \"dot1q\", vlan = 5000 }"),
        &["vlan_config.vlan", "5000", "1 to 4094"],
    );
    assert_eq!(error.line.trim(), "vlan = 5000");
    let hasty = port("port").with("timeouts", "{ read = \"5m\", create = \"soon\" }");
    let error = mistake_in_the_configuration([hasty], &["timeouts.create", "soon"]);
    assert_eq!(error.line.trim(), "create = \"soon\"");
}

#[test]
fn what_goes_with_another_type_is_found_with_the_type_it_goes_with() {
    let mut blocks = circuit_with("{ vlan_type = \"dot1q\" }");
    blocks[2] = blocks[2].clone().with("listed", "true");
    let error = mistake_in_the_configuration(blocks, &["listed", "exchange_lan", "p2p_vc"]);
    assert_eq!(error.line.trim(), "listed = true");
    let error = mistake_in_the_configuration(
        circuit_with("{ vlan_type = \"dot1q\", inner_vlan = 5 }"),
        &["vlan_config.inner_vlan", "qinq", "dot1q"],
    );
    assert_eq!(error.line.trim(), "inner_vlan = 5");
    let unlisted = peering_with(lan("lan").without("listed"));
    mistake_in_the_configuration(unlisted, &["listed", "exchange_lan"]);
}

#[test]
fn a_timeout_that_no_clock_can_hold_is_found_at_once() {
    mistake_in_the_configuration(
        [port("port").with("timeouts", "{ create = \"9223372036854775807s\" }")],
        &["timeouts.create", "at most 2160h"],
    );
}

#[test]
fn a_version_of_ip_that_there_is_not_is_found_at_once() {
    let mut blocks = peering_with(lan("lan"));
    blocks.push(address("address").with("version", "5"));
    mistake_in_the_configuration(blocks, &["version", "4 or 6"]);
}

#[test]
fn a_public_session_without_routes_is_found_at_once() {
    let mut blocks = peering();
    blocks[4] = blocks[4].clone().without("as_set_v4");
    mistake_in_the_configuration(blocks, &["as_set_v4", "as_set_v6"]);
}

#[test]
fn two_tags_without_an_inner_vlan_are_found_at_once() {
    mistake_in_the_configuration(
        circuit_with("{ vlan_type = \"qinq\", outer_vlan = 5 }"),
        &["vlan_config.inner_vlan", "qinq"],
    );
}

#[test]
fn a_single_port_of_two_ports_is_found_at_once() {
    mistake_in_the_configuration(
        [port("port").with("port_quantity", "2")],
        &["port_quantity", "standalone", "lag_lacp"],
    );
}

#[test]
fn an_unknown_point_of_presence_is_told_with_those_there_are() {
    let pops = Block::new("data", "pops", "here").with("ids", "[\"AMS5-B\", \"AMS9-Z\"]");
    let error = mistake([pops], &["AMS9-Z", "AMS5-B, AMS7-A, FRA1-A"]);
    assert!(error.line.contains("ids"), "{error:?}");
}

#[test]
fn the_account_of_somebody_else_is_named() {
    let account = format!("\"{ACCOUNT_B}\"");
    mistake(
        [port("port").with("billing_account", &account)],
        &["billing_account", ACCOUNT_B, "any other party's account"],
    );
}

#[test]
fn a_wrong_account_of_the_provider_is_one_error_however_many_resources_it_reaches() {
    let bare = |name: &str| {
        port(name)
            .without("managing_account")
            .without("consuming_account")
            .without("billing_account")
    };
    let sandbox = Sandbox::start(&[]);
    let mut workspace = Workspace::new(&sandbox, config([bare("one"), bare("two"), bare("three")]));
    for account in [ACCOUNT_B, "A0000001"] {
        workspace.set("IX_API_ACCOUNT", account);
        let words = [
            "The provider's account is not yours",
            account,
            "IX_API_ACCOUNT",
        ];
        workspace.plan(&[]).one_error(&words);
    }
    assert!(sandbox.live().is_empty());
}

#[test]
fn an_offering_that_is_none_is_named() {
    mistake(
        [port("port").with("product_offering", "\"503122.AMS.AMS\"")],
        &["product_offering", "503122.AMS.AMS"],
    );
}

#[test]
fn a_lag_with_too_many_ports_is_told_how_many_it_can_have() {
    let lag = port("port")
        .with("mode", "\"lag_lacp\"")
        .with("port_quantity", "5");
    mistake(
        [lag],
        &["port_quantity", "at most 4", "maximum_port_quantity"],
    );
}

#[test]
fn a_missing_role_is_named() {
    let port = port("port").with("product_offering", "\"503234.LON1-A.S\"");
    mistake([port], &["role_assignments", "Implementation", "NoC"]);
}

#[test]
fn a_contact_without_what_its_role_needs_is_named() {
    let role = Block::new("resource", "role_assignment", "noc")
        .with("role", "\"9a442fef-ff8f-4c2e-93e5-46425c00fd4b\"")
        .with("contact", "ixapi_contact.silent.id");
    let contact = contact("silent").without("telephone");
    mistake([contact, role], &["contact", "telephone", "NoC"]);
}

#[test]
fn a_vlan_in_use_is_told_as_such() {
    let mut blocks = circuit_with("{ vlan_type = \"dot1q\", vlan = 77 }");
    let taken = "{ vlan_type = \"dot1q\", vlan = 77 }";
    blocks.push(circuit("second"));
    blocks.push(
        side("second", "port", taken)
            .with("network_service", "ixapi_p2p_vc.second.id")
            .with("depends_on", "[ixapi_nsc.side]"),
    );
    mistake(blocks, &["vlan_config.vlan", "in use"]);
}

#[test]
fn a_port_in_another_city_is_told_as_such() {
    let roles = Block::new("resource", "role_assignment", "all")
        .with(
            "for_each",
            "toset([\"4699403d-b264-4a47-9bbb-2c956dcd1a12\", \
             \"9a442fef-ff8f-4c2e-93e5-46425c00fd4b\", \"30806be6-5856-41fb-8106-890474d1ba04\"])",
        )
        .with("role", "each.value")
        .with("contact", "ixapi_contact.before.id");
    let london = port("london")
        .with("product_offering", "\"503234.LON1-A.S\"")
        .with(
            "role_assignments",
            "[for assignment in ixapi_role_assignment.all : assignment.id]",
        );
    let side = side("side", "london", "{ vlan_type = \"dot1q\" }");
    let blocks = [roles, london, circuit("circuit"), side];
    mistake(blocks, &["network_connection", "LON", "AMS"]);
}

#[test]
fn a_page_for_people_is_shown_with_its_status() {
    let sandbox = Sandbox::start(&[]);
    let pops = config([Block::new("data", "pops", "all")]);
    let workspace = Workspace::new(&sandbox, pops);
    sandbox.fault(json!({"kind": "html", "path": "/pops", "status": 500}));
    workspace
        .plan(&[])
        .one_error(&["GET", "/pops", "500", "Internal Server Error"]);
    sandbox.fault(json!({"kind": "html", "path": "/pops", "status": 404}));
    workspace.plan(&[]).one_error(&["404", "IX_API_HOST"]);
}

#[test]
fn an_object_of_another_kind_or_none_is_not_imported() {
    let sandbox = Sandbox::start(&[]);
    let orderer = Workspace::new(&sandbox, config([circuit("circuit")]));
    orderer.apply(&[]).ok();
    let cloud = sandbox.only("network-services");
    sandbox.patch(&cloud, json!({"type": "cloud_vc"}));

    let blocks = [port("port"), circuit("circuit")];
    let workspace = Workspace::new(&sandbox, config(blocks));
    let import = |address: &str, id: &str| {
        let block = format!("import {{\n  to = {address}\n  id = \"{id}\"\n}}\n");
        workspace.write("imports.tf", block);
        workspace.plan(&[])
    };
    import("ixapi_connection.port", "CANL-1").one_error(&["ixapi_connection CANL-1", "404", "id"]);
    import("ixapi_p2p_vc.circuit", &cloud).one_error(&[&cloud, "cloud_vc", "p2p_vc"]);
}

/// Its type could not be changed but by a new one: the plan would cancel what it found.
#[test]
fn a_config_of_another_kind_is_not_imported() {
    let sandbox = Sandbox::start(&[]);
    let blocks = config(circuit_with("{ vlan_type = \"dot1q\", vlan = 23 }"));
    let workspace = Workspace::new(&sandbox, blocks);
    workspace.apply(&[]).ok();
    let cloud = sandbox.only("network-service-configs");
    sandbox.patch(&cloud, json!({"type": "blackholing_vc"}));
    workspace.run(&["state", "rm", "ixapi_nsc.side"]).ok();
    let block = format!("import {{\n  to = ixapi_nsc.side\n  id = \"{cloud}\"\n}}\n");
    workspace.write("imports.tf", block);
    workspace
        .plan(&[])
        .one_error(&[&cloud, "blackholing_vc", "p2p_vc"]);
}

/// Neither in what a person reads, nor in the most talkative log, nor in the files: what opens the
/// exchange stays in memory.
#[test]
fn no_secret_is_ever_shown() {
    let sandbox = Sandbox::start(&[]);
    let mut workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.set("TF_LOG", "TRACE");
    let mut written = workspace.apply(&[]).ok().output();
    written.push_str(&workspace.plan(&[]).empty().output());
    sandbox.fault(json!({"kind": "html", "path": "/connections", "status": 403}));
    written.push_str(&workspace.plan(&[]).fails().output());
    workspace.set("TF_LOG_PATH", "log.txt");
    sandbox.fault(json!({"kind": "expired_token", "path": "/connections"}));
    written.push_str(&workspace.plan(&[]).empty().output());
    written.push_str(&workspace.destroy(&[]).ok().output());
    assert!(written.contains("/connections"), "the log is not there");
    assert!(sandbox.log().log_ins() > 3, "a token for each run");
    assert_eq!(workspace.revealed(), [""; 0]);
}

#[test]
fn the_secret_may_be_in_the_provider_block_and_is_not_shown_from_there() {
    let sandbox = Sandbox::start(&[]);
    let secret = sandbox.exported("IX_API_SECRET");
    let block = format!(
        "provider \"ixapi\" {{\n  api = \"{}\"\n  api_key = \"{}\"\n  api_secret = \"{secret}\"\n  \
         oauth2_token_url = \"{}\"\n  oauth2_scopes = [\"resource.ixapi\"]\n}}\n",
        sandbox.exported("IX_API_HOST"),
        sandbox.exported("IX_API_KEY"),
        sandbox.exported("IX_API_OAUTH2_TOKEN_URL"),
    );
    let with_block = format!("{PROVIDER}{block}{}", port("port"));
    let mut workspace = Workspace::new(&sandbox, with_block);
    for (name, _) in sandbox.environment() {
        workspace.unset(name);
    }
    let run = workspace.apply(&[]).quiet();
    assert!(!run.output().contains(secret));
    assert_eq!(
        sandbox.log().of("POST", "/connect/token")[0]["body"]["scope"],
        "resource.ixapi"
    );
    for (path, text) in workspace.files() {
        assert!(
            path.ends_with("main.tf") || !text.contains(secret),
            "it is in {path:?}"
        );
    }
}
