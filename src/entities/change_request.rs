//! What the joining member of a circuit asks its owner to change.

use super::checks::{self, Whose};
use super::declaration::{
    Arrives, Check, Collection, Ends, FoundAt, Lane, Life, Resource, Which, check, fields, id_of,
    integer, no_further_rules,
};
use super::groups::ID;
use super::network_service::{ENDS, NETWORK_SERVICES};

/// Change requests (dictionary §7.5), at most one below each circuit.
pub static CHANGE_REQUESTS: Collection = Collection {
    name: "change_request",
    plural: "change_requests",
    noun: "change request",
    description: "",
    path: "/network-services",
    schema: "NetworkServiceChangeRequest",
    shape: fields(&[
        ID,
        &[
            id_of(
                "product_offering",
                "Id of the offering that the circuit is to be changed to.",
            )
            .required()
            .replaces(),
            integer("capacity", "Bandwidth that is wanted of it, in Mbit/s.")
                .optional()
                .at_least(1)
                .replaces(),
        ],
    ]),
    filters: &[],
    life: Life::Immediate,
};

/// A request that waits for an answer, or was granted.
pub static CHANGE_REQUEST: Resource = Resource {
    name: "change_request",
    noun: "change request",
    description: "Asks the owner of a virtual circuit that you have joined for another product \
                  offering, and so for another bandwidth. The owner accepts by changing \
                  `product_offering` of the circuit; until then the circuit is \
                  `production_change_pending`. There is one request at a time. Once it is \
                  granted, the resource stays as what was agreed. Destroying it takes back what \
                  was not answered yet, and changes nothing at the circuit.",
    of: &CHANGE_REQUESTS,
    which: Which::All,
    arrives: Arrives::Below {
        name: "change-request",
        owner: &id_of("network_service", "Id of the circuit.")
            .required()
            .replaces()
            .found_at(FoundAt::ItsId),
        granted_in: &["product_offering"],
    },
    ends: Ends::Deleted,
    one_at_a_time: &[Lane {
        collection: "/network-services",
        field: "id",
    }],
    links: &[],
    check: no_further_rules,
    plan: &[WHAT_IS_ASKED_FOR],
};

/// Whether the circuit can become what is asked for.
const WHAT_IS_ASKED_FOR: &[Check] = &[
    check(&["network_service"], |scene| {
        Box::pin(checks::exists(scene, "network_service", &NETWORK_SERVICES))
    }),
    checks::OFFERING_EXISTS,
    check(&["product_offering"], |scene| {
        Box::pin(checks::not_of_type(
            scene,
            "p2p_vc",
            Some("network_service"),
        ))
    }),
    checks::OFFERING_IS_SOLD,
    check(&["product_offering"], |scene| {
        Box::pin(checks::another_place(scene, Whose::OfItsService, ENDS))
    }),
    check(&["product_offering"], |scene| {
        Box::pin(checks::upgrade_or_downgrade(
            scene,
            Whose::OfItsService,
            "bandwidth_max",
        ))
    }),
];
