//! A provider that has the ports of the real one and asks nobody: whatever is read is as it was.
//! What Terraform takes for it is what Terraform takes for objects of this shape.

#![allow(clippy::expect_used)]

use async_trait::async_trait;
use ixapi_provider::entities::RESOURCES;
use ixapi_provider::provider::{IxApiProvider, schemas};
use ixapi_provider::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use ixapi_provider::tfplugin::plan::Change;
use ixapi_provider::tfplugin::registry::Types;
use ixapi_provider::tfplugin::schema::Schema;
use ixapi_provider::tfplugin::serve::serve;
use ixapi_provider::tfplugin::traits::{About, Call, Provider, Resource};
use ixapi_provider::tfplugin::value::Value;

fn main() {
    let mut types = Types::default();
    types.add_resource("ixapi_connection".to_owned(), Box::new(Port));
    let echo = Echo {
        schema: IxApiProvider::new().schema().clone(),
        types,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts");
    runtime.block_on(serve(echo)).expect("Terraform is served");
}

struct Echo {
    schema: Schema,
    types: Types,
}

#[async_trait]
impl Provider for Echo {
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

struct Port;

#[async_trait]
impl Resource for Port {
    fn schema(&self) -> Schema {
        let mut resources = RESOURCES.iter();
        let port = resources.find(|resource| resource.name == "connection");
        schemas::resource(port.expect("there are ports"))
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
