//! What is looked up and what is done, with no object in the state.

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{CONFIG, Failure, Outcome, Told, action, as_answered, call, data_source, hear};
use crate::tfplugin::convert::{decode, encode};
use crate::tfplugin::diagnostics::Diagnostics;
use crate::tfplugin::proto::tfplugin6::{
    DynamicValue, invoke_action, plan_action, read_data_source,
};
use crate::tfplugin::streams::{Parts, pass_on};
use crate::tfplugin::traits::Provider;
use crate::tfplugin::value::Value;

pub(in crate::tfplugin) async fn read_data(
    provider: &dyn Provider,
    stop: CancellationToken,
    request: &read_data_source::Request,
) -> Outcome<read_data_source::Response> {
    let entry = data_source(provider, &request.type_name)?;
    let kind = entry.value_type();
    let config = decode(request.config.as_ref(), kind, CONFIG)?;
    let call = call(stop, &request.type_name, entry, &[]);
    let outcome = hear(async {
        let answer = entry.implementation().read(&call, &config).await?;
        encode(&as_answered(&call, answer)?, kind)
    })
    .await;
    let (mut messages, _) = call.into_parts();
    let state: DynamicValue = match outcome {
        Ok(state) => state,
        Err(failure) => {
            messages.append(failure.told(provider, "ReadDataSource"));
            encode(&Value::Null, kind)?
        }
    };
    let response = read_data_source::Response {
        state: Some(state),
        ..Default::default()
    };
    Ok(Told { response, messages })
}

pub(in crate::tfplugin) async fn plan_action(
    provider: &dyn Provider,
    stop: CancellationToken,
    request: &plan_action::Request,
) -> Outcome<plan_action::Response> {
    let entry = action(provider, &request.action_type)?;
    let config = decode(request.config.as_ref(), entry.value_type(), CONFIG)?;
    let call = call(stop, &request.action_type, entry, &[]);
    let outcome = hear(entry.implementation().plan(&call, &config)).await;
    let (mut messages, _) = call.into_parts();
    if let Err(failure) = outcome {
        messages.append(failure.told(provider, "PlanAction"));
    }
    Ok(Told {
        response: plan_action::Response::default(),
        messages,
    })
}

/// What a panic means for something that may have been done by now.
const PERHAPS_DONE: &str = "It may or may not have been done.";

fn told(provider: &dyn Provider, failure: Failure) -> Diagnostics {
    match failure {
        Failure::Broken(panic) => {
            let message = panic.diagnostic(provider.about(), "InvokeAction", PERHAPS_DONE);
            message.into()
        }
        other => other.told(provider, "InvokeAction"),
    }
}

/// Does an action, and sends on how far it is.
pub(in crate::tfplugin) async fn invoke(
    provider: &dyn Provider,
    stop: CancellationToken,
    request: &invoke_action::Request,
    events: mpsc::Sender<invoke_action::Event>,
) -> Result<Diagnostics, Diagnostics> {
    use invoke_action::event::{Progress, Type};
    let entry = action(provider, &request.action_type)?;
    let config = decode(request.config.as_ref(), entry.value_type(), CONFIG)?;
    let call = call(stop, &request.action_type, entry, &[]);
    let (progress, received) = Parts::new();
    let work = async {
        let progress = progress;
        let action = entry.implementation();
        action.invoke(&call, &config, &progress).await
    };
    let write = |message| invoke_action::Event {
        r#type: Some(Type::Progress(Progress { message })),
    };
    let (outcome, ()) = tokio::join!(hear(work), pass_on(received, events, write));
    let (mut messages, _) = call.into_parts();
    if let Err(failure) = outcome {
        messages.append(told(provider, failure));
    }
    Ok(messages)
}
