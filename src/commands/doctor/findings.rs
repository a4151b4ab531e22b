//! Comparing: where answers are not as the declarations have them, and what else can be told of
//! how the exchange speaks. Nothing in a finding is a value, unless it looks like a word of a known
//! set.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::Ipv6Addr;

use jiff::civil::{Date, DateTime};
use serde_json::Map;

use crate::entities::declaration::{Answer, Collection, Field, Kind, Life, Mode, Shape, Variant};
use crate::entities::{ACCOUNTS, COLLECTIONS, MANAGING, OWN_ACCOUNT, is_of_another_party};
use crate::ixapi::{Json, State, id_of, lenient};

use super::survey::{Survey, Visit, is_good, questions};

/// The field in which an object tells how far it has come.
const STATE: &str = "state";

/// The shortest text that is taken for an id in another case: shorter ones are words as well.
const SHORTEST_ID: usize = 8;

/// One way in which an answer is not as declared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oddity {
    /// No version of IX-API that we know has the field.
    Unknown,
    /// The field is one of another variant.
    OfAnotherVariant,
    /// The field is not there, though it is never null.
    Absent,
    /// The field is not there, where null could be.
    LeftOut,
    /// A list is null.
    NullList,
    /// One thing stands where a list belongs.
    OneForList,
    /// A list of one stands where an object belongs.
    ListForOne,
    /// An object has no fields at all.
    Hollow,
    /// A number is told as text.
    NumberAsText,
    /// A truth value is told as text.
    TruthAsText,
    /// A text is told as a number.
    NumberForText,
    /// It is of another type.
    WrongType,
    /// A text is empty, where null means that there is none.
    Empty,
    /// A number is 0, where the least is more and null means that there is none.
    Zero,
    /// A day stands where a moment belongs.
    DayForMoment,
    /// A moment stands where a day belongs.
    MomentForDay,
    /// A moment lacks its zone.
    Zoneless,
    /// A moment is spelled otherwise than RFC 3339 has it.
    OddMoment,
    /// It is neither a day nor a moment.
    NoMoment,
    /// A known word comes in another case.
    OtherCase,
    /// A word that is not among the known ones; `None` if it does not look like one.
    UnknownWord(Option<String>),
    /// A state that is not among the known ones.
    UnknownState(Option<String>),
    /// A variant that is not among the known ones.
    UnknownVariant(Option<String>),
    /// An id comes in another case than the object itself has.
    IdInOtherCase,
    /// A MAC address has upper-case letters.
    UpperCaseMac,
    /// An IPv6 address is written out.
    LongIpv6,
    /// The object looked at alone shows what its row in the list does not.
    ShownAloneOnly,
}

