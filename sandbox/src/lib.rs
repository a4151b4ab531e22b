//! `ixapi-sandbox`: an IX-API v2 exchange in one process, for trying the provider out and for its
//! tests. [`Running`] starts one inside a test; the program of the same name starts one for
//! anybody.
//!
//! The modules are layers, each of which imports only from those above it in this file: what is
//! known at all, what an exchange is made of ([`exchange`]), what its collections are
//! ([`entities`]), how requests find them ([`routes`]), what tests do to it ([`control`]) and how
//! it is served ([`front`]). Nothing here is shared with the provider: the fields come from this
//! crate's own copy of the IX-API data dictionary's field list.

pub mod answer;
pub mod clock;
pub mod collection;
pub mod dialect;
pub mod ids;
pub mod listen;
pub mod parties;

pub mod feed;
pub mod life;
pub mod object;
pub mod page;
pub mod problem;
pub mod settings;
pub mod visitors;

pub mod auth;
pub mod catalogue;
pub mod faults;
pub mod holds;
pub mod limit;
pub mod log;
pub mod schema;
pub mod store;

pub mod speech;

pub mod exchange;

pub mod cancellation;
pub mod list;
pub mod loa;
pub mod statistics;

pub mod entities;

pub mod service_keys;

pub mod endpoints;

pub mod about;
pub mod routes;

pub mod control;

pub mod other_party;

pub mod estate;
pub mod sandbox;

pub mod admin;
pub mod front;

pub mod running;

pub use front::serve;
pub use running::{Control, Running};
pub use settings::Settings;

/// Where the API lives on the server, as the IX-API specification has it.
pub const BASE_PATH: &str = "/api/v2";
