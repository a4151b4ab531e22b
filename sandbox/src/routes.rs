//! The table of contents of the API: finds the collection that a path names and does with it what
//! the method asks for.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::about;
use crate::answer::Answer;
use crate::dialect::Quirk;
use crate::exchange::{Action, Entity, Exchange, Request};
use crate::list;
use crate::object::{Lag, Object, Row};
use crate::parties::Party;
use crate::problem::Problem;
use crate::schema::Purpose;
use crate::service_keys;
use crate::speech;
use crate::statistics::{self, Kind};

/// What reads may still show for a while after a change (section 10 of the IX-API data dictionary,
/// "metadata after PATCH").
const METADATA: [&str; 4] = ["external_ref", "purchase_order", "contract_ref", "capacity"];

/// Answers a request below the base path.
pub fn answer(exchange: &mut Exchange, party: Party, request: &Request<'_>) -> Answer {
    exchange.settle();
    match route(exchange, party, request) {
        Ok(answer) => answer,
        Err(problem) => speech::refusal(&exchange.settings, problem, request.body),
    }
}

fn route(exchange: &mut Exchange, party: Party, request: &Request<'_>) -> Result<Answer, Problem> {
    let segments: Vec<String> = request
        .path
        .split('/')
        .skip(1)
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let missing = || Problem::no_such_path(request.path);
    let refused = segments.first();
    if let Some(refusal) = refused.and_then(|it| exchange.settings.refusal_of(it)) {
        return Err(refusal);
    }
    match segments.as_slice() {
        [alone @ ("implementation" | "account" | "extensions")] if request.method != "GET" => Err(
            Problem::method_not_allowed(request.method, &format!("/{alone}"), "GET"),
        ),
        ["health"] => Err(Problem::method_not_allowed(
            request.method,
            request.path,
            "GET",
        )),
        ["auth", "token" | "refresh"] => Err(Problem::method_not_allowed(
            request.method,
            request.path,
            "POST",
        )),
        ["implementation"] => Ok(about::implementation(exchange)),
        ["extensions"] => Ok(about::extensions(exchange)),
        ["extensions", service_keys::NAME, below @ ..]
            if exchange.settings.has(Quirk::ServiceKeys) =>
        {
            service_keys::answer(exchange, party, below, request)
        }
        ["account"] => {
            let entity = exchange.entity("accounts").ok_or_else(missing)?;
            read(exchange, party, entity, party.credentials().account)
        }
        [collection] => {
            let entity = exchange.entity(collection).ok_or_else(missing)?;
            on_all(exchange, party, entity, request)
        }
        [collection, id] => {
            let entity = exchange.entity(collection).ok_or_else(missing)?;
            on_one(exchange, party, entity, id, request)
        }
        [collection, id, name, rest @ ..]
            if statistics_of(exchange, collection, name).is_some() =>
        {
            let entity = exchange.entity(collection).ok_or_else(missing)?;
            count(exchange, party, entity, id, name, rest, request)
        }
        [collection, id, name] => {
            let entity = exchange.entity(collection).ok_or_else(missing)?;
            let mut actions = entity.actions.iter();
            let action = actions
                .find(|action| action.name == *name)
                .ok_or_else(missing)?;
            act(exchange, party, entity, id, action, request)
        }
        _ => Err(missing()),
    }
}

fn statistics_of(exchange: &Exchange, collection: &str, name: &str) -> Option<Kind> {
    Kind::of(exchange.entity(collection)?.collection, name)
}

/// `…/statistics`, and what is below it.
fn count(
    exchange: &Exchange,
    party: Party,
    entity: &Entity,
    id: &str,
    name: &str,
    rest: &[&str],
    request: &Request<'_>,
) -> Result<Answer, Problem> {
    let missing = || Problem::no_such_path(request.path);
    let collection = entity.collection;
    let kind = Kind::of(collection, name).ok_or_else(missing)?;
    if request.method != "GET" {
        let problem = Problem::method_not_allowed(request.method, request.path, "GET");
        return Err(problem);
    }
    // What a party may not see is not counted for it either.
    read(exchange, party, entity, id)?;
    match rest {
        [] => statistics::totals(exchange, collection, kind, id, request),
        [interval, "timeseries"] => statistics::series(exchange, kind, id, interval, request),
        _ => Err(missing()),
    }
}

fn on_all(
    exchange: &mut Exchange,
    party: Party,
    entity: &Entity,
    request: &Request<'_>,
) -> Result<Answer, Problem> {
    match (request.method, entity.create) {
        ("GET", _) => list::answer(exchange, party, entity, request.query),
        ("POST", Some(create)) => {
            let settings = &exchange.settings;
            if !entity.creates_with.is_none_or(|quirk| settings.has(quirk)) {
                let noun = entity.collection.noun;
                let reason = format!("It is the exchange that gives out an {noun}.");
                return Err(Problem::permission_denied(reason));
            }
            let body = exchange.heard(entity.collection, None, request.object()?);
            let object = create(exchange, party, body)?;
            Ok(exchange.answer_with(201, party, &object))
        }
        (method, _) => Err(Problem::method_not_allowed(
            method,
            request.path,
            entity.methods_on_all(&exchange.settings).join(", "),
        )),
    }
}

