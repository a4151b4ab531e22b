//! Rows of a list as their own addresses would show them, without asking for each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio_util::sync::CancellationToken;

use super::error::Error;
use super::form::{Form, shows_less};
use super::lenient::{Json, id_of};
use super::lock::lock;
use super::objects::Objects;

/// Whether rows of a form show less than their objects, once it is known.
type ShowsLess = Arc<tokio::sync::Mutex<Option<bool>>>;

/// The objects of one collection, each as [`Objects::find`] would answer it: lists may show less.
/// One object of each form that the rows have is looked at alone; where its row shows less, all of
/// that form are.
#[derive(Debug)]
pub struct AsFound<'a> {
    objects: &'a Objects,
    forms: Mutex<BTreeMap<Form, ShowsLess>>,
}

impl Objects {
    /// These objects, by the rows of lists.
    pub fn as_found(&self) -> AsFound<'_> {
        AsFound {
            objects: self,
            forms: Mutex::default(),
        }
    }
}

impl AsFound<'_> {
    /// The object of this row. Those of one form wait until it is known of the first of them what
    /// their rows show. For what a row without an id says, nobody can ask.
    ///
    /// # Errors
    /// What the exchange refused, or why it could not be asked.
    pub async fn object(&self, row: &Json, stop: &CancellationToken) -> Result<Json, Error> {
        let Some(id) = id_of(row) else {
            return Ok(row.clone());
        };
        let form = Arc::clone(lock(&self.forms).entry(Form::of(row)).or_default());
        let mut known = form.lock().await;
        match *known {
            Some(false) => Ok(row.clone()),
            Some(true) => {
                drop(known);
                self.objects.find(&id, stop).await
            }
            None => {
                let object = self.objects.find(&id, stop).await?;
                *known = Some(shows_less(row, &object));
                Ok(object)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::super::client::Client;
    use super::super::stub::{Reply, Stub, json as answer, never};
    use super::*;

    async fn read(rows: Json, replies: Vec<Reply>) -> (Vec<Json>, Vec<String>) {
        let stub = Stub::answering(replies).await;
        let client = Client::new(stub.settings()).unwrap();
        let rows = rows.as_array().unwrap().clone();
        let ports = client.objects("/connections");
        let ports = ports.as_found();
        let mut all = Vec::new();
        for row in rows {
            match ports.object(&row, &never()).await {
                Ok(object) => all.push(object),
                Err(error) => assert!(error.is_not_found(), "{error}"),
            }
        }
        (all, stub.calls())
    }

    #[tokio::test]
    async fn one_of_each_form_is_looked_at() {
        let one = json!({"id": "A1", "name": "x"});
        let rows = json!([one, {"id": "A2", "name": "y"}, {"id": "A3"}, {"id": "A4", "name": "z"}]);
        let replies = vec![answer(200, one.clone()), answer(200, json!({"id": "A3"}))];
        let (all, calls) = read(rows.clone(), replies).await;
        assert_eq!(Json::from(all), rows);
        assert_eq!(
            calls,
            ["GET /api/connections/A1", "GET /api/connections/A3"]
        );
    }

    #[tokio::test]
    async fn side_by_side_the_first_of_a_form_is_waited_for() {
        let row = |id: &str| json!({"id": id, "name": "x"});
        let stub = Stub::answering(vec![answer(200, row("A1"))]).await;
        let client = Client::new(stub.settings()).unwrap();
        let ports = client.objects("/connections");
        let (ports, stop) = (ports.as_found(), never());
        let rows = ["A1", "A2", "A3"].map(row);
        let looks = rows.iter().map(|row| ports.object(row, &stop));
        let all = futures_util::future::join_all(looks).await;
        let all: Vec<Json> = all.into_iter().map(Result::unwrap).collect();
        assert_eq!(all, rows);
        assert_eq!(stub.calls().len(), 1);
    }

    #[tokio::test]
    async fn where_a_row_shows_less_each_of_its_form_is_looked_at() {
        let whole = |id: &str| json!({"id": id, "name": "x"});
        let gone = answer(404, json!({"title": "Not found"}));
        let replies = vec![answer(200, whole("A1")), gone, answer(200, whole("A3"))];
        let rows = json!([{"id": "A1"}, {"id": "A2"}, {"id": "A3"}]);
        let (all, calls) = read(rows, replies).await;
        assert_eq!(all, [whole("A1"), whole("A3")]);
        assert_eq!(calls.len(), 3);
    }
}
