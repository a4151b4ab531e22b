//! The page for people, what it shows, and who may come into the control room.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{
    Client, NOC, OTHER, OWN, Reply, Server, bytes, circuit_order, connection_order, day, id, lag,
    with,
};

fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Reply {
    server.send("GET", path, headers, b"").unwrap()
}

/// The objects of a collection that the page shows.
fn shown(server: &Server, collection: &str) -> Vec<Value> {
    let estate = server.control("GET", "estate", Value::Null);
    let objects = estate["objects"].as_array().unwrap().iter();
    let objects = objects.filter(|object| object["collection"] == collection);
    objects.cloned().collect()
}

fn reply(server: &Server, circuit: &Value, reply: &str) -> Value {
    let answer = json!({ "id": circuit["id"], "reply": reply });
    server.control("POST", "reply", answer)
}

#[test]
fn the_page_is_whole_and_held_to_what_is_its_own() {
    let server = Server::start(&[]);
    let page = get(&server, "/", &[]);
    assert_eq!(page.status, 200);
    let text = page.text();
    let parts = [
        ("/page/page.css", "text/css; charset=utf-8"),
        ("/page/page.js", "text/javascript; charset=utf-8"),
        ("/page/icon.svg", "image/svg+xml"),
    ];
    for (path, media_type) in parts {
        assert!(text.contains(&format!("\"{path}\"")), "{path}");
        let part = get(&server, path, &[]);
        assert_eq!(part.status, 200);
        assert_eq!(part.headers["content-type"], media_type);
        assert_eq!(part.headers["x-content-type-options"], "nosniff");
    }
    let policy = &page.headers["content-security-policy"];
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"));
    for inline in [
        "<style", "style=", "onclick", "<script>", "https://", "http://",
    ] {
        assert!(!text.contains(inline), "{inline}");
    }
    let script = get(&server, "/page/page.js", &[]).text();
    for unsafe_way in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
    ] {
        assert!(!script.contains(unsafe_way), "{unsafe_way}");
    }
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    assert_eq!(get(&server, "/", &[("accept", browser)]).status, 200);
    let lost = get(&server, "/", &[("accept", "application/json")]);
    lost.problem(404, "not-found");
    assert_eq!(server.send("POST", "/", &[], b"").unwrap().status, 404);
    let log = server.control("GET", "log", Value::Null);
    assert_eq!(log, json!([]), "the page is no request of a customer");
}

