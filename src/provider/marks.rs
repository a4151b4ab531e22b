//! What a plan has decided about an object that exists, for the apply of that plan.
//!
//! Terraform applies in another process, and hands an order nothing of what was planned for what is
//! there: neither that the order takes the place of something, nor that something was found for it.
//! So the plan leaves a mark beside the notes of orders. A mark counts in its workspace, in another
//! process than the one that made it, and no longer than a plan is kept; and in the first one that
//! asks for it, alone. Whoever reads its object in the state has asked for it, and so has whoever
//! plans an order that may be meant and cannot look. So a plan that nobody applies misleads the
//! next plan at most, and no apply.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use crate::entities::declaration::Collection;

use super::documents;
use super::journal::{self, Journal, create_folder, for_the_owner};

/// How long a plan may wait to be applied.
const LIFE_OF_A_PLAN: Duration = Duration::from_secs(24 * 3600);

/// What is to become of an object.
#[derive(Clone, Copy, Debug)]
pub enum Mark {
    /// An order takes its place, and may come before its end.
    Replaced,
    /// An order is not placed, since it is there.
    Adopted,
    /// It is in the state, and in the way of an order unless it goes first.
    InTheWay,
}

impl Mark {
    const ALL: [Mark; 3] = [Mark::Replaced, Mark::Adopted, Mark::InTheWay];

    fn suffix(self) -> &'static str {
        match self {
            Mark::Replaced => ".replaced",
            Mark::Adopted => ".adopted",
            Mark::InTheWay => ".in-the-way",
        }
    }
}

impl Journal {
    /// Marks the object of this id, unless it has that mark and nobody has asked for it. Without a
    /// mark the order is refused later on, so that nothing is lost if it cannot be made.
    pub fn mark(&self, mark: Mark, exchange: &str, of: &Collection, id: &str) {
        let path = self.path_of(mark, exchange, of, id);
        let stands = matches!(whose(&path), Some(Whose::Nobodys));
        if create_folder(self.folder()).is_err() || stands {
            return;
        }
        let mut options = OpenOptions::new();
        let file = for_the_owner(options.write(true).create(true).truncate(true)).open(&path);
        let _ = file.and_then(|mut file| writeln!(file, "{}", ours()));
    }

    /// Whether another process has marked it so, not long ago, and no third one has asked for that
    /// before this one. From now on it is this one's.
    pub fn is_marked(&self, mark: Mark, exchange: &str, of: &Collection, id: &str) -> bool {
        let path = self.path_of(mark, exchange, of, id);
        match whose(&path) {
            Some(Whose::Ours) => true,
            // What cannot be written could be taken twice.
            Some(Whose::Nobodys) => ask_for(&path).is_ok(),
            Some(Whose::Anothers) | None => false,
        }
    }

    /// Whether another process has marked it so, whoever has asked for that since; from now on it
    /// is this one's, if it is nobody's. An order that is refused while it is planned for an apply
    /// leaves aside for good what it takes the place of: that is for [`Journal::is_marked`] to
    /// decide, when it is placed.
    pub fn was_marked(&self, mark: Mark, exchange: &str, of: &Collection, id: &str) -> bool {
        self.is_marked(mark, exchange, of, id)
            || whose(&self.path_of(mark, exchange, of, id)).is_some()
    }

    /// The object of this id is in the state, for which other plans than this one have decided
    /// nothing any more.
    pub fn is_read(&self, exchange: &str, of: &Collection, id: &str) {
        // That is so with every object that is read, and marks are few.
        if !self.may_have_marks() {
            return;
        }
        for mark in Mark::ALL {
            let path = self.path_of(mark, exchange, of, id);
            match whose(&path) {
                Some(Whose::Nobodys) => drop(ask_for(&path)),
                Some(Whose::Ours | Whose::Anothers) => {}
                // It is too old, if there is one, or this process has just made it.
                None if is_of_this_process(&path) => {}
                None => drop(fs::remove_file(path)),
            }
        }
    }

