//! Objects that another provider managed so far, the official `ix-api-net/ixapi` above all, or this
//! one at another registry.
//!
//! [`TYPES`] says which of its types is which of ours; all else follows from the declarations. It
//! writes nothing at all as `""`, `0` or an empty list, one object as a list of one, and has lists
//! where the order means nothing. What it has not is found at the exchange by the next refresh.
//!
//! Two ways lead here. A `moved` block hands over the state of one type to become that of another
//! ([`take_over`]). `state replace-provider` changes no more than an address, so that the state of
//! a type that is called alike in both comes as if it were ours ([`upgrade`]).

use serde_json::{Map, Value as Json};

use crate::entities::declaration::{Constant, Field, Kind, Mode, Resource, Shape};
use crate::ixapi::lenient;
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::stored::Stored;
use crate::tfplugin::traits::{Call, Source};
use crate::tfplugin::value::Value;

use super::{PREFIX, SOURCE_ADDRESS, lasting, timeouts};

/// The registries at which both providers are, with a slash.
const REGISTRIES: [&str; 2] = ["registry.terraform.io/", "registry.opentofu.org/"];

/// The official provider, at any registry.
const OFFICIAL: &str = "ix-api-net/ixapi";

/// A type of the official provider.
struct TheirType {
    /// Its name, without the prefix that both have.
    name: &'static str,
    /// The name of the type that it is here.
    ours: &'static str,
    /// The variant there, which is part of the name here.
    variant: Option<&'static str>,
    /// Attributes that mean something else there, and that the refresh finds.
    left_to_the_refresh: &'static [&'static str],
    /// It is several objects, of which each is one here.
    several: Option<Several>,
}

/// Several objects that the official provider has in one.
struct Several {
    /// The list of them.
    list: &'static str,
    /// The attribute that may say which of them are meant, and is one of theirs too.
    told_by: &'static str,
    /// What each of them shares with the whole.
    shared: &'static [&'static str],
}

const fn their(name: &'static str, ours: &'static str) -> TheirType {
    TheirType {
        name,
        ours,
        variant: None,
        left_to_the_refresh: &[],
        several: None,
    }
}

const fn variant(name: &'static str, ours: &'static str, variant: &'static str) -> TheirType {
    TheirType {
        variant: Some(variant),
        ..their(name, ours)
    }
}

/// The types of the official provider, of version 0.4.0, which is its latest.
const TYPES: &[TheirType] = &[
    their("account", "account"),
    their("connection", "connection"),
    TheirType {
        // There they are names of roles, and here ids.
        left_to_the_refresh: &["roles"],
        ..their("contact", "contact")
    },
    TheirType {
        several: Some(Several {
            list: "ips",
            told_by: "version",
            shared: &["network_service_config"],
        }),
        ..their("ip_allocation_network_service_config", "ip")
    },
    their("mac", "mac"),
    variant("member_joining_rule_allow", "member_joining_rule", "allow"),
    variant("member_joining_rule_deny", "member_joining_rule", "deny"),
    their("network_feature_config_route_server", "nfc"),
    their("network_service_cloud_vc", "cloud_vc"),
    their("network_service_mp2mp_vc", "mp2mp_vc"),
    their("network_service_p2mp_vc", "p2mp_vc"),
    their("network_service_p2p_vc", "p2p_vc"),
    variant("network_service_config_cloud_vc", "nsc", "cloud_vc"),
    variant("network_service_config_exchange_lan", "nsc", "exchange_lan"),
    variant("network_service_config_mp2mp_vc", "nsc", "mp2mp_vc"),
    variant("network_service_config_p2mp_vc", "nsc", "p2mp_vc"),
    variant("network_service_config_p2p_vc", "nsc", "p2p_vc"),
    their("port_reservation", "port_reservation"),
];

