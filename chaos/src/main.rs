//! `chaos SEED COUNT`: so many lives of an estate in trouble, from this seed on.
#![allow(clippy::print_stdout)]

use std::process::ExitCode;

use ixapi_chaos::run::{Course, go_through};
use ixapi_chaos::summary::Summary;

fn main() -> ExitCode {
    let mut numbers = std::env::args()
        .skip(1)
        .map(|argument| argument.parse::<u64>().ok());
    let (Some(Some(seed)), Some(Some(count))) = (numbers.next(), numbers.next()) else {
        eprintln!("Usage: chaos SEED COUNT");
        return ExitCode::FAILURE;
    };
    let mut summary = Summary::default();
    for seed in seed..seed.saturating_add(count) {
        let course = Course::of_seed(seed);
        let found = go_through(&course);
        summary.add(&found);
        if !found.is_clean() {
            println!("{course}");
            for (what, detail) in found.faults() {
                println!("    {what}: {detail}");
            }
            println!("    Alone: make chaos SEED={seed} COUNT=1");
        }
    }
    println!("{summary}");
    match summary.failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
