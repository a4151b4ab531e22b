//! What was ordered and may not be in any state yet, on disk.
//!
//! Terraform learns of an object only when the call that orders it returns, and some write their
//! state only seconds after that. If the provider or Terraform is killed before, the order is
//! nowhere but at the exchange. So each order is noted before it is sent, with its id once there
//! is one, and the note stays until a later run sees that id in the state, or the reference where
//! there is no id, or learns from the exchange that nothing came of it or that it has ended.
//!
//! Each run has a page of its own, locked for as long as the run lives and readable by its owner
//! alone: a line for each order, and one for each thing that became known of it. A page whose last
//! line is torn is that of a run that was killed while it wrote; the line had not counted yet.

mod page;
mod terraform;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::entities::declaration::Collection;

use page::{Line, Page, SUFFIX, add, at, clear, has_ended, left_on, locks, pages_in, read};

use terraform::TESTS;

pub use page::{create_folder, for_the_owner, strike};
pub use terraform::parent;

/// The folder within Terraform's own.
const FOLDER: &str = "ixapi-orders";

/// What was ordered, as far as it tells one order from another. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The exchange: its host and, if it is not the usual one, its port.
    pub exchange: String,
    /// The path of the collection.
    pub collection: String,
    /// Digest of what is ordered.
    pub digest: String,
    /// The accounts whose it is to be; empty if it says none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owners: String,
}

/// Why the journal cannot be used.
#[derive(Debug, Error)]
pub enum Unusable {
    /// The system does not let us.
    #[error("{}: {source}", path.display())]
    System {
        /// On what.
        path: PathBuf,
        /// What it says.
        source: io::Error,
    },
    /// A run that still lives is ordering the same.
    #[error("{}: another run is at work and orders the same", .0.display())]
    Busy(PathBuf),
    /// A page is none of ours, or was damaged.
    #[error("{}: line {line} is no note of an order", path.display())]
    Foreign {
        /// The page.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
}

/// What is known of an order of a run that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What was ordered.
    pub order: Order,
    /// When, RFC 3339.
    pub at: String,
    /// The reference that it bears.
    pub reference: Option<String>,
    /// The live objects that bore its reference before it was sent, or were like it if it has
    /// none; nothing if they could not be listed.
    pub before: Option<Vec<String>>,
    /// The id, if the exchange gave one.
    pub id: Option<String>,
    /// Whether Terraform was about to be given the object: then it may be in a state, whatever
    /// became of the run.
    handed: bool,
    /// Whether Terraform was given the object and ended in good order, so that it most likely is
    /// in a state.
    pub delivered: bool,
    /// Whether Terraform was given the object and was interrupted.
    answered: bool,
    /// The later run that has come to its end and not seen it in a state.
    missed_by: Option<String>,
    /// Who has started the last run that has gone on with it.
    gone_on_by: Option<String>,
    /// The page that it is on.
    pub page: PathBuf,
    /// Its number there.
    pub number: usize,
    /// The workspace of Terraform.
    pub workspace: String,
}

/// What is known of a noted order without the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The run that has ordered it has not ended.
    UnderWay,
    /// The run that has ordered it was cut off: no state has it, for all that is known.
    Open,
    /// Terraform was given it and ended in good order; no run has read it in the state since.
    Delivered,
}

/// A note, and what is known of its order.
pub type Listed = (Note, Standing);

/// The journal of a working folder.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    /// Known once it is asked for: not each system tells it for nothing.
    workspace: OnceLock<String>,
    /// What pages of this run of Terraform end in. It has a process for each provider block, and
    /// what one of them orders is not in the way of the others.
    family: String,
    /// The page of this run, once it has one.
    own: Mutex<Option<Page>>,
    /// What others have noted, as far as it was read.
    others: Mutex<Others>,
    /// The notes of others with which this run has gone on.
    resumed: Mutex<Vec<(PathBuf, usize)>>,
    /// Whether another process has left marks (see `marks`), once that was looked.
    pub marked: OnceLock<bool>,
}

/// What other runs have noted.
#[derive(Debug, Default)]
struct Others {
    /// Whether any object of the state was looked for, or any order.
    asked: bool,
    /// Whether the folder was looked at.
    read: bool,
    /// The pages that were read.
    known: BTreeSet<PathBuf>,
    /// The pages of those that were still at work.
    living: Vec<PathBuf>,
    /// What those left that have ended: first what Terraform was never given, and of each the
    /// oldest first.
    left: Vec<Note>,
    /// The pages of which this process has taken notes, locked: another process of the same run,
    /// for another provider block, must not take them as well.
    taken: BTreeMap<PathBuf, File>,
}

