//! What is used while Terraform runs and stored nowhere: tokens, keys, letters.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::entities::declaration::{Lookup as Declaration, Revealed};
use crate::ixapi::Error;
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::private::Private;
use crate::tfplugin::schema::{Attribute, Kind, Mode, Object, Schema};
use crate::tfplugin::traits::{Call, DataSource, EphemeralResource, Opened};
use crate::tfplugin::types::Type;
use crate::tfplugin::value::Value;

use super::data_source::Singular;
use super::lookup::Lookup;
use super::session::Session;
use super::{errors, schemas};

/// The name of the token, without the provider's prefix.
pub const ACCESS_TOKEN: &str = "access_token";

const TOKEN: &str = "token";
const EXPIRES_AT: &str = "expires_at";

/// A token of the exchange.
pub struct AccessToken(pub Arc<Session>);

/// The schema of a token. It is never renewed: a renewal leaves Terraform with the value that it
/// has, and the exchange lets no token live on.
pub fn access_token() -> Schema {
    let text = |name, description: &'static str| {
        Attribute::new(name, Kind::Value(Type::String), Mode::Computed, description)
    };
    let mut token = text(TOKEN, "The token, for a header `Authorization: Bearer …`.");
    token.sensitive = true;
    let expires_at = text(
        EXPIRES_AT,
        "Moment at which it ends, RFC 3339. Null if the exchange does not say.",
    );
    Schema {
        version: 0,
        description:
            "An access token of the exchange, for what else asks it in the same run, such \
                      as the data source `http`. It is the holder's key to all that the \
                      provider's credentials may do. Each plan and each apply gets a new one, with \
                      all its life before it; the provider uses another one itself. It cannot be \
                      renewed: a run that lasts longer than the token does without it from then \
                      on."
            .to_owned(),
        object: Object::new(vec![token, expires_at]),
    }
}

#[async_trait]
impl EphemeralResource for AccessToken {
    fn schema(&self) -> Schema {
        access_token()
    }

    fn validate(&self, _: &Value) -> Diagnostics {
        Diagnostics::default()
    }

    async fn open(&self, call: &Call<'_>, _: &Value) -> Result<Opened, Diagnostics> {
        let client = self.0.client()?;
        let issued = client.issue_token(&call.stop).await;
        let issued = issued.map_err(|error| no_token(&error, client.host()))?;
        let expires_at = issued.ends.and_then(moment).map(Value::text);
        let value = Value::object([
            (TOKEN, Value::text(issued.token.into_text())),
            (EXPIRES_AT, expires_at.unwrap_or_default()),
        ]);
        Ok(opened(value))
    }
}

/// A moment for people and programs, in whole seconds.
fn moment(at: SystemTime) -> Option<String> {
    let seconds = at.duration_since(UNIX_EPOCH).ok()?.as_secs();
    let moment = Timestamp::from_second(i64::try_from(seconds).ok()?).ok()?;
    Some(moment.to_string())
}

fn no_token(error: &Error, host: &str) -> Diagnostic {
    errors::not_let_in(error).unwrap_or_else(|| {
        let story = format!("{host} was asked for an access token: {error}. Try again later.");
        Diagnostic::error("No access token came back", story)
    })
}

/// What needs no renewal and is not given back.
fn opened(value: Value) -> Opened {
    Opened {
        value,
        renew_at: None,
    }
}

/// A document of a lookup.
pub struct Document {
    of: &'static Declaration,
    lookup: Lookup,
}

impl Document {
    /// The document of that lookup.
    pub fn new(of: &'static Declaration, session: Arc<Session>) -> Document {
        let lookup = Lookup::new(of, session);
        Document { of, lookup }
    }
}

#[async_trait]
impl EphemeralResource for Document {
    fn schema(&self) -> Schema {
        schemas::ephemeral_document(self.of)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        self.lookup.validate(config)
    }

    async fn open(&self, call: &Call<'_>, config: &Value) -> Result<Opened, Diagnostics> {
        self.lookup.read(call, config).await.map(opened)
    }
}

/// A secret that an object shows.
pub struct Secret {
    revealed: &'static Revealed,
    objects: Singular,
}

impl Secret {
    /// The secret of that declaration.
    pub fn new(revealed: &'static Revealed, session: Arc<Session>) -> Secret {
        let objects = Singular::new(revealed.of, session);
        Secret { revealed, objects }
    }
}

#[async_trait]
impl EphemeralResource for Secret {
    fn schema(&self) -> Schema {
        schemas::revealed(self.revealed)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let argument = self.revealed.argument;
        match config.get(argument).as_str() {
            Some("") => {
                let story = format!("{argument} is empty: set it to an id.");
                let error = Diagnostic::error(format!("Invalid value for {argument}"), story);
                error.at(Path::attribute(argument)).into()
            }
            _ => Diagnostics::default(),
        }
    }

    async fn open(&self, call: &Call<'_>, config: &Value) -> Result<Opened, Diagnostics> {
        let Revealed {
            argument,
            field,
            of,
            ..
        } = self.revealed;
        let id = config.get(argument);
        // Asked as the data source of the collection asks, which has an argument of its own.
        let schema = DataSource::schema(&self.objects);
        let asked = Call::new(call.stop.clone(), &schema, Private::default());
        let found = self
            .objects
            .read(&asked, &Value::object([("id", id.clone())]))
            .await;
        let found = found.map_err(|told| at(argument, told))?;
        let secret = found.get(field).clone();
        if secret.is_null() {
            let id = id.as_str().unwrap_or_default();
            let summary = format!("{id} has no {field}");
            let story = format!(
                "The exchange lists the {} {id}, and shows no {field}.",
                of.noun
            );
            return Err(at(argument, Diagnostic::error(summary, story).into()));
        }
        let mut value = config.clone();
        value.put(field, secret);
        Ok(opened(value))
    }
}

/// Messages about what this argument names.
fn at(argument: &str, mut told: Diagnostics) -> Diagnostics {
    for message in &mut told.0 {
        message.attribute = Some(Path::attribute(argument));
    }
    told
}
