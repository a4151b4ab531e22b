//! The other side: a sandbox in a thread of its own, so that what it does is not in the way of the
//! clock that measures.

use std::sync::mpsc;
use std::thread;

use ixapi_sandbox::control::{Orders, Quirks};
use ixapi_sandbox::{Control, Running, Settings};
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// The account that orders everything.
pub const ACCOUNT: &str = "A0087999";
/// A port of 10 Gbit/s at a place whose offering asks for no contact.
pub const OFFERING: &str = "503234.AMS5-B.S";

/// An exchange that serves until it is dropped.
pub struct Exchange {
    /// What is done to it.
    pub control: Control,
    /// The provider's block for it, without its end.
    provider: String,
    /// Ends it when it is dropped.
    _ends: oneshot::Sender<()>,
}

/// How often it was asked, by what was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Requests {
    /// All, log-ins included.
    pub all: u64,
    /// Lists.
    pub lists: u64,
    /// Single objects.
    pub single: u64,
    /// Those that were refused because there were too many.
    pub refused: u64,
}

impl Exchange {
    /// Starts an exchange.
    pub fn start(settings: Settings) -> Exchange {
        let (started, starts) = mpsc::channel();
        let (ends, ended) = oneshot::channel::<()>();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let running = Running::start(settings).await.unwrap();
                let provider = format!(
                    "provider \"ixapi\" {{\n  api = {:?}\n  oauth2_token_url = {:?}\n  \
                     api_key = {:?}\n  api_secret = {:?}\n",
                    running.api_url(),
                    running.token_url(),
                    running.client_id(),
                    running.client_secret()
                );
                started.send((running.control().clone(), provider)).unwrap();
                // An error means that the sender is gone: that is the end, too.
                let _ = ended.await;
            });
        });
        let (control, provider) = starts.recv().unwrap();
        Exchange {
            control,
            provider,
            _ends: ends,
        }
    }

    /// The provider's block, with these further arguments.
    pub fn provider(&self, arguments: &str) -> String {
        format!("{}{arguments}}}\n", self.provider)
    }

    /// Orders ports, all of them in production at once. Returns their ids.
    pub fn order(&self, count: usize) -> Vec<String> {
        let body = json!({
            "managing_account": ACCOUNT, "consuming_account": ACCOUNT, "billing_account": ACCOUNT,
            "mode": "standalone", "product_offering": OFFERING, "port_quantity": 1,
            "role_assignments": [], "external_ref": "estate-{n}",
        });
        let Value::Object(body) = body else {
            unreachable!("it is an object");
        };
        let orders = Orders {
            collection: "connections".to_owned(),
            count: u32::try_from(count).unwrap(),
            body,
        };
        self.control.order(&orders).unwrap()
    }

    /// Lets every answer take so much longer from now on.
    pub fn slow_down(&self, latency_ms: u64) {
        self.control.switch(Quirks {
            latency_ms: Some(latency_ms),
            ..Quirks::default()
        });
    }

    /// The requests since the log was cleared.
    pub fn requests(&self) -> Requests {
        let mut requests = Requests::default();
        for counted in self.control.counts() {
            requests.all += counted.count;
            let (method, path) = (counted.place.method.as_str(), counted.place.path.as_str());
            if method == "GET" && path.ends_with("{id}") {
                requests.single += counted.count;
            } else if method == "GET" {
                requests.lists += counted.count;
            }
            if counted.place.status == Some(429) {
                requests.refused += counted.count;
            }
        }
        requests
    }
}
