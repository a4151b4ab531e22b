//! An exchange's network in a city.

use super::declaration::{Collection, Life, by, fields, text, texts};
use super::groups::{BY_IDS, ID};

/// A metro area network (dictionary §7.2).
pub static METRO_AREA_NETWORKS: Collection = Collection {
    name: "metro_area_network",
    plural: "metro_area_networks",
    noun: "metro area network",
    description: "Metro area networks: the exchange's networks, each in a metro area. A service's \
                  connection has to be in the network that its offering names.",
    path: "/metro-area-networks",
    schema: "MetroAreaNetwork",
    shape: fields(&[
        ID,
        &[
            text("name", "Name."),
            text("metro_area", "Id of the metro area."),
            text("service_provider", "Who runs it."),
            texts("pops", "Ids of its points of presence."),
        ],
    ]),
    filters: &[
        BY_IDS,
        &[
            by("name", "Only the one with this name."),
            by("metro_area", "Only those in this metro area."),
            by("service_provider", "Only those of this provider."),
        ],
    ],
    life: Life::Immediate,
};