    /// An order is planned for this collection, and for which object others have made marks cannot
    /// be seen: none of them is for its apply. What another provider block of this run has marked
    /// stays.
    pub fn asks_for_all(&self, exchange: &str, of: &Collection) {
        if !self.may_have_marks() {
            return;
        }
        let begins = self.prefix_of(exchange, of);
        for name in self.marks().filter(|name| name.starts_with(&begins)) {
            let path = self.folder().join(name);
            if matches!(whose(&path), Some(Whose::Nobodys)) && !is_of_this_run(&path) {
                let _ = ask_for(&path);
            }
        }
    }

    /// Takes the marks of an object away, if it has any.
    pub fn unmark(&self, exchange: &str, of: &Collection, id: &str) {
        for mark in Mark::ALL {
            // Without one there is nothing to take away.
            let _ = fs::remove_file(self.path_of(mark, exchange, of, id));
        }
    }

    fn may_have_marks(&self) -> bool {
        *self.marked.get_or_init(|| self.marks().next().is_some())
    }

    /// The names of all marks.
    fn marks(&self) -> impl Iterator<Item = String> {
        let entries = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter(|name| Mark::ALL.iter().any(|mark| name.ends_with(mark.suffix())))
    }

    fn path_of(&self, mark: Mark, exchange: &str, of: &Collection, id: &str) -> PathBuf {
        let (_, id) = of.key(id);
        let (prefix, digest) = (
            self.prefix_of(exchange, of),
            documents::digest(id.as_bytes()),
        );
        self.folder()
            .join(format!("{prefix}{digest}{}", mark.suffix()))
    }

    /// What the names of all marks of a collection begin with, in this workspace.
    fn prefix_of(&self, exchange: &str, of: &Collection) -> String {
        let what = format!("{} {exchange}{}", self.workspace(), of.path);
        let digest = documents::digest(what.as_bytes());
        format!("{}-", digest.get(..16).unwrap_or(&digest))
    }
}

/// Whose a mark is that another process has made.
#[derive(Clone, Copy, Debug)]
enum Whose {
    /// Nobody has asked for it.
    Nobodys,
    /// This process has.
    Ours,
    /// Another one has.
    Anothers,
}

/// Whose the mark in this file is, if it is one that counts here.
fn whose(path: &Path) -> Option<Whose> {
    let text = fs::read_to_string(path).ok()?;
    let age = fs::metadata(path).ok()?.modified().ok()?.elapsed().ok()?;
    let mut names = text.lines();
    let by_another = names.next().is_some_and(|by| by != ours());
    if !by_another || age >= LIFE_OF_A_PLAN {
        return None;
    }
    Some(match names.next() {
        None => Whose::Nobodys,
        Some(asked) if asked == ours() => Whose::Ours,
        Some(_) => Whose::Anothers,
    })
}

/// Notes that this process has asked for a mark.
fn ask_for(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    writeln!(file, "{}", ours())
}

fn is_of_this_process(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text.lines().next() == Some(ours()))
}

/// Whether a process of this run of Terraform has made a mark, as far as the system tells.
fn is_of_this_run(path: &Path) -> bool {
    let parent = journal::parent();
    fs::read_to_string(path).is_ok_and(|text| {
        let by = text.split_once(' ').map(|(by, _)| by);
        by == Some(parent.as_str())
    })
}

