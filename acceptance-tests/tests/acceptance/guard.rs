//! What is billed is never cancelled unless a plan has shown it, or a person allows it.

use serde_json::json;

use acceptance_tests::config::{Block, circuit, circuit_with, config, port, side};
use acceptance_tests::run::Run;
use acceptance_tests::sandbox::{ACCOUNT_B, Sandbox};
use acceptance_tests::workspace::Workspace;

const PORT: &str = "ixapi_connection.port";
const REPLACE: &str = "-replace=ixapi_connection.port";
const NOTICE: [&str; 4] = ["--notice-days", "30", "--billing-days", "60"];

/// A port that has been ordered.
struct Ordered {
    sandbox: Sandbox,
    workspace: Workspace,
    id: String,
}

fn ordered(arguments: &[&str], port: Block) -> Ordered {
    let sandbox = Sandbox::start(arguments);
    let workspace = Workspace::new(&sandbox, config([port]));
    workspace.apply(&[]).ok();
    let id = sandbox.only("connections");
    Ordered {
        sandbox,
        workspace,
        id,
    }
}

impl Ordered {
    /// What is said of its end.
    fn dates(&self) -> String {
        format!(
            "would end on {} and be billed until {}",
            self.sandbox.day(30),
            self.sandbox.day(60)
        )
    }

    fn is_untouched(&self) {
        assert_eq!(self.sandbox.only("connections"), self.id);
        assert_eq!(self.workspace.held(PORT).text("id"), self.id);
        let log = self.sandbox.log();
        assert_eq!(log.methods(), ["POST"], "{:#?}", log.changes());
    }
}

/// How many warnings and errors are about an object.
fn said(run: &Run, id: &str) -> usize {
    let messages = run.messages();
    let about = messages.iter().filter(|one| one.summary.contains(id));
    about.count()
}

#[test]
fn a_replacement_that_is_asked_for_is_refused_while_the_old_one_would_be_billed() {
    let mut ordered = ordered(&NOTICE, port("port"));
    let words = [
        &ordered.id,
        &ordered.dates(),
        "-replace, or replace_triggered_by",
        "IX_API_CANCEL=always",
    ];
    ordered.workspace.plan(&[REPLACE]).one_error(&words);
    ordered.workspace.apply(&[REPLACE]).one_error(&words);
    ordered.is_untouched();
    // Allowed in the plan, it is allowed in its apply.
    ordered.workspace.set("IX_API_CANCEL", "always");
    let plan = ordered.workspace.plan(&[REPLACE, "-out=plan.bin"]);
    assert_eq!(plan.counts(), [1, 0, 1, 0], "{plan}");
    ordered.workspace.unset("IX_API_CANCEL");
    ordered
        .workspace
        .run(&["apply", "-json", "plan.bin"])
        .ok()
        .warns(&[&ordered.id, "ends on", "is billed until"]);
    assert_ne!(ordered.sandbox.only("connections"), ordered.id);
    let log = ordered.sandbox.log();
    assert_eq!(log.methods(), ["POST", "DELETE", "POST"]);
}

#[test]
fn a_replacement_that_something_else_triggers_is_refused_in_either_order() {
    for first in ["", "create_before_destroy = true, "] {
        let blocks = |trigger: &str| {
            let lifecycle = format!("{{ {first}replace_triggered_by = [terraform_data.trigger] }}");
            let port = port("port").with("lifecycle", &lifecycle);
            let trigger =
                format!("resource \"terraform_data\" \"trigger\" {{\n  input = {trigger}\n}}\n");
            format!("{}{trigger}", config([port]))
        };
        let sandbox = Sandbox::start(&NOTICE);
        let workspace = Workspace::new(&sandbox, blocks("1"));
        workspace.apply(&[]).ok();
        let id = sandbox.only("connections");
        workspace.configure(blocks("2"));
        workspace
            .apply(&[])
            .one_error(&[&id, "replace_triggered_by", "is not cancelled"]);
        assert_eq!(sandbox.only("connections"), id);
        assert_eq!(sandbox.log().methods(), ["POST"]);
    }
}

