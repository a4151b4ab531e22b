//! The exchange as it is served: a request is logged, may meet a fault, must bring a token, and is
//! answered.

use futures_util::Stream;
use serde_json::json;

use crate::about;
use crate::answer::Answer;
use crate::catalogue::SeedError;
use crate::control;
use crate::entities;
use crate::exchange::{self, Exchange, Request};
use crate::faults::{Fault, FaultKind, Faults};
use crate::feed::{Feed, Told};
use crate::limit::Limit;
use crate::log::{Asked, Log};
use crate::parties::Party;
use crate::problem::Problem;
use crate::routes;
use crate::settings::Settings;
use crate::speech;

/// Where tokens are given out.
const TOKENS: [&str; 3] = ["/connect/token", "/auth/token", "/auth/refresh"];

/// The exchange and what tests do to it.
#[derive(Debug)]
pub struct Sandbox {
    /// The exchange.
    pub exchange: Exchange,
    /// What was asked of it.
    pub log: Log,
    /// What will go wrong.
    pub faults: Faults,
    /// Who is told what happens.
    pub feed: Feed,
    limit: Limit,
    /// How many changes of the store have been told.
    told: u64,
}

/// A request as it came in.
#[derive(Debug)]
pub struct Incoming {
    /// What the log keeps of it.
    pub asked: Asked,
    /// The `authorization` header.
    pub authorization: Option<String>,
    /// The `content-type` header; empty when there is none.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// A request that has arrived and waits for its answer.
#[derive(Debug)]
pub struct Arrived {
    seq: u64,
    fault: Option<Fault>,
    latency_ms: u64,
}

impl Arrived {
    /// How long the request is to be put off before it is carried out, and its answer after that,
    /// in milliseconds.
    pub fn delays_ms(&self) -> (Option<u64>, Option<u64>) {
        let slow = self.fault.as_ref();
        let slow = slow.filter(|it| it.kind == FaultKind::Slow);
        let delay = slow.map_or(0, |slow| slow.delay_ms.unwrap_or(1000));
        let (before, after) = match slow.is_some_and(|slow| slow.after) {
            true => (0, delay),
            false => (delay, 0),
        };
        let some = |delay: u64| (delay > 0).then_some(delay);
        (some(before), some(after.saturating_add(self.latency_ms)))
    }
}

impl Sandbox {
    /// A new exchange, undisturbed.
    pub fn new(settings: Settings) -> Result<Sandbox, SeedError> {
        Ok(Sandbox {
            exchange: Exchange::new(settings, &entities::ALL)?,
            log: Log::default(),
            faults: Faults::default(),
            feed: Feed::default(),
            limit: Limit::default(),
            told: 0,
        })
    }

    /// Forgets objects, holds, faults and log. Tokens stay good.
    pub fn reset(&mut self) {
        self.exchange.reset();
        self.faults.clear();
        self.log.clear();
    }

    /// Notes a request and decides whether a fault strikes it.
    pub fn arrive(&mut self, incoming: &Incoming) -> Arrived {
        let now = self.exchange.clock.now();
        let Asked { method, path, .. } = &incoming.asked;
        Arrived {
            seq: self.log.arrived(&incoming.asked, now),
            fault: match self.is_too_fast(path) {
                true => Some(Fault::new(FaultKind::RateLimited)),
                false => self.faults.strike(method, path),
            },
            latency_ms: self.exchange.settings.latency_ms,
        }
    }

    /// Whether a request comes beyond what is taken in a second. Requests for tokens never do.
    fn is_too_fast(&mut self, path: &str) -> bool {
        let most = self.exchange.settings.requests_per_second;
        let most = most.filter(|_| !TOKENS.contains(&path));
        most.is_some_and(|most| self.limit.is_beyond(most, self.exchange.clock.now()))
    }

    /// Refuses a request of which only the beginning was read; the connection ends with it.
    pub fn turn_away(&mut self, asked: &Asked, problem: Problem) -> Answer {
        let seq = self.log.arrived(asked, self.exchange.clock.now());
        let answer = self.refused(problem);
        self.log.finished(seq, None, None, Some(answer.status));
        self.tell_of_request(seq, false);
        answer.with_header("connection", "close")
    }

    /// Answers a request; none where the connection is to be cut.
    pub fn attend(&mut self, incoming: &Incoming, arrived: &Arrived) -> Option<Answer> {
        let fault = arrived.fault.as_ref();
        let (party, answer) = self.react(incoming, fault);
        let party = party.map(|party| party.credentials().name);
        let status = answer.as_ref().map(|answer| answer.status);
        let fault = fault.map(|fault| fault.kind.name());
        self.log.finished(arrived.seq, party, fault, status);
        self.tell_of_request(arrived.seq, fault.is_some());
        answer
    }

    /// Tells who watches of a request that is done with, and of what it has changed.
    fn tell_of_request(&mut self, seq: u64, struck: bool) {
        let entry = || json!(self.log.entry(seq));
        self.feed.tell("request", entry);
        self.tell_of_changes(struck);
    }

