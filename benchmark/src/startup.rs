//! What a command takes before anything is asked of an exchange: start-up, memory and size.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::report::{mebibytes, median, milliseconds, ratio};
use crate::terraform::Terraform;

/// How often each command is run.
const RUNS: usize = 20;
/// How often a running provider's memory is looked at.
const GLANCE: Duration = Duration::from_micros(500);
/// With this the provider knows that Terraform starts it.
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// One resource, in the state of a first plan: nothing is asked of the exchange.
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

resource "ixapi_contact" "noc" {
  managing_account  = "A0087999"
  consuming_account = "A0087999"
  email             = "noc@example.net"
}
"#;

/// Measures start-up, and prints it.
pub fn measure(terraform: &Path, provider: &Path) {
    let workspace = Terraform::new(terraform, provider);
    workspace.write("main.tf", CONFIGURATION);
    let run = |words: &[&str]| workspace.run(words, GLANCE);

    // Not counted: the first start reads everything from the disk.
    run(&["version"]);
    run(&["plan", "-input=false"]);

    let (mut bare, mut plans, mut memory, mut handshakes) = (vec![], vec![], vec![], vec![]);
    for _ in 0..RUNS {
        bare.push(run(&["version"]).time);
        let plan = run(&["plan", "-input=false"]);
        plans.push(plan.time);
        memory.push(plan.peak);
        handshakes.push(handshake(provider));
    }

    let (bare, plan) = (median(&mut bare), median(&mut plans));
    println!("medians of {RUNS} runs, taken in turn\n");
    println!(
        "plan of one resource / terraform version  {:.2}",
        ratio(plan, bare)
    );
    println!(
        "  terraform version                       {}",
        milliseconds(bare)
    );
    println!(
        "  terraform plan                          {}",
        milliseconds(plan)
    );
    println!(
        "provider alone, start to handshake line   {}",
        milliseconds(median(&mut handshakes))
    );
    if let Some(peak) = memory.iter().flatten().max() {
        println!(
            "provider, peak memory during a plan       {:.1} MiB",
            mebibytes(*peak)
        );
    }
    let size = fs::metadata(provider).unwrap().len();
    println!(
        "provider, size of the binary              {:.1} MiB",
        mebibytes(size)
    );
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
