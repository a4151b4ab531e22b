//! A resource type: the life cycle of its objects, the same for all.
//!
//! Two rules decide every branch. What the exchange may have done is never done again blindly, and
//! what exists is never dropped from the state without proof that it is gone.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::time::{Instant, timeout};

use crate::entities::declaration::{
    Arrives, Elsewhere, Ends, Field, FoundAt, Kind, Life, Resource as Declaration, Which,
};
use crate::ixapi::{Changed, Error, Json, Setting, State, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::plan::{self, Change};
use crate::tfplugin::schema::Schema;
use crate::tfplugin::traits::{Call, Resource};
use crate::tfplugin::value::Value;

use super::cancellation::Ending;
use super::configuration::how_to_set;
use super::errors::Attempt;
use super::goal::{self, Goal, Position};
use super::recovery::{Ordered, Ordering};
use super::remote::{Remote, Site};
use super::session::Session;
use super::timeouts::{self, Operation};
use super::wait::Wait;
use super::{
    PREFIX, answers, arrival, defaults, foresight, lag, links, messages, reference, requests,
    schemas, validate,
};

/// A resource type that Terraform manages as it is declared.
pub struct Managed {
    resource: &'static Declaration,
    session: Arc<Session>,
}

impl Managed {
    /// The resource type of a declaration.
    pub fn new(resource: &'static Declaration, session: Arc<Session>) -> Managed {
        Managed { resource, session }
    }

    /// The objects at the exchange that are as this one.
    fn site<'a>(&'a self, object: &Value, call: &'a Call<'_>) -> Result<Site<'a>, Diagnostics> {
        let client = self.session.client()?;
        let session = &self.session;
        Ok(Site::new(
            self.resource,
            session,
            client,
            &call.stop,
            object,
        ))
    }

    /// What the other side wishes to be changed. Nothing is waited for then: it waits for us.
    async fn wish(&self, prior: &Value, state: &State, call: &Call<'_>) -> Option<Diagnostic> {
        let variant = self.resource.variant_of(prior)?;
        let below = self.resource.of.shape.variant(variant)?.wishes?;
        let remote = self.remote(prior, call).ok()?;
        if *state != State::ProductionChangePending {
            return None;
        }
        let wish = remote
            .home
            .ask(&remote.id, below, &[], &call.stop)
            .await
            .ok()?;
        let fields = self.resource.fields_of(prior);
        let wished = fields.filter_map(|field| {
            let value = wish.get(field.name).and_then(lenient::text)?;
            Some(format!("\n  {} = {value:?}", field.attribute))
        });
        let wished: String = wished.collect();
        (!wished.is_empty()).then(|| {
            Diagnostic::warning(
                format!(
                    "The other side of {} asks for a change",
                    remote.the_object()
                ),
                format!(
                    "It asks for{wished}\n\nTo accept, configure that and apply. Until then the \
                     change is pending, and is not waited for."
                ),
            )
        })
    }

    /// The object that a state describes.
    fn remote<'a>(&'a self, state: &Value, call: &'a Call<'_>) -> Result<Remote<'a>, Diagnostics> {
        match id_of(state) {
            Some(id) => Ok(self.site(state, call)?.object(id)),
            None => Err(without_id(self.resource).into()),
        }
    }
}

#[async_trait]
impl Resource for Managed {
    fn schema(&self) -> Schema {
        schemas::resource(self.resource)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        validate::resource(self.resource, config)
    }

    async fn fill_in(
        &self,
        call: &Call<'_>,
        prior: &Value,
        config: &mut Value,
    ) -> Result<(), Diagnostics> {
        defaults::fill_in(self.resource, &self.session, call, prior, config).await
    }

