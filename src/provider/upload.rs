//! A document that is handed in for an object, as a resource.
//!
//! It can be uploaded again at will and is never taken back. So nothing is ordered here and nothing
//! cancelled: every change is made in place, and what leaves the state by mistake is uploaded once
//! more at worst.

use std::sync::Arc;

use async_trait::async_trait;

use crate::entities::declaration::{Lookup, Subject, Upload};
use crate::ixapi::{Error, State};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::identity::Identity;
use crate::tfplugin::path::Path;
use crate::tfplugin::plan::Change;
use crate::tfplugin::schema::Schema;
use crate::tfplugin::traits::{Call, Resource, Source};
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::foresight::Look;
use super::lookup::check_document;
use super::schemas::{CONTENT, SHA256};
use super::session::Session;
use super::{PREFIX, documents, foresight, official, schemas, validate};

/// Documents of a lookup that are handed in.
pub struct HandedIn {
    lookup: &'static Lookup,
    upload: &'static Upload,
    session: Arc<Session>,
}

impl HandedIn {
    /// The resource type beside a lookup.
    pub fn new(lookup: &'static Lookup, upload: &'static Upload, session: Arc<Session>) -> Self {
        Self {
            lookup,
            upload,
            session,
        }
    }

    /// What a document is for, and its id.
    fn subject<'a>(&self, object: &'a Value) -> Result<(&'static Subject, &'a str), Diagnostics> {
        let (noun, subjects) = (self.lookup.noun, self.lookup.subjects);
        let subject = validate::subject_of(subjects, object);
        subject.ok_or_else(|| validate::subjects(noun, subjects, object))
    }

    /// What follows from what is known.
    fn derive(&self, object: &mut Value) {
        if let Some(Ok(content)) = object.get(CONTENT).as_str().map(documents::decoded) {
            object.put(SHA256, Value::String(documents::digest(&content)));
        }
        if let Some((subject, id)) = validate::subject_of(self.lookup.subjects, object) {
            let path = format!("{}{id}", folder(subject));
            object.put("id", Value::String(path));
        }
    }

    /// Uploads it.
    async fn hand_in(&self, call: &Call<'_>, planned: &Value) -> Result<Value, Diagnostics> {
        let client = self.session.client()?;
        let (subject, id) = self.subject(planned)?;
        let content = documents::decoded(planned.get(CONTENT).as_str().unwrap_or_default())?;
        let objects = client.objects(subject.of.path);
        let (below, kind) = (self.lookup.below, self.upload.media_type);
        let sent = objects.upload(id, below, &content, kind, &call.stop).await;
        // What it is for may go on because of it.
        self.session.looks.forget(subject.of.path);
        if let Err(error) = sent {
            let about = match error.status() {
                Some(413 | 415 | 422) => CONTENT,
                _ => subject.argument,
            };
            let error = client.judge_address(error, &call.stop).await;
            let attempt = Attempt::HandIn(self.lookup, id);
            return Err(at(attempt.explain(&error), about));
        }
        let mut state = planned.clone();
        self.derive(&mut state);
        Ok(state)
    }

    fn is_encoded_twice(&self, content: &[u8]) -> bool {
        let inner = documents::decoded(String::from_utf8_lossy(content).trim());
        inner.is_ok_and(|inner| (self.upload.format.is)(&inner))
    }

    /// What a person should know who hands in something else than is usual.
    fn unusual(&self, config: &Value) -> Option<Diagnostic> {
        let content = documents::decoded(config.get(CONTENT).as_str()?).ok()?;
        let (noun, format) = (self.lookup.noun, &self.upload.format);
        if (format.is)(&content) {
            return None;
        }
        let warning = Diagnostic::warning(
            format!("The {noun} is no {}", format.name),
            format!(
                "{CONTENT} has {} bytes that are no {}, which exchanges expect. IX-API does not \
                 prescribe it, so it is uploaded as it is: look whether it is the right file.",
                content.len(),
                format.name
            ),
        );
        Some(warning.at(Path::attribute(CONTENT)))
    }

    /// What the exchange would not take.
    async fn look_ahead(&self, call: &Call<'_>, change: &Change) -> Diagnostics {
        let Ok(client) = self.session.client() else {
            return Diagnostics::default();
        };
        let letter = Look {
            noun: self.lookup.noun,
            kind: None,
            collection: None,
            checks: self.upload.plan,
        };
        foresight::look(letter, &self.session, &client, &call.stop, change).await
    }

    /// What an id in the state stands for.
    fn subject_at<'a>(&self, path: &'a str) -> Result<(&'static Subject, &'a str), Diagnostic> {
        let mut subjects = self.lookup.subjects.iter();
        let found = subjects.find_map(|subject| {
            let id = path
                .trim_start_matches('/')
                .strip_prefix(&folder(subject))?;
            (!id.is_empty()).then_some((subject, id))
        });
        found.ok_or_else(|| {
            let ways: Vec<String> = self.lookup.subjects.iter().map(folder).collect();
            let ways: Vec<String> = ways.iter().map(|way| format!("{way}<id>")).collect();
            Diagnostic::error(
                format!("{path:?} does not say what the {} is for", self.lookup.noun),
                format!("Nothing was imported. Import it as {}.", ways.join(" or ")),
            )
        })
    }

    fn not_given_back(&self, path: &str, error: &Error) -> Diagnostic {
        Diagnostic::error(
            format!("The exchange does not give this {} back", self.lookup.noun),
            format!(
                "{PREFIX}_{} {path}: {error}\n\nNothing was imported. Where none is there yet, or \
                 the exchange keeps what was uploaded to itself, leave the import out and apply: \
                 the {} is uploaded, once more if need be, which does no harm.",
                self.lookup.name, self.lookup.noun
            ),
        )
    }
}

