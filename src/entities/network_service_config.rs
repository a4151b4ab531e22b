//! What puts a network service on a port, with a VLAN.

use crate::ixapi::State;
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::checks::{self, Whose};
use super::connection::CONNECTIONS;
use super::declaration::{
    Arrives, Check, Collection, Elsewhere, Ends, Field, Lane, Life, Provisioning, Resource,
    RestsInError, Shape, Variant, Which, boolean, by, check, fields, id_of, integer, integers,
    object, one_of, passes, texts,
};
use super::groups::{
    BY_CONTACTS, BY_IDS, BY_OWNERS, BY_STATES, CANCELABLE, CHECKS_OF_ACCOUNTS,
    CONTACTABLE_FOR_SERVICE, ID, INVOICEABLE, OWNABLE, ROLES_OF_SERVICE, STATEFUL,
};
use super::layer3::{CLOUD_CONFIG, L3_CONFIG, LAST_ASN};
use super::network_service::{NETWORK_SERVICES, TYPES};
use super::service_key;

/// First VLAN that can be used: 0 means "no VLAN" in IEEE 802.1Q.
const FIRST_VLAN: i64 = 1;
/// Last VLAN that can be used: 4095 is reserved in IEEE 802.1Q.
const LAST_VLAN: i64 = 4094;
/// Ethertypes of a VLAN tag: 802.1Q, 802.1ad, and what came before it.
const ETHERTYPES: &[&str] = &["0x8100", "0x88a8", "0x9100"];

/// How traffic is told apart on the port (dictionary §7.6, VlanConfig).
const VLAN_CONFIG: Shape = fields(&[&[one_of(
    "vlan_type",
    &["dot1q", "qinq", "port"],
    "`dot1q` for one tag, `qinq` for two, `port` for the whole port without tags.",
)
.required()]])
.told_apart_by(
    "vlan_type",
    &[
        Variant::new(
            "dot1q",
            &[&[
                integer(
                    "vlan",
                    "VLAN, 1 to 4094. Unset, the exchange picks a free one, or keeps the outer \
                     VLAN that the config had with two tags.",
                )
                .optional_computed()
                .between(FIRST_VLAN, LAST_VLAN),
                one_of("vlan_ethertype", ETHERTYPES, "Ethertype of the tag.")
                    .or("0x8100")
                    .any_case(),
            ]],
        ),
        Variant::new(
            "qinq",
            &[&[
                integer(
                    "outer_vlan",
                    "Outer VLAN, 1 to 4094. Unset, the exchange picks a free one, or keeps the \
                     VLAN that the config had with one tag.",
                )
                .optional_computed()
                .between(FIRST_VLAN, LAST_VLAN),
                one_of(
                    "outer_vlan_ethertype",
                    ETHERTYPES,
                    "Ethertype of the outer tag.",
                )
                .or("0x8100")
                .any_case(),
                integer("inner_vlan", "Inner VLAN, 1 to 4094.")
                    .required()
                    .between(FIRST_VLAN, LAST_VLAN),
            ]],
        ),
        Variant::new("port", &[]),
    ],
);

/// Who may see how much of a port's capacity is used (dictionary §7.6).
const SHARED_STATISTICS: Shape = fields(&[&[one_of(
    "policy",
    &["allow", "deny"],
    "`allow` for everybody but some, `deny` for nobody but some.",
)
.required()]])
.told_apart_by(
    "policy",
    &[
        Variant::new(
            "allow",
            &[&[
                texts("accounts_denied", "Ids of the accounts that may not.")
                    .optional()
                    .or_null()
                    .any_case(),
            ]],
        ),
        Variant::new(
            "deny",
            &[&[texts("accounts_allowed", "Ids of the accounts that may.")
                .optional()
                .or_null()
                .any_case()]],
        ),
    ],
);

const CAPACITY: Field = integer(
    "capacity",
    "Bandwidth limit in Mbit/s. Unset, the exchange decides. A limit that an apply has set is \
     lifted when it is taken out of the configuration; one that was imported stays.",
)
.optional_computed()
.at_least(1)
.given_back();

const SENDING_MACS: Field = texts("macs", "Ids of the MAC addresses that may send.")
    .optional_computed()
    .any_case();

const ADDRESSES: Field = texts(
    "ips",
    "Ids of its IP addresses. Unset, they are those that the exchange allocates.",
)
.optional_computed()
.any_case()
.changes_anytime();

/// What every config has but one of a peering LAN.
const ON_A_CIRCUIT: &[Field] = &[
    id_of(
        "product_offering",
        "Id of one of the service's `nsc_product_offerings`; needed when there are any.",
    )
    .optional_computed(),
    CAPACITY,
    SENDING_MACS,
];

