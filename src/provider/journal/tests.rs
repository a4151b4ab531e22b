#![allow(clippy::unwrap_used)]

use crate::entities::{CONTACTS, ROLE_ASSIGNMENTS};

use std::fs;

use super::*;

fn order(digest: &str) -> Order {
    Order {
        exchange: "ix.example".to_owned(),
        collection: CONTACTS.path.to_owned(),
        digest: digest.to_owned(),
        owners: String::new(),
    }
}

fn journal(folder: &Path) -> Arc<Journal> {
    Arc::new(Journal::open(Some(folder.to_owned())))
}

/// The journal of another run of Terraform.
fn stranger(folder: &Path) -> Arc<Journal> {
    Arc::new(Journal::open(Some(folder.to_owned())).of_another_run())
}

fn noted(journal: &Arc<Journal>, digest: &str) -> Noted {
    journal
        .note(order(digest), None, None, "2026-11-26T00:00:00Z".to_owned())
        .unwrap()
}

/// How many pages there are.
fn pages(folder: &Path) -> usize {
    pages_in(folder).unwrap().len()
}

#[test]
fn what_a_run_leaves_is_found_once_by_the_next_until_it_is_seen_in_the_state() {
    let folder = tempfile::tempdir().unwrap();
    let first = journal(folder.path());
    noted(&first, "a").is("P-1").unwrap();
    noted(&first, "a").is("P-2").unwrap();
    let sibling = journal(folder.path());
    assert_eq!(sibling.take(&order("a"), &[]).unwrap(), None);
    let beside = stranger(folder.path());
    let busy = beside.take(&order("a"), &[]).unwrap_err();
    assert!(matches!(busy, Unusable::Busy(_)), "{busy}");
    assert_eq!(beside.take(&order("b"), &[]).unwrap(), None);
    drop(first);
    assert!(beside.take(&order("a"), &[]).unwrap().is_some());
    drop(beside);

    let next = journal(folder.path());
    assert_eq!(next.take(&order("b"), &[]).unwrap(), None);
    let ids = [(); 2].map(|()| next.take(&order("a"), &[]).unwrap().unwrap().id.unwrap());
    assert_eq!(ids, ["P-1", "P-2"]);
    assert_eq!(
        next.take(&order("a"), &[]).unwrap(),
        None,
        "each note serves once"
    );
    drop(next);

    let later = journal(folder.path());
    later
        .seen("other.example", &[], &CONTACTS, "P-1", None)
        .unwrap();
    later
        .seen("ix.example", &[], &CONTACTS, "p-1", None)
        .unwrap();
    let left = journal(folder.path())
        .take(&order("a"), &[])
        .unwrap()
        .unwrap();
    assert_eq!(left.id.as_deref(), Some("P-2"));
    later
        .seen(
            "new.example",
            &["ix.example".to_owned()],
            &CONTACTS,
            "P-2",
            None,
        )
        .unwrap();
    assert_eq!(pages(folder.path()), 0);
}

/// A run that was cut off breathes for a moment: what it has noted is known before it is found.
#[test]
fn what_a_run_has_noted_is_under_way_until_it_has_ended_and_then_left() {
    let folder = tempfile::tempdir().unwrap();
    let first = journal(folder.path());
    noted(&first, "a").is("P-1").unwrap();
    let next = stranger(folder.path());
    let is_it = |note: &Note| note.is_about(&CONTACTS, "P-1", None);
    let seen = |exchange: &str, journal: &Arc<Journal>| {
        let open = journal.find_open(exchange, &[], is_it).is_some();
        (open, journal.is_under_way(exchange, &[], is_it))
    };
    assert_eq!(seen("ix.example", &next), (false, true));
    assert_eq!(seen("other.example", &next), (false, false));
    let sibling = journal(folder.path());
    assert_eq!(seen("ix.example", &sibling), (false, false), "its own");
    drop(first);
    assert_eq!(seen("ix.example", &next), (true, false));
}

