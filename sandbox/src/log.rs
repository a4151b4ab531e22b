//! The request log that tests assert on. Secrets never enter it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::{self, Millis};

/// Body fields whose values are replaced before they are kept.
const SECRETS: [&str; 9] = [
    "client_secret",
    "api_key",
    "api_secret",
    "bgp_password",
    "cloud_key",
    "access_token",
    "refresh_token",
    "password",
    "service_key",
];

/// Older entries are dropped beyond this many, so that a sandbox can run for weeks.
const MAX_ENTRIES: usize = 100_000;
/// Requests are counted apart for so many places; what is beyond them is counted under `…`.
const MAX_PLACES: usize = 1_000;
/// Of a body that is longer than this, in bytes, only its length is kept.
const LONGEST_BODY: usize = 16 * 1024;
/// Paths and queries are kept up to this many characters.
const LONGEST_PATH: usize = 4 * 1024;

/// What a request asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// HTTP method.
    pub method: String,
    /// Path below the base path of the API; the whole path elsewhere.
    pub path: String,
    /// The query as it came.
    pub query: String,
    /// The body as JSON: of a form, its pairs; of anything else, its text; null when there is none.
    pub body: Value,
}

/// A request and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Counts requests from 1.
    pub seq: u64,
    /// When it arrived, by the exchange's clock.
    pub at: String,
    /// The same in milliseconds since 1970, UTC.
    pub at_ms: Millis,
    /// HTTP method.
    pub method: String,
    /// Path below the base path of the API; the whole path elsewhere.
    pub path: String,
    /// The query as it came.
    pub query: String,
    /// The body as JSON, with `***` in the place of secrets.
    pub body: Value,
    /// The name of the party, once it is known.
    pub party: Option<&'static str>,
    /// The fault that struck it.
    pub fault: Option<&'static str>,
    /// HTTP status of the answer; none where the connection was cut.
    pub status: Option<u16>,
}

/// Every request, in the order of arrival.
#[derive(Debug, Default)]
pub struct Log {
    entries: Vec<Entry>,
    counts: BTreeMap<Place, u64>,
    last: u64,
    finished: u64,
}

/// What requests are counted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// HTTP method.
    pub method: String,
    /// The path, with `{id}` in the place of an id: `/connections` is the list, `/connections/{id}`
    /// one of them.
    pub path: String,
    /// HTTP status of the answer; none where the connection was cut.
    pub status: Option<u16>,
}

/// How many requests there were of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Which.
    #[serde(flatten)]
    pub place: Place,
    /// How many of them have been answered.
    pub count: u64,
}

/// How many requests there were so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// That have arrived.
    pub arrived: u64,
    /// Of those, that were carried out or refused.
    pub finished: u64,
}

impl Log {
    /// Notes a request as it arrives. Returns its sequence number.
    pub fn arrived(&mut self, asked: &Asked, at: Millis) -> u64 {
        if self.entries.len() >= MAX_ENTRIES {
            self.entries.drain(..MAX_ENTRIES / 2);
        }
        self.last += 1;
        self.entries.push(Entry {
            seq: self.last,
            at: clock::rfc3339(at),
            at_ms: at,
            method: asked.method.clone(),
            path: shown_path(&asked.path),
            query: cut(&asked.query),
            body: redacted(&asked.body),
            party: None,
            fault: None,
            status: None,
        });
        self.last
    }

    /// Adds what became of a request. `status` stays none where the connection was cut.
    pub fn finished(
        &mut self,
        seq: u64,
        party: Option<&'static str>,
        fault: Option<&'static str>,
        status: Option<u16>,
    ) {
        self.finished += 1;
        let mut entries = self.entries.iter_mut().rev();
        if let Some(entry) = entries.find(|entry| entry.seq == seq) {
            entry.party = party;
            entry.fault = fault;
            entry.status = status;
            let place = place(&entry.method, &entry.path, status);
            self.count(place);
        }
    }

    fn count(&mut self, place: Place) {
        let is_new = !self.counts.contains_key(&place);
        let place = match is_new && self.counts.len() >= MAX_PLACES {
            true => Place {
                path: "…".to_owned(),
                ..place
            },
            false => place,
        };
        *self.counts.entry(place).or_default() += 1;
    }

    /// How many requests of each kind were answered, those that are forgotten included.
    pub fn counts(&self) -> Vec<Count> {
        let counts = self.counts.iter();
        counts
            .map(|(place, count)| Count {
                place: place.clone(),
                count: *count,
            })
            .collect()
    }

