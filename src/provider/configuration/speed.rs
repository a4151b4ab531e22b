//! The arguments that say how fast the exchange is asked, and what of them cannot be.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::ixapi::{self, Settings};
use crate::provider::timeouts;
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;

use super::Argument;

pub(super) const SHARED_READS: Argument = Argument {
    name: "shared_reads",
    variable: "IX_API_SHARED_READS",
    description: "Whether reads of a collection are answered from its list where that is equal; \
                  `false` reads each object alone, as for an exchange whose lists are slow or show \
                  less. Once a run asks for more than a handful of objects of a collection, they \
                  are read together from the exchange's list, which is ten seconds old at most; \
                  whatever the list does not show is read alone. Defaults to `true`.",
    sensitive: false,
};
pub(super) const POLL_INTERVAL: Argument = Argument {
    name: "poll_interval",
    variable: "IX_API_POLL_INTERVAL",
    description: "The longest pause between two looks at an object that is waited for, such as \
                  `10s` or `2m`, from `1s` to `24h`. The first looks come sooner after each other. \
                  Defaults to `30s`.",
    sensitive: false,
};
pub(super) const REQUESTS_PER_SECOND: Argument = Argument {
    name: "requests_per_second",
    variable: "IX_API_REQUESTS_PER_SECOND",
    description: "How many requests a second go to the exchange at most, from 0.01 to 10000, \
                  spaced evenly; requests for tokens do not count. Set it where you know the limit \
                  of the exchange, or where others share it: one that answers `429` is asked more \
                  slowly from then on in any case. By default there is no limit.",
    sensitive: false,
};
pub(super) const AT_ONCE: Argument = Argument {
    name: "parallel_requests",
    variable: "IX_API_PARALLEL_REQUESTS",
    description: "How many requests wait for an answer of the exchange at the same time, at most: \
                  from 1 to 100. Terraform itself does ten things at a time (`-parallelism`). \
                  Defaults to `16`.",
    sensitive: false,
};

pub(super) const REQUEST_TIMEOUT: Argument = Argument {
    name: "request_timeout",
    variable: "IX_API_REQUEST_TIMEOUT",
    description: "How long one request may take, its answer included, such as `30s` or `2m`, from \
                  `1s` to `10m`. Reads that take longer are tried once more. What an order came \
                  to that takes longer is looked for at the exchange before it is placed again. \
                  Defaults to `60s`.",
    sensitive: false,
};

/// The pauses that can be asked for. Objects that take longer than a day are not waited for.
const INTERVALS: RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(24 * 60 * 60);

/// How long a request can be said to take: a refresh has five minutes for each object, and whoever
/// waits longer for one answer waits for a server that has given up.
const REQUESTS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(10 * 60);

/// How many requests a second can be asked for: one in a hundred seconds is as good as none, and
/// nobody makes ten thousand.
const RATES: RangeInclusive<f64> = 0.01..=10_000.0;

/// How many requests at a time can be asked for.
const COUNTS: RangeInclusive<usize> = 1..=100;

/// How fast the exchange is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Speed {
    shared_reads: bool,
    /// The longest pause of a wait, where somebody said it.
    pub(super) poll_interval: Option<Duration>,
    requests_per_second: Option<f64>,
    parallel_requests: usize,
    request_timeout: Duration,
}

impl Speed {
    /// What the arguments say, as text, by `said`.
    ///
    /// # Errors
    /// One diagnostic for each argument that is out of its range.
    pub(super) fn of(
        shared_reads: Option<bool>,
        said: impl Fn(&Argument) -> Option<String>,
    ) -> Result<Speed, Diagnostics> {
        let mut wrong = Diagnostics::default();
        let poll_interval = number(&said, &POLL_INTERVAL, interval, &mut wrong);
        let requests_per_second = number(&said, &REQUESTS_PER_SECOND, rate, &mut wrong);
        let parallel_requests = number(&said, &AT_ONCE, count, &mut wrong);
        let request_timeout = number(&said, &REQUEST_TIMEOUT, patience, &mut wrong);
        if wrong.has_errors() {
            return Err(wrong);
        }
        Ok(Speed {
            shared_reads: shared_reads.unwrap_or(true),
            poll_interval,
            requests_per_second,
            parallel_requests: parallel_requests.unwrap_or(ixapi::PARALLEL_REQUESTS),
            request_timeout: request_timeout.unwrap_or(ixapi::REQUEST_TIMEOUT),
        })
    }

