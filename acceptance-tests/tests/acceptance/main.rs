//! The acceptance tests, all in one program so that they share the machine: the life of every
//! scenario, and what can go wrong, by topic.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accounts;
mod addresses;
mod bad_input;
mod capabilities;
mod change_requests;
mod chaos;
mod clouds;
mod contacts;
mod destroy;
mod errors;
mod examples;
mod gateways;
mod groups;
mod guard;
mod guides;
mod imports;
mod install;
mod lag;
mod letters;
mod lookups;
mod macs;
mod money;
mod pace;
mod peering;
mod recovery;
mod refresh;
mod scenarios;
mod service_keys;
mod side_by_side;
mod together;
mod tokens;
mod unknown;
mod updates;
mod waits;
