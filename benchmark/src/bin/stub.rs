//! A provider that does nothing, on the same floor as the real one: what Terraform itself and the
//! protocol cost. Terraform takes it for the real one, so that both plan the same configuration.

use std::process::ExitCode;

use ixapi_provider::tfplugin::schema::{Attribute, Kind, Mode, Object, Schema};
use ixapi_provider::tfplugin::types::Type;

#[path = "../only_plans.rs"]
mod only_plans;

fn main() -> ExitCode {
    let arguments = schema(&["api", "api_key", "api_secret"], &[]);
    only_plans::OnlyPlans::new(arguments, "ixapi_contact", contacts).serve()
}

fn contacts() -> Schema {
    schema(&["managing_account", "consuming_account", "email"], &["id"])
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
