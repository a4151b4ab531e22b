//! Reads what an exchange says when it refuses (dictionary, section 3): problem documents as the
//! specification has them, as exchanges really send them, and the web pages gateways send instead.

use std::fmt;

use super::lenient::{self, Json};
use super::secret::is_secret;

/// How much of an answer that is no problem document is shown.
const EXCERPT: usize = 200;

/// A refusal in the exchange's own words. Everything but the status may be missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Problem {
    /// The HTTP status; a status in the body is not trusted.
    pub status: u16,
    /// What kind of problem this is, in words.
    pub title: Option<String>,
    /// What went wrong this time.
    pub detail: Option<String>,
    /// What kind of problem this is, as the address of a page that explains it.
    pub kind_uri: Option<String>,
    /// The exchange's name for this very occurrence.
    pub instance: Option<String>,
    /// The members of the request that were at fault.
    pub properties: Vec<Property>,
    /// What the object is still used by, where that is why it cannot be deleted.
    pub conflicts: Vec<String>,
    /// The first possible day to end a service, where another one was refused (`YYYY-MM-DD`).
    pub decommission_at: Option<String>,
    /// Until when such a service would be charged (`YYYY-MM-DD`).
    pub charged_until: Option<String>,
}

/// A member of the request that was at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// The member's name, where the exchange gives one.
    pub name: Option<String>,
    /// What is wrong with it; where the exchange says so, also what it was and what is to be had
    /// instead. The value of a secret is left out.
    pub reason: String,
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl fmt::Display for Problem {
    /// `400 Validation error: the detail; vlan: must be between 1 and 4094`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", named_status(self.status, self.title.as_deref()))?;
        let mut said = Vec::new();
        said.extend(self.detail.clone());
        said.extend(self.properties.iter().map(Property::to_string));
        said.extend(self.conflicts.iter().cloned());
        if let Some(date) = &self.decommission_at {
            said.push(format!("it can end on {date} at the earliest"));
        }
        if let Some(date) = &self.charged_until {
            said.push(format!("it would be charged until {date}"));
        }
        if !said.is_empty() {
            let said: Vec<&str> = said
                .iter()
                .map(|text| text.trim().trim_end_matches('.'))
                .collect();
            write!(f, ": {}", said.join("; "))?;
        }
        Ok(())
    }
}

/// `404 Not Found`, with the exchange's own words for the status where it has some.
pub(super) fn named_status(status: u16, title: Option<&str>) -> String {
    let usual = reqwest::StatusCode::from_u16(status)
        .ok()
        .and_then(|s| s.canonical_reason());
    match title.or(usual) {
        Some(words) => format!("{status} {}", words.trim().trim_end_matches('.')),
        None => status.to_string(),
    }
}

impl Problem {
    /// Whether it is of this kind: `unable-to-fulfill`. The specification gives kinds the address
    /// of a page, exchanges one of their own, and without `.html`: only its last word is common.
    pub fn is(&self, kind: &str) -> bool {
        let uri = self.kind_uri.as_deref().unwrap_or_default();
        let page = uri.split(['?', '#']).next().unwrap_or_default();
        let last = page.trim_end_matches('/').rsplit(['/', ':']).next();
        let word = last.unwrap_or_default().split('.').next();
        word.is_some_and(|word| word.eq_ignore_ascii_case(kind))
    }

    /// Whether it says what refusals of an exchange say, and not only what anybody's JSON might: a
    /// gateway's has a message and nothing else.
    pub fn is_by_the_book(&self) -> bool {
        let is_named = self.title.is_some() || self.kind_uri.is_some();
        let is_about = !self.properties.is_empty() || !self.conflicts.is_empty();
        is_named || is_about || self.decommission_at.is_some()
    }

    /// Reads a JSON error document. A document in no known shape becomes the detail as it stands.
    pub fn read(status: u16, json: &Json) -> Self {
        let mut problem = Self {
            status,
            ..Self::default()
        };
        let members = match json {
            Json::Array(items) if items.len() == 1 => &items[0],
            other => other,
        };
        let Some(members) = members.as_object() else {
            problem.detail = words(members);
            return problem;
        };
        let text = |name: &str| members.get(name).and_then(words);
        problem.title = text("title");
        // The last three are what gateways in front of an exchange use.
        problem.detail = ["detail", "message", "error_description", "error"]
            .into_iter()
            .find_map(text);
        problem.kind_uri = text("type").filter(|uri| uri != "about:blank");
        problem.instance = text("instance");
        problem.decommission_at = text("decommission_at");
        problem.charged_until = text("charged_until");
        problem.properties = members
            .get("properties")
            .map(properties)
            .unwrap_or_default();
        problem.conflicts = members.values().flat_map(conflicts).collect();
        if problem.title.is_none() && problem.detail.is_none() && problem.properties.is_empty() {
            problem.detail = (!members.is_empty()).then(|| excerpt(&json.to_string()));
        }
        problem
    }
}

