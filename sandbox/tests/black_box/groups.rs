//! Services that several members join, whom their owner lets join them, and the members' configs.

use serde_json::{Value, json};

use crate::support::{Client, HIDDEN, NEWCOMER, NOC, OTHER, OWN, RESOLD, Server, id, with};

const SERVICES: &str = "/network-services";
const CONFIGS: &str = "/network-service-configs";
const RULES: &str = "/member-joining-rules";

/// Party A's order for a group in Amsterdam, which requires no roles.
fn group_order(changes: Value) -> Value {
    let order = json!({
        "type": "mp2mp_vc", "managing_account": OWN, "consuming_account": OWN,
        "billing_account": OWN, "product_offering": "503402.AMS",
    });
    with(order, changes)
}

fn group(party: &Client<'_>, changes: Value) -> String {
    id(&party.post(SERVICES, group_order(changes)).expect(201))
}

fn rule_order(group: &str, changes: Value) -> Value {
    let order = json!({
        "type": "allow", "managing_account": OWN, "consuming_account": OTHER,
        "network_service": group,
    });
    with(order, changes)
}

fn rule(party: &Client<'_>, group: &str, changes: Value) -> String {
    id(&party.post(RULES, rule_order(group, changes)).expect(201))
}

/// An order to join a group, on a new connection.
fn join_order(party: &Client<'_>, account: &str, group: &str, changes: Value) -> Value {
    let order = json!({
        "type": "mp2mp_vc", "managing_account": account, "consuming_account": account,
        "billing_account": account, "network_service": group, "product_offering": "503411.AMS",
        "connection": id(&party.connection(account, json!({}))), "role_assignments": [],
        "vlan_config": { "vlan_type": "dot1q", "vlan": 23 },
    });
    with(order, changes)
}

fn join(party: &Client<'_>, account: &str, group: &str, changes: Value) -> String {
    let order = join_order(party, account, group, changes);
    id(&party.post(CONFIGS, order).expect(201))
}

fn at(collection: &str, id: &str) -> String {
    format!("{collection}/{id}")
}

fn tags(service: &Value) -> Vec<&str> {
    let status = service["status"].as_array().unwrap();
    status
        .iter()
        .map(|message| message["tag"].as_str().unwrap())
        .collect()
}

#[test]
fn a_private_group_is_built_once_it_has_a_rule_and_its_owners_config() {
    let server = Server::start(&[]);
    let a = server.a();
    let order = group_order(json!({ "display_name": "Bamboo" }));
    let group = a.post(SERVICES, order).expect(201);
    assert_eq!(group["state"], "requested");
    assert_eq!(
        tags(&group),
        ["member_joining_rule_required", "nsc_required"]
    );
    assert_eq!(
        group["nsc_product_offerings"],
        json!(["503411.AMS", "503412.AMS"])
    );
    for (name, value) in [
        ("public", json!(false)),
        ("mac_acl_protection", json!(false)),
        ("member_joining_rules", json!([])),
        ("network_features", json!([])),
        ("subnet_v4", Value::Null),
    ] {
        assert_eq!(group[name], value, "{name}");
    }
    let path = at(SERVICES, &id(&group));
    let rule = rule(&a, &id(&group), json!({}));
    let ruled = a.get(&path).expect(200);
    assert_eq!(tags(&ruled), ["nsc_required"]);
    assert_eq!(ruled["member_joining_rules"], json!([rule]));
    let config = join(&a, OWN, &id(&group), json!({}));
    let live = a.get(&path).expect(200);
    assert_eq!(live["state"], "production");
    assert!(tags(&live).is_empty());
    assert_eq!(
        a.get(&at(CONFIGS, &config)).expect(200)["state"],
        "production"
    );
}

#[test]
fn a_public_group_needs_no_rule_and_a_denial_is_none() {
    let server = Server::start(&[]);
    let a = server.a();
    let public = a
        .post(SERVICES, group_order(json!({ "public": true })))
        .expect(201);
    assert_eq!(tags(&public), ["nsc_required"]);
    let private = group(&a, json!({}));
    rule(&a, &private, json!({ "type": "deny" }));
    let shown = a.get(&at(SERVICES, &private)).expect(200);
    assert_eq!(
        tags(&shown),
        ["member_joining_rule_required", "nsc_required"]
    );
}

