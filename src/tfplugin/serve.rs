//! The life of the server: from the handshake line to the last answer.
//!
//! Before the line there is nothing but the socket and the certificate. After it nothing is
//! written to stdout, and the process ends as soon as Terraform says so, dies, or is told to.

use std::convert::Infallible;
use std::future::pending;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::json;
use thiserror::Error;
use tokio::select;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::handshake::{HandshakeError, Invitation, PROTOCOL_VERSION};
use super::hclog::{self, Level};
use super::listener::{Address, Listener, Place, Stream};
use super::mtls::{Identity, TlsError};
use super::panics;
use super::routes::Routes;
use super::service::Service;
use super::signals::{self, Ending};
use super::traits::Provider;
use super::work::Work;

/// How much a client may send ahead. The default of 64 KiB would stop large states all the time.
const WINDOW: u32 = 4 << 20;

/// How long a client may take to prove who it is.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(10);

/// How long the last answers may take to leave. A client that lives closes the connection at once.
const FAREWELL: Duration = Duration::from_millis(250);

/// How long calls in flight may take to save what they did, after SIGTERM.
const GRACE: Duration = Duration::from_secs(60);

/// How long changes in flight may take to note what they did when nobody hears their answers any
/// more. Terraform kills a provider two seconds after it has ended it, and whoever applies next
/// waits for four that this one ends.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The pause after the system refused a connection, for example for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Why there is no server.
#[derive(Debug, Error)]
pub enum ServeError {
    /// Terraform and the provider did not come together.
    #[error(transparent)]
    Handshake(#[from] HandshakeError),
    /// No certificate of our own.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No socket, no signals, no stdout.
    #[error("{0}: {1}")]
    System(&'static str, io::Error),
    /// The server broke.
    #[error("the gRPC server failed: {0}")]
    Transport(#[from] tonic::transport::Error),
}

fn system(what: &'static str) -> impl FnOnce(io::Error) -> ServeError {
    move |error| ServeError::System(what, error)
}

/// Serves the Terraform that started this process, until it wants no more.
///
/// # Errors
/// [`HandshakeError::StartedByHand`] for a person, with a text for them; anything else is a failure
/// to start, which Terraform has been told too.
pub async fn serve(provider: impl Provider) -> Result<(), ServeError> {
    // First of all, so that no interruption gets in between.
    let ending = signals::of_plugin().map_err(system("cannot watch signals"))?;
    panics::install_hook();
    let program = provider.about().name;
    let invitation = Invitation::read(program, |name| std::env::var_os(name))
        .inspect_err(|error| tell_terraform(program, error))?;
    let (server, line) =
        open(provider, &invitation).inspect_err(|error| tell_terraform(program, error))?;
    print(&line)?;
    server.run(ending).await
}

fn open(provider: impl Provider, invitation: &Invitation) -> Result<(Server, String), ServeError> {
    let identity = invitation
        .client_certificate
        .clone()
        .map(Identity::towards)
        .transpose()?;
    let server = Server::open(provider, &invitation.place, identity)?;
    let certificate = server.identity.as_ref().map(|own| &own.certificate);
    let line = invitation.answer(server.address(), certificate);
    Ok((server, line))
}

/// Terraform shows a first line that is no handshake to the person who runs it.
fn tell_terraform(program: &str, error: &(impl std::error::Error + 'static)) {
    let error: &(dyn std::error::Error + 'static) = error;
    if !matches!(error.downcast_ref(), Some(HandshakeError::StartedByHand(_))) {
        // If this fails too, stderr still has it.
        let _ = print(&format!("{program} cannot start: {error}\n"));
    }
}

/// Serves whoever is given the line that this prints, until SIGINT or SIGTERM: for debuggers and
/// for trying things out. One process serves many runs of Terraform, which trusts it blindly.
///
/// # Errors
/// The system refuses a socket.
pub async fn serve_for_debugging(
    provider: impl Provider,
    source_address: &str,
) -> Result<(), ServeError> {
    let ending = signals::of_debugging().map_err(system("cannot watch signals"))?;
    panics::install_hook();
    let server = Server::open(provider, &Place::default(), None)?;
    let reattach = reattach(source_address, server.address());
    print(&format!(
        "Serving until Ctrl-C. In another terminal:\n\n    TF_REATTACH_PROVIDERS={reattach}\n\n"
    ))?;
    server.run(ending).await
}

/// The value of `TF_REATTACH_PROVIDERS`, quoted for a shell.
fn reattach(source_address: &str, address: &Address) -> String {
    let value = json!({
        source_address: {
            "Protocol": "grpc",
            "ProtocolVersion": PROTOCOL_VERSION,
            "Pid": std::process::id(),
            // Terraform must not end what it did not start.
            "Test": true,
            "Addr": { "Network": address.network(), "String": address.to_string() },
        }
    });
    format!("'{}'", value.to_string().replace('\'', r"'\''"))
}

fn print(text: &str) -> Result<(), ServeError> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(system("cannot write to stdout"))
}

/// A provider at a place where clients can find it.
pub struct Server {
    provider: Arc<dyn Provider>,
    service: Service,
    work: Arc<Work>,
    listener: Listener,
    identity: Option<Identity>,
}

impl Server {
    /// Listens; [`Server::run`] answers. Without an identity, in the clear. Must be called within
    /// a runtime.
    ///
    /// # Errors
    /// The system refuses the place.
    pub fn open(
        provider: impl Provider,
        place: &Place,
        identity: Option<Identity>,
    ) -> Result<Server, ServeError> {
        hclog::open(provider.about().name);
        let work = Arc::new(Work::default());
        let provider: Arc<dyn Provider> = Arc::new(provider);
        Ok(Server {
            service: Service::new(Arc::clone(&provider), work.clone()),
            provider,
            work,
            listener: Listener::bind(place).map_err(system("cannot open a socket"))?,
            identity,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> &Address {
        self.listener.address()
    }

    /// Answers until the client wants no more or one of `endings` comes. Then nothing is left of
    /// the socket.
    ///
    /// # Errors
    /// The transport breaks as a whole; that of one client does not matter.
    pub async fn run(
        self,
        mut endings: impl tokio_stream::Stream<Item = Ending> + Unpin,
    ) -> Result<(), ServeError> {
        let farewell = CancellationToken::new();
        let closing = CancellationToken::new();
        let (sender, connections) = mpsc::channel(1);
        let serving = tonic::transport::Server::builder()
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(2 * WINDOW)
            .serve_with_incoming_shutdown(
                Routes::new(self.service, farewell.clone()),
                ReceiverStream::new(connections),
                closing.cancelled(),
            );
        let accepting = accept(&self.listener, self.identity, sender);
        tokio::pin!(serving, accepting);

        let (grace, left) = select! {
            outcome = &mut serving => return Ok(outcome?),
            never = &mut accepting => match never {},
            () = farewell.cancelled() => {
                self.work.farewell(&*self.provider);
                (LAST_WORDS, self.work.settled().left_future())
            }
            ending = next(&mut endings) => match ending {
                Ending::Terminated => (GRACE, self.work.idle().right_future()),
                Ending::Orphaned => (LAST_WORDS, self.work.settled().left_future()),
            },
        };
        // Whoever is still at work saves what there is, as after Ctrl-C.
        self.work.interrupt();
        closing.cancel();
        // Whoever takes longer than that has had enough time.
        let work = timeout(grace, left);
        tokio::pin!(work);
        let last_answers = async {
            select! {
                // The client may be gone before the work is done.
                outcome = &mut serving => {
                    let _ = work.await;
                    outcome
                }
                _ = &mut work => timeout(FAREWELL, serving).await.unwrap_or(Ok(())),
            }
        };
        select! {
            outcome = last_answers => Ok(outcome?),
            // Told twice.
            _ = next(&mut endings) => Ok(()),
        }
    }
}

/// The next reason to end, however long it takes.
async fn next(endings: &mut (impl tokio_stream::Stream<Item = Ending> + Unpin)) -> Ending {
    match endings.next().await {
        Some(ending) => ending,
        None => pending().await,
    }
}

/// Takes connections for ever. Each proves itself in a task of its own, so that one that does not
/// keeps nobody waiting.
async fn accept(
    listener: &Listener,
    identity: Option<Identity>,
    connections: mpsc::Sender<io::Result<Stream>>,
) -> Infallible {
    let tls = identity.map(|own| TlsAcceptor::from(own.settings));
    loop {
        match listener.accept().await {
            Ok(stream) => {
                let (tls, connections) = (tls.clone(), connections.clone());
                tokio::spawn(async move {
                    match prove(stream, tls).await {
                        // It fails while the server ends: then nobody is served any more.
                        Ok(stream) => drop(connections.send(Ok(stream)).await),
                        Err(error) => refused(&error),
                    }
                });
            }
            Err(error) => {
                refused(&error);
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Lets the client prove that it is the one we expect, if we expect one.
async fn prove(stream: Stream, tls: Option<TlsAcceptor>) -> io::Result<Stream> {
    match tls {
        None => Ok(stream),
        Some(tls) => Ok(Stream::new(
            timeout(HANDSHAKE_PATIENCE, tls.accept(stream)).await??,
        )),
    }
}

fn refused(error: &io::Error) {
    let fields = [("error", error.to_string())];
    hclog::log(Level::Warn, "Refused a connection", &fields);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use std::path::PathBuf;

    use super::*;

    #[test]
    fn the_reattach_line_survives_a_shell() {
        let address = Address::Unix(PathBuf::from("/tmp/it's/plugin"));
        let line = reattach("registry.terraform.io/example/toy", &address);
        assert!(line.starts_with("'{") && line.ends_with("}'"));
        let value = line[1..line.len() - 1].replace(r"'\''", "'");
        let value: serde_json::Value = serde_json::from_str(&value).expect("JSON");
        let entry = &value["registry.terraform.io/example/toy"];
        assert_eq!(entry["Protocol"], "grpc");
        assert_eq!(entry["ProtocolVersion"], 6);
        assert_eq!(entry["Test"], true);
        assert_eq!(entry["Pid"], std::process::id());
        assert_eq!(entry["Addr"]["Network"], "unix");
        assert_eq!(entry["Addr"]["String"], "/tmp/it's/plugin");
    }
}
