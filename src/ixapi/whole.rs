//! Rows of a list as their own addresses would show them, without asking for each.

use std::collections::BTreeMap;

use tokio_util::sync::CancellationToken;

use super::Json;
use super::error::Error;
use super::form::{Form, shows_less};
use super::objects::{Objects, id_of};

impl Objects {
    /// The objects of these rows of a list, each as [`Objects::find`] would answer it: lists may
    /// show less. One object of each form that the rows have is looked at alone; where its row
    /// shows less, all of that form are. What has gone since is left out.
    ///
    /// # Errors
    /// What the exchange refused, or why it could not be asked.
    pub async fn as_found(
        &self,
        rows: Vec<Json>,
        stop: &CancellationToken,
    ) -> Result<Vec<Json>, Error> {
        // Whether rows of a form show less than their objects, once it is known.
        let mut lesser: BTreeMap<Form, bool> = BTreeMap::new();
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let form = Form::of(&row);
            if lesser.get(&form) == Some(&false) {
                all.push(row);
                continue;
            }
            let Some(id) = id_of(&row) else { continue };
            match self.find(&id, stop).await {
                Ok(object) => {
                    let shows_less = shows_less(&row, &object);
                    lesser.entry(form).or_insert(shows_less);
                    all.push(object);
                }
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(all)
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
        let all = ports.as_found(rows, &never()).await.unwrap();
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