#[test]
fn a_private_group_is_seen_by_whom_a_rule_allows_it_and_by_nobody_else() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let group = group(&a, json!({}));
    let path = at(SERVICES, &group);
    let list = "/network-services?type=mp2mp_vc";
    b.get(&path).problem(404, "not-found");
    assert_eq!(b.ids(list), ["CUG-AMS-1"]);
    let denial = rule(&a, &group, json!({ "type": "deny" }));
    b.get(&path).problem(404, "not-found");
    a.delete(&at(RULES, &denial)).expect(200);
    let allowance = rule(&a, &group, json!({}));
    b.get(&path).expect(200);
    assert_eq!(b.ids(list).len(), 2);
    assert_eq!(
        b.ids(&format!("/network-services?id={group}")),
        [group.as_str()]
    );
    a.delete(&at(RULES, &allowance)).expect(200);
    b.get(&path).problem(404, "not-found");
    assert_eq!(a.ids(list).len(), 2);
}

#[test]
fn a_member_stays_one_when_its_rule_goes() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let group = group(&a, json!({}));
    let allowance = rule(&a, &group, json!({}));
    let config = join(&b, OTHER, &group, json!({}));
    a.delete(&at(RULES, &allowance)).expect(200);
    b.get(&at(SERVICES, &group)).expect(200);
    b.delete(&at(CONFIGS, &config)).expect(202);
    b.get(&at(CONFIGS, &config)).problem(404, "not-found");
    b.get(&at(SERVICES, &group)).problem(404, "not-found");
}

#[test]
fn a_group_that_turns_public_is_seen_by_everybody_and_one_that_turns_private_is_not() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let group = group(&a, json!({}));
    let path = at(SERVICES, &group);
    let turn = |public: bool| json!({ "type": "mp2mp_vc", "public": public });
    let turned = a.patch(&path, turn(true)).expect(202);
    assert_eq!(tags(&turned), ["nsc_required"]);
    b.get(&path).expect(200);
    a.patch(&path, turn(false)).expect(202);
    b.get(&path).problem(404, "not-found");
}

#[test]
fn whoever_is_not_the_owner_of_a_group_sees_no_more_than_it_takes_to_join() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let private = json!({ "external_ref": "ours", "purchase_order": "PO-1" });
    let changes = with(private, json!({ "public": true, "display_name": "Bamboo" }));
    let group = group(&a, changes);
    rule(&a, &group, json!({}));
    let path = at(SERVICES, &group);
    let seen = b.get(&path).expect(200);
    let seen: Vec<&str> = seen
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        seen,
        [
            "display_name",
            "id",
            "mac_acl_protection",
            "network_features",
            "nsc_product_offerings",
            "nsc_required_contact_roles",
            "product_offering",
            "public",
            "state",
            "status",
            "subnet_v4",
            "subnet_v6",
            "type",
        ]
    );
    assert!(tags(&b.get(&path).expect(200)).is_empty());
    b.patch(&path, json!({ "type": "mp2mp_vc", "public": false }))
        .problem(403, "permission-denied");
    b.delete(&path).problem(403, "permission-denied");
    b.get(&format!("{path}/cancellation-policy"))
        .problem(403, "permission-denied");
    a.get(&format!("{path}/cancellation-policy")).expect(200);
    let change = json!({ "product_offering": "503403.AMS" });
    b.post(&format!("{path}/change-request"), change)
        .problem(403, "permission-denied");
    assert!(b.ids(RULES).is_empty());
}

#[test]
fn only_a_private_groups_guests_join_it() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let group = group(&a, json!({}));
    let order = join_order(&b, OTHER, &group, json!({}));
    b.post(CONFIGS, order.clone()).refuses(&["network_service"]);
    rule(&a, &group, json!({}));
    let of_another = json!({ "consuming_account": OWN });
    b.post(CONFIGS, with(order.clone(), of_another))
        .refuses(&["consuming_account"]);
    b.post(CONFIGS, order).expect(201);
    // The owner needs no invitation, for whichever of its accounts.
    join(&a, RESOLD, &group, json!({}));
}

