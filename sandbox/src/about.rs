//! What the exchange says about itself: its health and what it implements.

use serde_json::json;

use crate::BASE_PATH;
use crate::answer::Answer;
use crate::dialect::Quirk;
use crate::exchange::Exchange;
use crate::service_keys;
use crate::settings::Settings;

/// The types of network services, and of their configs.
const TYPES: [&str; 5] = ["cloud_vc", "exchange_lan", "mp2mp_vc", "p2mp_vc", "p2p_vc"];

/// `GET /health`, which needs no token.
pub fn health(settings: &Settings) -> Answer {
    let (status, version) = match settings.has(Quirk::HealthUp) {
        true => ("up", json!(2)),
        false => ("pass", json!("2")),
    };
    Answer::json(
        200,
        &json!({
            "status": status,
            "version": version,
            "releaseId": env!("CARGO_PKG_VERSION"),
            "serviceId": "ixapi-sandbox",
            "description": "An IX-API v2 exchange for trials and tests.",
            "notes": [],
            "output": "",
            "checks": {},
            "links": {},
        }),
    )
}

/// `GET /implementation`
pub fn implementation(exchange: &Exchange) -> Answer {
    Answer::json(
        200,
        &json!({
            "schema_version": "2.7.1",
            "service_version": env!("CARGO_PKG_VERSION"),
            "supported_network_service_types": TYPES,
            "supported_network_service_config_types": TYPES,
            "supported_network_feature_types": ["route_server"],
            "supported_network_feature_config_types": ["route_server"],
            "supported_operations": operations(exchange),
            "supported_features": { "pagination": exchange.settings.page_size.is_some() },
        }),
    )
}

/// `GET /extensions`
pub fn extensions(exchange: &Exchange) -> Answer {
    let settings = &exchange.settings;
    let base = match settings.has(Quirk::ExtensionsAtRoot) {
        true => "",
        false => BASE_PATH,
    };
    let origin = &exchange.origin;
    let service_keys = json!({
        "name": service_keys::NAME,
        "publisher": "Interxion",
        "documentation_url": "https://example.net/service-keys",
        "base_url": format!("{origin}{base}/extensions/{}", service_keys::NAME),
        "spec_url": "https://example.net/service-keys.yml",
    });
    let is_listed = settings.has(Quirk::ServiceKeys) && !settings.has(Quirk::ExtensionsUnlisted);
    let listed = is_listed.then_some(service_keys).into_iter();
    Answer::json(200, &listed.collect())
}

/// The ids of the operations that are answered, in the specification's spelling.
fn operations(exchange: &Exchange) -> Vec<String> {
    let mut operations = Vec::new();
    for entity in exchange.entities() {
        let collection = entity.collection.path.replace('-', "_");
        let offered = [
            (true, "list"),
            (true, "read"),
            (entity.create.is_some(), "create"),
            (entity.change.is_some(), "partial_update"),
            (entity.replace.is_some(), "update"),
            (entity.delete.is_some(), "destroy"),
        ];
        let offered = offered.into_iter().filter(|(offered, _)| *offered);
        operations.extend(offered.map(|(_, verb)| format!("{collection}_{verb}")));
    }
    operations
}
