//! Checks a configuration before anything is sent, each finding at its attribute.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::entities::declaration::{
    Collection, Field, Kind, Life, Mode, Resource, Shape, Subject, Which,
};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::number::Number;
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::schemas::{WRITE_ONLY, WRITE_ONLY_VERSION, attribute_name};
use super::{goal, timeouts};

/// How many characters a day has, as the specification writes it: `2026-01-31`.
const DAY: usize = 10;

/// What comes before the zone of a moment; 0 stands for any digit.
const MOMENT: &str = "0000-00-00T00:00:00";

/// All that can be said about a configuration without asking the exchange. Unknown values pass:
/// they are checked again when they are known.
pub fn resource(resource: &Resource, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::default();
    let shape = &resource.of.shape;
    match resource.which {
        Which::Only(only) => {
            let fields = shape.fields_of(Some(only));
            let fields = fields.filter(|field| field.name != shape.told_apart_by);
            check_fields(fields, config, &Path::default(), &mut found);
        }
        Which::All => check_shape(shape, None, config, &Path::default(), &mut found),
        Which::Some(some) => check_shape(shape, Some(some), config, &Path::default(), &mut found),
    }
    check_fields(resource.own_fields(), config, &Path::default(), &mut found);
    if matches!(resource.of.life, Life::Provisioned(_)) {
        found.append(goal::check(config));
    }
    found.append(timeouts::check(config));
    found.append((resource.check)(config));
    found
}

/// What is wrong with the arguments of a data source.
pub fn arguments(fields: &[Field], config: &Value) -> Diagnostics {
    let mut found = Diagnostics::default();
    check_fields(fields.iter(), config, &Path::default(), &mut found);
    found
}

/// What is wrong with what narrows a list: values that there are not. Case is left to the exchange.
pub fn filters(collection: &Collection, config: &Value) -> Diagnostics {
    let closed = collection.all_filters();
    let wrong = closed.filter_map(|filter| {
        let value = config.get(filter.argument).as_str()?;
        let mut choices = filter.choices.iter();
        let is_known = choices.any(|choice| choice.eq_ignore_ascii_case(value));
        if is_known || filter.choices.is_empty() {
            return None;
        }
        let wrong = format!("use one of {}", quoted(filter.choices));
        let path = Path::attribute(filter.argument);
        Some(invalid(&path, &format!("{value:?}"), &wrong))
    });
    Diagnostics(wrong.collect())
}

/// Whether a text is a day: `YYYY-MM-DD`.
pub fn is_a_day(text: &str) -> bool {
    text.len() == DAY && text.parse::<Date>().is_ok()
}

/// What is wrong with what a question is asked of: exactly one of the arguments is set.
pub fn subjects(noun: &str, subjects: &[Subject], config: &Value) -> Diagnostics {
    let mut found = Diagnostics::default();
    let values = || subjects.iter().map(|s| config.get(s.argument));
    for subject in subjects {
        let argument = subject.argument;
        if config.get(argument).as_str() == Some("") {
            let story = format!(
                "{argument} is empty: set it to the id of the {} that the {noun} is of.",
                subject.of.noun
            );
            let empty = Diagnostic::error(format!("Invalid value for {argument}"), story);
            found.push(empty.at(Path::attribute(argument)));
        }
    }
    let given = values().filter(|value| value.is_known()).count();
    let unknown = values().any(Value::is_unknown);
    let Some(first) = subjects.first() else {
        return found;
    };
    if given > 1 || (given == 0 && !unknown) {
        let have = match given {
            0 => "none is",
            _ => "more than one is",
        };
        let arguments: Vec<&str> = subjects.iter().map(|s| s.argument).collect();
        let story = format!("Set exactly one of {}; {have} set.", quoted(&arguments));
        let path = Path::attribute(first.argument);
        found.push(Diagnostic::error(format!("What is the {noun} of?"), story).at(path));
    }
    found
}

/// What a question is asked of, and its id.
pub fn subject_of<'a>(
    subjects: &'static [Subject],
    config: &'a Value,
) -> Option<(&'static Subject, &'a str)> {
    subjects.iter().find_map(|subject| {
        let id = config.get(subject.argument).as_str()?;
        Some((subject, id))
    })
}

