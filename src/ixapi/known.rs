//! What is known of the objects of one collection in this run: what its lists have shown, which of
//! their rows stand for their objects, how to ask for those that are looked at, and when for those
//! that are waited for. Nobody is asked here; that is in `shared.rs`.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

use super::belongings::Belongings;
use super::error::Error;
use super::form::{Form, shows_less};
use super::lenient::{Json, id_of};
use super::lock::lock;
use super::paging::Pages;
use super::rows::Row;

/// So many looks at the objects of a collection are made alone. They are enough for a small estate,
/// and show what the rows of a list have to look like.
pub(super) const HANDFUL: usize = 4;

/// How many objects are asked for by their ids in one request. Its address stays well below what
/// servers take, 8 kB.
pub(super) const MOST_IDS: usize = 50;

/// So many rows that are not as their objects, with none that is, or lists that were not answered,
/// or pages without the object that was looked for, are enough to see that lists are of no use.
pub(super) const ENOUGH: usize = 3;

/// The longest that an answer about an object is good for those who do not wait for a change of it.
pub const MOST_AGE: Duration = Duration::from_secs(10);

/// How much earlier or later those who wait may look, as a part of their pause, to look together.
const SLACK: f64 = 0.25;

/// The longest that an exchange can keep those who wait from looking.
const MOST_PAUSE: Duration = Duration::from_secs(120);

/// What the caller has to add to an answer, because he knows it and the answer does not say it; as
/// a number, to compare.
pub type Kept<'a> = &'a (dyn Fn(&Json) -> u64 + Sync);

/// In what an answer has to be like another one to be as right: its form, and what is kept beside
/// it.
type Likeness = (Form, u64);

/// For whom an object is looked at.
#[derive(Clone, Copy)]
pub(super) enum Purpose<'a> {
    /// For Terraform, which asks for many, one after the other.
    Refresh(Kept<'a>),
    /// For who waits for it, and has said so with [`Together::watch`].
    Wait,
}

impl Purpose<'_> {
    pub(super) fn is_refresh(self) -> bool {
        matches!(self, Purpose::Refresh(_))
    }

    /// In what an answer has to be like others.
    pub(super) fn form(self, answer: &Json) -> Likeness {
        let kept = match self {
            Purpose::Refresh(kept) => kept(answer),
            Purpose::Wait => 0,
        };
        (Form::of(answer), kept)
    }
}

/// What is known of the objects of one collection in this run.
#[derive(Debug, Default)]
pub(super) struct Together {
    /// Whoever has it asks the exchange for many; the others wait for what comes of that.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// For each form, whoever has it finds out whether its rows are as their objects.
    pub(super) proving: Mutex<HashMap<Likeness, Arc<tokio::sync::Mutex<()>>>>,
    known: Mutex<Known>,
    /// Which of them belong to what.
    pub(super) belongings: Belongings,
}

#[derive(Debug, Default)]
pub(super) struct Known {
    /// How many looks there were.
    looks: usize,
    /// Who is being looked at: the ids as they are spelled, by the ids in lower case.
    looked_at: Ids,
    /// Who is waited for.
    watched: Ids,
    /// When those who wait are going to look next.
    due: BTreeSet<Instant>,
    /// Before this the exchange does not want to be asked again about what is waited for.
    not_before: Option<Instant>,
    /// What the list of the whole collection has shown last, as far as it was read.
    whole: Option<Sheet>,
    /// What the list of some ids has shown last.
    some: Option<Sheet>,
    /// Objects that were looked at alone, to compare rows with, and what they are proof of.
    samples: Vec<(Json, Likeness)>,
    proven: HashSet<Likeness>,
    /// How many rows were not as their objects.
    unlike: usize,
    /// Whether one showed less.
    less: bool,
    /// How many rows were given.
    given: usize,
    /// How many were not in the list in which they should be.
    missed: usize,
    /// How often the list of the whole collection, and the list of some ids, was not to be had.
    pub(super) whole_failed: usize,
    pub(super) some_failed: usize,
    /// How often in a row the list of the whole collection was read on in vain.
    in_vain: usize,
    /// The last list that was not answered for now: when it was given up, and why.
    silent: Option<(Instant, Error)>,
}

