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
use std::time::{Duration, Instant};

use ixapi_sandbox::Settings;

mod document;
mod estate;
mod exchange;
mod instructions;
mod machine;
mod plot;
mod programs;
mod refresh;
mod report;
mod startup;
mod terraform;
mod waiting;

use document::Measured;
use programs::Programs;
use refresh::{Hurdle, Size};
use waiting::Orders;

/// What is measured in a few minutes.
const QUICK: Scale = Scale {
    starts: 10,
    sizes: &[
        Size {
            count: 100,
            runs: 3,
            latencies: &[0, 50],
            alone: true,
        },
        Size {
            count: 1_000,
            runs: 1,
            latencies: &[0, 50],
            alone: true,
        },
    ],
    hurdles: 1_000,
    orders: &[Orders {
        count: 50,
        wait: Duration::from_secs(30),
        alone: false,
    }],
};

/// What is measured for `BENCHMARKS.md`.
const FULL: Scale = Scale {
    starts: 20,
    sizes: &[
        Size {
            count: 100,
            runs: 5,
            latencies: &[0, 50, 200],
            alone: true,
        },
        Size {
            count: 1_000,
            runs: 3,
            latencies: &[0, 50, 200],
            alone: true,
        },
        Size {
            count: 2_000,
            runs: 3,
            latencies: &[0],
            alone: false,
        },
        Size {
            count: 5_000,
            runs: 3,
            latencies: &[0, 50, 200],
            alone: true,
        },
        Size {
            count: 10_000,
            runs: 1,
            latencies: &[0, 50, 200],
            alone: true,
        },
    ],
    hurdles: 5_000,
    orders: &[
        Orders {
            count: 500,
            wait: Duration::from_secs(60),
            alone: false,
        },
        Orders {
            count: 100,
            wait: Duration::from_secs(60),
            alone: true,
        },
    ],
};

/// How much is measured.
struct Scale {
    /// How often each start-up command is run.
    starts: usize,
    sizes: &'static [Size],
    /// How many objects are refreshed at an exchange that makes it hard.
    hurdles: usize,
    orders: &'static [Orders],
}

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(terraform), Some(provider)) = (arguments.next(), arguments.next()) else {
        panic!("usage: bench TERRAFORM PROVIDER [PROJECT]");
    };
    // With the project's folder everything is measured, and written there.
    let project = arguments.next();
    let scale = if project.is_some() { &FULL } else { &QUICK };
    let programs = Programs::find(&terraform, &provider);
    let begin = Instant::now();
    let measured = Measured {
        start_up: startup::measure(&programs, scale.starts),
        refresh: refresh::measure(&programs, scale.sizes),
        hurdles: hurdles(&programs, scale.hurdles),
        waits: scale
            .orders
            .iter()
            .map(|orders| waiting::measure(&programs, *orders))
            .collect(),
        instructions: instructions::measure(&programs),
        took: begin.elapsed(),
    };
    println!("{}", document::numbers(&measured));
    if let Some(project) = project {
        let machine = machine::describe(&terraform, &project);
        let text = document::whole(&measured, &machine);
        fs::write(project.join("BENCHMARKS.md"), text).unwrap();
        let plot = document::plot(&measured.refresh);
        fs::write(project.join(document::PLOT), plot).unwrap();
    }
}

fn hurdles(programs: &Programs, count: usize) -> Vec<Hurdle> {
    let pages = Settings {
        page_size: Some(500),
        ..Settings::default()
    };
    let mut hurdles = vec![refresh::hurdle(programs, "pages of 500", pages, count)];
    // A provider that reads one by one would take a second for five.
    if hurdles.iter().all(|it| it.requests.all < 100) {
        let limited = Settings {
            requests_per_second: Some(5),
            ..Settings::default()
        };
        hurdles.push(refresh::hurdle(programs, "5 requests/s", limited, count));
    }
    hurdles
}
