//! How refusals are spelled.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::dialect::Quirk;
use crate::object::text;
use crate::problem::{Invalid, Problem};
use crate::settings::Settings;

/// What the support of an exchange calls a refusal.
const INCIDENT: &str = "INC-004711";

/// A refusal as this exchange says it.
pub fn refusal(settings: &Settings, problem: Problem, request: &[u8]) -> Answer {
    let problem = match settings.has(Quirk::ParseErrors) {
        true => problem.as_parse_error(),
        false => problem,
    };
    let mut answer = problem.answer();
    let Ok(Value::Object(mut body)) = serde_json::from_slice(&answer.body) else {
        return answer;
    };
    if let Some(detail) = body.get_mut("detail") {
        if settings.has(Quirk::ProblemDetailList) {
            *detail = json!([detail]);
        } else if settings.has(Quirk::ProblemDetailObject) {
            *detail = json!({ "message": detail });
        }
    }
    if settings.has(Quirk::ProblemTypesElsewhere)
        && let Some(slug) = text(&body, "type").and_then(slug)
    {
        let elsewhere = format!("https://portal.exchange.example/problems/{slug}");
        body.insert("type".into(), json!(elsewhere));
    }
    if settings.has(Quirk::ProblemInstances) {
        body.insert("instance".into(), json!(INCIDENT));
    }
    if settings.has(Quirk::AvailableRanges) && !problem.properties().is_empty() {
        let sent = serde_json::from_slice(request).unwrap_or_default();
        let properties = problem.properties().iter();
        body.insert(
            "properties".into(),
            properties.map(|it| told(it, &sent)).collect(),
        );
    }
    answer.body = Value::Object(body).to_string().into_bytes();
    answer
}

/// The last part of a problem type, as in `validation-error`.
fn slug(kind: &str) -> Option<&str> {
    kind.rsplit('/').next()?.strip_suffix(".html")
}

/// A refused property with what it was and what it could be.
fn told(invalid: &Invalid, sent: &Value) -> Value {
    let mut property = json!({ "name": invalid.name, "reason": invalid.reason });
    let pointer = format!("/{}", invalid.name.replace('.', "/"));
    if let Some(value) = sent.pointer(&pointer) {
        property["value"] = value.clone();
    }
    if !invalid.available.is_empty() {
        property["available_ranges"] = json!(invalid.available);
    }
    property
}