/// The state here of an object that another type managed so far, with what is noted of it.
///
/// # Errors
/// That objects of that provider or type are not known, become another type, or lack what it takes.
pub fn take_over(
    resource: &'static Resource,
    call: &Call<'_>,
    source: &Source<'_>,
) -> Result<Value, Diagnostics> {
    let name = unprefixed(source.type_name);
    let theirs = TYPES.iter().find(|theirs| theirs.name == name);
    let ours = of_any_registry(SOURCE_ADDRESS);
    match (of_any_registry(source.provider), theirs) {
        (provider, _) if provider == ours && !is_theirs(&source.state)? => {
            take_over_ours(call, source)
        }
        // Its address may have been replaced by ours.
        (provider, Some(theirs)) if provider == ours || provider == OFFICIAL => {
            if theirs.ours != resource.name {
                return Err(becomes_another(call, source, theirs).into());
            }
            let state = translated(theirs, resource, call, &source.state)?;
            // Nobody knows as what it was ordered.
            lasting::note_import(call, resource);
            Ok(state)
        }
        (provider, None) if provider == OFFICIAL => Err(unknown(call, source).into()),
        _ => take_over_ours(call, source),
    }
}

/// The state of an object of the same type of this provider, at whichever registry, with all that
/// was noted of it.
///
/// # Errors
/// It is of another type, of another provider or of a newer version, or cannot be read.
pub fn take_over_ours(call: &Call<'_>, source: &Source<'_>) -> Result<Value, Diagnostics> {
    if of_any_registry(source.provider) != of_any_registry(SOURCE_ADDRESS) {
        return Err(of_a_stranger(call, source).into());
    }
    if source.type_name != call.type_name {
        return Err(unknown(call, source).into());
    }
    if source.version > call.schema.version {
        return Err(newer(call, source).into());
    }
    for (name, note) in source.private.all() {
        call.note(name, Some(note.clone()));
    }
    source.state.by_todays_schema()
}

/// Brings a state to today's schema that this provider wrote, or the official one.
///
/// # Errors
/// It cannot be read.
pub fn upgrade(
    resource: &'static Resource,
    call: &Call<'_>,
    stored: &Stored<'_>,
) -> Result<Value, Diagnostics> {
    let name = unprefixed(call.type_name);
    let mut alike = TYPES.iter().filter(|theirs| theirs.name == name);
    match alike.next() {
        Some(theirs) if is_theirs(stored)? => translated(theirs, resource, call, stored),
        _ => stored.by_todays_schema(),
    }
}

/// Whether a state was not written by this provider, all of whose resources have timeouts, be they
/// null. None of the official one's has.
fn is_theirs(stored: &Stored<'_>) -> Result<bool, Diagnostics> {
    let written = stored.as_written()?;
    let written = written.as_object();
    Ok(written.is_some_and(|written| !written.contains_key(timeouts::TIMEOUTS)))
}

/// An address without its registry, if that is one of those at which both providers are.
fn of_any_registry(address: &str) -> &str {
    let mut registries = REGISTRIES.iter();
    let found = registries.find_map(|registry| address.strip_prefix(registry));
    found.unwrap_or(address)
}

fn unprefixed(type_name: &str) -> &str {
    let name = type_name.strip_prefix(PREFIX);
    let name = name.and_then(|name| name.strip_prefix('_'));
    name.unwrap_or(type_name)
}

fn translated(
    theirs: &TheirType,
    resource: &'static Resource,
    call: &Call<'_>,
    stored: &Stored<'_>,
) -> Result<Value, Diagnostics> {
    let written = stored.as_written()?;
    let mut whole = written.as_object().cloned().unwrap_or_default();
    if let Some(several) = &theirs.several {
        whole = several.one_of(&whole, call)?;
    }
    let only = resource.variant_of(&Value::Null);
    if let Some(variant) = theirs.variant.or(only) {
        let told_by = resource.of.shape.told_apart_by;
        whole.insert(told_by.to_owned(), Json::from(variant));
    }
    for name in theirs.left_to_the_refresh {
        whole.remove(*name);
    }
    if text(&whole, "id").is_empty() {
        return Err(without_id(call, theirs).into());
    }
    let own = resource.own_fields();
    let mut ours = told(resource.of.shape, &whole);
    ours.extend(own.map(|field| one(field, &whole)));
    stored.in_place_of_it(&Json::Object(ours))
}

/// What an object says in the fields of a shape, as this provider has it.
fn told(shape: Shape, whole: &Map<String, Json>) -> Map<String, Json> {
    let variant = whole.get(shape.told_apart_by).and_then(Json::as_str);
    let fields = shape.fields_of(variant);
    fields.map(|field| one(field, whole)).collect()
}

