//! VLANs on a connection: all three kinds, conflicts, and partial changes.

use serde_json::{Value, json};

use crate::support::{Client, OWN, Reply, Server, circuit_order, config_order, id};

/// A party with a circuit between two of its connections, the first of which allows every kind of
/// VLAN.
struct Bench<'a> {
    party: Client<'a>,
    connection: Value,
}

impl<'a> Bench<'a> {
    fn new(server: &'a Server) -> Self {
        let party = server.a();
        let connection = party.connection(OWN, json!({ "product_offering": "503236.AMS5-B.S" }));
        Bench { party, connection }
    }

    /// Orders a config for a new circuit on the connection.
    fn order(&self, vlan_config: Value) -> Reply {
        let circuit = self.party.circuit(OWN, OWN);
        let order = config_order(
            OWN,
            &circuit,
            &self.connection,
            json!({ "vlan_config": vlan_config }),
        );
        self.party.post("/network-service-configs", order)
    }

    fn patch(&self, config: &Value, vlan_config: Value) -> Reply {
        let path = format!("/network-service-configs/{}", id(config));
        self.party.patch(
            &path,
            json!({ "type": "p2p_vc", "vlan_config": vlan_config }),
        )
    }
}

#[test]
fn every_kind_of_vlan_is_completed_with_its_defaults() {
    let server = Server::start(&[]);
    let bench = Bench::new(&server);
    let dot1q = bench
        .order(json!({ "vlan_type": "dot1q", "vlan": 23 }))
        .expect(201);
    assert_eq!(
        dot1q["vlan_config"],
        json!({ "vlan_type": "dot1q", "vlan": 23, "vlan_ethertype": "0x8100" })
    );
    let qinq = bench.order(
        json!({ "vlan_type": "qinq", "outer_vlan": 24, "inner_vlan": 7,
        "outer_vlan_ethertype": "0x88a8" }),
    );
    let expected = json!({ "vlan_type": "qinq", "outer_vlan": 24,
        "outer_vlan_ethertype": "0x88a8", "inner_vlan": 7 });
    assert_eq!(qinq.expect(201)["vlan_config"], expected);
    let server = Server::start(&[]);
    let port = Bench::new(&server)
        .order(json!({ "vlan_type": "port" }))
        .expect(201);
    assert_eq!(port["vlan_config"], json!({ "vlan_type": "port" }));
}

#[test]
fn a_port_config_carries_nothing_but_its_type() {
    let server = Server::start(&[]);
    let bench = Bench::new(&server);
    bench
        .order(json!({ "vlan_type": "port", "vlan": null }))
        .refuses(&["vlan_config.vlan"]);
    bench
        .order(json!({ "vlan_type": "port", "vlan_ethertype": "0x8100" }))
        .refuses(&["vlan_config.vlan_ethertype"]);
}

#[test]
fn a_connection_allows_only_some_kinds_and_ethertypes() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = party.connection(OWN, json!({}));
    let bench = Bench { party, connection };
    bench
        .order(json!({ "vlan_type": "port" }))
        .refuses(&["vlan_config.vlan_type"]);
    bench
        .order(json!({ "vlan_type": "dot1q", "vlan_ethertype": "0x9100" }))
        .refuses(&["vlan_config.vlan_ethertype"]);
    let qinq = json!({ "vlan_type": "qinq", "inner_vlan": 7, "outer_vlan_ethertype": "0x88a8" });
    bench
        .order(qinq)
        .refuses(&["vlan_config.outer_vlan_ethertype"]);
}

#[test]
fn a_vlan_in_use_is_refused_by_its_field() {
    let server = Server::start(&[]);
    let bench = Bench::new(&server);
    bench
        .order(json!({ "vlan_type": "dot1q", "vlan": 23 }))
        .expect(201);
    bench
        .order(json!({ "vlan_type": "qinq", "outer_vlan": 24, "inner_vlan": 7 }))
        .expect(201);
    bench
        .order(json!({ "vlan_type": "dot1q", "vlan": 23 }))
        .refuses(&["vlan_config.vlan"]);
    bench
        .order(json!({ "vlan_type": "dot1q", "vlan": 24 }))
        .refuses(&["vlan_config.vlan"]);
    bench
        .order(json!({ "vlan_type": "qinq", "outer_vlan": 23, "inner_vlan": 7 }))
        .refuses(&["vlan_config.outer_vlan"]);
    bench
        .order(json!({ "vlan_type": "qinq", "outer_vlan": 24, "inner_vlan": 7 }))
        .refuses(&["vlan_config.inner_vlan"]);
    bench
        .order(json!({ "vlan_type": "qinq", "outer_vlan": 24, "inner_vlan": 8 }))
        .expect(201);
    bench
        .order(json!({ "vlan_type": "port" }))
        .refuses(&["vlan_config.vlan_type"]);
}

#[test]
fn a_vlan_is_free_again_once_its_config_is_gone() {
    let server = Server::start(&[]);
    let bench = Bench::new(&server);
    let config = bench
        .order(json!({ "vlan_type": "dot1q", "vlan": 23 }))
        .expect(201);
    bench
        .party
        .delete(&format!("/network-service-configs/{}", id(&config)))
        .expect(202);
    bench
        .order(json!({ "vlan_type": "dot1q", "vlan": 23 }))
        .expect(201);
}

#[test]
fn the_same_vlan_can_be_used_on_another_connection() {
    let server = Server::start(&[]);
    let first = Bench::new(&server);
    first
        .order(json!({ "vlan_type": "dot1q", "vlan": 23 }))
        .expect(201);
    Bench::new(&server)
        .order(json!({ "vlan_type": "dot1q", "vlan": 23 }))
        .expect(201);
}

