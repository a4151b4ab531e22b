//! Who is responsible for what leaves that open: for each role that is required, the one contact
//! that has it.
//!
//! Contacts that the same run makes are second choice: what a plan has shown, the apply must find
//! again.

use tokio_util::sync::CancellationToken;

use crate::entities::checks::{
    Assignment, FIELDS, assignments, fields_of_role, name_of_role, required_roles,
};
use crate::entities::declaration::{RequiredRoles, Scene, Seen, Skipped};
use crate::entities::{CONTACTS, MANAGING, ROLE_ASSIGNMENTS};
use crate::ixapi::{Client, Error};
use crate::tfplugin::diagnostics::Diagnostic;
use crate::tfplugin::plan::Change;
use crate::tfplugin::value::Value;

use super::PREFIX;
use super::errors::not_let_in;
use super::gap::Gap;
use super::session::Session;

/// The contacts that come into question.
struct Candidates {
    contacts: Vec<String>,
    /// What is known of them; nothing if the provider is told who they are.
    listed: Option<Vec<Seen>>,
    /// How they are told from others.
    which: String,
}

/// A role that nobody has.
struct Missing<'a> {
    id: &'a str,
    name: String,
    /// What it requires of a contact.
    fields: Vec<String>,
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
        open: Vec::new(),
    };
    let scene = Scene {
        client,
        looks: &session.looks,
        stop,
        change: &change,
        kind: None,
        planned: &|_, _| None,
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
            listed: None,
            which,
        });
    }
    let account = scene.text(MANAGING).map_err(unseen)?;
    let query = [(MANAGING, account)];
    let all = scene.all(CONTACTS.path, &query).await.map_err(unseen)?;
    // An exchange that does not know the filter lists everybody's.
    let own = all.into_iter().filter(|contact| {
        let managing = contact.text(MANAGING);
        managing.map_or(true, |managing| managing.eq_ignore_ascii_case(account))
    });
    let own: Vec<Seen> = own.collect();
    let ids = own.iter().filter_map(|contact| contact.text("id").ok());
    Ok(Candidates {
        contacts: ids.collect(),
        listed: Some(own),
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
            .partition(|one| session.run.has_made(&ROLE_ASSIGNMENTS, &one.id));
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

    /// What the exchange shows of them, if it does.
    async fn shown(&self, scene: &Scene<'_>) -> Option<Vec<Seen>> {
        if self.listed.is_some() {
            return self.listed.clone();
        }
        let ids = self.contacts.join(",");
        scene.all(CONTACTS.path, &[("id", &ids)]).await.ok()
    }

    /// Those that the exchange does not show although it shows others: there are no such contacts.
    fn strangers(&self, shown: Option<&[Seen]>) -> Vec<&str> {
        let Some(shown) = shown else {
            return Vec::new();
        };
        let contacts = self.contacts.iter().map(String::as_str);
        contacts.filter(|id| of_id(shown, id).is_none()).collect()
    }
}

fn of_id<'a>(shown: &'a [Seen], id: &str) -> Option<&'a Seen> {
    let is_it = |known: String| known.eq_ignore_ascii_case(id);
    shown.iter().find(|one| one.text("id").is_ok_and(is_it))
}

