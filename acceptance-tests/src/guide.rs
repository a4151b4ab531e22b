//! The way of a guide's reader: step by step, the files of `examples/guides/<guide>/<step>/` are
//! put over those of the steps before and applied; nothing is to do after each, and nothing is left
//! after the end. What the guide shows of a command's output is held against what comes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::PROVIDER;
use crate::programs;
use crate::run::Run;
use crate::sandbox::Sandbox;
use crate::workspace::Workspace;

/// A step that is there before the reader comes: applied from elsewhere, its state forgotten.
const BEFORE: &str = "already-there";
/// What stands in a guide for any text within a line of output.
const ANYTHING: char = '…';
/// The commands whose output a guide may show, in the order in which a step runs them.
const COMMANDS: [&str; 4] = ["plan", "failed apply", "apply", "plan -destroy"];

/// Follows the guide of that name.
pub fn follow(name: &str) {
    let guide = Guide::named(name);
    let sandbox = Sandbox::start(&guide.sandbox_arguments());
    let workspace = Workspace::new(&sandbox, "");
    let (steps, shown) = (guide.steps(), guide.shown());
    assert!(!steps.is_empty(), "{name} has no steps");
    for shown in &shown {
        let known = steps.contains(&shown.step) && COMMANDS.contains(&shown.command.as_str());
        assert!(known, "neither a step nor a command: {shown:?}");
    }
    if guide.folder.join(BEFORE).exists() {
        let others = Workspace::new(&sandbox, "");
        put(&others, &guide.folder.join(BEFORE));
        others.apply(&[]).ok();
    }
    for step in &steps {
        put(&workspace, &guide.folder.join(step));
        for command in COMMANDS {
            let mut outputs = shown
                .iter()
                .filter(|shown| shown.step == *step && shown.command == command)
                .peekable();
            if command == "apply" || outputs.peek().is_some() {
                let run = run(&workspace, command);
                outputs.for_each(|shown| shown.is_in(&run));
            }
        }
        workspace.plan(&[]).empty();
    }
    workspace.destroy(&[]).ok();
    let left = [sandbox.live(), sandbox.cancelling()].concat();
    assert!(left.is_empty(), "not gone: {left:#?}");
}

fn run(workspace: &Workspace, command: &str) -> Run {
    let run = |arguments: &[&str]| workspace.run(arguments);
    match command {
        "plan" => run(&["plan", "-no-color", "-input=false"]).ok(),
        "plan -destroy" => run(&["plan", "-destroy", "-no-color", "-input=false"]).ok(),
        "failed apply" => run(&APPLY).fails(),
        _ => run(&APPLY).ok(),
    }
}

const APPLY: [&str; 4] = ["apply", "-no-color", "-input=false", "-auto-approve"];

/// Puts a step's files over those that are there, and says which provider is meant if none does.
fn put(workspace: &Workspace, step: &Path) {
    for path in entries(step) {
        let name = path.file_name().expect("a file has a name");
        let text = fs::read_to_string(&path).expect("a configuration is text");
        workspace.write(name.to_str().expect("a readable name"), text);
    }
    let files = workspace.files();
    if !files
        .iter()
        .any(|(_, text)| text.contains("required_providers"))
    {
        workspace.write("requirements.tf", PROVIDER);
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a folder can be read").path())
        .collect();
    paths.sort();
    paths
}

struct Guide {
    text: String,
    folder: PathBuf,
}

/// An output that a guide shows, after `<!-- plan: 2-grow -->`.
#[derive(Debug)]
struct Shown {
    command: String,
    step: String,
    lines: Vec<String>,
}

impl Guide {
    fn named(name: &str) -> Guide {
        let root = programs::repository();
        let path = root.join("docs/guides").join(format!("{name}.md"));
        Guide {
            text: fs::read_to_string(path).expect("the guide is there"),
            folder: root.join("examples/guides").join(name),
        }
    }

    /// From `<!-- Sandbox: --notice-days 30 -->`.
    fn sandbox_arguments(&self) -> Vec<&str> {
        comments(&self.text)
            .filter_map(|(comment, _)| comment.strip_prefix("Sandbox:"))
            .flat_map(str::split_whitespace)
            .collect()
    }

    fn steps(&self) -> Vec<String> {
        let folders = entries(&self.folder)
            .into_iter()
            .filter(|path| path.is_dir());
        let names = folders.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
        names.filter(|name| name != BEFORE).collect()
    }

    fn shown(&self) -> Vec<Shown> {
        comments(&self.text)
            .filter(|(_, after)| after.starts_with("```text\n"))
            .map(|(comment, after)| {
                let (command, step) = comment.split_once(':').expect("a command and a step");
                let lines = after.lines().skip(1).take_while(|line| *line != "```");
                let lines = lines.map(|line| line.trim().to_owned());
                Shown {
                    command: command.trim().to_owned(),
                    step: step.trim().to_owned(),
                    lines: lines.filter(|line| !line.is_empty()).collect(),
                }
            })
            .collect()
    }
}

/// The comments of a text, which have a line each, and what follows them.
fn comments(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("\n<!--")
        .skip(1)
        .filter_map(|rest| rest.split_once("-->\n"))
        .map(|(comment, after)| (comment.trim(), after))
}

impl Shown {
    /// Whether all its lines are in the output, in their order.
    fn is_in(&self, run: &Run) {
        let output = run.output();
        let mut lines = output.lines();
        for shown in &self.lines {
            let found = lines.any(|line| is_like(unframed(line), shown));
            assert!(found, "no {shown:?}, or not after what is before it: {run}");
        }
    }
}

/// A line without the frame that Terraform draws around what it warns of.
fn unframed(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || "│╷╵".contains(c))
}

/// Whether a line begins, goes on and ends as the one that is shown; spaces in a row count as one.
fn is_like(line: &str, shown: &str) -> bool {
    let single = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (line, shown) = (single(line), single(shown));
    let mut parts = shown.split(ANYTHING);
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn an_ellipsis_stands_for_anything_and_all_else_for_itself() {
        assert!(is_like("+ id = (known  after apply)", "+ id = …"));
        assert!(is_like("CANL-1 ends on 2026-01-02.", "… ends on …."));
        assert!(is_like("Plan: 1 to add", "Plan: 1 to add"));
        assert!(!is_like("Plan: 1 to add, 2 to destroy", "Plan: 1 to add"));
        assert!(!is_like("CANL-1 ends on 2026-01-02", "… starts on …"));
    }
}
