//! The objects of a resource that exist, found one by one: for `terraform query`.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream;
use tokio::sync::Mutex;

use crate::entities::OWN_ACCOUNT;
use crate::entities::declaration::{Filter, Resource, Which};
use crate::ixapi::{AsFound, Error, Json, id_of};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::schema::Schema;
use crate::tfplugin::streams::Parts;
use crate::tfplugin::traits::{Call, Found, ListResource};
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::import::{Around, Rows};
use super::own_account::Accounts;
use super::remote::Site;
use super::session::Session;
use super::{PREFIX, answers, data_source, import, links, naming, reference, schemas, validate};

/// How many objects are looked at side by side, as Terraform does when it refreshes.
const SIDE_BY_SIDE: usize = 10;

/// A list of the live objects of a resource.
pub struct Listed {
    resource: &'static Resource,
    session: Arc<Session>,
}

/// What was found, on its way to Terraform. The last one is held back until it is known whether
/// there are more: Terraform takes no word after the one that fills its limit.
struct Counted<'a> {
    resource: &'static Resource,
    parts: &'a Parts<Found>,
    limit: Option<usize>,
    sent: usize,
    last: Option<Found>,
}

/// What is at the exchange around the listed objects, each read once for all of them.
struct Surroundings<'a> {
    site: &'a Site<'a>,
    /// All that these credentials speak for, if the exchange tells.
    accounts: Option<Accounts>,
    as_found: AsFound<'a>,
    read: Mutex<HashMap<String, Result<Arc<Rows>, Error>>>,
}

impl<'a> Surroundings<'a> {
    async fn of(site: &'a Site<'a>) -> Surroundings<'a> {
        let accounts = Accounts::all(site.session, &site.client, site.stop).await;
        Surroundings {
            site,
            accounts: accounts.ok(),
            as_found: site.home.as_found(),
            read: Mutex::default(),
        }
    }

    /// All objects of the collection at this path.
    async fn rows(&self, collection: &str) -> Result<Arc<Rows>, Error> {
        let mut read = self.read.lock().await;
        if let Some(rows) = read.get(collection) {
            return rows.clone();
        }
        let objects = self.site.client.objects(collection);
        let rows = objects.list_whole(&[], self.site.stop).await;
        let rows = rows.map(|rows| Arc::new(Rows::new(rows)));
        read.insert(collection.to_owned(), rows.clone());
        rows
    }

    /// Whether an object is one's own. Where nobody tells, each is: a search that hides something
    /// is worse than one that finds too much.
    fn is_ours(&self, object: &Json) -> bool {
        match &self.accounts {
            Some(accounts) if self.are_accounts() => {
                accounts.have(&id_of(object).unwrap_or_default())
            }
            Some(accounts) => accounts.manage(object),
            None => true,
        }
    }

    /// Whether the object of a row may be one's own although the row does not say so.
    fn may_be_ours(&self, row: &Json) -> bool {
        !self.are_accounts() && Accounts::is_left_open(row)
    }

    fn are_accounts(&self) -> bool {
        self.site.resource.of.path == OWN_ACCOUNT.of.path
    }

    /// A row as what is found. Nothing comes of one without an id, which nobody can import, or of
    /// what turns out to be another party's.
    async fn found(&self, row: Json, include_object: bool) -> Option<Found> {
        let (site, id) = (self.site, id_of(&row)?);
        let mut found = Found {
            identity: Value::object([("id", Value::text(&id))]),
            name: naming::title(&row, &id),
            ..Found::default()
        };
        // What is another party's by its row has been left out before.
        let is_open = !self.is_ours(&row);
        if !is_open && !include_object {
            return Some(found);
        }
        let state = match self.as_found.object(&row, site.stop).await {
            Ok(object) if is_open && !self.is_ours(&object) => return None,
            Err(error) if is_open && matches!(error.status(), Some(403 | 404)) => return None,
            Ok(object) if include_object => self.first_state(&id, &object).await.map(Some),
            Ok(_) => Ok(None),
            Err(error) => Err(error),
        };
        found.object = state.unwrap_or_else(|error| {
            let told = seen_in_the_list_only(site, &id, &error);
            found.messages.push(told);
            include_object.then(|| answers::first_seen(site.resource, &row))
        });
        Some(found)
    }

    /// The state in which an import would bring an object.
    async fn first_state(&self, id: &str, object: &Json) -> Result<Value, Error> {
        let resource = self.site.resource;
        let mut state = answers::first_seen(resource, object);
        for link in resource.links {
            let all = self.rows(link.of.path).await?;
            links::put(link, id, &all.all, &mut state);
        }
        import::fill_from_elsewhere(resource, self, id, object, &mut state).await;
        Ok(state)
    }
}

#[async_trait]
impl Around for Surroundings<'_> {
    async fn all(&self, collection: &str) -> Option<Arc<Rows>> {
        self.rows(collection).await.ok()
    }
}