#[test]
fn the_page_shows_places_ports_circuits_and_their_states_and_nothing_that_opens_them() {
    let server = Server::start(&["--step-ms", "60000"]);
    let (a, b) = (server.a(), server.b());
    let port = a.connection(OWN, json!({ "external_ref": "<b>edge</b>" }));
    a.connection(OWN, lag(2));
    let circuit = a.circuit(OWN, OTHER);
    a.config(OWN, &circuit, &port, json!({}));
    let estate = server.control("GET", "estate", Value::Null);
    let metros = estate["metros"].as_array().unwrap();
    let names: Vec<&str> = metros
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Amsterdam", "Frankfurt", "London"]);
    assert_eq!(metros[0]["pops"][0]["id"], "AMS5-B");
    assert!(
        !metros[0]["pops"][0]["devices"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let ports = shown(&server, "connections");
    let own = ports.iter().find(|it| it["id"] == port["id"]).unwrap();
    assert_eq!(
        own["name"], "<b>edge</b>",
        "as it is: the page puts it in as text"
    );
    assert_eq!(
        (&own["pop"], &own["speed"]),
        (&json!("AMS5-B"), &json!(10_000))
    );
    assert_eq!(
        (&own["state"], &own["party"]),
        (&json!("requested"), &json!("A"))
    );
    assert_eq!(own["next"]["state"], "allocated");
    assert_eq!(shown(&server, "port-reservations").len(), 3);
    let services = shown(&server, "network-services");
    assert_eq!(services[0]["replies"], json!(["accept", "decline"]));
    assert_eq!(services[0]["messages"].as_array().unwrap().len(), 1);
    let configs = shown(&server, "network-service-configs");
    assert_eq!(configs[0]["connection"], port["id"]);
    assert_eq!(configs[0]["network_service"], circuit["id"]);
    b.connection(OTHER, json!({}));
    assert_eq!(shown(&server, "connections").len(), 3);
    let told = server.control("GET", "estate", Value::Null).to_string();
    for secret in ["_key", "password", "secret", "token", "email", "account"] {
        assert!(!told.contains(&format!("{secret}\"")), "{secret}");
    }
}

#[test]
fn what_is_cancelled_is_shown_as_billed_to_its_last_day_even_when_it_is_gone() {
    let server = Server::start(&["--notice-days", "2", "--billing-days", "10"]);
    let a = server.a();
    let port = a.connection(OWN, json!({}));
    let bills = |server: &Server| server.control("GET", "estate", Value::Null)["billed"].clone();
    let (today, last) = (day(&server, 0), day(&server, 10));
    let begun = bills(&server);
    assert_eq!((&begun["total"], &begun["ending"]), (&json!(1), &json!(0)));
    assert_eq!(begun["objects"][0]["since"], today);
    assert_eq!(begun["objects"][0]["until"], Value::Null);
    a.delete(&format!("/connections/{}", id(&port))).expect(202);
    for days in [0, 4, 6] {
        server.control("POST", "clock", json!({ "advance_days": days }));
        let ending = bills(&server);
        assert_eq!(
            (&ending["total"], &ending["ending"]),
            (&json!(1), &json!(1)),
            "{days}"
        );
        assert_eq!(ending["objects"][0]["until"], last);
        assert_eq!(ending["objects"][0]["id"], port["id"]);
    }
    assert!(shown(&server, "connections").is_empty());
    server.control("POST", "clock", json!({ "advance_days": 1 }));
    assert_eq!(bills(&server)["total"], 0);
}

#[test]
fn the_clock_goes_to_the_next_step_and_stays_where_there_is_none() {
    let server = Server::start(&["--step-ms", "7200000"]);
    let next = json!({ "to_next_step": true });
    server.control("POST", "clock", next.clone());
    server.a().connection(OWN, json!({}));
    for state in ["allocated", "production"] {
        server.control("POST", "clock", next.clone());
        assert_eq!(shown(&server, "connections")[0]["state"], state);
    }
    let before = server.control("GET", "estate", Value::Null);
    assert_eq!(before["next_step"], Value::Null);
    server.control("POST", "clock", next);
    let after = server.control("GET", "estate", Value::Null);
    assert_eq!(before["today"], after["today"]);
}

#[test]
fn the_other_party_accepts_a_circuit_with_all_that_it_needs() {
    let server = Server::start(&[]);
    let a = server.a();
    for (product, metro) in [("503121.AMS.LON", "LON"), ("503121.AMS.FRA", "FRA")] {
        let product = json!({ "product_offering": product });
        let circuit = a.post("/network-services", circuit_order(OWN, OTHER, product));
        let circuit = circuit.expect(201);
        let config = reply(&server, &circuit, "accept");
        assert_eq!(config["network_service"], circuit["id"]);
        let ports = shown(&server, "connections");
        let joined = ports.iter().find(|port| port["id"] == config["connection"]);
        let joined = joined.unwrap();
        assert_eq!(
            (&joined["party"], &joined["metro"]),
            (&json!("B"), &json!(metro))
        );
        let replies = shown(&server, "network-services");
        let now = replies
            .iter()
            .find(|service| service["id"] == circuit["id"]);
        assert_eq!(now.unwrap()["replies"], json!([]), "it is the owner's turn");
    }
    let again = a.post("/network-services", circuit_order(OWN, OTHER, json!({})));
    let again = again.expect(201);
    reply(&server, &again, "accept");
    let ports = shown(&server, "connections").len();
    let third = a.post("/network-services", circuit_order(OWN, OTHER, json!({})));
    reply(&server, &third.expect(201), "accept");
    assert_eq!(
        shown(&server, "connections").len(),
        ports,
        "a port with room is used again"
    );
}

#[test]
fn the_other_party_speaks_every_dialect() {
    for dialect in ["plain", "ix-api", "digital-realty", "decix", "linx"] {
        let server = Server::start(&["--dialect", dialect]);
        let body = circuit_order(OWN, OTHER, json!({ "product_offering": "503121.AMS.LON" }));
        let order = json!({ "collection": "network-services", "count": 1, "body": body });
        let ids = server.control("POST", "orders", order);
        let circuit = json!({ "id": ids["ids"][0] });
        let config = reply(&server, &circuit, "accept");
        assert_eq!(config["network_service"], circuit["id"], "{dialect}");
        let groups = [
            json!({ "product_offering": "503403.LON" }),
            json!({ "type": "p2mp_vc", "product_offering": "503501.FRA" }),
        ];
        for body in groups.map(group_order) {
            let order = json!({ "collection": "network-services", "count": 1, "body": body });
            let ids = server.control("POST", "orders", order);
            let group = json!({ "id": ids["ids"][0] });
            let config = reply(&server, &group, "join");
            assert_eq!(config["network_service"], group["id"], "{dialect}");
            let left = reply(&server, &group, "leave");
            assert_eq!(left["id"], config["id"], "{dialect}");
            assert_eq!(offered(&server, &group), json!(["join"]), "{dialect}");
        }
    }
}

#[test]
fn the_other_party_declines_asks_takes_back_grants_and_refuses() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let declined = a.circuit(OWN, OTHER);
    reply(&server, &declined, "decline");
    let path = |circuit: &Value| format!("/network-services/{}", id(circuit));
    a.wait(&path(&declined), "cancelled");
    let nothing = json!({ "id": declined["id"], "reply": "accept" });
    let refused = server.send("POST", "/sandbox/reply", &[], &bytes(&nothing));
    refused.unwrap().problem(400, "unable-to-fulfill");

    let circuit = a.circuit(OWN, OTHER);
    a.config(OWN, &circuit, &a.connection(OWN, json!({})), json!({}));
    reply(&server, &circuit, "accept");
    a.wait(&path(&circuit), "production");
    let asked = reply(&server, &circuit, "ask");
    assert_eq!(asked["product_offering"], "503122.AMS.AMS");
    a.wait(&path(&circuit), "production_change_pending");
    reply(&server, &circuit, "take_back");
    a.wait(&path(&circuit), "production");

    let theirs = b.circuit(OTHER, OWN);
    b.config(OTHER, &theirs, &b.connection(OTHER, json!({})), json!({}));
    a.config(OWN, &theirs, &a.connection(OWN, json!({})), json!({}));
    let wish = json!({ "product_offering": "503124.AMS.AMS" });
    for (answer, capacity) in [("refuse", 100), ("grant", 500)] {
        a.wait(&path(&theirs), "production");
        let ask = format!("{}/change-request", path(&theirs));
        a.post(&ask, wish.clone()).expect(202);
        reply(&server, &theirs, answer);
        assert_eq!(a.wait(&path(&theirs), "production")["capacity"], capacity);
    }
}

/// Party A's order for a group in Amsterdam that everybody may join.
fn group_order(changes: Value) -> Value {
    let order = json!({
        "type": "mp2mp_vc", "managing_account": OWN, "consuming_account": OWN,
        "billing_account": OWN, "product_offering": "503402.AMS", "public": true,
    });
    with(order, changes)
}

fn group(a: &Client<'_>, changes: Value) -> Value {
    let order = group_order(changes);
    a.post("/network-services", order).expect(201)
}

/// A rule of party A's about party B; its path.
fn rule(a: &Client<'_>, group: &Value, changes: Value) -> String {
    let rule = json!({
        "type": "allow", "managing_account": OWN, "consuming_account": OTHER,
        "network_service": group["id"],
    });
    let rule = a.post("/member-joining-rules", with(rule, changes));
    format!("/member-joining-rules/{}", id(&rule.expect(201)))
}

/// What the page offers to answer to a service.
fn offered(server: &Server, service: &Value) -> Value {
    let services = shown(server, "network-services");
    let found = services.iter().find(|it| it["id"] == service["id"]);
    found.unwrap()["replies"].clone()
}

/// Asserts that the other party cannot answer so.
#[track_caller]
fn cannot(server: &Server, service: &Value, reply: &str) {
    let answer = bytes(&json!({ "id": service["id"], "reply": reply }));
    let refused = server.send("POST", "/sandbox/reply", &[], &answer).unwrap();
    let problem = refused.problem(400, "unable-to-fulfill");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("nothing of the kind"), "{detail}");
}

