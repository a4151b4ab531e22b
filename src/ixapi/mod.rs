//! Speaks IX-API version 2 with an exchange, and knows nothing of Terraform.
//!
//! [`Client`] lists, reads, creates, updates and deletes objects as plain JSON. It keeps the
//! access token alive, repeats what may safely be repeated, follows pages and turns every refusal
//! into an [`Error`] that can be shown to a person. What the objects mean is not decided here,
//! apart from the [`State`] that all of them share.

mod client;
mod error;
pub mod lenient;
mod log;
mod paging;
mod problem;
mod request;
mod retry;
mod secret;
mod settings;
mod state;
#[cfg(test)]
mod stub;
mod tls;
mod token;
mod transport;

/// A JSON value, exactly as the exchange sent it or will receive it.
pub use serde_json::Value as Json;

pub use client::{Client, Listing, is_of};
pub use error::{Error, ErrorKind};
pub use log::{Level, Log, NoLog};
pub use problem::{Problem, Property};
pub use request::path;
pub use retry::Retry;
pub use secret::Secret;
pub use settings::{Credentials, Setting, Settings, SettingsError};
pub use state::{Severity, State, StatusMessage};