/// What a config of a cloud circuit has.
const HANDED_OVER: &[Field] = &[
    integer(
        "handover",
        "Which of the circuit's handovers it configures: 1 to its `diversity`.",
    )
    .required()
    .at_least(1),
    integer(
        "cloud_vlan",
        "VLAN on the cloud provider's side, 1 to 4094, where the offering's `provider_vlans` is \
         `multi`: only its traffic, without the tag. Unset, null is sent: all VLANs that no other \
         config names, with their tags. Some exchanges have 0 where there is one VLAN only.",
    )
    .optional_computed()
    .null_on_create()
    .given_back()
    .between(0, LAST_VLAN),
    id_of(
        "product_offering",
        "Id of the circuit's offering. Unset, the exchange knows it.",
    )
    .optional_computed()
    .changes_anytime(),
    CAPACITY.changes_anytime(),
    object(
        "cloud_config",
        CLOUD_CONFIG,
        "What the cloud provider is told: the offering says which fields it needs \
         (`nsc_required_cloud_config_fields`) and which it may have \
         (`nsc_supported_cloud_config_fields`).",
    )
    .optional(),
    id_of("availability_zone", "Id of the availability zone.").optional_computed(),
];

/// A config of a point-to-point circuit is done for its owner when it is allocated.
static ONE_SIDE: Provisioning = Provisioning {
    waits_for: Some(State::Allocated),
    because: "`production` needs the other side's config too, which may be ordered after it or \
              by somebody else",
    goes_on_with: Some(("network_service", &NETWORK_SERVICES)),
    rests_in_error: RestsInError::Never,
    cancelled_is_gone: false,
    has_cancellation_policy: true,
    takes_along: None,
    expected_tags: &["a_side_nsc_required", "b_side_nsc_required", "requested"],
};

/// A member's config is done for its owner when it is allocated.
static MEMBER: Provisioning = Provisioning {
    waits_for: Some(State::Allocated),
    because: "`production` needs the service too, which may need its owner's config and joining \
              rules, and those may be ordered after it or by somebody else",
    expected_tags: &["requested"],
    ..ONE_SIDE
};

/// A config of a cloud circuit is done for its owner when it is allocated.
static HANDOVER: Provisioning = Provisioning {
    waits_for: Some(State::Allocated),
    because: "`production` needs the configs of all handovers, which may be ordered after it, and \
              with some cloud providers somebody who accepts the circuit there",
    expected_tags: &["nsc_required", "requested"],
    ..ONE_SIDE
};

/// A config of a peering LAN waits in `error` for the feature configs that the LAN requires, and
/// those are ordered after it, with its id and its addresses (getting started guide, peering LAN).
static PEERING: Provisioning = Provisioning {
    waits_for: Some(State::Production),
    because: "one that rests in `error` because the LAN requires a feature config (`ixapi_nfc`) is \
              not waited for, since that is ordered after it",
    goes_on_with: None,
    rests_in_error: RestsInError::WithTags(&["network_feature_config_required"]),
    cancelled_is_gone: false,
    has_cancellation_policy: true,
    takes_along: None,
    expected_tags: &["network_feature_config_required", "requested"],
};

