//! A provider that does nothing, on the same floor as the real one: what Terraform itself and the
//! protocol cost. Terraform takes it for the real one, so that both plan the same configuration.

use std::process::ExitCode;

use async_trait::async_trait;
use ixapi_provider::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use ixapi_provider::tfplugin::plan::Change;
use ixapi_provider::tfplugin::registry::Types;
use ixapi_provider::tfplugin::schema::{Attribute, Kind, Mode, Object, Schema};
use ixapi_provider::tfplugin::serve::serve;
use ixapi_provider::tfplugin::traits::{About, Call, Provider, Resource};
use ixapi_provider::tfplugin::types::Type;
use ixapi_provider::tfplugin::value::Value;

fn main() -> ExitCode {
    // As in the real one.
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(serve(Stub::new())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("{error}");
    ExitCode::FAILURE
}

/// A provider of one type.
struct Stub {
    schema: Schema,
    types: Types,
}

impl Stub {
    fn new() -> Stub {
        let mut types = Types::default();
        types.add_resource("ixapi_contact".to_owned(), Box::new(Nothing));
        Stub {
            schema: schema(&["api", "api_key", "api_secret"], &[]),
            types,
        }
    }
}

fn schema(optional: &[&str], computed: &[&str]) -> Schema {
    let text = |mode| {
        move |name: &&str| {
            Attribute::new(name, Kind::Value(Type::String), mode, "Any text will do.")
        }
    };
    let optional = optional.iter().map(text(Mode::Optional));
    let attributes = optional.chain(computed.iter().map(text(Mode::Computed)));
    Schema {
        version: 0,
        description: "Nothing.".to_owned(),
        object: Object::new(attributes.collect()),
    }
}

#[async_trait]
impl Provider for Stub {
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

/// A resource type that can be planned.
struct Nothing;

#[async_trait]
impl Resource for Nothing {
    fn schema(&self) -> Schema {
        schema(&["managing_account", "consuming_account", "email"], &["id"])
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
    Diagnostic::error("The stub only plans", "It is for the benchmark.").into()
}
