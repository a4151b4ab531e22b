//! Services that connect parties: peering LANs, virtual circuits, clouds.

use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::checks::{self, Whose};
use super::declaration::{
    Arrives, Check, Collection, Elsewhere, Ends, Field, FoundAt, Lane, Life, Provisioning,
    Resource, RestsInError, Scene, Variant, Verdict, Which, boolean, by, check, fields, id_of,
    integer, no_further_rules, one_of, passes, text, texts,
};
use super::formats;
use super::groups::{
    BY_IDS, BY_OWNERS, BY_STATES, CANCELABLE, CHECKS_OF_ACCOUNTS, ID, INVOICEABLE, OWNABLE, OWNED,
    STATEFUL,
};
use super::service_key;

/// Types of network services, and of their configs.
pub const TYPES: &[&str] = &["exchange_lan", "p2p_vc", "p2mp_vc", "mp2mp_vc", "cloud_vc"];

/// What every service that is ordered has.
const ORDERED: &[Field] = &[
    id_of(
        "product_offering",
        "Id of an offering of its type (`ixapi_product_offerings`). Another one changes the \
         bandwidth, where the exchange allows it.",
    )
    .required(),
    texts(
        "nsc_product_offerings",
        "Ids of the offerings that its configs can be ordered with; none if they cost nothing.",
    )
    .follows(&["product_offering"]),
];

const DISPLAY_NAME: Field = text("display_name", "Name that all sides see.").optional();

const CAPACITY: Field = integer("capacity", "Bandwidth in Mbit/s.");

const NETWORK_FEATURES: Field = texts("network_features", "Ids of its features.");

/// What every service that several members join has.
const JOINED: &[Field] = &[
    text(
        "name",
        "Name, which IX-API 2.1 requires. Later versions do not know it and have `display_name`.",
    )
    .optional()
    .replaces()
    .max(40),
    DISPLAY_NAME,
    boolean(
        "public",
        "Whether everybody can see and join it, unless a joining rule denies it.",
    )
    .or_boolean(false),
    NETWORK_FEATURES,
    texts("member_joining_rules", "Ids of its joining rules.").changes_anytime(),
];

/// A circuit waits for nobody: its configs come after it.
static CIRCUIT: Provisioning = Provisioning {
    waits_for: None,
    because: "it goes on only once both sides have put their configs on it, and those are \
              ordered after it",
    goes_on_with: None,
    rests_in_error: RestsInError::Never,
    cancelled_is_gone: false,
    has_cancellation_policy: true,
    takes_along: Some("The network service configs on it end with it, the other side's too."),
    expected_tags: &["a_side_nsc_required", "b_side_nsc_required", "requested"],
};

/// A service that several members join waits for nobody either.
static GROUP: Provisioning = Provisioning {
    waits_for: None,
    because: "it may go on only once it has a joining rule and its owner's own config, and those \
              are ordered after it",
    takes_along: Some("The network service configs on it end with it, other members' too."),
    expected_tags: &["member_joining_rule_required", "nsc_required", "requested"],
    ..CIRCUIT
};

/// A circuit to a cloud provider waits for nobody either.
static CLOUD: Provisioning = Provisioning {
    waits_for: None,
    because: "it goes on only once each of its handovers has a config, and those are ordered after \
              it",
    // Exchanges refuse that as long as there are some.
    takes_along: None,
    expected_tags: &["nsc_required", "requested"],
    ..CIRCUIT
};

