//! The field list as a judge of answers.

use std::collections::{BTreeMap, BTreeSet};

use ixapi_sandbox::clock::{parse_date, parse_date_time};
use ixapi_sandbox::schema::STATES;
use serde_json::{Map, Value};

/// What can be wrong with a field of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// There is no such field, or it is not for reading.
    Unknown,
    /// It is not there.
    Absent,
    /// It is null and must not be.
    Null,
    /// It is a list, and null.
    NullList,
    /// It is a number, and told as text.
    NumberAsText,
    /// It is of another type.
    Type,
    /// It is none of the values that it can have.
    Choice,
    /// It is too small or too large, too short or too long.
    Bounds,
    /// It is no date, date-time or duration as the specification spells them.
    Moment,
    /// A list of one is told as that one.
    NoList,
}

/// A field of an answer that is not as the field list says.
#[derive(Clone, Debug)]
pub struct Finding {
    pub entity: String,
    pub field: String,
    pub flaw: Flaw,
    /// The value and the request that it answers.
    pub seen: String,
}

/// Fields that are there only at times: what a cancellation sets, what is not for everybody, what
/// goes with one mode only.
const AT_TIMES: [&str; 9] = [
    "decommission_at",
    "charged_until",
    "current_billing_start_date",
    "Connection.lacp_timeout",
    "Problem.instance",
    "Problem.properties",
    "Aggregate.nsc_available_capacity",
    "Aggregate.nsc_available_capacity_change_perc",
    "L3Config.bgp_password",
];

/// The field list.
pub struct FieldList(BTreeMap<String, Map<String, Value>>);

/// Judges one answer.
pub struct Judge<'a> {
    pub list: &'a FieldList,
    /// Which request it answers.
    pub request: &'a str,
    /// Whether it is about something of another party, of which not all is shown.
    pub foreign: bool,
    /// What was seen of others' things, by entity.
    pub shown: &'a mut BTreeMap<String, BTreeSet<String>>,
    pub findings: &'a mut Vec<Finding>,
    pub seen: &'a mut BTreeSet<String>,
}

impl FieldList {
    pub fn embedded() -> FieldList {
        let list: Value = serde_json::from_str(include_str!("../../ixapi/fields.json")).unwrap();
        FieldList(serde_json::from_value(list["entities"].clone()).unwrap())
    }

    /// Whether a PUT says this of an object.
    pub fn is_replaced(&self, entity: &str, field: &str) -> bool {
        let field = self.0.get(entity).and_then(|fields| fields.get(field));
        field.is_some_and(|field| field["ops"].as_str().unwrap().contains('U'))
    }

