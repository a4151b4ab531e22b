//! All types of a provider, by name. The schema of each is built once, when it is first needed:
//! Terraform starts a provider often, and asks most of them for few types.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::identity::Identity;
use super::schema::Schema;
use super::traits::{Action, DataSource, ListResource, Resource};
use super::types::Type;

/// All types of a provider.
#[derive(Default)]
pub struct Types {
    resources: BTreeMap<String, Entry<dyn Resource>>,
    data_sources: BTreeMap<String, Entry<dyn DataSource>>,
    list_resources: BTreeMap<String, Entry<dyn ListResource>>,
    actions: BTreeMap<String, Entry<dyn Action>>,
}

/// A type, with what is known of it once it has been asked.
pub struct Entry<T: ?Sized> {
    implementation: Box<T>,
    describe: fn(&T) -> (Schema, Option<Identity>),
    described: OnceLock<Described>,
}

struct Described {
    schema: Schema,
    kind: Type,
    identity: Option<(Identity, Type)>,
}

impl<T: ?Sized> Entry<T> {
    fn new(implementation: Box<T>, describe: fn(&T) -> (Schema, Option<Identity>)) -> Entry<T> {
        Entry {
            implementation,
            describe,
            described: OnceLock::new(),
        }
    }

    fn described(&self) -> &Described {
        self.described.get_or_init(|| {
            let (schema, identity) = (self.describe)(&self.implementation);
            Described {
                kind: schema.object.value_type(),
                schema,
                identity: identity.map(|identity| {
                    let kind = identity.value_type();
                    (identity, kind)
                }),
            }
        })
    }

    /// The type itself.
    pub fn implementation(&self) -> &T {
        &self.implementation
    }

    /// Its schema.
    pub fn schema(&self) -> &Schema {
        &self.described().schema
    }

    /// Its schema, if anyone has asked for it yet.
    pub fn schema_so_far(&self) -> Option<&Schema> {
        Some(&self.described.get()?.schema)
    }

    /// The type of its values.
    pub fn value_type(&self) -> &Type {
        &self.described().kind
    }

    /// What identifies its objects, and the type of that.
    pub fn identity(&self) -> Option<(&Identity, &Type)> {
        let (identity, kind) = self.described().identity.as_ref()?;
        Some((identity, kind))
    }
}

impl Types {
    /// Adds a resource type.
    pub fn resource(&mut self, name: String, resource: Box<dyn Resource>) {
        let describe = |it: &dyn Resource| (it.schema(), it.identity());
        add(&mut self.resources, name, Entry::new(resource, describe));
    }

    /// Adds a data source.
    pub fn data_source(&mut self, name: String, source: Box<dyn DataSource>) {
        let describe = |it: &dyn DataSource| (it.schema(), None);
        add(&mut self.data_sources, name, Entry::new(source, describe));
    }

    /// Adds a way to list the objects of the resource type of that name.
    pub fn list_resource(&mut self, name: String, list: Box<dyn ListResource>) {
        let describe = |it: &dyn ListResource| (it.schema(), None);
        add(&mut self.list_resources, name, Entry::new(list, describe));
    }

    /// Adds an action.
    pub fn action(&mut self, name: String, action: Box<dyn Action>) {
        let describe = |it: &dyn Action| (it.schema(), None);
        add(&mut self.actions, name, Entry::new(action, describe));
    }

    /// The resource type of that name.
    pub fn find_resource(&self, name: &str) -> Option<&Entry<dyn Resource>> {
        self.resources.get(name)
    }

    /// The data source of that name.
    pub fn find_data_source(&self, name: &str) -> Option<&Entry<dyn DataSource>> {
        self.data_sources.get(name)
    }

    /// The way to list objects of that type.
    pub fn find_list_resource(&self, name: &str) -> Option<&Entry<dyn ListResource>> {
        self.list_resources.get(name)
    }

    /// The action of that name.
    pub fn find_action(&self, name: &str) -> Option<&Entry<dyn Action>> {
        self.actions.get(name)
    }

    /// All resource types, sorted by name.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &Entry<dyn Resource>)> {
        all(&self.resources)
    }

    /// All data sources, sorted by name.
    pub fn data_sources(&self) -> impl Iterator<Item = (&str, &Entry<dyn DataSource>)> {
        all(&self.data_sources)
    }

    /// All ways to list objects, sorted by name.
    pub fn list_resources(&self) -> impl Iterator<Item = (&str, &Entry<dyn ListResource>)> {
        all(&self.list_resources)
    }

    /// All actions, sorted by name.
    pub fn actions(&self) -> impl Iterator<Item = (&str, &Entry<dyn Action>)> {
        all(&self.actions)
    }
}

fn add<T: ?Sized>(types: &mut BTreeMap<String, Entry<T>>, name: String, entry: Entry<T>) {
    let before = types.insert(name, entry);
    debug_assert!(before.is_none(), "two types of one name");
}

fn all<T: ?Sized>(types: &BTreeMap<String, Entry<T>>) -> impl Iterator<Item = (&str, &Entry<T>)> {
    types.iter().map(|(name, entry)| (name.as_str(), entry))
}
