//! Terraform's calls as they arrive: each is logged, guarded against panics and can be interrupted;
//! what it comes to is in [`super::calls`].

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use prost::bytes::Bytes;
use tokio::select;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, async_trait};

use super::calls::{self, Outcome, Told};
use super::described;
use super::diagnostics::{Diagnostic, Diagnostics};
use super::hclog::{self, Level};
use super::matter::Matter;
use super::panics;
use super::proto::tfplugin6::provider_server::Provider as Calls;
use super::proto::tfplugin6::{
    self as proto, DynamicValue, ServerCapabilities, apply_resource_change, call_function,
    close_ephemeral_resource, configure_provider, generate_resource_config, get_functions,
    get_metadata, get_provider_schema, get_resource_identity_schemas, import_resource_state,
    invoke_action, list_resource, move_resource_state, open_ephemeral_resource, plan_action,
    plan_resource_change, read_data_source, read_resource, renew_ephemeral_resource, stop_provider,
    upgrade_resource_identity, upgrade_resource_state, validate_action_config,
    validate_data_resource_config, validate_ephemeral_resource_config,
    validate_list_resource_config, validate_provider_config, validate_resource_config,
};
use super::registry::Entry;
use super::streams::AHEAD;
use super::traits::{Provider, Resource};
use super::work::Work;

/// A provider that answers Terraform.
pub(super) struct Service {
    provider: Arc<dyn Provider>,
    work: Arc<Work>,
    /// Whether changes are brought to their end if the client goes away.
    finishes: bool,
    answered: AtomicU64,
}

/// What becomes of the work of a streamed answer when a person interrupts Terraform.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Interrupted {
    /// It only looks: it is dropped.
    Drops,
    /// It does something, and ends by itself.
    Finishes,
}

/// A response that can tell something.
trait Answer {
    fn tell(&mut self, messages: Vec<proto::Diagnostic>);
}

macro_rules! answers {
    ($($module:ident),* $(,)?) => {
        $(impl Answer for $module::Response {
            fn tell(&mut self, messages: Vec<proto::Diagnostic>) {
                self.diagnostics.extend(messages);
            }
        })*
    };
}

answers!(
    apply_resource_change,
    close_ephemeral_resource,
    configure_provider,
    generate_resource_config,
    get_functions,
    get_metadata,
    get_provider_schema,
    get_resource_identity_schemas,
    import_resource_state,
    move_resource_state,
    open_ephemeral_resource,
    plan_action,
    plan_resource_change,
    read_data_source,
    read_resource,
    renew_ephemeral_resource,
    upgrade_resource_identity,
    upgrade_resource_state,
    validate_action_config,
    validate_data_resource_config,
    validate_ephemeral_resource_config,
    validate_list_resource_config,
    validate_provider_config,
    validate_resource_config,
);

/// A function has one error, and no other messages.
impl Answer for call_function::Response {
    fn tell(&mut self, messages: Vec<proto::Diagnostic>) {
        if let Some(message) = messages.into_iter().next() {
            self.error = Some(proto::FunctionError {
                text: format!("{}: {}", message.summary, message.detail),
                function_argument: None,
            });
        }
    }
}

type Reply<T> = Result<Response<T>, Status>;

/// What comes of a call; `kept` is the answer, up to messages, if it fails.
async fn answered<R: Answer>(
    provider: &dyn Provider,
    number: u64,
    matter: Matter,
    kept: R,
    work: impl Future<Output = Outcome<R>>,
) -> Reply<R> {
    hclog::within(matter.log_fields(number), async {
        hclog::log(Level::Trace, "Received a call", &[]);
        let started = Instant::now();
        let (mut response, messages) = match panics::guard(work).await {
            Ok(Ok(told)) => (told.response, told.messages),
            Ok(Err(messages)) => (kept, messages),
            Err(panic) => (kept, matter.told(provider, &panic)),
        };
        let messages = matter.write(provider, messages);
        log_end(started, &messages);
        response.tell(messages);
        Ok(Response::new(response))
    })
    .await
}

