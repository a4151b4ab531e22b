//! An exchange that means no good, or what stands before it: each time a clear error, no more
//! memory than there is for an answer, and no word to anybody else.

use std::io::{self, Write};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use acceptance_tests::config::{Block, config, contact};
use acceptance_tests::front::{Answer, Elsewhere, Front};
use acceptance_tests::run::{Message, Run};
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::Workspace;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

/// What the provider may hold when an answer is as large as is read, in bytes: that, as text and as
/// values, and what it needs itself.
const MOST_MEMORY: u64 = 256 << 20;

/// A head of an answer whose body goes on until the connection ends.
const ENDLESS: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";

/// Asks a front for contacts, and gives how that ended and how much memory it took.
fn asked(path: &str, answer: Answer, more: &[(&str, &str)]) -> (Run, u64) {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let mut workspace = Workspace::new(&sandbox, config([contacts()]));
    let front = Front::answering(&sandbox, path, answer);
    front.stands_before(&mut workspace, &sandbox, "127.0.0.1");
    for (name, value) in more {
        workspace.set(name, value);
    }
    workspace
        .start(&["plan", "-json", "-input=false"])
        .finish_and_weigh()
}

fn contacts() -> Block {
    Block::new("data", "contacts", "all")
}

/// Whether the provider held no more than it may; Linux alone tells how much it was.
fn stayed_within_bounds(memory: u64) {
    if cfg!(target_os = "linux") {
        assert!(memory > 0, "the provider was not weighed");
    }
    assert!(memory < MOST_MEMORY, "{} MiB", memory >> 20);
}

/// The error of a plan that has failed in bounded memory.
fn fails_within_bounds((run, memory): (Run, u64), words: &[&str]) -> Message {
    stayed_within_bounds(memory);
    run.one_error(words)
}

/// Writes the same over and over.
fn over_and_over(stream: &mut dyn Write, part: &[u8]) -> io::Result<()> {
    let many = part.repeat(1000);
    loop {
        stream.write_all(&many)?;
    }
}

#[test]
fn a_list_without_end_is_given_up() {
    let rows: Answer = |stream| {
        stream.write_all(ENDLESS)?;
        stream.write_all(b"[{}")?;
        over_and_over(stream, br#",{"id":"1","name":"somebody"}"#)
    };
    fails_within_bounds(
        asked("/contacts", rows, &[]),
        &["more than 64 MiB", "ask for less"],
    );
}

#[test]
fn a_refusal_without_end_is_a_refusal() {
    let words: Answer = |stream| {
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")?;
        over_and_over(stream, b"never ")
    };
    let error = fails_within_bounds(asked("/contacts", words, &[]), &["400 Bad Request"]);
    assert!(error.text().len() < 4000, "{}", error.text());
}

#[test]
fn nesting_without_end_breaks_nothing() {
    let deep: Answer = |stream| {
        stream.write_all(ENDLESS)?;
        stream.write_all(&b"[{\"a\":".repeat(1 << 20))
    };
    fails_within_bounds(asked("/contacts", deep, &[]), &["200 OK", "not JSON"]);
}

#[test]
fn what_unfolds_to_gigabytes_is_not_unfolded() {
    let bomb: Answer = |stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")?;
        stream.write_all(b"content-encoding: gzip\r\nconnection: close\r\n\r\n")?;
        let mut folded = GzEncoder::new(stream, Compression::fast());
        let spaces = vec![b' '; 1 << 20];
        for _ in 0..4096 {
            folded.write_all(&spaces)?;
        }
        folded.finish().map(drop)
    };
    fails_within_bounds(asked("/contacts", bomb, &[]), &["more than 64 MiB"]);
}

#[test]
fn an_answer_that_trickles_is_given_up_in_its_time() {
    let trickle: Answer = |stream| {
        stream.write_all(ENDLESS)?;
        loop {
            stream.write_all(b" ")?;
            stream.flush()?;
            thread::sleep(Duration::from_millis(50));
        }
    };
    let patience = [("IX_API_REQUEST_TIMEOUT", "1s")];
    let words = ["not answered within 1 s", "request_timeout"];
    fails_within_bounds(asked("/contacts", trickle, &patience), &words);
}

#[test]
fn headers_without_end_are_given_up() {
    let headers: Answer = |stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
        over_and_over(stream, b"x-more: and more and more\r\n")
    };
    fails_within_bounds(asked("/contacts", headers, &[]), &["was not answered"]);
}

/// Somebody else's host; each test looks that nobody has spoken to it.
fn elsewhere() -> &'static Elsewhere {
    static ELSEWHERE: OnceLock<Elsewhere> = OnceLock::new();
    ELSEWHERE.get_or_init(Elsewhere::start)
}

/// Sends whoever asks to somebody else's host, with all that was sent.
const REDIRECT: Answer = |stream| {
    let port = elsewhere().port;
    write!(
        stream,
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:{port}/contacts\r\n\
         content-length: 0\r\nconnection: close\r\n\r\n"
    )
};

#[test]
fn a_token_follows_nobody_to_another_host() {
    let words = ["307", "redirects are not followed", "127.0.0.1"];
    fails_within_bounds(asked("/contacts", REDIRECT, &[]), &words);
    assert_eq!(elsewhere().heard.all(), [""; 0]);
}

#[test]
fn an_order_follows_nobody_to_another_host() {
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let mut workspace = Workspace::new(&sandbox, config([contact("noc")]));
    let front = Front::answering(&sandbox, "/contacts", REDIRECT);
    front.stands_before(&mut workspace, &sandbox, "127.0.0.1");
    workspace
        .apply(&[])
        .one_error(&["redirects are not followed"]);
    assert_eq!(elsewhere().heard.all(), [""; 0]);
    assert!(sandbox.live().is_empty());
}

#[test]
fn a_hundred_thousand_rows_are_read_in_bounded_memory() {
    let rows: Answer = |stream| {
        stream.write_all(ENDLESS)?;
        stream.write_all(b"[")?;
        for number in 0..100_000 {
            let comma = if number == 0 { "" } else { "," };
            write!(
                stream,
                "{comma}{{\"id\":\"contact-{number}\",\"name\":\"Desk {number}\",\
                 \"managing_account\":\"A0087999\",\"consuming_account\":\"A0087999\",\
                 \"external_ref\":\"desk-{number}\",\"email\":\"desk-{number}@example.net\",\
                 \"telephone\":\"+31 20 555 0100\"}}"
            )?;
        }
        stream.write_all(b"]")
    };
    let narrowed = |lines: &str| contacts().with("external_ref", lines);
    let sandbox = Sandbox::start(&["--speed", "instant"]);
    let one = config([narrowed("\"desk-99999\"")]);
    let found = "output \"found\" {\n  value = data.ixapi_contacts.all.contacts[*].id\n}\n";
    let mut workspace = Workspace::new(&sandbox, one + found);
    let front = Front::answering(&sandbox, "/contacts", rows);
    front.stands_before(&mut workspace, &sandbox, "127.0.0.1");
    let (run, memory) = workspace.start_apply().finish_and_weigh();
    run.ok();
    stayed_within_bounds(memory);
    let found = workspace.run(&["output", "-json", "found"]).ok();
    assert_eq!(found.stdout.trim(), json!(["contact-99999"]).to_string());
}