    async fn plan(&self, call: &Call<'_>, change: &mut Change) -> Result<(), Diagnostics> {
        let replaces = change.is_update() && !change.replaces.is_empty();
        // Best effort: what only the exchange can say is left out where it cannot be asked yet.
        if (change.is_delete() || replaces)
            && let Ok(remote) = self.remote(&change.prior, call)
        {
            let day = chosen_day(self.resource, &change.prior, call);
            call.tell(remote.terms(&change.prior, day).await);
        }
        if let Ok(remote) = self.remote(&change.prior, call) {
            remote.is_in_state();
        }
        if change.is_delete() {
            if self.resource.ends == Ends::LetGo && !self.resource.is_found(&change.prior) {
                call.tell(stays(self.resource, &change.prior));
            }
            return Ok(());
        }
        keep_no_secret_beside_its_twin(self.resource, change);
        // What was unknown when the configuration was validated may be known by now.
        let invalid = validate::resource(self.resource, &change.config);
        if invalid.has_errors() {
            return Err(invalid);
        }
        if let Ok(client) = self.session.client() {
            let checks = (self.resource.noun, self.resource.plan);
            let session = &self.session;
            let found = foresight::look(checks, session, &client, &call.stop, change).await;
            if found.has_errors() {
                return Err(found);
            }
            call.tell(found);
        }
        defaults::note_coming(self.resource, &self.session, &change.planned);
        if let Some(id) = id_of(&change.prior).filter(|_| change.planned != change.prior) {
            let stays = if replaces {
                Value::Null
            } else {
                change.planned.clone()
            };
            self.session.plan(id, stays);
        }
        if change.is_update() {
            call.tell(warned_of_replacing(self.resource, change));
            call.tell(noted_not_sent(self.resource, change));
        }
        if change.is_update() && !replaces {
            let goal = Goal::of(self.resource, &change.planned);
            let position = Position::in_state(&change.prior);
            if let Some(position) = position.filter(|at| goal.is_worth_waiting(at)) {
                if let Some(wish) = self.wish(&change.prior, &position.state, call).await {
                    call.tell(wish);
                    return Ok(());
                }
                call.tell(goal::resumed(self.resource, change, &position.state, &goal));
                change.look_again(call.schema);
            }
        }
        Ok(())
    }

    async fn read(&self, call: &Call<'_>, state: &Value) -> Result<Value, Diagnostics> {
        let remote = self.remote(state, call)?;
        remote.is_in_state();
        let patience = timeouts::of(self.resource, state, Operation::Read);
        match timeout(patience, refreshed(&remote, state, call)).await {
            Ok(refreshed) => refreshed,
            Err(_) => Err(took_too_long(&remote, patience).into()),
        }
    }

    async fn create(
        &self,
        call: &Call<'_>,
        planned: &Value,
        config: &Value,
    ) -> Result<Value, Diagnostics> {
        let site = self.site(planned, call)?;
        let _changing = self.session.changing(self.resource);
        if let Arrives::Found { by, .. } = self.resource.arrives
            && self.resource.is_found(planned)
        {
            let object = arrival::find(&site, by, planned).await?;
            return adopt(site, call, object, planned).await;
        }
        let complete = defaults::complete(&site, planned).await?;
        if complete != *planned {
            found_fit(&site, config, &complete).await?;
        }
        if let Arrives::Found {
            or_ordered_with, ..
        } = self.resource.arrives
            && let Some(object) = arrival::same(&site, or_ordered_with, &complete).await?
        {
            call.tell(was_there(&site, &object));
            return adopt(site, call, object, &complete).await;
        }
        order(site, call, &complete, config).await
    }

