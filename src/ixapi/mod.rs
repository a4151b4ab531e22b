//! Speaks IX-API version 2 with an exchange, and knows nothing of Terraform.
//!
//! A [`Client`] is one exchange: it keeps the access token alive, repeats what may safely be
//! repeated, and turns every refusal into an [`Error`] that can be shown to a person. [`Objects`]
//! are one collection of it: they are listed, found, created, updated and deleted as plain JSON.
//! What the objects mean is not decided here, apart from the [`State`] that all of them share.

mod answer;
mod belongings;
mod client;
mod error;
mod extension;
mod form;
mod known;
pub mod lenient;
mod lock;
mod log;
mod looks;
mod objects;
mod pace;
mod paging;
mod problem;
mod reach;
mod request;
mod retry;
pub mod rows;
mod secret;
mod settings;
mod shared;
mod sight;
mod state;
#[cfg(test)]
mod stub;
mod tls;
mod token;
mod transport;
mod whole;

pub use answer::{Bytes, Sight};
pub use client::Client;
pub use error::{Error, ErrorKind};
pub use known::{Kept, MOST_AGE};
pub use lenient::{Json, id_of, is_of};
pub use log::{Log, LogLevel, NoLog};
pub use looks::Looks;
pub use objects::{Changed, Listing, Objects, Reading};
pub use problem::{Problem, Property};
pub use request::path;
pub use retry::Retry;
pub use secret::{Secret, redacted};
pub use settings::{
    Credentials, PARALLEL_REQUESTS, REQUEST_TIMEOUT, Setting, Settings, SettingsError,
};
pub use shared::{Look, Watch};
pub use state::{Gravity, State, StatusMessage};
pub use token::{Issued, LoggedIn};
pub use whole::AsFound;
