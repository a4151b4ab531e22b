//! The calls in flight: how many there are, and the one token that interrupts them.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The calls in flight, which a person may interrupt together.
#[derive(Default)]
pub(super) struct Work {
    stop: Mutex<CancellationToken>,
    calls: watch::Sender<usize>,
}

impl Work {
    /// Interrupts all calls so far. Later ones are not concerned.
    pub(super) fn interrupt(&self) {
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *stop).cancel();
    }

    /// Waits until no call is in flight.
    pub(super) async fn idle(&self) {
        // It fails only when the sender is gone, which is here.
        let _ = self.calls.subscribe().wait_for(|calls| *calls == 0).await;
    }

    /// What interrupts a call that begins now.
    pub(super) fn stop(&self) -> CancellationToken {
        let stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        stop.clone()
    }

    /// Counts a call that begins now.
    pub(super) fn begin(self: &Arc<Work>) -> InFlight {
        self.calls.send_modify(|calls| *calls += 1);
        InFlight(self.clone())
    }
}

/// A call, until it is answered or given up.
pub(super) struct InFlight(Arc<Work>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.calls.send_modify(|calls| *calls -= 1);
    }
}
