//! Where objects are kept, with the indexes by which they are found: by id, by party, by what they
//! name, and by when the clock will move them. An object changes only through [`Store::change`] and
//! [`Store::put`], so the indexes are never behind. What is handed out is counted, so that a test
//! can see that a request costs the same however many objects there are.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use crate::clock::Millis;
use crate::collection::Collection;
use crate::object::Object;
use crate::parties::Party;

/// The fields by whose values objects are found: what they refer to, and what customers call them.
const INDEXED: [&str; 18] = [
    "address",
    "cloud_key",
    "connection",
    "contact",
    "external_ref",
    "ip",
    "joining_member_account",
    "macs",
    "network_feature",
    "network_service",
    "network_service_config",
    "open_to",
    "provider_side",
    "provider_side_beside",
    "role",
    "role_assignments",
    "routing_function",
    "service_key",
];

/// The place of an object.
pub type Key = (Collection, String);

/// All objects, sorted by collection and id.
#[derive(Debug, Default)]
pub struct Store {
    objects: BTreeMap<Collection, BTreeMap<String, Object>>,
    by_party: BTreeMap<(Collection, Party), BTreeSet<String>>,
    by_value: BTreeMap<(&'static str, String), BTreeSet<Key>>,
    due: BTreeSet<(Millis, Key)>,
    parked: BTreeSet<(Millis, Key)>,
    visited: Cell<u64>,
    changes: u64,
}

/// What an object is found by: the indexed fields and the texts in them.
fn values(object: &Object) -> impl Iterator<Item = (&'static str, &str)> {
    INDEXED.into_iter().flat_map(|name| {
        let texts = object.named_in(name).into_iter();
        texts.map(move |text| (name, text))
    })
}

fn due(object: &Object) -> Option<Millis> {
    object.life.as_ref()?.due()
}

impl Store {
    /// How many objects were looked at since the beginning.
    pub fn visited(&self) -> u64 {
        self.visited.get()
    }

    /// How often something was added, changed or taken out since the beginning.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    fn visit<'a>(&self, object: &'a Object) -> &'a Object {
        self.visited.set(self.visited.get() + 1);
        object
    }

    /// Adds or replaces an object.
    pub fn put(&mut self, object: Object) {
        self.changes += 1;
        self.remove(object.collection, &object.id);
        let key = (object.collection, object.id.clone());
        for (name, value) in values(&object) {
            let found = self.by_value.entry((name, value.to_owned())).or_default();
            found.insert(key.clone());
        }
        let owned = self
            .by_party
            .entry((object.collection, object.owner))
            .or_default();
        owned.insert(object.id.clone());
        if let Some(due) = due(&object) {
            self.due.insert((due, key));
        }
        let kept = self.objects.entry(object.collection).or_default();
        kept.insert(object.id.clone(), object);
    }

    /// Takes an object out.
    pub fn remove(&mut self, collection: Collection, id: &str) -> Option<Object> {
        let object = self.objects.get_mut(&collection)?.remove(id)?;
        self.changes += 1;
        let key = (collection, object.id.clone());
        for (name, value) in values(&object) {
            let index = (name, value.to_owned());
            if let Some(found) = self.by_value.get_mut(&index) {
                found.remove(&key);
                if found.is_empty() {
                    self.by_value.remove(&index);
                }
            }
        }
        if let Some(owned) = self.by_party.get_mut(&(collection, object.owner)) {
            owned.remove(id);
        }
        if let Some(due) = due(&object) {
            let entry = (due, key);
            self.due.remove(&entry);
            self.parked.remove(&entry);
        }
        Some(object)
    }

    /// Changes an object, if it is there.
    pub fn change<R>(
        &mut self,
        collection: Collection,
        id: &str,
        change: impl FnOnce(&mut Object) -> R,
    ) -> Option<R> {
        let mut object = self.remove(collection, id)?;
        self.visit(&object);
        let result = change(&mut object);
        self.put(object);
        Some(result)
    }

    /// Changes the objects of a collection that name `value` in `field`.
    pub fn change_naming(
        &mut self,
        collection: Collection,
        field: &'static str,
        value: &str,
        mut change: impl FnMut(&mut Object),
    ) {
        let ids: Vec<String> = self
            .naming(collection, field, value)
            .map(|object| object.id.clone())
            .collect();
        for id in ids {
            self.change(collection, &id, &mut change);
        }
    }

    /// One object.
    pub fn get(&self, collection: Collection, id: &str) -> Option<&Object> {
        let object = self.objects.get(&collection)?.get(id)?;
        Some(self.visit(object))
    }

