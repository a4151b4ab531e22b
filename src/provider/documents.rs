//! Documents: how they are told, kept as files, and read from files.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path as File;

use base64::prelude::BASE64_STANDARD;
use base64::{DecodeError, Engine};

use crate::tfplugin::diagnostics::Diagnostic;
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::schemas::{CONTENT, SAVE_TO};

/// A document in Base64.
pub fn base64(content: &[u8]) -> Value {
    Value::text(BASE64_STANDARD.encode(content))
}

/// The document that a text in Base64 holds.
///
/// # Errors
/// That it is none, or empty.
pub fn decoded(text: &str) -> Result<Vec<u8>, Diagnostic> {
    let why = match BASE64_STANDARD.decode(text) {
        Ok(content) if content.is_empty() => "is empty".to_owned(),
        Ok(content) => return Ok(content),
        // What is wrong is told by its place: the text itself is not to be shown.
        Err(DecodeError::InvalidByte(at, _)) => {
            format!("is no Base64: see its character {}", at + 1)
        }
        Err(_) => "is no Base64: it does not end as Base64 does".to_owned(),
    };
    let story = format!(
        "{CONTENT} {why}. Nothing is uploaded. Write {CONTENT} = filebase64(\"<file>\"), which \
         reads a file as it is."
    );
    Err(
        Diagnostic::error(format!("Invalid value for {CONTENT}"), story)
            .at(Path::attribute(CONTENT)),
    )
}

/// Base64 of what is Base64 already.
pub fn encoded_twice(format: &str) -> Diagnostic {
    let story = format!(
        "{CONTENT} is a {format} in Base64, and that in Base64 once more. Nothing is uploaded. \
         Write {CONTENT} = filebase64(\"<file>\") without base64encode() around it."
    );
    Diagnostic::error(format!("Invalid value for {CONTENT}"), story).at(Path::attribute(CONTENT))
}

/// The SHA-256 of a document, in hexadecimal.
pub fn digest(content: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, content);
    let hexadecimal = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
    hexadecimal.collect()
}

/// The file of that name holds the document from now on, whole or not at all. One that holds it
/// already is not touched. A new one is for its owner's eyes only: who holds a letter of
/// authorisation may have a cable plugged.
///
/// # Errors
/// Why it cannot be written.
pub fn save(file: &File, content: &[u8]) -> Result<(), Diagnostic> {
    if fs::read(file).is_ok_and(|kept| kept == content) {
        return Ok(());
    }
    written(file, content).map_err(|error| {
        Diagnostic::error(
            "The document cannot be saved",
            format!(
                "{SAVE_TO} is {:?}: {error}. What was there is as it was. Name a file in a folder \
                 that exists and can be written.",
                file.display().to_string()
            ),
        )
        .at(Path::attribute(SAVE_TO))
    })
}

fn written(file: &File, content: &[u8]) -> io::Result<()> {
    let name = file.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    if file.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // Several provider processes may save to one folder.
    let draft = format!(".{}.{}.part", name.to_string_lossy(), std::process::id());
    let draft = file.with_file_name(draft);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let complete = options.open(&draft).and_then(|mut open| {
        open.write_all(content)?;
        open.sync_all()?;
        fs::rename(&draft, file)
    });
    if complete.is_err() {
        // The folder is left as it was, as far as that is possible.
        let _ = fs::remove_file(&draft);
    }
    complete
}

/// An empty text is no file.
pub fn nowhere() -> Diagnostic {
    Diagnostic::error(
        format!("Invalid value for {SAVE_TO}"),
        format!("{SAVE_TO} is empty: name a file, or leave it out."),
    )
    .at(Path::attribute(SAVE_TO))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_no_base64_is_told_by_its_place_and_never_shown() {
        assert_eq!(decoded("JVBERg==").unwrap(), b"%PDF");
        for (text, told) in [
            ("", "is empty"),
            ("JVB ERg==", "character 4"),
            ("JVBER", "does not end"),
            ("%PDF-1.4", "character 1"),
        ] {
            let wrong = decoded(text).unwrap_err();
            assert!(wrong.detail.contains(told), "{wrong:?}");
            assert!(text.is_empty() || !wrong.detail.contains(text), "{wrong:?}");
            assert_eq!(wrong.attribute.unwrap().to_string(), CONTENT);
        }
    }

    #[test]
    fn a_document_is_saved_whole_and_only_if_it_differs() {
        let folder = std::env::temp_dir().join(format!("documents-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("loa.pdf");
        save(&file, b"%PDF one").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"%PDF one");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let before = fs::metadata(&file).unwrap().modified().unwrap();
        save(&file, b"%PDF one").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), before);
        save(&file, b"%PDF two").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"%PDF two");
        let nowhere = save(&folder.join("none/loa.pdf"), b"x").unwrap_err();
        assert_eq!(nowhere.attribute.unwrap().to_string(), SAVE_TO);
        save(&folder, b"x").unwrap_err();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }
}