    async fn update(
        &self,
        call: &Call<'_>,
        prior: &Value,
        planned: &Value,
        config: &Value,
    ) -> Result<Value, Diagnostics> {
        let remote = self.remote(prior, call)?;
        let _changing = self.session.changing(self.resource);
        let body = requests::update(self.resource, prior, planned, config, &call.given_back);
        let links_differ = links::differ(&remote, prior, planned);
        if body.is_none() && !links_differ && planned.is_wholly_known() {
            // Only the provider's own attributes changed: nothing to send, nothing to look at.
            return Ok(planned.clone());
        }
        let mut before = prior.clone();
        if links_differ {
            let shed = links::shed(&remote, planned, &mut before).await;
            if before != *prior {
                call.save(before.clone());
            }
            call.tell(shed?);
        }
        let (sent, answered) = match &body {
            None => (Sent::Nothing, None),
            Some(body) => match send(&remote, call, prior, planned, body).await? {
                Changed::Object(object) => (Sent::Taken, Some(object)),
                Changed::Silently => (Sent::Taken, None),
                Changed::Otherwise => (Sent::Perhaps, None),
            },
        };
        let seen = match answered {
            Some(object) => Ok(object),
            None => remote.look().await,
        };
        let mut state = match seen {
            Ok(object) => {
                let doubt = match (sent, &body) {
                    (Sent::Perhaps, Some(body)) => doubt(&remote, call, prior, body, &object),
                    _ => Diagnostics::default(),
                };
                if doubt.has_errors() {
                    // What is in the state is sent again by the next apply, with all that is new.
                    call.save(answers::object(self.resource, &object, &before));
                    return Err(doubt);
                }
                waited_out(&remote, call, planned, &before, sent, object).await?
            }
            Err(error) if sent == Sent::Nothing && links_differ && before == *prior => {
                return Err(Attempt::On(Operation::Update, &remote).explain(&error));
            }
            Err(error) => {
                // What was sent may have been taken: the plan stays, and the next refresh shows
                // what is.
                let wait = Wait::of(&remote, Operation::Update, planned);
                call.tell(match sent == Sent::Nothing && !links_differ {
                    true => wait.not_resumed(&error),
                    false => wait.unreadable(&error),
                });
                let mut state = plan::settle(call.schema, planned, prior.clone());
                links::as_before(self.resource, &before, &mut state);
                call.save(state.clone());
                state
            }
        };
        if links_differ {
            let made = links::make(&remote, Operation::Update, planned, &mut state).await;
            call.save(state.clone());
            made?;
        }
        Ok(state)
    }

    async fn delete(&self, call: &Call<'_>, prior: &Value) -> Result<(), Diagnostics> {
        if self.resource.ends == Ends::LetGo {
            return Ok(());
        }
        let remote = self.remote(prior, call)?;
        let _changing = self.session.changing(self.resource);
        links::take_away(&remote, prior).await?;
        let day = chosen_day(self.resource, prior, call);
        let Ending::UnderWay(answer) = remote.end(prior, day).await? else {
            return Ok(());
        };
        if matches!(self.resource.of.life, Life::Provisioned(_)) {
            let wait = Wait::of(&remote, Operation::Delete, prior);
            call.tell(wait.until_gone(answer).await?);
        }
        Ok(())
    }

    async fn import(&self, call: &Call<'_>, id: &str) -> Result<Value, Diagnostics> {
        let id = id.trim();
        if id.is_empty() {
            return Err(import_without_id(self.resource).into());
        }
        let site = self.site(&Value::Null, call)?;
        let id = match id.strip_prefix(reference::BY_REFERENCE) {
            Some(reference) => reference::find(&site, reference.trim()).await?,
            None => id.to_owned(),
        };
        let remote = site.object(&id);
        let attempt = Attempt::Import(&remote);
        let object = match remote.look().await {
            Ok(object) => object,
            Err(error) => {
                let error = remote.client.judge_address(error, remote.stop).await;
                return Err(attempt.explain(&error));
            }
        };
        check_variant(&remote, &object)?;
        let mut state = answers::first_seen(self.resource, &object);
        let read = links::read(&remote, &mut state).await;
        read.map_err(|error| attempt.explain(&error))?;
        fill_from_elsewhere(&remote, &object, &mut state).await;
        Ok(state)
    }
}

/// Looks at what was found only now, as a plan would have done.
///
/// # Errors
/// What the exchange would refuse. Nothing was ordered.
async fn found_fit(site: &Site<'_>, config: &Value, complete: &Value) -> Result<(), Diagnostics> {
    let change = Change {
        prior: Value::Null,
        config: defaults::as_configured(site.resource, config, complete),
        planned: complete.clone(),
        replaces: Vec::new(),
    };
    let session = site.session;
    let checks = (site.resource.noun, site.resource.plan);
    let found = foresight::look(checks, session, &site.client, site.stop, &change).await;
    match found.has_errors() {
        true => Err(found),
        false => Ok(()),
    }
}

