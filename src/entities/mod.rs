//! What exists: one file per IX-API entity, each a declaration read like a data sheet.
//!
//! The words are in [`declaration`], shared fields in [`groups`], forms of texts in [`formats`]. What Terraform makes of an entity
//! is `provider`'s business; how the exchange is spoken to is `ixapi`'s.

pub mod declaration;
pub mod formats;
pub mod groups;

/// Names the files of this folder that declare an entity, and gathers the entities.
macro_rules! entities {
    ($($file:ident: $entity:ident),* $(,)?) => {
        $(mod $file;)*

        /// Every entity, in alphabetical order.
        pub static ALL: &[&declaration::Entity] = &[$(&$file::$entity),*];
    };
}

entities! {
    account: ACCOUNT,
    connection: CONNECTION,
    contact: CONTACT,
    facility: FACILITY,
    mac: MAC,
    metro_area: METRO_AREA,
    metro_area_network: METRO_AREA_NETWORK,
    network_service_config: NETWORK_SERVICE_CONFIG,
    p2p_vc: P2P_VC,
    pop: POP,
    port_reservation: PORT_RESERVATION,
    product_offering: PRODUCT_OFFERING,
    role: ROLE,
    role_assignment: ROLE_ASSIGNMENT,
}
