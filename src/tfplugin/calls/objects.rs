//! What is read, planned and imported of an object. Nothing changes, and a failure changes least.

use tokio_util::sync::CancellationToken;

use super::{
    CONFIG, Outcome, Told, as_answered, call, hear, identity, refuse_write_only, resource,
};
use crate::tfplugin::convert::{decode, encode, path};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::plan;
use crate::tfplugin::private::CONFIGURED;
use crate::tfplugin::proto::tfplugin6::{
    generate_resource_config, import_resource_state, plan_resource_change, read_resource,
};
use crate::tfplugin::schema::Standing;
use crate::tfplugin::traits::{Call, Provider};
use crate::tfplugin::value::Value;
use crate::tfplugin::write_only;

pub(in crate::tfplugin) async fn read(
    provider: &dyn Provider,
    stop: CancellationToken,
    request: read_resource::Request,
) -> Outcome<read_resource::Response> {
    let entry = resource(provider, &request.type_name)?;
    let kind = entry.value_type();
    let state = decode(request.current_state.as_ref(), kind, "the state")?;
    let call = call(stop, &request.type_name, entry, &request.private);
    let outcome = hear(async {
        let answer = match state.is_null() {
            true => Value::Null,
            false => entry.implementation().read(&call, &state).await?,
        };
        let answer = as_answered(&call, answer)?;
        let identity = identity(entry, &call, &answer);
        Ok::<_, Diagnostics>((encode(&answer, kind)?, identity))
    })
    .await;
    let (mut messages, private) = call.into_parts();
    let (new_state, new_identity) = match outcome {
        Ok((state, identity)) => (Some(state), identity.or(request.current_identity)),
        Err(failure) => {
            messages.append(failure.told(provider, "ReadResource"));
            (request.current_state, request.current_identity)
        }
    };
    let response = read_resource::Response {
        new_state,
        new_identity,
        private: private.to_bytes().into(),
        ..Default::default()
    };
    Ok(Told { response, messages })
}

pub(in crate::tfplugin) async fn plan(
    provider: &dyn Provider,
    stop: CancellationToken,
    request: plan_resource_change::Request,
) -> Outcome<plan_resource_change::Response> {
    let entry = resource(provider, &request.type_name)?;
    let (schema, kind) = (entry.schema(), entry.value_type());
    let prior = decode(request.prior_state.as_ref(), kind, "the prior state")?;
    let mut config = decode(request.config.as_ref(), kind, CONFIG)?;
    let proposed = request.proposed_new_state.as_ref();
    let proposed = decode(proposed, kind, "the proposed state")?;
    let refused = refuse_write_only(schema, &config, request.client_capabilities);
    if refused.has_errors() {
        return Err(refused);
    }
    let mut call = call(stop, &request.type_name, entry, &request.prior_private);
    call.given_back = given_back(&call, &prior, &config);
    let outcome = hear(async {
        if !proposed.is_null() {
            let implementation = entry.implementation();
            implementation.fill_in(&call, &prior, &mut config).await?;
        }
        let mut change = plan::plan(schema, prior, config, proposed, &call.given_back);
        entry.implementation().plan(&call, &mut change).await?;
        write_only::erase(&schema.object, &mut change.planned);
        // Replacing means something only for an object that is there and is to stay.
        let replaces = match change.is_update() {
            true => change.replaces.iter().map(path).collect(),
            false => Vec::new(),
        };
        Ok::<_, Diagnostics>((encode(&change.planned, kind)?, replaces))
    })
    .await;
    let (mut messages, private) = call.into_parts();
    let (planned_state, requires_replace) = match outcome {
        Ok((planned, replaces)) => (Some(planned), replaces),
        Err(failure) => {
            messages.append(failure.told(provider, "PlanResourceChange"));
            (request.prior_state, Vec::new())
        }
    };
    let response = plan_resource_change::Response {
        planned_state,
        requires_replace,
        planned_private: private.to_bytes().into(),
        planned_identity: request.prior_identity,
        ..Default::default()
    };
    Ok(Told { response, messages })
}

