//! The handle on one collection of an exchange, and the things one does with its objects. Whatever
//! is asked about objects passes here, so that one place sees to it that no answer is taken for one
//! about something else.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::answer::{Answer, Bytes, Content, MOST_JSON};
use super::client::Client;
use super::error::{Error, ErrorKind};
use super::extension;
use super::known::{MOST_AGE, Together};
use super::lenient::{self, Json, is_of};
use super::log::LogLevel;
use super::paging::{MOST_PAGES, Pages, Part};
use super::request::{Body, Request, Wanted, path};
use super::retry::Effect;
use super::secret::redacted;

/// The objects of one collection at one exchange: what is asked of them passes here, and nowhere
/// else. Clones are the same handle.
///
/// What a `stop` ends and what it does not is said at [`Client`].
#[derive(Clone, Debug)]
pub struct Objects {
    client: Client,
    /// The extension that they are in, if they are in one.
    extension: Option<String>,
    path: String,
    /// Where they are below the objects of the collection that the path is of, one below each.
    below_each: Option<&'static str>,
    /// What is known of them, unless each is looked at alone.
    pub(super) together: Option<Arc<Together>>,
}

/// A list that is read page by page, for those who need not have all of it.
#[derive(Debug)]
pub struct Reading<'a> {
    objects: &'a Objects,
    query: &'a [(String, String)],
    pages: Pages,
}

impl Reading<'_> {
    /// The objects of the next pages; `None` when there are no more.
    ///
    /// # Errors
    /// What the exchange refused, or why it could not be asked.
    pub async fn next(&mut self, stop: &CancellationToken) -> Result<Option<Vec<Json>>, Error> {
        let (objects, query) = (self.objects, self.query);
        let pages = &mut self.pages;
        let asked = objects.step(pages, query, usize::MAX, Effect::Reads, stop);
        if !asked.await? {
            return Ok(None);
        }
        let rows = pages.take().into_iter().map(|row| row.json());
        match rows.collect() {
            Some(rows) => Ok(Some(rows)),
            None => {
                let reason = "a number in it is too large".to_owned();
                let kind = ErrorKind::Decode {
                    status: 200,
                    reason,
                };
                let request = objects.read(&objects.path, query, stop).await?;
                Err(Error::new(request.name(), kind))
            }
        }
    }

    /// False if some answer was neither a list nor an object of one.
    #[must_use]
    pub fn is_proper(&self) -> bool {
        self.pages.is_proper()
    }

    /// False if there is more that the exchange says it has and does not give, or more to be read.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.pages.is_complete()
    }
}

/// What was answered to a change, with success.
#[derive(Clone, Debug, PartialEq)]
pub enum Changed {
    /// The object as it is now.
    Object(Json),
    /// Nothing, which may be all that it says to a change.
    Silently,
    /// Something that is not about the object, such as a web page, and proves nothing.
    Otherwise,
}

/// What an exchange lists.
#[derive(Clone, PartialEq)]
pub struct Listing {
    /// The objects.
    pub rows: Vec<Json>,
    /// False if the exchange says that there is more but gives no more.
    pub complete: bool,
    /// False if some answer was neither a list nor an object of one, but null, nothing, or
    /// something else.
    pub proper: bool,
    /// How many answers it took. Between two of them an object may slip from one to the other.
    pub pages: usize,
}

impl fmt::Debug for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<Json> = self.rows.iter().map(redacted).collect();
        f.debug_struct("Listing")
            .field("rows", &rows)
            .field("complete", &self.complete)
            .field("proper", &self.proper)
            .field("pages", &self.pages)
            .finish()
    }
}

impl Client {
    /// The objects below this path, such as `/connections`; those of an extension below one such as
    /// `inxn-servicekey-v1:/connections`.
    pub fn objects(&self, path: &str) -> Objects {
        let together = self.together(path);
        let (extension, path) = extension::place(path);
        Objects {
            together,
            client: self.clone(),
            extension: extension.map(str::to_owned),
            path: path.to_owned(),
            below_each: None,
        }
    }
}

impl Objects {
    /// Whether the other handle is on the same collection.
    pub fn are_those(&self, other: &Objects) -> bool {
        (&self.extension, &self.path) == (&other.extension, &other.path)
    }

    /// What is below each of these objects, at most one: it goes by the object's id, and has none
    /// of its own.
    pub fn below_each(self, name: &'static str) -> Self {
        Self {
            below_each: Some(name),
            together: None,
            ..self
        }
    }

