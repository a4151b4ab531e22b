//! The hardware behind a port reservation.

use super::declaration::{Collection, Life, by, fields, integer, text, texts};
use super::groups::{BY_IDS, BY_OWNERS, BY_STATES, ID, OWNED, STATEFUL};

/// Ports (dictionary §7.4). The exchange makes them; connections and port reservations order them.
pub static PORTS: Collection = Collection {
    name: "port",
    plural: "ports",
    noun: "port",
    description: "Ports: the hardware behind connections and port reservations. They are there \
                  once they are allocated.",
    path: "/ports",
    schema: "Port",
    shape: fields(&[
        ID,
        OWNED,
        &[
            text("billing_account", "Account that is billed."),
            text("purchase_order", "Purchase order number for the invoice."),
            text("contract_ref", "Reference to a contract."),
            texts(
                "role_assignments",
                "Ids of the role assignments whose contacts are responsible.",
            ),
            text("connection", "Id of the connection that it belongs to.")
                .called("network_connection"),
            text("name", "Name."),
            text("media_type", "Media type, e.g. `10GBASE-LR`."),
            integer("speed", "Speed, in Mbit/s."),
            text(
                "operational_state",
                "Whether there is a link: `up`, `down` …",
            ),
            text("device", "Id of the device that it is on."),
            text("pop", "Id of the point of presence that it is at."),
        ],
        STATEFUL,
    ]),
    filters: &[
        BY_IDS,
        BY_STATES,
        BY_OWNERS,
        &[
            by("connection", "Only those of this connection.").called("network_connection"),
            by("name", "Only the one with this name."),
            by("media_type", "Only those of this media type."),
            by("speed", "Only those of this speed, in Mbit/s.").integer(),
            by("device", "Only those on this device."),
            by("pop", "Only those at this point of presence."),
        ],
    ],
    life: Life::Immediate,
};
