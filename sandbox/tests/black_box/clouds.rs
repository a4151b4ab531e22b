//! Circuits to cloud providers, begun at the provider or at the exchange, and the configs of their
//! handovers.

use serde_json::{Value, json};

use crate::support::{Client, NOC, OTHER, OWN, Server, id, with};

const AZURE: &str = "azure-er.amsterdam.AMS.50";
const AZURE_KEY: &str = "0f3b6b4c-1c1c-4d5a-9a55-0a6f9c2d7e11";
const AWS: &str = "aws-dc.amsterdam.AMS.50";
const AWS_KEY: &str = "123456789876";
const GOOGLE: &str = "google-ci.ams-zone1-8.AMS.100";
const GOOGLE_KEY: &str = "d8412846-c12b-3364-cd67-1471187ce9c9/europe-west4/2";
const ORACLE: &str = "oracle-fc.amsterdam.AMS.1000";
const ORACLE_KEY: &str = "ocid1.virtualcircuit.oc1.eu-amsterdam-1.aaaa";
const ALIBABA: &str = "alibaba-ec.frankfurt.FRA";
const ALIBABA_KEY: &str = "9876543210123456";

fn order(offering: &str, key: &str, changes: Value) -> Value {
    let order = json!({
        "type": "cloud_vc", "product_offering": offering, "cloud_key": key,
        "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
    });
    with(order, changes)
}

fn handover(circuit: &Value, connection: &Value, number: u32, changes: Value) -> Value {
    let order = json!({
        "type": "cloud_vc", "handover": number, "cloud_vlan": null,
        "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
        "network_service": circuit["id"], "connection": connection["id"],
        "product_offering": circuit["product_offering"], "capacity": null,
        "role_assignments": [], "vlan_config": { "vlan_type": "dot1q", "vlan": 22 + number },
    });
    with(order, changes)
}

fn circuit(party: &Client<'_>, offering: &str, key: &str) -> Value {
    let order = order(offering, key, json!({}));
    party.post("/network-services", order).expect(201)
}

fn at(circuit: &Value) -> String {
    format!("/network-services/{}", id(circuit))
}

fn configs_of(circuit: &Value) -> String {
    format!("/network-service-configs?network_service={}", id(circuit))
}

fn put(party: &Client<'_>, order: Value) -> Value {
    party.post("/network-service-configs", order).expect(201)
}

fn tags(circuit: &Value) -> Vec<(&str, i64)> {
    let status = circuit["status"].as_array().unwrap().iter();
    let of = |message: &Value| message["attrs"]["handover"].as_i64().unwrap();
    status
        .map(|message| (message["tag"].as_str().unwrap(), of(message)))
        .collect()
}

#[test]
fn a_circuit_that_is_begun_at_the_provider_lives_once_each_handover_has_a_config() {
    let server = Server::start(&[]);
    let party = server.a();
    let roles = json!({ "role_assignments": party.assignments(OWN, &[NOC]) });
    let port = party.connection(OWN, json!({}));
    let circuit = circuit(&party, AZURE, AZURE_KEY);
    assert_eq!(circuit["state"], "requested");
    assert_eq!(
        (&circuit["diversity"], &circuit["capacity"]),
        (&json!(2), &json!(50))
    );
    assert_eq!(circuit["nsc_required_contact_roles"], json!([NOC]));
    assert_eq!(circuit["provider_ref"], Value::Null);
    assert_eq!(tags(&circuit), [("nsc_required", 1), ("nsc_required", 2)]);

    let first = put(&party, handover(&circuit, &port, 1, roles.clone()));
    assert_eq!(first["state"], "allocated");
    assert_eq!(
        (&first["capacity"], &first["cloud_vlan"]),
        (&json!(50), &Value::Null)
    );
    let waiting = party.get(&at(&circuit)).expect(200);
    assert_eq!(waiting["state"], "requested");
    assert_eq!(tags(&waiting), [("nsc_required", 2)]);

    let second = put(&party, handover(&circuit, &port, 2, roles));
    let live = party.get(&at(&circuit)).expect(200);
    assert_eq!(
        (&live["state"], &live["provider_ref"]),
        (&json!("production"), &json!(AZURE_KEY))
    );
    for config in [&first, &second] {
        let path = format!("/network-service-configs/{}", id(config));
        assert_eq!(party.get(&path).expect(200)["state"], "production");
    }
}

