//! How answers are spelled: what public traces show of real exchanges, each a switch
//! ([`Quirk`]). What an exchange does is elsewhere; here is only how it says so.

use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::clock;
use crate::dialect::Quirk;
use crate::exchange::{Exchange, Request};
use crate::object::{Row, text};
use crate::problem::{Invalid, Problem};
use crate::settings::Settings;

/// What exchanges write for a number that is unset.
const UNSET_NUMBERS: [&str; 4] = ["capacity", "vlan", "outer_vlan", "inner_vlan"];
/// What exchanges write as an empty text where it is unset.
const UNSET_TEXTS: [&str; 2] = ["connection", "device"];
const VLANS: [&str; 3] = ["vlan", "outer_vlan", "inner_vlan"];
/// What the support of an exchange calls a refusal.
const INCIDENT: &str = "INC-004711";
/// The bandwidth, in Mbit/s, from which offerings are had at exchanges that sell little ones.
const LEAST_BANDWIDTH: i64 = 10;
/// Seven hours behind UTC, in milliseconds.
const BEHIND: i64 = 7 * 60 * 60 * 1000;

/// A refusal as this exchange says it.
pub fn refusal(settings: &Settings, problem: Problem, request: &[u8]) -> Answer {
    let problem = match settings.has(Quirk::ParseErrors) {
        true => problem.as_parse_error(),
        false => problem,
    };
    let mut answer = problem.answer();
    let Ok(Value::Object(mut body)) = serde_json::from_slice(&answer.body) else {
        return answer;
    };
    if let Some(detail) = body.get_mut("detail") {
        if settings.has(Quirk::ProblemDetailList) {
            *detail = json!([detail]);
        } else if settings.has(Quirk::ProblemDetailObject) {
            *detail = json!({ "message": detail });
        }
    }
    if settings.has(Quirk::ProblemTypesElsewhere)
        && let Some(slug) = text(&body, "type").and_then(slug)
    {
        let elsewhere = format!("https://portal.exchange.example/problems/{slug}");
        body.insert("type".into(), json!(elsewhere));
    }
    if settings.has(Quirk::ProblemInstances) {
        body.insert("instance".into(), json!(INCIDENT));
    }
    if settings.has(Quirk::AvailableRanges) && !problem.properties().is_empty() {
        let sent = serde_json::from_slice(request).unwrap_or_default();
        let properties = problem.properties().iter();
        body.insert(
            "properties".into(),
            properties.map(|it| told(it, &sent)).collect(),
        );
    }
    answer.body = Value::Object(body).to_string().into_bytes();
    answer
}

/// The last part of a problem type, as in `validation-error`.
fn slug(kind: &str) -> Option<&str> {
    kind.rsplit('/').next()?.strip_suffix(".html")
}

/// A refused property with what it was and what it could be.
fn told(invalid: &Invalid, sent: &Value) -> Value {
    let mut property = json!({ "name": invalid.name, "reason": invalid.reason });
    let pointer = format!("/{}", invalid.name.replace('.', "/"));
    if let Some(value) = sent.pointer(&pointer) {
        property["value"] = value.clone();
    }
    if !invalid.available.is_empty() {
        property["available_ranges"] = json!(invalid.available);
    }
    property
}

/// An answer with success as this exchange says it: one row of a collection, or its list.
pub fn spelled(exchange: &Exchange, request: &Request<'_>, mut answer: Answer) -> Answer {
    if !exchange.settings.is_odd() || answer.content_type != "application/json" {
        return answer;
    }
    let mut parts = request.path.split('/').skip(1);
    let collection = parts.next().unwrap_or_default();
    let is_row = parts.nth(1).is_none() && exchange.entity(collection).is_some();
    let Some(mut body) = serde_json::from_slice(&answer.body).ok().filter(|_| is_row) else {
        return answer;
    };
    let speaker = Speaker {
        exchange,
        collection,
        reads: request.method == "GET",
    };
    match &mut body {
        Value::Array(rows) => rows.iter_mut().for_each(|row| speaker.spell_row(row)),
        row => speaker.spell_row(row),
    }
    answer.body = body.to_string().into_bytes();
    answer
}

/// Who says something, about what.
struct Speaker<'a> {
    exchange: &'a Exchange,
    collection: &'a str,
    /// Whether it was asked for, and not brought about.
    reads: bool,
}

