//! What is found of the objects that exist.

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{CONFIG, call, hear, list_resource, resource, storable};
use crate::tfplugin::convert::{self, decode, encode};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::proto::tfplugin6::{ResourceIdentityData, list_resource as proto};
use crate::tfplugin::registry::Entry;
use crate::tfplugin::streams::{Parts, pass_on};
use crate::tfplugin::traits::{Found, Provider, Resource};
use crate::tfplugin::value::Value;

/// Finds objects, and sends on each.
pub(in crate::tfplugin) async fn list(
    provider: &dyn Provider,
    stop: CancellationToken,
    request: &proto::Request,
    events: mpsc::Sender<proto::Event>,
) -> Result<Diagnostics, Diagnostics> {
    let entry = list_resource(provider, &request.type_name)?;
    let of = resource(provider, &request.type_name)?;
    let config = decode(request.config.as_ref(), entry.value_type(), CONFIG)?;
    // None, or too many to count, is no limit.
    let limit = usize::try_from(request.limit)
        .ok()
        .filter(|limit| *limit > 0);
    let wants_objects = request.include_resource_object;
    let call = call(stop, &request.type_name, entry, &[]);
    let (found, received) = Parts::new();
    let work = async {
        let found = found;
        let list = entry.implementation();
        list.list(&call, &config, limit, wants_objects, &found)
            .await
    };
    let write = |found| event(of, found, wants_objects);
    let (outcome, ()) = tokio::join!(hear(work), pass_on(received, events, write));
    let (mut messages, _) = call.into_parts();
    if let Err(failure) = outcome {
        messages.append(failure.told(provider, "ListResource"));
    }
    Ok(messages)
}

/// One found object as an event. One that cannot be written is told of and costs no other.
fn event(of: &Entry<dyn Resource>, found: Found, wants_object: bool) -> proto::Event {
    let mut messages = found.messages;
    let identity = match of.identity() {
        Some((_, kind)) => encode(&found.identity, kind),
        None => Err(no_identity()),
    };
    let object = found.object.filter(|_| wants_object);
    let object = object.map(|object| match object {
        Value::Object(_) => encode(&storable(of.schema(), object), of.value_type()),
        other => encode(&other, of.value_type()),
    });
    let (identity, resource_object) = match (identity, object.transpose()) {
        (Ok(identity), Ok(object)) => (Some(identity), object),
        (identity, object) => {
            messages.append(unwritten(identity.err(), &found.name));
            messages.append(unwritten(object.err(), &found.name));
            (None, None)
        }
    };
    proto::Event {
        identity: identity.map(|identity| ResourceIdentityData {
            identity_data: Some(identity),
        }),
        display_name: found.name,
        resource_object,
        diagnostic: convert::diagnostics(messages, &of.schema().object),
    }
}

/// Warnings instead of errors, which would end the list.
fn unwritten(messages: Option<Diagnostics>, name: &str) -> Diagnostics {
    let messages = messages.unwrap_or_default().0.into_iter();
    let warn = |message: Diagnostic| {
        let summary = format!("{}: {name} is left out", message.summary);
        Diagnostic::warning(summary, message.detail)
    };
    Diagnostics(messages.map(warn).collect())
}

fn no_identity() -> Diagnostics {
    Diagnostic::error(
        "Bug in the provider",
        "It lists objects of a type that has no identity. This is our mistake; please report it.",
    )
    .into()
}