#[test]
fn a_circuit_that_is_begun_at_the_exchange_gets_its_reference_from_the_provider() {
    let server = Server::start(&[]);
    let party = server.a();
    let port = party.connection(OWN, json!({}));
    let circuit = circuit(&party, AWS, AWS_KEY);
    assert_eq!(
        (&circuit["diversity"], &circuit["provider_ref"]),
        (&json!(1), &Value::Null)
    );
    put(&party, handover(&circuit, &port, 1, json!({})));
    let live = party.get(&at(&circuit)).expect(200);
    assert_eq!(live["state"], "production");
    assert!(live["provider_ref"].is_string() && live["provider_ref"] != AWS_KEY);
}

#[test]
fn a_key_has_the_form_of_its_provider_and_finds_the_offerings_that_it_fits() {
    let server = Server::start(&[]);
    let party = server.a();
    let keys = [
        (AZURE, AZURE_KEY),
        (AWS, AWS_KEY),
        (GOOGLE, GOOGLE_KEY),
        (ORACLE, ORACLE_KEY),
        (ALIBABA, ALIBABA_KEY),
    ];
    for (offering, key) in keys {
        let query = key.replace('/', "%2F");
        let fitting = party.ids(&format!(
            "/product-offerings?type=cloud_vc&cloud_key={query}"
        ));
        assert!(
            fitting.iter().any(|id| id == offering),
            "{key}: {fitting:?}"
        );
        for (other, _) in keys.iter().filter(|(other, _)| *other != offering) {
            assert!(!fitting.iter().any(|id| id == other), "{key}: {fitting:?}");
            party
                .post("/network-services", order(other, key, json!({})))
                .refuses(&["cloud_key"]);
        }
        circuit(&party, offering, key);
    }
    // The region is another one, and there is no third attachment.
    for key in [
        GOOGLE_KEY.replace("west4", "west3"),
        GOOGLE_KEY.replace("/2", "/3"),
    ] {
        party
            .post("/network-services", order(GOOGLE, &key, json!({})))
            .refuses(&["cloud_key"]);
    }
}

#[test]
fn a_key_that_stands_for_a_circuit_is_used_once_and_kept_once_it_is_there() {
    let server = Server::start(&[]);
    let party = server.a();
    let circuit_one = circuit(&party, GOOGLE, GOOGLE_KEY);
    party
        .post("/network-services", order(GOOGLE, GOOGLE_KEY, json!({})))
        .refuses(&["cloud_key"]);
    let other = GOOGLE_KEY.replace("d84", "d85");
    let change = json!({ "type": "cloud_vc", "cloud_key": other });
    party.patch(&at(&circuit_one), change.clone()).expect(202);
    let port = party.connection(OWN, json!({}));
    put(&party, handover(&circuit_one, &port, 1, json!({})));
    let back = json!({ "type": "cloud_vc", "cloud_key": GOOGLE_KEY });
    party.patch(&at(&circuit_one), back).refuses(&["cloud_key"]);
    party.patch(&at(&circuit_one), change).expect(202);
    // An account can have many circuits.
    circuit(&party, AWS, AWS_KEY);
    circuit(&party, AWS, AWS_KEY);
}

#[test]
fn an_order_is_refused_for_what_is_wrong_with_it() {
    let server = Server::start(&[]);
    let party = server.a();
    let refused = |changes: Value, names: &[&str]| {
        let order = order(AWS, AWS_KEY, changes);
        party.post("/network-services", order).refuses(names)
    };
    refused(json!({ "cloud_key": "absent" }), &["cloud_key"]);
    refused(json!({ "cloud_key": 123_456_789_876_i64 }), &["cloud_key"]);
    refused(
        json!({ "product_offering": "503121.AMS.AMS" }),
        &["product_offering"],
    );
    refused(json!({ "billing_account": OTHER }), &["billing_account"]);
    refused(json!({ "capacity": 0 }), &["capacity"]);
    refused(json!({ "capacity": 60 }), &["capacity"]);
    refused(
        json!({ "joining_member_account": OTHER }),
        &["joining_member_account"],
    );
    refused(
        json!({ "diversity": 2, "provider_ref": "x" }),
        &["diversity", "provider_ref"],
    );
}

