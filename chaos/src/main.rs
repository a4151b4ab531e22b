//! Lives of estates in trouble: of seeds, or of every trouble there is in turn.
#![allow(clippy::print_stdout)]

use std::process::ExitCode;

use ixapi_chaos::estate::islands;
use ixapi_chaos::run::{Course, Found, go_through};
use ixapi_chaos::summary::{Summary, told};
use ixapi_chaos::trouble::{BLOWS, PHASES};

const USAGE: &str = "\
Usage: chaos seeds SEED COUNT       so many runs, from this seed on
       chaos until-it-fails SEED    from this seed on, until a run fails
       chaos every [ISLAND]         every fault at every request of every phase, in turn
       chaos loss SEED COUNT        what becomes of orders whose notes are lost as well
       chaos case ISLAND PHASE FAULT INDEX";

/// So many runs in vain are enough.
const PATIENCE: u64 = 2000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut summary = Summary::default();
    let done = match arguments.as_slice() {
        ["seeds", seed, count] => seeds(seed, count, &mut summary),
        ["until-it-fails", seed] => until_it_fails(seed, &mut summary),
        ["every"] => {
            islands().for_each(|island| every(island, &mut summary));
            Some(())
        }
        ["every", island] => {
            every(island, &mut summary);
            Some(())
        }
        ["loss", seed, count] => loss(seed, count),
        ["case", island, phase, blow, index] => case(island, phase, blow, index, &mut summary),
        _ => None,
    };
    if done.is_none() {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    }
    println!("{summary}");
    match summary.failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn run(course: &Course, summary: &mut Summary) -> Found {
    let found = go_through(course);
    summary.add(&found);
    if !found.is_clean() {
        println!("{}", told(course, &found));
    }
    found
}

fn seeds(seed: &str, count: &str, summary: &mut Summary) -> Option<()> {
    let (seed, count): (u64, u64) = (seed.parse().ok()?, count.parse().ok()?);
    for seed in seed..seed.saturating_add(count) {
        run(&Course::of_seed(seed), summary);
    }
    Some(())
}

/// What cannot be: it is counted, and no failure.
fn loss(seed: &str, count: &str) -> Option<()> {
    let (seed, count): (u64, u64) = (seed.parse().ok()?, count.parse().ok()?);
    for (referenced, what) in [(true, "with references"), (false, "without references")] {
        let mut summary = Summary::default();
        for seed in seed..seed.saturating_add(count) {
            let names: Vec<&str> = islands().collect();
            let island = names[usize::try_from(seed).ok()? % names.len()];
            let course = Course::of_loss(seed, &[island], referenced);
            let found = go_through(&course);
            summary.add(&found);
            if std::env::var_os("CHAOS_TELL").is_some() && !found.is_clean() {
                println!("{}", told(&course, &found));
            }
        }
        println!("{what}\n{summary}\n");
    }
    Some(())
}

fn until_it_fails(seed: &str, summary: &mut Summary) -> Option<()> {
    let seed: u64 = seed.parse().ok()?;
    let mut seeds = seed..seed.saturating_add(PATIENCE);
    seeds.find(|seed| !run(&Course::of_seed(*seed), summary).is_clean());
    Some(())
}

fn every(island: &str, summary: &mut Summary) {
    for phase in PHASES {
        for blow in 0..BLOWS.len() {
            for index in 0.. {
                let course = Course::of_case(island, phase, blow, index);
                if run(&course, summary).struck.is_empty() {
                    break;
                }
            }
        }
    }
}

fn case(island: &str, phase: &str, blow: &str, index: &str, summary: &mut Summary) -> Option<()> {
    let phase = PHASES.into_iter().find(|known| known.name() == phase)?;
    let blow = blow.parse().ok().filter(|blow| *blow < BLOWS.len())?;
    run(
        &Course::of_case(island, phase, blow, index.parse().ok()?),
        summary,
    );
    Some(())
}
