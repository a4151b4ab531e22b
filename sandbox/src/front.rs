//! HTTP: takes requests off the socket, hands them to the [`Sandbox`] and sends what it answers.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, FromRequest, Request, State};
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST,
    HeaderName, ORIGIN,
};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::any;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::net::TcpListener;

use crate::BASE_PATH;
use crate::admin;
use crate::answer::Answer;
use crate::catalogue::SeedError;
use crate::dialect::Quirk;
use crate::listen::{CuttableListener, Scissors};
use crate::log::{self, Asked};
use crate::page;
use crate::problem::Problem;
use crate::sandbox::{Incoming, Sandbox};
use crate::settings::Settings;
use crate::visitors::Visitor;

/// A sandbox that several requests, and a test, have in common.
#[derive(Clone, Debug)]
pub struct Shared(Arc<Mutex<Sandbox>>);

impl Shared {
    /// A new exchange for all who share it.
    pub fn new(settings: Settings) -> Result<Shared, SeedError> {
        Ok(Shared(Arc::new(Mutex::new(Sandbox::new(settings)?))))
    }

    /// The sandbox, whose clock stands still while it is held. A panic in one request must not take
    /// the others down with it.
    pub fn lock(&self) -> MutexGuard<'_, Sandbox> {
        let mut sandbox = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sandbox.exchange.clock.tick();
        sandbox
    }
}

/// Why a sandbox cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The embedded data is broken.
    #[error(transparent)]
    Seeds(#[from] SeedError),
    /// The address is open to others than this machine.
    #[error(
        "{0} is not a loopback address; the sandbox has no secrets and must stay on this machine"
    )]
    NotLoopback(SocketAddr),
    /// The socket failed.
    #[error("cannot serve: {0}")]
    Socket(#[from] std::io::Error),
}

/// Serves an exchange on a loopback socket until the future is dropped.
pub async fn serve(listener: TcpListener, settings: Settings) -> Result<(), ServeError> {
    let listener = CuttableListener::new(listener);
    serve_shared(listener, Shared::new(settings)?).await
}

/// Serves a sandbox that others have a hand in, too.
pub async fn serve_shared(listener: CuttableListener, shared: Shared) -> Result<(), ServeError> {
    let address = axum::serve::Listener::local_addr(&listener)?;
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address));
    }
    shared.lock().exchange.origin = format!("http://{address}");
    let router = Router::new().fallback(any(handle)).with_state(shared);
    let service = router.into_make_service_with_connect_info::<Scissors>();
    axum::serve(listener, service).await?;
    Ok(())
}

/// Bodies are at most this long, letters of authorisation included. It is what axum reads of one
/// of which nobody says how long it is.
const LONGEST_BODY: usize = 2 * 1024 * 1024;

/// So much of a body that is too long is swallowed, so that the answer gets through.
const MOST_SWALLOWED: usize = 8 * LONGEST_BODY;

