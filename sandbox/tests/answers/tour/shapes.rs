//! What the places answer, in words of the field list.

use serde_json::Value;

use super::EXTENSION;

/// What an answer with success holds.
pub enum Shape {
    Rows(&'static str),
    Row(&'static str),
    One(&'static str),
    Many(&'static str),
    Document,
}

/// The entity of the field list that a row of a collection is.
pub fn entity(collection: &str, row: &Value) -> String {
    let kind = row["type"].as_str().unwrap_or_default().to_lowercase();
    let kind = match kind.as_str() {
        "exchange_lan" => "ExchangeLan",
        "p2p_vc" => "P2P",
        "mp2mp_vc" => "MP2MP",
        "p2mp_vc" => "P2MP",
        "cloud_vc" => "Cloud",
        "allow" => "Allow",
        "deny" => "Deny",
        "connection" => "Connection",
        "routing_function" => "RoutingFunction",
        _ => "",
    };
    let name = match collection {
        "accounts" => "Account",
        "availability-zones" => "AvailabilityZone",
        "connections" => "Connection",
        "contacts" => "Contact",
        "devices" => "Device",
        "facilities" => "Facility",
        "ips" => "IPAddress",
        "macs" => "MacAddress",
        "metro-area-networks" => "MetroAreaNetwork",
        "metro-areas" => "MetroArea",
        "network-feature-configs" => "RouteServerNetworkFeatureConfig",
        "network-features" => "RouteServerNetworkFeature",
        "pops" => "PointOfPresence",
        "port-reservations" => "PortReservation",
        "ports" => "Port",
        "role-assignments" => "RoleAssignment",
        "roles" => "Role",
        "routing-functions" => "RoutingFunction",
        "member-joining-rules" => return format!("{kind}MemberJoiningRule"),
        "network-service-configs" => return format!("{kind}NetworkServiceConfig"),
        "network-services" => return format!("{kind}NetworkService"),
        "product-offerings" if matches!(kind, "Connection" | "RoutingFunction") => {
            return format!("{kind}ProductOffering");
        }
        "product-offerings" => return format!("{kind}NetworkProductOffering"),
        other => panic!("{other} is no collection of the field list"),
    };
    name.to_owned()
}

/// What a place answers.
pub fn shape(method: &str, place: &'static str) -> Shape {
    let below = place.strip_prefix(EXTENSION).unwrap_or(place);
    let mut parts = below.split('/').skip(1);
    let collection = parts.next().unwrap();
    match (place, parts.next(), parts.next()) {
        ("/auth/token" | "/auth/refresh", ..) => Shape::One("Token"),
        ("/connect/token", ..) => Shape::One("ClientToken"),
        ("/health", ..) => Shape::One("APIHealth"),
        ("/implementation", ..) => Shape::One("APIImplementation"),
        ("/extensions", ..) => Shape::Many("APIExtensions"),
        ("/account", ..) => Shape::Row("accounts"),
        (_, Some(_), Some("cancellation-policy")) => Shape::One("CancellationPolicy"),
        (_, Some(_), Some("change-request")) => Shape::One("NetworkServiceChangeRequest"),
        (_, Some(_), Some("loa")) => Shape::Document,
        _ if place.ends_with("/timeseries") => Shape::One("Timeseries"),
        ("/ports/{id}/statistics", ..) => Shape::One("PortStatistics"),
        _ if place.ends_with("statistics") => Shape::One("Statistics"),
        (_, Some("{key}"), None) => Shape::One("ServiceKey"),
        // The guide finds one's own ports there.
        (_, None, None) if below != place && collection == "product-offerings" => {
            Shape::Rows("connections")
        }
        (_, None, None) if method == "GET" => Shape::Rows(collection),
        _ => Shape::Row(collection),
    }
}