/// Network services (dictionary §7.5). Those of type `exchange_lan` are the exchange's own.
pub static NETWORK_SERVICES: Collection = Collection {
    name: "network_service",
    plural: "network_services",
    noun: "network service",
    description: "Network services of all types: the exchange's peering LANs, your circuits, those \
                  that you may join. Of other parties' services many fields are empty.",
    path: "/network-services",
    schema: "",
    shape: fields(&[
        ID,
        &[
            one_of("type", TYPES, "Type of the service.")
                .required()
                .replaces()
                .always_sent(),
            texts(
                "nsc_required_contact_roles",
                "Ids of the roles that its configs need among their role assignments.",
            )
            .follows(&["product_offering"]),
        ],
        STATEFUL,
    ])
    .told_apart_by(
        "type",
        &[
            Variant::new(
                "exchange_lan",
                &[
                    OWNED,
                    &[
                        text("name", "Name."),
                        text("metro_area_network", "Id of the metro area network."),
                        integer("peeringdb_ixid", "Its number at PeeringDB."),
                        integer("ixfdb_ixid", "Its number in the IX-F database."),
                        NETWORK_FEATURES,
                        text("subnet_v4", "IPv4 network of the LAN."),
                        text("subnet_v6", "IPv6 network of the LAN."),
                        text("product_offering", "Id of the offering of its configs."),
                    ],
                ],
            )
            .noun("peering LAN")
            .schema("ExchangeLanNetworkService"),
            Variant::new(
                "p2p_vc",
                &[
                    OWNABLE,
                    INVOICEABLE,
                    ORDERED,
                    &[
                        id_of(
                            "joining_member_account",
                            "Account of the other side; your own for a circuit between two of your \
                             ports. Either this or `service_key` is needed.",
                        )
                        .optional_computed()
                        // Exchanges were seen to show its owner another one than was ordered.
                        .as_ordered()
                        .unless("service_key"),
                        id_of(
                            "service_key",
                            "Service key of the other side's port, which says who joins, where the \
                             exchange has the extension for service keys.",
                        )
                        .optional()
                        .replaces()
                        .sensitive()
                        .write_only_twin()
                        .never_returned()
                        .found_at(FoundAt::Elsewhere),
                        DISPLAY_NAME,
                        texts(
                            "availability_zones",
                            "Ids of the availability zones that it runs through.",
                        )
                        .optional_computed()
                        .any_case(),
                        CAPACITY.follows(&["product_offering"]),
                    ],
                    CANCELABLE,
                ],
            )
            .noun("point-to-point virtual circuit")
            .schema("P2PNetworkService")
            .elsewhere(Elsewhere::IfSet("service_key", service_key::CIRCUITS))
            .wishes("change-request"),
            Variant::new(
                "p2mp_vc",
                &[OWNABLE, INVOICEABLE, ORDERED, JOINED, CANCELABLE],
            )
            .noun("point-to-multipoint virtual circuit")
            .schema("P2MPNetworkService")
            .life(&GROUP),
            Variant::new(
                "mp2mp_vc",
                &[
                    OWNABLE,
                    INVOICEABLE,
                    ORDERED,
                    JOINED,
                    &[
                        text("subnet_v4", "IPv4 network that its members use.")
                            .optional()
                            .valid_if(formats::network_v4),
                        text("subnet_v6", "IPv6 network that its members use.")
                            .optional()
                            .valid_if(formats::network_v6),
                        boolean(
                            "mac_acl_protection",
                            "Whether only MAC addresses named in the configs may send.",
                        )
                        .follows(&["product_offering"]),
                    ],
                    CANCELABLE,
                ],
            )
            .noun("closed user group")
            .schema("MP2MPNetworkService")
            .life(&GROUP),
            Variant::new(
                "cloud_vc",
                &[
                    OWNABLE,
                    INVOICEABLE,
                    ORDERED,
                    &[
                        text(
                            "cloud_key",
                            "What the cloud provider knows you or the circuit by: the account id \
                             (AWS, Alibaba), the pairing key (Google), the service key (Azure), \
                             the OCID (Oracle). Who has a pairing or service key can take the \
                             circuit, so it is hidden. Exchanges may refuse another one once it is \
                             there; it is never replaced for it.",
                        )
                        .required()
                        .any_case()
                        .sensitive(),
                        integer(
                            "capacity",
                            "Bandwidth in Mbit/s, where the offering has a range. Unset, the \
                             exchange decides.",
                        )
                        .optional_computed()
                        .at_least(1)
                        .given_back()
                        .follows(&["product_offering"]),
                        integer(
                            "diversity",
                            "How many handovers it has, each to be configured with an `ixapi_nsc`.",
                        )
                        .follows(&["product_offering"]),
                        text(
                            "provider_ref",
                            "What the cloud provider calls it: some return the key.",
                        )
                        .changes_anytime()
                        .sensitive(),
                        texts(
                            "availability_zones",
                            "Ids of the availability zones that it runs through.",
                        ),
                        NETWORK_FEATURES,
                    ],
                    CANCELABLE,
                ],
            )
            .noun("cloud circuit")
            .schema("CloudNetworkService")
            .life(&CLOUD),
        ],
    ),
    filters: &[
        BY_IDS,
        BY_STATES,
        BY_OWNERS,
        &[
            by("type", "Only those of this type.").among(TYPES),
            by(
                "pop",
                "Only those that can be reached at this point of presence.",
            )
            .ask_the_exchange(),
            by("product_offering", "Only those of this product offering.").where_shown(),
            by(
                "name",
                "Only those with this name. It is applied to the answer.",
            )
            .applied_by_us(),
            by(
                "display_name",
                "Only those that all sides see under this name. It is applied to the answer.",
            )
            .applied_by_us(),
            by(
                "metro_area_network",
                "Only the peering LANs of this metro area network, which no other service shows. \
                 It is applied to the answer.",
            )
            .applied_by_us(),
        ],
    ],
    life: Life::Provisioned(&CIRCUIT),
};

