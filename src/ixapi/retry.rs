//! Which failed attempts may be repeated, and after which pause.
//!
//! The rule that protects money: a request that orders something is repeated only when it is
//! certain that the exchange did not act on it.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How many times one request is tried in all. With the pauses below this bridges a restart of a
/// gateway, about half a minute, and still fails soon enough for a person who waits.
const ATTEMPTS: u32 = 6;

/// The pause after the first failed attempt; it doubles with each further one.
const BASE: Duration = Duration::from_millis(500);

/// The longest pause that is our own choice.
const CAP: Duration = Duration::from_secs(20);

/// The longest pause an exchange can impose with `Retry-After`. Rate limits are usually counted
/// per minute; a server that asks for hours would look like a hung apply.
const RETRY_AFTER_CAP: Duration = Duration::from_secs(120);

/// How long at least a request is repeated that is answered with 429. That is no failure: its turn
/// comes, as long as the limit of the exchange lets anything through. Less than `timeouts.read`, so
/// that the exchange's own words are told.
const PATIENCE: Duration = Duration::from_secs(240);

/// How many requests a second are made at least, however often the exchange says 429.
const SLOWEST: f64 = 0.2;

/// How many attempts of one request may time out. A timeout has already cost a whole request
/// timeout; the second attempt is for a connection that had silently died, a third would only
/// wait for a server that is too slow.
const TIMEOUTS: u32 = 2;

/// How persistently requests are repeated. The default suits an exchange; tests use less.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retry {
    /// Attempts in all, the first included; at least one is made.
    pub attempts: u32,
    /// The pause after the first attempt, before jitter.
    pub base: Duration,
    /// The longest pause of our own choice.
    pub cap: Duration,
    /// The longest pause an exchange can ask for.
    pub retry_after_cap: Duration,
    /// How long a request is repeated that is answered with 429, be it more than `attempts` times.
    pub patience: Duration,
    /// How many requests a second are made at least, however often the exchange says 429.
    pub slowest: f64,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: ATTEMPTS,
            base: BASE,
            cap: CAP,
            retry_after_cap: RETRY_AFTER_CAP,
            patience: PATIENCE,
            slowest: SLOWEST,
        }
    }
}

/// What a request does at the exchange. From this, and not from its method, follows whether it may
/// be sent again and whether it may be abandoned half way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing that matters: a look, or one more token. Repeated freely, and abandoned at a stop.
    Reads,
    /// The same, for which there is another way: repeated only when that is asked for, and
    /// abandoned at a stop.
    Previews,
    /// Doing it twice is the same as doing it once: a deletion, a change (the bodies here hold
    /// absolute values), a document put in its place. Repeated freely, never abandoned.
    Sets,
    /// Doing it twice would order twice. Repeated only if the exchange has surely not acted, never
    /// abandoned.
    Orders,
}

/// Why an attempt failed, as far as repeating is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The exchange answered with this status.
    Status {
        /// The HTTP status.
        code: u16,
        /// What its `Retry-After` asked for.
        retry_after: Option<Duration>,
    },
    /// No connection came about, so nothing was sent.
    NotConnected {
        /// Whether trying again cannot help, as with a certificate that is not trusted.
        for_good: bool,
    },
    /// The connection broke after it had been established.
    Cut,
    /// No complete answer came in time.
    Timeout,
}

impl Trouble {
    /// Whether the exchange may have acted on the attempt, as far as this tells.
    pub(super) fn may_have_acted(self) -> bool {
        match self {
            // A success that could not be read is still one. 408 is mostly said by a gateway that
            // gave up on the server behind it; 302 and 303 are how web applications answer a form
            // they have processed.
            Self::Status { code, .. } => code >= 500 || matches!(code, 200..=299 | 302 | 303 | 408),
            Self::NotConnected { .. } => false,
            Self::Cut | Self::Timeout => true,
        }
    }

    fn is_worth_repeating(self, effect: Effect) -> bool {
        match (self, effect) {
            // A 429 is said before anything is done, and where no connection came about nothing
            // was sent: in both cases nothing can have been ordered.
            (Self::Status { code: 429, .. }, _) => true,
            (_, Effect::Previews) => false,
            (Self::NotConnected { for_good }, _) => !for_good,
            (
                Self::Status {
                    code: 502..=504, ..
                },
                Effect::Reads | Effect::Sets,
            ) => true,
            (Self::Cut | Self::Timeout, Effect::Reads | Effect::Sets) => true,
            _ => false,
        }
    }
}

