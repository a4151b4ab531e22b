//! Changes: in place, with nothing sent but what changed, and with what the exchange makes of it.

use serde_json::json;

use acceptance_tests::config::{Block, circuit, circuit_with, config, mac, port, side};
use acceptance_tests::sandbox::{Log, Sandbox};
use acceptance_tests::workspace::Workspace;

const SIDE: &str = "ixapi_nsc.side";

/// Applies a configuration that changes one object in place; what it took.
fn changes(sandbox: &Sandbox, workspace: &Workspace, blocks: Vec<Block>) -> Log {
    workspace.configure(config(blocks));
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [0, 1, 0, 0], "{plan}");
    let log = sandbox.during(|| {
        workspace.apply(&[]).quiet();
        workspace.plan(&[]).empty();
    });
    assert_eq!(log.methods(), ["PATCH"], "{:#?}", log.changes());
    log
}

/// A circuit with both its sides, in production.
fn circuit_in_production(vlan_config: &str) -> Vec<Block> {
    let mut blocks = circuit_with(vlan_config);
    blocks.push(port("other"));
    blocks.push(side("other", "other", "{ vlan_type = \"dot1q\" }"));
    blocks
}

#[test]
fn what_is_taken_out_of_the_configuration_is_cleared_at_the_exchange() {
    let sandbox = Sandbox::start(&[]);
    let full = circuit("circuit")
        .with("external_ref", "\"mine\"")
        .with("purchase_order", "\"PO 1\"")
        .with("contract_ref", "\"C 1\"");
    let workspace = Workspace::new(&sandbox, config([full]));
    workspace.apply(&[]).ok();
    let log = changes(&sandbox, &workspace, vec![circuit("circuit")]);
    assert_eq!(
        log.changes()[0]["body"],
        json!({
            "type": "p2p_vc",
            "purchase_order": "",
            "contract_ref": null,
        })
    );
    let held = workspace.held("ixapi_p2p_vc.circuit");
    assert!(held.values["purchase_order"].is_null(), "{held:#?}");
    // By that it is found again.
    assert_eq!(held.text("external_ref"), "mine");
}

#[test]
fn an_id_in_another_case_is_the_same_id() {
    let sandbox = Sandbox::start(&[]);
    let contact = acceptance_tests::config::contact("noc");
    let role = |id: &str| {
        Block::new("resource", "role_assignment", "noc")
            .with("role", &format!("\"{id}\""))
            .with("contact", "ixapi_contact.noc.id")
    };
    let upper = role("9A442FEF-FF8F-4C2E-93E5-46425C00FD4B");
    let lower = role("9a442fef-ff8f-4c2e-93e5-46425c00fd4b");
    let workspace = Workspace::new(&sandbox, config([contact.clone(), upper.clone()]));
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    workspace.apply(&["-refresh-only"]).ok();
    workspace.plan(&[]).empty();
    workspace.configure(config([contact, lower]));
    workspace.plan(&[]).empty();
}

#[test]
fn another_spelling_of_a_moment_is_the_same_moment() {
    let sandbox = Sandbox::start(&[]);
    let mac = |until: &str| config([mac("router").with("valid_not_after", until)]);
    let workspace = Workspace::new(&sandbox, mac("\"2030-01-01T00:00:00Z\""));
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    for spelled in [
        "\"2030-01-01T01:00:00+01:00\"",
        "\"2029-12-31T19:00:00-05:00\"",
    ] {
        workspace.configure(mac(spelled));
        workspace.plan(&[]).empty();
    }
    workspace.configure(mac("\"2030-01-01T00:00:01Z\""));
    let plan = workspace.plan(&[]);
    assert_eq!(plan.changes().len(), 1, "{plan}");
}

#[test]
fn a_vlan_is_changed_while_a_change_is_under_way() {
    let sandbox = Sandbox::start(&[]);
    let hasty = |vlan: u32| {
        let mut blocks =
            circuit_in_production(&format!("{{ vlan_type = \"dot1q\", vlan = {vlan} }}"));
        blocks[2] = blocks[2].clone().with("timeouts", "{ update = \"1s\" }");
        blocks
    };
    let workspace = Workspace::new(&sandbox, config(hasty(301)));
    workspace.apply(&[]).ok();
    let id = workspace.held(SIDE).text("id").to_owned();
    sandbox.hold(json!({
        "collection": "network-service-configs", "state": "production_change_pending",
    }));
    for vlan in [302, 303] {
        workspace.configure(config(hasty(vlan)));
        let log = sandbox.during(|| {
            workspace
                .apply(&[])
                .ok()
                .warns(&[&id, "production_change_pending", "timeouts.update"]);
        });
        assert_eq!(log.methods(), ["PATCH"], "{:#?}", log.changes());
        let held = workspace.held(SIDE);
        assert_eq!(held.values["vlan_config"]["vlan"], vlan);
        assert_eq!(held.text("state"), "production_change_pending");
    }
    sandbox.release();
    let log = sandbox.during(|| {
        workspace.apply(&[]).ok();
        workspace.plan(&[]).empty();
    });
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
    assert_eq!(workspace.held(SIDE).text("state"), "production");
    assert_eq!(workspace.held(SIDE).text("id"), id);
}

