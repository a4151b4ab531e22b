//! Measures the release build of the provider. `make bench` builds what it needs and runs it.
//!
//! Machines differ and are noisy, so what counts are the ratios: both sides of each are measured in
//! turn in the same run, and the median is taken.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::panic
)]

use std::fs;
use std::path::PathBuf;

mod report;
mod startup;
mod terraform;

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(terraform), Some(provider)) = (arguments.next(), arguments.next()) else {
        panic!("usage: bench TERRAFORM PROVIDER");
    };
    let provider = fs::canonicalize(provider).unwrap();
    startup::measure(&terraform, &provider);
}
