//! A token endpoint in front of the sandbox's own, which remembers what it handed out: the only way
//! for a test to know the tokens that must not be seen anywhere.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// Where tokens are issued, and those issued so far.
#[derive(Clone, Debug)]
pub struct TokenEndpoint {
    /// Its address.
    pub url: String,
    issued: Arc<Mutex<Vec<String>>>,
}

impl TokenEndpoint {
    /// Starts one that passes all on to the real endpoint. Its thread ends with the test process.
    pub fn before(real: &str) -> TokenEndpoint {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let endpoint = TokenEndpoint {
            url: format!("http://{address}/connect/token"),
            issued: Arc::default(),
        };
        let (issued, real) = (Arc::clone(&endpoint.issued), real.to_owned());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                pass_on(stream, &real, &issued);
            }
        });
        endpoint
    }

    /// The tokens so far.
    pub fn issued(&self) -> Vec<String> {
        self.issued.lock().expect("no one panicked").clone()
    }
}

fn pass_on(stream: TcpStream, real: &str, issued: &Mutex<Vec<String>>) {
    let Some(form) = body(&stream) else { return };
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into();
    let mut answer = agent
        .post(real)
        .header("content-type", "application/x-www-form-urlencoded")
        .send(form)
        .expect("the sandbox answers");
    let status = answer.status();
    let text = answer.body_mut().read_to_string().expect("in text");
    let json: Value = serde_json::from_str(&text).expect("in JSON");
    if let Some(token) = json["access_token"].as_str() {
        let mut issued = issued.lock().expect("no one panicked");
        issued.push(token.to_owned());
    }
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{text}",
        text.len()
    );
    let _ = (&stream).write_all(answer.as_bytes());
}

/// The body of a request that states its length.
fn body(stream: &TcpStream) -> Option<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}
