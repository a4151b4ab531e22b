//! The provider's one session with the exchange, which all resources share.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::OwnedMutexGuard;

use crate::entities::declaration::{Entity, Field};
use crate::ixapi::Client;
use crate::tfplugin::diagnostics::Diagnostic;
use crate::tfplugin::value::Value;

/// What the provider block has led to so far.
#[derive(Default)]
enum Status {
    #[default]
    Unconfigured,
    /// These arguments will be known after apply only.
    WaitsFor(Vec<String>),
    Ready(Arc<Client>),
}

/// The session: a client once configured, and one lane per connection for changes.
#[derive(Default)]
pub struct Session {
    status: RwLock<Status>,
    lanes: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Session {
    /// Starts with this client.
    pub fn open(&self, client: Client) {
        self.set(Status::Ready(Arc::new(client)));
    }

    /// Notes that these arguments of the provider are not known yet.
    pub fn wait_for(&self, arguments: Vec<String>) {
        self.set(Status::WaitsFor(arguments));
    }

    /// The client.
    ///
    /// # Errors
    /// A diagnostic that tells what is missing, as long as the provider is not configured.
    pub fn client(&self) -> Result<Arc<Client>, Diagnostic> {
        match &*self.status.read().unwrap_or_else(PoisonError::into_inner) {
            Status::Ready(client) => Ok(Arc::clone(client)),
            Status::WaitsFor(arguments) => Err(Diagnostic::error(
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

    /// Waits until no other change to a connection that these objects touch is on its way, and keeps
    /// others off. Exchanges answer changes that cross each other on one port with faults.
    pub async fn lanes(&self, entity: &Entity, objects: &[&Value]) -> Vec<OwnedMutexGuard<()>> {
        let touched = |field: &&Field| Some(field.name) == entity.touches;
        let Some(field) = entity.all_fields().find(touched) else {
            return Vec::new();
        };
        // In one order for all, so that nobody waits for somebody who waits for him.
        let connections: BTreeSet<&str> = objects
            .iter()
            .filter_map(|object| object.get(field.attribute).as_str())
            .collect();
        let mut lanes = Vec::new();
        for connection in connections {
            let lane = {
                let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
                Arc::clone(lanes.entry(connection.to_owned()).or_default())
            };
            lanes.push(lane.lock_owned().await);
        }
        lanes
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
    use crate::entities;

    #[tokio::test]
    async fn changes_to_one_connection_go_one_after_the_other() {
        let session = Session::default();
        let config = entities::ALL.iter().find(|e| e.name == "nsc").unwrap();
        let on = |port: &str| Value::object([("network_connection", port.into())]);
        let moving = session.lanes(config, &[&on("A"), &on("B")]).await;
        for port in ["A", "B"] {
            let other = session.lanes(config, &[&on(port)]).now_or_never();
            assert!(other.is_none(), "{port} is not kept off");
        }
        assert!(session.lanes(config, &[&on("C")]).now_or_never().is_some());
        drop(moving);
        assert!(session.lanes(config, &[&on("B")]).now_or_never().is_some());
    }
}