#[test]
fn whom_a_rule_denies_it_joins_no_public_group() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let group = group(&a, json!({ "public": true }));
    let denial = rule(&a, &group, json!({ "type": "deny" }));
    b.get(&at(SERVICES, &group)).expect(200);
    let order = join_order(&b, OTHER, &group, json!({}));
    let reason = b
        .post(CONFIGS, order.clone())
        .refuses(&["consuming_account"]);
    assert_eq!(reason, format!("{OTHER} is not allowed to join {group}"));
    a.delete(&at(RULES, &denial)).expect(200);
    let config = id(&b.post(CONFIGS, order).expect(201));
    rule(&a, &group, json!({ "type": "deny" }));
    let change = json!({ "type": "mp2mp_vc", "external_ref": "still here" });
    b.patch(&at(CONFIGS, &config), change).expect(202);
}

#[test]
fn a_rule_bounds_the_capacity_of_the_member() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let group = group(&a, json!({}));
    let limits = json!({ "capacity_min": 100, "capacity_max": 500 });
    let allowance = rule(&a, &group, limits);
    let order = join_order(&b, OTHER, &group, json!({}));
    let with_capacity = |capacity: i64| with(order.clone(), json!({ "capacity": capacity }));
    for capacity in [99, 501] {
        b.post(CONFIGS, with_capacity(capacity))
            .refuses(&["capacity"]);
    }
    let config = b.post(CONFIGS, with_capacity(200)).expect(201);
    let path = at(CONFIGS, &id(&config));
    let change = |capacity: Value| json!({ "type": "mp2mp_vc", "capacity": capacity });
    b.patch(&path, change(json!(501))).refuses(&["capacity"]);
    let unbound = b.patch(&path, change(Value::Null)).expect(202);
    assert_eq!(unbound["capacity"], 500);
    // The offering has 1000 Mbit/s, and the owner asks for more of newcomers.
    let more = json!({ "type": "allow", "capacity_min": 2000, "capacity_max": null });
    a.patch(&at(RULES, &allowance), more).expect(200);
    b.post(CONFIGS, order)
        .refuses(&["product_offering", "vlan_config.vlan"]);
    join(&a, OWN, &group, json!({ "capacity": 1000 }));
}

#[test]
fn a_protected_group_takes_only_configs_that_name_their_mac_addresses() {
    let server = Server::start(&[]);
    let a = server.a();
    let group = group(
        &a,
        json!({ "product_offering": "503403.AMS", "public": true }),
    );
    let shown = a.get(&at(SERVICES, &group)).expect(200);
    assert_eq!(shown["mac_acl_protection"], true);
    let mac = |address: &str| {
        let order = json!({
            "managing_account": OWN, "consuming_account": OWN, "address": address,
        });
        id(&a.post("/macs", order).expect(201))
    };
    let (one, two) = (mac("42:23:bc:8e:b8:b0"), mac("42:23:bc:8e:b8:b1"));
    let order = join_order(&a, OWN, &group, json!({}));
    a.post(CONFIGS, order.clone()).refuses(&["macs"]);
    let wrong = with(order.clone(), json!({ "macs": ["nobodys"] }));
    a.post(CONFIGS, wrong).refuses(&["macs"]);
    let order = with(order, json!({ "macs": [one] }));
    let config = a.post(CONFIGS, order).expect(201);
    let path = at(CONFIGS, &id(&config));
    let change = |macs: Value| json!({ "type": "mp2mp_vc", "macs": macs });
    let changed = a.patch(&path, change(json!([two]))).expect(202);
    assert_eq!(changed["macs"], json!([two]));
    a.patch(&path, change(json!([]))).refuses(&["macs"]);
    // What a config no longer names can go.
    a.delete(&at("/macs", &one)).expect(200);
    a.delete(&at("/macs", &two))
        .problem(400, "unable-to-fulfill");
    // Without the protection, MAC addresses need not be said.
    let open = json!({ "type": "mp2mp_vc", "product_offering": "503402.AMS" });
    let opened = a.patch(&at(SERVICES, &group), open).expect(202);
    assert_eq!(opened["mac_acl_protection"], false);
    a.patch(&path, change(json!([]))).expect(202);
}

