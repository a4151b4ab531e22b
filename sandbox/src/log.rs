//! The request log that tests assert on. Secrets never enter it.

use serde_json::{Value, json};

use crate::urlencoded;

/// Body fields whose values are replaced before they are kept.
const SECRETS: [&str; 6] = [
    "client_secret",
    "api_key",
    "api_secret",
    "access_token",
    "refresh_token",
    "password",
];

/// Older entries are dropped beyond this many, so that a sandbox can run for weeks.
const MAX_ENTRIES: usize = 100_000;

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

/// Every request, in the order of arrival.
#[derive(Debug, Default)]
pub struct Log {
    entries: Vec<Value>,
    last: u64,
}

impl Log {
    /// Notes a request as it arrives. Returns its sequence number, counting from 1.
    pub fn arrived(&mut self, asked: &Asked, at: String) -> u64 {
        if self.entries.len() >= MAX_ENTRIES {
            self.entries.drain(..MAX_ENTRIES / 2);
        }
        self.last += 1;
        self.entries.push(json!({
            "seq": self.last,
            "at": at,
            "method": asked.method,
            "path": asked.path,
            "query": asked.query,
            "body": redacted(&asked.body),
            "party": null,
            "fault": null,
            "status": null,
        }));
        self.last
    }

    /// Adds what became of a request. `status` stays null where the connection was cut.
    pub fn finished(
        &mut self,
        seq: u64,
        party: Option<&str>,
        fault: Option<&str>,
        status: Option<u16>,
    ) {
        let entry = self
            .entries
            .iter_mut()
            .rev()
            .find(|entry| entry["seq"] == json!(seq));
        if let Some(entry) = entry {
            entry["party"] = json!(party);
            entry["fault"] = json!(fault);
            entry["status"] = json!(status);
        }
    }

    /// All entries.
    pub fn entries(&self) -> &[Value] {
        &self.entries
    }

    /// Forgets the entries; the numbers go on.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

/// The body of a request as the log keeps it.
pub fn body(content_type: &str, bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    if content_type.starts_with("application/x-www-form-urlencoded")
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return urlencoded::pairs(text)
            .into_iter()
            .map(|(name, value)| (name, json!(value)))
            .collect();
    }
    serde_json::from_slice(bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(bytes)))
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
        // A body that is no JSON may hold anything, so it is kept only where it cannot hold a secret.
        Value::String(text) if SECRETS.iter().any(|secret| text.contains(secret)) => json!("***"),
        other => other.clone(),
    }
}
