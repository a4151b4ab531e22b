//! A port, or a group of ports, at a point of presence.

use crate::ixapi::State;
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::checks::{self, Whose};
use super::declaration::{
    Arrives, Collection, Ends, FoundAt, Lane, Life, Provisioning, Resource, RestsInError, Which,
    by, check, fields, id_of, integer, one_of, text, texts,
};
use super::groups::{
    BY_CONTACTS, BY_IDS, BY_OWNERS, BY_STATES, CANCELABLE, CHECKS_OF_ACCOUNTS, CONTACTABLE, ID,
    INVOICEABLE, OWNABLE, ROLES_OF_OFFERING, STATEFUL,
};

/// Modes of a single port and of groups.
const MODES: &[&str] = &["standalone", "lag_lacp", "lag_static", "flex_ethernet"];

/// How a port lives, be it ordered alone, in a LAG or added to one.
pub(super) static PORT: Provisioning = Provisioning {
    waits_for: Some(State::Allocated),
    because: "from then on the letter of authorisation can be fetched and the cross connect \
              ordered; `production` may be days away and needs people on site",
    goes_on_with: None,
    rests_in_error: RestsInError::Never,
    cancelled_is_gone: true,
    has_cancellation_policy: true,
    takes_along: None,
    expected_tags: &[],
};

/// Connections (dictionary §7.4; cloud access port guide).
pub static CONNECTIONS: Collection = Collection {
    name: "connection",
    plural: "connections",
    noun: "port or LAG",
    description: "Connections: the ports and LAGs at points of presence.",
    path: "/connections",
    schema: "Connection",
    shape: fields(&[
        ID,
        OWNABLE,
        INVOICEABLE,
        CONTACTABLE,
        &[
            one_of(
                "mode",
                MODES,
                "`standalone` for a single port, `lag_lacp` or `lag_static` for a group of ports \
                 that act as one, `flex_ethernet`.",
            )
            .required(),
            id_of(
                "product_offering",
                "Id of an offering of type `connection` (`ixapi_product_offerings`).",
            )
            .required(),
            integer(
                "port_quantity",
                "How many ports are ordered together: 1 for `standalone`, up to the offering's \
                 `maximum_port_quantity` for a LAG. It keeps what was ordered: grow a LAG with \
                 `ixapi_port_reservation`, which keeps the service up.",
            )
            .required()
            .replaces()
            .between(1, 8)
            .as_ordered()
            .warns_before_replacing(
                "Changing port_quantity cancels the whole LAG and orders a new one. To grow it \
                 while it stays up, leave port_quantity as it is and add an \
                 ixapi_port_reservation; to shrink it, remove one. To really replace a LAG that \
                 carries services, add lifecycle { create_before_destroy = true }: the exchange \
                 keeps the old one as long as it is in use.",
            ),
            one_of(
                "lacp_timeout",
                &["slow", "fast"],
                "How soon LACP notices a dead link. Where it is left out, `slow` is ordered, since \
                 some exchanges take no order without it.",
            )
            .ordered_as("slow")
            .optional_computed(),
            text(
                "connecting_party",
                "Who orders the cross connect, if not the consuming account. It is printed in the \
                 letter of authorisation.",
            )
            .optional()
            .replaces()
            .never_returned()
            .found_at(FoundAt::Members {
                ids: "port_reservations",
                collection: "/port-reservations",
                name: "connecting_party",
            }),
            texts(
                "subscriber_side_demarcs",
                "Demarcation points on the subscriber's side, where the exchange orders the cross \
                 connect.",
            )
            .optional_computed()
            .replaces(),
            text("name", "Name that the exchange gave."),
            text("pop", "Id of the point of presence.").follows(&["product_offering"]),
            text("metro_area", "Id of the metro area.").follows(&["product_offering"]),
            text("metro_area_network", "Id of the metro area network.")
                .follows(&["product_offering"]),
            integer("speed", "Speed of all ports together, in Mbit/s.")
                .follows(&["product_offering"]),
            integer(
                "capacity_allocated",
                "Capacity that services use, in Mbit/s.",
            )
            .follows(&["product_offering"]),
            integer(
                "capacity_allocation_limit",
                "Capacity that services may use, in Mbit/s.",
            )
            .follows(&["product_offering"]),
            texts("ports", "Ids of the ports.").follows(&["product_offering"]),
            texts("port_reservations", "Ids of the port reservations.")
                .fills_in()
                .follows(&["product_offering"]),
            texts(
                "vlan_types",
                "Ways of tagging that it supports: `port`, `dot1q`, `qinq`.",
            )
            .follows(&["product_offering", "mode"]),
            texts(
                "outer_vlan_ethertypes",
                "Ethertypes of the outer tag that it supports.",
            )
            .follows(&["product_offering", "mode"]),
        ],
        STATEFUL,
        CANCELABLE,
    ]),
    filters: &[
        BY_IDS,
        BY_STATES,
        BY_OWNERS,
        &[
            by("mode", "Only those of this mode.").among(MODES),
            by("mode__is_not", "Only those not of this mode.")
                .among(MODES)
                .unequal("mode"),
            by("name", "Only the one with this name."),
            by("metro_area", "Only those in this metro area.").where_shown(),
            by(
                "metro_area_network",
                "Only those in this metro area network.",
            )
            .where_shown(),
            by("pop", "Only those at this point of presence."),
            by("facility", "Only those in this facility.").ask_the_exchange(),
            by(
                "role_assignments",
                "Only those with one of these role assignments.",
            )
            .any_of(),
            BY_CONTACTS,
            by(
                "supported_network_service",
                "Only those that can carry this network service.",
            )
            .ask_the_exchange(),
        ],
    ],
    life: Life::Provisioned(&PORT),
};

