//! Joins the floors: turns each entity into a resource, a data source and a page of documentation.
//!
//! The life cycle of an object is in [`resource`], its waits in [`wait`], its end in [`cancellation`]
//! and [`existence`], what a person reads when something fails in [`errors`]. How values travel between Terraform and JSON is in [`answers`] and
//! [`requests`], by the declarations of `entities`.

pub mod answers;
pub mod cancellation;
pub mod configuration;
pub mod data_source;
pub mod docs;
pub mod errors;
pub mod existence;
pub mod requests;
pub mod resource;
pub mod schemas;
pub mod session;
pub mod timeouts;
pub mod validate;
pub mod wait;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;

use crate::entities;
use crate::entities::declaration::{Entity, Life};
use crate::tfplugin::diagnostics::Diagnostics;
use crate::tfplugin::schema::Schema;
use crate::tfplugin::traits::{DataSource, Provider, Resource};
use crate::tfplugin::value::Value;

use data_source::EntityDataSource;
use resource::EntityResource;
use session::Session;

/// Where the provider is published.
pub const SOURCE_ADDRESS: &str = "registry.terraform.io/ixapi-rs/ixapi";

/// What its types are prefixed with.
pub const PREFIX: &str = "ixapi";

/// The provider: every entity as resource and data source, over one session with the exchange.
pub struct IxApiProvider {
    session: Arc<Session>,
    schema: OnceLock<Schema>,
    resources: BTreeMap<String, EntityResource>,
    data_sources: BTreeMap<String, EntityDataSource>,
}

impl IxApiProvider {
    /// The provider, not yet configured. Builds no schema and opens nothing.
    pub fn new() -> IxApiProvider {
        let session = Arc::new(Session::default());
        let mut resources = BTreeMap::new();
        let mut data_sources = BTreeMap::new();
        for entity in entities::ALL.iter().copied() {
            if !matches!(entity.life, Life::Catalogue) {
                resources.insert(
                    format!("{PREFIX}_{}", entity.name),
                    EntityResource::new(entity, Arc::clone(&session)),
                );
            }
            if !entity.filters.is_empty() {
                data_sources.insert(
                    format!("{PREFIX}_{}", entity.plural),
                    EntityDataSource::new(entity, Arc::clone(&session)),
                );
            }
        }
        IxApiProvider {
            session,
            schema: OnceLock::new(),
            resources,
            data_sources,
        }
    }
}

/// Where an object is: `/connections/CANL-051665`.
pub fn object_path(entity: &Entity, id: &str) -> String {
    format!("{}{}", entity.path, crate::ixapi::path(&[id]))
}

impl Default for IxApiProvider {
    fn default() -> IxApiProvider {
        IxApiProvider::new()
    }
}

#[async_trait]
impl Provider for IxApiProvider {
    fn schema(&self) -> &Schema {
        self.schema.get_or_init(configuration::schema)
    }

    fn resources(&self) -> Vec<(String, &dyn Resource)> {
        self.resources
            .iter()
            .map(|(name, resource)| (name.clone(), resource as &dyn Resource))
            .collect()
    }

    fn data_sources(&self) -> Vec<(String, &dyn DataSource)> {
        self.data_sources
            .iter()
            .map(|(name, data_source)| (name.clone(), data_source as &dyn DataSource))
            .collect()
    }

    fn resource(&self, type_name: &str) -> Option<&dyn Resource> {
        self.resources
            .get(type_name)
            .map(|resource| resource as &dyn Resource)
    }

    fn data_source(&self, type_name: &str) -> Option<&dyn DataSource> {
        self.data_sources
            .get(type_name)
            .map(|data_source| data_source as &dyn DataSource)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        configuration::validate(config)
    }

    async fn configure(&self, config: Value, terraform_version: &str) -> Diagnostics {
        configuration::configure(&self.session, &config, terraform_version)
    }
}
