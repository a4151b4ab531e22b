//! How many requests an exchange takes in a second. What is beyond that is refused before anything
//! is done.

use crate::clock::Millis;

const SECOND: Millis = 1000;

/// Counts the requests of the present second of the clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limit {
    second: Millis,
    taken: u32,
}

impl Limit {
    /// Counts a request, and says whether it is beyond `most` in its second.
    pub fn is_beyond(&mut self, most: u32, now: Millis) -> bool {
        let second = now / SECOND;
        if second != self.second {
            *self = Limit { second, taken: 0 };
        }
        self.taken = self.taken.saturating_add(1);
        self.taken > most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_second_takes_as_many_as_any_other() {
        let mut limit = Limit::default();
        for second in [7, 8, 100] {
            let beyond = [0, 1, 998, 999].map(|ms| limit.is_beyond(2, second * SECOND + ms));
            assert_eq!(beyond, [false, false, true, true]);
        }
    }
}
