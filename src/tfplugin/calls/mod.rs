//! What each of Terraform's calls comes to: decode, ask the provider, encode.
//!
//! Rules that hold for every type live here: a failed call drops nothing from the state, what was
//! saved of an object outlives every failure, write-only values never come back, nothing is unknown
//! after an apply, and what was noted of an object is passed on.

mod apply;
mod data;
mod ephemeral;
mod functions;
mod lists;
mod objects;
mod upgrades;

use std::future::Future;

use tokio_util::sync::CancellationToken;

use super::convert::{decode, encode};
use super::diagnostics::{Diagnostic, Diagnostics};
use super::hclog::{self, Level};
use super::panics::{self, Panic};
use super::plan;
use super::private::Private;
use super::proto::tfplugin6::{
    ClientCapabilities, ResourceIdentityData, configure_provider, validate_action_config,
    validate_data_resource_config, validate_ephemeral_resource_config,
    validate_list_resource_config, validate_provider_config, validate_resource_config,
};
use super::read_only;
use super::registry::Entry;
use super::schema::Schema;
use super::traits::{
    Action, Call, DataSource, EphemeralResource, ListResource, Provider, Resource, not_here,
};
use super::value::Value;
use super::write_only;

pub(super) use apply::{apply, consequence_of_fault};
pub(super) use data::{invoke, plan_action, read_data};
pub(super) use ephemeral::{close_ephemeral, open_ephemeral, renew_ephemeral};
pub(super) use functions::call_function;
pub(super) use lists::list;
pub(super) use objects::{generate, import, plan, read};
pub(super) use upgrades::{take_over, upgrade, upgrade_identity};

/// What the errors call a configuration.
const CONFIG: &str = "the configuration";

/// What a panic means where nothing can have happened yet.
pub(super) const NOTHING_CHANGED: &str = "Nothing was changed.";

/// An answer, and what a person is told beside it.
pub(super) struct Told<R> {
    pub(super) response: R,
    pub(super) messages: Diagnostics,
}

/// An answer, or why there is none; then what was there before stays.
pub(super) type Outcome<R> = Result<Told<R>, Diagnostics>;

impl<R> Told<R> {
    /// An answer without a word.
    pub(super) fn plainly(response: R) -> Told<R> {
        Told {
            response,
            messages: Diagnostics::default(),
        }
    }
}

/// Why the provider did not do what it was asked.
enum Failure {
    /// It says so itself.
    Refused(Diagnostics),
    /// It gave an answer that is none.
    Wrong(Diagnostics),
    /// It broke.
    Broken(Panic),
}

impl From<Diagnostics> for Failure {
    fn from(messages: Diagnostics) -> Failure {
        Failure::Refused(messages)
    }
}

impl Failure {
    /// What a person is told, where nothing was changed.
    fn told(self, provider: &dyn Provider, call: &str) -> Diagnostics {
        match self {
            Failure::Refused(messages) | Failure::Wrong(messages) => messages,
            Failure::Broken(panic) => panic
                .diagnostic(provider.about(), call, NOTHING_CHANGED)
                .into(),
        }
    }
}

/// Asks the provider, and hears it out even if it panics: what it told, saved and noted in its call
/// is still there.
async fn hear<T, E: Into<Failure>>(work: impl Future<Output = Result<T, E>>) -> Result<T, Failure> {
    match panics::guard(work).await {
        Ok(outcome) => outcome.map_err(Into::into),
        Err(panic) => {
            hclog::log(Level::Error, &format!("Panic: {panic}"), &[]);
            Err(Failure::Broken(panic))
        }
    }
}

pub(super) fn validate_provider(
    provider: &dyn Provider,
    request: &validate_provider_config::Request,
) -> Outcome<validate_provider_config::Response> {
    let kind = provider.schema().object.value_type();
    let config = decode(request.config.as_ref(), &kind, CONFIG)?;
    Ok(Told {
        response: validate_provider_config::Response::default(),
        messages: provider.validate(&config),
    })
}

pub(super) fn validate_resource(
    provider: &dyn Provider,
    request: &validate_resource_config::Request,
) -> Outcome<validate_resource_config::Response> {
    let entry = resource(provider, &request.type_name)?;
    let config = decode(request.config.as_ref(), entry.value_type(), CONFIG)?;
    let mut messages = refuse_write_only(entry.schema(), &config, request.client_capabilities);
    messages.append(read_only::refuse(&entry.schema().object, &config));
    messages.append(entry.implementation().validate(&config));
    Ok(Told {
        response: validate_resource_config::Response::default(),
        messages,
    })
}

pub(super) fn validate_data_source(
    provider: &dyn Provider,
    request: &validate_data_resource_config::Request,
) -> Outcome<validate_data_resource_config::Response> {
    let entry = data_source(provider, &request.type_name)?;
    let config = decode(request.config.as_ref(), entry.value_type(), CONFIG)?;
    let mut messages = read_only::refuse(&entry.schema().object, &config);
    messages.append(entry.implementation().validate(&config));
    Ok(Told {
        response: validate_data_resource_config::Response::default(),
        messages,
    })
}

pub(super) fn validate_ephemeral(
    provider: &dyn Provider,
    request: &validate_ephemeral_resource_config::Request,
) -> Outcome<validate_ephemeral_resource_config::Response> {
    let entry = ephemeral_resource(provider, &request.type_name)?;
    let config = decode(request.config.as_ref(), entry.value_type(), CONFIG)?;
    let mut messages = read_only::refuse(&entry.schema().object, &config);
    messages.append(entry.implementation().validate(&config));
    Ok(Told {
        response: validate_ephemeral_resource_config::Response::default(),
        messages,
    })
}