impl Service {
    pub(super) fn new(provider: Arc<dyn Provider>, work: Arc<Work>) -> Service {
        Service {
            provider,
            work,
            finishes: true,
            answered: AtomicU64::new(0),
        }
    }

    /// For whom a dropped call is the end of the process.
    pub(super) fn that_dies_with_its_caller(self) -> Service {
        Service {
            finishes: false,
            ..self
        }
    }

    /// Answers a call; `kept` is the answer, up to messages, if it fails.
    async fn answer<R: Answer>(
        &self,
        matter: Matter,
        kept: R,
        work: impl Future<Output = Outcome<R>>,
    ) -> Reply<R> {
        let _in_flight = self.work.begin(false);
        answered(self.provider(), self.number(), matter, kept, work).await
    }

    /// Answers a call that changes something. It is brought to its end even if the client goes
    /// away, which interrupts it: what was sent by then is noted.
    async fn change<R, W>(
        &self,
        matter: Matter,
        kept: R,
        work: impl FnOnce(Arc<dyn Provider>, CancellationToken) -> W,
    ) -> Reply<R>
    where
        R: Answer + Send + 'static,
        W: Future<Output = Outcome<R>> + Send + 'static,
    {
        let (in_flight, provider) = (self.work.begin(true), self.provider.clone());
        let (stop, number) = (self.work.stop().child_token(), self.number());
        let work = work(provider.clone(), stop.clone());
        let answering = async move {
            let _in_flight = in_flight;
            answered(provider.as_ref(), number, matter, kept, work).await
        };
        if !self.finishes {
            return answering.await;
        }
        let client = self.work.unless_abandoned(stop);
        let answer = tokio::spawn(answering).await;
        client.has_the_answer();
        answer.unwrap_or_else(|error| Err(Status::internal(error.to_string())))
    }

    /// Answers a call in parts. `work` sends them; `last` is the part, if any, that says how it
    /// went.
    fn stream<E, W>(
        &self,
        matter: Matter,
        interrupted: Interrupted,
        work: impl FnOnce(Arc<dyn Provider>, CancellationToken, mpsc::Sender<E>) -> W,
        last: fn(Vec<proto::Diagnostic>) -> Option<E>,
    ) -> Reply<BoxStream<E>>
    where
        E: Send + 'static,
        W: Future<Output = Result<Diagnostics, Diagnostics>> + Send + 'static,
    {
        let in_flight = self.work.begin(interrupted != Interrupted::Drops);
        let provider = self.provider.clone();
        let (events, received) = mpsc::channel(AHEAD);
        // Also cancelled when this client goes away.
        let stop = self.work.stop().child_token();
        let work = work(provider.clone(), stop.clone(), events.clone());
        let answering = hclog::within(matter.log_fields(self.number()), async move {
            let _in_flight = in_flight;
            hclog::log(Level::Trace, "Received a call", &[]);
            let started = Instant::now();
            let drops = interrupted == Interrupted::Drops;
            let mut work = Box::pin(panics::guard(work));
            let outcome = select! {
                biased;
                outcome = &mut work => outcome,
                () = stop.cancelled(), if drops => Ok(Err(interruption())),
                () = events.closed() => {
                    stop.cancel();
                    if drops {
                        return;
                    }
                    work.await
                }
            };
            let messages = match outcome {
                Ok(Ok(messages) | Err(messages)) => messages,
                Err(panic) => matter.told(provider.as_ref(), &panic),
            };
            let messages = matter.write(provider.as_ref(), messages);
            log_end(started, &messages);
            if let Some(last) = last(messages) {
                // It fails when nobody listens any more.
                let _ = events.send(last).await;
            }
        });
        tokio::spawn(answering);
        let parts = ReceiverStream::new(received).map(Ok);
        Ok(Response::new(Box::pin(parts)))
    }

    fn number(&self) -> u64 {
        self.answered.fetch_add(1, Ordering::Relaxed)
    }

