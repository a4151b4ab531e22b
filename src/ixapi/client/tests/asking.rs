//! What is sent, what is understood of the answers, and how pages are put together.

use serde_json::json;
use tokio::task::JoinSet;

use super::super::super::error::ErrorKind;
use super::super::super::log::LogLevel;
use super::super::super::objects::Changed;
use super::super::super::stub::{Lines, Reply, Stub, empty, json, never, token};
use super::*;

#[tokio::test]
async fn an_object_is_read_with_token_user_agent_and_query() {
    let (stub, client) = serving([json(200, json!({"id": "1", "speed": 1e3}))]).await;
    let query = [("id".to_owned(), "a,b c".to_owned())];
    let object = client
        .get("/connections/1", &query, &never())
        .await
        .unwrap();
    assert_eq!(object, json!({"id": "1", "speed": 1e3}));
    let seen = stub.all().pop().unwrap();
    assert_eq!(seen.line(), "GET /api/connections/1?id=a%2Cb+c");
    assert_eq!(seen.header("authorization"), Some("Bearer token-1"));
    assert_eq!(seen.header("user-agent"), Some("tests/1"));
    assert_eq!(seen.header("accept"), Some("application/json"));
    assert_eq!(seen.header("content-type"), None);
    assert_eq!(client.host(), stub.address.to_string());
}

#[tokio::test]
async fn each_call_uses_its_method_and_sends_json() {
    let (stub, client) = serving([
        json(201, json!({"id": "1"})),
        json(202, json!({"id": "1"})),
        json(202, json!({"id": "1"})),
        empty(204),
    ])
    .await;
    let stop = never();
    client
        .objects("/macs")
        .create(&order(), &stop)
        .await
        .unwrap();
    client
        .objects("/macs")
        .update("1", &order(), &stop)
        .await
        .unwrap();
    client
        .objects("/macs")
        .delete("1", Some(&order()), &stop)
        .await
        .unwrap();
    client
        .objects("/macs")
        .delete("1", None, &stop)
        .await
        .unwrap();
    let calls = [
        "POST /api/macs",
        "PATCH /api/macs/1",
        "DELETE /api/macs/1",
        "DELETE /api/macs/1",
    ];
    assert_eq!(stub.calls(), calls);
    let seen = stub.all();
    for request in &seen[1..4] {
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(request.body, order().to_string());
    }
    assert_eq!(
        (seen[4].header("content-type"), seen[4].body.as_str()),
        (None, "")
    );
}

