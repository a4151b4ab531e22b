//! A collection as two data sources: one finds many, the other exactly one.

use std::sync::Arc;

use async_trait::async_trait;

use crate::entities;
use crate::entities::declaration::{Collection, Filter, Keeps, Own};
use crate::ixapi::{Client, Error, Json, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::schema::Schema;
use crate::tfplugin::traits::{Call, DataSource};
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::naming::NAMES;
use super::own_account::{self, Unclear};
use super::requests::query_text;
use super::session::Session;
use super::{answers, schemas, validate};

/// The argument that names objects, each of which must exist.
const IDS: &str = "ids";

/// How many ids are shown as a hint when one does not exist.
const MOST_CANDIDATES: usize = 20;

/// The data source that finds all that match.
pub struct Plural {
    collection: &'static Collection,
    session: Arc<Session>,
}

/// The data source that finds exactly one.
pub struct Singular {
    collection: &'static Collection,
    session: Arc<Session>,
}

/// What was found, sorted by id, and whether that is all.
type Found = (Vec<Value>, bool);

impl Plural {
    /// The data source of a collection.
    pub fn new(collection: &'static Collection, session: Arc<Session>) -> Plural {
        Plural {
            collection,
            session,
        }
    }

    fn filters(&self) -> Vec<Filter> {
        self.collection.all_filters().copied().collect()
    }

    /// Which of the ids there are not, whatever else is asked for.
    async fn unknown(
        &self,
        filters: &[Filter],
        ids: &Value,
        client: &Client,
        call: &Call<'_>,
    ) -> Result<Diagnostics, Diagnostics> {
        let collection = self.collection;
        let all = find(client, collection, filters, &Value::Null, call).await;
        let (all, complete) = all.map_err(|error| Attempt::List(collection).explain(&error))?;
        let unknown = missing(ids, &all).into_iter();
        let unknown = unknown.map(|id| no_such(collection, id, &all, ids));
        let cut_short = (!complete).then(|| cut_short(collection, client));
        Ok(Diagnostics(unknown.chain(cut_short).collect()))
    }
}

impl Singular {
    /// The data source of a collection.
    pub fn new(collection: &'static Collection, session: Arc<Session>) -> Singular {
        Singular {
            collection,
            session,
        }
    }

    /// The filters that can be said: all but those by several values of a field that is shown.
    fn filters(&self, schema: &Schema) -> Vec<Filter> {
        let said = |filter: &Filter| {
            let attribute = schema.object.attribute(filter.argument);
            attribute.is_some_and(|attribute| attribute.is_configurable())
        };
        let filters = self.collection.all_filters();
        filters.map(|filter| filter.of_one()).filter(said).collect()
    }
}

/// What the exchange is asked for with these arguments.
pub(super) fn query(filters: &[Filter], config: &Value) -> Vec<(String, String)> {
    filters
        .iter()
        .filter(|filter| filter.is_sent)
        .flat_map(|filter| {
            let text = query_text(config.get(filter.argument));
            // In every spelling that some version of IX-API knows.
            [Some(filter.parameter), filter.older]
                .into_iter()
                .flatten()
                .filter_map(move |name| Some((name.to_owned(), text.clone()?)))
        })
        .collect()
}

/// What the exchange lists for these arguments, and of that what passes them.
async fn find(
    client: &Client,
    collection: &'static Collection,
    filters: &[Filter],
    config: &Value,
    call: &Call<'_>,
) -> Result<Found, Error> {
    let query = query(filters, config);
    if filters.iter().any(|filter| asks_for_none(filter, config)) {
        return Ok((Vec::new(), true));
    }
    let objects = client.objects(collection.path);
    let listing = match objects.list(&query, &call.stop).await {
        Ok(listing) => listing,
        Err(error) => return Err(client.judge_address(error, &call.stop).await),
    };
    let mut found: Vec<Value> = listing
        .rows
        .iter()
        .filter(|object| filters.iter().all(|f| keeps(f, config, object)))
        .map(|object| answers::found(collection, object))
        .collect();
    found.sort_by(|a, b| a.get("id").cmp(b.get("id")));
    found.dedup_by(|a, b| a.get("id") == b.get("id"));
    Ok((found, listing.complete))
}

#[async_trait]
impl DataSource for Plural {
    fn schema(&self) -> Schema {
        schemas::plural(self.collection)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        validate::filters(self.collection, config)
    }

    async fn read(&self, call: &Call<'_>, config: &Value) -> Result<Value, Diagnostics> {
        let client = self.session.client()?;
        let answer = self.all(&client, call, config);
        self.session
            .questions
            .answer(&client, call, config, answer)
            .await
    }
}

impl Plural {
    async fn all(
        &self,
        client: &Client,
        call: &Call<'_>,
        config: &Value,
    ) -> Result<Value, Diagnostics> {
        let (collection, filters) = (self.collection, self.filters());
        let explain = |error: Error| Attempt::List(collection).explain(&error);
        let looked = find(client, collection, &filters, config, call).await;
        let (mut found, mut complete) = looked.map_err(explain)?;
        let mut missed = Diagnostics::default();
        if !missing(config, &found).is_empty() {
            // Exchanges spell ids in either case, and may compare them to the letter.
            let mut without_ids = config.clone();
            without_ids.put(IDS, Value::Null);
            let looked = find(client, collection, &filters, &without_ids, call).await;
            let candidates;
            (candidates, complete) = looked.map_err(explain)?;
            for id in missing(config, &candidates) {
                missed.push(no_such(collection, id, &candidates, config));
            }
            // What there is, and the other arguments exclude, is no mistake.
            if missed.has_errors() && has_others(collection, config) {
                let mut nothing_else = Value::Object(Default::default());
                nothing_else.put(IDS, config.get(IDS).clone());
                missed = self.unknown(&filters, &nothing_else, client, call).await?;
            }
            let asked = config.get(IDS).elements();
            let wanted = |object: &Value| asked.iter().any(|id| same(object.get("id"), id));
            found = candidates.into_iter().filter(wanted).collect();
        }
        if !complete {
            missed.push(cut_short(collection, client));
        }
        if missed.has_errors() {
            return Err(missed);
        }
        let mut state = config.clone();
        let ids = found.iter().map(|one| one.get("id").clone()).collect();
        state.put(schemas::FOUND_IDS, Value::List(ids));
        state.put(collection.plural, Value::List(found));
        Ok(state)
    }
}

#[async_trait]
impl DataSource for Singular {
    fn schema(&self) -> Schema {
        schemas::singular(self.collection)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        validate::filters(self.collection, config)
    }

    async fn read(&self, call: &Call<'_>, config: &Value) -> Result<Value, Diagnostics> {
        let client = self.session.client()?;
        let answer = self.one(&client, call, config);
        self.session
            .questions
            .answer(&client, call, config, answer)
            .await
    }
}

impl Singular {
    async fn one(
        &self,
        client: &Client,
        call: &Call<'_>,
        config: &Value,
    ) -> Result<Value, Diagnostics> {
        let (collection, filters) = (self.collection, self.filters(call.schema));
        let says_nothing = |filter: &Filter| config.get(filter.argument).is_null();
        if let Some(own) = own_of(collection)
            && filters.iter().all(says_nothing)
        {
            return self.own_one(own, client, call).await;
        }
        let explain = |error: Error| Attempt::List(collection).explain(&error);
        let looked = find(client, collection, &filters, config, call).await;
        let (mut found, mut complete) = looked.map_err(explain)?;
        if found.is_empty() && config.get("id").is_known() {
            // Exchanges spell ids in either case, and may compare them to the letter.
            let mut without_id = config.clone();
            without_id.put("id", Value::Null);
            let looked = find(client, collection, &filters, &without_id, call).await;
            (found, complete) = looked.map_err(explain)?;
            if !found
                .iter()
                .any(|one| same(one.get("id"), config.get("id")))
            {
                let id = config.get("id").as_str().unwrap_or_default();
                return Err(no_such(collection, id, &found, config).into());
            }
            found.retain(|one| same(one.get("id"), config.get("id")));
        }
        if !complete {
            return Err(cut_short(collection, client).into());
        }
        match <[Value; 1]>::try_from(found) {
            Ok([one]) => Ok(beside(config, one)),
            Err(found) => Err(not_one(collection, client, &found).into()),
        }
    }
}

/// What is one's own, in collections that have such.
fn own_of(collection: &'static Collection) -> Option<&'static Own> {
    let mut own = entities::OWN.iter().copied();
    own.find(|own| std::ptr::eq(own.of, collection))
}

impl Singular {
    /// One's own object, as it is now.
    async fn own_one(
        &self,
        own: &'static Own,
        client: &Client,
        call: &Call<'_>,
    ) -> Result<Value, Diagnostics> {
        let looks = &self.session.looks;
        looks.forget(own.path);
        looks.forget(own.of.path);
        match own_account::find(looks, client, &call.stop).await {
            Ok(object) => Ok(answers::found(own.of, &object)),
            Err(Unclear::Unread(error)) => Err(Attempt::List(own.of).explain(&error)),
            Err(Unclear::Candidates(candidates)) => {
                Err(not_known_which_is_own(own, client, &candidates).into())
            }
        }
    }
}

fn not_known_which_is_own(own: &Own, client: &Client, candidates: &[String]) -> Diagnostic {
    let noun = own.of.noun;
    let known = match candidates {
        [] => "none at all".to_owned(),
        several => several.join(", "),
    };
    Diagnostic::error(
        format!("It cannot be told which {noun} is your own"),
        format!(
            "{} does not tell it at {}. By the rules for older exchanges, one that manages itself \
             or that nobody manages, it is {known}. Say which by id.",
            client.host(),
            own.path,
        ),
    )
    .at(Path::attribute("id"))
}

/// What was found, with the arguments as they were written: an exchange may spell them otherwise.
fn beside(config: &Value, mut found: Value) -> Value {
    if let Value::Object(arguments) = config {
        for (name, argument) in arguments.iter().filter(|(_, argument)| !argument.is_null()) {
            found.put(name, argument.clone());
        }
    }
    found
}

fn no_such(collection: &Collection, id: &str, candidates: &[Value], config: &Value) -> Diagnostic {
    let plural = !config.get(IDS).is_null();
    let argument = if plural { IDS } else { "id" };
    let scope = if has_others(collection, config) {
        "With the other arguments, it"
    } else {
        "It"
    };
    Diagnostic::error(
        format!("There is no {} {id:?}", collection.noun),
        format!(
            "The exchange does not list it. {scope} lists {}.",
            offered(candidates)
        ),
    )
    .at(Path::attribute(argument))
}

/// Whether something else than ids narrows the search.
fn has_others(collection: &Collection, config: &Value) -> bool {
    let mut filters = collection.all_filters();
    filters.any(|filter| filter.argument != IDS && config.get(filter.argument).is_known())
}

fn not_one(collection: &Collection, client: &Client, found: &[Value]) -> Diagnostic {
    match found.len() {
        0 => Diagnostic::error(
            format!("There is no such {}", collection.noun),
            format!(
                "{} lists none that matches all the arguments. Take some away to see what there \
                 is; {}_{} returns all that match.",
                client.host(),
                super::PREFIX,
                collection.plural
            ),
        ),
        count => Diagnostic::error(
            format!("There are {count} such, not one {}", collection.noun),
            format!(
                "Exactly one has to match the arguments; {} lists {}. Narrow the search.",
                client.host(),
                offered_by_name(found)
            ),
        ),
    }
}

/// Whether a filter asks for one of no values at all: nothing has that.
pub(super) fn asks_for_none(filter: &Filter, config: &Value) -> bool {
    matches!(config.get(filter.argument), Value::Set(values) if values.is_empty())
}

/// Whether an object passes a filter, by what the object shows. An exchange that does not know a
/// filter ignores it, so what it answers is looked at again.
pub(super) fn keeps(filter: &Filter, config: &Value, object: &Json) -> bool {
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
        Keeps::AtLeast(name) => {
            let most = shown(name).and_then(lenient::integer);
            most.zip(wanted.as_i64())
                .is_none_or(|(most, wanted)| wanted <= most)
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
pub(super) fn cut_short(collection: &Collection, client: &Client) -> Diagnostic {
    Diagnostic::error(
        format!(
            "The list of {} breaks off",
            collection.plural.replace('_', " ")
        ),
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

/// The ids of what there is.
fn offered(candidates: &[Value]) -> String {
    shortened(candidates, |candidate| Some(id_of(candidate)?.to_owned()))
}

/// The ids of what there is, each with the name by which a person would know it.
fn offered_by_name(candidates: &[Value]) -> String {
    shortened(candidates, |candidate| {
        let id = id_of(candidate)?;
        let mut names = NAMES.iter().filter_map(|name| candidate.get(name).as_str());
        Some(match names.find(|name| !name.is_empty() && *name != id) {
            Some(name) => format!("{id} ({name})"),
            None => id.to_owned(),
        })
    })
}

fn id_of(candidate: &Value) -> Option<&str> {
    candidate.get("id").as_str()
}

fn shortened(candidates: &[Value], shown: impl Fn(&Value) -> Option<String>) -> String {
    let some: Vec<String> = candidates
        .iter()
        .take(MOST_CANDIDATES)
        .filter_map(shown)
        .collect();
    let some = some.join(", ");
    match candidates.len().checked_sub(MOST_CANDIDATES) {
        _ if candidates.is_empty() => "none at all".to_owned(),
        Some(more) if more > 0 => format!("{some} and {more} more"),
        _ => some,
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