#[test]
fn members_come_up_with_their_group_and_later_ones_by_themselves() {
    let server = Server::start(&["--step-ms", "60"]);
    let (a, b) = (server.a(), server.b());
    let group = group(&a, json!({ "public": true }));
    let early = join(&b, OTHER, &group, json!({}));
    b.wait(&at(CONFIGS, &early), "allocated");
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(
        b.get(&at(CONFIGS, &early)).expect(200)["state"],
        "allocated"
    );
    assert_eq!(
        a.get(&at(SERVICES, &group)).expect(200)["state"],
        "requested"
    );
    let own = join(&a, OWN, &group, json!({}));
    a.wait(&at(SERVICES, &group), "production");
    b.wait(&at(CONFIGS, &early), "production");
    a.wait(&at(CONFIGS, &own), "production");
    let late = join(&a, RESOLD, &group, json!({}));
    a.wait(&at(CONFIGS, &late), "production");
}

#[test]
fn a_group_that_loses_what_it_needs_while_it_is_requested_waits_again() {
    let server = Server::start(&["--speed", "real"]);
    let a = server.a();
    let group = group(&a, json!({ "public": true }));
    let config = join(&a, OWN, &group, json!({}));
    let turn = json!({ "type": "mp2mp_vc", "public": false });
    a.patch(&at(SERVICES, &group), turn).expect(202);
    // More steps than it takes to get into production.
    for _ in 0..4 {
        server.control("POST", "clock", json!({ "advance_seconds": 120 }));
    }
    let shown = a.get(&at(SERVICES, &group)).expect(200);
    assert_eq!(shown["state"], "requested");
    assert_eq!(tags(&shown), ["member_joining_rule_required"]);
    assert_eq!(
        a.get(&at(CONFIGS, &config)).expect(200)["state"],
        "allocated"
    );
}

#[test]
fn with_a_group_go_its_rules_and_the_configs_of_all_members() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let group = group(&a, json!({}));
    let rule = rule(&a, &group, json!({}));
    join(&a, OWN, &group, json!({}));
    let config = join(&b, OTHER, &group, json!({}));
    let gone = a.delete(&at(SERVICES, &group)).expect(202);
    assert_eq!(gone["state"], "decommission_requested");
    b.get(&at(CONFIGS, &config)).problem(404, "not-found");
    a.get(&at(RULES, &rule)).problem(404, "not-found");
    a.get(&at(SERVICES, &group)).problem(404, "not-found");
    assert_eq!(a.ids(CONFIGS), Vec::<String>::new());
}

#[test]
fn what_has_ended_takes_no_members_and_no_rules() {
    let server = Server::start(&["--notice-days", "30"]);
    let (a, b) = (server.a(), server.b());
    let group = group(&a, json!({ "public": true }));
    let order = join_order(&b, OTHER, &group, json!({}));
    a.delete(&at(SERVICES, &group)).expect(202);
    b.post(CONFIGS, order).refuses(&["network_service"]);
    a.post(RULES, rule_order(&group, json!({})))
        .refuses(&["network_service"]);
    let change = json!({ "type": "mp2mp_vc", "public": false });
    a.patch(&at(SERVICES, &group), change)
        .problem(400, "unable-to-fulfill");
}

#[test]
fn a_group_must_be_ordered_as_its_type_has_it() {
    let server = Server::start(&[]);
    let a = server.a();
    let refused =
        |changes: Value, names: &[&str]| a.post(SERVICES, group_order(changes)).refuses(names);
    for offering in ["503411.AMS", "503501.AMS", "503121.AMS.AMS", "nothing"] {
        refused(
            json!({ "product_offering": offering }),
            &["product_offering"],
        );
    }
    refused(json!({ "billing_account": NEWCOMER }), &["billing_account"]);
    refused(json!({ "managing_account": OTHER }), &["managing_account"]);
    refused(json!({ "public": "yes" }), &["public"]);
    refused(
        json!({ "joining_member_account": OTHER }),
        &["joining_member_account"],
    );
    refused(json!({ "name": "Bamboo" }), &["name"]);
    refused(
        json!({ "mac_acl_protection": true }),
        &["mac_acl_protection"],
    );
    for subnet in ["198.18.64.0", "198.18.64.0/33", "2001:db8::/64", "moon/24"] {
        refused(json!({ "subnet_v4": subnet }), &["subnet_v4"]);
    }
    refused(json!({ "subnet_v6": "198.18.64.0/24" }), &["subnet_v6"]);
    let to_many = json!({ "type": "p2mp_vc", "product_offering": "503501.AMS" });
    refused(
        with(to_many, json!({ "subnet_v4": "198.18.64.0/24" })),
        &["subnet_v4"],
    );
    let group = group(&a, json!({ "subnet_v4": "198.18.64.0/24" }));
    let path = at(SERVICES, &group);
    let elsewhere = json!({ "type": "mp2mp_vc", "product_offering": "503402.FRA" });
    a.patch(&path, elsewhere).refuses(&["product_offering"]);
    let another_type = json!({ "type": "p2mp_vc", "display_name": "x" });
    a.patch(&path, another_type).refuses(&["type"]);
    let changes = json!({ "type": "mp2mp_vc", "subnet_v4": null, "subnet_v6": "2001:db8::/64" });
    let changed = a.patch(&path, changes).expect(202);
    assert_eq!(changed["subnet_v4"], Value::Null);
    assert_eq!(changed["subnet_v6"], "2001:db8::/64");
}

