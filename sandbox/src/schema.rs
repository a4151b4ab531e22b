//! The strict reader of request bodies. Which fields exist, who may send them and what they may
//! hold comes from this crate's copy of the field list of the IX-API data dictionary, embedded at
//! build time.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::clock;
use crate::problem::Findings;

static FIELDS: &str = include_str!("../ixapi/fields.json");

/// What the type `State` can be.
pub const STATES: [&str; 12] = [
    "requested",
    "allocated",
    "testing",
    "scheduled",
    "operator",
    "production",
    "production_change_pending",
    "decommission_requested",
    "decommissioned",
    "archived",
    "cancelled",
    "error",
];

/// The entities that the objects of a collection are.
const OF_COLLECTIONS: [(&str, &[&str]); 22] = [
    ("accounts", &["Account"]),
    ("availability-zones", &["AvailabilityZone"]),
    ("connections", &["Connection"]),
    ("contacts", &["Contact"]),
    ("devices", &["Device"]),
    ("facilities", &["Facility"]),
    ("ips", &["IPAddress"]),
    ("macs", &["MacAddress"]),
    (
        "member-joining-rules",
        &["AllowMemberJoiningRule", "DenyMemberJoiningRule"],
    ),
    ("metro-area-networks", &["MetroAreaNetwork"]),
    ("metro-areas", &["MetroArea"]),
    (
        "network-feature-configs",
        &["RouteServerNetworkFeatureConfig"],
    ),
    ("network-features", &["RouteServerNetworkFeature"]),
    (
        "network-service-configs",
        &[
            "CloudNetworkServiceConfig",
            "ExchangeLanNetworkServiceConfig",
            "MP2MPNetworkServiceConfig",
            "P2MPNetworkServiceConfig",
            "P2PNetworkServiceConfig",
            "VlanConfig",
        ],
    ),
    (
        "network-services",
        &[
            "CloudNetworkService",
            "ExchangeLanNetworkService",
            "MP2MPNetworkService",
            "P2MPNetworkService",
            "P2PNetworkService",
        ],
    ),
    ("pops", &["PointOfPresence"]),
    ("port-reservations", &["PortReservation"]),
    ("ports", &["Port"]),
    (
        "product-offerings",
        &[
            "CloudNetworkProductOffering",
            "ConnectionProductOffering",
            "ExchangeLanNetworkProductOffering",
            "MP2MPNetworkProductOffering",
            "P2MPNetworkProductOffering",
            "P2PNetworkProductOffering",
            "RoutingFunctionProductOffering",
        ],
    ),
    ("role-assignments", &["RoleAssignment"]),
    ("roles", &["Role"]),
    ("routing-functions", &["RoutingFunction"]),
];

/// What a body is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// POST: required fields must be there.
    Create,
    /// PATCH: only what changes is there.
    Patch,
    /// PUT: everything is there again.
    Replace,
}

#[derive(Debug, Deserialize)]
struct Field {
    #[serde(rename = "type")]
    kind: String,
    ops: String,
    create_required: bool,
    nullable: bool,
    #[serde(default)]
    constraints: Constraints,
    #[serde(default, rename = "enum")]
    choices: Vec<String>,
    /// The `vlan_type` that the field goes with.
    only: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Constraints {
    min_length: Option<usize>,
    max_length: Option<usize>,
    minimum: Option<i64>,
    maximum: Option<i64>,
    default: Option<Value>,
}

/// The field list, read.
#[derive(Debug, Deserialize)]
pub struct Schema {
    entities: HashMap<String, HashMap<String, Field>>,
    filters: HashMap<String, Vec<String>>,
}

impl Schema {
    /// Reads the embedded field list.
    pub fn embedded() -> Result<Self, serde_json::Error> {
        serde_json::from_str(FIELDS)
    }

    /// Whether a collection's list can be filtered by this parameter in any version of the API.
    pub fn has_filter(&self, collection: &str, parameter: &str) -> bool {
        self.filters
            .get(collection)
            .is_some_and(|filters| filters.iter().any(|filter| filter == parameter))
    }

    /// Whether this is one of the values that a field of this name can have, in whatever entity.
    pub fn is_choice(&self, name: &str, value: &str) -> bool {
        let choices = |field: &Field| field.choices.iter().any(|choice| choice == value);
        self.named(name).any(choices)
    }

    /// Whether fields of this name hold text that may be anything, or nothing.
    pub fn is_text(&self, name: &str) -> bool {
        let mut named = self.named(name).peekable();
        named.peek().is_some() && named.all(|it| it.kind == "string" && it.choices.is_empty())
    }

    /// The entity that an object of a collection is.
    pub fn entity_of(&self, collection: &str, kind: &str) -> Option<&'static str> {
        let prefix = match kind {
            "allow" => "Allow",
            "deny" => "Deny",
            "exchange_lan" => "ExchangeLan",
            "p2p_vc" => "P2P",
            "p2mp_vc" => "P2MP",
            "mp2mp_vc" => "MP2MP",
            "cloud_vc" => "Cloud",
            _ => "",
        };
        let mut known = OF_COLLECTIONS.iter();
        let (_, entities) = known.find(|(path, _)| *path == collection)?;
        let mut entities = entities.iter();
        entities.find(|entity| entity.starts_with(prefix)).copied()
    }

