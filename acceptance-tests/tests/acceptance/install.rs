//! The provider as people install it: from a folder that mirrors a registry, by `terraform init`.

use std::env::consts::{ARCH, EXE_SUFFIX, OS};
use std::fs;

use acceptance_tests::config::{config, port};
use acceptance_tests::programs;
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::{Workspace, quoted};

/// The version that the workspace's packages share.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Terraform and OpenTofu complete the source address each in its own way.
const REGISTRIES: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

/// What Go, and with it Terraform, calls this machine.
fn platform() -> String {
    let os = if OS == "macos" { "darwin" } else { OS };
    let arch = match ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{os}_{arch}")
}

#[test]
fn the_provider_is_installed_from_a_mirror_and_works() {
    let sandbox = Sandbox::start(&[]);
    let mirror = tempfile::tempdir().unwrap();
    for registry in REGISTRIES {
        let folder = mirror.path().join(format!(
            "{registry}/ixapi-rs/ixapi/{VERSION}/{}",
            platform()
        ));
        fs::create_dir_all(&folder).unwrap();
        let name = format!("{}_v{VERSION}{EXE_SUFFIX}", programs::PROVIDER);
        fs::copy(programs::provider(), folder.join(name)).unwrap();
    }
    let installation = format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = {}\n  }}\n}}\n",
        quoted(mirror.path())
    );
    let mut workspace = Workspace::bare(&installation);
    for (name, value) in sandbox.environment() {
        workspace.set(name, value);
    }
    workspace.configure(config([port("port")]));
    workspace.run(&["init", "-input=false", "-no-color"]).ok();
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    workspace.destroy(&[]).ok();
    assert!(sandbox.live().is_empty());
}
