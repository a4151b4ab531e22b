//! What is planned for a port in miniature, and for a service in variants.
#![allow(clippy::unwrap_used)]

use super::super::schema::{self, Mode};
use super::super::types::Type;
use super::*;

fn text(name: &str, mode: Mode) -> Attribute {
    Attribute::new(name, Kind::Value(Type::String), mode, "")
}

/// A port in miniature.
fn schema() -> Schema {
    let mut site = text("site", Mode::Required);
    site.replaces = true;
    let mut state = text("state", Mode::Computed);
    state.recomputed = Recomputed::OnAnyChange;
    let mut speed = text("speed", Mode::Computed);
    speed.recomputed = Recomputed::With(vec!["offering".to_owned()]);
    let mut party = text("party", Mode::Optional);
    party.replaces = true;
    party.never_returned = true;
    let mut patience = text("patience", Mode::Optional);
    patience.local = true;
    let mut secret = text("secret", Mode::Optional);
    secret.write_only = true;
    let mut role = text("role", Mode::Optional);
    role.replaces = true;
    role.same = Some(str::eq_ignore_ascii_case);
    let mut desks = Attribute::new(
        "desks",
        Kind::Value(Type::set(Type::String)),
        Mode::Optional,
        "",
    );
    desks.same = Some(str::eq_ignore_ascii_case);
    let mut ethertype = text("ethertype", Mode::OptionalComputed);
    ethertype.default = Some("0x8100".into());
    let inner = text("inner", Mode::OptionalComputed);
    let vlan = schema::Object::told_apart_by(
        "tagging",
        vec![text("tagging", Mode::Required)],
        vec![
            ("dot1q".to_owned(), vec![ethertype]),
            ("qinq".to_owned(), vec![inner]),
        ],
    );
    Schema {
        object: schema::Object::new(vec![
            text("id", Mode::Computed),
            site,
            text("offering", Mode::Required),
            text("note", Mode::Optional),
            text("timeout", Mode::OptionalComputed),
            speed,
            state,
            party,
            patience,
            secret,
            role,
            desks,
            Attribute::new("vlan", Kind::Block(vlan), Mode::Optional, ""),
        ]),
        ..Schema::default()
    }
}

fn values(pairs: &[(&str, Value)]) -> Value {
    let mut object = schema().object.empty();
    for (name, value) in pairs {
        object.put(name, value.clone());
    }
    object
}

fn config() -> Value {
    values(&[("site", "AMS".into()), ("offering", "1G".into())])
}

fn prior() -> Value {
    values(&[
        ("id", "P-1".into()),
        ("site", "AMS".into()),
        ("offering", "1G".into()),
        ("timeout", "slow".into()),
        ("speed", "1000".into()),
        ("state", "production".into()),
    ])
}

fn plan_update(prior: Value, config: Value) -> Change {
    plan(&schema(), prior, config.clone(), config, &[])
}

#[test]
fn a_new_object_has_unknown_computed_values_and_null_optional_ones() {
    let planned = plan_update(Value::Null, config()).planned;
    assert!(planned.get("id").is_unknown());
    assert!(planned.get("timeout").is_unknown());
    assert!(planned.get("note").is_null());
    assert_eq!(planned.get("site").as_str(), Some("AMS"));
}

#[test]
fn an_unchanged_configuration_plans_the_prior_state() {
    let change = plan_update(prior(), config());
    assert_eq!(change.planned, prior());
    assert!(change.replaces.is_empty());
}

#[test]
fn a_change_makes_only_what_can_change_unknown() {
    let mut config = config();
    config.put("note", "new".into());
    let planned = plan_update(prior(), config).planned;
    assert!(planned.get("state").is_unknown());
    assert_eq!(planned.get("speed").as_str(), Some("1000"));
    assert_eq!(planned.get("id").as_str(), Some("P-1"));
}

#[test]
fn a_value_that_follows_another_becomes_unknown_with_it() {
    let mut config = config();
    config.put("offering", "10G".into());
    let planned = plan_update(prior(), config).planned;
    assert!(planned.get("speed").is_unknown());
}

#[test]
fn a_local_change_alone_leaves_everything_known() {
    let mut config = config();
    config.put("patience", "60m".into());
    let change = plan_update(prior(), config);
    assert!(change.planned.is_wholly_known());
    assert_eq!(change.planned.get("patience").as_str(), Some("60m"));
}