fn one(field: &Field, whole: &Map<String, Json>) -> (String, Json) {
    let said = whole.get(field.attribute);
    let said = said.map_or(Json::Null, |said| plain(field, said));
    let said = match field.mode {
        // It is what it is for whoever does not say it.
        Mode::Default(Constant::Text(default)) if said.is_null() => default.into(),
        Mode::Default(Constant::Boolean(default)) if said.is_null() => default.into(),
        _ => said,
    };
    (field.attribute.to_owned(), said)
}

/// A value that says something, or null.
fn plain(field: &Field, said: &Json) -> Json {
    let is_optional = field.mode == Mode::Optional;
    match (&field.kind, said) {
        (Kind::Text | Kind::Date | Kind::Moment, Json::String(text)) if text.is_empty() => {
            Json::Null
        }
        (Kind::Integer, said)
            if field.minimum.is_some_and(|least| least > 0)
                && lenient::integer(said) == Some(0) =>
        {
            Json::Null
        }
        (Kind::Texts | Kind::Integers, Json::Array(none)) if none.is_empty() && is_optional => {
            Json::Null
        }
        (Kind::Object(shape), said) => match lenient::list(said) {
            [Json::Object(one)] => Json::Object(told(*shape, one)),
            _ => Json::Null,
        },
        // It never sends them, and says none whichever there are.
        (Kind::Switches(..), said) if lenient::list(said).is_empty() => Json::Null,
        (Kind::Switches(key, switch), said) => {
            let switches = lenient::list(said).iter().filter_map(|one| {
                let name = one.get(key).and_then(lenient::text)?;
                Some((name, one.get(switch)?.clone()))
            });
            Json::Object(switches.collect())
        }
        _ => said.clone(),
    }
}

impl Several {
    /// One object, in the place of all. Which one the address that it moves to means, nobody tells
    /// a provider: it is the one that is meant, or else the first, and the others are told.
    fn one_of(
        &self,
        whole: &Map<String, Json>,
        call: &Call<'_>,
    ) -> Result<Map<String, Json>, Diagnostics> {
        let meant = whole.get(self.told_by).and_then(lenient::integer);
        let number = |one: &Map<String, Json>| one.get(self.told_by).and_then(lenient::integer);
        let all = whole.get(self.list).map(lenient::list).unwrap_or_default();
        let all = all.iter().filter_map(Json::as_object);
        let mut all: Vec<_> = all
            .filter(|one| meant.is_none_or(|meant| meant == 0 || number(one) == Some(meant)))
            .cloned()
            .collect();
        all.sort_by_key(number);
        let mut all = all.into_iter();
        let Some(mut first) = all.next() else {
            return Err(none_listed(call, self, whole).into());
        };
        let others: Vec<_> = all.collect();
        if !others.is_empty() {
            call.tell(one_of_several(call, self, &first, &others));
        }
        for name in self.shared {
            first.insert((*name).to_owned(), whole.get(*name).cloned().into());
        }
        Ok(first)
    }
}

fn text<'a>(object: &'a Map<String, Json>, name: &str) -> &'a str {
    let text = object.get(name).and_then(Json::as_str);
    text.unwrap_or_default()
}

/// What every refusal ends with.
const NOTHING_CHANGED: &str = "Nothing was changed, neither in the state nor at the exchange.";

/// How an object that cannot be moved gets here all the same.
fn by_import(call: &Call<'_>, source: &Source<'_>) -> String {
    format!(
        "Or forget the object there (terraform state rm, with the address of the {}), which ends \
         nothing, and import it here as {} by its id.",
        source.type_name, call.type_name
    )
}

fn of_a_stranger(call: &Call<'_>, source: &Source<'_>) -> Diagnostic {
    let ours = of_any_registry(SOURCE_ADDRESS);
    Diagnostic::error(
        format!("Objects of {} cannot be moved here", source.provider),
        format!(
            "A moved block leads from {} of {} to {}. This provider takes over objects of \
             {OFFICIAL} and {ours}, each at registry.terraform.io or registry.opentofu.org. \
             {NOTHING_CHANGED} Take the moved block out. {}",
            source.type_name,
            source.provider,
            call.type_name,
            by_import(call, source)
        ),
    )
}

