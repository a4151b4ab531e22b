//! Answers as they came, for whoever asks how an exchange speaks and not what it says. Everything
//! else is asked by what is made of the answers: a list, an object, a document.

use reqwest::Method;
use tokio_util::sync::CancellationToken;

use super::answer::{Content, Sight};
use super::client::Client;
use super::error::Error;
use super::extension;
use super::request::{Body, Request, Wanted};
use super::retry::Effect;

impl Client {
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
        let mut request = Request::below(&base, reads, get, below, query, Body::Empty)?;
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
