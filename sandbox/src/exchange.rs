//! The exchange itself: its parts, what there is to know about a collection, and how the clock
//! carries objects on. What is special about a collection is in its own file in
//! [`crate::entities`]; this file knows none of them and is told by their tables.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::auth::Tokens;
use crate::catalogue::{Catalogue, SeedError};
use crate::clock::{Clock, Millis};
use crate::collection::{ACCOUNTS, Collection};
use crate::dialect::Quirk;
use crate::holds::Hold;
use crate::ids::Ids;
use crate::life::Moment;
use crate::object::{Lag, Object, Row};
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::{Purpose, Schema};
use crate::settings::Settings;
use crate::speech::{self, Speaker};
use crate::store::{Key, Store};

/// What stands for every account where the guests of an object are named.
pub const EVERYBODY: &str = "*";

/// Takes an order.
pub type Create = fn(&mut Exchange, Party, Row) -> Result<Object, Problem>;
/// Changes an object of the party. Returns it as it is to be kept.
pub type Change = fn(&mut Exchange, Party, Object, Row) -> Result<Object, Problem>;
/// Cancels or removes an object that the party can see.
pub type Delete = fn(&mut Exchange, Party, Object, &[u8]) -> Result<Answer, Problem>;

/// Answers a question about an object that the party can see.
pub type Ask = fn(&Exchange, Party, &Object, &Request<'_>) -> Result<Answer, Problem>;
/// Takes something for an object that the party can see.
pub type Take = fn(&mut Exchange, Party, Object, &Request<'_>) -> Result<Answer, Problem>;

/// What can be asked below one object, such as its cancellation policy.
#[derive(Debug)]
pub struct Action {
    /// The last part of the path.
    pub name: &'static str,
    /// `GET`
    pub get: Ask,
    /// `POST`, where it is offered.
    pub post: Option<Take>,
    /// `DELETE`, where it is offered.
    pub delete: Option<Take>,
}

/// Everything that is special about one collection.
#[derive(Debug)]
pub struct Entity {
    /// Which one.
    pub collection: Collection,
    /// `POST` to the collection, where it is offered.
    pub create: Option<Create>,
    /// The quirk without which the collection's `POST` refuses everything.
    pub creates_with: Option<Quirk>,
    /// `PATCH`, where it is offered.
    pub change: Option<Change>,
    /// The status of the answer to a `PATCH` of what lives.
    pub changes_with: u16,
    /// `PUT`, where it is more than a change of everything.
    pub replace: Option<Change>,
    /// Whether `PUT` is offered: everything is said again, and what is left out is taken back.
    pub puts: bool,
    /// `DELETE`, where it is offered.
    pub delete: Option<Delete>,
    /// What can be asked below one object.
    pub actions: &'static [Action],
    /// Whether customers order or file its objects, or the exchange makes them by itself.
    pub ordered: bool,
    /// The fields that name accounts whose parties see the object, too, or [`EVERYBODY`].
    pub guests: &'static [&'static str],
    /// The filters of its list that the store's indexes serve: each is a field, compared whole.
    pub found_by: &'static [&'static str],
    /// Rows that are no objects of customers: the catalogue, and what is worked out.
    pub others: fn(&Exchange, Party, Collection) -> Vec<Row>,
    /// One of these rows.
    pub other: fn(&Exchange, Party, Collection, &str) -> Option<Row>,
    /// Adds what is worked out when an object is answered, and takes away what is not for this
    /// party.
    pub complete: fn(&Exchange, Party, &Object, &mut Row),
    /// What a row holds that a filter looks at, where that is no field of the row. The last
    /// argument is what the filter asks for: rows that hold many things need name only that.
    pub held: fn(&Exchange, &Row, &str, &str) -> Option<Vec<Value>>,
    /// What follows from a transition of an object, whose state is the new one.
    pub arrived: fn(&mut Exchange, &Object, Millis),
    /// What follows from the end of an object, which is gone unless it stays readable.
    pub ended: fn(&mut Exchange, &Object),
    /// Objects that go away with one of these: their collection and the field that names it.
    pub parts: &'static [(Collection, &'static str)],
}

impl Entity {
    /// A collection of objects that customers create.
    pub const fn stored(collection: Collection) -> Entity {
        Entity {
            collection,
            create: None,
            creates_with: None,
            change: None,
            changes_with: 202,
            replace: None,
            puts: false,
            delete: None,
            actions: &[],
            ordered: true,
            guests: &[],
            found_by: &[],
            others: |_, _, _| Vec::new(),
            other: |_, _, _, _| None,
            complete: |_, _, _, _| {},
            held: |_, _, _, _| None,
            arrived: |_, _, _| {},
            ended: |_, _| {},
            parts: &[],
        }
    }

