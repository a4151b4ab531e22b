//! How long each operation may take: the `timeouts` block and its defaults.

use std::time::Duration;

use jiff::SignedDuration;

use crate::entities::declaration::{Life, Resource};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::schema::{Attribute, Kind, Mode, Object};
use crate::tfplugin::types::Type;
use crate::tfplugin::value::Value;

/// The block.
pub const TIMEOUTS: &str = "timeouts";

/// Patience with the provisioning and decommissioning of an object.
const PROVISIONED: Duration = Duration::from_secs(30 * 60);
/// Patience with what an exchange does at once.
const IMMEDIATE: Duration = Duration::from_secs(5 * 60);

/// The longest patience that can be asked for: 90 days, longer than any order takes, and far from
/// where clocks overflow.
const LONGEST: Duration = Duration::from_secs(90 * 24 * 3600);

/// What is being done, and may time out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Ordering and waiting.
    Create,
    /// Looking.
    Read,
    /// Changing and waiting.
    Update,
    /// Cancelling and waiting.
    Delete,
}

impl Operation {
    const ALL: [Operation; 4] = [
        Operation::Create,
        Operation::Read,
        Operation::Update,
        Operation::Delete,
    ];

    /// The name in `timeouts`.
    pub fn name(self) -> &'static str {
        match self {
            Operation::Create => "create",
            Operation::Read => "read",
            Operation::Update => "update",
            Operation::Delete => "delete",
        }
    }

    fn default(self, life: &Life) -> Duration {
        match (self, life) {
            (Operation::Read, _) | (_, Life::Immediate) => IMMEDIATE,
            (_, Life::Provisioned(_)) => PROVISIONED,
        }
    }
}

/// The `timeouts` block. Defaults hold in code and never enter the state.
pub fn block(life: &Life) -> Attribute {
    let inner = Operation::ALL
        .iter()
        .map(|&operation| {
            let mut attribute = Attribute::new(
                operation.name(),
                Kind::Value(Type::String),
                Mode::Optional,
                format!("Defaults to `{}`.", spoken(operation.default(life))),
            );
            attribute.local = true;
            attribute
        })
        .collect();
    let mut attribute = Attribute::new(
        TIMEOUTS,
        Kind::Block(Object::new(inner)),
        Mode::Optional,
        "How long each operation may take, such as `90s`, `30m` or `1h30m`. When waiting for an \
         order takes longer, the apply ends with a warning and the next one goes on.",
    );
    attribute.local = true;
    attribute
}

/// How long the operation may take for this object.
pub fn of(resource: &Resource, object: &Value, operation: Operation) -> Duration {
    object
        .get(TIMEOUTS)
        .get(operation.name())
        .as_str()
        .and_then(parse)
        .map(|patience| patience.min(LONGEST))
        .unwrap_or_else(|| operation.default(&resource.of.life))
}

/// What is wrong with the timeouts of a configuration.
pub fn check(config: &Value) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for operation in Operation::ALL {
        let name = operation.name();
        let Some(text) = config.get(TIMEOUTS).get(name).as_str() else {
            continue;
        };
        let wrong = match parse(text) {
            None => Diagnostic::error(
                "Not a duration",
                format!(
                    "timeouts.{name} is {text:?}. Write a number above zero with a unit, such as \
                     \"90s\", \"30m\" or \"1h30m\"."
                ),
            ),
            Some(duration) if duration > LONGEST => Diagnostic::error(
                "Too long a timeout",
                format!(
                    "timeouts.{name} is {text:?}; at most {} is possible. An apply that ends \
                     earlier loses nothing: the next one goes on.",
                    spoken(LONGEST)
                ),
            ),
            Some(_) => continue,
        };
        diagnostics.push(wrong.at(Path::attribute(TIMEOUTS).then(name)));
    }
    diagnostics
}

/// A duration in words a person would use: `30m`.
pub fn spoken(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let parts = [
        (seconds / 3600, "h"),
        (seconds % 3600 / 60, "m"),
        (seconds % 60, "s"),
    ];
    let spoken: String = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if spoken.is_empty() {
        format!("{}ms", duration.as_millis())
    } else {
        spoken
    }
}

/// Reads a duration above zero, as people write it.
pub fn parse(text: &str) -> Option<Duration> {
    let duration: SignedDuration = text.trim().parse().ok()?;
    Duration::try_from(duration)
        .ok()
        .filter(|duration| !duration.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::testing::resource_named;

    fn object(create: &str) -> Value {
        Value::object([(TIMEOUTS, Value::object([("create", create.into())]))])
    }

    #[test]
    fn a_timeout_is_read_as_people_write_it() {
        for (text, seconds) in [("90s", 90), ("30m", 1800), ("1h30m", 5400), ("2 h", 7200)] {
            let duration = of(resource_named("contact"), &object(text), Operation::Create);
            assert_eq!(duration.as_secs(), seconds, "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_at_its_path() {
        for text in [
            "soon",
            "30",
            "-5m",
            "0s",
            "",
            "9223372036854775807s",
            "2161h",
        ] {
            let diagnostics = check(&object(text));
            let at = diagnostics.0[0].attribute.as_ref().map(Path::to_string);
            assert_eq!(at.as_deref(), Some("timeouts.create"), "{text}");
        }
        assert!(check(&object("30m")).is_empty());
    }

    #[test]
    fn an_unset_timeout_has_a_default() {
        let unset = Value::object([(TIMEOUTS, Value::Null)]);
        assert_eq!(
            of(resource_named("contact"), &unset, Operation::Read),
            IMMEDIATE
        );
        assert_eq!(spoken(PROVISIONED), "30m");
        assert_eq!(spoken(Duration::from_secs(5400)), "1h30m");
    }
}
