//! Tokens: how they are obtained, renewed and shared, each against a real server.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Barrier;

use super::super::answer::Content;
use super::super::client::Client;
use super::super::settings::{Credentials, Settings};
use super::super::stub::{
    FAST, FOR_HOURS, Reply, Seen, Stub, empty, json, never, token, with_header,
};
use super::*;

/// An access token of an exchange: a JWT with the given claims.
fn jwt(claims: Json) -> String {
    let part = |json: Json| URL_SAFE_NO_PAD.encode(json.to_string());
    format!(
        "{}.{}.signature",
        part(json!({"alg": "none"})),
        part(claims)
    )
}

fn short_lived(value: &str) -> Reply {
    json(
        200,
        json!({"access_token": value, "expires_in": "0.000001"}),
    )
}

fn bearer(request: &Seen) -> &str {
    request.header("authorization").unwrap_or_default()
}

fn ok() -> Reply {
    json(200, json!([]))
}

/// A client of a server that gives out what `issue` says for the n-th token request and asks
/// `decide` about everything else.
async fn serving(
    mut issue: impl FnMut(u32, &Seen) -> Reply + Send + 'static,
    mut decide: impl FnMut(&Seen) -> Reply + Send + 'static,
) -> (Stub, Settings) {
    let mut issued = 0;
    let stub = Stub::deciding(move |request| {
        if request.target == "/token" || request.target.contains("/auth/") {
            issued += 1;
            issue(issued, request)
        } else {
            decide(request)
        }
    })
    .await;
    let settings = stub.settings();
    (stub, settings)
}

fn numbered(number: u32, _: &Seen) -> Reply {
    token(&format!("token-{number}"))
}

fn api_key(settings: Settings) -> Settings {
    let credentials = Credentials::ApiKey {
        key: "the-key".into(),
        secret: "the-secret".into(),
    };
    Settings {
        credentials,
        ..settings
    }
}

async fn list(client: &Client) -> Result<Vec<Json>, Error> {
    Ok(client.objects("/pops").list(&[], &never()).await?.rows)
}

