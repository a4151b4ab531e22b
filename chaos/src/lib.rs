//! Breaks the provider on purpose and counts what must never be: an object ordered twice, one that
//! nobody knows of, one that is replaced or tainted without need.
//!
//! [`estate`] is what is configured, [`terraform`] does with the provider what Terraform does,
//! [`question`] is what a person is asked, [`time`] lets hours pass in no time, [`trouble`] is what
//! goes wrong, [`run`] is one life of an estate in trouble with all that is checked of it,
//! [`summary`] is what a person reads, `values` how values travel.
#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod estate;
pub mod question;
pub mod run;
pub mod summary;
pub mod terraform;
pub mod time;
pub mod trouble;
mod values;
