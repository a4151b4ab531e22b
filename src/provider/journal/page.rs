//! The pages of the journal: how notes are written, read and struck, and how one sees whether the
//! run has ended that has written a page.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Note, Order, Unusable};

/// What pages are called after their random name.
pub(super) const SUFFIX: &str = ".orders";

/// A line of a page.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    /// This is about to be ordered.
    Order {
        /// Its number on the page.
        number: usize,
        /// The workspace of Terraform.
        workspace: String,
        /// When, RFC 3339.
        at: String,
        /// The reference that it bears.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
        /// Live objects that were like it before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Vec<String>>,
        #[serde(flatten)]
        order: Order,
    },
    /// The exchange calls it so.
    Id { number: usize, id: String },
    /// Nothing came of it.
    Void { number: usize },
    /// Terraform is about to be given it.
    Handed { number: usize },
    /// Terraform was given it, and ended in good order.
    Delivered { number: usize },
    /// Terraform was given it, and was interrupted.
    Answered { number: usize },
    /// This later run has come to its end, and it was in no state that was read.
    Missed { number: usize, by: String },
    /// A later run goes on with it; who has started that.
    GoneOnWith {
        number: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
}

/// The page of this run.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) path: PathBuf,
    file: File,
    /// What is locked, if it is not the page itself.
    _lock: Option<File>,
    pub(super) orders: usize,
    /// The orders of which Terraform was given the object.
    pub(super) answered: Vec<usize>,
}

impl Page {
    /// A page of its own for this run.
    pub(super) fn new(folder: &Path, family: &str) -> Result<Page, Unusable> {
        create_folder(folder).map_err(at(folder))?;
        let name = format!("{:016x}{family}", fastrand::u64(..));
        let path = folder.join(&name);
        // Another run may be looking just now whether this one has ended: it is given its name only
        // when it is locked.
        let unnamed = folder.join(format!("{name}.new"));
        let file = new_file(&unnamed)?;
        let lock = match lock_of(&path) {
            itself if itself == path => {
                file.lock().map_err(at(&unnamed))?;
                None
            }
            beside => {
                let lock = new_file(&beside)?;
                lock.lock().map_err(at(&beside))?;
                Some(lock)
            }
        };
        fs::rename(&unnamed, &path).map_err(at(&path))?;
        // Its name has to last as well.
        #[cfg(unix)]
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(at(folder))?;
        Ok(Page {
            path,
            file,
            _lock: lock,
            orders: 0,
            answered: Vec::new(),
        })
    }

    /// Writes lines. When this returns they are on disk.
    pub(super) fn write(&mut self, lines: &[Line]) -> Result<(), Unusable> {
        let text = written(lines).map_err(at(&self.path))?;
        let length = self.file.metadata().map_err(at(&self.path))?.len();
        let done = self.file.write_all(text.as_bytes());
        let done = done.and_then(|()| self.file.sync_data());
        if done.is_err() {
            // Half a line would spoil the next one. If it cannot be taken back, that is told then.
            let _ = self.file.set_len(length);
        }
        done.map_err(at(&self.path))
    }
}

fn written(lines: &[Line]) -> io::Result<String> {
    let lines = lines.iter().map(serde_json::to_string);
    let lines: Vec<String> = lines.collect::<Result<_, _>>()?;
    Ok(lines.iter().map(|line| format!("{line}\n")).collect())
}

/// Writes as much as a note needs to a file in this folder, which goes again.
pub(super) fn try_out(folder: &Path) -> Result<(), Unusable> {
    create_folder(folder).map_err(at(folder))?;
    let path = folder.join(format!("{:016x}.trial", fastrand::u64(..)));
    let mut file = new_file(&path)?;
    let written = file.write_all(&[b'\n'; 4096]);
    let written = written.and_then(|()| file.sync_data());
    let removed = fs::remove_file(&path);
    written.and(removed).map_err(at(&path))
}

/// The pages in a folder, if it is there.
pub(super) fn pages_in(folder: &Path) -> Result<Vec<PathBuf>, Unusable> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(at(folder))?,
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let paths: Vec<PathBuf> = paths.collect::<io::Result<_>>().map_err(at(folder))?;
    let is_page = |path: &PathBuf| path.to_str().is_some_and(|path| path.ends_with(SUFFIX));
    Ok(paths.into_iter().filter(is_page).collect())
}

/// What a run locks for as long as it lives: its page. Where nobody can read what another process
/// has locked, on Windows, it is a file beside the page.
fn lock_of(page: &Path) -> PathBuf {
    match cfg!(windows) {
        true => page.with_extension("lock"),
        false => page.to_owned(),
    }
}

fn new_file(path: &Path) -> Result<File, Unusable> {
    let mut options = OpenOptions::new();
    let file = for_the_owner(options.append(true).create_new(true)).open(path);
    file.map_err(at(path))
}

/// Whether the run of a page has ended: then nobody holds its lock.
pub(super) fn has_ended(path: &Path) -> io::Result<bool> {
    match File::open(lock_of(path)) {
        // Another run has just struck its last note.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        file => match file?.try_lock_shared() {
            Ok(()) => Ok(true),
            Err(fs::TryLockError::WouldBlock) => Ok(false),
            Err(fs::TryLockError::Error(error)) => Err(error),
        },
    }
}

