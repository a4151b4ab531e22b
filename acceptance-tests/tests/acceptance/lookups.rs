//! Looking up exactly one thing, and asking about one: what is said when there is none, or several.

use serde_json::json;

use acceptance_tests::config::{Block, circuit, config, port};
use acceptance_tests::run::Message;
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

fn data(entity: &str, arguments: &[(&str, &str)]) -> Block {
    let block = Block::new("data", entity, "one");
    arguments
        .iter()
        .fold(block, |block, (name, value)| block.with(name, value))
}

/// A look-up that fails with one error.
fn lookup(sandbox: &Sandbox, block: Block, words: &[&str]) -> Message {
    let workspace = Workspace::new(sandbox, config([block]));
    workspace.plan(&[]).one_error(words)
}

#[test]
fn none_is_told_with_the_way_to_see_what_there_is() {
    let sandbox = Sandbox::start(&[]);
    let nowhere = data("pop", &[("metro_area_network", "\"BER\"")]);
    lookup(&sandbox, nowhere, &["no such", "ixapi_pops", "127.0.0.1"]);
}

#[test]
fn several_are_told_with_their_names() {
    let sandbox = Sandbox::start(&[]);
    let lan = data("network_service", &[("type", "\"exchange_lan\"")]);
    lookup(
        &sandbox,
        lan,
        &[
            "2 such",
            "LAN-AMS (Amsterdam Peering LAN)",
            "LAN-FRA",
            "Narrow",
        ],
    );
}

#[test]
fn an_unknown_id_is_told_with_those_that_there_are() {
    let sandbox = Sandbox::start(&[]);
    let error = lookup(
        &sandbox,
        data("network_feature", &[("id", "\"RS9-AMS\"")]),
        &["RS9-AMS", "RS1-AMS, RS1-FRA, RS2-FRA"],
    );
    assert_eq!(error.line.trim(), "id = \"RS9-AMS\"");
    // With another argument, it may be that which excludes it.
    let elsewhere = [("id", "\"RS1-FRA\""), ("network_service", "\"LAN-AMS\"")];
    lookup(
        &sandbox,
        data("network_feature", &elsewhere),
        &["RS1-FRA", "With the other arguments", "RS1-AMS"],
    );
}

#[test]
fn a_question_is_about_exactly_one_object() {
    let sandbox = Sandbox::start(&[]);
    let port = ("network_connection", "\"CANL-1\"");
    let reservation = ("port_reservation", "\"CANL-2\"");
    for (entity, arguments) in [
        ("loa", vec![]),
        ("loa", vec![port, reservation]),
        ("cancellation_policy", vec![]),
        ("cancellation_policy", vec![port, reservation]),
    ] {
        let workspace = Workspace::new(&sandbox, config([data(entity, &arguments)]));
        workspace
            .validate()
            .one_error(&["exactly one", "network_connection", "port_reservation"]);
        workspace.plan(&[]).one_error(&["exactly one"]);
    }
    assert!(sandbox.log().0.is_empty(), "{:#?}", sandbox.log().0);
}

#[test]
fn a_question_about_what_is_not_there_names_it() {
    let sandbox = Sandbox::start(&[]);
    let unknown = data("loa", &[("network_connection", "\"CANL-1\"")]);
    lookup(&sandbox, unknown, &["CANL-1", "404", "of this id"]);
    let unknown = data("cancellation_policy", &[("network_service", "\"X-1\"")]);
    lookup(&sandbox, unknown, &["X-1", "404", "of this id"]);
}

#[test]
fn a_letter_that_is_not_there_yet_is_told_in_the_words_of_the_exchange() {
    let sandbox = Sandbox::start(&["--step-ms", "1"]);
    sandbox.hold(json!({"collection": "connections", "state": "requested"}));
    let hasty = || port("port").with("wait_for_state", "\"none\"");
    let letter = data("loa", &[("network_connection", "ixapi_connection.port.id")]);
    let workspace = Workspace::new(&sandbox, config([hasty(), letter]));
    let error = workspace
        .apply(&[])
        .one_error(&["once it is allocated", "requested", "letter"]);
    let id = workspace
        .held("ixapi_connection.port")
        .text("id")
        .to_owned();
    assert!(error.text().contains(&id), "{error:?}");
    sandbox.release();
    workspace.apply(&["-refresh-only"]);
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
}

