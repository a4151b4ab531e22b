//! Data sources that ask the same: the exchange is asked once in a run.
//!
//! An answer is good for ten seconds, as long as this run has changed nothing since it was asked
//! for, and nothing that it changed has come to its end. A failure is one too: whoever asks again
//! would only wait as long to be told the same.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use crate::ixapi::{Client, MOST_AGE};
use crate::tfplugin::diagnostics::Diagnostics;
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

/// What a data source of this name answers to this configuration.
type Question = (String, Value);

type Answer = Result<Value, Diagnostics>;

/// An answer, once there is one, and when it was asked for.
type Answered = Arc<tokio::sync::Mutex<Option<(Instant, Answer)>>>;

/// The questions of a run.
#[derive(Debug, Default)]
pub struct Questions {
    answered: Mutex<BTreeMap<Question, Answered>>,
}

impl Questions {
    /// What was asked so far is to be asked again.
    pub fn forget(&self) {
        let mut all = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        all.clear();
    }

    /// The answer to a question, which is asked if it is not known.
    ///
    /// # Errors
    /// Those of the answer.
    pub async fn answer(
        &self,
        client: &Client,
        call: &Call<'_>,
        config: &Value,
        ask: impl Future<Output = Answer>,
    ) -> Answer {
        let answered = {
            let mut all = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(
                all.entry((call.type_name.to_owned(), config.clone()))
                    .or_default(),
            )
        };
        // As old as that when it was asked for: whoever waited for it is not to wait again.
        let now = Instant::now();
        let oldest = now.checked_sub(MOST_AGE).unwrap_or(now);
        let mut answered = answered.lock().await;
        if let Some((asked, answer)) = &*answered
            && *asked >= oldest
            && client.unchanged_since().is_none_or(|since| *asked >= since)
        {
            return answer.clone();
        }
        let asked = Instant::now();
        let answer = ask.await;
        // What was broken off says nothing.
        *answered = (!call.stop.is_cancelled()).then(|| (asked, answer.clone()));
        answer
    }
}
