//! The provider's one session with the exchange, which all resources share.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

use crate::entities::declaration::Resource;
use crate::ixapi::{Client, Looks};
use crate::tfplugin::diagnostics::Diagnostic;
use crate::tfplugin::value::Value;

use super::pauses::Tempo;

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
}

/// What a change touches: the path of a collection, and an id in it.
type Touched = (&'static str, String);

/// A person interrupted while others were in the way.
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
    defaults: RwLock<Defaults>,
    status: RwLock<Status>,
    lanes: Mutex<HashMap<Touched, Arc<tokio::sync::Mutex<()>>>>,
}

impl Session {
    /// Starts with this client.
    pub fn open(&self, client: Client) {
        self.set(Status::Ready(client));
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

    /// Cannot start yet: these arguments of the provider are not known.
    pub fn postpone(&self, arguments: Vec<String>) {
        self.set(Status::Postponed(arguments));
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
                let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
                Arc::clone(lanes.entry(one).or_default())
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => return Err(Interrupted),
                lane = lane.lock_owned() => lanes.push(lane),
            }
        }
        Ok(lanes)
    }

    fn set(&self, status: Status) {
        *self.status.write().unwrap_or_else(PoisonError::into_inner) = status;
    }
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
