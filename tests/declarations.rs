//! Every declaration agrees with the IX-API specification, variant by variant: what the API takes
//! on create but not on PATCH replaces, what it never takes is the exchange's, and so on. Each
//! deliberate difference is listed here with its reason.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use ixapi_provider::entities::declaration::{
    Arrives, Collection, Field, Follows, Kind, Mode, OnChange, Shape, Which,
};
use ixapi_provider::entities::{COLLECTIONS, LOOKUPS, RESOURCES};
use serde_json::Value as Json;

/// The fields and endpoints of the specification, as the sandbox has them too.
const SPECIFICATION: &str = include_str!("../sandbox/ixapi/fields.json");

/// Fields whose declaration differs from the specification's schema, and why. `*` stands for all
/// schemas of the collection.
const DIFFERENCES: &[(&str, &str, &str, &str)] = &[
    (
        "network_service",
        "*",
        "type",
        "PATCH takes it to tell kinds apart, but a service cannot become another kind",
    ),
    (
        "network_service",
        "P2PNetworkService",
        "joining_member_account",
        "a service key says who joins, too; one of the two is needed",
    ),
    (
        "network_service",
        "P2PNetworkService",
        "service_key",
        "an extension of IX-API takes it in place of joining_member_account",
    ),
    (
        "service_key_connection",
        "Connection",
        "service_key",
        "the extension shows it, IX-API does not",
    ),
    (
        "service_key_network_service",
        "P2PNetworkService",
        "service_key",
        "the extension shows it, IX-API does not",
    ),
    (
        "change_request",
        "NetworkServiceChangeRequest",
        "id",
        "it has none, and goes by that of its circuit",
    ),
    (
        "network_service",
        "P2MPNetworkService",
        "name",
        "IX-API 2.1 alone takes it; later versions have display_name",
    ),
    (
        "network_service",
        "MP2MPNetworkService",
        "name",
        "IX-API 2.1 alone takes it; later versions have display_name",
    ),
    (
        "member_joining_rule",
        "*",
        "type",
        "PATCH takes it to tell kinds apart, but bounds go with one kind alone",
    ),
    (
        "network_service_config",
        "*",
        "type",
        "PATCH takes it to tell kinds apart, but a config cannot become another kind",
    ),
    (
        "network_service_config",
        "*",
        "network_feature_configs",
        "a feature config says which config it belongs to; this is the other end of that",
    ),
    (
        "network_service_config",
        "CloudNetworkServiceConfig",
        "cloud_vlan",
        "it is required, and null is a value; and some exchanges have 0",
    ),
    (
        "routing_function",
        "RoutingFunction",
        "external_ref",
        LONGEST,
    ),
    (
        "routing_function",
        "RoutingFunction",
        "purchase_order",
        LONGEST,
    ),
    (
        "routing_function",
        "RoutingFunction",
        "contract_ref",
        LONGEST,
    ),
    (
        "network_service_config",
        "SharedStatisticsConfig",
        "nsc_available_capacity",
        "the specification advises against it",
    ),
    (
        "network_feature_config",
        "*",
        "type",
        "there is one, which therefore need not be said, and a config cannot become another kind",
    ),
    (
        "network_feature",
        "FeatureFlag",
        "name",
        "it is the key of the map",
    ),
    (
        "ip",
        "IPAddress",
        "version",
        "the exchange allocates: it says which of the addresses is meant",
    ),
    ("ip", "IPAddress", "address", ALLOCATED),
    ("ip", "IPAddress", "prefix_length", ALLOCATED),
];

const ALLOCATED: &str = "what the exchange allocates it says; one of one's own needs it";

const LONGEST: &str = "IX-API says how long it can be for everything else that is ordered";

/// Filters that differ from the specification, and why.
const FILTER_DIFFERENCES: &[(&str, &str, &str)] = &[(
    "product_offering",
    "fields",
    "it asks for incomplete objects, which a data source has no use for",
)];

fn specification() -> Json {
    serde_json::from_str(SPECIFICATION).unwrap()
}

/// A level of fields, beside the schema that describes it.
struct Level<'a> {
    collection: &'a Collection,
    schema: &'a str,
    managed: bool,
    /// Whether the variants of an object share one schema, so that what one variant requires the
    /// schema may not, and the other way round.
    of_one_variant: bool,
}

