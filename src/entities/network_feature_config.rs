//! The use of a feature of a network service, such as a session with a route server.

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::ixapi::{Client, Json, State, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::{Path, Step};
use crate::tfplugin::plan::Change;
use crate::tfplugin::value::Value;

use super::declaration::{
    Arrives, Collection, Ends, Lane, Life, PlanHook, Provisioning, Resource, RestsInError, Source,
    Which, boolean, by, fields, id_of, integer, one_of, switches, text, texts,
};
use super::formats;
use super::groups::{BY_CONTACTS, BY_IDS, BY_OWNERS, BY_STATES, ID, OWNABLE, STATEFUL};
use super::network_feature::NETWORK_FEATURES;

/// Numbers of autonomous systems are of 32 bits.
const LAST_ASN: i64 = u32::MAX as i64;

/// A session is done for its owner when it is allocated.
static SESSION: Provisioning = Provisioning {
    waits_for: Some(State::Allocated),
    because: "`production` may need the port and the config that it belongs to",
    rests_in_error: RestsInError::Never,
    cancelled_is_gone: false,
    has_cancellation_policy: false,
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
            texts(
                "role_assignments",
                "Ids of the role assignments whose contacts are responsible. The feature says \
                 which roles are needed (`nfc_required_contact_roles`).",
            )
            .required()
            .replaces()
            .any_case()
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
            by("type", "Only those of this type."),
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
    plan: PlanHook(|client, stop, change| {
        Box::pin(what_the_feature_rules_out(client, stop, change))
    }),
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

/// The flags that a configuration names, as far as it is known.
fn flags(config: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let entries = match config.get("flags") {
        Value::Map(entries) => Some(entries),
        _ => None,
    };
    let entries = entries.into_iter().flatten();
    entries.map(|(name, value)| (name.as_str(), value))
}

fn path_of(flag: &str) -> Path {
    Path::attribute("flags").step(Step::Key(flag.to_owned()))
}

/// A session is replaced by cancelling the one that exchanges routes; better to hear before that
/// what the exchange would refuse.
async fn what_the_feature_rules_out(
    client: &Client,
    stop: &CancellationToken,
    change: &Change,
) -> Diagnostics {
    let config = &change.config;
    let Some(id) = config.get("network_feature").as_str() else {
        return Diagnostics::default();
    };
    let is_ordered = change.prior.is_null() || !change.replaces.is_empty();
    let differs = |name: &str| change.planned.get(name) != change.prior.get(name);
    if !is_ordered && !differs("bgp_session_type") {
        return Diagnostics::default();
    }
    let features = client.objects(NETWORK_FEATURES.path);
    let feature = match features.find(id, Instant::now(), stop).await {
        Ok(feature) => feature,
        Err(error) if is_ordered && error.is_not_found() && error.problem().is_some() => {
            return no_such_feature(client.host(), id).into();
        }
        Err(_) => return Diagnostics::default(),
    };
    let featured = Featured {
        host: client.host(),
        id,
        feature: &feature,
    };
    let mut found = Diagnostics::default();
    if is_ordered {
        found.append(featured.refused_flags(config));
    }
    if let Some(refused) = featured.another_side_opens(config) {
        found.push(refused);
    }
    found
}

fn no_such_feature(host: &str, id: &str) -> Diagnostic {
    Diagnostic::error(
        "The network feature does not exist",
        format!(
            "network_feature is {id:?}, and the exchange at {host} does not know it. Choose one \
             that it has: ixapi_network_features lists them."
        ),
    )
    .at(Path::attribute("network_feature"))
}

/// What an exchange says of the feature that a session is of. What it does not say rules nothing
/// out.
struct Featured<'a> {
    host: &'a str,
    id: &'a str,
    feature: &'a Json,
}

impl Featured<'_> {
    /// Flags that the feature does not have, and those that are to be off and cannot be.
    fn refused_flags(&self, config: &Value) -> Diagnostics {
        let shown = self.feature.get("flags").filter(|shown| !shown.is_null());
        let known: Option<Vec<_>> = shown.and_then(|shown| {
            let known = lenient::list(shown).iter();
            known
                .map(|flag| Some((lenient::text(flag.get("name")?)?, flag)))
                .collect()
        });
        let Some(known) = known else {
            return Diagnostics::default();
        };
        let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
        let refused = flags(config).filter_map(|(name, value)| {
            let flag = known.iter().find(|(known, _)| known == name);
            let Some((_, flag)) = flag else {
                return Some(self.no_such_flag(name, &names));
            };
            let mandatory = flag.get("mandatory").and_then(lenient::boolean) == Some(true);
            let is_off = *value == Value::Bool(false);
            (mandatory && is_off).then(|| self.always_on(name))
        });
        Diagnostics(refused.collect())
    }

    fn no_such_flag(&self, name: &str, known: &[&str]) -> Diagnostic {
        let Featured { host, id, .. } = self;
        let known = match known {
            [] => "no flags".to_owned(),
            known => format!("these: {}", known.join(", ")),
        };
        Diagnostic::error(
            "The network feature does not have this flag",
            format!(
                "flags names {name:?}, and the exchange at {host} says that feature {id} has \
                 {known}. Correct the name, or remove it."
            ),
        )
        .at(path_of(name))
    }

    fn always_on(&self, name: &str) -> Diagnostic {
        let Featured { host, id, .. } = self;
        Diagnostic::error(
            "The flag cannot be switched off",
            format!(
                "flags has {name} = false, and the exchange at {host} says that it is mandatory \
                 for feature {id}. Set it to true, or leave it out."
            ),
        )
        .at(path_of(name))
    }

    fn another_side_opens(&self, config: &Value) -> Option<Diagnostic> {
        let wanted = config.get("bgp_session_type").as_str()?;
        let shown = self.feature.get("available_bgp_session_types")?;
        let known: Vec<String> = lenient::list(shown)
            .iter()
            .filter_map(lenient::text)
            .collect();
        if known.is_empty() || known.iter().any(|kind| kind.eq_ignore_ascii_case(wanted)) {
            return None;
        }
        let Featured { host, id, .. } = self;
        let known = known.join(", ");
        Some(
            Diagnostic::error(
                "The network feature does not have this type of BGP session",
                format!(
                    "bgp_session_type is {wanted:?}, and the exchange at {host} says that feature \
                     {id} has these: {known} (available_bgp_session_types). Choose one of them, or \
                     another feature."
                ),
            )
            .at(Path::attribute("bgp_session_type")),
        )
    }
}
