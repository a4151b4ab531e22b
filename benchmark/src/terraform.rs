//! Runs of Terraform in a folder of their own: how long they take, and how much memory the provider
//! takes meanwhile.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The file with what a run says.
const OUTPUT: &str = "output.txt";

/// A folder with a configuration, and the Terraform and the provider that run in it.
pub struct Terraform {
    program: PathBuf,
    folder: TempDir,
}

/// What a run took.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// From its start to its end.
    pub time: Duration,
    /// The most memory that a provider of its took, in bytes. Linux only.
    pub peak: Option<u64>,
}

impl Terraform {
    /// An empty folder, in which Terraform uses this build of the provider.
    pub fn new(program: &Path, provider: &Path) -> Terraform {
        let it = Terraform {
            program: program.to_owned(),
            folder: tempfile::tempdir().unwrap(),
        };
        let place = provider.parent().unwrap().display();
        let config = format!(
            "provider_installation {{\n  dev_overrides {{ \"ixapi-rs/ixapi\" = \"{place}\" }}\n}}\n\
             disable_checkpoint = true\n"
        );
        it.write("terraform.rc", &config);
        it
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// Reads a file of the folder.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// What the last run that was measured said.
    pub fn said(&self) -> String {
        self.read(OUTPUT)
    }

    /// Takes a file out of the folder, if it is there.
    pub fn remove(&self, name: &str) {
        let _ = fs::remove_file(self.folder.path().join(name));
    }

    fn command(&self, words: &[&str]) -> Command {
        let folder = self.folder.path();
        let mut command = Command::new(&self.program);
        command
            .args(words)
            .current_dir(folder)
            .env("TF_CLI_CONFIG_FILE", folder.join("terraform.rc"))
            .env("CHECKPOINT_DISABLE", "1")
            .env_remove("TF_LOG");
        command
    }

    /// Whether a command that is not measured succeeds.
    pub fn succeeds(&self, words: &[&str]) -> bool {
        let output = self.command(words).output().expect("terraform starts");
        output.status.success()
    }

    /// Runs a command that is not measured, and has to succeed. Returns what it says.
    pub fn must(&self, words: &[&str]) -> String {
        let output = self.command(words).output().expect("terraform starts");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        let words = words.join(" ");
        assert!(output.status.success(), "terraform {words} failed:\n{said}");
        said
    }

    /// Runs a command, which has to succeed. The provider's memory is looked at every `glance`.
    pub fn run(&self, words: &[&str], glance: Duration) -> Run {
        let output = fs::File::create(self.folder.path().join(OUTPUT)).unwrap();
        let errors = output.try_clone().unwrap();
        let begin = Instant::now();
        let mut child = self
            .command(words)
            .stdout(output)
            .stderr(errors)
            .spawn()
            .expect("terraform starts");
        let mut peak = None;
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            peak = peak.max(provider_memory(&child));
            std::thread::sleep(glance);
        };
        let time = begin.elapsed();
        let words = words.join(" ");
        assert!(
            status.success(),
            "terraform {words} failed:\n{}",
            self.said()
        );
        Run { time, peak }
    }
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
