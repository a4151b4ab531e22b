//! What each of Terraform's calls comes to: decode, ask the provider, encode.
//!
//! Rules that hold for every resource live here: a failed call drops nothing from the state,
//! write-only values never come back, nothing is unknown after an apply, private data is passed
//! through as it came.

use super::convert::{decode, decode_state, diagnostics, encode, encode_or_mend, path};
use super::diagnostics::{Diagnostic, Diagnostics};
use super::plan;
use super::proto::tfplugin6::{
    ClientCapabilities, DynamicValue, apply_resource_change, configure_provider,
    import_resource_state, plan_resource_change, read_data_source, read_resource,
    upgrade_resource_state, validate_data_resource_config, validate_provider_config,
    validate_resource_config,
};
use super::schema::Schema;
use super::traits::{Call, DataSource, Outcome, Provider, Resource};
use super::value::Value;
use super::write_only;

/// What the errors call a configuration.
const CONFIG: &str = "the configuration";

pub(super) fn validate_provider(
    provider: &dyn Provider,
    request: &validate_provider_config::Request,
) -> Result<validate_provider_config::Response, Diagnostics> {
    let kind = provider.schema().value_type();
    let config = decode(request.config.as_ref(), &kind, CONFIG)?;
    Ok(validate_provider_config::Response {
        diagnostics: diagnostics(provider.validate(&config)),
    })
}

pub(super) fn validate_resource(
    provider: &dyn Provider,
    request: &validate_resource_config::Request,
) -> Result<validate_resource_config::Response, Diagnostics> {
    let resource = resource(provider, &request.type_name)?;
    let schema = resource.schema();
    let config = decode(request.config.as_ref(), &schema.value_type(), CONFIG)?;
    let mut messages = refuse_write_only(schema, &config, request.client_capabilities);
    messages.append(resource.validate(&config));
    Ok(validate_resource_config::Response {
        diagnostics: diagnostics(messages),
    })
}

pub(super) fn validate_data_source(
    provider: &dyn Provider,
    request: &validate_data_resource_config::Request,
) -> Result<validate_data_resource_config::Response, Diagnostics> {
    let source = data_source(provider, &request.type_name)?;
    let kind = source.schema().value_type();
    let config = decode(request.config.as_ref(), &kind, CONFIG)?;
    Ok(validate_data_resource_config::Response {
        diagnostics: diagnostics(source.validate(&config)),
    })
}

pub(super) async fn configure(
    provider: &dyn Provider,
    request: &configure_provider::Request,
) -> Result<configure_provider::Response, Diagnostics> {
    let kind = provider.schema().value_type();
    let config = decode(request.config.as_ref(), &kind, CONFIG)?;
    let messages = provider.configure(config, &request.terraform_version).await;
    Ok(configure_provider::Response {
        diagnostics: diagnostics(messages),
    })
}

pub(super) fn upgrade(
    provider: &dyn Provider,
    request: &upgrade_resource_state::Request,
) -> Result<upgrade_resource_state::Response, Diagnostics> {
    let schema = resource(provider, &request.type_name)?.schema();
    if request.version > schema.version {
        return Err(Diagnostic::error(
            "State of a newer provider",
            format!(
                "The state of this {} was written by a newer version of the provider (schema {}, \
                 this one knows {}). Use that version, or a later one.",
                request.type_name, request.version, schema.version
            ),
        )
        .into());
    }
    let kind = schema.value_type();
    let state = decode_state(request.raw_state.as_ref(), &kind)?;
    Ok(upgrade_resource_state::Response {
        upgraded_state: Some(encode(&as_answered(schema, state), &kind)?),
        diagnostics: Vec::new(),
    })
}

