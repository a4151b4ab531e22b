//! Keeps one access token for all requests: obtained with the first, renewed before it expires
//! and after a 401, by one request at a time while the others wait for it (dictionary, section 2).

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::answer::{Answer, Failed};
use super::error::{Error, ErrorKind};
use super::lenient::{self, Json};
use super::problem::named_status;
use super::request::{Body, Request};
use super::retry::{Attempts, Retry, sleep};
use super::secret::Secret;
use super::settings::Setting;
use super::transport::{Transport, bearer_header};

/// How long before its end a token is renewed: time enough for a request to reach the exchange
/// over clocks that differ a little.
const MARGIN: Duration = Duration::from_secs(60);

/// Tokens too short-lived for the whole margin are renewed in the last fifth of their life.
const MARGIN_FRACTION: u32 = 5;

/// What a place that gives out no tokens is not.
const NO_EXCHANGE: &str = "this is not the address of an IX-API";

/// Where the tokens come from.
pub(super) enum Source {
    /// OAuth2 client credentials.
    OAuth2 {
        token_url: Url,
        form: Vec<(&'static str, String)>,
    },
    /// The exchange's own addresses.
    ApiKey {
        issue: Url,
        refresh: Url,
        body: Json,
    },
}

/// A token in use. The number tells it from the one before.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) value: Secret,
    pub(super) number: u64,
    /// From when on it is to be renewed; `None` if nobody said when it ends.
    renew_at: Option<Instant>,
}

/// What a token server gave out.
#[derive(Debug)]
struct Grant {
    value: Secret,
    refresh: Option<Secret>,
    life: Option<Duration>,
    manner: LoggedIn,
}

/// A token that somebody else is to use.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The token.
    pub token: Secret,
    /// When it ends, by the clock here; `None` if nobody said so.
    pub ends: Option<SystemTime>,
}

/// How the exchange let us in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoggedIn {
    /// The HTTP status of the answer that brought the token.
    pub status: u16,
    /// How long the token lives, where the answer says so.
    pub told_life: Option<Duration>,
    /// Whether there is a token to renew it with.
    pub is_renewable: bool,
    /// Whether the token looks like a JWT: three parts with dots between them. It is not decoded.
    pub looks_like_jwt: bool,
}

#[derive(Default)]
struct Held {
    token: Option<Token>,
    refresh: Option<Secret>,
    issued: u64,
    /// How the token was had.
    manner: Option<LoggedIn>,
    /// How the last renewal failed, for those who waited for it.
    failure: Option<Error>,
}

/// The token all requests share.
pub(super) struct Tokens {
    source: Source,
    retry: Retry,
    held: Mutex<Held>,
    /// How many renewals have come to an end, well or badly.
    ended: AtomicU64,
}

impl Tokens {
    pub(super) fn new(source: Source, retry: Retry) -> Self {
        Self {
            source,
            retry,
            held: Mutex::default(),
            ended: AtomicU64::new(0),
        }
    }

    /// A token that will hold for the next request. `refused` is the number of a token that the
    /// exchange has just answered with 401: unless another request has renewed it meanwhile,
    /// it is renewed now.
    pub(super) async fn get(
        &self,
        transport: &Transport,
        refused: Option<u64>,
        stop: &CancellationToken,
    ) -> Result<Token, Error> {
        // Nothing is changed by asking for a token, so this may be abandoned at any point.
        tokio::select! {
            biased;
            () = stop.cancelled() => {
                Err(Error::new(self.request().name(), ErrorKind::Interrupted))
            }
            token = self.get_or_renew(transport, refused, stop) => token,
        }
    }

    /// How the last token was had.
    pub(super) async fn manner(&self, stop: &CancellationToken) -> Result<LoggedIn, Error> {
        let interrupted = || Error::new(self.request().name(), ErrorKind::Interrupted);
        tokio::select! {
            biased;
            () = stop.cancelled() => Err(interrupted()),
            held = self.held.lock() => held.manner.ok_or_else(interrupted),
        }
    }