/// Any JSON as words: texts as they are, lists joined, the rest as JSON. Nothing for nothing.
fn words(json: &Json) -> Option<String> {
    let words = match json {
        Json::Null => return None,
        Json::String(text) => text.trim().to_owned(),
        Json::Array(items) => items
            .iter()
            .filter_map(words)
            .collect::<Vec<_>>()
            .join("; "),
        Json::Object(members) => {
            let said = ["reason", "message", "detail"]
                .into_iter()
                .find_map(|n| members.get(n));
            match said {
                Some(said) => return words(said),
                None => json.to_string(),
            }
        }
        other => other.to_string(),
    };
    (!words.is_empty()).then_some(words)
}

/// The properties at fault: a list of names and reasons by the specification, also accepted as an
/// object of reasons by name.
fn properties(json: &Json) -> Vec<Property> {
    match json {
        Json::Object(members) if !members.contains_key("reason") => members
            .iter()
            .map(|(name, reason)| Property {
                name: Some(name.clone()),
                reason: words(reason).unwrap_or_else(|| "is not accepted".to_owned()),
            })
            .collect(),
        Json::Array(items) => items.iter().filter_map(property).collect(),
        other => property(other).into_iter().collect(),
    }
}

fn property(json: &Json) -> Option<Property> {
    let name = json.get("name").and_then(lenient::text);
    match (name, json.get("reason").and_then(words)) {
        (None, None) => {
            let reason = words(json).filter(|_| json.as_object().is_none_or(|m| !m.is_empty()))?;
            Some(Property { name: None, reason })
        }
        (name, reason) => {
            let mut reason = reason.unwrap_or_else(|| "is not accepted".to_owned());
            let more = more_on(json, name.as_deref().unwrap_or_default());
            if !more.is_empty() {
                let said = reason.trim_end_matches('.').len();
                reason.truncate(said);
                reason.push_str(&format!(" ({})", more.join("; ")));
            }
            Some(Property { name, reason })
        }
    }
}

/// What some exchanges say about a property beyond the reason: the value at fault, unless it is
/// secret, and what is free.
fn more_on(property: &Json, name: &str) -> Vec<String> {
    let member = name.rsplit(['.', '/']).next().unwrap_or_default();
    let value = property.get("value").filter(|_| !is_secret(member));
    let value = value.and_then(|value| match value {
        Json::Object(_) | Json::Array(_) => Some(value.to_string()),
        scalar => lenient::text(scalar),
    });
    let free = property.get("available_ranges").and_then(ranges);
    let value = value.map(|value| format!("it was {value}"));
    let free = free.map(|free| format!("available: {free}"));
    value.into_iter().chain(free).collect()
}

/// Ranges as a person writes them: `100-199, 300`. Each may be a text, a pair, or an object that
/// names its two ends.
fn ranges(json: &Json) -> Option<String> {
    const ENDS: [(&str, &str); 4] = [
        ("start", "end"),
        ("from", "to"),
        ("min", "max"),
        ("first", "last"),
    ];
    let range = |range: &Json| {
        let ends = match range {
            Json::Array(ends) if ends.len() == 2 => Some((&ends[0], &ends[1])),
            range => ENDS
                .iter()
                .find_map(|(first, last)| Some((range.get(first)?, range.get(last)?))),
        };
        match ends.map(|(first, last)| (lenient::text(first), lenient::text(last))) {
            Some((Some(first), Some(last))) if first == last => Some(first),
            Some((Some(first), Some(last))) => Some(format!("{first}-{last}")),
            _ => words(range),
        }
    };
    // A single pair of numbers is one range, not two values.
    let one =
        matches!(json, Json::Array(ends) if ends.len() == 2 && ends.iter().all(Json::is_number));
    let ranges = if one {
        std::slice::from_ref(json)
    } else {
        lenient::list(json)
    };
    let shown: Vec<String> = ranges.iter().filter_map(range).collect();
    (!shown.is_empty()).then(|| shown.join(", "))
}

/// The entries of a constraint violation. The name of the member that lists them differs, so they
/// are recognised by their own members.
fn conflicts(member: &Json) -> Vec<String> {
    let describe = |entry: &Json| {
        let text = |name: &str| entry.get(name).and_then(lenient::text);
        let kind = text("remote_resource_type")?;
        let mut words = format!("still used by {kind}");
        if let Some(id) = text("remote_resource_id") {
            words.push_str(&format!(" {id}"));
        }
        if let Some(property) = text("resource_property") {
            words.push_str(&format!(" ({property})"));
        }
        Some(words)
    };
    member
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(describe)
        .collect()
}

