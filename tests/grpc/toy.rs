//! A provider of toys, which do on demand whatever a provider may do wrong.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use ixapi_provider::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use ixapi_provider::tfplugin::listener::{Address, Place};
use ixapi_provider::tfplugin::msgpack;
use ixapi_provider::tfplugin::path::Path;
use ixapi_provider::tfplugin::plan::Change;
use ixapi_provider::tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use ixapi_provider::tfplugin::proto::tfplugin6::{
    ClientCapabilities, DynamicValue, apply_resource_change, plan_resource_change,
};
use ixapi_provider::tfplugin::schema::{Attribute, Kind, Mode, Recomputed, Schema};
use ixapi_provider::tfplugin::serve::Server;
use ixapi_provider::tfplugin::signals::Ending;
use ixapi_provider::tfplugin::traits::{Call, DataSource, Outcome, Provider, Resource};
use ixapi_provider::tfplugin::types::Type;
use ixapi_provider::tfplugin::value::Value;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;

use crate::client;

/// The name of the resource type and of the data source.
pub const TOY: &str = "toy_robot";

/// Longer than the server would wait for a client to hear its last answers.
pub const SLOWLY: Duration = Duration::from_millis(700);

/// Provider, resource and data source in one: the attribute `name` says what is to happen.
pub struct Toy {
    provider: Schema,
    robot: Schema,
}

impl Toy {
    fn new() -> Toy {
        let text = |name, mode| Attribute::new(name, Kind::Value(Type::String), mode, "A word.");
        let mut maker = text("maker", Mode::Optional);
        maker.replaces = true;
        let mut state = text("state", Mode::Computed);
        state.recomputed = Recomputed::OnAnyChange;
        let mut secret = text("secret", Mode::Optional);
        secret.write_only = true;
        Toy {
            provider: Schema {
                attributes: vec![text("name", Mode::Optional)],
                ..Schema::default()
            },
            robot: Schema {
                version: 2,
                description: "A robot.".to_owned(),
                attributes: vec![
                    text("id", Mode::Computed),
                    text("name", Mode::Required),
                    text("note", Mode::Optional),
                    maker,
                    state,
                    secret,
                ],
            },
        }
    }
}

/// The schema of the toys.
pub fn schema() -> Schema {
    Toy::new().robot
}

/// A toy with these attributes, all others null.
pub fn toy(attributes: &[(&str, Value)]) -> Value {
    let mut toy = schema().empty();
    for (name, value) in attributes {
        toy.put(name, value.clone());
    }
    toy
}

/// A value as Terraform sends it.
pub fn wire(value: &Value) -> Option<DynamicValue> {
    let msgpack = msgpack::encode(value, &schema().value_type()).expect("a toy");
    Some(DynamicValue {
        msgpack: msgpack.into(),
        ..Default::default()
    })
}

/// A value as it came back.
pub fn unwire(value: Option<DynamicValue>) -> Value {
    let value = value.expect("a value");
    assert!(value.json.is_empty(), "always MessagePack");
    msgpack::decode(&value.msgpack, &schema().value_type()).expect("a toy")
}

/// What newer versions of Terraform say of themselves.
pub fn modern() -> Option<ClientCapabilities> {
    Some(ClientCapabilities {
        write_only_attributes_allowed: true,
        ..Default::default()
    })
}

fn failed(state: Value, summary: &str) -> Outcome {
    Outcome {
        state,
        diagnostics: Diagnostic::error(summary, "").into(),
    }
}

fn kept(state: Value) -> Outcome {
    Outcome {
        state,
        ..Outcome::default()
    }
}

fn panic_if(wanted: bool) {
    assert!(!wanted, "the robot broke");
}

/// Waits until it is interrupted, and says so.
async fn wait(call: &Call, state: Value) -> Outcome {
    call.stop.cancelled().await;
    Outcome {
        state,
        diagnostics: Diagnostic::warning("Interrupted", "").into(),
    }
}

#[async_trait]
impl Provider for Toy {
    fn schema(&self) -> &Schema {
        &self.provider
    }

    fn resources(&self) -> Vec<(String, &dyn Resource)> {
        vec![(TOY.to_owned(), self)]
    }

    fn data_sources(&self) -> Vec<(String, &dyn DataSource)> {
        vec![(TOY.to_owned(), self)]
    }

    fn resource(&self, type_name: &str) -> Option<&dyn Resource> {
        (type_name == TOY).then_some(self)
    }

    fn data_source(&self, type_name: &str) -> Option<&dyn DataSource> {
        (type_name == TOY).then_some(self)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        panic_if(config.get("name").as_str() == Some("panic"));
        Diagnostics::default()
    }

    async fn configure(&self, config: Value, terraform_version: &str) -> Diagnostics {
        panic_if(config.get("name").as_str() == Some("panic"));
        Diagnostic::warning("Configured", format!("by {terraform_version}")).into()
    }
}

#[async_trait]
impl Resource for Toy {
    fn schema(&self) -> &Schema {
        &self.robot
    }

