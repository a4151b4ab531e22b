//! Speaks Terraform's plugin protocol, version 6. Knows nothing of IX-API.
//!
//! A provider implements the traits of [`traits`] and hands itself to `serve`. What arrives over
//! the wire is decoded by schema into [`value::Value`], planned by [`plan`] for all resources alike,
//! and handed to the provider; what comes back is checked and encoded.

pub mod diagnostics;
pub mod number;
pub mod path;
pub mod plan;
pub mod schema;
pub mod traits;
pub mod types;
pub mod value;
