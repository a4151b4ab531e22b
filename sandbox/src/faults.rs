//! Misbehaviour on demand: a queue of faults, each for the next requests that match it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::problem::Problem;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// 429 with `retry-after`.
    RateLimited,
    /// 503, with `retry-after` if one is given.
    Unavailable,
    /// 502 with a page for people.
    BadGateway,
    /// A page for people, as of a load balancer or a captive portal; 500 unless `status` says
    /// otherwise.
    Html,
    /// 200 with a JSON object that is none of the exchange's, as a gateway answers during
    /// maintenance.
    Notice,
    /// The connection is closed before anything is done.
    CutBefore,
    /// The request is carried out, then the connection is closed without an answer.
    CutAfter,
    /// The request is carried out after `delay_ms`; with `after`, at once, and only its answer
    /// takes that long.
    Slow,
    /// The request is carried out, and its answer breaks off in the middle.
    Truncated,
    /// The token of the request is expired from now on.
    ExpiredToken,
    /// The exchange refuses with `status`, 500 unless it says otherwise, in its own words.
    Problem,
    /// `body`, or the object that `object` names, under `status`: 200 unless it says otherwise.
    Answer,
}

impl FaultKind {
    /// The name in the request log.
    pub fn name(self) -> &'static str {
        match self {
            FaultKind::RateLimited => "rate_limited",
            FaultKind::Unavailable => "unavailable",
            FaultKind::BadGateway => "bad_gateway",
            FaultKind::Html => "html",
            FaultKind::Notice => "notice",
            FaultKind::CutBefore => "cut_before",
            FaultKind::CutAfter => "cut_after",
            FaultKind::Slow => "slow",
            FaultKind::Truncated => "truncated",
            FaultKind::ExpiredToken => "expired_token",
            FaultKind::Problem => "problem",
            FaultKind::Answer => "answer",
        }
    }
}

/// One fault of the queue.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Only requests with this method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Only requests whose path starts with this. Token requests are hit only when it names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How many requests it hits.
    #[serde(default = "once")]
    pub times: u32,
    /// How many matching requests pass unharmed before it strikes.
    #[serde(default)]
    pub skip: u32,
    /// Whether the request is carried out before the bad answer is given.
    #[serde(default)]
    pub after: bool,
    /// Seconds in the `retry-after` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Milliseconds that a slow answer takes; 1000 when it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// HTTP status of `problem`, 400 to 599, or of `html` or `answer`, 200 to 599; `answer` with
    /// 204 has no body, whatever it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The body of `answer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The object whose representation is the body of `answer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Named>,
}

/// Names an object. The collection is needed only where an id occurs twice: a standalone connection
/// and its port reservation share theirs, and the bare id means the connection.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// The name of its collection in paths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<String>,
}

impl From<&str> for Named {
    fn from(id: &str) -> Named {
        Named {
            id: id.to_owned(),
            collection: None,
        }
    }
}

fn once() -> u32 {
    1
}

const TOKEN_PATHS: [&str; 3] = ["/connect/token", "/auth/token", "/auth/refresh"];

impl Fault {
    /// A fault that strikes the next request.
    pub fn new(kind: FaultKind) -> Fault {
        Fault {
            kind,
            method: None,
            path: None,
            times: once(),
            skip: 0,
            after: false,
            retry_after: None,
            delay_ms: None,
            status: None,
            body: None,
            object: None,
        }
    }

    /// The fault for requests with this method whose path starts like this.
    pub fn on(self, method: &str, path: &str) -> Fault {
        Fault {
            method: Some(method.to_owned()),
            path: Some(path.to_owned()),
            ..self
        }
    }

    /// What makes no sense about the fault: the field and the reason.
    pub fn flaw(&self) -> Option<(&'static str, &'static str)> {
        let is_answer = self.kind == FaultKind::Answer;
        let (least, range) = if is_answer || self.kind == FaultKind::Html {
            (200, "must be 200 to 599")
        } else {
            (400, "must be 400 to 599")
        };
        if self.times == 0 {
            Some(("times", "must be at least 1"))
        } else if self.status.is_some_and(|it| !(least..=599).contains(&it)) {
            Some(("status", range))
        } else if self.kind == FaultKind::Problem
            && Problem::on_demand(self.refused_with()).is_none()
        {
            Some(("status", "is none with which the exchange refuses anything"))
        } else if is_answer
            && self.status != Some(204)
            && self.body.is_some() == self.object.is_some()
        {
            Some(("body", "or object is required, and not both"))
        } else {
            None
        }
    }

    /// The status of a problem.
    pub fn refused_with(&self) -> u16 {
        self.status.unwrap_or(500)
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        let method_fits = self
            .method
            .as_deref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
        let path_fits = match self.path.as_deref() {
            Some(prefix) => path.starts_with(prefix),
            None => !TOKEN_PATHS.contains(&path),
        };
        method_fits && path_fits
    }
}

/// The faults that wait for their requests.
#[derive(Debug, Default)]
pub struct Faults {
    queue: Vec<Fault>,
}

impl Faults {
    /// Puts a fault at the end of the queue.
    pub fn push(&mut self, fault: Fault) {
        self.queue.push(fault);
    }

    /// Forgets all faults.
    pub fn clear(&mut self) {
        self.queue.clear();
    }

    /// The faults that have not struck yet.
    pub fn waiting(&self) -> &[Fault] {
        &self.queue
    }

    /// The fault that strikes this request: of those that match, the first in the queue.
    pub fn strike(&mut self, method: &str, path: &str) -> Option<Fault> {
        let at = self
            .queue
            .iter()
            .position(|fault| fault.times > 0 && fault.matches(method, path))?;
        let fault = &mut self.queue[at];
        if fault.skip > 0 {
            fault.skip -= 1;
            return None;
        }
        fault.times -= 1;
        let struck = fault.clone();
        if struck.times == 0 {
            self.queue.remove(at);
        }
        Some(struck)
    }
}
