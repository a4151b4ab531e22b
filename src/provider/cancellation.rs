//! Cancelling: what it will mean, said before it is done; and the order to cancel itself.

use std::time::Duration;

use tokio::time::Instant;

use crate::entities::declaration::{Entity, Life};
use crate::ixapi::{Client, Error, Json, State};
use crate::tfplugin::diagnostics::Diagnostic;
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

use super::object_path;
use super::session::Session;
use super::timeouts::{self, Operation};

/// How long a cancellation that the exchange refuses because of a conflict is tried again: what
/// uses the object may itself be on its way out.
const CONFLICT_PATIENCE: Duration = Duration::from_secs(60);
/// The first pause between two such tries; each is twice as long as the one before.
const CONFLICT_PAUSE: Duration = Duration::from_secs(1);

/// When the service would end and until when it would be billed, by the exchange's policy. Best
/// effort: a plan does not fail because the terms cannot be read.
pub async fn terms(client: &Client, entity: &Entity, id: &str, call: &Call) -> Option<Diagnostic> {
    let Life::Provisioned(_) = entity.life else {
        return None;
    };
    let path = format!("{}/cancellation-policy", object_path(entity, id));
    let policy = client.get(&path, &[], &call.stop).await.ok()?;
    let date = |name: &str| policy.get(name).and_then(Json::as_str);
    let ends = date("decommission_at")?;
    let charged = date("charged_until").map(|day| format!(" and is billed until {day}"));
    let charged = charged.unwrap_or_default();
    Some(Diagnostic::warning(
        format!(
            "Cancelled now, the {} {id} ends on {ends}{charged}",
            entity.noun
        ),
        format!(
            "So says the cancellation policy at {}. A cancelled service cannot be taken back; a new order \
             may take as long as the first.",
            client.host()
        ),
    ))
}

/// Orders the cancellation, and again for a while if something else still uses the object.
pub async fn order(
    client: &Client,
    session: &Session,
    entity: &'static Entity,
    id: &str,
    prior: &Value,
    call: &Call,
) -> Result<Option<Json>, Error> {
    let patience = timeouts::of(prior, Operation::Delete, &entity.life);
    let deadline = Instant::now() + patience.min(CONFLICT_PATIENCE);
    let path = object_path(entity, id);
    let mut pause = CONFLICT_PAUSE;
    loop {
        let answer = {
            let _lanes = session.lanes(entity, &[prior]).await;
            client.delete(&path, None, &call.stop).await
        };
        let refusal = match answer {
            Err(error) if is_conflict(&error) && Instant::now() + pause < deadline => error,
            answer => return answer,
        };
        tokio::select! {
            () = call.stop.cancelled() => return Err(refusal),
            () = tokio::time::sleep(pause) => pause *= 2,
        }
        // Perhaps the refusal was of an order that had been taken before.
        let seen = client.find(&path, id, &call.stop).await.ok();
        if seen.as_ref().and_then(State::of) == Some(State::DecommissionRequested) {
            return Ok(seen);
        }
    }
}

/// Whether something else still uses the object, or may.
fn is_conflict(error: &Error) -> bool {
    let unable = || {
        let problem = error.problem();
        let kind = problem.and_then(|problem| problem.kind_uri.as_deref());
        kind.is_some_and(|kind| kind.contains("unable-to-fulfill"))
    };
    error.status() == Some(409) || (error.status() == Some(400) && unable())
}
