//! All types of a provider, by name. The schema of each is built when a call about it needs it, and
//! then kept: Terraform starts a provider often, and asks most of them for few types.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::identity::Identity;
use super::schema::Schema;
use super::traits::{Action, DataSource, EphemeralResource, Function, ListResource, Resource};
use super::types::Type;

/// All types of a provider.
#[derive(Default)]
pub struct Types {
    resources: BTreeMap<String, Entry<dyn Resource>>,
    data_sources: BTreeMap<String, Entry<dyn DataSource>>,
    ephemeral_resources: BTreeMap<String, Entry<dyn EphemeralResource>>,
    list_resources: BTreeMap<String, Entry<dyn ListResource>>,
    actions: BTreeMap<String, Entry<dyn Action>>,
    functions: BTreeMap<String, Box<dyn Function>>,
}

/// A type, with what is known of it once it has been asked.
pub struct Entry<T: ?Sized> {
    implementation: Box<T>,
    describe: fn(&T) -> Schema,
    described: OnceLock<(Schema, Type)>,
    identify: fn(&T) -> Option<Identity>,
    identity: OnceLock<Option<(Identity, Type)>>,
}

impl<T: ?Sized> Entry<T> {
    fn new(implementation: Box<T>, describe: fn(&T) -> Schema) -> Entry<T> {
        Entry {
            implementation,
            describe,
            described: OnceLock::new(),
            identify: |_| None,
            identity: OnceLock::new(),
        }
    }

    fn described(&self) -> &(Schema, Type) {
        self.described.get_or_init(|| {
            let schema = (self.describe)(&self.implementation);
            let kind = schema.object.value_type();
            (schema, kind)
        })
    }

    /// The type itself.
    pub fn implementation(&self) -> &T {
        &self.implementation
    }

    /// Its schema.
    pub fn schema(&self) -> &Schema {
        &self.described().0
    }

    /// Its schema, if anyone has asked for it yet.
    pub fn schema_so_far(&self) -> Option<&Schema> {
        Some(&self.described.get()?.0)
    }

    /// What is made of its schema, which is not kept for that: the answer that holds the schemas of
    /// all types needs each of them once, in a process that may need none of them again.
    pub fn with_schema<R>(&self, make: impl FnOnce(&Schema) -> R) -> R {
        match self.schema_so_far() {
            Some(schema) => make(schema),
            None => make(&(self.describe)(&self.implementation)),
        }
    }

    /// The type of its values.
    pub fn value_type(&self) -> &Type {
        &self.described().1
    }

    /// What identifies its objects, and the type of that. Needs no schema.
    pub fn identity(&self) -> Option<(&Identity, &Type)> {
        let identity = self.identity.get_or_init(|| {
            let identity = (self.identify)(&self.implementation)?;
            let kind = identity.value_type();
            Some((identity, kind))
        });
        identity.as_ref().map(|(identity, kind)| (identity, kind))
    }
}

impl Types {
    /// Adds a resource type.
    pub fn add_resource(&mut self, name: String, resource: Box<dyn Resource>) {
        let mut entry: Entry<dyn Resource> = Entry::new(resource, |it| it.schema());
        entry.identify = |it| it.identity();
        add(&mut self.resources, name, entry);
    }

    /// Adds a data source.
    pub fn add_data_source(&mut self, name: String, source: Box<dyn DataSource>) {
        let describe = |it: &dyn DataSource| it.schema();
        add(&mut self.data_sources, name, Entry::new(source, describe));
    }

    /// Adds a value that is never stored.
    pub fn add_ephemeral_resource(&mut self, name: String, it: Box<dyn EphemeralResource>) {
        let describe = |it: &dyn EphemeralResource| it.schema();
        add(
            &mut self.ephemeral_resources,
            name,
            Entry::new(it, describe),
        );
    }

    /// Adds a way to list the objects of the resource type of that name.
    pub fn add_list_resource(&mut self, name: String, list: Box<dyn ListResource>) {
        let describe = |it: &dyn ListResource| it.schema();
        add(&mut self.list_resources, name, Entry::new(list, describe));
    }

    /// Adds an action.
    pub fn add_action(&mut self, name: String, action: Box<dyn Action>) {
        let describe = |it: &dyn Action| it.schema();
        add(&mut self.actions, name, Entry::new(action, describe));
    }

    /// Adds a function.
    pub fn add_function(&mut self, name: String, function: Box<dyn Function>) {
        add(&mut self.functions, name, function);
    }

    /// The resource type of that name.
    pub fn find_resource(&self, name: &str) -> Option<&Entry<dyn Resource>> {
        self.resources.get(name)
    }

