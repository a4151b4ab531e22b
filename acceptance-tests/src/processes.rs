//! The processes of this machine, and signals to them.

use std::fs;
use std::process::{Command, Stdio};

/// Sends a signal to a process, or to a group of them.
pub fn kill(name: &str, whom: &str) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), "--", whom])
        .stderr(Stdio::null())
        .status();
    assert!(status.is_ok(), "the command kill starts");
}

/// A process of this machine.
#[derive(Clone, Debug)]
pub struct Process {
    /// Its number.
    pub id: u32,
    /// Its parent's number.
    pub parent: u32,
    /// Whether it has ended and only its parent has not noticed.
    pub ended: bool,
    /// Its program, possibly cut short.
    pub program: String,
}

impl Process {
    /// The most memory that it has held, in bytes. Linux only.
    pub fn peak(&self) -> Option<u64> {
        // Between fork and exec a child still has the memory of its parent.
        if !self.program.starts_with("terraform-provi") {
            return None;
        }
        let status = fs::read_to_string(format!("/proc/{}/status", self.id)).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kibibytes * 1024)
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        kill(name, &self.id.to_string());
    }
}

/// All processes of this machine.
pub fn processes() -> Vec<Process> {
    let listed = Command::new("ps")
        .args(["-A", "-o", "pid=,ppid=,stat=,comm="])
        .output()
        .expect("the command ps starts");
    String::from_utf8_lossy(&listed.stdout)
        .lines()
        .filter_map(|line| {
            let mut columns = line.split_whitespace();
            Some(Process {
                id: columns.next()?.parse().ok()?,
                parent: columns.next()?.parse().ok()?,
                ended: columns.next()?.starts_with('Z'),
                program: columns.collect::<Vec<_>>().join(" "),
            })
        })
        .collect()
}
