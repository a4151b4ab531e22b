//! What is tried again and what is not, and what a stop ends and what it does not.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpSocket;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::super::super::error::ErrorKind;
use super::super::super::log::LogLevel;
use super::super::super::retry::Retry;
use super::super::super::stub::{
    FAST, FOR_HOURS, Lines, Reply, Stub, empty, json, never, token, with_header,
};
use super::*;

#[tokio::test]
async fn reads_updates_and_deletes_are_repeated_until_they_get_through() {
    let troubles = || {
        [
            empty(429),
            empty(502),
            empty(503),
            empty(504),
            Reply::Cut,
            Reply::CutWithinBody(200),
            with_header(503, "retry-after: 7"),
        ]
    };
    for trouble in troubles() {
        let good = || json(200, json!({"id": "1"}));
        let replies = [
            trouble.clone(),
            good(),
            trouble.clone(),
            good(),
            trouble.clone(),
            good(),
        ];
        let (stub, client) = serving(replies).await;
        let stop = never();
        client.get("/macs/1", &[], &stop).await.unwrap();
        client
            .objects("/macs")
            .update("1", &order(), &stop)
            .await
            .unwrap();
        client
            .objects("/macs")
            .delete("1", None, &stop)
            .await
            .unwrap();
        assert_eq!(stub.calls().len(), 6);
    }
}

#[tokio::test]
async fn attempts_come_to_an_end_and_the_last_answer_is_the_error() {
    let (stub, client) = serving((0..9).map(|_| json(503, json!({"title": "Closed"})))).await;
    let error = client.get("/macs/1", &[], &never()).await.unwrap_err();
    assert_eq!(stub.calls().len(), FAST.attempts as usize);
    assert_eq!(error.status(), Some(503));
    assert!(error.is_transient());
    assert!(error.to_string().contains("Closed"), "{error}");
}

#[tokio::test]
async fn a_refusal_is_not_repeated() {
    for status in [400, 403, 404, 409, 410, 422, 500, 501] {
        let (stub, client) = serving([empty(status)]).await;
        let error = client.get("/macs/1", &[], &never()).await.unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.is_not_found(), status == 404);
        assert!(!error.outcome_unknown(), "a read changes nothing");
        assert_eq!(stub.calls().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_post_whose_connection_is_cut_is_not_repeated() {
    for trouble in [Reply::Cut, Reply::CutWithinBody(201)] {
        let (stub, client) = serving([trouble]).await;
        let error = client
            .objects("/connections")
            .create(&order(), &never())
            .await
            .unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Cut { .. }), "{error}");
        assert!(error.outcome_unknown());
        assert_eq!(stub.calls().len(), 1);
    }
}

