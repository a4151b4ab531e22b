//! What values look like on the wire, and what is refused.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::tfplugin::value::{Object, Value};

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

fn object_type<const N: usize>(kinds: [(&str, Type); N]) -> Type {
    Type::Object(kinds.map(|(name, kind)| (name.to_owned(), kind)).into())
}

/// Asserts that the value is written as the bytes and the bytes read as the value.
fn golden(value: Value, kind: &Type, bytes: &[u8]) {
    assert_eq!(encode(&value, kind).as_deref(), Ok(bytes), "{value:?}");
    assert_eq!(decode(bytes, kind), Ok(value));
}

fn message(bytes: &[u8], kind: &Type) -> String {
    decode(bytes, kind).unwrap_err().to_string()
}

#[test]
fn null_and_unknown_look_the_same_whatever_the_type() {
    for kind in [
        Type::Bool,
        Type::Dynamic,
        Type::set(Type::String),
        object_type([("a", Type::Number)]),
    ] {
        golden(Value::Null, &kind, &[0xc0]);
        golden(Value::Unknown, &kind, &[0xd4, 0, 0]);
    }
}

#[test]
fn every_attribute_of_an_object_is_written() {
    let kind = object_type([("a", Type::String)]);
    let bytes = [0x81, 0xa1, b'a', 0xc0];
    golden(Value::object([("a", Value::Null)]), &kind, &bytes);
    let empty = Value::Object(Object::new());
    assert_eq!(encode(&empty, &kind).as_deref(), Ok(&bytes[..]));
}

#[test]
fn integers_take_the_least_room_up_to_64_bits() {
    let kind = Type::Number;
    golden(0.into(), &kind, &[0]);
    golden((-1).into(), &kind, &[0xff]);
    golden(4094.into(), &kind, &[0xcd, 0x0f, 0xfe]);
    let max = [&[0xcf], &i64::MAX.to_be_bytes()[..]].concat();
    golden(i64::MAX.into(), &kind, &max);
    let min = [&[0xd3], &i64::MIN.to_be_bytes()[..]].concat();
    golden(i64::MIN.into(), &kind, &min);
}

#[test]
fn integers_beyond_64_bits_are_text() {
    let bytes = [&[0xb4], &b"18446744073709551616"[..]].concat();
    golden(number("18446744073709551616"), &Type::Number, &bytes);
    let unsigned = [&[0xcf], &u64::MAX.to_be_bytes()[..]].concat();
    assert_eq!(
        decode(&unsigned, &Type::Number),
        Ok(number("18446744073709551615"))
    );
}

#[test]
fn fractions_are_floats_if_those_are_exact_and_otherwise_text() {
    let half = [&[0xcb], &0.5_f64.to_be_bytes()[..]].concat();
    golden(number("0.5"), &Type::Number, &half);
    golden(number("0.1"), &Type::Number, b"\xa30.1");
}

#[test]
fn numbers_are_read_from_every_form_that_holds_them() {
    let seven = Value::integer(7);
    let forms = [
        vec![7],
        vec![0xcc, 7],
        vec![0xcd, 0, 7],
        vec![0xce, 0, 0, 0, 7],
        vec![0xcf, 0, 0, 0, 0, 0, 0, 0, 7],
        vec![0xd0, 7],
        vec![0xd1, 0, 7],
        vec![0xd2, 0, 0, 0, 7],
        vec![0xd3, 0, 0, 0, 0, 0, 0, 0, 7],
        [&[0xca], &7_f32.to_be_bytes()[..]].concat(),
        [&[0xcb], &7_f64.to_be_bytes()[..]].concat(),
        b"\xa17".to_vec(),
        b"\xd9\x037e0".to_vec(),
        b"\xda\x00\x037.0".to_vec(),
    ];
    for form in forms {
        assert_eq!(
            decode(&form, &Type::Number),
            Ok(seven.clone()),
            "{form:02x?}"
        );
    }
    assert_eq!(
        decode(&[0xe0], &Type::Number),
        Ok(Value::integer(-32)),
        "the lowest number of one byte"
    );
}

#[test]
fn nan_infinity_and_words_are_no_numbers() {
    for float in [f64::NAN, f64::INFINITY] {
        let bytes = [&[0xcb], &float.to_be_bytes()[..]].concat();
        assert_eq!(
            message(&bytes, &Type::Number),
            "expected a number, found a float that is not a finite number"
        );
    }
    assert_eq!(
        message(b"\xa5seven", &Type::Number),
        "expected a number, found text that is not a decimal number"
    );
}