/// Network service configs (dictionary §7.6). Their type is the type of their service.
pub static NETWORK_SERVICE_CONFIGS: Collection = Collection {
    name: "network_service_config",
    plural: "network_service_configs",
    noun: "network service config",
    description: "Network service configs: which services are on which ports, with which VLANs.",
    path: "/network-service-configs",
    schema: "",
    shape: fields(&[
        ID,
        &[
            one_of(
                "type",
                TYPES,
                "Type of the network service that it belongs to.",
            )
            .required()
            .replaces()
            .always_sent()
            .warns_before_replacing(
                "A config cannot become one of another type: it would be cancelled, and another \
                 one ordered. If it was imported or moved here by mistake, say its true type.",
            ),
            id_of("network_service", "Id of the network service.")
                .required()
                .replaces(),
            id_of(
                "connection",
                "Id of the connection that it is put on, unless it is put on a `routing_function`.",
            )
            .called("network_connection")
            .optional(),
            object(
                "vlan_config",
                VLAN_CONFIG,
                "How its traffic is told apart on the port. A config on a `network_connection` \
                 needs it.",
            )
            .optional(),
            id_of(
                "routing_function",
                "Id of the routing function that it is put on (`ixapi_routing_function`), in place \
                 of a connection.",
            )
            .optional(),
            object(
                "l3_config",
                L3_CONFIG,
                "How the routing function reaches what the service leads to. A config on a \
                 `routing_function` needs it; the offering says which fields it needs \
                 (`nsc_required_l3_config_fields`) and which it may have \
                 (`nsc_supported_l3_config_fields`). The exchange picks the others.",
            )
            .optional(),
        ],
        OWNABLE,
        INVOICEABLE,
        CONTACTABLE_FOR_SERVICE,
        &[texts(
            "network_feature_configs",
            "Ids of the network feature configs that belong to it.",
        )],
        STATEFUL,
        CANCELABLE,
    ])
    .told_apart_by(
        "type",
        &[
            Variant::new(
                "exchange_lan",
                &[&[
                    id_of(
                        "product_offering",
                        "Id of an offering of the peering LAN: one of type `exchange_lan` whose \
                         `exchange_lan_network_service` is the LAN.",
                    )
                    .required()
                    .replaces(),
                    integers("asns", "Numbers of the autonomous systems that peer.")
                        .required()
                        .between(0, LAST_ASN),
                    SENDING_MACS,
                    ADDRESSES,
                    boolean("listed", "Whether others see that you peer there.").required(),
                    CAPACITY,
                    boolean(
                        "consumer_side_ready",
                        "Whether your side is ready, so that the exchange can go on.",
                    )
                    .optional_computed(),
                    id_of("availability_zone", "Id of the availability zone.").optional_computed(),
                    object(
                        "shared_statistics",
                        SHARED_STATISTICS,
                        "Who may see how much of your capacity is used.",
                    )
                    .optional(),
                ]],
            )
            .noun("config of a peering LAN")
            .schema("ExchangeLanNetworkServiceConfig")
            .life(&PEERING),
            Variant::new("p2p_vc", &[ON_A_CIRCUIT])
                .noun("config of a circuit")
                .schema("P2PNetworkServiceConfig")
                .elsewhere(Elsewhere::IfRefused(
                    "network_service",
                    service_key::CONFIGS,
                ))
                .life(&ONE_SIDE),
            Variant::new(
                "p2mp_vc",
                &[
                    &[one_of(
                        "role",
                        &["root", "leaf"],
                        "`root` reaches everybody, `leaf` reaches the roots.",
                    )
                    .or("leaf")],
                    ON_A_CIRCUIT,
                ],
            )
            .noun("config of a point-to-multipoint circuit")
            .schema("P2MPNetworkServiceConfig")
            .life(&MEMBER),
            Variant::new(
                "mp2mp_vc",
                &[
                    ON_A_CIRCUIT,
                    &[
                        ADDRESSES,
                        integers(
                            "asns",
                            "Numbers of the autonomous systems that you use in the group.",
                        )
                        .optional_computed(),
                    ],
                ],
            )
            .noun("config of a closed user group")
            .schema("MP2MPNetworkServiceConfig")
            .life(&MEMBER),
            Variant::new("cloud_vc", &[HANDED_OVER])
                .noun("config of a cloud circuit")
                .schema("CloudNetworkServiceConfig")
                .life(&HANDOVER),
        ],
    ),
    filters: &[
        BY_IDS,
        BY_STATES,
        BY_OWNERS,
        &[
            by("type", "Only those of this type.").among(TYPES),
            by("inner_vlan", "Only those with this inner VLAN.")
                .integer()
                .ask_the_exchange(),
            by("outer_vlan", "Only those with this outer VLAN.")
                .integer()
                .ask_the_exchange(),
            by(
                "capacity",
                "Only those with this bandwidth limit, in Mbit/s.",
            )
            .integer(),
            by("network_service", "Only those of this network service."),
            by("connection", "Only those on this connection.").called("network_connection"),
            by("product_offering", "Only those of this product offering."),
            by(
                "role_assignments",
                "Only those with one of these role assignments.",
            )
            .any_of(),
            BY_CONTACTS,
        ],
    ],
    life: Life::Provisioned(&ONE_SIDE),
};

/// A network service on a port.
pub static NSC: Resource = Resource {
    name: "nsc",
    noun: "network service config",
    description: "Puts a network service on one of your ports, with a VLAN: a peering LAN (`type` \
                  `exchange_lan`), one side of a point-to-point circuit (`p2p_vc`), a handover of \
                  a cloud circuit (`cloud_vc`), a closed user group (`mp2mp_vc`) or a \
                  point-to-multipoint circuit (`p2mp_vc`). Or on a routing function, with BGP.",
    of: &NETWORK_SERVICE_CONFIGS,
    which: Which::Some(&["exchange_lan", "p2p_vc", "p2mp_vc", "mp2mp_vc", "cloud_vc"]),
    arrives: Arrives::Ordered,
    ends: Ends::Cancelled,
    one_at_a_time: &[
        Lane {
            collection: "/connections",
            field: "connection",
        },
        Lane {
            collection: "/network-services",
            field: "network_service",
        },
        Lane {
            collection: "/routing-functions",
            field: "routing_function",
        },
    ],
    links: &[],
    check: put_on_one_thing,
    plan: &[CHECKS_OF_ACCOUNTS, WHAT_IS_ORDERED, WHERE_IT_IS_PUT],
};

