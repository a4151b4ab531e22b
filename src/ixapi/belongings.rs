//! What belongs to many objects, read at once: the role assignments of contacts.
//!
//! Asked for each object, that is a filtered list each. The list of all takes their place once it
//! was seen to be whole and to show the same; like any list it may say that nothing has changed.

use std::collections::HashMap;
use std::sync::Mutex;

use tokio::select;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::Json;
use super::error::Error;
use super::lenient;
use super::objects::Objects;
use super::paging::Pages;
use super::rows::Row;
use super::shared::{HANDFUL, PATIENCE, lock};

/// The objects of one collection, by what they belong to.
#[derive(Debug, Default)]
pub(super) struct Belongings {
    /// Whoever has it asks for all of them; the others wait for what comes of that.
    turn: tokio::sync::Mutex<()>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
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
    /// The objects that belong to the one of this id, which they name in this field, no older than
    /// this moment; and whether a list of all has said it.
    pub(super) async fn of(
        &self,
        objects: &Objects,
        no_older_than: Instant,
        field: &str,
        id: &str,
        stop: &CancellationToken,
    ) -> Result<(Vec<Json>, bool), Error> {
        let askings = {
            let mut known = lock(&self.known);
            known.askings += 1;
            known.askings
        };
        if askings > HANDFUL && lock(&self.known).is_equal != Some(false) {
            let _turn = select! {
                biased;
                () = stop.cancelled() => None,
                turn = self.turn.lock() => Some(turn),
            };
            let is_old = !lock(&self.known).is_no_older_than(no_older_than);
            if is_old && !stop.is_cancelled() {
                let began = Instant::now();
                let list = objects.preview(&[], Pages::default(), askings, stop);
                let list = timeout(PATIENCE, list).await;
                let list = list.ok().and_then(Result::ok);
                let list = list.filter(|pages| pages.is_complete() && pages.is_proper());
                lock(&self.known).sort(began, field, list);
            }
            if let Some(rows) = lock(&self.known).of(id, no_older_than) {
                return Ok((rows, true));
            }
        }
        let rows = objects.belonging(field, id, stop).await?;
        if askings <= HANDFUL && !rows.is_empty() {
            let sample = (id.to_ascii_lowercase(), rows.clone());
            lock(&self.known).samples.push(sample);
        }
        Ok((rows, false))
    }
}

impl Known {
    fn is_no_older_than(&self, moment: Instant) -> bool {
        self.all.as_ref().is_some_and(|all| all.began >= moment)
    }

    /// Sorts all of them. Without a list, or if it is not what was shown of one thing alone, or if
    /// nothing was, this is not tried again.
    fn sort(&mut self, began: Instant, field: &str, list: Option<Pages>) {
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
    fn of(&mut self, id: &str, no_older_than: Instant) -> Option<Vec<Json>> {
        if !self.is_no_older_than(no_older_than) || self.is_equal != Some(true) {
            return None;
        }
        match self.all.as_mut()?.rows.get_mut(&id.to_ascii_lowercase()) {
            Some(rows) => rows.take()?.iter().map(Row::json).collect(),
            None => Some(Vec::new()),
        }
    }
}
