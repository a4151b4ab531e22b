//! What the command line decides about an exchange: its pace, its notice periods, its quirks.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use serde::Deserialize;

use crate::dialect::{Dialect, Quirk};
use crate::problem::Problem;

/// How fast the clock moves objects from state to state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Speed {
    /// Every transition is due at once: the next request sees it.
    Instant,
    /// A step takes 300 ms.
    Fast,
    /// A step takes two minutes.
    Real,
}

/// On the loopback a body comes at once, and whoever sends half of one has died.
const BODY_TIMEOUT_MS: u64 = 10_000;

/// What was seen of an exchange, as `terraform-provider-ixapi doctor --dialect` writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sighting {
    /// Its quirks.
    pub quirks: Vec<Quirk>,
    /// How many objects a page of a list has, where lists come in pages.
    pub page_size: Option<u32>,
    /// Life of an access token in seconds.
    pub token_lifetime: Option<u64>,
    /// Whether every list comes whole.
    pub ignore_filters: bool,
    /// The collections that are refused, each with the status: `/ips`, 403.
    pub refuse: BTreeMap<String, u16>,
}

impl Sighting {
    /// Reads the file of that name.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn read(file: &str) -> Result<Sighting, String> {
        let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
        Sighting::parse(&text)
    }

    /// Reads what such a file holds.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn parse(text: &str) -> Result<Sighting, String> {
        let sighting: Sighting = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut refused = sighting.refuse.values();
        match refused.find(|status| Problem::on_demand(**status).is_none()) {
            Some(status) => Err(format!("this exchange refuses nothing with {status}")),
            None if sighting.page_size == Some(0) => Err("a page has at least one row".to_owned()),
            None => Ok(sighting),
        }
    }
}

fn days() -> clap::builder::RangedI64ValueParser<u16> {
    clap::value_parser!(u16).range(..=3650)
}

/// The behaviour of one sandbox.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// How fast objects move from state to state.
    #[arg(long, value_enum, default_value = "instant")]
    pub speed: Speed,

    /// Length of one step of the clock in milliseconds; overrides what --speed says.
    #[arg(long, value_name = "MS")]
    pub step_ms: Option<u64>,

    /// Life of an access token in seconds; 3600 unless the dialect has it otherwise.
    #[arg(long, value_name = "SECONDS")]
    pub token_lifetime: Option<u64>,

    /// Days between the order to cancel and the end of the service.
    #[arg(long, value_name = "DAYS", default_value_t = 0, value_parser = days())]
    pub notice_days: u16,

    /// Days that are billed after the order to cancel, however early the service ends.
    #[arg(long, value_name = "DAYS", default_value_t = 0, value_parser = days())]
    pub billing_days: u16,

    /// Answer every list whole, whatever the filters, as an older server would.
    #[arg(long)]
    pub ignore_filters: bool,

    /// Answer lists in pages of at most this many objects.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub page_size: Option<u32>,

    /// Answer with 429 what comes beyond this many requests in a second of the clock; requests for
    /// tokens do not count.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub requests_per_second: Option<u32>,

    /// Seconds for which reads still show the references and the capacity from before a change,
    /// although the change is in production; overrides what --dialect says.
    #[arg(long, value_name = "SECONDS")]
    pub metadata_lag: Option<u32>,

    /// Milliseconds in which the whole body of a request has to come.
    #[arg(long, value_name = "MS", default_value_t = BODY_TIMEOUT_MS)]
    pub body_timeout_ms: u64,

    /// Milliseconds that every answer of the API takes longer; none waits for another.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency_ms: u64,

    /// Compress the answers to whoever accepts gzip.
    #[arg(long)]
    pub gzip: bool,

    /// How it speaks.
    #[arg(long, value_enum, default_value = "plain")]
    pub dialect: Dialect,

    /// What was seen of an exchange, added to what the other options say: a file that
    /// `terraform-provider-ixapi doctor --dialect FILE` has written.
    #[arg(long, value_name = "FILE", value_parser = Sighting::read)]
    pub dialect_file: Option<Sighting>,

    /// A quirk that the dialect does not have; can be given several times.
    #[arg(long = "quirk", value_enum, value_name = "QUIRK")]
    pub with: Vec<Quirk>,

    /// A quirk of the dialect to do without; can be given several times.
    #[arg(long = "no-quirk", value_enum, value_name = "QUIRK")]
    pub without: Vec<Quirk>,
}

