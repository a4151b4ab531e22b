//! A person or desk that the exchange can reach.

use super::declaration::{Entity, Life, no_further_rules, text};
use super::groups::{ID, OWNABLE};
use super::formats;

/// A contact (dictionary §7.1). Which of its fields are needed depends on the roles it is given.
pub static CONTACT: Entity = Entity {
    name: "contact",
    plural: "contacts",
    noun: "contact",
    description: "A person or desk that the exchange can reach. A contact is put to use by giving \
                  it roles with `ixapi_role_assignment`; each role says which of the contact's \
                  fields it needs (`required_fields` of `ixapi_roles`).",
    path: "/contacts",
    schemas: &["Contact"],
    fields: &[
        ID,
        OWNABLE,
        &[
            text("name", "Name of the person or desk.").optional().max(128),
            text("email", "E-mail address.")
                .optional()
                .max(80)
                .valid_if(formats::email),
            text("telephone", "Telephone number, with country code.")
                .optional()
                .max(40),
        ],
    ],
    constants: &[],
    filters: &[],
    life: Life::Immediate,
    touches: None,
    check: no_further_rules,
};
