//! The programs that are measured.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Terraform, and the providers that it takes for the real one.
#[derive(Debug)]
pub struct Programs {
    /// Terraform or OpenTofu.
    pub terraform: PathBuf,
    /// The release build of the provider.
    pub provider: PathBuf,
    /// A provider of one type that does nothing.
    pub stub: PathBuf,
    /// A provider with the ports of the real one that asks nobody.
    pub echo: PathBuf,
    /// Where the copies are.
    _folder: TempDir,
}

impl Programs {
    /// The stub and the echo lie beside the provider.
    pub fn find(terraform: &Path, provider: &Path) -> Programs {
        let provider = fs::canonicalize(provider).expect("the provider is built");
        let folder = tempfile::tempdir().unwrap();
        // Each under the name that Terraform looks for.
        let name = provider.file_name().unwrap();
        let copied = |of: &Path, to: &str| {
            let place = folder.path().join(to);
            fs::create_dir(&place).unwrap();
            let it = place.join(name);
            fs::copy(of, &it).unwrap_or_else(|error| panic!("{}: {error}", of.display()));
            it
        };
        Programs {
            terraform: terraform.to_owned(),
            stub: copied(&provider.with_file_name("stub"), "stub"),
            echo: copied(&provider.with_file_name("echo"), "echo"),
            provider,
            _folder: folder,
        }
    }
}
