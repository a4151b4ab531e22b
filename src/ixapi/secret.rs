//! Text that must never be shown, and the tools that keep it out of errors and log lines:
//! [`Secret`] holds one such text, [`Scrubber`] removes known ones from what others wrote, and
//! [`redacted`] hides the members of a JSON document whose names say that they are secret.

use std::fmt;

use super::lenient::Json;

/// What stands where a secret stood.
pub(super) const REDACTED: &str = "[redacted]";

/// Texts shorter than this are not searched for in what an exchange sends back: replacing every
/// "a" of an error text would destroy the text and give the secret away.
const SHORTEST_SCRUBBED: usize = 3;

/// A key, password or token. Neither `Debug` nor `Display` shows it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text that must not be shown.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text itself, for somebody who has asked for just this secret.
    pub fn into_text(self) -> String {
        self.0
    }

    /// The text itself, for what sends it and what hides it. Not public: nobody outside needs it.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// Removes the secrets of one request from texts that came back: some servers and proxies answer
/// an error with a copy of the request.
#[derive(Clone, Default)]
pub(super) struct Scrubber {
    /// Longest first, so that a secret which contains another one leaves no remainder.
    texts: Vec<String>,
}

impl Scrubber {
    /// Adds a secret, also in the spelling it has in a form or a query.
    pub(super) fn hide(&mut self, secret: &str) {
        if secret.chars().count() < SHORTEST_SCRUBBED {
            return;
        }
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        for text in [secret.to_owned(), encoded] {
            if !self.texts.contains(&text) {
                self.texts.push(text);
            }
        }
        self.texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    }

    /// Adds every secret member of a request body.
    pub(super) fn hide_members(&mut self, body: &Json) {
        match body {
            Json::Object(members) => {
                for (name, value) in members {
                    match value {
                        Json::String(text) if is_secret(name) => self.hide(text),
                        other => self.hide_members(other),
                    }
                }
            }
            Json::Array(items) => items.iter().for_each(|item| self.hide_members(item)),
            _ => {}
        }
    }

    /// The text without the secrets.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for secret in &self.texts {
            if clean.contains(secret.as_str()) {
                clean = clean.replace(secret.as_str(), REDACTED);
            }
        }
        clean
    }

    /// The document without the secrets, in names as in values.
    pub(super) fn clean_json(&self, json: Json) -> Json {
        match json {
            Json::String(text) => Json::String(self.clean(&text)),
            Json::Array(items) => items
                .into_iter()
                .map(|item| self.clean_json(item))
                .collect(),
            Json::Object(members) => members
                .into_iter()
                .map(|(name, value)| (self.clean(&name), self.clean_json(value)))
                .collect(),
            other => other,
        }
    }
}

/// Whether a member of a body, or a parameter of a query, is secret by its name: `password`,
/// `bgp_password`, `client_secret`, `access_token`, `cloud_key`, `service_key` and their like.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    name == "key"
        || name == "authorization"
        || name == "client_id"
        || ["password", "secret", "token", "_key"]
            .iter()
            .any(|end| name.ends_with(end))
}

/// A copy of the document in which every secret member reads `[redacted]`. Members that are null
/// stay null: that a password was cleared is worth knowing, and no secret.
pub fn redacted(json: &Json) -> Json {
    match json {
        Json::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let shown = if is_secret(name) && !value.is_null() {
                    Json::String(REDACTED.to_owned())
                } else {
                    redacted(value)
                };
                (name.clone(), shown)
            })
            .collect(),
        Json::Array(items) => items.iter().map(redacted).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_shows_itself_in_no_format() {
        let secret = Secret::from("hunter2");
        assert_eq!(
            format!("{secret} {secret:?} {secret:#?}")
                .matches("hunter2")
                .count(),
            0
        );
    }

    #[test]
    fn a_secret_is_removed_wherever_it_stands_and_however_it_is_spelled() {
        let mut scrubber = Scrubber::default();
        scrubber.hide("s3cret/+=");
        scrubber.hide("s3cret/+=longer");
        let clean = scrubber.clean("a s3cret/+=longer b s3cret%2F%2B%3D c s3cret/+=");
        assert_eq!(clean, "a [redacted] b [redacted] c [redacted]");
    }

    #[test]
    fn a_text_of_two_letters_is_left_alone() {
        let mut scrubber = Scrubber::default();
        scrubber.hide("ab");
        assert_eq!(scrubber.clean("about"), "about");
    }

    #[test]
    fn a_secret_of_the_body_is_removed_from_the_answer() {
        let mut scrubber = Scrubber::default();
        scrubber.hide_members(&json!({"bgp": [{"bgp_password": "opensesame", "asn": 1}]}));
        let answer = json!({"detail": ["opensesame is too short"], "opensesame": 1});
        assert_eq!(
            scrubber.clean_json(answer),
            json!({"detail": ["[redacted] is too short"], "[redacted]": 1})
        );
    }

    #[test]
    fn secret_members_are_hidden_at_any_depth_and_others_stay() {
        let body = json!({
            "password": "a", "bgp-password": "b", "client_secret": "c", "api_key": "d",
            "refresh_token": "e", "cloud_key": "f", "service_key": {"k": 1}, "access_token": null,
            "name": "n", "keys": 3, "inner": [{"Cloud_Key": "g", "vlan": 5}],
        });
        let shown = redacted(&body);
        assert_eq!(shown["inner"][0], json!({"Cloud_Key": REDACTED, "vlan": 5}));
        assert_eq!(shown["service_key"], json!(REDACTED));
        assert_eq!(shown["access_token"], json!(null));
        assert_eq!((&shown["name"], &shown["keys"]), (&json!("n"), &json!(3)));
        for hidden in [
            "password",
            "bgp-password",
            "client_secret",
            "api_key",
            "refresh_token",
        ] {
            assert_eq!(shown[hidden], json!(REDACTED), "{hidden}");
        }
    }
}
