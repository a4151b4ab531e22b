//! A sandbox of a test's own: a real process on a free port, which ends with the test.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::processes::kill;
use crate::{programs, until};

/// The account of party A, whose credentials a workspace has unless told otherwise.
pub const ACCOUNT_A: &str = "A0087999";
/// The account of party B.
pub const ACCOUNT_B: &str = "A0087264";

/// What the sandbox exports last.
const LAST: &str = "IXAPI_SANDBOX_URL";

/// A running sandbox.
#[derive(Debug)]
pub struct Sandbox {
    process: Child,
    exports: BTreeMap<String, String>,
}

impl Sandbox {
    /// Starts one with these arguments of its command line.
    pub fn start(arguments: &[&str]) -> Sandbox {
        let process = Command::new(programs::sandbox())
            .args(["--listen", "127.0.0.1:0", "--exit-with-parent"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the sandbox starts");
        let mut sandbox = Sandbox {
            process,
            exports: BTreeMap::new(),
        };
        let out = sandbox.process.stdout.take().expect("its output is piped");
        for line in BufReader::new(out).lines() {
            let line = line.expect("it writes text");
            if let Some((name, value)) = line
                .strip_prefix("export ")
                .and_then(|line| line.split_once('='))
            {
                sandbox.exports.insert(name.to_owned(), value.to_owned());
            }
            if sandbox.exports.contains_key(LAST) {
                return sandbox;
            }
        }
        panic!("the sandbox ended before it listened");
    }

    /// What the sandbox exports to a shell.
    pub fn exported(&self, name: &str) -> &str {
        &self.exports[name]
    }

    /// The variables with which the provider finds it, as party A.
    pub fn environment(&self) -> impl Iterator<Item = (&str, &str)> {
        self.exports
            .iter()
            .filter(|(name, _)| name.starts_with("IX_API_"))
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The tokens that it has given out; none if it does not answer any more.
    pub(crate) fn tokens_at(url: &str) -> Vec<String> {
        const PATIENCE: Duration = Duration::from_secs(2);
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .proxy(None)
            .build()
            .into();
        let answer = agent.get(format!("{url}/sandbox/tokens")).call();
        let text = answer.and_then(|mut answer| answer.body_mut().read_to_string());
        let tokens = text.map(|text| serde_json::from_str(&text).expect("a list of tokens"));
        tokens.unwrap_or_default()
    }

    /// What opens it, and must be stored and shown nowhere: by the names of what is exported.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = (&str, &str)> {
        let exports = self.exports.iter();
        let secret = exports.filter(|(name, _)| name.ends_with("_SECRET"));
        secret.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn ask(&self, method: &str, place: &str, body: Option<&Value>) -> Value {
        let url = format!("{}/sandbox/{place}", self.exported(LAST));
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .into();
        let answer = match (method, body) {
            ("GET", _) => agent.get(&url).call(),
            ("DELETE", _) => agent.delete(&url).call(),
            (_, body) => agent
                .post(&url)
                .send(body.map(Value::to_string).unwrap_or_default()),
        };
        let mut answer = answer.expect("the sandbox answers");
        let text = answer.body_mut().read_to_string().expect("in text");
        assert!(
            answer.status().is_success(),
            "{method} /sandbox/{place} {body:?}: {text}"
        );
        serde_json::from_str(&text).expect("in JSON")
    }

    /// The requests so far.
    pub fn log(&self) -> Log {
        let entries = self.ask("GET", "log", None);
        Log(serde_json::from_value(entries).expect("the log is a list"))
    }

    /// What the sandbox is asked while this is done.
    pub fn during(&self, done: impl FnOnce()) -> Log {
        let before = self.log().0.len();
        done();
        let mut log = self.log();
        log.0.drain(..before);
        log
    }

    /// What its customers have: `live`, `cancelling`.
    fn customers_have(&self, kind: &str) -> Vec<Value> {
        self.ask("GET", "live", None)[kind]["objects"]
            .as_array()
            .cloned()
            .expect("objects are listed")
    }

    /// What is live.
    pub fn live(&self) -> Vec<Value> {
        self.customers_have("live")
    }

    /// What is being cancelled.
    pub fn cancelling(&self) -> Vec<Value> {
        self.customers_have("cancelling")
    }

    /// How many live objects a collection has.
    pub fn count(&self, collection: &str) -> usize {
        self.live()
            .iter()
            .filter(|object| object["collection"] == collection)
            .count()
    }

    /// The id of the only live object of a collection.
    pub fn only(&self, collection: &str) -> String {
        let live = self.live();
        let mut ids = live
            .iter()
            .filter(|object| object["collection"] == collection)
            .filter_map(|object| object["id"].as_str());
        match (ids.next(), ids.next()) {
            (Some(id), None) => id.to_owned(),
            _ => panic!("not exactly one of {collection}: {live:#?}"),
        }
    }

    /// Waits until the exchange has an object of that collection; its id.
    pub fn wait_for_order(&self, collection: &str) -> String {
        until("the order arrives", || self.count(collection) > 0);
        self.only(collection)
    }

    /// Waits until the log holds this many requests like that.
    pub fn wait_for_requests(&self, method: &str, path: &str, count: usize) {
        until(&format!("{count} × {method} {path}"), || {
            self.log().count(method, path) >= count
        });
    }

    /// Nothing answers from now on, as over a dead network.
    pub fn freeze(&self) {
        kill("STOP", self.exported("IXAPI_SANDBOX_PID"));
    }

    /// Everything is as before again.
    pub fn thaw(&self) {
        kill("CONT", self.exported("IXAPI_SANDBOX_PID"));
    }

    /// Queues a fault, or several.
    pub fn fault(&self, fault: Value) {
        self.ask("POST", "faults", Some(&fault));
    }

    /// The faults that have not struck yet.
    pub fn faults(&self) -> Vec<Value> {
        self.ask("GET", "faults", None)
            .as_array()
            .cloned()
            .expect("faults are listed")
    }

    /// Forgets the faults that have not struck yet.
    pub fn forget_faults(&self) {
        self.ask("DELETE", "faults", None);
    }

    /// Keeps objects in a state; see the sandbox for what can be said.
    pub fn hold(&self, order: Value) {
        self.ask("POST", "hold", Some(&order));
    }

    /// Lets go of everything held.
    pub fn release(&self) {
        self.ask("POST", "release", None);
    }

    /// Puts an object into a state.
    pub fn set_state(&self, id: &str, state: &str, status: Value) {
        let order = json!({"id": id, "state": state, "status": status});
        self.ask("POST", "state", Some(&order));
    }

    /// Has party A order so many of them, as through the API; `{n}` in a text is the number.
    pub fn order(&self, collection: &str, count: usize, body: &Value) {
        let orders = json!({"collection": collection, "count": count, "body": body});
        self.ask("POST", "orders", Some(&orders));
    }

    /// Changes fields of an object behind its owner's back.
    pub fn patch(&self, id: &str, fields: Value) {
        self.ask("POST", "patch", Some(&json!({"id": id, "fields": fields})));
    }

    /// Lets time pass at the exchange.
    pub fn advance(&self, seconds: u32) {
        self.ask("POST", "clock", Some(&json!({"advance_seconds": seconds})));
    }

    /// Switches what can be switched while it runs.
    pub fn switch(&self, quirks: Value) {
        self.ask("POST", "quirks", Some(&quirks));
    }

    /// The day that is so many days after today at the exchange.
    pub fn day(&self, later: u32) -> String {
        let today = self.ask("POST", "clock", Some(&json!({})))["today"].clone();
        let today: jiff::civil::Date = today
            .as_str()
            .and_then(|today| today.parse().ok())
            .expect("the exchange knows the day");
        let later = jiff::Span::new().days(i64::from(later));
        today.checked_add(later).expect("a day").to_string()
    }

    /// Takes an object away as if it had never been.
    pub fn remove(&self, collection: &str, id: &str) {
        let order = json!({"id": id, "collection": collection});
        self.ask("POST", "remove", Some(&order));
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The places where tokens are issued: no orders, whatever the method.
const TOKENS: [&str; 3] = ["/connect/token", "/auth/token", "/auth/refresh"];

/// The requests that a sandbox got, in their order.
#[derive(Clone, Debug)]
pub struct Log(pub Vec<Value>);

impl Log {
    /// The requests with this method whose path starts like this.
    pub fn of(&self, method: &str, path: &str) -> Vec<&Value> {
        self.0
            .iter()
            .filter(|entry| entry["method"] == method)
            .filter(|entry| {
                let sent = entry["path"].as_str().map(decoded);
                sent.is_some_and(|sent| sent.starts_with(path))
            })
            .collect()
    }

    /// How many there are of them.
    pub fn count(&self, method: &str, path: &str) -> usize {
        self.of(method, path).len()
    }

    /// The requests that change something: neither a look nor a log-in.
    pub fn changes(&self) -> Vec<&Value> {
        self.0
            .iter()
            .filter(|entry| entry["method"] != "GET")
            .filter(|entry| !entry["path"].as_str().is_some_and(|p| TOKENS.contains(&p)))
            .collect()
    }

    /// The methods of the changes, in their order.
    pub fn methods(&self) -> Vec<&str> {
        self.changes()
            .iter()
            .filter_map(|entry| entry["method"].as_str())
            .collect()
    }

    /// The orders that the exchange took, as far as it said so.
    pub fn orders(&self) -> Vec<&Value> {
        self.changes()
            .into_iter()
            .filter(|entry| entry["method"] == "POST")
            .collect()
    }

    /// How often somebody logged in.
    pub fn log_ins(&self) -> usize {
        TOKENS.iter().map(|path| self.count("POST", path)).sum()
    }
}

/// A path as the ids in it are written, which have to be encoded in dialect `ix-api`.
fn decoded(path: &str) -> String {
    let encoded = [("%3A", ":"), ("%2F", "/"), ("%2B", "+"), ("%3D", "=")];
    encoded
        .iter()
        .fold(path.to_owned(), |path, (code, letter)| {
            path.replace(code, letter)
        })
}