    fn provider(&self) -> &dyn Provider {
        self.provider.as_ref()
    }

    fn schema(&self) -> get_provider_schema::Response {
        fn all<'a, T: ?Sized + 'a>(
            types: impl Iterator<Item = (&'a str, &'a Entry<T>)>,
        ) -> HashMap<String, Bytes> {
            types
                .map(|(name, entry)| (name.to_owned(), entry.with_schema(described::schema)))
                .collect()
        }
        let types = self.provider.types();
        let actions = all(types.actions()).into_iter();
        let action = |(name, schema)| (name, proto::ActionSchema { schema });
        get_provider_schema::Response {
            provider: described::schema(self.provider.schema()),
            resource_schemas: all(types.resources()),
            data_source_schemas: all(types.data_sources()),
            ephemeral_resource_schemas: all(types.ephemeral_resources()),
            list_resource_schemas: all(types.list_resources()),
            action_schemas: actions.map(action).collect(),
            functions: self.functions(),
            server_capabilities: Some(capabilities()),
            ..Default::default()
        }
    }

    fn functions(&self) -> HashMap<String, proto::Function> {
        let functions = self.provider.types().functions();
        functions
            .map(|(name, function)| (name.to_owned(), described::function(function.signature())))
            .collect()
    }

    fn identities(&self) -> get_resource_identity_schemas::Response {
        let resources = self.provider.types().resources();
        let identity = |(name, entry): (&str, &Entry<dyn Resource>)| {
            let (identity, _) = entry.identity()?;
            Some((name.to_owned(), described::identity(identity)))
        };
        get_resource_identity_schemas::Response {
            identity_schemas: resources.filter_map(identity).collect(),
            ..Default::default()
        }
    }

    fn metadata(&self) -> get_metadata::Response {
        let types = self.provider.types();
        get_metadata::Response {
            server_capabilities: Some(capabilities()),
            resources: names(types.resources())
                .map(|type_name| get_metadata::ResourceMetadata { type_name })
                .collect(),
            data_sources: names(types.data_sources())
                .map(|type_name| get_metadata::DataSourceMetadata { type_name })
                .collect(),
            list_resources: names(types.list_resources())
                .map(|type_name| get_metadata::ListResourceMetadata { type_name })
                .collect(),
            actions: names(types.actions())
                .map(|type_name| get_metadata::ActionMetadata { type_name })
                .collect(),
            ephemeral_resources: names(types.ephemeral_resources())
                .map(|type_name| get_metadata::EphemeralMetadata { type_name })
                .collect(),
            functions: names(types.functions())
                .map(|name| get_metadata::FunctionMetadata { name })
                .collect(),
            ..Default::default()
        }
    }
}

fn names<'a, T: 'a>(types: impl Iterator<Item = (&'a str, T)>) -> impl Iterator<Item = String> {
    types.map(|(name, _)| name.to_owned())
}

fn interruption() -> Diagnostics {
    Diagnostic::error("Interrupted", "Not everything was found before that.").into()
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        plan_destroy: true,
        // Spares Terraform a call to each further process of this provider.
        get_provider_schema_optional: true,
        // A type that cannot take over an object says so itself.
        move_resource_state: true,
        generate_resource_config: true,
    }
}

fn log_end(started: Instant, messages: &[proto::Diagnostic]) {
    if hclog::enabled(Level::Debug) {
        let count = |severity: proto::diagnostic::Severity| {
            let of_severity = |message: &&proto::Diagnostic| message.severity() == severity;
            messages.iter().filter(of_severity).count().to_string()
        };
        let fields = [
            (
                "tf_req_duration_ms",
                started.elapsed().as_millis().to_string(),
            ),
            (
                "diagnostic_error_count",
                count(proto::diagnostic::Severity::Error),
            ),
            (
                "diagnostic_warning_count",
                count(proto::diagnostic::Severity::Warning),
            ),
        ];
        hclog::log(Level::Debug, "Answered a call", &fields);
    }
}

