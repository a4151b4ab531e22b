//! A walk through everything that the exchange serves: one of each kind of thing is ordered, looked
//! at in every way, changed, and given back; and each place is asked for what it must refuse. What
//! is done with the things of one family is in a file of its own.

mod accounts;
mod circuits;
mod clouds;
mod groups;
mod peering;
mod ports;
mod shapes;

use std::collections::{BTreeMap, BTreeSet};

use ixapi_sandbox::answer::Answer;
use ixapi_sandbox::log::Asked;
use ixapi_sandbox::parties::Party;
use ixapi_sandbox::sandbox::{Incoming, Sandbox};
use ixapi_sandbox::{Settings, endpoints};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::fields::{FieldList, Finding, Judge};

use shapes::{Shape, entity, shape};

const OWN: &str = "A0087999";
const RESOLD: &str = "A0073476";
const OTHER: &str = "A0087264";
const EXTENSION: &str = "/extensions/inxn-servicekey-v1";

/// The way through, and what was seen.
pub struct Tour {
    pub sandbox: Sandbox,
    pub list: FieldList,
    /// Places and methods that answered with success.
    pub visited: BTreeSet<(String, String)>,
    /// Entities that were answered.
    pub seen: BTreeSet<String>,
    pub findings: Vec<Finding>,
    /// What was seen of others' things, by entity.
    pub shown: BTreeMap<String, BTreeSet<String>>,
    tokens: Vec<(Party, String)>,
}

impl Tour {
    pub fn new(settings: Settings) -> Tour {
        let mut tour = Tour {
            sandbox: Sandbox::new(settings).unwrap(),
            list: FieldList::embedded(),
            visited: BTreeSet::new(),
            seen: BTreeSet::new(),
            findings: Vec::new(),
            shown: BTreeMap::new(),
            tokens: Vec::new(),
        };
        tour.sandbox.exchange.origin = "http://127.0.0.1:8080".to_owned();
        tour
    }

