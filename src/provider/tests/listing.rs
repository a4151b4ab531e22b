//! Lists: whose the objects are, and how much is asked for all of them.

use serde_json::json;

use crate::ixapi::Json;
use crate::provider::testing::exchange::*;
use crate::tfplugin::traits::Found;

/// The next answer at this path.
fn next(path: &str, body: Json) -> Fault {
    Fault {
        path: Some(path.to_owned()),
        ..answer(200, body)
    }
}

async fn row(exchange: &Exchange, port: &Kept) -> Json {
    exchange.get(&format!("/connections/{}", port.id())).await
}

fn id(found: &Found) -> &str {
    found.identity.get("id").as_str().unwrap()
}

/// How many requests were sent for objects of a collection alone.
fn asked_alone(exchange: &Exchange, path: &str) -> usize {
    let below = format!("{path}/");
    let log = exchange.log().into_iter();
    log.filter(|entry| entry.method == "GET" && entry.path.starts_with(&below))
        .count()
}

#[tokio::test]
async fn what_a_row_hides_of_whose_it_is_the_object_says() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let mut rows = Vec::new();
    for reference in ["one", "other"] {
        let port = port(json!({ "external_ref": reference }));
        let port = ports.create(&port).await.kept_in_silence();
        let mut row = row(&exchange, &port).await;
        row["managing_account"] = Json::Null;
        rows.push(row);
    }
    // What these credentials may not look at is another party's.
    let mut hidden = rows[0].clone();
    hidden["id"] = json!("CANL-000001");
    rows.push(hidden);
    exchange.faults([next("/connections", rows.into())]);
    let found = exchange.list("connection", false).await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|one| one.messages.0.is_empty()));
}

#[tokio::test]
async fn what_says_that_another_manages_it_is_not_looked_at() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let port = ports.create(&port(json!({}))).await.kept_in_silence();
    let own = row(&exchange, &port).await;
    let mut sold = own.clone();
    (sold["id"], sold["managing_account"]) = (json!("CANL-000001"), json!(OTHER));
    let before = asked_alone(&exchange, "/connections");
    exchange.faults([next("/connections", json!([own, sold]))]);
    let found = exchange.list("connection", false).await;
    assert_eq!(found.iter().map(id).collect::<Vec<_>>(), [port.id()]);
    assert_eq!(asked_alone(&exchange, "/connections"), before);
}

#[tokio::test]
async fn what_another_party_shows_to_all_is_not_found() {
    let exchange = Exchange::instant().await;
    let shown = exchange.get("/network-services/CUG-AMS-1").await;
    assert_eq!(shown["public"], true);
    let found = exchange.list("mp2mp_vc", false).await;
    assert!(found.is_empty(), "{found:?}");
}

#[tokio::test]
async fn contacts_are_found_with_their_roles_by_one_list_of_these() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let mut ordered = Vec::new();
    for roles in [&[NOC][..], &[NOC, IMPLEMENTATION], &[], &[IMPLEMENTATION]] {
        ordered.push(contacts.create(&contact(roles)).await.kept_in_silence());
    }
    let (lists, alone) = (
        exchange.asked_for("/role-assignments"),
        asked_alone(&exchange, "/contacts"),
    );
    let found = exchange.list("contact", true).await;
    for contact in &ordered {
        let found = found.iter().find(|found| id(found) == contact.id());
        let state = found.unwrap().object.as_ref().unwrap();
        for attribute in ["name", "roles", "role_assignments"] {
            let had = contact.state.get(attribute);
            assert_eq!(state.get(attribute), had, "{attribute}");
        }
    }
    assert_eq!(exchange.asked_for("/role-assignments"), lists + 1);
    assert_eq!(asked_alone(&exchange, "/contacts"), alone + 1);
}