    /// The exchange, for error texts: its host and, if it is not the usual one, its port.
    pub fn host(&self) -> &str {
        self.client.host()
    }

    /// The object of this id, as it is now. An answer that is about anything else,
    /// such as a gateway's "try later" with status 200, is an error: nothing of it may be taken
    /// for the object.
    pub async fn find(&self, id: &str, stop: &CancellationToken) -> Result<Json, Error> {
        let request = self.read(&self.of(id), &[], stop).await?;
        let answer = self.client.call(&request, stop).await?;
        self.heed(&answer);
        if self.below_each.is_some() {
            return Ok(named(answer.object(&request)?, id));
        }
        let another = answer.misshapen(&request, "it is not the object that was asked for");
        let found = answer.object(&request)?;
        if is_of(&found, id) {
            Ok(found)
        } else {
            Err(another)
        }
    }

    /// How old the answer to a look may be for those who do not wait for a change: as old as the
    /// last change that this run has made, and ten seconds at most.
    pub fn lately(&self) -> Instant {
        let now = Instant::now();
        let oldest = now.checked_sub(MOST_AGE).unwrap_or(now);
        let unchanged = self.client.unchanged_since();
        unchanged.map_or(oldest, |unchanged| unchanged.max(oldest))
    }

    /// The objects that belong to the one of this id, which they name in this field.
    ///
    /// # Errors
    /// Also if the list breaks off, or is no list.
    pub async fn belonging(
        &self,
        field: &str,
        id: &str,
        stop: &CancellationToken,
    ) -> Result<Vec<Json>, Error> {
        let query = [(field.to_owned(), id.to_owned())];
        let mut rows = self.list_whole(&query, stop).await?;
        // An exchange that does not know the filter lists everybody's.
        rows.retain(|row| {
            let named = row.get(field).and_then(lenient::text);
            named.is_some_and(|named| named.eq_ignore_ascii_case(id))
        });
        Ok(rows)
    }

    /// All objects that match, as they are now. Pages are followed.
    ///
    /// A single object counts as a list of one, null and an empty answer as an empty list. Older
    /// exchanges ignore filters they do not know, so look at what comes back. Whether the absence
    /// of an object means anything, the other members of the [`Listing`] tell.
    pub async fn list(
        &self,
        query: &[(String, String)],
        stop: &CancellationToken,
    ) -> Result<Listing, Error> {
        let mut reading = self.reading(query);
        let mut rows = Vec::new();
        while let Some(more) = reading.next(stop).await? {
            rows.extend(more);
        }
        Ok(Listing {
            rows,
            complete: reading.is_whole(),
            proper: reading.pages.is_proper(),
            pages: reading.pages.count,
        })
    }

    /// A list that is read page by page.
    pub fn reading<'a>(&'a self, query: &'a [(String, String)]) -> Reading<'a> {
        Reading {
            objects: self,
            query,
            pages: Pages::default(),
        }
    }

    /// Reads a list from there on, up to so many pages in all, for which there is another way if it
    /// does not succeed.
    pub(super) async fn preview(
        &self,
        query: &[(String, String)],
        mut pages: Pages,
        most: usize,
        stop: &CancellationToken,
    ) -> Result<Pages, Error> {
        while self
            .step(&mut pages, query, most, Effect::Previews, stop)
            .await?
        {}
        Ok(pages)
    }

    /// Reads what is asked for side by side next. False if there is nothing more to ask for.
    async fn step(
        &self,
        pages: &mut Pages,
        query: &[(String, String)],
        most: usize,
        effect: Effect,
        stop: &CancellationToken,
    ) -> Result<bool, Error> {
        let parts = pages.next(most);
        if parts.is_empty() {
            return Ok(false);
        }
        let answers = parts
            .iter()
            .map(|part| self.page(query, *part, effect, stop));
        let answers = join_all(answers).await;
        for (part, answer) in parts.into_iter().zip(answers) {
            let (request, answer) = match answer {
                Err(error) if pages.ends_before(error.status()) => break,
                Err(error) if pages.is_refused(part, error.status()) => break,
                answer => answer?,
            };
            let (status, size) = (answer.status, answer.size);
            if !pages.add(part, answer.page(&request)?, size, status == 206) {
                break;
            }
            let kind = match () {
                () if pages.count >= MOST_PAGES => {
                    let reason = format!("the list did not end after {MOST_PAGES} pages");
                    ErrorKind::Decode { status, reason }
                }
                () if pages.size > MOST_JSON => {
                    let limit = MOST_JSON;
                    ErrorKind::TooLarge { status, limit }
                }
                () => continue,
            };
            return Err(Error::new(request.name(), kind));
        }
        if pages.has_ended() && !pages.is_complete() {
            let message = "the exchange says there are more pages but repeats this one";
            let request = self.read(&self.path, query, stop).await?;
            let fields = [("request", request.name())];
            self.client.log().log(LogLevel::Warn, message, &fields);
        }
        Ok(true)
    }

