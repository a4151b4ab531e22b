//! An estate: what is at an exchange and can be imported, each object in the state in which an
//! import would bring it. Each collection is listed once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::entities::declaration::{Arrives, Collection, Key, Mode, Resource};
use crate::entities::{
    ACCOUNTS, COLLECTIONS, MANAGING, OWNERS, RESOURCES, ROLE_ASSIGNMENTS, collection_of,
};
use crate::ixapi::{Client, Error, Json, id_of, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::generated::{missing_secrets, unsaid};
use crate::tfplugin::schema::Schema;
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::goal::{Goal, Position};
use super::import::{self, Around, Rows};
use super::own_account::Accounts;
use super::reference::{self, REFERENCE};
use super::session::Session;
use super::{answers, generated, links, schemas};

/// How many ids are asked for at once.
const MOST_IDS: usize = 50;

/// Which part of an estate is wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Resource types.
    pub resources: Vec<&'static Resource>,
    /// The account that manages or uses the objects, if not all.
    pub account: Option<String>,
}

/// What was read.
#[derive(Debug, Default)]
pub struct Estate {
    /// What can be imported, in the order of the resource types and ids.
    pub objects: Vec<Held>,
    /// How many have ended, or are about to.
    pub ending: usize,
    /// How many are other parties', or of another account than the one that is wanted.
    pub others: usize,
    /// How many come with another object, and are configured with it.
    pub parts: usize,
    /// What does not show all that its configuration has to say: its type, its id, and what.
    pub incomplete: Vec<(&'static str, String, String)>,
    /// Collections that this exchange does not have: what a person calls them.
    pub absent: BTreeSet<&'static str>,
    /// What these credentials may not list, in a person's words.
    pub forbidden: BTreeSet<&'static str>,
    /// What a person calls objects that are named by their ids and are not in the estate.
    pub names: BTreeMap<Key, String>,
}

/// The key of an object of this id in the collection that an attribute speaks of, if its name says
/// which that is.
pub fn key_of(attribute: &str, id: &str) -> Option<Key> {
    collection_of(attribute).map(|of| of.key(id))
}

/// An object that can be imported.
#[derive(Debug)]
pub struct Held {
    /// Its type.
    pub resource: &'static Resource,
    /// Its id.
    pub id: String,
    /// The schema of its type.
    pub schema: Arc<Schema>,
    /// What an import brings.
    pub state: Value,
    /// The configuration with which that plans empty, without secrets.
    pub config: Value,
}

impl Held {
    /// What tells it from all others.
    pub fn key(&self) -> Key {
        self.resource.of.key(&self.id)
    }

    /// Whether it is still on its way: then a plan says that it is waited for.
    pub fn is_on_its_way(&self) -> bool {
        let goal = Goal::of(self.resource, &self.state);
        Position::in_state(&self.state).is_some_and(|at| goal.is_worth_waiting(&at))
    }
}

/// The resource types whose objects can be listed.
pub fn listed() -> impl Iterator<Item = &'static Resource> {
    let all = RESOURCES.iter().copied();
    all.filter(|resource| !matches!(resource.arrives, Arrives::Below { .. }))
}

/// Reads what is wanted of an estate; `tell` hears what is being read.
///
/// # Errors
/// What the exchange refused, or why it could not be asked; that an account is not one's own.
pub async fn read(
    session: &Session,
    wanted: &Wanted,
    tell: &(dyn Fn(&str) + Sync),
) -> Result<Estate, Diagnostics> {
    let reader = Reader::start(session, wanted, tell).await?;
    let mut estate = Estate::default();
    for resource in &wanted.resources {
        match reader.collection(resource.of.path).await {
            Ok(read) => {
                let held = reader.hold(resource, &read, &mut estate).await;
                held.map_err(|error| Attempt::List(resource.of).explain(&error))?;
            }
            Err(error) if error.status() == Some(403) => {
                estate.forbidden.insert(resource.of.noun);
            }
            Err(error) if is_absent(&error) => {
                estate.absent.insert(resource.of.noun);
            }
            Err(error) => {
                let (client, stop) = (&reader.client, &reader.stop);
                return Err(explain(client, stop, resource.of, error).await);
            }
        }
    }
    reader.leave_out_parts(&mut estate).await;
    estate.names = reader.names(&estate.objects).await;
    Ok(estate)
}

