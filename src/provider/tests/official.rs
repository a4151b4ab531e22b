//! Objects that another provider managed so far.

use serde_json::{Map, Value as Json, json};
use tokio_util::sync::CancellationToken;

use crate::entities;
use crate::entities::declaration::Resource as Declaration;
use crate::provider::testing::{known, resource_named};
use crate::provider::{official, schemas};
use crate::tfplugin::diagnostics::Diagnostics;
use crate::tfplugin::private::Private;
use crate::tfplugin::schema::Schema;
use crate::tfplugin::stored::Stored;
use crate::tfplugin::traits::{Call, Source};
use crate::tfplugin::types::Type;
use crate::tfplugin::value::Value;

/// The resource types of the official provider 0.4.0: each attribute with its kind, a block as what
/// is in it, in brackets if there may be several.
const THEIR_TYPES: &str = include_str!("../../../tests/fixtures/official-types.json");

const OFFICIAL: &str = "registry.terraform.io/ix-api-net/ixapi";
const OURS: &str = "registry.terraform.io/ixapi-rs/ixapi";

/// Which of ours each of theirs is.
const PAIRS: &[(&str, &str)] = &[
    ("account", "account"),
    ("connection", "connection"),
    ("contact", "contact"),
    ("ip_allocation_network_service_config", "ip"),
    ("mac", "mac"),
    ("member_joining_rule_allow", "member_joining_rule"),
    ("member_joining_rule_deny", "member_joining_rule"),
    ("network_feature_config_route_server", "nfc"),
    ("network_service_cloud_vc", "cloud_vc"),
    ("network_service_config_cloud_vc", "nsc"),
    ("network_service_config_exchange_lan", "nsc"),
    ("network_service_config_mp2mp_vc", "nsc"),
    ("network_service_config_p2mp_vc", "nsc"),
    ("network_service_config_p2p_vc", "nsc"),
    ("network_service_mp2mp_vc", "mp2mp_vc"),
    ("network_service_p2mp_vc", "p2mp_vc"),
    ("network_service_p2p_vc", "p2p_vc"),
    ("port_reservation", "port_reservation"),
];

/// What theirs say that has no place in ours, or another meaning.
const NOT_TAKEN: &[&str] = &[
    "ixapi_contact.roles",
    "ixapi_ip_allocation_network_service_config.ips",
    "ixapi_ip_allocation_network_service_config.timeout",
    "ixapi_port_reservation.port_num",
];

fn their_types() -> Map<String, Json> {
    serde_json::from_str(THEIR_TYPES).unwrap()
}

/// A value of a kind, or of a block, of which each attribute says something.
fn full(name: &str, kind: &Json) -> Json {
    match kind {
        Json::Object(block) => json!([object(block)]),
        Json::Array(blocks) => json!([object(blocks[0].as_object().unwrap())]),
        _ => match (kind.as_str().unwrap(), name) {
            ("string", "vlan_type") => "dot1q".into(),
            ("string", _) => format!("a {name}").into(),
            ("number", "version") => 4.into(),
            ("number", _) => 7.into(),
            ("bool", _) => true.into(),
            ("strings", _) => json!(["b", "a"]),
            ("numbers", _) => json!([64513, 64512]),
            (other, _) => panic!("{other}"),
        },
    }
}

fn object(attributes: &Map<String, Json>) -> Map<String, Json> {
    let full = |(name, kind): (&String, &Json)| (name.clone(), full(name, kind));
    attributes.iter().map(full).collect()
}

/// What becomes of a state that moves to one of our types, and what is noted of it.
fn moved(
    resource: &'static Declaration,
    [provider, type_name]: [&str; 2],
    state: &Json,
    private: &[u8],
) -> (Result<Value, Diagnostics>, Private, Diagnostics) {
    let schema = schemas::resource(resource);
    let name = format!("ixapi_{}", resource.name);
    let mut call = Call::new(CancellationToken::new(), &schema, Private::default());
    call.type_name = &name;
    let (kind, state) = (kind_of(&schema), state.to_string());
    let source = Source {
        provider,
        type_name,
        version: 0,
        state: Stored::new(state.as_bytes(), &kind),
        private: Private::from_bytes(private),
    };
    let taken = official::take_over(resource, &call, &source);
    let (told, notes) = call.into_parts();
    (taken, notes, told)
}