    /// Asks for a part of a list.
    async fn page(
        &self,
        query: &[(String, String)],
        part: Part,
        effect: Effect,
        stop: &CancellationToken,
    ) -> Result<(Request, Answer), Error> {
        let query: Vec<_> = query.iter().cloned().chain(part.query()).collect();
        let mut request = self.read(&self.path, &query, stop).await?;
        request.effect = effect;
        request.wanted = Wanted::Rows;
        let answer = self.client.call(&request, stop).await?;
        self.heed(&answer);
        Ok((request, answer))
    }

    /// All objects that match, as [`Objects::list`]; here the absence of an object means that it is
    /// not there.
    ///
    /// # Errors
    /// Also if the list breaks off, or is no list.
    pub async fn list_whole(
        &self,
        query: &[(String, String)],
        stop: &CancellationToken,
    ) -> Result<Vec<Json>, Error> {
        let listing = self.list(query, stop).await?;
        if listing.complete && listing.proper {
            return Ok(listing.rows);
        }
        let reason = match listing.proper {
            true => "the list breaks off: there is more, and it is not given",
            false => "it is not a list",
        };
        let kind = ErrorKind::Decode {
            status: 200,
            reason: reason.to_owned(),
        };
        let request = self.read(&self.path, query, stop).await?;
        Err(Error::new(request.name(), kind))
    }

    /// Orders something, once. See [`Error::outcome_unknown`] before trying again.
    pub async fn create(&self, body: &Json, stop: &CancellationToken) -> Result<Json, Error> {
        let request = self.order(&self.path, body, stop).await?;
        let answer = self.client.call(&request, stop).await?;
        self.heed(&answer);
        // Accepted, but without an object there is no id: the order must be looked up.
        answer
            .object(&request)
            .map_err(|error| error.with_outcome_unknown(true))
    }

    /// Orders what is below the object of this id, once.
    pub async fn create_below(
        &self,
        id: &str,
        body: &Json,
        stop: &CancellationToken,
    ) -> Result<Json, Error> {
        let request = self.order(&self.of(id), body, stop).await?;
        let answer = self.client.call(&request, stop).await?;
        let object = answer.object(&request);
        let object = object.map_err(|error| error.with_outcome_unknown(true))?;
        Ok(named(object, id))
    }

    async fn order(
        &self,
        path: &str,
        body: &Json,
        stop: &CancellationToken,
    ) -> Result<Request, Error> {
        let (base, body) = (self.base(stop).await, Body::Json(body.clone()));
        Request::below(&base, Effect::Orders, Method::POST, path, &[], body)
    }

    /// Changes an object. What it has become has to be looked at unless the answer says so.
    pub async fn update(
        &self,
        id: &str,
        body: &Json,
        stop: &CancellationToken,
    ) -> Result<Changed, Error> {
        self.change(Method::PATCH, id, Body::Json(body.clone()), stop)
            .await
    }

    /// Ends or removes an object. `None` if the answer is not about this object: it then proves
    /// nothing, and the object has to be looked at. A 404 is returned as an error; whether that is
    /// a success is for the caller to say.
    pub async fn delete(
        &self,
        id: &str,
        body: Option<&Json>,
        stop: &CancellationToken,
    ) -> Result<Option<Json>, Error> {
        let body = body.map_or(Body::Empty, |body| Body::Json(body.clone()));
        match self.change(Method::DELETE, id, body, stop).await? {
            Changed::Object(object) => Ok(Some(object)),
            Changed::Silently | Changed::Otherwise => Ok(None),
        }
    }

