//! What a provider implements ([`Provider`], [`Resource`], [`DataSource`], [`EphemeralResource`],
//! [`ListResource`], [`Action`], [`Function`]) and what it is handed (a [`Call`]).
//!
//! The service decodes, plans and encodes; an implementation sees values and answers with values. A
//! failure is an `Err`, and then the caller keeps what was there before: an implementation never
//! hands back a state only in order not to lose it. What has come about all the same is given
//! to [`Call::save`], which outlives every failure, a panic included.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use async_trait::async_trait;
use serde_json::Value as Json;
use tokio_util::sync::CancellationToken;

use super::diagnostics::{Diagnostic, Diagnostics};
use super::generated;
use super::identity::Identity;
use super::plan::Change;
use super::private::{CONFIGURED, Private};
use super::registry::Types;
use super::schema::Schema;
use super::stored::Stored;
use super::streams::Parts;
use super::types::Type;
use super::value::Value;

/// Who a provider is, for panics, logs and people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The name of its program: `terraform-provider-example`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Where a fault is reported; empty where nowhere.
    pub report_to: &'static str,
}

/// A provider: its configuration and its types.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// Who it is.
    fn about(&self) -> About;

    /// The schema of the provider block.
    fn schema(&self) -> &Schema;

    /// All its types. Called often: build them once.
    fn types(&self) -> &Types;

    /// Checks the provider block; values may be unknown. No network.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Takes the provider block; values may be unknown during a plan. No network.
    async fn configure(&self, config: Value, core_version: &str) -> Diagnostics;

    /// All calls are answered, and Terraform ends this process. If a person has interrupted it,
    /// nobody knows which of the answers it has kept: after a second interruption it leaves without
    /// a look at them.
    fn farewell(&self, _interrupted: bool) {}
}

/// One call of Terraform about one object or question: what it may need to know, and where it
/// leaves what is no answer.
#[derive(Debug)]
pub struct Call<'a> {
    /// Cancelled when a person interrupts Terraform: stop waiting, send nothing new, save what is.
    pub stop: CancellationToken,
    /// The name of the type that the call is about.
    pub type_name: &'a str,
    /// The schema of the type that the call is about.
    pub schema: &'a Schema,
    /// Attributes that the configuration had set and now leaves out, and whose choice thereby goes
    /// back to the remote side ([`super::schema::Attribute::given_back`]).
    pub given_back: Vec<String>,
    told: Mutex<Diagnostics>,
    private: Mutex<Private>,
    saved: Mutex<Option<Value>>,
}