#[tokio::test]
async fn a_post_that_the_server_failed_on_is_not_repeated() {
    for status in [500, 502, 503, 504, 599] {
        let (stub, client) = serving([with_header(status, "retry-after: 0")]).await;
        let error = client
            .objects("/connections")
            .create(&order(), &never())
            .await
            .unwrap_err();
        assert!(error.outcome_unknown(), "{status}");
        assert_eq!(stub.calls().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_post_that_is_not_answered_in_time_is_not_repeated() {
    let stub = Stub::answering([Reply::Silence]).await;
    let request_timeout = Duration::from_millis(500);
    let client = Client::new(Settings {
        request_timeout,
        ..stub.settings()
    })
    .unwrap();
    let error = client
        .objects("/connections")
        .create(&order(), &never())
        .await
        .unwrap_err();
    assert_eq!(
        *error.kind(),
        ErrorKind::Timeout {
            after: request_timeout
        }
    );
    assert!(error.outcome_unknown());
    assert_eq!(stub.calls().len(), 1);
}

#[tokio::test]
async fn a_read_that_is_not_answered_in_time_is_tried_once_more() {
    let stub = Stub::answering((0..4).map(|_| Reply::Silence)).await;
    let request_timeout = Duration::from_millis(500);
    let client = Client::new(Settings {
        request_timeout,
        ..stub.settings()
    })
    .unwrap();
    let error = client
        .get("/connections/1", &[], &never())
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout { .. }), "{error}");
    assert_eq!(stub.calls().len(), 2);
}

#[tokio::test]
async fn a_post_that_was_refused_has_a_known_outcome() {
    for status in [400, 403, 404, 409, 422] {
        let (stub, client) = serving([empty(status)]).await;
        let error = client
            .objects("/connections")
            .create(&order(), &never())
            .await
            .unwrap_err();
        assert!(!error.outcome_unknown(), "{status}");
        assert_eq!(stub.calls().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_post_that_was_throttled_is_repeated() {
    let replies = [
        with_header(429, "retry-after: 1"),
        empty(429),
        json(201, json!({"id": "1"})),
    ];
    let (stub, client) = serving(replies).await;
    client
        .objects("/connections")
        .create(&order(), &never())
        .await
        .unwrap();
    assert_eq!(stub.calls().len(), 3);
}

/// An exchange that takes two requests in a hundredth of a second says 429 to most of those that
/// come at the same time, again and again.
#[tokio::test]
async fn reads_that_are_throttled_all_get_through() {
    let mut taken: VecDeque<Instant> = VecDeque::new();
    let stub = Stub::deciding(move |request| {
        if request.target == "/token" {
            return token("t");
        }
        let now = Instant::now();
        taken.retain(|at| now - *at < Duration::from_millis(10));
        if taken.len() == 2 {
            return empty(429);
        }
        taken.push_back(now);
        json(200, json!({"id": "1"}))
    })
    .await;
    let settings = stub.settings();
    let client = Client::new(Settings {
        retry: Retry {
            patience: Duration::from_secs(60),
            ..settings.retry
        },
        ..settings
    })
    .unwrap();
    let reads: JoinSet<_> = (0..100)
        .map(|_| {
            let client = client.clone();
            async move { client.get("/macs/1", &[], &never()).await }
        })
        .collect();
    for read in reads.join_all().await {
        read.unwrap();
    }
    assert!(stub.calls().len() > 100, "some were throttled");
}

#[tokio::test]
async fn who_is_throttled_beyond_all_patience_reads_what_the_exchange_said() {
    let (stub, client) = serving((0..9).map(|_| json(429, json!({"title": "Slow down"})))).await;
    let error = client
        .objects("/connections")
        .create(&order(), &never())
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(429));
    assert!(!error.outcome_unknown());
    assert!(error.to_string().contains("Slow down"), "{error}");
    assert_eq!(stub.calls().len(), FAST.attempts as usize);
}

/// What was sent is answered, however many others wait for their turn.
#[tokio::test]
async fn a_pause_that_others_are_asked_for_does_not_delay_an_answer() {
    let both = Arc::new(Barrier::new(2));
    let stub = Stub::deciding(move |request| match request.method.as_str() {
        "POST" if request.target == "/token" => token("t"),
        "POST" => Reply::Together(both.clone(), Box::new(json(201, json!({"id": "bought"})))),
        _ => Reply::Together(both.clone(), Box::new(empty(429))),
    })
    .await;
    let client = Client::new(Settings {
        retry: FOR_HOURS,
        ..stub.settings()
    })
    .unwrap();
    let (stop, posts) = (never(), client.objects("/connections"));
    let order = order();
    let ordered = async {
        let ordered = posts.create(&order, &never()).await;
        stop.cancel();
        ordered
    };
    let (ordered, read) = tokio::join!(ordered, client.get("/macs/1", &[], &stop));
    assert_eq!(ordered.unwrap()["id"], "bought");
    assert!(read.unwrap_err().is_interrupted());
}

/// A port that nobody listens at: bound, so that nobody else gets it. Whoever connects is refused.
fn closed() -> (TcpSocket, String) {
    let closed = TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    (closed, url)
}

/// A client whose tokens come from the stub, and whose API is there; and its log.
fn with_api_at(stub: &Stub, url: &str) -> (Client, Arc<Lines>) {
    let log = Arc::new(Lines::default());
    let settings = Settings {
        api: format!("{url}/api"),
        log: log.clone(),
        ..stub.settings()
    };
    (Client::new(settings).unwrap(), log)
}

/// How many attempts of this method there were.
fn attempts(log: &Lines, method: &str) -> usize {
    let lines = log.of(LogLevel::Debug);
    let of = format!("={method} host=");
    lines.iter().filter(|line| line.contains(&of)).count()
}

#[tokio::test]
async fn a_post_that_could_not_be_sent_is_repeated_and_its_outcome_is_known() {
    let stub = Stub::answering([]).await;
    let (_closed, url) = closed();
    let (client, log) = with_api_at(&stub, &url);
    let error = client
        .objects("/connections")
        .create(&order(), &never())
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect { .. }), "{error}");
    assert!(!error.outcome_unknown());
    assert_eq!(
        attempts(&log, "POST"),
        1 + FAST.attempts as usize,
        "one for the token: {}",
        log.whole()
    );
}

#[tokio::test]
async fn a_server_that_one_read_could_not_reach_is_not_tried_by_others_until_something_changes() {
    let stub = Stub::answering([]).await;
    let (_closed, url) = closed();
    let (client, log) = with_api_at(&stub, &url);
    let all = FAST.attempts as usize;
    let stop = never();
    let read = async |id| client.get(id, &[], &stop).await.unwrap_err();
    let first = read("/macs/1").await;
    assert!(matches!(first.kind(), ErrorKind::Connect { .. }), "{first}");
    assert_eq!(attempts(&log, "GET"), all);
    let second = read("/macs/2").await;
    let begin = format!("GET {url}/api/macs/2 was not sent either: GET {url}/api/macs/1 could not");
    assert!(second.to_string().starts_with(&begin), "{second}");
    assert!(second.is_transient());
    assert_eq!(attempts(&log, "GET"), all);

    let macs = client.objects("/macs");
    let change = macs.create(&order(), &stop).await.unwrap_err();
    assert!(matches!(change.kind(), ErrorKind::Connect { .. }));
    assert_eq!(attempts(&log, "POST"), 1 + all, "one for the token");
    let look = read("/macs/3").await;
    assert!(matches!(look.kind(), ErrorKind::Connect { .. }), "{look}");
    assert_eq!(attempts(&log, "GET"), 2 * all);
}

#[tokio::test]
async fn a_token_that_cannot_be_asked_for_is_told_by_one_read() {
    let stub = Stub::answering([]).await;
    let (_closed, url) = closed();
    let log = Arc::new(Lines::default());
    let mut settings = stub.settings();
    if let Credentials::OAuth2 { token_url, .. } = &mut settings.credentials {
        *token_url = format!("{url}/token");
    }
    settings.log = log.clone();
    let client = Client::new(settings).unwrap();
    let stop = never();
    let read = |id| client.get(id, &[], &stop);
    let (one, two, three) = tokio::join!(read("/macs/1"), read("/macs/2"), read("/macs/3"));
    let errors = [one, two, three, read("/macs/4").await].map(Result::unwrap_err);
    let told = errors.iter().map(|error| match error.kind() {
        ErrorKind::Connect { .. } => "tried",
        ErrorKind::Unreachable { .. } => "not sent",
        _ => "something else",
    });
    let told: Vec<&str> = told.collect();
    assert_eq!(told, ["tried", "not sent", "not sent", "not sent"]);
    assert_eq!(attempts(&log, "POST"), FAST.attempts as usize);
    assert!(stub.calls().is_empty());
}

#[tokio::test]
async fn a_server_that_gives_no_token_in_time_is_waited_for_once_and_one_slow_list_says_nothing() {
    let silent = Stub::deciding(|_| Reply::Silence).await;
    let settings = Settings {
        request_timeout: Duration::from_millis(50),
        ..silent.settings()
    };
    let client = Client::new(settings).unwrap();
    let stop = never();
    let kind = |error: Error| error.kind().clone();
    let first = kind(client.get("/macs/1", &[], &stop).await.unwrap_err());
    assert!(matches!(first, ErrorKind::Timeout { .. }), "{first:?}");
    let asked = silent.tokens();
    let second = kind(client.get("/macs/2", &[], &stop).await.unwrap_err());
    assert!(matches!(second, ErrorKind::Unreachable { .. }), "{second}");
    assert_eq!(silent.tokens(), asked);

    let good = json(200, json!({}));
    let stub = Stub::answering([Reply::Silence, Reply::Silence, good]).await;
    let settings = Settings {
        // The token has to come in that time.
        request_timeout: Duration::from_secs(1),
        ..stub.settings()
    };
    let client = Client::new(settings).unwrap();
    let slow = kind(client.get("/macs", &[], &stop).await.unwrap_err());
    assert!(matches!(slow, ErrorKind::Timeout { .. }), "{slow:?}");
    client.get("/macs/1", &[], &stop).await.unwrap();
}

#[tokio::test]
async fn an_accepted_order_that_cannot_be_read_has_an_unknown_outcome() {
    let page = Reply::Answer(201, Vec::new(), "<html><body>Welcome</body></html>".into());
    for reply in [
        empty(201),
        json(200, json!([])),
        json(200, json!("ok")),
        page,
    ] {
        let (stub, client) = serving([reply]).await;
        let error = client
            .objects("/connections")
            .create(&order(), &never())
            .await
            .unwrap_err();
        assert!(error.outcome_unknown(), "{error}");
        assert_eq!(stub.calls().len(), 1);
    }
}

#[tokio::test]
async fn a_delete_that_may_have_worked_before_it_was_refused_says_so() {
    let (_stub, client) = serving([Reply::Cut, empty(409)]).await;
    let error = client
        .objects("/connections")
        .delete("1", None, &never())
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(409));
    assert!(error.outcome_unknown());
}

