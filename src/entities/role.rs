//! What a contact can be responsible for.

use super::declaration::{Collection, Life, by, fields, text, texts};
use super::groups::{BY_IDS, ID};

/// A role (dictionary §7.1). Exchanges spell role ids in either case.
pub static ROLES: Collection = Collection {
    name: "role",
    plural: "roles",
    noun: "role",
    description: "Roles that contacts can be given, such as `noc` or `implementation`. Exchanges \
                  spell role ids in either case; compare them with `lower()`.",
    path: "/roles",
    schema: "Role",
    shape: fields(&[
        ID,
        &[
            text("name", "Name."),
            texts(
                "required_fields",
                "Fields of the contact that the role needs, such as `email`.",
            ),
        ],
    ]),
    filters: &[
        BY_IDS,
        &[
            by("name", "Only the one with this name."),
            by("contact", "Only those that this contact can be given.").ask_the_exchange(),
        ],
    ],
    life: Life::Immediate,
};
