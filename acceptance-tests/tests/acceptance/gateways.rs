//! Something between here and the exchange answers in its place, with success: nothing of that is
//! believed of an object.

use serde_json::{Value, json};

use acceptance_tests::config::{Block, NOC, config, contact, lan, peering, peering_with, port};
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

/// Answers the next requests like that with "try later" and status 200.
fn gateway(method: &str, path: &str, times: u32) -> Value {
    json!({
        "kind": "answer", "body": {"message": "try later"},
        "method": method, "path": path, "times": times,
    })
}

/// What is ordered, where it is, and its address.
fn each() -> [(Vec<Block>, &'static str, &'static str); 4] {
    let contact = contact("noc").with("roles", &format!("[\"{NOC}\"]"));
    [
        (vec![contact], "contacts", "ixapi_contact.noc"),
        (vec![port("port")], "connections", "ixapi_connection.port"),
        (
            peering_with(lan("lan")),
            "network-service-configs",
            "ixapi_nsc.lan",
        ),
        (peering(), "network-feature-configs", "ixapi_nfc.session"),
    ]
}

fn hasty(blocks: Vec<Block>) -> String {
    let hasty = |block: Block| block.with("timeouts", "{ delete = \"2s\" }");
    config(blocks.into_iter().map(hasty))
}

#[test]
fn a_deletion_that_a_gateway_answers_is_repeated() {
    for (blocks, collection, _) in each() {
        let sandbox = Sandbox::start(&[]);
        let workspace = Workspace::new(&sandbox, config(blocks));
        workspace.apply(&[]).ok();
        sandbox.fault(gateway("DELETE", &format!("/{collection}"), 1));
        let log = sandbox.during(|| {
            workspace.destroy(&[]).ok();
        });
        assert_eq!(log.count("DELETE", &format!("/{collection}")), 2);
        assert_eq!(workspace.addresses(), Vec::<String>::new());
        assert!(sandbox.live().is_empty(), "{:#?}", sandbox.live());
        assert!(sandbox.cancelling().is_empty());
    }
}

#[test]
fn a_deletion_that_only_a_gateway_answers_drops_nothing_from_the_state() {
    for (blocks, collection, address) in each() {
        let sandbox = Sandbox::start(&[]);
        let workspace = Workspace::new(&sandbox, hasty(blocks));
        workspace.apply(&[]).ok();
        let id = workspace.held(address).text("id").to_owned();
        sandbox.fault(gateway("DELETE", &format!("/{collection}"), 99));
        workspace
            .destroy(&[])
            .one_error(&[&id, "still there", "success"]);
        assert_eq!(workspace.held(address).text("id"), id);
        sandbox.forget_faults();
        workspace.destroy(&[]).ok();
        assert!(sandbox.live().is_empty(), "{:#?}", sandbox.live());
    }
}

/// A firewall or a load balancer that refuses what the exchange has taken by then.
#[test]
fn an_order_that_is_refused_on_the_way_back_is_gone_on_with() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    sandbox.fault(json!({
        "kind": "html", "status": 403, "after": true,
        "method": "POST", "path": "/connections",
    }));
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    assert_eq!(sandbox.log().methods(), ["POST"]);
    // On the way there, nothing comes of it.
    let workspace = Workspace::new(&sandbox, config([port("other")]));
    sandbox.fault(json!({
        "kind": "html", "status": 403, "method": "POST", "path": "/connections",
    }));
    workspace
        .apply(&[])
        .one_error(&["Nothing was ordered.", "has nothing of it"]);
    assert_eq!(sandbox.count("connections"), 1);
    workspace.apply(&[]).quiet();
    assert_eq!(sandbox.count("connections"), 2);
}

#[test]
fn a_role_that_only_a_gateway_takes_away_stays_in_the_plan() {
    let sandbox = Sandbox::start(&[]);
    let with_roles = |roles: &str| contact("noc").with("roles", roles);
    let one = format!("[\"{NOC}\"]");
    let workspace = Workspace::new(&sandbox, config([with_roles(&one)]));
    workspace.apply(&[]).ok();
    sandbox.fault(gateway("DELETE", "/role-assignments", 9));
    workspace.configure(config([with_roles("[]")]));
    workspace
        .apply(&[])
        .ok()
        .warns(&[NOC, "for now", "success"]);
    sandbox.forget_faults();
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [0, 1, 0, 0], "{plan}");
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    assert_eq!(sandbox.count("role-assignments"), 0);
}

/// The body of another object, with its end in the future, is no word of this one.
#[test]
fn the_end_of_another_object_does_not_let_a_port_go() {
    let sandbox = Sandbox::start(&[]);
    let blocks = || {
        [
            port("port").with("timeouts", "{ delete = \"2s\" }"),
            port("other"),
        ]
    };
    let workspace = Workspace::new(&sandbox, config(blocks()));
    workspace.apply(&[]).ok();
    let id = workspace
        .held("ixapi_connection.port")
        .text("id")
        .to_owned();
    let other = workspace
        .held("ixapi_connection.other")
        .text("id")
        .to_owned();
    sandbox.patch(&other, json!({"decommission_at": "2999-12-31"}));
    sandbox.fault(json!({
        "kind": "answer", "object": {"id": other},
        "method": "DELETE", "path": format!("/connections/{id}"), "times": 99,
    }));
    workspace
        .destroy(&["-target=ixapi_connection.port"])
        .one_error(&[&id, "still there"]);
    assert_eq!(workspace.held("ixapi_connection.port").text("id"), id);
    assert_eq!(sandbox.count("connections"), 2);
}

#[test]
fn a_change_that_a_gateway_answers_is_followed_by_a_look() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    let renamed = port("port").with("external_ref", "\"renamed\"");
    workspace.configure(config([renamed]));
    // Carried out, though answered by somebody else.
    let mut fault = gateway("PATCH", "/connections", 1);
    fault["after"] = json!(true);
    sandbox.fault(fault);
    let log = sandbox.during(|| {
        workspace.apply(&[]).ok();
    });
    assert_eq!(log.methods(), ["PATCH"], "{:#?}", log.changes());
    let looked = log.0.last().map(|entry| entry["method"].clone());
    assert_eq!(looked, Some(json!("GET")), "{:#?}", log.0);
    workspace.plan(&[]).empty();
}

/// Not carried out: the look shows that, and the next plan sends the change again.
#[test]
fn a_change_that_only_a_gateway_answers_is_not_lost() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    let renamed = port("port").with("external_ref", "\"renamed\"");
    workspace.configure(config([renamed]));
    let answered = |mut fault: Value| {
        fault["method"] = "PATCH".into();
        fault["path"] = "/connections".into();
        fault
    };
    for fault in [
        gateway("PATCH", "/connections", 1),
        answered(json!({"kind": "html", "status": 200})),
        answered(json!({"kind": "answer", "status": 204})),
    ] {
        sandbox.fault(fault);
        workspace
            .apply(&[])
            .ok()
            .warns(&["external_ref", "not sure", "next plan"]);
        let plan = workspace.plan(&[]);
        assert_eq!(plan.counts(), [0, 1, 0, 0], "{plan}");
    }
    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    let live = sandbox.live();
    assert!(
        live.iter()
            .any(|object| object["external_ref"] == "renamed"),
        "{live:#?}"
    );
}
