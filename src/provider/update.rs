//! Changing an object: what is sent, what an answer proves, and what is known when there is none.

use crate::ixapi::{Changed, Json, State};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::plan;
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::goal::{self, Goal};
use super::remote::Remote;
use super::timeouts::Operation;
use super::wait::Wait;
use super::{answers, lag, links, requests};

/// Changes an object and its links as planned, and waits for it.
///
/// # Errors
/// What the exchange refused; that nobody knows whether it took the change. What is known by then
/// has been saved.
pub async fn update(
    remote: &Remote<'_>,
    call: &Call<'_>,
    prior: &Value,
    planned: &Value,
    config: &Value,
) -> Result<Value, Diagnostics> {
    let body = requests::update(remote.resource, prior, planned, config, &call.given_back);
    let links_differ = links::differ(remote, prior, planned);
    if body.is_none() && !links_differ && planned.is_wholly_known() {
        // Only the provider's own attributes changed: nothing to send, nothing to look at.
        return Ok(planned.clone());
    }
    let mut before = prior.clone();
    if links_differ {
        let shed = links::shed(remote, planned, &mut before).await;
        if before != *prior {
            call.save(before.clone());
        }
        call.tell(shed?);
    }
    let attempt = match before == *prior {
        true => Attempt::On(Operation::Update, remote),
        false => Attempt::Rest(remote),
    };
    let (sent, answered) = match &body {
        None => (Sent::Nothing, None),
        Some(body) => match send(attempt, remote, call, prior, planned, body).await? {
            Changed::Object(object) => (Sent::Taken, Some(object)),
            Changed::Silently => (Sent::Silently, None),
            Changed::Otherwise => (Sent::Perhaps, None),
        },
    };
    let seen = match answered {
        Some(object) => Ok(object),
        None => remote.look().await,
    };
    let mut state = match seen {
        Ok(object) => {
            let doubtful = match &body {
                Some(body) if sent.is_doubtful() => doubtful(remote, call, prior, body, &object),
                _ => None,
            };
            match doubtful {
                Some(path) if sent == Sent::Perhaps => {
                    // What is in the state is sent again by the next apply, with all that is new.
                    call.save(answers::object(remote.resource, &object, &before));
                    return Err(unshown(remote, path).into());
                }
                Some(path) => call.tell(unshown_and_silent(remote, path)),
                None => {}
            }
            waited_out(remote, call, planned, &before, sent, object).await?
        }
        Err(error) if sent == Sent::Nothing && links_differ && before == *prior => {
            return Err(Attempt::On(Operation::Update, remote).explain(&error));
        }
        Err(error) => {
            // What was sent may have been taken: the plan stays, and the next refresh shows
            // what is.
            let wait = Wait::of(remote, operation(sent, prior), planned);
            call.tell(match sent == Sent::Nothing && !links_differ {
                true => wait.not_resumed(&error),
                false => wait.unreadable(&error),
            });
            let mut state = plan::settle(call.schema, planned, prior.clone());
            links::as_before(remote.resource, &before, &mut state);
            call.save(state.clone());
            state
        }
    };
    if links_differ {
        let made = links::make(remote, Operation::Update, planned, &mut state).await;
        call.save(state.clone());
        made?;
    }
    Ok(state)
}

/// Sends a change, when no other is on its way to what it touches.
///
/// # Errors
/// What the exchange refused; that a person interrupted before anything was sent.
pub async fn send(
    attempt: Attempt<'_>,
    remote: &Remote<'_>,
    call: &Call<'_>,
    prior: &Value,
    planned: &Value,
    body: &Json,
) -> Result<Changed, Diagnostics> {
    let lanes = remote.lanes(&[prior, planned]).await;
    let _lanes = lanes.map_err(|early| attempt.interrupted(early))?;
    let answered = remote.change(body).await;
    let answered = answered.map_err(|error| attempt.explain(&error))?;
    if matches!(answered, Changed::Object(_)) {
        // Only who has surely taken the change can lag behind with it.
        lag::note(call, remote.resource, prior, planned);
    }
    Ok(answered)
}

