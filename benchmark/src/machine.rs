//! Where and with what was measured.

use std::fs;
use std::path::Path;
use std::process::Command;

use ixapi_sandbox::clock::{Clock, rfc3339};

/// The lines that say so.
pub fn describe(terraform: &Path, project: &Path) -> Vec<String> {
    let said = |program: &Path, words: &[&str]| {
        let output = Command::new(program)
            .args(words)
            .current_dir(project)
            .env("CHECKPOINT_DISABLE", "1")
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        Some(text.lines().next()?.to_owned())
    };
    let line = |file: &str, name: &str| {
        let text = fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let processor = line("/proc/cpuinfo", "model name");
    let processor = processor.unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = line("/proc/meminfo", "MemTotal");
    let kibibytes = memory.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
    let memory = kibibytes.map_or(String::new(), |kibibytes| {
        format!(", {} GiB of memory", kibibytes.div_ceil(1024 * 1024))
    });
    let commit = said(Path::new("git"), &["rev-parse", "--short", "HEAD"]);
    let commit = commit.map_or(String::new(), |commit| format!(", commit {commit}"));
    let date = rfc3339(Clock::default().now());
    vec![
        format!(
            "Machine: {cores} cores of {processor}{memory}, {}.",
            std::env::consts::OS
        ),
        format!(
            "Programs: {}; the provider {}{commit}, as `make install` builds it.",
            said(terraform, &["version"]).unwrap_or_default(),
            env!("CARGO_PKG_VERSION"),
        ),
        format!("Date: {}.", date.split('T').next().unwrap_or_default()),
    ]
}
