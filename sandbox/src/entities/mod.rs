//! One module per collection, each with its table: what is checked when one of its objects is
//! ordered, changed or cancelled, and what is worked out when it is answered. To add a collection,
//! write its file and put its table into [`ALL`].

pub mod accounts;
pub mod catalogue;
pub mod change_requests;
pub mod clouds;
pub mod connections;
pub mod contacts;
pub mod groups;
pub mod ips;
pub mod macs;
pub mod member_joining_rules;
pub mod network_feature_configs;
pub mod network_features;
pub mod network_service_configs;
pub mod network_services;
pub mod port_reservations;
pub mod ports;
pub mod role_assignments;
pub mod roles;
pub mod routing_functions;
mod shared;

use crate::exchange::Entity;

/// The tables of all collections that are served.
pub static ALL: [&Entity; 22] = [
    &accounts::ENTITY,
    &catalogue::AVAILABILITY_ZONES,
    &catalogue::DEVICES,
    &catalogue::FACILITIES,
    &catalogue::METRO_AREAS,
    &catalogue::METRO_AREA_NETWORKS,
    &catalogue::POPS,
    &catalogue::PRODUCT_OFFERINGS,
    &connections::ENTITY,
    &contacts::ENTITY,
    &ips::ENTITY,
    &macs::ENTITY,
    &member_joining_rules::ENTITY,
    &network_feature_configs::ENTITY,
    &network_features::ENTITY,
    &network_service_configs::ENTITY,
    &network_services::ENTITY,
    &port_reservations::ENTITY,
    &ports::ENTITY,
    &role_assignments::ENTITY,
    &roles::ENTITY,
    &routing_functions::ENTITY,
];
