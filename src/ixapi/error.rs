//! Why a request did not succeed. Every text in here has been freed of secrets and may be shown.

use std::fmt;
use std::time::Duration;

use super::problem::{Problem, named_status};
use super::settings::Setting;

/// A request that did not succeed: which one, why, and whether it may have had an effect.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Error {
    request: String,
    kind: Box<ErrorKind>,
    request_id: Option<String>,
    outcome_unknown: bool,
}

/// Why a request did not succeed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The exchange refused, and said why.
    Problem(Problem),
    /// The answer is not JSON: an error page, or nothing at all.
    NotJson {
        /// The HTTP status.
        status: u16,
        /// The beginning of the answer, as text.
        text: String,
    },
    /// Nothing that every exchange has is there: this is the address of something else.
    NotAnExchange {
        /// The HTTP status.
        status: u16,
    },
    /// The exchange pointed elsewhere. Credentials are not carried to where somebody points.
    Redirect {
        /// The HTTP status.
        status: u16,
        /// Where it pointed, without query.
        location: Option<String>,
    },
    /// No connection came about; nothing was sent.
    Connect {
        /// What the system said.
        reason: String,
    },
    /// Nothing was sent, because the same server could not be reached a moment ago.
    Unreachable {
        /// What found that out, and what the system said: a sentence without its full stop.
        first: String,
    },
    /// No complete answer came in time.
    Timeout {
        /// How long was waited.
        after: Duration,
    },
    /// The connection broke before the answer was complete.
    Cut {
        /// What the system said.
        reason: String,
    },
    /// No token was to be had: the exchange does not let us in.
    Credentials {
        /// The setting to look at first.
        setting: Setting,
        /// What was said.
        reason: String,
    },
    /// The caller said stop.
    Interrupted,
    /// The answer is JSON, but not of the shape it should have.
    Decode {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        reason: String,
    },
    /// The answer is larger than what is read of any; the rest of it was left alone.
    TooLarge {
        /// The HTTP status.
        status: u16,
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// The identifier is empty or made of dots and would lead to another object.
    Unaddressable,
}

impl Error {
    pub(super) fn new(request: impl Into<String>, kind: ErrorKind) -> Self {
        Self {
            request: request.into(),
            kind: Box::new(kind),
            request_id: None,
            outcome_unknown: false,
        }
    }

    pub(super) fn with_request_id(mut self, id: Option<String>) -> Self {
        self.request_id = id;
        self
    }

    /// The same, of a change on which the exchange may have acted, or surely has not.
    pub fn with_outcome_unknown(mut self, unknown: bool) -> Self {
        self.outcome_unknown = unknown;
        self
    }

    /// The request: `POST https://host/api/v2/connections`. Queries are left out.
    pub fn request(&self) -> &str {
        &self.request
    }

    /// Why it did not succeed.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self.kind() {
            ErrorKind::Problem(problem) => Some(problem.status),
            ErrorKind::NotJson { status, .. }
            | ErrorKind::Redirect { status, .. }
            | ErrorKind::Decode { status, .. }
            | ErrorKind::TooLarge { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// What the exchange said, if it said it as a problem document.
    pub fn problem(&self) -> Option<&Problem> {
        match self.kind() {
            ErrorKind::Problem(problem) => Some(problem),
            _ => None,
        }
    }

    /// The exchange's identifier of the request, for its support, where it sends one.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Whether the status is 404, and nothing else: a 403 or 410 says nothing about an object.
    ///
    /// A 404 without a [`problem`](Self::problem) can also come from a gateway, or from a wrong
    /// base address.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// Whether something else than an exchange may have answered, which knows nothing of IX-API.
    /// The status, if so.
    pub(super) fn alien_status(&self) -> Option<u16> {
        match self.kind() {
            ErrorKind::NotJson { status, .. } => Some(*status).filter(|status| *status < 500),
            _ => self.status().filter(|status| matches!(status, 404 | 405)),
        }
    }

    /// Whether the answer claims success and is nothing that an exchange would say: a web page, or
    /// half an object.
    pub(super) fn is_alien_success(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::NotJson {
                status: 200..300,
                ..
            }
        )
    }

