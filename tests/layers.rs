//! Imports run one way: commands → provider → entities → {tfplugin, ixapi}, and those two know
//! nothing of each other or of what is above them. What speaks Terraform does not even know whose
//! provider it is.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Each floor, and the floors that it must not name.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("tfplugin", &["ixapi", "entities", "provider", "commands"]),
    ("ixapi", &["tfplugin", "entities", "provider", "commands"]),
    ("entities", &["provider", "commands"]),
    ("provider", &["commands"]),
];

/// What would tie the floor that speaks Terraform to this project.
const PROJECT: &[&str] = &["ixapi", "ix-api", "cargo_pkg"];

/// The source files of a folder below `src`, by their path from there.
fn sources(folder: &str) -> Vec<(String, String)> {
    below("src", folder)
}

/// The sources below a folder of a part of the repository, by their path there.
fn below(part: &str, folder: &str) -> Vec<(String, String)> {
    fn collect(folder: &Path, root: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, root, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                // As it is called on every system.
                let name = name.replace('\\', "/");
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(part);
    let mut found = Vec::new();
    collect(&root.join(folder), &root, &mut found);
    assert!(found.len() > 2, "{part}/{folder} has moved");
    found
}

/// The floors that a text imports by name, be it one of a group.
fn imports(text: &str, floor: &str) -> bool {
    let group = |group: &str| {
        let end = group.find(';').unwrap_or(group.len());
        let mut words = group[..end].split(|c: char| !c.is_alphanumeric() && c != '_');
        words.any(|word| word == floor)
    };
    text.contains(&format!("crate::{floor}")) || text.split("crate::{").skip(1).any(group)
}

/// How many modules below the crate's root a file is: `tfplugin/plan.rs` is the second.
fn depth(file: &str) -> usize {
    file.split('/').filter(|part| *part != "mod.rs").count()
}

/// The lines of a file that climb with `super` to the crate's root, where they could enter any
/// floor without naming the crate.
fn escapes(file: &str, text: &str) -> Vec<String> {
    let mut inner = 0;
    let mut found = Vec::new();
    for line in text.lines() {
        // Inner modules, such as tests, are one deeper; they start and end at the margin.
        if !line.starts_with(' ') && line.contains("mod ") && line.ends_with('{') {
            inner = 1;
        } else if line == "}" {
            inner = 0;
        }
        let mut most = 0;
        let mut run = 0;
        for part in line.split("::") {
            run = if part.ends_with("super") { run + 1 } else { 0 };
            most = most.max(run);
        }
        if most >= depth(file) + inner {
            found.push(format!("{file} leaves its floor: {}", line.trim()));
        }
    }
    found
}

#[test]
fn imports_run_one_way() {
    let mut wrong = Vec::new();
    for (floor, forbidden) in FORBIDDEN {
        for (file, text) in sources(floor) {
            wrong.extend(escapes(&file, &text));
            for other in *forbidden {
                if imports(&text, other) {
                    wrong.push(format!("{file} imports {other}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The files of a floor, each with those of them that it imports, be it in a group or a path;
/// without tests, and without the folders in it.
fn imports_within(floor: &str) -> BTreeMap<String, BTreeSet<String>> {
    let files = sources(floor).into_iter().filter_map(|(file, text)| {
        let name = file.strip_prefix(floor)?.strip_prefix('/')?;
        let name = name.strip_suffix(".rs")?.to_owned();
        let text = text.split("#[cfg(test)]\nmod ").next()?.to_owned();
        (!name.contains('/') && name != "mod").then_some((name, text))
    });
    let files: BTreeMap<String, String> = files.collect();
    let imports = files.iter().map(|(name, text)| {
        let words = named_in(text, floor).into_iter();
        let imported = words.filter(|word| word != name && files.contains_key(word));
        (name.clone(), imported.collect())
    });
    imports.collect()
}

/// What a file of a floor names of its floor; of a group, all that is in it.
fn named_in(text: &str, floor: &str) -> Vec<String> {
    let lines = text.lines();
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    let code = code.replace(&format!("crate::{floor}::"), "super::");
    let behind = code.split("super::").skip(1).flat_map(|rest| {
        let (named, rest) = match rest.strip_prefix('{') {
            Some(group) => (usize::MAX, group.split(';').next().unwrap_or_default()),
            None => (1, rest),
        };
        rest.split(|c: char| !is_of_a_name(c)).take(named)
    });
    behind.map(str::to_owned).collect()
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Takes away, again and again, what imports nothing that is left, or is imported by nothing. What
/// stays goes in circles.
fn circles(mut imports: BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, BTreeSet<String>> {
    loop {
        let is_used = |name: &str| imports.values().any(|imported| imported.contains(name));
        let mut all = imports.iter();
        let free = all.find(|(name, imported)| imported.is_empty() || !is_used(name));
        let Some(free) = free.map(|(name, _)| name.clone()) else {
            return imports;
        };
        imports.remove(&free);
        for imported in imports.values_mut() {
            imported.remove(&free);
        }
    }
}

/// A file, and one that it imports although that imports it: a provider has types, and what a type
/// does is told where it is told what a provider does.
const NATURAL: (&str, &str) = ("traits", "registry");

#[test]
fn each_floor_imports_one_way_from_file_to_file() {
    for (floor, upper, lower) in [
        ("tfplugin", "serve", "service"),
        ("ixapi", "client", "transport"),
        ("entities", "connection", "groups"),
        ("provider", "resource", "remote"),
        ("commands", "export", "arguments"),
    ] {
        let mut imports = imports_within(floor);
        assert!(imports[upper].contains(lower), "{imports:?}");
        if let Some(imported) = imports.get_mut(NATURAL.0) {
            assert!(imported.remove(NATURAL.1), "it is no exception any more");
        }
        let circles = circles(imports);
        assert!(circles.is_empty(), "{floor}: {circles:#?}");
    }
}

#[test]
fn what_a_file_names_of_its_floor_is_seen() {
    let text = "use super::a::B;\nuse super::{\n    c::D, e,\n};\nuse crate::provider::f;\n\
                // super::g\nlet h = super::i::j();";
    let named = named_in(text, "provider");
    let is_named = |word: &str| named.iter().any(|name| name == word);
    assert!(["a", "c", "e", "f", "i"].into_iter().all(is_named));
    assert!(!["B", "g", "h", "j"].into_iter().any(is_named));
}

#[test]
fn what_speaks_terraform_does_not_know_whose_provider_it_is() {
    for (file, text) in sources("tfplugin") {
        let text = text.to_lowercase();
        for word in PROJECT {
            assert!(!text.contains(word), "{file} says {word:?}");
        }
    }
}

#[test]
fn ways_around_the_rule_are_seen() {
    assert!(imports("use crate::provider::Waiting;", "provider"));
    assert!(imports(
        "use crate::{\n    a::B,\n    provider::Waiting,\n};",
        "provider"
    ));
    assert!(!imports(
        "use crate::{a::Provider};\nuse x::provider;",
        "provider"
    ));
    let climbs = |file: &str, text: &str| !escapes(file, text).is_empty();
    assert!(climbs("tfplugin/plan.rs", "use super::super::provider::X;"));
    assert!(climbs(
        "tfplugin/plan.rs",
        "    super::super::provider::x()"
    ));
    assert!(climbs("tfplugin/mod.rs", "use super::provider::X;"));
    assert!(climbs(
        "tfplugin/calls/mod.rs",
        "use super::super::{provider::X};"
    ));
    assert!(!climbs(
        "tfplugin/calls/apply.rs",
        "use super::super::plan;"
    ));
    let tests = "mod tests {\n    use super::super::plan;\n}";
    assert!(!climbs("tfplugin/private.rs", tests));
    assert!(climbs(
        "tfplugin/private.rs",
        &tests.replace("plan", "super::provider")
    ));
}

/// rustfmt leaves long comments and texts alone, and then the code around them too.
#[test]
fn no_line_is_longer_than_a_hundred_columns() {
    let mut long = Vec::new();
    for part in [
        "src",
        "tests",
        "acceptance-tests/src",
        "acceptance-tests/tests",
        "benchmark/src",
        "chaos",
        "fuzz/src",
        "packaging/src",
        "sandbox",
    ] {
        for (file, text) in below(part, "") {
            let lines = text.lines().enumerate();
            let lines = lines.filter(|(_, line)| line.chars().count() > 100);
            long.extend(lines.map(|(number, _)| format!("{part}/{file}:{}", number + 1)));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}
