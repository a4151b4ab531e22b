//! A real HTTP server for the tests of this folder: it answers as told, and can stay silent or
//! cut the connection at the worst moment.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::VecDeque;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, Failed};
use super::lenient::Json;
use super::log::{Log, LogLevel};
use super::retry::Retry;
use super::settings::{Credentials, Settings};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    /// As `name: value`, names in lower case.
    pub(super) headers: Vec<String>,
    pub(super) body: String,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub(super) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }
}

/// What the server does with a request.
#[derive(Clone)]
pub(super) enum Reply {
    /// Answers: status, header lines, body.
    Answer(u16, Vec<String>, String),
    /// The same, of bytes that are no text.
    Bytes(u16, Vec<String>, Vec<u8>),
    /// Closes the connection without a word.
    Cut,
    /// Announces more than it sends, then closes.
    CutWithinBody(u16),
    /// Never answers.
    Silence,
    /// Waits until that many requests are there, then does the other thing.
    Together(Arc<Barrier>, Box<Reply>),
    /// Waits a moment, then does the other thing.
    Later(Box<Reply>),
}

pub(super) fn json(status: u16, body: Json) -> Reply {
    Reply::Answer(
        status,
        vec!["content-type: application/json".into()],
        body.to_string(),
    )
}

pub(super) fn empty(status: u16) -> Reply {
    Reply::Answer(status, Vec::new(), String::new())
}

/// An answer under the name of its media type.
pub(super) fn document(media_type: &str, body: &[u8]) -> Reply {
    Reply::Bytes(
        200,
        vec![format!("content-type: {media_type}")],
        body.to_vec(),
    )
}

/// An answer that is compressed.
pub(super) fn gzipped(status: u16, body: &[u8]) -> Reply {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).unwrap();
    let headers = vec![
        "content-encoding: gzip".into(),
        "content-type: application/json".into(),
    ];
    Reply::Bytes(status, headers, encoder.finish().unwrap())
}

pub(super) fn with_header(status: u16, header: &str) -> Reply {
    Reply::Answer(status, vec![header.to_owned()], String::new())
}

/// A token answer in the OAuth2 way.
pub(super) fn token(value: &str) -> Reply {
    json(
        200,
        serde_json::json!({"access_token": value, "expires_in": 3600, "scope": "x"}),
    )
}

/// The server.
pub(super) struct Stub {
    pub(super) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
}

