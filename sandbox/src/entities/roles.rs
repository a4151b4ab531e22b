//! Roles that contacts can take on. Their ids are spelled in either case.

use serde_json::json;

use crate::collection::{ROLE_ASSIGNMENTS, ROLES};
use crate::exchange::Entity;
use crate::object::text;

/// `/roles`
pub static ENTITY: Entity = Entity {
    other: |exchange, _, _, id| Some(exchange.catalogue.role(id)?.fields().clone()),
    held: |exchange, row, name, _| {
        let id = text(row, "id")?;
        (name == "contact").then(|| {
            let assignments = exchange.store.naming(ROLE_ASSIGNMENTS, "role", id);
            assignments.map(|one| json!(one.text("contact"))).collect()
        })
    },
    ..Entity::catalogue(ROLES)
};
