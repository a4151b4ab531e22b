//! How a plan comes about, for all resources alike.

use super::path::Path;
use super::value::Value;

/// A planned change of one object.
#[derive(Clone, Debug)]
pub struct Change {
    /// The object as it is; null when it is to be created.
    pub prior: Value,
    /// The configuration; null when the object is to be deleted.
    pub config: Value,
    /// The object as it will be; null when it is to be deleted.
    pub planned: Value,
    /// The attributes whose change needs a new object.
    pub replaces: Vec<Path>,
}
