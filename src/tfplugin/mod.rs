//! Speaks Terraform's plugin protocol, version 6. Knows nothing of what a provider is for.
//!
//! A provider implements the traits of [`traits`] and hands itself to `serve`. What arrives over
//! the wire is decoded by schema into [`value::Value`], planned by [`plan`] for all resources
//! alike, and handed to the provider; what comes back is checked and encoded.

mod calls;
mod convert;
mod described;
pub mod diagnostics;
pub mod generated;
pub mod handshake;
pub mod hclog;
pub mod identity;
pub mod in_process;
pub mod listener;
mod matter;
pub mod msgpack;
pub mod mtls;
pub mod number;
pub mod panics;
pub mod path;
pub mod plan;
pub mod private;
pub mod proto;
pub mod raw_state;
mod read_only;
pub mod registry;
mod routes;
pub mod schema;
pub mod serve;
mod service;
pub mod signals;
pub mod stored;
pub mod streams;
pub mod traits;
pub mod types;
pub mod value;
mod work;
mod write_only;
