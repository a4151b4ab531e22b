//! A contact in a role.

use super::declaration::{Entity, Life, no_further_rules, id_of};
use super::groups::ID;

/// A role assignment (dictionary §7.1). There is no way to change one.
pub static ROLE_ASSIGNMENT: Entity = Entity {
    name: "role_assignment",
    plural: "role_assignments",
    noun: "role assignment",
    description: "A contact in a role. Ports, circuits and configs name role assignments, not \
                  contacts; one contact may have several roles.",
    path: "/role-assignments",
    schemas: &["RoleAssignment"],
    fields: &[
        ID,
        &[
            id_of("role", "Id of the role (`ixapi_roles`).")
                .required()
                .replaces(),
            id_of("contact", "Id of the contact.")
                .required()
                .replaces(),
        ],
    ],
    constants: &[],
    filters: &[],
    life: Life::Immediate,
    touches: None,
    check: no_further_rules,
};