    /// Whether somebody on the way may have said no, and not the exchange, which may have acted all
    /// the same: a web page, nothing at all, a redirection, or JSON that is no problem of IX-API's.
    /// 429 is said by whoever counts requests, before they are passed on.
    pub fn may_be_of_another(&self) -> bool {
        match self.kind() {
            ErrorKind::NotJson { status, .. } | ErrorKind::Redirect { status, .. } => {
                *status != 429
            }
            ErrorKind::Problem(problem) => problem.status != 429 && !problem.is_by_the_book(),
            _ => false,
        }
    }

    /// Whether the exchange may have acted on a change although this is an error. Look before
    /// trying again. Always false for reads.
    pub fn outcome_unknown(&self) -> bool {
        self.outcome_unknown
    }

    /// Whether the caller itself ended the request.
    pub fn is_interrupted(&self) -> bool {
        *self.kind == ErrorKind::Interrupted
    }

    /// Whether no connection came about.
    pub(super) fn is_not_connected(&self) -> bool {
        matches!(self.kind(), ErrorKind::Connect { .. })
    }

    /// Whether there was no answer, or no whole one.
    pub(super) fn is_unanswered(&self) -> bool {
        let unanswered = matches!(
            self.kind(),
            ErrorKind::Timeout { .. } | ErrorKind::Cut { .. }
        );
        unanswered || self.is_not_connected()
    }

    /// Whether the same request may well succeed some time later: the network, a rate limit, or
    /// a fault of the server. Says nothing on whether it is safe to repeat.
    pub fn is_transient(&self) -> bool {
        match self.kind() {
            ErrorKind::Unreachable { .. } => true,
            _ if self.is_unanswered() => true,
            _ => self
                .status()
                .is_some_and(|status| status == 429 || status >= 500),
        }
    }

    /// The error, without its full stop.
    pub(super) fn clause(&self) -> String {
        let Self { request, kind, .. } = self;
        format!("{request} {kind}")
    }

    fn sentence(&self) -> String {
        let mut sentence = format!("{}.", self.clause());
        if self.outcome_unknown {
            sentence.push_str(" It is not known whether the exchange acted on it.");
        }
        sentence
    }
}

