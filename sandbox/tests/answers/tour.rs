//! A walk through everything that the exchange serves: one of each kind of thing is ordered, looked
//! at in every way, changed, and given back; and each place is asked for what it must refuse.

use std::collections::{BTreeMap, BTreeSet};

use ixapi_sandbox::answer::Answer;
use ixapi_sandbox::log::Asked;
use ixapi_sandbox::parties::Party;
use ixapi_sandbox::sandbox::{Incoming, Sandbox};
use ixapi_sandbox::{Settings, endpoints};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::fields::{FieldList, Finding, Judge};

const OWN: &str = "A0087999";
const RESOLD: &str = "A0073476";
const OTHER: &str = "A0087264";
const IMPLEMENTATION: &str = "4699403d-b264-4a47-9bbb-2c956dcd1a12";
const NOC: &str = "9a442fef-ff8f-4c2e-93e5-46425c00fd4b";
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

/// What an answer with success holds.
enum Shape {
    Rows(&'static str),
    Row(&'static str),
    One(&'static str),
    Many(&'static str),
    Document,
}

/// The entity of the field list that a row of a collection is.
fn entity(collection: &str, row: &Value) -> String {
    let kind = row["type"].as_str().unwrap_or_default().to_lowercase();
    let kind = match kind.as_str() {
        "exchange_lan" => "ExchangeLan",
        "p2p_vc" => "P2P",
        "mp2mp_vc" => "MP2MP",
        "p2mp_vc" => "P2MP",
        "cloud_vc" => "Cloud",
        "allow" => "Allow",
        "deny" => "Deny",
        "connection" => "Connection",
        "routing_function" => "RoutingFunction",
        _ => "",
    };
    let name = match collection {
        "accounts" => "Account",
        "availability-zones" => "AvailabilityZone",
        "connections" => "Connection",
        "contacts" => "Contact",
        "devices" => "Device",
        "facilities" => "Facility",
        "ips" => "IPAddress",
        "macs" => "MacAddress",
        "metro-area-networks" => "MetroAreaNetwork",
        "metro-areas" => "MetroArea",
        "network-feature-configs" => "RouteServerNetworkFeatureConfig",
        "network-features" => "RouteServerNetworkFeature",
        "pops" => "PointOfPresence",
        "port-reservations" => "PortReservation",
        "ports" => "Port",
        "role-assignments" => "RoleAssignment",
        "roles" => "Role",
        "routing-functions" => "RoutingFunction",
        "member-joining-rules" => return format!("{kind}MemberJoiningRule"),
        "network-service-configs" => return format!("{kind}NetworkServiceConfig"),
        "network-services" => return format!("{kind}NetworkService"),
        "product-offerings" if matches!(kind, "Connection" | "RoutingFunction") => {
            return format!("{kind}ProductOffering");
        }
        "product-offerings" => return format!("{kind}NetworkProductOffering"),
        other => panic!("{other} is no collection of the field list"),
    };
    name.to_owned()
}

/// What a place answers.
fn shape(method: &str, place: &'static str) -> Shape {
    let below = place.strip_prefix(EXTENSION).unwrap_or(place);
    let mut parts = below.split('/').skip(1);
    let collection = parts.next().unwrap();
    match (place, parts.next(), parts.next()) {
        ("/auth/token" | "/auth/refresh", ..) => Shape::One("Token"),
        ("/connect/token", ..) => Shape::One("ClientToken"),
        ("/health", ..) => Shape::One("APIHealth"),
        ("/implementation", ..) => Shape::One("APIImplementation"),
        ("/extensions", ..) => Shape::Many("APIExtensions"),
        ("/account", ..) => Shape::Row("accounts"),
        (_, Some(_), Some("cancellation-policy")) => Shape::One("CancellationPolicy"),
        (_, Some(_), Some("change-request")) => Shape::One("NetworkServiceChangeRequest"),
        (_, Some(_), Some("loa")) => Shape::Document,
        _ if place.ends_with("/timeseries") => Shape::One("Timeseries"),
        ("/ports/{id}/statistics", ..) => Shape::One("PortStatistics"),
        _ if place.ends_with("statistics") => Shape::One("Statistics"),
        (_, Some("{key}"), None) => Shape::One("ServiceKey"),
        // The guide finds one's own ports there.
        (_, None, None) if below != place && collection == "product-offerings" => {
            Shape::Rows("connections")
        }
        (_, None, None) if method == "GET" => Shape::Rows(collection),
        _ => Shape::Row(collection),
    }
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
        let things = self.orders();
        self.lists();
        self.questions(&things);
        self.changes(&things);
        self.registers();
        self.refusals();
        self.ends(&things);
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

/// What was ordered.
#[derive(Debug)]
pub struct Things {
    account: String,
    contact: String,
    port: String,
    lag: String,
    upload: String,
    circuit: String,
    config: String,
    group: String,
    rule: String,
    denial: String,
    peering: String,
    session: String,
    routing: String,
}

fn address() -> Value {
    json!({ "country": "NL", "locality": "Amsterdam", "postal_code": "1017 CE",
        "street_address": "Herengracht 2" })
}

impl Tour {
    fn orders(&mut self) -> Things {
        let account = json!({ "name": "Moonoc", "address": address(),
            "billing_information": { "name": "Moonoc", "address": address() } });
        let account = self.order("/accounts", account);
        let person = json!({ "name": "Panda", "email": "p@example.net", "telephone": "1" });
        let contact = self.order("/contacts", person);
        let role = json!({ "role": NOC, "contact": contact });
        let role = self.order("/role-assignments", role);
        let mac = self.order("/macs", json!({ "address": "42:23:bc:8e:b8:b0" }));
        let port = |mode: &str, offering: &str, quantity: u32, role: &str| {
            json!({ "mode": mode, "product_offering": offering, "port_quantity": quantity,
                "lacp_timeout": "slow", "role_assignments": [role], "connecting_party": "Moon" })
        };
        let lag = port("lag_lacp", "503234.AMS5-B.S", 2, &role);
        let lag = self.order("/connections", lag);
        self.order("/port-reservations", json!({ "connection": lag }));
        let single = port("standalone", "503236.AMS5-B.S", 1, &role);
        let single = self.order("/connections", single);
        let person = json!({ "name": "Panda", "email": "p@example.net", "telephone": "1" });
        let engineer = self.order("/contacts", person);
        let engineer = json!({ "role": IMPLEMENTATION, "contact": engineer });
        let engineer = self.order("/role-assignments", engineer);
        let upload = port("standalone", "503235.FRA1-A.E", 1, &engineer);
        let upload = self.order("/connections", upload);
        let (circuit, config) = self.orders_circuit(&lag, &role);
        let (group, rule, denial) = self.orders_groups(&lag, &role, &mac);
        let (peering, session) = self.orders_peering(&lag, &role, &mac);
        let routing = self.orders_clouds(&single, &role);
        Things {
            account,
            contact,
            port: single,
            lag,
            upload,
            circuit,
            config,
            group,
            rule,
            denial,
            peering,
            session,
            routing,
        }
    }

    /// A circuit that party B joins.
    fn orders_circuit(&mut self, connection: &str, role: &str) -> (String, String) {
        let circuit = json!({ "type": "p2p_vc", "product_offering": "503121.AMS.AMS",
            "joining_member_account": OTHER, "availability_zones": ["zone-red"] });
        let circuit = self.order("/network-services", circuit);
        let side = json!({ "type": "p2p_vc", "network_service": circuit, "connection": connection,
            "role_assignments": [role], "vlan_config": { "vlan_type": "qinq", "inner_vlan": 23 } });
        let config = self.order("/network-service-configs", side);
        let (_, key) = self.of_party_b(
            "/connections",
            json!({ "mode": "standalone",
            "product_offering": "503236.AMS5-B.S", "port_quantity": 1, "lacp_timeout": "slow",
            "role_assignments": [] }),
        );
        let side = json!({ "type": "p2p_vc", "network_service": circuit, "connection": key,
            "role_assignments": [], "vlan_config": { "vlan_type": "dot1q", "vlan": 23 } });
        self.of_party_b("/network-service-configs", side);
        (circuit, config)
    }

    fn of_party_b(&mut self, place: &'static str, changes: Value) -> (Value, String) {
        let body = of_accounts(OTHER, place, changes).to_string();
        let made = self.call(Party::B, "POST", place, &[], body.as_bytes());
        let id = made["id"].as_str().unwrap().to_owned();
        (made, id)
    }

    /// A group of each kind, with a rule of each kind.
    fn orders_groups(&mut self, lag: &str, role: &str, mac: &str) -> (String, String, String) {
        let mut last = Default::default();
        for (kind, offering, access) in [
            ("mp2mp_vc", "503403.AMS", "503411.AMS"),
            ("p2mp_vc", "503501.AMS", "503511.AMS"),
        ] {
            let group = json!({ "type": kind, "product_offering": offering });
            let group = self.order("/network-services", group);
            let config = json!({ "type": kind, "network_service": group, "connection": lag,
                "macs": [mac], "product_offering": access, "role_assignments": [role],
                "vlan_config": { "vlan_type": "dot1q" } });
            self.order("/network-service-configs", config);
            let [allow, deny] = [("allow", OTHER), ("deny", RESOLD)].map(|(rule, account)| {
                let rule = json!({ "type": rule, "network_service": group,
                    "consuming_account": account });
                self.order("/member-joining-rules", rule)
            });
            last = (group, allow, deny);
        }
        last
    }

    /// A config on a peering LAN, and its session with the route server.
    fn orders_peering(&mut self, lag: &str, role: &str, mac: &str) -> (String, String) {
        let config = json!({ "type": "exchange_lan", "network_service": "LAN-AMS",
            "connection": lag, "product_offering": "503301.AMS", "role_assignments": [role],
            "vlan_config": { "vlan_type": "dot1q", "vlan": 24 }, "asns": [64_500], "macs": [mac],
            "listed": true,
            "shared_statistics": { "policy": "deny", "accounts_allowed": [OTHER] } });
        let config = self.order("/network-service-configs", config);
        let ips = self.get("/ips", &[]);
        let session = json!({ "type": "route_server", "network_feature": "RS1-AMS",
            "role_assignments": [role], "network_service_config": config, "asn": 64_500,
            "session_mode": "public", "bgp_session_type": "passive", "ip": ips[0]["id"],
            "as_set_v4": "AS-M@RIPE", "as_set_v6": "AS-M@RIPE", "password": "secret",
            "flags": [{ "name": "BLACKHOLING", "enabled": true }] });
        let session = self.order("/network-feature-configs", session);
        (config, session)
    }

    /// A cloud circuit on a connection, and one on a routing function.
    fn orders_clouds(&mut self, connection: &str, role: &str) -> String {
        let routing = json!({ "product_offering": "503601.AMS", "asn": 64_500 });
        let routing = self.order("/routing-functions", routing);
        let on_connection = json!({ "connection": connection,
            "vlan_config": { "vlan_type": "port" },
            "cloud_config": { "peering_type": "private" } });
        let on_routing = json!({ "routing_function": routing,
            "l3_config": { "bgp_neighbor_asn": 64_501 } });
        let circuits = [
            (
                "oracle-fc.amsterdam.AMS.1000",
                "ocid1.virtualcircuit.oc1..a",
                on_connection,
            ),
            ("aws-dc.amsterdam.AMS.50", "123456789876", on_routing),
        ];
        for (offering, key, place) in circuits {
            let circuit = json!({ "type": "cloud_vc", "product_offering": offering,
                "cloud_key": key });
            let circuit = self.order("/network-services", circuit);
            let mut config = json!({ "type": "cloud_vc", "network_service": circuit,
                "handover": 1, "cloud_vlan": null, "role_assignments": [role] });
            let fields = config.as_object_mut().unwrap();
            fields.extend(place.as_object().unwrap().clone());
            self.order("/network-service-configs", config);
        }
        routing
    }

    /// What is asked below one object, and at the extension.
    fn questions(&mut self, it: &Things) {
        let counted = [
            ("/ports/{id}/statistics", it.port.as_str()),
            ("/connections/{id}/statistics", &it.port),
            ("/network-services/{id}/statistics", &it.circuit),
            ("/network-service-configs/{id}/statistics", &it.config),
            ("/network-service-configs/{id}/peer-statistics", &it.peering),
        ];
        for (place, id) in counted {
            self.get(place, &[id]);
        }
        let counted = [
            (
                "/ports/{id}/statistics/{aggregate}/timeseries",
                it.port.as_str(),
            ),
            (
                "/connections/{id}/statistics/{aggregate}/timeseries",
                &it.port,
            ),
            (
                "/network-services/{id}/statistics/{aggregate}/timeseries",
                &it.circuit,
            ),
            (
                "/network-service-configs/{id}/statistics/{aggregate}/timeseries",
                &it.config,
            ),
            (
                "/network-service-configs/{id}/peer-statistics/{aggregate}/timeseries",
                &it.peering,
            ),
        ];
        for (place, id) in counted {
            self.get(place, &[id, "P1D"]);
        }
        for place in ["/connections/{id}/loa", "/port-reservations/{id}/loa"] {
            self.get(place, &[&it.port]);
            self.call(Party::A, "POST", place, &[&it.upload], b"%PDF-1.4");
        }
        let ending = [
            ("/connections/{id}/cancellation-policy", it.port.as_str()),
            ("/port-reservations/{id}/cancellation-policy", &it.port),
            ("/network-services/{id}/cancellation-policy", &it.circuit),
            (
                "/network-service-configs/{id}/cancellation-policy",
                &it.config,
            ),
            ("/routing-functions/{id}/cancellation-policy", &it.routing),
        ];
        for (place, id) in ending {
            self.get(place, &[id]);
        }
        self.change_request(&it.circuit);
        self.service_keys();
    }

    /// Party B asks for more, and takes it back.
    fn change_request(&mut self, circuit: &str) {
        const PLACE: &str = "/network-services/{id}/change-request";
        let wish = json!({ "product_offering": "503122.AMS.AMS" }).to_string();
        for (method, body) in [("POST", wish.as_bytes()), ("GET", b""), ("DELETE", b"")] {
            self.call(Party::B, method, PLACE, &[circuit], body);
        }
    }

    /// Party A orders a circuit to party B's port with its key, and ends it.
    fn service_keys(&mut self) {
        let served = endpoints::served(&self.sandbox.exchange);
        if !served.iter().any(|it| it.path.starts_with(EXTENSION)) {
            return;
        }
        let connections = "/extensions/inxn-servicekey-v1/connections";
        let services = "/extensions/inxn-servicekey-v1/network-services";
        let service = "/extensions/inxn-servicekey-v1/network-services/{id}";
        let ports = self.call(Party::B, "GET", connections, &[], b"");
        self.get("/extensions/inxn-servicekey-v1/product-offerings", &[]);
        let port = ports.get(0).unwrap_or(&ports);
        let key = port["service_key"].as_str().unwrap();
        self.get("/extensions/inxn-servicekey-v1/service-keys/{key}", &[key]);
        let circuit = json!({ "type": "p2p_vc", "product_offering": "503121.AMS.AMS",
            "service_key": key });
        let circuit = self.order(services, circuit);
        let side = json!({ "type": "p2p_vc", "network_service": circuit, "connection": port["id"],
            "role_assignments": [], "vlan_config": { "vlan_type": "dot1q", "vlan": 29 } });
        self.of_party_b(
            "/extensions/inxn-servicekey-v1/network-service-configs",
            side,
        );
        self.get(services, &[]);
        self.get(service, &[&circuit]);
        self.a("DELETE", service, &[&circuit], Value::Null);
    }

    /// An address of one's own, where the exchange takes them.
    fn registers(&mut self) {
        let mut served = endpoints::served(&self.sandbox.exchange).into_iter();
        if served.any(|it| it.path == "/ips" && it.method == "POST") {
            let address = json!({ "version": 4, "address": "192.0.2.10", "prefix_length": 24 });
            let address = self.order("/ips", address);
            self.says_again("/ips/{id}", &address);
        }
    }

    fn changes(&mut self, it: &Things) {
        let reference = json!({ "external_ref": "moved" });
        let typed = |kind: &str| json!({ "type": kind, "external_ref": "moved" });
        let ips = self.get("/ips", &[]);
        let ip = ips[0]["id"].as_str().unwrap();
        let named = json!({ "fqdn": "gw01.dc.example.net" });
        let things = [
            (
                "/accounts/{id}",
                it.account.as_str(),
                json!({ "name": "Sunoc" }),
            ),
            ("/contacts/{id}", &it.contact, reference.clone()),
            ("/connections/{id}", &it.port, reference.clone()),
            ("/port-reservations/{id}", &it.port, reference.clone()),
            ("/network-services/{id}", &it.circuit, typed("p2p_vc")),
            ("/network-services/{id}", &it.group, typed("p2mp_vc")),
            ("/network-service-configs/{id}", &it.config, typed("p2p_vc")),
            (
                "/network-service-configs/{id}",
                &it.peering,
                typed("exchange_lan"),
            ),
            (
                "/network-feature-configs/{id}",
                &it.session,
                typed("route_server"),
            ),
            ("/member-joining-rules/{id}", &it.rule, typed("allow")),
            ("/routing-functions/{id}", &it.routing, reference.clone()),
            ("/ips/{id}", ip, named),
        ];
        for (place, id, change) in things {
            self.a("PATCH", place, &[id], change);
            self.says_again(place, id);
        }
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

    fn ends(&mut self, it: &Things) {
        let early = br#"{ "decommission_at": "2020-01-01" }"#;
        let token = self.token(Party::A);
        for (collection, id) in [
            ("connections", &it.port),
            ("port-reservations", &it.port),
            ("network-services", &it.circuit),
            ("network-service-configs", &it.config),
        ] {
            let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
            let path = format!("/{collection}/{id}");
            self.refused(token.as_deref(), "DELETE", &path, early, &[400]);
        }
        let reservations = self.get("/port-reservations", &[]);
        let reservations = reservations.as_array().unwrap().iter();
        let mut of_lag = reservations.filter(|one| one["connection"] == it.lag.as_str());
        let extra = of_lag.next_back().unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let services = self.get("/network-services", &[]);
        let clouds = services.as_array().unwrap().iter();
        let clouds = clouds.filter(|one| {
            one["type"]
                .as_str()
                .unwrap()
                .eq_ignore_ascii_case("cloud_vc")
        });
        let clouds: Vec<String> = clouds
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        for cloud in clouds {
            self.a("DELETE", "/network-services/{id}", &[&cloud], Value::Null);
        }
        for (place, id) in [
            ("/network-feature-configs/{id}", it.session.as_str()),
            ("/network-service-configs/{id}", &it.peering),
            ("/network-service-configs/{id}", &it.config),
            ("/network-services/{id}", &it.circuit),
            ("/member-joining-rules/{id}", &it.denial),
            ("/network-services/{id}", &it.group),
            ("/routing-functions/{id}", &it.routing),
            ("/port-reservations/{id}", &extra),
            ("/connections/{id}", &it.port),
            ("/connections/{id}", &it.upload),
            ("/accounts/{id}", &it.account),
        ] {
            self.a("DELETE", place, &[id], Value::Null);
        }
        self.lists();
        let spare = self.order("/macs", json!({ "address": "42:23:bc:8e:b8:b1" }));
        self.a("DELETE", "/macs/{id}", &[&spare], Value::Null);
        let person = json!({ "name": "Lion", "email": "l@example.net", "telephone": "1" });
        let person = self.order("/contacts", person);
        let role = self.order(
            "/role-assignments",
            json!({ "role": NOC, "contact": person }),
        );
        self.a("DELETE", "/role-assignments/{id}", &[&role], Value::Null);
        self.a("DELETE", "/contacts/{id}", &[&person], Value::Null);
    }
}
