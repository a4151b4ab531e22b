//! Sends one request once, through the one pool of connections, and tells the client how it
//! went. Every attempt leaves one log line.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER,
};
use reqwest::{StatusCode, redirect};
use tokio::sync::OnceCell;
use url::Url;

use super::Json;
use super::error::{Error, ErrorKind};
use super::log::{Level, Log};
use super::problem::{Problem, excerpt};
use super::request::{Body, Request};
use super::retry::{Trouble, retry_after};
use super::secret::{REDACTED, Scrubber, Secret, redacted};
use super::tls;

/// How long it may take to reach a server and agree on keys, within the time of the request.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an idle connection is kept. Servers close idle connections, many after a minute or
/// so; an order sent at that very moment would be lost with an unknown outcome.
const IDLE: Duration = Duration::from_secs(30);

/// On a connection shared by several requests a dead peer must be noticed, or all of them and
/// their repetitions would run into the timeout.
const PING_EVERY: Duration = Duration::from_secs(20);

/// How much of an answer goes into a log line.
const LOGGED: usize = 16 * 1024;

/// The names under which servers send their identifier of a request.
const REQUEST_IDS: [&str; 4] = [
    "x-request-id",
    "x-correlation-id",
    "request-id",
    "x-amzn-requestid",
];

/// The pool of connections, opened with the first request.
pub(super) struct Transport {
    http: OnceCell<reqwest::Client>,
    user_agent: HeaderValue,
    request_timeout: Duration,
    /// Whether only plain HTTP to this machine will be spoken.
    plain: bool,
    log: Arc<dyn Log>,
    /// What must not be shown in any answer.
    secrets: Scrubber,
}

/// An answer that is a success and can be read.
#[derive(Debug)]
pub(super) struct Answer {
    /// From 200 to 206.
    pub(super) status: u16,
    /// What it says; `None` if it is empty.
    pub(super) json: Option<Json>,
    /// What the server calls the request.
    pub(super) request_id: Option<String>,
}

/// Whatever came back, before it is judged.
struct Received {
    status: u16,
    body: Vec<u8>,
    retry_after: Option<Duration>,
    location: Option<String>,
    request_id: Option<String>,
}

/// An attempt that did not succeed.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) trouble: Trouble,
    pub(super) error: Error,
    /// The answer, where there was one.
    pub(super) status: Option<u16>,
}

impl Transport {
    pub(super) fn new(
        user_agent: HeaderValue,
        request_timeout: Duration,
        plain: bool,
        log: Arc<dyn Log>,
        secrets: Scrubber,
    ) -> Self {
        Self {
            http: OnceCell::new(),
            user_agent,
            request_timeout,
            plain,
            log,
            secrets,
        }
    }

    pub(super) fn log(&self) -> &dyn Log {
        &*self.log
    }

    /// Makes one attempt. Success is any status from 200 to 206 with JSON or nothing in it.
    pub(super) async fn send(
        &self,
        request: &Request,
        bearer: Option<&Secret>,
        attempt: u32,
    ) -> Result<Answer, Failed> {
        let mut scrubber = self.secrets.clone();
        request.hide_secrets(&mut scrubber);
        if let Some(token) = bearer {
            scrubber.hide(token.reveal());
        }
        if self.log.enabled(Level::Trace)
            && let Some(body) = request.log_body()
        {
            self.log.log(
                Level::Trace,
                "request body",
                &[("body", scrubber.clean(&body))],
            );
        }
        let began = Instant::now();
        let result = match self.exchange(request, bearer).await {
            Ok(received) => judge(request, received, &scrubber),
            Err((trouble, kind)) => Err(Failed {
                trouble,
                error: Error::new(request.name(), clean(kind, &scrubber)),
                status: None,
            }),
        };
        self.log_attempt(request, &result, attempt, began, &scrubber);
        result
    }