fn on_one(
    exchange: &mut Exchange,
    party: Party,
    entity: &Entity,
    id: &str,
    request: &Request<'_>,
) -> Result<Answer, Problem> {
    match (request.method, entity.change, entity.puts, entity.delete) {
        ("GET", ..) => read(exchange, party, entity, id),
        ("PATCH", Some(change), ..) | ("PUT", Some(change), true, _) => {
            check_media_type(exchange, request)?;
            let object = find(exchange, party, entity, id)?;
            if object.owner != party {
                return Err(Problem::permission_denied(format!(
                    "Only the party that ordered the {} {id} can change it.",
                    entity.collection.noun
                )));
            }
            let before = exchange.show(party, &object);
            let body = exchange.heard(entity.collection, Some(&object), request.object()?);
            let mut object = match (request.method, entity.replace) {
                ("PUT", Some(replace)) => replace(exchange, party, object, body)?,
                ("PUT", None) => {
                    let body = everything(exchange, &object, &body)?;
                    change(exchange, party, object, body)?
                }
                _ => change(exchange, party, object, body)?,
            };
            lag_behind(exchange, party, &mut object, &before);
            let is_slow = object.life.is_some();
            let at_once = exchange.settings.has(Quirk::PatchAnswers200);
            let status = if is_slow && !at_once {
                entity.changes_with
            } else {
                200
            };
            let lags = exchange.settings.has(Quirk::PatchAnswersLag);
            exchange.store.put(object.clone());
            if !lags {
                return Ok(exchange.answer_with(status, party, &object));
            }
            let row = exchange.show(party, &object);
            let row = exchange.speaker(entity.collection, false).spoken(row);
            Ok(Answer::json(status, &Value::Object(row)))
        }
        ("DELETE", _, _, Some(delete)) => {
            let object = find(exchange, party, entity, id)?;
            delete(exchange, party, object, request.body)
        }
        (method, ..) => Err(Problem::method_not_allowed(
            method,
            request.path,
            entity.methods_on_one().join(", "),
        )),
    }
}

/// What a PUT says of an object, as a change of everything that can be changed.
fn everything(exchange: &Exchange, object: &Object, body: &Row) -> Result<Row, Problem> {
    let (collection, kind) = (object.collection.path, object.text("type"));
    let entity = exchange
        .schema
        .entity_of(collection, kind)
        .unwrap_or_default();
    exchange
        .check(entity, body, Purpose::Replace)
        .refuse_if_any()?;
    Ok(exchange.schema.whole(entity, body))
}

/// Some exchanges want a change named as one.
fn check_media_type(exchange: &Exchange, request: &Request<'_>) -> Result<(), Problem> {
    const MERGE_PATCH: &str = "application/merge-patch+json";
    let named = request
        .content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    let is_strict = exchange.settings.has(Quirk::MergePatchOnly) && request.method == "PATCH";
    if is_strict && !named.eq_ignore_ascii_case(MERGE_PATCH) {
        return Err(Problem::unsupported_media_type(format!(
            "A change is sent as {MERGE_PATCH}, not as {named:?}."
        )));
    }
    Ok(())
}

fn read(exchange: &Exchange, party: Party, entity: &Entity, id: &str) -> Result<Answer, Problem> {
    let row = match exchange.find(party, entity.collection, id) {
        Ok(object) => exchange.show(party, object),
        Err(missing) => (entity.other)(exchange, party, entity.collection, id).ok_or(missing)?,
    };
    let row = exchange.spoken(entity.collection, row);
    Ok(Answer::json(200, &Value::Object(row)))
}

/// The object that a request is about. What is there for all to see and belongs to somebody else
/// is not for this party to change.
fn find(exchange: &Exchange, party: Party, entity: &Entity, id: &str) -> Result<Object, Problem> {
    let missing = match exchange.find(party, entity.collection, id) {
        Ok(object) => return Ok(object.clone()),
        Err(missing) => missing,
    };
    match (entity.other)(exchange, party, entity.collection, id) {
        Some(_) => Err(Problem::permission_denied(format!(
            "The {} {id} is not yours to change.",
            entity.collection.noun
        ))),
        None => Err(missing),
    }
}

fn act(
    exchange: &mut Exchange,
    party: Party,
    entity: &Entity,
    id: &str,
    action: &Action,
    request: &Request<'_>,
) -> Result<Answer, Problem> {
    match (request.method, action.post, action.delete) {
        ("GET", ..) => {
            let object = find(exchange, party, entity, id)?;
            (action.get)(exchange, party, &object, request)
        }
        ("POST", Some(take), _) | ("DELETE", _, Some(take)) => {
            let object = find(exchange, party, entity, id)?;
            take(exchange, party, object, request)
        }
        (method, ..) => {
            let allow = action.methods().join(", ");
            Err(Problem::method_not_allowed(method, request.path, allow))
        }
    }
}

/// Lets reads show the metadata from before a change for as long as the exchange lags behind.
fn lag_behind(exchange: &Exchange, party: Party, object: &mut Object, before: &Row) {
    let seconds = i64::from(exchange.settings.metadata_lag());
    if seconds == 0 || object.life.is_none() {
        return;
    }
    let after = exchange.show_changed(party, object);
    let old = METADATA.into_iter().filter_map(|name| {
        let shown = before.get(name)?;
        (after.get(name) != Some(shown)).then(|| (name.to_owned(), shown.clone()))
    });
    let fields: Row = old.collect();
    object.lag = (!fields.is_empty()).then(|| Lag {
        until: exchange.clock.now().saturating_add(seconds * 1000),
        fields,
    });
}