/// Nobody waits for the end of a run whose Terraform is at work: it may have hours to go.
#[cfg(target_os = "linux")]
#[test]
fn whether_the_terraform_of_a_run_is_at_work_is_seen_by_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let first = journal(folder.path());
    noted(&first, "a").is("P-1").unwrap();
    let dead = stranger(folder.path());
    noted(&dead, "b").is("P-2").unwrap();
    let of_run = |digest: &str| {
        let pages = pages_in(folder.path()).unwrap();
        let mut notes = pages.iter().flat_map(|page| read(page).unwrap());
        notes.find(|note| note.order.digest == digest).unwrap()
    };
    assert!(of_run("a").is_of_terraform_at_work());
    assert!(!of_run("b").is_of_terraform_at_work());
    let mut later = of_run("a");
    let name = later.page.file_name().unwrap().to_str().unwrap();
    // Another process has got its number since.
    let name = name.replace(SUFFIX, &format!("1{SUFFIX}"));
    later.page.set_file_name(name);
    assert!(!later.is_of_terraform_at_work());

    // Nobody has asked for the end of that child, so that it is still listed.
    let mut child = std::process::Command::new("true").spawn().unwrap();
    let mut own = later;
    own.page.set_file_name(format!(
        "0-{}{SUFFIX}",
        terraform::of_process(&child.id().to_string())
    ));
    while own.is_of_terraform_at_work() {
        std::thread::yield_now();
    }
    child.wait().unwrap();
}

/// Whoever looks again after it was told to wait has forgotten none of those who are at work.
#[test]
fn several_runs_that_are_at_work_are_all_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let runs: Vec<_> = [(); 3].iter().map(|()| journal(folder.path())).collect();
    for (run, id) in runs.iter().zip(["P-1", "P-2", "P-3"]) {
        noted(run, "a").is(id).unwrap();
    }
    let next = stranger(folder.path());
    let mut found = BTreeMap::new();
    for run in runs {
        for _ in 0..3 {
            let busy = next.take(&order("a"), &[]).unwrap_err();
            assert!(matches!(busy, Unusable::Busy(_)), "{busy}");
        }
        drop(run);
        let note = next.take(&order("a"), &[]).unwrap().unwrap();
        found.insert(note.id.clone().unwrap(), note);
    }
    assert_eq!(next.take(&order("a"), &[]).unwrap(), None);
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn what_came_to_nothing_is_not_found_and_what_was_delivered_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let first = journal(folder.path());
    noted(&first, "void").is_void().unwrap();
    let open = noted(&first, "open");
    let given = noted(&first, "given");
    given.is("P-1").unwrap();
    given.is_answered();
    first.deliver().unwrap();
    drop((first, open, given));
    let next = journal(folder.path());
    assert_eq!(next.take(&order("void"), &[]).unwrap(), None);
    let open = next.take(&order("open"), &[]).unwrap().unwrap();
    assert_eq!((open.id, open.delivered), (None, false));
    let given = next.take(&order("given"), &[]).unwrap().unwrap();
    assert_eq!((given.id.as_deref(), given.delivered), (Some("P-1"), true));
}

/// Of twins, what Terraform was given may be in a state that the next run does not read.
#[test]
fn what_terraform_was_never_given_is_gone_on_with_first() {
    let folder = tempfile::tempdir().unwrap();
    let first = journal(folder.path());
    for (id, is_handed) in [("P-1", true), ("P-2", false), ("P-3", true)] {
        let order = noted(&first, "twin");
        order.is(id).unwrap();
        if is_handed {
            order.is_answered();
        }
    }
    let next = stranger(folder.path());
    next.look().unwrap();
    drop(first);
    let open = next.find_open("ix.example", &[], |_| true).unwrap();
    assert_eq!(open.id.as_deref(), Some("P-2"));
    for id in ["P-2", "P-1", "P-3"] {
        let note = next.take(&order("twin"), &[]).unwrap().unwrap();
        assert_eq!(note.id.as_deref(), Some(id));
    }
}

