//! An exchange in the process of a test, and what Terraform does with the objects of a type there.
//!
//! Pauses are next to nothing, and the exchange's clock makes a step only when a test turns it. A
//! test that waits for what never comes fails instead of hanging.

use std::sync::Arc;
use std::time::Duration;

use ixapi_sandbox::log::Entry;
use ixapi_sandbox::parties::Party;
use ixapi_sandbox::{Control, Running};
use serde_json::json;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::entities;
use crate::entities::declaration::Collection;
use crate::ixapi::{Client, Credentials, Json, Retry};
use crate::provider::data_source::{Plural, Singular};
use crate::provider::guard;
use crate::provider::journal::Journal;
use crate::provider::listing::Listed;
use crate::provider::lookup::Lookup;
use crate::provider::pauses::{Pauses, Tempo};
use crate::provider::resource::Managed;
use crate::provider::session::{Defaults, Session};
use crate::provider::{PREFIX, actions, forgotten, schemas};
use crate::tfplugin::diagnostics::{Diagnostics, Severity};
use crate::tfplugin::plan::{self, Change};
use crate::tfplugin::private::Private;
use crate::tfplugin::schema::Schema;
use crate::tfplugin::streams::Parts;
use crate::tfplugin::traits::{Call, DataSource, Found, ListResource, Resource};
use crate::tfplugin::types::Type;
use crate::tfplugin::value::Value;

use super::resource_named;

pub use ixapi_sandbox::Settings;
pub use ixapi_sandbox::dialect::{Dialect, Quirk};
pub use ixapi_sandbox::faults::{Fault, FaultKind};

/// The account that orders.
pub const OWN: &str = "A0087999";
/// A sub-account of it.
pub const RESOLD: &str = "A0073476";
/// The account of the other party.
pub const OTHER: &str = "A0087264";
/// Roles of contacts.
pub const IMPLEMENTATION: &str = "4699403d-b264-4a47-9bbb-2c956dcd1a12";
pub const NOC: &str = "9a442fef-ff8f-4c2e-93e5-46425c00fd4b";
pub const REQUESTOR: &str = "30806be6-5856-41fb-8106-890474d1ba04";

/// A step of the clock of an exchange that is [`slow`].
const STEP: Duration = Duration::from_secs(60);
/// Far more than anything here takes.
const FOR_EVER: Duration = Duration::from_secs(30);

const FAST_RETRY: Retry = Retry {
    attempts: 4,
    base: Duration::from_millis(1),
    cap: Duration::from_millis(2),
    retry_after_cap: Duration::from_millis(1),
    patience: Duration::ZERO,
    slowest: 1000.0,
};

const FAST: Pauses = Pauses {
    first: Duration::from_millis(1),
    growth: 1.5,
    longest: Duration::from_millis(5),
};

/// Pauses that nobody waits out.
pub const ENDLESS: Pauses = Pauses {
    first: Duration::from_secs(36_000),
    growth: 1.0,
    longest: Duration::from_secs(36_000),
};

/// Settings of an exchange whose clock a test turns.
pub fn slow() -> Settings {
    Settings {
        step_ms: Some(u64::try_from(STEP.as_millis()).unwrap()),
        ..Settings::default()
    }
}

/// A running exchange, and a session with it.
pub struct Exchange {
    pub running: Running,
    session: Arc<Session>,
}

impl Exchange {
    /// An exchange that makes every transition at once.
    pub async fn instant() -> Exchange {
        Exchange::start(Settings::default()).await
    }

    /// An exchange whose clock the test turns.
    pub async fn slow() -> Exchange {
        Exchange::start(slow()).await
    }

    pub async fn start(settings: Settings) -> Exchange {
        let running = Running::start(settings).await.unwrap();
        let session = session(&running, Party::A, &running.api_url(), FAST_RETRY, FAST);
        Exchange { running, session }
    }

    /// An exchange that makes every transition at once and has these quirks.
    pub async fn odd(quirks: &[Quirk]) -> Exchange {
        Exchange::start(Settings::default().with_quirks(quirks)).await
    }

