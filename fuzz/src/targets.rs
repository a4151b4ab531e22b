//! What is tried, and what has to hold.

use std::sync::LazyLock;

use ixapi_provider::commands::hcl;
use ixapi_provider::entities::RESOURCES;
use ixapi_provider::entities::declaration::Resource;
use ixapi_provider::ixapi::{Problem, State, id_of, lenient, rows};
use ixapi_provider::provider::{answers, schemas, timeouts};
use ixapi_provider::tfplugin::generated;
use ixapi_provider::tfplugin::msgpack;
use ixapi_provider::tfplugin::raw_state;
use ixapi_provider::tfplugin::schema::Schema;
use ixapi_provider::tfplugin::types::Type;
use ixapi_provider::tfplugin::value::Value;
use serde_json::Value as Json;

use crate::Target;

/// All that is tried.
pub static TARGETS: [Target; 8] = [
    Target {
        name: "msgpack",
        run: msgpack,
    },
    Target {
        name: "types",
        run: types,
    },
    Target {
        name: "states",
        run: states,
    },
    Target {
        name: "problems",
        run: problems,
    },
    Target {
        name: "answers",
        run: answers,
    },
    Target {
        name: "scalars",
        run: scalars,
    },
    Target {
        name: "dates",
        run: dates,
    },
    Target {
        name: "hcl",
        run: hcl,
    },
];

/// A resource with its schema and the type of its values.
struct Known {
    resource: &'static Resource,
    schema: Schema,
    kind: Type,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let known = RESOURCES.iter().map(|resource| {
        let schema = schemas::resource(resource);
        Known {
            resource,
            kind: schema.object.value_type(),
            schema,
        }
    });
    known.collect()
});

/// The resource that the first byte names, and the rest.
fn of_resource(bytes: &[u8]) -> Option<(&'static Known, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let known = KNOWN.get(usize::from(*first) % KNOWN.len())?;
    Some((known, rest))
}

/// What can be held can be written, and is the same when it is read again.
fn survives(value: &Value, kind: &Type) {
    let written = msgpack::encode(value, kind).expect("what was read can be written");
    let again = msgpack::decode(&written, kind).expect("what was written can be read");
    let again = msgpack::encode(&again, kind).expect("that can be written again");
    assert_eq!(again, written);
}

/// Values from Terraform.
fn msgpack(bytes: &[u8]) {
    let Some((known, bytes)) = of_resource(bytes) else {
        return;
    };
    if let Ok(value) = msgpack::decode(bytes, &known.kind) {
        survives(&value, &known.kind);
    }
    if let Ok(value) = msgpack::decode(bytes, &Type::Dynamic) {
        survives(&value, &Type::Dynamic);
    }
}

/// Types in their notation, as they stand before values of any type.
fn types(bytes: &[u8]) {
    let Ok(json) = serde_json::from_slice::<Json>(bytes) else {
        return;
    };
    if let Some(kind) = Type::from_json(&json, msgpack::MAX_DEPTH) {
        let again = Type::from_json(&kind.to_json(), msgpack::MAX_DEPTH);
        assert_eq!(again.as_ref(), Some(&kind));
    }
}

/// States of any version of any provider, which can be continued, and configuration made of them.
fn states(bytes: &[u8]) {
    let Some((known, bytes)) = of_resource(bytes) else {
        return;
    };
    let exactly = raw_state::decode_json(bytes, &known.kind);
    let leniently = raw_state::decode_state(bytes, &known.kind);
    if let Ok(exactly) = exactly {
        assert_eq!(leniently.as_ref().ok(), Some(&exactly));
    }
    if let Ok(value) = leniently {
        survives(&value, &known.kind);
        let config = generated::configuration(&known.schema.object, &value);
        survives(&config, &known.kind);
    }
}

/// Refusals: the first two bytes are the status.
fn problems(bytes: &[u8]) {
    let Some((status, bytes)) = bytes.split_first_chunk::<2>() else {
        return;
    };
    let status = u16::from_be_bytes(*status);
    if let Ok(json) = serde_json::from_slice::<Json>(bytes) {
        let problem = Problem::read(status, &json);
        assert_eq!(problem.status, status);
        let told = problem.to_string();
        assert!(told.len() <= 16 * 1024, "nobody reads {} bytes", told.len());
        let _ = problem.is("unable-to-fulfill");
    }
}