pub(super) fn validate_list(
    provider: &dyn Provider,
    request: &validate_list_resource_config::Request,
) -> Outcome<validate_list_resource_config::Response> {
    let entry = list_resource(provider, &request.type_name)?;
    let config = decode(request.config.as_ref(), entry.value_type(), CONFIG)?;
    Ok(Told {
        response: validate_list_resource_config::Response::default(),
        messages: entry.implementation().validate(&config),
    })
}

pub(super) fn validate_action(
    provider: &dyn Provider,
    request: &validate_action_config::Request,
) -> Outcome<validate_action_config::Response> {
    let entry = action(provider, &request.type_name)?;
    let config = decode(request.config.as_ref(), entry.value_type(), CONFIG)?;
    Ok(Told {
        response: validate_action_config::Response::default(),
        messages: entry.implementation().validate(&config),
    })
}

pub(super) async fn configure(
    provider: &dyn Provider,
    request: &configure_provider::Request,
) -> Outcome<configure_provider::Response> {
    let kind = provider.schema().object.value_type();
    let config = decode(request.config.as_ref(), &kind, CONFIG)?;
    Ok(Told {
        response: configure_provider::Response::default(),
        messages: provider.configure(config, &request.terraform_version).await,
    })
}

fn resource<'a>(
    provider: &'a dyn Provider,
    type_name: &str,
) -> Result<&'a Entry<dyn Resource>, Diagnostics> {
    let entry = provider.types().find_resource(type_name);
    entry.ok_or_else(|| unknown_type("resource type", type_name))
}

fn data_source<'a>(
    provider: &'a dyn Provider,
    type_name: &str,
) -> Result<&'a Entry<dyn DataSource>, Diagnostics> {
    let entry = provider.types().find_data_source(type_name);
    entry.ok_or_else(|| unknown_type("data source", type_name))
}

fn ephemeral_resource<'a>(
    provider: &'a dyn Provider,
    type_name: &str,
) -> Result<&'a Entry<dyn EphemeralResource>, Diagnostics> {
    let entry = provider.types().find_ephemeral_resource(type_name);
    entry.ok_or_else(|| unknown_type("ephemeral resource", type_name))
}

fn list_resource<'a>(
    provider: &'a dyn Provider,
    type_name: &str,
) -> Result<&'a Entry<dyn ListResource>, Diagnostics> {
    let entry = provider.types().find_list_resource(type_name);
    entry.ok_or_else(|| not_here("list", type_name))
}

fn action<'a>(
    provider: &'a dyn Provider,
    type_name: &str,
) -> Result<&'a Entry<dyn Action>, Diagnostics> {
    let entry = provider.types().find_action(type_name);
    entry.ok_or_else(|| not_here("action", type_name))
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

/// A call about an object of a type.
fn call<'a, T: ?Sized>(
    stop: CancellationToken,
    type_name: &'a str,
    entry: &'a Entry<T>,
    private: &[u8],
) -> Call<'a> {
    let mut call = Call::new(stop, entry.schema(), Private::from_bytes(private));
    call.type_name = type_name;
    call
}

fn refuse_write_only(
    schema: &Schema,
    config: &Value,
    client: Option<ClientCapabilities>,
) -> Diagnostics {
    match client.is_some_and(|client| client.write_only_attributes_allowed) {
        true => Diagnostics::default(),
        false => write_only::refuse(&schema.object, config),
    }
}

/// The identity of an object, where its type has one and the object shows it.
fn identity(
    entry: &Entry<dyn Resource>,
    call: &Call<'_>,
    state: &Value,
) -> Option<ResourceIdentityData> {
    let (_, kind) = entry.identity()?;
    if state.is_null() {
        return None;
    }
    let identity = entry.implementation().identify(call, state);
    let is_whole = identity.is_known() && identity.is_wholly_known();
    let written = is_whole.then(|| encode(&identity, kind).ok()).flatten()?;
    Some(ResourceIdentityData {
        identity_data: Some(written),
    })
}

/// What is saved after what was planned has been done.
fn settled(schema: &Schema, planned: &Value, state: Value) -> Value {
    let mut state = plan::settle(schema, planned, state);
    write_only::erase(&schema.object, &mut state);
    state
}

/// What is saved where nothing was promised: the answer, with nothing unknown.
fn as_answered(call: &Call<'_>, state: Value) -> Result<Value, Diagnostics> {
    match state {
        Value::Null => Ok(Value::Null),
        Value::Object(_) => Ok(storable(call.schema, state)),
        // To take it for an object of which nothing is known would lose what there is.
        _ => Err(no_answer(call.type_name)),
    }
}

/// An object with nothing unknown and nothing that is never stored.
fn storable(schema: &Schema, object: Value) -> Value {
    let names = schema.object.attributes().iter();
    let open = names.map(|attribute| (attribute.name.as_str(), Value::Unknown));
    settled(schema, &Value::object(open), object)
}

fn no_answer(type_name: &str) -> Diagnostics {
    Diagnostic::error(
        "Bug in the provider",
        format!(
            "The provider does not say what this {type_name} is after it has seen to it. This is \
             our mistake; please report it."
        ),
    )
    .into()
}
