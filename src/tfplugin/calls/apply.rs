//! What is changed. The one rule above all others: what exists is in the state, however the call
//! ended, and a new object is not tainted by a mistake of ours. Terraform would replace it.

use tokio_util::sync::CancellationToken;

use super::objects::{given_back, note_configured};
use super::{
    CONFIG, Failure, Outcome, Told, call, hear, identity, no_answer, resource, settled, storable,
};
use crate::tfplugin::convert::{decode, encode, encode_or_mend};
use crate::tfplugin::diagnostics::{Diagnostics, Severity};
use crate::tfplugin::proto::tfplugin6::{
    DynamicValue, ResourceIdentityData, apply_resource_change,
};
use crate::tfplugin::registry::Entry;
use crate::tfplugin::traits::{Call, Provider, Resource};
use crate::tfplugin::value::Value;

/// What a panic means for an object that may exist by now.
const PERHAPS_CREATED: &str = "The object may have been ordered although it is not in the state. \
    Look for it before you apply again, and import it if it is there: another apply would order \
    it once more.";

/// What a panic means for an object that is known.
const PERHAPS_CHANGED: &str = "The state is kept as it was. The change may or may not have been \
    made; the next plan shows what is.";

/// What a mistake means for an object of which the provider had saved what it knew.
const SAVED: &str = "The object exists, and is in the state with what is known of it so far. The \
    next plan or refresh shows the rest; nothing needs to be ordered again.";

/// The name of the call.
const APPLY: &str = "ApplyResourceChange";

/// What a person is told when a change ends in a panic and nothing was saved.
pub(in crate::tfplugin) fn consequence_of_fault(creates: bool) -> &'static str {
    match creates {
        true => PERHAPS_CREATED,
        false => PERHAPS_CHANGED,
    }
}

/// A change that Terraform wants.
struct Wanted {
    prior: Value,
    planned: Value,
    config: Value,
}

impl Wanted {
    fn creates(&self) -> bool {
        self.prior.is_null()
    }

    fn deletes(&self) -> bool {
        self.planned.is_null()
    }
}

/// A state as it is written, with the identity of the object.
type Written = (DynamicValue, Option<ResourceIdentityData>);

pub(in crate::tfplugin) async fn apply(
    provider: &dyn Provider,
    stop: CancellationToken,
    request: apply_resource_change::Request,
) -> Outcome<apply_resource_change::Response> {
    let entry = resource(provider, &request.type_name)?;
    let kind = entry.value_type();
    let wanted = Wanted {
        prior: decode(request.prior_state.as_ref(), kind, "the prior state")?,
        planned: decode(request.planned_state.as_ref(), kind, "the plan")?,
        config: decode(request.config.as_ref(), kind, CONFIG)?,
    };
    let mut call = call(stop, &request.type_name, entry, &request.planned_private);
    call.given_back = given_back(&call, &wanted.prior, &wanted.config);
    let (written, failed) = match hear(carry_out(entry, &call, &wanted)).await {
        Ok(written) => (Some(written), Diagnostics::default()),
        Err(failure) => salvage(provider, entry, &call, &wanted, failure).await,
    };
    let (mut messages, private) = call.into_parts();
    messages.append(failed);
    let (new_state, new_identity) = match written {
        Some((state, identity)) => (Some(state), identity.or(request.planned_identity)),
        // A failure is no proof that the object is gone.
        None => (request.prior_state, request.planned_identity),
    };
    let response = apply_resource_change::Response {
        new_state,
        new_identity,
        private: private.to_bytes().into(),
        ..Default::default()
    };
    Ok(Told { response, messages })
}

