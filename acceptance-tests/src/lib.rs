//! What the acceptance tests are made of: a sandbox, a workspace in which the real terraform (or
//! tofu) runs, and the life that every scenario goes through, and the way of a guide's reader. The
//! tests are in `tests/acceptance`, the scenarios in `scenarios`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod browser;
pub mod cli;
pub mod config;
pub mod dialects;
pub mod front;
pub mod guide;
pub mod life;
pub mod official;
pub mod processes;
pub mod programs;
pub mod run;
pub mod sandbox;
pub mod scenario;
pub mod secrets;
pub mod workspace;

use std::time::{Duration, Instant};

/// How long a test waits for something that should happen soon. Only a hung test ever uses it up.
pub const CAP: Duration = Duration::from_secs(60);

/// Waits until the condition holds.
///
/// # Panics
/// If it does not within [`CAP`].
pub fn until(what: &str, mut condition: impl FnMut() -> bool) {
    const LOOK_EVERY: Duration = Duration::from_millis(50);
    let deadline = Instant::now() + CAP;
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(LOOK_EVERY);
    }
}
