//! Which service answers which call: the provider, go-plugin's controller, the health check.
//!
//! tonic has a router of its own, which brings a whole web framework; three names need none.

use std::convert::Infallible;
use std::future::ready;
use std::task::{Context, Poll};

use tokio_stream::StreamExt;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, BoxStream, Service as Layer, http};
use tonic::server::NamedService;
use tonic::{Request, Response, Status, async_trait};

use super::proto::go_plugin::Empty;
use super::proto::go_plugin::grpc_controller_server::{GrpcController, GrpcControllerServer};
use super::proto::health::health_check_response::ServingStatus;
use super::proto::health::health_server::{Health, HealthServer};
use super::proto::health::{HealthCheckRequest, HealthCheckResponse};
use super::proto::tfplugin6::provider_server::ProviderServer;
use super::service::Service;

/// The largest message, as in Go's servers; tonic's own limit of 4 MiB is less than some states.
const LARGEST_MESSAGE: usize = 256 << 20;

type Provider = ProviderServer<Service>;
type Controller = GrpcControllerServer<Farewell>;
type Check = HealthServer<Healthy>;

/// All services.
#[derive(Clone)]
pub(super) struct Routes {
    provider: Provider,
    controller: Controller,
    check: Check,
}

impl Routes {
    /// The services; the client's Shutdown cancels `farewell`.
    pub(super) fn new(service: Service, farewell: CancellationToken) -> Routes {
        Routes {
            provider: ProviderServer::new(service)
                .max_decoding_message_size(LARGEST_MESSAGE)
                .max_encoding_message_size(LARGEST_MESSAGE),
            controller: GrpcControllerServer::new(Farewell(farewell)),
            check: HealthServer::new(Healthy),
        }
    }
}

impl Layer<http::Request<Body>> for Routes {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        // A path is "/service/method".
        match request.uri().path().split('/').nth(1) {
            Some(Provider::NAME) => self.provider.call(request),
            Some(Controller::NAME) => self.controller.call(request),
            Some(Check::NAME) => self.check.call(request),
            _ => {
                let status = Status::unimplemented("the provider has no such service");
                Box::pin(ready(Ok(status.into_http())))
            }
        }
    }
}

/// Ends the plugin when the client says so.
struct Farewell(CancellationToken);

#[async_trait]
impl GrpcController for Farewell {
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.0.cancel();
        Ok(Response::new(Empty {}))
    }
}

/// Whoever answers at all is well.
struct Healthy;

impl Healthy {
    /// The name by which go-plugin asks; the empty one stands for the server as a whole.
    fn knows(service: &str) -> bool {
        matches!(service, "" | "plugin")
    }
}

#[async_trait]
impl Health for Healthy {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        match Healthy::knows(&request.get_ref().service) {
            true => Ok(Response::new(status(ServingStatus::Serving))),
            false => Err(Status::not_found("no such service")),
        }
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<BoxStream<HealthCheckResponse>>, Status> {
        let now = match Healthy::knows(&request.get_ref().service) {
            true => ServingStatus::Serving,
            false => ServingStatus::ServiceUnknown,
        };
        // It never changes as long as there is someone to tell.
        let statuses = tokio_stream::once(Ok(status(now))).chain(tokio_stream::pending());
        Ok(Response::new(Box::pin(statuses)))
    }
}

fn status(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse {
        status: status.into(),
    }
}
