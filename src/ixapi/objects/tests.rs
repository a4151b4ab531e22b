//! The handle: what is taken for an answer about an object and what is not, documents, and answers
//! that are compressed or too large.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::json;

use super::super::answer::MOST_JSON;
use super::super::rows::page;
use super::super::stub::{Reply, Stub, document, empty, gzipped, json, never};
use super::*;

async fn connections(replies: impl IntoIterator<Item = Reply>) -> (Stub, Objects) {
    let stub = Stub::answering(replies).await;
    let client = Client::new(stub.settings()).unwrap();
    (stub, client.objects("/connections"))
}

async fn upload(connections: &Objects, media_type: &str) -> Result<(), Error> {
    connections
        .upload("A1", "loa", b"%PDF", media_type, &never())
        .await
}

/// Answers with status 200 that are about something else than connection A1.
fn about_something_else() -> Vec<Reply> {
    vec![
        json(200, json!({"message": "try later"})),
        json(200, json!({"id": "B2", "state": "production"})),
        json(200, json!([{"id": "B2"}])),
        json(200, json!([{"id": "A1"}, {"id": "B2"}])),
        json(200, json!([])),
        json(200, json!({"id": null})),
    ]
}

fn nothing() -> Vec<Reply> {
    vec![empty(200), empty(202), empty(204), json(200, json!(null))]
}

#[tokio::test]
async fn an_object_is_found_by_its_id_in_either_case() {
    let (stub, connections) = connections([
        json(200, json!({"id": "a1", "state": "production"})),
        json(200, json!([{"id": "A1"}])),
        json(200, json!({"id": 7})),
    ])
    .await;
    let found = connections.find("A1", &never()).await.unwrap();
    assert_eq!(found["state"], "production");
    connections.find("A1", &never()).await.unwrap();
    connections.find("7", &never()).await.unwrap();
    assert_eq!(stub.calls()[0], "GET /api/connections/A1");
    assert_eq!(connections.host(), stub.address.to_string());
}

#[tokio::test]
async fn an_answer_about_something_else_is_no_object() {
    let replies = about_something_else().into_iter().chain(nothing());
    for reply in replies {
        let (_stub, connections) = connections([reply]).await;
        let found = connections.find("A1", &never()).await;
        let error = found.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "{error}");
        assert!(!error.is_not_found() && !error.outcome_unknown(), "{error}");
    }
}

#[tokio::test]
async fn an_answer_to_a_change_counts_only_if_it_is_about_the_object() {
    let otherwise = about_something_else().into_iter();
    let otherwise = otherwise.map(|reply| (reply, Changed::Otherwise));
    let silently = nothing().into_iter();
    let silently = silently.map(|reply| (reply, Changed::Silently));
    for (reply, expected) in otherwise.chain(silently) {
        let (_stub, connections) = connections([reply.clone(), reply]).await;
        let change = json!({"speed": 1000});
        let changed = connections.update("A1", &change, &never()).await;
        assert_eq!(changed.unwrap(), expected);
        let ended = connections.delete("A1", None, &never()).await;
        assert_eq!(ended.unwrap(), None);
    }
    let reply = json(
        202,
        json!([{"id": "a1", "state": "decommission_requested"}]),
    );
    let (_stub, connections) = connections([reply.clone(), reply]).await;
    let changed = connections.update("A1", &json!({}), &never()).await;
    assert!(matches!(changed.unwrap(), Changed::Object(object) if object["id"] == "a1"));
    let ended = connections.delete("A1", None, &never()).await;
    assert_eq!(ended.unwrap().unwrap()["state"], "decommission_requested");
}

#[tokio::test]
async fn a_page_and_half_an_object_prove_nothing_of_a_change() {
    for answer in [
        document("text/html", b"<html>Try later</html>"),
        document("application/json", br#"{"id": "A1", "name": "Pan"#),
    ] {
        let (stub, connections) = connections([answer.clone(), answer]).await;
        let changed = connections.update("A1", &json!({}), &never()).await;
        assert_eq!(changed.unwrap(), Changed::Otherwise);
        let ended = connections.delete("A1", None, &never()).await;
        assert_eq!(ended.unwrap(), None);
        assert_eq!(stub.calls().len(), 2, "each is sent once");
    }
}

#[tokio::test]
async fn an_identifier_stays_one_segment_and_an_empty_one_is_not_sent() {
    let (stub, connections) = connections([json(200, json!({"id": "a/b"}))]).await;
    let found = connections.find("a/b", &never()).await;
    found.unwrap();
    assert_eq!(stub.calls(), ["GET /api/connections/a%2Fb"]);
    for id in ["", ".", ".."] {
        let asked = connections.ask(id, "loa", &[], &never()).await;
        let error = asked.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Unaddressable, "{id:?}");
    }
    assert_eq!(stub.calls().len(), 1);
}

