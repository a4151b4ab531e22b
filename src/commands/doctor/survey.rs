//! Asking: what the exchange says of itself, and each collection once. Nothing but GET is sent,
//! and the request for a token.

use std::collections::BTreeMap;

use tokio_util::sync::CancellationToken;

use crate::entities::declaration::{Collection, Filter, Keeps, Kind, Lookup};
use crate::entities::{ACCOUNTS, COLLECTIONS, LOOKUPS, OWN};
use crate::ixapi::{Client, Error, ErrorKind, Json, LoggedIn, Sight, State, id_of, lenient, path};

/// An id that nothing has. Exchanges that check the form of ids know this one.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// A parameter that no version of IX-API has.
const NO_FILTER: &str = "no_such_filter";

/// The parameters of pages, as IX-API has them.
const PAGE_LIMIT: &str = "page_limit";
const PAGE_OFFSET: &str = "page_offset";

/// How often in a row something may be out of reach before the rest is not asked any more.
const PATIENCE: usize = 2;

/// An answer to be looked at, or why there is none.
pub type Seen = Result<Sight, Error>;

/// What was asked and answered.
#[derive(Debug)]
pub struct Survey {
    /// How the exchange let us in.
    pub login: LoggedIn,
    /// What it says of itself, and one's own account where it tells that, by their paths.
    pub about: BTreeMap<String, Seen>,
    /// The collections.
    pub visits: Vec<Visit>,
    /// The answer about an object that there is not.
    pub missing: Option<Seen>,
    /// The answer about an object whose id was asked for in another case.
    pub other_case: Option<Seen>,
    /// What came of a filter that there is not.
    pub unknown_filter: Option<Narrowed>,
    /// What came of asking for one row at most, where lists are not in pages by themselves.
    pub page_limit: Option<Narrowed>,
    /// Whether there are web pages outside of the API.
    pub has_web_pages: Option<bool>,
    /// Where the listed extensions are: below the API, or elsewhere on its host. By their names.
    pub extensions_below_api: BTreeMap<String, bool>,
    /// Whether a list of one came as that one.
    pub one_is_no_list: bool,
    /// How many questions were put.
    pub asked: usize,
}

/// What was seen of one collection.
#[derive(Debug)]
pub struct Visit {
    /// Which.
    pub of: &'static Collection,
    /// Its list, as it came; the first page where there are several.
    pub listed: Seen,
    /// The rows that were read, of the second page too.
    pub rows: Vec<Json>,
    /// The second page, where the first says that there is more.
    pub next: Option<Seen>,
    /// One row, and the object of that id looked at alone.
    pub one: Option<(Json, Seen)>,
    /// What came of asking for one id.
    pub by_id: Option<Narrowed>,
    /// A parameter, and what came of asking with it.
    pub by_filter: Option<(&'static str, Narrowed)>,
}

/// What came of asking for less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Narrowed {
    /// Just that was answered.
    Yes,
    /// More was answered.
    No,
    /// Less was answered.
    TooMuch,
    /// It was refused, with this status; none where there was no answer.
    Refused(Option<u16>),
}

/// The rows of a list. A list of one may come as that one.
pub fn rows_of(sight: &Sight) -> &[Json] {
    sight.json.as_ref().map(lenient::list).unwrap_or_default()
}

/// The status of an answer, if there was one.
pub fn status_of(seen: &Seen) -> Option<u16> {
    match seen {
        Ok(sight) => Some(sight.status),
        Err(error) => error.status(),
    }
}

/// Whether the answer is what was asked for.
pub fn is_good(seen: &Seen) -> bool {
    seen.as_ref().is_ok_and(Sight::is_success)
}

/// What the exchange says of itself.
pub fn questions() -> impl Iterator<Item = &'static Lookup> {
    LOOKUPS.iter().copied().filter(|it| it.subjects.is_empty())
}

/// The collections that can be listed.
pub fn listable() -> impl Iterator<Item = &'static Collection> {
    let all = COLLECTIONS.iter().copied();
    all.filter(|collection| !collection.filters.is_empty())
}

