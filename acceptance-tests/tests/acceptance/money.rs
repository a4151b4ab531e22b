//! Nothing is ordered twice, whatever happens to a request, and a change or cancellation is
//! repeated only where that is the same as doing it once.

use serde_json::json;

use acceptance_tests::config::{Block, PROVIDER, circuit_with, config, contact, port};
use acceptance_tests::run::Message;
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

const PORT: &str = "ixapi_connection.port";

/// A port that nothing but its id tells from another.
fn nameless() -> Block {
    port("port").with("external_ref", "null")
}

#[test]
fn an_order_whose_answer_is_lost_is_found_by_its_reference() {
    let sandbox = Sandbox::start(&[]);
    sandbox.fault(json!({"kind": "cut_after", "method": "POST", "path": "/connections"}));
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).quiet();
    assert_eq!(workspace.held(PORT).text("id"), sandbox.only("connections"));
    workspace.plan(&[]).empty();
    let log = sandbox.log();
    assert_eq!(log.methods(), ["POST"], "{:#?}", log.changes());
}

/// One is drawn where the configuration says none, and it stays.
#[test]
fn an_order_whose_answer_is_lost_is_found_by_the_reference_that_was_drawn_for_it() {
    let sandbox = Sandbox::start(&[]);
    sandbox.fault(json!({"kind": "cut_after", "method": "POST", "path": "/connections"}));
    let workspace = Workspace::new(&sandbox, config([nameless()]));
    workspace.apply(&[]).quiet();
    let held = workspace.held(PORT);
    assert_eq!(held.text("id"), sandbox.only("connections"));
    assert!(held.text("external_ref").starts_with("tf-"));
    workspace.plan(&[]).empty();
    let log = sandbox.log();
    assert_eq!(log.methods(), ["POST"], "{:#?}", log.changes());
}

/// By their reference neither could be told from the other, and the plan says so already.
#[test]
fn two_orders_of_one_reference_are_refused_before_either_is_placed() {
    let sandbox = Sandbox::start(&[]);
    let twin = port("twin").with("external_ref", "\"port\"");
    let workspace = Workspace::new(&sandbox, config([port("port"), twin]));
    let words = [
        "external_ref",
        "of this configuration",
        "\"port\"",
        "Nothing was ordered",
    ];
    workspace.plan(&[]).one_error(&words);
    workspace.apply(&[]).one_error(&words);
    assert!(sandbox.live().is_empty());
}

/// Each provider block has a process of its own.
#[test]
fn two_orders_of_one_reference_at_two_provider_blocks_are_not_both_placed() {
    let sandbox = Sandbox::start(&[]);
    let twin = port("twin").with("external_ref", "\"port\"");
    let twin = twin.with("provider", "ixapi.other");
    let blocks = config([port("port"), twin]);
    let other = "provider \"ixapi\" {\n  alias = \"other\"\n}\n";
    let workspace = Workspace::new(&sandbox, blocks + other);
    workspace.apply(&[]).fails();
    assert!(sandbox.count("connections") < 2, "{:?}", sandbox.live());
}

#[test]
fn an_order_of_which_nobody_can_see_what_came_is_not_placed_again() {
    let sandbox = Sandbox::start(&[]);
    sandbox.fault(json!({"kind": "cut_after", "method": "POST", "path": "/connections"}));
    let hidden = json!({"kind": "problem", "status": 403, "method": "GET", "path": "/connections"});
    sandbox.fault(hidden);
    let workspace = Workspace::new(&sandbox, config([nameless()]));
    workspace.apply(&[]).one_error(&[
        "ixapi_connection",
        "POST",
        "Before you apply again",
        "import {",
        "a second time",
    ]);
    sandbox.forget_faults();
    let planned = workspace.plan(&[]);
    planned.warns(&["was ordered by an earlier run", "this is no new order"]);
    let applied = workspace.apply(&[]).ok();
    applied.warns(&["is an order of an earlier run", "nothing was ordered again"]);
    let log = sandbox.log();
    assert_eq!(log.methods(), ["POST"], "{:#?}", log.changes());
    assert_eq!(sandbox.count("connections"), 1);
    workspace.plan(&[]).empty();
}