impl fmt::Display for ErrorKind {
    /// The predicate of a sentence whose subject is the request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problem(problem) => write!(f, "was refused with {problem}"),
            Self::NotJson { status, text } => {
                // The sentence around it ends with a full stop of its own.
                let text = text.trim_end_matches('.');
                write!(f, "was answered with {}", named_status(*status, None))?;
                match (text.is_empty(), (200..300).contains(status)) {
                    (true, true) => f.write_str(" and nothing else"),
                    (true, false) => Ok(()),
                    (false, true) => write!(f, " and something that is not JSON: {text}"),
                    (false, false) => write!(f, ": {text}"),
                }
            }
            Self::NotAnExchange { status } => write!(
                f,
                "was answered with {}, and so is everything: this is not the address of an IX-API",
                named_status(*status, None)
            ),
            Self::Redirect { status, location } => {
                write!(f, "was answered with {}", named_status(*status, None))?;
                if let Some(location) = location {
                    write!(f, ", pointing to {location}")?;
                }
                f.write_str("; redirects are not followed, the final address must be configured")
            }
            Self::Connect { reason } => write!(f, "could not be sent: {reason}"),
            Self::Unreachable { first } => write!(f, "was not sent either: {first}"),
            Self::Timeout { after } => {
                write!(f, "was not answered within {} s", after.as_secs_f64())
            }
            Self::Cut { reason } => write!(f, "was not answered: {reason}"),
            Self::Credentials { setting, reason } => {
                write!(f, "brought no access token: {reason}; check {setting}")?;
                match setting {
                    // Nobody says which of the two it is.
                    Setting::Secret => write!(f, " and {}", Setting::Key),
                    _ => Ok(()),
                }
            }
            Self::Interrupted => f.write_str("was interrupted"),
            Self::Decode { status, reason } => {
                write!(
                    f,
                    "was answered with {}, and {reason}",
                    named_status(*status, None)
                )
            }
            Self::TooLarge { status, limit } => {
                let status = named_status(*status, None);
                write!(
                    f,
                    "was answered with {status} and more than {} MiB, which is the most that is \
                     read; ask for less, with a filter, or check the address of the API",
                    limit >> 20
                )
            }
            Self::Unaddressable => {
                f.write_str("was not sent: the identifier is empty or made of dots")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn an_error_is_one_clear_sentence() {
        let error = |kind| Error::new("GET https://x/pops", kind).to_string();
        for (kind, sentence) in [
            (
                ErrorKind::Problem(Problem {
                    status: 403,
                    ..Problem::default()
                }),
                "GET https://x/pops was refused with 403 Forbidden.",
            ),
            (
                ErrorKind::NotJson {
                    status: 502,
                    text: "Bad Gateway nginx".into(),
                },
                "GET https://x/pops was answered with 502 Bad Gateway: Bad Gateway nginx.",
            ),
            (
                ErrorKind::NotJson {
                    status: 200,
                    text: "Log in".into(),
                },
                "GET https://x/pops was answered with 200 OK and something that is not JSON: \
                 Log in.",
            ),
            (
                ErrorKind::NotJson {
                    status: 404,
                    text: String::new(),
                },
                "GET https://x/pops was answered with 404 Not Found.",
            ),
            (
                ErrorKind::Timeout {
                    after: Duration::from_secs(60),
                },
                "GET https://x/pops was not answered within 60 s.",
            ),
            (
                ErrorKind::TooLarge {
                    status: 200,
                    limit: 64 << 20,
                },
                "GET https://x/pops was answered with 200 OK and more than 64 MiB, which is the \
                 most that is read; ask for less, with a filter, or check the address of the API.",
            ),
            (
                ErrorKind::Credentials {
                    setting: Setting::Secret,
                    reason: "the key or the secret was refused with 401 Unauthorized".into(),
                },
                "GET https://x/pops brought no access token: the key or the secret was refused \
                 with 401 Unauthorized; check the API secret and the API key.",
            ),
            (
                ErrorKind::Interrupted,
                "GET https://x/pops was interrupted.",
            ),
        ] {
            assert_eq!(error(kind), sentence);
        }
    }

    #[test]
    fn an_unknown_outcome_is_said() {
        let error = Error::new(
            "POST https://x/macs",
            ErrorKind::Cut {
                reason: "eof".into(),
            },
        )
        .with_outcome_unknown(true);
        assert_eq!(
            error.to_string(),
            "POST https://x/macs was not answered: eof. \
             It is not known whether the exchange acted on it.",
        );
    }

    #[test]
    fn a_refusal_that_is_no_problem_of_ix_api_may_be_of_another() {
        let read = |status, body| ErrorKind::Problem(Problem::read(status, &body));
        let page = |status| ErrorKind::NotJson {
            status,
            text: String::new(),
        };
        let moved = ErrorKind::Redirect {
            status: 301,
            location: None,
        };
        for (kind, so) in [
            (page(403), true),
            (page(429), false),
            (moved, true),
            (read(403, json!({ "message": "Forbidden" })), true),
            (read(429, json!({ "message": "Too fast" })), false),
            (read(400, json!({})), true),
            (read(403, json!({ "title": "Permission Denied" })), false),
            (
                read(400, json!({ "properties": [{ "name": "vlan" }] })),
                false,
            ),
            (ErrorKind::Interrupted, false),
        ] {
            let error = Error::new("POST x", kind);
            assert_eq!(error.may_be_of_another(), so, "{error}");
        }
    }

    #[test]
    fn only_404_means_not_found() {
        for status in [400, 401, 403, 410, 500] {
            let kind = ErrorKind::NotJson {
                status,
                text: String::new(),
            };
            assert!(!Error::new("GET x", kind).is_not_found(), "{status}");
        }
        let kind = ErrorKind::NotJson {
            status: 404,
            text: String::new(),
        };
        assert!(Error::new("GET x", kind).is_not_found());
    }
}