/// The fields of an offering that say where the ends of a service are, which cannot move.
pub const ENDS: &[&str] = &["handover_metro_area_network", "service_metro_area_network"];

/// What a plan finds out about the offering of a network service or a routing function.
pub const CHECKS_OF_OFFERING: &[Check] = &[
    checks::OFFERING_EXISTS,
    checks::OFFERING_IS_SOLD,
    check(&["product_offering"], |scene| {
        Box::pin(checks::another_place(scene, Whose::Its, ENDS))
    }),
    check(&["product_offering"], |scene| {
        Box::pin(checks::upgrade_or_downgrade(
            scene,
            Whose::Its,
            "bandwidth_max",
        ))
    }),
];

/// The offering is one of what is ordered, and not of its configs.
const OFFERING_OF_A_SERVICE: Check = check(&["product_offering"], |scene| {
    Box::pin(checks::of_another_type(scene, Some("network_service")))
});

/// A virtual circuit between two parties (dictionary §7.5; getting started guide, private virtual
/// circuit).
pub static P2P_VC: Resource = Resource {
    name: "p2p_vc",
    noun: "point-to-point virtual circuit",
    description: "A virtual circuit between two ports: yours and another party's, or two of your \
                  own. Each side is put on a port with an `ixapi_nsc`; the circuit goes into \
                  production once both sides are there. Its bandwidth is changed by another \
                  product offering, in place.",
    of: &NETWORK_SERVICES,
    which: Which::Only("p2p_vc"),
    arrives: Arrives::Ordered,
    ends: Ends::Cancelled,
    one_at_a_time: &[Lane {
        collection: "/network-services",
        field: "id",
    }],
    links: &[],
    check: the_other_side_is_named_once,
    plan: &[
        CHECKS_OF_ACCOUNTS,
        CHECKS_OF_OFFERING,
        &[
            OFFERING_OF_A_SERVICE,
            check(checks::SERVICE_KEY, |scene| {
                Box::pin(checks::key_of_a_port(scene))
            }),
        ],
    ],
};

/// A virtual circuit from one point to many (dictionary §7.5).
pub static P2MP_VC: Resource = Resource {
    name: "p2mp_vc",
    noun: "point-to-multipoint virtual circuit",
    description: "A virtual circuit from roots to many leaves. Everybody joins it who may, with an \
                  `ixapi_nsc` of type `p2mp_vc`: everybody but whom a rule \
                  (`ixapi_member_joining_rule`) denies it if it is `public`, and whom a rule \
                  allows it otherwise.",
    which: Which::Only("p2mp_vc"),
    check: no_further_rules,
    plan: &[
        CHECKS_OF_ACCOUNTS,
        CHECKS_OF_OFFERING,
        &[OFFERING_OF_A_SERVICE],
    ],
    ..P2P_VC
};

