//! The rules of the client, each against a real server.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod asking;
mod repeating;
mod telling;

use serde_json::json;

use super::super::stub::{Reply, Stub};
use super::*;

async fn serving(replies: impl IntoIterator<Item = Reply>) -> (Stub, Client) {
    let stub = Stub::answering(replies).await;
    let client = Client::new(stub.settings()).unwrap();
    (stub, client)
}

fn order() -> Json {
    json!({"name": "x"})
}

#[test]
fn calls_can_be_made_from_any_task() {
    fn is_send<T: Send>(_: &T) {}
    let credentials = Credentials::ApiKey {
        key: "k".into(),
        secret: "s".into(),
    };
    let client = Client::new(Settings::new("https://x", credentials, "tests/1")).unwrap();
    let (body, stop) = (order(), CancellationToken::new());
    is_send(&client);
    is_send(&client.objects("/pops").list(&[], &stop));
    is_send(&client.objects("/macs").create(&body, &stop));
    is_send(&client.objects("/macs").delete("1", None, &stop));
}

#[tokio::test]
async fn settings_that_cannot_work_are_named_before_anything_is_sent() {
    let stub = Stub::answering([]).await;
    let good = || stub.settings();
    let fault = |settings| Client::new(settings).unwrap_err().setting();
    assert_eq!(
        fault(Settings {
            api: "nonsense".into(),
            ..good()
        }),
        Setting::Api
    );
    assert_eq!(
        fault(Settings {
            user_agent: "a\nb".into(),
            ..good()
        }),
        Setting::UserAgent
    );
    let request_timeout = Duration::ZERO;
    assert_eq!(
        fault(Settings {
            request_timeout,
            ..good()
        }),
        Setting::RequestTimeout
    );
    let credentials = Credentials::OAuth2 {
        client_id: "id".into(),
        client_secret: "secret".into(),
        token_url: "http://login.example.net/token".into(),
        scopes: Vec::new(),
    };
    assert_eq!(
        fault(Settings {
            credentials,
            ..good()
        }),
        Setting::TokenUrl
    );
    assert!(stub.all().is_empty());
}
