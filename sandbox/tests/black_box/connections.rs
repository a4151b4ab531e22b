//! Connections: single ports and groups.

use serde_json::{Value, json};

use crate::support::{
    HIDDEN, IMPLEMENTATION, NEWCOMER, NOC, OTHER, OWN, REQUESTOR, RESOLD, Server, connection_order,
    id, lag,
};

#[test]
fn a_standalone_connection_its_reservation_and_its_port_share_their_id() {
    let server = Server::start(&[]);
    let party = server.a();
    let roles = party.assignments(OWN, &[IMPLEMENTATION, NOC, REQUESTOR]);
    let order = json!({
        "product_offering": "503234.LON1-A.S", "role_assignments": roles, "lacp_timeout": "slow",
        "external_ref": "Ext Ref Test", "purchase_order": "PO Test",
            "connecting_party": "Test Connecting Party",
    });
    let connection = party.connection(OWN, order);
    let name = id(&connection);
    assert!(
        name.starts_with("CAUK-") && name.len() == "CAUK-051665".len(),
        "{name}"
    );
    assert_eq!(connection["name"], name);
    assert_eq!(connection["state"], "allocated");
    assert_eq!(connection["port_reservations"], json!([name]));
    assert_eq!(connection["ports"], json!([name]));
    assert_eq!(connection["pop"], "LON1-A");
    assert_eq!(connection["speed"], 10000);
    assert_eq!(connection["capacity_allocation_limit"], 10000);
    assert_eq!(connection["capacity_allocated"], 0);
    assert_eq!(connection["vlan_types"], json!(["dot1q", "qinq"]));
    assert_eq!(connection["outer_vlan_ethertypes"], json!(["0x8100"]));
    assert_eq!(connection["contract_ref"], Value::Null);
    assert!(
        connection.get("lacp_timeout").is_none(),
        "not returned for a single port"
    );
    assert!(
        connection.get("connecting_party").is_none(),
        "never returned on a connection"
    );
    assert_eq!(
        party.get(&format!("/connections/{name}")).expect(200)["state"],
        "production"
    );

    let reservation = party.get(&format!("/port-reservations/{name}")).expect(200);
    assert_eq!(reservation["connecting_party"], "Test Connecting Party");
    assert_eq!(reservation["connection"], name);
    assert_eq!(reservation["port"], name);
    assert!(
        reservation["exchange_side_demarc"]
            .as_str()
            .unwrap()
            .starts_with("GB.LON.LON1.")
    );
    let port = party.get(&format!("/ports/{name}")).expect(200);
    assert_eq!(port["device"], "jr1-lon1-sandbox");
    assert_eq!(port["connection"], name);
}

#[test]
fn the_order_of_role_assignments_is_not_kept() {
    let server = Server::start(&[]);
    let party = server.a();
    let roles = party.assignments(OWN, &[IMPLEMENTATION, NOC, REQUESTOR]);
    let connection = party.connection(OWN, json!({ "role_assignments": roles }));
    assert_ne!(connection["role_assignments"], json!(roles));
    let mut answered: Vec<String> =
        serde_json::from_value(connection["role_assignments"].clone()).unwrap();
    let mut sent = roles;
    answered.sort();
    sent.sort();
    assert_eq!(answered, sent);
}

#[test]
fn a_group_has_a_reservation_for_each_port() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = party.connection(RESOLD, lag(2));
    assert!(id(&connection).starts_with("LAGNL-"));
    assert_eq!(connection["lacp_timeout"], "slow");
    assert_eq!(connection["speed"], 20000);
    assert_eq!(connection["capacity_allocation_limit"], 20000);
    let reservations = connection["port_reservations"].as_array().unwrap();
    assert_eq!(reservations.len(), 2);
    assert!(
        reservations
            .iter()
            .all(|name| name.as_str().unwrap().starts_with("CANL-"))
    );
    assert_eq!(connection["ports"], connection["port_reservations"]);
    assert_eq!(
        party
            .ids(&format!(
                "/port-reservations?connection={}",
                id(&connection)
            ))
            .len(),
        2
    );
}

