//! The rate against exchanges that limit it, in a time that is only counted; and the turns.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;

use futures_util::FutureExt;

use super::super::settings::Credentials;
use super::*;

/// What is left of a rate at least.
const LEAST: f64 = 0.2;

/// How an exchange counts. Each takes the milliseconds since the start and says when to come again,
/// if it refuses.
type Limit = Box<dyn FnMut(u64) -> Option<Duration>>;

/// So many requests in each second of the clock.
fn each_second(most: u32) -> Limit {
    let (mut second, mut taken) = (0, 0);
    Box::new(move |now| {
        if now / 1000 != second {
            (second, taken) = (now / 1000, 0);
        }
        taken += 1;
        (taken > most).then_some(Duration::from_secs(1))
    })
}

/// A bucket that is refilled evenly and holds that many.
fn bucket(a_second: f64, holds: f64) -> Limit {
    let (mut then, mut left) = (0, holds);
    Box::new(move |now| {
        left = (left + (now - then) as f64 / 1000.0 * a_second).min(holds);
        then = now;
        let refused = left < 1.0;
        left -= if refused { 0.0 } else { 1.0 };
        refused.then_some(Duration::from_secs(1))
    })
}

/// What came of asking.
#[derive(Debug)]
struct Course {
    seconds: f64,
    refused: usize,
    /// The most refusals of one request.
    worst: usize,
}

/// Makes requests, ten at a time, of an exchange that takes 50 ms for each.
fn ask(mut rate: Rate, mut limit: Limit, requests: usize) -> Course {
    const AT_ONCE: usize = 10;
    const LATENCY: Duration = Duration::from_millis(50);
    let start = Instant::now();
    let since = |at: Instant| u64::try_from((at - start).as_millis()).unwrap();
    let mut now = start;
    let (mut fresh, mut refused, mut worst) = (requests, 0, 0);
    // What waits for its turn, and what is under way until a moment: how often each was refused.
    let mut waiting: Vec<usize> = Vec::new();
    let mut under_way: BTreeMap<(Instant, usize), (usize, Began, Option<Duration>)> =
        BTreeMap::new();
    let mut number = 0;
    loop {
        while waiting.len() + under_way.len() < AT_ONCE && fresh > 0 {
            fresh -= 1;
            waiting.push(0);
        }
        let mut wake = under_way.keys().next().map(|(at, _)| *at);
        if !waiting.is_empty() {
            match rate.begin(now) {
                Ok(began) => {
                    number += 1;
                    let request = waiting.remove(0);
                    let answer = limit(since(now));
                    under_way.insert((now + LATENCY, number), (request, began, answer));
                    continue;
                }
                Err(later) => wake = Some(wake.map_or(later, |wake| wake.min(later))),
            }
        }
        let Some(wake) = wake else { break };
        now = wake;
        while let Some(first) = under_way.first_entry().filter(|first| first.key().0 <= now) {
            match first.remove() {
                (_, began, None) => rate.answered(began, now),
                (request, began, Some(pause)) => {
                    rate.lower(began, now);
                    rate.close(now + pause);
                    waiting.push(request + 1);
                    refused += 1;
                    worst = worst.max(request + 1);
                }
            }
        }
    }
    Course {
        seconds: (now - start).as_secs_f64(),
        refused,
        worst,
    }
}

#[test]
fn a_refresh_at_an_exchange_with_a_limit_ends_in_time_and_no_request_is_refused_for_long() {
    for (name, a_second, limit, refusals) in [
        ("5 in each second", 5.0, each_second(5), 0.03),
        ("a bucket of 1", 5.0, bucket(5.0, 1.0), 0.03),
        ("a bucket of 5", 5.0, bucket(5.0, 5.0), 0.03),
        ("a bucket of 50", 5.0, bucket(5.0, 50.0), 0.03),
        ("50 in each second", 50.0, each_second(50), 0.03),
        ("one in two seconds", 0.5, bucket(0.5, 1.0), 0.2),
    ] {
        let requests = 2000;
        let course = ask(Rate::new(None, LEAST), limit, requests);
        let best = requests as f64 / a_second;
        assert!(course.seconds < best * 1.5, "{name}: {course:?}, {best}");
        let share = course.refused as f64 / requests as f64;
        assert!(share < refusals, "{name}: {course:?}");
        assert!(course.worst <= 3, "{name}: {course:?}");
    }
}

#[test]
fn what_a_user_has_set_is_kept_and_the_exchange_says_nothing() {
    let course = ask(Rate::new(Some(5.0), LEAST), each_second(6), 500);
    assert_eq!(course.refused, 0, "{course:?}");
    assert!((99.0..101.0).contains(&course.seconds), "{course:?}");
}

