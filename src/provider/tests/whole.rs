//! The whole life of one object of every type: after each step the plan is empty, and in the end
//! nothing is left.

use serde_json::json;

use crate::entities;
use crate::ixapi::Json;
use crate::provider::testing::exchange::*;
use crate::tfplugin::value::Value;

/// What there must be before, and the configuration of one object of a type.
async fn configured(exchange: &Exchange, name: &str) -> Json {
    let ordered = async |name: &str, config: Json| {
        let created = exchange.resource(name).create(&config).await;
        created.kept_in_silence()
    };
    let noc = async || ordered("contact", contact(&[NOC])).await;
    let lan = async || {
        let port = ordered("connection", port(json!({}))).await;
        peering(&port, &noc().await, 23)
    };
    match name {
        "account" => json!({
            "name": "Moonpeer B.V.", "external_ref": "customer", "legal_name": "Moonpeer",
            "discoverable": false, "metro_area_network_presence": ["AMS"],
            "address": {
                "country": "NL", "locality": "Amsterdam", "postal_code": "1017 CE",
                "street_address": "Herengracht 1",
            },
        }),
        "connection" => port(json!({ "external_ref": "mine", "connecting_party": "Panda Cables" })),
        "contact" => contact(&[NOC, IMPLEMENTATION]),
        "ip" => {
            let config = ordered("nsc", lan().await).await;
            json!({ "network_service_config": config.id(), "version": 4, "fqdn": "gw.example.net" })
        }
        "mac" => json!({
            "managing_account": OWN, "consuming_account": OWN, "address": "42:23:BC:8E:B8:B0",
            "valid_not_before": "2020-01-01T00:00:00+01:00",
        }),
        "member_joining_rule" => {
            let group = ordered("mp2mp_vc", group(json!({}))).await;
            json!({
                "type": "allow", "network_service": group.id(), "managing_account": OWN,
                "consuming_account": "A0087264", "capacity_max": 500, "external_ref": "friend",
            })
        }
        "cloud_vc" => json!({
            "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
            "product_offering": "aws-dc.amsterdam.AMS.50", "cloud_key": "123456789876",
        }),
        "routing_function" => json!({
            "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
            "product_offering": "503601.AMS", "asn": 64496,
        }),
        "mp2mp_vc" => group(json!({ "display_name": "Moon", "subnet_v4": "198.18.64.0/24" })),
        "p2mp_vc" => group(json!({ "product_offering": "503501.AMS", "public": true })),
        "nfc" => {
            let lan = lan().await;
            let config = ordered("nsc", lan.clone()).await;
            let ip = json!({ "network_service_config": config.id(), "version": 4 });
            let ip = ordered("ip", ip).await;
            json!({
                "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
                "network_feature": "RS1-AMS", "network_service_config": config.id(),
                "role_assignments": lan["role_assignments"], "ip": ip.id(), "asn": 64496,
                "as_set_v4": "AS-PANDA@RIPE", "flags": { "RPKI-HARD-FILTER": true },
                "session_mode": "public", "bgp_session_type": "passive", "password": "bamboo",
            })
        }
        "nsc" => lan().await,
        "p2p_vc" => circuit(json!({ "display_name": "Moon", "contract_ref": "C" })),
        "port_reservation" => {
            let lag = json!({ "mode": "lag_lacp", "port_quantity": 1 });
            let lag = ordered("connection", port(lag)).await;
            json!({ "network_connection": lag.id(), "connecting_party": "Panda Cables" })
        }
        "role_assignment" => {
            let contact = ordered("contact", with(contact(&[]), json!({ "roles": null }))).await;
            json!({ "contact": contact.id(), "role": NOC.to_uppercase() })
        }
        other => panic!("an object of type {other}"),
    }
}

/// Asserts that there is nothing to do.
async fn is_as_configured(objects: &Subject, kept: &Kept, config: &Json) {
    let (change, planned) = objects.plan(Some(kept), config).await;
    planned.kept_in_silence();
    assert!(change.replaces.is_empty());
    assert_eq!(change.planned, kept.state);
}

#[tokio::test]
async fn an_object_of_every_type_is_ordered_read_imported_and_deleted() {
    lives(Dialect::Plain).await;
}

#[tokio::test]
async fn an_object_of_every_type_lives_at_an_exchange_that_speaks_ix_api() {
    lives(Dialect::IxApi).await;
}

#[tokio::test]
async fn an_object_of_every_type_lives_at_an_exchange_like_de_cix() {
    lives(Dialect::DeCix).await;
}

#[tokio::test]
async fn an_object_of_every_type_lives_at_an_exchange_like_linx() {
    lives(Dialect::Linx).await;
}

async fn lives(dialect: Dialect) {
    // A change request is the other party's, of a circuit of one's own: `service_keys.rs`.
    let own = entities::RESOURCES.iter();
    for resource in own.filter(|resource| resource.name != "change_request") {
        let name = resource.name;
        let settings = Settings {
            dialect,
            // An import cannot know what the exchange does not tell.
            without: vec![Quirk::JoiningMemberDrifts, Quirk::VlanConfigEmpty],
            ..Settings::default()
        };
        let exchange = Exchange::start(settings).await;
        let config = configured(&exchange, name).await;
        let objects = exchange.resource(name);
        let created = objects.create(&config).await.kept_in_silence();
        assert!(created.state.is_wholly_known(), "{name}");
        is_as_configured(&objects, &created, &config).await;

        let read = async |kept: &Kept| {
            let read = objects.read(kept).await;
            match name {
                // It has no session, and says so.
                "nsc" => read.kept(),
                _ => read.kept_in_silence(),
            }
        };
        let kept = read(&created).await;
        is_as_configured(&objects, &kept, &config).await;
        let again = read(&kept).await;
        assert_eq!(again.state, kept.state, "{name}");

        let imported = objects.import(kept.id()).await.kept_in_silence();
        let imported = read(&imported).await;
        let change = objects.change(Some(&imported), &config);
        assert!(change.replaces.is_empty(), "{name} {:?}", change.replaces);
        for secret in ["password", "connecting_party"] {
            assert_eq!(imported.state.get(secret), kept.state.get(secret), "{name}");
        }
        let differs = change.planned != imported.state;
        assert!(
            !differs,
            "{name}\n{:?}\n{:?}",
            change.planned, imported.state
        );

        objects.delete(&kept).await.kept_in_silence();
        match name {
            "ip" => assert!(
                exchange.control().show(kept.id()).is_ok(),
                "it is the exchange's"
            ),
            _ => {
                let gone = objects.read(&kept).await;
                says(&gone.warning(), &["is gone"]);
                assert_eq!(gone.kept().state, Value::Null, "{name}");
            }
        }
    }
}