pub(in crate::tfplugin) async fn import(
    provider: &dyn Provider,
    stop: CancellationToken,
    request: import_resource_state::Request,
) -> Outcome<import_resource_state::Response> {
    let entry = resource(provider, &request.type_name)?;
    let by_identity = match (request.id.is_empty(), entry.identity(), &request.identity) {
        (true, Some((_, kind)), Some(identity)) => {
            let identity = decode(identity.identity_data.as_ref(), kind, "the identity")?;
            (!identity.is_null()).then_some(identity)
        }
        _ => None,
    };
    let call = call(stop, &request.type_name, entry, &[]);
    let outcome = hear(async {
        let found = match &by_identity {
            Some(identity) => {
                let found = entry.implementation().import_by_identity(&call, identity);
                found.await?
            }
            None => entry.implementation().import(&call, &request.id).await?,
        };
        if found.is_null() {
            return Err(nothing_to_import(&request));
        }
        let state = as_answered(&call, found)?;
        let identity = identity(entry, &call, &state);
        Ok((encode(&state, entry.value_type())?, identity))
    })
    .await;
    let (mut messages, private) = call.into_parts();
    let mut imported_resources = Vec::new();
    match outcome {
        Ok((state, identity)) => {
            imported_resources.push(import_resource_state::ImportedResource {
                type_name: request.type_name,
                state: Some(state),
                private: private.to_bytes().into(),
                identity: identity.or(request.identity),
            });
        }
        Err(failure) => messages.append(failure.told(provider, "ImportResourceState")),
    }
    let response = import_resource_state::Response {
        imported_resources,
        ..Default::default()
    };
    Ok(Told { response, messages })
}

pub(in crate::tfplugin) fn generate(
    provider: &dyn Provider,
    stop: CancellationToken,
    request: &generate_resource_config::Request,
) -> Outcome<generate_resource_config::Response> {
    let entry = resource(provider, &request.type_name)?;
    let kind = entry.value_type();
    let state = decode(request.state.as_ref(), kind, "the state")?;
    let call = call(stop, &request.type_name, entry, &[]);
    let config = match state.is_null() {
        true => Value::Null,
        false => entry.implementation().generate(&call, &state),
    };
    let response = generate_resource_config::Response {
        config: Some(encode(&config, kind)?),
        ..Default::default()
    };
    let (messages, _) = call.into_parts();
    Ok(Told { response, messages })
}

fn nothing_to_import(request: &import_resource_state::Request) -> Diagnostics {
    let type_name = &request.type_name;
    let detail = match request.id.as_str() {
        "" => format!("There is no {type_name} of that identity."),
        id => format!("There is no {type_name} with the id {id:?}."),
    };
    Diagnostic::error("Nothing to import", detail).into()
}

/// The attributes that were configured when the object was last changed, and are no more.
pub(super) fn given_back(call: &Call<'_>, prior: &Value, config: &Value) -> Vec<String> {
    if prior.is_null() || config.is_null() {
        return Vec::new();
    }
    may_be_given_back(call, prior)
        .filter(|name| call.was_configured(name) && config.get(name).is_null())
        .map(str::to_owned)
        .collect()
}

/// Notes which of those attributes the configuration sets.
pub(super) fn note_configured(call: &Call<'_>, config: &Value) {
    let set: Vec<&str> = may_be_given_back(call, config)
        .filter(|name| !config.get(name).is_null())
        .collect();
    call.note(CONFIGURED, (!set.is_empty()).then(|| set.into()));
}

/// The attributes whose choice goes back to the remote side when the configuration leaves them out.
fn may_be_given_back<'a>(
    call: &Call<'a>,
    object: &Value,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let standing = call.schema.object.standing(object);
    standing.filter_map(|standing| match standing {
        Standing::Has(attribute) if attribute.given_back && attribute.default.is_none() => {
            Some(attribute.name.as_str())
        }
        _ => None,
    })
}