/// The first 200 characters of an answer, as text: of a web page, what a person would see.
pub(super) fn excerpt(body: &str) -> String {
    let body = body.trim_start_matches('\u{feff}').trim();
    let text = if body.starts_with('<') {
        page_text(body)
    } else {
        body.to_owned()
    };
    let squeezed = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut characters = squeezed.chars();
    let mut shown: String = characters.by_ref().take(EXCERPT).collect();
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// A web page without its tags, scripts and styles. Good enough for error pages, nothing more.
fn page_text(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        text.push(' ');
        rest = &rest[open..];
        let tag = rest.get(1..).unwrap_or_default().to_ascii_lowercase();
        let unseen = ["script", "style"]
            .into_iter()
            .find(|name| tag.starts_with(name));
        let end = match unseen {
            // Lower-casing ASCII keeps every byte in its place.
            Some(name) => tag.find(&format!("</{name}")).map(|at| at + 1),
            None => Some(0),
        };
        let close = end.and_then(|from| rest[from..].find('>').map(|at| from + at + 1));
        rest = close.map_or("", |close| &rest[close..]);
    }
    text.push_str(rest);
    [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text, |text, (entity, character)| {
        text.replace(entity, character)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_problem_by_the_book_is_read_whole() {
        let problem = Problem::read(
            400,
            &json!({
                "type": "https://errors.ix-api.net/v2/validation-error.html",
                "title": "Some fields did not validate", "status": 200,
                "detail": "The input is not valid.", "instance": "/errors/77",
                "properties": [{"name": "vlan", "reason": "must be between 1 and 4094."}],
            }),
        );
        assert_eq!(problem.status, 400, "the status of the body is not trusted");
        assert_eq!(problem.instance.as_deref(), Some("/errors/77"));
        assert!(
            problem
                .kind_uri
                .as_deref()
                .unwrap()
                .ends_with("validation-error.html")
        );
        assert_eq!(
            problem.to_string(),
            "400 Some fields did not validate: The input is not valid; \
             vlan: must be between 1 and 4094",
        );
    }

    #[test]
    fn a_refused_date_brings_the_first_possible_ones() {
        let body = json!({"decommission_at": "2026-09-01", "charged_until": "2026-09-30"});
        let problem = Problem::read(400, &body);
        assert_eq!(problem.decommission_at.as_deref(), Some("2026-09-01"));
        assert_eq!(problem.charged_until.as_deref(), Some("2026-09-30"));
        assert!(problem.to_string().contains("2026-09-01"), "{problem}");
    }

    #[test]
    fn what_exchanges_really_send_is_understood() {
        for (body, shown) in [
            (
                json!({"detail": ["one", "two"]}),
                "400 Bad Request: one; two",
            ),
            (
                json!({"detail": [{"message": "one"}]}),
                "400 Bad Request: one",
            ),
            (json!([{"title": "T", "detail": "d"}]), "400 T: d"),
            (
                json!({"statusCode": 401, "message": "m"}),
                "400 Bad Request: m",
            ),
            (
                json!({"error": "invalid_client"}),
                "400 Bad Request: invalid_client",
            ),
            (
                json!({"error": "e", "error_description": "because"}),
                "400 Bad Request: because",
            ),
            (
                json!({"properties": {"vlan": "taken", "mac": ["a", "b"]}}),
                "400 Bad Request: mac: a; b; vlan: taken",
            ),
            (
                json!({"properties": [{"name": "vlan", "reason": {"min": 1}}]}),
                "400 Bad Request: vlan: {\"min\":1}",
            ),
            (
                json!({"properties": [{"reason": "no name"}, "text", {"name": "x"}, null, {}]}),
                "400 Bad Request: no name; text; x: is not accepted",
            ),
            (
                json!({"properties": {"name": "vlan", "reason": "bad"}}),
                "400 Bad Request: vlan: bad",
            ),
            (
                json!({"title": "T", "properties": null, "detail": null, "type": 5}),
                "400 T",
            ),
            (json!("just words"), "400 Bad Request: just words"),
            (json!({"odd": true}), "400 Bad Request: {\"odd\":true}"),
            (json!({}), "400 Bad Request"),
            (json!(null), "400 Bad Request"),
            (json!([]), "400 Bad Request"),
        ] {
            assert_eq!(Problem::read(400, &body).to_string(), shown, "{body}");
        }
    }

    #[test]
    fn the_kind_of_a_problem_is_the_last_word_of_its_address() {
        for uri in [
            "https://errors.ix-api.net/v2/unable-to-fulfill.html",
            "https://errors.example.net/unable-to-fulfill",
            "https://errors.example.net/v1/Unable-To-Fulfill/?lang=en#top",
            "/problems/unable-to-fulfill.md",
            "urn:ix-api:unable-to-fulfill",
            "unable-to-fulfill",
        ] {
            let problem = Problem::read(400, &json!({ "type": uri }));
            assert!(problem.is("unable-to-fulfill"), "{uri}");
            assert!(!problem.is("fulfill") && !problem.is(""), "{uri}");
        }
        assert!(!Problem::default().is("unable-to-fulfill"));
    }

    #[test]
    fn a_property_shows_its_value_and_what_is_available() {
        for (property, shown) in [
            (
                json!({"value": 100, "available_ranges": [[200, 299], [301, 301]]}),
                "taken (it was 100; available: 200-299, 301)",
            ),
            (
                json!({"available_ranges": [{"start": 2, "end": 9}, "20-29", 40]}),
                "taken (available: 2-9, 20-29, 40)",
            ),
            (
                json!({"available_ranges": [2, 9]}),
                "taken (available: 2-9)",
            ),
            (json!({"available_ranges": "2-9"}), "taken (available: 2-9)"),
            (json!({"value": null, "available_ranges": []}), "taken"),
            (json!({"value": {"vlan": 1}}), "taken (it was {\"vlan\":1})"),
            (
                json!({"available_ranges": [{"odd": 1}]}),
                "taken (available: {\"odd\":1})",
            ),
        ] {
            let mut body = json!({"name": "vlan", "reason": "taken."});
            for (name, value) in property.as_object().unwrap() {
                body[name] = value.clone();
            }
            let shown = shown.replace("taken", if shown == "taken" { "taken." } else { "taken" });
            let problem = Problem::read(400, &json!({ "properties": [body] }));
            assert_eq!(problem.properties[0].reason, shown, "{property}");
        }
    }

    #[test]
    fn a_property_that_is_secret_does_not_show_its_value() {
        for name in ["bgp_password", "network_feature.bgp_password", "/cloud_key"] {
            let property = json!({"name": name, "reason": "short", "value": "hunter2"});
            let problem = Problem::read(400, &json!({ "properties": [property] }));
            assert_eq!(problem.properties[0].reason, "short");
        }
    }

    #[test]
    fn a_constraint_violation_names_what_stands_in_the_way() {
        let problem = Problem::read(
            409,
            &json!({"title": "Constraint violation", "whatever": [{
                "resource_type": "contact", "resource_id": "1", "resource_property": "contact",
                "remote_resource_type": "role-assignment", "remote_resource_id": "9",
            }]}),
        );
        assert_eq!(
            problem.conflicts,
            ["still used by role-assignment 9 (contact)"]
        );
    }

    #[test]
    fn a_web_page_is_reduced_to_what_a_person_would_see() {
        let page = "<!DOCTYPE html><html><head><STYLE>b{c:d}</STYLE><script>if(a<b){}</script>\n\
                    <title>502 Bad&nbsp;Gateway</title></head><body>\n<h1>502</h1><hr/>\
                    nginx &amp; co";
        assert_eq!(excerpt(page), "502 Bad Gateway 502 nginx & co");
        assert_eq!(excerpt("  plain\n text "), "plain text");
        assert_eq!(excerpt(&"x".repeat(201)), format!("{}…", "x".repeat(200)));
        assert_eq!(excerpt(&"ü".repeat(200)), "ü".repeat(200));
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<f64>().prop_map(Json::from),
            ".{0,12}".prop_map(Json::from),
        ];
        let name = prop_oneof![
            "[a-z]{1,6}",
            Just("detail".to_owned()),
            Just("properties".to_owned()),
            Just("reason".to_owned()),
            Just("name".to_owned()),
        ];
        leaf.prop_recursive(4, 32, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
                prop::collection::hash_map(name.clone(), inner, 0..5)
                    .prop_map(|members| Json::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_document_is_too_odd_to_be_shown(body in any_json()) {
            let shown = Problem::read(503, &body).to_string();
            prop_assert!(shown.starts_with("503"));
        }

        #[test]
        fn no_page_is_too_odd_to_be_shown(body in "(<|>|script|</|style| |[a-zü]|&amp;){0,40}") {
            let shown = excerpt(&format!("<{body}"));
            prop_assert!(shown.chars().count() <= EXCERPT + 1);
        }
    }
}
