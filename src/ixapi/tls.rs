//! Whom to trust, and which proxy to go through: the system's certificates, `SSL_CERT_FILE`,
//! `HTTPS_PROXY` and `NO_PROXY`. Nothing here happens before the first request.

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::{NoProxy, Proxy};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

/// The protocols offered to a server.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// What no proxy is ever asked for, as everywhere.
const THIS_MACHINE: &str = "localhost,127.0.0.0/8,::1";

/// TLS on ring, trusting what the system trusts.
///
/// The provider of the cryptography is handed over here and not installed for the whole process,
/// which belongs to others as well.
pub(super) fn trusting_the_system() -> Result<ClientConfig, String> {
    let crypto = Arc::new(ring::default_provider());
    let verifier = verifier(crypto.clone()).map_err(|cause| {
        format!(
            "the certificates this system trusts could not be read: {cause}; install them (often \
             a package named ca-certificates) or name a file of them in SSL_CERT_FILE"
        )
    })?;
    let mut config = ClientConfig::builder_with_provider(crypto)
        .with_safe_default_protocol_versions()
        .map_err(|cause| cause.to_string())?
        .dangerous() // the name of the method; the verifier checks everything a default one does
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = PROTOCOLS.iter().map(|name| name.to_vec()).collect();
    Ok(config)
}

/// TLS that trusts nobody, for a client that only talks to this machine in plain HTTP: reading
/// a hundred certificates costs time and memory.
pub(super) fn trusting_nobody() -> Result<ClientConfig, String> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|cause| cause.to_string())?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Ok(config)
}

/// On Linux and the BSDs the verifier reads `SSL_CERT_FILE` and `SSL_CERT_DIR` by itself.
#[cfg(not(any(windows, target_vendor = "apple")))]
fn verifier(crypto: Arc<CryptoProvider>) -> Result<Verifier, rustls::Error> {
    Verifier::new(crypto)
}

/// On macOS and Windows the verifier asks the system, which does not know `SSL_CERT_FILE`.
#[cfg(any(windows, target_vendor = "apple"))]
fn verifier(crypto: Arc<CryptoProvider>) -> Result<Verifier, rustls::Error> {
    use rustls::pki_types::{CertificateDer, pem::PemObject};

    let Some(file) = std::env::var_os("SSL_CERT_FILE").filter(|file| !file.is_empty()) else {
        return Verifier::new(crypto);
    };
    let unreadable = |cause| rustls::Error::General(format!("SSL_CERT_FILE: {cause}"));
    let certificates = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(unreadable)?;
    Verifier::new_with_extra_roots(certificates, crypto)
}

/// The proxy for HTTPS by the usual variables. There is none for plain HTTP: that only goes to
/// this machine, and a proxy would see the credentials.
pub(super) fn https_proxy(
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Proxy>, String> {
    let either = |names: [&'static str; 2]| {
        names
            .into_iter()
            .find_map(|name| Some((name, variable(name).filter(|v| !v.is_empty())?)))
    };
    let Some((name, address)) =
        either(["HTTPS_PROXY", "https_proxy"]).or_else(|| either(["ALL_PROXY", "all_proxy"]))
    else {
        return Ok(None);
    };
    // The address is not repeated in the error: it may hold the proxy's password.
    let proxy = Proxy::https(address).map_err(|_| format!("{name} is not the URL of a proxy"))?;
    let direct = match either(["NO_PROXY", "no_proxy"]) {
        Some((_, hosts)) => format!("{hosts},{THIS_MACHINE}"),
        None => THIS_MACHINE.to_owned(),
    };
    Ok(Some(proxy.no_proxy(NoProxy::from_string(&direct))))
}

/// What is wrong with the certificate of a server, as a person can mend it.
pub(super) fn in_words(error: &rustls::Error) -> Option<String> {
    let rustls::Error::InvalidCertificate(wrong) = error else {
        return None;
    };
    Some(match wrong {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "nobody whom this system trusts vouches for the certificate of the server; where an \
             authority of your own does, or a proxy that reads along, name a file with its \
             certificate in SSL_CERT_FILE"
                .to_owned()
        }
        CertificateError::ExpiredContext { time, not_after } => format!(
            "the certificate of the server was valid until {}, and the clock of this machine says \
             {}",
            moment(*not_after)?,
            moment(*time)?
        ),
        CertificateError::NotValidYetContext { time, not_before } => format!(
            "the certificate of the server is valid from {} on, and the clock of this machine says \
             {}",
            moment(*not_before)?,
            moment(*time)?
        ),
        // The systems that are asked themselves say less, or in their own words.
        CertificateError::Expired | CertificateError::NotValidYet => format!(
            "the certificate of the server is out of date; the clock of this machine says {}",
            Timestamp::from_second(Timestamp::now().as_second()).ok()?
        ),
        CertificateError::NotValidForName => {
            "the certificate of the server is for another name than that of the address".to_owned()
        }
        CertificateError::Other(said) => {
            format!("this system does not take the certificate of the server: {said}")
        }
        _ => return None,
    })
}

fn moment(time: UnixTime) -> Option<Timestamp> {
    Timestamp::from_second(time.as_secs().try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn proxy(variables: &[(&str, &str)]) -> Result<Option<Proxy>, String> {
        https_proxy(|asked| {
            variables
                .iter()
                .find(|(name, _)| *name == asked)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_proxy_is_taken_from_the_usual_variables() {
        assert!(proxy(&[]).unwrap().is_none());
        assert!(proxy(&[("HTTPS_PROXY", "")]).unwrap().is_none());
        assert!(proxy(&[("HTTP_PROXY", "http://p:1")]).unwrap().is_none());
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            assert!(
                proxy(&[(name, "http://p:3128")]).unwrap().is_some(),
                "{name}"
            );
        }
    }

    /// What macOS and Windows say when they are asked.
    #[test]
    fn what_is_wrong_with_a_certificate_is_told_in_words_on_every_system() {
        let said = rustls::OtherError(Arc::new(std::fmt::Error));
        let known = [
            (CertificateError::Expired, "is out of date; the clock"),
            (CertificateError::NotValidYet, "is out of date; the clock"),
            (CertificateError::NotValidForName, "for another name"),
            (CertificateError::UnknownIssuer, "SSL_CERT_FILE"),
            (
                CertificateError::Other(said),
                "does not take the certificate",
            ),
        ];
        for (wrong, words) in known {
            let told = in_words(&rustls::Error::InvalidCertificate(wrong)).unwrap();
            assert!(told.contains(words), "{told}");
        }
    }

    #[test]
    fn a_proxy_that_is_none_is_named_without_its_password() {
        let error = proxy(&[("https_proxy", "http://me:hunter2@[")]).unwrap_err();
        assert!(
            error.contains("https_proxy") && !error.contains("hunter2"),
            "{error}"
        );
    }
}
