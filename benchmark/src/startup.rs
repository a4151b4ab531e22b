//! What a command takes before anything is asked of an exchange: start-up, memory and size.
//!
//! The floor is a plan with the stub (`bin/stub.rs`), which has one type and does nothing, on the
//! provider's own `tfplugin`: what is above it is the catalogue, its reading by Terraform included.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::programs::Programs;
use crate::report::{Table, median, milliseconds, ratio, size, times};
use crate::terraform::Terraform;

/// How often a running provider's memory is looked at.
pub const GLANCE: Duration = Duration::from_micros(500);
/// With this the provider knows that Terraform starts it.
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// One resource in the state of a first plan, with an account that is not known yet: so nothing is
/// asked of an exchange.
pub const CONFIGURATION: &str = r#"
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

/// What start-up took: medians.
#[derive(Clone, Copy, Debug)]
pub struct StartUp {
    /// `terraform version`
    pub bare: Duration,
    /// A plan of one resource.
    pub plan: Duration,
    /// The same with the stub.
    pub floor: Duration,
    /// From the start of the provider to its first line.
    pub handshake: Duration,
    /// The most memory that the provider took during the plan.
    pub memory: Option<u64>,
    /// The size of the binary, and of the stub's.
    pub sizes: [u64; 2],
}

/// Measures start-up.
pub fn measure(programs: &Programs, runs: usize) -> StartUp {
    eprintln!("start-up: {runs} runs");
    let [real, floor] = [&programs.provider, &programs.stub].map(|provider| {
        let workspace = Terraform::new(&programs.terraform, provider);
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
    for _ in 0..runs {
        bare.push(version());
        floors.push(plan(&floor).time);
        let run = plan(&real);
        plans.push(run.time);
        memory.push(run.peak);
        handshakes.push(handshake(Command::new(&programs.provider)));
    }
    let [bare, plan, floor] = [bare, plans, floors].map(|mut times| median(&mut times));
    StartUp {
        bare,
        plan,
        floor,
        handshake: median(&mut handshakes),
        memory: memory.into_iter().flatten().max(),
        sizes: [&programs.provider, &programs.stub].map(|of| fs::metadata(of).unwrap().len()),
    }
}

/// All of it as a table, ratios first.
pub fn table(of: &StartUp) -> Table {
    let mut table = Table::new(&["start-up", "median"]);
    let mut line = |what: &str, value: String| table.row([what.to_owned(), value]);
    line(
        "plan of one resource ÷ with the stub",
        times(ratio(of.plan, of.floor)),
    );
    line(
        "plan of one resource ÷ `terraform version`",
        times(ratio(of.plan, of.bare)),
    );
    line("`terraform version`", milliseconds(of.bare));
    line("`terraform plan` with the stub", milliseconds(of.floor));
    line("`terraform plan`", milliseconds(of.plan));
    line(
        "provider alone, start to handshake line",
        milliseconds(of.handshake),
    );
    if let Some(peak) = of.memory {
        line("provider, most memory during a plan", size(peak));
    }
    line("provider, size of the binary", size(of.sizes[0]));
    line("the stub's", size(of.sizes[1]));
    table
}

/// From the start of the provider to its first line, which tells Terraform where it listens.
pub fn handshake(mut provider: Command) -> Duration {
    let begin = Instant::now();
    let mut child = provider
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
