//! The program from its first line to its end.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::client::{PATIENCE, ask, ask_for_schema, connect, shut_down};
use crate::process::{Plugin, by_hand, clean, invite, signal, with_certificate};

#[test]
fn a_person_who_starts_it_is_told_what_it_is() {
    let output = by_hand().output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("plugin") && told.contains("terraform init"));
}

#[test]
fn terraform_is_told_why_it_cannot_start() {
    let mut command = by_hand();
    invite(&mut command);
    let output = command.env("PLUGIN_CLIENT_CERT", "?").output().unwrap();
    assert!(!output.status.success());
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("PLUGIN_CLIENT_CERT"), "{told}");
    assert_eq!(told.lines().count(), 1);
}

#[test]
fn the_line_has_six_fields_and_a_seventh_only_on_request() {
    let plugin = Plugin::start();
    assert_eq!(plugin.line.matches('|').count(), 5);
    let plugin = Plugin::start_with(|command| {
        command.env("PLUGIN_MULTIPLEX_GRPC", "true");
    });
    assert!(plugin.line.ends_with("|false\n"));
}

#[tokio::test]
async fn shutdown_ends_it_at_once_and_leaves_nothing_behind() {
    let mut plugin = Plugin::start();
    let mode = plugin.folder().metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let channel = connect(&plugin.socket, Some(plugin.tls())).await.unwrap();
    shut_down(&channel).await;
    let (status, more) = plugin.wait();
    assert!(status.success());
    assert_eq!(more, "", "nothing but the line on stdout");
    assert!(!plugin.folder().exists());
}

#[tokio::test]
async fn ctrl_c_and_a_closed_terminal_do_not_end_it() {
    let plugin = Plugin::start();
    let channel = connect(&plugin.socket, Some(plugin.tls())).await.unwrap();
    for _ in 0..2 {
        plugin.signal("INT");
        plugin.signal("HUP");
        tokio::time::sleep(Duration::from_millis(50)).await;
        ask_for_schema(&channel).await.unwrap();
    }
}

#[tokio::test]
async fn sigterm_ends_it_cleanly() {
    let mut plugin = Plugin::start();
    let _channel = connect(&plugin.socket, Some(plugin.tls())).await.unwrap();
    plugin.signal("TERM");
    // This blocks the client too: one that does not answer any more must not keep it alive.
    let (status, _) = plugin.wait();
    assert!(status.success());
    assert!(!plugin.folder().exists());
}

#[test]
fn it_ends_when_terraform_dies() {
    let mut parent = Command::new("sh");
    clean(&mut parent);
    invite(&mut parent);
    with_certificate(&mut parent);
    let program = env!("CARGO_BIN_EXE_terraform-provider-ixapi");
    let mut parent = parent
        .args(["-c", "\"$0\" & echo $! >&2; read line", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut process = String::new();
    let mut stderr = BufReader::new(parent.stderr.take().unwrap());
    stderr.read_line(&mut process).unwrap();
    let mut plugin = Plugin::greet(parent);
    assert!(plugin.socket.exists());
    plugin.child.kill().unwrap();
    let started = Instant::now();
    while plugin.folder().exists() {
        if started.elapsed() > PATIENCE {
            signal(process.trim().parse().unwrap(), "KILL");
            panic!("the orphan lives on");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    // Whoever held stdout is gone too.
    assert_eq!(plugin.rest(), "");
}

#[tokio::test]
async fn the_client_may_choose_the_folder_of_the_socket() {
    let folder = tempfile::tempdir().unwrap();
    let mut plugin = Plugin::start_with(|command| {
        with_certificate(command);
        command.env("PLUGIN_UNIX_SOCKET_DIR", folder.path());
    });
    assert_eq!(plugin.folder(), folder.path());
    let channel = connect(&plugin.socket, Some(plugin.tls())).await.unwrap();
    shut_down(&channel).await;
    plugin.wait();
    assert!(!plugin.socket.exists() && folder.path().exists());
}

#[tokio::test]
async fn a_person_may_debug_it_until_ctrl_c() {
    let mut child = by_hand().arg("debug").spawn().unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let told = stdout.lines().map(Result::unwrap);
    let line = told
        .filter_map(|line| Some(line.split_once("TF_REATTACH_PROVIDERS=")?.1.to_owned()))
        .next()
        .unwrap();
    let value: serde_json::Value = serde_json::from_str(line.trim_matches('\'')).unwrap();
    let entry = value.as_object().unwrap().values().next().unwrap();
    assert_eq!(entry["Pid"], child.id());
    let socket = Path::new(entry["Addr"]["String"].as_str().unwrap());
    ask(socket, None).await.unwrap();
    signal(child.id(), "INT");
    assert!(child.wait().unwrap().success());
    assert!(!socket.exists());
}

#[tokio::test]
async fn many_may_run_at_a_time() {
    let plugins: Vec<Plugin> = (0..5).map(|_| Plugin::start()).collect();
    for plugin in &plugins {
        ask(&plugin.socket, Some(plugin.tls())).await.unwrap();
    }
}
