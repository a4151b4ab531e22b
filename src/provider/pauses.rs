//! How long is paused between two looks at the exchange.

use std::iter::successors;
use std::time::Duration;

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
}

impl Pauses {
    /// One after the other, without end.
    pub fn row(self) -> impl Iterator<Item = Duration> {
        successors(Some(self.first), move |pause| {
            Some(pause.mul_f64(self.growth).min(self.longest))
        })
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
        assert_eq!(row(tempo.arrival)[3..], [4000, 8000, 15000, 15000, 15000]);
    }
}
