//! A client such as Terraform is: gRPC over a socket, in the clear or with certificates.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use ixapi_provider::tfplugin::listener::Stream;
use ixapi_provider::tfplugin::proto::go_plugin::Empty;
use ixapi_provider::tfplugin::proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use ixapi_provider::tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use ixapi_provider::tfplugin::proto::tfplugin6::{Diagnostic, diagnostic, get_provider_schema};
use p521::ecdsa::signature::Signer as _;
use p521::ecdsa::{Signature, SigningKey};
use rustls::client::ResolvesClientCert;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateSec1KeyDer, ServerName};
use rustls::sign::CertifiedKey;
use rustls::{
    ClientConfig, RootCertStore, SignatureAlgorithm, SignatureScheme, SupportedProtocolVersion,
};
use tokio_rustls::TlsConnector;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A file of `tests/fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// Reaches the provider where its handshake line says: at a socket, or a port where there are none.
pub async fn reach(address: &Path) -> io::Result<Stream> {
    #[cfg(unix)]
    let stream = tokio::net::UnixStream::connect(address).await?;
    #[cfg(not(unix))]
    let stream = tokio::net::TcpStream::connect(address.to_string_lossy().as_ref()).await?;
    Ok(Stream::new(stream))
}

/// Connects in the clear, or as the settings say.
pub async fn connect(socket: &Path, tls: Option<ClientConfig>) -> Result<Channel, Status> {
    let socket = socket.to_path_buf();
    let tls = tls.map(|settings| TlsConnector::from(Arc::new(settings)));
    let connector = tower::service_fn(move |_| {
        let (socket, tls) = (socket.clone(), tls.clone());
        async move {
            let stream = reach(&socket).await?;
            let stream = match tls {
                None => stream,
                Some(tls) => {
                    let name = ServerName::try_from("localhost").expect("a name");
                    Stream::new(tls.connect(name, stream).await?)
                }
            };
            Ok::<_, io::Error>(TokioIo::new(stream))
        }
    });
    Endpoint::from_static("http://localhost")
        .connect_with_connector(connector)
        .await
        .map_err(|error| Status::unavailable(format!("{error:?}")))
}

/// The provider at the other end.
pub fn provider(channel: &Channel) -> ProviderClient<Channel> {
    ProviderClient::new(channel.clone())
        .max_decoding_message_size(usize::MAX)
        .max_encoding_message_size(usize::MAX)
}

/// Asks for the schema.
pub async fn ask_for_schema(channel: &Channel) -> Result<get_provider_schema::Response, Status> {
    let request = get_provider_schema::Request {};
    let answer = provider(channel).get_provider_schema(request).await?;
    Ok(answer.into_inner())
}

/// Connects and asks for the schema: the least that Terraform ever does.
pub async fn ask(
    socket: &Path,
    tls: Option<ClientConfig>,
) -> Result<get_provider_schema::Response, Status> {
    let asking = async {
        let channel = connect(socket, tls).await?;
        ask_for_schema(&channel).await
    };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .expect("an answer in time")
}

/// Ends the plugin as go-plugin does.
pub async fn shut_down(channel: &Channel) {
    GrpcControllerClient::new(channel.clone())
        .shutdown(Empty {})
        .await
        .expect("an answer to Shutdown");
}

/// The errors among messages.
pub fn errors(messages: &[Diagnostic]) -> Vec<&Diagnostic> {
    of(messages, diagnostic::Severity::Error)
}

/// The warnings among messages.
pub fn warnings(messages: &[Diagnostic]) -> Vec<&Diagnostic> {
    of(messages, diagnostic::Severity::Warning)
}

fn of(messages: &[Diagnostic], severity: diagnostic::Severity) -> Vec<&Diagnostic> {
    messages
        .iter()
        .filter(|message| message.severity() == severity)
        .collect()
}

/// How a client presents itself: a certificate, and a key that need not belong to it.
#[derive(Debug)]
pub struct Papers(Arc<CertifiedKey>);

impl Papers {
    /// The certificate of one fixture with the key of another.
    pub fn of(certificate: &str, key: &str) -> Papers {
        let certificate = format!("test-only-{certificate}.crt");
        let certificate = CertificateDer::from_pem_file(fixture(&certificate)).expect("PEM");
        let key = fixture(&format!("test-only-{key}.key"));
        let key = PrivateSec1KeyDer::from_pem_file(key).expect("PEM");
        // The scalar of 66 bytes follows the sequence, the version and its own tag and length.
        let scalar = &key.secret_sec1_der()[8..74];
        let key = P521Key(SigningKey::from_slice(scalar).expect("a P-521 key"));
        Papers(Arc::new(CertifiedKey::new(
            vec![certificate],
            Arc::new(key),
        )))
    }
}

impl ResolvesClientCert for Papers {
    fn resolve(&self, _: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        // As in Go: without a common scheme no certificate is sent.
        schemes
            .contains(&SignatureScheme::ECDSA_NISTP521_SHA512)
            .then(|| self.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

#[derive(Clone, Debug)]
struct P521Key(SigningKey);

impl rustls::sign::SigningKey for P521Key {
    fn choose_scheme(&self, _: &[SignatureScheme]) -> Option<Box<dyn rustls::sign::Signer>> {
        Some(Box::new(self.clone()))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl rustls::sign::Signer for P521Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let signature: Signature = self.0.sign(message);
        Ok(signature.to_der().as_bytes().to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP521_SHA512
    }
}

/// A client that trusts that one server certificate, as go-plugin does.
pub fn tls(server: &CertificateDer<'static>, papers: Option<Papers>) -> ClientConfig {
    tls_of(rustls::ALL_VERSIONS, server, papers)
}

/// The same, with these versions of TLS only.
pub fn tls_of(
    versions: &[&'static SupportedProtocolVersion],
    server: &CertificateDer<'static>,
    papers: Option<Papers>,
) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(server.clone()).expect("a root");
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .expect("versions")
        .with_root_certificates(roots);
    let mut settings = match papers {
        Some(papers) => builder.with_client_cert_resolver(Arc::new(papers)),
        None => builder.with_no_client_auth(),
    };
    settings.alpn_protocols = vec![b"h2".to_vec()];
    settings
}
