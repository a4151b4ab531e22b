//! A place where an exchange has equipment.

use super::declaration::{Collection, Life, by, fields, text, texts};
use super::groups::{BY_CAPABILITY, BY_IDS, ID};

/// A point of presence (dictionary §7.2).
pub static POPS: Collection = Collection {
    name: "pop",
    plural: "pops",
    noun: "point of presence",
    description: "Points of presence: the places where ports can be ordered.",
    path: "/pops",
    schema: "PointOfPresence",
    shape: fields(&[
        ID,
        &[
            text("name", "Name."),
            text("facility", "Id of the facility that it is in."),
            text(
                "metro_area_network",
                "Id of the metro area network that it belongs to.",
            ),
            texts("devices", "Ids of the devices there."),
            text(
                "availability_zone",
                "Id of the availability zone, where the exchange has any.",
            ),
        ],
    ]),
    filters: &[
        BY_IDS,
        &[
            by("facility", "Only those in this facility."),
            by(
                "metro_area_network",
                "Only those of this metro area network.",
            ),
        ],
        BY_CAPABILITY,
    ],
    life: Life::Immediate,
};
