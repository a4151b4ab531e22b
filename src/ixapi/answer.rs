//! What came back: read up to a limit, and told apart into answers that can be used, refusals, and
//! things that are no answer of an IX-API.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use url::Url;

use super::error::{Error, ErrorKind};
use super::lenient::{self, Json};
use super::problem::{Problem, excerpt};
use super::request::{Request, Wanted};
use super::retry::{Trouble, retry_after};
use super::rows::{self, Page};
use super::secret::{REDACTED, Scrubber};

/// How much JSON is read, in one answer and in all pages of a list together: a list of 100,000
/// configurations of some 600 bytes each. As values in memory it takes several times that, which
/// is about what a provider may take of a pipeline's machine.
pub(super) const MOST_JSON: usize = 64 << 20;

/// How much of a document is read. Letters of authorisation are a page or two, at worst scanned.
const MOST_DOCUMENT: usize = 32 << 20;

/// How much of a refusal is read; its first sentences are what is shown.
const MOST_REFUSAL: usize = 1 << 20;

/// The names under which servers send their identifier of a request.
const REQUEST_IDS: [&str; 4] = [
    "x-request-id",
    "x-correlation-id",
    "request-id",
    "x-amzn-requestid",
];

/// An answer that is a success and can be read.
pub(super) struct Answer {
    /// From 200 to 206.
    pub(super) status: u16,
    /// What it says.
    pub(super) content: Content,
    /// How many bytes that took, decompressed.
    pub(super) size: usize,
    /// What the server calls the request.
    pub(super) request_id: Option<String>,
    /// How long it wants to be left alone, if it says so.
    pub(super) retry_after: Option<Duration>,
}

/// What an answer says.
pub(super) enum Content {
    /// JSON; `None` if the answer is empty.
    Json(Option<Json>),
    /// A list, because one was asked for.
    Rows(Page),
    /// Anything, because anything was asked for.
    Document(Bytes),
    /// The answer as it came, because it is what was asked for.
    Sight(Box<Sight>),
}

/// Bytes that mean nothing to this client, such as a letter of authorisation.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Bytes {
    /// What the exchange says that they are, in lower case and without parameters:
    /// `application/pdf`. Some say nothing.
    pub media_type: Option<String>,
    /// The bytes, decompressed where they came compressed.
    pub content: Vec<u8>,
}

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

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let media_type = self.media_type.as_deref().unwrap_or("unknown type");
        write!(f, "{} bytes of {media_type}", self.content.len())
    }
}

impl fmt::Debug for Answer {
    /// Without what it says: that may be a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("size", &self.size)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// The JSON it says; `None` if it is empty, or something else.
    pub(super) fn into_json(self) -> Option<Json> {
        match self.content {
            Content::Json(json) => json,
            Content::Rows(_) | Content::Document(_) | Content::Sight(_) => None,
        }
    }

    /// The list it should hold.
    pub(super) fn page(self, request: &Request) -> Result<Page, Error> {
        let misshapen = self.misshapen(request, "it is not a list");
        match self.content {
            Content::Rows(page) => Ok(page),
            Content::Json(_) | Content::Document(_) | Content::Sight(_) => Err(misshapen),
        }
    }

    /// The one object it should hold.
    pub(super) fn object(self, request: &Request) -> Result<Json, Error> {
        let misshapen = self.misshapen(request, "it is not one JSON object");
        self.into_json().and_then(lenient::object).ok_or(misshapen)
    }

    /// The error that this answer is not of the shape it should have.
    pub(super) fn misshapen(&self, request: &Request, reason: &str) -> Error {
        let kind = ErrorKind::Decode {
            status: self.status,
            reason: reason.to_owned(),
        };
        Error::new(request.name(), kind).with_request_id(self.request_id.clone())
    }
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

/// An attempt that did not succeed.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) trouble: Trouble,
    pub(super) error: Error,
    /// The answer, where there was one.
    pub(super) status: Option<u16>,
}

/// Whatever came back, before it is judged.
pub(super) struct Received {
    status: u16,
    body: Vec<u8>,
    /// The limit that the body is above, if it is.
    above: Option<usize>,
    media_type: Option<String>,
    retry_after: Option<Duration>,
    location: Option<String>,
    request_id: Option<String>,
    /// Where the answer itself is looked at.
    headers: Option<HeaderMap>,
}

impl Received {
    /// Reads an answer piece by piece, as far as the limit for what is wanted. What is counted has
    /// been decompressed: a small answer can unfold into one that fills the memory.
    pub(super) async fn read(
        request: &Request,
        mut response: reqwest::Response,
    ) -> Result<Self, reqwest::Error> {
        let status = response.status();
        let most = match request.wanted {
            _ if !status.is_success() => MOST_REFUSAL,
            Wanted::Json | Wanted::Rows | Wanted::Sight => MOST_JSON,
            Wanted::Document => MOST_DOCUMENT,
        };
        let mut received = Self::begun(status, response.headers(), &request.url);
        if request.wanted == Wanted::Sight {
            received.headers = Some(response.headers().clone());
        }
        let announced = response.content_length().unwrap_or_default();
        let mut large = usize::try_from(announced).is_ok_and(|announced| announced > most);
        while !large {
            match response.chunk().await {
                Ok(None) => return Ok(received),
                Ok(Some(piece)) if received.body.len() + piece.len() <= most => {
                    received.body.extend_from_slice(&piece);
                }
                Ok(Some(_)) => large = true,
                // A refusal is one even if its explanation got lost on the way.
                Err(_) if !status.is_success() => break,
                Err(error) => return Err(error),
            }
        }
        // Half an explanation is none, and could end with half a secret that nobody recognises.
        received.body = Vec::new();
        received.above = large.then_some(most);
        Ok(received)
    }