impl Speaker<'_> {
    fn has(&self, quirk: Quirk) -> bool {
        self.exchange.settings.has(quirk)
    }

    fn spell_row(&self, row: &mut Value) {
        let Value::Object(row) = row else {
            return;
        };
        self.misremember(row);
        match self.collection {
            "macs" if self.has(Quirk::UpperCaseMacs) => {
                change_text(row, "address", |address| Some(address.to_ascii_uppercase()));
            }
            "product-offerings" if self.has(Quirk::ContractPeriods) => {
                row.insert("contract_initial_period".into(), json!("P3Y"));
                row.insert("contract_renewal_period".into(), json!("P1M"));
                if row.get("bandwidth_min").is_some_and(Value::is_i64) {
                    row.insert("bandwidth_min".into(), json!(LEAST_BANDWIDTH));
                }
            }
            _ => {}
        }
        self.spell(row);
    }

    /// What reads get wrong.
    fn misremember(&self, row: &mut Row) {
        if self.reads && self.collection == "network-services" {
            let joins = row.contains_key("joining_member_account");
            let other = row.get("managing_account").cloned();
            if joins && self.has(Quirk::JoiningMemberDrifts) {
                row.insert("joining_member_account".into(), json!(other));
            }
        }
        let Some(Value::Object(tags)) = row.get_mut("vlan_config").filter(|_| self.reads) else {
            return;
        };
        if self.has(Quirk::ZeroForUnset) {
            for name in VLANS {
                tags.entry(name).or_insert(json!(0));
            }
        }
        if self.has(Quirk::VlanConfigEmpty) {
            tags.clear();
        }
        if self.has(Quirk::VlansZero) {
            for name in VLANS {
                if let Some(vlan) = tags.get_mut(name) {
                    *vlan = json!(0);
                }
            }
        }
    }

    fn spell(&self, fields: &mut Map<String, Value>) {
        for (name, value) in fields.iter_mut() {
            match value {
                Value::Object(inner) => self.spell(inner),
                Value::Array(items) => {
                    for item in items {
                        match item {
                            Value::Object(inner) => self.spell(inner),
                            item => self.spell_one(name, item),
                        }
                    }
                }
                value => self.spell_one(name, value),
            }
        }
    }

    fn spell_one(&self, name: &str, value: &mut Value) {
        let schema = &self.exchange.schema;
        if value.is_null() && self.has(Quirk::ZeroForUnset) {
            if UNSET_NUMBERS.contains(&name) {
                *value = json!(0);
            } else if UNSET_TEXTS.contains(&name) {
                *value = json!("");
            }
        }
        if value.is_null() && self.has(Quirk::EmptyForNull) && schema.is_text(name) {
            *value = json!("");
        }
        let Value::String(said) = value else {
            return;
        };
        let is_known = name == "type" || schema.is_choice(name, said);
        if self.has(Quirk::UpperCaseEnums) && is_known {
            *said = said.to_ascii_uppercase();
        }
        if self.has(Quirk::Ipv6InFull)
            && let Some(full) = in_full(said)
        {
            *said = full;
        }
        let moment = clock::parse_date_time(said).map(|moment| moment.as_millisecond());
        if let Some(moment) = moment.filter(|_| self.has(Quirk::OddMoments)) {
            let there = clock::zoneless(moment.saturating_sub(BEHIND));
            let tenths = moment.rem_euclid(1000) / 100;
            *said = format!("{}.{tenths}-07:00", there.replace('T', " "));
        } else if let Some(moment) = moment.filter(|_| self.has(Quirk::DaysForMoments)) {
            *said = clock::zoneless(moment)
                .chars()
                .take("YYYY-MM-DD".len())
                .collect();
        }
    }
}

fn change_text(row: &mut Row, name: &str, change: fn(&str) -> Option<String>) {
    if let Some(Value::String(said)) = row.get_mut(name)
        && let Some(changed) = change(said)
    {
        *said = changed;
    }
}

/// An IPv6 address, or a network of them, with all its digits.
fn in_full(said: &str) -> Option<String> {
    let (address, length) = match said.split_once('/') {
        Some((address, length)) => (address, format!("/{length}")),
        None => (said, String::new()),
    };
    let address: std::net::Ipv6Addr = address.parse().ok()?;
    let groups = address.segments().map(|group| format!("{group:04X}"));
    Some(format!("{}{length}", groups.join(":")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_is_written_in_full_and_nothing_else_is() {
        let full = in_full("2001:db8:23:1::/64");
        assert_eq!(
            full.as_deref(),
            Some("2001:0DB8:0023:0001:0000:0000:0000:0000/64")
        );
        for other in ["198.18.0.1", "production", "", "::gone"] {
            assert_eq!(in_full(other), None, "{other}");
        }
    }
}
