//! What a config says of BGP: to the routing function that it is put on, and to a cloud provider
//! (dictionary §7.6, l3_config and cloud_config).

use super::declaration::{Field, Shape, boolean, fields, integer, text};

/// Numbers of autonomous systems have 32 bits; 0 stands for none.
pub const FIRST_ASN: i64 = 1;
/// The last number of an autonomous system.
pub const LAST_ASN: i64 = 4_294_967_295;

const BGP: &[Field] = &[
    text(
        "bgp_password",
        "Password of the BGP session. It is kept in the state, also by an import. Unset, the \
         session keeps the one that it has.",
    )
    .optional_computed()
    .sensitive()
    .write_only_twin(),
    text(
        "bgp_neighbor_address",
        "IP address of the neighbour, with its prefix length.",
    )
    .optional_computed(),
    text(
        "bgp_neighbor_address_primary",
        "The same, of the first of two neighbours.",
    )
    .optional_computed(),
    text(
        "bgp_neighbor_address_secondary",
        "The same, of the second of two neighbours.",
    )
    .optional_computed(),
    integer(
        "bgp_neighbor_asn",
        "Number of the neighbour's autonomous system.",
    )
    .optional_computed()
    .between(FIRST_ASN, LAST_ASN),
    text("bgp_address_family", "Address family of the session.").optional_computed(),
    boolean("bfd", "Whether failures are detected with BFD.").optional_computed(),
    integer("local_asn", "Number of the autonomous system on this side.")
        .optional_computed()
        .between(FIRST_ASN, LAST_ASN),
    text(
        "local_address",
        "IP address on this side, with its prefix length.",
    )
    .optional_computed(),
    text(
        "local_address_primary",
        "The same, of the first of two sessions.",
    )
    .optional_computed(),
    text(
        "local_address_secondary",
        "The same, of the second of two sessions.",
    )
    .optional_computed(),
];

/// How a routing function reaches what a config leads to.
pub const L3_CONFIG: Shape = fields(&[BGP]);

/// What a cloud provider is told.
pub const CLOUD_CONFIG: Shape = fields(&[
    BGP,
    &[
        integer("vlan", "VLAN on the provider's side.").optional_computed(),
        text(
            "peering_type",
            "Type of peering: one of the offering's `nsc_supported_cloud_config_peering_types`.",
        )
        .optional_computed(),
    ],
]);