    /// How many requests there were, those that are forgotten included.
    pub fn traffic(&self) -> Traffic {
        Traffic {
            arrived: self.last,
            finished: self.finished,
        }
    }

    /// What became of the request with that number.
    pub fn entry(&self, seq: u64) -> Option<&Entry> {
        let mut entries = self.entries.iter().rev();
        entries.find(|entry| entry.seq == seq)
    }

    /// The last entries, at most so many.
    pub fn last(&self, most: usize) -> &[Entry] {
        &self.entries[self.entries.len().saturating_sub(most)..]
    }

    /// All entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Forgets the entries and the counts; the numbers go on.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.counts.clear();
    }
}

/// The body of a request as the log keeps it.
pub fn body(content_type: &str, bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    let is_long = bytes.len() > LONGEST_BODY;
    if is_long || content_type.starts_with("application/octet-stream") {
        return json!(format!("{} bytes", bytes.len()));
    }
    if content_type.starts_with("application/x-www-form-urlencoded") {
        return form_urlencoded::parse(bytes)
            .map(|(name, value)| (name.into_owned(), json!(value)))
            .collect();
    }
    serde_json::from_slice(bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(bytes)))
}

/// Where a request is counted: without the id that it is about.
fn place(method: &str, path: &str, status: Option<u16>) -> Place {
    let mut parts: Vec<&str> = path.split('/').collect();
    if let [_, collection, id, ..] = parts.as_mut_slice()
        && !["auth", "connect", "extensions"].contains(collection)
    {
        *id = "{id}";
    }
    Place {
        method: method.to_owned(),
        path: parts.join("/"),
        status,
    }
}

/// The path as the log keeps it: what follows this segment is a secret.
fn shown_path(path: &str) -> String {
    const BEFORE: &str = "/service-keys/";
    match path.split_once(BEFORE) {
        Some((before, _)) => format!("{before}{BEFORE}***"),
        None => cut(path),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST_PATH).collect()
}

fn redacted(body: &Value) -> Value {
    match body {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| {
                let kept = if SECRETS.contains(&name.as_str()) {
                    json!("***")
                } else {
                    redacted(value)
                };
                (name.clone(), kept)
            })
            .collect(),
        Value::Array(items) => items.iter().map(redacted).collect(),
        // A body that is no JSON may hold anything, so it is kept only where it cannot hold a
        // secret.
        Value::String(text) if SECRETS.iter().any(|secret| text.contains(secret)) => json!("***"),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_oldest_requests_are_forgotten_and_the_numbers_go_on() {
        let asked = |query: String| Asked {
            method: "GET".to_owned(),
            path: "/ports".to_owned(),
            query,
            body: Value::Null,
        };
        let mut log = Log::default();
        for _ in 0..MAX_ENTRIES {
            log.arrived(&asked(String::new()), 0);
        }
        log.arrived(&asked("x".repeat(LONGEST_PATH + 1)), 0);
        assert!(log.entries().len() <= MAX_ENTRIES);
        let last = log.entries().last().unwrap();
        assert_eq!(last.seq, MAX_ENTRIES as u64 + 1);
        assert_eq!(last.query.len(), LONGEST_PATH);
    }

    #[test]
    fn requests_are_counted_by_what_they_ask_for_and_not_by_id() {
        let mut log = Log::default();
        for path in ["/ports", "/ports/1", "/ports/2", "/ports/2/loa"] {
            let asked = Asked {
                method: "GET".to_owned(),
                path: path.to_owned(),
                query: String::new(),
                body: Value::Null,
            };
            let seq = log.arrived(&asked, 0);
            log.finished(seq, None, None, Some(200));
        }
        let counts = log.counts().into_iter();
        let counts: Vec<_> = counts.map(|it| (it.place.path, it.count)).collect();
        let expected = [("/ports", 1), ("/ports/{id}", 2), ("/ports/{id}/loa", 1)];
        assert_eq!(
            counts,
            expected.map(|(path, count)| (path.to_owned(), count))
        );
    }

    #[test]
    fn what_nobody_serves_is_counted_without_end_but_not_apart() {
        let mut log = Log::default();
        for number in 0..MAX_PLACES + 10 {
            log.count(place("GET", &format!("/{number}"), Some(404)));
        }
        assert_eq!(log.counts().len(), MAX_PLACES + 1);
        assert_eq!(log.counts().last().unwrap().count, 10);
    }
}