#[test]
fn what_was_ordered_stays_while_the_exchange_still_tells_what_was_before() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(
        &sandbox,
        config(circuit_in_production(
            "{ vlan_type = \"dot1q\", vlan = 301 }",
        )),
    );
    workspace.apply(&[]).ok();
    let id = workspace.held(SIDE).text("id").to_owned();
    sandbox.hold(json!({"id": id, "state": "production_change_pending"}));
    let before = json!({"vlan_type": "dot1q", "vlan": 300, "vlan_ethertype": "0x8100"});
    sandbox.patch(&id, json!({"vlan_config": before}));
    workspace.apply(&["-refresh-only"]).ok();
    assert_eq!(workspace.held(SIDE).values["vlan_config"]["vlan"], 301);
    sandbox.set_state(&id, "production", json!([]));
    sandbox.release();
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [0, 1, 0, 0], "{plan}");
}

#[test]
fn a_change_of_the_timeouts_alone_asks_nothing_of_the_exchange() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    let patient = port("port")
        .with("timeouts", "{ create = \"2h\", delete = \"10m\" }")
        .with("wait_for_state", "\"allocated\"");
    workspace.configure(config([patient]));
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [0, 1, 0, 0], "{plan}");
    let log = sandbox.during(|| {
        workspace.apply(&[]).quiet();
        workspace.plan(&[]).empty();
    });
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
}

#[test]
fn a_config_goes_from_one_tag_to_two_and_back_and_keeps_its_outer_vlan() {
    let sandbox = Sandbox::start(&[]);
    let with = circuit_in_production;
    let workspace = Workspace::new(
        &sandbox,
        config(with("{ vlan_type = \"dot1q\", vlan = 301 }")),
    );
    workspace.apply(&[]).ok();
    let vlans = || workspace.held(SIDE).values["vlan_config"].clone();

    let two = with("{ vlan_type = \"qinq\", inner_vlan = 7 }");
    let log = changes(&sandbox, &workspace, two);
    assert_eq!(log.changes()[0]["body"]["vlan_config"]["vlan_type"], "qinq");
    assert_eq!(
        (&vlans()["outer_vlan"], &vlans()["vlan"]),
        (&json!(301), &json!(null))
    );

    let inner = with("{ vlan_type = \"qinq\", inner_vlan = 8 }");
    changes(&sandbox, &workspace, inner);
    assert_eq!(
        (&vlans()["outer_vlan"], &vlans()["inner_vlan"]),
        (&json!(301), &json!(8))
    );

    let outer = with("{ vlan_type = \"qinq\", outer_vlan = 302, inner_vlan = 8 }");
    changes(&sandbox, &workspace, outer);
    assert_eq!(vlans()["outer_vlan"], 302);

    changes(&sandbox, &workspace, with("{ vlan_type = \"dot1q\" }"));
    assert_eq!(
        (&vlans()["vlan"], &vlans()["inner_vlan"]),
        (&json!(302), &json!(null))
    );
}

#[test]
fn the_configs_of_a_circuit_are_read_back_as_they_are() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(
        &sandbox,
        config(circuit_in_production("{ vlan_type = \"dot1q\" }")),
    );
    workspace.apply(&[]).ok();
    workspace.apply(&["-refresh-only"]).ok();
    let (side, other) = (workspace.held(SIDE), workspace.held("ixapi_nsc.other"));
    for config in [&side, &other] {
        assert_eq!(config.text("state"), "production");
        assert_eq!(config.values["vlan_config"]["vlan"], 100);
        assert_eq!(config.values["capacity"], 200);
    }
    assert_ne!(
        side.text("network_connection"),
        other.text("network_connection")
    );
}

