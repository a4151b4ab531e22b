//! What one run of Terraform has read, planned and made so far, as far as one resource has to know
//! it of another.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::entities::declaration::{Collection, Key};
use crate::tfplugin::value::Value;

/// Of which resource an order is, for which accounts, and the reference that it bears.
type Claim = (&'static str, String, String);

/// What this run does with an object that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Adopted,
    Ends,
}

/// What is known of a run.
#[derive(Debug, Default)]
pub struct Run(Mutex<Facts>);

#[derive(Debug, Default)]
struct Facts {
    /// What is planned for objects that change; null for those that are replaced.
    plans: HashMap<Key, Value>,
    /// The references that are planned, each with the id of the object that is to get it, or whose
    /// place the order takes that is to bear it.
    foreseen: HashMap<Claim, Option<String>>,
    /// The references that orders bear.
    claimed: BTreeSet<Claim>,
    /// The objects that this run has adopted, or is about to end.
    fates: HashMap<Key, Fate>,
    /// The objects that this run has seen in the state.
    held: BTreeSet<Key>,
    /// The objects that bear a reference which an order, or another object, is to have all the
    /// same.
    passed_over: BTreeSet<Key>,
    /// The objects that this run has made.
    made: BTreeSet<Key>,
    /// The roles in which this run is to put contacts.
    coming: BTreeSet<String>,
    /// The objects that this run has read.
    read: BTreeSet<Key>,
    /// Those of them that are in the state at two addresses.
    twice: BTreeSet<Key>,
    /// Whether this run has begun to change something.
    applies: bool,
    /// Whether it was told that the provider's account is none.
    account_told: bool,
    /// Whether it was told that nothing can be asked.
    nothing_asked_told: bool,
    /// Whether it was tried whether orders can be noted.
    journal_tried: bool,
    /// The orders of earlier runs that were told beside one that is planned.
    left_over: BTreeSet<Key>,
}