#[test]
fn a_tainted_port_is_not_cancelled_while_it_would_be_billed() {
    let mut ordered = ordered(&NOTICE, port("port"));
    ordered.workspace.run(&["taint", PORT]).ok();
    let words = [
        &ordered.id,
        &ordered.dates(),
        "No plan has shown that",
        "terraform untaint ixapi_connection.<name>",
    ];
    ordered.workspace.apply(&[]).one_error(&words);
    assert!(ordered.workspace.state()[0].tainted);
    ordered.workspace.run(&["untaint", PORT]).ok();
    ordered.workspace.plan(&[]).empty();
    ordered.is_untouched();
    ordered.workspace.run(&["taint", PORT]).ok();
    ordered.workspace.set("IX_API_CANCEL", "always");
    ordered.workspace.apply(&[]).ok();
    assert_ne!(ordered.sandbox.only("connections"), ordered.id);
    ordered.workspace.plan(&[]).empty();
}

#[test]
fn a_tainted_port_is_destroyed_by_a_plan_that_shows_it() {
    let ordered = ordered(&NOTICE, port("port"));
    ordered.workspace.run(&["taint", PORT]).ok();
    ordered.workspace.destroy(&[]).ok();
    assert!(ordered.sandbox.live().is_empty());
}

/// During the apply nothing tells it from one whose replacement the plan has shown.
#[test]
fn a_tainted_port_whose_successor_comes_first_is_told_of_when_it_is_cancelled() {
    let first = "{ create_before_destroy = true }";
    let nameless = port("port").without("external_ref");
    let ordered = ordered(&NOTICE, nameless.with("lifecycle", first));
    ordered.workspace.run(&["taint", PORT]).ok();
    let (ends, bill) = (ordered.sandbox.day(30), ordered.sandbox.day(60));
    let run = ordered.workspace.apply(&[]).ok();
    assert_eq!(said(&run, &ordered.id), 1, "{run}");
    run.warns(&[&ordered.id, &ends, &bill, "has taken the cancellation"]);
    let log = ordered.sandbox.log();
    assert_eq!(log.methods(), ["POST", "POST", "DELETE"]);
    ordered.workspace.plan(&[]).empty();
}

/// With a reference of its own, its successor is refused, since it comes first. Terraform had set
/// the old one aside by then, and has to put it back.
#[test]
fn a_tainted_port_whose_successor_has_its_reference_stays_as_it_is() {
    let first = "{ create_before_destroy = true }";
    let ordered = ordered(&NOTICE, port("port").with("lifecycle", first));
    ordered.workspace.run(&["taint", PORT]).ok();
    let words = ["bears this external_ref already", "terraform untaint"];
    ordered.workspace.apply(&[]).one_error(&words);
    ordered.workspace.run(&["untaint", PORT]).ok();
    ordered.workspace.plan(&[]).empty();
    assert_eq!(ordered.sandbox.log().methods(), ["POST"]);
}

/// What is left over is cancelled by a plan that shows it.
#[test]
fn a_guard_leaves_over_a_tainted_port_whose_successor_comes_first() {
    let first = "{ create_before_destroy = true }";
    let nameless = port("port").without("external_ref");
    let mut ordered = ordered(&NOTICE, nameless.with("lifecycle", first));
    ordered.workspace.run(&["taint", PORT]).ok();
    ordered.workspace.set("IX_API_CANCEL", "never");
    let words = [&ordered.id, "nothing that was ordered is cancelled"];
    ordered.workspace.apply(&[]).one_error(&words);
    ordered.workspace.plan(&[]).one_error(&words);
    assert_eq!(ordered.sandbox.count("connections"), 2);
    ordered.workspace.unset("IX_API_CANCEL");
    let plan = ordered.workspace.plan(&[]);
    plan.warns(&["Cancelled now", &ordered.id]);
    ordered.workspace.apply(&[]).ok();
    ordered.workspace.plan(&[]).empty();
    assert_eq!(ordered.sandbox.count("connections"), 1);
    assert_eq!(ordered.sandbox.log().count("POST", "/connections"), 2);
}

