//! The client: one exchange, how it is reached, and how often it is asked. What is asked of its
//! objects is in `objects.rs`.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::json;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::answer::{Answer, Failed};
use super::error::{Error, ErrorKind};
use super::extension;
use super::known::Together;
use super::lenient::Json;
use super::lock::lock;
use super::log::Log;
use super::pace::Pace;
use super::reach::Reach;
use super::request::{Body, Request};
use super::retry::{Attempts, Effect, sleep};
use super::secret::Scrubber;
use super::settings::{Credentials, Setting, Settings, SettingsError, address, check_credentials};
use super::token::{Issued, LoggedIn, Source, Tokens};
use super::transport::{Transport, host};

/// An exchange, ready to be asked. Clones share one pool of connections and one token.
///
/// Every call takes a `stop`. Once it is cancelled no new attempt begins, pauses end, and reads
/// are abandoned at once. A change that has been sent is never abandoned: its answer, or the end
/// of the request timeout, is waited for, because it may cost money. For the same reason the
/// future of a change should not be dropped before it is done.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

/// What every version of IX-API has (dictionary, sections 7.1 and 7.10).
const EVERYWHERE: [&str; 2] = ["/health", "/accounts"];

struct Shared {
    api: Url,
    host: String,
    /// Where extensions are whose address was set.
    extensions: BTreeMap<String, Url>,
    /// What the exchange said of its extensions, once it was asked.
    listed: OnceCell<Json>,
    transport: Transport,
    tokens: Tokens,
    pace: Pace,
    reach: Reach,
    settings: Settings,
    /// What is known of collections, by their paths.
    together: Mutex<HashMap<String, Arc<Together>>>,
    changes: Mutex<Changes>,
}

/// The changes of this run.
#[derive(Debug, Default)]
struct Changes {
    /// How many are on their way.
    now: usize,
    /// When the last one was answered.
    last: Option<Instant>,
}

