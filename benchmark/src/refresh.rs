//! A plan that refreshes many objects and finds nothing to change: what it takes, and how often the
//! exchange is asked.
//!
//! Four sides are measured in turn. The limit is Terraform's built-in `terraform_data` at the same
//! count, which talks to nobody. The echo is a provider that has the same ports, state and
//! configuration, and answers every read with what it was asked about: what Terraform itself takes
//! for objects of this shape. Then the provider as it is, and the provider with `shared_reads =
//! false`, which reads each object alone as other providers do.

use std::time::Duration;

use ixapi_sandbox::Settings;

use crate::estate::{self, Estate};
use crate::exchange::{Exchange, Requests};
use crate::programs::Programs;
use crate::report::{Table, median, ratio, seconds, size, thousands, times};
use crate::terraform::{Run, Terraform};

/// How often a running provider's memory is looked at.
const GLANCE: Duration = Duration::from_millis(50);
/// What would take longer than this with single reads is not measured with them.
const PATIENCE: Duration = Duration::from_secs(150);
/// Terraform reads so many objects at a time.
const AT_A_TIME: u64 = 10;
/// The plan that is measured. It fails if there is anything to change.
const PLAN: [&str; 4] = ["plan", "-input=false", "-no-color", "-detailed-exitcode"];
const ALONE: &str = "  shared_reads = false\n";

/// What is measured for one number of objects.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How many objects.
    pub count: usize,
    /// How often each side is run.
    pub runs: usize,
    /// At which latencies of the exchange, in milliseconds.
    pub latencies: &'static [u64],
    /// Whether single reads are measured too, once.
    pub alone: bool,
}

/// What one number of objects took at one latency.
#[derive(Clone, Debug)]
pub struct Row {
    /// How many objects.
    pub count: usize,
    /// The latency of the exchange, in milliseconds.
    pub latency: u64,
    /// How often each side was run, but for single reads.
    pub runs: usize,
    /// Terraform alone, with `terraform_data`.
    pub limit: Duration,
    /// Terraform and a provider that asks nobody.
    pub echo: Duration,
    /// The provider.
    pub shared: Duration,
    /// What the provider asked; of all runs, the one with the most.
    pub requests: Requests,
    /// The most memory that the provider took.
    pub memory: Option<u64>,
    /// The provider with single reads: once, if it was measured.
    pub alone: Option<(Duration, Requests)>,
}

/// Measures all sizes.
pub fn measure(programs: &Programs, sizes: &[Size]) -> Vec<Row> {
    let mut rows = Vec::new();
    for size in sizes {
        rows.extend(measured(programs, *size));
    }
    rows
}

fn measured(programs: &Programs, of: Size) -> Vec<Row> {
    let site = Site::new(programs, Settings::default(), of.count);
    let limit = Terraform::new(&programs.terraform, &programs.provider);
    Estate::of_nothing(&limit, of.count).lay_out(&limit, "");
    let echo = Terraform::new(&programs.terraform, &programs.echo);
    site.estate.lay_out(&echo, &site.exchange.provider(""));

    let (mut limits, mut echoes) = (vec![], vec![]);
    let mut shared: Vec<Vec<(Run, Requests)>> = of.latencies.iter().map(|_| vec![]).collect();
    for round in 1..=of.runs {
        eprintln!("refresh of {}: round {round} of {}", of.count, of.runs);
        limits.push(limit.run(&PLAN, GLANCE).time);
        echoes.push(echo.run(&PLAN, GLANCE).time);
        for (latency, runs) in of.latencies.iter().zip(&mut shared) {
            runs.push(site.run(*latency));
        }
    }
    let (limit, echo) = (median(&mut limits), median(&mut echoes));
    let known = of.alone && site.knows(ALONE);
    if known {
        site.estate
            .lay_out(&site.folder, &site.exchange.provider(ALONE));
    }
    let rows = of.latencies.iter().zip(shared).map(|(latency, runs)| {
        let reads = u64::try_from(of.count).unwrap_or(u64::MAX) / AT_A_TIME;
        let expected = echo + Duration::from_millis(latency * reads);
        let alone = (known && expected <= PATIENCE).then(|| {
            eprintln!("refresh of {} at {latency} ms, one by one", of.count);
            let (run, requests) = site.run(*latency);
            (run.time, requests)
        });
        let mut times: Vec<Duration> = runs.iter().map(|(run, _)| run.time).collect();
        let requests = runs.iter().map(|(_, requests)| *requests);
        Row {
            count: of.count,
            latency: *latency,
            runs: of.runs,
            limit,
            echo,
            shared: median(&mut times),
            requests: requests.max_by_key(|it| it.all).unwrap_or_default(),
            memory: runs.iter().filter_map(|(run, _)| run.peak).max(),
            alone,
        }
    });
    rows.collect()
}