/// Ids, each with how often.
type Ids = HashMap<String, (String, usize)>;

/// What one list has shown.
#[derive(Debug)]
pub(super) struct Sheet {
    began: Instant,
    /// By id, in lower case; `None` once it was given, or if two rows bear the id.
    rows: HashMap<String, Option<Row>>,
    /// Of whom the list should have been.
    of: Of,
    /// Where it goes on, if it was not read to its end.
    pub(super) rest: Option<Pages>,
}

/// Of whom a list is.
#[derive(Debug)]
pub(super) enum Of {
    All,
    These(HashSet<String>),
}

/// What the lists say of an object.
pub(super) enum Seen {
    /// A row that stands for it, or may.
    Row(Row),
    /// It should be there and is not, or was given before.
    Not,
    /// None of them says anything.
    Unseen,
    /// They could not be read for now.
    Silent(Error),
}

/// How those are asked for who are looked at.
pub(super) enum Way {
    Alone,
    /// The list of the whole collection, further from here if it was begun; so many pages at most.
    All(Option<Box<Sheet>>, usize),
    These(Vec<String>),
}

/// Somebody who looks at an object, as long as it is there.
pub(super) struct Looking<'a> {
    together: &'a Together,
    id: &'a str,
}

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        uncount(&mut self.together.known().looked_at, self.id);
    }
}

fn count(ids: &mut Ids, id: &str) {
    let one = ids.entry(id.to_ascii_lowercase());
    one.or_insert_with(|| (id.to_owned(), 0)).1 += 1;
}

fn uncount(ids: &mut Ids, id: &str) {
    let id = id.to_ascii_lowercase();
    if let Some((_, times)) = ids.get_mut(&id) {
        *times -= 1;
        if *times == 0 {
            ids.remove(&id);
        }
    }
}

impl Together {
    /// Somebody looks at the object of this id, for as long as the second answer lives. The first
    /// one is how many looks there were.
    pub(super) fn looking<'a>(&'a self, id: &'a str) -> (usize, Looking<'a>) {
        let mut known = self.known();
        known.tidy();
        known.looks += 1;
        count(&mut known.looked_at, id);
        (known.looks, Looking { together: self, id })
    }

    /// Somebody waits for the object of this id.
    pub(super) fn watch(&self, id: &str) {
        count(&mut self.known().watched, id);
    }

    /// Somebody does not wait for it any more.
    pub(super) fn unwatch(&self, id: &str) {
        uncount(&mut self.known().watched, id);
    }

    /// When somebody who waits is to look next, after about this pause: at the same moment as
    /// others where that is near, and otherwise a little at random, so that what began together
    /// does not go on together for ever.
    pub(super) fn next(&self, pause: Duration) -> Instant {
        let mut known = self.known();
        let now = Instant::now();
        let not_before = known.not_before.map_or(now, |moment| moment.max(now));
        let (from, to) = (
            now + pause.mul_f64(1.0 - SLACK),
            now + pause.mul_f64(1.0 + SLACK),
        );
        let (from, to) = (from.max(not_before), to.max(not_before));
        known.due = known.due.split_off(&now);
        let near = known.due.range(from..=to).next_back().copied();
        near.unwrap_or_else(|| {
            // Not at the edge, so that those who come a little later find it near.
            let due = from + (to - from).mul_f64((1.0 + fastrand::f64() * 2.0) / 4.0);
            known.due.insert(due);
            due
        })
    }

    /// The exchange wants to be left alone for so long by those who wait.
    pub(super) fn leave_alone(&self, pause: Duration) {
        let until = Instant::now() + pause.min(MOST_PAUSE);
        let mut known = self.known();
        known.not_before = known.not_before.max(Some(until));
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        lock(&self.known)
    }
}

