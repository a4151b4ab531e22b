//! A customer of the exchange.

use super::declaration::{
    Arrives, Collection, Ends, Field, Life, Own, Provisioning, Resource, RestsInError, Shape,
    Which, boolean, by, fields, id_of, integers, no_further_rules, object, text, texts,
};
use super::formats;
use super::groups::{
    BY_EXTERNAL_REF, BY_IDS, BY_MANAGING_ACCOUNT, BY_STATES, CHECK_OF_MANAGING_ACCOUNT, ID,
    MANAGING, STATEFUL,
};
use crate::ixapi::{Json, State, lenient};

/// Where an account is.
const ADDRESS: Shape = fields(&[&[
    text("country", "Country, as ISO 3166-1 alpha-2 code, e.g. `NL`.")
        .required()
        .max(2)
        .valid_if(country),
    text("locality", "Town.").required().max(40),
    text("region", "State or region.").optional().max(80),
    text("postal_code", "Postal code.").required().max(24),
    text("street_address", "Street and number.")
        .required()
        .max(80),
    text("post_office_box_number", "Post office box.")
        .optional()
        .max(80),
]]);

/// How an account is billed.
const BILLING: Field = object(
    "billing_information",
    fields(&[&[
        text("name", "Name on the invoice.").required().max(80),
        object("address", ADDRESS, "Address on the invoice.").required(),
        text("vat_number", "VAT number.")
            .optional()
            .max(20)
            .valid_if(vat_number),
    ]]),
    "How it is billed; only an account that has this can be a `billing_account`.",
)
.optional();

/// How an account lives: what it still needs is asked for in its status, and done by a person.
static OPENING: Provisioning = Provisioning {
    waits_for: Some(State::Production),
    because: "only then can it use services, and for that its terms may have to be signed first",
    goes_on_with: None,
    rests_in_error: RestsInError::WhileAsked,
    cancelled_is_gone: false,
    has_cancellation_policy: false,
    takes_along: None,
    expected_tags: &[],
};

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
            text("name", "Name.").required().max(80),
            text("legal_name", "Name of the company.")
                .optional()
                .max(80),
            id_of(
                "managing_account",
                "Account that manages it: the reseller's own.",
            )
            .optional_computed(),
            text("external_ref", "Reference of your own.")
                .drawn()
                .valid_if(formats::reference)
                .max(80),
            boolean("discoverable", "Whether other parties can find it.").or_boolean(false),
            texts(
                "metro_area_network_presence",
                "Ids of the metro area networks in which it is present.",
            )
            .optional()
            .cleared_by_empty(),
            integers("asns", "Numbers of its autonomous systems."),
            object("address", ADDRESS, "Where it is.").required(),
            BILLING,
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
    life: Life::Provisioned(&OPENING),
};

/// A sub-account of a reseller (getting started guide, account).
pub static ACCOUNT: Resource = Resource {
    name: "account",
    noun: "account",
    description: "A sub-account, which a reseller creates for a customer. It can use services \
                  once it is in `production`; what it needs until then, such as signed terms or a \
                  contact in some role, the exchange says in `status`. It cannot be deleted while \
                  something uses it; its contacts and their role assignments go with it.",
    of: &ACCOUNTS,
    which: Which::All,
    arrives: Arrives::Ordered,
    ends: Ends::Deleted,
    one_at_a_time: &[],
    links: &[],
    check: no_further_rules,
    plan: &[CHECK_OF_MANAGING_ACCOUNT],
};

/// One's own account: `/account` from IX-API 2.5, before that the one that manages itself or that
/// nobody manages (dictionary §7.1, §10 line 19).
pub static OWN: Own = Own {
    of: &ACCOUNTS,
    path: "/account",
};

/// Who manages an account, where that is shown.
pub fn managing(account: &Json) -> Option<String> {
    let managing = account.get(MANAGING).and_then(lenient::text);
    managing.filter(|managing| !managing.is_empty())
}

/// Whether an account is another party's: of such a one nothing is shown that is not for all to
/// see.
pub fn is_of_another_party(account: &Json) -> bool {
    managing(account).is_none() && !is_shown_whole(account)
}

/// Whether the answer shows what only the account's holder sees: where it is and how it is billed,
/// or that it does not let itself be found and is listed all the same.
fn is_shown_whole(account: &Json) -> bool {
    let shows = |name: &str| account.get(name).is_some_and(|shown| !shown.is_null());
    let hidden = account.get("discoverable").and_then(lenient::boolean) == Some(false);
    hidden || shows("address") || shows("billing_information") || shows("legal_name")
}

fn country(text: &str) -> Option<&'static str> {
    let is_code = text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase());
    (!is_code).then_some("is no ISO 3166-1 alpha-2 code, such as NL")
}

fn vat_number(text: &str) -> Option<&'static str> {
    (text.chars().count() < 2).then_some("has at least 2 characters")
}
