//! The change log, in the form of Keep a Changelog 1.1.0.

use crate::{Error, VERSION};

/// The heading of what is not released yet.
const UNRELEASED: &str = "Unreleased";

/// What a version can say, in any order.
const KINDS: [&str; 6] = [
    "Added",
    "Changed",
    "Deprecated",
    "Removed",
    "Fixed",
    "Security",
];

/// A change log, the newest version first.
#[derive(Debug)]
pub struct Changelog(Vec<Version>);

/// What one version has brought.
#[derive(Debug)]
struct Version {
    name: String,
    /// `YYYY-MM-DD`; none of what is not released yet.
    date: Option<String>,
    text: String,
}

/// Checks that a tag names this version.
///
/// # Errors
/// That it names another one.
pub fn check_tag(tag: &str) -> Result<(), Error> {
    match tag.strip_prefix('v') {
        Some(VERSION) => Ok(()),
        _ => Err(Error::Refused(format!(
            "the tag is {tag}, and the version in Cargo.toml is {VERSION}: it has to be v{VERSION}"
        ))),
    }
}

impl Changelog {
    /// Reads a change log.
    ///
    /// # Errors
    /// What is not in the form that it has to have.
    pub fn read(text: &str) -> Result<Changelog, Error> {
        let refused = |what: String| Err(Error::Refused(format!("the change log: {what}")));
        let mut versions: Vec<Version> = Vec::new();
        for line in text.lines() {
            if let Some(heading) = line.strip_prefix("## ") {
                let Some(version) = version(heading) else {
                    return refused(format!(
                        "{heading:?} is neither [{UNRELEASED}] nor [version] - date"
                    ));
                };
                versions.push(version);
                continue;
            }
            if let Some(kind) = line.strip_prefix("### ")
                && !KINDS.contains(&kind)
            {
                return refused(format!("{kind:?} is none of {}", KINDS.join(", ")));
            }
            // What stands below the last version is of all of them.
            if let Some(version) = versions.last_mut()
                && !is_reference(line)
            {
                version.text.push_str(line);
                version.text.push('\n');
            }
        }
        match versions.first() {
            Some(first) if first.name == UNRELEASED => {}
            _ => return refused(format!("it begins with [{UNRELEASED}]")),
        }
        for version in &versions {
            let link = format!("[{}]: ", version.name);
            if version.name != UNRELEASED && !text.contains(&link) {
                return refused(format!("[{}] leads nowhere", version.name));
            }
        }
        Ok(Changelog(versions))
    }

    /// What it says of a version that is released.
    ///
    /// # Errors
    /// That it says nothing of it.
    pub fn of_version(&self, name: &str) -> Result<String, Error> {
        let version = self.0.iter().find(|version| version.name == name);
        match version {
            Some(version) if version.date.is_some() && !version.text.trim().is_empty() => {
                Ok(version.text.trim().to_owned())
            }
            _ => Err(Error::Refused(format!(
                "the change log says nothing of {name}: give what is unreleased the heading \
                 ## [{name}] - YYYY-MM-DD"
            ))),
        }
    }
}

/// `[1.2.3] - 2026-11-27`
fn version(heading: &str) -> Option<Version> {
    let (name, rest) = heading.strip_prefix('[')?.split_once(']')?;
    let date = match rest.strip_prefix(" - ") {
        Some(date) if is_date(date) => Some(date.to_owned()),
        None if rest.is_empty() && name == UNRELEASED => None,
        _ => return None,
    };
    Some(Version {
        name: name.to_owned(),
        date,
        text: String::new(),
    })
}

/// `[1.2.3]: https://…`
fn is_reference(line: &str) -> bool {
    let name = line
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]: "));
    name.is_some_and(|(_, target)| target.starts_with("https://"))
}

fn is_date(text: &str) -> bool {
    let digit_or_hyphen = |(at, letter): (usize, char)| match at {
        4 | 7 => letter == '-',
        _ => letter.is_ascii_digit(),
    };
    text.len() == 10 && text.chars().enumerate().all(digit_or_hyphen)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const GOOD: &str = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- This.\n\n\
                        ## [0.0.9] - 2026-01-02\n\n### Fixed\n\n- That.\n\n\
                        [0.0.9]: https://example.net/v0.0.9\n";

    fn refusal(text: &str) -> String {
        Changelog::read(text).unwrap_err().to_string()
    }

    #[test]
    fn our_own_has_the_form() {
        let ours = include_str!("../../CHANGELOG.md");
        Changelog::read(ours).unwrap();
    }

    #[test]
    fn a_version_says_what_it_brought() {
        let read = Changelog::read(GOOD).unwrap();
        assert_eq!(read.of_version("0.0.9").unwrap(), "### Fixed\n\n- That.");
        let missing = read.of_version("0.1.0").unwrap_err().to_string();
        assert!(missing.contains("## [0.1.0] - YYYY-MM-DD"), "{missing}");
        let unreleased = read.of_version(UNRELEASED).unwrap_err().to_string();
        assert!(unreleased.contains("says nothing"), "{unreleased}");
    }

    #[test]
    fn what_has_another_form_is_refused() {
        for (text, told) in [
            (GOOD.replace("[0.0.9] - 2026-01-02", "0.0.9"), "neither"),
            (GOOD.replace("2026-01-02", "2 January"), "neither"),
            (
                GOOD.replace("### Fixed", "### Speed"),
                "\"Speed\" is none of",
            ),
            (
                GOOD.replace("## [Unreleased]", "## [0.1.0] - 2026-01-02"),
                "begins with",
            ),
            (GOOD.replace("[0.0.9]: ", "0.0.9: "), "leads nowhere"),
        ] {
            assert!(refusal(&text).contains(told), "{text}");
        }
    }

    #[test]
    fn a_tag_is_the_version() {
        assert!(check_tag(&format!("v{VERSION}")).is_ok());
        for tag in [VERSION, "v9.9.9", "v", ""] {
            assert!(check_tag(tag).unwrap_err().to_string().contains(VERSION));
        }
    }
}