#[test]
fn the_other_party_joins_a_public_group_with_all_that_it_needs() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let london = json!({ "product_offering": "503402.LON" });
    let first = group(&a, london.clone());
    assert_eq!(offered(&server, &first), json!(["join"]));
    let config = reply(&server, &first, "join");
    assert_eq!(config["network_service"], first["id"]);
    assert_eq!(
        (&config["product_offering"], &config["capacity"]),
        (&json!("503411.LON"), &json!(1000))
    );
    let path = format!("/role-assignments/{}", config["role_assignments"][0]);
    let assignment = b.get(&path.replace('"', "")).expect(200);
    assert_eq!(assignment["role"], NOC);
    let ports = shown(&server, "connections");
    assert_eq!(ports.len(), 1);
    assert_eq!(
        (&ports[0]["id"], &ports[0]["party"], &ports[0]["metro"]),
        (&config["connection"], &json!("B"), &json!("LON"))
    );
    assert_eq!(offered(&server, &first), json!(["leave"]));
    cannot(&server, &first, "join");
    cannot(&server, &first, "accept");
    // The port is full, and the one in London is of no use elsewhere.
    let second = reply(&server, &group(&a, london), "join");
    let third = reply(&server, &group(&a, json!({})), "join");
    assert_eq!(shown(&server, "connections").len(), 3);
    assert_ne!(second["connection"], third["connection"]);
}

