//! Who is responsible for what leaves that open: for each role that is required, the one contact
//! that has it.
//!
//! Contacts that the same run makes are second choice: what a plan has shown, the apply must find
//! again.

use tokio_util::sync::CancellationToken;

use crate::entities::CONTACTS;
use crate::entities::checks::{Assignment, assignments, name_of_role, required_roles};
use crate::entities::declaration::{RequiredRoles, Scene, Skipped};
use crate::ixapi::{Client, Error};
use crate::tfplugin::diagnostics::Diagnostic;
use crate::tfplugin::plan::Change;
use crate::tfplugin::value::Value;

use super::PREFIX;
use super::defaults::Gap;
use super::session::Session;

/// The contacts that come into question.
struct Candidates {
    contacts: Vec<String>,
    /// How they are told from others.
    which: String,
}

/// What was found for a role.
enum Found {
    One(Assignment),
    None,
    Several(Vec<Assignment>),
}

/// The ids of the role assignments of an object that leaves them out.
///
/// # Errors
/// That a role has no contact or several, or that the exchange could not be asked.
pub async fn find(
    session: &Session,
    client: &Client,
    stop: &CancellationToken,
    required: RequiredRoles,
    object: &Value,
) -> Result<Value, Gap> {
    let change = Change {
        prior: Value::Null,
        config: object.clone(),
        planned: Value::Null,
        replaces: Vec::new(),
    };
    let scene = Scene {
        client,
        looks: &session.looks,
        stop,
        change: &change,
        planned: &|_| None,
    };
    let roles = required_roles(&scene, required).await.map_err(unseen)?;
    if roles.is_empty() {
        return Ok(Value::set([]));
    }
    let candidates = candidates(session, &scene).await?;
    let known = assignments(&scene).await.map_err(unseen)?;
    let found = roles.iter().map(|role| {
        let found = candidates.in_role(session, &known, role);
        (role.as_str(), found)
    });
    settled(session, &scene, required, &candidates, found.collect()).await
}

/// The contacts of the managing account, or those that the provider is told.
async fn candidates(session: &Session, scene: &Scene<'_>) -> Result<Candidates, Gap> {
    let told = session.defaults().contacts;
    if told.is_unknown() {
        return Err(Gap::Later);
    }
    let named = told.elements().iter().filter_map(Value::as_str);
    let named: Vec<String> = named.map(str::to_owned).collect();
    if !named.is_empty() {
        let which = format!("the provider's contacts ({})", named.join(", "));
        return Ok(Candidates {
            contacts: named,
            which,
        });
    }
    let account = scene.text("managing_account").map_err(unseen)?;
    let query = [("managing_account", account)];
    let all = scene.all(CONTACTS.path, &query).await.map_err(unseen)?;
    // An exchange that does not know the filter lists everybody's.
    let own = all.iter().filter(|contact| {
        let managing = contact.text("managing_account");
        managing.map_or(true, |managing| managing.eq_ignore_ascii_case(account))
    });
    Ok(Candidates {
        contacts: own.filter_map(|contact| contact.text("id").ok()).collect(),
        which: format!("the contacts of account {account}"),
    })
}

impl Candidates {
    /// Who of them has a role.
    fn in_role(&self, session: &Session, known: &[Assignment], role: &str) -> Found {
        let is_candidate = |one: &&Assignment| {
            let mut contacts = self.contacts.iter();
            one.role.eq_ignore_ascii_case(role)
                && contacts.any(|contact| contact.eq_ignore_ascii_case(&one.contact))
        };
        let (new, old): (Vec<_>, Vec<_>) = known
            .iter()
            .filter(is_candidate)
            .cloned()
            .partition(|one| session.has_made(&one.id));
        let mut those = if old.is_empty() { new } else { old };
        // A contact may have a role twice, which is as good as once.
        let mut seen: Vec<String> = Vec::new();
        those.retain(|one| {
            let again = seen.contains(&one.contact);
            seen.push(one.contact.clone());
            !again
        });
        match (those.pop(), those.is_empty()) {
            (None, _) => Found::None,
            (Some(one), true) => Found::One(one),
            (Some(last), false) => {
                those.push(last);
                Found::Several(those)
            }
        }
    }
}

/// The assignments if each role has one, or what is missing or unclear in one message.
async fn settled(
    session: &Session,
    scene: &Scene<'_>,
    required: RequiredRoles,
    candidates: &Candidates,
    found: Vec<(&str, Found)>,
) -> Result<Value, Gap> {
    let (mut missing, mut unclear) = (Vec::new(), Vec::new());
    let mut block = Vec::new();
    let mut silent = true;
    for (role, found) in &found {
        let name = name_of_role(scene, role).await;
        match found {
            Found::One(one) => block.push(one.id.clone()),
            Found::None => {
                silent &= session.is_coming(role);
                missing.push((*role, name));
            }
            Found::Several(those) => {
                let first = those.iter().map(|one| one.id.clone()).next();
                block.extend(first);
                let named = those.iter();
                let named = named.map(|one| format!("{} (contact {})", one.id, one.contact));
                let named: Vec<String> = named.collect();
                unclear.push(format!("{name}: {}", named.join(", ")));
            }
        }
    }
    let who = format!(
        "{} {} needs a contact in each of its roles ({}), and role_assignments is left out.",
        required.by,
        scene.text(required.by).map_err(unseen)?,
        required.roles
    );
    if !unclear.is_empty() {
        return Err(Gap::Unclear(several(&who, candidates, &unclear, &block)));
    }
    match missing.is_empty() {
        true => Ok(Value::set(block.into_iter().map(Value::String))),
        false if silent => Err(Gap::Coming(none(&who, candidates, &missing))),
        false => Err(Gap::NotYet(none(&who, candidates, &missing))),
    }
}

fn several(who: &str, candidates: &Candidates, unclear: &[String], block: &[String]) -> Diagnostic {
    let block: Vec<String> = block.iter().map(|id| format!("{id:?}")).collect();
    Diagnostic::error(
        "Which contact is responsible?",
        format!(
            "{who} Of {}, several have one of them:\n\n  {}\n\nSay which, for example:\n\n  \
             role_assignments = [{}]\n\nOr say once which contacts come into question: contacts of \
             the provider, or IX_API_CONTACTS.",
            candidates.which,
            unclear.join("\n  "),
            block.join(", ")
        ),
    )
}

fn none(who: &str, candidates: &Candidates, missing: &[(&str, String)]) -> Diagnostic {
    let names: Vec<&str> = missing.iter().map(|(_, name)| name.as_str()).collect();
    let ids: Vec<String> = missing
        .iter()
        .map(|(role, _)| format!("{role:?}"))
        .collect();
    Diagnostic::warning(
        "Nobody is responsible yet",
        format!(
            "{who} None of {} has this: {}. If a contact gets it in \
             the same apply, name that contact in depends_on here. If not, \
             make one:\n\n  resource \"{PREFIX}_contact\" \"responsible\" {{\n    name \
             = \"…\"\n    email = \"…\"\n    roles = [{}]\n  }}",
            candidates.which,
            names.join(", "),
            ids.join(", ")
        ),
    )
}

/// What could not be looked at.
fn unseen(skipped: Skipped) -> Gap {
    let why = |error: Error| {
        Diagnostic::warning(
            "Who is responsible could not be looked up",
            format!(
                "role_assignments is left out, and those in the roles that are required could not \
                 be found: {error} To not depend on that, set role_assignments."
            ),
        )
    };
    match skipped {
        Skipped::NotSaid | Skipped::Missing => Gap::Later,
        Skipped::Blind(error) => Gap::NotYet(why(error)),
    }
}