#[test]
fn a_removed_optional_value_is_planned_as_null() {
    let mut prior = prior();
    prior.put("note", "old".into());
    assert!(plan_update(prior, config()).planned.get("note").is_null());
}

#[test]
fn a_create_only_change_names_the_attribute_that_replaces() {
    let mut config = config();
    config.put("site", "LON".into());
    let change = plan_update(prior(), config);
    assert_eq!(change.replaces, vec![Path::attribute("site")]);
}

#[test]
fn a_value_that_is_never_returned_is_taken_over_after_an_import() {
    let mut config = config();
    config.put("party", "Moonpeer".into());
    let change = plan_update(prior(), config.clone());
    assert!(change.replaces.is_empty());
    let mut prior = prior();
    prior.put("party", "Other".into());
    assert_eq!(
        plan_update(prior, config).replaces,
        vec![Path::attribute("party")]
    );
}

#[test]
fn another_spelling_of_an_id_is_no_change() {
    let desks = |ids: &[&str]| Value::set(ids.iter().map(|&id| id.into()));
    let mut prior = prior();
    prior.put("role", "4a".into());
    prior.put("desks", desks(&["4b", "5c"]));
    let mut config = config();
    config.put("role", "4A".into());
    config.put("desks", desks(&["5C", "4b"]));
    let change = plan_update(prior.clone(), config.clone());
    assert_eq!(change.planned, prior);
    assert!(change.replaces.is_empty());
    config.put("desks", desks(&["5C", "4d"]));
    let planned = plan_update(prior, config).planned;
    assert_eq!(planned.get("desks"), &desks(&["5C", "4d"]));
}

#[test]
fn a_write_only_value_never_enters_a_plan() {
    let mut config = config();
    config.put("secret", "hush".into());
    let planned = plan_update(Value::Null, config).planned;
    assert!(planned.get("secret").is_null());
}

fn vlan(tagging: &str, ethertype: Value, inner: Value) -> Value {
    Value::object([
        ("tagging", tagging.into()),
        ("ethertype", ethertype),
        ("inner", inner),
    ])
}

#[test]
fn nested_defaults_and_companions_follow_their_sibling() {
    let mut config = config();
    config.put("vlan", vlan("dot1q", Value::Null, Value::Null));
    let planned = plan_update(Value::Null, config.clone()).planned;
    assert_eq!(
        planned.get("vlan"),
        &vlan("dot1q", "0x8100".into(), Value::Null)
    );

    let mut prior = prior();
    prior.put("vlan", vlan("dot1q", "0x8100".into(), Value::Null));
    config.put("vlan", vlan("qinq", Value::Null, Value::Null));
    let planned = plan_update(prior, config).planned;
    assert_eq!(
        planned.get("vlan"),
        &vlan("qinq", Value::Null, Value::Unknown)
    );
}

#[test]
fn a_companion_of_an_unknown_sibling_is_unknown() {
    let mut config = config();
    let mut tagging = vlan("", Value::Null, Value::Null);
    tagging.put("tagging", Value::Unknown);
    config.put("vlan", tagging);
    let planned = plan_update(Value::Null, config).planned;
    assert!(planned.get("vlan").get("ethertype").is_unknown());
}

#[test]
fn what_was_planned_stays_and_what_was_open_is_answered() {
    let mut config = config();
    config.put("vlan", vlan("qinq", Value::Null, Value::Null));
    let planned = plan_update(Value::Null, config).planned;
    let mut answer = prior();
    answer.put("offering", "10G".into());
    answer.put("note", "added by the exchange".into());
    answer.put("vlan", vlan("qinq", Value::Null, "7".into()));
    let settled = settle(&schema(), &planned, answer.clone());
    assert_eq!(settled.get("offering").as_str(), Some("1G"));
    assert!(settled.get("note").is_null());
    assert_eq!(settled.get("id").as_str(), Some("P-1"));
    assert_eq!(settled.get("vlan").get("inner").as_str(), Some("7"));
    assert_eq!(
        contradictions(&schema(), &planned, &answer),
        vec![Path::attribute("offering"), Path::attribute("note")]
    );
}

#[test]
fn a_planned_object_that_the_answer_lacks_stays() {
    let mut config = config();
    config.put("vlan", vlan("qinq", Value::Null, Value::Null));
    let planned = plan_update(Value::Null, config).planned;
    let settled = settle(&schema(), &planned, prior());
    assert_eq!(settled.get("vlan"), &vlan("qinq", Value::Null, Value::Null));
}

