//! What the command line decides about an exchange: its pace, its notice periods, its quirks.

use clap::{Args, ValueEnum};

use crate::dialect::{Dialect, Quirk};

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
        let given = self.with.contains(&quirk) || self.dialect.quirks().contains(&quirk);
        given && !self.without.contains(&quirk)
    }

    /// Seconds for which reads still show what was before a change.
    pub fn metadata_lag(&self) -> u32 {
        self.metadata_lag
            .unwrap_or_else(|| self.dialect.metadata_lag())
    }

    /// Life of an access token in seconds.
    pub fn token_lifetime(&self) -> u64 {
        let own = self.dialect.token_lifetime();
        self.token_lifetime.unwrap_or(own)
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
            with: Vec::new(),
            without: Vec::new(),
        }
    }
}