/// Locks the page of a run that has ended for as long as this process lives; false if another one
/// has.
pub(super) fn locks(taken: &mut BTreeMap<PathBuf, File>, page: &Path) -> Result<bool, Unusable> {
    if taken.contains_key(page) {
        return Ok(true);
    }
    let lock = match File::open(lock_of(page)) {
        // Its last note was struck meanwhile.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        lock => lock.map_err(at(page))?,
    };
    match lock.try_lock() {
        Ok(()) => {
            taken.insert(page.to_owned(), lock);
            Ok(true)
        }
        Err(fs::TryLockError::WouldBlock) => Ok(false),
        Err(fs::TryLockError::Error(error)) => Err(at(page)(error)),
    }
}

/// The notes of a page that are not void.
pub(super) fn read(path: &Path) -> Result<Vec<Note>, Unusable> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        text => text.map_err(at(path))?,
    };
    let mut notes: BTreeMap<usize, Note> = BTreeMap::new();
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let Some(whole) = line.strip_suffix('\n') else {
            break;
        };
        let line: Line = serde_json::from_str(whole).map_err(|_| Unusable::Foreign {
            path: path.to_owned(),
            line: index + 1,
        })?;
        match line {
            Line::Order {
                number,
                workspace,
                at,
                reference,
                before,
                order,
            } => {
                let note = Note {
                    order,
                    at,
                    reference,
                    before,
                    id: None,
                    handed: false,
                    delivered: false,
                    answered: false,
                    missed_by: None,
                    gone_on_by: None,
                    page: path.to_owned(),
                    number,
                    workspace,
                };
                notes.insert(number, note);
            }
            // A person may have taken the order out.
            Line::Id { number, id } => {
                if let Some(note) = notes.get_mut(&number) {
                    note.id = Some(id);
                }
            }
            Line::Handed { number } => {
                if let Some(note) = notes.get_mut(&number) {
                    note.handed = true;
                }
            }
            Line::Delivered { number } => {
                if let Some(note) = notes.get_mut(&number) {
                    note.delivered = true;
                }
            }
            Line::Answered { number } => {
                if let Some(note) = notes.get_mut(&number) {
                    note.answered = true;
                }
            }
            Line::Missed { number, by } => {
                if let Some(note) = notes.get_mut(&number) {
                    note.missed_by = Some(by);
                }
            }
            Line::GoneOnWith { number, by } => {
                if let Some(note) = notes.get_mut(&number) {
                    note.missed_by = None;
                    note.gone_on_by = by;
                    (note.handed, note.answered) = (false, false);
                }
            }
            Line::Void { number } => drop(notes.remove(&number)),
        }
    }
    Ok(notes.into_values().collect())
}

/// The notes that a run has left which has ended. Without any, its page goes.
pub(super) fn left_on(path: &Path) -> Result<Vec<Note>, Unusable> {
    let notes = read(path)?;
    if notes.is_empty() {
        remove(path)?;
    }
    Ok(notes)
}

/// Strikes a note that has done its duty; with the last one, the page goes. Several runs may do so
/// at once: a line is added, nothing is taken away.
///
/// # Errors
/// That the page cannot be written.
pub fn strike(note: &Note) -> Result<(), Unusable> {
    let number = note.number;
    add(&note.page, &[Line::Void { number }])?;
    clear(&note.page)
}

/// Removes the page of a run that has ended if nothing is left on it.
pub(super) fn clear(path: &Path) -> Result<(), Unusable> {
    left_on(path).map(drop)
}

fn remove(path: &Path) -> Result<(), Unusable> {
    let removed = match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(at(path)),
    };
    // A lock without a page is nobody's; one that cannot be removed is in nobody's way.
    let lock = lock_of(path);
    if lock != *path {
        let _ = fs::remove_file(lock);
    }
    removed
}

/// Adds lines to the page of a run that has ended, if it is still there. If they do not get to the
/// disk, the next run looks once more for what they say.
pub(super) fn add(path: &Path, lines: &[Line]) -> Result<(), Unusable> {
    let added = (|| {
        let mut file = match OpenOptions::new().append(true).read(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            file => file?,
        };
        // Half a line of a run that was killed while it wrote must not spoil these.
        if !ends_whole(&mut file)? {
            let text = fs::read(path)?;
            let whole = text.iter().rposition(|byte| *byte == b'\n');
            file.set_len(whole.map_or(0, |end| end as u64 + 1))?;
        }
        file.write_all(written(lines)?.as_bytes())
    })();
    added.map_err(at(path))
}

/// Whether the last line of a page is whole.
fn ends_whole(page: &mut File) -> io::Result<bool> {
    let length = page.metadata()?.len();
    let mut last = [b'\n'];
    if length > 0 {
        page.seek(SeekFrom::End(-1))?;
        page.read_exact(&mut last)?;
    }
    Ok(last == *b"\n")
}

/// Creates a folder that its owner alone can look into, as far as the system knows owners.
///
/// # Errors
/// That the system does not let us.
#[cfg(unix)]
pub fn create_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// Creates a folder that its owner alone can look into, as far as the system knows owners.
///
/// # Errors
/// That the system does not let us.
#[cfg(not(unix))]
pub fn create_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// A file that its owner alone can read and write, as far as the system knows owners.
#[cfg(unix)]
pub fn for_the_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;

    options.mode(0o600)
}

/// A file that its owner alone can read and write, as far as the system knows owners.
#[cfg(not(unix))]
pub fn for_the_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Unusable {
    let path = path.to_owned();
    |source| Unusable::System { path, source }
}
