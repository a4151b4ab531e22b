//! An IP address on a peering LAN.

use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::declaration::{
    Arrives, Collection, Ends, Field, FoundAt, Life, Resource, Which, by, fields, id_of, integer,
    moment, no_further_plans, text,
};
use super::formats;
use super::groups::{BY_IDS, BY_OWNERS, ID, OWNED};

/// What an address does not show of itself: the config that it was allocated for.
const CONFIG: Field = id_of(
    "network_service_config",
    "Id of the network service config for which the exchange allocated it.",
)
.required()
.replaces()
.never_returned()
.found_at(FoundAt::Holder {
    collection: "/network-service-configs",
    list: "ips",
});

/// IP addresses (dictionary §7.9). There is no way to delete one.
pub static IPS: Collection = Collection {
    name: "ip",
    plural: "ips",
    noun: "IP address",
    description: "IP addresses on peering LANs and closed user groups.",
    path: "/ips",
    schema: "IPAddress",
    shape: fields(&[
        ID,
        &[
            integer("version", "4 or 6.")
                .required()
                .replaces()
                .between(4, 6),
            text("address", "The address.").same_if(formats::same_ip),
            integer("prefix_length", "Length of the network's prefix."),
            text("fqdn", "Its name in the DNS.").optional().max(100),
            moment("valid_not_before", "Moment from which it may be used."),
            moment("valid_not_after", "Moment until which it may be used."),
        ],
        OWNED,
    ]),
    filters: &[
        BY_IDS,
        BY_OWNERS,
        &[
            by("network_service", "Only those on this network service.").ask_the_exchange(),
            by("network_service_config", "Only those of this config.").ask_the_exchange(),
            by("network_feature", "Only those of this feature.").ask_the_exchange(),
            by(
                "network_feature_config",
                "Only those of this feature config.",
            )
            .ask_the_exchange(),
            by("version", "Only those of this version, 4 or 6.").integer(),
            by("fqdn", "Only the one with this name in the DNS."),
            by("prefix_length", "Only those with this length of prefix.").integer(),
            by("valid_not_before", "Only those valid from this moment.").ask_the_exchange(),
            by("valid_not_after", "Only those valid until this moment.").ask_the_exchange(),
        ],
    ],
    life: Life::Immediate,
};

/// An address that the exchange allocated, to give it a name.
pub static IP: Resource = Resource {
    name: "ip",
    noun: "IP address",
    description: "The IP address that the exchange allocated for a config of a peering LAN. It is \
                  found, not ordered, by config and version, and waited for if need be; its `fqdn` \
                  can be set. Destroying it leaves it as it is: it ends with the config.",
    of: &IPS,
    which: Which::All,
    arrives: Arrives::Found {
        by: &["network_service_config", "version"],
        keys: &[CONFIG],
    },
    ends: Ends::LetGo,
    one_at_a_time: &[],
    links: &[],
    check: there_are_two_versions,
    plan: no_further_plans(),
};

fn there_are_two_versions(config: &Value) -> Diagnostics {
    match config.get("version").as_i64() {
        Some(5) => Diagnostic::error(
            "There is no such version of IP",
            "version is 5. Use 4 or 6.",
        )
        .at(Path::attribute("version"))
        .into(),
        _ => Diagnostics::default(),
    }
}
