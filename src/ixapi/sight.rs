//! Answers as they came, for whoever asks how an exchange speaks and not what it says. Everything
//! else is asked by what is made of the answers: a list, an object, a document.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use tokio_util::sync::CancellationToken;

use super::Json;
use super::answer::Content;
use super::client::Client;
use super::error::Error;
use super::extension;
use super::request::{Body, Request, Wanted};
use super::retry::Effect;

/// An answer as it came: a success, or a refusal that no repetition would change.
#[derive(Clone, Default, PartialEq)]
pub struct Sight {
    /// The HTTP status.
    pub status: u16,
    /// What the exchange says that it is, in lower case and without parameters.
    pub media_type: Option<String>,
    /// The headers that are text, by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The JSON in it; `None` if there is none.
    pub json: Option<Json>,
}

impl fmt::Debug for Sight {
    /// Without what it says: an exchange's answers are its customer's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sight")
            .field("status", &self.status)
            .field("media_type", &self.media_type)
            .finish_non_exhaustive()
    }
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

impl Sight {
    pub(super) fn of(
        status: u16,
        media_type: Option<String>,
        headers: Option<&HeaderMap>,
        json: Option<Json>,
    ) -> Self {
        let headers = headers.into_iter().flatten();
        let headers = headers.filter_map(|(name, value)| {
            let value = value.to_str().ok()?.to_owned();
            Some((name.as_str().to_owned(), value))
        });
        Self {
            status,
            media_type,
            headers: headers.collect(),
            json,
        }
    }

    /// Whether the exchange gave what was asked for.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether a refusal is the exchange's answer, which can be looked at: one after which nobody
    /// would ask again.
    pub(super) fn is_settled(status: u16) -> bool {
        (400..600).contains(&status) && !matches!(status, 401 | 408 | 429 | 502..=504)
    }
}

impl Client {
    /// Logs in, if nothing has yet, and tells how that went.
    ///
    /// # Errors
    /// What the token server refused, or why it could not be asked.
    pub async fn log_in(&self, stop: &CancellationToken) -> Result<LoggedIn, Error> {
        self.token_manner(stop).await
    }

    /// The answer to a GET of this path, such as `/connections`, or
    /// `inxn-servicekey-v1:/connections` in an extension, as it came.
    ///
    /// # Errors
    /// What is neither a success in JSON nor a refusal to be looked at: no answer, a login that
    /// failed, a web page, a redirect.
    pub async fn see(
        &self,
        path: &str,
        query: &[(String, String)],
        stop: &CancellationToken,
    ) -> Result<Sight, Error> {
        let (extension, below) = extension::place(path);
        let base = self.base(extension, stop).await;
        let (reads, get) = (Effect::Reads, Method::GET);
        let mut request = self.request(&base, reads, get, below, query, Body::Empty)?;
        request.wanted = Wanted::Sight;
        let answer = self.call(&request, stop).await?;
        let misshapen = answer.misshapen(&request, "it cannot be looked at");
        match answer.content {
            Content::Sight(sight) => Ok(*sight),
            _ => Err(misshapen),
        }
    }

    /// Whether something answers with a web page at the root of the exchange's host, outside of the
    /// API. It is asked without a token; `None` if that is not to be known.
    pub async fn has_web_page_outside(&self, stop: &CancellationToken) -> Option<bool> {
        let mut url = self.api().clone();
        if url.path().trim_matches('/').is_empty() {
            return None;
        }
        url.set_path("/");
        let mut request = Request::new(Effect::Reads, Method::GET, url, Body::Empty);
        request.wanted = Wanted::Sight;
        match self.attempt_openly(&request, stop).await? {
            Ok(_) => Some(false),
            Err(error) if error.is_alien_success() => Some(true),
            Err(error) => error.status().map(|_| false),
        }
    }

    /// Whether an address is one below that of the API.
    pub fn is_below_api(&self, address: &str) -> bool {
        let api = self.api();
        let base = format!("{}/", api.path().trim_end_matches('/'));
        let address = api.join(address).ok();
        address.is_some_and(|it| it.origin() == api.origin() && it.path().starts_with(&base))
    }
}
