//! Contacts: people of a party, who take on roles through role assignments.

use serde_json::Value;

use super::shared::{Use, check_accounts, fill, merged, remove};
use crate::answer::Answer;
use crate::collection::{CONTACTS, ROLE_ASSIGNMENTS};
use crate::exchange::{Entity, Exchange};
use crate::object::{Object, Row, text, texts};
use crate::parties::Party;
use crate::problem::Problem;
use crate::schema::Purpose;

/// `/contacts`
pub static ENTITY: Entity = Entity {
    create: Some(create),
    change: Some(change),
    puts: true,
    delete: Some(delete),
    parts: &[(ROLE_ASSIGNMENTS, "contact")],
    found_by: &["external_ref"],
    ..Entity::stored(CONTACTS)
};

/// `POST /contacts`
fn create(exchange: &mut Exchange, party: Party, mut body: Row) -> Result<Object, Problem> {
    let mut findings = exchange.check("Contact", &body, Purpose::Create);
    check_accounts(exchange, party, &body, Use::Filing, &mut findings);
    findings.refuse_if_any()?;
    fill(
        &mut body,
        &["external_ref", "name", "telephone", "email"].map(|name| (name, Value::Null)),
    );
    let object = Object::new(CONTACTS, exchange.ids.uuid(CONTACTS.path), party, body);
    exchange.store.put(object.clone());
    Ok(object)
}

/// `PATCH /contacts/{id}`: what a role of the contact requires cannot be taken away.
fn change(
    exchange: &mut Exchange,
    party: Party,
    mut contact: Object,
    body: Row,
) -> Result<Object, Problem> {
    let mut findings = exchange.check("Contact", &body, Purpose::Patch);
    check_accounts(exchange, party, &body, Use::Filing, &mut findings);
    let fields = merged(&contact.fields, &body);
    for assignment in exchange
        .store
        .naming(ROLE_ASSIGNMENTS, "contact", &contact.id)
    {
        for name in missing_for(exchange, &fields, assignment.text("role")) {
            findings.add(
                name,
                format!(
                    "is required by a role of this contact: {}",
                    assignment.text("role")
                ),
            );
        }
    }
    findings.refuse_if_any()?;
    contact.fields = fields;
    Ok(contact)
}

/// `DELETE /contacts/{id}`: refused while a role assignment of the contact is used; those that
/// nothing uses go with it.
fn delete(
    exchange: &mut Exchange,
    party: Party,
    contact: Object,
    _: &[u8],
) -> Result<Answer, Problem> {
    let assignments = exchange
        .store
        .naming(ROLE_ASSIGNMENTS, "contact", &contact.id);
    for assignment in assignments {
        if let Some(user) = user_of(exchange, &assignment.id) {
            return Err(Problem::unable_to_fulfill(format!(
                "The contact {} has the role assignment {}, which is used by the {} {}.",
                contact.id, assignment.id, user.collection.noun, user.id
            )));
        }
    }
    let assignments = exchange
        .store
        .naming(ROLE_ASSIGNMENTS, "contact", &contact.id);
    let unused: Vec<String> = assignments.map(|one| one.id.clone()).collect();
    for assignment in unused {
        let_go(exchange, &assignment);
    }
    Ok(remove(exchange, party, &contact))
}

/// A live object that names a role assignment. What is being cancelled lets go of it.
pub fn user_of<'a>(exchange: &'a Exchange, assignment: &str) -> Option<&'a Object> {
    let mut users = exchange
        .store
        .naming_anywhere("role_assignments", assignment);
    users.find(|user| user.is_live())
}

/// Takes a role assignment out of what is being cancelled.
pub fn let_go(exchange: &mut Exchange, assignment: &str) {
    let users = exchange
        .store
        .naming_anywhere("role_assignments", assignment);
    let users: Vec<_> = users
        .map(|user| (user.collection, user.id.clone()))
        .collect();
    for (collection, id) in users {
        exchange.store.change(collection, &id, |user| {
            if let Some(Value::Array(assignments)) = user.fields.get_mut("role_assignments") {
                assignments.retain(|id| id.as_str() != Some(assignment));
            }
        });
    }
}

/// The fields that a role requires and a contact lacks.
pub fn missing_for<'a>(exchange: &'a Exchange, contact: &Row, role: &str) -> Vec<&'a str> {
    let required = exchange
        .catalogue
        .role(role)
        .and_then(|role| role.fields().get("required_fields"));
    let required = required.map(texts).unwrap_or_default();
    required
        .into_iter()
        .filter(|name| text(contact, name).unwrap_or_default().is_empty())
        .collect()
}