    fn begun(status: StatusCode, headers: &HeaderMap, asked: &Url) -> Self {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
        let pause = text(RETRY_AFTER.as_str());
        Self {
            status: status.as_u16(),
            body: Vec::new(),
            above: None,
            media_type: text(CONTENT_TYPE.as_str()).and_then(|value| media_type(&value)),
            retry_after: pause.and_then(|value| retry_after(&value, SystemTime::now())),
            location: text(LOCATION.as_str()).map(|location| without_query(asked, &location)),
            request_id: REQUEST_IDS.into_iter().find_map(text),
            headers: None,
        }
    }

    /// What it says, `None` if it is empty. Some servers put a byte order mark in front.
    fn text(&self) -> Option<&[u8]> {
        let body = self.body.strip_prefix(b"\xEF\xBB\xBF");
        let body = body.unwrap_or(&self.body);
        (!body.iter().all(u8::is_ascii_whitespace)).then_some(body)
    }

    /// The JSON in it.
    fn json(&self) -> Result<Option<Json>, serde_json::Error> {
        self.text().map(serde_json::from_slice).transpose()
    }

    /// The rows in it, or the JSON if that is no list.
    fn rows(&self) -> Result<Content, serde_json::Error> {
        let Some(text) = self.text() else {
            return Ok(Content::Rows(Page::none()));
        };
        match rows::page(text)? {
            Some(page) => Ok(Content::Rows(page)),
            None => Ok(Content::Json(self.json()?)),
        }
    }

    /// The answer as it came, unless it is to be judged.
    fn sight(&self, scrubber: &Scrubber) -> Option<Sight> {
        let json = match self.json() {
            Ok(json) if (200..=206).contains(&self.status) => json,
            json if Sight::is_settled(self.status) => json.ok().flatten(),
            _ => return None,
        };
        let json = json.map(|json| scrubber.clean_json(json));
        let (media_type, headers) = (self.media_type.clone(), self.headers.as_ref());
        Some(Sight::of(self.status, media_type, headers, json))
    }

    /// Tells a success from the rest.
    pub(super) fn judge(self, request: &Request, scrubber: &Scrubber) -> Result<Answer, Failed> {
        let request_id = self.request_id.as_deref().map(|id| scrubber.clean(id));
        let (status, retry_after) = (self.status, self.retry_after);
        let size = self.body.len();
        match self.content(request, scrubber) {
            Ok(content) => Ok(Answer {
                status,
                content,
                size,
                request_id,
                retry_after,
            }),
            Err(error) => Err(Failed {
                trouble: Trouble::Status {
                    code: status,
                    retry_after,
                },
                error: error.with_request_id(request_id),
                status: Some(status),
            }),
        }
    }

    fn content(self, request: &Request, scrubber: &Scrubber) -> Result<Content, Error> {
        let status = self.status;
        let success = (200..=206).contains(&status);
        if let Some(limit) = self.above
            && success
        {
            let kind = ErrorKind::TooLarge { status, limit };
            return Err(Error::new(request.name(), kind));
        }
        if success && request.wanted == Wanted::Document {
            return Ok(Content::Document(Bytes {
                media_type: self.media_type,
                content: self.body,
            }));
        }
        if request.wanted == Wanted::Sight
            && let Some(sight) = self.sight(scrubber)
        {
            return Ok(Content::Sight(Box::new(sight)));
        }
        if success
            && request.wanted == Wanted::Rows
            && let Ok(content) = self.rows()
        {
            return Ok(content);
        }
        let kind = match self.json() {
            Ok(json) if success => return Ok(Content::Json(json)),
            _ if (300..400).contains(&status) => {
                let location = self.location.as_deref();
                let location = location.map(|location| scrubber.clean(location));
                ErrorKind::Redirect { status, location }
            }
            Ok(Some(json)) => ErrorKind::Problem(Problem::read(status, &scrubber.clean_json(json))),
            // What a token server says in a form of its own may be a token.
            _ if success && request.confidential => ErrorKind::NotJson {
                status,
                text: REDACTED.to_owned(),
            },
            _ => {
                let text = scrubber.clean(&String::from_utf8_lossy(&self.body));
                ErrorKind::NotJson {
                    status,
                    text: excerpt(&text),
                }
            }
        };
        Err(Error::new(request.name(), kind))
    }
}

/// `application/pdf`, from `Application/PDF; charset=x`.
fn media_type(header: &str) -> Option<String> {
    let essence = header.split(';').next().unwrap_or_default().trim();
    (!essence.is_empty()).then(|| essence.to_ascii_lowercase())
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