/// A pipeline that lost its state and all its folders.
#[test]
fn what_bears_the_reference_of_an_order_already_is_not_ordered_again() {
    let sandbox = Sandbox::start(&[]);
    let blocks = || config(circuit_with("{ vlan_type = \"dot1q\", vlan = 23 }"));
    Workspace::new(&sandbox, config([port("port")]))
        .apply(&[])
        .ok();
    let id = sandbox.only("connections");
    let mut anew = Workspace::new(&sandbox, blocks());
    let words = [
        "bears this external_ref already",
        &id,
        "in state production",
        "import {",
        "adopt_existing = true",
        "Nothing was ordered",
    ];
    anew.plan(&[]).one_error(&words);
    anew.set("IX_API_ADOPT_EXISTING", "true");
    anew.plan(&[]).warns(&[&id, "is taken over, not ordered"]);
    anew.apply(&[])
        .ok()
        .warns(&[&id, "is taken over, not ordered"]);
    assert_eq!(anew.held(PORT).text("id"), id);
    assert_eq!(sandbox.count("connections"), 1);
    anew.plan(&[]).empty();
    // Also right after an apply that has ended well, and which no plan has seen since.
    let third = Workspace::new(&sandbox, config([port("third")]));
    third.apply(&[]).ok();
    third.run(&["state", "rm", "ixapi_connection.third"]).ok();
    third
        .apply(&[])
        .one_error(&["bears this external_ref already"]);
    let mut third = third;
    third.set("IX_API_ADOPT_EXISTING", "true");
    third.apply(&[]).ok().warns(&["is taken over, not ordered"]);
    third.plan(&[]).empty();
    anew.set("IX_API_REQUIRE_EXTERNAL_REF", "true");
    anew.plan(&[]).empty();
    anew.configure(config([port("port"), nameless().named("other")]));
    let demanded = ["external_ref", "require_external_ref"];
    anew.plan(&[]).one_error(&demanded);
}

#[test]
fn an_order_that_is_lost_on_its_way_is_placed_again_by_the_same_apply() {
    for lost in [nameless(), port("port")] {
        let sandbox = Sandbox::start(&[]);
        sandbox.fault(json!({"kind": "cut_before", "method": "POST", "path": "/connections"}));
        let workspace = Workspace::new(&sandbox, config([lost]));
        workspace.apply(&[]).quiet();
        let log = sandbox.log();
        assert_eq!(log.methods(), ["POST", "POST"], "{:#?}", log.changes());
        assert_eq!(sandbox.count("connections"), 1);
        workspace.plan(&[]).empty();
    }
}

#[test]
fn an_order_that_is_throttled_is_placed_once() {
    let sandbox = Sandbox::start(&[]);
    sandbox.fault(json!([
        {"kind": "rate_limited", "method": "POST", "path": "/connections", "retry_after": 1},
        {"kind": "rate_limited", "method": "POST", "path": "/contacts", "retry_after": 0},
    ]));
    let workspace = Workspace::new(&sandbox, config([port("port"), contact("noc")]));
    workspace.apply(&[]).quiet();
    for collection in ["connections", "contacts"] {
        assert_eq!(sandbox.count(collection), 1);
        let log = sandbox.log();
        let tried = log.of("POST", &format!("/{collection}"));
        let statuses: Vec<_> = tried.iter().map(|entry| entry["status"].clone()).collect();
        assert_eq!(statuses, [429, 201]);
    }
    workspace.plan(&[]).empty();
}

#[test]
fn an_order_that_a_server_in_trouble_has_taken_is_not_placed_again() {
    for kind in ["unavailable", "html"] {
        let sandbox = Sandbox::start(&[]);
        sandbox.fault(json!({
            "kind": kind, "after": true, "method": "POST", "path": "/connections", "times": 9,
        }));
        let workspace = Workspace::new(&sandbox, config([nameless()]));
        workspace.apply(&[]).quiet();
        let log = sandbox.log();
        assert_eq!(log.methods(), ["POST"], "{kind}: {:#?}", log.changes());
        workspace.plan(&[]).empty();
    }
}

#[test]
fn looks_changes_and_cancellations_are_repeated_when_the_server_is_in_trouble() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    for fault in [
        json!({"kind": "unavailable", "retry_after": 0}),
        json!({"kind": "bad_gateway"}),
        json!({"kind": "cut_before"}),
        json!({"kind": "cut_after"}),
        json!({"kind": "rate_limited", "retry_after": 0}),
    ] {
        let for_method = |method: &str| {
            let mut fault = fault.clone();
            fault["method"] = json!(method);
            fault["path"] = json!("/connections");
            fault
        };
        sandbox.fault(for_method("GET"));
        workspace.plan(&[]).empty();
        sandbox.fault(for_method("PATCH"));
        let reference = format!("\"after {}\"", fault["kind"].as_str().unwrap());
        workspace.configure(config([port("port").with("external_ref", &reference)]));
        workspace.apply(&[]).quiet();
        workspace.plan(&[]).empty();
    }
    sandbox.fault(json!([
        {"kind": "unavailable", "method": "DELETE", "path": "/connections", "retry_after": 0},
        {"kind": "cut_after", "method": "DELETE", "path": "/connections"},
    ]));
    workspace.destroy(&[]).ok();
    assert!(sandbox.faults().is_empty(), "{:#?}", sandbox.faults());
    assert!(sandbox.live().is_empty() && sandbox.cancelling().is_empty());
    assert_eq!(sandbox.log().count("POST", "/connections"), 1);
}