/// A port or LAG that is ordered.
pub static CONNECTION: Resource = Resource {
    name: "connection",
    noun: "port or LAG",
    description: "A port, or a group of ports (LAG), at a point of presence. The product offering \
                  decides place and speed. Ports are added to a LAG with \
                  `ixapi_port_reservation`.",
    of: &CONNECTIONS,
    which: Which::All,
    arrives: Arrives::Ordered,
    ends: Ends::Cancelled,
    one_at_a_time: &[Lane {
        collection: "/connections",
        field: "id",
    }],
    links: &[],
    check: a_standalone_port_is_one_port,
    plan: &[
        CHECKS_OF_ACCOUNTS,
        &[
            checks::OFFERING_EXISTS,
            check(&["product_offering"], |scene| {
                Box::pin(checks::of_another_type(scene, Some("connection")))
            }),
            checks::OFFERING_IS_SOLD,
            check(&["product_offering"], |scene| {
                Box::pin(checks::cross_connect_by_the_exchange(scene))
            }),
            check(&["port_quantity", "product_offering"], |scene| {
                Box::pin(checks::too_many_ports(scene))
            }),
            check(&["product_offering"], |scene| {
                Box::pin(checks::another_place(scene, Whose::Its, &["handover_pop"]))
            }),
            check(&["product_offering"], |scene| {
                Box::pin(checks::upgrade_or_downgrade(
                    scene,
                    Whose::Its,
                    "physical_port_speed",
                ))
            }),
            check(&["product_offering"], |scene| {
                Box::pin(checks::less_than_is_in_use(scene))
            }),
            check(&["role_assignments", "product_offering"], |scene| {
                Box::pin(checks::missing_roles(scene, ROLES_OF_OFFERING))
            }),
        ],
    ],
};

/// IX-API has one order for ports and LAGs; a single port is ordered once.
fn a_standalone_port_is_one_port(config: &Value) -> Diagnostics {
    match (
        config.get("mode").as_str(),
        config.get("port_quantity").as_i64(),
    ) {
        (Some("standalone"), Some(quantity)) if quantity > 1 => Diagnostic::error(
            "A standalone connection is one port",
            format!(
                "mode is \"standalone\" and port_quantity is {quantity}. Set port_quantity = 1, \
                 or choose mode = \"lag_lacp\" for {quantity} ports that act as one."
            ),
        )
        .at(Path::attribute("port_quantity"))
        .into(),
        _ => Diagnostics::default(),
    }
}
