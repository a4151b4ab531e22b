//! Which account is one's own (dictionary §7.1, and line 19 of its §10).
//!
//! Newer exchanges tell it. At others it is among the accounts that they list: the one that nobody
//! else manages. Exchanges differ in how they say that, and list other parties' accounts too, of
//! which they show little.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::entities::{MANAGING, OWN_ACCOUNT, OWNERS, is_of_another_party, managing};
use crate::ixapi::{Client, Error, Json, Looks, lenient};

use super::session::Session;

/// Why it is not clear which account is one's own.
#[derive(Debug)]
pub enum Unclear {
    /// The exchange does not tell.
    Unread(Error),
    /// There are none or several, each with its name.
    Candidates(Vec<String>),
}

/// One's own account, which is asked for once in a run.
///
/// # Errors
/// That the exchange does not tell, or that there is not exactly one.
pub async fn find(
    looks: &Looks,
    client: &Client,
    stop: &CancellationToken,
) -> Result<Arc<Json>, Unclear> {
    match looks.get(client, OWN_ACCOUNT.path, stop).await {
        Ok(account) if id(&account).is_some() => return Ok(account),
        // What cannot be reached is not reached at another path either.
        Err(error) if error.is_transient() || error.status().is_none() => {
            return Err(Unclear::Unread(error));
        }
        Ok(_) | Err(_) => {}
    }
    let listed = looks.list(client, OWN_ACCOUNT.of.path, &[], stop).await;
    let listed = listed.map_err(Unclear::Unread)?;
    let own = own(lenient::list(&listed));
    match own.as_slice() {
        [one] => Ok(Arc::new((*one).clone())),
        several => Err(Unclear::Candidates(
            several.iter().map(|account| named(account)).collect(),
        )),
    }
}

/// The accounts in a list that are one's own, without those that one of them manages.
fn own(accounts: &[Json]) -> Vec<&Json> {
    let with_id = accounts.iter().filter(|account| id(account).is_some());
    let of_themselves = |account: &&Json| {
        let (id, managing) = (id(account), managing(account));
        managing.is_some_and(|managing| id.is_some_and(|id| id.eq_ignore_ascii_case(&managing)))
    };
    let itself: Vec<&Json> = with_id.clone().filter(of_themselves).collect();
    if !itself.is_empty() {
        return itself;
    }
    let of_nobody =
        with_id.filter(|account| managing(account).is_none() && !is_of_another_party(account));
    of_nobody.collect()
}

/// All accounts that these credentials speak for: their own, those that these manage, directly or
/// not, and the one that the provider is told. Ids are the same in either case.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// One's own, in lower case.
    own: BTreeSet<String>,
    /// All of them, in lower case.
    all: BTreeSet<String>,
    /// The one that the provider is told, in lower case.
    told: Option<String>,
}

impl Accounts {
    /// All of them, which are asked for once in a run.
    ///
    /// # Errors
    /// Why the accounts cannot be listed.
    pub async fn all(
        session: &Session,
        client: &Client,
        stop: &CancellationToken,
    ) -> Result<Accounts, Error> {
        let looks = &session.looks;
        let listed = looks.list(client, OWN_ACCOUNT.of.path, &[], stop).await?;
        let own = find(looks, client, stop).await.ok();
        let own = own.and_then(|account| id(&account));
        let mut accounts = Accounts::among(lenient::list(&listed), own);
        let told = session.defaults().account;
        accounts.told = told.as_str().map(str::to_ascii_lowercase);
        Ok(accounts)
    }

    /// Those among these accounts. One of one's own may be known from elsewhere.
    fn among(accounts: &[Json], known: Option<String>) -> Accounts {
        let lower = |id: String| id.to_ascii_lowercase();
        let own = own(accounts).into_iter().filter_map(id).chain(known);
        let own: BTreeSet<String> = own.map(lower).collect();
        let mut all = own.clone();
        loop {
            let managed = accounts.iter().filter(|account| {
                let by = managing(account).map(lower);
                by.is_some_and(|by| all.contains(&by))
            });
            let more: Vec<String> = managed.filter_map(id).map(lower).collect();
            let before = all.len();
            all.extend(more);
            if all.len() == before {
                let told = None;
                return Accounts { own, all, told };
            }
        }
    }

    /// Whether the account of this id is one of them.
    pub fn have(&self, id: &str) -> bool {
        let id = id.to_ascii_lowercase();
        self.all.contains(&id) || self.told.as_ref() == Some(&id)
    }

    /// The same by what the exchange shows: what the provider is told counts only where the
    /// exchange does not show whose the credentials are. They may be the wrong ones.
    pub fn are_shown_to_have(&self, id: &str) -> bool {
        match self.own.is_empty() {
            true => self.have(id),
            false => self.all.contains(&id.to_ascii_lowercase()),
        }
    }

