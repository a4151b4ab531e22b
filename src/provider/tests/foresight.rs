//! What the exchange would refuse is refused in the plan, and what that costs.

use serde_json::json;

use crate::ixapi::Json;
use crate::provider::testing::exchange::*;
use crate::tfplugin::traits::Resource;
use crate::tfplugin::value::Value;

const NEWCOMER: &str = "A0090211";
/// A port that has all ways of tagging.
const LARGE: &str = "503236.AMS5-B.S";

/// Plans an order, which is refused there with these words; and so it is by the exchange itself.
async fn is_refused(exchange: &Exchange, name: &str, config: &Json, words: &[&str]) {
    let objects = exchange.resource(name);
    let (_, planned) = objects.plan(None, config).await;
    says(&planned.error(), words);
    let ordered = objects.create(config).await;
    says(&ordered.error(), &["error at"]);
}

async fn a_port(exchange: &Exchange, offering: &str) -> Kept {
    let config = port(json!({ "product_offering": offering }));
    exchange.resource("connection").create(&config).await.kept()
}

async fn a_circuit(exchange: &Exchange, changes: Json) -> Kept {
    exchange
        .resource("p2p_vc")
        .create(&circuit(changes))
        .await
        .kept()
}

fn tagged(vlan_config: Json) -> Json {
    json!({ "vlan_config": vlan_config })
}

#[tokio::test]
async fn an_order_that_an_account_or_an_offering_rules_out_is_refused_in_the_plan() {
    let exchange = Exchange::instant().await;
    let cases: [(&str, Json, &[&str]); 9] = [
        (
            "connection",
            port(json!({ "billing_account": NEWCOMER })),
            &["error at billing_account: Nothing can be billed", NEWCOMER],
        ),
        (
            "connection",
            port(json!({ "consuming_account": NEWCOMER })),
            &[
                "error at consuming_account: The account is not in production",
                "requested",
            ],
        ),
        (
            "p2p_vc",
            circuit(json!({ "managing_account": "A0015750" })),
            &["error at managing_account: This is not an account of yours"],
        ),
        (
            "connection",
            port(json!({ "product_offering": "503234.MARS.S" })),
            &["error at product_offering", "503234.MARS.S", "not know it"],
        ),
        (
            "connection",
            port(json!({ "product_offering": "503121.AMS.AMS" })),
            &[
                "error at product_offering",
                "of type \"p2p_vc\"; one of type \"connection\"",
            ],
        ),
        (
            "p2p_vc",
            circuit(json!({ "product_offering": "503191.FRA" })),
            &[
                "error at product_offering",
                "\"network_service_config\" (resource_type)",
            ],
        ),
        (
            "connection",
            port(json!({ "mode": "lag_lacp", "port_quantity": 5 })),
            &["error at port_quantity", "at most 4"],
        ),
        (
            "connection",
            port(json!({ "product_offering": "503234.AMS7-A.S" })),
            &[
                "error at role_assignments: A contact is missing",
                "NoC (9a442fef",
                "Requestor",
            ],
        ),
        (
            "connection",
            port(json!({ "role_assignments": ["nobody"] })),
            &[
                "error at role_assignments: This is not a role assignment",
                "\"nobody\"",
            ],
        ),
    ];
    for (name, config, words) in cases {
        is_refused(&exchange, name, &config, words).await;
    }
    assert_eq!(exchange.live("connections"), 0);
}

