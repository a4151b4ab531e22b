//! `BENCHMARKS.md`: the numbers with what they mean, and the plot.

use std::time::Duration;

use crate::instructions::{self, Counted};
use crate::plot::{self, Panel, Series};
use crate::refresh::{self, Hurdle, Row};
use crate::report::{Table, milliseconds, ratio, seconds, size, thousands, times};
use crate::startup::{self, StartUp};
use crate::waiting::{self, Waited};

/// Everything that was measured.
#[derive(Debug)]
pub struct Measured {
    /// Start-up.
    pub start_up: StartUp,
    /// Refresh, by size and latency.
    pub refresh: Vec<Row>,
    /// Refresh at exchanges that make it hard.
    pub hurdles: Vec<Hurdle>,
    /// Orders that take a while.
    pub waits: Vec<Waited>,
    /// Instructions, where they can be counted.
    pub instructions: Option<Vec<Counted>>,
    /// How long all of it took.
    pub took: Duration,
}

/// The tables, goals first.
pub fn numbers(measured: &Measured) -> String {
    let mut parts = vec![
        goals(measured).markdown(),
        "## Refresh\n".to_owned(),
        refresh::table(&measured.refresh).markdown(),
    ];
    if let Some(slope) = refresh::slope(&measured.refresh, 1_000, 10_000) {
        parts.push("What one more object costs:\n".to_owned());
        parts.push(slope.markdown());
    }
    parts.extend([
        "At exchanges that make it hard, at 50 ms:\n".to_owned(),
        refresh::hurdles(&measured.hurdles).markdown(),
        "## Waiting\n".to_owned(),
        waiting::table(&measured.waits).markdown(),
        "## Start-up\n".to_owned(),
        startup::table(&measured.start_up).markdown(),
        "Instructions, counted by callgrind:\n".to_owned(),
        match &measured.instructions {
            Some(counted) => instructions::table(counted).markdown(),
            None => "Skipped: valgrind is not there.\n".to_owned(),
        },
    ]);
    parts.join("\n")
}

/// The whole document.
pub fn whole(measured: &Measured, machine: &[String]) -> String {
    let minutes = measured.took.as_secs().div_ceil(60);
    let parts = [
        "# Benchmarks\n".to_owned(),
        format!(
            "Written by `make bench`, which measures all of this anew (the last time in {minutes} \
             minutes);\n`make bench QUICK=1` prints a short form within three. {HOW}"
        ),
        format!("{}\n", machine.join("  \n")),
        NOTES.to_owned(),
        format!("![Time and requests against the number of objects]({PLOT})\n"),
        numbers(measured),
    ];
    parts.join("\n")
}

/// Where the plot is, below the project.
pub const PLOT: &str = "benchmark/plot.svg";

const HOW: &str = "\
Both sides of each ratio are measured
in turn in the same run. Times are medians; of memory and requests it is the most of all runs.
";

/// What the words in the tables mean.
const NOTES: &str = "\
What is refreshed are ports (`ixapi_connection`, some thirty attributes each), by `terraform plan`
with nothing to change, ten at a time, as Terraform does by default, in resource blocks of a
hundred. The exchange is the sandbox on the same machine, over plain HTTP/1.1; *latency* is what
every answer of its takes longer.

- The *limit* is the same plan with as many of Terraform's built-in `terraform_data`, each with one
  short text: no provider, no exchange, and four attributes instead of thirty.
- The *echo* is the same configuration and the same state with a provider that answers every read
  with what it was asked about: what Terraform itself takes for objects of this shape. What is
  beyond the echo is what reading from the exchange takes.
- *One by one* is the provider with `shared_reads = false`, measured once. `–` was not measured: it
  would take more than 150 seconds.
- *Requests* count everything that the exchange was asked, log-ins included.
";

