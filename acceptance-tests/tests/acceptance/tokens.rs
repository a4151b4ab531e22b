//! Logging in: with either flow, for as long as an apply takes.

use serde_json::json;

use acceptance_tests::config::{Block, config, contact, port};
use acceptance_tests::run::Message;
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

#[test]
fn a_wait_outlives_three_tokens() {
    let sandbox = Sandbox::start(&["--token-lifetime", "2", "--step-ms", "1"]);
    sandbox.hold(json!({"collection": "connections", "state": "requested"}));
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    let apply = workspace.start_apply();
    sandbox.wait_for_order("connections");
    let log_ins = sandbox.log().log_ins();
    // Each is renewed a little before its end: with the fourth, three lives are over.
    sandbox.wait_for_requests("POST", "/connect/token", log_ins + 4);
    sandbox.release();
    apply.finish().quiet();
    workspace.plan(&[]).empty();
}

#[test]
fn a_token_that_expires_early_is_renewed_once() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    let usual = sandbox.during(|| {
        workspace.plan(&[]).empty();
    });
    sandbox.fault(json!({"kind": "expired_token", "path": "/connections"}));
    let log = sandbox.during(|| {
        workspace.plan(&[]).empty();
    });
    assert!(sandbox.faults().is_empty());
    assert_eq!(log.log_ins(), usual.log_ins() + 1, "{:#?}", log.0);
}

/// Whatever is being done when a token is revoked is done with the next one, once, and nobody
/// notices.
#[test]
fn a_token_that_is_revoked_in_the_middle_of_anything_is_renewed_unnoticed() {
    let sandbox = Sandbox::start(&["--step-ms", "50"]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    let revoked =
        |method: &str| json!({"kind": "expired_token", "method": method, "path": "/connections"});
    let renamed = port("port").with("external_ref", "\"renamed\"");
    let create = || {
        workspace.apply(&[]).quiet();
    };
    let read = || {
        workspace.plan(&[]).empty().quiet();
    };
    let update = || {
        workspace.configure(config([renamed.clone()]));
        workspace.apply(&[]).quiet();
    };
    let delete = || {
        workspace.destroy(&[]).ok();
    };
    // A create looks once it has ordered, and so does a delete, until the object is gone.
    let steps: [(&dyn Fn(), &[&str]); 4] = [
        (&create, &["POST", "GET"]),
        (&read, &["GET"]),
        (&update, &["GET", "PATCH"]),
        (&delete, &["GET", "DELETE"]),
    ];
    for (step, methods) in steps {
        sandbox.fault(methods.iter().map(|method| revoked(method)).collect());
        let log = sandbox.during(step);
        assert!(
            sandbox.faults().is_empty(),
            "{methods:?}: {:#?}",
            sandbox.faults()
        );
        for method in methods {
            let asked = log.of(method, "/connections");
            let refused = asked.iter().filter(|entry| entry["status"] == 401);
            assert_eq!(refused.count(), 1, "{method}: {asked:#?}");
            let changed = asked.len() - 1;
            assert!(*method == "GET" || changed == 1, "{method}: {asked:#?}");
        }
    }
    assert!(sandbox.live().is_empty());
}

#[test]
fn an_order_with_an_expired_token_is_placed_once() {
    let sandbox = Sandbox::start(&[]);
    sandbox.fault(json!({"kind": "expired_token", "method": "POST", "path": "/connections"}));
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).quiet();
    let statuses: Vec<_> = sandbox
        .log()
        .of("POST", "/connections")
        .iter()
        .map(|entry| entry["status"].clone())
        .collect();
    assert_eq!(statuses, [401, 201]);
    assert_eq!(sandbox.count("connections"), 1);
}

#[test]
fn a_token_that_is_never_good_is_an_error() {
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.apply(&[]).ok();
    sandbox.fault(json!({"kind": "expired_token", "path": "/connections", "times": 99}));
    workspace.plan(&[]).one_error(&["401", "IX_API_SECRET"]);
    assert_eq!(workspace.addresses(), ["ixapi_connection.port"]);
}