    /// Another token than the one that the requests share: whoever gets it has all its life before
    /// him, and need not fear that it is renewed or refused for one of ours.
    pub(super) async fn another(
        &self,
        transport: &Transport,
        stop: &CancellationToken,
    ) -> Result<Issued, Error> {
        let began = SystemTime::now();
        tokio::select! {
            biased;
            () = stop.cancelled() => {
                Err(Error::new(self.request().name(), ErrorKind::Interrupted))
            }
            grant = self.issue(transport, stop) => grant.map(|grant| Issued {
                token: grant.value,
                ends: grant.life.and_then(|life| began.checked_add(life)),
            }),
        }
    }

    async fn get_or_renew(
        &self,
        transport: &Transport,
        refused: Option<u64>,
        stop: &CancellationToken,
    ) -> Result<Token, Error> {
        let ended = self.ended.load(Ordering::Acquire);
        let mut held = self.held.lock().await;
        if let Some(token) = &held.token
            && refused != Some(token.number)
            && token.renew_at.is_none_or(|at| Instant::now() < at)
        {
            return Ok(token.clone());
        }
        // Whoever waited for a renewal that failed shares its failure. Ten requests at once
        // with a wrong secret must not be ten attempts: exchanges lock accounts for less.
        if self.ended.load(Ordering::Acquire) != ended
            && let Some(failure) = &held.failure
        {
            return Err(failure.clone());
        }
        let renewed = self.renew(transport, &mut held, stop).await;
        self.ended.fetch_add(1, Ordering::Release);
        match renewed {
            Ok(token) => {
                held.failure = None;
                Ok(token)
            }
            Err(error) => {
                held.failure = (!error.is_interrupted()).then(|| error.clone());
                Err(error)
            }
        }
    }

    async fn renew(
        &self,
        transport: &Transport,
        held: &mut Held,
        stop: &CancellationToken,
    ) -> Result<Token, Error> {
        let began = Instant::now();
        // A refresh token is taken out before it is used: it often serves only once.
        let refreshed = match held.refresh.take() {
            Some(refresh) => self.refresh(transport, &refresh).await,
            None => None,
        };
        let grant = match refreshed {
            Some(grant) => grant,
            None => self.issue(transport, stop).await?,
        };
        held.issued += 1;
        held.refresh = grant.refresh;
        held.manner = Some(grant.manner);
        let token = Token {
            value: grant.value,
            number: held.issued,
            renew_at: grant
                .life
                .and_then(|life| began.checked_add(life - margin(life))),
        };
        held.token = Some(token.clone());
        Ok(token)
    }

    /// One attempt with a refresh token. If it fails, for whatever reason, the credentials
    /// themselves will do.
    async fn refresh(&self, transport: &Transport, refresh: &Secret) -> Option<Grant> {
        let Source::ApiKey { refresh: url, .. } = &self.source else {
            return None;
        };
        let body = Body::Json(serde_json::json!({ "refresh_token": refresh.reveal() }));
        let request = Request::for_token(url.clone(), body);
        let answer = transport.send(&request, None, 1).await.ok()?;
        let mut grant = grant(answer).ok()?;
        // An exchange that does not give a new refresh token lets the old one live on.
        grant.refresh = grant.refresh.or_else(|| Some(refresh.clone()));
        Some(grant)
    }

    async fn issue(&self, transport: &Transport, stop: &CancellationToken) -> Result<Grant, Error> {
        let request = self.request();
        let mut attempts = Attempts::new(self.retry, request.effect);
        let mut attempt = 0;
        loop {
            attempt += 1;
            match transport.send(&request, None, attempt).await {
                Ok(answer) => {
                    return grant(answer)
                        .map_err(|reason| self.no_token(&request, self.place(), reason));
                }
                Err(failed) => match attempts.after(failed.trouble) {
                    Some(pause) => sleep(pause, stop)
                        .await
                        .map_err(|_| Error::new(request.name(), ErrorKind::Interrupted))?,
                    None => return Err(self.judged(&request, failed)),
                },
            }
        }
    }

    fn request(&self) -> Request {
        let body = match &self.source {
            Source::OAuth2 { form, .. } => Body::Form(form.clone()),
            Source::ApiKey { body, .. } => Body::Json(body.clone()),
        };
        Request::for_token(self.url().clone(), body)
    }

    /// Where tokens are issued.
    pub(super) fn url(&self) -> &Url {
        match &self.source {
            Source::OAuth2 { token_url, .. } => token_url,
            Source::ApiKey { issue, .. } => issue,
        }
    }

