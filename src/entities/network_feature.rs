//! What a network service offers besides, such as a route server.

use super::declaration::{
    Collection, Life, boolean, by, fields, integer, objects_by_key, text, texts,
};
use super::groups::{BY_IDS, ID};

/// Network features (dictionary §7.7). There is one type, the route server.
pub static NETWORK_FEATURES: Collection = Collection {
    name: "network_feature",
    plural: "network_features",
    noun: "network feature",
    description: "Network features: what peering LANs and closed user groups offer besides, such \
                  as route servers.",
    path: "/network-features",
    schema: "RouteServerNetworkFeature",
    shape: fields(&[
        ID,
        &[
            text("type", "`route_server`."),
            text("name", "Name."),
            boolean(
                "required",
                "Whether configs of the service must have a config of this feature (`ixapi_nfc`).",
            ),
            text(
                "network_service",
                "Id of the network service that it is of.",
            ),
            texts(
                "nfc_required_contact_roles",
                "Ids of the roles that its configs need among their role assignments.",
            ),
            objects_by_key(
                "flags",
                "name",
                fields(&[&[
                    text("description", "What it does."),
                    boolean("mandatory", "Whether it cannot be switched off."),
                ]]),
                "What can be switched on and off in its configs, by name.",
            ),
            integer("asn", "Number of its autonomous system."),
            text("fqdn", "Its name in the DNS."),
            text("looking_glass_url", "Address of its looking glass."),
            texts("address_families", "`af_inet`, `af_inet6`."),
            text("session_mode", "`public` or `collector`."),
            texts(
                "available_bgp_session_types",
                "Who may open the BGP session: `active`, `passive`.",
            ),
            text("ip_v4", "Its IPv4 address."),
            text("ip_v6", "Its IPv6 address."),
        ],
    ]),
    filters: &[
        BY_IDS,
        &[
            by("type", "Only those of this type.").among(&["route_server"]),
            by("required", "Only those that are required, or are not.").boolean(),
            by("network_service", "Only those of this network service."),
            by("name", "Only the one with this name."),
        ],
    ],
    life: Life::Immediate,
};