/// A change on its way.
struct Changing<'a>(&'a Shared);

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        let mut changes = lock(&self.0.changes);
        changes.now -= 1;
        changes.last = Some(Instant::now());
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("host", &self.shared.host)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Checks the settings. Nothing is connected, resolved or loaded before the first request.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let api = address(Setting::Api, &settings.api)?;
        check_credentials(&settings.credentials)?;
        let mut secrets = Scrubber::default();
        let (source, token_host) = source(&settings.credentials, &api, &mut secrets)?;
        let user_agent = HeaderValue::from_str(&settings.user_agent).map_err(|_| {
            SettingsError::new(Setting::UserAgent, "has characters no header can carry")
        })?;
        if settings.request_timeout < Duration::from_millis(1) {
            return Err(SettingsError::new(
                Setting::RequestTimeout,
                "must be longer than nothing",
            ));
        }
        let extensions = settings.extensions.iter();
        let extensions = extensions
            .map(|(name, text)| Ok((name.clone(), extension::address(&api, text)?)))
            .collect::<Result<_, SettingsError>>()?;
        let plain = [&api, &token_host].iter().all(|url| url.scheme() == "http");
        let log = settings.log.clone();
        let transport = Transport::new(user_agent, settings.request_timeout, plain, log, secrets);
        let tokens = Tokens::new(source, settings.retry);
        let pace = Pace::new(&settings);
        let host = host(&api);
        Ok(Self {
            shared: Arc::new(Shared {
                api,
                host,
                extensions,
                listed: OnceCell::new(),
                transport,
                tokens,
                pace,
                reach: Reach::default(),
                settings,
                together: Mutex::default(),
                changes: Mutex::default(),
            }),
        })
    }

    /// The exchange, for error texts: its host and, if it is not the usual one, its port.
    pub fn host(&self) -> &str {
        &self.shared.host
    }

    /// What is known of the objects below this path, unless each is to be looked at alone.
    pub(super) fn together(&self, path: &str) -> Option<Arc<Together>> {
        if !self.shared.settings.shared_reads {
            return None;
        }
        let mut together = lock(&self.shared.together);
        Some(match together.get(path) {
            Some(known) => known.clone(),
            None => together.entry(path.to_owned()).or_default().clone(),
        })
    }

    /// Since when nothing was changed by this run; now, if something is being changed.
    pub fn unchanged_since(&self) -> Option<Instant> {
        let changes = lock(&self.shared.changes);
        match changes.now {
            0 => changes.last,
            _ => Some(Instant::now()),
        }
    }

    /// Why a request is not worth sending, if another one of this run has found out just now that
    /// its server cannot be reached. Where nothing was changed yet, nothing is lost by that. But
    /// what follows a change may be the look that finds an order: it has all its attempts.
    fn unreachable(&self, request: &Request) -> Option<ErrorKind> {
        let Shared { tokens, reach, .. } = &*self.shared;
        if request.effect != Effect::Reads || self.unchanged_since().is_some() {
            return None;
        }
        let now = Instant::now();
        let lost = reach.lost(tokens.url(), now);
        lost.or_else(|| reach.lost(&request.url, now))
    }

    fn changing(&self) -> Changing<'_> {
        lock(&self.shared.changes).now += 1;
        Changing(&self.shared)
    }

    /// One thing that is no object of a collection, such as `/health` or `/account`. A list that
    /// holds exactly one counts as that one.
    pub async fn get(
        &self,
        path: &str,
        query: &[(String, String)],
        stop: &CancellationToken,
    ) -> Result<Json, Error> {
        let api = &self.shared.api;
        let request = Request::below(api, Effect::Reads, Method::GET, path, query, Body::Empty)?;
        let answer = self.call(&request, stop).await?;
        answer.object(&request)
    }

    /// Logs in, if nothing has yet, and tells how that went.
    ///
    /// # Errors
    /// What the token server refused, or why it could not be asked.
    pub async fn log_in(&self, stop: &CancellationToken) -> Result<LoggedIn, Error> {
        let shared = &*self.shared;
        shared.tokens.get(&shared.transport, None, stop).await?;
        shared.tokens.manner(stop).await
    }

    /// A token of the exchange for somebody else; the client does not use it itself.
    ///
    /// # Errors
    /// Why the exchange gave none.
    pub async fn issue_token(&self, stop: &CancellationToken) -> Result<Issued, Error> {
        let shared = &self.shared;
        shared.tokens.another(&shared.transport, stop).await
    }

    /// Judges why something that every exchange has was not to be had: the error itself, or, where
    /// nothing of an exchange is there, that this is the address of something else. Asks for that,
    /// where the error leaves it open.
    pub async fn judge_address(&self, error: Error, stop: &CancellationToken) -> Error {
        let Some(status) = error.alien_status() else {
            return error;
        };
        for path in EVERYWHERE {
            if !self
                .get(path, &[], stop)
                .await
                .is_err_and(|error| error.alien_status().is_some())
            {
                return error;
            }
        }
        Error::new(error.request(), ErrorKind::NotAnExchange { status })
            .with_request_id(error.request_id().map(str::to_owned))
            .with_outcome_unknown(error.outcome_unknown())
    }

    pub(super) fn log(&self) -> &dyn Log {
        self.shared.transport.log()
    }

    /// The address below which the paths of the API are, or those of an extension. The exchange is
    /// asked once where that is, if the settings do not say.
    pub(super) async fn base(&self, extension: Option<&str>, stop: &CancellationToken) -> Url {
        let Shared {
            api,
            extensions,
            listed,
            ..
        } = &*self.shared;
        let Some(name) = extension else {
            return api.clone();
        };
        if let Some(set) = extensions.get(name) {
            return set.clone();
        }
        // Older exchanges list none, and what cannot be asked now may be asked later.
        let ask = || async { self.extensions(stop).await };
        let listed = listed.get_or_try_init(ask).await.ok();
        let listed = listed.and_then(|listed| extension::listed(api, listed, name));
        listed.unwrap_or_else(|| extension::usual(api, name))
    }

    /// Whether the exchange's own key and secret open it, and not OAuth2.
    pub fn logs_in_by_api_key(&self) -> bool {
        matches!(self.shared.settings.credentials, Credentials::ApiKey { .. })
    }

    /// The address of the API.
    pub(super) fn api(&self) -> &Url {
        &self.shared.api
    }

    /// Makes one attempt without a token. `None` if it was stopped.
    pub(super) async fn attempt_openly(
        &self,
        request: &Request,
        stop: &CancellationToken,
    ) -> Option<Result<Answer, Error>> {
        let shared = &*self.shared;
        let turn = shared.pace.turn(stop).await.ok()?;
        let result = tokio::select! {
            biased;
            () = stop.cancelled() => return None,
            result = shared.transport.send(request, None, 1) => result,
        };
        turn.ended(result.as_ref().err().map(|failed| failed.trouble));
        Some(result.map_err(|failed| failed.error))
    }

    async fn extensions(&self, stop: &CancellationToken) -> Result<Json, Error> {
        let (api, body) = (&self.shared.api, Body::Empty);
        let request = Request::below(api, Effect::Reads, Method::GET, "/extensions", &[], body)?;
        match self.call(&request, stop).await {
            Ok(answer) => Ok(answer.into_json().unwrap_or_default()),
            // There is no list, and there will be none in a second.
            Err(error) if error.is_not_found() => Ok(Json::Null),
            Err(error) => Err(error),
        }
    }

    /// Makes as many attempts as are allowed and needed.
    pub(super) async fn call(
        &self,
        request: &Request,
        stop: &CancellationToken,
    ) -> Result<Answer, Error> {
        let shared = &*self.shared;
        let _change = (!request.is_read()).then(|| self.changing());
        let mut request = Cow::Borrowed(request);
        let mut attempts = Attempts::new(shared.settings.retry, request.effect);
        let mut refused = None;
        // Whether an earlier attempt of this change may have had an effect. A later answer does
        // not settle that: a DELETE that was carried out may be refused when it is repeated.
        let mut acted = false;
        let mut attempt = 0;
        while !stop.is_cancelled() {
            let Ok(turn) = shared.pace.turn(stop).await else {
                break;
            };
            if let Some(unreachable) = self.unreachable(&request) {
                return Err(Error::new(request.name(), unreachable));
            }
            // Asked for in the turn, so that it is good when the attempt is sent. A request for a
            // token takes no turn of its own: there are few, and mostly to another server.
            let token = match shared.tokens.get(&shared.transport, refused, stop).await {
                Ok(token) => token,
                Err(error) if error.is_interrupted() => break,
                Err(error) => {
                    // Who waited for the same token has not found out more than the first of them.
                    // Without one nothing is sent, even where the server is only too slow.
                    let (place, now) = (shared.tokens.url(), Instant::now());
                    let is_first =
                        !error.is_unanswered() || shared.reach.given_up(place, &error, now);
                    let error = match self.unreachable(&request) {
                        Some(unreachable) if !is_first => Error::new(request.name(), unreachable),
                        _ => error,
                    };
                    return Err(error.with_outcome_unknown(acted));
                }
            };
            if stop.is_cancelled() {
                break;
            }
            attempt += 1;
            let sending = shared.transport.send(&request, Some(&token.value), attempt);
            let result = if request.is_read() {
                tokio::select! {
                    biased;
                    () = stop.cancelled() => break,
                    result = sending => result,
                }
            } else {
                sending.await
            };
            turn.ended(result.as_ref().err().map(|failed| failed.trouble));
            let Failed {
                trouble,
                error,
                status,
            } = match result {
                Ok(answer) => {
                    shared.reach.found(&request.url);
                    return Ok(answer);
                }
                Err(failed) => failed,
            };
            // A 401 is said before anything is done, so that even an order may be sent again;
            // with a new token, and once.
            if status == Some(401) && refused.is_none() {
                refused = Some(token.number);
                continue;
            }
            // A 415 too: some servers want a change named as one.
            if status == Some(415)
                && let Some(change) = request.as_merge_patch()
            {
                request = Cow::Owned(change);
                continue;
            }
            acted |= !request.is_read() && trouble.may_have_acted();
            if status.is_some() {
                shared.reach.found(&request.url);
            }
            let Some(pause) = attempts.after(trouble) else {
                // What is only too slow may be so for this request alone.
                if error.is_not_connected() {
                    let now = Instant::now();
                    shared.reach.given_up(&request.url, &error, now);
                }
                return Err(error.with_outcome_unknown(acted));
            };
            if sleep(pause, stop).await.is_err() {
                break;
            }
        }
        Err(Error::new(request.name(), ErrorKind::Interrupted).with_outcome_unknown(acted))
    }
}

