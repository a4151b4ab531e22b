//! A part of the exchange that shares no equipment with another.

use super::declaration::{Collection, Life, by, fields, text};
use super::groups::{BY_IDS, ID};

/// Availability zones (dictionary §7.2).
pub static AVAILABILITY_ZONES: Collection = Collection {
    name: "availability_zone",
    plural: "availability_zones",
    noun: "availability zone",
    description: "Availability zones: parts of the exchange that share no equipment.",
    path: "/availability-zones",
    schema: "AvailabilityZone",
    shape: fields(&[ID, &[text("name", "Name.")]]),
    filters: &[BY_IDS, &[by("name", "Only the one with this name.")]],
    life: Life::Immediate,
};
