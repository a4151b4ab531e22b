//! The objects of a resource that exist, found one by one: for `terraform query`.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream;
use tokio::sync::Mutex;

use crate::entities::OWN_ACCOUNT;
use crate::entities::declaration::{Filter, Resource, Which};
use crate::ixapi::{Error, Json, id_of};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::schema::Schema;
use crate::tfplugin::streams::Parts;
use crate::tfplugin::traits::{Call, Found, ListResource};
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::import::{Around, Rows};
use super::remote::Site;
use super::session::Session;
use super::{
    PREFIX, answers, data_source, import, links, naming, own_account, reference, schemas, validate,
};

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

/// Collections that are around the listed objects, each read once for all of them.
struct Gathered<'a> {
    site: &'a Site<'a>,
    read: Mutex<HashMap<String, Option<Arc<Rows>>>>,
}

impl<'a> Gathered<'a> {
    fn new(site: &'a Site<'a>) -> Gathered<'a> {
        Gathered {
            site,
            read: Mutex::default(),
        }
    }
}

#[async_trait]
impl Around for Gathered<'_> {
    async fn all(&self, collection: &str) -> Option<Arc<Rows>> {
        let mut read = self.read.lock().await;
        if let Some(rows) = read.get(collection) {
            return rows.clone();
        }
        let objects = self.site.client.objects(collection);
        let rows = objects.list(&[], self.site.stop).await.ok();
        let rows = rows.map(|listing| Arc::new(Rows::new(listing.rows)));
        read.insert(collection.to_owned(), rows.clone());
        rows
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
        let ours = own_account::all_ours(session, &site.client, site.stop).await;
        // Where nobody tells, all of it is listed: a search that hides something is worse.
        let is_ours = |row: &Json| match &ours {
            Ok(ours) if resource.of.path == OWN_ACCOUNT.of.path => {
                let id = id_of(row).unwrap_or_default().to_ascii_lowercase();
                ours.contains(&id)
            }
            Ok(ours) => own_account::is_ours(ours, row),
            Err(_) => true,
        };
        let query = self.query(&filters, config);
        let around = Gathered::new(&site);
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
                    && is_ours(row)
            };
            let rows = rows.into_iter().filter(is_wanted);
            let looks = rows.map(|row| one(&site, &around, row, include_object));
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

/// A row as what is found. Nothing comes of one without an id, which nobody can import.
async fn one(
    site: &Site<'_>,
    around: &Gathered<'_>,
    row: Json,
    include_object: bool,
) -> Option<Found> {
    let id = id_of(&row)?;
    let mut found = Found {
        identity: Value::object([("id", Value::text(&id))]),
        name: naming::title(&row, &id),
        ..Found::default()
    };
    if include_object {
        match first_state(site, around, &id).await {
            Ok(state) => found.object = Some(state),
            Err(error) => {
                found
                    .messages
                    .push(seen_in_the_list_only(site, &id, &error));
                found.object = Some(answers::first_seen(site.resource, &row));
            }
        }
    }
    Some(found)
}

async fn first_state(site: &Site<'_>, around: &Gathered<'_>, id: &str) -> Result<Value, Error> {
    let remote = site.clone().object(id);
    let object = remote.first_glance().await?;
    let mut state = answers::first_seen(site.resource, &object);
    links::first_glance(&remote, &mut state).await?;
    import::fill_from_elsewhere(site.resource, around, id, &object, &mut state).await;
    Ok(state)
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
