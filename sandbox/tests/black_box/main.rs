//! The sandbox from outside: every test starts the real program on a free port and speaks HTTP to
//! it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cancellation;
mod catalogue;
mod change_requests;
mod clock;
mod command_line;
mod connections;
mod contacts;
mod control_room;
mod digital_realty;
mod faults;
mod groups;
mod letters;
mod lists;
mod macs;
mod peering;
mod port_reservations;
mod quirks;
mod service_keys;
mod statistics;
mod support;
mod tokens;
mod validation;
mod virtual_circuits;
mod vlans;