#[test]
fn a_lag_that_grows_by_its_port_quantity_is_told_what_that_costs() {
    let sandbox = Sandbox::start(&[]);
    let lag = |ports: &str| {
        port("port")
            .with("mode", "\"lag_lacp\"")
            .with("port_quantity", ports)
    };
    let workspace = Workspace::new(&sandbox, config([lag("2")]));
    workspace.apply(&[]).ok();
    workspace.configure(config([lag("3")]));
    let plan = workspace.plan(&[]).warns(&["ixapi_port_reservation"]);
    assert_eq!(plan.counts(), [1, 0, 1, 0], "{plan}");
    plan.warns(&["cannot be taken back"]);
}

#[test]
fn a_port_is_added_to_a_lag_and_taken_out_again_while_it_stays_up() {
    let sandbox = Sandbox::start(&[]);
    let lag = port("port")
        .with("mode", "\"lag_lacp\"")
        .with("port_quantity", "1");
    let member = |name: &str| {
        Block::new("resource", "port_reservation", name)
            .with("network_connection", "ixapi_connection.port.id")
    };
    let workspace = Workspace::new(&sandbox, config([lag.clone(), member("second")]));
    workspace.apply(&[]).quiet();
    let id = sandbox.only("connections");
    workspace.configure(config([lag.clone(), member("second"), member("third")]));
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    assert_eq!(sandbox.count("port-reservations"), 3);
    let third = workspace.held("ixapi_port_reservation.third");
    assert!(
        third
            .text("exchange_side_demarc")
            .starts_with("NL.AMS.AMS5")
    );
    assert_eq!(third.text("port"), third.text("id"));
    workspace.configure(config([lag]));
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [0, 0, 2, 0], "{plan}");
    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    assert_eq!(sandbox.count("port-reservations"), 1);
    assert_eq!(sandbox.only("connections"), id);
}

#[test]
fn a_circuit_moves_along_when_its_port_is_replaced_by_a_new_one_first() {
    let sandbox = Sandbox::start(&[]);
    let with_party = |party: &str| {
        let mut blocks = circuit_in_production("{ vlan_type = \"dot1q\", vlan = 301 }");
        blocks[0] = blocks[0].clone().with("connecting_party", party);
        let new_one_first = "  lifecycle {\n    create_before_destroy = true\n  }\n}\n";
        let port = blocks[0].to_string();
        let replaced = port.trim_end().trim_end_matches('}').to_owned() + new_one_first;
        config(blocks).replacen(&port, &replaced, 1)
    };
    let workspace = Workspace::new(&sandbox, with_party("\"Moonpeer\""));
    workspace.apply(&[]).ok();
    let before = workspace.held(SIDE);
    workspace.configure(with_party("\"Sunpeer\""));
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [1, 1, 1, 0], "{plan}");
    let log = sandbox.during(|| {
        workspace.apply(&[]).ok();
        workspace.plan(&[]).empty();
    });
    assert_eq!(log.methods(), ["POST", "PATCH", "DELETE"]);
    let after = workspace.held(SIDE);
    assert_eq!(after.text("id"), before.text("id"));
    assert_ne!(
        after.text("network_connection"),
        before.text("network_connection")
    );
    assert_eq!(after.values["vlan_config"]["vlan"], 301);
}

/// The exchange takes it with the order only; that it is noted and not sent has to be said.
#[test]
fn a_connecting_party_that_is_added_later_is_noted_and_not_sent() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    let party = port("port").with("connecting_party", "\"Moonpeer\"");
    workspace.configure(config([party]));
    let log = sandbox.during(|| {
        let plan = workspace.plan(&[]);
        assert_eq!(plan.counts(), [0, 1, 0, 0], "{plan}");
        plan.warns(&["connecting_party", "noted, not sent"]);
        workspace.apply(&[]).ok();
        workspace.plan(&[]).empty();
    });
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
}

/// What an added port was ordered with says nothing of the LAG: it must not replace it.
#[test]
fn a_lag_with_ports_of_several_parties_is_imported_without_a_change() {
    let sandbox = Sandbox::start(&[]);
    let lag = || {
        port("lag")
            .with("mode", "\"lag_lacp\"")
            .with("lacp_timeout", "\"slow\"")
            .with("port_quantity", "2")
    };
    Workspace::new(&sandbox, config([lag()])).apply(&[]).ok();
    let id = sandbox.only("connections");
    let reservation = sandbox
        .live()
        .into_iter()
        .find(|object| object["collection"] == "port-reservations")
        .unwrap();
    sandbox.patch(
        reservation["id"].as_str().unwrap(),
        json!({"connecting_party": "Moonpeer"}),
    );
    let workspace = Workspace::new(&sandbox, config([lag()]));
    let block = format!("import {{\n  to = ixapi_connection.lag\n  id = \"{id}\"\n}}\n");
    workspace.write("imports.tf", block);
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [0, 0, 0, 1], "{plan}");
}