/// Orders an object, and waits for it.
async fn order(
    site: Site<'_>,
    call: &Call<'_>,
    planned: &Value,
    config: &Value,
) -> Result<Value, Diagnostics> {
    let resource = site.resource;
    let attempt = Attempt::Order(resource);
    let body = requests::create(resource, planned, config);
    let mut ordering = Ordering::new(&site, &body);
    if let Some(earlier) = ordering.of_earlier_run(&site, call, &body).await? {
        return follow(site, call, planned, earlier).await;
    }
    let (object, noted) = {
        let lanes = site.lanes(&[planned]).await;
        let _lanes = lanes.map_err(|early| attempt.interrupted(early))?;
        let noted = ordering.begin(&site).await?;
        match place(&site, planned, &body).await {
            Ok(object) => (object, noted),
            Err(error) => {
                if let Some(ordered) = ordering.unanswered(&site, &error).await {
                    (ordered.object, noted)
                } else {
                    if !error.outcome_unknown()
                        && let Some(noted) = noted
                    {
                        // What cannot be noted is looked for in vain by the next run.
                        let _ = noted.is_void();
                    }
                    if let Some(diagnostic) = leads_nowhere(&site, planned, &error) {
                        return Err(diagnostic.into());
                    }
                    let error = site.client.judge_address(error, site.stop).await;
                    return Err(attempt.explain(&error));
                }
            }
        }
    };
    let id = object.get("id").and_then(lenient::text);
    let Some(id) = id.filter(|id| !id.is_empty()) else {
        return Err(answered_without_id(&site).into());
    };
    let (site, object) = match is_about(&body, &object) {
        true => (site, object),
        false => confirmed(site, &id).await?,
    };
    if let Some(noted) = &noted {
        // Without it, the next run looks for the order by what was ordered.
        let _ = noted.is(&id);
    }
    let followed = follow(site, call, planned, Ordered { id, object }).await;
    if let Some(noted) = noted {
        noted.is_answered();
    }
    followed
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
    site.session.made(&id);
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
    call.save(state.clone());
    made?;
    Ok(state)
}

