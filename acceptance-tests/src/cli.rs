//! Which CLI drives the tests, and what it can do.

use std::io::Write as _;
use std::process::Command;
use std::sync::OnceLock;

use crate::programs;

/// Something that only some CLIs can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// `provider::ixapi::…`
    Functions,
    /// `moved` from a type of another name or provider.
    Moves,
    /// `ephemeral` blocks.
    Ephemeral,
    /// Arguments that are never stored.
    WriteOnly,
    /// Identities beside the state, and `import` by them.
    Identity,
    /// `list` blocks, and `terraform query`.
    Query,
    /// Configuration that the provider generates.
    Generated,
    /// `action` blocks, triggers and `-invoke`.
    Actions,
    /// What an earlier `run` of a test came to, in an `assert`.
    EarlierRuns,
    /// A state whose file holds what was ordered before the run is over.
    SavedOnTheWay,
}

/// Minor versions of 1: since which Terraform, and since which OpenTofu if any, can do it.
const SINCE: &[(Feature, u32, Option<u32>)] = &[
    (Feature::Functions, 8, Some(7)),
    (Feature::Moves, 8, Some(10)),
    (Feature::Ephemeral, 10, Some(11)),
    (Feature::WriteOnly, 11, Some(11)),
    (Feature::Identity, 12, Some(12)),
    (Feature::Query, 14, None),
    (Feature::Generated, 14, None),
    (Feature::Actions, 14, None),
    (Feature::EarlierRuns, 6, None),
    (Feature::SavedOnTheWay, 0, None),
];

/// The CLI that drives the tests.
#[derive(Clone, Debug)]
pub struct Cli {
    /// What its first line says of it: `Terraform v1.15.9`.
    pub name: String,
    /// Whether it is OpenTofu.
    pub is_tofu: bool,
    minor: u32,
}

impl Feature {
    /// The one of that name.
    ///
    /// # Panics
    /// If there is none.
    pub fn named(name: &str) -> Feature {
        let mut all = SINCE.iter().map(|(feature, ..)| *feature);
        let named = all.find(|feature| format!("{feature:?}") == name.trim());
        named.unwrap_or_else(|| panic!("no feature is called {name:?}"))
    }
}

impl Cli {
    fn can(&self, feature: Feature) -> bool {
        let since = SINCE.iter().find(|(known, ..)| *known == feature);
        let (_, terraform, tofu) = since.expect("every feature is listed");
        let since = if self.is_tofu {
            *tofu
        } else {
            Some(*terraform)
        };
        since.is_some_and(|since| self.minor >= since)
    }
}

/// The CLI that drives the tests.
///
/// # Panics
/// If it does not tell its version.
pub fn cli() -> &'static Cli {
    static CLI: OnceLock<Cli> = OnceLock::new();
    CLI.get_or_init(|| {
        let told = Command::new(programs::terraform())
            .arg("version")
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_CLI_CONFIG_FILE", "/dev/null")
            .output()
            .expect("terraform starts");
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        let name = told.lines().next().unwrap_or_default().to_owned();
        let version = name.rsplit_once('v').map(|(_, version)| version);
        let minor = version.and_then(|version| version.split('.').nth(1)?.parse().ok());
        Cli {
            is_tofu: name.starts_with("OpenTofu"),
            minor: minor.unwrap_or_else(|| panic!("no version in {told:?}")),
            name,
        }
    })
}

/// Whether the CLI at hand can do it. A test of what it cannot do ends there, and it is said,
/// past what the test harness holds back.
pub fn can(feature: Feature) -> bool {
    let can = cli().can(feature);
    if !can {
        let test = std::thread::current();
        let test = test.name().unwrap_or_default();
        let cli = &cli().name;
        let _ = writeln!(
            std::io::stderr(),
            "{test}: not in this CLI: {feature:?} ({cli})"
        );
    }
    can
}
