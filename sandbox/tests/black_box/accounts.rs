//! Accounts that a reseller creates for its customers.

use serde_json::{Value, json};

use crate::support::{Client, NOC, OTHER, OWN, Server, connection_order, id, with};

fn address() -> Value {
    json!({ "country": "NL", "locality": "Amsterdam", "postal_code": "1017 CE",
        "street_address": "Herengracht 1" })
}

fn order(changes: Value) -> Value {
    with(
        json!({ "managing_account": OWN, "name": "Moonpeer B.V.", "address": address() }),
        changes,
    )
}

fn created(party: &Client<'_>, changes: Value) -> String {
    id(&party.post("/accounts", order(changes)).expect(201))
}

#[test]
fn a_new_account_asks_for_a_signature_and_then_goes_into_production() {
    let server = Server::start(&["--step-ms", "60000"]);
    let party = server.a();
    let account = party.post("/accounts", order(json!({}))).expect(201);
    assert_eq!(account["state"], "requested");
    assert_eq!(account["status"][0]["tag"], "toc_required");
    assert!(account["status"][0]["attrs"]["url"].is_string());
    assert_eq!(account["legal_name"], Value::Null);
    let account = id(&account);
    let port = connection_order(OWN, json!({ "consuming_account": account }));
    party
        .post("/connections", port.clone())
        .refuses(&["consuming_account"]);
    server.control("POST", "clock", json!({ "advance_seconds": 61 }));
    let open = party.get(&format!("/accounts/{account}")).expect(200);
    assert_eq!(
        (&open["state"], &open["status"]),
        (&json!("production"), &json!([]))
    );
    party.post("/connections", port).expect(201);
    let billed = json!({ "billing_account": account });
    party
        .post("/connections", connection_order(OWN, billed))
        .refuses(&["billing_account"]);
    assert!(
        party
            .ids("/accounts?managing_account=A0087999")
            .contains(&account)
    );
}

#[test]
fn an_account_is_changed_and_what_is_within_it_merged() {
    let server = Server::start(&[]);
    let party = server.a();
    let account = created(&party, json!({}));
    let path = format!("/accounts/{account}");
    let moved = json!({ "address": { "street_address": "Herengracht 2", "region": "NH" } });
    let shown = party.patch(&path, moved).expect(202);
    assert_eq!(shown["address"]["street_address"], "Herengracht 2");
    assert_eq!(shown["address"]["country"], "NL");
    let billing = json!({ "name": "Moonpeer", "address": address(), "vat_number": "NL1" });
    let shown = party
        .patch(&path, json!({ "billing_information": billing }))
        .expect(202);
    assert_eq!(shown["billing_information"]["vat_number"], "NL1");
    assert_eq!(
        party.ids(&format!("/accounts?billable=true&id={account}")),
        [account.as_str()]
    );
    let whole = order(json!({ "metro_area_network_presence": ["AMS"] }));
    party
        .call("PUT", &path, order(json!({})))
        .refuses(&["metro_area_network_presence"]);
    let shown = party.call("PUT", &path, whole).expect(202);
    assert_eq!(shown["billing_information"], Value::Null);
    assert_eq!(shown["metro_area_network_presence"], json!(["AMS"]));
    party
        .patch(&path, json!({ "state": "production" }))
        .refuses(&["state"]);
    party
        .patch(&format!("/accounts/{OTHER}"), json!({ "name": "mine" }))
        .expect(403);
}

#[test]
fn what_an_account_is_said_to_be_is_looked_at() {
    let server = Server::start(&[]);
    let party = server.a();
    for (changes, field) in [
        (json!({ "name": null }), "name"),
        (json!({ "managing_account": OTHER }), "managing_account"),
        (json!({ "managing_account": null }), "managing_account"),
        (
            json!({ "address": { "country": "NL" } }),
            "address.locality",
        ),
        (
            json!({ "address": with(address(), json!({ "country": "nl" })) }),
            "address.country",
        ),
        (
            json!({ "billing_information": { "name": "x" } }),
            "billing_information.address",
        ),
        (
            json!({ "metro_area_network_presence": ["MARS"] }),
            "metro_area_network_presence",
        ),
        (json!({ "asns": [64500] }), "asns"),
    ] {
        let refused = party.post("/accounts", order(changes)).properties();
        assert!(
            refused.iter().any(|(name, _)| name == field),
            "{field}: {refused:?}"
        );
    }
    let not_a_reseller = json!({ "managing_account": OTHER });
    server
        .b()
        .post("/accounts", order(not_a_reseller))
        .problem(403, "permission-denied");
}

#[test]
fn strangers_see_an_account_if_it_is_discoverable() {
    let server = Server::start(&[]);
    let (party, stranger) = (server.a(), server.b());
    let hidden = created(&party, json!({}));
    let open = created(&party, json!({ "discoverable": true }));
    stranger
        .get(&format!("/accounts/{hidden}"))
        .problem(404, "not-found");
    let seen = stranger.get(&format!("/accounts/{open}")).expect(200);
    assert_eq!(seen["name"], "Moonpeer B.V.");
    assert_eq!(seen.get("address"), None);
    let listed = stranger.ids("/accounts");
    assert!(listed.contains(&open) && !listed.contains(&hidden));
    stranger.delete(&format!("/accounts/{open}")).expect(403);
}

#[test]
fn an_account_that_is_used_cannot_be_deleted_and_its_contacts_go_with_it() {
    let server = Server::start(&[]);
    let party = server.a();
    let account = created(&party, json!({}));
    let path = format!("/accounts/{account}");
    let assignments = party.assignments(&account, &[NOC]);
    let port = json!({ "role_assignments": assignments });
    let port = party
        .post("/connections", connection_order(OWN, port))
        .expect(201);
    party.delete(&path).problem(400, "unable-to-fulfill");
    party
        .delete(&format!("/connections/{}", id(&port)))
        .expect(202);
    party.delete(&path).expect(200);
    party.get(&path).problem(404, "not-found");
    assert!(party.ids("/role-assignments").is_empty());
    assert!(party.ids("/contacts").is_empty());
}
