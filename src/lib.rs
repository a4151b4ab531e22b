//! A Terraform provider for Internet exchanges that speak IX-API v2.
pub mod commands;
pub mod entities;
pub mod ixapi;
pub mod provider;
pub mod tfplugin;
