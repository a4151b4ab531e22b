//! Reads JSON scalars and lists the way exchanges write them, not only the way the specification
//! does: numbers as strings, one object where a list belongs, null for nothing.
//!
//! Each function answers `None` for null and for what cannot be read as asked.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A JSON value, exactly as the exchange sent it or will receive it.
pub use serde_json::Value as Json;

/// The largest whole number below which every whole number has a floating-point form of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A whole number, from a number (also `10.0`) or a decimal string.
pub fn integer(json: &Json) -> Option<i64> {
    match json {
        Json::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Json::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| whole(text.parse().ok()?))
        }
        _ => None,
    }
}

fn whole(number: f64) -> Option<i64> {
    let exact = number.fract() == 0.0 && number.abs() <= EXACT;
    exact.then_some(number as i64)
}

/// A number, from a number or a decimal string.
pub fn number(json: &Json) -> Option<f64> {
    match json {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// A truth value, from a truth value or its name in any case.
pub fn boolean(json: &Json) -> Option<bool> {
    match json {
        Json::Bool(value) => Some(*value),
        Json::String(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
        Json::String(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A text, from a text, a number or a truth value. Dates and times are texts and stay as written:
/// some exchanges leave out the zone, some the time.
pub fn text(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// A moment, from RFC 3339 with or without a zone, with a space for the `T`, or from a bare day;
/// without a zone it is taken for UTC, and a day for its beginning.
pub fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        Some(
            text.parse::<DateTime>()
                .ok()?
                .to_zoned(TimeZone::UTC)
                .ok()?
                .timestamp(),
        )
    })
}

/// The items of a list; of null, none; of anything else, that one thing.
pub fn list(json: &Json) -> &[Json] {
    match json {
        Json::Null => &[],
        Json::Array(items) => items,
        single => std::slice::from_ref(single),
    }
}

/// An object, from an object or a list that holds exactly one.
pub fn object(json: Json) -> Option<Json> {
    match json {
        Json::Object(_) => Some(json),
        Json::Array(mut items) if items.len() == 1 => items.pop().filter(Json::is_object),
        _ => None,
    }
}

/// The id of an object, if it shows one.
pub fn id_of(object: &Json) -> Option<String> {
    let id = object.get("id").and_then(text);
    id.filter(|id| !id.is_empty())
}

/// Whether the object is the one of this id. Exchanges spell ids in either case.
pub fn is_of(object: &Json, id: &str) -> bool {
    id_of(object).is_some_and(|found| found.eq_ignore_ascii_case(id))
}

/// Whether a day, or a moment, is after today.
pub fn is_after_today(day: &str) -> bool {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date().to_string();
    // ISO dates sort as text; a time of day behind the date does not matter.
    day.get(..today.len())
        .is_some_and(|day| day > today.as_str())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn whole_numbers_are_read_in_every_spelling() {
        for (json, number) in [
            (json!(5), Some(5)),
            (json!(-5), Some(-5)),
            (json!(5.0), Some(5)),
            (json!("5"), Some(5)),
            (json!(" 5 "), Some(5)),
            (json!("5.0"), Some(5)),
            (json!("007"), Some(7)),
            (json!("9223372036854775807"), Some(i64::MAX)),
            (json!(5.5), None),
            (json!("5.5"), None),
            (json!(""), None),
            (json!("five"), None),
            (json!("NaN"), None),
            (json!("inf"), None),
            (json!(u64::MAX), None),
            (json!(1e300), None),
            (json!(null), None),
            (json!(true), None),
            (json!([5]), None),
        ] {
            assert_eq!(integer(&json), number, "{json}");
        }
    }

    #[test]
    fn numbers_truth_values_and_texts_are_read_in_every_spelling() {
        assert_eq!(number(&json!("1.5")), Some(1.5));
        assert_eq!(number(&json!(2)), Some(2.0));
        assert_eq!(number(&json!("inf")), None);
        for (json, value) in [
            (json!(true), Some(true)),
            (json!("True"), Some(true)),
            (json!("false"), Some(false)),
            (json!("yes"), None),
            (json!(1), None),
            (json!(null), None),
        ] {
            assert_eq!(boolean(&json), value, "{json}");
        }
        for (json, value) in [
            (json!("2022-03-22T20:52:33"), Some("2022-03-22T20:52:33")),
            (json!("2022-03-22"), Some("2022-03-22")),
            (json!(64512), Some("64512")),
            (json!(false), Some("false")),
            (json!(null), None),
            (json!({}), None),
        ] {
            assert_eq!(text(&json).as_deref(), value, "{json}");
        }
    }

    #[test]
    fn a_moment_may_lack_its_zone() {
        let moments = [
            "2026-01-31T12:00:00Z",
            "2026-01-31T13:00:00+01:00",
            "2026-01-31T12:00:00",
        ];
        for text in moments {
            assert_eq!(moment(text), moment(moments[0]), "{text}");
            assert!(moment(text).is_some(), "{text}");
        }
        for none in ["soon", "", "2026-13-01", "12:00:00"] {
            assert_eq!(moment(none), None, "{none}");
        }
    }

    #[test]
    fn a_moment_may_have_a_space_a_fraction_or_be_a_bare_day() {
        for (text, same) in [
            ("2024-08-01 14:30:00.1-07:00", "2024-08-01T21:30:00.1Z"),
            ("2024-08-01 14:30:00", "2024-08-01T14:30:00Z"),
            ("2024-08-01 14:30:00+00", "2024-08-01T14:30:00Z"),
            ("2024-08-01t14:30:00z", "2024-08-01T14:30:00Z"),
            ("2024-08-01T14:30", "2024-08-01T14:30:00Z"),
            (" 2024-08-01 ", "2024-08-01T00:00:00Z"),
        ] {
            assert_eq!(moment(text), same.parse().ok(), "{text}");
        }
    }

    #[test]
    fn a_list_may_be_null_or_a_single_thing_and_an_object_may_come_in_a_list() {
        assert_eq!(list(&json!(null)), &[] as &[Json]);
        assert_eq!(list(&json!([1, 2])), &[json!(1), json!(2)]);
        assert_eq!(list(&json!({"id": 1})), &[json!({"id": 1})]);
        assert_eq!(object(json!({"id": 1})), Some(json!({"id": 1})));
        assert_eq!(object(json!([{"id": 1}])), Some(json!({"id": 1})));
        for not in [
            json!([]),
            json!([{}, {}]),
            json!(null),
            json!("x"),
            json!([1]),
        ] {
            assert_eq!(object(not.clone()), None, "{not}");
        }
    }

    proptest! {
        #[test]
        fn every_whole_number_survives_as_number_and_as_text(number: i64) {
            prop_assert_eq!(integer(&json!(number)), Some(number));
            prop_assert_eq!(integer(&json!(number.to_string())), Some(number));
            prop_assert_eq!(text(&json!(number)), Some(number.to_string()));
        }

        #[test]
        fn a_fraction_is_never_rounded(number in -1e12..1e12_f64) {
            prop_assume!(number.fract() != 0.0);
            prop_assert_eq!(integer(&json!(number)), None);
        }
    }
}
