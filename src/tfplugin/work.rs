//! The calls in flight: how many there are, and the one token that interrupts them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::traits::Provider;

/// The calls in flight, which a person may interrupt together.
#[derive(Default)]
pub(super) struct Work {
    stop: Mutex<CancellationToken>,
    was_interrupted: AtomicBool,
    calls: watch::Sender<usize>,
}

impl Work {
    /// Interrupts all calls so far. Later ones are not concerned.
    pub(super) fn interrupt(&self) {
        self.was_interrupted.store(true, Ordering::Relaxed);
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *stop).cancel();
    }

    /// Terraform ends the provider. It says so in the same words after a second interruption, when
    /// it leaves without a look at the last answers: that is no good order.
    pub(super) fn farewell(&self, provider: &dyn Provider) {
        let is_cut_off = *self.calls.borrow() > 0 || self.was_interrupted.load(Ordering::Relaxed);
        if !is_cut_off {
            provider.farewell();
        }
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