    async fn change(
        &self,
        method: Method,
        id: &str,
        body: Body,
        stop: &CancellationToken,
    ) -> Result<Changed, Error> {
        let base = self.base(stop).await;
        let request = Request::below(&base, Effect::Sets, method, &self.of(id), &[], body)?;
        let answer = match self.client.call(&request, stop).await {
            Err(error) if error.is_alien_success() => return Ok(Changed::Otherwise),
            answer => answer?,
        };
        self.heed(&answer);
        Ok(match answer.into_json() {
            None | Some(Json::Null) => Changed::Silently,
            // What has no id of its own cannot prove what it is; it has to be looked at.
            Some(_) if self.below_each.is_some() => Changed::Otherwise,
            Some(json) => match lenient::object(json) {
                Some(object) if is_of(&object, id) => Changed::Object(object),
                _ => Changed::Otherwise,
            },
        })
    }

    /// What is below an object: `ask(id, "cancellation-policy", query)`. A list that holds exactly
    /// one thing counts as that one.
    pub async fn ask(
        &self,
        id: &str,
        below: &str,
        query: &[(String, String)],
        stop: &CancellationToken,
    ) -> Result<Json, Error> {
        let request = self.read(&self.below(id, below), query, stop).await?;
        let answer = self.client.call(&request, stop).await?;
        answer.object(&request)
    }

    /// Bytes below an object, such as its letter of authorisation, with their media type. They are
    /// what the exchange says they are: that may be a web page, or nothing at all.
    pub async fn download(
        &self,
        id: &str,
        below: &str,
        stop: &CancellationToken,
    ) -> Result<Bytes, Error> {
        let mut request = self.read(&self.below(id, below), &[], stop).await?;
        request.wanted = Wanted::Document;
        match self.client.call(&request, stop).await?.content {
            Content::Document(bytes) => Ok(bytes),
            // Whoever wants a document gets one; this is what an empty one would be.
            Content::Json(_) | Content::Rows(_) | Content::Sight(_) => Ok(Bytes::default()),
        }
    }

    /// Puts bytes below an object. It may be repeated: it is no order. What the exchange answers
    /// does not matter, unless it is a web page, which no exchange answers with.
    pub async fn upload(
        &self,
        id: &str,
        below: &str,
        content: &[u8],
        media_type: &str,
        stop: &CancellationToken,
    ) -> Result<(), Error> {
        let body = Body::Document {
            media_type: media_type.to_owned(),
            content: content.to_vec(),
        };
        let path = self.below(id, below);
        let base = self.base(stop).await;
        let mut request = Request::below(&base, Effect::Sets, Method::POST, &path, &[], body)?;
        request.wanted = Wanted::Document;
        let answer = self.client.call(&request, stop).await?;
        if let Content::Document(bytes) = &answer.content
            && bytes.media_type.as_deref() == Some("text/html")
        {
            let error = answer.misshapen(&request, "it is a web page");
            return Err(error.with_outcome_unknown(true));
        }
        Ok(())
    }

    /// The error that a list of these was not there in time.
    pub(super) fn too_slow(&self, after: Duration) -> Error {
        let name = format!("GET {}", self.path);
        Error::new(name, ErrorKind::Timeout { after })
    }

    /// An exchange that takes an order may say when to ask what has become of it.
    fn heed(&self, answer: &Answer) {
        if let (Some(pause), Some(together)) = (answer.retry_after, &self.together) {
            together.leave_alone(pause);
        }
    }

    /// The address that the paths are below.
    async fn base(&self, stop: &CancellationToken) -> Url {
        self.client.base(self.extension.as_deref(), stop).await
    }

    async fn read(
        &self,
        path: &str,
        query: &[(String, String)],
        stop: &CancellationToken,
    ) -> Result<Request, Error> {
        let base = self.base(stop).await;
        Request::below(&base, Effect::Reads, Method::GET, path, query, Body::Empty)
    }

    /// The path of an object.
    fn of(&self, id: &str) -> String {
        let below = self.below_each.map(|name| format!("/{name}"));
        format!("{}{}{}", self.path, path(&[id]), below.unwrap_or_default())
    }

    /// The path of what is below an object.
    fn below(&self, id: &str, below: &str) -> String {
        format!("{}/{below}", self.of(id))
    }
}

/// The object under the id of what it is below.
fn named(mut object: Json, id: &str) -> Json {
    if let Json::Object(members) = &mut object {
        members.insert("id".to_owned(), Json::from(id));
    }
    object
}

#[cfg(test)]
mod tests;