#[test]
fn the_exchange_picks_a_vlan_where_none_is_named() {
    let server = Server::start(&[]);
    let bench = Bench::new(&server);
    let mut picked = Vec::new();
    for vlan_config in [
        json!({ "vlan_type": "dot1q" }),
        json!({ "vlan_type": "dot1q", "vlan": null }),
    ] {
        picked.push(
            bench.order(vlan_config).expect(201)["vlan_config"]["vlan"]
                .as_i64()
                .unwrap(),
        );
    }
    let qinq = bench
        .order(json!({ "vlan_type": "qinq", "inner_vlan": 9, "outer_vlan": null }))
        .expect(201);
    picked.push(qinq["vlan_config"]["outer_vlan"].as_i64().unwrap());
    picked.dedup();
    assert_eq!(picked.len(), 3, "{picked:?}");
    assert!(picked.iter().all(|vlan| (1..=4094).contains(vlan)));
}

#[test]
fn a_partial_change_keeps_what_it_does_not_name() {
    let server = Server::start(&[]);
    let bench = Bench::new(&server);
    let config = bench
        .order(json!({ "vlan_type": "dot1q", "vlan": 1215, "vlan_ethertype": "0x9100" }))
        .expect(201);
    let after =
        |vlan_config: Value| bench.patch(&config, vlan_config).expect(202)["vlan_config"].clone();
    let expected = json!({ "vlan_type": "dot1q", "vlan": 301, "vlan_ethertype": "0x9100" });
    assert_eq!(
        after(json!({ "vlan_type": "dot1q", "vlan": 301 })),
        expected
    );
    let expected = json!({ "vlan_type": "qinq", "outer_vlan": 301,
        "outer_vlan_ethertype": "0x9100", "inner_vlan": 33 });
    assert_eq!(
        after(json!({ "vlan_type": "qinq", "inner_vlan": 33 })),
        expected
    );
    let expected = json!({ "vlan_type": "qinq", "outer_vlan": 909,
        "outer_vlan_ethertype": "0x9100", "inner_vlan": 33 });
    assert_eq!(
        after(json!({ "vlan_type": "qinq", "outer_vlan": 909 })),
        expected
    );
    let expected = json!({ "vlan_type": "dot1q", "vlan": 909, "vlan_ethertype": "0x9100" });
    assert_eq!(after(json!({ "vlan_type": "dot1q" })), expected);
    bench
        .patch(&config, json!({ "vlan_type": "qinq" }))
        .refuses(&["vlan_config.inner_vlan"]);
    bench
        .patch(&config, json!({ "vlan": 5 }))
        .refuses(&["vlan_config.vlan_type", "vlan_config.vlan"]);
}

#[test]
fn a_change_to_a_vlan_in_use_is_refused() {
    let server = Server::start(&[]);
    let bench = Bench::new(&server);
    bench
        .order(json!({ "vlan_type": "dot1q", "vlan": 23 }))
        .expect(201);
    let config = bench
        .order(json!({ "vlan_type": "dot1q", "vlan": 24 }))
        .expect(201);
    bench
        .patch(&config, json!({ "vlan_type": "dot1q", "vlan": 23 }))
        .refuses(&["vlan_config.vlan"]);
    bench
        .patch(&config, json!({ "vlan_type": "dot1q", "vlan": 24 }))
        .expect(202);
}

#[test]
fn configs_are_found_by_the_tags_of_their_frames() {
    let server = Server::start(&[]);
    let bench = Bench::new(&server);
    bench
        .order(json!({ "vlan_type": "dot1q", "vlan": 23 }))
        .expect(201);
    let config = bench
        .order(json!({ "vlan_type": "qinq", "outer_vlan": 24, "inner_vlan": 7 }))
        .expect(201);
    assert_eq!(
        bench
            .party
            .ids("/network-service-configs?outer_vlan=24&inner_vlan=7"),
        [id(&config)]
    );
    bench
        .party
        .get("/network-service-configs?outer_vlan=x")
        .refuses(&["outer_vlan"]);
}

#[test]
fn no_more_capacity_than_a_connection_has_is_allocated() {
    let server = Server::start(&[]);
    let party = server.a();
    let small = json!({ "product_offering": "503233.AMS5-B.S" });
    let connection = party.connection(OWN, small);
    let limit = connection["capacity_allocation_limit"].as_i64();
    assert_eq!(limit, Some(1_000));
    let order = |vlan: i64, capacity: Value| {
        let fast = json!({ "product_offering": "503125.AMS.AMS" });
        let circuit = party.post("/network-services", circuit_order(OWN, OWN, fast));
        let changes = json!({
            "capacity": capacity, "vlan_config": { "vlan_type": "dot1q", "vlan": vlan },
        });
        let order = config_order(OWN, &circuit.expect(201), &connection, changes);
        party.post("/network-service-configs", order)
    };
    let first = order(23, json!(700)).expect(201);
    let why = order(24, json!(301)).refuses(&["capacity"]);
    assert!(why.contains("700 of 1000"), "{why}");
    // A side without a capacity of its own takes that of its circuit.
    let why = order(24, Value::Null).refuses(&["connection"]);
    assert!(why.contains("1000 Mbit/s"), "{why}");
    order(24, json!(300)).expect(201);
    let path = format!("/network-service-configs/{}", id(&first));
    let more = json!({ "type": "p2p_vc", "capacity": 701 });
    party.patch(&path, more).refuses(&["capacity"]);
    let as_before = json!({ "type": "p2p_vc", "capacity": 700 });
    party.patch(&path, as_before).expect(202);
}
