//! What was read in this run and need not be read again: what can be ordered, the accounts, the
//! contacts and what they are responsible for.
//!
//! An answer is kept until something in its collection is changed by this process, which is to say
//! [`Looks::forget`]; and a failure too, so that what the exchange does not show is asked for once
//! and not for every object of a plan.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use super::client::Client;
use super::error::Error;
use super::lenient::Json;
use super::lock::lock;

/// A question: the path of a collection, and what is asked of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Question {
    path: String,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum What {
    /// The thing at the path itself.
    Itself,
    /// The object of this id, in lower case.
    One(String),
    /// The objects that match.
    All(Vec<(String, String)>),
}

/// An answer, once there is one.
type Known<T> = Arc<OnceCell<Result<T, Error>>>;

/// What was read of an exchange in this run.
#[derive(Debug, Default)]
pub struct Looks {
    known: Mutex<HashMap<Question, Known<Arc<Json>>>>,
}

impl Looks {
    /// One thing that is no object of a collection, such as `/account`.
    ///
    /// # Errors
    /// What the exchange refused, or why it could not be asked.
    pub async fn get(
        &self,
        client: &Client,
        path: &str,
        stop: &CancellationToken,
    ) -> Result<Arc<Json>, Error> {
        let known = self.known(path, What::Itself);
        let answer = known.get_or_init(|| async {
            let answer = client.get(path, &[], stop).await;
            answer.map(Arc::new)
        });
        answer.await.clone()
    }

    /// The object of this id in the collection at this path.
    ///
    /// # Errors
    /// What the exchange refused, or why it could not be asked.
    pub async fn find(
        &self,
        client: &Client,
        path: &str,
        id: &str,
        stop: &CancellationToken,
    ) -> Result<Arc<Json>, Error> {
        let known = self.known(path, What::One(id.to_ascii_lowercase()));
        let answer = known.get_or_init(|| async {
            let objects = client.objects(path);
            let answer = objects.find(id, stop).await;
            answer.map(Arc::new)
        });
        answer.await.clone()
    }

    /// All objects of the collection that match, as a JSON array.
    ///
    /// # Errors
    /// Also if the list breaks off, or is no list.
    pub async fn list(
        &self,
        client: &Client,
        path: &str,
        query: &[(&str, &str)],
        stop: &CancellationToken,
    ) -> Result<Arc<Json>, Error> {
        let query: Vec<(String, String)> = query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let known = self.known(path, What::All(query.clone()));
        let answer = known.get_or_init(|| async {
            let objects = client.objects(path);
            let rows = objects.list_whole(&query, stop).await;
            rows.map(|rows| Arc::new(Json::Array(rows)))
        });
        answer.await.clone()
    }

    /// Something in the collection at this path has changed.
    pub fn forget(&self, path: &str) {
        let mut known = lock(&self.known);
        known.retain(|question, _| question.path != path);
    }

    fn known(&self, path: &str, what: What) -> Known<Arc<Json>> {
        let question = Question {
            path: path.to_owned(),
            what,
        };
        let mut known = lock(&self.known);
        Arc::clone(known.entry(question).or_default())
    }
}
