//! Groups of fields that many entities share: who owns an object, who pays, who is to be called,
//! and how its life goes (IX-API data dictionary, shared field groups).

use super::checks;
use super::declaration::{
    Check, Field, Filter, Keeps, Kind, RequiredRoles, Source, attributes, by, by_ids, check, date,
    fields, id_of, integer, moment, objects, text, texts,
};
use super::formats;

/// The handle that the exchange gives.
pub const ID: &[Field] = &[text("id", "Identifier that the exchange gave.")];

/// The field of an object that names the account that manages it.
pub const MANAGING: &str = "managing_account";

/// The field of an object that names the account that uses it.
pub const CONSUMING: &str = "consuming_account";

/// The fields that say whose an object is.
pub const OWNERS: [&str; 2] = [MANAGING, CONSUMING];

/// Who manages an object.
pub const MANAGING_ACCOUNT: Field = id_of(
    MANAGING,
    "Account that manages it: yours, or a sub-account's reseller.",
)
.found_in(Source::Account);

/// What its owner calls an object.
pub const EXTERNAL_REF: Field = text(
    "external_ref",
    "Reference of your own, unique among your live objects of this type.",
)
.drawn()
.max(128)
.valid_if(formats::reference);

/// Who manages and who uses an object.
pub const OWNABLE: &[Field] = &[
    MANAGING_ACCOUNT,
    id_of(
        CONSUMING,
        "Account that uses it: the same, or one of your sub-accounts.",
    )
    .found_in(Source::Account),
    EXTERNAL_REF,
];

/// Who manages and who uses what the exchange made.
pub const OWNED: &[Field] = &[
    text("managing_account", "Account that manages it."),
    text("consuming_account", "Account that uses it."),
    text("external_ref", "Reference of its owner's."),
];

/// Who pays, under which references.
pub const INVOICEABLE: &[Field] = &[
    id_of(
        "billing_account",
        "Account that is billed. It needs billing information.",
    )
    .found_in(Source::Account),
    text("purchase_order", "Purchase order number for the invoice.")
        .optional()
        .max(80)
        .cleared_by_empty(),
    text("contract_ref", "Reference to a contract.")
        .optional()
        .max(128),
];

/// Who is to be called about a port: its offering says in which roles.
pub const CONTACTABLE: &[Field] = &[role_assignments(ROLES_OF_OFFERING)];

/// Who is to be called about a config: its service says in which roles.
pub const CONTACTABLE_FOR_SERVICE: &[Field] = &[role_assignments(ROLES_OF_SERVICE)];

/// The roles that a port needs.
pub const ROLES_OF_OFFERING: RequiredRoles = RequiredRoles {
    by: "product_offering",
    collection: "/product-offerings",
    roles: "required_contact_roles",
};

/// The roles that a config needs.
pub const ROLES_OF_SERVICE: RequiredRoles = RequiredRoles {
    by: "network_service",
    collection: "/network-services",
    roles: "nsc_required_contact_roles",
};

/// The contacts that are responsible, in the roles that something requires.
pub const fn role_assignments(required: RequiredRoles) -> Field {
    texts(
        "role_assignments",
        "Ids of the role assignments whose contacts are responsible.",
    )
    .found_in(Source::Roles(required))
    .any_case()
}

/// What a plan finds out about the account that manages.
pub const CHECK_OF_MANAGING_ACCOUNT: &[Check] = &[check(&["managing_account"], |scene| {
    Box::pin(checks::account_is_yours(scene, "managing_account"))
})];

/// What a plan finds out about the accounts of what is not billed.
pub const CHECKS_OF_OWNERS: &[Check] = &[
    CHECK_OF_MANAGING_ACCOUNT[0],
    check(&["consuming_account"], |scene| {
        Box::pin(checks::account_is_yours(scene, "consuming_account"))
    }),
];

