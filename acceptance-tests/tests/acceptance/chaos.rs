//! An interruption, or the end of a token, at every single request of an apply: afterwards one
//! clean apply leaves exactly what the configuration says, each object ordered once. All other
//! trouble is made without waiting, in `chaos/`.

use serde_json::{Value, json};

use acceptance_tests::config::{circuit_with, config, peering};
use acceptance_tests::sandbox::{Log, Sandbox};
use acceptance_tests::until;
use acceptance_tests::workspace::Workspace;

/// With a clock that ticks, orders are waited for, so that there are looks to disturb as well.
const TICKING: [&str; 2] = ["--step-ms", "1"];

/// What is applied while there is trouble.
#[derive(Clone, Copy)]
enum Subject {
    Circuit,
    Peering,
}

impl Subject {
    fn config(self) -> String {
        config(match self {
            Subject::Circuit => circuit_with("{ vlan_type = \"dot1q\" }"),
            Subject::Peering => peering(),
        })
    }

    /// The objects of the configuration that are billed, each of which is ordered once.
    fn orders(self) -> &'static [&'static str] {
        match self {
            Subject::Circuit => &["connections", "network-services", "network-service-configs"],
            Subject::Peering => &[
                "connections",
                "network-service-configs",
                "network-feature-configs",
            ],
        }
    }

    /// Those that are not: a contact that has not got its roles is replaced.
    fn others(self) -> &'static [&'static str] {
        match self {
            Subject::Circuit => &[],
            Subject::Peering => &["contacts", "role-assignments"],
        }
    }

    fn workspace(self, sandbox: &Sandbox) -> Workspace {
        Workspace::new(sandbox, self.config())
    }

    /// How many requests an undisturbed apply takes.
    fn undisturbed(self) -> usize {
        let sandbox = Sandbox::start(&TICKING);
        self.workspace(&sandbox).apply(&[]).ok();
        let count = requests(&sandbox.log());
        assert!(count > self.orders().len(), "{:#?}", sandbox.log().0);
        count
    }
}

/// Requests that can be disturbed: all but log-ins.
fn requests(log: &Log) -> usize {
    log.0.len() - log.log_ins()
}

/// One clean apply, and everything is there once.
fn is_made_good(subject: Subject, sandbox: &Sandbox, workspace: &Workspace, trouble: &Value) {
    sandbox.forget_faults();
    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    for collection in [subject.orders(), subject.others()].concat() {
        assert_eq!(sandbox.count(collection), 1, "{collection} after {trouble}");
    }
    let log = sandbox.log();
    for collection in subject.orders() {
        let mut taken = log.of("POST", &format!("/{collection}"));
        taken.retain(|order| order["status"] == 201);
        assert_eq!(taken.len(), 1, "after {trouble}: {taken:#?}");
    }
    let state = workspace.state();
    assert!(state.iter().all(|held| !held.tainted), "after {trouble}");
}

/// What happens to a request that the exchange certainly did not act on.
fn disturbed_at_every_request(subject: Subject, trouble: &Value) {
    for request in 0..subject.undisturbed() {
        let sandbox = Sandbox::start(&TICKING);
        let workspace = subject.workspace(&sandbox);
        let mut fault = trouble.clone();
        fault["skip"] = json!(request);
        sandbox.fault(fault.clone());
        workspace.apply(&[]);
        is_made_good(subject, &sandbox, &workspace, &fault);
    }
}

#[test]
fn an_expired_token_at_every_request_does_no_harm() {
    disturbed_at_every_request(Subject::Circuit, &json!({"kind": "expired_token"}));
}

#[test]
fn ctrl_c_during_every_request_loses_nothing() {
    interrupted_at_every_request(Subject::Circuit);
}

#[test]
fn ctrl_c_during_every_request_of_peering_loses_nothing() {
    interrupted_at_every_request(Subject::Peering);
}

fn interrupted_at_every_request(subject: Subject) {
    let trouble = json!({"kind": "slow", "delay_ms": 700});
    for request in 0..subject.undisturbed() {
        let sandbox = Sandbox::start(&TICKING);
        let workspace = subject.workspace(&sandbox);
        let mut fault = trouble.clone();
        fault["skip"] = json!(request);
        sandbox.fault(fault.clone());
        let mut apply = workspace.start_apply();
        until("the request is under way", || {
            requests(&sandbox.log()) > request || !apply.is_running()
        });
        apply.signal_all("INT");
        apply.finish();
        is_made_good(subject, &sandbox, &workspace, &fault);
    }
}
