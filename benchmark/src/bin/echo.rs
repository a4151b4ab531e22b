//! A provider that has the ports of the real one and asks nobody: whatever is read is as it was.
//! What Terraform takes for it is what Terraform takes for objects of this shape.

#![allow(clippy::expect_used)]

use std::process::ExitCode;

use ixapi_provider::entities::RESOURCES;
use ixapi_provider::provider::{IxApiProvider, schemas};
use ixapi_provider::tfplugin::schema::Schema;
use ixapi_provider::tfplugin::traits::Provider;

#[path = "../only_plans.rs"]
mod only_plans;

fn main() -> ExitCode {
    let schema = IxApiProvider::new().schema().clone();
    only_plans::OnlyPlans::new(schema, "ixapi_connection", ports).serve()
}

fn ports() -> Schema {
    let mut resources = RESOURCES.iter();
    let port = resources.find(|resource| resource.name == "connection");
    schemas::resource(port.expect("there are ports"))
}
