//! A piece of equipment of the exchange.

use super::declaration::{Collection, Life, by, fields, integer, objects, text};
use super::groups::{BY_CAPABILITY, BY_IDS, ID};

/// Devices (dictionary §7.2).
pub static DEVICES: Collection = Collection {
    name: "device",
    plural: "devices",
    noun: "device",
    description: "Devices: the equipment at points of presence, and which ports it can have.",
    path: "/devices",
    schema: "Device",
    shape: fields(&[
        ID,
        &[
            text("name", "Name."),
            text("pop", "Id of the point of presence that it is at."),
            text("facility", "Id of the facility that it is in."),
            objects(
                "capabilities",
                fields(&[&[
                    text("media_type", "Media type, e.g. `10GBASE-LR`."),
                    integer("speed", "Speed, in Mbit/s."),
                    integer("max_lag", "Most ports that can act as one; 0 for no LAG."),
                    integer("availability", "How many such ports are free."),
                ]]),
                "What its ports can be.",
            ),
        ],
    ]),
    filters: &[
        BY_IDS,
        &[
            by("name", "Only the one with this name."),
            by("facility", "Only those in this facility."),
            by("pop", "Only those at this point of presence."),
            by(
                "metro_area_network",
                "Only those of this metro area network.",
            )
            .ask_the_exchange(),
        ],
        BY_CAPABILITY,
    ],
    life: Life::Immediate,
};