/// Of another party's account that lets itself be found, no more is shown than is for all to see.
#[tokio::test]
async fn the_account_of_another_party_is_refused_in_the_plan_of_whatever_names_it() {
    let exchange = Exchange::instant().await;
    let group = exchange
        .resource("mp2mp_vc")
        .create(&group(json!({})))
        .await;
    let group = group.kept();
    let rule = json!({
        "type": "allow", "network_service": group.id(), "managing_account": OWN,
        "consuming_account": OTHER,
    });
    let mac = json!({
        "managing_account": OWN, "consuming_account": OWN, "address": "42:23:bc:8e:b8:bb",
    });
    let address = json!({
        "managing_account": OWN, "consuming_account": OWN, "version": 4,
        "address": "192.0.2.7", "prefix_length": 32,
    });
    let (managing, consuming) = ("managing_account", "consuming_account");
    let billing = "billing_account";
    let cases: [(&str, &Json, &[&str]); 6] = [
        (
            "connection",
            &port(json!({})),
            &[managing, consuming, billing],
        ),
        (
            "p2p_vc",
            &circuit(json!({})),
            &[managing, consuming, billing],
        ),
        ("contact", &contact(&[NOC]), &[managing, consuming]),
        ("mac", &mac, &[managing, consuming]),
        ("ip", &address, &[managing, consuming]),
        ("member_joining_rule", &rule, &[managing]),
    ];
    for (name, config, accounts) in cases {
        let objects = exchange.resource(name);
        objects.plan(None, config).await.1.kept_in_silence();
        for account in accounts {
            let mut wrong = config.clone();
            wrong[account] = json!(OTHER);
            let at = format!("error at {account}: This is not an account of yours");
            let words = [&at, OTHER, "any other party's account"];
            says(&objects.plan(None, &wrong).await.1.error(), &words);
            objects.create(&wrong).await.error();
        }
    }
}

#[tokio::test]
async fn ones_own_account_is_ones_own_however_little_is_shown_of_it() {
    let bare = json!({ "id": OWN, "name": "Panda", "discoverable": true, "state": "production" });
    for (told, refused) in [(200, false), (404, true), (500, false)] {
        let exchange = Exchange::instant().await;
        let own = match told {
            200 => answer(200, bare.clone()),
            status => refusal(status),
        };
        exchange.faults([
            answer(200, bare.clone()).on("GET", &format!("/accounts/{OWN}")),
            own.on("GET", "/account"),
        ]);
        let contacts = exchange.resource("contact");
        let planned = contacts.plan(None, &contact(&[NOC])).await.1;
        match (refused, told) {
            (true, _) => says(&planned.error(), &["This is not an account of yours"]),
            (_, 200) => drop(planned.kept_in_silence()),
            _ => says(&planned.warning(), &["Not everything could be checked"]),
        }
    }
}

#[tokio::test]
async fn an_account_that_cannot_be_looked_at_is_a_note_and_no_failed_plan() {
    let exchange = Exchange::instant().await;
    exchange.faults([refusal(403).on("GET", "/accounts/")]);
    let contacts = exchange.resource("contact");
    let planned = contacts.plan(None, &contact(&[NOC])).await.1;
    let words = [
        "Not everything could be checked in advance",
        "/accounts/",
        "403",
    ];
    says(&planned.warning(), &words);
}

#[tokio::test]
async fn a_port_that_joins_no_group_or_a_full_one_is_refused_in_the_plan() {
    let exchange = Exchange::instant().await;
    let alone = a_port(&exchange, "503234.AMS5-B.S").await;
    let config = json!({ "network_connection": alone.id() });
    let words = ["error at network_connection", "\"standalone\""];
    is_refused(&exchange, "port_reservation", &config, &words).await;
    let lag = port(json!({ "mode": "lag_lacp", "port_quantity": 4 }));
    let lag = exchange.resource("connection").create(&lag).await.kept();
    let config = json!({ "network_connection": lag.id() });
    let words = ["error at network_connection", "at most 4"];
    is_refused(&exchange, "port_reservation", &config, &words).await;
}

#[tokio::test]
async fn another_offering_that_the_present_one_does_not_allow_is_refused_in_the_plan() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let kept = a_port(&exchange, "503234.AMS5-B.S").await;
    let elsewhere = port(json!({ "product_offering": "503234.FRA1-A.S" }));
    let (_, planned) = ports.plan(Some(&kept), &elsewhere).await;
    let words = [
        "error at product_offering",
        "is at \"AMS5-B\", and stays there",
    ];
    says(&planned.error(), &words);
    let faster = port(json!({ "product_offering": LARGE }));
    let (change, planned) = ports.plan(Some(&kept), &faster).await;
    assert!(planned.answer.is_ok() && change.replaces.is_empty());
    let circuits = exchange.resource("p2p_vc");
    let far = json!({ "product_offering": "503128.AMS.FRA" });
    let kept = a_circuit(&exchange, far).await;
    let slower = circuit(json!({ "product_offering": "503121.AMS.FRA" }));
    let (_, planned) = circuits.plan(Some(&kept), &slower).await;
    says(
        &planned.error(),
        &["error at product_offering", "downgrade_allowed = false"],
    );
}

