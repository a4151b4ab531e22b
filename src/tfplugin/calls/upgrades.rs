//! What becomes of states and identities that another version stored, or another type.

use tokio_util::sync::CancellationToken;

use super::{Failure, Outcome, Told, as_answered, call, hear, identity, resource};
use crate::tfplugin::convert::encode;
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::private::Private;
use crate::tfplugin::proto::tfplugin6::{
    ResourceIdentityData, move_resource_state, upgrade_resource_identity, upgrade_resource_state,
};
use crate::tfplugin::stored::Stored;
use crate::tfplugin::traits::{Provider, Source, not_here};

pub(in crate::tfplugin) async fn upgrade(
    provider: &dyn Provider,
    stop: CancellationToken,
    request: upgrade_resource_state::Request,
) -> Outcome<upgrade_resource_state::Response> {
    let entry = resource(provider, &request.type_name)?;
    refuse_newer(
        "state",
        &request.type_name,
        request.version,
        entry.schema().version,
    )?;
    let kind = entry.value_type();
    let stored = Stored::from_wire(request.raw_state.as_ref(), kind)?;
    let call = call(stop, &request.type_name, entry, &[]);
    let outcome = hear(async {
        let resource = entry.implementation();
        let state = resource.upgrade(&call, request.version, &stored)?;
        encode(&as_answered(&call, state)?, kind)
    })
    .await;
    let (mut messages, _) = call.into_parts();
    let upgraded = outcome.map_err(|failure| failure.told(provider, "UpgradeResourceState"));
    let response = upgrade_resource_state::Response {
        upgraded_state: taken(upgraded, &mut messages),
        ..Default::default()
    };
    Ok(Told { response, messages })
}

pub(in crate::tfplugin) fn upgrade_identity(
    provider: &dyn Provider,
    request: &upgrade_resource_identity::Request,
) -> Outcome<upgrade_resource_identity::Response> {
    let type_name = &request.type_name;
    let Some((identity, kind)) = resource(provider, type_name)?.identity() else {
        return Err(not_here("identity", type_name));
    };
    refuse_newer("identity", type_name, request.version, identity.version)?;
    let stored = Stored::from_wire(request.raw_identity.as_ref(), kind)?;
    let upgraded = ResourceIdentityData {
        identity_data: Some(encode(&stored.by_todays_schema()?, kind)?),
    };
    Ok(Told::plainly(upgrade_resource_identity::Response {
        upgraded_identity: Some(upgraded),
        ..Default::default()
    }))
}

pub(in crate::tfplugin) async fn take_over(
    provider: &dyn Provider,
    stop: CancellationToken,
    request: move_resource_state::Request,
) -> Outcome<move_resource_state::Response> {
    let entry = resource(provider, &request.target_type_name)?;
    let kind = entry.value_type();
    let source = Source {
        provider: &request.source_provider_address,
        type_name: &request.source_type_name,
        version: request.source_schema_version,
        state: Stored::from_wire(request.source_state.as_ref(), kind)?,
        private: Private::from_bytes(&request.source_private),
    };
    let call = call(stop, &request.target_type_name, entry, &[]);
    let outcome = hear(async {
        let state = entry.implementation().take_over(&call, &source)?;
        if state.is_null() {
            return Err(Failure::Refused(nothing_taken_over(&source)));
        }
        let state = as_answered(&call, state)?;
        let identity = identity(entry, &call, &state);
        Ok((encode(&state, kind)?, identity))
    })
    .await;
    let (mut messages, private) = call.into_parts();
    let taken_over = outcome.map_err(|failure| failure.told(provider, "MoveResourceState"));
    let (target_state, target_identity) = taken(taken_over, &mut messages).unzip();
    let response = move_resource_state::Response {
        target_state,
        target_private: private.to_bytes().into(),
        target_identity: target_identity.flatten(),
        ..Default::default()
    };
    Ok(Told { response, messages })
}

/// What came of it, or else the reason among the messages.
fn taken<T>(outcome: Result<T, Diagnostics>, messages: &mut Diagnostics) -> Option<T> {
    outcome.map_err(|failed| messages.append(failed)).ok()
}

fn refuse_newer(what: &str, type_name: &str, stored: i64, known: i64) -> Result<(), Diagnostics> {
    if stored <= known {
        return Ok(());
    }
    let error = Diagnostic::error(
        "State of a newer provider",
        format!(
            "The {what} of this {type_name} was written by a newer version of the provider (schema \
             {stored}, this one knows {known}). Use that version, or a later one."
        ),
    );
    Err(error.into())
}

fn nothing_taken_over(source: &Source<'_>) -> Diagnostics {
    Diagnostic::error(
        "Nothing to take over",
        format!("Nothing came of the state of this {}.", source.type_name),
    )
    .into()
}