/// What a plan finds out about the accounts that use and pay.
pub const CHECKS_OF_ACCOUNTS: &[Check] = &[
    CHECKS_OF_OWNERS[0],
    CHECKS_OF_OWNERS[1],
    check(&["billing_account"], |scene| {
        Box::pin(checks::account_is_yours(scene, "billing_account"))
    }),
    check(&["billing_account"], |scene| {
        Box::pin(checks::account_is_billable(scene))
    }),
    check(&["consuming_account"], |scene| {
        Box::pin(checks::account_is_in_production(scene, "consuming_account"))
    }),
    check(&["billing_account"], |scene| {
        Box::pin(checks::account_is_in_production(scene, "billing_account"))
    }),
];

/// How far an object has come.
pub const STATEFUL: &[Field] = &[
    text(
        "state",
        "How far it has come: `requested`, `allocated`, `testing`, `production`, \
         `production_change_pending`, `decommission_requested`, `decommissioned`, `archived`, \
         `cancelled`, `error`, `operator`, `scheduled`, or a word that the exchange adds.",
    )
    .changes_anytime(),
    objects(
        "status",
        fields(&[&[
            integer(
                "severity",
                "How grave it is, from 0 (emergency) to 7 (debug).",
            ),
            text("tag", "What it is about, for machines."),
            text("message", "What it is about, for people."),
            attributes("attrs", "Details, each as text."),
            moment("timestamp", "When it was said."),
        ]]),
        "What the exchange says about the state.",
    )
    .or_null()
    .changes_anytime(),
];

/// When an object ends, and until when it costs.
pub const CANCELABLE: &[Field] = &[
    date(
        "decommission_at",
        "Day on which the service ends, once it is cancelled.",
    )
    .sent_with_delete(),
    date(
        "charged_until",
        "Day until which it is billed, once it is cancelled.",
    ),
    date(
        "current_billing_start_date",
        "Day from which it is billed at the current conditions.",
    )
    .follows(&["product_offering", "capacity"]),
];

/// Narrowing to objects that are known.
pub const BY_IDS: &[Filter] = &[by_ids()];

/// Narrowing by state, and the other way round.
pub const BY_STATES: &[Filter] = &[
    by("state", "Only those in this state."),
    by("state__is_not", "Only those not in this state.").unequal("state"),
];

/// Narrowing by the managing account.
pub const BY_MANAGING_ACCOUNT: Filter =
    by("managing_account", "Only those that this account manages.");

/// Narrowing by the consuming account.
const BY_CONSUMING_ACCOUNT: Filter = by("consuming_account", "Only those that this account uses.");

/// Narrowing by your own reference.
pub const BY_EXTERNAL_REF: Filter = by("external_ref", "Only those with this reference.");

/// Narrowing by whose they are, and by their reference.
pub const BY_OWNERS: &[Filter] = &[BY_MANAGING_ACCOUNT, BY_CONSUMING_ACCOUNT, BY_EXTERNAL_REF];

/// Narrowing by the contacts behind the role assignments.
pub const BY_CONTACTS: Filter = Filter {
    kind: Kind::Texts,
    keeps: Keeps::AskTheExchange,
    ..by("contacts", "Only those with one of these contacts.")
};

/// Narrowing by a port's capability, which only the exchange's devices show.
pub const BY_CAPABILITY: &[Filter] = &[
    by(
        "capability_media_type",
        "Only those that offer this media type, e.g. `10GBASE-LR`.",
    )
    .ask_the_exchange(),
    by(
        "capability_speed",
        "Only those that offer this speed, in Mbit/s.",
    )
    .integer()
    .ask_the_exchange(),
    by(
        "capability_speed_lt",
        "Only those that offer a speed below this, in Mbit/s.",
    )
    .integer()
    .ask_the_exchange()
    .also_spelled("capability_speed__lt"),
    by(
        "capability_speed_lte",
        "Only those that offer at most this speed, in Mbit/s.",
    )
    .integer()
    .ask_the_exchange()
    .also_spelled("capability_speed__lte"),
    by(
        "capability_speed_gt",
        "Only those that offer a speed above this, in Mbit/s.",
    )
    .integer()
    .ask_the_exchange()
    .also_spelled("capability_speed__gt"),
    by(
        "capability_speed_gte",
        "Only those that offer at least this speed, in Mbit/s.",
    )
    .integer()
    .ask_the_exchange()
    .also_spelled("capability_speed__gte"),
];
