//! The exchange itself: its parts, and the table of contents of its API. What happens at each place is in
//! [`crate::entities`]; this file only finds the place.

use serde_json::{Map, Value, json};

use crate::about;
use crate::answer::Answer;
use crate::auth::Tokens;
use crate::catalogue::{Catalogue, SeedError};
use crate::clock::Clock;
use crate::entities::{
    accounts, connections, contacts, macs, network_service_configs, network_services,
    port_reservations, ports, role_assignments,
};
use crate::ids::Ids;
use crate::life::Hold;
use crate::list;
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::schema::{Purpose, Schema};
use crate::settings::Settings;
use crate::store::{Collection, Object, Store};

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
    /// What a test keeps from moving on.
    pub holds: Vec<Hold>,
    /// Its source of ids.
    pub ids: Ids,
    /// The tokens it gave out.
    pub tokens: Tokens,
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
    /// The body.
    pub body: &'a [u8],
}

impl Request<'_> {
    /// The body as a JSON object.
    pub fn object(&self) -> Result<Map<String, Value>, Problem> {
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
    pub fn new(settings: Settings) -> Result<Self, SeedError> {
        let schema = Schema::embedded().map_err(|source| SeedError {
            name: "fields",
            source,
        })?;
        Ok(Exchange {
            settings,
            catalogue: Catalogue::embedded()?,
            schema,
            store: Store::default(),
            clock: Clock::default(),
            holds: Vec::new(),
            ids: Ids::default(),
            tokens: Tokens::default(),
        })
    }

    /// Forgets everything that customers created and that tests held. Tokens stay good.
    pub fn reset(&mut self) {
        self.store = Store::default();
        self.holds.clear();
    }

    /// Answers a request below the base path.
    pub fn answer(&mut self, party: Party, request: &Request<'_>) -> Answer {
        self.settle();
        self.route(party, request)
            .unwrap_or_else(|problem| problem.answer())
    }

    fn route(&mut self, party: Party, request: &Request<'_>) -> Result<Answer, Problem> {
        let segments: Vec<String> = request
            .path
            .split('/')
            .skip(1)
            .map(crate::urlencoded::decode)
            .collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["implementation"] => reading(request, || Ok(about::implementation(self))),
            ["account"] => reading(request, || {
                self.read(party, "accounts", party.credentials().account)
            }),
            [collection] if self.is_served(collection) => {
                match (request.method, Collection::named(collection)) {
                    ("GET", _) => self.list(party, collection, request.query),
                    ("POST", Some(collection)) => self.create(party, collection, request),
                    (method, known) => {
                        let allow = if known.is_some() { "GET, POST" } else { "GET" };
                        Err(Problem::method_not_allowed(method, request.path, allow))
                    }
                }
            }
            [collection, id] if self.is_served(collection) => {
                match (request.method, Collection::named(collection)) {
                    ("GET", _) => self.read(party, collection, id),
                    ("PATCH", Some(collection)) if can_be_changed(collection) => {
                        self.change(party, collection, id, request)
                    }
                    ("DELETE", Some(collection)) => self.delete(party, collection, id, request),
                    (method, known) => Err(Problem::method_not_allowed(
                        method,
                        request.path,
                        allowed_on_one(known),
                    )),
                }
            }
            [collection, id, action] => match Collection::named(collection) {
                Some(collection) => self.act(party, collection, id, action, request),
                None => Err(Problem::no_such_path(request.path)),
            },
            _ => Err(Problem::no_such_path(request.path)),
        }
    }

    fn is_served(&self, collection: &str) -> bool {
        collection == "ports"
            || self.catalogue.has(collection)
            || Collection::named(collection).is_some()
    }

    /// Every object of a collection that a party may see, sorted by id.
    pub fn visible(&self, party: Party, collection: &str) -> Vec<Map<String, Value>> {
        if collection == "ports" {
            return ports::visible(self, party);
        }
        if collection == "accounts" {
            return accounts::visible(self, party);
        }
        match Collection::named(collection) {
            Some(collection) => self
                .store
                .all(collection)
                .filter(|object| self.is_visible(party, object))
                .map(|object| self.show(party, object))
                .collect(),
            None => self
                .catalogue
                .all(collection)
                .iter()
                .map(|entry| entry.fields().clone())
                .collect(),
        }
    }

    fn list(
        &self,
        party: Party,
        collection: &str,
        query: &[(String, String)],
    ) -> Result<Answer, Problem> {
        let rows = list::filtered(self, party, collection, query)?;
        list::paged(&self.settings, collection, rows, query)
    }

    fn read(&self, party: Party, collection: &str, id: &str) -> Result<Answer, Problem> {
        if let Some(collection) = Collection::named(collection) {
            let object = self.find(party, collection, id)?;
            return Ok(Answer::json(200, &Value::Object(self.show(party, object))));
        }
        let found = self.visible(party, collection).into_iter().find(|row| {
            let own = row.get("id").and_then(Value::as_str).unwrap_or_default();
            own == id || (collection == "roles" && own.eq_ignore_ascii_case(id))
        });
        match found {
            Some(row) => Ok(Answer::json(200, &Value::Object(row))),
            None => Err(Problem::not_found(collection.trim_end_matches('s'), id)),
        }
    }

    fn create(
        &mut self,
        party: Party,
        collection: Collection,
        request: &Request<'_>,
    ) -> Result<Answer, Problem> {
        let body = request.object()?;
        let object = match collection {
            Collection::Contacts => contacts::create(self, party, body),
            Collection::RoleAssignments => role_assignments::create(self, party, body),
            Collection::Connections => connections::create(self, party, body),
            Collection::PortReservations => port_reservations::create(self, party, body),
            Collection::NetworkServices => network_services::create(self, party, body),
            Collection::NetworkServiceConfigs => network_service_configs::create(self, party, body),
            Collection::Macs => macs::create(self, party, body),
        }?;
        let answer = Answer::json(201, &Value::Object(self.show(party, &object)));
        Ok(answer)
    }

    fn change(
        &mut self,
        party: Party,
        collection: Collection,
        id: &str,
        request: &Request<'_>,
    ) -> Result<Answer, Problem> {
        let object = self.find(party, collection, id)?.clone();
        if object.owner != party {
            return Err(Problem::permission_denied(format!(
                "Only the party that ordered the {} {id} can change it.",
                collection.noun()
            )));
        }
        let body = request.object()?;
        let object = match collection {
            Collection::Contacts => contacts::change(self, party, object, body),
            Collection::Connections => connections::change(self, party, object, body),
            Collection::PortReservations => port_reservations::change(self, object, body),
            Collection::NetworkServices => network_services::change(self, party, object, body),
            Collection::NetworkServiceConfigs => {
                network_service_configs::change(self, party, object, body)
            }
            Collection::RoleAssignments | Collection::Macs => {
                return Err(Problem::method_not_allowed(
                    "PATCH",
                    request.path,
                    allowed_on_one(Some(collection)),
                ));
            }
        }?;
        let status = if object.life.is_some() { 202 } else { 200 };
        self.store.put(object.clone());
        Ok(Answer::json(
            status,
            &Value::Object(self.show(party, &object)),
        ))
    }

    fn delete(
        &mut self,
        party: Party,
        collection: Collection,
        id: &str,
        request: &Request<'_>,
    ) -> Result<Answer, Problem> {
        let object = self.find(party, collection, id)?.clone();
        match collection {
            Collection::Contacts => contacts::delete(self, &object)?,
            Collection::RoleAssignments => role_assignments::delete(self, &object)?,
            Collection::Macs => macs::delete(self, &object)?,
            Collection::Connections => {
                return connections::delete(self, party, object, request.body);
            }
            Collection::PortReservations => {
                return port_reservations::delete(self, party, object, request.body);
            }
            Collection::NetworkServices => {
                return network_services::delete(self, party, object, request.body);
            }
            Collection::NetworkServiceConfigs => {
                return network_service_configs::delete(self, party, object, request.body);
            }
        }
        let answer = Answer::json(200, &Value::Object(self.show(party, &object)));
        self.store.remove(collection, id);
        Ok(answer)
    }

    fn act(
        &mut self,
        party: Party,
        collection: Collection,
        id: &str,
        action: &str,
        request: &Request<'_>,
    ) -> Result<Answer, Problem> {
        let stateful = !matches!(
            collection,
            Collection::Contacts | Collection::RoleAssignments | Collection::Macs
        );
        let cabled = matches!(
            collection,
            Collection::Connections | Collection::PortReservations
        );
        match (request.method, action) {
            ("GET", "cancellation-policy") if stateful => {
                let object = self.find(party, collection, id)?;
                self.cancellation_policy(party, object, request.query)
            }
            ("GET", "loa") if cabled => {
                self.letter_of_authorisation(self.find(party, collection, id)?)
            }
            ("POST", "loa") if cabled => {
                let object = self.find(party, collection, id)?;
                Err(Problem::unable_to_fulfill(format!(
                    "The cross connect of {} is ordered by the subscriber, so its LOA is issued here and cannot be uploaded.",
                    object.id
                )))
            }
            (method, "cancellation-policy") if stateful => {
                Err(Problem::method_not_allowed(method, request.path, "GET"))
            }
            (method, "loa") if cabled => Err(Problem::method_not_allowed(
                method,
                request.path,
                "GET, POST",
            )),
            _ => Err(Problem::no_such_path(request.path)),
        }
    }

    /// An object, if the party may see it.
    pub fn find(&self, party: Party, collection: Collection, id: &str) -> Result<&Object, Problem> {
        self.store
            .get(collection, id)
            .filter(|object| self.is_visible(party, object))
            .ok_or_else(|| Problem::not_found(collection.noun(), id))
    }

    fn is_visible(&self, party: Party, object: &Object) -> bool {
        let joining = object.collection == Collection::NetworkServices
            && self
                .catalogue
                .owns(party, object.text("joining_member_account"));
        object.owner == party || joining
    }

    /// An object as it is answered to a party.
    pub fn show(&self, party: Party, object: &Object) -> Map<String, Value> {
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
        match object.collection {
            Collection::Connections => connections::complete(self, object, &mut row),
            Collection::PortReservations => port_reservations::complete(self, object, &mut row),
            Collection::NetworkServices => {
                network_services::complete(self, party, object, &mut row)
            }
            Collection::NetworkServiceConfigs => {
                network_service_configs::complete(self, object, &mut row)
            }
            Collection::Contacts | Collection::RoleAssignments | Collection::Macs => {}
        }
        row.extend(object.overrides.clone());
        row
    }

    /// Checks a body against the field list; further checks add to the findings before they are answered.
    pub fn check(&self, entity: &str, body: &Map<String, Value>, purpose: Purpose) -> Findings {
        let mut findings = Findings::default();
        self.schema.check(entity, body, purpose, &mut findings);
        findings
    }
}

fn reading(
    request: &Request<'_>,
    answer: impl FnOnce() -> Result<Answer, Problem>,
) -> Result<Answer, Problem> {
    match request.method {
        "GET" => answer(),
        method => Err(Problem::method_not_allowed(method, request.path, "GET")),
    }
}

/// Whether objects of a collection can be changed once they exist.
pub fn can_be_changed(collection: Collection) -> bool {
    !matches!(collection, Collection::RoleAssignments | Collection::Macs)
}

fn allowed_on_one(collection: Option<Collection>) -> &'static str {
    match collection {
        Some(collection) if can_be_changed(collection) => "GET, PATCH, DELETE",
        Some(_) => "GET, DELETE",
        None => "GET",
    }
}
