//! What a request costs: as many looks at objects among ten thousand as among ten.
#![allow(clippy::unwrap_used)]

use ixapi_sandbox::exchange::{Exchange, Request};
use ixapi_sandbox::object::Object;
use ixapi_sandbox::parties::Party;
use ixapi_sandbox::{Settings, entities, routes};
use serde_json::{Value, json};

const OWN: &str = "A0087999";

fn ask(exchange: &mut Exchange, method: &str, path: &str, body: Value) -> (u16, Value) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let query: Vec<(String, String)> = query
        .split_once('=')
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
    let body = match body {
        Value::Null => Vec::new(),
        body => body.to_string().into_bytes(),
    };
    let request = Request {
        method,
        path,
        query: &query,
        content_type: "application/json",
        body: &body,
    };
    let answer = routes::answer(exchange, Party::A, &request);
    let body = serde_json::from_slice(&answer.body).unwrap();
    (answer.status, body)
}

fn made(exchange: &mut Exchange, path: &str, mut body: Value) -> String {
    for name in ["managing_account", "consuming_account", "billing_account"] {
        body[name] = json!(OWN);
    }
    if !path.contains("connections") && !path.contains("network") {
        body.as_object_mut().unwrap().remove("billing_account");
    }
    let (status, object) = ask(exchange, "POST", path, body);
    assert_eq!(status, 201, "{object}");
    object["id"].as_str().unwrap().to_owned()
}

/// Puts `count` copies of an object beside it, with ids and texts of their own.
fn multiply(exchange: &mut Exchange, object: &Object, count: usize) {
    for number in 0..count {
        let mut copy = object.clone();
        copy.id = format!("copy-{number}-{}", object.id);
        for (name, value) in &mut copy.fields {
            let own = [
                "address",
                "connection",
                "contact",
                "external_ref",
                "network_service",
            ];
            if let Some(text) = value.as_str().filter(|_| own.contains(&name.as_str())) {
                *value = json!(format!("copy-{number}-{text}"));
            }
            if ["macs", "role_assignments"].contains(&name.as_str()) {
                *value = json!([]);
            }
        }
        exchange.store.put(copy);
    }
}

/// How many objects each of a number of requests looks at, in an exchange of `count` of each kind.
fn looks(count: usize) -> Vec<(String, u64)> {
    let settings = Settings {
        step_ms: Some(600_000),
        ..Settings::default()
    };
    let mut exchange = Exchange::new(settings, &entities::ALL).unwrap();
    let it = &mut exchange;
    let connection = json!({
        "mode": "standalone", "product_offering": "503234.AMS5-B.S", "port_quantity": 1,
        "role_assignments": [], "external_ref": "mine",
    });
    let connection = made(it, "/connections", connection);
    let circuit = json!({
        "type": "p2p_vc", "product_offering": "503121.AMS.AMS", "joining_member_account": OWN,
    });
    let circuit = made(it, "/network-services", circuit);
    let mac = made(it, "/macs", json!({ "address": "42:23:bc:8e:b8:b0" }));
    let person = json!({ "name": "Panda", "email": "p@example.net", "telephone": "1" });
    let contact = made(it, "/contacts", person);
    let role = json!({ "role": "9a442fef-ff8f-4c2e-93e5-46425c00fd4b", "contact": contact });
    let (_, assignment) = ask(it, "POST", "/role-assignments", role);
    let assignment = assignment["id"].as_str().unwrap().to_owned();
    let config = json!({
        "type": "p2p_vc", "network_service": circuit, "connection": connection,
        "role_assignments": [assignment], "macs": [mac],
        "vlan_config": { "vlan_type": "dot1q", "vlan": 23 },
    });
    let config = made(it, "/network-service-configs", config);
    let originals: Vec<Object> = it.store.everything().cloned().collect();
    for object in &originals {
        multiply(it, object, count);
    }

    let requests = [
        ("GET", format!("/connections/{connection}"), Value::Null),
        ("GET", format!("/ports/{connection}"), Value::Null),
        ("GET", format!("/network-services/{circuit}"), Value::Null),
        (
            "GET",
            format!("/network-service-configs/{config}"),
            Value::Null,
        ),
        (
            "GET",
            "/connections?external_ref=mine".to_owned(),
            Value::Null,
        ),
        ("GET", format!("/connections?id={connection}"), Value::Null),
        (
            "GET",
            format!("/network-service-configs?connection={connection}"),
            Value::Null,
        ),
        (
            "GET",
            format!("/role-assignments?contact={contact}"),
            Value::Null,
        ),
        (
            "PATCH",
            format!("/connections/{connection}"),
            json!({ "purchase_order": "x" }),
        ),
        ("DELETE", format!("/macs/{mac}"), Value::Null),
        (
            "DELETE",
            format!("/role-assignments/{assignment}"),
            Value::Null,
        ),
        ("DELETE", format!("/contacts/{contact}"), Value::Null),
        ("DELETE", format!("/connections/{connection}"), Value::Null),
        (
            "DELETE",
            format!("/network-services/{circuit}"),
            Value::Null,
        ),
        (
            "DELETE",
            format!("/network-service-configs/{config}"),
            Value::Null,
        ),
        ("DELETE", format!("/connections/{connection}"), Value::Null),
    ];
    let mut looks = Vec::new();
    for (method, path, body) in requests {
        let before = it.store.visited();
        ask(it, method, &path, body);
        looks.push((format!("{method} {path}"), it.store.visited() - before));
    }
    for look in &mut looks {
        // Ids differ from run to run.
        look.0 = look
            .0
            .split(['/', '='])
            .take(2)
            .collect::<Vec<_>>()
            .join("/");
    }
    looks
}

#[test]
fn a_request_looks_at_as_many_objects_among_ten_thousand_as_among_ten() {
    let few = looks(10);
    assert_eq!(looks(2_000), few);
    assert!(few.iter().all(|(_, looks)| *looks < 40), "{few:?}");
}
