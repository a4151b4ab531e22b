//! The `vlan_config` of a network service config: what it may be on a connection, which VLANs are
//! taken there, and how a partial change is completed. Completion follows the guide on editing
//! virtual connects: what a change does not name is kept, and a VLAN moves along when dot1q becomes
//! qinq or the other way round.

use serde_json::{Value, json};

use crate::object::{Row, ids, text};
use crate::problem::Findings;

/// VLANs that can be used on a wire.
const VLANS: std::ops::RangeInclusive<i64> = 1..=4094;
/// The exchange picks from here on, because low numbers are the ones that people like to choose
/// themselves.
const FIRST_PICK: i64 = 100;
const DEFAULT_ETHERTYPE: &str = "0x8100";

/// A connection as far as VLANs on it are concerned.
#[derive(Debug)]
pub struct Surroundings<'a> {
    /// The connection as it is answered.
    pub connection: &'a Row,
    /// The `vlan_config` of every other config on it.
    pub others: Vec<&'a Row>,
}

/// The tags of a `vlan_config`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tags {
    Port,
    Dot1q(i64),
    Qinq(i64, i64),
}

impl Tags {
    fn of(config: &Row) -> Option<Tags> {
        let number = |name: &str| config.get(name).and_then(Value::as_i64);
        match text(config, "vlan_type")? {
            "port" => Some(Tags::Port),
            "dot1q" => Some(Tags::Dot1q(number("vlan")?)),
            "qinq" => Some(Tags::Qinq(number("outer_vlan")?, number("inner_vlan")?)),
            _ => None,
        }
    }

    /// The same with another VLAN in this field.
    fn with(self, field: &str, vlan: i64) -> Tags {
        match self {
            Tags::Port => Tags::Port,
            Tags::Dot1q(_) => Tags::Dot1q(vlan),
            Tags::Qinq(outer, _) if field == "vlan_config.inner_vlan" => Tags::Qinq(outer, vlan),
            Tags::Qinq(_, inner) => Tags::Qinq(vlan, inner),
        }
    }

    /// The field to blame when these tags cannot be used beside those of another config.
    fn clash(self, other: Tags) -> Option<&'static str> {
        match (self, other) {
            (Tags::Port, _) | (_, Tags::Port) => Some("vlan_config.vlan_type"),
            (Tags::Dot1q(one), Tags::Dot1q(two) | Tags::Qinq(two, _)) => {
                (one == two).then_some("vlan_config.vlan")
            }
            (Tags::Qinq(one, _), Tags::Dot1q(two)) => {
                (one == two).then_some("vlan_config.outer_vlan")
            }
            (Tags::Qinq(..), Tags::Qinq(..)) => (self == other).then_some("vlan_config.inner_vlan"),
        }
    }
}

/// Completes a `vlan_config` and checks it against its surroundings. `current` is what a change
/// starts from. Returns nothing where the request leaves too much open; that is among the findings
/// then.
pub fn complete(
    requested: &Row,
    current: Option<&Row>,
    around: &Surroundings<'_>,
    findings: &mut Findings,
) -> Option<Row> {
    let vlan_type = text(requested, "vlan_type")?;
    let allowed = ids(around.connection, "vlan_types");
    if !allowed.contains(&vlan_type) {
        let reason = format!("the connection allows {}", allowed.join(", "));
        findings.add("vlan_config.vlan_type", reason);
        return None;
    }
    let taken: Vec<Tags> = around
        .others
        .iter()
        .filter_map(|config| Tags::of(config))
        .collect();
    let mut completed = Row::new();
    completed.insert("vlan_type".into(), json!(vlan_type));
    let tags = match vlan_type {
        "dot1q" => dot1q(requested, current, &taken, findings, &mut completed)?,
        "qinq" => qinq(requested, current, &taken, findings, &mut completed)?,
        _ => Tags::Port,
    };
    for name in ["vlan_ethertype", "outer_vlan_ethertype"] {
        let allowed = ids(around.connection, "outer_vlan_ethertypes");
        if text(&completed, name).is_some_and(|ethertype| !allowed.contains(&ethertype)) {
            findings.add(
                format!("vlan_config.{name}"),
                format!("the connection allows {}", allowed.join(", ")),
            );
        }
    }
    if let Some(field) = taken.iter().find_map(|other| tags.clash(*other)) {
        let free = |vlan: &i64| {
            let tags = tags.with(field, *vlan);
            taken.iter().all(|other| tags.clash(*other).is_none())
        };
        let free = ranges(VLANS.filter(free));
        findings.add_with(field, "is in use on the connection", free);
    }
    Some(completed)
}