/// All calls that are not here answer Unimplemented.
#[async_trait]
impl Calls for Service {
    async fn get_metadata(
        &self,
        _: Request<get_metadata::Request>,
    ) -> Reply<get_metadata::Response> {
        let work = async { Ok(Told::plainly(self.metadata())) };
        self.answer(Matter::provider("GetMetadata"), Default::default(), work)
            .await
    }

    async fn get_provider_schema(
        &self,
        _: Request<get_provider_schema::Request>,
    ) -> Reply<get_provider_schema::Response> {
        let work = async { Ok(Told::plainly(self.schema())) };
        self.answer(
            Matter::provider("GetProviderSchema"),
            Default::default(),
            work,
        )
        .await
    }

    async fn validate_provider_config(
        &self,
        request: Request<validate_provider_config::Request>,
    ) -> Reply<validate_provider_config::Response> {
        let matter = Matter::provider("ValidateProviderConfig");
        let work = async { calls::validate_provider(self.provider(), request.get_ref()) };
        self.answer(matter, Default::default(), work).await
    }

    async fn validate_resource_config(
        &self,
        request: Request<validate_resource_config::Request>,
    ) -> Reply<validate_resource_config::Response> {
        let request = request.into_inner();
        let matter = Matter::resource("ValidateResourceConfig", &request.type_name);
        let work = async { calls::validate_resource(self.provider(), &request) };
        self.answer(matter, Default::default(), work).await
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<validate_data_resource_config::Request>,
    ) -> Reply<validate_data_resource_config::Response> {
        let request = request.into_inner();
        let matter = Matter::data_source("ValidateDataResourceConfig", &request.type_name);
        let work = async { calls::validate_data_source(self.provider(), &request) };
        self.answer(matter, Default::default(), work).await
    }

    async fn configure_provider(
        &self,
        request: Request<configure_provider::Request>,
    ) -> Reply<configure_provider::Response> {
        let matter = Matter::provider("ConfigureProvider");
        let work = calls::configure(self.provider(), request.get_ref());
        self.answer(matter, Default::default(), work).await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<upgrade_resource_state::Request>,
    ) -> Reply<upgrade_resource_state::Response> {
        let request = request.into_inner();
        let matter = Matter::resource("UpgradeResourceState", &request.type_name);
        let work = calls::upgrade(self.provider(), self.work.stop(), request);
        self.answer(matter, Default::default(), work).await
    }

    async fn read_resource(
        &self,
        request: Request<read_resource::Request>,
    ) -> Reply<read_resource::Response> {
        let request = request.into_inner();
        let matter = Matter::resource("ReadResource", &request.type_name);
        let kept = read_resource::Response {
            new_state: request.current_state.clone(),
            private: request.private.clone(),
            ..Default::default()
        };
        let stop = self.work.stop();
        let work = calls::read(self.provider(), stop, request);
        self.answer(matter, kept, work).await
    }

    async fn plan_resource_change(
        &self,
        request: Request<plan_resource_change::Request>,
    ) -> Reply<plan_resource_change::Response> {
        let request = request.into_inner();
        let matter = Matter::resource("PlanResourceChange", &request.type_name);
        let kept = plan_resource_change::Response {
            planned_state: request.prior_state.clone(),
            planned_private: request.prior_private.clone(),
            ..Default::default()
        };
        let stop = self.work.stop();
        let work = calls::plan(self.provider(), stop, request);
        self.answer(matter, kept, work).await
    }

    async fn apply_resource_change(
        &self,
        request: Request<apply_resource_change::Request>,
    ) -> Reply<apply_resource_change::Response> {
        let request = request.into_inner();
        let creates = is_null(request.prior_state.as_ref());
        let matter = Matter::resource("ApplyResourceChange", &request.type_name)
            .meaning(calls::consequence_of_fault(creates));
        let kept = apply_resource_change::Response {
            new_state: request.prior_state.clone(),
            private: request.planned_private.clone(),
            ..Default::default()
        };
        let work = |provider: Arc<dyn Provider>, stop| async move {
            calls::apply(provider.as_ref(), stop, request).await
        };
        self.change(matter, kept, work).await
    }

