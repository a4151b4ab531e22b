//! The requests that the guides print, sent as they are printed, and each answer held against the
//! printed one, field by field: what is there, of which type, with which value. Ids, dates and
//! moments are compared by their shape, and messages are in the exchange's own words. What differs
//! is listed beside the request, with the reason. Where a guide's JSON is broken (a comma too many,
//! single quotes, a brace too few) it is mended; where it prints a connection in answer to the
//! cancellation of a port reservation, only the status is compared; and an order that is cut short
//! (of the peering service of a cloud) is not sent. The guide to getting started is that of the
//! specification; the others are Digital Realty's.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::support::{Client, Reply, Server, day};

/// No guide shows an answer with numbers as text or null for an empty list, and the reservations
/// are there at once in all that are printed: these quirks are of other days.
const DIGITAL_REALTY: [&str; 8] = [
    "--dialect",
    "digital-realty",
    "--no-quirk",
    "numbers-as-text",
    "--no-quirk",
    "null-lists",
    "--no-quirk",
    "reservations-come-later",
];

/// What is not encoded in paths.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.');

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
        "current_billing_start_date",
        "timestamp",
        "request_date",
        "decommission_at",
        "charged_until",
    ];
    by_shape.contains(&field) || field == "exchange_side_demarc" && text.contains(".X")
}

/// How closely an answer is held against what is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// Every value.
    Same,
    /// What is there, and of which type: what is printed is made up.
    Alike,
    /// Every value that is printed: the rest is left out there.
    Partly,
}

/// What differs between what is printed and what is answered, by path.
fn differences(
    path: &str,
    printed: &Value,
    answered: &Value,
    likeness: Likeness,
    found: &mut Vec<String>,
) {
    match (printed, answered) {
        (Value::Object(printed), Value::Object(answered)) => {
            for name in printed.keys().chain(answered.keys()) {
                let path = format!("{path}/{name}");
                match (printed.get(name), answered.get(name)) {
                    (Some(one), Some(other)) => differences(&path, one, other, likeness, found),
                    (None, _) if likeness == Likeness::Partly => {}
                    _ => found.push(path),
                }
            }
        }
        (Value::Array(printed), Value::Array(answered)) if printed.iter().all(Value::is_string) => {
            let sorted = |list: &[Value]| {
                let mut list: Vec<String> = list.iter().map(Value::to_string).collect();
                list.sort();
                list
            };
            if sorted(printed) != sorted(answered) && likeness != Likeness::Alike {
                found.push(path.to_owned());
            }
        }
        (Value::Array(printed), Value::Array(answered)) => {
            if printed.len() != answered.len() && likeness != Likeness::Alike {
                found.push(path.to_owned());
            }
            for (index, (one, other)) in printed.iter().zip(answered).enumerate() {
                differences(&format!("{path}/{index}"), one, other, likeness, found);
            }
        }
        (Value::String(_), Value::String(_)) if path.ends_with("/message") => {}
        (Value::String(one), Value::String(other)) if is_shapely(path, one) => {
            if shape(one) != shape(other) {
                found.push(path.to_owned());
            }
        }
        (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_))
            if likeness == Likeness::Alike => {}
        _ if printed == answered => {}
        _ => found.push(path.to_owned()),
    }
}

fn send(party: &Client<'_>, step: &Value, names: &Names) -> Reply {
    let encoded = |ours: &String| utf8_percent_encode(ours, KEPT).to_string();
    let encoded = names
        .iter()
        .map(|(theirs, ours)| (theirs.clone(), encoded(ours)));
    let request = named(step["do"].as_str().unwrap(), &encoded.collect());
    let (method, path) = request.split_once(' ').unwrap();
    let body = match &step["body"] {
        Value::Null => String::new(),
        body => named(&body.to_string(), names),
    };
    party.try_call(method, path, body.as_bytes()).unwrap()
}

/// What is called otherwise from this step on: by name, or because it is a day some days from now.
fn rename(server: &Server, step: &Value, names: &mut Names) {
    for (theirs, ours) in step["names"].as_object().into_iter().flatten() {
        let ours = named(ours.as_str().unwrap(), names);
        names.insert(theirs.clone(), ours);
    }
    for (theirs, later) in step["days"].as_object().into_iter().flatten() {
        let later = u32::try_from(later.as_u64().unwrap()).unwrap();
        names.insert(theirs.clone(), day(server, later));
    }
}

