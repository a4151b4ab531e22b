//! How values are spelled: what public traces show of real exchanges.

use serde_json::{Map, Value, json};

use super::Speaker;
use crate::clock;
use crate::dialect::Quirk;
use crate::object::Row;

/// What exchanges write for a number that is unset.
const UNSET_NUMBERS: [&str; 4] = ["capacity", "vlan", "outer_vlan", "inner_vlan"];
/// What exchanges write as an empty text where it is unset.
const UNSET_TEXTS: [&str; 2] = ["connection", "device"];
const VLANS: [&str; 3] = ["vlan", "outer_vlan", "inner_vlan"];
/// The bandwidth, in Mbit/s, from which offerings are had at exchanges that sell little ones.
const LEAST_BANDWIDTH: i64 = 10;
/// Seven hours behind UTC, in milliseconds.
const BEHIND: i64 = 7 * 60 * 60 * 1000;

impl Speaker<'_> {
    /// Spells a row out.
    pub(super) fn spell_row(&self, row: &mut Row) {
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
        if value.is_null() && self.has(Quirk::ZeroForUnset) {
            if UNSET_NUMBERS.contains(&name) {
                *value = json!(0);
            } else if UNSET_TEXTS.contains(&name) {
                *value = json!("");
            }
        }
        if value.is_null() && self.has(Quirk::EmptyForNull) && self.schema.is_text(name) {
            *value = json!("");
        }
        let Value::String(said) = value else {
            return;
        };
        let is_known = name == "type" || self.schema.is_choice(name, said);
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
