//! What ends the process from outside: signals, and the death of whoever started it.

use std::io;

use tokio_stream::Stream;

/// Why the process should end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Someone asks for it. Calls in flight should save what they did.
    Terminated,
    /// Nobody is left to hear an answer.
    Orphaned,
}

/// The endings of a process that Terraform started.
///
/// A terminal sends its signals to both. Terraform answers Ctrl-C by asking us to stop the work and
/// then takes our answers, so that signal must not end us; nor must the closing of the terminal,
/// which Terraform may have been told to survive. If it does not, we notice that.
///
/// # Errors
/// The system refuses to deliver signals.
pub(super) fn of_plugin() -> io::Result<impl Stream<Item = Ending> + Unpin> {
    sources::of_plugin()
}

/// The endings of a process that a person started: Ctrl-C, SIGTERM.
///
/// # Errors
/// The system refuses to deliver signals.
pub(super) fn of_debugging() -> io::Result<impl Stream<Item = Ending> + Unpin> {
    sources::of_debugging()
}

#[cfg(unix)]
mod sources {
    use std::io;
    use std::os::unix::process::parent_id;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use std::time::Duration;

    use tokio::signal::unix::{Signal, SignalKind, signal};
    use tokio::time::{Interval, MissedTickBehavior, interval};
    use tokio_stream::Stream;

    use super::Ending;

    /// How often to look for the parent. A look is one system call.
    const LOOK: Duration = Duration::from_millis(500);

    pub(super) struct Sources {
        signals: Vec<Signal>,
        /// The parent at the start: orphans get another one.
        parent: Option<(u32, Interval)>,
    }

    pub(super) fn of_plugin() -> io::Result<Sources> {
        // Once there has been a listener, a signal does nothing by itself any more.
        let _ = signal(SignalKind::interrupt())?;
        let _ = signal(SignalKind::hangup())?;
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Sources {
            signals: vec![signal(SignalKind::terminate())?],
            parent: Some((parent_id(), look)),
        })
    }

    pub(super) fn of_debugging() -> io::Result<Sources> {
        Ok(Sources {
            signals: vec![
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
            ],
            parent: None,
        })
    }

    impl Stream for Sources {
        type Item = Ending;

        fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Ending>> {
            for signal in &mut self.signals {
                if signal.poll_recv(context).is_ready() {
                    return Poll::Ready(Some(Ending::Terminated));
                }
            }
            if let Some((parent, look)) = &mut self.parent {
                while look.poll_tick(context).is_ready() {
                    if parent_id() != *parent {
                        return Poll::Ready(Some(Ending::Orphaned));
                    }
                }
            }
            Poll::Pending
        }
    }
}

#[cfg(not(unix))]
mod sources {
    use std::io;

    use tokio::signal::ctrl_c;
    use tokio_stream::Stream;

    use super::Ending;

    pub(super) fn of_plugin() -> io::Result<impl Stream<Item = Ending> + Unpin> {
        // Once there has been a listener, Ctrl-C does nothing by itself any more.
        tokio::spawn(async { while ctrl_c().await.is_ok() {} });
        Ok(tokio_stream::pending())
    }

    pub(super) fn of_debugging() -> io::Result<impl Stream<Item = Ending> + Unpin> {
        Ok(Box::pin(futures_util::stream::once(async {
            match ctrl_c().await {
                Ok(()) => Ending::Terminated,
                Err(_) => std::future::pending().await,
            }
        })))
    }
}
