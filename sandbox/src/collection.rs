//! The names of what customers can have. Everything else about a collection is in its file in
//! `entities/`; the names are here so that one entity can speak of another without importing it.

/// A collection of the API: where it lives and what one of its objects is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Collection {
    /// The collection's name in paths.
    pub path: &'static str,
    /// One object of the collection, for people.
    pub noun: &'static str,
}

const fn named(path: &'static str, noun: &'static str) -> Collection {
    Collection { path, noun }
}

/// `/accounts`
pub const ACCOUNTS: Collection = named("accounts", "account");
/// `/availability-zones`
pub const AVAILABILITY_ZONES: Collection = named("availability-zones", "availability zone");
/// `/connections`
pub const CONNECTIONS: Collection = named("connections", "connection");
/// `/contacts`
pub const CONTACTS: Collection = named("contacts", "contact");
/// `/devices`
pub const DEVICES: Collection = named("devices", "device");
/// `/facilities`
pub const FACILITIES: Collection = named("facilities", "facility");
/// `/ips`
pub const IPS: Collection = named("ips", "IP address");
/// `/macs`
pub const MACS: Collection = named("macs", "MAC address");
/// `/member-joining-rules`
pub const MEMBER_JOINING_RULES: Collection = named("member-joining-rules", "member joining rule");
/// `/metro-area-networks`
pub const METRO_AREA_NETWORKS: Collection = named("metro-area-networks", "metro area network");
/// `/metro-areas`
pub const METRO_AREAS: Collection = named("metro-areas", "metro area");
/// `/network-feature-configs`
pub const NETWORK_FEATURE_CONFIGS: Collection =
    named("network-feature-configs", "network feature config");
/// `/network-features`
pub const NETWORK_FEATURES: Collection = named("network-features", "network feature");
/// `/network-service-configs`
pub const NETWORK_SERVICE_CONFIGS: Collection =
    named("network-service-configs", "network service config");
/// `/network-services`
pub const NETWORK_SERVICES: Collection = named("network-services", "network service");
/// `/pops`
pub const POPS: Collection = named("pops", "pop");
/// `/port-reservations`
pub const PORT_RESERVATIONS: Collection = named("port-reservations", "port reservation");
/// `/ports`
pub const PORTS: Collection = named("ports", "port");
/// `/product-offerings`
pub const PRODUCT_OFFERINGS: Collection = named("product-offerings", "product offering");
/// `/role-assignments`
pub const ROLE_ASSIGNMENTS: Collection = named("role-assignments", "role assignment");
/// `/roles`
pub const ROLES: Collection = named("roles", "role");
/// `/routing-functions`
pub const ROUTING_FUNCTIONS: Collection = named("routing-functions", "routing function");
