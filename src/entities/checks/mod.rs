//! What an exchange would refuse, and shows beforehand. Each check is a few lines; which resource
//! has which is in the resource's declaration.

mod accounts;
mod features;
mod keys;
mod letters;
mod macs;
mod offerings;
mod ports;
mod roles;
mod services;

pub use accounts::{
    Standing, account_is_billable, account_is_in_production, account_is_yours, standing,
};
pub use features::{another_side_opens, refused_flags};
pub use keys::{SERVICE_KEY, key_of_a_port};
pub use letters::issued_by_the_exchange;
pub use macs::{OF_THE_SAME, replaced_while_in_use};
pub use offerings::{
    OFFERING_EXISTS, OFFERING_IS_SOLD, Whose, another_place, beyond_the_offering,
    capacity_out_of_bounds, cross_connect_by_the_exchange, less_than_is_in_use, not_of_type,
    of_another_type, too_many_ports, upgrade_or_downgrade,
};
pub use ports::{
    another_metro_area, capacity_left, ethertype, not_a_group, side_is_taken, taken_until_it_ends,
    vlan_in_use, vlan_type,
};
pub use roles::{
    Assignment, FIELDS, assignments, contact_lacks, fields_of_role, missing_roles, name_for_a_role,
    name_of_role, required_roles,
};
pub use services::{
    another_lan, handover, more_than_the_service, of_another_service, service_is_shown,
    service_of_another_type,
};

use super::declaration::{Collection, Scene, Skipped, Verdict, passes};

/// The object that an attribute names does not exist, or is not shown to this customer.
pub async fn exists(scene: &Scene<'_>, attribute: &str, of: &Collection) -> Verdict {
    match scene.named(of, attribute).await {
        Err(Skipped::Missing) => {
            let id = scene.text(attribute)?;
            scene.refuse(
                attribute,
                format!("The {} does not exist", of.noun),
                format!(
                    "{attribute} is {id:?}, and the exchange at {} does not know it. Choose one \
                     that it has: ixapi_{} lists them.",
                    scene.host(),
                    of.plural
                ),
            )
        }
        Err(skipped) => Err(skipped),
        Ok(_) => passes(),
    }
}

/// Whether two ids, or names of kinds, are the same. Exchanges spell them in either case.
fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
