//! A customer of the exchange.

use super::declaration::{
    Collection, Life, Own, Shape, boolean, by, fields, integers, object, text, texts,
};
use super::groups::{BY_EXTERNAL_REF, BY_IDS, BY_MANAGING_ACCOUNT, BY_STATES, ID, STATEFUL};

/// Where an account is.
const ADDRESS: Shape = fields(&[&[
    text("country", "Country, as ISO 3166-1 alpha-2 code."),
    text("locality", "Town."),
    text("region", "State or region."),
    text("postal_code", "Postal code."),
    text("street_address", "Street and number."),
    text("post_office_box_number", "Post office box."),
]]);

/// An account (dictionary §7.1). Other parties' accounts show little more than id and name.
pub static ACCOUNTS: Collection = Collection {
    name: "account",
    plural: "accounts",
    noun: "account",
    description: "Accounts: your own, your sub-accounts, and those of other parties that can be \
                  found. Of another party's account most fields are empty.",
    path: "/accounts",
    schema: "Account",
    shape: fields(&[
        ID,
        &[
            text("name", "Name."),
            text("legal_name", "Name of the company."),
            text("managing_account", "Account that manages it."),
            text("external_ref", "Reference of your own."),
            boolean("discoverable", "Whether other parties can find it."),
            texts(
                "metro_area_network_presence",
                "Ids of the metro area networks in which it is present.",
            ),
            integers("asns", "Numbers of its autonomous systems."),
            object("address", ADDRESS, "Where it is."),
            object(
                "billing_information",
                fields(&[&[
                    text("name", "Name on the invoice."),
                    object("address", ADDRESS, "Address on the invoice."),
                    text("vat_number", "VAT number."),
                ]]),
                "How it is billed; only an account that has this can be a `billing_account`.",
            ),
        ],
        STATEFUL,
    ]),
    filters: &[
        BY_IDS,
        BY_STATES,
        &[
            BY_MANAGING_ACCOUNT,
            by("billable", "Only those that can be billed, or cannot.")
                .boolean()
                .ask_the_exchange(),
            BY_EXTERNAL_REF,
            by("name", "Only the one with this name."),
            by("asn", "Only the one with this autonomous system.")
                .integer()
                .ask_the_exchange(),
        ],
    ],
    life: Life::Immediate,
};

/// One's own account: `/account` from IX-API 2.5, before that the one that manages itself or that
/// nobody manages (dictionary §7.1, §10 line 19).
pub static OWN: Own = Own {
    of: &ACCOUNTS,
    path: "/account",
    manager: "managing_account",
};
