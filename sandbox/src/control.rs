//! What a test does to the exchange behind its customers' backs, and what it asks of it. It never
//! moves the clock by itself, except to count what is live.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock;
use crate::collection::Collection;
use crate::exchange::Exchange;
use crate::faults::Named;
use crate::holds::Hold;
use crate::object::{Object, Row};
use crate::parties::Party;
use crate::problem::Problem;

/// Objects to be kept in a state, or let go: those that fit everything that is said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Held {
    /// The object with this id, and the reservations of the connection with this id.
    pub id: Option<String>,
    /// The objects of this collection.
    pub collection: Option<String>,
    /// The objects with this reference.
    pub external_ref: Option<String>,
    /// The state they stay in. An object that is named by its id is put into it, and stays where it
    /// is when none is named; others stay when they get there.
    pub state: Option<String>,
}

/// Orders of many objects at once, as party A would send them one by one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Orders {
    /// What is ordered.
    pub collection: String,
    /// How many.
    pub count: u32,
    /// The body of each order; `{n}` in a text of it stands for the order's number, from 0 on.
    pub body: Row,
}

/// Quirks that can be switched while the exchange runs; what is none stays as it is.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// See [`crate::Settings::metadata_lag`].
    pub metadata_lag: Option<u32>,
    /// See [`crate::Settings::gzip`].
    pub gzip: Option<bool>,
    /// See [`crate::Settings::latency_ms`].
    pub latency_ms: Option<u64>,
    /// See [`crate::Settings::requests_per_second`]; 0 takes any number.
    pub requests_per_second: Option<u32>,
}

/// The exchange's time.
#[derive(Clone, Debug, Serialize)]
pub struct Time {
    /// RFC 3339, UTC.
    pub now: String,
    /// `YYYY-MM-DD`, UTC.
    pub today: String,
}

fn collection_named(exchange: &Exchange, path: &str) -> Result<Collection, Problem> {
    let entity = exchange.entity(path);
    entity
        .map(|entity| entity.collection)
        .ok_or_else(|| Problem::no_such_path(path))
}

/// Where an object is.
fn locate(exchange: &Exchange, named: &Named) -> Result<Collection, Problem> {
    let missing = || Problem::not_found("object", &named.id);
    let collection = match &named.collection {
        Some(name) => collection_named(exchange, name)?,
        None => exchange.store.find(&named.id).ok_or_else(missing)?,
    };
    let there = exchange.store.get(collection, &named.id);
    there.map(|object| object.collection).ok_or_else(missing)
}

/// The object as its owner would read it.
pub fn show(exchange: &Exchange, named: &Named) -> Result<Value, Problem> {
    let collection = locate(exchange, named)?;
    let object = exchange.store.get(collection, &named.id);
    Ok(object.map_or(Value::Null, |object| {
        let row = exchange.show(object.owner, object);
        // What reads get wrong, a test wants to see as it is.
        Value::Object(exchange.speaker(collection, false).spoken(row))
    }))
}