    /// The same exchange, entered with an api key.
    pub fn with_api_key(self) -> Exchange {
        let known = self.running.credentials(Party::A);
        let credentials = Credentials::ApiKey {
            key: known.api_key.into(),
            secret: known.api_secret.into(),
        };
        let api = self.running.api_url();
        self.entered(crate::ixapi::Settings::new(api, credentials, "tests/1"))
    }

    /// The same exchange at this address, which does not wait longer than this for an answer.
    pub fn reached_at(self, api: &str, patience: Duration) -> Exchange {
        let settings = oauth2(&self.running, Party::A, api);
        self.entered(crate::ixapi::Settings {
            request_timeout: patience,
            ..settings
        })
    }

    fn entered(mut self, settings: crate::ixapi::Settings) -> Exchange {
        self.session = open(settings, FAST_RETRY, FAST);
        self
    }

    /// What the exchange answers there.
    pub async fn get(&self, path: &str) -> Json {
        let client = self.session.client().unwrap();
        let stop = CancellationToken::new();
        in_time(client.get(path, &[], &stop)).await.unwrap()
    }

    /// The same exchange with these pauses while something is waited for.
    pub fn pausing(mut self, progress: Pauses) -> Exchange {
        let api = self.running.api_url();
        self.session = session(&self.running, Party::A, &api, FAST_RETRY, progress);
        self
    }

    /// The same exchange, looked at for so long for what it fills in later.
    pub fn filling(mut self, patience: Duration) -> Exchange {
        Arc::get_mut(&mut self.session).unwrap().tempo.filling = patience;
        self
    }

    /// The same exchange, whose silence is taken for one from the start.
    pub fn answering_at_once(mut self) -> Exchange {
        Arc::get_mut(&mut self.session).unwrap().tempo.answer = Duration::ZERO;
        self
    }

    /// A type of this exchange, to a customer that did not order anything.
    pub fn seen_by_another(&self, name: &str) -> Subject {
        let api = self.running.api_url();
        let session = session(&self.running, Party::B, &api, FAST_RETRY, FAST);
        Subject::new(name, session)
    }

    /// A type of this exchange, which is reached at another address, and asked again and again.
    pub fn at(&self, address: &str, name: &str) -> Subject {
        let api = self.running.api_url().replace(self.running.url(), address);
        let retry = Retry {
            attempts: 10_000,
            ..FAST_RETRY
        };
        Subject::new(name, session(&self.running, Party::A, &api, retry, FAST))
    }

    /// The resource type of that name.
    pub fn resource(&self, name: &str) -> Subject {
        Subject::new(name, Arc::clone(&self.session))
    }

    /// Asks a data source of that name, in a run of its own.
    pub async fn ask(&self, name: &str, config: Json) -> Outcome {
        self.session.questions.forget();
        self.ask_on(name, config).await
    }

    /// Asks a data source of that name.
    pub async fn ask_on(&self, name: &str, config: Json) -> Outcome {
        let shared = || Arc::clone(&self.session);
        let lookup = entities::LOOKUPS.iter().find(|l| l.name == name);
        let mut collections = entities::COLLECTIONS.iter().copied();
        let source: Box<dyn DataSource> = match lookup {
            Some(lookup) => Box::new(Lookup::new(lookup, shared())),
            None => match collections.find(|c| c.name == name || c.plural == name) {
                Some(one) if one.name == name => Box::new(Singular::new(one, shared())),
                Some(many) => Box::new(Plural::new(many, shared())),
                None => panic!("there is no data source {name}"),
            },
        };
        let schema = source.schema();
        let mut call = Call::new(CancellationToken::new(), &schema, Private::default());
        call.type_name = name;
        let config = value(&config);
        let answer = in_time(source.read(&call, &config)).await;
        Outcome::new(answer, call)
    }