impl Settings {
    /// Whether it has this quirk.
    pub fn has(&self, quirk: Quirk) -> bool {
        let mut seen = self.dialect_file.iter().flat_map(|file| &file.quirks);
        let given = self.with.contains(&quirk)
            || self.dialect.quirks().contains(&quirk)
            || seen.any(|seen| *seen == quirk);
        given && !self.without.contains(&quirk)
    }

    /// Seconds for which reads still show what was before a change.
    pub fn metadata_lag(&self) -> u32 {
        self.metadata_lag
            .unwrap_or_else(|| self.dialect.metadata_lag())
    }

    /// Life of an access token in seconds.
    pub fn token_lifetime(&self) -> u64 {
        let seen = self.dialect_file.as_ref();
        let seen = seen.and_then(|file| file.token_lifetime);
        let own = self.dialect.token_lifetime();
        self.token_lifetime.or(seen).unwrap_or(own)
    }

    /// How many objects a page of a list has at most, where lists come in pages.
    pub fn page_size(&self) -> Option<u32> {
        let seen = self.dialect_file.as_ref();
        self.page_size.or(seen.and_then(|file| file.page_size))
    }

    /// Whether every list is answered whole.
    pub fn ignores_filters(&self) -> bool {
        let mut seen = self.dialect_file.iter();
        self.ignore_filters || seen.any(|file| file.ignore_filters)
    }

    /// Why the collection at this path is refused, if it is.
    pub fn refusal_of(&self, collection: &str) -> Option<Problem> {
        let refused = &self.dialect_file.as_ref()?.refuse;
        let mut named = refused.iter();
        let named = named.find(|(path, _)| path.trim_start_matches('/') == collection);
        Problem::on_demand(*named?.1)
    }

    /// The settings with these quirks, too.
    pub fn with_quirks(mut self, quirks: &[Quirk]) -> Settings {
        self.with.extend(quirks);
        self
    }

    /// Length of one step of the clock in milliseconds.
    pub fn step(&self) -> i64 {
        let milliseconds = self.step_ms.unwrap_or(match self.speed {
            Speed::Instant => 0,
            Speed::Fast => 300,
            Speed::Real => 120_000,
        });
        i64::try_from(milliseconds).unwrap_or(i64::MAX / 1024)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            speed: Speed::Instant,
            step_ms: None,
            token_lifetime: None,
            notice_days: 0,
            billing_days: 0,
            ignore_filters: false,
            page_size: None,
            requests_per_second: None,
            metadata_lag: None,
            body_timeout_ms: BODY_TIMEOUT_MS,
            latency_ms: 0,
            gzip: false,
            dialect: Dialect::Plain,
            dialect_file: None,
            with: Vec::new(),
            without: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn seen(text: &str) -> Result<Settings, String> {
        Ok(Settings {
            dialect_file: Some(Sighting::parse(text)?),
            ..Settings::default()
        })
    }

    #[test]
    fn a_file_adds_to_what_the_options_say() {
        let settings = seen(
            r#"{"quirks": ["null-lists"], "page_size": 2, "token_lifetime": 900,
                "ignore_filters": true, "refuse": {"/ips": 403}}"#,
        );
        let settings = settings.unwrap().with_quirks(&[Quirk::HealthUp]);
        assert!(settings.has(Quirk::NullLists) && settings.has(Quirk::HealthUp));
        assert!(!settings.has(Quirk::LeavesOut) && settings.ignores_filters());
        assert_eq!(settings.page_size(), Some(2));
        assert_eq!(settings.token_lifetime(), 900);
        let refusal = settings.refusal_of("ips");
        assert_eq!(refusal.map(|problem| problem.status()), Some(403));
        assert!(settings.refusal_of("macs").is_none());
        let plain = seen("{}").unwrap();
        assert_eq!((plain.page_size(), plain.token_lifetime()), (None, 3600));
    }

    #[test]
    fn a_file_with_what_nobody_knows_is_refused() {
        for (text, said) in [
            (r#"{"quirks": ["sings"]}"#, "sings"),
            (r#"{"more": 1}"#, "more"),
            (r#"{"refuse": {"/ips": 299}}"#, "299"),
            (r#"{"page_size": 0}"#, "page"),
            ("no json", "expected"),
        ] {
            let refused = seen(text).unwrap_err();
            assert!(refused.contains(said), "{refused}");
        }
    }
}