#[test]
fn what_costs_nothing_beyond_today_is_replaced_when_it_is_asked_for_or_tainted() {
    let ordered = ordered(&[], port("port"));
    ordered.workspace.run(&["taint", PORT]).ok();
    ordered.workspace.apply(&[]).ok();
    ordered.workspace.apply(&[REPLACE]).ok();
    assert_eq!(ordered.sandbox.log().count("POST", "/connections"), 3);
    assert_eq!(ordered.sandbox.count("connections"), 1);
}

#[test]
fn a_replacement_that_the_plan_shows_is_made_in_either_order() {
    for first in ["false", "true"] {
        let lifecycle = format!("{{ create_before_destroy = {first} }}");
        let with_party = |party: &str| {
            port("port")
                .with("connecting_party", party)
                .with("external_ref", party)
                .with("lifecycle", &lifecycle)
        };
        let ordered = ordered(&NOTICE, with_party("\"Moonpeer\""));
        ordered
            .workspace
            .configure(config([with_party("\"Sunpeer\"")]));
        let (ends, bill) = (ordered.sandbox.day(30), ordered.sandbox.day(60));
        let plan = ordered.workspace.plan(&[]);
        assert_eq!(plan.counts(), [1, 0, 1, 0], "{plan}");
        plan.warns(&["Cancelled now", &ordered.id, &ends, &bill]);
        ordered.workspace.apply(&[]).ok();
        ordered.workspace.plan(&[]).empty();
        assert_ne!(ordered.sandbox.only("connections"), ordered.id);
    }
}

#[test]
fn a_vlan_that_stays_taken_is_told_where_a_config_is_replaced() {
    let sandbox = Sandbox::start(&NOTICE);
    let blocks = |service: &str| {
        let mut blocks = circuit_with("{ vlan_type = \"dot1q\", vlan = 301 }");
        blocks.push(circuit("other"));
        blocks[2] = blocks[2].clone().with("network_service", service);
        config(blocks)
    };
    let workspace = Workspace::new(&sandbox, blocks("ixapi_p2p_vc.circuit.id"));
    workspace.apply(&[]).ok();
    let ends = sandbox.day(30);
    workspace.configure(blocks("ixapi_p2p_vc.other.id"));
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [1, 0, 1, 0], "{plan}");
    let taken = format!("vlan_config.vlan may stay taken until {ends}");
    plan.warns(&[&taken, "has VLAN 301 there", "Choose another VLAN"]);
}

/// Each is cancelled, and neither is taken where the other still runs.
#[test]
fn configs_that_swap_their_circuits_are_told_that_these_stay_taken() {
    let sandbox = Sandbox::start(&NOTICE);
    let blocks = |services: [&str; 2]| {
        let joined = format!("\"{ACCOUNT_B}\"");
        let circuit = |name: &str| circuit(name).with("joining_member_account", &joined);
        let mut blocks = vec![port("port"), circuit("one"), circuit("other")];
        for (name, service) in ["first", "second"].into_iter().zip(services) {
            let side = side(name, "port", "{ vlan_type = \"dot1q\" }");
            blocks.push(side.with("network_service", &format!("ixapi_p2p_vc.{service}.id")));
        }
        config(blocks)
    };
    let workspace = Workspace::new(&sandbox, blocks(["one", "other"]));
    workspace.apply(&[]).ok();
    workspace.configure(blocks(["other", "one"]));
    let plan = workspace.plan(&[]);
    assert_eq!(plan.counts(), [2, 0, 2, 0], "{plan}");
    let warnings = plan.warnings();
    let taken = warnings.iter().filter(|warning| {
        warning.summary == "The side of the circuit may be taken"
            && warning.line.contains("network_service")
    });
    assert_eq!(taken.count(), 2, "{plan}");
    workspace.configure(blocks(["one", "other"]));
    workspace.plan(&[]).empty();
}

