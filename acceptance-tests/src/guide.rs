//! The way of a guide's reader: step by step, the files of `examples/guides/<guide>/<step>/` are
//! put over those of the steps before and applied; nothing is to do after each, and nothing is left
//! after the end. What the guide shows of a command's output is held against what comes.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::{self, Feature};
use crate::config::PROVIDER;
use crate::official::{self, Official};
use crate::programs;
use crate::run::Run;
use crate::sandbox::Sandbox;
use crate::workspace::Workspace;

/// A step that is there before the reader comes: applied from elsewhere. What is left of it after
/// the reader is destroyed there.
const BEFORE: &str = "already-there";
/// What stands in a guide for any text within a line of output.
const ANYTHING: char = '…';
/// Before a command that is to fail.
const FAILED: &str = "failed ";
/// The exchange keeps what gets into a state there: `hold: 1-order connections requested`.
const HOLD: &str = "hold";
/// What the step has is there already, in a state of the official provider whose address was
/// replaced: `official: 1-move`.
const OFFICIAL: &str = "official";
/// The exchange goes on: `release: 1-order`.
const RELEASE: &str = "release";

/// Seconds until the last day that a guide chooses for an end has come: ten years.
const LATER: u32 = 10 * 366 * 24 * 3600;

/// Follows the guide of that name.
pub fn follow(name: &str) {
    let guide = Guide::named(name);
    if !guide.needs().into_iter().all(cli::can) {
        return;
    }
    let sandbox = Sandbox::start(&guide.sandbox_arguments());
    let workspace = Workspace::new(&sandbox, "");
    let (steps, moments) = (guide.steps(), guide.moments());
    assert!(!steps.is_empty(), "{name} has no steps");
    for moment in &moments {
        let known = steps.contains(&moment.step) && moment.is_known();
        assert!(known, "neither a step nor a command: {moment:?}");
    }
    let others = Workspace::new(&sandbox, "");
    if guide.folder.join(BEFORE).exists() {
        put(&others, &guide.folder.join(BEFORE));
        others.apply(&[]).ok();
    }
    for step in &steps {
        put(&workspace, &guide.folder.join(step));
        let moments = moments.iter().filter(|moment| moment.step == *step);
        if take(&sandbox, &workspace, &moments.collect::<Vec<_>>()) {
            workspace.plan(&[]).empty();
        }
    }
    workspace.destroy(&[]).ok();
    others.destroy(&[]).ok();
    sandbox.advance(LATER);
    let left = [sandbox.live(), sandbox.cancelling()].concat();
    assert!(left.is_empty(), "not gone: {left:#?}");
}

/// Does what a guide shows of a step, in its order, and applies the step if that is not shown;
/// whether it is applied then. A step whose plan fails is not: the next one mends it.
fn take(sandbox: &Sandbox, workspace: &Workspace, moments: &[&Moment]) -> bool {
    let mut applied = false;
    for moment in moments {
        match moment.command.as_str() {
            HOLD => {
                let (collection, state) = moment.more.split_once(' ').expect("what, and where");
                sandbox.hold(json!({"collection": collection, "state": state}));
            }
            RELEASE => sandbox.release(),
            OFFICIAL => come_from_the_official_provider(sandbox, workspace),
            "failed plan" => {
                moment.is_in(&run(workspace, &moment.command));
                return false;
            }
            command => {
                if command == "plan -destroy" && !applied {
                    run(workspace, "apply");
                }
                moment.is_in(&run(workspace, command));
                applied = command.starts_with("apply") || command == "plan -destroy";
            }
        }
    }
    if !applied {
        run(workspace, "apply");
    }
    true
}

fn come_from_the_official_provider(sandbox: &Sandbox, workspace: &Workspace) {
    let first = Workspace::new(sandbox, "");
    let files = workspace.files().into_iter();
    for (path, text) in files.filter(|(path, _)| path.extension().is_some_and(|tf| tf == "tf")) {
        let name = path.file_name().and_then(|name| name.to_str());
        first.write(name.expect("a readable name"), text);
    }
    first.apply(&[]).ok();
    Official::of(&first, &official::address(), "").put(workspace);
    official::replace_provider(workspace);
}

