//! What else there is of toys: a data source, a list, an action, and a resource type without
//! anything special.

use async_trait::async_trait;
use ixapi_provider::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use ixapi_provider::tfplugin::plan::Change;
use ixapi_provider::tfplugin::schema::{Mode, Schema};
use ixapi_provider::tfplugin::streams::Parts;
use ixapi_provider::tfplugin::traits::{Action, Call, DataSource, Found, ListResource, Resource};
use ixapi_provider::tfplugin::value::Value;
use tokio::sync::Notify;

use super::{of, panic_if, refused, robot, text, toy};

/// Looks robots up.
pub struct Catalogue;

#[async_trait]
impl DataSource for Catalogue {
    fn schema(&self) -> Schema {
        robot::schema()
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        panic_if(config.get("name").as_str() == Some("panic"));
        Diagnostics::default()
    }

    async fn read(&self, call: &Call<'_>, config: &Value) -> Result<Value, Diagnostics> {
        call.tell(Diagnostic::warning("Out of print", ""));
        panic_if(config.get("name").as_str() == Some("panic"));
        let mut found = config.clone();
        found.put("id", "R-7".into());
        found.put("state", Value::Unknown);
        Ok(found)
    }
}

/// Lists robots.
pub struct Shelf;

#[async_trait]
impl ListResource for Shelf {
    fn schema(&self) -> Schema {
        of(vec![text("name", Mode::Optional)])
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        panic_if(config.get("name").as_str() == Some("panic"));
        Diagnostics::default()
    }

    async fn list(
        &self,
        call: &Call<'_>,
        config: &Value,
        limit: Option<usize>,
        include_object: bool,
        found: &Parts<Found>,
    ) -> Result<(), Diagnostics> {
        let name = config.get("name").as_str().unwrap_or_default();
        let all = if name.starts_with("endless") {
            usize::MAX
        } else {
            3
        };
        let _left = name.ends_with("unheard").then_some(Leaving(&LIST_LEFT));
        for number in 1..=limit.unwrap_or(all).min(all) {
            let id = Value::text(format!("R-{number}"));
            let mut robot = toy(&[("id", id.clone()), ("state", Value::Unknown)]);
            if name == "misfit" && number == 2 {
                robot.put("state", Value::Bool(true));
            }
            let part = Found {
                identity: Value::object([("id", id)]),
                name: format!("Robot {number}"),
                object: include_object.then_some(robot),
                messages: Diagnostics::default(),
            };
            if found.send(part).await.is_err() {
                return Ok(());
            }
        }
        match name {
            "panic" => panic!("the robot broke"),
            "fail" => refused("Locked"),
            "wait" => std::future::pending().await,
            "warn" => {
                call.tell(Diagnostic::warning("Dusty", ""));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Tells a test that the work is no longer done.
struct Leaving(&'static Notify);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

/// When an endless list was given up.
pub static LIST_LEFT: Notify = Notify::const_new();

/// When an action ended that nobody listened to.
pub static ACTION_LEFT: Notify = Notify::const_new();

/// Has a robot wave.
pub struct Wave;

#[async_trait]
impl Action for Wave {
    fn schema(&self) -> Schema {
        of(vec![text("name", Mode::Required)])
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        match config.get("name").as_str() {
            Some("") => Diagnostic::error("No name", "").into(),
            _ => Diagnostics::default(),
        }
    }

    async fn plan(&self, _: &Call<'_>, config: &Value) -> Result<(), Diagnostics> {
        match config.get("name").as_str() {
            Some("fail") => refused("No arms"),
            _ => Ok(()),
        }
    }

    async fn invoke(
        &self,
        call: &Call<'_>,
        config: &Value,
        progress: &Parts<String>,
    ) -> Result<(), Diagnostics> {
        let name = config.get("name").as_str().unwrap_or_default();
        for side in ["left", "right"] {
            // Whoever waves goes on although nobody looks.
            let _ = progress.send(format!("{name} waves {side}")).await;
        }
        match name {
            "panic" => panic!("the robot broke"),
            "fail" => refused("Arm lost"),
            "wait unheard" => {
                call.stop.cancelled().await;
                ACTION_LEFT.notify_one();
                Ok(())
            }
            "wait" => {
                call.stop.cancelled().await;
                let _ = progress.send("arm down".to_owned()).await;
                call.tell(Diagnostic::warning("Interrupted", ""));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Has no identity, cannot be taken over, and is what it is.
pub struct Screw;

#[async_trait]
impl Resource for Screw {
    fn schema(&self) -> Schema {
        of(vec![text("id", Mode::Computed)])
    }

    fn validate(&self, _: &Value) -> Diagnostics {
        Diagnostics::default()
    }

    async fn plan(&self, _: &Call<'_>, _: &mut Change) -> Result<(), Diagnostics> {
        Ok(())
    }

    async fn read(&self, _: &Call<'_>, state: &Value) -> Result<Value, Diagnostics> {
        Ok(state.clone())
    }

    async fn create(&self, _: &Call<'_>, planned: &Value, _: &Value) -> Result<Value, Diagnostics> {
        Ok(planned.clone())
    }

    async fn update(
        &self,
        _: &Call<'_>,
        _: &Value,
        planned: &Value,
        _: &Value,
    ) -> Result<Value, Diagnostics> {
        Ok(planned.clone())
    }

    async fn delete(&self, _: &Call<'_>, _: &Value) -> Result<(), Diagnostics> {
        Ok(())
    }

    async fn import(&self, _: &Call<'_>, _: &str) -> Result<Value, Diagnostics> {
        Ok(Value::Null)
    }
}
