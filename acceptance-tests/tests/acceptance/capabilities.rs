//! Each row of the list of what IX-API can do works in both dialects of the sandbox: a scenario or
//! a test that lives in the dialect names its number. `--nocapture` prints the table.

#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use acceptance_tests::dialects::{DIALECTS, only, sandboxes};
use acceptance_tests::scenario;

/// The numbers of the list.
const ROWS: std::ops::RangeInclusive<u32> = 1..=67;

/// Who shows a row in a dialect.
type Table = BTreeMap<(u32, &'static str), BTreeSet<String>>;

#[test]
fn every_capability_is_shown_in_both_dialects() {
    let table = table();
    let shown = |row, dialect| table.get(&(row, dialect)).into_iter().flatten().cloned();
    let mut missing = Vec::new();
    for row in ROWS {
        for dialect in DIALECTS {
            let by: Vec<String> = shown(row, dialect).collect();
            println!("{row} | {dialect} | {}", by.join(", "));
            if by.is_empty() {
                missing.push((row, dialect));
            }
        }
    }
    assert!(missing.is_empty(), "nothing shows {missing:?}");
}

fn table() -> Table {
    let mut table = Table::new();
    for entry in fs::read_dir(scenario::folder()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(path.join("main.tf")).unwrap();
        let only = only(&text).unwrap();
        let lives_in = DIALECTS.into_iter().filter(|dialect| {
            let also = sandboxes(&text).any(|it| it.starts_with(&["--dialect", *dialect]));
            also || only
                .as_ref()
                .is_none_or(|only| only.dialects.contains(dialect))
        });
        note(&mut table, &path, &text, lives_in);
    }
    // Other tests say where they live; those that do not are in neither.
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/acceptance");
    let entries = fs::read_dir(tests).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    for path in paths.filter(|path| path.is_file()) {
        let text = fs::read_to_string(&path).unwrap();
        let named = only(&text).unwrap();
        let named = named.map(|only| only.dialects).unwrap_or_default();
        let lives_in = DIALECTS.into_iter().filter(|it| named.contains(it));
        note(&mut table, &path, &text, lives_in);
    }
    table
}

fn note(table: &mut Table, path: &Path, text: &str, dialects: impl Iterator<Item = &'static str>) {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    for dialect in dialects {
        for row in scenario::capabilities(text) {
            table
                .entry((row, dialect))
                .or_default()
                .insert(name.clone());
        }
    }
}