#[tokio::test]
async fn a_port_keeps_the_capacity_that_is_in_use_on_it() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let slower = "503233.AMS5-B.S";
    let lag = port(json!({ "mode": "lag_lacp", "port_quantity": 2 }));
    let (alone, group) = (port(json!({})), lag);
    for (config, circuits, room) in [(alone, 1, "1000"), (group, 2, "2000")] {
        let slow = with(config.clone(), json!({ "product_offering": slower }));
        let kept = ports.create(&config).await.kept();
        let mut on_it = Vec::new();
        for vlan in 0..=circuits {
            // What is in use fits, until there is one circuit too many.
            let (change, planned) = ports.plan(Some(&kept), &slow).await;
            planned.kept_in_silence();
            assert!(change.replaces.is_empty());
            let offering = json!({ "product_offering": "503125.AMS.AMS" });
            let circuit = a_circuit(&exchange, offering).await;
            let side = side(&circuit, &kept, 23 + vlan);
            on_it.push(exchange.resource("nsc").create(&side).await.kept());
        }
        let (_, planned) = ports.plan(Some(&kept), &slow).await;
        let has = format!("{} has {room} Mbit/s in all", kept.id());
        let used = format!("{}000 are allocated", circuits + 1);
        let words = [
            "error at product_offering: The product offering has less capacity than is in use",
            "503233.AMS5-B.S has 1000 Mbit/s for each port",
            &has,
            &used,
        ];
        says(&planned.error(), &words);
        let refused = ports.update(&kept, &slow).await;
        says(
            &refused.error(),
            &["error at product_offering", "allocated"],
        );
        let last = on_it.pop().unwrap();
        exchange.resource("nsc").delete(&last).await.kept();
        ports.plan(Some(&kept), &slow).await.1.kept_in_silence();
    }
}

/// The catalogue has no such offering: it is shown by a fault.
#[tokio::test]
async fn an_offering_is_ordered_in_its_time_only() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let config = port(json!({ "product_offering": "X" }));
    for (shown, word) in [
        (
            json!({ "orderable_not_before": "2999-01-01T00:00:00Z" }),
            "not before",
        ),
        (
            json!({ "orderable_not_after": "2020-01-01T00:00:00Z" }),
            "cannot any more",
        ),
    ] {
        exchange.next_run();
        let shown = with(shown, json!({ "id": "X", "type": "connection" }));
        exchange.faults([answer(200, shown).on("GET", "/product-offerings/X")]);
        let (_, planned) = ports.plan(None, &config).await;
        says(&planned.error(), &["error at product_offering", word]);
    }
}

#[tokio::test]
async fn a_cross_connect_that_the_exchange_orders_is_told_of() {
    let exchange = Exchange::instant().await;
    let role = exchange
        .resource("contact")
        .create(&contact(&[IMPLEMENTATION]))
        .await
        .kept();
    let role = role.state.get("role_assignments").elements()[0].clone();
    let by_exchange = json!({
        "product_offering": "503235.FRA1-A.E", "role_assignments": [role.as_str()],
    });
    let ports = exchange.resource("connection");
    let (_, planned) = ports.plan(None, &port(by_exchange.clone())).await;
    says(
        &planned.warning(),
        &["at product_offering", "subscriber_side_demarcs"],
    );
    let there = with(
        by_exchange,
        json!({ "subscriber_side_demarcs": ["rack 7"] }),
    );
    let (_, planned) = ports.plan(None, &port(there)).await;
    planned.kept_in_silence();
}