/// Has the provider make the change, and writes what came of it.
async fn carry_out(
    entry: &Entry<dyn Resource>,
    call: &Call<'_>,
    wanted: &Wanted,
) -> Result<Written, Failure> {
    let resource = entry.implementation();
    let Wanted {
        prior,
        planned,
        config,
    } = wanted;
    if wanted.deletes() {
        if !prior.is_null() {
            resource.delete(call, prior).await?;
        }
        return Ok((encode(&Value::Null, entry.value_type())?, None));
    }
    let state = match wanted.creates() {
        true => resource.create(call, planned, config).await?,
        false => resource.update(call, prior, planned, config).await?,
    };
    if !matches!(state, Value::Object(_)) {
        return Err(Failure::Wrong(no_answer(call.type_name)));
    }
    // What follows is ours, and may fail too.
    call.save(state.clone());
    note_configured(call, config);
    let state = settled(call.schema, planned, state);
    let identity = identity(entry, call, &state);
    let written = write(entry, call, state).map_err(Failure::Wrong)?;
    Ok((written, identity))
}

/// Writes a state, if need be without what does not fit the schema.
fn write(
    entry: &Entry<dyn Resource>,
    call: &Call<'_>,
    state: Value,
) -> Result<DynamicValue, Diagnostics> {
    let mut warnings = Diagnostics::default();
    let written = encode_or_mend(state, entry.value_type(), &mut warnings);
    call.tell(warnings);
    written
}

/// What is kept after a failure, if anything was saved, and what is said.
async fn salvage(
    provider: &dyn Provider,
    entry: &Entry<dyn Resource>,
    call: &Call<'_>,
    wanted: &Wanted,
    failure: Failure,
) -> (Option<Written>, Diagnostics) {
    let saved = call.saved();
    let Some(saved) = saved.filter(|state| matches!(state, Value::Object(_))) else {
        let consequence = consequence_of_fault(wanted.creates());
        return (None, told(provider, failure, consequence));
    };
    if wanted.creates() {
        note_configured(call, &wanted.config);
    }
    let truth = storable(call.schema, saved.clone());
    if wanted.deletes() || matches!(failure, Failure::Refused(_)) {
        return keep(entry, call, truth, told(provider, failure, PERHAPS_CHANGED)).await;
    }
    // A success must be what was planned, or Terraform itself calls it an error. A new object would
    // be replaced for that, so it is taken to be as it was ordered. One that was to be changed
    // never is: there the truth comes first.
    let as_planned = settled(call.schema, &wanted.planned, saved);
    let messages = told(provider, failure, SAVED);
    if !wanted.creates() && as_planned != truth {
        return keep(entry, call, truth, messages).await;
    }
    let messages = as_warnings(messages, call.type_name, &truth);
    keep(entry, call, as_planned, messages).await
}

/// What a person is told of a failure; `consequence` is what a mistake of ours means for them.
fn told(provider: &dyn Provider, failure: Failure, consequence: &str) -> Diagnostics {
    match failure {
        Failure::Refused(messages) => messages,
        Failure::Wrong(mut messages) => {
            for message in &mut messages.0 {
                message.detail = format!("{}\n\n{consequence}", message.detail);
            }
            messages
        }
        Failure::Broken(panic) => {
            let message = panic.diagnostic(provider.about(), APPLY, consequence);
            message.into()
        }
    }
}

/// The same as warnings, which Terraform folds into one unless they name their object.
fn as_warnings(mut messages: Diagnostics, type_name: &str, state: &Value) -> Diagnostics {
    let id = state.get("id").as_str().unwrap_or_default();
    for message in &mut messages.0 {
        message.severity = Severity::Warning;
        message.summary = format!("{}: {type_name} {id}", message.summary)
            .trim_end()
            .to_owned();
    }
    messages
}

/// Writes a state that stands for something that exists.
async fn keep(
    entry: &Entry<dyn Resource>,
    call: &Call<'_>,
    state: Value,
    mut messages: Diagnostics,
) -> (Option<Written>, Diagnostics) {
    // Whoever has just failed may fail again.
    let identity = hear(async { Ok::<_, Diagnostics>(identity(entry, call, &state)) }).await;
    let identity = identity.ok().flatten();
    match write(entry, call, state) {
        Ok(written) => (Some((written, identity)), messages),
        Err(unwritable) => {
            messages.append(unwritable);
            (None, messages)
        }
    }
}