#[test]
fn the_other_party_joins_a_group_whose_rule_allows_it_within_its_bounds() {
    let server = Server::start(&[]);
    let a = server.a();
    let mut ports = Vec::new();
    for (bounds, product, capacity) in [
        (json!({ "capacity_max": 500 }), "503411.AMS", 500),
        (json!({ "capacity_max": 400 }), "503411.AMS", 400),
        (json!({ "capacity_min": 2000 }), "503412.AMS", 10_000),
    ] {
        let private = group(&a, json!({ "public": false }));
        assert_eq!(offered(&server, &private), json!([]));
        cannot(&server, &private, "join");
        let rule = rule(&a, &private, bounds);
        assert_eq!(offered(&server, &private), json!(["join"]));
        let config = reply(&server, &private, "join");
        assert_eq!(
            (&config["product_offering"], &config["capacity"]),
            (&json!(product), &json!(capacity))
        );
        ports.push(config["connection"].clone());
        // A member stays one when its rule goes, and can still leave.
        a.delete(&rule).expect(200);
        assert_eq!(offered(&server, &private), json!(["leave"]));
        reply(&server, &private, "leave");
        assert_eq!(offered(&server, &private), json!([]));
    }
    assert_eq!(ports[0], ports[1], "a port with room is used again");
    assert_ne!(ports[1], ports[2]);
}