/// A closed user group (dictionary §7.5; getting started guide, closed user groups).
pub static MP2MP_VC: Resource = Resource {
    name: "mp2mp_vc",
    noun: "closed user group",
    description: "A closed user group: a LAN of your own for those who join it with an `ixapi_nsc` \
                  of type `mp2mp_vc`. A private one is seen and joined by whom a rule \
                  (`ixapi_member_joining_rule`) allows it, a `public` one by everybody but whom a \
                  rule denies it. It may go into production only once you have joined it yourself.",
    which: Which::Only("mp2mp_vc"),
    check: no_further_rules,
    plan: &[
        CHECKS_OF_ACCOUNTS,
        CHECKS_OF_OFFERING,
        &[OFFERING_OF_A_SERVICE],
    ],
    ..P2P_VC
};

/// The other side joins by its account or by the service key of its port, and one of them has to
/// say which it is.
fn the_other_side_is_named_once(config: &Value) -> Diagnostics {
    let (account, key) = ("joining_member_account", "service_key");
    let stored = config.get(key);
    // Both at once are refused elsewhere.
    let given = match stored {
        Value::Null => config.get("service_key_wo"),
        stored => stored,
    };
    match (config.get(account), given) {
        (Value::Null, Value::Null) => Diagnostic::error(
            "Nobody is on the other side",
            format!(
                "Set {account} to the account that joins, or {key} to the service key of the port \
                 that you were given."
            ),
        )
        .at(Path::attribute(account))
        .into(),
        (Value::Null, _) | (_, Value::Null) => Diagnostics::default(),
        _ => Diagnostic::error(
            format!("{account} and {key} are both set"),
            format!(
                "The {key} says who joins. Set either {account} or {key}, and remove the other."
            ),
        )
        .at(Path::attribute(match stored {
            Value::Null => account,
            _ => key,
        }))
        .into(),
    }
}

/// A circuit to a cloud provider (dictionary §7.5; getting started guide, cloud circuits).
pub static CLOUD_VC: Resource = Resource {
    name: "cloud_vc",
    noun: "cloud circuit",
    description: "A circuit to a cloud provider. It is begun there, which gives a key for it \
                  (`service_provider_workflow` of the offering is `provider_first`: Azure, Google, \
                  Oracle), or here, with the id of your account there (`exchange_first`: AWS, \
                  Alibaba). Each of its handovers, 1 to `diversity`, is put on a port with an \
                  `ixapi_nsc` of type `cloud_vc`, and then it goes into production. Its bandwidth \
                  is changed by another product offering, in place.",
    which: Which::Only("cloud_vc"),
    check: no_further_rules,
    plan: &[
        CHECKS_OF_ACCOUNTS,
        CHECKS_OF_OFFERING,
        &[
            OFFERING_OF_A_SERVICE,
            check(&["cloud_key"], |scene| Box::pin(another_key(scene))),
        ],
    ],
    ..P2P_VC
};

/// Exchanges may refuse another key for a circuit that is there.
async fn another_key(scene: &Scene<'_>) -> Verdict {
    let is_open = scene.change.prior.get("state").as_str() == Some("requested");
    if scene.is_order() || is_open {
        return passes();
    }
    let warning = Diagnostic::warning(
        "The exchange may refuse another cloud_key",
        "The circuit is past its order, and what the cloud provider knows it by is often fixed \
         then. The change is tried in place, and nothing is cancelled for it. If it is refused, \
         order another circuit, move its configs there, and cancel this one.",
    )
    .at(Path::attribute("cloud_key"));
    Ok(warning.into())
}
