//! The programs under test, built once per test process so that they are never older than the
//! tests, and the terraform that drives them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// What the provider's executable is called.
pub const PROVIDER: &str = "terraform-provider-ixapi";
/// What the sandbox's executable is called.
pub const SANDBOX: &str = "ixapi-sandbox";

/// Where the provider and the sandbox are, freshly built.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(build)
}

/// The provider.
pub fn provider() -> PathBuf {
    executable(PROVIDER)
}

/// The sandbox.
pub fn sandbox() -> PathBuf {
    executable(SANDBOX)
}

fn executable(name: &str) -> PathBuf {
    folder().join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The root of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate is in a folder of the repository")
}

/// `TF_ACC_TERRAFORM_PATH`, else terraform, else tofu.
///
/// # Panics
/// If there is none.
pub fn terraform() -> &'static Path {
    static TERRAFORM: OnceLock<PathBuf> = OnceLock::new();
    TERRAFORM.get_or_init(|| {
        if let Some(path) = std::env::var_os("TF_ACC_TERRAFORM_PATH") {
            return path.into();
        }
        let runs = |name: &&str| {
            let version = Command::new(name)
                .arg("version")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            version.is_ok_and(|status| status.success())
        };
        ["terraform", "tofu"]
            .into_iter()
            .find(runs)
            .map(PathBuf::from)
            .expect("install terraform or tofu, or set TF_ACC_TERRAFORM_PATH")
    })
}

/// The CLIs beside the one that drives the tests: those in `TF_ACC_OTHER_CLIS`, written like a
/// `PATH`.
pub fn others() -> Vec<PathBuf> {
    let listed = std::env::var_os("TF_ACC_OTHER_CLIS").unwrap_or_default();
    let others = std::env::split_paths(&listed);
    others.filter(|cli| !cli.as_os_str().is_empty()).collect()
}

/// `cargo build`, in the repository.
pub fn cargo_build() -> Command {
    let mut command = builder(env!("CARGO"));
    command.args(["build", "-q"]).current_dir(repository());
    command
}

/// A program that builds something. With what cargo tells a test of its own package, it would build
/// anew what was built without, and so would the next `cargo test`.
pub fn builder(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let told = ["OUT_DIR", "CARGO_MANIFEST_", "CARGO_PKG_"];
        let known = name.to_str().unwrap_or_default();
        if told.iter().any(|start| known.starts_with(start)) {
            command.env_remove(name);
        }
    }
    command
}

/// Builds both into the folder that this test was built into, with the same profile.
fn build() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it is");
    let profile = test
        .ancestors()
        .nth(2)
        .expect("a test is in <target>/<profile>/deps");
    let target = profile.parent().expect("a profile is in a target folder");
    let name = match profile.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let status = cargo_build()
        .args(["--profile", name, "--target-dir"])
        .arg(target)
        .args(["-p", SANDBOX, "-p", PROVIDER, "--bins"])
        .status()
        .expect("cargo starts");
    assert!(status.success(), "the programs under test do not build");
    profile.to_owned()
}
