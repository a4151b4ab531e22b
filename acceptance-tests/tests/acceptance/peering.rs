//! Peering: configs of LANs, the addresses that come with them, and sessions with route servers.

use serde_json::json;

use acceptance_tests::config::{
    Block, PROVIDER, address, circuit_with, config, lan, peering, peering_with, session,
};
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

const CONFIG: &str = "ixapi_nsc.lan";
const SESSION: &str = "ixapi_nfc.session";
const SECRET: &str = "hush-this-is-a-session";

fn with_session(changed: impl Fn(Block) -> Block) -> String {
    let mut blocks = peering();
    let session = blocks.pop().expect("it is the last");
    blocks.push(changed(session));
    config(blocks)
}

#[test]
fn another_offering_replaces_a_config_of_a_lan_and_is_refused_where_a_circuit_has_none() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config(peering_with(lan("lan"))));
    workspace.apply(&[]).ok();
    let larger = lan("lan").with("product_offering", "\"503302.AMS\"");
    workspace.configure(config(peering_with(larger)));
    let plan = workspace.plan(&[]).warns(&["cannot be taken back"]);
    assert_eq!(plan.counts(), [1, 0, 1, 0], "{plan}");

    let circuit = circuit_with("{ vlan_type = \"dot1q\", vlan = 23 }");
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config(circuit.clone()));
    workspace.apply(&[]).ok();
    let mut other = circuit;
    other[2] = other[2].clone().with("product_offering", "\"503191.FRA\"");
    workspace.configure(config(other));
    let plan = workspace.plan(&[]);
    plan.one_error(&["nsc_product_offerings", "Leave it out"]);
}

#[test]
fn a_capacity_that_is_taken_out_of_the_configuration_is_given_back() {
    let of_the_lan = |capacity: &str| peering_with(lan("lan").with("capacity", capacity));
    let of_the_circuit = |capacity: &str| {
        let mut blocks = circuit_with("{ vlan_type = \"dot1q\", vlan = 23 }");
        blocks[2] = blocks[2].clone().with("capacity", capacity);
        blocks
    };
    let lives = |kind: &str, of: &dyn Fn(&str) -> Vec<Block>| {
        let sandbox = Sandbox::start(&[]);
        let workspace = Workspace::new(&sandbox, config(of("150")));
        workspace.apply(&[]).ok();
        workspace.configure(config(of("null")));
        let log = sandbox.during(|| {
            workspace.apply(&[]).ok();
            workspace.plan(&[]).empty();
            workspace.apply(&["-refresh-only"]).ok();
            workspace.plan(&[]).empty();
        });
        assert_eq!(log.methods(), ["PATCH"], "{:#?}", log.changes());
        let body = &log.changes()[0]["body"];
        assert_eq!(*body, json!({"type": kind, "capacity": null}));
    };
    lives("exchange_lan", &of_the_lan);
    lives("p2p_vc", &of_the_circuit);
}

#[test]
fn a_capacity_that_was_never_set_is_never_sent() {
    let of_the_lan = |reference: &str| peering_with(lan("lan").with("external_ref", reference));
    let of_the_circuit = |reference: &str| {
        let mut blocks = circuit_with("{ vlan_type = \"dot1q\", vlan = 23 }");
        blocks[2] = blocks[2].clone().with("external_ref", reference);
        blocks
    };
    let lives = |of: &dyn Fn(&str) -> Vec<Block>| {
        let sandbox = Sandbox::start(&[]);
        let workspace = Workspace::new(&sandbox, config(of("\"a\"")));
        let log = sandbox.during(|| {
            workspace.apply(&[]).ok();
            workspace.plan(&[]).empty();
            workspace.configure(config(of("\"b\"")));
            workspace.apply(&[]).ok();
            workspace.plan(&[]).empty();
        });
        for sent in log.changes() {
            assert!(sent["body"].get("capacity").is_none(), "{sent:#}");
        }
        assert_eq!(log.methods().last(), Some(&"PATCH"));
    };
    lives(&of_the_lan);
    lives(&of_the_circuit);
}

