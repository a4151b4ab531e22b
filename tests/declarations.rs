//! Every declaration agrees with the IX-API specification: what the API takes on create but not on
//! PATCH replaces, what it never takes is the exchange's, and so on. Each deliberate difference is
//! listed here with its reason.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use ixapi_provider::entities;
use ixapi_provider::entities::declaration::{Decided, Entity, Field, Kind, Life, OnChange};
use serde_json::Value as Json;

/// The fields and endpoints of the specification, as the sandbox has them too.
const SPECIFICATION: &str = include_str!("../sandbox/ixapi/fields.json");

/// Fields whose declaration differs from the specification, and why.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "p2p_vc",
        "type",
        "every p2p_vc has the same one: a constant of the entity",
    ),
    (
        "nsc",
        "type",
        "PATCH takes it to tell kinds apart, but a config cannot become another kind",
    ),
    (
        "nsc",
        "network_feature_configs",
        "a point-to-point circuit has no features; other kinds will let the user set it",
    ),
    (
        "nsc",
        "routing_function",
        "layer 3 comes with the routing functions themselves",
    ),
    (
        "nsc",
        "l3_config",
        "layer 3 comes with the routing functions themselves",
    ),
    (
        "nsc",
        "inner_vlan",
        "required for qinq only: the specification has one schema per vlan_type",
    ),
];

/// Filters that differ from the specification, and why.
const FILTER_DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "product_offering",
        "fields",
        "it asks for incomplete objects, which a data source has no use for",
    ),
    (
        "product_offering",
        "cross_connect_initiator",
        "IX-API has no such filter, but the port guide tells users to choose by it",
    ),
];

fn specification() -> Json {
    serde_json::from_str(SPECIFICATION).unwrap()
}

fn differs(list: &[(&str, &str, &str)], entity: &Entity, name: &str) -> bool {
    list.iter().any(|(e, n, _)| *e == entity.name && *n == name)
}

/// The declared field against the specified one: everything that is wrong.
fn compare(entity: &Entity, field: &Field, specified: &Json) -> Vec<String> {
    let ops = specified["ops"].as_str().unwrap();
    let takes = |letter: char| ops.contains(letter);
    let mut wrong = Vec::new();
    let mut expect = |fact: bool, text: &str| {
        if !fact {
            wrong.push(format!("{}.{} {text} (ops {ops})", entity.name, field.name));
        }
    };
    if matches!(entity.life, Life::Catalogue) {
        expect(!field.is_configurable(), "is looked up, not set");
        return wrong;
    }
    expect(
        field.is_configurable() == takes('C'),
        "is set by the user exactly if the API takes it on create",
    );
    if takes('C') {
        expect(
            (field.on_change == OnChange::InPlace) == takes('P'),
            "changes in place exactly if the API takes it on PATCH",
        );
        expect(
            (field.decided == Decided::ByUser) == specified["create_required"].as_bool().unwrap(),
            "is required exactly if the API requires it",
        );
        expect(
            field.never_returned != takes('R'),
            "is never returned exactly if it is in no answer",
        );
        let constraint = |name: &str| specified["constraints"][name].as_i64();
        let longest = field.max_length.map(|most| i64::try_from(most).unwrap());
        expect(longest == constraint("maxLength"), "has another length");
        if constraint("minimum").is_some() {
            expect(
                field.minimum == constraint("minimum"),
                "has another minimum",
            );
        }
        if constraint("maximum").is_some() {
            expect(
                field.maximum == constraint("maximum"),
                "has another maximum",
            );
        }
    }
    wrong.extend(compare_kind(
        entity,
        field,
        specified["type"].as_str().unwrap(),
    ));
    wrong
}

fn compare_kind(entity: &Entity, field: &Field, specified: &str) -> Option<String> {
    let same = match field.kind {
        Kind::Text => matches!(specified, "string" | "State") || specified.starts_with("string"),
        Kind::Integer => specified.starts_with("integer"),
        Kind::Number => specified == "number",
        Kind::Boolean => specified == "boolean",
        Kind::Date => specified == "date",
        Kind::Moment => specified == "date-time",
        Kind::Texts => specified == "[string]",
        Kind::Integers => specified == "[integer]",
        Kind::Attributes => specified == "object",
        Kind::Object(_) => specified.chars().next().is_some_and(char::is_uppercase),
        Kind::Objects(_) => specified.starts_with('['),
    };
    (!same).then(|| {
        format!(
            "{}.{} is {specified}, declared as {:?}",
            entity.name, field.name, field.kind
        )
    })
}

