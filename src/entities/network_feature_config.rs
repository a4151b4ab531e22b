//! The use of a feature of a network service, such as a session with a route server.

use crate::ixapi::State;
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::checks;
use super::declaration::{
    Arrives, Collection, Ends, Lane, Life, Provisioning, RequiredRoles, Resource, RestsInError,
    Source, Which, boolean, by, check, fields, id_of, integer, one_of, switches, text,
};
use super::formats;
use super::groups::{
    BY_CONTACTS, BY_IDS, BY_OWNERS, BY_STATES, CHECKS_OF_ACCOUNTS, ID, OWNABLE, STATEFUL,
    role_assignments,
};
use super::network_feature::NETWORK_FEATURES;

/// Numbers of autonomous systems are of 32 bits.
const LAST_ASN: i64 = u32::MAX as i64;

/// The roles that a session needs.
const ROLES_OF_FEATURE: RequiredRoles = RequiredRoles {
    by: "network_feature",
    collection: "/network-features",
    roles: "nfc_required_contact_roles",
};

/// A session is done for its owner when it is allocated.
static SESSION: Provisioning = Provisioning {
    waits_for: Some(State::Allocated),
    because: "`production` may need the port and the config that it belongs to",
    goes_on_with: None,
    rests_in_error: RestsInError::Never,
    cancelled_is_gone: false,
    has_cancellation_policy: false,
    takes_along: None,
    expected_tags: &["requested"],
};

/// Network feature configs (dictionary §7.7). There is one type, the route server session.
pub static NETWORK_FEATURE_CONFIGS: Collection = Collection {
    name: "network_feature_config",
    plural: "network_feature_configs",
    noun: "network feature config",
    description: "Network feature configs: your sessions with route servers.",
    path: "/network-feature-configs",
    schema: "RouteServerNetworkFeatureConfig",
    shape: fields(&[
        ID,
        &[
            one_of("type", &["route_server"], "Type of the feature.")
                .or("route_server")
                .replaces()
                .always_sent(),
            id_of(
                "network_feature",
                "Id of the feature (`ixapi_network_features`).",
            )
            .required()
            .replaces(),
            id_of(
                "network_service_config",
                "Id of the config of the network service that has the feature.",
            )
            .required()
            .replaces(),
        ],
        OWNABLE,
        &[
            id_of(
                "billing_account",
                "Account that is billed. It needs billing information.",
            )
            .found_in(Source::Account)
            .replaces(),
            text("purchase_order", "Purchase order number for the invoice.")
                .optional()
                .replaces()
                .max(80)
                .cleared_by_empty(),
            text("contract_ref", "Reference to a contract.")
                .optional()
                .replaces()
                .max(128),
            role_assignments(ROLES_OF_FEATURE)
            .replaces()
            .warns_before_replacing(
                "Another role assignment needs a new session: the old one is cancelled first, and \
                 no routes are exchanged until the new one is up. Name only the role assignments \
                 that the feature needs (nfc_required_contact_roles), so that other roles of a \
                 contact can come and go; the data source ixapi_role_assignment singles one out.",
            ),
            switches(
                "flags",
                "name",
                "enabled",
                "What is switched on or off, by the name of the feature's flag. Unset ones are the \
                 exchange's choice.",
            )
            .optional_computed()
            .replaces(),
            id_of(
                "ip",
                "Id of your IP address on the LAN (`ixapi_ip`): one of those of the config.",
            )
            .required(),
            integer("asn", "Number of your autonomous system.")
                .required()
                .between(0, LAST_ASN),
            text(
                "password",
                "Password of the BGP session. It is kept in the state, also by an import. Unset, \
                 the session keeps the one that it has; an empty text takes it away.",
            )
            .optional_computed()
            .max(128)
            .cleared_by_empty()
            .sensitive()
            .write_only_twin(),
            text("as_set_v4", "Your IPv4 routes, as in `AS-EXAMPLE@RIPE`.")
                .optional()
                .max(100)
                .valid_if(formats::as_set),
            text("as_set_v6", "Your IPv6 routes, as in `AS-EXAMPLE@RIPE`.")
                .optional()
                .max(100)
                .valid_if(formats::as_set),
            integer(
                "max_prefix_v4",
                "How many IPv4 routes the session takes before it is shut. Unset, the exchange \
                 decides.",
            )
            .optional_computed()
            .at_least(0)
            .given_back(),
            integer(
                "max_prefix_v6",
                "How many IPv6 routes the session takes before it is shut. Unset, the exchange \
                 decides.",
            )
            .optional_computed()
            .at_least(0)
            .given_back(),
            boolean(
                "insert_ixp_asn",
                "Whether the route server puts its own number into the path.",
            )
            .or_boolean(true),
            one_of(
                "session_mode",
                &["public", "collector"],
                "`public` to exchange routes, `collector` to send them only.",
            )
            .required(),
            one_of(
                "bgp_session_type",
                &["active", "passive"],
                "Whether the route server opens the session, `active`, or waits for it, `passive`.",
            )
            .required(),
        ],
        STATEFUL,
    ]),
    filters: &[
        BY_IDS,
        BY_STATES,
        BY_OWNERS,
        &[
            by("type", "Only those of this type.").among(&["route_server"]),
            by(
                "network_service_config",
                "Only those of this network service config.",
            )
            .also_spelled("service_config"),
            by("network_feature", "Only those of this feature."),
            by(
                "role_assignments",
                "Only those with one of these role assignments.",
            )
            .any_of(),
            BY_CONTACTS,
        ],
    ],
    life: Life::Provisioned(&SESSION),
};

/// A session with a route server.
pub static NFC: Resource = Resource {
    name: "nfc",
    noun: "network feature config",
    description: "A session with a route server of a peering LAN or closed user group. Where the \
                  feature is required, the config of the LAN goes into production only once there \
                  is one.",
    of: &NETWORK_FEATURE_CONFIGS,
    which: Which::All,
    arrives: Arrives::Ordered,
    ends: Ends::Cancelled,
    one_at_a_time: &[Lane {
        collection: "/network-service-configs",
        field: "network_service_config",
    }],
    links: &[],
    check: some_routes_are_named,
    plan: &[
        CHECKS_OF_ACCOUNTS,
        &[
            check(&["network_feature"], |scene| {
                Box::pin(checks::exists(scene, "network_feature", &NETWORK_FEATURES))
            }),
            check(&["flags", "network_feature"], |scene| {
                Box::pin(checks::refused_flags(scene))
            }),
            check(&["bgp_session_type", "network_feature"], |scene| {
                Box::pin(checks::another_side_opens(scene))
            }),
            check(&["role_assignments", "network_feature"], |scene| {
                Box::pin(checks::missing_roles(scene, ROLES_OF_FEATURE))
            }),
        ],
    ],
};

/// A public session without routes of any family would take nothing and give nothing.
fn some_routes_are_named(config: &Value) -> Diagnostics {
    let public = config.get("session_mode").as_str() == Some("public");
    let unset = |name: &str| config.get(name).is_null();
    if public && unset("as_set_v4") && unset("as_set_v6") {
        return Diagnostic::error(
            "The session has no routes",
            "A public session needs as_set_v4, as_set_v6 or both: the set of routes that you \
             announce, as in \"AS-EXAMPLE@RIPE\".",
        )
        .at(Path::attribute("as_set_v4"))
        .into();
    }
    Diagnostics::default()
}