/// Where something was seen: the path of a collection or question, and a field in it, nested names
/// dotted.
pub type Place = (&'static str, String);

/// What was seen.
#[derive(Debug, Default)]
pub struct Findings {
    /// Whether words and names may be shown whatever they look like.
    pub shows_values: bool,
    /// How often each oddity was seen in each place.
    pub odd: BTreeMap<(Place, Oddity), usize>,
    /// How many objects each field could have been in.
    pub looked: BTreeMap<Place, usize>,
}

/// A word as it may be shown: one that looks like one of a known set.
pub fn word(text: &str) -> Option<String> {
    let is_short = (1..=40).contains(&text.len());
    let mut bytes = text.bytes();
    let is_word = bytes.all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    (is_short && is_word).then(|| text.to_owned())
}

/// The name of a field as it may be shown.
fn name_of(text: &str) -> String {
    let mut bytes = text.bytes();
    let first = bytes.next().is_some_and(|byte| byte.is_ascii_lowercase());
    let rest = bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match first && rest && digits <= 2 && text.len() <= 40 {
        true => text.to_owned(),
        false => "(a name that is not shown)".to_owned(),
    }
}

impl Findings {
    /// Compares all that was answered with what is declared. Only `shows_values` lets words and
    /// names be shown that may be somebody's own.
    pub fn of(survey: &Survey, shows_values: bool) -> Findings {
        let mut findings = Findings {
            shows_values,
            ..Findings::default()
        };
        for lookup in questions() {
            let path = about_path(lookup.below);
            let Some(said) = survey.said(path) else {
                continue;
            };
            match lookup.answer {
                Answer::Object(fields) => {
                    let mut look = Look::at(&mut findings, path, Known::Fields(fields));
                    look.row_of(fields.iter(), said);
                }
                Answer::List(field) => {
                    if let Kind::Objects(shape) = field.kind {
                        let mut look = Look::at(&mut findings, path, Known::Shape(&shape));
                        for row in lenient::list(said) {
                            look.object(&shape, row, "");
                        }
                    }
                }
                Answer::Document(_) => {}
            }
        }
        let (ids, own) = (ids_of(survey), own_accounts(survey));
        for visit in survey.visits.iter().filter(|visit| is_good(&visit.listed)) {
            findings.of_visit(visit, &ids, &own);
        }
        findings
    }

    fn of_visit(&mut self, visit: &Visit, ids: &Ids, own: &HashSet<String>) {
        let path = visit.of.path;
        let listed = visit.listed.as_ref().ok().and_then(|it| it.json.as_ref());
        match listed {
            Some(Json::Array(_)) => {}
            Some(Json::Object(_)) => self.note(path, "", Oddity::OneForList),
            Some(Json::Null) | None => self.note(path, "", Oddity::NullList),
            Some(_) => self.note(path, "", Oddity::WrongType),
        }
        let shape = &visit.of.shape;
        let known = same_schema(visit.of);
        for row in &visit.rows {
            let mut look = Look::at(self, path, Known::Named(&known));
            look.is_stateful = has_states(visit.of);
            look.is_of_another = is_foreign(visit.of, row, own);
            look.ids = Some(ids);
            look.object(shape, row, "");
        }
        if let Some((row, Ok(alone))) = &visit.one
            && let (Some(row), Some(alone)) = (
                row.as_object(),
                alone.json.clone().and_then(lenient::object),
            )
        {
            let nothing = |value: Option<&Json>| value.is_none_or(Json::is_null);
            for (name, value) in alone.as_object().into_iter().flatten() {
                if !value.is_null() && nothing(row.get(name)) {
                    let name = self.name_of(name);
                    self.note(path, &name, Oddity::ShownAloneOnly);
                }
            }
        }
    }

    fn name_of(&self, name: &str) -> String {
        if self.shows_values {
            name.to_owned()
        } else {
            name_of(name)
        }
    }

    fn note(&mut self, path: &'static str, field: &str, oddity: Oddity) {
        let place = (path, field.to_owned());
        *self.odd.entry((place, oddity)).or_default() += 1;
    }

    /// Whether this was seen in a field for which that holds.
    pub fn has(&self, oddity: &Oddity, fits: impl Fn(&Place) -> bool) -> bool {
        let mut odd = self.odd.keys();
        odd.any(|(place, seen)| seen == oddity && fits(place))
    }
}

/// The path of a question, which lives as long as its declaration.
fn about_path(below: &'static str) -> &'static str {
    // Every question about the exchange itself is a word below its address.
    match below {
        "health" => "/health",
        "implementation" => "/implementation",
        "extensions" => "/extensions",
        other => other,
    }
}

/// Whether the objects of a collection tell a state.
fn has_states(collection: &Collection) -> bool {
    let provisioned = matches!(collection.life, Life::Provisioned(_));
    let mut fields = collection.shape.common_fields();
    provisioned || fields.any(|field| field.name == STATE)
}

/// The fields that any collection of the same schema has: some show less of an object than others.
fn same_schema(collection: &Collection) -> HashSet<&'static str> {
    let schemas = |it: &Collection| {
        let variants = it.shape.variants.iter().map(|variant| variant.schema);
        let schemas = variants.chain([it.schema]).filter(|it| !it.is_empty());
        schemas.collect::<HashSet<_>>()
    };
    let own = schemas(collection);
    let all = COLLECTIONS.iter();
    let alike = all.filter(|it| it.path == collection.path || !schemas(it).is_disjoint(&own));
    let fields = alike.flat_map(|it| it.shape.all_fields());
    fields.map(|field| field.name).collect()
}

/// The ids of all objects that were listed, by what they are in lower case.
type Ids = HashMap<String, BTreeSet<String>>;

fn ids_of(survey: &Survey) -> Ids {
    let mut ids = Ids::new();
    let rows = survey.visits.iter().flat_map(|visit| &visit.rows);
    for id in rows.filter_map(id_of).filter(|id| id.len() >= SHORTEST_ID) {
        ids.entry(id.to_ascii_lowercase()).or_default().insert(id);
    }
    ids
}

/// The fields that are known beside those of the shape at hand.
#[derive(Clone, Copy)]
enum Known<'a> {
    Named(&'a HashSet<&'static str>),
    Fields(&'a [Field]),
    Shape(&'a Shape),
}

impl Known<'_> {
    fn has(&self, name: &str) -> bool {
        match self {
            Known::Named(names) => names.contains(name),
            Known::Fields(fields) => fields.iter().any(|field| field.name == name),
            Known::Shape(shape) => shape.all_fields().any(|field| field.name == name),
        }
    }
}

/// A look at one answer.
struct Look<'a> {
    findings: &'a mut Findings,
    path: &'static str,
    known: Known<'a>,
    is_stateful: bool,
    /// Whether the object is another party's, of which not all is shown.
    is_of_another: bool,
    ids: Option<&'a Ids>,
}

