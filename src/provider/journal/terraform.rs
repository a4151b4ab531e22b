//! What can be learnt of the Terraform that has started this process: who it is, and in which
//! workspace; and of another one, whether it is still at work.

use std::fs;
use std::path::{Path, PathBuf};

/// The workspace of `terraform test`, which keeps its states to itself and destroys all that is in
/// them: no workspace of a person can be called so.
pub(super) const TESTS: &str = "terraform test";

/// Programs whose tests these are.
const PROGRAMS: [&str; 2] = ["terraform", "tofu"];

/// Terraform's own folder: the process runs in the folder of the configuration.
pub(super) fn folder() -> PathBuf {
    let told = std::env::var_os("TF_DATA_DIR").filter(|told| !told.is_empty());
    told.map_or_else(|| PathBuf::from(".terraform"), PathBuf::from)
}

/// The workspace, as Terraform finds it.
pub(super) fn workspace(own: &Path) -> String {
    if command(&parent_process()).is_some_and(|command| is_a_test(&command)) {
        return TESTS.to_owned();
    }
    let told = std::env::var("TF_WORKSPACE").ok();
    let chosen = || fs::read_to_string(own.join("environment")).ok();
    let name = told.filter(|name| !name.is_empty()).or_else(chosen);
    let name = name.unwrap_or_default();
    match name.trim() {
        "" => "default".to_owned(),
        name => name.to_owned(),
    }
}

/// The process that started this one: its number and, where the system tells, when it began. In
/// containers the numbers are the same in every run.
pub fn parent() -> String {
    of_process(&parent_process())
}

/// A process: its number and, where the system tells, when it began.
pub(super) fn of_process(process: &str) -> String {
    let began = began(process);
    format!("{process}-{}", began.as_deref().unwrap_or("0"))
}

fn parent_process() -> String {
    #[cfg(unix)]
    let parent = std::os::unix::process::parent_id();
    #[cfg(not(unix))]
    let parent = std::process::id();
    parent.to_string()
}

/// Whether the process that [`parent`] told of is at work; nothing where the system does not tell.
pub(super) fn is_at_work(parent: &str) -> Option<bool> {
    let (process, then) = parent.split_once('-')?;
    (then != "0").then(|| began(process).is_some_and(|began| began == then))
}

/// When a process began, where the system tells and if it is there and has not ended.
fn began(process: &str) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The fields after the name, which is in parentheses (proc_pid_stat(5)).
    let mut after = stat.rsplit(')').next()?.split_whitespace();
    let state = after.next()?;
    let began = after.nth(18)?;
    (state != "Z").then(|| began.to_owned())
}

/// The words with which a process was started, where the system tells.
fn command(process: &str) -> Option<Vec<String>> {
    if let Ok(words) = fs::read_to_string(format!("/proc/{process}/cmdline")) {
        return Some(words.split_terminator('\0').map(str::to_owned).collect());
    }
    by_ps(process)
}

/// The same, of a system without such files. A word with a blank becomes two.
#[cfg(unix)]
fn by_ps(process: &str) -> Option<Vec<String>> {
    let mut ps = std::process::Command::new("ps");
    let told = ps.args(["-o", "args=", "-p", process]).output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    Some(told.split_whitespace().map(str::to_owned).collect())
}

#[cfg(not(unix))]
fn by_ps(_process: &str) -> Option<Vec<String>> {
    None
}

/// Whether these words start `terraform test`.
fn is_a_test(command: &[String]) -> bool {
    let Some((program, words)) = command.split_first() else {
        return false;
    };
    let name = Path::new(program)
        .file_name()
        .and_then(|name| name.to_str());
    let mut names = PROGRAMS.iter();
    let is_known = name.is_some_and(|name| names.any(|known| name.starts_with(known)));
    let mut words = words.iter().filter(|word| !word.starts_with('-'));
    is_known && words.next().is_some_and(|word| word == "test")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_told_from_other_commands() {
        let is_one = |line: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            is_a_test(&words)
        };
        for line in [
            "terraform test",
            "/usr/local/bin/terraform-1.15 -chdir=live test -verbose",
            "tofu test -filter=ports.tftest.hcl",
        ] {
            assert!(is_one(line), "{line}");
        }
        for line in [
            "terraform apply test",
            "terraform",
            "cargo test",
            "terraform -chdir=test plan",
        ] {
            assert!(!is_one(line), "{line}");
        }
    }

    #[test]
    fn the_words_of_a_process_are_known() {
        let own = std::process::id().to_string();
        let words = command(&own).unwrap_or_default();
        let program = std::env::current_exe().unwrap_or_default();
        let program = program.file_name().and_then(|name| name.to_str());
        let is_it = |word: &String| program.is_some_and(|program| word.ends_with(program));
        if cfg!(unix) {
            assert!(words.first().is_some_and(is_it), "{words:?}");
        }
        // What is as old as it says is at work.
        let is_alive = began(&own).map(|began| is_at_work(&format!("{own}-{began}")));
        assert!(is_alive.is_none_or(|alive| alive == Some(true)));
        let is_another = began(&own).map(|_| is_at_work(&format!("{own}-1")));
        assert!(is_another.is_none_or(|alive| alive == Some(false)));
        assert_eq!(is_at_work(&format!("{own}-0")), None);
    }
}
