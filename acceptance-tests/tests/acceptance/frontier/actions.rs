//! Actions: accepting, declining, waiting, cancelling on a day.

use acceptance_tests::cli::{Feature, can};
use acceptance_tests::config::{PROVIDER, config, port};
use acceptance_tests::run::Run;
use acceptance_tests::sandbox::{ACCOUNT_B, Log, Sandbox};
use acceptance_tests::scenario::Scenario;
use acceptance_tests::workspace::Workspace;

/// An action of this type.
fn action(kind: &str, arguments: &str) -> String {
    format!("\naction \"ixapi_{kind}\" \"it\" {{\n  config {{\n{arguments}\n  }}\n}}\n")
}

/// Runs `terraform apply -invoke` for it.
fn invoke(workspace: &Workspace, kind: &str) -> Run {
    workspace.apply(&[&format!("-invoke=action.ixapi_{kind}.it")])
}

/// What it would do, as a plan says.
fn foresee(workspace: &Workspace, kind: &str) -> Run {
    let invoked = format!("-invoke=action.ixapi_{kind}.it");
    workspace.run(&["plan", "-json", "-input=false", &invoked])
}

/// A workspace that holds nothing, for this action.
fn doing(sandbox: &Sandbox, kind: &str, arguments: &str) -> Workspace {
    let workspace = Workspace::new(sandbox, PROVIDER);
    workspace.write("action.tf", action(kind, arguments));
    workspace
}

/// The same as the other party.
fn doing_as_b(sandbox: &Sandbox, kind: &str, arguments: &str) -> Workspace {
    let mut workspace = doing(sandbox, kind, arguments);
    workspace.become_party_b(sandbox);
    workspace
}

/// Runs something in which nothing may be changed at the exchange.
fn without_change(sandbox: &Sandbox, run: impl FnOnce() -> Run) -> Run {
    let mut done = None;
    let log: Log = sandbox.during(|| done = Some(run()));
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
    done.unwrap()
}

/// A port that was ordered and not waited for.
fn ordered(sandbox: &Sandbox) -> (Workspace, String) {
    let not_waited_for = port("port").with("wait_for_state", "\"none\"");
    let workspace = Workspace::new(sandbox, config([not_waited_for]));
    workspace.apply(&[]).ok();
    let id = workspace
        .held("ixapi_connection.port")
        .text("id")
        .to_owned();
    (workspace, id)
}

fn waiting(id: &str, more: &str) -> String {
    format!("    type = \"ixapi_connection\"\n    id = {id:?}\n{more}")
}

#[test]
fn one_run_orders_and_another_waits() {
    if !can(Feature::Actions) {
        return;
    }
    let sandbox = Sandbox::start(&["--step-ms", "1500"]);
    let (_, id) = ordered(&sandbox);
    let arguments = waiting(&id, "    wait_for_state = \"production\"");
    let workspace = doing(&sandbox, "wait", &arguments);
    let run = without_change(&sandbox, || invoke(&workspace, "wait").ok());
    assert!(
        run.stdout.contains("waiting for production"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains(&format!("{id} is production")),
        "{}",
        run.stdout
    );
}

#[test]
fn a_wait_that_ends_too_early_fails_and_changes_nothing() {
    if !can(Feature::Actions) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "real"]);
    let (_, id) = ordered(&sandbox);
    let workspace = doing(&sandbox, "wait", &waiting(&id, "    timeout = \"1s\""));
    let run = without_change(&sandbox, || invoke(&workspace, "wait"));
    run.one_error(&[
        &id,
        "is requested, not production",
        "for 1s",
        "Invoke the action again",
    ]);
    let nobody = doing(&sandbox, "wait", &waiting("CANL-000000", ""));
    invoke(&nobody, "wait").one_error(&["CANL-000000"]);
    let wrong = "    type = \"ixapi_contact\"\n    id = \"x\"\n    timeout = \"soon\"";
    let wrong = doing(&sandbox, "wait", wrong).validate().fails();
    assert_eq!(wrong.errors().len(), 2, "{wrong}");
}