impl Known {
    /// What the lists say of this object, if they are no older than this.
    pub(super) fn seen(&mut self, id: &str, no_older_than: Instant) -> Seen {
        let id = id.to_ascii_lowercase();
        for sheet in [&mut self.whole, &mut self.some].into_iter().flatten() {
            if sheet.began < no_older_than {
                continue;
            }
            match (sheet.rows.get_mut(&id), &sheet.of) {
                (Some(row), _) => {
                    let Some(row) = row.take() else {
                        return Seen::Not;
                    };
                    self.given += 1;
                    return Seen::Row(row);
                }
                (None, Of::All) if sheet.rest.is_some() => {}
                (None, Of::These(ids)) if !ids.contains(&id) => {}
                (None, _) => {
                    self.missed += 1;
                    return Seen::Not;
                }
            }
        }
        match &self.silent {
            Some((began, error)) if *began >= no_older_than => Seen::Silent(error.clone()),
            _ => Seen::Unseen,
        }
    }

    /// The same, once they were asked for.
    pub(super) fn seen_after_asking(&mut self, id: &str, no_older_than: Instant) -> Seen {
        let seen = self.seen(id, no_older_than);
        self.in_vain = match seen {
            Seen::Unseen => self.in_vain + 1,
            _ => 0,
        };
        seen
    }

    /// Whether lists are worth asking for, and a turn to do so worth waiting for.
    pub(super) fn is_of_use(&self, purpose: Purpose<'_>) -> bool {
        let is_unlike = self.less || (self.unlike >= ENOUGH && self.proven.is_empty());
        let is_incomplete = self.missed > self.given + HANDFUL;
        let has_failed = self.whole_failed.min(self.some_failed) >= ENOUGH;
        let is_alone = !purpose.is_refresh() && self.watched.len() < 2;
        !(is_unlike || is_incomplete || has_failed || is_alone)
    }

    /// How to ask for those who are looked at now.
    pub(super) fn way(&mut self, no_older_than: Instant, purpose: Purpose<'_>) -> Way {
        let refreshes = purpose.is_refresh();
        let ids = match refreshes {
            true => &self.looked_at,
            false => &self.watched,
        };
        let ids = ids.values().map(|(spelled, _)| spelled.clone());
        // A comma would make two ids of one.
        let mut ids: Vec<String> = ids.filter(|id| !id.contains(',')).collect();
        let is_listed = self.some_failed < ENOUGH;
        let enough = if refreshes { ENOUGH } else { 1 };
        let is_far = self.in_vain >= enough && is_listed;
        let is_long = refreshes || ids.len() > MOST_IDS || !is_listed;
        if self.whole_failed < ENOUGH && is_long && !is_far {
            // A collection may be far larger than what is looked at of it: no more pages are read
            // than answers about one object they are in place of.
            let most = match refreshes {
                true => self.looks,
                false => ids.len().div_ceil(MOST_IDS),
            };
            let is_begun = |sheet: &mut Sheet| {
                refreshes && sheet.rest.is_some() && sheet.began >= no_older_than
            };
            let Some(begun) = self.whole.take_if(is_begun) else {
                return Way::All(None, most);
            };
            if begun.rest.as_ref().is_some_and(|rest| rest.count < most) {
                return Way::All(Some(Box::new(begun)), most);
            }
            self.whole = Some(begun);
        }
        if !is_listed || ids.len() < 2 {
            return Way::Alone;
        }
        let samples = self.samples.iter().filter_map(|(sample, _)| id_of(sample));
        ids.extend(samples.filter(|id| !id.contains(',')));
        ids.sort_by_key(|id| id.to_ascii_lowercase());
        ids.dedup_by(|one, other| one.eq_ignore_ascii_case(other));
        Way::These(ids)
    }

    /// Keeps what a list has shown.
    pub(super) fn keep(&mut self, sheet: Sheet) {
        if sheet.has_others() {
            // It is the list of all: the exchange does not know the parameter.
            self.some_failed += ENOUGH;
        }
        match sheet.of {
            Of::All => self.whole = Some(sheet),
            Of::These(_) => self.some = Some(sheet),
        }
        self.prove();
    }

    /// An object was looked at alone, to compare rows with.
    pub(super) fn sample(&mut self, alone: &Json, form: Likeness) {
        self.samples.push((alone.clone(), form));
        self.prove();
    }

