//! The files of an export, and the folder that they are written to.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::entities::RESOURCES;
use crate::entities::declaration::Resource;
use crate::provider::estate;
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};

/// The file that says which provider is needed.
pub const VERSIONS: &str = "versions.tf";
/// The file of the provider block.
pub const PROVIDER: &str = "provider.tf";
/// The file that names the secrets.
pub const VARIABLES: &str = "variables.tf";

/// A file of an export.
#[derive(Debug)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub text: String,
    /// How many resources are in it.
    pub resources: usize,
}

/// The file of a resource type: it is called as the collection, unless others are views of it too.
pub fn name_of(resource: &Resource) -> String {
    let of_it = RESOURCES
        .iter()
        .filter(|other| std::ptr::eq(other.of, resource.of));
    match of_it.count() {
        1 => format!("{}.tf", resource.of.plural),
        _ => format!("{}s.tf", resource.name),
    }
}

/// The names of all files that an export may have.
pub fn names() -> impl Iterator<Item = String> {
    let fixed = [VERSIONS, PROVIDER, VARIABLES]
        .map(str::to_owned)
        .into_iter();
    fixed.chain(estate::listed().map(name_of))
}

/// A folder that an export is written to.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at this path, which need not be there.
    pub fn at(path: &str) -> Folder {
        Folder(PathBuf::from(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Which of these files it has.
    pub fn have(&self, names: &[String]) -> Vec<String> {
        let there = names.iter().filter(|name| self.0.join(name).exists());
        there.cloned().collect()
    }

    /// That it has files already.
    pub fn is_taken(&self, names: &[String]) -> Diagnostic {
        Diagnostic::error(
            "The folder has such files already",
            format!(
                "{} has {}. Nothing was read or written. Choose another folder, or write over \
                 them with --force.",
                self.0.display(),
                names.join(", ")
            ),
        )
    }

    /// Writes the files. Each is whole or as it was before, whatever happens.
    ///
    /// # Errors
    /// What the system does not let us do, and which files were written before that.
    pub fn write(&self, files: &[File]) -> Result<(), Diagnostics> {
        fs::create_dir_all(&self.0).map_err(|error| self.failed(&self.0, &error, &[]))?;
        let mut written: Vec<&str> = Vec::new();
        for file in files {
            let path = self.0.join(&file.name);
            let outcome = self.write_one(&path, &file.text);
            outcome.map_err(|error| self.failed(&path, &error, &written))?;
            written.push(&file.name);
        }
        Ok(())
    }

    fn write_one(&self, path: &Path, text: &str) -> io::Result<()> {
        let mut whole = NamedTempFile::new_in(&self.0)?;
        whole.write_all(text.as_bytes())?;
        whole.as_file().sync_all()?;
        readable(whole.path())?;
        whole.persist(path)?;
        Ok(())
    }

    fn failed(&self, path: &Path, error: &io::Error, written: &[&str]) -> Diagnostics {
        let before = match written {
            [] => "Nothing was written.".to_owned(),
            some => format!("Before that, {} were written.", some.join(", ")),
        };
        Diagnostic::error(
            "The export cannot be written",
            format!("{}: {error}. {before}", path.display()),
        )
        .into()
    }
}

/// A temporary file is its owner's alone; a configuration is like any other file.
#[cfg(unix)]
fn readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> io::Result<()> {
    Ok(())
}
