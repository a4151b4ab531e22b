//! Reading an object that is in the state: what it has become, and when it leaves the state.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::timeout;

use crate::ixapi::{Json, State, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

use super::errors::{Attempt, nothing_can_be_asked};
use super::goal::{self, Goal, Position};
use super::remote::Remote;
use super::timeouts::{self, Operation};
use super::{answers, asked, lag, links, messages};

/// The state after a look at an object, within `timeouts.read`; null if it is gone.
///
/// # Errors
/// What the exchange refused, or that it did not answer in time; that the object is of another
/// kind; that it may be gone, without proof.
pub async fn refresh(
    remote: &Remote<'_>,
    prior: &Value,
    call: &Call<'_>,
) -> Result<Value, Diagnostics> {
    let patience = timeouts::of(remote.resource, prior, Operation::Read);
    match timeout(patience, refreshed(remote, prior, call)).await {
        Ok(refreshed) => refreshed,
        Err(_) => Err(took_too_long(remote, patience).into()),
    }
}

async fn refreshed(
    remote: &Remote<'_>,
    prior: &Value,
    call: &Call<'_>,
) -> Result<Value, Diagnostics> {
    let attempt = Attempt::On(Operation::Read, remote);
    let object = match remote.glance(prior).await {
        Ok(object) => object,
        Err(error) if error.is_not_found() => {
            if remote.is_granted(prior).await {
                return Ok(prior.clone());
            }
            let gone = remote.confirm_gone(prior).await;
            gone.map_err(|doubt| doubt.explain(attempt, remote))?;
            call.tell(dropped(remote, prior, "does not have it any more", ""));
            return Ok(Value::Null);
        }
        Err(error) => {
            return match nothing_can_be_asked(&error) {
                Some(_) if !remote.session.run.tells_that_nothing_can_be_asked() => {
                    Ok(prior.clone())
                }
                Some(shut) => Err(shut.into()),
                None => Err(attempt.explain(&error)),
            };
        }
    };
    remote.check_kind(&object)?;
    let mut seen = answers::object(remote.resource, &object, prior);
    let read = links::read(remote, &mut seen).await;
    read.map_err(|error| attempt.explain(&error))?;
    let state = State::of(&object).zip(remote.provisioning(&object));
    if let Some((state, provisioning)) = &state {
        let cancelled = *state == State::Cancelled;
        if state.is_gone() || (cancelled && provisioning.cancelled_is_gone) {
            let what = format!("says that it is {state}");
            call.tell(dropped(remote, prior, &what, &messages::all(&object)));
            return Ok(Value::Null);
        }
        if cancelled {
            call.tell(kept_though_cancelled(remote, &object));
        }
        if *state == State::DecommissionRequested {
            call.tell(on_its_way_out(remote, &object));
        }
        if state.is_changing() {
            return Ok(lag::while_changing(remote.resource, prior, seen));
        }
        let goal = Goal::of(remote.resource, prior);
        let stands_still = |at: Position| goal.is_resting(&at) || goal.puts_up_with(&at);
        if Position::of(&object).is_some_and(stands_still) {
            call.tell(rests(remote, state, &object));
        }
    }
    let now = Timestamp::now();
    Ok(lag::with_what_was_ordered(
        call,
        remote.resource,
        prior,
        seen,
        now,
    ))
}

/// An object that leaves the state, which is never done without a word: the next plan orders it
/// anew.
fn dropped(remote: &Remote<'_>, prior: &Value, what: &str, said: &str) -> Diagnostic {
    let again = match remote.resource.is_found(prior) {
        true => "looks for it anew",
        false => "orders it anew",
    };
    Diagnostic::warning(
        format!("{} is gone", messages::sentence(&remote.the_object())),
        format!(
            "The exchange at {} {what}.{} It leaves the state, and the plan {again} unless it \
             leaves the configuration too.{said}",
            remote.host(),
            was_ending(prior)
        ),
    )
}

/// That it was known to be on its way out, where it was.
fn was_ending(prior: &Value) -> String {
    let state = prior.get("state").as_str().map(State::parse);
    if state != Some(State::DecommissionRequested) {
        return String::new();
    }
    let day = prior.get("decommission_at").as_str();
    let day = day.map_or_else(String::new, |day| format!(", for {day}"));
    format!(" Its cancellation had been ordered{day}.")
}

/// An object whose end is ordered, by whomever. The plan has nothing to do about it, and would
/// order it anew one day without having said a word.
fn on_its_way_out(remote: &Remote<'_>, object: &Json) -> Diagnostic {
    let day = |name: &str| object.get(name).and_then(lenient::text);
    let ends = day("decommission_at").map_or_else(String::new, |day| format!(" on {day}"));
    let billed = day("charged_until").map(|day| format!(", and is billed until {day}"));
    Diagnostic::warning(
        format!(
            "{} ends{ends}: its cancellation is ordered",
            messages::sentence(&remote.the_object())
        ),
        format!(
            "The exchange at {} says that it is decommission_requested. It ends{ends}{}, and that \
             cannot be taken back. It stays in the state until it has ended; the first plan after \
             that orders it anew, unless it leaves the configuration before.{}",
            remote.host(),
            billed.unwrap_or_default(),
            messages::all(object)
        ),
    )
}

fn kept_though_cancelled(remote: &Remote<'_>, object: &Json) -> Diagnostic {
    Diagnostic::warning(
        format!("{} is cancelled", messages::sentence(&remote.the_object())),
        format!(
            "It will not go into service. It stays in the state, because {} keeps it until it is \
             deleted. To order anew, use -replace=<address> with apply.{}",
            remote.host(),
            messages::why(object)
        ),
    )
}

fn rests(remote: &Remote<'_>, state: &State, object: &Json) -> Diagnostic {
    let to_do = asked::to_do(object);
    let goes_on = match (state, to_do.is_empty()) {
        (State::Error, true) => {
            "calls its state an error: it may not go on before what is wrong is put right"
        }
        _ => "goes on with it once it has what it asks for",
    };
    Diagnostic::warning(
        format!(
            "{} rests in state {state}",
            messages::sentence(&remote.the_object())
        ),
        format!(
            "The exchange at {} {goes_on}. Until then it is not in service, and may be billed. To \
             not be told, set {} = \"{}\".{}{to_do}",
            remote.host(),
            goal::WAIT_FOR_STATE,
            goal::NOT_AT_ALL,
            messages::all(object),
        ),
    )
}

fn took_too_long(remote: &Remote<'_>, patience: Duration) -> Diagnostic {
    Diagnostic::error(
        format!("Reading {} took too long", remote.the_object()),
        format!(
            "{} did not answer within {} (timeouts.read). The state is as it was. Try again later, \
             or raise timeouts.read.",
            remote.host(),
            timeouts::spoken(patience)
        ),
    )
}
