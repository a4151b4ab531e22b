//! Every example that people copy is taken by the real terraform.

use std::fs;
use std::path::{Path, PathBuf};

use acceptance_tests::cli::{Feature, can};
use acceptance_tests::config::PROVIDER;
use acceptance_tests::programs;
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

/// Examples that not every CLI can read.
const NEWER: &[(&str, Feature)] = &[("actions", Feature::Actions)];

#[test]
fn every_example_is_valid() {
    let sandbox = Sandbox::start(&[]);
    let examples = programs::repository().join("examples");
    let mut folders = folders_with_configuration(&examples);
    // A step of a guide is no configuration of its own; the guide's test applies it.
    folders.retain(|folder| !folder.starts_with(examples.join("guides")));
    for (kind, feature) in NEWER {
        if !can(*feature) {
            folders.retain(|folder| !folder.starts_with(examples.join(kind)));
        }
    }
    assert!(!folders.is_empty());
    for folder in folders {
        let workspace = Workspace::new(&sandbox, "");
        let mut has_requirements = false;
        for file in configuration_files(&folder) {
            let text = fs::read_to_string(&file).unwrap();
            has_requirements |= text.contains("required_providers");
            workspace.write(file.file_name().unwrap().to_str().unwrap(), text);
        }
        if !has_requirements {
            workspace.write("requirements.tf", PROVIDER);
        }
        let run = workspace.validate();
        assert!(run.messages().is_empty(), "{}: {run}", folder.display());
    }
    assert!(sandbox.log().0.is_empty());
}

#[test]
fn every_example_of_a_list_is_valid() {
    if !can(Feature::Query) {
        return;
    }
    let sandbox = Sandbox::start(&[]);
    let workspace = Workspace::new(&sandbox, PROVIDER);
    let lists = programs::repository().join("examples/list-resources");
    for (number, folder) in fs::read_dir(lists).unwrap().enumerate() {
        let file = folder.unwrap().path().join("list-resource.tfquery.hcl");
        let text = fs::read_to_string(file).unwrap();
        workspace.write(&format!("{number}.tfquery.hcl"), text);
    }
    let run = workspace.run(&["validate", "-query", "-json"]);
    assert!(run.messages().is_empty(), "{run}");
}

fn folders_with_configuration(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if !configuration_files(folder).is_empty() {
        found.push(folder.to_owned());
    }
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(folders_with_configuration(&path));
        }
    }
    found
}

fn configuration_files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap();
    files
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tf"))
        .collect()
}
