//! A server per test, a small HTTP client, and the orders that many tests begin with.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

pub const IMPLEMENTATION: &str = "4699403d-b264-4a47-9bbb-2c956dcd1a12";
pub const NOC: &str = "9a442fef-ff8f-4c2e-93e5-46425c00fd4b";
pub const REQUESTOR: &str = "30806be6-5856-41fb-8106-890474d1ba04";
pub const OWN: &str = "A0087999";
pub const RESOLD: &str = "A0073476";
pub const NEWCOMER: &str = "A0090211";
pub const OTHER: &str = "A0087264";
pub const HIDDEN: &str = "A0015750";

/// A running sandbox, ended when it goes out of scope.
pub struct Server {
    child: Child,
    variables: HashMap<String, String>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_ixapi-sandbox"))
}

/// Reads `export` lines until the last of them.
pub fn exports(output: impl Read) -> HashMap<String, String> {
    let mut variables = HashMap::new();
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        let (name, value) = line
            .strip_prefix("export ")
            .unwrap()
            .split_once('=')
            .unwrap();
        variables.insert(name.to_owned(), value.to_owned());
        if name == "IXAPI_SANDBOX_URL" {
            break;
        }
    }
    variables
}

impl Server {
    pub fn start(arguments: &[&str]) -> Server {
        let mut child = program()
            .args(arguments)
            .arg("--exit-with-parent")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let variables = exports(child.stdout.take().unwrap());
        Server { child, variables }
    }

    pub fn variable(&self, name: &str) -> &str {
        &self.variables[name]
    }

    pub fn address(&self) -> &str {
        self.variable("IXAPI_SANDBOX_URL")
            .strip_prefix("http://")
            .unwrap()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    fn sign_in(&self, key: &str, secret: &str) -> Client<'_> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials")
            .append_pair("client_id", self.variable(key))
            .append_pair("client_secret", self.variable(secret));
        let form = form.finish();
        let answer = self
            .send("POST", "/connect/token", &[FORM], form.as_bytes())
            .unwrap()
            .expect(200);
        Client {
            server: self,
            token: answer["access_token"].as_str().unwrap().to_owned(),
        }
    }

    /// A client with the credentials of the ordering party.
    pub fn a(&self) -> Client<'_> {
        self.sign_in("IX_API_KEY", "IX_API_SECRET")
    }

    /// A client with the credentials of the invited party.
    pub fn b(&self) -> Client<'_> {
        self.sign_in("IXAPI_SANDBOX_B_KEY", "IXAPI_SANDBOX_B_SECRET")
    }

    /// A request to the control room, which must be answered with 200.
    pub fn control(&self, method: &str, place: &str, body: Value) -> Value {
        self.send(method, &format!("/sandbox/{place}"), &[], &bytes(&body))
            .unwrap()
            .expect(200)
    }

    /// A request; nothing where the connection is closed without an answer.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Option<Reply> {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\
             content-length: {}\r\n",
            self.address(),
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        // A connection that is reset counts as closed.
        let _ = stream.read_to_end(&mut answer);
        Reply::parse(&answer)
    }
}

pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

pub fn bytes(body: &Value) -> Vec<u8> {
    if body.is_null() {
        Vec::new()
    } else {
        body.to_string().into_bytes()
    }
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn parse(answer: &[u8]) -> Option<Reply> {
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&answer[..end]).unwrap();
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Some(Reply {
            status,
            headers,
            body: answer[end + 4..].to_vec(),
        })
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body, if the status is the expected one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// The names and reasons of a validation problem.
    #[track_caller]
    pub fn properties(self) -> Vec<(String, String)> {
        let problem = self.expect(400);
        assert_eq!(
            problem["type"], "https://errors.ix-api.net/v2/validation-error.html",
            "{problem}"
        );
        assert_eq!(problem["status"], 400);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        problem["properties"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (text(&one["name"]), text(&one["reason"])))
            .collect()
    }

    /// Asserts that exactly these fields were refused; returns the first reason.
    #[track_caller]
    pub fn refuses(self, names: &[&str]) -> String {
        let found = self.properties();
        let mut found_names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        let mut names = names.to_vec();
        found_names.sort_unstable();
        names.sort_unstable();
        assert_eq!(found_names, names, "{found:?}");
        found[0].1.clone()
    }

    /// Asserts a problem of another kind; returns it.
    #[track_caller]
    pub fn problem(self, status: u16, slug: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(
            problem["type"],
            format!("https://errors.ix-api.net/v2/{slug}.html"),
            "{problem}"
        );
        problem
    }
}

/// A signed-in party.
pub struct Client<'a> {
    pub server: &'a Server,
    pub token: String,
}

