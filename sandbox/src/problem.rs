//! Refusals: the problem documents of section 3 of the IX-API data dictionary.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::answer::Answer;

/// One field that is wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The field, nested names dotted: `vlan_config.vlan`.
    pub name: String,
    /// What is wrong with it, for people.
    pub reason: String,
    /// What could be had instead, where the exchange knows: the first and the last of each range.
    pub available: Vec<(i64, i64)>,
}

/// Everything that is wrong with a request, in the order it was found.
#[derive(Clone, Debug, Default)]
pub struct Findings(Vec<Invalid>);

impl Findings {
    /// Notes that `name` is wrong. A field is reported once: the first reason is the root of the
    /// later ones.
    pub fn add(&mut self, name: impl Into<String>, reason: impl Into<String>) {
        self.add_with(name, reason, Vec::new());
    }

    /// The same, with what could be had instead.
    pub fn add_with(
        &mut self,
        name: impl Into<String>,
        reason: impl Into<String>,
        available: Vec<(i64, i64)>,
    ) {
        let name = name.into();
        if !self.has(&name) {
            self.0.push(Invalid {
                name,
                reason: reason.into(),
                available,
            });
        }
    }

    /// Adds what others found, unless it was found already.
    pub fn extend(&mut self, others: Findings) {
        for Invalid {
            name,
            reason,
            available,
        } in others.0
        {
            self.add_with(name, reason, available);
        }
    }

    /// Whether `name` was found wrong already.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|invalid| invalid.name == name)
    }

    /// A validation problem that lists every finding, if there is any.
    pub fn refuse_if_any(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Problem::validation(self.0))
        }
    }
}

/// What every refusal of one kind has in common.
#[derive(Debug)]
struct Kind {
    status: u16,
    slug: &'static str,
    title: &'static str,
}

const fn kind(status: u16, slug: &'static str, title: &'static str) -> Kind {
    Kind {
        status,
        slug,
        title,
    }
}

static VALIDATION: Kind = kind(400, "validation-error", "Validation Error");
static UNABLE: Kind = kind(400, "unable-to-fulfill", "Unable To Fulfill");
static POLICY: Kind = kind(
    400,
    "cancellation-policy-error",
    "Cancellation Policy Error",
);
static NOT_AUTHENTICATED: Kind = kind(401, "not-authenticated", "Not Authenticated");
static AUTHENTICATION: Kind = kind(401, "authentication-error", "Authentication Error");
static EXPIRED: Kind = kind(401, "signature-expired", "Signature Expired");
static DENIED: Kind = kind(403, "permission-denied", "Permission Denied");
static NOT_FOUND: Kind = kind(404, "not-found", "Not Found");
static METHOD: Kind = kind(405, "method-not-allowed", "Method Not Allowed");
static TIMEOUT: Kind = kind(408, "request-timeout", "Request Timeout");
static TOO_LARGE: Kind = kind(413, "payload-too-large", "Payload Too Large");
static MEDIA_TYPE: Kind = kind(415, "unsupported-media-type", "Unsupported Media Type");
static PARSE: Kind = kind(400, "parse-error", "Parse Error");
static NOT_ACCEPTABLE: Kind = kind(406, "not-acceptable", "Not Acceptable");
static RATE: Kind = kind(429, "too-many-requests", "Too Many Requests");
static SERVER: Kind = kind(500, "server-error", "Server Error");
static UNAVAILABLE: Kind = kind(503, "unavailable", "Service Unavailable");

/// A refusal, as the exchange answers it.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: &'static Kind,
    detail: String,
    properties: Vec<Invalid>,
    extra: Map<String, Value>,
    allow: Option<String>,
}

impl Problem {
    fn new(kind: &'static Kind, detail: impl Into<String>) -> Self {
        Problem {
            kind,
            detail: detail.into(),
            properties: Vec::new(),
            extra: Map::new(),
            allow: None,
        }
    }

    /// 400: fields of the request are wrong.
    pub fn validation(properties: Vec<Invalid>) -> Self {
        let names: Vec<&str> = properties
            .iter()
            .map(|invalid| invalid.name.as_str())
            .collect();
        let detail = format!("The request was refused because of: {}.", names.join(", "));
        Problem {
            properties,
            ..Problem::new(&VALIDATION, detail)
        }
    }

    /// 400: the body could not be read at all, so no field can be named.
    pub fn unreadable(detail: impl Into<String>) -> Self {
        Problem::new(&VALIDATION, detail)
    }

    /// The same problem, where exchanges have a type of its own for a body that cannot be read.
    pub fn as_parse_error(self) -> Self {
        let is_unreadable = self.kind.slug == VALIDATION.slug && self.properties.is_empty();
        let kind = if is_unreadable { &PARSE } else { self.kind };
        Problem { kind, ..self }
    }

