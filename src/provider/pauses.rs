//! How long is paused between two looks at the exchange.

use std::iter::successors;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// A row of pauses that grow up to the longest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pauses {
    /// The first.
    pub first: Duration,
    /// How many times as long each is as the one before.
    pub growth: f64,
    /// The longest.
    pub longest: Duration,
}

/// The pauses of a session. The defaults suit exchanges; tests use less.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tempo {
    /// While an object is on its way into service or out of it.
    pub progress: Pauses,
    /// While the exchange has not yet made what is to be found.
    pub arrival: Pauses,
    /// Between cancellations that are refused because something else still uses the object.
    pub conflict: Pauses,
    /// Between looks for what may have come of an order that was not answered.
    pub aftermath: Pauses,
    /// How long a new object is looked at for what the exchange fills in after its answer. It is
    /// only a convenience to those who use it at once.
    pub filling: Duration,
    /// Within which an exchange answers a look, if it answers at all.
    pub answer: Duration,
}

impl Pauses {
    /// One after the other, without end.
    pub fn row(self) -> impl Iterator<Item = Duration> {
        successors(Some(self.first), move |pause| Some(self.after(*pause)))
    }

    /// The same, with another longest pause.
    pub fn up_to(self, longest: Duration) -> Pauses {
        Pauses {
            first: self.first.min(longest),
            longest,
            ..self
        }
    }

    fn after(self, pause: Duration) -> Duration {
        pause.mul_f64(self.growth).min(self.longest)
    }
}

/// Further tries of something, with pauses between them, until a deadline.
#[derive(Debug)]
pub struct Tries {
    pauses: Pauses,
    next: Duration,
    deadline: Instant,
}

impl Pauses {
    /// Tries until this deadline.
    pub fn until(self, deadline: Instant) -> Tries {
        Tries {
            pauses: self,
            next: self.first,
            deadline,
        }
    }
}

impl Tries {
    /// Pauses, and says whether there is time for another try; at once if there is not.
    pub async fn another(&mut self, stop: &CancellationToken) -> bool {
        let pause = self.next;
        if stop.is_cancelled() || Instant::now() + pause >= self.deadline {
            return false;
        }
        self.next = self.pauses.after(pause);
        tokio::select! {
            () = stop.cancelled() => false,
            () = tokio::time::sleep(pause) => true,
        }
    }
}

impl Default for Tempo {
    fn default() -> Tempo {
        Tempo {
            // Many exchanges answer a change within a second; provisioning that takes longer than
            // the longest pause takes minutes at least.
            progress: Pauses {
                first: Duration::from_millis(500),
                growth: 1.5,
                longest: Duration::from_secs(30),
            },
            // Allocations are made within seconds, as a rule.
            arrival: Pauses {
                first: Duration::from_millis(500),
                growth: 2.0,
                longest: Duration::from_secs(15),
            },
            conflict: Pauses {
                first: Duration::from_secs(1),
                growth: 2.0,
                longest: Duration::from_secs(30),
            },
            // A gateway that gives up leaves the exchange behind it at work.
            aftermath: Pauses {
                first: Duration::from_secs(1),
                growth: 2.0,
                longest: Duration::from_secs(15),
            },
            filling: Duration::from_secs(30),
            answer: Duration::from_secs(10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_longest() {
        let row = |pauses: Pauses| -> Vec<u128> {
            let row = pauses.row().take(8);
            row.map(|pause| pause.as_millis()).collect()
        };
        let tempo = Tempo::default();
        assert_eq!(row(tempo.progress)[..4], [500, 750, 1125, 1687]);
        assert_eq!(
            row(tempo.progress.up_to(Duration::from_secs(1)))[1..],
            [750, 1000, 1000, 1000, 1000, 1000, 1000]
        );
        assert_eq!(row(tempo.arrival)[3..], [4000, 8000, 15000, 15000, 15000]);
    }
}