/// A level of fields against the schemas that describe it.
fn compare_level(entity: &Entity, fields: &[&Field], schemas: &[&str], all: &Json) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut specified = BTreeSet::new();
    for schema in schemas {
        let members = all["entities"][schema]
            .as_object()
            .unwrap_or_else(|| panic!("the specification has no schema {schema}"));
        specified.extend(members.keys().cloned());
    }
    for field in fields {
        let found = schemas
            .iter()
            .map(|schema| &all["entities"][schema][field.name])
            .find(|specified| specified.is_object());
        match found {
            _ if differs(DIFFERENCES, entity, field.name) => {}
            None => wrong.push(format!("{}.{} is not specified", entity.name, field.name)),
            Some(specified) => {
                wrong.extend(compare(entity, field, specified));
                if let Kind::Object(inner) | Kind::Objects(inner) = field.kind {
                    let schema = specified["type"].as_str().unwrap();
                    let schema = schema.trim_matches(['[', ']']);
                    if all["entities"][schema].is_object() {
                        let inner: Vec<&Field> = inner.iter().collect();
                        wrong.extend(compare_level(entity, &inner, &[schema], all));
                    }
                }
            }
        }
    }
    for name in specified {
        let declared = fields.iter().any(|field| field.name == name);
        if !declared && !differs(DIFFERENCES, entity, &name) {
            wrong.push(format!("{}.{name} is not declared", entity.name));
        }
    }
    wrong
}

#[test]
fn every_field_is_declared_as_the_specification_has_it() {
    let all = specification();
    let wrong: Vec<String> = entities::ALL
        .iter()
        .flat_map(|entity| {
            let fields: Vec<&Field> = entity.all_fields().collect();
            compare_level(entity, &fields, entity.schemas, &all)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_filter_is_declared_as_the_specification_has_it() {
    let all = specification();
    let mut wrong = Vec::new();
    for entity in entities::ALL.iter().filter(|e| !e.filters.is_empty()) {
        let collection = entity.path.trim_start_matches('/');
        let specified: BTreeSet<&str> = all["filters"][collection]
            .as_array()
            .unwrap_or_else(|| panic!("the specification has no filters of {collection}"))
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        let filters = entity.filters.iter();
        let declared: BTreeSet<&str> = filters
            .flat_map(|filter| [Some(filter.parameter), filter.older])
            .flatten()
            .collect();
        for name in specified.symmetric_difference(&declared) {
            if !differs(FILTER_DIFFERENCES, entity, name) {
                wrong.push(format!("{}: filter {name}", entity.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_listed_difference_is_one() {
    let all = specification();
    for (name, field, reason) in DIFFERENCES {
        let entity = entities::ALL.iter().find(|e| e.name == *name).unwrap();
        let mut fields = entity.all_fields().collect::<Vec<_>>();
        for outer in entity.all_fields() {
            if let Kind::Object(inner) = outer.kind {
                fields.extend(inner);
            }
        }
        let Some(declared) = fields.into_iter().find(|f| f.name == *field) else {
            continue;
        };
        let specified = [entity.schemas[0], "VlanConfig"]
            .iter()
            .map(|schema| &all["entities"][schema][field])
            .find(|specified| specified.is_object())
            .unwrap();
        assert!(
            !compare(entity, declared, specified).is_empty(),
            "{name}.{field} agrees with the specification; {reason:?} is out of date"
        );
    }
}

#[test]
fn what_a_field_follows_or_goes_with_is_a_field_beside_it() {
    use ixapi_provider::entities::declaration::Follows;
    fn check(entity: &Entity, level: &[&Field]) {
        let known = |name: &str| level.iter().any(|field| field.name == name);
        for field in level {
            for (sibling, _) in [field.only_with, field.needed_with].into_iter().flatten() {
                assert!(known(sibling), "{}.{}: {sibling}", entity.name, field.name);
            }
            // Shared groups may name fields that one entity has and another has not.
            if let Follows::Fields(names) = field.follows {
                let some = names.iter().any(|name| known(name));
                let shared = field.name == "current_billing_start_date";
                assert!(some || shared, "{}.{}", entity.name, field.name);
            }
            if let Kind::Object(inner) = field.kind {
                check(entity, &inner.iter().collect::<Vec<_>>());
            }
        }
    }
    for entity in entities::ALL {
        check(entity, &entity.all_fields().collect::<Vec<_>>());
    }
}
