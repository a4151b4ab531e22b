//! Archives that are the same wherever and whenever they are made of the same program.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::{Error, Program, VERSION};

/// The system and processor of each archive, as the Registries name them.
const PLATFORMS: [&str; 8] = [
    "darwin_amd64",
    "darwin_arm64",
    "freebsd_amd64",
    "linux_amd64",
    "linux_arm",
    "linux_arm64",
    "windows_amd64",
    "windows_arm64",
];

/// Who may do what with a program: anybody may run it.
const MODE: u32 = 0o755;

/// Writes the archive of a program.
///
/// # Errors
/// That no such platform is known, or what the system says.
pub fn write(
    program: Program,
    binary: &Path,
    platform: &str,
    out: &Path,
) -> Result<PathBuf, Error> {
    if !PLATFORMS.contains(&platform) {
        return Err(Error::Refused(format!(
            "{platform} is no platform that is released; these are: {}",
            PLATFORMS.join(", ")
        )));
    }
    let content = fs::read(binary).map_err(Error::of(binary))?;
    fs::create_dir_all(out).map_err(Error::of(out))?;
    let path = out.join(name(program, platform));
    let archive = pack(&program.file(platform), &content);
    let archive = archive.map_err(Error::of(&path))?;
    let written = File::create(&path).and_then(|mut file| file.write_all(&archive));
    written.map_err(Error::of(&path))?;
    Ok(path)
}

/// What an archive is called.
pub fn name(program: Program, platform: &str) -> String {
    format!("{}_{VERSION}_{platform}.zip", program.name())
}

fn pack(name: &str, content: &[u8]) -> zip::result::ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(MODE);
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file(name, options)?;
    archive.write_all(content)?;
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::{Cursor, Read};

    use zip::ZipArchive;

    use super::*;

    fn packed(program: Program, platform: &str) -> (String, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("a program");
        fs::write(&binary, "0123456789".repeat(1000)).unwrap();
        let path = write(program, &binary, platform, &folder.path().join("out")).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, fs::read(path).unwrap())
    }

    #[test]
    fn an_archive_holds_the_program_under_the_name_that_a_cli_looks_for() {
        for (program, platform, archive, file) in [
            (
                Program::Provider,
                "linux_amd64",
                format!("terraform-provider-ixapi_{VERSION}_linux_amd64.zip"),
                format!("terraform-provider-ixapi_v{VERSION}"),
            ),
            (
                Program::Provider,
                "windows_arm64",
                format!("terraform-provider-ixapi_{VERSION}_windows_arm64.zip"),
                format!("terraform-provider-ixapi_v{VERSION}.exe"),
            ),
            (
                Program::Sandbox,
                "darwin_arm64",
                format!("ixapi-sandbox_{VERSION}_darwin_arm64.zip"),
                "ixapi-sandbox".to_owned(),
            ),
        ] {
            let (name, bytes) = packed(program, platform);
            assert_eq!(name, archive);
            let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
            assert_eq!(archive.len(), 1);
            let mut held = archive.by_index(0).unwrap();
            assert_eq!(held.name().unwrap(), file);
            assert_eq!(held.unix_mode().unwrap() & 0o777, MODE);
            let mut content = String::new();
            held.read_to_string(&mut content).unwrap();
            assert_eq!(content, "0123456789".repeat(1000));
        }
    }

    #[test]
    fn the_same_program_is_the_same_archive() {
        let once = packed(Program::Provider, "linux_amd64");
        std::thread::sleep(std::time::Duration::from_secs(2));
        assert_eq!(packed(Program::Provider, "linux_amd64"), once);
    }

    #[test]
    fn what_is_not_released_is_refused() {
        let refused = write(
            Program::Provider,
            Path::new("x"),
            "plan9_amd64",
            Path::new("out"),
        );
        let told = refused.unwrap_err().to_string();
        assert!(
            told.contains("plan9_amd64") && told.contains("linux_arm64"),
            "{told}"
        );
    }
}
