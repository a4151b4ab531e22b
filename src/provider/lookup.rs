//! A question about one object, or about the exchange itself, as a data source.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::entities::declaration::{Answer, Field, Lookup as Declaration, Mode, Subject};
use crate::ixapi::{Bytes, Client, Error, Json, Objects, lenient, path};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::schema::Schema;
use crate::tfplugin::traits::{Call, DataSource};
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::requests::query_text;
use super::session::Session;
use super::{answers, documents, schemas, validate};

/// A data source that asks about one object, or about the exchange itself.
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
        found.append(validate::subjects(
            self.lookup.noun,
            self.lookup.subjects,
            config,
        ));
        if config.get(schemas::SAVE_TO).as_str() == Some("") {
            found.push(documents::nowhere());
        }
        found
    }

    async fn read(&self, call: &Call<'_>, config: &Value) -> Result<Value, Diagnostics> {
        let client = self.session.client()?;
        let about = match self.lookup.subjects {
            [] => None,
            subjects => {
                let (subject, id) = validate::subject_of(subjects, config)
                    .ok_or_else(|| validate::subjects(self.lookup.noun, subjects, config))?;
                Some((client.objects(subject.of.path), id))
            }
        };
        let question = Question {
            lookup: self.lookup,
            id: about.as_ref().map_or("", |(_, id)| id),
            named: self
                .lookup
                .subjects
                .iter()
                .find(|subject| schemas::is_secret(subject)),
            objects: about.as_ref().map(|(objects, _)| objects),
            client: &client,
            config,
            stop: &call.stop,
        };
        let answer = async {
            match self.lookup.answer {
                Answer::Object(fields) => question.object(fields).await,
                Answer::List(field) => question.list(field).await,
                Answer::Document(_) => question.document().await,
            }
        };
        if let Answer::Document(_) = self.lookup.answer {
            // Large, and put where each of those who ask wants it.
            return answer.await;
        }
        self.session
            .questions
            .answer(&client, call, config, answer)
            .await
    }
}

/// One question, of one object or of the exchange itself.
struct Question<'a> {
    lookup: &'static Declaration,
    id: &'a str,
    /// What it is called in place of an id that is a secret.
    named: Option<&'a Subject>,
    objects: Option<&'a Objects>,
    client: &'a Client,
    config: &'a Value,
    stop: &'a CancellationToken,
}

impl Question<'_> {
    async fn explain(&self, error: Error) -> Diagnostics {
        let error = self.client.judge_address(error, self.stop).await;
        Attempt::Ask(self.lookup, &self.name()).explain(&error)
    }

    /// The id as people may read it.
    fn name(&self) -> String {
        match self.named {
            Some(subject) => format!("this {}", subject.of.noun),
            None => self.id.to_owned(),
        }
    }

    /// Where the answer is, below the object.
    fn below(&self) -> String {
        let mut below = self.lookup.below.to_owned();
        let arguments = self.lookup.arguments.iter();
        for argument in arguments.filter(|argument| self.lookup.is_in_path(argument)) {
            let text = query_text(self.config.get(argument.attribute)).unwrap_or_default();
            let segment = path(&[&text]);
            let name = format!("{{{}}}", argument.name);
            below = below.replace(&name, segment.trim_start_matches('/'));
        }
        below
    }

    fn query(&self) -> Vec<(String, String)> {
        let arguments = self.lookup.arguments.iter();
        let sent = arguments.filter(|argument| !self.lookup.is_in_path(argument));
        sent.filter_map(|argument| {
            let text = query_text(self.config.get(argument.attribute))?;
            Some((argument.name.to_owned(), text))
        })
        .collect()
    }

    async fn object(&self, fields: &'static [Field]) -> Result<Value, Diagnostics> {
        let (below, query) = (self.below(), self.query());
        let answer = match self.objects {
            Some(objects) if below.is_empty() => objects.find(self.id, self.stop).await,
            Some(objects) => objects.ask(self.id, &below, &query, self.stop).await,
            None => {
                let path = format!("/{below}");
                self.client.get(&path, &query, self.stop).await
            }
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Err(self.explain(error).await),
        };
        // What the exchange chooses where it was not asked for it.
        let chosen = self.lookup.arguments.iter();
        let chosen = chosen.filter(|argument| argument.mode == Mode::OptionalComputed);
        let told: Vec<&Field> = chosen.chain(fields).collect();
        if !told.iter().any(|field| answer.get(field.name).is_some()) {
            return Err(self.says_nothing().into());
        }
        let mut state = self.config.clone();
        for field in told {
            let value = answers::one(field, &answer, self.config);
            state.put(field.attribute, value);
        }
        Ok(state)
    }

    async fn list(&self, field: &'static Field) -> Result<Value, Diagnostics> {
        let objects = self.client.objects(&format!("/{}", self.below()));
        let query = self.query();
        let listed = objects.list_whole(&query, self.stop);
        let mut rows = match listed.await {
            Ok(rows) => rows,
            Err(error) => return Err(self.explain(error).await),
        };
        rows.sort_by_key(|row| row.get("name").and_then(lenient::text));
        let answer = Json::Object(
            [(field.name.to_owned(), Json::Array(rows))]
                .into_iter()
                .collect(),
        );
        let mut state = self.config.clone();
        state.put(field.attribute, answers::one(field, &answer, self.config));
        Ok(state)
    }

    async fn document(&self) -> Result<Value, Diagnostics> {
        let objects = self.objects.ok_or_else(Diagnostics::default)?;
        let document = objects.download(self.id, &self.below(), self.stop).await;
        let document = match document {
            Ok(document) => document,
            Err(error) => return Err(self.explain(error).await),
        };
        check_document(self.lookup, self.id, self.client, &document)?;
        let media_type = document.media_type.map(Value::text).unwrap_or_default();
        let mut state = self.config.clone();
        state.put(schemas::CONTENT, documents::base64(&document.content));
        let digest = documents::digest(&document.content);
        state.put(schemas::SHA256, Value::String(digest));
        state.put(schemas::MEDIA_TYPE, media_type);
        if let Some(file) = self.config.get(schemas::SAVE_TO).as_str() {
            documents::save(Path::new(file), &document.content)?;
        }
        Ok(state)
    }

    /// An object without a word of what was asked for is something else's answer.
    fn says_nothing(&self) -> Diagnostic {
        let what = match self.id {
            "" => self.lookup.noun.to_owned(),
            id => format!("{} of {id}", self.lookup.noun),
        };
        Diagnostic::error(
            format!("No {what} came back"),
            format!(
                "{} was asked for the {what} and answered with something else. Try again later.",
                self.client.host(),
            ),
        )
    }
}

/// A page of a gateway is no document, whatever its status.
pub fn check_document(
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
