//! What can be ordered, where and how fast.

use super::declaration::{
    Collection, Field, Filter, Life, Variant, boolean, by, fields, integer, moment, objects,
    one_of, text, texts,
};
use super::groups::{BY_IDS, ID};

/// How fast.
const BANDWIDTH: &[Field] = &[
    integer("bandwidth_min", "Least bandwidth, in Mbit/s."),
    integer("bandwidth_max", "Most bandwidth, in Mbit/s."),
];

/// Where and how a network service is reached.
const SERVICE: &[Field] = &[
    text(
        "provider_vlans",
        "VLANs on the provider's side: `single` or `multi`.",
    ),
    text(
        "service_metro_area",
        "Id of the metro area in which the service is.",
    ),
    text(
        "service_metro_area_network",
        "Id of the metro area network in which the service is.",
    ),
    texts(
        "nsc_required_l3_config_fields",
        "Layer 3 fields that a config has to have.",
    ),
    texts(
        "nsc_supported_l3_config_fields",
        "Layer 3 fields that a config may have.",
    ),
];

/// What IX-API has no filters for, though users choose by it.
const BY_WHAT_IS_SHOWN: &[Filter] = &[
    by(
        "cross_connect_initiator",
        "Only those whose cross connect this party orders: `exchange` or `subscriber`. It is \
         applied to the answer.",
    )
    .among(&["exchange", "subscriber"])
    .applied_by_us(),
    by(
        "port_quantity",
        "Only those of which so many ports can be ordered together: their \
         `maximum_port_quantity` is at least this. It is applied to the answer.",
    )
    .with_room_in("maximum_port_quantity")
    .applied_by_us(),
    by(
        "exchange_lan_network_service",
        "Only those with which this peering LAN is joined. It is applied to the answer.",
    )
    .applied_by_us(),
    by(
        "service_provider_workflow",
        "Only those whose circuit is begun there: `exchange_first` or `provider_first`. It is \
         applied to the answer.",
    )
    .among(&["exchange_first", "provider_first"])
    .applied_by_us(),
    by(
        "provider_vlans",
        "Only those with `single` or `multi` VLANs on the provider's side. It is applied to the \
         answer.",
    )
    .among(&["single", "multi"])
    .applied_by_us(),
    by(
        "diversity",
        "Only those with so many handovers at the cloud provider. It is applied to the answer.",
    )
    .integer()
    .applied_by_us(),
    by(
        "contract_terms",
        "Only those with these contract terms. It is applied to the answer.",
    )
    .applied_by_us(),
];