    /// Invokes the action of that name.
    pub async fn invoke(&self, name: &str, config: Json) -> Outcome {
        let mut all = actions::all(&self.session).into_iter();
        let action = all.find(|(known, _)| *known == name).unwrap().1;
        let schema = action.schema();
        let mut call = Call::new(CancellationToken::new(), &schema, Private::default());
        call.type_name = name;
        let config = value(&config);
        let (parts, mut received) = Parts::new();
        let invoke = async {
            let parts = parts;
            action.invoke(&call, &config, &parts).await
        };
        let hear = async { while received.recv().await.is_some() {} };
        let (answer, ()) = in_time(async { tokio::join!(invoke, hear) }).await;
        Outcome::new(answer.map(|()| Value::Null), call)
    }

    /// All that a list of that resource finds, with its objects if they are wanted.
    pub async fn list(&self, name: &str, include_object: bool) -> Vec<Found> {
        let listed = Listed::new(resource_named(name), Arc::clone(&self.session));
        let schema = listed.schema();
        let mut call = Call::new(CancellationToken::new(), &schema, Private::default());
        call.type_name = name;
        let config = schema.object.empty();
        let (parts, mut received) = Parts::new();
        let list = async {
            let parts = parts;
            listed
                .list(&call, &config, None, include_object, &parts)
                .await
        };
        let hear = async {
            let mut all = Vec::new();
            while let Some(found) = received.recv().await {
                all.push(found);
            }
            all
        };
        let (listed, all) = in_time(async { tokio::join!(list, hear) }).await;
        listed.unwrap();
        all
    }

    pub fn control(&self) -> &Control {
        self.running.control()
    }

    /// Turns the clock by one step.
    pub fn turn(&self) {
        self.control().advance(STEP);
    }

    /// Queues faults.
    pub fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.control().faults(faults).unwrap();
    }

    /// Takes something out of the catalogue.
    pub fn withdraw(&self, collection: &str, id: &str) {
        let named = ixapi_sandbox::faults::Named {
            id: id.to_owned(),
            collection: Some(collection.to_owned()),
        };
        self.control().remove(named).unwrap();
    }

    /// Forces an object into a state.
    pub fn put_into(&self, id: &str, state: &str) {
        self.control().set_state(id, state, None).unwrap();
    }

    /// The requests below the path of the API so far, without those for tokens.
    pub fn log(&self) -> Vec<Entry> {
        let mut log = self.running.log();
        log.retain(|entry| entry.path != "/connect/token");
        log
    }

    /// How often this very path was read so far.
    pub fn asked_for(&self, path: &str) -> usize {
        let log = self.log().into_iter();
        log.filter(|entry| entry.method == "GET" && entry.path == path)
            .count()
    }

    /// The same exchange, with a session of its own, as the next run has.
    pub fn restarted(mut self) -> Exchange {
        let api = self.running.api_url();
        self.session = session(&self.running, Party::A, &api, FAST_RETRY, FAST);
        self
    }

    /// The same exchange; the session notes its orders in this folder.
    pub fn noting(self, folder: &std::path::Path) -> Exchange {
        let journal = Journal::open(Some(folder.to_owned()));
        self.session.keep_journal(Some(journal));
        self
    }

    /// What was planned was so by another process, as it is with Terraform.
    pub fn planned_by_another_process(folder: &std::path::Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let extension = path.extension().and_then(|it| it.to_str());
            if matches!(extension, Some("adopted" | "replaced" | "in-the-way")) {
                std::fs::write(path, "0\n").unwrap();
            }
        }
    }

    /// The same, in a run of Terraform's own.
    pub fn noting_anew(self, folder: &std::path::Path) -> Exchange {
        let journal = Journal::open(Some(folder.to_owned())).of_another_run();
        self.session.keep_journal(Some(journal));
        self
    }

    /// The session ends in good order.
    pub fn farewell(&self) {
        let journal = self.session.journal().unwrap();
        journal.deliver().and_then(|()| journal.miss()).unwrap();
    }

    /// What is told when the session begins.
    pub async fn told_at_start(&self) -> String {
        text(&forgotten::told(&self.session).await)
    }

    /// Forgets what was read and planned, as the next run does.
    pub fn next_run(&self) {
        self.session.run.begin();
        for collection in entities::COLLECTIONS {
            self.session.looks.forget(collection.path);
        }
        self.session.looks.forget("/account");
    }

    /// The object of this id, of a resource of that name, is planned to be replaced.
    pub fn replaces(&self, name: &str, id: &str) {
        self.session
            .run
            .plan(resource_named(name).of, id, Value::Null);
    }

    /// What the provider block says once for all resources.
    pub fn defaulting(&self, defaults: Defaults) {
        self.session.set_defaults(defaults);
    }

    /// The changes that were sent so far, in the order of their arrival: `POST /connections`.
    pub fn sent(&self) -> Vec<String> {
        let log = self.log().into_iter();
        let changes = log.filter(|entry| entry.method != "GET");
        changes
            .map(|entry| format!("{} {}", entry.method, entry.path))
            .collect()
    }

    /// The bodies of the changes of that method so far.
    pub fn bodies(&self, method: &str) -> Vec<Json> {
        let log = self.log().into_iter();
        let sent = log.filter(|entry| entry.method == method);
        sent.map(|entry| entry.body).collect()
    }

    /// How many objects of a collection are there that are not being cancelled.
    pub fn live(&self, collection: &str) -> u64 {
        let live = self.control().live();
        live["live"]["counts"][collection]
            .as_u64()
            .unwrap_or_default()
    }

    /// Returns once so many requests of this method have arrived whose path begins like this, from
    /// now on.
    pub async fn asked(&self, method: &str, path: &str, times: usize) {
        let count = || {
            let log = self.log().into_iter();
            log.filter(|entry| entry.method == method && entry.path.starts_with(path))
                .count()
        };
        let before = count();
        until(|| count() >= before + times).await;
    }
}

