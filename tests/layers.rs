//! Imports run one way: provider → entities → {tfplugin, ixapi}, and those two know nothing of each
//! other or of what is above them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;

/// Each floor, and the floors that it must not name.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("tfplugin", &["ixapi", "entities", "provider"]),
    ("ixapi", &["tfplugin", "entities", "provider"]),
    ("entities", &["provider"]),
];

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path.display().to_string(), text));
        }
    }
}

#[test]
fn imports_run_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (floor, forbidden) in FORBIDDEN {
        let mut files = Vec::new();
        sources(&root.join(floor), &mut files);
        assert!(files.len() > 3, "{floor} has moved");
        for (path, text) in files {
            for other in *forbidden {
                if text.contains(&format!("crate::{other}")) {
                    wrong.push(format!("{path} imports {other}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
