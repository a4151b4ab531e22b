//! The provider's one session with the exchange, which all resources share.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

use crate::entities::declaration::Resource;
use crate::ixapi::{Client, Looks};
use crate::tfplugin::diagnostics::Diagnostic;
use crate::tfplugin::value::Value;

use super::journal::Journal;
use super::pauses::{Pauses, Tempo};
use super::questions::Questions;
use super::run::Run;

/// What the provider block has led to so far.
#[derive(Debug, Default)]
enum Status {
    #[default]
    Unconfigured,
    /// These arguments will be known after apply only.
    Postponed(Vec<String>),
    Ready(Client),
}

/// What the provider block says once for all resources; null where it does not, and unknown where
/// it will.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    /// The account that manages, uses and pays.
    pub account: Value,
    /// The contacts that are responsible.
    pub contacts: Value,
    /// Under which hosts the same exchange was reached before.
    pub former_hosts: Vec<String>,
    /// Whether what bears the reference of an order already is taken over.
    pub adopt_existing: bool,
    /// Whether every order needs a reference of its owner's.
    pub require_external_ref: bool,
    /// What may be cancelled.
    pub cancel: Cancel,
}

/// How far a person lets the provider go: each of these allows what those before it allow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cancel {
    /// Nothing that was ordered is cancelled.
    Never,
    /// What is not billed beyond today.
    OnlyFree,
    /// What a plan shows, with its dates.
    #[default]
    Shown,
    /// What no plan can show, too.
    Always,
}

