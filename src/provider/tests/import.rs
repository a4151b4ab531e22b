//! Importing: the right kind of object, with what it does not show of itself.

use serde_json::json;

use crate::provider::testing::exchange::*;
use crate::tfplugin::value::Value;

/// A LAG whose cross connects somebody else orders.
async fn a_lag(exchange: &Exchange) -> Kept {
    let lag = json!({
        "mode": "lag_lacp", "port_quantity": 2, "connecting_party": "Panda Cables",
        "external_ref": "lag-1",
    });
    exchange
        .resource("connection")
        .create(&port(lag))
        .await
        .kept_in_silence()
}

#[tokio::test]
async fn what_a_port_does_not_tell_is_read_from_its_reservations() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let ordered = a_lag(&exchange).await;
    let imported = ports
        .import(&format!(" {} ", ordered.id()))
        .await
        .kept_in_silence();
    assert_eq!(imported.text("connecting_party"), "Panda Cables");
    let current = ports.read(&ordered).await.kept_in_silence();
    let imported = ports.read(&imported).await.kept_in_silence();
    assert_eq!(imported.state, current.state);
}

#[tokio::test]
async fn where_the_reservations_differ_nothing_is_guessed() {
    let exchange = Exchange::instant().await;
    let ordered = a_lag(&exchange).await;
    let reservations = ordered.state.get("port_reservations").elements();
    let one = ixapi_sandbox::faults::Named {
        id: reservations[0].as_str().unwrap().to_owned(),
        collection: Some("port-reservations".to_owned()),
    };
    let other = json!({ "connecting_party": "Koala Cables" });
    exchange.control().patch(one, other).unwrap();
    let imported = exchange.resource("connection").import(ordered.id()).await;
    let imported = imported.kept_in_silence();
    assert_eq!(*imported.state.get("connecting_party"), Value::Null);
}

#[tokio::test]
async fn the_config_of_an_address_is_found_by_its_list() {
    let exchange = Exchange::instant().await;
    let port = exchange
        .resource("connection")
        .create(&port(json!({})))
        .await
        .kept();
    let noc = exchange
        .resource("contact")
        .create(&contact(&[NOC]))
        .await
        .kept();
    let nsc = exchange
        .resource("nsc")
        .create(&peering(&port, &noc, 23))
        .await
        .kept();
    let ips = exchange.resource("ip");
    let config = json!({ "network_service_config": nsc.id(), "version": 6 });
    let found = ips.create(&config).await.kept_in_silence();
    let imported = ips.import(found.id()).await.kept_in_silence();
    assert_eq!(imported.text("network_service_config"), nsc.id());
    let (change, _) = ips.plan(Some(&imported), &config).await;
    assert!(change.replaces.is_empty());
    assert_eq!(change.planned.get("id"), imported.state.get("id"));
}

#[tokio::test]
async fn a_contact_is_imported_with_its_roles() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts.create(&contact(&[NOC, REQUESTOR])).await.kept();
    let imported = contacts.import(kept.id()).await.kept_in_silence();
    assert_eq!(
        *imported.state.get("roles"),
        value(&json!([NOC, REQUESTOR]))
    );
    assert_eq!(imported.state.get("role_assignments").elements().len(), 2);
}

#[tokio::test]
async fn an_object_of_another_kind_is_refused() {
    let exchange = Exchange::instant().await;
    let imported = exchange.resource("p2p_vc").import("LAN-AMS").await;
    says(
        &imported.error(),
        &[
            "LAN-AMS is of another kind",
            "\"exchange_lan\"",
            "ixapi_p2p_vc is for \"p2p_vc\"",
        ],
    );
}

#[tokio::test]
async fn an_import_needs_an_id() {
    let exchange = Exchange::instant().await;
    for id in ["", "  ", "\n"] {
        let imported = exchange.resource("contact").import(id).await;
        says(&imported.error(), &["An import needs an id"]);
    }
    for id in [".", "..", "%2e"] {
        let imported = exchange.resource("contact").import(id).await;
        imported.error();
    }
    let asked = exchange
        .log()
        .into_iter()
        .filter(|entry| entry.path != "/contacts/%252e");
    assert_eq!(asked.count(), 0);
}

#[tokio::test]
async fn what_is_not_there_is_not_imported() {
    let exchange = Exchange::instant().await;
    let imported = exchange.resource("connection").import("CANL-1").await;
    says(
        &imported.error(),
        &["404", "Nothing was imported.", "Check the id"],
    );
}

#[tokio::test]
async fn a_contact_whose_roles_cannot_be_read_is_not_imported() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let kept = contacts.create(&contact(&[NOC])).await.kept();
    exchange.faults([refusal(403).on("GET", "/role-assignments")]);
    says(
        &contacts.import(kept.id()).await.error(),
        &["403", "Nothing was imported."],
    );
}
