//! Terraform's calls as they arrive: each is logged, guarded against panics and can be interrupted;
//! what it comes to is in [`super::calls`].

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, async_trait};

use super::calls;
use super::convert;
use super::diagnostics::Diagnostics;
use super::hclog::{self, Level};
use super::panics;
use super::proto::tfplugin6::provider_server::Provider as Calls;
use super::proto::tfplugin6::{
    self as proto, ServerCapabilities, apply_resource_change, configure_provider, get_metadata,
    get_provider_schema, import_resource_state, plan_resource_change, read_data_source,
    read_resource, stop_provider, upgrade_resource_state, validate_data_resource_config,
    validate_provider_config, validate_resource_config,
};
use super::traits::{Call, Provider};

/// What a panic means where nothing can have happened yet.
const NOTHING_CHANGED: &str = "Nothing was changed.";

/// What a panic means for an object that may exist by now.
const PERHAPS_CREATED: &str = "The object may have been ordered although it is not in the state. \
    Look for it before you apply again, and import it if it is there: another apply would order \
    it once more.";

/// What a panic means for an object that is known.
const PERHAPS_CHANGED: &str = "The state is kept as it was. The change may or may not have been \
    made; the next plan shows what is.";

/// The calls in flight, which a person may interrupt together.
#[derive(Default)]
pub(super) struct Work {
    stop: Mutex<CancellationToken>,
    calls: watch::Sender<usize>,
}

impl Work {
    /// Interrupts all calls so far. Later ones are not concerned.
    pub(super) fn interrupt(&self) {
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *stop).cancel();
    }

    /// Waits until no call is in flight.
    pub(super) async fn idle(&self) {
        // It fails only when the sender is gone, which is here.
        let _ = self.calls.subscribe().wait_for(|calls| *calls == 0).await;
    }

    fn call(&self) -> Call {
        let stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        Call { stop: stop.clone() }
    }

    fn begin(&self) -> InFlight<'_> {
        self.calls.send_modify(|calls| *calls += 1);
        InFlight(self)
    }
}

/// A call, until it is answered or given up.
struct InFlight<'a>(&'a Work);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.calls.send_modify(|calls| *calls -= 1);
    }
}

/// A provider that answers Terraform.
pub(super) struct Service {
    provider: Arc<dyn Provider>,
    work: Arc<Work>,
    schema: OnceLock<get_provider_schema::Response>,
    answered: AtomicU64,
}

/// What a call is about, for the log and for errors.
struct About {
    call: &'static str,
    /// The field of the log, and the type.
    subject: Option<(&'static str, String)>,
    /// What it means to a person if the call ends in a panic.
    consequence: &'static str,
}

impl About {
    fn provider(call: &'static str) -> About {
        About {
            call,
            subject: None,
            consequence: NOTHING_CHANGED,
        }
    }

    fn resource(call: &'static str, type_name: &str) -> About {
        About {
            subject: Some(("tf_resource_type", type_name.to_owned())),
            ..About::provider(call)
        }
    }

    fn data_source(call: &'static str, type_name: &str) -> About {
        About {
            subject: Some(("tf_data_source_type", type_name.to_owned())),
            ..About::provider(call)
        }
    }
}

/// A response that can tell something.
trait Answer {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic>;
}

macro_rules! answers {
    ($($module:ident),* $(,)?) => {
        $(impl Answer for $module::Response {
            fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
                &mut self.diagnostics
            }
        })*
    };
}

answers!(
    apply_resource_change,
    configure_provider,
    get_metadata,
    get_provider_schema,
    import_resource_state,
    plan_resource_change,
    read_data_source,
    read_resource,
    upgrade_resource_state,
    validate_data_resource_config,
    validate_provider_config,
    validate_resource_config,
);

type Reply<T> = Result<Response<T>, Status>;

impl Service {
    pub(super) fn new(provider: Arc<dyn Provider>, work: Arc<Work>) -> Service {
        Service {
            provider,
            work,
            schema: OnceLock::new(),
            answered: AtomicU64::new(0),
        }
    }

    /// Answers a call; `kept` is the answer, up to messages, if it fails.
    async fn answer<R: Answer>(
        &self,
        about: About,
        kept: R,
        work: impl Future<Output = Result<R, Diagnostics>>,
    ) -> Reply<R> {
        let _in_flight = self.work.begin();
        let number = self.answered.fetch_add(1, Ordering::Relaxed);
        let fields = match hclog::enabled(Level::Error) {
            true => log_fields(&about, number),
            false => Vec::new(),
        };
        hclog::within(fields, async {
            hclog::log(Level::Trace, "Received a call", &[]);
            let started = Instant::now();
            let (mut response, messages) = match panics::guard(work).await {
                Ok(Ok(response)) => (response, Diagnostics::default()),
                Ok(Err(messages)) => (kept, messages),
                Err(panic) => {
                    hclog::log(Level::Error, &format!("Panic: {panic}"), &[]);
                    let message = panic.diagnostic(about.call, about.consequence);
                    (kept, message.into())
                }
            };
            response
                .diagnostics()
                .extend(convert::diagnostics(messages));
            log_end(started, response.diagnostics());
            Ok(Response::new(response))
        })
        .await
    }

    fn provider(&self) -> &dyn Provider {
        self.provider.as_ref()
    }

    fn schema(&self) -> get_provider_schema::Response {
        let build = || get_provider_schema::Response {
            provider: Some(convert::schema(self.provider.schema())),
            resource_schemas: self
                .provider
                .resources()
                .into_iter()
                .map(|(name, resource)| (name, convert::schema(resource.schema())))
                .collect(),
            data_source_schemas: self
                .provider
                .data_sources()
                .into_iter()
                .map(|(name, source)| (name, convert::schema(source.schema())))
                .collect(),
            server_capabilities: Some(capabilities()),
            ..Default::default()
        };
        self.schema.get_or_init(build).clone()
    }