#[tokio::test]
async fn oauth2_sends_the_credentials_as_a_form_and_no_scope_unless_told() {
    let (stub, settings) = serving(numbered, |_| ok()).await;
    list(&Client::new(settings.clone()).unwrap()).await.unwrap();
    let form =
        "grant_type=client_credentials&client_id=the-client-id&client_secret=the-client-secret";
    let seen = &stub.all()[0];
    assert_eq!(seen.line(), "POST /token");
    assert_eq!(
        seen.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(seen.header("authorization"), None);
    assert_eq!(seen.body, form);

    let Credentials::OAuth2 {
        client_id,
        client_secret,
        token_url,
        ..
    } = settings.credentials.clone()
    else {
        unreachable!()
    };
    let scopes = vec!["ix-api".to_owned(), "more".to_owned()];
    let credentials = Credentials::OAuth2 {
        client_id,
        client_secret,
        token_url,
        scopes,
    };
    list(
        &Client::new(Settings {
            credentials,
            ..settings
        })
        .unwrap(),
    )
    .await
    .unwrap();
    assert_eq!(stub.all()[2].body, format!("{form}&scope=ix-api+more"));
}

#[tokio::test]
async fn a_token_for_somebody_else_is_another_one_with_all_its_life() {
    let (stub, settings) = serving(numbered, |_| ok()).await;
    let client = Client::new(settings).unwrap();
    list(&client).await.unwrap();
    let before = SystemTime::now();
    let issued = client.issue_token(&never()).await.unwrap();
    assert_eq!(format!("{issued:?}").matches("token-2").count(), 0);
    assert_eq!(issued.token.into_text(), "token-2");
    let left = issued.ends.unwrap().duration_since(before).unwrap();
    assert!(left >= Duration::from_secs(3600 - 1), "{left:?}");
    // The requests go on with their own.
    list(&client).await.unwrap();
    assert_eq!(bearer(&stub.all()[3]), "Bearer token-1");

    let stop = never();
    stop.cancel();
    assert!(
        client
            .issue_token(&stop)
            .await
            .unwrap_err()
            .is_interrupted()
    );
}

#[tokio::test]
async fn a_token_serves_until_it_is_about_to_expire() {
    let (stub, settings) = serving(numbered, |_| ok()).await;
    let client = Client::new(settings).unwrap();
    for _ in 0..3 {
        list(&client).await.unwrap();
    }
    assert_eq!(stub.tokens(), 1);
}

#[tokio::test]
async fn an_expired_token_is_renewed_before_it_is_used() {
    let (stub, settings) = serving(
        |number, _| short_lived(&format!("token-{number}")),
        |_| ok(),
    )
    .await;
    let client = Client::new(settings).unwrap();
    for _ in 0..3 {
        list(&client).await.unwrap();
    }
    let used: Vec<String> = stub
        .all()
        .iter()
        .map(bearer)
        .filter(|b| !b.is_empty())
        .map(str::to_owned)
        .collect();
    assert_eq!(used, ["Bearer token-1", "Bearer token-2", "Bearer token-3"]);
}

#[tokio::test]
async fn two_calls_that_find_the_token_expired_renew_it_once() {
    let (stub, settings) = serving(
        |number, _| {
            if number == 1 {
                short_lived("token-1")
            } else {
                token("token-2")
            }
        },
        |_| ok(),
    )
    .await;
    let client = Client::new(settings).unwrap();
    list(&client).await.unwrap();
    let (one, two) = tokio::join!(list(&client), list(&client));
    one.unwrap();
    two.unwrap();
    assert_eq!(stub.tokens(), 2);
}

#[tokio::test]
async fn two_calls_refused_with_the_same_token_renew_it_once() {
    let both = Arc::new(Barrier::new(2));
    let (stub, settings) = serving(numbered, move |request| match bearer(request) {
        "Bearer token-1" => Reply::Together(both.clone(), Box::new(empty(401))),
        _ => ok(),
    })
    .await;
    let client = Client::new(settings).unwrap();
    let (one, two) = tokio::join!(list(&client), list(&client));
    one.unwrap();
    two.unwrap();
    assert_eq!((stub.tokens(), stub.calls().len()), (2, 4));
}

#[tokio::test]
async fn an_order_refused_with_401_is_repeated_with_a_new_token() {
    let (stub, settings) = serving(numbered, |request| match bearer(request) {
        "Bearer token-2" => json(201, json!({"id": "1"})),
        _ => json(401, json!({"title": "Signature expired"})),
    })
    .await;
    let client = Client::new(settings).unwrap();
    client
        .objects("/macs")
        .create(&json!({"mac": 1}), &never())
        .await
        .unwrap();
    assert_eq!((stub.tokens(), stub.calls().len()), (2, 2));
}

#[tokio::test]
async fn a_second_401_is_the_error() {
    let (stub, settings) = serving(numbered, |_| json(401, json!({"title": "No"}))).await;
    let client = Client::new(settings).unwrap();
    let error = client
        .objects("/macs")
        .create(&json!({}), &never())
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(401));
    assert!(!error.outcome_unknown());
    assert_eq!((stub.tokens(), stub.calls().len()), (2, 2));
}

#[tokio::test]
async fn the_api_key_flow_exchanges_key_and_secret_for_a_token() {
    let access = jwt(json!({"exp": 4_000_000_000_u64}));
    let answer = json!({"access_token": access, "refresh_token": "r"});
    let (stub, settings) = serving(move |_, _| json(201, answer.clone()), |_| ok()).await;
    let client = Client::new(api_key(settings)).unwrap();
    list(&client).await.unwrap();
    list(&client).await.unwrap();
    let seen = stub.all();
    assert_eq!(seen.len(), 3, "the token lives until its exp claim");
    assert_eq!(seen[0].line(), "POST /api/auth/token");
    assert_eq!(
        seen[0].body,
        r#"{"api_key":"the-key","api_secret":"the-secret"}"#
    );
    assert_eq!(bearer(&seen[2]), format!("Bearer {access}"));
}

