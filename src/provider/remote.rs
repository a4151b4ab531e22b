//! This object at that exchange: all that is asked of it and done to it.

use std::ops::Deref;

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::entities::declaration::{Provisioning, Resource};
use crate::ixapi::{Changed, Client, Error, Json, Objects};
use crate::tfplugin::value::Value;

use super::session::{Interrupted, Session};
use super::{PREFIX, answers};

/// The objects of a resource at the exchange, during one call of Terraform.
#[derive(Debug)]
pub struct Site<'a> {
    /// What they are to Terraform.
    pub resource: &'static Resource,
    /// With whom they share lanes and pauses.
    pub session: &'a Session,
    /// Whom to ask.
    pub client: Client,
    /// Where they are.
    pub objects: Objects,
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
    /// The objects of a resource. This is the one place that knows where they are.
    pub fn new(
        resource: &'static Resource,
        session: &'a Session,
        client: Client,
        stop: &'a CancellationToken,
    ) -> Site<'a> {
        Site {
            resource,
            session,
            objects: client.objects(resource.of.path),
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
        self.objects.find(&self.id, Instant::now(), self.stop).await
    }

    /// Changes the object.
    ///
    /// # Errors
    /// What the exchange refused, or why it could not be asked.
    pub async fn change(&self, body: &Json) -> Result<Changed, Error> {
        self.objects.update(&self.id, body, self.stop).await
    }
}