#[test]
fn a_wait_is_triggered_by_an_order() {
    if !can(Feature::Actions) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "fast"]);
    let trigger = "{ action_trigger {\n events = [after_create]\n actions = \
                   [action.ixapi_wait.it]\n } }";
    let port = port("port")
        .with("wait_for_state", "\"none\"")
        .with("lifecycle", trigger);
    let wait = "    type = \"ixapi_connection\"\n    id = ixapi_connection.port.id\n    \
                wait_for_state = \"production\"";
    let workspace = Workspace::new(&sandbox, config([port]) + &action("wait", wait));
    let run = workspace.apply(&[]).ok();
    assert!(run.stdout.contains("is production"), "{}", run.stdout);
    workspace.apply(&["-refresh-only"]).ok();
    assert_eq!(
        workspace.held("ixapi_connection.port").text("state"),
        "production"
    );
}

fn cancelling(id: &str, day: &str) -> String {
    waiting(id, &format!("    decommission_at = {day:?}"))
}

#[test]
fn what_is_cancelled_on_a_day_is_cancelled_once_and_the_plan_says_what_it_costs() {
    if !can(Feature::Actions) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "instant", "--notice-days", "30"]);
    let (owner, id) = ordered(&sandbox);
    let day = sandbox.day(60);
    let workspace = doing(&sandbox, "cancel", &cancelling(&id, &day));
    let plan = without_change(&sandbox, || foresee(&workspace, "cancel").ok());
    plan.warns(&[
        &format!("{id} will be cancelled on {day}"),
        &format!("end on {day}"),
    ]);
    let log = sandbox.during(|| {
        let run = invoke(&workspace, "cancel").ok();
        assert!(
            run.stdout.contains(&format!("it will end on {day}")),
            "{}",
            run.stdout
        );
    });
    assert_eq!(log.methods(), ["DELETE"]);
    let again = without_change(&sandbox, || invoke(&workspace, "cancel").ok());
    assert!(
        again.stdout.contains("is cancelled already"),
        "{}",
        again.stdout
    );
    let another = doing(&sandbox, "cancel", &cancelling(&id, &sandbox.day(90)));
    let run = without_change(&sandbox, || invoke(&another, "cancel"));
    run.one_error(&["is cancelled already", &day, "Nothing was sent"]);
    // Who manages it sees it, and neither orders nor cancels it again.
    without_change(&sandbox, || owner.apply(&[]).ok());
    assert_eq!(
        owner.held("ixapi_connection.port").text("decommission_at"),
        day
    );
}

#[test]
fn what_may_not_be_cancelled_so_is_told_before_anything_is_sent() {
    if !can(Feature::Actions) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "instant", "--notice-days", "30"]);
    let (_, id) = ordered(&sandbox);
    let early = doing(&sandbox, "cancel", &cancelling(&id, &sandbox.day(2)));
    for run in [foresee, invoke] {
        let run = without_change(&sandbox, || run(&early, "cancel"));
        run.one_error(&["cannot end on", &sandbox.day(30)]);
    }
    let mut never = doing(&sandbox, "cancel", &cancelling(&id, &sandbox.day(60)));
    never.set("IX_API_CANCEL", "never");
    let run = without_change(&sandbox, || invoke(&never, "cancel"));
    run.one_error(&["may not be cancelled", "never"]);
    let wrong = doing(&sandbox, "cancel", &cancelling(&id, "tomorrow"));
    wrong.validate().one_error(&["YYYY-MM-DD"]);
}

/// A circuit that A has ordered to B, which has not answered yet.
fn offered(sandbox: &Sandbox) -> (Workspace, String) {
    let circuit = format!(
        "resource \"ixapi_p2p_vc\" \"offered\" {{\n  external_ref = \"offered\"\n  \
         joining_member_account = {ACCOUNT_B:?}\n  product_offering = \"503125.AMS.AMS\"\n}}\n"
    );
    let workspace = Workspace::new(sandbox, PROVIDER);
    workspace.write("circuit.tf", circuit);
    workspace.apply(&[]).ok();
    let id = workspace.held("ixapi_p2p_vc.offered").text("id").to_owned();
    (workspace, id)
}

