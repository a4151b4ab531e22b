//! What is newer than the oldest CLI: each test asks first whether the CLI at hand can do it. With
//! several CLIs at hand, these are run with each.

mod actions;
mod doctor;
mod ephemerals;
mod exports;
mod functions;
mod generated;
mod identities;
mod official;
mod queries;
mod secrets;
mod states;
