//! Lists: which rows a query selects, and how a long list is cut into pages. Which parameters are
//! filters of which list comes from the field list; parameters that no version of the API knows are
//! ignored, as exchanges do.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value;

use crate::answer::Answer;
use crate::collection::ACCOUNTS;
use crate::dialect::Quirk;
use crate::exchange::{Entity, Exchange};
use crate::object::{Object, Row};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema;
use crate::settings::Settings;
use crate::speech;

/// Filters that take several values, separated by commas. All others are compared whole.
const LISTS: [&str; 5] = [
    "id",
    "state",
    "state__is_not",
    "role_assignments",
    "contacts",
];
/// Role ids and MAC addresses are spelled in either case.
const EITHER_CASE: [&str; 2] = ["role", "address"];
/// The filters that are no field of a row, and what they take.
const BESIDE_FIELDS: [(&str, Kind); 5] = [
    ("asn", Kind::Integer),
    ("bandwidth", Kind::Integer),
    ("billable", Kind::Boolean),
    ("capability_speed", Kind::Integer),
    ("version", Kind::OneOf(&["4", "6"])),
];

/// What a filter takes.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Integer,
    Boolean,
    OneOf(&'static [&'static str]),
}

/// How a filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Is,
    IsNot,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// The suffixes of filter names. Older versions of the API put two underscores before `lt`, newer
/// ones one.
const SUFFIXES: [(&str, Comparison); 9] = [
    ("__is_not", Comparison::IsNot),
    ("__lte", Comparison::LessOrEqual),
    ("__lt", Comparison::Less),
    ("__gte", Comparison::GreaterOrEqual),
    ("__gt", Comparison::Greater),
    ("_lte", Comparison::LessOrEqual),
    ("_lt", Comparison::Less),
    ("_gte", Comparison::GreaterOrEqual),
    ("_gt", Comparison::Greater),
];

fn parsed(parameter: &str) -> (&str, Comparison) {
    SUFFIXES
        .iter()
        .find_map(|(suffix, comparison)| Some((parameter.strip_suffix(suffix)?, *comparison)))
        .unwrap_or((parameter, Comparison::Is))
}

/// Answers a list: what a party may see of a collection and the query selects, sorted by id.
pub fn answer(
    exchange: &Exchange,
    party: Party,
    entity: &Entity,
    query: &[(String, String)],
) -> Result<Answer, Problem> {
    let filters: Vec<(&str, &str)> = query
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| exchange.schema.has_filter(entity.collection.path, name))
        .filter(|_| !exchange.settings.ignores_filters())
        .filter(|(name, _)| *name != "id" || !ignores_ids(exchange, entity))
        .collect();
    let mut findings = Findings::default();
    for (parameter, value) in &filters {
        let name = parsed(parameter).0;
        if let Some(reason) = bad_value(exchange, entity.collection.path, name, value) {
            findings.add(*parameter, reason);
        }
    }
    findings.refuse_if_any()?;
    let objects = candidates(exchange, party, entity, &filters);
    let others = (entity.others)(exchange, party, entity.collection);
    if filters.is_empty() && others.is_empty() {
        // A page of a long list costs no more than what is on it.
        let page = Page::of(exchange, entity, objects.len(), query)?;
        let rows = objects[page.range()].iter();
        let rows = rows.map(|object| exchange.show(party, object)).collect();
        return Ok(page.answer(exchange, entity, rows));
    }
    let objects = objects.into_iter();
    let mut rows: Vec<Row> = objects.map(|object| exchange.show(party, object)).collect();
    rows.extend(others);
    rows.sort_by(|one, other| id(one).cmp(id(other)));
    for (parameter, value) in &filters {
        if *parameter != "fields" {
            rows.retain(|row| selects(exchange, entity, parameter, value, row));
        }
    }
    if let Some((_, fields)) = filters.iter().find(|(name, _)| *name == "fields") {
        rows = sparse(&rows, fields);
    }
    let page = Page::of(exchange, entity, rows.len(), query)?;
    let rows = rows.into_iter().skip(page.offset).take(page.limit);
    Ok(page.answer(exchange, entity, rows.collect()))
}