    /// The settings of a client that asks that fast.
    pub(super) fn of_client(self, settings: Settings) -> Settings {
        Settings {
            shared_reads: self.shared_reads,
            requests_per_second: self.requests_per_second,
            parallel_requests: self.parallel_requests,
            request_timeout: self.request_timeout,
            ..settings
        }
    }
}

/// How a kind of number is read, and what a person should write instead of what it is not.
type Reading<T> = fn(&str) -> Result<T, &'static str>;

fn number<T>(
    said: impl Fn(&Argument) -> Option<String>,
    argument: &Argument,
    read: Reading<T>,
    wrong: &mut Diagnostics,
) -> Option<T> {
    let text = said(argument)?;
    let instead = match read(&text) {
        Ok(number) => return Some(number),
        Err(instead) => instead,
    };
    let Argument { name, variable, .. } = argument;
    wrong.push(
        Diagnostic::error(
            format!("{name} is out of range"),
            format!("{name} ({variable}) is {text:?}. {instead}"),
        )
        .at(Path::attribute(name)),
    );
    None
}

fn interval(text: &str) -> Result<Duration, &'static str> {
    let interval = timeouts::parse(text).filter(|interval| INTERVALS.contains(interval));
    interval.ok_or("Write a duration from 1s to 24h with its unit, such as \"30s\" or \"2m\".")
}

fn patience(text: &str) -> Result<Duration, &'static str> {
    let patience = timeouts::parse(text).filter(|patience| REQUESTS.contains(patience));
    patience.ok_or("Write a duration from 1s to 10m with its unit, such as \"30s\" or \"2m\".")
}

fn rate(text: &str) -> Result<f64, &'static str> {
    let rate = text.parse().ok().filter(|rate| RATES.contains(rate));
    rate.ok_or("Write a number from 0.01 to 10000, such as 5 or 0.5; null sets no limit.")
}

fn count(text: &str) -> Result<usize, &'static str> {
    let count = text.parse().ok().filter(|count| COUNTS.contains(count));
    count.ok_or("Write a whole number from 1 to 100.")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn speed(said: &[(&str, &str)]) -> Result<Speed, Diagnostics> {
        Speed::of(None, |argument| {
            let found = said.iter().find(|(name, _)| *name == argument.name);
            found.map(|(_, text)| (*text).to_owned())
        })
    }

    #[test]
    fn nothing_said_is_sixteen_at_a_time_and_no_limit() {
        let speed = speed(&[]).unwrap();
        assert_eq!(speed.poll_interval, None);
        assert_eq!(speed.requests_per_second, None);
        assert_eq!(speed.parallel_requests, 16);
        assert_eq!(speed.request_timeout, Duration::from_secs(60));
        assert!(speed.shared_reads);
    }

    #[test]
    fn what_is_said_is_read_as_people_write_it() {
        let speed = speed(&[
            ("poll_interval", "1m30s"),
            ("requests_per_second", "0.5"),
            ("parallel_requests", "100"),
            ("request_timeout", "10m"),
        ]);
        let speed = speed.unwrap();
        assert_eq!(speed.poll_interval, Some(Duration::from_secs(90)));
        assert_eq!(speed.requests_per_second, Some(0.5));
        assert_eq!(speed.parallel_requests, 100);
        assert_eq!(speed.request_timeout, Duration::from_secs(600));
        assert!(!Speed::of(Some(false), |_| None).unwrap().shared_reads);
    }

    #[test]
    fn what_is_out_of_range_is_refused_at_its_argument_with_what_to_write() {
        for (name, texts, instead) in [
            (
                "poll_interval",
                &["0s", "999ms", "25h", "30", "soon", "-1m"][..],
                "from 1s to 24h",
            ),
            (
                "request_timeout",
                &["0s", "999ms", "601s", "60", "long"],
                "from 1s to 10m",
            ),
            (
                "requests_per_second",
                &["0", "-1", "0.009", "10001", "nan", "inf", "1e400", "five"],
                "from 0.01 to 10000",
            ),
            (
                "parallel_requests",
                &["0", "101", "2.5", "-3", "many", "18446744073709551617"],
                "whole number from 1 to 100",
            ),
        ] {
            for text in texts {
                let wrong = speed(&[(name, text)]).unwrap_err();
                let at = wrong.0[0].attribute.as_ref().map(Path::to_string);
                assert_eq!(at.as_deref(), Some(name), "{text}");
                let told = wrong.0[0].detail.clone();
                for word in [instead, text, &format!("(IX_API_{}", name.to_uppercase())] {
                    assert!(told.contains(word), "{told}");
                }
            }
        }
    }
}