    /// A collection of the catalogue.
    pub const fn catalogue(collection: Collection) -> Entity {
        Entity {
            ordered: false,
            others: |exchange, _, collection| {
                let entries = exchange.catalogue.all(collection.path).iter();
                entries.map(|entry| entry.fields().clone()).collect()
            },
            other: |exchange, _, collection, id| {
                let entry = exchange.catalogue.get(collection.path, id)?;
                Some(entry.fields().clone())
            },
            ..Entity::stored(collection)
        }
    }

    /// The methods on one object.
    pub fn methods_on_one(&self) -> Vec<&'static str> {
        let offered = [
            (true, "GET"),
            (self.change.is_some(), "PATCH"),
            (self.puts, "PUT"),
            (self.delete.is_some(), "DELETE"),
        ];
        those_offered(&offered)
    }

    /// The methods on the collection of an exchange with these settings.
    pub fn methods_on_all(&self, settings: &Settings) -> Vec<&'static str> {
        let creates = self.creates_with.is_none_or(|quirk| settings.has(quirk));
        those_offered(&[(true, "GET"), (creates && self.create.is_some(), "POST")])
    }
}

impl Action {
    /// The methods that are offered.
    pub fn methods(&self) -> Vec<&'static str> {
        let offered = [
            (true, "GET"),
            (self.post.is_some(), "POST"),
            (self.delete.is_some(), "DELETE"),
        ];
        those_offered(&offered)
    }
}

fn those_offered(methods: &[(bool, &'static str)]) -> Vec<&'static str> {
    let offered = methods.iter().filter(|(offered, _)| *offered);
    offered.map(|(_, method)| *method).collect()
}

/// Everything that answers requests.
#[derive(Debug)]
pub struct Exchange {
    /// How it behaves.
    pub settings: Settings,
    /// What it offers.
    pub catalogue: Catalogue,
    /// Which fields there are.
    pub schema: Schema,
    /// What its customers have.
    pub store: Store,
    /// Its time.
    pub clock: Clock,
    /// Its source of ids.
    pub ids: Ids,
    /// The tokens it gave out.
    pub tokens: Tokens,
    /// The next host of each peering LAN to be given out.
    pub next_hosts: BTreeMap<String, u32>,
    /// What is gone, and billed to the day that was told when it was cancelled.
    pub still_billed: Vec<Object>,
    /// Where it is served, without the path of the API: `http://127.0.0.1:8080`.
    pub origin: String,
    entities: &'static [&'static Entity],
    holds: Vec<Hold>,
}

/// A request of a party, with the base path taken off.
#[derive(Debug)]
pub struct Request<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Path below the base path, with its leading slash.
    pub path: &'a str,
    /// The query, decoded.
    pub query: &'a [(String, String)],
    /// The media type of the body; empty when it is not said.
    pub content_type: &'a str,
    /// The body.
    pub body: &'a [u8],
}

impl Request<'_> {
    /// The body as a JSON object.
    pub fn object(&self) -> Result<Row, Problem> {
        object(self.body)
    }
}

/// Reads a body that must be a JSON object.
pub fn object(body: &[u8]) -> Result<Map<String, Value>, Problem> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Problem::unreadable("The body is not a JSON object.")),
        Err(error) => Err(Problem::unreadable(format!(
            "The body is not JSON: {error}."
        ))),
    }
}