    /// Tells who watches that the exchange is not as it was, if it is not, or if that is `certain`.
    pub fn tell_of_changes(&mut self, certain: bool) {
        let changes = self.exchange.store.changes();
        if certain || self.told != changes {
            self.told = changes;
            self.feed.tell("estate", || json!({}));
        }
    }

    /// The last requests, and all that happens from now on.
    pub fn watch(&self) -> impl Stream<Item = Told> + use<> {
        const MOST_PAST: usize = 200;
        let past = self.log.last(MOST_PAST).iter();
        let past = past.map(|entry| json!(entry));
        self.feed.watch("request", past.collect())
    }

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
        if fault.kind == FaultKind::ExpiredToken {
            let authorization = incoming.authorization.as_deref();
            self.exchange.tokens.expire(authorization);
            return (None, Some(Problem::signature_expired().answer()));
        }
        // An object that the answer shows is shown as it was before.
        let spoiled = match fault.kind {
            FaultKind::CutBefore | FaultKind::CutAfter | FaultKind::Slow | FaultKind::Truncated => {
                None
            }
            _ => Some(self.spoiled(fault)),
        };
        let always = [FaultKind::CutAfter, FaultKind::Slow, FaultKind::Truncated];
        let acts = always.contains(&fault.kind) || fault.after;
        let done = acts.then(|| self.act(incoming));
        let party = done.as_ref().and_then(|(party, _)| *party);
        let answer = match fault.kind {
            FaultKind::Slow => done.map(|(_, answer)| answer),
            FaultKind::Truncated => done.map(|(_, answer)| answer.broken_off()),
            _ => spoiled,
        };
        (party, answer)
    }

    /// The answer of a fault that has one of its own.
    fn spoiled(&mut self, fault: &Fault) -> Answer {
        let retry_after = |answer: Answer, seconds: Option<u32>| match seconds {
            Some(seconds) => answer.with_header("retry-after", seconds.to_string()),
            None => answer,
        };
        match fault.kind {
            FaultKind::RateLimited => {
                let seconds = fault.retry_after.unwrap_or(1);
                retry_after(self.refused(Problem::rate_limited()), Some(seconds))
            }
            FaultKind::Unavailable => {
                retry_after(self.refused(Problem::unavailable()), fault.retry_after)
            }
            FaultKind::Problem => {
                let problem = Problem::on_demand(fault.refused_with());
                self.refused(problem.unwrap_or_else(Problem::unavailable))
            }
            FaultKind::Notice => Answer::json(200, &json!({ "message": "Back in a minute." })),
            FaultKind::Answer => {
                self.exchange.settle();
                let shown = fault
                    .object
                    .as_ref()
                    .map(|named| control::show(&self.exchange, named).unwrap_or_default());
                let body = shown.or_else(|| fault.body.clone()).unwrap_or_default();
                match fault.status.unwrap_or(200) {
                    204 => Answer::nothing(),
                    status => Answer::json(status, &body),
                }
            }
            FaultKind::BadGateway => Answer::html(502, "Bad Gateway"),
            FaultKind::Html if fault.status.is_some_and(|status| status < 400) => {
                Answer::html(fault.status.unwrap_or(200), "Be right back")
            }
            _ => Answer::html(fault.status.unwrap_or(500), "Internal Server Error"),
        }
    }

    /// Does what the request asks for.
    fn act(&mut self, incoming: &Incoming) -> (Option<Party>, Answer) {
        let Asked {
            method,
            path,
            query,
            ..
        } = &incoming.asked;
        let authorization = incoming.authorization.as_deref();
        match (method.as_str(), path.as_str()) {
            ("POST", path) if TOKENS.contains(&path) => {
                return (None, self.sign_in(path, authorization, &incoming.body));
            }
            ("GET", "/health") => return (None, about::health(&self.exchange.settings)),
            _ => {}
        }
        let exchange = &mut self.exchange;
        match exchange
            .tokens
            .identify(authorization, exchange.clock.now())
        {
            Ok(party) => {
                let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
                    .into_owned()
                    .collect();
                let request = Request {
                    method,
                    path,
                    query: &query,
                    content_type: &incoming.content_type,
                    body: &incoming.body,
                };
                (Some(party), routes::answer(exchange, party, &request))
            }
            Err(problem) => (None, self.refused(problem)),
        }
    }

    /// Gives out tokens, in the way that the path stands for.
    fn sign_in(&mut self, path: &str, header: Option<&str>, body: &[u8]) -> Answer {
        let Exchange {
            tokens,
            ids,
            clock,
            settings,
            ..
        } = &mut self.exchange;
        let now = clock.now();
        if path == "/connect/token" {
            let form: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
            return tokens.client_credentials(&form, ids, now, settings);
        }
        let body = match body {
            [] => b"{}",
            body => body,
        };
        let answer = exchange::object(body).and_then(|body| match path {
            "/auth/token" => tokens.api_key(&body, ids, now, settings),
            _ => tokens.refresh(&body, header, ids, now, settings),
        });
        answer.unwrap_or_else(|problem| self.refused(problem))
    }

    /// A refusal of what did not get as far as the exchange.
    fn refused(&self, problem: Problem) -> Answer {
        speech::refusal(&self.exchange.settings, problem, &[])
    }
}
