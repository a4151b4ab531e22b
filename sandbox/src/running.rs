//! A sandbox in the process of a test: a server on a free port of the loopback, and a handle on
//! everything that the control room can do.

use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::BASE_PATH;
use crate::control::{self, Held, Orders, Quirks, Time};
use crate::estate;
use crate::faults::{Fault, Named};
use crate::front::{ServeError, Shared, serve_shared};
use crate::listen::{CuttableListener, Scissors};
use crate::log::{Count, Entry, Traffic};
use crate::other_party::{self, Answered};
use crate::parties::{Credentials, Party};
use crate::problem::Problem;
use crate::settings::Settings;

/// An exchange that serves until it is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use ixapi_sandbox::faults::{Fault, FaultKind};
/// use ixapi_sandbox::{Running, Settings};
///
/// let exchange = Running::start(Settings { notice_days: 30, ..Settings::default() }).await?;
/// assert!(exchange.api_url().starts_with("http://127.0.0.1:"));
/// assert!(exchange.token_url().ends_with("/connect/token"));
///
/// let control = exchange.control();
/// control.faults([Fault::new(FaultKind::RateLimited).on("POST", "/connections")])?;
/// control.advance(std::time::Duration::from_secs(24 * 60 * 60));
/// assert_eq!(control.live()["live"]["total"], 0);
/// assert!(exchange.log().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Running {
    url: String,
    control: Control,
    server: JoinHandle<()>,
    scissors: Scissors,
}

impl Running {
    /// Starts an exchange on a free port of the loopback, in the runtime of the caller.
    pub async fn start(settings: Settings) -> Result<Running, ServeError> {
        let listener = CuttableListener::new(TcpListener::bind(("127.0.0.1", 0)).await?);
        let address = axum::serve::Listener::local_addr(&listener)?;
        let scissors = listener.scissors();
        let shared = Shared::new(settings)?;
        let control = Control(shared.clone());
        let server = tokio::spawn(async move {
            // Accepting on the loopback goes on for ever; whatever ends it is seen by the clients.
            let _ = serve_shared(listener, shared).await;
        });
        Ok(Running {
            url: format!("http://{address}"),
            control,
            server,
            scissors,
        })
    }

    /// The server, without the path of the API.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The base URL of the API.
    pub fn api_url(&self) -> String {
        format!("{}{BASE_PATH}", self.url)
    }

    /// Where OAuth2 tokens are given out.
    pub fn token_url(&self) -> String {
        format!("{}/connect/token", self.url)
    }

    /// OAuth2 client id of the ordering party.
    pub fn client_id(&self) -> &'static str {
        Party::A.credentials().client_id
    }

    /// OAuth2 client secret of the ordering party.
    pub fn client_secret(&self) -> &'static str {
        Party::A.credentials().client_secret
    }

    /// Everything that a party signs in with.
    pub fn credentials(&self, party: Party) -> &'static Credentials {
        party.credentials()
    }

    /// What a test does to the exchange. Clones do the same to the same exchange.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// The requests so far.
    pub fn log(&self) -> Vec<Entry> {
        self.control.log()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.control.0.lock().feed.end();
        self.scissors.cut();
        self.server.abort();
    }
}

/// What a test does to a running exchange behind its customers' backs.
#[derive(Clone, Debug)]
pub struct Control(Shared);

impl Control {
    /// Sets the clock forward, in whole seconds.
    pub fn advance(&self, time: Duration) -> Time {
        let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        control::advance(&mut self.0.lock().exchange, seconds)
    }

    /// Sets the clock forward to the next transition of anything, if there is one to come.
    pub fn advance_to_next_step(&self) -> Time {
        control::advance_to_next_step(&mut self.0.lock().exchange)
    }

    /// Has the other party answer.
    pub fn reply(&self, answered: &Answered) -> Result<Value, Problem> {
        other_party::reply(&mut self.0.lock().exchange, answered)
    }