#[tokio::test]
async fn what_the_port_does_not_take_is_refused_in_the_plan() {
    let exchange = Exchange::instant().await;
    let (small, far) = ("503233.AMS5-B.S", "503234.FRA1-A.S");
    let small = a_port(&exchange, small).await;
    let roles = exchange
        .resource("contact")
        .create(&contact(&[IMPLEMENTATION]))
        .await
        .kept();
    let roles: Vec<Json> = roles
        .state
        .get("role_assignments")
        .elements()
        .iter()
        .map(|one| json!(one.as_str()))
        .collect();
    let far = port(json!({ "product_offering": far, "role_assignments": roles }));
    let far = exchange.resource("connection").create(&far).await.kept();
    let one = a_circuit(&exchange, json!({})).await;
    let two = a_circuit(&exchange, json!({ "product_offering": "503125.AMS.AMS" })).await;
    let taken = with(side(&one, &small, 23), json!({ "capacity": 100 }));
    let taken = exchange.resource("nsc").create(&taken).await.kept();
    let on = |port: &Kept, changes: Json| with(side(&two, port, 24), changes);
    let cases: [(Json, &[&str]); 7] = [
        (
            on(&far, json!({})),
            &["error at network_connection", "network FRA", "in AMS"],
        ),
        (
            on(&small, tagged(json!({ "vlan_type": "port" }))),
            &["error at vlan_config.vlan_type", "supports dot1q"],
        ),
        (
            on(
                &small,
                tagged(json!({
                    "vlan_type": "dot1q", "vlan": 24, "vlan_ethertype": "0x9100",
                })),
            ),
            &["error at vlan_config.vlan_ethertype", "supports 0x8100"],
        ),
        (
            on(&small, tagged(json!({ "vlan_type": "dot1q", "vlan": 23 }))),
            &["error at vlan_config.vlan", taken.id(), "has VLAN 23"],
        ),
        (
            on(&small, json!({ "capacity": 901 })),
            &["error at capacity", "900 are left"],
        ),
        (
            on(&small, json!({})),
            &["error at network_connection", "1000 Mbit/s are needed"],
        ),
        (
            on(&small, json!({ "network_service": "LAN-AMS" })),
            &["error at network_service", "of type \"exchange_lan\""],
        ),
    ];
    for (config, words) in cases {
        is_refused(&exchange, "nsc", &config, words).await;
    }
    let fits = on(&small, json!({ "capacity": 900 }));
    let (_, planned) = exchange.resource("nsc").plan(None, &fits).await;
    planned.kept_in_silence();
    assert_eq!(exchange.live("network-service-configs"), 1);
}

/// Terraform plans the end of what is replaced on its own, and tells nobody what is tainted.
#[tokio::test]
async fn what_takes_the_place_of_a_config_may_have_its_vlan_and_capacity() {
    let exchange = Exchange::instant().await;
    let port = a_port(&exchange, "503233.AMS5-B.S").await;
    let one = a_circuit(&exchange, json!({ "product_offering": "503125.AMS.AMS" })).await;
    let two = a_circuit(&exchange, json!({ "product_offering": "503125.AMS.AMS" })).await;
    let configs = exchange.resource("nsc");
    let kept = configs.create(&side(&one, &port, 23)).await.kept();
    let (_, planned) = configs.plan(None, &side(&one, &port, 23)).await;
    let words = [
        "warning at vlan_config.vlan: This is in use on the port by a config of the same service",
        kept.id(),
        "has VLAN 23",
        "takes its place",
        "will be refused",
    ];
    says(&planned.warning(), &words);
    let refused = configs.create(&side(&one, &port, 23)).await;
    says(&refused.error(), &["error at vlan_config"]);
    let moved = side(&two, &port, 23);
    let (_, planned) = configs.plan(None, &moved).await;
    says(&planned.error(), &["error at vlan_config.vlan"]);
    let (change, planned) = configs.plan(Some(&kept), &moved).await;
    assert!(!change.replaces.is_empty());
    assert!(planned.answer.is_ok(), "{:?}", planned.answer);
    let (_, planned) = configs.plan(None, &moved).await;
    planned.kept_in_silence();
    // What the same run replaces gives up its VLAN, so that there is nothing to say.
    let (_, planned) = configs.plan(None, &side(&one, &port, 23)).await;
    planned.kept_in_silence();
    // And so it is once it is cancelled.
    exchange.next_run();
    configs.delete(&kept).await.kept();
    let (_, planned) = configs.plan(None, &side(&one, &port, 23)).await;
    planned.kept_in_silence();
}