    fn sent(&mut self, token: Option<&str>, method: &str, path: &str, body: &[u8]) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let content_type = match (method, path) {
            ("PATCH", _) => "application/merge-patch+json",
            (_, "/connect/token") => "application/x-www-form-urlencoded",
            _ if body.starts_with(b"%PDF") => "application/octet-stream",
            _ => "application/json",
        };
        let incoming = Incoming {
            asked: Asked {
                method: method.to_owned(),
                path: path.to_owned(),
                query: query.to_owned(),
                body: Value::Null,
            },
            authorization: token.map(|token| format!("Bearer {token}")),
            content_type: content_type.to_owned(),
            body: body.to_vec(),
        };
        let arrived = self.sandbox.arrive(&incoming);
        self.sandbox.attend(&incoming, &arrived).unwrap()
    }

    fn token(&self, party: Party) -> Option<String> {
        let mut tokens = self.tokens.iter();
        tokens
            .find(|(it, _)| *it == party)
            .map(|(_, it)| it.clone())
    }

    /// A request of party A that nobody judges.
    pub fn ask(&mut self, method: &str, path: &str, body: &[u8]) -> Answer {
        let token = self.token(Party::A);
        self.sent(token.as_deref(), method, path, body)
    }

    /// A request that must be answered with success, and as the field list says.
    fn call(
        &mut self,
        party: Party,
        method: &str,
        place: &'static str,
        ids: &[&str],
        body: &[u8],
    ) -> Value {
        let mut path = place.to_owned();
        for id in ids {
            let (before, rest) = path.split_once('{').unwrap();
            let (_, after) = rest.split_once('}').unwrap();
            let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
            path = format!("{before}{id}{after}");
        }
        let token = self.token(party);
        let answer = self.sent(token.as_deref(), method, &path, body);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let is_good = (200..300).contains(&answer.status);
        assert!(is_good, "{method} {path}: {text}");
        let place = place.split('?').next().unwrap();
        self.visited.insert((place.to_owned(), method.to_owned()));
        let shape = shape(method, place);
        if matches!(shape, Shape::Document) {
            assert!(!answer.content_type.contains("json") || method == "POST");
            return Value::Null;
        }
        let value: Value = serde_json::from_str(&text).unwrap();
        self.judge(party, &format!("{method} {path}"), &shape, &value);
        value
    }

    fn judge(&mut self, party: Party, request: &str, shape: &Shape, value: &Value) {
        let rows = match (shape, value) {
            (Shape::Rows(_) | Shape::Many(_), Value::Array(rows)) => rows.clone(),
            (Shape::Rows(_) | Shape::Many(_), row) => {
                self.findings.push(Finding {
                    entity: "List".to_owned(),
                    field: String::new(),
                    flaw: crate::fields::Flaw::NoList,
                    seen: format!("{row} in {request}"),
                });
                vec![row.clone()]
            }
            (_, row) => vec![row.clone()],
        };
        for row in &rows {
            let entity = match shape {
                Shape::Rows(collection) | Shape::Row(collection) => entity(collection, row),
                Shape::One(entity) | Shape::Many(entity) => (*entity).to_owned(),
                Shape::Document => return,
            };
            let own: &[&str] = match party {
                Party::A => &[OWN, RESOLD, "A0090211"],
                Party::B => &[OTHER],
            };
            let manager = row["managing_account"].as_str();
            let whose = match entity.as_str() {
                "Account" => row["id"].as_str().or(manager),
                _ => manager,
            };
            let is_made = entity == "Account" && manager.is_some_and(|it| own.contains(&it));
            // Of somebody else's group not even that is shown.
            let is_redacted = manager.is_none() && entity.ends_with("MPNetworkService");
            let foreign = is_redacted || whose.is_some_and(|it| !own.contains(&it)) && !is_made;
            Judge {
                list: &self.list,
                request,
                foreign,
                shown: &mut self.shown,
                findings: &mut self.findings,
                seen: &mut self.seen,
            }
            .object(&entity, row);
        }
    }

    fn a(&mut self, method: &str, place: &'static str, ids: &[&str], body: Value) -> Value {
        let body = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        self.call(Party::A, method, place, ids, &body)
    }

    fn get(&mut self, place: &'static str, ids: &[&str]) -> Value {
        self.a("GET", place, ids, Value::Null)
    }

    /// An order of party A, with its accounts. Returns the id.
    fn order(&mut self, place: &'static str, changes: Value) -> String {
        let body = of_accounts(OWN, place, changes);
        let made = self.a("POST", place, &[], body);
        made["id"].as_str().unwrap().to_owned()
    }

    /// Signs in, orders one of each kind, looks at all, changes all, gives all back, and asks for
    /// what must be refused.
    pub fn everywhere(&mut self) {
        self.sign_in();
        let people = self.orders_people();
        let mac = self.orders_mac();
        let ports = self.orders_ports(&people);
        let (lag, role) = (&ports.lag, &people.operations);
        let circuit = self.orders_circuit(lag, role);
        let group = self.orders_groups(lag, role, &mac);
        let peering = self.orders_peering(lag, role, &mac);
        let routing = self.orders_clouds(&ports.single, role);
        self.lists();

        self.asks_of_ports(&ports);
        self.asks_of_circuit(&circuit);
        self.asks_of_peering(&peering);
        self.asks_of_routing(&routing);
        self.service_keys();

        self.changes_people(&people);
        self.changes_ports(&ports);
        self.changes_circuit(&circuit);
        self.changes_group(&group);
        self.changes_peering(&peering);
        self.changes_routing(&routing);
        self.registers();
        self.refusals();

        self.ends_peering(&peering);
        self.ends_clouds(&routing);
        self.ends_circuit(&circuit);
        self.ends_group(&group);
        self.ends_ports(&ports);
        self.ends_account(&people);
        self.lists();
        self.ends_a_mac();
        self.ends_a_contact();
    }

    fn sign_in(&mut self) {
        for party in Party::ALL {
            let own = party.credentials();
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.append_pair("grant_type", "client_credentials")
                .append_pair("client_id", own.client_id)
                .append_pair("client_secret", own.client_secret);
            let form = form.finish();
            let token = self.call(party, "POST", "/connect/token", &[], form.as_bytes());
            let token = token["access_token"].as_str().unwrap().to_owned();
            self.tokens.push((party, token));
        }
        let own = Party::A.credentials();
        let keys = json!({ "api_key": own.api_key, "api_secret": own.api_secret });
        let pair = self.a("POST", "/auth/token", &[], keys);
        let refresh = json!({ "refresh_token": pair["refresh_token"] });
        self.a("POST", "/auth/refresh", &[], refresh);
        for place in ["/health", "/implementation", "/extensions", "/account"] {
            self.get(place, &[]);
        }
    }

    /// Every list, each row of it by itself, and as the other party sees it.
    fn lists(&mut self) {
        let served = endpoints::served(&self.sandbox.exchange).into_iter();
        let places = served.filter(|it| it.method == "GET" && it.path.ends_with("/{id}"));
        let places = places.filter(|it| !it.path.starts_with(EXTENSION));
        let places: Vec<String> = places.map(|it| it.path).collect();
        for one in places {
            // They are few, and the walk is over soon.
            let one: &'static str = one.leak();
            let all = one.strip_suffix("/{id}").unwrap();
            for party in Party::ALL {
                let rows = self.call(party, "GET", all, &[], b"");
                let rows = rows.as_array().cloned().unwrap_or_else(|| vec![rows]);
                for row in rows {
                    let id = row["id"].as_str().unwrap();
                    self.call(party, "GET", one, &[id], b"");
                }
            }
        }
    }

    /// Changes an object, and says everything of it again.
    fn changes(&mut self, place: &'static str, id: &str, change: Value) {
        self.a("PATCH", place, &[id], change);
        self.says_again(place, id);
    }

    /// Says everything of an object again, where that is offered.
    fn says_again(&mut self, place: &'static str, id: &str) {
        let mut served = endpoints::served(&self.sandbox.exchange).into_iter();
        if !served.any(|it| it.path == place && it.method == "PUT") {
            return;
        }
        let collection = place.trim_start_matches('/').trim_end_matches("/{id}");
        let mut objects = self.sandbox.exchange.store.everything();
        let object = objects.find(|one| one.collection.path == collection && one.id == id);
        let mut body = object.unwrap().fields.clone();
        drop(objects);
        let entity = entity(collection, &Value::Object(body.clone()));
        body.retain(|name, _| self.list.is_replaced(&entity, name));
        self.a("PUT", place, &[id], Value::Object(body));
    }

    fn delete(&mut self, place: &'static str, id: &str) {
        self.a("DELETE", place, &[id], Value::Null);
    }

    /// What is counted of an object, now and over time.
    fn counts(&mut self, place: &'static str, id: &str) {
        self.get(place, &[id]);
        // They are few, and the walk is over soon.
        let over_time: &'static str = format!("{place}/{{aggregate}}/timeseries").leak();
        self.get(over_time, &[id, "P1D"]);
    }

    /// No end is in the past.
    fn ends_too_early(&mut self, collection: &str, id: &str) {
        let early = br#"{ "decommission_at": "2020-01-01" }"#;
        let token = self.token(Party::A);
        let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
        let path = format!("/{collection}/{id}");
        self.refused(token.as_deref(), "DELETE", &path, early, &[400]);
    }

    /// Each place refuses whoever is not signed in, what is not there, and what it does not know.
    fn refusals(&mut self) {
        for it in endpoints::served(&self.sandbox.exchange) {
            let path = it
                .path
                .replace("{id}", "nothing")
                .replace("{key}", "nothing");
            let path = path.replace("{aggregate}", "P1D");
            let is_open = path == "/health" || path.starts_with("/auth/");
            if !is_open {
                self.refused(None, it.method, &path, b"", &[401]);
                self.refused(Some("nobody's"), it.method, &path, b"", &[401]);
            }
            let token = self.token(Party::A).filter(|_| !is_open);
            if it.path.contains('{') {
                self.refused(token.as_deref(), it.method, &path, b"{}", &[404]);
            } else if it.method == "POST" {
                for body in [&b"{}"[..], b"[]", b"{", br#"{ "colour": "red" }"#] {
                    self.refused(token.as_deref(), it.method, &path, body, &[400]);
                }
            }
        }
        let token = self.token(Party::A);
        self.refused(token.as_deref(), "GET", "/nowhere", b"", &[404]);
        self.refused(token.as_deref(), "POST", "/roles", b"", &[405]);
        self.refused(token.as_deref(), "PATCH", "/ips/nothing", b"{}", &[404]);
        let denied = "/network-services/LAN-AMS";
        let change = br#"{ "type": "exchange_lan" }"#;
        self.refused(token.as_deref(), "PATCH", denied, change, &[403]);
    }

    fn refused(
        &mut self,
        token: Option<&str>,
        method: &str,
        path: &str,
        body: &[u8],
        statuses: &[u16],
    ) {
        let answer = self.sent(token, method, path, body);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let context = format!("{method} {path}: {} {text}", answer.status);
        assert!(statuses.contains(&answer.status), "{context}");
        let problem: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(problem["status"], answer.status, "{context}");
        self.judge(Party::A, &context, &Shape::One("Problem"), &problem);
    }
}

/// A body with the accounts that orders of this kind name.
fn of_accounts(account: &str, place: &str, changes: Value) -> Value {
    let mut body = match place {
        "/accounts" | "/role-assignments" => json!({}),
        "/contacts" | "/ips" | "/macs" | "/member-joining-rules" => {
            json!({ "managing_account": account, "consuming_account": account })
        }
        "/port-reservations" => json!({}),
        _ => json!({
            "managing_account": account, "consuming_account": account, "billing_account": account,
        }),
    };
    let fields = body.as_object_mut().unwrap();
    fields.extend(changes.as_object().unwrap().clone());
    body
}