#[test]
fn a_429_by_chance_is_soon_forgotten() {
    let mut calls = 0;
    let once = Box::new(move |_| {
        calls += 1;
        (calls == 1).then_some(Duration::from_secs(1))
    });
    // Ten at a time, 50 ms each: at best 200 a second.
    let course = ask(Rate::new(None, LEAST), once, 5000);
    assert_eq!(course.refused, 1);
    assert!(course.seconds < 50.0, "{course:?}");
}

#[test]
fn the_rate_never_falls_below_one_in_five_seconds_nor_grows_beyond_what_is_set() {
    let (mut rate, mut now) = (Rate::new(Some(2.0), LEAST), Instant::now());
    let began = |rate: &mut Rate, now: &mut Instant| loop {
        match rate.begin(*now) {
            Ok(began) => return began,
            Err(later) => *now = later,
        }
    };
    for _ in 0..50 {
        let began = began(&mut rate, &mut now);
        rate.lower(began, now);
        assert!(rate.limit() >= Some(LEAST));
    }
    assert_eq!(rate.limit(), Some(LEAST));
    for _ in 0..5000 {
        let began = began(&mut rate, &mut now);
        rate.answered(began, now);
    }
    assert_eq!(rate.limit(), Some(2.0));
}

#[test]
fn attempts_that_were_under_way_together_lower_the_rate_once() {
    let (mut rate, now) = (Rate::new(None, LEAST), Instant::now());
    let together: Vec<Began> = (0..10).map(|_| rate.begin(now).unwrap()).collect();
    for began in &together[..4] {
        rate.answered(*began, now);
    }
    for began in &together[4..] {
        rate.lower(*began, now);
    }
    assert_eq!(rate.limit(), Some(4.0 * LOWERED));
}

#[test]
fn a_pause_that_one_was_asked_for_is_kept_by_all() {
    let (mut rate, now) = (Rate::new(None, LEAST), Instant::now());
    let (long, short) = (Duration::from_secs(7), Duration::from_secs(2));
    rate.close(now + long);
    rate.close(now + short);
    assert_eq!(rate.begin(now), Err(now + long));
    assert!(rate.begin(now + long).is_ok());
}

fn pace(parallel_requests: usize, requests_per_second: Option<f64>) -> Pace {
    let credentials = Credentials::ApiKey {
        key: "k".into(),
        secret: "s".into(),
    };
    Pace::new(&Settings {
        parallel_requests,
        requests_per_second,
        ..Settings::new("https://x", credentials, "tests/1")
    })
}

#[tokio::test]
async fn so_many_attempts_are_under_way_at_the_same_time_and_no_more() {
    let (pace, stop) = (pace(2, None), CancellationToken::new());
    let first = pace.turn(&stop).await.unwrap();
    let second = pace.turn(&stop).await.unwrap();
    assert!(pace.turn(&stop).now_or_never().is_none());
    first.ended(None);
    let third = pace.turn(&stop).now_or_never().unwrap().unwrap();
    assert!(pace.turn(&stop).now_or_never().is_none());
    drop((second, third));
}

#[tokio::test]
async fn a_429_that_asks_for_a_pause_holds_back_everybody_and_a_503_does_not() {
    for code in [429, 503] {
        let (pace, stop) = (pace(9, None), CancellationToken::new());
        let turn = pace.turn(&stop).await.unwrap();
        turn.ended(Some(Trouble::Status {
            code,
            retry_after: Some(Duration::from_secs(3600)),
        }));
        let waits = pace.turn(&stop).now_or_never().is_none();
        assert_eq!(waits, code == 429, "{code}");
    }
    let (pace, stop) = (pace(9, None), CancellationToken::new());
    for trouble in [Trouble::Cut, Trouble::Timeout] {
        pace.turn(&stop).await.unwrap().ended(Some(trouble));
    }
    assert!(pace.turn(&stop).now_or_never().is_some());
}

#[tokio::test]
async fn a_stop_ends_the_wait_for_a_turn_and_whoever_comes_next_has_it() {
    let pace = pace(1, Some(0.01));
    let (stop, other) = (CancellationToken::new(), CancellationToken::new());
    pace.turn(&stop).await.unwrap().ended(None);
    // The first of these has a place and stands in front, the second has neither.
    let (front, behind) = (pace.turn(&stop), pace.turn(&stop));
    let pull = async { stop.cancel() };
    let (front, behind, ()) = tokio::join!(front, behind, pull);
    assert!(front.is_err() && behind.is_err());
    assert!(pace.turn(&stop).await.is_err());
    pace.rate().due = None;
    assert!(pace.turn(&other).now_or_never().is_some());
}