impl Client<'_> {
    pub fn try_call(&self, method: &str, path: &str, body: &[u8]) -> Option<Reply> {
        let authorization = format!("Bearer {}", self.token);
        self.server.send(
            method,
            &format!("/api/v2{path}"),
            &[("authorization", &authorization)],
            body,
        )
    }

    pub fn call(&self, method: &str, path: &str, body: Value) -> Reply {
        self.try_call(method, path, &bytes(&body))
            .expect("an answer")
    }

    pub fn get(&self, path: &str) -> Reply {
        self.call("GET", path, Value::Null)
    }

    pub fn post(&self, path: &str, body: Value) -> Reply {
        self.call("POST", path, body)
    }

    pub fn patch(&self, path: &str, body: Value) -> Reply {
        self.call("PATCH", path, body)
    }

    pub fn delete(&self, path: &str) -> Reply {
        self.call("DELETE", path, Value::Null)
    }

    pub fn ids(&self, path: &str) -> Vec<String> {
        self.get(path)
            .expect(200)
            .as_array()
            .unwrap()
            .iter()
            .map(id)
            .collect()
    }

    /// Polls until the object is in the state.
    pub fn wait(&self, path: &str, state: &str) -> Value {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let object = self.get(path).expect(200);
            if object["state"] == state {
                return object;
            }
            assert!(
                Instant::now() < deadline,
                "{path} is {} and not {state}",
                object["state"]
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn contact(&self, account: &str) -> String {
        let body = json!({
            "managing_account": account, "consuming_account": account,
            "name": "Panda Lion", "email": "panda@example.net", "telephone": "+31201234567",
        });
        id(&self.post("/contacts", body).expect(201))
    }

    /// Role assignments for the roles, all of one new contact.
    pub fn assignments(&self, account: &str, roles: &[&str]) -> Vec<String> {
        let contact = self.contact(account);
        let assign = |role: &&str| {
            id(&self
                .post(
                    "/role-assignments",
                    json!({ "role": role, "contact": contact }),
                )
                .expect(201))
        };
        roles.iter().map(assign).collect()
    }

    /// An order for a connection at AMS5-B, which requires no roles.
    pub fn connection(&self, account: &str, changes: Value) -> Value {
        self.post("/connections", connection_order(account, changes))
            .expect(201)
    }

    /// A circuit between two connections in Amsterdam, which requires no roles.
    pub fn circuit(&self, account: &str, joining: &str) -> Value {
        self.post(
            "/network-services",
            circuit_order(account, joining, json!({})),
        )
        .expect(201)
    }

    pub fn config(
        &self,
        account: &str,
        circuit: &Value,
        connection: &Value,
        changes: Value,
    ) -> Value {
        self.post(
            "/network-service-configs",
            config_order(account, circuit, connection, changes),
        )
        .expect(201)
    }
}

/// Today at the exchange, and some days later.
pub fn day(server: &Server, later: u32) -> String {
    let today = server.control("POST", "clock", json!({}))["today"]
        .as_str()
        .unwrap()
        .to_owned();
    let today: jiff::civil::Date = today.parse().unwrap();
    today
        .checked_add(jiff::Span::new().days(later))
        .unwrap()
        .to_string()
}

pub fn id(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

/// `base` with the fields of `changes` in it; a field that is changed to `"absent"` is taken out.
pub fn with(mut base: Value, changes: Value) -> Value {
    let fields: &mut Map<String, Value> = base.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value == "absent" {
            fields.remove(name);
        } else {
            fields.insert(name.clone(), value.clone());
        }
    }
    base
}

fn owned(account: &str) -> Value {
    json!({ "managing_account": account, "consuming_account": account, "billing_account": account })
}

pub fn connection_order(account: &str, changes: Value) -> Value {
    let order = with(
        owned(account),
        json!({ "mode": "standalone", "product_offering": "503234.AMS5-B.S", "port_quantity": 1,
            "lacp_timeout": "slow", "role_assignments": [] }),
    );
    with(order, changes)
}

pub fn lag(quantity: u32) -> Value {
    json!({ "mode": "lag_lacp", "port_quantity": quantity })
}

pub fn circuit_order(account: &str, joining: &str, changes: Value) -> Value {
    let order = with(
        owned(account),
        json!({ "type": "p2p_vc", "product_offering": "503121.AMS.AMS",
            "joining_member_account": joining }),
    );
    with(order, changes)
}

pub fn config_order(account: &str, circuit: &Value, connection: &Value, changes: Value) -> Value {
    let order = with(
        owned(account),
        json!({
            "type": "p2p_vc", "network_service": circuit["id"], "connection": connection["id"],
                "role_assignments": [],
            "vlan_config": { "vlan_type": "dot1q", "vlan": 2203 },
        }),
    );
    with(order, changes)
}