/// What customers still have: what is live, and apart from that what is being cancelled. What the
/// exchange made by itself, such as IP addresses, is not counted.
pub fn live(exchange: &mut Exchange) -> Value {
    exchange.settle();
    let ordered = |object: &Object| {
        let entity = exchange.entity(object.collection.path);
        entity.is_some_and(|entity| entity.ordered)
    };
    let listed = |wanted: fn(&Object) -> bool| {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        let mut objects = Vec::new();
        let everything = exchange.store.everything();
        for object in everything.filter(|object| wanted(object) && ordered(object)) {
            *counts.entry(object.collection.path).or_default() += 1;
            objects.push(json!({
                "collection": object.collection.path,
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

/// Takes orders as if they had come through the API, checks included. Returns the ids, in the order
/// in which they were ordered; those before a refusal stay.
pub fn order(exchange: &mut Exchange, orders: &Orders) -> Result<Vec<String>, Problem> {
    let collection = collection_named(exchange, &orders.collection)?;
    let entity = exchange.entity(collection.path);
    let Some(create) = entity.and_then(|entity| entity.create) else {
        return Err(Problem::invalid("collection", "takes no orders"));
    };
    let mut ids = Vec::new();
    for number in 0..orders.count {
        let number = number.to_string();
        let mut body = orders.body.clone();
        for value in body.values_mut() {
            if let Value::String(text) = value {
                *text = text.replace("{n}", &number);
            }
        }
        let body = exchange.heard(collection, None, body);
        ids.push(create(exchange, Party::A, body)?.id);
    }
    exchange.settle();
    Ok(ids)
}

/// Puts an object into a state by force.
fn put_into(
    exchange: &mut Exchange,
    collection: Collection,
    id: &str,
    put: impl FnOnce(&mut crate::life::Life),
) -> Result<(), Problem> {
    let put = exchange
        .store
        .change(collection, id, |object| object.life.as_mut().map(put));
    put.flatten()
        .ok_or_else(|| Problem::invalid("id", "has no states"))
}

/// Keeps objects in a state. Returns that state.
pub fn hold(exchange: &mut Exchange, order: Held) -> Result<String, Problem> {
    let collection = match &order.collection {
        Some(name) => Some(collection_named(exchange, name)?),
        None => None,
    };
    let state = match (&order.id, &order.state) {
        (Some(id), wanted) => {
            let named = Named {
                id: id.clone(),
                collection: order.collection.clone(),
            };
            let place = locate(exchange, &named)?;
            let mut state = String::new();
            put_into(exchange, place, id, |life| {
                if let Some(wanted) = wanted {
                    life.state.clone_from(wanted);
                }
                state.clone_from(&life.state);
            })?;
            state
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
    exchange.hold(Hold {
        id: order.id,
        collection,
        external_ref: order.external_ref,
        state: state.clone(),
    });
    Ok(state)
}

/// Lets go of every hold that fits all that the order names; an empty order lets go of all of them.
/// Returns how many these were.
pub fn release(exchange: &mut Exchange, order: &Held) -> usize {
    fn fits(asked: &Option<String>, held: Option<&str>) -> bool {
        asked.is_none() || asked.as_deref() == held
    }
    let collection = order.collection.as_deref();
    let collection = collection.map(|path| path.trim_start_matches('/').to_owned());
    exchange.release(|hold| {
        fits(&order.id, hold.id.as_deref())
            && fits(&collection, hold.collection.map(|held| held.path))
            && fits(&order.external_ref, hold.external_ref.as_deref())
            && fits(&order.state, Some(&hold.state))
    })
}

/// Puts an object into a state, known or not, and leaves it there.
pub fn set_state(
    exchange: &mut Exchange,
    named: &Named,
    state: &str,
    status: Option<Vec<Value>>,
) -> Result<Value, Problem> {
    let collection = locate(exchange, named)?;
    put_into(exchange, collection, &named.id, |life| {
        life.state = state.to_owned();
        life.steps.clear();
        if let Some(status) = status {
            life.status = status;
        }
    })?;
    show(exchange, named)
}

/// Changes fields as nobody could through the API, and without a check.
pub fn patch(exchange: &mut Exchange, named: &Named, fields: Row) -> Result<Value, Problem> {
    let collection = locate(exchange, named)?;
    exchange.store.change(collection, &named.id, |object| {
        for (name, value) in fields {
            object.withheld.remove(&name);
            let kept = if object.fields.contains_key(&name) {
                &mut object.fields
            } else {
                &mut object.overrides
            };
            kept.insert(name, value);
        }
    });
    show(exchange, named)
}

/// Takes fields out of an object, as an exchange that leaves them out.
pub fn withhold(
    exchange: &mut Exchange,
    named: &Named,
    names: &[String],
) -> Result<Value, Problem> {
    let collection = locate(exchange, named)?;
    exchange.store.change(collection, &named.id, |object| {
        object.withheld.extend(names.iter().cloned());
    });
    show(exchange, named)
}

/// Takes an object away as if it had never been, or an entry of the catalogue, whose collection is
/// named then.
pub fn remove(exchange: &mut Exchange, named: &Named) -> Result<Value, Problem> {
    let collection = named.collection.as_deref().unwrap_or_default();
    let collection = collection.trim_start_matches('/');
    if let Some(entry) = exchange.catalogue.withdraw(collection, &named.id) {
        return Ok(Value::Object(entry.fields().clone()));
    }
    let last = show(exchange, named)?;
    let collection = locate(exchange, named)?;
    if let Some(object) = exchange.store.get(collection, &named.id).cloned() {
        exchange.take(&object);
    }
    Ok(last)
}

/// Sets the exchange's clock forward.
pub fn advance(exchange: &mut Exchange, seconds: i64) -> Time {
    exchange.clock.advance(seconds.saturating_mul(1000));
    Time {
        now: clock::rfc3339(exchange.clock.now()),
        today: exchange.clock.today().to_string(),
    }
}

/// Sets the exchange's clock forward to the next transition of anything, if there is one to come.
pub fn advance_to_next_step(exchange: &mut Exchange) -> Time {
    exchange.settle();
    let now = exchange.clock.now();
    let due = exchange.store.first_due().unwrap_or(now);
    exchange.clock.advance(due.saturating_sub(now));
    exchange.settle();
    advance(exchange, 0)
}

/// Switches quirks. Returns all of them.
pub fn switch(exchange: &mut Exchange, quirks: Quirks) -> Value {
    let settings = &mut exchange.settings;
    settings.metadata_lag = quirks.metadata_lag.or(settings.metadata_lag);
    settings.gzip = quirks.gzip.unwrap_or(settings.gzip);
    settings.latency_ms = quirks.latency_ms.unwrap_or(settings.latency_ms);
    if let Some(most) = quirks.requests_per_second {
        settings.requests_per_second = Some(most).filter(|most| *most > 0);
    }
    json!({
        "metadata_lag": settings.metadata_lag(),
        "gzip": settings.gzip,
        "latency_ms": settings.latency_ms,
        "requests_per_second": settings.requests_per_second,
    })
}