/// An order of this run.
#[derive(Debug)]
#[must_use]
pub struct Noted {
    journal: Arc<Journal>,
    number: usize,
}

impl Journal {
    /// The journal in this folder, or in Terraform's own. Nothing is read or written yet.
    pub fn open(folder: Option<PathBuf>) -> Journal {
        let own = terraform::folder();
        Journal {
            workspace: OnceLock::new(),
            family: format!("-{}{SUFFIX}", parent()),
            folder: folder.unwrap_or_else(|| own.join(FOLDER)),
            own: Mutex::default(),
            others: Mutex::default(),
            resumed: Mutex::default(),
            marked: OnceLock::new(),
        }
    }

    /// The same, as another run of Terraform has it.
    #[cfg(test)]
    pub fn of_another_run(mut self) -> Journal {
        self.family = format!("-{}{SUFFIX}", fastrand::u64(..));
        self
    }

    /// Notes what is about to be ordered. When this returns it is on disk.
    ///
    /// # Errors
    /// That it is not: then nothing may be ordered.
    pub fn note(
        self: &Arc<Journal>,
        order: Order,
        reference: Option<String>,
        before: Option<Vec<String>>,
        at: String,
    ) -> Result<Noted, Unusable> {
        let mut own = lock(&self.own);
        let page = match &mut *own {
            Some(page) => page,
            none => none.insert(Page::new(&self.folder, &self.family)?),
        };
        page.orders += 1;
        let number = page.orders;
        page.write(&[Line::Order {
            number,
            workspace: self.workspace().to_owned(),
            at,
            reference,
            before,
            order,
        }])?;
        Ok(Noted {
            journal: Arc::clone(self),
            number,
        })
    }

    /// Sees to it that what will be ordered can be noted, as far as one can know that before.
    ///
    /// # Errors
    /// That it cannot.
    pub fn takes_notes(&self) -> Result<(), Unusable> {
        page::try_out(&self.folder)
    }

    /// Takes a note of an order like this one that an ended run has left; of several, rather one of
    /// which Terraform was not given the object, since the others may be in a state that was not
    /// read. Each is taken once.
    ///
    /// # Errors
    /// [`Unusable::Busy`] as long as a run that orders the same has not ended; that the journal
    /// cannot be read: then nobody knows.
    pub fn take(&self, order: &Order, moved: &[String]) -> Result<Option<Note>, Unusable> {
        let mut others = lock(&self.others);
        others.look(&self.folder)?;
        others.asked = true;
        let like = |note: &Note| {
            let is_here = note.is_at(&order.exchange, moved) && self.is_here(note);
            is_here && note.is_of(order)
        };
        others.take_over()?;
        let Others { left, taken, .. } = &mut *others;
        let mut index = 0;
        while let Some(note) = left.get(index) {
            if !like(note) || !locks(taken, &note.page)? {
                index += 1;
                continue;
            }
            let mut note = left.remove(index);
            // The states of a test have gone with it.
            note.delivered &= !note.is_of_a_lost_test();
            let mut still = read(&note.page)?.into_iter();
            if still.any(|still| still.number == note.number) {
                return Ok(Some(note));
            }
        }
        // Whoever is told that another run is busy looks again.
        let living = others.living.iter().filter(|page| !self.is_ours(page));
        let taken = others
            .left
            .iter()
            .filter(|note| like(note))
            .map(|note| &note.page);
        for page in living.chain(taken) {
            if read(page)?.iter().any(like) {
                return Err(Unusable::Busy(page.clone()));
            }
        }
        Ok(None)
    }

    /// This run goes on with an order of another one; it is in no state yet.
    ///
    /// # Errors
    /// That it cannot be noted.
    pub fn goes_on(&self, note: &Note) -> Result<(), Unusable> {
        let (page, number) = (note.page.clone(), note.number);
        let by = Some(parent());
        add(&page, &[Line::GoneOnWith { number, by }])?;
        lock(&self.resumed).push((page, number));
        Ok(())
    }

