//! How Terraform and the provider find each other: what Terraform says in the environment, and the
//! one line that the provider prints.

use std::ffi::OsString;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rustls::pki_types::CertificateDer;
use thiserror::Error;

use super::listener::{Address, Place};
use super::mtls;

/// What Terraform sets to tell that it is Terraform. Not a secret: it only keeps people from
/// running a plugin by hand.
const COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// The version of go-plugin's own part of the protocol.
const CORE_VERSION: u8 = 1;

/// The version of Terraform's part. Printed even if Terraform does not list it: then Terraform
/// says so better than we could.
pub const PROTOCOL_VERSION: u8 = 6;

/// Why there was no handshake.
#[derive(Debug, Error)]
pub enum HandshakeError {
    /// A person started the program.
    #[error(
        "{0} is a plugin of Terraform and OpenTofu, which start it themselves.\n\
         To use it, name it in `required_providers` of a configuration and run `terraform init`."
    )]
    StartedByHand(&'static str),
    /// The certificate that the client will show is not one.
    #[error("PLUGIN_CLIENT_CERT cannot be used: {0}")]
    ClientCertificate(#[from] mtls::TlsError),
}

/// What Terraform said when it started the provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invitation {
    /// The certificate that the client will show; without one, both sides speak in the clear.
    pub client_certificate: Option<CertificateDer<'static>>,
    /// Where to listen.
    pub place: Place,
    /// Whether the client understands a seventh field in the line. Older ones break on it.
    pub speaks_of_multiplexing: bool,
}

impl Invitation {
    /// Reads it from the environment; `program` is the name of this one.
    ///
    /// # Errors
    /// Terraform did not start this process, or its certificate is not one.
    pub fn read(
        program: &'static str,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Invitation, HandshakeError> {
        let given = |name| variable(name).filter(|value| !value.is_empty());
        let text = |name| given(name).and_then(|value| value.into_string().ok());
        let port = |name| text(name).and_then(|number| number.parse::<u16>().ok());
        if text(COOKIE.0).as_deref() != Some(COOKIE.1) {
            return Err(HandshakeError::StartedByHand(program));
        }
        // A certificate that is there but no good must not lead to a plain connection.
        let client_certificate = given("PLUGIN_CLIENT_CERT")
            .map(|pem| mtls::parse_certificate(pem.as_encoded_bytes()))
            .transpose()?;
        Ok(Invitation {
            client_certificate,
            place: Place {
                folder: given("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from),
                group: text("PLUGIN_UNIX_SOCKET_GROUP"),
                ports: port("PLUGIN_MIN_PORT")
                    .zip(port("PLUGIN_MAX_PORT"))
                    .map(|(low, high)| low..=high),
            },
            speaks_of_multiplexing: given("PLUGIN_MULTIPLEX_GRPC").is_some(),
        })
    }

    /// The line that tells Terraform where to connect and whom to expect there.
    pub fn answer(&self, address: &Address, certificate: Option<&CertificateDer<'_>>) -> String {
        let certificate = certificate
            .map(|certificate| STANDARD_NO_PAD.encode(certificate))
            .unwrap_or_default();
        let network = address.network();
        let multiplexing = if self.speaks_of_multiplexing {
            "|false"
        } else {
            ""
        };
        let versions = format!("{CORE_VERSION}|{PROTOCOL_VERSION}");
        format!("{versions}|{network}|{address}|grpc|{certificate}{multiplexing}\n")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Invitation, HandshakeError> {
        Invitation::read("terraform-provider-toy", |name| {
            pairs
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn a_person_is_told_what_this_is() {
        let error = read(&[]).expect_err("no cookie");
        assert!(error.to_string().contains("terraform init"));
        assert!(error.to_string().contains("terraform-provider-toy is"));
        assert!(read(&[(COOKIE.0, "chocolate")]).is_err());
    }

    #[test]
    fn a_bad_certificate_is_no_reason_to_speak_in_the_clear() {
        let outcome = read(&[COOKIE, ("PLUGIN_CLIENT_CERT", "nonsense")]);
        assert!(matches!(outcome, Err(HandshakeError::ClientCertificate(_))));
    }

    #[test]
    fn the_line_has_six_fields_unless_the_client_knows_seven() {
        let address = Address::Unix(PathBuf::from("/tmp/t/plugin"));
        let invitation = read(&[COOKIE, ("PLUGIN_CLIENT_CERT", "")]).expect("an invitation");
        assert_eq!(
            invitation.answer(&address, None),
            "1|6|unix|/tmp/t/plugin|grpc|\n"
        );
        let certificate = CertificateDer::from(vec![0xff, 0xfe, 0xfd, 0xfc]);
        let invitation = read(&[COOKIE, ("PLUGIN_MULTIPLEX_GRPC", "true")]).expect("an invitation");
        assert_eq!(
            invitation.answer(&address, Some(&certificate)),
            "1|6|unix|/tmp/t/plugin|grpc|//79/A|false\n"
        );
    }

    #[test]
    fn the_client_may_choose_the_place() {
        let invitation = read(&[
            COOKIE,
            ("PLUGIN_UNIX_SOCKET_DIR", "/run/x"),
            ("PLUGIN_UNIX_SOCKET_GROUP", "netops"),
            ("PLUGIN_MIN_PORT", "10000"),
            ("PLUGIN_MAX_PORT", "25000"),
        ])
        .expect("an invitation");
        assert_eq!(invitation.place.folder, Some(PathBuf::from("/run/x")));
        assert_eq!(invitation.place.group.as_deref(), Some("netops"));
        assert_eq!(invitation.place.ports, Some(10_000..=25_000));
    }
}