#[test]
fn a_config_is_refused_for_what_is_wrong_with_it() {
    let server = Server::start(&[]);
    let party = server.a();
    let port = party.connection(OWN, json!({}));
    let aws = circuit(&party, AWS, AWS_KEY);
    let refused = |changes: Value, names: &[&str]| {
        let order = handover(&aws, &port, 1, changes);
        party.post("/network-service-configs", order).refuses(names)
    };
    assert!(refused(json!({ "handover": 2 }), &["handover"]).contains("diversity"));
    refused(json!({ "handover": 0 }), &["handover"]);
    refused(json!({ "handover": "absent" }), &["handover"]);
    refused(json!({ "cloud_vlan": "absent" }), &["cloud_vlan"]);
    refused(json!({ "cloud_vlan": 0 }), &["cloud_vlan"]);
    refused(json!({ "cloud_vlan": 7 }), &["cloud_vlan"]);
    refused(json!({ "capacity": 51 }), &["capacity"]);
    refused(json!({ "product_offering": AZURE }), &["product_offering"]);
    refused(
        json!({ "network_service": "nothing" }),
        &["network_service"],
    );
    refused(json!({ "connection": "nothing" }), &["connection"]);
    refused(json!({ "connection": null }), &["connection"]);
    refused(json!({ "vlan_config": null }), &["vlan_config"]);
    refused(json!({ "managing_account": OTHER }), &["managing_account"]);
    refused(json!({ "macs": [] }), &["macs"]);
    refused(
        json!({ "cloud_config": { "peering_type": "private" } }),
        &["cloud_config.peering_type"],
    );
    put(&party, handover(&aws, &port, 1, json!({})));
    refused(
        json!({ "vlan_config": { "vlan_type": "dot1q" } }),
        &["handover"],
    );
}

#[test]
fn a_config_needs_a_connection_where_the_circuit_is_handed_over_and_the_roles_of_its_circuit() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let port = a.connection(OWN, json!({}));
    let azure = circuit(&a, AZURE, AZURE_KEY);
    a.post(
        "/network-service-configs",
        handover(&azure, &port, 1, json!({})),
    )
    .refuses(&["role_assignments"]);
    let alibaba = circuit(&a, ALIBABA, ALIBABA_KEY);
    a.post(
        "/network-service-configs",
        handover(&alibaba, &port, 1, json!({})),
    )
    .refuses(&["connection"]);
    // Nobody joins the circuit of another party.
    let accounts = json!({
        "managing_account": OTHER, "consuming_account": OTHER, "billing_account": OTHER,
    });
    let port = b.connection(OTHER, json!({}));
    let order = handover(&circuit(&a, AWS, AWS_KEY), &port, 1, accounts);
    b.post("/network-service-configs", order)
        .refuses(&["network_service"]);
    b.get(&at(&azure)).problem(404, "not-found");
}

#[test]
fn where_the_provider_tells_vlans_apart_each_can_have_a_config_of_its_own() {
    let server = Server::start(&[]);
    let party = server.a();
    let roles = json!({ "role_assignments": party.assignments(OWN, &[NOC]) });
    let port = party.connection(OWN, json!({}));
    let azure = circuit(&party, AZURE, AZURE_KEY);
    let vlan = |number: u32, cloud_vlan: Value, vlan: u32| {
        let tag = json!({ "vlan_type": "dot1q", "vlan": vlan });
        let changes = json!({ "cloud_vlan": cloud_vlan, "vlan_config": tag });
        with(handover(&azure, &port, number, roles.clone()), changes)
    };
    put(&party, vlan(1, json!(100), 1));
    put(&party, vlan(1, Value::Null, 2));
    let again = vlan(1, json!(100), 3);
    party
        .post("/network-service-configs", again)
        .refuses(&["handover"]);
    assert_eq!(party.get(&at(&azure)).expect(200)["state"], "requested");
    put(&party, vlan(2, json!(100), 4));
    assert_eq!(party.get(&at(&azure)).expect(200)["state"], "production");
    // What is added later goes live by itself, and the circuit stays live when it goes.
    let late = put(&party, vlan(2, Value::Null, 5));
    let path = format!("/network-service-configs/{}", id(&late));
    assert_eq!(party.get(&path).expect(200)["state"], "production");
    party.delete(&path).expect(202);
    assert_eq!(party.get(&at(&azure)).expect(200)["state"], "production");
}