impl<'a> Call<'a> {
    /// A call about a type with this schema, with what was noted of the object before.
    pub fn new(stop: CancellationToken, schema: &'a Schema, private: Private) -> Call<'a> {
        Call {
            stop,
            type_name: "",
            schema,
            given_back: Vec::new(),
            told: Mutex::default(),
            private: Mutex::new(private),
            saved: Mutex::default(),
        }
    }

    /// Tells a person something, whatever the outcome of the call.
    pub fn tell(&self, message: impl Into<Diagnostics>) {
        lock(&self.told).append(message.into());
    }

    /// The object exists, and this is what is known of it. From here on that is in the answer to
    /// Terraform, however the call ends: with an error, a panic, an answer that cannot be written.
    /// Only if the process itself is killed before the call ends, Terraform learns nothing. May be
    /// called again.
    pub fn save(&self, state: Value) {
        *lock(&self.saved) = Some(state);
    }

    /// Whether the configuration set this attribute when the object was last changed. It is noted
    /// of those that can be given back.
    #[must_use]
    pub fn was_configured(&self, attribute: &str) -> bool {
        let noted = self.noted(CONFIGURED);
        let names = noted.as_ref().and_then(|names| names.as_array());
        names.is_some_and(|names| names.iter().any(|name| name == attribute))
    }

    /// What was noted of the object under this name.
    pub fn noted(&self, name: &str) -> Option<Json> {
        lock(&self.private).get(name).cloned()
    }

    /// Notes something of the object that is no attribute, for later calls; `None` forgets it.
    /// Terraform keeps it beside the state. It is not hidden from people: no secrets.
    pub fn note(&self, name: &str, what: Option<Json>) {
        lock(&self.private).set(name, what);
    }

    /// What was told so far.
    pub fn told(&self) -> Diagnostics {
        lock(&self.told).clone()
    }

    /// What was saved last.
    pub fn saved(&self) -> Option<Value> {
        lock(&self.saved).clone()
    }

    /// What was told and noted.
    pub fn into_parts(self) -> (Diagnostics, Private) {
        (unlock(self.told), unlock(self.private))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unlock<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// An object that another type, perhaps of another provider, managed so far.
#[derive(Debug)]
pub struct Source<'a> {
    /// The address of its provider: `registry.terraform.io/example/example`.
    pub provider: &'a str,
    /// Its type there.
    pub type_name: &'a str,
    /// The version of its schema there.
    pub version: i64,
    /// Its state there.
    pub state: Stored<'a>,
    /// What was noted of it there, if that provider notes as this one does.
    pub private: Private,
}

/// A resource type. All calls but `schema`, `identity`, `validate`, `upgrade`, `take_over` and
/// `generate` come after `configure`, though possibly one that could not complete because its
/// values were unknown.
#[async_trait]
pub trait Resource: Send + Sync {
    /// Its schema. Built when it is first needed, and then kept.
    fn schema(&self) -> Schema;

    /// Checks a configuration; values may be unknown. No network, no configured provider.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Fills in what a configuration leaves out and the provider knows from elsewhere; `prior` is
    /// the object as it is, or null. What cannot be known yet is made unknown. From here on it
    /// counts as configured.
    async fn fill_in(
        &self,
        _: &Call<'_>,
        _prior: &Value,
        _config: &mut Value,
    ) -> Result<(), Diagnostics> {
        Ok(())
    }

    /// Looks at a planned change, which [`super::plan`] has made by the schema, and may add
    /// unknowns to it or refuse it.
    async fn plan(&self, call: &Call<'_>, change: &mut Change) -> Result<(), Diagnostics>;

    /// Reads the object that a state describes. A null answer drops it from the state.
    async fn read(&self, call: &Call<'_>, state: &Value) -> Result<Value, Diagnostics>;

    /// Creates what was planned. `config` also holds write-only values. An `Err` after
    /// [`Call::save`] taints the object: Terraform will replace it.
    async fn create(
        &self,
        call: &Call<'_>,
        planned: &Value,
        config: &Value,
    ) -> Result<Value, Diagnostics>;

    /// Changes the object from `prior` to `planned`. After an `Err` the state is what was saved, or
    /// else `prior`.
    async fn update(
        &self,
        call: &Call<'_>,
        prior: &Value,
        planned: &Value,
        config: &Value,
    ) -> Result<Value, Diagnostics>;

    /// Deletes the object; `Ok` means that it is gone from the state.
    async fn delete(&self, call: &Call<'_>, prior: &Value) -> Result<(), Diagnostics>;

    /// Finds the object of that id. Terraform reads it again afterwards.
    async fn import(&self, call: &Call<'_>, id: &str) -> Result<Value, Diagnostics>;

    /// A configuration under which an object in this state plans empty, to be written into a file:
    /// without secrets. By default it follows from the schema alone.
    fn generate(&self, call: &Call<'_>, state: &Value) -> Value {
        generated::configuration(&call.schema.object, state)
    }

    /// What identifies an object beside its state, if anything does.
    fn identity(&self) -> Option<Identity> {
        None
    }

    /// The identity of the object with that state; by default its attributes of the same names.
    /// Never called where there is no [`Resource::identity`].
    fn identify(&self, _: &Call<'_>, state: &Value) -> Value {
        let identity = self.identity();
        identity.map_or(Value::Null, |identity| identity.within(state))
    }

    /// Finds the object of that identity; by default the one of the `id` in it.
    async fn import_by_identity(
        &self,
        call: &Call<'_>,
        identity: &Value,
    ) -> Result<Value, Diagnostics> {
        match identity.get("id").as_str() {
            Some(id) => self.import(call, id).await,
            None => Err(not_here("import by identity", call.type_name)),
        }
    }

    /// Brings a state to this schema that an older version (or this one) stored.
    fn upgrade(
        &self,
        _: &Call<'_>,
        _version: i64,
        state: &Stored<'_>,
    ) -> Result<Value, Diagnostics> {
        state.by_todays_schema()
    }

    /// Takes over an object that another type managed so far (a `moved` block). Nothing is noted of
    /// it yet.
    fn take_over(&self, call: &Call<'_>, _: &Source<'_>) -> Result<Value, Diagnostics> {
        Err(not_here("way to take over other objects", call.type_name))
    }
}

/// A data source.
#[async_trait]
pub trait DataSource: Send + Sync {
    /// Its schema. Built when it is first needed, and then kept.
    fn schema(&self) -> Schema;

    /// Checks a configuration; values may be unknown. No network, no configured provider.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Looks it up.
    async fn read(&self, call: &Call<'_>, config: &Value) -> Result<Value, Diagnostics>;
}

/// A value that is open.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    /// The configuration, with all that was found.
    pub value: Value,
    /// When it ends unless it is renewed. Terraform renews a minute before that, at once if it is
    /// sooner.
    pub renew_at: Option<SystemTime>,
}

/// Something that Terraform uses while it runs and never stores: neither in a state nor in a plan.
/// What is noted in the call that opens it is there when it is renewed and closed, and is not
/// stored either.
#[async_trait]
pub trait EphemeralResource: Send + Sync {
    /// Its schema. Built when it is first needed, and then kept.
    fn schema(&self) -> Schema;

    /// Checks a configuration; values may be unknown. No network, no configured provider.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Opens it. Terraform does so in each plan and each apply, once everything is known. After an
    /// `Err` it is not closed.
    async fn open(&self, call: &Call<'_>, config: &Value) -> Result<Opened, Diagnostics>;

    /// Keeps it open, with the value that it has, and says until when. A run may last longer than
    /// what it uses.
    async fn renew(&self, _: &Call<'_>) -> Result<Option<SystemTime>, Diagnostics> {
        Ok(None)
    }

    /// Gives it back. Nothing uses it any more.
    async fn close(&self, _: &Call<'_>) -> Result<(), Diagnostics> {
        Ok(())
    }
}

/// What a function takes or gives, and what people are told of it.
#[derive(Clone, Debug)]
pub struct Signature {
    /// What it does, in one line.
    pub summary: String,
    /// What it does, in Markdown.
    pub description: String,
    /// What it takes, in this order. Nothing is null or unknown.
    pub parameters: Vec<Parameter>,
    /// What it takes after those, any number of times.
    pub variadic: Option<Parameter>,
    /// The type of what it gives.
    pub returns: Type,
}

/// What a function takes.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name, for people.
    pub name: String,
    /// The type of its values.
    pub kind: Type,
    /// What it means, in Markdown.
    pub description: String,
}

/// Why a function gives nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, in a sentence or more.
    pub text: String,
    /// Which argument is wrong, counted from 0.
    pub argument: Option<usize>,
}

/// A function. It gives the same for the same arguments, looks at nothing else, and is called
/// before the provider is configured.
pub trait Function: Send + Sync {
    /// What it takes and gives.
    fn signature(&self) -> Signature;

    /// Calls it, with as many arguments as it takes.
    fn call(&self, arguments: &[Value]) -> Result<Value, Refusal>;
}

/// An object that was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Its identity.
    pub identity: Value,
    /// What a person calls it.
    pub name: String,
    /// All of it, if that was wanted.
    pub object: Option<Value>,
    /// What is to be said of it.
    pub messages: Diagnostics,
}

/// A way to find the objects of the resource type of the same name, which has an identity.
#[async_trait]
pub trait ListResource: Send + Sync {
    /// The schema of the question. Built when it is first needed, and then kept.
    fn schema(&self) -> Schema;

    /// Checks a question; values may be unknown. No network, no configured provider.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Finds objects, at most `limit` of them. It may be dropped at any point: when Terraform has
    /// enough, or a person interrupts it.
    async fn list(
        &self,
        call: &Call<'_>,
        config: &Value,
        limit: Option<usize>,
        include_object: bool,
        found: &Parts<Found>,
    ) -> Result<(), Diagnostics>;
}

/// Something to do that leaves no object behind.
#[async_trait]
pub trait Action: Send + Sync {
    /// The schema of what it takes. Built when it is first needed, and then kept.
    fn schema(&self) -> Schema;

    /// Checks a configuration; values may be unknown. No network, no configured provider.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Looks at what is planned to be done; values may be unknown.
    async fn plan(&self, _: &Call<'_>, _config: &Value) -> Result<(), Diagnostics> {
        Ok(())
    }

    /// Does it, and tells how far it is. When a person interrupts it, or nobody listens any more,
    /// [`Call::stop`] says so, and the action ends by itself.
    async fn invoke(
        &self,
        call: &Call<'_>,
        config: &Value,
        progress: &Parts<String>,
    ) -> Result<(), Diagnostics>;
}

/// The error of a call for which an implementation has nothing.
pub(super) fn not_here(what: &str, type_name: &str) -> Diagnostics {
    Diagnostic::error(
        format!("{type_name} has no {what}"),
        format!("This version of the provider cannot do that for {type_name}. Another may."),
    )
    .into()
}
