//! `ixapi-sandbox`: an IX-API v2 exchange in one process, for trying the provider out and for its tests.
//!
//! [`serve()`] listens on a socket; behind it, [`front`] takes care of what is HTTP (log, faults, tokens) and
//! [`exchange`] of what an exchange does (catalogue, rules, states). Nothing here is shared with the provider:
//! the fields come from this crate's own copy of the IX-API data dictionary's field list.

pub mod about;
pub mod admin;
pub mod answer;
pub mod auth;
pub mod cancellation;
pub mod catalogue;
pub mod clock;
pub mod entities;
pub mod exchange;
pub mod faults;
pub mod front;
pub mod ids;
pub mod life;
pub mod list;
pub mod listen;
pub mod loa;
pub mod log;
pub mod parties;
pub mod problem;
pub mod schema;
pub mod settings;
pub mod store;
pub mod urlencoded;

pub use front::serve;
pub use settings::Settings;

/// Where the API lives on the server, as the IX-API specification has it.
pub const BASE_PATH: &str = "/api/v2";
