//! This object at that exchange: all that is asked of it and done to it.

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::entities::declaration::{Provisioning, Resource};
use crate::ixapi::{Client, Error, Json, Objects};
use crate::tfplugin::value::Value;

use super::{PREFIX, answers};

/// An object that has an id, at an exchange.
#[derive(Debug)]
pub struct Remote<'a> {
    /// What it is to Terraform.
    pub resource: &'static Resource,
    /// Its id.
    pub id: String,
    /// Ends all waiting and asking.
    pub stop: &'a CancellationToken,
    pub(super) client: &'a Client,
    pub(super) objects: Objects,
}

/// Where the objects of a resource are: the one place that knows it.
pub fn place(client: &Client, resource: &Resource) -> Objects {
    client.objects(resource.of.path)
}

impl<'a> Remote<'a> {
    /// The object of this id.
    pub fn new(
        client: &'a Client,
        resource: &'static Resource,
        id: &str,
        stop: &'a CancellationToken,
    ) -> Remote<'a> {
        Remote {
            resource,
            id: id.to_owned(),
            stop,
            client,
            objects: place(client, resource),
        }
    }

    /// The exchange.
    pub fn host(&self) -> &str {
        self.objects.host()
    }

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
        let told = answers::told(&self.resource.of.shape, object);
        let variant = told.or_else(|| self.resource.variant_of(&Value::Null));
        self.resource.of.provisioning(variant)
    }

    /// The object as it is now.
    ///
    /// # Errors
    /// What the exchange refused, or why it could not be asked.
    pub async fn look(&self) -> Result<Json, Error> {
        self.objects.find(&self.id, Instant::now(), self.stop).await
    }

    /// Changes the object. `None` if the exchange did not say how it is now.
    ///
    /// # Errors
    /// What the exchange refused, or why it could not be asked.
    pub async fn change(&self, body: &Json) -> Result<Option<Json>, Error> {
        self.objects.update(&self.id, body, self.stop).await
    }
}
