//! A provider of toys, which do on demand whatever a provider may do wrong.

mod fleeting;
mod others;
mod robot;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use ixapi_provider::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use ixapi_provider::tfplugin::listener::Place;
use ixapi_provider::tfplugin::msgpack;
use ixapi_provider::tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use ixapi_provider::tfplugin::proto::tfplugin6::{
    ClientCapabilities, DynamicValue, apply_resource_change, plan_resource_change,
};
use ixapi_provider::tfplugin::registry::Types;
use ixapi_provider::tfplugin::schema::{Attribute, Kind, Mode, Object, Schema};
use ixapi_provider::tfplugin::serve::Server;
use ixapi_provider::tfplugin::signals::Ending;
use ixapi_provider::tfplugin::traits::{About, Call, Provider};
use ixapi_provider::tfplugin::types::Type;
use ixapi_provider::tfplugin::value::Value;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;

use crate::client::{self, PATIENCE};

use fleeting::{Repeat, Ticket};
pub use fleeting::{TICKET_ENDS, schema as ticket_schema};
pub use others::{ACTION_LEFT, LIST_LEFT};
use others::{Catalogue, Screw, Shelf, Wave};
use robot::Robot;

/// What the tests have Terraform keep beside a state.
pub const NOTES: &str = r#"{"made":"on Tuesday"}"#;

/// The name of the resource type, of the data source and of the list.
pub const TOY: &str = "toy_robot";

/// A resource type that has nothing but what it must have.
pub const SCREW: &str = "toy_screw";

/// The name of the action.
pub const WAVE: &str = "toy_wave";

/// The name of what is never stored.
pub const TICKET: &str = "toy_ticket";

/// The name of the function.
pub const REPEAT: &str = "repeat";

/// Longer than the server would wait for a client to hear its last answers.
pub const SLOWLY: Duration = Duration::from_millis(700);

/// The provider: the attribute `name` says what is to happen.
pub struct Toy {
    provider: Schema,
    types: Types,
    farewells: Arc<AtomicUsize>,
    waits: Waits,
}

/// How many calls have begun to wait for an interruption.
type Waits = Arc<watch::Sender<usize>>;

impl Toy {
    fn new() -> Toy {
        let waits = Waits::default();
        let mut types = Types::default();
        let robot = Robot {
            waits: Arc::clone(&waits),
        };
        types.add_resource(TOY.to_owned(), Box::new(robot));
        types.add_resource(SCREW.to_owned(), Box::new(Screw));
        types.add_data_source(TOY.to_owned(), Box::new(Catalogue));
        types.add_list_resource(TOY.to_owned(), Box::new(Shelf));
        types.add_list_resource(SCREW.to_owned(), Box::new(Shelf));
        types.add_action(WAVE.to_owned(), Box::new(Wave));
        let ticket = Ticket {
            waits: Arc::clone(&waits),
        };
        types.add_ephemeral_resource(TICKET.to_owned(), Box::new(ticket));
        types.add_function(REPEAT.to_owned(), Box::new(Repeat));
        Toy {
            provider: of(vec![text("name", Mode::Optional)]),
            types,
            farewells: Arc::default(),
            waits,
        }
    }
}

/// A text.
fn text(name: &str, mode: Mode) -> Attribute {
    Attribute::new(name, Kind::Value(Type::String), mode, "A word.")
}

/// A schema of these attributes.
fn of(attributes: Vec<Attribute>) -> Schema {
    Schema {
        object: Object::new(attributes),
        ..Schema::default()
    }
}

/// The schema of the toys.
pub fn schema() -> Schema {
    robot::schema()
}

/// A toy with these attributes, all others null.
pub fn toy(attributes: &[(&str, Value)]) -> Value {
    let mut toy = schema().object.empty();
    for (name, value) in attributes {
        toy.put(name, value.clone());
    }
    toy
}

/// A value as Terraform sends it.
pub fn wire(value: &Value) -> Option<DynamicValue> {
    let msgpack = msgpack::encode(value, &schema().object.value_type()).expect("a toy");
    Some(DynamicValue {
        msgpack: msgpack.into(),
        ..Default::default()
    })
}

