//! What is newer than the oldest CLI: each test asks first whether the CLI at hand can do it. With
//! several CLIs at hand, these are run with each.

mod actions;
mod doctor;
mod ephemerals;
mod exports;
mod functions;
mod generated;
mod identities;
mod official;
mod queries;
mod secrets;
mod states;

use std::fs;

use acceptance_tests::programs;

/// The table of the README says which CLI can do what, and names the test that drives it.
#[test]
fn the_table_of_the_readme_names_tests_that_are_there() {
    let root = programs::repository();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let (_, table) = readme.split_once("## Which CLI can do what").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let rows = table.lines().filter(|line| line.ends_with("` |"));
    let mut count = 0;
    for row in rows {
        let test = row.rsplit('`').nth(1).unwrap();
        let (file, name) = test.split_once("::").unwrap();
        let tests = root.join("acceptance-tests/tests/acceptance/frontier");
        let text = fs::read_to_string(tests.join(format!("{file}.rs"))).unwrap();
        assert!(text.contains(&format!("\nfn {name}() {{")), "{test}");
        count += 1;
    }
    assert!(count >= 10, "{count} rows");
}