    async fn import_resource_state(
        &self,
        request: Request<import_resource_state::Request>,
    ) -> Reply<import_resource_state::Response> {
        let request = request.into_inner();
        let matter = Matter::resource("ImportResourceState", &request.type_name);
        let stop = self.work.stop();
        let work = calls::import(self.provider(), stop, request);
        self.answer(matter, Default::default(), work).await
    }

    async fn read_data_source(
        &self,
        request: Request<read_data_source::Request>,
    ) -> Reply<read_data_source::Response> {
        let request = request.into_inner();
        let matter = Matter::data_source("ReadDataSource", &request.type_name);
        let stop = self.work.stop();
        let work = calls::read_data(self.provider(), stop, &request);
        self.answer(matter, Default::default(), work).await
    }

    async fn get_resource_identity_schemas(
        &self,
        _: Request<get_resource_identity_schemas::Request>,
    ) -> Reply<get_resource_identity_schemas::Response> {
        let matter = Matter::provider("GetResourceIdentitySchemas");
        let work = async { Ok(Told::plainly(self.identities())) };
        self.answer(matter, Default::default(), work).await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<upgrade_resource_identity::Request>,
    ) -> Reply<upgrade_resource_identity::Response> {
        let request = request.into_inner();
        let matter = Matter::resource("UpgradeResourceIdentity", &request.type_name);
        let work = async { calls::upgrade_identity(self.provider(), &request) };
        self.answer(matter, Default::default(), work).await
    }

    async fn generate_resource_config(
        &self,
        request: Request<generate_resource_config::Request>,
    ) -> Reply<generate_resource_config::Response> {
        let request = request.into_inner();
        let matter = Matter::resource("GenerateResourceConfig", &request.type_name);
        let work = async { calls::generate(self.provider(), self.work.stop(), &request) };
        self.answer(matter, Default::default(), work).await
    }

    async fn move_resource_state(
        &self,
        request: Request<move_resource_state::Request>,
    ) -> Reply<move_resource_state::Response> {
        let request = request.into_inner();
        let matter = Matter::resource("MoveResourceState", &request.target_type_name);
        let work = calls::take_over(self.provider(), self.work.stop(), request);
        self.answer(matter, Default::default(), work).await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<validate_ephemeral_resource_config::Request>,
    ) -> Reply<validate_ephemeral_resource_config::Response> {
        let request = request.into_inner();
        let matter = Matter::ephemeral("ValidateEphemeralResourceConfig", &request.type_name);
        let work = async { calls::validate_ephemeral(self.provider(), &request) };
        self.answer(matter, Default::default(), work).await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<open_ephemeral_resource::Request>,
    ) -> Reply<open_ephemeral_resource::Response> {
        let request = request.into_inner();
        let matter = Matter::ephemeral("OpenEphemeralResource", &request.type_name);
        let work = calls::open_ephemeral(self.provider(), self.work.stop(), &request);
        self.answer(matter, Default::default(), work).await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<renew_ephemeral_resource::Request>,
    ) -> Reply<renew_ephemeral_resource::Response> {
        let renew_ephemeral_resource::Request { type_name, private } = request.into_inner();
        let matter = Matter::ephemeral("RenewEphemeralResource", &type_name);
        let kept = renew_ephemeral_resource::Response {
            private: private.clone(),
            ..Default::default()
        };
        let stop = self.work.stop();
        let work = calls::renew_ephemeral(self.provider(), stop, &type_name, private);
        self.answer(matter, kept, work).await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<close_ephemeral_resource::Request>,
    ) -> Reply<close_ephemeral_resource::Response> {
        let close_ephemeral_resource::Request { type_name, private } = request.into_inner();
        let matter = Matter::ephemeral("CloseEphemeralResource", &type_name);
        let stop = self.work.stop();
        let work = calls::close_ephemeral(self.provider(), stop, &type_name, private);
        self.answer(matter, Default::default(), work).await
    }

