//! The manifest, and the checksums by which the Registries and the CLIs know what they download.

use std::fs;
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};

use crate::{Error, Program, VERSION};

/// What the Registries are told of the protocol.
const MANIFEST: &str = include_str!("../../terraform-registry-manifest.json");

/// Writes the manifest and the checksums of the provider's archives in a folder, and beside them
/// those of the sandbox', which the Registries must not see among their own.
///
/// # Errors
/// That there is no archive, or what the system says.
pub fn write(out: &Path) -> Result<PathBuf, Error> {
    let provider = Program::Provider.name();
    let manifest = out.join(format!("{provider}_{VERSION}_manifest.json"));
    fs::write(&manifest, MANIFEST).map_err(Error::of(&manifest))?;
    write_of(Program::Sandbox, out)?;
    let sums = write_of(Program::Provider, out)?;
    sums.ok_or_else(|| {
        let out = out.display();
        Error::Refused(format!("{out} has no archive of version {VERSION}"))
    })
}

/// Writes the checksums of what belongs to a program, if there is an archive of it.
fn write_of(program: Program, out: &Path) -> Result<Option<PathBuf>, Error> {
    let begin = format!("{}_{VERSION}_", program.name());
    let entries = fs::read_dir(out).map_err(Error::of(out))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let is_ours = |name: &String| {
        let known = name.ends_with(".zip") || name.ends_with("_manifest.json");
        name.starts_with(&begin) && known
    };
    let mut names: Vec<String> = names.filter(is_ours).collect();
    names.sort();
    if !names.iter().any(|name| name.ends_with(".zip")) {
        return Ok(None);
    }
    let mut lines = String::new();
    for name in names {
        let path = out.join(&name);
        let content = fs::read(&path).map_err(Error::of(&path))?;
        lines.push_str(&format!(
            "{}  {name}\n",
            hexadecimal(digest(&SHA256, &content).as_ref())
        ));
    }
    let sums = out.join(format!("{begin}SHA256SUMS"));
    fs::write(&sums, lines).map_err(Error::of(&sums))?;
    Ok(Some(sums))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::archive;

    #[test]
    fn the_sums_are_of_all_that_the_registries_take_and_of_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path();
        let program = out.join("program");
        fs::write(&program, "a program").unwrap();
        assert!(write(out).unwrap_err().to_string().contains("no archive"));
        for platform in ["linux_arm64", "linux_amd64"] {
            archive::write(Program::Provider, &program, platform, "theirs", out).unwrap();
        }
        archive::write(Program::Sandbox, &program, "linux_amd64", "theirs", out).unwrap();
        let sums = write(out).unwrap();
        let text = fs::read_to_string(&sums).unwrap();
        let names: Vec<&str> = text
            .lines()
            .map(|line| line.split_once("  ").unwrap().1)
            .collect();
        let provider = |end: &str| format!("terraform-provider-ixapi_{VERSION}_{end}");
        let expected = ["linux_amd64.zip", "linux_arm64.zip", "manifest.json"].map(provider);
        assert_eq!(names, expected);
        assert_eq!(
            sums.file_name().unwrap().to_str(),
            Some(&*provider("SHA256SUMS"))
        );
        assert!(
            out.join(format!("ixapi-sandbox_{VERSION}_SHA256SUMS"))
                .exists()
        );
        // Written again, they are the same: what is there already is not among them.
        write(out).unwrap();
        assert_eq!(fs::read_to_string(&sums).unwrap(), text);
    }

    #[test]
    fn a_sum_is_what_sha256sum_says() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hexadecimal(digest(&SHA256, b"").as_ref()), empty);
    }

    #[test]
    fn the_manifest_names_the_protocol() {
        assert!(
            MANIFEST.contains("\"protocol_versions\": [\"6.0\"]"),
            "{MANIFEST}"
        );
    }
}