/// Whether an answer means that an exchange does not have such objects at all.
fn is_absent(error: &Error) -> bool {
    matches!(error.status(), Some(404 | 405 | 410 | 501))
}

async fn explain(
    client: &Client,
    stop: &CancellationToken,
    collection: &'static Collection,
    error: Error,
) -> Diagnostics {
    let error = client.judge_address(error, stop).await;
    Attempt::List(collection).explain(&error)
}

/// Reads collections, each once.
struct Reader<'a> {
    client: Client,
    stop: CancellationToken,
    wanted: &'a Wanted,
    tell: &'a (dyn Fn(&str) + Sync),
    accounts: Accounts,
    read: Mutex<HashMap<String, Result<Arc<Read>, Error>>>,
}

/// What was read of a collection.
#[derive(Debug)]
struct Read {
    /// What is live and one's own, each as its own address shows it.
    rows: Arc<Rows>,
    /// What has ended or is about to.
    ending: Vec<Json>,
    /// What is other parties'.
    others: Vec<Json>,
}

impl<'a> Reader<'a> {
    async fn start(
        session: &Session,
        wanted: &'a Wanted,
        tell: &'a (dyn Fn(&str) + Sync),
    ) -> Result<Reader<'a>, Diagnostics> {
        let (client, stop) = (session.client()?, CancellationToken::new());
        tell(&reading(&ACCOUNTS));
        let accounts = match Accounts::all(session, &client, &stop).await {
            Ok(accounts) => accounts,
            Err(error) => return Err(explain(&client, &stop, &ACCOUNTS, error).await),
        };
        if let Some(id) = wanted.account.as_ref().filter(|id| !accounts.have(id)) {
            return Err(not_yours(&client, id, &accounts).into());
        }
        Ok(Reader {
            client,
            stop,
            wanted,
            tell,
            accounts,
            read: Mutex::default(),
        })
    }

    /// What is in the collection at this path.
    async fn collection(&self, path: &str) -> Result<Arc<Read>, Error> {
        let mut known = self.read.lock().await;
        if let Some(read) = known.get(path) {
            return read.clone();
        }
        let read = self.read_once(path).await.map(Arc::new);
        known.insert(path.to_owned(), read.clone());
        read
    }

    async fn read_once(&self, path: &str) -> Result<Read, Error> {
        let declared = COLLECTIONS.iter().find(|known| known.path == path);
        if let Some(collection) = declared {
            (self.tell)(&reading(collection));
        }
        let objects = self.client.objects(path);
        let (mut live, mut ending, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for row in objects.list_whole(&[], &self.stop).await? {
            match () {
                () if !Accounts::is_left_open(&row) && !self.is_ours(path, &row) => {
                    others.push(row);
                }
                () if !reference::is_live(&row) => ending.push(row),
                () => live.push(row),
            }
        }
        let as_found = objects.as_found();
        let mut rows = Vec::with_capacity(live.len());
        for row in live.iter().filter(|row| id_of(row).is_some()) {
            match as_found.object(row, &self.stop).await {
                Ok(object) if !self.is_ours(path, &object) => others.push(object),
                Ok(object) if reference::is_live(&object) => rows.push(object),
                Ok(_) => {}
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        rows.sort_by_key(id_of);
        Ok(Read {
            rows: Arc::new(Rows::new(rows)),
            ending,
            others,
        })
    }

    /// Whether an object is one's own, as far as it says. One's own account is not: nobody orders
    /// that.
    fn is_ours(&self, path: &str, row: &Json) -> bool {
        let says = row.get(MANAGING).is_some();
        if path == ACCOUNTS.path && (self.accounts.is_own(row) || !says) {
            return false;
        }
        let is_wanted = self.wanted.account.as_ref().is_none_or(|account| {
            let whose = |field: &&str| row.get(field).and_then(lenient::text);
            let mut whose = OWNERS.iter().filter_map(whose);
            !says || whose.any(|id| id.eq_ignore_ascii_case(account))
        });
        self.accounts.manage(row) && is_wanted
    }

    /// Adds the objects of a resource.
    ///
    /// # Errors
    /// Why what such objects keep as their own cannot be read.
    async fn hold(
        &self,
        resource: &'static Resource,
        read: &Read,
        estate: &mut Estate,
    ) -> Result<(), Error> {
        let is_one = |row: &&Json| {
            let told = answers::variant_of(&resource.of.shape, row);
            let known = resource.variants();
            told.zip(known)
                .is_none_or(|(told, known)| known.contains(&told))
        };
        estate.ending += read.ending.iter().filter(is_one).count();
        let others = read.others.iter().filter(is_one);
        let others = others.filter(|row| !self.is_own_account(resource, row));
        estate.others += others.count();
        let schema = Arc::new(schemas::resource(resource));
        for row in read.rows.all.iter().filter(is_one) {
            let Some(id) = id_of(row) else { continue };
            let mut state = answers::first_seen(resource, row);
            for link in resource.links {
                let all = self.collection(link.of.path).await?;
                links::put(link, &id, &all.rows.all, &mut state);
            }
            import::fill_from_elsewhere(resource, self, &id, row, &mut state).await;
            let config = generated::configuration(resource, &schema, &state);
            let secrets = missing_secrets(&schema.object, &state);
            let mut unsaid = unsaid(&schema.object, &config);
            unsaid.retain(|path| secrets.iter().all(|secret| secret.path != *path));
            if !unsaid.is_empty() {
                let unsaid: Vec<String> = unsaid.iter().map(|path| path.join(".")).collect();
                estate
                    .incomplete
                    .push((resource.name, id, unsaid.join(", ")));
                continue;
            }
            estate.objects.push(Held {
                config,
                schema: Arc::clone(&schema),
                resource,
                id,
                state,
            });
        }
        Ok(())
    }

    fn is_own_account(&self, resource: &Resource, row: &Json) -> bool {
        resource.of.path == ACCOUNTS.path && self.accounts.is_own(row)
    }

    /// Takes out what is configured with another object.
    async fn leave_out_parts(&self, estate: &mut Estate) {
        let mut own = Vec::new();
        let before = estate.objects.len();
        for held in std::mem::take(&mut estate.objects) {
            if !self.is_part(&held).await {
                own.push(held);
            }
        }
        // What the exchange made by itself is of interest if there is something to say of it, or
        // if something else names it.
        let named: BTreeSet<String> = own.iter().flat_map(|held| texts(&held.config)).collect();
        own.retain(|held| {
            let is_named = named.contains(&held.id.to_ascii_lowercase());
            !held.resource.is_found(&held.state) || is_named || says_something(held)
        });
        if self.wanted.account.is_some() {
            own.retain({
                let ids: BTreeSet<String> = own
                    .iter()
                    .map(|held| held.id.to_ascii_lowercase())
                    .collect();
                move |held| {
                    let says = held.schema.object.attribute(MANAGING).is_some();
                    says || texts(&held.config).any(|id| ids.contains(&id))
                }
            });
        }
        estate.parts = before - own.len();
        estate.objects = own;
    }

    /// Whether an object is one that another one keeps as its own, or came with it.
    async fn is_part(&self, held: &Held) -> bool {
        let keepers = self.wanted.resources.iter();
        let mut kept = keepers.flat_map(|resource| resource.links);
        if kept.any(|link| link.of.path == held.resource.of.path) {
            return true;
        }
        let mut fields = held.resource.fields_of(&held.state);
        let Some((reference, (collection, owner))) =
            fields.find_map(|field| Some((field, field.passed_on?)))
        else {
            return false;
        };
        let mut fields = held.resource.fields_of(&held.state);
        let owner = fields.find(|field| field.name == owner);
        let owner = owner.and_then(|owner| held.state.get(owner.attribute).as_str());
        let own = held.state.get(reference.attribute).as_str();
        let owner = self.one(collection, owner.unwrap_or_default()).await;
        let passed_on = owner.and_then(|owner| owner.get(REFERENCE).and_then(lenient::text));
        own.is_none() || own == passed_on.as_deref()
    }

    /// What a person calls the objects that these name and that are not among them.
    async fn names(&self, objects: &[Held]) -> BTreeMap<Key, String> {
        (self.tell)("Reading names …");
        let known: BTreeSet<Key> = objects.iter().map(Held::key).collect();
        let mut asked: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        let collections = named_collections();
        for held in objects {
            for (attribute, path) in &collections {
                let ids = flat(held.config.get(attribute)).into_iter();
                let ids = ids.filter(|id| !known.contains(&(*path, id.to_ascii_lowercase())));
                asked
                    .entry(path)
                    .or_default()
                    .extend(ids.map(str::to_owned));
            }
        }
        let mut names = BTreeMap::new();
        for (path, ids) in asked {
            let ids: Vec<String> = ids.into_iter().filter(|id| !id.contains(',')).collect();
            for ids in ids.chunks(MOST_IDS) {
                let query = [("id".to_owned(), ids.join(","))];
                // Names are a courtesy.
                let Ok(listing) = self.client.objects(path).list(&query, &self.stop).await else {
                    continue;
                };
                let named = listing
                    .rows
                    .iter()
                    .filter_map(|row| Some((id_of(row)?, name_of(row)?)));
                names.extend(named.map(|(id, name)| ((path, id.to_ascii_lowercase()), name)));
            }
        }
        names
    }
}

/// The attributes that are called like a collection hold ids of its objects: the paths by them.
fn named_collections() -> BTreeMap<&'static str, &'static str> {
    let catalogue = COLLECTIONS
        .iter()
        .flat_map(|c| [(c.name, c.path), (c.plural, c.path)]);
    let accounts = OWNERS.into_iter().chain(["billing_account"]);
    let accounts = accounts.map(|name| (name, ACCOUNTS.path));
    let is_named = |(_, path): &(&str, &str)| *path != ROLE_ASSIGNMENTS.path;
    catalogue.chain(accounts).filter(is_named).collect()
}

/// What an object is called.
fn name_of(row: &Json) -> Option<String> {
    let names = ["display_name", "name"].into_iter();
    let mut names = names.filter_map(|field| row.get(field).and_then(lenient::text));
    names.find(|name| !name.is_empty())
}

/// All texts in a value, in lower case.
fn texts(value: &Value) -> impl Iterator<Item = String> + use<> {
    let texts: Vec<String> = flat(value)
        .into_iter()
        .map(str::to_ascii_lowercase)
        .collect();
    texts.into_iter()
}

fn flat(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::List(all) | Value::Set(all) => all.iter().flat_map(flat).collect(),
        Value::Map(all) | Value::Object(all) => all.values().flat_map(flat).collect(),
        _ => Vec::new(),
    }
}

/// Whether the owner of what the exchange made has said something of it.
fn says_something(held: &Held) -> bool {
    let Arrives::Found { by, .. } = held.resource.arrives else {
        return true;
    };
    let fields = held.resource.fields_of(&held.state);
    let mut own = fields.filter(|field| field.mode == Mode::Optional && !by.contains(&field.name));
    own.any(|field| held.config.get(field.attribute).is_known())
}

fn reading(collection: &Collection) -> String {
    format!("Reading {} …", collection.plural.replace('_', " "))
}

fn not_yours(client: &Client, id: &str, accounts: &Accounts) -> Diagnostic {
    Diagnostic::error(
        "This is not an account of yours",
        format!(
            "There is no {id:?} among the accounts that the exchange at {} shows as yours or \
             managed by you: {}. Nothing was written.",
            client.host(),
            accounts.ids().join(", ")
        ),
    )
}

#[async_trait]
impl Around for Reader<'_> {
    async fn all(&self, collection: &str) -> Option<Arc<Rows>> {
        let read = self.collection(collection).await.ok()?;
        Some(Arc::clone(&read.rows))
    }
}
