//! What a person is told: refusals in words, log lines, and never a secret.

use serde_json::json;

use super::super::super::log::LogLevel;
use super::super::super::path;
use super::super::super::stub::{Lines, Reply, Stub, empty, json, never, token, with_header};
use super::*;

#[tokio::test]
async fn a_problem_is_told_with_the_status_of_http_and_the_request_id() {
    let body =
        json!({"title": "No", "status": 200, "properties": [{"name": "vlan", "reason": "taken"}]});
    let headers = vec!["x-request-id: abc-1".into()];
    let (stub, client) = serving([Reply::Answer(400, headers, body.to_string())]).await;
    let error = client
        .objects("/connections")
        .create(&order(), &never())
        .await
        .unwrap_err();
    let sentence = format!(
        "POST {} was refused with 400 No: vlan: taken.",
        stub.url("/api/connections")
    );
    assert_eq!(error.to_string(), sentence);
    assert_eq!(error.request_id(), Some("abc-1"));
    assert_eq!(
        error.problem().unwrap().properties[0].name.as_deref(),
        Some("vlan")
    );
}

#[tokio::test]
async fn a_web_page_is_told_by_its_status_and_beginning() {
    let page = format!("<html><h1>Maintenance</h1>{}</html>", "x".repeat(500));
    let (_stub, client) = serving([Reply::Answer(500, Vec::new(), page)]).await;
    let error = client
        .get("/pops", &[], &never())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("500 Internal Server Error: Maintenance xxx"),
        "{error}"
    );
    assert!(error.len() < 350 && !error.contains('<'), "{error}");
}

#[tokio::test]
async fn a_refusal_whose_explanation_is_lost_is_still_a_refusal() {
    let (stub, client) = serving([Reply::CutWithinBody(404), Reply::CutWithinBody(422)]).await;
    let error = client.get("/pops/1", &[], &never()).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let error = client
        .objects("/macs")
        .create(&order(), &never())
        .await
        .unwrap_err();
    assert!(
        error.status() == Some(422) && !error.outcome_unknown(),
        "{error}"
    );
    assert_eq!(stub.calls().len(), 2);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_tells_where_it_points() {
    let elsewhere = Stub::answering([]).await;
    let to = format!("location: {}?token=abc", elsewhere.url("/login"));
    let (stub, client) =
        serving([with_header(302, &to), with_header(307, "location: /v3/x")]).await;
    let error = client.get("/pops", &[], &never()).await.unwrap_err();
    assert_eq!(error.status(), Some(302));
    assert!(
        error.to_string().contains(&elsewhere.url("/login")),
        "{error}"
    );
    assert!(!error.to_string().contains("abc"), "{error}");
    let error = client
        .objects("/pops")
        .create(&order(), &never())
        .await
        .unwrap_err();
    assert!(error.to_string().contains(&stub.url("/v3/x")), "{error}");
    assert!(elsewhere.all().is_empty());
}

#[tokio::test]
async fn secrets_that_come_back_in_an_error_are_not_shown() {
    let stub = Stub::deciding(|request| match request.target.as_str() {
        "/token" => token("the-token"),
        // Everything a careless server could echo.
        _ => {
            let echo = format!("{:?} the-client-id the-client-secret", request);
            match request.method.as_str() {
                "PATCH" => Reply::Answer(400, Vec::new(), echo),
                _ => json(
                    400,
                    json!({"title": echo, "properties": {"x": [{"reason": echo}]}}),
                ),
            }
        }
    })
    .await;
    let log = Arc::new(Lines::default());
    let client = Client::new(Settings {
        log: log.clone(),
        ..stub.settings()
    })
    .unwrap();
    let body = json!({"bgp": {"bgp_password": "the-password"}});
    let query = [("cloud_key".to_owned(), "the-cloud/key".to_owned())];
    let stop = never();
    let keyed = path(&["service-keys", "the-service-key"]);
    let errors = [
        client
            .objects("/macs")
            .create(&body, &stop)
            .await
            .unwrap_err(),
        client
            .objects("/macs")
            .update("1", &body, &stop)
            .await
            .unwrap_err(),
        client.get("/offers", &query, &stop).await.unwrap_err(),
        client.get(&keyed, &[], &stop).await.unwrap_err(),
    ];
    let all = format!(
        "{errors:?} {} {client:?} {:?}",
        log.whole(),
        stub.settings().credentials
    );
    for secret in [
        "the-token",
        "the-client-secret",
        "the-client-id",
        "the-password",
        "the-cloud",
        "the-service",
    ] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    assert!(
        errors[0].to_string().contains("[redacted]"),
        "{}",
        errors[0]
    );
}

#[tokio::test]
async fn each_attempt_is_one_log_line_and_bodies_are_only_traced() {
    let stub = Stub::answering([empty(503), json(200, json!({"id": "1", "api_key": "k"}))]).await;
    let log = Arc::new(Lines::default());
    let client = Client::new(Settings {
        log: log.clone(),
        ..stub.settings()
    })
    .unwrap();
    let body = json!({"password": "p4ss", "vlan": 7});
    client
        .objects("/macs")
        .update("1", &body, &never())
        .await
        .unwrap();
    let lines = log.of(LogLevel::Debug);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines[0].contains("method=POST") && lines[0].contains("path=/token"),
        "{lines:?}"
    );
    for (line, status, attempt) in [(&lines[1], 503, 1), (&lines[2], 200, 2)] {
        assert!(line.starts_with("request method=PATCH"), "{line}");
        assert!(line.contains("path=/api/macs/1"), "{line}");
        assert!(line.contains(&format!("status={status}")), "{line}");
        assert!(
            line.contains(&format!("attempt={attempt}")) && line.contains("ms="),
            "{line}"
        );
        assert!(!line.contains("vlan"), "{line}");
    }
    let traced = log.of(LogLevel::Trace).join("\n");
    assert!(
        traced.contains(r#"{"password":"[redacted]","vlan":7}"#),
        "{traced}"
    );
    assert!(traced.contains(r#""api_key":"[redacted]""#), "{traced}");
    for secret in ["p4ss", "token-1", "the-client-secret"] {
        assert!(!log.whole().contains(secret), "{secret}");
    }
}