fn unknown(call: &Call<'_>, source: &Source<'_>) -> Diagnostic {
    let ours = unprefixed(call.type_name);
    let known = TYPES.iter().filter(|theirs| theirs.ours == ours);
    let known: Vec<_> = known.map(|t| format!("{PREFIX}_{}", t.name)).collect();
    let known = match known.is_empty() {
        true => "No other type becomes one.".to_owned(),
        false => format!("Of {OFFICIAL} these do: {}.", known.join(", ")),
    };
    Diagnostic::error(
        format!("{} does not become {}", source.type_name, call.type_name),
        format!(
            "A moved block leads from {} of {} to {}. {known} {NOTHING_CHANGED} Correct the moved \
             block or take it out.",
            source.type_name, source.provider, call.type_name
        ),
    )
}

fn becomes_another(call: &Call<'_>, source: &Source<'_>, theirs: &TheirType) -> Diagnostic {
    let becomes = format!("{PREFIX}_{}", theirs.ours);
    Diagnostic::error(
        format!(
            "{} becomes {becomes}, not {}",
            source.type_name, call.type_name
        ),
        format!(
            "A moved block leads from {} of {} to {}; here it is {becomes}. {NOTHING_CHANGED} \
             Write {becomes} after `to` and in the resource block.",
            source.type_name, source.provider, call.type_name
        ),
    )
}

fn newer(call: &Call<'_>, source: &Source<'_>) -> Diagnostic {
    Diagnostic::error(
        "State of a newer provider",
        format!(
            "The state of this {} was written by a newer version of {} (schema {}, this one knows \
             {}). Use that version here, or a later one. {NOTHING_CHANGED}",
            source.type_name, source.provider, source.version, call.schema.version
        ),
    )
}

fn without_id(call: &Call<'_>, theirs: &TheirType) -> Diagnostic {
    Diagnostic::error(
        format!("The state of the {PREFIX}_{} has no id", theirs.name),
        format!(
            "Without an id the object cannot be found at the exchange. {NOTHING_CHANGED} Forget \
             it (terraform state rm) and import it as {} by its id.",
            call.type_name
        ),
    )
}

fn none_listed(call: &Call<'_>, several: &Several, whole: &Map<String, Json>) -> Diagnostic {
    let list = several.list;
    Diagnostic::error(
        format!("The state lists no {list} to move"),
        format!(
            "Each of its {list} is one {} here, and the state of {} has none{}. {NOTHING_CHANGED} \
             Take the moved block out and forget the old object (terraform state rm), which ends \
             nothing: the {} of the configuration finds what the exchange has allocated.",
            call.type_name,
            text(whole, "id"),
            match whole.get(several.told_by).and_then(lenient::integer) {
                Some(0) | None => String::new(),
                Some(meant) => format!(" with {} {meant}", several.told_by),
            },
            call.type_name
        ),
    )
}

fn one_of_several(
    call: &Call<'_>,
    several: &Several,
    first: &Map<String, Json>,
    others: &[Map<String, Json>],
) -> Diagnostic {
    let told = |one: &Map<String, Json>| {
        let told_by = several.told_by;
        let number = one.get(told_by).and_then(lenient::integer);
        let number = number.map(|number| format!(", {told_by} {number}"));
        let (id, address) = (text(one, "id"), text(one, "address"));
        format!("{id} ({address}{})", number.unwrap_or_default())
    };
    let imports = others.iter().map(|other| {
        format!(
            "\n\n  # {}\n  import {{\n    to = {}.<name>\n    id = {:?}\n  }}",
            told(other),
            call.type_name,
            text(other, "id")
        )
    });
    Diagnostic::warning(
        format!("One of the {} is moved, the others are not", several.list),
        format!(
            "The old object stood for {} of them, and each is one {} here. The moved block takes \
             {}. Write a resource for each of the others, with its {}, and import it:{}",
            others.len() + 1,
            call.type_name,
            told(first),
            several.told_by,
            imports.collect::<String>()
        ),
    )
}
