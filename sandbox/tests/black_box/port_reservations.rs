//! Single ports of a group: added and given back.

use serde_json::json;

use crate::support::{OTHER, OWN, Server, id, lag};

#[test]
fn a_port_is_added_to_a_group_and_the_ordered_quantity_stays() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = id(&party.connection(OWN, lag(1)));
    let order = json!({ "connection": connection, "connecting_party": "HS2 Leg 2",
        "purchase_order": "PO" });
    let reservation = party.post("/port-reservations", order).expect(201);
    assert_eq!(reservation["state"], "allocated");
    assert_eq!(reservation["connecting_party"], "HS2 Leg 2");
    assert_eq!(reservation["port"], reservation["id"]);
    assert_eq!(
        party
            .get(&format!("/port-reservations/{}", id(&reservation)))
            .expect(200)["state"],
        "production"
    );
    let grown = party.get(&format!("/connections/{connection}")).expect(200);
    assert_eq!(grown["port_quantity"], 1);
    assert_eq!(grown["port_reservations"].as_array().unwrap().len(), 2);
    assert_eq!(grown["speed"], 20000);
    assert_eq!(grown["capacity_allocation_limit"], 20000);
}

#[test]
fn a_group_grows_up_to_the_limit_of_its_offering() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = id(&party.connection(OWN, lag(3)));
    party
        .post("/port-reservations", json!({ "connection": connection }))
        .expect(201);
    party
        .post("/port-reservations", json!({ "connection": connection }))
        .refuses(&["connection"]);
}

#[test]
fn a_port_is_added_only_to_a_live_group_of_ones_own() {
    let server = Server::start(&["--speed", "real"]);
    let (a, b) = (server.a(), server.b());
    let standalone = id(&a.connection(OWN, json!({})));
    let foreign = id(&b.connection(OTHER, lag(1)));
    let ending = id(&a.connection(OWN, lag(1)));
    a.delete(&format!("/connections/{ending}")).expect(202);
    for connection in [standalone, foreign, ending, "LAGNL-000000".to_owned()] {
        a.post("/port-reservations", json!({ "connection": connection }))
            .refuses(&["connection"]);
    }
    a.post("/port-reservations", json!({ "state": "production" }))
        .refuses(&["connection", "state"]);
}

#[test]
fn a_port_is_given_back_while_another_remains() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = party.connection(OWN, lag(2));
    let path = |index: usize| {
        format!(
            "/port-reservations/{}",
            connection["port_reservations"][index].as_str().unwrap()
        )
    };
    let leaving = party.delete(&path(0)).expect(202);
    assert_eq!(leaving["state"], "decommission_requested");
    assert_eq!(leaving["connection"], connection["id"]);
    party.get(&path(0)).problem(404, "not-found");
    let shrunk = party
        .get(&format!("/connections/{}", id(&connection)))
        .expect(200);
    assert_eq!(
        shrunk["port_reservations"],
        json!([connection["port_reservations"][1]])
    );
    assert_eq!(shrunk["speed"], 10000);
    assert_eq!(shrunk["port_quantity"], 2);
    party.delete(&path(1)).problem(400, "unable-to-fulfill");
}

#[test]
fn the_only_port_of_a_standalone_connection_is_not_given_back_by_itself() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = id(&party.connection(OWN, json!({})));
    party
        .delete(&format!("/port-reservations/{connection}"))
        .problem(400, "unable-to-fulfill");
}

#[test]
fn a_reservation_takes_what_belongs_to_its_cable() {
    let server = Server::start(&[]);
    let party = server.a();
    let path = format!(
        "/port-reservations/{}",
        id(&party.connection(OWN, json!({})))
    );
    let changed = party
        .patch(
            &path,
            json!({ "cross_connect_id": "XC-1", "connecting_party": null }),
        )
        .expect(202);
    assert_eq!(changed["cross_connect_id"], "XC-1");
    assert_eq!(changed["state"], "production_change_pending");
    assert_eq!(party.get(&path).expect(200)["state"], "production");
    party
        .patch(&path, json!({ "connection": "LAGNL-000000", "port": "x" }))
        .refuses(&["connection", "port"]);
}