    /// An object of this exchange and collection with that id, and that reference, is in the state:
    /// its note has done its duty.
    ///
    /// # Errors
    /// That the journal cannot be written. The note stays then.
    pub fn seen(
        &self,
        exchange: &str,
        moved: &[String],
        of: &Collection,
        id: &str,
        reference: Option<&str>,
    ) -> Result<(), Unusable> {
        let mut others = self.others();
        others.asked = true;
        let left = &mut others.left;
        let is_it = |note: &Note| note.is_at(exchange, moved) && note.is_about(of, id, reference);
        while let Some(index) = left.iter().position(is_it) {
            let Note { page, number, .. } = left.remove(index);
            add(&page, &[Line::Void { number }])?;
            // There may be thousands, and to read the page for each would take long.
            if left.iter().all(|note| note.page != page) {
                clear(&page)?;
            }
        }
        Ok(())
    }

    /// The notes of orders at this exchange for which this holds, of those that a run has left
    /// which was cut off: they are in no state for all that is known. A journal that cannot be read
    /// says so when something is ordered.
    pub fn all_open(
        &self,
        exchange: &str,
        moved: &[String],
        mut holds: impl FnMut(&Note) -> bool,
    ) -> Vec<Note> {
        let mut others = self.others();
        others.asked = true;
        let _ = others.take_over();
        let open = others.left.iter().filter(|note| {
            let is_open = !note.delivered || note.is_of_a_lost_test();
            is_open && self.is_here(note) && note.is_at(exchange, moved) && holds(note)
        });
        open.cloned().collect()
    }

    /// The first of [`Journal::all_open`].
    pub fn find_open(
        &self,
        exchange: &str,
        moved: &[String],
        holds: impl FnMut(&Note) -> bool,
    ) -> Option<Note> {
        self.all_open(exchange, moved, holds).into_iter().next()
    }

    /// Whether a run that has not ended has noted such an order at this exchange. It may have been
    /// cut off all the same, and be about to end: whoever orders waits for that.
    pub fn is_under_way(
        &self,
        exchange: &str,
        moved: &[String],
        holds: impl Fn(&Note) -> bool,
    ) -> bool {
        let mut others = self.others();
        let _ = others.take_over();
        let pages = others.living.iter().filter(|page| !self.is_ours(page));
        let mut notes = pages.filter_map(|page| read(page).ok()).flatten();
        notes.any(|note| {
            let is_here = note.is_at(exchange, moved) && self.is_here(&note);
            is_here && holds(&note)
        })
    }

    /// All notes in the folder, of whatever exchange and workspace, the oldest first. Nothing is
    /// changed by that.
    ///
    /// Also why pages could not be read.
    ///
    /// # Errors
    /// That there is no looking for pages.
    pub fn all(&self) -> Result<(Vec<Listed>, Vec<Unusable>), Unusable> {
        let (mut all, mut unusable) = (Vec::new(), Vec::new());
        for page in pages_in(&self.folder)? {
            let ended = has_ended(&page).map_err(at(&page));
            match ended.and_then(|ended| Ok((ended, read(&page)?))) {
                Ok((ended, notes)) => all.extend(notes.into_iter().map(|note| {
                    let standing = match (ended, note.delivered) {
                        (false, _) => Standing::UnderWay,
                        (true, false) => Standing::Open,
                        (true, true) => Standing::Delivered,
                    };
                    (note, standing)
                })),
                Err(error) => unusable.push(error),
            }
        }
        all.sort_by(|(one, _), (other, _)| one.at.cmp(&other.at));
        Ok((all, unusable))
    }