/// Returns once it is so.
pub async fn until(so: impl Fn() -> bool) {
    in_time(async {
        while !so() {
            sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
}

async fn in_time<T>(work: impl Future<Output = T>) -> T {
    timeout(FOR_EVER, work).await.expect("an end")
}

fn session(
    running: &Running,
    party: Party,
    api: &str,
    retry: Retry,
    progress: Pauses,
) -> Arc<Session> {
    open(oauth2(running, party, api), retry, progress)
}

fn oauth2(running: &Running, party: Party, api: &str) -> crate::ixapi::Settings {
    let known = running.credentials(party);
    let credentials = Credentials::OAuth2 {
        client_id: known.client_id.into(),
        client_secret: known.client_secret.into(),
        token_url: running.token_url(),
        scopes: Vec::new(),
    };
    crate::ixapi::Settings::new(api, credentials, "tests/1")
}

fn open(settings: crate::ixapi::Settings, retry: Retry, progress: Pauses) -> Arc<Session> {
    let settings = crate::ixapi::Settings { retry, ..settings };
    let mut session = Session::default();
    session.tempo = Tempo {
        progress,
        arrival: FAST,
        conflict: FAST,
        aftermath: FAST,
        ..Tempo::default()
    };
    session.open(Client::new(settings).unwrap());
    Arc::new(session)
}

/// What Terraform keeps of an object.
#[derive(Clone, Debug)]
pub struct Kept {
    pub state: Value,
    pub notes: Private,
}

impl Kept {
    pub fn id(&self) -> &str {
        self.text("id")
    }

    pub fn text(&self, attribute: &str) -> &str {
        self.state.get(attribute).as_str().unwrap_or_default()
    }
}

/// What came of a call.
#[derive(Debug)]
pub struct Outcome {
    pub answer: Result<Value, Diagnostics>,
    pub told: Diagnostics,
    pub saved: Option<Value>,
    pub notes: Private,
}

impl Outcome {
    fn new(answer: Result<Value, Diagnostics>, call: Call<'_>) -> Outcome {
        let saved = call.saved();
        let (told, notes) = call.into_parts();
        Outcome {
            answer,
            told,
            saved,
            notes,
        }
    }

    /// What Terraform keeps, of a success.
    #[track_caller]
    pub fn kept(self) -> Kept {
        match self.answer {
            Ok(state) => Kept {
                state,
                notes: self.notes,
            },
            Err(why) => panic!("{}", text(&why)),
        }
    }

    /// What Terraform keeps, of a success about which there is nothing to say.
    #[track_caller]
    pub fn kept_in_silence(self) -> Kept {
        assert!(self.told.is_empty(), "{}", text(&self.told));
        self.kept()
    }

    /// What is said of a success: warnings.
    #[track_caller]
    pub fn warning(&self) -> String {
        assert!(self.answer.is_ok(), "{:?}", self.answer);
        assert!(!self.told.has_errors(), "{:?}", self.told);
        assert!(!self.told.is_empty(), "a warning");
        text(&self.told)
    }

    /// What is said of a failure.
    #[track_caller]
    pub fn error(&self) -> String {
        match &self.answer {
            Ok(state) => panic!("no error, but {state:?}"),
            Err(why) => {
                assert!(why.has_errors(), "{why:?}");
                text(why)
            }
        }
    }
}

/// Messages as a person reads them: `error at port_quantity: summary`, a line, the detail.
pub fn text(messages: &Diagnostics) -> String {
    let shown = messages.0.iter().map(|message| {
        let severity = match message.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let at = message.attribute.as_ref();
        let at = at.map_or_else(String::new, |path| format!(" at {path}"));
        format!("{severity}{at}: {}\n{}\n", message.summary, message.detail)
    });
    shown.collect()
}

/// Asserts that a text says all of this.
#[track_caller]
pub fn says(text: &str, wanted: &[&str]) {
    for one in wanted {
        assert!(text.contains(one), "{one:?} is not in: {text}");
    }
}

/// A resource type, as Terraform uses it.
pub struct Subject {
    pub managed: Managed,
    pub schema: Schema,
    /// What a person's interruption cancels.
    pub stop: CancellationToken,
    session: Arc<Session>,
    of: &'static Collection,
    type_name: String,
    given_back: Vec<String>,
}

impl Subject {
    fn new(name: &str, session: Arc<Session>) -> Subject {
        let resource = resource_named(name);
        Subject {
            managed: Managed::new(resource, Arc::clone(&session)),
            schema: schemas::resource(resource),
            stop: CancellationToken::new(),
            session,
            of: resource.of,
            type_name: format!("{PREFIX}_{name}"),
            given_back: Vec::new(),
        }
    }

    /// The same, where these attributes were configured once and are no more.
    pub fn giving_back(mut self, attribute: &str) -> Subject {
        self.given_back.push(attribute.to_owned());
        self
    }

    /// A call about a new object.
    pub fn call(&self) -> Call<'_> {
        self.call_about(&Private::default())
    }

    pub fn call_about(&self, notes: &Private) -> Call<'_> {
        let mut call = Call::new(self.stop.clone(), &self.schema, notes.clone());
        call.type_name = &self.type_name;
        call.given_back = self.given_back.clone();
        call
    }

    /// The change from what is there, if anything, to a configuration, as far as the schema says.
    pub fn change(&self, prior: Option<&Kept>, config: &Json) -> Change {
        let prior = prior.map(|kept| kept.state.clone()).unwrap_or_default();
        let mut config = value(config);
        for attribute in self.schema.object.attributes() {
            if let (Type::Map(_), Value::Object(entries)) =
                (attribute.value_type(), config.get(&attribute.name))
            {
                let entries = entries.clone();
                config.put(&attribute.name, Value::Map(entries));
            }
        }
        self.planned(prior, config)
    }

    /// The change to a configuration that no JSON can say.
    pub fn planned(&self, prior: Value, config: Value) -> Change {
        let proposed = config.clone();
        plan::plan(&self.schema, prior, config, proposed, &self.given_back)
    }

    /// Plans a change of what was read, or a deletion where the configuration is null.
    pub async fn plan(&self, prior: Option<&Kept>, config: &Json) -> (Change, Outcome) {
        if let Some(kept) = prior.filter(|kept| !self.session.run.has_read(self.of, kept.id())) {
            self.session.run.read(self.of, kept.id());
        }
        self.plan_to_apply(prior, config).await
    }

    /// Plans as Terraform does when it applies: nothing is read.
    pub async fn plan_to_apply(&self, prior: Option<&Kept>, config: &Json) -> (Change, Outcome) {
        let notes = prior.map(|kept| kept.notes.clone()).unwrap_or_default();
        self.plan_with(notes, prior, config).await
    }

    /// Plans the order in place of an object that Terraform replaces: it hands on what the plan of
    /// that one has noted.
    pub async fn plan_in_place(&self, of: &Outcome, config: &Json) -> (Change, Outcome) {
        self.plan_with(of.notes.clone(), None, config).await
    }

    async fn plan_with(
        &self,
        notes: Private,
        prior: Option<&Kept>,
        config: &Json,
    ) -> (Change, Outcome) {
        let call = self.call_about(&notes);
        let state = prior.map(|kept| kept.state.clone()).unwrap_or_default();
        let mut change = self.change(prior, config);
        let planned = in_time(async {
            if !change.is_delete() {
                let mut config = change.config.clone();
                self.managed.fill_in(&call, &state, &mut config).await?;
                change = self.planned(state, config);
            }
            self.managed.plan(&call, &mut change).await
        });
        let planned = planned.await;
        let answer = planned.map(|()| change.planned.clone());
        (change, Outcome::new(answer, call))
    }

    /// Orders what is configured.
    pub async fn create(&self, config: &Json) -> Outcome {
        let change = self.change(None, config);
        let call = self.call();
        let (planned, config) = (&change.planned, &change.config);
        let made = in_time(self.managed.create(&call, planned, config)).await;
        Outcome::new(self.settled(made, planned), call)
    }

    /// Changes an object to what is configured.
    pub async fn update(&self, prior: &Kept, config: &Json) -> Outcome {
        let change = self.change(Some(prior), config);
        assert!(change.replaces.is_empty(), "{:?}", change.replaces);
        self.apply(prior, &change).await
    }

    /// Makes a planned change.
    pub async fn apply(&self, prior: &Kept, change: &Change) -> Outcome {
        let call = self.call_about(&prior.notes);
        let (planned, config) = (&change.planned, &change.config);
        let made = self.managed.update(&call, &prior.state, planned, config);
        let made = in_time(made).await;
        Outcome::new(self.settled(made, planned), call)
    }

    pub async fn read(&self, prior: &Kept) -> Outcome {
        self.session.run.begin();
        self.read_at_another_address(prior).await
    }

    /// Reads an object in the run that has read others already.
    pub async fn read_at_another_address(&self, prior: &Kept) -> Outcome {
        let call = self.call_about(&prior.notes);
        let read = in_time(self.managed.read(&call, &prior.state)).await;
        Outcome::new(read.map(|state| self.answered(state)), call)
    }

    /// Deletes an object, as a plan has shown.
    pub async fn delete(&self, prior: &Kept) -> Outcome {
        let mut shown = prior.clone();
        guard::as_shown(&mut shown.notes, prior.id());
        self.delete_by(&shown).await
    }

    /// Deletes an object, with what a plan has noted of that, if there was one.
    pub async fn delete_by(&self, prior: &Kept) -> Outcome {
        let call = self.call_about(&prior.notes);
        let deleted = in_time(self.managed.delete(&call, &prior.state)).await;
        Outcome::new(deleted.map(|()| Value::Null), call)
    }

    pub async fn import(&self, id: &str) -> Outcome {
        let call = self.call();
        let found = in_time(self.managed.import(&call, id)).await;
        Outcome::new(found.map(|state| self.answered(state)), call)
    }

    /// What Terraform keeps of an answer where nothing was promised.
    pub fn answered(&self, state: Value) -> Value {
        if state.is_null() {
            return state;
        }
        let attributes = self.schema.object.attributes().iter();
        let open = attributes.map(|attribute| (attribute.name.as_str(), Value::Unknown));
        plan::settle(&self.schema, &Value::object(open), state)
    }

    /// What Terraform keeps of an answer to what was planned.
    fn settled(
        &self,
        answer: Result<Value, Diagnostics>,
        planned: &Value,
    ) -> Result<Value, Diagnostics> {
        answer.map(|state| plan::settle(&self.schema, planned, state))
    }
}

/// A value of a configuration; lists are sets.
pub fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => Value::integer(number.as_i64().unwrap()),
        Json::String(text) => Value::text(text),
        Json::Array(elements) => Value::set(elements.iter().map(value)),
        Json::Object(members) => Value::object(
            members
                .iter()
                .map(|(name, one)| (name.as_str(), value(one))),
        ),
    }
}