impl<'a> Look<'a> {
    fn at(findings: &'a mut Findings, path: &'static str, known: Known<'a>) -> Look<'a> {
        Look {
            findings,
            path,
            known,
            is_stateful: false,
            is_of_another: false,
            ids: None,
        }
    }

    fn note(&mut self, field: &str, oddity: Oddity) {
        self.findings.note(self.path, field, oddity);
    }

    fn name_of(&self, name: &str) -> String {
        self.findings.name_of(name)
    }

    fn word(&self, text: &str) -> Option<String> {
        match self.findings.shows_values {
            true => Some(text.to_owned()),
            false => word(text),
        }
    }

    /// An object of a shape, below a prefix: empty for a row of a list.
    fn object(&mut self, shape: &Shape, value: &Json, prefix: &str) {
        let Some(row) = value.as_object() else {
            return self.note(prefix.trim_end_matches('.'), Oddity::WrongType);
        };
        let has_fields = shape.all_fields().next().is_some();
        if row.is_empty() && has_fields {
            return self.note(prefix.trim_end_matches('.'), Oddity::Hollow);
        }
        let said = row.get(shape.told_apart_by).and_then(lenient::text);
        let variant = said.as_deref().and_then(|said| variant(shape, said));
        if let (Some(said), None) = (&said, variant)
            && !shape.variants.is_empty()
        {
            let field = format!("{prefix}{}", shape.told_apart_by);
            let said = self.word(said);
            self.note(&field, Oddity::UnknownVariant(said));
        }
        let value_of = variant.map(|variant| variant.value);
        let fields: Vec<&Field> = shape.fields_of(value_of).collect();
        // What an unknown variant has, nobody here knows.
        let is_known = shape.variants.is_empty() || variant.is_some();
        for name in row.keys().filter(|_| is_known) {
            if fields.iter().any(|field| field.name == name) {
                continue;
            }
            let nothing = row.get(name).is_none_or(Json::is_null);
            let oddity = match shape.all_fields().any(|field| field.name == name) {
                true if nothing => continue,
                true => Oddity::OfAnotherVariant,
                false if prefix.is_empty() && self.known.has(name) => continue,
                false => Oddity::Unknown,
            };
            let name = self.name_of(name);
            self.note(&format!("{prefix}{name}"), oddity);
        }
        self.fields(&fields, row, prefix, shape.told_apart_by);
    }

    /// An answer with these fields.
    fn row_of(&mut self, fields: impl Iterator<Item = &'a Field>, value: &Json) {
        let Some(row) = value.as_object() else {
            return self.note("", Oddity::WrongType);
        };
        for name in row.keys() {
            if !self.known.has(name) {
                let name = self.name_of(name);
                self.note(&name, Oddity::Unknown);
            }
        }
        let fields: Vec<&Field> = fields.collect();
        self.fields(&fields, row, "", "");
    }

    fn fields(&mut self, fields: &[&Field], row: &Map<String, Json>, prefix: &str, apart: &str) {
        for field in fields {
            let place = format!("{prefix}{}", field.name);
            let looked = (self.path, place.clone());
            *self.findings.looked.entry(looked).or_default() += 1;
            match row.get(field.name) {
                None if field.never_returned || self.is_of_another => {}
                None if must_be_there(field) => self.note(&place, Oddity::Absent),
                None => self.note(&place, Oddity::LeftOut),
                Some(value) if field.name == apart => self.variant(field, value, &place),
                Some(value) if self.is_stateful && place == STATE => self.state(value),
                Some(value) => self.value(field, &field.kind, value, &place),
            }
        }
    }

    fn variant(&mut self, field: &Field, value: &Json, place: &str) {
        let Some(said) = value.as_str() else {
            return self.value(field, &field.kind, value, place);
        };
        let lower = said.to_ascii_lowercase();
        if lower != said && said == said.to_ascii_uppercase() {
            self.note(place, Oddity::OtherCase);
        }
    }

    fn state(&mut self, value: &Json) {
        let Some(said) = value.as_str() else {
            if !value.is_null() {
                self.note(STATE, Oddity::WrongType);
            }
            return;
        };
        match State::parse(said) {
            State::Other(_) => {
                let said = self.word(said);
                self.note(STATE, Oddity::UnknownState(said));
            }
            state if state.as_str() != said => self.note(STATE, Oddity::OtherCase),
            _ => {}
        }
    }

    fn value(&mut self, field: &Field, kind: &Kind, value: &Json, place: &str) {
        let is_list = matches!(
            kind,
            Kind::Texts
                | Kind::Integers
                | Kind::Listed(_)
                | Kind::Objects(_)
                | Kind::ObjectsByKey(..)
                | Kind::Switches(..)
        );
        match value {
            Json::Null if is_list && !field.may_be_null => self.note(place, Oddity::NullList),
            Json::Null => {}
            value if is_list => self.list(field, kind, value, place),
            value => self.single(field, kind, value, place),
        }
    }

    fn list(&mut self, field: &Field, kind: &Kind, value: &Json, place: &str) {
        if !value.is_array() {
            self.note(place, Oddity::OneForList);
        }
        for item in lenient::list(value) {
            match kind {
                Kind::Texts => self.single(field, &Kind::Text, item, place),
                Kind::Integers => self.single(field, &Kind::Integer, item, place),
                Kind::Listed(of) => self.value(field, of, item, place),
                Kind::Objects(shape) => self.object(shape, item, &format!("{place}.")),
                Kind::ObjectsByKey(key, shape) => {
                    let mut item = item.clone();
                    // The key is no field of the shape.
                    item.as_object_mut().map(|item| item.remove(*key));
                    self.object(shape, &item, &format!("{place}."));
                }
                _ if !item.is_object() => self.note(place, Oddity::WrongType),
                _ => {}
            }
        }
    }

    fn single(&mut self, field: &Field, kind: &Kind, value: &Json, place: &str) {
        match (kind, value) {
            (Kind::Text, Json::String(said)) => self.text(field, said, place),
            (Kind::Text, Json::Number(_)) => self.note(place, Oddity::NumberForText),
            (Kind::Integer, value) => self.integer(field, value, place),
            (Kind::Number, Json::Number(_)) => {}
            (Kind::Number, value) if lenient::number(value).is_some() => {
                self.note(place, Oddity::NumberAsText);
            }
            (Kind::Boolean, Json::Bool(_)) => {}
            (Kind::Boolean, value) if lenient::boolean(value).is_some() => {
                self.note(place, Oddity::TruthAsText);
            }
            (Kind::Date | Kind::Moment, Json::String(said)) => {
                if let Some(oddity) = odd_time(kind, said) {
                    self.note(place, oddity);
                }
            }
            (Kind::Attributes, Json::Object(_)) => {}
            (Kind::Object(shape), Json::Array(items)) if items.len() == 1 => {
                self.note(place, Oddity::ListForOne);
                self.object(shape, &items[0], &format!("{place}."));
            }
            (Kind::Object(shape), value) => self.object(shape, value, &format!("{place}.")),
            (Kind::ObjectsByName(shape), Json::Object(named)) => {
                for value in named.values() {
                    self.object(shape, value, &format!("{place}."));
                }
            }
            _ => self.note(place, Oddity::WrongType),
        }
    }

    fn text(&mut self, field: &Field, said: &str, place: &str) {
        if said.is_empty() {
            // Where null is not allowed, that is how nothing is said.
            if can_be_null(field) {
                self.note(place, Oddity::Empty);
            }
            return;
        }
        let known = field.declared_spelling(said);
        if !field.choices.is_empty() && known != said {
            self.note(place, Oddity::OtherCase);
        } else if !field.choices.is_empty() && !field.choices.contains(&said) {
            let said = self.word(said);
            self.note(place, Oddity::UnknownWord(said));
        }
        if is_upper_case_mac(said) {
            self.note(place, Oddity::UpperCaseMac);
        }
        if is_long_ipv6(said) {
            self.note(place, Oddity::LongIpv6);
        }
        let same = self.ids.and_then(|ids| ids.get(&said.to_ascii_lowercase()));
        let is_of_nobody = same.is_some_and(|ids| !ids.contains(said));
        if is_of_nobody && field.name != "name" {
            self.note(place, Oddity::IdInOtherCase);
        }
    }

    fn integer(&mut self, field: &Field, value: &Json, place: &str) {
        match (value, lenient::integer(value)) {
            (Json::Number(_), Some(0)) if field.minimum.is_some_and(|least| least > 0) => {
                self.note(place, Oddity::Zero);
            }
            (Json::Number(_), Some(_)) => {}
            (Json::String(_), Some(_)) => self.note(place, Oddity::NumberAsText),
            (Json::String(said), None) if said.is_empty() => self.note(place, Oddity::Empty),
            _ => self.note(place, Oddity::WrongType),
        }
    }
}

/// Whether an answer about one's own object has the field whatever is in it: lists are empty
/// rather than nothing, and so is nothing that an order must say.
fn must_be_there(field: &Field) -> bool {
    let is_list = matches!(
        field.kind,
        Kind::Texts | Kind::Integers | Kind::Objects(_) | Kind::ObjectsByKey(..)
    );
    let is_required = matches!(field.mode, Mode::Required | Mode::Found(_));
    is_required || is_list && !field.may_be_null
}

/// Whether a text that holds nothing is null: one that a customer may leave out, a day, the id of
/// something else. What the exchange alone says may well be empty.
fn can_be_null(field: &Field) -> bool {
    let is_optional = field.is_configurable() && field.mode != Mode::Required;
    let is_time = matches!(field.kind, Kind::Date | Kind::Moment);
    (is_optional || is_time || field.same.is_some()) && !field.cleared_by_empty
}

/// The accounts whose objects are shown whole: one's own, by their ids in lower case.
fn own_accounts(survey: &Survey) -> HashSet<String> {
    let accounts = survey.visit(ACCOUNTS.path).into_iter();
    let accounts = accounts.flat_map(|visit| &visit.rows);
    let own = accounts.filter(|account| !is_of_another_party(account));
    let told = OWN_ACCOUNT.path;
    let ids = own.chain(survey.said(told)).filter_map(id_of);
    ids.map(|id| id.to_ascii_lowercase()).collect()
}

/// Whether an object is somebody else's, of which not all is shown.
fn is_foreign(collection: &Collection, row: &Json, own: &HashSet<String>) -> bool {
    if collection.path == ACCOUNTS.path {
        return is_of_another_party(row);
    }
    let mut fields = collection.shape.all_fields();
    let manager = row.get(MANAGING).and_then(lenient::text);
    let is_own = manager.is_some_and(|manager| own.contains(&manager.to_ascii_lowercase()));
    fields.any(|field| field.name == MANAGING) && !is_own
}

fn variant(shape: &Shape, said: &str) -> Option<&'static Variant> {
    let mut variants = shape.variants.iter();
    variants.find(|variant| variant.value.eq_ignore_ascii_case(said))
}