fn dot1q(
    requested: &Row,
    current: Option<&Row>,
    taken: &[Tags],
    findings: &mut Findings,
    completed: &mut Row,
) -> Option<Tags> {
    let vlan = number(requested, "vlan")
        .or_else(|| current.and_then(outer_tag))
        .or_else(|| pick(taken, Tags::Dot1q));
    let Some(vlan) = vlan else {
        findings.add("vlan_config.vlan", "no VLAN is free on the connection");
        return None;
    };
    completed.insert("vlan".into(), json!(vlan));
    completed.insert(
        "vlan_ethertype".into(),
        json!(ethertype(requested, "vlan_ethertype", current)),
    );
    Some(Tags::Dot1q(vlan))
}

fn qinq(
    requested: &Row,
    current: Option<&Row>,
    taken: &[Tags],
    findings: &mut Findings,
    completed: &mut Row,
) -> Option<Tags> {
    let inner = number(requested, "inner_vlan").or_else(|| number(current?, "inner_vlan"));
    let Some(inner) = inner else {
        findings.add("vlan_config.inner_vlan", "is required");
        return None;
    };
    let outer = number(requested, "outer_vlan")
        .or_else(|| current.and_then(outer_tag))
        .or_else(|| pick(taken, |outer| Tags::Qinq(outer, inner)));
    let Some(outer) = outer else {
        findings.add(
            "vlan_config.outer_vlan",
            "no VLAN is free on the connection",
        );
        return None;
    };
    completed.insert("outer_vlan".into(), json!(outer));
    completed.insert(
        "outer_vlan_ethertype".into(),
        json!(ethertype(requested, "outer_vlan_ethertype", current)),
    );
    completed.insert("inner_vlan".into(), json!(inner));
    Some(Tags::Qinq(outer, inner))
}

fn number(config: &Row, name: &str) -> Option<i64> {
    config.get(name).and_then(Value::as_i64)
}

/// The tag that frames carry first, whatever it is called.
fn outer_tag(config: &Row) -> Option<i64> {
    number(config, "vlan").or_else(|| number(config, "outer_vlan"))
}

fn ethertype<'a>(requested: &'a Row, name: &str, current: Option<&'a Row>) -> &'a str {
    let kept = current.and_then(|config| {
        text(config, "vlan_ethertype").or_else(|| text(config, "outer_vlan_ethertype"))
    });
    text(requested, name).or(kept).unwrap_or(DEFAULT_ETHERTYPE)
}

/// Numbers in order, as ranges.
fn ranges(numbers: impl Iterator<Item = i64>) -> Vec<(i64, i64)> {
    let mut ranges: Vec<(i64, i64)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    ranges
}

