//! Whether an object is really no more.
//!
//! A 404 alone may come from a wrong address or from a gateway. Believing it would drop from the state
//! what is still billed, and order again what is still there: so the exchange's list has to agree.

use tokio_util::sync::CancellationToken;

use crate::entities::declaration::Entity;
use crate::ixapi::{Client, Error, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};

use super::errors::{Attempt, Subject, explain};

/// Looks whether an object that was answered with 404 is really gone.
///
/// # Errors
/// The list cannot be read, is not complete, or still has the object.
pub async fn confirm_gone(
    client: &Client,
    entity: &'static Entity,
    id: &str,
    attempt: Attempt,
    stop: &CancellationToken,
) -> Result<(), Diagnostics> {
    match is_listed(client, entity, id, stop).await {
        Ok(Listed::No) => Ok(()),
        Ok(Listed::Yes | Listed::Perhaps) => Err(contradiction(entity, id).into()),
        Err(error) => {
            let subject = Subject {
                entity,
                id: Some(id),
            };
            Err(explain(attempt, subject, &error))
        }
    }
}

/// What a list says about an object.
enum Listed {
    Yes,
    No,
    /// The list breaks off.
    Perhaps,
}

async fn is_listed(
    client: &Client,
    entity: &Entity,
    id: &str,
    stop: &CancellationToken,
) -> Result<Listed, Error> {
    let query = [("id".to_owned(), id.to_owned())];
    let listing = client.listing(entity.path, &query, stop).await?;
    let found = listing
        .rows
        .iter()
        .any(|object| object.get("id").and_then(lenient::text).as_deref() == Some(id));
    Ok(match (found, listing.complete) {
        (true, _) => Listed::Yes,
        (false, true) => Listed::No,
        (false, false) => Listed::Perhaps,
    })
}

fn contradiction(entity: &Entity, id: &str) -> Diagnostic {
    Diagnostic::error(
        format!(
            "The exchange contradicts itself about the {} {id}",
            entity.noun
        ),
        format!(
            "It answers 404 for {id}, but its list of {} has it, or breaks off. The object stays in \
             the state until the exchange is sure. Try again later.",
            entity.plural.replace('_', " ")
        ),
    )
}