    /// The data source of that name.
    pub fn find_data_source(&self, name: &str) -> Option<&Entry<dyn DataSource>> {
        self.data_sources.get(name)
    }

    /// The value of that name that is never stored.
    pub fn find_ephemeral_resource(&self, name: &str) -> Option<&Entry<dyn EphemeralResource>> {
        self.ephemeral_resources.get(name)
    }

    /// The way to list objects of that type.
    pub fn find_list_resource(&self, name: &str) -> Option<&Entry<dyn ListResource>> {
        self.list_resources.get(name)
    }

    /// The action of that name.
    pub fn find_action(&self, name: &str) -> Option<&Entry<dyn Action>> {
        self.actions.get(name)
    }

    /// The function of that name.
    pub fn find_function(&self, name: &str) -> Option<&dyn Function> {
        self.functions.get(name).map(Box::as_ref)
    }

    /// All resource types, sorted by name.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &Entry<dyn Resource>)> {
        all(&self.resources)
    }

    /// All data sources, sorted by name.
    pub fn data_sources(&self) -> impl Iterator<Item = (&str, &Entry<dyn DataSource>)> {
        all(&self.data_sources)
    }

    /// All values that are never stored, sorted by name.
    pub fn ephemeral_resources(
        &self,
    ) -> impl Iterator<Item = (&str, &Entry<dyn EphemeralResource>)> {
        all(&self.ephemeral_resources)
    }

    /// All ways to list objects, sorted by name.
    pub fn list_resources(&self) -> impl Iterator<Item = (&str, &Entry<dyn ListResource>)> {
        all(&self.list_resources)
    }

    /// All actions, sorted by name.
    pub fn actions(&self) -> impl Iterator<Item = (&str, &Entry<dyn Action>)> {
        all(&self.actions)
    }

    /// All functions, sorted by name.
    pub fn functions(&self) -> impl Iterator<Item = (&str, &dyn Function)> {
        let functions = self.functions.iter();
        functions.map(|(name, function)| (name.as_str(), function.as_ref()))
    }
}

fn add<T>(types: &mut BTreeMap<String, T>, name: String, it: T) {
    let before = types.insert(name, it);
    debug_assert!(before.is_none(), "two types of one name");
}

fn all<T: ?Sized>(types: &BTreeMap<String, Entry<T>>) -> impl Iterator<Item = (&str, &Entry<T>)> {
    types.iter().map(|(name, entry)| (name.as_str(), entry))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;

    use super::super::diagnostics::Diagnostics;
    use super::super::schema::{Attribute, Kind, Mode, Object};
    use super::super::traits::Call;
    use super::super::value::Value;
    use super::*;

    struct Source(Arc<AtomicUsize>);

    #[async_trait]
    impl DataSource for Source {
        fn schema(&self) -> Schema {
            self.0.fetch_add(1, Ordering::Relaxed);
            let id = Attribute::new("id", Kind::Value(Type::String), Mode::Computed, "");
            Schema {
                object: Object::new(vec![id]),
                ..Schema::default()
            }
        }

        fn validate(&self, _: &Value) -> Diagnostics {
            Diagnostics::default()
        }

        async fn read(&self, _: &Call<'_>, config: &Value) -> Result<Value, Diagnostics> {
            Ok(config.clone())
        }
    }

    fn types(asked: &Arc<AtomicUsize>) -> Types {
        let mut types = Types::default();
        for name in ["toy_pops", "toy_metro", "toy_pop"] {
            types.add_data_source(name.to_owned(), Box::new(Source(asked.clone())));
        }
        types
    }

    #[test]
    fn a_schema_is_built_once_and_only_when_it_is_needed() {
        let asked = Arc::default();
        let types = types(&asked);
        let pop = types.find_data_source("toy_pop").unwrap();
        assert!(pop.schema_so_far().is_none());
        assert_eq!(asked.load(Ordering::Relaxed), 0);
        for _ in 0..3 {
            assert_eq!(pop.schema().object.value_type(), *pop.value_type());
        }
        assert!(pop.schema_so_far().is_some() && pop.identity().is_none());
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn types_are_found_by_name_and_come_sorted() {
        let types = types(&Arc::default());
        let names: Vec<&str> = types.data_sources().map(|(name, _)| name).collect();
        assert_eq!(names, ["toy_metro", "toy_pop", "toy_pops"]);
        assert!(types.find_data_source("toy").is_none());
        assert!(types.find_resource("toy_pop").is_none());
        assert_eq!(types.resources().count(), 0);
    }
}
