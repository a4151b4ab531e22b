//! What puts a network service on a port, with a VLAN.

use crate::ixapi::State;

use super::declaration::{Entity, Field, Life, Provisioning, id_of, integer, no_further_rules, object, one_of, texts};
use super::groups::{
    CANCELABLE, CONTACTABLE, ID, INVOICEABLE, OWNABLE, STATEFUL,
};

/// First VLAN that can be used: 0 means "no VLAN" in IEEE 802.1Q.
const FIRST_VLAN: i64 = 1;
/// Last VLAN that can be used: 4095 is reserved in IEEE 802.1Q.
const LAST_VLAN: i64 = 4094;
/// Ethertypes of a VLAN tag: 802.1Q, 802.1ad, and what came before it.
const ETHERTYPES: &[&str] = &["0x8100", "0x88a8", "0x9100"];

/// How traffic is told apart on the port (dictionary §7.6, VlanConfig).
const VLAN_CONFIG: &[Field] = &[
    one_of(
        "vlan_type",
        &["dot1q", "qinq", "port"],
        "`dot1q` for one tag, `qinq` for two, `port` for the whole port without tags.",
    )
    .required(),
    integer("vlan", "VLAN, 1 to 4094. Unset, the exchange picks a free one.")
        .or_the_exchange_chooses()
        .between(FIRST_VLAN, LAST_VLAN)
        .only_with("vlan_type", &["dot1q"]),
    one_of("vlan_ethertype", ETHERTYPES, "Ethertype of the tag.")
        .or("0x8100")
        .only_with("vlan_type", &["dot1q"]),
    integer(
        "outer_vlan",
        "Outer VLAN, 1 to 4094. Unset, the exchange picks a free one, or keeps the VLAN that the \
         config had with one tag.",
    )
    .or_the_exchange_chooses()
    .between(FIRST_VLAN, LAST_VLAN)
    .only_with("vlan_type", &["qinq"]),
    one_of("outer_vlan_ethertype", ETHERTYPES, "Ethertype of the outer tag.")
        .or("0x8100")
        .only_with("vlan_type", &["qinq"]),
    integer("inner_vlan", "Inner VLAN, 1 to 4094.")
        .optional()
        .between(FIRST_VLAN, LAST_VLAN)
        .only_with("vlan_type", &["qinq"])
        .needed_with("vlan_type", &["qinq"]),
];

/// A network service config (dictionary §7.6). Its kind is the kind of its service.
pub static NETWORK_SERVICE_CONFIG: Entity = Entity {
    name: "nsc",
    plural: "nscs",
    noun: "network service config",
    description: "Puts a network service on one of your ports, with a VLAN. A point-to-point \
                  circuit has two, one a side.",
    path: "/network-service-configs",
    schemas: &["P2PNetworkServiceConfig"],
    fields: &[
        ID,
        &[
            one_of(
                "type",
                &["p2p_vc"],
                "Kind of the network service that it belongs to.",
            )
            .required()
            .replaces()
            .always_sent(),
            id_of("network_service", "Id of the network service.")
                .required()
                .replaces(),
            id_of("connection", "Id of the connection that it is put on.")
                .called("network_connection")
                .required(),
            object(
                "vlan_config",
                VLAN_CONFIG,
                "How its traffic is told apart on the port.",
            )
            .required(),
        ],
        OWNABLE,
        INVOICEABLE,
        CONTACTABLE,
        &[
            id_of(
                "product_offering",
                "Id of one of the service's `nsc_product_offerings`; needed when there are any.",
            )
            .or_the_exchange_chooses(),
            integer(
                "capacity",
                "Bandwidth limit in Mbit/s. Unset, the exchange decides.",
            )
            .or_the_exchange_chooses()
            .at_least(1),
            texts("macs", "Ids of the MAC addresses that may send.")
                .or_the_exchange_chooses()
                .any_case(),
            texts(
                "network_feature_configs",
                "Ids of the network feature configs that belong to it.",
            ),
        ],
        STATEFUL,
        CANCELABLE,
    ],
    constants: &[],
    filters: &[],
    life: Life::Provisioned(Provisioning {
        waits_for: Some(State::Allocated),
        because: "`production` needs the other side's config too, which may be ordered after it or \
                  by somebody else",
        cancelled_is_gone: false,
        expected_tags: &["a_side_nsc_required", "b_side_nsc_required", "requested"],
    }),
    touches: Some("connection"),
    check: no_further_rules,
};