/// An object of one of these variants, or of all: its fields, none of another variant's.
fn check_shape(
    shape: &Shape,
    of: Option<&[&str]>,
    object: &Value,
    above: &Path,
    found: &mut Diagnostics,
) {
    check_fields(shape.common_fields(), object, above, found);
    let by = attribute_name(shape, shape.told_apart_by);
    let known = |value: &str| of.is_none_or(|of| of.contains(&value));
    let variants = || shape.variants.iter().filter(|v| known(v.value));
    let told = object.get(by).as_str();
    // Which variant it is may be known later only, and then the rest is checked.
    let Some(variant) = variants().find(|variant| Some(variant.value) == told) else {
        return;
    };
    check_fields_for(
        &format!("{by} = {:?}", variant.value),
        variant.own_fields(),
        object,
        above,
        found,
    );
    let own = |name: &str| {
        let mut own = shape.fields_of(Some(variant.value));
        own.any(|field| field.name == name)
    };
    for field in shape.all_fields().filter(|field| !own(field.name)) {
        if !object.get(field.attribute).is_null() {
            let having = variants().filter(|v| v.own_fields().any(|f| f.name == field.name));
            let having: Vec<&str> = having.map(|variant| variant.value).collect();
            let path = above.then(field.attribute);
            found.push(foreign(field, by, variant.value, &having, path));
        }
    }
}

fn foreign(field: &Field, by: &str, current: &str, having: &[&str], path: Path) -> Diagnostic {
    Diagnostic::error(
        format!("{} does not go with {by} {current:?}", field.attribute),
        format!(
            "{path} goes with {by} = {} only; here {by} is {current:?}. Remove {}, or change {by}.",
            quoted(having),
            field.attribute
        ),
    )
    .at(path)
}

fn check_fields<'a>(
    fields: impl Iterator<Item = &'a Field>,
    owner: &Value,
    above: &Path,
    found: &mut Diagnostics,
) {
    check_fields_for("", fields, owner, above, found);
}

/// `variant` says of which variant the fields are, if of one: `type = "exchange_lan"`.
fn check_fields_for<'a>(
    variant: &str,
    fields: impl Iterator<Item = &'a Field>,
    owner: &Value,
    above: &Path,
    found: &mut Diagnostics,
) {
    for field in fields.filter(|field| field.is_configurable()) {
        let path = above.then(field.attribute);
        let value = owner.get(field.attribute);
        match (&field.kind, value) {
            // Terraform asks for a required argument to be there, not for a value in it.
            (_, Value::Null) if field.mode == Mode::Required => {
                found.push(missing(variant, field, &path));
            }
            (Kind::Object(shape), Value::Object(_)) => {
                check_shape(shape, None, value, &path, found);
            }
            (_, Value::Set(elements) | Value::List(elements)) => {
                check_elements(field, elements, &path, found);
            }
            (_, Value::Map(entries)) if entries.values().any(Value::is_null) => {
                found.push(invalid(
                    &path,
                    "null for one of its names",
                    "leave the name out",
                ));
            }
            (_, value) => check_value(field, value, &path, found),
        }
        if field.write_only_twin {
            check_twin(field, owner, above, found);
        }
    }
}

fn missing(variant: &str, field: &Field, path: &Path) -> Diagnostic {
    let needs = match variant {
        "" => format!("{path} is required, and is null here"),
        variant => format!("{variant} needs {path}"),
    };
    Diagnostic::error(
        format!("{} is missing", field.attribute),
        format!("{needs}: {}", field.description),
    )
    .at(path.clone())
}

/// Elements of a set: none is null, none is there twice in another spelling.
fn check_elements(field: &Field, elements: &[Value], path: &Path, found: &mut Diagnostics) {
    for (position, element) in elements.iter().enumerate() {
        if element.is_null() {
            found.push(invalid(
                path,
                "one with null in it",
                "leave the element out",
            ));
        }
        let same = |other: &&Value| match (other.as_str(), element.as_str()) {
            (Some(other), Some(element)) => field.means(other, element),
            _ => false,
        };
        if let Some(twin) = elements[..position].iter().find(same) {
            let (twin, element) = (twin.as_str(), element.as_str());
            let what = format!(
                "{:?} and {:?}: that is the same in two spellings",
                twin.unwrap_or_default(),
                element.unwrap_or_default()
            );
            found.push(
                Diagnostic::error(
                    format!("Invalid value for {path}"),
                    format!("{path} has {what}. Leave one out."),
                )
                .at(path.clone()),
            );
        }
        check_value(field, element, path, found);
    }
}

