//! The exchange's clock: the machine's, which a test may set forward.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// A point in time: milliseconds since 1970, UTC.
pub type Millis = i64;

/// A clock that can be set forward but never goes back. It stands still between two ticks, so that
/// all that one request does is done at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    now: Millis,
    ahead: Millis,
}

impl Clock {
    /// The moment of the last tick, and what the clock was set forward since.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// Today's date, UTC.
    pub fn today(&self) -> Date {
        at(self.now).to_zoned(TimeZone::UTC).date()
    }

    /// Goes on to the present.
    pub fn tick(&mut self) {
        let present = Timestamp::now().as_millisecond();
        self.now = self.now.max(present.saturating_add(self.ahead));
    }

    /// Sets the clock forward.
    pub fn advance(&mut self, milliseconds: Millis) {
        let milliseconds = milliseconds.max(0);
        self.ahead = self.ahead.saturating_add(milliseconds);
        self.now = self.now.saturating_add(milliseconds);
    }
}

impl Default for Clock {
    fn default() -> Clock {
        Clock {
            now: Timestamp::now().as_millisecond(),
            ahead: 0,
        }
    }
}

fn at(moment: Millis) -> Timestamp {
    Timestamp::from_millisecond(moment).unwrap_or(Timestamp::MAX)
}

/// The moment as RFC 3339 writes it, whole seconds, UTC: `2022-03-22T20:52:33Z`.
pub fn rfc3339(moment: Millis) -> String {
    format!("{}Z", zoneless(moment))
}

/// The moment as some exchanges write it, without a zone: `2022-03-22T20:52:33`.
pub fn zoneless(moment: Millis) -> String {
    at(moment)
        .to_zoned(TimeZone::UTC)
        .datetime()
        .strftime("%Y-%m-%dT%H:%M:%S")
        .to_string()
}

/// Midnight UTC at the start of a day.
pub fn start_of(date: Date) -> Millis {
    date.to_zoned(TimeZone::UTC)
        .map_or(Millis::MAX, |zoned| zoned.timestamp().as_millisecond())
}

/// The date `days` after `date`.
pub fn days_after(date: Date, days: u16) -> Date {
    date.saturating_add(i32::from(days).days())
}

/// A date in the one spelling that IX-API takes: `YYYY-MM-DD`.
pub fn parse_date(text: &str) -> Option<Date> {
    (text.len() == "YYYY-MM-DD".len())
        .then(|| Date::strptime("%Y-%m-%d", text).ok())
        .flatten()
}

/// A date-time with its zone, as RFC 3339 has it.
pub fn parse_date_time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stands_still_between_ticks_and_never_goes_back() {
        let mut clock = Clock::default();
        let start = clock.now();
        std::thread::sleep(std::time::Duration::from_millis(2));
        assert_eq!(clock.now(), start);
        clock.advance(500);
        assert_eq!(clock.now(), start + 500);
        clock.tick();
        let ticked = clock.now();
        assert!(ticked >= start + 502, "{start} {ticked}");
        clock.advance(-500);
        assert_eq!(clock.now(), ticked);
        let mut fast = Clock {
            now: ticked + 60_000,
            ahead: 0,
        };
        fast.tick();
        assert_eq!(fast.now(), ticked + 60_000);
    }

    #[test]
    fn a_date_has_four_two_and_two_digits() {
        assert!(parse_date("2026-02-28").is_some());
        for wrong in [
            "2026-02-30",
            "2026-2-28",
            "28-02-2026",
            "20260228",
            "2026-02-28T00:00:00Z",
            "tomorrow",
        ] {
            assert_eq!(parse_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_moment_is_written_with_and_without_its_zone() {
        assert_eq!(rfc3339(1_647_982_353_250), "2022-03-22T20:52:33Z");
        assert_eq!(zoneless(1_647_982_353_250), "2022-03-22T20:52:33");
    }
}
