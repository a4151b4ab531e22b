//! What is HTTP about the exchange: every request is logged, may meet a fault, must bring a token, and is answered.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Response, Uri};
use axum::routing::any;
use tokio::net::TcpListener;

use crate::BASE_PATH;
use crate::about;
use crate::admin;
use crate::answer::Answer;
use crate::catalogue::SeedError;
use crate::clock;
use crate::exchange::{self, Exchange, Request};
use crate::faults::{Fault, FaultKind, Faults};
use crate::listen::{CuttableListener, Scissors};
use crate::log::{self, Asked, Log};
use crate::parties::Party;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::urlencoded;

/// The exchange and what tests do to it.
#[derive(Debug)]
pub struct Sandbox {
    /// The exchange.
    pub exchange: Exchange,
    /// What was asked of it.
    pub log: Log,
    /// What will go wrong.
    pub faults: Faults,
}

type Shared = Arc<Mutex<Sandbox>>;

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
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address));
    }
    let sandbox = Sandbox {
        exchange: Exchange::new(settings)?,
        log: Log::default(),
        faults: Faults::default(),
    };
    let router = Router::new()
        .fallback(any(handle))
        .with_state(Arc::new(Mutex::new(sandbox)));
    let service = router.into_make_service_with_connect_info::<Scissors>();
    axum::serve(CuttableListener(listener), service).await?;
    Ok(())
}

/// A panic in one request must not take the others down with it.
fn lock(shared: &Shared) -> MutexGuard<'_, Sandbox> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request as it came in.
struct Incoming {
    asked: Asked,
    authorization: Option<String>,
    body: Bytes,
}

async fn handle(
    State(shared): State<Shared>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let path = uri.path();
    let query = uri.query().unwrap_or_default();
    if let Some(place) = path.strip_prefix("/sandbox/") {
        return response(admin::answer(
            &mut lock(&shared),
            method.as_str(),
            place,
            &body,
        ));
    }
    let Some(path) = below_base(path) else {
        return response(Problem::no_such_path(path).answer());
    };
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let incoming = Incoming {
        asked: Asked {
            method: method.as_str().to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            body: log::body(header(CONTENT_TYPE).unwrap_or_default(), &body),
        },
        authorization: header(AUTHORIZATION).map(str::to_owned),
        body,
    };
    match attend(&shared, &incoming).await {
        Some(answer) => response(answer),
        None => {
            scissors.cut();
            Response::new(Body::empty())
        }
    }
}

/// The part of a path that names something of the API; the token endpoint is beside it.
fn below_base(path: &str) -> Option<&str> {
    match path.strip_prefix(BASE_PATH) {
        Some(below) if below.starts_with('/') => Some(below),
        _ => (path == "/connect/token").then_some(path),
    }
}

/// Answers a request, or not where the connection is to be cut.
async fn attend(shared: &Shared, incoming: &Incoming) -> Option<Answer> {
    let (seq, fault) = {
        let mut sandbox = lock(shared);
        let at = clock::rfc3339(sandbox.exchange.clock.now());
        let seq = sandbox.log.arrived(&incoming.asked, at);
        let fault = sandbox
            .faults
            .strike(&incoming.asked.method, &incoming.asked.path);
        (seq, fault)
    };
    if let Some(delay) = fault.as_ref().filter(|fault| fault.kind == FaultKind::Slow) {
        tokio::time::sleep(Duration::from_millis(delay.delay_ms.unwrap_or(1000))).await;
    }
    let mut sandbox = lock(shared);
    let (party, answer) = sandbox.react(incoming, fault.as_ref());
    let party = party.map(|party| party.credentials().name);
    let status = answer.as_ref().map(|answer| answer.status);
    sandbox.log.finished(
        seq,
        party,
        fault.as_ref().map(|fault| fault.kind.name()),
        status,
    );
    answer
}

impl Sandbox {
    /// Answers a request, or spoils it as the fault says.
    fn react(
        &mut self,
        incoming: &Incoming,
        fault: Option<&Fault>,
    ) -> (Option<Party>, Option<Answer>) {
        let Some(fault) = fault else {
            let (party, answer) = self.act(incoming);
            return (party, Some(answer));
        };
        let acts = matches!(fault.kind, FaultKind::CutAfter | FaultKind::Slow) || fault.after;
        if fault.kind == FaultKind::ExpiredToken {
            self.exchange
                .tokens
                .expire(incoming.authorization.as_deref());
            return (None, Some(Problem::signature_expired().answer()));
        }
        let done = acts.then(|| self.act(incoming));
        let party = done.as_ref().and_then(|(party, _)| *party);
        let spoiled = match fault.kind {
            FaultKind::CutBefore | FaultKind::CutAfter => None,
            FaultKind::Slow => done.map(|(_, answer)| answer),
            FaultKind::RateLimited => {
                let seconds = fault.retry_after.unwrap_or(1);
                Some(
                    Problem::rate_limited()
                        .answer()
                        .with_header("retry-after", seconds.to_string()),
                )
            }
            FaultKind::Unavailable => {
                let answer = Problem::unavailable().answer();
                Some(match fault.retry_after {
                    Some(seconds) => answer.with_header("retry-after", seconds.to_string()),
                    None => answer,
                })
            }
            FaultKind::Notice => Some(Answer::json(
                200,
                &serde_json::json!({ "message": "Back in a minute." }),
            )),
            FaultKind::BadGateway => Some(Answer::html(502, "Bad Gateway")),
            FaultKind::Html | FaultKind::ExpiredToken => Some(Answer::html(
                fault.status.unwrap_or(500),
                "Internal Server Error",
            )),
        };
        (party, spoiled)
    }

    /// Does what the request asks for.
    fn act(&mut self, incoming: &Incoming) -> (Option<Party>, Answer) {
        let exchange = &mut self.exchange;
        let (now, lifetime) = (exchange.clock.now(), exchange.settings.token_lifetime);
        let Asked {
            method,
            path,
            query,
            ..
        } = &incoming.asked;
        if method == "POST" && path == "/connect/token" {
            let form = urlencoded::pairs(&String::from_utf8_lossy(&incoming.body));
            return (
                None,
                exchange
                    .tokens
                    .client_credentials(&form, &mut exchange.ids, now, lifetime),
            );
        }
        if method == "POST" && (path == "/auth/token" || path == "/auth/refresh") {
            let answer = exchange::object(&incoming.body).and_then(|body| match path.as_str() {
                "/auth/token" => exchange
                    .tokens
                    .api_key(&body, &mut exchange.ids, now, lifetime),
                _ => exchange
                    .tokens
                    .refresh(&body, &mut exchange.ids, now, lifetime),
            });
            return (None, answer.unwrap_or_else(|problem| problem.answer()));
        }
        if method == "GET" && path == "/health" {
            return (None, about::health());
        }
        match exchange
            .tokens
            .identify(incoming.authorization.as_deref(), now)
        {
            Ok(party) => {
                let query = urlencoded::pairs(query);
                let request = Request {
                    method,
                    path,
                    query: &query,
                    body: &incoming.body,
                };
                (Some(party), exchange.answer(party, &request))
            }
            Err(problem) => (None, problem.answer()),
        }
    }
}

fn response(answer: Answer) -> Response<Body> {
    let mut builder = Response::builder()
        .status(answer.status)
        .header(CONTENT_TYPE, answer.content_type);
    for (name, value) in answer.headers {
        builder = builder.header(name, value);
    }
    // Only a header with bytes that headers cannot have would fail here.
    builder.body(Body::from(answer.body)).unwrap_or_default()
}
