//! A person or desk that the exchange can reach.

use super::checks;
use super::declaration::{
    Arrives, Collection, Ends, Life, Link, Resource, Which, check, fields, no_further_rules, text,
    texts,
};
use super::formats;
use super::groups::{BY_IDS, BY_OWNERS, CHECKS_OF_OWNERS, ID, OWNABLE};
use super::role_assignment::ROLE_ASSIGNMENTS;

/// Contacts (dictionary §7.1). Which of their fields are needed depends on their roles.
pub static CONTACTS: Collection = Collection {
    name: "contact",
    plural: "contacts",
    noun: "contact",
    description: "Contacts: the persons and desks that the exchange can reach.",
    path: "/contacts",
    schema: "Contact",
    shape: fields(&[
        ID,
        OWNABLE,
        &[
            text("name", "Name of the person or desk.")
                .optional()
                .max(128),
            text("email", "E-mail address.")
                .optional()
                .max(80)
                .valid_if(formats::email),
            text("telephone", "Telephone number, with country code.")
                .optional()
                .max(40),
        ],
    ]),
    filters: &[BY_IDS, BY_OWNERS],
    life: Life::Immediate,
};

/// A contact, with its roles.
pub static CONTACT: Resource = Resource {
    name: "contact",
    noun: "contact",
    description: "A person or desk that the exchange can reach. A contact is put to use by giving \
                  it `roles`; each role says which of the contact's fields it needs \
                  (`required_fields` of `ixapi_roles`). Ports, circuits and configs name the \
                  resulting `role_assignments`.",
    of: &CONTACTS,
    which: Which::All,
    arrives: Arrives::Ordered,
    ends: Ends::Deleted,
    one_at_a_time: &[],
    links: &[Link {
        targets: texts(
            "roles",
            "Ids of the roles that it has (`ixapi_roles`). What is not in the list is taken from \
             it; unset, its roles are left as they are, for `ixapi_role_assignment` to manage.",
        )
        .optional_computed()
        .any_case(),
        objects: texts(
            "role_assignments",
            "Ids of its role assignments, one for each role.",
        )
        .follows(&["roles"]),
        of: &ROLE_ASSIGNMENTS,
        owner: "contact",
        target: "role",
    }],
    check: no_further_rules,
    plan: &[
        CHECKS_OF_OWNERS,
        &[
            check(&["roles"], |scene| Box::pin(checks::name_for_a_role(scene))),
            check(&["roles", "name", "email", "telephone"], |scene| {
                Box::pin(checks::contact_lacks(scene))
            }),
        ],
    ],
};
