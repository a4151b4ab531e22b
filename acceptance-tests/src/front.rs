//! What stands between the provider and the sandbox: a front that speaks TLS with certificates of
//! its own making and may answer in the exchange's place, a proxy, and somebody else's host.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::sandbox::Sandbox;
use crate::workspace::Workspace;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Whoever vouches for the fronts of a test.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// One that nobody has heard of.
    pub fn new() -> Authority {
        let mut own = CertificateParams::default();
        own.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        own.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key is made");
        // No two of them are called alike.
        let name = format!("An authority of a test, {:?}", key.public_key_raw());
        own.distinguished_name.push(DnType::CommonName, &name[..60]);
        Authority(CertifiedIssuer::self_signed(own, key).expect("it vouches for itself"))
    }

    /// Its certificate, as `SSL_CERT_FILE` has it.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// What a front with a certificate for this name, or address, serves with.
    pub fn vouches_for(&self, name: &str) -> Arc<ServerConfig> {
        self.certificate(name, false)
    }

    /// The same with a certificate that is valid no more.
    pub fn vouched_for(&self, name: &str) -> Arc<ServerConfig> {
        self.certificate(name, true)
    }

    fn certificate(&self, name: &str, expired: bool) -> Arc<ServerConfig> {
        let named = CertificateParams::new([name.to_owned()]);
        let mut params = named.expect("a name for a certificate");
        // macOS believes no server whose certificate does not say so, or is valid for years.
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        if expired {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        } else {
            let now = SystemTime::now();
            params.not_before = (now - DAY).into();
            params.not_after = (now + 30 * DAY).into();
        }
        let key = KeyPair::generate().expect("a key is made");
        let certificate = params.signed_by(&key, &self.0).expect("it is signed");
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key);
        Arc::new(config.expect("a certificate with its key"))
    }
}

impl Default for Authority {
    fn default() -> Authority {
        Authority::new()
    }
}

/// What is answered in the exchange's place: HTTP as it goes over the wire.
pub type Answer = fn(&mut dyn Write) -> io::Result<()>;

/// What stands before a sandbox. Each connection is for one request.
pub struct Front {
    port: u16,
    tls: bool,
}

impl Front {
    /// One that passes everything on, by TLS.
    pub fn secure(sandbox: &Sandbox, config: Arc<ServerConfig>) -> Front {
        Front::start(sandbox, Some(config), None)
    }

    /// One that passes everything on but requests whose path goes on like this below the API; these
    /// it answers itself.
    pub fn answering(sandbox: &Sandbox, path: &str, answer: Answer) -> Front {
        let url = sandbox.exported("IX_API_HOST");
        let (_, base) = apart(url);
        Front::start(sandbox, None, Some((format!("{base}{path}"), answer)))
    }

    fn start(
        sandbox: &Sandbox,
        config: Option<Arc<ServerConfig>>,
        own: Option<(String, Answer)>,
    ) -> Front {
        let (behind, _) = apart(sandbox.exported("IXAPI_SANDBOX_URL"));
        let behind = behind.to_owned();
        let tls = config.is_some();
        let port = serve(move |stream| match &config {
            Some(config) => {
                let connection = ServerConnection::new(Arc::clone(config));
                let connection = connection.map_err(io::Error::other)?;
                let mut stream = StreamOwned::new(connection, stream);
                pass_on(&mut stream, &behind, own.as_ref())?;
                stream.conn.send_close_notify();
                stream.flush()
            }
            None => pass_on(&mut { stream }, &behind, own.as_ref()),
        });
        Front { port, tls }
    }

    /// Sends a workspace here, under this name of this machine.
    pub fn stands_before(&self, workspace: &mut Workspace, sandbox: &Sandbox, name: &str) {
        let scheme = if self.tls { "https" } else { "http" };
        for variable in ["IX_API_HOST", "IX_API_OAUTH2_TOKEN_URL"] {
            let (_, path) = apart(sandbox.exported(variable));
            workspace.set(variable, &format!("{scheme}://{name}:{}{path}", self.port));
        }
    }
}

