//! A virtual circuit between two parties.

use super::declaration::{Entity, Life, Provisioning, id_of, integer, no_further_rules, text, texts};
use super::groups::{
    CANCELABLE, ID, INVOICEABLE, OWNABLE, STATEFUL,
};

/// A network service of type `p2p_vc` (dictionary §7.5; getting started guide, private virtual
/// circuit).
pub static P2P_VC: Entity = Entity {
    name: "p2p_vc",
    plural: "p2p_vcs",
    noun: "point-to-point virtual circuit",
    description: "A virtual circuit between two ports: yours and another party's, or two of your \
                  own. Each side is put on a port with an `ixapi_nsc`; the circuit goes into \
                  production once both sides are there. Its bandwidth is changed by another \
                  product offering, in place.",
    path: "/network-services",
    schemas: &["P2PNetworkService"],
    fields: &[
        ID,
        OWNABLE,
        INVOICEABLE,
        &[
            id_of(
                "product_offering",
                "Id of an offering of type `p2p_vc` (`ixapi_product_offerings`). Another one \
                 changes the bandwidth, where the exchange allows it.",
            )
            .required(),
            id_of(
                "joining_member_account",
                "Account of the other side; your own for a circuit between two of your ports.",
            )
            .required(),
            text("display_name", "Name that both sides see.").optional(),
            texts(
                "availability_zones",
                "Ids of the availability zones that it runs through.",
            )
            .or_the_exchange_chooses()
            .any_case(),
            integer("capacity", "Bandwidth in Mbit/s.").follows(&["product_offering"]),
            texts(
                "nsc_required_contact_roles",
                "Ids of the roles that its configs need among their role assignments.",
            )
            .follows(&["product_offering"]),
            texts(
                "nsc_product_offerings",
                "Ids of the offerings that its configs can be ordered with; none if they cost \
                 nothing.",
            )
            .follows(&["product_offering"]),
        ],
        STATEFUL,
        CANCELABLE,
    ],
    constants: &[("type", "p2p_vc")],
    filters: &[],
    life: Life::Provisioned(Provisioning {
        waits_for: None,
        because: "it goes on only once both sides have put their configs on it, and those are \
                  ordered after it",
        cancelled_is_gone: false,
        expected_tags: &["a_side_nsc_required", "b_side_nsc_required", "requested"],
    }),
    touches: None,
    check: no_further_rules,
};