/// `contact C1, Panda Lion, panda@example.net`; the id alone where no more is shown.
fn person(shown: Option<&[Seen]>, id: &str) -> String {
    let contact = of_id(shown.unwrap_or_default(), id);
    let texts = ["name", "email"].map(|name| contact.and_then(|one| one.text(name).ok()));
    let texts: Vec<String> = texts.into_iter().flatten().collect();
    [&[format!("contact {id}")], texts.as_slice()]
        .concat()
        .join(", ")
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
    let shown = match found
        .iter()
        .all(|(_, found)| matches!(found, Found::One(_)))
    {
        true => None,
        false => candidates.shown(scene).await,
    };
    let shown = shown.as_deref();
    for (role, found) in &found {
        let name = name_of_role(scene, role).await;
        match found {
            Found::One(one) => block.push(one.id.clone()),
            Found::None => {
                silent &= session.run.is_coming(role);
                missing.push(Missing {
                    id: role,
                    name,
                    fields: fields_of_role(scene, role).await,
                });
            }
            Found::Several(those) => {
                let first = those.iter().map(|one| one.id.clone()).next();
                block.extend(first);
                let named = those.iter().map(|one| {
                    let person = person(shown, &one.contact);
                    format!("\n    {:?} ({person})", one.id)
                });
                unclear.push(format!("{name}:{}", named.collect::<String>()));
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
    let strangers = candidates.strangers(shown);
    if !missing.is_empty() && !strangers.is_empty() {
        return Err(Gap::Unclear(no_such(&who, scene, &strangers)));
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

fn no_such(who: &str, scene: &Scene<'_>, strangers: &[&str]) -> Diagnostic {
    let strangers: Vec<String> = strangers.iter().map(|id| format!("{id:?}")).collect();
    let are = match strangers.len() {
        1 => "is no contact",
        _ => "are no contacts",
    };
    Diagnostic::error(
        "The provider's contacts are not all there",
        format!(
            "{who} It is looked for among contacts of the provider (IX_API_CONTACTS), but {} {are} \
             of yours: the exchange at {} does not show them. Take the ids of contacts that there \
             are; {PREFIX}_contacts lists them.",
            strangers.join(", "),
            scene.host()
        ),
    )
}

fn none(who: &str, candidates: &Candidates, missing: &[Missing<'_>]) -> Diagnostic {
    let names: Vec<&str> = missing.iter().map(|role| role.name.as_str()).collect();
    let otherwise = match candidates.listed {
        Some(_) => "make one",
        None => "make one, and add it to contacts of the provider, or IX_API_CONTACTS",
    };
    Diagnostic::warning(
        "Nobody is responsible yet",
        format!(
            "{who} None of {} has this: {}. If a contact gets it in the same apply, name that \
             contact in depends_on here. If not, {otherwise}:\n\n{}",
            candidates.which,
            names.join(", "),
            block(missing)
        ),
    )
}

/// A contact in these roles, with all that they require of it, as `terraform fmt` would write it.
fn block(roles: &[Missing<'_>]) -> String {
    let required = |field: &str| {
        let mut fields = roles.iter().flat_map(|role| &role.fields);
        fields.any(|required| required == field)
    };
    // A contact without a name or an address is of no use to anybody.
    let written = |field: &&str| *field != "telephone" || required(field);
    let written: Vec<&str> = FIELDS.into_iter().filter(written).collect();
    let ids: Vec<String> = roles.iter().map(|role| format!("{:?}", role.id)).collect();
    let lines = written.iter().map(|field| (*field, "\"…\"".to_owned()));
    let roles = ("roles", format!("[{}]", ids.join(", ")));
    let lines: Vec<(&str, String)> = lines.chain([roles]).collect();
    let width = lines.iter().map(|(name, _)| name.len()).max();
    let width = width.unwrap_or_default();
    let lines = lines
        .iter()
        .map(|(name, value)| format!("    {name:width$} = {value}\n"));
    let lines: String = lines.collect();
    format!("  resource \"{PREFIX}_contact\" \"responsible\" {{\n{lines}  }}")
}

/// What could not be looked at.
fn unseen(skipped: Skipped) -> Gap {
    let why = |error: Error| {
        Diagnostic::error(
            "Who is responsible could not be looked up",
            format!(
                "role_assignments is left out, and the exchange could not be asked for those in \
                 the roles that are required: {error} Plan and apply again when it answers. To \
                 not depend on that, set role_assignments."
            ),
        )
    };
    match skipped {
        Skipped::NotSaid | Skipped::Missing => Gap::Later,
        Skipped::Blind(error) => match not_let_in(&error) {
            Some(shut) => Gap::Shut(shut),
            None => Gap::Unasked(why(error)),
        },
    }
}
