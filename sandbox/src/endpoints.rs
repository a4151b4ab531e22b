//! The table of what is served below the path of the API: it is read off the tables of the
//! collections, so that what the exchange says it can do (`/implementation`) is what it does.

use crate::dialect::Quirk;
use crate::exchange::{Entity, Exchange};
use crate::service_keys;
use crate::settings::Settings;
use crate::statistics::Kind;

/// A method at a place, which may have names in braces: `/connections/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    /// The place.
    pub path: String,
    /// The method.
    pub method: &'static str,
    /// What the specification calls it; none for what belongs to an extension.
    pub operation: Option<String>,
}

fn endpoint(method: &'static str, path: impl Into<String>, operation: &str) -> Endpoint {
    let operation = operation.replace('-', "_");
    Endpoint {
        path: path.into(),
        method,
        operation: Some(operation),
    }
}

/// Everything that is served, in no particular order.
pub fn served(exchange: &Exchange) -> Vec<Endpoint> {
    let mut served = vec![
        endpoint("POST", "/auth/token", "auth_token_create"),
        endpoint("POST", "/auth/refresh", "auth_token_refresh"),
        endpoint("GET", "/health", "health_read"),
        endpoint("GET", "/implementation", "implementation_read"),
        endpoint("GET", "/extensions", "extensions_list"),
        endpoint("GET", "/account", "account_read"),
    ];
    for entity in exchange.entities() {
        served.extend(of_collection(entity, &exchange.settings));
    }
    if exchange.settings.has(Quirk::ServiceKeys) {
        let extension = format!("/extensions/{}", service_keys::NAME);
        let below = service_keys::SERVED.iter();
        served.extend(below.map(|(method, below)| Endpoint {
            path: format!("{extension}{below}"),
            method,
            operation: None,
        }));
    }
    served
}

/// What is served of a collection.
fn of_collection(entity: &Entity, settings: &Settings) -> Vec<Endpoint> {
    let name = entity.collection.path;
    let all = format!("/{name}");
    let one = format!("/{name}/{{id}}");
    let mut served: Vec<Endpoint> = Vec::new();
    for method in entity.methods_on_all(settings) {
        let verb = if method == "POST" { "create" } else { "list" };
        served.push(endpoint(method, &all, &format!("{name}_{verb}")));
    }
    for method in entity.methods_on_one() {
        let verb = match method {
            "PATCH" => "partial_update",
            "PUT" => "update",
            "DELETE" => "destroy",
            _ => "read",
        };
        served.push(endpoint(method, &one, &format!("{name}_{verb}")));
    }
    for action in entity.actions {
        for method in action.methods() {
            let verb = match method {
                "POST" => "create",
                "DELETE" => "destroy",
                _ => "read",
            };
            let operation = format!("{name}_{}_{verb}", action.name);
            served.push(endpoint(
                method,
                format!("{one}/{}", action.name),
                &operation,
            ));
        }
    }
    for kind in ["statistics", "peer-statistics"] {
        if Kind::of(entity.collection, kind).is_some() {
            let totals = format!("{one}/{kind}");
            let series = format!("{totals}/{{aggregate}}/timeseries");
            served.push(endpoint("GET", totals, &format!("{name}_{kind}_read")));
            let operation = format!("{name}_{kind}_timeseries_read");
            served.push(endpoint("GET", series, &operation));
        }
    }
    served
}
