//! A contact in a role.

use super::declaration::{
    Arrives, Collection, Ends, Life, Resource, Which, by, fields, id_of, no_further_plans,
    no_further_rules,
};
use super::groups::{BY_IDS, ID};

/// Role assignments (dictionary §7.1). There is no way to change one.
pub static ROLE_ASSIGNMENTS: Collection = Collection {
    name: "role_assignment",
    plural: "role_assignments",
    noun: "role assignment",
    description: "Role assignments: contacts in roles.",
    path: "/role-assignments",
    schema: "RoleAssignment",
    shape: fields(&[
        ID,
        &[
            id_of("role", "Id of the role (`ixapi_roles`).")
                .required()
                .replaces(),
            id_of("contact", "Id of the contact.").required().replaces(),
        ],
    ]),
    filters: &[
        BY_IDS,
        &[
            by("contact", "Only those of this contact."),
            by("role", "Only those in this role."),
        ],
    ],
    life: Life::Immediate,
};

/// A role assignment of its own, beside the contact.
pub static ROLE_ASSIGNMENT: Resource = Resource {
    name: "role_assignment",
    noun: "role assignment",
    description: "A contact in a role. Ports, circuits and configs name role assignments, not \
                  contacts; one contact may have several roles. Simpler is `roles` of \
                  `ixapi_contact`; do not use both for one contact.",
    of: &ROLE_ASSIGNMENTS,
    which: Which::All,
    arrives: Arrives::Ordered,
    ends: Ends::Deleted,
    one_at_a_time: &[],
    links: &[],
    check: no_further_rules,
    plan: no_further_plans(),
};
