//! What of toys is never stored: a ticket, and functions.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use ixapi_provider::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use ixapi_provider::tfplugin::schema::{Mode, Schema};
use ixapi_provider::tfplugin::traits::{
    Call, EphemeralResource, Function, Opened, Parameter, Refusal, Signature,
};
use ixapi_provider::tfplugin::types::Type;
use ixapi_provider::tfplugin::value::Value;

use super::{Waits, of, panic_if, refused, text, wait};

/// When a ticket ends, in seconds since 1970, and by how much each renewal puts that off.
pub const TICKET_ENDS: u64 = 2_000_000_000;

fn ends(renewed: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(TICKET_ENDS * (renewed + 1))
}

/// Admits to the show.
pub struct Ticket {
    pub waits: Waits,
}

/// The schema of tickets.
pub fn schema() -> Schema {
    let mut seat = text("seat", Mode::Computed);
    seat.sensitive = true;
    of(vec![
        text("name", Mode::Required),
        seat,
        text("row", Mode::Computed),
    ])
}

#[async_trait]
impl EphemeralResource for Ticket {
    fn schema(&self) -> Schema {
        schema()
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        match config.get("name").as_str() {
            Some("") => Diagnostic::error("No name", "").into(),
            _ => Diagnostics::default(),
        }
    }

    async fn open(&self, call: &Call<'_>, config: &Value) -> Result<Opened, Diagnostics> {
        let name = config.get("name").as_str().unwrap_or_default();
        call.note("name", Some(name.into()));
        call.tell(Diagnostic::warning("Doors close at eight", ""));
        panic_if(name == "panic");
        let mut value = config.clone();
        value.put("seat", "12B".into());
        value.put("row", Value::Unknown);
        match name {
            "fail" => return refused("Sold out"),
            "nothing" => value = Value::Null,
            "wait" => {
                wait(call, &self.waits).await;
                return refused("Interrupted");
            }
            _ => {}
        }
        let renew_at = (name != "lasting").then(|| ends(0));
        Ok(Opened { value, renew_at })
    }

    async fn renew(&self, call: &Call<'_>) -> Result<Option<SystemTime>, Diagnostics> {
        let before = call.noted("renewed").and_then(|times| times.as_u64());
        let renewed = before.unwrap_or_default() + 1;
        call.note("renewed", Some(renewed.into()));
        match call.noted("name").as_ref().and_then(|name| name.as_str()) {
            Some("last") => Ok(None),
            Some("breaks") => panic!("the robot broke"),
            Some("lost") => refused("Lost"),
            _ => Ok(Some(ends(renewed))),
        }
    }

    async fn close(&self, call: &Call<'_>) -> Result<(), Diagnostics> {
        match call.noted("name").as_ref().and_then(|name| name.as_str()) {
            Some("breaks") => panic!("the robot broke"),
            Some("lost") => refused("Lost"),
            name => {
                let name = name.unwrap_or("nobody").to_owned();
                call.tell(Diagnostic::warning(format!("{name} has left"), ""));
                Ok(())
            }
        }
    }
}

/// Says one word several times.
pub struct Repeat;

fn parameter(name: &str, kind: Type) -> Parameter {
    Parameter {
        name: name.to_owned(),
        kind,
        description: "A word.".to_owned(),
    }
}

impl Function for Repeat {
    fn signature(&self) -> Signature {
        Signature {
            summary: "Repeats".to_owned(),
            description: "Says a word **again**.".to_owned(),
            parameters: vec![parameter("word", Type::String)],
            variadic: Some(parameter("times", Type::Number)),
            returns: Type::list(Type::String),
        }
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, Refusal> {
        let (word, times) = arguments.split_first().expect("a word");
        panic_if(word.as_str() == Some("panic"));
        if word.as_str() == Some("misfit") {
            return Ok(Value::Bool(true));
        }
        let refusal = |(at, text): (usize, &str)| Refusal {
            text: text.to_owned(),
            argument: Some(at + 1),
        };
        let words = times.iter().enumerate().map(|(at, times)| {
            let times = times.as_i64().and_then(|times| usize::try_from(times).ok());
            let times = times.ok_or_else(|| refusal((at, "Not so often.")))?;
            let word = word.as_str().unwrap_or_default();
            Ok(Value::text(word.repeat(times)))
        });
        Ok(Value::List(words.collect::<Result<_, _>>()?))
    }
}
