//! Who is let in, and for how long.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::support::{FORM, Reply, Server, bytes};

fn ask(server: &Server, form: &str) -> Reply {
    server
        .send("POST", "/connect/token", &[FORM], form.as_bytes())
        .unwrap()
}

fn get(server: &Server, token: &str) -> Reply {
    server
        .send(
            "GET",
            "/api/v2/roles",
            &[("authorization", &format!("Bearer {token}"))],
            &[],
        )
        .unwrap()
}

fn post(server: &Server, path: &str, body: Value) -> Reply {
    server
        .send("POST", &format!("/api/v2{path}"), &[], &bytes(&body))
        .unwrap()
}

fn legacy(server: &Server) -> Value {
    json!({
        "api_key": server.variable("IXAPI_SANDBOX_LEGACY_KEY"),
        "api_secret": server.variable("IXAPI_SANDBOX_LEGACY_SECRET"),
    })
}

#[test]
fn client_credentials_are_exchanged_for_a_bearer_token() {
    let server = Server::start(&[]);
    let form = "grant_type=client_credentials&client_id=sandbox-party-a\
                &client_secret=not-a-real%2Fsecret%2Bof%3Dparty-a";
    let answer = ask(&server, form).expect(200);
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 3600);
    assert_eq!(
        answer["scope"],
        "resource.api resource.ixapi resource.productcatalogapi"
    );
    get(&server, answer["access_token"].as_str().unwrap()).expect(200);
}

#[test]
fn the_control_room_tells_what_was_given_out() {
    let server = Server::start(&[]);
    let tokens = || server.control("GET", "tokens", Value::Null);
    assert_eq!(tokens(), json!([]));
    let pair = post(&server, "/auth/token", legacy(&server)).expect(201);
    let form = "grant_type=client_credentials&client_id=sandbox-party-a\
                &client_secret=not-a-real%2Fsecret%2Bof%3Dparty-a";
    let third = ask(&server, form).expect(200)["access_token"].clone();
    let given = tokens();
    let given = given.as_array().unwrap();
    assert_eq!(given.len(), 3);
    for token in [&pair["access_token"], &pair["refresh_token"], &third] {
        assert!(given.contains(token));
    }
}

#[test]
fn a_token_request_that_is_wrong_is_refused_as_oauth2_has_it() {
    let server = Server::start(&[]);
    let good = "client_id=sandbox-party-a&client_secret=not-a-real%2Fsecret%2Bof%3Dparty-a";
    let refused = [
        (
            "client_id=x&client_secret=y&grant_type=client_credentials".to_owned(),
            401,
            "invalid_client",
        ),
        (good.to_owned(), 400, "unsupported_grant_type"),
        (
            "grant_type=client_credentials&client_id=sandbox-party-a".to_owned(),
            400,
            "invalid_request",
        ),
        (
            format!("{good}&grant_type=client_credentials&scope=everything"),
            400,
            "invalid_scope",
        ),
    ];
    for (form, status, error) in refused {
        assert_eq!(ask(&server, &form).expect(status)["error"], error, "{form}");
    }
    let scoped = ask(
        &server,
        &format!("{good}&grant_type=client_credentials&scope=ix-api"),
    )
    .expect(200);
    assert_eq!(scoped["scope"], "ix-api");
}

#[test]
fn a_token_ends_with_its_lifetime() {
    let server = Server::start(&["--token-lifetime", "60"]);
    let party = server.a();
    party.get("/roles").expect(200);
    server.control("POST", "clock", json!({ "advance_seconds": 61 }));
    party.get("/roles").problem(401, "signature-expired");
}

#[test]
fn a_request_without_a_good_token_is_refused_for_the_right_reason() {
    let server = Server::start(&[]);
    server
        .send("GET", "/api/v2/roles", &[], &[])
        .unwrap()
        .problem(401, "not-authenticated");
    get(&server, "made-up").problem(401, "authentication-error");
    let basic = server
        .send(
            "GET",
            "/api/v2/roles",
            &[("authorization", "Basic eDp5")],
            &[],
        )
        .unwrap();
    basic.problem(401, "authentication-error");
}

#[test]
fn an_api_key_is_exchanged_for_a_pair_of_tokens_with_an_expiry_in_them() {
    let server = Server::start(&["--token-lifetime", "100"]);
    let pair = post(&server, "/auth/token", legacy(&server)).expect(201);
    let token = pair["access_token"].as_str().unwrap();
    let claims = URL_SAFE_NO_PAD
        .decode(token.split('.').nth(1).unwrap())
        .unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    assert!((now + 90..=now + 100).contains(&claims["exp"].as_u64().unwrap()));
    get(&server, token).expect(200);
    get(&server, pair["refresh_token"].as_str().unwrap()).problem(401, "authentication-error");
}

#[test]
fn a_refresh_token_outlives_the_access_token_and_renews_it() {
    let server = Server::start(&["--token-lifetime", "60"]);
    let pair = post(&server, "/auth/token", legacy(&server)).expect(201);
    server.control("POST", "clock", json!({ "advance_seconds": 61 }));
    get(&server, pair["access_token"].as_str().unwrap()).problem(401, "signature-expired");
    let renewed = post(
        &server,
        "/auth/refresh",
        json!({ "refresh_token": pair["refresh_token"] }),
    )
    .expect(201);
    get(&server, renewed["access_token"].as_str().unwrap()).expect(200);
    server.control("POST", "clock", json!({ "advance_days": 2 }));
    post(
        &server,
        "/auth/refresh",
        json!({ "refresh_token": pair["refresh_token"] }),
    )
    .problem(401, "signature-expired");
}

#[test]
fn a_wrong_api_key_is_refused_and_a_malformed_request_names_its_field() {
    let server = Server::start(&[]);
    post(
        &server,
        "/auth/token",
        json!({ "api_key": "x", "api_secret": "y" }),
    )
    .problem(401, "authentication-error");
    let reply = post(
        &server,
        "/auth/token",
        json!({ "api_key": 7, "scope": "x" }),
    );
    reply.refuses(&["api_key", "api_secret", "scope"]);
    post(&server, "/auth/refresh", json!({ "refresh_token": "x" }))
        .problem(401, "authentication-error");
}

#[test]
fn health_needs_no_token_and_the_implementation_does() {
    let server = Server::start(&[]);
    assert_eq!(
        server
            .send("GET", "/api/v2/health", &[], &[])
            .unwrap()
            .expect(200)["status"],
        "pass"
    );
    server
        .send("GET", "/api/v2/implementation", &[], &[])
        .unwrap()
        .problem(401, "not-authenticated");
    let implementation = server.a().get("/implementation").expect(200);
    assert_eq!(
        implementation["supported_network_service_types"],
        json!(["cloud_vc", "exchange_lan", "mp2mp_vc", "p2mp_vc", "p2p_vc"])
    );
    assert_eq!(
        implementation["supported_network_service_config_types"],
        json!(["cloud_vc", "exchange_lan", "mp2mp_vc", "p2mp_vc", "p2p_vc"])
    );
    assert_eq!(implementation["supported_features"]["pagination"], false);
}
