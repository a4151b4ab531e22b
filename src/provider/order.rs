//! Ordering an object: where the order is placed, what its answer proves, and the wait for what was
//! ordered.

use crate::entities::declaration::{Arrives, Elsewhere};
use crate::ixapi::{Error, Json, Setting, id_of};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::plan;
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

use super::configuration::how_to_set;
use super::errors::{Attempt, once_more};
use super::goal::Goal;
use super::recovery::{Aftermath, Ordered, Ordering, TRIES, answered_without_id};
use super::reference::REFERENCE;
use super::remote::{Remote, Site};
use super::takeover::held_twice;
use super::timeouts::Operation;
use super::wait::Wait;
use super::{answers, links, namesake, takeover};

/// Orders an object, and waits for it.
///
/// # Errors
/// What the exchange refused; that nobody knows what came of the order; that it is in an end from
/// which it never comes into service. What is there by then has been saved.
pub async fn order(
    site: Site<'_>,
    call: &Call<'_>,
    planned: &Value,
    config: &Value,
) -> Result<Value, Diagnostics> {
    let resource = site.resource;
    let attempt = Attempt::Order(resource);
    let mut ordering = Ordering::new(&site, planned, config);
    if let Some(earlier) = ordering.of_earlier_run(&site, call).await? {
        hold(&site, &earlier.id)?;
        return follow(site, call, planned, earlier).await;
    }
    if let Some(bearer) = ordering.bearer(&site, planned).await? {
        let object = namesake::taken_over(&site, call, &bearer, planned, config).await?;
        let adopted = takeover::as_planned(&site, call, object, [planned, config]).await?;
        hold(&site, &adopted.id)?;
        return follow(site, call, planned, adopted).await;
    }
    let mut planned = planned.clone();
    if let Some(drawn) = ordering.drawn() {
        planned.put(REFERENCE, drawn.into());
    }
    let planned = &planned;
    let body = ordering.body();
    let (id, object, noted, tries) = {
        let lanes = site.lanes(&[planned]).await;
        let _lanes = lanes.map_err(|early| attempt.interrupted(early))?;
        let noted = ordering.note(&site)?;
        let mut tries = 1;
        let object = loop {
            let Refusal { error, is_doubtful } = match place(&site, planned, body).await {
                Ok(object) if is_the_object(&site, body, &object).await => break object,
                Ok(answer) => match ordering.unanswered(&site).await {
                    Aftermath::Found(object) => break object,
                    Aftermath::Nothing | Aftermath::Unclear => break answer,
                },
                Err(refusal) => refusal,
            };
            // A refusal of the second try may be because of what came of the first after all.
            let mut is_unclear = error.outcome_unknown() || tries > 1;
            let mut was_looked_for = false;
            if is_unclear {
                match ordering.unanswered(&site).await {
                    Aftermath::Found(object) => break object,
                    Aftermath::Nothing
                        if error.outcome_unknown()
                            && tries < TRIES
                            && !site.stop.is_cancelled() =>
                    {
                        tries += 1;
                        continue;
                    }
                    Aftermath::Nothing | Aftermath::Unclear => {}
                }
            } else if is_doubtful {
                match ordering.refused(&site).await {
                    Aftermath::Found(object) => break object,
                    Aftermath::Nothing => was_looked_for = true,
                    Aftermath::Unclear => is_unclear = true,
                }
            }
            if let Some(noted) = noted.filter(|_| !is_unclear) {
                // What cannot be noted is looked for in vain by the next run.
                let _ = noted.is_void();
            }
            let nowhere = leads_nowhere(&site, planned, &error);
            if let Some(diagnostic) = nowhere.filter(|_| !is_unclear) {
                return Err(diagnostic.into());
            }
            let error = site.client.judge_address(error, site.stop).await;
            let error = error.with_outcome_unknown(is_unclear);
            let mut told = attempt.explain(&error);
            if was_looked_for {
                told.0.iter_mut().for_each(|told| in_vain(&site, told));
            }
            return Err(told);
        };
        let Some(id) = id_of(&object) else {
            return Err(answered_without_id(&site).into());
        };
        let object = match is_about(body, &object) {
            true => object,
            false => confirmed(&site, &id).await?,
        };
        // Before anybody else looks for what came of his own order.
        if !site.session.run.made(site.resource.of, &id) {
            return Err(answered_with_another(&site, &id).into());
        }
        (id, object, noted, tries)
    };
    if let Some(noted) = &noted {
        // Without it, the next run looks for the order by what was ordered.
        let _ = noted.is(&id);
    }
    if tries > 1
        && let Some(second) = ordering.second(&site, &id).await
    {
        call.tell(ordered_twice(&site, &id, &second));
    }
    let followed = follow(site, call, planned, Ordered { id, object }).await;
    if let Some(noted) = noted {
        noted.is_answered();
    }
    followed
}

