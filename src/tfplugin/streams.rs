//! Answers that come in parts: what is found, how far an action is.

use tokio::sync::mpsc;

/// How many parts may wait for a client that reads slowly.
pub(super) const AHEAD: usize = 16;

/// Nobody listens any more: whoever is at it can stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody listens any more")]
pub struct Gone;

/// Where the parts of an answer go, one by one.
#[derive(Debug)]
pub struct Parts<T>(mpsc::Sender<T>);

impl<T> Parts<T> {
    /// Parts, and where they come out.
    pub fn new() -> (Parts<T>, mpsc::Receiver<T>) {
        // Those that wait for the client wait behind this.
        let (sender, receiver) = mpsc::channel(1);
        (Parts(sender), receiver)
    }

    /// Hands on a part, as soon as the client has room for it.
    ///
    /// # Errors
    /// [`Gone`], and the part is lost.
    pub async fn send(&self, part: T) -> Result<(), Gone> {
        self.0.send(part).await.map_err(|_| Gone)
    }
}

/// Writes each part and hands it on, until there are no more or nobody listens.
pub(super) async fn pass_on<T, E>(
    mut parts: mpsc::Receiver<T>,
    events: mpsc::Sender<E>,
    write: impl Fn(T) -> E,
) {
    while let Some(part) = parts.recv().await {
        if events.send(write(part)).await.is_err() {
            return;
        }
    }
}
