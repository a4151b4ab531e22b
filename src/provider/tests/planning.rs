//! What a plan asks the exchange, and that it does not need an answer.

use serde_json::json;

use crate::ixapi::Json;
use crate::provider::testing::exchange::*;
use crate::tfplugin::traits::Resource;
use crate::tfplugin::value::Value;

async fn a_port(exchange: &Exchange) -> Kept {
    exchange
        .resource("connection")
        .create(&port(json!({})))
        .await
        .kept()
}

fn notice() -> Settings {
    Settings {
        notice_days: 30,
        billing_days: 60,
        ..Settings::default()
    }
}

#[tokio::test]
async fn the_plan_of_a_deletion_tells_when_the_service_ends_and_until_when_it_is_billed() {
    let exchange = Exchange::start(notice()).await;
    let port = a_port(&exchange).await;
    let ports = exchange.resource("connection");
    let (change, planned) = ports.plan(Some(&port), &Json::Null).await;
    assert!(change.is_delete());
    let policy = json!({ "network_connection": port.id() });
    let policy = exchange.ask("cancellation_policy", policy).await.kept();
    says(
        &planned.warning(),
        &[
            "Cancelled now",
            policy.text("decommission_at"),
            policy.text("charged_until"),
        ],
    );
}

#[tokio::test]
async fn the_plan_of_a_replacement_tells_it_too() {
    let exchange = Exchange::start(notice()).await;
    let kept = a_port(&exchange).await;
    let ports = exchange.resource("connection");
    let larger = port(json!({ "mode": "lag_lacp", "port_quantity": 2 }));
    let (change, planned) = ports.plan(Some(&kept), &larger).await;
    assert!(!change.replaces.is_empty());
    says(
        &planned.warning(),
        &["Cancelled now", "needs a new port or LAG"],
    );
}

#[tokio::test]
async fn a_deletion_is_planned_although_the_terms_cannot_be_read() {
    for fault in [
        Fault::new(FaultKind::Html),
        refusal(403),
        Fault::new(FaultKind::Notice),
    ] {
        let exchange = Exchange::instant().await;
        let port = a_port(&exchange).await;
        exchange.faults([fault.on("GET", "/connections/")]);
        let ports = exchange.resource("connection");
        let (_, planned) = ports.plan(Some(&port), &Json::Null).await;
        says(&planned.warning(), &["could not be learnt", port.id()]);
        planned.kept();
    }
}

#[tokio::test]
async fn what_is_as_configured_is_planned_without_a_question() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange).await;
    exchange.control().clear_log();
    let ports = exchange.resource("connection");
    let (change, planned) = ports.plan(Some(&kept), &port(json!({}))).await;
    planned.kept_in_silence();
    assert_eq!(change.planned, kept.state);
    assert!(exchange.log().is_empty());
}

#[tokio::test]
async fn more_ports_than_the_offering_has_are_refused_in_the_plan() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let many = port(json!({ "mode": "lag_lacp", "port_quantity": 5 }));
    let (_, planned) = ports.plan(None, &many).await;
    says(&planned.error(), &["error at port_quantity", "at most 4"]);
    exchange.next_run();
    exchange.faults([refusal(403).on("GET", "/product-offerings/")]);
    let (_, planned) = ports.plan(None, &many).await;
    let told = planned.warning();
    says(&told, &["Not everything could be checked", "403"]);
    assert_eq!(told.matches("warning").count(), 1, "{told}");
}

/// It was noted, never sent: nothing at the exchange changes without it.
#[tokio::test]
async fn what_the_exchange_never_tells_can_leave_the_configuration() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let config = port(json!({ "connecting_party": "Example B.V." }));
    let kept = ports.create(&config).await.kept();
    let change = ports.change(Some(&kept), &port(json!({})));
    assert!(change.replaces.is_empty(), "{:?}", change.replaces);
}

/// Unknown when the configuration was validated, null when it is planned.
#[tokio::test]
async fn a_required_argument_that_turns_out_to_be_null_is_refused_by_the_plan() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange).await;
    let ports = exchange.resource("connection");
    let config = port(json!({ "port_quantity": null }));
    let (_, planned) = ports.plan(Some(&kept), &config).await;
    says(&planned.error(), &["error at port_quantity", "is missing"]);
}

