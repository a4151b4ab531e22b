//! A resource type: the life cycle of its objects, the same for all.
//!
//! Two rules decide every branch. What the exchange may have done is never done again blindly, and
//! what exists is never dropped from the state without proof that it is gone.

use std::sync::Arc;

use async_trait::async_trait;

use crate::entities::declaration::{Arrives, Ends, Field, Kind, Life, Resource as Declaration};
use crate::ixapi::{State, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::tfplugin::identity::Identity;
use crate::tfplugin::path::Path;
use crate::tfplugin::plan::Change;
use crate::tfplugin::schema::Schema;
use crate::tfplugin::stored::Stored;
use crate::tfplugin::traits::{Call, Resource, Source};
use crate::tfplugin::value::Value;

use super::cancellation::Ending;
use super::errors::Attempt;
use super::foresight::Look;
use super::goal::{self, Goal, Position};
use super::remote::{Remote, Site};
use super::session::Session;
use super::timeouts::Operation;
use super::wait::Wait;
use super::{
    arrival, defaults, exchange, foresight, generated, guard, import, lasting, links, namesake,
    noting, official, order, recovery, refresh, resembling, schemas, takeover, update, validate,
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
        if *state != State::ProductionChangePending {
            return None;
        }
        let remote = self.remote(prior, call).ok()?;
        let wish = remote.wish(prior).await.ok()??;
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

    /// Looks at the day that is now chosen for the end.
    async fn end_is_possible(&self, change: &Change, call: &Call<'_>) -> Result<(), Diagnostics> {
        let remote = self.remote(&change.prior, call).ok();
        let Some(remote) = remote.filter(|_| !guard::is_over(&change.prior)) else {
            return Ok(());
        };
        let said = remote.can_end_on(change).await;
        if said.has_errors() {
            return Err(said);
        }
        call.tell(said);
        Ok(())
    }

    /// The object that a state describes.
    fn remote<'a>(&'a self, state: &Value, call: &'a Call<'_>) -> Result<Remote<'a>, Diagnostics> {
        let id = id_of(state).ok_or_else(|| without_id(self.resource))?;
        let remote = self.site(state, call)?.object(id);
        remote.is_here(call)?;
        Ok(remote)
    }
}

#[async_trait]
impl Resource for Managed {
    fn schema(&self) -> Schema {
        schemas::resource(self.resource)
    }