#[tokio::test]
async fn what_is_below_an_object_is_asked_for_with_a_query() {
    let (stub, connections) =
        connections([json(200, json!({"charged_until": "2026-12-31"}))]).await;
    let query = [("decommission_at".to_owned(), "2026-12-01".to_owned())];
    let policy = connections
        .ask("A1", "cancellation-policy", &query, &never())
        .await
        .unwrap();
    assert_eq!(policy["charged_until"], "2026-12-31");
    assert_eq!(
        stub.calls(),
        ["GET /api/connections/A1/cancellation-policy?decommission_at=2026-12-01"]
    );
}

#[tokio::test]
async fn a_letter_is_downloaded_byte_for_byte() {
    let letter = b"%PDF-1.7\n\xE2\xE3\x00";
    let replies = [
        empty(503),
        document("Application/PDF; x=y", letter),
        document("application/json", b"{\"not\": \"a letter\"}"),
        document("text/html", b"<html>"),
        empty(204),
    ];
    let (stub, connections) = connections(replies).await;
    let load = || async { connections.download("A1", "loa", &never()).await.unwrap() };
    let loaded = load().await;
    assert_eq!(loaded.media_type.as_deref(), Some("application/pdf"));
    assert_eq!(loaded.content, letter);
    assert_eq!(format!("{loaded:?}"), "12 bytes of application/pdf");
    // Whether anything else will do is for the caller to say.
    let loaded = load().await;
    assert_eq!(loaded.media_type.as_deref(), Some("application/json"));
    assert_eq!(loaded.content, b"{\"not\": \"a letter\"}");
    assert_eq!(load().await.media_type.as_deref(), Some("text/html"));
    assert_eq!(load().await, Bytes::default());
    let seen = stub.all().pop().unwrap();
    assert_eq!(seen.line(), "GET /api/connections/A1/loa");
    assert_eq!(seen.header("accept"), Some("application/pdf, */*"));
}

#[tokio::test]
async fn a_download_that_is_refused_says_why() {
    let (_stub, connections) = connections([
        json(404, json!({"title": "There is no letter"})),
        Reply::Answer(403, Vec::new(), "<html>Forbidden</html>".into()),
    ])
    .await;
    let loaded = connections.download("A1", "loa", &never()).await;
    let error = loaded.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let problem = error.problem().unwrap();
    assert_eq!(problem.title.as_deref(), Some("There is no letter"));
    let loaded = connections.download("A1", "loa", &never()).await;
    assert_eq!(loaded.unwrap_err().status(), Some(403));
}

#[tokio::test]
async fn an_upload_is_no_order_and_is_repeated() {
    let replies = [
        Reply::Cut,
        empty(503),
        document("text/plain", b"Thank you"),
        empty(204),
    ];
    let (stub, connections) = connections(replies).await;
    upload(&connections, "application/pdf").await.unwrap();
    upload(&connections, "application/pdf").await.unwrap();
    assert_eq!(stub.calls(), ["POST /api/connections/A1/loa"; 4]);
    let seen = stub.all().pop().unwrap();
    assert_eq!(seen.header("content-type"), Some("application/pdf"));
    assert_eq!(seen.body, "%PDF");
}

#[tokio::test]
async fn an_upload_that_a_page_answers_has_not_surely_arrived() {
    let (_stub, connections) = connections([document("text/html", b"<html>Log in</html>")]).await;
    let error = upload(&connections, "application/pdf").await.unwrap_err();
    assert!(error.outcome_unknown(), "{error}");
    assert!(error.to_string().contains("a web page"), "{error}");
}

#[tokio::test]
async fn an_upload_of_no_possible_media_type_is_not_sent() {
    let (stub, connections) = connections([]).await;
    let error = upload(&connections, "a\nb").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect { .. }), "{error}");
    assert!(!error.outcome_unknown() && stub.calls().is_empty());
}

#[tokio::test]
async fn a_change_whose_media_type_is_refused_is_sent_once_more_as_a_merge_patch() {
    let (stub, connections) = connections([
        empty(503),
        empty(415),
        empty(503),
        json(200, json!({"id": "A1"})),
    ])
    .await;
    let change = json!({"speed": 1000});
    let changed = connections.update("A1", &change, &never()).await;
    assert!(matches!(changed.unwrap(), Changed::Object(_)));
    let types: Vec<String> = stub.all()[1..]
        .iter()
        .map(|seen| seen.header("content-type").unwrap().to_owned())
        .collect();
    let (plain, merge) = ("application/json", "application/merge-patch+json");
    assert_eq!(types, [plain, plain, merge, merge]);
    assert_eq!(stub.all().pop().unwrap().body, change.to_string());
}

