//! An IP address: on a peering LAN, or a customer's own.

use std::net::IpAddr;

use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::declaration::{
    Arrives, Collection, Ends, Field, FoundAt, Life, Resource, Source, Which, by, fields, id_of,
    integer, moment, text,
};
use super::formats;
use super::groups::{BY_IDS, BY_OWNERS, CHECKS_OF_OWNERS, ID, MANAGING_ACCOUNT};

/// What an address does not show of itself: the config that it was allocated for.
const CONFIG: Field = id_of(
    "network_service_config",
    "Id of the network service config for which the exchange allocated it.",
)
.optional()
.replaces()
.never_returned()
.found_at(FoundAt::Holder {
    collection: "/network-service-configs",
    list: "ips",
    of_type: "exchange_lan",
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
                .among(&[4, 6]),
            text("address", "The address.")
                .optional_computed()
                .valid_if(formats::ip)
                .same_if(formats::same_ip),
            integer("prefix_length", "Length of the network's prefix.")
                .optional_computed()
                .between(0, 128),
            text("fqdn", "Its name in the DNS.").optional().max(100),
            moment("valid_not_before", "Moment from which it may be used.")
                .optional_computed()
                .given_back()
                .same_if(formats::same_moment),
            moment("valid_not_after", "Moment until which it may be used.")
                .optional_computed()
                .given_back()
                .same_if(formats::same_moment),
            MANAGING_ACCOUNT,
            id_of("consuming_account", "Account that uses it.").found_in(Source::Account),
            text("external_ref", "Reference of its owner's.")
                .optional_computed()
                .given_back()
                .max(128)
                .valid_if(formats::reference),
        ],
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

/// An address: that which the exchange allocated, to give it a name, or one of the user's own.
pub static IP: Resource = Resource {
    name: "ip",
    noun: "IP address",
    description: "An IP address. Which one, one of two arguments says. With \
                  `network_service_config` it is the one that the exchange allocated for that \
                  config of a peering LAN: it is found, and waited for if need be; its `fqdn` \
                  can be set, and whatever else you say has to be what the exchange gave it. \
                  With `address` it is one of your own: it is registered with the exchange, \
                  where that takes such, for configs that name it in `ips`, and can be \
                  changed in place. IX-API has no way to delete an address. So destroying one \
                  deletes nothing: an allocated one ends with its config, and one of your own \
                  stays registered, to be taken over by whoever registers the same again.",
    of: &IPS,
    which: Which::All,
    arrives: Arrives::Found {
        by: &["network_service_config", "version"],
        keys: &[CONFIG],
        or_ordered_with: &["version", "address", "consuming_account"],
    },
    ends: Ends::LetGo,
    one_at_a_time: &[],
    links: &[],
    check: allocated_or_ones_own,
    plan: &[CHECKS_OF_OWNERS],
};

fn allocated_or_ones_own(config: &Value) -> Diagnostics {
    let mut found = Diagnostics::default();
    let mut refuse = |attribute: &str, summary: &str, story: String| {
        let error = Diagnostic::error(summary, story);
        found.push(error.at(Path::attribute(attribute)));
    };
    let version = config.get("version").as_i64();
    if !config.get("network_service_config").is_null() {
        return found;
    }
    let address = config.get("address").as_str();
    if config.get("address").is_null() {
        let story = "Set network_service_config to find the one that the exchange allocated for \
                     it, or address to register one of your own; neither is set.";
        refuse("network_service_config", "Which address?", story.to_owned());
    } else if config.get("prefix_length").is_null() {
        let story = "address is set and prefix_length is not. Say how long the prefix of its \
                     network is, such as 24.";
        refuse(
            "prefix_length",
            "The network of the address is missing",
            story.to_owned(),
        );
    }
    let parsed = address.and_then(|address| address.parse::<IpAddr>().ok());
    if let (Some(parsed), Some(version @ (4 | 6))) = (parsed, version) {
        let (is_of, longest) = if parsed.is_ipv4() { (4, 32) } else { (6, 128) };
        if version != is_of {
            let story = format!("address is {parsed}, of version {is_of}; version is {version}.");
            refuse("address", "The address is of another version", story);
        } else if let Some(length) = config.get("prefix_length").as_i64()
            && length > longest
        {
            let story = format!("prefix_length is {length}; of {parsed} it is at most {longest}.");
            refuse(
                "prefix_length",
                "The prefix is longer than the address",
                story,
            );
        }
    }
    found
}