pub(super) async fn read(
    provider: &dyn Provider,
    call: &Call,
    request: read_resource::Request,
) -> Result<read_resource::Response, Diagnostics> {
    let resource = resource(provider, &request.type_name)?;
    let schema = resource.schema();
    let kind = schema.value_type();
    let state = decode(request.current_state.as_ref(), &kind, "the state")?;
    let outcome = match state.is_null() {
        true => Outcome::default(),
        false => resource.read(call, state).await,
    };
    let new_state = if outcome.diagnostics.has_errors() && outcome.state.is_null() {
        request.current_state
    } else {
        Some(encode(&as_answered(schema, outcome.state), &kind)?)
    };
    Ok(read_resource::Response {
        new_state,
        diagnostics: diagnostics(outcome.diagnostics),
        private: request.private,
        ..Default::default()
    })
}

pub(super) async fn plan(
    provider: &dyn Provider,
    call: &Call,
    request: plan_resource_change::Request,
) -> Result<plan_resource_change::Response, Diagnostics> {
    let resource = resource(provider, &request.type_name)?;
    let schema = resource.schema();
    let kind = schema.value_type();
    let prior = decode(request.prior_state.as_ref(), &kind, "the prior state")?;
    let config = decode(request.config.as_ref(), &kind, CONFIG)?;
    let proposed = decode(
        request.proposed_new_state.as_ref(),
        &kind,
        "the proposed state",
    )?;
    let refused = refuse_write_only(schema, &config, request.client_capabilities);
    if refused.has_errors() {
        return Err(refused);
    }
    let mut change = plan::plan(schema, prior, config, proposed);
    let messages = resource.plan(call, &mut change).await;
    if messages.has_errors() {
        return Err(messages);
    }
    write_only::erase(&schema.attributes, &mut change.planned);
    // Replacing means something only for an object that is there and is to stay.
    let requires_replace = match change.is_update() {
        true => change.replaces.iter().map(path).collect(),
        false => Vec::new(),
    };
    Ok(plan_resource_change::Response {
        planned_state: Some(encode(&change.planned, &kind)?),
        requires_replace,
        planned_private: request.prior_private,
        diagnostics: diagnostics(messages),
        ..Default::default()
    })
}

pub(super) async fn apply(
    provider: &dyn Provider,
    call: &Call,
    request: apply_resource_change::Request,
) -> Result<apply_resource_change::Response, Diagnostics> {
    let resource = resource(provider, &request.type_name)?;
    let schema = resource.schema();
    let kind = schema.value_type();
    let prior = decode(request.prior_state.as_ref(), &kind, "the prior state")?;
    let planned = decode(request.planned_state.as_ref(), &kind, "the plan")?;
    let config = decode(request.config.as_ref(), &kind, CONFIG)?;

    let (deletes, creates) = (planned.is_null(), prior.is_null());
    let outcome = match (deletes, creates) {
        (true, true) => Outcome::default(),
        (true, false) => resource.delete(call, prior).await,
        (false, true) => resource.create(call, planned.clone(), config).await,
        (false, false) => resource.update(call, prior, planned.clone(), config).await,
    };
    let Outcome {
        state,
        diagnostics: mut messages,
    } = outcome;
    let failed = messages.has_errors();
    let new_state = if state.is_null() && failed && !creates {
        // A failure is no proof that the object is gone.
        request.prior_state
    } else if state.is_null() {
        Some(encode(&Value::Null, &kind)?)
    } else {
        if deletes && !failed {
            messages.push(still_there(&request.type_name));
        }
        // What was planned and not done must not look done.
        let state = match deletes || failed {
            true => as_answered(schema, state),
            false => settled(schema, &planned, state),
        };
        match encode_or_mend(state, &kind, &mut messages) {
            Ok(state) => Some(state),
            Err(unwritable) => {
                messages.append(unwritable);
                request.prior_state
            }
        }
    };
    Ok(apply_resource_change::Response {
        new_state,
        private: request.planned_private,
        diagnostics: diagnostics(messages),
        ..Default::default()
    })
}

