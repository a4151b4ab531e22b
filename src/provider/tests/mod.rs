//! The life cycle of objects at a running exchange, one file for each of its stages.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod account;
mod arrival;
mod defaults;
mod delete;
mod exchange;
mod foresight;
mod guard;
mod import;
mod lanes;
mod listing;
mod lookup;
mod official;
mod order;
mod planning;
mod read;
mod recovery;
mod responsible;
mod schemas;
mod service_keys;
mod together;
mod update;
mod wait;
mod whole;
mod wild;
