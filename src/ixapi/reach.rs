//! Which servers cannot be reached: what one request has found out with all its attempts, the
//! others of a plan need not find out anew, each with attempts of its own.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use super::error::{Error, ErrorKind};
use super::lock::lock;
use super::transport::host;

/// How long nothing more is sent to a server that could not be reached. Long enough for Terraform
/// to come to an end with hundreds of objects, and short beside what a person does before the next
/// run.
const WHILE: Duration = Duration::from_secs(10);

/// The servers that could not be reached, by their hosts. Time comes from outside.
#[derive(Debug, Default)]
pub(super) struct Reach(Mutex<HashMap<String, Lost>>);

/// How it was found out.
#[derive(Debug)]
struct Lost {
    at: Instant,
    by: String,
}

impl Reach {
    /// A server has answered, whatever that was.
    pub(super) fn found(&self, url: &Url) {
        let mut lost = lock(&self.0);
        if !lost.is_empty() {
            lost.remove(&host(url));
        }
    }

    /// A request was given up because of this error, which goes for all that is sent to that
    /// server: nothing else is, for a while. False if that was so before.
    pub(super) fn given_up(&self, url: &Url, error: &Error, at: Instant) -> bool {
        match self.still_lost(at).entry(host(url)) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                let by = error.clause();
                place.insert(Lost { at, by });
                true
            }
        }
    }

    /// Why nothing is sent to this server now, if it could not be reached a moment ago.
    pub(super) fn lost(&self, url: &Url, now: Instant) -> Option<ErrorKind> {
        let lost = self.still_lost(now);
        if lost.is_empty() {
            return None;
        }
        let first = lost.get(&host(url))?.by.clone();
        Some(ErrorKind::Unreachable { first })
    }

    fn still_lost(&self, now: Instant) -> MutexGuard<'_, HashMap<String, Lost>> {
        let mut lost = lock(&self.0);
        lost.retain(|_, lost| now.duration_since(lost.at) < WHILE);
        lost
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_server_is_lost_for_a_while_or_until_it_answers() {
        let (one, other) = ("http://x:1/api", "http://x:2/api");
        let [one, other] = [one, other].map(|url| Url::parse(url).unwrap());
        let error = |kind| Error::new("GET http://x:1/api/pops", kind);
        let refused = || ErrorKind::Connect {
            reason: "refused".to_owned(),
        };
        let (reach, start) = (Reach::default(), Instant::now());
        assert_eq!(reach.lost(&one, start), None);
        assert!(reach.given_up(&one, &error(refused()), start));
        let first = "GET http://x:1/api/pops could not be sent: refused".to_owned();
        let lost = ErrorKind::Unreachable { first };
        assert_eq!(reach.lost(&one, start), Some(lost));
        assert_eq!(reach.lost(&other, start), None);
        reach.found(&other);
        assert!(reach.lost(&one, start).is_some());
        reach.found(&one);
        assert_eq!(reach.lost(&one, start), None);
        reach.given_up(&one, &error(refused()), start);
        // Who had begun before finds out the same later, and that prolongs nothing.
        assert!(!reach.given_up(&one, &error(refused()), start + WHILE / 2));
        let nearly = Duration::from_millis(1);
        assert!(reach.lost(&one, start + WHILE - nearly).is_some());
        assert!(reach.given_up(&one, &error(refused()), start + WHILE));
        assert!(reach.lost(&one, start + WHILE).is_some());
        assert_eq!(reach.lost(&one, start + 2 * WHILE), None);
    }
}