impl Level<'_> {
    fn named(&self, field: &str) -> String {
        format!("{}.{field} of {}", self.collection.name, self.schema)
    }

    fn differs(&self, field: &str) -> bool {
        DIFFERENCES.iter().any(|(collection, schema, name, _)| {
            *collection == self.collection.name
                && (*schema == self.schema || *schema == "*")
                && *name == field
        })
    }

    /// The declared field against the specified one: everything that is wrong.
    fn compare(&self, field: &Field, specified: &Json) -> Vec<String> {
        let ops = specified["ops"].as_str().unwrap();
        let takes = |letter: char| ops.contains(letter);
        let mut wrong = Vec::new();
        let mut expect = |fact: bool, text: &str| {
            if !fact {
                wrong.push(format!("{} {text} (ops {ops})", self.named(field.name)));
            }
        };
        if field.sent_with_delete {
            let request = &specification()["entities"]["CancellationRequest"];
            expect(request[field.name].is_object(), "goes with a DELETE");
        } else if !self.managed {
            expect(!field.is_configurable(), "is looked up, not set");
        } else {
            expect(
                field.is_configurable() == takes('C'),
                "is set by the user exactly if the API takes it on create",
            );
        }
        if self.managed && takes('C') {
            expect(
                (field.on_change == OnChange::InPlace) == takes('P'),
                "changes in place exactly if the API takes it on PATCH",
            );
            let required = specified["create_required"].as_bool().unwrap();
            expect(
                matches!(field.mode, Mode::Required | Mode::Found(_)) == required,
                "is required exactly if the API requires it",
            );
            expect(
                field.never_returned != takes('R'),
                "is never returned exactly if it is in no answer",
            );
            let constraint = |name: &str| specified["constraints"][name].as_i64();
            let longest = field.max_length.map(|most| i64::try_from(most).unwrap());
            expect(longest == constraint("maxLength"), "has another length");
            for (name, declared) in [("minimum", field.minimum), ("maximum", field.maximum)] {
                let specified = constraint(name);
                expect(
                    specified.is_none() || declared == specified,
                    "has another bound",
                );
            }
            let default = &specified["constraints"]["default"];
            if let (Mode::Default(declared), false) = (field.mode, default.is_null()) {
                let declared = format!("{declared:?}").to_lowercase();
                let specified = default.to_string().to_lowercase();
                expect(declared.contains(&specified), "has another default");
            }
        }
        // A schema that has it in common with others may be stricter than they are.
        if specified["nullable"] == true && specified["type"].as_str().unwrap().starts_with('[') {
            expect(
                field.may_be_null,
                "may be null, as the list in an answer may",
            );
        }
        wrong.extend(self.compare_kind(field, specified["type"].as_str().unwrap()));
        wrong
    }

    fn compare_kind(&self, field: &Field, specified: &str) -> Option<String> {
        let object = specified.chars().next().is_some_and(char::is_uppercase);
        let same = match field.kind {
            Kind::Text => {
                matches!(specified, "State" | "duration") || specified.starts_with("string")
            }
            Kind::Integer => specified.starts_with("integer"),
            Kind::Number => specified == "number",
            Kind::Boolean => specified == "boolean",
            Kind::Date => specified == "date",
            Kind::Moment => specified == "date-time",
            Kind::Texts => specified == "[string]",
            Kind::Listed(_) => specified.starts_with('['),
            Kind::Integers => specified == "[integer]",
            Kind::Attributes | Kind::ObjectsByName(_) => specified == "object",
            Kind::Object(_) => object,
            Kind::Objects(_) | Kind::ObjectsByKey(..) | Kind::Switches(..) => {
                specified.starts_with('[')
            }
        };
        (!same).then(|| {
            format!(
                "{} is {specified}, declared as {:?}",
                self.named(field.name),
                field.kind
            )
        })
    }

    /// All fields of one object against its schema, both ways.
    fn compare_all(&self, fields: &[&Field], all: &Json) -> Vec<String> {
        let members = all["entities"][self.schema]
            .as_object()
            .unwrap_or_else(|| panic!("the specification has no schema {}", self.schema));
        let mut wrong = Vec::new();
        for field in fields {
            match members.get(field.name) {
                _ if self.differs(field.name) => {}
                None => wrong.push(format!("{} is not specified", self.named(field.name))),
                Some(specified) => {
                    wrong.extend(self.compare(field, specified));
                    wrong.extend(self.compare_below(field, specified, all));
                }
            }
        }
        for name in members.keys().filter(|_| !self.of_one_variant) {
            let declared = fields.iter().any(|field| field.name == name);
            if !declared && !self.differs(name) {
                wrong.push(format!("{} is not declared", self.named(name)));
            }
        }
        wrong
    }

    /// The objects in a field against their schema.
    fn compare_below(&self, field: &Field, specified: &Json, all: &Json) -> Vec<String> {
        let (Kind::Object(shape)
        | Kind::Objects(shape)
        | Kind::ObjectsByKey(_, shape)
        | Kind::ObjectsByName(shape)) = field.kind
        else {
            return Vec::new();
        };
        let schema = specified["type"].as_str().unwrap();
        let schema = schema.trim_matches(['[', ']']);
        if !all["entities"][schema].is_object() {
            return Vec::new();
        }
        let level = |of_one_variant| Level {
            schema,
            managed: field.is_configurable(),
            of_one_variant,
            ..*self
        };
        if shape.variants.is_empty() {
            let inner: Vec<&Field> = shape.common_fields().collect();
            return level(false).compare_all(&inner, all);
        }
        // One schema for all variants: each against its part of it, and all against the whole.
        let whole: BTreeSet<&str> = shape.all_fields().map(|inner| inner.name).collect();
        let missing = all["entities"][schema].as_object().unwrap().keys();
        let known = |name: &str| whole.contains(name) || level(false).differs(name);
        let missing = missing.filter(|name| !known(name));
        let missing = missing.map(|name| format!("{schema}.{name} is not declared"));
        let of_each = shape.variants.iter().flat_map(|variant| {
            let inner: Vec<&Field> = shape.fields_of(Some(variant.value)).collect();
            level(true).compare_all(&inner, all)
        });
        of_each.chain(missing).collect()
    }
}

