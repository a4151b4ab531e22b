//! What the exchange says about itself: its health and what it implements.

use std::collections::BTreeSet;

use serde_json::json;

use crate::BASE_PATH;
use crate::answer::Answer;
use crate::collection::{Collection, NETWORK_FEATURES, NETWORK_SERVICES, PRODUCT_OFFERINGS};
use crate::dialect::Quirk;
use crate::endpoints;
use crate::entities::{network_feature_configs, network_service_configs};
use crate::exchange::Exchange;
use crate::service_keys;
use crate::settings::Settings;

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
    let served = endpoints::served(exchange).into_iter();
    let operations: Vec<String> = served.filter_map(|it| it.operation).collect();
    let of_catalogue = |collection: Collection| exchange.catalogue.all(collection.path).iter();
    let ordered = of_catalogue(PRODUCT_OFFERINGS)
        .filter(|offering| offering.text("resource_type") == "network_service");
    let services: BTreeSet<&str> = of_catalogue(NETWORK_SERVICES)
        .chain(ordered)
        .map(|entry| entry.text("type"))
        .collect();
    let features = of_catalogue(NETWORK_FEATURES).map(|feature| feature.text("type"));
    let features: BTreeSet<&str> = features.collect();
    Answer::json(
        200,
        &json!({
            "schema_version": "2.7.1",
            "service_version": env!("CARGO_PKG_VERSION"),
            "supported_network_service_types": services,
            "supported_network_service_config_types": network_service_configs::TYPES,
            "supported_network_feature_types": features,
            "supported_network_feature_config_types": [network_feature_configs::TYPE],
            "supported_operations": operations,
            "supported_features": { "pagination": exchange.settings.page_size().is_some() },
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
