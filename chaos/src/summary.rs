//! What many runs came to.

use std::collections::BTreeMap;
use std::fmt;

use crate::run::{Course, Found};

/// The sum of many runs.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How many runs there were.
    pub runs: usize,
    /// In how many of them something went wrong at all.
    pub disturbed: usize,
    /// How many of them failed.
    pub failed: usize,
    struck: BTreeMap<String, usize>,
    signals: BTreeMap<&'static str, usize>,
    asked: BTreeMap<(&'static str, String), usize>,
    requests: u64,
    duplicates: usize,
    orphans: usize,
    replaced: usize,
    tainted: usize,
    wrong: usize,
}

impl Summary {
    /// Adds a run.
    pub fn add(&mut self, found: &Found) {
        self.runs += 1;
        self.disturbed += usize::from(!found.struck.is_empty() || !found.signals.is_empty());
        self.failed += usize::from(!found.is_clean());
        for (what, count) in &found.struck {
            *self.struck.entry(what.clone()).or_default() += count;
        }
        for (what, count) in &found.signals {
            *self.signals.entry(what).or_default() += count;
        }
        for question in &found.asked {
            *self.asked.entry(question.clone()).or_default() += 1;
        }
        self.requests += found.requests;
        self.duplicates += found.duplicates.len();
        self.orphans += found.orphans.len();
        self.replaced += found.replaced.len();
        self.tainted += found.tainted.len();
        self.wrong += found.wrong.len();
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let struck: usize = self.struck.values().sum();
        let signals: usize = self.signals.values().sum();
        let asked: usize = self.asked.values().sum();
        writeln!(
            f,
            "runs                  {}, of which {} were disturbed",
            self.runs, self.disturbed
        )?;
        writeln!(f, "requests              {}", self.requests)?;
        writeln!(f, "faults that struck    {struck}")?;
        writeln!(f, "signals               {signals}")?;
        for (what, count) in &self.signals {
            writeln!(f, "    {what}: {count}")?;
        }
        writeln!(f, "duplicates            {}", self.duplicates)?;
        writeln!(f, "orphans               {}", self.orphans)?;
        writeln!(f, "unwanted replacements {}", self.replaced)?;
        writeln!(f, "tainted               {}", self.tainted)?;
        writeln!(f, "otherwise wrong       {}", self.wrong)?;
        writeln!(f, "a person was asked    {asked}")?;
        for ((kind, question), count) in &self.asked {
            writeln!(f, "    {kind}: {count} × {question}")?;
        }
        write!(f, "runs that failed      {}", self.failed)
    }
}

/// What a person is told of a run that failed.
pub fn told(course: &Course, found: &Found) -> String {
    let faults = found
        .faults()
        .map(|(what, detail)| format!("    {what}: {detail}\n"));
    let faults: String = faults.collect();
    format!("{course}\n{faults}    Alone: {}", course.alone())
}
