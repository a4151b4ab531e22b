//! What a resource leaves out and the provider finds: the accounts of an order, and the contacts
//! that are responsible.
//!
//! It is found when a plan is made, so that the plan shows it, and counts as configured from there
//! on. What depends on something unknown, or is not there yet, is unknown in the plan, and found
//! before anything is ordered.
//!
//! Where the exchange does not answer, that is an error, in the plan too: Terraform makes the plan
//! anew right before it applies it, nobody tells the provider which of the two it is, and what the
//! first has shown the second must not lose.

use tokio_util::sync::CancellationToken;

use crate::entities::ROLE_ASSIGNMENTS;
use crate::entities::checks::standing;
use crate::entities::declaration::{Field, Mode, OnChange, Resource, Scene, Source};
use crate::ixapi::{Client, Error};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::tfplugin::path::Path;
use crate::tfplugin::plan::Change;
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

use super::errors::not_let_in;
use super::gap::Gap;
use super::own_account::{self, Unclear};
use super::remote::Site;
use super::responsible;
use super::session::Session;

/// One object that is to be ordered, and whom to ask about it.
struct Finder<'a> {
    session: &'a Session,
    client: Option<&'a Client>,
    stop: &'a CancellationToken,
}

/// Fills in what a configuration leaves out. An object that exists keeps what it has, unless the
/// provider's arguments say otherwise: then that is a change like any other.
///
/// # Errors
/// What the user has to say, because it is not clear what is meant, or why the exchange cannot be
/// asked.
pub async fn fill_in(
    resource: &Resource,
    session: &Session,
    call: &Call<'_>,
    prior: &Value,
    config: &mut Value,
) -> Result<(), Diagnostics> {
    if resource.is_found(config) {
        // What the exchange made has what the exchange gave it.
        return Ok(());
    }
    let client = session.client().ok();
    let finder = Finder {
        session,
        client: client.as_ref(),
        stop: &call.stop,
    };
    if !prior.is_null() {
        return finder.overrule(resource, prior, config).await;
    }
    let (mut missing, mut refused) = (Diagnostics::default(), Diagnostics::default());
    let mut unasked = Diagnostics::default();
    for (field, source) in left_out(resource, config) {
        // What is not known yet is said all the same, and not for the provider to find.
        if config.get(field.attribute).is_unknown() {
            continue;
        }
        let value = match finder.find(field, source, config).await {
            Ok(value) => value,
            Err(gap) => {
                match gap {
                    Gap::Later | Gap::Coming(_) => {}
                    // The order comes next, and is told if it is still not there.
                    Gap::NotYet(_) if session.run.applies() => {}
                    Gap::NotYet(note) => once(&mut missing, note),
                    Gap::Unasked(error) => once(&mut unasked, error),
                    Gap::Unclear(error) => once(&mut refused, error),
                    Gap::NotYours(error) if session.run.tells_of_account() => {
                        once(&mut refused, error);
                    }
                    Gap::Shut(error) if session.run.tells_that_nothing_can_be_asked() => {
                        once(&mut refused, error)
                    }
                    Gap::NotYours(_) | Gap::Shut(_) => {}
                }
                Value::Unknown
            }
        };
        config.put(field.attribute, value);
    }
    call.tell(with(missing, Severity::Warning, AGAIN));
    refused.append(with(unasked, Severity::Error, NOTHING));
    match refused.is_empty() {
        true => Ok(()),
        false => Err(refused),
    }
}

