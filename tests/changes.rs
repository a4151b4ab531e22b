//! Every field that can be changed in place is changed by a scenario, which shows that it is one
//! PATCH and that nothing is left to do afterwards. Each one that is not is listed here with its
//! reason.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ixapi_provider::entities::RESOURCES;
use ixapi_provider::entities::declaration::{Field, Kind, OnChange, Resource, Which};

/// Fields that no scenario changes, and why. `*` stands for all resources.
const UNCHANGED: &[(&str, &str, &str)] = &[
    (
        "*",
        "decommission_at",
        "it goes with the DELETE alone, and a change is kept in the state",
    ),
    (
        "account",
        "managing_account",
        "an account has the manager that it was made by",
    ),
    ("nfc", "bgp_session_type", ONE),
    ("nfc", "session_mode", ONE),
    (
        "nfc",
        "ip",
        "a config has one address of each version, and each has its session",
    ),
    (
        "nsc",
        "handover",
        "a circuit that is whole has a config on each of its handovers",
    ),
    (
        "nsc",
        "ips",
        "the exchange allocates addresses for a config by itself",
    ),
    ("nsc", "vlan_config.vlan_ethertype", ONE),
    ("nsc", "vlan_config.outer_vlan_ethertype", ONE),
];

/// Why there is nothing to change to.
const ONE: &str = "what it is chosen from offers one";

/// What a scenario says is changed.
const CHANGED: &str = "var.changed";

/// Everything in the scenarios that changes: `resource.ixapi_nsc.side` with the names of the
/// arguments, those of blocks as `vlan_config.vlan`.
#[derive(Default)]
struct Changes {
    of: BTreeMap<String, BTreeSet<String>>,
}

impl Changes {
    fn of_all_scenarios() -> Changes {
        let mut changes = Changes::default();
        for folder in fs::read_dir("acceptance-tests/scenarios").unwrap() {
            let path = folder.unwrap().path().join("main.tf");
            changes.read(&path);
        }
        changes
    }

    /// A local value or a lookup that changes makes what refers to it change.
    fn read(&mut self, path: &Path) {
        let text = fs::read_to_string(path).unwrap();
        let mut signs = vec![CHANGED.to_owned()];
        loop {
            let known = signs.len();
            for argument in arguments(&text) {
                let changes = signs.iter().any(|sign| argument.value.contains(sign));
                if !changes {
                    continue;
                }
                if let Some(kind) = argument.block.strip_prefix("resource.ixapi_") {
                    let kind = kind.split('.').next().unwrap().to_owned();
                    self.of.entry(kind).or_default().insert(argument.name);
                } else {
                    let sign = match argument.block.as_str() {
                        "locals" => format!("local.{}", argument.name),
                        data => data.to_owned(),
                    };
                    if !signs.contains(&sign) {
                        signs.push(sign);
                    }
                }
            }
            if signs.len() == known {
                return;
            }
        }
    }
}

struct Argument {
    /// `locals`, `data.ixapi_role.noc`, `resource.ixapi_nsc.side`.
    block: String,
    name: String,
    value: String,
}

/// The arguments of a formatted configuration.
fn arguments(text: &str) -> Vec<Argument> {
    let mut found: Vec<Argument> = Vec::new();
    let (mut block, mut inner) = (String::new(), String::new());
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let line = line.trim();
        match (indent, line.split_once(" = ")) {
            (0, _) if line.ends_with('{') => {
                let words = line.trim_end_matches(" {").split(' ');
                let words: Vec<&str> = words.map(|word| word.trim_matches('"')).collect();
                block = words.join(".");
                inner.clear();
            }
            (2, None) if line.ends_with(" {") => {
                inner = format!("{}.", line.trim_end_matches(" {"))
            }
            (2, None) if line == "}" => inner.clear(),
            // A block within a block counts as one value.
            (4, None) if line.ends_with(" {") && !inner.is_empty() => found.push(Argument {
                block: block.clone(),
                name: format!("{inner}{}", line.trim_end_matches(" {")),
                value: String::new(),
            }),
            (2, Some((name, value))) | (4, Some((name, value)))
                if indent == 2 || !inner.is_empty() =>
            {
                found.push(Argument {
                    block: block.clone(),
                    name: format!("{inner}{}", name.trim()),
                    value: value.to_owned(),
                });
            }
            // A value of several lines.
            _ => {
                if let Some(last) = found.last_mut() {
                    last.value.push_str(line);
                }
            }
        }
    }
    found
}

/// What a user can change in place, by name as in [`Argument`].
fn changeable(resource: &Resource) -> BTreeSet<String> {
    let shape = &resource.of.shape;
    let fields = match resource.which {
        Which::Only(variant) => shape.fields_of(Some(variant)).collect::<Vec<_>>(),
        Which::All | Which::Some(_) => shape.all_fields().collect(),
    };
    let mut names = BTreeSet::new();
    for field in fields.into_iter().chain(resource.own_fields()) {
        add(field, "", &mut names);
    }
    names
}

fn add(field: &Field, within: &str, names: &mut BTreeSet<String>) {
    if !field.is_configurable() || field.on_change == OnChange::Replaces {
        return;
    }
    let name = format!("{within}{}", field.attribute);
    match &field.kind {
        Kind::Object(shape) if within.is_empty() => {
            for inner in shape.all_fields() {
                add(inner, &format!("{name}."), names);
            }
        }
        _ => {
            names.insert(name);
        }
    }
}

#[test]
fn every_changeable_field_is_changed_in_a_scenario() {
    let changes = Changes::of_all_scenarios();
    let mut missing = Vec::new();
    for resource in RESOURCES {
        let changed = changes.of.get(resource.name).cloned().unwrap_or_default();
        for field in changeable(resource).difference(&changed) {
            let excused = UNCHANGED
                .iter()
                .any(|(of, name, _)| (*of == "*" || *of == resource.name) && name == field);
            if !excused {
                missing.push(format!("{}: {field}", resource.name));
            }
        }
    }
    assert!(missing.is_empty(), "never changed: {missing:#?}");
}

#[test]
fn what_is_excused_is_changeable_and_unchanged() {
    let changes = Changes::of_all_scenarios();
    for (of, name, reason) in UNCHANGED {
        let concerned = RESOURCES.iter().filter(|r| *of == "*" || r.name == *of);
        let still = concerned.filter(|resource| {
            let changed = changes.of.get(resource.name);
            changeable(resource).contains(*name) && !changed.is_some_and(|c| c.contains(*name))
        });
        assert!(still.count() > 0, "{of}: {name} needs no excuse: {reason}");
    }
}
