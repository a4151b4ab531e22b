//! Accounts that an order names.

use crate::entities::account::{ACCOUNTS, OWN, is_of_another_party};
use crate::entities::declaration::{Scene, Skipped, Verdict, passes};
use crate::ixapi::{State, is_of};

/// What an account is to these credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// One's own, or one that one manages.
    Yours,
    /// One that is not shown.
    Unseen,
    /// One of which no more is shown than to everybody.
    AnotherPartys,
}

/// What the account of this id is to these credentials.
///
/// # Errors
/// Why the exchange could not be asked.
pub async fn standing(scene: &Scene<'_>, id: &str) -> Result<Standing, Skipped> {
    match scene.one(&ACCOUNTS, id).await {
        Err(Skipped::Missing) => Ok(Standing::Unseen),
        Err(skipped) => Err(skipped),
        Ok(account) if !is_of_another_party(&account.0) => Ok(Standing::Yours),
        // One's own is one's own, however little is shown of it.
        Ok(account) => match scene.own(&OWN).await {
            Ok(own) if is_of(&own.0, &account.text("id")?) => Ok(Standing::Yours),
            Ok(_) | Err(Skipped::NotSaid | Skipped::Missing) => Ok(Standing::AnotherPartys),
            Err(blind) => Err(blind),
        },
    }
}

impl Standing {
    /// What the exchange says of an account that cannot be ordered for, and what to do about it.
    pub fn refused(self, host: &str) -> Option<String> {
        match self {
            Standing::Yours => None,
            Standing::Unseen => Some(format!(
                "the exchange at {host} shows no such account to these credentials. \
                 ixapi_accounts lists those that it shows."
            )),
            Standing::AnotherPartys => Some(format!(
                "the exchange at {host} shows no more of it than of any other party's account. \
                 Take your own, or one that you manage: ixapi_accounts with managing_account \
                 lists those."
            )),
        }
    }
}

/// An account that is another party's, or that these credentials do not see, is nobody's to order
/// for.
pub async fn account_is_yours(scene: &Scene<'_>, attribute: &str) -> Verdict {
    let id = scene.text(attribute)?;
    match standing(scene, id).await?.refused(scene.host()) {
        Some(why) => scene.refuse(
            attribute,
            "This is not an account of yours",
            format!("{attribute} is {id:?}, and {why}"),
        ),
        None => passes(),
    }
}

/// Nothing can be billed to an account without billing information.
pub async fn account_is_billable(scene: &Scene<'_>) -> Verdict {
    let account = scene.named(&ACCOUNTS, "billing_account").await?;
    if !account.has_no("billing_information") {
        return passes();
    }
    scene.refuse(
        "billing_account",
        "Nothing can be billed to this account",
        format!(
            "billing_account is {:?}, and the exchange at {} has no billing information of it. \
             Give it some (billing_information of the account), or name another account, such as \
             the one that manages it.",
            scene.text("billing_account")?,
            scene.host()
        ),
    )
}

/// Only accounts in production can use and pay.
pub async fn account_is_in_production(scene: &Scene<'_>, attribute: &str) -> Verdict {
    let account = scene.named(&ACCOUNTS, attribute).await?;
    let state = State::parse(&account.text("state")?);
    match state {
        State::Production | State::ProductionChangePending | State::Other(_) => passes(),
        state => scene.refuse(
            attribute,
            "The account is not in production",
            format!(
                "{attribute} is {:?}, and the exchange at {} says that it is {state}. Only an \
                 account in production can use or pay for something. Its status says what it \
                 waits for: ixapi_account shows it.",
                scene.text(attribute)?,
                scene.host()
            ),
        ),
    }
}
