//! Every answer of every endpoint, in every dialect, held against the field list: known fields, all
//! of them there, of the right types and within their bounds. What a dialect does otherwise is in
//! [`deviations`], each under the quirk that makes it.
#![allow(clippy::unwrap_used)]

mod deviations;
mod fields;
mod tour;

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use ixapi_sandbox::dialect::Dialect;
use ixapi_sandbox::{Settings, endpoints};

use crate::deviations::DEVIATIONS;
use crate::fields::Finding;
use crate::tour::Tour;

/// What of the field list is sent, or is served nowhere, and so is never answered.
const NEVER_ANSWERED: [&str; 3] = ["CancellationRequest", "DeviceConnection", "Event"];
fn toured(dialect: Dialect) -> Tour {
    let mut tour = Tour::new(Settings {
        dialect,
        ..Settings::default()
    });
    tour.everywhere();
    tour
}

/// The quirk that explains what was found.
fn explained(tour: &Tour, finding: &Finding) -> Option<usize> {
    DEVIATIONS.iter().position(|one| {
        let settings = &tour.sandbox.exchange.settings;
        settings.has(one.quirk) && one.allows(finding)
    })
}

#[test]
fn what_is_answered_is_what_the_field_list_says_but_for_the_quirks() {
    let mut needed = BTreeSet::new();
    for dialect in Dialect::value_variants() {
        let tour = toured(*dialect);
        let mut wrong = BTreeMap::new();
        for finding in &tour.findings {
            match explained(&tour, finding) {
                Some(quirk) => {
                    needed.insert(quirk);
                }
                None => {
                    let Finding {
                        entity,
                        field,
                        flaw,
                        seen,
                    } = finding;
                    wrong.insert(format!("{entity}.{field} {flaw:?}"), seen);
                }
            }
        }
        assert!(wrong.is_empty(), "{dialect:?}: {wrong:#?}");
    }
    let idle = DEVIATIONS.iter().enumerate();
    let idle: Vec<_> = idle.filter(|(index, _)| !needed.contains(index)).collect();
    assert!(idle.is_empty(), "Nobody deviates so: {idle:#?}");
}

#[test]
fn every_endpoint_is_visited_in_every_dialect() {
    for dialect in Dialect::value_variants() {
        let tour = toured(*dialect);
        let served = endpoints::served(&tour.sandbox.exchange).into_iter();
        let served: BTreeSet<(String, String)> = served
            .map(|it| (it.path, it.method.to_owned()))
            .chain([("/connect/token".to_owned(), "POST".to_owned())])
            .collect();
        assert_eq!(tour.visited, served, "{dialect:?}");
    }
}

#[test]
fn every_kind_of_thing_of_the_field_list_is_seen() {
    let [plain, keyed] = [Dialect::Plain, Dialect::DigitalRealty].map(toured);
    let unseen: Vec<&str> = plain
        .list
        .entities()
        .filter(|entity| !plain.seen.contains(*entity) && !keyed.seen.contains(*entity))
        .filter(|entity| !NEVER_ANSWERED.contains(entity))
        .collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}

#[test]
fn what_is_not_served_is_refused_and_what_is_served_is_told() {
    for dialect in Dialect::value_variants() {
        let mut tour = toured(*dialect);
        let served = endpoints::served(&tour.sandbox.exchange);
        let places: BTreeSet<&str> = served.iter().map(|it| it.path.as_str()).collect();
        for place in places.iter() {
            let here = served.iter().filter(|it| it.path == **place);
            let here: BTreeSet<&str> = here.map(|it| it.method).collect();
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
                let answer = tour.ask(method, &place.replace(['{', '}'], ""), b"");
                let told = answer.headers.iter().find(|(name, _)| *name == "allow");
                let told = told.map(|(_, methods)| methods.split(", ").collect());
                let context = format!("{dialect:?}: {method} {place}: {}", answer.status);
                match here.contains(method) {
                    true => assert_ne!(answer.status, 405, "{context}"),
                    false if answer.status == 403 => {}
                    false => assert_eq!(told.as_ref(), Some(&here), "{context}"),
                }
            }
        }
    }
}

/// What is seen of what another party has: of what is not here, nothing.
const OF_OTHERS: [(&str, &[&str]); 6] = [
    (
        "Account",
        &[
            "discoverable",
            "id",
            "metro_area_network_presence",
            "name",
            "state",
        ],
    ),
    // The provider's side, beside one's own.
    (
        "CloudNetworkServiceConfig",
        &[
            "billing_account",
            "capacity",
            "cloud_vlan",
            "connection",
            "consuming_account",
            "handover",
            "id",
            "managing_account",
            "network_service",
            "product_offering",
            "state",
            "type",
            "vlan_config",
        ],
    ),
    // The exchange's own, which has no secrets.
    (
        "ExchangeLanNetworkService",
        &[
            "consuming_account",
            "external_ref",
            "id",
            "ixfdb_ixid",
            "managing_account",
            "metro_area_network",
            "name",
            "network_features",
            "nsc_required_contact_roles",
            "peeringdb_ixid",
            "product_offering",
            "state",
            "status",
            "subnet_v4",
            "subnet_v6",
            "type",
        ],
    ),
    (
        "MP2MPNetworkService",
        &[
            "display_name",
            "id",
            "mac_acl_protection",
            "network_features",
            "nsc_product_offerings",
            "nsc_required_contact_roles",
            "product_offering",
            "public",
            "state",
            "status",
            "subnet_v4",
            "subnet_v6",
            "type",
        ],
    ),
    (
        "P2MPNetworkService",
        &[
            "display_name",
            "id",
            "network_features",
            "nsc_product_offerings",
            "nsc_required_contact_roles",
            "product_offering",
            "public",
            "state",
            "status",
            "type",
        ],
    ),
    (
        "P2PNetworkService",
        &[
            "availability_zones",
            "capacity",
            "consuming_account",
            "display_name",
            "id",
            "joining_member_account",
            "managing_account",
            "nsc_product_offerings",
            "nsc_required_contact_roles",
            "product_offering",
            "state",
            "status",
            "type",
        ],
    ),
];
/// Nested objects, of which all is seen where they are.
const NESTED: [&str; 2] = ["Status", "VlanConfig"];
/// Who joins a circuit ends it, too, and sees when it does.
const OF_BOTH: [&str; 2] = ["charged_until", "decommission_at"];

#[test]
fn of_what_others_have_is_shown_what_it_takes_to_find_and_to_join_it() {
    for dialect in [Dialect::Plain, Dialect::IxApi] {
        let tour = toured(dialect);
        let shown = tour.shown.iter();
        let shown = shown.filter(|(entity, _)| !NESTED.contains(&entity.as_str()));
        let shown: BTreeMap<&str, Vec<&str>> = shown
            .map(|(entity, fields)| {
                let fields = fields.iter().map(String::as_str);
                let fields = fields.filter(|field| !OF_BOTH.contains(field));
                (entity.as_str(), fields.collect())
            })
            .collect();
        let listed = OF_OTHERS.into_iter();
        let listed: BTreeMap<&str, Vec<&str>> = listed
            .map(|(entity, fields)| (entity, fields.to_vec()))
            .collect();
        assert_eq!(shown, listed, "{dialect:?}");
    }
}
