//! What a plan has decided about an object that exists, for the apply of that plan.
//!
//! Terraform applies in another process, and hands an order nothing of what was planned for what is
//! there: neither that the order takes the place of something, nor that something was found for it.
//! So the plan leaves a mark beside the notes of orders. A mark counts in its workspace, in another
//! process than the one that made it, and no longer than a plan is kept; and in the first one that
//! asks for it, alone. So a plan that nobody applies misleads the next plan at most, and no apply.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use crate::entities::declaration::Collection;

use super::documents;
use super::journal::{Journal, create_folder, for_the_owner};

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
    /// Marks the object of this id, unless it has that mark. Without a mark the order is refused
    /// later on, so that nothing is lost if it cannot be made.
    pub fn mark(&self, mark: Mark, exchange: &str, of: &Collection, id: &str) {
        let path = self.path_of(mark, exchange, of, id);
        if create_folder(self.folder()).is_err() || whose(&path).is_some() {
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
            Some(Whose::Nobodys) => {
                let file = OpenOptions::new().append(true).open(&path);
                let asked = file.and_then(|mut file| writeln!(file, "{}", ours()));
                asked.is_ok()
            }
            None => false,
        }
    }

    /// Takes the marks of an object away, if it has any.
    pub fn unmark(&self, exchange: &str, of: &Collection, id: &str) {
        // That is so with every object that is read, and marks are few.
        if !*self.marked.get_or_init(|| self.has_marks()) {
            return;
        }
        for mark in Mark::ALL {
            // Without one there is nothing to take away.
            let _ = fs::remove_file(self.path_of(mark, exchange, of, id));
        }
    }

    fn has_marks(&self) -> bool {
        let entries = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        let mut names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names.any(|name| Mark::ALL.iter().any(|mark| name.ends_with(mark.suffix())))
    }

    fn path_of(&self, mark: Mark, exchange: &str, of: &Collection, id: &str) -> PathBuf {
        let (path, id) = of.key(id);
        let what = format!("{} {exchange}{path} {id}", self.workspace());
        let digest = documents::digest(what.as_bytes());
        self.folder().join(format!("{digest}{}", mark.suffix()))
    }
}

/// Whose a mark is that another process has made.
#[derive(Clone, Copy, Debug)]
enum Whose {
    /// Nobody has asked for it.
    Nobodys,
    /// This process has.
    Ours,
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
    match names.next() {
        None => Some(Whose::Nobodys),
        Some(asked) => (asked == ours()).then_some(Whose::Ours),
    }
}

/// What tells this process from all others. In containers, its number does not.
fn ours() -> &'static str {
    static OURS: LazyLock<String> = LazyLock::new(|| format!("{:016x}", fastrand::u64(..)));
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
}