/// A port, and the configuration of a config of the peering LAN on it.
async fn a_lan(exchange: &Exchange) -> Json {
    let noc = exchange.resource("contact").create(&contact(&[NOC])).await;
    peering(&a_port(exchange).await, &noc.kept(), 23)
}

/// A config of the peering LAN, and the configuration of a session of it.
async fn a_session(exchange: &Exchange) -> Json {
    let lan = a_lan(exchange).await;
    let config = exchange.resource("nsc").create(&lan).await.kept();
    let ip = json!({ "network_service_config": config.id(), "version": 4 });
    let ip = exchange.resource("ip").create(&ip).await.kept();
    json!({
        "managing_account": OWN, "consuming_account": OWN, "billing_account": OWN,
        "network_feature": "RS1-AMS", "network_service_config": config.id(),
        "role_assignments": lan["role_assignments"], "ip": ip.id(), "asn": 64496,
        "as_set_v4": "AS-PANDA@RIPE", "session_mode": "public", "bgp_session_type": "passive",
    })
}

/// Plans what the exchange would refuse, for a new object and for one that is there; and again
/// where the exchange does not say what it would refuse.
async fn is_refused(
    exchange: &Exchange,
    (objects, kept): (&Subject, &Kept),
    config: &Json,
    reads: &str,
    words: &[&str],
) {
    for prior in [None, Some(kept)] {
        let (_, planned) = objects.plan(prior, config).await;
        says(&planned.error(), words);
        let html = Fault::new(FaultKind::Html);
        for fault in [refusal(403), refusal(410), html, answer(200, json!({}))] {
            exchange.next_run();
            exchange.faults([fault.on("GET", reads)]);
            let (_, planned) = objects.plan(prior, config).await;
            exchange.control().forget_faults();
            exchange.next_run();
            assert!(!planned.told.has_errors(), "{}", text(&planned.told));
            // What else is wrong is told all the same.
            if let Err(why) = &planned.answer {
                let why = text(why);
                assert!(!words.iter().all(|word| why.contains(word)), "{why}");
            }
        }
    }
}

#[tokio::test]
async fn an_offering_that_a_peering_lan_does_not_have_is_refused_in_the_plan() {
    let exchange = Exchange::instant().await;
    let lan = a_lan(&exchange).await;
    let configs = exchange.resource("nsc");
    let kept = configs.create(&lan).await.kept();
    let cases: [(Json, &[&str]); 5] = [
        (
            json!({ "product_offering": "503301.FRA" }),
            &[
                "error at product_offering",
                "is \"LAN-AMS\"",
                "for \"LAN-FRA\"",
            ],
        ),
        (
            json!({ "product_offering": "503191.FRA" }),
            &["error at product_offering", "of type \"p2p_vc\""],
        ),
        (
            json!({ "product_offering": "503301.MARS" }),
            &[
                "error at product_offering",
                "\"503301.MARS\"",
                "not know it",
            ],
        ),
        (
            json!({ "product_offering": "503302.AMS", "capacity": 1_000 }),
            &["error at capacity", "503302.AMS", "at least 10000 Mbit/s"],
        ),
        (
            json!({ "network_service": "LAN-FRA" }),
            &["error at product_offering", "is \"LAN-FRA\""],
        ),
    ];
    for (changes, words) in cases {
        let config = with(lan.clone(), changes);
        let both = (&configs, &kept);
        is_refused(&exchange, both, &config, "/product-offerings/", words).await;
    }
}

#[tokio::test]
async fn a_capacity_is_looked_up_also_where_the_config_stays() {
    let exchange = Exchange::instant().await;
    let lan = a_lan(&exchange).await;
    let configs = exchange.resource("nsc");
    let kept = configs.create(&lan).await.kept();
    for (capacity, words) in [
        (99, "at least 100 Mbit/s"),
        (10_001, "at most 10000 Mbit/s"),
    ] {
        let config = with(lan.clone(), json!({ "capacity": capacity }));
        let words = ["error at capacity", words];
        let both = (&configs, &kept);
        is_refused(&exchange, both, &config, "/product-offerings/", &words).await;
    }
    for capacity in [100, 10_000] {
        let config = with(lan.clone(), json!({ "capacity": capacity }));
        let (change, planned) = configs.plan(Some(&kept), &config).await;
        planned.kept_in_silence();
        assert!(change.replaces.is_empty());
    }
    // A config whose offering was withdrawn still changes.
    exchange.next_run();
    exchange.faults([refusal(404).on("GET", "/product-offerings/")]);
    let config = with(lan, json!({ "capacity": 500 }));
    let (_, planned) = configs.plan(Some(&kept), &config).await;
    planned.kept_in_silence();
}