    fn identity(&self) -> Option<Identity> {
        Some(schemas::identity(self.resource.noun))
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
        // An apply that was planned just now has it told by its plan.
        if let Some(day) = guard::keep_the_day(self.resource, call, change)
            && id_of(&change.prior)
                .is_some_and(|id| self.session.run.has_read(self.resource.of, id))
        {
            call.tell(day);
        }
        lasting::settle(self.resource, &self.session, call, change);
        let replaces = change.is_update() && !change.replaces.is_empty();
        if let Some(id) = id_of(&change.prior).filter(|_| replaces)
            && !self.session.run.has_read(self.resource.of, id)
        {
            return Err(lasting::plan_again(self.resource, id, &change.replaces));
        }
        if !change.prior.is_null() && self.session.client().is_ok() {
            let remote = self.remote(&change.prior, call)?;
            remote.is_in_state(&change.prior);
            self.session
                .run
                .holds(self.resource.of, &remote.id, !change.is_delete());
            namesake::is_its_own(&remote, change)?;
            if change.is_delete() || replaces {
                namesake::is_held_once(&remote)?;
            }
        }
        lasting::hand_over(self.resource, &self.session, call, change);
        guard::plan(self.resource, &self.session, call, change).await?;
        let goes = change.is_delete() || replaces;
        if goes && self.resource.ends == Ends::LetGo && !self.resource.is_found(&change.prior) {
            call.tell(stays(self.resource, &change.prior));
        }
        if change.is_delete() {
            return Ok(());
        }
        keep_no_secret_beside_its_twin(self.resource, change);
        // What was unknown when the configuration was validated may be known by now.
        let invalid = validate::resource(self.resource, &change.config);
        if invalid.has_errors() {
            return Err(invalid);
        }
        if let Ok(client) = self.session.client() {
            let mut is_there = false;
            let orders = change.prior.is_null() && !self.resource.is_found(&change.config);
            if orders || replaces {
                let site = self.site(&change.planned, call)?;
                call.tell(noting::foresee(&site));
                if orders {
                    is_there = namesake::foresee(&site, call, change).await?;
                    if !recovery::foresee(&site, call, &change.planned, &change.config) {
                        resembling::look(&site, call, change).await;
                    }
                }
            }
            // What is there already is in the way of another one, and of none that is not ordered.
            if !is_there {
                let (what, session) = (Look::of(self.resource, change), &self.session);
                let found = foresight::look(what, session, &client, &call.stop, change).await;
                if found.has_errors() {
                    return Err(found);
                }
                call.tell(found);
            }
        }
        defaults::note_coming(self.resource, &self.session, &change.planned);
        if let Some(id) = id_of(&change.prior).filter(|_| change.planned != change.prior) {
            let stays = if replaces {
                Value::Null
            } else {
                change.planned.clone()
            };
            self.session.run.plan(self.resource.of, id, stays);
        }
        if change.is_update() {
            self.end_is_possible(change, call).await?;
            if self.session.client().is_ok() && !replaces {
                let remote = self.remote(&change.prior, call)?;
                if let Some(two) = namesake::foresee_change(&remote, change).await {
                    if two.severity == Severity::Error {
                        return Err(two.into());
                    }
                    call.tell(two);
                }
            }
            call.tell(warned_of_replacing(self.resource, change));
            call.tell(noted_not_sent(self.resource, call, change));
        }
        if change.is_update() && !replaces {
            let goal = Goal::of(self.resource, &change.planned);
            let position = Position::in_state(&change.prior);
            if let Some(position) = position.filter(|at| goal.is_worth_waiting(at)) {
                if let Some(wish) = self.wish(&change.prior, &position.state, call).await {
                    call.tell(wish);
                    return Ok(());
                }
                // In an apply, the wait comes next, and its end is told.
                if id_of(&change.prior)
                    .is_some_and(|id| self.session.run.has_read(self.resource.of, id))
                {
                    call.tell(goal::resumed(self.resource, change, &position.state, &goal));
                }
                change.look_again(call.schema);
            }
        }
        Ok(())
    }

    async fn read(&self, call: &Call<'_>, state: &Value) -> Result<Value, Diagnostics> {
        if !exchange::is_noted(call) {
            // Another provider has written this state: nobody knows as what it was ordered.
            lasting::note_import(call, self.resource);
        }
        let remote = self.remote(state, call)?;
        remote.is_in_state(state);
        self.session.run.read(self.resource.of, &remote.id);
        if let Err(twice) = namesake::is_held_once(&remote) {
            let planned = self.session.run.planned(self.resource.of, &remote.id);
            let is_replaced = planned.is_some_and(|planned| planned.is_null());
            match is_replaced || self.session.run.is_ending(self.resource.of, &remote.id) {
                true => return Err(twice.into()),
                false => call.tell(Diagnostic {
                    severity: Severity::Warning,
                    ..twice
                }),
            }
        }
        self.session.run.holds(self.resource.of, &remote.id, true);
        refresh::refresh(&remote, state, call).await
    }

    async fn create(
        &self,
        call: &Call<'_>,
        planned: &Value,
        config: &Value,
    ) -> Result<Value, Diagnostics> {
        let site = self.site(planned, call)?;
        exchange::note(call, site.home.host());
        let _changing = self.session.changing(self.resource);
        if let Arrives::Found { by, .. } = self.resource.arrives
            && self.resource.is_found(planned)
        {
            let object = arrival::find(&site, by, planned).await?;
            return takeover::adopt(site, call, object, [planned, config]).await;
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
            call.tell(takeover::was_there(&site, &object));
            return takeover::adopt(site, call, object, [&complete, config]).await;
        }
        order::order(site, call, &complete, config).await
    }