#[test]
fn a_letter_for_a_lag_as_a_whole_is_refused_in_the_words_of_the_exchange() {
    let sandbox = Sandbox::start(&[]);
    let lag = port("port")
        .with("mode", "\"lag_static\"")
        .with("port_quantity", "2");
    let letter = data("loa", &[("network_connection", "ixapi_connection.port.id")]);
    let workspace = Workspace::new(&sandbox, config([lag, letter]));
    workspace
        .apply(&[])
        .one_error(&["a letter for each of its port reservations"]);
}

#[test]
fn a_letter_that_is_a_page_of_a_gateway_is_none() {
    let sandbox = Sandbox::start(&[]);
    let letter = data("loa", &[("network_connection", "ixapi_connection.port.id")]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    let id = sandbox.only("connections");
    workspace.configure(config([port("port"), letter]));
    sandbox.fault(json!({
        "kind": "answer", "body": {"message": "try later"},
        "path": format!("/connections/{id}/loa"),
    }));
    workspace
        .plan(&[])
        .one_error(&[&id, "letter of authorisation", "Try again later"]);
}

#[test]
fn a_day_that_is_none_is_found_at_once() {
    let sandbox = Sandbox::start(&[]);
    let arguments = [
        ("network_service", "ixapi_p2p_vc.circuit.id"),
        ("decommission_at", "\"tomorrow\""),
    ];
    let blocks = [circuit("circuit"), data("cancellation_policy", &arguments)];
    let workspace = Workspace::new(&sandbox, config(blocks));
    workspace
        .validate()
        .one_error(&["decommission_at", "tomorrow", "YYYY-MM-DD"]);
}

#[test]
fn what_is_no_argument_does_not_narrow_a_search_and_is_refused() {
    let sandbox = Sandbox::start(&[]);
    let shown = data(
        "pop",
        &[
            ("name", "\"Amsterdam 5\""),
            ("metro_area_network", "\"AMS\""),
        ],
    );
    let workspace = Workspace::new(&sandbox, config([shown]));
    let error = workspace
        .validate()
        .one_error(&["cannot be set", "read-only"]);
    assert_eq!(error.line.trim(), "name = \"Amsterdam 5\"");
    assert!(sandbox.log().0.is_empty());
}

#[test]
fn a_misspelt_word_is_refused_at_its_argument() {
    let sandbox = Sandbox::start(&[]);
    let misspelt = |entity: &str, argument: &str, value: &str| {
        Workspace::new(&sandbox, config([data(entity, &[(argument, value)])]))
    };
    for (entity, argument, value) in [
        ("network_service", "type", "\"exchange-lan\""),
        ("network_services", "type", "\"exchange-lan\""),
        ("connections", "mode", "\"lag\""),
        ("product_offerings", "cross_connect_initiator", "\"me\""),
    ] {
        let validated = misspelt(entity, argument, value).validate();
        let error = validated.one_error(&[argument, "use one of"]);
        assert_eq!(error.line.trim(), format!("{argument} = {value}"));
    }
    assert!(sandbox.log().0.is_empty());
    // Exchanges may have further states.
    let planned = misspelt("connections", "state", "\"prod\"").plan(&[]);
    let error = planned.one_error(&["was refused: state", "The exchange says", "prod", "400"]);
    assert_eq!(error.line.trim(), "state = \"prod\"");
}

#[test]
fn what_was_found_is_named_without_a_secret() {
    let sandbox = Sandbox::start(&[]);
    let lans = data("network_services", &[("metro_area_network", "\"AMS\"")]);
    let ids = "data.ixapi_network_services.one.found_ids";
    let output = format!("output \"lan\" {{\n  value = one({ids})\n}}\n");
    let workspace = Workspace::new(&sandbox, config([lans]) + &output);
    let planned = workspace.planned(&[]);
    let lan = &planned["planned_values"]["outputs"]["lan"];
    assert_eq!(lan["value"], "LAN-AMS");
    assert_eq!(lan["sensitive"], false);
}