fn pick(taken: &[Tags], tags: impl Fn(i64) -> Tags) -> Option<i64> {
    let (low, high) = (*VLANS.start()..FIRST_PICK, FIRST_PICK..*VLANS.end() + 1);
    high.chain(low).find(|vlan| {
        taken
            .iter()
            .all(|other| tags(*vlan).clash(*other).is_none())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn object(value: Value) -> Row {
        value.as_object().unwrap().clone()
    }

    fn completed(
        requested: Value,
        current: Option<Value>,
        others: &[Value],
    ) -> Result<Value, String> {
        let connection = object(
            json!({ "vlan_types": ["port", "dot1q", "qinq"], "outer_vlan_ethertypes": ["0x8100",
                "0x9100"] }),
        );
        let others: Vec<Row> = others.iter().cloned().map(object).collect();
        let around = Surroundings {
            connection: &connection,
            others: others.iter().collect(),
        };
        let current = current.map(object);
        let mut findings = Findings::default();
        let completed = complete(&object(requested), current.as_ref(), &around, &mut findings);
        match findings.refuse_if_any() {
            Ok(()) => Ok(Value::Object(completed.unwrap())),
            Err(problem) => {
                let body: Value = serde_json::from_slice(&problem.answer().body).unwrap();
                Err(body["properties"][0]["name"].as_str().unwrap().to_owned())
            }
        }
    }

    #[test]
    fn a_vlan_that_nobody_named_is_picked_beside_those_in_use() {
        let others = [
            json!({ "vlan_type": "dot1q", "vlan": 100 }),
            json!({ "vlan_type": "qinq", "outer_vlan": 101, "inner_vlan": 7 }),
        ];
        let expected = json!({ "vlan_type": "dot1q", "vlan": 102, "vlan_ethertype": "0x8100" });
        assert_eq!(
            completed(json!({ "vlan_type": "dot1q", "vlan": null }), None, &others),
            Ok(expected)
        );
    }

    #[test]
    fn a_full_connection_has_no_vlan_to_pick() {
        let others: Vec<Value> = VLANS
            .map(|vlan| json!({ "vlan_type": "dot1q", "vlan": vlan }))
            .collect();
        assert_eq!(
            completed(json!({ "vlan_type": "dot1q" }), None, &others),
            Err("vlan_config.vlan".into())
        );
    }

    #[test]
    fn an_outer_vlan_is_shared_by_different_inner_vlans() {
        let others = [json!({ "vlan_type": "qinq", "outer_vlan": 300, "inner_vlan": 7 })];
        let wanted =
            |outer, inner| json!({ "vlan_type": "qinq", "outer_vlan": outer, "inner_vlan": inner });
        assert!(completed(wanted(300, 8), None, &others).is_ok());
        assert_eq!(
            completed(wanted(300, 7), None, &others),
            Err("vlan_config.inner_vlan".into())
        );
    }

    #[test]
    fn dot1q_and_qinq_cannot_share_their_outer_tag() {
        let dot1q = [json!({ "vlan_type": "dot1q", "vlan": 300 })];
        let qinq = [json!({ "vlan_type": "qinq", "outer_vlan": 300, "inner_vlan": 7 })];
        let wanted = json!({ "vlan_type": "qinq", "outer_vlan": 300, "inner_vlan": 8 });
        assert_eq!(
            completed(wanted, None, &dot1q),
            Err("vlan_config.outer_vlan".into())
        );
        let wanted = json!({ "vlan_type": "dot1q", "vlan": 300 });
        assert_eq!(
            completed(wanted, None, &qinq),
            Err("vlan_config.vlan".into())
        );
    }

    #[test]
    fn dot1q_that_becomes_qinq_keeps_its_vlan_and_ethertype_outside() {
        let current = json!({ "vlan_type": "dot1q", "vlan": 301, "vlan_ethertype": "0x9100" });
        let expected = json!({ "vlan_type": "qinq", "outer_vlan": 301,
            "outer_vlan_ethertype": "0x9100", "inner_vlan": 33 });
        assert_eq!(
            completed(
                json!({ "vlan_type": "qinq", "inner_vlan": 33 }),
                Some(current),
                &[]
            ),
            Ok(expected)
        );
    }

    #[test]
    fn qinq_that_becomes_dot1q_keeps_its_outer_vlan() {
        let current = json!({ "vlan_type": "qinq", "outer_vlan": 909,
            "outer_vlan_ethertype": "0x8100", "inner_vlan": 808 });
        let expected = json!({ "vlan_type": "dot1q", "vlan": 909, "vlan_ethertype": "0x8100" });
        assert_eq!(
            completed(json!({ "vlan_type": "dot1q" }), Some(current), &[]),
            Ok(expected)
        );
    }

    #[test]
    fn dot1q_cannot_become_qinq_without_an_inner_vlan() {
        let current = json!({ "vlan_type": "dot1q", "vlan": 301, "vlan_ethertype": "0x8100" });
        assert_eq!(
            completed(json!({ "vlan_type": "qinq" }), Some(current), &[]),
            Err("vlan_config.inner_vlan".into())
        );
    }
}