    /// The objects of one collection that belong to a party, sorted by id.
    pub fn of_party(&self, collection: Collection, party: Party) -> impl Iterator<Item = &Object> {
        let ids = self.by_party.get(&(collection, party));
        ids.into_iter()
            .flatten()
            .filter_map(move |id| self.get(collection, id))
    }

    /// Every object.
    pub fn everything(&self) -> impl Iterator<Item = &Object> {
        let objects = self.objects.values().flat_map(BTreeMap::values);
        objects.map(|object| self.visit(object))
    }

    /// The collection in which an id is found first.
    pub fn find(&self, id: &str) -> Option<Collection> {
        let mut collections = self.objects.iter();
        collections
            .find(|(_, objects)| objects.contains_key(id))
            .map(|(collection, _)| *collection)
    }

    /// The objects of a collection that name `value` in the indexed field `field`, sorted by id.
    pub fn naming(
        &self,
        collection: Collection,
        field: &'static str,
        value: &str,
    ) -> impl Iterator<Item = &Object> {
        let keys = self.by_value.get(&(field, value.to_owned()));
        let first = (collection, String::new());
        keys.into_iter()
            .flat_map(move |keys| keys.range(first.clone()..))
            .take_while(move |(other, _)| *other == collection)
            .filter_map(|(collection, id)| self.get(*collection, id))
    }

    /// The objects of any collection that name `value` in the indexed field `field`.
    pub fn naming_anywhere(
        &self,
        field: &'static str,
        value: &str,
    ) -> impl Iterator<Item = &Object> {
        let keys = self.by_value.get(&(field, value.to_owned()));
        keys.into_iter()
            .flatten()
            .filter_map(|(collection, id)| self.get(*collection, id))
    }

    /// The object whose transition is due first, if one is due by `now` and not parked.
    pub fn next_due(&self, now: Millis) -> Option<Key> {
        let (due, key) = self.due.first()?;
        (*due <= now).then(|| key.clone())
    }

    /// When the clock will make the next transition, of those that are not parked.
    pub fn first_due(&self) -> Option<Millis> {
        self.due.first().map(|(due, _)| *due)
    }

    /// Lets the clock pass an object over until [`Store::unpark`].
    pub fn park(&mut self, key: &Key) {
        let object = self.objects.get(&key.0).and_then(|kept| kept.get(&key.1));
        if let Some(due) = object.and_then(due)
            && let Some(entry) = self.due.take(&(due, key.clone()))
        {
            self.parked.insert(entry);
        }
    }

    /// Hands everything that was parked back to the clock.
    pub fn unpark(&mut self) {
        self.due.append(&mut self.parked);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::collection::{CONNECTIONS, NETWORK_SERVICE_CONFIGS};
    use crate::life::{Life, Step};
    use crate::object::Row;

    fn config(id: &str, connection: &str, due: Option<Millis>) -> Object {
        let mut fields = Row::new();
        fields.insert("connection".into(), json!(connection));
        let mut life = Life::resting("requested", 0);
        life.steps.extend(due.map(|after| Step {
            to: "allocated",
            after,
        }));
        Object::new(NETWORK_SERVICE_CONFIGS, id.to_owned(), Party::A, fields).living(life)
    }

    #[test]
    fn an_object_is_found_by_what_it_names_now_and_no_longer_by_what_it_named() {
        let mut store = Store::default();
        store.put(config("n1", "c1", None));
        store.change(NETWORK_SERVICE_CONFIGS, "n1", |object| {
            object.fields.insert("connection".into(), json!("c2"));
        });
        let naming = |connection: &str| {
            store
                .naming(NETWORK_SERVICE_CONFIGS, "connection", connection)
                .count()
        };
        assert_eq!((naming("c1"), naming("c2")), (0, 1));
        assert_eq!(store.naming(CONNECTIONS, "connection", "c2").count(), 0);
    }

    #[test]
    fn what_is_due_comes_first_and_what_is_parked_comes_later() {
        let mut store = Store::default();
        store.put(config("late", "c", Some(30)));
        store.put(config("soon", "c", Some(10)));
        store.put(config("never", "c", None));
        assert_eq!(store.next_due(9), None);
        let soon = store.next_due(40).unwrap();
        assert_eq!(soon.1, "soon");
        store.park(&soon);
        assert_eq!(store.next_due(40).unwrap().1, "late");
        store.unpark();
        assert_eq!(store.next_due(40), Some(soon));
    }

    #[test]
    fn what_is_not_due_is_not_looked_at() {
        let mut store = Store::default();
        for number in 0..1000 {
            store.put(config(&number.to_string(), "c", Some(1_000_000)));
        }
        let before = store.visited();
        assert_eq!(store.next_due(0), None);
        assert_eq!(store.visited(), before);
    }
}