/// What tells this process from all others: who has started it, and since in containers numbers are
/// the same in every run, a name of its own.
fn ours() -> &'static str {
    static OURS: LazyLock<String> =
        LazyLock::new(|| format!("{} {:016x}", journal::parent(), fastrand::u64(..)));
    &OURS
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::entities::{CONTACTS, ROLE_ASSIGNMENTS};

    use super::*;

    #[test]
    fn a_mark_of_another_process_counts_until_it_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(Some(folder.path().to_owned()));
        journal.mark(Mark::Replaced, "ix.example", &CONTACTS, "P-1");
        assert!(!journal.is_marked(Mark::Replaced, "ix.example", &CONTACTS, "P-1"));
        let path = journal.path_of(Mark::Replaced, "ix.example", &CONTACTS, "p-1");
        fs::write(&path, "0\n").unwrap();
        // Whoever plans once more leaves it as it is.
        journal.mark(Mark::Replaced, "ix.example", &CONTACTS, "P-1");
        assert!(journal.is_marked(Mark::Replaced, "ix.example", &CONTACTS, "p-1"));
        assert!(!journal.is_marked(Mark::Adopted, "ix.example", &CONTACTS, "P-1"));
        assert!(!journal.is_marked(Mark::Replaced, "other.example", &CONTACTS, "P-1"));
        assert!(!journal.is_marked(Mark::Replaced, "ix.example", &ROLE_ASSIGNMENTS, "P-1"));
        journal.unmark("ix.example", &CONTACTS, "P-1");
        assert!(!journal.is_marked(Mark::Replaced, "ix.example", &CONTACTS, "P-1"));
    }

    #[test]
    fn a_mark_counts_in_the_first_process_that_asks_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(Some(folder.path().to_owned()));
        let is_marked = || journal.is_marked(Mark::Replaced, "ix.example", &CONTACTS, "P-1");
        let path = journal.path_of(Mark::Replaced, "ix.example", &CONTACTS, "P-1");
        fs::write(&path, "another\n").unwrap();
        // Whoever plans the same does not ask.
        journal.mark(Mark::Replaced, "ix.example", &CONTACTS, "P-1");
        assert_eq!(fs::read_to_string(&path).unwrap(), "another\n");
        assert!(is_marked());
        assert!(is_marked(), "it was this one");
        // A plan has asked for it that nobody need have applied.
        fs::write(&path, "another\na third\n").unwrap();
        assert!(!is_marked());
        journal.mark(Mark::Replaced, "ix.example", &CONTACTS, "P-1");
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 1);
    }
    /// Another process of this run is that of another provider block.
    #[test]
    fn who_cannot_look_uses_up_what_other_runs_have_marked() {
        let folder = tempfile::tempdir().unwrap();
        let marked = |by: &str| {
            let journal = Journal::open(Some(folder.path().to_owned()));
            let path = journal.path_of(Mark::Replaced, "ix.example", &CONTACTS, "P-1");
            fs::write(&path, format!("{by} a\n")).unwrap();
            journal.asks_for_all("ix.example", &ROLE_ASSIGNMENTS);
            assert!(matches!(whose(&path), Some(Whose::Nobodys)));
            journal.asks_for_all("ix.example", &CONTACTS);
            whose(&path)
        };
        assert!(matches!(marked("1-1"), Some(Whose::Ours)));
        if cfg!(unix) {
            assert!(matches!(marked(&journal::parent()), Some(Whose::Nobodys)));
        }
    }

    #[test]
    fn who_reads_an_object_uses_up_its_marks_and_may_make_new_ones() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(Some(folder.path().to_owned()));
        let path = journal.path_of(Mark::Replaced, "ix.example", &CONTACTS, "P-1");
        fs::write(&path, "another\n").unwrap();
        journal.is_read("ix.example", &CONTACTS, "P-1");
        assert!(matches!(whose(&path), Some(Whose::Ours)));
        journal.mark(Mark::Replaced, "ix.example", &CONTACTS, "P-1");
        journal.is_read("ix.example", &CONTACTS, "P-1");
        assert!(whose(&path).is_none() && is_of_this_process(&path));
        fs::write(&path, "another\na third\n").unwrap();
        let asks = |how: fn(&Journal, Mark, &str, &Collection, &str) -> bool| {
            how(&journal, Mark::Replaced, "ix.example", &CONTACTS, "P-1")
        };
        assert!(asks(Journal::was_marked) && !asks(Journal::is_marked));
    }
}