impl Exchange {
    /// A new exchange without customers' objects.
    pub fn new(
        settings: Settings,
        entities: &'static [&'static Entity],
    ) -> Result<Self, SeedError> {
        let schema = Schema::embedded().map_err(|source| SeedError {
            name: "fields",
            source,
        })?;
        let ids = match (
            settings.has(Quirk::NumericIds),
            settings.has(Quirk::AwkwardIds),
        ) {
            (true, _) => Ids::numeric(),
            (false, true) => Ids::awkward(),
            (false, false) => Ids::default(),
        };
        Ok(Exchange {
            settings,
            catalogue: Catalogue::embedded()?,
            schema,
            store: Store::default(),
            clock: Clock::default(),
            ids,
            tokens: Tokens::default(),
            next_hosts: BTreeMap::new(),
            still_billed: Vec::new(),
            origin: String::new(),
            entities,
            holds: Vec::new(),
        })
    }

    /// Forgets everything that customers created and that tests held or withdrew. Tokens stay good.
    pub fn reset(&mut self) {
        if let Ok(whole) = Catalogue::embedded() {
            self.catalogue = whole;
        }
        self.store = Store::default();
        self.next_hosts.clear();
        self.still_billed.clear();
        self.holds.clear();
    }

    /// The tables of all collections.
    pub fn entities(&self) -> &'static [&'static Entity] {
        self.entities
    }

    /// The table of the collection with that name, with or without a leading slash.
    pub fn entity(&self, path: &str) -> Option<&'static Entity> {
        let path = path.trim_start_matches('/');
        let mut entities = self.entities.iter();
        entities
            .find(|entity| entity.collection.path == path)
            .copied()
    }

    /// The present.
    pub fn moment(&self) -> Moment {
        Moment {
            now: self.clock.now(),
            today: self.clock.today(),
            step: self.settings.step(),
        }
    }

    /// Checks a body against the field list; further checks add to the findings before they are
    /// answered.
    pub fn check(&self, entity: &str, body: &Row, purpose: Purpose) -> Findings {
        let mut findings = Findings::default();
        self.schema.check(entity, body, purpose, &mut findings);
        findings
    }

    /// An object, if the party may see it.
    pub fn find(&self, party: Party, collection: Collection, id: &str) -> Result<&Object, Problem> {
        let object = self.store.get(collection, id);
        object
            .filter(|object| self.is_visible(party, object))
            .ok_or_else(|| Problem::not_found(collection.noun, id))
    }

    /// An object of the party's own.
    pub fn own(&self, party: Party, collection: Collection, id: &str) -> Option<&Object> {
        let object = self.store.get(collection, id)?;
        (object.owner == party).then_some(object)
    }

    /// An account, be it of the catalogue or created by a reseller.
    pub fn account(&self, id: &str) -> Option<Row> {
        let kept = self.catalogue.get(ACCOUNTS.path, id);
        let kept = kept.map(|account| account.fields().clone());
        kept.or_else(|| {
            let account = self.store.get(ACCOUNTS, id)?;
            Some(self.show(account.owner, account))
        })
    }

    /// Whether an account belongs to a party.
    pub fn owns(&self, party: Party, account: &str) -> bool {
        self.catalogue.owns(party, account) || self.own(party, ACCOUNTS, account).is_some()
    }

    /// Whether a party may see an object.
    pub fn is_visible(&self, party: Party, object: &Object) -> bool {
        let entity = self.entity(object.collection.path);
        let guests = entity.map_or(&[][..], |entity| entity.guests);
        let is_guest = |name: &str| name == EVERYBODY || self.owns(party, name);
        object.owner == party
            || guests
                .iter()
                .flat_map(|field| object.named_in(field))
                .any(is_guest)
    }

    /// The objects of a collection that a party may see, in no particular order.
    pub fn visible<'a>(&'a self, party: Party, entity: &'a Entity) -> Vec<&'a Object> {
        let mut seen: Vec<&Object> = self.store.of_party(entity.collection, party).collect();
        for field in entity.guests {
            let kept = self.catalogue.all(ACCOUNTS.path).iter();
            let kept = kept.filter(|account| account.is_of(party));
            let created = self.store.of_party(ACCOUNTS, party);
            let own = kept
                .map(|account| account.text("id"))
                .chain(created.map(|account| account.id.as_str()));
            for guest in own.chain([EVERYBODY]) {
                let open = self.store.naming(entity.collection, field, guest);
                seen.extend(open.filter(|object| object.owner != party));
            }
        }
        // Whoever has several accounts may have been invited more than once.
        seen.sort_by(|one, other| one.id.cmp(&other.id));
        seen.dedup_by(|one, other| one.id == other.id);
        seen
    }

    /// An object as it is read by a party.
    pub fn show(&self, party: Party, object: &Object) -> Row {
        let mut row = self.show_changed(party, object);
        if let Some(Lag { until, fields }) = &object.lag
            && self.clock.now() < *until
        {
            row.extend(fields.clone());
            row.retain(|name, _| !object.withheld.contains(name));
        }
        row
    }

    /// An object as it really is, which only the answer to a change tells at once.
    pub fn show_changed(&self, party: Party, object: &Object) -> Row {
        let mut row = object.fields.clone();
        row.insert("id".into(), json!(object.id));
        if let Some(life) = &object.life {
            row.insert("state".into(), json!(life.state));
            row.insert("status".into(), json!(life.status));
            let dates = [
                ("decommission_at", life.decommission_at),
                ("charged_until", life.charged_until),
                ("current_billing_start_date", life.billing_start),
            ];
            for (name, date) in dates {
                if let Some(date) = date {
                    row.insert(name.into(), json!(date.to_string()));
                }
            }
        }
        if let Some(entity) = self.entity(object.collection.path) {
            (entity.complete)(self, party, object, &mut row);
        }
        row.extend(object.overrides.clone());
        row.retain(|name, _| !object.withheld.contains(name));
        row
    }

    /// The answer that shows an object as it really is.
    pub fn answer_with(&self, status: u16, party: Party, object: &Object) -> Answer {
        let row = self.show_changed(party, object);
        let row = self.speaker(object.collection, false).spoken(row);
        Answer::json(status, &Value::Object(row))
    }

    /// What a customer sends, as it is understood.
    pub fn heard(&self, collection: Collection, object: Option<&Object>, body: Row) -> Row {
        let kind = object.map(|object| object.text("type"));
        let kind = kind.filter(|kind| !kind.is_empty());
        speech::heard(&self.settings, collection.path, kind, body)
    }

    /// A row as it is answered to whoever reads it.
    pub fn spoken(&self, collection: Collection, row: Row) -> Row {
        self.speaker(collection, true).spoken(row)
    }

    /// Who speaks of a collection; of what was asked for, or of what was brought about.
    pub fn speaker(&self, collection: Collection, reads: bool) -> Speaker<'_> {
        Speaker {
            settings: &self.settings,
            schema: &self.schema,
            collection: collection.path,
            reads,
        }
    }

    /// Keeps objects in a state from now on.
    pub fn hold(&mut self, hold: Hold) {
        self.holds.push(hold);
    }

    /// What is kept in a state.
    pub fn holds(&self) -> &[Hold] {
        &self.holds
    }

    /// Lets go of the holds that fit. Returns how many these were.
    pub fn release(&mut self, fits: impl Fn(&Hold) -> bool) -> usize {
        let before = self.holds.len();
        self.holds.retain(|hold| !fits(hold));
        self.store.unpark();
        before - self.holds.len()
    }

    /// Whether an object is kept in its state.
    pub fn is_held(&self, object: &Object) -> bool {
        let mut holds = self.holds.iter();
        holds.any(|hold| hold.state == object.state() && hold.covers(object))
    }

    /// Makes all transitions that are due, in the order in which they are.
    pub fn settle(&mut self) {
        let now = self.clock.now();
        while let Some(key) = self.store.next_due(now) {
            let object = self.store.get(key.0, &key.1);
            if object.is_some_and(|object| self.is_held(object)) {
                self.store.park(&key);
            } else {
                self.advance(&key);
            }
        }
    }

    /// Makes the next transition of an object.
    fn advance(&mut self, (collection, id): &Key) {
        let today = self.clock.today();
        let arrived = self.store.change(*collection, id, |object| {
            let life = object.life.as_mut()?;
            let due = life.due().unwrap_or(life.since);
            let step = life.steps.pop_front()?;
            life.state = step.to.to_owned();
            life.since = due;
            if step.to == "production" && life.billing_start.is_none() {
                life.billing_start = Some(today);
            }
            Some((object.clone(), due))
        });
        let (Some(Some((object, due))), Some(entity)) = (arrived, self.entity(collection.path))
        else {
            return;
        };
        if object.is_there() {
            (entity.arrived)(self, &object, due);
        } else {
            self.take_parts(&object);
            self.bill_on(&object);
            if self.settings.has(Quirk::ArchivedStays) {
                self.store.change(*collection, id, |object| {
                    let life = object.life.as_mut()?;
                    life.state = "archived".to_owned();
                    Some(())
                });
            } else if !self.settings.has(Quirk::DecommissionedStays) {
                self.store.remove(*collection, id);
            }
            (entity.ended)(self, &object);
        }
    }

    /// Remembers what is gone and still billed; where it stays readable, it is not gone.
    fn bill_on(&mut self, object: &Object) {
        let today = self.clock.today();
        let is_billed = |object: &Object| {
            let life = object.life.as_ref();
            life.is_some_and(|life| life.is_billed(today))
        };
        self.still_billed.retain(is_billed);
        let stays = [Quirk::ArchivedStays, Quirk::DecommissionedStays];
        let stays = stays.into_iter().any(|quirk| self.settings.has(quirk));
        if !stays && is_billed(object) {
            self.still_billed.push(object.clone());
        }
    }

    /// Takes an object out, with what cannot be without it.
    pub fn take(&mut self, object: &Object) {
        self.take_parts(object);
        self.store.remove(object.collection, &object.id);
    }

    fn take_parts(&mut self, object: &Object) {
        let entity = self.entity(object.collection.path);
        for (collection, field) in entity.map_or(&[][..], |entity| entity.parts) {
            let parts = self.store.naming(*collection, field, &object.id);
            let ids: Vec<String> = parts.map(|part| part.id.clone()).collect();
            for id in ids {
                self.store.remove(*collection, &id);
            }
        }
    }
}
