//! Contacts and the roles they take on.

use serde_json::{Value, json};

use crate::support::{IMPLEMENTATION, NOC, OTHER, OWN, REQUESTOR, Server, id};

#[test]
fn a_contact_is_made_read_changed_and_removed() {
    let server = Server::start(&[]);
    let party = server.a();
    let order = json!({ "managing_account": OWN, "consuming_account": OWN, "name": "Panda Lion",
        "external_ref": "ref-1" });
    let contact = party.post("/contacts", order).expect(201);
    assert_eq!(contact["telephone"], Value::Null);
    let path = format!("/contacts/{}", id(&contact));
    let changed = party
        .patch(&path, json!({ "telephone": "+3120", "external_ref": null }))
        .expect(200);
    assert_eq!(changed["telephone"], "+3120");
    assert_eq!(changed["external_ref"], Value::Null);
    assert_eq!(party.get(&path).expect(200), changed);
    assert_eq!(party.delete(&path).expect(200), changed);
    party.get(&path).problem(404, "not-found");
}

#[test]
fn a_contact_cannot_be_filed_under_someone_elses_account() {
    let server = Server::start(&[]);
    let party = server.a();
    let order = json!({ "managing_account": OTHER, "consuming_account": "A0000000" });
    party
        .post("/contacts", order)
        .refuses(&["managing_account", "consuming_account"]);
    let path = format!("/contacts/{}", party.contact(OWN));
    party
        .patch(&path, json!({ "consuming_account": OTHER }))
        .refuses(&["consuming_account"]);
}

#[test]
fn the_objects_of_another_party_do_not_exist() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let contact = a.contact(OWN);
    let path = format!("/contacts/{contact}");
    b.get(&path).problem(404, "not-found");
    b.patch(&path, json!({})).problem(404, "not-found");
    b.delete(&path).problem(404, "not-found");
    assert!(b.ids("/contacts").is_empty());
    b.post(
        "/role-assignments",
        json!({ "role": NOC, "contact": contact }),
    )
    .refuses(&["contact"]);
}

#[test]
fn a_role_is_assigned_by_its_id_in_either_case() {
    let server = Server::start(&[]);
    let party = server.a();
    let contact = party.contact(OWN);
    let order = json!({ "role": IMPLEMENTATION.to_uppercase(), "contact": contact });
    let assignment = party.post("/role-assignments", order).expect(201);
    assert_eq!(assignment["role"], IMPLEMENTATION);
    let upper = IMPLEMENTATION.to_uppercase();
    assert_eq!(
        party.ids(&format!("/role-assignments?role={upper}")),
        [id(&assignment)]
    );
    assert_eq!(
        party.ids(&format!("/role-assignments?contact={contact}&role={NOC}")),
        [""; 0]
    );
}

#[test]
fn a_role_needs_a_contact_with_the_fields_it_requires() {
    let server = Server::start(&[]);
    let party = server.a();
    let contact =
        json!({ "managing_account": OWN, "consuming_account": OWN, "name": "Panda", "email": "" });
    let contact = id(&party.post("/contacts", contact).expect(201));
    let reply = party.post(
        "/role-assignments",
        json!({ "role": IMPLEMENTATION, "contact": contact }),
    );
    let reason = reply.refuses(&["contact"]);
    assert!(reason.contains("email, telephone"), "{reason}");
    party
        .post(
            "/role-assignments",
            json!({ "role": "no-such-role", "contact": "nobody" }),
        )
        .refuses(&["contact", "role"]);
}

#[test]
fn a_contact_keeps_what_its_roles_require() {
    let server = Server::start(&[]);
    let party = server.a();
    let contact = party.contact(OWN);
    party
        .post(
            "/role-assignments",
            json!({ "role": REQUESTOR, "contact": contact }),
        )
        .expect(201);
    let path = format!("/contacts/{contact}");
    party
        .patch(&path, json!({ "email": null }))
        .refuses(&["email"]);
    party.patch(&path, json!({ "telephone": null })).expect(200);
}

#[test]
fn a_contact_takes_the_role_assignments_along_that_nothing_uses() {
    let server = Server::start(&[]);
    let party = server.a();
    let contact = party.contact(OWN);
    let assignment = id(&party
        .post(
            "/role-assignments",
            json!({ "role": NOC, "contact": contact }),
        )
        .expect(201));
    party.delete(&format!("/contacts/{contact}")).expect(200);
    party
        .get(&format!("/role-assignments/{assignment}"))
        .problem(404, "not-found");
}

#[test]
fn a_contact_stays_while_one_of_its_role_assignments_is_used() {
    let server = Server::start(&["--notice-days", "5"]);
    let party = server.a();
    let used = party.assignments(OWN, &[NOC, REQUESTOR]);
    let contact = party.ids("/contacts").remove(0);
    let connection = id(&party.connection(OWN, json!({ "role_assignments": [used[0]] })));
    let assignment = format!("/role-assignments/{}", used[0]);
    let problem = party
        .delete(&format!("/contacts/{contact}"))
        .problem(400, "unable-to-fulfill");
    assert!(problem["detail"].as_str().unwrap().contains(&connection));
    party.delete(&assignment).problem(400, "unable-to-fulfill");
    assert_eq!(party.ids("/role-assignments").len(), 2);

    party
        .delete(&format!("/connections/{connection}"))
        .expect(202);
    party.delete(&format!("/contacts/{contact}")).expect(200);
    assert!(party.ids("/role-assignments").is_empty());
    let ending = party.get(&format!("/connections/{connection}")).expect(200);
    assert_eq!(ending["role_assignments"], json!([]));
}

#[test]
fn role_assignments_are_filtered_by_contact_and_role() {
    let server = Server::start(&[]);
    let party = server.a();
    let one = party.assignments(OWN, &[NOC, REQUESTOR]);
    let contact = party.ids("/contacts").remove(0);
    let other = party.assignments(OWN, &[NOC]);
    let mut all = party.ids(&format!("/role-assignments?role={}", NOC.to_uppercase()));
    let mut expected = vec![one[0].clone(), other[0].clone()];
    all.sort();
    expected.sort();
    assert_eq!(all, expected);
    assert_eq!(
        party
            .ids(&format!("/role-assignments?contact={contact}"))
            .len(),
        2
    );
    let both = party.ids(&format!("/role-assignments?contact={contact}&role={NOC}"));
    assert_eq!(both, one[..1]);
}

#[test]
fn a_role_assignment_cannot_be_changed() {
    let server = Server::start(&[]);
    let party = server.a();
    let assignment = party.assignments(OWN, &[NOC]).remove(0);
    let reply = party.patch(
        &format!("/role-assignments/{assignment}"),
        json!({ "role": REQUESTOR }),
    );
    assert_eq!(reply.headers["allow"], "GET, DELETE");
    reply.problem(405, "method-not-allowed");
}
