//! The client: the five things one does with an exchange's objects.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::Json;
use super::error::{Error, ErrorKind};
use super::lenient;
use super::log::Level;
use super::paging::{MOST_PAGES, More, OFFSET, Rows};
use super::request::{Body, Request};
use super::retry::{Attempts, sleep};
use super::secret::Scrubber;
use super::settings::{Credentials, Setting, Settings, SettingsError, address, check_credentials};
use super::token::{Source, Tokens};
use super::transport::{Answer, Failed, Transport, host};

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

struct Shared {
    api: Url,
    host: String,
    transport: Transport,
    tokens: Tokens,
    settings: Settings,
}

/// What an exchange lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// The objects.
    pub rows: Vec<Json>,
    /// False if the exchange says that there is more but gives no more.
    pub complete: bool,
    /// False if some answer was not a list but null, nothing, or a single thing.
    pub proper: bool,
    /// How many answers it took. Between two of them an object may slip from one to the other.
    pub pages: usize,
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
        let plain = [&api, &token_host].iter().all(|url| url.scheme() == "http");
        let log = settings.log.clone();
        let transport = Transport::new(user_agent, settings.request_timeout, plain, log, secrets);
        let tokens = Tokens::new(source, settings.retry);
        let host = host(&api);
        Ok(Self {
            shared: Arc::new(Shared {
                api,
                host,
                transport,
                tokens,
                settings,
            }),
        })
    }

    /// The exchange, for error texts: its host and, if it is not the usual one, its port.
    pub fn host(&self) -> &str {
        &self.shared.host
    }

    /// All objects of a collection that match. Pages are followed.
    ///
    /// A single object counts as a list of one, null and an empty answer as an empty list. Older
    /// exchanges ignore filters they do not know, so look at what comes back. Whether the absence of
    /// an object means anything, the other members of the [`Listing`] tell.
    pub async fn list(
        &self,
        path: &str,
        query: &[(String, String)],
        stop: &CancellationToken,
    ) -> Result<Listing, Error> {
        let mut proper = true;
        let mut rows = Rows::default();
        let mut query = query.to_vec();
        let mut name = String::new();
        for pages in 1..=MOST_PAGES {
            let request = self.request(Method::GET, path, &query, Body::Empty)?;
            let answer = self.call(&request, stop).await?;
            proper &= matches!(answer.json, Some(Json::Array(_)));
            let page = match answer.json {
                None | Some(Json::Null) => Vec::new(),
                Some(Json::Array(page)) => page,
                Some(object @ Json::Object(_)) => vec![object],
                Some(_) => {
                    return Err(misshapen(
                        &request,
                        answer.status,
                        answer.request_id,
                        "it is not a list",
                    ));
                }
            };
            match rows.add(page, answer.status == 206) {
                More::From(offset) => {
                    query.retain(|(name, _)| name != OFFSET);
                    query.push((OFFSET.to_owned(), offset.to_string()));
                }
                More::Complete => {
                    return Ok(Listing {
                        rows: rows.into_vec(),
                        complete: true,
                        proper,
                        pages,
                    });
                }
                More::Stuck => {
                    let fields = [("request", request.name())];
                    let message = "the exchange says there are more pages but repeats this one";
                    self.shared
                        .transport
                        .log()
                        .log(Level::Warn, message, &fields);
                    return Ok(Listing {
                        rows: rows.into_vec(),
                        complete: false,
                        proper,
                        pages,
                    });
                }
            }
            name = request.name();
        }
        let reason = format!("the list did not end after {MOST_PAGES} pages");
        Err(Error::new(
            name,
            ErrorKind::Decode {
                status: 206,
                reason,
            },
        ))
    }

    /// One object. A list that holds exactly one counts as that one.
    pub async fn get(
        &self,
        path: &str,
        query: &[(String, String)],
        stop: &CancellationToken,
    ) -> Result<Json, Error> {
        let request = self.request(Method::GET, path, query, Body::Empty)?;
        let answer = self.call(&request, stop).await?;
        object(&request, answer)
    }

    /// The object of this id. An answer that is about anything else, such as a gateway's "try later"
    /// with status 200, is an error: nothing of it may be taken for the object.
    pub async fn find(
        &self,
        path: &str,
        id: &str,
        stop: &CancellationToken,
    ) -> Result<Json, Error> {
        let request = self.request(Method::GET, path, &[], Body::Empty)?;
        let answer = self.call(&request, stop).await?;
        let (status, request_id) = (answer.status, answer.request_id.clone());
        let found = object(&request, answer)?;
        if is_of(&found, id) {
            Ok(found)
        } else {
            let reason = "it is not the object that was asked for";
            Err(misshapen(&request, status, request_id, reason))
        }
    }

    /// Orders something, once. See [`Error::outcome_unknown`] before trying again.
    pub async fn create(
        &self,
        path: &str,
        body: &Json,
        stop: &CancellationToken,
    ) -> Result<Json, Error> {
        let request = self.request(Method::POST, path, &[], Body::Json(body.clone()))?;
        let answer = self.call(&request, stop).await?;
        // Accepted, but without an object there is no id: the order must be looked up.
        object(&request, answer).map_err(|error| error.with_outcome_unknown(true))
    }

    /// Changes an object. `None` if the exchange accepts without saying how the object is now.
    pub async fn update(
        &self,
        path: &str,
        body: &Json,
        stop: &CancellationToken,
    ) -> Result<Option<Json>, Error> {
        let request = self.request(Method::PATCH, path, &[], Body::Json(body.clone()))?;
        self.change(&request, stop).await
    }

    /// Ends or removes an object. `None` if the exchange accepts without saying how the object
    /// is now. A 404 is returned as an error; whether that is a success is for the caller to say.
    pub async fn delete(
        &self,
        path: &str,
        body: Option<&Json>,
        stop: &CancellationToken,
    ) -> Result<Option<Json>, Error> {
        let body = body.map_or(Body::Empty, |body| Body::Json(body.clone()));
        let request = self.request(Method::DELETE, path, &[], body)?;
        self.change(&request, stop).await
    }

    async fn change(
        &self,
        request: &Request,
        stop: &CancellationToken,
    ) -> Result<Option<Json>, Error> {
        let answer = self.call(request, stop).await?;
        Ok(answer.json.and_then(lenient::object))
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        query: &[(String, String)],
        body: Body,
    ) -> Result<Request, Error> {
        let name = format!(
            "{method} {}{path}",
            self.shared.api.as_str().trim_end_matches('/')
        );
        Request::below(&self.shared.api, method, path, query, body)
            .ok_or_else(|| Error::new(name, ErrorKind::Unaddressable))
    }

    /// Makes as many attempts as are allowed and needed.
    async fn call(&self, request: &Request, stop: &CancellationToken) -> Result<Answer, Error> {
        let shared = &*self.shared;
        let mut attempts = Attempts::new(shared.settings.retry, request.repeat());
        let mut refused = None;
        // Whether an earlier attempt of this change may have had an effect. A later answer does
        // not settle that: a DELETE that was carried out may be refused when it is repeated.
        let mut acted = false;
        let mut attempt = 0;
        while !stop.is_cancelled() {
            let token = match shared.tokens.get(&shared.transport, refused, stop).await {
                Ok(token) => token,
                Err(error) if error.is_interrupted() => break,
                Err(error) => return Err(error.with_outcome_unknown(acted)),
            };
            if stop.is_cancelled() {
                break;
            }
            attempt += 1;
            let sending = shared.transport.send(request, Some(&token.value), attempt);
            let result = if request.is_read() {
                tokio::select! {
                    biased;
                    () = stop.cancelled() => break,
                    result = sending => result,
                }
            } else {
                sending.await
            };
            let Failed {
                trouble,
                error,
                status,
            } = match result {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            // A 401 is said before anything is done, so that even an order may be sent again;
            // with a new token, and once.
            if status == Some(401) && refused.is_none() {
                refused = Some(token.number);
                continue;
            }
            acted |= !request.is_read() && trouble.may_have_acted();
            let Some(pause) = attempts.after(trouble) else {
                return Err(error.with_outcome_unknown(acted));
            };
            if sleep(pause, stop).await.is_err() {
                break;
            }
        }
        Err(Error::new(request.name(), ErrorKind::Interrupted).with_outcome_unknown(acted))
    }
}

/// The one object an answer should hold.
/// Whether the object is the one of this id. Exchanges spell ids in either case.
pub fn is_of(object: &Json, id: &str) -> bool {
    let found = object.get("id").and_then(lenient::text);
    found.is_some_and(|found| found.eq_ignore_ascii_case(id))
}

fn object(request: &Request, answer: Answer) -> Result<Json, Error> {
    let json = answer.json.and_then(lenient::object);
    json.ok_or_else(|| {
        misshapen(
            request,
            answer.status,
            answer.request_id,
            "it is not one JSON object",
        )
    })
}

fn misshapen(request: &Request, status: u16, id: Option<String>, reason: &str) -> Error {
    let kind = ErrorKind::Decode {
        status,
        reason: reason.to_owned(),
    };
    Error::new(request.name(), kind).with_request_id(id)
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