    async fn get_functions(
        &self,
        _: Request<get_functions::Request>,
    ) -> Reply<get_functions::Response> {
        let response = || get_functions::Response {
            functions: self.functions(),
            ..Default::default()
        };
        let work = async { Ok(Told::plainly(response())) };
        let matter = Matter::provider("GetFunctions");
        self.answer(matter, Default::default(), work).await
    }

    async fn call_function(
        &self,
        request: Request<call_function::Request>,
    ) -> Reply<call_function::Response> {
        let request = request.into_inner();
        let matter = Matter::function("CallFunction", &request.name);
        let work = async { calls::call_function(self.provider(), &request) };
        self.answer(matter, Default::default(), work).await
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<validate_list_resource_config::Request>,
    ) -> Reply<validate_list_resource_config::Response> {
        let request = request.into_inner();
        let matter = Matter::list("ValidateListResourceConfig", &request.type_name);
        let work = async { calls::validate_list(self.provider(), &request) };
        self.answer(matter, Default::default(), work).await
    }

    async fn list_resource(
        &self,
        request: Request<list_resource::Request>,
    ) -> Reply<BoxStream<list_resource::Event>> {
        let request = request.into_inner();
        let matter = Matter::list("ListResource", &request.type_name);
        let work = |provider: Arc<dyn Provider>, stop, events| async move {
            calls::list(provider.as_ref(), stop, &request, events).await
        };
        // No object is no event, and no event is needed to end.
        let last = |diagnostic: Vec<proto::Diagnostic>| {
            (!diagnostic.is_empty()).then(|| list_resource::Event {
                diagnostic,
                ..Default::default()
            })
        };
        self.stream(matter, Interrupted::Drops, work, last)
    }

    async fn validate_action_config(
        &self,
        request: Request<validate_action_config::Request>,
    ) -> Reply<validate_action_config::Response> {
        let request = request.into_inner();
        let matter = Matter::action("ValidateActionConfig", &request.type_name);
        let work = async { calls::validate_action(self.provider(), &request) };
        self.answer(matter, Default::default(), work).await
    }

    async fn plan_action(
        &self,
        request: Request<plan_action::Request>,
    ) -> Reply<plan_action::Response> {
        let request = request.into_inner();
        let matter = Matter::action("PlanAction", &request.action_type);
        let work = calls::plan_action(self.provider(), self.work.stop(), &request);
        self.answer(matter, Default::default(), work).await
    }

    async fn invoke_action(
        &self,
        request: Request<invoke_action::Request>,
    ) -> Reply<BoxStream<invoke_action::Event>> {
        use invoke_action::event::{Completed, Type};
        let request = request.into_inner();
        let matter = Matter::action("InvokeAction", &request.action_type);
        let work = |provider: Arc<dyn Provider>, stop, events| async move {
            calls::invoke(provider.as_ref(), stop, &request, events).await
        };
        let last = |diagnostics| {
            Some(invoke_action::Event {
                r#type: Some(Type::Completed(Completed { diagnostics })),
            })
        };
        self.stream(matter, Interrupted::Finishes, work, last)
    }

    /// Interrupts the work in flight, not the server.
    async fn stop_provider(
        &self,
        _: Request<stop_provider::Request>,
    ) -> Reply<stop_provider::Response> {
        let fields = [("tf_rpc", "StopProvider".to_owned())];
        hclog::log(Level::Debug, "Interrupting the work in flight", &fields);
        self.work.interrupt();
        Ok(Response::new(stop_provider::Response::default()))
    }
}

/// Whether a value is null, without knowing its type.
fn is_null(value: Option<&DynamicValue>) -> bool {
    /// Null in MessagePack.
    const NIL: &[u8] = &[0xc0];
    value.is_none_or(|value| match value.msgpack.is_empty() {
        true => matches!(value.json.as_ref(), b"" | b"null"),
        false => value.msgpack == NIL,
    })
}