#[tokio::test]
async fn an_offering_that_fits_is_planned_whatever_the_case_of_its_ids() {
    let exchange = Exchange::instant().await;
    let lan = a_lan(&exchange).await;
    let configs = exchange.resource("nsc");
    let shouted = json!({
        "id": "503301.ams", "type": "EXCHANGE_LAN", "exchange_lan_network_service": "lan-ams",
    });
    for shown in [shouted, json!({ "id": "503301.AMS" })] {
        exchange.next_run();
        exchange.faults([answer(200, shown).on("GET", "/product-offerings/")]);
        let (_, planned) = configs.plan(None, &lan).await;
        planned.kept_in_silence();
    }
    let mut open = configs.change(None, &lan);
    open.config.put("network_service", Value::Unknown);
    open.config.put("network_connection", Value::Unknown);
    open.config.put("product_offering", "503301.FRA".into());
    let planned = configs.managed.plan(&configs.call(), &mut open).await;
    assert!(planned.is_ok(), "{planned:?}");
}

#[tokio::test]
async fn a_capacity_that_the_exchange_chose_rules_no_other_offering_out() {
    let exchange = Exchange::instant().await;
    let lan = a_lan(&exchange).await;
    let configs = exchange.resource("nsc");
    let mut kept = configs.create(&lan).await.kept();
    kept.state.put("capacity", 1_000.into());
    let larger = with(lan, json!({ "product_offering": "503302.AMS" }));
    let (change, planned) = configs.plan(Some(&kept), &larger).await;
    assert!(!change.replaces.is_empty());
    assert!(planned.answer.is_ok(), "{:?}", planned.answer);
}

#[tokio::test]
async fn an_offering_that_is_not_for_the_side_of_a_circuit_is_refused_in_the_plan() {
    let exchange = Exchange::instant().await;
    let port = a_port(&exchange).await;
    let moon = circuit(json!({}));
    let moon = exchange.resource("p2p_vc").create(&moon).await.kept();
    let side = side(&moon, &port, 23);
    let configs = exchange.resource("nsc");
    let kept = configs.create(&side).await.kept();
    let cases: [(&str, &[&str]); 2] = [
        (
            "503121.AMS.AMS",
            &[
                "error at product_offering",
                "ordered for \"network_service\"",
            ],
        ),
        ("503191.MARS", &["error at product_offering", "not know it"]),
    ];
    for (offering, words) in cases {
        let config = with(side.clone(), json!({ "product_offering": offering }));
        let both = (&configs, &kept);
        is_refused(&exchange, both, &config, "/product-offerings/", words).await;
    }
    exchange.control().clear_log();
    let slower = with(side, json!({ "capacity": 50 }));
    let (_, planned) = configs.plan(Some(&kept), &slower).await;
    planned.kept_in_silence();
    let read: Vec<String> = exchange.log().into_iter().map(|entry| entry.path).collect();
    let wanted = ["/network-services/", "/connections/"];
    assert_eq!(
        read.len(),
        2,
        "what the circuit has, and what the port has left"
    );
    assert!(
        read.iter()
            .zip(wanted)
            .all(|(path, wanted)| path.starts_with(wanted))
    );
}

