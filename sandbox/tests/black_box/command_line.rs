//! The program itself: how it starts, what it prints, how it ends.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Server, exports, program};

#[test]
fn it_prints_what_a_shell_needs_to_reach_it() {
    let server = Server::start(&[]);
    let url = server.variable("IXAPI_SANDBOX_URL").to_owned();
    assert_eq!(server.variable("IX_API_HOST"), format!("{url}/api/v2"));
    assert_eq!(
        server.variable("IX_API_OAUTH2_TOKEN_URL"),
        format!("{url}/connect/token")
    );
    assert_eq!(server.variable("IX_API_AUTH"), "oauth2");
    assert_eq!(
        server.variable("IXAPI_SANDBOX_PID"),
        server.id().to_string()
    );
    for name in [
        "IX_API_KEY",
        "IX_API_SECRET",
        "IXAPI_SANDBOX_B_KEY",
        "IXAPI_SANDBOX_B_SECRET",
        "IXAPI_SANDBOX_LEGACY_KEY",
        "IXAPI_SANDBOX_LEGACY_SECRET",
        "IXAPI_SANDBOX_B_LEGACY_KEY",
        "IXAPI_SANDBOX_B_LEGACY_SECRET",
    ] {
        let value = server.variable(name);
        assert!(
            value
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-/+=".contains(&byte)),
            "{name} needs no quotes: {value}"
        );
    }
}

#[test]
fn it_listens_on_the_loopback_only() {
    for address in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0"] {
        let output = program().args(["--listen", address]).output().unwrap();
        assert!(!output.status.success() && output.stdout.is_empty());
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("loopback"),
            "{address}"
        );
    }
}

#[test]
fn a_wrong_argument_is_refused() {
    for arguments in [
        ["--speed", "warp"],
        ["--page-size", "0"],
        ["--notice-days", "-1"],
        ["--listen", "here"],
    ] {
        assert!(
            !program().args(arguments).output().unwrap().status.success(),
            "{arguments:?}"
        );
    }
}

#[test]
fn it_goes_on_when_nobody_reads_what_it_prints() {
    let mut child = program()
        .args(["--listen", "127.0.0.1:0", "--exit-with-parent"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none(), "it ended");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn it_ends_at_once_when_it_is_told_to() {
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start(&[]);
        assert!(
            Command::new("kill")
                .args([signal, &server.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        assert!(server.child().wait().unwrap().success());
    }
}

#[cfg(unix)]
#[test]
fn it_ends_with_its_parent_where_it_was_asked_to() {
    // The shell stays between this test and the server until its input ends.
    let script = format!(
        "{} --exit-with-parent & read line",
        env!("CARGO_BIN_EXE_ixapi-sandbox")
    );
    let mut shell = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let variables = exports(shell.stdout.take().unwrap());
    let address = variables["IXAPI_SANDBOX_URL"]
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    assert!(std::net::TcpStream::connect(&address).is_ok());
    shell.stdin.take().unwrap().write_all(b"\n").unwrap();
    shell.wait().unwrap();
    ends(&address);
}

#[cfg(unix)]
#[test]
fn it_goes_to_the_background_of_a_shell_that_evaluates_its_lines() {
    let program = env!("CARGO_BIN_EXE_ixapi-sandbox");
    let script = format!(
        "eval \"$({program} --background)\" && echo \"$IXAPI_SANDBOX_URL $IX_API_HOST\" \
         && kill \"$IXAPI_SANDBOX_PID\""
    );
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let line = String::from_utf8(output.stdout).unwrap();
    let (url, host) = line.trim().split_once(' ').unwrap();
    assert_eq!(host, format!("{url}/api/v2"));
    ends(url.strip_prefix("http://").unwrap());
}

/// Asserts that nobody listens at the address before long.
#[cfg(unix)]
fn ends(address: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while std::net::TcpStream::connect(address).is_ok() {
        assert!(Instant::now() < deadline, "the server is still there");
        std::thread::sleep(Duration::from_millis(20));
    }
}