/// Lists and objects of an exchange, as states that Terraform takes.
fn answers(bytes: &[u8]) {
    let Some((known, bytes)) = of_resource(bytes) else {
        return;
    };
    let Ok(Some(page)) = rows::page(bytes) else {
        return;
    };
    for row in page.rows.iter().filter_map(rows::Row::json) {
        let _ = (id_of(&row), State::of(&row));
        // What is another type's is refused before it is looked at closer.
        let told = answers::variant_of(&known.resource.of.shape, &row);
        let variants = known.resource.variants();
        if told
            .zip(variants)
            .is_none_or(|(told, variants)| variants.contains(&told))
        {
            let state = answers::first_seen(known.resource, &row);
            survives(&state, &known.kind);
        }
    }
}

/// Numbers, truths, texts and lists in whichever spelling.
fn scalars(bytes: &[u8]) {
    let Ok(json) = serde_json::from_slice::<Json>(bytes) else {
        return;
    };
    if let Some(integer) = lenient::integer(&json) {
        let again = Json::String(integer.to_string());
        assert_eq!(lenient::integer(&again), Some(integer));
    }
    if let Some(number) = lenient::number(&json) {
        assert!(number.is_finite());
    }
    if let Some(truth) = lenient::boolean(&json) {
        assert_eq!(lenient::boolean(&Json::Bool(truth)), Some(truth));
    }
    for element in lenient::list(&json) {
        let _ = (lenient::text(element), lenient::integer(element));
    }
    let _ = (lenient::text(&json), lenient::object(json));
}

/// Days, moments and durations.
fn dates(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Some(moment) = lenient::moment(text) {
        assert_eq!(lenient::moment(&moment.to_string()), Some(moment));
    }
    let _ = lenient::is_after_today(text);
    if let Some(duration) = timeouts::parse(text) {
        assert!(!duration.is_zero());
        assert!(!timeouts::spoken(duration).is_empty());
    }
}

/// Texts of an exchange in a configuration: the language reads what was written, and nothing else.
fn hcl(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    assert_eq!(unquoted(&hcl::text(text)).as_deref(), Some(text));
    // A whole parser is a hundred times as slow as that.
    let sum = bytes
        .iter()
        .fold(0, |sum: u8, byte| sum.wrapping_add(*byte));
    if sum % 64 == 0 {
        parses(text);
    }
}

/// What a quoted text of the language says, if it is one and no template.
fn unquoted(quoted: &str) -> Option<String> {
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let mut said = String::new();
    let mut letters = inner.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return None,
            letter if letter.is_control() => return None,
            '\\' => said.push(match letters.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => {
                    let digits: String = letters.by_ref().take(4).collect();
                    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                }
                letter @ ('"' | '\\') => letter,
                _ => return None,
            }),
            sign @ ('$' | '%') => {
                let mut ahead = letters.clone();
                match (ahead.next(), ahead.next()) {
                    (Some('{'), _) => return None,
                    (Some(twice), Some('{')) if twice == sign => {
                        letters = ahead;
                        said.push_str(&format!("{sign}{{"));
                    }
                    _ => said.push(sign),
                }
            }
            letter => said.push(letter),
        }
    }
    Some(said)
}

/// The parser of somebody else reads a whole file of it as it was meant.
fn parses(text: &str) {
    let mut inner = hcl::Body::default();
    inner.comment(text);
    inner.attribute("value", hcl::text(text), text);
    let entry = Value::Map([(text.to_owned(), Value::text(text))].into());
    let entry = hcl::expression(&entry, &|text| hcl::text(text));
    inner.attribute("entry", entry, "");
    let mut body = hcl::Body::default();
    body.block("block", inner);
    let name = hcl::identifier(text);
    let name = name.trim_start_matches(|first: char| first.is_ascii_digit() || first == '_');
    let mut named = hcl::Body::default();
    if !name.is_empty() {
        named.attribute(name, "1", text);
    }
    body.block("names", named);
    let written = body.text();
    let read: Json = ::hcl::from_str(&written).expect("what was written is HCL");
    assert_eq!(read["block"]["value"], text, "{written}");
    assert_eq!(read["block"]["entry"][text], text, "{written}");
    assert!(name.is_empty() || read["names"][name] == 1, "{written}");
}