async fn handle(
    State(shared): State<Shared>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let (method, headers) = (parts.method.as_str(), &parts.headers);
    let (at_root, patience) = {
        let settings = &shared.lock().exchange.settings;
        let patience = Duration::from_millis(settings.body_timeout_ms);
        (settings.has(Quirk::ExtensionsAtRoot), patience)
    };
    let body = read(Request::from_parts(parts.clone(), body), patience).await;
    let path = parts.uri.path();
    if let Some(place) = path.strip_prefix("/sandbox/") {
        return control_room(&shared, &parts, place, body);
    }
    if let Some(part) = page::part(path).filter(|_| is_for_people(method, headers)) {
        return response(page::kept_close(part), false);
    }
    let Some(path) = below_base(path, at_root) else {
        let settings = &shared.lock().exchange.settings;
        let answer = match settings.has(Quirk::WebPagesOutside) {
            true => Answer::html(200, "Welcome to the exchange"),
            false => Problem::no_such_path(path).answer(),
        };
        return response(answer, false);
    };
    let header = |name| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    };
    let content_type = header(CONTENT_TYPE);
    let asked = |body: &[u8]| Asked {
        method: method.to_owned(),
        path: path.to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        body: log::body(content_type, body),
    };
    let body = match body {
        Ok(body) => body,
        Err(problem) => {
            let answer = shared.lock().turn_away(&asked(&[]), problem);
            return response(answer, false);
        }
    };
    let incoming = Incoming {
        asked: asked(&body),
        authorization: headers
            .contains_key(AUTHORIZATION)
            .then(|| header(AUTHORIZATION).to_owned()),
        content_type: content_type.to_owned(),
        body: body.into(),
    };
    let arrived = shared.lock().arrive(&incoming);
    let (before, after) = arrived.delays_ms();
    if let Some(delay) = before {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    let (answer, compress) = {
        let mut sandbox = shared.lock();
        let gzip = sandbox.exchange.settings.gzip;
        let compress = gzip && accepts_gzip(header(ACCEPT_ENCODING));
        (sandbox.attend(&incoming, &arrived), compress)
    };
    if let Some(delay) = after {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    match answer {
        Some(answer) => response(answer, compress),
        None => {
            scissors.cut();
            Response::new(Body::empty())
        }
    }
}

/// Answers a request below `/sandbox/`, of whoever may come in there.
fn control_room(
    shared: &Shared,
    parts: &Parts,
    place: &str,
    body: Result<Bytes, Problem>,
) -> Response<Body> {
    let header = |name| {
        let value = parts.headers.get(name);
        value.map(|value| value.to_str().unwrap_or_default())
    };
    let visitor = Visitor {
        host: parts
            .uri
            .authority()
            .map(Authority::as_str)
            .or(header(HOST)),
        origin: header(ORIGIN),
        fetch_site: header(FETCH_SITE),
    };
    let answer = match (visitor.refusal(), body) {
        (Some(problem), _) | (None, Err(problem)) => problem.answer(),
        (None, Ok(_)) if (parts.method.as_str(), place) == ("GET", "events") => {
            return events(shared);
        }
        (None, Ok(body)) => admin::answer(&mut shared.lock(), parts.method.as_str(), place, &body),
    };
    response(page::kept_close(answer), false)
}

/// Whether a request may be a browser's. Whoever takes nothing but JSON has lost the way to the
/// API, and is answered as by an exchange.
fn is_for_people(method: &str, headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(ACCEPT)
        .map(|it| it.to_str().unwrap_or_default());
    let takes = |accepted: &str| accepted.contains("text/html") || accepted.contains("*/*");
    ["GET", "HEAD"].contains(&method) && accepted.is_none_or(takes)
}

/// How a browser sees who sends a request and whom it is for (Fetch Metadata).
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The last requests, and what happens from now on. To ask for it is no request of a customer, and
/// in no log.
fn events(shared: &Shared) -> Response<Body> {
    let nothing = page::kept_close(Answer::page("text/event-stream", ""));
    let mut response = response(nothing, false);
    *response.body_mut() = Body::from_stream(shared.lock().watch());
    response
}

/// The body of a request, or why there is none. What says that it is too long is answered at once.
async fn read(request: Request, patience: Duration) -> Result<Bytes, Problem> {
    let length = request.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > LONGEST_BODY) {
        // Who is still sending when the connection is closed may never read the answer.
        let rest = axum::body::to_bytes(request.into_body(), MOST_SWALLOWED);
        tokio::spawn(tokio::time::timeout(patience, rest));
        return Err(Problem::payload_too_large());
    }
    let read = tokio::time::timeout(patience, Bytes::from_request(request, &())).await;
    let read = read.map_err(|_| Problem::request_timeout())?;
    read.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::payload_too_large(),
        _ => Problem::unreadable("The body could not be read to its end."),
    })
}

/// The part of a path that names something of the API; the token endpoint is beside it, and so are
/// extensions where they are at the root.
fn below_base(path: &str, extensions_at_root: bool) -> Option<&str> {
    const EXTENSIONS: &str = "/extensions/";
    match path.strip_prefix(BASE_PATH) {
        Some(below) if extensions_at_root && below.starts_with(EXTENSIONS) => None,
        Some(below) if below.starts_with('/') => Some(below),
        _ if extensions_at_root && path.starts_with(EXTENSIONS) => Some(path),
        _ => (path == "/connect/token").then_some(path),
    }
}

/// Whether an `accept-encoding` header names gzip, and not with the weight 0.
fn accepts_gzip(header: &str) -> bool {
    header.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
        is_gzip && weight != Some(0.0)
    })
}

fn compressed(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body)?;
    encoder.finish()
}

fn response(answer: Answer, compress: bool) -> Response<Body> {
    let mut builder = Response::builder()
        .status(answer.status)
        .header(CONTENT_TYPE, answer.content_type);
    for (name, value) in answer.headers {
        builder = builder.header(name, value);
    }
    let mut body = answer.body;
    // Compressing into memory cannot fail; if it did, the plain body would be as good.
    if let Some(short) = compress.then(|| compressed(&body)).and_then(Result::ok) {
        builder = builder.header(CONTENT_ENCODING, "gzip");
        body = short;
    }
    // Only a header with bytes that headers cannot have would fail here.
    builder.body(Body::from(body)).unwrap_or_default()
}
