//! What a provider implements: [`Provider`], [`Resource`], [`DataSource`].
//!
//! The service decodes, plans and encodes; an implementation sees values and answers with values.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::diagnostics::Diagnostics;
use super::plan::Change;
use super::schema::Schema;
use super::value::Value;

/// A provider: its configuration, its resources and its data sources.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// The schema of the provider block.
    fn schema(&self) -> &Schema;

    /// All resource types, by name.
    fn resources(&self) -> Vec<(String, &dyn Resource)>;

    /// All data sources, by name.
    fn data_sources(&self) -> Vec<(String, &dyn DataSource)>;

    /// The resource type of that name.
    fn resource(&self, type_name: &str) -> Option<&dyn Resource>;

    /// The data source of that name.
    fn data_source(&self, type_name: &str) -> Option<&dyn DataSource>;

    /// Checks the provider block; values may be unknown. No network.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Takes the provider block; values may be unknown during a plan. No network.
    async fn configure(&self, config: Value, terraform_version: &str) -> Diagnostics;
}

/// What a call may need to know about its surroundings.
#[derive(Clone, Debug)]
pub struct Call {
    /// Cancelled when a person interrupts Terraform: stop waiting, send nothing new, save what is.
    pub stop: CancellationToken,
}

/// What came of reading, creating, updating, deleting or importing an object.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The object as it stands now; null when it is gone. It is saved even beside errors.
    pub state: Value,
    /// What to tell.
    pub diagnostics: Diagnostics,
}

/// A resource type. All calls but `schema` and `validate` come after `configure`, though possibly
/// one that could not complete because its values were unknown.
#[async_trait]
pub trait Resource: Send + Sync {
    /// Its schema.
    fn schema(&self) -> &Schema;

    /// Checks a configuration; values may be unknown. No network, no configured provider.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Looks at a planned change, which [`super::plan`] has made by the schema, and may add
    /// unknowns to it or refuse it.
    async fn plan(&self, call: &Call, change: &mut Change) -> Diagnostics;

    /// Reads the object that a state describes. A null answer drops it from the state.
    async fn read(&self, call: &Call, state: Value) -> Outcome;

    /// Creates what was planned. `config` also holds write-only values.
    async fn create(&self, call: &Call, planned: Value, config: Value) -> Outcome;

    /// Changes the object from `prior` to `planned`.
    async fn update(&self, call: &Call, prior: Value, planned: Value, config: Value) -> Outcome;

    /// Deletes the object. A null answer drops it from the state.
    async fn delete(&self, call: &Call, prior: Value) -> Outcome;

    /// Finds the object of that id. Terraform reads it again afterwards.
    async fn import(&self, call: &Call, id: &str) -> Outcome;
}

/// A data source.
#[async_trait]
pub trait DataSource: Send + Sync {
    /// Its schema.
    fn schema(&self) -> &Schema;

    /// Checks a configuration; values may be unknown. No network, no configured provider.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Looks it up.
    async fn read(&self, call: &Call, config: Value) -> Outcome;
}
