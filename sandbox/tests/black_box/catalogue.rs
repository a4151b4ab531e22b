//! What the exchange offers before anyone ordered anything.

use serde_json::{Value, json};

use crate::support::{HIDDEN, IMPLEMENTATION, NEWCOMER, OTHER, OWN, RESOLD, Server};

#[test]
fn the_metros_of_the_guide_are_there() {
    let server = Server::start(&[]);
    let party = server.a();
    assert_eq!(party.ids("/metro-areas"), ["AMS", "FRA", "LON"]);
    let amsterdam = party.get("/metro-areas/AMS").expect(200);
    assert_eq!(amsterdam["un_locode"], "NL AMS");
    assert_eq!(amsterdam["facilities"].as_array().unwrap().len(), 9);
    assert_eq!(
        party.get("/metro-area-networks/AMS").expect(200)["pops"],
        json!(["AMS5-B", "AMS7-A"])
    );
    assert_eq!(party.get("/pops/AMS5-B").expect(200)["facility"], "AMS5");
    assert_eq!(
        party.get("/devices/jr4-j240-testlab").expect(200)["pop"],
        "AMS5-B"
    );
    assert!(party.ids("/facilities").contains(&"AMS10".to_owned()));
    party.get("/pops/AMS99").problem(404, "not-found");
}

#[test]
fn the_offering_of_the_guide_is_there_with_its_limit_and_roles() {
    let server = Server::start(&[]);
    let offering = server
        .a()
        .get("/product-offerings/503233.AMS7-A.S")
        .expect(200);
    assert_eq!(offering["maximum_port_quantity"], 4);
    assert_eq!(offering["physical_port_speed"], 1000);
    assert_eq!(offering["cross_connect_initiator"], "subscriber");
    assert_eq!(offering["handover_pop"], "AMS7-A");
    assert_eq!(
        offering["required_contact_roles"].as_array().unwrap().len(),
        3
    );
    assert_eq!(
        offering["_sandbox"],
        Value::Null,
        "what only the sandbox knows stays there"
    );
}

#[test]
fn a_role_is_found_in_either_case_and_spelled_in_lower_case() {
    let server = Server::start(&[]);
    let party = server.a();
    let role = party
        .get(&format!("/roles/{}", IMPLEMENTATION.to_uppercase()))
        .expect(200);
    assert_eq!(role["id"], IMPLEMENTATION);
    assert_eq!(
        role["required_fields"],
        json!(["name", "email", "telephone"])
    );
    let names: Vec<Value> = party
        .get("/roles")
        .expect(200)
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["name"].clone())
        .collect();
    for name in ["Implementation", "NoC", "Requestor", "Legal", "Peering"] {
        assert!(names.contains(&json!(name)), "{name}");
    }
}

#[test]
fn a_party_sees_its_own_accounts_and_what_others_show_of_theirs() {
    let server = Server::start(&[]);
    let party = server.a();
    let mut expected = [OWN, RESOLD, NEWCOMER, OTHER];
    expected.sort_unstable();
    assert_eq!(party.ids("/accounts"), expected);
    let own = party.get("/account").expect(200);
    assert_eq!(own["id"], OWN);
    assert_eq!(own["name"], "TEST COMPANY 1 UK");
    assert_eq!(own["status"], Value::Null);
    assert_eq!(own["billing_information"]["vat_number"], Value::Null);
    let other = party.get(&format!("/accounts/{OTHER}")).expect(200);
    let shown: Vec<&String> = other.as_object().unwrap().keys().collect();
    assert_eq!(
        shown,
        [
            "discoverable",
            "id",
            "metro_area_network_presence",
            "name",
            "state"
        ]
    );
    party
        .get(&format!("/accounts/{HIDDEN}"))
        .problem(404, "not-found");
    assert_eq!(server.b().ids("/accounts"), [OTHER]);
}

#[test]
fn the_catalogue_cannot_be_written_to() {
    let server = Server::start(&[]);
    let party = server.a();
    for (method, path) in [
        ("POST", "/pops"),
        ("DELETE", "/pops/AMS5-B"),
        ("PATCH", "/roles/9a442fef-ff8f-4c2e-93e5-46425c00fd4b"),
        ("PUT", "/roles"),
    ] {
        let reply = party.call(method, path, json!({}));
        assert_eq!(reply.headers["allow"], "GET", "{method} {path}");
        reply.problem(405, "method-not-allowed");
    }
    party
        .patch("/accounts/A0087999", json!({ "name": "Another" }))
        .problem(403, "permission-denied");
    party.get("/no-such-things").problem(404, "not-found");
    party.get("//pops").problem(404, "not-found");
}

#[test]
fn a_party_asks_for_its_own_account() {
    let server = Server::start(&[]);
    assert_eq!(server.a().get("/account").expect(200)["id"], OWN);
    assert_eq!(server.b().get("/account").expect(200)["id"], OTHER);
    server
        .a()
        .delete("/account")
        .problem(405, "method-not-allowed");
}

#[test]
fn availability_zones_are_those_of_the_pops() {
    let server = Server::start(&[]);
    let party = server.a();
    assert_eq!(party.ids("/availability-zones"), ["zone-blue", "zone-red"]);
    assert_eq!(party.ids("/availability-zones?name=Red"), ["zone-red"]);
    let zone = party.get("/pops/AMS5-B").expect(200)["availability_zone"].clone();
    let path = format!("/availability-zones/{}", zone.as_str().unwrap());
    party.get(&path).expect(200);
}