    async fn exchange(
        &self,
        request: &Request,
        bearer: Option<&Secret>,
    ) -> Result<Received, (Trouble, ErrorKind)> {
        let http = self
            .http
            .get_or_try_init(|| async { self.open() })
            .await
            .map_err(|reason| {
                (
                    Trouble::NotConnected { for_good: true },
                    ErrorKind::Connect { reason },
                )
            })?;
        let mut sending = http
            .request(request.method.clone(), request.url.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(token) = bearer {
            // A token is checked when it is obtained, so this cannot fail; if it did, the
            // exchange would answer 401.
            if let Some(value) = bearer_header(token) {
                sending = sending.header(AUTHORIZATION, value);
            }
        }
        sending = match &request.body {
            Body::Empty => sending,
            Body::Json(json) => sending
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(json.to_string()),
            Body::Form(fields) => sending
                .header(
                    CONTENT_TYPE,
                    HeaderValue::from_static("application/x-www-form-urlencoded"),
                )
                .body(
                    url::form_urlencoded::Serializer::new(String::new())
                        .extend_pairs(fields)
                        .finish(),
                ),
        };
        let response = sending.send().await.map_err(|error| self.broken(error))?;
        let status = response.status();
        let mut received = Received::new(status, response.headers(), &request.url);
        match response.bytes().await {
            Ok(body) => received.body = body.into(),
            // A refusal is one even if its explanation got lost on the way.
            Err(_) if !status.is_success() => {}
            Err(error) => return Err(self.broken(error)),
        }
        Ok(received)
    }

    fn open(&self) -> Result<reqwest::Client, String> {
        let tls = if self.plain {
            tls::trusting_nobody()
        } else {
            tls::trusting_the_system()
        }?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(CONNECT_TIMEOUT.min(self.request_timeout))
            .timeout(self.request_timeout)
            .pool_idle_timeout(IDLE)
            .http2_keep_alive_interval(PING_EVERY)
            .http2_keep_alive_timeout(CONNECT_TIMEOUT)
            // Following would carry the token to wherever somebody points.
            .redirect(redirect::Policy::none())
            // Only `retry.rs` decides what is sent twice.
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .user_agent(self.user_agent.clone());
        let proxy = match self.plain {
            true => None,
            false => tls::https_proxy(|name| std::env::var(name).ok())?,
        };
        if let Some(proxy) = proxy {
            builder = builder.proxy(proxy);
        }
        builder.build().map_err(|cause| reason(&cause))
    }

    /// What a failure of the connection means.
    fn broken(&self, error: reqwest::Error) -> (Trouble, ErrorKind) {
        let error = error.without_url();
        if error.is_connect() || error.is_builder() {
            // A certificate that is not trusted now will not be in a second either.
            let for_good = error.is_builder() || sources(&error).any(is_tls);
            return (
                Trouble::NotConnected { for_good },
                ErrorKind::Connect {
                    reason: reason(&error),
                },
            );
        }
        if error.is_timeout() {
            return (
                Trouble::Timeout,
                ErrorKind::Timeout {
                    after: self.request_timeout,
                },
            );
        }
        (
            Trouble::Cut,
            ErrorKind::Cut {
                reason: reason(&error),
            },
        )
    }

    fn log_attempt(
        &self,
        request: &Request,
        result: &Result<Answer, Failed>,
        attempt: u32,
        began: Instant,
        scrubber: &Scrubber,
    ) {
        if !self.log.enabled(Level::Debug) {
            return;
        }
        let mut fields = vec![
            ("method", request.method.to_string()),
            ("host", host(&request.url)),
            ("path", request.log_path()),
        ];
        let query = request.log_query();
        if !query.is_empty() {
            fields.push(("query", scrubber.clean(&query)));
        }
        let (status, request_id) = match result {
            Ok(answer) => (Some(answer.status), answer.request_id.as_deref()),
            Err(failed) => (failed.status, failed.error.request_id()),
        };
        if let Some(status) = status {
            fields.push(("status", status.to_string()));
        }
        if let Some(id) = request_id {
            fields.push(("request_id", id.to_owned()));
        }
        fields.push(("ms", began.elapsed().as_millis().to_string()));
        fields.push(("attempt", attempt.to_string()));
        if let Err(failed) = result {
            fields.push(("error", failed.error.kind().to_string()));
        }
        self.log.log(Level::Debug, "request", &fields);
        if self.log.enabled(Level::Trace)
            && let Ok(Answer {
                json: Some(json), ..
            }) = result
        {
            let body = if request.confidential {
                REDACTED.to_owned()
            } else {
                shortened(scrubber.clean(&redacted(json).to_string()))
            };
            self.log
                .log(Level::Trace, "response body", &[("body", body)]);
        }
    }
}

impl Received {
    fn new(status: StatusCode, headers: &HeaderMap, asked: &Url) -> Self {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
        let pause = text(RETRY_AFTER.as_str());
        Self {
            status: status.as_u16(),
            body: Vec::new(),
            retry_after: pause.and_then(|value| retry_after(&value, SystemTime::now())),
            location: text(LOCATION.as_str()).map(|location| without_query(asked, &location)),
            request_id: REQUEST_IDS.into_iter().find_map(text),
        }
    }