/// What is known of a change that was to be sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// There was nothing to send: a wait goes on, or links alone change.
    Nothing,
    /// The exchange took it, and showed the object.
    Taken,
    /// Success was answered, and nothing else. An exchange may; so may whatever is before it.
    Silently,
    /// Something was answered that is not about the object, which proves nothing.
    Perhaps,
}

impl Sent {
    /// Whether only a look at the object can tell.
    fn is_doubtful(self) -> bool {
        matches!(self, Sent::Silently | Sent::Perhaps)
    }

    /// What was answered, as the end of a sentence.
    fn answer(self) -> &'static str {
        match self {
            Sent::Silently => "with success and nothing else",
            _ => "with success, though not about this object",
        }
    }
}

/// What is waited for: the end of what was sent, or what was waited for before.
fn operation(sent: Sent, before: &Value) -> Operation {
    match sent {
        Sent::Nothing => goal::waited_for(before),
        Sent::Taken | Sent::Silently | Sent::Perhaps => Operation::Update,
    }
}

/// What nobody can tell of a change that something else may have answered: a secret, and a choice
/// that was given back and shows as before.
fn doubtful(
    remote: &Remote<'_>,
    call: &Call<'_>,
    prior: &Value,
    body: &Json,
    object: &Json,
) -> Option<Path> {
    let state = answers::object(remote.resource, object, prior);
    let mut doubtful = remote.resource.fields_of(prior).filter(|field| {
        let given_back = call.given_back.iter().any(|name| name == field.attribute);
        let as_before = state.get(field.attribute) == prior.get(field.attribute);
        let sent = body.get(field.name).is_some();
        sent && (field.write_only_twin || (given_back && as_before))
    });
    let field = doubtful.next()?;
    Some(Path::attribute(field.attribute))
}

/// What nobody can see, and something else than the exchange may have answered.
fn unshown(remote: &Remote<'_>, path: Path) -> Diagnostic {
    Diagnostic::error(
        format!("It is not known whether the change of {path} was taken"),
        format!(
            "{}: {} answered the change {}, and does not show whether {path} was changed. \
             Something between here and the exchange may have answered. The state is as it was; \
             apply again to send the change again.",
            remote.name(),
            remote.host(),
            Sent::Perhaps.answer()
        ),
    )
    .at(path)
}

/// What nobody can see, and the exchange may have taken without a word.
fn unshown_and_silent(remote: &Remote<'_>, path: Path) -> Diagnostic {
    Diagnostic::warning(
        format!("It is not sure that the change of {path} was taken"),
        format!(
            "{}: {} answered the change {}, and does not show whether {path} was changed. That may \
             be the way of this exchange; if {path} proves to be as it was before, change it once \
             more.",
            remote.name(),
            remote.host(),
            Sent::Silently.answer()
        ),
    )
    .at(path)
}

/// The state after the wait for a changed object, with the links that it had before.
async fn waited_out(
    remote: &Remote<'_>,
    call: &Call<'_>,
    planned: &Value,
    before: &Value,
    sent: Sent,
    object: Json,
) -> Result<Value, Diagnostics> {
    let goal = Goal::of(remote.resource, planned);
    let wait = Wait::of(remote, operation(sent, before), planned);
    let (object, told) = wait.until(&goal, object).await;
    let mut state = answers::object(remote.resource, &object, planned);
    let changing = State::of(&object).is_some_and(|state| state.is_changing());
    if sent.is_doubtful() && !changing && !told.has_errors() {
        for path in plan::contradictions(call.schema, planned, &state) {
            call.tell(unconfirmed_change(remote, sent, &path));
        }
    }
    links::as_before(remote.resource, before, &mut state);
    call.save(state.clone());
    if told.has_errors() {
        return Err(told);
    }
    call.tell(told);
    Ok(state)
}

fn unconfirmed_change(remote: &Remote, sent: Sent, path: &Path) -> Diagnostic {
    Diagnostic::warning(
        format!("It is not sure that the change of {path} was taken"),
        format!(
            "{}: {} answered the change {}, and then showed {path} as it was before. Something \
             between here and the exchange may have answered. The next plan shows what there is; \
             apply it to send the change again.",
            remote.name(),
            remote.host(),
            sent.answer()
        ),
    )
    .at(path.clone())
}
