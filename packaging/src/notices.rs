//! The licences of what is linked into a program. Most of them ask that whoever is given the
//! program is given their words too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::{Error, Program, VERSION};

/// What the file is called in an archive.
pub const NAME: &str = "THIRD-PARTY-LICENSES";

/// What the names of files begin with that tell a licence, or who has given it.
const BEGINNINGS: [&str; 6] = [
    "COPYING",
    "COPYRIGHT",
    "LICENCE",
    "LICENSE",
    "NOTICE",
    "UNLICENSE",
];

/// What no crate tells of.
const STANDARD_LIBRARY: &str = "\
The standard library of Rust is built in as well (MIT OR Apache-2.0, Copyright (c) The Rust Project
Contributors) and, on Linux, musl (MIT, Copyright (c) 2005-2020 Rich Felker and others).
";

/// What cargo knows of the workspace (`cargo metadata`, version 1).
#[derive(Debug, Deserialize)]
pub struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Debug, Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    /// Where it is from; nothing if it is of the workspace.
    source: Option<String>,
    license: Option<String>,
    manifest_path: String,
    targets: Vec<Target>,
}

#[derive(Debug, Deserialize)]
struct Target {
    kind: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Debug, Deserialize)]
struct Kind {
    /// `build` or `dev`; nothing if it is linked in.
    kind: Option<String>,
}

impl Metadata {
    /// What cargo says of the workspace of this folder, as far as it concerns a target such as
    /// `x86_64-unknown-linux-musl`.
    ///
    /// # Errors
    /// That cargo cannot be asked, or what it says instead.
    pub fn ask(folder: &Path, target: &str) -> Result<Metadata, Error> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let asked = Command::new(&cargo)
            .args(["metadata", "--locked", "--format-version", "1"])
            .args(["--filter-platform", target])
            .current_dir(folder)
            .output()
            .map_err(Error::of(Path::new(&cargo)))?;
        if !asked.status.success() {
            let told = String::from_utf8_lossy(&asked.stderr);
            return Err(Error::Refused(format!("cargo metadata: {}", told.trim())));
        }
        Metadata::read(&asked.stdout)
    }

    fn read(json: &[u8]) -> Result<Metadata, Error> {
        serde_json::from_slice(json)
            .map_err(|error| Error::Refused(format!("cargo metadata says something else: {error}")))
    }

    /// What is linked into a program and is not of this workspace, by name. Macros work at build
    /// time and leave nothing of theirs.
    fn linked_into(&self, program: Program) -> Vec<&Package> {
        let by_id = |id: &str| self.packages.iter().find(|package| package.id == id);
        let is_it = |package: &&Package| package.source.is_none() && package.name == program.name();
        let mut next: Vec<&Package> = self.packages.iter().filter(is_it).collect();
        let mut seen = BTreeSet::new();
        let mut linked = Vec::new();
        while let Some(package) = next.pop() {
            if !seen.insert(&package.id) || package.is_macro() {
                continue;
            }
            let node = self.resolve.nodes.iter().find(|node| node.id == package.id);
            let dependencies = node.into_iter().flat_map(|node| &node.deps);
            let linked_in = dependencies
                .filter(|dependency| dependency.dep_kinds.iter().any(|kind| kind.kind.is_none()));
            next.extend(linked_in.filter_map(|dependency| by_id(&dependency.pkg)));
            if package.source.is_some() {
                linked.push(package);
            }
        }
        linked.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
        linked
    }

    /// The licences of what is linked into a program: first who has which, then their texts, each
    /// once.
    ///
    /// # Errors
    /// That a package cannot be read, or says nothing of its licence.
    pub fn notices(&self, program: Program) -> Result<String, Error> {
        let mut index = String::new();
        let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for package in self.linked_into(program) {
            let name = format!("{} {}", package.name, package.version);
            let found = package.texts()?;
            let license = package.license.as_deref();
            if license.is_none() && found.is_empty() {
                return Err(Error::Refused(format!(
                    "{name} says nothing of its licence"
                )));
            }
            let license = license.unwrap_or("see below");
            index.push_str(&format!("  {name}: {license}\n"));
            for text in found {
                texts.entry(text).or_default().push(name.clone());
            }
        }
        let mut texts: Vec<_> = texts.into_iter().collect();
        texts.sort_by(|(_, one), (_, other)| one.cmp(other));
        let mut notices = format!(
            "What is built into {} {VERSION}, and the licences of that. Its own is in LICENSE.\n\n\
             {index}\n{STANDARD_LIBRARY}",
            program.name(),
        );
        for (text, names) in texts {
            let rule = "=".repeat(80);
            notices.push_str(&format!("\n{rule}\n{}\n\n{text}\n", names.join(", ")));
        }
        Ok(notices)
    }
}

