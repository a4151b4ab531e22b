//! `doctor`: what this exchange can do, where its answers deviate from the specification, and what
//! will work. It changes nothing: it sends GET, and the request for a token.
//!
//! [`survey`] asks; [`findings`] compares what came with the declarations; [`verdict`] judges what
//! will work; [`dialect`] says it in switches of the sandbox; [`report`] tells all that.

pub mod dialect;
pub mod findings;
pub mod report;
pub mod survey;
pub mod verdict;

use std::io::Write;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::ixapi::{Client, Error};
use crate::provider::errors::{Attempt, not_let_in};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};

use super::new_file::write_new;
use super::{Arguments, Command, Flag, Progress, open};

use dialect::{Dialect, Evidence};
use findings::Findings;
use report::Report;

const DIALECT: &str = "--dialect";
const SHOW_VALUES: &str = "--show-values";

/// The command.
pub struct Doctor;

#[async_trait]
impl Command for Doctor {
    fn name(&self) -> &'static str {
        "doctor"
    }

    fn summary(&self) -> &'static str {
        "say what an exchange can do, for you to read or to report"
    }

    fn about(&self) -> &'static str {
        "\
Logs in, asks what the exchange is and reads each collection once. Says what the
exchange can do, where its answers deviate from the specification, and which
resources and data sources will work. Nothing is changed.

The report goes to standard output, in Markdown. It is made to be pasted into an
issue: no id, name, address, account, host or secret is in it.
"
    }

    fn flags(&self) -> &'static [Flag] {
        const FLAGS: &[Flag] = &[
            Flag::value(
                DIALECT,
                "FILE",
                "write what was seen to a new file, as switches of ixapi-sandbox --dialect-file",
            ),
            Flag::switch(
                SHOW_VALUES,
                "show the host, and words that may be names; do not share that",
            ),
        ];
        FLAGS
    }

    async fn run(&self, arguments: &Arguments) -> Result<(), Diagnostics> {
        // What is in the way is told before anything is asked.
        let file = arguments.value(DIALECT).map(new_file).transpose()?;
        let client = open(self.name())?.client()?;
        let stop = CancellationToken::new();
        let progress = Progress::start();
        let mut told = |line: &str| progress.tell(line);
        let shows_values = arguments.has(SHOW_VALUES);
        let examined = examine(&client, shows_values, &stop, &mut told).await;
        drop(progress);
        let examined = examined.map_err(|error| not_examined(&error))?;
        let report = std::io::stdout()
            .lock()
            .write_all(examined.report.as_bytes());
        report.map_err(|error| not_written("The report", &error))?;
        if let Some(path) = file {
            let switches = format!("{:#}\n", examined.dialect.to_json());
            let written = write_new(folder_of(&path), &path, &switches);
            written.map_err(|error| not_written(&path.display().to_string(), &error))?;
        }
        match examined.has_read {
            true => Ok(()),
            false => Err(Diagnostic::error(
                "No collection could be read",
                "The exchange let us in, and answered no list of anything; the report says with \
                 which status each was refused. Ask the exchange what the credentials may read.",
            )
            .into()),
        }
    }
}

/// The path of a file that is not there yet.
///
/// # Errors
/// That it is.
fn new_file(file: &str) -> Result<PathBuf, Diagnostic> {
    let path = PathBuf::from(file);
    match path.symlink_metadata() {
        Ok(_) => Err(Diagnostic::error(
            "There is such a file",
            format!(
                "{file} is there already. Nothing was written or asked. Give {DIALECT} the name \
                 of a new file."
            ),
        )),
        Err(_) => Ok(path),
    }
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().unwrap_or(path);
    match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    }
}

/// Why there is no report, as the provider tells it.
fn not_examined(error: &Error) -> Diagnostics {
    let mut questions = survey::questions();
    let about = questions.find(|question| question.name == "health");
    match (not_let_in(error), about) {
        (Some(told), _) => told.into(),
        (None, Some(question)) => Attempt::Ask(question, "").explain(error),
        (None, None) => {
            Diagnostic::error("The exchange was not examined", error.to_string()).into()
        }
    }
}

fn not_written(what: &str, error: &std::io::Error) -> Diagnostics {
    let story = format!("{what} could not be written: {error}. Nothing was changed.");
    Diagnostic::error("What was seen could not be written", story).into()
}

/// What came of it.
#[derive(Debug)]
pub struct Examined {
    /// The report, in Markdown.
    pub report: String,
    /// What was seen, as switches of the sandbox.
    pub dialect: Dialect,
    /// Whether any collection could be read.
    pub has_read: bool,
}

/// Examines an exchange. `told` is called with each line of progress.
///
/// # Errors
/// That the exchange does not let us in, cannot be reached, or is none.
pub async fn examine(
    client: &Client,
    shows_values: bool,
    stop: &CancellationToken,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<Examined, Error> {
    let survey = survey::survey(client, stop, told).await?;
    let findings = Findings::of(&survey, shows_values);
    let evidence = Evidence {
        survey: &survey,
        findings: &findings,
        by_api_key: client.logs_in_by_api_key(),
    };
    let dialect = evidence.dialect();
    let report = Report {
        evidence,
        dialect: &dialect,
        host: shows_values.then(|| client.host()),
    };
    let report = report.to_markdown();
    Ok(Examined {
        report,
        dialect,
        has_read: survey.has_read(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_file_that_is_there_is_refused_and_a_name_for_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seen.json");
        let name = path.to_str().unwrap();
        assert_eq!(new_file(name).unwrap(), path);
        std::fs::write(&path, "mine").unwrap();
        let refused = new_file(name).unwrap_err();
        let expected = format!("{name} is there already. Nothing was written or asked.");
        assert!(refused.detail.contains(&expected), "{}", refused.detail);
    }

    #[test]
    fn a_file_without_a_folder_is_in_the_one_at_hand() {
        assert_eq!(folder_of(Path::new("seen.json")), Path::new("."));
        assert_eq!(folder_of(Path::new("a/seen.json")), Path::new("a"));
    }
}