/// Each schema of a collection, with the fields of the objects that have it, and whether some
/// resource is for them.
fn schemas(collection: &'static Collection) -> Vec<(&'static str, Vec<&'static Field>, bool)> {
    let shape: &Shape = &collection.shape;
    let managed = |variant: &str| {
        RESOURCES.iter().any(|resource| {
            std::ptr::eq(resource.of, collection)
                && match resource.which {
                    Which::All => true,
                    Which::Only(only) => only == variant,
                    Which::Some(some) => some.contains(&variant),
                }
        })
    };
    if shape.variants.is_empty() {
        let fields = shape.common_fields().collect();
        return vec![(collection.schema, fields, managed(""))];
    }
    shape
        .variants
        .iter()
        .map(|variant| {
            let fields = shape.fields_of(Some(variant.value)).collect::<Vec<_>>();
            // A variant that no resource is for yet is declared as one that a resource could be
            // for, unless nothing in it can be set.
            let settable = variant.own_fields().any(Field::is_configurable);
            (variant.schema, fields, managed(variant.value) || settable)
        })
        .collect()
}

#[test]
fn every_field_is_declared_as_its_variants_schema_has_it() {
    let all = specification();
    let mut wrong = Vec::new();
    for collection in COLLECTIONS.iter().copied() {
        for (schema, fields, managed) in schemas(collection) {
            let level = Level {
                collection,
                schema,
                managed,
                // Of what an extension shows, that is declared which it is good for.
                of_one_variant: collection.path.contains(':'),
            };
            wrong.extend(level.compare_all(&fields, &all));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_filter_is_declared_as_the_specification_has_it() {
    let all = specification();
    let mut wrong = Vec::new();
    let of_ix_api = |c: &&&Collection| !c.filters.is_empty() && !c.path.contains(':');
    for collection in COLLECTIONS.iter().filter(of_ix_api) {
        let path = collection.path.trim_start_matches('/');
        let specified: BTreeSet<&str> = all["filters"][path]
            .as_array()
            .unwrap_or_else(|| panic!("the specification has no filters of {path}"))
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        let filters = collection.all_filters().filter(|filter| filter.is_sent);
        for filter in collection.all_filters().filter(|filter| !filter.is_sent) {
            let known = specified.contains(filter.parameter);
            assert!(
                !known,
                "{}: {} is not sent",
                collection.name, filter.parameter
            );
        }
        let declared: BTreeSet<&str> = filters
            .flat_map(|filter| [Some(filter.parameter), filter.older])
            .flatten()
            .collect();
        for name in specified.symmetric_difference(&declared) {
            let differs = |(c, n, _): &(&str, &str, &str)| *c == collection.name && n == name;
            if !FILTER_DIFFERENCES.iter().any(differs) {
                wrong.push(format!("{}: filter {name}", collection.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A difference that is none any more hides the next mistake.
#[test]
fn every_listed_difference_is_one() {
    let all = specification();
    for (name, schema, field, reason) in DIFFERENCES {
        let collection = COLLECTIONS.iter().find(|c| c.name == *name).unwrap();
        let of_that_schema = schemas(collection);
        let of_that_schema = of_that_schema
            .iter()
            .filter(|(known, ..)| known == schema || *schema == "*");
        let is_one = |(schema, fields, managed): &(&str, Vec<&Field>, bool)| {
            let specified = &all["entities"][schema][field];
            let declared = fields.iter().find(|declared| declared.name == *field);
            let level = Level {
                collection,
                schema,
                managed: *managed,
                of_one_variant: false,
            };
            match (declared, specified.is_object()) {
                (Some(declared), true) => !level.compare(declared, specified).is_empty(),
                (declared, specified) => declared.is_some() != specified,
            }
        };
        let nested = ["FeatureFlag", "SharedStatisticsConfig"].contains(schema);
        let different = of_that_schema.into_iter().any(is_one);
        assert!(
            different || nested,
            "{name}.{field} of {schema} agrees with the specification; {reason:?} is out of date"
        );
    }
}

#[test]
fn what_a_field_follows_is_a_field_beside_it() {
    for collection in COLLECTIONS {
        let shape = &collection.shape;
        for field in shape.all_fields() {
            // Shared groups may name fields that one collection has and another has not.
            if let Follows::Fields(names) = field.follows {
                let known = |name: &&str| shape.all_fields().any(|other| other.name == *name);
                let shared = ["current_billing_start_date", "nsc_required_contact_roles"];
                let some = names.iter().any(known);
                assert!(
                    some || shared.contains(&field.name),
                    "{}.{}",
                    collection.name,
                    field.name
                );
            }
        }
    }
}

#[test]
fn what_resources_and_lookups_refer_to_exists() {
    for resource in RESOURCES {
        let shape = &resource.of.shape;
        let variants: Vec<&str> = match resource.which {
            Which::All => Vec::new(),
            Which::Only(only) => vec![only],
            Which::Some(some) => some.to_vec(),
        };
        for variant in variants {
            assert!(
                shape.variant(variant).is_some(),
                "{}: {variant}",
                resource.name
            );
        }
        for lane in resource.one_at_a_time {
            let known = shape.all_fields().any(|field| field.name == lane.field);
            assert!(known, "{}: {}", resource.name, lane.field);
            let somewhere = COLLECTIONS.iter().any(|c| c.path == lane.collection);
            assert!(somewhere, "{}: {}", resource.name, lane.collection);
        }
        if let Arrives::Found { by, .. } = resource.arrives {
            for key in by {
                let filters = resource.of.all_filters();
                let known = filters.into_iter().any(|filter| filter.parameter == *key);
                assert!(known, "{}: {key} is no filter", resource.name);
            }
        }
        for link in resource.links {
            for end in [link.owner, link.target] {
                let known = link.of.shape.common_fields().any(|field| field.name == end);
                assert!(known, "{}: {end}", resource.name);
            }
        }
    }
    for lookup in LOOKUPS {
        for subject in lookup.subjects {
            assert!(!subject.of.path.is_empty(), "{}", lookup.name);
        }
    }
}

#[test]
fn variants_are_told_apart_by_a_common_field_and_each_has_a_schema() {
    for collection in COLLECTIONS {
        let shape = &collection.shape;
        assert_eq!(
            collection.schema.is_empty(),
            !shape.variants.is_empty(),
            "{}: either one schema, or one for each variant",
            collection.name
        );
        if shape.variants.is_empty() {
            continue;
        }
        let told = shape
            .common_fields()
            .find(|f| f.name == shape.told_apart_by);
        assert!(told.is_some(), "{}", collection.name);
        for variant in shape.variants {
            assert!(!variant.schema.is_empty(), "{}", variant.value);
        }
    }
}
