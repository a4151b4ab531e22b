//! What a command takes before anything is asked of an exchange: start-up, memory and size.
//!
//! The floor is a plan with the stub (`bin/stub.rs`), which has one type and does nothing, on the
//! provider's own `tfplugin`: what is above it is the catalogue, its reading by Terraform included.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::report::{mebibytes, median, milliseconds, ratio};
use crate::terraform::Terraform;

/// How often each command is run.
const RUNS: usize = 20;
/// How often a running provider's memory is looked at.
const GLANCE: Duration = Duration::from_micros(500);
/// With this the provider knows that Terraform starts it.
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// One resource in the state of a first plan, with an account that is not known yet: so nothing is
/// asked of an exchange.
const CONFIGURATION: &str = r#"
terraform {
  required_providers {
    ixapi = { source = "ixapi-rs/ixapi" }
  }
}

provider "ixapi" {
  api        = "http://127.0.0.1:9/api/v2"
  api_key    = "key"
  api_secret = "secret"
}

resource "terraform_data" "account" {}

resource "ixapi_contact" "noc" {
  managing_account  = terraform_data.account.id
  consuming_account = terraform_data.account.id
  email             = "noc@example.net"
}
"#;

/// Measures start-up, and prints it. The stub lies beside the provider.
pub fn measure(terraform: &Path, provider: &Path) {
    let stub = Stub::of(provider);
    let [real, floor] = [provider, &stub.provider].map(|provider| {
        let workspace = Terraform::new(terraform, provider);
        workspace.write("main.tf", CONFIGURATION);
        workspace
    });
    let plan = |workspace: &Terraform| workspace.run(&["plan", "-input=false"], GLANCE);
    let version = || real.run(&["version"], GLANCE).time;

    // Not counted: the first start reads everything from the disk.
    version();
    plan(&real);
    plan(&floor);

    let (mut bare, mut plans, mut floors) = (vec![], vec![], vec![]);
    let (mut memory, mut handshakes) = (vec![], vec![]);
    for _ in 0..RUNS {
        bare.push(version());
        floors.push(plan(&floor).time);
        let run = plan(&real);
        plans.push(run.time);
        memory.push(run.peak);
        handshakes.push(handshake(provider));
    }

    let [bare, plan, floor] = [bare, plans, floors].map(|mut times| median(&mut times));
    println!("medians of {RUNS} runs, taken in turn\n");
    let line = |what: &str, value: String| println!("{what:42}{value}");
    let times = |a, b| format!("{:.2}", ratio(a, b));
    line("plan of one resource / with the stub", times(plan, floor));
    line(
        "plan of one resource / terraform version",
        times(plan, bare),
    );
    line("  terraform version", milliseconds(bare));
    line("  terraform plan with the stub", milliseconds(floor));
    line("  terraform plan", milliseconds(plan));
    line(
        "provider alone, start to handshake line",
        milliseconds(median(&mut handshakes)),
    );
    let size = |of: &Path| fs::metadata(of).unwrap().len();
    let mebibytes = |bytes| format!("{:.1} MiB", mebibytes(bytes));
    if let Some(peak) = memory.iter().flatten().max() {
        line("provider, peak memory during a plan", mebibytes(*peak));
    }
    line("provider, size of the binary", mebibytes(size(provider)));
    line("  the stub's", mebibytes(size(&stub.provider)));
}

/// The stub, under the name that Terraform looks for.
struct Stub {
    provider: PathBuf,
    _folder: TempDir,
}

impl Stub {
    fn of(provider: &Path) -> Stub {
        let folder = tempfile::tempdir().unwrap();
        let it = folder.path().join(provider.file_name().unwrap());
        fs::copy(provider.with_file_name("stub"), &it).expect("the stub is built");
        Stub {
            provider: it,
            _folder: folder,
        }
    }
}

/// From the start of the provider to its first line, which tells Terraform where it listens.
fn handshake(provider: &Path) -> Duration {
    let begin = Instant::now();
    let mut child = Command::new(provider)
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("PLUGIN_PROTOCOL_VERSIONS", "6")
        .env(
            "PLUGIN_CLIENT_CERT",
            include_str!("../../tests/fixtures/test-only-terraform.crt"),
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the provider starts");
    let mut line = String::new();
    let stdout = child.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    let time = begin.elapsed();
    assert!(line.starts_with("1|6|"), "no handshake line: {line:?}");
    // It leaves by itself, socket and all.
    let id = child.id().to_string();
    Command::new("kill").arg(&id).status().unwrap();
    child.wait().unwrap();
    time
}
