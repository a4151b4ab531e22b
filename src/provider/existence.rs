//! Whether an object is really no more.
//!
//! A 404 alone may come from a wrong address, a gateway, or credentials of somebody else. Believing
//! it would drop from the state what is still billed, and order again what is still there. So the
//! exchange's list has to be whole and without the object, and the account that ordered it visible.

use std::fmt;

use crate::entities::declaration::Arrives;
use crate::entities::{ACCOUNTS, MANAGING, is_of_another_party};
use crate::ixapi::{Error, Json, Objects, State, is_of, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::own_account::Accounts;
use super::remote::Remote;

/// Why a 404 is not believed.
#[derive(Debug)]
pub enum Doubt {
    /// The list has the object, or does not prove that it has not.
    Listed,
    /// The list cannot be read.
    Unreadable(Error),
    /// The account that ordered the object does not exist for these credentials.
    OtherCustomer(String),
    /// It does, but not as one that these credentials speak for.
    OtherParty(String),
}

impl Remote<'_> {
    /// Looks whether an object that was answered with 404 is really gone; `state` is what was known
    /// of it.
    ///
    /// # Errors
    /// Anything that speaks against it.
    pub async fn confirm_gone(&self, state: &Value) -> Result<(), Doubt> {
        if let Arrives::Below { .. } = self.resource.arrives {
            return self.owner_has_none().await;
        }
        let is_listed = !self.is_absent(&self.objects).await?
            || (self.is_elsewhere() && !self.is_absent(&self.home).await?);
        if is_listed {
            return Err(Doubt::Listed);
        }
        if let Some(owner) = state.get(MANAGING).as_str() {
            let accounts = self.client.objects(ACCOUNTS.path);
            // Only a clear answer counts: exchanges need not let everybody read accounts.
            match accounts.find(owner, self.stop).await {
                Err(error) if error.is_not_found() => {
                    return Err(Doubt::OtherCustomer(owner.to_owned()));
                }
                Ok(account) if is_of_another_party(&account) && !self.speaks_for(owner).await => {
                    return Err(Doubt::OtherParty(owner.to_owned()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether these credentials speak for an account, for all that is known.
    async fn speaks_for(&self, account: &str) -> bool {
        let accounts = Accounts::all(self.session, &self.client, self.stop).await;
        accounts.is_ok_and(|accounts| accounts.are_shown_to_have(account))
    }

    /// What is below another object is not listed: that object has to be there, and without it.
    async fn owner_has_none(&self) -> Result<(), Doubt> {
        match self.owner().await {
            Ok(_) => Ok(()),
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(Doubt::Unreadable(error)),
        }
    }

    /// The object that this one is below.
    async fn owner(&self) -> Result<Json, Error> {
        let owners = self.client.objects(self.resource.of.path);
        owners.find(&self.id, self.stop).await
    }

    /// Whether what is not there any more has become of the object that it was below.
    pub async fn is_granted(&self, state: &Value) -> bool {
        let Arrives::Below { granted_in, .. } = self.resource.arrives else {
            return false;
        };
        let Ok(owner) = self.owner().await else {
            return false;
        };
        let fields = self.resource.fields_of(state);
        let mut asked = fields.filter(|field| granted_in.contains(&field.name));
        asked.all(|field| {
            let shown = owner.get(field.name).and_then(lenient::text);
            let wanted = state.get(field.attribute).as_str();
            shown
                .zip(wanted)
                .is_some_and(|(shown, wanted)| field.means(&shown, wanted))
        })
    }

    /// Whether the list proves that the object is not there.
    async fn is_absent(&self, objects: &Objects) -> Result<bool, Doubt> {
        let query = [("id".to_owned(), self.id.clone())];
        // An object may slip from one page to another while a list is read; hardly twice.
        for _ in 0..2 {
            let listing = objects.list(&query, self.stop);
            let listing = match listing.await {
                Ok(listing) => listing,
                Err(error) => {
                    let error = self.client.judge_address(error, self.stop).await;
                    return Err(Doubt::Unreadable(error));
                }
            };
            let listed = listing.rows.iter().any(|object| {
                let ended = State::of(object).is_some_and(|state| state.has_ended());
                is_of(object, &self.id) && !ended
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
}

impl Doubt {
    /// What a person is told; the object stays in the state.
    pub fn explain(&self, attempt: Attempt, remote: &Remote) -> Diagnostics {
        if let Doubt::Unreadable(error) = self {
            return attempt.explain(error);
        }
        Diagnostic::error(
            format!("It is not sure that {} is gone", remote.the_object()),
            format!("{}\n\n{self}", remote.name()),
        )
        .into()
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Doubt::Listed => write!(
                out,
                "The exchange does not find it (404), but its list has it, or is not whole. It \
                 stays in the state until the exchange is sure. Try again later."
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
            Doubt::OtherParty(account) => write!(
                out,
                "The exchange does not find it (404), and shows account {account}, which manages \
                 it, as another party's. Are api and api_key those that it was ordered with? It \
                 stays in the state. If that is an account of yours and the object is gone there, \
                 take it out of the state: terraform state rm."
            ),
        }
    }
}