    async fn update(
        &self,
        call: &Call<'_>,
        prior: &Value,
        planned: &Value,
        config: &Value,
    ) -> Result<Value, Diagnostics> {
        let remote = self.remote(prior, call)?;
        let replaced = lasting::replaced(self.resource, call, prior, planned);
        if !replaced.is_empty() {
            return Err(lasting::plan_again(self.resource, &remote.id, &replaced));
        }
        lasting::forget_import(call);
        let _changing = self.session.changing(self.resource);
        update::update(&remote, call, prior, planned, config).await
    }

    async fn delete(&self, call: &Call<'_>, prior: &Value) -> Result<(), Diagnostics> {
        if self.resource.ends == Ends::LetGo {
            return Ok(());
        }
        let remote = self.remote(prior, call)?;
        if !self.session.run.ends(self.resource.of, &remote.id) {
            call.tell(takeover::lives_on(&remote));
            return Ok(());
        }
        let day = guard::chosen_day(self.resource, prior, call);
        guard::before_the_end(&remote, call, prior, day.as_ref()).await?;
        let _changing = self.session.changing(self.resource);
        links::take_away(&remote, prior).await?;
        let attempt = Attempt::On(Operation::Delete, &remote);
        let Ending::UnderWay(answer) = remote.end(attempt, prior, day.as_ref()).await? else {
            return Ok(());
        };
        if matches!(self.resource.of.life, Life::Provisioned(_)) {
            let wait = Wait::of(&remote, Operation::Delete, prior);
            call.tell(wait.until_gone(answer, guard::told(call)).await?);
        }
        Ok(())
    }

    fn generate(&self, call: &Call<'_>, state: &Value) -> Value {
        generated::configuration(self.resource, call.schema, state)
    }

    async fn import(&self, call: &Call<'_>, id: &str) -> Result<Value, Diagnostics> {
        let site = self.site(&Value::Null, call)?;
        exchange::note(call, site.home.host());
        lasting::note_import(call, self.resource);
        import::import(site, call, id).await
    }

    fn upgrade(
        &self,
        call: &Call<'_>,
        _version: i64,
        state: &Stored<'_>,
    ) -> Result<Value, Diagnostics> {
        official::upgrade(self.resource, call, state)
    }

    fn take_over(&self, call: &Call<'_>, source: &Source<'_>) -> Result<Value, Diagnostics> {
        official::take_over(self.resource, call, source)
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
        open: Vec::new(),
    };
    let (what, session) = (Look::of(site.resource, &change), site.session);
    let found = foresight::look(what, session, &site.client, site.stop, &change).await;
    match found.has_errors() {
        true => Err(found),
        false => Ok(()),
    }
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
fn noted_not_sent(resource: &Declaration, call: &Call<'_>, change: &Change) -> Diagnostics {
    let mut warnings = Diagnostics::default();
    let fields = resource.fields_of(&change.planned);
    for field in fields {
        let before = change.prior.get(field.attribute);
        let after = change.planned.get(field.attribute);
        let path = Path::attribute(field.attribute);
        let tells = match (field.never_returned, lasting::is_noted_alone(call, field)) {
            (true, _) if before.is_null() => "never tells what it was",
            (_, true) if before != after => "may tell another one later",
            _ => continue,
        };
        if after.is_null() || change.replaces.contains(&path) {
            continue;
        }
        warnings.push(
            Diagnostic::warning(
                format!("{path} is noted, not sent"),
                format!(
                    "The exchange takes {path} with the order only, and {tells}. If the {} was \
                     ordered so, all is well; if not, this changes nothing at the exchange.",
                    resource.noun
                ),
            )
            .at(path),
        );
    }
    warnings
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

fn id_of(state: &Value) -> Option<&str> {
    state.get("id").as_str().filter(|id| !id.is_empty())
}

fn without_id(resource: &Declaration) -> Diagnostic {
    Diagnostic::error(
        format!("The state of the {} has no id", resource.noun),
        "Without an id the object cannot be found at the exchange. Remove it from the state \
         (terraform state rm) and import it again.",
    )
}