#[test]
fn an_order_without_id_is_seen_by_its_reference() {
    let folder = tempfile::tempdir().unwrap();
    let first = journal(folder.path());
    let (order, at) = (order("a"), "2026-11-26T00:00:00Z".to_owned());
    let reference = Some("tf-1".to_owned());
    drop(first.note(order, reference, None, at).unwrap());
    drop(first);
    let later = stranger(folder.path());
    later
        .seen("ix.example", &[], &CONTACTS, "P-1", Some("tf-2"))
        .unwrap();
    later
        .seen("ix.example", &[], &CONTACTS, "P-1", None)
        .unwrap();
    assert_eq!(pages(folder.path()), 1);
    later
        .seen("ix.example", &[], &CONTACTS, "P-1", Some("tf-1"))
        .unwrap();
    assert_eq!(pages(folder.path()), 0);
}

/// With `create_before_destroy`, what is replaced bears the reference of its successor.
#[test]
fn what_bore_the_reference_before_the_order_is_not_what_was_ordered() {
    let folder = tempfile::tempdir().unwrap();
    let first = journal(folder.path());
    let (order, at) = (order("a"), "2026-11-26T00:00:00Z".to_owned());
    let before = Some(vec!["P-1".to_owned()]);
    drop(
        first
            .note(order, Some("mine".to_owned()), before, at)
            .unwrap(),
    );
    drop(first);
    let later = stranger(folder.path());
    for (id, left) in [("p-1", 1), ("P-2", 0)] {
        later
            .seen("ix.example", &[], &CONTACTS, id, Some("mine"))
            .unwrap();
        assert_eq!(pages(folder.path()), left, "{id}");
    }
}

/// Each provider block has a process of its own, which knows nothing of what the others take.
#[test]
fn two_processes_of_a_run_do_not_take_the_same() {
    let folder = tempfile::tempdir().unwrap();
    for id in ["P-1", "P-2"] {
        noted(&journal(folder.path()), "a").is(id).unwrap();
    }
    let both = [(); 2].map(|()| stranger(folder.path()));
    let taken = both
        .each_ref()
        .map(|one| one.take(&order("a"), &[]).unwrap().unwrap());
    let ids: BTreeSet<_> = taken.iter().map(|note| note.id.clone().unwrap()).collect();
    assert_eq!(ids.len(), 2, "{taken:?}");
    let busy = both[0].take(&order("a"), &[]).unwrap_err();
    assert!(matches!(busy, Unusable::Busy(_)), "{busy}");
    drop(both);
    let next = stranger(folder.path());
    assert!(next.take(&order("a"), &[]).unwrap().is_some());
}

/// Ids may be numbers that each collection counts on its own, and a person may give everything in
/// a rack one reference.
#[test]
fn what_is_in_another_collection_strikes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let first = journal(folder.path());
    noted(&first, "a").is("7").unwrap();
    let at = "2026-11-26T00:00:00Z".to_owned();
    let reference = Some("ams-edge-1".to_owned());
    drop(first.note(order("b"), reference, None, at).unwrap());
    drop(first);
    let later = stranger(folder.path());
    let seen = |of| later.seen("ix.example", &[], of, "7", Some("ams-edge-1"));
    seen(&ROLE_ASSIGNMENTS).unwrap();
    assert_eq!(pages(folder.path()), 1);
    assert!(later.take(&order("a"), &[]).unwrap().is_some());
    assert!(later.take(&order("b"), &[]).unwrap().is_some());
    drop(later);
    let latest = stranger(folder.path());
    latest
        .seen("ix.example", &[], &CONTACTS, "7", None)
        .unwrap();
    latest
        .seen("ix.example", &[], &CONTACTS, "8", Some("ams-edge-1"))
        .unwrap();
    assert_eq!(pages(folder.path()), 0);
}

