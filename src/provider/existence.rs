//! Whether an object is really no more.
//!
//! A 404 alone may come from a wrong address, a gateway, or credentials of somebody else. Believing it
//! would drop from the state what is still billed, and order again what is still there. So the
//! exchange's list has to be whole and without the object, and the account that ordered it visible.

use std::fmt;

use tokio_util::sync::CancellationToken;

use crate::entities::declaration::Entity;
use crate::ixapi::{Client, Error, State, is_of};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::value::Value;

use super::errors::{Attempt, Subject, explain};

/// The field that says whose an object is.
const OWNER: &str = "managing_account";

/// Why a 404 is not believed.
#[derive(Debug)]
pub enum Doubt {
    /// The list has the object, or does not prove that it has not.
    Listed,
    /// The list cannot be read.
    Unreadable(Error),
    /// The account that ordered the object does not exist for these credentials.
    OtherCustomer(String),
}

/// Looks whether an object that was answered with 404 is really gone.
///
/// # Errors
/// Anything that speaks against it.
pub async fn confirm_gone(
    client: &Client,
    entity: &'static Entity,
    id: &str,
    state: &Value,
    stop: &CancellationToken,
) -> Result<(), Doubt> {
    if !is_absent(client, entity, id, stop).await? {
        return Err(Doubt::Listed);
    }
    if let Some(owner) = state.get(OWNER).as_str() {
        let account = format!("/accounts{}", crate::ixapi::path(&[owner]));
        // Only a clear answer counts: exchanges need not let everybody read accounts.
        match client.get(&account, &[], stop).await {
            Err(error) if error.is_not_found() => {
                return Err(Doubt::OtherCustomer(owner.to_owned()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether the list proves that the object is not there.
async fn is_absent(
    client: &Client,
    entity: &Entity,
    id: &str,
    stop: &CancellationToken,
) -> Result<bool, Doubt> {
    let query = [("id".to_owned(), id.to_owned())];
    // An object may slip from one page to another while a list is read; hardly twice.
    for _ in 0..2 {
        let listing = client
            .list(entity.path, &query, stop)
            .await
            .map_err(Doubt::Unreadable)?;
        let listed = listing.rows.iter().any(|object| {
            let ended = State::of(object).is_some_and(|state| state.has_ended());
            is_of(object, id) && !ended
        });
        let nameless = listing.rows.iter().any(|object| object.get("id").is_none());
        if listed || nameless || !listing.complete || !listing.proper {
            return Ok(false);
        }
        if listing.pages == 1 {
            break;
        }
    }
    Ok(true)
}

impl Doubt {
    /// What a person is told; the object stays in the state.
    pub fn explain(&self, attempt: Attempt, subject: Subject) -> Diagnostics {
        if let Doubt::Unreadable(error) = self {
            return explain(attempt, subject, error);
        }
        Diagnostic::error(
            format!(
                "It is not sure that the {} {} is gone",
                subject.entity.noun,
                subject.id.unwrap_or_default()
            ),
            format!("{}\n\n{self}", subject.named()),
        )
        .into()
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Doubt::Listed => write!(
                out,
                "The exchange does not find it (404), but its list has it, or is not whole. It stays \
                 in the state until the exchange is sure. Try again later."
            ),
            Doubt::Unreadable(error) => write!(
                out,
                "The exchange does not find it (404), and its list cannot be read: {error}"
            ),
            Doubt::OtherCustomer(account) => write!(
                out,
                "The exchange does not find it (404), but neither does it know account {account}, \
                 which manages it. Are api and api_key those that it was ordered with? It stays in \
                 the state. If the account itself has ended, remove the object from the state with \
                 terraform state rm."
            ),
        }
    }
}
