//! How fast one client asks: how many attempts are under way at the same time, how many begin in a
//! second, and that it asks more slowly once the exchange has answered 429.
//!
//! Every attempt passes here before it is sent, and waits for nothing once it is. What is learnt
//! from the answer to one attempt holds for all.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::lock::lock;
use super::retry::{Retry, Stopped, Trouble, pause};
use super::settings::Settings;

/// So much of the time that lies behind may be made up for at once: little, since many exchanges
/// count what comes in a second.
const BURST: Duration = Duration::from_millis(200);

/// What is left of the rate after a 429.
const LOWERED: f64 = 0.7;

/// By how many requests a second the rate grows with each answer, as long as little is known of the
/// limit of the exchange. In full use it doubles in three seconds: after a 429 that was by chance
/// it is soon as high as ever.
const PROBING: f64 = 0.25;

/// By what share of itself the rate grows each second, once a second 429 has shown where the limit
/// is: what it has taken is back in a quarter of a minute, and so long is it until the next one.
const CAREFUL: f64 = 0.03;

/// A limit that was not met for so long may be another one by now.
const MEMORY: Duration = Duration::from_secs(60);

/// The time over which answers are counted to guess the limit.
const SECOND: Duration = Duration::from_secs(1);

/// Where little was asked before the first 429, that says little: the limit is taken to be so many
/// times the lowest rate at least.
const FIRST_GUESS: f64 = 5.0;

/// The pace of a client.
#[derive(Debug)]
pub(super) struct Pace {
    retry: Retry,
    /// One for each attempt that may be under way.
    places: Semaphore,
    /// Whoever is next to begin holds it; the others stand behind it in the order of their coming.
    front: tokio::sync::Mutex<()>,
    rate: Mutex<Rate>,
}

/// An attempt that may be sent now. It keeps its place until it ends.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pace: &'a Pace,
    began: Began,
    _place: Option<SemaphorePermit<'a>>,
}

impl Pace {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            retry: settings.retry,
            places: Semaphore::new(settings.parallel_requests.max(1)),
            front: tokio::sync::Mutex::default(),
            rate: Mutex::new(Rate::new(
                settings.requests_per_second,
                settings.retry.slowest,
            )),
        }
    }

    /// Waits until an attempt may be sent.
    pub(super) async fn turn(&self, stop: &CancellationToken) -> Result<Turn<'_>, Stopped> {
        tokio::select! {
            biased;
            () = stop.cancelled() => Err(Stopped),
            turn = self.next() => Ok(turn),
        }
    }

    async fn next(&self) -> Turn<'_> {
        // It is never closed, so there is always a place.
        let place = self.places.acquire().await.ok();
        let _front = self.front.lock().await;
        loop {
            let begun = self.rate().begin(Instant::now());
            match begun {
                Ok(began) => {
                    return Turn {
                        pace: self,
                        began,
                        _place: place,
                    };
                }
                Err(later) => sleep_until(later).await,
            }
        }
    }

    fn rate(&self) -> MutexGuard<'_, Rate> {
        lock(&self.rate)
    }
}

impl Turn<'_> {
    /// The attempt has ended: in a success, or with this trouble.
    pub(super) fn ended(self, trouble: Option<Trouble>) {
        let mut rate = self.pace.rate();
        let now = Instant::now();
        let asked = |asked| pause(&self.pace.retry, 1, asked, fastrand::f64());
        match trouble {
            Some(Trouble::Status {
                code: 429,
                retry_after,
            }) => {
                rate.lower(self.began, now);
                rate.close(now + asked(retry_after));
            }
            None | Some(Trouble::Status { .. }) => rate.answered(self.began, now),
            Some(Trouble::NotConnected { .. } | Trouble::Cut | Trouble::Timeout) => {}
        }
    }
}