#[test]
fn a_change_that_fails_leaves_the_port_in_the_state_as_it_is() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    let id = sandbox.only("connections");
    sandbox.fault(json!({"kind": "html", "method": "PATCH", "path": "/connections"}));
    workspace.configure(config([port("port").with("external_ref", "\"other\"")]));
    workspace
        .apply(&[])
        .one_error(&[&id, "500", "Internal Server Error"]);
    assert_eq!(workspace.held(PORT).text("external_ref"), "port");
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    assert_eq!(workspace.held(PORT).text("external_ref"), "other");
}

#[test]
fn an_order_that_fails_beside_others_leaves_them_in_the_state() {
    let sandbox = Sandbox::start(&[]);
    sandbox.fault(json!({
        "kind": "html", "status": 400, "method": "POST", "path": "/connections", "skip": 2,
    }));
    let ports = || ["one", "two", "three", "four"].map(port);
    let workspace = Workspace::new(&sandbox, config(ports()));
    workspace.apply(&[]).one_error(&["400"]);
    assert_eq!(workspace.addresses().len(), 3);
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    assert_eq!(sandbox.count("connections"), 4);
}

#[test]
fn a_replacement_that_is_asked_for_cancels_once_and_orders_once() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    let before = sandbox.only("connections");
    workspace.apply(&["-replace=ixapi_connection.port"]).ok();
    workspace.plan(&[]).empty();
    let after = sandbox.only("connections");
    assert_ne!(before, after);
    assert_eq!(sandbox.log().methods(), ["POST", "DELETE", "POST"]);
}

#[test]
fn an_exchange_whose_address_is_known_after_apply_gets_its_orders_once() {
    let sandbox = Sandbox::start(&[]);
    let blocks = format!(
        "{PROVIDER}resource \"terraform_data\" \"api\" {{\n  input = \"{}\"\n}}\n\n\
         provider \"ixapi\" {{\n  api = terraform_data.api.output\n}}\n\n{}",
        sandbox.exported("IX_API_HOST"),
        port("port"),
    );
    let mut workspace = Workspace::new(&sandbox, blocks);
    workspace.unset("IX_API_HOST");
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    assert_eq!(sandbox.log().methods(), ["POST"]);
}

/// A plan of a replacement that nobody applies allows no later order, wherever that is planned.
#[test]
fn a_replacement_that_was_only_planned_makes_room_for_no_order() {
    let sandbox = Sandbox::start(&[]);
    let mut workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    let only_planned = |workspace: &Workspace| {
        let run = workspace.plan(&["-replace=ixapi_connection.port"]);
        assert_eq!(run.changes()[PORT], "replace", "{run}");
    };
    let is_refused = |workspace: &Workspace| {
        let run = workspace.apply(&[]);
        run.one_error(&["Another port or LAG bears this external_ref already"]);
        assert_eq!(sandbox.log().methods(), ["POST"]);
    };
    only_planned(&workspace);
    workspace.set("TF_WORKSPACE", "staging");
    // Terraform makes it with the first state that it gets.
    is_refused(&workspace);
    workspace.unset("TF_WORKSPACE");
    only_planned(&workspace);
    let removed = "removed {\n  from = ixapi_connection.port\n  \
                   lifecycle {\n    destroy = false\n  }\n}\n";
    let other = config([port("other").with("external_ref", "\"port\"")]);
    workspace.configure(format!("{other}{removed}"));
    is_refused(&workspace);
    workspace.configure(other);
    is_refused(&workspace);
}