/// Places an order where such orders are placed.
async fn place(site: &Site<'_>, planned: &Value, body: &Json) -> Result<Json, Error> {
    if let Arrives::Below { owner, .. } = site.resource.arrives {
        let owner = planned.get(owner.attribute).as_str().unwrap_or_default();
        return site.objects.create_below(owner, body, site.stop).await;
    }
    let refused = match site.objects.create(body, site.stop).await {
        Err(error) => error,
        ordered => return ordered,
    };
    match site.resource.elsewhere(planned) {
        Some(Elsewhere::IfRefused(field, path)) if is_refusal_of(&refused, field) => {
            let elsewhere = site.client.objects(path).create(body, site.stop).await;
            // Where that place is not, or does not take it for the same reason, the first counts.
            let same = |error: &Error| {
                let missing = matches!(error.status(), Some(403..=405));
                !error.outcome_unknown() && (missing || is_refusal_of(error, field))
            };
            elsewhere.map_err(|error| if same(&error) { refused } else { error })
        }
        _ => Err(refused),
    }
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

/// The day on which the configuration had said that the object is to end; the exchange may show a
/// day of its own in its place.
fn chosen_day(resource: &Declaration, prior: &Value, call: &Call<'_>) -> Option<(Path, String)> {
    let mut fields = resource.fields_of(prior);
    let field = fields.find(|field| field.sent_with_delete)?;
    let day = prior.get(field.attribute).as_str()?;
    let chosen = call.was_configured(field.attribute);
    chosen.then(|| (Path::attribute(field.attribute), day.to_owned()))
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
async fn confirmed<'a>(site: Site<'a>, id: &str) -> Result<(Site<'a>, Json), Diagnostics> {
    let found = site.objects.find(id, Instant::now(), site.stop).await;
    match found {
        Ok(object) => Ok((site, object)),
        Err(error) => Err(answered_with_another_id(&site, id, &error).into()),
    }
}

/// Takes over what the exchange has, and changes it as planned.
async fn adopt(
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
fn held_twice(site: &Site<'_>, id: &str) -> Diagnostic {
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

/// Sends a change, when no other is on its way to what it touches.
async fn send(
    remote: &Remote<'_>,
    call: &Call<'_>,
    prior: &Value,
    planned: &Value,
    body: &Json,
) -> Result<Changed, Diagnostics> {
    let attempt = Attempt::On(Operation::Update, remote);
    let lanes = remote.lanes(&[prior, planned]).await;
    let _lanes = lanes.map_err(|early| attempt.interrupted(early))?;
    let answered = remote.change(body).await;
    let answered = answered.map_err(|error| attempt.explain(&error))?;
    if answered != Changed::Otherwise {
        // Only who has taken the change can lag behind with it.
        lag::note(call, remote.resource, prior, planned);
    }
    Ok(answered)
}

/// What is known of a change that was to be sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// There was nothing to send: a wait goes on, or links alone change.
    Nothing,
    /// The exchange took it.
    Taken,
    /// Something was answered that is not about the object, which proves nothing.
    Perhaps,
}

/// What nobody can tell of a change that something else may have answered: a secret, and a choice
/// that was given back and shows as before.
fn doubt(
    remote: &Remote<'_>,
    call: &Call<'_>,
    prior: &Value,
    body: &Json,
    object: &Json,
) -> Diagnostics {
    let state = answers::object(remote.resource, object, prior);
    let mut doubtful = remote.resource.fields_of(prior).filter(|field| {
        let given_back = call.given_back.iter().any(|name| name == field.attribute);
        let as_before = state.get(field.attribute) == prior.get(field.attribute);
        let sent = body.get(field.name).is_some();
        sent && (field.write_only_twin || (given_back && as_before))
    });
    match doubtful.next() {
        None => Diagnostics::default(),
        Some(field) => {
            let path = Path::attribute(field.attribute);
            Diagnostic::error(
                format!("It is not known whether the change of {path} was taken"),
                format!(
                    "{}: {} answered the change with success, though not about this object, and \
                     does not show whether {path} was changed. Something between here and the \
                     exchange may have answered. The state is as it was; apply again to send the \
                     change again.",
                    remote.name(),
                    remote.host()
                ),
            )
            .at(path)
            .into()
        }
    }
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
    let wait = Wait::of(remote, Operation::Update, planned);
    let (object, told) = wait.until(&goal, object).await;
    let mut state = answers::object(remote.resource, &object, planned);
    let changing = State::of(&object).is_some_and(|state| state.is_changing());
    if sent == Sent::Perhaps && !changing && !told.has_errors() {
        for path in plan::contradictions(call.schema, planned, &state) {
            call.tell(unconfirmed_change(remote, &path));
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

/// The state after a look at an object; null if it is gone.
async fn refreshed(
    remote: &Remote<'_>,
    prior: &Value,
    call: &Call<'_>,
) -> Result<Value, Diagnostics> {
    let attempt = Attempt::On(Operation::Read, remote);
    let object = match remote.look().await {
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
        Err(error) => return Err(attempt.explain(&error)),
    };
    check_variant(remote, &object)?;
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
        if state.is_changing() {
            return Ok(lag::while_changing(remote.resource, prior, seen));
        }
        let goal = Goal::of(remote.resource, prior);
        if Position::of(&object).is_some_and(|position| goal.is_resting(&position)) {
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

/// Refuses an object of another kind, such as a cloud circuit taken for a point-to-point one: a
/// plan could only replace it.
fn check_variant(remote: &Remote<'_>, object: &Json) -> Result<(), Diagnostics> {
    let shape = &remote.resource.of.shape;
    let one;
    let known: &[&str] = match remote.resource.which {
        Which::All => return Ok(()),
        Which::Only(only) => {
            one = [only];
            &one
        }
        Which::Some(some) => some,
    };
    match answers::variant_of(shape, object) {
        Some(found) if !known.contains(&found) => Err(Diagnostic::error(
            format!("{} is of another kind", remote.id),
            format!(
                "The exchange says that {} has {} {found:?}; {PREFIX}_{} is for {}.",
                remote.id,
                shape.told_apart_by,
                remote.resource.name,
                validate::quoted(known)
            ),
        )
        .into()),
        _ => Ok(()),
    }
}

/// Values that an object does not show of itself, from where else they can be read. Best effort:
/// what cannot be found out, the next plan takes from the configuration.
async fn fill_from_elsewhere(remote: &Remote<'_>, object: &Json, state: &mut Value) {
    let resource = remote.resource;
    let fields = resource.fields_of(state).chain(resource.own_fields());
    for field in fields.collect::<Vec<_>>() {
        let recovered = match field.found_at {
            Some(FoundAt::Members {
                ids,
                collection,
                name,
            }) => agreed(remote, object.get(ids), collection, name).await,
            Some(FoundAt::Holder {
                collection,
                list,
                of_type,
            }) => holder(remote, collection, list, of_type).await,
            Some(FoundAt::Elsewhere) => shown_elsewhere(remote, state, field.name).await,
            Some(FoundAt::ItsId) => Some(remote.id.clone()),
            None => continue,
        };
        if let Some(text) = recovered {
            state.put(field.attribute, Value::String(text));
        }
    }
}

/// The one value that these members have. Where they differ, nobody can tell which was ordered with
/// the object itself.
async fn agreed(
    remote: &Remote<'_>,
    ids: Option<&Json>,
    collection: &str,
    name: &str,
) -> Option<String> {
    let members = remote.client.objects(collection);
    let mut values = BTreeSet::new();
    for id in ids.map(lenient::list).unwrap_or_default() {
        let id = lenient::text(id).unwrap_or_default();
        let member = members.find(&id, Instant::now(), remote.stop).await;
        let member = member.ok();
        values.insert(member.and_then(|m| m.get(name).and_then(lenient::text)));
    }
    match values.len() {
        1 => values.pop_first().flatten(),
        _ => None,
    }
}

/// What the same object shows of this field in the other place for its variant, if it is there.
async fn shown_elsewhere(remote: &Remote<'_>, state: &Value, name: &str) -> Option<String> {
    let Some(Elsewhere::IfSet(_, path)) = remote.resource.elsewhere(state) else {
        return None;
    };
    let there = remote.client.objects(path);
    let object = there.find(&remote.id, Instant::now(), remote.stop).await;
    object.ok()?.get(name).and_then(lenient::text)
}

/// The id of the one object of the collection that has this one in its list, if it is of this type.
async fn holder(
    remote: &Remote<'_>,
    collection: &str,
    list: &str,
    of_type: &str,
) -> Option<String> {
    let holders = remote.client.objects(collection);
    let listing = holders.list(&[], Instant::now(), remote.stop).await.ok()?;
    let rows = listing.rows.iter();
    let mut holding = rows.filter(|row| arrival::holds(row, list, &remote.id));
    let holder = holding.next()?;
    let text = |name: &str| holder.get(name).and_then(lenient::text);
    let fits = text("type").is_none_or(|shown| shown.eq_ignore_ascii_case(of_type));
    text("id").filter(|_| fits && holding.next().is_none())
}

/// A secret that is sent and never stored is not in the state under its other name either.
fn keep_no_secret_beside_its_twin(resource: &Declaration, change: &mut Change) {
    let fields: Vec<_> = resource.fields_of(&change.planned).collect();
    forget_secrets(&fields, &mut change.planned);
}

fn forget_secrets(fields: &[&Field], owner: &mut Value) {
    for field in fields {
        if schemas::is_never_stored(field, owner) {
            owner.put(field.attribute, Value::Null);
        }
        let mut inner = owner.get(field.attribute).clone();
        if let (Kind::Object(shape), true) = (&field.kind, matches!(inner, Value::Object(_))) {
            let told_apart_by = inner.get(shape.told_apart_by).as_str().map(str::to_owned);
            let fields: Vec<_> = shape.fields_of(told_apart_by.as_deref()).collect();
            forget_secrets(&fields, &mut inner);
            owner.put(field.attribute, inner);
        }
    }
}

/// What a person should know before this change replaces an object.
fn warned_of_replacing(resource: &Declaration, change: &Change) -> Diagnostics {
    let mut warnings = Diagnostics::default();
    for field in resource.fields_of(&change.planned) {
        let path = Path::attribute(field.attribute);
        if change.replaces.contains(&path) && !field.before_replacing.is_empty() {
            let summary = format!("A change of {path} needs a new {}", resource.noun);
            warnings.push(Diagnostic::warning(summary, field.before_replacing).at(path));
        }
    }
    warnings
}

/// What a configuration says of an existing object that the exchange takes with an order only.
fn noted_not_sent(resource: &Declaration, change: &Change) -> Diagnostics {
    let mut warnings = Diagnostics::default();
    let fields = resource.fields_of(&change.planned);
    for field in fields.filter(|field| field.never_returned) {
        let before = change.prior.get(field.attribute);
        let after = change.planned.get(field.attribute);
        if !before.is_null() || after.is_null() {
            continue;
        }
        let path = Path::attribute(field.attribute);
        warnings.push(
            Diagnostic::warning(
                format!("{path} is noted, not sent"),
                format!(
                    "The exchange takes {path} with the order only, and never tells what it was. \
                     If the {} was ordered so, all is well; if not, this changes nothing at the \
                     exchange.",
                    resource.noun
                ),
            )
            .at(path),
        );
    }
    warnings
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
            "The exchange at {} {what}. It leaves the state, and the plan {again} unless it leaves \
             the configuration too.{said}",
            remote.host()
        ),
    )
}

/// What was ordered and cannot be ended.
fn stays(resource: &Declaration, prior: &Value) -> Diagnostic {
    Diagnostic::warning(
        format!("The {} stays with the exchange", resource.noun),
        format!(
            "IX-API has no way to delete {}. It leaves the state, and nothing changes at the \
             exchange. Whoever orders the same again takes this one over.",
            id_of(prior).unwrap_or("it")
        ),
    )
}

/// What need not be ordered.
fn was_there(site: &Site<'_>, object: &Json) -> Diagnostic {
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

fn rests(remote: &Remote<'_>, state: &State, object: &Json) -> Diagnostic {
    Diagnostic::warning(
        format!(
            "{} rests in state {state}",
            messages::sentence(&remote.the_object())
        ),
        format!(
            "The exchange at {} goes on with it once it has what it asks for. Until then it is \
             not in service, and may be billed. To not be told, set {} = \"{}\".{}",
            remote.host(),
            goal::WAIT_FOR_STATE,
            goal::NOT_AT_ALL,
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

fn id_of(state: &Value) -> Option<&str> {
    state.get("id").as_str().filter(|id| !id.is_empty())
}

fn import_without_id(resource: &Declaration) -> Diagnostic {
    Diagnostic::error(
        "An import needs an id",
        format!("Give the id that the exchange gave the {}.", resource.noun),
    )
}

fn without_id(resource: &Declaration) -> Diagnostic {
    Diagnostic::error(
        format!("The state of the {} has no id", resource.noun),
        "Without an id the object cannot be found at the exchange. Remove it from the state \
         (terraform state rm) and import it again.",
    )
}

fn answered_without_id(site: &Site<'_>) -> Diagnostic {
    Diagnostic::error(
        format!("The exchange gave the {} no id", site.resource.noun),
        format!(
            "{} accepted the order but did not say which object came of it. Before you apply \
             again, look for it at the exchange and import it: another apply would order it a \
             second time.",
            site.host()
        ),
    )
}

fn answered_with_another_id(site: &Site<'_>, id: &str, error: &Error) -> Diagnostic {
    Diagnostic::error(
        format!("It is not known which {} was ordered", site.resource.noun),
        format!(
            "{} accepted the order with an answer that shows nothing of it but the id {id:?}, and \
             has no such object: {error}. Before you apply again, look for the object at the \
             exchange and import it: another apply would order it a second time.",
            site.host()
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

fn unconfirmed_change(remote: &Remote, path: &Path) -> Diagnostic {
    Diagnostic::warning(
        format!("It is not sure that the change of {path} was taken"),
        format!(
            "{}: {} answered the change with success, though not about this object, and then \
             showed {path} as it was before. Something between here and the exchange may have \
             answered. The next plan shows what there is; apply it to send the change again.",
            remote.name(),
            remote.host()
        ),
    )
    .at(path.clone())
}
