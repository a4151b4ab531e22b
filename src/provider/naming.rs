//! What a person calls an object of an exchange.

use crate::ixapi::{Json, State, lenient};

use super::recovery;
use super::reference::REFERENCE;

/// The fields that a person knows an object by, best first.
pub const NAMES: [&str; 5] = ["display_name", "name", "fqdn", "address", REFERENCE];

/// The fields that say where an object is or what it belongs to, best first, with the word before.
const PLACES: [(&str, &str); 7] = [
    ("pop", "at"),
    ("network_connection", "on"),
    ("connection", "of"),
    ("network_service_config", "of"),
    ("network_service", "of"),
    ("contact", "of"),
    ("metro_area", "in"),
];

/// `port-1 (CANL-051704) at AMS7-A, production`: its name or reference, its id, its place and its
/// state.
pub fn title(object: &Json, id: &str) -> String {
    let text = |name: &str| object.get(name).and_then(lenient::text);
    let mut names = NAMES.iter().filter_map(|name| text(name));
    let name = names.find(|name| !name.is_empty() && name != id && !recovery::is_drawn(name));
    let mut title = match name {
        Some(name) => format!("{name} ({id})"),
        None => id.to_owned(),
    };
    let mut places = PLACES
        .iter()
        .filter_map(|(name, word)| Some((word, text(name)?)));
    if let Some((word, place)) = places.find(|(_, place)| !place.is_empty()) {
        title.push_str(&format!(" {word} {place}"));
    }
    if let Some(state) = State::of(object) {
        title.push_str(&format!(", {state}"));
    }
    title
}
