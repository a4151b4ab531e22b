//! What touches the same port or the same service goes one after the other, and everything else at
//! Terraform's own pace: as the exchange sees it.

use std::collections::BTreeSet;

use serde_json::json;

use acceptance_tests::config::{Block, circuit, config, port, side};
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::{Running, Workspace};

/// Long enough that what is sent at the same time is seen to be under way at the same time.
const SLOW_MS: u32 = 1500;

/// Four configs, told apart by their references. The first shares its port with the second and its
/// circuit with the third; the fourth shares nothing.
fn configs(purchase_order: &str) -> Vec<Block> {
    let on = |name: &str, port: &str, service: &str| {
        side(name, port, "{ vlan_type = \"dot1q\" }")
            .with("network_service", &format!("ixapi_p2p_vc.{service}.id"))
            .with("external_ref", &format!("{name:?}"))
            .with("purchase_order", &format!("{purchase_order:?}"))
    };
    let mut blocks = Vec::from(["left", "right", "apart"].map(port));
    blocks.extend(["circuit", "second", "third"].map(circuit));
    blocks.extend([
        on("first", "left", "circuit"),
        on("same_port", "left", "second"),
        on("same_service", "right", "circuit"),
        on("on_its_own", "apart", "third"),
    ]);
    blocks
}

/// Which of them the exchange has seen under way at the same time.
fn seen_together(
    sandbox: &Sandbox,
    apply: &mut Running,
    method: &str,
    name_of: impl Fn(&serde_json::Value) -> String,
) -> BTreeSet<(String, String)> {
    let mut together = BTreeSet::new();
    while apply.is_running() {
        let log = sandbox.log();
        let sent = log.of(method, "/network-service-configs");
        let under_way = sent.iter().filter(|entry| entry["status"].is_null());
        let names: Vec<String> = under_way.map(|entry| name_of(entry)).collect();
        for one in &names {
            let others = names.iter().filter(|other| *other != one);
            together.extend(others.map(|other| (one.clone(), other.clone())));
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    together
}

#[test]
fn what_shares_a_port_or_a_service_is_changed_one_after_the_other_and_the_rest_side_by_side() {
    let sandbox = Sandbox::start(&[]);
    let slow = |method: &str| {
        sandbox.fault(json!({
            "kind": "slow", "delay_ms": SLOW_MS, "method": method, "times": 4,
            "path": "/network-service-configs",
        }));
    };
    let workspace = Workspace::new(&sandbox, config(configs("PO 1")));
    for (method, purchase_order) in [("POST", "PO 1"), ("PATCH", "PO 2")] {
        slow(method);
        workspace.configure(config(configs(purchase_order)));
        let ids: Vec<(String, String)> = workspace
            .state()
            .iter()
            .filter(|held| held.kind() == "ixapi_nsc")
            .map(|held| {
                (
                    held.text("id").to_owned(),
                    held.text("external_ref").to_owned(),
                )
            })
            .collect();
        let mut apply = workspace.start_apply();
        let together = seen_together(&sandbox, &mut apply, method, |entry| {
            let path = entry["path"].as_str().unwrap_or_default();
            let known = ids.iter().find(|(id, _)| path.ends_with(id.as_str()));
            let named = known.map(|(_, name)| name.clone());
            named.unwrap_or_else(|| entry["body"]["external_ref"].as_str().unwrap().to_owned())
        });
        apply.finish().ok();
        let were = |one: &str, other: &str| together.contains(&(one.to_owned(), other.to_owned()));
        assert!(!were("first", "same_port"), "{method}: {together:?}");
        assert!(!were("first", "same_service"), "{method}: {together:?}");
        let others = ["first", "same_port", "same_service"];
        assert!(
            others.iter().any(|other| were("on_its_own", other)),
            "{method}: {together:?}"
        );
    }
    workspace.plan(&[]).empty();
}
