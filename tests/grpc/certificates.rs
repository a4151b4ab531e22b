//! Who may talk to the provider: the Terraform that started it, and nobody else.

use tokio::io::AsyncWriteExt;

use crate::client::{Papers, ask, reach, tls_of};
use crate::process::Plugin;

#[tokio::test]
async fn terraform_with_its_own_certificate_is_answered() {
    let plugin = Plugin::start();
    let schema = ask(&plugin.socket, Some(plugin.tls())).await.unwrap();
    assert!(!schema.provider.is_empty());
}

#[tokio::test]
async fn tls_1_2_will_do() {
    let plugin = Plugin::start();
    let settings = tls_of(
        &[&rustls::version::TLS12],
        plugin.certificate.as_ref().unwrap(),
        Some(Papers::of("terraform", "terraform")),
    );
    ask(&plugin.socket, Some(settings)).await.unwrap();
}

/// Asserts that a client is refused, and that Terraform is still answered.
async fn refused(papers: Option<Papers>, versions: &[&'static rustls::SupportedProtocolVersion]) {
    let plugin = Plugin::start();
    let settings = tls_of(versions, plugin.certificate.as_ref().unwrap(), papers);
    let outcome = ask(&plugin.socket, Some(settings)).await;
    assert!(outcome.is_err(), "a stranger was answered");
    ask(&plugin.socket, Some(plugin.tls())).await.unwrap();
}

#[tokio::test]
async fn another_certificate_is_refused() {
    let papers = Papers::of("stranger", "stranger");
    refused(Some(papers), rustls::ALL_VERSIONS).await;
}

#[tokio::test]
async fn no_certificate_is_refused() {
    refused(None, rustls::ALL_VERSIONS).await;
}

#[tokio::test]
async fn terraforms_certificate_without_its_key_is_refused() {
    for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
        let papers = Papers::of("terraform", "stranger");
        refused(Some(papers), &[version]).await;
    }
}

#[tokio::test]
async fn a_client_in_the_clear_is_refused() {
    let plugin = Plugin::start();
    assert!(ask(&plugin.socket, None).await.is_err());
    ask(&plugin.socket, Some(plugin.tls())).await.unwrap();
}

#[tokio::test]
async fn clients_that_say_nothing_keep_nobody_waiting() {
    let plugin = Plugin::start();
    let mut silent = Vec::new();
    for _ in 0..20 {
        let mut stream = reach(&plugin.socket).await.unwrap();
        stream.write_all(&[0x16]).await.unwrap();
        silent.push(stream);
    }
    // In far less time than the provider waits for one after the other.
    ask(&plugin.socket, Some(plugin.tls())).await.unwrap();
}

#[tokio::test]
async fn without_a_certificate_of_terraform_both_speak_in_the_clear() {
    let plugin = Plugin::start_with(|_| {});
    assert!(plugin.certificate.is_none());
    ask(&plugin.socket, None).await.unwrap();
}