/// The objects among which those are that the filters select: where an index serves one of them,
/// only these; otherwise all that the party may see.
fn candidates<'a>(
    exchange: &'a Exchange,
    party: Party,
    entity: &'a Entity,
    filters: &[(&str, &str)],
) -> Vec<&'a Object> {
    let collection = entity.collection;
    let seen = |object: &&Object| exchange.is_visible(party, object);
    if let Some((_, ids)) = filters.iter().find(|(name, _)| *name == "id") {
        let ids: BTreeSet<&str> = ids.split(',').collect();
        let objects = ids
            .into_iter()
            .filter_map(|id| exchange.store.get(collection, id));
        return objects.filter(seen).collect();
    }
    // While reads lag behind changes, an object may be selected by what it no longer is called.
    let lags = exchange.settings.metadata_lag() > 0;
    let served = filters.iter().find_map(|(name, value)| {
        let mut fields = entity.found_by.iter();
        let field = fields.find(|field| *field == name && !(lags && **field == "external_ref"))?;
        Some((*field, *value))
    });
    match served {
        Some((field, value)) => {
            let objects = exchange.store.naming(collection, field, value);
            objects.filter(seen).collect()
        }
        None => exchange.visible(party, entity),
    }
}

/// Some exchanges answer every account, whichever is asked for.
fn ignores_ids(exchange: &Exchange, entity: &Entity) -> bool {
    entity.collection == ACCOUNTS && exchange.settings.has(Quirk::AccountsIgnoreIds)
}

fn id(row: &Row) -> &str {
    row.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// What is wrong with the value of a filter.
fn bad_value(exchange: &Exchange, collection: &str, name: &str, value: &str) -> Option<String> {
    if name == "fields" {
        let mut fields = value.split(',');
        let unknown = fields.find(|field| !exchange.schema.has_field(collection, field))?;
        return Some(format!("{unknown:?} is not a field of these objects"));
    }
    let values: Vec<&str> = match LISTS.contains(&name) {
        true => value.split(',').collect(),
        false => vec![value],
    };
    let mut beside = BESIDE_FIELDS.iter();
    let kind = beside.find(|(filter, _)| *filter == name);
    let judge = |value: &&str| match (kind, name) {
        (Some((_, Kind::Integer)), _) => schema::word_problem("integer", &[], value),
        (Some((_, Kind::Boolean)), _) => schema::word_problem("boolean", &[], value),
        (Some((_, Kind::OneOf(known))), _) => schema::word_problem("string", known, value),
        (None, "type") => schema::word_problem("string", types(collection), value),
        (None, _) => exchange.schema.filter_problem(collection, name, value),
    };
    values.iter().find_map(judge)
}

/// The types of the objects of a collection; none where they have none, or where any will do.
fn types(collection: &str) -> &'static [&'static str] {
    const SERVICES: [&str; 5] = ["exchange_lan", "p2p_vc", "p2mp_vc", "mp2mp_vc", "cloud_vc"];
    const OFFERINGS: [&str; 7] = [
        "connection",
        "exchange_lan",
        "p2p_vc",
        "p2mp_vc",
        "mp2mp_vc",
        "cloud_vc",
        "routing_function",
    ];
    match collection {
        "product-offerings" => &OFFERINGS,
        "network-services" | "network-service-configs" => &SERVICES,
        "network-features" | "network-feature-configs" => &["route_server"],
        _ => &[],
    }
}

fn selects(exchange: &Exchange, entity: &Entity, parameter: &str, value: &str, row: &Row) -> bool {
    let (name, comparison) = parsed(parameter);
    let wanted: Vec<&str> = if LISTS.contains(&parameter) {
        value.split(',').collect()
    } else {
        vec![value]
    };
    if name == "bandwidth" {
        return offers_bandwidth(row, value);
    }
    let held = held_by(exchange, entity, name, value, row);
    let equal = |held: &Value| wanted.iter().any(|wanted| equals(name, held, wanted));
    let ordered = |fits: fn(i64, i64) -> bool| {
        let bound = value.parse::<i64>().unwrap_or_default();
        held.iter()
            .filter_map(Value::as_i64)
            .any(|number| fits(number, bound))
    };
    match comparison {
        Comparison::Is => held.iter().any(equal),
        Comparison::IsNot => !held.iter().any(equal),
        Comparison::Less => ordered(|number, bound| number < bound),
        Comparison::LessOrEqual => ordered(|number, bound| number <= bound),
        Comparison::Greater => ordered(|number, bound| number > bound),
        Comparison::GreaterOrEqual => ordered(|number, bound| number >= bound),
    }
}

fn equals(name: &str, held: &Value, wanted: &str) -> bool {
    match held {
        Value::String(text) if EITHER_CASE.contains(&name) => text.eq_ignore_ascii_case(wanted),
        Value::String(text) => text == wanted,
        Value::Number(number) => number.to_string() == wanted,
        Value::Bool(flag) => flag.to_string() == wanted,
        _ => false,
    }
}