fn check_value(field: &Field, value: &Value, path: &Path, found: &mut Diagnostics) {
    match value {
        Value::String(text) => check_text(field, text, path, found),
        Value::Number(number) => check_number(field, number, path, found),
        _ => {}
    }
}

/// A secret is given in one way, and what is never stored needs a version, since nobody else could
/// tell that it changed.
fn check_twin(field: &Field, owner: &Value, above: &Path, found: &mut Diagnostics) {
    let name = field.attribute;
    let (twin, version) = (
        format!("{name}{WRITE_ONLY}"),
        format!("{name}{WRITE_ONLY_VERSION}"),
    );
    let is_set = |attribute: &str| !owner.get(attribute).is_null();
    if is_set(name) && is_set(&twin) {
        found.push(
            Diagnostic::error(
                format!("{name} and {twin} are both set"),
                format!("Set {name}, which is kept in the state, or {twin}, which is not."),
            )
            .at(above.then(&twin)),
        );
    }
    if is_set(&twin) != is_set(&version) {
        let (have, lack) = match is_set(&twin) {
            true => (&twin, &version),
            false => (&version, &twin),
        };
        found.push(
            Diagnostic::error(
                format!("{lack} is missing"),
                format!("{have} needs {lack}: {twin} is sent whenever {version} changes."),
            )
            .at(above.then(have)),
        );
    }
    if let Value::String(text) = owner.get(&twin) {
        let most = field.max_length.unwrap_or(usize::MAX);
        if text.is_empty() || text.chars().count() > most {
            // The value is a secret: it is not shown.
            let wrong = format!("use a text of 1 to {most} characters");
            found.push(invalid(&above.then(&twin), "this text", &wrong));
        }
    }
}

fn check_text(field: &Field, text: &str, path: &Path, found: &mut Diagnostics) {
    let characters = text.chars().count();
    let wrong = if field.cleared_by_empty && text.is_empty() && field.mode == Mode::Optional {
        // IX-API has no null for it, so that empty and unset are one and the same to the exchange.
        Some("leave it out, or set it to null".to_owned())
    } else if field.same.is_some() && text.is_empty() {
        Some("it is empty".to_owned())
    } else if !field.choices.is_empty() && !field.choices.iter().any(|c| field.means(c, text)) {
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
            Kind::Date if !is_a_day(text) => Some("write a day as YYYY-MM-DD".to_owned()),
            Kind::Moment if !is_exact(text) => {
                Some("write a moment with its time and zone, as 2026-01-31T12:00:00Z".to_owned())
            }
            _ => None,
        }
    };
    if let Some(wrong) = wrong {
        let shown = match field.sensitive {
            true => "this text".to_owned(),
            false => format!("{text:?}"),
        };
        found.push(invalid(path, &shown, &wrong));
    }
}

fn check_number(field: &Field, number: &Number, path: &Path, found: &mut Diagnostics) {
    let number_is_good = match number.as_i64() {
        None => !matches!(field.kind, Kind::Integer | Kind::Integers),
        Some(number) => {
            let is_known = field.numbers.is_empty() || field.numbers.contains(&number);
            let too_low = field.minimum.is_some_and(|least| number < least);
            let too_high = field.maximum.is_some_and(|most| number > most);
            is_known && !too_low && !too_high
        }
    };
    if !number_is_good {
        let wrong = format!("use {}", good_numbers(field));
        found.push(invalid(path, &number.to_string(), &wrong));
    }
}

/// Which whole numbers a field can hold: `4 or 6`.
fn good_numbers(field: &Field) -> String {
    if !field.numbers.is_empty() {
        return one_of(field.numbers);
    }
    match (field.minimum, field.maximum) {
        (Some(least), None) => format!("a whole number, at least {least}"),
        (least, most) => format!(
            "a whole number from {} to {}",
            least.unwrap_or(i64::MIN),
            most.unwrap_or(i64::MAX)
        ),
    }
}

/// Whether a text is a moment as RFC 3339 has it, which is what the specification asks for: to the
/// second, and with its zone.
fn is_exact(text: &str) -> bool {
    let (day_and_time, rest) = match text.split_at_checked(MOMENT.len()) {
        Some(parts) => parts,
        None => return false,
    };
    let form = day_and_time.bytes().zip(MOMENT.bytes());
    let is_written_so = form.into_iter().all(|(is, form)| match form {
        b'0' => is.is_ascii_digit(),
        form => is.eq_ignore_ascii_case(&form),
    });
    let fraction = rest
        .strip_prefix('.')
        .map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let zone = fraction.unwrap_or(rest);
    let has_zone = zone.eq_ignore_ascii_case("z")
        || matches!(zone.as_bytes(), [b'+' | b'-', _, _, b':', _, _]);
    is_written_so && has_zone && text.parse::<Timestamp>().is_ok()
}

