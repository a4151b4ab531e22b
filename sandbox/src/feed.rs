//! What happens at the exchange, told to everybody who watches, as server-sent events (HTML Living
//! Standard, section 9.2). Nobody waits for a watcher: who reads too slowly loses lines and is told
//! how many.

use std::convert::Infallible;
use std::sync::Arc;

use futures_util::{Stream, stream};
use serde_json::{Value, json};
use tokio::sync::broadcast::{self, Receiver, Sender, error::RecvError};

/// So many events wait for a watcher who does not read.
const MOST_WAITING: usize = 256;

/// One event as it goes over the wire.
type Line = Arc<str>;

/// Some events, as a body takes them, which has to be told of failures; there are none.
pub type Told = Result<String, Infallible>;

/// Where events are told.
#[derive(Debug)]
pub struct Feed {
    watchers: Option<Sender<Line>>,
}

impl Default for Feed {
    fn default() -> Feed {
        let (watchers, _) = broadcast::channel(MOST_WAITING);
        Feed {
            watchers: Some(watchers),
        }
    }
}

fn line(event: &str, data: &Value) -> String {
    format!("event: {event}\ndata: {data}\n\n")
}

impl Feed {
    /// Tells everybody who watches; it is worked out only if somebody does.
    pub fn tell(&self, event: &str, data: impl FnOnce() -> Value) {
        let watched = self.watchers.as_ref();
        if let Some(watchers) = watched.filter(|watchers| watchers.receiver_count() > 0) {
            // The last watcher may have gone meanwhile.
            let _ = watchers.send(line(event, &data()).into());
        }
    }

    /// All that is told from now on, after `first`, events of one kind that have happened. It ends
    /// with the feed.
    pub fn watch(&self, event: &str, first: Vec<Value>) -> impl Stream<Item = Told> + use<> {
        // A browser takes the stream for open once something comes.
        let mut begin = ": as it happens\n\n".to_owned();
        for data in first {
            begin.push_str(&line(event, &data));
        }
        let receiver = self.watchers.as_ref().map(Sender::subscribe);
        stream::unfold((Some(begin), receiver), |(begin, receiver)| async move {
            if let Some(begin) = begin {
                return Some((Ok(begin), (None, receiver)));
            }
            let mut receiver = receiver?;
            let told = next(&mut receiver).await?;
            Some((Ok(told), (None, Some(receiver))))
        })
    }

    /// Ends the streams of all who watch.
    pub fn end(&mut self) {
        self.watchers = None;
    }
}

async fn next(receiver: &mut Receiver<Line>) -> Option<String> {
    match receiver.recv().await {
        Ok(line) => Some(line.to_string()),
        Err(RecvError::Lagged(missed)) => Some(line("missed", &json!({ "lines": missed }))),
        Err(RecvError::Closed) => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::pin::pin;

    use futures_util::StreamExt;

    use super::*;

    #[tokio::test]
    async fn who_watches_is_told_what_was_and_what_comes_and_the_end() {
        let mut feed = Feed::default();
        feed.tell("request", || unreachable!("nobody watches"));
        let mut told = pin!(feed.watch("request", vec![json!({ "seq": 1 })]));
        let first = told.next().await.unwrap().unwrap();
        let expected = ": as it happens\n\nevent: request\ndata: {\"seq\":1}\n\n";
        assert_eq!(first, expected);
        feed.tell("estate", || json!({}));
        let second = told.next().await.unwrap().unwrap();
        assert_eq!(second, "event: estate\ndata: {}\n\n");
        feed.end();
        assert!(told.next().await.is_none());
    }

    #[tokio::test]
    async fn who_reads_too_slowly_loses_lines_and_is_told_how_many() {
        let feed = Feed::default();
        let mut told = pin!(feed.watch("request", Vec::new()));
        for number in 0..MOST_WAITING + 10 {
            feed.tell("request", || json!(number));
        }
        let mut read = async || told.next().await.unwrap().unwrap();
        read().await;
        assert_eq!(read().await, "event: missed\ndata: {\"lines\":10}\n\n");
        assert_eq!(read().await, "event: request\ndata: 10\n\n");
    }
}