    /// Whether another process that has not ended has noted an order of this reference for the same
    /// accounts: another provider block of this run, or another run. Of two that have both noted
    /// theirs, one at least sees the other.
    ///
    /// # Errors
    /// That the journal cannot be read.
    pub fn has_twin(
        &self,
        order: &Order,
        moved: &[String],
        reference: &str,
    ) -> Result<bool, Unusable> {
        let own = lock(&self.own).as_ref().map(|page| page.path.clone());
        for page in pages_in(&self.folder)? {
            if own.as_ref() == Some(&page) || has_ended(&page).map_err(at(&page))? {
                continue;
            }
            let is_twin = |note: &Note| {
                note.is_at(&order.exchange, moved)
                    && note.order.collection == order.collection
                    && note.order.owners == order.owners
                    && note.reference.as_deref() == Some(reference)
            };
            if read(&page)?.iter().any(is_twin) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a page is of a process of this very run.
    fn is_ours(&self, page: &Path) -> bool {
        page.to_str()
            .is_some_and(|page| page.ends_with(&self.family))
    }

    /// The workspace of Terraform.
    pub fn workspace(&self) -> &str {
        let workspace = || terraform::workspace(&terraform::folder());
        self.workspace.get_or_init(workspace)
    }

    /// Whether what a run has noted may be gone on with here. What a test has made is in its own
    /// state for as long as it is at work.
    fn is_here(&self, note: &Note) -> bool {
        let is_here = note.workspace == self.workspace();
        is_here && (note.workspace != TESTS || !note.is_of_terraform_at_work())
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads what others have noted.
    ///
    /// # Errors
    /// That there is something that cannot be read, and that nobody knows what is noted there. All
    /// else is read.
    pub fn look(&self) -> Result<(), Unusable> {
        lock(&self.others).look(&self.folder)
    }

    /// What others have noted, as far as it can be read, read when it is first needed.
    fn others(&self) -> MutexGuard<'_, Others> {
        let mut others = lock(&self.others);
        if !others.read {
            let _ = others.look(&self.folder);
        }
        others
    }

    /// The notes of orders at this exchange that an earlier run has seen in no state that it read.
    pub fn missed(&self, exchange: &str, moved: &[String]) -> Vec<Note> {
        let others = self.others();
        let missed = others.left.iter().filter(|note| {
            let missed_by = note.missed_by.as_ref();
            // Terraform applies in a process of its own what the one before has planned.
            let earlier = missed_by.is_some_and(|by| *by != self.family);
            let is_left = earlier && note.workspace == self.workspace();
            // A test has no state that a later run could have.
            (is_left || note.is_of_a_lost_test()) && note.is_at(exchange, moved)
        });
        missed.cloned().collect()
    }

    /// The notes of orders at this exchange that a run has left which was cut off, and since which
    /// none has come to its end. A run has several processes, one after the other: of what the
    /// first one tells, Terraform keeps nothing in a destroy.
    pub fn cut_off(&self, exchange: &str, moved: &[String]) -> Vec<Note> {
        let others = self.others();
        let open = others.left.iter().filter(|note| {
            let by_earlier = note.missed_by.as_ref().is_some_and(|by| *by != self.family);
            let is_known = note.delivered || note.answered || by_earlier;
            let is_here = note.workspace == self.workspace() && note.workspace != TESTS;
            !is_known && is_here && note.is_at(exchange, moved)
        });
        open.cloned().collect()
    }

    /// This run ends in good order: what it has not seen is in no state that it read.
    ///
    /// # Errors
    /// That the journal cannot be written: then nobody is told.
    pub fn miss(&self) -> Result<(), Unusable> {
        let others = lock(&self.others);
        if !others.asked {
            return Ok(());
        }
        let unseen = others.left.iter().filter(|note| {
            note.missed_by.is_none() && !note.delivered && note.workspace == self.workspace()
        });
        let mut missed: BTreeMap<&Path, Vec<Line>> = BTreeMap::new();
        for note in unseen {
            let (number, by) = (note.number, self.family.clone());
            let lines = missed.entry(&note.page).or_default();
            lines.push(Line::Missed { number, by });
        }
        let mut missed = missed.into_iter();
        missed.try_for_each(|(page, lines)| add(page, &lines))
    }

    /// Terraform has all answers and ends in good order, without an interruption.
    ///
    /// # Errors
    /// That it cannot be noted: then the next run takes what is not in the state to be lost.
    pub fn deliver(&self) -> Result<(), Unusable> {
        self.end(|number| Line::Delivered { number })
    }

    /// Terraform has all answers, and was interrupted: it has not kept them for sure.
    ///
    /// # Errors
    /// That it cannot be noted: then the next run tells of all orders of this one.
    pub fn answer(&self) -> Result<(), Unusable> {
        self.end(|number| Line::Answered { number })
    }

    /// Adds a line for each order of which Terraform was given the object.
    fn end(&self, line: impl Fn(usize) -> Line) -> Result<(), Unusable> {
        for (page, number) in std::mem::take(&mut *lock(&self.resumed)) {
            add(&page, &[line(number)])?;
        }
        let mut own = lock(&self.own);
        let Some(page) = &mut *own else {
            return Ok(());
        };
        // Terraform does not wait long for the end.
        let answered = std::mem::take(&mut page.answered).into_iter();
        let lines: Vec<Line> = answered.map(line).collect();
        page.write(&lines)
    }
}

impl Note {
    /// Whether it is of an order at this exchange, under whatever name.
    fn is_at(&self, exchange: &str, moved: &[String]) -> bool {
        self.order.exchange == exchange || moved.contains(&self.order.exchange)
    }

    /// Whether the Terraform of the run that has noted it is at work, as far as the system tells.
    pub fn is_of_terraform_at_work(&self) -> bool {
        self.is_at_work() == Some(true)
    }

    /// Whether it is of a `terraform test` that is at work no more, and whose states are lost.
    pub fn is_of_a_lost_test(&self) -> bool {
        let is_at_work = self.is_at_work().unwrap_or(self.delivered);
        self.workspace == TESTS && !is_at_work
    }

    fn is_at_work(&self) -> Option<bool> {
        if let Some(by) = &self.gone_on_by {
            return terraform::is_at_work(by);
        }
        let name = self.page.file_name().and_then(|name| name.to_str())?;
        let (_, parent) = name.strip_suffix(SUFFIX)?.split_once('-')?;
        terraform::is_at_work(parent)
    }

    /// Whether just this was ordered.
    pub fn is_of(&self, order: &Order) -> bool {
        self.order.collection == order.collection && self.order.digest == order.digest
    }

    /// Whether the object of this collection, id and reference is what was ordered. An id, and a
    /// reference, may be those of an object in another collection as well; and what bore the
    /// reference before may be what the order replaces.
    pub fn is_about(&self, of: &Collection, id: &str, reference: Option<&str>) -> bool {
        if self.order.collection != of.path {
            return false;
        }
        match &self.id {
            Some(its) => its.eq_ignore_ascii_case(id),
            None => self.is_borne_by(id, reference),
        }
    }

    /// Whether an object with that id bears the reference of the order, and did not before.
    pub fn is_borne_by(&self, id: &str, reference: Option<&str>) -> bool {
        let mut before = self.before.iter().flatten();
        let was_there = before.any(|its| its.eq_ignore_ascii_case(id));
        self.reference.is_some() && self.reference.as_deref() == reference && !was_there
    }
}

impl Noted {
    /// The exchange took the order and calls the object so.
    ///
    /// # Errors
    /// That it cannot be noted. The order itself stays noted.
    pub fn is(&self, id: &str) -> Result<(), Unusable> {
        let id = id.to_owned();
        self.write(&Line::Id {
            number: self.number,
            id,
        })
    }

    /// The exchange surely did not take the order.
    ///
    /// # Errors
    /// That it cannot be noted: the next run will look for what never came about.
    pub fn is_void(&self) -> Result<(), Unusable> {
        self.write(&Line::Void {
            number: self.number,
        })
    }

    /// Terraform is about to be given the object.
    pub fn is_answered(&self) {
        let number = self.number;
        if let Some(page) = &mut *lock(&self.journal.own) {
            page.answered.push(number);
            // Without that line, the note is as good as any other.
            let _ = page.write(&[Line::Handed { number }]);
        }
    }

    fn write(&self, line: &Line) -> Result<(), Unusable> {
        match &mut *lock(&self.journal.own) {
            Some(page) => page.write(std::slice::from_ref(line)),
            None => Ok(()),
        }
    }
}

impl Others {
    /// Reads the pages that have come to be there. What cannot be read is tried again the next
    /// time, and hides nothing else.
    fn look(&mut self, folder: &Path) -> Result<(), Unusable> {
        let mut all = Ok(());
        for path in pages_in(folder)? {
            if !self.known.contains(&path)
                && let Err(error) = self.read(&path)
            {
                all = all.and(Err(error));
            }
        }
        self.sort();
        self.read = true;
        all
    }

    fn sort(&mut self) {
        let order = |note: &Note| (note.handed, note.at.clone());
        self.left.sort_by_cached_key(order);
    }

    fn read(&mut self, page: &Path) -> Result<(), Unusable> {
        match has_ended(page).map_err(at(page))? {
            true => self.left.extend(left_on(page)?),
            false => self.living.push(page.to_owned()),
        }
        self.known.insert(page.to_owned());
        Ok(())
    }

    /// Takes over what runs have left that have ended since their pages were seen. A page leaves
    /// the list only when its notes have been taken over.
    fn take_over(&mut self) -> Result<(), Unusable> {
        let mut index = 0;
        while let Some(page) = self.living.get(index) {
            if !has_ended(page).map_err(at(page))? {
                index += 1;
                continue;
            }
            let notes = left_on(page)?;
            self.living.remove(index);
            self.left.extend(notes);
            self.sort();
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