fn invalid(path: &Path, value: &str, wrong: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Invalid value for {path}"),
        format!("{path} cannot be {value}: {wrong}."),
    )
    .at(path.clone())
}

/// `4 or 6`
fn one_of(numbers: &[i64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
    numbers.join(" or ")
}

/// `"a", "b" or "c"`
pub fn quoted(words: &[&str]) -> String {
    super::schemas::listed(words).replace('`', "\"")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::provider::testing::resource_named;
    use crate::tfplugin::diagnostics::Severity;
    use crate::tfplugin::schema::Mode as AttributeMode;

    fn findings(name: &str, pairs: &[(&str, Value)]) -> Vec<String> {
        let declared = resource_named(name);
        let schema = super::super::schemas::resource(declared);
        let mut config = schema.object.empty();
        let attributes = schema.object.attributes().iter();
        for required in attributes.filter(|a| a.mode == AttributeMode::Required) {
            config.put(&required.name, Value::Unknown);
        }
        if name == "nsc" {
            // One of two things is needed, which Terraform's schema cannot say.
            config.put("network_connection", Value::Unknown);
            config.put("vlan_config", Value::Unknown);
        }
        for (name, value) in pairs {
            config.put(name, value.clone());
        }
        resource(declared, &config)
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
    fn of_a_few_numbers_one_is_named_as_such() {
        let of = ("network_service_config", Value::Unknown);
        let version = |number: i64| findings("ip", &[("version", number.into()), of.clone()]);
        assert!(version(4).is_empty() && version(6).is_empty());
        assert_eq!(version(5), ["version"]);
        let mut lookups = crate::entities::LOOKUPS.iter();
        let peers = lookups.find(|lookup| lookup.name == "peer_statistics");
        let config = Value::object([("ip_version", Value::from(5))]);
        let wrong = arguments(peers.unwrap().arguments, &config);
        assert_eq!(wrong.0[0].detail, "ip_version cannot be 5: use 4 or 6.");
    }

    fn told(name: &str, argument: &str, value: Value) -> String {
        let mut config = super::super::schemas::resource(resource_named(name))
            .object
            .empty();
        if name == "nsc" {
            config.put("type", "exchange_lan".into());
        }
        config.put(argument, value);
        let path = Path::attribute(argument);
        let found = resource(resource_named(name), &config).0.into_iter();
        let mut told = found.filter(|finding| finding.attribute.as_ref() == Some(&path));
        told.next()
            .map(|finding| finding.detail)
            .unwrap_or_default()
    }

    #[test]
    fn of_a_number_that_is_too_large_the_range_is_told() {
        let number = |text: &str| Value::Number(text.parse().unwrap());
        let ports = |text: &str| told("connection", "port_quantity", number(text));
        let large = "1".to_owned() + &"0".repeat(30);
        assert_eq!(
            ports("1e30"),
            format!("port_quantity cannot be {large}: use a whole number from 1 to 8.")
        );
        assert_eq!(
            ports("1.5"),
            "port_quantity cannot be 1.5: use a whole number from 1 to 8."
        );
        let version = told("ip", "version", number("18446744073709551620"));
        assert_eq!(
            version,
            "version cannot be 18446744073709551620: use 4 or 6."
        );
        let huge = told("nsc", "asns", Value::set([number("-1e19")]));
        assert_eq!(
            huge,
            "asns cannot be -10000000000000000000: use a whole number from 0 to 4294967295."
        );
    }

    #[test]
    fn a_moment_has_a_time_and_a_zone() {
        for bad in [
            "2026-01-31",
            "2026-01-31T12:00:00",
            "2026-01-31T12:00Z",
            "2026-01-31 12:00:00Z",
            "20260131T120000Z",
            "2026-02-31T12:00:00Z",
            "2026-01-31T12:00:00+0100",
            "2026-01-31T12:00:00.Z",
            "2026-01-31T12:00:00+01:00[Europe/Amsterdam]",
            "tomorrow",
        ] {
            let said = format!(
                "valid_not_after cannot be {bad:?}: write a moment with its time and zone, as \
                 2026-01-31T12:00:00Z."
            );
            for name in ["mac", "ip"] {
                assert_eq!(told(name, "valid_not_after", bad.into()), said, "{name}");
            }
        }
        for good in [
            "2026-01-31T12:00:00Z",
            "2026-01-31t12:00:00z",
            "2026-01-31T12:00:00.250Z",
            "2026-01-31T12:00:00+01:00",
        ] {
            assert_eq!(told("mac", "valid_not_after", good.into()), "", "{good}");
        }
        let mut lookups = crate::entities::LOOKUPS.iter();
        let statistics = lookups.find(|lookup| lookup.name == "statistics");
        let config = Value::object([("start", Value::from("2026-01-31"))]);
        let wrong = arguments(statistics.unwrap().arguments, &config);
        assert!(wrong.0[0].detail.contains("write a moment"), "{wrong:?}");
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
        let joins = ("joining_member_account", Value::from("A1"));
        let order =
            |text: &str| findings("p2p_vc", &[("purchase_order", text.into()), joins.clone()]);
        assert_eq!(order(""), ["purchase_order"]);
        assert!(order("PO 1").is_empty());
    }

    /// Whatever is ordered is found again by its reference.
    #[test]
    fn a_reference_that_an_exchange_may_change_is_refused_wherever_orders_have_one() {
        let mut seen = Vec::new();
        for declared in crate::entities::RESOURCES {
            let by = attribute_name(&declared.of.shape, declared.of.shape.told_apart_by);
            let schema = super::super::schemas::resource(declared);
            let told_apart = schema.object.attributes().iter().any(|it| it.name == by);
            for kind in declared.variants().unwrap_or(&[""]) {
                let mut empty = schema.object.empty();
                if told_apart && !kind.is_empty() {
                    empty.put(by, (*kind).into());
                }
                if crate::provider::reference::field_of(declared, &empty).is_none() {
                    continue;
                }
                for bad in [" mine", "mine\n", "mi\u{200B}ne"] {
                    let mut config = empty.clone();
                    config.put("external_ref", bad.into());
                    let found = resource(declared, &config).0;
                    let path = Path::attribute("external_ref");
                    let told = found.iter().find(|it| it.attribute.as_ref() == Some(&path));
                    let told = told.map(|told| told.detail.as_str()).unwrap_or_default();
                    assert!(
                        told.contains("Write it without"),
                        "{} {kind}",
                        declared.name
                    );
                }
                seen.push(declared.name);
            }
        }
        for name in ["connection", "nsc", "mac", "account", "ip"] {
            assert!(seen.contains(&name), "{seen:?}");
        }
    }

    #[test]
    fn what_finds_no_order_may_have_blanks_at_its_ends() {
        let joins = ("joining_member_account", Value::from("A1"));
        for name in ["purchase_order", "contract_ref"] {
            assert!(findings("p2p_vc", &[(name, " PO 1 ".into()), joins.clone()]).is_empty());
        }
    }

    #[test]
    fn the_other_side_of_a_circuit_joins_by_its_account_or_by_a_key() {
        let (account, key) = ("joining_member_account", "service_key");
        let order = |pairs: &[(&str, Value)]| findings("p2p_vc", pairs);
        assert_eq!(order(&[]), [account]);
        assert_eq!(order(&[(account, "A1".into()), (key, "k".into())]), [key]);
        for one in [account, key] {
            assert!(order(&[(one, "x".into())]).is_empty());
            assert!(order(&[(one, Value::Unknown)]).is_empty());
            assert_eq!(order(&[(one, "".into())]), [one]);
        }
        let (unstored, version) = ("service_key_wo", ("service_key_wo_version", 1.into()));
        for key in ["k".into(), Value::Unknown] {
            assert!(order(&[(unstored, key), version.clone()]).is_empty());
        }
        let both = [
            (account, "A1".into()),
            (unstored, "k".into()),
            version.clone(),
        ];
        assert_eq!(order(&both), [account]);
        let both = [(key, "k".into()), (unstored, "k".into()), version];
        assert_eq!(order(&both), [unstored]);
        assert_eq!(order(&[(unstored, "k".into())]), [unstored]);
    }

    #[test]
    fn a_field_that_another_type_owns_is_refused_at_its_path() {
        let circuit = |pairs: &[(&str, Value)]| {
            let kind = ("type", Value::from("p2p_vc"));
            findings("nsc", &[&[kind], pairs].concat())
        };
        assert_eq!(circuit(&[("listed", true.into())]), ["listed"]);
        assert_eq!(circuit(&[("asns", Value::set([1.into()]))]), ["asns"]);
        assert!(circuit(&[("capacity", 5.into())]).is_empty());
    }

    #[test]
    fn what_one_type_needs_is_missed_there_only() {
        assert_eq!(
            findings("nsc", &[("type", "exchange_lan".into())]),
            ["product_offering", "asns", "listed"]
        );
        assert!(findings("nsc", &[("type", Value::Unknown)]).is_empty());
        assert_eq!(
            findings("nsc", &[("type", "cloud_vc".into())]),
            ["handover"]
        );
        assert_eq!(findings("nsc", &[("type", "cable".into())]), ["type"]);
    }

    #[test]
    fn a_config_is_put_on_a_connection_or_on_a_routing_function() {
        let config = |pairs: &[(&str, Value)]| findings("nsc", pairs);
        let (port, router) = ("network_connection", "routing_function");
        let block = |name: &'static str, value: i64| Value::object([(name, value.into())]);
        let layer3 = || ("l3_config", block("local_asn", 64512));
        assert_eq!(config(&[(port, Value::Null)]), [port]);
        assert_eq!(config(&[(router, "r".into())]), [router]);
        assert_eq!(config(&[("vlan_config", Value::Null)]), [port]);
        assert_eq!(config(&[layer3()]), ["l3_config"]);
        let routed = [(port, Value::Null), (router, "r".into()), layer3()];
        assert_eq!(config(&routed), ["vlan_config"]);
        let none = ("vlan_config", Value::Null);
        assert!(config(&[&routed[..], std::slice::from_ref(&none)].concat()).is_empty());
        assert_eq!(
            config(&[&routed[..2], std::slice::from_ref(&none)].concat()),
            [router]
        );
        let wrong = ("l3_config", block("local_asn", 0));
        let wrong = config(&[&routed[..2], &[none, wrong]].concat());
        assert_eq!(wrong, ["l3_config.local_asn"]);
    }

    #[test]
    fn a_secret_is_given_in_one_way_and_with_a_version() {
        let session = |pairs: &[(&str, Value)]| findings("nfc", pairs);
        let secret = ("password_wo", Value::from("hush"));
        let version = ("password_wo_version", Value::from(1));
        assert_eq!(session(std::slice::from_ref(&secret)), ["password_wo"]);
        assert_eq!(
            session(std::slice::from_ref(&version)),
            ["password_wo_version"]
        );
        assert!(session(&[secret.clone(), version.clone()]).is_empty());
        let both = [("password", "hush".into()), secret, version];
        assert_eq!(session(&both), ["password_wo"]);
    }

    #[test]
    fn what_is_wrong_in_a_set_is_found() {
        let asns = |asn: Value| {
            let config = [
                ("type", Value::from("exchange_lan")),
                ("asns", Value::set([asn])),
            ];
            findings("nsc", &config).contains(&"asns".to_owned())
        };
        assert!(asns(Value::Number("1.5".parse().unwrap())));
        assert!(!asns(64512.into()));
    }

    /// Terraform asks for the argument, not for a value: `port_quantity = var.unset` would cancel a
    /// port for an order that is refused.
    #[test]
    fn a_required_argument_that_is_null_is_missing() {
        for (name, argument) in [
            ("connection", "port_quantity"),
            ("port_reservation", "network_connection"),
            ("nsc", "type"),
            ("mac", "address"),
            ("role_assignment", "role"),
            ("nfc", "ip"),
        ] {
            assert_eq!(findings(name, &[(argument, Value::Null)]), [argument]);
        }
        assert_eq!(
            vlan(&[("vlan_type", Value::Null)]),
            ["vlan_config.vlan_type"]
        );
    }

    #[test]
    fn a_collection_has_no_null_and_nothing_twice() {
        let roles = |elements: &[Value]| {
            let set = Value::set(elements.iter().cloned());
            findings("contact", &[("roles", set)])
        };
        assert_eq!(roles(&[Value::Null]), ["roles"]);
        assert_eq!(roles(&["4699403d".into(), "4699403D".into()]), ["roles"]);
        assert_eq!(roles(&["".into()]), ["roles"]);
        assert!(roles(&["a".into(), "b".into(), Value::Unknown]).is_empty());
        let flags = Value::Map([("BLACKHOLING".to_owned(), Value::Null)].into());
        assert_eq!(findings("nfc", &[("flags", flags)]), ["flags"]);
    }
}