    /// Compares rows with what was looked at alone.
    fn prove(&mut self) {
        for (sample, form) in std::mem::take(&mut self.samples) {
            let id = id_of(&sample).unwrap_or_default().to_ascii_lowercase();
            let shown = |sheet: &Option<Sheet>| sheet.as_ref()?.rows.get(&id)?.as_ref()?.json();
            match shown(&self.whole).or_else(|| shown(&self.some)) {
                Some(row) => self.compare(&sample, &row, form),
                None => self.samples.push((sample, form)),
            }
        }
    }

    pub(super) fn compare(&mut self, alone: &Json, row: &Json, form: Likeness) {
        if alone == row {
            self.proven.insert(form);
            return;
        }
        self.unlike += 1;
        // An object that goes on may show more or less than a moment ago.
        let has_gone_on = row
            .get("state")
            .is_some_and(|state| *state != alone["state"]);
        self.less |= !has_gone_on && shows_less(row, alone);
    }

    /// The last list was not answered, and what was asked for alone after it was.
    pub(super) fn list_is_silent(&mut self) {
        if self.silent.take().is_some() {
            self.whole_failed += 1;
            self.some_failed += 1;
        }
    }

    /// A list was not there in time. Those who have waited for it look alone, and do not wait for
    /// the next one.
    pub(super) fn gave_up(&mut self, error: Error) {
        self.silent = Some((Instant::now(), error));
    }

    /// Whether a row of this form is as its object; unknown, if that is still to be found out.
    pub(super) fn verdict(&self, form: Likeness) -> Option<bool> {
        if self.less {
            return Some(false);
        }
        if self.proven.contains(&form) {
            return Some(true);
        }
        (self.unlike >= ENOUGH).then_some(false)
    }

    /// Keeps nothing that is too old for anybody.
    fn tidy(&mut self) {
        for sheet in [&mut self.whole, &mut self.some] {
            sheet.take_if(|sheet| sheet.began.elapsed() > MOST_AGE);
        }
    }

    /// A list was not to be had. How much that counts against lists.
    pub(super) fn failed(&mut self, error: &Error, purpose: Purpose<'_>) -> usize {
        if error.is_interrupted() {
            return 0;
        }
        if !error.is_transient() {
            return ENOUGH;
        }
        self.silent = Some((Instant::now(), error.clone()));
        // Who waits goes on waiting; the others have asked alone instead.
        usize::from(purpose.is_refresh())
    }
}

impl Sheet {
    pub(super) fn new(began: Instant, of: Of) -> Sheet {
        Sheet {
            began,
            rows: HashMap::new(),
            of,
            rest: None,
        }
    }

    /// Adds what was read of a list.
    pub(super) fn take(&mut self, mut pages: Pages) {
        for row in pages.take() {
            let Some(id) = row.id() else { continue };
            // Of two rows none is to be trusted.
            self.rows
                .entry(id.to_ascii_lowercase())
                .and_modify(|row| *row = None)
                .or_insert(Some(row));
        }
        self.rest = (!pages.has_ended()).then_some(pages);
    }

    /// Whether it has rows of objects that were not asked for.
    fn has_others(&self) -> bool {
        match &self.of {
            Of::All => false,
            Of::These(ids) => self.rows.keys().any(|id| !ids.contains(id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn looks_of_those_who_wait_fall_together_and_heed_the_exchange() {
        let together = Together::default();
        let pause = Duration::from_secs(8);
        let now = Instant::now();
        let first = together.next(pause);
        assert!((now + pause * 3 / 4..=now + pause * 5 / 4).contains(&first));
        for _ in 0..50 {
            assert_eq!(
                together.next(first - now),
                first,
                "a moment that is near is taken"
            );
        }
        let far = together.next(pause * 4);
        assert!(far >= now + pause * 3, "none that is far is");
        together.leave_alone(Duration::from_secs(60));
        assert!(together.next(pause) >= now + Duration::from_secs(60));
        together.leave_alone(Duration::from_secs(86_400));
        assert!(together.next(pause) <= Instant::now() + MOST_PAUSE);
    }
}