impl Cancel {
    /// All of them, as a person writes them.
    pub const NAMES: [(&'static str, Cancel); 4] = [
        ("never", Cancel::Never),
        ("only_free", Cancel::OnlyFree),
        ("shown", Cancel::Shown),
        ("always", Cancel::Always),
    ];

    /// The one of that name.
    pub fn named(name: &str) -> Option<Cancel> {
        let mut names = Cancel::NAMES.iter();
        let found = names.find(|(known, _)| *known == name);
        found.map(|(_, cancel)| *cancel)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        let mut names = Cancel::NAMES.iter();
        let found = names.find(|(_, cancel)| *cancel == self);
        found.map_or("", |(name, _)| name)
    }
}

/// What a change touches: the path of a collection, and an id in it.
type Touched = (&'static str, String);

/// A person interrupted before anything was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

/// The session: a client once configured, what was read with it, and a lane for each object that
/// changes touch.
#[derive(Debug, Default)]
pub struct Session {
    /// How often the exchange is looked at while something is waited for.
    pub tempo: Tempo,
    /// What was read in this run.
    pub looks: Looks,
    /// What data sources have asked in this run.
    pub questions: Questions,
    /// The longest pause between two looks at what is waited for, where a person has said it.
    look_every: RwLock<Option<Duration>>,
    defaults: RwLock<Defaults>,
    journal: RwLock<Option<Arc<Journal>>>,
    /// What this run has read, planned and made so far.
    pub run: Run,
    /// How long the quickest of each resource took, by what was waited for.
    usual: Mutex<HashMap<(&'static str, String), Duration>>,
    status: RwLock<Status>,
    lanes: Mutex<HashMap<Touched, Arc<tokio::sync::Mutex<()>>>>,
}

impl Session {
    /// Starts with this client.
    pub fn open(&self, client: Client) {
        self.questions.forget();
        // Whoever debugs has one process for several runs.
        self.run.begin();
        self.set(Status::Ready(client));
    }

    /// How long is paused at most between two looks at what is waited for, if not as usual.
    pub fn look_every(&self, longest: Option<Duration>) {
        let look_every = self.look_every.write();
        *look_every.unwrap_or_else(PoisonError::into_inner) = longest;
    }

    /// The pauses while an object is on its way into service or out of it.
    pub fn progress(&self) -> Pauses {
        let look_every = self.look_every.read();
        let longest = *look_every.unwrap_or_else(PoisonError::into_inner);
        longest.map_or(self.tempo.progress, |longest| {
            self.tempo.progress.up_to(longest)
        })
    }

    /// What holds for all resources from now on.
    pub fn set_defaults(&self, defaults: Defaults) {
        *self
            .defaults
            .write()
            .unwrap_or_else(PoisonError::into_inner) = defaults;
    }

    /// What holds for all resources.
    pub fn defaults(&self) -> Defaults {
        let defaults = self.defaults.read();
        defaults.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where orders are noted from now on, if anywhere.
    pub fn keep_journal(&self, journal: Option<Journal>) {
        let journal = journal.map(Arc::new);
        *self.journal.write().unwrap_or_else(PoisonError::into_inner) = journal;
    }

    /// Where orders are noted.
    pub fn journal(&self) -> Option<Arc<Journal>> {
        let journal = self.journal.read();
        journal.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How long it takes, as a rule, until an object of this resource is as far as that; if this
    /// run has seen one.
    pub fn usual(&self, resource: &Resource, goal: &str) -> Option<Duration> {
        let usual = lock(&self.usual);
        usual.get(&(resource.name, goal.to_owned())).copied()
    }

    /// An object of this resource is as far as that, and took so long.
    pub fn took(&self, resource: &Resource, goal: &str, took: Duration) {
        let mut usual = lock(&self.usual);
        let known = usual
            .entry((resource.name, goal.to_owned()))
            .or_insert(took);
        *known = took.min(*known);
    }

    /// Cannot start yet: these arguments of the provider are not known.
    pub fn postpone(&self, arguments: Vec<String>) {
        self.set(Status::Postponed(arguments));
    }

    /// Something of this resource is being changed: when the guard goes, what was read of it, and
    /// of what it touches, is forgotten.
    pub fn changing(&self, resource: &'static Resource) -> Changing<'_> {
        self.run.changes();
        Changing(self, resource)
    }

    fn forget(&self, resource: &Resource) {
        let links = resource.links.iter().map(|link| link.of.path);
        let lanes = resource.one_at_a_time.iter().map(|lane| lane.collection);
        for path in links.chain(lanes).chain([resource.of.path]) {
            self.looks.forget(path);
        }
    }

    /// The client.
    ///
    /// # Errors
    /// A diagnostic that tells what is missing, as long as the provider is not configured.
    pub fn client(&self) -> Result<Client, Diagnostic> {
        match &*self.status.read().unwrap_or_else(PoisonError::into_inner) {
            Status::Ready(client) => Ok(client.clone()),
            Status::Postponed(arguments) => Err(Diagnostic::error(
                "The provider's configuration is not known yet",
                format!(
                    "{} of the provider \"ixapi\" will be known after apply only, but the exchange \
                     has to be asked now. Set it from a variable or the environment, or apply \
                     first what it depends on (terraform apply -target=…).",
                    arguments.join(", ")
                ),
            )),
            Status::Unconfigured => Err(Diagnostic::error(
                "The provider is not configured",
                "The exchange was to be asked before the provider \"ixapi\" was configured. This \
                 is a fault of the provider: please report it.",
            )),
        }
    }

    /// Waits until no other change is on its way to what these objects of a resource touch, and
    /// keeps others off. Ids are the same in either case.
    ///
    /// # Errors
    /// [`Interrupted`] if a person interrupted first: nothing has been sent then.
    pub async fn lanes(
        &self,
        resource: &Resource,
        objects: &[&Value],
        stop: &CancellationToken,
    ) -> Result<Vec<OwnedMutexGuard<()>>, Interrupted> {
        let touched = resource.one_at_a_time.iter().flat_map(|lane| {
            let fields = resource.of.shape.all_fields();
            let attribute = fields
                .filter(|field| field.name == lane.field)
                .map(|field| field.attribute);
            attribute.flat_map(move |attribute| {
                let ids = objects.iter().filter_map(|o| o.get(attribute).as_str());
                ids.map(|id| (lane.collection, id.to_ascii_lowercase()))
            })
        });
        // In one order for all, so that nobody waits for somebody who waits for him.
        let touched: BTreeSet<Touched> = touched.collect();
        let mut lanes = Vec::new();
        for one in touched {
            let lane = {
                let mut lanes = lock(&self.lanes);
                Arc::clone(lanes.entry(one).or_default())
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => return Err(Interrupted),
                lane = lane.lock_owned() => lanes.push(lane),
            }
        }
        // What touches nothing has waited for nobody, and is not sent any more all the same.
        match stop.is_cancelled() {
            true => Err(Interrupted),
            false => Ok(lanes),
        }
    }

    fn set(&self, status: Status) {
        *self.status.write().unwrap_or_else(PoisonError::into_inner) = status;
    }
}

/// A change that is being made.
#[derive(Debug)]
pub struct Changing<'a>(&'a Session, &'static Resource);

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.0.forget(self.1);
        self.0.questions.forget();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use futures_util::FutureExt;

    use super::*;
    use crate::provider::testing::resource_named;

    fn config(port: &str, service: &str) -> Value {
        Value::object([
            ("network_connection", port.into()),
            ("network_service", service.into()),
        ])
    }

    #[tokio::test]
    async fn changes_to_one_port_or_one_service_go_one_after_the_other() {
        let session = Session::default();
        let stop = CancellationToken::new();
        let nsc = resource_named("nsc");
        let try_it = async |port: &str, service: &str| {
            let config = config(port, service);
            session.lanes(nsc, &[&config], &stop).now_or_never()
        };
        let (before, after) = (config("A", "s1"), config("B", "s1"));
        let moving = session.lanes(nsc, &[&before, &after], &stop).await.unwrap();
        for (port, service) in [("A", "s2"), ("b", "s2"), ("C", "S1")] {
            assert!(try_it(port, service).await.is_none(), "{port} {service}");
        }
        assert!(try_it("C", "s2").await.is_some());
        let port = Value::object([("id", "a".into())]);
        let connection = resource_named("connection");
        let other = session.lanes(connection, &[&port], &stop).now_or_never();
        assert!(
            other.is_none(),
            "the port itself is changed at the same time"
        );
        drop(moving);
        assert!(try_it("B", "s1").await.is_some());
    }

    #[test]
    fn a_person_may_have_what_is_waited_for_looked_at_more_often_or_less() {
        let session = Session::default();
        for seconds in [1, 60] {
            session.look_every(Some(Duration::from_secs(seconds)));
            let slowest = session.progress().row().nth(20).unwrap();
            assert_eq!(slowest.as_secs(), seconds);
        }
        session.look_every(None);
        assert_eq!(session.progress(), session.tempo.progress);
    }

    #[tokio::test]
    async fn who_waits_for_others_can_be_interrupted() {
        let session = Session::default();
        let stop = CancellationToken::new();
        let nsc = resource_named("nsc");
        let config = config("A", "s1");
        let _held = session.lanes(nsc, &[&config], &stop).await.unwrap();
        stop.cancel();
        let waiting = session.lanes(nsc, &[&config], &stop).await;
        assert!(waiting.is_err());
    }
}
