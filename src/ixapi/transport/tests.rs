//! TLS: whom the transport trusts, and what it says when it does not.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::super::log::NoLog;
use super::super::retry::Effect;
use super::super::stub::{Stub, failure, json};
use super::*;

/// The variable that tells the test process run below where to connect.
const SERVER: &str = "IXAPI_TEST_TLS_SERVER";

fn transport(plain: bool) -> Transport {
    let agent = HeaderValue::from_static("tests/1");
    let timeout = Duration::from_secs(30);
    Transport::new(agent, timeout, plain, Arc::new(NoLog), Scrubber::default())
}

fn get(address: &str) -> Request {
    let url = Url::parse(address).unwrap();
    Request::new(Effect::Reads, Method::GET, url, Body::Empty)
}

/// What accepts TLS with a certificate of its own making, speaking these protocols, and that
/// certificate.
fn acceptor(protocols: &[&[u8]]) -> (TlsAcceptor, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let text = STANDARD.encode(made.cert.der());
    (
        TlsAcceptor::from(Arc::new(config)),
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"),
    )
}

/// A server, and its certificate.
async fn serving() -> (SocketAddr, String) {
    let (acceptor, certificate) = acceptor(&[]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let _ = stream.read(&mut [0; 4096]).await;
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]";
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    (address, certificate)
}

/// A server that speaks HTTP/2, its certificate, and how many connections it has had.
async fn serving_http2() -> (SocketAddr, String, Arc<AtomicUsize>) {
    let (acceptor, certificate) = acceptor(&[b"h2", b"http/1.1"]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let stream = acceptor.accept(stream).await.unwrap();
                let mut connection = h2::server::handshake(stream).await.unwrap();
                while let Some(Ok((_, mut respond))) = connection.accept().await {
                    let answer = respond.send_response(Default::default(), false);
                    answer.unwrap().send_data("[]".into(), true).unwrap();
                }
            });
        }
    });
    (address, certificate, connections)
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_refused_and_not_tried_again() {
    let (address, _) = serving().await;
    let request = get(&format!("https://localhost:{}/", address.port()));
    let failed = failure(transport(false).send(&request, None, 1).await);
    assert_eq!(
        failed.trouble,
        Trouble::NotConnected { for_good: true },
        "{}",
        failed.error
    );
    assert!(
        failed.error.to_string().contains("certificate"),
        "{}",
        failed.error
    );
}

/// Runs one of the tests marked `ignore` in a process of its own: the variables of this one are
/// shared with all other tests.
async fn in_a_child(test: &str, certificates: &Path, address: String) {
    let this = std::env::current_exe().unwrap();
    let module = module_path!().split_once("::").unwrap().1;
    let mut child = Command::new(this);
    child
        .args(["--exact", &format!("{module}::{test}"), "--ignored"])
        .env("SSL_CERT_FILE", certificates)
        .env_remove("SSL_CERT_DIR")
        .env(SERVER, address);
    let output = tokio::task::spawn_blocking(move || child.output().unwrap())
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

#[tokio::test]
async fn a_certificate_named_in_ssl_cert_file_is_trusted() {
    let (address, pem) = serving().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pem).unwrap();
    let address = format!("https://localhost:{}/", address.port());
    in_a_child("a_child_that_trusts_the_file", file.path(), address).await;
}

#[tokio::test]
async fn where_http2_is_offered_all_requests_share_one_connection() {
    let (address, pem, connections) = serving_http2().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pem).unwrap();
    let address = format!("https://localhost:{}/", address.port());
    in_a_child("a_child_that_asks_often", file.path(), address).await;
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
#[ignore = "run by where_http2_is_offered_all_requests_share_one_connection"]
async fn a_child_that_asks_often() {
    let Ok(address) = std::env::var(SERVER) else {
        return;
    };
    let (transport, request) = (transport(false), get(&address));
    let ask = async || transport.send(&request, None, 1).await.unwrap();
    ask().await;
    for _ in 0..5 {
        tokio::join!(ask(), ask(), ask(), ask());
    }
}

#[tokio::test]
async fn without_any_certificate_plain_http_works_and_https_says_what_is_missing() {
    let stub = Stub::answering([json(200, serde_json::json!([]))]).await;
    in_a_child(
        "a_child_without_certificates",
        Path::new("/nowhere/ca.pem"),
        stub.url("/"),
    )
    .await;
}

#[tokio::test]
#[ignore = "run by a_certificate_named_in_ssl_cert_file_is_trusted"]
async fn a_child_that_trusts_the_file() {
    let Ok(address) = std::env::var(SERVER) else {
        return;
    };
    let answer = transport(false)
        .send(&get(&address), None, 1)
        .await
        .unwrap();
    assert_eq!(answer.into_json(), Some(serde_json::json!([])));
}

#[tokio::test]
#[ignore = "run by without_any_certificate_plain_http_works_and_https_says_what_is_missing"]
async fn a_child_without_certificates() {
    let Ok(address) = std::env::var(SERVER) else {
        return;
    };
    transport(true).send(&get(&address), None, 1).await.unwrap();
    // Elsewhere the system itself keeps the certificates, whatever the variable says.
    if cfg!(target_os = "linux") {
        let failed = failure(transport(false).send(&get(&address), None, 1).await);
        assert_eq!(failed.trouble, Trouble::NotConnected { for_good: true });
        assert!(
            failed.error.to_string().contains("SSL_CERT_FILE"),
            "{}",
            failed.error
        );
    }
}

#[tokio::test]
async fn a_client_for_this_machine_alone_trusts_no_certificate() {
    let (address, _) = serving().await;
    let request = get(&format!("https://localhost:{}/", address.port()));
    let failed = failure(transport(true).send(&request, None, 1).await);
    assert_eq!(failed.trouble, Trouble::NotConnected { for_good: true });
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_not_connected() {
    let failed = failure(
        transport(true)
            .send(&get("http://nowhere.invalid/"), None, 1)
            .await,
    );
    assert_eq!(
        failed.trouble,
        Trouble::NotConnected { for_good: false },
        "{}",
        failed.error
    );
}

#[test]
fn long_texts_are_cut_between_characters() {
    let long = "ü".repeat(LOGGED);
    let short = shortened(long);
    assert!(short.len() <= LOGGED + '…'.len_utf8() && short.ends_with('…'));
    assert_eq!(shortened("x".into()), "x");
}