/// An exchange with an estate, and a folder in which it is planned.
struct Site {
    exchange: Exchange,
    estate: Estate,
    folder: Terraform,
}

impl Site {
    fn new(programs: &Programs, settings: Settings, count: usize) -> Site {
        let exchange = Exchange::start(settings);
        let ids = exchange.order(count);
        let folder = Terraform::new(&programs.terraform, &programs.provider);
        let estate = Estate::of_ports(&folder, &exchange, &ids);
        estate.lay_out(&folder, &exchange.provider(""));
        Site {
            exchange,
            estate,
            folder,
        }
    }

    /// One plan at this latency.
    fn run(&self, latency: u64) -> (Run, Requests) {
        self.exchange.slow_down(latency);
        self.exchange.control.clear_log();
        let run = self.folder.run(&PLAN, GLANCE);
        (run, self.exchange.requests())
    }

    /// Whether the provider has these arguments.
    fn knows(&self, arguments: &str) -> bool {
        let provider = self.exchange.provider(arguments);
        self.folder
            .write("main.tf", &format!("{provider}{}", estate::ports(1)));
        self.folder.succeeds(&["validate"])
    }
}

/// What an exchange does that is not quick to answer everything.
#[derive(Clone, Debug)]
pub struct Hurdle {
    /// What it is.
    pub name: &'static str,
    /// How many objects.
    pub count: usize,
    /// How long the plan took.
    pub time: Duration,
    /// What was asked.
    pub requests: Requests,
    /// The most memory that the provider took.
    pub memory: Option<u64>,
    /// Whether the plan said anything of too many requests.
    pub complained: bool,
}

/// One plan at an exchange with these settings, at 50 ms.
pub fn hurdle(programs: &Programs, name: &'static str, settings: Settings, count: usize) -> Hurdle {
    eprintln!("refresh of {count}: {name}");
    let site = Site::new(programs, settings, count);
    let (run, requests) = site.run(50);
    Hurdle {
        name,
        count,
        time: run.time,
        requests,
        memory: run.peak,
        complained: complains(&site.folder.said()),
    }
}

/// Whether Terraform's output says anything of too many requests. Its lines about what it reads
/// have ids and numbers of all kinds.
fn complains(said: &str) -> bool {
    let mut lines = said.lines().filter(|line| !line.contains(": Refreshing"));
    lines.any(|line| line.contains("429") || line.contains("oo many requests"))
}

/// The rows as a table, ratios first.
pub fn table(rows: &[Row]) -> Table {
    let mut table = Table::new(&[
        "objects, latency",
        "÷ limit",
        "÷ echo",
        "÷ one by one",
        "requests",
        "one by one",
        "memory",
        "time",
        "limit",
        "echo",
        "one by one",
        "runs",
    ]);
    for row in rows {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        let alone = row.alone.as_ref();
        table.row([
            format!("{}, {} ms", thousands(row.count as u64), row.latency),
            times(ratio(row.shared, row.limit)),
            times(ratio(row.shared, row.echo)),
            or_dash(alone.map(|(time, _)| times(ratio(row.shared, *time)))),
            thousands(row.requests.all),
            or_dash(alone.map(|(_, requests)| thousands(requests.all))),
            or_dash(row.memory.map(size)),
            seconds(row.shared),
            seconds(row.limit),
            seconds(row.echo),
            or_dash(alone.map(|(time, _)| seconds(*time))),
            row.runs.to_string(),
        ]);
    }
    table
}

