//! The page for people, which shows the exchange and has buttons for the control room. Its parts
//! are files of `page/`, embedded as they are: nothing builds them, and they load nothing from
//! elsewhere.

use crate::answer::Answer;

/// The browser is held to it: nothing from elsewhere, nothing inline, and no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// Path, media type and text of each part.
static PARTS: [(&str, &str, &str); 4] = [
    (
        "/",
        "text/html; charset=utf-8",
        include_str!("page/index.html"),
    ),
    (
        "/page/page.css",
        "text/css; charset=utf-8",
        include_str!("page/page.css"),
    ),
    (
        "/page/page.js",
        "text/javascript; charset=utf-8",
        include_str!("page/page.js"),
    ),
    (
        "/page/icon.svg",
        "image/svg+xml",
        include_str!("page/icon.svg"),
    ),
];

/// The part of the page at a path.
pub fn part(path: &str) -> Option<Answer> {
    let mut parts = PARTS.iter();
    let (_, content_type, text) = parts.find(|(place, ..)| *place == path)?;
    let answer = Answer::page(content_type, text);
    Some(answer.with_header("content-security-policy", POLICY))
}

/// What keeps an answer of the sandbox's own with those who asked for it.
pub fn kept_close(answer: Answer) -> Answer {
    answer
        .with_header("cache-control", "no-store")
        .with_header("cross-origin-resource-policy", "same-origin")
        .with_header("referrer-policy", "no-referrer")
        .with_header("x-content-type-options", "nosniff")
}