    /// What the page shows.
    pub fn estate(&self) -> Value {
        let sandbox = &mut *self.0.lock();
        estate::of(&mut sandbox.exchange, &sandbox.faults)
    }

    /// Takes orders as if they had come through the API. Returns the ids.
    pub fn order(&self, orders: &Orders) -> Result<Vec<String>, Problem> {
        control::order(&mut self.0.lock().exchange, orders)
    }

    /// Queues faults. Refuses those that make no sense.
    pub fn faults(&self, faults: impl IntoIterator<Item = Fault>) -> Result<(), Problem> {
        let mut sandbox = self.0.lock();
        for fault in faults {
            if let Some((field, reason)) = fault.flaw() {
                return Err(Problem::invalid(field, reason));
            }
            sandbox.faults.push(fault);
        }
        Ok(())
    }

    /// The faults that have not struck yet.
    pub fn faults_waiting(&self) -> Vec<Fault> {
        self.0.lock().faults.waiting().to_vec()
    }

    /// Forgets the faults that have not struck yet.
    pub fn forget_faults(&self) {
        self.0.lock().faults.clear();
    }

    /// Keeps objects in a state. Returns that state.
    pub fn hold(&self, held: Held) -> Result<String, Problem> {
        control::hold(&mut self.0.lock().exchange, held)
    }

    /// Lets go of the holds that fit; of all of them when nothing is asked for.
    pub fn release(&self, held: &Held) -> usize {
        control::release(&mut self.0.lock().exchange, held)
    }

    /// Forces an object into a state, known or not, with other status messages if some are given.
    pub fn set_state(
        &self,
        object: impl Into<Named>,
        state: &str,
        status: Option<Vec<Value>>,
    ) -> Result<Value, Problem> {
        let exchange = &mut self.0.lock().exchange;
        control::set_state(exchange, &object.into(), state, status)
    }

    /// Forces fields of an object to values, unchecked.
    pub fn patch(&self, object: impl Into<Named>, fields: Value) -> Result<Value, Problem> {
        let Value::Object(fields) = fields else {
            return Err(Problem::invalid("fields", "must be an object"));
        };
        control::patch(&mut self.0.lock().exchange, &object.into(), fields)
    }

    /// Takes fields out of an object, as an exchange that leaves them out.
    pub fn withhold(&self, object: impl Into<Named>, names: &[&str]) -> Result<Value, Problem> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        control::withhold(&mut self.0.lock().exchange, &object.into(), &names)
    }

    /// Takes an object away as if it had never been.
    pub fn remove(&self, object: impl Into<Named>) -> Result<Value, Problem> {
        control::remove(&mut self.0.lock().exchange, &object.into())
    }

    /// An object as its owner reads it.
    pub fn show(&self, object: impl Into<Named>) -> Result<Value, Problem> {
        let exchange = &mut self.0.lock().exchange;
        exchange.settle();
        control::show(exchange, &object.into())
    }

    /// What customers still have: `live` and `cancelling`, each with `counts`, `total`, `objects`.
    pub fn live(&self) -> Value {
        control::live(&mut self.0.lock().exchange)
    }

    /// Switches quirks of the exchange.
    pub fn switch(&self, quirks: Quirks) {
        control::switch(&mut self.0.lock().exchange, quirks);
    }

    /// The requests so far.
    pub fn log(&self) -> Vec<Entry> {
        self.0.lock().log.entries().to_vec()
    }

    /// How many requests there were so far, at no cost.
    pub fn traffic(&self) -> Traffic {
        self.0.lock().log.traffic()
    }

    /// How many requests of each kind there were since the log was cleared.
    pub fn counts(&self) -> Vec<Count> {
        self.0.lock().log.counts()
    }

    /// Forgets the requests so far; their numbers go on.
    pub fn clear_log(&self) {
        self.0.lock().log.clear();
    }

    /// Forgets objects, holds, faults and log. Tokens stay good.
    pub fn reset(&self) {
        self.0.lock().reset();
    }
}