#[tokio::test]
async fn every_status_from_200_to_206_is_a_success() {
    // 204 has no body by definition and is tested with the empty answers.
    for status in [200, 201, 202, 203, 205, 206] {
        let reply = || json(status, json!({"id": "1"}));
        let (_stub, client) = serving([reply(), reply(), reply()]).await;
        let stop = never();
        client.get("/pops/1", &[], &stop).await.unwrap();
        client
            .objects("/macs")
            .create(&order(), &stop)
            .await
            .unwrap();
        client
            .objects("/macs")
            .delete("1", None, &stop)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn an_empty_answer_to_an_update_or_a_delete_is_a_success() {
    let blank = || Reply::Answer(200, Vec::new(), " \r\n".into());
    let (_stub, client) = serving([empty(204), blank(), json(200, json!(null))]).await;
    assert_eq!(
        client
            .objects("/macs")
            .update("1", &order(), &never())
            .await
            .unwrap(),
        Changed::Silently
    );
    assert_eq!(
        client
            .objects("/macs")
            .delete("1", None, &never())
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        client
            .objects("/macs")
            .delete("1", None, &never())
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_list_of_one_counts_as_an_object_and_an_object_as_a_list_of_one() {
    let (_stub, client) = serving([
        json(200, json!([{"id": "1"}])),
        json(200, json!({"id": "1"})),
        json(200, json!(null)),
        empty(204),
        json(200, json!([])),
    ])
    .await;
    let stop = never();
    assert_eq!(
        client.get("/pops/1", &[], &stop).await.unwrap(),
        json!({"id": "1"})
    );
    assert_eq!(
        client.objects("/pops").list(&[], &stop).await.unwrap().rows,
        [json!({"id": "1"})]
    );
    for _ in 0..3 {
        assert_eq!(
            client.objects("/pops").list(&[], &stop).await.unwrap().rows,
            [] as [Json; 0]
        );
    }
}

#[tokio::test]
async fn an_answer_of_the_wrong_shape_is_an_error_that_says_so() {
    let (_stub, client) = serving([
        json(200, json!([])),
        json(200, json!(["a", "b"])),
        json(200, json!(7)),
    ])
    .await;
    for _ in 0..2 {
        let error = client.get("/pops/1", &[], &never()).await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Decode { status: 200, .. }),
            "{error}"
        );
        assert!(!error.is_not_found() && !error.outcome_unknown());
    }
    let error = client
        .objects("/pops")
        .list(&[], &never())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("not a list"), "{error}");
}

#[tokio::test]
async fn requests_share_connections() {
    let (stub, client) = serving((0..5).map(|_| json(200, json!([])))).await;
    for _ in 0..5 {
        client
            .clone()
            .objects("/pops")
            .list(&[], &never())
            .await
            .unwrap();
    }
    assert_eq!(stub.connections(), 1);
}

#[tokio::test]
async fn many_reads_at_a_time_need_few_connections() {
    let stub = Stub::deciding(|request| match request.target.as_str() {
        "/token" => token("t"),
        _ => Reply::Later(Box::new(json(200, json!({"id": "1"})))),
    })
    .await;
    let client = Client::new(Settings {
        parallel_requests: 4,
        ..stub.settings()
    })
    .unwrap();
    let reads: JoinSet<_> = (0..60)
        .map(|_| {
            let client = client.clone();
            async move { client.get("/macs/1", &[], &never()).await }
        })
        .collect();
    for read in reads.join_all().await {
        read.unwrap();
    }
    assert_eq!(stub.calls().len(), 60);
    // A connection that is being opened while another one gets free is kept for the next request.
    assert!(stub.connections() <= 8, "{}", stub.connections());
}

#[tokio::test]
async fn an_identifier_that_would_reach_the_whole_collection_is_not_sent() {
    let (stub, client) = serving([]).await;
    let connections = client.objects("/connections");
    let error = connections.delete("", None, &never()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unaddressable);
    assert!(stub.all().is_empty());
}

fn page(status: u16, ids: std::ops::Range<u32>) -> Reply {
    json(status, ids.map(|id| json!({ "id": id })).collect())
}

#[tokio::test]
async fn pages_are_followed_until_one_is_the_last() {
    let (stub, client) = serving([page(206, 0..2), page(206, 2..3), page(200, 3..5)]).await;
    let query = [("state".to_owned(), "production".to_owned())];
    let rows = client
        .objects("/ips")
        .list(&query, &never())
        .await
        .unwrap()
        .rows;
    assert_eq!(rows.len(), 5);
    assert_eq!(
        stub.calls(),
        [
            "GET /api/ips?state=production",
            "GET /api/ips?state=production&page_limit=1000&page_offset=2",
            "GET /api/ips?state=production&page_limit=1000&page_offset=3",
            "GET /api/ips?state=production&page_limit=1000&page_offset=4",
        ],
        "the last one side by side with the one before, and in vain"
    );
}

#[tokio::test]
async fn an_empty_page_ends_a_list() {
    let (_stub, client) = serving([page(206, 0..2), page(206, 0..0)]).await;
    assert_eq!(
        client
            .objects("/ips")
            .list(&[], &never())
            .await
            .unwrap()
            .rows
            .len(),
        2
    );
}

#[tokio::test]
async fn a_server_that_ignores_the_offset_is_not_asked_forever() {
    let stub = Stub::answering((0..9).map(|_| page(206, 0..2))).await;
    let log = Arc::new(Lines::default());
    let client = Client::new(Settings {
        log: log.clone(),
        ..stub.settings()
    })
    .unwrap();
    let listing = client.objects("/ips").list(&[], &never()).await.unwrap();
    assert_eq!((listing.rows.len(), listing.complete), (2, false));
    assert_eq!(stub.calls().len(), 2);
    assert_eq!(log.of(LogLevel::Warn).len(), 1);
}

#[tokio::test]
async fn a_list_without_end_is_an_error() {
    let (_stub, client) = serving((0..2000).map(|n| page(206, n..n + 1))).await;
    let error = client
        .objects("/ips")
        .list(&[], &never())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("did not end"), "{error}");
}

#[tokio::test]
async fn a_page_that_fails_is_asked_for_again_and_none_is_lost() {
    let (stub, client) = serving([page(206, 0..2), empty(503), Reply::Cut, page(200, 2..3)]).await;
    assert_eq!(
        client
            .objects("/ips")
            .list(&[], &never())
            .await
            .unwrap()
            .rows
            .len(),
        3
    );
    assert_eq!(stub.calls().len(), 4);
}
