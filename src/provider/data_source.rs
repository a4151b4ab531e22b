//! An entity as a data source that finds many.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;

use crate::entities::declaration::{Entity, Filter, Keeps};
use crate::ixapi::{Client, Error, Json, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::schema::Schema;
use crate::tfplugin::traits::{Call, DataSource, Outcome};
use crate::tfplugin::value::Value;

use super::errors::{Attempt, Subject, explain};
use super::session::Session;
use super::{answers, schemas};

/// The argument that names objects, each of which must exist.
const IDS: &str = "ids";

/// How many ids are shown as a hint when one does not exist.
const MOST_CANDIDATES: usize = 20;

/// A plural data source.
pub struct EntityDataSource {
    entity: &'static Entity,
    session: Arc<Session>,
    schema: OnceLock<Schema>,
}

impl EntityDataSource {
    /// The data source of an entity.
    pub fn new(entity: &'static Entity, session: Arc<Session>) -> EntityDataSource {
        EntityDataSource {
            entity,
            session,
            schema: OnceLock::new(),
        }
    }

    /// The query, in every spelling that some version of IX-API knows.
    fn query(&self, config: &Value) -> Vec<(String, String)> {
        let constants = self
            .entity
            .constants
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()));
        let filters = self.entity.filters.iter().flat_map(|filter| {
            let text = query_text(config.get(filter.argument));
            [Some(filter.parameter), filter.older]
                .into_iter()
                .flatten()
                .filter_map(move |name| Some((name.to_owned(), text.clone()?)))
        });
        constants.chain(filters).collect()
    }

    /// What the exchange lists for these arguments, and of that what passes them.
    async fn find(&self, client: &Client, config: &Value, call: &Call) -> Result<Found, Error> {
        let query = self.query(config);
        let listing = client.list(self.entity.path, &query, &call.stop).await?;
        let mut found: Vec<Value> = listing
            .rows
            .iter()
            .filter(|object| self.entity.filters.iter().all(|f| keeps(f, config, object)))
            .map(|object| answers::found(self.entity, object))
            .collect();
        found.sort_by(|a, b| a.get("id").cmp(b.get("id")));
        found.dedup_by(|a, b| a.get("id") == b.get("id"));
        Ok((found, listing.complete))
    }

    fn no_such(&self, id: &str, candidates: &[Value], config: &Value) -> Diagnostic {
        let others = self
            .entity
            .filters
            .iter()
            .any(|filter| filter.argument != IDS && config.get(filter.argument).is_known());
        let scope = if others {
            "With the other arguments, it"
        } else {
            "It"
        };
        Diagnostic::error(
            format!("There is no {} {id:?}", self.entity.noun),
            format!(
                "The exchange does not list it. {scope} lists {}.",
                offered(candidates)
            ),
        )
        .at(Path::attribute(IDS))
    }
}

/// What was found, sorted by id, and whether that is all.
type Found = (Vec<Value>, bool);

#[async_trait]
impl DataSource for EntityDataSource {
    fn schema(&self) -> &Schema {
        self.schema
            .get_or_init(|| schemas::data_source(self.entity))
    }

    fn validate(&self, _config: &Value) -> Diagnostics {
        Diagnostics::default()
    }

    async fn read(&self, call: &Call, config: Value) -> Outcome {
        let client = match self.session.client() {
            Ok(client) => client,
            Err(error) => {
                return Outcome {
                    state: Value::Null,
                    diagnostics: error.into(),
                };
            }
        };
        let mut diagnostics = Diagnostics::default();
        let looked = async {
            let (found, complete) = self.find(&client, &config, call).await?;
            if missing(&config, &found).is_empty() {
                return Ok((found, complete));
            }
            // Exchanges spell ids in either case, and may compare them to the letter.
            let mut without_ids = config.clone();
            without_ids.put(IDS, Value::Null);
            let (candidates, complete) = self.find(&client, &without_ids, call).await?;
            for id in missing(&config, &candidates) {
                diagnostics.push(self.no_such(id, &candidates, &config));
            }
            let asked = config.get(IDS).elements();
            let wanted = |object: &Value| asked.iter().any(|id| same(object.get("id"), id));
            let found = candidates.into_iter().filter(wanted).collect();
            Ok((found, complete))
        };
        match looked.await {
            Ok((found, complete)) => {
                if !complete {
                    diagnostics.push(cut_short(self.entity, &client));
                }
                let mut state = config.clone();
                state.put(self.entity.plural, Value::List(found));
                Outcome { state, diagnostics }
            }
            Err(error) => {
                let subject = Subject {
                    entity: self.entity,
                    id: None,
                };
                let diagnostics = explain(Attempt::List, subject, &error);
                Outcome {
                    state: Value::Null,
                    diagnostics,
                }
            }
        }
    }
}

/// A filter's argument as a query parameter; several values are joined by commas.
fn query_text(argument: &Value) -> Option<String> {
    match argument {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Set(elements) if !elements.is_empty() => {
            let texts: Vec<String> = elements.iter().filter_map(query_text).collect();
            Some(texts.join(","))
        }
        _ => None,
    }
}