#[test]
fn the_providers_side_is_shown_beside_ones_own_without_what_is_the_providers_alone() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let port = a.connection(OWN, json!({}));
    let aws = circuit(&a, AWS, AWS_KEY);
    let own = put(&a, handover(&aws, &port, 1, json!({})));
    let configs = a.get(&configs_of(&aws)).expect(200);
    let configs = configs.as_array().unwrap();
    assert_eq!(configs.len(), 2);
    let provider = configs
        .iter()
        .find(|config| config["id"] != own["id"])
        .unwrap();
    assert_eq!(provider["managing_account"], "A0065927");
    assert_eq!(provider["consuming_account"], "A0065927");
    assert_eq!(provider["connection"], "CSP-AWSS-NL");
    assert_eq!(
        (&provider["handover"], &provider["state"]),
        (&json!(1), &json!("production"))
    );
    for private in [
        "role_assignments",
        "external_ref",
        "purchase_order",
        "contract_ref",
    ] {
        assert!(provider.get(private).is_none(), "{private}");
    }
    let path = format!("/network-service-configs/{}", id(provider));
    assert_eq!(a.get(&path).expect(200), *provider);
    a.patch(&path, json!({ "type": "cloud_vc", "external_ref": "x" }))
        .problem(403, "permission-denied");
    a.delete(&path).problem(403, "permission-denied");
    assert!(b.ids(&configs_of(&aws)).is_empty());
    // It is no order of the customer's.
    let live = server.control("GET", "live", Value::Null);
    assert_eq!(live["live"]["counts"]["network-service-configs"], 1);
    a.delete(&at(&aws)).expect(202);
    assert!(a.ids(&configs_of(&aws)).is_empty());
}

#[test]
fn bandwidth_is_changed_by_another_offering_of_the_same_place_or_by_capacity() {
    let server = Server::start(&[]);
    let party = server.a();
    let roles = json!({ "role_assignments": party.assignments(OWN, &[NOC]) });
    let port = party.connection(OWN, json!({}));
    let azure = circuit(&party, AZURE, AZURE_KEY);
    let config = put(&party, handover(&azure, &port, 1, roles));
    let wanted = |offering: &str| json!({ "type": "cloud_vc", "product_offering": offering });
    let larger = wanted("azure-er.amsterdam.AMS.200");
    let changed = party.patch(&at(&azure), larger).expect(202);
    assert_eq!(changed["capacity"], 200);
    let path = format!("/network-service-configs/{}", id(&config));
    let config = party.get(&path).expect(200);
    assert_eq!(config["capacity"], 200);
    assert_eq!(config["product_offering"], "azure-er.amsterdam.AMS.200");
    party
        .patch(&at(&azure), wanted(AWS))
        .refuses(&["cloud_key", "product_offering"]);

    let aws = circuit(&party, AWS, AWS_KEY);
    let refused = party.patch(&at(&aws), wanted("aws-dc.amsterdam.AMS.100"));
    assert!(refused.refuses(&["product_offering"]).contains("upgrades"));

    let alibaba = circuit(&party, ALIBABA, ALIBABA_KEY);
    assert_eq!(alibaba["capacity"], 1000);
    let capacity = |mbits: Value| json!({ "type": "cloud_vc", "capacity": mbits });
    let changed = party.patch(&at(&alibaba), capacity(json!(300))).expect(202);
    assert_eq!(changed["capacity"], 300);
    party
        .patch(&at(&alibaba), capacity(json!(50)))
        .refuses(&["capacity"]);
    let changed = party
        .patch(&at(&alibaba), capacity(Value::Null))
        .expect(202);
    assert_eq!(changed["capacity"], 1000);
}

#[test]
fn a_change_in_production_is_pending_for_a_step() {
    let server = Server::start(&["--step-ms", "3600000", "--token-lifetime", "9999999"]);
    let party = server.a();
    let port = party.connection(OWN, json!({}));
    let google = circuit(&party, GOOGLE, GOOGLE_KEY);
    let config = put(&party, handover(&google, &port, 1, json!({})));
    server.control("POST", "clock", json!({ "advance_days": 1 }));
    assert_eq!(party.get(&at(&google)).expect(200)["state"], "production");
    let larger = json!({ "type": "cloud_vc", "product_offering": "google-ci.ams-zone1-8.AMS.200" });
    let changed = party.patch(&at(&google), larger).expect(202);
    assert_eq!(changed["state"], "production_change_pending");
    let path = format!("/network-service-configs/{}", id(&config));
    let tag = json!({ "type": "cloud_vc", "vlan_config": { "vlan_type": "dot1q", "vlan": 301 } });
    let changed = party.patch(&path, tag).expect(202);
    assert_eq!(changed["vlan_config"]["vlan"], 301);
    assert_eq!(changed["state"], "production_change_pending");
    server.control("POST", "clock", json!({ "advance_days": 1 }));
    assert_eq!(party.get(&path).expect(200)["state"], "production");
}

