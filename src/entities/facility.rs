//! A building.

use super::declaration::{Collection, Life, by, fields, integer, number, text, texts};
use super::groups::{BY_CAPABILITY, BY_IDS, ID};

/// A facility (dictionary §7.2).
pub static FACILITIES: Collection = Collection {
    name: "facility",
    plural: "facilities",
    noun: "facility",
    description: "Facilities: the buildings in which points of presence are.",
    path: "/facilities",
    schema: "Facility",
    shape: fields(&[
        ID,
        &[
            text("name", "Name."),
            text("metro_area", "Id of the metro area."),
            text("address_country", "Country, as ISO 3166-1 alpha-2 code."),
            text("address_locality", "Town."),
            text("address_region", "State or region."),
            text("postal_code", "Postal code."),
            text("street_address", "Street and number."),
            integer("peeringdb_facility_id", "Its number at PeeringDB."),
            text("organisation_name", "Who runs it."),
            texts("pops", "Ids of the points of presence in it."),
            number("latitude", "Latitude in degrees."),
            number("longitude", "Longitude in degrees."),
        ],
    ]),
    filters: &[
        BY_IDS,
        &[
            by("organisation_name", "Only those of this organisation."),
            by("metro_area", "Only those in this metro area."),
            by(
                "metro_area_network",
                "Only those of this metro area network.",
            )
            .ask_the_exchange(),
            by("address_country", "Only those in this country."),
            by("address_locality", "Only those in this town."),
            by("postal_code", "Only those with this postal code."),
        ],
        BY_CAPABILITY,
    ],
    life: Life::Immediate,
};
