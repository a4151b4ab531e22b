//! Scenarios: folders with a `main.tf` whose first comment lines say what it shows, which
//! capabilities it covers and with which sandboxes it runs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the scenarios are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// A scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its `main.tf`.
    pub config: String,
}

impl Scenario {
    /// The scenario in the folder of that name.
    pub fn named(name: &str) -> Scenario {
        let path = folder().join(name).join("main.tf");
        let config =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Scenario { config }
    }

    /// Whether it says what changes, by a variable `changed`.
    pub fn has_a_change(&self) -> bool {
        self.config.contains("variable \"changed\"")
    }

    /// Whether more than one party's credentials are needed.
    pub fn has_several_parties(&self) -> bool {
        self.config.contains("alias")
    }
}

/// The numbers after `Capabilities:` in a text.
pub fn capabilities(text: &str) -> BTreeSet<u32> {
    text.lines()
        .filter_map(|line| line.split_once("Capabilities:"))
        .flat_map(|(_, numbers)| numbers.split(','))
        .filter_map(|number| number.trim().trim_end_matches('.').parse().ok())
        .collect()
}