/// A side of a circuit has one config, until that has ended.
#[tokio::test]
async fn a_config_that_moves_to_a_circuit_with_one_on_this_side_is_warned_of() {
    let exchange = Exchange::start(Settings {
        notice_days: 30,
        ..Settings::default()
    })
    .await;
    let port = a_port(&exchange, "503234.AMS5-B.S").await;
    let one = a_circuit(&exchange, json!({})).await;
    let two = a_circuit(&exchange, json!({})).await;
    let configs = exchange.resource("nsc");
    let kept = configs.create(&side(&one, &port, 23)).await.kept();
    let moved = side(&two, &port, 24);
    let (_, planned) = configs.plan(Some(&kept), &moved).await;
    let told = planned.warning();
    assert!(!told.contains("side of the circuit"), "{told}");
    exchange.next_run();
    let other = configs.create(&side(&two, &port, 25)).await.kept();
    let is_told = async |until: &str| {
        exchange.next_run();
        let (change, planned) = configs.plan(Some(&kept), &moved).await;
        assert!(!change.replaces.is_empty());
        let words = [
            "warning at network_service",
            "side of the circuit",
            other.id(),
            until,
        ];
        says(&planned.warning(), &words);
    };
    is_told("if it is cancelled in the same apply, until it has ended").await;
    configs.delete(&other).await.kept();
    is_told("It is cancelled, and runs until 20").await;
}

#[tokio::test]
async fn a_vlan_that_another_config_gives_up_in_the_same_run_can_be_had() {
    let exchange = Exchange::instant().await;
    let port = a_port(&exchange, "503234.AMS5-B.S").await;
    let (one, two) = (
        a_circuit(&exchange, json!({})).await,
        a_circuit(&exchange, json!({})).await,
    );
    let configs = exchange.resource("nsc");
    let kept = configs.create(&side(&one, &port, 23)).await.kept();
    configs
        .plan(Some(&kept), &side(&one, &port, 25))
        .await
        .1
        .kept();
    configs
        .plan(None, &side(&two, &port, 23))
        .await
        .1
        .kept_in_silence();
    let (_, planned) = configs.plan(None, &side(&two, &port, 25)).await;
    let error = planned.error();
    let words = [
        "error at vlan_config.vlan",
        kept.id(),
        "has VLAN 25",
        "once this plan is applied",
    ];
    says(&error, &words);
    assert!(!error.contains("So says the exchange"), "{error}");
}

#[tokio::test]
async fn a_config_needs_an_offering_where_its_service_has_some() {
    let exchange = Exchange::instant().await;
    let roles = exchange
        .resource("contact")
        .create(&contact(&[IMPLEMENTATION, NOC]))
        .await
        .kept();
    let roles: Vec<Json> = roles
        .state
        .get("role_assignments")
        .elements()
        .iter()
        .map(|one| json!(one.as_str()))
        .collect();
    let roles = json!({ "role_assignments": roles, "product_offering": "503234.FRA1-A.S" });
    let port = exchange
        .resource("connection")
        .create(&port(roles.clone()))
        .await
        .kept();
    let service = a_circuit(&exchange, json!({ "product_offering": "503121.FRA.FRA" })).await;
    let bare = with(side(&service, &port, 23), roles);
    let bare = with(bare, json!({ "product_offering": null }));
    let words = [
        "error at product_offering: product_offering is missing",
        "503191.FRA",
    ];
    is_refused(&exchange, "nsc", &bare, &words).await;
    let chosen = with(
        bare,
        json!({ "product_offering": "503191.FRA", "capacity": 101 }),
    );
    let words = ["error at capacity", "has 100 Mbit/s"];
    is_refused(&exchange, "nsc", &chosen, &words).await;
}