fn upgraded(resource: &'static Declaration, state: &Json) -> Value {
    let schema = schemas::resource(resource);
    let name = format!("ixapi_{}", resource.name);
    let mut call = Call::new(CancellationToken::new(), &schema, Private::default());
    call.type_name = &name;
    let (kind, state) = (kind_of(&schema), state.to_string());
    official::upgrade(resource, &call, &Stored::new(state.as_bytes(), &kind)).unwrap()
}

fn kind_of(schema: &Schema) -> Type {
    schema.object.value_type()
}

fn said(error: Result<Value, Diagnostics>) -> String {
    let Diagnostics(told) = error.unwrap_err();
    assert_eq!(told.len(), 1, "{told:?}");
    format!("{}\n{}", told[0].summary, told[0].detail)
}

/// A value as Terraform stores it.
fn stored(value: &Value) -> Json {
    match value {
        Value::Null | Value::Unknown => Json::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => number.as_i64().into(),
        Value::String(text) => text.as_str().into(),
        Value::List(all) | Value::Set(all) => all.iter().map(stored).collect(),
        Value::Map(entries) | Value::Object(entries) => {
            let entries = entries.iter();
            Json::Object(entries.map(|(n, v)| (n.clone(), stored(v))).collect())
        }
        Value::Dynamic(_, value) => stored(value),
    }
}

/// Whether what is stored here says what theirs does: sets are sorted, one block is no list, and
/// switches are a map.
fn says(ours: &Json, theirs: &Json) -> bool {
    match (ours, theirs) {
        (Json::Array(ours), Json::Array(theirs)) => {
            let is_in = |one: &Json| ours.iter().any(|ours| says(ours, one));
            ours.len() == theirs.len() && theirs.iter().all(is_in)
        }
        (Json::Object(flags), Json::Array(theirs)) if theirs[0].get("enabled").is_some() => theirs
            .iter()
            .all(|flag| flags.get(flag["name"].as_str().unwrap()) == Some(&flag["enabled"])),
        (ours @ Json::Object(_), Json::Array(one)) => one.len() == 1 && says(ours, &one[0]),
        (Json::Object(ours), Json::Object(theirs)) => theirs.iter().all(|(name, said)| {
            // What goes with another way of tagging means nothing with this one.
            let vlan = theirs.contains_key("vlan_type");
            let other = vlan && (name.starts_with("outer") || name.starts_with("inner"));
            let ours = ours.get(name).unwrap_or(&Json::Null);
            (other && ours.is_null()) || says(ours, said)
        }),
        (ours, theirs) => ours == theirs,
    }
}

#[test]
fn every_type_of_the_official_provider_is_taken_over_with_all_that_it_says() {
    let types = their_types();
    let pairs: Vec<_> = PAIRS.iter().map(|(t, _)| format!("ixapi_{t}")).collect();
    assert_eq!(pairs, types.keys().cloned().collect::<Vec<_>>());
    for (type_name, ours) in PAIRS {
        let type_name = format!("ixapi_{type_name}");
        let state = Json::Object(object(types[&type_name].as_object().unwrap()));
        let resource = resource_named(ours);
        // Its address may have been replaced by ours before.
        for provider in [OFFICIAL, "registry.opentofu.org/ix-api-net/ixapi", OURS] {
            let (taken, notes, told) = moved(resource, [provider, &type_name], &state, b"null");
            assert!(told.0.is_empty(), "{type_name}: {told:?}");
            let taken = stored(&taken.unwrap());
            for (name, theirs) in state.as_object().unwrap() {
                let place = format!("{type_name}.{name}");
                match NOT_TAKEN.contains(&place.as_str()) {
                    true => assert!(!says(&taken[name], theirs), "{place}"),
                    false => assert!(says(&taken[name], theirs), "{place}: {:#}", taken[name]),
                }
            }
            let as_ordered = ["connection", "p2p_vc"].contains(ours);
            assert_eq!(
                notes.get("imported").is_some(),
                as_ordered && *ours == "connection"
            );
        }
    }
}