impl Survey {
    /// The answer at this path, where it is good.
    pub fn said(&self, path: &str) -> Option<&Json> {
        let seen = self.about.get(path)?.as_ref().ok()?;
        seen.json.as_ref().filter(|_| seen.is_success())
    }

    /// What was seen of the collection at this path.
    pub fn visit(&self, path: &str) -> Option<&Visit> {
        self.visits.iter().find(|visit| visit.of.path == path)
    }

    /// Whether any collection could be read.
    pub fn has_read(&self) -> bool {
        self.visits.iter().any(|visit| is_good(&visit.listed))
    }
}

/// Who asks.
struct Surveyor<'a> {
    client: &'a Client,
    stop: &'a CancellationToken,
    asked: usize,
    /// How many of the last questions found nobody.
    unreached: usize,
    /// Whether a list of one came as that one.
    one_is_no_list: bool,
}

/// Asks all. `told` is called with each line of progress.
///
/// # Errors
/// That the exchange does not let us in, cannot be reached, or is none.
pub async fn survey(
    client: &Client,
    stop: &CancellationToken,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<Survey, Error> {
    let login = client.log_in(stop).await?;
    told(&format!("logged in ({})", login.status));
    let mut asks = Surveyor {
        client,
        stop,
        asked: 0,
        unreached: 0,
        one_is_no_list: false,
    };
    let mut about = BTreeMap::new();
    let of_itself = questions().map(|lookup| format!("/{}", lookup.below));
    for path in of_itself.chain(OWN.iter().map(|own| own.path.to_owned())) {
        let seen = asks.see(&path, &[]).await?;
        told(&line(&path, &seen, None));
        about.insert(path, seen);
    }
    let mut visits = Vec::new();
    for collection in listable() {
        let visit = asks.visit(collection).await?;
        let rows = is_good(&visit.listed).then_some(visit.rows.len());
        told(&line(collection.path, &visit.listed, rows));
        visits.push(visit);
    }
    if !visits.iter().any(|visit| is_good(&visit.listed)) {
        is_an_exchange(client, stop).await?;
    }
    let mut survey = Survey {
        login,
        about,
        visits,
        missing: None,
        other_case: None,
        unknown_filter: None,
        page_limit: None,
        has_web_pages: client.has_web_page_outside(stop).await,
        extensions_below_api: BTreeMap::new(),
        one_is_no_list: false,
        asked: 0,
    };
    asks.manners(&mut survey).await?;
    survey.extensions_below_api = placed(client, &survey);
    survey.one_is_no_list = asks.one_is_no_list;
    // The login, and the web page outside.
    survey.asked = asks.asked + 2;
    Ok(survey)
}

/// Looks once more who it is that answers no list.
///
/// # Errors
/// That it is no exchange, or does not answer at all.
async fn is_an_exchange(client: &Client, stop: &CancellationToken) -> Result<(), Error> {
    let listed = client.objects(ACCOUNTS.path).list(&[], stop).await;
    let Err(error) = listed else { return Ok(()) };
    let error = client.judge_address(error, stop).await;
    match error.status().is_none() {
        true => Err(error),
        false => Ok(()),
    }
}

fn line(path: &str, seen: &Seen, rows: Option<usize>) -> String {
    let status = status_of(seen).map_or("no answer".to_owned(), |status| status.to_string());
    match rows {
        Some(rows) => format!("{path}: {status}, rows: {rows}"),
        None => format!("{path}: {status}"),
    }
}

/// Where the listed extensions are.
fn placed(client: &Client, survey: &Survey) -> BTreeMap<String, bool> {
    let listed = survey.said("/extensions").map(lenient::list);
    let listed = listed.unwrap_or_default().iter();
    let placed = listed.filter_map(|extension| {
        let text = |name: &str| extension.get(name).and_then(lenient::text);
        Some((text("name")?, client.is_below_api(&text("base_url")?)))
    });
    placed.collect()
}

impl Surveyor<'_> {
    /// One question. The error is that nobody is there to be asked more.
    async fn see(&mut self, path: &str, query: &[(&str, &str)]) -> Result<Seen, Error> {
        let query: Vec<(String, String)> = query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        self.asked += 1;
        let seen = self.client.see(path, &query, self.stop).await;
        let Err(error) = &seen else {
            self.unreached = 0;
            return Ok(seen);
        };
        let is_closed =
            error.is_interrupted() || matches!(error.kind(), ErrorKind::Credentials { .. });
        self.unreached = if error.is_transient() {
            self.unreached + 1
        } else {
            0
        };
        match is_closed || self.unreached >= PATIENCE {
            true => Err(error.clone()),
            false => Ok(seen),
        }
    }

    /// One question for a list.
    async fn list(
        &mut self,
        collection: &Collection,
        query: &[(&str, &str)],
    ) -> Result<Seen, Error> {
        let seen = self.see(collection.path, query).await?;
        let is_object = |sight: &Sight| sight.json.as_ref().is_some_and(Json::is_object);
        self.one_is_no_list |= is_good(&seen) && seen.as_ref().is_ok_and(is_object);
        Ok(seen)
    }

    async fn visit(&mut self, collection: &'static Collection) -> Result<Visit, Error> {
        let listed = self.list(collection, &[]).await?;
        let mut rows = listed.as_ref().map(rows_of).unwrap_or_default().to_vec();
        if !is_good(&listed) {
            rows.clear();
        }
        let is_part = status_of(&listed) == Some(206);
        let mut visit = Visit {
            of: collection,
            listed,
            rows,
            next: None,
            one: None,
            by_id: None,
            by_filter: None,
        };
        if is_part && !visit.rows.is_empty() {
            let offset = visit.rows.len().to_string();
            let next = self.see(collection.path, &[(PAGE_OFFSET, &offset)]).await?;
            visit
                .rows
                .extend(next.iter().flat_map(rows_of).cloned().collect::<Vec<_>>());
            visit.next = Some(next);
        }
        let Some((id, row)) = representative(&visit.rows) else {
            return Ok(visit);
        };
        let alone = self.see(&at(collection, &id), &[]).await?;
        visit.one = Some((row, alone));
        if visit.rows.len() > 1 {
            if collection.all_filters().any(|it| it.parameter == "id") {
                visit.by_id = Some(self.narrowed(collection, "id", &id, 1).await?);
            }
            if let Some((filter, value, expected)) = known_filter(collection, &visit.rows) {
                // What is not on the pages that were read may be among what is answered.
                let expected = if is_part { usize::MAX } else { expected };
                let came = self.narrowed(collection, filter.parameter, &value, expected);
                visit.by_filter = Some((filter.parameter, came.await?));
            }
        }
        Ok(visit)
    }

    /// What comes of asking with one filter for so many rows.
    async fn narrowed(
        &mut self,
        collection: &Collection,
        parameter: &'static str,
        value: &str,
        expected: usize,
    ) -> Result<Narrowed, Error> {
        let seen = self.list(collection, &[(parameter, value)]).await?;
        let Some(sight) = seen.as_ref().ok().filter(|sight| sight.is_success()) else {
            return Ok(Narrowed::Refused(status_of(&seen)));
        };
        let rows = rows_of(sight);
        let fits = |row: &&Json| has(row, parameter, value);
        let fitting = rows.iter().filter(fits).count();
        Ok(if fitting < rows.len() {
            Narrowed::No
        } else if expected != usize::MAX && fitting < expected {
            Narrowed::TooMuch
        } else {
            Narrowed::Yes
        })
    }

    /// The questions that are put once.
    async fn manners(&mut self, survey: &mut Survey) -> Result<(), Error> {
        let good = survey.visits.iter().filter(|visit| is_good(&visit.listed));
        let alone = |visit: &&Visit| visit.one.as_ref().is_some_and(|(_, seen)| is_good(seen));
        let mut shown: Vec<&Visit> = good.clone().filter(alone).collect();
        shown.extend(good);
        if let Some(visit) = shown.first() {
            survey.missing = Some(self.see(&at(visit.of, NOBODY), &[]).await?);
        }
        let cased = survey.visits.iter().filter(alone).find_map(|visit| {
            let id = id_of(&visit.one.as_ref()?.0)?;
            Some((visit.of, in_other_case(&id)?))
        });
        if let Some((collection, id)) = cased {
            survey.other_case = Some(self.see(&at(collection, &id), &[]).await?);
        }
        let whole = |visit: &&Visit| visit.rows.len() > 1 && status_of(&visit.listed) == Some(200);
        let long = survey.visits.iter().find(whole);
        let Some((long, count)) = long.map(|visit| (visit.of, visit.rows.len())) else {
            return Ok(());
        };
        survey.unknown_filter = Some(self.cut(long, NO_FILTER, count).await?);
        survey.page_limit = Some(self.cut(long, PAGE_LIMIT, 1).await?);
        Ok(())
    }

    /// What comes of asking with a parameter of which nobody knows what it does, where so many rows
    /// are expected if it does what it says.
    async fn cut(
        &mut self,
        collection: &Collection,
        parameter: &str,
        expected: usize,
    ) -> Result<Narrowed, Error> {
        let seen = self.see(collection.path, &[(parameter, "1")]).await?;
        let Some(sight) = seen.as_ref().ok().filter(|sight| sight.is_success()) else {
            return Ok(Narrowed::Refused(status_of(&seen)));
        };
        Ok(match rows_of(sight).len() {
            count if count > expected => Narrowed::No,
            count if count < expected => Narrowed::TooMuch,
            _ => Narrowed::Yes,
        })
    }
}