/// What is asked to be replaced takes what is on it along: the first that is billed is refused.
#[test]
fn a_circuit_that_is_asked_to_be_replaced_keeps_its_config() {
    let sandbox = Sandbox::start(&NOTICE);
    let blocks = [
        port("port"),
        circuit("circuit"),
        side("side", "port", "{ vlan_type = \"dot1q\", vlan = 301 }"),
    ];
    let workspace = Workspace::new(&sandbox, config(blocks));
    workspace.apply(&[]).ok();
    let before = sandbox.log().methods().len();
    let run = workspace.apply(&["-replace=ixapi_p2p_vc.circuit"]).fails();
    let circuit = workspace.held("ixapi_p2p_vc.circuit").text("id").to_owned();
    assert_eq!(said(&run, &circuit), 1, "{run}");
    assert_eq!(sandbox.log().methods().len(), before);
    assert_eq!(sandbox.count("network-service-configs"), 1);
}

/// Its config cannot be moved to another circuit, so that the plan shows the end of both.
#[test]
fn a_circuit_that_is_replaced_on_request_takes_its_config_along() {
    for (state, arguments) in [("", &[][..]), ("decommission_requested", &NOTICE[..])] {
        let sandbox = Sandbox::start(arguments);
        let blocks = circuit_with("{ vlan_type = \"dot1q\" }");
        let workspace = Workspace::new(&sandbox, config(blocks));
        workspace.apply(&[]).ok();
        if !state.is_empty() {
            let id = workspace.held("ixapi_p2p_vc.circuit").text("id").to_owned();
            sandbox.set_state(&id, state, serde_json::json!([]));
        }
        let run = workspace.apply(&["-replace=ixapi_p2p_vc.circuit"]).ok();
        let replaced: Vec<String> = run.changes().into_values().collect();
        assert_eq!(replaced, ["replace", "replace"], "{run}");
        run.warns(&["Cancelled now, the network service config"]);
        workspace.plan(&[]).empty();
    }
}

#[test]
fn a_guard_refuses_what_ends_or_replaces_and_says_how_to_allow_it() {
    let mut ordered = ordered(&NOTICE, port("port"));
    for (guard, rule) in [
        ("never", "nothing that was ordered is cancelled"),
        (
            "only_free",
            "nothing is cancelled that is billed beyond today",
        ),
    ] {
        ordered.workspace.set("IX_API_CANCEL", guard);
        let dates = ordered.dates();
        let words = [ordered.id.as_str(), &dates, rule];
        let error = ordered.workspace.plan(&["-destroy"]).one_error(&words);
        assert!(error.detail.contains("IX_API_CANCEL=shown"), "{error:?}");
        ordered.workspace.destroy(&[]).one_error(&words);
        ordered.workspace.configure(config([]));
        ordered.workspace.apply(&[]).one_error(&words);
        let larger = port("port")
            .with("mode", "\"lag_lacp\"")
            .with("port_quantity", "2");
        ordered.workspace.configure(config([larger]));
        let error = ordered.workspace.apply(&[]).one_error(&words);
        assert!(error.detail.contains("port_quantity"), "{error:?}");
        ordered.workspace.configure(config([port("port")]));
        ordered.workspace.apply(&[REPLACE]).one_error(&words);
        ordered.workspace.run(&["taint", PORT]).ok();
        ordered.workspace.apply(&[]).one_error(&words);
        ordered.workspace.run(&["untaint", PORT]).ok();
        ordered.workspace.plan(&[]).empty();
        ordered.is_untouched();
    }
}

/// A plan that was made where it was allowed is not carried out where it is not.
#[test]
fn a_guard_holds_in_the_apply_too() {
    let mut ordered = ordered(&NOTICE, port("port"));
    ordered.workspace.plan(&["-destroy", "-out=plan.bin"]);
    ordered.workspace.set("IX_API_CANCEL", "never");
    let apply = ["apply", "-json", "plan.bin"];
    let error = ordered.workspace.run(&apply).one_error(&[&ordered.id]);
    assert!(error.summary.contains("is not cancelled"), "{error:?}");
    ordered.is_untouched();
    ordered.workspace.unset("IX_API_CANCEL");
    ordered.workspace.destroy(&[]).ok();
    assert!(ordered.sandbox.live().is_empty());
}

