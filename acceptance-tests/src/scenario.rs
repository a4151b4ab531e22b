//! Scenarios: folders with a `main.tf` whose first comment lines say what it shows, which
//! capabilities it covers and with which sandboxes it runs. What it is not about, such as the
//! provider, a port or a contact, stands once in `preludes`, and is named after `# With:`.

use std::collections::BTreeSet;
use std::fs;
use std::iter;
use std::path::{Path, PathBuf};

/// Where the scenarios are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// How a scenario names the preludes that it needs.
const WITH: &str = "# With:";
/// The prelude of all.
const EVERY: &str = "every";

/// A scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its `main.tf`, after its preludes.
    pub config: String,
    has_a_change: bool,
}

impl Scenario {
    /// The scenario in the folder of that name.
    pub fn named(name: &str) -> Scenario {
        let main = read(&folder().join(name).join("main.tf"));
        let mut config: String = iter::once(EVERY)
            .chain(preludes(&main))
            .map(|prelude| read(&prelude_file(prelude)) + "\n")
            .collect();
        config.push_str(&main);
        Scenario {
            has_a_change: main.contains("var.changed"),
            config,
        }
    }

    /// Whether it says what changes, by the variable `changed`.
    pub fn has_a_change(&self) -> bool {
        self.has_a_change
    }

    /// Whether more than one party's credentials are needed.
    pub fn has_several_parties(&self) -> bool {
        self.config.contains("alias")
    }
}

/// The preludes that a `main.tf` names.
pub fn preludes(main: &str) -> impl Iterator<Item = &str> {
    let lines = main.lines().filter_map(|line| line.strip_prefix(WITH));
    lines.flat_map(|names| names.split(',').map(str::trim))
}

fn prelude_file(name: &str) -> PathBuf {
    let file = format!("{}.tf", name.replace(' ', "_"));
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("preludes")
        .join(file)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The numbers after `Capabilities:` in a text.
pub fn capabilities(text: &str) -> BTreeSet<u32> {
    text.lines()
        .filter_map(|line| line.split_once("Capabilities:"))
        .flat_map(|(_, numbers)| numbers.split(','))
        .filter_map(|number| number.trim().trim_end_matches('.').parse().ok())
        .collect()
}
