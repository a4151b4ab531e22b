//! The faults with which it is tried whether the harness finds anything at all.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

/// `scripts/planted.sh` puts each into a copy of the provider and wants it to be found.
#[test]
fn each_fault_can_still_be_put_into_the_provider() {
    let chaos = Path::new(env!("CARGO_MANIFEST_DIR"));
    let git = || Command::new("git");
    if git().arg("version").output().is_err() {
        return;
    }
    let mut found = 0;
    for entry in fs::read_dir(chaos.join("planted")).expect("the folder of the faults") {
        let patch = entry.expect("a fault").path();
        let applied = git()
            .args(["apply", "--check"])
            .arg(&patch)
            .current_dir(chaos.parent().expect("the repository"))
            .output()
            .expect("git");
        let said = String::from_utf8_lossy(&applied.stderr);
        assert!(applied.status.success(), "{}: {said}", patch.display());
        found += 1;
    }
    assert_eq!(found, 3);
}