#[tokio::test]
async fn a_media_type_that_is_refused_twice_or_to_an_order_is_refused() {
    let (stub, connections) = connections([empty(415), empty(415), empty(415)]).await;
    let changed = connections.update("A1", &json!({}), &never()).await;
    let error = changed.unwrap_err();
    assert_eq!(
        (error.status(), error.outcome_unknown()),
        (Some(415), false)
    );
    assert_eq!(stub.calls().len(), 2);
    let ordered = connections.create(&json!({}), &never()).await;
    assert_eq!(ordered.unwrap_err().status(), Some(415));
    assert_eq!(stub.calls().len(), 3);
}

#[tokio::test]
async fn compressed_answers_are_asked_for_and_unpacked() {
    let mut none = gzipped(204, b"");
    if let Reply::Bytes(_, _, body) = &mut none {
        body.clear();
    }
    let mut blank = none.clone();
    if let Reply::Bytes(status, ..) = &mut blank {
        *status = 200;
    }
    let (stub, connections) = connections([
        gzipped(200, br#"[{"id": "A1"}]"#),
        gzipped(404, br#"{"title": "Not here"}"#),
        none,
        blank,
    ])
    .await;
    let listing = connections.list(&[], &never()).await;
    assert_eq!(listing.unwrap().rows, [json!({"id": "A1"})]);
    let found = connections.find("A1", &never()).await;
    assert!(found.unwrap_err().to_string().contains("Not here"));
    for _ in 0..2 {
        let ended = connections.delete("A1", None, &never()).await;
        assert_eq!(ended.unwrap(), None, "compressed nothing is nothing");
    }
    let seen = stub.all().pop().unwrap();
    assert_eq!(seen.header("accept-encoding"), Some("gzip"));
}

#[tokio::test]
async fn an_answer_that_unfolds_beyond_the_limit_is_left_alone() {
    let bomb = gzipped(200, &vec![b' '; MOST_JSON + 1]);
    let (stub, connections) = connections([bomb.clone(), bomb]).await;
    let listing = connections.list(&[], &never()).await;
    let error = listing.unwrap_err();
    let limit = MOST_JSON;
    assert_eq!(*error.kind(), ErrorKind::TooLarge { status: 200, limit });
    assert!(error.to_string().contains("more than 64 MiB"), "{error}");
    assert!(!error.outcome_unknown() && !error.is_transient());
    let changed = connections.update("A1", &json!({}), &never()).await;
    assert!(changed.unwrap_err().outcome_unknown());
    assert_eq!(stub.calls().len(), 2, "it would be as large again");
}

#[tokio::test]
async fn an_answer_announced_beyond_the_limit_is_not_read() {
    let lie = |status| {
        let headers = vec![format!("content-length: {}", MOST_JSON + 1)];
        Reply::Bytes(status, headers, Vec::new())
    };
    let (_stub, connections) = connections([lie(200), lie(404)]).await;
    let found = connections.find("A1", &never()).await;
    let error = found.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::TooLarge { .. }),
        "{error}"
    );
    let found = connections.find("A1", &never()).await;
    let error = found.unwrap_err();
    assert!(
        error.is_not_found(),
        "a refusal is one all the same: {error}"
    );
}

#[tokio::test]
async fn the_pages_of_a_list_share_the_limit() {
    let page = |id: u32| {
        let mut body = format!(r#"[{{"id": {id}}}"#).into_bytes();
        body.resize(MOST_JSON / 2, b' ');
        body.push(b']');
        gzipped(206, &body)
    };
    let (stub, connections) = connections((0..3).map(page)).await;
    let listing = connections.list(&[], &never()).await;
    let error = listing.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::TooLarge { .. }),
        "{error}"
    );
    assert_eq!(stub.calls().len(), 2);
}

#[test]
fn a_listing_shows_no_secret_for_debugging() {
    let listing = Listing {
        rows: vec![json!({"id": "1", "bgp_password": "hunter2"})],
        complete: true,
        proper: true,
        pages: 1,
    };
    assert!(!format!("{listing:?}").contains("hunter2"), "{listing:?}");
}

#[test]
fn a_list_of_one_may_be_that_object_and_a_notice_is_no_list() {
    let assignment = json!({ "id": "a", "contact": "c", "role": "r" });
    let is_proper = |answer: &Json| {
        let page = page(answer.to_string().as_bytes()).unwrap();
        page.is_some_and(|page| page.proper)
    };
    assert!(is_proper(&assignment));
    assert!(is_proper(&json!([assignment])));
    assert!(is_proper(&json!([])));
    assert!(!is_proper(
        &json!({ "message": "Back in a minute.", "code": 1, "at": "noon" })
    ));
    assert!(!is_proper(
        &json!({ "id": "request-1", "message": "Back in a minute." })
    ));
    assert!(!is_proper(
        &json!({ "id": "", "contact": "c", "role": "r" })
    ));
    assert!(!is_proper(&Json::Null));
}
