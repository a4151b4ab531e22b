//! Values that are used and never stored: opened, kept open, given back.

use tokio_util::sync::CancellationToken;

use super::{CONFIG, Outcome, Told, as_answered, call, ephemeral_resource, hear, no_answer};
use crate::tfplugin::convert::{decode, encode};
use crate::tfplugin::proto::tfplugin6::{
    close_ephemeral_resource, open_ephemeral_resource, renew_ephemeral_resource,
};
use crate::tfplugin::traits::Provider;

/// The notes of an open value as Terraform keeps them while it is open.
type Notes = Option<prost::bytes::Bytes>;

pub(in crate::tfplugin) async fn open_ephemeral(
    provider: &dyn Provider,
    stop: CancellationToken,
    request: &open_ephemeral_resource::Request,
) -> Outcome<open_ephemeral_resource::Response> {
    let entry = ephemeral_resource(provider, &request.type_name)?;
    let config = decode(request.config.as_ref(), entry.value_type(), CONFIG)?;
    let call = call(stop, &request.type_name, entry, &[]);
    let outcome = hear(async {
        let opened = entry.implementation().open(&call, &config).await?;
        let value = as_answered(&call, opened.value)?;
        match value.is_null() {
            true => Err(no_answer(call.type_name)),
            false => Ok((encode(&value, entry.value_type())?, opened.renew_at)),
        }
    })
    .await;
    let (mut messages, notes) = call.into_parts();
    let mut response = open_ephemeral_resource::Response::default();
    match outcome {
        Ok((result, renew_at)) => {
            response.result = Some(result);
            response.renew_at = renew_at.map(Into::into);
            response.private = Some(notes.to_bytes().into());
        }
        Err(failure) => messages.append(failure.told(provider, "OpenEphemeralResource")),
    }
    Ok(Told { response, messages })
}

pub(in crate::tfplugin) async fn renew_ephemeral(
    provider: &dyn Provider,
    stop: CancellationToken,
    type_name: &str,
    private: Notes,
) -> Outcome<renew_ephemeral_resource::Response> {
    let entry = ephemeral_resource(provider, type_name)?;
    let call = call(stop, type_name, entry, private.as_deref().unwrap_or(&[]));
    let outcome = hear(entry.implementation().renew(&call)).await;
    let (mut messages, notes) = call.into_parts();
    let mut response = renew_ephemeral_resource::Response {
        private: Some(notes.to_bytes().into()),
        ..Default::default()
    };
    match outcome {
        Ok(renew_at) => response.renew_at = renew_at.map(Into::into),
        Err(failure) => messages.append(failure.told(provider, "RenewEphemeralResource")),
    }
    Ok(Told { response, messages })
}

pub(in crate::tfplugin) async fn close_ephemeral(
    provider: &dyn Provider,
    stop: CancellationToken,
    type_name: &str,
    private: Notes,
) -> Outcome<close_ephemeral_resource::Response> {
    let entry = ephemeral_resource(provider, type_name)?;
    let call = call(stop, type_name, entry, private.as_deref().unwrap_or(&[]));
    let outcome = hear(entry.implementation().close(&call)).await;
    let (mut messages, _) = call.into_parts();
    if let Err(failure) = outcome {
        messages.append(failure.told(provider, "CloseEphemeralResource"));
    }
    Ok(Told {
        response: close_ephemeral_resource::Response::default(),
        messages,
    })
}
