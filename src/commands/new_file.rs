//! Files that commands write: each is whole or not there, and none takes the place of another.

use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

/// Writes a new file at this path, which is in this folder.
///
/// # Errors
/// That there is a file already, and what else the system does not let us do.
pub fn write_new(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    let mut whole = NamedTempFile::new_in(folder)?;
    whole.write_all(text.as_bytes())?;
    whole.as_file().sync_all()?;
    readable(whole.path())?;
    // What has come there meanwhile is somebody's.
    whole.persist_noclobber(path)?;
    Ok(())
}

/// A temporary file is its owner's alone; what a command writes is like any other file.
#[cfg(unix)]
fn readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_there_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write_new(folder.path(), &path, "first").unwrap();
        let error = write_new(folder.path(), &path, "second").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "first");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
