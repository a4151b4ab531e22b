//! Cancelling: dates, cascades, and what stands in the way.

use serde_json::{Value, json};

use crate::support::{Client, NOC, OTHER, OWN, Server, day, id, lag};

fn policy(party: &Client<'_>, path: &str) -> (String, String) {
    let policy = party.get(path).expect(200);
    (
        policy["decommission_at"].as_str().unwrap().to_owned(),
        policy["charged_until"].as_str().unwrap().to_owned(),
    )
}

#[test]
fn without_notice_a_service_ends_today_and_is_gone() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = id(&party.connection(OWN, lag(2)));
    let path = format!("/connections/{connection}");
    assert_eq!(
        policy(&party, &format!("{path}/cancellation-policy")),
        (day(&server, 0), day(&server, 0))
    );
    let ending = party.delete(&path).expect(202);
    assert_eq!(ending["state"], "decommission_requested");
    assert_eq!(ending["decommission_at"], day(&server, 0));
    assert_eq!(ending["charged_until"], day(&server, 0));
    assert_eq!(ending["port_reservations"], json!([]));
    assert_eq!(ending["port_quantity"], 2);
    party.get(&path).problem(404, "not-found");
    assert!(party.ids("/connections").is_empty());
    assert!(party.ids("/port-reservations").is_empty());
    assert!(party.ids("/ports").is_empty());
}

#[test]
fn with_notice_a_service_stays_until_its_day() {
    let server = Server::start(&["--notice-days", "30", "--billing-days", "60"]);
    let party = server.a();
    let path = format!("/connections/{}", id(&party.connection(OWN, json!({}))));
    assert_eq!(
        policy(&party, &format!("{path}/cancellation-policy")),
        (day(&server, 30), day(&server, 60))
    );
    let ending = party.delete(&path).expect(202);
    assert_eq!(ending["decommission_at"], day(&server, 30));
    assert_eq!(ending["charged_until"], day(&server, 60));
    server.control("POST", "clock", json!({ "advance_days": 29 }));
    assert_eq!(
        server.a().get(&path).expect(200)["state"],
        "decommission_requested"
    );
    server.control("POST", "clock", json!({ "advance_days": 1 }));
    server.a().get(&path).problem(404, "not-found");
}

#[test]
fn a_date_can_be_chosen_and_a_wrong_one_is_answered_with_the_first_possible() {
    let server = Server::start(&["--notice-days", "10"]);
    let party = server.a();
    let path = format!("/connections/{}", id(&party.connection(OWN, json!({}))));
    for wrong in [
        day(&server, 9),
        "2020-01-01".to_owned(),
        "soon".to_owned(),
        "01.02.2030".to_owned(),
    ] {
        let problem = party
            .call("DELETE", &path, json!({ "decommission_at": wrong }))
            .problem(400, "cancellation-policy-error");
        assert_eq!(problem["decommission_at"], day(&server, 10));
        assert_eq!(problem["charged_until"], day(&server, 10));
        assert_eq!(problem["properties"][0]["name"], "decommission_at");
    }
    party
        .call("DELETE", &path, json!({ "decommission_at": null }))
        .problem(400, "cancellation-policy-error");
    party
        .call("DELETE", &path, json!({ "when": "now" }))
        .refuses(&["when"]);
    assert_ne!(
        party.get(&path).expect(200)["state"],
        "decommission_requested"
    );
    let ending = party
        .call(
            "DELETE",
            &path,
            json!({ "decommission_at": day(&server, 45) }),
        )
        .expect(202);
    assert_eq!(ending["decommission_at"], day(&server, 45));
    assert_eq!(ending["charged_until"], day(&server, 45));
}

#[test]
fn the_policy_answers_what_if_questions() {
    let server = Server::start(&["--notice-days", "10"]);
    let party = server.a();
    let connection = id(&party.connection(OWN, json!({})));
    for path in [
        format!("/connections/{connection}/cancellation-policy"),
        format!("/port-reservations/{connection}/cancellation-policy"),
    ] {
        let asked = |date: String| policy(&party, &format!("{path}?decommission_at={date}")).0;
        assert_eq!(asked(day(&server, 20)), day(&server, 20));
        assert_eq!(
            asked(day(&server, 5)),
            day(&server, 10),
            "too early means as early as possible"
        );
        let problem = party
            .get(&format!("{path}?decommission_at=soon"))
            .problem(400, "cancellation-policy-error");
        assert_eq!(problem["decommission_at"], day(&server, 10));
        assert_eq!(problem["charged_until"], day(&server, 10));
    }
}

#[test]
fn cancelling_again_brings_the_end_forward_and_never_back() {
    let server = Server::start(&["--notice-days", "10"]);
    let party = server.a();
    let path = format!("/connections/{}", id(&party.connection(OWN, json!({}))));
    party
        .call(
            "DELETE",
            &path,
            json!({ "decommission_at": day(&server, 45) }),
        )
        .expect(202);
    let later = json!({ "decommission_at": day(&server, 46) });
    party
        .call("DELETE", &path, later)
        .problem(400, "cancellation-policy-error");
    let sooner = party
        .call(
            "DELETE",
            &path,
            json!({ "decommission_at": day(&server, 20) }),
        )
        .expect(202);
    assert_eq!(sooner["decommission_at"], day(&server, 20));
    assert_eq!(
        party.delete(&path).expect(202)["decommission_at"],
        day(&server, 10)
    );
    server.control("POST", "clock", json!({ "advance_seconds": 3 * 24 * 3600 }));
    let party = server.a();
    assert_eq!(
        party.delete(&path).expect(202)["decommission_at"],
        day(&server, 7),
        "the agreed day is kept"
    );
    assert_eq!(
        policy(&party, &format!("{path}/cancellation-policy")).0,
        day(&server, 7)
    );
}