#[test]
fn a_rule_must_be_about_a_group_of_ones_own_and_one_account() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let group = group(&a, json!({ "public": true }));
    let refused =
        |changes: Value, names: &[&str]| a.post(RULES, rule_order(&group, changes)).refuses(names);
    refused(json!({ "type": "perhaps" }), &["type"]);
    refused(json!({ "type": "absent" }), &["type"]);
    refused(
        json!({ "consuming_account": "A0000000" }),
        &["consuming_account"],
    );
    refused(json!({ "managing_account": OTHER }), &["managing_account"]);
    let circuit = id(&a.circuit(OWN, OTHER));
    for service in ["LAN-AMS", "CUG-AMS-1", &circuit, "nothing"] {
        refused(json!({ "network_service": service }), &["network_service"]);
    }
    refused(json!({ "capacity_min": 0 }), &["capacity_min"]);
    refused(
        json!({ "capacity_min": 20, "capacity_max": 10 }),
        &["capacity_max"],
    );
    refused(
        json!({ "type": "deny", "capacity_max": 10 }),
        &["capacity_max"],
    );
    let of_b = with(
        rule_order(&group, json!({})),
        json!({ "managing_account": OTHER }),
    );
    b.post(RULES, of_b).refuses(&["network_service"]);
    let first = rule(&a, &group, json!({ "external_ref": "b" }));
    refused(json!({ "type": "deny" }), &["consuming_account"]);
    // Its id may have been handed over directly, so it need not be discoverable.
    let other = rule(
        &a,
        &group,
        json!({ "type": "deny", "consuming_account": HIDDEN }),
    );
    let path = at(RULES, &first);
    let changes = json!({ "type": "allow", "capacity_max": 10, "external_ref": null });
    let changed = a.patch(&path, changes).expect(200);
    assert_eq!(changed["capacity_max"], 10);
    let to_deny = json!({ "type": "deny", "capacity_max": 10 });
    a.patch(&path, to_deny).refuses(&["type"]);
    let moved = json!({ "type": "allow", "network_service": group });
    a.patch(&path, moved).refuses(&["network_service"]);
    let to_hidden = json!({ "type": "allow", "consuming_account": HIDDEN });
    a.patch(&path, to_hidden).refuses(&["consuming_account"]);
    assert_eq!(a.ids(&format!("{RULES}?network_service={group}")).len(), 2);
    assert_eq!(
        a.ids(&format!("{RULES}?consuming_account={HIDDEN}")),
        [other]
    );
    b.get(&path).problem(404, "not-found");
    b.delete(&path).problem(404, "not-found");
}