/// Each thing is read once in a run, however many objects name it.
#[tokio::test]
async fn looking_ahead_costs_few_requests_and_none_for_what_stays() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    for reference in ["a", "b", "c"] {
        let config = port(json!({ "external_ref": reference }));
        ports.plan(None, &config).await.1.kept_in_silence();
    }
    let reads = |exchange: &Exchange| {
        let log = exchange.log().into_iter();
        let mut paths: Vec<String> = log.map(|entry| entry.path).collect();
        paths.sort();
        paths
    };
    let account = format!("/accounts/{OWN}");
    let three_ports = [
        account.as_str(),
        "/connections",
        "/connections",
        "/connections",
        "/product-offerings/503234.AMS5-B.S",
    ];
    assert_eq!(
        reads(&exchange),
        three_ports,
        "three ports with a reference each, one offering, one account"
    );
    let port = a_port(&exchange, LARGE).await;
    let circuit = a_circuit(&exchange, json!({})).await;
    exchange.next_run();
    exchange.control().clear_log();
    let configs = exchange.resource("nsc");
    for vlan in [23, 24, 25] {
        configs
            .plan(None, &side(&circuit, &port, vlan))
            .await
            .1
            .kept_in_silence();
    }
    let wanted = [
        account.clone(),
        format!("/connections/{}", port.id()),
        "/network-service-configs".to_owned(),
        format!("/network-services/{}", circuit.id()),
        "/product-offerings/503121.AMS.AMS".to_owned(),
    ];
    assert_eq!(
        reads(&exchange),
        wanted,
        "three configs of one circuit on one port"
    );
    let kept = configs.create(&side(&circuit, &port, 23)).await.kept();
    exchange.next_run();
    exchange.control().clear_log();
    let renamed = with(side(&circuit, &port, 23), json!({ "external_ref": "x" }));
    configs
        .plan(Some(&kept), &renamed)
        .await
        .1
        .kept_in_silence();
    let bearers = "/network-service-configs".to_owned();
    assert_eq!(reads(&exchange), [bearers], "a reference is nobody's limit");
}

/// Terraform plans once more when it applies: what was unknown is looked at then.
#[tokio::test]
async fn what_is_not_known_yet_rules_nothing_out() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let mut open = ports.change(None, &port(json!({ "product_offering": "503234.MARS.S" })));
    open.config.put("product_offering", Value::Unknown);
    open.planned.put("product_offering", Value::Unknown);
    let planned = ports.managed.plan(&ports.call(), &mut open).await;
    assert!(planned.is_ok(), "{planned:?}");
}

#[tokio::test]
async fn a_group_that_is_not_shown_yet_may_be_joined_by_a_rule_of_the_same_run() {
    let exchange = Exchange::instant().await;
    let port = a_port(&exchange, LARGE).await;
    let circuit = a_circuit(&exchange, json!({})).await;
    let hidden = json!({
        "network_service": "bamboo", "type": "mp2mp_vc", "product_offering": "503411.AMS",
    });
    let config = with(side(&circuit, &port, 23), hidden);
    let (_, planned) = exchange.resource("nsc").plan(None, &config).await;
    says(
        &planned.warning(),
        &[
            "at network_service",
            "bamboo",
            "not shown to you yet",
            "depends_on",
        ],
    );
    let known_to_all = with(
        config,
        json!({ "type": "p2p_vc", "product_offering": null }),
    );
    let (_, planned) = exchange.resource("nsc").plan(None, &known_to_all).await;
    says(
        &planned.error(),
        &["error at network_service: The network service does not exist"],
    );
}

#[tokio::test]
async fn what_a_role_requires_of_a_contact_is_told_in_the_plan() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let full = contact(&[IMPLEMENTATION]);
    let kept = contacts.create(&full).await.kept_in_silence();
    let lacks = with(full, json!({ "telephone": null }));
    for prior in [None, Some(&kept)] {
        let (_, planned) = contacts.plan(prior, &lacks).await;
        says(
            &planned.error(),
            &["error at roles", "Implementation requires telephone"],
        );
    }
}
