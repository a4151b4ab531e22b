//! The resource type: robots that do on demand whatever a resource may do wrong.

use async_trait::async_trait;
use ixapi_provider::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use ixapi_provider::tfplugin::identity::{Identity, IdentityAttribute};
use ixapi_provider::tfplugin::path::Path;
use ixapi_provider::tfplugin::plan::Change;
use ixapi_provider::tfplugin::schema::{Attribute, Kind, Mode, Object, Recomputed, Schema};
use ixapi_provider::tfplugin::traits::{Call, Resource, Source};
use ixapi_provider::tfplugin::types::Type;
use ixapi_provider::tfplugin::value::Value;

use super::{SLOWLY, Waits, panic_if, refused, text, toy};

/// A kind of robot.
pub struct Robot {
    pub waits: Waits,
}

/// The schema of robots.
pub fn schema() -> Schema {
    let mut maker = text("maker", Mode::Optional);
    maker.replaces = true;
    let mut state = text("state", Mode::Computed);
    state.recomputed = Recomputed::OnAnyChange;
    let mut mood = text("mood", Mode::OptionalComputed);
    mood.given_back = true;
    let mut secret = text("secret", Mode::Optional);
    secret.write_only = true;
    let arm = Object::new(vec![
        text("side", Mode::Required),
        text("reach", Mode::OptionalComputed),
    ]);
    Schema {
        version: 2,
        description: "A robot.".to_owned(),
        object: Object::new(vec![
            text("id", Mode::Computed),
            text("name", Mode::Required),
            text("note", Mode::Optional),
            maker,
            state,
            mood,
            Attribute::new(
                "arm",
                Kind::Block(arm),
                Mode::Optional,
                "What it lifts with.",
            ),
            secret,
        ]),
    }
}

impl Robot {
    /// Waits until it is interrupted, and says so.
    async fn wait(&self, call: &Call<'_>) {
        super::wait(call, &self.waits).await;
        call.tell(Diagnostic::warning("Interrupted", ""));
    }
}

#[async_trait]
impl Resource for Robot {
    fn schema(&self) -> Schema {
        schema()
    }

    fn identity(&self) -> Option<Identity> {
        Some(Identity {
            version: 1,
            attributes: vec![IdentityAttribute {
                name: "id".to_owned(),
                kind: Type::String,
                description: "Its number.".to_owned(),
                optional: false,
            }],
        })
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        if config.get("arm").get("side").as_str() == Some("third") {
            let path = Path::attribute("arm").then("side").then("detail");
            return Diagnostic::error("No such arm", "").at(path).into();
        }
        match config.get("name").as_str() {
            Some("") => Diagnostic::error("No name", "")
                .at(Path::attribute("name"))
                .into(),
            name => {
                panic_if(name == Some("panic"));
                Diagnostics::default()
            }
        }
    }

    async fn plan(&self, call: &Call<'_>, change: &mut Change) -> Result<(), Diagnostics> {
        call.note("planned", Some("once".into()));
        panic_if(change.planned.get("note").as_str() == Some("panic in plan"));
        let secret = change.config.get("secret").clone();
        change.planned.put("secret", secret);
        if change.is_delete() {
            call.tell(Diagnostic::warning("It bills until Friday", ""));
        }
        for name in &call.given_back {
            call.tell(Diagnostic::warning(format!("{name} is given back"), ""));
        }
        match change.planned.get("note").as_str() {
            Some("refuse") => refused("Refused"),
            _ => Ok(()),
        }
    }

    async fn read(&self, call: &Call<'_>, state: &Value) -> Result<Value, Diagnostics> {
        let mut state = state.clone();
        call.note("read", Some(true.into()));
        match state.get("name").as_str() {
            Some("gone") => Ok(Value::Null),
            Some("fail") => refused("Unreachable"),
            Some("unknown") => Ok(Value::Unknown),
            Some("nonsense") => Ok(Value::Bool(true)),
            Some("wait") => {
                self.wait(call).await;
                Ok(state)
            }
            Some("never answer") => {
                self.wait(call).await;
                std::future::pending().await
            }
            name => {
                panic_if(name == Some("panic"));
                state.put("secret", "leaked".into());
                Ok(state)
            }
        }
    }