/// Whether an object passes a filter, by what the object shows. An exchange that does not know a
/// filter ignores it, so what it answers is looked at again.
fn keeps(filter: &Filter, config: &Value, object: &Json) -> bool {
    let wanted = config.get(filter.argument);
    if !wanted.is_known() || query_text(wanted).is_none() {
        return true;
    }
    let shown = |name: &str| object.get(name);
    let shows = |name: &str, wanted: &Value| {
        shown(name).is_some_and(|json| lenient::list(json).iter().any(|one| equals(one, wanted)))
    };
    match filter.keeps {
        Keeps::Equal(name) => shows(name, wanted),
        Keeps::EqualWhereShown(name) => shown(name).is_none() || shows(name, wanted),
        Keeps::Unequal(name) => !shows(name, wanted),
        Keeps::AnyOf(name) => wanted.elements().iter().any(|one| shows(name, one)),
        Keeps::Within(low, high) => {
            let Some(wanted) = wanted.as_i64() else {
                return true;
            };
            let bound = |name: &str| shown(name).and_then(lenient::integer);
            bound(low).is_none_or(|low| low <= wanted)
                && bound(high).is_none_or(|high| wanted <= high)
        }
        Keeps::AskTheExchange => true,
    }
}

/// Whether the exchange shows this value; the case of ids and words is spelling.
fn equals(shown: &Json, wanted: &Value) -> bool {
    match wanted {
        Value::String(wanted) => {
            lenient::text(shown).is_some_and(|shown| shown.eq_ignore_ascii_case(wanted))
        }
        Value::Number(_) => lenient::integer(shown) == wanted.as_i64(),
        Value::Bool(wanted) => lenient::boolean(shown) == Some(*wanted),
        _ => false,
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => false,
    }
}

/// Acting on half a list may cancel what is in the other half.
fn cut_short(entity: &Entity, client: &Client) -> Diagnostic {
    Diagnostic::error(
        format!("The list of {} breaks off", entity.plural.replace('_', " ")),
        format!(
            "{} says that there is more and does not give it. Narrow the search with arguments, or \
             ask the exchange.",
            client.host()
        ),
    )
}

/// The ids that were asked for and not found.
fn missing<'a>(config: &'a Value, found: &[Value]) -> Vec<&'a str> {
    let asked = config.get(IDS).elements().iter();
    asked
        .filter(|id| !found.iter().any(|object| same(object.get("id"), id)))
        .filter_map(Value::as_str)
        .collect()
}

fn offered(candidates: &[Value]) -> String {
    let ids: Vec<&str> = candidates
        .iter()
        .filter_map(|c| c.get("id").as_str())
        .collect();
    let shown = ids
        .iter()
        .take(MOST_CANDIDATES)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    match ids.len().checked_sub(MOST_CANDIDATES) {
        _ if ids.is_empty() => "none at all".to_owned(),
        Some(more) if more > 0 => format!("{shown} and {more} more"),
        _ => shown,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::entities::declaration::{by, by_ids};

    fn kept(filter: Filter, wanted: Value, object: Json) -> bool {
        let config = Value::object([(filter.argument, wanted)]);
        keeps(&filter, &config, &object)
    }

    #[test]
    fn a_filter_that_the_exchange_ignored_is_applied_again() {
        let pop = by("pop", "");
        assert!(kept(pop, "AMS5-B".into(), json!({"pop": "ams5-b"})));
        assert!(!kept(pop, "AMS5-B".into(), json!({"pop": "LON1-A"})));
        assert!(!kept(pop, "AMS5-B".into(), json!({"pop": null})));
        assert!(!kept(pop, "AMS5-B".into(), json!({})));
        assert!(kept(pop, Value::Null, json!({"pop": "LON1-A"})));
    }

    #[test]
    fn what_only_the_exchange_can_tell_is_left_to_it() {
        let key = by("cloud_key", "").ask_the_exchange();
        assert!(kept(key, "k".into(), json!({})));
        let metro = by("metro_area", "").where_shown();
        assert!(kept(metro, "AMS".into(), json!({})));
        assert!(!kept(metro, "AMS".into(), json!({"metro_area": "LON"})));
    }

    #[test]
    fn negations_collections_and_ranges_are_understood() {
        let other = by("state__is_not", "").unequal("state");
        assert!(!kept(
            other,
            "production".into(),
            json!({"state": "production"})
        ));
        assert!(kept(
            other,
            "production".into(),
            json!({"state": "allocated"})
        ));
        let ids = Value::set(["a".into(), "b".into()]);
        assert!(kept(by_ids(), ids.clone(), json!({"id": "b"})));
        assert!(!kept(by_ids(), ids, json!({"id": "c"})));
        let roles = by("role_assignments", "").any_of();
        let wanted = Value::set(["x".into()]);
        assert!(kept(roles, wanted, json!({"role_assignments": ["y", "X"]})));
        let bandwidth = by("bandwidth", "").within("bandwidth_min", "bandwidth_max");
        let offer = json!({"bandwidth_min": 100, "bandwidth_max": "1000"});
        assert!(kept(bandwidth, 1000.into(), offer.clone()));
        assert!(!kept(bandwidth, 1001.into(), offer));
    }
}
