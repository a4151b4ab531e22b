//! The control room under `/sandbox/`: what [`crate::control`] does, by HTTP and JSON. It needs no
//! token, because the sandbox listens on the loopback only.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::control::{self, Held};
use crate::estate;
use crate::faults::{Fault, Named};
use crate::object::Row;
use crate::other_party;
use crate::problem::Problem;
use crate::sandbox::Sandbox;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateOrder {
    id: String,
    collection: Option<String>,
    state: String,
    status: Option<Vec<Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PatchOrder {
    id: String,
    collection: Option<String>,
    #[serde(default)]
    fields: Row,
    #[serde(default)]
    remove: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockOrder {
    #[serde(default)]
    advance_seconds: u32,
    #[serde(default)]
    advance_days: u32,
    #[serde(default)]
    to_next_step: bool,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

/// Answers a request below `/sandbox/`.
pub fn answer(sandbox: &mut Sandbox, method: &str, place: &str, body: &[u8]) -> Answer {
    let done = done(sandbox, method, place, body);
    sandbox.tell_of_changes(method != "GET");
    match done {
        Ok(body) => Answer::json(200, &body),
        Err(problem) => problem.answer(),
    }
}

fn done(sandbox: &mut Sandbox, method: &str, place: &str, body: &[u8]) -> Result<Value, Problem> {
    let exchange = &mut sandbox.exchange;
    match (method, place) {
        ("GET", "log") => Ok(json!(sandbox.log.entries())),
        ("DELETE", "log") => {
            sandbox.log.clear();
            Ok(json!([]))
        }
        ("GET", "tokens") => Ok(json!(exchange.tokens.given_out())),
        ("GET", "counts") => Ok(json!(sandbox.log.counts())),
        ("POST", "orders") => Ok(json!({ "ids": control::order(exchange, &read(body)?)? })),
        ("GET", "estate") => Ok(estate::of(exchange, &sandbox.faults)),
        ("POST", "reply") => other_party::reply(exchange, &read(body)?),
        ("GET", "live") => Ok(control::live(exchange)),
        ("GET", "faults") => Ok(json!(sandbox.faults.waiting())),
        ("POST", "faults") => add_faults(sandbox, body),
        ("DELETE", "faults") => {
            sandbox.faults.clear();
            Ok(json!([]))
        }
        ("POST", "hold") => Ok(json!({ "state": control::hold(exchange, read(body)?)? })),
        ("POST", "release") => {
            let order: Held = read(if body.is_empty() { b"{}" } else { body })?;
            Ok(json!({ "released": control::release(exchange, &order) }))
        }
        ("POST", "state") => {
            let StateOrder {
                id,
                collection,
                state,
                status,
            } = read(body)?;
            control::set_state(exchange, &Named { id, collection }, &state, status)
        }
        ("POST", "patch") => {
            let PatchOrder {
                id,
                collection,
                fields,
                remove,
            } = read(body)?;
            let named = Named { id, collection };
            control::patch(exchange, &named, fields)?;
            control::withhold(exchange, &named, &remove)
        }
        ("POST", "remove") => control::remove(exchange, &read(body)?),
        ("POST", "clock") => {
            const DAY: i64 = 24 * 60 * 60;
            let ClockOrder {
                advance_seconds,
                advance_days,
                to_next_step,
            } = read(body)?;
            if to_next_step {
                return Ok(json!(control::advance_to_next_step(exchange)));
            }
            let seconds = i64::from(advance_seconds) + i64::from(advance_days) * DAY;
            Ok(json!(control::advance(exchange, seconds)))
        }
        ("POST", "quirks") => Ok(control::switch(exchange, read(body)?)),
        ("POST", "reset") => {
            sandbox.reset();
            Ok(json!({}))
        }
        _ => Err(Problem::no_such_path(place)),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body)
        .map_err(|error| Problem::unreadable(format!("The order cannot be read: {error}.")))
}

fn add_faults(sandbox: &mut Sandbox, body: &[u8]) -> Result<Value, Problem> {
    // Read one by one, because an untagged choice would hide what is wrong with the fault.
    let orders = match read::<OneOrMany<Value>>(body)? {
        OneOrMany::Many(orders) => orders,
        OneOrMany::One(order) => vec![order],
    };
    let faults: Vec<Fault> = orders
        .into_iter()
        .map(|order| {
            serde_json::from_value(order)
                .map_err(|error| Problem::unreadable(format!("Not a fault: {error}.")))
        })
        .collect::<Result<_, _>>()?;
    for fault in faults {
        if let Some((field, reason)) = fault.flaw() {
            return Err(Problem::invalid(field, reason));
        }
        sandbox.faults.push(fault);
    }
    Ok(json!(sandbox.faults.waiting()))
}
