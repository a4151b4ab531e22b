//! A question about one object as a data source.

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::digest::digest;

use crate::entities::declaration::{Answer, Lookup as Declaration, Subject};
use crate::ixapi::{Bytes, Client};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::schema::Schema;
use crate::tfplugin::traits::{Call, DataSource};
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::requests::query_text;
use super::session::Session;
use super::{answers, schemas, validate};

/// A data source that asks about one object.
pub struct Lookup {
    lookup: &'static Declaration,
    session: Arc<Session>,
}

impl Lookup {
    /// The data source of a declaration.
    pub fn new(lookup: &'static Declaration, session: Arc<Session>) -> Lookup {
        Lookup { lookup, session }
    }
}

#[async_trait]
impl DataSource for Lookup {
    fn schema(&self) -> Schema {
        schemas::lookup(self.lookup)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut found = validate::arguments(self.lookup.arguments, config);
        let subjects = self.lookup.subjects.iter();
        let values: Vec<&Value> = subjects.map(|s| config.get(s.argument)).collect();
        let unknown = values.iter().any(|value| value.is_unknown());
        for subject in self.lookup.subjects {
            if config.get(subject.argument).as_str() == Some("") {
                found.push(empty(self.lookup, subject));
            }
        }
        let given = values.iter().filter(|value| value.is_known()).count();
        if given > 1 || (given == 0 && !unknown) {
            found.push(not_one(self.lookup, given));
        }
        found
    }

    async fn read(&self, call: &Call<'_>, config: &Value) -> Result<Value, Diagnostics> {
        let client = self.session.client()?;
        let asked = |subject: &&Subject| config.get(subject.argument).is_known();
        let subject = self.lookup.subjects.iter().find(asked);
        let (subject, id) = subject
            .and_then(|subject| Some((subject, config.get(subject.argument).as_str()?)))
            .ok_or_else(|| not_one(self.lookup, 0))?;
        let attempt = Attempt::Ask(self.lookup, id);
        let objects = client.objects(subject.of.path);
        let below = self.lookup.below;
        let mut state = config.clone();
        match self.lookup.answer {
            Answer::Object(fields) => {
                let arguments = self.lookup.arguments.iter();
                let query: Vec<(String, String)> = arguments
                    .clone()
                    .filter_map(|argument| {
                        let text = query_text(config.get(argument.attribute))?;
                        Some((argument.name.to_owned(), text))
                    })
                    .collect();
                let answer = objects.ask(id, below, &query, &call.stop).await;
                let answer = answer.map_err(|error| attempt.explain(&error))?;
                if !fields
                    .iter()
                    .chain(self.lookup.arguments)
                    .any(|f| answer.get(f.name).is_some())
                {
                    return Err(says_nothing(self.lookup, id, &client).into());
                }
                for field in arguments.chain(fields) {
                    let value = answers::one(field, &answer, config);
                    state.put(field.attribute, value);
                }
            }
            Answer::Document => {
                let document = objects.download(id, below, &call.stop).await;
                let document = document.map_err(|error| attempt.explain(&error))?;
                check_document(self.lookup, id, &client, &document)?;
                let media_type = document.media_type.map(Value::text).unwrap_or_default();
                let digest = digest(&ring::digest::SHA256, &document.content);
                let content = BASE64_STANDARD.encode(&document.content);
                state.put(schemas::CONTENT, Value::text(content));
                state.put(schemas::SHA256, Value::text(hexadecimal(digest.as_ref())));
                state.put(schemas::MEDIA_TYPE, media_type);
            }
        }
        Ok(state)
    }
}

/// A page of a gateway is no document, whatever its status.
fn check_document(
    lookup: &Declaration,
    id: &str,
    client: &Client,
    document: &Bytes,
) -> Result<(), Diagnostics> {
    let media_type = document.media_type.as_deref().unwrap_or_default();
    let is_page = ["json", "html"]
        .iter()
        .any(|kind| media_type.contains(kind));
    let what = match document.content.is_empty() {
        true => "nothing".to_owned(),
        false if is_page => format!("something of type {media_type}"),
        false => return Ok(()),
    };
    Err(Diagnostic::error(
        format!("No {} of {id} came back", lookup.noun),
        format!(
            "{} was asked for the {} of {id} and answered with {what}, not with a document. Try \
             again later.",
            client.host(),
            lookup.noun
        ),
    )
    .into())
}

/// An object without a word of what was asked for is something else's answer.
fn says_nothing(lookup: &Declaration, id: &str, client: &Client) -> Diagnostic {
    Diagnostic::error(
        format!("No {} of {id} came back", lookup.noun),
        format!(
            "{} was asked for the {} of {id} and answered with something else. Try again later.",
            client.host(),
            lookup.noun
        ),
    )
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn empty(lookup: &Declaration, subject: &Subject) -> Diagnostic {
    let argument = subject.argument;
    Diagnostic::error(
        format!("Invalid value for {argument}"),
        format!(
            "{argument} is empty: set it to the id of the {} whose {} is asked for.",
            subject.of.noun, lookup.noun
        ),
    )
    .at(Path::attribute(argument))
}

fn not_one(lookup: &Declaration, given: usize) -> Diagnostic {
    let arguments: Vec<&str> = lookup.subjects.iter().map(|s| s.argument).collect();
    let first = arguments.first().copied().unwrap_or_default();
    let have = match given {
        0 => "none is",
        _ => "more than one is",
    };
    Diagnostic::error(
        format!("What is the {} of?", lookup.noun),
        format!(
            "Set exactly one of {}; {have} set.",
            validate::quoted(&arguments)
        ),
    )
    .at(Path::attribute(first))
}
