//! Many orders that take the exchange a while: how often it is asked meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use ixapi_sandbox::Settings;
use ixapi_sandbox::log::Entry;

use crate::estate;
use crate::exchange::Exchange;
use crate::programs::Programs;
use crate::report::{Table, seconds, thousands};
use crate::terraform::Terraform;

/// The longest pause between two looks that the provider is told.
const INTERVAL: Duration = Duration::from_secs(5);
/// So long after the last order the pauses between looks have grown to that.
const SETTLED: Duration = Duration::from_secs(15);

/// What is ordered.
#[derive(Clone, Copy, Debug)]
pub struct Orders {
    /// How many.
    pub count: usize,
    /// How long the exchange takes for each.
    pub wait: Duration,
    /// Whether each is read alone.
    pub alone: bool,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Waited {
    /// What was ordered.
    pub orders: Orders,
    /// How long the apply took.
    pub time: Duration,
    /// All reads, those before the orders included.
    pub reads: u64,
    /// For each collection that was read while all waited: the reads of each interval.
    pub intervals: BTreeMap<String, Vec<u64>>,
}

/// Orders ports, as many at a time as there are.
pub fn measure(programs: &Programs, orders: Orders) -> Waited {
    let Orders { count, wait, alone } = orders;
    eprintln!("{count} orders that take {} s each", wait.as_secs());
    let exchange = Exchange::start(Settings {
        step_ms: Some(u64::try_from(wait.as_millis()).unwrap()),
        ..Settings::default()
    });
    let folder = Terraform::new(&programs.terraform, &programs.provider);
    let mut arguments = format!("  poll_interval = \"{}s\"\n", INTERVAL.as_secs());
    if alone {
        arguments.push_str("  shared_reads = false\n");
    }
    let provider = exchange.provider(&arguments);
    folder.write("main.tf", &format!("{provider}{}", estate::ports(count)));
    let run = folder.run(
        &[
            "apply",
            "-input=false",
            "-auto-approve",
            &format!("-parallelism={count}"),
        ],
        Duration::from_millis(50),
    );
    let log = exchange.control.log();
    let reads = log.iter().filter(|entry| entry.method == "GET");
    Waited {
        orders,
        time: run.time,
        reads: reads.count() as u64,
        intervals: intervals(&log, wait),
    }
}

/// The reads of each whole interval in which everything was ordered and nothing had arrived.
fn intervals(log: &[Entry], wait: Duration) -> BTreeMap<String, Vec<u64>> {
    let milliseconds = |time: Duration| i64::try_from(time.as_millis()).unwrap();
    let orders = || {
        log.iter()
            .filter(|entry| entry.method == "POST" && entry.path == "/connections")
    };
    let (Some(first), Some(last)) = (orders().next(), orders().next_back()) else {
        return BTreeMap::new();
    };
    let from = last.at_ms + milliseconds(SETTLED);
    let until = first.at_ms + milliseconds(wait);
    let whole = usize::try_from((until - from) / milliseconds(INTERVAL)).unwrap_or(0);
    let mut intervals: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for entry in log
        .iter()
        .filter(|entry| entry.method == "GET" && entry.at_ms >= from)
    {
        let number = usize::try_from((entry.at_ms - from) / milliseconds(INTERVAL)).unwrap();
        if number < whole {
            let collection = entry.path.split('/').nth(1).unwrap_or_default().to_owned();
            intervals
                .entry(collection)
                .or_insert_with(|| vec![0; whole])[number] += 1;
        }
    }
    intervals
}

/// What was waited for, as a table.
pub fn table(waits: &[Waited]) -> Table {
    let mut table = Table::new(&[
        "orders",
        "most reads per interval and collection",
        "intervals looked at",
        "reads in all",
        "apply",
    ]);
    for it in waits {
        let Orders { count, wait, alone } = it.orders;
        let alone = if alone { ", one by one" } else { "" };
        let most = it.intervals.values().flatten().max();
        let whole = it.intervals.values().next().map_or(0, Vec::len);
        table.row([
            format!("{count}, {} s each{alone}", wait.as_secs()),
            thousands(most.copied().unwrap_or_default()),
            whole.to_string(),
            thousands(it.reads),
            seconds(it.time),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(method: &str, path: &str, at_ms: i64) -> Entry {
        Entry {
            seq: 0,
            at: String::new(),
            at_ms,
            method: method.to_owned(),
            path: path.to_owned(),
            query: String::new(),
            body: serde_json::Value::Null,
            party: None,
            fault: None,
            status: Some(200),
        }
    }

    #[test]
    fn reads_are_counted_while_everything_is_ordered_and_nothing_has_arrived() {
        let log = [
            entry("POST", "/connections", 0),
            entry("POST", "/connections", 1_000),
            entry("GET", "/connections/a", 15_999),
            entry("GET", "/connections/a", 16_000),
            entry("GET", "/connections", 20_999),
            entry("GET", "/connections", 21_000),
            entry("GET", "/connections", 26_001),
        ];
        let intervals = intervals(&log, Duration::from_secs(30));
        assert_eq!(
            intervals,
            BTreeMap::from([("connections".to_owned(), vec![2, 1])])
        );
    }
}