#[test]
fn a_variant_that_is_part_of_the_name_there_is_an_attribute_here() {
    for (type_name, ours) in PAIRS {
        let state = match *ours {
            "ip" => json!({"id": "a", "ips": [{"id": "b", "version": 4}]}),
            _ => json!({"id": "a"}),
        };
        let type_name = format!("ixapi_{type_name}");
        let (taken, ..) = moved(resource_named(ours), [OFFICIAL, &type_name], &state, b"");
        let taken = taken.unwrap();
        match *ours {
            "nsc" => {
                let variant = type_name.trim_start_matches("ixapi_network_service_config_");
                assert_eq!(taken.get("type"), &variant.into());
            }
            "member_joining_rule" => {
                assert!(type_name.ends_with(taken.get("type").as_str().unwrap()));
            }
            "nfc" => assert_eq!(taken.get("type"), &"route_server".into()),
            _ => assert!(taken.get("type").is_null(), "{type_name}"),
        }
    }
}

#[test]
fn what_says_nothing_there_is_null_here() {
    let state = json!({
        "id": "a", "purchase_order": "", "contract_ref": null, "capacity": 0,
        "network_feature_configs": [], "status": [],
        "vlan_config": [{
            "vlan_type": "qinq", "outer_vlan": 100, "inner_vlan": 23, "vlan": 0,
            "vlan_ethertype": "", "outer_vlan_ethertype": "0x8100",
        }],
    });
    let theirs = "ixapi_network_service_config_p2p_vc";
    let (taken, ..) = moved(resource_named("nsc"), [OFFICIAL, theirs], &state, b"null");
    let taken = taken.unwrap();
    for name in ["purchase_order", "contract_ref", "capacity"] {
        assert!(taken.get(name).is_null(), "{name}");
    }
    let vlan = stored(taken.get("vlan_config"));
    let expected = json!({
        "vlan_type": "qinq", "outer_vlan": 100, "inner_vlan": 23, "vlan": null,
        "vlan_ethertype": null, "outer_vlan_ethertype": "0x8100",
    });
    assert_eq!(vlan, expected);
    let theirs = "ixapi_network_feature_config_route_server";
    let state = json!({"id": "a", "flags": [], "password": ""});
    let (session, ..) = moved(resource_named("nfc"), [OFFICIAL, theirs], &state, b"null");
    let session = session.unwrap();
    assert!(session.get("flags").is_null() && session.get("password").is_null());
    let state = json!({"id": "a", "address": [], "metro_area_network_presence": []});
    let (account, ..) = moved(
        resource_named("account"),
        [OFFICIAL, "ixapi_account"],
        &state,
        b"",
    );
    let account = account.unwrap();
    assert!(account.get("address").is_null());
    assert!(account.get("metro_area_network_presence").is_null());
}

#[test]
fn a_state_whose_address_alone_was_replaced_is_read_like_one_that_moves() {
    let types = their_types();
    for (type_name, ours) in PAIRS.iter().filter(|(theirs, ours)| theirs == ours) {
        let name = format!("ixapi_{type_name}");
        let state = Json::Object(object(types[&name].as_object().unwrap()));
        let resource = resource_named(ours);
        let (taken, ..) = moved(resource, [OFFICIAL, &name], &state, b"null");
        assert_eq!(upgraded(resource, &state), taken.unwrap(), "{name}");
    }
    let state = json!({"id": "CANL-1", "purchase_order": ""});
    let connection = upgraded(resource_named("connection"), &state);
    assert!(connection.get("purchase_order").is_null());
}

#[test]
fn of_our_own_states_no_value_is_lost_whatever_it_looks_like() {
    for resource in entities::RESOURCES.iter().copied() {
        let (_, mut state, _) = known(resource);
        for name in [
            "purchase_order",
            "external_ref",
            "contract_ref",
            "telephone",
        ] {
            if !state.get(name).is_null() {
                state.put(name, "".into());
            }
        }
        if !state.get("asns").is_null() {
            state.put("asns", Value::set([64512.into()]));
        }
        if !state.get("roles").is_null() {
            state.put("roles", Value::set(["NoC".into()]));
        }
        assert_eq!(
            upgraded(resource, &stored(&state)),
            state,
            "{}",
            resource.name
        );
        let type_name = format!("ixapi_{}", resource.name);
        for registry in ["registry.terraform.io", "registry.opentofu.org"] {
            let from = format!("{registry}/ixapi-rs/ixapi");
            let notes = br#"{"exchange":"x.example","configured":["capacity"]}"#;
            let (taken, noted, told) = moved(resource, [&from, &type_name], &stored(&state), notes);
            assert_eq!(taken.unwrap(), state, "{type_name}");
            assert_eq!(noted, Private::from_bytes(notes));
            assert!(told.0.is_empty());
        }
    }
}

