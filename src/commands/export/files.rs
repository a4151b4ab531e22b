//! The files of an export, and the folder that they are written to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::commands::new_file::write_new;
use crate::entities::RESOURCES;
use crate::entities::declaration::Resource;
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

    /// Whether nothing of Terraform's is in it. What is configured there may be in a state under
    /// these very names, and another export may call another object so.
    ///
    /// # Errors
    /// What is in the way, or that nobody can look.
    pub fn is_free(&self) -> Result<(), Diagnostics> {
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(self.failed(&self.0, &error, &[])),
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut taken: Vec<String> = names.filter(|name| is_terraforms(name)).collect();
        taken.sort();
        if taken.is_empty() {
            return Ok(());
        }
        let taken = taken.join(", ");
        Err(Diagnostic::error(
            "The folder is in use",
            format!(
                "{} has {taken}. Nothing was read or written. Choose a new folder: beside what is \
                 there, an object could be configured twice, or under another's name.",
                self.0.display(),
            ),
        )
        .into())
    }

    /// Writes the files. Each is whole or not there, whatever happens.
    ///
    /// # Errors
    /// What the system does not let us do, and which files were written before that.
    pub fn write(&self, files: &[File]) -> Result<(), Diagnostics> {
        fs::create_dir_all(&self.0).map_err(|error| self.failed(&self.0, &error, &[]))?;
        let mut written: Vec<&str> = Vec::new();
        for file in files {
            let path = self.0.join(&file.name);
            let outcome = write_new(&self.0, &path, &file.text);
            outcome.map_err(|error| self.failed(&path, &error, &written))?;
            written.push(&file.name);
        }
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

/// Whether a file or folder of that name belongs to a configuration.
fn is_terraforms(name: &str) -> bool {
    let ends = [".tf", ".tf.json", ".tofu"];
    let begins = [".terraform", "terraform.tfstate"];
    ends.iter().any(|end| name.ends_with(end)) || begins.iter().any(|it| name.starts_with(it))
}
