//! One request as the client sees it: where it goes, what it carries, how it is shown to people,
//! and which secrets must not come back from it.

use reqwest::Method;
use url::Url;

use super::Json;
use super::retry::Repeat;
use super::secret::{REDACTED, Scrubber, is_secret, redacted};

/// The path segment after which a secret stands: whoever holds a service key can order against
/// the port it belongs to.
const BEFORE_A_SECRET_SEGMENT: &str = "service-keys";

/// Builds a path from segments, encoding what an identifier may contain but a path may not:
/// `path(&["connections", "a/b"])` is `/connections/a%2Fb`.
pub fn path(segments: &[&str]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        for byte in segment.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                path.push(char::from(byte));
            } else {
                path.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    path
}

/// What is sent along.
#[derive(Debug, Clone)]
pub(super) enum Body {
    /// Nothing.
    Empty,
    /// A JSON document.
    Json(Json),
    /// A form, as token servers want it.
    Form(Vec<(&'static str, String)>),
}

/// A request that can be sent, and sent again.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Body,
    /// Whether the answer holds tokens, so that nothing of it may be shown.
    pub(super) confidential: bool,
    /// The address without query and secret segments.
    shown: Url,
}

impl Request {
    /// A request to an address that is complete.
    pub(super) fn new(method: Method, url: Url, body: Body) -> Self {
        let mut shown = url.clone();
        shown.set_query(None);
        shown.set_fragment(None);
        let path = shown_path(url.path());
        shown.set_path(&path);
        Self {
            method,
            url,
            body,
            confidential: false,
            shown,
        }
    }

    /// A request that asks for a token.
    pub(super) fn for_token(url: Url, body: Body) -> Self {
        Self {
            confidential: true,
            ..Self::new(Method::POST, url, body)
        }
    }

    /// A request below a base address. `None` if the path cannot be addressed: an empty segment
    /// or a dot segment, from an empty identifier or one like `..`, would reach another object or
    /// the whole collection.
    pub(super) fn below(
        base: &Url,
        method: Method,
        path: &str,
        query: &[(String, String)],
        body: Body,
    ) -> Option<Self> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let misleads = |segment: &str| {
            let plain = segment.to_ascii_lowercase().replace("%2e", ".");
            plain.is_empty() || plain == "." || plain == ".."
        };
        if path.split('/').any(misleads) {
            return None;
        }
        let mut url = base.clone();
        // `set_path` would take these for the start of a query; a path has none.
        let path = path.replace('?', "%3F").replace('#', "%23");
        url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Some(Self::new(method, url, body))
    }

    /// The request as error texts name it: `POST https://host/api/v2/connections`.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.shown)
    }

    /// The path as log lines show it.
    pub(super) fn log_path(&self) -> String {
        self.shown.path().to_owned()
    }

    /// The query as log lines show it, empty if there is none.
    pub(super) fn log_query(&self) -> String {
        let shown = self.url.query_pairs().map(|(name, value)| {
            if is_secret(&name) {
                format!("{name}={REDACTED}")
            } else {
                format!("{name}={value}")
            }
        });
        shown.collect::<Vec<_>>().join("&")
    }

    /// The body as log lines show it.
    pub(super) fn log_body(&self) -> Option<String> {
        match &self.body {
            Body::Empty => None,
            _ if self.confidential => Some(REDACTED.to_owned()),
            Body::Json(json) => Some(redacted(json).to_string()),
            // Forms only carry credentials.
            Body::Form(_) => Some(REDACTED.to_owned()),
        }
    }

    /// Whether nothing is changed by it. Only such a request may be abandoned half way.
    pub(super) fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    /// How it may be repeated.
    pub(super) fn repeat(&self) -> Repeat {
        if self.method == Method::POST {
            Repeat::OnlyIfUntouched
        } else {
            Repeat::Freely
        }
    }

    /// Adds the secrets this request carries, so that they can be removed from the answer.
    pub(super) fn hide_secrets(&self, scrubber: &mut Scrubber) {
        if let Body::Json(json) = &self.body {
            scrubber.hide_members(json);
        }
        for (name, value) in self.url.query_pairs() {
            if is_secret(&name) {
                scrubber.hide(&value);
            }
        }
        let segments: Vec<&str> = self.url.path().split('/').collect();
        for pair in segments.windows(2) {
            if pair[0] == BEFORE_A_SECRET_SEGMENT {
                scrubber.hide(&decoded(pair[1]));
            }
        }
    }
}

