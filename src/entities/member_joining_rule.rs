//! Whom the owner of a service that several members join lets join it.

use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::declaration::{
    Arrives, Collection, Ends, Lane, Life, Resource, Variant, Which, by, fields, id_of, integer,
    one_of,
};
use super::groups::{
    BY_IDS, BY_OWNERS, CHECK_OF_MANAGING_ACCOUNT, EXTERNAL_REF, ID, MANAGING_ACCOUNT,
};

/// Member joining rules (dictionary §7.8; getting started guide, closed user groups).
pub static MEMBER_JOINING_RULES: Collection = Collection {
    name: "member_joining_rule",
    plural: "member_joining_rules",
    noun: "member joining rule",
    description: "Member joining rules: who may join your closed user groups and \
                  point-to-multipoint circuits, and who may not.",
    path: "/member-joining-rules",
    schema: "",
    shape: fields(&[
        ID,
        &[
            one_of(
                "type",
                &["allow", "deny"],
                "`allow` lets an account see and join a private service, `deny` keeps it from \
                 joining a public one.",
            )
            .required()
            .replaces()
            .always_sent(),
            id_of(
                "network_service",
                "Id of the closed user group or point-to-multipoint circuit, one of yours.",
            )
            .required()
            .replaces(),
            MANAGING_ACCOUNT,
            id_of(
                "consuming_account",
                "Account that it allows or denies to join.",
            )
            .required(),
            EXTERNAL_REF,
        ],
    ])
    .told_apart_by(
        "type",
        &[
            Variant::new(
                "allow",
                &[&[
                    integer("capacity_min", "Least bandwidth of the member, in Mbit/s.")
                        .optional()
                        .at_least(1),
                    integer("capacity_max", "Most bandwidth of the member, in Mbit/s.")
                        .optional()
                        .at_least(1),
                ]],
            )
            .noun("joining rule that allows")
            .schema("AllowMemberJoiningRule"),
            Variant::new("deny", &[])
                .noun("joining rule that denies")
                .schema("DenyMemberJoiningRule"),
        ],
    ),
    filters: &[
        BY_IDS,
        BY_OWNERS,
        &[by("network_service", "Only those of this network service.")],
    ],
    life: Life::Immediate,
};

/// A rule about one account.
pub static MEMBER_JOINING_RULE: Resource = Resource {
    name: "member_joining_rule",
    noun: "member joining rule",
    description: "Allows an account to join a closed user group (`ixapi_mp2mp_vc`) or a \
                  point-to-multipoint circuit (`ixapi_p2mp_vc`) of yours, or denies it. Whoever \
                  has joined stays a member when the rule goes.",
    of: &MEMBER_JOINING_RULES,
    which: Which::Some(&["allow", "deny"]),
    arrives: Arrives::Ordered,
    ends: Ends::Deleted,
    one_at_a_time: &[Lane {
        collection: "/network-services",
        field: "network_service",
    }],
    links: &[],
    check: the_least_is_not_more_than_the_most,
    plan: &[CHECK_OF_MANAGING_ACCOUNT],
};

fn the_least_is_not_more_than_the_most(rule: &Value) -> Diagnostics {
    let limit = |name: &str| rule.get(name).as_i64();
    match (limit("capacity_min"), limit("capacity_max")) {
        (Some(least), Some(most)) if least > most => Diagnostic::error(
            "No bandwidth is within the bounds",
            format!("capacity_min is {least} and capacity_max is {most}, which is less."),
        )
        .at(Path::attribute("capacity_max"))
        .into(),
        _ => Diagnostics::default(),
    }
}
