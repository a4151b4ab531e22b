//! Roles that something requires, and who has them.

use crate::entities::declaration::{RequiredRoles, Scene, Seen, Skipped, Verdict, passes};
use crate::entities::role::ROLES;
use crate::entities::role_assignment::ROLE_ASSIGNMENTS;

use super::same;

const ASSIGNMENTS: &str = "role_assignments";

/// What a contact may say of itself, of which a role requires some.
pub const FIELDS: [&str; 3] = ["name", "email", "telephone"];

/// A contact in a role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assignment {
    /// Its id.
    pub id: String,
    /// The id of the role.
    pub role: String,
    /// The id of the contact.
    pub contact: String,
}

/// The ids of the roles that the thing requires which a configuration names; none where the
/// exchange does not say.
pub async fn required_roles(
    scene: &Scene<'_>,
    required: RequiredRoles,
) -> Result<Vec<String>, Skipped> {
    let thing = scene
        .at(required.collection, scene.text(required.by)?)
        .await?;
    Ok(thing.texts(required.roles).unwrap_or_default())
}

/// All role assignments that the exchange shows.
pub async fn assignments(scene: &Scene<'_>) -> Result<Vec<Assignment>, Skipped> {
    let shown = scene.all(ROLE_ASSIGNMENTS.path, &[]).await?;
    let read = |row: &Seen| {
        Ok::<_, Skipped>(Assignment {
            id: row.text("id")?,
            role: row.text("role")?,
            contact: row.text("contact")?,
        })
    };
    let mut all: Vec<Assignment> = shown.iter().filter_map(|row| read(row).ok()).collect();
    all.sort();
    Ok(all)
}

/// A role as a person knows it: `NoC (9a442fef-…)`; its id alone where the exchange tells no more.
pub async fn name_of_role(scene: &Scene<'_>, id: &str) -> String {
    let roles = scene.all(ROLES.path, &[]).await.unwrap_or_default();
    let mut roles = roles.iter();
    let role = roles.find(|role| role.text("id").is_ok_and(|known| same(&known, id)));
    let name = role.and_then(|role| role.text("name").ok());
    name.map_or_else(|| id.to_owned(), |name| format!("{name} ({id})"))
}

/// What a role requires of its contacts; nothing where the exchange does not say.
pub async fn fields_of_role(scene: &Scene<'_>, id: &str) -> Vec<String> {
    let roles = scene.all(ROLES.path, &[]).await.unwrap_or_default();
    let mut roles = roles.iter();
    let role = roles.find(|role| role.text("id").is_ok_and(|known| same(&known, id)));
    let fields = role.and_then(|role| role.texts("required_fields").ok());
    fields.unwrap_or_default()
}

/// Role assignments that are written and lack a role that is required, or are not there at all.
pub async fn missing_roles(scene: &Scene<'_>, required: RequiredRoles) -> Verdict {
    let written = scene.value(ASSIGNMENTS);
    if !written.is_known() || !written.is_wholly_known() {
        return Err(Skipped::NotSaid);
    }
    let ids = written.elements().iter().filter_map(|one| one.as_str());
    let ids: Vec<&str> = ids.collect();
    let required_roles = required_roles(scene, required).await?;
    if ids.is_empty() && required_roles.is_empty() {
        return passes();
    }
    let known = assignments(scene).await?;
    let named: Vec<&Assignment> = known
        .iter()
        .filter(|known| ids.iter().any(|id| same(id, &known.id)))
        .collect();
    let stranger = ids
        .iter()
        .find(|id| !named.iter().any(|known| same(id, &known.id)));
    if let Some(stranger) = stranger {
        return scene.refuse(
            ASSIGNMENTS,
            "This is not a role assignment of yours",
            format!(
                "role_assignments has {stranger:?}, and the exchange at {} shows no such role \
                 assignment to these credentials. ixapi_role_assignments lists those that it \
                 shows.",
                scene.host()
            ),
        );
    }
    let mut missing = Vec::new();
    for role in &required_roles {
        if !named.iter().any(|known| same(&known.role, role)) {
            missing.push(name_of_role(scene, role).await);
        }
    }
    if missing.is_empty() {
        return passes();
    }
    scene.refuse(
        ASSIGNMENTS,
        "A contact is missing in a role that is required",
        format!(
            "The exchange at {} says that {} {} needs a contact in each of its roles ({}). None of \
             the role assignments here is in: {}. Add one, or leave role_assignments out to have \
             them found.",
            scene.host(),
            required.by,
            scene.text(required.by)?,
            required.roles,
            missing.join(", ")
        ),
    )
}

/// The name of a role where its id belongs.
pub async fn name_for_a_role(scene: &Scene<'_>) -> Verdict {
    let wanted = scene.value("roles").elements().iter();
    let wanted: Vec<&str> = wanted.filter_map(|id| id.as_str()).collect();
    if wanted.is_empty() {
        return passes();
    }
    for role in scene.all(ROLES.path, &[]).await? {
        let (id, name) = (role.text("id")?, role.text("name")?);
        let Some(written) = wanted.iter().find(|wanted| same(wanted, &name)) else {
            continue;
        };
        if !same(written, &id) {
            return scene.refuse(
                "roles",
                "A role is written by its id",
                format!(
                    "roles has {written:?}, which is the name of a role. The exchange at {} knows \
                     it by the id {id:?}: write that, or let the data source ixapi_roles find it.",
                    scene.host()
                ),
            );
        }
    }
    passes()
}

/// What a role requires of its contacts, and this one does not say.
pub async fn contact_lacks(scene: &Scene<'_>) -> Verdict {
    let wanted = scene.value("roles").elements().iter();
    let wanted: Vec<&str> = wanted.filter_map(|id| id.as_str()).collect();
    if wanted.is_empty() {
        return passes();
    }
    let mut lacking = Vec::new();
    for role in scene.all(ROLES.path, &[]).await? {
        let id = role.text("id")?;
        if !wanted.iter().any(|wanted| same(wanted, &id)) {
            continue;
        }
        let required = role.texts("required_fields").unwrap_or_default();
        let missing = required.iter().filter(|field| {
            let said = FIELDS.contains(&field.as_str());
            said && scene.value(field).is_null()
        });
        let missing: Vec<&str> = missing.map(String::as_str).collect();
        if !missing.is_empty() {
            let name = role.text("name").unwrap_or(id);
            lacking.push(format!("{name} requires {}", missing.join(", ")));
        }
    }
    if lacking.is_empty() {
        return passes();
    }
    scene.refuse(
        "roles",
        "The contact says too little for a role",
        format!(
            "The exchange at {} says what a role requires of a contact (required_fields of \
             ixapi_roles): {}. Set what is missing, or take the role out.",
            scene.host(),
            lacking.join("; ")
        ),
    )
}
