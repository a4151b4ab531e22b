//! A provider of one type that plans, and reads what it was asked about. It asks nobody, and does
//! nothing else.

use std::process::ExitCode;

use async_trait::async_trait;
use ixapi_provider::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use ixapi_provider::tfplugin::plan::Change;
use ixapi_provider::tfplugin::registry::Types;
use ixapi_provider::tfplugin::schema::Schema;
use ixapi_provider::tfplugin::serve::serve;
use ixapi_provider::tfplugin::traits::{About, Call, Provider, Resource};
use ixapi_provider::tfplugin::value::Value;

/// The provider.
pub struct OnlyPlans {
    schema: Schema,
    types: Types,
}

impl OnlyPlans {
    /// With these arguments, and a resource type of this name and schema.
    pub fn new(schema: Schema, name: &str, of: fn() -> Schema) -> OnlyPlans {
        let mut types = Types::default();
        types.add_resource(name.to_owned(), Box::new(Planned(of)));
        OnlyPlans { schema, types }
    }

    /// Serves Terraform, on one thread as the real one does.
    pub fn serve(self) -> ExitCode {
        let runtime = match tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
        {
            Ok(runtime) => runtime,
            Err(error) => return failed(&error),
        };
        match runtime.block_on(serve(self)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error),
        }
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("{error}");
    ExitCode::FAILURE
}

#[async_trait]
impl Provider for OnlyPlans {
    fn about(&self) -> About {
        About {
            name: "terraform-provider-ixapi",
            version: env!("CARGO_PKG_VERSION"),
            report_to: "",
        }
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn types(&self) -> &Types {
        &self.types
    }

    fn validate(&self, _: &Value) -> Diagnostics {
        Diagnostics::default()
    }

    async fn configure(&self, _: Value, _: &str) -> Diagnostics {
        Diagnostics::default()
    }
}

/// A resource type of this schema.
struct Planned(fn() -> Schema);

#[async_trait]
impl Resource for Planned {
    fn schema(&self) -> Schema {
        self.0()
    }

    fn validate(&self, _: &Value) -> Diagnostics {
        Diagnostics::default()
    }

    async fn plan(&self, _: &Call<'_>, _: &mut Change) -> Result<(), Diagnostics> {
        Ok(())
    }

    async fn read(&self, _: &Call<'_>, state: &Value) -> Result<Value, Diagnostics> {
        Ok(state.clone())
    }

    async fn create(&self, _: &Call<'_>, _: &Value, _: &Value) -> Result<Value, Diagnostics> {
        Err(only_plans())
    }

    async fn update(
        &self,
        _: &Call<'_>,
        _: &Value,
        _: &Value,
        _: &Value,
    ) -> Result<Value, Diagnostics> {
        Err(only_plans())
    }

    async fn delete(&self, _: &Call<'_>, _: &Value) -> Result<(), Diagnostics> {
        Err(only_plans())
    }

    async fn import(&self, _: &Call<'_>, _: &str) -> Result<Value, Diagnostics> {
        Err(only_plans())
    }
}

fn only_plans() -> Diagnostics {
    Diagnostic::error("This provider only plans", "It is for the benchmark.").into()
}
