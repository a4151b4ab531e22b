//! What the exchange is made of and offers: metros, points of presence, offerings, roles, accounts,
//! peering LANs and their features. All of it is data, embedded from `seeds/`. What only the
//! sandbox knows about an entry is under its key `_sandbox`.

use serde_json::{Map, Value};

use crate::parties::Party;

const PRIVATE: &str = "_sandbox";

static SEEDS: [(&str, &str); 11] = [
    ("metro-areas", include_str!("../seeds/metro-areas.json")),
    (
        "metro-area-networks",
        include_str!("../seeds/metro-area-networks.json"),
    ),
    ("facilities", include_str!("../seeds/facilities.json")),
    ("pops", include_str!("../seeds/pops.json")),
    ("devices", include_str!("../seeds/devices.json")),
    (
        "product-offerings",
        include_str!("../seeds/product-offerings.json"),
    ),
    ("roles", include_str!("../seeds/roles.json")),
    ("accounts", include_str!("../seeds/accounts.json")),
    (
        "availability-zones",
        include_str!("../seeds/availability-zones.json"),
    ),
    (
        "network-services",
        include_str!("../seeds/network-services.json"),
    ),
    (
        "network-features",
        include_str!("../seeds/network-features.json"),
    ),
];

/// The seeds could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the embedded {name} cannot be read: {source}")]
pub struct SeedError {
    /// Which file.
    pub name: &'static str,
    /// What the JSON reader said.
    pub source: serde_json::Error,
}

/// One entry of the catalogue.
#[derive(Clone, Debug)]
pub struct Entry {
    fields: Map<String, Value>,
    private: Value,
}

impl Entry {
    /// The entry as it is answered.
    pub fn fields(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// A text field; empty when it is absent or null.
    pub fn text(&self, name: &str) -> &str {
        self.fields
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.fields.get(name).and_then(Value::as_i64)
    }

    /// A yes or no; no when it is absent.
    pub fn flag(&self, name: &str) -> bool {
        self.fields
            .get(name)
            .and_then(Value::as_bool)
            .unwrap_or_default()
    }

    /// The texts of a list; none when it is absent.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        crate::object::ids(&self.fields, name)
    }

    /// Whether the entry belongs to a party. Most belong to nobody.
    pub fn is_of(&self, party: Party) -> bool {
        self.private("party").as_str() == Some(party.credentials().name)
    }

    /// Something only the sandbox knows.
    pub fn private(&self, name: &str) -> &Value {
        &self.private[name]
    }
}

/// The catalogue, sorted by id within each collection.
#[derive(Debug)]
pub struct Catalogue {
    collections: Vec<(&'static str, Vec<Entry>)>,
}

impl Catalogue {
    /// Reads the embedded seeds.
    pub fn embedded() -> Result<Self, SeedError> {
        let collections = SEEDS
            .iter()
            .map(|(name, text)| Ok((*name, read(name, text)?)))
            .collect::<Result<_, _>>()?;
        Ok(Catalogue { collections })
    }

    /// Every entry of a collection; none for a collection that is not catalogue.
    pub fn all(&self, collection: &str) -> &[Entry] {
        self.collections
            .iter()
            .find(|(name, _)| *name == collection)
            .map_or(&[], |(_, entries)| entries)
    }

    /// One entry.
    pub fn get(&self, collection: &str, id: &str) -> Option<&Entry> {
        let entries = self.all(collection);
        let found = entries.binary_search_by(|entry| entry.text("id").cmp(id));
        found.ok().map(|at| &entries[at])
    }

    /// Takes an entry out, as if it were offered no more.
    pub fn withdraw(&mut self, collection: &str, id: &str) -> Option<Entry> {
        let mut collections = self.collections.iter_mut();
        let (_, entries) = collections.find(|(name, _)| *name == collection)?;
        let at = entries.iter().position(|entry| entry.text("id") == id)?;
        Some(entries.remove(at))
    }

    /// A role. Exchanges spell role ids in upper and in lower case, so case does not count.
    pub fn role(&self, id: &str) -> Option<&Entry> {
        self.all("roles")
            .iter()
            .find(|entry| entry.text("id").eq_ignore_ascii_case(id))
    }

    /// Whether an account belongs to a party.
    pub fn owns(&self, party: Party, account: &str) -> bool {
        self.get("accounts", account)
            .is_some_and(|entry| entry.is_of(party))
    }
}

fn read(name: &'static str, text: &str) -> Result<Vec<Entry>, SeedError> {
    let rows: Vec<Map<String, Value>> =
        serde_json::from_str(text).map_err(|source| SeedError { name, source })?;
    let mut entries: Vec<Entry> = rows
        .into_iter()
        .map(|mut fields| {
            let private = fields.remove(PRIVATE).unwrap_or_default();
            Entry { fields, private }
        })
        .collect();
    entries.sort_by(|one, other| one.text("id").cmp(other.text("id")));
    Ok(entries)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_reference_within_the_catalogue_leads_somewhere() {
        let catalogue = Catalogue::embedded().unwrap();
        let references = [
            ("facilities", "metro_area", "metro-areas"),
            ("facilities", "pops", "pops"),
            ("pops", "facility", "facilities"),
            ("pops", "metro_area_network", "metro-area-networks"),
            ("pops", "devices", "devices"),
            ("devices", "pop", "pops"),
            ("devices", "facility", "facilities"),
            ("metro-areas", "facilities", "facilities"),
            ("metro-areas", "metro_area_networks", "metro-area-networks"),
            ("metro-area-networks", "metro_area", "metro-areas"),
            ("metro-area-networks", "pops", "pops"),
            ("product-offerings", "handover_pop", "pops"),
            (
                "product-offerings",
                "handover_metro_area_network",
                "metro-area-networks",
            ),
            (
                "product-offerings",
                "service_metro_area_network",
                "metro-area-networks",
            ),
            (
                "product-offerings",
                "exchange_lan_network_service",
                "network-services",
            ),
            (
                "network-services",
                "metro_area_network",
                "metro-area-networks",
            ),
            ("network-services", "network_features", "network-features"),
            (
                "network-services",
                "nsc_product_offerings",
                "product-offerings",
            ),
            ("network-services", "nsc_required_contact_roles", "roles"),
            ("network-features", "network_service", "network-services"),
            ("network-features", "nfc_required_contact_roles", "roles"),
            ("pops", "availability_zone", "availability-zones"),
            ("accounts", "managing_account", "accounts"),
        ];
        for (collection, field, target) in references {
            for entry in catalogue.all(collection) {
                let value = entry.fields().get(field).cloned().unwrap_or_default();
                let ids = value.as_array().cloned().unwrap_or_else(|| vec![value]);
                for id in ids.iter().filter_map(Value::as_str) {
                    assert!(
                        catalogue.get(target, id).is_some(),
                        "{collection} {} {field} {id}",
                        entry.text("id")
                    );
                }
            }
        }
    }

    #[test]
    fn every_role_that_an_offering_requires_exists() {
        let catalogue = Catalogue::embedded().unwrap();
        for offering in catalogue.all("product-offerings") {
            let required = offering
                .fields()
                .get("required_contact_roles")
                .unwrap_or(offering.private("nsc_required_contact_roles"));
            for role in crate::object::texts(required) {
                assert!(
                    catalogue.role(role).is_some(),
                    "{} {role}",
                    offering.text("id")
                );
            }
        }
    }
}