#[tokio::test]
async fn a_stop_abandons_a_read_under_way() {
    let stop = never();
    let pull = stop.clone();
    let stub = Stub::deciding(move |request| match request.target.as_str() {
        "/token" => token("t"),
        _ => {
            pull.cancel();
            Reply::Silence
        }
    })
    .await;
    let client = Client::new(stub.settings()).unwrap();
    let error = client.get("/connections/1", &[], &stop).await.unwrap_err();
    assert!(error.is_interrupted());
    assert!(error.request().starts_with("GET "), "{error}");
}

#[tokio::test]
async fn a_stop_never_abandons_a_change_that_was_sent() {
    let stop = never();
    let pull = stop.clone();
    let stub = Stub::deciding(move |request| match request.target.as_str() {
        "/token" => token("t"),
        _ => {
            pull.cancel();
            Reply::Later(Box::new(json(201, json!({"id": "bought"}))))
        }
    })
    .await;
    let client = Client::new(stub.settings()).unwrap();
    let order = client
        .objects("/connections")
        .create(&order(), &stop)
        .await
        .unwrap();
    assert_eq!(order["id"], "bought");
}

#[tokio::test]
async fn a_stop_ends_a_pause_and_no_new_attempt_begins() {
    for (status, unknown) in [(429, false), (503, true)] {
        let stop = never();
        let pull = stop.clone();
        let stub = Stub::deciding(move |request| match request.target.as_str() {
            "/token" => token("t"),
            _ => {
                pull.cancel();
                empty(status)
            }
        })
        .await;
        let client = Client::new(Settings {
            retry: FOR_HOURS,
            ..stub.settings()
        })
        .unwrap();
        let error = client
            .objects("/connections")
            .update("1", &order(), &stop)
            .await
            .unwrap_err();
        assert!(error.is_interrupted(), "{error}");
        assert_eq!(error.outcome_unknown(), unknown, "{error}");
        assert_eq!(stub.calls().len(), 1);
    }
}

#[tokio::test]
async fn after_a_stop_nothing_is_sent_at_all() {
    let (stub, client) = serving([]).await;
    let stop = never();
    stop.cancel();
    let error = client
        .objects("/connections")
        .create(&order(), &stop)
        .await
        .unwrap_err();
    assert!(error.is_interrupted() && !error.outcome_unknown());
    assert!(stub.all().is_empty());
}