/// A value as it came back.
pub fn unwire(value: Option<DynamicValue>) -> Value {
    let value = value.expect("a value");
    assert!(value.json.is_empty(), "always MessagePack");
    msgpack::decode(&value.msgpack, &schema().object.value_type()).expect("a toy")
}

/// What newer versions of Terraform say of themselves.
pub fn modern() -> Option<ClientCapabilities> {
    Some(ClientCapabilities {
        write_only_attributes_allowed: true,
        ..Default::default()
    })
}

/// Waits until the call is interrupted, and lets the test know that it does.
async fn wait(call: &Call<'_>, waits: &Waits) {
    waits.send_modify(|begun| *begun += 1);
    call.stop.cancelled().await;
}

fn panic_if(wanted: bool) {
    assert!(!wanted, "the robot broke");
}

fn refused<T>(summary: &str) -> Result<T, Diagnostics> {
    Err(Diagnostic::error(summary, "").into())
}

#[async_trait]
impl Provider for Toy {
    fn about(&self) -> About {
        About {
            name: "terraform-provider-toy",
            version: "4.2.0",
            report_to: "https://toys.example/issues",
        }
    }

    fn schema(&self) -> &Schema {
        &self.provider
    }

    fn types(&self) -> &Types {
        &self.types
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        panic_if(config.get("name").as_str() == Some("panic"));
        Diagnostics::default()
    }

    async fn configure(&self, config: Value, core_version: &str) -> Diagnostics {
        panic_if(config.get("name").as_str() == Some("panic"));
        Diagnostic::warning("Configured", format!("by {core_version}")).into()
    }

    fn farewell(&self, interrupted: bool) {
        let good = usize::from(!interrupted);
        self.farewells.fetch_add(good, Ordering::Relaxed);
    }
}

/// The toy provider, listening in the clear.
pub struct Shop {
    pub socket: PathBuf,
    pub channel: Channel,
    pub endings: mpsc::Sender<Ending>,
    pub serving: JoinHandle<()>,
    farewells: Arc<AtomicUsize>,
    waits: Waits,
}

impl Shop {
    /// Opens it.
    pub async fn open() -> Shop {
        let toy = Toy::new();
        let farewells = Arc::clone(&toy.farewells);
        let waits = Arc::clone(&toy.waits);
        let server = Server::open(toy, &Place::default(), None).expect("a server");
        let socket = PathBuf::from(server.address().to_string());
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
            farewells,
            waits,
        }
    }

    /// Returns as soon as so many calls have begun to wait for an interruption, counted since the
    /// shop was opened.
    pub async fn has_waiting(&self, calls: usize) {
        let mut waits = self.waits.subscribe();
        let enough = timeout(PATIENCE, waits.wait_for(|begun| *begun >= calls)).await;
        enough.expect("calls that wait").expect("a shop");
    }

    /// Closes it as Terraform does. Returns how often the provider was told that this is in good
    /// order.
    pub async fn close(&mut self) -> usize {
        client::shut_down(&self.channel).await;
        let served = timeout(PATIENCE, &mut self.serving).await;
        served.expect("an end").expect("no panic");
        self.farewells.load(Ordering::Relaxed)
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
        self.plan_with(NOTES, prior, config, proposed).await
    }

    /// Plans for an object of which this was noted.
    pub async fn plan_with(
        &self,
        private: &str,
        prior: &Value,
        config: &Value,
        proposed: &Value,
    ) -> plan_resource_change::Response {
        let request = plan_resource_change::Request {
            type_name: TOY.to_owned(),
            prior_state: wire(prior),
            config: wire(config),
            proposed_new_state: wire(proposed),
            prior_private: private.to_owned().into(),
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
        self.apply_with(NOTES, prior, planned, config).await
    }

    /// Applies what was planned for an object of which this was noted.
    pub async fn apply_with(
        &self,
        private: &str,
        prior: &Value,
        planned: &Value,
        config: &Value,
    ) -> apply_resource_change::Response {
        let request = apply_resource_change::Request {
            type_name: TOY.to_owned(),
            prior_state: wire(prior),
            planned_state: wire(planned),
            config: wire(config),
            planned_private: private.to_owned().into(),
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
