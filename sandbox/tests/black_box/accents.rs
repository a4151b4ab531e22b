//! What real exchanges were seen to spell and do otherwise, each a switch.

use serde_json::{Value, json};

use crate::support::{Client, OWN, RESOLD, Reply, Server, bytes, id};

fn odd(quirks: &[&str]) -> Server {
    let arguments: Vec<&str> = quirks.iter().flat_map(|it| ["--quirk", it]).collect();
    Server::start(&arguments)
}

/// A circuit with one side on a port, and the path of that side.
fn a_side(party: &Client<'_>) -> (Value, String) {
    let circuit = party.circuit(OWN, RESOLD);
    let connection = party.connection(OWN, json!({}));
    let path = format!(
        "/network-service-configs/{}",
        id(&party.config(OWN, &circuit, &connection, json!({})))
    );
    (circuit, path)
}

fn api_key(server: &Server) -> Reply {
    let keys = json!({
        "api_key": server.variable("IXAPI_SANDBOX_LEGACY_KEY"),
        "api_secret": server.variable("IXAPI_SANDBOX_LEGACY_SECRET"),
    });
    let path = "/api/v2/auth/token";
    server.send("POST", path, &[], &bytes(&keys)).unwrap()
}

#[test]
fn the_detail_of_a_problem_is_a_text_a_list_or_an_object() {
    let text = "There is no connection \"x\".";
    for (quirks, detail) in [
        (&[][..], json!(text)),
        (&["problem-detail-list"][..], json!([text])),
        (&["problem-detail-object"][..], json!({ "message": text })),
    ] {
        let server = odd(quirks);
        let problem = server.a().get("/connections/x").expect(404);
        assert_eq!(problem["detail"], detail);
    }
}

#[test]
fn problem_types_can_be_elsewhere_and_have_a_number() {
    let server = odd(&[
        "problem-types-elsewhere",
        "problem-instances",
        "parse-errors",
    ]);
    let party = server.a();
    let kind = |reply: Reply, status| reply.expect(status)["type"].clone();
    let elsewhere = "https://portal.exchange.example/problems/";
    let answer = party.get("/connections/x");
    assert_eq!(answer.json()["instance"], "INC-004711");
    assert_eq!(kind(answer, 404), format!("{elsewhere}not-found"));
    let unreadable = party.try_call("POST", "/connections", b"{").unwrap();
    assert_eq!(kind(unreadable, 400), format!("{elsewhere}parse-error"));
    let stranger = server.send("GET", "/api/v2/roles", &[], &[]).unwrap();
    assert_eq!(kind(stranger, 401), format!("{elsewhere}not-authenticated"));
}

#[test]
fn the_exchange_refuses_on_demand_in_its_own_words() {
    let server = odd(&[]);
    let party = server.a();
    for (status, slug) in [
        (400, "parse-error"),
        (403, "permission-denied"),
        (405, "method-not-allowed"),
        (406, "not-acceptable"),
        (415, "unsupported-media-type"),
        (429, "too-many-requests"),
        (500, "server-error"),
    ] {
        let fault = json!({ "kind": "problem", "status": status, "path": "/accounts" });
        server.control("POST", "faults", fault);
        party.get("/roles").expect(200);
        party.get("/accounts").problem(status, slug);
        party.get("/accounts").expect(200);
    }
    let none = bytes(&json!({ "kind": "problem", "status": 418 }));
    let refused = server.send("POST", "/sandbox/faults", &[], &none).unwrap();
    assert_eq!(refused.status, 400);
}

#[test]
fn refused_properties_tell_what_they_were_and_which_vlans_are_free() {
    let server = odd(&["available-ranges"]);
    let party = server.a();
    let connection = party.connection(OWN, json!({}));
    let tag = |vlan: u32| json!({ "vlan_config": { "vlan_type": "dot1q", "vlan": vlan } });
    for vlan in [1, 500] {
        party.config(OWN, &party.circuit(OWN, RESOLD), &connection, tag(vlan));
    }
    let order =
        crate::support::config_order(OWN, &party.circuit(OWN, RESOLD), &connection, tag(500));
    let problem = party.post("/network-service-configs", order).expect(400);
    assert_eq!(
        problem["properties"],
        json!([{ "name": "vlan_config.vlan", "reason": "is in use on the connection",
            "value": 500, "available_ranges": [[2, 499], [501, 4094]] }])
    );
}

