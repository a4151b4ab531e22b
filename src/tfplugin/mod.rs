//! Speaks Terraform's plugin protocol, version 6. Knows nothing of IX-API.
//!
//! A provider implements the traits of [`traits`] and hands itself to `serve`. What arrives over
//! the wire is decoded by schema into [`value::Value`], planned by [`plan`] for all resources alike,
//! and handed to the provider; what comes back is checked and encoded.

mod calls;
mod convert;
pub mod diagnostics;
pub mod handshake;
pub mod hclog;
pub mod listener;
pub mod msgpack;
pub mod mtls;
pub mod number;
pub mod panics;
pub mod path;
pub mod plan;
pub mod proto;
pub mod raw_state;
mod routes;
pub mod schema;
pub mod serve;
mod service;
pub mod signals;
pub mod traits;
pub mod types;
pub mod value;
mod write_only;