/// What is odd about a day or a moment.
fn odd_time(kind: &Kind, said: &str) -> Option<Oddity> {
    let is_day = said.len() == "YYYY-MM-DD".len() && said.parse::<Date>().is_ok();
    let moment = lenient::moment(said);
    match kind {
        _ if said.is_empty() => Some(Oddity::Empty),
        _ if moment.is_none() => Some(Oddity::NoMoment),
        Kind::Date if is_day => None,
        Kind::Date => Some(Oddity::MomentForDay),
        _ if is_day => Some(Oddity::DayForMoment),
        _ if said.as_bytes().get(10) != Some(&b'T') => Some(Oddity::OddMoment),
        _ if said.parse::<jiff::Timestamp>().is_ok() => None,
        _ if said.parse::<DateTime>().is_ok() => Some(Oddity::Zoneless),
        _ => Some(Oddity::OddMoment),
    }
}

fn is_upper_case_mac(said: &str) -> bool {
    let pairs: Vec<&str> = said.split([':', '-']).collect();
    let is_pair =
        |pair: &&str| pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit());
    pairs.len() == 6
        && pairs.iter().all(is_pair)
        && said.bytes().any(|digit| digit.is_ascii_uppercase())
}

/// Whether that is an IPv6 address, or a network, that is not written as short as it could be.
fn is_long_ipv6(said: &str) -> bool {
    let address = said.split('/').next().unwrap_or_default();
    let read: Result<Ipv6Addr, _> = address.parse();
    read.is_ok_and(|read| !read.to_string().eq_ignore_ascii_case(address))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::entities::declaration::{integer, moment, object, one_of, text, texts};
    use serde_json::json;

    const VLAN: Shape = crate::entities::declaration::fields(&[&[
        one_of("kind", &["dot1q", "port"], ""),
        integer("vlan", "").between(1, 4094),
    ]]);

    const SHAPE: Shape = crate::entities::declaration::fields(&[&[
        text("id", "").optional(),
        text("state", ""),
        text("purchase_order", "").cleared_by_empty(),
        moment("since", ""),
        texts("roles", ""),
        object("vlan_config", VLAN, ""),
    ]]);

    fn odd(row: Json) -> Vec<(String, Oddity)> {
        let mut findings = Findings::default();
        let mut look = Look::at(&mut findings, "/things", Known::Shape(&SHAPE));
        look.is_stateful = true;
        look.object(&SHAPE, &row, "");
        let odd = findings.odd.into_keys();
        odd.map(|((_, field), oddity)| (field, oddity)).collect()
    }

    fn plain() -> Json {
        json!({
            "id": "1", "state": "production", "purchase_order": "", "roles": [],
            "since": "2026-01-31T12:00:00Z", "vlan_config": {"kind": "dot1q", "vlan": 1},
        })
    }

    #[test]
    fn an_answer_as_declared_is_not_odd() {
        assert_eq!(odd(plain()), []);
        let mut nothing = plain();
        nothing["since"] = Json::Null;
        nothing["vlan_config"] = Json::Null;
        assert_eq!(odd(nothing), []);
    }

    #[test]
    fn each_oddity_is_named_with_its_field() {
        let awkward = "Awaiting-Moon";
        for (field, value, oddity) in [
            ("id", json!(5), Oddity::NumberForText),
            ("id", json!(""), Oddity::Empty),
            ("id", json!({}), Oddity::WrongType),
            ("state", json!("PRODUCTION"), Oddity::OtherCase),
            (
                "state",
                json!("paused"),
                Oddity::UnknownState(Some("paused".to_owned())),
            ),
            ("state", json!(awkward), Oddity::UnknownState(None)),
            ("since", json!("2026-01-31"), Oddity::DayForMoment),
            ("since", json!("2026-01-31T12:00:00"), Oddity::Zoneless),
            (
                "since",
                json!("2026-01-31 12:00:00.1-07:00"),
                Oddity::OddMoment,
            ),
            ("since", json!(""), Oddity::Empty),
            ("vlan_config", json!([]), Oddity::WrongType),
            ("since", json!("soon"), Oddity::NoMoment),
            ("roles", json!(null), Oddity::NullList),
            ("roles", json!("x"), Oddity::OneForList),
            ("vlan_config", json!({}), Oddity::Hollow),
            (
                "vlan_config",
                json!([{"kind": "port", "vlan": 1}]),
                Oddity::ListForOne,
            ),
            ("more", json!(1), Oddity::Unknown),
        ] {
            let mut row = plain();
            row[field] = value.clone();
            assert_eq!(odd(row), [(field.to_owned(), oddity)], "{value}");
        }
        for (name, value, oddity) in [
            ("vlan", json!(0), Oddity::Zero),
            ("vlan", json!("7"), Oddity::NumberAsText),
            ("kind", json!("PORT"), Oddity::OtherCase),
            (
                "kind",
                json!("qinq"),
                Oddity::UnknownWord(Some("qinq".to_owned())),
            ),
        ] {
            let mut row = plain();
            row["vlan_config"][name] = value.clone();
            assert_eq!(
                odd(row),
                [(format!("vlan_config.{name}"), oddity)],
                "{value}"
            );
        }
        let mut row = plain();
        row.as_object_mut().unwrap().remove("roles");
        assert_eq!(odd(row), [("roles".to_owned(), Oddity::Absent)]);
    }

    #[test]
    fn what_does_not_look_like_a_word_or_a_name_is_not_shown() {
        for shown in ["paused", "being_moved"] {
            assert_eq!(word(shown).as_deref(), Some(shown));
            assert_eq!(name_of(shown), shown);
        }
        for hidden in ["Acme", "a b", "4711", "a@b.example", &"x".repeat(41)] {
            assert_eq!(word(hidden), None, "{hidden}");
        }
        for hidden in ["Acme", "a.b", "503234.AMS5", "a0087999", "x y"] {
            assert_eq!(name_of(hidden), "(a name that is not shown)", "{hidden}");
        }
    }

    #[test]
    fn addresses_are_seen_by_their_spelling() {
        assert!(is_upper_case_mac("42:23:BC:8E:B8:B0") && !is_upper_case_mac("42:23:bc:8e:b8:b0"));
        assert!(is_long_ipv6("2001:0DB8:0023:0001:0000:0000:0000:0000/64"));
        assert!(!is_long_ipv6("2001:db8:23:1::/64") && !is_long_ipv6("production"));
    }
}
