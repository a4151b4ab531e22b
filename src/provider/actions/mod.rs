//! What the exchange is told once, or is waited for, and leaves no state behind: waiting for an
//! object, cancelling it on a day, and the answers to what others ask for.

mod answer;
mod cancel;
mod wait;

use std::sync::Arc;

use crate::entities::declaration::Resource;
use crate::entities::{self, CONSUMING, OWN_ACCOUNT};
use crate::ixapi::Json;
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::schema::{Attribute, Kind, Mode, Object, Schema};
use crate::tfplugin::streams::Parts;
use crate::tfplugin::traits::{Action, Call};
use crate::tfplugin::types::Type;
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::messages::sentence;
use super::named;
use super::own_account::Accounts;
use super::remote::{Remote, Site};
use super::schemas::listed;
use super::session::Session;
use super::timeouts::Operation;

/// The argument that names the type of an object.
const TYPE: &str = "type";
/// The argument that holds its id.
const ID: &str = "id";

/// All actions, by name without the provider's prefix.
pub fn all(session: &Arc<Session>) -> [(&'static str, Box<dyn Action>); 5] {
    let shared = || Arc::clone(session);
    [
        ("wait", Box::new(wait::Waiting(shared()))),
        ("cancel", Box::new(cancel::Cancelling(shared()))),
        (
            "decline_circuit",
            Box::new(answer::DecliningCircuit(shared())),
        ),
        ("accept_change", Box::new(answer::AcceptingChange(shared()))),
        (
            "decline_change",
            Box::new(answer::DecliningChange(shared())),
        ),
    ]
}

/// The resources whose objects an action is for.
type Fits = fn(&Resource) -> bool;

/// The arguments that say which object is meant.
fn which_object(fits: Fits) -> [Attribute; 2] {
    let names: Vec<String> = fitting(fits).map(|it| named(it.name)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    [
        text(
            TYPE,
            Mode::Required,
            format!("Type of the object: {}.", listed(&names)),
        ),
        text(
            ID,
            Mode::Required,
            "Id that the exchange gave it.".to_owned(),
        ),
    ]
}

fn fitting(fits: Fits) -> impl Iterator<Item = &'static Resource> {
    let resources = entities::RESOURCES.iter().copied();
    resources.filter(move |resource| fits(resource))
}

fn text(name: &str, mode: Mode, description: String) -> Attribute {
    Attribute::new(name, Kind::Value(Type::String), mode, description)
}

fn schema(description: &str, attributes: Vec<Attribute>) -> Schema {
    Schema {
        version: 0,
        description: description.to_owned(),
        object: Object::new(attributes),
    }
}

/// What is wrong with the arguments that say which object is meant.
fn check_object(fits: Fits, config: &Value) -> Diagnostics {
    let mut wrong = empty(config, ID);
    if let Some(text) = config.get(TYPE).as_str()
        && resource_of(fits, config).is_none()
    {
        let names: Vec<String> = fitting(fits).map(|it| named(it.name)).collect();
        let detail = format!("{TYPE} is {text:?}. Use one of {}.", names.join(", "));
        let error = Diagnostic::error("No such type here", detail);
        wrong.push(error.at(Path::attribute(TYPE)));
    }
    wrong
}

/// That an argument says nothing, if so.
fn empty(config: &Value, argument: &str) -> Diagnostics {
    match config.get(argument).as_str() {
        Some(text) if text.trim().is_empty() => {
            let detail = format!("{argument} is empty: give the id that the exchange gave.");
            let error = Diagnostic::error("An id is missing", detail);
            error.at(Path::attribute(argument)).into()
        }
        _ => Diagnostics::default(),
    }
}

fn resource_of(fits: Fits, config: &Value) -> Option<&'static Resource> {
    let name = config.get(TYPE).as_str()?;
    fitting(fits).find(|resource| named(resource.name) == name)
}

/// The object of this id.
fn remote<'a>(
    session: &'a Session,
    resource: &'static Resource,
    id: &str,
    call: &'a Call<'_>,
) -> Result<Remote<'a>, Diagnostics> {
    let client = session.client()?;
    let site = Site::new(resource, session, client, &call.stop, &Value::Null);
    Ok(site.object(id.trim()))
}

/// The object as it is, of the kind that it is said to be.
async fn looked_at(remote: &Remote<'_>) -> Result<Json, Diagnostics> {
    let attempt = Attempt::On(Operation::Read, remote);
    let object = match remote.look().await {
        Ok(object) => object,
        Err(error) => {
            let error = remote.client.judge_address(error, remote.stop).await;
            return Err(attempt.explain(&error));
        }
    };
    remote.check_kind(&object)?;
    Ok(object)
}

/// Tells a person how far it is. Where nobody listens any more, that changes nothing.
async fn tell(progress: &Parts<String>, text: String) {
    let _ = progress.send(text).await;
}

fn not_known(argument: &str) -> Diagnostics {
    let detail = format!("The action needs {argument}, and it is not known yet.");
    Diagnostic::error("Nothing was done", detail)
        .at(Path::attribute(argument))
        .into()
}

/// Whether there is nothing to look at yet.
fn is_open(session: &Session, config: &Value) -> bool {
    !config.is_wholly_known() || session.client().is_err()
}

/// The accounts that may say what happens to what is theirs.
async fn accounts(remote: &Remote<'_>) -> Result<Accounts, Diagnostics> {
    let accounts = Accounts::all(remote.session, &remote.client, remote.stop).await;
    accounts.map_err(|error| Attempt::List(OWN_ACCOUNT.of).explain(&error))
}

/// Whether one of one's own accounts has ordered or uses an object.
async fn is_own(remote: &Remote<'_>, object: &Json) -> Result<bool, Diagnostics> {
    let accounts = accounts(remote).await?;
    Ok(accounts.manage(object) || accounts.are_named(object, CONSUMING))
}

/// An action that would be about something of another party's.
fn not_own(remote: &Remote<'_>, argument: &str) -> Diagnostics {
    let detail = format!(
        "At {}, none of your accounts manages or uses it. Nothing was sent.",
        remote.host()
    );
    let summary = format!("{} is not yours", sentence(&remote.the_object()));
    Diagnostic::error(summary, detail)
        .at(Path::attribute(argument))
        .into()
}

/// A text argument.
fn argument<'a>(config: &'a Value, name: &str) -> Result<&'a str, Diagnostics> {
    config.get(name).as_str().ok_or_else(|| not_known(name))
}
