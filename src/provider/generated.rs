//! The configuration of an object that is there, by the declaration of its type.

use crate::entities::declaration::{Field, Mode, Resource};
use crate::tfplugin::generated;
use crate::tfplugin::schema::Schema;
use crate::tfplugin::value::Value;

use super::recovery::is_drawn;
use super::reference::REFERENCE;

/// A configuration under which an object in this state plans empty and stays what it is
/// ([`generated::configuration`]), without secrets.
pub fn configuration(resource: &Resource, schema: &Schema, state: &Value) -> Value {
    let mut config = generated::configuration(&schema.object, state);
    let is_found = resource.is_found(state);
    for field in resource.fields_of(state) {
        let other = field.unless.map(|other| state.get(other));
        let is_said_otherwise = other.is_some_and(Value::is_known);
        // How it is to end is nothing that it is; and of what the exchange made, all is the
        // exchange's but what its owner has to say.
        let is_chosen = !matches!(field.mode, Mode::Required | Mode::Optional);
        // Nobody has chosen that, and the object keeps it.
        let was_drawn = matches!(field.mode, Mode::Drawn)
            && config.get(field.attribute).as_str().is_some_and(is_drawn);
        let is_kept = was_drawn || cannot_be_written(field, &config);
        if field.sent_with_delete || is_said_otherwise || (is_found && is_chosen) || is_kept {
            config.put(field.attribute, Value::Null);
        }
    }
    config
}

/// Whether an object bears a reference that a configuration may not have; it keeps that where it is
/// left out.
fn cannot_be_written(field: &Field, config: &Value) -> bool {
    let text = config.get(field.attribute).as_str();
    let wrong = text.zip(field.rule).and_then(|(text, rule)| rule(text));
    field.name == REFERENCE && wrong.is_some()
}