/// How many attempts begin in a second. Time comes from outside.
#[derive(Debug)]
struct Rate {
    /// What the user has set.
    most: Option<f64>,
    /// The least that is left of a rate.
    least: f64,
    /// What the exchange has taught.
    learnt: Option<Learnt>,
    /// Nothing begins before, because the exchange has asked for a pause.
    closed_until: Option<Instant>,
    /// When the next attempt is due, if they come evenly.
    due: Option<Instant>,
    /// When the answers of the last second came, as long as nothing was learnt.
    answers: VecDeque<Instant>,
    /// How often the rate was lowered.
    lowered: u32,
}

/// What 429 has taught.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Learnt {
    /// Requests a second.
    rate: f64,
    /// By how much it grows each second, once the exchange has set its limit twice.
    growth: Option<f64>,
    /// When that was.
    at: Instant,
}

/// How an attempt began.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Began {
    /// How often the rate had been lowered until then.
    lowered: u32,
    /// Whether attempts came as fast as the rate allows.
    in_full_use: bool,
}

impl Rate {
    fn new(most: Option<f64>, least: f64) -> Self {
        Self {
            most,
            least,
            learnt: None,
            closed_until: None,
            due: None,
            answers: VecDeque::new(),
            lowered: 0,
        }
    }

    /// Requests a second.
    fn limit(&self) -> Option<f64> {
        let learnt = self.learnt.map(|learnt| learnt.rate);
        let both = self.most.into_iter().chain(learnt);
        both.reduce(f64::min)
    }

    /// Begins an attempt, or says when to ask again.
    fn begin(&mut self, now: Instant) -> Result<Began, Instant> {
        if let Some(closed_until) = self.closed_until.filter(|until| *until > now) {
            return Err(closed_until);
        }
        let mut in_full_use = false;
        if let Some(limit) = self.limit() {
            let interval = Duration::from_secs_f64(limit.recip());
            let due = self.due.unwrap_or(now);
            let early = BURST.saturating_sub(interval);
            if due > now + early {
                return Err(due - early);
            }
            in_full_use = self.due.is_some() && now < due + interval;
            self.due = Some(due.max(now) + interval);
        }
        Ok(Began {
            lowered: self.lowered,
            in_full_use,
        })
    }

    /// An attempt was answered, well or badly.
    fn answered(&mut self, began: Began, now: Instant) {
        let Some(learnt) = &mut self.learnt else {
            self.answers.push_back(now);
            self.forget_answers(now);
            return;
        };
        // What was not tried was not allowed either.
        if !began.in_full_use || began.lowered != self.lowered {
            return;
        }
        let careful = learnt.growth.filter(|_| now < learnt.at + MEMORY);
        let grown = learnt.rate + careful.map_or(PROBING, |growth| growth / learnt.rate);
        learnt.rate = self.most.map_or(grown, |most| most.min(grown));
    }

    /// An attempt was answered with 429. Those that were under way at the same time tell nothing
    /// new.
    fn lower(&mut self, began: Began, now: Instant) {
        if began.lowered != self.lowered {
            return;
        }
        self.lowered += 1;
        let rate = match self.learnt {
            Some(learnt) => learnt.rate,
            None => {
                self.forget_answers(now);
                let answered = std::mem::take(&mut self.answers).len();
                let guess = (answered as f64).max(FIRST_GUESS * self.least);
                self.most.map_or(guess, |most| most.min(guess))
            }
        };
        let rate = (rate * LOWERED).max(self.least);
        let again = self.learnt.is_some_and(|learnt| now < learnt.at + MEMORY);
        self.learnt = Some(Learnt {
            rate,
            growth: again.then_some(rate * CAREFUL),
            at: now,
        });
    }

    /// Nothing begins until then, and then one after the other.
    fn close(&mut self, until: Instant) {
        self.closed_until = self.closed_until.max(Some(until));
        self.due = self.due.max(self.closed_until);
    }

    fn forget_answers(&mut self, now: Instant) {
        while self.answers.front().is_some_and(|at| *at + SECOND < now) {
            self.answers.pop_front();
        }
    }
}

#[cfg(test)]
mod tests;
