//! What the exchange says about the state of an object, as lines for a person.

use crate::entities::declaration::Provisioning;
use crate::ixapi::{Json, StatusMessage};

/// The status messages that a person should read, as lines to append; empty if there are none.
pub fn all(object: &Json) -> String {
    lines(object, &[])
}

/// The same; where there are none, the last message of all.
pub fn why(object: &Json) -> String {
    let last = || StatusMessage::of(object).last().map(ToString::to_string);
    match all(object) {
        grave if !grave.is_empty() => grave,
        _ => the_exchange_says(last().into_iter()),
    }
}

/// The same, without those that are a normal part of an order's way.
pub fn unexpected(object: &Json, provisioning: Option<&Provisioning>) -> String {
    let expected = provisioning.map(|provisioning| provisioning.expected_tags);
    lines(object, expected.unwrap_or_default())
}

fn lines(object: &Json, expected_tags: &[&str]) -> String {
    the_exchange_says(
        StatusMessage::of(object)
            .iter()
            .filter(|message| message.severity.is_warning())
            .filter(|message| !expected_tags.contains(&message.tag.as_str()))
            .map(ToString::to_string),
    )
}

/// Messages as lines to append.
pub fn the_exchange_says(messages: impl Iterator<Item = String>) -> String {
    let lines: String = messages.map(|message| format!("\n  - {message}")).collect();
    if lines.is_empty() {
        lines
    } else {
        format!("\n\nThe exchange says:{lines}")
    }
}

/// A text as the beginning of a sentence.
pub fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::provider::testing::resource_named;

    #[test]
    fn only_grave_and_unexpected_messages_are_shown() {
        let object = json!({"status": [
            {"severity": 6, "tag": "requested", "message": "On its way."},
            {"severity": 2, "tag": "toc_required", "message": "Sign the terms."},
            {"severity": 2, "tag": "b_side_nsc_required", "message": "Configure the B side."},
        ]});
        let circuit = resource_named("p2p_vc").of.provisioning(Some("p2p_vc"));
        let said = unexpected(&object, circuit);
        assert!(said.contains("Sign the terms."), "{said}");
        assert!(!said.contains("On its way."), "{said}");
        assert!(!said.contains("B side"), "{said}");
        assert!(all(&object).contains("B side"));
    }
}
