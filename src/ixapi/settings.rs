//! What a client must be told: where the exchange is, how to be let in, and how patient to be.
//! Checking the settings needs no network.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use url::{Host, Url};

use super::log::{Log, NoLog};
use super::retry::Retry;
use super::secret::Secret;

/// How long one attempt of a request may take, connecting and reading included, unless told
/// otherwise.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// How many requests are under way at the same time, unless told otherwise: the ten that Terraform
/// has by default, and room for those that read ahead.
pub const PARALLEL_REQUESTS: usize = 16;

/// Everything a [`Client`](super::Client) needs to know.
#[derive(Clone)]
pub struct Settings {
    /// The base address, such as `https://api.example.net/api/v2`. A trailing slash is tolerated.
    pub api: String,
    /// How the exchange knows us.
    pub credentials: Credentials,
    /// Sent with every request; name and version of the program.
    pub user_agent: String,
    /// The time one attempt may take, answer included.
    pub request_timeout: Duration,
    /// Where extensions are, by their names: a path from the root of the host, or an address. What
    /// is not said here, the exchange is asked for.
    pub extensions: BTreeMap<String, String>,
    /// How often, and after which pauses, a request is repeated.
    pub retry: Retry,
    /// Whether reads of a collection are answered from its list where that is equal.
    pub shared_reads: bool,
    /// How many requests a second are made at most; `None` for no limit.
    pub requests_per_second: Option<f64>,
    /// How many requests are under way at the same time, at most; at least one is.
    pub parallel_requests: usize,
    /// Where log lines go.
    pub log: Arc<dyn Log>,
}

impl Settings {
    /// Settings with the default patience and no log.
    pub fn new(
        api: impl Into<String>,
        credentials: Credentials,
        user_agent: impl Into<String>,
    ) -> Self {
        Self {
            api: api.into(),
            credentials,
            user_agent: user_agent.into(),
            request_timeout: REQUEST_TIMEOUT,
            extensions: BTreeMap::new(),
            retry: Retry::default(),
            shared_reads: true,
            requests_per_second: None,
            parallel_requests: PARALLEL_REQUESTS,
            log: Arc::new(NoLog),
        }
    }
}

/// How the exchange knows us (dictionary, section 2).
#[derive(Clone)]
pub enum Credentials {
    /// OAuth2 client credentials, sent in the body of the token request.
    OAuth2 {
        /// The client's name. Not secret by standard, yet never shown.
        client_id: Secret,
        /// The client's secret.
        client_secret: Secret,
        /// Where tokens are issued.
        token_url: String,
        /// The scopes to ask for; with none, no scope is sent.
        scopes: Vec<String>,
    },
    /// IX-API's own flow: a key is exchanged for a pair of tokens at `/auth/token`.
    ApiKey {
        /// The key's name.
        key: Secret,
        /// The key's secret.
        secret: Secret,
    },
}

impl fmt::Debug for Credentials {
    /// Without any address: before it is checked it may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OAuth2 { scopes, .. } => f
                .debug_struct("OAuth2")
                .field("scopes", scopes)
                .finish_non_exhaustive(),
            Self::ApiKey { .. } => f.debug_struct("ApiKey").finish_non_exhaustive(),
        }
    }
}

/// One of the settings, to point at the one that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setting {
    /// [`Settings::api`].
    Api,
    /// The OAuth2 client id, or the API key.
    Key,
    /// The OAuth2 client secret, or the API secret.
    Secret,
    /// The OAuth2 token address.
    TokenUrl,
    /// The OAuth2 scopes.
    Scopes,
    /// One of [`Settings::extensions`].
    Extension,
    /// [`Settings::user_agent`].
    UserAgent,
    /// [`Settings::request_timeout`].
    RequestTimeout,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Api => "the address of the API",
            Self::Key => "the API key",
            Self::Secret => "the API secret",
            Self::TokenUrl => "the OAuth2 token address",
            Self::Scopes => "the OAuth2 scopes",
            Self::Extension => "the address of the extension",
            Self::UserAgent => "the user agent",
            Self::RequestTimeout => "the request timeout",
        })
    }
}

/// A setting cannot be used as it is. The value itself is not repeated: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{setting} {reason}")]
pub struct SettingsError {
    setting: Setting,
    reason: String,
}

impl SettingsError {
    pub(super) fn new(setting: Setting, reason: impl Into<String>) -> Self {
        Self {
            setting,
            reason: reason.into(),
        }
    }

