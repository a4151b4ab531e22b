//! A state that one CLI has written is read by another.

use std::io::Write as _;
use std::path::Path;

use acceptance_tests::programs;
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::scenario::Scenario;
use acceptance_tests::workspace::Workspace;

/// The other registry's name of this provider, which OpenTofu writes and Terraform does not know.
const OF_OPENTOFU: &str = "registry.opentofu.org/ixapi-rs/ixapi";
const OF_TERRAFORM: &str = "registry.terraform.io/ixapi-rs/ixapi";

/// Makes the state one of this CLI, as a person who changes from one to the other does.
fn taken_over(workspace: &mut Workspace, cli: &Path) {
    workspace.go_on_with(cli);
    let file = workspace.path("terraform.tfstate");
    let state = std::fs::read_to_string(file).unwrap();
    let is_tofu = cli.ends_with("tofu");
    let (from, to) = match is_tofu {
        true => (OF_TERRAFORM, OF_OPENTOFU),
        false => (OF_OPENTOFU, OF_TERRAFORM),
    };
    if state.contains(from) {
        let renamed = ["state", "replace-provider", "-auto-approve", from, to];
        workspace.run(&renamed).ok();
    }
}

#[test]
fn what_one_cli_has_written_another_reads_changes_and_gives_back() {
    let others = programs::others();
    if others.is_empty() {
        let _ = writeln!(
            std::io::stderr(),
            "no other CLI is named in TF_ACC_OTHER_CLIS"
        );
        return;
    }
    let clis = [&[programs::terraform().to_owned()], others.as_slice()].concat();
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let scenario = Scenario::named("p2p_vc_qinq");
    let mut workspace = Workspace::new(&sandbox, &scenario.config);
    workspace.apply(&[]).ok();
    let before = workspace.addresses();
    // Each reads what the one before it has written, and writes it anew.
    for (number, cli) in clis.iter().chain(&clis).enumerate() {
        taken_over(&mut workspace, cli);
        let log = sandbox.during(|| {
            workspace.plan(&[]).empty();
            workspace.apply(&["-refresh-only"]).ok();
        });
        assert!(log.changes().is_empty(), "{}: {log:#?}", cli.display());
        let changed = format!("-var=changed={}", number % 2 == 0);
        workspace.apply(&[&changed]).ok();
        workspace.plan(&[&changed]).empty();
        workspace.apply(&[]).ok();
        assert_eq!(workspace.addresses(), before, "{}", cli.display());
    }
    workspace.destroy(&[]).ok();
    assert!(sandbox.live().is_empty());
}