/// Where tokens come from, and the address of it. The credentials are noted as secrets.
fn source(
    credentials: &Credentials,
    api: &Url,
    secrets: &mut Scrubber,
) -> Result<(Source, Url), SettingsError> {
    match credentials {
        Credentials::OAuth2 {
            client_id,
            client_secret,
            token_url,
            scopes,
        } => {
            secrets.hide(client_secret.reveal());
            secrets.hide(client_id.reveal());
            let token_url = address(Setting::TokenUrl, token_url)?;
            let mut form = vec![
                ("grant_type", "client_credentials".to_owned()),
                ("client_id", client_id.reveal().to_owned()),
                ("client_secret", client_secret.reveal().to_owned()),
            ];
            if !scopes.is_empty() {
                form.push(("scope", scopes.join(" ")));
            }
            Ok((
                Source::OAuth2 {
                    token_url: token_url.clone(),
                    form,
                },
                token_url,
            ))
        }
        Credentials::ApiKey { key, secret } => {
            secrets.hide(secret.reveal());
            secrets.hide(key.reveal());
            let at = |path: &str| {
                let mut url = api.clone();
                url.set_path(&format!("{}{path}", api.path().trim_end_matches('/')));
                url
            };
            let body = json!({ "api_key": key.reveal(), "api_secret": secret.reveal() });
            let source = Source::ApiKey {
                issue: at("/auth/token"),
                refresh: at("/auth/refresh"),
                body,
            };
            Ok((source, api.clone()))
        }
    }
}

#[cfg(test)]
mod tests;