/// Runs a command as a guide names it.
fn run(workspace: &Workspace, command: &str) -> Run {
    let fails = command.starts_with(FAILED);
    let command = command.strip_prefix(FAILED).unwrap_or(command);
    let mut arguments: Vec<&str> = command.split_whitespace().collect();
    arguments.push("-no-color");
    if !["query", "test"].contains(&arguments[0]) {
        arguments.push("-input=false");
    }
    if arguments[0] == "apply" {
        arguments.push("-auto-approve");
    }
    let run = workspace.run(&arguments);
    if fails { run.fails() } else { run.ok() }
}

/// Puts a step's files over those that are there, and says which provider is meant if none does.
fn put(workspace: &Workspace, step: &Path) {
    for path in entries(step) {
        let name = path.file_name().expect("a file has a name");
        let text = fs::read_to_string(&path).expect("a configuration is text");
        let name = name.to_str().expect("a readable name");
        let mut there = workspace.files().into_iter();
        let is_there = there.any(|(file, said)| file.ends_with(name) && said == text);
        assert!(!is_there, "{} is as before: leave it out", path.display());
        workspace.write(name, text);
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

/// What a guide shows or says at a place: `<!-- plan: 2-grow -->` and the output after it, or what
/// the exchange does meanwhile.
#[derive(Debug)]
struct Moment {
    command: String,
    step: String,
    more: String,
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

    /// From `<!-- Needs: Query, Actions -->`.
    fn needs(&self) -> Vec<Feature> {
        comments(&self.text)
            .filter_map(|(comment, _)| comment.strip_prefix("Needs:"))
            .flat_map(|names| names.split(',').map(Feature::named))
            .collect()
    }

    fn steps(&self) -> Vec<String> {
        let folders = entries(&self.folder)
            .into_iter()
            .filter(|path| path.is_dir());
        let names = folders.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
        names.filter(|name| name != BEFORE).collect()
    }

    fn moments(&self) -> Vec<Moment> {
        comments(&self.text)
            .filter(|(comment, after)| {
                let silent = [HOLD, RELEASE, OFFICIAL].map(|word| format!("{word}:"));
                after.starts_with("```text\n") || silent.iter().any(|it| comment.starts_with(it))
            })
            .map(|(comment, after)| {
                let (command, rest) = comment.split_once(": ").expect("a command and a step");
                let (step, more) = rest.split_once(' ').unwrap_or((rest, ""));
                let shown = after.strip_prefix("```text\n").unwrap_or_default();
                let lines = shown.lines().take_while(|line| *line != "```");
                let lines = lines.map(|line| line.trim().to_owned());
                Moment {
                    command: command.to_owned(),
                    step: step.to_owned(),
                    more: more.to_owned(),
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
        .filter_map(|rest| rest.split_once("-->"))
        .map(|(comment, after)| (comment.trim(), after.strip_prefix('\n').unwrap_or(after)))
}

impl Moment {
    fn is_known(&self) -> bool {
        let command = self.command.strip_prefix(FAILED).unwrap_or(&self.command);
        let word = command.split_whitespace().next().unwrap_or_default();
        ["plan", "apply", "query", "test", HOLD, RELEASE, OFFICIAL].contains(&word)
    }

    /// Whether all its lines are in the output, in their order. They are Terraform's words;
    /// OpenTofu has others.
    fn is_in(&self, run: &Run) {
        if cli::cli().is_tofu {
            return;
        }
        let output = run.output();
        let told = told(&output);
        let mut told = told.iter();
        for shown in &self.lines {
            let found = told.any(|line| is_like(line, shown));
            assert!(found, "no {shown:?}, or not after what is before it: {run}");
        }
    }
}

/// The lines of an output without the frame that Terraform draws around what it warns of, and after
/// those of each paragraph the paragraph as one, since Terraform breaks prose where it likes.
fn told(output: &str) -> Vec<String> {
    let lines: Vec<&str> = output
        .lines()
        .map(|line| line.trim_matches(|c: char| c.is_whitespace() || "│╷╵".contains(c)))
        .collect();
    lines
        .split(|line| line.is_empty())
        .flat_map(|paragraph| {
            let each = paragraph.iter().map(|line| (*line).to_owned());
            each.chain([paragraph.join(" ")]).collect::<Vec<_>>()
        })
        .collect()
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
