//! Public peering: LANs, their route servers, configs, addresses and sessions.

use serde_json::{Value, json};

use crate::support::{Client, IMPLEMENTATION, NOC, OTHER, OWN, RESOLD, Server, id, with};

const LAN: &str = "LAN-AMS";
const ROUTE_SERVER: &str = "RS1-AMS";

fn owned() -> Value {
    json!({ "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN })
}

/// Everything that peering in Amsterdam needs: a connection, a contact for the NoC, a MAC address.
struct Peer<'a> {
    party: Client<'a>,
    connection: String,
    assignments: Vec<String>,
    mac: String,
}

impl<'a> Peer<'a> {
    fn new(server: &'a Server) -> Peer<'a> {
        let party = server.a();
        let mac = json!({
            "managing_account": OWN, "consuming_account": OWN, "address": "42:23:bc:8e:b8:b0",
        });
        Peer {
            connection: id(&party.connection(OWN, json!({}))),
            assignments: party.assignments(OWN, &[NOC]),
            mac: id(&party.post("/macs", mac).expect(201)),
            party,
        }
    }

    /// The order of the guide.
    fn order(&self, changes: Value) -> Value {
        let order = json!({
            "type": "exchange_lan", "network_service": LAN, "product_offering": "503301.AMS",
            "external_ref": "IX:Service:23042", "purchase_order": "Project: DC Moon",
            "contract_ref": "contract:31824", "role_assignments": self.assignments,
            "connection": self.connection, "capacity": null, "asns": [4_294_967_295_u32],
            "vlan_config": { "vlan_type": "dot1q", "vlan": 23, "vlan_ethertype": "0x8100" },
            "macs": [self.mac], "listed": true,
        });
        with(with(owned(), order), changes)
    }

    fn config(&self, changes: Value) -> Value {
        let order = self.order(changes);
        self.party
            .post("/network-service-configs", order)
            .expect(201)
    }

    fn ip(&self, config: &str, version: u8) -> String {
        let path = format!("/ips?network_service_config={config}&version={version}");
        self.party.ids(&path).remove(0)
    }

    /// The session of the guide, from the config's IPv4 address.
    fn session_order(&self, config: &str, changes: Value) -> Value {
        let order = json!({
            "type": "route_server", "role_assignments": self.assignments,
            "network_feature": ROUTE_SERVER, "network_service_config": config,
            "flags": [{ "name": "RPKI-HARD-FILTER", "enabled": true }], "asn": 4_200_000_023_u32,
            "password": "bgp-session-test-23", "as_set_v4": "MOON-AS@RIPE",
            "as_set_v6": "MOON-AS@RIPE", "max_prefix_v4": 5000, "max_prefix_v6": 5000,
            "insert_ixp_asn": true, "session_mode": "public", "bgp_session_type": "passive",
            "ip": self.ip(config, 4),
        });
        with(with(owned(), order), changes)
    }

    fn session(&self, config: &str, changes: Value) -> Value {
        let order = self.session_order(config, changes);
        self.party
            .post("/network-feature-configs", order)
            .expect(201)
    }
}

fn nsc(config: &Value) -> String {
    format!("/network-service-configs/{}", id(config))
}

fn nfc(session: &Value) -> String {
    format!("/network-feature-configs/{}", id(session))
}

#[test]
fn peering_lans_are_the_exchanges_and_nobody_changes_them() {
    let server = Server::start(&[]);
    let party = server.a();
    assert_eq!(
        party.ids("/network-services?type=exchange_lan"),
        [LAN, "LAN-FRA"]
    );
    let lan = party.get("/network-services/LAN-AMS").expect(200);
    assert_eq!(lan["subnet_v4"], "198.18.0.0/21");
    assert_eq!(lan["network_features"], json!([ROUTE_SERVER]));
    assert_eq!(lan["nsc_required_contact_roles"], json!([NOC]));
    assert_eq!(lan["product_offering"], "503301.AMS");
    let offerings = party.ids("/product-offerings?type=exchange_lan&handover_metro_area=AMS");
    assert_eq!(offerings, ["503301.AMS", "503302.AMS"]);
    let offering = party.get("/product-offerings/503301.AMS").expect(200);
    assert_eq!(offering["exchange_lan_network_service"], LAN);
    assert_eq!(offering["resource_type"], "network_service_config");

    let path = "/network-services/LAN-AMS";
    party
        .patch(path, json!({ "type": "exchange_lan", "name": "mine" }))
        .problem(403, "permission-denied");
    party.delete(path).problem(403, "permission-denied");
    party
        .get(&format!("{path}/cancellation-policy"))
        .problem(403, "permission-denied");
    party
        .post("/network-services", json!({ "type": "exchange_lan" }))
        .refuses(&["type"]);
}

#[test]
fn a_public_group_of_another_party_is_seen_without_what_is_private() {
    let server = Server::start(&[]);
    let path = "/network-services/CUG-AMS-1";
    let seen = server.a().get(path).expect(200);
    assert_eq!(seen["display_name"], "Panda Fabric");
    assert_eq!(seen["public"], true);
    let own = server.b().get(path).expect(200);
    for private in [
        "managing_account",
        "billing_account",
        "purchase_order",
        "external_ref",
    ] {
        assert!(
            seen.get(private).is_none() && own.get(private).is_some(),
            "{private}"
        );
    }
    let groups = server.a().ids("/network-services?type=mp2mp_vc");
    assert_eq!(groups, ["CUG-AMS-1"]);
    server.a().delete(path).problem(403, "permission-denied");
    let found = server
        .b()
        .ids(&format!("/network-services?managing_account={OTHER}"));
    assert_eq!(found, ["CUG-AMS-1"]);
}

#[test]
fn route_servers_are_listed_by_what_they_are() {
    let server = Server::start(&[]);
    let party = server.a();
    let required = "/network-features?required=true&network_service=LAN-AMS";
    assert_eq!(party.ids(required), [ROUTE_SERVER]);
    assert_eq!(party.ids("/network-features?required=false"), ["RS2-FRA"]);
    assert_eq!(party.ids("/network-features?type=route_server").len(), 3);
    assert_eq!(party.ids("/network-features?id=RS1-FRA,RS2-FRA").len(), 2);
    assert_eq!(
        party.ids("/network-features?name=Route%20server%201%20AMS"),
        [ROUTE_SERVER]
    );
    party
        .get("/network-features?required=maybe")
        .refuses(&["required"]);
    let feature = party.get("/network-features/RS1-AMS").expect(200);
    assert_eq!(feature["flags"][0]["mandatory"], true);
    assert_eq!(feature["address_families"], json!(["af_inet", "af_inet6"]));
    assert_eq!(feature["nfc_required_contact_roles"], json!([NOC]));
    party.get("/network-features/RS9").problem(404, "not-found");
    party
        .delete("/network-features/RS1-AMS")
        .problem(405, "method-not-allowed");
}

#[test]
fn a_config_gets_its_addresses_and_waits_in_error_for_its_route_server_session() {
    let server = Server::start(&["--speed", "real"]);
    let peer = Peer::new(&server);
    let config = peer.config(json!({}));
    assert_eq!(config["state"], "requested");
    assert_eq!(
        (&config["ips"], &config["capacity"]),
        (&json!([]), &Value::Null)
    );
    assert_eq!(config["network_feature_configs"], json!([]));
    let path = nsc(&config);

    server.control("POST", "clock", json!({ "advance_seconds": 121 }));
    let allocated = peer.party.get(&path).expect(200);
    assert_eq!(allocated["state"], "allocated");
    let ips: Vec<Value> = peer
        .party
        .get(&format!("/ips?network_service_config={}", id(&config)))
        .expect(200)
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(ips.len(), 2);
    for ip in &ips {
        assert!(allocated["ips"].as_array().unwrap().contains(&ip["id"]));
        assert_eq!(
            (&ip["fqdn"], &ip["consuming_account"]),
            (&Value::Null, &json!(OWN))
        );
    }

    server.control("POST", "clock", json!({ "advance_seconds": 241 }));
    let waiting = peer.party.get(&path).expect(200);
    assert_eq!(waiting["state"], "error");
    let status = &waiting["status"][0];
    assert_eq!(status["tag"], "network_feature_config_required");
    assert_eq!(status["severity"], 2);
    assert_eq!(status["attrs"], json!({ "network_feature": ROUTE_SERVER }));

    let session = peer.session(&id(&config), json!({}));
    assert_eq!(session["state"], "requested");
    assert_eq!(peer.party.get(&path).expect(200)["state"], "error");
    server.control("POST", "clock", json!({ "advance_seconds": 500 }));
    let ready = peer.party.get(&path).expect(200);
    assert_eq!(ready["state"], "production");
    assert_eq!(ready["status"], json!([]));
    assert_eq!(ready["network_feature_configs"], json!([id(&session)]));
    assert_eq!(
        peer.party.get(&nfc(&session)).expect(200)["state"],
        "production"
    );
}

#[test]
fn a_config_that_loses_its_session_falls_back_to_error() {
    let server = Server::start(&[]);
    let peer = Peer::new(&server);
    let config = peer.config(json!({}));
    let session = peer.session(&id(&config), json!({}));
    assert_eq!(
        peer.party.get(&nsc(&config)).expect(200)["state"],
        "production"
    );
    peer.party
        .call(
            "DELETE",
            &nfc(&session),
            json!({ "decommission_at": "2099-01-01" }),
        )
        .expect(400);
    let ending = peer.party.delete(&nfc(&session)).expect(202);
    assert_eq!(ending["state"], "decommission_requested");
    assert!(ending.get("decommission_at").is_none());
    peer.party.get(&nfc(&session)).problem(404, "not-found");
    let fallen = peer.party.get(&nsc(&config)).expect(200);
    assert_eq!(fallen["state"], "error");
    assert_eq!(fallen["network_feature_configs"], json!([]));
    peer.session(&id(&config), json!({}));
    assert_eq!(
        peer.party.get(&nsc(&config)).expect(200)["state"],
        "production"
    );
}

#[test]
fn a_config_must_fit_its_lan_offering_and_connection() {
    let server = Server::start(&[]);
    let peer = Peer::new(&server);
    let refused = |changes: Value, names: &[&str]| {
        let order = peer.order(changes);
        peer.party
            .post("/network-service-configs", order)
            .refuses(names)
    };
    refused(
        json!({ "network_service": "CUG-AMS-1" }),
        &["network_service"],
    );
    refused(
        json!({ "product_offering": "503301.FRA" }),
        &["product_offering"],
    );
    refused(
        json!({ "product_offering": "absent" }),
        &["product_offering"],
    );
    refused(json!({ "capacity": 50 }), &["capacity"]);
    refused(json!({ "capacity": 10_001 }), &["capacity"]);
    refused(
        json!({ "asns": "absent", "listed": "absent" }),
        &["asns", "listed"],
    );
    refused(json!({ "asns": [] }), &["asns"]);
    refused(json!({ "asns": [0, 23] }), &["asns.0"]);
    refused(json!({ "macs": ["nobody's"] }), &["macs"]);
    refused(json!({ "ips": ["mine"] }), &["ips"]);
    refused(
        json!({ "network_feature_configs": ["x"] }),
        &["network_feature_configs"],
    );
    refused(
        json!({ "availability_zone": "zone-pink" }),
        &["availability_zone"],
    );
    refused(json!({ "listed": "yes" }), &["listed"]);
    refused(
        json!({ "joining_member_account": OWN }),
        &["joining_member_account"],
    );
    let reason = refused(json!({ "role_assignments": [] }), &["role_assignments"]);
    assert!(reason.contains("NoC"), "{reason}");
    let statistics = json!({ "policy": "deny", "accounts_denied": [OTHER] });
    let field = "shared_statistics.accounts_denied";
    refused(json!({ "shared_statistics": statistics }), &[field]);

    let far = json!({
        "product_offering": "503236.FRA1-A.S",
        "role_assignments": peer.party.assignments(OWN, &[IMPLEMENTATION]),
    });
    let far = id(&peer.party.connection(OWN, far));
    let reason = refused(json!({ "connection": far }), &["connection"]);
    assert!(reason.contains("FRA"), "{reason}");

    peer.config(json!({ "availability_zone": "zone-blue", "capacity": 10_000 }));
    refused(json!({}), &["vlan_config.vlan"]);
}

#[test]
fn a_change_of_a_config_names_its_type_and_not_its_offering() {
    let server = Server::start(&[]);
    let peer = Peer::new(&server);
    let config = peer.config(json!({ "capacity": 500 }));
    let path = nsc(&config);
    let change = |fields: Value| {
        let body = with(json!({ "type": "exchange_lan" }), fields);
        peer.party.patch(&path, body)
    };
    change(json!({ "product_offering": "503301.AMS" })).refuses(&["product_offering"]);
    change(json!({ "network_service": LAN })).refuses(&["network_service"]);
    change(json!({ "type": "p2p_vc" })).expect(400);
    peer.party
        .patch(&path, json!({ "listed": false }))
        .refuses(&["type"]);
    change(json!({ "capacity": 20_000 })).refuses(&["capacity"]);
    let changed = change(json!({ "capacity": null, "listed": false, "asns": [64_512] }));
    let changed = changed.expect(202);
    assert_eq!(
        (&changed["capacity"], &changed["listed"]),
        (&Value::Null, &json!(false))
    );
    let ips = changed["ips"].clone();
    assert_eq!(
        change(json!({ "ips": ips, "macs": [] })).expect(202)["ips"],
        ips
    );
    let vlan_config = json!({ "vlan_type": "dot1q", "vlan": 42 });
    let moved = change(json!({ "vlan_config": vlan_config })).expect(202);
    assert_eq!(moved["vlan_config"]["vlan"], 42);
}

#[test]
fn configs_are_filtered_by_type_and_service() {
    let server = Server::start(&[]);
    let peer = Peer::new(&server);
    let config = id(&peer.config(json!({})));
    let connection = json!({ "id": peer.connection });
    let circuit = peer.party.circuit(OWN, RESOLD);
    let side = id(&peer.party.config(OWN, &circuit, &connection, json!({})));
    let ids = |query: &str| peer.party.ids(&format!("/network-service-configs?{query}"));
    assert_eq!(ids("type=exchange_lan"), [config.as_str()]);
    assert_eq!(ids("type=p2p_vc"), [side.as_str()]);
    assert_eq!(ids("network_service=LAN-AMS"), [config.as_str()]);
    assert_eq!(ids("product_offering=503301.AMS"), [config.as_str()]);
    assert_eq!(ids(&format!("connection={}", peer.connection)).len(), 2);
    assert_eq!(
        ids(&format!("role_assignments={}", peer.assignments[0])),
        [config.as_str()]
    );
    let near = peer
        .party
        .ids("/connections?supported_network_service=LAN-AMS");
    assert_eq!(near, [peer.connection.as_str()]);
    assert!(
        peer.party
            .ids("/connections?supported_network_service=LAN-FRA")
            .is_empty()
    );
}

#[test]
fn a_cancelled_config_takes_its_sessions_and_addresses_along() {
    let server = Server::start(&["--notice-days", "10"]);
    let peer = Peer::new(&server);
    let config = peer.config(json!({}));
    let session = peer.session(&id(&config), json!({}));
    let policy = peer
        .party
        .get(&format!("{}/cancellation-policy", nsc(&config)))
        .expect(200);
    let soon = format!("{}/cancellation-policy?decommission_at=soon", nsc(&config));
    let refused = peer
        .party
        .get(&soon)
        .problem(400, "cancellation-policy-error");
    assert_eq!(refused["decommission_at"], policy["decommission_at"]);
    let path = format!("{}/cancellation-policy", nfc(&session));
    peer.party.get(&path).problem(404, "not-found");

    let ending = peer.party.delete(&nsc(&config)).expect(202);
    assert_eq!(ending["decommission_at"], policy["decommission_at"]);
    let session = peer.party.get(&nfc(&session)).expect(200);
    assert_eq!(session["state"], "decommission_requested");
    assert_eq!(peer.party.ids("/ips").len(), 2);
    let cancelling = &server.control("GET", "live", Value::Null)["cancelling"]["counts"];
    let expected = json!({ "network-feature-configs": 1, "network-service-configs": 1 });
    assert_eq!(*cancelling, expected);

    server.control("POST", "clock", json!({ "advance_days": 11 }));
    let party = server.a();
    party.get(&nsc(&config)).problem(404, "not-found");
    assert!(party.ids("/network-feature-configs").is_empty());
    assert!(party.ids("/ips").is_empty());
    let live = server.control("GET", "live", Value::Null);
    assert_eq!(live["cancelling"]["total"], 0);
    assert!(live["live"]["counts"].get("ips").is_none());
}

#[test]
fn a_session_must_fit_its_feature_config_and_address() {
    let server = Server::start(&[]);
    let peer = Peer::new(&server);
    let config = id(&peer.config(json!({})));
    let refused = |changes: Value, names: &[&str]| {
        let order = peer.session_order(&config, changes);
        peer.party
            .post("/network-feature-configs", order)
            .refuses(names)
    };
    refused(json!({ "type": "blackholing" }), &["type"]);
    refused(
        json!({ "network_feature": "RS1-FRA" }),
        &["network_feature", "role_assignments"],
    );
    refused(json!({ "network_feature": "RS9" }), &["network_feature"]);
    let elsewhere = json!({ "network_service_config": "nobody's" });
    refused(elsewhere, &["network_service_config", "ip"]);
    refused(json!({ "ip": "198.18.0.10" }), &["ip"]);
    refused(json!({ "as_set_v4": null }), &["as_set_v4"]);
    refused(json!({ "as_set_v4": "AS-MOON" }), &["as_set_v4"]);
    refused(
        json!({ "ip": peer.ip(&config, 6), "as_set_v6": "absent" }),
        &["as_set_v6"],
    );
    refused(
        json!({ "bgp_session_type": "active" }),
        &["bgp_session_type"],
    );
    refused(json!({ "session_mode": "collector" }), &["session_mode"]);
    refused(json!({ "role_assignments": [] }), &["role_assignments"]);
    let flag = |name: &str, enabled: bool| json!([{ "name": name, "enabled": enabled }]);
    let off = json!({ "flags": flag("RPKI-HARD-FILTER", false) });
    refused(off, &["flags.0.enabled"]);
    refused(json!({ "flags": flag("RPKI", true) }), &["flags.0.name"]);
    refused(
        json!({ "flags": [{ "name": "BLACKHOLING" }] }),
        &["flags.0.enabled"],
    );
    refused(json!({ "asn": "absent" }), &["asn"]);

    let session = peer.session(&config, json!({ "flags": flag("BLACKHOLING", false) }));
    assert_eq!(session["password"], "bgp-session-test-23");
    assert_eq!(session["insert_ixp_asn"], true);
    refused(json!({}), &["ip"]);
    peer.session(&config, json!({ "ip": peer.ip(&config, 6) }));
}

#[test]
fn a_session_needs_a_config_that_is_ready_for_it() {
    let server = Server::start(&["--speed", "real"]);
    let peer = Peer::new(&server);
    let config = id(&peer.config(json!({})));
    server.control("POST", "clock", json!({ "advance_seconds": 121 }));
    let order = peer.session_order(&config, json!({}));
    let refused = peer.party.post("/network-feature-configs", order);
    refused.refuses(&["network_service_config"]);
}

#[test]
fn only_the_bgp_fields_of_a_session_can_be_changed() {
    let server = Server::start(&[]);
    let peer = Peer::new(&server);
    let config = id(&peer.config(json!({})));
    let session = peer.session(&config, json!({}));
    let change = |fields: Value| {
        let body = with(json!({ "type": "route_server" }), fields);
        peer.party.patch(&nfc(&session), body)
    };
    for name in [
        "billing_account",
        "purchase_order",
        "contract_ref",
        "network_feature",
    ] {
        change(json!({ name: "x" })).refuses(&[name]);
    }
    change(json!({ "flags": [] })).refuses(&["flags"]);
    change(json!({ "role_assignments": [] })).refuses(&["role_assignments"]);
    change(json!({ "ip": "x" })).refuses(&["ip"]);
    peer.party
        .patch(&nfc(&session), json!({ "asn": 1 }))
        .refuses(&["type"]);
    let six = peer.ip(&config, 6);
    let fields = json!({ "ip": six, "asn": 64_513, "password": "", "max_prefix_v4": null });
    let changed = change(fields).expect(202);
    assert_eq!(
        (&changed["ip"], &changed["asn"]),
        (&json!(six), &json!(64_513))
    );
    assert_eq!(changed["max_prefix_v4"], Value::Null);
    assert_eq!(changed["state"], "production_change_pending");
    let said = json!({ "type": "route_server", "managing_account": OWN, "consuming_account": OWN,
        "asn": 64_514, "session_mode": "public", "bgp_session_type": "passive", "ip": six,
        "as_set_v6": "AS-MOON@RIPE" });
    let said = peer.party.call("PUT", &nfc(&session), said).expect(202);
    assert_eq!(said["as_set_v4"], Value::Null);
    assert_eq!(said["insert_ixp_asn"], true);
    assert_eq!(said["role_assignments"], changed["role_assignments"]);
}

#[test]
fn sessions_are_filtered_by_what_they_refer_to() {
    let server = Server::start(&[]);
    let peer = Peer::new(&server);
    let config = id(&peer.config(json!({})));
    let session = id(&peer.session(&config, json!({ "external_ref": "rs1" })));
    let contact = peer.party.ids("/contacts").remove(0);
    for query in [
        format!("service_config={config}"),
        format!("network_service_config={config}"),
        format!("network_feature={ROUTE_SERVER}"),
        format!("role_assignments={}", peer.assignments[0]),
        format!("contacts={contact}"),
        "type=route_server".to_owned(),
        "external_ref=rs1".to_owned(),
        "state=production".to_owned(),
    ] {
        let path = format!("/network-feature-configs?{query}");
        assert_eq!(peer.party.ids(&path), [session.as_str()], "{query}");
    }
    for query in [
        "network_service_config=x",
        "state__is_not=production",
        "external_ref=rs2",
    ] {
        let path = format!("/network-feature-configs?{query}");
        assert!(peer.party.ids(&path).is_empty(), "{query}");
    }
}

#[test]
fn addresses_are_filtered_by_what_they_are_used_for() {
    let server = Server::start(&[]);
    let peer = Peer::new(&server);
    let config = id(&peer.config(json!({})));
    let session = id(&peer.session(&config, json!({})));
    let (four, six) = (peer.ip(&config, 4), peer.ip(&config, 6));
    let ids = |query: &str| peer.party.ids(&format!("/ips?{query}"));
    assert_eq!(ids("network_service=LAN-AMS").len(), 2);
    assert_eq!(
        ids(&format!("network_feature={ROUTE_SERVER}")),
        [four.as_str()]
    );
    assert_eq!(
        ids(&format!("network_feature_config={session}")),
        [four.as_str()]
    );
    assert_eq!(ids("prefix_length=64"), [six.as_str()]);
    assert_eq!(ids(&format!("consuming_account={OWN}")).len(), 2);
    assert!(ids("network_service=LAN-FRA").is_empty());
    peer.party.get("/ips?version=four").refuses(&["version"]);
    let ip = peer.party.get(&format!("/ips/{four}")).expect(200);
    assert!(ip["address"].as_str().unwrap().starts_with("198.18."));
    assert_eq!(
        (&ip["version"], &ip["prefix_length"]),
        (&json!(4), &json!(21))
    );
    server
        .b()
        .get(&format!("/ips/{four}"))
        .problem(404, "not-found");
}

#[test]
fn of_an_address_only_the_name_can_be_changed() {
    let server = Server::start(&[]);
    let peer = Peer::new(&server);
    let config = id(&peer.config(json!({})));
    let path = format!("/ips/{}", peer.ip(&config, 4));
    let ip = peer
        .party
        .patch(&path, json!({ "fqdn": "gw01.dc.example.net" }))
        .expect(200);
    assert_eq!(ip["fqdn"], "gw01.dc.example.net");
    let named = peer.party.ids("/ips?fqdn=gw01.dc.example.net");
    assert_eq!(named, [id(&ip)]);
    peer.party
        .patch(&path, json!({ "fqdn": "no host" }))
        .refuses(&["fqdn"]);
    peer.party
        .patch(&path, json!({ "address": "198.18.0.99" }))
        .refuses(&["address"]);
    peer.party
        .patch(&path, json!({ "colour": "red" }))
        .refuses(&["colour"]);

    let whole = with(
        ip.clone(),
        json!({ "id": "absent", "fqdn": "gw02.dc.example.net" }),
    );
    let put = peer.party.call("PUT", &path, whole.clone()).expect(200);
    assert_eq!(put["fqdn"], "gw02.dc.example.net");
    let other = with(whole.clone(), json!({ "external_ref": "x" }));
    peer.party
        .call("PUT", &path, other)
        .refuses(&["external_ref"]);
    let nameless = with(whole, json!({ "fqdn": "absent" }));
    assert_eq!(
        peer.party.call("PUT", &path, nameless).expect(200)["fqdn"],
        Value::Null
    );
    let some = json!({ "version": 4 });
    peer.party.call("PUT", &path, some).expect(400);

    let refused = peer.party.delete(&path);
    assert_eq!(refused.headers["allow"], "GET, PATCH, PUT");
    refused.problem(405, "method-not-allowed");
    let order = json!({ "managing_account": OWN, "consuming_account": OWN, "version": 4,
        "address": "198.18.0.99", "prefix_length": 21 });
    peer.party
        .post("/ips", order)
        .problem(403, "permission-denied");
}
