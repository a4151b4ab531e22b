//! The words in which collections, resources and lookups are declared.
//!
//! Everything here is `const`, so that a declaration is data: it costs nothing at start-up and
//! reads like a data sheet. What the words mean to Terraform is decided in `provider`.

mod check;
mod collection;
mod field;
mod filter;
mod life;
mod lookup;
mod resource;

pub use check::{Check, Looking, Scene, Seen, Skipped, Verdict, check, passes, path};
pub use collection::{Collection, Elsewhere, Key, Shape, Variant, fields};
pub use field::{
    Constant, Field, Follows, FoundAt, Kind, Mode, OnChange, RequiredRoles, Source, attributes,
    boolean, date, id_of, integer, integers, listed, moment, number, object, objects,
    objects_by_key, objects_by_name, one_of, switches, text, texts,
};
pub use filter::{Filter, Keeps, by, by_ids};
pub use life::{Life, Provisioning, RestsInError};
pub use lookup::{Answer, Format, Lookup, Own, Revealed, Subject, Upload};
pub use resource::{
    Arrives, Ends, Lane, Link, Resource, Which, no_further_plans, no_further_rules,
};