/// The place of one object.
fn at(collection: &Collection, id: &str) -> String {
    format!("{}{}", collection.path, path(&[id]))
}

/// The row that is looked at alone: the first that has not ended, or else the first.
fn representative(rows: &[Json]) -> Option<(String, Json)> {
    let named = rows.iter().filter_map(|row| Some((id_of(row)?, row)));
    let mut named: Vec<(String, &Json)> = named.collect();
    let lives = |row: &Json| !State::of(row).is_some_and(|state| state.has_ended());
    named.sort_by_key(|(_, row)| !lives(row));
    let (id, row) = named.into_iter().next()?;
    Some((id, row.clone()))
}

/// A filter whose answer is known: some rows have a value, others have another. And how many have
/// it.
fn known_filter(
    collection: &'static Collection,
    rows: &[Json],
) -> Option<(&'static Filter, String, usize)> {
    let of_text = |filter: &&Filter| {
        let of_its_own = matches!(filter.keeps, Keeps::Equal(name) if name == filter.parameter);
        // What is of a known set may be spelled otherwise than it is filtered by.
        let is_free = !collection.shape.all_fields().any(|field| {
            field.name == filter.parameter
                && (!field.choices.is_empty() || field.name == collection.shape.told_apart_by)
        });
        let is_text = matches!(filter.kind, Kind::Text) && filter.choices.is_empty();
        filter.is_sent && of_its_own && is_free && is_text && filter.parameter != "id"
    };
    let mut filters: Vec<&Filter> = collection.all_filters().filter(of_text).collect();
    // What is unique tells the most.
    filters.sort_by_key(|filter| match filter.parameter {
        "external_ref" => 0,
        "state" => 1,
        _ => 2,
    });
    filters.into_iter().find_map(|filter| {
        let value = |row: &Json| {
            let value = row.get(filter.parameter).and_then(Json::as_str);
            value.filter(|value| !value.is_empty()).map(str::to_owned)
        };
        let wanted = rows.iter().find_map(value)?;
        let has = rows
            .iter()
            .filter(|row| value(row).as_ref() == Some(&wanted));
        let count = has.count();
        (count < rows.len()).then_some((filter, wanted, count))
    })
}

/// Whether a row has that value.
fn has(row: &Json, parameter: &str, value: &str) -> bool {
    let held = row.get(parameter).and_then(lenient::text);
    held.is_some_and(|held| held.eq_ignore_ascii_case(value))
}

/// An id in another case, if it has letters.
fn in_other_case(id: &str) -> Option<String> {
    let upper = id.to_ascii_uppercase();
    let other = if upper == id {
        id.to_ascii_lowercase()
    } else {
        upper
    };
    (other != id).then_some(other)
}