/// A product offering of any type (dictionary §7.3).
pub static PRODUCT_OFFERINGS: Collection = Collection {
    name: "product_offering",
    plural: "product_offerings",
    noun: "product offering",
    description: "Product offerings: what can be ordered, where and how fast. Which fields are \
                  set depends on the `type`.",
    path: "/product-offerings",
    schema: "",
    shape: fields(&[
        ID,
        &[
            text(
                "type",
                "`connection`, `exchange_lan`, `p2p_vc`, `p2mp_vc`, `mp2mp_vc`, `cloud_vc` or \
                 `routing_function`.",
            ),
            text(
                "resource_type",
                "What it is ordered for: `connection`, `port_reservation`, `network_service`, \
                 `network_service_config` or `routing_function`.",
            ),
            text("name", "Name."),
            text("display_name", "Name for people."),
            text("service_provider", "Who provides the service."),
            text("exchange_logo", "Address of the exchange's logo."),
            text(
                "service_provider_logo",
                "Address of the service provider's logo.",
            ),
            text("product_logo", "Address of the product's logo."),
            text(
                "handover_metro_area",
                "Id of the metro area in which your port has to be.",
            ),
            text(
                "handover_metro_area_network",
                "Id of the metro area network in which your port has to be.",
            ),
            integer("physical_port_speed", "Speed of one port, in Mbit/s."),
            boolean(
                "upgrade_allowed",
                "Whether a service can change to a faster offering.",
            ),
            boolean(
                "downgrade_allowed",
                "Whether a service can change to a slower offering.",
            ),
            moment(
                "orderable_not_before",
                "Moment from which it can be ordered.",
            ),
            moment(
                "orderable_not_after",
                "Moment until which it can be ordered.",
            ),
            text("contract_terms", "Terms of the contract, for people."),
            text("notice_period", "Notice period, for people."),
            text(
                "contract_initial_period",
                "First contract period, as ISO 8601 duration.",
            ),
            text(
                "contract_initial_notice_period",
                "Notice before the end of the first period, as ISO 8601 duration.",
            ),
            text(
                "contract_renewal_period",
                "Further contract periods, as ISO 8601 duration.",
            ),
            text(
                "contract_renewal_notice_period",
                "Notice before the end of a further period, as ISO 8601 duration.",
            ),
        ],
    ])
    .told_apart_by(
        "type",
        &[
            Variant::new(
                "connection",
                &[&[
                    text("handover_pop", "Id of the point of presence of the port."),
                    one_of(
                        "cross_connect_initiator",
                        &["exchange", "subscriber"],
                        "Who orders the cross connect: `subscriber` with a letter of \
                         authorisation, or `exchange`.",
                    ),
                    integer("maximum_port_quantity", "Most ports of a LAG."),
                    texts(
                        "required_contact_roles",
                        "Ids of the roles that an order needs among its role assignments.",
                    ),
                ]],
            )
            .schema("ConnectionProductOffering"),
            Variant::new(
                "exchange_lan",
                &[
                    BANDWIDTH,
                    SERVICE,
                    &[text(
                        "exchange_lan_network_service",
                        "Id of the network service of the peering LAN.",
                    )],
                ],
            )
            .schema("ExchangeLanNetworkProductOffering"),
            Variant::new("p2p_vc", &[BANDWIDTH, SERVICE]).schema("P2PNetworkProductOffering"),
            Variant::new("p2mp_vc", &[BANDWIDTH, SERVICE]).schema("P2MPNetworkProductOffering"),
            Variant::new("mp2mp_vc", &[BANDWIDTH, SERVICE]).schema("MP2MPNetworkProductOffering"),
            Variant::new(
                "cloud_vc",
                &[
                    BANDWIDTH,
                    SERVICE,
                    &[
                        text("service_provider_region", "Region of the cloud provider."),
                        text(
                            "service_provider_pop",
                            "Point of presence of the cloud provider.",
                        ),
                        text(
                            "service_provider_pop_name",
                            "Name of that point of presence.",
                        ),
                        text(
                            "service_provider_workflow",
                            "Where the circuit is begun: `exchange_first` or `provider_first`.",
                        ),
                        text("delivery_method", "`dedicated` or `shared`."),
                        integer("diversity", "How many handovers the cloud provider has."),
                        objects(
                            "service_exchange_pops",
                            fields(&[&[
                                text("pop", "Id of the point of presence."),
                                text("path_info", "Which path leads there."),
                            ]]),
                            "Points of presence at which the cloud provider is reached.",
                        ),
                        texts(
                            "nsc_supported_cloud_config_peering_types",
                            "Peering types that a cloud config may have.",
                        ),
                        texts(
                            "nsc_required_cloud_config_fields",
                            "Cloud fields that a config has to have.",
                        ),
                        texts(
                            "nsc_supported_cloud_config_fields",
                            "Cloud fields that a config may have.",
                        ),
                    ],
                ],
            )
            .schema("CloudNetworkProductOffering"),
            Variant::new("routing_function", &[BANDWIDTH]).schema("RoutingFunctionProductOffering"),
        ],
    ),
    filters: &[
        BY_IDS,
        &[
            by("type", "Only those of this type.").among(&[
                "connection",
                "exchange_lan",
                "p2p_vc",
                "p2mp_vc",
                "mp2mp_vc",
                "cloud_vc",
                "routing_function",
            ]),
            // Older versions order demarcs.
            by("resource_type", "Only those ordered for this.").among(&[
                "connection",
                "demarc",
                "port_reservation",
                "network_service",
                "network_service_config",
                "routing_function",
            ]),
            by("name", "Only the one with this name."),
            by(
                "handover_metro_area",
                "Only those for ports in this metro area.",
            ),
            by(
                "handover_metro_area_network",
                "Only those for ports in this metro area network.",
            ),
            by("handover_pop", "Only those at this point of presence."),
            by(
                "service_metro_area",
                "Only those with the service in this metro area.",
            ),
            by(
                "service_metro_area_network",
                "Only those with the service in this metro area network.",
            ),
            by("service_provider", "Only those of this provider."),
            by(
                "upgrade_allowed",
                "Only those that can, or cannot, be upgraded.",
            )
            .boolean(),
            by(
                "downgrade_allowed",
                "Only those that can, or cannot, be downgraded.",
            )
            .boolean(),
            by(
                "bandwidth",
                "Only those that offer this bandwidth, in Mbit/s.",
            )
            .within("bandwidth_min", "bandwidth_max"),
            by(
                "physical_port_speed",
                "Only those with this port speed, in Mbit/s.",
            )
            .integer(),
            by(
                "service_provider_region",
                "Only those in this region of the cloud provider.",
            ),
            by(
                "service_provider_pop",
                "Only those at this cloud provider's point of presence.",
            ),
            by("delivery_method", "Only those delivered so."),
            by(
                "cloud_key",
                "Only those that fit this key of the cloud provider.",
            )
            .ask_the_exchange(),
            by(
                "contract_initial_period",
                "Only those with this first contract period.",
            ),
            by(
                "contract_initial_notice_period",
                "Only those with this notice in the first period.",
            ),
            by(
                "contract_renewal_period",
                "Only those with these further periods.",
            ),
            by(
                "contract_renewal_notice_period",
                "Only those with this notice in further periods.",
            ),
        ],
        BY_WHAT_IS_SHOWN,
    ],
    life: Life::Immediate,
};
