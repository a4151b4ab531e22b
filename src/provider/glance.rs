//! A look at an object whose answer may come from a list: that may say that all is as it was, and
//! no more.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::entities::declaration::Resource;
use crate::ixapi::{Error, Json, Look, State};
use crate::tfplugin::value::Value;

use super::answers;
use super::remote::Remote;

impl Remote<'_> {
    /// The object as it is, or was a moment ago: since then, nothing was changed by this run. What
    /// a list says is taken only if it says nothing new; what has changed is looked at alone.
    ///
    /// # Errors
    /// What the exchange refused, or why it could not be asked.
    pub async fn glance(&self, prior: &Value) -> Result<Json, Error> {
        let moment = self.objects.lately();
        let kept = |object: &Json| kept(self.resource, object, prior);
        match self.objects.look(&self.id, moment, &kept, self.stop).await {
            Ok(Look::Shared(row)) if !is_as_before(self.resource, &row, prior) => self.look().await,
            found => self.or_at_home(found.map(Look::into_object)).await,
        }
    }
}

/// Whether this says that the object is as the state has it.
fn is_as_before(resource: &Resource, row: &Json, prior: &Value) -> bool {
    let has_ended = State::of(row).is_some_and(|state| state.has_ended());
    !has_ended && is_same(&answers::object(resource, row, prior), prior)
}

/// Which values of the state are kept because this does not say them, or says them in other words;
/// as a number, to compare.
fn kept(resource: &Resource, object: &Json, prior: &Value) -> u64 {
    let said = answers::first_seen(resource, object);
    let mut hasher = DefaultHasher::new();
    if let Value::Object(known) = prior {
        let kept = known
            .iter()
            .filter(|(name, known)| !is_same(said.get(name), known));
        kept.for_each(|(name, _)| name.hash(&mut hasher));
    }
    hasher.finish()
}

/// Whether two values say the same; what an object does not have is null.
fn is_same(one: &Value, other: &Value) -> bool {
    let (Value::Object(fields), Value::Object(others)) = (one, other) else {
        return one == other;
    };
    let mut names = fields.keys().chain(others.keys());
    names.all(|name| is_same(one.get(name), other.get(name)))
}