impl Listed {
    /// The list of a resource.
    pub fn new(resource: &'static Resource, session: Arc<Session>) -> Listed {
        Listed { resource, session }
    }

    fn filters(&self) -> Vec<Filter> {
        schemas::listing_filters(self.resource).copied().collect()
    }

    /// What is asked for, and of which kind.
    fn query(&self, filters: &[Filter], config: &Value) -> Vec<(String, String)> {
        let mut query = data_source::query(filters, config);
        let told_apart_by = self.resource.of.shape.told_apart_by;
        let mut known = self.resource.of.all_filters();
        if let Which::Only(only) = self.resource.which
            && known.any(|filter| filter.parameter == told_apart_by)
        {
            query.push((told_apart_by.to_owned(), only.to_owned()));
        }
        query
    }
}

#[async_trait]
impl ListResource for Listed {
    fn schema(&self) -> Schema {
        schemas::list(self.resource)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        validate::filters(self.resource.of, config)
    }

    async fn list(
        &self,
        call: &Call<'_>,
        config: &Value,
        limit: Option<usize>,
        include_object: bool,
        found: &Parts<Found>,
    ) -> Result<(), Diagnostics> {
        let (filters, client) = (self.filters(), self.session.client()?);
        let (resource, session) = (self.resource, &*self.session);
        let site = Site::new(resource, session, client, &call.stop, &Value::Null);
        let mut counted = Counted {
            resource,
            parts: found,
            limit,
            sent: 0,
            last: None,
        };
        if filters
            .iter()
            .any(|f| data_source::asks_for_none(f, config))
        {
            return Ok(());
        }
        let query = self.query(&filters, config);
        let around = Surroundings::of(&site).await;
        let mut reading = site.home.reading(&query);
        loop {
            let rows = match reading.next(site.stop).await {
                Ok(Some(rows)) => rows,
                Ok(None) => break,
                Err(error) => {
                    let error = site.client.judge_address(error, site.stop).await;
                    return Err(Attempt::List(resource.of).explain(&error));
                }
            };
            let is_wanted = |row: &Json| {
                let passes = |filter| data_source::keeps(filter, config, row);
                filters.iter().all(passes)
                    && reference::is_of_the_kind(&site, row)
                    && reference::is_live(row)
                    && (around.is_ours(row) || around.may_be_ours(row))
            };
            let rows = rows.into_iter().filter(is_wanted);
            let looks = rows.map(|row| around.found(row, include_object));
            let mut looks = stream::iter(looks).buffered(SIDE_BY_SIDE);
            while let Some(one) = looks.next().await {
                if let Some(one) = one
                    && !counted.add(one).await
                {
                    return Ok(());
                }
            }
        }
        if !reading.is_proper() {
            return Err(no_list(resource, site.client.host()).into());
        }
        if !reading.is_whole() {
            return Err(data_source::cut_short(resource.of, &site.client).into());
        }
        counted.end().await;
        Ok(())
    }
}

impl Counted<'_> {
    /// Hands on what was found before. False if there is no use in going on.
    async fn add(&mut self, found: Found) -> bool {
        let Some(mut before) = self.last.replace(found) else {
            return true;
        };
        let is_last = self.limit.is_some_and(|limit| self.sent + 1 >= limit);
        if is_last {
            before
                .messages
                .push(there_are_more(self.resource, self.sent + 1));
        }
        self.sent += 1;
        self.parts.send(before).await.is_ok() && !is_last
    }

    async fn end(&mut self) {
        if let Some(last) = self.last.take() {
            // Nobody may be listening any more.
            let _ = self.parts.send(last).await;
        }
    }
}

/// An answer with success that is no list proves nothing.
fn no_list(resource: &Resource, host: &str) -> Diagnostic {
    let many = resource.of.plural.replace('_', " ");
    Diagnostic::error(
        format!("The exchange gave no list of {many}"),
        format!(
            "{host} answered with success, and with something else than a list. Whether there are \
             any is not known. Try again later."
        ),
    )
}

/// What a limit leaves out may be billed, too.
fn there_are_more(resource: &Resource, limit: usize) -> Diagnostic {
    Diagnostic::warning(
        format!("There are more than {limit} of {PREFIX}_{}", resource.name),
        format!(
            "This list ends at its limit of {limit}, and the exchange has more that match. Set a \
             higher limit in the list block (Terraform's own is 100), or narrow the search."
        ),
    )
}

fn seen_in_the_list_only(site: &Site<'_>, id: &str, error: &Error) -> Diagnostic {
    Diagnostic::warning(
        format!(
            "{PREFIX}_{} {id} is shown as it is in the list",
            site.resource.name
        ),
        format!(
            "{} could not be asked for it alone, which may show more: {error}",
            site.host()
        ),
    )
}