#[test]
fn what_is_struck_by_two_at_once_is_struck() {
    let folder = tempfile::tempdir().unwrap();
    let first = journal(folder.path());
    for (digest, id) in [("a", "P-1"), ("b", "P-2"), ("c", "P-3")] {
        noted(&first, digest).is(id).unwrap();
    }
    drop(first);
    let runs = [stranger(folder.path()), stranger(folder.path())];
    for run in &runs {
        run.missed("ix.example", &[]);
    }
    runs[0]
        .seen("ix.example", &[], &CONTACTS, "P-1", None)
        .unwrap();
    runs[1]
        .seen("ix.example", &[], &CONTACTS, "P-2", None)
        .unwrap();
    let third = stranger(folder.path());
    assert_eq!(third.take(&order("a"), &[]).unwrap(), None);
    assert_eq!(third.take(&order("b"), &[]).unwrap(), None);
    let left = third.take(&order("c"), &[]).unwrap().unwrap();
    strike(&left).unwrap();
    assert_eq!(pages(folder.path()), 0);
}

#[test]
fn what_a_whole_run_has_not_seen_is_missed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let first = journal(folder.path());
    noted(&first, "a").is("P-1").unwrap();
    noted(&first, "b").is("P-2").unwrap();
    drop(first);
    let second = stranger(folder.path());
    second
        .seen("ix.example", &[], &CONTACTS, "P-1", None)
        .unwrap();
    assert_eq!(second.missed("ix.example", &[]), []);
    second.miss().unwrap();
    // Terraform applies in a process of its own.
    let same = Journal {
        family: second.family.clone(),
        ..Journal::open(Some(folder.path().to_owned()))
    };
    assert_eq!(same.missed("ix.example", &[]), []);
    let third = stranger(folder.path());
    let missed = third.missed("ix.example", &[]);
    let ids: Vec<_> = missed.iter().map(|note| note.id.as_deref()).collect();
    assert_eq!(ids, [Some("P-2")]);
    assert_eq!(third.missed("other.example", &[]), []);
    third.goes_on(&missed[0]).unwrap();
    let fourth = stranger(folder.path());
    assert_eq!(fourth.missed("ix.example", &[]), []);
    // Who has not looked for anything has missed nothing.
    fourth.miss().unwrap();
    let fifth = stranger(folder.path());
    assert_eq!(fifth.missed("ix.example", &[]), []);
}

#[test]
fn a_torn_last_line_does_not_count_and_any_other_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let first = journal(folder.path());
    noted(&first, "a").is("P-1").unwrap();
    drop(first);
    let page = pages_in(folder.path()).unwrap().remove(0);
    let whole = fs::read_to_string(&page).unwrap();
    fs::write(&page, &whole[..whole.len() - 3]).unwrap();
    let torn = journal(folder.path())
        .take(&order("a"), &[])
        .unwrap()
        .unwrap();
    assert_eq!(torn.id, None);
    fs::write(&page, format!("nonsense\n{whole}")).unwrap();
    let error = journal(folder.path()).take(&order("a"), &[]).unwrap_err();
    assert!(
        error.to_string().ends_with("line 1 is no note of an order"),
        "{error}"
    );
}