/// Counts the attempts of one request.
#[derive(Debug)]
pub(super) struct Attempts {
    retry: Retry,
    effect: Effect,
    failed: u32,
    timeouts: u32,
    /// How often the exchange has said 429.
    throttled: u32,
    /// When it first did.
    throttled_from: Option<Instant>,
}

impl Attempts {
    pub(super) fn new(retry: Retry, effect: Effect) -> Self {
        Self {
            retry,
            effect,
            failed: 0,
            timeouts: 0,
            throttled: 0,
            throttled_from: None,
        }
    }

    /// Notes a failed attempt and says how long to pause before the next one, or that there is
    /// to be none.
    pub(super) fn after(&mut self, trouble: Trouble) -> Option<Duration> {
        if let Trouble::Status {
            code: 429,
            retry_after,
        } = trouble
        {
            return self.after_a_429(retry_after);
        }
        self.failed += 1;
        self.timeouts += u32::from(trouble == Trouble::Timeout);
        let spent = self.failed >= self.retry.attempts || self.timeouts >= TIMEOUTS;
        if spent || !trouble.is_worth_repeating(self.effect) {
            return None;
        }
        let asked = match trouble {
            Trouble::Status { retry_after, .. } => retry_after,
            _ => None,
        };
        Some(pause(&self.retry, self.failed, asked, fastrand::f64()))
    }

    /// The same for a request that came too soon. It has failed at nothing, and waits for its turn.
    fn after_a_429(&mut self, asked: Option<Duration>) -> Option<Duration> {
        self.throttled += 1;
        let from = *self.throttled_from.get_or_insert_with(Instant::now);
        if self.throttled >= self.retry.attempts && from.elapsed() >= self.retry.patience {
            return None;
        }
        let in_a_row = asked.map_or(self.throttled, |_| 1);
        Some(pause(&self.retry, in_a_row, asked, fastrand::f64()))
    }
}

/// The pause after the given number of failures. `chance` is in 0..1.
///
/// Half of our own pause is fixed and half is chance, so that ten requests that failed together
/// do not come back together. What the exchange asked for is the least; chance only adds to it.
pub(super) fn pause(retry: &Retry, failed: u32, asked: Option<Duration>, chance: f64) -> Duration {
    let doubled = retry
        .base
        .saturating_mul(2_u32.saturating_pow(failed.saturating_sub(1)));
    let ours = doubled.min(retry.cap);
    match asked.map(|asked| asked.min(retry.retry_after_cap)) {
        Some(asked) if asked > ours => asked + retry.base.mul_f64(chance),
        _ => ours / 2 + (ours / 2).mul_f64(chance),
    }
}

/// Reads `Retry-After`: seconds or an HTTP date. Anything else is as if it were not there.
pub(super) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let then = httpdate::parse_http_date(value).ok()?;
    Some(then.duration_since(now).unwrap_or_default())
}

/// The pause was ended by the caller.
#[derive(Debug)]
pub(super) struct Stopped;

