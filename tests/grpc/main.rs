//! Drives the provider over gRPC as Terraform would: a toy provider in this process for what every
//! call comes to, and the real program for the handshake, the certificates and its end.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod calls;
mod certificates;
mod client;
mod ephemerals;
mod failures;
mod functions;
mod interruption;
#[cfg(unix)]
mod lifecycle;
mod logging;
#[cfg(target_os = "linux")]
mod memory;
mod moves;
mod process;
mod saving;
mod streams;
mod toy;
