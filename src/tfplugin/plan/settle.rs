//! What is saved after an apply: the plan, and the answer where the plan left room.

use super::super::path::Path;
use super::super::schema::{Attribute, Kind, Nesting, Object, Schema, Standing};
use super::super::value::{self, Value};
use super::same;

/// What is saved after an apply: the answer where the plan left room, the plan everywhere else.
///
/// Terraform refuses a known planned value that comes back different. Where the remote side answers
/// otherwise (it echoes late, or spells differently) the next refresh shows it instead.
pub fn settle(schema: &Schema, planned: &Value, answer: Value) -> Value {
    settle_object(&schema.object, planned, answer)
}

/// The known planned values that an answer contradicts, by the path of each.
pub fn contradictions(schema: &Schema, planned: &Value, answer: &Value) -> Vec<Path> {
    asked_for(&schema.object, planned)
        .filter(|attribute| attribute.is_configurable() && !attribute.local)
        .filter(|attribute| {
            let got = without_unknowns(answer.get(&attribute.name).clone());
            contradicts(attribute, planned.get(&attribute.name), &got)
        })
        .map(|attribute| Path::attribute(&attribute.name))
        .collect()
}

fn contradicts(attribute: &Attribute, planned: &Value, answer: &Value) -> bool {
    match (&attribute.kind, planned, answer) {
        (
            Kind::Nested(Nesting::Single, inner) | Kind::Block(inner),
            Value::Object(_),
            Value::Object(_),
        ) => asked_for(inner, planned).any(|attribute| {
            let name = &attribute.name;
            contradicts(attribute, planned.get(name), answer.get(name))
        }),
        _ => {
            !same(attribute, planned, answer)
                && settle_attribute(attribute, planned, answer.clone()) != *answer
        }
    }
}

/// The attributes of a planned object, without those of other variants: nobody asked for them.
fn asked_for<'a>(object: &'a Object, planned: &Value) -> impl Iterator<Item = &'a Attribute> {
    let standing = object.standing(planned);
    standing.filter_map(|standing| match standing {
        Standing::Has(attribute) | Standing::Open(attribute) => Some(attribute),
        Standing::HasNot(_) => None,
    })
}

fn settle_object(object: &Object, planned: &Value, answer: Value) -> Value {
    let mut answer = match (answer, planned) {
        (Value::Object(answer), _) => answer,
        // An answer without the object: what was planned of it stays all the same.
        (_, Value::Object(_)) => value::Object::new(),
        (other, _) => return without_unknowns(other),
    };
    // The plan may have left open which variant it becomes; then the answer says so.
    let discriminator = object.variants().map(|(by, _)| {
        let planned = planned.get(by);
        let answered = || answer.get(by).cloned().unwrap_or_default();
        let settled = match planned.is_unknown() {
            true => answered(),
            false => planned.clone(),
        };
        (by, settled)
    });
    let settled = object
        .standing(&Value::object(discriminator))
        .map(|standing| {
            let attribute = standing.attribute();
            let got = answer.remove(&attribute.name).unwrap_or_default();
            let planned = planned.get(&attribute.name);
            let settled = match standing {
                _ if attribute.write_only => Value::Null,
                Standing::HasNot(_) if !planned.is_known() => Value::Null,
                _ => settle_attribute(attribute, planned, got),
            };
            (attribute.name.clone(), settled)
        });
    Value::object(settled)
}

fn settle_attribute(attribute: &Attribute, planned: &Value, answer: Value) -> Value {
    if planned.is_wholly_known() {
        return planned.clone();
    }
    match (&attribute.kind, planned) {
        (_, Value::Unknown) => without_unknowns(answer),
        (Kind::Nested(Nesting::Single, inner) | Kind::Block(inner), _) => {
            settle_object(inner, planned, answer)
        }
        _ => without_unknowns(answer),
    }
}

/// Nothing may stay unknown after an apply: what the answer leaves out is null.
fn without_unknowns(value: Value) -> Value {
    match value {
        Value::Unknown => Value::Null,
        Value::List(elements) => Value::List(elements.into_iter().map(without_unknowns).collect()),
        Value::Set(elements) => Value::set(elements.into_iter().map(without_unknowns)),
        Value::Map(entries) => Value::Map(known_entries(entries)),
        Value::Object(entries) => Value::Object(known_entries(entries)),
        known => known,
    }
}

fn known_entries(entries: value::Object) -> value::Object {
    entries
        .into_iter()
        .map(|(name, value)| (name, without_unknowns(value)))
        .collect()
}