/// Finds what was not known when it was planned. Nothing has been ordered yet.
///
/// # Errors
/// What the user has to say, or why the exchange cannot be asked.
pub async fn complete(site: &Site<'_>, planned: &Value) -> Result<Value, Diagnostics> {
    let finder = Finder {
        session: site.session,
        client: Some(&site.client),
        stop: site.stop,
    };
    let mut complete = planned.clone();
    let mut refused = Diagnostics::default();
    for (field, source) in left_out(site.resource, planned) {
        match finder.find(field, source, &complete).await {
            Ok(value) => complete.put(field.attribute, value),
            Err(Gap::Later) => once(&mut refused, unknown_still(field)),
            Err(
                Gap::Coming(note)
                | Gap::NotYet(note)
                | Gap::Unasked(note)
                | Gap::Unclear(note)
                | Gap::NotYours(note)
                | Gap::Shut(note),
            ) => once(&mut refused, note),
        }
    }
    match refused.is_empty() {
        true => Ok(complete),
        false => Err(with(refused, Severity::Error, NOTHING)),
    }
}

/// A configuration with what was found for an object.
pub fn as_configured(resource: &Resource, config: &Value, object: &Value) -> Value {
    let mut config = config.clone();
    for (field, _) in left_out(resource, &config) {
        config.put(field.attribute, object.get(field.attribute).clone());
    }
    config
}

/// Notes the roles in which a planned change puts contacts, so that who needs one of them in the
/// same run knows.
pub fn note_coming(resource: &Resource, session: &Session, planned: &Value) {
    let links = resource.links.iter();
    let links = links.filter(|link| link.of.path == ROLE_ASSIGNMENTS.path);
    let mut roles: Vec<&Value> = links
        .flat_map(|link| planned.get(link.targets.attribute).elements())
        .collect();
    if resource.of.path == ROLE_ASSIGNMENTS.path {
        roles.push(planned.get("role"));
    }
    for role in roles.into_iter().filter_map(Value::as_str) {
        session.run.coming(role);
    }
}

/// The fields that the provider finds and that an object does not have.
fn left_out(resource: &Resource, object: &Value) -> Vec<(&'static Field, Source)> {
    let fields = resource.fields_of(object);
    let fields = fields.filter(|field| !object.get(field.attribute).is_known());
    let found = fields.filter_map(|field| match field.mode {
        Mode::Found(source) => Some((field, source)),
        _ => None,
    });
    found.collect()
}

/// What becomes of what was not found when it was planned.
const AGAIN: &str = "It is looked for once more before anything is ordered.";

/// What became of an order for which something was not found.
const NOTHING: &str = "Nothing was ordered.";

/// The messages with a last word.
fn with(messages: Diagnostics, severity: Severity, word: &str) -> Diagnostics {
    let messages = messages.0.into_iter().map(|message| Diagnostic {
        severity,
        detail: format!("{}\n\n{word}", message.detail),
        ..message
    });
    Diagnostics(messages.collect())
}

/// One message for all the attributes that it is about: it is at the first of them.
fn once(messages: &mut Diagnostics, message: Diagnostic) {
    if messages.0.iter().all(|told| told.detail != message.detail) {
        messages.push(message);
    }
}

