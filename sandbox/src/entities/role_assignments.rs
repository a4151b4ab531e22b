//! Role assignments: a contact takes on a role. They are never changed, only made and removed.

use serde_json::json;

use super::contacts::{let_go, missing_for, user_of};
use super::shared::remove;
use crate::answer::Answer;
use crate::collection::{CONTACTS, ROLE_ASSIGNMENTS};
use crate::exchange::{Entity, Exchange};
use crate::object::{Object, Row, text};
use crate::parties::Party;
use crate::problem::Problem;
use crate::schema::Purpose;

/// `/role-assignments`
pub static ENTITY: Entity = Entity {
    create: Some(create),
    delete: Some(delete),
    found_by: &["contact"],
    ..Entity::stored(ROLE_ASSIGNMENTS)
};

/// `POST /role-assignments`
fn create(exchange: &mut Exchange, party: Party, mut body: Row) -> Result<Object, Problem> {
    let mut findings = exchange.check("RoleAssignment", &body, Purpose::Create);
    let contact = text(&body, "contact").map(|id| (id, exchange.own(party, CONTACTS, id)));
    if let Some((id, None)) = contact {
        findings.add("contact", format!("{id:?} is not a contact of yours"));
    }
    let role = text(&body, "role").map(|id| (id, exchange.catalogue.role(id)));
    if let Some((id, None)) = role {
        findings.add("role", format!("{id:?} is not a role"));
    }
    if let (Some((_, Some(contact))), Some((_, Some(role)))) = (contact, role) {
        let missing = missing_for(exchange, &contact.fields, role.text("id"));
        if !missing.is_empty() {
            let reason = format!(
                "the role {} requires a contact with: {}",
                role.text("name"),
                missing.join(", ")
            );
            findings.add("contact", reason);
        }
        body.insert("role".into(), json!(role.text("id")));
    }
    findings.refuse_if_any()?;
    let object = Object::new(
        ROLE_ASSIGNMENTS,
        exchange.ids.uuid(ROLE_ASSIGNMENTS.path),
        party,
        body,
    );
    exchange.store.put(object.clone());
    Ok(object)
}

/// `DELETE /role-assignments/{id}`: refused while a live object names it.
fn delete(
    exchange: &mut Exchange,
    party: Party,
    assignment: Object,
    _: &[u8],
) -> Result<Answer, Problem> {
    if let Some(user) = user_of(exchange, &assignment.id) {
        return Err(Problem::unable_to_fulfill(format!(
            "The role assignment {} is used by the {} {}.",
            assignment.id, user.collection.noun, user.id
        )));
    }
    let_go(exchange, &assignment.id);
    Ok(remove(exchange, party, &assignment))
}
