//! Objects that a test keeps in a state, however far the clock has gone.

use crate::collection::{Collection, PORT_RESERVATIONS};
use crate::object::Object;

/// What is kept, and in which state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Only the object with this id, and the reservations of the connection with this id.
    pub id: Option<String>,
    /// Only objects of this collection.
    pub collection: Option<Collection>,
    /// Only objects with this reference.
    pub external_ref: Option<String>,
    /// The state they stay in.
    pub state: String,
}

impl Hold {
    /// Whether this hold is about the object, whatever its state.
    pub fn covers(&self, object: &Object) -> bool {
        let is_port = object.collection == PORT_RESERVATIONS;
        let by_id = self
            .id
            .as_deref()
            .is_none_or(|id| object.id == id || (is_port && object.text("connection") == id));
        let by_collection = self
            .collection
            .is_none_or(|collection| object.collection == collection);
        let by_reference = self
            .external_ref
            .as_deref()
            .is_none_or(|wanted| object.text("external_ref") == wanted);
        by_id && by_collection && by_reference
    }
}