    fn metadata(&self) -> get_metadata::Response {
        get_metadata::Response {
            server_capabilities: Some(capabilities()),
            resources: self
                .provider
                .resources()
                .into_iter()
                .map(|(type_name, _)| get_metadata::ResourceMetadata { type_name })
                .collect(),
            data_sources: self
                .provider
                .data_sources()
                .into_iter()
                .map(|(type_name, _)| get_metadata::DataSourceMetadata { type_name })
                .collect(),
            ..Default::default()
        }
    }
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        plan_destroy: true,
        // Spares Terraform a call to each further process of this provider.
        get_provider_schema_optional: true,
        ..Default::default()
    }
}

fn log_fields(about: &About, number: u64) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("tf_rpc", about.call.to_owned()),
        ("tf_req_id", number.to_string()),
    ];
    fields.extend(about.subject.clone());
    fields
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
        let work = async { Ok(self.metadata()) };
        self.answer(About::provider("GetMetadata"), Default::default(), work)
            .await
    }

    async fn get_provider_schema(
        &self,
        _: Request<get_provider_schema::Request>,
    ) -> Reply<get_provider_schema::Response> {
        let work = async { Ok(self.schema()) };
        self.answer(
            About::provider("GetProviderSchema"),
            Default::default(),
            work,
        )
        .await
    }

    async fn validate_provider_config(
        &self,
        request: Request<validate_provider_config::Request>,
    ) -> Reply<validate_provider_config::Response> {
        let about = About::provider("ValidateProviderConfig");
        let work = async { calls::validate_provider(self.provider(), request.get_ref()) };
        self.answer(about, Default::default(), work).await
    }

    async fn validate_resource_config(
        &self,
        request: Request<validate_resource_config::Request>,
    ) -> Reply<validate_resource_config::Response> {
        let request = request.into_inner();
        let about = About::resource("ValidateResourceConfig", &request.type_name);
        let work = async { calls::validate_resource(self.provider(), &request) };
        self.answer(about, Default::default(), work).await
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<validate_data_resource_config::Request>,
    ) -> Reply<validate_data_resource_config::Response> {
        let request = request.into_inner();
        let about = About::data_source("ValidateDataResourceConfig", &request.type_name);
        let work = async { calls::validate_data_source(self.provider(), &request) };
        self.answer(about, Default::default(), work).await
    }

    async fn configure_provider(
        &self,
        request: Request<configure_provider::Request>,
    ) -> Reply<configure_provider::Response> {
        let about = About::provider("ConfigureProvider");
        let work = calls::configure(self.provider(), request.get_ref());
        self.answer(about, Default::default(), work).await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<upgrade_resource_state::Request>,
    ) -> Reply<upgrade_resource_state::Response> {
        let request = request.into_inner();
        let about = About::resource("UpgradeResourceState", &request.type_name);
        let work = async { calls::upgrade(self.provider(), &request) };
        self.answer(about, Default::default(), work).await
    }

    async fn read_resource(
        &self,
        request: Request<read_resource::Request>,
    ) -> Reply<read_resource::Response> {
        let request = request.into_inner();
        let about = About::resource("ReadResource", &request.type_name);
        let kept = read_resource::Response {
            new_state: request.current_state.clone(),
            private: request.private.clone(),
            ..Default::default()
        };
        let call = self.work.call();
        let work = calls::read(self.provider(), &call, request);
        self.answer(about, kept, work).await
    }

    async fn plan_resource_change(
        &self,
        request: Request<plan_resource_change::Request>,
    ) -> Reply<plan_resource_change::Response> {
        let request = request.into_inner();
        let about = About::resource("PlanResourceChange", &request.type_name);
        let kept = plan_resource_change::Response {
            planned_state: request.prior_state.clone(),
            planned_private: request.prior_private.clone(),
            ..Default::default()
        };
        let call = self.work.call();
        let work = calls::plan(self.provider(), &call, request);
        self.answer(about, kept, work).await
    }

    async fn apply_resource_change(
        &self,
        request: Request<apply_resource_change::Request>,
    ) -> Reply<apply_resource_change::Response> {
        let request = request.into_inner();
        let about = About {
            consequence: match calls::is_null(request.prior_state.as_ref()) {
                true => PERHAPS_CREATED,
                false => PERHAPS_CHANGED,
            },
            ..About::resource("ApplyResourceChange", &request.type_name)
        };
        let kept = apply_resource_change::Response {
            new_state: request.prior_state.clone(),
            private: request.planned_private.clone(),
            ..Default::default()
        };
        let call = self.work.call();
        let work = calls::apply(self.provider(), &call, request);
        self.answer(about, kept, work).await
    }

    async fn import_resource_state(
        &self,
        request: Request<import_resource_state::Request>,
    ) -> Reply<import_resource_state::Response> {
        let request = request.into_inner();
        let about = About::resource("ImportResourceState", &request.type_name);
        let call = self.work.call();
        let work = calls::import(self.provider(), &call, request);
        self.answer(about, Default::default(), work).await
    }

    async fn read_data_source(
        &self,
        request: Request<read_data_source::Request>,
    ) -> Reply<read_data_source::Response> {
        let request = request.into_inner();
        let about = About::data_source("ReadDataSource", &request.type_name);
        let call = self.work.call();
        let work = calls::read_data(self.provider(), &call, &request);
        self.answer(about, Default::default(), work).await
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