impl Run {
    /// A run begins.
    pub fn begin(&self) {
        *self.facts() = Facts::default();
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The object of this id was read. Terraform reads what is at an address once in a run.
    pub fn read(&self, of: &Collection, id: &str) {
        let (mut facts, key) = (self.facts(), of.key(id));
        if !facts.read.insert(key.clone()) {
            facts.twice.insert(key);
        }
    }

    /// Whether the object of this id is in the state at two addresses, as far as was read.
    pub fn is_read_twice(&self, of: &Collection, id: &str) -> bool {
        self.facts().twice.contains(&of.key(id))
    }

    /// Whether this run has read the object of this id. Terraform reads what it plans, and plans
    /// once more in a run of its own, without reading, when it applies. (So it is with
    /// `-refresh=false`, too.)
    pub fn has_read(&self, of: &Collection, id: &str) -> bool {
        self.facts().read.contains(&of.key(id))
    }

    /// Whether this run has read anything of the state, so that it surely is no apply.
    pub fn has_read_any(&self) -> bool {
        !self.facts().read.is_empty()
    }

    /// Whether this run is surely an apply: it has begun to change something.
    pub fn applies(&self) -> bool {
        self.facts().applies
    }

    /// This run begins to change something.
    pub fn changes(&self) {
        self.facts().applies = true;
    }

    /// It is to be told that the provider's account is none; false if it was told in this run.
    pub fn tells_of_account(&self) -> bool {
        !std::mem::replace(&mut self.facts().account_told, true)
    }

    /// It is to be told that nothing can be asked; false if it was told in this run, which fails
    /// for that.
    pub fn tells_that_nothing_can_be_asked(&self) -> bool {
        !std::mem::replace(&mut self.facts().nothing_asked_told, true)
    }

    /// It is to be tried whether orders can be noted; false if this run has.
    pub fn is_to_try_the_journal(&self) -> bool {
        !std::mem::replace(&mut self.facts().journal_tried, true)
    }

    /// It is to be told that what came of an order of an earlier run is almost what is planned;
    /// false if it was told in this run.
    pub fn tells_of_left_over(&self, of: &Collection, id: &str) -> bool {
        self.facts().left_over.insert(of.key(id))
    }

    /// What is planned for an object that changes in this run.
    pub fn plan(&self, of: &Collection, id: &str, planned: Value) {
        self.facts().plans.insert(of.key(id), planned);
    }

    /// What is planned for the object of this id, if it changes in this run; null if it goes.
    pub fn planned(&self, of: &Collection, id: &str) -> Option<Value> {
        self.facts().plans.get(&of.key(id)).cloned()
    }

    /// A contact is to be put in this role.
    pub fn coming(&self, role: &str) {
        self.facts().coming.insert(role.to_ascii_lowercase());
    }

    /// Whether a contact is to be put in this role in this run.
    pub fn is_coming(&self, role: &str) -> bool {
        self.facts().coming.contains(&role.to_ascii_lowercase())
    }

    /// An object was made, or taken hold of; false if it already was.
    pub fn made(&self, of: &Collection, id: &str) -> bool {
        self.facts().made.insert(of.key(id))
    }

    /// An order for these accounts bears a reference; false if another one does.
    pub fn claims(&self, resource: &'static str, accounts: String, reference: &str) -> bool {
        let claim = (resource, accounts, reference.to_owned());
        self.facts().claimed.insert(claim)
    }

    /// A reference is planned for an order for these accounts, or for the object of this id; false
    /// if it is for another one. What Terraform replaces it plans twice: as what it is, and as an
    /// order in the place of that.
    pub fn foresees(
        &self,
        resource: &'static str,
        accounts: String,
        reference: &str,
        id: Option<&str>,
    ) -> bool {
        let claim = (resource, accounts, reference.to_owned());
        let id = id.map(str::to_ascii_lowercase);
        match self.facts().foreseen.entry(claim) {
            Entry::Occupied(other) => id.is_some() && *other.get() == id,
            Entry::Vacant(free) => {
                free.insert(id);
                true
            }
        }
    }

    /// An object that exists becomes a resource's; false if this run is about to end it.
    pub fn adopts(&self, of: &Collection, id: &str) -> bool {
        let mut facts = self.facts();
        *facts.fates.entry(of.key(id)).or_insert(Fate::Adopted) == Fate::Adopted
    }

    /// What was adopted is nobody's after all.
    pub fn releases(&self, of: &Collection, id: &str) {
        self.facts().fates.remove(&of.key(id));
    }

    /// Whether this run is about to adopt an object.
    pub fn is_adopted(&self, of: &Collection, id: &str) -> bool {
        self.facts().fates.get(&of.key(id)) == Some(&Fate::Adopted)
    }

    /// Whether this run is about to end an object.
    pub fn is_ending(&self, of: &Collection, id: &str) -> bool {
        self.facts().fates.get(&of.key(id)) == Some(&Fate::Ends)
    }

    /// An object is about to be ended; false if this run has adopted it.
    pub fn ends(&self, of: &Collection, id: &str) -> bool {
        let mut facts = self.facts();
        *facts.fates.entry(of.key(id)).or_insert(Fate::Ends) == Fate::Ends
    }

    /// The object of this id is in the state, and stays for all that is known.
    pub fn holds(&self, of: &Collection, id: &str, stays: bool) {
        let (mut facts, key) = (self.facts(), of.key(id));
        match stays {
            true => facts.held.insert(key),
            false => facts.held.remove(&key),
        };
    }

    /// Whether the object of this id is in the state and not planned to go.
    pub fn is_held(&self, of: &Collection, id: &str) -> bool {
        self.facts().held.contains(&of.key(id))
    }

    /// The object of this id bears a reference which an order, or another object, is to have all
    /// the same: it goes first, or gets another one, or the order takes its place.
    pub fn passes_over(&self, of: &Collection, id: &str) {
        self.facts().passed_over.insert(of.key(id));
    }

    /// Whether the object of this id bears a reference which an order, or another object, is to
    /// have all the same.
    pub fn has_passed_over(&self, of: &Collection, id: &str) -> bool {
        self.facts().passed_over.contains(&of.key(id))
    }

    /// An object that was taken hold of is nobody's after all.
    pub fn let_go(&self, of: &Collection, id: &str) {
        self.facts().made.remove(&of.key(id));
    }

    /// Whether this run has made the object of this id.
    pub fn has_made(&self, of: &Collection, id: &str) -> bool {
        self.facts().made.contains(&of.key(id))
    }
}
