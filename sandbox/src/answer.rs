//! One HTTP answer, before it meets the HTTP library.

use serde_json::Value;

/// Status, headers and body of an answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status code.
    pub status: u16,
    /// Value of the `content-type` header.
    pub content_type: &'static str,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The bytes of the body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A JSON answer.
    pub fn json(status: u16, body: &Value) -> Self {
        Answer {
            status,
            content_type: "application/json",
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        }
    }

    /// A PDF document.
    pub fn pdf(body: Vec<u8>) -> Self {
        Answer {
            status: 200,
            content_type: "application/pdf",
            headers: Vec::new(),
            body,
        }
    }

    /// A document of which nobody says what it is.
    pub fn document(body: Vec<u8>) -> Self {
        Answer {
            content_type: "application/octet-stream",
            ..Answer::pdf(body)
        }
    }

    /// The same answer without the second half of its body.
    pub fn broken_off(mut self) -> Self {
        self.body.truncate(self.body.len() / 2);
        self
    }

    /// A page for people, as load balancers answer when what is behind them fails.
    pub fn html(status: u16, title: &str) -> Self {
        let page = format!(
            "<!DOCTYPE html>\n<html>\n<head><title>{status} {title}</title></head>\n\
             <body>\n<h1>{status} {title}</h1>\n<p>The sandbox was told to fail.</p>\n</body>\n\
             </html>\n"
        );
        Answer {
            status,
            content_type: "text/html; charset=utf-8",
            headers: Vec::new(),
            body: page.into_bytes(),
        }
    }

    /// A text that a browser shows or runs.
    pub fn page(content_type: &'static str, text: &str) -> Self {
        Answer {
            status: 200,
            content_type,
            headers: Vec::new(),
            body: text.as_bytes().to_vec(),
        }
    }

    /// An answer without a body.
    pub fn nothing() -> Self {
        Answer {
            status: 204,
            content_type: "application/json",
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The same answer with one more header.
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