/// An offering without bounds offers any bandwidth.
fn offers_bandwidth(row: &Row, value: &str) -> bool {
    let wanted = value.parse::<i64>().unwrap_or_default();
    let bound = |name: &str| row.get(name).and_then(Value::as_i64);
    row.contains_key("bandwidth_min")
        && bound("bandwidth_min").is_none_or(|least| least <= wanted)
        && bound("bandwidth_max").is_none_or(|most| wanted <= most)
}

/// The values of a row that a filter looks at: those of the field of that name, unless the
/// collection knows better.
fn held_by(
    exchange: &Exchange,
    entity: &Entity,
    name: &str,
    wanted: &str,
    row: &Row,
) -> Vec<Value> {
    if let Some(held) = (entity.held)(exchange, row, name, wanted) {
        return held;
    }
    match row.get(name) {
        Some(Value::Array(items)) => items.clone(),
        Some(value) => vec![value.clone()],
        None => Vec::new(),
    }
}

/// Offerings cut down to the named fields and to what differs; `type` is always there.
fn sparse(rows: &[Row], fields: &str) -> Vec<Row> {
    let fields: Vec<&str> = fields.split(',').collect();
    let mut kept: Vec<Row> = Vec::new();
    for row in rows {
        let cut: Row = row
            .iter()
            .filter(|(name, _)| *name == "type" || fields.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if !kept.contains(&cut) {
            kept.push(cut);
        }
    }
    kept
}

/// The part of a list that is answered.
struct Page {
    total: usize,
    offset: usize,
    limit: usize,
    /// Whether the exchange pages at all.
    paged: bool,
}

impl Page {
    /// What the query asks for of a list of `total` rows: all of it where the exchange does not
    /// page.
    fn of(
        exchange: &Exchange,
        entity: &Entity,
        total: usize,
        query: &[(String, String)],
    ) -> Result<Page, Problem> {
        let Some(page_size) = exchange.settings.page_size().map(|size| size as usize) else {
            return Ok(Page {
                total,
                offset: 0,
                limit: total,
                paged: false,
            });
        };
        let mut findings = Findings::default();
        let mut number = |name: &str| {
            let text = query
                .iter()
                .find(|(parameter, _)| parameter == name)
                .map(|(_, value)| value)?;
            let number = text.parse::<usize>();
            if number.is_err() {
                findings.add(name, "must be a whole number, 0 or more");
            }
            number.ok()
        };
        let limit = number("page_limit")
            .filter(|limit| *limit > 0)
            .unwrap_or(page_size)
            .min(page_size);
        let offset = number("page_offset").unwrap_or(0);
        if query
            .iter()
            .any(|(name, value)| name == "page_token" && *value != token(entity))
        {
            findings.add("page_token", "was not given out for this list");
        }
        findings.refuse_if_any()?;
        Ok(Page {
            total,
            offset,
            limit,
            paged: true,
        })
    }

    /// The rows that are on it.
    fn range(&self) -> Range<usize> {
        let start = self.offset.min(self.total);
        start..start.saturating_add(self.limit).min(self.total)
    }

    /// The answer that has these rows. One that is not the whole list is answered with 206.
    fn answer(&self, exchange: &Exchange, entity: &Entity, rows: Vec<Row>) -> Answer {
        let settings = &exchange.settings;
        let is_whole = rows.len() == self.total;
        let rows = rows.into_iter();
        let rows = rows.map(|row| exchange.spoken(entity.collection, row));
        let listed = speech::listed(settings, rows.collect());
        let mut answer = Answer::json(if is_whole { 200 } else { 206 }, &listed);
        if self.paged {
            answer = answer.with_header("page-token", token(entity));
        }
        with_paging_headers(settings, answer, self.limit, self.offset, self.total)
    }
}

/// What stands for a list between its pages.
fn token(entity: &Entity) -> String {
    format!("{}-page-token", entity.collection.path)
}

/// What some exchanges say about a page in headers.
fn with_paging_headers(
    settings: &Settings,
    answer: Answer,
    limit: usize,
    offset: usize,
    total: usize,
) -> Answer {
    if !settings.has(Quirk::PaginationHeaders) {
        return answer;
    }
    let limit = limit.max(1);
    let next = (offset + limit < total).then(|| (offset + limit).to_string());
    answer
        .with_header("x-pagination-limit", limit.to_string())
        .with_header("x-pagination-offset", offset.to_string())
        .with_header("x-pagination-items", total.to_string())
        .with_header("x-pagination-pages", total.div_ceil(limit).to_string())
        .with_header("x-pagination-page", (offset / limit + 1).to_string())
        .with_header("x-pagination-token", "opaque")
        .with_header("x-pagination-next", next.unwrap_or_default())
}
