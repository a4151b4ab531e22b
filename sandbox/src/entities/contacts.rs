//! Contacts: people of a party, who take on roles through role assignments.

use serde_json::{Map, Value};

use super::{Use, check_accounts, fill, merged, text};
use crate::exchange::Exchange;
use crate::parties::Party;
use crate::problem::Problem;
use crate::schema::Purpose;
use crate::store::{Collection, Object, texts};

/// `POST /contacts`
pub fn create(
    exchange: &mut Exchange,
    party: Party,
    mut body: Map<String, Value>,
) -> Result<Object, Problem> {
    let mut findings = exchange.check("Contact", &body, Purpose::Create);
    check_accounts(exchange, party, &body, Use::Filing, &mut findings);
    findings.refuse_if_any()?;
    fill(
        &mut body,
        &["external_ref", "name", "telephone", "email"].map(|name| (name, Value::Null)),
    );
    let object = Object {
        collection: Collection::Contacts,
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

/// `PATCH /contacts/{id}`: what a role of the contact requires cannot be taken away.
pub fn change(
    exchange: &mut Exchange,
    party: Party,
    mut contact: Object,
    body: Map<String, Value>,
) -> Result<Object, Problem> {
    let mut findings = exchange.check("Contact", &body, Purpose::Patch);
    check_accounts(exchange, party, &body, Use::Filing, &mut findings);
    let fields = merged(&contact.fields, &body);
    for assignment in exchange
        .store
        .referring(Collection::RoleAssignments, "contact", &contact.id)
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

/// `DELETE /contacts/{id}`
pub fn delete(exchange: &Exchange, contact: &Object) -> Result<(), Problem> {
    match exchange
        .store
        .referring(Collection::RoleAssignments, "contact", &contact.id)
        .first()
    {
        Some(assignment) => Err(Problem::unable_to_fulfill(format!(
            "The contact {} is still assigned to a role, by the role assignment {}.",
            contact.id, assignment.id
        ))),
        None => Ok(()),
    }
}

/// The fields that a role requires and a contact lacks.
pub fn missing_for<'a>(
    exchange: &'a Exchange,
    contact: &Map<String, Value>,
    role: &str,
) -> Vec<&'a str> {
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
