//! What a release is made of: archives, their checksums and the manifest, by the names that the
//! Registries of Terraform and OpenTofu know, and the change log. The version is that of the
//! workspace.

pub mod archive;
pub mod changelog;
pub mod notices;
pub mod sums;

use std::io;
use std::path::{Path, PathBuf};

/// The version of everything here.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A program that is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Program {
    /// What speaks with Terraform.
    #[value(name = "terraform-provider-ixapi")]
    Provider,
    /// The exchange on one's own machine.
    #[value(name = "ixapi-sandbox")]
    Sandbox,
}

impl Program {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Program::Provider => "terraform-provider-ixapi",
            Program::Sandbox => "ixapi-sandbox",
        }
    }

    /// What its file is called in an archive: a CLI looks for a provider by its version.
    fn file(self, platform: &str) -> String {
        let suffix = if platform.starts_with("windows_") {
            ".exe"
        } else {
            ""
        };
        match self {
            Program::Provider => format!("{}_v{VERSION}{suffix}", self.name()),
            Program::Sandbox => format!("{}{suffix}", self.name()),
        }
    }
}

/// Why there is no release.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system does not do it.
    #[error("{}: {cause}", .path.display())]
    System {
        /// Where.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// What is said is not what can be released.
    #[error("{0}")]
    Refused(String),
}

impl Error {
    /// What the system says of a path.
    pub fn of<E: Into<io::Error>>(path: &Path) -> impl FnOnce(E) -> Error {
        |cause| Error::System {
            path: path.to_owned(),
            cause: cause.into(),
        }
    }
}
