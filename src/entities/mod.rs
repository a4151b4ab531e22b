//! What exists: one file for each IX-API collection, a declaration read like a data sheet, with the
//! resources that are views of it; and one for each lookup.
//!
//! The words are in [`declaration`], shared fields in [`groups`], forms of texts in [`formats`].
//! What Terraform makes of a declaration is `provider`'s business; how the exchange is spoken to is
//! `ixapi`'s.

pub mod checks;
pub mod declaration;
pub mod formats;
pub mod groups;

mod about;
mod account;
mod availability_zone;
mod cancellation_policy;
mod change_request;
mod connection;
mod contact;
mod device;
mod facility;
mod ip;
mod layer3;
mod loa;
mod mac;
mod member_joining_rule;
mod metro_area;
mod metro_area_network;
mod network_feature;
mod network_feature_config;
mod network_service;
mod network_service_config;
mod pop;
mod port;
mod port_reservation;
mod product_offering;
mod role;
mod role_assignment;
mod routing_function;
mod service_key;
mod statistics;

use declaration::{Collection, Lookup, Own, Resource, Revealed};

pub use account::{ACCOUNTS, OWN as OWN_ACCOUNT, is_of_another_party, managing};
pub use change_request::CHANGE_REQUEST;
pub use contact::CONTACTS;
pub use groups::{CONSUMING, MANAGING, OWNERS};
pub use mac::normalized as normalized_mac;
pub use network_service::P2P_VC;
pub use role_assignment::ROLE_ASSIGNMENTS;
pub use service_key::SERVICE_KEYS;

/// What the exchange has.
pub static COLLECTIONS: &[&Collection] = &[
    &account::ACCOUNTS,
    &availability_zone::AVAILABILITY_ZONES,
    &change_request::CHANGE_REQUESTS,
    &connection::CONNECTIONS,
    &contact::CONTACTS,
    &device::DEVICES,
    &facility::FACILITIES,
    &ip::IPS,
    &mac::MACS,
    &member_joining_rule::MEMBER_JOINING_RULES,
    &metro_area::METRO_AREAS,
    &metro_area_network::METRO_AREA_NETWORKS,
    &network_feature::NETWORK_FEATURES,
    &network_feature_config::NETWORK_FEATURE_CONFIGS,
    &network_service::NETWORK_SERVICES,
    &network_service_config::NETWORK_SERVICE_CONFIGS,
    &pop::POPS,
    &port::PORTS,
    &port_reservation::PORT_RESERVATIONS,
    &product_offering::PRODUCT_OFFERINGS,
    &role::ROLES,
    &role_assignment::ROLE_ASSIGNMENTS,
    &routing_function::ROUTING_FUNCTIONS,
    &service_key::SERVICE_KEY_CONNECTIONS,
    &service_key::SERVICE_KEY_NETWORK_SERVICES,
];

/// The collection of the objects whose ids an attribute has, if its name says which that is:
/// `network_connection`, `joining_member_account`, `macs`.
pub fn collection_of(attribute: &str) -> Option<&'static Collection> {
    let is_of = |name: &str| {
        let before = attribute.strip_suffix(name);
        before.is_some_and(|before| before.is_empty() || before.ends_with('_'))
    };
    let names = COLLECTIONS
        .iter()
        .flat_map(|of| [(of.name, of), (of.plural, of)]);
    let named = names.filter(|(name, _)| is_of(name));
    let (_, of) = named.max_by_key(|(name, _)| name.len())?;
    Some(of)
}

/// What Terraform manages of it.
pub static RESOURCES: &[&Resource] = &[
    &account::ACCOUNT,
    &change_request::CHANGE_REQUEST,
    &connection::CONNECTION,
    &contact::CONTACT,
    &ip::IP,
    &mac::MAC,
    &member_joining_rule::MEMBER_JOINING_RULE,
    &network_feature_config::NFC,
    &network_service::CLOUD_VC,
    &network_service::MP2MP_VC,
    &network_service::P2MP_VC,
    &network_service::P2P_VC,
    &network_service_config::NSC,
    &port_reservation::PORT_RESERVATION,
    &role_assignment::ROLE_ASSIGNMENT,
    &routing_function::ROUTING_FUNCTION,
];

/// What can be asked of it besides.
pub static LOOKUPS: &[&Lookup] = &[
    &about::EXTENSIONS,
    &about::HEALTH,
    &about::IMPLEMENTATION,
    &cancellation_policy::CANCELLATION_POLICY,
    &loa::LOA,
    &service_key::SERVICE_KEY,
    &statistics::PEER_STATISTICS,
    &statistics::PEER_STATISTICS_TIMESERIES,
    &statistics::STATISTICS,
    &statistics::STATISTICS_TIMESERIES,
];

/// What is one's own where nothing says which is meant.
pub static OWN: &[&Own] = &[&account::OWN];

/// Which secrets can be had without storing them.
pub static REVEALED: &[&Revealed] = &[&service_key::REVEALED];
