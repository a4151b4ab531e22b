//! A provider whose calls are made in its caller's own process, without a socket: for harnesses
//! that make a great many of them.

use std::sync::Arc;

use super::proto::tfplugin6::provider_server::Provider as Calls;
use super::service::Service;
use super::traits::Provider;
use super::work::Work;

/// A provider as Terraform meets it, from its start to its end, which is when this is dropped.
pub struct InProcess {
    provider: Arc<dyn Provider>,
    work: Arc<Work>,
    service: Service,
}

impl InProcess {
    /// A provider that has just been started.
    pub fn start(provider: impl Provider) -> InProcess {
        let provider: Arc<dyn Provider> = Arc::new(provider);
        let work = Arc::new(Work::default());
        InProcess {
            service: Service::new(Arc::clone(&provider), Arc::clone(&work))
                .that_dies_with_its_caller(),
            work,
            provider,
        }
    }

    /// What answers Terraform's calls.
    pub fn calls(&self) -> &impl Calls {
        &self.service
    }

    /// Terraform ends it in good order.
    pub fn shut_down(self) {
        self.work.farewell(&*self.provider);
    }
}