#[test]
fn nothing_is_unknown_after_an_apply() {
    let planned = plan_update(Value::Null, config()).planned;
    let settled = settle(&schema(), &planned, schema().object.empty());
    assert!(settled.is_wholly_known());
    assert!(settled.get("id").is_null());
}

#[test]
fn a_deletion_plans_null() {
    let change = plan(&schema(), prior(), Value::Null, Value::Null, &[]);
    assert!(change.is_delete());
}

#[test]
fn looking_again_forgets_the_state_and_what_has_not_come_yet() {
    let mut change = plan_update(prior(), config());
    change.look_again(&schema());
    assert!(change.planned.get("state").is_unknown());
    assert_eq!(change.planned.get("speed").as_str(), Some("1000"));

    let mut early = prior();
    early.put("speed", Value::Null);
    let mut change = plan_update(early, config());
    change.look_again(&schema());
    assert!(change.planned.get("speed").is_unknown(), "it may have come");
}

/// A service whose `capacity` is chosen by the remote side, or by the order, as `type` has it.
fn service() -> Schema {
    let mut speed = text("capacity", Mode::Required);
    speed.replaces = true;
    let object = schema::Object::told_apart_by(
        "type",
        vec![text("type", Mode::Required), text("state", Mode::Computed)],
        vec![
            (
                "lan".to_owned(),
                vec![text("capacity", Mode::OptionalComputed)],
            ),
            ("cloud".to_owned(), vec![speed, text("key", Mode::Optional)]),
            ("vc".to_owned(), vec![text("tag", Mode::OptionalComputed)]),
        ],
    );
    Schema {
        object,
        ..Schema::default()
    }
}

fn of_type(kind: impl Into<Value>, more: &[(&str, &str)]) -> Value {
    let mut object = service().object.empty();
    object.put("type", kind.into());
    for (name, value) in more {
        object.put(name, (*value).into());
    }
    object
}

fn plan_service(prior: &Value, config: &Value) -> Change {
    let (prior, config) = (prior.clone(), config.clone());
    plan(&service(), prior, config.clone(), config, &[])
}

#[test]
fn terraform_sees_one_attribute_for_all_variants() {
    let object = service().object;
    let names: Vec<&str> = object
        .attributes()
        .iter()
        .map(|a| a.name.as_str())
        .collect();
    assert_eq!(names, ["type", "state", "capacity", "key", "tag"]);
    let mode = |name| object.attribute(name).unwrap().mode;
    assert_eq!(mode("capacity"), Mode::OptionalComputed);
    assert_eq!(mode("key"), Mode::Optional);
}

#[test]
fn attributes_of_one_name_behave_as_their_variant_has_it() {
    let wanted = |kind: &str| of_type(kind, &[("capacity", "2")]);
    let before = |kind: &str| of_type(kind, &[("capacity", "1"), ("state", "up")]);
    let lan = plan_service(&before("lan"), &wanted("lan"));
    assert!(lan.replaces.is_empty());
    let cloud = plan_service(&before("cloud"), &wanted("cloud"));
    assert_eq!(cloud.replaces, [Path::attribute("capacity")]);
    // Unset, it is the remote side's choice in one of them only.
    let unset = |kind: &str| {
        let planned = plan_service(&Value::Null, &of_type(kind, &[])).planned;
        planned.get("capacity").clone()
    };
    assert_eq!(
        (unset("lan"), unset("cloud")),
        (Value::Unknown, Value::Null)
    );
}

#[test]
fn what_another_variant_has_is_null_unless_a_person_wrote_it() {
    let planned = plan_service(&Value::Null, &of_type("vc", &[("key", "k")])).planned;
    assert!(planned.get("capacity").is_null());
    assert!(planned.get("tag").is_unknown());
    assert_eq!(
        planned.get("key"),
        &"k".into(),
        "for the validation to refuse"
    );
}

