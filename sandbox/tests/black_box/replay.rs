//! The requests that Digital Realty's guides print, sent as they are printed, and each answer held
//! against the printed one, field by field: what is there, of which type, with which value. Ids,
//! dates and moments are compared by their shape, and messages are in the exchange's own words.
//! What differs is listed beside the request, with the reason. Where a guide's JSON is broken (a
//! comma too many, single quotes, a brace too few) it is mended; where it prints a connection in
//! answer to the cancellation of a port reservation, only the status is compared.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Client, Reply, Server};

/// No guide shows an answer with numbers as text or null for an empty list, and the reservations
/// are there at once in all that are printed: these quirks are of other days.
const ARGUMENTS: [&str; 8] = [
    "--dialect",
    "digital-realty",
    "--no-quirk",
    "numbers-as-text",
    "--no-quirk",
    "null-lists",
    "--no-quirk",
    "reservations-come-later",
];

/// What a guide calls something, and what it is called here.
type Names = BTreeMap<String, String>;

/// A text of a guide with what things are called here.
fn named(text: &str, names: &Names) -> String {
    let mut text = text.to_owned();
    for (theirs, ours) in names {
        text = text.replace(theirs, ours);
    }
    text
}

/// What is left of a date, a moment or a reference to a port when it is compared by its shape.
fn shape(text: &str) -> String {
    let digits = |letter: char| if letter.is_ascii_digit() { '0' } else { letter };
    text.chars().map(digits).collect()
}

fn is_shapely(path: &str, text: &str) -> bool {
    let field = path.rsplit('/').next().unwrap_or_default();
    let by_shape = [
        "timestamp",
        "request_date",
        "decommission_at",
        "charged_until",
    ];
    by_shape.contains(&field) || field == "exchange_side_demarc" && text.contains(".X")
}

/// What differs between what is printed and what is answered, by path.
fn differences(path: &str, printed: &Value, answered: &Value, found: &mut Vec<String>) {
    match (printed, answered) {
        (Value::Object(printed), Value::Object(answered)) => {
            for name in printed.keys().chain(answered.keys()) {
                let path = format!("{path}/{name}");
                match (printed.get(name), answered.get(name)) {
                    (Some(one), Some(other)) => differences(&path, one, other, found),
                    _ => found.push(path),
                }
            }
        }
        (Value::Array(printed), Value::Array(answered)) => {
            let mut printed = printed.clone();
            let mut answered = answered.clone();
            if printed.iter().all(Value::is_string) {
                printed.sort_by_key(Value::to_string);
                answered.sort_by_key(Value::to_string);
            }
            if printed.len() != answered.len() {
                found.push(path.to_owned());
            }
            for (index, (one, other)) in printed.iter().zip(&answered).enumerate() {
                differences(&format!("{path}/{index}"), one, other, found);
            }
        }
        (Value::String(_), Value::String(_)) if path.ends_with("/message") => {}
        (Value::String(one), Value::String(other)) if is_shapely(path, one) => {
            if shape(one) != shape(other) {
                found.push(path.to_owned());
            }
        }
        _ if printed == answered => {}
        _ => found.push(path.to_owned()),
    }
}

fn send(party: &Client<'_>, step: &Value, names: &Names) -> Reply {
    let request = named(step["do"].as_str().unwrap(), names);
    let (method, path) = request.split_once(' ').unwrap();
    let body = match &step["body"] {
        Value::Null => String::new(),
        body => named(&body.to_string(), names),
    };
    party.try_call(method, path, body.as_bytes()).unwrap()
}

/// Leads the exchange through a guide, step by step.
fn replay(guide: &str) {
    let server = Server::start(&ARGUMENTS);
    let (a, b) = (server.a(), server.b());
    let mut names = Names::new();
    let steps: Vec<Value> = serde_json::from_str(guide).unwrap();
    for step in &steps {
        let name = step["step"].as_str().or(step["given"].as_str()).unwrap();
        let reply = send(if step["as"] == "B" { &b } else { &a }, step, &names);
        let status = step["status"].as_u64().unwrap_or(201);
        assert_eq!(u64::from(reply.status), status, "{name}: {}", reply.text());
        if step["document"] == true {
            assert!(reply.body.starts_with(b"%PDF"), "{name}");
            continue;
        }
        let mut answered = reply.json();
        if step["among"] == true {
            let id = named(step["answer"]["id"].as_str().unwrap(), &names);
            let rows = answered
                .as_array()
                .cloned()
                .unwrap_or_else(|| vec![answered]);
            let row = rows.into_iter().find(|row| row["id"] == id.as_str());
            answered = row.unwrap_or_else(|| panic!("{name}: no {id}"));
        }
        for (theirs, place) in step["binds"].as_object().into_iter().flatten() {
            let ours = answered
                .pointer(place.as_str().unwrap())
                .and_then(Value::as_str);
            let ours = ours.unwrap_or_else(|| panic!("{name}: no {place} in {answered}"));
            names.insert(theirs.clone(), ours.to_owned());
        }
        if step["answer"].is_null() {
            continue;
        }
        let printed = named(&step["answer"].to_string(), &names);
        let printed: Value = serde_json::from_str(&printed).unwrap();
        let mut found = Vec::new();
        differences("", &printed, &answered, &mut found);
        found.sort();
        found.dedup();
        let known = step["but"].as_object().into_iter().flatten();
        let known: Vec<&str> = known.map(|(path, _)| path.as_str()).collect();
        assert_eq!(found, known, "{name}: {answered:#}");
    }
}

#[test]
fn the_guide_to_editing_virtual_connects_holds() {
    replay(include_str!("../guides/virtual_connect_edits.json"));
}

#[test]
fn the_guide_to_cloud_access_ports_holds() {
    replay(include_str!("../guides/cloud_access_ports.json"));
}
