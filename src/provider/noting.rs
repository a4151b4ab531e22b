//! What is said where orders cannot be noted: nothing is ordered then, and nothing cancelled for an
//! order in its place.

use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};

use super::configuration::WHERE_ORDERS_ARE_NOTED;
use super::journal::Unusable;
use super::messages;
use super::remote::{Remote, Site};

/// A journal that cannot be read or written.
pub fn unusable(site: &Site<'_>, error: &Unusable) -> Diagnostic {
    Diagnostic::error(
        "Orders cannot be noted",
        format!("{} Nothing was ordered.", why_unusable(site, error)),
    )
}

/// What the first order that a run plans tells if no order can be noted.
pub fn foresee(site: &Site<'_>) -> Diagnostics {
    let journal = site.session.journal();
    let journal = journal.filter(|_| site.session.run.is_to_try_the_journal());
    let Some(Err(error)) = journal.map(|journal| journal.takes_notes()) else {
        return Diagnostics::default();
    };
    Diagnostic::warning(
        "Orders cannot be noted",
        format!(
            "{} Until then nothing is ordered, nor cancelled for something in its place.",
            why_unusable(site, &error)
        ),
    )
    .into()
}

/// Sees to it that the order in the place of this object can be noted before it is cancelled.
///
/// # Errors
/// That it cannot. Nothing was sent.
pub fn can_be_replaced(remote: &Remote<'_>) -> Result<(), Diagnostic> {
    let journal = remote.session.journal();
    let Some(Err(error)) = journal.map(|journal| journal.takes_notes()) else {
        return Ok(());
    };
    let the_object = remote.the_object();
    Err(Diagnostic::error(
        format!(
            "{} is not cancelled, since the order in its place cannot be noted",
            messages::sentence(&the_object)
        ),
        format!("{} Nothing was sent.", why_unusable(remote, &error)),
    ))
}

fn why_unusable(site: &Site<'_>, error: &Unusable) -> String {
    let next = match error {
        Unusable::Busy(_) => "Wait until it has ended, then apply again.".to_owned(),
        Unusable::Foreign { .. } => format!(
            "Look at the exchange whether there is a {} that the state does not have, and import \
             it; then remove that file.",
            site.resource.noun
        ),
        Unusable::System { .. } => format!(
            "Make that place readable and writable, or choose another one with \
             {WHERE_ORDERS_ARE_NOTED} of the provider; \"off\" does without."
        ),
    };
    format!(
        "{error}. Orders are noted before they are sent, so that a run that is killed loses none. \
         {next}"
    )
}