/// The hurdles as a table.
pub fn hurdles(hurdles: &[Hurdle]) -> Table {
    let mut table = Table::new(&[
        "exchange",
        "objects",
        "429 shown",
        "429 answered",
        "requests",
        "lists",
        "single",
        "time",
        "memory",
    ]);
    for it in hurdles {
        table.row([
            it.name.to_owned(),
            thousands(it.count as u64),
            if it.complained { "yes" } else { "no" }.to_owned(),
            thousands(it.requests.refused),
            thousands(it.requests.all),
            thousands(it.requests.lists),
            thousands(it.requests.single),
            seconds(it.time),
            it.memory.map_or("–".to_owned(), size),
        ]);
    }
    table
}

/// What one more object costs between two sizes: time beyond the limit and beyond the echo,
/// requests, memory.
pub fn slope(rows: &[Row], from: usize, to: usize) -> Option<Table> {
    let mut table = Table::new(&[
        "from → to, latency",
        "beyond the limit",
        "beyond the echo",
        "the echo beyond the limit",
        "requests",
        "memory",
    ]);
    for most in rows.iter().filter(|row| row.count == to) {
        let mut others = rows.iter();
        let least = others.find(|row| row.count == from && row.latency == most.latency)?;
        let more = (to - from) as f64;
        let per_object = |of: &dyn Fn(&Row) -> f64| (of(most) - of(least)) / more;
        let time = |of: &dyn Fn(&Row) -> f64| format!("{:.2} ms", per_object(of) * 1000.0);
        let kibibytes = |row: &Row| row.memory.unwrap_or_default() as f64 / 1024.0;
        table.row([
            format!(
                "{} → {}, {} ms",
                thousands(from as u64),
                thousands(to as u64),
                most.latency
            ),
            time(&|row| row.shared.as_secs_f64() - row.limit.as_secs_f64()),
            time(&|row| row.shared.as_secs_f64() - row.echo.as_secs_f64()),
            time(&|row| row.echo.as_secs_f64() - row.limit.as_secs_f64()),
            format!("{:.4}", per_object(&|row| row.requests.all as f64)),
            format!("{:.2} KiB", per_object(&kibibytes)),
        ]);
    }
    rows.iter().any(|row| row.count == to).then_some(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(count: usize, milliseconds: u64) -> Row {
        let time = Duration::from_millis;
        Row {
            count,
            latency: 50,
            runs: 1,
            limit: time(count as u64),
            echo: time(2 * count as u64),
            shared: time(milliseconds),
            requests: Requests::default(),
            memory: Some(count as u64 * 1024),
            alone: None,
        }
    }

    #[test]
    fn the_slope_is_what_one_more_object_costs() {
        let rows = [row(1_000, 4_000), row(10_000, 40_000)];
        let slope = slope(&rows, 1_000, 10_000).unwrap().markdown();
        let cells: Vec<&str> = slope.lines().last().unwrap().split('|').collect();
        let cells: Vec<&str> = cells[1..7].iter().map(|cell| cell.trim()).collect();
        let expected = ["3.00 ms", "2.00 ms", "1.00 ms", "0.0000", "1.00 KiB"];
        assert_eq!(cells[1..], expected);
        assert!(super::slope(&rows, 1_000, 5_000).is_none());
    }

    #[test]
    fn an_id_with_429_in_it_is_no_complaint() {
        let said = "ixapi_connection.estate_4[29]: Refreshing state... [id=CANL-054290]\n";
        assert!(!complains(said));
        assert!(complains(&format!(
            "{said}│ Warning: the exchange answered 429\n"
        )));
    }
}
