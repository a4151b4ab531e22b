//! Log lines for Terraform: one JSON object each, on stderr, in the format of hashicorp/go-hclog.
//!
//! Silent unless `TF_LOG_PROVIDER_<NAME>`, `TF_LOG_PROVIDER` or `TF_LOG` asks for lines. Nothing
//! here knows secrets; whoever logs must not pass them.

use std::env;
use std::fmt::Write as _;
use std::future::Future;
use std::io::Write as _;
use std::sync::OnceLock;

use jiff::Timestamp;

/// Terraform cuts lines at 64 KiB, and a cut line is no JSON. Some room is left for what the
/// reader adds.
const LONGEST_LINE: usize = 60 * 1024;

/// The share of a line that its message may take, so that fields still fit.
const LONGEST_MESSAGE: usize = LONGEST_LINE / 2;

/// What stands at the end of a text that did not fit.
const CUT: &str = "… (cut)";

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Each step.
    Trace,
    /// Each call.
    Debug,
    /// What a person may like to know.
    Info,
    /// What a person should look at.
    Warn,
    /// What went wrong.
    Error,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Trace => "trace",
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

tokio::task_local! {
    /// The fields of the call that is being answered.
    static CALL: Vec<(&'static str, String)>;
}

/// The lowest level that is written, once someone has looked.
static LOWEST: OnceLock<Option<Level>> = OnceLock::new();

/// Looks which lines the environment asks this program for. Before that, none are written.
pub fn open(program: &str) {
    LOWEST.get_or_init(|| lowest_level(program, |name| env::var(name).ok()));
}

/// Whether lines of this level are written at all.
pub fn enabled(level: Level) -> bool {
    let lowest = LOWEST.get().copied().flatten();
    lowest.is_some_and(|lowest| level >= lowest)
}

/// Writes a line, if its level is enabled.
pub fn log(level: Level, message: &str, fields: &[(&str, String)]) {
    if !enabled(level) {
        return;
    }
    let line = CALL
        .try_with(|call| line(Timestamp::now(), level, message, call, fields))
        .unwrap_or_else(|_| self::line(Timestamp::now(), level, message, &[], fields));
    // One write, so that lines do not mix. Terraform may be gone; then nobody misses the line.
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

/// Runs a future whose lines all bear these fields.
pub async fn within<F: Future>(fields: Vec<(&'static str, String)>, future: F) -> F::Output {
    CALL.scope(fields, future).await
}

/// The lowest level that the environment asks for, if any; the most specific variable decides.
fn lowest_level(program: &str, variable: impl Fn(&str) -> Option<String>) -> Option<Level> {
    let own = program
        .strip_prefix("terraform-provider-")
        .unwrap_or(program);
    let own = format!("TF_LOG_PROVIDER_{}", own.to_uppercase().replace('-', "_"));
    let wanted = [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()))?;
    match wanted.to_uppercase().as_str() {
        "OFF" => None,
        "DEBUG" => Some(Level::Debug),
        "INFO" => Some(Level::Info),
        "WARN" => Some(Level::Warn),
        "ERROR" => Some(Level::Error),
        // JSON means all of it, and so, for Terraform, does any word that it does not know.
        _ => Some(Level::Trace),
    }
}

fn line(
    now: Timestamp,
    level: Level,
    message: &str,
    call: &[(&'static str, String)],
    fields: &[(&str, String)],
) -> String {
    let mut line = format!(
        r#"{{"@level":"{}","@message":{},"@module":"provider","@timestamp":"{}""#,
        level.name(),
        quoted(message, LONGEST_MESSAGE),
        // Exactly six digits: Terraform takes any other spelling for plain text.
        now.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"),
    );
    let call = call.iter().map(|(name, value)| (*name, value));
    let fields = fields.iter().map(|(name, value)| (*name, value));
    for (name, value) in call.chain(fields) {
        // Terraform crashes on a level or message that is not a text; those names are ours.
        let name = quoted(name.trim_start_matches('@'), LONGEST_LINE);
        let room = LONGEST_LINE.saturating_sub(line.len() + name.len() + 4);
        if room > CUT.len() * 6 {
            // Writing to a string cannot fail.
            let _ = write!(line, ",{name}:{}", quoted(value, room));
        }
    }
    line.push_str("}\n");
    line
}

/// A JSON string of at most about `room` bytes.
fn quoted(text: &str, room: usize) -> String {
    let whole = serde_json::Value::from(text).to_string();
    if whole.len() <= room {
        return whole;
    }
    // No byte takes more than six when escaped.
    let end = text.floor_char_boundary(room.saturating_sub(CUT.len() + 2) / 6);
    serde_json::Value::from(format!("{}{CUT}", &text[..end])).to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use serde_json::Value as Json;

    use super::*;

    fn level(pairs: &[(&str, &str)]) -> Option<Level> {
        lowest_level("terraform-provider-toy", |name| {
            pairs
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_most_specific_variable_decides() {
        assert_eq!(level(&[]), None);
        assert_eq!(level(&[("TF_LOG", "warn")]), Some(Level::Warn));
        assert_eq!(level(&[("TF_LOG", "JSON")]), Some(Level::Trace));
        assert_eq!(
            level(&[("TF_LOG", "trace"), ("TF_LOG_PROVIDER", "INFO")]),
            Some(Level::Info)
        );
        assert_eq!(
            level(&[("TF_LOG", "trace"), ("TF_LOG_PROVIDER_TOY", "off")]),
            None
        );
        assert_eq!(
            level(&[("TF_LOG", "error"), ("TF_LOG_PROVIDER", "")]),
            Some(Level::Error)
        );
    }

    fn parsed(message: &str, fields: &[(&str, String)]) -> Json {
        let now = Timestamp::new(1_700_000_000, 120_000_000).expect("a time");
        let line = line(
            now,
            Level::Info,
            message,
            &[("tf_rpc", "X".to_owned())],
            fields,
        );
        assert!(line.ends_with("}\n") && line.len() < 64 * 1024);
        assert_eq!(line.matches('\n').count(), 1);
        serde_json::from_str(&line).expect("JSON")
    }

    #[test]
    fn a_line_is_what_terraform_reads() {
        let line = parsed("two\nlines", &[("tf_rpc_status", "ok".to_owned())]);
        assert_eq!(line["@timestamp"], "2023-11-14T22:13:20.120000Z");
        assert_eq!(line["@level"], "info");
        assert_eq!(line["@message"], "two\nlines");
        assert_eq!(line["tf_rpc"], "X");
        assert_eq!(line["tf_rpc_status"], "ok");
    }

    #[test]
    fn a_field_cannot_replace_what_terraform_insists_on() {
        assert_eq!(
            parsed("kept", &[("@message", String::new())])["@message"],
            "kept"
        );
    }

    #[test]
    fn long_texts_are_cut_and_the_line_stays_whole() {
        let control = "\u{1}".repeat(100_000);
        let line = parsed(
            &control,
            &[("a", "é".repeat(100_000)), ("b", control.clone())],
        );
        assert!(line["a"].as_str().is_some_and(|a| a.ends_with(CUT)));
    }
}
