//! The control room under `/sandbox/`: what a test asks of the exchange and does to it behind its customers' backs.
//! It needs no token, because the sandbox listens on the loopback only, and it never moves the clock by itself,
//! except to count what is live.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::exchange::Exchange;
use crate::faults::Fault;
use crate::front::Sandbox;
use crate::life::Hold;
use crate::problem::Problem;
use crate::store::{Collection, Object};

/// Names an object. The collection is needed only where an id occurs twice: a standalone connection and its port
/// reservation share theirs, and the bare id means the connection.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    id: String,
    collection: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HoldOrder {
    id: Option<String>,
    collection: Option<String>,
    external_ref: Option<String>,
    state: Option<String>,
}

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
    fields: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockOrder {
    #[serde(default)]
    advance_seconds: u32,
    #[serde(default)]
    advance_days: u32,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

/// Answers a request below `/sandbox/`.
pub fn answer(sandbox: &mut Sandbox, method: &str, place: &str, body: &[u8]) -> Answer {
    let answered = match (method, place) {
        ("GET", "log") => Ok(json!(sandbox.log.entries())),
        ("DELETE", "log") => {
            sandbox.log.clear();
            Ok(json!([]))
        }
        ("GET", "live") => Ok(live(&mut sandbox.exchange)),
        ("GET", "faults") => Ok(json!(sandbox.faults.waiting())),
        ("POST", "faults") => add_faults(sandbox, body),
        ("DELETE", "faults") => {
            sandbox.faults.clear();
            Ok(json!([]))
        }
        ("POST", "hold") => hold(&mut sandbox.exchange, body),
        ("POST", "release") => release(&mut sandbox.exchange, body),
        ("POST", "state") => force_state(&mut sandbox.exchange, body),
        ("POST", "patch") => patch(&mut sandbox.exchange, body),
        ("POST", "remove") => remove(&mut sandbox.exchange, body),
        ("POST", "clock") => advance(&mut sandbox.exchange, body),
        ("POST", "reset") => {
            sandbox.exchange.reset();
            sandbox.faults.clear();
            sandbox.log.clear();
            Ok(json!({}))
        }
        _ => Err(Problem::no_such_path(place)),
    };
    match answered {
        Ok(body) => Answer::json(200, &body),
        Err(problem) => problem.answer(),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body)
        .map_err(|error| Problem::unreadable(format!("The order cannot be read: {error}.")))
}

fn locate<'a>(
    exchange: &'a mut Exchange,
    id: &str,
    collection: Option<&str>,
) -> Result<&'a mut Object, Problem> {
    let missing = || Problem::not_found("object", id);
    let collection = match collection {
        Some(name) => Collection::named(name).ok_or_else(|| Problem::no_such_path(name))?,
        None => exchange.store.find(id).ok_or_else(missing)?,
    };
    exchange.store.get_mut(collection, id).ok_or_else(missing)
}

/// The object as its owner would read it.
fn shown(exchange: &Exchange, collection: Collection, id: &str) -> Value {
    let object = exchange.store.get(collection, id);
    object.map_or(Value::Null, |object| {
        Value::Object(exchange.show(object.owner, object))
    })
}

/// What customers still have: what is live, and apart from that what is being cancelled.
fn live(exchange: &mut Exchange) -> Value {
    exchange.settle();
    let listed = |wanted: fn(&Object) -> bool| {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        let mut objects = Vec::new();
        for object in exchange.store.everything().filter(|object| wanted(object)) {
            *counts.entry(object.collection.path()).or_default() += 1;
            objects.push(json!({
                "collection": object.collection.path(),
                "id": object.id,
                "state": object.life.as_ref().map(|life| &life.state),
                "external_ref": object.fields.get("external_ref"),
                "party": object.owner.credentials().name,
            }));
        }
        json!({ "counts": counts, "total": objects.len(), "objects": objects })
    };
    json!({
        "live": listed(Object::is_live),
        "cancelling": listed(|object| object.is_there() && !object.is_live()),
    })
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
        if fault.times == 0 {
            return Err(Problem::invalid("times", "must be at least 1"));
        }
        if fault
            .status
            .is_some_and(|status| !(400..=599).contains(&status))
        {
            return Err(Problem::invalid("status", "must be 400 to 599"));
        }
        sandbox.faults.push(fault);
    }
    Ok(json!(sandbox.faults.waiting()))
}