/// The day that the configuration wants is another one than that for which it is cancelled.
#[test]
fn a_guard_does_not_bring_forward_the_end_of_what_is_cancelled() {
    let wants = port("port").with("decommission_at", "\"2999-06-30\"");
    let mut ordered = ordered(&NOTICE, wants);
    let (id, state) = (&ordered.id, "decommission_requested");
    ordered.sandbox.set_state(id, state, json!([]));
    let later = json!({ "decommission_at": "2999-12-31", "charged_until": "2999-12-31" });
    ordered.sandbox.patch(id, later);
    ordered.workspace.apply(&[]).ok();
    ordered.workspace.set("IX_API_CANCEL", "never");
    ordered.workspace.destroy(&["-refresh=false"]).ok();
    assert_eq!(ordered.sandbox.log().methods(), ["POST"]);
}

#[test]
fn a_guard_in_the_provider_block_is_stronger_than_the_environment_and_is_spelt_right() {
    let mut ordered = ordered(&[], port("port"));
    let guarded = |guard: &str| {
        let provider = format!("provider \"ixapi\" {{\n  cancel = {guard}\n}}\n");
        format!("{}{provider}", config([port("port")]))
    };
    ordered.workspace.set("IX_API_CANCEL", "always");
    ordered.workspace.configure(guarded("\"never\""));
    ordered.workspace.destroy(&[]).one_error(&[&ordered.id]);
    ordered.is_untouched();
    ordered.workspace.configure(guarded("\"sometimes\""));
    let names = [
        "\"sometimes\"",
        "\"never\", \"only_free\", \"shown\", \"always\"",
    ];
    ordered.workspace.validate().one_error(&names);
    ordered.workspace.set("IX_API_CANCEL", "sometimes");
    ordered.workspace.configure(guarded("null"));
    ordered.workspace.plan(&[]).one_error(&names);
    // What costs nothing beyond today may go.
    ordered.workspace.configure(guarded("\"only_free\""));
    ordered.workspace.destroy(&[]).ok();
    assert!(ordered.sandbox.live().is_empty());
}

#[test]
fn an_end_is_told_once_by_a_run_and_again_by_one_that_applies_what_another_has_planned() {
    let first = ordered(&NOTICE, port("port"));
    let run = first.workspace.destroy(&[]).ok();
    assert_eq!(said(&run, &first.id), 1, "{run}");
    let (ends, bill) = (first.sandbox.day(30), first.sandbox.day(60));
    run.warns(&[&first.id, &ends, &bill, "leaves the state"]);
    let second = ordered(&NOTICE, port("port"));
    second.workspace.plan(&["-destroy", "-out=plan.bin"]);
    let run = second.workspace.run(&["apply", "-json", "plan.bin"]).ok();
    assert_eq!(said(&run, &second.id), 1, "{run}");
    run.warns(&[&second.id, &ends, &bill, "has taken the cancellation"]);
}

/// Terraform cancels what is replaced before it asks for the order in its place.
#[test]
fn nothing_is_cancelled_for_an_order_that_cannot_be_noted() {
    let mut ordered = ordered(
        &NOTICE,
        port("port").with("connecting_party", "\"Moonpeer\""),
    );
    ordered.workspace.write("file", "");
    ordered.workspace.set("IX_API_JOURNAL", "file");
    let other = port("port").with("connecting_party", "\"Sunpeer\"");
    ordered.workspace.configure(config([other]));
    ordered
        .workspace
        .plan(&[])
        .warns(&["Orders cannot be noted", "Until then nothing is ordered"]);
    ordered.workspace.apply(&[]).one_error(&[
        "is not cancelled",
        "IX_API_JOURNAL",
        "Nothing was sent",
    ]);
    assert_eq!(ordered.sandbox.only("connections"), ordered.id);
    ordered.workspace.destroy(&[]).ok();
}