    /// The setting at fault.
    pub fn setting(&self) -> Setting {
        self.setting
    }

    /// What is wrong with it, to be read after its name: "is not a URL".
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// Parses an address and refuses what would send a secret in the clear or to nobody.
pub(super) fn address(setting: Setting, text: &str) -> Result<Url, SettingsError> {
    let wrong = |reason: &str| SettingsError::new(setting, reason);
    let text = text.trim();
    if text.is_empty() {
        return Err(wrong("is empty"));
    }
    let url = Url::parse(text).map_err(|cause| {
        wrong(&format!(
            "is not a URL such as https://api.example.net/api/v2 ({cause})"
        ))
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(
            "contains a user name or a password, which do not belong there",
        ));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return Err(wrong(
                "starts with http:// and would send the credentials unencrypted; use https://",
            ));
        }
        _ => return Err(wrong("does not start with https://")),
    }
    // A token address may carry a query; under a base address one would swallow every path.
    if url.fragment().is_some() || (setting == Setting::Api && url.query().is_some()) {
        return Err(wrong("must end with its path, without `?` or `#`"));
    }
    Ok(url)
}

/// Whether the address is this very machine, which is where plain HTTP may go.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The key and the secret must at least be there; their lengths differ between exchanges.
pub(super) fn check_credentials(credentials: &Credentials) -> Result<(), SettingsError> {
    let (key, secret) = match credentials {
        Credentials::OAuth2 {
            client_id,
            client_secret,
            ..
        } => (client_id, client_secret),
        Credentials::ApiKey { key, secret } => (key, secret),
    };
    for (setting, value) in [(Setting::Key, key), (Setting::Secret, secret)] {
        if value.reveal().trim().is_empty() {
            return Err(SettingsError::new(setting, "is empty"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn https_anywhere_and_http_to_this_machine_are_accepted() {
        for good in [
            "https://api.example.net/api/v2",
            "https://api.example.net/api/v2/",
            " https://api.example.net ",
            "http://localhost:8080/api/v2",
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://[::1]:8080/",
        ] {
            assert!(address(Setting::Api, good).is_ok(), "{good}");
        }
    }

    #[test]
    fn plain_http_to_another_machine_is_refused_and_the_setting_named() {
        for (setting, bad) in [
            (Setting::Api, "http://api.example.net"),
            (Setting::TokenUrl, "http://login.example.net/token"),
            (Setting::Api, "http://localhost.example.net"),
            (Setting::Api, "http://10.0.0.1"),
            (Setting::Api, "http://[2001:db8::1]"),
        ] {
            let error = address(setting, bad).unwrap_err();
            assert_eq!(error.setting(), setting, "{bad}");
            assert!(error.reason().contains("https://"), "{error}");
        }
    }

    #[test]
    fn an_address_that_is_none_says_why_without_repeating_a_password() {
        for (bad, why) in [
            ("", "is empty"),
            ("api.example.net/v2", "is not a URL"),
            ("https://", "is not a URL"),
            ("ftp://api.example.net", "https://"),
            ("https://me:hunter2@api.example.net", "password"),
            ("https://api.example.net/v2?key=hunter2", "`?`"),
            ("https://api.example.net/v2#top", "`#`"),
        ] {
            let error = address(Setting::Api, bad).unwrap_err().to_string();
            assert!(error.contains(why), "{bad}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_token_address_may_have_a_query() {
        assert!(address(Setting::TokenUrl, "https://login.example.net/token?p=1").is_ok());
    }

    #[test]
    fn credentials_show_no_secret_for_debugging() {
        let credentials = Credentials::OAuth2 {
            client_id: "hunter2".into(),
            client_secret: "hunter2".into(),
            token_url: "https://me:hunter2@login.example.net/token?key=hunter2".into(),
            scopes: vec!["ix-api".into()],
        };
        let shown = format!("{credentials:?}");
        assert!(
            shown.contains("ix-api") && !shown.contains("hunter2"),
            "{shown}"
        );
    }

    #[test]
    fn missing_credentials_are_named() {
        let none = Credentials::ApiKey {
            key: "k".into(),
            secret: " ".into(),
        };
        assert_eq!(
            check_credentials(&none).unwrap_err().setting(),
            Setting::Secret
        );
        let none = Credentials::OAuth2 {
            client_id: "".into(),
            client_secret: "s".into(),
            token_url: String::new(),
            scopes: Vec::new(),
        };
        assert_eq!(
            check_credentials(&none).unwrap_err().setting(),
            Setting::Key
        );
    }
}