/// The goals that the project has set itself, beside what was measured.
fn goals(measured: &Measured) -> Table {
    let mut table = Table::new(&["what", "goal", "measured"]);
    let mut line = |what: String, goal: &str, measured: String| {
        table.row([what, goal.to_owned(), measured]);
    };
    let row = |count: usize, latency: u64| {
        let mut rows = measured.refresh.iter();
        rows.find(|row| row.count == count && row.latency == latency)
    };
    let largest = measured.refresh.iter().map(|row| row.count).max();
    let typical = if largest > Some(5_000) { 5_000 } else { 1_000 };
    for (count, latency) in [(2_000, 0), (typical, 50)] {
        if let Some(row) = row(count, latency) {
            let what = format!("refresh of {} at {latency} ms", thousands(count as u64));
            line(
                format!("{what} ÷ limit"),
                "≤ 1.15",
                times(ratio(row.shared, row.limit)),
            );
            line(
                format!("{what} ÷ echo"),
                "",
                times(ratio(row.shared, row.echo)),
            );
            if let Some((alone, _)) = &row.alone {
                line(
                    format!("{what} ÷ one by one"),
                    "",
                    times(ratio(row.shared, *alone)),
                );
            }
            if latency > 0 {
                let requests = thousands(row.requests.all);
                line(format!("{what}, requests"), "≤ 60", requests);
            }
        }
    }
    if let Some(row) = row(typical, 200) {
        let over = |floor: Duration| {
            let beyond = row.shared.as_secs_f64() - 1.15 * floor.as_secs_f64();
            format!("{beyond:.2} s")
        };
        let what = format!(
            "refresh of {} at 200 ms beyond 1.15 ×",
            thousands(typical as u64)
        );
        line(format!("{what} the limit"), "≤ 1 s", over(row.limit));
        line(format!("{what} the echo"), "", over(row.echo));
    }
    let most = measured
        .refresh
        .iter()
        .filter(|row| Some(row.count) == largest);
    if let Some(memory) = most.filter_map(|row| row.memory).max() {
        line(
            format!(
                "memory at {} objects",
                thousands(largest.unwrap_or(0) as u64)
            ),
            "≤ 64 MiB",
            size(memory),
        );
    }
    for it in &measured.hurdles {
        let shown = if it.complained { "some" } else { "none" };
        line(
            format!(
                "refresh of {}, {}: 429 shown",
                thousands(it.count as u64),
                it.name
            ),
            "none",
            shown.to_owned(),
        );
    }
    if let Some(waited) = measured.waits.iter().find(|it| !it.orders.alone) {
        let most = waited.intervals.values().flatten().max();
        line(
            format!(
                "{} waiting: reads per interval and collection",
                waited.orders.count
            ),
            "≤ 2",
            thousands(most.copied().unwrap_or_default()),
        );
    }
    let start_up = &measured.start_up;
    line(
        "plan of one resource ÷ with the stub".to_owned(),
        "≤ 1.05",
        times(ratio(start_up.plan, start_up.floor)),
    );
    line(
        "start to handshake line".to_owned(),
        "≤ 2 ms",
        milliseconds(start_up.handshake),
    );
    if let Some(memory) = start_up.memory {
        line(
            "memory in a plan of one resource".to_owned(),
            "≤ 8 MiB",
            size(memory),
        );
    }
    line(
        "size of the binary".to_owned(),
        "≤ 7 MiB",
        size(start_up.sizes[0]),
    );
    line("this run".to_owned(), "", seconds(measured.took));
    table
}

/// Time and requests against the number of objects.
pub fn plot(rows: &[Row]) -> String {
    const SHARED: [(u64, &str, &str); 3] = [
        (0, "shared0", "single0"),
        (50, "shared50", "single50"),
        (200, "shared200", "single200"),
    ];
    let panel = |title, of: &dyn Fn(&Row, Side) -> Option<f64>| {
        let series = |name: String, class, latency: u64, side| Series {
            name,
            class,
            points: rows
                .iter()
                .filter(|row| row.latency == latency)
                .filter_map(|row| Some((row.count as f64, of(row, side)?)))
                .collect(),
        };
        let mut all = vec![
            series(
                "Terraform alone, terraform_data".to_owned(),
                "limit",
                0,
                Side::Limit,
            ),
            series("Terraform alone, ports".to_owned(), "echo", 0, Side::Echo),
        ];
        for (latency, class, _) in SHARED {
            all.push(series(
                format!("provider at {latency} ms"),
                class,
                latency,
                Side::Shared,
            ));
        }
        for (latency, _, class) in SHARED {
            all.push(series(
                format!("one by one at {latency} ms"),
                class,
                latency,
                Side::Alone,
            ));
        }
        Panel { title, series: all }
    };
    let seconds = |row: &Row, side| {
        let time = match side {
            Side::Limit => row.limit,
            Side::Echo => row.echo,
            Side::Shared => row.shared,
            Side::Alone => row.alone.as_ref()?.0,
        };
        Some(time.as_secs_f64())
    };
    let requests = |row: &Row, side| match side {
        Side::Limit | Side::Echo => None,
        Side::Shared => Some(row.requests.all as f64),
        Side::Alone => Some(row.alone.as_ref()?.1.all as f64),
    };
    plot::svg(&[
        panel("Refresh, seconds", &seconds),
        panel("Refresh, HTTP requests", &requests),
    ])
}

/// What a line of the plot is about.
#[derive(Clone, Copy, Debug)]
enum Side {
    Limit,
    Echo,
    Shared,
    Alone,
}