/// A config is put on a connection, with VLANs, or on a routing function, with layer 3.
fn put_on_one_thing(config: &Value) -> Diagnostics {
    let has = |name: &str| !config.get(name).is_null();
    let wrong = |summary: String, detail: &str, at: &str| {
        let refused = Diagnostic::error(summary, detail).at(Path::attribute(at));
        Diagnostics::from(refused)
    };
    let (port, router) = ("network_connection", "routing_function");
    let (on, with, without) = match (has(port), has(router)) {
        (true, true) => {
            return wrong(
                format!("{port} and {router} are both set"),
                "A config is put on a connection of yours, or on a routing function. Leave one \
                 out.",
                router,
            );
        }
        (false, false) => {
            return wrong(
                format!("{port} is missing"),
                "Say what the config is put on: network_connection is the id of a connection \
                 (ixapi_connection), or routing_function that of a routing function.",
                port,
            );
        }
        (true, false) => (port, "vlan_config", "l3_config"),
        (false, true) => (router, "l3_config", "vlan_config"),
    };
    let mut refused = Diagnostics::default();
    if !has(with) {
        let detail = format!("A config on a {on} needs a {with} block. Add it.");
        refused.append(wrong(format!("{with} is missing"), &detail, on));
    }
    if has(without) {
        let detail = format!("A config on a {on} has no {without}. Take the block out.");
        refused.append(wrong(
            format!("{without} does not go with {on}"),
            &detail,
            without,
        ));
    }
    refused
}

/// The type of a config of a cloud circuit.
const CLOUD_VC: &str = "cloud_vc";

/// Whether the service can be had so.
const WHAT_IS_ORDERED: &[Check] = &[
    check(&["network_service"], |scene| {
        Box::pin(checks::service_is_shown(scene))
    }),
    check(&["network_service"], |scene| {
        Box::pin(checks::service_of_another_type(scene))
    }),
    checks::OFFERING_EXISTS,
    check(&["product_offering"], |scene| {
        Box::pin(async move {
            let kind = scene.kind()?;
            // The offering of a config of a cloud circuit may be that of the circuit.
            let ordered_for = (kind != CLOUD_VC).then_some("network_service_config");
            checks::of_another_type(scene, ordered_for).await
        })
    }),
    checks::OFFERING_IS_SOLD,
    check(&["product_offering", "network_service"], |scene| {
        Box::pin(async move {
            match scene.text("type")? {
                "exchange_lan" => checks::another_lan(scene).await,
                CLOUD_VC => passes(),
                _ => checks::of_another_service(scene).await,
            }
        })
    }),
    check(&["product_offering"], |scene| {
        Box::pin(checks::upgrade_or_downgrade(
            scene,
            Whose::Its,
            "bandwidth_max",
        ))
    }),
    check(&["product_offering", "capacity"], |scene| {
        Box::pin(async move {
            match scene.text("type")? {
                // The circuit bounds it.
                CLOUD_VC => passes(),
                _ => checks::capacity_out_of_bounds(scene).await,
            }
        })
    }),
    check(&["capacity", "network_service"], |scene| {
        Box::pin(checks::more_than_the_service(scene))
    }),
    check(&["handover", "network_service"], |scene| {
        Box::pin(checks::handover(scene))
    }),
    check(&["role_assignments", "network_service"], |scene| {
        Box::pin(checks::missing_roles(scene, ROLES_OF_SERVICE))
    }),
];

/// Whether the port can carry it.
const WHERE_IT_IS_PUT: &[Check] = &[
    check(&["network_connection"], |scene| {
        Box::pin(checks::exists(scene, "network_connection", &CONNECTIONS))
    }),
    check(&["network_connection", "network_service"], |scene| {
        Box::pin(checks::another_metro_area(scene))
    }),
    check(&["network_connection", "vlan_config"], |scene| {
        Box::pin(checks::vlan_type(scene))
    }),
    check(&["network_connection", "vlan_config"], |scene| {
        Box::pin(checks::ethertype(scene))
    }),
    check(&["network_connection", "vlan_config"], |scene| {
        Box::pin(checks::vlan_in_use(scene))
    }),
    check(&["network_connection", "capacity"], |scene| {
        Box::pin(checks::capacity_left(scene))
    }),
    check(&["network_service"], |scene| {
        Box::pin(checks::side_is_taken(scene))
    }),
];