impl Package {
    fn is_macro(&self) -> bool {
        let mut kinds = self.targets.iter().flat_map(|target| &target.kind);
        kinds.any(|kind| kind == "proc-macro")
    }

    /// The texts that it comes with, each once.
    fn texts(&self) -> Result<BTreeSet<String>, Error> {
        let manifest = Path::new(&self.manifest_path);
        let folder = manifest.parent().unwrap_or(manifest);
        let mut texts = BTreeSet::new();
        for entry in fs::read_dir(folder).map_err(Error::of(folder))? {
            let path = entry.map_err(Error::of(folder))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let name = name.to_ascii_uppercase();
            if !path.is_file() || !BEGINNINGS.iter().any(|it| name.starts_with(it)) {
                continue;
            }
            let text = fs::read(&path).map_err(Error::of(&path))?;
            let text = String::from_utf8_lossy(&text).replace("\r\n", "\n");
            texts.insert(text.trim_end().trim_start_matches('\n').to_owned());
        }
        Ok(texts)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};

    use super::*;

    /// A package; nothing in front of its name if it is of the workspace.
    fn package(folder: &Path, name: &str, license: Value, kind: &str) -> Value {
        let (name, source) = match name.strip_prefix('@') {
            Some(name) => (name, json!("registry")),
            None => (name, Value::Null),
        };
        json!({
            "id": name, "name": name, "version": "1.0.0", "source": source, "license": license,
            "manifest_path": folder.join(name).join("Cargo.toml"), "targets": [{"kind": [kind]}],
        })
    }

    /// What one needs, and how.
    fn node(id: &str, needs: &[(&str, Value)]) -> Value {
        let needs = needs.iter();
        let deps: Vec<Value> = needs
            .map(|(id, kind)| json!({"pkg": id, "dep_kinds": [{"kind": kind}]}))
            .collect();
        json!({"id": id, "deps": deps})
    }

    fn notices(folder: &Path, license: Value) -> Result<String, Error> {
        for (path, text) in [
            ("left/LICENSE-MIT", "One says so.\r\n"),
            ("left/readme.md", "Read me."),
            ("right/license", "\nOne says so."),
            ("right/Copyright.txt", "So does another."),
            ("macro/LICENSE", "Said of a macro."),
        ] {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        for name in ["deep", "tool"] {
            fs::create_dir_all(folder.join(name)).unwrap();
        }
        let (root, mit) = ("terraform-provider-ixapi", json!("MIT"));
        let packages = [
            package(folder, root, json!("MPL-2.0"), "bin"),
            package(folder, "ours", json!("MPL-2.0"), "lib"),
            package(folder, "@left", mit.clone(), "lib"),
            package(folder, "@right", json!("Apache-2.0"), "lib"),
            package(folder, "@deep", license, "lib"),
            package(folder, "@macro", mit.clone(), "proc-macro"),
            package(folder, "@tool", mit.clone(), "lib"),
            package(folder, "@other", mit, "lib"),
        ];
        let linked = Value::Null;
        let nodes = [
            node(root, &[("ours", linked.clone()), ("right", linked.clone())]),
            node(
                "ours",
                &[("left", linked.clone()), ("macro", linked.clone())],
            ),
            node(
                "left",
                &[("deep", linked.clone()), ("tool", json!("build"))],
            ),
            node("right", &[("left", linked), ("tool", json!("dev"))]),
        ];
        let metadata = json!({"packages": packages, "resolve": {"nodes": nodes}});
        Metadata::read(metadata.to_string().as_bytes())?.notices(Program::Provider)
    }

    #[test]
    fn what_is_linked_in_is_named_and_each_text_is_there_once() {
        let folder = tempfile::tempdir().unwrap();
        let told = notices(folder.path(), json!("MIT")).unwrap();
        let index = "  deep 1.0.0: MIT\n  left 1.0.0: MIT\n  right 1.0.0: Apache-2.0\n";
        assert!(told.contains(index), "{told}");
        assert!(
            told.contains("left 1.0.0, right 1.0.0\n\nOne says so.\n"),
            "{told}"
        );
        assert!(told.contains("right 1.0.0\n\nSo does another.\n"), "{told}");
        assert_eq!(told.matches("One says so.").count(), 1, "{told}");
        for absent in ["ours", "macro", "tool", "other 1", "Read me."] {
            assert!(!told.contains(absent), "{absent} in {told}");
        }
        assert_eq!(notices(folder.path(), json!("MIT")).unwrap(), told);
    }

    #[test]
    fn nothing_is_released_of_which_nobody_knows_the_licence() {
        let folder = tempfile::tempdir().unwrap();
        let error = notices(folder.path(), Value::Null).unwrap_err();
        assert!(error.to_string().contains("deep 1.0.0"), "{error}");
    }
}