/// An object with some members changed.
pub fn with(mut base: Json, changes: Json) -> Json {
    if let (Json::Object(base), Json::Object(changes)) = (&mut base, changes) {
        base.extend(changes);
    }
    base
}

/// What our own account orders, uses and pays for.
pub fn owned(changes: Json) -> Json {
    let owned = json!({
        "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
    });
    with(owned, changes)
}

/// A port in Amsterdam, which needs no contacts.
pub fn port(changes: Json) -> Json {
    let port = json!({
        "mode": "standalone", "product_offering": "503234.AMS5-B.S", "port_quantity": 1,
        "role_assignments": [],
    });
    with(owned(port), changes)
}

/// A closed user group in Amsterdam, whose configs need no contacts.
pub fn group(changes: Json) -> Json {
    with(owned(json!({ "product_offering": "503402.AMS" })), changes)
}

/// A circuit in Amsterdam, whose configs need no contacts.
pub fn circuit(changes: Json) -> Json {
    let circuit = json!({
        "product_offering": "503121.AMS.AMS", "joining_member_account": RESOLD,
    });
    with(owned(circuit), changes)
}

/// One side of a circuit.
pub fn side(circuit: &Kept, port: &Kept, vlan: i64) -> Json {
    owned(json!({
        "type": "p2p_vc", "network_service": circuit.id(), "network_connection": port.id(),
        "role_assignments": [], "vlan_config": { "vlan_type": "dot1q", "vlan": vlan },
    }))
}