    fn validate(&self, config: &Value) -> Diagnostics {
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

    async fn plan(&self, _: &Call, change: &mut Change) -> Diagnostics {
        panic_if(change.planned.get("note").as_str() == Some("panic in plan"));
        let secret = change.config.get("secret").clone();
        change.planned.put("secret", secret);
        let mut messages = Diagnostics::default();
        if change.is_delete() {
            messages.push(Diagnostic::warning("It bills until Friday", ""));
        }
        if change.planned.get("note").as_str() == Some("refuse") {
            messages.push(Diagnostic::error("Refused", ""));
        }
        messages
    }

    async fn read(&self, call: &Call, mut state: Value) -> Outcome {
        match state.get("name").as_str() {
            Some("gone") => kept(Value::Null),
            Some("fail") => failed(Value::Null, "Unreachable"),
            Some("wait") => wait(call, state).await,
            name => {
                panic_if(name == Some("panic"));
                state.put("secret", "leaked".into());
                kept(state)
            }
        }
    }

    async fn create(&self, call: &Call, planned: Value, config: Value) -> Outcome {
        let mut state = planned;
        state.put("id", "R-1".into());
        state.put("state", "built".into());
        match state.get("name").as_str() {
            Some("panic") => {
                // Somewhere in the middle, after it has waited.
                tokio::task::yield_now().await;
                panic!("the robot broke")
            }
            Some("wait") => wait(call, state).await,
            Some("save slowly") => {
                let outcome = wait(call, state).await;
                tokio::time::sleep(SLOWLY).await;
                outcome
            }
            Some("fail") => failed(Value::Null, "Refused"),
            Some("fail later") => {
                state.put("note", "as it is".into());
                failed(state, "Broken")
            }
            Some("misfit") => {
                state.put("state", Value::Bool(true));
                kept(state)
            }
            _ => {
                state.put("note", config.get("secret").clone());
                state.put("secret", config.get("secret").clone());
                kept(state)
            }
        }
    }

    async fn update(&self, _: &Call, prior: Value, planned: Value, _: Value) -> Outcome {
        panic_if(planned.get("note").as_str() == Some("panic"));
        match planned.get("note").as_str() {
            Some("fail") => failed(Value::Null, "Refused"),
            Some("fail with state") => failed(prior, "Refused"),
            _ => kept(planned),
        }
    }

    async fn delete(&self, _: &Call, prior: Value) -> Outcome {
        match prior.get("name").as_str() {
            Some("fail") => failed(Value::Null, "In use"),
            Some("stubborn") => kept(prior),
            name => {
                panic_if(name == Some("panic"));
                kept(Value::Null)
            }
        }
    }

    async fn import(&self, _: &Call, id: &str) -> Outcome {
        panic_if(id == "panic");
        match id {
            "R-1" => kept(toy(&[
                ("id", id.into()),
                ("name", "imported".into()),
                ("secret", "leaked".into()),
            ])),
            "fail" => failed(toy(&[]), "Not yours"),
            _ => kept(Value::Null),
        }
    }
}

#[async_trait]
impl DataSource for Toy {
    fn schema(&self) -> &Schema {
        &self.robot
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        panic_if(config.get("name").as_str() == Some("panic"));
        Diagnostics::default()
    }

    async fn read(&self, _: &Call, mut config: Value) -> Outcome {
        panic_if(config.get("name").as_str() == Some("panic"));
        config.put("id", "R-7".into());
        config.put("state", Value::Unknown);
        kept(config)
    }
}

/// The toy provider, listening in the clear.
pub struct Shop {
    pub socket: PathBuf,
    pub channel: Channel,
    pub endings: mpsc::Sender<Ending>,
    pub serving: JoinHandle<()>,
}

impl Shop {
    /// Opens it.
    pub async fn open() -> Shop {
        let server = Server::open(Toy::new(), &Place::default(), None).expect("a server");
        let Address::Unix(socket) = server.address().clone() else {
            panic!("not a socket");
        };
        let (endings, reasons) = mpsc::channel(2);
        let serving = tokio::spawn(async move {
            let reasons = ReceiverStream::new(reasons);
            server.run(reasons).await.expect("served");
        });
        let channel = client::connect(&socket, None).await.expect("connected");
        Shop {
            socket,
            channel,
            endings,
            serving,
        }
    }

    /// Its provider.
    pub fn provider(&self) -> ProviderClient<Channel> {
        client::provider(&self.channel)
    }

    /// Plans as a current Terraform does.
    pub async fn plan(
        &self,
        prior: &Value,
        config: &Value,
        proposed: &Value,
    ) -> plan_resource_change::Response {
        let request = plan_resource_change::Request {
            type_name: TOY.to_owned(),
            prior_state: wire(prior),
            config: wire(config),
            proposed_new_state: wire(proposed),
            prior_private: "private".into(),
            client_capabilities: modern(),
            ..Default::default()
        };
        let answer = self.provider().plan_resource_change(request).await;
        answer.expect("an answer").into_inner()
    }

    /// Applies what was planned.
    pub async fn apply(
        &self,
        prior: &Value,
        planned: &Value,
        config: &Value,
    ) -> apply_resource_change::Response {
        let request = apply_resource_change::Request {
            type_name: TOY.to_owned(),
            prior_state: wire(prior),
            planned_state: wire(planned),
            config: wire(config),
            planned_private: "private".into(),
            ..Default::default()
        };
        let answer = self.provider().apply_resource_change(request).await;
        answer.expect("an answer").into_inner()
    }

    /// Plans and applies.
    pub async fn bring_about(
        &self,
        prior: &Value,
        config: &Value,
    ) -> apply_resource_change::Response {
        let planned = unwire(self.plan(prior, config, config).await.planned_state);
        self.apply(prior, &planned, config).await
    }
}