#[test]
fn while_the_variant_is_open_so_is_all_that_one_of_them_computes() {
    let prior = of_type("lan", &[("capacity", "1"), ("state", "up")]);
    let change = plan_service(&prior, &of_type(Value::Unknown, &[("key", "k")]));
    assert!(change.planned.get("capacity").is_unknown());
    assert!(change.planned.get("tag").is_unknown());
    assert_eq!(change.planned.get("key"), &"k".into());
    assert!(change.replaces.is_empty());
    let change = plan_service(&Value::Null, &of_type(Value::Unknown, &[]));
    assert!(change.planned.get("key").is_null());
}

#[test]
fn another_variant_drops_what_was_and_opens_what_it_newly_has() {
    let prior = of_type("lan", &[("capacity", "1"), ("state", "up")]);
    let change = plan_service(&prior, &of_type("vc", &[]));
    assert!(change.planned.get("capacity").is_null());
    assert!(change.planned.get("tag").is_unknown());
    assert!(
        change.replaces.is_empty(),
        "`type` says whether it can be changed"
    );
    // What both have stays as it is.
    let prior = of_type("cloud", &[("capacity", "1"), ("state", "up")]);
    let change = plan_service(&prior, &of_type("lan", &[]));
    assert_eq!(change.planned.get("capacity"), &"1".into());
}

#[test]
fn an_open_variant_is_settled_by_the_answer() {
    let planned = plan_service(&Value::Null, &of_type(Value::Unknown, &[])).planned;
    let answer = of_type("vc", &[("capacity", "1"), ("tag", "7"), ("state", "up")]);
    let settled = settle(&service(), &planned, answer);
    assert_eq!(settled, of_type("vc", &[("tag", "7"), ("state", "up")]));
}

#[test]
fn what_another_variant_has_contradicts_nothing() {
    let planned = of_type("cloud", &[("capacity", "1")]);
    let answer = of_type("cloud", &[("capacity", "2"), ("tag", "7")]);
    let contradicted = contradictions(&service(), &planned, &answer);
    assert_eq!(contradicted, [Path::attribute("capacity")]);
}

#[test]
fn another_spelling_contradicts_nothing() {
    let mut planned = values(&[("role", "4A".into())]);
    let answer = values(&[("role", "4a".into())]);
    assert!(contradictions(&schema(), &planned, &answer).is_empty());
    let mut nested = text("role", Mode::Required);
    nested.same = Some(str::eq_ignore_ascii_case);
    let block = Kind::Block(schema::Object::new(vec![nested]));
    let block = Schema {
        object: schema::Object::new(vec![Attribute::new("at", block, Mode::Optional, "")]),
        ..Schema::default()
    };
    let at = |role: &str| Value::object([("at", Value::object([("role", role.into())]))]);
    assert!(contradictions(&block, &at("4A"), &at("4a")).is_empty());
    let contradicted = contradictions(&block, &at("4A"), &at("4b"));
    assert_eq!(contradicted, [Path::attribute("at")]);
    planned.put("role", "4B".into());
    assert_eq!(
        contradictions(&schema(), &planned, &answer),
        [Path::attribute("role")]
    );
}

#[test]
fn a_block_that_is_not_written_is_not_there() {
    let mut prior = prior();
    prior.put("vlan", vlan("dot1q", "0x8100".into(), Value::Null));
    let change = plan_update(prior, config());
    assert!(change.planned.get("vlan").is_null());
    assert!(change.planned.get("state").is_unknown(), "it is a change");
}

#[test]
fn a_replacing_attribute_in_a_block_names_its_path() {
    let mut key = text("key", Mode::Required);
    key.replaces = true;
    let block = |inner| Attribute::new("at", Kind::Block(inner), Mode::Optional, "");
    let schema = Schema {
        object: schema::Object::new(vec![block(schema::Object::new(vec![key]))]),
        ..Schema::default()
    };
    let at = |key: &str| Value::object([("at", Value::object([("key", key.into())]))]);
    let change = plan(&schema, at("a"), at("b"), at("b"), &[]);
    assert_eq!(change.replaces, [Path::attribute("at").then("key")]);
}

#[test]
fn what_is_given_back_is_open_again() {
    let given_back = ["timeout".to_owned()];
    let change = plan(&schema(), prior(), config(), config(), &given_back);
    assert!(change.planned.get("timeout").is_unknown());
    assert!(change.planned.get("state").is_unknown(), "it is a change");
    let mut prior = prior();
    prior.put("timeout", Value::Null);
    let change = plan(&schema(), prior.clone(), config(), config(), &given_back);
    assert_eq!(change.planned, prior, "there is nothing to give back");
}