/// A config of the peering LAN in Amsterdam.
pub fn peering(port: &Kept, noc: &Kept, vlan: i64) -> Json {
    let assignments = noc.state.get("role_assignments").elements();
    let assignments: Vec<&str> = assignments.iter().filter_map(Value::as_str).collect();
    owned(json!({
        "type": "exchange_lan", "network_service": "LAN-AMS", "product_offering": "503301.AMS",
        "network_connection": port.id(), "role_assignments": assignments, "asns": [64496],
        "listed": true, "vlan_config": { "vlan_type": "dot1q", "vlan": vlan },
    }))
}

/// A contact with roles.
pub fn contact(roles: &[&str]) -> Json {
    json!({
        "managing_account": OWN, "consuming_account": OWN, "name": "Panda Lion",
        "email": "panda@example.net", "telephone": "+31201234567", "roles": roles,
    })
}

/// An answer of our own.
pub fn answer(status: u16, body: Json) -> Fault {
    Fault {
        status: Some(status),
        body: Some(body),
        ..Fault::new(FaultKind::Answer)
    }
}

/// A refusal without a reason.
pub fn refusal(status: u16) -> Fault {
    answer(
        status,
        json!({ "title": "No", "status": status, "detail": "Just no." }),
    )
}

/// A fault after the request has been carried out.
pub fn after_acting(kind: FaultKind) -> Fault {
    Fault {
        after: true,
        ..Fault::new(kind)
    }
}

/// An answer that takes far longer than any test.
pub fn hanging() -> Fault {
    Fault {
        delay_ms: Some(3_600_000),
        ..Fault::new(FaultKind::Slow)
    }
}