#[tokio::test]
async fn what_a_route_server_does_not_take_is_refused_in_the_plan() {
    let exchange = Exchange::instant().await;
    let session = a_session(&exchange).await;
    let sessions = exchange.resource("nfc");
    let kept = sessions.create(&session).await.kept();
    let cases: [(Json, &[&str]); 4] = [
        (
            json!({ "flags": { "RPKI-HARD-FILTER": false } }),
            &[
                "error at flags[\"RPKI-HARD-FILTER\"]",
                "has it as mandatory",
            ],
        ),
        (
            json!({ "flags": { "BLACKHOLE": true, "RPKI-HARD-FILTER": true } }),
            &[
                "error at flags[\"BLACKHOLE\"]",
                "these: RPKI-HARD-FILTER, BLACKHOLING",
            ],
        ),
        (
            json!({ "network_feature": "RS9-AMS" }),
            &["error at network_feature", "\"RS9-AMS\"", "not know it"],
        ),
        (
            json!({ "bgp_session_type": "active" }),
            &["error at bgp_session_type", "these: passive"],
        ),
    ];
    for (changes, words) in cases {
        let config = with(session.clone(), changes);
        let both = (&sessions, &kept);
        is_refused(&exchange, both, &config, "/network-features/", words).await;
    }
    let on = json!({ "flags": { "RPKI-HARD-FILTER": true, "BLACKHOLING": false } });
    let config = with(session.clone(), on);
    for prior in [None, Some(&kept)] {
        let (_, planned) = sessions.plan(prior, &config).await;
        assert!(planned.answer.is_ok(), "{:?}", planned.answer);
    }
}

#[tokio::test]
async fn what_a_feature_does_not_show_rules_nothing_out() {
    let exchange = Exchange::instant().await;
    let flags = json!({ "flags": { "BLACKHOLE": false } });
    let session = with(a_session(&exchange).await, flags);
    let sessions = exchange.resource("nfc");
    for shown in [
        json!({ "id": "rs1-ams" }),
        json!({ "id": "RS1-AMS", "flags": null, "available_bgp_session_types": [] }),
        json!({ "id": "RS1-AMS", "flags": [{ "mandatory": true }], "session_mode": null }),
    ] {
        exchange.next_run();
        exchange.faults([answer(200, shown).on("GET", "/network-features/")]);
        let (_, planned) = sessions.plan(None, &session).await;
        planned.kept_in_silence();
    }
    let none = json!({ "id": "RS1-AMS", "flags": [] });
    exchange.next_run();
    exchange.faults([answer(200, none).on("GET", "/network-features/")]);
    let (_, planned) = sessions.plan(None, &session).await;
    says(&planned.error(), &["has no flags"]);
}

#[tokio::test]
async fn a_flag_without_a_value_is_refused_without_a_question() {
    let exchange = Exchange::instant().await;
    let session = a_session(&exchange).await;
    let sessions = exchange.resource("nfc");
    exchange.control().clear_log();
    let open = json!({ "flags": { "BLACKHOLING": null, "RPKI-HARD-FILTER": true } });
    let config = sessions.change(None, &with(session, open)).config;
    let found = text(&sessions.managed.validate(&config));
    says(&found, &["error at flags", "leave the name out"]);
    assert!(!found.contains("RPKI"), "{found}");
    assert!(exchange.log().is_empty());
}

#[tokio::test]
async fn the_plan_of_a_session_with_another_role_assignment_tells_what_it_costs() {
    let exchange = Exchange::instant().await;
    let session = a_session(&exchange).await;
    let sessions = exchange.resource("nfc");
    let kept = sessions.create(&session).await.kept();
    let other = exchange.resource("contact").create(&contact(&[NOC])).await;
    let other = other.kept();
    let assignments = other.state.get("role_assignments").elements();
    let assignments: Vec<_> = assignments.iter().filter_map(Value::as_str).collect();
    let changed = with(session, json!({ "role_assignments": assignments }));
    let (change, planned) = sessions.plan(Some(&kept), &changed).await;
    assert!(!change.replaces.is_empty());
    says(
        &planned.warning(),
        &[
            "warning at role_assignments",
            "the old one is cancelled first",
            "ixapi_role_assignment",
        ],
    );
}

/// Some exchanges may have nothing to say to a change.
#[tokio::test]
async fn a_secret_that_was_taken_without_a_word_is_told_of_and_not_sent_again() {
    let exchange = Exchange::instant().await;
    let sessions = exchange.resource("nfc");
    let session = a_session(&exchange).await;
    let config = with(session.clone(), json!({ "password": "one" }));
    let kept = sessions.create(&config).await.kept();
    exchange.faults([answer(204, Json::Null).on("PATCH", "/")]);
    let config = with(session, json!({ "password": "two" }));
    let updated = sessions.update(&kept, &config).await;
    says(
        &updated.warning(),
        &[
            "warning at password: It is not sure",
            "with success and nothing else, and does not show",
            "change it once more",
        ],
    );
    assert_eq!(updated.kept().text("password"), "two");
}

