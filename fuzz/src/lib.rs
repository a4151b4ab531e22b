//! What comes from outside, as bytes that somebody made up: from Terraform, from a state, from an
//! exchange. Each [`Target`] takes such bytes, and panics where the provider breaks its word.
//!
//! `cargo test` tries the kept examples of [`corpus`] and what [`mutated`] makes of them. The long
//! runs are guided by which code an input reaches: see `guided`.
#![allow(clippy::expect_used)]

mod mutation;
mod targets;

use std::fs;
use std::path::PathBuf;

pub use mutation::mutated;
pub use targets::TARGETS;

/// Something of the provider's that takes what comes from outside.
#[derive(Clone, Copy)]
pub struct Target {
    /// What it is called: also the folder of its corpus.
    pub name: &'static str,
    /// Hands it these bytes.
    ///
    /// # Panics
    /// If something is wrong with the provider.
    pub run: fn(&[u8]),
}

impl Target {
    /// The target of that name.
    pub fn named(name: &str) -> Option<&'static Target> {
        TARGETS.iter().find(|target| target.name == name)
    }
}

/// The kept examples of a target, the same ones in the same order each time.
///
/// # Panics
/// If they cannot be read.
pub fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = here.join("corpus").join(target.name);
    let entries = fs::read_dir(&folder).expect("each target has examples");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let read = |path: &PathBuf| fs::read(path).expect("an example can be read");
    paths.iter().map(read).collect()
}
