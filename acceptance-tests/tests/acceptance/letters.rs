//! Letters of authorisation that are handed in: what goes on because of one, when one is sent
//! again, and what is said where none can be taken; and those that are saved to a file.

use std::fs;

use serde_json::{Value, json};

use acceptance_tests::config::{Block, config, contact, port};
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;

const IMPLEMENTATION: &str = "4699403d-b264-4a47-9bbb-2c956dcd1a12";

/// The SHA-256 of these letters.
const FIRST: (&str, &str) = (
    "base64encode(\"%PDF-1.4 letter\")",
    "d9c2649d18ac2776f94479589c8247d72e7c070977240abf79e33a2ffd54302c",
);

/// A port in Frankfurt whose cross connect the exchange orders, with the contact that it needs.
fn connected() -> [Block; 2] {
    let contact = contact("noc").with("roles", &format!("[{IMPLEMENTATION:?}]"));
    let port = port("port")
        .with("product_offering", "\"503235.FRA1-A.E\"")
        .with("role_assignments", "ixapi_contact.noc.role_assignments");
    [contact, port]
}

fn letter(content: &str) -> Block {
    Block::new("resource", "loa", "letter")
        .with("network_connection", "ixapi_connection.port.id")
        .with("content_base64", content)
}

fn with(letter: Block) -> String {
    config(connected().into_iter().chain([letter]))
}

fn uploads(sandbox: &Sandbox) -> Vec<Value> {
    let log = sandbox.log();
    let changes = log.changes();
    let uploads = changes.into_iter().filter(|entry| {
        let path = entry["path"].as_str().unwrap_or_default();
        path.ends_with("/loa")
    });
    uploads.cloned().collect()
}

#[test]
fn a_port_goes_on_once_its_letter_is_there() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let [contact, port] = connected();
    let hasty = port.with("wait_for_state", "\"production\"");
    let workspace = Workspace::new(&sandbox, config([contact, hasty]));
    let letter_first = ["has to be told where to", "ixapi_loa", "wait_for_state"];
    workspace.plan(&[]).warns(&letter_first);
    workspace.configure(config(connected()));
    workspace.apply(&[]).ok().warns(&[
        "has to be told where to",
        "ixapi_loa",
        "cannot be seen yet",
    ]);
    let state = |wanted: &str| {
        workspace.apply(&["-refresh-only"]).ok();
        let port = workspace.held("ixapi_connection.port");
        assert_eq!(port.text("state"), wanted);
    };
    state("allocated");
    workspace.configure(with(letter(FIRST.0)));
    workspace.apply(&[]).quiet();
    state("production");
    workspace.plan(&[]).empty();
    let id = sandbox.only("connections");
    let uploads = uploads(&sandbox);
    assert_eq!(uploads.len(), 1, "{uploads:#?}");
    assert_eq!(uploads[0]["path"], json!(format!("/connections/{id}/loa")));
    assert_eq!(uploads[0]["body"], "15 bytes");
}

#[test]
fn another_letter_is_uploaded_in_place_and_the_plan_shows_its_digest_and_no_more() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let workspace = Workspace::new(&sandbox, with(letter(FIRST.0)));
    workspace.apply(&[]).ok();
    workspace.configure(with(letter("base64encode(\"%PDF-1.4 another\")")));
    let change = workspace.planned_change("ixapi_loa.letter");
    assert_eq!(change["actions"], json!(["update"]));
    assert_eq!(change["before"]["sha256"], FIRST.1);
    assert_eq!(change["after_unknown"], json!({}));
    assert_ne!(change["after"]["sha256"], FIRST.1);
    let seen = workspace.run(&["plan", "-no-color"]).stdout;
    assert!(!seen.contains("JVBERi0xLjQg"), "{seen}");
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    assert_eq!(uploads(&sandbox).len(), 2);
}

#[test]
fn an_upload_whose_answer_is_lost_is_sent_again_by_itself() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let workspace = Workspace::new(&sandbox, config(connected()));
    workspace.apply(&[]).ok();
    let id = sandbox.only("connections");
    workspace.configure(with(letter(FIRST.0)));
    let path = format!("/connections/{id}/loa");
    sandbox.fault(json!({ "kind": "cut_after", "method": "POST", "path": path }));
    workspace.apply(&[]).quiet();
    assert_eq!(uploads(&sandbox).len(), 2);
    workspace.plan(&[]).empty();
}

#[test]
fn taking_a_letter_away_deletes_nothing_and_says_so() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let workspace = Workspace::new(&sandbox, with(letter(FIRST.0)));
    workspace.apply(&[]).ok();
    let id = sandbox.only("connections");
    workspace.configure(config(connected()));
    let log = sandbox.during(|| {
        let run = workspace.apply(&[]).ok();
        run.warns(&["stays with the exchange", &id, "deletes nothing"]);
    });
    assert!(log.changes().is_empty(), "{:#?}", log.changes());
    workspace.plan(&[]).empty();
    assert!(
        !workspace
            .addresses()
            .contains(&"ixapi_loa.letter".to_owned())
    );
}

#[test]
fn a_letter_for_a_port_that_is_gone_leaves_the_state_and_one_for_the_next_is_uploaded_there() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let workspace = Workspace::new(&sandbox, with(letter(FIRST.0)));
    workspace.apply(&[]).ok();
    // In place: the port is another one, and there is nothing to take back from the first.
    let old = sandbox.only("connections");
    workspace.apply(&["-replace=ixapi_connection.port"]).ok();
    let new = sandbox.only("connections");
    assert_ne!(old, new);
    let held = workspace.held("ixapi_loa.letter");
    assert_eq!(held.text("id"), format!("connections/{new}"));
    assert_eq!(uploads(&sandbox).len(), 2);
    sandbox.remove("connections", &new);
    sandbox.remove("port-reservations", &new);
    workspace
        .apply(&["-refresh-only"])
        .ok()
        .warns(&[&new, "is gone", "leaves the state"]);
    assert!(
        !workspace
            .addresses()
            .contains(&"ixapi_loa.letter".to_owned())
    );
}