#[test]
fn a_group_in_frankfurt_is_named_after_its_country() {
    let server = Server::start(&[]);
    let party = server.a();
    let roles = party.assignments(OWN, &[IMPLEMENTATION]);
    let mut order = lag(1);
    order["product_offering"] = json!("503236.FRA6-B.S");
    order["role_assignments"] = json!(roles);
    assert!(id(&party.connection(OWN, order)).starts_with("LAGDE-"));
}

#[test]
fn the_number_of_ports_must_fit_mode_and_offering() {
    let server = Server::start(&[]);
    let party = server.a();
    let order = |changes| party.post("/connections", connection_order(OWN, changes));
    order(json!({ "port_quantity": 2 })).refuses(&["port_quantity"]);
    order(lag(5)).refuses(&["port_quantity"]);
    order(lag(0)).refuses(&["port_quantity"]);
    order(lag(4)).expect(201);
    order(json!({ "subscriber_side_demarcs": ["one", "two"] }))
        .refuses(&["subscriber_side_demarcs"]);
}

#[test]
fn an_offering_must_be_one_for_connections_that_the_subscriber_connects() {
    let server = Server::start(&[]);
    let party = server.a();
    for offering in ["503121.AMS.AMS", "no-such-offering", "503235.AMS5-B.E"] {
        let order = connection_order(OWN, json!({ "product_offering": offering }));
        party
            .post("/connections", order)
            .refuses(&["product_offering"]);
    }
}

#[test]
fn a_missing_required_role_is_refused_by_its_name() {
    let server = Server::start(&[]);
    let party = server.a();
    let roles = party.assignments(OWN, &[IMPLEMENTATION, REQUESTOR]);
    let order = connection_order(
        OWN,
        json!({ "product_offering": "503233.AMS7-A.S", "role_assignments": roles }),
    );
    let reason = party
        .post("/connections", order)
        .refuses(&["role_assignments"]);
    assert!(
        reason.contains("NoC") && !reason.contains("Requestor"),
        "{reason}"
    );
}

#[test]
fn a_role_assignment_must_be_the_partys_own() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    for assignment in [b.assignments(OTHER, &[NOC]).remove(0), "nobody".to_owned()] {
        let order = connection_order(OWN, json!({ "role_assignments": [assignment] }));
        a.post("/connections", order).refuses(&["role_assignments"]);
    }
}

#[test]
fn an_account_must_be_the_partys_own_and_fit() {
    let server = Server::start(&[]);
    let party = server.a();
    for name in ["managing_account", "consuming_account", "billing_account"] {
        for account in [OTHER, HIDDEN, "A0000000"] {
            party
                .post(
                    "/connections",
                    connection_order(OWN, json!({ name: account })),
                )
                .refuses(&[name]);
        }
    }
    let reason = party
        .post(
            "/connections",
            connection_order(OWN, json!({ "billing_account": NEWCOMER })),
        )
        .refuses(&["billing_account"]);
    assert!(reason.contains("billing information"), "{reason}");
    let reason = party
        .post(
            "/connections",
            connection_order(OWN, json!({ "consuming_account": NEWCOMER })),
        )
        .refuses(&["consuming_account"]);
    assert!(reason.contains("requested"), "{reason}");
}

#[test]
fn a_change_in_production_takes_a_while() {
    let server = Server::start(&[]);
    let party = server.a();
    let path = format!(
        "/connections/{}",
        id(&party.connection(OWN, json!({ "contract_ref": "C-1" })))
    );
    let changed = party
        .patch(
            &path,
            json!({ "external_ref": "new", "contract_ref": null }),
        )
        .expect(202);
    assert_eq!(changed["state"], "production_change_pending");
    assert_eq!(changed["external_ref"], "new");
    assert_eq!(changed["contract_ref"], Value::Null);
    assert_eq!(party.get(&path).expect(200)["state"], "production");
}

