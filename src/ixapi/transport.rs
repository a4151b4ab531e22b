//! Sends one request once, through the one pool of connections, and tells the client how it
//! went. Every attempt leaves one log line.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{RequestBuilder, redirect};
use tokio::sync::OnceCell;
use url::{Url, form_urlencoded};

use super::answer::{Answer, Content, Failed, Received};
use super::error::{Error, ErrorKind};
use super::lenient::Json;
use super::log::{Log, LogLevel};
use super::request::{Body, Request, Wanted};
use super::retry::Trouble;
use super::rows::Row;
use super::secret::{REDACTED, Scrubber, Secret, redacted};
use super::tls;

/// How long it may take to reach a server and agree on keys, within the time of the request.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an idle connection is kept: longer than the half minute between two looks at what is
/// waited for. Servers close idle connections, many after a minute or so; an order sent at that
/// very moment would be lost with an unknown outcome.
const IDLE: Duration = Duration::from_secs(45);

/// On a connection shared by several requests a dead peer must be noticed, or all of them and
/// their repetitions would run into the timeout.
const PING_EVERY: Duration = Duration::from_secs(20);

/// How much of an answer goes into a log line.
const LOGGED: usize = 16 * 1024;

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

    /// Makes one attempt. Success is any status from 200 to 206 with what is wanted in it.
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
        if self.log.enabled(LogLevel::Trace)
            && let Some(body) = request.log_body()
        {
            self.log.log(
                LogLevel::Trace,
                "request body",
                &[("body", scrubber.clean(&body))],
            );
        }
        let began = Instant::now();
        let result = match self.exchange(request, bearer).await {
            Ok(received) => received.judge(request, &scrubber),
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
            .header(ACCEPT, HeaderValue::from_static(accepted(request.wanted)));
        if let Some(token) = bearer {
            // A token is checked when it is obtained, so this cannot fail; if it did, the
            // exchange would answer 401.
            if let Some(value) = bearer_header(token) {
                sending = sending.header(AUTHORIZATION, value);
            }
        }
        sending = with_body(sending, &request.body);
        let response = sending.send().await.map_err(|error| self.broken(error))?;
        let received = Received::read(request, response).await;
        received.map_err(|error| self.broken(error))
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
            // A certificate that is not trusted now will not be in a second either, nor will a
            // proxy open to the same password.
            let is_final = |cause| tls_error(cause).is_some() || is_unpaid_toll(cause);
            let for_good = error.is_builder() || sources(&error).any(is_final);
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
        if !self.log.enabled(LogLevel::Debug) {
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
        self.log.log(LogLevel::Debug, "request", &fields);
        if self.log.enabled(LogLevel::Trace)
            && let Ok(answer) = result
        {
            // In a text of JSON, a secret may be spelled otherwise.
            let told = |json: Json| redacted(&scrubber.clean_json(json)).to_string();
            let body = match &answer.content {
                Content::Json(None) => return,
                _ if request.confidential => REDACTED.to_owned(),
                Content::Json(Some(json)) => shortened(told(json.clone())),
                Content::Rows(page) => {
                    let rows = page.rows.iter().filter_map(Row::json);
                    let mut text = String::new();
                    for row in rows {
                        text.push_str(&told(row));
                        text.push(',');
                        if text.len() > LOGGED {
                            break;
                        }
                    }
                    shortened(format!("[{}]", text.trim_end_matches(',')))
                }
                Content::Document(bytes) => scrubber.clean(&format!("{bytes:?}")),
                Content::Sight(sight) => match &sight.json {
                    None => return,
                    Some(json) => shortened(told(json.clone())),
                },
            };
            self.log
                .log(LogLevel::Trace, "response body", &[("body", body)]);
        }
    }
}

/// What the server is told that we can take.
fn accepted(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Json | Wanted::Rows | Wanted::Sight => "application/json",
        // A letter of authorisation is a PDF nearly everywhere; whatever else it is will do.
        Wanted::Document => "application/pdf, */*",
    }
}

fn with_body(sending: RequestBuilder, body: &Body) -> RequestBuilder {
    let (media_type, content) = match body {
        Body::Empty => return sending,
        Body::Json(json) => ("application/json", json.to_string().into_bytes()),
        Body::MergePatch(json) => (
            "application/merge-patch+json",
            json.to_string().into_bytes(),
        ),
        Body::Form(fields) => {
            let form = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(fields)
                .finish();
            ("application/x-www-form-urlencoded", form.into_bytes())
        }
        Body::Document {
            media_type,
            content,
        } => (media_type.as_str(), content.clone()),
    };
    sending.header(CONTENT_TYPE, media_type).body(content)
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

fn sources<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(
        error.source(),
        |error: &&'a (dyn std::error::Error + 'static)| (*error).source(),
    )
}

fn tls_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    // An I/O error hides what it wraps from `source`.
    let wrapped = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    error
        .downcast_ref()
        .or_else(|| wrapped.and_then(|inner| tls_error(inner)))
}

/// Whether a proxy wants a name and a password. Its error has no type of its own.
fn is_unpaid_toll(error: &(dyn std::error::Error + 'static)) -> bool {
    error.to_string().ends_with("proxy authorization required")
}

/// The innermost texts of an error. The outer ones only say that a request failed.
fn reason(error: &reqwest::Error) -> String {
    if let Some(told) = sources(error).find_map(|cause| tls::in_words(tls_error(cause)?)) {
        return told;
    }
    if sources(error).any(is_unpaid_toll) {
        return "the proxy wants a name and a password, or other ones: write \
                http://NAME:PASSWORD@HOST:PORT in HTTPS_PROXY"
            .to_owned();
    }
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
