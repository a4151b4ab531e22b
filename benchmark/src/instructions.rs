//! Instructions of the hot paths, counted by callgrind: unlike times they hardly vary, so that a
//! change shows on any machine, whatever else it does. Where they go, `callgrind_annotate` tells of
//! a build with `--profile counted`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::programs::Programs;
use crate::report::{Table, millions};
use crate::startup;
use crate::terraform::Terraform;

/// How often more a path is gone in the second of two counts.
const MORE: u64 = 10;

/// The paths that `bin/paths.rs` knows, and what each is.
const PATHS: [(&str, &str); 4] = [
    ("schema", "the schemas of all types, built and encoded"),
    ("plan", "plan of one resource, from bytes to bytes"),
    ("object", "one object read, from its JSON to the state"),
    ("list", "a list of 1,000 objects, from its JSON to values"),
];

/// How many instructions a path takes.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    what: &'static str,
    count: u64,
}

/// Counts, if valgrind is there. `paths` lies beside the provider.
pub fn measure(programs: &Programs) -> Option<Vec<Counted>> {
    if !is_there() {
        return None;
    }
    eprintln!("instructions");
    let provider = &programs.provider;
    let mut all = vec![Counted {
        what: "start, up to the handshake line, and end",
        count: alone(provider),
    }];
    let starts = [
        "start in a plan that tells the schemas of all types",
        "start in a plan that validates",
        "start in a plan that configures and plans",
    ];
    let counts = self::starts(&programs.terraform, provider);
    all.extend(starts.into_iter().zip(counts).map(Counted::from));
    let paths = provider.with_file_name("paths");
    all.extend(PATHS.map(|(path, what)| Counted::from((what, once(&paths, path)))));
    Some(all)
}

impl From<(&'static str, u64)> for Counted {
    fn from((what, count): (&'static str, u64)) -> Counted {
        Counted { what, count }
    }
}

/// All of it as a table.
pub fn table(counted: &[Counted]) -> Table {
    let mut table = Table::new(&["what", "instructions"]);
    for it in counted {
        table.row([it.what.to_owned(), millions(it.count)]);
    }
    table
}

fn is_there() -> bool {
    let version = Command::new("valgrind").arg("--version").output();
    version.is_ok_and(|output| output.status.success())
}

/// What callgrind writes, instead of the program itself, into a folder: a log for each process.
struct Counter {
    folder: tempfile::TempDir,
}

impl Counter {
    fn new() -> Counter {
        Counter {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn arguments(&self, program: &Path) -> Vec<String> {
        let folder = self.folder.path().display();
        vec![
            "--tool=callgrind".to_owned(),
            "--callgrind-out-file=/dev/null".to_owned(),
            format!("--log-file={folder}/log.%p"),
            program.display().to_string(),
        ]
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("valgrind");
        command.args(self.arguments(program));
        command
    }

    /// The counts of all processes, in the order of their starts.
    fn counts(&self) -> Vec<u64> {
        let logs = fs::read_dir(self.folder.path()).unwrap();
        let mut logs: Vec<PathBuf> = logs.map(|entry| entry.unwrap().path()).collect();
        logs.retain(|log| log.file_stem().is_some_and(|stem| stem == "log"));
        logs.sort_by_key(|log| fs::metadata(log).unwrap().modified().unwrap());
        logs.iter().map(|log| refs(log)).collect()
    }
}

/// The number of instructions that a log tells: `==123== I   refs:      21,965,001`.
fn refs(log: &Path) -> u64 {
    let text = fs::read_to_string(log).unwrap();
    let line = text.lines().find(|line| line.contains("refs:"));
    let number = line.and_then(|line| line.split_whitespace().last());
    let number = number.expect("callgrind counts").replace(',', "");
    number.parse().expect("a number")
}

/// The provider without a client: it prints its line and is told to end.
fn alone(provider: &Path) -> u64 {
    let counter = Counter::new();
    startup::handshake(counter.command(provider));
    counter.counts()[0]
}

/// The three starts of one plan.
fn starts(terraform: &Path, provider: &Path) -> Vec<u64> {
    let counter = Counter::new();
    let stand_in = counter.folder.path().join(provider.file_name().unwrap());
    let arguments = counter.arguments(provider);
    let quoted: Vec<String> = arguments.iter().map(|word| format!("'{word}'")).collect();
    let script = format!("#!/bin/sh\nexec valgrind {}\n", quoted.join(" "));
    fs::write(&stand_in, script).unwrap();
    fs::set_permissions(&stand_in, fs::Permissions::from_mode(0o700)).unwrap();
    let workspace = Terraform::new(terraform, &stand_in);
    workspace.write("main.tf", startup::CONFIGURATION);
    workspace.run(&["plan", "-input=false"], startup::GLANCE);
    counter.counts()
}

/// One time along a path: what more times take, divided by their number.
fn once(paths: &Path, path: &str) -> u64 {
    let count = |times: u64| {
        let counter = Counter::new();
        let status = counter
            .command(paths)
            .args([path, &times.to_string()])
            .stdout(Stdio::null())
            .status();
        assert!(status.unwrap().success(), "paths {path} failed");
        counter.counts()[0]
    };
    (count(1 + MORE) - count(1)) / MORE
}
