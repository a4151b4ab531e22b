//! What the unit tests of this floor share.

#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod exchange;

use std::sync::Arc;

use crate::entities;
use crate::entities::declaration::Resource;
use crate::tfplugin::plan::{self, Change};
use crate::tfplugin::schema::{Kind, Mode, Schema, Standing};
use crate::tfplugin::types::Type;
use crate::tfplugin::value::Value;

use super::estate::Held;
use super::{generated, schemas};

/// The resource of that name.
pub fn resource_named(name: &str) -> &'static Resource {
    let mut resources = entities::RESOURCES.iter();
    resources.find(|r| r.name == name).expect("a resource")
}

/// An object of an estate, of this type and id, in a state with these values.
pub fn held(name: &str, id: &str, values: &[(&str, Value)]) -> Held {
    let (resource, id) = (resource_named(name), id.to_owned());
    let schema = schemas::resource(resource);
    let mut state = schema.object.empty();
    state.put("id", Value::text(&id));
    for (name, value) in values {
        state.put(name, value.clone());
    }
    Held {
        config: generated::configuration(resource, &schema, &state),
        schema: Arc::new(schema),
        resource,
        id,
        state,
    }
}

/// An object with every attribute known, and a configuration of what can be set.
pub fn known(resource: &Resource) -> (Schema, Value, Value) {
    let schema = schemas::resource(resource);
    let (mut prior, mut config) = (schema.object.empty(), schema.object.empty());
    if let Some((by, variants)) = schema.object.variants() {
        let first = Value::text(&variants[0].0);
        prior.put(by, first.clone());
        config.put(by, first);
    }
    let has: Vec<_> = schema
        .object
        .standing(&prior)
        .filter_map(|standing| match standing {
            Standing::Has(attribute) => Some(attribute.clone()),
            _ => None,
        })
        .collect();
    for attribute in has.iter().filter(|a| !a.local && !a.write_only) {
        if !prior.get(&attribute.name).is_null() || matches!(attribute.kind, Kind::Block(_)) {
            continue;
        }
        let value = match (&attribute.default, attribute.value_type()) {
            (Some(default), _) => default.clone(),
            (_, Type::String) => Value::text("x"),
            (_, Type::Number) => Value::integer(1),
            (_, Type::Bool) => Value::Bool(true),
            (_, Type::Set(_)) => Value::set([Value::text("x")]),
            _ => continue,
        };
        prior.put(&attribute.name, value.clone());
        if matches!(attribute.mode, Mode::Required | Mode::Optional) {
            config.put(&attribute.name, value);
        }
    }
    (schema, prior, config)
}

/// The planned change from this object to this configuration.
pub fn change(schema: &Schema, prior: Value, config: Value) -> Change {
    plan::plan(schema, prior, config.clone(), config, &[])
}
