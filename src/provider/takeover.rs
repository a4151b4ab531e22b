//! Taking over what the exchange has already, in place of an order.

use crate::ixapi::{Changed, Json, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::messages::sentence;
use super::recovery::{Ordered, answered_without_id};
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
    [planned, config]: [&Value; 2],
) -> Result<Value, Diagnostics> {
    let id = object.get("id").and_then(lenient::text);
    let id = id.ok_or_else(|| answered_without_id(&site))?;
    if !site.session.run.made(site.resource.of, &id) {
        return Err(held_twice(&site, &id).into());
    }
    let (session, of) = (site.session, site.resource.of);
    let adopted = take_over(site.object(&id), call, object, [planned, config]).await;
    if adopted.is_err() {
        session.run.let_go(of, &id);
    }
    adopted
}

/// Changes as planned what was ordered by somebody else, and is to be followed from here on.
///
/// # Errors
/// What the exchange refused. It is nobody's then.
pub async fn as_planned(
    site: &Site<'_>,
    call: &Call<'_>,
    object: Json,
    wanted: [&Value; 2],
) -> Result<Ordered, Diagnostics> {
    let id = object.get("id").and_then(lenient::text);
    let id = id.ok_or_else(|| answered_without_id(site))?;
    if !site.session.run.adopts(site.resource.of, &id) {
        return Err(held_twice(site, &id).into());
    }
    let changed = changed(&site.clone().object(&id), call, object, wanted).await;
    if changed.is_err() {
        site.session.run.releases(site.resource.of, &id);
    }
    let object = changed?;
    Ok(Ordered { id, object })
}

/// Changes what was found as planned.
async fn take_over(
    remote: Remote<'_>,
    call: &Call<'_>,
    object: Json,
    [planned, config]: [&Value; 2],
) -> Result<Value, Diagnostics> {
    let object = changed(&remote, call, object, [planned, config]).await?;
    Ok(answers::object(remote.resource, &object, planned))
}

async fn changed(
    remote: &Remote<'_>,
    call: &Call<'_>,
    object: Json,
    [planned, config]: [&Value; 2],
) -> Result<Json, Diagnostics> {
    let resource = remote.resource;
    let found = answers::first_seen(resource, &object);
    let body = requests::update(resource, &found, planned, config, &[]);
    let attempt = Attempt::On(Operation::Update, remote);
    let answered = match &body {
        Some(body) => send(attempt, remote, call, &found, planned, body).await?,
        None => Changed::Object(object),
    };
    let object = match answered {
        Changed::Object(object) => Ok(object),
        Changed::Silently | Changed::Otherwise => remote.look().await,
    };
    let attempt = Attempt::On(Operation::Read, remote);
    object.map_err(|error| attempt.explain(&error))
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

/// What was adopted in this run under another address, or in the place of itself, does not end.
pub fn lives_on(remote: &Remote<'_>) -> Diagnostic {
    Diagnostic::warning(
        format!("{} is not ended", sentence(&remote.the_object())),
        format!(
            "This apply has just taken it over for another ixapi_{}. It leaves the state here, and \
             nothing changes at {}.",
            remote.resource.name,
            remote.host()
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