impl Stub {
    /// A server that decides for each request.
    pub(super) async fn deciding(decide: impl FnMut(&Seen) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, connections) = <(Arc<Mutex<Vec<Seen>>>, Arc<AtomicUsize>)>::default();
        let (log, count) = (seen.clone(), connections.clone());
        let decide = Arc::new(Mutex::new(decide));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (log, decide) = (log.clone(), decide.clone());
                tokio::spawn(serve(stream, move |request: Seen| {
                    log.lock().unwrap().push(request.clone());
                    (decide.lock().unwrap())(&request)
                }));
            }
        });
        Self {
            address,
            seen,
            connections,
        }
    }

    /// A server that gives out tokens `token-1`, `token-2` … and otherwise answers in turn.
    pub(super) async fn answering(replies: impl IntoIterator<Item = Reply>) -> Self {
        let mut replies: VecDeque<Reply> = replies.into_iter().collect();
        let mut tokens = 0;
        Self::deciding(move |request| {
            if request.target == "/token" {
                tokens += 1;
                return token(&format!("token-{tokens}"));
            }
            replies.pop_front().unwrap_or_else(|| empty(418))
        })
        .await
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Settings that lead here, with hardly any pauses.
    pub(super) fn settings(&self) -> Settings {
        let credentials = Credentials::OAuth2 {
            client_id: "the-client-id".into(),
            client_secret: "the-client-secret".into(),
            token_url: self.url("/token"),
            scopes: Vec::new(),
        };
        Settings {
            retry: FAST,
            ..Settings::new(self.url("/api"), credentials, "tests/1")
        }
    }

    pub(super) fn all(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Method and target of each request, those for tokens left out.
    pub(super) fn calls(&self) -> Vec<String> {
        let asks = |request: &Seen| request.target == "/token" || request.target.contains("/auth/");
        self.all()
            .iter()
            .filter(|request| !asks(request))
            .map(Seen::line)
            .collect()
    }

    /// How many tokens were asked for.
    pub(super) fn tokens(&self) -> usize {
        self.all().len() - self.calls().len()
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Four attempts with next to no pause.
pub(super) const FAST: Retry = Retry {
    attempts: 4,
    base: Duration::from_millis(1),
    cap: Duration::from_millis(2),
    retry_after_cap: Duration::from_millis(1),
    patience: Duration::ZERO,
    slowest: 1000.0,
};

/// Pauses nobody would wait out.
pub(super) const FOR_HOURS: Retry = Retry {
    attempts: 4,
    base: Duration::from_secs(36_000),
    cap: Duration::from_secs(36_000),
    retry_after_cap: Duration::from_secs(36_000),
    patience: Duration::ZERO,
    slowest: 1000.0,
};

/// A stop that never comes.
pub(super) fn never() -> CancellationToken {
    CancellationToken::new()
}

async fn serve(stream: TcpStream, mut decide: impl FnMut(Seen) -> Reply) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await {
        let mut reply = decide(request);
        let (status, headers, body, announced) = loop {
            match reply {
                Reply::Answer(status, headers, body) => {
                    reply = Reply::Bytes(status, headers, body.into_bytes());
                }
                Reply::Bytes(status, headers, body) => {
                    let announced = body.len();
                    break (status, headers, body, announced);
                }
                Reply::CutWithinBody(status) => {
                    break (status, Vec::new(), b"[{\"id\": ".to_vec(), 500);
                }
                Reply::Cut => return,
                Reply::Silence => std::future::pending().await,
                Reply::Together(barrier, then) => {
                    barrier.wait().await;
                    reply = *then;
                }
                Reply::Later(then) => {
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    reply = *then;
                }
            }
        };
        let mut head = format!("HTTP/1.1 {status} X\r\n");
        if !headers
            .iter()
            .any(|line| line.starts_with("content-length"))
        {
            head.push_str(&format!("content-length: {announced}\r\n"));
        }
        headers
            .iter()
            .for_each(|line| head.push_str(&format!("{line}\r\n")));
        let message = [head.as_bytes(), b"\r\n", &body].concat();
        let sent = stream.write_all(&message).await;
        if sent.is_err() || announced > body.len() {
            return;
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let mut first = lines.first()?.split(' ').map(str::to_owned);
    let (method, target) = (first.next()?, first.next()?);
    let headers: Vec<String> = lines[1..]
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| format!("{}: {value}", name.to_ascii_lowercase()))
        .collect();
    let mut request = Seen {
        method,
        target,
        headers,
        body: String::new(),
    };
    let length = request
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    request.body = String::from_utf8_lossy(&body).into_owned();
    Some(request)
}

/// A log that remembers.
#[derive(Default)]
pub(super) struct Lines(Mutex<Vec<(LogLevel, String)>>);

impl Log for Lines {
    fn log(&self, level: LogLevel, message: &str, fields: &[(&str, String)]) {
        let fields: String = fields
            .iter()
            .map(|(name, value)| format!(" {name}={value}"))
            .collect();
        self.0
            .lock()
            .unwrap()
            .push((level, format!("{message}{fields}")));
    }
}

impl Lines {
    pub(super) fn of(&self, level: LogLevel) -> Vec<String> {
        let lines = self.0.lock().unwrap();
        lines
            .iter()
            .filter(|(at, _)| *at == level)
            .map(|(_, line)| line.clone())
            .collect()
    }

    pub(super) fn whole(&self) -> String {
        self.0
            .lock()
            .unwrap()
            .iter()
            .map(|(_, line)| format!("{line}\n"))
            .collect()
    }
}

/// For `unwrap_err` in tests of the transport itself.
pub(super) fn failure(result: Result<Answer, Failed>) -> Failed {
    result.unwrap_err()
}