/// One wrong secret is one error, however many objects there are, and one attempt to log in.
#[test]
fn a_really_wrong_secret_is_told_once() {
    let sandbox = Sandbox::start(&[]);
    let several = ["one", "two", "three", "four"].map(port);
    let mut workspace = Workspace::new(&sandbox, config(several.clone()));
    let right = sandbox.exported("IX_API_SECRET").to_owned();
    let words = [
        "The exchange did not log us in",
        "the key or the secret was refused with 401",
        "told once",
        "api_secret (IX_API_SECRET)",
    ];
    for is_there in [false, true] {
        workspace.set("IX_API_SECRET", "wrong");
        for command in ["plan", "apply", "destroy"] {
            let log = sandbox.during(|| {
                let run = match command {
                    "plan" => workspace.plan(&[]),
                    "apply" => workspace.apply(&[]),
                    _ if is_there => workspace.destroy(&[]),
                    _ => return,
                };
                assert!(run.warnings().is_empty(), "{run}");
                run.one_error(&words);
            });
            assert_eq!(log.0.len(), log.log_ins(), "{:#?}", log.0);
        }
        workspace.set("IX_API_SECRET", &right);
        workspace.apply(&[]).quiet();
    }
    // Where the accounts are left out, they are what is asked for first.
    let bare = several.map(|port| {
        port.without("managing_account")
            .without("consuming_account")
            .without("billing_account")
    });
    let mut elsewhere = Workspace::new(&sandbox, config(bare));
    elsewhere.set("IX_API_SECRET", "wrong");
    elsewhere.plan(&[]).one_error(&words);
}

/// What cannot be reached is tried by one object of a plan, and not by each of those after it; what
/// is there stays in the state.
#[test]
fn a_server_that_cannot_be_reached_is_told_twice_at_most() {
    let sandbox = Sandbox::start(&[]);
    let many: Vec<Block> = (0..25).map(|i| contact(&format!("c{i}"))).collect();
    let mut workspace = Workspace::new(&sandbox, config(many));
    workspace.apply(&[]).ok();
    let before = workspace.addresses();
    // Nobody is given that port who does not ask for it.
    workspace.set(
        "IX_API_OAUTH2_TOKEN_URL",
        "http://127.0.0.1:1/connect/token",
    );
    let run = workspace.plan(&[]).fails();
    let is_told_once = |error: &Message| error.said().contains("told once");
    let (others, tried): (Vec<_>, Vec<_>) = run.errors().into_iter().partition(is_told_once);
    let ([others], [tried]) = (others.as_slice(), tried.as_slice()) else {
        panic!("not two errors: {run}");
    };
    let begin = "POST http://127.0.0.1:1/connect/token could not be sent: ";
    assert!(tried.said().contains(begin), "{run}");
    let either = format!("was not sent either: {begin}");
    for words in [
        "The exchange cannot be reached",
        &either,
        "told once",
        "HTTPS_PROXY",
    ] {
        assert!(others.said().contains(words), "no {words:?} in: {run}");
    }
    assert_eq!(workspace.addresses(), before);
    workspace.set(
        "IX_API_OAUTH2_TOKEN_URL",
        sandbox.exported("IX_API_OAUTH2_TOKEN_URL"),
    );
    workspace.plan(&[]).empty();
}

#[test]
fn the_api_key_of_ix_api_itself_opens_the_exchange_too() {
    let sandbox = Sandbox::start(&["--token-lifetime", "2", "--step-ms", "1"]);
    sandbox.hold(json!({"collection": "connections", "state": "requested"}));
    let mut workspace = Workspace::new(&sandbox, config([port("port")]));
    workspace.set("IX_API_AUTH", "legacy");
    workspace.set("IX_API_KEY", sandbox.exported("IXAPI_SANDBOX_LEGACY_KEY"));
    workspace.set(
        "IX_API_SECRET",
        sandbox.exported("IXAPI_SANDBOX_LEGACY_SECRET"),
    );
    workspace.unset("IX_API_OAUTH2_TOKEN_URL");
    let apply = workspace.start_apply();
    sandbox.wait_for_order("connections");
    let log_ins = sandbox.log().log_ins();
    acceptance_tests::until("the token is renewed", || sandbox.log().log_ins() > log_ins);
    sandbox.release();
    apply.finish().quiet();
    workspace.plan(&[]).empty();
    workspace.destroy(&[]).ok();
    assert_eq!(sandbox.log().count("POST", "/connect/token"), 0);
}

#[test]
fn an_empty_argument_is_as_good_as_none() {
    let sandbox = Sandbox::start(&[]);
    let provider = "provider \"ixapi\" {\n  api_secret = \"\"\n}\n";
    let workspace = Workspace::new(&sandbox, format!("{}{provider}", config([port("port")])));
    workspace.apply(&[]).quiet();
}
