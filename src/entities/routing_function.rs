//! Routers of the exchange's own.

use crate::ixapi::State;

use super::checks;
use super::declaration::{
    Arrives, Collection, Ends, Lane, Life, Provisioning, Resource, RestsInError, Which, by, check,
    fields, id_of, integer, no_further_rules,
};
use super::groups::{
    BY_IDS, BY_OWNERS, BY_STATES, CHECKS_OF_ACCOUNTS, ID, INVOICEABLE, OWNABLE, STATEFUL,
};
use super::layer3::{FIRST_ASN, LAST_ASN};
use super::network_service::CHECKS_OF_OFFERING;

/// The exchange makes a routing function by itself.
static ROUTER: Provisioning = Provisioning {
    waits_for: Some(State::Production),
    because: "the exchange makes it without anybody else",
    goes_on_with: None,
    rests_in_error: RestsInError::Never,
    cancelled_is_gone: false,
    has_cancellation_policy: true,
    takes_along: None,
    expected_tags: &["requested"],
};

/// Routing functions (dictionary §7.10).
pub static ROUTING_FUNCTIONS: Collection = Collection {
    name: "routing_function",
    plural: "routing_functions",
    noun: "routing function",
    description: "Routing functions: routers of the exchange's that network services are put on.",
    path: "/routing-functions",
    schema: "RoutingFunction",
    shape: fields(&[
        ID,
        &[
            id_of(
                "product_offering",
                "Id of an offering of type `routing_function` (`ixapi_product_offerings`). Another \
                 one changes the bandwidth, where the exchange allows it.",
            )
            .required(),
            integer("asn", "Number of the autonomous system that it speaks for.")
                .required()
                .between(FIRST_ASN, LAST_ASN),
            integer(
                "capacity",
                "Bandwidth in Mbit/s, within the bounds of the offering. Unset, the exchange \
                 decides.",
            )
            .optional_computed()
            .at_least(1)
            .given_back()
            .follows(&["product_offering"]),
        ],
        OWNABLE,
        INVOICEABLE,
        STATEFUL,
    ]),
    filters: &[
        BY_IDS,
        BY_STATES,
        BY_OWNERS,
        &[by("asn", "Only those with this number.").integer()],
    ],
    life: Life::Provisioned(&ROUTER),
};

/// A routing function of one's own.
pub static ROUTING_FUNCTION: Resource = Resource {
    name: "routing_function",
    noun: "routing function",
    description: "A router of the exchange's, which speaks BGP for you without a port of yours. \
                  Network services are put on it with an `ixapi_nsc` that has `routing_function` \
                  and `l3_config` in place of `network_connection` and `vlan_config`.",
    of: &ROUTING_FUNCTIONS,
    which: Which::All,
    arrives: Arrives::Ordered,
    ends: Ends::Cancelled,
    one_at_a_time: &[Lane {
        collection: "/routing-functions",
        field: "id",
    }],
    links: &[],
    check: no_further_rules,
    plan: &[
        CHECKS_OF_ACCOUNTS,
        CHECKS_OF_OFFERING,
        &[
            check(&["product_offering"], |scene| {
                Box::pin(checks::of_another_type(scene, None))
            }),
            check(&["capacity", "product_offering"], |scene| {
                Box::pin(checks::capacity_out_of_bounds(scene))
            }),
        ],
    ],
};