#[test]
fn the_other_party_is_not_offered_a_group_that_does_not_take_it() {
    let server = Server::start(&["--notice-days", "30"]);
    let (a, b) = (server.a(), server.b());
    let denied = group(&a, json!({}));
    let denial = rule(&a, &denied, json!({ "type": "deny" }));
    let hidden = group(&a, json!({ "public": false }));
    rule(&a, &hidden, json!({ "type": "deny" }));
    let exacting = group(&a, json!({}));
    rule(&a, &exacting, json!({ "capacity_min": 20_000 }));
    let ending = group(&a, json!({}));
    let path = format!("/network-services/{}", id(&ending));
    a.delete(&path).expect(202);
    let theirs = json!({
        "managing_account": OTHER, "consuming_account": OTHER, "billing_account": OTHER,
    });
    let theirs = group(&b, theirs);
    for service in [&denied, &hidden, &exacting, &ending, &theirs] {
        assert_eq!(offered(&server, service), json!([]));
        cannot(&server, service, "join");
        cannot(&server, service, "leave");
    }
    a.delete(&denial).expect(200);
    assert_eq!(offered(&server, &denied), json!(["join"]));
}

#[test]
fn the_other_party_leaves_a_group_and_can_join_it_again() {
    let server = Server::start(&["--notice-days", "2"]);
    let a = server.a();
    let service = group(&a, json!({}));
    let ours = json!({ "type": "mp2mp_vc", "product_offering": "503411.AMS" });
    a.config(OWN, &service, &a.connection(OWN, json!({})), ours);
    assert_eq!(offered(&server, &service), json!(["join"]));
    let config = reply(&server, &service, "join");
    let left = reply(&server, &service, "leave");
    assert_eq!(
        (&left["id"], &left["state"], &left["decommission_at"]),
        (
            &config["id"],
            &json!("decommission_requested"),
            &json!(day(&server, 2))
        )
    );
    assert_eq!(offered(&server, &service), json!(["join"]));
    cannot(&server, &service, "leave");
    server.control("POST", "clock", json!({ "advance_days": 2 }));
    let path = format!("/network-service-configs/{}", id(&config));
    server.b().get(&path).problem(404, "not-found");
    let again = reply(&server, &service, "join");
    assert_ne!(again["id"], config["id"]);
    assert_eq!(again["connection"], config["connection"]);
}

#[test]
fn the_other_party_is_a_leaf_of_a_circuit_to_many() {
    let server = Server::start(&[]);
    let to_many = json!({ "type": "p2mp_vc", "product_offering": "503501.FRA" });
    let service = group(&server.a(), to_many);
    assert_eq!(offered(&server, &service), json!(["join"]));
    let config = reply(&server, &service, "join");
    assert_eq!(
        (&config["type"], &config["role"]),
        (&json!("p2mp_vc"), &json!("leaf"))
    );
    assert_eq!(config["product_offering"], "503511.FRA");
    reply(&server, &service, "leave");
    assert_eq!(offered(&server, &service), json!(["join"]));
}

#[test]
fn the_other_party_names_a_mac_address_where_members_must() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    for _ in 0..2 {
        let service = group(&a, json!({ "product_offering": "503403.AMS" }));
        let config = reply(&server, &service, "join");
        assert_eq!(config["macs"], json!(b.ids("/macs")));
        assert_eq!(b.ids("/macs").len(), 1, "what is registered is used again");
    }
}

/// A stream of events, and the lines that come.
fn watch(server: &Server) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let head = format!(
        "GET /sandbox/events HTTP/1.1\r\nhost: {}\r\naccept: text/event-stream\r\n\r\n",
        server.address()
    );
    stream.write_all(head.as_bytes()).unwrap();
    BufReader::new(stream)
}

/// The next line that begins like this.
fn told(stream: &mut BufReader<TcpStream>, start: &str) -> String {
    let mut lines = stream.lines().map(Result::unwrap);
    lines.find(|line| line.starts_with(start)).unwrap()
}