    /// The JSON in it, `None` if it is empty. Some servers put a byte order mark in front.
    fn json(&self) -> Result<Option<Json>, serde_json::Error> {
        let body = self
            .body
            .strip_prefix(b"\xEF\xBB\xBF")
            .unwrap_or(&self.body);
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        serde_json::from_slice(body).map(Some)
    }
}

/// Tells a success from the rest.
fn judge(request: &Request, received: Received, scrubber: &Scrubber) -> Result<Answer, Failed> {
    let status = received.status;
    let success = (200..=206).contains(&status);
    let request_id = received.request_id.as_deref().map(|id| scrubber.clean(id));
    let json = received.json();
    let kind = match json {
        Ok(json) if success => {
            return Ok(Answer {
                status,
                json,
                request_id,
            });
        }
        _ if (300..400).contains(&status) => {
            let location = received
                .location
                .as_deref()
                .map(|location| scrubber.clean(location));
            ErrorKind::Redirect { status, location }
        }
        Ok(Some(json)) => ErrorKind::Problem(Problem::read(status, &scrubber.clean_json(json))),
        // What a token server says in a form of its own may be a token.
        _ if success && request.confidential => ErrorKind::NotJson {
            status,
            text: REDACTED.to_owned(),
        },
        _ => {
            let text = scrubber.clean(&String::from_utf8_lossy(&received.body));
            ErrorKind::NotJson {
                status,
                text: excerpt(&text),
            }
        }
    };
    Err(Failed {
        trouble: Trouble::Status {
            code: status,
            retry_after: received.retry_after,
        },
        error: Error::new(request.name(), kind).with_request_id(request_id),
        status: Some(status),
    })
}

/// The beginning of a long text.
fn shortened(mut text: String) -> String {
    if text.len() > LOGGED {
        let end = (0..=LOGGED)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

/// The texts of the system are not expected to hold a secret; it costs nothing to be sure.
fn clean(kind: ErrorKind, scrubber: &Scrubber) -> ErrorKind {
    match kind {
        ErrorKind::Connect { reason } => ErrorKind::Connect {
            reason: scrubber.clean(&reason),
        },
        ErrorKind::Cut { reason } => ErrorKind::Cut {
            reason: scrubber.clean(&reason),
        },
        other => other,
    }
}

/// The header that carries a token, unless the token holds characters no header may.
pub(super) fn bearer_header(token: &Secret) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.reveal())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Host and, where it is not the usual one, port of an address.
pub(super) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn without_query(asked: &Url, location: &str) -> String {
    match asked.join(location) {
        Ok(mut url) => {
            url.set_query(None);
            url.set_fragment(None);
            url.to_string()
        }
        Err(_) => "an address that is none".to_owned(),
    }
}

fn sources<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(
        error.source(),
        |error: &&'a (dyn std::error::Error + 'static)| (*error).source(),
    )
}

fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    // An I/O error hides what it wraps from `source`.
    let wrapped = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>() || wrapped.is_some_and(|inner| is_tls(inner))
}

/// The innermost texts of an error. The outer ones only say that a request failed.
fn reason(error: &reqwest::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    for text in sources(error).map(ToString::to_string) {
        // Says no more than what wraps it here: that a request could not be sent, or was cut.
        if text.starts_with("client error (") {
            continue;
        }
        // Many errors repeat in their text what they wrap.
        if texts.last().is_none_or(|outer| !outer.contains(&text)) {
            texts.push(text);
        }
    }
    if texts.is_empty() {
        error.to_string()
    } else {
        texts.join(": ")
    }
}

#[cfg(test)]
mod tests;