    /// A change that makes of an object what the body of a PUT says: what it does not say is taken
    /// back to nothing.
    pub fn whole(&self, entity: &str, body: &Map<String, Value>) -> Map<String, Value> {
        let mut whole = body.clone();
        for (name, field) in self.entities.get(entity).into_iter().flatten() {
            let is_changed = field.is_sent_to(Purpose::Replace) && field.is_sent_to(Purpose::Patch);
            if let Some(nothing) = field.nothing().filter(|_| is_changed) {
                whole.entry(name.clone()).or_insert(nothing);
            }
        }
        whole
    }

    /// Whether the objects of a collection can have a field of this name.
    pub fn has_field(&self, collection: &str, name: &str) -> bool {
        self.of_collection(collection, name).next().is_some()
    }

    /// What is wrong with a word where a filter by a field of a collection's objects is.
    pub fn filter_problem(&self, collection: &str, name: &str, word: &str) -> Option<String> {
        let fields: Vec<&Field> = self.of_collection(collection, name).collect();
        let kind = fields.first().map(|field| field.kind.as_str())?;
        let choices: BTreeSet<&str> = match kind {
            "State" => STATES.into_iter().collect(),
            _ => fields.iter().flat_map(|field| field.words()).collect(),
        };
        let choices: Vec<&str> = choices.into_iter().collect();
        word_problem(kind, &choices, word)
    }

    fn of_collection(&self, collection: &str, name: &str) -> impl Iterator<Item = &Field> {
        let mut known = OF_COLLECTIONS.iter();
        let entities = known.find(|(path, _)| *path == collection);
        let entities = entities.map_or(&[][..], |(_, entities)| entities);
        let fields = entities
            .iter()
            .filter_map(|entity| self.entities.get(*entity));
        fields.filter_map(move |fields| fields.get(name))
    }

    fn named(&self, name: &str) -> impl Iterator<Item = &Field> {
        let name = name.to_owned();
        self.entities
            .values()
            .filter_map(move |fields| fields.get(&name))
    }

    /// Checks a body against an entity and adds everything that is wrong to `findings`, sorted by
    /// field.
    pub fn check(
        &self,
        entity: &str,
        body: &Map<String, Value>,
        purpose: Purpose,
        findings: &mut Findings,
    ) {
        self.check_object(entity, "", body, purpose, findings);
    }

    fn check_object(
        &self,
        entity: &str,
        prefix: &str,
        body: &Map<String, Value>,
        purpose: Purpose,
        findings: &mut Findings,
    ) {
        let Some(fields) = self.entities.get(entity) else {
            return;
        };
        // A nested object with variants says which it is; the other variants' fields do not go with
        // it.
        let variant = body.get("vlan_type").and_then(Value::as_str);
        for (name, value) in body {
            let path = format!("{prefix}{name}");
            match fields.get(name) {
                None => findings.add(path, "is not a known field"),
                Some(field) => self.check_field(field, &path, value, variant, purpose, findings),
            }
        }
        let mut missing: Vec<&String> = fields
            .iter()
            .filter(|(name, field)| {
                let wanted = match purpose {
                    Purpose::Create => field.create_required && field.fits(variant),
                    Purpose::Replace => {
                        field.create_required && field.is_sent_to(purpose) && field.fits(variant)
                    }
                    // What a nested object or a polymorphic entity is must be said in every
                    // request.
                    Purpose::Patch => matches!(name.as_str(), "type" | "vlan_type"),
                };
                wanted && !body.contains_key(*name)
            })
            .map(|(name, _)| name)
            .collect();
        missing.sort();
        for name in missing {
            findings.add(format!("{prefix}{name}"), "is required");
        }
    }

    fn check_field(
        &self,
        field: &Field,
        path: &str,
        value: &Value,
        variant: Option<&str>,
        purpose: Purpose,
        findings: &mut Findings,
    ) {
        if !field.is_sent_to(purpose) {
            let reason = if field.ops.contains('C') {
                "can only be given when the object is created"
            } else {
                "is set by the exchange and cannot be sent"
            };
            return findings.add(path, reason);
        }
        if !field.fits(variant) {
            let variant = variant.unwrap_or_default();
            return findings.add(path, format!("does not go with vlan_type {variant}"));
        }
        if value.is_null() {
            if !field.nullable {
                findings.add(path, "cannot be null");
            }
            return;
        }
        self.check_value(field, &field.kind, path, value, purpose, findings);
    }

