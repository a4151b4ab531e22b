//! One request as the client sees it: where it goes, what it carries, how it is shown to people,
//! and which secrets must not come back from it.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::Method;
use url::Url;

use super::error::{Error, ErrorKind};
use super::lenient::Json;
use super::retry::Effect;
use super::secret::{REDACTED, Scrubber, is_secret, redacted};

/// The path segment after which a secret stands: whoever holds a service key can order against
/// the port it belongs to.
const BEFORE_A_SECRET_SEGMENT: &str = "service-keys";

/// What is encoded within a path segment: all but the characters RFC 3986 leaves unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Builds a path from segments, encoding what an identifier may contain but a path may not:
/// `path(&["connections", "a/b"])` is `/connections/a%2Fb`.
pub fn path(segments: &[&str]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        path.extend(utf8_percent_encode(segment, RESERVED));
    }
    path
}

/// What is sent along.
#[derive(Clone)]
pub(super) enum Body {
    /// Nothing.
    Empty,
    /// A JSON document.
    Json(Json),
    /// The same, under the name that RFC 7396 gives to the changes of a document.
    MergePatch(Json),
    /// A form, as token servers want it.
    Form(Vec<(&'static str, String)>),
    /// Bytes that mean nothing to this client.
    Document {
        /// What the exchange is told that they are.
        media_type: String,
        /// The bytes.
        content: Vec<u8>,
    },
}

/// What the answer should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// JSON, or nothing.
    Json,
    /// The same, which is a list: its rows stay text.
    Rows,
    /// Whatever there is, byte for byte.
    Document,
    /// JSON, and how it came, be it a refusal.
    Sight,
}

/// A request that can be sent, and sent again.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) effect: Effect,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Body,
    pub(super) wanted: Wanted,
    /// Whether the answer holds tokens, so that nothing of it may be shown.
    pub(super) confidential: bool,
    /// The address without query and secret segments.
    shown: Url,
}

impl Request {
    /// A request to an address that is complete.
    pub(super) fn new(effect: Effect, method: Method, url: Url, body: Body) -> Self {
        let mut shown = url.clone();
        shown.set_query(None);
        shown.set_fragment(None);
        let path = shown_path(url.path());
        shown.set_path(&path);
        Self {
            effect,
            method,
            url,
            body,
            wanted: Wanted::Json,
            confidential: false,
            shown,
        }
    }

    /// A request that asks for a token. One more or less does no harm.
    pub(super) fn for_token(url: Url, body: Body) -> Self {
        Self {
            confidential: true,
            ..Self::new(Effect::Reads, Method::POST, url, body)
        }
    }

    /// A request below a base address.
    ///
    /// # Errors
    /// If the path cannot be addressed: an empty segment or a dot segment, from an empty identifier
    /// or one like `..`, would reach another object or the whole collection.
    pub(super) fn below(
        base: &Url,
        effect: Effect,
        method: Method,
        path: &str,
        query: &[(String, String)],
        body: Body,
    ) -> Result<Self, Error> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let misleads = |segment: &str| {
            let plain = segment.to_ascii_lowercase().replace("%2e", ".");
            plain.is_empty() || plain == "." || plain == ".."
        };
        if path.split('/').any(misleads) {
            let base = base.as_str().trim_end_matches('/');
            let name = format!("{method} {base}/{}", shown_path(path));
            return Err(Error::new(name, ErrorKind::Unaddressable));
        }
        let mut url = base.clone();
        url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(Self::new(effect, method, url, body))
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
            body => Some(body.to_string()),
        }
    }

    /// Whether nothing is changed by it. Only such a request may be abandoned half way.
    pub(super) fn is_read(&self) -> bool {
        matches!(self.effect, Effect::Reads | Effect::Previews)
    }

    /// The same change under the media type that strict servers want changes to have; `None` if
    /// this is no change, or already has it.
    pub(super) fn as_merge_patch(&self) -> Option<Self> {
        match &self.body {
            Body::Json(json) if self.method == Method::PATCH => Some(Self {
                body: Body::MergePatch(json.clone()),
                ..self.clone()
            }),
            _ => None,
        }
    }

    /// Adds the secrets this request carries, so that they can be removed from the answer.
    pub(super) fn hide_secrets(&self, scrubber: &mut Scrubber) {
        if let Body::Json(json) | Body::MergePatch(json) = &self.body {
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
                scrubber.hide(&percent_decode_str(pair[1]).decode_utf8_lossy());
            }
        }
    }
}

impl fmt::Display for Body {
    /// As log lines show it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Json(json) | Self::MergePatch(json) => write!(f, "{}", redacted(json)),
            // Forms only carry credentials.
            Self::Form(_) => f.write_str(REDACTED),
            Self::Document {
                media_type,
                content,
            } => write!(f, "{} bytes of {media_type}", content.len()),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({self})")
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("name", &self.name())
            .field("query", &self.log_query())
            .field("body", &self.log_body())
            .finish_non_exhaustive()
    }
}

/// A path as people may see it: without what is secret by its place.
pub(super) fn shown_path(path: &str) -> String {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn get(base: &str, path: &str, query: &[(String, String)]) -> Option<Request> {
        let base = Url::parse(base).unwrap();
        Request::below(&base, Effect::Reads, Method::GET, path, query, Body::Empty).ok()
    }

    fn below(base: &str, path: &str) -> Option<String> {
        get(base, path, &[]).map(|request| request.url.to_string())
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
    fn a_path_never_becomes_a_query() {
        assert_eq!(
            below("https://x/api", "/pops?a=1#b").unwrap(),
            "https://x/api/pops%3Fa=1%23b"
        );
    }

    #[test]
    fn a_request_shows_no_secret_for_debugging() {
        let form = Body::Form(vec![("client_secret", "hunter2".into())]);
        let url = Url::parse("https://x/token?api_key=hunter2").unwrap();
        let order = Body::Json(serde_json::json!({"bgp_password": "hunter2", "vlan": 7}));
        let query = [("cloud_key".to_owned(), "hunter2".to_owned())];
        let letter = Body::Document {
            media_type: "application/pdf".into(),
            content: b"hunter2".to_vec(),
        };
        let shown = format!(
            "{form:?} {form:#?} {order:?} {letter:?} {:?} {:?} {:?}",
            Request::for_token(url.clone(), form.clone()),
            Request::new(Effect::Orders, Method::POST, url, order.clone()),
            get("https://x", "/service-keys/hunter2", &query),
        );
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("7 bytes of application/pdf"), "{shown}");
        assert!(shown.contains("\"vlan\":7"), "{shown}");
    }

    #[test]
    fn a_query_is_encoded_and_never_part_of_the_name() {
        let query = [
            ("cloud_key".to_owned(), "a&b".to_owned()),
            ("id".into(), "1,2".into()),
        ];
        let request = get("https://x/api", "/cloud", &query).unwrap();
        assert_eq!(request.url.query(), Some("cloud_key=a%26b&id=1%2C2"));
        assert_eq!(request.name(), "GET https://x/api/cloud");
        assert_eq!(request.log_query(), "cloud_key=[redacted]&id=1,2");
    }

    #[test]
    fn a_service_key_in_the_path_is_not_shown_and_not_echoed() {
        let path = path(&["service-keys", "K+/42"]);
        let request = get("https://x/extensions/inxn-servicekey-v1", &path, &[]).unwrap();
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
