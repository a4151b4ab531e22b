//! What puts a network service on a port, with a VLAN.

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::ixapi::{Client, Json, State, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::plan::Change;
use crate::tfplugin::value::Value;

use super::declaration::{
    Arrives, Collection, Elsewhere, Ends, Field, Lane, Life, PlanHook, Provisioning, Resource,
    RestsInError, Shape, Variant, Which, boolean, by, fields, id_of, integer, integers,
    no_further_rules, object, one_of, texts,
};
use super::groups::{
    BY_CONTACTS, BY_IDS, BY_OWNERS, BY_STATES, CANCELABLE, CONTACTABLE, ID, INVOICEABLE, OWNABLE,
    STATEFUL,
};
use super::product_offering::PRODUCT_OFFERINGS;
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
                one_of("vlan_ethertype", ETHERTYPES, "Ethertype of the tag.").or("0x8100"),
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
                .or("0x8100"),
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
                    .any_case(),
            ]],
        ),
        Variant::new(
            "deny",
            &[&[texts("accounts_allowed", "Ids of the accounts that may.")
                .optional()
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

/// A config of a point-to-point circuit is done for its owner when it is allocated.
static ONE_SIDE: Provisioning = Provisioning {
    waits_for: Some(State::Allocated),
    because: "`production` needs the other side's config too, which may be ordered after it or \
              by somebody else",
    rests_in_error: RestsInError::Never,
    cancelled_is_gone: false,
    has_cancellation_policy: true,
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

/// A config of a peering LAN waits in `error` for the feature configs that the LAN requires, and
/// those are ordered after it, with its id and its addresses (getting started guide, peering LAN).
static PEERING: Provisioning = Provisioning {
    waits_for: Some(State::Production),
    because: "one that rests in `error` because the LAN requires a feature config (`ixapi_nfc`) is \
              not waited for, since that is ordered after it",
    rests_in_error: RestsInError::WithTags(&["network_feature_config_required"]),
    cancelled_is_gone: false,
    has_cancellation_policy: true,
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
                &["exchange_lan", "p2p_vc", "p2mp_vc", "mp2mp_vc"],
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
                    integers("asns", "Numbers of the autonomous systems that peer.").required(),
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
        ],
    ),
    filters: &[
        BY_IDS,
        BY_STATES,
        BY_OWNERS,
        &[
            by("type", "Only those of this type."),
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
                  `exchange_lan`), one side of a point-to-point circuit (`p2p_vc`), a closed user \
                  group (`mp2mp_vc`) or a point-to-multipoint circuit (`p2mp_vc`).",
    of: &NETWORK_SERVICE_CONFIGS,
    which: Which::Some(&["exchange_lan", "p2p_vc", "p2mp_vc", "mp2mp_vc"]),
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
    ],
    links: &[],
    check: no_further_rules,
    plan: PlanHook(|client, stop, change| {
        Box::pin(what_the_offering_rules_out(client, stop, change))
    }),
};

/// A config is replaced by cancelling the one that carries traffic; better to hear before that
/// what the exchange would refuse.
async fn what_the_offering_rules_out(
    client: &Client,
    stop: &CancellationToken,
    change: &Change,
) -> Diagnostics {
    let config = &change.config;
    let Some(id) = config.get("product_offering").as_str() else {
        return Diagnostics::default();
    };
    let differs = |name: &str| change.planned.get(name) != change.prior.get(name);
    let is_ordered = change.prior.is_null() || !change.replaces.is_empty();
    // One that was ordered long ago may be offered to nobody else any more.
    let is_chosen = is_ordered || differs("product_offering");
    let is_of_a_lan = config.get("type").as_str() == Some("exchange_lan");
    // The capacity of a circuit's side is bounded by the circuit.
    let is_bounded = config.get("type").as_str() != Some("p2p_vc");
    let is_limited = is_bounded && differs("capacity");
    if !is_chosen && !is_limited {
        return Diagnostics::default();
    }
    let offerings = client.objects(PRODUCT_OFFERINGS.path);
    let offering = match offerings.find(id, Instant::now(), stop).await {
        Ok(offering) => offering,
        Err(error) if is_chosen && error.is_not_found() && error.problem().is_some() => {
            return no_such_offering(client.host(), id).into();
        }
        Err(_) => return Diagnostics::default(),
    };
    let offered = Offered {
        host: client.host(),
        id,
        offering: &offering,
    };
    let unfit = match (is_of_a_lan, is_chosen) {
        (_, false) => None,
        (true, true) => offered.of_another_lan(config),
        (false, true) => offered.for_something_else(),
    };
    let unfit = unfit.or_else(|| match is_bounded {
        true => offered.out_of_bounds(config),
        false => None,
    });
    unfit.map(Diagnostics::from).unwrap_or_default()
}

fn no_such_offering(host: &str, id: &str) -> Diagnostic {
    Diagnostic::error(
        "The product offering does not exist",
        format!(
            "product_offering is {id:?}, and the exchange at {host} does not know it. Choose one \
             that it has: ixapi_product_offerings lists them."
        ),
    )
    .at(Path::attribute("product_offering"))
}

/// What an exchange says of the offering that a config names. What it does not say rules nothing
/// out.
struct Offered<'a> {
    host: &'a str,
    id: &'a str,
    offering: &'a Json,
}

impl Offered<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.offering.get(name).and_then(lenient::text)
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.offering.get(name).and_then(lenient::integer)
    }

    /// An offering of another type, or of another peering LAN than the config's.
    fn of_another_lan(&self, config: &Value) -> Option<Diagnostic> {
        let Offered { host, id, .. } = self;
        let kind = self.text("type");
        if let Some(kind) = kind.filter(|kind| !kind.eq_ignore_ascii_case("exchange_lan")) {
            return Some(
                Diagnostic::error(
                    "The product offering is not one of a peering LAN",
                    format!(
                        "The exchange at {host} says that offering {id} is of type {kind:?}; a \
                         config of a peering LAN needs one of type \"exchange_lan\", whose \
                         exchange_lan_network_service is the LAN. ixapi_product_offerings with \
                         type = \"exchange_lan\" lists them."
                    ),
                )
                .at(Path::attribute("product_offering")),
            );
        }
        let wanted = config.get("network_service").as_str()?;
        let lan = self.text("exchange_lan_network_service")?;
        let is_another = !lan.eq_ignore_ascii_case(wanted);
        is_another.then(|| {
            Diagnostic::error(
                "The product offering is one of another peering LAN",
                format!(
                    "network_service is {wanted:?}, and the exchange at {host} says that offering \
                     {id} is for {lan:?} (exchange_lan_network_service). Choose an offering of \
                     {wanted}: ixapi_product_offerings with type = \"exchange_lan\" lists them. \
                     Or, to peer at the other LAN, change network_service too."
                ),
            )
            .at(Path::attribute("product_offering"))
        })
    }

    /// A capacity that the offering does not have.
    fn out_of_bounds(&self, config: &Value) -> Option<Diagnostic> {
        let capacity = config.get("capacity").as_i64()?;
        let (least, most) = (self.number("bandwidth_min"), self.number("bandwidth_max"));
        let bound = match (least, most) {
            (Some(least), _) if capacity < least => {
                format!("at least {least} Mbit/s (bandwidth_min)")
            }
            (_, Some(most)) if capacity > most => format!("at most {most} Mbit/s (bandwidth_max)"),
            _ => return None,
        };
        let Offered { host, id, .. } = self;
        Some(
            Diagnostic::error(
                "The product offering does not have this capacity",
                format!(
                    "capacity is {capacity}, and the exchange at {host} says that offering {id} \
                     has {bound}. Change capacity, leave it out, or choose another offering."
                ),
            )
            .at(Path::attribute("capacity")),
        )
    }

    /// An offering for the circuit itself, or for something else altogether.
    fn for_something_else(&self) -> Option<Diagnostic> {
        let Offered { host, id, .. } = self;
        let ordered = self.text("resource_type")?;
        let is_else = !ordered.eq_ignore_ascii_case("network_service_config");
        is_else.then(|| {
            Diagnostic::error(
                "The product offering is not one for configs",
                format!(
                    "The exchange at {host} says that offering {id} is ordered for {ordered:?} \
                     (resource_type), not for \"network_service_config\". Choose one of the \
                     circuit's nsc_product_offerings, or leave product_offering out if it has none."
                ),
            )
            .at(Path::attribute("product_offering"))
        })
    }
}
