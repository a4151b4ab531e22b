//! The search for what must be stored and shown nowhere: in every file that a run has left, plan
//! files unpacked, and in all that was written to a terminal.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use flate2::read::DeflateDecoder;

/// Texts that must be nowhere, each with what it is.
#[derive(Clone, Debug, Default)]
pub struct Secrets(BTreeMap<String, String>);

/// Where the values of the variables of a configuration are by Terraform's own doing, unless they
/// are ephemeral: the plan itself in a plan file, and what `show -json` tells of one.
pub const OF_VARIABLES: [&str; 2] = ["/tfplan", "show -json plan.bin"];

/// What is not searched: the configuration that a test has written itself, as it stands and as a
/// plan file keeps a copy of it, and programs.
const WRITTEN_BY_TESTS: [&str; 4] = [".tf", ".tfvars", ".sh", "cli.tfrc"];
const COPY_OF_CONFIGURATION: &str = "tfconfig/";
const PROGRAMS: &str = "providers";

impl Secrets {
    /// Another one, also as forms and addresses spell it.
    pub fn add(&mut self, what: &str, text: &str) {
        assert!(text.len() >= 6, "{what} is too short to be searched for");
        for spelling in [text.to_owned(), percent_encoded(text)] {
            self.0.insert(spelling, what.to_owned());
        }
    }

    /// No longer one.
    pub fn forget(&mut self, what: &str) {
        self.0.retain(|_, known| known != what);
    }

    /// What a text is, if it is one of them.
    pub fn what(&self, text: &str) -> Option<&str> {
        self.0.get(text).map(String::as_str)
    }

    /// Which of them are in this: `api_secret in terraform.tfstate`.
    pub fn found_in(&self, place: &str, bytes: &[u8]) -> Vec<String> {
        let text = String::from_utf8_lossy(bytes);
        let found = self
            .0
            .iter()
            .filter(|(secret, _)| text.contains(secret.as_str()));
        found
            .map(|(_, what)| format!("{what} in {place}"))
            .collect()
    }

    /// Which of them are in the files of this folder, at any depth.
    pub fn found_below(&self, folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        self.search(folder, "", &mut found);
        found
    }

    fn search(&self, folder: &Path, above: &str, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = format!("{above}{}", entry.file_name().to_string_lossy());
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() && entry.file_name() != PROGRAMS {
                self.search(&entry.path(), &format!("{name}/"), found);
            } else if kind.is_file() && !WRITTEN_BY_TESTS.iter().any(|end| name.ends_with(end)) {
                let bytes = fs::read(entry.path()).unwrap_or_default();
                found.extend(self.found_in(&name, &bytes));
                for (part, content) in unpacked(&bytes) {
                    if !part.starts_with(COPY_OF_CONFIGURATION) {
                        found.extend(self.found_in(&format!("{name}/{part}"), &content));
                    }
                }
            }
        }
    }
}

fn percent_encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let each = text.bytes().map(|byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    each.collect()
}

/// The files in a plan file, which is a zip archive; none of anything else.
fn unpacked(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    const ENTRY: &[u8] = b"PK\x01\x02";
    if !archive.starts_with(b"PK\x03\x04") {
        return Vec::new();
    }
    // The table of contents is at the end; that of a plan has nothing else that looks like it.
    let starts = archive.windows(ENTRY.len()).enumerate();
    let starts = starts
        .filter(|(_, bytes)| *bytes == ENTRY)
        .map(|(at, _)| at);
    starts.filter_map(|at| entry(archive, at)).collect()
}

/// The file that this entry of the table of contents is about.
fn entry(archive: &[u8], at: usize) -> Option<(String, Vec<u8>)> {
    let number = |at: usize, bytes: usize| -> Option<usize> {
        let bytes = archive.get(at..at + bytes)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |number, byte| number << 8 | usize::from(*byte)),
        )
    };
    let (method, packed) = (number(at + 10, 2)?, number(at + 20, 4)?);
    let (name, local) = (number(at + 28, 2)?, number(at + 42, 4)?);
    let name = archive.get(at + 46..at + 46 + name)?;
    // Its own header repeats the name, and may have more after it.
    let content = local + 30 + number(local + 26, 2)? + number(local + 28, 2)?;
    let content = archive.get(content..content + packed)?;
    let mut file = Vec::new();
    match method {
        0 => file.extend(content),
        _ => {
            DeflateDecoder::new(content).read_to_end(&mut file).ok()?;
        }
    }
    Some((String::from_utf8_lossy(name).into_owned(), file))
}
