//! A real Chromium without a window, driven by what it calls the DevTools protocol: JSON over a
//! WebSocket, of which a test of one page needs a dozen words.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

use crate::CAP;

/// Names under which systems have it; `IXAPI_CHROMIUM` names another.
const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// It starts without a window, as any user, and asks nobody on the network for anything.
const FLAGS: [&str; 13] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-lcd-text",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
];

/// What it says before the address at which it is driven.
const LISTENS: &str = "DevTools listening on ";

/// A browser with one page.
#[derive(Debug)]
pub struct Browser {
    process: Child,
    socket: WebSocket<TcpStream>,
    session: Option<String>,
    calls: u64,
    complaints: Vec<String>,
    _profile: TempDir,
}

/// Where it is on this machine, if it is.
fn find() -> Option<PathBuf> {
    let chosen = std::env::var_os("IXAPI_CHROMIUM");
    if let Some(path) = chosen.filter(|path| !path.is_empty()) {
        return Some(path.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut places = NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |it| it.join(name)));
    places.find(|place| place.is_file())
}

impl Browser {
    /// Starts one. Where there is none, a test of what it shows is left out; that is said, past
    /// what the test harness holds back.
    ///
    /// # Panics
    /// If there is one, and it does not start.
    pub fn start() -> Option<Browser> {
        let Some(program) = find() else {
            let test = std::thread::current();
            let test = test.name().unwrap_or_default();
            let _ = writeln!(std::io::stderr(), "{test}: left out: no Chromium");
            return None;
        };
        let profile = TempDir::with_prefix("ixapi-chromium-").expect("a folder can be made");
        let mut process = Command::new(&program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let address = address(&mut process);
        let server = address.trim_start_matches("ws://");
        let (server, _) = server.split_once('/').expect("an address has a path");
        let stream = TcpStream::connect(server).expect("it listens");
        stream.set_read_timeout(Some(CAP)).expect("a time is taken");
        let (socket, _) = tungstenite::client(&address, stream).expect("it speaks WebSocket");
        let mut browser = Browser {
            process,
            socket,
            session: None,
            calls: 0,
            complaints: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.call("Target.attachToTarget", target)["sessionId"].clone();
        browser.session = session.as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// A call of the protocol; its result.
    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.calls += 1;
        let id = self.calls;
        let mut call = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            call["sessionId"] = json!(session);
        }
        let mut sent = self.socket.send(Message::text(call.to_string()));
        while is_interrupted(&sent) {
            sent = self.socket.flush();
        }
        sent.expect("the browser listens");
        loop {
            let message = self.socket.read();
            if is_interrupted(&message) {
                continue;
            }
            let message = message.expect("the browser answers");
            let Ok(text) = message.to_text() else {
                continue;
            };
            let told: Value = serde_json::from_str(text).unwrap_or_default();
            if told["id"] == id {
                assert!(told.get("error").is_none(), "{method}: {told}");
                return told["result"].clone();
            }
            self.complaints.extend(complaint(&told));
        }
    }

    /// What the page has thrown or written to its console as an error, and what it could not load.
    pub fn complaints(&mut self) -> &[String] {
        // What was said until now comes before the answer.
        self.value("0");
        &self.complaints
    }

    /// Opens an address in its page.
    pub fn open(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url }));
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /// Has a window of that size, in pixels.
    pub fn resize(&mut self, width: u32, height: u32) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.call("Emulation.setDeviceMetricsOverride", size);
    }

    /// Prefers the `light` or the `dark` colours.
    pub fn prefer(&mut self, scheme: &str) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.call(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        );
    }

    /// What an expression of JavaScript comes to in the page.
    ///
    /// # Panics
    /// If it throws.
    pub fn value(&mut self, expression: &str) -> Value {
        let order = json!({
            "expression": expression, "returnByValue": true, "awaitPromise": true,
        });
        let told = self.call("Runtime.evaluate", order);
        assert!(
            told.get("exceptionDetails").is_none(),
            "{expression}: {told}"
        );
        told["result"]["value"].clone()
    }

    /// Waits until an expression holds in the page.
    ///
    /// # Panics
    /// If it does not within [`CAP`].
    pub fn until(&mut self, expression: &str) {
        const LOOK_EVERY: Duration = Duration::from_millis(50);
        let deadline = Instant::now() + CAP;
        while self.value(expression) != json!(true) {
            if Instant::now() >= deadline {
                let page = self.value("document.body.innerText.slice(0, 2000)");
                panic!("waited in vain until {expression}: {page}");
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// Clicks with the mouse on the first element that a selector finds.
    ///
    /// # Panics
    /// If something else is in its way.
    pub fn click(&mut self, selector: &str) {
        let find = format!("document.querySelector({})", json!(selector));
        self.until(&format!("!!{find} && !{find}.disabled"));
        let place = self.value(&format!(
            "(() => {{ const it = {find}; it.scrollIntoView({{ block: 'center' }});
               const box = it.getBoundingClientRect();
               const place = {{ x: box.x + box.width / 2, y: box.y + box.height / 2 }};
               const top = document.elementFromPoint(place.x, place.y);
               return {{ ...place, free: it.contains(top) }}; }})()"
        ));
        assert_eq!(place["free"], true, "{selector} is behind something");
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({
                "type": kind, "x": place["x"], "y": place["y"], "button": "left", "clickCount": 1,
            });
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// A picture of the page, whole or as far as the window goes, as PNG.
    pub fn picture(&mut self, whole: bool, file: &Path) {
        let order = json!({ "format": "png", "captureBeyondViewport": whole });
        let told = match whole {
            false => self.call("Page.captureScreenshot", order),
            true => {
                let size = self.call("Page.getLayoutMetrics", json!({}));
                let size = &size["cssContentSize"];
                let clip = json!({
                    "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1,
                });
                let mut order = order;
                order["clip"] = clip;
                self.call("Page.captureScreenshot", order)
            }
        };
        let data = told["data"].as_str().unwrap_or_default();
        let data = STANDARD.decode(data).expect("it is Base64");
        fs::write(file, data).expect("the picture can be written");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It ends the processes that it has started only if it is told to end.
        let end = json!({ "id": 0, "method": "Browser.close" });
        let _ = self.socket.send(Message::text(end.to_string()));
        let deadline = Instant::now() + Duration::from_secs(5);
        while matches!(self.process.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Whether a signal came in between, such as that of another test's process which has ended: then
/// it goes on from there.
fn is_interrupted<T>(done: &tungstenite::Result<T>) -> bool {
    matches!(done, Err(tungstenite::Error::Io(error)) if error.kind() == ErrorKind::Interrupted)
}

/// Waits for the address at which a browser is driven.
fn address(process: &mut Child) -> String {
    let told = process.stderr.take().expect("its errors are piped");
    let mut lines = BufReader::new(told).lines().map_while(Result::ok);
    let mut said = Vec::new();
    for line in lines.by_ref() {
        if let Some(address) = line.strip_prefix(LISTENS) {
            let address = address.trim().to_owned();
            // Somebody has to read what else it says, or it stops some day.
            std::thread::spawn(move || lines.for_each(drop));
            return address;
        }
        said.push(line);
    }
    panic!("Chromium ended before it listened: {}", said.join("\n"));
}

/// What an event complains about, if it does.
fn complaint(event: &Value) -> Option<String> {
    let parameters = &event["params"];
    let is_bad = |level: &Value| ["error", "assert"].contains(&level.as_str().unwrap_or_default());
    let found = match event["method"].as_str()? {
        "Runtime.exceptionThrown" => true,
        "Runtime.consoleAPICalled" => is_bad(&parameters["type"]),
        "Log.entryAdded" => is_bad(&parameters["entry"]["level"]),
        _ => false,
    };
    found.then(|| parameters.to_string())
}
