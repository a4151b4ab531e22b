//! A part of the exchange that shares no equipment with another.

use super::declaration::{Collection, Life, by, by_ids, fields, text};
use super::groups::ID;

/// Availability zones (dictionary §7.2).
pub static AVAILABILITY_ZONES: Collection = Collection {
    name: "availability_zone",
    plural: "availability_zones",
    noun: "availability zone",
    description: "Availability zones: parts of the exchange that share no equipment.",
    path: "/availability-zones",
    schema: "AvailabilityZone",
    shape: fields(&[ID, &[text("name", "Name.")]]),
    filters: &[by_ids(), by("name", "Only the one with this name.")],
    life: Life::Immediate,
};