#[tokio::test]
async fn an_expired_api_token_is_refreshed_with_its_refresh_token() {
    let expired = jwt(json!({"iat": 1.0, "exp": 1.000_001}));
    let (stub, settings) = serving(
        move |number, _| {
            json(
                201,
                json!({"access_token": expired, "refresh_token": format!("refresh-{number}")}),
            )
        },
        |_| ok(),
    )
    .await;
    let client = Client::new(api_key(settings)).unwrap();
    for _ in 0..3 {
        list(&client).await.unwrap();
    }
    let asked: Vec<(String, String)> = stub
        .all()
        .iter()
        .filter(|request| request.method == "POST")
        .map(|request| (request.target.clone(), request.body.clone()))
        .collect();
    assert_eq!(asked[0].0, "/api/auth/token");
    let refresh = |n: u32| {
        (
            "/api/auth/refresh".into(),
            format!(r#"{{"refresh_token":"refresh-{n}"}}"#),
        )
    };
    assert_eq!(asked[1..], [refresh(1), refresh(2)]);
}

#[tokio::test]
async fn a_refresh_token_that_is_refused_gives_way_to_the_key() {
    for refusal in [empty(401), empty(500), Reply::Cut, json(200, json!({}))] {
        let (stub, settings) = serving(
            move |number, request| match request.target.as_str() {
                "/api/auth/refresh" => refusal.clone(),
                _ => json(
                    201,
                    json!({"access_token": format!("t-{number}"), "refresh_token": "r"}),
                ),
            },
            |request| {
                if bearer(request) == "Bearer t-1" {
                    empty(401)
                } else {
                    ok()
                }
            },
        )
        .await;
        let client = Client::new(api_key(settings)).unwrap();
        list(&client).await.unwrap();
        let asked: Vec<String> = stub
            .all()
            .iter()
            .filter(|r| r.method == "POST")
            .map(|r| r.target.clone())
            .collect();
        assert_eq!(
            asked,
            ["/api/auth/token", "/api/auth/refresh", "/api/auth/token"]
        );
    }
}

#[tokio::test]
async fn refused_credentials_are_an_error_that_names_the_setting_and_shows_none() {
    let refusals = [
        (
            json(
                401,
                json!({
                    "error": "invalid_client",
                    "error_description": "the-client-secret of the-client-id is wrong",
                }),
            ),
            Setting::Secret,
        ),
        (
            json(400, json!({"error": "invalid_client"})),
            Setting::Secret,
        ),
        (json(403, json!({"title": "No"})), Setting::Secret),
        (
            json(400, json!({"error": "invalid_scope"})),
            Setting::Scopes,
        ),
        (empty(404), Setting::TokenUrl),
        (with_header(302, "location: /elsewhere"), Setting::TokenUrl),
        (json(200, json!({"token": "x"})), Setting::TokenUrl),
        (
            json(200, json!("a-token-in-the-wrong-place")),
            Setting::TokenUrl,
        ),
        (
            json(200, json!({"access_token": "a\nb"})),
            Setting::TokenUrl,
        ),
        (
            Reply::Answer(200, Vec::new(), "<html>Log in</html>".into()),
            Setting::TokenUrl,
        ),
        (empty(200), Setting::TokenUrl),
    ];
    for (refusal, at_fault) in refusals {
        let (stub, settings) = serving(move |_, _| refusal.clone(), |_| ok()).await;
        let client = Client::new(settings).unwrap();
        let error = client
            .objects("/macs")
            .create(&json!({}), &never())
            .await
            .unwrap_err();
        let ErrorKind::Credentials { setting, .. } = error.kind() else {
            panic!("{error}")
        };
        assert_eq!(*setting, at_fault, "{error}");
        for secret in ["the-client-id", "the-client-secret", "a-token"] {
            assert!(!format!("{error} {error:?}").contains(secret), "{error}");
        }
        assert!(!error.outcome_unknown(), "the order was never sent");
        assert_eq!((stub.tokens(), stub.calls().len()), (1, 0));
    }
}

#[tokio::test]
async fn calls_that_wait_for_a_renewal_share_its_failure() {
    let (stub, settings) = serving(|_, _| empty(401), |_| ok()).await;
    let client = Client::new(settings).unwrap();
    let (one, two, three) = tokio::join!(list(&client), list(&client), list(&client));
    assert!(one.is_err() && two.is_err() && three.is_err());
    assert_eq!(stub.tokens(), 1);
    list(&client).await.unwrap_err();
    assert_eq!(stub.tokens(), 2, "a later call tries again");
}

#[tokio::test]
async fn a_token_server_that_is_busy_is_asked_again() {
    for trouble in [empty(429), empty(502), empty(503), empty(504), Reply::Cut] {
        let (stub, settings) = serving(
            move |number, _| {
                if number == 1 {
                    trouble.clone()
                } else {
                    token("t")
                }
            },
            |_| ok(),
        )
        .await;
        list(&Client::new(settings).unwrap()).await.unwrap();
        assert_eq!(stub.tokens(), 2);
    }
    let (stub, settings) = serving(|_, _| empty(503), |_| ok()).await;
    let error = list(&Client::new(settings).unwrap()).await.unwrap_err();
    assert_eq!((error.status(), error.is_transient()), (Some(503), true));
    assert_eq!(stub.tokens(), FAST.attempts as usize);
}

#[tokio::test]
async fn a_stop_ends_the_wait_for_a_token() {
    for reply in [Reply::Silence, empty(503)] {
        let stop = never();
        let pull = stop.clone();
        let (stub, settings) = serving(
            move |_, _| {
                pull.cancel();
                reply.clone()
            },
            |_| ok(),
        )
        .await;
        let client = Client::new(Settings {
            retry: FOR_HOURS,
            ..settings
        })
        .unwrap();
        let error = client
            .objects("/macs")
            .create(&json!({}), &stop)
            .await
            .unwrap_err();
        assert!(
            error.is_interrupted() && !error.outcome_unknown(),
            "{error}"
        );
        assert!(error.request().ends_with("/macs"), "{error}");
        assert_eq!(stub.calls().len(), 0);
    }
}

#[test]
fn the_margin_is_a_minute_or_a_fifth_of_a_short_life() {
    for (life, seconds) in [(3600, 60), (300, 60), (100, 20), (10, 2), (0, 0)] {
        assert_eq!(
            margin(Duration::from_secs(life)).as_secs(),
            seconds,
            "{life}"
        );
    }
}

#[test]
fn the_life_of_a_token_is_read_wherever_it_is_written() {
    let life = |answer: Json| {
        let answer = Answer {
            status: 200,
            content: Content::Json(Some(answer)),
            size: 0,
            request_id: None,
            retry_after: None,
        };
        grant(answer).unwrap().life.map(|life| life.as_secs())
    };
    let issued = jwt(json!({"iat": 1000, "exp": 1900}));
    for (answer, seconds) in [
        (json!({"access_token": "t", "expires_in": 3600}), Some(3600)),
        (
            json!({"access_token": "t", "expires_in": "3600"}),
            Some(3600),
        ),
        (
            json!({"access_token": "t", "expires_in": 3600.0}),
            Some(3600),
        ),
        (json!({"access_token": "t", "expires_in": 0}), None),
        (json!({"access_token": "t", "expires_in": -1}), None),
        (json!({"access_token": "t", "expires_in": 1e300}), None),
        (json!({"access_token": "t", "expires_in": null}), None),
        (json!({"access_token": "t"}), None),
        (json!({"access_token": issued}), Some(900)),
        (json!({"access_token": issued, "expires_in": 5}), Some(5)),
        (json!([{"access_token": "t", "expires_in": 7}]), Some(7)),
    ] {
        assert_eq!(life(answer.clone()), seconds, "{answer}");
    }
}

#[test]
fn a_jwt_is_read_leniently_and_what_is_none_has_no_known_end() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
    let life = |token: &str| jwt_life(token, now).map(|life| life.as_secs());
    assert_eq!(life(&jwt(json!({"exp": 1300}))), Some(300));
    assert_eq!(life(&jwt(json!({"exp": "1300"}))), Some(300));
    assert_eq!(
        life(&jwt(json!({"exp": 1300, "iat": 500}))),
        Some(800),
        "the clock here is slow"
    );
    assert_eq!(
        life(&jwt(json!({"exp": 900}))),
        None,
        "the clock here is fast"
    );
    assert_eq!(life(&jwt(json!({}))), None);
    // Padded, and in the alphabet of plain base64: `?` and `>` make `/` and `+`.
    use base64::engine::general_purpose::STANDARD;
    let claims = STANDARD.encode(r#"{"exp":1300,"x":"???>>>"}"#);
    assert!(
        claims.contains('/') && claims.contains('+') || claims.ends_with('='),
        "{claims}"
    );
    assert_eq!(life(&format!("h.{claims}.s")), Some(300));
    for nonsense in ["", "opaque", "a.b", "a.!.c", "...", "a.e30.c"] {
        assert_eq!(life(nonsense), None, "{nonsense}");
    }
}