#[async_trait]
impl Resource for HandedIn {
    fn schema(&self) -> Schema {
        schemas::upload(self.lookup, self.upload)
    }

    fn identity(&self) -> Option<Identity> {
        Some(schemas::identity(self.lookup.noun))
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let (noun, subjects) = (self.lookup.noun, self.lookup.subjects);
        let mut found = validate::subjects(noun, subjects, config);
        match config.get(CONTENT).as_str().map(documents::decoded) {
            Some(Err(wrong)) => found.push(wrong),
            Some(Ok(content)) if self.is_encoded_twice(&content) => {
                found.push(documents::encoded_twice(self.upload.format.name));
            }
            _ => {}
        }
        found
    }

    async fn plan(&self, call: &Call<'_>, change: &mut Change) -> Result<(), Diagnostics> {
        if change.is_delete() {
            call.tell(self.stays(&change.prior));
            return Ok(());
        }
        // What was unknown when the configuration was validated may be known by now.
        let mut found = self.validate(&change.config);
        if !found.has_errors() {
            found.append(self.look_ahead(call, change).await);
        }
        if found.has_errors() {
            return Err(found);
        }
        if change.prior.get(CONTENT) != change.config.get(CONTENT) {
            found.0.extend(self.unusual(&change.config));
        }
        call.tell(found);
        self.derive(&mut change.planned);
        Ok(())
    }

    async fn read(&self, call: &Call<'_>, state: &Value) -> Result<Value, Diagnostics> {
        let client = self.session.client()?;
        let (subject, id) = self.subject(state)?;
        let objects = client.objects(subject.of.path);
        let gone = match objects.find(id, &call.stop).await {
            Ok(object) => State::of(&object).is_some_and(|state| state.is_gone()),
            Err(error) if error.is_not_found() && error.problem().is_some() => true,
            Err(error) => {
                let error = client.judge_address(error, &call.stop).await;
                return Err(Attempt::Revisit(self.lookup, id).explain(&error));
            }
        };
        if !gone {
            // What the exchange made of the document is its own business: the state has what was
            // handed in.
            return Ok(state.clone());
        }
        call.tell(Diagnostic::warning(
            format!("The {} {id} is gone", subject.of.noun),
            format!(
                "The exchange at {} does not have it any more. The {} for it leaves the state.",
                client.host(),
                self.lookup.noun
            ),
        ));
        Ok(Value::Null)
    }

    async fn create(
        &self,
        call: &Call<'_>,
        planned: &Value,
        _config: &Value,
    ) -> Result<Value, Diagnostics> {
        self.hand_in(call, planned).await
    }

    async fn update(
        &self,
        call: &Call<'_>,
        _prior: &Value,
        planned: &Value,
        _config: &Value,
    ) -> Result<Value, Diagnostics> {
        self.hand_in(call, planned).await
    }

    async fn delete(&self, _: &Call<'_>, _: &Value) -> Result<(), Diagnostics> {
        Ok(())
    }

    async fn import(&self, call: &Call<'_>, path: &str) -> Result<Value, Diagnostics> {
        let path = path.trim();
        let (subject, id) = self.subject_at(path)?;
        let client = self.session.client()?;
        let mut state = Value::Object(Default::default());
        state.put(subject.argument, Value::text(id));
        let change = Change {
            prior: Value::Null,
            config: state.clone(),
            planned: state.clone(),
            replaces: Vec::new(),
            open: Vec::new(),
        };
        let found = self.look_ahead(call, &change).await;
        if found.has_errors() {
            return Err(found);
        }
        let objects = client.objects(subject.of.path);
        let below = self.lookup.below;
        let document = match objects.download(id, below, &call.stop).await {
            Ok(document) => document,
            Err(error) => return Err(self.not_given_back(path, &error).into()),
        };
        check_document(self.lookup, id, &client, &document)?;
        state.put(CONTENT, documents::base64(&document.content));
        self.derive(&mut state);
        Ok(state)
    }

    fn take_over(&self, call: &Call<'_>, source: &Source<'_>) -> Result<Value, Diagnostics> {
        official::take_over_ours(call, source)
    }
}

impl HandedIn {
    /// What a person should know who takes it out of the configuration.
    fn stays(&self, prior: &Value) -> Diagnostic {
        let of = match validate::subject_of(self.lookup.subjects, prior) {
            Some((subject, id)) => format!("the {} {id}", subject.of.noun),
            None => "what it is for".to_owned(),
        };
        Diagnostic::warning(
            format!("The {} stays with the exchange", self.lookup.noun),
            format!(
                "What was uploaded for {of} cannot be taken back: destroying it deletes nothing \
                 there, and what went on because of it is not undone."
            ),
        )
    }
}

/// Where the ids of a subject are, in the id of what is handed in for it: `connections/`.
fn folder(subject: &Subject) -> String {
    format!("{}/", subject.of.path.trim_start_matches('/'))
}

/// These messages, about an attribute where they are about none.
fn at(mut messages: Diagnostics, attribute: &str) -> Diagnostics {
    for message in &mut messages.0 {
        message
            .attribute
            .get_or_insert_with(|| Path::attribute(attribute));
    }
    messages
}
