//! What holds for the sources as a whole.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// The layers of the library, lowest first: a module imports only from layers below its own.
const LAYERS: [&[&str]; 17] = [
    &[
        "answer",
        "clock",
        "collection",
        "dialect",
        "listen",
        "parties",
    ],
    &["feed", "ids", "life", "page", "problem"],
    &["object", "settings", "visitors"],
    &[
        "auth",
        "catalogue",
        "faults",
        "holds",
        "limit",
        "log",
        "schema",
        "store",
    ],
    &["speech"],
    &["exchange"],
    &["cancellation", "list", "loa", "statistics"],
    &["entities"],
    &["service_keys"],
    &["endpoints"],
    &["about"],
    &["routes", "control"],
    &["other_party"],
    &["estate", "sandbox"],
    &["admin"],
    &["front"],
    &["running"],
];

/// The collections that others speak of, lowest first.
const ENTITIES: [&[&str]; 6] = [
    &["shared"],
    &["change_requests", "clouds", "routing_functions"],
    &["groups"],
    &[
        "catalogue",
        "contacts",
        "ips",
        "macs",
        "member_joining_rules",
        "network_features",
        "network_services",
        "port_reservations",
        "ports",
        "roles",
    ],
    &["accounts", "role_assignments", "network_service_configs"],
    &["connections", "network_feature_configs"],
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                sources(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn layer(layers: &[&[&str]], module: &str) -> Option<usize> {
    layers.iter().position(|layer| layer.contains(&module))
}

/// The words behind each `prefix` in what is no comment.
fn words<'a>(text: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(move |line| line.split(prefix).skip(1))
        .map(|rest| {
            let end = rest.find(|letter: char| !(letter.is_ascii_lowercase() || letter == '_'));
            &rest[..end.unwrap_or(rest.len())]
        })
}

#[test]
fn modules_import_from_lower_layers_only() {
    for path in sources(&root().join("src")) {
        let inside = path.strip_prefix(root().join("src")).unwrap();
        let module = inside.iter().next().unwrap().to_str().unwrap();
        let module = module.trim_end_matches(".rs");
        let Some(own) = layer(&LAYERS, module) else {
            assert!(["lib", "main"].contains(&module), "{module} is in no layer");
            continue;
        };
        let text = fs::read_to_string(&path).unwrap();
        for imported in words(&text, "crate::").filter(|word| !word.is_empty() && *word != module) {
            let other = layer(&LAYERS, imported).unwrap();
            assert!(other < own, "{} imports {imported}", inside.display());
        }
    }
}

#[test]
fn collections_import_from_each_other_one_way() {
    for path in sources(&root().join("src/entities")) {
        let inside = path.strip_prefix(root().join("src/entities")).unwrap();
        let module = inside.iter().next().unwrap().to_str().unwrap();
        let Some(own) = layer(&ENTITIES, module.trim_end_matches(".rs")) else {
            assert_eq!(module, "mod.rs");
            continue;
        };
        let text = fs::read_to_string(&path).unwrap();
        for imported in words(&text, "super::") {
            if let Some(other) = layer(&ENTITIES, imported) {
                assert!(other < own, "{} imports {imported}", inside.display());
            }
        }
    }
}

#[test]
fn no_line_is_longer_than_100_columns() {
    for path in ["src", "tests"]
        .map(|folder| sources(&root().join(folder)))
        .concat()
    {
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let columns = line.chars().count();
            assert!(columns <= 100, "{}:{}", path.display(), index + 1);
        }
    }
}