#[test]
fn every_extension_is_an_unknown_value_and_its_payload_skipped() {
    // Not null, and the prefix "ix-": what Terraform may promise about an unknown text.
    let refined = b"\xc7\x08\x0c\x82\x01\xc2\x02\xa3ix-";
    let large = [&[0xc8, 1, 0, 12][..], &[0; 256]].concat();
    let larger = [&[0xc9, 0, 1, 0, 0, 12][..], &[0; 65536]].concat();
    for bytes in [&refined[..], &large, &larger, &[0xd5, 12, 0x80, 0]] {
        assert_eq!(decode(bytes, &Type::String), Ok(Value::Unknown));
        assert_eq!(decode(bytes, &Type::Dynamic), Ok(Value::Unknown));
    }
    let list = [&[0x92], &refined[..], &[0xa1, b'x']].concat();
    assert_eq!(
        decode(&list, &Type::list(Type::String)),
        Ok(Value::List(vec![Value::Unknown, "x".into()]))
    );
}

#[test]
fn a_value_of_dynamic_type_comes_with_its_type() {
    let value = |inner| Value::Dynamic(Type::String.into(), Box::new(inner));
    let bytes = b"\x92\xc4\x08\"string\"\xa1x";
    golden(value("x".into()), &Type::Dynamic, bytes);
    golden(
        value(Value::Unknown),
        &Type::Dynamic,
        b"\x92\xc4\x08\"string\"\xd4\0\0",
    );
    let as_text = b"\x92\xa8\"string\"\xa1x";
    assert_eq!(decode(as_text, &Type::Dynamic), Ok(value("x".into())));
    assert_eq!(
        message(b"\x92\xc4\x05\"text\xa1x", &Type::Dynamic),
        "expected a type in JSON notation, found something else"
    );
    assert_eq!(
        message(b"\x91\xc0", &Type::Dynamic),
        "expected a value with its type, found an array of 1 elements"
    );
}

#[test]
fn a_set_is_read_in_any_order() {
    let kind = Type::set(Type::Number);
    let expected = Value::set([1.into(), 2.into()]);
    assert_eq!(decode(&[0x93, 2, 1, 2], &kind), Ok(expected));
}

#[test]
fn an_error_names_the_place_what_was_expected_and_what_was_found() {
    let vlans = object_type([("vlans", Type::list(Type::map(Type::Number)))]);
    let kind = object_type([("vlan_config", vlans)]);
    let bytes = b"\x81\xabvlan_config\x81\xa5vlans\x92\xc0\x81\xa5outer\xc3";
    assert_eq!(
        message(bytes, &kind),
        "vlan_config.vlans[1][\"outer\"]: expected a number, found true or false"
    );
}

#[test]
fn an_error_inside_a_set_names_the_set() {
    let kind = object_type([("ids", Type::set(Type::String))]);
    assert_eq!(
        message(b"\x81\xa3ids\x91\x01", &kind),
        "ids: expected a string, found a number"
    );
}

#[test]
fn a_missing_attribute_is_an_error_that_names_it() {
    let kind = Type::list(object_type([("a", Type::Bool), ("b", Type::Bool)]));
    assert_eq!(
        message(b"\x91\x81\xa1a\xc3", &kind),
        "[0].b: expected a value or null, found no such attribute"
    );
}

#[test]
fn an_attribute_that_the_type_has_not_is_an_error_in_both_directions() {
    let kind = object_type([("a", Type::Bool)]);
    let expected = "expected only attributes of the schema, found \"b\"";
    assert_eq!(message(b"\x82\xa1a\xc3\xa1b\xc3", &kind), expected);
    let value = Value::object([("b", Value::Null)]);
    assert_eq!(encode(&value, &kind).unwrap_err().to_string(), expected);
}

#[test]
fn a_key_that_occurs_twice_is_an_error() {
    let twice = b"\x82\xa1a\xc3\xa1a\xc3";
    for kind in [object_type([("a", Type::Bool)]), Type::map(Type::Bool)] {
        let message = message(twice, &kind);
        assert!(message.contains("each key once"), "{message}");
    }
}

#[test]
fn a_tuple_has_as_many_elements_as_its_type() {
    let kind = Type::Tuple(vec![Type::Bool, Type::Number]);
    golden(
        Value::List(vec![true.into(), 5.into()]),
        &kind,
        &[0x92, 0xc3, 5],
    );
    assert_eq!(
        message(&[0x91, 0xc3], &kind),
        "expected a tuple of 2 elements, found 1 elements"
    );
    assert!(encode(&Value::List(vec![true.into()]), &kind).is_err());
}

#[test]
fn a_value_of_another_type_is_not_written() {
    let kind = object_type([("vlans", Type::list(Type::Number))]);
    let value = Value::object([("vlans", Value::List(vec![1.into(), "secret".into()]))]);
    assert_eq!(
        encode(&value, &kind).unwrap_err().to_string(),
        "vlans[1]: expected a number, found a string"
    );
}

#[test]
fn bytes_after_the_value_are_an_error() {
    assert_eq!(
        message(&[0xc0, 0xc0], &Type::Bool),
        "expected the end of the value, found 1 more bytes"
    );
}

#[test]
fn no_bytes_are_not_a_value() {
    assert_eq!(
        message(&[], &Type::Bool),
        "expected true or false, found the end of the data"
    );
}

