//! This object at that exchange: all that is asked of it and done to it.

use std::ops::Deref;

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::entities::declaration::{Arrives, Elsewhere, Provisioning, Resource};
use crate::ixapi::{Changed, Client, Error, Json, Look, Objects, Watch};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::value::Value;

use super::session::{Interrupted, Session};
use super::{PREFIX, answers, schemas, validate};

/// The objects of a resource at the exchange, during one call of Terraform.
#[derive(Clone, Debug)]
pub struct Site<'a> {
    /// What they are to Terraform.
    pub resource: &'static Resource,
    /// With whom they share lanes and pauses.
    pub session: &'a Session,
    /// Whom to ask.
    pub client: Client,
    /// Where they are ordered, looked at and ended.
    pub objects: Objects,
    /// The collection itself: where they are changed, and asked for their terms.
    pub home: Objects,
    /// Ends all waiting and asking.
    pub stop: &'a CancellationToken,
}

/// One of them, by its id.
#[derive(Debug)]
pub struct Remote<'a> {
    site: Site<'a>,
    /// Its id.
    pub id: String,
}

impl<'a> Site<'a> {
    /// The objects of a resource that are as this one. This is the one place that knows where they
    /// are.
    pub fn new(
        resource: &'static Resource,
        session: &'a Session,
        client: Client,
        stop: &'a CancellationToken,
        object: &Value,
    ) -> Site<'a> {
        let mut home = client.objects(resource.of.path);
        if let Arrives::Below { name, .. } = resource.arrives {
            home = home.below_each(name);
        }
        let objects = match resource.elsewhere(object) {
            Some(Elsewhere::IfSet(field, path)) if schemas::is_said(field, object) => {
                client.objects(path)
            }
            _ => home.clone(),
        };
        Site {
            resource,
            session,
            objects,
            home,
            client,
            stop,
        }
    }

    /// The one of this id.
    pub fn object(self, id: &str) -> Remote<'a> {
        Remote {
            site: self,
            id: id.to_owned(),
        }
    }

    /// Whether they are somewhere else than all others of their kind.
    pub fn is_elsewhere(&self) -> bool {
        !self.objects.are_those(&self.home)
    }

    /// The exchange.
    pub fn host(&self) -> &str {
        self.objects.host()
    }

    /// Waits until nothing else is changed that these objects touch, and keeps others off.
    ///
    /// # Errors
    /// [`Interrupted`] if a person interrupted first: nothing has been sent then.
    pub async fn lanes(&self, objects: &[&Value]) -> Result<Vec<OwnedMutexGuard<()>>, Interrupted> {
        self.session.lanes(self.resource, objects, self.stop).await
    }
}

impl<'a> Deref for Remote<'a> {
    type Target = Site<'a>;

    fn deref(&self) -> &Site<'a> {
        &self.site
    }
}

impl Remote<'_> {
    /// `ixapi_connection CANL-051665`
    pub fn name(&self) -> String {
        format!("{PREFIX}_{} {}", self.resource.name, self.id)
    }

    /// `the port or LAG CANL-051665`
    pub fn the_object(&self) -> String {
        format!("the {} {}", self.resource.noun, self.id)
    }

    /// How it lives, by what it shows of its variant.
    pub fn provisioning(&self, object: &Json) -> Option<&'static Provisioning> {
        let shown = answers::variant_of(&self.resource.of.shape, object);
        let variant = shown.or_else(|| self.resource.variant_of(&Value::Null));
        self.resource.of.provisioning(variant)
    }

    /// The object as it is now.
    ///
    /// # Errors
    /// What the exchange refused, or why it could not be asked.
    pub async fn look(&self) -> Result<Json, Error> {
        let found = self.objects.find(&self.id, self.stop).await;
        self.or_at_home(found).await
    }

    /// The object as it is when it is its turn among those that are waited for. What a list says is
    /// taken only if it says that there is nothing new; what there is, is looked at alone.
    ///
    /// # Errors
    /// What the exchange refused, or why it could not be asked.
    pub async fn watched(
        &self,
        watch: &Watch,
        due: Instant,
        says_nothing_new: impl Fn(&Json) -> bool,
    ) -> Result<Json, Error> {
        match watch.look(due, self.stop).await {
            Ok(Look::Shared(row)) if !says_nothing_new(&row) => self.look().await,
            found => self.or_at_home(found.map(Look::into_object)).await,
        }
    }

    /// It was said to be elsewhere, and may be where all are.
    pub(super) async fn or_at_home(&self, found: Result<Json, Error>) -> Result<Json, Error> {
        match found {
            Err(error) if error.is_not_found() && self.is_elsewhere() => {
                self.home.find(&self.id, self.stop).await
            }
            found => found,
        }
    }

    /// Changes the object.
    ///
    /// # Errors
    /// What the exchange refused, or why it could not be asked.
    pub async fn change(&self, body: &Json) -> Result<Changed, Error> {
        self.home.update(&self.id, body, self.stop).await
    }

    /// What the other side asks to have changed, as it says it; `state` tells the variant. None
    /// where nobody asks, or nobody can.
    ///
    /// # Errors
    /// What the exchange refused, or why it could not be asked.
    pub async fn wish(&self, state: &Value) -> Result<Option<Json>, Error> {
        let variant = self.resource.variant_of(state);
        let variant = variant.and_then(|variant| self.resource.of.shape.variant(variant));
        let Some(below) = variant.and_then(|variant| variant.wishes) else {
            return Ok(None);
        };
        match self.home.ask(&self.id, below, &[], self.stop).await {
            Ok(wish) => Ok(Some(wish)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Refuses an object of another kind, such as a cloud circuit taken for a point-to-point one: a
    /// plan could only replace it.
    ///
    /// # Errors
    /// That it is one.
    pub fn check_kind(&self, object: &Json) -> Result<(), Diagnostics> {
        let shape = &self.resource.of.shape;
        let found = answers::variant_of(shape, object);
        let (Some(found), Some(known)) = (found, self.resource.variants()) else {
            return Ok(());
        };
        if known.contains(&found) {
            return Ok(());
        }
        Err(Diagnostic::error(
            format!("{} is of another kind", self.id),
            format!(
                "The exchange says that {} has {} {found:?}; {PREFIX}_{} is for {}.",
                self.id,
                shape.told_apart_by,
                self.resource.name,
                validate::quoted(known)
            ),
        )
        .into())
    }
}
