//! One port of a LAG, ordered on its own.

use super::checks;
use super::connection::{CONNECTIONS, PORT};
use super::declaration::{
    Arrives, Collection, Ends, Lane, Life, Resource, Which, by, check, fields, id_of,
    no_further_rules, text,
};
use super::formats;
use super::groups::{BY_EXTERNAL_REF, BY_IDS, BY_STATES, CANCELABLE, ID, STATEFUL};

/// Port reservations (dictionary §7.4; cloud access port guide, adding and removing a port).
pub static PORT_RESERVATIONS: Collection = Collection {
    name: "port_reservation",
    plural: "port_reservations",
    noun: "port reservation",
    description: "Port reservations: the single ports of LAGs and connections.",
    path: "/port-reservations",
    schema: "PortReservation",
    shape: fields(&[
        ID,
        &[
            id_of("connection", "Id of the LAG.")
                .called("network_connection")
                .required()
                .replaces(),
            text("external_ref", "Reference of your own.")
                .drawn()
                .valid_if(formats::reference)
                .passed_on("/connections", "connection"),
            text("purchase_order", "Purchase order number for the invoice.")
                .optional()
                .cleared_by_empty(),
            text("contract_ref", "Reference to a contract.").optional(),
            text(
                "subscriber_side_demarc",
                "Demarcation point on the subscriber's side, where the exchange orders the cross \
                 connect.",
            )
            .optional(),
            text(
                "connecting_party",
                "Who orders the cross connect, if not the consuming account. It is printed in the \
                 letter of authorisation.",
            )
            .optional(),
            text(
                "cross_connect_id",
                "Number of the cross connect, once it is ordered.",
            )
            .optional(),
            text(
                "exchange_side_demarc",
                "Demarcation point on the exchange's side, as printed in the letter of \
                 authorisation.",
            )
            .changes_anytime(),
            text("port", "Id of the port.").changes_anytime(),
        ],
        STATEFUL,
        CANCELABLE,
    ]),
    filters: &[
        BY_IDS,
        BY_STATES,
        &[
            by("connection", "Only those of this connection.").called("network_connection"),
            by("port", "Only the one of this port."),
            BY_EXTERNAL_REF,
        ],
    ],
    life: Life::Provisioned(&PORT),
};

/// A port that is added to a LAG.
pub static PORT_RESERVATION: Resource = Resource {
    name: "port_reservation",
    noun: "port reservation",
    description: "A port that is added to a LAG while the LAG stays up. The ports that a \
                  connection was ordered with have reservations of their own, which the exchange \
                  made; they end with the connection. The last port of a LAG cannot be removed: \
                  delete the connection instead.",
    of: &PORT_RESERVATIONS,
    which: Which::All,
    arrives: Arrives::Ordered,
    ends: Ends::Cancelled,
    one_at_a_time: &[Lane {
        collection: "/connections",
        field: "connection",
    }],
    links: &[],
    check: no_further_rules,
    plan: &[&[
        check(&["network_connection"], |scene| {
            Box::pin(checks::exists(scene, "network_connection", &CONNECTIONS))
        }),
        check(&["network_connection"], |scene| {
            Box::pin(checks::not_a_group(scene))
        }),
    ]],
};
