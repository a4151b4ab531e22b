//! What becomes of a panic.
//!
//! In the answer to a call it becomes an error for the person who runs Terraform, and the server
//! lives on. Anywhere else it is printed the way Terraform recognises a crashed plugin.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{Future, poll_fn};
use std::io::Write;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;
use std::task::Poll;

use super::diagnostics::Diagnostic;
use super::traits::About;

#[cfg(not(panic = "unwind"))]
compile_error!("a bug in one call must not end the others: build with panic = \"unwind\"");

thread_local! {
    /// Whether this thread is polling a guarded future right now.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    /// What the hook saw last while guarded: only the hook knows the location.
    static SEEN: RefCell<Option<Panic>> = const { RefCell::new(None) };
}

/// What is known of a panic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panic {
    /// What it said.
    pub message: String,
    /// File, line and column.
    pub location: String,
}

impl Panic {
    /// The error for the person who runs Terraform. `consequence` says what it means for them.
    pub fn diagnostic(&self, about: About, call: &str, consequence: &str) -> Diagnostic {
        let address = match about.report_to {
            "" => String::new(),
            address => format!(" at {address}"),
        };
        Diagnostic::error(
            "Bug in the provider",
            format!(
                "The provider failed in {call}. This is our mistake, not one of your \
                 configuration.\n\n{consequence}\n\nPlease report it{address}, with these \
                 lines:\n  {} {}\n  {}\n  {}",
                about.name, about.version, self.message, self.location,
            ),
        )
    }

    fn seen(info: &PanicHookInfo<'_>) -> Panic {
        Panic {
            message: info
                .payload_as_str()
                .unwrap_or("a panic without words")
                .to_owned(),
            location: info
                .location()
                .map_or_else(|| "at an unknown place".to_owned(), ToString::to_string),
        }
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.message, self.location)
    }
}

/// Sets the hook that tells guarded panics from all others. Only the first call does anything.
pub fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |info| {
            let panic = Panic::seen(info);
            if GUARDED.get() {
                SEEN.set(Some(panic));
                return;
            }
            // Terraform looks for lines that start like Go's, and records what follows. There is
            // nobody left to tell if this cannot be written.
            let _ = writeln!(std::io::stderr(), "panic: {panic}");
            usual(info);
        }));
    });
}

/// Runs a future to its end, be it a panic.
///
/// # Errors
/// The panic, with its location if [`install_hook`] was called before.
pub async fn guard<F: Future>(future: F) -> Result<F::Output, Panic> {
    let mut future = Box::pin(future);
    poll_fn(move |context| {
        let before = GUARDED.replace(true);
        SEEN.set(None);
        // What a panic leaves behind is dropped unseen: no one polls the future again.
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        GUARDED.set(before);
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(payload) => Poll::Ready(Err(SEEN.take().unwrap_or_else(|| Panic {
                message: words(payload.as_ref()).to_owned(),
                location: "at an unknown place".to_owned(),
            }))),
        }
    })
    .await
}

/// What a payload says, for a panic that was passed on from another task and so skipped the hook.
fn words(payload: &(dyn std::any::Any + Send)) -> &str {
    match (
        payload.downcast_ref::<&str>(),
        payload.downcast_ref::<String>(),
    ) {
        (Some(words), _) => words,
        (_, Some(words)) => words,
        _ => "a panic without words",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[tokio::test]
    async fn a_guarded_panic_is_an_answer_with_its_place() {
        install_hook();
        let outcome = guard(async {
            tokio::task::yield_now().await;
            if outcome_is_bad() {
                panic!("seven of nine");
            }
        })
        .await;
        let panic = outcome.expect_err("a panic");
        assert_eq!(panic.message, "seven of nine");
        assert!(panic.location.contains("panics.rs:"), "{panic}");
    }

    fn outcome_is_bad() -> bool {
        true
    }

    #[tokio::test]
    async fn what_does_not_panic_goes_through() {
        assert_eq!(guard(async { 7 }).await, Ok(7));
        assert!(!GUARDED.get());
    }

    #[tokio::test]
    async fn the_panic_of_another_task_keeps_its_words() {
        let outcome = guard(async {
            let task = tokio::spawn(async { panic!("elsewhere") });
            std::panic::resume_unwind(task.await.expect_err("a panic").into_panic());
        })
        .await;
        assert_eq!(outcome.expect_err("a panic").message, "elsewhere");
    }

    #[test]
    fn the_error_says_whose_bug_it_is_and_where() {
        let panic = Panic {
            message: "index 3 out of bounds".to_owned(),
            location: "src/x.rs:1:2".to_owned(),
        };
        let about = About {
            name: "terraform-provider-toy",
            version: "1.2.3",
            report_to: "https://toys.example/issues",
        };
        let diagnostic = panic.diagnostic(about, "ReadResource", "Nothing was changed.");
        for part in [
            "our mistake",
            "report it at https://toys.example/issues",
            "terraform-provider-toy 1.2.3",
            "index 3",
            "src/x.rs:1:2",
            "Nothing was",
        ] {
            assert!(diagnostic.detail.contains(part), "{part}");
        }
    }
}
