//! Role assignments: a contact takes on a role. They are never changed, only made and removed.

use serde_json::{Map, Value, json};

use super::{contacts, text};
use crate::exchange::Exchange;
use crate::parties::Party;
use crate::problem::Problem;
use crate::schema::Purpose;
use crate::store::{Collection, Object};

/// The kinds of objects that name role assignments.
const USERS: [Collection; 2] = [Collection::Connections, Collection::NetworkServiceConfigs];

/// `POST /role-assignments`
pub fn create(
    exchange: &mut Exchange,
    party: Party,
    mut body: Map<String, Value>,
) -> Result<Object, Problem> {
    let mut findings = exchange.check("RoleAssignment", &body, Purpose::Create);
    let contact =
        text(&body, "contact").map(|id| (id, exchange.store.get(Collection::Contacts, id)));
    if let Some((id, None)) =
        contact.map(|(id, contact)| (id, contact.filter(|contact| contact.owner == party)))
    {
        findings.add("contact", format!("{id:?} is not a contact of yours"));
    }
    let role = text(&body, "role").map(|id| (id, exchange.catalogue.role(id)));
    if let Some((id, None)) = role {
        findings.add("role", format!("{id:?} is not a role"));
    }
    if let (Some((_, Some(contact))), Some((_, Some(role)))) = (contact, role) {
        let missing = contacts::missing_for(exchange, &contact.fields, role.text("id"));
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
    let object = Object {
        collection: Collection::RoleAssignments,
        id: exchange.ids.uuid(),
        owner: party,
        fields: body,
        overrides: Map::new(),
        life: None,
        side: None,
    };
    exchange.store.put(object.clone());
    Ok(object)
}

/// `DELETE /role-assignments/{id}`: refused while a live object names it. What is being cancelled lets go of it.
pub fn delete(exchange: &mut Exchange, assignment: &Object) -> Result<(), Problem> {
    for collection in USERS {
        let mut users = exchange
            .store
            .all(collection)
            .filter(|object| object.is_live());
        if let Some(user) = users.find(|object| {
            object
                .ids("role_assignments")
                .contains(&assignment.id.as_str())
        }) {
            return Err(Problem::unable_to_fulfill(format!(
                "The role assignment {} is used by the {} {}.",
                assignment.id,
                collection.noun(),
                user.id
            )));
        }
    }
    for collection in USERS {
        for user in exchange.store.all_mut(collection) {
            if let Some(Value::Array(assignments)) = user.fields.get_mut("role_assignments") {
                assignments.retain(|id| id.as_str() != Some(&assignment.id));
            }
        }
    }
    Ok(())
}
