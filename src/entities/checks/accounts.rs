//! Accounts that an order names.

use crate::entities::account::ACCOUNTS;
use crate::entities::declaration::{Scene, Skipped, Verdict, passes};
use crate::ixapi::State;

/// An account that these credentials do not see is nobody's to order for.
pub async fn account_is_yours(scene: &Scene<'_>, attribute: &str) -> Verdict {
    match scene.named(&ACCOUNTS, attribute).await {
        Err(Skipped::Missing) => scene.refuse(
            attribute,
            "This is not an account of yours",
            format!(
                "{attribute} is {:?}, and the exchange at {} shows no such account to these \
                 credentials. ixapi_accounts lists those that it shows.",
                scene.text(attribute)?,
                scene.host()
            ),
        ),
        Err(skipped) => Err(skipped),
        Ok(_) => passes(),
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
