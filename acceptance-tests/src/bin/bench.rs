//! Measures the release build of the provider: start-up, memory and size.
//!
//! `make bench` builds what it needs and runs it. Machines differ and are noisy, so what counts are
//! the ratios: both sides of each are measured in turn in the same run, and the median is taken.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::panic
)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

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

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(terraform), Some(provider)) = (arguments.next(), arguments.next()) else {
        panic!("usage: bench TERRAFORM PROVIDER");
    };
    let provider = fs::canonicalize(provider).unwrap();
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path(), &provider);
    let run = |words: &[&str]| run(&terraform, words, folder.path());

    // Not counted: the first start reads everything from the disk.
    run(&["version"]);
    run(&["plan", "-input=false"]);

    let (mut bare, mut plans, mut memory, mut handshakes) = (vec![], vec![], vec![], vec![]);
    for _ in 0..RUNS {
        bare.push(run(&["version"]).0);
        let (time, peak) = run(&["plan", "-input=false"]);
        plans.push(time);
        memory.push(peak);
        handshakes.push(handshake(&provider));
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
    let size = fs::metadata(&provider).unwrap().len();
    println!(
        "provider, size of the binary              {:.1} MiB",
        mebibytes(size)
    );
}

fn prepare(folder: &Path, provider: &Path) {
    fs::write(folder.join("main.tf"), CONFIGURATION).unwrap();
    let place = provider.parent().unwrap().display();
    let config = format!(
        "provider_installation {{\n  dev_overrides {{ \"ixapi-rs/ixapi\" = \"{place}\" }}\n}}\n\
         disable_checkpoint = true\n"
    );
    fs::write(folder.join("terraform.rc"), config).unwrap();
}

/// Runs Terraform. Returns how long it took, and the most memory that a provider of its took.
fn run(terraform: &Path, words: &[&str], folder: &Path) -> (Duration, Option<u64>) {
    let begin = Instant::now();
    let mut child = Command::new(terraform)
        .args(words)
        .current_dir(folder)
        .env("TF_CLI_CONFIG_FILE", folder.join("terraform.rc"))
        .env("CHECKPOINT_DISABLE", "1")
        .env_remove("TF_LOG")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("terraform starts");
    let mut peak = None;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        peak = peak.max(provider_memory(&child));
        std::thread::sleep(GLANCE);
    };
    let time = begin.elapsed();
    assert!(status.success(), "terraform {} failed", words.join(" "));
    (time, peak)
}

/// The high-water mark of the providers that this Terraform runs, in bytes. Linux only.
fn provider_memory(terraform: &Child) -> Option<u64> {
    let id = terraform.id();
    let threads = fs::read_dir(format!("/proc/{id}/task")).ok()?;
    threads
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|children| {
            let peaks = children.split_whitespace().map(peak);
            peaks.collect::<Vec<_>>()
        })
        .flatten()
        .max()
}

fn peak(process: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    // Between fork and exec a child still has Terraform's own memory.
    status
        .lines()
        .next()
        .filter(|name| name.contains("terraform-provi"))?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// From the start of the provider to its first line, which tells Terraform where it listens.
fn handshake(provider: &Path) -> Duration {
    let begin = Instant::now();
    let mut child = Command::new(provider)
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("PLUGIN_PROTOCOL_VERSIONS", "6")
        .env(
            "PLUGIN_CLIENT_CERT",
            include_str!("../../../tests/fixtures/test-only-terraform.crt"),
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

fn median<T: Ord + Copy>(values: &mut [T]) -> T {
    values.sort();
    values[values.len() / 2]
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn mebibytes(bytes: u64) -> f64 {
    #[allow(clippy::cast_precision_loss)]
    let bytes = bytes as f64;
    bytes / 1024.0 / 1024.0
}
