//! Checks a configuration before anything is sent, each finding at its attribute.

use jiff::civil::Date;

use crate::entities::declaration::{Entity, Field, Kind, Life};
use crate::ixapi::lenient;
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::{timeouts, wait};

/// All that can be said about a configuration without asking the exchange. Unknown values pass: they
/// are checked again when they are known.
pub fn resource(entity: &Entity, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::default();
    check_fields(entity.all_fields(), config, &Path::default(), &mut found);
    if matches!(entity.life, Life::Provisioned(_)) {
        found.append(wait::check(config));
    }
    found.append(timeouts::check(config));
    found.append((entity.check)(config));
    found
}

fn check_fields<'a>(
    fields: impl Iterator<Item = &'a Field>,
    owner: &Value,
    above: &Path,
    found: &mut Diagnostics,
) {
    for field in fields.filter(|field| field.is_configurable()) {
        let path = above.then(field.attribute);
        let value = owner.get(field.attribute);
        check_company(field, value, owner, &path, found);
        match (&field.kind, value) {
            (Kind::Object(inner), Value::Object(_)) => {
                check_fields(inner.iter(), value, &path, found);
            }
            (_, Value::String(text)) => check_text(field, text, &path, found),
            (_, Value::Number(number)) => check_number(field, number.as_i64(), &path, found),
            _ => {}
        }
    }
}

/// Whether the field goes with its sibling's value.
fn check_company(
    field: &Field,
    value: &Value,
    owner: &Value,
    path: &Path,
    found: &mut Diagnostics,
) {
    if let Some((sibling, values)) = field.only_with
        && let Some(current) = owner.get(sibling).as_str()
        && !value.is_null()
        && !values.contains(&current)
    {
        let detail = format!(
            "{path} goes with {sibling} = {} only; here {sibling} is {current:?}. Remove {}, or \
             change {sibling}.",
            quoted(values),
            field.attribute
        );
        found.push(
            Diagnostic::error(
                format!("{} does not go with {sibling} {current:?}", field.attribute),
                detail,
            )
            .at(path.clone()),
        );
    }
    if let Some((sibling, values)) = field.needed_with
        && let Some(current) = owner.get(sibling).as_str()
        && value.is_null()
        && values.contains(&current)
    {
        found.push(
            Diagnostic::error(
                format!("{} is missing", field.attribute),
                format!(
                    "{sibling} = {current:?} needs {path}: {}",
                    field.description
                ),
            )
            .at(path.clone()),
        );
    }
}

fn check_text(field: &Field, text: &str, path: &Path, found: &mut Diagnostics) {
    let characters = text.chars().count();
    let wrong = if field.cleared_by_empty && text.is_empty() {
        // IX-API has no null for it, so that empty and unset are one and the same to the exchange.
        Some("leave it out, or set it to null".to_owned())
    } else if !field.choices.is_empty() && !field.choices.contains(&text) {
        Some(format!("use one of {}", quoted(field.choices)))
    } else if field.max_length.is_some_and(|most| characters > most) {
        let most = field.max_length.unwrap_or_default();
        Some(format!(
            "it has {characters} characters; at most {most} fit"
        ))
    } else if let Some(wrong) = field.rule.and_then(|rule| rule(text)) {
        Some(format!("it {wrong}"))
    } else {
        match field.kind {
            Kind::Date if text.parse::<Date>().is_err() => {
                Some("write a day as YYYY-MM-DD".to_owned())
            }
            Kind::Moment if lenient::moment(text).is_none() => {
                Some("write a moment as 2026-01-31T12:00:00Z".to_owned())
            }
            _ => None,
        }
    };
    if let Some(wrong) = wrong {
        found.push(invalid(path, &format!("{text:?}"), &wrong));
    }
}

fn check_number(field: &Field, number: Option<i64>, path: &Path, found: &mut Diagnostics) {
    let Some(number) = number else {
        if matches!(field.kind, Kind::Integer) {
            found.push(invalid(path, "this number", "use a whole number"));
        }
        return;
    };
    let too_low = field.minimum.is_some_and(|least| number < least);
    let too_high = field.maximum.is_some_and(|most| number > most);
    if too_low || too_high {
        let wrong = match (field.minimum, field.maximum) {
            (Some(least), Some(most)) => format!("use a number from {least} to {most}"),
            (Some(least), None) => format!("use at least {least}"),
            (None, most) => format!("use at most {}", most.unwrap_or_default()),
        };
        found.push(invalid(path, &number.to_string(), &wrong));
    }
}