#[test]
fn a_product_change_stays_within_the_point_of_presence() {
    let server = Server::start(&[]);
    let party = server.a();
    let roles = party.assignments(OWN, &[IMPLEMENTATION, NOC, REQUESTOR]);
    let path = format!(
        "/connections/{}",
        id(&party.connection(OWN, json!({ "role_assignments": roles })))
    );
    let change = |offering: &str| party.patch(&path, json!({ "product_offering": offering }));
    change("503234.AMS7-A.S").refuses(&["product_offering"]);
    change("503121.AMS.AMS").refuses(&["product_offering"]);
    assert_eq!(change("503236.AMS5-B.S").expect(202)["speed"], 100_000);
    assert_eq!(change("503233.AMS5-B.S").expect(202)["speed"], 1000);
}

#[test]
fn an_offering_that_forbids_upgrades_cannot_be_upgraded() {
    let server = Server::start(&[]);
    let party = server.a();
    let roles = party.assignments(OWN, &[IMPLEMENTATION, NOC, REQUESTOR]);
    let connection = party.connection(
        OWN,
        json!({ "product_offering": "503234.LON1-A.S", "role_assignments": roles }),
    );
    let path = format!("/connections/{}", id(&connection));
    party
        .patch(&path, json!({ "product_offering": "503236.LON1-A.S" }))
        .refuses(&["product_offering"]);
    party
        .patch(&path, json!({ "product_offering": "503233.LON1-A.S" }))
        .refuses(&["product_offering"]);
}

#[test]
fn the_roles_of_a_connection_must_still_be_covered_after_a_change() {
    let server = Server::start(&[]);
    let party = server.a();
    let roles = party.assignments(OWN, &[IMPLEMENTATION, NOC, REQUESTOR]);
    let connection = party.connection(
        OWN,
        json!({ "product_offering": "503233.AMS7-A.S", "role_assignments": roles }),
    );
    let path = format!("/connections/{}", id(&connection));
    party
        .patch(&path, json!({ "role_assignments": roles[1..] }))
        .refuses(&["role_assignments"]);
}

#[test]
fn a_group_of_several_ports_cannot_become_standalone() {
    let server = Server::start(&[]);
    let party = server.a();
    let path = format!("/connections/{}", id(&party.connection(OWN, lag(2))));
    party
        .patch(&path, json!({ "mode": "standalone" }))
        .refuses(&["mode"]);
    assert_eq!(
        party
            .patch(&path, json!({ "mode": "lag_static" }))
            .expect(202)["mode"],
        "lag_static"
    );
}

#[test]
fn a_letter_of_authorisation_is_a_pdf_with_the_demarcation() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = id(&party.connection(OWN, json!({ "connecting_party": "Moon (Peer) Inc." })));
    for path in [
        format!("/connections/{connection}/loa"),
        format!("/port-reservations/{connection}/loa"),
    ] {
        let letter = party.get(&path);
        assert_eq!(letter.status, 200);
        assert_eq!(letter.headers["content-type"], "application/pdf");
        assert!(letter.body.starts_with(b"%PDF-1.") && letter.text().ends_with("%%EOF\n"));
        assert!(
            letter.text().contains("NL.AMS.AMS5.")
                && letter.text().contains("Moon \\(Peer\\) Inc.")
        );
        party
            .post(&path, json!({}))
            .problem(400, "unable-to-fulfill");
    }
}

#[test]
fn a_group_has_its_letters_at_its_reservations() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = party.connection(OWN, lag(1));
    party
        .get(&format!("/connections/{}/loa", id(&connection)))
        .problem(400, "unable-to-fulfill");
    let reservation = connection["port_reservations"][0].as_str().unwrap();
    assert_eq!(
        party
            .get(&format!("/port-reservations/{reservation}/loa"))
            .status,
        200
    );
}

#[test]
fn there_is_no_letter_before_the_port_is_allocated() {
    let server = Server::start(&["--speed", "real"]);
    let party = server.a();
    let connection = party.connection(OWN, json!({}));
    assert_eq!(connection["state"], "requested");
    assert_eq!(connection["ports"], json!([]));
    party
        .get(&format!("/connections/{}/loa", id(&connection)))
        .problem(400, "unable-to-fulfill");
    server.control("POST", "clock", json!({ "advance_seconds": 121 }));
    assert_eq!(
        party
            .get(&format!("/connections/{}/loa", id(&connection)))
            .status,
        200
    );
}