/// Takes hold of an object for this order.
///
/// # Errors
/// That another one has.
fn hold(site: &Site<'_>, id: &str) -> Result<(), Diagnostics> {
    match site.session.run.made(site.resource.of, id) {
        true => Ok(()),
        false => Err(held_twice(site, id).into()),
    }
}

/// Waits for what was ordered, and makes what hangs on it.
async fn follow(
    site: Site<'_>,
    call: &Call<'_>,
    planned: &Value,
    ordered: Ordered,
) -> Result<Value, Diagnostics> {
    let resource = site.resource;
    let Ordered { id, object } = ordered;
    // First what must not get lost, then what has to be understood first.
    let id_alone = Value::object([("id", Value::text(id.as_str()))]);
    call.save(id_alone);
    let seen = |object: &Json| {
        let mut state = answers::object(resource, object, planned);
        // Whatever was seen since: this is what was ordered.
        state.put("id", Value::text(id.as_str()));
        state
    };
    let unlinked = |mut state: Value| {
        links::as_before(resource, &Value::Null, &mut state);
        state
    };
    call.save(unlinked(seen(&object)));
    let remote = site.object(&id);
    let goal = Goal::of(resource, planned);
    let wait = Wait::of(&remote, Operation::Create, planned);
    let (object, told) = wait.until(&goal, object).await;
    let state = seen(&object);
    if !told.has_errors() {
        for path in plan::contradictions(call.schema, planned, &state) {
            call.tell(ordered_otherwise(&remote, &path));
        }
    }
    let mut state = unlinked(state);
    call.save(state.clone());
    if told.has_errors() {
        return Err(told);
    }
    call.tell(told);
    let made = links::make(&remote, Operation::Create, planned, &mut state).await;
    if let Err(unlike_planned) = made {
        call.tell(unlike_planned);
    }
    Ok(state)
}

/// Why no object was answered to an order.
struct Refusal {
    error: Error,
    /// Whether somebody on the way may have said so, while the exchange has acted.
    is_doubtful: bool,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal {
            is_doubtful: error.may_be_of_another(),
            error,
        }
    }
}

/// Places an order where such orders are placed.
async fn place(site: &Site<'_>, planned: &Value, body: &Json) -> Result<Json, Refusal> {
    if let Arrives::Below { owner, .. } = site.resource.arrives {
        let owner = planned.get(owner.attribute).as_str().unwrap_or_default();
        let placed = site.objects.create_below(owner, body, site.stop).await;
        return placed.map_err(Refusal::from);
    }
    let refused = match site.objects.create(body, site.stop).await {
        Err(error) => error,
        Ok(ordered) => return Ok(ordered),
    };
    match site.resource.elsewhere(planned) {
        Some(Elsewhere::IfRefused(field, path)) if is_refusal_of(&refused, field) => {
            let elsewhere = site.client.objects(path).create(body, site.stop).await;
            // Where that place is not, or does not take it for the same reason, the first counts.
            let same = |error: &Error| {
                let missing = matches!(error.status(), Some(403..=405));
                !error.outcome_unknown() && (missing || is_refusal_of(error, field))
            };
            elsewhere.map_err(|error| Refusal {
                is_doubtful: error.may_be_of_another(),
                error: if same(&error) { refused } else { error },
            })
        }
        _ => Err(refused.into()),
    }
}