fn invalid(path: &Path, value: &str, wrong: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Invalid value for {path}"),
        format!("{path} cannot be {value}: {wrong}."),
    )
    .at(path.clone())
}

/// `"a", "b" or "c"`
pub fn quoted(words: &[&str]) -> String {
    super::schemas::listed(words).replace('`', "\"")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::entities;
    use crate::tfplugin::diagnostics::Severity;

    fn findings(entity: &str, pairs: &[(&str, Value)]) -> Vec<String> {
        let entity = entities::ALL.iter().find(|e| e.name == entity).unwrap();
        let mut config = super::super::schemas::resource(entity).empty();
        for (name, value) in pairs {
            config.put(name, value.clone());
        }
        resource(entity, &config)
            .0
            .iter()
            .map(|finding| {
                assert_eq!(finding.severity, Severity::Error);
                finding.attribute.as_ref().unwrap().to_string()
            })
            .collect()
    }

    fn vlan(pairs: &[(&str, Value)]) -> Vec<String> {
        let config = Value::object(pairs.iter().cloned());
        findings("nsc", &[("vlan_config", config)])
    }

    #[test]
    fn a_vlan_is_between_1_and_4094() {
        for (number, found) in [(0, 1), (1, 0), (4094, 0), (4095, 1), (5000, 1)] {
            let found_here = vlan(&[("vlan_type", "dot1q".into()), ("vlan", number.into())]);
            assert_eq!(found_here.len(), found, "{number}");
            assert!(found_here.iter().all(|path| path == "vlan_config.vlan"));
        }
    }

    #[test]
    fn qinq_needs_an_inner_vlan_and_dot1q_takes_none() {
        assert_eq!(
            vlan(&[("vlan_type", "qinq".into())]),
            ["vlan_config.inner_vlan"]
        );
        assert_eq!(
            vlan(&[("vlan_type", "dot1q".into()), ("inner_vlan", 5.into())]),
            ["vlan_config.inner_vlan"]
        );
        assert!(vlan(&[("vlan_type", "qinq".into()), ("inner_vlan", 5.into())]).is_empty());
    }

    #[test]
    fn a_whole_port_takes_no_vlan_at_all() {
        assert_eq!(
            vlan(&[("vlan_type", "port".into()), ("vlan", 5.into())]),
            ["vlan_config.vlan"]
        );
    }

    #[test]
    fn unknown_values_pass() {
        assert!(vlan(&[("vlan_type", Value::Unknown), ("inner_vlan", 5.into())]).is_empty());
        assert!(vlan(&[("vlan_type", "qinq".into()), ("inner_vlan", Value::Unknown)]).is_empty());
    }

    #[test]
    fn a_standalone_connection_is_one_port() {
        let port = |mode: &str, quantity: i64| {
            findings(
                "connection",
                &[("mode", mode.into()), ("port_quantity", quantity.into())],
            )
        };
        assert_eq!(port("standalone", 2), ["port_quantity"]);
        assert!(port("standalone", 1).is_empty());
        assert!(port("lag_lacp", 2).is_empty());
        assert_eq!(port("lag_lacp", 9), ["port_quantity"]);
        assert_eq!(port("bonded", 1), ["mode"]);
    }

    #[test]
    fn a_contact_is_checked_for_form() {
        let text = |name, text: String| findings("contact", &[(name, Value::String(text))]);
        assert_eq!(text("email", "noc".to_owned()), ["email"]);
        assert_eq!(text("telephone", "1".repeat(41)), ["telephone"]);
        assert!(text("name", "ü".repeat(128)).is_empty());
    }

    #[test]
    fn an_empty_text_that_means_none_is_refused() {
        let order = |text: &str| findings("p2p_vc", &[("purchase_order", text.into())]);
        assert_eq!(order(""), ["purchase_order"]);
        assert!(order("PO 1").is_empty());
    }
}
