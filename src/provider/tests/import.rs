//! Importing: the right kind of object, with what it does not show of itself.

use serde_json::json;

use crate::entities::declaration::Which;
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

/// A configuration may not have it, and the object keeps it.
#[tokio::test]
async fn a_reference_with_blanks_at_its_ends_is_read_and_is_no_change() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let ordered = ports.create(&port(json!({}))).await.kept_in_silence();
    let named = ixapi_sandbox::faults::Named {
        id: ordered.id().to_owned(),
        collection: Some("connections".to_owned()),
    };
    let blanks = json!({ "external_ref": " mine\u{200B} " });
    exchange.control().patch(named, blanks).unwrap();
    let imported = ports.import(ordered.id()).await.kept_in_silence();
    let read = ports.read(&imported).await.kept_in_silence();
    assert_eq!(read.text("external_ref"), " mine\u{200B} ");
    let (change, _) = ports.plan(Some(&read), &port(json!({}))).await;
    assert_eq!(change.planned, change.prior);
    let resource = crate::provider::testing::resource_named("connection");
    let schema = crate::provider::schemas::resource(resource);
    let written = crate::provider::generated::configuration(resource, &schema, &read.state);
    assert_eq!(*written.get("external_ref"), Value::Null);
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
async fn what_hides_whose_it_is_is_imported_with_a_word() {
    let exchange = Exchange::instant().await;
    let group = exchange.resource("mp2mp_vc").import("CUG-AMS-1").await;
    says(
        &group.warning(),
        &["CUG-AMS-1", "may be another party's", "removed block"],
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
        .filter(|entry| !["/contacts/%252e", "/health"].contains(&entry.path.as_str()));
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

/// Every type whose objects bear references, at an exchange that ignores filters and lists others.
#[tokio::test]
async fn whatever_bears_a_reference_is_imported_by_it() {
    let exchange = Exchange::instant().await;
    for resource in crate::entities::RESOURCES {
        let shape = &resource.of.shape;
        let subject = exchange.resource(resource.name);
        if !shape.all_fields().any(|field| field.name == "external_ref") {
            let refused = subject.import("external_ref:mine").await;
            says(&refused.error(), &["has no external_ref"]);
            continue;
        }
        let variant = match resource.which {
            Which::All => shape.variants.first().map(|variant| variant.value),
            Which::Only(only) => Some(only),
            Which::Some(some) => some.first().copied(),
        };
        let object = |id: &str, reference: &str, state: &str| {
            let mut object = json!({ "id": id, "external_ref": reference, "state": state });
            if let Some(variant) = variant {
                object[shape.told_apart_by] = json!(variant);
            }
            object
        };
        let mine = object("a/b", "mine", "production");
        let listed = json!([
            object("other", "Mine", "production"),
            object("gone", "mine", "decommission_requested"),
            mine,
        ]);
        let path = resource.of.path;
        exchange.faults([
            answer(200, listed).on("GET", path),
            answer(200, mine).on("GET", &format!("{path}/a%2Fb")),
        ]);
        let imported = subject.import("external_ref:mine").await.kept();
        assert_eq!(imported.id(), "a/b", "{}", resource.name);
        let asked = exchange.log().into_iter();
        let mut query = asked
            .filter(|entry| entry.path == path)
            .map(|entry| entry.query);
        assert_eq!(query.next_back().as_deref(), Some("external_ref=mine"));
    }
}

#[tokio::test]
async fn a_reference_has_to_be_that_of_one_live_object() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let twin = port(json!({ "external_ref": "twin" }));
    let one = ports.create(&twin).await.kept();
    let two = ports.create(&port(json!({}))).await.kept();
    let two = ports.update(&two, &twin).await.kept();
    let several = ports.import("external_ref:twin").await.error();
    says(
        &several,
        &["more than one", one.id(), two.id(), "by its id"],
    );
    for reference in ["external_ref:nobody", "external_ref:Twin"] {
        says(&ports.import(reference).await.error(), &["There is no"]);
    }
    says(
        &ports.import("external_ref: ").await.error(),
        &["An import needs an id"],
    );
    exchange.put_into(two.id(), "decommission_requested");
    let imported = ports.import("external_ref:twin").await.kept_in_silence();
    assert_eq!(imported.id(), one.id());
    exchange.put_into(one.id(), "decommission_requested");
    let ending = ports.import("external_ref:twin").await.error();
    says(
        &ending,
        &["There is no", "On the way out", one.id(), two.id()],
    );
    exchange.faults([refusal(403).on("GET", "/connections")]);
    says(
        &ports.import("external_ref:x").await.error(),
        &["403", "Nothing was imported."],
    );
}