#[test]
fn a_circuit_takes_its_configs_along_and_one_that_lost_a_handover_waits_again() {
    let server = Server::start(&["--notice-days", "30", "--token-lifetime", "9999999"]);
    let party = server.a();
    let port = party.connection(OWN, json!({}));
    let google = circuit(&party, GOOGLE, GOOGLE_KEY);
    let config = put(&party, handover(&google, &port, 1, json!({})));
    let path = format!("/network-service-configs/{}", id(&config));
    let policy = party
        .get(&format!("{}/cancellation-policy", at(&google)))
        .expect(200);
    let cancelled = party.delete(&path).expect(202);
    assert_eq!(cancelled["decommission_at"], policy["decommission_at"]);
    server.control("POST", "clock", json!({ "advance_days": 31 }));
    party.get(&path).problem(404, "not-found");
    assert_eq!(party.get(&at(&google)).expect(200)["state"], "requested");

    let config = put(&party, handover(&google, &port, 1, json!({})));
    let path = format!("/network-service-configs/{}", id(&config));
    party.delete(&at(&google)).expect(202);
    assert_eq!(
        party.get(&path).expect(200)["state"],
        "decommission_requested"
    );
    server.control("POST", "clock", json!({ "advance_days": 31 }));
    party.get(&path).problem(404, "not-found");
    party.get(&at(&google)).problem(404, "not-found");
}

/// A cloud service that can be deleted only after its configs are gone.
#[test]
fn a_quirk_keeps_a_circuit_until_its_configs_are_gone() {
    let server = Server::start(&["--quirk", "cloud-configs-first"]);
    let party = server.a();
    let port = party.connection(OWN, json!({}));
    let aws = circuit(&party, AWS, AWS_KEY);
    let config = put(&party, handover(&aws, &port, 1, json!({})));
    party.delete(&at(&aws)).problem(400, "unable-to-fulfill");
    let path = format!("/network-service-configs/{}", id(&config));
    party.delete(&path).expect(202);
    party.delete(&at(&aws)).expect(202);
}

/// `cloud_vlan` 0 is sent where the provider has one VLAN.
#[test]
fn a_quirk_says_vlan_0_where_the_provider_has_one_vlan() {
    let server = Server::start(&["--quirk", "cloud-vlan-zero"]);
    let party = server.a();
    let port = party.connection(OWN, json!({}));
    let aws = circuit(&party, AWS, AWS_KEY);
    let config = put(&party, handover(&aws, &port, 1, json!({ "cloud_vlan": 0 })));
    assert_eq!(config["cloud_vlan"], 0);
    let path = format!("/network-service-configs/{}", id(&config));
    let zero = json!({ "type": "cloud_vc", "cloud_vlan": 0 });
    assert_eq!(party.patch(&path, zero).expect(202)["cloud_vlan"], 0);
    let roles = json!({
        "role_assignments": party.assignments(OWN, &[NOC]), "cloud_vlan": 0,
        "vlan_config": { "vlan_type": "dot1q" },
    });
    let azure = circuit(&party, AZURE, AZURE_KEY);
    party
        .post(
            "/network-service-configs",
            handover(&azure, &port, 1, roles),
        )
        .refuses(&["cloud_vlan"]);
}

#[test]
fn what_the_provider_has_to_be_told_is_required_and_what_it_does_not_take_is_refused() {
    let server = Server::start(&[]);
    let party = server.a();
    let port = party.connection(OWN, json!({}));
    let oracle = circuit(&party, ORACLE, ORACLE_KEY);
    let refused = |config: Value, names: &[&str]| {
        let order = handover(&oracle, &port, 1, json!({ "cloud_config": config }));
        party.post("/network-service-configs", order).refuses(names)
    };
    refused(Value::Null, &["cloud_config.peering_type"]);
    refused(
        json!({ "peering_type": "secret" }),
        &["cloud_config.peering_type"],
    );
    refused(
        json!({ "peering_type": "public", "bfd": true }),
        &["cloud_config.bfd"],
    );
    refused(
        json!({ "peering_type": "public", "local_asn": 0 }),
        &["cloud_config.local_asn"],
    );
    refused(
        json!({ "peering_type": "public", "colour": 1 }),
        &["cloud_config.colour"],
    );
    let told = json!({ "peering_type": "private", "bgp_password": "panda", "local_asn": 64_500 });
    let config = put(
        &party,
        handover(&oracle, &port, 1, json!({ "cloud_config": told })),
    );
    assert_eq!(config["cloud_config"], told);
}