#[test]
fn a_damaged_page_hides_no_other() {
    let folder = tempfile::tempdir().unwrap();
    for digest in ["a", "b", "c"] {
        noted(&stranger(folder.path()), digest).is(digest).unwrap();
    }
    let damaged = pages_in(folder.path()).unwrap().remove(1);
    let whole = fs::read_to_string(&damaged).unwrap();
    fs::write(&damaged, "nonsense\n").unwrap();
    let next = stranger(folder.path());
    assert!(matches!(next.look(), Err(Unusable::Foreign { .. })));
    assert_eq!(next.cut_off("ix.example", &[]).len(), 2);
    for digest in ["a", "b", "c"] {
        // Whether it is on the page that cannot be read, nobody knows.
        assert!(next.take(&order(digest), &[]).is_err(), "{digest}");
    }
    assert!(next.find_open("ix.example", &[], |_| false).is_none());
    next.miss().unwrap();
    let later = stranger(folder.path());
    assert_eq!(later.missed("ix.example", &[]).len(), 2);
    fs::write(&damaged, whole).unwrap();
    next.look().unwrap();
    for digest in ["a", "b", "c"] {
        assert!(
            next.take(&order(digest), &[]).unwrap().is_some(),
            "{digest}"
        );
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("data/orders");
    let first = journal(&own);
    noted(&first, "a").is("P-1").unwrap();
    let page = fs::read_dir(&own).unwrap().next().unwrap().unwrap().path();
    for path in [&own, &page] {
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
}

#[test]
fn all_that_is_noted_is_listed_as_it_stands_and_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let [cut_off, ended, living] = [(); 3].map(|()| stranger(folder.path()));
    noted(&cut_off, "lost").is("P-1").unwrap();
    noted(&cut_off, "void").is_void().unwrap();
    noted(&ended, "kept").is_answered();
    ended.deliver().unwrap();
    let _order = noted(&living, "new");
    drop((cut_off, ended));
    let reader = journal(folder.path());
    for _ in 0..2 {
        let (all, damaged) = reader.all().unwrap();
        assert!(damaged.is_empty(), "{damaged:?}");
        let mut standings: Vec<(&str, Standing)> = all
            .iter()
            .map(|(note, standing)| (note.order.digest.as_str(), *standing))
            .collect();
        standings.sort_by_key(|(digest, _)| *digest);
        let expected = [
            ("kept", Standing::Delivered),
            ("lost", Standing::Open),
            ("new", Standing::UnderWay),
        ];
        assert_eq!(standings, expected);
    }
}

/// Provider blocks have processes of their own, which order side by side.
#[test]
fn two_processes_that_order_one_reference_see_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = [(); 2].map(|()| journal(folder.path()));
    let (mine, at) = (Some("mine".to_owned()), "2026-11-26T00:00:00Z".to_owned());
    let first = one.note(order("a"), mine.clone(), None, at.clone());
    let first = first.unwrap();
    assert!(!one.has_twin(&order("a"), &[], "mine").unwrap());
    assert!(other.has_twin(&order("b"), &[], "mine").unwrap());
    assert!(!other.has_twin(&order("b"), &[], "yours").unwrap());
    let of_another_account = Order {
        owners: "b".to_owned(),
        ..order("b")
    };
    assert!(!other.has_twin(&of_another_account, &[], "mine").unwrap());
    let _second = other.note(order("b"), mine, None, at).unwrap();
    assert!(one.has_twin(&order("a"), &[], "mine").unwrap());
    first.is_void().unwrap();
    assert!(!other.has_twin(&order("b"), &[], "mine").unwrap());
}

#[test]
fn what_an_interrupted_run_has_answered_is_told_a_run_later() {
    let folder = tempfile::tempdir().unwrap();
    let first = journal(folder.path());
    noted(&first, "unanswered").is("P-1").unwrap();
    let answered = noted(&first, "answered");
    answered.is("P-2").unwrap();
    answered.is_answered();
    drop(answered);
    first.answer().unwrap();
    drop(first);
    let next = stranger(folder.path());
    let ids = |notes: Vec<Note>| -> Vec<String> {
        notes.into_iter().filter_map(|note| note.id).collect()
    };
    assert_eq!(ids(next.cut_off("ix.example", &[])), ["P-1"]);
    assert!(next.take(&order("other"), &[]).unwrap().is_none());
    next.miss().unwrap();
    let later = stranger(folder.path());
    assert!(later.cut_off("ix.example", &[]).is_empty());
    assert_eq!(later.missed("ix.example", &[]).len(), 2);
}
