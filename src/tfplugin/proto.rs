//! The code made from `proto/`: messages, server traits, and clients for the tests.

// Generated: documented in the `.proto` files, and not ours to restyle.
#![allow(missing_docs, clippy::all)]

/// Terraform's plugin protocol.
pub mod tfplugin6 {
    tonic::include_proto!("tfplugin6");
}

/// What go-plugin asks beside it.
pub mod go_plugin {
    tonic::include_proto!("plugin");
}

/// gRPC's health check.
pub mod health {
    tonic::include_proto!("grpc.health.v1");
}