#[test]
fn a_config_that_is_to_be_in_production_does_not_wait_for_what_comes_after_it() {
    let sandbox = Sandbox::start(&[]);
    let patient = || {
        lan("lan")
            .with("wait_for_state", "\"production\"")
            .with("timeouts", "{ create = \"30m\" }")
    };
    let workspace = Workspace::new(&sandbox, config(peering_with(patient())));
    workspace.apply(&[]).ok().warns(&[
        "is error, not production",
        "not waited for",
        "route server",
        "What is to be done",
        "an ixapi_nfc with network_service_config",
    ]);
    assert_eq!(workspace.held(CONFIG).text("state"), "error");
    let id = workspace.held(CONFIG).text("id").to_owned();
    workspace.plan(&[]).empty().warns(&[
        "rests in state error",
        "RS1-AMS",
        "not in service",
        "ixapi_nfc",
    ]);
    let mut blocks = peering_with(patient());
    blocks.extend([address("address"), session("session")]);
    workspace.configure(config(blocks));
    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    workspace.apply(&["-refresh-only"]).ok();
    let held = workspace.held(CONFIG);
    assert_eq!((held.text("state"), held.text("id")), ("production", &*id));
    let plan = workspace.plan(&[]).empty();
    assert!(plan.messages().is_empty(), "{plan}");
}

#[test]
fn a_password_that_is_not_to_be_stored_is_nowhere_but_at_the_exchange() {
    let sandbox = Sandbox::start(&[]);
    let of = |version: &str| {
        let variable = "variable \"password\" {\n  type      = string\n  sensitive = true\n  \
                        ephemeral = true\n}\n";
        let config = with_session(|session| {
            session
                .with("password_wo", "var.password")
                .with("password_wo_version", version)
        });
        config.replacen(PROVIDER, &format!("{PROVIDER}{variable}"), 1)
    };
    let mut workspace = Workspace::new(&sandbox, of("1"));
    workspace.set("TF_LOG", "TRACE");
    workspace.set("TF_LOG_PATH", "trace.txt");
    workspace.set("TF_VAR_password", SECRET);
    let plan = ["plan", "-input=false", "-out=plan.bin"];
    let mut written = workspace.run(&plan).ok().output();
    let apply = ["apply", "-input=false", "plan.bin"];
    written.push_str(&workspace.run(&apply).ok().output());
    written.push_str(&workspace.plan(&[]).empty().output());
    let log = sandbox.log();
    let sent = log.of("POST", "/network-feature-configs");
    assert_eq!(sent.len(), 1);
    // The sandbox's own log keeps no secrets; it tells that there was one.
    assert_eq!(sent[0]["body"]["password"], "***");

    workspace.set("TF_VAR_password", &format!("{SECRET}-too"));
    workspace.configure(of("2"));
    let log = sandbox.during(|| {
        written.push_str(&workspace.apply(&[]).ok().output());
        written.push_str(&workspace.plan(&[]).empty().output());
    });
    assert_eq!(log.methods(), ["PATCH"], "{:#?}", log.changes());
    let body = &log.changes()[0]["body"];
    assert_eq!(*body, json!({"type": "route_server", "password": "***"}));

    // Another password under the same version is not looked at.
    workspace.set("TF_VAR_password", SECRET);
    written.push_str(&workspace.plan(&[]).empty().output());
    written.push_str(&workspace.destroy(&[]).ok().output());
    assert!(!written.contains(SECRET));
    for (path, text) in workspace.files() {
        assert!(!text.contains(SECRET), "it is in {path:?}");
    }
    let trace = workspace.files().into_iter();
    let trace = trace.map(|(_, text)| text).collect::<String>();
    assert!(trace.contains("/network-feature-configs"), "no trace");
}

#[test]
fn a_password_in_the_configuration_is_not_shown_and_not_given_twice() {
    let sandbox = Sandbox::start(&[]);
    let password = format!("\"{SECRET}\"");
    let shown = with_session(|session| session.with("password", &password));
    let workspace = Workspace::new(&sandbox, &shown);
    let plan = workspace.run(&["plan", "-no-color", "-input=false"]).ok();
    assert!(!plan.output().contains(SECRET), "{plan}");
    assert!(plan.output().contains("(sensitive value)"), "{plan}");
    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();

    let both = with_session(|session| {
        session
            .with("password", "\"one\"")
            .with("password_wo", "\"two\"")
            .with("password_wo_version", "1")
    });
    workspace.configure(both);
    workspace
        .validate()
        .one_error(&["password", "password_wo", "both set"]);

    // Left out, it stays: what Terraform writes of an imported session leaves it out. Taken away,
    // it is said so.
    workspace.configure(with_session(|session| session));
    workspace.plan(&[]).empty();
    workspace.configure(with_session(|session| session.with("password", "\"\"")));
    let log = sandbox.during(|| {
        workspace.apply(&[]).ok();
        workspace.plan(&[]).empty();
    });
    assert_eq!(log.methods(), ["PATCH"], "{:#?}", log.changes());
}