/// The plan of the later order does not know its reference, or cannot look for it: then its apply
/// is the first to ask what the discarded plan has decided.
#[test]
fn a_replacement_that_was_only_planned_makes_room_for_no_order_that_could_not_look() {
    for is_known in [true, false] {
        let sandbox = Sandbox::start(&[]);
        let first = port("port").with("lifecycle", "{ create_before_destroy = true }");
        let workspace = Workspace::new(&sandbox, config([first.clone()]));
        workspace.apply(&[]).ok();
        let run = workspace.plan(&["-replace=ixapi_connection.port"]);
        assert_eq!(run.changes()[PORT], "replace", "{run}");
        workspace.run(&["state", "rm", PORT]).ok();
        if is_known {
            sandbox.fault(json!({
                "kind": "answer", "status": 403, "body": {"title": "Permission Denied"},
                "method": "GET", "path": "/connections",
            }));
        } else {
            let named = r#"resource "terraform_data" "name" { input = "port" }"#;
            let unknown = first.with("external_ref", "terraform_data.name.output");
            workspace.configure(format!("{}{named}", config([unknown])));
        }
        workspace
            .apply(&[])
            .one_error(&["Another port or LAG bears this external_ref already"]);
        assert_eq!(sandbox.log().methods(), ["POST"], "{is_known}");
    }
}

/// Another plan reads the object in the state before the saved one is applied: that is refused, and
/// leaves everything as it was.
#[test]
fn a_saved_replacement_after_another_plan_leaves_nothing_deposed() {
    let sandbox = Sandbox::start(&[]);
    let port = port("port").with("lifecycle", "{ create_before_destroy = true }");
    let workspace = Workspace::new(&sandbox, config([port]));
    workspace.apply(&[]).ok();
    let id = sandbox.only("connections");
    workspace.plan(&["-replace=ixapi_connection.port", "-out=saved"]);
    workspace.plan(&[]).empty();
    let saved = ["apply", "-json", "-input=false", "saved"];
    workspace.run(&saved).one_error(&["create_before_destroy"]);
    assert_eq!(workspace.held(PORT).text("id"), id);
    workspace.plan(&[]).empty();
    workspace.plan(&["-replace=ixapi_connection.port", "-out=saved"]);
    workspace.run(&saved).ok();
    workspace.plan(&[]).empty();
    assert_eq!(sandbox.log().methods(), ["POST", "POST", "DELETE"]);
}

/// A list of names gets shorter at its front: the wrong service would end.
#[test]
fn a_reference_is_not_passed_on_by_what_leaves_the_configuration() {
    let sandbox = Sandbox::start(&[]);
    let named = |names: [&str; 2], count: &str| {
        let reference = format!("[\"{}\", \"{}\"][count.index]", names[0], names[1]);
        config([port("port")
            .with("count", count)
            .with("external_ref", &reference)])
    };
    let workspace = Workspace::new(&sandbox, named(["a", "b"], "2"));
    workspace.apply(&[]).ok();
    workspace.configure(named(["b", "none"], "1"));
    for how in ["-parallelism=1", "-parallelism=10", "-refresh=false"] {
        workspace
            .apply(&[how])
            .one_error(&["would be cancelled", "moved"]);
        assert_eq!(sandbox.log().methods(), ["POST"; 2]);
    }
}

/// Objects under new addresses are moved, or stay as they are: they are not cancelled and ordered.
#[test]
fn what_gets_a_new_address_without_a_moved_block_is_refused_in_every_order() {
    let sandbox = Sandbox::start(&[]);
    let many = |by: (&str, &str), each: &str| {
        config([port("port").with(by.0, by.1).with("external_ref", each)])
    };
    let counted = many(("count", "3"), "\"port-${count.index}\"");
    let keys = "toset([\"0\", \"1\", \"2\"])";
    let named = many(("for_each", keys), "\"port-${each.key}\"");
    let workspace = Workspace::new(&sandbox, counted);
    workspace.apply(&[]).ok();
    workspace.configure(&named);
    for how in ["-parallelism=1", "-parallelism=10", "-refresh=false"] {
        for _ in 0..2 {
            let run = workspace.apply(&[how]).fails();
            let says_how = |error: &Message| error.said().contains("moved block");
            let errors = run.errors();
            assert!(errors.len() == 3 && errors.iter().all(says_how), "{run}");
            assert_eq!(sandbox.log().methods(), ["POST"; 3]);
        }
    }
    let moved = |key: usize| {
        let (from, to) = (format!("port[{key}]"), format!("port[\"{key}\"]"));
        format!("moved {{\n  from = ixapi_connection.{from}\n  to = ixapi_connection.{to}\n}}\n")
    };
    workspace.write("moved.tf", (0..3).map(moved).collect::<String>());
    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    assert_eq!(sandbox.log().methods(), ["POST"; 3]);
}