#[test]
fn a_circuit_of_somebody_else_is_declined_and_ones_own_never() {
    if !can(Feature::Actions) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let (owner, id) = offered(&sandbox);
    let arguments = format!("    network_service = {id:?}");
    let own = doing(&sandbox, "decline_circuit", &arguments);
    for run in [foresee, invoke] {
        let run = without_change(&sandbox, || run(&own, "decline_circuit"));
        run.one_error(&[&id, "is your own", "Nothing was sent"]);
    }
    let other = doing_as_b(&sandbox, "decline_circuit", &arguments);
    let plan = without_change(&sandbox, || foresee(&other, "decline_circuit").ok());
    plan.warns(&[&format!("{id} will be declined"), "A0087999 has ordered it"]);
    let log = sandbox.during(|| {
        invoke(&other, "decline_circuit").ok();
    });
    assert_eq!(log.methods(), ["DELETE"]);
    let again = without_change(&sandbox, || invoke(&other, "decline_circuit").ok());
    assert!(again.stdout.contains("already"), "{}", again.stdout);
    let plan = owner.plan(&[]);
    assert!(plan.output().contains("cancelled"), "{plan}");
}

#[test]
fn a_circuit_that_was_joined_is_not_declined_any_more() {
    if !can(Feature::Actions) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let workspace = Workspace::new(&sandbox, Scenario::named("p2p_vc_two_parties").config);
    workspace.apply(&[]).ok();
    let state = workspace.state();
    let circuit = state
        .iter()
        .find(|held| held.kind() == "ixapi_p2p_vc")
        .unwrap();
    let arguments = format!("    network_service = {:?}", circuit.text("id"));
    let joined = doing_as_b(&sandbox, "decline_circuit", &arguments);
    let run = without_change(&sandbox, || invoke(&joined, "decline_circuit"));
    run.one_error(&["Nothing was sent", "ixapi_nsc"]);
}

#[test]
fn a_change_that_is_asked_for_is_granted_or_declined() {
    if !can(Feature::Actions) {
        return;
    }
    for (kind, offering) in [
        ("accept_change", "503124.AMS.AMS"),
        ("decline_change", "503122.AMS.AMS"),
    ] {
        let sandbox = Sandbox::start(&["--speed", "instant"]);
        let asking = Workspace::new(&sandbox, Scenario::named("change_request").config);
        asking.apply(&[]).ok();
        let id = asking.held("ixapi_p2p_vc.circuit").text("id").to_owned();
        let circuit = format!("    network_service = {id:?}");
        let agreed = |offering: &str| match kind {
            "accept_change" => format!("{circuit}\n    product_offering = {offering:?}"),
            _ => circuit.clone(),
        };
        let owner = doing(&sandbox, kind, &agreed("503124.AMS.AMS"));
        if kind == "accept_change" {
            let other = doing(&sandbox, kind, &agreed("503125.AMS.AMS"));
            let run = without_change(&sandbox, || invoke(&other, kind));
            run.one_error(&[
                "asked for something else",
                "503124.AMS.AMS",
                "Nothing was sent",
            ]);
        }
        // Who has asked cannot answer himself.
        let asker = doing_as_b(&sandbox, kind, &agreed("503124.AMS.AMS"));
        let run = without_change(&sandbox, || invoke(&asker, kind));
        run.one_error(&["is not yours", "Nothing was sent"]);
        let plan = without_change(&sandbox, || foresee(&owner, kind).ok());
        if kind == "accept_change" {
            plan.warns(&["503122.AMS.AMS -> 503124.AMS.AMS", "costs"]);
        }
        let log = sandbox.during(|| {
            invoke(&owner, kind).ok();
        });
        assert_eq!(log.changes().len(), 1, "{:#?}", log.changes());
        asking.apply(&["-refresh-only"]).ok();
        let circuit = asking.held("ixapi_p2p_vc.circuit");
        assert_eq!(circuit.text("product_offering"), offering);
        let again = without_change(&sandbox, || invoke(&owner, kind));
        match kind {
            "accept_change" => assert!(again.ok().stdout.contains("has that offering already")),
            _ => drop(again.one_error(&["Nobody asks for a change", &id, "Nothing was sent"])),
        }
    }
}

#[test]
fn what_is_another_partys_is_not_cancelled() {
    if !can(Feature::Actions) {
        return;
    }
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let (_, id) = offered(&sandbox);
    let day = sandbox.day(60);
    let arguments =
        format!("    type = \"ixapi_p2p_vc\"\n    id = {id:?}\n    decommission_at = {day:?}");
    let other = doing_as_b(&sandbox, "cancel", &arguments);
    let run = without_change(&sandbox, || invoke(&other, "cancel"));
    run.one_error(&[&id, "is not yours", "Nothing was sent"]);
}