    fn check_value(
        &self,
        field: &Field,
        kind: &str,
        path: &str,
        value: &Value,
        purpose: Purpose,
        findings: &mut Findings,
    ) {
        if let Some(element) = kind
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            match value {
                Value::Array(items) => {
                    for (index, item) in items.iter().enumerate() {
                        self.check_value(
                            field,
                            element,
                            &format!("{path}.{index}"),
                            item,
                            purpose,
                            findings,
                        );
                    }
                }
                _ => findings.add(path, "must be a list"),
            }
            return;
        }
        let wrong = match (kind, value) {
            ("string", Value::String(text)) => field.text_problem(text),
            ("integer", Value::Number(number)) if number.is_i64() || number.is_u64() => {
                field.number_problem(number.as_i64())
            }
            ("number", Value::Number(_))
            | ("boolean", Value::Bool(_))
            | ("object", Value::Object(_)) => None,
            ("date", Value::String(text)) => clock::parse_date(text)
                .is_none()
                .then(|| "must be a date like 2026-01-31".to_owned()),
            ("date-time", Value::String(text)) => clock::parse_date_time(text)
                .is_none()
                .then(|| "must be a date-time like 2026-01-31T12:00:00Z".to_owned()),
            ("string" | "integer" | "number" | "boolean" | "object" | "date" | "date-time", _) => {
                let article = if kind.starts_with(['i', 'o']) {
                    "an"
                } else {
                    "a"
                };
                Some(format!("must be {article} {kind}"))
            }
            (nested, Value::Object(fields)) => {
                self.check_object(nested, &format!("{path}."), fields, purpose, findings);
                None
            }
            _ => Some("must be an object".to_owned()),
        };
        if let Some(reason) = wrong {
            findings.add(path, reason);
        }
    }
}

/// What is wrong with a word where something of this type is wanted, one of the choices if there
/// are any.
pub fn word_problem(kind: &str, choices: &[&str], word: &str) -> Option<String> {
    if !choices.is_empty() {
        let unknown = !choices.contains(&word);
        return unknown.then(|| format!("{word:?} is not one of: {}", choices.join(", ")));
    }
    let (is_good, wanted) = match kind {
        "integer" | "[integer]" => (word.parse::<i64>().is_ok(), "an integer"),
        "boolean" => (word.parse::<bool>().is_ok(), "true or false"),
        "date" => (clock::parse_date(word).is_some(), "a date like 2026-01-31"),
        "date-time" => (
            clock::parse_date_time(word).is_some(),
            "a date-time like 2026-01-31T12:00:00Z",
        ),
        "duration" => (word.parse::<jiff::Span>().is_ok(), "a duration like P1M"),
        _ => return None,
    };
    (!is_good).then(|| format!("must be {wanted}"))
}

impl Field {
    fn is_sent_to(&self, purpose: Purpose) -> bool {
        self.ops.contains(match purpose {
            Purpose::Create => 'C',
            Purpose::Patch => 'P',
            Purpose::Replace => 'U',
        })
    }

    /// What it is where nobody says what it is to be; none where it cannot be nothing.
    fn nothing(&self) -> Option<Value> {
        let default = self.constraints.default.clone();
        let null = self.nullable.then_some(Value::Null);
        let list = self.kind.starts_with('[').then(|| Value::Array(Vec::new()));
        default.or(null).or(list)
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.choices.iter().map(String::as_str)
    }

    fn fits(&self, variant: Option<&str>) -> bool {
        match (&self.only, variant) {
            (Some(only), Some(variant)) => only == variant,
            // Without a readable variant nothing can be said; that it is missing is reported
            // anyway.
            (Some(_), None) => false,
            (None, _) => true,
        }
    }

    fn text_problem(&self, text: &str) -> Option<String> {
        let length = text.chars().count();
        if !self.choices.is_empty() && !self.choices.iter().any(|choice| choice == text) {
            return Some(format!("must be one of: {}", self.choices.join(", ")));
        }
        if let Some(most) = self.constraints.max_length.filter(|most| length > *most) {
            return Some(format!("can have at most {most} characters, has {length}"));
        }
        let least = self
            .constraints
            .min_length
            .filter(|least| length < *least)?;
        Some(format!(
            "must have at least {least} characters, has {length}"
        ))
    }

    fn number_problem(&self, number: Option<i64>) -> Option<String> {
        let number = number.unwrap_or(i64::MAX);
        if let Some(least) = self.constraints.minimum.filter(|least| number < *least) {
            return Some(format!("must be at least {least}"));
        }
        let most = self.constraints.maximum.filter(|most| number > *most)?;
        Some(format!("must be at most {most}"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_embedded_field_list_can_be_read() {
        let schema = Schema::embedded().unwrap();
        assert!(schema.entities.contains_key("Connection"));
        assert!(schema.has_filter("facilities", "capability_speed__lt"));
        assert!(schema.has_filter("facilities", "capability_speed_lt"));
        assert!(!schema.has_filter("facilities", "page_limit"));
    }

    #[test]
    fn every_type_of_the_field_list_is_either_checked_or_an_entity_of_its_own() {
        let schema = Schema::embedded().unwrap();
        let plain = [
            "string",
            "integer",
            "number",
            "boolean",
            "date",
            "date-time",
            "object",
        ];
        for (entity, fields) in &schema.entities {
            for (name, field) in fields
                .iter()
                .filter(|(_, field)| field.ops.contains(['C', 'P']))
            {
                let kind = field.kind.trim_start_matches('[').trim_end_matches(']');
                assert!(
                    plain.contains(&kind) || schema.entities.contains_key(kind),
                    "{entity}.{name}: {kind}"
                );
            }
        }
    }
}
