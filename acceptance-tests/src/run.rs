//! One run of terraform: how it ended, and what it said.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

/// Terraform warns about it in every run of these tests.
const OVERRIDES: &str = "Provider development overrides are in effect";

/// How a run ended and what it said.
#[derive(Clone, Debug)]
pub struct Run {
    /// The command line, for failures.
    pub command: String,
    /// The exit code; none after a signal.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// What a person reads: severity, place, summary, detail.
#[derive(Clone, Debug)]
pub struct Message {
    /// `error` or `warning`.
    pub severity: String,
    /// The object, such as `ixapi_connection.port`.
    pub address: String,
    /// The block of the configuration that it is about: `resource "ixapi_connection" "port"`.
    pub block: String,
    /// The line of the configuration to which it points.
    pub line: String,
    /// The summary.
    pub summary: String,
    /// The detail.
    pub detail: String,
}

impl Message {
    /// What it says: summary and detail.
    pub fn said(&self) -> String {
        format!("{}\n{}", self.summary, self.detail)
    }

    /// What it says, and the line it points to.
    pub fn text(&self) -> String {
        format!("{}\n{}", self.said(), self.line)
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ terraform {}  => {:?}", self.command, self.code)?;
        for message in self.messages() {
            let (severity, text) = (&message.severity, message.text());
            writeln!(f, "{severity} {}: {text}", message.address)?;
        }
        if self.json_lines().is_empty() {
            f.write_str(&self.stdout)?;
        }
        for (address, action) in self.changes() {
            writeln!(f, "{action} {address}")?;
        }
        for (address, action) in self.drift() {
            writeln!(f, "found: {action} {address}")?;
        }
        f.write_str(&self.stderr)
    }
}

impl Run {
    /// Asserts that it went well.
    pub fn ok(self) -> Run {
        assert_eq!(self.code, Some(0), "{self}");
        self
    }

    /// Asserts that it failed.
    pub fn fails(self) -> Run {
        assert_eq!(self.code, Some(1), "{self}");
        self
    }

    /// Asserts that it went well and said nothing that a person has to read.
    pub fn quiet(self) -> Run {
        assert!(self.messages().is_empty(), "{self}");
        self.ok()
    }

    /// Asserts that a plan with `-detailed-exitcode` found nothing to do.
    pub fn empty(self) -> Run {
        assert_eq!(self.code, Some(0), "the plan is not empty: {self}");
        self
    }

    /// Asserts that a `-refresh-only` plan found everything as it is in the state. Its exit code
    /// does not tell: Terraform also counts in which order it notes its own checks.
    pub fn finds_nothing(self) -> Run {
        let well = matches!(self.code, Some(0 | 2)) && self.errors().is_empty();
        assert!(well && self.drift().is_empty(), "{self}");
        self
    }

    /// Asserts that it failed with exactly one error, which says all these words.
    pub fn one_error(self, words: &[&str]) -> Message {
        let run = self.fails();
        let errors = run.errors();
        assert_eq!(errors.len(), 1, "not exactly one error: {run}");
        let error = errors.into_iter().next().expect("there is one");
        for word in words {
            assert!(error.said().contains(word), "no {word:?} in: {run}");
        }
        error
    }

    /// Asserts that it warned with all these words in one warning.
    pub fn warns(self, words: &[&str]) -> Run {
        let warned = self
            .warnings()
            .iter()
            .any(|warning| words.iter().all(|word| warning.said().contains(word)));
        assert!(warned, "no warning with {words:?}: {self}");
        self
    }

    /// The lines of `-json` output; none of other output.
    fn json_lines(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .collect()
    }

    /// What a person reads, without what is said of the development override.
    pub fn messages(&self) -> Vec<Message> {
        let lines = self.json_lines();
        let told = lines.iter().filter(|line| line["type"] == "diagnostic");
        let told = told.map(|line| &line["diagnostic"]);
        // `validate -json` answers one document of many lines.
        let whole: Value = serde_json::from_str(&self.stdout).unwrap_or_default();
        let validated = whole["diagnostics"].as_array().into_iter().flatten();
        told.chain(validated)
            .map(message)
            .filter(|message| message.summary != OVERRIDES)
            .collect()
    }

    fn of_severity(&self, severity: &str) -> Vec<Message> {
        let mut messages = self.messages();
        messages.retain(|message| message.severity == severity);
        messages
    }

    /// The errors.
    pub fn errors(&self) -> Vec<Message> {
        self.of_severity("error")
    }

    /// The warnings.
    pub fn warnings(&self) -> Vec<Message> {
        self.of_severity("warning")
    }

    /// The planned changes: address and action.
    pub fn changes(&self) -> BTreeMap<String, String> {
        self.actions("planned_change")
    }

    /// What the refresh found to be different: address and what happened.
    pub fn drift(&self) -> BTreeMap<String, String> {
        self.actions("resource_drift")
    }

    fn actions(&self, kind: &str) -> BTreeMap<String, String> {
        self.json_lines()
            .iter()
            .filter(|line| line["type"] == kind)
            .map(|line| {
                let change = &line["change"];
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                (text(&change["resource"]["addr"]), text(&change["action"]))
            })
            .collect()
    }

    /// How many objects the plan adds, changes, removes and imports.
    pub fn counts(&self) -> [i64; 4] {
        let lines = self.json_lines();
        let summary = lines
            .iter()
            .rev()
            .find(|line| line["type"] == "change_summary")
            .map(|line| &line["changes"]);
        let summary = summary.unwrap_or_else(|| panic!("there is no summary: {self}"));
        ["add", "change", "remove", "import"].map(|name| summary[name].as_i64().unwrap_or_default())
    }

    /// All that was written.
    pub fn output(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

fn message(diagnostic: &Value) -> Message {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Message {
        severity: text(&diagnostic["severity"]),
        address: text(&diagnostic["address"]),
        block: text(&diagnostic["snippet"]["context"]),
        line: text(&diagnostic["snippet"]["code"]),
        summary: text(&diagnostic["summary"]),
        detail: text(&diagnostic["detail"]),
    }
}
