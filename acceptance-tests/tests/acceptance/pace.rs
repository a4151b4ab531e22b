//! How fast the exchange is asked, and what is refused of the arguments that say so.

use serde_json::json;

use acceptance_tests::config::{Block, PROVIDER, config, port};
use acceptance_tests::sandbox::{Log, Sandbox};
use acceptance_tests::workspace::Workspace;

/// So many ports.
fn estate(count: usize) -> Block {
    port("port")
        .with("count", &count.to_string())
        .with("external_ref", "\"port-${count.index}\"")
}

fn statuses(log: &Log, status: u16) -> usize {
    log.0
        .iter()
        .filter(|entry| entry["status"] == status)
        .count()
}

/// Ten at a time, thirty ports are more than five requests a second. Each is read alone, so that
/// the limit is met however cheap the reads of a collection are.
#[test]
fn a_plan_at_an_exchange_that_limits_the_rate_shows_nobody_a_429() {
    let sandbox = Sandbox::start(&[]);
    let mut workspace = Workspace::new(&sandbox, config([estate(30)]));
    workspace.apply(&[]).ok();
    sandbox.switch(json!({ "requests_per_second": 5 }));
    workspace.set("IX_API_SHARED_READS", "false");
    let log = sandbox.during(|| {
        workspace.plan(&[]).empty().quiet();
    });
    assert!(statuses(&log, 200) >= 30);
    assert!(statuses(&log, 429) > 0, "the limit was met");
}

/// Four that were held up on their way and three that begin in the same second are as many as the
/// limit takes, so no slow machine makes this fail. At no pace, sixteen come within two seconds,
/// and more than seven of them in one.
#[test]
fn who_knows_the_limit_and_sets_it_is_never_refused() {
    let sandbox = Sandbox::start(&[]);
    let mut workspace = Workspace::new(&sandbox, config([estate(16)]));
    workspace.apply(&[]).ok();
    sandbox.switch(json!({ "requests_per_second": 7 }));
    workspace.set("IX_API_SHARED_READS", "false");
    workspace.set("IX_API_PARALLEL_REQUESTS", "4");
    workspace.set("IX_API_REQUESTS_PER_SECOND", "2");
    let log = sandbox.during(|| {
        workspace.plan(&[]).empty().quiet();
    });
    assert!(statuses(&log, 200) >= 16);
    assert_eq!(statuses(&log, 429), 0);
}

/// An order that comes too fast is placed later, and once.
#[test]
fn an_apply_at_an_exchange_that_limits_the_rate_orders_everything_once() {
    let sandbox = Sandbox::start(&["--requests-per-second", "5"]);
    let workspace = Workspace::new(&sandbox, config([estate(8)]));
    workspace.apply(&[]).ok().quiet();
    assert_eq!(sandbox.count("connections"), 8);
    workspace.plan(&[]).empty().quiet();
}

#[test]
fn a_pace_that_cannot_be_is_refused_with_its_argument_and_its_range() {
    let sandbox = Sandbox::start(&[]);
    for (argument, written, variable, text, range) in [
        (
            "poll_interval",
            "\"1ms\"",
            "IX_API_POLL_INTERVAL",
            "soon",
            "1s to 24h",
        ),
        (
            "requests_per_second",
            "0",
            "IX_API_REQUESTS_PER_SECOND",
            "many",
            "0.01 to 10000",
        ),
        (
            "parallel_requests",
            "1.5",
            "IX_API_PARALLEL_REQUESTS",
            "0",
            "1 to 100",
        ),
    ] {
        let block = format!("{PROVIDER}provider \"ixapi\" {{\n  {argument} = {written}\n}}\n");
        let mut workspace = Workspace::new(&sandbox, format!("{block}{}", port("port")));
        let refused = workspace.validate().one_error(&[argument, variable, range]);
        assert!(refused.line.contains(argument), "{refused:?}");
        workspace.configure(format!(
            "{PROVIDER}provider \"ixapi\" {{}}\n{}",
            port("port")
        ));
        workspace.set(variable, text);
        workspace
            .plan(&[])
            .one_error(&[argument, variable, text, range]);
    }
}
