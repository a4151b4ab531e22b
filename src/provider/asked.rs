//! What an exchange waits for from somebody else before it goes on with an object: the other party,
//! a person, a later order. It says so in status messages, and here is who can do what about them.

use crate::ixapi::{Json, StatusMessage, lenient};

use super::PREFIX;

/// How the tags of such messages end (dictionary §5.2): `toc_required`.
const REQUIRED: &str = "_required";

/// Whether a message with this tag asks for something without which the exchange does not go on.
pub fn asks(tag: &str) -> bool {
    tag.to_ascii_lowercase().ends_with(REQUIRED)
}

/// What is to be done about what an object is asked for, as lines to append; empty if nothing is.
pub fn to_do(object: &Json) -> String {
    let id = object.get("id").and_then(lenient::text).unwrap_or_default();
    let mut steps: Vec<String> = Vec::new();
    for message in StatusMessage::of(object) {
        if message.severity.is_warning() && asks(&message.tag) {
            let step = step(&message, &id);
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
    }
    match steps.is_empty() {
        true => String::new(),
        false => format!("\n\nWhat is to be done:{}", steps.concat()),
    }
}

fn step(message: &StatusMessage, id: &str) -> String {
    let attribute = |name: &str| message.attrs.get(name).and_then(lenient::text);
    let config = format!("{PREFIX}_nsc with network_service = {id:?}");
    let step = match message.tag.to_ascii_lowercase().as_str() {
        "a_side_nsc_required" => {
            format!("The side that ordered it puts its config on it: an {config}.")
        }
        "b_side_nsc_required" => format!(
            "The joining side puts its config on it: an {config}. If that is another party, ask it \
             to."
        ),
        "nsc_required" => match attribute("handover") {
            Some(handover) => format!("Configure handover {handover}: an {config}."),
            None => format!("Join it yourself: an {config}."),
        },
        "member_joining_rule_required" => format!(
            "Say who may join it: an {PREFIX}_member_joining_rule with network_service = {id:?}."
        ),
        "network_feature_config_required" => {
            let feature = attribute("network_feature");
            let feature = feature.map(|feature| format!(" and network_feature = {feature:?}"));
            format!(
                "Configure the feature: an {PREFIX}_nfc with network_service_config = {id:?}{}.",
                feature.unwrap_or_default()
            )
        }
        "toc_required" => {
            let place = attribute("url").map(|url| format!(", at {url}"));
            format!(
                "Somebody signs the terms and hands them in{}.",
                place.unwrap_or_default()
            )
        }
        _ => match attribute("url") {
            Some(url) => format!("See to {}, at {url}.", message.tag),
            None => format!("See to {}, or ask the exchange how.", message.tag),
        },
    };
    format!("\n  - {step}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked_for(tag: &str, attrs: Json) -> String {
        to_do(&json!({
            "id": "S1",
            "status": [{"severity": 2, "tag": tag, "message": "…", "attrs": attrs}],
        }))
    }

    #[test]
    fn for_each_thing_that_is_asked_for_there_is_something_to_do() {
        for (tag, attrs, step) in [
            (
                "a_side_nsc_required",
                json!({}),
                "an ixapi_nsc with network_service = \"S1\".",
            ),
            ("b_side_nsc_required", json!({}), "another party, ask it to"),
            ("nsc_required", json!({}), "Join it yourself: an ixapi_nsc"),
            (
                "nsc_required",
                json!({"handover": 2}),
                "Configure handover 2: an ixapi_nsc",
            ),
            (
                "member_joining_rule_required",
                Json::Null,
                "an ixapi_member_joining_rule with network_service = \"S1\".",
            ),
            (
                "network_feature_config_required",
                json!({"network_feature": "2342"}),
                "with network_service_config = \"S1\" and network_feature = \"2342\".",
            ),
            (
                "toc_required",
                json!({"url": "https://documents.my-ix.example/"}),
                "hands them in, at https://documents.my-ix.example/.",
            ),
            ("LOA_REQUIRED", json!({}), "See to LOA_REQUIRED, or ask"),
        ] {
            let told = asked_for(tag, attrs);
            assert!(told.starts_with("\n\nWhat is to be done:\n  - "), "{told}");
            assert!(told.contains(step), "{told}");
        }
    }

    #[test]
    fn what_is_no_request_is_nothing_to_do_and_the_same_one_is_told_once() {
        assert_eq!(asked_for("port_burnt", json!({})), "");
        let progress = json!({"severity": 6, "tag": "nsc_required", "message": "…"});
        assert_eq!(to_do(&json!({"id": "S1", "status": progress})), "");
        let twice = json!({"severity": 2, "tag": "nsc_required", "message": "…"});
        let twice = to_do(&json!({"id": "S1", "status": [twice, twice]}));
        assert_eq!(twice.matches("ixapi_nsc").count(), 1, "{twice}");
    }
}