    /// Whether this account is one's own, and not one that is managed.
    pub fn is_own(&self, account: &Json) -> bool {
        id(account).is_some_and(|id| self.own.contains(&id.to_ascii_lowercase()))
    }

    /// Whether an object names one of them in this field.
    pub fn are_named(&self, object: &Json, field: &str) -> bool {
        let named = object.get(field).and_then(lenient::text);
        named.is_some_and(|named| self.have(&named))
    }

    /// Whether one of them manages an object. What says nothing of that is nobody else's; what
    /// hides it is another party's.
    pub fn manage(&self, object: &Json) -> bool {
        !is_hidden(object) && (object.get(MANAGING).is_none() || self.are_named(object, MANAGING))
    }

    /// Whether it is left open who manages an object. What a list leaves out, the object itself may
    /// say.
    pub fn is_left_open(object: &Json) -> bool {
        object.get(MANAGING).is_none_or(Json::is_null)
    }

    /// Their ids, as exchanges mostly write them.
    pub fn ids(&self) -> Vec<String> {
        self.all.iter().map(|id| id.to_ascii_uppercase()).collect()
    }
}

/// Whether an object hides whose it is: it says so, or is shown to all without what is private.
pub fn is_hidden(object: &Json) -> bool {
    let names = |field: &&str| object.get(*field).and_then(lenient::text).is_some();
    let is_public = object.get("public").and_then(Json::as_bool) == Some(true);
    object.get(MANAGING).is_some_and(Json::is_null) || (is_public && !OWNERS.iter().any(names))
}

/// The id of an account that has one.
pub fn id(account: &Json) -> Option<String> {
    let id = account.get("id").and_then(lenient::text);
    id.filter(|id| !id.is_empty())
}

/// `A0087999 (Example B.V.)`
fn named(account: &Json) -> String {
    let id = id(account).unwrap_or_default();
    match account.get("name").and_then(lenient::text) {
        Some(name) => format!("{id} ({name})"),
        None => id,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn ids(accounts: Json) -> Vec<String> {
        let accounts = accounts.as_array().unwrap().clone();
        own(&accounts).into_iter().filter_map(id).collect()
    }

    #[test]
    fn ones_own_account_manages_itself_or_is_managed_by_nobody() {
        let address = json!({ "country": "NL" });
        let stranger = json!({ "id": "S", "name": "Stranger", "discoverable": true });
        let sold = json!({ "id": "A2", "managing_account": "A1", "address": address });
        let itself = json!({ "id": "A1", "managing_account": "a1", "address": address });
        assert_eq!(ids(json!([stranger, sold, itself])), ["A1"]);
        let nobody = json!({ "id": "A1", "managing_account": null, "address": address });
        assert_eq!(ids(json!([stranger, sold, nobody])), ["A1"]);
        let bare = json!({ "id": "A1", "discoverable": false });
        assert_eq!(ids(json!([stranger, sold, bare])), ["A1"]);
    }

    #[test]
    fn ours_is_what_one_of_ones_own_manages_directly_or_not() {
        let account = |id: &str, by: &str| json!({ "id": id, "managing_account": by });
        let accounts = [
            account("A3", "a2"),
            account("A2", "A1"),
            account("B2", "B1"),
        ];
        let accounts = Accounts::among(&accounts, Some("A1".to_owned()));
        assert_eq!(accounts.ids(), ["A1", "A2", "A3"]);
        assert!(accounts.have("a3") && !accounts.have("B2"));
        assert!(accounts.is_own(&json!({ "id": "A1" })));
        assert!(!accounts.is_own(&json!({ "id": "A2" })));
    }

    #[test]
    fn what_hides_who_manages_it_is_another_partys() {
        let ours = Accounts::among(&[], Some("A1".to_owned()));
        let by = |id: Json| json!({ "managing_account": id });
        assert!(ours.manage(&by("a1".into())) && ours.manage(&json!({})));
        assert!(!ours.manage(&by("B1".into())) && !ours.manage(&by(Json::Null)));
        assert!(Accounts::is_left_open(&by(Json::Null)) && Accounts::is_left_open(&json!({})));
        assert!(!Accounts::is_left_open(&by("B1".into())));
        let public = json!({ "public": true });
        let own = json!({ "public": true, "consuming_account": "A1" });
        assert!(!ours.manage(&public) && ours.manage(&own));
        assert!(ours.manage(&json!({ "public": false })));
    }

    #[test]
    fn strangers_and_several_of_ones_own_are_no_choice() {
        let stranger = json!({ "id": "S", "name": "Stranger", "discoverable": true });
        assert!(ids(json!([stranger, {}, { "id": "" }])).is_empty());
        let itself = |id: &str| json!({ "id": id, "managing_account": id });
        assert_eq!(ids(json!([itself("A"), itself("B")])), ["A", "B"]);
    }
}
