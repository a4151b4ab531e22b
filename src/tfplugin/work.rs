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
    /// Those of them that change something.
    changes: watch::Sender<usize>,
}

impl Work {
    /// Interrupts all calls so far. Later ones are not concerned.
    pub(super) fn interrupt(&self) {
        self.was_interrupted.store(true, Ordering::Relaxed);
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *stop).cancel();
    }

    /// Terraform ends the provider. It says so in the same words after a second interruption, when
    /// it leaves without a look at the last answers.
    pub(super) fn farewell(&self, provider: &dyn Provider) {
        if *self.calls.borrow() == 0 {
            provider.farewell(self.was_interrupted.load(Ordering::Relaxed));
        }
    }

    /// What interrupts a call if its client goes away before it has the answer.
    pub(super) fn unless_abandoned(&self, stop: CancellationToken) -> Client<'_> {
        Client {
            work: self,
            stop: Some(stop),
        }
    }

    /// Waits until no call is in flight.
    pub(super) async fn idle(&self) {
        none(&self.calls).await;
    }

    /// Waits until no call is in flight that changes something.
    pub(super) async fn settled(&self) {
        none(&self.changes).await;
    }

    /// What interrupts a call that begins now.
    pub(super) fn stop(&self) -> CancellationToken {
        let stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        stop.clone()
    }

    /// Counts a call that begins now.
    pub(super) fn begin(self: &Arc<Work>, changes: bool) -> InFlight {
        let calls = InFlight {
            work: self.clone(),
            changes,
        };
        for counter in calls.counters() {
            counter.send_modify(|calls| *calls += 1);
        }
        calls
    }
}

async fn none(counter: &watch::Sender<usize>) {
    // It fails only when the sender is gone, which is here.
    let _ = counter.subscribe().wait_for(|calls| *calls == 0).await;
}

/// A call, until it is answered or given up.
pub(super) struct InFlight {
    work: Arc<Work>,
    /// Whether it changes something.
    changes: bool,
}

impl InFlight {
    fn counters(&self) -> impl Iterator<Item = &watch::Sender<usize>> {
        let changes = self.changes.then_some(&self.work.changes);
        [&self.work.calls].into_iter().chain(changes)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        for counter in self.counters() {
            counter.send_modify(|calls| *calls -= 1);
        }
    }
}

/// Who waits for the answer to a call.
pub(super) struct Client<'a> {
    work: &'a Work,
    /// Of the call, until there is an answer.
    stop: Option<CancellationToken>,
}

impl Client<'_> {
    pub(super) fn has_the_answer(mut self) {
        self.stop = None;
    }
}

impl Drop for Client<'_> {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            self.work.was_interrupted.store(true, Ordering::Relaxed);
            stop.cancel();
        }
    }
}