#[test]
fn what_is_of_another_provider_or_becomes_another_type_is_refused() {
    let state = json!({"id": "a"});
    let to = |ours: &str, from: [&str; 2]| {
        let (taken, notes, _) = moved(resource_named(ours), from, &state, b"null");
        assert_eq!(notes, Private::default());
        said(taken)
    };
    let refused = to(
        "connection",
        ["registry.terraform.io/example/ixapi", "ixapi_connection"],
    );
    for words in [
        "example/ixapi",
        "ix-api-net/ixapi",
        "ixapi-rs/ixapi",
        "Nothing was changed",
    ] {
        assert!(refused.contains(words), "{refused}");
    }
    let refused = to("mac", ["example.com/ix-api-net/ixapi", "ixapi_mac"]);
    assert!(refused.contains("cannot be moved here"), "{refused}");
    let refused = to("p2p_vc", [OFFICIAL, "ixapi_network_service_mp2mp_vc"]);
    assert!(refused.starts_with("ixapi_network_service_mp2mp_vc becomes ixapi_mp2mp_vc"));
    let refused = to("p2p_vc", [OFFICIAL, "ixapi_circuit"]);
    assert!(
        refused.contains("these do: ixapi_network_service_p2p_vc."),
        "{refused}"
    );
    let full = json!({"id": "a", "timeouts": null});
    let (taken, ..) = moved(resource_named("nsc"), [OURS, "ixapi_p2p_vc"], &full, b"");
    assert!(said(taken).starts_with("ixapi_p2p_vc does not become ixapi_nsc"));
    let (taken, ..) = moved(
        resource_named("mac"),
        [OFFICIAL, "ixapi_mac"],
        &json!({}),
        b"",
    );
    assert!(said(taken).contains("has no id"));
}

#[test]
fn of_several_addresses_the_one_that_is_meant_is_taken_and_the_others_are_told() {
    let theirs = "ixapi_ip_allocation_network_service_config";
    let state = |version: i64| {
        json!({
            "id": "NSC-1", "network_service_config": "NSC-1", "timeout": 900,
            "version": version, "fqdn": "r1.example.net",
            "ips": [
                {"id": "IP-6", "version": 6, "address": "2001:db8::1", "prefix_length": 64,
                 "fqdn": "r1.example.net"},
                {"id": "IP-4", "version": 4, "address": "192.0.2.1", "prefix_length": 24,
                 "fqdn": ""},
            ],
        })
    };
    let ip = resource_named("ip");
    let (taken, _, told) = moved(ip, [OFFICIAL, theirs], &state(6), b"null");
    let taken = taken.unwrap();
    assert_eq!(taken.get("id"), &"IP-6".into());
    assert_eq!(taken.get("network_service_config"), &"NSC-1".into());
    assert_eq!(taken.get("fqdn"), &"r1.example.net".into());
    assert!(told.0.is_empty());
    // Where none is meant, the number is 0 or null.
    let (taken, _, told) = moved(ip, [OFFICIAL, theirs], &state(0), b"null");
    let taken = taken.unwrap();
    assert_eq!(taken.get("id"), &"IP-4".into());
    assert!(taken.get("fqdn").is_null());
    let told = &told.0[0].detail;
    assert!(
        told.contains("id = \"IP-6\"") && told.contains("2001:db8::1, version 6"),
        "{told}"
    );
    let none = json!({"id": "NSC-1", "version": 6, "ips": [{"id": "IP-4", "version": 4}]});
    let (taken, ..) = moved(ip, [OFFICIAL, theirs], &none, b"null");
    assert!(said(taken).contains("has none with version 6"));
}
