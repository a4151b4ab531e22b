//! Joins the floors: turns each declaration into a resource, a data source and a page of
//! documentation.
//!
//! The life cycle of an object is in `resource`, its stations in `order`, `refresh`, `update`,
//! `import` and `takeover`; what is asked of it at the exchange in `remote`; what it waits for in
//! `goal`, what an exchange waits for in `asked`, the waits in `wait`, its end in `cancellation`,
//! `guard` and `existence`; at which exchange it is in `exchange`, and what lasts as long as it in
//! `lasting`; how what is not ordered is found in `arrival`, what hangs on an object in `links`,
//! what another provider managed so far in `official`, what an exchange shows too late in `lag`;
//! how a configuration is written of what is there in `generated`; what one resource has to know of
//! the others of a run in `run`; what a run that was killed has ordered in `journal` and
//! `recovery`, what nobody has seen since in `forgotten`, and what bears the reference of an order
//! already in `namesake` and `marks`. Questions are in `data_source` and `lookup`, what is found
//! for `terraform query` in `listing`, what is done once and leaves no state in `actions`,
//! documents that are handed in are in `upload`, what is stored nowhere in `ephemeral`, functions
//! in `functions`. What a person reads when something fails is in `errors`. How values travel
//! between Terraform and JSON is in `answers` and `requests`, by the declarations of `entities`.

mod actions;
pub mod answers;
mod arrival;
mod asked;
mod cancellation;
pub mod configuration;
mod data_source;
mod defaults;
pub mod docs;
mod documents;
mod ephemeral;
pub mod errors;
pub mod estate;
mod exchange;
mod existence;
mod foresight;
mod forgotten;
mod functions;
mod gap;
pub mod generated;
mod glance;
mod goal;
mod guard;
mod import;
pub mod journal;
mod lag;
mod lasting;
mod links;
mod listing;
mod lookup;
mod marks;
mod messages;
mod namesake;
mod naming;
mod noting;
mod official;
mod order;
mod own_account;
mod pauses;
mod questions;
mod recovery;
mod reference;
mod refresh;
mod remote;
mod requests;
mod resembling;
mod resource;
mod responsible;
mod run;
pub mod schemas;
pub mod session;
mod takeover;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod timeouts;
mod update;
mod upload;
mod validate;
mod wait;

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;

use crate::entities;
use crate::entities::declaration::Answer;
use crate::tfplugin::diagnostics::Diagnostics;
use crate::tfplugin::hclog;
use crate::tfplugin::registry::Types;
use crate::tfplugin::schema::Schema;
use crate::tfplugin::traits::{About, Provider};
use crate::tfplugin::value::Value;

use data_source::{Plural, Singular};
use ephemeral::{ACCESS_TOKEN, AccessToken, Document, Secret};
use journal::Journal;
use listing::Listed;
use lookup::Lookup;
use resource::Managed;
use session::Session;
use upload::HandedIn;

pub use naming::NAMES;
pub use recovery::is_drawn;
pub use reference::REFERENCE;

/// Where the provider is published.
pub const SOURCE_ADDRESS: &str = "registry.terraform.io/ixapi-rs/ixapi";

/// What its types are prefixed with.
pub const PREFIX: &str = "ixapi";

/// The provider: every declaration as a type, over one session with the exchange.
pub struct IxApiProvider {
    session: Arc<Session>,
    schema: OnceLock<Schema>,
    types: Types,
}

impl IxApiProvider {
    /// The provider, not yet configured. Builds no schema and opens nothing.
    pub fn new() -> IxApiProvider {
        let session = Arc::new(Session::default());
        let shared = || Arc::clone(&session);
        let mut types = Types::default();
        for resource in entities::RESOURCES.iter().copied() {
            let managed = Managed::new(resource, shared());
            types.add_resource(named(resource.name), Box::new(managed));
            if !resource.of.filters.is_empty() {
                let listed = Listed::new(resource, shared());
                types.add_list_resource(named(resource.name), Box::new(listed));
            }
        }
        for collection in entities::COLLECTIONS
            .iter()
            .filter(|c| !c.filters.is_empty())
        {
            types.add_data_source(
                named(collection.plural),
                Box::new(Plural::new(collection, shared())),
            );
            types.add_data_source(
                named(collection.name),
                Box::new(Singular::new(collection, shared())),
            );
        }
        for lookup in entities::LOOKUPS.iter().copied() {
            types.add_data_source(named(lookup.name), Box::new(Lookup::new(lookup, shared())));
            if let Some(upload) = lookup.upload() {
                let handed_in = HandedIn::new(lookup, upload, shared());
                types.add_resource(named(lookup.name), Box::new(handed_in));
            }
            if let Answer::Document(_) = lookup.answer {
                let document = Document::new(lookup, shared());
                types.add_ephemeral_resource(named(lookup.name), Box::new(document));
            }
        }
        for revealed in entities::REVEALED.iter().copied() {
            let secret = Secret::new(revealed, shared());
            types.add_ephemeral_resource(named(revealed.name), Box::new(secret));
        }
        let token = Box::new(AccessToken(shared()));
        types.add_ephemeral_resource(named(ACCESS_TOKEN), token);
        for function in functions::FUNCTIONS {
            types.add_function(function.name.to_owned(), Box::new(*function));
        }
        for (name, action) in actions::all(&session) {
            types.add_action(named(name), action);
        }
        IxApiProvider {
            session,
            schema: OnceLock::new(),
            types,
        }
    }
}

/// The name of a type, as Terraform has it.
fn named(name: &str) -> String {
    format!("{PREFIX}_{name}")
}

impl Default for IxApiProvider {
    fn default() -> IxApiProvider {
        IxApiProvider::new()
    }
}

#[async_trait]
impl Provider for IxApiProvider {
    fn about(&self) -> About {
        About {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            report_to: env!("CARGO_PKG_REPOSITORY"),
        }
    }

    fn schema(&self) -> &Schema {
        self.schema.get_or_init(configuration::schema)
    }

    fn types(&self) -> &Types {
        &self.types
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        configuration::validate(config)
    }

    async fn configure(&self, config: Value, core_version: &str) -> Diagnostics {
        let mut told = configuration::configure(&self.session, &config, core_version);
        if !told.has_errors() {
            told.append(forgotten::told(&self.session).await);
        }
        told
    }

    fn farewell(&self, interrupted: bool) {
        let ended = |journal: Arc<Journal>| match interrupted {
            true => journal.answer(),
            false => journal.deliver().and_then(|()| journal.miss()),
        };
        if let Some(Err(error)) = self.session.journal().map(ended) {
            let message = "what was answered could not be noted";
            hclog::log(hclog::Level::Warn, message, &[("error", error.to_string())]);
        }
    }
}