    /// The setting that says where tokens are issued.
    fn place(&self) -> Setting {
        match self.source {
            Source::OAuth2 { .. } => Setting::TokenUrl,
            Source::ApiKey { .. } => Setting::Api,
        }
    }

    /// Turns a refusal into one that names the setting to look at. What may pass by itself, such
    /// as a broken connection or a fault of the server, stays what it is.
    fn judged(&self, request: &Request, failed: Failed) -> Error {
        let error = failed.error;
        let Some(status) = failed
            .status
            .filter(|status| *status < 500 && *status != 429)
        else {
            return error;
        };
        let said = match error.kind() {
            ErrorKind::Problem(problem) => problem.to_string(),
            ErrorKind::Redirect { .. } => {
                return self.no_token(request, self.place(), error.kind().to_string());
            }
            _ => named_status(status, None),
        };
        if status < 300 {
            let reason = match self.place() {
                Setting::Api => format!("the answer is not JSON: {NO_EXCHANGE}"),
                _ => "the answer is not JSON".to_owned(),
            };
            return self.no_token(request, self.place(), reason);
        }
        let setting = match status {
            400 if said.contains("scope") => Setting::Scopes,
            400 | 401 | 403 | 422 => Setting::Secret,
            _ => self.place(),
        };
        let reason = match setting {
            Setting::Secret => format!("the key or the secret was refused with {said}"),
            Setting::Api if error.alien_status().is_some() => {
                format!("the answer was {said}: {NO_EXCHANGE}")
            }
            _ => format!("the answer was {said}"),
        };
        let id = error.request_id().map(str::to_owned);
        self.no_token(request, setting, reason).with_request_id(id)
    }

    fn no_token(&self, request: &Request, setting: Setting, reason: String) -> Error {
        Error::new(request.name(), ErrorKind::Credentials { setting, reason })
    }
}

/// How long before the end of its life a token is renewed.
fn margin(life: Duration) -> Duration {
    MARGIN.min(life / MARGIN_FRACTION)
}

/// Reads the answer of a token server; the error is what is wrong with it.
fn grant(answer: Answer) -> Result<Grant, String> {
    let status = answer.status;
    // Whatever it is instead is not shown: it may be a token.
    let json = answer.into_json().and_then(lenient::object);
    let json = json.ok_or("the answer is not a JSON object")?;
    let secret = |name: &str| {
        json.get(name)
            .and_then(Json::as_str)
            .filter(|text| !text.is_empty())
            .map(Secret::from)
    };
    let value = secret("access_token").ok_or("the answer has no access_token")?;
    if bearer_header(&value).is_none() {
        return Err("the access_token has characters no header can carry".to_owned());
    }
    let told_life = json.get("expires_in").and_then(lenient::number);
    let manner = LoggedIn {
        status,
        told_life: told_life.and_then(lifetime),
        is_renewable: secret("refresh_token").is_some(),
        looks_like_jwt: value
            .reveal()
            .split('.')
            .filter(|it| !it.is_empty())
            .count()
            == 3,
    };
    let life = match told_life {
        Some(seconds) => lifetime(seconds),
        None => jwt_life(value.reveal(), SystemTime::now()),
    };
    Ok(Grant {
        value,
        refresh: secret("refresh_token"),
        life,
        manner,
    })
}

/// How long a token lives by its own claims, if it is a JWT that says so. The signature is none
/// of our business.
///
/// Where the token says when it was issued, its life is the difference: that holds even if the
/// clock here is wrong. A token that seems to have ended before it arrived shows that the clock
/// is wrong; it is then used until the exchange refuses it.
fn jwt_life(token: &str, now: SystemTime) -> Option<Duration> {
    let claims = token.split('.').nth(1)?.trim_end_matches('=');
    // Some issuers use the alphabet of plain base64.
    let claims = claims.replace('+', "-").replace('/', "_");
    let claims: Json = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let seconds = |name: &str| claims.get(name).and_then(lenient::number);
    let ends = seconds("exp")?;
    let begins = match seconds("iat") {
        Some(issued) => issued,
        None => now
            .duration_since(SystemTime::UNIX_EPOCH)
            .ok()?
            .as_secs_f64(),
    };
    lifetime(ends - begins)
}

/// Zero and less are what some servers say of a token that does not end, and they are no use in
/// any other sense.
fn lifetime(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|life| !life.is_zero())
}

#[cfg(test)]
mod tests;