/// Pauses, unless and until the caller says stop.
pub(super) async fn sleep(pause: Duration, stop: &CancellationToken) -> Result<(), Stopped> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(Stopped),
        () = tokio::time::sleep(pause) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    const NEVER_TIRED: Retry = Retry {
        attempts: 100,
        ..FAST
    };
    const FAST: Retry = Retry {
        attempts: 3,
        base: Duration::from_millis(100),
        cap: Duration::from_millis(400),
        retry_after_cap: Duration::from_secs(10),
        patience: Duration::ZERO,
        slowest: 1000.0,
    };

    fn status(code: u16) -> Trouble {
        Trouble::Status {
            code,
            retry_after: None,
        }
    }

    #[test]
    fn only_what_may_pass_is_repeated_and_an_order_only_if_it_was_not_taken() {
        // trouble, repeated freely, repeated as an order, may have acted
        let table = [
            (status(429), true, true, false),
            (status(502), true, false, true),
            (status(503), true, false, true),
            (status(504), true, false, true),
            (status(500), false, false, true),
            (status(501), false, false, true),
            (status(599), false, false, true),
            (status(400), false, false, false),
            (status(404), false, false, false),
            (status(408), false, false, true),
            (status(409), false, false, false),
            (status(301), false, false, false),
            (status(303), false, false, true),
            (status(200), false, false, true),
            (status(226), false, false, true),
            (Trouble::NotConnected { for_good: false }, true, true, false),
            (
                Trouble::NotConnected { for_good: true },
                false,
                false,
                false,
            ),
            (Trouble::Cut, true, false, true),
            (Trouble::Timeout, true, false, true),
        ];
        for (trouble, freely, order, acted) in table {
            let tried = |effect| Attempts::new(NEVER_TIRED, effect).after(trouble).is_some();
            assert_eq!(tried(Effect::Reads), freely, "{trouble:?}");
            assert_eq!(tried(Effect::Sets), freely, "{trouble:?}");
            let preview = trouble == status(429);
            assert_eq!(tried(Effect::Previews), preview, "{trouble:?}");
            assert_eq!(tried(Effect::Orders), order, "{trouble:?}");
            assert_eq!(trouble.may_have_acted(), acted, "{trouble:?}");
        }
    }

    #[test]
    fn attempts_are_bounded() {
        let mut attempts = Attempts::new(FAST, Effect::Reads);
        assert!(attempts.after(status(503)).is_some());
        assert!(attempts.after(Trouble::Cut).is_some());
        assert!(attempts.after(status(503)).is_none());
    }

    #[tokio::test]
    async fn a_429_uses_up_no_attempt_and_is_borne_for_minutes() {
        let mut attempts = Attempts::new(FAST, Effect::Orders);
        attempts.retry.patience = PATIENCE;
        for _ in 0..1000 {
            assert!(attempts.after(status(429)).is_some());
        }
        let refused = Trouble::NotConnected { for_good: false };
        assert!(attempts.after(refused).is_some(), "the first failure");
        // Little, since no clock goes back to before the machine was started.
        attempts.retry.patience = Duration::from_millis(1);
        attempts.throttled_from = Instant::now().checked_sub(attempts.retry.patience);
        assert!(attempts.after(status(429)).is_none());
        let mut patient = Attempts::new(FAST, Effect::Orders);
        for repeated in [true, true, false] {
            assert_eq!(patient.after(status(429)).is_some(), repeated);
        }
    }

    #[test]
    fn a_second_timeout_is_the_last() {
        let mut attempts = Attempts::new(NEVER_TIRED, Effect::Reads);
        assert!(attempts.after(Trouble::Timeout).is_some());
        assert!(attempts.after(Trouble::Timeout).is_none());
    }

    #[test]
    fn pauses_double_up_to_the_cap_and_vary_by_half() {
        let longest = |failed| pause(&FAST, failed, None, 1.0).as_millis();
        assert_eq!([1, 2, 3, 4, 99].map(longest), [100, 200, 400, 400, 400]);
        assert_eq!(pause(&FAST, 2, None, 0.0).as_millis(), 100);
    }

    #[test]
    fn what_the_exchange_asks_for_is_the_least_and_is_capped() {
        let asked = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(pause(&FAST, 1, asked(5), 0.0).as_secs(), 5);
        assert_eq!(pause(&FAST, 1, asked(86_400), 0.0).as_secs(), 10);
        assert_eq!(pause(&FAST, 1, asked(0), 0.0).as_millis(), 50);
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date_and_otherwise_ignored() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let read = |value| retry_after(value, now).map(|pause| pause.as_secs());
        assert_eq!(read("120"), Some(120));
        assert_eq!(read(" 0 "), Some(0));
        assert_eq!(read("Sun, 06 Nov 1994 08:50:07 GMT"), Some(30));
        assert_eq!(read("Sunday, 06-Nov-94 08:49:37 GMT"), Some(0));
        assert_eq!(read("Sat, 05 Nov 1994 08:49:37 GMT"), Some(0));
        for nonsense in ["", "soon", "-1", "99999999999999999999"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }
}
