//! docs/ says what the entities and examples say. `make docs` writes it anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ixapi_provider::provider::docs;

/// The folders that hold nothing but generated pages.
const GENERATED: [&str; 2] = ["resources", "data-sources"];

#[test]
fn the_documentation_is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = docs::pages(&root.join("examples")).unwrap();
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let mut stale = Vec::new();
    for page in &pages {
        let path = root.join("docs").join(&page.path);
        if update {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &page.text).unwrap();
        } else if fs::read_to_string(&path).ok().as_ref() != Some(&page.text) {
            stale.push(page.path.clone());
        }
    }
    let expected: BTreeSet<&str> = pages.iter().map(|page| page.path.as_str()).collect();
    for folder in GENERATED {
        for entry in fs::read_dir(root.join("docs").join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let path = format!("{folder}/{name}");
            if !expected.contains(path.as_str()) {
                stale.push(format!("{path} (belongs to nothing)"));
            }
        }
    }
    assert!(
        stale.is_empty(),
        "out of date, run `make docs`: {}",
        stale.join(", ")
    );
}

/// What a page of code may have for somebody who wants to see how short it is.
const MOST_LINES: usize = 40;

#[test]
fn the_code_in_the_architecture_is_the_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let sources: Vec<String> = fs::read_dir(root.join("src/entities"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let blocks = text.split("```rust\n").skip(1);
    let blocks: Vec<&str> = blocks.filter_map(|b| b.split("```").next()).collect();
    assert_eq!(blocks.len(), 3, "a collection, a resource, a lookup");
    for block in blocks {
        assert!(block.lines().count() <= MOST_LINES, "too long: {block}");
        let known = sources.iter().any(|source| source.contains(block.trim()));
        assert!(known, "out of date: {block}");
    }
}
