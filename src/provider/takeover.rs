//! Taking over what the exchange has already, in place of an order.

use crate::ixapi::{Changed, Json, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::order::answered_without_id;
use super::remote::{Remote, Site};
use super::timeouts::Operation;
use super::update::send;
use super::{answers, requests};

/// Takes over what the exchange has, and changes it as planned.
///
/// # Errors
/// That another resource of this run holds it; what the exchange refused. It is nobody's then.
pub async fn adopt(
    site: Site<'_>,
    call: &Call<'_>,
    object: Json,
    planned: &Value,
) -> Result<Value, Diagnostics> {
    let id = object.get("id").and_then(lenient::text);
    let id = id.ok_or_else(|| answered_without_id(&site))?;
    if !site.session.made(&id) {
        return Err(held_twice(&site, &id).into());
    }
    let session = site.session;
    let adopted = take_over(site.object(&id), call, object, planned).await;
    if adopted.is_err() {
        session.let_go(&id);
    }
    adopted
}

/// Changes what was found as planned.
async fn take_over(
    remote: Remote<'_>,
    call: &Call<'_>,
    object: Json,
    planned: &Value,
) -> Result<Value, Diagnostics> {
    let resource = remote.resource;
    let found = answers::first_seen(resource, &object);
    let body = requests::update(resource, &found, planned, planned, &[]);
    let answered = match &body {
        Some(body) => send(&remote, call, &found, planned, body).await?,
        None => Changed::Object(object),
    };
    let object = match answered {
        Changed::Object(object) => Ok(object),
        Changed::Silently | Changed::Otherwise => remote.look().await,
    };
    let attempt = Attempt::On(Operation::Read, &remote);
    let object = object.map_err(|error| attempt.explain(&error))?;
    Ok(answers::object(resource, &object, planned))
}

/// Two resources that hold one object would undo each other's changes for ever.
pub fn held_twice(site: &Site<'_>, id: &str) -> Diagnostic {
    let noun = site.resource.noun;
    Diagnostic::error(
        format!("Another resource holds this {noun}"),
        format!(
            "What is described here is the {noun} {id} at {}, and another ixapi_{} of this apply \
             has just taken hold of that. Nothing was ordered or changed for this one. Remove one \
             of the two resources.",
            site.host(),
            site.resource.name
        ),
    )
}

/// Tells that this need not be ordered.
pub fn was_there(site: &Site<'_>, object: &Json) -> Diagnostic {
    let id = object.get("id").and_then(lenient::text);
    Diagnostic::warning(
        format!("The exchange has this {} already", site.resource.noun),
        format!(
            "{} lists {} with the same values. It is taken over and changed as planned; nothing \
             was ordered.",
            site.host(),
            id.unwrap_or_default()
        ),
    )
}