#[test]
fn a_change_can_be_taken_as_a_merge_patch_only() {
    let server = odd(&["merge-patch-only"]);
    let party = server.a();
    let path = format!(
        "/api/v2/connections/{}",
        id(&party.connection(OWN, json!({})))
    );
    let authorization = format!("Bearer {}", party.token);
    let change = bytes(&json!({ "external_ref": "mine" }));
    let send = |kind: &str| {
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", kind),
        ];
        server.send("PATCH", &path, &headers, &change).unwrap()
    };
    send("application/json").problem(415, "unsupported-media-type");
    send("Application/Merge-Patch+JSON; charset=utf-8").expect(202);
}

#[test]
fn tokens_for_an_api_key_say_more_or_less_of_their_life() {
    let claims = |server: &Server, status| {
        let answer = api_key(server).expect(status);
        let token = answer["access_token"].as_str().unwrap().to_owned();
        token.split('.').nth(1).map(decoded)
    };
    let plain = claims(&odd(&[]), 201).unwrap();
    let life = plain["exp"].as_i64().unwrap() - plain["iat"].as_i64().unwrap();
    assert_eq!(life, 3600);
    let lacking = claims(&odd(&["tokens-lack-iat"]), 201).unwrap();
    assert!(lacking["exp"].is_i64() && lacking.get("iat").is_none());
    let opaque = odd(&["opaque-tokens", "token-answers200"]);
    assert_eq!(claims(&opaque, 200), None);
    let like_linx = Server::start(&["--dialect", "linx", "--no-quirk", "opaque-tokens"]);
    let short = claims(&like_linx, 200).unwrap();
    assert_eq!(
        short["exp"].as_i64().unwrap() - short["iat"].as_i64().unwrap(),
        900
    );
}

fn decoded(part: &str) -> Value {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part);
    serde_json::from_slice(&bytes.unwrap()).unwrap()
}

#[test]
fn a_refresh_token_may_come_as_a_bearers_and_json_may_be_named_untidily() {
    let server = odd(&[]);
    let pair = api_key(&server).expect(201);
    let bearer = format!("Bearer {}", pair["refresh_token"].as_str().unwrap());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json;"),
    ];
    let refresh = |body: &[u8]| server.send("POST", "/api/v2/auth/refresh", &headers, body);
    refresh(&[]).unwrap().expect(201);
    refresh(b"{}").unwrap().expect(201);
    let access = format!("Bearer {}", pair["access_token"].as_str().unwrap());
    let headers = [("authorization", access.as_str())];
    let refused = server.send("POST", "/api/v2/auth/refresh", &headers, &[]);
    refused.unwrap().problem(401, "authentication-error");
    let order = bytes(&crate::support::connection_order(OWN, json!({})));
    let headers = [
        ("authorization", access.as_str()),
        ("content-type", "application/json;"),
    ];
    let ordered = server.send("POST", "/api/v2/connections", &headers, &order);
    ordered.unwrap().expect(201);
}

#[test]
fn health_is_said_in_two_ways() {
    for (quirks, status, version) in [
        (&[][..], "pass", json!("2")),
        (&["health-up"][..], "up", json!(2)),
    ] {
        let server = odd(quirks);
        let health = server.send("GET", "/api/v2/health", &[], &[]).unwrap();
        let health = health.expect(200);
        assert_eq!(
            (&health["status"], &health["version"]),
            (&json!(status), &version)
        );
    }
}

#[test]
fn moments_are_spelled_with_a_space_or_cut_down_to_days() {
    for (quirk, shown) in [
        ("odd-moments", "2019-12-31 17:00:00.5-07:00"),
        ("days-for-moments", "2020-01-01"),
    ] {
        let server = odd(&[quirk]);
        let mac = json!({ "managing_account": OWN, "consuming_account": OWN,
            "address": "42:23:bc:8e:b8:b0", "valid_not_before": "2020-01-01T00:00:00.5Z" });
        let mac = server.a().post("/macs", mac).expect(201);
        assert_eq!(mac["valid_not_before"], shown);
    }
}

#[test]
fn what_is_unset_can_be_empty_or_zero() {
    let server = odd(&["empty-for-null", "zero-for-unset"]);
    let party = server.a();
    let connection = party.connection(OWN, json!({}));
    assert_eq!(connection["external_ref"], "");
    let circuit = party.circuit(OWN, RESOLD);
    let config = party.config(OWN, &circuit, &connection, json!({}));
    let config = party
        .get(&format!("/network-service-configs/{}", id(&config)))
        .expect(200);
    let tags = &config["vlan_config"];
    assert_eq!(
        (&tags["vlan"], &tags["outer_vlan"], &tags["inner_vlan"]),
        (&json!(2203), &json!(0), &json!(0))
    );
}

