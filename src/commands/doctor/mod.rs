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

use tokio_util::sync::CancellationToken;

use crate::ixapi::{Client, Error};

use dialect::{Dialect, Evidence};
use findings::Findings;
use report::Report;

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