/// Nobody can tell by a look whether a secret was taken.
#[tokio::test]
async fn a_secret_that_a_gateway_took_is_sent_again() {
    let exchange = Exchange::instant().await;
    let sessions = exchange.resource("nfc");
    let secret = |secret: &str, version: i64| {
        let mut twin = json!({ "password": null, "password_wo": secret });
        twin["password_wo_version"] = version.into();
        twin
    };
    let session = a_session(&exchange).await;
    let config = with(session.clone(), secret("one", 1));
    let kept = sessions.create(&config).await.kept();
    exchange.faults([Fault::new(FaultKind::Notice).on("PATCH", "/")]);
    let config = with(session, secret("two", 2));
    let updated = sessions.update(&kept, &config).await;
    says(
        &updated.error(),
        &["error at password", "send the change again"],
    );
    let saved = updated.saved.unwrap();
    assert_eq!(saved.get("password_wo_version").as_i64(), Some(1));
    assert!(saved.get("password").is_null());
}

/// A value that is not known may be the one that the object has, unless that belongs to something
/// which is replaced.
#[tokio::test]
async fn what_is_not_known_replaces_only_what_belongs_to_something_that_is_replaced() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let port = ports.create(&port(json!({}))).await.kept();
    let circuits = exchange.resource("p2p_vc");
    let circuit = circuits.create(&circuit(json!({}))).await.kept();
    let configs = exchange.resource("nsc");
    let config = side(&circuit, &port, 23);
    let held = configs.create(&config).await.kept();
    let planned = async || {
        let mut wanted = value(&config);
        wanted.put("network_service", Value::Unknown);
        let mut change = configs.planned(held.state.clone(), wanted);
        let call = configs.call_about(&held.notes);
        configs.managed.plan(&call, &mut change).await.unwrap();
        change.replaces.len()
    };
    exchange.resource("nsc").read(&held).await.kept();
    assert_eq!(planned().await, 0);
    exchange.replaces("p2p_vc", circuit.id());
    assert_eq!(planned().await, 1);
}

/// Terraform plans once more when it applies, and has not read anything then.
#[tokio::test]
async fn a_replacement_is_not_planned_without_a_look() {
    let exchange = Exchange::instant().await;
    let kept = a_port(&exchange).await;
    let ports = exchange.resource("connection");
    let larger = port(json!({ "mode": "lag_lacp", "port_quantity": 2 }));
    let unseen = ports.plan_to_apply(Some(&kept), &larger).await.1;
    says(
        &unseen.error(),
        &[
            "error at port_quantity",
            "Nothing was changed",
            "Plan again",
        ],
    );
    let seen = ports.plan(Some(&kept), &larger).await.0;
    let refused = ports.apply(&kept, &seen).await;
    says(&refused.error(), &["Plan again"]);
    assert_eq!(exchange.sent(), ["POST /connections"]);
}

/// The exchange counts the ports that a LAG was grown by.
#[tokio::test]
async fn the_port_quantity_of_an_imported_lag_is_noted_and_known_from_then_on() {
    let exchange = Exchange::instant().await;
    let lag = |ports: i64| port(json!({ "mode": "lag_lacp", "port_quantity": ports }));
    let lags = exchange.resource("connection");
    let ordered = lags.create(&lag(2)).await.kept();
    let imported = lags.import(ordered.id()).await.kept();
    lags.plan(Some(&imported), &lag(2))
        .await
        .1
        .kept_in_silence();
    let (change, planned) = lags.plan(Some(&imported), &lag(1)).await;
    assert!(change.replaces.is_empty());
    says(&planned.warning(), &["port_quantity is noted, not sent"]);
    let noted = lags.apply(&imported, &change).await.kept();
    assert_eq!(noted.state.get("port_quantity").as_i64(), Some(1));
    let (change, _) = lags.plan(Some(&noted), &lag(2)).await;
    assert!(!change.replaces.is_empty());
}
