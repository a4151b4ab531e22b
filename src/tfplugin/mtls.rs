//! Proof that the client is the Terraform that started this process, and the other way round.
//!
//! Terraform makes a certificate for each run and hands it over in the environment. It is a
//! certificate authority of its own on the curve P-521, which the verifiers of rustls refuse on
//! both counts; but there is no chain to check. The client must show exactly that certificate and
//! sign the handshake with its key.

use std::sync::Arc;

use p521::ecdsa::signature::Verifier;
use p521::ecdsa::{DerSignature, VerifyingKey};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, PrivateKeyDer, PrivatePkcs8KeyDer,
    SignatureVerificationAlgorithm, UnixTime, alg_id,
};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName as Issuer, ServerConfig,
    SignatureScheme,
};
use thiserror::Error;

/// Why there can be no secure connection.
#[derive(Debug, Error)]
pub enum TlsError {
    /// Not a certificate in PEM.
    #[error("it holds no certificate in PEM ({0})")]
    NoCertificate(rustls::pki_types::pem::Error),
    /// Our own certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Own(#[from] rcgen::Error),
    /// Our own certificate could not be used.
    #[error("cannot use the certificate: {0}")]
    Setup(#[from] rustls::Error),
}

/// Reads the first certificate of a PEM text.
///
/// # Errors
/// There is none.
pub fn parse_certificate(pem: &[u8]) -> Result<CertificateDer<'static>, TlsError> {
    CertificateDer::from_pem_slice(pem).map_err(TlsError::NoCertificate)
}

/// Who we are to the client, for the life of this process, and whom we expect.
#[derive(Clone)]
pub struct Identity {
    /// The settings of each connection.
    pub settings: Arc<ServerConfig>,
    /// Our certificate, which the client learns from the handshake line.
    pub certificate: CertificateDer<'static>,
}

impl Identity {
    /// Makes a key and a certificate, for this client alone.
    ///
    /// # Errors
    /// The cryptographic library refuses.
    pub fn towards(client: CertificateDer<'static>) -> Result<Identity, TlsError> {
        // P-256: made in 0.05 ms, and every client takes it.
        let key = KeyPair::generate()?;
        let mut parameters = CertificateParams::new(vec!["localhost".to_owned()])?;
        parameters.distinguished_name = DistinguishedName::new();
        parameters
            .distinguished_name
            .push(DnType::CommonName, "localhost");
        let certificate = parameters.self_signed(&key)?.der().clone();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));

        let cryptography = Arc::new(ring::default_provider());
        let verifier = OnlyThisClient::new(client, &cryptography);
        let mut settings = ServerConfig::builder_with_provider(cryptography)
            .with_protocol_versions(rustls::ALL_VERSIONS)?
            .with_client_cert_verifier(Arc::new(verifier))
            .with_single_cert(vec![certificate.clone()], key)?;
        settings.alpn_protocols = vec![b"h2".to_vec()];
        // Every connection proves itself; the client makes one or two.
        settings.send_tls13_tickets = 0;
        settings.session_storage = Arc::new(NoServerSessionStorage {});
        Ok(Identity {
            settings: Arc::new(settings),
            certificate,
        })
    }
}

/// Takes one certificate, whole, and a handshake signed by its key.
#[derive(Debug)]
struct OnlyThisClient {
    certificate: CertificateDer<'static>,
    /// What ring verifies. It does not know P-521.
    ring: WebPkiSupportedAlgorithms,
}

impl OnlyThisClient {
    fn new(certificate: CertificateDer<'static>, cryptography: &CryptoProvider) -> OnlyThisClient {
        OnlyThisClient {
            certificate,
            ring: cryptography.signature_verification_algorithms,
        }
    }

    fn algorithms(&self, scheme: SignatureScheme) -> &WebPkiSupportedAlgorithms {
        match scheme {
            SignatureScheme::ECDSA_NISTP521_SHA512 => &P521_ALONE,
            _ => &self.ring,
        }
    }
}

impl ClientCertVerifier for OnlyThisClient {
    fn root_hint_subjects(&self) -> &[Issuer] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if end_entity.as_ref() == self.certificate.as_ref() {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = self.algorithms(signature.scheme);
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = self.algorithms(signature.scheme);
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = P521_ALONE.supported_schemes();
        schemes.extend(self.ring.supported_schemes());
        schemes
    }
}

static P521_ALONE: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[&P521],
    mapping: &[(SignatureScheme::ECDSA_NISTP521_SHA512, &[&P521])],
};

/// ECDSA on P-521 with SHA-512, by the crate of that name.
#[derive(Debug)]
struct P521;

impl SignatureVerificationAlgorithm for P521 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = VerifyingKey::from_sec1_bytes(public_key).map_err(|_| InvalidSignature)?;
        let signature = DerSignature::from_bytes(signature).map_err(|_| InvalidSignature)?;
        key.verify(message, &signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P521
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA512
    }
}
