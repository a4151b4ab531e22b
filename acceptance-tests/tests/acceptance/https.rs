//! HTTPS as it is outside of this machine: whose certificates are believed, and the way through a
//! proxy.

use acceptance_tests::config::{config, contact, port};
use acceptance_tests::front::{Authority, Front, Proxy};
use acceptance_tests::run::Run;
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

/// The name of this machine that no proxy is ever asked for.
const HERE: &str = "localhost";

/// An address of this machine that is like any other to whoever chooses between proxy and no proxy.
#[cfg(unix)]
const LIKE_ANY_OTHER: &str = "0.0.0.0";

/// A workspace for an exchange whose certificates a file vouches for.
fn workspace(sandbox: &Sandbox, authority: &Authority) -> Workspace {
    let mut workspace = Workspace::new(sandbox, config([port("port"), contact("noc")]));
    workspace.write("authority.pem", authority.pem());
    let file = workspace.path("authority.pem");
    workspace.set("SSL_CERT_FILE", file.to_str().unwrap());
    workspace
}

/// Orders, looks and cancels.
fn goes_well(sandbox: &Sandbox, workspace: &Workspace) {
    workspace.apply(&[]).ok();
    workspace.plan(&[]).empty();
    workspace.destroy(&[]).ok();
    assert!(sandbox.live().is_empty());
}

/// Fails before anything was ordered, and without having tried for long.
fn is_refused(sandbox: &Sandbox, run: Run, words: &[&str]) {
    let run = run.fails();
    let errors = run.errors();
    for word in words {
        let said = errors.iter().all(|error| error.text().contains(word));
        assert!(said && !errors.is_empty(), "no {word:?} in {run}");
    }
    assert!(
        sandbox.log().0.is_empty(),
        "nothing has reached the exchange"
    );
}

/// What is said of a certificate. On macOS the system judges, which tells no names and no days.
fn judged_by_us<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    if cfg!(target_vendor = "apple") {
        &["certificate"]
    } else {
        words
    }
}

#[test]
fn whom_the_file_of_the_environment_vouches_for_is_believed() {
    let (sandbox, authority) = (Sandbox::start(&["--speed", "instant"]), Authority::new());
    let front = Front::secure(&sandbox, authority.vouches_for(HERE));
    let mut workspace = workspace(&sandbox, &authority);
    front.stands_before(&mut workspace, &sandbox, HERE);
    goes_well(&sandbox, &workspace);
}

#[test]
fn whom_nobody_vouches_for_is_told_nothing() {
    let (sandbox, authority) = (Sandbox::start(&[]), Authority::new());
    let front = Front::secure(&sandbox, Authority::new().vouches_for(HERE));
    let mut workspace = workspace(&sandbox, &authority);
    front.stands_before(&mut workspace, &sandbox, HERE);
    is_refused(
        &sandbox,
        workspace.apply(&[]),
        &["certificate", "SSL_CERT_FILE", "Nothing was"],
    );
}

#[test]
fn a_certificate_for_another_name_is_none() {
    let (sandbox, authority) = (Sandbox::start(&[]), Authority::new());
    let front = Front::secure(&sandbox, authority.vouches_for("exchange.example.net"));
    let mut workspace = workspace(&sandbox, &authority);
    front.stands_before(&mut workspace, &sandbox, HERE);
    let words = ["localhost", "exchange.example.net"];
    is_refused(&sandbox, workspace.apply(&[]), judged_by_us(&words));
}

#[test]
fn a_certificate_of_yesterday_is_none() {
    let (sandbox, authority) = (Sandbox::start(&[]), Authority::new());
    let front = Front::secure(&sandbox, authority.vouched_for(HERE));
    let mut workspace = workspace(&sandbox, &authority);
    front.stands_before(&mut workspace, &sandbox, HERE);
    let words = ["valid until 2021-01-01", "clock"];
    is_refused(&sandbox, workspace.apply(&[]), judged_by_us(&words));
}

#[cfg(unix)]
#[test]
fn all_goes_through_the_proxy_and_none_where_it_is_told_so() {
    let (sandbox, authority) = (Sandbox::start(&["--speed", "instant"]), Authority::new());
    let front = Front::secure(&sandbox, authority.vouches_for(LIKE_ANY_OTHER));
    let mut workspace = workspace(&sandbox, &authority);
    front.stands_before(&mut workspace, &sandbox, LIKE_ANY_OTHER);
    let proxy = Proxy::start();
    let credentials = "me:hunter2-of-the-proxy";
    workspace.keep_secret("the proxy's password", "hunter2-of-the-proxy");
    workspace.set(
        "HTTPS_PROXY",
        &format!("http://{credentials}@{}", proxy.address),
    );
    let log = sandbox.during(|| goes_well(&sandbox, &workspace));
    let asked = proxy.heard.all();
    assert!(
        log.0.len() > 4 && asked.len() >= log.0.len(),
        "{} {}",
        log.0.len(),
        asked.len()
    );
    for head in asked {
        let line = head.lines().next().unwrap_or_default();
        assert!(line.starts_with("CONNECT 0.0.0.0:"), "{line}");
        assert!(
            head.to_ascii_lowercase()
                .contains("proxy-authorization: basic ")
        );
        assert!(!head.contains("/api/"), "it sees nothing of what is asked");
    }
    let before = proxy.heard.all().len();
    workspace.set("NO_PROXY", "example.net,0.0.0.0");
    goes_well(&sandbox, &workspace);
    assert_eq!(proxy.heard.all().len(), before);
}

#[cfg(unix)]
#[test]
fn a_proxy_that_wants_another_password_is_told_of() {
    let (sandbox, authority) = (Sandbox::start(&[]), Authority::new());
    let front = Front::secure(&sandbox, authority.vouches_for(LIKE_ANY_OTHER));
    let mut workspace = workspace(&sandbox, &authority);
    front.stands_before(&mut workspace, &sandbox, LIKE_ANY_OTHER);
    workspace.keep_secret("the proxy's password", "hunter2-of-the-proxy");
    let refusing = Proxy::refusing("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    let address = format!("http://me:hunter2-of-the-proxy@{}", refusing.address);
    workspace.set("HTTPS_PROXY", &address);
    let words = ["the proxy wants", "HTTPS_PROXY", "Nothing was"];
    is_refused(&sandbox, workspace.apply(&[]), &words);
    // A password that is wrong is not tried over and over: that locks accounts.
    assert!(
        refusing.heard.all().len() < 10,
        "{:#?}",
        refusing.heard.all()
    );
}
