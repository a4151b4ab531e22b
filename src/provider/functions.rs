//! Functions: what people else write in a wrong way first. They know no exchange.

use std::collections::BTreeMap;

use crate::entities::{formats, normalized_mac};
use crate::tfplugin::number::Number;
use crate::tfplugin::traits::{Function as Callable, Parameter, Refusal, Signature};
use crate::tfplugin::types::Type;
use crate::tfplugin::value::Value;

/// A function.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its name: `normalize_mac`.
    pub name: &'static str,
    summary: &'static str,
    description: &'static str,
    takes: &'static [Argument],
    returns: fn() -> Type,
    call: fn(&[Value]) -> Result<Value, Refusal>,
}

/// What a function takes.
#[derive(Debug)]
struct Argument {
    name: &'static str,
    kind: fn() -> Type,
    description: &'static str,
}

/// All functions, by name.
pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "normalize_as_set",
        summary: "Writes an AS-SET as IX-API does",
        description: "Writes an AS-SET as IX-API does, with the registry after it: \
                      `AS-EXAMPLE@RIPE`. `RIPE::AS-EXAMPLE`, as PeeringDB has it, and lower case \
                      are understood. What does not say where it is registered is an error: no \
                      registry is guessed.",
        takes: &[Argument {
            name: "as_set",
            kind: text,
            description: "The AS-SET in any usual spelling.",
        }],
        returns: text,
        call: |arguments| normalized(arguments, formats::normalized_as_set),
    },
    Function {
        name: "normalize_mac",
        summary: "Writes a MAC address as IX-API does",
        description: "Writes a MAC address as IX-API does: `42:23:bc:8e:b8:b0`. Understood are \
                      `42-23-BC-8E-B8-B0`, `4223.bc8e.b8b0`, `4223-bc8e-b8b0`, `4223bc8eb8b0`, and \
                      bytes without their leading zero. What is not the address of one station is \
                      an error.",
        takes: &[Argument {
            name: "address",
            kind: text,
            description: "The address in any usual spelling.",
        }],
        returns: text,
        call: |arguments| normalized(arguments, normalized_mac),
    },
    Function {
        name: "smallest_offering",
        summary: "Chooses the smallest product offering that fits",
        description: "Chooses, out of what `ixapi_product_offerings` lists, the one with the least \
                      bandwidth that is enough: the least that can be ordered with it counts, then \
                      the most; of a port, its speed. It chooses by nothing else, least of all by \
                      price, which IX-API does not tell: narrow the list by place and kind first. \
                      Two that are equally small are an error, and so is a list with none that is \
                      large enough.",
        takes: &[
            Argument {
                name: "offerings",
                kind: offerings,
                description: "The `product_offerings` of the data source.",
            },
            Argument {
                name: "bandwidth",
                kind: || Type::Number,
                description: "Bandwidth that is needed, in Mbit/s.",
            },
        ],
        returns: offering,
        call: smallest_offering,
    },
];

