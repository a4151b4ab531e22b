//! What a call is about: what its log lines and its errors say of that.

use super::calls::NOTHING_CHANGED;
use super::convert;
use super::diagnostics::Diagnostics;
use super::hclog::{self, Level};
use super::panics::Panic;
use super::proto::tfplugin6 as proto;
use super::registry::Entry;
use super::schema::Object;
use super::traits::Provider;

/// What a call is about, for the log and for errors.
pub(super) struct Matter {
    call: &'static str,
    subject: Subject,
    /// What it means to a person if the call ends in a panic.
    consequence: &'static str,
}

/// Whose schema a call follows.
enum Subject {
    Provider,
    Resource(String),
    DataSource(String),
    Ephemeral(String),
    ListResource(String),
    Action(String),
    Function(String),
}

impl Matter {
    fn new(call: &'static str, subject: Subject) -> Matter {
        Matter {
            call,
            subject,
            consequence: NOTHING_CHANGED,
        }
    }

    pub(super) fn provider(call: &'static str) -> Matter {
        Matter::new(call, Subject::Provider)
    }

    pub(super) fn resource(call: &'static str, type_name: &str) -> Matter {
        Matter::new(call, Subject::Resource(type_name.to_owned()))
    }

    pub(super) fn data_source(call: &'static str, type_name: &str) -> Matter {
        Matter::new(call, Subject::DataSource(type_name.to_owned()))
    }

    pub(super) fn ephemeral(call: &'static str, type_name: &str) -> Matter {
        Matter::new(call, Subject::Ephemeral(type_name.to_owned()))
    }

    pub(super) fn list(call: &'static str, type_name: &str) -> Matter {
        Matter::new(call, Subject::ListResource(type_name.to_owned()))
    }

    pub(super) fn action(call: &'static str, type_name: &str) -> Matter {
        Matter::new(call, Subject::Action(type_name.to_owned()))
    }

    pub(super) fn function(call: &'static str, name: &str) -> Matter {
        Matter::new(call, Subject::Function(name.to_owned()))
    }

    /// The same, with something else that a panic means.
    pub(super) fn meaning(self, consequence: &'static str) -> Matter {
        Matter {
            consequence,
            ..self
        }
    }

    pub(super) fn log_fields(&self, number: u64) -> Vec<(&'static str, String)> {
        if !hclog::enabled(Level::Error) {
            return Vec::new();
        }
        let mut fields = vec![
            ("tf_rpc", self.call.to_owned()),
            ("tf_req_id", number.to_string()),
        ];
        fields.extend(match &self.subject {
            Subject::Provider => None,
            Subject::Resource(name) => Some(("tf_resource_type", name.clone())),
            Subject::DataSource(name) => Some(("tf_data_source_type", name.clone())),
            Subject::Ephemeral(name) => Some(("tf_ephemeral_resource_type", name.clone())),
            Subject::ListResource(name) => Some(("tf_list_resource_type", name.clone())),
            Subject::Action(name) => Some(("tf_action_type", name.clone())),
            Subject::Function(name) => Some(("tf_function", name.clone())),
        });
        fields
    }

    /// Messages for Terraform, each at its attribute.
    pub(super) fn write(
        &self,
        provider: &dyn Provider,
        messages: Diagnostics,
    ) -> Vec<proto::Diagnostic> {
        if messages.0.iter().all(|message| message.attribute.is_none()) {
            return convert::diagnostics(messages, &Object::default());
        }
        let types = provider.types();
        // Only a type that has been asked for its schema can have said something about it.
        let schema = match &self.subject {
            Subject::Provider => Some(provider.schema()),
            Subject::Resource(name) => types.find_resource(name).and_then(Entry::schema_so_far),
            Subject::DataSource(name) => {
                types.find_data_source(name).and_then(Entry::schema_so_far)
            }
            Subject::Ephemeral(name) => types
                .find_ephemeral_resource(name)
                .and_then(Entry::schema_so_far),
            Subject::ListResource(name) => types
                .find_list_resource(name)
                .and_then(Entry::schema_so_far),
            Subject::Action(name) => types.find_action(name).and_then(Entry::schema_so_far),
            // It has no attributes.
            Subject::Function(_) => None,
        };
        match schema {
            Some(schema) => convert::diagnostics(messages, &schema.object),
            None => convert::diagnostics(messages, &Object::default()),
        }
    }

    /// What a person is told of a panic.
    pub(super) fn told(&self, provider: &dyn Provider, panic: &Panic) -> Diagnostics {
        hclog::log(Level::Error, &format!("Panic: {panic}"), &[]);
        let message = panic.diagnostic(provider.about(), self.call, self.consequence);
        message.into()
    }
}