    /// A problem of this status that has nothing to do with what was asked, if there is any.
    pub fn on_demand(status: u16) -> Option<Self> {
        let kind = match status {
            400 => &PARSE,
            403 => &DENIED,
            404 => &NOT_FOUND,
            405 => &METHOD,
            406 => &NOT_ACCEPTABLE,
            415 => &MEDIA_TYPE,
            429 => &RATE,
            500 => &SERVER,
            503 => &UNAVAILABLE,
            _ => return None,
        };
        Some(Problem::new(kind, "The sandbox was told to refuse."))
    }

    /// 400: one field of the request is wrong.
    pub fn invalid(name: impl Into<String>, reason: impl Into<String>) -> Self {
        Problem::validation(vec![Invalid {
            name: name.into(),
            reason: reason.into(),
            available: Vec::new(),
        }])
    }

    /// 400: the request is well formed, but cannot be done as things stand.
    pub fn unable_to_fulfill(detail: impl Into<String>) -> Self {
        Problem::new(&UNABLE, detail)
    }

    /// 400: the service cannot end on that day. Carries the first possible dates.
    pub fn cancellation_policy(
        reason: impl Into<String>,
        decommission_at: &str,
        charged_until: &str,
    ) -> Self {
        let reason = reason.into();
        let mut problem = Problem::new(&POLICY, reason.clone());
        problem.properties.push(Invalid {
            name: "decommission_at".into(),
            reason,
            available: Vec::new(),
        });
        problem
            .extra
            .insert("decommission_at".into(), json!(decommission_at));
        problem
            .extra
            .insert("charged_until".into(), json!(charged_until));
        problem
    }

    /// 401: no token was sent.
    pub fn not_authenticated() -> Self {
        Problem::new(&NOT_AUTHENTICATED, "The request carries no bearer token.")
    }

    /// 401: the token or the credentials are unknown.
    pub fn authentication_error(detail: impl Into<String>) -> Self {
        Problem::new(&AUTHENTICATION, detail)
    }

    /// 401: the token was good once.
    pub fn signature_expired() -> Self {
        Problem::new(&EXPIRED, "The access token has expired.")
    }

    /// 403: visible, but not for this party to change.
    pub fn permission_denied(detail: impl Into<String>) -> Self {
        Problem::new(&DENIED, detail)
    }

    /// 404: does not exist, or not for this party.
    pub fn not_found(what: &str, id: &str) -> Self {
        Problem::new(&NOT_FOUND, format!("There is no {what} {id:?}."))
    }

    /// 404: no such place in the API.
    pub fn no_such_path(path: &str) -> Self {
        Problem::new(&NOT_FOUND, format!("Nothing is served at {path:?}."))
    }

    /// 405: the place exists, the method does not.
    pub fn method_not_allowed(method: &str, path: &str, allow: impl Into<String>) -> Self {
        let detail = format!("{method} is not offered at {path:?}.");
        Problem {
            allow: Some(allow.into()),
            ..Problem::new(&METHOD, detail)
        }
    }

    /// 408: the body did not come.
    pub fn request_timeout() -> Self {
        Problem::new(&TIMEOUT, "The rest of the body did not come in time.")
    }

    /// 413: the body is longer than anything that could be asked for.
    pub fn payload_too_large() -> Self {
        Problem::new(&TOO_LARGE, "The body is too long.")
    }

    /// 415: the body is of another kind than is asked for.
    pub fn unsupported_media_type(detail: impl Into<String>) -> Self {
        Problem::new(&MEDIA_TYPE, detail)
    }

    /// 429: too many requests.
    pub fn rate_limited() -> Self {
        Problem::new(&RATE, "The sandbox was told to throttle.")
    }

    /// 503: out of order for a while.
    pub fn unavailable() -> Self {
        Problem::new(&UNAVAILABLE, "The sandbox was told to be unavailable.")
    }

    /// HTTP status.
    pub fn status(&self) -> u16 {
        self.kind.status
    }

    /// The fields that were refused.
    pub fn properties(&self) -> &[Invalid] {
        &self.properties
    }

    /// The HTTP answer that carries this problem.
    pub fn answer(&self) -> Answer {
        let mut body = Map::new();
        body.insert(
            "type".into(),
            json!(format!(
                "https://errors.ix-api.net/v2/{}.html",
                self.kind.slug
            )),
        );
        body.insert("title".into(), json!(self.kind.title));
        body.insert("status".into(), json!(self.kind.status));
        body.insert("detail".into(), json!(self.detail));
        if !self.properties.is_empty() {
            let properties: Vec<Value> = self
                .properties
                .iter()
                .map(|invalid| json!({ "name": invalid.name, "reason": invalid.reason }))
                .collect();
            body.insert("properties".into(), Value::Array(properties));
        }
        body.extend(self.extra.clone());
        let answer = Answer::json(self.kind.status, &Value::Object(body));
        match &self.allow {
            Some(allow) => answer.with_header("allow", allow),
            None => answer,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.kind.title, self.detail)?;
        for Invalid { name, reason, .. } in &self.properties {
            write!(to, " {name} {reason}.")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}