    pub fn entities(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Judge<'_> {
    fn note(&mut self, entity: &str, field: &str, flaw: Flaw, value: &Value) {
        self.findings.push(Finding {
            entity: entity.to_owned(),
            field: field.to_owned(),
            flaw,
            seen: format!("{value} in {}", self.request),
        });
    }

    /// One object, which must be of that entity.
    pub fn object(&mut self, entity: &str, value: &Value) {
        let list = self.list;
        let fields = list.0.get(entity);
        let fields = fields.unwrap_or_else(|| panic!("{entity} is not in the field list"));
        self.seen.insert(entity.to_owned());
        let Some(row) = value.as_object() else {
            return self.note(entity, "", Flaw::Type, value);
        };
        if self.foreign {
            let shown = self.shown.entry(entity.to_owned()).or_default();
            shown.extend(row.keys().cloned());
        }
        for (name, value) in row {
            match fields.get(name) {
                Some(field) if is_readable(field) => self.field(entity, name, field, value),
                _ => self.note(entity, name, Flaw::Unknown, value),
            }
        }
        let variant = row.get("vlan_type");
        for (name, field) in fields.iter().filter(|(_, field)| is_readable(field)) {
            let of_variant = field.get("only").is_none_or(|only| Some(only) == variant);
            let whole = format!("{entity}.{name}");
            let at_times = AT_TIMES.iter().any(|one| one == name || *one == whole);
            let must_be = of_variant && field["nullable"] != true && !at_times;
            if must_be && !row.contains_key(name) && !self.foreign {
                self.note(entity, name, Flaw::Absent, value);
            }
        }
    }

    fn field(&mut self, entity: &str, name: &str, field: &Value, value: &Value) {
        let kind = field["type"].as_str().unwrap();
        if value.is_null() {
            match (field["nullable"] == true, kind.starts_with('[')) {
                (true, _) => {}
                (false, true) => self.note(entity, name, Flaw::NullList, value),
                (false, false) => self.note(entity, name, Flaw::Null, value),
            }
            return;
        }
        match (element(kind), value) {
            (Some(kind), Value::Array(items)) => {
                for item in items {
                    self.value(entity, name, field, kind, item);
                }
            }
            (Some(_), _) => self.note(entity, name, Flaw::NoList, value),
            (None, value) => self.value(entity, name, field, kind, value),
        }
    }

    fn value(&mut self, entity: &str, name: &str, field: &Value, kind: &str, value: &Value) {
        let flaw = match (kind, value) {
            ("string", Value::String(text)) => flaw_of_text(field, text),
            ("integer", Value::Number(number)) if !number.is_f64() => flaw_of_number(field, value),
            ("integer" | "number", Value::String(text)) if text.parse::<f64>().is_ok() => {
                Some(Flaw::NumberAsText)
            }
            ("number", Value::Number(_))
            | ("boolean", Value::Bool(_))
            | ("object", Value::Object(_)) => None,
            ("State", Value::String(state)) => {
                (!STATES.contains(&state.as_str())).then_some(Flaw::Choice)
            }
            ("date", Value::String(text)) => parse_date(text).is_none().then_some(Flaw::Moment),
            ("date-time", Value::String(text)) => {
                let is_moment = text.contains('T') && parse_date_time(text).is_some();
                (!is_moment).then_some(Flaw::Moment)
            }
            ("duration", Value::String(text)) => {
                let is_span = text.parse::<jiff::Span>().is_ok();
                (!is_span).then_some(Flaw::Moment)
            }
            // A moment, and the values that go with it.
            ("Sample", Value::Array(sample)) => {
                let moment = sample.first().and_then(Value::as_str);
                let is_moment = moment.and_then(parse_date_time).is_some();
                (!is_moment).then_some(Flaw::Moment)
            }
            ("{Aggregate}", Value::Object(aggregates)) => {
                for aggregate in aggregates.values() {
                    self.object("Aggregate", aggregate);
                }
                return;
            }
            (nested, Value::Object(_)) if self.list.0.contains_key(nested) => {
                return self.object(nested, value);
            }
            _ => Some(Flaw::Type),
        };
        if let Some(flaw) = flaw {
            self.note(entity, name, flaw, value);
        }
    }
}

fn is_readable(field: &Value) -> bool {
    field["ops"].as_str().is_some_and(|ops| ops.contains('R'))
}

fn element(kind: &str) -> Option<&str> {
    kind.strip_prefix('[')?.strip_suffix(']')
}

fn flaw_of_text(field: &Value, text: &str) -> Option<Flaw> {
    let choices = field.get("enum").and_then(Value::as_array);
    if choices.is_some_and(|choices| !choices.iter().any(|choice| choice == text)) {
        return Some(Flaw::Choice);
    }
    let length = text.chars().count() as u64;
    let bound = |name: &str| field["constraints"].get(name).and_then(Value::as_u64);
    let fits = bound("minLength").is_none_or(|least| least <= length)
        && bound("maxLength").is_none_or(|most| length <= most);
    (!fits).then_some(Flaw::Bounds)
}

fn flaw_of_number(field: &Value, value: &Value) -> Option<Flaw> {
    let number = value.as_i64()?;
    let bound = |name: &str| field["constraints"].get(name).and_then(Value::as_i64);
    let fits = bound("minimum").is_none_or(|least| least <= number)
        && bound("maximum").is_none_or(|most| number <= most);
    (!fits).then_some(Flaw::Bounds)
}