pub(super) async fn import(
    provider: &dyn Provider,
    call: &Call,
    request: import_resource_state::Request,
) -> Result<import_resource_state::Response, Diagnostics> {
    let resource = resource(provider, &request.type_name)?;
    let schema = resource.schema();
    let mut outcome = resource.import(call, &request.id).await;
    let mut imported_resources = Vec::new();
    if !outcome.diagnostics.has_errors() {
        if outcome.state.is_null() {
            outcome.diagnostics.push(Diagnostic::error(
                "Nothing to import",
                format!(
                    "There is no {} with the id {:?}.",
                    request.type_name, request.id
                ),
            ));
        } else {
            let state = as_answered(schema, outcome.state);
            imported_resources.push(import_resource_state::ImportedResource {
                type_name: request.type_name,
                state: Some(encode(&state, &schema.value_type())?),
                ..Default::default()
            });
        }
    }
    Ok(import_resource_state::Response {
        imported_resources,
        diagnostics: diagnostics(outcome.diagnostics),
        ..Default::default()
    })
}

pub(super) async fn read_data(
    provider: &dyn Provider,
    call: &Call,
    request: &read_data_source::Request,
) -> Result<read_data_source::Response, Diagnostics> {
    let source = data_source(provider, &request.type_name)?;
    let schema = source.schema();
    let kind = schema.value_type();
    let config = decode(request.config.as_ref(), &kind, CONFIG)?;
    let outcome = source.read(call, config).await;
    Ok(read_data_source::Response {
        state: Some(encode(&as_answered(schema, outcome.state), &kind)?),
        diagnostics: diagnostics(outcome.diagnostics),
        ..Default::default()
    })
}

/// Whether a value is null, without knowing its type.
pub(super) fn is_null(value: Option<&DynamicValue>) -> bool {
    /// Null in MessagePack.
    const NIL: &[u8] = &[0xc0];
    value.is_none_or(|value| match value.msgpack.is_empty() {
        true => matches!(value.json.as_ref(), b"" | b"null"),
        false => value.msgpack == NIL,
    })
}

fn resource<'a>(
    provider: &'a dyn Provider,
    type_name: &str,
) -> Result<&'a dyn Resource, Diagnostics> {
    provider
        .resource(type_name)
        .ok_or_else(|| unknown_type("resource type", type_name))
}

fn data_source<'a>(
    provider: &'a dyn Provider,
    type_name: &str,
) -> Result<&'a dyn DataSource, Diagnostics> {
    provider
        .data_source(type_name)
        .ok_or_else(|| unknown_type("data source", type_name))
}

fn unknown_type(what: &str, type_name: &str) -> Diagnostics {
    Diagnostic::error(
        format!("Unknown {what}"),
        format!(
            "This version of the provider has no {what} {type_name:?}. Another version of it may."
        ),
    )
    .into()
}

fn still_there(type_name: &str) -> Diagnostic {
    Diagnostic::error(
        "Not deleted",
        format!("This {type_name} still exists, and stays in the state. Apply again to go on."),
    )
}

fn refuse_write_only(
    schema: &Schema,
    config: &Value,
    client: Option<ClientCapabilities>,
) -> Diagnostics {
    match client.is_some_and(|client| client.write_only_attributes_allowed) {
        true => Diagnostics::default(),
        false => write_only::refuse(&schema.attributes, config),
    }
}

/// What is saved after what was planned has been done.
fn settled(schema: &Schema, planned: &Value, state: Value) -> Value {
    let mut state = plan::settle(schema, planned, state);
    write_only::erase(&schema.attributes, &mut state);
    state
}

/// What is saved where nothing was promised: the answer, with nothing unknown.
fn as_answered(schema: &Schema, state: Value) -> Value {
    if state.is_null() {
        return state;
    }
    let open = schema
        .attributes
        .iter()
        .map(|attribute| (attribute.name.as_str(), Value::Unknown));
    settled(schema, &Value::object(open), state)
}