/// Adds that the exchange has nothing of an order that somebody on the way may have answered.
fn in_vain(site: &Site<'_>, told: &mut Diagnostic) {
    told.detail.push_str(&format!(
        "\n\nSomething between here and the exchange may have answered. So {} was asked for what \
         was to be ordered, and has nothing of it.",
        site.host()
    ));
}

/// What is wrong with an order whose place is not there.
fn leads_nowhere(site: &Site<'_>, planned: &Value, error: &Error) -> Option<Diagnostic> {
    let resource = site.resource;
    let field = match resource.elsewhere(planned)? {
        Elsewhere::IfSet(field, _) if site.is_elsewhere() && error.is_not_found() => field,
        _ => return None,
    };
    let summary = format!("The exchange takes no {field}");
    let detail = format!(
        "{error}\n\nNothing was ordered. A {} with {field} is ordered through an extension of \
         IX-API, and there is none at this address. Either the exchange does not have it, and \
         {field} cannot be used; or it is elsewhere: then set {} of the provider.",
        resource.noun,
        how_to_set(Setting::Extension)
    );
    Some(Diagnostic::error(summary, detail).at(Path::attribute(field)))
}

/// Whether an order was surely refused, and because of this field.
fn is_refusal_of(error: &Error, field: &str) -> bool {
    let properties = error.problem().map(|problem| problem.properties.iter());
    let mut names = properties.into_iter().flatten();
    let named = names.any(|property| property.name.as_deref() == Some(field));
    error.status() == Some(400) && !error.outcome_unknown() && named
}

/// Whether an answer to an order is about what was ordered: it shows something that was sent. A
/// gateway's receipt may have an id too.
fn is_about(order: &Json, answer: &Json) -> bool {
    let mut sent = order.as_object().into_iter().flatten();
    sent.any(|(name, _)| answer.get(name).is_some())
}

/// The object of an id that came with an answer about nothing else.
///
/// # Errors
/// That the exchange does not have it, so that nobody knows what came of the order.
async fn confirmed(site: &Site<'_>, id: &str) -> Result<Json, Diagnostics> {
    let found = site.objects.find(id, site.stop).await;
    found.map_err(|error| answered_with_another_id(site, id, &error).into())
}

/// Whether an answer to an order tells which object came of it.
async fn is_the_object(site: &Site<'_>, order: &Json, answer: &Json) -> bool {
    match id_of(answer) {
        Some(id) => is_about(order, answer) || confirmed(site, &id).await.is_ok(),
        None => false,
    }
}

/// What is said to have come of an order is another resource's.
fn answered_with_another(site: &Site<'_>, id: &str) -> Diagnostic {
    let (noun, name) = (site.resource.noun, site.resource.name);
    Diagnostic::error(
        format!("It is not known which {noun} was ordered"),
        format!(
            "{} answered the order with the {noun} {id}, and another ixapi_{name} of this apply \
             holds that. Look at the exchange whether two were ordered before you apply again, and \
             remove one of the two resources if both describe the same.",
            site.host(),
        ),
    )
}

fn answered_with_another_id(site: &Site<'_>, id: &str, error: &Error) -> Diagnostic {
    Diagnostic::error(
        format!("It is not known which {} was ordered", site.resource.noun),
        format!(
            "{} accepted the order with an answer that shows nothing of it but the id {id:?}, and \
             has no such object: {error}. Before you apply again, look for the object at the \
             exchange and import it: {}.",
            site.host(),
            once_more(site.resource)
        ),
    )
}

fn ordered_twice(site: &Site<'_>, id: &str, second: &str) -> Diagnostic {
    Diagnostic::warning(
        format!("There are two of this {}", site.resource.noun),
        format!(
            "The order got no answer, and nothing had come of it for a while, so that it was \
             placed once more. {} has acted on both: {id} is in the state, and {second} is in \
             none. Cancel {second} at the exchange, or import it.",
            site.host()
        ),
    )
}

fn ordered_otherwise(remote: &Remote<'_>, path: &Path) -> Diagnostic {
    Diagnostic::warning(
        format!("The exchange has another {path} than was ordered"),
        format!(
            "The exchange answered the order of {} with another value for {path}. The state keeps \
             what was ordered; the next plan shows what the exchange has.",
            remote.the_object()
        ),
    )
    .at(path.clone())
}
