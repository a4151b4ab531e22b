//! A city and its surroundings.

use super::declaration::{Collection, Life, fields, text, texts};
use super::groups::{BY_IDS, ID};

/// A metro area (dictionary §7.2).
pub static METRO_AREAS: Collection = Collection {
    name: "metro_area",
    plural: "metro_areas",
    noun: "metro area",
    description: "Metro areas: the cities in which the exchange offers services.",
    path: "/metro-areas",
    schema: "MetroArea",
    shape: fields(&[
        ID,
        &[
            text("un_locode", "UN/LOCODE."),
            text("iata_code", "IATA code of the city."),
            text("display_name", "Name for people."),
            texts("facilities", "Ids of the facilities in it."),
            texts(
                "metro_area_networks",
                "Ids of the metro area networks in it.",
            ),
        ],
    ]),
    filters: &[BY_IDS],
    life: Life::Immediate,
};