#[test]
fn what_is_being_cancelled_cannot_be_changed() {
    let server = Server::start(&["--notice-days", "10"]);
    let party = server.a();
    let path = format!("/connections/{}", id(&party.connection(OWN, json!({}))));
    party.delete(&path).expect(202);
    party
        .patch(&path, json!({ "external_ref": "x" }))
        .problem(400, "unable-to-fulfill");
}

#[test]
fn a_connection_in_use_cannot_be_cancelled() {
    let server = Server::start(&["--notice-days", "10"]);
    let party = server.a();
    let connection = party.connection(OWN, json!({}));
    let config = party.config(OWN, &party.circuit(OWN, OTHER), &connection, json!({}));
    let path = format!("/connections/{}", id(&connection));
    party.delete(&path).problem(400, "unable-to-fulfill");
    let config_path = format!("/network-service-configs/{}", id(&config));
    party
        .call(
            "DELETE",
            &config_path,
            json!({ "decommission_at": day(&server, 15) }),
        )
        .expect(202);
    party.delete(&path).problem(400, "unable-to-fulfill");
    party
        .call(
            "DELETE",
            &path,
            json!({ "decommission_at": day(&server, 15) }),
        )
        .expect(202);
}

#[test]
fn cancelling_a_circuit_takes_the_configs_of_both_sides_along() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let circuit = a.circuit(OWN, OTHER);
    let side_a = a.config(OWN, &circuit, &a.connection(OWN, json!({})), json!({}));
    let side_b = b.config(OTHER, &circuit, &b.connection(OTHER, json!({})), json!({}));
    let path = format!("/network-services/{}", id(&circuit));
    server.control(
        "POST",
        "hold",
        json!({ "collection": "network-service-configs", "state": "decommission_requested" }),
    );
    let ending = a.delete(&path).expect(202);
    assert_eq!(
        ending["status"].as_array().unwrap().last().unwrap()["tag"],
        "Decommission-Requested"
    );
    let held = a
        .get(&format!("/network-service-configs/{}", id(&side_a)))
        .expect(200);
    assert_eq!(held["state"], "decommission_requested");
    assert_eq!(held["decommission_at"], ending["decommission_at"]);
    server.control("POST", "release", Value::Null);
    a.get(&path).problem(404, "not-found");
    a.get(&format!("/network-service-configs/{}", id(&side_a)))
        .problem(404, "not-found");
    b.get(&format!("/network-service-configs/{}", id(&side_b)))
        .problem(404, "not-found");
}

#[test]
fn the_joining_party_ends_a_circuit_after_its_notice_and_the_ordering_party_at_once() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let circuit = a.circuit(OWN, OTHER);
    a.config(OWN, &circuit, &a.connection(OWN, json!({})), json!({}));
    b.config(OTHER, &circuit, &b.connection(OTHER, json!({})), json!({}));
    let path = format!("/network-services/{}", id(&circuit));
    a.wait(&path, "production");
    assert_eq!(
        policy(&b, &format!("{path}/cancellation-policy")),
        (day(&server, 30), day(&server, 60))
    );
    assert_eq!(
        b.delete(&path).expect(202)["decommission_at"],
        day(&server, 30)
    );
    assert_eq!(
        a.delete(&path).expect(202)["decommission_at"],
        day(&server, 0)
    );
    a.get(&path).problem(404, "not-found");
}

#[test]
fn a_role_assignment_is_kept_by_what_is_live_and_let_go_by_what_is_ending() {
    let server = Server::start(&["--notice-days", "10"]);
    let party = server.a();
    let assignment = party.assignments(OWN, &[NOC]).remove(0);
    let connection = id(&party.connection(OWN, json!({ "role_assignments": [assignment] })));
    let path = format!("/role-assignments/{assignment}");
    party.delete(&path).problem(400, "unable-to-fulfill");
    party
        .delete(&format!("/connections/{connection}"))
        .expect(202);
    party.delete(&path).expect(200);
    assert_eq!(
        party.get(&format!("/connections/{connection}")).expect(200)["role_assignments"],
        json!([])
    );
}

#[test]
fn what_has_ended_can_stay_readable() {
    let server = Server::start(&["--quirk", "decommissioned-stays"]);
    let party = server.a();
    let path = format!("/connections/{}", id(&party.connection(OWN, json!({}))));
    party.delete(&path).expect(202);
    assert_eq!(party.get(&path).expect(200)["state"], "decommissioned");
    assert_eq!(
        server.control("GET", "live", Value::Null)["live"]["total"],
        0
    );
    assert_eq!(party.delete(&path).expect(200)["state"], "decommissioned");
}

#[test]
fn contacts_and_macs_have_no_cancellation_policy() {
    let server = Server::start(&[]);
    let party = server.a();
    let contact = party.contact(OWN);
    party
        .get(&format!("/contacts/{contact}/cancellation-policy"))
        .problem(404, "not-found");
    party
        .get("/connections/CANL-000000/cancellation-policy")
        .problem(404, "not-found");
}
