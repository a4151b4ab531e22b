//! The real program, started as Terraform starts it.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;

use crate::client::{self, PATIENCE, Papers, fixture};

const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// What the handshake line calls the kind of place where it listens.
const NETWORK: &str = if cfg!(unix) { "unix" } else { "tcp" };

/// The program as a person would start it, with nothing of this process' own environment that it
/// might take for Terraform's.
pub fn by_hand() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-ixapi"));
    clean(&mut command);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Takes away what the program reads from the environment.
pub fn clean(command: &mut Command) {
    let ours = |name: &str| {
        ["PLUGIN_", "TF_", "IX_API_"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    for (name, _) in std::env::vars().filter(|(name, _)| ours(name)) {
        command.env_remove(name);
    }
}

/// Adds what Terraform tells.
pub fn invite(command: &mut Command) {
    command
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("PLUGIN_PROTOCOL_VERSIONS", "6,5")
        .env("PLUGIN_MIN_PORT", "10000")
        .env("PLUGIN_MAX_PORT", "25000");
}

/// Adds the certificate that Terraform will show.
pub fn with_certificate(command: &mut Command) {
    let pem = std::fs::read_to_string(fixture("test-only-terraform.crt")).expect("a certificate");
    command.env("PLUGIN_CLIENT_CERT", pem);
}

/// Sends a signal to a process.
#[cfg(unix)]
pub fn signal(process: u32, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), process.to_string()])
        .status();
    assert!(sent.expect("kill").success());
}

/// A running plugin.
pub struct Plugin {
    pub child: Child,
    /// The handshake line.
    #[cfg_attr(not(unix), expect(dead_code, reason = "its tests need signals"))]
    pub line: String,
    /// Where it listens: a socket, or on Windows a port.
    pub socket: PathBuf,
    /// What it shows, if it shows anything.
    pub certificate: Option<CertificateDer<'static>>,
    stdout: BufReader<ChildStdout>,
}

impl Plugin {
    /// Starts the program with certificates.
    pub fn start() -> Plugin {
        Plugin::start_with(with_certificate)
    }

    /// Starts it with whatever else is to be said.
    pub fn start_with(say: impl FnOnce(&mut Command)) -> Plugin {
        let mut command = by_hand();
        invite(&mut command);
        say(&mut command);
        let child = command.spawn().expect("a process");
        Plugin::greet(child)
    }

    /// Reads the handshake line of a process.
    pub fn greet(mut child: Child) -> Plugin {
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        let fields: Vec<&str> = line.trim_end().split('|').collect();
        assert!(fields.len() >= 6, "no handshake: {line:?}");
        assert_eq!(fields[..3], ["1", "6", NETWORK]);
        assert_eq!(fields[4], "grpc");
        let certificate = STANDARD_NO_PAD.decode(fields[5]).expect("base64");
        Plugin {
            socket: PathBuf::from(fields[3]),
            certificate: (!certificate.is_empty()).then(|| certificate.into()),
            line,
            child,
            stdout,
        }
    }

    /// The folder of the socket.
    pub fn folder(&self) -> &Path {
        self.socket.parent().expect("a folder")
    }

    /// What Terraform would connect with.
    pub fn tls(&self) -> ClientConfig {
        self.tls_as(Some(Papers::of("terraform", "terraform")))
    }

    /// What someone else would connect with.
    pub fn tls_as(&self, papers: Option<Papers>) -> ClientConfig {
        client::tls(self.certificate.as_ref().expect("a certificate"), papers)
    }

    /// Sends a signal.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    /// Waits for the end, which comes at once: with a client or a call that is waited for it takes
    /// longer than [`PATIENCE`]. How it ended, and what else it wrote to stdout.
    pub fn wait(&mut self) -> (ExitStatus, String) {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a status") {
                break status;
            }
            assert!(started.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(1));
        };
        (status, self.rest())
    }

    /// What else comes on stdout, until all who could write are gone.
    pub fn rest(&mut self) -> String {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).expect("text");
        rest
    }

    /// What it wrote to stderr, once it has ended.
    pub fn stderr(&mut self) -> String {
        let mut text = String::new();
        let mut stderr = self.child.stderr.take().expect("stderr");
        stderr.read_to_string(&mut text).expect("text");
        text
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        // All of it fails if it has ended by itself; killed, it cannot clear up.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.socket);
        let _ = std::fs::remove_dir(self.folder());
    }
}