#[test]
fn requests_are_told_as_they_come_without_their_secrets() {
    let server = Server::start(&[]);
    let a = server.a();
    let mut events = watch(&server);
    assert!(told(&mut events, "content-type").contains("text/event-stream"));
    let before = told(&mut events, "data: ");
    assert!(
        before.contains("/connect/token") && before.contains("***"),
        "{before}"
    );
    a.post("/connections", connection_order(OWN, json!({})))
        .expect(201);
    told(&mut events, "event: request");
    let request: Value = serde_json::from_str(&told(&mut events, "data: ")[6..]).unwrap();
    assert_eq!(
        (&request["method"], &request["path"]),
        (&json!("POST"), &json!("/connections"))
    );
    assert_eq!(
        (&request["status"], &request["party"]),
        (&json!(201), &json!("A"))
    );
    told(&mut events, "event: estate");
    server.control("POST", "clock", json!({ "advance_days": 1 }));
    told(&mut events, "event: estate");
    let log = server.control("GET", "log", Value::Null);
    let paths = log.as_array().unwrap().iter().map(|entry| &entry["path"]);
    let paths: Vec<&Value> = paths.collect();
    assert_eq!(
        paths,
        ["/connect/token", "/connections"],
        "who watches is not in the log"
    );
}

#[test]
fn who_watches_without_reading_slows_nobody_down() {
    let server = Server::start(&[]);
    let a = server.a();
    let mut idle: Vec<_> = (0..4).map(|_| watch(&server)).collect();
    for stream in &mut idle {
        told(stream, ": as it happens");
    }
    let reference = "x".repeat(8_000);
    for _ in 0..1_500 {
        a.get(&format!("/connections?external_ref={reference}"))
            .expect(200);
    }
    // What nobody took is forgotten, and that is said.
    told(&mut idle[0], "event: missed");
}

#[cfg(unix)]
#[test]
fn it_ends_at_once_while_somebody_watches() {
    let mut server = Server::start(&[]);
    let mut events = watch(&server);
    told(&mut events, ": as it happens");
    let since = Instant::now();
    let process = server.id().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-TERM", &process])
        .status();
    assert!(killed.unwrap().success());
    assert!(server.child().wait().unwrap().success());
    assert!(since.elapsed() < Duration::from_secs(10));
}

#[test]
fn the_control_room_is_closed_to_other_pages_of_a_browser() {
    let server = Server::start(&[]);
    let own = format!("http://{}", server.address());
    let ask =
        |headers: &[(&str, &str)]| server.send("POST", "/sandbox/reset", headers, b"").unwrap();
    assert_eq!(ask(&[]).status, 200);
    assert_eq!(
        ask(&[("origin", &own), ("sec-fetch-site", "same-origin")]).status,
        200
    );
    for origin in ["https://example.net", "null", "http://127.0.0.1:1"] {
        ask(&[("origin", origin)]).problem(403, "permission-denied");
    }
    ask(&[("sec-fetch-site", "cross-site")]).problem(403, "permission-denied");
    let read = get(&server, "/sandbox/tokens", &[("origin", "null")]);
    read.problem(403, "permission-denied");
    let watched = get(
        &server,
        "/sandbox/events",
        &[("origin", "https://example.net")],
    );
    watched.problem(403, "permission-denied");
    let told = get(&server, "/sandbox/estate", &[]);
    assert_eq!(told.headers["cross-origin-resource-policy"], "same-origin");
    assert!(!told.headers.contains_key("access-control-allow-origin"));
}

#[test]
fn the_control_room_is_closed_to_names_that_a_name_server_made_up() {
    let server = Server::start(&[]);
    let a = server.a();
    let port = a.connection(OWN, json!({}));
    let remove = json!({ "id": port["id"] }).to_string();
    let ask = |host: &str| {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let request = format!(
            "POST /sandbox/remove HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
             content-length: {}\r\n\r\n{remove}",
            remove.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let _ = std::io::Read::read_to_end(&mut stream, &mut answer);
        Reply::parse(&answer).unwrap()
    };
    let (_, number) = server.address().split_once(':').unwrap();
    for host in [
        "rebound.example.net".to_owned(),
        format!("sandbox:{number}"),
    ] {
        ask(&host).problem(403, "permission-denied");
    }
    assert_eq!(shown(&server, "connections").len(), 1);
    assert_eq!(ask(&format!("localhost:{number}")).status, 200);
    assert!(shown(&server, "connections").is_empty());
}