#[test]
fn a_config_must_fit_its_group() {
    let server = Server::start(&[]);
    let a = server.a();
    let group = group(&a, json!({ "public": true }));
    let order = join_order(&a, OWN, &group, json!({}));
    let refused = |changes: Value, names: &[&str]| {
        a.post(CONFIGS, with(order.clone(), changes)).refuses(names)
    };
    for offering in ["503402.AMS", "503411.FRA", "absent"] {
        refused(
            json!({ "product_offering": offering }),
            &["product_offering"],
        );
    }
    let circuit = id(&a.circuit(OWN, OTHER));
    for service in ["LAN-AMS", "CUG-AMS-1", &circuit, "nothing"] {
        refused(json!({ "network_service": service }), &["network_service"]);
    }
    refused(json!({ "role": "leaf" }), &["role"]);
    refused(json!({ "listed": true }), &["listed"]);
    refused(json!({ "asns": [0] }), &["asns.0"]);
    refused(json!({ "ips": ["nothing"] }), &["ips"]);
    refused(json!({ "capacity": 5 }), &["capacity"]);
    refused(json!({ "capacity": 1001 }), &["capacity"]);
    refused(
        json!({ "network_feature_configs": ["nothing"] }),
        &["network_feature_configs"],
    );
    let frankfurt = json!({ "product_offering": "503233.FRA1-A.S", "role_assignments":
        a.assignments(OWN, &[NOC, crate::support::IMPLEMENTATION]) });
    let elsewhere = id(&a.connection(OWN, frankfurt));
    refused(json!({ "connection": elsewhere }), &["connection"]);
    let side = json!({ "type": "p2p_vc", "product_offering": "absent" });
    refused(side, &["network_service"]);
    let config = a.post(CONFIGS, order.clone()).expect(201);
    assert_eq!(config["capacity"], 1000);
    assert_eq!((&config["asns"], &config["ips"]), (&json!([]), &json!([])));
    let path = at(CONFIGS, &id(&config));
    let changes = json!({ "type": "mp2mp_vc", "asns": [64_500, 4_200_000_000_u32] });
    let changed = a.patch(&path, changes).expect(202);
    assert_eq!(changed["asns"], json!([64_500, 4_200_000_000_u32]));
    let changes = json!({ "type": "mp2mp_vc", "product_offering": "503412.AMS" });
    assert_eq!(a.patch(&path, changes).expect(202)["capacity"], 10_000);
}

#[test]
fn a_circuit_to_many_has_roots_and_leaves() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let to_many = json!({ "type": "p2mp_vc", "product_offering": "503501.AMS", "public": true });
    let service = a.post(SERVICES, group_order(to_many)).expect(201);
    assert!(service.get("mac_acl_protection").is_none() && service.get("subnet_v4").is_none());
    assert_eq!(tags(&service), ["nsc_required"]);
    let service = id(&service);
    let access = json!({ "type": "p2mp_vc", "product_offering": "503511.AMS" });
    let order = join_order(
        &a,
        OWN,
        &service,
        with(access.clone(), json!({ "role": "root" })),
    );
    for (changes, name) in [
        (json!({ "role": "trunk" }), "role"),
        (json!({ "asns": [64_500] }), "asns"),
        (json!({ "ips": [] }), "ips"),
    ] {
        a.post(CONFIGS, with(order.clone(), changes))
            .refuses(&[name]);
    }
    let root = id(&a.post(CONFIGS, order).expect(201));
    let leaf = join(&b, OTHER, &service, access);
    assert_eq!(b.get(&at(CONFIGS, &leaf)).expect(200)["role"], "leaf");
    assert_eq!(
        a.get(&at(SERVICES, &service)).expect(200)["state"],
        "production"
    );
    let turned = json!({ "type": "p2mp_vc", "role": "leaf" });
    assert_eq!(
        a.patch(&at(CONFIGS, &root), turned).expect(202)["role"],
        "leaf"
    );
    assert_eq!(a.ids("/network-service-configs?type=p2mp_vc"), [root]);
}

#[test]
fn a_group_asks_its_members_for_the_contacts_of_its_roles() {
    let server = Server::start(&[]);
    let (a, b) = (server.a(), server.b());
    let london = json!({ "product_offering": "503402.LON", "public": true });
    let group = group(&a, london);
    let shown = b.get(&at(SERVICES, &group)).expect(200);
    assert_eq!(shown["nsc_required_contact_roles"], json!([NOC]));
    let pops = "/network-services?type=mp2mp_vc&pop=LON1-A";
    assert_eq!(b.ids(pops), [group.as_str()]);
    let order = join_order(
        &b,
        OTHER,
        &group,
        json!({ "product_offering": "503411.LON" }),
    );
    b.post(CONFIGS, order)
        .refuses(&["connection", "role_assignments"]);
}
