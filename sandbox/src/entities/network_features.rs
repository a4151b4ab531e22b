//! Network features: the route servers of the peering LANs, which belong to the exchange.

use crate::collection::NETWORK_FEATURES;
use crate::exchange::Entity;

/// `/network-features`
pub static ENTITY: Entity = Entity::catalogue(NETWORK_FEATURES);