#[test]
fn words_and_addresses_are_spelled_otherwise() {
    let server = odd(&["upper-case-enums", "upper-case-macs", "ipv6-in-full"]);
    let party = server.a();
    let connection = party.connection(OWN, json!({ "mode": "lag_lacp", "lacp_timeout": "slow" }));
    assert_eq!(
        (&connection["mode"], &connection["lacp_timeout"]),
        (&json!("LAG_LACP"), &json!("SLOW"))
    );
    let mac = json!({ "managing_account": OWN, "consuming_account": OWN,
        "address": "42:23:bc:8e:b8:b0" });
    assert_eq!(
        party.post("/macs", mac).expect(201)["address"],
        "42:23:BC:8E:B8:B0"
    );
    let lan = party.get("/network-services/LAN-AMS").expect(200);
    assert_eq!(
        lan["subnet_v6"],
        "2001:0DB8:0023:0001:0000:0000:0000:0000/64"
    );
    assert_eq!(lan["type"], "EXCHANGE_LAN");
}

#[test]
fn ids_are_short_numbers_and_terms_are_periods() {
    let server = odd(&["numeric-ids", "contract-periods"]);
    let party = server.a();
    let (circuit, path) = a_side(&party);
    let config = party.get(&path).expect(200);
    let ids = [&circuit["id"], &config["id"], &config["connection"]];
    for id in ids {
        assert!(id.as_str().unwrap().parse::<u32>().is_ok(), "{id}");
    }
    let offering = party.get("/product-offerings/503121.AMS.AMS").expect(200);
    assert_eq!(offering["contract_initial_period"], "P3Y");
    assert_eq!(offering["contract_renewal_period"], "P1M");
    assert_eq!(offering["bandwidth_min"], 10);
}

#[test]
fn what_is_read_can_differ_from_what_was_ordered() {
    let server = odd(&["joining-member-drifts", "vlans-zero"]);
    let party = server.a();
    let (circuit, path) = a_side(&party);
    assert_eq!(circuit["joining_member_account"], RESOLD);
    let read = party
        .get(&format!("/network-services/{}", id(&circuit)))
        .expect(200);
    assert_eq!(read["joining_member_account"], OWN);
    assert_eq!(party.get(&path).expect(200)["vlan_config"]["vlan"], 0);
    let server = odd(&["vlan-config-empty"]);
    let party = server.a();
    let (_, path) = a_side(&party);
    assert_eq!(party.get(&path).expect(200)["vlan_config"], json!({}));
}

#[test]
fn the_filter_for_an_account_can_be_ignored() {
    for (quirks, count) in [(&[][..], 1), (&["accounts-ignore-ids"][..], 4)] {
        let server = odd(quirks);
        let ids = server.a().ids(&format!("/accounts?id={OWN}"));
        assert_eq!(ids.len(), count, "{ids:?}");
    }
}

#[test]
fn what_has_ended_can_stay_as_archived() {
    let server = odd(&["archived-stays"]);
    let party = server.a();
    let (_, path) = a_side(&party);
    party.delete(&path).expect(202);
    assert_eq!(party.get(&path).expect(200)["state"], "archived");
    assert_eq!(party.ids("/network-service-configs").len(), 1);
    assert_eq!(
        party.ids("/network-service-configs?state=archived").len(),
        1
    );
}

#[test]
fn pages_can_say_in_headers_which_they_are() {
    let server = Server::start(&["--quirk", "pagination-headers", "--page-size", "2"]);
    let reply = server.a().get("/roles?page_offset=2");
    let header = |name: &str| reply.headers[&format!("x-pagination-{name}")].clone();
    let said = ["limit", "offset", "items", "pages", "page", "next"].map(header);
    assert_eq!(said, ["2", "2", "5", "3", "2", "4"]);
}

#[test]
fn beside_the_api_there_is_nothing_or_a_web_page() {
    let ask = |server: &Server| server.send("GET", "/accounts", &[], &[]).unwrap();
    ask(&odd(&[])).problem(404, "not-found");
    let page = ask(&odd(&["web-pages-outside"]));
    assert_eq!(page.status, 200);
    assert!(page.text().starts_with("<!DOCTYPE html>"));
}

#[test]
fn an_offering_can_be_withdrawn() {
    let server = odd(&[]);
    let party = server.a();
    let offering = "503234.AMS5-B.S";
    party.connection(OWN, json!({}));
    let named = json!({ "id": offering, "collection": "product-offerings" });
    server.control("POST", "remove", named);
    party
        .get(&format!("/product-offerings/{offering}"))
        .problem(404, "not-found");
    let order = crate::support::connection_order(OWN, json!({}));
    party
        .post("/connections", order)
        .refuses(&["product_offering"]);
    server.control("POST", "reset", json!({}));
    party
        .get(&format!("/product-offerings/{offering}"))
        .expect(200);
}
