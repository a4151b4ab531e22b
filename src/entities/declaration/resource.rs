//! What Terraform manages: a view of a collection.

use crate::tfplugin::diagnostics::Diagnostics;
use crate::tfplugin::value::Value;

use super::check::Check;
use super::collection::{Collection, Elsewhere};
use super::field::Field;

/// A resource type.
#[derive(Debug)]
pub struct Resource {
    /// Terraform's name, without the provider's prefix: `nsc`.
    pub name: &'static str,
    /// What a person calls one.
    pub noun: &'static str,
    /// What it is, in Markdown, for the documentation.
    pub description: &'static str,
    /// The collection that its objects are in.
    pub of: &'static Collection,
    /// Which variants of the collection it is for.
    pub which: Which,
    /// How its objects come about.
    pub arrives: Arrives,
    /// How they end.
    pub ends: Ends,
    /// What is changed by one request at a time: exchanges answer changes that cross each other on
    /// one port with faults.
    pub one_at_a_time: &'static [Lane],
    /// Objects of another collection that it keeps as its own.
    pub links: &'static [Link],
    /// Rules between fields that the fields cannot say themselves.
    pub check: fn(&Value) -> Diagnostics,
    /// What only the exchange can say about a planned change, such as the limits of an offering,
    /// in groups.
    pub plan: &'static [&'static [Check]],
}

/// Which variants of a collection a resource is for.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// The collection has none, or all of them.
    All,
    /// This one: what tells variants apart is no attribute but a constant.
    Only(&'static str),
    /// These: the user says which by the field that tells them apart.
    Some(&'static [&'static str]),
}

/// How objects come about.
#[derive(Clone, Copy, Debug)]
pub enum Arrives {
    /// They are ordered.
    Ordered,
    /// The exchange makes them; they are found by these keys, of which IX-API knows each as a
    /// filter. Those that the objects do not show themselves are fields of the resource alone.
    Found {
        /// The names of the filters.
        by: &'static [&'static str],
        /// The fields that only the resource has.
        keys: &'static [Field],
        /// Where none of those is set, one of the user's own is ordered, unless one is listed that
        /// shows the same in these fields; it is never ordered if there are no such fields.
        or_ordered_with: &'static [&'static str],
    },
    /// They are ordered below an object of the same path, at most one below each, whose id is
    /// theirs too.
    Below {
        /// Where they are below it: `change-request`.
        name: &'static str,
        /// The field of the resource that holds its id.
        owner: &'static Field,
        /// Fields of both. One that is not there any more was granted if the object that it was
        /// below has come to show the same in these.
        granted_in: &'static [&'static str],
    },
}

/// How objects end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// They are cancelled, and run out over time.
    Cancelled,
    /// They are deleted at once.
    Deleted,
    /// They are left to the exchange, which made them.
    LetGo,
}

/// What is changed by one request at a time.
#[derive(Clone, Copy, Debug)]
pub struct Lane {
    /// The path of the collection that it is in.
    pub collection: &'static str,
    /// The field that holds its id.
    pub field: &'static str,
}

/// Objects of another collection that a resource keeps as its own, one for each target.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// The attribute that says what the object is linked to.
    pub targets: Field,
    /// The attribute that holds the ids of the linking objects.
    pub objects: Field,
    /// The collection of the linking objects.
    pub of: &'static Collection,
    /// The field there that holds the id of this object. IX-API knows it as a filter.
    pub owner: &'static str,
    /// The field there that holds the target.
    pub target: &'static str,
}

/// The rule of a resource whose fields say all there is.
pub fn no_further_rules(_: &Value) -> Diagnostics {
    Diagnostics::default()
}

/// The plan of a resource that need not ask the exchange.
pub const fn no_further_plans() -> &'static [&'static [Check]] {
    &[]
}

impl Resource {
    /// The fields that only the resource has: keys, links.
    pub fn own_fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        let keys = match self.arrives {
            Arrives::Found { keys, .. } => keys,
            Arrives::Below { owner, .. } => std::slice::from_ref(owner),
            Arrives::Ordered => &[],
        };
        let links = self.links;
        let links = links.iter().flat_map(|link| [&link.targets, &link.objects]);
        keys.iter().chain(links)
    }

    /// Whether an object is found and not ordered, by what is configured of it.
    pub fn is_found(&self, object: &Value) -> bool {
        match self.arrives {
            Arrives::Found {
                keys,
                or_ordered_with,
                ..
            } => {
                let mut set = keys.iter().map(|key| !object.get(key.attribute).is_null());
                or_ordered_with.is_empty() || set.any(|is_set| is_set)
            }
            Arrives::Ordered | Arrives::Below { .. } => false,
        }
    }

    /// The value that tells the variant of an object of this resource.
    pub fn variant_of<'a>(&self, object: &'a Value) -> Option<&'a str> {
        match self.which {
            Which::Only(variant) => Some(variant),
            Which::All | Which::Some(_) => object.get(self.of.shape.told_apart_by).as_str(),
        }
    }

    /// What an object of this resource is: its variant, or the collection where that has none.
    pub fn kind_of<'a>(&self, object: &'a Value) -> Option<&'a str> {
        match self.of.shape.told_apart_by {
            "" => Some(self.of.name),
            _ => self.variant_of(object),
        }
    }

    /// The variants that it is for, if not for all.
    pub fn variants(&self) -> Option<&[&'static str]> {
        match &self.which {
            Which::All => None,
            Which::Only(only) => Some(std::slice::from_ref(only)),
            Which::Some(some) => Some(some),
        }
    }

    /// Where some objects of this one's variant are besides the collection.
    pub fn elsewhere(&self, object: &Value) -> Option<Elsewhere> {
        let variant = self.variant_of(object)?;
        self.of.shape.variant(variant)?.elsewhere
    }

    /// The fields of an object of this resource that IX-API knows.
    pub fn fields_of(&self, object: &Value) -> impl Iterator<Item = &'static Field> + use<> {
        let told_apart_by = self.of.shape.told_apart_by;
        let constant = matches!(self.which, Which::Only(_));
        self.of
            .shape
            .fields_of(self.variant_of(object))
            .filter(move |field| !(constant && field.name == told_apart_by))
    }
}