#[test]
fn an_address_that_does_not_come_is_told_in_time_and_costs_nothing() {
    let sandbox = Sandbox::start(&[]);
    let mut blocks = circuit_with("{ vlan_type = \"dot1q\", vlan = 23 }");
    blocks.push(
        address("address")
            .with("network_service_config", "ixapi_nsc.side.id")
            .with("timeouts", "{ create = \"1s\" }"),
    );
    let workspace = Workspace::new(&sandbox, config(blocks));
    let error = workspace.apply(&[]).fails();
    let side = workspace.held("ixapi_nsc.side").text("id").to_owned();
    let error = error.one_error(&[&side, "version 4", "1s (timeouts.create)"]);
    assert_eq!(error.summary, "There is no IP address yet");
    assert_eq!(workspace.addresses().len(), 3);
}

#[test]
fn ctrl_c_while_an_address_is_waited_for_loses_nothing() {
    let sandbox = Sandbox::start(&["--step-ms", "1"]);
    sandbox.hold(json!({"collection": "network-service-configs", "state": "requested"}));
    let blocks = || {
        let mut blocks = peering_with(lan("lan").with("wait_for_state", "\"none\""));
        blocks.push(address("address").with("fqdn", "\"edge.example.net\""));
        blocks
    };
    let workspace = Workspace::new(&sandbox, config(blocks()));
    let apply = workspace.start_apply();
    sandbox.wait_for_requests("GET", "/ips", 2);
    apply.signal_all("INT");
    let run = apply.finish().fails();
    assert!(run.output().contains("The wait was interrupted."), "{run}");
    assert!(run.output().contains("apply again"), "{run}");
    let id = sandbox.only("network-service-configs");
    assert_eq!(workspace.held(CONFIG).text("id"), id);
    sandbox.release();
    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    let held = workspace.held("ixapi_ip.address");
    assert_eq!(held.text("fqdn"), "edge.example.net");
    assert_eq!(sandbox.only("network-service-configs"), id);
    assert_eq!(sandbox.log().count("POST", "/network-service-configs"), 1);
}

#[test]
fn a_session_goes_with_its_config_and_is_cleared_away_without_a_fuss() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config(peering()));
    workspace.apply(&[]).ok();
    // Somebody cancels the config: its session and address end with it.
    let id = workspace.held(CONFIG).text("id").to_owned();
    sandbox.set_state(&id, "decommissioned", json!([]));
    workspace.destroy(&[]).ok();
    assert_eq!(workspace.addresses(), Vec::<String>::new());
    assert!(sandbox.live().is_empty(), "{:#?}", sandbox.live());
}

#[test]
fn a_refused_session_is_told_at_its_attribute() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(
        &sandbox,
        with_session(|session| session.with("flags", "{ RTBH = true }")),
    );
    let error = workspace.apply(&[]).one_error(&["flags", "RTBH"]);
    assert!(error.line.contains("flags"), "{error:?}");
    workspace.configure(with_session(|session| {
        session.with("session_mode", "\"collector\"")
    }));
    workspace
        .apply(&[])
        .one_error(&["session_mode", "public", "collector"]);
    workspace.configure(with_session(|session| session));
    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    assert_eq!(sandbox.count("network-feature-configs"), 1);
    assert_eq!(workspace.held(SESSION).text("state"), "production");
}

#[test]
fn what_the_exchange_would_refuse_is_refused_before_anything_is_cancelled() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config(peering()));
    workspace.apply(&[]).ok();
    let ids = || [CONFIG, SESSION].map(|address| workspace.held(address).text("id").to_owned());
    let before = ids();
    let elsewhere = || {
        let mut blocks = peering_with(lan("lan").with("product_offering", "\"503301.FRA\""));
        blocks.extend([address("address"), session("session")]);
        config(blocks)
    };
    let flags = |flags: &str| with_session(|session| session.with("flags", flags));
    let refused: [(String, &[&str]); 4] = [
        (elsewhere(), &["product_offering", "LAN-AMS", "LAN-FRA"]),
        (
            flags("{ \"RPKI-HARD-FILTER\" = false }"),
            &["flags", "RPKI-HARD-FILTER", "mandatory"],
        ),
        (
            flags("{ BLACKHOLE = true }"),
            &["flags", "BLACKHOLE", "BLACKHOLING"],
        ),
        (
            flags("{ BLACKHOLING = null }"),
            &["flags", "null", "leave the name out"],
        ),
    ];
    for (configured, words) in refused {
        workspace.configure(configured);
        let log = sandbox.during(|| {
            workspace.apply(&[]).one_error(words);
        });
        assert_eq!(log.methods(), Vec::<&str>::new(), "{:#?}", log.changes());
        assert_eq!(ids(), before);
    }
    workspace.configure(config(peering()));
    workspace.plan(&[]).empty();
}
