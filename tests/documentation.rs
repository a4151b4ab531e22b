//! docs/ says what the entities and examples say. `make docs` writes it anew: the pages as a whole,
//! of the guides the blocks of configuration, which are files of `examples/guides`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ixapi_provider::entities::RESOURCES;
use ixapi_provider::entities::declaration::Life;
use ixapi_provider::provider::docs;

/// The folders that hold nothing but generated pages.
const GENERATED: [&str; 6] = [
    "actions",
    "data-sources",
    "ephemeral-resources",
    "functions",
    "list-resources",
    "resources",
];

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

/// Nobody has to read the code to know how long an apply may take, and what it waits for.
#[test]
fn every_page_says_what_is_waited_for_and_for_how_long() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = docs::pages(&root.join("examples")).unwrap();
    for resource in RESOURCES.iter() {
        let path = format!("resources/{}.md", resource.name);
        let page = pages.iter().find(|page| page.path == path);
        let text = &page.unwrap_or_else(|| panic!("there is no {path}")).text;
        let line = |start: &str| {
            let found = text.lines().find(|line| line.starts_with(start));
            found.unwrap_or_else(|| panic!("{path} has no line {start}"))
        };
        line("- `timeouts` (Block) How long each operation may take");
        let (_, timeouts) = text.split_once("### Nested Schema for `timeouts`").unwrap();
        let patience = match resource.of.life {
            Life::Immediate => "5m",
            Life::Provisioned(_) => "30m",
        };
        for operation in ["create", "read", "update", "delete"] {
            let patience = if operation == "read" { "5m" } else { patience };
            let said = format!("- `{operation}` (String) Defaults to `{patience}`.");
            assert!(timeouts.contains(&said), "{path} does not say: {said}");
        }
        let variants = match resource.variants() {
            Some(variants) => variants.iter().copied().map(Some).collect(),
            None => vec![None],
        };
        for variant in variants {
            let Some(provisioning) = resource.of.provisioning(variant) else {
                assert!(
                    !text.contains("`wait_for_state`"),
                    "{path} waits for nothing"
                );
                continue;
            };
            let said = line("- `wait_for_state` (String) State that create and update wait for");
            let target = match &provisioning.waits_for {
                Some(state) => format!("that is `{state}`: {}", provisioning.because),
                None => format!(
                    "that is nothing but the end of a change: {}",
                    provisioning.because
                ),
            };
            assert!(
                said.contains(&target),
                "{path} does not say that {target}: {said}"
            );
        }
    }
}

/// A block of configuration in a guide is the file that the comment before it names.
#[test]
fn the_blocks_of_the_guides_are_the_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let mut shown = BTreeSet::new();
    for path in files(&root.join("docs/guides")) {
        let text = fs::read_to_string(&path).unwrap();
        let named = text.starts_with("---\npage_title: \"");
        assert!(named, "{path:?} begins with its page_title");
        let written = with_files(root, &text, &mut shown);
        if update {
            fs::write(&path, &written).unwrap();
        } else {
            let at = path.display();
            assert!(text == written, "out of date, run `make docs`: {at}");
        }
    }
    let there = files(&root.join("examples/guides"));
    let there = there.iter().map(|path| path.strip_prefix(root).unwrap());
    // As it is called on every system.
    let there = there.map(|path| path.to_str().unwrap().replace('\\', "/"));
    let hidden: Vec<String> = there.filter(|path| !shown.contains(path)).collect();
    assert!(hidden.is_empty(), "no guide shows {hidden:?}");
}

/// A guide, with its blocks as the files are. Which they are is noted.
fn with_files(root: &Path, guide: &str, shown: &mut BTreeSet<String>) -> String {
    let mut written = String::new();
    let (mut before, mut lines) = ("", guide.lines());
    while let Some(line) = lines.next() {
        written.push_str(line);
        written.push('\n');
        if line == "```terraform" {
            let file = before
                .strip_prefix("<!-- ")
                .and_then(|name| name.strip_suffix(" -->"))
                .unwrap_or_else(|| panic!("no comment names the file of a block after: {before}"));
            let text = fs::read_to_string(root.join(file));
            let text = text.unwrap_or_else(|error| panic!("{file}: {error}"));
            written.push_str(&format!("{}\n```\n", text.trim()));
            shown.insert(file.to_owned());
            lines.by_ref().find(|line| *line == "```");
        }
        before = line;
    }
    written
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
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