/// Host and port of a URL, and the path.
fn apart(url: &str) -> (&str, &str) {
    let (_, rest) = url.split_once("://").expect("a URL");
    rest.split_at(rest.find('/').unwrap_or(rest.len()))
}

/// Serves each connection of a port of its own, in a thread of its own.
fn serve(each: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let each = Arc::new(each);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let each = Arc::clone(&each);
            // Whoever speaks to it may hang up at any time.
            thread::spawn(move || drop(each(stream)));
        }
    });
    port
}

/// Takes one request, and gives the answer of whoever is behind, or its own.
fn pass_on(
    stream: &mut (impl Read + Write),
    behind: &str,
    own: Option<&(String, Answer)>,
) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let head = head(&mut reader)?;
    let length = header(&head, "content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let stream = reader.into_inner();
    let path = head.split(' ').nth(1).unwrap_or_default();
    if let Some((place, answer)) = own
        && path.starts_with(place)
    {
        return answer(stream);
    }
    let mut exchange = TcpStream::connect(behind)?;
    let (first, rest) = head.split_once("\r\n").unwrap_or_default();
    write!(exchange, "{first}\r\nconnection: close\r\n{rest}")?;
    exchange.write_all(&body)?;
    io::copy(&mut exchange, stream)?;
    stream.flush()
}

/// The first line and the headers, with the empty line after them.
fn head(reader: &mut impl BufRead) -> io::Result<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(head)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut headers = head.lines().filter_map(|line| line.split_once(':'));
    let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim())
}

/// What others have been asked: the heads of the requests.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    fn note(&self, head: String) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.push(head);
    }

    /// All of it so far.
    pub fn all(&self) -> Vec<String> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.clone()
    }
}

/// A proxy for HTTPS.
pub struct Proxy {
    /// What it was asked.
    pub heard: Heard,
    /// Where it is: host and port.
    pub address: String,
}

impl Proxy {
    /// One that lets everything through.
    pub fn start() -> Proxy {
        Proxy::with("HTTP/1.1 200 Connection established\r\n\r\n")
    }

    /// One that refuses like this.
    pub fn refusing(status: &'static str) -> Proxy {
        Proxy::with(status)
    }

    fn with(answer: &'static str) -> Proxy {
        let heard = Heard::default();
        let noted = heard.clone();
        let port = serve(move |client| {
            let mut reader = BufReader::new(client.try_clone()?);
            let head = head(&mut reader)?;
            noted.note(head.clone());
            (&client).write_all(answer.as_bytes())?;
            let target = head.split(' ').nth(1).unwrap_or_default();
            if answer.contains(" 200 ") {
                tunnel(client, TcpStream::connect(target)?)?;
            }
            Ok(())
        });
        Proxy {
            heard,
            address: format!("127.0.0.1:{port}"),
        }
    }
}

/// Carries what each says to the other, until one of them has no more to say.
fn tunnel(one: TcpStream, other: TcpStream) -> io::Result<()> {
    let (mut from, mut to) = (one.try_clone()?, other.try_clone()?);
    let there = thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        to.shutdown(Shutdown::Write)
    });
    io::copy(&mut { other }, &mut &one)?;
    one.shutdown(Shutdown::Write)?;
    let _ = there.join();
    Ok(())
}

/// Somebody else's host, where nobody has to ask for anything.
pub struct Elsewhere {
    /// What it was asked.
    pub heard: Heard,
    /// Its port on this machine.
    pub port: u16,
}

impl Elsewhere {
    /// One that answers everything with an empty list.
    pub fn start() -> Elsewhere {
        let heard = Heard::default();
        let noted = heard.clone();
        let port = serve(move |stream| {
            noted.note(head(&mut BufReader::new(stream.try_clone()?))?);
            (&stream).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]")
        });
        Elsewhere { heard, port }
    }
}
