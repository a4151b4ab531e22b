//! MAC addresses, which can only be made and removed: how one takes another's place while a config
//! uses it.

use acceptance_tests::config::{Block, config, lan, mac, peering_with};
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

const FIRST: &str = "42:23:bc:8e:b8:b0";
const SECOND: &str = "42:23:bc:8e:b8:b1";

fn routers(addresses: &[&str]) -> Block {
    mac("router")
        .with("for_each", &format!("toset({addresses:?})"))
        .with("address", "each.key")
}

fn new_before_old(addresses: &[&str]) -> Block {
    routers(addresses).with("lifecycle", "{ create_before_destroy = true }")
}

/// A config of the peering LAN that names all of these.
fn used(routers: Block) -> String {
    let lan = lan("lan")
        .with("macs", "[for router in ixapi_mac.router : router.id]")
        // A deletion that is refused is sent again for a while.
        .with("wait_for_state", "\"none\"");
    config(peering_with(lan).into_iter().chain([routers]))
}

/// The addresses that the exchange has.
fn registered(sandbox: &Sandbox, workspace: &Workspace) -> Vec<String> {
    let held = workspace.state().into_iter();
    let macs = held.filter(|held| held.kind() == "ixapi_mac");
    let addresses: Vec<String> = macs.map(|mac| mac.text("address").to_owned()).collect();
    assert_eq!(sandbox.count("macs"), addresses.len());
    addresses
}

#[test]
fn another_mac_address_takes_the_place_of_one_in_use() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let workspace = Workspace::new(&sandbox, used(new_before_old(&[FIRST])));
    workspace.apply(&[]).ok();
    workspace.configure(used(new_before_old(&[SECOND])));
    workspace.apply(&[]).ok();
    assert_eq!(registered(&sandbox, &workspace), [SECOND]);
    workspace.plan(&[]).empty();
}

#[test]
fn the_way_out_of_a_swap_that_is_refused_is_told_and_works() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let workspace = Workspace::new(&sandbox, used(routers(&[FIRST])));
    workspace.apply(&[]).ok();
    workspace.configure(used(routers(&[SECOND])));
    let words = ["is used by", "create_before_destroy", "put it back"];
    workspace.apply(&[]).one_error(&words);
    for addresses in [&[FIRST, SECOND][..], &[SECOND]] {
        workspace.configure(used(new_before_old(addresses)));
        workspace.apply(&[]).ok();
    }
    assert_eq!(registered(&sandbox, &workspace), [SECOND]);
    workspace.plan(&[]).empty();
}

#[test]
fn another_reference_of_a_mac_address_in_use_is_told_in_the_plan_with_a_way_that_works() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let both = new_before_old(&[FIRST, SECOND]);
    let workspace = Workspace::new(&sandbox, used(both.clone()));
    workspace.apply(&[]).ok();
    let named = both.with("external_ref", "\"edge\"");
    workspace.configure(used(named.clone()));
    let words = ["its own place", "another external_ref", "cannot change"];
    workspace.plan(&[]).warns(&words);
    let only_second = named
        .clone()
        .with("for_each", &format!("toset([{SECOND:?}])"));
    let as_before = only_second.without("external_ref");
    workspace.configure(used(as_before));
    workspace.apply(&[]).ok();
    let reference = format!("each.key == {FIRST:?} ? \"edge\" : null");
    workspace.configure(used(named.with("external_ref", &reference)));
    workspace.apply(&[]).ok();
    assert_eq!(registered(&sandbox, &workspace), [FIRST, SECOND]);
    workspace.plan(&[]).empty();
}