/// Keeps objects in a state. One that is named by its id is put into that state; others stay when they get there.
fn hold(exchange: &mut Exchange, body: &[u8]) -> Result<Value, Problem> {
    let order: HoldOrder = read(body)?;
    let collection = match &order.collection {
        Some(name) => Some(Collection::named(name).ok_or_else(|| Problem::no_such_path(name))?),
        None => None,
    };
    let state = match (&order.id, &order.state) {
        (Some(id), wanted) => {
            let object = locate(exchange, id, order.collection.as_deref())?;
            let life = object
                .life
                .as_mut()
                .ok_or_else(|| Problem::invalid("id", "has no states"))?;
            if let Some(wanted) = wanted {
                life.state.clone_from(wanted);
            }
            life.state.clone()
        }
        (None, Some(state)) if collection.is_some() || order.external_ref.is_some() => {
            state.clone()
        }
        (None, Some(_)) => {
            return Err(Problem::invalid(
                "id",
                "or collection or external_ref is required",
            ));
        }
        (None, None) => return Err(Problem::invalid("state", "is required")),
    };
    let hold = Hold {
        id: order.id,
        collection,
        external_ref: order.external_ref,
        state,
    };
    let answer = json!({ "state": hold.state });
    exchange.holds.push(hold);
    Ok(answer)
}

/// Lets go of every hold that fits all that the order names; an empty order lets go of all of them.
fn release(exchange: &mut Exchange, body: &[u8]) -> Result<Value, Problem> {
    let order: HoldOrder = read(if body.is_empty() { b"{}" } else { body })?;
    let before = exchange.holds.len();
    exchange.holds.retain(|hold| {
        let fits = order.id.is_none_or_eq(hold.id.as_deref())
            && order
                .collection
                .as_deref()
                .is_none_or(|name| Collection::named(name) == hold.collection)
            && order
                .external_ref
                .is_none_or_eq(hold.external_ref.as_deref())
            && order.state.is_none_or_eq(Some(&hold.state));
        !fits
    });
    Ok(json!({ "released": before - exchange.holds.len() }))
}

trait NoneOrEq {
    /// Whether nothing is asked for, or just this.
    fn is_none_or_eq(&self, held: Option<&str>) -> bool;
}

impl NoneOrEq for Option<String> {
    fn is_none_or_eq(&self, held: Option<&str>) -> bool {
        self.is_none() || self.as_deref() == held
    }
}

/// Puts an object into a state, known or not, and leaves it there.
fn force_state(exchange: &mut Exchange, body: &[u8]) -> Result<Value, Problem> {
    let order: StateOrder = read(body)?;
    let object = locate(exchange, &order.id, order.collection.as_deref())?;
    let collection = object.collection;
    let life = object
        .life
        .as_mut()
        .ok_or_else(|| Problem::invalid("id", "has no states"))?;
    life.state = order.state;
    life.steps.clear();
    if let Some(status) = order.status {
        life.status = status;
    }
    Ok(shown(exchange, collection, &order.id))
}

/// Changes fields as nobody could through the API, and without a check.
fn patch(exchange: &mut Exchange, body: &[u8]) -> Result<Value, Problem> {
    let order: PatchOrder = read(body)?;
    let object = locate(exchange, &order.id, order.collection.as_deref())?;
    let collection = object.collection;
    for (name, value) in order.fields {
        let kept = if object.fields.contains_key(&name) {
            &mut object.fields
        } else {
            &mut object.overrides
        };
        kept.insert(name, value);
    }
    Ok(shown(exchange, collection, &order.id))
}

/// Takes an object away as if it had never been.
fn remove(exchange: &mut Exchange, body: &[u8]) -> Result<Value, Problem> {
    let order: Named = read(body)?;
    let collection = locate(exchange, &order.id, order.collection.as_deref())?.collection;
    let last = shown(exchange, collection, &order.id);
    exchange.store.remove(collection, &order.id);
    Ok(last)
}

/// Sets the exchange's clock forward.
fn advance(exchange: &mut Exchange, body: &[u8]) -> Result<Value, Problem> {
    const DAY: i64 = 24 * 60 * 60;
    let order: ClockOrder = read(body)?;
    let seconds = i64::from(order.advance_seconds) + i64::from(order.advance_days) * DAY;
    exchange.clock.advance(seconds * 1000);
    Ok(
        json!({ "now": crate::clock::rfc3339(exchange.clock.now()), "today": exchange.clock.today().to_string() }),
    )
}
