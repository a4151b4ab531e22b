//! Entities as Terraform schemas.

use crate::entities::declaration::{
    Decided, Entity, Field, Filter, Follows, Kind as FieldKind, Life, OnChange,
};
use crate::tfplugin::schema::{Attribute, Kind, Mode, Nesting, Recomputed, Schema};
use crate::tfplugin::types::Type;
use crate::tfplugin::value::Value;

use super::timeouts;
use super::wait::WAIT_FOR_STATE;

/// The schema of the resource.
pub fn resource(entity: &Entity) -> Schema {
    let mut attributes: Vec<Attribute> = entity.all_fields().map(attribute).collect();
    if let Life::Provisioned(provisioning) = &entity.life {
        attributes.push(super::wait::attribute(provisioning));
    }
    attributes.push(timeouts::attribute(&entity.life));
    Schema {
        version: 0,
        description: entity.description.to_owned(),
        attributes,
    }
}

/// The schema of the data source that finds many.
pub fn data_source(entity: &Entity) -> Schema {
    let mut attributes: Vec<Attribute> = entity.filters.iter().map(argument).collect();
    let found = entity
        .all_fields()
        .filter(|field| !field.never_returned)
        .map(computed)
        .collect();
    attributes.push(Attribute::new(
        entity.plural,
        Kind::Nested(Nesting::List, found),
        Mode::Computed,
        "What was found, in the order of the ids.",
    ));
    Schema {
        version: 0,
        description: format!(
            "{} Returns all that match, sorted by id; none is not an error.",
            entity.description
        ),
        attributes,
    }
}

/// A field as an attribute of a resource.
fn attribute(field: &Field) -> Attribute {
    let mode = match field.decided {
        Decided::ByExchange => Mode::Computed,
        Decided::ByUser => Mode::Required,
        Decided::MaybeByUser => Mode::Optional,
        Decided::ByEither | Decided::ByDefault(_) => Mode::OptionalComputed,
    };
    let mut attribute = Attribute::new(
        field.attribute,
        kind(&field.kind, attribute),
        mode,
        &described(field),
    );
    attribute.sensitive = field.sensitive;
    attribute.replaces = field.is_configurable() && field.on_change == OnChange::Replaces;
    attribute.any_case = field.any_case;
    attribute.never_returned = field.never_returned;
    attribute.default = match field.decided {
        Decided::ByDefault(default) => Some(Value::text(default)),
        _ => None,
    };
    attribute.recomputed = match field.follows {
        Follows::Nothing => Recomputed::Never,
        Follows::Life => Recomputed::OnAnyChange,
        Follows::Fields(names) => Recomputed::With(names.iter().map(|&n| n.to_owned()).collect()),
    };
    attribute.only_with = field.only_with.map(|(sibling, values)| {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        (sibling.to_owned(), values)
    });
    attribute
}

/// A field as an attribute that is only looked up.
fn computed(field: &Field) -> Attribute {
    let mut attribute = Attribute::new(
        field.attribute,
        kind(&field.kind, computed),
        Mode::Computed,
        field.description,
    );
    attribute.sensitive = field.sensitive;
    attribute
}

/// A filter as an argument.
fn argument(filter: &Filter) -> Attribute {
    Attribute::new(
        filter.argument,
        kind(&filter.kind, computed),
        Mode::Optional,
        filter.description,
    )
}

fn kind(kind: &FieldKind, inner: fn(&Field) -> Attribute) -> Kind {
    let nested =
        |nesting, fields: &[Field]| Kind::Nested(nesting, fields.iter().map(inner).collect());
    match kind {
        FieldKind::Text | FieldKind::Date | FieldKind::Moment => Kind::Value(Type::String),
        FieldKind::Integer | FieldKind::Number => Kind::Value(Type::Number),
        FieldKind::Boolean => Kind::Value(Type::Bool),
        FieldKind::Texts => Kind::Value(Type::set(Type::String)),
        FieldKind::Integers => Kind::Value(Type::set(Type::Number)),
        FieldKind::Attributes => Kind::Value(Type::map(Type::String)),
        FieldKind::Object(fields) => nested(Nesting::Single, fields),
        FieldKind::Objects(fields) => nested(Nesting::List, fields),
    }
}

/// What a field means, with all that its declaration says beyond the words.
fn described(field: &Field) -> String {
    let mut text = field.description.to_owned();
    if !field.choices.is_empty() && !field.choices.iter().all(|choice| text.contains(choice)) {
        text.push_str(&format!(" One of {}.", listed(field.choices)));
    }
    if let Decided::ByDefault(default) = field.decided {
        text.push_str(&format!(" Defaults to `{default}`."));
    }
    if let Some(characters) = field.max_length {
        text.push_str(&format!(" At most {characters} characters."));
    }
    match (field.minimum, field.maximum) {
        (Some(low), Some(high)) if !text.contains(&format!("{low} to {high}")) => {
            text.push_str(&format!(" From {low} to {high}."));
        }
        (Some(low), None) => text.push_str(&format!(" At least {low}.")),
        _ => {}
    }
    if let Some((sibling, values)) = field.only_with {
        text.push_str(&format!(" Only with `{sibling}` {}.", listed(values)));
    }
    if field.needed_with.is_some() {
        text.push_str(" Required there.");
    }
    if field.is_configurable() && field.on_change == OnChange::Replaces {
        text.push_str(" A change needs a new one.");
    }
    text
}

/// `` `a`, `b` or `c` ``
pub fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// Whether an attribute belongs to the provider rather than to the exchange.
pub fn is_own(attribute: &str) -> bool {
    attribute == WAIT_FOR_STATE || attribute == timeouts::TIMEOUTS
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::entities;
    use crate::tfplugin::plan::plan;

    /// An object of the entity with every attribute known, and a configuration of what can be set.
    fn known(entity: &Entity) -> (Schema, Value, Value) {
        let schema = resource(entity);
        let (mut prior, mut config) = (schema.empty(), schema.empty());
        for attribute in schema.attributes.iter().filter(|a| !a.local) {
            let value = match attribute.value_type() {
                Type::String => Value::text("x"),
                Type::Number => Value::integer(1),
                Type::Set(_) => Value::set([Value::text("x")]),
                _ => continue,
            };
            prior.put(&attribute.name, value.clone());
            if matches!(attribute.mode, Mode::Required | Mode::Optional) {
                config.put(&attribute.name, value);
            }
        }
        (schema, prior, config)
    }

    #[test]
    fn another_reference_leaves_all_but_the_state_known() {
        for name in ["connection", "port_reservation", "p2p_vc", "nsc", "contact"] {
            let entity = entities::ALL.iter().find(|e| e.name == name).unwrap();
            let (schema, prior, mut config) = known(entity);
            config.put("external_ref", "another".into());
            let change = plan(&schema, prior, config.clone(), config);
            assert!(change.replaces.is_empty(), "{name}");
            let unknown: Vec<&str> = schema
                .attributes
                .iter()
                .filter(|a| !change.planned.get(&a.name).is_wholly_known())
                .map(|a| a.name.as_str())
                .collect();
            let allowed = ["state", "status", "port", "exchange_side_demarc"];
            assert!(
                unknown.iter().all(|attribute| allowed.contains(attribute)),
                "{name}: {unknown:?}"
            );
        }
    }
}