#[test]
fn a_lag_as_a_whole_takes_no_letter_in_the_words_of_the_exchange() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let [contact, port] = connected();
    let lag = port
        .with("mode", "\"lag_static\"")
        .with("port_quantity", "2");
    let workspace = Workspace::new(&sandbox, config([contact, lag, letter(FIRST.0)]));
    let error = workspace.apply(&[]).one_error(&[
        "a letter for each of its port reservations",
        "Nothing was uploaded",
    ]);
    assert!(error.line.contains("network_connection"), "{error:#?}");
}

#[test]
fn a_letter_that_the_exchange_finds_too_large_is_told_at_its_content() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let workspace = Workspace::new(&sandbox, config(connected()));
    workspace.apply(&[]).ok();
    workspace.configure(with(letter(FIRST.0)));
    sandbox.fault(json!({
        "kind": "answer", "status": 413, "method": "POST",
        "path": format!("/connections/{}/loa", sandbox.only("connections")),
        "body": { "title": "Content too large", "status": 413, "detail": "At most 5 bytes." },
    }));
    let error = workspace.apply(&[]).one_error(&[
        "At most 5 bytes",
        "Nothing was uploaded",
        "smaller file",
    ]);
    assert!(error.line.contains("content_base64"), "{error:#?}");
    workspace.apply(&[]).quiet();
    // So does the sandbox by itself, before it has read to the end.
    let large = format!("%PDF-1.4 {}", "x".repeat(3 << 20));
    workspace.write("large.pdf", large);
    workspace.configure(with(letter("filebase64(\"large.pdf\")")));
    let error = workspace
        .apply(&[])
        .one_error(&["413", "Nothing was uploaded", "smaller file"]);
    assert!(error.line.contains("content_base64"), "{error:#?}");
}

#[test]
fn a_letter_that_is_no_pdf_is_told_in_the_plan() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let encoded = |content: &str| with(letter(&format!("base64encode({content:?})")));
    let workspace = Workspace::new(&sandbox, encoded("a picture"));
    let words = ["is no PDF", "9 bytes", "right file"];
    workspace.plan(&[]).warns(&words);
    workspace.apply(&[]).ok();
    assert_eq!(uploads(&sandbox).len(), 1);
    workspace.plan(&[]).empty().quiet();
    workspace.configure(encoded("JVBERi0xLjQgbGV0dGVy"));
    let error = workspace.validate().one_error(&["Base64 once more"]);
    assert!(error.line.contains("content_base64"), "{error:#?}");
}

#[test]
fn an_import_says_what_it_is_for_and_brings_what_the_exchange_keeps() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let workspace = Workspace::new(
        &sandbox,
        config(
            connected()
                .into_iter()
                .chain([port("other").with("external_ref", "\"other\"")]),
        ),
    );
    workspace.apply(&[]).ok();
    let id = workspace
        .held("ixapi_connection.port")
        .text("id")
        .to_owned();
    let other = workspace
        .held("ixapi_connection.other")
        .text("id")
        .to_owned();
    workspace.configure(with(letter(FIRST.0)) + &port("other").to_string());
    let import = |id: &str| workspace.run(&["import", "-no-color", "ixapi_loa.letter", id]);
    for (path, words) in [
        (id.as_str(), ["connections/<id>", "port-reservations/<id>"]),
        (
            &format!("connections/{id}"),
            ["does not give", "does no harm"],
        ),
        (
            &format!("connections/{other}"),
            ["you order the cross connect", "subscriber"],
        ),
        ("connections/CANL-0", ["CANL-0", "does not know it"]),
    ] {
        let run = import(path);
        assert_eq!(run.code, Some(1), "{run}");
        let told = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        let told = told.replace("│ ", "");
        for word in words {
            assert!(told.contains(word), "no {word:?} in {told}");
        }
    }
    workspace.apply(&[]).quiet();
    workspace.run(&["state", "rm", "ixapi_loa.letter"]).ok();
    import(&format!("connections/{id}")).ok();
    workspace.plan(&[]).empty();
}

#[test]
fn a_letter_is_saved_to_a_file_which_is_written_again_only_if_it_differs() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let saved = |to: &str| {
        let letter = Block::new("data", "loa", "letter")
            .with("network_connection", "ixapi_connection.port.id")
            .with("save_to", to);
        config([port("port"), letter])
    };
    let workspace = Workspace::new(&sandbox, saved("\"port.pdf\""));
    workspace.apply(&[]).quiet();
    let file = workspace.path("port.pdf");
    let kept = fs::read(&file).unwrap();
    assert!(kept.starts_with(b"%PDF"), "{} bytes", kept.len());
    let when = || fs::metadata(&file).unwrap().modified().unwrap();
    let before = when();
    workspace.plan(&[]).empty();
    assert_eq!(when(), before);
    fs::write(&file, "something else").unwrap();
    workspace.plan(&[]).empty();
    assert_eq!(fs::read(&file).unwrap(), kept);
    // Somewhere it cannot be, what was there stays.
    workspace.configure(saved("\"nowhere/port.pdf\""));
    let error = workspace
        .plan(&[])
        .one_error(&["nowhere/port.pdf", "a folder that exists"]);
    assert_eq!(error.line.trim(), "save_to = \"nowhere/port.pdf\"");
    workspace.configure(saved("\"\""));
    workspace.validate().one_error(&["save_to", "empty"]);
    assert_eq!(fs::read(&file).unwrap(), kept);
}
