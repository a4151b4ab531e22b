//! What a user can do has a scenario, or a test, that names its number.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use acceptance_tests::scenario;

/// What the provider can do so far, by the numbers of the project's list of capabilities.
const REACHED: [u32; 67] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
    27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50,
    51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67,
];

#[test]
fn every_capability_so_far_has_a_scenario_or_a_test() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/acceptance");
    let mut covered = BTreeSet::new();
    for entry in fs::read_dir(tests).unwrap() {
        covered.extend(named_in(&entry.unwrap().path()));
    }
    for entry in fs::read_dir(scenario::folder()).unwrap() {
        covered.extend(named_in(&entry.unwrap().path().join("main.tf")));
    }
    let missing: Vec<u32> = REACHED
        .into_iter()
        .filter(|number| !covered.contains(number))
        .collect();
    assert!(missing.is_empty(), "nothing shows {missing:?}");
}

fn named_in(path: &Path) -> BTreeSet<u32> {
    scenario::capabilities(&fs::read_to_string(path).unwrap())
}