#[test]
fn text_must_be_utf8() {
    assert!(message(&[0xa1, 0xff], &Type::String).contains("UTF-8"));
    let kind = Type::map(Type::Bool);
    assert!(message(&[0x81, 0xa1, 0xff, 0xc3], &kind).contains("UTF-8"));
}

#[test]
fn lengths_that_lie_are_refused_at_once() {
    for (marker, kind) in [
        (0xdd, Type::list(Type::Bool)),
        (0xdd, Type::set(Type::Bool)),
        (0xdd, Type::Tuple(vec![])),
        (0xdd, Type::Dynamic),
        (0xdf, Type::map(Type::Bool)),
        (0xdf, Type::Object(BTreeMap::new())),
        (0xdb, Type::String),
        (0xdb, Type::Number),
        (0xc9, Type::String),
    ] {
        let bytes = [marker, 0xff, 0xff, 0xff, 0xff, 0xc0];
        assert!(decode(&bytes, &kind).is_err(), "{marker:x}");
    }
    assert_eq!(
        message(
            &[0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0],
            &Type::list(Type::Bool)
        ),
        "expected 4294967295 elements, found the end of the data after 1 more bytes"
    );
    let notation = [0x92, 0xc6, 0xff, 0xff, 0xff, 0xff];
    assert!(decode(&notation, &Type::Dynamic).is_err());
}

#[test]
fn ten_thousand_levels_of_nesting_are_refused() {
    let dynamic = b"\x92\xc4\x09\"dynamic\"".repeat(10_000);
    assert_eq!(
        decode(&dynamic, &Type::Dynamic).unwrap_err().expected,
        depth_allowed()
    );
    let notation = "[\"list\",".repeat(10_000) + "\"bool\"" + &"]".repeat(10_000);
    let length = u32::try_from(notation.len()).unwrap().to_be_bytes();
    let bytes = [&[0x92, 0xc6], &length[..], notation.as_bytes(), &[0xc0]].concat();
    assert!(decode(&bytes, &Type::Dynamic).is_err());
}

#[test]
fn the_deepest_value_allowed_is_read_and_written_and_one_level_more_refused() {
    let nested = |levels: usize| {
        (1..levels).fold(
            (Value::Bool(true), Type::Bool, vec![0xc3]),
            |(value, kind, bytes), _| {
                let bytes = [&[0x91][..], &bytes].concat();
                (Value::List(vec![value]), Type::list(kind), bytes)
            },
        )
    };
    let (value, kind, bytes) = nested(MAX_DEPTH);
    golden(value, &kind, &bytes);
    let (value, kind, bytes) = nested(MAX_DEPTH + 1);
    assert!(decode(&bytes, &kind).is_err());
    assert!(encode(&value, &kind).is_err());
    let typed_null = Value::Dynamic(kind.into(), Value::Null.into());
    assert!(encode(&typed_null, &Type::Dynamic).is_err());
}

#[test]
fn a_text_of_64_mib_survives() {
    let value = Value::String("x".repeat(64 << 20));
    let bytes = encode(&value, &Type::String).unwrap();
    // Not assert_eq, which would print it.
    assert!(decode(&bytes, &Type::String).unwrap() == value);
}

/// Bytes that mean something more often than any bytes would.
fn telling_byte() -> impl Strategy<Value = u8> {
    prop_oneof![any::<u8>(), 0xc0_u8..=0xdf, 0x80_u8..=0x94, 0_u8..4]
}

proptest! {
    #[test]
    fn every_value_survives(
        (kind, value) in arbitrary::kind(4).prop_flat_map(arbitrary::typed)
    ) {
        let bytes = encode(&value, &kind);
        prop_assert!(bytes.is_ok(), "{:?}", bytes);
        prop_assert_eq!(decode(&bytes.unwrap(), &kind), Ok(value));
    }

    #[test]
    fn a_value_cut_short_is_refused(
        (kind, value) in arbitrary::kind(3).prop_flat_map(arbitrary::typed)
    ) {
        let bytes = encode(&value, &kind).unwrap();
        for end in 0..bytes.len().min(300) {
            prop_assert!(decode(&bytes[..end], &kind).is_err(), "cut to {}", end);
        }
    }

    #[test]
    fn any_bytes_are_a_value_or_an_error(
        kind in arbitrary::kind(3),
        bytes in vec(telling_byte(), 0..48),
    ) {
        let _ = decode(&bytes, &kind);
    }

    #[test]
    fn damage_to_a_value_is_an_error_or_another_value(
        (kind, value) in arbitrary::kind(3).prop_flat_map(arbitrary::typed),
        damage in vec((any::<usize>(), telling_byte()), 1..4),
    ) {
        let mut bytes = encode(&value, &kind).unwrap();
        for (place, byte) in damage {
            let place = place % bytes.len();
            bytes[place] = byte;
        }
        if let Ok(other) = decode(&bytes, &kind) {
            let again = encode(&other, &kind).unwrap();
            prop_assert_eq!(decode(&again, &kind), Ok(other));
        }
    }
}