impl Finder<'_> {
    async fn find(&self, field: &Field, source: Source, object: &Value) -> Result<Value, Gap> {
        match (source, self.client) {
            (Source::Account, _) => self.account(field).await,
            (Source::Roles(required), Some(client)) => {
                let (session, stop) = (self.session, self.stop);
                let path = Path::attribute(field.attribute);
                let found = responsible::find(session, client, stop, required, object).await;
                found.map_err(|gap| gap.at(path))
            }
            (Source::Roles(_), None) => Err(Gap::Later),
        }
    }

    /// What the provider's arguments say of an object that exists: another account is a change in
    /// place, and never a reason to order anything anew.
    ///
    /// # Errors
    /// That the provider's account is none to order for.
    async fn overrule(
        &self,
        resource: &Resource,
        prior: &Value,
        config: &mut Value,
    ) -> Result<(), Diagnostics> {
        let account = self.session.defaults().account;
        let Some(id) = account.as_str() else {
            return Ok(());
        };
        let fields = left_out(resource, config).into_iter();
        let fields = fields.filter(|(field, source)| {
            let changes = *source == Source::Account && field.on_change == OnChange::InPlace;
            let is_open = config.get(field.attribute).is_null();
            is_open && changes && prior.get(field.attribute).is_known()
        });
        let fields: Vec<&Field> = fields.map(|(field, _)| field).collect();
        let mut known = fields.iter().map(|field| prior.get(field.attribute));
        if known.any(|known| *known != account)
            && let Some(refused) = self.not_yours(id).await
        {
            return match self.session.run.tells_of_account() {
                true => Err(refused.into()),
                false => Ok(()),
            };
        }
        for field in fields {
            config.put(field.attribute, account.clone());
        }
        Ok(())
    }

    /// Why nothing can be ordered for the account of this id, which the provider has as an
    /// argument. What cannot be looked at is no reason.
    async fn not_yours(&self, id: &str) -> Option<Diagnostic> {
        let client = self.client?;
        let change = Change {
            prior: Value::Null,
            config: Value::Null,
            planned: Value::Null,
            replaces: Vec::new(),
            open: Vec::new(),
        };
        let scene = Scene {
            client,
            looks: &self.session.looks,
            stop: self.stop,
            change: &change,
            kind: None,
            planned: &|_, _| None,
        };
        let why = standing(&scene, id).await.ok()?.refused(client.host())?;
        Some(Diagnostic::error(
            "The provider's account is not yours",
            format!(
                "The accounts that are left out here are the provider's, which is {id:?} (account \
                 in the provider block, or IX_API_ACCOUNT), and {why} Correct it there: \
                 it goes for whatever leaves its accounts out."
            ),
        ))
    }

    /// The account that orders.
    async fn account(&self, field: &Field) -> Result<Value, Gap> {
        let told = self.session.defaults().account;
        if let Some(id) = told.as_str() {
            return match self.not_yours(id).await {
                Some(refused) => Err(Gap::NotYours(refused)),
                None => Ok(told),
            };
        }
        let Some(client) = self.client.filter(|_| !told.is_unknown()) else {
            return Err(Gap::Later);
        };
        let looks = &self.session.looks;
        let found = own_account::find(looks, client, self.stop).await;
        let at = Path::attribute(field.attribute);
        match found {
            Ok(account) => Ok(own_account::id(&account).map_or(Value::Null, Value::String)),
            Err(Unclear::Unread(error)) => Err(match not_let_in(&error) {
                Some(shut) => Gap::Shut(shut),
                None => Gap::Unasked(unlearnt(&error).at(at)),
            }),
            Err(Unclear::Candidates(candidates)) => {
                Err(Gap::Unclear(which(client, &candidates).at(at)))
            }
        }
    }
}

fn unlearnt(error: &Error) -> Diagnostic {
    Diagnostic::error(
        "Your account could not be learnt",
        format!(
            "The accounts that are left out here default to your own, and the exchange could not \
             be asked which that is: {error} Plan and apply again when it answers. To not depend \
             on that, set account in the provider block, or IX_API_ACCOUNT."
        ),
    )
}

fn unknown_still(field: &Field) -> Diagnostic {
    let name = field.attribute;
    Diagnostic::error(
        format!("{name} could not be found"),
        format!("{name} is left out, and what it depends on is not known. Set {name}."),
    )
    .at(Path::attribute(name))
}

/// Asks the user which account is meant.
fn which(client: &Client, candidates: &[String]) -> Diagnostic {
    let host = client.host();
    let (known, example) = match candidates.split_first() {
        None => (
            format!("The exchange at {host} shows no account of your own."),
            "…",
        ),
        Some((first, _)) => (
            format!(
                "The exchange at {host} shows {} accounts of your own: {}.",
                candidates.len(),
                candidates.join(", ")
            ),
            first.split(' ').next().unwrap_or_default(),
        ),
    };
    Diagnostic::error(
        "Which account orders?",
        format!(
            "{known} Say once which of them manages, uses and pays what is left open, in the \
             provider block or by IX_API_ACCOUNT:\n\n  provider \"ixapi\" {{\n    account = \
             \"{example}\"\n  }}\n\nOr set managing_account, consuming_account and \
             billing_account here, as far as the resource has them."
        ),
    )
}