    async fn create(
        &self,
        call: &Call<'_>,
        planned: &Value,
        config: &Value,
    ) -> Result<Value, Diagnostics> {
        let mut state = planned.clone();
        state.put("id", "R-1".into());
        state.put("state", "built".into());
        let name = planned.get("name").as_str().unwrap_or_default();
        if name.ends_with("after saving") {
            // As soon as it exists, long before all of it is known.
            let mut early = planned.clone();
            early.put("id", "R-1".into());
            early.put("secret", config.get("secret").clone());
            call.note("host", Some("factory.example".into()));
            call.tell(Diagnostic::warning("It takes a while", ""));
            call.save(early);
        }
        match name {
            "panic" | "panic after saving" => {
                // Somewhere in the middle, after it has waited.
                tokio::task::yield_now().await;
                panic!("the robot broke")
            }
            "wait" => self.wait(call).await,
            "save slowly" => {
                self.wait(call).await;
                tokio::time::sleep(SLOWLY).await;
            }
            "fail" | "fail after saving" => return refused("Refused"),
            "fail later" => {
                state.put("note", "as it is".into());
                call.save(state);
                return refused("Broken");
            }
            "nothing" | "nothing after saving" => return Ok(Value::Null),
            "nonsense after saving" => return Ok(Value::Bool(true)),
            "misfit" => state.put("state", Value::Bool(true)),
            "breaks when asked who it is" => state.put("id", "panic".into()),
            _ => {
                state.put("note", config.get("secret").clone());
                state.put("secret", config.get("secret").clone());
            }
        }
        Ok(state)
    }

    async fn update(
        &self,
        call: &Call<'_>,
        prior: &Value,
        planned: &Value,
        _: &Value,
    ) -> Result<Value, Diagnostics> {
        let note = planned.get("note").as_str().unwrap_or_default();
        panic_if(note == "panic");
        for name in &call.given_back {
            call.tell(Diagnostic::warning(format!("{name} went back"), ""));
        }
        let mut done = planned.clone();
        done.put("state", "changed".into());
        match note {
            "fail" => refused("Refused"),
            "fail with state" => {
                call.save(prior.clone());
                refused("Refused")
            }
            "fail halfway" | "panic halfway" => {
                done.put("note", "halfway".into());
                call.save(done);
                panic_if(note == "panic halfway");
                refused("Refused")
            }
            "panic when done" => {
                call.save(done);
                panic!("the robot broke")
            }
            "nothing" => Ok(Value::Null),
            _ => Ok(planned.clone()),
        }
    }

    async fn delete(&self, call: &Call<'_>, prior: &Value) -> Result<(), Diagnostics> {
        match prior.get("name").as_str() {
            Some("fail") => refused("In use"),
            Some("stubborn") => {
                call.save(prior.clone());
                refused("Still there")
            }
            name => {
                panic_if(name == Some("panic"));
                Ok(())
            }
        }
    }

    async fn import(&self, call: &Call<'_>, id: &str) -> Result<Value, Diagnostics> {
        panic_if(id == "panic");
        call.note("host", Some("factory.example".into()));
        match id {
            "R-1" => Ok(toy(&[
                ("id", id.into()),
                ("name", "imported".into()),
                ("secret", "leaked".into()),
            ])),
            "fail" => refused("Not yours"),
            _ => Ok(Value::Null),
        }
    }

    fn identify(&self, _: &Call<'_>, state: &Value) -> Value {
        panic_if(state.get("id").as_str() == Some("panic"));
        Value::object([("id", state.get("id").clone())])
    }

    fn take_over(&self, call: &Call<'_>, source: &Source<'_>) -> Result<Value, Diagnostics> {
        call.note("host", source.private.get("host").cloned());
        match source.type_name {
            "toy_android" => {
                let android = source.state.as_written()?;
                let id = android["serial"].as_str().unwrap_or_default();
                Ok(toy(&[("id", id.into()), ("secret", "leaked".into())]))
            }
            "toy_ghost" => Ok(Value::Null),
            _ => refused("Not a robot"),
        }
    }
}