impl Callable for Function {
    fn signature(&self) -> Signature {
        let parameters = self.takes.iter().map(|argument| Parameter {
            name: argument.name.to_owned(),
            kind: (argument.kind)(),
            description: argument.description.to_owned(),
        });
        Signature {
            summary: self.summary.to_owned(),
            description: self.description.to_owned(),
            parameters: parameters.collect(),
            variadic: None,
            returns: (self.returns)(),
        }
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, Refusal> {
        (self.call)(arguments)
    }
}

fn text() -> Type {
    Type::String
}

fn wrong(argument: usize, text: String) -> Refusal {
    Refusal {
        text,
        argument: Some(argument),
    }
}

/// The only argument, in its usual form.
fn normalized(
    arguments: &[Value],
    form: fn(&str) -> Result<String, &'static str>,
) -> Result<Value, Refusal> {
    let text = arguments
        .first()
        .and_then(Value::as_str)
        .unwrap_or_default();
    match form(text) {
        Ok(form) => Ok(Value::text(form)),
        Err(why) => Err(wrong(0, format!("{text:?} {why}."))),
    }
}

const ID: &str = "id";
const NAME: &str = "name";
const LEAST: &str = "bandwidth_min";
const MOST: &str = "bandwidth_max";
const SPEED: &str = "physical_port_speed";

/// What is looked at of an offering, and given back of the smallest.
fn offering() -> Type {
    let texts = [ID, NAME, "type"].map(|name| (name.to_owned(), Type::String));
    let numbers = [LEAST, MOST, SPEED].map(|name| (name.to_owned(), Type::Number));
    Type::Object(texts.into_iter().chain(numbers).collect::<BTreeMap<_, _>>())
}

fn offerings() -> Type {
    Type::list(offering())
}

/// The least and the most bandwidth that can be had with an offering, in Mbit/s. Numbers, since
/// nobody says that they are whole.
fn range(offering: &Value) -> (f64, f64) {
    let is_port = offering.get("type").as_str() == Some("connection");
    let number = |name| match offering.get(name) {
        Value::Number(number) => Some(number.as_f64()),
        _ => None,
    };
    // A port is as fast as it is; what is ordered on a port has a bandwidth of its own.
    let speed = number(SPEED).filter(|_| is_port);
    if offering.is_null() || (is_port && speed.is_none()) {
        // Of what nobody says how fast it is, nothing fits.
        return (0.0, 0.0);
    }
    let least = speed.or(number(LEAST)).unwrap_or_default();
    (least, speed.or(number(MOST)).unwrap_or(f64::INFINITY))
}

/// An offering, for people: `503122.AMS.AMS (1 to 1000)`.
fn told(offering: &Value) -> String {
    let id = offering.get(ID).as_str().unwrap_or_default();
    match range(offering) {
        (least, most) if most.is_infinite() => format!("{id} (from {least})"),
        (least, most) if least < most => format!("{id} ({least} to {most})"),
        (_, most) => format!("{id} ({most})"),
    }
}

/// How many offerings an error names.
const MOST_TOLD: usize = 10;

/// Offerings for people, in an order of their own.
fn all_told(offerings: &[&Value]) -> String {
    let mut each: Vec<String> = offerings.iter().map(|offering| told(offering)).collect();
    each.sort();
    let more = each.len().saturating_sub(MOST_TOLD);
    each.truncate(MOST_TOLD);
    match more {
        0 => each.join(", "),
        more => format!("{} and {more} more", each.join(", ")),
    }
}

fn smallest_offering(arguments: &[Value]) -> Result<Value, Refusal> {
    let [Value::List(offerings), Value::Number(bandwidth)] = arguments else {
        return Err(wrong(
            0,
            "A list of offerings and a bandwidth are needed.".to_owned(),
        ));
    };
    let wanted = match bandwidth.as_f64() {
        wanted if wanted > 0.0 => wanted,
        wanted => return Err(wrong(1, format!("{wanted} Mbit/s is no bandwidth."))),
    };
    let all: Vec<&Value> = offerings.iter().collect();
    let size = |offering: &Value| {
        let (least, most) = range(offering);
        (most >= wanted).then(|| (least.max(wanted), most))
    };
    let mut fitting: Vec<(&Value, (f64, f64))> =
        all.iter().filter_map(|&it| Some((it, size(it)?))).collect();
    fitting
        .sort_by(|(_, one), (_, other)| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
    let Some(&(smallest, its_size)) = fitting.first() else {
        return Err(wrong(0, none_fits(&all, bandwidth)));
    };
    let same = fitting.iter().take_while(|(_, size)| *size == its_size);
    let same: Vec<&Value> = same.map(|(offering, _)| *offering).collect();
    match same.len() {
        1 => Ok(smallest.clone()),
        _ => Err(wrong(
            0,
            format!(
                "These are equally small: {}. They differ in something else, perhaps in where \
                 they are or in what they cost: narrow the list by arguments of the data source.",
                all_told(&same)
            ),
        )),
    }
}

fn none_fits(offerings: &[&Value], bandwidth: &Number) -> String {
    match offerings.is_empty() {
        true => "There is no offering in the list: the data source found none. Look at its \
                 arguments."
            .to_owned(),
        false => format!(
            "None of them has {bandwidth} Mbit/s. There are, in Mbit/s: {}.",
            all_told(offerings)
        ),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn offering(id: &str, kind: &str, numbers: [Option<i64>; 3]) -> Value {
        let number = |at: usize| numbers[at].map_or(Value::Null, Value::from);
        Value::object([
            (ID, id.into()),
            (NAME, "An offering".into()),
            ("type", kind.into()),
            (LEAST, number(0)),
            (MOST, number(1)),
            (SPEED, number(2)),
        ])
    }

    fn circuit(id: &str, least: i64, most: i64) -> Value {
        offering(id, "p2p_vc", [Some(least), Some(most), Some(10_000)])
    }

    fn port(id: &str, speed: i64) -> Value {
        offering(id, "connection", [None, None, Some(speed)])
    }

    fn smallest(offerings: &[Value], bandwidth: i64) -> Result<String, Refusal> {
        let arguments = [Value::List(offerings.to_vec()), bandwidth.into()];
        let smallest = smallest_offering(&arguments)?;
        Ok(smallest.get(ID).as_str().unwrap().to_owned())
    }

    #[test]
    fn the_smallest_that_fits_is_chosen_whatever_the_order() {
        let mut fixed = [
            circuit("5G", 5000, 5000),
            circuit("1G", 1000, 1000),
            circuit("500M", 500, 500),
        ];
        for _ in 0..2 {
            for (bandwidth, id) in [(100, "500M"), (500, "500M"), (501, "1G"), (1001, "5G")] {
                assert_eq!(smallest(&fixed, bandwidth).as_deref(), Ok(id));
            }
            fixed.reverse();
        }
        // With a range, no more is ordered than is needed.
        let ranges = [
            circuit("fixed", 1000, 1000),
            circuit("wide", 1, 10_000),
            circuit("low", 1, 900),
        ];
        assert_eq!(smallest(&ranges, 800).as_deref(), Ok("low"));
        assert_eq!(smallest(&ranges, 950).as_deref(), Ok("wide"));
        assert_eq!(smallest(&ranges, 1000).as_deref(), Ok("fixed"));
        let unlimited = [offering("any", "cloud_vc", [None, None, None])];
        assert_eq!(smallest(&unlimited, 400_000).as_deref(), Ok("any"));
    }

    #[test]
    fn a_port_is_as_fast_as_it_is() {
        let ports = [port("100G", 100_000), port("10G", 10_000)];
        assert_eq!(smallest(&ports, 1).as_deref(), Ok("10G"));
        assert_eq!(smallest(&ports, 20_000).as_deref(), Ok("100G"));
        // One of which nobody says how fast it is fits nothing, and neither does no offering.
        let unknown = offering("?", "connection", [None, None, None]);
        let more = [unknown, Value::Null, port("100G", 100_000)];
        assert_eq!(smallest(&more, 20_000).as_deref(), Ok("100G"));
    }

    #[test]
    fn what_cannot_be_chosen_is_told_with_what_there_is() {
        let told = |offerings: &[Value], bandwidth| smallest(offerings, bandwidth).unwrap_err();
        let small = [circuit("B", 1, 900), circuit("A", 500, 500)];
        let error = told(&small, 1000);
        assert_eq!(error.argument, Some(0));
        assert!(error.text.contains("1000 Mbit/s"), "{}", error.text);
        assert!(
            error.text.ends_with("A (500), B (1 to 900)."),
            "{}",
            error.text
        );
        let same = [circuit("AMS.LON", 1, 900), circuit("AMS.FRA", 1, 900)];
        let error = told(&same, 800);
        assert!(
            error
                .text
                .contains("AMS.FRA (1 to 900), AMS.LON (1 to 900)")
        );
        assert!(told(&[], 1).text.contains("found none"));
        assert_eq!(told(&small, 0).argument, Some(1));
        let many: Vec<Value> = (10..30)
            .map(|at| circuit(&format!("O{at}"), 1, 5))
            .collect();
        assert!(told(&many, 9).text.ends_with("O19 (1 to 5) and 10 more."));
    }

    #[test]
    fn a_text_that_has_no_usual_form_is_told_with_what_is_wrong() {
        let error = normalized(&["ff:ff".into()], normalized_mac).unwrap_err();
        let expected = "\"ff:ff\" is not a MAC address, such as 42:23:bc:8e:b8:b0.";
        assert_eq!((error.text.as_str(), error.argument), (expected, Some(0)));
    }

    #[test]
    fn the_functions_are_sorted_and_what_they_take_has_names_of_the_language() {
        assert!(FUNCTIONS.is_sorted_by_key(|function| function.name));
        for function in FUNCTIONS {
            let signature = function.signature();
            for parameter in &signature.parameters {
                let name = &parameter.name;
                assert!(
                    name.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
                    "{name}"
                );
            }
        }
    }
}
