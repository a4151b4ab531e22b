//! What the exchange says about itself: its health and what it implements.

use serde_json::json;

use crate::answer::Answer;
use crate::exchange::{Exchange, can_be_changed};
use crate::store::Collection;

/// `GET /health`, which needs no token.
pub fn health() -> Answer {
    Answer::json(
        200,
        &json!({
            "status": "pass",
            "version": "2",
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
            "supported_network_service_types": ["p2p_vc"],
            "supported_network_service_config_types": ["p2p_vc"],
            "supported_network_feature_types": [],
            "supported_network_feature_config_types": [],
            "supported_operations": operations(exchange),
            "supported_features": { "pagination": exchange.settings.page_size.is_some() },
        }),
    )
}

/// The ids of the operations that are answered, in the specification's spelling.
fn operations(exchange: &Exchange) -> Vec<String> {
    let mut operations = vec!["ports_list".to_owned(), "ports_read".to_owned()];
    let mut add = |collection: &str, verbs: &[&str]| {
        let collection = collection.replace('-', "_");
        operations.extend(verbs.iter().map(|verb| format!("{collection}_{verb}")));
    };
    for collection in exchange.catalogue.collections() {
        add(collection, &["list", "read"]);
    }
    for collection in Collection::ALL {
        add(collection.path(), &["list", "create", "read", "destroy"]);
        if can_be_changed(collection) {
            add(collection.path(), &["partial_update"]);
        }
    }
    operations
}
