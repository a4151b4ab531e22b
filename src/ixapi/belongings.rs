//! What is known of what belongs to many objects, which `shared.rs` reads at once: the role
//! assignments of contacts.
//!
//! Asked for each object, that is a filtered list each. The list of all takes their place once it
//! was seen to be whole and to show the same; like any list it may say that nothing has changed.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use tokio::time::Instant;

use super::lenient::{self, Json};
use super::lock::lock;
use super::paging::Pages;
use super::rows::Row;

/// The objects of one collection, by what they belong to.
#[derive(Debug, Default)]
pub(super) struct Belongings {
    /// Whoever has it asks for all of them; the others wait for what comes of that.
    pub(super) turn: tokio::sync::Mutex<()>,
    known: Mutex<Known>,
}

/// What was answered so far.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// How often it was asked what belongs to something.
    askings: usize,
    /// What was answered to that for one thing alone, by its id, to compare with.
    samples: Vec<(String, Vec<Json>)>,
    /// Whether the list of all shows the same, once it was compared.
    is_equal: Option<bool>,
    all: Option<Sorted>,
}

/// All of them.
#[derive(Debug)]
struct Sorted {
    began: Instant,
    /// By the id of what they belong to, in lower case; `None` once they were given.
    rows: HashMap<String, Option<Vec<Row>>>,
}

impl Belongings {
    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        lock(&self.known)
    }
}

impl Known {
    /// It is asked what belongs to something; for the how many-eth time.
    pub(super) fn asked(&mut self) -> usize {
        self.askings += 1;
        self.askings
    }

    /// Whether the list of all may take the place of many, as far as is known.
    pub(super) fn is_of_use(&self) -> bool {
        self.is_equal != Some(false)
    }

    /// What belongs to one thing, as it was answered for that alone.
    pub(super) fn sample(&mut self, id: &str, alone: &[Json]) {
        self.samples.push((id.to_ascii_lowercase(), alone.to_vec()));
    }

    pub(super) fn is_no_older_than(&self, moment: Instant) -> bool {
        self.all.as_ref().is_some_and(|all| all.began >= moment)
    }

    /// Sorts all of them. Without a list, or if it is not what was shown of one thing alone, or if
    /// nothing was, this is not tried again.
    pub(super) fn sort(&mut self, began: Instant, field: &str, list: Option<Pages>) {
        let mut rows: HashMap<String, Vec<Row>> = HashMap::new();
        for row in list.map(|mut pages| pages.take()).unwrap_or_default() {
            let owner = row.json();
            let owner = owner.and_then(|row| row.get(field).and_then(lenient::text));
            if let Some(owner) = owner {
                let owner = owner.to_ascii_lowercase();
                rows.entry(owner).or_default().push(row);
            }
        }
        let is_equal = |(id, alone): &(String, Vec<Json>)| {
            let rows = rows.get(id).map(Vec::as_slice).unwrap_or_default();
            let rows: Vec<Json> = rows.iter().filter_map(Row::json).collect();
            rows.len() == alone.len() && alone.iter().all(|one| rows.contains(one))
        };
        let samples = std::mem::take(&mut self.samples);
        let was_equal = self.is_equal.unwrap_or(!samples.is_empty());
        self.is_equal = Some(was_equal && !rows.is_empty() && samples.iter().all(is_equal));
        let rows = rows.into_iter().map(|(id, rows)| (id, Some(rows)));
        let rows = rows.collect();
        self.all = Some(Sorted { began, rows });
    }

    /// What belongs to the object of this id, if that is known.
    pub(super) fn of(&mut self, id: &str, no_older_than: Instant) -> Option<Vec<Json>> {
        if !self.is_no_older_than(no_older_than) || self.is_equal != Some(true) {
            return None;
        }
        match self.all.as_mut()?.rows.get_mut(&id.to_ascii_lowercase()) {
            Some(rows) => rows.take()?.iter().map(Row::json).collect(),
            None => Some(Vec::new()),
        }
    }
}