/// The row of a list that a step is about; whatever else was answered is that by itself.
fn picked(step: &Value, answered: Value, names: &Names) -> Value {
    let is_it: Box<dyn Fn(&Value) -> bool> = if let Some(id) = step["pick"].as_str() {
        let id = named(id, names);
        Box::new(move |row| row["id"] == id.as_str())
    } else if let Some(id) = step["but_not"].as_str() {
        let id = named(id, names);
        Box::new(move |row| row["id"] != id.as_str())
    } else if step["first"] == true {
        Box::new(|_| true)
    } else if step["among"] == true {
        let id = named(step["answer"]["id"].as_str().unwrap(), names);
        Box::new(move |row| row["id"] == id.as_str())
    } else {
        return answered;
    };
    let rows = match answered {
        Value::Array(rows) => rows,
        row => vec![row],
    };
    let mut rows = rows.into_iter();
    let row = rows.find(|row| is_it(row));
    row.unwrap_or_else(|| panic!("{step}: is not in the list"))
}

/// Asks until the answer is in the state that a step waits for.
fn answer(party: &Client<'_>, step: &Value, names: &Names) -> Reply {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let reply = send(party, step, names);
        let is_there = step["until"].is_null() || reply.json()["state"] == step["until"];
        if is_there || Instant::now() > deadline {
            return reply;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Leads the exchange through a guide, step by step.
fn replay(guide: &str, arguments: &[&str]) {
    let server = Server::start(arguments);
    let (mut a, mut b) = (server.a(), server.b());
    let mut names = Names::new();
    let mut wrong = Vec::new();
    let steps: Vec<Value> = serde_json::from_str(guide).unwrap();
    for step in &steps {
        let name = step["step"].as_str().or(step["given"].as_str()).unwrap();
        rename(&server, step, &mut names);
        if step["control"] == true {
            let (method, place) = step["do"].as_str().unwrap().split_once(' ').unwrap();
            server.control(method, place, step["body"].clone());
            // Days may have passed, and tokens with them.
            (a, b) = (server.a(), server.b());
            continue;
        }
        let reply = answer(if step["as"] == "B" { &b } else { &a }, step, &names);
        let status = step["status"].as_u64().unwrap_or(201);
        assert_eq!(u64::from(reply.status), status, "{name}: {}", reply.text());
        if step["document"] == true {
            assert!(reply.body.starts_with(b"%PDF"), "{name}");
            continue;
        }
        let answered = picked(step, reply.json(), &names);
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
        let likeness = match (step["like"] == true, step["part"] == true) {
            (true, _) => Likeness::Alike,
            (false, true) => Likeness::Partly,
            (false, false) => Likeness::Same,
        };
        differences("", &printed, &answered, likeness, &mut found);
        found.sort();
        found.dedup();
        let known = step["but"].as_object().into_iter().flatten();
        let known: Vec<&str> = known.map(|(path, _)| path.as_str()).collect();
        if found != known {
            let context = format!("{answered:#} instead of {printed:#}");
            wrong.push(format!("{name}: {found:?}, not {known:?}: {context}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_guide_to_editing_virtual_connects_holds() {
    let guide = include_str!("../guides/virtual_connect_edits.json");
    replay(guide, &DIGITAL_REALTY);
}

#[test]
fn the_guide_to_cloud_access_ports_holds() {
    let guide = include_str!("../guides/cloud_access_ports.json");
    replay(guide, &DIGITAL_REALTY);
}

#[test]
fn the_guide_to_service_keys_holds() {
    let guide = include_str!("../guides/service_keys.json");
    replay(guide, &DIGITAL_REALTY);
}

#[test]
fn the_guide_to_editing_cloud_services_holds() {
    let guide = include_str!("../guides/cloud_service_edits.json");
    replay(guide, &DIGITAL_REALTY);
}

#[test]
fn the_guide_to_getting_started_holds() {
    let guide = include_str!("../guides/getting_started.json");
    replay(guide, &["--dialect", "ix-api", "--step-ms", "50"]);
}