fn shown_path(path: &str) -> String {
    let mut secret = false;
    let mut shown = Vec::new();
    for segment in path.split('/') {
        shown.push(if secret && !segment.is_empty() {
            "redacted"
        } else {
            segment
        });
        secret = segment == BEFORE_A_SECRET_SEGMENT;
    }
    shown.join("/")
}

/// A path segment as it was before it was encoded.
fn decoded(segment: &str) -> String {
    // Form decoding differs from path decoding in `+` alone, which `path` never leaves as it is.
    let form = segment.replace('+', "%2B");
    url::form_urlencoded::parse(form.as_bytes())
        .map(|(name, _)| name.into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn below(base: &str, path: &str) -> Option<String> {
        let base = Url::parse(base).unwrap();
        Request::below(&base, Method::GET, path, &[], Body::Empty)
            .map(|request| request.url.to_string())
    }

    #[test]
    fn an_identifier_becomes_exactly_one_segment() {
        for (id, segment) in [
            ("503121.AMS.AMS", "503121.AMS.AMS"),
            ("a/b", "a%2Fb"),
            ("role:noc", "role%3Anoc"),
            ("c2Vj+==", "c2Vj%2B%3D%3D"),
            ("a b?c#d%e", "a%20b%3Fc%23d%25e"),
            ("ü", "%C3%BC"),
        ] {
            let path = path(&["connections", id]);
            assert_eq!(path, format!("/connections/{segment}"));
            assert_eq!(
                below("https://x/api", &path).unwrap(),
                format!("https://x/api/connections/{segment}"),
            );
        }
    }

    #[test]
    fn base_and_path_are_joined_once_whatever_their_slashes() {
        for base in [
            "https://x/ixapi/V2",
            "https://x/ixapi/V2/",
            "https://x/ixapi/V2//",
        ] {
            for path in ["/pops", "pops"] {
                assert_eq!(below(base, path).unwrap(), "https://x/ixapi/V2/pops");
            }
        }
        assert_eq!(below("https://x", "/pops").unwrap(), "https://x/pops");
    }

    #[test]
    fn an_identifier_that_would_lead_elsewhere_is_not_sent() {
        for id in ["", ".", ".."] {
            assert_eq!(
                below("https://x/api", &path(&["connections", id])),
                None,
                "{id:?}"
            );
        }
        assert_eq!(below("https://x/api", "/connections/%2e%2E/x"), None);
        assert_eq!(below("https://x/api", ""), None);
        assert!(below("https://x/api", &path(&["connections", "..."])).is_some());
    }

    #[test]
    fn a_query_is_encoded_and_never_part_of_the_name() {
        let base = Url::parse("https://x/api").unwrap();
        let query = [
            ("cloud_key".to_owned(), "a&b".to_owned()),
            ("id".into(), "1,2".into()),
        ];
        let request = Request::below(&base, Method::GET, "/cloud", &query, Body::Empty).unwrap();
        assert_eq!(request.url.query(), Some("cloud_key=a%26b&id=1%2C2"));
        assert_eq!(request.name(), "GET https://x/api/cloud");
        assert_eq!(request.log_query(), "cloud_key=[redacted]&id=1,2");
    }

    #[test]
    fn a_service_key_in_the_path_is_not_shown_and_not_echoed() {
        let base = Url::parse("https://x/extensions/inxn-servicekey-v1").unwrap();
        let path = path(&["service-keys", "K+/42"]);
        let request = Request::below(&base, Method::GET, &path, &[], Body::Empty).unwrap();
        assert!(
            request.name().ends_with("/service-keys/redacted"),
            "{}",
            request.name()
        );
        assert!(request.log_path().ends_with("/service-keys/redacted"));
        let mut scrubber = Scrubber::default();
        request.hide_secrets(&mut scrubber);
        assert_eq!(scrubber.clean("no key K+/42"), "no key [redacted]");
    }
}
